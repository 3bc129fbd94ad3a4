Feature: Giving advice
  A teacher who has written a report has written it once:
  it is there for whoever writes the plan, whole, and as the words of whoever gave it.

  Background:
    Given the people of Fernbank School
    And a plan for Ada

  Scenario: A class teacher's termly report is there for the SENCO
    When Boris gives this termly report about Ada:
      """
      Ada reads a page aloud each day.

      Target 1: Ada asks one child to play with her.
      """
    Then Ada's plan holds 1 advice
    And advice 1 of Ada's plan is a "termly report" that Boris gave as "class teacher"
    And advice 1 of Ada's plan reads "Ada reads a page aloud each day."
    And the trail of Ada's plan says that Boris acted as "class teacher"

  Scenario: The same report twice is there once
    Given Boris gave a termly report about Ada: "Ada reads a page aloud each day."
    When Boris gives a termly report about Ada: "Ada reads a page aloud each day."
    Then it is refused, because "advice 1"
    And nothing was recorded

  Scenario: A parent's views are the parent's, whoever types them up
    When Boris types up the views of "Ada's mother" about Ada: "She is happier in the mornings."
    Then advice 1 of Ada's plan is a "views" that "Ada's mother" gave and Boris brought in
    And the trail of Ada's plan says that Boris acted for "Ada's mother"

  Scenario: A SENCO who brings in a teacher's report is not its author
    When Amira brings in Boris's termly report of 2026-09-18 about Ada: "Ada counts to a hundred."
    Then advice 1 of Ada's plan is a "termly report" that Boris gave as "class teacher"
    And advice 1 of Ada's plan was given on 2026-09-18 and brought in by Amira

  Scenario: An assistant, who writes no section, gives evidence
    When Femi gives a termly report about Ada: "She played with two children at lunch."
    Then advice 1 of Ada's plan is a "termly report" that Femi gave as "teaching assistant"

  Scenario: Nobody gives advice that is still to come
    When Amira brings in Boris's termly report of 2027-01-15 about Ada: "Ada will read."
    Then it is refused, because "still to come"
    And nothing was recorded

  Scenario: A table of targets is shared out to the plans
    Given a plan for Seán
    And a plan for Linh
    When Amira brings in this table of targets:
      | UPN           | Teacher | Target 1              | Target 2             |
      | B801200005001 | s2      | Reads a page aloud.   | Asks a child to play. |
      | N823200012345 | s3      | Writes a sentence.    |                      |
      | M80120000500A | s3      | Adds with a number line. | Waits for a turn. |
    Then 3 texts are brought in for 3 plans
    And advice 1 of Ada's plan is a "targets" that Boris gave as "class teacher"
    And advice 1 of Ada's plan reads "Target 2: Asks a child to play."
    And advice 1 of Linh's plan was given by Carol and brought in by Amira

  Scenario: The same table again changes nothing
    Given Amira brought in this table of targets:
      | UPN           | Teacher | Target 1            |
      | B801200005001 | s2      | Reads a page aloud. |
    When Amira brings in this table of targets:
      | UPN           | Teacher | Target 1            |
      | B801200005001 | s2      | Reads a page aloud. |
    Then 0 texts are brought in for 0 plans
    And nothing was recorded

  Scenario: A row that does not say whose it is goes nowhere
    When Amira brings in this table of targets:
      | UPN           | Teacher | Target 1            |
      | B801200005001 | s99     | Reads a page aloud. |
      | A801200005001 | s2      | Reads a page aloud. |
      | M80120000500A | s2      | Reads a page aloud. |
    Then line 2 is faulty in "Teacher"
    And line 3 is faulty in "UPN"
    And line 4 is of a pupil without a plan here
    And nothing was recorded
