Feature: Bringing in people
  Nobody can say later in which role a sentence was written
  unless the roles that people hold, and when, are on record first.

  Scenario: The first list names whoever brings it in
    Given an empty store
    When Amira brings in this list of people:
      | id | name  | role          | from       | until |
      | s1 | Amira | SENCO         | 2024-09-01 |       |
      | s2 | Boris | class teacher | 2022-09-01 |       |
    Then 2 people are new
    And Boris holds the role "class teacher" on 2026-10-05

  Scenario: Nobody else may bring in the first list
    Given an empty store
    When Zelda brings in this list of people:
      | id | name  | role  | from       | until |
      | s1 | Amira | SENCO | 2024-09-01 |       |
    Then it is refused, because "must name whoever brings it in"
    And nothing was recorded

  Scenario: The same list again changes nothing
    Given the people of Fernbank School
    When Amira brings in the people of Fernbank School again
    Then nothing was recorded

  Scenario: A later list records what changed
    Given the people of Fernbank School
    When Amira brings in this list of people:
      | id | name        | role          | from       | until      |
      | s2 | Boris Blake | class teacher | 2022-09-01 | 2026-12-31 |
    Then 1 person is changed
    And Boris Blake holds the role "class teacher" on 2026-12-31
    And Boris Blake holds no role on 2027-01-01

  Scenario: Someone who holds no role on the day is refused
    Given the people of Fernbank School
    And a plan for Ada
    When Mary, who left in August, writes "Two hours a week." in section F of Ada's plan
    Then it is refused, because "does not hold any role"
    And nothing was recorded

  Scenario: A role is granted, and ends
    Given the people of Fernbank School
    When Amira grants Carol the role "deputy head" from 2026-10-01
    And Amira ends Carol's role "deputy head" on 2026-10-31
    Then Carol holds the role "deputy head" on 2026-10-31
    And Carol does not hold the role "deputy head" on 2026-11-01

  Scenario: The role at the time stays in the record
    Given the people of Fernbank School
    And a plan for Ada
    And Amira asked Boris to write section F of Ada's plan
    And Boris wrote "Two hours a week." in section F of Ada's plan
    When Amira ends Boris's role "class teacher" on 2026-10-31
    Then the trail of Ada's plan says that Boris acted as "class teacher"
