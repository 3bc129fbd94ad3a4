"""Moments and days as people write them."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput
from ehcp_flow.times import london_day, parse_day, parse_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("v12", 12),
        ("V1", 1),
        ("2026-07-01", datetime(2026, 7, 1, 22, 59, 59, 999999, tzinfo=UTC)),
        ("3/11/2026", datetime(2026, 11, 3, 23, 59, 59, 999_999, UTC)),
        ("20261103", datetime(2026, 11, 3, 23, 59, 59, 999_999, UTC)),
        ("2026-12-01T09:30:00", datetime(2026, 12, 1, 9, 30, tzinfo=UTC)),
        ("2026-12-01T09:30", datetime(2026, 12, 1, 9, 30, 59, 999_999, UTC)),
        ("2026-07-01T09:30", datetime(2026, 7, 1, 8, 30, 59, 999_999, UTC)),
        ("2026-07-01T09:30Z", datetime(2026, 7, 1, 9, 30, 59, 999_999, UTC)),
    ],
)
def test_a_moment_is_a_step_a_day_or_an_instant_in_london(
    text: str, moment: datetime | int
) -> None:
    """In summer London is an hour ahead of UTC."""
    assert parse_moment(text) == moment


@given(st.text(max_size=20))
def test_any_other_text_is_no_moment(text: str) -> None:
    """A sentence, never a traceback."""
    for parse in (parse_moment, parse_day):
        with suppress(BadInput):
            parse(text)


def test_a_day_may_be_written_both_ways() -> None:
    """As a program writes it, and as a teacher does."""
    assert parse_day("2026-11-03") == parse_day("3/11/2026") == date(2026, 11, 3)


@pytest.mark.parametrize("text", ["1/9/26", "0026-09-01", "9999-12-31"])
def test_a_year_that_nobody_means_is_no_day(text: str) -> None:
    """Two digits are no year."""
    with pytest.raises(BadInput, match="is no day"):
        parse_day(text)


def test_the_day_of_an_instant_is_londons() -> None:
    """Half past eleven at night in UTC in summer is tomorrow there."""
    assert london_day(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == date(2026, 7, 2)
