Feature: Handing over work
  Someone leaves, someone falls ill, and what was asked of them goes on waiting on nobody.
  It must be seen, and go to somebody who can do it, without anyone forgetting who was asked before.

  Background:
    Given the people of Fernbank School
    And Tess, a subject teacher of year 7, joins the school
    And Ugo, a subject teacher of year 7, joins the school
    And a plan for Ada
    And Amira asked Carol to write section E of Ada's plan
    And Amira asked Carol to write section F of Ada's plan
    And Amira asked Dana to review section F of Ada's plan

  Rule: What waits on people who are not there is seen

    Scenario: Nobody is missing
      Then nothing waits on anybody who is not there

    Scenario: A teacher has left
      When Amira ends Carol's role "subject teacher" on 2026-10-02
      Then 2 tasks wait on Carol, who "has held no role here since 2026-10-02"

    Scenario: A teacher will have left when it is due
      When Amira ends Carol's role "subject teacher" on 2026-10-23
      Then 2 tasks wait on Carol, who "will hold no role here on 2026-10-30, when it is due"

    Scenario: A teacher is ill for three weeks
      When Carol is said by Amira to be away from 2026-10-05 to 2026-10-25
      Then 2 tasks wait on Carol, who "is away from 2026-10-05 to 2026-10-25"

    Scenario: A teacher is back in time
      When Carol is said by Carol to be away from 2026-10-12 to 2026-10-16
      Then nothing waits on anybody who is not there

    Scenario: Nobody says of others that they are away but those who keep the lists
      When Carol is said by Boris to be away from 2026-10-05 to 2026-10-25
      Then it is refused, because "may not say when others are away"
      And nothing was recorded

    Scenario: An absence that ends before it begins
      When Carol is said by Amira to be away from 2026-10-25 to 2026-10-05
      Then it is refused, because "cannot end on 2026-10-05"
      And nothing was recorded

  Rule: It goes to somebody who can do it

    Scenario: A leaver's work goes to a colleague of the same role and year
      Given Carol left on 2026-10-02
      When Amira hands over what waits on people who are not there
      Then 2 tasks are handed over
      And section E of Ada's plan waits on Tess to "write"
      And section F of Ada's plan waits on Tess to "write"
      And section F of Ada's plan is due on 2026-10-30
      And section F of Ada's plan was given to Tess "instead of Carol Hall, who has held no role here since 2026-10-02"
      And nothing waits on Carol

    Scenario: The record keeps who was asked before
      Given Carol left on 2026-10-02
      When Amira hands over what waits on people who are not there
      Then the trail of Ada's plan says "Carol Hall to write no more, Tess instead"

    Scenario: It goes to whoever has the least to do
      Given Carol left on 2026-10-02
      And Amira asked Tess to write section A of Ada's plan
      When Amira hands over what waits on people who are not there
      Then section E of Ada's plan waits on Ugo to "write"
      And section F of Ada's plan waits on Ugo to "write"

    Scenario: Whoever is ill gets nothing of it
      Given Carol left on 2026-10-02
      And Tess is ill from 2026-10-05 to 2026-10-25
      When Amira hands over what waits on people who are not there
      Then section F of Ada's plan waits on Ugo to "write"

    Scenario: To whom the coordinator says
      When Amira hands Carol's work over to Boris
      Then 2 tasks are handed over
      And section F of Ada's plan waits on Boris to "write"

    Scenario: The writer does not become their own reviewer
      When Amira hands Carol's work over to Dana
      Then section E of Ada's plan waits on Dana to "write"
      And section F of Ada's plan waits on Carol to "write"
      And section F of Ada's plan is left, because "may not be their own reviewer"

    Scenario: A preview records nothing
      Given Carol left on 2026-10-02
      When Amira looks at what would be handed over
      Then 2 tasks are handed over
      And nothing was recorded
      And section F of Ada's plan waits on Carol to "write"

    Scenario: Done again it changes nothing
      Given Carol left on 2026-10-02
      And Amira handed over what waits on people who are not there
      When Amira hands over what waits on people who are not there
      Then 0 tasks are handed over
      And nothing was recorded

    Scenario: A teacher does not hand over
      When Tess hands Carol's work over to Boris
      Then it is refused, because "may not hand over what others were asked for"
      And nothing was recorded

  Rule: What nobody can take is told, and left

    Scenario: Nobody else teaches the year
      Given Ada is in year 9
      And Carol left on 2026-10-02
      When Amira hands over what waits on people who are not there
      Then 0 tasks are handed over
      And section F of Ada's plan is left, because "no other subject teacher teaches Year 9"
      And nothing was recorded

    Scenario: The only head is away
      Given Dana is ill from 2026-10-05 to 2026-10-25
      When Amira hands over what waits on people who are not there
      Then section F of Ada's plan is left, because "nobody else is head teacher"
      And nothing was recorded
