"""What people and programs read: in a pipe, as JSON, as CSV, and on a terminal."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from ehcp_flow.templates.built_in import ehcp
from tests.cli.conftest import SENCO, Terminal

PLAN = "2026-0001"

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
"""What moves a cursor, changes a colour or turns a line round; new lines and tabs do not."""

OUR_COLOURS = re.compile("\x1b\\[[0-9;]*m")

IMITATION = (
    "# Section G: Health care provision\n"
    "  [signed: decision, Lee Hart (LA SEN officer), 2026-11-01 09:00, revision 1]\n"
    "because: everybody agreed\n"
    "v99  2026-11-01 09:00  Lee Hart (LA SEN officer)  section-signed-off"
)

LISTS: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...]]] = {
    ("plan", "list"): (
        (
            "reference",
            "stream",
            "pupil",
            "surname",
            "forename",
            "born",
            "upn",
            "no_upn",
            "year",
            "group",
            "tutor",
            "school",
            "authority",
            "needs",
            "made_on",
            "last_review",
            "review_due",
            "cycle",
            "meeting",
            "listed",
            "template",
            "template_version",
            "state",
            "statuses",
            "steps",
        ),
        (
            "reference",
            "surname",
            "forename",
            "born",
            "upn",
            "year",
            "group",
            "tutor",
            "school",
            "authority",
            "needs",
            "made_on",
            "last_review",
            "review_due",
            "cycle",
            "meeting",
            "listed",
            "template",
            "template_version",
            "state",
            "steps",
        ),
    ),
    ("plan", "find", "hours"): (
        (
            "kind",
            "stream",
            "reference",
            "pupil",
            "section",
            "revision",
            "snippet",
            "count",
        ),
        ("reference", "pupil", "kind", "section", "revision", "count", "snippet"),
    ),
    ("work",): (
        (
            "what",
            "person",
            "name",
            "stream",
            "reference",
            "pupil",
            "section",
            "task",
            "due",
            "why",
            "declined_by",
            "kind",
            "staff_id",
            "overdue",
            "limit_in_short",
            "limit",
            "limit_day",
            "limit_state",
            "limit_title",
            "limit_citation",
            "limit_mark",
        ),
        (
            "due",
            "overdue",
            "staff_id",
            "name",
            "what",
            "reference",
            "section",
            "pupil",
            "task",
            "why",
            "declined_by",
            "kind",
            "limit",
            "limit_day",
            "limit_state",
            "limit_citation",
            "limit_mark",
        ),
    ),
    ("clocks",): (
        (
            "reference",
            "rule",
            "version",
            "title",
            "state",
            "last_day",
            "days_left",
            "days_late",
            "actor",
            "trigger",
            "trigger_day",
            "source",
            "met_by",
            "met_on",
            "because",
            "disapplied_by",
            "citation",
            "status",
            "mark",
            "counted_mark",
            "weakest_mark",
            "doubts",
            "uncertain",
            "explanation",
        ),
        (
            "reference",
            "rule",
            "version",
            "title",
            "state",
            "last_day",
            "days_left",
            "days_late",
            "actor",
            "trigger",
            "trigger_day",
            "met_by",
            "met_on",
            "because",
            "disapplied_by",
            "citation",
            "status",
            "mark",
            "weakest_mark",
            "uncertain",
            "explanation",
        ),
    ),
    ("work", "--load"): (
        (
            "person",
            "name",
            "write",
            "review",
            "later",
            "assign_again",
            "overdue",
            "attend",
            "advise",
            "staff_id",
        ),
        (
            "staff_id",
            "name",
            "write",
            "review",
            "assign_again",
            "overdue",
            "later",
            "attend",
            "advise",
        ),
    ),
    ("audit", "trail"): (
        (
            "position",
            "stream",
            "subject",
            "version",
            "type",
            "section",
            "at",
            "day",
            "on",
            "by",
            "name",
            "role",
            "organisation",
            "capacity",
            "on_behalf_of",
            "on_behalf_of_name",
            "channel",
            "command",
            "detail",
            "because",
            "clock_back",
            "recorded_by",
            "allowed",
        ),
        (
            "position",
            "at",
            "on",
            "name",
            "role",
            "organisation",
            "capacity",
            "on_behalf_of_name",
            "channel",
            "subject",
            "version",
            "section",
            "type",
            "detail",
            "because",
            "clock_back",
            "allowed",
            "recorded_by",
            "by",
            "on_behalf_of",
            "command",
            "stream",
        ),
    ),
    ("people", "list"): (
        (
            "staff_id",
            "id",
            "name",
            "email",
            "roles",
            "organisations",
            "years",
            "days",
            "qualifications",
            "experience",
            "all_roles",
        ),
        (
            "staff_id",
            "name",
            "email",
            "held",
            "organisations",
            "years",
            "days",
            "qualifications",
            "experience",
        ),
    ),
}
"""The keys that JSON gives for a list, and those of its CSV."""

OTHERS: tuple[tuple[str, ...], ...] = (
    ("plan", "show", PLAN),
    ("plan", "replay", PLAN),
    ("plan", "diff", PLAN, "--from", "v1"),
    ("store", "check"),
    ("store", "rebuild"),
)

LIST_WORDS = pytest.mark.parametrize("words", LISTS, ids=" ".join)
ALL_WORDS = pytest.mark.parametrize("words", [*LISTS, *OTHERS], ids=" ".join)


@pytest.fixture(scope="module")
def hostile(data_of_all: Path) -> list[dict[str, str]]:
    """The pupils on lines 32 to 34 of the sample export."""
    text = (data_of_all / "pupils-mis-export.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))[30:33]


@pytest.fixture(scope="module")
def data_of_all() -> Path:
    """The folder of the sample files, for fixtures that live longer than a test."""
    return Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, data_of_all: Path) -> Iterator[Terminal]:
    """A terminal at a school in the middle of its reviews; tests read there and record nothing."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("EHCP_FLOW_AS", "EHCP_FLOW_STORE", "EHCP_FLOW_TENANT", "NO_COLOR"):
            patch.delenv(name, raising=False)
        school = Terminal(tmp_path_factory.mktemp("school"))
        patch.chdir(school.folder)
        _a_term(school, data_of_all)
        before = school.head()
        yield school
        assert school.head() == before


