Feature: Doing many at once
  A SENCO with forty plans and ten minutes should say a thing once, not forty times,
  and be told what was done and what was not, plan by plan.

  Background:
    Given the people of Fernbank School
    And forty plans, in each of which Boris is to write section F and Dana to review it

  Scenario: Forty sections are approved in one go
    Given Boris wrote and submitted section F of all forty plans
    When Dana gives the command "section approve F --status submitted"
    Then the command ends with status 0
    And it says "40 done, 0 with nothing to do, 0 refused"
    And section F of 40 plans is approved

  Scenario: What is not ready is refused by itself
    Given Boris wrote and submitted section F of 38 of the plans
    When Dana gives the command "section approve F --plans -" for all forty plans
    Then the command ends with status 1
    And it says "38 done, 0 with nothing to do, 2 refused"
    And it says "Section F of 2026-0040 is empty, not submitted"
    And section F of 38 plans is approved

  Scenario: Given again it does only what was not done
    Given Boris wrote and submitted section F of 38 of the plans
    And Dana gave the command to approve section F of all forty plans, and 2 were refused
    And Boris wrote and submitted section F of the others
    When Dana gives the command "section approve F --plans -" for all forty plans
    Then the command ends with status 0
    And it says "2 done, 38 with nothing to do, 0 refused"
    And section F of 40 plans is approved

  Scenario: A command with an id is carried out once for each plan
    Given Amira gave the command "section assign E --year 3 --to s2 --command-id night-1"
    When Amira gives the command "section assign E --year 3 --to s2 --command-id night-1"
    Then the command ends with status 0
    And it says "40 done"
    And it says "recorded before"
    And nothing was recorded

  Scenario: First it is shown which plans are meant
    Given Boris wrote and submitted section F of 3 of the plans
    When Dana gives the command "section approve F --waiting-on s4 --preview"
    Then the command ends with status 3
    And it says a line of headings and 3 lines of plans
    And nothing was recorded

  Scenario: One plan or many, not both
    When Amira gives the command "section submit 2026-0001 F --year 3"
    Then the command ends with status 2
    And it says "not both"
    And nothing was recorded
