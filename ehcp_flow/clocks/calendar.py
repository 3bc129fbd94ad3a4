"""Which limits go into a calendar program, and in which form?

The form is that of RFC 5545 (iCalendar): lines ended by CR LF and folded at 75 octets, text
escaped, one all-day event a limit, on its last day. An event keeps its UID, made of the plan, the
rule and what started the limit, and its SEQUENCE grows with the plan's record, so that reading the
file again changes the events that are there and adds no second ones. What is met, missed or over
comes as cancelled for a year after its last day, and so does what a fact started that was taken
back: a calendar program then takes the event away.

No child is named: a calendar is shared more easily than a plan. The reference says which it is.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from ehcp_flow.statute.clocks import OPEN, Clock

_PRODUCT = "-//ehcp-flow//statutory clocks//EN"

_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")

_OCTETS = 75
"""The most in a line, its end not counted."""

_KEPT = timedelta(days=366)
"""So long after its last day what is over is told as cancelled."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A limit of a plan, for a calendar."""

    stream: UUID
    reference: str
    version: int
    """How many steps the plan's record has."""
    clock: Clock
    taken_back: bool = False
    """Whether the fact that started it was taken back."""

    @property
    def uid(self) -> str:
        """What names the event, in every calendar and for ever."""
        return f"{uuid5(self.stream, self.clock.key)}@ehcp-flow"


def calendar(entries: Iterable[Entry], *, now: datetime, as_at: date) -> str:
    """Return the limits as a calendar file.

    Args:
        entries: of any plans; what has no last day is left out.
        now: the instant at which the file is made, in UTC.
        as_at: the day on which they were looked at.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:EHC plan deadlines",
    ]
    stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    seen: set[str] = set()
    for entry in entries:
        last = entry.clock.last_day
        over = entry.taken_back or entry.clock.state not in OPEN
        if last is None or last >= date.max or (over and as_at - last > _KEPT) or entry.uid in seen:
            continue
        seen.add(entry.uid)
        lines += _event(entry, last, stamp, over=over)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in folded_lines(line))


def _event(entry: Entry, last: date, stamp: str, *, over: bool) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{stamp}"
    yield f"SEQUENCE:{entry.version}"
    yield f"DTSTART;VALUE=DATE:{_day(last)}"
    yield f"DTEND;VALUE=DATE:{_day(last + timedelta(days=1))}"
    yield f"SUMMARY:{_text(_summary(entry))}"
    yield f"DESCRIPTION:{_text(chr(10).join(_description(entry)))}"
    yield f"STATUS:{'CANCELLED' if over else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _summary(entry: Entry) -> str:
    clock = entry.clock
    state = "" if clock.state == "due" else f" ({clock.state})"
    return f"{entry.reference}: {clock.rule.title}{state}{clock.caveats}"


def _description(entry: Entry) -> Sequence[str]:
    clock = entry.clock
    told = [
        f"{clock.rule.id}: {clock.citation} ({clock.status}) [{clock.mark}]",
        clock.explanation,
        f"Who: {clock.actor}",
    ]
    if clock.uncertain:
        told.append(f"Uncertain: {clock.uncertain}")
    if entry.taken_back:
        told.append("What started it was taken back.")
    elif clock.met_on is not None:
        told.append(f"{clock.state}: {clock.met_by} on {clock.met_on}")
    elif clock.because:
        told.append(f"{clock.state}: {clock.because}")
    return told


def _text(value: str) -> str:
    """Escape a text.

    Source: RFC 5545, section 3.3.11. Control characters, which it does not allow, are left out.
    """
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return _CONTROL.sub("", escaped)


def folded_lines(line: str) -> Iterator[str]:
    """The lines into which one is folded, none within a character.

    Source: RFC 5545, section 3.1: a line that goes on begins with a space.
    """
    if line.isascii():
        yield line[:_OCTETS]
        for start in range(_OCTETS, len(line), _OCTETS - 1):
            yield f" {line[start : start + _OCTETS - 1]}"
        return
    taken, room = "", _OCTETS
    for character in line:
        size = len(character.encode("utf-8", "surrogatepass"))
        if size > room:
            yield taken
            taken, room = " ", _OCTETS - 1
        taken += character
        room -= size
    yield taken
