"""The other two: the raw driver, and the eventsourcing library as it comes."""

import sqlite3
import sys
from pathlib import Path
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import StoredEvent as LibraryStoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore, SQLiteFactory

from benchmarks.examples import TENANT
from ehcp_flow.storage import StoredEvent
from ehcp_flow_sqlite import SQLiteStore, open_store

INSERT = f"INSERT INTO events VALUES ({', '.join('?' * 11)})"
COUNT = "UPDATE tenants SET position = ? WHERE tenant = ?"
OUTCOME = "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?)"


def store(path: Path) -> SQLiteStore:
    """Open a store of ours with one tenant, made if it is not there."""
    found = open_store(f"sqlite:{path}", create=True)
    found.add_tenant(TENANT)
    return found


def raw(path: Path, *, synchronous: str = "FULL") -> sqlite3.Connection:
    """Open a file with the raw driver, as durable as the store makes its own commits."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA fullfsync = ON")
    return connection


def library_recorder(path: Path) -> SQLiteApplicationRecorder:
    """Open the library's recorder on a file of its own."""
    recorder = SQLiteApplicationRecorder(SQLiteDatastore(str(path)))
    recorder.create_table()
    return recorder


def library_application(path: Path) -> Application[UUID]:
    """Open the library's application on a file of its own."""
    return Application(
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", SQLiteFactory.SQLITE_DBNAME: str(path)}
    )


def for_library(stored: StoredEvent) -> LibraryStoredEvent:
    """Return the same bytes in one piece: the library has no place for words."""
    return LibraryStoredEvent(
        stored.originator_id,
        stored.originator_version,
        stored.topic,
        stored.state + (stored.words or b""),
    )


def durability(recorder: SQLiteApplicationRecorder) -> str:
    """Say whether the library's commits wait for the disk as ours do.

    The library sets the journal and leaves the rest as the driver was built, so it is asked.
    """
    with recorder.datastore.get_connection(commit=True) as connection:
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
    return "Every contender's commits are as durable (journal WAL, synchronous FULL, asked for)."
