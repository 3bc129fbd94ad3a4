"""By which day? One worked example at least of every rule and of every way of counting.

Those of the written lists of the law that the rules were made from are among them; the days were
counted by hand, on a calendar.
"""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.statute.law import COMPOSED, england
from ehcp_flow.statute.rules import due, due_together

EXAMPLES: list[tuple[str, date, date]] = [
    # A request on 14 September 2026.
    ("D02", date(2026, 9, 14), date(2026, 10, 26)),
    ("D04", date(2026, 9, 14), date(2027, 1, 4)),
    ("D08", date(2026, 9, 14), date(2027, 2, 1)),
    ("D03", date(2026, 9, 14), date(2026, 10, 26)),
    ("D03.school", date(2026, 9, 14), date(2026, 10, 26)),
    # A draft served on 4 January 2027, and a school consulted that day.
    ("D06", date(2027, 1, 4), date(2027, 1, 18)),
    ("D07", date(2027, 1, 4), date(2027, 1, 19)),
    ("D09", date(2027, 2, 1), date(2027, 2, 1)),
    # A plan made on 14 September 2026; the example of SEND Advice Surrey; leap days.
    ("D20", date(2026, 9, 14), date(2027, 9, 13)),
    ("D20", date(2019, 1, 1), date(2019, 12, 31)),
    ("D20", date(2028, 2, 29), date(2029, 2, 28)),
    ("D20", date(2027, 3, 1), date(2028, 2, 29)),
    ("D20", date(2026, 12, 31), date(2027, 12, 30)),
    ("D21", date(2027, 1, 4), date(2026, 12, 21)),
    # A meeting on 11 November 2026.
    ("D22", date(2026, 11, 11), date(2026, 10, 28)),
    ("D23", date(2026, 11, 11), date(2026, 10, 28)),
    ("D24", date(2026, 11, 11), date(2026, 11, 25)),
    ("D25", date(2026, 11, 11), date(2026, 12, 9)),
    ("D26", date(2026, 11, 11), date(2026, 12, 9)),
    ("D29", date(2026, 11, 11), date(2027, 2, 3)),
    # Weeks are of days, whether the clocks go back (25 October 2026) or forward (28 March 2027).
    ("D24", date(2026, 10, 14), date(2026, 10, 28)),
    ("D25", date(2027, 3, 10), date(2027, 4, 7)),
    ("D27", date(2027, 3, 20), date(2027, 4, 3)),
    # Over a leap day and over the end of a year.
    ("D24", date(2028, 2, 22), date(2028, 3, 7)),
    ("D27", date(2028, 2, 20), date(2028, 3, 5)),
    ("D25", date(2026, 12, 15), date(2027, 1, 12)),
    # A notice sent on 9 December 2026.
    ("D27", date(2026, 12, 9), date(2026, 12, 23)),
    ("D28", date(2026, 12, 9), date(2027, 2, 3)),
    ("D30.comment", date(2026, 12, 9), date(2026, 12, 23)),
    ("D30.final", date(2026, 12, 9), date(2027, 2, 3)),
    ("D31", date(2026, 8, 31), date(2027, 2, 28)),
    ("D32", date(2026, 12, 9), date(2026, 12, 9)),
    # "Before" 31 March and 15 February; the transfers of 2015.
    ("D40", date(2027, 9, 1), date(2027, 3, 30)),
    ("D40", date(2015, 9, 1), date(2015, 5, 30)),
    ("D41", date(2027, 9, 1), date(2027, 2, 14)),
    ("D42", date(2027, 7, 31), date(2027, 2, 28)),
    ("D42", date(2028, 7, 31), date(2028, 2, 29)),
    ("D43.day", date(2026, 12, 14), date(2026, 12, 14)),
    ("D43.aware", date(2026, 12, 14), date(2027, 1, 6)),
    ("D44", date(2026, 11, 2), date(2026, 12, 14)),
    ("D45.plan", date(2026, 9, 14), date(2027, 9, 13)),
    ("D45.transfer", date(2026, 11, 2), date(2027, 2, 1)),
    ("D47", date(2026, 12, 14), date(2027, 1, 7)),
    ("D50", date(2026, 11, 2), date(2026, 11, 17)),
    ("D51", date(2026, 8, 31), date(2027, 2, 28)),
    ("D52", date(2026, 9, 14), date(2026, 12, 21)),
    ("D57", date(2001, 8, 31), date(2026, 8, 31)),
    ("D57", date(2001, 9, 1), date(2027, 8, 31)),
    ("D57", date(2004, 2, 29), date(2029, 8, 31)),
    ("D60", date(2026, 12, 31), date(2027, 2, 28)),
    ("D61", date(2026, 12, 23), date(2026, 12, 30)),
    ("D62", date(2026, 12, 14), date(2027, 1, 13)),
    ("D64", date(2026, 12, 23), date(2027, 1, 6)),
    ("D65", date(2026, 12, 23), date(2026, 12, 30)),
    # Two months to a shorter one, on a Sunday; into Christmas; into August.
    ("D66.decision", date(2026, 12, 31), date(2027, 3, 1)),
    ("D66.decision", date(2026, 10, 27), date(2027, 1, 4)),
    ("D66.decision", date(2026, 6, 15), date(2026, 9, 1)),
    ("D66.certificate", date(2026, 11, 2), date(2026, 12, 2)),
    # An order made on 14 September 2026: 2, 10 and 14 weeks; 5 and 11; 5 and 2.
    ("D69.notify", date(2026, 9, 14), date(2026, 9, 28)),
    ("D69.no-plan", date(2026, 9, 14), date(2026, 11, 23)),
    ("D69.plan", date(2026, 9, 14), date(2026, 12, 21)),
    ("D70.draft", date(2026, 9, 14), date(2026, 10, 19)),
    ("D70.final", date(2026, 9, 14), date(2026, 11, 30)),
    ("D71.content", date(2026, 9, 14), date(2026, 10, 19)),
    ("D71.placement", date(2026, 9, 14), date(2026, 9, 28)),
    # A concession on that day, and one before regulation 45 was substituted.
    ("D73.notify", date(2026, 9, 14), date(2026, 9, 28)),
    ("D73.notify", date(2015, 3, 22), date(2015, 4, 19)),
    ("D73.no-plan", date(2026, 9, 14), date(2026, 11, 23)),
    ("D73.plan", date(2026, 9, 14), date(2026, 12, 21)),
    ("D73.draft", date(2026, 9, 14), date(2026, 10, 19)),
    ("D73.final", date(2026, 9, 14), date(2026, 11, 30)),
    ("D73.content", date(2026, 9, 14), date(2026, 10, 19)),
    ("D73.content", date(2015, 3, 22), date(2015, 4, 19)),
    ("D73.placement", date(2026, 9, 14), date(2026, 9, 28)),
]

