Feature: Asking who wrote what
  Of any words it can be asked who wrote them, who placed them where they are, who signed them
  and what became of them; and whoever wrote can ask for a receipt.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And section F of Ada's plan, "Two hours a week with an adult who knows Ada well. A quiet place to go to.", written by Boris and approved by Amira

  Scenario: The receipt of a contributor
    When Amira changes section F of Ada's plan to "Two hours a week with an adult who knows Ada well. A calm place to go to."
    Then the receipt of Boris says of section F of Ada's plan: 17 words, 16 stand, 1 gone
    And the receipt of Boris says that "quiet" was removed by "Amira Nair"
    And the receipt of Amira says of section F of Ada's plan: 1 words, 1 stand, 0 gone
    And the receipt of Carol says nothing

  Scenario: The receipt of somebody whose advice was adopted
    Given Carol gave the advice "Ada hums. When the room is loud she works best in a quiet place." on Ada's plan
    When Boris adopts "When the … quiet place." of advice 1 in section F of Ada's plan
    Then the receipt of Carol says that "she works best" of advice 1 stands in section F, adopted by "Boris Blake"
    And the receipt of Carol says that nobody took "Ada hums" of advice 1

  Scenario: The receipt of somebody for whom others typed
    When Amira writes "Ada loves to swim." in section A of Ada's plan on behalf of "Carol Hall"
    Then the receipt of Carol says of section A of Ada's plan: 4 words, 4 stand, 0 gone

  Scenario: Which words a sign-off covers
    Given Dana signed section F of Ada's plan with the meaning "approval"
    When Amira changes section F of Ada's plan to "Two hours a week with an adult who knows Ada well. A quiet place to go to. Every day."
    Then the mark by Dana covers 17 of 19 words of section F of Ada's plan
    And no mark covers "Every day" in section F of Ada's plan
    When Amira gives the command "plan show 2026-0001 --section F"
    Then it says "revision 1, not this text: covers 17 of 19 words"
    And it says "no mark covers: “Every day”"

  Scenario: A sign-off covers words again when they are back
    Given Dana signed section F of Ada's plan with the meaning "approval"
    When Amira changes section F of Ada's plan to "A quiet place to go to."
    Then the mark by Dana covers 6 of 6 words of section F of Ada's plan
    And 11 of the words that Dana signed in section F of Ada's plan are gone
    When Boris changes section F of Ada's plan to "Two hours a week with an adult who knows Ada well. A quiet place to go to."
    Then the mark by Dana covers 17 of 17 words of section F of Ada's plan
    And 0 of the words that Dana signed in section F of Ada's plan are gone

  Scenario: A sign-off goes to no other section
    Given Dana signed section F of Ada's plan with the meaning "approval"
    When Amira changes section F of Ada's plan to "A quiet place to go to."
    And Amira writes "Two hours a week with an adult who knows Ada well." in section B of Ada's plan
    Then nobody signed "Two hours a week" in section B of Ada's plan
    But it is told that Dana signed "Two hours a week" where it stood in section F of Ada's plan

  Scenario: A phrase's whole life
    Given Dana signed section F of Ada's plan with the meaning "approval"
    When Amira changes section F of Ada's plan to "A quiet place to go to."
    And Amira writes "Two hours a week with an adult who knows Ada well." in section B of Ada's plan
    And Dana changes section B of Ada's plan to "See section F."
    And Amira gives the command "audit who 2026-0001 --words 'hours a  week with'"
    Then it says "In no text as it stands, last in section B"
    And it says "written by Boris Blake (class teacher), drafter"
    And it says "into B@1 by Amira Nair (SENCO)"
    And it says "signed: approval, Dana Pryce (head teacher)"
    And it says "removed by Dana Pryce (head teacher), drafter"

  Scenario: A phrase that never was
    When Amira gives the command "audit who 2026-0001 F --words 'nine hours'"
    Then the command ends with status 1
    And it says one line, with "never stood in section F of 2026-0001" and "copy them as they stand"

  Scenario: What is no longer there
    When Amira changes section F of Ada's plan to "Two hours a week. A quiet place to go to."
    Then "with an adult who knows Ada well" is gone from section F of Ada's plan: written by "Boris Blake", removed by "Amira Nair"
    When Amira gives the command "audit who 2026-0001 F --deleted"
    Then it says "stood after “Two hours a week” and before “. A quiet place to go to.”"

  Scenario: The text with its authors, readable without colour
    When Amira changes section F of Ada's plan to "Two hours a week with an adult who knows Ada well. A quiet place to go to. Every day."
    And Amira gives the command "audit who 2026-0001 F"
    Then it says "    [1]Two hours a week with an adult who knows Ada well. A quiet place to go to. [2]Every day."
    And it says "[1] written by Boris Blake (class teacher), drafter"
    And it says "[2] written by Amira Nair (SENCO), drafter"

  Scenario: What was known earlier
    When Amira changes section F of Ada's plan to "Two hours a week."
    Then as known at step 4 every word of section F of Ada's plan was written by "Boris Blake"
    And as known at step 4 nothing is gone from section F of Ada's plan
