Feature: Setting up a review cycle
  A term's reviews for forty children should take a file, not forty evenings.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And a plan for Seán
    And this cycle file:
      """
      name = "Autumn 2026"

      [meeting]
      on = 2026-11-10

      [[write]]
      sections = ["F"]
      years = ["N1-3"]
      role = "class teacher"
      due_days_before_meeting = 21

      [[write]]
      sections = ["F"]
      years = ["4-14"]
      role = "subject teacher"
      due_days_before_meeting = 21

      [[review]]
      sections = ["F"]
      role = "SENCO"
      due_days_before_meeting = 14
      """

  Scenario: Up to Year 3 the class teacher, from Year 4 the subject teachers
    Given Seán is in year 3
    When Amira applies the cycle
    Then 2 reviews are set up
    And section F of Ada's plan waits on Carol to "write"
    And section F of Seán's plan waits on Boris to "write"
    And section F of Ada's plan is due on 2026-10-20

  Scenario: Applying again changes nothing
    Given Amira applied the cycle
    When Amira applies the cycle
    Then 0 reviews are set up
    And nothing was recorded

  Scenario: A new pupil joins a cycle that was applied
    Given Amira applied the cycle
    And a plan for Linh
    When Amira applies the cycle
    Then 1 review is set up

  Scenario: A teacher does not set up a cycle
    When Boris applies the cycle
    Then it is refused, because "may not set up a review cycle"
    And nothing was recorded