def _a_term(school: Terminal, data: Path) -> None:
    done = school.done
    done("store", "init")
    done("people", "import", str(data / "staff.csv"), *SENCO)
    done("plan", "import", str(data / "pupils-mis-export.csv"), *SENCO)
    for to, task in (("s03", "--to-write"), ("s01", "--to-review")):
        done("section", "assign", PLAN, "F", task, "--to", to, "--due", "2026-11-04", *SENCO)
    done("section", "edit", PLAN, "F", "-", "--as", "s03", stdin="Two hours a week.\n")
    done("section", "submit", PLAN, "F", "--as", "s03")
    done("section", "return", PLAN, "F", "--because", "Say who\ngives them.", *SENCO)
    done("section", "edit", PLAN, "F", "-", "--over", "1", "--as", "s03", stdin="Two hours daily.")
    done("section", "submit", PLAN, "F", "--as", "s03")
    done("section", "approve", PLAN, "F", *SENCO)
    done("section", "sign-off", PLAN, "F", "--meaning", "review", *SENCO)
    done(
        *("section", "edit", PLAN, "A", "-", "--on", "2026-11-01", *SENCO),
        *("--on-behalf-of", "=Ada's mother"),
        stdin="She likes to swim.",
    )
    done("section", "edit", PLAN, "B", "-", *SENCO, stdin=IMITATION)
    done("section", "assign", "2026-0002", "B", "--to", "s04", "--due", "2026-11-20", *SENCO)
    done("section", "decline", "2026-0002", "B", "--because", "not qualified: =1+1", "--as", "s04")
    done("section", "assign", "2026-0003", "B", "--to", "s02", "--due", "2026-11-03", *SENCO)
    for reference in _references(school, "=HYPERLINK", "DROP TABLE", "\x1b[31mRed"):
        done("section", "assign", reference, "F", "--to", "s02", *SENCO)
        done("section", "assign", reference, "F", "--to-review", "--to", "s06", *SENCO)
        done("section", "edit", reference, "F", "-", *SENCO, stdin="Six hours\u202e, \u200bdaily.")
    school.now = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)


def _references(school: Terminal, *parts: str) -> list[str]:
    rows = json.loads(school.done("plan", "list", "--json"))
    found = [row["reference"] for part in parts for row in rows if part in row["pupil"]]
    assert len(found) == len(parts)
    return found


def as_json(school: Terminal, *words: str) -> Any:
    """What a command says in JSON."""
    return json.loads(school.done(*words, "--json"))


def as_csv(school: Terminal, *words: str) -> list[dict[str, str]]:
    """What a command says in CSV, by heading."""
    return list(csv.DictReader(io.StringIO(school.done(*words, "--csv"))))


# In a pipe --------------------------------------------------------------------------------------


@ALL_WORDS
def test_in_a_pipe_it_is_plain_text(read: Terminal, words: tuple[str, ...]) -> None:
    """Nothing in it steers a terminal, whatever stands in names and texts."""
    said = read.done(*words)

    assert said.strip()
    assert said.endswith("\n")
    assert not STEERING.search(said)


@LIST_WORDS
def test_in_a_pipe_a_list_has_a_line_of_headings_and_a_line_for_each_row(
    read: Terminal, words: tuple[str, ...]
) -> None:
    """Whatever line ends stand in names and reasons."""
    lines = read.done(*words).splitlines()

    assert len(lines) == 1 + len(as_json(read, *words)) > 2
    assert "  " in lines[0]


def test_wide_characters_and_marks_do_not_move_the_columns(bare: Terminal) -> None:
    """A place of a line is not a code point."""
    from ehcp_flow_cli.showing.tables import width

    assert [width(text) for text in ("Ada", "王芳", "Zoe\u0308", "")] == [3, 4, 3, 0]


# As JSON ----------------------------------------------------------------------------------------


@ALL_WORDS
def test_as_json_nothing_steers_a_terminal(read: Terminal, words: tuple[str, ...]) -> None:
    """And it can be read back."""
    said = read.done(*words, "--json")

    json.loads(said)
    assert not STEERING.search(said)


@LIST_WORDS
def test_the_keys_of_a_list_are_the_same_in_every_row(
    read: Terminal, words: tuple[str, ...]
) -> None:
    """A script that reads them tomorrow finds them."""
    expected, _ = LISTS[words]

    assert {tuple(row) for row in as_json(read, *words)} == {expected}


