Feature: Replaying a plan
  Every step can be seen again: when, who in which role, what, and the difference it made.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And section F of Ada's plan, "Two hours a week.", written by Boris and approved by Amira

  Scenario: Every step shows what was known then
    Then replaying Ada's plan step by step gives what was known at each step

  Scenario: Also when the clock went backwards
    Given the clock goes back by 3 hours
    And Boris wrote "Three hours a week." in section F of Ada's plan, over revision 1
    And the clock goes on by 1 hour
    And Boris wrote "Four hours a week." in section F of Ada's plan, over revision 2
    Then replaying Ada's plan step by step gives what was known at each step
    And the step in which Boris wrote "Three hours a week." is flagged
    And an hour before the approval nothing of it was known

  Scenario: The difference in the text
    Given Boris wrote "Three hours a week." in section F of Ada's plan, over revision 1
    Then the last step dropped "Two" and wrote "Three"
