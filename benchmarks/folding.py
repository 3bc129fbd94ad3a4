"""A plan of 1,000 events from the file: its rows read, its chain checked, decoded and folded.

The library reads the same plan as an aggregate of its own from its own file, with no chain to
check. The floor is the raw driver reading our rows, and nothing made of them. Each has just done
the same before, and nobody has snapshots or caches.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import cast

from benchmarks import contenders, examples
from benchmarks.examples import TENANT
from benchmarks.sizes import Sizes
from benchmarks.table import Line, line
from benchmarks.timing import Race
from ehcp_flow.acting import MOST_EVENTS
from ehcp_flow.events import PlanEvent
from ehcp_flow.plan import Plan, fold
from ehcp_flow.recording import encode_all, events_of


def measure(folder: Path, sizes: Sizes) -> list[Line]:
    """Read the same plan in turn."""
    stream = examples.plan_stream(1)
    events = list(examples.long_plan(sizes.folded))
    race = Race(again=True)
    with ExitStack() as stack:
        store = stack.enter_context(closing(contenders.store(folder / "plans.db")))
        recorder = store.recorder(TENANT)
        for start in range(0, len(events), MOST_EVENTS):
            some = events[start : start + MOST_EVENTS]
            recorder.insert_events(encode_all(stream, start, some))
        floor = stack.enter_context(closing(contenders.raw(folder / "plans.db")))
        application = stack.enter_context(contenders.library_application(folder / "app.db"))
        plan = examples.library_plan(events)
        application.save(plan)
        plan_id = plan.id

        def ours() -> Plan:
            return fold(stream, cast("Iterator[PlanEvent]", events_of(recorder.rows(stream))))

        def rows() -> list[tuple[object, ...]]:
            return floor.execute(
                "SELECT * FROM events WHERE tenant = ? AND stream = ? ORDER BY version",
                (TENANT, str(stream)),
            ).fetchall()

        def library() -> examples.LibraryPlan:
            found: examples.LibraryPlan = application.repository.get(plan_id)
            return found

        _same(ours(), library())
        for _ in range(sizes.folds):
            race.round({"ours": ours, "floor": rows, "library": library})
    return [
        line(
            "fold",
            f"a plan of {sizes.folded:,} events, chain checked",
            race,
            ours="ours",
            floor="floor",
            library="library",
            goals=[("ms", 8.0), ("library", 3.0)],
            notes=["The floor reads the rows and makes nothing of them."],
        )
    ]


def _same(one: Plan, other: examples.LibraryPlan) -> None:
    """Make sure that both have folded the same plan.

    Raises:
        ValueError: they have not.
    """
    for id, section in one.sections.items():
        if other.sections[id]["text"] != section.text:
            raise ValueError(f"the two ways do not tell the same text of section {id}")
