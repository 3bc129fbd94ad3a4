"""What does a stored event say, decoded only as far as a view needs it: plain values, no models."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pydantic_core import from_json

from ehcp_flow.authorship.delta import WITHHELD
from ehcp_flow.events import BY_STORED_NAME, PersonEvent, PlanEvent, Words, by_stored_name
from ehcp_flow.recording import decode
from ehcp_flow.storage import EventRow
from ehcp_flow.times import london_day

Facts = dict[str, Any]
"""An event's facts as they are stored: days and instants as text, absent when not said."""

PLAN_EVENTS = frozenset(by_stored_name(PlanEvent.__args__))
"""The stored names of a plan's events."""

PERSON_EVENTS = frozenset(by_stored_name(PersonEvent.__args__))
"""The stored names of a person's events."""


def check_known(rows: Iterable[EventRow]) -> None:
    """Refuse events that a newer version wrote.

    Raises:
        RecordDamaged: this version does not know one of them.
    """
    for type_ in {row.type for row in rows} - BY_STORED_NAME.keys():
        decode(type_, b"", None)


def facts_of(row: EventRow) -> Facts | None:
    """Return the facts of an event that is known, ``None`` when they were erased.

    Raises:
        RecordDamaged: the row does not hold them.
    """
    if not row.state:
        return None
    try:
        facts: Facts = from_json(row.state)
    except ValueError:
        decode(row.type, row.state, None)
        raise
    return facts


def because(facts: Mapping[str, Any], kept: bytes | None) -> str | None:
    """Return the reason given, ``None`` when none was; WITHHELD for each character of one that
    was withheld or erased."""
    if "because" not in facts:
        return None
    if not kept:
        return WITHHELD * int(facts["because"][0])
    text: str = from_json(kept)[0]["text"]
    return text


def written(facts: Mapping[str, Any], kept: bytes | None) -> Sequence[Words]:
    """Return the words that an edit writes, without text when they were withheld or erased."""
    pieces: list[tuple[int, str]] = facts.get("written", [])
    if not pieces:
        return ()
    if not kept:
        return [Words(length, digest) for length, digest in pieces]
    texts: list[dict[str, str]] = from_json(kept)
    # The reason comes first among an event's words.
    first = 1 if "because" in facts else 0
    return [
        Words(length, digest, texts[n]["text"]) for n, (length, digest) in enumerate(pieces, first)
    ]


def instant(at: str) -> str:
    """Return an instant in UTC with microseconds, so that its texts sort as the instants do."""
    if len(at) == 27 and at[-1] == "Z":
        return at
    if len(at) == 20 and at[-1] == "Z":
        return f"{at[:-1]}.000000Z"
    return f"{datetime.fromisoformat(at).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def day(at: str) -> str:
    """Return the day in London that an instant, as ``instant`` gives it, belongs to."""
    return _day_of_hour(at[:13])


@lru_cache(maxsize=10_000)
def _day_of_hour(hour: str) -> str:
    # London is a whole number of hours from UTC, so that an hour lies within one day.
    return london_day(datetime.fromisoformat(f"{hour}:00:00+00:00")).isoformat()
