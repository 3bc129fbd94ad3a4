"""When a plan was made and last reviewed, by its particulars and its record."""

from datetime import date

import pytest

from ehcp_flow.statute.clocks import clocks
from ehcp_flow.statute.happened import Happened, told_by_particulars
from ehcp_flow.statute.reviewed import Reviewed, reviewed

MADE, EXPORT = date(2024, 3, 4), date(2025, 10, 2)


def decided(day: date) -> Happened:
    """A decision on a review."""
    return Happened("review-decision-notified", day, {"decision": "maintain"}, "1")


@pytest.mark.parametrize(
    ("export", "decision", "last"),
    [
        (EXPORT, date(2026, 1, 15), date(2026, 1, 15)),
        (date(2026, 2, 1), date(2026, 1, 15), date(2026, 2, 1)),
        (None, date(2026, 1, 15), date(2026, 1, 15)),
    ],
    ids=["a decision after the export", "an export after the decision", "no export says it"],
)
def test_the_later_review_is_the_last(export: date | None, decision: date, last: date) -> None:
    """And the limit D20 runs from the same day."""
    found = reviewed(MADE, export, [decided(decision)])
    happened = [*told_by_particulars(None, MADE, export), decided(decision)]
    [open_] = [
        one
        for one in clocks(happened, as_at=date(2026, 2, 2))
        if one.rule.id == "D20" and one.state == "due"
    ]

    assert found == Reviewed(MADE, last)
    assert open_.trigger_day == last
    assert open_.last_day == found.due


def test_a_final_plan_makes_the_plan_where_nothing_else_says_when() -> None:
    """The first one; what is entered as made goes before it."""
    finals = [
        Happened("plan-finalised", date(2026, 5, 1), {}, "1"),
        Happened("plan-finalised", date(2026, 7, 1), {}, "2"),
    ]
    entered = Happened("plan-made", date(2023, 1, 9), {}, "3")

    assert reviewed(None, None, finals) == Reviewed(date(2026, 5, 1), None)
    assert reviewed(MADE, None, finals) == Reviewed(MADE, None)
    assert reviewed(None, None, [*finals, entered]) == Reviewed(date(2023, 1, 9), None)
    assert reviewed(None, None, finals).due == date(2027, 4, 30)


def test_what_happened_later_than_the_day_asked_about_does_not_count() -> None:
    """Neither a decision nor what the particulars say."""
    decision = decided(date(2026, 1, 15))

    assert reviewed(MADE, EXPORT, [decision], as_at=date(2026, 1, 14)) == Reviewed(MADE, EXPORT)
    assert reviewed(MADE, EXPORT, [decision], as_at=date(2025, 10, 1)) == Reviewed(MADE, None)


def test_what_tells_of_neither_is_passed_over() -> None:
    """A meeting ends no review."""
    meeting = Happened("review-meeting-held", date(2026, 1, 15), {}, "1")

    assert reviewed(MADE, EXPORT, [meeting]) == Reviewed(MADE, EXPORT)
    assert reviewed(None, None).due is None
