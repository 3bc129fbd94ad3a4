Feature: One person responsible, fed by termly reports (M7)
  Nothing is typed again, and whose words they are stays on record.

  Background:
    Given a setting that works by M7, where these people work:
      | name | role             |
      | Cora | plan coordinator |
      | Sena | SENCO            |
      | Una  | subject teacher  |
    And a plan for Ada in year 7, brought in by Cora

  Scenario: A target of a report is placed in a section with where it comes from
    Given Una has given the termly report "Ada asks for a break by card in four of five lessons." on Ada's plan
    When Cora adopts advice 1 in section E of Ada's plan
    Then it is allowed by the rule "M7@1:person-responsible-writes"
    And in section E of Ada's plan "asks for a break by card" is by Una

  Scenario: Teachers write their reports, and no sections
    When Cora asks Una to write section E of Ada's plan
    Then it is refused, because "Under M7, rule person-responsible-writes"
    And nothing was recorded

  Scenario: The SENCO reviews whoever writes
    Given Una has given the termly report "Ada asks for a break by card in four of five lessons." on Ada's plan
    When Cora adopts advice 1 in section E of Ada's plan
    And Cora submits section E of Ada's plan
    And Sena approves section E of Ada's plan
    Then it is allowed by the rule "M7@1:qualified-senco-reviews"
