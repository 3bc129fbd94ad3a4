"""How does the law count, and which day is the last one that is in time?

Each way of counting gives the last day and the arithmetic in a sentence, with what the way rests on
and how well that is known. Days and weeks are calendar ones: weekends and holidays count, except
where a rule says working or school days. Days are days in England; no instant is needed here.

Nothing is extended because it ends on a weekend, except what the tribunal's rules carry on: no such
rule was seen in the SEND Regulations [unsure].
"""

import calendar
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from ehcp_flow.errors import BadInput
from ehcp_flow.statute.bank_holidays import BankHolidays
from ehcp_flow.statute.marks import Mark, weakest

Unit = Literal["days", "weeks", "months", "years"]


@dataclass(frozen=True, slots=True)
class Counted:
    """The last day that is in time, and how it was found."""

    last_day: date
    explanation: str
    """The arithmetic, in a sentence or two."""
    basis: str
    """What the way of counting rests on."""
    mark: Mark
    """How well that is known."""


def within(trigger: date, length: int, unit: Unit) -> Counted:
    """Count "within N weeks of" a day: the day after it is the first.

    The whole of the last day is in time. Months end on the day of the same number, or on the last
    of a shorter month.

    Source: the general rule, Radcliffe v Bartholomew and Zoan v Rouamba [2000] 1 WLR 1509
    [recalled]; for months Dodds v Walker [1981] [recalled].
    """
    _counts(length)
    last = _after(trigger, length, unit)
    return Counted(
        last,
        f"{_amount(length, unit)} after {_day(trigger)}, which is not counted: the last day is "
        f"{_day(last)}.",
        "Dodds v Walker [1981]"
        if unit in ("months", "years")
        else "Radcliffe v Bartholomew; Zoan v Rouamba [2000] 1 WLR 1509",
        "recalled",
    )


def beginning_with(trigger: date, length: int, unit: Unit) -> Counted:
    """Count "N days beginning with" a day, or "N months starting with" it: it is the first.

    Twelve months that start with 29 February end on 28 February.

    Source: for days and weeks Zoan v Rouamba [2000] 1 WLR 1509 [recalled]; for months the example
    of SEND Advice Surrey, 1 January 2019 to 31 December 2019 [read], and for 29 February what
    follows from it [derived].
    """
    _counts(length)
    last = _end_of_period(trigger, length, unit)
    months = unit in ("months", "years")
    return Counted(
        last,
        f"{_amount(length, unit)} of which {_day(trigger)} is the first day: the last is "
        f"{_day(last)}.",
        "SEND Advice Surrey, 1 January 2019 to 31 December 2019"
        if months
        else "Zoan v Rouamba [2000] 1 WLR 1509",
        "derived" if months else "recalled",
    )


def before(year: int, month: int, day: int) -> Counted:
    """Count "before" a day of a year: the day before it is the last.

    Source: the word "before" in regulation 18(1) of the SEND Regulations 2014 [read]; that the day
    itself is too late follows from it [derived]. Practice says "by".
    """
    limit = _made(lambda: date(year, month, day), f"{year}-{month}-{day}")
    last = _shifted(limit, -1)
    return Counted(
        last,
        f"It is to be done before {_day(limit)}: the last day is {_day(last)}.",
        "the word “before” in regulation 18(1)",
        "derived",
    )


def at_least_before(event: date, length: int, unit: Unit, *, clear: bool = False) -> Counted:
    """Count "at least N weeks before" an event, back from it.

    Months lead to the day of the same number, or to the last of a shorter month. Before the last
    day of a short month that is the earlier, and so the safer, of the days that could be meant.

    Args:
        event: the day that comes after, such as that of the meeting.
        length: how much, in ``unit``.
        unit: days, weeks, months or years.
        clear: neither day counts, so that it is one day earlier. Whether notice of a review meeting
            is read so is [unsure]; without it the explanation says which day that would be.

    Source: the words of regulations 20(3) and 21(3) [read], the arithmetic [derived].
    """
    _counts(length)
    plain = _after(event, -length, unit)
    strict = _shifted(plain, -1)
    last = strict if clear else plain
    what = f"{_amount(length, unit)} before {_day(event)}"
    if clear:
        told = f"{what}, neither day counted: the last day is {_day(strict)}."
    else:
        told = (
            f"{what}: the last day is {_day(plain)}. Read as clear days [unsure] it would be "
            f"{_day(strict)}."
        )
    return Counted(
        last,
        told,
        "the words of regulations 20(3) and 21(3)",
        "unsure" if clear else "derived",
    )


def same_day(trigger: date) -> Counted:
    """Count what is done at the same time as something else: that day."""
    return Counted(trigger, f"On the same day, {_day(trigger)}.", "the words of the rule", "read")


def working_days_within(trigger: date, length: int, holidays: BankHolidays) -> Counted:
    """Count "within N working days" after a day, which is not counted.

    Source: "working day" is taken as Monday to Friday without bank holidays; it was not seen
    defined in the SEND Regulations [unsure].

    Raises:
        BadInput: bank holidays are not known for a day that has to be counted.
    """
    last = _nth(_shifted(trigger, 1), length, holidays.is_working)
    return Counted(
        last,
        f"Working day {length} after {_day(trigger)}, which is not counted, is {_day(last)}"
        f"{_left_out(trigger, last, holidays)}.",
        _WORKING,
        "unsure",
    )


