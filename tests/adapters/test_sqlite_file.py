"""The SQLite file: what guards it from other programs, and how it is found, made and opened."""

import getpass
import os
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ehcp_flow.errors import RecordDamaged, StoreTrouble
from ehcp_flow.evidence.checking import check
from ehcp_flow.storage import FORMAT, Claim, Store, StoredEvent
from ehcp_flow_sqlite import SQLiteStore, open_store
from ehcp_flow_sqlite.recorder import SQLiteRecorder
from tests.adapters.logs import (
    TENANT,
    append,
    event,
    events,
    hear,
    places,
    process,
    stream,
    tell,
    whole,
)

ONE, TWO = stream(1), stream(2)

_COLUMNS = (
    "tenant, position, stream, version, type, state, words, state_digest, digest, recorded_at, "
    "recorded_by"
)


@contextmanager
def opened(place: Path | str, *, create: bool = False) -> Generator[SQLiteStore]:
    """A store, closed afterwards."""
    store = open_store(f"sqlite:{place}", create=create)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def raw(path: Path) -> Generator[sqlite3.Connection]:
    """The file as any program may open it, each statement a transaction."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        yield connection


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with three events of one stream and one of another, closed."""
    path = tmp_path / "plans.db"
    with opened(path, create=True) as store:
        store.add_tenant(TENANT)
        append(store.recorder(TENANT), *events(ONE, 1, 3), event(TWO, 1))
    return path


def sentence(trouble: pytest.ExceptionInfo[StoreTrouble], *names: object) -> str:
    """What was said: one line that names these things and says what to do."""
    said = str(trouble.value)
    assert "\n" not in said
    assert ": " in said
    assert said.endswith(".")
    for name in names:
        assert str(name) in said
    return said


def contents(folder: Path) -> dict[str, bytes | None]:
    """Everything that is in a folder."""
    return {file.name: file.read_bytes() if file.is_file() else None for file in folder.iterdir()}


