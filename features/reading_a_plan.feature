Feature: Reading a plan
  What it says now, what it said on any day, and what was known on any day,
  are three questions with three answers.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And Amira wrote "One hour a week." in section F of Ada's plan on 2026-10-05
    And Amira wrote "Two hours a week." in section F of Ada's plan on 2026-10-12

  Scenario: As it stands
    Then section F of Ada's plan reads "Two hours a week."

  Scenario: As it was on a day
    Then as at 2026-10-06 section F of Ada's plan reads "One hour a week."

  Scenario: As it was known at a step
    Then as known at step 2 section F of Ada's plan reads "One hour a week."

  Scenario: A text typed up later counts from the day it was written, and is known from the day it was typed
    Given on 2026-10-20 Amira typed up "Three hours a week." of 2026-10-14 in section F of Ada's plan
    Then as at 2026-10-14 section F of Ada's plan reads "Three hours a week."
    And as known on 2026-10-15 section F of Ada's plan reads "Two hours a week."

  Scenario: What changed between two days
    Then between 2026-10-06 and 2026-10-13 section F of Ada's plan lost "One hour" and gained "Two hours"

  Scenario Outline: Finding a section by its words, whatever their case and accents
    Then looking for "<words>" finds section F of Ada's plan

    Examples:
      | words     |
      | two hours |
      | WEEK two  |
      | twó       |

  Scenario: Words that were replaced are not found
    Then looking for "one hour" finds nothing

  Scenario: A plan by the start of its reference, or by the UPN
    Given a plan for Seán
    Then "2026-0001" means Ada's plan
    And "B801200005001" means Ada's plan
    And "2026-000" means more than one plan
    And "2031" means no plan
