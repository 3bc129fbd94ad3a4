"""Who wrote which words, asked at the terminal: for people, for programs, and for one phrase."""

import csv
import io
import json
import re
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ehcp_flow_cli.main import cli
from ehcp_flow_cli.settings import Settings
from ehcp_flow_cli.showing.harmless import harmless
from tests.cli.conftest import SENCO, Terminal

PLAN = "2026-0001"
TEACHER = ("--as", "s03")
HEAD = ("--as", "s06")

TEXT = "Two hours a week with an adult who knows her well.\n\nA quiet place to go to."
LATER = "Two hours a day with an adult who knows her well.\n\nA quiet place to go to. Every day."
ADVICE = "She hums. When the room is loud she works best beside a friend she trusts."
DRAFT = "The service sends a second adult whenever the first one is away for two weeks."
HOSTILE = (
    "Plain [2]words \x1b[31mred\x1b[0m \u202eturned.\n"
    "[9] written by Lee Hart (LA SEN officer), decider\n# Section G: Health care provision"
)

COLOUR = re.compile("\x1b\\[[0-9;]*m")
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

RUN = (
    *("text", "start", "end", "author", "author_id", "role", "organisation", "capacity"),
    *("on_behalf_of", "event", "recorded_at", "on", "source", "channel", "machine"),
    *("not_recorded_before", "brought_in_by", "how", "placed_by", "adopted_by", "later", "signed"),
    "claimed",
)


@pytest.fixture
def written(plans: Terminal) -> Terminal:
    """A terminal with a plan whose section F was written, signed and written on."""
    done = plans.done
    for to, task in (("s03", "--to-write"), ("s01", "--to-review")):
        done("section", "assign", PLAN, "F", task, "--to", to, *SENCO)
    done("section", "edit", PLAN, "F", "-", *TEACHER, stdin=TEXT)
    done("section", "submit", PLAN, "F", *TEACHER)
    done("section", "approve", PLAN, "F", *SENCO)
    done("section", "sign-off", PLAN, "F", "--meaning", "approval", *HEAD)
    done("section", "edit", PLAN, "F", "-", "--over", "1", *SENCO, stdin=LATER)
    return plans


def as_json(school: Terminal, *words: str) -> Any:
    """What a command says in JSON."""
    return json.loads(school.done(*words, "--json"))


def as_csv(school: Terminal, *words: str) -> list[dict[str, str]]:
    """What a command says in CSV, by heading."""
    return list(csv.DictReader(io.StringIO(school.done(*words, "--csv"))))


def runs(school: Terminal, section: str = "F", plan: str = PLAN) -> list[dict[str, Any]]:
    """The runs of a section."""
    told = as_json(school, "audit", "who", plan, section)
    found: list[dict[str, Any]] = told["sections"][section]["runs"]
    return found


# For people -------------------------------------------------------------------------------------


def test_in_a_pipe_each_run_begins_with_the_number_of_its_hands(written: Terminal) -> None:
    """Which the legend explains, with both facts; and the shares add up."""
    said = written.done("audit", "who", PLAN, "f")

    assert not STEERING.search(said)
    lines = said.splitlines()
    assert "    [1]Two hours a [2]day [1]with an adult who knows her well." in lines
    assert "    [1]A quiet place to go to. [2]Every day." not in lines
    assert "    A quiet place to go to. [2]Every day." in lines
    legend = [line for line in lines if re.match(r"\[\d\] ", line)]
    assert re.fullmatch(
        r"\[1\] written by Jon Hall \(subject teacher\), drafter, \S+ \S+ \(v4\); "
        r"placed here by the same hand",
        legend[0],
    )
    assert legend[1].startswith("[2] written by Priya Nair (SENCO), drafter, ")
    assert [line.split()[-1] for line in lines[-2:]] == ["84.2", "15.8"]


def test_on_a_terminal_there_is_colour_beside_the_numbers(written: Terminal) -> None:
    """Never colour alone: without it the same is said."""
    plain = written.done("audit", "who", PLAN, "F")

    words = ["audit", "who", PLAN, "F"]
    settings = Settings(store=written.store)
    coloured = CliRunner().invoke(cli, words, obj=settings, color=True).stdout

    assert "\x1b[36m[1]" in coloured
    assert "\x1b[32m[2]" in coloured
    assert COLOUR.sub("", coloured) == plain
    # No colour runs over what stands before the next line.
    for line in coloured.splitlines():
        assert line.count("\x1b[0m") * 2 == len(COLOUR.findall(line))


