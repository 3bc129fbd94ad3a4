"""What the tests of every storage share: events, a chain worked out anew, other processes."""

import json
import subprocess
import sys
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid5

from eventsourcing.persistence import StoredEvent as LibraryStoredEvent

from ehcp_flow.events import words
from ehcp_flow.recording import encode
from ehcp_flow.storage import EventRow, Recorder, StoredEvent
from tests.examples import OPENED, PLAN

TENANT = "Fernbank"
OTHER_TENANT = "Oakfield"

TOLD = OPENED.model_copy(update={"because": words("Ada's mother — Zoë — asked.")})
"""An event with words."""


def stream(number: int) -> UUID:
    """One of several streams."""
    return uuid5(PLAN, str(number))


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


@contextmanager
def process(*words: str) -> Generator["subprocess.Popen[str]"]:
    """Another process that works on a store, as ``tests.adapters.elsewhere`` describes.

    It is ended with the block if it is still running.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "tests.adapters.elsewhere", *words],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def tell(running: "subprocess.Popen[str]", line: str = "go") -> None:
    """Write a line to a process."""
    assert running.stdin is not None
    running.stdin.write(f"{line}\n")
    running.stdin.flush()


def hear(running: "subprocess.Popen[str]") -> str:
    """Read a line from a process, "" when it has ended."""
    assert running.stdout is not None
    return running.stdout.readline().strip()


def hear_all(running: "subprocess.Popen[str]") -> list[str]:
    """Read what a process says until it ends."""
    assert running.stdout is not None
    return running.stdout.read().split("\n")[:-1]
