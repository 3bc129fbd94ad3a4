"""The views, in a file of their own beside the store: a cache that may be deleted at any time."""

import os
import sqlite3
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.storage import Tables, ViewWriter
from ehcp_flow_sqlite.connecting import Database, damaged, primary_code, trouble


class _Writer:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, if it gives any."""
        return self._connection.execute(sql, values).fetchall()

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows of values."""
        self._connection.executemany(sql, rows)


class _Copy(_Writer):
    """A private copy, which is as ruined as the file that it was made from."""

    def __init__(
        self, connection: sqlite3.Connection, mended: Callable[[], AbstractContextManager[None]]
    ) -> None:
        super().__init__(connection)
        self._mended = mended

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._mended():
            return super().execute(sql, values)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._mended():
            super().many(sql, rows)


class _NotNow(StoreTrouble, LookupError):
    """The views do not answer. Whoever can do without goes on, others are told what to do."""


class FileViews:
    """The views of a store, all tenants', in one file; without one where none can be made."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(f"{store.name}.views")
        self._store = store
        self._lock = Lock()
        self._database: Database | None = None
        self._closed = False

    @contextmanager
    def writing(self, tenant: str) -> Generator[ViewWriter | None]:
        """Open a transaction, or give ``None`` at once when another process is writing or the
        file cannot be written to.

        Args:
            tenant: whose part is written; the file is one, so that all tenants wait.
        """
        database = self._opened(in_place=True)
        with self._mended(), ExitStack() as stack:
            writer = None
            if database is not None:
                with suppress(sqlite3.Error):
                    connection = stack.enter_context(database.transaction())
                    # SQLite begins also where it can only read, and says so when it is to write.
                    connection.execute("PRAGMA user_version = 0")
                    writer = _Writer(connection)
            yield writer

    @contextmanager
    def apart(self, tables: Tables | None = None) -> Generator[ViewWriter]:
        """Open a private place, which is thrown away afterwards.

        Args:
            tables: what is needed there. The file is copied whole: that is quicker.
        """
        self._make_sure_it_is_open()
        with closing(_nothing() if tables is None else self._copied()) as copy:
            # Without it each row of many would be a transaction of its own.
            copy.execute("BEGIN")
            yield _Copy(copy, self._mended)

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Read. Raises LookupError when a table is not there (yet)."""
        # A file that was removed meanwhile answers whoever began to read it.
        database = self._opened(in_place=False)
        if database is None:
            raise LookupError(f"{self.path} is not there")
        with self._mended(), database.lent() as connection:
            return connection.execute(sql, values).fetchall()

    def close(self) -> None:
        """Close the file. Asking twice is allowed."""
        with self._lock:
            self._closed = True
            self._let_go()

    def _make_sure_it_is_open(self) -> None:
        if self._closed:
            raise StoreTrouble(f"{self.path} was closed: open the store again.")

    def _opened(self, *, in_place: bool) -> Database | None:
        """The file, opened if need be, and anew if it is not where others find it."""
        with self._lock:
            self._make_sure_it_is_open()
            if in_place and self._database is not None and not self._database.in_place:
                self._let_go()
            if self._database is None:
                try:
                    self._database = self._open()
                except sqlite3.Error as error:
                    if not _ruined(error):
                        return None
                    self._remove()
                    with suppress(sqlite3.Error, StoreTrouble, OSError):
                        self._database = self._open()
                except (StoreTrouble, OSError):
                    return None
            return self._database

    def _open(self) -> Database:
        if not self.path.exists():
            # What a file that was deleted by itself has left is still used by whoever has it open.
            self._remove()
            # Whoever may read the record may read the views, and nobody else.
            mode = self._store.stat().st_mode & 0o666
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode))
        database = Database(self.path, patience=0, synchronous="NORMAL")
        database.read_while_written()
        return database

    def _copied(self) -> sqlite3.Connection:
        """A copy of the views, or of nothing where they cannot be read."""
        copy = _nothing()
        try:
            database = self._opened(in_place=True)
            if database is not None:
                with self._mended(), database.lent() as connection:
                    # Python waits without end to copy a file that another has locked.
                    connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
                    connection.backup(copy)
        except _NotNow:
            copy.close()
            return _nothing()
        except BaseException:
            copy.close()
            raise
        return copy

    @contextmanager
    def _mended(self) -> Generator[None]:
        """Remove a file that is ruined; what stood in it can be made anew.

        What the record itself is in trouble with has been said in words before, and passes.

        Raises:
            StoreTrouble: it was, or the file is in some other trouble.
        """
        try:
            yield
        except sqlite3.Error as error:
            if not _ruined(error):
                raise _NotNow(str(trouble(error, self.path, 0))) from error
            with self._lock:
                self._let_go()
                self._remove()
            if self.path.exists():
                raise _NotNow(
                    f"The views in {self.path} are damaged and cannot be removed, nothing that was "
                    "recorded is touched: remove the file, and they are made anew."
                ) from error
            raise _NotNow(
                f"The views in {self.path} were damaged and have been removed, nothing that was "
                "recorded is touched: ask again, and they are made anew."
            ) from error

    def _let_go(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            database.retire()

    def _remove(self) -> None:
        for end in ("", "-wal", "-shm"):
            with suppress(OSError):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)


def _nothing() -> sqlite3.Connection:
    # An empty name is a temporary file of SQLite's own, gone when it is closed.
    return sqlite3.connect("", isolation_level=None)


def _ruined(error: sqlite3.Error) -> bool:
    return damaged(error) or primary_code(error) == sqlite3.SQLITE_NOTADB
