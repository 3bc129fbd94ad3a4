"""The digests of an event, and the chain that ties it to its stream's previous event.

The construction, byte for byte (SHA-256 throughout; the leading 0x00 is the leaf prefix of
RFC 6962, section 2.1, so a digest can later stand as a leaf of a Merkle tree):

    state_digest = SHA-256(state)
    statement    = {"prev":…,"state_digest":…,"stream":…,"type":…,"version":…}   (RFC 8785)
    digest       = SHA-256(0x00 || statement)

``prev`` is the hex digest of the stream's previous event, "" for its first.
"""

from hashlib import sha256
from uuid import UUID

FIRST = b""
"""What stands before the first event of a stream."""


def state_digest(state: bytes) -> bytes:
    """Return the 32 bytes that stand for an event's facts."""
    return sha256(state).digest()


def link(prev: bytes, of_state: bytes, stream: UUID | str, type_: str, version: int) -> bytes:
    """Return the 32-byte digest of an event: its facts, its place, and all that came before it.

    Args:
        prev: the digest of the stream's previous event, ``FIRST`` for the first one.
        of_state: the event's ``state_digest``, 32 bytes.
        stream: the stream's id, a UUID; text in its lower-case hyphenated form.
        type_: the event's stored name.
        version: the event's step in its stream, from 1.
    """
    return sha256(
        f'\0{{"prev":"{prev.hex()}","state_digest":"{of_state.hex()}","stream":"{stream}",'
        f'"type":"{type_}","version":{version}}}'.encode()
    ).digest()


def words_digest(salt: str, text: str) -> str:
    """Return the hex SHA-256 of the salt's bytes followed by the text in UTF-8.

    Args:
        salt: 32 hex digits (16 bytes), drawn for this one text.
        text: the words.
    """
    return sha256(bytes.fromhex(salt) + text.encode()).hexdigest()
