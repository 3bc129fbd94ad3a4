Feature: Seeing what waits on whom
  A SENCO with forty plans and ten minutes needs to know what is next, and whose turn it is.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And Amira asked Boris to write section F of Ada's plan
    And Amira asked Dana to review section F of Ada's plan

  Scenario: The writer first
    Then section F of Ada's plan waits on Boris to "write"
    And section F of Ada's plan waits on Dana to "later"

  Scenario: Then the reviewer
    Given Boris wrote "Two hours a week." in section F of Ada's plan
    When Boris submits section F of Ada's plan
    Then section F of Ada's plan waits on Dana to "review"
    And nothing waits on Boris

  Scenario: And the writer again when it comes back
    Given Boris wrote "Two hours a week." in section F of Ada's plan
    And Boris submitted section F of Ada's plan
    When Dana returns section F of Ada's plan, because "Say who gives them."
    Then section F of Ada's plan waits on Boris to "rewrite"

  Scenario: Nothing once it is approved
    Given Boris wrote "Two hours a week." in section F of Ada's plan
    And Boris submitted section F of Ada's plan
    When Dana approves section F of Ada's plan
    Then nothing waits on Boris
    And nothing waits on Dana
