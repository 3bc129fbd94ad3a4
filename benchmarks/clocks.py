"""The limits of the law, of ten plans, of a thousand and of ten thousand, and of one of them.

Every plan has the events that ``examples.story`` makes, and of a review as many facts as it has
come to: one to nine. All plans are read from the views, caught up before; one plan is folded from
its own record. Beside them stand the figures of a year, the calendar file, and what waits on whom
with the limit of each plan.

    python -m benchmarks.clocks [--plans 10 1000 10000] [--store sqlite] [--profile]
"""

import argparse
import cProfile
import pstats
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter

from benchmarks import examples
from benchmarks.examples import TENANT
from benchmarks.places import Place, on_postgres, on_sqlite
from benchmarks.servers import started
from benchmarks.table import load
from ehcp_flow.plans import Plans
from ehcp_flow.recording import encode_all
from ehcp_flow.storage import Recorder, StoredEvent

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
_ROOT = Path(__file__).parent.parent
_TOGETHER = 1_000
"""Events in one transaction."""


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clocks", description=__doc__)
    parser.add_argument("--plans", type=int, nargs="+", default=[10, 1_000, 10_000])
    parser.add_argument("--store", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    parser.add_argument("--folder", type=Path, default=_ROOT / ".bench")
    asked = parser.parse_args()
    folder: Path = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    stores: list[str] = asked.store or ["sqlite", "postgresql"]
    heads = ("one plan", "all plans", "figures", "calendar", "work", "limits")
    print("Milliseconds, the best of three.")
    print(f"{'':26}", *(f"{head:>10}" for head in heads), f"{'load':>6}")
    with ExitStack() as stack:
        openers = [partial(on_sqlite, folder)] if "sqlite" in stores else []
        if "postgresql" in stores:
            openers.append(partial(on_postgres, stack.enter_context(started(folder)), folder))
        for opener in openers:
            for plans in asked.plans:
                with opener() as place:
                    measure(place, plans, profile=asked.profile)


def measure(place: Place, plans: int, *, profile: bool = False) -> None:
    """Fill a store, and ask it."""
    with closing(place.store("clocks")) as store:
        recorder = store.recorder(TENANT)
        examples.fill(recorder, range(plans))
        _review_all(recorder, plans)
        here = Plans(store, TENANT, clock=lambda: NOW)
        some = here.list()[0].reference
        here.clocks()

        def work() -> None:
            items = here.work()
            here.most_urgent({item.stream for item in items})

        asked: list[Callable[[], object]] = [
            lambda: here.clocks(some),
            here.clocks,
            here.review_figures,
            here.calendar,
            work,
        ]
        if profile:
            with cProfile.Profile() as found:
                here.clocks()
            pstats.Stats(found, stream=sys.stderr).sort_stats("cumulative").print_stats(35)
        times = [min(_seconds(one) for _ in range(3)) * 1_000 for one in asked]
        limits = len(here.clocks())
    print(
        f"{f'{place.name}, {plans:,} plans':26}",
        *(f"{each:10,.1f}" for each in times),
        f"{limits:10,}",
        f"{load():>6}",
    )


def _seconds(asked: Callable[[], object]) -> float:
    began = perf_counter()
    asked()
    return perf_counter() - began


def _review_all(recorder: Recorder, plans: int) -> None:
    """Record the facts of every plan's review."""
    waiting: list[StoredEvent] = []
    for number in range(plans):
        waiting += encode_all(
            examples.plan_stream(number), examples.STORY, examples.reviewed(number)
        )
        if len(waiting) >= _TOGETHER or number == plans - 1:
            recorder.insert_events(waiting)
            waiting = []


if __name__ == "__main__":
    main()
