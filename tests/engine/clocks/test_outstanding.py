"""While which days advice was outstanding, whoever asked for it and however it came."""

from datetime import date

import pytest

from ehcp_flow.clocks.outstanding import outstanding_advice
from ehcp_flow.statute.happened import known
from ehcp_flow.statute.law import england
from tests.engine.statute.test_clocks import story

FIRST, UNTIL = date(2026, 9, 14), date(2026, 11, 11)
NIA, NED = "kind=health; person=nia", "kind=health; person=ned"


def days(*said: str) -> list[str]:
    """From when to when something was outstanding: the days on which that changed."""
    found = known(story(*said), england(), date(2027, 1, 1))
    changes: list[str] = []
    for day, outstanding in outstanding_advice(found, FIRST, UNTIL):
        if outstanding != bool(len(changes) % 2):
            changes.append(f"{day:%m-%d}")
    return changes


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ((f"2026-09-21 advice-asked; {NIA}",), ["09-21"]),
        (
            (f"2026-09-21 advice-asked; {NIA}", f"2026-10-05 advice-given; {NIA}"),
            ["09-21", "10-05"],
        ),
        ((f"2026-09-21 advice-asked; {NIA}", f"2026-10-05 advice-given; {NED}"), ["09-21"]),
        (
            (f"2026-09-21 advice-asked; {NIA}", "2026-10-05 advice-given; kind=views; person=nia"),
            ["09-21"],
        ),
        (
            (f"2026-09-21 advice-asked; {NIA}", f"2026-10-05 advice-declined; {NIA}"),
            ["09-21", "10-05"],
        ),
        (
            (
                f"2026-09-21 advice-asked; {NIA}",
                f"2026-09-28 advice-asked; {NIA}",
                f"2026-10-05 advice-withdrawn; {NIA}",
            ),
            ["09-21", "10-05"],
        ),
        (
            (
                f"2026-09-21 advice-asked; {NIA}",
                f"2026-09-21 advice-asked; {NED}",
                f"2026-10-05 advice-given; {NIA}",
            ),
            ["09-21"],
        ),
        ((f"2026-09-21 advice-asked; {NIA}", f"2026-09-21 advice-given; {NIA}"), []),
        ((f"2026-09-10 advice-asked; {NIA}",), []),
        ((f"2026-11-11 advice-asked; {NIA}",), []),
    ],
    ids=[
        "not given",
        "given",
        "another gave it",
        "another kind",
        "declined",
        "asked anew and taken back",
        "one of two",
        "on the same day",
        "for an earlier review",
        "after the meeting",
    ],
)
def test_what_a_cycle_asked_for_waits_on_whoever_was_asked(
    said: tuple[str, ...], changed: list[str]
) -> None:
    """Until they gave it, said no, or were let go."""
    assert days(*said) == changed


def test_what_came_by_a_fact_answers_a_cycle_and_the_other_way_round() -> None:
    """Of the same person; of somebody who is not known, what waited longest."""
    asked = f"2026-09-21 advice-asked; {NIA}"
    requested = "2026-09-21 advice-requested; kind=health; of.1=nia; of.1.role=nurse"

    assert days(asked, "2026-10-05 advice-received; from.1=nia") == ["09-21", "10-05"]
    assert days(asked, "2026-10-05 advice-received; from.1=ned") == ["09-21"]
    assert days(asked, "2026-10-05 advice-received") == ["09-21", "10-05"]
    assert days(requested, f"2026-10-05 advice-given; {NIA}") == ["09-21", "10-05"]
    assert days(requested, f"2026-10-05 advice-declined; {NED}") == ["09-21"]


def test_what_was_brought_in_and_entered_as_a_fact_came_once() -> None:
    """The advice of one does not answer for another."""
    two = ("2026-09-21 advice-requested", "2026-09-21 advice-requested")
    facts = story(
        *two, "2026-10-05 advice-given; kind=health", "2026-10-06 advice-received; advice=1"
    )
    facts[2] = facts[2]._replace(source="advice@1")
    found = known(facts, england(), date(2027, 1, 1))

    assert list(outstanding_advice(found, FIRST, UNTIL)) == [
        (date(2026, 9, 21), True),
        (date(2026, 10, 5), True),
    ]
