"""One tenant's log in the file: appended to, read by stream, and read by position."""

import getpass
import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from eventsourcing import persistence

from ehcp_flow.errors import RecordDamaged
from ehcp_flow.evidence.chain import FIRST, link, state_digest
from ehcp_flow.storage import (
    Claim,
    ClaimTaken,
    Command,
    CommandDone,
    EventRow,
    HeldClaim,
    Notification,
    Outcome,
    Recorder,
    StoredEvent,
    VersionTaken,
    claim_digest,
    stored_event,
)
from ehcp_flow_sqlite.connecting import Database
from ehcp_flow_sqlite.following import FileSubscription

# A bit that the disk forgot can make a text or a number of what was bytes.
_KEPT = "CAST(state AS blob), CAST(words AS blob)"
_COLUMNS = (
    f"position, stream, version, type, {_KEPT}, state_digest, digest, recorded_at, recorded_by"
)
_ROWS = (
    f"SELECT {_COLUMNS} FROM events WHERE tenant = ? AND stream = ? AND version > ?"
    " AND version <= ? ORDER BY version"
)
_LOG = (
    f"SELECT {_COLUMNS} FROM events WHERE tenant = ? AND position > ? AND position <= ?"
    " ORDER BY position LIMIT ?"
)
_HEAD = (
    "SELECT version, CAST(digest AS blob) FROM events WHERE tenant = ? AND stream = ?"
    " ORDER BY version DESC LIMIT 1"
)
# CROSS JOIN keeps SQLite from reading the whole log for each stream that is asked for.
_HEADS = """
SELECT e.stream, e.version, CAST(e.digest AS blob)
FROM json_each(?1) AS asked
CROSS JOIN events AS e ON e.tenant = ?2 AND e.stream = asked.value AND e.version = (
    SELECT max(version) FROM events WHERE tenant = ?2 AND stream = asked.value
)
"""
_INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_COUNT = "UPDATE tenants SET position = position + ? WHERE tenant = ? RETURNING position"
_ENDS = """
SELECT CAST(position AS integer), CAST(coalesce(
    (SELECT max(position) FROM events WHERE tenant = tenants.tenant), 0
) AS integer)
FROM tenants WHERE tenant = ?
"""
_CLAIM = "INSERT INTO claims VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant, digest) DO NOTHING"
_OUTCOME = "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?)"
_TRACK = """
INSERT INTO tracking VALUES (?, ?, ?, ?) ON CONFLICT (tenant, follower, upstream)
DO UPDATE SET position = excluded.position WHERE excluded.position > tracking.position
"""

_LAST = 2**63 - 1
_Heads = dict[str, tuple[int, bytes]]


