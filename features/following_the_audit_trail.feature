Feature: Following the audit trail
  A governor, an ombudsman or a tribunal asks who did what, when and in which role.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And a plan for Seán
    And section F of Ada's plan, "Two hours a week.", written by Boris and approved by Amira

  Scenario: Of one plan
    Then the trail of Ada's plan is:
      | who   | role          | what                |
      | Amira | SENCO         | plan-opened         |
      | Amira | SENCO         | section-assigned    |
      | Amira | SENCO         | section-assigned    |
      | Boris | class teacher | section-edited      |
      | Boris | class teacher | section-submitted   |
      | Amira | SENCO         | section-approved    |

  Scenario: Of one person, over all plans
    Then the trail of what Boris did holds 2 acts
    And the trail of what Carol did holds 0 acts

  Scenario: Since a day
    Given it is 2026-11-02
    And Amira wrote "She likes to swim." in section A of Seán's plan
    Then the trail since 2026-11-01 holds 1 act
    And the trail until 2026-10-31 does not hold it
