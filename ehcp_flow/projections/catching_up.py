"""How far does a view know the log, and how does it come to know the rest?

A view is a cache of the log. It is read after it has taken in what was recorded since, in
batches, each in one transaction with the note of how far it came. That note names the last event
by its digest, so that a view of another log (a store restored from an older copy, say) is found
out and made anew.
"""

import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Any, ClassVar, NamedTuple, Self

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.storage import EventRow, Recorder, Tables, Views, ViewWriter

BATCH = 4_000
"""Events in one transaction: some 60 ms during which others read the view apart. Of plans that are
worked on side by side, fewer at once fetch and write the same rows more often; twice as many gain
little, and others wait twice as long."""

_NOTE = """
CREATE TABLE IF NOT EXISTS view_progress (
    view_name text NOT NULL,
    tenant text NOT NULL,
    form integer NOT NULL,
    reached bigint NOT NULL,
    digest text NOT NULL,
    PRIMARY KEY (view_name, tenant)
)
"""

_Query = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]


class View(ABC):
    """What is kept of the log, in tables whose every row has a ``tenant`` and a ``stream``.

    By ``stream``, an id or a number, the rows are read and compared some at a time.
    """

    name: ClassVar[str]
    form: ClassVar[int]
    """Raised whenever the tables or what stands in them change: older ones are made anew."""
    tables: ClassVar[tuple[str, ...]]
    ddl: ClassVar[tuple[str, ...]]
    """``CREATE TABLE`` and ``CREATE INDEX IF NOT EXISTS`` statements, in the SQL of ViewWriter."""

    @abstractmethod
    def take(self, log: Recorder, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
        """Take in the next events of a tenant's log; what came before them can be read in it.

        Raises:
            RecordDamaged: a row holds an event that this version does not know, or none.
        """


class Reading:
    """A view as it stood when it was caught up, or later.

    A private copy is let go of by ``close``, by leaving the ``with`` block, or when nobody holds
    the reading any more.
    """

    def __init__(
        self, query: _Query, position: int, close: Callable[[], object] = lambda: None
    ) -> None:
        self._query = query
        self.position = position
        """The last position of the log that it surely knows."""
        self.close = weakref.finalize(self, close)

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows that a ``SELECT`` gives."""
        return self._query(sql, values)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Progress(NamedTuple):
    reached: int = 0
    digest: str = ""


def catch_up(views: Views, recorder: Recorder, view: View) -> Reading:
    """Let a view take in what was recorded since, and return it for reading.

    When another process is writing views, or they cannot be written to, the rest is taken in by
    a private copy.

    Raises:
        RecordDamaged: the log holds an event that cannot be read.
        StoreTrouble: the log or the views cannot be read.
    """
    known = _as_it_is(views, recorder, view)
    if known is not None:
        return Reading(views.query, known)
    if _is_noted(views, recorder, view) and not _can_be_read(views, view):
        with views.writing(recorder.tenant) as writer:
            if writer is not None:
                _make_anew(writer, view)
    while True:
        with views.writing(recorder.tenant) as writer:
            if writer is None:
                break
            reached, more = _take_batch(writer, recorder, view)
        if not more:
            return Reading(views.query, reached)
    return _copied(views, recorder, view)[0]


def intact(
    views: Views,
    recorder: Recorder,
    view: View,
    progress: Callable[[int, int], None] | None = None,
) -> bool:
    """Whether a tenant's part of a view is what the events say.

    The view is looked at as it is at one moment, with what it does not know yet taken in apart,
    and made anew in a private place up to there. Nothing is changed.

    Raises:
        RecordDamaged: the log holds an event that cannot be read.
        StoreTrouble: the log or the views cannot be read.
    """
    with _compared(views, recorder, view, progress) as (_, same, _):
        return same


def rebuild(
    views: Views,
    recorder: Recorder,
    view: View,
    progress: Callable[[int, int], None] | None = None,
) -> bool:
    """Make a tenant's part of a view anew beside the old one, and switch when they differ.

    The switch is one transaction: who reads meanwhile reads the old one.

    Returns:
        Whether the old one was as it should be; ``False`` when it was replaced.

    Raises:
        RecordDamaged: the log holds an event that cannot be read; the old one stays.
        StoreTrouble: the views cannot be written to now; the old one stays.
    """
    # A view that is not there yet shall be there afterwards; one whose tables somebody removed
    # takes nothing in, and is replaced.
    was_whole = not _is_noted(views, recorder, view) or _can_be_read(views, view)
    with suppress(LookupError):
        catch_up(views, recorder, view).close()
    with _compared(views, recorder, view, progress) as (anew, same, torn):
        if same:
            return was_whole
        broken = torn or not _can_be_read(views, view)
        with views.writing(recorder.tenant) as writer:
            if writer is None:
                raise StoreTrouble(
                    "The views are being written by another process or cannot be written to, and "
                    "nothing was replaced: try again."
                )
            if broken:
                _make_anew(writer, view)
            # Another process may have brought the old one further, and somebody has read it.
            _take(anew, recorder, view)
            _switch(writer, anew, view, recorder.tenant)
    return False


@contextmanager
def _compared(
    views: Views,
    recorder: Recorder,
    view: View,
    progress: Callable[[int, int], None] | None,
) -> Generator[tuple[ViewWriter, bool, bool]]:
    """Make a tenant's part of a view anew; say whether it is what is there, and whether what is
    there cannot be read as a whole.

    A copy that cannot be filled is empty, and would be made anew as if nothing were wrong.
    """
    noted = _is_noted(views, recorder, view)
    there, filled = _copied(views, recorder, view)
    torn = noted and not filled
    with there, views.apart() as anew:
        _prepare(anew, view)
        _take(anew, recorder, view, there.position, progress)
        same = all(
            _same(table, recorder.tenant, there.query, anew.execute) for table in view.tables
        )
        yield anew, same and not torn, torn


def _as_it_is(views: Views, recorder: Recorder, view: View) -> int | None:
    """How far the view came when that is all there is, so that nobody needs to write."""
    try:
        notes = views.query(
            "SELECT form, reached, digest FROM view_progress WHERE view_name = ? AND tenant = ?",
            (view.name, recorder.tenant),
        )
    except LookupError:
        return None
    if not notes or notes[0][0] != view.form or not _can_be_read(views, view):
        return None
    progress = _Progress(notes[0][1], notes[0][2])
    fresh = _beyond(recorder, progress, limit=1)
    return None if fresh is None or fresh else progress.reached


def _can_be_read(views: Views, view: View) -> bool:
    """Whether all tables are there; anybody may have dropped one of them."""
    looks = " UNION ALL ".join(
        f"SELECT 1 FROM (SELECT 1 FROM {table} LIMIT 1) AS {table}" for table in view.tables
    )
    try:
        views.query(looks)
    except LookupError:
        return False
    return True


def _is_noted(views: Views, recorder: Recorder, view: View) -> bool:
    """Whether it is noted that a view of this form knows something of a tenant's log."""
    try:
        noted = views.query(
            "SELECT form FROM view_progress WHERE view_name = ? AND tenant = ? AND reached > 0",
            (view.name, recorder.tenant),
        )
    except LookupError:
        return False
    return bool(noted) and noted[0][0] == view.form


def _beyond(
    recorder: Recorder, progress: _Progress, *, limit: int, lte: int | None = None
) -> Sequence[EventRow] | None:
    """Return the events after those that were taken in, ``None`` when these are not the log's."""
    if not progress.reached:
        return recorder.log(gt=0, limit=limit, lte=lte)
    rows = recorder.log(gt=progress.reached - 1, limit=limit + 1, lte=lte)
    if not rows or rows[0].position != progress.reached:
        return None
    return rows[1:] if rows[0].digest.hex() == progress.digest else None


def _take_batch(
    writer: ViewWriter, recorder: Recorder, view: View, *, lte: int | None = None
) -> tuple[int, bool]:
    """Take in one batch; say how far the view came, and whether there may be more."""
    progress = _prepare(writer, view).get(recorder.tenant)
    rows = _beyond(recorder, progress or _Progress(), limit=BATCH, lte=lte)
    if rows is None:
        _forget(writer, view, recorder.tenant)
        progress = None
        rows = recorder.log(gt=0, limit=BATCH, lte=lte)
    if rows:
        view.take(recorder, writer, rows)
        reached = _Progress(rows[-1].position, rows[-1].digest.hex())
    else:
        reached = progress or _Progress()
    if progress != reached:
        _note(writer, view, recorder.tenant, reached)
    return reached.reached, len(rows) == BATCH


def _prepare(writer: ViewWriter, view: View) -> dict[str, _Progress]:
    """Make the tables that are missing or of another form; return each tenant's progress."""
    writer.execute(_NOTE)
    notes = writer.execute(
        "SELECT tenant, form, reached, digest FROM view_progress WHERE view_name = ?",
        (view.name,),
    )
    if notes and all(note[1] == view.form for note in notes):
        return {note[0]: _Progress(note[2], note[3]) for note in notes}
    _make_anew(writer, view)
    return {}


def _make_anew(writer: ViewWriter, view: View) -> None:
    """Make a view's tables anew, all tenants': each takes its own part in again."""
    writer.execute(_NOTE)
    for table in view.tables:
        writer.execute(f"DROP TABLE IF EXISTS {table}")
    writer.execute("DELETE FROM view_progress WHERE view_name = ?", (view.name,))
    for statement in view.ddl:
        writer.execute(statement)


def _forget(writer: ViewWriter, view: View, tenant: str) -> None:
    for table in view.tables:
        writer.execute(f"DELETE FROM {table} WHERE tenant = ?", (tenant,))
    _note(writer, view, tenant, _Progress())


def _note(writer: ViewWriter, view: View, tenant: str, progress: _Progress) -> None:
    writer.execute(
        "INSERT INTO view_progress (view_name, tenant, form, reached, digest)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (view_name, tenant) DO UPDATE SET"
        " form = excluded.form, reached = excluded.reached, digest = excluded.digest",
        (view.name, tenant, view.form, progress.reached, progress.digest),
    )


def _take(
    writer: ViewWriter,
    recorder: Recorder,
    view: View,
    last: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Take in everything up to a position, or all there is; say how far the view came."""
    while True:
        reached, more = _take_batch(writer, recorder, view, lte=last)
        if progress is not None and last is not None:
            progress(reached, last)
        if not more:
            return reached


def _copied(views: Views, recorder: Recorder, view: View) -> tuple[Reading, bool]:
    """A private copy with the rest taken in; and whether there was anything to copy."""
    with ExitStack() as stack:
        writer = stack.enter_context(views.apart(_tables(view, recorder.tenant)))
        filled = recorder.tenant in _prepare(writer, view)
        # Somebody who changed the views may have left the note and not the tables.
        for statement in view.ddl:
            writer.execute(statement)
        reached = _take(writer, recorder, view)
        return Reading(writer.execute, reached, stack.pop_all().close), filled


def _tables(view: View, tenant: str) -> Tables:
    return Tables(tenant, ("view_progress", *view.tables), (_NOTE, *view.ddl))


def _streams(query: _Query, table: str, tenant: str) -> set[Any]:
    return {
        row[0] for row in query(f"SELECT DISTINCT stream FROM {table} WHERE tenant = ?", (tenant,))
    }


def _rows(
    query: _Query, table: str, tenant: str, streams: Sequence[object]
) -> list[tuple[Any, ...]]:
    places = ", ".join("?" * len(streams))
    return query(
        f"SELECT * FROM {table} WHERE tenant = ? AND stream IN ({places})", (tenant, *streams)
    )


def _some(streams: set[Any]) -> Iterator[Sequence[object]]:
    """Streams in groups small enough to hold all of their rows at once."""
    ordered = sorted(streams)
    return (ordered[at : at + 100] for at in range(0, len(ordered), 100))


def _same(table: str, tenant: str, old: _Query, anew: _Query) -> bool:
    """Whether a table holds the same rows in both, in whatever order."""
    streams = _streams(anew, table, tenant)
    if streams != _streams(old, table, tenant):
        return False
    return all(
        sorted(map(repr, _rows(old, table, tenant, some)))
        == sorted(map(repr, _rows(anew, table, tenant, some)))
        for some in _some(streams)
    )


def _switch(writer: ViewWriter, anew: ViewWriter, view: View, tenant: str) -> None:
    progress = _prepare(anew, view)[tenant]
    _prepare(writer, view)
    for statement in view.ddl:
        writer.execute(statement)
    _forget(writer, view, tenant)
    for table in view.tables:
        for some in _some(_streams(anew.execute, table, tenant)):
            rows = _rows(anew.execute, table, tenant, some)
            places = ", ".join("?" * len(rows[0]))
            writer.many(f"INSERT INTO {table} VALUES ({places})", rows)
    _note(writer, view, tenant, progress)
