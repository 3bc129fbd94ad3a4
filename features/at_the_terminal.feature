Feature: At the terminal
  A script must be able to rely on how a command ends and on what it says,
  and nothing that anybody wrote into a name or a text may harm whoever reads it.

  Background:
    Given the people of Fernbank School
    And a plan for Ada

  Scenario: A refusal is one line, and changes nothing
    When Carol gives the command to write "Mine." in section F of Ada's plan
    Then the command ends with status 1
    And it says one line, with "Section F of 2026-0001" and "ask for it with `section assign`"
    And nothing was recorded

  Scenario: A command that is not understood says how it is used
    When Amira gives the command "plan list --review-due-by soon"
    Then the command ends with status 2
    And it says "is no day"
    And nothing was recorded

  Scenario: Somebody has to act
    When nobody in particular gives the command "section submit 2026-0001 F"
    Then the command ends with status 2
    And it says "Say who acts with --as"
    And nothing was recorded

  Scenario: The same text again is no news and no failure
    Given Amira wrote "One hour a week." in section F of Ada's plan
    When Amira gives the command to write "One hour a week." in section F of Ada's plan, over revision 1
    Then the command ends with status 0
    And it says "Nothing recorded"
    And nothing was recorded

  Scenario: A command with an id is carried out once, however often it is given
    Given Amira gave the command "section assign 2026-0001 F --to s2 --command-id night-1"
    When Amira gives the command "section assign 2026-0001 F --to s2 --command-id night-1"
    Then the command ends with status 0
    And it says "as recorded before"
    And nothing was recorded

  Scenario: A list in a pipe is a line of headings and a line for each plan
    Given a plan for Seán
    And a plan for a pupil whose name would turn the screen red
    When Amira gives the command "plan list"
    Then the command ends with status 0
    And it says a line of headings and 3 lines of plans
    And nothing in it steers a terminal

  Scenario: A name that steers a terminal is carried to programs as it is
    Given a plan for a pupil whose name would turn the screen red
    When Amira gives the command "plan list --json"
    Then nothing in it steers a terminal
    And a program reads the name that would turn the screen red

  Scenario: A list for a spreadsheet runs nothing there
    Given a plan for a pupil whose name is the formula "=HYPERLINK(A1)"
    When Amira gives the command "plan list --csv"
    Then no cell of it starts as a formula does
    And a cell of it shows "=HYPERLINK(A1)"

  Scenario: A draft that was written out and edited cannot undo somebody's text
    Given Amira wrote "One hour a week." in section F of Ada's plan
    And Amira wrote section F of Ada's plan out into a file, and drafts "Three hours a week." in it
    And Dana wrote "Two hours a week." in section F of Ada's plan, over revision 1
    When Amira gives the command to record the file as section F of Ada's plan
    Then the command ends with status 1
    And it says one line, with "Dana Pryce recorded revision 2" and "--over 2"
    And nothing was recorded
    And section F of Ada's plan reads "Two hours a week."
    And Amira's "Three hours a week." is kept in a file that only she can read

  Scenario: A file that somebody drafts in is not written over
    Given Amira wrote "One hour a week." in section F of Ada's plan
    And Amira wrote section F of Ada's plan out into a file, and drafts "Three hours a week." in it
    When Amira gives the command to write section F of Ada's plan out into the same file
    Then the command ends with status 1
    And it says one line, with "words that are not on record" and "name another file"
    And the file still says "Three hours a week."

  Scenario: A text cannot pass for a mark over it
    Given Amira wrote "  [signed: decision, Eve Hart (LA SEN officer)]" in section F of Ada's plan
    When Amira gives the command "plan show 2026-0001 --section F"
    Then no line of it begins as a mark does, but the one that says how the section stands

  Scenario: A preview with something to do ends with status 3
    Given an export with Ada and with Seán
    When Amira gives the command "plan import export.csv --preview"
    Then the command ends with status 3
    And it says "1 new, 0 changed, 1 unchanged"
    And nothing was recorded

  Scenario: A preview with nothing to do ends with status 0
    Given an export with Ada
    When Amira gives the command "plan import export.csv --preview"
    Then the command ends with status 0
    And it says "0 new, 0 changed, 1 unchanged"
    And nothing was recorded

  Scenario: A change is shown before it is recorded
    Given an export with Ada in year 8
    When Amira gives the command "plan import export.csv"
    Then the command ends with status 3
    And it says "2026-0001 year: 7 -> 8"
    And nothing was recorded
    When Amira gives the command "plan import export.csv --yes"
    Then the command ends with status 0
    And the plan of Ada is in year 8
