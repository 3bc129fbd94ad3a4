"""What the promises are tried on: events of several streams, and a chain worked out anew."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID, uuid5

from eventsourcing.persistence import StoredEvent as LibraryStoredEvent

from ehcp_flow.events import PlanOpened, words
from ehcp_flow.recording import encode
from ehcp_flow.storage import EventRow, Recorder, StoredEvent

TENANT = "Fernbank"
OTHER_TENANT = "Oakfield"

_STREAMS = UUID("7d5f6c2e-9a4b-4d3c-8e1f-0a1b2c3d4e5f")

PLAIN = PlanOpened(
    at=datetime(2026, 10, 5, 12, 0, tzinfo=UTC),
    by="amira",
    name="Amira",
    role="SENCO",
    organisation="Fernbank School",
    capacity="coordinator",
    channel="typed",
    command="c0ffee",
    reference="2026-0001",
    template="ehcp",
    surname="Okafor",
    forename="Ada",
    born=date(2014, 11, 3),
    upn="B801200005001",
    year="7",
    needs=("ASD",),
    made_on=date(2019, 2, 12),
)
"""An event without words."""

TOLD = PLAIN.model_copy(update={"because": words("Ada's mother — Zoë — asked.")})
"""An event with words."""


def stream(number: int) -> UUID:
    """One of several streams."""
    return uuid5(_STREAMS, str(number))


ONE, TWO, THREE = stream(1), stream(2), stream(3)


def event(of: UUID, version: int) -> StoredEvent:
    """A stream's event, as it is stored, with words of its own."""
    return encode(of, version, TOLD)


def events(of: UUID, first: int, last: int) -> list[StoredEvent]:
    """A stream's events from one version to another."""
    return [event(of, version) for version in range(first, last + 1)]


def append(recorder: Recorder, *stored: StoredEvent) -> list[int]:
    """Append events and return their positions."""
    return list(recorder.insert_events(stored) or ())


def whole(recorder: Recorder) -> Sequence[EventRow]:
    """The whole log."""
    return recorder.log(gt=0, limit=1_000_000)


def places(rows: Iterable[EventRow]) -> list[tuple[str, int]]:
    """The stream and version of each row."""
    return [(row.stream, row.version) for row in rows]


def facts(rows: Iterable[EventRow]) -> list[tuple[object, ...]]:
    """What is vouched for in each row: all but the store's own note of when and by whom."""
    return [tuple(row[:8]) for row in rows]


def chained(stored: Iterable[LibraryStoredEvent]) -> list[tuple[bytes, bytes]]:
    """Each event's ``state_digest`` and ``digest``, from the description of the chain alone."""
    heads: dict[str, str] = {}
    digests: list[tuple[bytes, bytes]] = []
    for one in stored:
        of_state = sha256(one.state)
        statement = {
            "stream": str(one.originator_id),
            "version": one.originator_version,
            "type": one.topic,
            "state_digest": of_state.hexdigest(),
            "prev": heads.get(str(one.originator_id), ""),
        }
        canonical = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
        digest = sha256(b"\0" + canonical)
        heads[str(one.originator_id)] = digest.hexdigest()
        digests.append((of_state.digest(), digest.digest()))
    return digests


def digests(rows: Iterable[EventRow]) -> list[tuple[bytes, bytes]]:
    """Each row's ``state_digest`` and ``digest``, to be compared with ``chained``."""
    return [(row.state_digest, row.digest) for row in rows]
