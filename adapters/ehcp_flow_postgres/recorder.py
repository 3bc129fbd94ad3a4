"""One tenant's log on the server: appended to, read by stream, and read by position."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from eventsourcing import persistence

from ehcp_flow.errors import RecordDamaged, StoreTrouble
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
from ehcp_flow_postgres import schema
from ehcp_flow_postgres.connecting import Connection, Server, lost
from ehcp_flow_postgres.following import ServerSubscription, Teller

FEW = 40
"""Events that are appended by one call of the function; more of them go in by COPY."""

_ROW = (
    "position, stream::text, version, type, state, words, state_digest, digest, recorded_at,"
    " recorded_by"
)
_ROWS = (
    f"SELECT {_ROW} FROM ehcp_flow.events WHERE tenant = %s AND stream = %s AND version > %s"
    " AND version <= %s ORDER BY version"
)
_LOG = (
    f"SELECT {_ROW} FROM ehcp_flow.events WHERE tenant = %s AND position > %s AND position <= %s"
    " ORDER BY position LIMIT %s"
)
_TAKEN = "%s::text[], %s::text[], %s::bigint[], %s::bytea[], %s::text[], %s::uuid[], %s::text[]"
_TAKE = f"SELECT ehcp_flow.take(%s, %s, {_TAKEN})"
_APPEND = (
    "SELECT ehcp_flow.append(%s, %s::uuid[], %s::bigint[], %s::text[], %s::bytea[], %s::bytea[],"
    f" {_TAKEN})"
)
# The same in one statement, which is done in half the time: a stream's next event, and perhaps a
# command's outcome. The event before it is looked for by its version; it does not change any more,
# so that it matters not when it was seen. Where it is not there the digest is NULL: refused.
_APPEND_ONE = b"""
WITH counted AS (
    UPDATE ehcp_flow.tenants AS t SET position = t.position + 1 WHERE t.tenant = %(tenant)s::text
    RETURNING t.position
), outcome AS (
    INSERT INTO ehcp_flow.outcomes
    SELECT %(tenant)s::text, %(command)s::text, %(code)s::text, position, position FROM counted
    WHERE %(command)s::text IS NOT NULL
)
INSERT INTO ehcp_flow.events (
    tenant, position, stream, version, type, state, words, state_digest, digest
) SELECT
    %(tenant)s::text, counted.position, %(stream)b::uuid, %(version)s::bigint, %(type)s::text,
    %(state)b::bytea, %(words)b::bytea,
    sha256(%(state)b::bytea), sha256('\\x00'::bytea || convert_to(
        '{"prev":"' || encode(head.digest, 'hex') ||
        '","state_digest":"' || encode(sha256(%(state)b::bytea), 'hex') ||
        '","stream":"' || %(stream)b::uuid::text ||
        '","type":"' || %(type)s::text || '","version":' || %(version)s::bigint::text || '}', 'UTF8'
    ))
