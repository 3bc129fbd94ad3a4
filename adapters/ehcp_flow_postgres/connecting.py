"""How is a server reached, shared between threads, and what is said when it cannot be?"""

import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from threading import Condition, local
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

from ehcp_flow.errors import RecordDamaged, StoreTrouble
from ehcp_flow_postgres.schema import RECORD, VIEWS

Connection = psycopg.Connection[TupleRow]

PATIENCE = 10
"""Seconds to wait for another writer of the same tenant, and for a server to answer at first."""

MOST = 24
"""Connections of one store to its server, for all of its tenants: more than a few may be waiting
for a tenant's row while others read. Beyond that a thread waits, but not one that holds a
connection already: views are written by one while the log is read by another, and all who hold the
first would wait for each other."""

_KEPT = 8
"""Of these that are kept open while nobody needs them."""

_KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""A server that was cut off without a word is missed within half a minute."""

_IDLE = psycopg.pq.TransactionStatus.IDLE
_LOST = (psycopg.OperationalError, psycopg.InterfaceError)
_Result = TypeVar("_Result")

# One round trip. What the server's owner has set stays, unless it would break a promise: a commit
# that is acknowledged is on the disk, and each statement sees what was committed before it. The
# views are those of the user: whoever owns the record has the ones without a name (schema.py).
_SETTINGS = f"""
SELECT set_config('search_path', quote_ident(CASE
        WHEN (SELECT pg_has_role(session_user, nspowner, 'USAGE') FROM pg_namespace
            WHERE nspname = '{RECORD}') IS NOT FALSE THEN '{VIEWS}'
        WHEN octet_length('{VIEWS}_' || session_user) <= 63 THEN '{VIEWS}_' || session_user
        ELSE '{VIEWS}_' || md5(session_user) END), false),
    set_config('default_transaction_isolation', 'read committed', false),
    set_config('synchronous_commit', CASE current_setting('synchronous_commit')
        WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
    set_config('lock_timeout', CASE current_setting('lock_timeout')
        WHEN '0' THEN '{PATIENCE}s' ELSE current_setting('lock_timeout') END, false),
    set_config('idle_in_transaction_session_timeout', '60s', false),
    set_config('idle_session_timeout', '0', false),
    current_setting('server_encoding')
"""


class Server:
    """A database on a server: a connection for whoever asks, and no more than MOST at a time.

    A pool of our own, because a library's connects in another thread and tries for half a minute
    before it says anything, and the reason (a wrong password, no such database) is lost there.
    """

    def __init__(self, url: str) -> None:
        self.shown, self._parameters = _parsed(url)
        """The URL without a password."""
        self._idle: list[Connection] = []
        self._made = 0
        """Connections that are idle or lent, or being made."""
        self._given_back = Condition()
        self._mine = local()
        self._closed = False

    def connect(self) -> Connection:
        """Return a connection of one's own in autocommit mode, which must be closed.

        Raises:
            StoreTrouble: the server cannot be reached, or does not let us in.
        """
        self.make_sure_it_is_open()
        try:
            connection = psycopg.connect(**self._parameters, autocommit=True)
        except (psycopg.Error, UnicodeError) as error:
            raise self._unreachable(error) from None
        try:
            *_, encoding = connection.execute(_SETTINGS.encode()).fetchall()[0]
            if encoding != "UTF8":
                raise StoreTrouble(
                    f"The database of {self.shown} keeps text in {encoding}, which cannot hold "
                    "every name: make one with `createdb -T template0 -E UTF8`."
                )
        except BaseException as error:
            connection.close()
            if isinstance(error, psycopg.Error):
                raise self.trouble(error) from None
            raise
        return connection

    @contextmanager
    def lent(self) -> Generator[Connection]:
        """Lend a connection; one that is broken or in a transaction does not come back."""
        held: int = getattr(self._mine, "held", 0)
        connection = self._take(waiting=not held)
        self._mine.held = held + 1
        try:
            yield connection
        except BaseException:
            if connection.broken:
                # The others were lost with it: a server that was restarted knows none.
                self._let_go()
            raise
        finally:
            self._mine.held -= 1
            self._give_back(connection)

    def read(self, ask: Callable[[Connection], _Result]) -> _Result:
        """Ask, and ask once more through a new connection if the first was lost.

        Raises:
            StoreTrouble: the server cannot be reached, or refuses.
        """
        try:
            try:
                with self.lent() as connection:
                    return ask(connection)
            except _LOST as error:
                if not lost(error):
                    raise
            with self.lent() as connection:
                return ask(connection)
        except psycopg.Error as error:
            raise self.trouble(error) from None

    def rows(self, sql: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Return what a query gives.

        Raises:
            StoreTrouble: the server cannot be reached, or refuses.
        """
        return self.read(
            lambda connection: connection.execute(sql.encode(), values, binary=True).fetchall()
        )

    def _take(self, *, waiting: bool) -> Connection:
        with self._given_back:
            while True:
                self.make_sure_it_is_open()
                if self._idle:
                    return self._idle.pop()
                if self._made < MOST or not waiting:
                    self._made += 1
                    break
                self._given_back.wait()
        try:
            return self.connect()
        except BaseException:
            self._one_less()
            raise

    def _give_back(self, connection: Connection) -> None:
        with self._given_back:
            kept = not self._closed and len(self._idle) < _KEPT
            if kept and connection.pgconn.transaction_status == _IDLE:
                self._idle.append(connection)
                self._given_back.notify()
                return
        connection.close()
        self._one_less()

    def _one_less(self) -> None:
        with self._given_back:
            self._made -= 1
            self._given_back.notify()

    def _let_go(self) -> None:
        with self._given_back:
            idle, self._idle = self._idle, []
            self._made -= len(idle)
            self._given_back.notify_all()
        for connection in idle:
            connection.close()

    def make_sure_it_is_open(self) -> None:
        """Refuse to go on when it was closed.

        Raises:
            StoreTrouble: it was.
        """
        if self._closed:
            raise StoreTrouble(f"{self.shown} was closed: open it again.")

    def close(self) -> None:
        """Lend no more connections, and keep none. Asking twice is allowed."""
        self._closed = True
        self._let_go()

    # In words

    def trouble(self, error: psycopg.Error) -> StoreTrouble:
        """Return what went wrong, in words for whoever has to do something about it.

        Nothing is half recorded whenever this is raised: a transaction is there whole or not at
        all.
        """
        at = self.shown
        if lost(error):
            return StoreTrouble(
                f"The server of {at} went away in the middle, and what was being recorded is there "
                "whole or not at all: try again when it is back (with the same --command-id it is "
                "recorded once)."
            )
        match error:
            case psycopg.errors.LockNotAvailable():
                return StoreTrouble(
                    f"{at} has been locked by another program for {PATIENCE} seconds, and nothing "
                    "was recorded: try again when it is done."
                )
            case psycopg.errors.ReadOnlySqlTransaction():
                return StoreTrouble(
                    f"{at} is a standby or set to be read only, and nothing was recorded: name the "
                    "primary server with --store."
                )
            case psycopg.errors.InsufficientPrivilege():
                return StoreTrouble(
                    f"The database user of {at} may not do that, and nothing was recorded: let the "
                    "store's owner grant it with `ehcp-flow store init --grant-to`."
                )
            case psycopg.errors.DiskFull() | psycopg.errors.InsufficientResources():
                return StoreTrouble(
                    f"The server of {at} has no room left ({_told(error)}), and nothing was "
                    "recorded: make room and try again."
                )
            case psycopg.errors.DataCorrupted() | psycopg.errors.IndexCorrupted():
                return RecordDamaged(
                    f"{at} is damaged ({_told(error)}): keep it as it is, and restore from a copy."
                )
            case (
                psycopg.errors.UndefinedTable()
                | psycopg.errors.UndefinedColumn()
                | psycopg.errors.UndefinedFunction()
            ):
                return RecordDamaged(
                    f"{at} has lost a table, a column or a function: it was altered outside "
                    "ehcp-flow; restore from a copy."
                )
            case _:
                return StoreTrouble(
                    f"{at} cannot be used ({_told(error)}), and nothing was recorded: ask whoever "
                    "looks after the server."
                )

    def _unreachable(self, error: Exception) -> StoreTrouble:
        at, why = self.shown, str(error)
        if re.search(r"password authentication failed|no password supplied|role .* does not", why):
            return StoreTrouble(
                f"The server of {at} does not know that user and password: check both (the "
                "password may stand in PGPASSWORD or a .pgpass file)."
            )
        if re.search(r'database ".*" does not exist', why):
            return StoreTrouble(
                f"There is no such database as in {at}: make it with `createdb`, or check the name."
            )
        if re.search(r"could not translate host name|Name or service not known|resolve", why):
            return StoreTrouble(f"There is no such host as in {at}: check its name.")
        if re.search(r"too many (clients|connections)|remaining connection slots", why):
            return StoreTrouble(
                f"The server of {at} has no connection to spare: try again later, or let it have "
                "more (max_connections)."
            )
        if "pg_hba.conf" in why:
            return StoreTrouble(
                f"The server of {at} lets nobody in from here under that name: check the user, "
                "sslmode, and the server's pg_hba.conf."
            )
        if isinstance(error, psycopg.errors.ConnectionTimeout) or "timeout" in why:
            return StoreTrouble(
                f"The server of {at} does not answer: check host and port, and what stands between."
            )
        return StoreTrouble(
            f"The server of {at} cannot be reached: check host and port, and that it is running."
        )


def lost(error: BaseException) -> bool:
    """Whether the connection is gone, and with it what is known of the last statement."""
    if isinstance(error, psycopg.InterfaceError):
        return True
    # Class 57 are the operator's interventions, of which only these end the connection.
    ends = ("57P01", "57P02", "57P03", "57P05")
    if isinstance(error, psycopg.Error) and error.sqlstate in ends:
        return True
    return isinstance(error, psycopg.OperationalError) and (
        error.sqlstate is None or error.sqlstate.startswith("08") or error.sqlstate == "25P03"
    )


def _told(error: psycopg.Error) -> str:
    """What the server says, on one line, without the values that it quotes beneath."""
    primary = error.diag.message_primary or type(error).__name__
    return " ".join(primary.split())


def _parsed(url: str) -> tuple[str, dict[str, Any]]:
    """Return a URL that holds nothing secret, and what libpq makes of the one that was given.

    Raises:
        StoreTrouble: it is none.
    """
    try:
        parameters: dict[str, Any] = dict(conninfo_to_dict(url)) if url.isprintable() else {}
    except (psycopg.Error, UnicodeError, ValueError):
        # What libpq says of it quotes it.
        parameters = {}
    # A sign of the password that was not escaped ends it early, and its rest stands elsewhere.
    places = f"{parameters.get('host') or ''}{parameters.get('dbname') or ''}"
    ports = str(parameters.get("port") or "")
    numbers = all(port.isdecimal() for port in ports.split(",") if port)
    if not parameters or "@" in places or not numbers:
        raise StoreTrouble(
            "--store is not a URL that PostgreSQL understands: write "
            "postgresql://USER@HOST:PORT/DATABASE, with %-escapes for what is no letter or digit."
        )
    shown = _shown(parameters)
    parameters.setdefault("connect_timeout", PATIENCE)
    parameters.setdefault("application_name", "ehcp-flow")
    # Whatever the environment or the role says of it.
    parameters["client_encoding"] = "UTF8"
    for name, value in _KEEPALIVE.items():
        parameters.setdefault(name, value)
    return shown, parameters


def _shown(parameters: Mapping[str, Any]) -> str:
    """A URL of what libpq understood, and of nothing else: a password may stand in any place."""
    told = {name: str(parameters.get(name) or "") for name in ("user", "host", "port", "dbname")}
    user = f"{quote(told['user'], safe='')}@" if told["user"] else ""
    query = {"target_session_attrs": parameters.get("target_session_attrs")}
    if "/" in told["host"] or "," in told["host"]:
        place, query = "", {"host": told["host"], "port": told["port"], **query}
    else:
        port = f":{told['port']}" if told["port"] else ""
        host = f"[{told['host']}]" if ":" in told["host"] else told["host"]
        place = f"{host}{port}"
    said = urlencode({name: value for name, value in query.items() if value}, safe="/,")
    return (
        f"postgresql://{user}{place}/{quote(told['dbname'], safe='')}{f'?{said}' if said else ''}"
    )
