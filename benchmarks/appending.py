"""One event, durable: the event, the counter and the command's outcome in one commit.

The same edits of the same plans go, in turn, through

- our recorder, which is given the stored bytes, reads the stream's head, counts, makes the digests
  and writes three rows;
- our use case ``Plans.edit``, which finds the plan and the person, folds the plan, asks the rules
  and encodes the event, too;
- the floor: the raw driver writing the same three rows, made beforehand, into the same tables with
  the same triggers, in one transaction; on PostgreSQL in one statement, which is one round trip;
- the bare floor: one row with the same bytes into a plain table, which is what a disk can do;
- the library's recorder with the same bytes, and the library's application that loads the same
  plan, edits and saves it.

All begin with the same plans in a database of their own, and all commits are equally durable.
"""

from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder

from benchmarks import examples
from benchmarks.examples import TENANT, Chain
from benchmarks.places import Place, library_application, library_recorder
from benchmarks.sizes import Sizes
from benchmarks.table import Line, line
from benchmarks.timing import Race
from benchmarks.together import EDITED, appended, stored_edit
from ehcp_flow.acting import By
from ehcp_flow.plans import Plans
from ehcp_flow.recording import encode_all

_BY = By(examples.SENCO.staff_id)


def measure(place: Place, sizes: Sizes) -> list[Line]:
    """Append to each in turn."""
    race, note = _race(place, sizes.appends, sizes.appended_plans)
    return [
        line(
            "append",
            f"{place.name}, one event, the recorder",
            race,
            ours="recorder",
            floor="floor",
            library="library's recorder",
            goals=[("floor", 0.7)] if place.name == "SQLite" else [],
            notes=[note, "The library writes one row: it keeps no counter, outcome or digest."],
        ),
        line(
            "append",
            f"{place.name}, one event, Plans.edit",
            race,
            ours="use case",
            floor="floor",
            library="library's application",
            notes=[
                "Plans.edit finds plan and person, folds the plan, asks the rules and encodes; the "
                "library's application is given the id, folds its aggregate, edits and saves it, "
                "with no rules. The floor is the same three rows."
            ],
        ),
        line(
            "append",
            f"{place.name}, beside one bare row",
            race,
            ours="recorder",
            floor="bare",
            notes=["One row with the same bytes in a plain table: what the disk can do."],
        ),
    ]


def _race(place: Place, appends: int, many: int) -> tuple[Race, str]:
    chain = _begun(place, many)
    place.copy("plans", "use-case")
    place.copy("plans", "floor")
    race = Race(warming=min(many, appends // 4))
    with ExitStack() as stack:
        appender = stack.enter_context(closing(place.store("plans"))).recorder(TENANT)
        plans = stack.enter_context(Plans(place.store("use-case"), TENANT))
        floor = stack.enter_context(closing(place.raw("floor")))
        bare = stack.enter_context(closing(place.raw("bare")))
        application = stack.enter_context(library_application(place, "app"))
        recorder = stack.enter_context(library_recorder(place, "recorder"))
        ids = [_begun_by_the_library(application, recorder, number) for number in range(many)]
        for turn in range(appends):
            lap, number = divmod(turn, many)
            revision = 4 + lap
            stored, command = stored_edit(number, revision), f"{turn:032x}"
            row = floor.ready(chain.row(stored))
            data = stored.state + (stored.words or b"")
            race.round(
                {
                    "recorder": appended(appender, stored, command),
                    "use case": _edited(plans, number, revision),
                    "floor": partial(floor.append, row, command, EDITED),
                    "bare": partial(bare.one_row, data),
                    "library's recorder": partial(
                        recorder.insert_events, [examples.for_library(stored)]
                    ),
                    "library's application": _saved(application, ids[number], number, revision),
                }
            )
    return race, place.durability("recorder")


def _begun(place: Place, plans: int) -> Chain:
    """Make a store with plans, and what is needed to write its next rows without it."""
    with closing(place.store("plans")) as store:
        recorder = store.recorder(TENANT)
        examples.fill(recorder, range(plans))
        chain = Chain(recorder.head())
        for number in range(plans):
            chain.follow(recorder.rows(examples.plan_stream(number))[-1])
    return chain


def _begun_by_the_library(
    application: Application[UUID], recorder: ApplicationRecorder, number: int
) -> UUID:
    """Save the same plan with the library's classes."""
    events = examples.story(number)
    plan = examples.library_plan(events)
    application.save(plan)
    stored = encode_all(examples.plan_stream(number), 0, events)
    recorder.insert_events([examples.for_library(each) for each in stored])
    return plan.id


def _edited(plans: Plans, number: int, revision: int) -> Callable[[], object]:
    reference, text = examples.reference(number), examples.text(number, revision)
    return lambda: plans.edit(reference, "F", text, over=revision - 1, by=_BY)


def _saved(
    application: Application[UUID], id: UUID, number: int, revision: int
) -> Callable[[], object]:
    text = examples.text(number, revision)
    hand = examples.library_hand(examples.edit(number, revision, 10 + revision))

    def work() -> None:
        plan: examples.LibraryPlan = application.repository.get(id)
        plan.edit("F", revision, text, **hand)
        application.save(plan)

    return work
