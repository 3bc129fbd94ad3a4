"""Facts of the law at a terminal: entered, listed, taken back, brought in from a file, issued."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SENCO, Terminal

PLAN = "2026-0001"
OFFICER = ("--as", "s12")
MEETING = ("record", PLAN, "review-meeting-held", "--on", "2026-10-08")


def rows(text: str) -> list[dict[str, Any]]:
    """What a command printed as JSON."""
    found: list[dict[str, Any]] = json.loads(text)
    return found


def approved(at: Terminal, text: str, section: str = "F") -> None:
    """Have the officer write a section, and the SENCO approve it."""
    now = json.loads(at.done("plan", "show", PLAN, "--section", section, "--json"))
    over = now["sections"][section]["revision"]
    words = ("section", "edit", PLAN, section, "-", "--over", str(over), *OFFICER)
    at.done(*words, stdin=text)
    at.done("section", "submit", PLAN, section, *OFFICER)
    at.done("section", "approve", PLAN, section, *SENCO)


def test_the_list_needs_no_store_and_names_the_limits(bare: Terminal) -> None:
    """Each fact with its fields, who records it, which limits it starts and meets, and its mark."""
    listed = rows(bare.done("record", "--list", "--json"))
    (held,) = [row for row in listed if row["fact"] == "review-meeting-held"]

    assert {"D24", "D25"} <= set(held["starts"])
    assert held["fields"][0] == "present*"
    assert {row["mark"] for row in listed} == {"read", "recalled", "derived"}
    assert {row["by"] for row in listed} == {"authority", "coordinating", "office", "anyone"}
    table = list(csv.DictReader(io.StringIO(bare.done("record", "--list", "--csv"))))
    assert [row["fact"] for row in table] == [row["fact"] for row in listed]
    assert "review-meeting-held" in bare.done("record", "--list")
    assert not list(bare.folder.iterdir())


def test_one_fact_is_explained(bare: Terminal) -> None:
    """What it says, what it needs, what it starts and meets."""
    told = bare.done("record", "--list", "amendment-notice-sent")

    assert "Recorded by: the authority's officer alone" in told
    assert "Field sections: The sections that it touches (sections), needed" in told
    assert "Needs: review-decision-notified with decision amend, unless under is any other" in told
    assert "Starts D28" in told
    assert "did you mean 'amendment-notice-sent'" in bare.refused(
        "record", "--list", "amendment-notice-send"
    )


def test_a_fact_is_entered_and_shown(plans: Terminal) -> None:
    """In a list, as JSON and as CSV, in the trail and in a replay."""
    said = plans.done(
        *MEETING,
        *("--set", "present=parent: Mrs Pell: by telephone", "--set", "notes=All agreed."),
        *SENCO,
    )

    assert said == f"Fact 1 of {PLAN}: review-meeting-held (v2).\n"
    (row,) = rows(plans.done("record", PLAN, "--json"))
    assert row["details"] == {"present.1.as": "by telephone"}
    assert row["told"] == {"notes": "All agreed.", "present.1": "parent: Mrs Pell"}
    assert "notes: All agreed.; present: parent: Mrs Pell (by telephone)" in plans.done(
        "record", PLAN
    )
    assert plans.done("record", PLAN, "--csv").startswith("number,fact,day,said,by,role,entered")
    trail = plans.done("audit", "trail", PLAN)
    assert "1: review-meeting-held, present: 1 person" in trail
    # Free text is for the plan's own record.
    assert "All agreed" not in trail
    assert "present: parent: Mrs Pell (by telephone)" in plans.done("plan", "replay", PLAN)


def test_a_decision_by_a_senco_is_refused(plans: Terminal) -> None:
    """With the law, and nothing is recorded."""
    plans.done(*MEETING, "--set", "present=parent: Z", *SENCO)
    words = ("record", PLAN, "review-decision-notified", "--set", "decision=amend")

    assert "sections 37 and 44" in plans.refused(*words, *SENCO)
    plans.done(*words, *OFFICER)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("record", PLAN, "review-meting-held", *SENCO), "did you mean 'review-meeting-held'"),
        ((*MEETING, "--set", "presnt=a: b", *SENCO), "did you mean 'present'"),
        ((*MEETING, *SENCO), "present: nothing was found"),
        ((*MEETING, "--set", "present=a: b", "--to", "parent", *SENCO), "sends no version"),
        (("record", PLAN, "--withdraw", "1", *SENCO), "has no fact 1"),
        (("record", "2026-9999"), "There is no plan"),
        (("record", PLAN, "assessed", "--on", "2099-01-01", *OFFICER), "still to come"),
    ],
)
def test_what_cannot_be_entered_is_told(plans: Terminal, words: tuple[str, ...], said: str) -> None:
    """In one line, and nothing is recorded."""
    assert said in plans.refused(*words)


@pytest.mark.parametrize(
    "words",
    [
        ("record",),
        (*MEETING, "--set", "present=a: b"),
        (*MEETING, "--set", "present", *SENCO),
        (*MEETING, "--json", *SENCO),
        ("record", PLAN, "--withdraw", "1"),
        ("record", PLAN, "assessed", "--withdraw", "1", *SENCO),
        ("record", PLAN, "--set", "a=b", *SENCO),
        ("record", PLAN, "--dry-run"),
        ("record", "--list", "assessed", "assessed"),
        ("record", "--list", "--file", "facts.csv"),
        ("record", PLAN, "--file", "facts.csv", *SENCO),
        ("record", "--file", "facts.csv"),
        ("record", "--file", "facts.csv", "--json", *SENCO),
        ("record", "--file", "facts.csv", "--because", "So.", *SENCO),
    ],
)
def test_what_makes_no_sense_together(plans: Terminal, words: tuple[str, ...]) -> None:
    """Is a mistake of usage."""
    written(plans, *GOOD)
    before = plans.head()
    result = plans(*words)

    assert result.exit_code == 2, result.output
    assert plans.head() == before


def test_a_fact_is_corrected_and_taken_back(plans: Terminal) -> None:
    """Both stay on record; a second time there is nothing to do."""
    plans.done(*MEETING, "--set", "present=parent: Z", *SENCO)
    instead = ("record", PLAN, "review-meeting-held", "--on", "2026-10-09", "--replaces", "1")
    assert "Fact 2" in plans.done(*instead, "--set", "present=parent: Z", *SENCO)
    assert "--because" in plans.refused("record", PLAN, "--withdraw", "2", *SENCO)
    words = ("record", PLAN, "--withdraw", "2", "--because", "It was put off.", *SENCO)

    assert plans.done(*words) == f"Fact 2 of {PLAN} is taken back (v4).\n"
    assert plans.done(*words).startswith("Nothing recorded: Fact 2")
    assert [row["stands"] for row in rows(plans.done("record", PLAN, "--json"))] == [False, False]
    assert "because: It was put off." in plans.done("plan", "replay", PLAN)


def test_the_same_command_id_is_done_once(plans: Terminal) -> None:
    """A retry says so."""
    words = (*MEETING, "--set", "present=parent: Z", *SENCO, "--command-id", "m1")
    plans.done(*words)
    before = plans.head()

    assert "as recorded before" in plans.done(*words)
    assert plans.head() == before


def test_hostile_words_do_nothing_to_the_terminal(plans: Terminal) -> None:
    """They are carried, and shown harmlessly."""
    evil = "\x1b[J=cmd()\u202e<script>"
    plans.done(*MEETING, "--set", f"present=parent: {evil}", "--set", f"notes={evil}", *SENCO)

    for words in (("record", PLAN), ("plan", "replay", PLAN), ("record", PLAN, "--csv")):
        shown = plans.done(*words)
        assert "\x1b" not in shown
        assert "\u202e" not in shown
    (row,) = rows(plans.done("record", PLAN, "--json"))
    assert row["told"] == {"notes": "[J=cmd()\u202e<script>", "present.1": f"parent: {evil}"}


# What is issued


def finalise(at: Terminal, text: str = "Two hours.") -> None:
    """Issue the first final plan."""
    approved(at, text)
    to = ("--to", "parent: Mrs Pell", "--to", "school")
    said = at.done("record", PLAN, "plan-finalised", *to, *OFFICER)
    assert "Version 1 (final) is frozen: sections F, digest " in said
    assert "the commissioning body" in said


def test_proposed_and_issued_text_stand_apart(plans: Terminal) -> None:
    """The frozen text stays, the difference is shown both ways, the plan says what is in force."""
    finalise(plans)
    words = ("section", "edit", PLAN, "F", "-", "--over", "1", *SENCO)
    plans.done(*words, stdin="Two hours each week.")

    told = plans.done("plan", "diff", PLAN, "--issued", "1")
    assert "[-hours-]{+hours each week+}" in told
    assert plans.done("plan", "diff", PLAN, "--from", "issue1") == told
    assert plans.done("plan", "diff", PLAN, "--from", "ISSUE1", "--to", "issue1") == (
        "The text is the same.\n"
    )
    shown = plans.done("plan", "show", PLAN)
    assert "issued: version 1 (final), 2026-11-02\n" in shown
    assert "`plan diff --issued 1` shows how" in shown
    plans.done("plan", "show", PLAN, "--html", str(plans.folder / "plan.html"))
    page = (plans.folder / "plan.html").read_text(encoding="utf-8")
    assert "<dt>Issued</dt><dd>version 1 (final), 2 November 2026</dd>" in page
    frozen = plans.done("plan", "issued", PLAN, "--text", "1")
    assert frozen.startswith("Version 1 (final), issued 2026-11-02 by Lee Hart; digest fits\n")
    assert "    Two hours.\n" in frozen
    data = json.loads(plans.done("plan", "issued", PLAN, "--text", "1", "--json"))
    assert (data["verified"], data["texts"]) == (True, {"F": "Two hours."})


def test_whoever_holds_a_superseded_version_is_named(plans: Terminal) -> None:
    """In the list, as JSON and as CSV, and counted where the plan is shown."""
    assert "No version was issued here yet" in plans.done("plan", "issued", PLAN)
    finalise(plans)
    approved(plans, "Two hours each week.")
    said = plans.done(
        *("record", PLAN, "plan-corrected", "--set", "sections=F", "--set", "reasons=A slip."),
        *("--to", "parent: mrs pell", *OFFICER),
    )

    assert "1 holds a superseded version" in said
    assert "; 1 holds a superseded one" in plans.done("plan", "show", PLAN)
    found = json.loads(plans.done("plan", "issued", PLAN, "--json"))
    assert [(one["role"], one["holds"], one["superseded_by"]) for one in found["holders"]] == [
        ("parent", 2, None),
        ("school", 1, 2),
    ]
    assert [one["superseded"] for one in found["issues"]] == [2, None]
    listed = list(csv.DictReader(io.StringIO(plans.done("plan", "issued", PLAN, "--csv"))))
    assert [row["sections"] for row in listed] == ["F", "F"]
    holders = plans.done("plan", "issued", PLAN, "--holders", "--csv")
    assert holders.splitlines()[0] == "role,name,holds,sent_on,way,superseded_by"
    assert len(holders.splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", "issued", PLAN, "--text", "9"), "has no issued version 9"),
        (("plan", "diff", PLAN, "--issued", "9"), "has no issued version 9"),
        (("plan", "diff", PLAN, "--from", "issue0"), "has no issued version 0"),
        (("plan", "diff", PLAN, "--from", "issueX"), "is no moment"),
        (("plan", "diff", PLAN), "Say with --from or --issued"),
        (("plan", "diff", PLAN, "--from", "v1", "--issued", "1"), "Say with --from or --issued"),
        (("plan", "issued", PLAN, "--text", "1", "--csv"), "leave --csv and --holders out"),
    ],
)
def test_versions_that_are_not_there(plans: Terminal, words: tuple[str, ...], said: str) -> None:
    """Are told in a line."""
    assert said in plans.refused(*words)


def test_a_text_is_not_brought_in_as_issued_beside_a_version(plans: Terminal) -> None:
    """What was issued here changes by what is recorded alone."""
    finalise(plans)
    folder = plans.folder / "texts"
    folder.mkdir()
    (folder / f"{PLAN}.md").write_text("# Section B: Needs\n\nShe reads.\n", encoding="utf-8")

    result = plans("plan", "import-texts", str(folder), *SENCO)

    assert "was issued here" in result.output
    shown = json.loads(plans.done("plan", "show", PLAN, "--section", "B", "--json"))
    assert shown["sections"]["B"]["revision"] == 0


# Many from a file

HEADINGS = "plan,fact,on,kind,present,decision,because"
GOOD = (
    f"{PLAN},review-opened,2026-09-01,annual,,,",
    f"{PLAN},review-meeting-held,08/10/2026,,parent: Mrs Pell; SENCO: s01,,",
    "2026-0002,review-decision-notified,2026-10-09,,,maintain,The meeting was elsewhere.",
)


def written(at: Terminal, *lines: str, headings: str = HEADINGS) -> Path:
    """A file of these lines."""
    path = at.folder / "facts.csv"
    path.write_text("\n".join([headings, *lines]) + "\n", encoding="utf-8")
    return path


def test_a_file_of_facts_is_recorded_once(plans: Terminal) -> None:
    """Checked first; the same file again records nothing."""
    file = str(written(plans, *GOOD))
    before = plans.head()
    checked = plans("record", "--file", file, "--dry-run", *OFFICER)
    assert checked.exit_code == 3
    assert "New: 3 facts in 2 plans; on record: 0." in checked.output
    assert plans.head() == before

    said = plans.done("record", "--file", file, *OFFICER)
    assert "Recorded: 3 facts in 2 plans; on record already: 0." in said
    assert "Understood: plan = plan, fact = fact, on = on" in said
    before = plans.head()

    said = plans.done("record", "--file", file, *OFFICER)
    assert "Recorded: 0 facts in 0 plans; on record already: 3." in said
    assert plans.done("record", "--file", file, "--dry-run", *OFFICER)
    assert plans.head() == before


def test_a_file_with_faults_is_recorded_not_at_all(plans: Terminal) -> None:
    """Every faulty line is named with its column, those of the plans among them."""
    file = written(
        plans,
        *GOOD,
        f"{PLAN},review-opend,2026-09-01,annual,,,",
        f"{PLAN},review-opened,2026-09-01,monthly,,,",
        "2025-9999,review-opened,2026-09-01,annual,,,",
        f"{PLAN},review-opened,2026-09-01,annual,,cease,",
    )
    before = plans.head()
    result = plans("record", "--file", str(file), *OFFICER)

    assert result.exit_code == 1
    faults = [line for line in result.stderr.splitlines() if line.startswith("line ")]
    assert [line.partition(":")[0] for line in faults] == [
        "line 5, fact",
        "line 6, kind",
        "line 7, plan",
        "line 8, decision",
    ]
    assert "facts.csv has 4 faulty lines and nothing was recorded" in result.stderr
    assert plans.head() == before


def test_a_file_of_another_kind_is_told_so(plans: Terminal) -> None:
    """In a sentence."""
    file = plans.folder / "facts.xlsx"
    file.write_bytes(b"PK\x03\x04\x00\x00")

    assert "a zipped file" in plans.refused("record", "--file", str(file), *OFFICER)
    assert "is no field of any fact" in plans.refused(
        "record", "--file", str(written(plans, headings="plan,fact,on,wobble")), *OFFICER
    )
