"""Where it is measured: on SQLite and on PostgreSQL, each with its three contenders.

A place opens databases by name: as a store of ours, through the raw driver, and for the library.
It can be handed to another process, which opens connections of its own.
"""

import shutil
import sqlite3
import sys
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any, Protocol, cast
from urllib.parse import parse_qs, urlsplit, urlunsplit
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.persistence import (
    ApplicationRecorder,
    InfrastructureFactory,
    TrackingRecorder,
)
from eventsourcing.postgres import PostgresFactory
from eventsourcing.sqlite import SQLiteDatastore, SQLiteFactory
from eventsourcing.utils import Environment
from psycopg.rows import TupleRow

from benchmarks.examples import TENANT
from ehcp_flow.storage import Store, open_store

Row = Sequence[object]
"""A row of the table of events, made beforehand by ``examples.Chain``."""


class Raw(Protocol):
    """The raw driver on one database."""

    def ready(self, row: Row) -> Row:
        """Return a row as the driver takes it."""
        ...

    def append(self, row: Row, command: str, code: str) -> None:
        """Write an event, the counter and an outcome in one durable transaction.

        The position is the counter's: whoever else appends has moved it.
        """

    def insert(self, rows: Sequence[Row]) -> None:
        """Write many events, whose positions are known, and the counter in one transaction."""

    def unguarded(self) -> None:
        """Take off the trigger that looks for gaps."""

    def one_row(self, data: bytes) -> None:
        """Write one row into a plain table."""

    def make(self, ddl: Sequence[str]) -> None:
        """Make tables of a view."""

    def write(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows of a view in one transaction."""

    def stream(self, tenant: str, stream: UUID) -> list[tuple[Any, ...]]:
        """Read the events of a stream."""
        ...

    def page(self, after: int, limit: int) -> list[tuple[Any, ...]]:
        """Read the next events of the log, their positions first."""
        ...

    def close(self) -> None:
        """Let go of the connection."""


class Place(Protocol):
    """Where databases are."""

    @property
    def name(self) -> str:
        """What it is called in the table."""
        ...

    @property
    def folder(self) -> Path:
        """A folder for what else there is."""
        ...

    def url(self, database: str) -> str:
        """The URL of a store of ours."""
        ...

    def store(self, database: str, tenants: Sequence[str] = (TENANT,)) -> Store:
        """Open a store of ours with these tenants, made if it is not there."""
        ...

    def copy(self, database: str, to: str) -> None:
        """Copy a database that nobody uses."""

    def settle(self, database: str) -> None:
        """Let what the server would do later in the background be done now."""

    def forget_views(self, database: str) -> None:
        """Remove the views of a store that nobody uses."""

    def raw(self, database: str, *, waits: bool = True) -> Raw:
        """Open a database with the raw driver: a store of ours, or one with a plain table.

        Args:
            database: its name.
            waits: whether a commit waits for the disk where that of our views does not.
        """
        ...

    def environment(self, database: str) -> dict[str, str]:
        """Return what the library wants to be told to keep events in a database."""
        ...

    def durability(self, database: str) -> str:
        """Say whether the library's commits wait for the disk as ours do."""
        ...


@contextmanager
def library_recorder(
    place: Place, database: str, table: str = "stored", *, create: bool = True
) -> Generator[ApplicationRecorder]:
    """Open the library's recorder as its factory makes it, with a table of some name.

    Several processes cannot make it at once: the library's statements then fail on PostgreSQL.
    """
    environment = Environment(table, place.environment(database))
    environment[PostgresFactory.CREATE_TABLE] = "yes" if create else "no"
    factory = InfrastructureFactory[TrackingRecorder].construct(environment)
    with closing(factory):
        yield factory.application_recorder()


def library_application(place: Place, database: str) -> Application[UUID]:
    """Return the library's application, which keeps aggregates in a database."""
    return Application(env=place.environment(database))


def _opened(url: str, tenants: Sequence[str]) -> Store:
    store = open_store(url, create=True)
    for tenant in tenants:
        store.add_tenant(tenant)
    return store


# SQLite -----------------------------------------------------------------------------------------

_PATIENCE = 60
"""Seconds that each contender waits for other writers."""


@dataclass(frozen=True)
class SQLitePlace:
    """Files in a folder."""

    folder: Path

    @property
    def name(self) -> str:
        """What it is called in the table."""
        return "SQLite"

    def path(self, database: str) -> Path:
        """Where a database is."""
        return self.folder / f"{database}.db"

    def url(self, database: str) -> str:
        """The URL of a store of ours."""
        return f"sqlite:{self.path(database)}"

    def store(self, database: str, tenants: Sequence[str] = (TENANT,)) -> Store:
        """Open a store of ours with these tenants, made if it is not there."""
        return _opened(self.url(database), tenants)

    def copy(self, database: str, to: str) -> None:
        """Copy a file that nobody uses."""
        shutil.copy(self.path(database), self.path(to))

    def settle(self, database: str) -> None:
        """Do nothing: there is no background."""

    def forget_views(self, database: str) -> None:
        """Remove the views of a store that nobody uses."""
        path = self.path(database)
        for end in ("", "-wal", "-shm"):
            path.with_name(f"{path.name}.views{end}").unlink(missing_ok=True)

    def raw(self, database: str, *, waits: bool = True) -> "SQLiteRaw":
        """Open a file with the raw driver."""
        return SQLiteRaw(self.path(database), synchronous="FULL" if waits else "NORMAL")

    def environment(self, database: str) -> dict[str, str]:
        """Return what the library wants to be told."""
        return {
            InfrastructureFactory.PERSISTENCE_MODULE: "eventsourcing.sqlite",
            SQLiteFactory.SQLITE_DBNAME: str(self.path(database)),
            SQLiteFactory.SQLITE_LOCK_TIMEOUT: str(_PATIENCE),
        }

    def durability(self, database: str) -> str:
        """Say whether the library's commits wait for the disk as ours do.

        The library sets the journal and leaves the rest as the driver was built, so it is asked.
        """
        datastore = SQLiteDatastore(str(self.path(database)))
        with closing(datastore), datastore.get_connection(commit=True) as connection:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode")
            journal = str(cursor.fetchone()[0])
            cursor.execute("PRAGMA synchronous")
            synchronous = int(cursor.fetchone()[0])
        # https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL.
        if (journal, synchronous) != ("wal", 2) or sys.platform == "darwin":
            return (
                f"The library's commits are LESS durable than ours (journal {journal}, synchronous "
                f"{synchronous}, no F_FULLFSYNC on a Mac), and it has no setting for it."
            )
        return "SQLite: every contender's commits are as durable (WAL, synchronous FULL; asked)."


class SQLiteRaw:
    """The raw driver on one file, as durable as the store makes its own commits."""

    def __init__(self, path: Path, *, synchronous: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute(f"PRAGMA synchronous = {synchronous}")
        self.connection.execute("PRAGMA fullfsync = ON")
        self.connection.execute(
            "CREATE TABLE IF NOT EXISTS rows (position integer PRIMARY KEY, state blob NOT NULL)"
        )

    def ready(self, row: Row) -> Row:
        """Return a row as the driver takes it."""
        return row

    def append(self, row: Row, command: str, code: str) -> None:
        """Write an event, the counter and an outcome in one durable transaction."""
        execute, tenant = self.connection.execute, row[0]
        execute("BEGIN IMMEDIATE")
        ((position,),) = execute(
            "UPDATE tenants SET position = position + 1 WHERE tenant = ? RETURNING position",
            (tenant,),
        ).fetchall()
        execute(_INSERT, (tenant, position, *row[2:]))
        execute(
            "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?)",
            (tenant, command, code, position, position),
        )
        execute("COMMIT")

    def insert(self, rows: Sequence[Row]) -> None:
        """Write many events and the counter in one transaction."""
        tenant, last = rows[-1][:2]
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("UPDATE tenants SET position = ? WHERE tenant = ?", (last, tenant))
        self.connection.executemany(_INSERT, rows)
        self.connection.execute("COMMIT")

    def unguarded(self) -> None:
        """Take off the trigger that looks for gaps."""
        self.connection.execute("DROP TRIGGER events_have_no_gaps")

    def one_row(self, data: bytes) -> None:
        """Write one row into a plain table."""
        self.connection.execute("INSERT INTO rows (state) VALUES (?)", (data,))

    def make(self, ddl: Sequence[str]) -> None:
        """Make tables of a view."""
        for statement in ddl:
            self.connection.execute(statement)

    def write(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows of a view in one transaction."""
        places = ", ".join("?" * len(rows[0]))
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)
        self.connection.execute("COMMIT")

    def stream(self, tenant: str, stream: UUID) -> list[tuple[Any, ...]]:
        """Read the events of a stream."""
        return self.connection.execute(
            "SELECT * FROM events WHERE tenant = ? AND stream = ? ORDER BY version",
            (tenant, str(stream)),
        ).fetchall()

    def page(self, after: int, limit: int) -> list[tuple[Any, ...]]:
        """Read the next events of the log."""
        return self.connection.execute(
            "SELECT position, stream, version, type, state, words, state_digest, digest"
            " FROM events WHERE tenant = ? AND position > ? ORDER BY position LIMIT ?",
            (TENANT, after, limit),
        ).fetchall()

    def close(self) -> None:
        """Let go of the connection."""
        self.connection.close()


_INSERT = f"INSERT INTO events VALUES ({', '.join('?' * 11)})"


# PostgreSQL -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PostgresPlace:
    """Databases of a server."""

    server: str
    """The URL of its first database."""
    prefix: str
    """What the names of these databases begin with."""
    folder: Path

    @property
    def name(self) -> str:
        """What it is called in the table."""
        return "PostgreSQL"

    def url(self, database: str) -> str:
        """The URL of a database, which is made if it is not there."""
        name = self._name(database)
        with self._connected() as connection:
            if not connection.execute(
                "SELECT FROM pg_database WHERE datname = %s", (name,)
            ).fetchall():
                connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0'.encode())
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))

    def store(self, database: str, tenants: Sequence[str] = (TENANT,)) -> Store:
        """Open a store of ours with these tenants, made if it is not there."""
        return _opened(self.url(database), tenants)

    def copy(self, database: str, to: str) -> None:
        """Copy a database that nobody uses."""
        with self._connected() as connection:
            connection.execute(
                f'CREATE DATABASE "{self._name(to)}" TEMPLATE "{self._name(database)}"'.encode()
            )

    def settle(self, database: str) -> None:
        """Let what the server would do later in the background be done now."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")

    def forget_views(self, database: str) -> None:
        """Remove the views of a store that nobody uses."""
        with psycopg.connect(self.url(database)) as connection:
            connection.execute("DROP SCHEMA ehcp_flow_views CASCADE")
            connection.execute("CREATE SCHEMA ehcp_flow_views")

    def raw(self, database: str, *, waits: bool = True) -> "PostgresRaw":
        """Open a database with the raw driver; on a server all commits wait for the disk."""
        return PostgresRaw(self.url(database))

    def clear(self) -> None:
        """Remove the databases."""
        with self._connected() as connection:
            for (name,) in connection.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (self.prefix,)
            ).fetchall():
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())

    def _name(self, database: str) -> str:
        return f"{self.prefix}{database}"

    def _connected(self) -> psycopg.Connection[TupleRow]:
        return psycopg.connect(self.server, autocommit=True)

    def environment(self, database: str) -> dict[str, str]:
        """Return what the library wants to be told: one connection, since one thread works."""
        parts = urlsplit(self.url(database))
        host = parts.hostname or parse_qs(parts.query)["host"][0]
        return {
            InfrastructureFactory.PERSISTENCE_MODULE: "eventsourcing.postgres",
            PostgresFactory.POSTGRES_DBNAME: self._name(database),
            PostgresFactory.POSTGRES_HOST: host,
            PostgresFactory.POSTGRES_PORT: str(parts.port or 5432),
            PostgresFactory.POSTGRES_USER: parts.username or "",
            PostgresFactory.POSTGRES_PASSWORD: parts.password or "none",
            PostgresFactory.POSTGRES_POOL_SIZE: "1",
        }

    def durability(self, database: str) -> str:
        """Say what the server's commits wait for: it is the same for all."""
        with psycopg.connect(self.url(database)) as connection:
            told = {
                name: connection.execute(f"SHOW {name}".encode()).fetchall()[0][0]
                for name in ("server_version", "fsync", "synchronous_commit")
            }
        return (
            f"PostgreSQL {told['server_version'].split()[0]} as it comes (fsync {told['fsync']}, "
            f"synchronous_commit {told['synchronous_commit']}), over a Unix socket, for all."
        )


