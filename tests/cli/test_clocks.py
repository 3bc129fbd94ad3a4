"""By when the law asks for what, at the terminal."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest

from ehcp_flow.events import FactRecorded
from ehcp_flow.plans import open_plans
from ehcp_flow.recording import encode
from ehcp_flow.storage import open_store
from tests.cli.conftest import SENCO, Terminal
from tests.examples import hand

REVIEW: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("2026-09-20", "review-meeting-arranged", {"meeting": "2026-10-21"}),
    ("2026-10-01", "invitation-sent", {}),
    ("2026-10-21", "review-meeting-held", {}),
)


def record(at: Terminal, plan: str, *facts: tuple[str, str, dict[str, str]]) -> None:
    """Enter facts of a plan."""
    with open_plans(at.store, clock=lambda: at.now) as plans:
        now = plans.show(plan)
    store = open_store(at.store)
    act = hand("Eve", "LA SEN officer", at=at.now)
    for n, (on, fact, details) in enumerate(facts, 1):
        event = FactRecorded(
            **hand("Eve", act.role, at=at.now, on=date.fromisoformat(on)).act("decider"),
            number=len(now.facts) + n,
            fact=fact,
            details=tuple(details.items()),
        )
        store.recorder("main").insert_events([encode(now.stream, now.version + n, event)])
    store.close()


@pytest.fixture
def reviewed(plans: Terminal) -> Terminal:
    """A school with a plan whose review has come to its meeting."""
    record(plans, "2026-0001", *REVIEW)
    return plans


def rows(at: Terminal, *words: str) -> list[dict[str, Any]]:
    """What a command printed as JSON."""
    found: list[dict[str, Any]] = json.loads(at.done("clocks", *words, "--json"))
    return found


def by_rule(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The limits of one plan, each rule's latest one."""
    return {row["rule"]: row for row in sorted(found, key=lambda row: row["trigger_day"])}


def test_the_most_urgent_comes_first(reviewed: Terminal) -> None:
    """Of all plans; nothing that is over is among them, and each says where it stands."""
    found = rows(reviewed)
    days = [row["last_day"] for row in found if row["state"] in ("overdue", "due")]

    assert days == sorted(days)
    assert {row["state"] for row in found} <= {"overdue", "due", "disapplied"}
    assert all(row["citation"] and row["mark"] and row["explanation"] for row in found)
    told = reviewed.done("clocks").splitlines()
    assert told[0].split() == ["by", "is", "plan", "what", "who", "stands", "in", "rule"]
    assert len(told) == len(found) + 1


def test_one_plan_with_what_is_over(reviewed: Terminal) -> None:
    """Met, missed, late and due."""
    found = by_rule(rows(reviewed, "--plan", "2026-0001"))

    assert (found["D22"]["state"], found["D22"]["met_on"]) == ("met", "2026-10-01")
    assert found["D23"]["state"] == "missed"
    assert (found["D24"]["state"], found["D24"]["days_left"]) == ("due", 2)
    assert found["D25"]["last_day"] == "2026-11-18"
    told = reviewed.done("clocks", "--plan", "2026-0001")
    assert "due in 2 days" in told
    assert "met, 2026-10-01" in told
    assert "(regulation) [recalled]" in told


def test_a_choice_among_them(reviewed: Terminal) -> None:
    """What is overdue, what is due soon, what stands so, one rule."""
    assert {row["state"] for row in rows(reviewed, "--overdue")} <= {"overdue"}
    soon = rows(reviewed, "--due-within", "2", "--plan", "2026-0001")
    assert [row["rule"] for row in soon if row["state"] == "due"] == ["D24"]
    missed = rows(reviewed, "--state", "missed", "--plan", "2026-0001")
    assert [row["rule"] for row in missed] == ["D23"]
    assert {row["rule"] for row in rows(reviewed, "--rule", "D24")} == {"D24"}
    assert {row["rule"] for row in rows(reviewed, "--rule", "d24")} == {"D24"}
    assert reviewed.done("clocks", "--rule", "D43.aware") == "No limit is like that.\n"
    # Of a rule that there is not nothing is said to be due.
    assert "There is no rule 'D2'" in reviewed.refused("clocks", "--rule", "D2")


