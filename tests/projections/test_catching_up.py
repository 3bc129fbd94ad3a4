"""A view knows what the log holds, however it came there and whoever else is about."""

import shutil
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.errors import RecordDamaged, StoreTrouble
from ehcp_flow.events import PlanEvent
from ehcp_flow.projections import drafts, people, standing, trail
from ehcp_flow.projections.catching_up import BATCH, View, catch_up, intact, rebuild
from ehcp_flow.storage import EventRow, Recorder, Tables, Views, ViewWriter
from tests.examples import OPENED, PLAN, approved_plan
from tests.projections.logs import (
    TENANT,
    Log,
    fresh_log,
    histories,
    opened_store,
    plan_stream,
    scattered,
)


class Positions(View):
    """The positions it was given, so that one given twice or never shows."""

    name = "positions"
    form = 1
    tables = ("positions",)
    ddl = (
        """
        CREATE TABLE IF NOT EXISTS positions (
            tenant text NOT NULL, stream text NOT NULL, place bigint NOT NULL, form integer
        )
        """,
    )

    def take(self, log: Recorder, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
        writer.many(
            "INSERT INTO positions VALUES (?, ?, ?, ?)",
            [(log.tenant, row.stream, row.position, self.form) for row in rows],
        )


class LaterPositions(Positions):
    """The same in a later form."""

    form = 2


class Refusing:
    """Views that nobody can write to now."""

    def __init__(self, views: Views) -> None:
        self._views = views

    @contextmanager
    def writing(self, tenant: str) -> Generator[ViewWriter | None, None, None]:
        yield None

    @contextmanager
    def apart(self, tables: Tables | None = None) -> Generator[ViewWriter, None, None]:
        with self._views.apart(tables) as writer:
            yield writer

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._views.query(sql, values)


VIEW = Positions()
ALL_VIEWS: tuple[View, ...] = (drafts.VIEW, people.VIEW, standing.VIEW, trail.VIEW)


def places(log: Log, view: View = VIEW) -> list[int]:
    """What a view knows of a log, now caught up."""
    with log.read(view) as reading:
        found = reading.query(
            "SELECT place FROM positions WHERE tenant = ? ORDER BY place", (log.recorder.tenant,)
        )
        assert reading.position == log.recorder.head()
        return [row[0] for row in found]


def test_an_empty_log_gives_an_empty_view() -> None:
    """There are tables to ask, with nothing in them."""
    with fresh_log() as log:
        assert places(log) == []


def test_each_event_is_taken_in_once_whenever_it_is_read() -> None:
    """From the beginning, from where it stopped, and when there is nothing new."""
    with fresh_log() as log:
        log.append(plan_stream(1), OPENED, OPENED)
        assert places(log) == [1, 2]
        assert places(log) == [1, 2]
        log.append(plan_stream(2), OPENED)
        assert places(log) == [1, 2, 3]


def test_a_long_log_is_taken_in_to_its_end() -> None:
    """Also when its length is a whole number of batches."""
    with fresh_log() as log:
        log.append(PLAN, *[OPENED] * BATCH)
        assert places(log) == list(range(1, BATCH + 1))
        log.append(PLAN, *[OPENED] * (BATCH + 1))
        assert places(log) == list(range(1, 2 * BATCH + 2))


def test_tenants_do_not_see_each_other() -> None:
    """Each has progress and rows of its own."""
    with fresh_log() as log:
        other = Log(log.store, "Oakfield")
        log.append(plan_stream(1), OPENED, OPENED)
        other.append(plan_stream(2), OPENED)
        assert places(log) == [1, 2]
        assert places(other) == [1]
        assert places(log) == [1, 2]


def test_a_view_of_another_form_is_made_anew_for_every_tenant() -> None:
    """What an older version of the product left is not believed."""
    with fresh_log() as log:
        other = Log(log.store, "Oakfield")
        log.append(plan_stream(1), OPENED)
        other.append(plan_stream(2), OPENED)
        places(log)
        places(other)

        assert places(log, LaterPositions()) == [1]
        assert places(other, LaterPositions()) == [1]
        rows = log.store.views.query("SELECT form FROM positions")
        assert rows == [(2,), (2,)]


@pytest.mark.parametrize("later", [0, 5])
def test_a_view_of_another_log_is_made_anew(tmp_path: Path, later: int) -> None:
    """After a store was replaced by an older copy of itself, and written to since or not."""
    store, copy = tmp_path / "plans.db", tmp_path / "copy.db"
    with opened_store(store) as opened:
        Log(opened).append(plan_stream(1), OPENED)
    shutil.copy(store, copy)
    with opened_store(store) as opened:
        log = Log(opened)
        log.append(plan_stream(2), OPENED, OPENED)
        assert places(log) == [1, 2, 3]
    for left in tmp_path.glob("plans.db-*"):
        left.unlink()
    shutil.copy(copy, store)

    with opened_store(store) as opened:
        log = Log(opened)
        log.append(plan_stream(3), *[OPENED] * later)
        assert places(log) == list(range(1, 2 + later))
        streams = opened.views.query("SELECT DISTINCT stream FROM positions")
        assert (str(plan_stream(2)),) not in streams


def test_views_that_cannot_be_written_to_are_read_apart() -> None:
    """The tail is known to the reader, and the views stay as they were."""
    with fresh_log() as log:
        log.append(plan_stream(1), OPENED)
        places(log)
        log.append(plan_stream(2), OPENED)

        with catch_up(Refusing(log.store.views), log.recorder, VIEW) as reading:
            assert reading.query("SELECT count(*) FROM positions") == [(2,)]
            assert reading.position == 2
        assert log.store.views.query("SELECT count(*) FROM positions") == [(1,)]


def test_a_view_that_knows_everything_is_not_written_to() -> None:
    """Then it is read where it is, also where nobody may write."""
    with fresh_log() as log:
        log.append(plan_stream(1), OPENED)
        places(log)
        reading = catch_up(Refusing(log.store.views), log.recorder, VIEW)
        log.append(plan_stream(2), OPENED)
        places(log)

        assert reading.query("SELECT count(*) FROM positions") == [(2,)]


def test_while_another_writes_the_views_a_reader_does_not_wait(tmp_path: Path) -> None:
    """It takes the tail in apart."""
    with opened_store(tmp_path / "plans.db") as one, opened_store(tmp_path / "plans.db") as other:
        log = Log(one)
        log.append(plan_stream(1), OPENED)
        places(log)
        log.append(plan_stream(2), OPENED)

        with one.views.writing(TENANT) as held:
            assert held is not None
            held.execute("DELETE FROM positions")
            with catch_up(other.views, other.recorder(TENANT), VIEW) as reading:
                assert reading.query("SELECT count(*) FROM positions") == [(2,)]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(histories(most=12), min_size=1, max_size=3),
    st.sets(st.integers(1, 30), max_size=4),
    st.sets(st.integers(1, 30), max_size=3),
)
def test_the_rows_are_the_same_however_the_log_was_cut(
    plans: list[list[PlanEvent]], cuts: set[int], erased: set[int]
) -> None:
    """In one batch or in several, and with the facts of some events erased."""
    with fresh_log() as log:
        for stream, event in scattered(plans):
            log.append(stream, event)
        rows = [
            row._replace(state=b"", words=None) if row.position in erased else row
            for row in log.recorder.log(gt=0, limit=BATCH)
        ]
        stops = [*sorted(cut for cut in cuts if cut < len(rows)), len(rows)]
        for view in ALL_VIEWS:
            together = standing_rows(log, view, rows, [len(rows)])
            assert standing_rows(log, view, rows, stops) == together


