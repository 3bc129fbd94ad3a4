"""What is in the file: its tables, what guards them, and how a file is known to be a store.

The tables can be read in an afternoon, with any SQLite tool. The guards hold for such a tool too:
what was recorded is not changed or removed, positions and versions have no gaps. A guard can be
taken off by whoever owns the file; the chain of digests shows what was done then.
"""

import sqlite3
from secrets import token_bytes

from ehcp_flow.storage import FORMAT

APPLICATION_ID = 0x45484350
"""``EHCP``, in the file's header (SQLite file format, section 1.3.15)."""

OLDEST_SQLITE = (3, 37, 0)
"""The first version with STRICT tables; RETURNING came shortly before."""

DDL = """
CREATE TABLE store (
    one integer PRIMARY KEY CHECK (one = 1),
    claims_key blob NOT NULL
) STRICT;

CREATE TABLE tenants (
    tenant text PRIMARY KEY,
    position integer NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    tenant text NOT NULL,
    position integer NOT NULL,
    stream text NOT NULL,
    version integer NOT NULL,
    type text NOT NULL,
    state blob NOT NULL,
    words blob,
    state_digest blob NOT NULL,
    digest blob NOT NULL,
    recorded_at text NOT NULL,
    recorded_by text NOT NULL,
    PRIMARY KEY (tenant, position),
    UNIQUE (tenant, stream, version)
) STRICT;

CREATE TABLE claims (
    tenant text NOT NULL,
    digest blob NOT NULL,
    kind text NOT NULL,
    stream text NOT NULL,
    retain_until text,
    PRIMARY KEY (tenant, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
    tenant text NOT NULL,
    command text NOT NULL,
    code text NOT NULL,
    first_position integer NOT NULL,
    last_position integer NOT NULL,
    PRIMARY KEY (tenant, command)
) STRICT, WITHOUT ROWID;

CREATE TABLE tracking (
    tenant text NOT NULL,
    follower text NOT NULL,
    upstream text NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (tenant, follower, upstream)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'what was recorded is not changed: record what is so now');
END;

CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'what was recorded is not removed');
END;

-- Also against INSERT OR REPLACE, which removes a row without asking the trigger above: one that
-- has the same position, version, or rowid. (A rowid that is not given is -1 here.)
CREATE TRIGGER events_have_no_gaps BEFORE INSERT ON events
WHEN new.position IS NOT 1 + coalesce(
    (SELECT max(position) FROM events WHERE tenant = new.tenant), 0
) OR new.version IS NOT coalesce(
    (SELECT max(version) + 1 FROM events WHERE tenant = new.tenant AND stream = new.stream),
    max(0, min(1, new.version))
) OR EXISTS (SELECT 1 FROM events WHERE rowid = new.rowid)
BEGIN
    SELECT RAISE(ABORT, 'an event has the next position, and the next version of its stream');
END;
"""


def make(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty database, through a connection in autocommit mode."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(DDL)
    connection.execute("INSERT INTO store (one, claims_key) VALUES (1, ?)", (token_bytes(32),))
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def form(connection: sqlite3.Connection) -> int | None:
    """Return the number of a store's form, ``None`` when the database is no store."""
    ((application,),) = connection.execute("PRAGMA application_id").fetchall()
    ((number,),) = connection.execute("PRAGMA user_version").fetchall()
    return int(number) if application == APPLICATION_ID else None
