Feature: A special school without a SENCO (M2)
  All staff contribute; the deputy hands on and signs; who chairs need not teach.

  Background:
    Given a setting that works by M2, where these people work:
      | name | role                  |
      | Dev  | deputy head           |
      | Hana | head teacher          |
      | Pia  | parent liaison worker |
      | Cleo | class teacher         |
      | Theo | teaching assistant    |
    And a plan for Ada in year 7, brought in by Dev

  Scenario: Each contribution keeps its author, and the deputy signs them off
    Given Dev has asked Cleo to write section F of Ada's plan
    And Dev has asked Theo to write section F of Ada's plan
    And Cleo wrote "Two hours a week." in section F of Ada's plan
    And Theo added "She asks for help by card." to section F of Ada's plan
    When Cleo tries to submit section F of Ada's plan
    Then it is refused, because "Under M2, rule all-staff-contribute: Cleo (class teacher) contributes"
    And nothing was recorded
    Given section F of Ada's plan is submitted by Dev and approved by Hana
    When Dev puts the mark "approval" over section F of Ada's plan
    Then it is allowed by the rule "M2@1:deputy-approves"
    And in section F of Ada's plan "Two hours a week." is by Cleo
    And in section F of Ada's plan "She asks for help by card." is by Theo

  Scenario: A parent liaison worker chairs the meeting
    When Pia records that the meeting about Ada's plan was held, with Pia as parent liaison worker in the chair
    Then it is allowed by the rule "M2@1:chair-need-not-teach"
    And the latest step of Ada's plan says that Pia acted as parent liaison worker

  Scenario: A class teacher does not
    When Dev records that the meeting about Ada's plan was held, with Cleo as class teacher in the chair
    Then it is refused, because "Under M2, rule chair-need-not-teach: the class teacher does not chair"
    And nothing was recorded

  Scenario: While nobody is deputy the head stands in
    Given Dev is away from 2026-10-05 to 2026-12-18
    When Hana asks Cleo to write section F of Ada's plan
    Then it is allowed by the rule "M2@1:deputy-coordinates,all-staff-contribute"
    And every duty is somebody's
