"""Each view, made from a log of more than 50,000 mixed events.

In turn:

- ``catch_up`` on a new views file;
- the floor: the raw driver reading the log, and then writing the finished view's rows in
  transactions of the same size; they are fewer than the events, except in the trail;
- the library's ``ProjectionRunner``, with its tracking recorder on a SQLite file of its own. It
  reads the same log through the library's door to our store, is given the stored bytes without
  decoding them, and takes each event in with the same statements as we do, in a transaction
  together with how far it came: one event at a time, for so it works. It is given some thousand.

Then ``rebuild`` of all views, each beside the old one, as ``ehcp-flow store rebuild`` does it.

Views are a cache, and a commit to them waits for no disk (``synchronous=NORMAL``): for nobody.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from threading import Event as Signal
from typing import Any, cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import InfrastructureFactory, Mapper, Notification, Tracking
from eventsourcing.persistence import StoredEvent as LibraryStoredEvent
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteCursor, SQLiteFactory, SQLiteTrackingRecorder

from benchmarks import contenders, examples
from benchmarks.examples import TENANT
from benchmarks.sizes import Sizes
from benchmarks.table import Line, line
from benchmarks.timing import Race
from ehcp_flow.events import Event
from ehcp_flow.projections import drafts, people, standing, trail
from ehcp_flow.projections.catching_up import BATCH, View, catch_up, rebuild
from ehcp_flow.recording import encode
from ehcp_flow.storage import EventRow, Recorder
from ehcp_flow.storage import Notification as OurNotification
from ehcp_flow_sqlite import SQLiteStore
from ehcp_flow_sqlite.library import SQLiteFactory as OurFactory

VIEWS: tuple[View, ...] = (standing.VIEW, people.VIEW, drafts.VIEW, trail.VIEW)

_QUICK = 70_000
"""Events a second that the design wants."""


def measure(folder: Path, sizes: Sizes) -> list[Line]:
    """Make each view in turn."""
    path = folder / "plans.db"
    with closing(contenders.store(path)) as store:
        recorder = store.recorder(TENANT)
        _record(recorder, examples.mixed(sizes.viewed_plans))
        events = recorder.head()
    with closing(contenders.store(folder / "followed.db")) as followed:
        first = islice(examples.mixed(sizes.viewed_plans), sizes.followed)
        _record(followed.recorder(TENANT), first)
    lines = [
        line(
            "rebuild",
            f"{view.name}, from {events:,} events",
            _made_anew(path, view, sizes),
            ours="ours",
            floor="floor",
            library="library",
            many=events,
            goals=[("a second", _QUICK)],
            notes=[
                "The floor reads the log and writes the finished view's rows. The library takes in "
                f"{sizes.followed:,} events, each in a transaction, with our statements."
            ],
        )
        for view in VIEWS
    ]
    lines.append(
        line(
            "rebuild",
            "all views, beside the old ones",
            _beside(path, sizes.views),
            ours="ours",
            many=events * len(VIEWS),
            goals=[("a second", _QUICK)],
            notes=["As `ehcp-flow store rebuild`: made in a copy, and every row compared."],
        )
    )
    return lines


def _record(recorder: Recorder, events: Iterable[tuple[UUID, int, Event]]) -> None:
    remaining = iter(events)
    while some := list(islice(remaining, BATCH)):
        recorder.insert_events([encode(*each) for each in some])


def _made_anew(path: Path, view: View, sizes: Sizes) -> Race:
    race = Race(warming=1)
    with closing(contenders.store(path)) as store:
        recorder = store.recorder(TENANT)
        events = min(sizes.followed, recorder.head())
        share = events / recorder.head()
        catch_up(store.views, recorder, view).close()
        rows = {table: store.views.query(f"SELECT * FROM {table}") for table in view.tables}
    for number in range(sizes.views + 1):
        _forget(path)
        with (
            closing(contenders.store(path)) as store,
            closing(contenders.raw(path)) as log,
            closing(_tables(path.with_name(f"{view.name}-{number}.db"), view)) as floor,
        ):
            race.round(
                {
                    "ours": _caught_up(store, view),
                    "floor": _read_and_written(log, floor, rows),
                    "library": _followed(
                        path.with_name("followed.db"),
                        path.with_name(f"{view.name}-{number}-library.db"),
                        view,
                        events,
                    ),
                },
                share={"library": share},
            )
    return race


def _caught_up(store: SQLiteStore, view: View) -> Callable[[], object]:
    recorder = store.recorder(TENANT)
    return lambda: catch_up(store.views, recorder, view).close()


def _beside(path: Path, rounds: int) -> Race:
    race = Race()
    with closing(contenders.store(path)) as store:
        recorder = store.recorder(TENANT)
        for view in VIEWS:
            catch_up(store.views, recorder, view).close()

        def work() -> None:
            for view in VIEWS:
                if not rebuild(store.views, recorder, view):
                    raise ValueError(f"the view {view.name} was not as it should be")

        for _ in range(rounds):
            race.round({"ours": work})
    return race


def _forget(store: Path) -> None:
    """Remove the views of a store that is closed."""
    for end in ("", "-wal", "-shm"):
        store.with_name(f"{store.name}.views{end}").unlink(missing_ok=True)


# The floor --------------------------------------------------------------------------------------


_PAGE = """
SELECT position, stream, version, type, state, words, state_digest, digest
FROM events WHERE tenant = ? AND position > ? ORDER BY position LIMIT ?
"""


def _tables(path: Path, view: View) -> sqlite3.Connection:
    connection = contenders.raw(path, synchronous="NORMAL")
    for statement in view.ddl:
        connection.execute(statement)
    return connection


def _read_and_written(
    log: sqlite3.Connection,
    connection: sqlite3.Connection,
    rows: Mapping[str, Sequence[tuple[object, ...]]],
) -> Callable[[], object]:
    def work() -> None:
        after = 0
        while some := log.execute(_PAGE, (TENANT, after, BATCH)).fetchall():
            after = some[-1][0]
        for table, values in rows.items():
            for start in range(0, len(values), BATCH):
                places = ", ".join("?" * len(values[0]))
                connection.execute("BEGIN IMMEDIATE")
                connection.executemany(
                    f"INSERT INTO {table} VALUES ({places})", values[start : start + BATCH]
                )
                connection.execute("COMMIT")

    return work


# The library ------------------------------------------------------------------------------------


class _RowMapper(Mapper[UUID]):
    """Gives the library's projections what is stored, as our views want it: nothing to decode."""

    def to_domain_event(self, stored_event: LibraryStoredEvent) -> Any:
        """Return the row of a notification."""
        if not isinstance(stored_event, Notification):
            raise TypeError(f"expected a Notification, got {type(stored_event).__name__}")
        kept = stored_event.words if isinstance(stored_event, OurNotification) else None
        return EventRow(
            stored_event.id,
            str(stored_event.originator_id),
            stored_event.originator_version,
            stored_event.topic,
            stored_event.state,
            kept,
            b"",
            b"",
            "",
            "",
        )


