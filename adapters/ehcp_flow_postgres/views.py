"""The views, in a schema of each user's own: a cache that may be dropped at any time."""

import json
import re
import sqlite3
from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import lru_cache
from itertools import chain, islice
from typing import Any, NamedTuple

import psycopg

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.storage import Tables, ViewWriter
from ehcp_flow_postgres.connecting import Connection, Server, lost

_SOON = "250ms"
"""How long is waited for another process that writes the same tenant's part: it writes in batches,
and to read apart takes longer."""

_LOCKS = 0x45485657
"""``EHVW``: the locks of views, one a tenant."""

_DDL_LOCK = 0x45484444
"""``EHDD``: held by whoever makes or drops tables, of which all tenants have a part."""

_MAKING = re.compile(r"\s*CREATE (?:TABLE|INDEX) IF NOT EXISTS (?P<name>\w+)")
_INSERTING = re.compile(
    r"\s*INSERT INTO (?P<table>\w+\s*(?:\([\w\s,]+\))?)\s*VALUES\s*\([?,\s]+\)\s*"
)
"""Every value has its place, and nothing is said of rows that are there already."""

_PIECES = re.compile(r"'[^']*'|\?|%")

_UPSERTING = re.compile(
    r"\s*INSERT INTO (?P<table>\w+)\s*\((?P<columns>[\w\s,]+)\)\s*VALUES\s*\([?,\s]+\)\s*"
    r"(?P<rest>ON CONFLICT \((?P<key>[\w\s,]+)\) DO (?:NOTHING|UPDATE SET)[^?%]*)"
)
"""Nothing but the places takes a value, and rows that are there already are found by a key."""

_AT_ONCE = 2_000
"""Rows in one statement: more would be no quicker."""

_LONG = 10_000_000
"""Characters of rows that go one by one instead, so that the server need not hold them twice."""

_PLAIN = frozenset({str, int, type(None)})
"""What a text of JSON says of a value is just what the driver would say."""

# Whoever may not see a table sees it as little as whoever finds none.
_MISSING = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.InsufficientPrivilege,
)


class _Writer:
    """A transaction on the views."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, if it gives any."""
        if making := _MAKING.match(sql):
            self._make(sql, making["name"])
            return []
        if sql.lstrip().startswith("DROP"):
            self._lock_tables()
        cursor = self._connection.execute(_placed(sql), values)
        return cursor.fetchall() if cursor.description else []

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows of values."""
        with self._connection.cursor() as cursor:
            # The same rows, several times as fast.
            if plain := _INSERTING.fullmatch(sql):
                with cursor.copy(f"COPY {plain['table']} FROM STDIN".encode()) as copy:
                    for row in rows:
                        copy.write_row(row)
            elif upserting := _upserting(sql):
                remaining = iter(rows)
                while some := list(islice(remaining, _AT_ONCE)):
                    if upserting.takes(some):
                        cursor.execute(upserting.statement, (upserting.said(some),))
                    else:
                        cursor.executemany(_placed(sql), some)
            else:
                cursor.executemany(_placed(sql), rows)

    def _make(self, sql: str, name: str) -> None:
        # Two who make one table at once would fail, also where IF NOT EXISTS is said.
        there = "SELECT to_regclass(format('%%I.%%I', current_schema(), %s::text)) IS NOT NULL"
        if self._connection.execute(there, (name,)).fetchall()[0][0]:
            return
        self._lock_tables()
        self._connection.execute(_by_code_point(sql).encode())

    def _lock_tables(self) -> None:
        self._connection.execute("SELECT pg_advisory_xact_lock(%s, 0)", (_DDL_LOCK,))


class _Upserting(NamedTuple):
    """How many rows are written by one statement, each in place of one with the same key."""

    statement: bytes
    columns: Sequence[str]
    key: Sequence[int]
    """The places of its columns."""

    def takes(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Whether the rows are no more than numbers and texts that are not too long, and each has
        a key of its own."""
        keys = {tuple(row[place] for place in self.key) for row in rows}
        values = list(chain.from_iterable(rows))
        return (
            len(keys) == len(rows)
            and _PLAIN.issuperset(map(type, values))
            and sum(len(value) for value in values if isinstance(value, str)) <= _LONG
        )

    def said(self, rows: Sequence[Sequence[Any]]) -> str:
        """The rows as JSON, which is one value."""
        said = [dict(zip(self.columns, row, strict=True)) for row in rows]
        return json.dumps(said, ensure_ascii=False, check_circular=False)


@lru_cache(maxsize=50)
def _upserting(sql: str) -> _Upserting | None:
    found = _UPSERTING.fullmatch(sql)
    if found is None or "RETURNING" in sql:
        return None
    columns, key = (
        [name.strip() for name in found[part].split(",")] for part in ("columns", "key")
    )
    if not set(key) <= set(columns):
        return None
    table, names = found["table"], ", ".join(columns)
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {names}"
        f" FROM json_populate_recordset(NULL::{table}, %s::json) {found['rest']}"
    )
    return _Upserting(statement.encode(), columns, [columns.index(name) for name in key])