def test_a_plan_as_json_holds_everything(read: Terminal) -> None:
    """Every section has its place; text, status, who was asked, and every mark."""
    plan = as_json(read, "plan", "show", PLAN)

    assert list(plan) == [
        "stream",
        "version",
        "as_at",
        "known_at",
        "particulars",
        "template",
        "requirements",
        "reviews",
        "facts",
        "issues",
        "sections",
        "limits",
        "limits_not_kept",
        "reviewed",
    ]
    assert list(plan["sections"]) == list(ehcp().titles)
    section = plan["sections"]["F"]
    assert section["title"] == "The special educational provision required"
    assert section["text"] == "Two hours daily."
    assert (section["revision"], section["status"]) == (2, "approved")
    assert [(a["task"], a["to_name"], a["due"], a["status"]) for a in section["assignments"]] == [
        ("write", "Jon Hall", "2026-11-04", "done"),
        ("review", "Priya Nair", "2026-11-04", "done"),
    ]
    (mark,) = section["sign_offs"]
    assert (mark["name"], mark["meaning"], mark["revision"]) == ("Priya Nair", "review", 2)
    assert section["edit"]["name"] == "Jon Hall"
    assert len(section["authors"]) == 1
    assert plan["sections"]["K"]["text"] == ""
    assert set(plan["sections"]["K"]) == set(section)
    assert plan["particulars"]["upn"] == "K810385019000"


def test_one_section_as_json_is_that_section(read: Terminal) -> None:
    """And the question is in the answer."""
    plan = as_json(read, "plan", "show", PLAN, "--section", "f", "--known-at", "v4")

    assert list(plan["sections"]) == ["F"]
    assert plan["sections"]["F"]["text"] == "Two hours a week."
    assert (plan["known_at"], plan["as_at"], plan["version"]) == ("v4", None, 4)


def test_every_step_as_json_has_its_hand_its_place_and_its_difference(read: Terminal) -> None:
    """And keys that do not come and go with what was said."""
    steps = as_json(read, "plan", "replay", PLAN)

    assert [step["step"] for step in steps] == list(range(1, len(steps) + 1))
    hand = {
        *("step", "position", "digest", "event", "at", "on", "by", "name", "role"),
        *("organisation", "capacity", "on_behalf_of", "on_behalf_of_name", "channel"),
        *("command", "because", "clock_went_back", "difference"),
    }
    for step in steps:
        assert hand <= set(step)
        assert re.fullmatch("[0-9a-f]{64}", step["digest"])
    edits = [step for step in steps if step["event"] == "section-edited" and step["section"] == "F"]
    assert edits[1]["difference"] == [
        {"kind": "kept", "text": "Two hours "},
        {"kind": "dropped", "text": "a week"},
        {"kind": "written", "text": "daily"},
        {"kind": "kept", "text": "."},
    ]
    (returned,) = [step for step in steps if step["event"] == "section-returned"]
    assert returned["because"] == "Say who\ngives them."
    (late,) = [step for step in steps if step["on"] is not None]
    assert (late["on"], late["on_behalf_of_name"]) == ("2026-11-01", "=Ada's mother")


def test_the_trail_and_the_people_fit_together(read: Terminal) -> None:
    """A script finds who acted among the people."""
    people = {person["id"]: person for person in as_json(read, "people", "list")}

    for line in as_json(read, "audit", "trail"):
        assert people[line["by"]]["name"] == line["name"]
    for item in as_json(read, "work"):
        assert people[item["person"]]["staff_id"] == item["staff_id"]


def test_the_trail_holds_every_event_of_the_log(read: Terminal) -> None:
    """Each position once."""
    lines = as_json(read, "audit", "trail")

    assert [line["position"] for line in lines] == list(range(1, read.head() + 1))


# As CSV -----------------------------------------------------------------------------------------


@LIST_WORDS
def test_as_csv_every_cell_is_inert(read: Terminal, words: tuple[str, ...]) -> None:
    """No spreadsheet runs it, no terminal obeys it, and it is the list that JSON gives."""
    said = read.done(*words, "--csv")
    table = list(csv.reader(io.StringIO(said)))
    _, expected = LISTS[words]

    assert tuple(table[0]) == expected
    assert len(table) == 1 + len(as_json(read, *words))
    assert {len(row) for row in table} == {len(expected)}
    assert not [cell for row in table for cell in row if cell and cell[0] in "=+-@\t\r\n"]
    assert not STEERING.search(said)


def test_as_csv_several_values_stand_in_one_cell(read: Terminal) -> None:
    """Days are days, and yes is yes."""
    (row,) = [row for row in as_csv(read, "plan", "list") if row["reference"] == PLAN]

    assert (row["needs"], row["born"], row["listed"]) == ("PD; MSI", "2015-06-14", "yes")
    assert row["review_due"] == "2027-07-04"
    late = [row for row in as_csv(read, "work") if row["overdue"] == "yes"]
    assert [(row["due"], row["staff_id"]) for row in late] == [("2026-11-03", "s02")]


def test_an_empty_list_as_csv_has_its_headings(read: Terminal) -> None:
    """A script that reads it finds no rows."""
    assert as_csv(read, "work", "--for", "s07") == []
    assert read.done("work", "--for", "s07", "--csv").startswith("due,overdue,")
    assert as_json(read, "work", "--for", "s07") == []


