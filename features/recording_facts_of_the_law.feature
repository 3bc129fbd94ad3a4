Feature: Recording facts of the law
  When the ombudsman asks what was told to whom by when,
  the answer is on record with its day, its hand and its reason.

  Background:
    Given the people of Fernbank School
    And a plan for Ada

  Scenario: A review from its opening to the decision
    When Amira records "review-opened" of 2026-06-01 for Ada, saying:
      | kind | annual |
    And Amira records "review-meeting-arranged" of 2026-06-02 for Ada, saying:
      | meeting | 2026-06-23 |
    And Amira records "invitation-sent" of 2026-06-02 for Ada, saying:
      | invited | parent: Ada's mother |
      | invited | head teacher: s4     |
    And Amira records "advice-circulated" of 2026-06-09 for Ada, saying:
      | sent-to | parent: Ada's mother |
    And Amira records "review-meeting-held" of 2026-06-23 for Ada, saying:
      | present | SENCO: s1                         |
      | present | parent: Ada's mother: by telephone |
      | present | head teacher: s4: apologies       |
    And Boris records "dissent-recorded" of 2026-06-23 for Ada, saying:
      | of   | class teacher: s2                     |
      | said | Two hours are not enough for reading. |
    And Dana records "review-report-sent" of 2026-07-01 for Ada, saying:
      | recommends | amend |
      | sections   | F     |
    And Eve records "review-decision-notified" of 2026-07-14 for Ada, saying:
      | decision | amend |
    Then these facts are on Ada's record:
      | 1 | review-opened            | 2026-06-01 |
      | 2 | review-meeting-arranged  | 2026-06-02 |
      | 3 | invitation-sent          | 2026-06-02 |
      | 4 | advice-circulated        | 2026-06-09 |
      | 5 | review-meeting-held      | 2026-06-23 |
      | 6 | dissent-recorded         | 2026-06-23 |
      | 7 | review-report-sent       | 2026-07-01 |
      | 8 | review-decision-notified | 2026-07-14 |
    And fact 5 of Ada's plan says that "parent: Ada's mother" was there "by telephone"
    And fact 6 of Ada's plan says "Two hours are not enough for reading." in words

  Scenario: Only the authority decides
    Given Amira recorded "review-meeting-held" of 2026-06-23 for Ada, saying:
      | present | parent: Ada's mother |
    When Amira records "review-decision-notified" of 2026-07-14 for Ada, saying:
      | decision | maintain |
    Then it is refused, because "only the local authority decides"
    And nothing was recorded

  Scenario: A report of a meeting that was not held
    When Dana records "review-report-sent" of 2026-07-01 for Ada, saying:
      | recommends | maintain |
    Then it is refused, because "needs review-meeting-held"
    And nothing was recorded

  Scenario: What is still to come has not happened
    When Amira records "review-meeting-held" of 2026-11-06 for Ada, saying:
      | present | parent: Ada's mother |
    Then it is refused, because "still to come"
    And nothing was recorded

  Scenario: The same fact again is no news
    Given Amira recorded "review-meeting-held" of 2026-06-23 for Ada, saying:
      | present | parent: Ada's mother |
    When Amira records "review-meeting-held" of 2026-06-23 for Ada, saying:
      | present | parent: Ada's mother |
    Then it is refused, because "fact 1"
    And nothing was recorded

  Scenario: A wrong day is corrected, and both stay on record
    Given Amira recorded "review-meeting-held" of 2026-06-22 for Ada, saying:
      | present | parent: Ada's mother |
    When Amira corrects fact 1 of Ada's plan to "review-meeting-held" of 2026-06-23, saying:
      | present | parent: Ada's mother |
    Then these facts are on Ada's record:
      | 2 | review-meeting-held | 2026-06-23 |
    And fact 1 of Ada's plan does not stand

  Scenario: A meeting that did not happen is taken back with a reason
    Given Amira recorded "review-meeting-held" of 2026-06-22 for Ada, saying:
      | present | parent: Ada's mother |
    When Amira takes back fact 1 of Ada's plan
    Then it is refused, because "--because"
    And nothing was recorded
    When Amira takes back fact 1 of Ada's plan, because "It was put off."
    Then fact 1 of Ada's plan does not stand

  Scenario: What others rest on stays
    Given Amira recorded "review-meeting-held" of 2026-06-23 for Ada, saying:
      | present | parent: Ada's mother |
    And Dana recorded "review-report-sent" of 2026-07-01 for Ada, saying:
      | recommends | maintain |
    When Amira takes back fact 1 of Ada's plan, because "It was put off."
    Then it is refused, because "fact 2 (review-report-sent)"
    And nothing was recorded

  Scenario: An exception disapplies a limit that has it
    When Amira records "exception-claimed" of 2026-07-01 for Ada, saying:
      | rule      | D08              |
      | exception | EX-M             |
      | evidence  | A letter of June. |
    Then it is refused, because "D08 has no exception EX-M"
    When Amira records "exception-claimed" of 2026-07-01 for Ada, saying:
      | rule      | D08              |
      | exception | EX-A.c           |
      | evidence  | A letter of June. |
    Then these facts are on Ada's record:
      | 1 | exception-claimed | 2026-07-01 |

  Scenario: A term's facts come from one file
    Given a plan for Linh
    When Eve brings in this file of facts:
      | plan | fact                     | on         | present              | decision |
      | Ada  | review-meeting-held      | 2026-06-23 | parent: Ada's mother |          |
      | Ada  | review-decision-notified | 2026-07-14 |                      | maintain |
      | Linh | review-meeting-held      | 2026-06-24 | parent: Linh's aunt  |          |
    Then 3 facts of 2 plans are recorded
    When Eve brings in this file of facts:
      | plan | fact                     | on         | present              | decision |
      | Ada  | review-meeting-held      | 2026-06-23 | parent: Ada's mother |          |
      | Ada  | review-decision-notified | 2026-07-14 |                      | maintain |
      | Linh | review-meeting-held      | 2026-06-24 | parent: Linh's aunt  |          |
    Then nothing was recorded

  Scenario: A file with one faulty line is recorded not at all
    When Eve brings in this file of facts:
      | plan | fact                     | on         | present              | decision |
      | Ada  | review-meeting-held      | 2026-06-23 | parent: Ada's mother |          |
      | Ada  | review-decision-notified | 2026-07-14 |                      | perhaps  |
    Then line 3 is faulty in "decision"
    And nothing was recorded
