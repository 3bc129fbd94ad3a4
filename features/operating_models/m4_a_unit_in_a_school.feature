Feature: A unit in a mainstream school (M4)
  Its class teacher writes, maintains and meets; the host's SENDCo reviews, and alone sends.

  Background:
    Given a setting that works by M4, where these people work:
      | name | role          |
      | Sid  | SENCO         |
      | Hana | head teacher  |
      | Uma  | class teacher |
    And a plan for Ada in year 5, brought in by Sid
    And Sid has asked Uma to write section F of Ada's plan
    And Uma wrote "Two hours a week." in section F of Ada's plan
    And it is recorded by Uma that "review-meeting-held" of Ada's plan

  Scenario: Nothing goes to the authority before the SENDCo has reviewed it
    When Sid records "review-report-sent" of Ada's plan
    Then it is refused, because "Under M4, rule only-the-sendco-sends: nothing of"
    And nothing was recorded
    Given section F of Ada's plan is submitted by Uma and approved by Sid
    And Sid put the mark "review" over section F of Ada's plan
    When Sid records "review-report-sent" of Ada's plan
    Then it is allowed by the rule "M4@1:only-the-sendco-sends"

  Scenario: That the head signed is not that the SENDCo reviewed
    Given section F of Ada's plan is submitted by Uma and approved by Sid
    And Hana put the mark "approval" over section F of Ada's plan
    When Sid records "review-report-sent" of Ada's plan
    Then it is refused, because "has reviewed it, and section F is not signed"
    And nothing was recorded

  Scenario: A later change is not covered by what was reviewed
    Given section F of Ada's plan is submitted by Uma and approved by Sid
    And Sid put the mark "review" over section F of Ada's plan
    And Uma added "By a teacher." to section F of Ada's plan
    When Sid records "review-report-sent" of Ada's plan
    Then it is refused, because "has reviewed it, and section F is not signed"
    And nothing was recorded

  Scenario Outline: Only the SENDCo marks it as sent
    Given section F of Ada's plan is submitted by Uma and approved by Sid
    And Sid put the mark "review" over section F of Ada's plan
    When <who> records "review-report-sent" of Ada's plan
    Then it is refused, because "Under M4, rule only-the-sendco-sends: <who> acts as"
    And nothing was recorded

    Examples:
      | who  |
      | Uma  |
      | Hana |
