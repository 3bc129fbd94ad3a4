"""Between events and rows: how an event is written down, and read again."""

import json
from collections.abc import Iterable, Iterator, Sequence
from secrets import token_hex
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper
from eventsourcing.persistence import StoredEvent as LibraryStoredEvent
from pydantic import ValidationError
from pydantic_core import from_json

from ehcp_flow.errors import RecordDamaged
from ehcp_flow.events import BY_STORED_NAME, Event, Words
from ehcp_flow.evidence.chain import FIRST, link, state_digest, words_digest
from ehcp_flow.storage import EventRow, Notification, StoredEvent


class Recorded(NamedTuple):
    """An event in its place."""

    stream: UUID
    version: int
    event: Event
    position: int = 0
    digest: bytes = b""
    recorded_at: str = ""
    recorded_by: str = ""

    @property
    def originator_id(self) -> UUID:
        """The library's word for the stream."""
        return self.stream

    @property
    def originator_version(self) -> int:
        """The library's word for the version."""
        return self.version


class _WordField(NamedTuple):
    name: str
    many: bool
    """Whether it holds several pieces."""


def _word_fields(kind: type[Event]) -> tuple[_WordField, ...]:
    """An event's fields that hold words, in the order in which they are kept."""
    return tuple(
        _WordField(name, "tuple" in repr(field.annotation))
        for name, field in kind.model_fields.items()
        if "Words" in repr(field.annotation)
    )


_WORD_FIELDS = {name: _word_fields(kind) for name, kind in BY_STORED_NAME.items()}
_VALIDATE = {
    name: kind.__pydantic_validator__.validate_json for name, kind in BY_STORED_NAME.items()
}


def encode(stream: UUID, version: int, event: Event) -> StoredEvent:
    """Return an event as it is stored: its facts, and apart from them its words.

    Every piece of words and the facts themselves get a salt of 16 random bytes.
    """
    kept: list[dict[str, str]] = []
    salted: dict[str, object] = {}
    for name, many in _WORD_FIELDS[event.stored_as]:
        value: Any = getattr(event, name)
        if not many and value is not None:
            salted[name] = _salt(value, kept)
        elif value:
            salted[name] = tuple(_salt(piece, kept) for piece in value)
    if salted:
        event = event.model_copy(update=salted)
    facts = event.model_dump_json(exclude_none=True).encode()
    return StoredEvent(
        originator_id=stream,
        originator_version=version,
        topic=event.stored_as,
        state=b'{"salt":"' + token_hex(16).encode() + b'",' + facts[1:],
        words=_dump(kept) if kept else None,
    )


def _salt(piece: Words, kept: list[dict[str, str]]) -> Words:
    """Return the words as their facts, without text, and lay the text aside with its salt."""
    if piece.text is None:
        raise RecordDamaged("Words that were withheld cannot be recorded again.")
    salt = token_hex(16)
    kept.append({"salt": salt, "text": piece.text})
    return Words(piece.length, words_digest(salt, piece.text))


def _dump(kept: list[dict[str, str]]) -> bytes:
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()


def decode(type_: str, state: bytes, kept: bytes | None) -> Event:
    """Return the event that a row holds.

    Raises:
        RecordDamaged: this version does not know the event, or the row does not hold one.
    """
    validate = _VALIDATE.get(type_)
    if validate is None:
        raise RecordDamaged(
            f"The store holds an event {type_!r} that this version of ehcp-flow does not know: "
            "install the version that wrote it, or a newer one."
        )
    try:
        event: Event = validate(state)
        _fill(event, from_json(kept) if kept else None)
    except (ValidationError, ValueError, KeyError, TypeError, IndexError) as error:
        # The reason may quote what people wrote, so only its kind is told.
        raise RecordDamaged(
            f"A stored event {type_!r} cannot be read ({type(error).__name__}): the store was "
            "altered outside ehcp-flow; keep the file as it is and restore from a copy."
        ) from None
    return event