def working_days_beginning_with(trigger: date, length: int, holidays: BankHolidays) -> Counted:
    """Count "N working days beginning with" a day: if it is one, it is the first.

    Source: as for ``working_days_within`` [unsure].

    Raises:
        BadInput: bank holidays are not known for a day that has to be counted.
    """
    last = _nth(trigger, length, holidays.is_working)
    return Counted(
        last,
        f"Working day {length}, counted from {_day(trigger)} and with it, is {_day(last)}"
        f"{_left_out(trigger, last, holidays)}.",
        _WORKING,
        "unsure",
    )


def school_days_within(
    trigger: date, length: int, holidays: BankHolidays, closed: Collection[tuple[date, date]]
) -> Counted:
    """Count "within N school days" after a day, which is not counted.

    Args:
        trigger: the day.
        length: how many.
        holidays: the bank holidays, on which no school is open.
        closed: first and last days between which this school is closed. Dates are set locally, so
            that nobody but the school can say them.

    Source: school days are what the school's own calendar says [derived].

    Raises:
        BadInput: bank holidays are not known for a day that has to be counted.
    """

    def is_open(day: date) -> bool:
        return holidays.is_working(day) and not any(a <= day <= b for a, b in closed)

    last = _nth(_shifted(trigger, 1), length, is_open)
    return Counted(
        last,
        f"School day {length} after {_day(trigger)}, which is not counted, is {_day(last)}, by the "
        "calendar of this school.",
        "the school's own calendar",
        "derived",
    )


def end_of_academic_year(born: date, age: int) -> Counted:
    """Count to the end of the academic year in which somebody reaches an age.

    Source: 1 September to 31 August [read, in a program that reads the SEN2 census].
    """
    birthday = _after(born, age, "years")
    year = birthday.year + (birthday.month > 8)
    last = _made(lambda: date(year, 8, 31), f"{year}-08-31")
    return Counted(
        last,
        f"{age} is reached on {_day(birthday)}, in the academic year that ends on {_day(last)}.",
        "academic years from 1 September to 31 August",
        "read",
    )


def carried_by_the_tribunal(counted: Counted, holidays: BankHolidays, *, lodging: bool) -> Counted:
    """Carry the end of a tribunal's limit on to a working day.

    Args:
        counted: the limit.
        holidays: the bank holidays, which are no working days.
        lodging: it is an appeal that is lodged, whose limit is also carried over August and over
            25 December to 1 January.

    Source: SI 2008/2699, rule 12(3)(a) [read]; rule 12(2) [recalled].

    Raises:
        BadInput: bank holidays are not known for a day that has to be counted.
    """
    day, over_closed = counted.last_day, False
    while True:
        closed = lodging and (
            day.month == 8 or (day.month, day.day) == (1, 1) or (day.month == 12 and day.day >= 25)
        )
        if not closed and holidays.is_working(day):
            break
        over_closed = over_closed or closed
        day = _shifted(day, 1)
    if day == counted.last_day:
        return counted
    why = (
        "It falls in August or from 25 December to 1 January"
        if over_closed
        else "That is no working day"
    )
    return replace(
        counted,
        last_day=day,
        explanation=f"{counted.explanation} {why}, and is carried on to {_day(day)} (rule 12).",
        basis=f"{counted.basis}; SI 2008/2699, rule 12",
        mark=weakest(counted.mark, "recalled"),
    )


def requested_around_a_closure(requested: date, closed_from: date, reopens: date) -> bool:
    """Whether advice was asked of a school around a closure that disapplies a limit.

    The closure lasts not less than four weeks, and the request was made in the period beginning one
    week before it and ending one week before the school opens again.

    Source: SEND Regulations 2014, regulation 10(4)(a) [read]; both ends counted [derived].
    """
    week = timedelta(weeks=1)
    return reopens - closed_from >= 4 * week and closed_from - week <= requested <= reopens - week


_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_WORKING = "Monday to Friday without bank holidays; not seen defined in the SEND Regulations"


def _counts(length: int) -> None:
    if length < 1:
        raise BadInput(f"A length of {length} cannot be counted: give 1 or more.")


def _after(day: date, length: int, unit: Unit) -> date:
    match unit:
        case "days":
            return _shifted(day, length)
        case "weeks":
            return _shifted(day, 7 * length)
        case "months":
            return _months_on(day, length)
        case "years":
            return _months_on(day, 12 * length)


def _end_of_period(first: date, length: int, unit: Unit) -> date:
    """The last day of a period whose first day is given."""
    following = _after(first, length, unit)
    # A month that lacks the day ends the period with its own last day.
    complete = unit in ("days", "weeks") or following.day == first.day
    return _shifted(following, -1) if complete else following


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    return _made(
        lambda: date(year, month, min(day.day, calendar.monthrange(year, month)[1])),
        f"{months} months from {day}",
    )


def _shifted(day: date, days: int) -> date:
    return _made(lambda: day + timedelta(days=days), f"{days} days from {day}")


def _made(make: Callable[[], date], what: str) -> date:
    try:
        return make()
    except (ValueError, OverflowError):
        raise BadInput(f"There is no such day: {what}.") from None


def _nth(first: date, length: int, is_counted: Callable[[date], bool]) -> date:
    _counts(length)
    day, counted = first, 0
    while True:
        counted += is_counted(day)
        if counted == length:
            return day
        day = _shifted(day, 1)


def _left_out(first: date, last: date, holidays: BankHolidays) -> str:
    days = holidays.between(first, last)
    return f"; bank holidays left out: {', '.join(map(str, days))}" if days else ""


def _day(day: date) -> str:
    return f"{_NAMES[day.weekday()]} {day}"


def _amount(length: int, unit: Unit) -> str:
    return f"{length} {unit if length > 1 else unit[:-1]}"
