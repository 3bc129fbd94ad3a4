Feature: Working at the same time
  Two people who write in different sections never get in each other's way;
  two who write in the same one do, and the second loses nothing.

  Background:
    Given the people of Fernbank School
    And a plan for Ada

  Scenario: Different sections
    When Amira and Dana write in sections A and F of Ada's plan at the same time, 10 times each
    Then everything that both wrote is in the history of Ada's plan

  Scenario: The same section
    Given Amira wrote "One hour." in section F of Ada's plan
    When Amira and Dana both write over revision 1 of section F of Ada's plan at the same time
    Then one of the two texts is recorded
    And the other is refused, because "moved on"