def test_as_it_was_on_a_day(reviewed: Terminal) -> None:
    """Before the meeting was held nothing was counted from it."""
    then = by_rule(rows(reviewed, "--plan", "2026-0001", "--as-at", "2026-10-08"))

    assert "D24" not in then
    assert (then["D23"]["state"], then["D23"]["days_late"]) == ("overdue", 1)


def test_the_arithmetic_is_told_when_it_is_asked_for(reviewed: Terminal) -> None:
    """With what started the limit, and what is in doubt."""
    words = ("clocks", "--plan", "2026-0001", "--rule", "D24")
    assert "2 weeks after" not in reviewed.done(*words)
    told = reviewed.done(*words, "--explain")
    assert "review-meeting-held on 2026-10-21. 2 weeks after Wednesday 2026-10-21" in told
    assert "Doubts: 21(7) [read], 20(7)-(9) [recalled]." in told


def test_a_table_for_a_spreadsheet(reviewed: Terminal) -> None:
    """How late a limit is stands in a column of its own."""
    text = reviewed.done("clocks", "--as-at", "2026-12-01", "--plan", "2026-0001", "--csv")
    found = {row["rule"]: row for row in csv.DictReader(io.StringIO(text))}

    assert (found["D25"]["days_left"], found["D25"]["days_late"]) == ("0", "13")
    assert found["D25"]["state"] == "overdue"


def test_an_exception_is_shown_with_the_limit_it_disapplies(plans: Terminal) -> None:
    """And the day stays."""
    claim = {"rule": "D08", "exception": "EX-A.c"}
    record(
        plans,
        "2026-0001",
        ("2026-01-05", "request-received", {}),
        ("2026-05-11", "exception-claimed", claim),
    )
    (line,) = plans.done("clocks", "--rule", "D08").splitlines()[1:]

    assert line.startswith("2026-05-25  disapplied (EX-A.c)  2026-0001")
    (row,) = rows(plans, "--rule", "D08")
    assert (row["state"], row["days_late"]) == ("disapplied", None)


def test_a_calendar_file(reviewed: Terminal) -> None:
    """Private, with as many events as it says."""
    file = reviewed.folder / "limits.ics"
    said = reviewed.done("clocks", "--plan", "2026-0001", "--ics", str(file))
    text = file.read_bytes().decode()

    assert text.startswith("BEGIN:VCALENDAR\r\n")
    live = text.count("STATUS:CONFIRMED")
    assert said.startswith(f"{live} limits written to {file}, and ")
    assert live == len(
        [row for row in rows(reviewed, "--plan", "2026-0001") if row["days_left"] is not None]
    )


def test_figures_and_weeks(reviewed: Terminal) -> None:
    """As JSON, as CSV and for people."""
    figures = json.loads(reviewed.done("clocks", "--figures", "--year", "2026", "--json"))
    assert figures["year"] == 2026
    assert figures["review_expected"] == (
        figures["review_completed"] + figures["completed_before"] + figures["review_not_completed"]
    )
    heading, line = reviewed.done("clocks", "--figures", "--csv").splitlines()
    assert heading.startswith("year,review_expected,review_completed,review_not_completed,outcome_")
    assert line.startswith("2026,")
    assert "review_expected" in reviewed.done("clocks", "--figures")

    weeks = json.loads(reviewed.done("clocks", "--weeks", "--json"))
    (review,) = weeks["reviews"]
    assert (review["reference"], review["opened"], review["days"]) == (
        "2026-0001",
        "2026-09-20",
        43,
    )
    assert weeks["days_by_holder"] == {
        "school": 43,
        "advice-givers": 0,
        "authority": 0,
        "parent": 0,
    }
    assert reviewed.done("clocks", "--weeks").splitlines()[-1].split()[:2] == ["all", "43"]
    assert len(reviewed.done("clocks", "--weeks", "--csv").splitlines()) == 2
    assert reviewed.done("clocks", "--weeks", "--plan", "2026-0002") == (
        "No review was arranged or held.\n"
    )


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--figures", "--weeks"), "three answers: choose one"),
        (("--year", "2026"), "--year goes with --figures"),
        (("--figures", "--plan", "2026-0001"), "leave --plan out"),
        (("--weeks", "--overdue"), "choose limits alone"),
        (("--weeks", "--rule", "D25"), "--rule chooses limits alone"),
        (("--ics", "x.ics", "--json"), "a form of its own"),
        (("--state", "late"), "'late' is not one of"),
        (("--plan", "2026-9999"), "There is no plan '2026-9999' here"),
        (("--as-at", "2026-02-30"), "2026-02-30"),
        (("--json", "--csv"), "two forms"),
    ],
)
def test_what_cannot_be_asked_is_refused(plans: Terminal, words: tuple[str, ...], why: str) -> None:
    """In one line."""
    assert why in plans.refused("clocks", *words)


