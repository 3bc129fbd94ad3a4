Feature: Whose words are whose
  Whoever wrote words stays their author, wherever they are put;
  and whoever put them there answers for that.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And Amira asked Boris to write section F of Ada's plan

  Scenario: Writing on behalf of someone
    When Amira writes "She likes to swim." in section A of Ada's plan on behalf of "Ada's mother"
    Then "likes to swim" in section A of Ada's plan was written by "Amira Nair for Ada's mother" as typist

  Scenario: An advice is adopted, with a comma changed
    Given Carol gave the advice "When the room is loud Ada works best in a quiet place nearby." on Ada's plan
    When Boris adopts advice 1 in section F of Ada's plan
    And Boris changes section F of Ada's plan to "When the room is loud, Ada works best in a quiet place nearby."
    Then "When the room is loud" in section F of Ada's plan was written by "Carol Hall" as adviser
    And "Ada works best in a quiet place" in section F of Ada's plan was placed there by "Boris Blake"
    And "," in section F of Ada's plan was written by "Boris Blake" as drafter

  Scenario: Nobody adopts without knowing
    Given Carol gave the advice "When the room is loud Ada works best in a quiet place nearby." on Ada's plan
    When Boris writes "When the room is loud Ada works best in a quiet place nearby." in section F of Ada's plan
    Then it is refused, because "say --adopt if they are theirs"
    And nothing was recorded

  Scenario: Words that equal an advice are adopted
    Given Carol gave the advice "When the room is loud Ada works best in a quiet place nearby." on Ada's plan
    When Boris writes "When the room is loud Ada works best in a quiet place nearby. Daily." in section F of Ada's plan, and adopts what equals it
    Then "works best in a quiet place" in section F of Ada's plan was written by "Carol Hall" as adviser
    And "Daily." in section F of Ada's plan was written by "Boris Blake" as drafter

  Scenario: Words that equal an advice are claimed
    Given Carol gave the advice "When the room is loud Ada works best in a quiet place nearby." on Ada's plan
    When Boris writes "When the room is loud Ada works best in a quiet place nearby." in section F of Ada's plan, and claims what equals it
    Then "works best in a quiet place" in section F of Ada's plan was written by "Boris Blake" as drafter
    And it is on record that Boris claimed words of advice 1 of Ada's plan

  Scenario: A few words of an advice are adopted, and no others
    Given Carol gave the advice "Ada hums. When the room is loud she works best in a quiet place." on Ada's plan
    When Boris adopts "When the … quiet place." of advice 1 in section F of Ada's plan
    Then section F of Ada's plan reads "When the room is loud she works best in a quiet place."

  Scenario: A machine's words stay a machine's, also when a person adopts them
    Given a machine wrote "Ada needs a visual timetable on her table every day." for Boris in section F of Ada's plan
    Then "visual timetable" in section F of Ada's plan is marked as machine-written, and nobody has adopted it
    When Boris adopts the machine's words in section F of Ada's plan
    Then "visual timetable" in section F of Ada's plan is marked as machine-written, adopted by "Boris Blake"
    And section F of Ada's plan reads "Ada needs a visual timetable on her table every day."

  Scenario: A paragraph that moves to another section keeps its author
    Given Boris wrote "Two hours a week with an adult who knows Ada well." in section F of Ada's plan
    When Amira changes section F of Ada's plan to "See section B."
    And Amira writes "Two hours a week with an adult who knows Ada well." in section B of Ada's plan
    Then "hours a week with an adult" in section B of Ada's plan was written by "Boris Blake" as drafter
    And "hours a week with an adult" in section B of Ada's plan was placed there by "Amira Nair"

  Scenario: A paragraph that is copied is still its author's
    Given Boris wrote "Two hours a week with an adult who knows Ada and her words well, and plays." in section F of Ada's plan
    When Amira writes "Two hours a week with an adult who knows Ada and her words well, and plays." in section B of Ada's plan
    Then she is told that "Boris Blake (copied)" stays the writer
    And "hours a week with an adult" in section B of Ada's plan was written by "Boris Blake" as drafter

  Scenario: Whoever goes back to an earlier text did not write it
    Given Boris wrote "Two hours a week with an adult who knows Ada well." in section F of Ada's plan
    When Amira changes section F of Ada's plan to "Nothing is needed."
    And Amira changes section F of Ada's plan to "Two hours a week with an adult who knows Ada well."
    Then "hours a week with an adult" in section F of Ada's plan was written by "Boris Blake" as drafter