def standing_rows(
    log: Log, view: View, rows: Sequence[EventRow], stops: Sequence[int]
) -> list[list[str]]:
    """What stands in a view's tables after batches that end at these places."""
    with log.store.views.apart() as writer:
        for statement in view.ddl:
            writer.execute(statement)
        for start, stop in pairwise([0, *stops]):
            view.take(log.recorder, writer, rows[start:stop])
        return [
            sorted(map(repr, writer.execute(f"SELECT * FROM {table}"))) for table in view.tables
        ]


def test_every_view_rebuilt_in_one_go_is_as_it_was() -> None:
    """Also of a tenant that is not alone, and was taken in an event at a time."""
    with fresh_log() as log:
        other = Log(log.store, "Oakfield")
        for stream, event in scattered([approved_plan(), approved_plan()]):
            for each in (log, other):
                each.append(stream, event)
                for view in ALL_VIEWS:
                    each.read(view)
        for view in ALL_VIEWS:
            assert rebuild(log.store.views, log.recorder, view)


def test_an_event_that_cannot_be_read_leaves_the_view_where_it_was() -> None:
    """A newer version's event is named in a sentence, and nothing of its batch is kept."""
    with fresh_log() as log:
        log.append(plan_stream(1), OPENED)
        for view in ALL_VIEWS:
            log.read(view)
        log.append(plan_stream(2), OPENED)
        log.append_stored(uuid4(), "plan-teleported", b"{}")

        for view in ALL_VIEWS:
            with pytest.raises(RecordDamaged, match="'plan-teleported' that this version"):
                log.read(view)
        assert log.store.views.query("SELECT count(*) FROM plans") == [(1,)]


