Feature: An independent school whose SENCO was removed (M1)
  Tutors write and meet the parents; somebody else reads it before the head signs.

  Background:
    Given a setting that works by M1, where these people work:
      | name | role            |
      | Hana | head teacher    |
      | Tom  | form tutor      |
      | Una  | subject teacher |
    And a plan for Ada in year 7, brought in by Hana

  Scenario: When a review is set up the tutor is asked for the progress sections
    Given this cycle file:
      """
      name = "Autumn"

      [meeting]
      on = 2026-11-24

      [from_model]
      sections = ["B", "E", "F"]
      write_due_weeks_before_meeting = 4
      review_due_weeks_before_meeting = 2
      """
    When Hana applies the cycle
    Then these wait on Tom to write: B, E, F
    And these wait on Una to review: B, E, F
    And Hana is asked to the meeting about Ada on 2026-11-24
    And every duty is somebody's
    And under M1 the head teacher is the one who is invited

  Scenario: A second reader is needed before the head signs
    Given Hana has asked Tom to write section F of Ada's plan
    And Tom wrote "Two hours a week." in section F of Ada's plan
    When Hana puts the mark "approval" over section F of Ada's plan
    Then it is refused, because "have it reviewed first"
    And nothing was recorded
    Given section F of Ada's plan is submitted by Tom and approved by Hana
    When Hana puts the mark "approval" over section F of Ada's plan
    Then it is allowed by the rule "M1@1:head-approves"

  Scenario: The tutor is not their own reviewer
    Given Hana has asked Tom to write section F of Ada's plan
    When Hana asks Tom to review section F of Ada's plan
    Then it is refused, because "Under M1, rule review-by-another: Tom writes section F"
    And nothing was recorded

  Scenario: Nor is the head the reader of what the head wrote in
    Given Hana has asked Tom to write section F of Ada's plan
    And Tom wrote "Two hours a week." in section F of Ada's plan
    And Hana added "By a teacher." to section F of Ada's plan
    And Tom submitted section F of Ada's plan
    When Hana approves section F of Ada's plan
    Then it is refused, because "Under M1, rule review-by-another: Hana wrote in section F"
    And nothing was recorded

  Scenario: The tutor does not sign for the school
    Given Hana has asked Tom to write section F of Ada's plan
    And Tom wrote "Two hours a week." in section F of Ada's plan
    And section F of Ada's plan is submitted by Tom and approved by Hana
    When Tom puts the mark "approval" over section F of Ada's plan
    Then it is refused, because "Under M1, rule head-approves"
    And nothing was recorded

  Scenario: The authority cannot require this school to hold the meeting
    Then the model says "may request, and cannot require, this school to hold the review meeting"

  Scenario: With a contract it is bound, and nothing of the kind is said
    When Hana chooses the school's own model, which is M1 with a contract to hold meetings
    Then it is recorded
    And the model says nothing of the kind
