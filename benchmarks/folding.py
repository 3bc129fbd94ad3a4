"""A plan from the store: its rows read, its chain checked, decoded and folded.

The library reads the same plan as an aggregate of its own from its own database, with no chain to
check. The floor is the raw driver reading our rows, and nothing made of them. Each has just done
the same before, and nobody has snapshots or caches.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from typing import cast
from uuid import UUID

from benchmarks import examples
from benchmarks.examples import TENANT
from benchmarks.places import Place, library_application
from benchmarks.sizes import Sizes
from benchmarks.table import GoalWanted, Line, line
from benchmarks.timing import Race
from ehcp_flow.acting import MOST_EVENTS
from ehcp_flow.events import PlanEvent
from ehcp_flow.plan import Plan, fold
from ehcp_flow.recording import encode_all, events_of
from ehcp_flow.storage import Recorder

_SAVED = 200
"""Events in one save of the library's: its recorder for PostgreSQL waits for ever for a thousand of
them over a Unix socket."""


def measure(place: Place, sizes: Sizes) -> list[Line]:
    """Read the same plan in turn: a short one, a longer one, a long one."""
    return [
        _measured(place, length, sizes.folds, longest=length == max(sizes.folded))
        for length in sizes.folded
    ]


def _measured(place: Place, length: int, rounds: int, *, longest: bool) -> Line:
    stream = examples.plan_stream(length)
    events = list(examples.long_plan(length))
    race = Race(again=True)
    with ExitStack() as stack:
        recorder = stack.enter_context(closing(place.store("plans"))).recorder(TENANT)
        for start in range(0, len(events), MOST_EVENTS):
            some = events[start : start + MOST_EVENTS]
            recorder.insert_events(encode_all(stream, start, some))
        floor = stack.enter_context(closing(place.raw("plans")))
        application = stack.enter_context(library_application(place, "app"))
        plan = examples.library_plan(events[:_SAVED])
        application.save(plan)
        for start in range(_SAVED, len(events), _SAVED):
            examples.library_goes_on(plan, events[start : start + _SAVED])
            application.save(plan)
        plan_id = plan.id

        def library() -> examples.LibraryPlan:
            found: examples.LibraryPlan = application.repository.get(plan_id)
            return found

        ours = partial(loaded, recorder, stream)
        _same(ours(), library())
        for _ in range(rounds):
            race.round(
                {
                    "ours": ours,
                    "floor": partial(floor.stream, TENANT, stream),
                    "library": library,
                }
            )
    goals: list[GoalWanted] = [("ms", 8.0), ("library", 3.0)] if longest else []
    return line(
        "fold",
        f"{place.name}, a plan of {length:,} events",
        race,
        ours="ours",
        floor="floor",
        library="library",
        goals=goals,
        notes=["Its chain is checked. The floor reads the rows and makes nothing of them."],
    )


def loaded(recorder: Recorder, stream: UUID) -> Plan:
    """Read a plan, check its chain, and fold it."""
    return fold(stream, cast("Iterator[PlanEvent]", events_of(recorder.rows(stream))))


def _same(one: Plan, other: examples.LibraryPlan) -> None:
    """Make sure that both have folded the same plan.

    Raises:
        ValueError: they have not.
    """
    for id, section in one.sections.items():
        if other.sections[id]["text"] != section.text:
            raise ValueError(f"the two ways do not tell the same text of section {id}")