def test_a_state_that_is_no_event_is_a_sentence() -> None:
    """Not a traceback of the decoder."""
    with fresh_log() as log:
        log.append_stored(uuid4(), "plan-opened", b"{oops")
        with pytest.raises(RecordDamaged, match="cannot be read"):
            log.read(standing.VIEW)


def test_a_rebuilt_view_that_was_right_stays() -> None:
    """Nothing is replaced."""
    with fresh_log() as log:
        log.append(plan_stream(1), OPENED, OPENED)
        places(log)
        assert rebuild(log.store.views, log.recorder, VIEW)
        assert places(log) == [1, 2]


WRONG = pytest.mark.parametrize(
    "damage",
    [
        f"DELETE FROM positions WHERE place = 1 AND tenant = '{TENANT}'",
        "UPDATE positions SET place = 7 WHERE place = 2",
        f"DELETE FROM positions WHERE tenant = '{TENANT}'",
        f"INSERT INTO positions VALUES ('{TENANT}', 'nobody', 9, 1)",
        f"INSERT INTO positions SELECT * FROM positions WHERE tenant = '{TENANT}'",
    ],
)


def damage_views(log: Log, damage: str) -> None:
    """Change what stands in the views."""
    with log.store.views.writing(TENANT) as writer:
        assert writer is not None
        writer.execute(damage)


@WRONG
def test_a_rebuilt_view_that_was_wrong_is_replaced(damage: str) -> None:
    """By what the log says; other tenants' rows are not touched."""
    with fresh_log() as log:
        other = Log(log.store, "Oakfield")
        other.append(plan_stream(9), OPENED)
        log.append(plan_stream(1), OPENED, OPENED)
        places(log)
        places(other)
        damage_views(log, damage)

        assert not rebuild(log.store.views, log.recorder, VIEW)

        assert places(log) == [1, 2]
        assert places(other) == [1]
        assert rebuild(log.store.views, log.recorder, VIEW)


@WRONG
def test_a_view_that_is_wrong_is_found_and_left_alone(damage: str) -> None:
    """Also when it does not know everything yet, and where nobody may write."""
    with fresh_log() as log:
        log.append(plan_stream(1), OPENED, OPENED)
        places(log)
        damage_views(log, damage)
        log.append(plan_stream(2), OPENED)
        before = log.store.views.query("SELECT * FROM positions")
        notes = log.store.views.query("SELECT * FROM view_progress")

        for views in (log.store.views, Refusing(log.store.views)):
            assert not intact(views, log.recorder, VIEW)

        assert log.store.views.query("SELECT * FROM positions") == before
        assert log.store.views.query("SELECT * FROM view_progress") == notes


def test_a_view_that_is_right_is_found_to_be() -> None:
    """Of an empty log, not yet there, there in part and as a whole; it is told how far it is."""
    with fresh_log() as log:
        told: list[tuple[int, int]] = []

        def tell(done: int, many: int) -> None:
            told.append((done, many))

        def right() -> bool:
            return intact(log.store.views, log.recorder, VIEW, tell)

        assert right()
        log.append(plan_stream(1), OPENED, OPENED)
        assert right()
        with pytest.raises(LookupError):
            log.store.views.query("SELECT count(*) FROM positions")
        places(log)
        log.append(plan_stream(2), OPENED)
        assert right()
        assert log.store.views.query("SELECT count(*) FROM positions") == [(2,)]
        places(log)
        assert right()
        assert told[-1] == (3, 3)


def test_every_view_is_as_its_replay() -> None:
    """Of plans that were worked on side by side, and of two tenants."""
    with fresh_log() as log:
        other = Log(log.store, "Oakfield")
        for stream, event in scattered([approved_plan(), approved_plan()]):
            for each in (log, other):
                each.append(stream, event)
                for view in ALL_VIEWS:
                    each.read(view).close()
        for view in ALL_VIEWS:
            for each in (log, other):
                assert intact(log.store.views, each.recorder, view)


class Meanwhile:
    """Views that others work on whenever a private place is opened."""

    def __init__(self, views: Views, others: Callable[[], object]) -> None:
        self._views = views
        self._others = others

    @contextmanager
    def writing(self, tenant: str) -> Generator[ViewWriter | None, None, None]:
        with self._views.writing(tenant) as writer:
            yield writer

    @contextmanager
    def apart(self, tables: Tables | None = None) -> Generator[ViewWriter, None, None]:
        with self._views.apart(tables) as writer:
            self._others()
            yield writer

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._views.query(sql, values)


