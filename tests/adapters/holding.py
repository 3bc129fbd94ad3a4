"""A writer that stands still between taking its numbers and committing, in each kind of store."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager

import psycopg

from ehcp_flow.storage import StoredEvent
from ehcp_flow.testing import Hold
from ehcp_flow.testing.logs import chained


@contextmanager
def _in_sqlite(url: str, tenant: str, first: StoredEvent) -> Generator[Callable[[bool], None]]:
    with closing(sqlite3.connect(url.partition(":")[2], isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        ((position,),) = connection.execute(
            "UPDATE tenants SET position = position + 1 WHERE tenant = ? RETURNING position",
            (tenant,),
        ).fetchall()
        ((of_state, digest),) = chained([first])
        connection.execute(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                tenant,
                position,
                str(first.originator_id),
                first.originator_version,
                first.topic,
                first.state,
                first.words,
                of_state,
                digest,
                "2026-10-05T12:00:00.000000Z",
                "someone",
            ),
        )

        def end(commit: bool) -> None:
            connection.execute("COMMIT" if commit else "ROLLBACK")

        yield end


@contextmanager
def _in_postgres(url: str, tenant: str, first: StoredEvent) -> Generator[Callable[[bool], None]]:
    with psycopg.connect(url) as connection:
        ((position,),) = connection.execute(
            "UPDATE ehcp_flow.tenants SET position = position + 1 WHERE tenant = %s"
            " RETURNING position",
            (tenant,),
        ).fetchall()
        ((of_state, digest),) = chained([first])
        connection.execute(
            "INSERT INTO ehcp_flow.events VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                tenant,
                position,
                first.originator_id,
                first.originator_version,
                first.topic,
                first.state,
                first.words,
                of_state,
                digest,
                "2026-10-05T12:00:00.000000Z",
                "someone",
            ),
        )

        def end(commit: bool) -> None:
            if commit:
                connection.commit()
            else:
                connection.rollback()

        yield end


HOLDS: dict[str, Hold] = {"sqlite": _in_sqlite, "postgresql": _in_postgres}
"""By the kind of the store."""
