Feature: Answering an invitation to a review
  Who is asked to a meeting or for advice can say yes, or no and why, and whoever asked must hear it:
  a child's review needs the people who know the child, and an empty chair is seen too late.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And Tess, a nurse of year 7, joins the school
    And this cycle file:
      """
      name = "Autumn 2026"
      meeting = { on = 2026-11-10 }

      [[write]]
      sections = "F"
      role = "subject teacher"
      due_days_before_meeting = 21

      [[attend]]
      role = "nurse"

      [[advice]]
      kind = "health"
      role = "nurse"
      due_weeks_before_meeting = 4
      """
    And Amira applied the cycle

  Rule: Whoever is asked says yes or no

    Scenario: It waits until it is answered by deed
      Then the meeting about Ada waits on Tess to "attend"
      And the "health" advice about Ada waits on Tess to "advise"

    Scenario: Who comes and who has not said
      Given Tess said that she comes to the meeting about Ada
      When Amira looks at "Autumn 2026"
      Then of 1 asked to meetings 1 comes and 0 have not answered
      And of 1 advice asked for 0 is given and 0 is late

    Scenario: Advice that is late
      Given it is 2026-10-14
      When Amira looks at "Autumn 2026"
      Then of 1 advice asked for 0 is given and 1 is late

    Scenario: No goes back to whoever asked
      When Tess declines the meeting about Ada as "no time"
      And Amira looks at "Autumn 2026"
      Then the meeting about Ada waits on Amira to "assign again"
      And Tess does not come to the meeting about Ada, and Amira should ask somebody else

    Scenario: Somebody else comes instead
      Given Tess declined the meeting about Ada as "no time"
      When Amira asks Dana to come to the meeting about Ada
      Then the meeting about Ada waits on Dana to "attend"
      And Dana is asked to the meeting about Ada on 2026-11-10

    Scenario: Nobody answers for somebody else
      When Boris declines the meeting about Ada as "no time"
      Then it is refused, because "does not ask Boris Blake"
      And nothing was recorded

    Scenario: The cycle applied again asks nobody over Tess's head
      Given Ugo, a nurse of year 7, joins the school
      And Tess declined the meeting about Ada as "no time"
      When Amira applies the cycle
      Then nothing was recorded

  Rule: What a leaver was asked for goes to somebody who is there

    Scenario: The nurse leaves
      Given Ugo, a nurse of year 7, joins the school
      And Tess left on 2026-10-04
      When Amira hands over what waits on people who are not there
      Then 2 tasks are handed over
      And the meeting about Ada waits on Ugo to "attend"
      And the "health" advice about Ada waits on Ugo to "advise"
      And the trail of Ada's plan says "Tess to come to the meeting no more, Ugo instead"