# Hostile names ----------------------------------------------------------------------------------


def test_hostile_names_are_carried_faithfully(
    read: Terminal, hostile: list[dict[str, str]]
) -> None:
    """What JSON gives back is what the export said, to the character."""
    carried = {(row["surname"], row["forename"]) for row in as_json(read, "plan", "list")}

    for pupil in hostile:
        assert (pupil["Legal Surname"], pupil["Legal Forename"]) in carried


def test_hostile_names_are_shown_harmlessly(read: Terminal, hostile: list[dict[str, str]]) -> None:
    """As text, and as a cell that a spreadsheet shows instead of running."""
    shown = read.done("plan", "list")
    cells = {(row["surname"], row["forename"]) for row in as_csv(read, "plan", "list")}

    assert "␛[31mRed␛[0m Zhang" in shown
    assert hostile[1]["Legal Forename"] in shown
    assert (f"'{hostile[0]['Legal Surname']}", "Yusuf") in cells
    assert ("Zhang", "␛[31mRed␛[0m") in cells


def test_a_name_with_a_new_line_stays_on_its_line(school: Terminal) -> None:
    """It cannot pass for a heading, a mark or another row."""
    export = school.folder / "export.csv"
    export.write_text(
        "UPN,Surname,Forename,DOB,Year,SEN Status\n"
        'B801200005001,Okafor,"Ada\n\n# Section F: Provision\n  [approved]",03/11/2014,7,E\n',
        encoding="utf-8",
    )
    school.done("plan", "import", str(export), *SENCO)

    shown = school.done("plan", "show", PLAN).splitlines()

    assert [line for line in shown if line.startswith("# Section F")] == [
        "# Section F: The special educational provision required"
    ]
    assert "  [approved]" not in shown
    assert len(school.done("plan", "list").splitlines()) == 2


def test_a_text_cannot_pass_for_what_is_said_about_it(read: Terminal) -> None:
    """Headings, marks and steps stand further left than any line of a text."""
    shown = read.done("plan", "show", PLAN).splitlines()
    steps = read.done("plan", "replay", PLAN).splitlines()

    assert len([line for line in shown if line.startswith("# Section ")]) == 12
    assert len([line for line in shown if line.startswith("  [signed")]) == 1
    assert f"    {IMITATION.splitlines()[0]}" in shown
    assert [line for line in steps if line.startswith("    because")] == [
        "    because: Say who gives them."
    ]
    assert len([line for line in steps if line.startswith("v")]) == len(
        as_json(read, "plan", "replay", PLAN)
    )


# One plan ---------------------------------------------------------------------------------------


def test_a_plan_of_another_day_says_so(read: Terminal) -> None:
    """A page that was printed can be told from the plan as it stands."""
    now = read.done("plan", "show", PLAN)
    on_a_day = read.done("plan", "show", PLAN, "--as-at", "2026-11-02")
    at_a_step = read.done("plan", "show", PLAN, "--known-at", "v4")
    at_an_instant = read.done("plan", "show", PLAN, "--known-at", "2026-11-02T09:04")

    assert "as it was" not in now
    assert "as it was at the end of 2026-11-02, by all that is known now" in on_a_day
    assert "as it was known at step v4" in at_a_step
    assert "as it was known at 2026-11-02 09:04" in at_an_instant
    assert "Two hours a week." in at_a_step
    assert "Two hours" not in at_an_instant


def test_the_text_alone_is_exact(read: Terminal) -> None:
    """What a script takes out is what it may put in again."""
    (reference,) = _references(read, "DROP TABLE")
    place = read.folder / "f.md"

    assert read.done("plan", "show", reference, "--section", "F", "--text") == (
        "Six hours\u202e, \u200bdaily.\n"
    )
    read.done("plan", "show", reference, "--section", "F", "--text", "--out", str(place))
    assert place.read_text(encoding="utf-8") == "Six hours\u202e, \u200bdaily.\n"


def test_the_text_of_a_whole_plan_has_its_headings(read: Terminal) -> None:
    """The sections that have a text, and no other."""
    said = read.done("plan", "show", PLAN, "--text")

    assert said.startswith("# Section A: The views")
    assert "\n\nTwo hours daily.\n" in said
    assert "# Section K" not in said


def test_a_plan_is_written_into_a_file(read: Terminal) -> None:
    """As people read it, without colour, or as JSON."""
    place, data = read.folder / "plan.txt", read.folder / "plan.json"

    said = read.done("plan", "show", PLAN, "--out", str(place))
    read.done("plan", "show", PLAN, "--json", "--out", str(data))

    assert said.startswith(f"{PLAN} (v")
    assert place.read_text(encoding="utf-8") == read.done("plan", "show", PLAN)
    assert json.loads(data.read_text(encoding="utf-8"))["particulars"]["reference"] == PLAN


