"""Plans kept in a folder of plain files: a guide to writing an adapter, as short as can be.

A folder holds

- ``log.jsonl``, the record: one JSON object a line, only ever appended to. A line is a
  transaction, and its newline the commit: a last line without one is not there.
- ``lock``, which is locked by whoever appends, and by nobody who reads.
- ``views.db``, the views, in SQLite. It may be deleted at any time.

An open store keeps all of its record in memory, which a real one would not. What a method does
that says nothing here is said in ``ehcp_flow.storage``.
"""

import fcntl
import getpass
import json
import os
import sqlite3
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from threading import Event, RLock
from typing import Any
from uuid import UUID

from eventsourcing import persistence

from ehcp_flow.errors import RecordDamaged, StoreTrouble
from ehcp_flow.evidence.chain import FIRST, link, state_digest
from ehcp_flow.storage import (
    FORMAT,
    Claim,
    ClaimTaken,
    Command,
    CommandDone,
    EventRow,
    HeldClaim,
    Notification,
    Outcome,
    Recorder,
    Store,
    StoredEvent,
    Tables,
    VersionTaken,
    ViewWriter,
    check_tenant_name,
    claim_digest,
)


@dataclass
class _Log:
    """One tenant's part of the record."""

    rows: list[EventRow] = field(default_factory=list[EventRow])
    streams: dict[str, list[EventRow]] = field(default_factory=dict[str, list[EventRow]])
    claims: dict[bytes, HeldClaim] = field(default_factory=dict[bytes, HeldClaim])
    outcomes: dict[str, Outcome] = field(default_factory=dict[str, Outcome])

    def head(self, stream: str, version: int) -> tuple[int, bytes]:
        """A stream's last version and digest; a new one may begin at 0 or 1."""
        if stream in self.streams:
            return self.streams[stream][-1].version, self.streams[stream][-1].digest
        return min(max(version, 0), 1) - 1, FIRST