def test_a_plan_shows_what_is_most_urgent(reviewed: Terminal) -> None:
    """With the reason; a section alone and an earlier state of the record do not."""
    head = reviewed.done("plan", "show", "2026-0001")
    limits = [line for line in head.splitlines() if line.startswith("limit: ")]

    assert 1 <= len(limits) <= 3
    assert any("D24 Report of the review meeting" in line for line in limits)
    shown = json.loads(reviewed.done("plan", "show", "2026-0001", "--json"))
    assert "D24" in {one["rule"] for one in shown["limits"]}
    assert "limit: " not in reviewed.done("plan", "show", "2026-0001", "--section", "F")
    assert "limit: " not in reviewed.done("plan", "show", "2026-0001", "--known-at", "v1")
    then = reviewed.done("plan", "show", "2026-0001", "--as-at", "2026-11-02")
    assert "D24 Report of the review meeting" in then


def test_what_waits_comes_by_the_limit_of_its_plan(reviewed: Terminal) -> None:
    """The plan whose limit ends first goes first, whatever day the school has set."""
    for plan, due in (("2026-0001", "2026-12-18"), ("2026-0002", "2026-11-09")):
        reviewed.done("section", "assign", plan, "F", "--to", "s02", "--due", due, "--as", "s01")
    first, second = json.loads(reviewed.done("work", "--json"))

    assert (first["reference"], second["reference"]) == ("2026-0001", "2026-0002")
    assert first["limit_day"] <= (second["limit_day"] or "9999")
    assert (first["limit_state"], bool(first["limit_citation"])) in {
        ("due", True),
        ("overdue", True),
    }


def test_a_plan_that_says_no_day_is_named_beside_the_list(plans: Terminal) -> None:
    """That nothing is said of it does not mean that nothing is due; data stay as they are."""
    whose = ("--surname", "Pell", "--forename", "Ida", "--born", "2014-01-05", "--year", "7")
    opened = plans.done("plan", "open", *whose, "--no-upn", "new", *SENCO).split()[0]

    assert f"{opened}: no day is on record from which one runs" in plans("clocks").stderr
    assert plans("clocks", "--json").stderr == plans("clocks", "--overdue").stderr == ""
    assert "No limit runs or ran by then: no day" in plans.done("clocks", "--plan", opened)


def test_the_calendar_may_go_into_a_pipe(reviewed: Terminal) -> None:
    """And no file of that name is made."""
    reviewed.done("clocks", "--ics", "limits.ics")

    piped = reviewed("clocks", "--ics", "-")

    written = reviewed.folder.joinpath("limits.ics").read_bytes().decode()
    assert piped.exit_code == 0
    assert _timeless(piped.stdout_bytes.decode()) == _timeless(written)
    assert not reviewed.folder.joinpath("-").exists()


def _timeless(calendar: str) -> list[str]:
    return [line for line in calendar.split("\r\n") if not line.startswith("DTSTAMP")]
