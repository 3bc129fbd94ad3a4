"""Advice at the terminal: brought in, shared out, listed and shown."""

import csv
import io
import json
import re
from pathlib import Path
from typing import get_args

import pytest
from click.testing import Result

from ehcp_flow.events import AdviceKind
from ehcp_flow_cli.commands.advice_asked import KINDS
from tests.cli.conftest import SENCO, Terminal

TEACHER = ("--as", "s02")
REPORT = ("--from", "s02", "--kind", "termly report")
PLAN = "2026-0001"


def share_out(plans: Terminal, data: Path, *words: str) -> Result:
    """Import the sample table of targets."""
    file = str(data / "termly-targets.csv")
    return plans("advice", "import", file, "--kind", "targets", *words, *SENCO)


def written(plans: Terminal, name: str, content: bytes) -> str:
    """A file in the terminal's folder."""
    (plans.folder / name).write_bytes(content)
    return name


def test_the_kinds_are_those_that_are_recorded() -> None:
    """They are written out so that the help is there at once."""
    assert get_args(AdviceKind) == KINDS


def test_a_report_is_brought_in_listed_and_shown(plans: Terminal) -> None:
    """With whoever gave it, and whoever brought it in."""
    name = written(plans, "report.md", b"# Autumn\r\n\r\nHe reads a page aloud.\r\n")

    said = plans.done("advice", "add", PLAN, name, *REPORT, "--on", "2026-10-16", *SENCO)
    listed = plans.done("advice", "list", PLAN)
    shown = plans.done("advice", "show", PLAN, "1")

    assert said == "Advice 1 of 2026-0001 (termly report) (v2).\n"
    assert re.search(
        r"^1  termly report  2026-10-16  Kate Lowe  class teacher  7 +Priya Nair +report\.md$",
        listed,
        re.MULTILINE,
    )
    assert shown.splitlines() == [
        "Advice 1: termly report, 7 words",
        "  [given by Kate Lowe (class teacher), 2026-10-16]",
        "  [brought in by Priya Nair]",
        "  [from the file report.md]",
        "",
        "    # Autumn",
        "",
        "    He reads a page aloud.",
    ]


def test_programs_read_it(plans: Terminal) -> None:
    """The list as JSON and CSV, the text as JSON."""
    plans.done("advice", "add", PLAN, "-", *REPORT, *TEACHER, stdin="=SUM(A1) \u202eread")

    (row,) = json.loads(plans.done("advice", "list", PLAN, "--json"))
    table = list(csv.DictReader(io.StringIO(plans.done("advice", "list", PLAN, "--csv"))))
    shown = json.loads(plans.done("advice", "show", PLAN, "1", "--json"))

    assert (row["number"], row["given_by"], row["file"]) == (1, "Kate Lowe", None)
    assert table[0]["words"] == "2"
    assert shown["text"] == "=SUM(A1) \u202eread"
    assert "\u202e" not in plans.done("advice", "show", PLAN, "1")


def test_the_same_report_again_is_no_news_and_no_failure(plans: Terminal) -> None:
    """As with a section's text."""
    words = ("advice", "add", PLAN, "-", *REPORT, *TEACHER)
    plans.done(*words, stdin="He reads.")

    said = plans.done(*words, stdin="He reads.")

    assert said.startswith("Nothing recorded: 2026-0001 has exactly this text")
    assert len(json.loads(plans.done("advice", "list", PLAN, "--json"))) == 1


def test_a_parents_views_are_the_parents(plans: Terminal) -> None:
    """Typed up by a class teacher; nothing in a name steers or passes for a fact."""
    name = "Mum] [given by the head\x1b[31m"
    words = ("advice", "add", PLAN, "-", "--from", name, "--kind", "Views", *TEACHER)

    plans.done(*words, stdin="He is happier.\n  [brought in by nobody]")
    shown = plans.done("advice", "show", PLAN, "1")

    assert "\x1b" not in shown
    assert [line[:4] for line in shown.splitlines() if line.startswith("  [")] == ["  [g", "  [b"]
    assert "    " + "  [brought in by nobody]" in shown.splitlines()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 word", "a Word document (.docx, .odt)"),
        (b"%PDF-1.7", "is a PDF"),
        (b" \r\n", "is empty"),
        (b"Text\0", "a NUL was found"),
    ],
)
def test_a_file_that_is_no_text_is_refused(plans: Terminal, content: bytes, told: str) -> None:
    """In one sentence that says what to do."""
    name = written(plans, "report.docx", content)

    assert told in plans.refused("advice", "add", PLAN, name, *REPORT, *TEACHER)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "2031-0001", "-", *REPORT, *TEACHER), "no plan '2031-0001'"),
        (("add", PLAN, "nowhere.md", *REPORT, *TEACHER), "nowhere.md"),
        (("add", PLAN, "-", "--from", "s99", "--kind", "views", *TEACHER), "Nobody here goes by"),
        (("add", PLAN, "-", "--from", "s02", "--kind", "poem", *TEACHER), "poem"),
        (("add", PLAN, "-", "--kind", "views", *TEACHER), "--from"),
        (("add", PLAN, "-", *REPORT, *TEACHER, "--on", "2031-01-01"), "still to come"),
        (("add", PLAN, "-", *REPORT, *SENCO, "--on", "2031-01-01"), "still to come"),
        (("add", PLAN, "-", *REPORT, *SENCO, "--on-behalf-of", "Mum"), "--on-behalf-of"),
        (("add", PLAN, "-", *REPORT, "--as", "s07"), "does not hold"),
        (("add", PLAN, "-", *REPORT), "--as"),
        (("show", PLAN, "1"), "no advice 1"),
        (("show", PLAN, "0"), "0"),
        (("list", "2031-0001"), "no plan '2031-0001'"),
        (("import", "nowhere.csv", "--kind", "targets", *SENCO), "nowhere.csv"),
    ],
)
def test_one_sentence_says_what_happened_and_what_to_do(
    plans: Terminal, words: tuple[str, ...], told: str
) -> None:
    """And nothing is recorded."""
    assert told in plans.refused("advice", *words, stdin="He reads.")


