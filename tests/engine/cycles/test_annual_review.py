"""By which day a review is due, and by which day its meeting must be held."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.statute.clocks import latest_meeting, review_due


@pytest.mark.parametrize(
    ("made_on", "last_review", "due"),
    [
        # The example of SEND Advice Surrey.
        (date(2019, 1, 1), None, date(2019, 12, 31)),
        (date(2026, 9, 14), None, date(2027, 9, 13)),
        (date(2020, 1, 6), date(2025, 11, 18), date(2026, 11, 17)),
        (None, date(2025, 11, 18), date(2026, 11, 17)),
        (date(2028, 2, 29), None, date(2029, 2, 28)),
        (date(2027, 3, 1), None, date(2028, 2, 29)),
        (date(2028, 3, 1), None, date(2029, 2, 28)),
        (date.max, None, date.max),
        (None, None, None),
    ],
)
def test_the_last_day_of_twelve_months_that_start_with_a_day(
    made_on: date | None, last_review: date | None, due: date | None
) -> None:
    """The day the plan was made, and once it was reviewed the day of that."""
    assert review_due(made_on, last_review) == due


@given(st.dates(max_value=date(9998, 12, 31)))
def test_the_next_twelve_months_start_on_the_same_day(start: date) -> None:
    """So that nothing is between the two; 29 February comes only in leap years."""
    due = review_due(start, None)

    assert due is not None
    after = due + timedelta(days=1)
    expected = (start.month, start.day) if (start.month, start.day) != (2, 29) else (3, 1)
    assert (after.year, after.month, after.day) == (start.year + 1, *expected)


def test_the_meeting_leaves_the_authority_its_four_weeks() -> None:
    """It decides within four weeks, and the decision must be in time."""
    assert latest_meeting(date(2026, 11, 17)) == date(2026, 10, 20)
