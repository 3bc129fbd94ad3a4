Feature: Signing off a section
  A mark says what it means, and covers exactly the words it was put over.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And section F of Ada's plan, "Two hours a week.", written by Boris and approved by Amira

  Scenario Outline: Each meaning has its signer
    When <who> signs section F of Ada's plan with the meaning "<meaning>"
    Then section F of Ada's plan is signed by <who> with the meaning "<meaning>"

    Examples:
      | who   | meaning    |
      | Boris | authorship |
      | Amira | review     |
      | Dana  | approval   |
      | Eve   | decision   |
      | Carol | agreement  |

  Scenario: Only the local authority decides
    When Dana signs section F of Ada's plan with the meaning "decision"
    Then it is refused, because "only the local authority decides"
    And nothing was recorded

  Scenario: Nobody signs words as their own that they did not write
    When Dana signs section F of Ada's plan with the meaning "authorship"
    Then it is refused, because "written no word of it"
    And nothing was recorded

  Scenario: A later edit is not covered
    Given Dana signed section F of Ada's plan with the meaning "approval"
    When Boris writes "Three hours a week." in section F of Ada's plan, over revision 1
    Then Boris is told that section F "does not cover the new words"
    And the mark by Dana covers revision 1 only
