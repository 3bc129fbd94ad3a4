Feature: Setting up a review cycle
  A term's reviews for forty children should take a file, not forty evenings.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And a plan for Seán
    And this cycle file:
      """
      name = "Autumn 2026"

      [meeting]
      on = 2026-11-10

      [[write]]
      sections = ["F"]
      years = ["N1-3"]
      role = "class teacher"
      due_days_before_meeting = 21

      [[write]]
      sections = ["F"]
      years = ["4-14"]
      role = "subject teacher"
      ask = "all"
      due_days_before_meeting = 21

      [[review]]
      sections = ["F"]
      role = "SENCO"
      due_days_before_meeting = 14
      """

  Rule: The file says who writes and who reviews, by role and year group

    Scenario: Up to Year 3 the class teacher, from Year 4 the subject teachers
      Given Seán is in year 3
      When Amira applies the cycle
      Then 2 reviews are set up
      And section F of Ada's plan waits on Carol to "write"
      And section F of Seán's plan waits on Boris to "write"
      And section F of Ada's plan is due on 2026-10-20
      And section F of Ada's plan waits on Amira to "later"

    Scenario: From Year 4 every subject teacher of the year
      Given Tess, a subject teacher of year 7, joins the school
      When Amira applies the cycle
      Then section F of Ada's plan waits on Carol to "write"
      And section F of Ada's plan waits on Tess to "write"
      And nothing of Seán's plan waits on Tess

    Scenario: The plan's own tutor, or else the class teacher
      Given Ada's plan names the tutor "Hall, C"
      And this cycle file:
        """
        name = "Autumn 2026"
        meeting = { on = 2026-11-10 }

        [[write]]
        sections = "A"
        role = ["tutor", "deputy head", "head teacher"]
        due_weeks_before_meeting = 3
        """
      When Amira applies the cycle
      Then section A of Ada's plan waits on Carol to "write"
      And section A of Seán's plan waits on Dana to "write"

    Scenario: The writer is never their own reviewer
      Given this cycle file:
        """
        name = "Autumn 2026"
        meeting = { on = 2026-11-10 }

        [[write]]
        sections = "B"
        role = "SENDCO"
        due_weeks_before_meeting = 3

        [[review]]
        sections = ["B", "E"]
        role = ["SENCO", "head teacher"]
        due_weeks_before_meeting = 2
        """
      When Amira applies the cycle
      Then section B of Ada's plan waits on Amira to "write"
      And section B of Ada's plan waits on Dana to "later"
      And section E of Ada's plan waits on Amira to "later"

    Scenario: A teacher does not set up a cycle
      When Boris applies the cycle
      Then it is refused, because "may not set up a review cycle"
      And nothing was recorded

    Scenario: A file with a slip is refused
      Given this cycle file:
        """
        name = "Autumn 2026"
        meeting = { on = 2026-11-10 }

        [[write]]
        sections = ["F"]
        years = ["3-R"]
        role = "class teacher"
        due_days_before_meeting = 21
        """
      When Amira applies the cycle
      Then it is refused, because "autumn.toml, [[write]] 1, years: found '3-R', expected year groups"
      And nothing was recorded

  Rule: The file says which plans, and when people meet

    Scenario: Each meeting goes by the day on which the review is due
      Given Ada's plan was last reviewed on 2025-12-08
      And Seán's plan was last reviewed on 2026-03-16
      And this cycle file:
        """
        name = "Autumn 2026"

        [choose]
        review_due_to = 2027-01-31

        [meeting]
        weeks_before_review_due = 5
        not_after = 2026-12-11

        [[review]]
        sections = "F"
        role = "SENCO"
        due_weeks_before_meeting = 2
        """
      When Amira applies the cycle
      Then 1 review is set up
      And the meeting about Ada is on 2026-11-02
      And 1 plan is left out, because "with a review due after 2027-01-31"

    Scenario: A pupil who left is not reviewed
      Given Seán left the school
      When Amira applies the cycle
      Then 1 review is set up
      And 1 plan is left out, because "no longer listed in the school's export"

  Rule: What is set up stays, and what is missing is told

    Scenario: Applying again changes nothing
      Given Amira applied the cycle
      When Amira applies the cycle
      Then 0 reviews are set up
      And nothing was recorded

    Scenario: A new pupil joins a cycle that was applied
      Given Amira applied the cycle
      And a plan for Linh
      When Amira applies the cycle
      Then 1 review is set up

    Scenario: What nobody can take is told, with the reason
      Given Seán is in year 12
      When Amira applies the cycle
      Then 2 reviews are set up
      And Amira is told that nobody can write section F of Seán's plan, because "no subject teacher teaches Year 12"

    Scenario: It is asked for once somebody can take it
      Given Seán is in year 12
      And Amira applied the cycle
      And Tess, a subject teacher of year 12, joins the school
      When Amira applies the cycle
      Then 0 reviews are set up
      And section F of Seán's plan waits on Tess to "write"
      And Amira is told of nothing that is missing

    Scenario: A doubt that was heard stays heard
      Given Amira applied the cycle
      And Carol declined section F of Ada's plan as "not qualified"
      When Amira applies the cycle
      Then nothing was recorded
      And section F of Ada's plan waits on Amira to "assign again"

    Scenario: A changed file leaves the reviews that are set up as they are
      Given Amira applied the cycle
      And a plan for Linh
      And this cycle file:
        """
        name = "Autumn 2026"
        meeting = { on = 2026-11-24 }

        [[write]]
        sections = "F"
        role = "head teacher"
        due_weeks_before_meeting = 3
        """
      When Amira applies the cycle
      Then 1 review is set up
      And the meeting about Linh is on 2026-11-24
      And section F of Linh's plan waits on Dana to "write"
      And the meeting about Ada is on 2026-11-10
      And section F of Ada's plan waits on Carol to "write"

  Rule: Who comes to the meeting and who gives advice is on record with the review

    Background:
      Given this cycle file:
        """
        name = "Autumn 2026"
        meeting = { on = 2026-11-10 }

        [[review]]
        sections = "F"
        role = "SENCO"
        due_weeks_before_meeting = 2
        text = "Is it specified and quantified?"

        [[attend]]
        role = "head teacher"

        [[advice]]
        kind = "termly report"
        role = "teaching assistant"
        due_weeks_before_meeting = 4
        """

    Scenario: They are told, though no section waits on them
      When Amira applies the cycle
      Then Dana is asked to the meeting about Ada on 2026-11-10
      And Femi is asked for advice about Ada by 2026-10-13
      And the message to Amira says "Is it specified and quantified?"

    Scenario: Applying again asks nobody twice
      Given Amira applied the cycle
      When Amira applies the cycle
      Then nothing was recorded

    Scenario: They are asked no more once the cycle is undone
      Given Amira applied the cycle
      When Amira undoes "Autumn 2026"
      Then nobody is asked for anything