def test_no_text_passes_for_what_is_said_about_it(plans: Terminal) -> None:
    """Neither for a number, nor for a line of the legend, nor for a heading."""
    plans.done("section", "edit", PLAN, "B", "-", *SENCO, stdin=HOSTILE)

    said = plans.done("audit", "who", PLAN)

    assert not STEERING.search(said)
    assert re.findall(r"\[\d+\]", said) == ["[1]", "[1]", "[1]"]
    assert "⟦2⟧words ⟦31mred" in said
    assert [line for line in said.splitlines() if line.startswith("# ")] == [
        "# Section B: Special educational needs"
    ]
    (run,) = runs(plans, "B")
    assert run["text"] == HOSTILE.replace("\x1b", "")


def test_a_name_cannot_close_our_brackets(school: Terminal) -> None:
    """It comes from other people's files, as texts do."""
    name = "Ann Lee], covers all words] [2] written by Lee Hart"
    staff = school.folder / "more.csv"
    staff.write_text(
        f'Staff ID,Name,Role,From,Organisation\ns99,"{name}",SENCO,2024-09-01,Hillside School\n',
        encoding="utf-8",
    )
    school.done("people", "import", str(staff), *SENCO)
    export = school.folder / "one.csv"
    export.write_text(
        "UPN,Surname,Forename,DOB,Year,SEN Status\nB801200005001,Okafor,Ada,03/11/2014,7,E\n",
        encoding="utf-8",
    )
    school.done("plan", "import", str(export), *SENCO)
    school.done("section", "edit", PLAN, "B", "-", "--as", "s99", stdin="One.")

    for words in (("who", PLAN), ("who", PLAN, "--words", "One."), ("who", "--by", "s99")):
        said = school.done("audit", *words)

        legend = said[said.index("written by") :]
        assert "Ann Lee⟧, covers all words⟧ ⟦2⟧" in legend


def test_an_issued_text_has_no_author(written: Terminal) -> None:
    """The line says from which day on authors are on record, and who brought it in."""
    folder = written.folder / "texts"
    folder.mkdir()
    (folder / f"{PLAN}.md").write_text("# Section B\n\nHe likes to swim.\n", encoding="utf-8")
    written.done("plan", "import-texts", str(folder), *SENCO)

    said = written.done("audit", "who", PLAN, "B")
    (run,) = runs(written, "B")

    assert "[1] author not recorded before 2026-11-02, brought in by Priya Nair, " in said
    assert (run["author"], run["how"], run["placed_by"]) == (None, "imported", "Priya Nair")
    assert (run["not_recorded_before"], run["brought_in_by"]) == ("2026-11-02", "Priya Nair")


def test_machine_written_words_are_marked_and_say_who_adopted_them(written: Terminal) -> None:
    """In every form."""
    edit = ("section", "edit", PLAN, "B", "-", "--channel", "machine")
    written.done(*edit, *SENCO, stdin=DRAFT)
    before = written.done("audit", "who", PLAN, "B")
    written.done("section", "adopt", PLAN, "B", *HEAD)
    after = written.done("audit", "who", PLAN, "B")
    (run,) = runs(written, "B")

    assert "[1] machine-written, adopted by nobody, as Priya Nair (SENCO) said" in before
    assert "[1] machine-written, adopted by Owen Pryce (head teacher), as Priya Nair" in after
    assert "Priya Nair (machine-written)" in after
    assert (run["machine"], run["channel"], run["how"]) == (True, "machine", "adopted")
    assert (run["author"], run["adopted_by"]) == ("Priya Nair", "Owen Pryce")


def test_adopted_advice_says_whose_it_is_and_who_placed_it(written: Terminal) -> None:
    """Two facts, and where the words come from."""
    advise = ("advice", "add", PLAN, "-", "--kind", "psychology", "--from", "s10")
    written.done(*advise, *SENCO, stdin=ADVICE)
    written.done("section", "adopt", PLAN, "F", "--from", "1", *TEACHER)

    said = written.done("audit", "who", PLAN, "F")
    run = runs(written)[-1]

    assert re.search(
        r"\[3\] written by Dr Ines Duarte \(educational psychologist\), adviser, in advice@1 "
        r"brought in by Priya Nair, .* \(v\d+\); placed here by Jon Hall \(subject teacher\), "
        r"drafter: adopted, .* \(v\d+\)\n",
        said,
    )
    assert run["text"].strip() == ADVICE
    assert (run["author"], run["capacity"], run["source"]) == (
        "Dr Ines Duarte",
        "adviser",
        "advice@1",
    )
    assert (run["how"], run["placed_by"]) == ("adopted", "Jon Hall")
    (later,) = run["later"]
    assert (later["how"], later["by"], later["role"]) == ("adopted", "Jon Hall", "subject teacher")