def test_a_view_that_moves_on_while_it_is_compared_is_right() -> None:
    """It is looked at as it was at one moment."""
    with fresh_log() as log:
        log.append(plan_stream(1), OPENED)
        places(log)

        def move_on() -> None:
            log.append(plan_stream(2), OPENED)
            places(log)

        views = Meanwhile(log.store.views, move_on)
        assert intact(views, log.recorder, VIEW)
        assert rebuild(views, log.recorder, VIEW)
        assert places(log) == [1, 2, 3, 4, 5]


def test_a_view_that_is_replaced_knows_no_less_than_it_did() -> None:
    """Whoever has read it finds what was there before, also what came in between."""
    with fresh_log() as log:
        log.append(plan_stream(1), OPENED)
        places(log)
        damage_views(log, "UPDATE positions SET place = 0")

        def move_on() -> None:
            log.append(plan_stream(2), OPENED)
            log.read(VIEW).close()

        assert not rebuild(Meanwhile(log.store.views, move_on), log.recorder, VIEW)

        rows = log.store.views.query("SELECT place FROM positions ORDER BY place")
        assert rows == [(1,), (2,), (3,)]


def test_a_view_whose_table_somebody_removed_is_wrong_and_is_made_again() -> None:
    """Although its note says that it is there."""
    with fresh_log() as log:
        log.append(plan_stream(1), OPENED)
        places(log)
        damage_views(log, "DROP TABLE positions")
        log.append(plan_stream(2), OPENED)

        assert not intact(log.store.views, log.recorder, VIEW)
        assert not rebuild(log.store.views, log.recorder, VIEW)
        assert places(log) == [1, 2]


def test_a_view_that_is_not_there_yet_is_there_after_a_rebuild() -> None:
    """Nobody has to wait for it again."""
    with fresh_log() as log:
        log.append(plan_stream(1), OPENED)
        assert rebuild(log.store.views, log.recorder, VIEW)
        assert log.store.views.query("SELECT count(*) FROM positions") == [(1,)]


class Watched:
    """Views at which somebody else looks after every statement that is written."""

    def __init__(self, views: Views, look: Callable[[], object]) -> None:
        self._views = views
        self._look = look

    @contextmanager
    def writing(self, tenant: str) -> Generator[ViewWriter | None, None, None]:
        with self._views.writing(tenant) as writer:
            yield None if writer is None else WatchedWriter(writer, self._look)

    @contextmanager
    def apart(self, tables: Tables | None = None) -> Generator[ViewWriter, None, None]:
        with self._views.apart(tables) as writer:
            yield writer

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._views.query(sql, values)


class WatchedWriter:
    """A transaction at which somebody else looks."""

    def __init__(self, writer: ViewWriter, look: Callable[[], object]) -> None:
        self._writer = writer
        self._look = look

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        found = self._writer.execute(sql, values)
        self._look()
        return found

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        self._writer.many(sql, rows)
        self._look()


def test_nobody_sees_a_view_half_replaced(tmp_path: Path) -> None:
    """Whoever reads during the switch reads the old one, and afterwards the new one."""
    with opened_store(tmp_path / "plans.db") as one, opened_store(tmp_path / "plans.db") as other:
        log = Log(one)
        for number in range(150):
            log.append(plan_stream(number), OPENED, OPENED)
        for view in (VIEW, standing.VIEW):
            log.read(view).close()
        damage_views(log, "UPDATE positions SET place = -place")
        damage_views(log, "UPDATE plans SET surname = 'Nobody'")

        def seen() -> list[tuple[Any, ...]]:
            """What another reader sees."""
            return other.views.query(
                "SELECT count(*), min(place), max(place) FROM positions UNION ALL"
                " SELECT count(*), min(surname), max(surname) FROM plans"
            )

        looks: list[list[tuple[Any, ...]]] = []
        old = [(300, -300, -1), (150, "Nobody", "Nobody")]
        half = [(300, 1, 300), (150, "Nobody", "Nobody")]
        new = [(300, 1, 300), (150, "Okafor", "Okafor")]

        watched = Watched(one.views, lambda: looks.append(seen()))
        assert not rebuild(watched, log.recorder, VIEW)
        assert len(looks) > 4
        assert looks == [old] * len(looks)
        assert seen() == half

        looks.clear()
        assert not rebuild(watched, log.recorder, standing.VIEW)
        assert len(looks) > 8
        assert looks == [half] * len(looks)
        assert seen() == new


def test_a_view_that_cannot_be_written_to_is_not_replaced() -> None:
    """The old one stays, and a sentence says so."""
    with fresh_log() as log:
        log.append(plan_stream(1), OPENED)
        places(log)
        with log.store.views.writing(TENANT) as writer:
            assert writer is not None
            writer.execute("DELETE FROM positions")
        with pytest.raises(StoreTrouble, match="nothing was replaced"):
            rebuild(Refusing(log.store.views), log.recorder, VIEW)
