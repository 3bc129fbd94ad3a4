"""The door that adapters come through: what the engine asks of a place that keeps events.

An adapter is a module with ``open_store(url, *, create=False) -> Store``, named by an entry point
in the group ``ehcp_flow.storage`` whose name is the URL's scheme. The promises it keeps are the
classes of ``ehcp_flow.testing``.
"""

from __future__ import annotations

import hmac
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from eventsourcing import persistence

from ehcp_flow.errors import BadInput, StoreTrouble

FORMAT = 1
"""The form of the store that this version writes. A store of a higher one is not opened."""


@dataclass(frozen=True)
class StoredEvent(persistence.StoredEvent):
    """The library's stored event, and beside its state the words that can be withheld.

    ``words`` is the UTF-8 JSON of a list of ``{"salt": …, "text": …}``, ``None`` when the event
    has none.
    """

    words: bytes | None = None


def stored_event(
    stream: UUID, version: int, type_: str, state: bytes, words: bytes | None
) -> persistence.StoredEvent:
    """Return an event as the library knows it: its own class unless there are words beside."""
    if words is None:
        return persistence.StoredEvent(stream, version, type_, state)
    return StoredEvent(stream, version, type_, state, words)


@dataclass(frozen=True)
class Notification(persistence.Notification):
    """The library's notification, and the words as in StoredEvent."""

    words: bytes | None = None


class EventRow(NamedTuple):
    """An event as it stands in the store."""

    position: int
    stream: str
    """Lower-case hyphenated UUID."""
    version: int
    type: str
    state: bytes
    words: bytes | None
    state_digest: bytes
    digest: bytes
    recorded_at: str
    """The store's own clock: ISO 8601, UTC, microseconds. Outside the digest, not vouched for."""
    recorded_by: str
    """The store's own user. Outside the digest, not vouched for."""


class Claim(NamedTuple):
    """An identifier that one stream of a tenant may hold: kept as a keyed digest of the whole."""

    kind: str
    value: str
    stream: UUID
    retain_until: date | None = None


class HeldClaim(NamedTuple):
    """A claim as it stands in the store: the identifier itself is not there."""

    digest: bytes
    """``claim_digest`` of it, under the key of the store."""
    kind: str
    stream: str
    retain_until: str | None
    """ISO 8601."""


class Command(NamedTuple):
    """One command's share of an append: ``events`` events, in their order."""

    id: str
    code: str
    events: int


class Outcome(NamedTuple):
    """What a command did, for whoever asks again: positions, never words."""

    command: str
    code: str
    first: int
    """First position; 0 when nothing was recorded."""
    last: int


class CommandDone(Exception):
    """The command was carried out before; nothing was appended now."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(f"command {outcome.command} was carried out before")
        self.outcome = outcome


class ClaimTaken(persistence.IntegrityError):
    """Another stream holds the identifier; nothing was appended."""

    def __init__(self, claim: Claim, holder: UUID) -> None:
        super().__init__(f"{claim.kind} is held by stream {holder}")
        self.claim = claim
        self.holder = holder


class VersionTaken(persistence.IntegrityError):
    """A stream's next step is not the one offered; nothing was appended."""

    def __init__(self, stream: str, offered: int, expected: int) -> None:
        super().__init__(f"stream {stream}: step {offered} offered, step {expected} expected")
        self.stream = stream
        self.offered = offered
        self.expected = expected


def claim_digest(key: bytes, kind: str, value: str) -> bytes:
    """Return HMAC-SHA-256 (RFC 2104) of an identifier under the store's own key.

    Args:
        key: the store's 32-byte key of claims.
        kind: what sort of identifier (``upn``, ``reference``, ``staff``, ``cycle``).
        value: the whole identifier, in the form in which equal ones are equal.
    """
    return hmac.digest(key, f"{kind}\n{value}".encode(), "sha256")


def check_tenant_name(name: str) -> None:
    """Refuse a name that nobody could tell from another, or type.

    Raises:
        BadInput: it is empty, has white space at its ends, or holds what is not printed.
    """
    if not name or name != name.strip() or not name.isprintable():
        raise BadInput(
            f"{name!r} cannot be a tenant's name: use letters, digits and signs, and spaces only "
            "between them."
        )