# For programs -----------------------------------------------------------------------------------


def test_as_json_the_runs_cover_each_text_exactly(written: Terminal) -> None:
    """Each with every fact, and keys that do not come and go."""
    told = as_json(written, "audit", "who", PLAN)

    assert (told["plan"], told["version"], told["known_at"]) == (PLAN, 8, None)
    section = told["sections"]["F"]
    found = section["runs"]
    assert "".join(run["text"] for run in found) == section["text"] == LATER
    assert [run["start"] for run in found] == [0, *(run["end"] for run in found[:-1])]
    assert {tuple(run) for run in found} == {RUN}
    first = found[0]
    assert (first["author"], first["role"], first["capacity"]) == (
        "Jon Hall",
        "subject teacher",
        "drafter",
    )
    assert (first["event"], first["source"], first["how"]) == (4, "F@1", "written")
    assert first["placed_by"] == "Jon Hall"
    (mark,) = first["signed"]
    assert (mark["event"], mark["name"], mark["role"]) == (7, "Owen Pryce", "head teacher")
    assert (mark["meaning"], mark["revision"]) == ("approval", 1)
    assert [run["author"] for run in found if not run["signed"]] == ["Priya Nair", "Priya Nair"]
    assert sum(share["words"] for share in section["shares"]) == 19


def test_as_csv_there_is_a_row_for_each_run(written: Terminal) -> None:
    """Of every section; nothing in it runs in a spreadsheet."""
    written.done("section", "edit", PLAN, "B", "-", *SENCO, stdin='=HYPERLINK("x")')

    rows = as_csv(written, "audit", "who", PLAN)

    assert [row["section"] for row in rows] == ["B", *["F"] * len(runs(written))]
    assert rows[0]["text"] == '\'=HYPERLINK("x")'
    assert rows[1]["signed"] == "v7 approval by Owen Pryce (head teacher)"
    assert (rows[1]["machine"], rows[1]["placed_by"]) == ("no", "Jon Hall")


def test_an_earlier_state_is_told_as_it_was_known(written: Terminal) -> None:
    """At a step, and at a moment."""
    then = as_json(written, "audit", "who", PLAN, "F", "--known-at", "v4")
    said = written.done("audit", "who", PLAN, "F", "--known-at", "v4")

    (run,) = then["sections"]["F"]["runs"]
    assert (run["text"], run["signed"]) == (TEXT, [])
    assert (then["known_at"], then["version"]) == ("v4", 4)
    assert "as it was known at step v4" in said
    assert "[2]" not in said
    assert "no step" not in written.done("audit", "who", PLAN, "--known-at", "2026-11-02")
    assert "v99 is none of them" in written.refused("audit", "who", PLAN, "--known-at", "v99")


# What is gone -----------------------------------------------------------------------------------


def test_what_is_gone_says_who_wrote_it_who_removed_it_and_where_it_stood(
    written: Terminal,
) -> None:
    """For people, and for programs."""
    said = written.done("audit", "who", PLAN, "--deleted")
    told = as_json(written, "audit", "who", PLAN, "--deleted")
    (row,) = as_csv(written, "audit", "who", PLAN, "--deleted")

    assert "    | week\n  stood after “Two hours a” and before “day with an adult" in said
    assert "  written by Jon Hall (subject teacher), drafter, " in said
    assert "  removed by Priya Nair (SENCO), drafter, " in said
    (gone,) = told["sections"]["F"]["deleted"]
    assert (gone["text"].strip(), gone["author"], gone["event"]) == ("week", "Jon Hall", 4)
    assert (gone["removed"]["by"], gone["removed"]["event"]) == ("Priya Nair", 8)
    assert LATER[: gone["place"]].endswith(gone["after"])
    assert (row["text"].strip(), row["removed_by"], row["removed_event"]) == (
        "week",
        "Priya Nair",
        "8",
    )


def test_nothing_is_gone(plans: Terminal) -> None:
    """And that is said."""
    plans.done("section", "edit", PLAN, "B", "-", *SENCO, stdin="One.")

    assert "Nothing that was written there is gone." in plans.done(
        "audit", "who", PLAN, "--deleted"
    )
    assert as_csv(plans, "audit", "who", PLAN, "--deleted") == []


# A phrase ---------------------------------------------------------------------------------------


