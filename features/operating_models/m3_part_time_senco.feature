Feature: A mainstream school with a part-time SENCO (M3)
  Class teachers write what progress there was; the SENCO reviews, adds, completes and leads.

  Background:
    Given a setting that works by M3, where these people work:
      | name | role          | days        |
      | Sena | SENCO         | Mon Tue Wed |
      | Hana | head teacher  |             |
      | Dev  | deputy head   |             |
      | Cleo | class teacher |             |
    And a plan for Ada in year 3, brought in by Sena
    And Sena has asked Cleo to write section F of Ada's plan
    And Sena has asked Sena to review section F of Ada's plan
    And Cleo wrote "Two hours a week." in section F of Ada's plan

  Scenario: What class teachers submit waits on the SENCO, who returns it
    Given Cleo submitted section F of Ada's plan
    Then these wait on Sena to review: F
    When Sena returns section F of Ada's plan, because "Say who gives them."
    Then it is allowed by the rule "M3@1:senco-reviews"

  Scenario: The SENCO adds text, and only that is hers
    Given Sena added "A teacher gives them." to section F of Ada's plan
    Then in section F of Ada's plan "Two hours a week." is by Cleo
    And in section F of Ada's plan "A teacher gives them." is by Sena

  Scenario: The report is not completed before the meeting is recorded as held
    When Sena records "review-report-completed" of Ada's plan
    Then it is refused, because "Under M3, rule report-after-meeting: review-report-completed"
    And nothing was recorded
    Given it is recorded by Sena that "review-meeting-held" of Ada's plan
    When Sena records "review-report-completed" of Ada's plan
    Then it is allowed by the rule "M3@1:report-after-meeting"

  Scenario: A class teacher neither completes nor leads
    When Cleo records "review-meeting-held" of Ada's plan
    Then it is refused, because "Under M3, rule senco-leads: Cleo acts as class teacher"
    And nothing was recorded

  Scenario: Other sections are not the class teacher's
    When Sena asks Cleo to write section G of Ada's plan
    Then it is refused, because "Under M3, rule senco-adds-the-rest"
    And nothing was recorded

  Scenario: The deputy stands in while the SENCO is away, and not before
    When Dev asks Cleo to write section E of Ada's plan
    Then it is refused, because "Under M3, rule senco-coordinates: Dev acts as deputy head"
    And nothing was recorded
    Given Sena is away from 2026-10-05 to 2026-10-09
    When Dev asks Cleo to write section E of Ada's plan
    Then it is allowed by the rule "M3@1:senco-coordinates,write-progress"
    And the latest step of Ada's plan says that Dev acted as deputy head

  Scenario: Meetings are held on the days on which the SENCO works
    Given this cycle file:
      """
      name = "Autumn"

      [meeting]
      spread_from = 2026-11-19
      spread_to = 2026-11-24

      [from_model]
      sections = ["E"]
      write_due_weeks_before_meeting = 3
      review_due_weeks_before_meeting = 1
      """
    When Sena applies the cycle
    Then the meeting about Ada is on 2026-11-23
    And Sena is asked to the meeting about Ada on 2026-11-23
    And Hana is asked to the meeting about Ada on 2026-11-23
