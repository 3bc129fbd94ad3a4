Feature: Class teachers to Year 3, subject teachers from Year 4, the SENCO on all (M6)
  How much a teacher writes goes by experience; meetings are twice a year, one of them by law.

  Background:
    Given a setting that works by M6, where these people work:
      | name | role            | years | experience |
      | Sena | SENCO           |       |            |
      | Hana | head teacher    |       |            |
      | Cleo | class teacher   | 2 3   | confident  |
      | Ned  | class teacher   | 1     | new        |
      | Sam  | subject teacher | 4 5 6 | confident  |
      | Sue  | subject teacher | 4 5 6 |            |
    And a plan for Linh in year 3, brought in by Sena
    And a plan for Seán in year 4, brought in by Sena

  Scenario: One author to Year 3, every subject teacher from Year 4, the SENCO on all
    Given the cycle file "twice-yearly-school-meeting.toml" that comes with it
    When Sena applies the cycle
    Then Linh's plan waits on Cleo and Sena to write section E
    And Seán's plan waits on Sam, Sena and Sue to write section E

  Scenario: A cycle leaves it to the model who writes, who reviews and who comes
    Given this cycle file:
      """
      name = "Autumn"

      [meeting]
      on = 2026-11-19

      [from_model]
      sections = ["E", "F"]
      write_due_weeks_before_meeting = 3
      review_due_weeks_before_meeting = 1

      [[write]]
      sections = "E"
      role = "head teacher"
      due_weeks_before_meeting = 2
      """
    When Sena applies the cycle
    Then Linh's plan waits on Cleo and Sena to write section F
    And Seán's plan waits on Sam, Sena and Sue to write section F
    And these wait on Hana to review: F

  Scenario: The year decides whom the model lets be asked
    When Sena asks Cleo to write section F of Seán's plan
    Then it is refused, because "Under M6, rule subject-teachers-from-4: Cleo acts as class teacher"
    And nothing was recorded

  Scenario: What is open keeps its author when the pupil moves to Year 4
    Given Sena has asked Cleo to write section F of Linh's plan
    When Sena records that Linh is in year 4 now
    Then Linh's plan waits on Cleo to write section F
    When Sena asks Cleo to write section E of Linh's plan
    Then it is refused, because "Under M6, rule subject-teachers-from-4"

  Scenario: The school's own meeting is not the review that the law asks for
    Given it is recorded by Sena that "review-meeting-held" of Linh's plan
    And the cycle file "twice-yearly-school-meeting.toml" that comes with it
    When Sena applies the cycle
    Then the meetings of Linh's plan are on record as these facts: review-meeting-held

  Scenario: Of two meetings in a year one alone is the review that the law asks for
    Given Sena recorded that Linh's plan was last reviewed on 2026-01-22
    And the cycle file "twice-yearly-school-meeting.toml" that comes with it
    And Sena applied the cycle
    And the cycle file "twice-yearly-statutory-review.toml" that comes with it
    When Sena applies the cycle
    Then these meetings of Linh's plan are set up:
      | cycle                      | kind      |
      | School meeting autumn 2026 | school    |
      | Statutory reviews 2026/27  | statutory |
    And the law asks for notice of the meeting of "Statutory reviews 2026/27" alone of Linh's plan

  Scenario: Who is new contributes, and does not hand a section on (M6b)
    Given Sena has asked Ned to write section F of Linh's plan
    And Ned wrote "Two hours a week." in section F of Linh's plan
    When Ned tries to submit section F of Linh's plan
    Then it is refused, because "Under M6, rule class-teacher-to-3: Ned (class teacher, new) contributes"
    And nothing was recorded
    When Sena tries to submit section F of Linh's plan
    Then it is allowed by the rule "M6@1:class-teacher-to-3"

  Scenario Outline: Whoever asks is told how far somebody writes (M6b)
    When Sena asks <whom> to write section F of Linh's plan
    Then it is told that <whom> <how>

    Examples:
      | whom | how               |
      | Ned  | contributes       |
      | Cleo | writes it whole   |

  Scenario: Who is confident writes it whole (M6b)
    Given Sena has asked Cleo to write section F of Linh's plan
    And Cleo wrote "Two hours a week." in section F of Linh's plan
    When Cleo tries to submit section F of Linh's plan
    Then it is allowed by the rule "M6@1:class-teacher-to-3"
