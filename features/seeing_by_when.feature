Feature: Seeing by when the law asks for what
  An officer with four hundred plans needs to know which day is next, for whom, and how it was
  counted. Nobody is helped by a day that is wrong, and nobody by a list that forgets what was late.

  Background:
    Given the people of Fernbank School
    And a plan for Ada

  Scenario: A request starts its limits
    Given the record of Ada's plan says:
      | day        | fact             | details |
      | 2026-09-14 | request-received |         |
    When Eve looks at the limits of Ada's plan on 2026-10-05
    Then these limits run:
      | rule | last day   | state |
      | D02  | 2026-10-26 | due   |
      | D04  | 2027-01-04 | due   |
      | D08  | 2027-02-01 | due   |
    And the limit D08 says "regulation 13(2), (3)"
    And the limit D08 was counted as "20 weeks after Monday 2026-09-14, which is not counted"

  Scenario: An exception disapplies a limit, and moves none
    Given the record of Ada's plan says:
      | day        | fact                         | details                       |
      | 2026-09-14 | request-received             |                               |
      | 2026-10-20 | assessment-decision-notified | decision=assess               |
      | 2026-12-07 | exception-claimed            | rule=D08; exception=EX-A.c    |
    When Eve looks at the limits of Ada's plan on 2027-02-10
    Then the limit D08 is disapplied, and its last day is 2027-02-01
    And the limit D04 is overdue, and its last day is 2027-01-04

  Scenario: A late decision
    Given the record of Ada's plan says:
      | day        | fact                     | details        |
      | 2026-11-11 | review-meeting-held      |                |
      | 2026-12-10 | review-decision-notified | decision=amend |
    When Eve looks at the limits of Ada's plan on 2026-12-09
    Then the limit D25 is due, and its last day is 2026-12-09
    When Eve looks at the limits of Ada's plan on 2026-12-10
    Then the limit D25 is met late, and its last day is 2026-12-09
    And the limit D29.first is due, and its last day is 2027-02-03

  Scenario: What was so on a day stays so
    Given the record of Ada's plan says:
      | day        | fact                | details |
      | 2026-11-11 | review-meeting-held |         |
    When Eve looks at the limits of Ada's plan on 2026-12-10
    Then the limit D25 is overdue, and its last day is 2026-12-09
    Given the record of Ada's plan says:
      | day        | fact                     | details           |
      | 2026-12-14 | review-decision-notified | decision=maintain |
    When Eve looks at the limits of Ada's plan on 2026-12-10
    Then the limit D25 is overdue, and its last day is 2026-12-09

  Scenario: All plans, as each is
    Given a plan for Seán
    And the record of Ada's plan says:
      | day        | fact                | details |
      | 2026-11-11 | review-meeting-held |         |
    And the record of Seán's plan says:
      | day        | fact             | details |
      | 2026-09-14 | request-received |         |
    Then the limits of all plans on 2026-11-30 are those of each plan
    And the limits of all plans on 2026-10-01 are those of each plan

  Scenario: A fact that was taken back started nothing
    Given the record of Ada's plan says:
      | day        | fact                | details |
      | 2026-11-11 | review-meeting-held |         |
    And the record of Ada's plan says that fact 1 did not happen
    When Eve looks at the limits of Ada's plan on 2026-12-10
    Then no limit D25 runs

  Scenario: A calendar that is read again
    Given the record of Ada's plan says:
      | day        | fact                | details |
      | 2026-11-11 | review-meeting-held |         |
    And it is 2026-11-26
    When Eve writes the calendar
    Then the calendar has D25 on 2026-12-09
    And the calendar names no child
    Given the record of Ada's plan says:
      | day        | fact                     | details           |
      | 2026-11-25 | review-decision-notified | decision=maintain |
    When Eve writes the calendar again
    Then the same event D25 is cancelled

  Scenario: The figures of a year
    Given the record of Ada's plan says:
      | day        | fact                     | details           |
      | 2025-11-18 | plan-reviewed            |                   |
      | 2026-11-11 | review-meeting-held      |                   |
      | 2026-12-09 | review-decision-notified | decision=maintain |
    And a plan for Seán
    And the record of Seán's plan says:
      | day        | fact          | details |
      | 2025-06-02 | plan-reviewed |         |
    And it is 2027-01-11
    Then the review figures of 2026 are:
      | figure                | plans |
      | review_expected       | 2     |
      | review_completed      | 1     |
      | review_not_completed  | 1     |
      | outcome_amended       | 0     |
      | outcome_ceased        | 0     |
      | outcome_maintained    | 1     |
      | no_outcome_recorded   | 0     |
      | decision_4_weeks      | 1     |
      | decision_over_4_weeks | 0     |

  Scenario: Where the weeks went
    Given the record of Ada's plan says:
      | day        | fact                     | details            |
      | 2026-09-14 | review-meeting-arranged  | meeting=2026-11-11 |
      | 2026-09-21 | advice-requested         | kind=health        |
      | 2026-10-19 | advice-received          |                    |
      | 2026-11-11 | review-meeting-held      |                    |
      | 2026-11-25 | review-report-sent       |                    |
      | 2026-12-09 | review-decision-notified | decision=amend     |
      | 2026-12-09 | amendment-notice-sent    | under=review       |
      | 2026-12-10 | amendment-notice-served  |                    |
      | 2027-02-03 | amended-plan-finalised   |                    |
    And it is 2027-03-01
    Then the review of Ada's plan took 142 days: school 44, advice-givers 28, authority 55, parent 15

  Scenario: The most urgent work first
    Given a plan for Seán
    And Amira asked Boris to write section F of Ada's plan
    And Amira asked Boris to write section F of Seán's plan
    And the record of Seán's plan says:
      | day        | fact                | details |
      | 2026-11-11 | review-meeting-held |         |
    And it is 2026-11-26
    When Amira gives the command "work --json"
    Then the first piece of work is about Seán's plan, for D24
