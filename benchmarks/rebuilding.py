"""Each view, made from a log of more than 50,000 mixed events.

In turn:

- ``catch_up`` where there is no view yet;
- the floor: the raw driver reading the log, and then writing the finished view's rows in
  transactions of the same size (by ``executemany``, or by ``COPY``); they are fewer than the
  events, except in the trail;
- the library's ``ProjectionRunner``, with its tracking recorder in a database of its own, of the
  same kind. It reads the same log through the library's door to our store, is given the stored
  bytes without decoding them, and takes each event in with the same statements as we do, in a
  transaction together with how far it came: one event at a time, for so it works. It is given
  some hundred, and its time is told as for all.

Then ``rebuild`` of all views, each beside the old one, as ``ehcp-flow store rebuild`` does it.

Views are a cache. On SQLite a commit to them waits for no disk (``synchronous=NORMAL``), for
nobody; on PostgreSQL each one does, everybody's.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import cache
from itertools import islice
from threading import Event as Signal
from typing import Any, cast
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.persistence import (
    InfrastructureFactory,
    Mapper,
    Notification,
    Tracking,
    TrackingRecorder,
)
from eventsourcing.persistence import StoredEvent as LibraryStoredEvent
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteCursor, SQLiteTrackingRecorder
from psycopg import Cursor
from psycopg.rows import DictRow, tuple_row
from psycopg.sql import SQL

from benchmarks import examples
from benchmarks.examples import TENANT
from benchmarks.places import Place, Raw
from benchmarks.sizes import Sizes
from benchmarks.table import Line, line
from benchmarks.timing import Race
from ehcp_flow.events import Event
from ehcp_flow.library import StoreFactory
from ehcp_flow.projections import drafts, people, standing, trail
from ehcp_flow.projections.catching_up import BATCH, View, catch_up, rebuild
from ehcp_flow.recording import encode
from ehcp_flow.storage import EventRow, Recorder, Store
from ehcp_flow.storage import Notification as OurNotification

VIEWS: tuple[View, ...] = (standing.VIEW, people.VIEW, drafts.VIEW, trail.VIEW)

_QUICK = 70_000
"""Events a second that the design wants."""


def measure(place: Place, sizes: Sizes) -> list[Line]:
    """Make each view in turn."""
    with closing(place.store("plans")) as store:
        recorder = store.recorder(TENANT)
        _record(recorder, examples.mixed(sizes.viewed_plans))
        events = recorder.head()
    place.settle("plans")
    with closing(place.store("followed")) as followed:
        first = islice(examples.mixed(sizes.viewed_plans), sizes.followed)
        _record(followed.recorder(TENANT), first)
    lines = [
        line(
            "rebuild",
            f"{place.name}, {view.name}, from {events:,} events",
            _made_anew(place, view, sizes),
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
            f"{place.name}, all views, beside the old ones",
            _beside(place, sizes.views),
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


def _made_anew(place: Place, view: View, sizes: Sizes) -> Race:
    race = Race(warming=1)
    with closing(place.store("plans")) as store:
        recorder = store.recorder(TENANT)
        events = min(sizes.followed, recorder.head())
        share = events / recorder.head()
        catch_up(store.views, recorder, view).close()
        rows = {table: store.views.query(f"SELECT * FROM {table}") for table in view.tables}
    for number in range(sizes.views + 1):
        place.forget_views("plans")
        with ExitStack() as stack:
            store = stack.enter_context(closing(place.store("plans")))
            log = stack.enter_context(closing(place.raw("plans")))
            # Each writes to a database of its own; the log's is as it was.
            floor = place.raw(f"{view.name}-{number}", waits=False)
            stack.enter_context(closing(floor))
            floor.make(view.ddl)
            followed = stack.enter_context(closing(place.store("followed"))).recorder(TENANT)
            library = f"{view.name}-{number}-library"
            race.round(
                {
                    "ours": _caught_up(store, view),
                    "floor": _read_and_written(log, floor, rows),
                    "library": _followed(place, library, view, followed, events),
                },
                share={"library": share},
            )
    return race


def _caught_up(store: Store, view: View) -> Callable[[], object]:
    recorder = store.recorder(TENANT)
    return lambda: catch_up(store.views, recorder, view).close()


def _beside(place: Place, rounds: int) -> Race:
    race = Race()
    with closing(place.store("plans")) as store:
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


# The floor --------------------------------------------------------------------------------------


def _read_and_written(
    log: Raw, views: Raw, rows: Mapping[str, Sequence[tuple[object, ...]]]
) -> Callable[[], object]:
    def work() -> None:
        after = 0
        while some := log.page(after, BATCH):
            after = some[-1][0]
        for table, values in rows.items():
            for start in range(0, len(values), BATCH):
                views.write(table, values[start : start + BATCH])

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


class _FileWriter:
    def __init__(self, cursor: SQLiteCursor) -> None:
        self._cursor = cursor

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, if it gives any."""
        self._cursor.execute(sql, values)
        return cast("list[tuple[Any, ...]]", self._cursor.fetchall())

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for many rows of values."""
        self._cursor.executemany(sql, rows)


class _ServerWriter:
    def __init__(self, cursor: Cursor[DictRow]) -> None:
        # The library has its rows as dictionaries.
        self._cursor = cursor.connection.cursor(row_factory=tuple_row)

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, if it gives any."""
        self._cursor.execute(_placed(sql), values)
        return self._cursor.fetchall() if self._cursor.description else []

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for many rows of values."""
        self._cursor.executemany(_placed(sql), rows)


@cache
def _placed(sql: str) -> bytes:
    """A statement with psycopg's places: no question mark in the views means another thing."""
    return sql.replace("%", "%%").replace("?", "%s").encode()


