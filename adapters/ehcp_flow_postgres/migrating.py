"""Is the database of the form that this version knows, and how is it brought there?"""

import psycopg

from ehcp_flow.errors import StoreTrouble
from ehcp_flow_postgres.connecting import Connection, Server
from ehcp_flow_postgres.schema import MIGRATIONS, RECORD, VIEWS

_LOCK = 0x45484350
"""``EHCP``: held by whoever migrates, so that several who start at once wait for the first."""


def check(server: Server) -> None:
    """Make sure that every migration was applied, and no other.

    Raises:
        StoreTrouble: there is no store, an older one, or a newer one.
    """
    applied = server.read(_applied)
    if applied is None:
        raise StoreTrouble(
            f"There is no store in {server.shown}: make one with `ehcp-flow store init`, or check "
            "--store or EHCP_FLOW_STORE."
        )
    if unknown := sorted(applied - MIGRATIONS.keys()):
        raise StoreTrouble(
            f"{server.shown} was brought to a newer form ({', '.join(unknown)}) by a newer version "
            "of ehcp-flow: install the newer version."
        )
    if missing := sorted(MIGRATIONS.keys() - applied):
        raise StoreTrouble(
            f"{server.shown} is of an older form (it lacks {', '.join(missing)}): bring it up to "
            "date with `ehcp-flow store init`, as the user who owns its tables."
        )


def migrate(server: Server) -> None:
    """Apply the migrations that are missing, all or none.

    Raises:
        StoreTrouble: the server does not let us, or cannot be reached.
    """
    # Whoever has nothing to do needs no right to do it.
    if server.read(_complete):
        return
    try:
        with server.lent() as connection, connection.transaction():
            connection.execute("SET LOCAL lock_timeout = 0")
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            if (applied := _applied(connection)) is None:
                _make_schema(connection)
            else:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {VIEWS}")
            done = applied or set()
            for name, sql in MIGRATIONS.items():
                if name not in done:
                    connection.execute(sql.encode())
                    connection.execute(
                        f"INSERT INTO {RECORD}.migrations (name) VALUES (%s)",
                        (name,),
                    )
    except psycopg.errors.InsufficientPrivilege:
        raise StoreTrouble(
            f"The database user of {server.shown} may not make or change a store, and nothing was "
            "made: run `ehcp-flow store init` as the user who owns the database."
        ) from None
    except psycopg.errors.DuplicateSchema:
        raise StoreTrouble(
            f"{server.shown} has a schema {RECORD} or {VIEWS} that is not a store of ehcp-flow: "
            "name another database, or rename that schema."
        ) from None


def _make_schema(connection: Connection) -> None:
    connection.execute(f"CREATE SCHEMA {RECORD}")
    connection.execute(f"CREATE SCHEMA {VIEWS}")
    connection.execute(
        f"CREATE TABLE {RECORD}.migrations (name text PRIMARY KEY,"
        " applied_at timestamptz NOT NULL DEFAULT now(),"
        " applied_by text NOT NULL DEFAULT session_user)"
    )


def _complete(connection: Connection) -> bool:
    """Whether nothing is missing, nor the place for the views, which anybody may drop."""
    applied = _applied(connection)
    if applied is None or not applied >= MIGRATIONS.keys():
        return False
    found = connection.execute("SELECT to_regnamespace(%s)", (VIEWS,)).fetchall()
    return found != [(None,)]


def _applied(connection: Connection) -> set[str] | None:
    """The names of the migrations that were applied, ``None`` where there is no store."""
    # Asked of the catalogue itself: to_regclass may still answer as it did before the lock was
    # waited for.
    ((found,),) = connection.execute(
        "SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = 'migrations'",
        (RECORD,),
    ).fetchall()
    if not found:
        return None
    names = connection.execute(f"SELECT name FROM {RECORD}.migrations").fetchall()
    return {name for (name,) in names}