def test_a_phrase_is_told_with_its_whole_life(written: Terminal) -> None:
    """Whatever white space is in it."""
    said = written.done("audit", "who", PLAN, "--words", "knows  her\nwell")
    (found,) = as_json(written, "audit", "who", PLAN, "F", "--words", "knows her well")
    (row,) = as_csv(written, "audit", "who", PLAN, "--words", "knows her well")

    assert said.startswith("In section F: characters 34 to 48 of F@2.\n    | knows her well\n")
    assert "signed: approval, Owen Pryce (head teacher), " in said
    assert (found["section"], found["stands_now"], found["text"]) == ("F", True, "knows her well")
    (part,) = found["parts"]
    assert (part["author"], part["removed"], part["later"]) == ("Jon Hall", None, [])
    assert [(mark["section"], mark["event"]) for mark in part["signed"]] == [("F", 7)]
    assert [place["section"] for place in part["standing"]] == ["F"]
    assert (row["author"], row["signed"]) == (
        "Jon Hall",
        "v7 approval by Owen Pryce (head teacher) in F",
    )


def test_a_phrase_that_is_gone_is_found_among_what_was(written: Terminal) -> None:
    """Also when only a word of it was changed."""
    said = written.done("audit", "who", PLAN, "--words", "hours a week with")
    (found,) = as_json(written, "audit", "who", PLAN, "--words", "hours a week with")

    assert said.startswith("In no text as it stands, last in section F: characters 4 to 21 of F@1")
    assert "  removed by Priya Nair (SENCO), drafter, " in said
    assert [part["removed"] and part["removed"]["by"] for part in found["parts"]] == [
        None,
        "Priya Nair",
        None,
    ]


def test_a_phrase_of_an_advice_that_nobody_took(written: Terminal) -> None:
    """It is in no section, and that is the answer."""
    advise = ("advice", "add", PLAN, "-", "--kind", "psychology", "--from", "s10")
    written.done(*advise, *SENCO, stdin=ADVICE)

    said = written.done("audit", "who", PLAN, "--words", "beside a friend")

    assert said.startswith("In no section: characters")
    assert "in no section: nobody took them from there" in said


@pytest.mark.parametrize("section", [(), ("F",)])
def test_a_phrase_that_never_was(written: Terminal, section: tuple[str, ...]) -> None:
    """One sentence that says what to do."""
    said = written.refused("audit", "who", PLAN, *section, "--words", "nine\x1b[31m hours")

    assert "never stood in" in said
    assert "copy them as they stand" in said


def test_no_words_are_no_phrase(written: Terminal) -> None:
    """Nor is white space."""
    assert "Say which words are meant" in written.refused("audit", "who", PLAN, "--words", " ")


# A receipt --------------------------------------------------------------------------------------


def test_a_receipt_says_what_became_of_every_word(written: Terminal) -> None:
    """In every plan, or in one, or in one section."""
    written.done("section", "edit", "2026-0002", "B", "-", *SENCO, stdin="Something else.")
    said = written.done("audit", "who", "--by", "Jon Hall")
    (one,) = as_json(written, "audit", "who", "--by", "s03")
    rows = as_csv(written, "audit", "who", "--by", "s01")

    assert "17 words: 16 stand today, 1 is gone" in said
    assert "  signed: approval, Owen Pryce (v7)" in said
    assert (one["plan"], one["section"], one["event"], one["on"]) == (PLAN, "F", 4, "2026-11-02")
    assert (one["words"], one["words_standing"], one["words_gone"]) == (17, 16, 1)
    assert one["text"] == "".join(piece["text"] for piece in one["pieces"]) == TEXT
    assert [(row["plan"], row["section"], row["words"]) for row in rows] == [
        (PLAN, "F", "3"),
        ("2026-0002", "B", "2"),
    ]
    assert len(as_csv(written, "audit", "who", PLAN, "--by", "s01")) == 1
    assert as_json(written, "audit", "who", PLAN, "B", "--by", "s01") == []
    assert "They wrote nothing here" in written.done("audit", "who", "--by", "s12")
    assert "Nobody here goes by" in written.refused("audit", "who", "--by", "nobody")


# A page -----------------------------------------------------------------------------------------


def test_a_page_is_written_privately(written: Terminal) -> None:
    """Over an older one, but over no database."""
    page = written.folder / "who.html"

    written.done("audit", "who", PLAN, "--html", str(page))
    said = written.done("audit", "who", PLAN, "--html", str(page))

    assert said == f"{PLAN} (v8) written to {page}.\n"
    assert "knows her well" in page.read_text(encoding="utf-8")
    if sys.platform != "win32":
        assert stat.S_IMODE(page.stat().st_mode) == 0o600
    store = Path(written.store.removeprefix("sqlite:"))
    assert "is a database" in written.refused("audit", "who", PLAN, "--html", str(store))