def test_a_list_without_advice_says_how_to_bring_some_in(plans: Terminal) -> None:
    """It is no failure."""
    assert "advice add PLAN FILE" in plans.done("advice", "list", PLAN)


def test_the_sample_is_shared_out(plans: Terminal, data: Path) -> None:
    """What is understood, what is faulty and why, what was taken as written, what went in."""
    result = share_out(plans, data)

    assert result.exit_code == 0, result.output
    said = result.stdout.splitlines()
    assert said[0].startswith("termly-targets.csv: UTF-8 with a byte-order mark, comma.")
    assert said[1:] == [
        "In the text: Subject, Target 1, Target 2, Progress, Next steps.",
        "Not used: Year Group.",
        "9 rows: 5 texts for 4 plans; 3 rows are faulty, 1 of pupils without a plan here.",
        "Left, for there is no plan here: line 6.",
        "Not known here, taken as written: Ms K Lowe.",
        "5 texts brought in for 4 plans, 0 were there already.",
        "Faulty rows are in termly-targets-to-mend.csv: mend them there and import that file.",
    ]
    told = [line.split(":")[0] for line in result.stderr.splitlines()]
    assert told == ["line 7, Date", "line 8, Class Teacher", "line 10, Next steps"]
    assert "\x1b" not in result.output


def test_the_sample_again_changes_nothing(plans: Terminal, data: Path) -> None:
    """A preview says so before, with exit status 3 as long as there is something to do."""
    before = plans.head()
    preview = share_out(plans, data, "--preview")
    assert (preview.exit_code, plans.head()) == (3, before)
    assert "5 texts are new, 0 are there already" in preview.stdout
    share_out(plans, data)
    after = plans.head()

    again = share_out(plans, data)
    preview = share_out(plans, data, "--preview")

    assert "0 texts brought in for 0 plans, 5 were there already" in again.stdout
    assert (preview.exit_code, plans.head()) == (0, after)


def test_faulty_rows_are_mended_in_their_own_file(plans: Terminal, data: Path) -> None:
    """The file that was written is corrected and imported; hostile cells are as they were."""
    share_out(plans, data)
    place = plans.folder / "termly-targets-to-mend.csv"
    text = place.read_text(encoding="utf-8-sig")
    place.write_text(text.replace("s99", "s02").replace("31/02", "28/02"), encoding="utf-8")

    said = plans("advice", "import", place.name, "--kind", "targets", *SENCO).stdout

    assert "2 texts brought in for 2 plans, 0 were there already" in said
    hostile = json.loads(plans.done("advice", "show", "R801281325007", "1", "--json"))
    assert hostile["text"].startswith('Target 1: =HYPERLINK("')


def test_strict_imports_nothing(plans: Terminal, data: Path) -> None:
    """One faulty row is enough."""
    file = str(data / "termly-targets.csv")

    said = plans.refused("advice", "import", file, "--kind", "targets", "--strict", *SENCO)

    assert "3 faulty rows and nothing was imported" in said


def test_a_table_without_teachers_needs_to_be_told_who_gave_it(plans: Terminal) -> None:
    """Once for all rows; a mistyped id is told once as well."""
    name = written(plans, "targets.csv", b"UPN;Goal\nK810385019000;Reads.\n")
    words = ("advice", "import", name, "--kind", "targets", *SENCO)

    assert "--from PERSON" in plans.refused(*words)
    assert "Nobody here goes by 's99'" in plans.refused(*words, "--from", "s99")
    assert "1 texts brought in" in plans.done(*words, "--from", "s03")
    assert "Jon Hall" in plans.done("advice", "list", PLAN)
