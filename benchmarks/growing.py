"""From ten thousand events to a million: how much longer do one append and one plan take?

Two stores with plans of the same kind, one a hundred times as large as the other. In turn, in each
of them: one durable append (event, counter, outcome) to some plan, and one plan read, its chain
checked, and folded. Beside them the floor does the same in copies of the two files: it writes the
same three rows, and reads the same rows and makes nothing of them.

Plans are picked at random, so that nothing helps the larger store but what helps it in use. Warm:
the files were just written and are in the system's cache, and the first rounds do not count.
"""

import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from sqlite3 import Connection
from typing import cast
from uuid import UUID

from benchmarks import contenders, examples
from benchmarks.appending import appended, stored_edit, three_rows
from benchmarks.examples import STORY, TENANT, Chain
from benchmarks.sizes import Sizes
from benchmarks.table import Goal, Line, line
from benchmarks.timing import Race, Work
from ehcp_flow.events import PlanEvent
from ehcp_flow.plan import fold
from ehcp_flow.recording import events_of
from ehcp_flow.storage import Recorder


def measure(folder: Path, sizes: Sizes) -> list[Line]:
    """Append to and read from both in turn."""
    warming = sizes.steps // 4
    race = Race(warming=warming)
    with ExitStack() as stack:
        logs = [
            _log(stack, folder / f"{size}.db", size, max(1, events // STORY), sizes.steps + warming)
            for size, events in (("small", sizes.small), ("large", sizes.large))
        ]
        for works in zip(*logs, strict=True):
            race.round({name: work for each in works for name, work in each.items()})
    return [
        _line(race, "append", f"append among {sizes.large:,} events", sizes.small, most=1.5),
        _line(race, "load", f"load a plan among {sizes.large:,} events", sizes.small, most=2.0),
    ]


def _line(race: Race, work: str, what: str, small: int, *, most: float) -> Line:
    told = line("grow", what, race, ours=f"{work} large", floor=f"floor {work} large")
    longer = race.times_as_quick(f"{work} small", f"{work} large").middle
    floor = race.times_as_quick(f"floor {work} small", f"floor {work} large").middle
    return replace(
        told,
        goals=(Goal(f"times as long as among {small:,}", longer, most=most),),
        notes=(f"{work}: {longer:.2f} times as long as among {small:,}; the floor {floor:.2f}.",),
    )


def _log(
    stack: ExitStack, path: Path, size: str, plans: int, rounds: int
) -> Iterator[dict[str, Work]]:
    """Make a store and its copy for the floor; give each round's works in them."""
    with closing(contenders.store(path)) as store:
        examples.fill(store.recorder(TENANT), range(plans))
    copy = path.with_name(f"floor-{path.name}")
    shutil.copy(path, copy)
    recorder = stack.enter_context(closing(contenders.store(path))).recorder(TENANT)
    floor = stack.enter_context(closing(contenders.raw(copy)))
    chance = random.Random(3)
    appended_to = [chance.randrange(plans) for _ in range(rounds)]
    loaded = [chance.randrange(plans) for _ in range(rounds)]
    # The heads are looked up here for all rounds at once, so that none is at hand in its round.
    chain = Chain(recorder.head())
    for number in appended_to:
        chain.follow(recorder.rows(examples.plan_stream(number))[-1])
    return _works(recorder, floor, chain, size, appended_to, loaded)


def _works(
    recorder: Recorder,
    floor: Connection,
    chain: Chain,
    size: str,
    appended_to: Sequence[int],
    loaded: Sequence[int],
) -> Iterator[dict[str, Work]]:
    revisions = dict.fromkeys(appended_to, 3)
    for turn, (number, other) in enumerate(zip(appended_to, loaded, strict=True)):
        revisions[number] += 1
        stored = stored_edit(number, revisions[number])
        stream = examples.plan_stream(other)
        yield {
            f"append {size}": appended(recorder, stored, turn),
            f"floor append {size}": three_rows(floor, chain.row(stored), turn),
            f"load {size}": _loaded(recorder, stream),
            f"floor load {size}": _read(floor, stream),
        }


def _loaded(recorder: Recorder, stream: UUID) -> Callable[[], object]:
    return lambda: fold(stream, cast("Iterator[PlanEvent]", events_of(recorder.rows(stream))))


def _read(connection: Connection, stream: UUID) -> Callable[[], Sequence[object]]:
    return lambda: connection.execute(
        "SELECT * FROM events WHERE tenant = ? AND stream = ? ORDER BY version",
        (TENANT, str(stream)),
    ).fetchall()
