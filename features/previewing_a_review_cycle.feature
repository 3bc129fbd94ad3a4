Feature: Previewing a review cycle
  Before hundreds of people are asked for something, somebody looks at what would be asked.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And a plan for Seán
    And this cycle file:
      """
      name = "Autumn 2026"
      meeting = { on = 2026-11-10 }

      [[write]]
      sections = ["E", "F"]
      years = ["N1-3"]
      role = "class teacher"
      due_weeks_before_meeting = 3

      [[write]]
      sections = ["E", "F"]
      years = ["4-14"]
      role = "subject teacher"
      ask = "all"
      due_weeks_before_meeting = 3

      [[review]]
      sections = ["E", "F"]
      role = "SENCO"
      due_weeks_before_meeting = 2
      """

  Rule: A preview says what would happen, and nothing is recorded

    Scenario: What would be set up
      When Amira previews the cycle
      Then nothing was recorded
      And 2 plans are to "set up"
      And Carol would have 4 sections to write and 0 to review
      And Amira would have 0 sections to write and 4 to review

    Scenario: A new pupil, and the others left alone
      Given Amira applied the cycle
      And a plan for Linh
      When Amira previews the cycle
      Then 1 plan is to "set up"
      And 2 plans are to "leave alone"

    Scenario: A file with a slip
      Given this cycle file:
        """
        name = "Autumn 2026"
        meeting = { on = 2026-11-10 }

        [[write]]
        sections = ["F"]
        rol = "class teacher"
        due_weeks_before_meeting = 3
        """
      When Amira previews the cycle
      Then it is refused, because "autumn.toml, [[write]] 1: found the key 'rol', expected one of sections, years, role"
      And nothing was recorded

  Rule: What was previewed is what is applied

    Scenario: By its id
      When Amira previews the cycle
      And Amira applies the cycle as previewed
      Then 2 reviews are set up

    Scenario: Not when something else would be done by now
      When Amira previews the cycle
      But a plan for Linh comes in
      And Amira applies the cycle as previewed
      Then it is refused, because "nothing was recorded: preview the cycle again"
      And nothing was recorded

    Scenario: Interrupted, and finished by applying again
      Given applying the cycle was interrupted after Ada's plan
      When Amira previews the cycle
      Then 1 plan is to "set up"
      And 1 plan is to "leave alone"
      When Amira applies the cycle
      Then 1 review is set up
      And section F of Ada's plan waits on Carol to "write"
      And section F of Seán's plan waits on Carol to "write"

  Rule: Teachers are heard, and keep what they began

    Scenario: A task that was declined goes back, and nobody is asked over their head
      Given Amira applied the cycle
      And Carol declined section F of Ada's plan as "not qualified"
      When Amira previews the cycle
      Then 2 plans are to "leave alone"
      And section F of Ada's plan waits on Amira to "assign again"

    Scenario: From Year 3 to Year 4 in September
      Given Seán is in year 3
      And Amira applied the cycle
      And Seán is in year 4
      When Amira previews the cycle
      Then 2 plans are to "leave alone"
      And section F of Seán's plan waits on Boris to "write"
      Given this cycle file:
        """
        name = "Spring 2027"
        meeting = { on = 2027-03-02 }

        [[write]]
        sections = ["F"]
        years = ["N1-3"]
        role = "class teacher"
        due_weeks_before_meeting = 3

        [[write]]
        sections = ["F"]
        years = ["4-14"]
        role = "subject teacher"
        due_weeks_before_meeting = 3
        """
      When Amira applies the cycle
      Then section F of Seán's plan waits on Carol to "write"

  Rule: The files that come with it do what they say

    Scenario: A mainstream school with eight plans
      Given Ada is in year 2
      And Seán is in year 3
      And plans for 6 more pupils of year 3
      And Seán is in the group "3W"
      And the cycle file "mainstream-eight-plans.toml" that comes with it
      When Amira applies the cycle
      Then 8 reviews are set up
      And the meeting about Ada is on 2026-11-10
      And section F of Ada's plan waits on Boris to "write"
      And Amira is told of nothing that is missing

    Scenario: A special school, whose meetings are spread
      Given plans for 8 more pupils of year 7
      And everybody but Ada and Seán attends "Hollybank School"
      And Ada attends "Brook School"
      And the plans of everybody but Ada and Seán are those of seven authorities
      And s01, a deputy head of year 7, joins the school
      And the cycle file "special-school-450.toml" that comes with it
      When Amira previews the cycle
      Then 8 plans are to "set up"
      And at most 6 meetings are on one day
      And Carol would have 24 sections to write and 0 to review
      And 1 plan would be left out, because "at none of the chosen schools"
      And 1 plan would be left out, because "of whom it is not known which school they attend"
      When Amira applies the cycle
      Then the status of the cycle tells of seven authorities, and of 8 plans between them

    Scenario: A school that none of the pupils attends
      Given Ada attends "Hollibank School"
      And s01, a deputy head of year 7, joins the school
      And the cycle file "special-school-450.toml" that comes with it
      When Amira applies the cycle
      Then it is refused, because "perhaps 'Hollibank School'"
      And nothing was recorded

    Scenario Outline: Somebody or something that is not here
      Given the cycle file "special-school-450.toml" that comes with it
      And Ada attends "Hollybank School"
      And in the file "<found>" stands in place of "<was>"
      When Amira applies the cycle
      Then it is refused, because "<why>"
      And nothing was recorded

      Examples:
        | was             | found          | why                             |
        | subject teacher | subject techer | found the role 'subject techer' |
        | s01 = 700       | s99 = 700      | found the person 's99'          |

    Scenario: Two meetings a year, of which one is the review by law
      Given Seán is in year 3
      And Ada's plan was last reviewed on 2026-01-15
      And Seán's plan was last reviewed on 2026-01-22
      And the cycle file "twice-yearly-school-meeting.toml" that comes with it
      And Amira applied the cycle
      And the cycle file "twice-yearly-statutory-review.toml" that comes with it
      When Amira applies the cycle
      Then section F of Seán's plan waits on Boris to "write"
      And section F of Seán's plan waits on Amira to "write"
      And section F of Ada's plan waits on Carol to "write"
      And section F of Ada's plan waits on Dana to "later"
