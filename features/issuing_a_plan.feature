Feature: Issuing a plan
  What people propose and what the authority issued are two things:
  a parent who holds a plan can tell which one is in force, and what was changed in it and why.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And section F of Ada's plan was approved with "Two hours a week."

  Scenario: The first final plan is frozen and sent
    When Eve issues Ada's plan with "plan-finalised" to "parent: Ada's mother" and "school: s4"
    Then version 1 of Ada's plan is a "final" one and says "Two hours a week." in section F
    And "parent" holds version 1 of Ada's plan, which is in force

  Scenario: A SENCO issues nothing
    When Amira issues Ada's plan with "plan-finalised" to "parent: Ada's mother"
    Then it is refused, because "only the local authority decides and issues"
    And nothing was recorded

  Scenario: A section that nobody approved is not issued
    Given Amira wrote "She reads a page." in section B of Ada's plan
    When Eve issues Ada's plan with "plan-finalised" to "parent: Ada's mother"
    Then it is refused, because "section B (being drafted)"
    And nothing was recorded
    When Eve issues Ada's plan with "draft-plan-served" to "parent: Ada's mother"
    Then version 1 of Ada's plan is a "draft" one and says "She reads a page." in section B

  Scenario: What was issued does not change without a notice
    Given Eve issued Ada's plan with "plan-finalised" to "parent: Ada's mother"
    And section F of Ada's plan was approved with "Three hours a week."
    When Eve issues Ada's plan with "amended-plan-finalised" to "parent: Ada's mother"
    Then it is refused, because "needs amendment-notice-sent"
    And nothing was recorded

  Scenario: From the decision to the amended plan, with an answer to each representation
    Given Eve issued Ada's plan with "plan-finalised" to "parent: Ada's mother" and "school: s4"
    And Amira recorded "review-meeting-held" of 2026-10-05 for Ada, saying:
      | present | parent: Ada's mother |
    And Eve recorded "review-decision-notified" of 2026-10-05 for Ada, saying:
      | decision | amend |
    And Eve recorded "amendment-notice-sent" of 2026-10-05 for Ada, saying:
      | under         | review                     |
      | sections      | F                          |
      | evidence      | The report of the meeting. |
      | way           | post                       |
      | deemed-served | 2026-10-07                 |
    And Amira recorded "representations-received" of 2026-10-05 for Ada, saying:
      | from | parent: Ada's mother    |
      | said | Four hours, not three. |
    And section F of Ada's plan was approved with "Three hours a week."
    When Eve issues Ada's plan with "amended-plan-finalised" to "parent: Ada's mother"
    Then version 2 of Ada's plan is a "amended" one and says "Three hours a week." in section F
    And whoever acted is told "Without an answer on record: representations 5."
    And "parent" holds version 2 of Ada's plan, which is in force
    And "school" holds version 1 of Ada's plan, which is superseded
    When Eve records "representation-answered" of 2026-10-05 for Ada, saying:
      | representation | 5                                     |
      | answer         | not taken up                          |
      | reasons        | Three hours are what the report says. |
    Then these facts are on Ada's record:
      | 1 | plan-finalised           | 2026-10-05 |
      | 2 | review-meeting-held      | 2026-10-05 |
      | 3 | review-decision-notified | 2026-10-05 |
      | 4 | amendment-notice-sent    | 2026-10-05 |
      | 5 | representations-received | 2026-10-05 |
      | 6 | amended-plan-finalised   | 2026-10-05 |
      | 7 | representation-answered  | 2026-10-05 |

  Scenario: A slip is corrected with a reason, and a plan is reopened by an order
    Given Eve issued Ada's plan with "plan-finalised" to "parent: Ada's mother"
    And section F of Ada's plan was approved with "Two hours each week."
    When Eve corrects section F of Ada's issued plan, because "A word was left out."
    Then version 2 of Ada's plan is a "corrected" one and says "Two hours each week." in section F
    Given section F of Ada's plan was approved with "Five hours each week."
    When Eve reopens section F of Ada's issued plan
    Then it is refused, because "needs tribunal-order-made"
    And nothing was recorded
    Given Eve recorded "tribunal-order-made" of 2026-10-05 for Ada, saying:
      | order | amend the content |
      | sent  | 2026-10-09        |
    When Eve reopens section F of Ada's issued plan
    Then version 3 of Ada's plan is a "reopened" one and says "Five hours each week." in section F

  Scenario: The school's proposal and the authority's text are both kept
    Given Eve issued Ada's plan with "plan-finalised" to "parent: Ada's mother"
    And Amira wrote "Four hours a week." in section F of Ada's plan, over revision 1
    And Eve recorded "amendment-notice-sent" of 2026-10-05 for Ada, saying:
      | under    | any other time |
      | sections | F              |
      | evidence | A letter.      |
    And section F of Ada's plan was approved with "Three hours a week."
    And Eve issued Ada's plan with "amended-plan-finalised" to "parent: Ada's mother"
    Then version 1 of Ada's plan says "Two hours a week." in section F
    And version 2 of Ada's plan says "Three hours a week." in section F
    And revision 2 of section F of Ada's plan, "Four hours a week.", is by Amira
    And revision 3 of section F of Ada's plan, "Three hours a week.", is by Eve
    And between that proposal and version 2 "Four" gave way to "Three" in section F of Ada's plan

  Scenario: A proposal in another section is neither issued nor in the way
    Given section B of Ada's plan was approved with "She reads a page."
    And Eve issued Ada's plan with "plan-finalised" to "parent: Ada's mother"
    And Amira wrote "She reads two pages." in section B of Ada's plan, over revision 1
    And Eve recorded "amendment-notice-sent" of 2026-10-05 for Ada, saying:
      | under    | any other time |
      | sections | F              |
      | evidence | A letter.      |
    And section F of Ada's plan was approved with "Three hours a week."
    When Eve issues Ada's plan with "amended-plan-finalised" to "parent: Ada's mother"
    Then version 2 of Ada's plan is a "amended" one and says "Three hours a week." in section F
    And version 2 of Ada's plan says "She reads a page." in section B
    And section B of Ada's plan reads "She reads two pages."

  Scenario: A text as issued is not brought in beside a version that was issued here
    Given Eve issued Ada's plan with "plan-finalised" to "parent: Ada's mother"
    When Amira brings in "One hour a week." as the issued text of section F of Ada's plan
    Then it is not taken, because "was issued here"
    And nothing was recorded