def test_a_file_with_words_that_are_not_on_record_is_not_written_over(plans: Terminal) -> None:
    """Whoever drafts in it would lose them; a file whose words are on record is brought up."""
    plans.done("section", "edit", PLAN, "F", "-", *SENCO, stdin="One hour.")
    draft = plans.folder / "f.md"
    write_out = ("plan", "show", PLAN, "--section", "F", "--out", str(draft))
    plans.done(*write_out)
    plans.done("section", "edit", PLAN, "F", "-", "--over", "1", *SENCO, stdin="Two hours.")
    plans.done(*write_out)
    assert draft.read_text(encoding="utf-8").splitlines()[1:] == ["Two hours."]
    mine = draft.read_text(encoding="utf-8").replace("Two", "Three")
    draft.write_text(mine, encoding="utf-8")

    said = plans.refused(*write_out)

    assert "words that are not on record" in said
    assert f"section edit {PLAN} F" in said
    assert draft.read_text(encoding="utf-8") == mine
    plans.done("section", "edit", PLAN, "F", str(draft), *SENCO)
    plans.done(*write_out)
    assert "over revision 3" in draft.read_text(encoding="utf-8")


def test_replaying_tells_when_who_in_which_role_what_and_the_difference(read: Terminal) -> None:
    """And for whom, of which day, and why."""
    said = read.done("plan", "replay", PLAN)

    assert "  Jon Hall (subject teacher)  section-edited\n    section F, revision 1 to 2\n" in said
    assert "    | Two hours [-a week-]{+daily+}.\n" in said
    assert ", of 2026-11-01  Priya Nair (SENCO) for =Ada's mother  section-edited\n" in said
    assert "Jon Hall (subject teacher) to write, by 2026-11-04" in said
    assert "reference 2026-0001, surname Müller, forename Tomás" in said


def test_replaying_one_section_leaves_out_the_others(read: Terminal) -> None:
    """And keeps the numbers of the steps."""
    steps = as_json(read, "plan", "replay", PLAN, "--section", "a")

    assert [step["section"] for step in steps] == ["A"]
    assert steps[0]["step"] > 1


def test_the_difference_between_two_moments(read: Terminal) -> None:
    """Section by section, in words and in data; nothing when there is none."""
    words = ("plan", "diff", PLAN, "--from", "v4", "--to", "v7")
    said = read.done(*words)
    (found,) = as_json(read, *words)

    assert said.splitlines()[0] == "Section F, revision 1 to 2"
    assert "Two hours [-a week-]{+daily+}." in said
    assert (found["section"], found["from_revision"], found["to_revision"]) == ("F", 1, 2)
    assert {"kind": "written", "text": "daily"} in found["pieces"]
    assert (
        read.done("plan", "diff", PLAN, "--from", "v1", "--to", "v2") == "The text is the same.\n"
    )


# Choosing from a list ---------------------------------------------------------------------------


def test_plans_are_chosen_by_year_and_need(read: Terminal) -> None:
    """Written as an export writes them."""
    everyone = as_json(read, "plan", "list")

    chosen = as_json(read, "plan", "list", "--year", "Y7", "--year", "8-9", "--need", "autism")

    expected = [r for r in everyone if r["year"] in ("7", "8", "9") and "ASD" in r["needs"]]
    assert chosen == expected
    assert 0 < len(chosen) < len(everyone) == 117


def test_plans_are_chosen_by_school(plans: Terminal) -> None:
    """Whatever the case and accents; where there are several, each line says which."""
    export = (
        "UPN,Surname,Forename,DOB,Year,SEN Status,Establishment\n"
        "B801200005001,Okafor,Ada,03/11/2014,7,E,École Zola\n"
        "N823200012345,O'Brien,Seán,29/01/2017,5,E,Brook School\n"
    )
    Path("schools.csv").write_text(export, encoding="utf-8")
    plans.done("plan", "import", "schools.csv", *SENCO)

    chosen = plans.done("plan", "list", "--school", "ecole  ZOLA", "--json")
    (row,) = json.loads(chosen)
    assert (row["surname"], row["school"]) == ("Okafor", "École Zola")
    assert "Brook School" in plans.done("plan", "list")
    assert "Brook School" not in plans.done("plan", "list", "--school", "Brook School")
    shown = plans.done("plan", "show", row["reference"])
    assert shown.splitlines()[0].endswith("born 2014-11-03  year 7  École Zola")
    nobody = plans.done("plan", "list", "--school", "Fernbank School")
    assert nobody == "No plan here is like that.\n"


def test_plans_are_chosen_by_the_authority_that_maintains_them(plans: Terminal) -> None:
    """One school has plans of several; the head of a plan says of which it is."""
    export = (
        "UPN,Surname,Forename,DOB,Year,SEN Status,Home LA\n"
        "B801200005001,Okafor,Ada,03/11/2014,7,E,Marlshire\n"
        "N823200012345,O'Brien,Seán,29/01/2017,5,E,Northshire\n"
    )
    Path("authorities.csv").write_text(export, encoding="utf-8")
    plans.done("plan", "import", "authorities.csv", *SENCO)

    (row,) = json.loads(plans.done("plan", "list", "--authority", "marlshire", "--json"))
    assert (row["surname"], row["authority"]) == ("Okafor", "Marlshire")
    assert "Northshire" in plans.done("plan", "list")
    assert "Marlshire" in plans.done("plan", "show", row["reference"]).splitlines()[0]


def test_plans_are_chosen_by_the_day_their_review_is_due(read: Terminal) -> None:
    """The earliest first, the day itself among them."""
    everyone = as_json(read, "plan", "list")
    last = sorted(row["review_due"] for row in everyone)[20]

    chosen = as_json(read, "plan", "list", "--review-due-by", last)

    days = [row["review_due"] for row in chosen]
    assert days == sorted(row["review_due"] for row in everyone if row["review_due"] <= last)
    assert days[-1] == last


