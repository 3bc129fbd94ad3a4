"""Which day is the last one in time, in each way of counting."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput
from ehcp_flow.statute import counting
from ehcp_flow.statute.bank_holidays import england_and_wales
from ehcp_flow.statute.counting import Counted, Unit

HOLIDAYS = england_and_wales()

DAYS = st.dates(date(2014, 9, 1), date(2099, 12, 31))
KNOWN_DAYS = st.dates(date(2014, 9, 1), date(2028, 6, 30))
UNITS = st.sampled_from(["days", "weeks", "months", "years"])
LENGTHS = st.integers(1, 60)


@pytest.mark.parametrize(
    ("trigger", "length", "unit", "last"),
    [
        (date(2026, 9, 14), 6, "weeks", date(2026, 10, 26)),
        (date(2026, 9, 14), 16, "weeks", date(2027, 1, 4)),
        (date(2026, 9, 14), 20, "weeks", date(2027, 2, 1)),
        (date(2026, 11, 11), 2, "weeks", date(2026, 11, 25)),
        (date(2026, 11, 11), 4, "weeks", date(2026, 12, 9)),
        (date(2026, 11, 11), 12, "weeks", date(2027, 2, 3)),
        (date(2026, 12, 31), 2, "months", date(2027, 2, 28)),
        (date(2027, 12, 31), 2, "months", date(2028, 2, 29)),
        (date(2027, 2, 28), 1, "months", date(2027, 3, 28)),
        (date(2026, 9, 14), 15, "days", date(2026, 9, 29)),
        # Over a leap day, and to a weekend on which it stays.
        (date(2028, 2, 15), 2, "weeks", date(2028, 2, 29)),
        (date(2026, 11, 28), 1, "weeks", date(2026, 12, 5)),
        (date(2028, 2, 29), 1, "years", date(2029, 2, 28)),
    ],
)
def test_within_leaves_the_first_day_out(
    trigger: date, length: int, unit: Unit, last: date
) -> None:
    """Weeks are calendar ones; months end on the same number, or on the last of the month."""
    counted = counting.within(trigger, length, unit)

    assert counted.last_day == last
    assert str(trigger) in counted.explanation
    assert str(last) in counted.explanation


@pytest.mark.parametrize(
    ("trigger", "length", "unit", "last"),
    [
        (date(2027, 1, 4), 15, "days", date(2027, 1, 18)),
        # The example of SEND Advice Surrey.
        (date(2019, 1, 1), 12, "months", date(2019, 12, 31)),
        (date(2026, 9, 14), 12, "months", date(2027, 9, 13)),
        (date(2028, 2, 29), 12, "months", date(2029, 2, 28)),
        (date(2027, 3, 1), 12, "months", date(2028, 2, 29)),
        (date(2026, 11, 30), 3, "months", date(2027, 2, 28)),
        (date(2026, 9, 14), 3, "months", date(2026, 12, 13)),
        (date(2026, 12, 24), 1, "days", date(2026, 12, 24)),
        (date(2026, 12, 24), 2, "weeks", date(2027, 1, 6)),
    ],
)
def test_beginning_with_counts_the_first_day(
    trigger: date, length: int, unit: Unit, last: date
) -> None:
    """So that it ends a day earlier than *within* does."""
    assert counting.beginning_with(trigger, length, unit).last_day == last


@pytest.mark.parametrize(
    ("month", "day", "last"),
    [
        (2, 15, date(2027, 2, 14)),
        (3, 31, date(2027, 3, 30)),
        (3, 1, date(2027, 2, 28)),
        (1, 1, date(2026, 12, 31)),
    ],
)
def test_before_a_day_is_the_day_before(month: int, day: int, last: date) -> None:
    """The day itself is too late."""
    assert counting.before(2027, month, day).last_day == last


def test_at_least_before_counts_back() -> None:
    """Clear days are a stricter reading, which the explanation names."""
    meeting = date(2026, 11, 11)

    plain = counting.at_least_before(meeting, 2, "weeks")
    clear = counting.at_least_before(meeting, 2, "weeks", clear=True)

    assert plain.last_day == date(2026, 10, 28)
    assert clear.last_day == date(2026, 10, 27)
    assert "clear days [unsure] it would be Tuesday 2026-10-27" in plain.explanation
    assert (plain.mark, clear.mark) == ("derived", "unsure")


@pytest.mark.parametrize(
    ("event", "last"),
    [
        (date(2027, 9, 1), date(2027, 4, 1)),
        (date(2027, 7, 31), date(2027, 2, 28)),
        (date(2028, 7, 31), date(2028, 2, 29)),
        (date(2027, 1, 4), date(2026, 8, 4)),
        # Not 30 September, though five months from it would be cut to the same day.
        (date(2027, 2, 28), date(2026, 9, 28)),
    ],
)
def test_months_before_an_event(event: date, last: date) -> None:
    """The day of the same number, or the last of a shorter month."""
    assert counting.at_least_before(event, 5, "months").last_day == last


@pytest.mark.parametrize(
    ("trigger", "length", "last"),
    [
        # Christmas Day, the Monday for Boxing Day, and New Year's Day are left out.
        (date(2026, 12, 14), 15, date(2027, 1, 6)),
        (date(2026, 11, 2), 5, date(2026, 11, 6)),
        (date(2026, 11, 7), 1, date(2026, 11, 9)),
        # Good Friday and Easter Monday.
        (date(2026, 4, 2), 2, date(2026, 4, 7)),
        # A proclaimed one: the coronation.
        (date(2023, 5, 5), 2, date(2023, 5, 9)),
    ],
)
def test_working_days_beginning_with(trigger: date, length: int, last: date) -> None:
    """The first day counts when it is one."""
    counted = counting.working_days_beginning_with(trigger, length, HOLIDAYS)

    assert counted.last_day == last
    assert counted.mark == "unsure"


@pytest.mark.parametrize(
    ("trigger", "length", "last"),
    [
        (date(2026, 11, 2), 3, date(2026, 11, 5)),
        (date(2026, 11, 5), 3, date(2026, 11, 10)),
        (date(2026, 12, 23), 3, date(2026, 12, 30)),
        (date(2027, 3, 25), 1, date(2027, 3, 30)),
    ],
)
def test_working_days_within(trigger: date, length: int, last: date) -> None:
    """The first day does not count."""
    assert counting.working_days_within(trigger, length, HOLIDAYS).last_day == last


def test_bank_holidays_that_were_left_out_are_named() -> None:
    """So that whoever doubts the day can check it."""
    told = counting.working_days_beginning_with(date(2026, 12, 14), 15, HOLIDAYS).explanation

    assert told.endswith("; bank holidays left out: 2026-12-25, 2026-12-28, 2027-01-01.")


def test_school_days_are_those_of_the_school() -> None:
    """Its own holidays are left out, and bank holidays."""
    half_term = (date(2026, 10, 26), date(2026, 10, 30))

    counted = counting.school_days_within(date(2026, 10, 20), 15, HOLIDAYS, [half_term])

    assert counted.last_day == date(2026, 11, 17)


def test_a_year_whose_bank_holidays_are_not_known_is_refused() -> None:
    """The refusal says which are."""
    with pytest.raises(BadInput, match="known from 2014-01-01 to 2028-12-31: 2029-01-01 is out"):
        counting.working_days_within(date(2028, 12, 28), 10, HOLIDAYS)
    with pytest.raises(BadInput, match="2013-12-30 is outside"):
        counting.working_days_beginning_with(date(2013, 12, 30), 1, HOLIDAYS)


@pytest.mark.parametrize(
    ("born", "last"),
    [
        (date(2001, 8, 31), date(2026, 8, 31)),
        (date(2001, 9, 1), date(2027, 8, 31)),
        (date(2004, 2, 29), date(2029, 8, 31)),
    ],
)
def test_the_academic_year_ends_with_august(born: date, last: date) -> None:
    """In which 25 is reached."""
    assert counting.end_of_academic_year(born, 25).last_day == last


@pytest.mark.parametrize(
    ("ends", "lodging", "carried"),
    [
        (date(2027, 2, 28), True, date(2027, 3, 1)),
        (date(2027, 2, 28), False, date(2027, 3, 1)),
        (date(2026, 12, 24), True, date(2026, 12, 24)),
        (date(2026, 12, 29), True, date(2027, 1, 4)),
        (date(2026, 12, 29), False, date(2026, 12, 29)),
        (date(2028, 1, 1), True, date(2028, 1, 4)),
        (date(2026, 8, 3), True, date(2026, 9, 1)),
        (date(2025, 8, 31), True, date(2025, 9, 1)),
        (date(2024, 8, 14), True, date(2024, 9, 2)),
        (date(2026, 4, 3), True, date(2026, 4, 7)),
    ],
)
def test_the_tribunal_carries_on_to_a_working_day(ends: date, lodging: bool, carried: date) -> None:
    """Over weekends and bank holidays, and for an appeal over August and Christmas."""
    counted = Counted(ends, "So.", "a test", "read")

    found = counting.carried_by_the_tribunal(counted, HOLIDAYS, lodging=lodging)

    assert found.last_day == carried
    assert (found == counted) == (carried == ends)


@pytest.mark.parametrize(
    ("requested", "closed_from", "reopens", "counts"),
    [
        # Summer: from a week before to a week before.
        (date(2026, 7, 15), date(2026, 7, 22), date(2026, 9, 2), True),
        (date(2026, 7, 14), date(2026, 7, 22), date(2026, 9, 2), False),
        (date(2026, 8, 26), date(2026, 7, 22), date(2026, 9, 2), True),
        (date(2026, 8, 27), date(2026, 7, 22), date(2026, 9, 2), False),
        # Four weeks are enough, a day less is not, and Christmas never is.
        (date(2026, 8, 3), date(2026, 8, 3), date(2026, 8, 31), True),
        (date(2026, 8, 3), date(2026, 8, 3), date(2026, 8, 30), False),
        (date(2026, 12, 21), date(2026, 12, 21), date(2027, 1, 4), False),
    ],
)
def test_only_a_closure_of_four_weeks_disapplies(
    requested: date, closed_from: date, reopens: date, counts: bool
) -> None:
    """In practice the summer."""
    assert counting.requested_around_a_closure(requested, closed_from, reopens) is counts


FORWARD: list[Callable[[date, int, Unit], Counted]] = [counting.within, counting.beginning_with]


@pytest.mark.parametrize("count", FORWARD)
@given(st.lists(DAYS, min_size=2, max_size=2), LENGTHS, UNITS)
def test_a_later_day_never_gives_an_earlier_end(
    count: Callable[[date, int, Unit], Counted], days: list[date], length: int, unit: Unit
) -> None:
    """And no end is before its beginning."""
    first, second = sorted(days)

    one, other = count(first, length, unit), count(second, length, unit)

    assert one.last_day <= other.last_day
    assert one.last_day >= first


@given(DAYS, LENGTHS, UNITS)
def test_beginning_with_is_within_with_the_first_day(day: date, length: int, unit: Unit) -> None:
    """It ends a day earlier; where the month lacks the day, on the same one."""
    within = counting.within(day, length, unit).last_day
    beginning = counting.beginning_with(day, length, unit).last_day

    assert within - beginning in (timedelta(1), timedelta(0))
    assert (within == beginning) == (within.day != day.day and unit in ("months", "years"))


@given(DAYS, LENGTHS, UNITS)
def test_what_is_sent_on_the_last_day_before_is_in_time(
    event: date, length: int, unit: Unit
) -> None:
    """And a day later it is not; before the end of a short month the earliest day is taken."""
    last = counting.at_least_before(event, length, unit).last_day

    assert counting.within(last, length, unit).last_day <= event
    if unit in ("days", "weeks") or (event + timedelta(1)).day != 1:
        assert counting.within(last + timedelta(1), length, unit).last_day > event


@given(st.lists(KNOWN_DAYS, min_size=2, max_size=2), st.integers(1, 30))
def test_working_days_end_on_working_days(days: list[date], length: int) -> None:
    """In the order in which they begin; the first day counts or not."""
    first, second = sorted(days)

    within = counting.working_days_within(first, length, HOLIDAYS).last_day
    beginning = counting.working_days_beginning_with(first, length, HOLIDAYS).last_day

    assert HOLIDAYS.is_working(within)
    assert HOLIDAYS.is_working(beginning)
    assert first <= beginning <= within
    assert (beginning < within) == HOLIDAYS.is_working(first)
    assert within <= counting.working_days_within(second, length, HOLIDAYS).last_day


@given(st.lists(KNOWN_DAYS, min_size=2, max_size=2))
def test_carrying_never_goes_back(days: list[date]) -> None:
    """And a later end is never carried to an earlier day."""
    one, other = (
        counting.carried_by_the_tribunal(
            Counted(day, "So.", "a test", "read"), HOLIDAYS, lodging=True
        ).last_day
        for day in sorted(days)
    )

    assert min(days) <= one <= other
    assert HOLIDAYS.is_working(one)


@pytest.mark.parametrize("length", [0, -1])
def test_a_length_of_nothing_is_refused(length: int) -> None:
    """Rather than counted."""
    with pytest.raises(BadInput, match="cannot be counted"):
        counting.within(date(2026, 9, 14), length, "weeks")


@pytest.mark.parametrize(
    "count",
    [
        lambda: counting.within(date.max, 1, "days"),
        lambda: counting.within(date.max, 1, "months"),
        lambda: counting.at_least_before(date.min, 1, "weeks"),
        lambda: counting.before(2026, 2, 30),
    ],
)
def test_a_day_that_does_not_exist_is_refused(count: Callable[[], Counted]) -> None:
    """In a sentence."""
    with pytest.raises(BadInput, match="There is no such day"):
        count()
