"""Which words of which advice may be quoted in a section?"""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.errors import NotFound
from ehcp_flow.events import AdviceKind, PlanEvent
from ehcp_flow.plan import Plan
from ehcp_flow.rules import advising, drafting, offering
from ehcp_flow.templates.built_in import ehcp
from tests.examples import OPENED, SENCO, TEACHER, after, hand

REPORT = "Target 1: Ada asks for a break.\n\nProgress:\n  She reads.\n \nNo heading here."


def _given(plan: Plan, kind: AdviceKind, text: str, day: date) -> PlanEvent:
    return advising.give(
        plan,
        kind,
        text,
        given_by=TEACHER.by,
        given_by_name=TEACHER.name,
        given_by_role=TEACHER.role,
        file=None,
        file_bytes=text.encode(),
        hand=hand(TEACHER.name, TEACHER.role, on=day),
    )


def _events(*kinds: AdviceKind) -> list[PlanEvent]:
    events: list[PlanEvent] = [OPENED]
    for number, kind in enumerate(kinds):
        day = date(2026, 9, 1 + number)
        events.append(_given(after(events), kind, f"{REPORT} {kind} {number}", day))
    return events


def test_an_advice_falls_into_its_paragraphs() -> None:
    """What stands before a colon at the beginning is a heading, and not among the words."""
    found = offering.items(REPORT)

    assert [(one.number, one.heading, one.text) for one in found] == [
        (1, "Target 1", "Ada asks for a break."),
        (2, "Progress", "She reads."),
        (3, None, "No heading here."),
    ]
    assert all(REPORT[one.start : one.stop] == one.text for one in found)


@given(st.text(alphabet="ab: \n\t.", max_size=60))
def test_paragraphs_stand_where_they_are_said_to(text: str) -> None:
    """In order, none in another, none empty."""
    found = offering.items(text)

    assert all(text[one.start : one.stop] == one.text for one in found)
    assert all(one.text.strip() == one.text != "" for one in found)
    assert all(one.stop <= other.start for one, other in pairwise(found))


def test_the_template_says_which_advice_feeds_which_section() -> None:
    """Targets no views, views no provision; the latest advice comes first."""
    events = _events("views", "targets", "termly report", "health")

    found = list(offering.offers(after(events), ehcp(), events))

    by_section: dict[str, list[str]] = {}
    for one in found:
        if one.item.number == 1:
            by_section.setdefault(one.section, []).append(one.kind)
    assert by_section["A"] == ["views"]
    assert by_section["C"] == ["health"]
    assert by_section["E"] == ["health", "termly report", "targets"]
    assert "D" not in by_section
    assert "I" not in by_section


def test_what_was_given_before_a_day_is_left_out() -> None:
    """So that last year's targets are not offered again."""
    events = _events("targets", "targets")

    since = list(offering.offers(after(events), ehcp(), events, since=date(2026, 9, 2)))

    assert {one.advice for one in since} == {2}


def test_what_was_placed_is_told_where_it_was() -> None:
    """In that section, of that paragraph, and also when it was rewritten since."""
    events = _events("targets")
    one = offering.item(after(events).advice[0], 1)
    placed = drafting.adopt(after(events), "E", "advice@1", one.start, one.stop, hand=SENCO)
    events.append(placed)
    events.append(drafting.edit(after(events), "E", "Other words.", over=1, hand=SENCO))

    found = list(offering.offers(after(events), ehcp(), events, sections=["E", "F"]))

    assert {(o.section, o.item.number) for o in found if o.placed} == {("E", 1)}


def test_there_is_no_other_item() -> None:
    """The refusal says how many there are."""
    advice = after(_events("targets")).advice[0]

    with pytest.raises(NotFound, match="Advice 1 has no item 4: it has 3"):
        offering.item(advice, 4)
    with pytest.raises(NotFound):
        offering.item(advice, 0)
