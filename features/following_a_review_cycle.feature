Feature: Following a review cycle
  Who has forty plans with nine teachers needs to see at a glance what is missing, and to be able to
  take back what was asked for by mistake without anybody's work being lost.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And a plan for Seán
    And Seán is in year 3
    And this cycle file:
      """
      name = "Autumn 2026"
      meeting = { on = 2026-11-10 }

      [[write]]
      sections = ["E", "F"]
      years = ["N1-3"]
      role = "class teacher"
      due_days_before_meeting = 21

      [[write]]
      sections = ["E", "F"]
      years = ["4-14"]
      role = "subject teacher"
      due_days_before_meeting = 21

      [[review]]
      sections = ["F"]
      role = "SENCO"
      due_days_before_meeting = 14
      """
    And Amira applied the cycle

  Rule: The whole cycle is seen at a glance

    Scenario: Nothing is started
      When Amira looks at "Autumn 2026"
      Then 6 tasks are asked for, 0 of them done, 0 started and 6 not started
      And 2 tasks of the cycle wait on Carol, who has started 0
      And the cycle waits on Carol about Ada's plan

    Scenario: What was accepted or written in is started, what was submitted is done
      Given Carol wrote "Two hours a week." in section F of Ada's plan
      And Boris wrote "Seán plays." in section E of Seán's plan
      And Boris submitted section E of Seán's plan
      When Amira looks at "Autumn 2026"
      Then 6 tasks are asked for, 1 of them done, 1 started and 4 not started
      And 1 task of the cycle waits on Boris, who has started 0

    Scenario: What could be done and was not is late
      Given it is 2026-10-21
      When Amira looks at "Autumn 2026"
      Then 4 tasks of the cycle are late

    Scenario: Who said no is seen, and who should ask somebody else
      Given Carol declined section F of Ada's plan as "not qualified"
      When Amira looks at "Autumn 2026"
      Then Carol has declined 1 task as "not qualified", and Amira should ask somebody else

    Scenario: Somebody who was asked instead has a task of the cycle
      Given Carol declined section F of Ada's plan as "not qualified"
      And Amira asked Dana to write section F of Ada's plan
      When Amira looks at "Autumn 2026"
      Then 6 tasks are asked for, 0 of them done, 0 started and 6 not started
      And 1 task of the cycle waits on Dana, who has started 0

    Scenario: How far it was on which day
      Given it is 2026-10-07
      And Carol wrote "Two hours a week." in section F of Ada's plan
      And Carol submitted section F of Ada's plan
      Then on 2026-10-05 0 of 6 tasks were done
      And on 2026-10-07 1 of 6 tasks were done

    Scenario: A name that nobody knows
      When Amira looks at "Autumn 2025"
      Then it is refused, because "did you mean 'Autumn 2026'"

  Rule: What nobody has started can be taken back

    Scenario: A cycle that was set up by mistake
      When Amira undoes "Autumn 2026"
      Then 2 reviews and 6 tasks are taken back
      And nothing waits on Carol
      And nothing waits on Boris
      And it stays on record that Carol was asked to write section F of Ada's plan

    Scenario: Nobody needs to ask again for what was declined
      Given Carol declined section F of Ada's plan as "not qualified"
      When Amira undoes "Autumn 2026"
      Then 2 reviews and 5 tasks are taken back
      And nothing waits on Amira

    Scenario: First a look at what would happen
      When Amira previews the undoing of "Autumn 2026"
      Then 2 reviews and 6 tasks would be taken back
      And nothing was recorded

    Scenario: Undone twice
      Given Amira undid "Autumn 2026"
      When Amira undoes "Autumn 2026"
      Then 0 reviews and 0 tasks are taken back
      And nothing was recorded

    Scenario: It is applied again with another day
      Given Amira undid "Autumn 2026"
      And this cycle file:
        """
        name = "Autumn 2026"
        meeting = { on = 2026-11-17 }

        [[write]]
        sections = "F"
        role = "subject teacher"
        due_days_before_meeting = 21
        """
      When Amira applies the cycle
      Then 2 reviews are set up
      And the meeting about Ada is on 2026-11-17

    Scenario: A teacher does not undo a cycle
      When Boris undoes "Autumn 2026"
      Then it is refused, because "may not take back a review"
      And nothing was recorded

  Rule: What was started stays, and is named

    Scenario: A text that is being written stays, and so does its reviewer
      Given Carol wrote "Two hours a week." in section F of Ada's plan
      When Amira undoes "Autumn 2026"
      Then 1 review and 4 tasks are taken back
      And Amira is told that section F of Ada's plan is left with Carol and Amira
      And section F of Ada's plan waits on Carol to "write"

    Scenario: What was accepted stays
      Given Carol accepted section E of Ada's plan
      When Amira undoes "Autumn 2026"
      Then 1 review and 5 tasks are taken back
      And Amira is told that section E of Ada's plan is left with Carol

    Scenario: It is taken back by naming its plan, and the words stay
      Given Carol wrote "Two hours a week." in section F of Ada's plan
      When Amira undoes "Autumn 2026" for Ada's plan
      Then 1 review and 3 tasks are taken back
      And nothing waits on Carol
      And section F of Ada's plan reads "Two hours a week."
      And section F of Seán's plan waits on Boris to "write"
