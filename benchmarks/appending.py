"""One event, durable: the event, the counter and the command's outcome in one commit.

The same edits of the same plans go, in turn, through

- our recorder, which is given the stored bytes, reads the stream's head, counts, makes the digests
  and writes three rows;
- our use case ``Plans.edit``, which finds the plan and the person, folds the plan, asks the rules
  and encodes the event, too;
- the floor: the raw driver writing the same three rows, made beforehand, into the same tables with
  the same triggers, in one transaction;
- the bare floor: one row with the same bytes into a plain table, which is what a disk can do;
- the library's recorder with the same bytes, and the library's application that loads the same
  plan, edits and saves it.

All begin with the same plans in a file of their own, and all commits are equally durable.
"""

import shutil
from collections.abc import Callable
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
from benchmarks.table import Line, line
from benchmarks.timing import Race
from ehcp_flow.acting import By
from ehcp_flow.plans import Plans
from ehcp_flow.recording import encode, encode_all
from ehcp_flow.storage import Command, Recorder, StoredEvent

_EDITED = "section-edited"
_BY = By(examples.SENCO.staff_id)


def measure(folder: Path, sizes: Sizes) -> list[Line]:
    """Append to each in turn."""
    race, note = _race(folder, sizes.appends, sizes.appended_plans)
    return [
        line(
            "append",
            "one event, the recorder",
            race,
            ours="recorder",
            floor="floor",
            library="library's recorder",
            goals=[("floor", 0.7)],
            notes=[note, "The library writes one row: it keeps no counter, outcome or digest."],
        ),
        line(
            "append",
            "one event, Plans.edit",
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
            "beside one bare row",
            race,
            ours="recorder",
            floor="bare",
            notes=["One row with the same bytes in a plain table: what the disk can do."],
        ),
    ]


def _race(folder: Path, appends: int, many: int) -> tuple[Race, str]:
    chain = _begun(folder / "plans.db", many)
    shutil.copy(folder / "plans.db", folder / "use-case.db")
    shutil.copy(folder / "plans.db", folder / "floor.db")
    race = Race(warming=min(many, appends // 4))
    with ExitStack() as stack:
        ours = stack.enter_context(closing(contenders.store(folder / "plans.db")))
        appender = ours.recorder(TENANT)
        plans = stack.enter_context(Plans(contenders.store(folder / "use-case.db"), TENANT))
        floor = stack.enter_context(closing(contenders.raw(folder / "floor.db")))
        bare = stack.enter_context(closing(contenders.raw(folder / "bare.db")))
        bare.execute("CREATE TABLE rows (position integer PRIMARY KEY, state blob NOT NULL)")
        application = stack.enter_context(contenders.library_application(folder / "app.db"))
        recorder = contenders.library_recorder(folder / "recorder.db")
        stack.enter_context(closing(recorder.datastore))
        ids = [_begun_by_the_library(application, recorder, number) for number in range(many)]
        for turn in range(appends):
            lap, number = divmod(turn, many)
            revision = 4 + lap
            stored = stored_edit(number, revision)
            row = chain.row(stored)
            race.round(
                {
                    "recorder": appended(appender, stored, turn),
                    "use case": _edited(plans, number, revision),
                    "floor": three_rows(floor, row, turn),
                    "bare": _one_row(bare, stored.state + (stored.words or b"")),
                    "library's recorder": _inserted(recorder, contenders.for_library(stored)),
                    "library's application": _saved(application, ids[number], number, revision),
                }
            )
        return race, contenders.durability(recorder)


def _begun(path: Path, plans: int) -> Chain:
    """Make a store with plans, and what is needed to write its next rows without it."""
    with closing(contenders.store(path)) as store:
        recorder = store.recorder(TENANT)
        examples.fill(recorder, range(plans))
        chain = Chain(recorder.head())
        for number in range(plans):
            chain.follow(recorder.rows(examples.plan_stream(number))[-1])
    return chain


def _begun_by_the_library(
    application: Application[UUID], recorder: SQLiteApplicationRecorder, number: int
) -> UUID:
    """Save the same plan with the library's classes."""
    events = examples.story(number)
    plan = examples.library_plan(events)
    application.save(plan)
    stored = encode_all(examples.plan_stream(number), 0, events)
    recorder.insert_events([contenders.for_library(each) for each in stored])
    return plan.id


def stored_edit(number: int, revision: int) -> StoredEvent:
    """An edit after the story, which ends with revision 3, as it is stored."""
    event = examples.edit(number, revision, 10 + revision)
    return encode(examples.plan_stream(number), STORY + revision - 3, event)


def appended(recorder: Recorder, stored: StoredEvent, turn: int) -> Callable[[], object]:
    """Return the work of our recorder: one stored event and its command."""
    events, commands = [stored], [Command(f"{turn:032x}", _EDITED, 1)]
    return lambda: recorder.insert_events(events, commands=commands)


def _edited(plans: Plans, number: int, revision: int) -> Callable[[], object]:
    reference, text = examples.reference(number), examples.text(number, revision)
    return lambda: plans.edit(reference, "F", text, over=revision - 1, by=_BY)


def three_rows(connection: Connection, row: tuple[object, ...], turn: int) -> Callable[[], object]:
    """Return the work of the floor: the same row, the counter and the outcome."""
    position = row[1]
    outcome = (TENANT, f"{turn:032x}", _EDITED, position, position)

    def work() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(contenders.COUNT, (position, TENANT))
        connection.execute(contenders.INSERT, row)
        connection.execute(contenders.OUTCOME, outcome)
        connection.execute("COMMIT")

    return work


def _one_row(connection: Connection, data: bytes) -> Callable[[], object]:
    return lambda: connection.execute("INSERT INTO rows (state) VALUES (?)", (data,))


def _inserted(
    recorder: SQLiteApplicationRecorder, stored: LibraryStoredEvent
) -> Callable[[], object]:
    events = [stored]
    return lambda: recorder.insert_events(events)


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