FROM counted LEFT JOIN (
    SELECT e.digest FROM ehcp_flow.events AS e WHERE e.tenant = %(tenant)s::text
    AND e.stream = %(stream)b::uuid AND e.version = %(version)s::bigint - 1
) AS head ON true
RETURNING position
"""
_HEADS = """
SELECT asked.stream::text, head.version, head.digest
FROM unnest(%s::uuid[]) AS asked (stream) CROSS JOIN LATERAL (
    SELECT e.version, e.digest FROM ehcp_flow.events AS e
    WHERE e.tenant = %s AND e.stream = asked.stream ORDER BY e.version DESC LIMIT 1
) AS head
"""
_COPY = (
    "COPY ehcp_flow.events (tenant, position, stream, version, type, state, words, state_digest,"
    " digest{notes}) FROM STDIN (FORMAT BINARY)"
)
_TYPES = ("text", "int8", "uuid", "int8", "text", "bytea", "bytea", "bytea", "bytea")
_CLAIMS = ("bytea", "text", "uuid", "text")
_OUTCOMES = ("text", "text", "bigint", "bigint")
_ENDS = """
SELECT t.position, coalesce(
    (SELECT max(e.position) FROM ehcp_flow.events AS e WHERE e.tenant = t.tenant), 0
) FROM ehcp_flow.tenants AS t WHERE t.tenant = %s
"""
_TRACK = """
INSERT INTO ehcp_flow.tracking AS t VALUES (%s, %s, %s, %s)
ON CONFLICT (tenant, follower, upstream)
DO UPDATE SET position = excluded.position WHERE excluded.position > t.position
"""

_LAST = 2**63 - 1
_Heads = dict[str, tuple[int, bytes]]
_Result = TypeVar("_Result")


class PostgresRecorder(Recorder):
    """One tenant's log."""

    def __init__(self, server: Server, tenant: str, claims_key: bytes, teller: Teller) -> None:
        self.tenant = tenant
        self._server = server
        self._claims_key = claims_key
        self._teller = teller

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
        events = _offered(stored_events)
        taken = self._taken(claims, commands)

        def append(connection: Connection) -> int:
            if tracking is None and len(events) <= FEW:
                one = len(events) == 1 and events[0].version > 1
                if one and not claims and len(commands) <= 1:
                    last = self._append_one(connection, events[0], commands)
                    if last is not None:
                        return last
                return self._append_few(connection, events, taken)
            with connection.transaction():
                last = self._append_many(connection, events, taken)
                if tracking is not None:
                    _insert_tracking(connection, self.tenant, follower, tracking)
            return last

        last = self._surely(append, claims, commands, events)
        if not events:
            return None
        return list(range(last - len(events) + 1, last + 1))

    def _surely(
        self,
        append: Callable[[Connection], int],
        claims: Sequence[Claim],
        commands: Sequence[Command],
        events: "Sequence[_Event]",
    ) -> int:
        """Append, also when the connection is lost and nobody knows whether it was done.

        It is looked for then, and done once more if it is not there. The first try may even still
        be on its way through the server; the versions let one of them in, and whichever it was
        is found.
        """
        again = False
        while True:
            try:
                with self._server.lent() as connection:
                    last = append(connection)
                    self._teller.tell(connection)
                    return last
            except psycopg.Error as error:
                if not again and lost(error):
                    again = True
                    if (found := self._found(events)) is not None:
                        return found
                    continue
                taken = error.sqlstate in (schema.VERSION_TAKEN, schema.COMMAND_DONE)
                if again and taken and (found := self._found(events)) is not None:
                    return found
                if error.sqlstate == schema.COMMAND_DONE:
                    self._wait_for_standbys()
                self._refuse(error, claims)
                raise self._server.trouble(error) from None
            except VersionTaken:
                if again and (found := self._found(events)) is not None:
                    return found
                raise

    def _found(self, events: "Sequence[_Event]") -> int | None:
        """Where exactly these events stand, if they do: the last of their positions."""
        if not events:
            return None
        first = events[0]
        found = self._server.rows(
            "SELECT position FROM ehcp_flow.events WHERE tenant = %s AND stream = %s"
            " AND version = %s AND state = %s AND words IS NOT DISTINCT FROM %s",
            (self.tenant, first.stream, first.version, first.state, first.words),
        )
        if not found:
            return None
        self._wait_for_standbys()
        return int(found[0][0]) + len(events) - 1

    def _wait_for_standbys(self) -> None:
        """Let a commit be where commits must be that was made by a connection that is gone.

        A server that is told to end such a connection commits at once and waits for no standby;
        whatever is committed after it waits for both.
        """
        self._server.rows(
            "UPDATE ehcp_flow.tenants SET position = position WHERE tenant = %s RETURNING 1",
            (self.tenant,),
        )

    def _refuse(self, error: psycopg.Error, claims: Sequence[Claim]) -> None:
        """Say in the door's words what the function of the database says in its own.

        Raises:
            CommandDone: a command has an outcome.
            ClaimTaken: another stream holds an identifier.
            VersionTaken: a version is not the next.
            RecordDamaged: what is there does not fit together.
        """
        code, found = error.sqlstate, dict[str, Any]()
        if code in (schema.COMMAND_DONE, schema.CLAIM_TAKEN, schema.VERSION_TAKEN):
            found = json.loads(error.diag.message_detail or "{}")
        match code:
            case schema.COMMAND_DONE:
                raise CommandDone(Outcome._make(found.values())) from None
            case schema.CLAIM_TAKEN:
                raise ClaimTaken(claims[int(found["number"]) - 1], UUID(found["stream"])) from None
            case schema.VERSION_TAKEN:
                raise VersionTaken(found["stream"], found["offered"], found["next"]) from None
            case schema.NO_TENANT:
                raise self._altered("has lost the count of its events") from None
            case schema.GUARDED | "23505":
                why = error.diag.message_primary
                raise self._altered(f"does not take the next event ({why})") from None
            case _:
                return

    def _taken(self, claims: Sequence[Claim], commands: Sequence[Command]) -> tuple[object, ...]:
        key = self._claims_key
        return (
            [command.id for command in commands],
            [command.code for command in commands],
            [command.events for command in commands],
            [claim_digest(key, claim.kind, claim.value) for claim in claims],
            [claim.kind for claim in claims],
            [claim.stream for claim in claims],
            [claim.retain_until and claim.retain_until.isoformat() for claim in claims],
        )

    def _append_one(
        self, connection: Connection, event: "_Event", commands: Sequence[Command]
    ) -> int | None:
        """Append an event in one statement, ``None`` when it is refused: the function says why."""
        if commands and commands[0].events != 1:
            return None
        values = {
            "tenant": self.tenant,
            "command": commands[0].id if commands else None,
            "code": commands[0].code if commands else None,
            "stream": event.id,
            "version": event.version,
            "type": event.type,
            "state": event.state,
            "words": event.words,
        }
        try:
            found = connection.execute(_APPEND_ONE, values).fetchall()
        except psycopg.Error as error:
            if error.sqlstate == schema.GUARDED or isinstance(error, psycopg.IntegrityError):
                return None
            raise
        return int(found[0][0]) if found else None

    def _append_few(
        self, connection: Connection, events: "Sequence[_Event]", taken: tuple[object, ...]
    ) -> int:
        """Append in one round trip; return the last position."""
        values = (
            self.tenant,
            [event.stream for event in events],
            [event.version for event in events],
            [event.type for event in events],
            [event.state for event in events],
            [event.words for event in events],
            *taken,
        )
        return int(connection.execute(_APPEND, values).fetchall()[0][0])

    def _append_many(
        self, connection: Connection, events: "Sequence[_Event]", taken: tuple[object, ...]
    ) -> int:
        """Append within a transaction, by COPY; return the last position."""
        ((last,),) = connection.execute(_TAKE, (self.tenant, len(events), *taken)).fetchall()
        heads = self._heads(connection, {event.stream for event in events})
        rows: list[tuple[object, ...]] = []
        for position, event in enumerate(events, last - len(events) + 1):
            stream, version = event.stream, event.version
            before, prev = heads.get(stream) or (min(max(version, 0), 1) - 1, FIRST)
            if version != before + 1:
                raise VersionTaken(stream, version, before + 1)
            of_state = state_digest(event.state)
            digest = link(prev, of_state, stream, event.type, version)
            heads[stream] = version, digest
            rows.append(
                (
                    self.tenant,
                    position,
                    event.id,
                    version,
                    event.type,
                    event.state,
                    event.words,
                    of_state,
                    digest,
                )
            )
        if rows:
            _copy(connection, rows)
        return int(last)

    def _heads(self, connection: Connection, streams: Iterable[str]) -> _Heads:
        """The last version and digest of each of these streams that has any."""
        found = connection.execute(_HEADS, (list(streams), self.tenant), binary=True).fetchall()
        return {stream: (version, digest) for stream, version, digest in found}

    def _altered(self, how: str) -> RecordDamaged:
        return RecordDamaged(
            f"The log of {self.tenant!r} in {self._server.shown} {how}: it was altered outside "
            "ehcp-flow; keep it as it is and restore from a copy."
        )

    # Reading

    def rows(self, stream: UUID, *, gt: int = 0, lte: int | None = None) -> Sequence[EventRow]:
        """Return a stream's events in order, from the version after ``gt`` to ``lte``."""
        values = (self.tenant, str(stream), gt, _LAST if lte is None else lte)
        return list(map(EventRow._make, self._server.rows(_ROWS, values)))

    def log(self, *, gt: int, limit: int, lte: int | None = None) -> Sequence[EventRow]:
        """Return the tenant's events in order of position, from the one after ``gt``."""
        values = (self.tenant, gt, _LAST if lte is None else lte, limit)
        return list(map(EventRow._make, self._server.rows(_LOG, values)))

    def head(self) -> int:
        """Return the last position, 0 for an empty log.

        It is what was counted: events that are missing at the end are missed.
        """
        found = self._server.rows(_ENDS, (self.tenant,))
        if not found or found[0][0] < found[0][1]:
            raise self._altered("has lost the count of its events")
        counted: int = found[0][0]
        return counted

    def holders(self, kind: str, values: Iterable[str]) -> dict[str, UUID]:
        """Return which streams hold these identifiers; those nobody holds are left out."""
        asked = {claim_digest(self._claims_key, kind, value): value for value in values}
        found = self._server.rows(
            "SELECT digest, stream FROM ehcp_flow.claims WHERE tenant = %s AND digest = ANY(%s)",
            (self.tenant, list(asked)),
        )
        return {asked[digest]: stream for digest, stream in found}

    def outcome(self, command: str) -> Outcome | None:
        """Return what a command did, ``None`` when it is not known."""
        found = self._server.rows(
            "SELECT command, code, first_position, last_position FROM ehcp_flow.outcomes"
            " WHERE tenant = %s AND command = %s",
            (self.tenant, command),
        )
        return Outcome._make(found[0]) if found else None

    def followed(self, follower: str, upstream: str) -> int | None:
        """Return how far a follower of the library has read a log, ``None`` when not at all."""
        found = self._server.rows(
            "SELECT position FROM ehcp_flow.tracking WHERE tenant = %s AND follower = %s"
            " AND upstream = %s",
            (self.tenant, follower, upstream),
        )
        return found[0][0] if found else None

    # From store to store

    def claims(self, *, gt: bytes = b"", limit: int) -> Sequence[HeldClaim]:
        """Return the tenant's claims in order of their digests, from the one after ``gt``."""
        found = self._server.rows(
            "SELECT digest, kind, stream::text, retain_until FROM ehcp_flow.claims"
            " WHERE tenant = %s AND digest > %s ORDER BY digest LIMIT %s",
            (self.tenant, gt, limit),
        )
        return list(map(HeldClaim._make, found))

    def outcomes(self, *, gt: str = "", limit: int) -> Sequence[Outcome]:
        """Return what commands did, in order of their ids by code point, after ``gt``."""
        found = self._server.rows(
            "SELECT command, code, first_position, last_position FROM ehcp_flow.outcomes"
            " WHERE tenant = %s AND command > %s ORDER BY command LIMIT %s",
            (self.tenant, gt, limit),
        )
        return list(map(Outcome._make, found))

    def restore(
        self,
        rows: Sequence[EventRow] = (),
        *,
        claims: Sequence[HeldClaim] = (),
        outcomes: Sequence[Outcome] = (),
    ) -> None:
        """Take in what another store recorded, as it is, in one durable transaction."""

        def restore(connection: Connection) -> None:
            with connection.transaction():
                if rows:
                    self._restore_rows(connection, rows)
                _many(connection, "claims", _CLAIMS, self.tenant, claims)
                _many(connection, "outcomes", _OUTCOMES, self.tenant, outcomes)

        try:
            with self._server.lent() as connection:
                restore(connection)
        except psycopg.errors.InsufficientPrivilege:
            raise StoreTrouble(
                f"The database user of {self._server.shown} may only append, and nothing was "
                "copied: copy as the user who owns the tables."
            ) from None
        except psycopg.Error as error:
            self._refuse(error, ())
            raise self._server.trouble(error) from None

    def _restore_rows(self, connection: Connection, rows: Sequence[EventRow]) -> None:
        values = (self.tenant, len(rows), *self._taken((), ()))
        ((last,),) = connection.execute(_TAKE, values).fetchall()
        heads = self._heads(connection, {row.stream for row in rows})
        for position, row in enumerate(rows, last - len(rows) + 1):
            before = heads.get(row.stream, (min(max(row.version, 0), 1) - 1, FIRST))[0]
            if row.position != position or row.version != before + 1:
                raise VersionTaken(row.stream, row.version, before + 1)
            heads[row.stream] = row.version, row.digest
        copied = [(self.tenant, row.position, UUID(row.stream), *row[2:]) for row in rows]
        _copy(connection, copied, notes=True)

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
        stream = UUID(originator_id) if isinstance(originator_id, str) else originator_id
        found = self._server.rows(
            "SELECT version, type, state, words FROM ehcp_flow.events WHERE tenant = %s"
            f" AND stream = %s AND version > %s AND version <= %s ORDER BY version {order}"
            " LIMIT %s",
            (
                self.tenant,
                stream,
                -1 if gt is None else gt,
                _LAST if lte is None else lte,
                limit,
            ),
        )
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
        found = self._server.rows(
            "SELECT position, stream, version, type, state, words FROM ehcp_flow.events"
            " WHERE tenant = %s AND position > %s AND position <= %s"
            " AND (%s::text[] IS NULL OR type = ANY(%s::text[])) ORDER BY position LIMIT %s",
            (
                self.tenant,
                after,
                _LAST if stop is None else stop,
                list(topics) or None,
                list(topics) or None,
                limit,
            ),
        )
        return [
            Notification(stream, version, type_, state, position, words)
            for position, stream, version, type_, state, words in found
        ]

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> persistence.Subscription[persistence.ApplicationRecorder]:
        """Return an iterator of events from the one after ``gt``, which waits for the next."""
        return ServerSubscription(self, self._server, gt=gt, topics=topics)


