Feature: Drafting a section
  Every sentence has a hand, a role and a day,
  and nobody's words are undone unseen.

  Background:
    Given the people of Fernbank School
    And a plan for Ada
    And Amira asked Boris to write section F of Ada's plan

  Scenario: Whoever was asked writes
    When Boris writes "Two hours a week." in section F of Ada's plan
    Then section F of Ada's plan reads "Two hours a week."
    And Boris is on record as an author of section F of Ada's plan

  Scenario: Whoever was not asked does not
    When Carol writes "Two hours a week." in section F of Ada's plan
    Then it is refused, because "assigned to Boris"
    And nothing was recorded

  Scenario: An empty text is no text
    When Boris writes "" in section F of Ada's plan
    Then it is refused, because "empty"
    And nothing was recorded

  Scenario: The same text again is no news
    Given Boris wrote "Two hours a week." in section F of Ada's plan
    When Boris writes "Two hours a week." in section F of Ada's plan, over revision 1
    Then it is refused, because "exactly this text"
    And nothing was recorded

  Scenario: A text drafted yesterday does not undo today's
    Given Boris wrote "Two hours a week." in section F of Ada's plan
    And Amira wrote "Two hours a week, daily." in section F of Ada's plan, over revision 1
    When Boris writes "Three hours a week." in section F of Ada's plan, over revision 1
    Then it is refused, because "Amira Nair recorded revision 2"
    And nothing was recorded

  Scenario: Typing up what someone else said
    When Amira writes "She likes to swim." in section A of Ada's plan on behalf of "Ada's mother"
    Then the trail of Ada's plan says that Amira acted for "Ada's mother"

  Scenario: There are twelve sections and no others
    When Boris writes "Two hours a week." in section Z of Ada's plan
    Then it is refused, because "A, B, C, D, E, F, G, H1, H2, I, J, K"
    And nothing was recorded