class TestGuards:
    """What was recorded is not changed by any other program that keeps to the schema."""

    @pytest.mark.parametrize("recursive", ["ON", "OFF"])
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE events SET state = x'00'",
            "UPDATE events SET words = NULL WHERE position = 4",
            "UPDATE events SET recorded_by = 'somebody else' WHERE position = 1",
            "UPDATE events SET position = 5 WHERE position = 4",
            "UPDATE events SET rowid = 9 WHERE position = 4",
            "UPDATE OR REPLACE events SET position = 1 WHERE position = 4",
            "UPDATE OR IGNORE events SET type = 'other'",
            "DELETE FROM events",
            "DELETE FROM events WHERE position = 4",
            f"INSERT INTO events ({_COLUMNS}) SELECT {_COLUMNS} FROM events WHERE position = 4"
            " ON CONFLICT DO UPDATE SET type = 'other'",
        ],
    )
    def test_nothing_is_changed_or_removed(
        self, path: Path, statement: str, recursive: str
    ) -> None:
        """Whichever column, whichever row."""
        with raw(path) as connection:
            connection.execute(f"PRAGMA recursive_triggers = {recursive}")
            before = connection.execute("SELECT rowid, * FROM events").fetchall()
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
            assert connection.execute("SELECT rowid, * FROM events").fetchall() == before

    @pytest.mark.parametrize("recursive", ["ON", "OFF"])
    @pytest.mark.parametrize("way", ["INSERT", "INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
    @pytest.mark.parametrize(
        ("rowid", "position", "of", "version"),
        [
            (None, 1, ONE, 4),
            (None, 4, TWO, 2),
            (None, 5, ONE, 1),
            (None, 5, ONE, 3),
            (None, 5, TWO, 1),
            (1, 5, ONE, 4),
            (4, 5, ONE, 4),
            (None, 6, ONE, 4),
            (None, 0, ONE, 4),
            (None, -1, ONE, 4),
            (None, 5, ONE, 5),
            (None, 5, ONE, 0),
            (None, 5, stream(3), 2),
            (None, 5, stream(3), -1),
        ],
    )
    def test_only_the_next_event_is_inserted(
        self,
        path: Path,
        way: str,
        rowid: int | None,
        position: int,
        of: object,
        version: int,
        recursive: str,
    ) -> None:
        """None takes the place of another, by position, version or rowid, and there is no gap."""
        with raw(path) as connection:
            connection.execute(f"PRAGMA recursive_triggers = {recursive}")
            before = connection.execute("SELECT rowid, * FROM events").fetchall()
            with pytest.raises(sqlite3.IntegrityError, match="next position"):
                connection.execute(
                    f"{way} INTO events (rowid, {_COLUMNS}) VALUES"
                    " (?, ?, ?, ?, ?, 'T', x'00', NULL, x'00', x'00', '', '')",
                    (rowid, TENANT, position, str(of), version),
                )
            assert connection.execute("SELECT rowid, * FROM events").fetchall() == before

    def test_what_another_program_added_is_found(self, path: Path) -> None:
        """An event that it put in the next place is not taken for one of ours."""
        with raw(path) as connection:
            connection.execute(
                f"INSERT INTO events ({_COLUMNS}) VALUES"
                " (?, 5, ?, 2, 'T', x'00', NULL, x'00', x'00', '', '')",
                (TENANT, str(TWO)),
            )
        with opened(path) as store:
            recorder = store.recorder(TENANT)
            with pytest.raises(RecordDamaged, match="lost the count"):
                check(recorder)
            with pytest.raises(RecordDamaged, match="does not take the next event"):
                append(recorder, event(ONE, 4))
            assert len(whole(recorder)) == 5

    def test_an_identifier_that_is_claimed_is_not_in_the_file(self, tmp_path: Path) -> None:
        """Only its digest under the store's own key, by which nobody else can look for it."""
        identifier = "B801200005001"
        with opened(tmp_path / "plans.db", create=True) as store:
            store.add_tenant(TENANT)
            store.recorder(TENANT).insert_events(
                [StoredEvent(ONE, 1, "T", b"{}")], claims=[Claim("upn", identifier, ONE)]
            )
            assert store.recorder(TENANT).holders("upn", [identifier])
            with opened(tmp_path / "other.db", create=True) as other:
                assert store.claims_key != other.claims_key
                assert len(store.claims_key) == len(other.claims_key) == 32
        for content in contents(tmp_path).values():
            assert content is not None
            assert identifier.encode() not in content


class TestDurability:
    """What is acknowledged is on the disk."""

    def test_every_connection_that_writes_waits_for_the_disk(self, path: Path) -> None:
        """In WAL mode, with FULL synchronisation: also the ninth that is in use at once."""
        with opened(path) as store:

            def ask(name: str, deep: int = 9) -> list[object]:
                if not deep:
                    return []
                with store.database.lent() as connection:
                    ((found,),) = connection.execute(f"PRAGMA {name}").fetchall()
                    return [found, *ask(name, deep - 1)]

            assert ask("synchronous") == [2] * 9
            assert ask("journal_mode") == ["wal"] * 9
            assert ask("fullfsync") == [1] * 9
            with store.database.writing() as connection:
                assert connection.execute("PRAGMA synchronous").fetchall() == [(2,)]

    def test_a_copy_that_another_program_made_is_no_less_durable(self, path: Path) -> None:
        """Though that program left it in another mode."""
        copy = path.with_name("copy.db")
        with raw(path) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        with raw(copy) as connection:
            assert connection.execute("PRAGMA journal_mode").fetchall() == [("delete",)]
        with opened(copy) as store, store.database.writing() as connection:
            assert connection.execute("PRAGMA journal_mode").fetchall() == [("wal",)]
            assert connection.execute("PRAGMA synchronous").fetchall() == [(2,)]

    def test_a_transaction_that_is_interrupted_is_undone(self, path: Path) -> None:
        """By Ctrl-C, say; the next one is not in its way."""

        def write(store: SQLiteStore) -> None:
            with store.database.writing() as connection:
                connection.execute("INSERT INTO tenants (tenant) VALUES ('half')")
                raise KeyboardInterrupt

        with opened(path) as store:
            with pytest.raises(KeyboardInterrupt):
                write(store)
            assert list(store.tenants()) == [TENANT]
            assert store.add_tenant("whole")

    def test_a_transaction_that_was_left_open_holds_up_nobody(self, path: Path) -> None:
        """The connection is not lent to the next one."""
        with opened(path) as store:
            with store.database.lent() as connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO tenants (tenant) VALUES ('half')")
            assert list(store.tenants()) == [TENANT]
            assert store.add_tenant("whole")

    def test_a_commit_that_fails_is_undone(self, path: Path) -> None:
        """It is told as a failure, and the next one is not in its way."""

        def write(store: SQLiteStore) -> None:
            with store.database.writing() as connection:
                connection.execute("INSERT INTO tenants (tenant) VALUES ('half')")
                connection.execute("INSERT INTO b VALUES (1)")

        with opened(path) as store:
            with store.database.lent() as connection:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("CREATE TEMP TABLE a (n integer PRIMARY KEY)")
                connection.execute(
                    "CREATE TEMP TABLE b (n REFERENCES a DEFERRABLE INITIALLY DEFERRED)"
                )
            with pytest.raises(sqlite3.IntegrityError):
                write(store)
            assert list(store.tenants()) == [TENANT]
            assert store.add_tenant("whole")

    def test_the_user_is_noted(self, path: Path) -> None:
        """As the machine knows them."""
        with opened(path) as store:
            assert {row.recorded_by for row in whole(store.recorder(TENANT))} == {getpass.getuser()}

    def test_a_user_whose_name_is_no_text_is_noted_all_the_same(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As well as it can be written."""
        monkeypatch.setenv("LOGNAME", "zo\udceb")
        with opened(path) as store:
            append(store.recorder(TENANT), event(ONE, 4))
            assert whole(store.recorder(TENANT))[-1].recorded_by == "zo?"


class TestOpening:
    """What cannot be opened is a sentence, and stays as it is."""

    @pytest.mark.parametrize("create", [True, False])
    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "is an empty file"),
            (b"Ada Okafor,B801200005001\n", "is not a store"),
            (b"\0" * 8192, "is not a store"),
            (b"SQLite format 3\0", "is not a store"),
            (os.urandom(5000), "is not a store"),
        ],
        ids=["empty", "text", "zeros", "beginning", "random"],
    )
    def test_a_file_that_is_no_store(
        self, tmp_path: Path, content: bytes, says: str, create: bool
    ) -> None:
        """Named, with what to do; also when one should be made there."""
        file = tmp_path / "plans.db"
        file.write_bytes(content)
        with pytest.raises(StoreTrouble) as trouble, opened(file, create=create):
            pass
        assert says in sentence(trouble, file)
        assert contents(tmp_path) == {"plans.db": content}

    @pytest.mark.parametrize("mode", ["delete", "wal"])
    def test_another_programs_database(self, tmp_path: Path, mode: str) -> None:
        """It is not written to."""
        file = tmp_path / "places.sqlite"
        with raw(file) as connection:
            connection.execute(f"PRAGMA journal_mode = {mode}")
            connection.execute("CREATE TABLE events (id)")
            connection.execute("CREATE TABLE store (claims_key)")
        before = contents(tmp_path)
        for create in (False, True):
            with pytest.raises(StoreTrouble) as trouble, opened(file, create=create):
                pass
            assert "is not a store" in sentence(trouble, file)
        assert contents(tmp_path) == before

    def test_one_that_a_newer_version_wrote(self, path: Path) -> None:
        """It is not touched, and both forms are named."""
        with raw(path) as connection:
            connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
            connection.execute("DROP TABLE store")
        before = contents(path.parent)
        with pytest.raises(StoreTrouble) as trouble, opened(path):
            pass
        sentence(trouble, path, "newer version", FORMAT + 1, FORMAT)
        assert contents(path.parent) == before

    def test_one_that_is_not_there(self, tmp_path: Path) -> None:
        """None is made in passing."""
        with pytest.raises(StoreTrouble) as trouble, opened(tmp_path / "plans.db"):
            pass
        sentence(trouble, "no store", tmp_path / "plans.db", "ehcp-flow store init")
        assert contents(tmp_path) == {}

    @pytest.mark.parametrize("create", [True, False])
    def test_a_folder(self, tmp_path: Path, create: bool) -> None:
        """A file in it is proposed."""
        with pytest.raises(StoreTrouble) as trouble, opened(tmp_path, create=create):
            pass
        sentence(trouble, "is a folder", tmp_path / "plans.db")
        assert contents(tmp_path) == {}

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        """It is not made in passing."""
        file = tmp_path / "nowhere" / "plans.db"
        with pytest.raises(StoreTrouble) as trouble, opened(file, create=True):
            pass
        sentence(trouble, "no folder", file.parent)
        assert contents(tmp_path) == {}

    @pytest.mark.parametrize("create", [True, False])
    @pytest.mark.parametrize("place", ["a\0b", "x" * 300, "plans.db/below", ""])
    def test_a_name_that_cannot_be(self, path: Path, place: str, create: bool) -> None:
        """Nothing is made under another."""
        before = contents(path.parent)
        url = f"sqlite:{path.parent / place}" if place else "sqlite:"
        with pytest.raises(StoreTrouble) as trouble:
            open_store(url, create=create)
        sentence(trouble)
        assert contents(path.parent) == before

    @pytest.mark.parametrize("part", [1, 50, 100, 512, 4096, 5000, 0.5, 0.8])
    def test_a_part_of_a_store(self, path: Path, part: float) -> None:
        """It is not taken for a whole one, and not mended in passing."""
        content = path.read_bytes()
        path.write_bytes(content[: int(part * len(content) if part < 1 else part)])
        before = contents(path.parent)
        with pytest.raises(StoreTrouble) as trouble, opened(path):
            pass
        sentence(trouble, path)
        assert contents(path.parent) == before

    def test_one_whose_tables_have_lost_their_names(self, path: Path) -> None:
        """It is damaged, whatever is wrong with the name."""
        content = path.read_bytes()
        assert content.count(b"tableclaimsclaims") == 1
        for name in (b"claimt", b"c\xffaims"):
            path.write_bytes(
                content.replace(b"tableclaimsclaims", b"table" + name + b"claims").replace(
                    b"CREATE TABLE claims (", b"CREATE TABLE claims ["
                )
            )
            with pytest.raises(RecordDamaged) as trouble, opened(path):
                pass
            assert "is damaged" in sentence(trouble, path)

    @pytest.mark.parametrize(
        ("statement", "says"),
        [
            ("DELETE FROM store", "lost the key of its claims"),
            ("DROP TABLE store", "cannot be used"),
            ("DROP TABLE tenants", "cannot be used"),
        ],
    )
    def test_one_that_has_lost_what_it_needs(self, path: Path, statement: str, says: str) -> None:
        """A sentence, not a traceback."""
        with raw(path) as connection:
            connection.execute(statement)
        with pytest.raises(StoreTrouble) as trouble, opened(path) as store:
            store.recorder(TENANT)
        assert says in sentence(trouble, path)

    def test_one_that_forgot_a_tenant_meanwhile(self, path: Path) -> None:
        """Its log is not begun again from 1."""
        with opened(path) as store:
            recorder = store.recorder(TENANT)
            with raw(path) as connection:
                connection.execute("DELETE FROM tenants")
            for use in (recorder.head, lambda: append(recorder, event(ONE, 4))):
                with pytest.raises(RecordDamaged, match="lost the count") as trouble:
                    use()
                sentence(trouble, path, TENANT)

    def test_a_version_of_sqlite_that_is_too_old(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is named, and so is the one that is needed."""
        monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 36, 0))
        with pytest.raises(StoreTrouble) as trouble, opened(path):
            pass
        sentence(trouble, sqlite3.sqlite_version, "3.37.0")


class TestLocked:
    """While another program writes, reading goes on, and writing waits for as long as is said."""

    def test_a_writer_gives_up_and_says_so(self, path: Path) -> None:
        """Nothing is recorded; when the other is done, it is."""
        with opened(f"{path}?timeout=0.1") as store:
            recorder = store.recorder(TENANT)
            with raw(path) as connection:
                connection.execute("BEGIN EXCLUSIVE")
                with pytest.raises(StoreTrouble) as trouble:
                    append(recorder, event(ONE, 4))
                sentence(trouble, path, "locked by another program for 0.1 seconds")
                assert len(whole(recorder)) == recorder.head() == 4
                with opened(f"{path}?timeout=0.1") as other:
                    assert len(whole(other.recorder(TENANT))) == 4
                    with pytest.raises(StoreTrouble, match="locked"):
                        other.add_tenant("another")
            assert append(recorder, event(ONE, 4)) == [5]

    def test_a_file_that_another_program_keeps_to_itself(self, path: Path) -> None:
        """It is not opened, and can be when the other has closed it."""
        with raw(path) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StoreTrouble) as trouble, opened(f"{path}?timeout=0.1"):
                pass
            sentence(trouble, path, "locked by another program for 0.1 seconds")
        with opened(f"{path}?timeout=0.1") as store:
            assert append(store.recorder(TENANT), event(ONE, 4)) == [5]

    def test_the_waiting_time_is_no_part_of_the_name(self, tmp_path: Path) -> None:
        """It is part of the URL, which is shown as it was given."""
        with opened(f"{tmp_path / 'plans.db'}?timeout=2.5", create=True) as store:
            assert store.url == f"sqlite:{tmp_path / 'plans.db'}?timeout=2.5"
            with store.database.lent() as connection:
                assert connection.execute("PRAGMA busy_timeout").fetchall() == [(2_500,)]
            assert store.database.path.name == "plans.db"
        assert list(contents(tmp_path)) == ["plans.db"]


