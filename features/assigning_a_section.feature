Feature: Assigning a section
  Work delegated without a word is nobody's decision.
  Who asked whom for what, by when, and what they answered, is part of the record.

  Background:
    Given the people of Fernbank School
    And a plan for Ada

  Scenario: A teacher is asked, and accepts
    When Amira asks Boris to write section F of Ada's plan by 2026-10-30
    And Boris accepts section F of Ada's plan
    Then section F of Ada's plan waits on Boris to "write"

  Scenario: A doubt is heard, and goes back to whoever asked
    Given Amira asked Boris to write section F of Ada's plan
    When Boris declines section F of Ada's plan as "not qualified": "I never taught a child with this need."
    Then section F of Ada's plan waits on Amira to "assign again"
    And the trail of Ada's plan holds "I never taught a child with this need."

  Scenario: The writer is not their own reviewer
    Given Amira asked Boris to write section F of Ada's plan
    When Amira asks Boris to review section F of Ada's plan
    Then it is refused, because "may not be their own reviewer"
    And nothing was recorded

  Scenario: An assistant is not asked to write
    When Amira asks Femi to write section F of Ada's plan by 2026-10-30
    Then it is refused, because "supplies evidence"
    And nothing was recorded

  Scenario: A teacher does not assign
    When Boris asks Carol to write section F of Ada's plan by 2026-10-30
    Then it is refused, because "sections are assigned by"
    And nothing was recorded
