"""One command for many plans: which are meant, what became of each, and how it ends."""

import json
from typing import Any

import pytest

from tests.cli.conftest import SENCO, Terminal

HEAD = ("--as", "s06")
YEAR_3 = ("section", "assign", "F", "--year", "3", "--to", "s02")


def rows(text: str) -> list[dict[str, Any]]:
    """What a list gives as JSON."""
    found: list[dict[str, Any]] = json.loads(text)
    return found


def references(terminal: Terminal, *options: str) -> list[str]:
    """The references of plans."""
    return [row["reference"] for row in rows(terminal.done("plan", "list", "--json", *options))]


def write(terminal: Terminal, *plans: str, who: tuple[str, str] = SENCO) -> None:
    """Write section F of some plans and submit it."""
    for plan in plans:
        terminal.done("section", "edit", plan, "F", "-", *who, stdin=f"Two hours for {plan}.")
        terminal.done("section", "submit", plan, "F", *who)


def meant(terminal: Terminal, *words: str, stdin: str | None = None) -> list[str]:
    """Which plans a command means."""
    result = terminal(*words, "--preview", "--json", stdin=stdin)
    found = [row["plan"] for row in rows(result.stdout)]
    assert result.exit_code == (3 if found else 0), result.output
    return found


# Which are meant


def test_a_list_of_plans_comes_in_a_file_or_by_standard_input(plans: Terminal) -> None:
    """By reference or UPN; what is no plan is told, and stops nothing."""
    upn = rows(plans.done("plan", "list", "--json"))[1]["upn"]
    text = f"# This week\n2026-0001\n{upn}  # by UPN\n2026-0001\n"
    (plans.folder / "list.txt").write_text(text, encoding="utf-8")
    words = ("section", "assign", "F", "--to", "s02", *SENCO)

    assert meant(plans, *words, "--plans", "list.txt") == references(plans)[:2]
    assert meant(plans, *words, "--plans", "-", stdin=text) == references(plans)[:2]
    result = plans(*words, "--plans", "-", stdin=f"{text}2026-9999\n")

    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["plan", "what", "because"]
    assert [line.split("  ")[:2] for line in lines[1:3]] == [
        [plan, "done"] for plan in references(plans)[:2]
    ]
    assert "There is no plan '2026-9999' here" in lines[3]
    assert lines[4] == "2 done, 0 with nothing to do, 1 refused."
    assert result.stderr.startswith("ehcp-flow: 1 of 3 plans were refused")


def test_filters_say_which_are_meant(plans: Terminal) -> None:
    """All of them together."""
    year_3 = references(plans, "--year", "3")
    assert len(year_3) > 3
    words = ("section", "assign", "F", "--to", "s02", *SENCO)
    assert meant(plans, *words, "--year", "3") == year_3
    assert meant(plans, *words, "--year", "3", "--status", "empty") == year_3
    assert meant(plans, *words, "--year", "3", "--status", "submitted") == []
    plans.done(*YEAR_3, *SENCO)
    plans.done("section", "assign", year_3[0], "F", "--to", "s06", "--to-review", *SENCO)

    write(plans, *year_3[:2], who=("--as", "s02"))

    assert meant(plans, *words, "--status", "submitted") == year_3[:2]
    assert meant(plans, "section", "submit", "F", "--waiting-on", "s02", *SENCO) == year_3[2:]
    approve = ("section", "approve", "F", *HEAD)
    assert meant(plans, *approve, "--waiting-on", "Owen Pryce") == year_3[:1]
    assert meant(plans, *approve, "--waiting-on", "s02") == []
    listed = "\n".join([year_3[1], year_3[2]])
    assert meant(plans, *approve, "--plans", "-", "--status", "submitted", stdin=listed) == [
        year_3[1]
    ]


def test_those_of_a_cycle(plans: Terminal) -> None:
    """By the latest review; a cycle that nobody knows is refused."""
    (plans.folder / "autumn.toml").write_text(
        'name = "Autumn 2026"\nmeeting = { on = 2026-12-10 }\n[choose]\nyears = ["3"]\n'
        '[[write]]\nsections = ["F"]\nrole = "class teacher"\ndue_weeks_before_meeting = 2\n',
        encoding="utf-8",
    )
    plans.done("cycle", "apply", "autumn.toml", *SENCO)
    words = ("section", "assign", "F", "--to", "s06", "--to-review", *SENCO)

    assert meant(plans, *words, "--cycle", "autumn 2026") == references(plans, "--year", "3")
    assert "in a cycle 'Spring'" in plans.refused(*words, "--cycle", "Spring")


def test_a_preview_shows_the_pupils_and_records_nothing(plans: Terminal) -> None:
    """Also what is no plan."""
    before = plans.head()

    result = plans(*YEAR_3, "--preview", *SENCO)
    listed = plans(
        "section", "submit", "F", "--plans", "-", "--preview", *SENCO, stdin="2026-0001\nnone\n"
    )

    assert (result.exit_code, listed.exit_code, plans.head()) == (3, 3, before)
    assert result.stdout.splitlines()[0].split() == ["plan", "pupil", "because"]
    assert "There is no plan 'none' here" in listed.stdout
    nothing = plans("section", "submit", "F", "--plans", "-", "--preview", *SENCO, stdin="# \n")
    assert (nothing.exit_code, nothing.stdout) == (0, "No plan is meant.\n")


