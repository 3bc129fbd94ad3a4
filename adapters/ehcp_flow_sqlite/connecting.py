"""How is a SQLite file opened, shared between threads, written to, and what if it cannot be?"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager, suppress
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
        """Absolute and without links: SQLite keeps its other files beside the file itself."""
        self.patience = patience
        self._synchronous = synchronous
        self._access = "mode=rw"
        self._most_idle = _MOST_IDLE
        self._idle: list[sqlite3.Connection] = []
        self._lock = Lock()
        self._writer = Lock()
        self._closed = False
        # Before the file is opened: one that is put there in between is then taken for another,
        # and never another for this one.
        self._file = _identity(path)
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
        if self._closed:
            raise StoreTrouble(f"{self.path} was closed: open it again.")
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?{self._access}",
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
        except UnicodeDecodeError as error:
            connection.close()
            # Python cannot even read what SQLite complains of.
            raise sqlite3.OperationalError("the name of a table is no text") from error
        except BaseException:
            connection.close()
            raise
        return connection

    def read_while_written(self) -> None:
        """Have the file in WAL mode, where it can be written to.

        A copy that another program made of it may not be (``VACUUM INTO``).
        """
        # Whatever is wrong with the file is told to whoever uses it.
        with suppress(sqlite3.Error), self.lent() as connection:
            connection.execute("PRAGMA journal_mode = WAL")

    @property
    def in_place(self) -> bool:
        """Whether the file is still the one that was opened, and not moved, removed, replaced."""
        return _identity(self.path) == self._file

    def make_sure_it_is_in_place(self) -> None:
        """Refuse to go on with a file that nobody else can find.

        What is written to it would be acknowledged and then missing.

        Raises:
            StoreTrouble: the file was moved, removed or replaced since it was opened.
        """
        if not self.in_place:
            raise StoreTrouble(
                f"{self.path} was moved, removed or replaced while it was in use, and nothing was "
                "recorded: put it back if it is missing, and open it again."
            )

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
        self.make_sure_it_is_in_place()
        with self.explained(), self.lent() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection]:
        """Lend a connection with a transaction begun; committed at the end, or undone.

        ``sqlite3.IntegrityError`` passes: the caller knows what it means.

        Raises:
            StoreTrouble: the file cannot be written to.
        """
        self.make_sure_it_is_in_place()
        with self.explained(), self.transaction() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """As ``writing``, with SQLite's own errors."""
        with self._writer, self.lent() as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # One that cannot be undone here is undone by closing its connection.
                with suppress(sqlite3.Error):
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                raise

    @contextmanager
    def explained(self) -> Generator[None]:
        """Say in words what SQLite reports; ``sqlite3.IntegrityError`` passes.

        Raises:
            StoreTrouble: SQLite reported something.
        """
        try:
            yield
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise trouble(error, self.path, self.patience) from error

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self.connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if not connection.in_transaction:
            with self._lock:
                if len(self._idle) < self._most_idle:
                    self._idle.append(connection)
                    return
        connection.close()

    def retire(self) -> None:
        """Keep no connection: those that are lent are closed when they come back."""
        with self._lock:
            self._most_idle = 0
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def close(self) -> None:
        """Lend no more connections, and keep none. Asking twice is allowed."""
        self._closed = True
        self.retire()


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells a file from another of the same name, ``None`` when none can be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary result code (https://www.sqlite.org/rescode.html)."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def damaged(error: sqlite3.Error) -> bool:
    """Whether what is in the file cannot be what was written."""
    if isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode"):
        # Python's own, and its only ones: a text that is not in UTF-8.
        return True
    return primary_code(error) == sqlite3.SQLITE_CORRUPT


def trouble(error: sqlite3.Error, path: Path, patience: float) -> StoreTrouble:
    """Return what went wrong with a file, in words for whoever has to do something about it.

    Nothing was recorded whenever this is raised: a transaction is there whole or not at all.
    """
    # SQLite quotes whole statements, Python what is no text.
    why = " ".join(str(error).split())
    if damaged(error):
        if not hasattr(error, "sqlite_errorcode"):
            why = "a text in it is none any more"
        return RecordDamaged(
            f"{path} is damaged (SQLite: {why}): keep it as it is, and restore from a copy."
        )
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
        case _:
            return StoreTrouble(
                f"{path} cannot be used (SQLite: {why}), and nothing was recorded: check the "
                "disk and who may use the file."
            )
