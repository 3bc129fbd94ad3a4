"""A review cycle over a thousand and over ten thousand plans: preview, apply, and apply again.

Every plan has 14 events, as ``examples.story`` makes them, and gets a review, four tasks and
somebody who attends: six more. Beside applying stands the floor of ``bulk``: the raw driver's
quickest way to write the rows that applying recorded, made beforehand, into a copy of the store
from before, in transactions of as many events.

    python -m benchmarks.cycles [--plans 1000 10000] [--store sqlite] [--profile]

Each row is measured in a process of its own, whose highest resident size is told.
"""

import argparse
import cProfile
import pstats
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

from benchmarks import examples
from benchmarks.examples import TENANT
from benchmarks.places import Place, on_postgres, on_sqlite
from benchmarks.servers import started
from benchmarks.table import load
from ehcp_flow.acting import MOST_EVENTS, By
from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.plans import Plans
from ehcp_flow.storage import EventRow, open_store

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
SENCO = By(examples.SENCO.staff_id)
TEACHERS, REVIEWERS = 400, 40
FILE = b"""
name = "Spring 2027"

[meeting]
spread_from = 2027-01-11
spread_to = 2027-03-26

[[closed]]
from = 2027-02-15
to = 2027-02-19

[[write]]
sections = ["E", "F"]
role = "class teacher"
due_weeks_before_meeting = 3

[[review]]
sections = ["E", "F"]
role = ["deputy head", "head teacher"]
due_weeks_before_meeting = 2

[[attend]]
role = "SENCO"
"""

_ROOT = Path(__file__).parent.parent


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cycles", description=__doc__)
    parser.add_argument("--plans", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--store", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    parser.add_argument("--folder", type=Path, default=_ROOT / ".bench")
    parser.add_argument("--run", metavar="URL", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        _run(asked.run, profile=asked.profile)
        return
    folder: Path = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    stores: list[str] = asked.store or ["sqlite", "postgresql"]
    print("Seconds, in brackets those of this process alone on a processor.")
    heads = f"{'preview':>14} {'apply':>14} {'again':>14} {'events':>8} {'of floor':>8}"
    print(f"{'':26} {heads} {'peak':>8}{'load':>6}")
    with ExitStack() as stack:
        openers = [partial(on_sqlite, folder)] if "sqlite" in stores else []
        if "postgresql" in stores:
            openers.append(partial(on_postgres, stack.enter_context(started(folder)), folder))
        for opener in openers:
            for plans in asked.plans:
                with opener() as place:
                    _measure(place, plans, profile=asked.profile)


def _measure(place: Place, plans: int, *, profile: bool) -> None:
    """Fill a store, work on it in another process, and write the same rows without it."""
    with closing(place.store("before")) as store:
        examples.fill(store.recorder(TENANT), range(plans))
        here = Plans(store, TENANT, clock=lambda: NOW)
        here.people.import_list(_people(), by=SENCO)
        here.list()
        head = store.recorder(TENANT).head()
    place.settle("before")
    place.copy("before", "floor")
    words = [sys.executable, "-m", "benchmarks.cycles", "--run", place.url("before")]
    told = subprocess.run(
        [*words, *(["--profile"] if profile else [])],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    *seconds, peak = map(float, told.stdout.split())
    with closing(place.store("before")) as store:
        rows = store.recorder(TENANT).log(gt=head, limit=1_000_000)
    floor = _floor(place, rows)
    of_floor = floor / seconds[2]
    print(
        f"{f'{place.name}, {plans:,} plans':26}",
        *(
            f"{wall:6.2f} ({cpu:5.2f})"
            for wall, cpu in zip(seconds[::2], seconds[1::2], strict=True)
        ),
        f"{len(rows):8,}{of_floor:9.2f}{peak:6.0f} MB{load():>6}",
    )


def _floor(place: Place, rows: Sequence[EventRow]) -> float:
    """How long the raw driver takes for these rows."""
    with closing(place.raw("floor")) as floor:
        ready = [floor.ready((TENANT, *row)) for row in rows]
        began = perf_counter()
        for start in range(0, len(ready), MOST_EVENTS):
            floor.insert(ready[start : start + MOST_EVENTS])
        return perf_counter() - began


def _people() -> list[Person]:
    """Many who could: teachers of Year 7, some of whom work part-time, and who reviews."""
    weeks = ((), ("Mon", "Tue", "Wed"), ("Wed", "Thu", "Fri"))
    return [
        *(_person(f"t{n:04}", "class teacher", weeks[n % 3]) for n in range(TEACHERS)),
        *(_person(f"r{n:04}", "deputy head", ()) for n in range(REVIEWERS)),
    ]


def _person(staff_id: str, role: str, days: tuple[str, ...]) -> Person:
    held = HeldRole(role, "Fernbank School", date(2020, 9, 1))
    name = f"Person {staff_id}"
    return Person("", staff_id=staff_id, name=name, years=("7",), days=days, roles=(held,))


def _run(url: str, *, profile: bool) -> None:
    """Preview, apply and apply again, and print the seconds and the highest resident size."""
    with closing(open_store(url)) as store:
        cycles = Plans(store, TENANT, clock=lambda: NOW).cycles

        def preview() -> None:
            found = cycles.preview(FILE, file="spring.toml", by=SENCO)
            assert not found.gaps, found.gaps[0]

        def apply() -> None:
            cycles.apply(FILE, file="spring.toml", by=SENCO)

        for work in (preview, apply, apply):
            print(*_timed(work, profile=profile))
        print(_peak())


def _peak() -> float:
    """The highest resident size of this process so far, in megabytes; 0 where it is not told.

    Not ``ru_maxrss``: on Linux that begins with the size of the process which started this one.
    """
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return sum(int(each.split()[1]) for each in lines if each.startswith("VmHWM:")) * 1_024 / 1e6


def _timed(work: Callable[[], None], *, profile: bool) -> tuple[float, float]:
    """How many seconds something took, and how many of them this process was at work."""
    began, before = perf_counter(), process_time()
    if profile:
        with cProfile.Profile() as found:
            work()
        pstats.Stats(found, stream=sys.stderr).sort_stats("cumulative").print_stats(45)
    else:
        work()
    return perf_counter() - began, process_time() - before


if __name__ == "__main__":
    main()
