"""Ten thousand plans of 14 events, in transactions of at most some thousand events.

The same plans go, transaction by transaction in turn, through

- our recorder from events, which are encoded and then inserted with their digests;
- our recorder from bytes that were encoded beforehand;
- the floor: ``executemany`` of the same rows, made beforehand, into the same tables with the same
  triggers, and the counter, in transactions of the same size;
- the library's application saving the same plans as aggregates of its own (their events made
  beforehand, as ours are), in saves of the same size;
- the library's recorder with the same bytes, in saves of the same size.

That memory stays flat is looked at in a process of its own, which makes plans as it goes:

    python -m benchmarks.bulk STORE PLANS…
"""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from sqlite3 import Connection
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import StoredEvent as LibraryStoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder

from benchmarks import contenders, examples
from benchmarks.examples import STORY, TENANT, Chain
from benchmarks.sizes import Sizes
from benchmarks.table import Goal, Line, line
from benchmarks.timing import Figure, Race
from ehcp_flow.acting import MOST_EVENTS
from ehcp_flow.events import PlanEvent
from ehcp_flow.recording import encode_all
from ehcp_flow.storage import Recorder, StoredEvent

TOGETHER = MOST_EVENTS // STORY
"""Plans in one transaction."""

FLAT = 10.0
"""Megabytes by which nine more thousand plans may raise the peak."""

_Plan = tuple[UUID, Sequence[PlanEvent]]


def measure(folder: Path, sizes: Sizes) -> list[Line]:
    """Insert the same plans into each in turn; then look at the memory."""
    race, note = _race(folder, sizes.bulk_plans)
    plans = f"{sizes.bulk_plans:,} plans of {STORY} events"
    events = TOGETHER * STORY
    return [
        line(
            "bulk",
            f"{plans}, from events",
            race,
            ours="from events",
            floor="floor",
            library="library's application",
            many=events,
            goals=[("floor", 0.35), ("library", 1.5)],
            notes=[
                note,
                "The library's application encodes its own events, with each text whole. Neither "
                "the making of its aggregates nor that of our events is counted.",
            ],
        ),
        line(
            "bulk",
            f"{plans}, from stored bytes",
            race,
            ours="from bytes",
            floor="floor",
            library="library's recorder",
            many=events,
            goals=[("floor", 0.35)],
            notes=[
                "The library's recorder writes four columns and one index, with no digest, counter "
                "or guard, and its application has to encode the events on top (the line before)."
            ],
        ),
        _memory(folder, sizes.bulk_small, sizes.bulk_plans),
    ]


def _race(folder: Path, plans: int) -> tuple[Race, str]:
    chain = Chain()
    race = Race()
    with ExitStack() as stack:
        one = stack.enter_context(closing(contenders.store(folder / "from-events.db")))
        other = stack.enter_context(closing(contenders.store(folder / "from-bytes.db")))
        contenders.store(folder / "floor.db").close()
        floor = stack.enter_context(closing(contenders.raw(folder / "floor.db")))
        application = stack.enter_context(contenders.library_application(folder / "app.db"))
        recorder = contenders.library_recorder(folder / "recorder.db")
        stack.enter_context(closing(recorder.datastore))
        from_events, from_bytes = one.recorder(TENANT), other.recorder(TENANT)
        # The last plans, which do not fill a transaction, are left out: rounds are alike.
        for start in range(0, max(plans - TOGETHER, 0) + 1, TOGETHER):
            some = _plans(range(start, start + TOGETHER))
            stored = [each for stream, events in some for each in encode_all(stream, 0, events)]
            aggregates = [examples.library_plan(events) for _, events in some]
            race.round(
                {
                    "from events": _encoded_and_inserted(from_events, some),
                    "floor": _rows_inserted(floor, [chain.row(each) for each in stored]),
                    "from bytes": _inserted(from_bytes, stored),
                    "library's application": _saved(application, aggregates),
                    "library's recorder": _inserted_by_the_library(
                        recorder, [contenders.for_library(each) for each in stored]
                    ),
                }
            )
        return race, contenders.durability(recorder)


def _plans(numbers: range) -> list[_Plan]:
    return [(examples.plan_stream(n), examples.story(n)) for n in numbers]


def _encoded_and_inserted(recorder: Recorder, plans: Sequence[_Plan]) -> Callable[[], object]:
    return lambda: recorder.insert_events(
        [each for stream, events in plans for each in encode_all(stream, 0, events)]
    )


def _inserted(recorder: Recorder, stored: Sequence[StoredEvent]) -> Callable[[], object]:
    return lambda: recorder.insert_events(stored)


def _rows_inserted(
    connection: Connection, rows: Sequence[tuple[object, ...]]
) -> Callable[[], object]:
    last = rows[-1][1]

    def work() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(contenders.COUNT, (last, TENANT))
        connection.executemany(contenders.INSERT, rows)
        connection.execute("COMMIT")

    return work


def _saved(
    application: Application[UUID], plans: Sequence[examples.LibraryPlan]
) -> Callable[[], object]:
    return lambda: application.save(*plans)


def _inserted_by_the_library(
    recorder: SQLiteApplicationRecorder, stored: Sequence[LibraryStoredEvent]
) -> Callable[[], object]:
    return lambda: recorder.insert_events(stored)


# Memory -----------------------------------------------------------------------------------------

_STATUS = Path("/proc/self/status")


def _memory(folder: Path, small: int, large: int) -> Line:
    """How much higher the peak is after all plans than after the first of them."""
    words = [sys.executable, "-m", "benchmarks.bulk", str(folder / "memory.db")]
    told = subprocess.run(
        [*words, str(small), str(large)],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    before, after = map(float, told.stdout.split())
    growth = after - before
    what = "the highest resident size" if _STATUS.exists() else "the most that Python held"
    return Line(
        "bulk",
        f"peak memory, from {small:,} to {large:,} plans",
        "MB",
        Figure(growth, growth, growth),
        goals=(Goal("MB", growth, most=FLAT),),
        notes=(
            f"How much {what} grew in a process of its own, which encodes and inserts plans as it "
            f"makes them; {before:.0f} MB after {small:,} plans.",
        ),
    )


def _peak() -> float:
    """The highest resident size of this process so far, in megabytes; what Python held elsewhere.

    Not ``ru_maxrss``: on Linux that begins with the size of the process which started this one.
    """
    if not _STATUS.exists():
        return tracemalloc.get_traced_memory()[1] / 1_000_000
    status = _STATUS.read_text(encoding="ascii").splitlines()
    kilobytes = next(each for each in status if each.startswith("VmHWM:"))
    return int(kilobytes.split()[1]) * 1_024 / 1_000_000


def _fill_and_tell(path: Path, stops: Sequence[int]) -> None:
    """Record plans, and print the peak at each of these numbers of them."""
    if not _STATUS.exists():
        tracemalloc.start()
    with closing(contenders.store(path)) as store:
        recorder = store.recorder(TENANT)
        start = 0
        for stop in stops:
            for first in range(start, stop, TOGETHER):
                some = _plans(range(first, min(first + TOGETHER, stop)))
                _encoded_and_inserted(recorder, some)()
            start = stop
            print(_peak())


if __name__ == "__main__":
    _fill_and_tell(Path(sys.argv[1]), [int(word) for word in sys.argv[2:]])
