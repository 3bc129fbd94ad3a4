"""Ten thousand plans of 14 events, in transactions of at most some thousand events.

The same plans go, transaction by transaction in turn, through

- our recorder from events, which are encoded and then inserted with their digests;
- our recorder from bytes that were encoded beforehand;
- the floor: the raw driver's quickest way, SQLite's ``executemany`` and PostgreSQL's binary
  ``COPY``, of the same rows, made beforehand, into the same tables with the same triggers, and the
  counter, in transactions of the same size; and into tables without the trigger against gaps;
- the library's application saving the same plans as aggregates of its own (their events made
  beforehand, as ours are), and its recorder with the same bytes, some plans at a time: its
  recorder for PostgreSQL waits for ever for a save of a thousand events over a Unix socket.

That memory stays flat is looked at in a process of its own, which makes plans as it goes:

    python -m benchmarks.bulk URL PLANS…
"""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder
from eventsourcing.persistence import StoredEvent as LibraryStoredEvent

from benchmarks import examples
from benchmarks.examples import STORY, TENANT, Chain
from benchmarks.places import Place, library_application, library_recorder
from benchmarks.sizes import Sizes
from benchmarks.table import Goal, Line, line
from benchmarks.timing import Figure, Race
from ehcp_flow.acting import MOST_EVENTS
from ehcp_flow.events import PlanEvent
from ehcp_flow.recording import encode_all
from ehcp_flow.storage import Recorder, open_store

TOGETHER = MOST_EVENTS // STORY
"""Plans in one transaction."""

SAVED = 20
"""Plans in one save of the library's on PostgreSQL, 280 events: 560 are as quick, 1,120 hang."""

FLAT = 10.0
"""Megabytes by which nine more thousand plans may raise the peak."""

_Plan = tuple[UUID, Sequence[PlanEvent]]


def measure(place: Place, sizes: Sizes) -> list[Line]:
    """Insert the same plans into each in turn; then look at the memory."""
    sqlite = place.name == "SQLite"
    saved = TOGETHER if sqlite else SAVED
    race = _race(place, sizes.bulk_plans, saved)
    plans = f"{place.name}, {sizes.bulk_plans:,} plans"
    events = TOGETHER * STORY
    least = 0.35 if sqlite else 0.3
    return [
        line(
            "bulk",
            f"{plans}, from events",
            race,
            ours="from events",
            floor="floor",
            library="library's application",
            many=events,
            goals=[("floor", least), ("library", 1.5)],
            notes=[
                place.durability("recorder"),
                f"{place.name}: each plan has {STORY} events. We and the floor "
                f"({'executemany' if sqlite else 'binary COPY'}) take {events:,} events in a "
                f"transaction, the library {saved * STORY:,}"
                f"{'' if sqlite else ': it waits for ever when it is given 1,120'}.",
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
            goals=[("floor", least)],
            notes=[
                "The library's recorder writes four columns and one index, with no digest, counter "
                "or guard, and its application has to encode the events on top (the line before)."
            ],
        ),
        line(
            "bulk",
            f"{plans}, beside no guard",
            race,
            ours="from bytes",
            floor="unguarded",
            many=events,
            notes=["The floor's table has no trigger against gaps here."],
        ),
        _memory(place, sizes.bulk_small, sizes.bulk_plans),
    ]


def _race(place: Place, plans: int, saved: int) -> Race:
    chain = Chain()
    race = Race()
    with ExitStack() as stack:
        one = stack.enter_context(closing(place.store("from-events")))
        other = stack.enter_context(closing(place.store("from-bytes")))
        place.store("floor").close()
        place.copy("floor", "unguarded")
        floor = stack.enter_context(closing(place.raw("floor")))
        unguarded = stack.enter_context(closing(place.raw("unguarded")))
        unguarded.unguarded()
        application = stack.enter_context(library_application(place, "app"))
        recorder = stack.enter_context(library_recorder(place, "recorder"))
        from_events, from_bytes = one.recorder(TENANT), other.recorder(TENANT)
        # The last plans, which do not fill a transaction, are left out: rounds are alike.
        for start in range(0, max(plans - TOGETHER, 0) + 1, TOGETHER):
            some = _plans(range(start, start + TOGETHER))
            stored = [each for stream, events in some for each in encode_all(stream, 0, events)]
            rows = [floor.ready(chain.row(each)) for each in stored]
            aggregates = [examples.library_plan(events) for _, events in some]
            in_its_form = [examples.for_library(each) for each in stored]
            race.round(
                {
                    "from events": _encoded_and_inserted(from_events, some),
                    "floor": partial(floor.insert, rows),
                    "from bytes": partial(from_bytes.insert_events, stored),
                    "unguarded": partial(unguarded.insert, rows),
                    "library's application": _saved(application, aggregates, saved),
                    "library's recorder": _inserted(recorder, in_its_form, saved * STORY),
                }
            )
    return race


def _plans(numbers: range) -> list[_Plan]:
    return [(examples.plan_stream(n), examples.story(n)) for n in numbers]


def _encoded_and_inserted(recorder: Recorder, plans: Sequence[_Plan]) -> Callable[[], object]:
    return lambda: recorder.insert_events(
        [each for stream, events in plans for each in encode_all(stream, 0, events)]
    )


def _saved(
    application: Application[UUID], plans: Sequence[examples.LibraryPlan], at_once: int
) -> Callable[[], object]:
    def work() -> None:
        for start in range(0, len(plans), at_once):
            application.save(*plans[start : start + at_once])

    return work


def _inserted(
    recorder: ApplicationRecorder, stored: Sequence[LibraryStoredEvent], at_once: int
) -> Callable[[], object]:
    def work() -> None:
        for start in range(0, len(stored), at_once):
            recorder.insert_events(stored[start : start + at_once])

    return work


# Memory -----------------------------------------------------------------------------------------

_STATUS = Path("/proc/self/status")


def _memory(place: Place, small: int, large: int) -> Line:
    """How much higher the peak is after all plans than after the first of them."""
    place.store("memory").close()
    words = [sys.executable, "-m", "benchmarks.bulk", place.url("memory")]
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
        f"{place.name}, peak memory, from {small:,} to {large:,} plans",
        "MB",
        Figure(growth, growth, growth),
        goals=(Goal("MB", growth, most=FLAT),),
        notes=(
            f"How much {what} grew in a process of its own, which encodes and inserts plans as it "
            f"makes them; {place.name}: {before:.0f} MB after {small:,} plans.",
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


def _fill_and_tell(url: str, stops: Sequence[int]) -> None:
    """Record plans, and print the peak at each of these numbers of them."""
    if not _STATUS.exists():
        tracemalloc.start()
    with closing(open_store(url)) as store:
        recorder = store.recorder(TENANT)
        start = 0
        for stop in stops:
            for first in range(start, stop, TOGETHER):
                some = _plans(range(first, min(first + TOGETHER, stop)))
                _encoded_and_inserted(recorder, some)()
            start = stop
            print(_peak())


if __name__ == "__main__":
    _fill_and_tell(sys.argv[1], [int(word) for word in sys.argv[2:]])