TOGETHER: list[tuple[str, dict[str, date], date]] = [
    # Sent early, the notice brings the plan forward; sent late, the meeting is what counts.
    (
        "D29.first",
        {"review-meeting-held": date(2026, 11, 11), "amendment-notice-sent": date(2026, 11, 18)},
        date(2027, 1, 13),
    ),
    (
        "D29.first",
        {"review-meeting-held": date(2026, 11, 11), "amendment-notice-sent": date(2026, 12, 16)},
        date(2027, 2, 3),
    ),
    (
        "D43",
        {
            "moved-to-another-authority": date(2027, 1, 29),
            "authority-became-aware-of-move": date(2026, 12, 14),
        },
        date(2027, 1, 29),
    ),
    (
        "D43",
        {
            "moved-to-another-authority": date(2026, 12, 14),
            "authority-became-aware-of-move": date(2026, 12, 14),
        },
        date(2027, 1, 6),
    ),
    (
        "D45",
        {"plan-reviewed": date(2025, 11, 18), "plan-transferred": date(2026, 11, 2)},
        date(2027, 2, 1),
    ),
    (
        "D45",
        {"plan-made": date(2026, 9, 14), "plan-transferred": date(2026, 11, 2)},
        date(2027, 9, 13),
    ),
    (
        "D66",
        {
            "decision-sent": date(2026, 9, 14),
            "mediation-certificate-issued": date(2026, 11, 2),
        },
        date(2026, 12, 2),
    ),
]


@pytest.mark.parametrize(("rule_id", "trigger", "last"), EXAMPLES)
def test_the_last_day_of_a_limit(rule_id: str, trigger: date, last: date) -> None:
    """From one day, as counted by hand; the explanation ends in it."""
    found = due(rule_id, trigger)

    assert found.last_day == last
    assert str(last) in found.explanation


@pytest.mark.parametrize(("rule_id", "days", "last"), TOGETHER)
def test_the_last_day_of_several_limits(rule_id: str, days: dict[str, date], last: date) -> None:
    """The later or the earlier one."""
    found = due_together(rule_id, days)

    assert found.last_day == last
    assert found.explanation.endswith(f"{last}.")


def test_every_rule_that_gives_a_day_has_an_example() -> None:
    """And with it every way of counting: a new rule needs one before it is believed."""
    shown = {rule for rule, _, _ in EXAMPLES} | {rule for rule, _, _ in TOGETHER}
    counts = {rule.count for rule in england().rules if rule.id in shown}

    assert shown == {rule.id for rule in england().rules if rule.count not in ("carry", "none")}
    assert {*COMPOSED, "within", "beginning-with", "before", "at-least-before", "same-day"} < counts
    assert {
        "working-days-within",
        "working-days-beginning-with",
        "end-of-academic-year",
    } < counts


@given(
    st.dates(date(2022, 3, 8), date(2090, 1, 1)),
    st.integers(0, 200),
)
def test_the_final_amended_plan_is_due_by_whichever_is_first(meeting: date, days: int) -> None:
    """Twelve weeks from the meeting or eight from the notice, counted here without the rules."""
    notice = date.fromordinal(meeting.toordinal() + days)

    found = due_together(
        "D29.first", {"review-meeting-held": meeting, "amendment-notice-sent": notice}
    )

    assert found.last_day.toordinal() == min(meeting.toordinal() + 84, notice.toordinal() + 56)
