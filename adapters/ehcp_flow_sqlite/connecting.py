"""How is a SQLite file opened, shared between threads, written to, and what if it cannot be?"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Literal

from ehcp_flow.errors import RecordDamaged, StoreTrouble

PATIENCE = 10.0
"""Seconds to wait for another program that is writing."""

_MOST_IDLE = 8
"""Connections kept open for the next ones who ask."""


class Database:
    """One SQLite file: a connection for whoever asks, one writer at a time.

    ``synchronous`` says what a commit waits for (https://www.sqlite.org/pragma.html):
    ``FULL`` until it is on the disk.
    """

    def __init__(
        self, path: Path, *, patience: float, synchronous: Literal["FULL", "NORMAL"]
    ) -> None:
        self.path = path
        self.patience = patience
        self._synchronous = synchronous
        self._access = "mode=rw"
        self._idle: list[sqlite3.Connection] = []
        self._lock = Lock()
        self._writer = Lock()
        self._closed = False
        self._find_a_way_in()

    def _find_a_way_in(self) -> None:
        """Open the file for writing; where nothing can be written, as it is.

        A file in WAL mode needs a file beside it even to be read, unless it is said that nobody
        writes to it (https://www.sqlite.org/wal.html, "Read-Only Databases").
        """
        try:
            connection = self.connect()
        except sqlite3.OperationalError as error:
            if primary_code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise
            log = self.path.with_name(f"{self.path.name}-wal")
            if log.exists() and log.stat().st_size:
                raise StoreTrouble(
                    f"{self.path} was left in the middle of something and cannot be written to: "
                    f"copy it together with {log.name} to a folder of your own and open it there."
                ) from None
            self._access = "mode=ro&immutable=1"
            connection = self.connect()
        self._idle.append(connection)

    def connect(self) -> sqlite3.Connection:
        """Return a connection of one's own, which must be closed."""
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{self._access}",
            uri=True,
            timeout=self.patience,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute(f"PRAGMA synchronous = {self._synchronous}")
            # Without it a Mac says that a commit is on the disk before it is.
            connection.execute("PRAGMA fullfsync = ON")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def lent(self) -> Generator[sqlite3.Connection]:
        """Lend a connection, as it is."""
        connection = self._take()
        try:
            yield connection
        finally:
            self._give_back(connection)

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Lend a connection to read with.

        Raises:
            StoreTrouble: the file cannot be read.
        """
        try:
            with self.lent() as connection:
                yield connection
        except sqlite3.Error as error:
            raise trouble(error, self.path, self.patience) from error

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Lend a connection with a transaction begun; committed at the end, or undone.

        ``sqlite3.IntegrityError`` passes: the caller knows what it means.

        Raises:
            StoreTrouble: the file cannot be written to.
        """
        try:
            with self._writer, self.lent() as connection:
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise trouble(error, self.path, self.patience) from error

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StoreTrouble(f"{self.path} was closed: open it again.")
            if self._idle:
                return self._idle.pop()
        return self.connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < _MOST_IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close the connections; those that are lent are closed when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code (https://www.sqlite.org/rescode.html)."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def trouble(error: sqlite3.Error, path: Path, patience: float) -> StoreTrouble:
    """Return what went wrong with a file, in words for whoever has to do something about it.

    Nothing was recorded whenever this is raised: a transaction is there whole or not at all.
    """
    match primary_code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreTrouble(
                f"{path} has been locked by another program for {patience:g} seconds, and nothing "
                "was recorded: try again when it is done, or close it."
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return StoreTrouble(
                f"{path} cannot be written to, and nothing was recorded: check who may write to "
                "the file and to its folder, or work on a copy."
            )
        case sqlite3.SQLITE_FULL:
            return StoreTrouble(
                f"The disk that holds {path} is full, and nothing was recorded: make room and try "
                "again."
            )
        case sqlite3.SQLITE_NOTADB:
            return StoreTrouble(
                f"{path} is not a store of ehcp-flow: check the name, or make a store in another "
                "place with `ehcp-flow store init`."
            )
        case sqlite3.SQLITE_CORRUPT:
            return RecordDamaged(
                f"{path} is damaged (SQLite: {error}): keep it as it is, and restore from a copy."
            )
        case _:
            return StoreTrouble(
                f"{path} cannot be used (SQLite: {error}), and nothing was recorded: check the "
                "disk and who may use the file."
            )
