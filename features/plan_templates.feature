Feature: Plan templates
  Schools keep other plans than EHC plans, and a form changes in time.
  Which sections a plan has is for its template to say, and a plan keeps
  the version that it was opened with.

  Background:
    Given the people of Fernbank School
    And a plan for Ada

  Scenario: A school's support plan stands beside an EHC plan
    Given Amira gave the command "plan open --surname Vane --forename Ivo --born 2018-05-02 --year 3 --no-upn new --template isp --proposal"
    When Amira gives the command "plan show 2026-0002"
    Then it says "Individual Support Plan (isp@1), a proposal, not law [read]; weakest statement [unsure]"
    And it says "# Section SUPPORT: The support that the school gives"
    And it does not say "Section F"
    When Amira gives the command "plan show 2026-0001"
    Then it says "# Section F: The special educational provision required"
    And it does not say "SUPPORT"

  Scenario: A proposal is no law, and nobody opens a plan by it unawares
    When Amira gives the command "plan open --surname Vane --forename Ivo --born 2018-05-02 --year 3 --no-upn new --template isp"
    Then the command ends with status 1
    And it says one line, with "is a proposal and not law" and "say with --proposal that you know"
    And nothing was recorded

  Scenario: The limits of England are not those of a plan of Wales
    Given Amira gave the command "plan open --surname Vane --forename Ivo --born 2018-05-02 --year 3 --no-upn new --template idp-wales --made-on 2024-03-04 --last-review 2025-02-03"
    And Eve gave the command "record 2026-0002 review-meeting-held --on 2026-01-12 --set present=parent:Z"
    When Amira gives the command "clocks --plan 2026-0002"
    Then the command ends with status 0
    And it says "2026-0002: its template (idp-wales@1) is of Wales: no limits are kept for it here."
    When Amira gives the command "plan show 2026-0002"
    Then it says "limits: its template (idp-wales@1) is of Wales: no limits are kept for it here."
    And it does not say "D25"
    When Amira gives the command "clocks --overdue --json"
    Then it does not say "2026-0002"
    When Eve gives the command "record 2026-0002 review-decision-notified --set decision=maintain --because Late."
    Then the command ends with status 1
    And it says one line, with "is of Wales, and that is a fact of plans under the law of England alone" and "record --list"
    And nothing was recorded

  Scenario: A section that a kind of plan does not have is refused with those that it has
    Given Amira gave the command "plan open --surname Vane --forename Ivo --born 2018-05-02 --year 3 --no-upn new --template isp --proposal"
    When Amira gives the command "section assign 2026-0002 F --to s2"
    Then the command ends with status 1
    And it says one line, with "There is no section 'F' in an Individual Support Plan (isp)" and "NEEDS, OUTCOMES, SUPPORT, TARGETS"
    And nothing was recorded
    When Amira gives the command "section assign 2026-0001 SUPPORT --to s2"
    Then the command ends with status 1
    And it says one line, with "There is no section 'SUPPORT' in an EHC plan (ehcp)" and "H1, H2, I, J, K"
    And nothing was recorded

  Scenario: A pupil has one plan here
    When Amira gives the command "plan open --surname Okafor --forename Ada --born 2014-11-03 --year 7 --upn B801200005001 --template isp --proposal"
    Then the command ends with status 1
    And it says one line, with "Plan 2026-0001 (ehcp) is kept for this pupil already" and "plan show"
    And nothing was recorded

  Scenario: A plan opened by a command with an id is opened once
    Given Amira gave the command "plan open --surname Vane --forename Ivo --born 2018-05-02 --year 3 --no-upn new --command-id night-1"
    When Amira gives the command "plan open --surname Vane --forename Ivo --born 2018-05-02 --year 3 --no-upn new --command-id night-1"
    Then the command ends with status 0
    And it says "2026-0002 opened as an EHC plan (ehcp@1), as recorded before."
    And nothing was recorded

  Scenario: A template of the school's own is added, used, and changed in a later version
    Given a template file with version 1 and the sections VIEWS, HELP
    And Amira gave the command "template add own.toml"
    And Amira gave the command "plan open --surname Vane --forename Ivo --born 2018-05-02 --year 3 --no-upn new --template support-plan"
    And a template file with version 2 and the sections HELP, NEXT
    And Amira gave the command "template add own.toml"
    And Amira gave the command "plan open --surname Roe --forename Tam --born 2017-05-02 --year 4 --no-upn new --template support-plan"
    And Amira gave the command "section assign 2026-0002 views --to s1"
    When Amira gives the command "plan show 2026-0002"
    Then it says the sections VIEWS, HELP
    And it says "(support-plan@1), local"
    When Amira gives the command "plan show 2026-0003"
    Then it says the sections HELP, NEXT
    And it says "(support-plan@2), local"
    When Amira gives the command "section assign 2026-0002 NEXT --to s1"
    Then it says "it has the sections VIEWS, HELP"
    And nothing was recorded

  Scenario: A changed template under a version that is on record is refused
    Given a template file with version 1 and the sections VIEWS, HELP
    And Amira gave the command "template add own.toml"
    When Amira gives the command "template add own.toml"
    Then the command ends with status 0
    And it says "Nothing recorded: Version 1 of support-plan is on record already."
    And nothing was recorded
    Given a template file with version 1 and the sections HELP, NEXT
    When Amira gives the command "template add own.toml"
    Then the command ends with status 1
    And it says one line, with "Version 1 of the template 'support-plan' is on record" and "give the changed file version 2"
    And nothing was recorded

  Scenario: A class teacher adds no template
    Given a template file with version 1 and the sections VIEWS, HELP
    When Boris gives the command "template add own.toml"
    Then the command ends with status 1
    And it says "may not add a plan template: ask the SENCO"
    And nothing was recorded

  Scenario: A file with a mistake is told where and what, and nothing is recorded
    Given a template file with version 1 and the sections HELP, HELP
    When Amira gives the command "template check own.toml"
    Then the command ends with status 1
    And it says "own.toml: found section HELP twice, expected each section once"
    When Amira gives the command "template add own.toml"
    Then the command ends with status 1
    And it says "own.toml: found section HELP twice, expected each section once"
    And nothing was recorded

  Scenario: From Year 9 on a plan must prepare for adulthood
    Given Seán is in year 9
    When Amira gives the command "plan show 2026-0002"
    Then it says "Year 9: sections F, G, H1, H2 must include provision to assist in preparation for adulthood"
    And it says "(SEND Regulations 2014, regulation 12(3)) [recalled]"
    And it says "advice on preparation for adulthood: none given (SEND Regulations 2014, regulation 6(1)(g)) [read]"
    When Amira gives the command "plan show 2026-0001"
    Then it does not say "adulthood"

  Scenario: A cycle asks nobody for a section that a plan does not have
    Given Amira gave the command "plan open --surname Vane --forename Ivo --born 2018-05-02 --year 7 --no-upn new --template isp --proposal"
    And a cycle file that asks for section F of every plan
    When Amira gives the command "cycle apply cycle.toml"
    Then the command ends with status 1
    And it says one line, with "found the section F asked for in 2026-0002" and "choose the kinds of plans with `templates` in [choose]"
    And nothing was recorded
    Given a cycle file that asks for section SUPPORT of the plans of the kind isp
    When Amira gives the command "cycle apply cycle.toml"
    Then the command ends with status 0
    And it says "1 reviews set up with 1 tasks"
