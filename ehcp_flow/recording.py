"""Between events and rows: how an event is written down, and read again."""

import re
from collections.abc import Iterable, Iterator, Sequence
from secrets import token_hex
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper
from eventsourcing.persistence import StoredEvent as LibraryStoredEvent
from pydantic import ValidationError
from pydantic_core import from_json, to_json

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
_SERIALIZE = {name: kind.__pydantic_serializer__.to_json for name, kind in BY_STORED_NAME.items()}
_VALIDATE = {
    name: kind.__pydantic_validator__.validate_json for name, kind in BY_STORED_NAME.items()
}


def encode(
    stream: UUID, version: int, event: Event, salts: Iterator[str] | None = None
) -> StoredEvent:
    """Return an event as it is stored: its facts, and apart from them its words.

    Every piece of words and the facts themselves get a salt of 16 random bytes.

    Args:
        stream: the event's stream.
        version: its step in it, from 1.
        event: what happened; its words have texts.
        salts: where the salts come from; ``_salts`` when nobody says.
    """
    salts = _salts() if salts is None else salts
    type_ = event.stored_as
    kept: list[dict[str, str]] = []
    digests: list[str] = []
    for name, many in _WORD_FIELDS[type_]:
        value: Any = getattr(event, name)
        if value:
            for piece in value if many else (value,):
                digests.append(_salted(piece, next(salts), kept))
    facts = _SERIALIZE[type_](event, exclude_none=True, context=iter(digests))
    return StoredEvent(
        stream,
        version,
        type_,
        b'{"salt":"%b",%b' % (next(salts).encode(), facts[1:]),
        to_json(kept) if kept else None,
    )


def _salted(piece: Words, salt: str, kept: list[dict[str, str]]) -> str:
    """Lay a text aside with its salt, and return what stands for it among the facts."""
    if piece.text is None:
        raise RecordDamaged("Words that were withheld cannot be recorded again.")
    kept.append({"salt": salt, "text": piece.text})
    return words_digest(salt, piece.text)


def _salts() -> Iterator[str]:
    """Draw salts of 32 hex digits, several at once: each draw asks the system."""
    while True:
        drawn = token_hex(16 * _DRAWN)
        for start in range(0, len(drawn), 32):
            yield drawn[start : start + 32]


_DRAWN = 8


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
    except ValidationError as error:
        if {found["type"] for found in error.errors(include_input=False)} <= _NEWER:
            raise RecordDamaged(
                f"The store holds an event {type_!r} that says more than this version of "
                "ehcp-flow knows: install the version that wrote it, or a newer one."
            ) from None
        raise _unreadable(type_, error) from None
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise _unreadable(type_, error) from None
    return event


_NEWER = {"extra_forbidden", "literal_error"}
"""What pydantic says of a field or a value that only a newer version has."""


def _unreadable(type_: str, error: Exception) -> RecordDamaged:
    # The reason may quote what people wrote, so only its kind is told.
    return RecordDamaged(
        f"A stored event {type_!r} cannot be read ({type(error).__name__}): the store was "
        "altered outside ehcp-flow; keep the file as it is and restore from a copy."
    )


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
    steps: list[Recorded] = []
    for row in rows:
        position, _, version, type_, state, kept, _, digest, at, by = row
        event = decode(type_, state, kept)
        if kept:
            # Whoever reads a history reads the reasons, which no other digest vouches for.
            words_intact(row, event)
        steps.append(Recorded(stream, version, event, position, digest, at, by))
    return steps


def words_intact(row: EventRow, event: Event) -> None:
    """Check that an event's words are those whose digests its facts hold.

    Raises:
        RecordDamaged: they are not.
    """
    pieces: list[Words] = []
    for name, many in _WORD_FIELDS[row.type]:
        value: Any = getattr(event, name)
        if value:
            pieces += value if many else (value,)
    try:
        kept: list[object] = from_json(row.words) if row.words else []
        intact = [_is_piece(*both) for both in zip(kept, pieces, strict=True)]
    except (ValueError, TypeError):
        intact = [False]
    if not all(intact):
        raise RecordDamaged(
            f"The words of step {row.version} of the record {row.stream} are not those that "
            "were recorded: the store was altered outside ehcp-flow; keep the file as it is "
            "and restore from a copy."
        )


_SALT = re.compile("[0-9a-f]{32}")


def _is_piece(kept: object, piece: Words) -> bool:
    """Whether what is kept apart is the piece of words whose facts these are."""
    match kept:
        case {"salt": str(salt), "text": str(text)}:
            return (
                _SALT.fullmatch(salt) is not None
                and len(text) == piece.length
                and words_digest(salt, text) == piece.digest
            )
        case _:
            return False


def encode_all(stream: UUID, after: int, events: Iterable[Event]) -> list[StoredEvent]:
    """Return events as the next steps of a stream that has ``after`` steps."""
    salts = _salts()
    return [
        encode(stream, version, event, salts) for version, event in enumerate(events, after + 1)
    ]


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