class _Record:
    """What stands in the file, as far as it was read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = b""
        self.logs: dict[str, _Log] = {}
        self.closed = False
        self._path = folder / "log.jsonl"
        self._end = 0
        self._using = RLock()

    @contextmanager
    def reading(self) -> Generator[None]:
        """Have all that was recorded until now, and nothing more until the block ends."""
        with self._using, self._explained():
            if self.closed:
                raise StoreTrouble(f"{self.folder} was closed: open it again.")
            self._read()
            yield

    @contextmanager
    def writing(self) -> Generator[None]:
        """Have all that was recorded, while nobody else appends: no thread and no process."""
        # Each opens the lock anew, for it is what was opened that holds a lock.
        with self._explained(), (self.folder / "lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self.reading():
                yield

    def append(self, **line: object) -> None:
        """Add a line, which is on the disk when this returns. Only while ``writing``."""
        with self._path.open("r+b", buffering=0) as file:
            # Whoever died in the middle of a line left something behind.
            file.truncate(self._end)
            file.seek(self._end)
            try:
                # The line is on the disk before its newline, which could be there first.
                for part in (json.dumps(line).encode(), b"\n"):
                    left = memoryview(part)
                    while left:
                        left = left[file.write(left) :]
                    os.fsync(file.fileno())
            except BaseException:
                file.truncate(self._end)
                raise
        self._read()

    def make(self) -> None:
        """Make the store, unless it is there or another process makes it meanwhile."""
        with self._explained():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self._path.touch(mode=0o600)
        with self.writing():
            if not self.key:
                self.append(form=FORMAT, key=token_bytes(32).hex())
                for folder in (self.folder, self.folder.parent):
                    opened = os.open(folder, os.O_RDONLY)
                    os.fsync(opened)
                    os.close(opened)

    def _read(self) -> None:
        with self._path.open("rb") as file:
            file.seek(self._end)
            read = file.read()
        whole = read[: read.rfind(b"\n") + 1]
        try:
            for line in whole.split(b"\n")[:-1]:
                self._take(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise RecordDamaged(
                f"{self._path} is not as it was written: keep it as it is, and restore from a copy."
            ) from error
        self._end += len(whole)

    def _take(self, line: dict[str, Any]) -> None:
        if line.get("form", FORMAT) > FORMAT:
            raise StoreTrouble(f"{self.folder} was written by a newer version: install that one.")
        if "key" in line:
            self.key = bytes.fromhex(line["key"])
        if "tenant" in line:
            log = self.logs.setdefault(line["tenant"], _Log())
            for row in map(_row, line.get("rows", ())):
                log.rows.append(row)
                log.streams.setdefault(row.stream, []).append(row)
            for digest, *rest in line.get("claims", ()):
                log.claims.setdefault(
                    bytes.fromhex(digest), HeldClaim(bytes.fromhex(digest), *rest)
                )
            for outcome in map(Outcome._make, line.get("outcomes", ())):
                log.outcomes.setdefault(outcome.command, outcome)

    @contextmanager
    def _explained(self) -> Generator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise StoreTrouble(
                f"There is no store at {self.folder}: make one with `ehcp-flow store init`."
            ) from error
        except OSError as error:
            raise StoreTrouble(
                f"{self.folder} cannot be used ({error.strerror}), and nothing was recorded: check "
                "the disk and who may use the folder."
            ) from error


def _line(row: EventRow) -> list[object]:
    # Each byte is a character of latin-1, so that what is text can be read in the file.
    words = None if row.words is None else row.words.decode("latin-1")
    digests = row.state_digest.hex(), row.digest.hex()
    return [*row[:4], row.state.decode("latin-1"), words, *digests, *row[8:]]


def _row(line: list[Any]) -> EventRow:
    words = None if line[5] is None else line[5].encode("latin-1")
    digests = bytes.fromhex(line[6]), bytes.fromhex(line[7])
    return EventRow._make([*line[:4], line[4].encode("latin-1"), words, *digests, *line[8:]])


class FolderRecorder(Recorder):
    """One tenant's log."""

    def __init__(self, record: _Record, tenant: str) -> None:
        self.tenant = tenant
        self._record = record

    @property
    def _log(self) -> _Log:
        return self._record.logs[self.tenant]

    def insert_events(
        self,
        stored_events: Sequence[persistence.StoredEvent],
        *,
        claims: Sequence[Claim] = (),
        commands: Sequence[Command] = (),
        **kwargs: Any,
    ) -> Sequence[int] | None:
        """Append events, take claims and keep outcomes in one line."""
        if kwargs.get("tracking") is not None:
            raise persistence.NotSupportedError("A folder keeps no note of who follows its logs.")
        if not (stored_events or claims or commands):
            return None
        with self._record.writing():
            # Before all else: what was done is in its own way.
            for command in commands:
                if command.id in self._log.outcomes:
                    raise CommandDone(self._log.outcomes[command.id])
            held = self._claimed(claims)
            rows = self._placed(stored_events)
            outcomes: list[Outcome] = []
            before = len(self._log.rows)
            for command in commands:
                first = before + 1 if command.events else 0
                before += command.events
                outcomes.append(Outcome(command.id, command.code, first, first and before))
            self._append(rows, held, outcomes)
        return [row.position for row in rows] or None

    def _claimed(self, claims: Sequence[Claim]) -> list[HeldClaim]:
        new: dict[bytes, HeldClaim] = {}
        for claim in claims:
            digest = claim_digest(self._record.key, claim.kind, claim.value)
            until = claim.retain_until.isoformat() if claim.retain_until else None
            mine = HeldClaim(digest, claim.kind, str(claim.stream), until)
            held = self._log.claims.get(digest) or new.setdefault(digest, mine)
            if held.stream != mine.stream:
                raise ClaimTaken(claim, UUID(held.stream))
        return list(new.values())

    def _placed(self, events: Sequence[persistence.StoredEvent]) -> list[EventRow]:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        user = getpass.getuser()
        heads: dict[str, tuple[int, bytes]] = {}
        rows: list[EventRow] = []
        for position, event in enumerate(events, len(self._log.rows) + 1):
            stream, version = str(UUID(str(event.originator_id))), event.originator_version
            before, prev = heads.get(stream) or self._log.head(stream, version)
            if version != before + 1:
                raise VersionTaken(stream, version, before + 1)
            of_state = state_digest(event.state)
            digest = link(prev, of_state, stream, event.topic, version)
            heads[stream] = version, digest
            words = event.words if isinstance(event, StoredEvent) else None
            facts = position, stream, version, event.topic, event.state, words
            rows.append(EventRow(*facts, of_state, digest, now, user))
        return rows

    def _append(
        self, rows: Iterable[EventRow], claims: Iterable[HeldClaim], outcomes: Iterable[Outcome]
    ) -> None:
        self._record.append(
            tenant=self.tenant,
            rows=[_line(row) for row in rows],
            claims=[(claim.digest.hex(), *claim[1:]) for claim in claims],
            outcomes=list(outcomes),
        )

    # Reading

    def rows(self, stream: UUID, *, gt: int = 0, lte: int | None = None) -> Sequence[EventRow]:
        with self._record.reading():
            found = self._log.streams.get(str(stream), [])
            return [r for r in found if gt < r.version and (lte is None or r.version <= lte)]

    def log(self, *, gt: int, limit: int, lte: int | None = None) -> Sequence[EventRow]:
        with self._record.reading():
            return self._log.rows[max(gt, 0) : lte][:limit]

    def head(self) -> int:
        with self._record.reading():
            return len(self._log.rows)

    def holders(self, kind: str, values: Iterable[str]) -> dict[str, UUID]:
        with self._record.reading():
            key, claims = self._record.key, self._log.claims
            found = {value: claims.get(claim_digest(key, kind, value)) for value in values}
            return {value: UUID(held.stream) for value, held in found.items() if held}

    def outcome(self, command: str) -> Outcome | None:
        with self._record.reading():
            return self._log.outcomes.get(command)

    # From store to store

    def claims(self, *, gt: bytes = b"", limit: int) -> Sequence[HeldClaim]:
        with self._record.reading():
            return [c for digest, c in sorted(self._log.claims.items()) if digest > gt][:limit]

    def outcomes(self, *, gt: str = "", limit: int) -> Sequence[Outcome]:
        with self._record.reading():
            return [o for command, o in sorted(self._log.outcomes.items()) if command > gt][:limit]

    def restore(
        self,
        rows: Sequence[EventRow] = (),
        *,
        claims: Sequence[HeldClaim] = (),
        outcomes: Sequence[Outcome] = (),
    ) -> None:
        """Take in what another store recorded, as it is, in one line."""
        with self._record.writing():
            heads: dict[str, tuple[int, bytes]] = {}
            for position, row in enumerate(rows, len(self._log.rows) + 1):
                before, _ = heads.get(row.stream) or self._log.head(row.stream, row.version)
                if row.position != position or row.version != before + 1:
                    raise VersionTaken(row.stream, row.version, before + 1)
                heads[row.stream] = row.version, row.digest
            # Those that are there already stay as they are: a later line does not change them.
            self._append(rows, claims, outcomes)

    # Reading in the words of the eventsourcing library

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[persistence.StoredEvent]:
        stream = UUID(str(originator_id))
        found = self.rows(stream, gt=-1 if gt is None else gt, lte=lte)
        return [
            StoredEvent(stream, row.version, row.type, row.state, row.words)
            for row in (reversed(found) if desc else found)
        ][:limit]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[persistence.Notification]:
        after = 0 if start is None else start - inclusive_of_start
        found = self.log(gt=after, limit=self.head(), lte=stop)
        return [_notification(row) for row in found if not topics or row.type in topics][:limit]

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> persistence.Subscription[persistence.ApplicationRecorder]:
        self.head()
        return FolderSubscription(self, gt=gt, topics=topics)


