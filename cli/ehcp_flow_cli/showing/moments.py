"""When something happened, as people read it: London time, and the other day when there is one."""

from datetime import date, datetime

from ehcp_flow.times import LONDON


def shown(at: datetime | None, on: date | None = None) -> str:
    """Return the minute at which something was recorded, and the day it happened if another.

    Of an event that was erased neither is known.
    """
    if at is None:
        return "withheld"
    recorded = f"{at.astimezone(LONDON):%Y-%m-%d %H:%M}"
    return recorded if on is None else f"{recorded}, of {on}"