# What becomes of them


def test_it_ends_well_when_all_is_done_or_nothing_is_to_do(plans: Terminal) -> None:
    """Asked again, too."""
    year_3 = references(plans, "--year", "3")
    write(plans, *year_3[:3])

    first = rows(plans.done("section", "approve", "F", "--status", "submitted", "--json", *HEAD))
    again = plans.done(
        "section", "approve", "F", "--plans", "-", *HEAD, stdin="\n".join(year_3[:3])
    )

    assert [(row["plan"], row["outcome"], row["said"]) for row in first] == [
        (plan, "done", None) for plan in year_3[:3]
    ]
    assert "0 done, 3 with nothing to do, 0 refused." in again
    assert "No plan is meant." in plans.done(
        "section", "approve", "F", "--status", "submitted", *HEAD
    )


def test_return_says_the_same_to_all(plans: Terminal) -> None:
    """And needs a reason for each."""
    two = references(plans)[:2]
    write(plans, *two)
    words = ("section", "return", "F", "--status", "submitted", *HEAD)
    assert plans(*words).exit_code == 1

    plans.done(*words, "--because", "Say who gives them.")

    work = rows(plans.done("work", "--json"))
    assert all(row["why"] == "Say who gives them." for row in work if row["what"] == "rewrite")
    plan = json.loads(plans.done("plan", "show", two[0], "--section", "F", "--json"))
    assert "returned" in json.dumps(plan)


def test_a_command_id_is_one_for_each_plan(plans: Terminal) -> None:
    """Given again, nothing is recorded twice."""
    words = (*YEAR_3, "--command-id", "night-1", *SENCO)
    plans.done(*words)
    before = plans.head()

    again = plans.done(*words)

    assert "recorded before" in again
    assert plans.head() == before


# What is not understood

USAGE = {
    "one and many": (("approve", "2026-0001", "F", "--year", "3"), "not both"),
    "no section": (("approve", "--year", "3"), "Missing argument 'SECTION'"),
    "nothing": (("approve",), "Missing argument 'PLAN'"),
    "one without a section": (("approve", "2026-0001"), "Missing argument 'SECTION'"),
    "a preview of one": (("approve", "2026-0001", "F", "--preview"), "are for many plans"),
    "JSON of one": (("submit", "2026-0001", "F", "--json"), "are for many plans"),
    "a revision": (("approve", "F", "--year", "3", "--revision", "1"), "is for one plan"),
    "a year": (("approve", "F", "--year", "soon"), "--year"),
    "a status": (("approve", "F", "--status", "fine"), "--status"),
}


@pytest.mark.parametrize(("words", "said"), USAGE.values(), ids=USAGE)
def test_what_is_not_understood_is_told(plans: Terminal, words: tuple[str, ...], said: str) -> None:
    """With status 2, and nothing recorded."""
    result = plans("section", *words, *SENCO)

    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_what_would_be_refused_of_every_plan_is_refused_once(plans: Terminal) -> None:
    """Who acts, which section, which file, which command id."""
    for words, said in (
        (("section", "approve", "Z", "--year", "3", *SENCO), "There is no section 'Z'"),
        (("section", "approve", "F", "--year", "3", "--as", "x99"), "Nobody here goes by"),
        (("section", "approve", "F", "--waiting-on", "x99", *SENCO), "Nobody here goes by"),
        (("section", "approve", "F", "--plans", "none.txt", *SENCO), "cannot be read"),
        ((*YEAR_3, *SENCO, "--command-id", ""), "A command id is"),
    ):
        assert said in plans.refused(*words)


def test_hostile_lines_of_a_list_steer_nothing(plans: Terminal) -> None:
    """They are told as no plans."""
    text = "\x1b[31mred\n\u202e2026\n'; DROP TABLE plans; --\n../../etc\n" + "x" * 5_000

    result = plans("section", "submit", "F", "--plans", "-", *SENCO, stdin=text)

    assert result.exit_code == 1
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output
    assert "0 done, 0 with nothing to do, 5 refused." in result.stdout
    not_text = plans.refused("section", "submit", "F", "--plans", "-", *SENCO, stdin=b"\xff\xfe1")
    assert "is not UTF-8" in not_text


def test_one_plan_is_told_as_ever(plans: Terminal) -> None:
    """In a line, and a refusal in one."""
    told = plans.done("section", "assign", "2026-0001", "f", "--to", "s02", *SENCO)

    assert told == "F of 2026-0001 assigned to s02 to write (v2).\n"
    assert "has no text yet" in plans.refused("section", "submit", "2026-0001", "F", *SENCO)
