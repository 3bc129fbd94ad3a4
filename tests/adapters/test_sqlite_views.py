"""The views beside a SQLite file: a cache that may be deleted, ruined or locked at any time."""

import sqlite3
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import pytest

from ehcp_flow.errors import RecordDamaged, StoreTrouble
from ehcp_flow.projections.catching_up import View, catch_up
from ehcp_flow.storage import EventRow, Recorder, Tables, ViewWriter
from ehcp_flow_sqlite import SQLiteStore
from tests.adapters.logs import TENANT, append, event, events, hear, process, stream, tell
from tests.adapters.test_sqlite_file import opened, raw

ONE = stream(1)


class Positions(View):
    """Which positions it was given."""

    name = "positions"
    form = 1
    tables: ClassVar[tuple[str, ...]] = ("positions",)
    ddl: ClassVar[tuple[str, ...]] = (
        "CREATE TABLE IF NOT EXISTS positions"
        " (tenant text NOT NULL, stream text NOT NULL, place bigint NOT NULL)",
    )

    def take(self, log: Recorder, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
        writer.many(
            "INSERT INTO positions VALUES (?, ?, ?)",
            [(log.tenant, row.stream, row.position) for row in rows],
        )


POSITIONS = Tables(TENANT, Positions.tables, Positions.ddl)


class LaterPositions(Positions):
    """The same, in a form with other tables and columns."""

    form = 2
    tables = ("positions", "kinds")
    ddl = (
        "CREATE TABLE IF NOT EXISTS positions"
        " (tenant text NOT NULL, stream text NOT NULL, kind text NOT NULL, place bigint NOT NULL)",
        "CREATE TABLE IF NOT EXISTS kinds (tenant text NOT NULL, stream text NOT NULL)",
        "CREATE INDEX IF NOT EXISTS positions_by_kind ON positions (kind)",
    )

    def take(self, log: Recorder, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
        writer.many(
            "INSERT INTO positions VALUES (?, ?, ?, ?)",
            [(log.tenant, row.stream, row.type, row.position) for row in rows],
        )


def places(store: SQLiteStore, view: View | None = None) -> list[int]:
    """What a view knows of the log, caught up."""
    with catch_up(store.views, store.recorder(TENANT), view or Positions()) as reading:
        return [row[0] for row in reading.query("SELECT place FROM positions ORDER BY place")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with three events, closed, whose views know two of them."""
    path = tmp_path / "plans.db"
    with opened(path, create=True) as store:
        store.add_tenant(TENANT)
        append(store.recorder(TENANT), *events(ONE, 1, 2))
        assert places(store) == [1, 2]
        append(store.recorder(TENANT), event(ONE, 3))
    return path


def views_of(path: Path) -> Path:
    """Where a store's views are."""
    return path.with_name(f"{path.name}.views")


def known(path: Path) -> list[int]:
    """What the file of the views knows, whoever asks."""
    with raw(views_of(path)) as connection:
        return [place for (place,) in connection.execute("SELECT place FROM positions ORDER BY 1")]


def ruin(path: Path, table: str | None = None) -> None:
    """Make garbage of the page on which a table of the views begins, or of all but the first."""
    with raw(views_of(path)) as connection:
        ((size,),) = connection.execute("PRAGMA page_size").fetchall()
        pages: list[tuple[int]] = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = coalesce(?, name)", (table,)
        ).fetchall()
    content = bytearray(views_of(path).read_bytes())
    for (page,) in pages:
        content[(page - 1) * size : page * size] = b"\xa5" * size
    views_of(path).write_bytes(content)


NO_VIEWS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"what is this",
    "zeros": lambda _: b"\0" * 10_000,
    "beginning": lambda views: views[:5_000],
    "half": lambda views: views[: len(views) // 2],
}


class TestRuined:
    """What stands there instead of views is put away, and the views are made anew."""

    @pytest.mark.parametrize("what", NO_VIEWS)
    def test_before_they_are_opened(self, path: Path, what: str) -> None:
        """Nobody hears of it."""
        views_of(path).write_bytes(NO_VIEWS[what](views_of(path).read_bytes()))
        with opened(path) as store:
            assert places(store) == [1, 2, 3]
        assert known(path) == [1, 2, 3]

    def test_where_it_shows_when_they_are_asked_how_far_they_came(self, path: Path) -> None:
        """Nobody hears of it either."""
        ruin(path)
        with opened(path) as store:
            assert places(store) == [1, 2, 3]
        assert known(path) == [1, 2, 3]

    def test_where_it_shows_when_it_is_asked_whether_they_are_there(self, path: Path) -> None:
        """Nor does anybody hear of it then."""
        with opened(path) as store:
            assert places(store) == [1, 2, 3]
        ruin(path, "positions")
        with opened(path) as store:
            assert places(store) == [1, 2, 3]
        assert known(path) == [1, 2, 3]

    def test_where_it_shows_later(self, path: Path) -> None:
        """A sentence says so, once, and the record is not touched."""
        with opened(path) as store:
            assert places(store) == [1, 2, 3]
        with raw(views_of(path)) as connection:
            connection.execute("UPDATE positions SET place = CAST(x'ff' AS text)")
        with opened(path) as store:
            with pytest.raises(StoreTrouble) as trouble:
                places(store)
            assert str(views_of(path)) in str(trouble.value)
            assert "have been removed" in str(trouble.value)
            assert places(store) == [1, 2, 3]
        assert known(path) == [1, 2, 3]

    def test_while_they_are_open(self, path: Path) -> None:
        """Garbage that another program writes into them gives nobody a wrong answer."""
        with opened(path) as store:
            assert places(store) == [1, 2, 3]
            with views_of(path).open("r+b") as file:
                file.write(b"\xa5" * views_of(path).stat().st_size)
            append(store.recorder(TENANT), event(ONE, 4))
            with suppress(StoreTrouble):
                places(store)
            assert places(store) == [1, 2, 3, 4]
        with opened(path) as store:
            assert places(store) == [1, 2, 3, 4]

    def test_a_private_copy_of_ruined_views(self, path: Path) -> None:
        """It is as ruined, and this is said as well."""
        ruin(path)
        with opened(path) as store:
            with (
                store.views.apart(POSITIONS) as copy,
                pytest.raises(StoreTrouble, match="have been removed"),
            ):
                copy.execute("SELECT count(*) FROM positions")
            assert places(store) == [1, 2, 3]

    def test_something_that_is_no_file(self, path: Path) -> None:
        """The log is read without views then, and what is there stays."""
        views_of(path).unlink()
        views_of(path).mkdir()
        with opened(path) as store:
            assert places(store) == [1, 2, 3]
            with store.views.writing(TENANT) as writer:
                assert writer is None
            with pytest.raises(LookupError):
                store.views.query("SELECT 1")
        assert views_of(path).is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be removed there")
class TestRemoved:
    """Views that are deleted while they are in use are made anew, where others find them."""

    @pytest.mark.parametrize("ends", [[""], ["", "-wal", "-shm"], ["", "-wal"], ["", "-shm"]])
    def test_they_are_made_anew(self, path: Path, ends: Sequence[str]) -> None:
        """Alone, or with the files beside them."""
        with opened(path) as store:
            assert places(store) == [1, 2, 3]
            for end in ends:
                views_of(path).with_name(f"plans.db.views{end}").unlink(missing_ok=True)
            append(store.recorder(TENANT), event(ONE, 4))
            assert places(store) == [1, 2, 3, 4]
            assert known(path) == [1, 2, 3, 4]
            with store.views.apart(POSITIONS) as copy:
                assert copy.execute("SELECT count(*) FROM positions") == [(4,)]

    @pytest.mark.parametrize("ends", [[""], ["", "-wal", "-shm"]])
    def test_those_who_had_them_open_do_not_disturb_the_new_ones(
        self, path: Path, ends: Sequence[str]
    ) -> None:
        """Not even one who was in the middle of writing: the new views are whole."""
        with opened(path) as one, opened(path) as other, opened(path) as new:
            assert places(one) == places(other) == [1, 2, 3]
            with one.views.writing(TENANT) as writer:
                assert writer is not None
                writer.execute("DELETE FROM positions")
                for end in ends:
                    views_of(path).with_name(f"plans.db.views{end}").unlink()
                assert places(other) == places(new) == known(path) == [1, 2, 3]
                writer.many("INSERT INTO positions VALUES (?, '', ?)", [(TENANT, 9)] * 10_000)
            assert places(new) == known(path) == [1, 2, 3]
            append(one.recorder(TENANT), event(ONE, 4))
            assert places(new) == places(other) == places(one) == [1, 2, 3, 4]
            with new.views.apart(POSITIONS) as copy:
                assert copy.execute("PRAGMA integrity_check") == [("ok",)]
        assert known(path) == [1, 2, 3, 4]

    def test_a_process_that_had_them_open_does_not_disturb_the_new_ones(self, path: Path) -> None:
        """It goes on with what it has, and is not waited for."""
        with process("views", f"sqlite:{path}", TENANT) as other, opened(path) as store:
            assert hear(other) == "ready"
            tell(other)
            assert hear(other) == "writing"
            views_of(path).unlink()
            assert places(store) == known(path) == [1, 2, 3]
            tell(other)
            assert hear(other) == "written"
            append(store.recorder(TENANT), event(ONE, 4))
            assert places(store) == known(path) == [1, 2, 3, 4]
            tell(other)
            assert hear(other) == ""
            append(store.recorder(TENANT), event(ONE, 5))
            assert places(store) == known(path) == [1, 2, 3, 4, 5]
            with store.views.apart(POSITIONS) as copy:
                assert copy.execute("PRAGMA integrity_check") == [("ok",)]

    def test_whoever_began_to_read_them_is_answered(self, path: Path) -> None:
        """From what they held."""
        with opened(path) as store:
            with catch_up(store.views, store.recorder(TENANT), Positions()) as reading:
                views_of(path).unlink()
                assert reading.query("SELECT count(*) FROM positions") == [(3,)]
            assert places(store) == [1, 2, 3]


class TestLocked:
    """While another writes the views nobody waits: the rest is taken in by a private copy."""

    @pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"])
    def test_by_another_process(self, path: Path, lock: str) -> None:
        """The views stay as they were until it is done."""
        with opened(path) as store, raw(views_of(path)) as connection:
            connection.execute(lock)
            with store.views.writing(TENANT) as writer:
                assert writer is None
            assert places(store) == [1, 2, 3]
            assert known(path) == [1, 2]
            connection.execute("ROLLBACK")
            assert places(store) == [1, 2, 3]
            assert known(path) == [1, 2, 3]

    def test_by_another_process_for_itself_alone(self, path: Path) -> None:
        """Views that nobody else may even read are no views for the others."""
        with raw(views_of(path)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            with opened(path) as store:
                assert places(store) == [1, 2, 3]
                with store.views.writing(TENANT) as writer:
                    assert writer is None

    def test_by_one_who_makes_them(self, path: Path) -> None:
        """New views that another program keeps locked from the beginning."""
        views_of(path).unlink()
        with raw(views_of(path)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            with opened(path) as store:
                assert places(store) == [1, 2, 3]

    def test_by_one_who_does_not_let_them_be_shared(self, path: Path) -> None:
        """Where they could not be made such that reading and writing go on side by side."""
        with raw(views_of(path)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM positions").fetchall()
            with opened(path) as store:
                assert store.views.query("SELECT count(*) FROM positions") == [(2,)]
                connection.execute("COMMIT")
                connection.execute("BEGIN EXCLUSIVE")
                assert places(store) == [1, 2, 3]
                with pytest.raises(StoreTrouble, match="locked by another program"):
                    store.views.query("SELECT count(*) FROM positions")

    def test_of_several_threads_each_is_answered(self, path: Path) -> None:
        """All of them find everything."""
        with opened(path) as store, ThreadPoolExecutor(6) as pool:
            recorder = store.recorder(TENANT)
            for n in range(4, 14):
                append(recorder, event(ONE, n))
                answers = [pool.submit(places, store) for _ in range(6)]
                assert [a.result() for a in answers] == [list(range(1, n + 1))] * 6


class TestForms:
    """Views of another version of the product are made anew."""

    def test_an_older_form(self, path: Path) -> None:
        """With other tables and other columns, and back again."""
        with opened(path) as store:
            assert places(store, LaterPositions()) == [1, 2, 3]
            kinds = store.views.query("SELECT DISTINCT kind FROM positions")
            assert kinds == [(event(ONE, 1).topic,)]
            assert places(store) == [1, 2, 3]

    def test_what_is_not_there_is_said_so(self, path: Path) -> None:
        """A table or a column: whoever asks makes it."""
        with opened(path) as store:
            for sql in ("SELECT * FROM elsewhere", "SELECT other FROM positions"):
                with pytest.raises(LookupError):
                    store.views.query(sql)
            assert store.views.query("SELECT count(*) FROM positions") == [(2,)]


class TestWriting:
    """A transaction on the views is there whole or not at all."""

    def test_what_fails_is_undone(self, path: Path) -> None:
        """Whatever it was, and it is told as it is."""

        def write(store: SQLiteStore, error: BaseException) -> None:
            with store.views.writing(TENANT) as writer:
                assert writer is not None
                writer.execute("DELETE FROM positions")
                raise error

        with opened(path) as store:
            for error in (ValueError("why not"), KeyboardInterrupt(), RecordDamaged("It is.")):
                with pytest.raises(type(error)) as raised:
                    write(store, error)
                assert raised.value is error
                assert store.views.query("SELECT count(*) FROM positions") == [(2,)]

    @pytest.mark.parametrize("code", [sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_BUSY])
    def test_trouble_with_the_record_is_not_taken_for_trouble_with_the_views(
        self, path: Path, code: int
    ) -> None:
        """The views are read while the record is: they are not removed for what it has."""
        content = views_of(path).read_bytes()
        if code == sqlite3.SQLITE_CORRUPT:
            with raw(path) as connection:
                ((page,),) = connection.execute(
                    "SELECT rootpage FROM sqlite_schema WHERE name = 'events'"
                ).fetchall()
                ((size,),) = connection.execute("PRAGMA page_size").fetchall()
            with path.open("r+b") as file:
                file.seek((page - 1) * size)
                file.write(b"\xa5" * size)

            def use(store: SQLiteStore) -> object:
                return store.recorder(TENANT).log(gt=0, limit=10)
        else:

            def use(store: SQLiteStore) -> object:
                return store.add_tenant("another")

        def write(store: SQLiteStore) -> None:
            with store.views.writing(TENANT) as writer:
                assert writer is not None
                use(store)

        with opened(f"{path}?timeout=0") as store, raw(path) as connection:
            connection.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreTrouble) as trouble:
                write(store)
            assert f"{path} " in str(trouble.value)
            assert ".views" not in str(trouble.value)
        assert views_of(path).read_bytes() == content

    def test_a_disk_that_is_full(self, path: Path) -> None:
        """A sentence names the views; they are as they were, and go on when there is room."""

        class Hoarding(Positions):
            def take(self, log: Recorder, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
                ((pages,),) = writer.execute("PRAGMA page_count")
                writer.execute(f"PRAGMA max_page_count = {pages}")
                super().take(log, writer, list(rows) * 1_000)

        with opened(path) as store:
            with pytest.raises(StoreTrouble) as trouble:
                places(store, Hoarding())
            assert f"The disk that holds {views_of(path)} is full" in str(trouble.value)
            assert known(path) == [1, 2]
        with opened(path) as store:
            assert places(store) == [1, 2, 3]


def test_a_private_copy_is_nobody_elses(path: Path) -> None:
    """What is written to it is not seen by others, and is gone afterwards."""
    count = "SELECT count(*) FROM positions"
    with opened(path) as store:
        with store.views.apart(POSITIONS) as copy:
            assert copy.execute(count) == [(2,)]
            copy.many("INSERT INTO positions VALUES ('', '', ?)", [(n,) for n in range(1_000)])
            assert copy.execute(count) == [(1_002,)]
            assert store.views.query(count) == [(2,)]
        with store.views.apart(POSITIONS) as copy:
            assert copy.execute(count) == [(2,)]