def _notification(row: EventRow) -> Notification:
    return Notification(
        UUID(row.stream), row.version, row.type, row.state, row.position, words=row.words
    )


class FolderSubscription(persistence.Subscription[persistence.ApplicationRecorder]):
    """The events of a log one after the other, and then each new one: it looks again and again."""

    def __init__(self, log: FolderRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(log, gt=gt, topics=topics)
        self._log = log
        self._after = gt or 0
        self._stopping = Event()
        self._found: deque[Notification] = deque()

    def __next__(self) -> persistence.Notification:
        while not self._stopping.is_set():
            if self._found:
                return self._found.popleft()
            try:
                rows = self._log.log(gt=self._after, limit=500)
            except StoreTrouble:
                # Whoever stopped it may have closed the store.
                if self._stopping.is_set():
                    break
                raise
            if rows:
                self._after = rows[-1].position
                wanted = [row for row in rows if not self._topics or row.type in self._topics]
                self._found.extend(map(_notification, wanted))
            else:
                self._stopping.wait(0.01)
        raise StopIteration

    def stop(self) -> None:
        super().stop()
        self._stopping.set()


class _Writer:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(sql, rows)


class FolderViews:
    """The views, which SQLite can keep as well as anything: they are no part of the record."""

    def __init__(self, record: _Record) -> None:
        self._record = record

    def _open(self, place: str = "views.db", patience: float = 1) -> sqlite3.Connection:
        with self._record.reading():
            # Whoever reads apart may be done with it in another thread.
            return sqlite3.connect(
                place and self._record.folder / place,
                timeout=patience,
                isolation_level=None,
                check_same_thread=False,
            )

    @contextmanager
    def writing(self, tenant: str) -> Generator[ViewWriter | None]:
        """Open a transaction; ``None`` when somebody else is writing, whichever tenant it is."""
        with closing(self._open(patience=0)) as connection:
            writer = None
            with suppress(sqlite3.OperationalError):
                # So that whoever reads does not wait for whoever writes.
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("BEGIN IMMEDIATE")
                writer = _Writer(connection)
            yield writer
            # When the block fails, the transaction is undone with its connection.
            if writer is not None:
                connection.execute("COMMIT")

    @contextmanager
    def apart(self, tables: Tables | None = None) -> Generator[ViewWriter]:
        """Open a private place, and have all views there if any are asked for."""
        with closing(self._open("")) as place:
            if tables is not None:
                with suppress(sqlite3.OperationalError), closing(self._open()) as connection:
                    connection.backup(place)
            place.execute("BEGIN")
            yield _Writer(place)

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with closing(self._open()) as connection:
            try:
                return connection.execute(sql, values).fetchall()
            except sqlite3.OperationalError as error:
                raise LookupError(str(error)) from error


class FolderStore(Store):
    """A store in a folder."""

    def __init__(self, url: str, record: _Record) -> None:
        self.url = url
        self.claims_key = record.key
        self._record = record
        self._views = FolderViews(record)

    def tenants(self) -> Sequence[str]:
        with self._record.reading():
            return sorted(self._record.logs)

    def add_tenant(self, name: str) -> bool:
        check_tenant_name(name)
        with self._record.writing():
            if name in self._record.logs:
                return False
            self._record.append(tenant=name)
            return True

    def take_key(self, key: bytes) -> None:
        with self._record.writing():
            if key != self._record.key:
                if self._record.logs:
                    raise StoreTrouble(f"{self.url} keeps other plans: name a new place.")
                self._record.append(key=key.hex())
            self.claims_key = key

    def recorder(self, tenant: str) -> FolderRecorder:
        if tenant not in self.tenants():
            raise StoreTrouble(
                f"{self.url} has no tenant {tenant!r}: make room for it with `ehcp-flow store init "
                "--tenant`."
            )
        return FolderRecorder(self._record, tenant)

    @property
    def views(self) -> FolderViews:
        return self._views

    def close(self) -> None:
        self._record.closed = True


def open_store(url: str, *, create: bool = False) -> FolderStore:
    """Open the folder that a URL names: ``folder:PATH``."""
    place = url.partition(":")[2]
    if not place:
        raise StoreTrouble(f"{url!r} names no folder: write folder:PLANS.")
    # The working directory may change while the store is open.
    record = _Record(Path(place).absolute())
    if create:
        record.make()
    with record.reading():
        if not record.key:
            raise StoreTrouble(f"{place} is not a store of ehcp-flow: check the name.")
    return FolderStore(url, record)
