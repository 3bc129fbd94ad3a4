"""Instants and days: what a moment is called, and which day it was in London.

Statutory arithmetic uses dates in Europe/London; the instant is kept in UTC.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from ehcp_flow.errors import BadInput

LONDON = ZoneInfo("Europe/London")

Clock = Callable[[], datetime]
"""Gives the present instant, aware of its zone."""


def system_clock() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def london_day(at: datetime) -> date:
    """Return the day that an instant belongs to in Europe/London."""
    return at.astimezone(LONDON).date()


def parse_moment(text: str) -> datetime | int:
    """Return the moment that a text names: a step (``v12``), a day, or an instant.

    A day stands for its end in London and a minute for its end, as they are shown without
    seconds; an instant without a zone is London time.

    Raises:
        BadInput: it names none.
    """
    if text[:1] in ("v", "V") and text[1:].isascii() and text[1:].isdigit() and len(text) < 12:
        return int(text[1:])
    try:
        return datetime.combine(parse_day(text), time.max, LONDON).astimezone(UTC)
    except BadInput:
        pass
    try:
        moment = datetime.fromisoformat(text)
        if _TO_THE_MINUTE.fullmatch(text):
            moment = moment.replace(second=59, microsecond=999_999)
        return (moment if moment.tzinfo else moment.replace(tzinfo=LONDON)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadInput(
            f"{text[:40]!r} is no moment: write a step (v12), a day (2026-11-03) or an instant "
            "(2026-11-03T14:30)."
        ) from None


_TO_THE_MINUTE = re.compile(r"[\d-]+[T ]\d\d:?\d\d(Z|[+-][\d:]+)?", re.ASCII)

_FIRST_YEAR, _LAST_YEAR = 1900, 2199
"""No day in a plan is outside these; a year of two digits is none."""


def parse_day(text: str) -> date:
    """Return the day that a text names, as ``2026-11-03`` or ``3/11/2026``.

    Raises:
        BadInput: it names none.
    """
    try:
        if text.count("/") == 2:
            day, month, year = (int(part) for part in text.split("/"))
            found = date(year, month, day)
        else:
            found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise BadInput(f"{text[:40]!r} is no day: write it as 2026-11-03.")
    return found