_POSIX_NAMES = () if sys.platform == "win32" else ("a?b.db", "file:x.db", ":memory:", "a\nb", "\\")
_BYTES = ("\udcff.db",) if sys.platform == "linux" else ()


class TestNames:
    """The file is the one that was named, whatever is in the name."""

    @pytest.mark.parametrize(
        "name",
        [
            "two words .db",
            "a#b.db",
            "100%25.db",
            "x&mode=ro",
            "-plans.db",
            "Zoë 日本 😀.db",
            "plans.db;DROP",
            "it's.db",
            ".hidden",
            "no-suffix",
            *_POSIX_NAMES,
            *_BYTES,
        ],
    )
    def test_an_odd_name(self, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """As a relative and as an absolute one."""
        monkeypatch.chdir(tmp_path)
        with opened(name, create=True) as store:
            store.add_tenant(TENANT)
            append(store.recorder(TENANT), event(ONE, 1))
            with store.views.writing(TENANT) as writer:
                assert writer is not None
        assert sorted(contents(tmp_path)) == sorted([name, f"{name}.views"])
        with opened(tmp_path / name) as store:
            assert places(whole(store.recorder(TENANT))) == [(str(ONE), 1)]

    def test_a_working_directory_that_changes(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An open store stays the one that was opened, though there is one of that name there."""
        monkeypatch.chdir(tmp_path)
        (tmp_path / "elsewhere").mkdir()
        with opened("elsewhere/plans.db", create=True) as store:
            store.add_tenant("Elsewhere")
        with opened("plans.db", create=True) as store:
            store.add_tenant(TENANT)
            monkeypatch.chdir(tmp_path / "elsewhere")
            with store.database.lent():
                assert list(store.tenants()) == [TENANT]
                append(store.recorder(TENANT), event(ONE, 1))
            with store.recorder(TENANT).subscribe() as subscription:
                assert next(subscription).originator_id == ONE
            with store.views.writing(TENANT) as writer:
                assert writer is not None
        assert sorted(contents(tmp_path)) == ["elsewhere", "plans.db", "plans.db.views"]
        assert sorted(contents(tmp_path / "elsewhere")) == ["plans.db"]

    @pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
    def test_a_link_to_a_store(self, path: Path) -> None:
        """It is the same store, with the same files beside it."""
        (path.parent / "links").mkdir()
        link = path.parent / "links" / "mine.db"
        link.symlink_to(path)
        with opened(path) as store, opened(link) as linked:
            assert append(linked.recorder(TENANT), event(ONE, 4)) == [5]
            assert append(store.recorder(TENANT), event(ONE, 5)) == [6]
            assert linked.views.path == store.views.path
            assert [file.name for file in link.parent.iterdir()] == ["mine.db"]

    @pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
    def test_a_link_that_leads_nowhere(self, tmp_path: Path) -> None:
        """A store is made where it leads to; in a circle there is none."""
        (tmp_path / "links").mkdir()
        link, circle = tmp_path / "links" / "mine.db", tmp_path / "links" / "circle.db"
        link.symlink_to(tmp_path / "plans.db")
        circle.symlink_to(circle)
        with opened(link, create=True) as store:
            store.add_tenant(TENANT)
        with opened(tmp_path / "plans.db") as store:
            assert list(store.tenants()) == [TENANT]
        for create in (True, False):
            with pytest.raises(StoreTrouble) as trouble, opened(circle, create=create):
                pass
            sentence(trouble, circle)


class TestMaking:
    """A store is there whole or not at all, for its owner alone."""

    @pytest.mark.skipif(sys.platform == "win32", reason="files have no such mode there")
    def test_nobody_else_may_read_it(self, tmp_path: Path) -> None:
        """It, the files beside it, and its views."""
        before = os.umask(0)
        try:
            with opened(tmp_path / "plans.db", create=True) as store:
                store.add_tenant(TENANT)
                with store.views.writing(TENANT) as writer:
                    assert writer is not None
                    writer.execute("CREATE TABLE t (a)")
                files = list(tmp_path.iterdir())
                assert len(files) == 6
                assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
        finally:
            os.umask(before)

    @pytest.mark.skipif(sys.platform == "win32", reason="files have no such mode there")
    def test_whoever_may_read_the_store_may_read_its_views(self, path: Path) -> None:
        """As far as the user's own mask allows."""
        path.chmod(0o664)
        before = os.umask(0o002)
        try:
            with opened(path) as store, store.views.writing(TENANT) as writer:
                assert writer is not None
        finally:
            os.umask(before)
        assert stat.S_IMODE((path.parent / "plans.db.views").stat().st_mode) == 0o664

    def test_making_it_again_changes_nothing(self, path: Path) -> None:
        """What is there is opened."""
        with opened(path) as store:
            key, rows = store.claims_key, whole(store.recorder(TENANT))
        with opened(path, create=True) as store:
            assert (store.claims_key, whole(store.recorder(TENANT))) == (key, rows)

    def test_nothing_else_is_left(self, tmp_path: Path) -> None:
        """No half-made file, and none of SQLite's own when it is closed."""
        with opened(tmp_path / "plans.db", create=True) as store:
            store.add_tenant(TENANT)
        assert list(contents(tmp_path)) == ["plans.db"]

    def test_where_files_have_one_name_only(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is made there, too, and never in the place of another."""

        def no_links(*_: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", no_links)
        with opened(tmp_path / "plans.db", create=True) as store:
            store.add_tenant(TENANT)
        assert list(contents(tmp_path)) == ["plans.db"]

        def meanwhile(*_: object) -> None:
            shutil.copy(tmp_path / "plans.db", tmp_path / "other.db")
            no_links()

        monkeypatch.setattr(os, "link", meanwhile)
        with opened(tmp_path / "other.db", create=True) as store:
            assert list(store.tenants()) == [TENANT]
        assert sorted(contents(tmp_path)) == ["other.db", "plans.db"]

    @pytest.mark.parametrize("create", [True, False])
    @pytest.mark.parametrize("left", [["-wal"], ["-shm"], ["-wal", "-shm"]])
    def test_what_is_left_of_another_is_not_mixed_in(
        self, path: Path, left: list[str], create: bool
    ) -> None:
        """When a store was removed, but not the file that holds the latest of it."""
        one = event(ONE, 4)
        with process(
            "crash", f"sqlite:{path}", TENANT, str(stream(9)), one.topic, one.state.decode(), "3"
        ) as other:
            assert hear(other) == "ready"
            tell(other)
            other.wait()
        path.unlink()
        for end in {"-wal", "-shm"} - set(left):
            path.with_name(f"plans.db{end}").unlink()
        before = contents(path.parent)

        with pytest.raises(StoreTrouble) as trouble, opened(path, create=create):
            pass
        sentence(trouble, path, *[f"plans.db{end}" for end in left])
        assert contents(path.parent) == before

        for end in left:
            path.with_name(f"plans.db{end}").unlink()
        with opened(path, create=True) as store:
            assert not store.tenants()


class TestMovedAway:
    """What is acknowledged can be found again under the store's name."""

    def removed(self, path: Path) -> None:
        path.unlink()

    def moved(self, path: Path) -> None:
        path.rename(path.with_name("moved.db"))

    def replaced(self, path: Path) -> None:
        with opened(path.with_name("other.db"), create=True) as store:
            store.add_tenant(TENANT)
        path.with_name("other.db").replace(path)

    @pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be moved there")
    @pytest.mark.parametrize("how", [removed, moved, replaced])
    def test_a_store_that_was_taken_away_is_not_written_to(
        self, path: Path, how: Callable[["TestMovedAway", Path], None]
    ) -> None:
        """Nor read, nor followed, as if nothing had happened."""
        with opened(path) as store:
            recorder = store.recorder(TENANT)
            with recorder.subscribe(gt=4) as subscription:
                how(self, path)
                for use in (
                    lambda: append(recorder, event(ONE, 4)),
                    lambda: whole(recorder),
                    lambda: next(subscription),
                    lambda: store.add_tenant("another"),
                ):
                    with pytest.raises(StoreTrouble) as trouble:
                        use()
                    sentence(trouble, path, "moved, removed or replaced")

    def test_closing_lets_go_of_the_files(self, path: Path) -> None:
        """The last one to close leaves one file: no connection is forgotten."""
        store = open_store(f"sqlite:{path}")
        recorder = store.recorder(TENANT)
        subscription = recorder.subscribe()
        next(subscription)
        with store.database.lent(), store.database.lent(), store.views.apart() as copy:
            copy.execute("CREATE TABLE t (a)")
            append(recorder, event(ONE, 4))
            with store.views.writing(TENANT) as writer:
                assert writer is not None
        subscription.stop()
        store.close()
        assert sorted(contents(path.parent)) == ["plans.db", "plans.db.views"]


def test_the_door_is_found_by_its_scheme(store: Store, recorder: SQLiteRecorder) -> None:
    """``sqlite:`` leads here."""
    assert isinstance(store, SQLiteStore)
    assert isinstance(recorder, SQLiteRecorder)