# Statements are prepared by the driver after some rounds; bytes go as they are, not as text.
_THREE_ROWS = """
WITH counted AS (
    UPDATE ehcp_flow.tenants SET position = position + 1 WHERE tenant = %s RETURNING position
), event AS (
    INSERT INTO ehcp_flow.events
        (tenant, position, stream, version, type, state, words, state_digest, digest)
    SELECT %s, position, %b::uuid, %b::bigint, %s, %b::bytea, %b::bytea, %b::bytea, %b::bytea
    FROM counted
)
INSERT INTO ehcp_flow.outcomes SELECT %s, %s, %s, position, position FROM counted
"""
_COPY = """
COPY ehcp_flow.events
    (tenant, position, stream, version, type, state, words, state_digest, digest)
FROM STDIN (FORMAT BINARY)
"""
_TYPES = ("text", "int8", "uuid", "int8", "text", "bytea", "bytea", "bytea", "bytea")


class PostgresRaw:
    """The raw driver on one database, a statement or COPY a round trip."""

    def __init__(self, url: str) -> None:
        self.connection: psycopg.Connection[TupleRow] = psycopg.connect(url, autocommit=True)
        with self.connection.transaction():
            # Two who make one table at once would fail, also where IF NOT EXISTS is said.
            self.connection.execute("SELECT pg_advisory_xact_lock(1)")
            self.connection.execute(
                "CREATE TABLE IF NOT EXISTS rows (position bigserial PRIMARY KEY, state bytea)"
            )

    def ready(self, row: Row) -> Row:
        """Return a row as the driver takes it, without the server's notes of when and by whom."""
        return (*row[:2], UUID(cast("str", row[2])), *row[3:9])

    def append(self, row: Row, command: str, code: str) -> None:
        """Write an event, the counter and an outcome in one durable transaction."""
        tenant = row[0]
        values = (tenant, tenant, *row[2:], tenant, command, code)
        self.connection.execute(_THREE_ROWS, values)

    def insert(self, rows: Sequence[Row]) -> None:
        """Write many events and the counter in one transaction, by binary COPY."""
        tenant, last = rows[-1][:2]
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ehcp_flow.tenants SET position = %s WHERE tenant = %s", (last, tenant)
            )
            with cursor.copy(_COPY) as copy:
                copy.set_types(_TYPES)
                for row in rows:
                    copy.write_row(row)

    def unguarded(self) -> None:
        """Take off the trigger that looks for gaps."""
        self.connection.execute("DROP TRIGGER events_have_no_gaps ON ehcp_flow.events")

    def one_row(self, data: bytes) -> None:
        """Write one row into a plain table."""
        self.connection.execute("INSERT INTO rows (state) VALUES (%b)", (data,))

    def make(self, ddl: Sequence[str]) -> None:
        """Make tables of a view."""
        for statement in ddl:
            self.connection.execute(statement.encode())

    def write(self, table: str, rows: Sequence[Row]) -> None:
        """Write rows of a view in one transaction."""
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def stream(self, tenant: str, stream: UUID) -> list[tuple[Any, ...]]:
        """Read the events of a stream."""
        return self.connection.execute(
            "SELECT * FROM ehcp_flow.events WHERE tenant = %s AND stream = %s ORDER BY version",
            (tenant, stream),
            binary=True,
        ).fetchall()

    def page(self, after: int, limit: int) -> list[tuple[Any, ...]]:
        """Read the next events of the log."""
        return self.connection.execute(
            "SELECT position, stream, version, type, state, words, state_digest, digest"
            " FROM ehcp_flow.events WHERE tenant = %s AND position > %s ORDER BY position LIMIT %s",
            (TENANT, after, limit),
            binary=True,
        ).fetchall()

    def close(self) -> None:
        """Let go of the connection."""
        self.connection.close()


# For one row of the table ------------------------------------------------------------------------


@contextmanager
def on_sqlite(folder: Path) -> Generator[Place]:
    """Give a new place for files, and remove it."""
    with TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as place:
        yield SQLitePlace(Path(place))


@contextmanager
def on_postgres(server: str, folder: Path) -> Generator[Place]:
    """Give a new place for databases, and remove it."""
    with TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as beside:
        place = PostgresPlace(server, f"b{token_hex(4)}-", Path(beside))
        try:
            yield place
        finally:
            place.clear()