class Recorder(persistence.ApplicationRecorder, ABC):
    """One tenant's log. Positions 1, 2, 3 … without gaps; versions of a stream without gaps.

    Safe to share between threads. Every method raises ``StoreTrouble`` when the store cannot be
    read or written.
    """

    tenant: str

    @abstractmethod
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
        """Append events, take claims and keep outcomes in one durable transaction.

        Events of one stream stand in the order of their versions. A claim that the same stream
        holds already is taken again without a word.

        Args:
            stored_events: none or more, of one or more streams.
            claims: identifiers that streams take.
            commands: each with the number of its events.
            tracking: how far a follower came, noted with what it made of it (``followed``).
            follower: which follower that is.
            kwargs: what other recorders of the library take.

        Returns:
            The positions given, in the order of the events.

        Raises:
            VersionTaken: a version is not the next of its stream.
            ClaimTaken: another stream holds an identifier.
            CommandDone: one of the commands has an outcome already.
        """

    @abstractmethod
    def rows(self, stream: UUID, *, gt: int = 0, lte: int | None = None) -> Sequence[EventRow]:
        """Return a stream's events in order, from the version after ``gt`` to ``lte``.

        One consistent view of the store; plain tuples in the order of EventRow's fields
        are allowed to be EventRow instances made by ``EventRow._make``.
        """

    @abstractmethod
    def log(self, *, gt: int, limit: int, lte: int | None = None) -> Sequence[EventRow]:
        """Return the tenant's events in order of position, from the one after ``gt``."""

    @abstractmethod
    def head(self) -> int:
        """Return the last position, 0 for an empty log."""

    def max_notification_id(self) -> int | None:
        """Return the last position in the library's words: ``None`` for an empty log."""
        return self.head() or None

    @abstractmethod
    def holders(self, kind: str, values: Iterable[str]) -> dict[str, UUID]:
        """Return which streams hold these identifiers; those nobody holds are left out."""

    @abstractmethod
    def outcome(self, command: str) -> Outcome | None:
        """Return what a command did, ``None`` when it is not known."""

    def followed(self, follower: str, upstream: str) -> int | None:
        """Return how far a follower of the library has read a log, ``None`` when not at all.

        Raises:
            NotSupportedError: this store keeps no note of it. Nothing of ours needs one.
        """
        raise persistence.NotSupportedError(
            f"{type(self).__name__} keeps no note of how far {follower!r} has read {upstream!r}."
        )

    # From store to store

    @abstractmethod
    def claims(self, *, gt: bytes = b"", limit: int) -> Sequence[HeldClaim]:
        """Return the tenant's claims in order of their digests, from the one after ``gt``."""

    @abstractmethod
    def outcomes(self, *, gt: str = "", limit: int) -> Sequence[Outcome]:
        """Return what commands did, in order of their ids by code point, after ``gt``."""

    @abstractmethod
    def restore(
        self,
        rows: Sequence[EventRow] = (),
        *,
        claims: Sequence[HeldClaim] = (),
        outcomes: Sequence[Outcome] = (),
    ) -> None:
        """Take in what another store recorded, as it is, in one durable transaction.

        Digests are kept, and so are that store's notes of when and by whom. Claims and outcomes
        that are there already stay as they are.

        Raises:
            VersionTaken: a row is not at the next position of the log, or not the next of its
                stream.
            StoreTrouble: whoever works on this store may only append.
        """


class Tables(NamedTuple):
    """A tenant's part of some of the views' tables."""

    tenant: str
    names: Sequence[str]
    """Each of them has a column ``tenant``."""
    ddl: Sequence[str]
    """What makes them."""


class ViewWriter(Protocol):
    """A transaction on the views. SQL that SQLite and PostgreSQL both speak, ``?`` for values."""

    def execute(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows, if it gives any."""
        ...

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for many rows of values."""
        ...


class Views(Protocol):
    """Where views are kept: a cache beside the record, which may be deleted at any time."""

    def writing(self, tenant: str) -> AbstractContextManager[ViewWriter | None]:
        """Open a transaction on a tenant's part of the views.

        It gives ``None``, and soon, when another process is writing or the place cannot be
        written to.
        """
        ...

    def apart(self, tables: Tables | None = None) -> AbstractContextManager[ViewWriter]:
        """Open a private place, which is thrown away afterwards.

        It holds the tables that are asked for as they are now, all of one moment; where they
        cannot be read, and without any, nothing.
        """
        ...

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Read. Raises LookupError when a table is not there (yet)."""
        ...


class Store(ABC):
    """A place that keeps the logs of one or more tenants, and the views beside them."""

    url: str
    """As given, without any password."""

    claims_key: bytes
    """32 bytes, the store's own, under which claims are digested."""

    @abstractmethod
    def tenants(self) -> Sequence[str]:
        """Return the names of the tenants, sorted."""

    @abstractmethod
    def add_tenant(self, name: str) -> bool:
        """Make room for a tenant; ``False`` when there was one.

        Raises:
            BadInput: it is no name (``check_tenant_name``).
        """

    @abstractmethod
    def take_key(self, key: bytes) -> None:
        """Digest claims under another store's key, so that its claims can be restored here.

        Raises:
            StoreTrouble: there is a tenant already, whose claims may stand under the present key;
                not when that is the same key.
        """

    @abstractmethod
    def recorder(self, tenant: str) -> Recorder:
        """Return a tenant's log.

        Raises:
            StoreTrouble: there is no such tenant.
        """

    def grants(self, role: str) -> Sequence[str]:
        """Return the statements by which a database's own role could append and read and no more.

        Where the place has no roles of its own there are none.
        """
        return ()

    def grant_to(self, role: str) -> None:
        """Let a database's own role append and read, and not change what was recorded.

        Raises:
            StoreTrouble: there is no such role, it may not be granted, or the place has none.
        """
        raise StoreTrouble(
            f"{self.url} has no roles of its own, and nothing was granted to {role!r}: let the "
            "owner of the file say who may read it and write to it."
        )

    @property
    @abstractmethod
    def views(self) -> Views:
        """The views of this store, all tenants'."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything. Asking twice is allowed."""


def open_store(url: str, *, create: bool = False) -> Store:
    """Open the store that a URL names.

    Args:
        url: ``scheme:rest``, such as ``sqlite:ehcp-flow.db``.
        create: make the store if there is none (``store init``).

    Raises:
        StoreTrouble: no adapter for the scheme, no store there, not a store, a store written by
            a newer version, or one that cannot be opened.
    """
    from importlib.metadata import entry_points

    scheme = url.partition(":")[0]
    doors = {door.name: door for door in entry_points(group="ehcp_flow.storage")}
    if scheme not in doors or ":" not in url:
        known = ", ".join(sorted(doors))
        # What is no scheme is not repeated: it may hold a password.
        named = repr(scheme) if scheme.isalnum() and len(scheme) <= 30 else "what --store says"
        raise StoreTrouble(
            f"No adapter keeps plans at {named}: write --store as SCHEME:PLACE with one of "
            f"{known}, for example sqlite:ehcp-flow.db."
        )
    store: Store = doors[scheme].load()(url, create=create)
    return store
