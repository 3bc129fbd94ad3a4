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

  Scenario: Each target of a report is offered for the sections that it feeds
    Given Una has given this termly report on Ada's plan:
      """
      Target 1: Ada asks for a break by card.

      Target 2: Ada reads a line aloud.
      """
    When Cora looks at what is offered for section E of Ada's plan
    Then these are offered:
      | from | heading  | words                         | placed |
      | Una  | Target 1 | Ada asks for a break by card. | no     |
      | Una  | Target 2 | Ada reads a line aloud.       | no     |
    When Cora adopts item 2 of advice 1 in section E of Ada's plan
    Then in section E of Ada's plan "Ada reads a line aloud." is by Una
    When Cora looks at what is offered for section E of Ada's plan
    Then these are offered:
      | from | heading  | words                         | placed |
      | Una  | Target 1 | Ada asks for a break by card. | no     |
      | Una  | Target 2 | Ada reads a line aloud.       | yes    |

  Scenario: Whoever is asked to write is told what may be quoted
    Given Una has given this termly report on Ada's plan:
      """
      Target 1: Ada asks for a break by card.

      Target 2: Ada reads a line aloud.
      """
    And Cora has asked Cora to write section E of Ada's plan
    Then the request to Cora says "2 paragraphs of reports may be quoted"

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