class _Copy:
    """A private place, in memory and where need be in a temporary file of SQLite's own.

    The views are written in the SQL that it speaks as well; on a standby PostgreSQL has no place
    to write to.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, if it gives any."""
        return self._connection.execute(sql, values).fetchall()

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for many rows of values."""
        self._connection.executemany(sql, rows)


class _NotNow(StoreTrouble, LookupError):
    """The views do not answer. Whoever can do without goes on, others are told what to do."""


class SchemaViews:
    """The views of a store, all tenants'."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @contextmanager
    def writing(self, tenant: str) -> Generator[ViewWriter | None]:
        """Open a transaction on a tenant's part of the views.

        It gives ``None``, and soon, when another process is writing that part, or nothing can be
        written: on a standby, or without the right to.
        """
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(self._server.lent())
                begun = _begun(connection, tenant)
            except psycopg.Error as error:
                raise self._not_now(error) from None
            if not begun:
                connection.rollback()
                yield None
                return
            try:
                yield _Writer(connection)
                connection.execute("COMMIT")
            except psycopg.Error as error:
                with suppress(psycopg.Error):
                    connection.rollback()
                raise self._not_now(error) from None
            except BaseException:
                with suppress(psycopg.Error):
                    connection.rollback()
                raise

    @contextmanager
    def apart(self, tables: Tables | None = None) -> Generator[ViewWriter]:
        """Open a private place, which is thrown away afterwards."""
        self._server.make_sure_it_is_open()
        # An empty name is a temporary file of SQLite's own, gone when it is closed.
        with closing(sqlite3.connect("", isolation_level=None)) as copy:
            # Without it each row of many would be a transaction of its own.
            copy.execute("BEGIN")
            if tables is not None:
                self._fill(copy, tables)
            yield _Copy(copy)

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Read. Raises LookupError when a table is not there (yet)."""

        def ask(connection: Connection) -> list[tuple[Any, ...]]:
            try:
                return connection.execute(_placed(sql), values).fetchall()
            except _MISSING as error:
                raise LookupError(str(error.diag.message_primary)) from None

        return self._server.read(ask)

    def _fill(self, copy: sqlite3.Connection, tables: Tables) -> None:
        """Copy a tenant's rows as they are at one moment; nothing where that cannot be."""

        def fill(connection: Connection) -> None:
            with connection.transaction():
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                for name in tables.names:
                    with connection.cursor("views") as cursor:
                        cursor.itersize = 2_000
                        cursor.execute(
                            f"SELECT * FROM {name} WHERE tenant = %s".encode(), (tables.tenant,)
                        )
                        assert cursor.description is not None
                        places = ", ".join("?" * len(cursor.description))
                        copy.executemany(f"INSERT INTO {name} VALUES ({places})", cursor)

        for statement in tables.ddl:
            copy.execute(statement)
        copy.execute("SAVEPOINT filled")
        try:
            self._server.read(fill)
        except (StoreTrouble, sqlite3.Error):
            # Of another form, or not to be read: it is all taken in anew then.
            copy.execute("ROLLBACK TO filled")

    def _not_now(self, error: psycopg.Error) -> StoreTrouble:
        trouble = self._server.trouble(error)
        return trouble if lost(error) else _NotNow(str(trouble))


def _begun(connection: Connection, tenant: str) -> bool:
    """Begin a transaction on a tenant's part, unless others are in it or nothing can be written."""
    connection.execute("BEGIN")
    # Views can be made anew: nobody waits until they are on the disk, or on a standby.
    ((_, mine, may),) = connection.execute(
        "SELECT set_config('synchronous_commit', 'off', true),"
        " pg_try_advisory_xact_lock(%s, hashtext(%s)),"
        " current_setting('transaction_read_only') = 'off'"
        " AND coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)",
        (_LOCKS, tenant),
    ).fetchall()
    if mine or not may:
        return bool(may)
    try:
        connection.execute(f"SET LOCAL lock_timeout = '{_SOON}'")
        connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", (_LOCKS, tenant))
    except psycopg.errors.LockNotAvailable:
        return False
    return True


@lru_cache(maxsize=500)
def _placed(sql: str) -> bytes:
    """A statement with psycopg's places for values."""
    placed = _PIECES.sub(
        lambda piece: "%s" if piece[0] == "?" else piece[0].replace("%", "%%"), sql
    )
    return placed.encode()


def _by_code_point(sql: str) -> str:
    """A statement that makes a table whose texts are compared as SQLite compares them."""
    return re.sub(r"\btext\b", 'text COLLATE "C"', sql) if "CREATE TABLE" in sql else sql
