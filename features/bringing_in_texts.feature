Feature: Bringing in the texts of plans that exist
  A plan written before this record began has no author here:
  saying that whoever brought it in wrote it would be a lie with a date.

  Background:
    Given the people of Fernbank School
    And a plan for Ada

  Scenario: An issued text has no author
    When Amira brings in "One hour a week." as the issued section F of Ada's plan
    Then section F of Ada's plan reads "One hour a week."
    And nobody is on record as its author

  Scenario: The issued text stays beside what people propose
    Given Amira brought in "One hour a week." as the issued section F of Ada's plan
    When Amira writes "Two hours a week." in section F of Ada's plan, over revision 1
    Then section F of Ada's plan reads "Two hours a week."
    And the issued section F of Ada's plan reads "One hour a week."

  Scenario: An issued text is not laid over a draft
    Given Amira wrote "Two hours a week." in section F of Ada's plan
    When Amira brings in "One hour a week." as the issued section F of Ada's plan
    Then it is refused, because "drafted here"
    And nothing was recorded