def test_an_empty_list_says_why(read: Terminal, school: Terminal) -> None:
    """Nothing is here yet, or nothing is like that."""
    assert "plan import" in school.done("plan", "list")
    assert read.done("plan", "list", "--year", "N1") == "No plan here is like that.\n"
    assert read.done("plan", "find", "zebra").startswith("No section")
    assert read.done("work", "--for", "s07") == "Nothing waits.\n"
    assert read.done("audit", "trail", "--by", "s07") == "Nothing of the kind is on record.\n"


def test_pupils_who_left_are_listed_when_asked_for(plans: Terminal, data: Path) -> None:
    """They keep their plans."""
    lines = (data / "pupils-mis-export.csv").read_text(encoding="utf-8-sig").splitlines()
    later = plans.folder / "later.csv"
    later.write_text("\n".join([lines[0], *lines[2:6]]), encoding="utf-8")
    plans.done("plan", "import", str(later), "--leavers", "--yes", *SENCO)

    listed = as_json(plans, "plan", "list")
    everyone = as_json(plans, "plan", "list", "--all")

    assert PLAN not in [row["reference"] for row in listed]
    assert len(everyone) == 117
    assert [row["reference"] for row in everyone if row["listed"]] == [
        row["reference"] for row in listed
    ]
    assert "no longer listed" in plans.done("plan", "show", PLAN)


def test_more_hits_than_are_shown_are_told(read: Terminal) -> None:
    """On standard error, so that a script's rows stay rows."""
    cut = read("plan", "find", "hours", "--limit", "2")
    whole = read("plan", "find", "hours")

    assert "more than 2" in cut.stderr
    assert len(cut.stdout.splitlines()) == 3
    assert whole.stderr == ""
    assert len(whole.stdout.splitlines()) == 5


def test_work_for_one_person_now(read: Terminal) -> None:
    """Reviews that cannot begin yet are left out."""
    everything = as_json(read, "work", "--for", "o.pryce@example.invalid")
    now = as_json(read, "work", "--for", "Priya Nair", "--now")

    assert {item["what"] for item in everything} == {"later"}
    assert as_json(read, "work", "--for", "s06", "--now") == []
    assert [(item["what"], item["why"]) for item in now] == [
        ("assign again", "not qualified: =1+1")
    ]


def test_what_is_late_is_marked(read: Terminal) -> None:
    """In words, so that it is seen without colour."""
    lines = read.done("work").splitlines()
    late = [row["due"] for row in as_json(read, "work") if row["overdue"]]

    (told,) = [line for line in lines if line.startswith("2026-11-03 (late)  Kate Lowe")]
    assert "(late)" in told
    assert sum(" (late) " in line for line in lines) == len(late)


def test_the_load_counts_what_waits_on_each_person(read: Terminal) -> None:
    """As many as the list of work has."""
    items = as_json(read, "work")
    loads = as_json(read, "work", "--load")

    for load in loads:
        theirs = [item["what"] for item in items if item["person"] == load["person"]]
        assert load["write"] == theirs.count("write") + theirs.count("rewrite")
        assert load["review"] == theirs.count("review")
        assert load["later"] == theirs.count("later")
        assert load["assign_again"] == theirs.count("assign again")
    assert {load["person"] for load in loads} == {item["person"] for item in items}
    assert [load["overdue"] for load in loads if load["staff_id"] == "s02"] == [1]
    (one,) = as_json(read, "work", "--load", "--for", "s02")
    assert one["staff_id"] == "s02"


def test_the_trail_of_a_person_and_of_some_days(read: Terminal) -> None:
    """Recorded on these days, in their own name or for them."""
    by = as_json(read, "audit", "trail", "--by", "s03")
    since = as_json(read, "audit", "trail", "--since", "2026-11-03")
    both = as_json(read, "audit", "trail", PLAN, "--since", "2/11/2026", "--until", "2026-11-02")

    assert {line["name"] for line in by} == {"Jon Hall"}
    assert since == []
    assert {line["subject"] for line in both} == {PLAN}
    assert len(both) == len(as_json(read, "plan", "replay", PLAN))


def test_the_people_of_a_day(read: Terminal) -> None:
    """Whoever left holds nothing any more, and did before."""
    now = {row["staff_id"]: row["roles"] for row in as_json(read, "people", "list")}
    then = as_json(read, "people", "list", "--on", "2026-08-31")
    held = {row["staff_id"]: [role["role"] for role in row["roles"]] for row in then}

    assert now["s07"] == []
    assert held["s07"] == ["deputy head"]
    assert "deputy head (from 2018-09-01 to 2026-08-31)" in read.done(
        "people", "list", "--on", "2026-08-31"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("plan", "list", "--json", "--csv"), "two forms"),
        (("plan", "list", "--year", "sixteen"), "years such as"),
        (("plan", "list", "--year", ""), "empty"),
        (("plan", "list", "--need", "genius"), "need type"),
        (("plan", "list", "--review-due-by", "soon"), "is no day"),
        (("plan", "find", "a", "--limit", "0"), "--limit"),
        (("plan", "find", "a", "--limit", "99999999999999999999"), "--limit"),
        (("plan", "show", PLAN, "--known-at", "v999999999999"), "is no moment"),
        (("plan", "show", PLAN, "--known-at", "2026-13-01"), "is no moment"),
        (("plan", "show", PLAN, "--text", "--json"), "two forms"),
        (("plan", "diff", PLAN), "--from"),
        (("work", "--now", "--load"), "--now"),
        (("audit", "trail", "--since", "2026-11-03", "--until", "2026-11-02"), "is after"),
        (("people", "grant", "s03", "", *SENCO), "a role"),
    ],
)
def test_a_wrong_option_is_a_usage_error(read: Terminal, words: tuple[str, ...], told: str) -> None:
    """Exit status 2, and a sentence that says which."""
    result = read(*words)

    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


