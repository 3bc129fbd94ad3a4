"""The views, in a file of their own beside the store: a cache that may be deleted at any time."""

import os
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.storage import ViewWriter
from ehcp_flow_sqlite.connecting import Database, primary_code, trouble

_RUINED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class _Writer:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, if it gives any."""
        return self._connection.execute(sql, values).fetchall()

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows of values."""
        self._connection.executemany(sql, rows)


class FileViews:
    """The views of a store, all tenants', in one file; without one where none can be made."""

    def __init__(self, store: Path) -> None:
        self.path = store.with_name(f"{store.name}.views")
        self._store = store
        self._lock = Lock()
        self._database: Database | None = None

    @contextmanager
    def writing(self) -> Generator[ViewWriter | None]:
        """Open a transaction, or give ``None`` at once when another process is writing or the
        file cannot be written to."""
        database = self._opened()
        with self._mended(), ExitStack() as stack:
            connection = None
            if database is not None:
                with suppress(StoreTrouble):
                    connection = stack.enter_context(database.writing())
            yield None if connection is None else _Writer(connection)

    @contextmanager
    def apart(self) -> Generator[ViewWriter]:
        """Open a private copy of the views as they are, which is thrown away afterwards."""
        # An empty name is a temporary file of SQLite's own, gone when it is closed.
        with closing(sqlite3.connect("", isolation_level=None)) as copy:
            database = self._opened()
            if database is not None:
                with self._mended(), database.lent() as connection:
                    connection.backup(copy)
            yield _Writer(copy)

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Read. Raises LookupError when a table is not there (yet)."""
        database = self._opened()
        if database is None:
            raise LookupError(f"{self.path} is not there")
        with self._mended(), database.lent() as connection:
            try:
                return connection.execute(sql, values).fetchall()
            except sqlite3.OperationalError as error:
                if primary_code(error) == sqlite3.SQLITE_ERROR:
                    raise LookupError(str(error)) from None
                raise

    def close(self) -> None:
        """Close the file. Asking twice is allowed."""
        with self._lock:
            database, self._database = self._database, None
        if database is not None:
            database.close()

    def _opened(self) -> Database | None:
        with self._lock:
            if self._database is None:
                try:
                    self._database = self._open()
                except sqlite3.DatabaseError as error:
                    if primary_code(error) not in _RUINED:
                        return None
                    self._remove()
                    with suppress(sqlite3.Error, StoreTrouble, OSError):
                        self._database = self._open()
                except (StoreTrouble, OSError):
                    return None
            return self._database

    def _open(self) -> Database:
        if not self.path.exists():
            # Whoever may read the record may read the views, and nobody else.
            mode = self._store.stat().st_mode & 0o666
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, mode))
        database = Database(self.path, patience=0, synchronous="NORMAL")
        with suppress(sqlite3.OperationalError), database.lent() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        return database

    @contextmanager
    def _mended(self) -> Generator[None]:
        """Remove a file that is ruined; what stood in it can be made anew.

        Raises:
            StoreTrouble: it was.
        """
        try:
            yield
        except (sqlite3.Error, StoreTrouble) as error:
            cause = error.__cause__ if isinstance(error, StoreTrouble) else error
            if not isinstance(cause, sqlite3.Error):
                raise
            if primary_code(cause) not in _RUINED:
                raise trouble(cause, self.path, 0) from cause
            self.close()
            self._remove()
            raise StoreTrouble(
                f"The views in {self.path} were damaged and have been removed, nothing that was "
                "recorded is touched: ask again, and they are made anew."
            ) from error

    def _remove(self) -> None:
        for end in ("", "-wal", "-shm"):
            with suppress(OSError):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