class _Log(Application[UUID]):
    """Our log as an application of the library."""

    name = "log"

    def construct_mapper(self) -> Mapper[UUID]:
        """Return the mapper that does not decode."""
        return self.factory.mapper(self.construct_transcoder(), _RowMapper)


class _Writer:
    def __init__(self, cursor: SQLiteCursor) -> None:
        self._cursor = cursor

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, if it gives any."""
        self._cursor.execute(sql, values)
        return cast("list[tuple[Any, ...]]", self._cursor.fetchall())

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for many rows of values."""
        self._cursor.executemany(sql, rows)


def _followed(log: Path, path: Path, view: View, events: int) -> Callable[[], object]:
    """Let the library's projection follow a log until it has taken in so many events."""
    done = Signal()

    class Rows(SQLiteTrackingRecorder):
        def construct_create_table_statements(self) -> list[str]:
            return [*super().construct_create_table_statements(), *view.ddl]

        def take(self, row: EventRow, tracking: Tracking) -> None:
            with self.datastore.get_connection(commit=True) as connection:
                connection.cursor().execute("PRAGMA synchronous = NORMAL")
                with connection.transaction(commit=True) as cursor:
                    self._insert_tracking(cursor, tracking)
                    view.take(TENANT, _Writer(cursor), [row])

    class Follower(Projection[Rows]):
        name = "follower"

        @singledispatchmethod
        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            self.view.take(domain_event, tracking)
            if tracking.notification_id >= events:
                done.set()

    environment = {
        InfrastructureFactory.PERSISTENCE_MODULE: "ehcp_flow_sqlite.library",
        OurFactory.STORE: f"sqlite:{log}",
        OurFactory.TENANT: TENANT,
        f"FOLLOWER_{InfrastructureFactory.PERSISTENCE_MODULE}": "eventsourcing.sqlite",
        SQLiteFactory.SQLITE_DBNAME: str(path),
    }

    def work() -> None:
        runner = ProjectionRunner[_Log, Rows](
            application_class=_Log,
            projection_class=Follower,
            view_class=Rows,
            env=environment,
        )
        with runner:
            while not done.wait(0.1) and not runner.is_interrupted.is_set():
                pass

    return work