class SQLiteRecorder(Recorder):
    """One tenant's log."""

    def __init__(self, database: Database, tenant: str, claims_key: bytes) -> None:
        self.tenant = tenant
        self._database = database
        self._claims_key = claims_key
        self._user = _user()

    def insert_events(
        self,
        stored_events: Sequence[persistence.StoredEvent],
        *,
        claims: Sequence[Claim] = (),
        commands: Sequence[Command] = (),
        tracking: persistence.Tracking | None = None,
        follower: str = "",
        **kwargs: Any,
    ) -> Sequence[int] | None:
        """Append events, take claims and keep outcomes in one durable transaction."""
        if not (stored_events or claims or commands or tracking):
            return None
        try:
            with self._database.writing() as connection:
                self._claim(connection, claims)
                last = self._append(connection, stored_events)
                self._keep_outcomes(connection, commands, last - len(stored_events))
                if tracking is not None:
                    _insert_tracking(connection, self.tenant, follower, tracking)
        except (VersionTaken, ClaimTaken, sqlite3.IntegrityError) as error:
            self._done_before(commands)
            if isinstance(error, sqlite3.IntegrityError):
                raise self._altered(f"does not take the next event ({error})") from error
            raise
        if not stored_events:
            return None
        return list(range(last - len(stored_events) + 1, last + 1))

    def _append(
        self, connection: sqlite3.Connection, events: Sequence[persistence.StoredEvent]
    ) -> int:
        """Insert the events; return the last position of the log."""
        streams = _names(events)
        heads = self._heads(connection, list(streams.values()))
        last = self._counted(connection, len(events))
        tenant, user = self.tenant, self._user
        now = f"{datetime.now(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
        rows: list[tuple[object, ...]] = []
        for position, event in enumerate(events, last - len(events) + 1):
            stream, version, state = (
                streams[event.originator_id],
                event.originator_version,
                event.state,
            )
            before, prev = heads.get(stream) or (min(max(version, 0), 1) - 1, FIRST)
            if version != before + 1:
                raise VersionTaken(stream, version, before + 1)
            of_state = state_digest(state)
            digest = link(prev, of_state, stream, event.topic, version)
            heads[stream] = version, digest
            words = event.words if isinstance(event, StoredEvent) else None
            rows.append(
                (
                    tenant,
                    position,
                    stream,
                    version,
                    event.topic,
                    state,
                    words,
                    of_state,
                    digest,
                    now,
                    user,
                )
            )
        if len(rows) == 1:
            connection.execute(_INSERT, rows[0])
        else:
            connection.executemany(_INSERT, rows)
        return last

    def _counted(self, connection: sqlite3.Connection, events: int) -> int:
        """Take so many positions; return the last of them."""
        counted = connection.execute(_COUNT, (events, self.tenant)).fetchall()
        if not counted:
            raise self._altered("has lost the count of its events")
        return int(counted[0][0])

    def _heads(self, connection: sqlite3.Connection, streams: Sequence[str]) -> _Heads:
        """The last version and digest of each of these streams that has any."""
        if len(streams) == 1:
            found = connection.execute(_HEAD, (self.tenant, streams[0])).fetchall()
            return {streams[0]: found[0]} if found else {}
        found = connection.execute(_HEADS, (json.dumps(streams), self.tenant)).fetchall()
        return {stream: (version, digest) for stream, version, digest in found}

    def _claim(self, connection: sqlite3.Connection, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        key = self._claims_key
        rows = {
            claim_digest(key, claim.kind, claim.value): claim
            for claim in sorted(claims, key=_kind_and_value)
        }
        taken = connection.executemany(
            _CLAIM,
            [
                (
                    self.tenant,
                    digest,
                    claim.kind,
                    str(claim.stream),
                    claim.retain_until and claim.retain_until.isoformat(),
                )
                for digest, claim in rows.items()
            ],
        ).rowcount
        if taken == len(claims):
            return
        for claim in claims:
            holder = self._holder(connection, claim_digest(key, claim.kind, claim.value))
            if holder is not None and holder != claim.stream:
                raise ClaimTaken(claim, holder)

    def _holder(self, connection: sqlite3.Connection, digest: bytes) -> UUID | None:
        found = connection.execute(
            "SELECT stream FROM claims WHERE tenant = ? AND digest = ?", (self.tenant, digest)
        ).fetchall()
        return self._id(found[0][0]) if found else None

    def _keep_outcomes(
        self, connection: sqlite3.Connection, commands: Sequence[Command], before: int
    ) -> None:
        rows: list[tuple[object, ...]] = []
        for command in commands:
            first = before + 1 if command.events else 0
            before += command.events
            rows.append((self.tenant, command.id, command.code, first, first and before))
        connection.executemany(_OUTCOME, rows)

    def _done_before(self, commands: Sequence[Command]) -> None:
        """Tell a command that is asked for again from one that comes too late.

        Raises:
            CommandDone: one of them has an outcome.
        """
        for command in commands:
            if (outcome := self.outcome(command.id)) is not None:
                raise CommandDone(outcome)

    def _id(self, stream: str) -> UUID:
        try:
            return UUID(stream)
        except (ValueError, AttributeError):
            raise self._altered("names a stream in a way that is no id") from None

    def _altered(self, how: str) -> RecordDamaged:
        return RecordDamaged(
            f"The log of {self.tenant!r} in {self._database.path} {how}: it was altered outside "
            "ehcp-flow; keep the file as it is and restore from a copy."
        )

    # Reading

    def rows(self, stream: UUID, *, gt: int = 0, lte: int | None = None) -> Sequence[EventRow]:
        """Return a stream's events in order, from the version after ``gt`` to ``lte``."""
        values = (self.tenant, str(stream), gt, _LAST if lte is None else lte)
        with self._database.reading() as connection:
            return list(map(EventRow._make, connection.execute(_ROWS, values)))

    def log(self, *, gt: int, limit: int, lte: int | None = None) -> Sequence[EventRow]:
        """Return the tenant's events in order of position, from the one after ``gt``."""
        values = (self.tenant, gt, _LAST if lte is None else lte, limit)
        with self._database.reading() as connection:
            return list(map(EventRow._make, connection.execute(_LOG, values)))

    def head(self) -> int:
        """Return the last position, 0 for an empty log.

        It is what was counted: events that are missing at the end are missed.
        """
        with self._database.reading() as connection:
            found: list[tuple[int, int]] = connection.execute(_ENDS, (self.tenant,)).fetchall()
        if not found or found[0][0] < found[0][1]:
            raise self._altered("has lost the count of its events")
        return found[0][0]

    def holders(self, kind: str, values: Iterable[str]) -> dict[str, UUID]:
        """Return which streams hold these identifiers; those nobody holds are left out."""
        with self._database.reading() as connection:
            found = {
                value: self._holder(connection, claim_digest(self._claims_key, kind, value))
                for value in values
            }
        return {value: holder for value, holder in found.items() if holder is not None}

    def outcome(self, command: str) -> Outcome | None:
        """Return what a command did, ``None`` when it is not known."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT command, code, first_position, last_position FROM outcomes"
                " WHERE tenant = ? AND command = ?",
                (self.tenant, command),
            ).fetchall()
        return Outcome._make(found[0]) if found else None

    def followed(self, follower: str, upstream: str) -> int | None:
        """Return how far a follower of the library has read a log, ``None`` when not at all."""
        with self._database.reading() as connection:
            found: list[tuple[int]] = connection.execute(
                "SELECT position FROM tracking WHERE tenant = ? AND follower = ? AND upstream = ?",
                (self.tenant, follower, upstream),
            ).fetchall()
        return found[0][0] if found else None

    # From store to store

    def claims(self, *, gt: bytes = b"", limit: int) -> Sequence[HeldClaim]:
        """Return the tenant's claims in order of their digests, from the one after ``gt``."""
        with self._database.reading() as connection:
            return [
                HeldClaim._make(found)
                for found in connection.execute(
                    "SELECT CAST(digest AS blob), kind, stream, retain_until FROM claims"
                    " WHERE tenant = ? AND digest > ? ORDER BY digest LIMIT ?",
                    (self.tenant, gt, limit),
                )
            ]

    def outcomes(self, *, gt: str = "", limit: int) -> Sequence[Outcome]:
        """Return what commands did, in order of their ids by code point, after ``gt``."""
        with self._database.reading() as connection:
            return [
                Outcome._make(found)
                for found in connection.execute(
                    "SELECT command, code, first_position, last_position FROM outcomes"
                    " WHERE tenant = ? AND command > ? ORDER BY command LIMIT ?",
                    (self.tenant, gt, limit),
                )
            ]

    def restore(
        self,
        rows: Sequence[EventRow] = (),
        *,
        claims: Sequence[HeldClaim] = (),
        outcomes: Sequence[Outcome] = (),
    ) -> None:
        """Take in what another store recorded, as it is, in one durable transaction."""
        try:
            with self._database.writing() as connection:
                if rows:
                    self._restore_rows(connection, rows)
                connection.executemany(_CLAIM, [(self.tenant, *claim) for claim in claims])
                connection.executemany(
                    f"{_OUTCOME} ON CONFLICT (tenant, command) DO NOTHING",
                    [(self.tenant, *outcome) for outcome in outcomes],
                )
        except sqlite3.IntegrityError as error:
            raise self._altered(f"does not take what is restored ({error})") from error

    def _restore_rows(self, connection: sqlite3.Connection, rows: Sequence[EventRow]) -> None:
        heads = self._heads(connection, list(dict.fromkeys(row.stream for row in rows)))
        last = self._counted(connection, len(rows))
        for position, row in enumerate(rows, last - len(rows) + 1):
            before = heads.get(row.stream, (min(max(row.version, 0), 1) - 1, FIRST))[0]
            if row.position != position or row.version != before + 1:
                raise VersionTaken(row.stream, row.version, before + 1)
            heads[row.stream] = row.version, row.digest
        connection.executemany(_INSERT, [(self.tenant, *row) for row in rows])

    # Reading in the library's words

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[persistence.StoredEvent]:
        """Return a stream's events as the library asks for them, the latest first if ``desc``."""
        order = "DESC" if desc else "ASC"
        with self._database.reading() as connection:
            found = connection.execute(
                f"SELECT version, type, {_KEPT} FROM events WHERE tenant = ? AND stream = ?"
                f" AND version > ? AND version <= ? ORDER BY version {order} LIMIT ?",
                (
                    self.tenant,
                    _name(originator_id),
                    -1 if gt is None else gt,
                    _LAST if lte is None else lte,
                    -1 if limit is None else limit,
                ),
            ).fetchall()
        stream = UUID(_name(originator_id))
        return [stored_event(stream, *row) for row in found]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[persistence.Notification]:
        """Return events in order of position as the library asks for them."""
        after = 0 if start is None else start - inclusive_of_start
        only = f" AND type IN ({', '.join('?' * len(topics))})" if topics else ""
        with self._database.reading() as connection:
            found = connection.execute(
                f"SELECT position, stream, version, type, {_KEPT} FROM events"
                f" WHERE tenant = ? AND position > ? AND position <= ?{only}"
                " ORDER BY position LIMIT ?",
                (self.tenant, after, _LAST if stop is None else stop, *topics, limit),
            ).fetchall()
        return [
            Notification(self._id(stream), version, type_, state, position, words)
            for position, stream, version, type_, state, words in found
        ]

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> persistence.Subscription[persistence.ApplicationRecorder]:
        """Return an iterator of events from the one after ``gt``, which waits for the next."""
        return FileSubscription(self, self._database, gt=gt, topics=topics)


def _insert_tracking(
    connection: sqlite3.Connection, tenant: str, follower: str, tracking: persistence.Tracking
) -> None:
    """Note how far a follower came.

    Raises:
        IntegrityError: it was as far already.
    """
    values = (tenant, follower, tracking.application_name, tracking.notification_id)
    if connection.execute(_TRACK, values).rowcount != 1:
        raise persistence.IntegrityError(
            f"{follower or 'the follower'} has read {tracking.application_name} up to position "
            f"{tracking.notification_id} already"
        )


def _kind_and_value(claim: Claim) -> tuple[str, str]:
    return claim.kind, claim.value


def _names(events: Sequence[persistence.StoredEvent]) -> dict[UUID | str, str]:
    """The streams of these events, each named once: in bulk their events stand together."""
    names: dict[UUID | str, str] = {}
    last: UUID | str | None = None
    for event in events:
        stream = event.originator_id
        if stream is not last and stream not in names:
            names[stream] = _name(stream)
        last = stream
    return names


def _name(stream: UUID | str) -> str:
    """A stream's id as it is stored; the library also has ids that are text."""
    return str(UUID(stream)) if isinstance(stream, str) else str(stream)


def _user() -> str:
    """The user of this machine who writes to the file."""
    try:
        # An environment variable may say who it is, in bytes that are no text.
        return getpass.getuser().encode(errors="replace").decode()
    except (OSError, KeyError, ImportError):
        number = getattr(os, "getuid", None)
        return "unknown" if number is None else f"uid {number()}"
