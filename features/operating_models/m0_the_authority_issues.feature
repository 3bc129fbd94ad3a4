Feature: The authority writes and issues, the school proposes (M0)
  What the school proposed and what the authority issued are both kept, each with its authors.

  Background:
    Given a setting that works by M0, where these people work:
      | name | role           |
      | Lara | LA SEN officer |
      | Max  | LA SEN manager |
      | Hana | head teacher   |
    And a plan for Ada in year 7, brought in by Lara
    And Lara has asked Hana to write section B of Ada's plan
    And Lara has asked Hana to write section F of Ada's plan
    And Lara has brought in "Ada is five." as the issued section B of Ada's plan
    And Lara has brought in "One hour a week." as the issued section F of Ada's plan
    And Hana wrote "Ada does not yet read." in section B of Ada's plan, over revision 1
    And Hana wrote "Two hours a week." in section F of Ada's plan, over revision 1
    And it is recorded by Hana that "review-meeting-held" of Ada's plan
    And it is recorded by Hana that "review-report-sent" of Ada's plan
    And it is recorded by Lara that "review-decision-notified" of Ada's plan
    And it is recorded by Lara that "amendment-notice-sent" of Ada's plan

  Scenario: The authority amends what the school proposed
    Given Lara wrote "Ada reads single words." in section B of Ada's plan, over revision 2
    And Lara wrote "Three hours a week from a teacher." in section F of Ada's plan, over revision 2
    And section B of Ada's plan is submitted by Lara and approved by Max
    And section F of Ada's plan is submitted by Lara and approved by Max
    When Lara issues the amended plan of Ada
    Then version 1 of Ada's plan says "Three hours a week from a teacher." in section F
    And as known at step 9 section F of Ada's plan reads "Two hours a week."
    And Hana and Lara are on record as authors of section F of Ada's plan
    And what differs in section F of Ada's plan since step 9 is that "Two" went and "from a teacher" came

  Scenario: The school does not issue
    When Hana records "amended-plan-finalised" of Ada's plan
    Then it is refused, because "only the local authority decides and issues"
    And nothing was recorded

  Scenario: The plan writer's own manager reviews, and nobody else
    Given Lara wrote "Three hours a week." in section F of Ada's plan, over revision 2
    And Lara submitted section F of Ada's plan
    When Hana approves section F of Ada's plan
    Then it is refused, because "Under M0, rule manager-reviews: Section F of 2026-0001 is reviewed by LA SEN manager"
    And nothing was recorded
