Feature: Reviewing a section
  A second pair of eyes, on record, that is never the writer's own.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And Amira asked Boris to write section F of Ada's plan
    And Amira asked Amira to review section F of Ada's plan
    And Boris wrote "Two hours a week." in section F of Ada's plan

  Scenario: Submitted, returned with a reason, mended, approved
    When Boris submits section F of Ada's plan
    And Amira returns section F of Ada's plan, because "Say who gives them."
    And Boris writes "Two hours a week from a teacher." in section F of Ada's plan, over revision 1
    And Boris submits section F of Ada's plan
    And Amira approves section F of Ada's plan
    Then section F of Ada's plan is approved

  Scenario: Returning needs a reason
    Given Boris submitted section F of Ada's plan
    When Amira returns section F of Ada's plan
    Then it is refused, because "need to know why"
    And nothing was recorded

  Scenario: A writer who disagrees says why, and submits the text as it is
    Given Boris submitted section F of Ada's plan
    When Amira returns section F of Ada's plan, because "Say who gives them."
    And Boris submits section F of Ada's plan, because "The therapist decides who."
    And Amira approves section F of Ada's plan
    Then section F of Ada's plan is approved
    And the trail of Ada's plan holds "The therapist decides who."

  Scenario: A draft is not approved
    When Amira approves section F of Ada's plan
    Then it is refused, because "being drafted, not submitted"
    And nothing was recorded

  Scenario: A reviewer who wrote in it does not approve it
    Given Amira wrote "Two hours a week, daily." in section F of Ada's plan, over revision 1
    And Boris submitted section F of Ada's plan
    When Amira approves section F of Ada's plan
    Then it is refused, because "may not be their own reviewer"
    And nothing was recorded

  Scenario: An edit after approval opens the section again, and says so
    Given Boris submitted section F of Ada's plan
    And Amira approved section F of Ada's plan
    When Boris writes "Three hours a week." in section F of Ada's plan, over revision 1
    Then Boris is told that section F "is open again"
    And section F of Ada's plan is being drafted
