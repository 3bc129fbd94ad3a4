Feature: Copying a store
  What is kept in one place must be able to move to another, whole and unchanged,
  and nobody's plans may be written over on the way.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And Amira wrote "One hour a week." in section F of Ada's plan

  Scenario: A copy answers as the original does
    When Amira gives the command "store copy --to sqlite:copy.db"
    Then the command ends with status 0
    And it says "Both hold the same"
    When Amira gives the command "--store sqlite:copy.db plan show 2026-0001 --section F --text"
    Then it says "One hour a week."
    When Amira gives the command "--store sqlite:copy.db store check"
    Then the command ends with status 0

  Scenario: A copy takes in what was recorded since
    Given Amira gave the command "store copy --to sqlite:copy.db"
    And Dana wrote "Two hours a week." in section F of Ada's plan, over revision 1
    When Amira gives the command "store copy --to sqlite:copy.db"
    Then it says "1 event copied"
    When Amira gives the command "store copy --to sqlite:copy.db"
    Then the command ends with status 0
    And it says "Nothing to copy"

  Scenario: Other plans are not written over
    Given Amira gave the command "store init --store sqlite:other.db --tenant Oakfield"
    When Amira gives the command "store copy --to sqlite:other.db"
    Then the command ends with status 1
    And it says one line, with "the plans of 'Oakfield'" and "nothing was copied"

  Scenario: A copy in which somebody wrote is not written over
    Given Amira gave the command "store copy --to sqlite:copy.db"
    And Amira gave the command "--store sqlite:copy.db section submit 2026-0001 F"
    When Amira gives the command "store copy --to sqlite:copy.db"
    Then the command ends with status 1
    And it says one line, with "holds what" and "nothing was copied"
