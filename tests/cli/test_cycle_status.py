"""A cycle's status and undoing at the terminal, and its page as text."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from ehcp_flow_cli.showing.pages.palette import contrast
from ehcp_flow_cli.showing.pages.parts import resource
from tests.cli.conftest import SENCO, Terminal
from tests.cli.test_pages import Parsed

FILE = """
name = "Autumn 2026"
choose = { years = ["3"] }
meeting = { on = 2027-01-12 }

[[write]]
sections = ["E", "F"]
role = "class teacher"
due_days_before_meeting = 21

[[review]]
sections = "F"
role = "SENCO"
due_days_before_meeting = 14
"""
NAME = "Autumn 2026"


@pytest.fixture
def cycle(plans: Terminal) -> Terminal:
    """A terminal whose cycle was applied."""
    plans.folder.joinpath("autumn.toml").write_text(FILE, encoding="utf-8")
    plans.done("cycle", "apply", "autumn.toml", *SENCO)
    return plans


def first(cycle: Terminal) -> tuple[str, str]:
    """A plan of the cycle, and the staff id of whoever was asked to write in it."""
    rows = json.loads(cycle.done("cycle", "status", NAME, "--json"))["tasks"]
    return rows[0]["reference"], rows[0]["staff_id"]


def rows_of(text: str) -> list[dict[str, str]]:
    """What CSV says."""
    return list(csv.DictReader(io.StringIO(text)))


def test_the_cycles_that_there_are(cycle: Terminal) -> None:
    """A line each, and what is there when there is none."""
    heading, line = cycle.done("cycle", "status").splitlines()
    assert heading.split() == ["cycle", "applied", "plans", "tasks", "done", "late"]
    assert line.startswith("Autumn 2026  2026-11-02 09:")
    (found,) = json.loads(cycle.done("cycle", "status", "--json"))
    assert found["name"] == NAME
    assert found["asked"] == 3 * found["plans"]
    assert rows_of(cycle.done("cycle", "status", "--csv"))[0]["percent"] == "0"


def test_no_cycle_yet(school: Terminal) -> None:
    """And how to set one up."""
    assert school.done("cycle", "status") == (
        "No cycle was applied here: `cycle apply FILE` sets one up.\n"
    )
    assert school.done("cycle", "status", "--json") == "[]\n"


def test_a_cycle_at_a_glance(cycle: Terminal) -> None:
    """The whole, then whoever most waits on, then what was declined."""
    plan, writer = first(cycle)
    cycle.done("section", "edit", plan, "F", "-", "--as", writer, stdin="Two hours.")
    cycle.done("section", "decline", plan, "E", "--because", "not qualified", "--as", writer)

    said = cycle.done("cycle", "status", NAME)

    lines = said.splitlines()
    assert re.fullmatch(
        r"Autumn 2026: applied 2026-11-02 09:\d\d by .+, \d+ plans, \d+ tasks\.", lines[0]
    )
    assert re.fullmatch(
        r"0 \(0 %\) done, 1 started, \d+ not started, 0 late, 1 declined\.", lines[1]
    )
    assert lines[2].startswith("who ")
    assert lines[-1].startswith(f"Declined: to write E of {plan}, by ")
    assert "(not qualified)" in lines[-1]
    assert lines[-1].endswith("should ask somebody else.")


@pytest.mark.parametrize("by", ["plan", "person", "organisation", "authority"])
def test_a_line_for_each(cycle: Terminal, by: str) -> None:
    """Each way, in all three forms, also over all cycles; the tasks add up."""
    total = json.loads(cycle.done("cycle", "status", NAME, "--json"))["asked"]
    for name in ((NAME,), ()):
        shown = cycle.done("cycle", "status", *name, "--by", by)
        data = json.loads(cycle.done("cycle", "status", *name, "--by", by, "--json"))
        table = rows_of(cycle.done("cycle", "status", *name, "--by", by, "--csv"))
        assert shown.splitlines()[0].split()[0] == {"person": "who"}.get(by, by)
        assert sum(row["asked"] for row in data) == total
        assert sum(int(row["asked"]) for row in table) == total


def test_csv_has_a_line_for_each_task(cycle: Terminal) -> None:
    """With staff ids, for a spreadsheet."""
    rows = rows_of(cycle.done("cycle", "status", NAME, "--csv"))

    assert {row["state"] for row in rows} == {"not started"}
    assert {(row["section"], row["task"]) for row in rows} == {
        ("E", "write"),
        ("F", "write"),
        ("F", "review"),
    }
    assert all(row["staff_id"] for row in rows)


def test_a_name_that_is_not_there(cycle: Terminal) -> None:
    """One line that names what is."""
    for words in (("status",), ("undo", *SENCO)):
        said = cycle.refused("cycle", words[0], "Autum 2026", *words[1:])
        assert "did you mean 'Autumn 2026'" in said
    assert "no cycle '\\x1b[31m'" in cycle.refused("cycle", "status", "\x1b[31m")


# Undoing


def test_a_preview_ends_with_3_and_records_nothing(cycle: Terminal) -> None:
    """As long as there is something to do."""
    before = cycle.head()

    result = cycle("cycle", "undo", NAME, "--preview", *SENCO)

    assert result.exit_code == 3
    assert re.fullmatch(
        r"Autumn 2026: \d+ reviews and \d+ tasks would be taken back\.\n", result.stdout
    )
    assert cycle.head() == before
    assert " taken back." in cycle.done("cycle", "undo", NAME, *SENCO)
    again = cycle.done("cycle", "undo", NAME, "--preview", *SENCO)
    assert again == "Autumn 2026: 0 reviews and 0 tasks would be taken back.\n"


def test_what_was_started_is_named_and_left(cycle: Terminal) -> None:
    """Until its plan is named."""
    plan, writer = first(cycle)
    cycle.done("section", "accept", plan, "F", "--as", writer)

    said = cycle.done("cycle", "undo", NAME, "--because", "The day is wrong.", *SENCO)

    assert re.search(rf"^Left: F of {plan} to write, .+ \(accepted\)\.$", said, re.MULTILINE)
    assert "with --plan PLAN, or --started for all" in said
    named = json.loads(cycle.done("cycle", "undo", NAME, "--plan", plan, "--json", *SENCO))
    assert (named["reviews"], named["tasks"], named["left"]) == (1, 2, [])
    assert [one["reference"] for one in named["taken_back"]] == [plan]
    assert "0 reviews and 0 tasks" in cycle.done("cycle", "undo", NAME, "--started", *SENCO)


def test_more_than_a_few_are_counted(cycle: Terminal) -> None:
    """Five are named; a later cycle that took over is named, too."""
    tasks = json.loads(cycle.done("cycle", "status", NAME, "--json"))["tasks"]
    for task in tasks:
        if (task["section"], task["task"]) == ("F", "write"):
            words = ("section", "accept", task["reference"], "F", "--as", task["staff_id"])
            cycle.done(*words)
    left = 2 * sum((task["section"], task["task"]) == ("F", "write") for task in tasks)
    assert left > 5

    said = cycle.done("cycle", "undo", NAME, *SENCO).splitlines()

    assert sum(line.startswith("Left: F of ") for line in said) == 5
    assert f"Left: {left - 5} more." in said
    later = FILE.replace(NAME, "Spring").replace("2027-01-12", "2027-03-02")
    cycle.folder.joinpath("spring.toml").write_text(later, encoding="utf-8")
    cycle.done("cycle", "apply", "spring.toml", *SENCO)
    assert "A later review took over: " in cycle.done("cycle", "undo", NAME, *SENCO)
    assert "closed" in cycle.done("cycle", "status", NAME)


def test_a_teacher_does_not_undo(cycle: Terminal) -> None:
    """Nor does somebody who does not say who they are."""
    _, writer = first(cycle)

    assert "may not take back" in cycle.refused("cycle", "undo", NAME, "--as", writer)
    assert "Say who acts" in cycle.refused("cycle", "undo", NAME)


# The page


def page_of(cycle: Terminal) -> str:
    """The page that is written into a file."""
    said = cycle.done("cycle", "status", NAME, "--html", "status.html")
    assert said == "Autumn 2026 written to status.html.\n"
    file: Path = cycle.folder / "status.html"
    assert file.stat().st_mode & 0o077 == 0
    return file.read_text(encoding="utf-8")


def test_the_page_is_one_file_that_may_load_nothing(cycle: Terminal) -> None:
    """No script, no address, no style of its own on an element, every id once."""
    page = page_of(cycle)
    parsed = Parsed(page)

    policy = next(str(m["content"]) for m in parsed.of("meta") if "http-equiv" in m)
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    assert not re.search(r"url\(|@import", page)
    assert not [found for _, found in parsed.elements if {"href", "src"} & set(found)]
    assert not {tag for tag, _ in parsed.elements} & {"script", "img", "link", "iframe"}
    assert not [found for _, found in parsed.elements if "style" in found]
    ids = [str(found["id"]) for _, found in parsed.elements if "id" in found]
    assert len(ids) == len(set(ids))
    for _, found in parsed.elements:
        assert set((found.get("aria-labelledby") or "").split()) <= set(ids)


def test_the_page_is_the_same_each_time(cycle: Terminal) -> None:
    """But for the minute at which it was made."""
    made = re.compile(r"Page made .*? by")

    assert made.sub("", page_of(cycle)) == made.sub("", page_of(cycle))


def test_the_page_is_about_one_cycle_and_has_everything(cycle: Terminal) -> None:
    """Other forms are asked for by themselves."""
    assert "say which" in cycle.refused("cycle", "status", "--html", "x.html")
    for other in (("--json",), ("--csv",), ("--by", "plan")):
        said = cycle.refused("cycle", "status", NAME, "--html", "x.html", *other)
        assert "leave out" in said


@pytest.mark.parametrize(
    ("dark", "paper"), [(False, "#ffffff"), (True, "#14171b")], ids=["light", "dark"]
)
def test_the_lines_of_the_chart_stand_out(dark: bool, paper: str) -> None:
    """At least 3 to 1 for what is drawn (WCAG 2.2, 1.4.11); here as much as for text."""
    style = resource("status.css")
    light, _, rest = style.partition("@media (prefers-color-scheme: dark)")
    part = rest.partition("@media")[0].partition("body")[0] if dark else light
    colours = re.findall(r"--\w+: (#[0-9a-f]{6});", part)

    assert len(colours) == 5
    assert all(contrast(colour, paper) >= 4.5 for colour in colours)


def test_the_page_tells_of_each_authority_where_there_are_several(cycle: Terminal) -> None:
    """And says nothing of them in the store of a school whose plans say none."""
    cycle.done("cycle", "status", NAME, "--html", "without.html")
    assert "authority that maintains" not in Path("without.html").read_text(encoding="utf-8")
    plan, _ = first(cycle)
    rows = json.loads(cycle.done("plan", "list", "--json"))
    (pupil,) = [row for row in rows if row["reference"] == plan]
    export = "UPN,Surname,Forename,DOB,Year,SEN Status,LA\n" + ",".join(
        pupil[key] for key in ("upn", "surname", "forename", "born", "year")
    )
    Path("la.csv").write_text(f"{export},E,Marl<shire>\n", encoding="utf-8")
    cycle.done("plan", "import", "la.csv", "--yes", *SENCO)

    cycle.done("cycle", "status", NAME, "--html", "several.html")

    page = Path("several.html").read_text(encoding="utf-8")
    assert "By the authority that maintains the plans" in page
    assert "Marl&lt;shire&gt;" in page
    assert "Marl<shire>" not in page
