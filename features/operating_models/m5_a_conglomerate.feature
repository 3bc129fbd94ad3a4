Feature: A school whose people share what a SENCO would do (M5)
  Any of them acts while another is away, and the record says who and in which role.

  Background:
    Given a setting that works by M5, where these people work:
      | name | role              |
      | Dev  | deputy head       |
      | Hana | head teacher      |
      | Fay  | form tutor        |
      | Ada1 | SEN administrator |
      | Cleo | class teacher     |
    And a plan for Ada in year 7, brought in by Dev

  Scenario: When one is away another acts, and the record says which and as what
    Given Dev is away from 2026-10-05 to 2026-10-30
    When Fay asks Cleo to write section F of Ada's plan
    Then it is allowed by the rule "M5@1:shared-coordinating,writing"
    And the latest step of Ada's plan says that Fay acted as form tutor
    And the latest step of Ada's plan says that it was done in the capacity of coordinator
    And every duty is somebody's

  Scenario: Any of them reviews where nobody was named
    Given Dev has asked Cleo to write section F of Ada's plan
    And Cleo wrote "Two hours a week." in section F of Ada's plan
    And Cleo submitted section F of Ada's plan
    When Fay approves section F of Ada's plan
    Then it is allowed by the rule "M5@1:shared-reviewing"

  Scenario: A duty that is left with nobody is found
    Given Dev is away from 2026-10-05 to 2026-10-30
    And Hana is away from 2026-10-05 to 2026-10-30
    Then checking the model finds "nobody holds it", with "who signs approval"