class _Event:
    """An event that is offered."""

    __slots__ = ("id", "state", "stream", "type", "version", "words")

    def __init__(
        self, id: UUID, stream: str, version: int, type_: str, state: bytes, words: bytes | None
    ) -> None:
        self.id = id
        self.stream = stream
        self.version = version
        self.type = type_
        self.state = state
        self.words = words


def _offered(events: Sequence[persistence.StoredEvent]) -> "list[_Event]":
    """The events, whose streams are named once each: in bulk their events stand together."""
    offered: list[_Event] = []
    last: UUID | str | None = None
    id, stream = UUID(int=0), ""
    for event in events:
        if event.originator_id is not last:
            last = event.originator_id
            id = UUID(last) if isinstance(last, str) else last
            stream = str(id)
        words = event.words if isinstance(event, StoredEvent) else None
        offered.append(
            _Event(id, stream, event.originator_version, event.topic, event.state, words)
        )
    return offered


def _insert_tracking(
    connection: Connection, tenant: str, follower: str, tracking: persistence.Tracking
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


def _copy(connection: Connection, rows: Iterable[Sequence[object]], *, notes: bool = False) -> None:
    """Insert rows of events by COPY, with another store's notes of when and by whom."""
    more = ", recorded_at, recorded_by" if notes else ""
    with connection.cursor() as cursor, cursor.copy(_COPY.format(notes=more)) as copy:
        copy.set_types((*_TYPES, "text", "text") if notes else _TYPES)
        for row in rows:
            copy.write_row(row)


def _many(
    connection: Connection,
    table: str,
    types: Sequence[str],
    tenant: str,
    rows: Sequence[Sequence[object]],
) -> None:
    """Insert rows that may be there already."""
    if not rows:
        return
    columns = ", ".join(f"%s::{type_}[]" for type_ in types)
    connection.execute(
        f"INSERT INTO ehcp_flow.{table} SELECT %s, new.* FROM unnest({columns}) AS new"
        " ON CONFLICT DO NOTHING".encode(),
        (tenant, *map(list, zip(*rows, strict=True))),
    )
