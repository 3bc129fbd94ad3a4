Feature: Bringing in plans
  A school's information system knows the pupils; nobody should type them again,
  and nobody should find a wrong birthday in a legal document.

  Background:
    Given the people of Fernbank School

  Scenario: Only pupils with an EHC plan become plans
    When Amira brings in this export:
      | UPN           | Surname | Forename | DOB        | Year | SEN Status |
      | B801200005001 | Okafor  | Ada      | 03/11/2014 | Y7   | E          |
      | N823200012345 | O'Brien | Seán     | 2017-01-29 | 5    | K          |
    Then 1 plan is opened
    And the plan of Ada is in year 7

  Scenario: A faulty row is named by line, column, what was found and what was expected
    When Amira brings in this export:
      | UPN           | Surname | Forename | DOB        | Year | SEN Status |
      | A801200005001 | Okafor  | Ada      | 03/11/2014 | Y7   | E          |
      | N823200012345 | O'Brien | Seán     | 31/02/2017 | 5    | E          |
    Then line 2 is faulty in "UPN"
    And line 3 is faulty in "DOB"
    And no plan is opened

  Scenario: A pupil without a UPN needs a reason
    When Amira brings in this export:
      | UPN | Surname | Forename | DOB        | Year | SEN Status |
      |     | Okafor  | Ada      | 03/11/2014 | Y7   | E          |
    Then line 2 is faulty in "UPN"
    When Amira brings in this export, saying that there is no UPN because "moved here in August":
      | UPN | Surname | Forename | DOB        | Year | SEN Status |
      |     | Okafor  | Ada      | 03/11/2014 | Y7   | E          |
    Then 1 plan is opened

  Scenario: The same export again changes nothing
    Given a plan for Ada
    When Amira brings in the export of Ada again
    Then nothing was recorded

  Scenario: September's export shows what is new, changed, unchanged and no longer listed
    Given a plan for Ada
    And a plan for Seán
    When September's export says:
      | UPN           | Surname | Forename | DOB        | Year | SEN Status |
      | B801200005001 | Okafor  | Ada      | 03/11/2014 | Y8   | E          |
      | M80120000500A | Nguyễn  | Linh     | 29/02/2016 | 06   | E          |
    Then it shows 1 new, 1 changed, 0 unchanged and 1 no longer listed
    And nothing was recorded
    When Amira records what September's export says
    Then the plan of Ada is in year 8
    And Ada's plan was in year 7 when it was opened

  Scenario: A child's plan is not opened twice
    Given a plan for Ada
    When the export of Ada is brought in by Amira and by Dana at the same time
    Then there is 1 plan