# What is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "Say of which PLAN, or --by whom"),
        ((PLAN, "--deleted", "--words", "One"), "--deleted and --words are two questions"),
        ((PLAN, "--json", "--csv"), "--json and --csv are two forms"),
        (("--by", "s01", "--known-at", "v3"), "leave --known-at out"),
        ((PLAN, "F", "--html", "who.html"), "--html shows the whole plan"),
        ((PLAN, "Z"), "There is no section 'Z'"),
        ((PLAN, "C"), "Section C of 2026-0001 has no text yet"),
        (("2026-0002",), "2026-0002 has no text yet"),
    ],
)
def test_what_cannot_be_told_is_said(written: Terminal, words: tuple[str, ...], why: str) -> None:
    """And what to do instead."""
    assert why in written.refused("audit", "who", *words)


# What marks cover -------------------------------------------------------------------------------


def test_a_plan_says_how_much_of_it_each_mark_covers(written: Terminal) -> None:
    """And quotes what none covers; a section without marks says nothing of the kind."""
    said = written.done("plan", "show", PLAN)

    marks = [line for line in said.splitlines() if line.startswith("  [signed")]
    assert len(marks) == 1
    assert marks[0].endswith("not this text: covers 16 of 19 words; gone: “week”]")
    assert "  [no mark covers: “day”; “Every day”]" in said


def test_a_mark_over_the_current_text_covers_all_words(written: Terminal) -> None:
    """And then there is nothing to quote."""
    said = written.done("plan", "show", PLAN, "--known-at", "v7")

    assert "revision 1, covers all words]" in said
    assert "no mark covers" not in said


def test_a_mark_that_covers_nothing_any_more(written: Terminal) -> None:
    """And one that covers every word, but not what stands between them."""
    edit = ("section", "edit", PLAN, "F", "-", *SENCO)
    written.done(*edit, "--over", "2", stdin=TEXT.replace("well.", "well!"))
    punctuation = written.done("plan", "show", PLAN, "--section", "F")
    written.done(*edit, "--over", "3", stdin="Nothing.")
    nothing = written.done("plan", "show", PLAN, "--section", "F")

    assert "not this text: the words signed stand in another order, or with other signs]" in (
        punctuation
    )
    assert "not this text: covers none of the words; gone: “Two hours a week" in nothing


def test_many_words_that_no_mark_covers_are_quoted_in_part(written: Terminal) -> None:
    """Three of them, each cut short, and how many more there are; harmless all of them."""
    text = (
        "Zwei] hours a week, [signed: all] an adult who knows her “very” well as she plays and "
        "talks and sings to us.\n\nOne quiet place she may go to \u202e."
    )
    written.done("section", "edit", PLAN, "F", "-", "--over", "2", *SENCO, stdin=text)

    said = written.done("plan", "show", PLAN, "--section", "F")

    (line,) = [line for line in said.splitlines() if "no mark covers" in line]
    assert line.count("“") == line.count("”") == 3
    assert re.search(r"; … and \d+ more\]$", line)
    assert line.count("[") == line.count("]") == 1
    assert not STEERING.search(said)
    assert harmless(line) == line


def test_as_json_each_mark_says_from_where_to_where(written: Terminal) -> None:
    """The ranges that it covers and those that it does not make up the text."""
    sections = as_json(written, "plan", "show", PLAN)["sections"]

    (mark,) = sections["F"]["sign_offs"]
    assert (mark["words"], mark["words_covered"], mark["words_gone"]) == (19, 16, 1)
    ranges = sorted([*mark["covered"], *mark["uncovered"]])
    assert [start for start, _ in ranges] == [0, *(end for _, end in ranges[:-1])]
    assert ranges[-1][1] == len(LATER)
    assert [LATER[start:end].strip() for start, end in mark["uncovered"]] == ["day", "Every day."]
    assert sections["F"]["uncovered"] == mark["uncovered"]
    assert sections["B"]["uncovered"] is None
    assert set(sections["B"]) == set(sections["F"])


def test_as_it_was_on_a_day_the_marks_of_that_day_count(written: Terminal) -> None:
    """And no later ones."""
    written.now = written.now.replace(day=9)
    written.done("section", "edit", PLAN, "F", "-", "--over", "2", *SENCO, stdin="Nothing.")

    said = written.done("plan", "show", PLAN, "--section", "F", "--as-at", "2026-11-02")

    assert "not this text: covers 16 of 19 words; gone: “week”]" in said