def _on_sqlite(view: View, log: Recorder) -> type[TrackingRecorder]:
    class Rows(SQLiteTrackingRecorder):
        def construct_create_table_statements(self) -> list[str]:
            return [*super().construct_create_table_statements(), *view.ddl]

        def take(self, row: EventRow, tracking: Tracking) -> None:
            with self.datastore.get_connection(commit=True) as connection:
                connection.cursor().execute("PRAGMA synchronous = NORMAL")
                with connection.transaction(commit=True) as cursor:
                    self._insert_tracking(cursor, tracking)
                    view.take(log, _FileWriter(cursor), [row])

    return Rows


def _on_postgres(view: View, log: Recorder) -> type[TrackingRecorder]:
    class Rows(PostgresTrackingRecorder):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            # The library looks for each statement's text, which is of a type of its own.
            self.sql_create_statements += [SQL(cast("Any", ddl)).format() for ddl in view.ddl]

        def take(self, row: EventRow, tracking: Tracking) -> None:
            with self.datastore.transaction(commit=True) as cursor:
                self._insert_tracking(cursor, tracking)
                view.take(log, _ServerWriter(cursor), [row])

    return Rows


def _followed(
    place: Place, database: str, view: View, log: Recorder, events: int
) -> Callable[[], object]:
    """Let the library's projection follow a log until it has taken in so many events."""
    done = Signal()
    rows = (_on_sqlite if place.name == "SQLite" else _on_postgres)(view, log)

    class Follower(Projection[Any]):
        name = "follower"

        @singledispatchmethod
        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            self.view.take(domain_event, tracking)
            if tracking.notification_id >= events:
                done.set()

    theirs = place.environment(database)
    module = InfrastructureFactory.PERSISTENCE_MODULE
    environment = {
        **theirs,
        module: "ehcp_flow.library",
        f"FOLLOWER_{module}": theirs[module],
        StoreFactory.STORE: place.url("followed"),
        StoreFactory.TENANT: TENANT,
    }

    def work() -> None:
        runner = ProjectionRunner[_Log, Any](
            application_class=_Log,
            projection_class=Follower,
            view_class=rows,
            env=environment,
        )
        with runner:
            while not done.wait(0.1) and not runner.is_interrupted.is_set():
                pass

    return work