def _fill(event: Event, kept: list[dict[str, str]] | None) -> None:
    """Make Words of the pairs that were stored, with the texts kept beside them.

    The event is not yet anybody else's.
    """
    values: dict[str, Any] = vars(event)
    at = 0
    for name, many in _WORD_FIELDS[event.stored_as]:
        value = values[name]
        if not value:
            continue
        if many:
            values[name] = tuple(
                [
                    Words(length, digest, None if kept is None else kept[n]["text"])
                    for n, (length, digest) in enumerate(value, at)
                ]
            )
            at += len(value)
        else:
            length, digest = value
            values[name] = Words(length, digest, None if kept is None else kept[at]["text"])
            at += 1


def checked(rows: Sequence[EventRow], *, after: bytes = FIRST, first: int = 1) -> None:
    """Check that rows are one stream's, without a gap, each tied to the one before.

    Args:
        rows: a stream's events in order.
        after: the digest that the first of them must follow.
        first: the version that the first of them must have.

    Raises:
        RecordDamaged: naming the step at which the record is not as it was recorded.
    """
    prev = after
    for expected, row in enumerate(rows, start=first):
        _, stream, version, type_, state, _, of_state, digest, _, _ = row
        if (
            version != expected
            or (state and state_digest(state) != of_state)
            or link(prev, of_state, stream, type_, version) != digest
        ):
            raise RecordDamaged(
                f"Step {expected} of the record {stream} is not as it was recorded: the store was "
                "altered outside ehcp-flow; keep the file as it is and restore from a copy."
            )
        prev = digest


def events_of(rows: Sequence[EventRow]) -> Iterator[Event]:
    """Go through one stream's events, the chain checked before the first.

    For folding, which has no use for an event once it is taken in: decoding one after the other
    keeps them in the processor's cache.

    Raises:
        RecordDamaged: the chain does not hold, or a row holds no event.
    """
    checked(rows)
    for _, _, _, type_, state, kept, _, _, _, _ in rows:
        yield decode(type_, state, kept)


def history(rows: Sequence[EventRow]) -> list[Recorded]:
    """Return one stream's events in their places, the chain checked.

    Raises:
        RecordDamaged: the chain does not hold, or a row holds no event.
    """
    if not rows:
        return []
    checked(rows)
    stream = UUID(rows[0].stream)
    return [
        Recorded(stream, version, decode(type_, state, kept), position, digest, at, by)
        for position, _, version, type_, state, kept, _, digest, at, by in rows
    ]


def words_intact(row: EventRow, event: Event) -> None:
    """Check that an event's words are those whose digests its facts hold.

    Raises:
        RecordDamaged: they are not.
    """
    if not row.words:
        return
    salts = [str(piece["salt"]) for piece in from_json(row.words)]
    pieces: list[Words] = []
    for name, _ in _WORD_FIELDS[row.type]:
        value: Words | tuple[Words, ...] | None = getattr(event, name)
        pieces += [value] if isinstance(value, Words) else list(value or ())
    for salt, piece in zip(salts, pieces, strict=True):
        text = piece.text or ""
        if words_digest(salt, text) != piece.digest or len(text) != piece.length:
            raise RecordDamaged(
                f"The words of step {row.version} of the record {row.stream} are not those that "
                "were recorded: the store was altered outside ehcp-flow; keep the file as it is "
                "and restore from a copy."
            )


def encode_all(stream: UUID, after: int, events: Iterable[Event]) -> list[StoredEvent]:
    """Return events as the next steps of a stream that has ``after`` steps."""
    return [encode(stream, version, event) for version, event in enumerate(events, after + 1)]


class RecordedMapper(Mapper[UUID]):
    """The library's place for this conversion, so that its tools read our log."""

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> LibraryStoredEvent:
        """Return the stored form of a Recorded."""
        if not isinstance(domain_event, Recorded):
            raise TypeError(f"expected a Recorded, got {type(domain_event).__name__}")
        return encode(domain_event.stream, domain_event.version, domain_event.event)

    def to_domain_event(self, stored_event: LibraryStoredEvent) -> Any:
        """Return the Recorded of a stored form."""
        kept = None
        if isinstance(stored_event, StoredEvent | Notification):
            kept = stored_event.words
        event = decode(stored_event.topic, stored_event.state, kept)
        return Recorded(
            UUID(str(stored_event.originator_id)), stored_event.originator_version, event
        )