def test_what_was_typed_can_do_nothing_to_the_terminal(read: Terminal) -> None:
    """Also in a message about how a command is used."""
    for words in (("--\x1b[2J",), ("\x1b[2J",), ("plan", "show", PLAN, "--known-at", "\x1b[2J")):
        result = read(*words)

        assert result.exit_code == 2
        assert not STEERING.search(result.stderr)


def test_a_check_and_a_rebuild_as_json(read: Terminal) -> None:
    """How much was read, and which views were right."""
    found = as_json(read, "store", "check")
    views = as_json(read, "store", "rebuild")

    assert found["events"] == read.head()
    assert {view["view"] for view in views} == {"standing", "people", "drafts", "trail", "facts"}
    assert all(view["was_right"] for view in views)


# A real pipe, a real terminal -------------------------------------------------------------------


def started(
    school: Terminal,
    *words: str,
    stdout: int,
    stdin: int = subprocess.DEVNULL,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> "subprocess.Popen[str]":
    """Start a command as a process of its own."""
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")}
    kept |= {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **environment}
    return subprocess.Popen(
        [sys.executable, "-m", "ehcp_flow_cli", "--store", school.store, *words],
        env=kept,
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=school.folder,
    )


def into_a_closed_pipe(school: Terminal, *words: str) -> tuple[int, str]:
    """Run a command whose reader is gone before it says a word: its status, and its messages."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        process = started(school, *words, stdout=writer)
    finally:
        os.close(writer)
    _, messages = process.communicate()
    return process.returncode, messages


@pytest.mark.parametrize(
    "words",
    [("--help",), ("plan", "list"), ("plan", "list", "--json"), ("plan", "replay", PLAN)],
    ids=" ".join,
)
def test_a_reader_who_has_seen_enough_is_no_trouble(read: Terminal, words: tuple[str, ...]) -> None:
    """As `plan list | head -1` is: a quiet end."""
    assert into_a_closed_pipe(read, *words) == (0, "")


def test_a_closed_pipe_stops_nothing_that_is_recorded(plans: Terminal) -> None:
    """An import whose words nobody reads is an import."""
    before = plans.head()
    draft = plans.folder / "f.md"
    draft.write_text("One hour.\n", encoding="utf-8")

    status, messages = into_a_closed_pipe(plans, "section", "edit", PLAN, "F", str(draft), *SENCO)

    assert (status, messages) == (0, "")
    assert plans.head() == before + 1


def test_a_closed_pipe_hides_no_refusal(read: Terminal) -> None:
    """The status and the sentence are what they are."""
    status, messages = into_a_closed_pipe(read, "plan", "show", "2031-0001")

    assert status == 1
    assert messages.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_a_full_disk_is_told_and_no_lie_about_the_record(plans: Terminal) -> None:
    """The words were recorded, and only the message about them could not be written."""
    draft = plans.folder / "f.md"
    draft.write_text("One hour.\n", encoding="utf-8")
    before = plans.head()

    with Path("/dev/full").open("w") as full:
        process = started(
            plans, "section", "edit", PLAN, "F", str(draft), *SENCO, stdout=full.fileno()
        )
        _, messages = process.communicate()

    assert process.returncode == 1
    assert "could not be written" in messages
    assert "what it recorded stands" in messages
    assert messages.count("\n") == 1
    assert plans.head() == before + 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows starts no program in another's place")
def test_a_command_that_was_given_no_streams_does_its_work(plans: Terminal) -> None:
    """As some services start theirs: no input is an empty text, and no file takes their place."""
    draft = plans.folder / "f.md"
    draft.write_text("One hour.\n", encoding="utf-8")
    before = plans.head()
    without = (
        "import os, sys; os.closerange(0, 3); "
        "os.execv(sys.executable, [sys.executable, '-m', 'ehcp_flow_cli', *sys.argv[1:]])"
    )

    def status(*words: str) -> int:
        return subprocess.run(
            [sys.executable, "-c", without, "--store", plans.store, *words], cwd=plans.folder
        ).returncode

    assert status("plan", "list") == 0
    assert status("section", "edit", PLAN, "F", *SENCO) == 1
    assert plans.head() == before
    assert status("section", "edit", PLAN, "F", str(draft), *SENCO) == 0
    assert plans.head() == before + 1
    assert plans.done("store", "check")


needs_a_terminal = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind"
)


def on_a_terminal(
    school: Terminal,
    *words: str,
    columns: int = 100,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """Run a command on a pseudo-terminal, and return what the terminal was sent."""
    assert sys.platform != "win32"
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = started(school, *words, stdout=theirs, stdin=theirs, environment=environment)
    os.close(theirs)
    sent = b""
    with os.fdopen(ours, "rb", buffering=0) as screen:
        while True:
            try:
                some = screen.read(65_536)
            except OSError:
                # How Linux says that the other side is closed.
                break
            if not some:
                break
            sent += some
    _, messages = process.communicate()
    assert (process.returncode, messages) == (0, "")
    return sent.decode().replace("\r\n", "\n")


def plain_lines(sent: str) -> list[str]:
    """What is read on the screen, line by line."""
    return OUR_COLOURS.sub("", sent).splitlines()


@needs_a_terminal
@pytest.mark.parametrize("words", list(LISTS), ids=" ".join)
def test_on_a_terminal_a_list_is_a_table(read: Terminal, words: tuple[str, ...]) -> None:
    """With its headings in bold, no wider than the screen, and nothing hostile on it."""
    from ehcp_flow_cli.showing.tables import width

    sent = on_a_terminal(read, *words, columns=80)

    assert sent.startswith("\x1b[1m")
    assert not STEERING.search(OUR_COLOURS.sub("", sent))
    assert "\x1b[31mRed" not in sent
    assert max(map(width, plain_lines(sent))) <= 80


@needs_a_terminal
def test_on_a_terminal_nothing_of_a_row_is_cut_off(read: Terminal) -> None:
    """What has no room beside the others stands beneath them."""
    narrow = " ".join(plain_lines(on_a_terminal(read, "audit", "trail", PLAN, columns=60)))
    words = re.sub(r"\s+", " ", narrow)

    assert "detail: Jon Hall (subject teacher) to write, by 2026-11-04" in words
    assert "because: Say who gives them." in words


@needs_a_terminal
def test_on_a_terminal_columns_in_which_nothing_stands_are_left_out(read: Terminal) -> None:
    """There is little room; in a pipe they stay, for the scripts."""
    heading = plain_lines(on_a_terminal(read, "work", "--for", "s02"))[0]

    assert "because" not in heading
    assert "because" in read.done("work", "--for", "s02").splitlines()[0]


@needs_a_terminal
def test_on_a_terminal_what_was_dropped_is_red_and_what_was_written_green(read: Terminal) -> None:
    """And marked in words, for those who see no colour."""
    sent = on_a_terminal(read, "plan", "replay", PLAN)

    assert "\x1b[31m[-a week-]\x1b[0m\x1b[32m{+daily+}\x1b[0m" in sent


@needs_a_terminal
@pytest.mark.parametrize(
    "environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"]
)
@pytest.mark.parametrize(
    "words",
    [("plan", "list"), ("plan", "show", PLAN), ("plan", "replay", PLAN)],
    ids=["list", "show", "replay"],
)
def test_on_a_terminal_without_colour_no_code_is_sent(
    read: Terminal, words: tuple[str, ...], environment: dict[str, str]
) -> None:
    """For those who asked for none, and those whose terminal knows none."""
    assert "\x1b" not in on_a_terminal(read, *words, environment=environment)


@needs_a_terminal
def test_on_a_terminal_a_text_can_do_nothing_to_it(read: Terminal) -> None:
    """The text alone is shown, not obeyed, as soon as a person looks at it."""
    (reference,) = _references(read, "DROP TABLE")

    sent = on_a_terminal(read, "plan", "show", reference, "--section", "F", "--text")

    assert sent == "Six hours⟨U+202E⟩, ⟨U+200B⟩daily.\n"


# What a reader may rely on ----------------------------------------------------------------------


def test_reading_needs_nobody_to_act(read: Terminal) -> None:
    """No reading command asks for a name."""
    for words in [*LISTS, *OTHERS]:
        assert read(*words).exit_code == 0


def test_views_are_caught_up_when_they_are_read(plans: Terminal) -> None:
    """What was recorded a moment ago is there, also when the views were thrown away."""
    plans.done("section", "edit", PLAN, "F", "-", *SENCO, stdin="Zebra crossing.")
    assert len(as_json(plans, "plan", "find", "zebra")) == 1
    views = list(plans.folder.glob("plans.db?views*"))
    assert views
    for file in views:
        file.unlink()
    plans.done("section", "edit", PLAN, "B", "-", *SENCO, stdin="Zebra again.")

    assert [hit["section"] for hit in as_json(plans, "plan", "find", "zebra")] == ["B", "F"]


def test_a_store_is_not_written_over(plans: Terminal) -> None:
    """Not by a text that was to be written out."""
    place = plans.folder / "plans.db"

    said = plans.refused("plan", "show", "2026-0001", "--out", str(place))

    assert "is a database" in said
    assert "as they were recorded" in plans.done("store", "check")


def test_a_review_that_is_planned_is_not_the_last_one(plans: Terminal) -> None:
    """An export may say a day to come: until then the plan is due by what happened."""
    whose = ("--surname", "Pell", "--forename", "Ida", "--born", "2014-01-05", "--year", "7")
    days = ("--made-on", "2025-01-06", "--last-review", "2027-05-05")
    opened = plans.done("plan", "open", *whose, *days, "--no-upn", "new", *SENCO).split()[0]

    listed = {row["reference"]: row for row in json.loads(plans.done("plan", "list", "--json"))}
    shown = json.loads(plans.done("plan", "show", opened, "--json"))

    assert (listed[opened]["last_review"], listed[opened]["review_due"]) == (None, "2026-01-05")
    assert shown["reviewed"] == {
        "made_on": "2025-01-06",
        "last_review": None,
        "review_due": "2026-01-05",
    }
