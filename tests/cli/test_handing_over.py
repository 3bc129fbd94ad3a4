"""Away, orphaned, handed over, asked in writing: as it is told at the terminal, and in files."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SENCO, Terminal

JON = ("people", "away", "s03", "--from", "2026-11-02", "--until", "2026-11-20")
OUT = ("cycle", "requests", "--out", "out")


def rows(text: str) -> list[dict[str, Any]]:
    """What a list gives as JSON."""
    found: list[dict[str, Any]] = json.loads(text)
    return found


@pytest.fixture
def asked(plans: Terminal) -> Terminal:
    """Jon Hall is asked for two sections of a pupil whom Adaeze Bello teaches as well."""
    plan = rows(plans.done("plan", "list", "--year", "7", "--json"))[0]["reference"]
    for section in "EF":
        words = ("section", "assign", plan, section, "--to", "s03", "--due", "2026-12-04")
        plans.done(*words, *SENCO)
    return plans


# Away


def test_somebody_is_away_and_what_waits_on_them_is_told(asked: Terminal) -> None:
    """The same again is no failure."""
    told = asked.done(*JON, *SENCO)
    again = asked.done(*JON, *SENCO)

    assert told.splitlines() == [
        "s03 is away from 2026-11-02 to 2026-11-20.",
        "2 tasks wait on them meanwhile: `work --orphaned` shows what, `cycle reassign` hands it "
        "over.",
    ]
    assert again == (
        "Nothing recorded: Jon Hall is on record as away from 2026-11-02 to 2026-11-20 already.\n"
    )
    assert "may not say when others are away" in asked.refused(*JON, "--as", "s02")
    assert "cannot end on" in asked.refused(*JON[:5], "--until", "2026-11-01", *SENCO)


def test_the_list_of_people_says_who_is_away(asked: Terminal) -> None:
    """From now on; where nobody is, nothing is said of it."""
    assert "away" not in asked.done("people", "list")
    asked.done(*JON, *SENCO)
    asked.done("people", "away", "s02", "--from", "2026-10-01", "--until", "2026-10-02", *SENCO)

    table = asked.done("people", "list")
    people = {row["staff_id"]: row for row in rows(asked.done("people", "list", "--json"))}

    assert table.splitlines()[0].split()[-1] == "away"
    (line,) = (line for line in table.splitlines() if line.startswith("s03 "))
    assert line.endswith("from 2026-11-02 to 2026-11-20")
    assert people["s03"]["away"] == [{"since": "2026-11-02", "until": "2026-11-20"}]
    assert "away" not in people["s02"]
    assert "away" not in asked.done("people", "list", "--on", "2026-11-21").splitlines()[0]


# Orphaned and handed over


def test_what_waits_on_nobody_is_listed_with_why(asked: Terminal) -> None:
    """And nothing else."""
    assert asked.done("work", "--orphaned") == "Nothing waits on anybody who is not there.\n"
    asked.done(*JON, *SENCO)

    found = rows(asked.done("work", "--orphaned", "--json"))

    assert [(row["section"], row["name"], row["why"]) for row in found] == [
        (section, "Jon Hall", "is away from 2026-11-02 to 2026-11-20") for section in "EF"
    ]
    assert asked.done("work", "--orphaned", "--for", "s02").startswith("Nothing waits")
    assert asked("work", "--orphaned", "--load").exit_code == 2


def test_it_is_shown_and_then_handed_over(asked: Terminal) -> None:
    """A preview with something to do ends with 3, and the same again with 0."""
    asked.done(*JON, *SENCO)
    words = ("cycle", "reassign", "--orphaned", *SENCO)
    before = asked.head()

    preview = asked(*words, "--preview")
    assert (preview.exit_code, asked.head()) == (3, before)
    told = asked.done(*words)
    again = asked(*words, "--preview")

    assert preview.stdout.replace(" would be", "") == told
    lines = told.splitlines()
    assert lines[0].split() == ["plan", "section", "to", "due", "who", "instead", "of"]
    assert "Adaeze Bello" in lines[1]
    assert lines[1].endswith("Jon Hall, who is away from 2026-11-02 to 2026-11-20")
    assert lines[3] == "2 tasks handed over in 1 plan."
    assert (again.exit_code, again.stdout) == (0, "No tasks would be handed over.\n")
    work = rows(asked.done("work", "--json"))
    assert {row["name"] for row in work} == {"Adaeze Bello"}


def test_what_nobody_can_take_is_told(asked: Terminal) -> None:
    """With why, and in JSON task by task."""
    for who in ("s03", "s04"):
        asked.done("people", "away", who, "--from", "2026-11-02", *SENCO)

    told = asked.done("cycle", "reassign", "--orphaned", *SENCO)
    found = json.loads(asked.done("cycle", "reassign", "--orphaned", "--json", *SENCO))

    assert told.splitlines()[0] == "No tasks handed over."
    assert "(Jon Hall): whoever else is subject teacher is not there for it" in told
    assert found["handed"] == []
    assert [left["section"] for left in found["left"]] == ["E", "F"]


def test_one_persons_tasks_go_to_whom_one_says(asked: Terminal) -> None:
    """Of these plans only."""
    plan = rows(asked.done("work", "--json"))[0]["reference"]
    words = ("cycle", "reassign", "--from", "Jon Hall", "--to", "s02", *SENCO)

    assert asked.done(*words, "--plan", "2026-0002").startswith("No tasks")
    assert "2 tasks handed over in 1 plan." in asked.done(*words, "--plan", plan)
    assert "ask for it" in asked.refused(
        "section", "edit", plan, "F", "-", "--as", "s03", stdin="A"
    )


@pytest.mark.parametrize("which", [(), ("--orphaned", "--from", "s03")], ids=["neither", "both"])
def test_whose_tasks_must_be_said(plans: Terminal, which: tuple[str, ...]) -> None:
    """One person's, or everybody's who is not there."""
    result = plans("cycle", "reassign", *which, *SENCO)

    assert result.exit_code == 2
    assert "Say whose tasks" in result.stderr


# Asked in writing


def files(terminal: Terminal) -> dict[str, bytes]:
    """What is in the folder."""
    return {file.name: file.read_bytes() for file in (terminal.folder / "out").iterdir()}


def test_each_person_gets_a_text_and_an_e_mail(asked: Terminal) -> None:
    """That only whoever wrote them can read, and that are the same when written again."""
    told = asked.done(*OUT)
    first = files(asked)
    again = asked.done(*OUT)

    assert told == (
        "Messages: 1, about 2 sections. New files in out: 2, there already: 0. Nothing was sent.\n"
    )
    assert again.startswith("Messages: 1, about 2 sections. New files in out: 0, there already: 2.")
    assert files(asked) == first
    assert sorted(Path(name).suffix for name in first) == [".eml", ".txt"]
    assert len({Path(name).stem for name in first}) == 1
    (text,) = (data.decode() for name, data in first.items() if name.endswith(".txt"))
    assert "Dear Jon Hall," in text
    if sys.platform != "win32":
        assert stat.S_IMODE((asked.folder / "out").stat().st_mode) == 0o700
        for file in (asked.folder / "out").iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_other_file_is_written_over(asked: Terminal) -> None:
    """Not even some of the others are written then."""
    asked.done("section", "assign", "2026-0001", "A", "--to", "s02", *SENCO)
    asked.done(*OUT)
    (text,) = (asked.folder / "out").glob("s02-*.txt")
    for file in (asked.folder / "out").iterdir():
        if file != text:
            file.unlink()
    text.write_text("My own notes.", encoding="utf-8")

    said = asked.refused(*OUT)

    assert "is there already and says something else" in said
    assert files(asked) == {text.name: b"My own notes."}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_no_link_is_followed(asked: Terminal) -> None:
    """Not one to nowhere either."""
    asked.done(*OUT)
    (text,) = (asked.folder / "out").glob("*.txt")
    for target in ("elsewhere", str(text.with_suffix(".eml"))):
        text.unlink()
        os.symlink(target, text)
        assert "is there already" in asked.refused(*OUT)
    assert not (asked.folder / "out" / "elsewhere").exists()


def test_a_folder_that_cannot_be_written_to_is_a_sentence(asked: Terminal) -> None:
    """With advice."""
    (asked.folder / "file").write_text("A file.", encoding="utf-8")

    assert "name another folder" in asked.refused("cycle", "requests", "--out", "file/out")


def test_what_else_somebody_should_know_is_told(asked: Terminal) -> None:
    """Addresses that are not known, and tasks that wait on people who are not there."""
    asked.done("people", "away", "s03", "--from", "2026-11-02", *SENCO)
    staff = (
        "Staff ID,Name,Email,Role,From,Until,Qualification,Teaches years,Days,Organisation\n"
        "s20,Kim Oduya,,class teacher,2024-09-01,,QTS,R,,Hillside School\n"
    )
    (asked.folder / "more.csv").write_text(staff, encoding="utf-8")
    asked.done("people", "import", "more.csv", *SENCO)
    asked.done("section", "assign", "2026-0001", "A", "--to", "s20", *SENCO)

    lines = asked.done(*OUT).splitlines()

    assert lines[1] == "No e-mail address is known of: Kim Oduya (s20)."
    assert lines[2].startswith("Waiting on people who are not there: 2; `work --orphaned`")


def test_nothing_asked_is_no_file(plans: Terminal) -> None:
    """And a cycle that nobody knows is refused."""
    assert plans.done(*OUT) == "Nothing is asked of anybody.\n"
    assert not (plans.folder / "out").exists()
    assert "No cycle 'Spring' was applied here" in plans.refused(*OUT, "Spring")
