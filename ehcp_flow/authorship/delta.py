"""One edit as a delta: what of the old text was kept, what was dropped, what was written.

Operations are positional: ``("keep", n)``, ``("drop", n)``, ``("write", n, i)`` where ``n`` counts
Unicode code points of NFC text and ``i`` is the place of the written words among the event's own.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from ehcp_flow.errors import RecordDamaged
from ehcp_flow.events import Operation, Words
from ehcp_flow.events import words as as_words

WITHHELD = "█"
"""Stands for each code point of words that were withheld or erased."""


class Delta(NamedTuple):
    """The operations and the words they write."""

    operations: tuple[Operation, ...]
    written: tuple[Words, ...]


def find_delta(old: str, new: str) -> Delta:
    """Return a delta from ``old`` to ``new``: common beginning and end kept, the middle replaced.

    The ends never overlap, so the delta is the same for the same two texts always.
    """
    shorter = min(len(old), len(new))
    start = _common_start(old, new, shorter)
    end = _common_start(old[::-1], new[::-1], shorter - start)
    dropped = len(old) - start - end
    middle = new[start : len(new) - end]
    operations: list[Operation] = []
    if start:
        operations.append(("keep", start))
    if dropped:
        operations.append(("drop", dropped))
    if middle:
        operations.append(("write", len(middle), 0))
    if end:
        operations.append(("keep", end))
    return Delta(tuple(operations), (as_words(middle),) if middle else ())


def _common_start(one: str, other: str, limit: int) -> int:
    """How many code points at the beginning are the same, found by halving."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def apply(text: str, operations: Sequence[Operation], written: Sequence[Words]) -> str:
    """Return the text after a delta; words that were withheld come as WITHHELD.

    Raises:
        RecordDamaged: the operations do not fit the text or the words.
    """
    parts: list[str] = []
    at = 0
    try:
        for operation in operations:
            kind = operation[0]
            n = int(operation[1])
            if n < 1:
                raise RecordDamaged(f"A recorded edit holds an operation over {n} characters.")
            if kind == "write":
                piece = written[int(operation[2])]
                words = WITHHELD * piece.length if piece.text is None else piece.text
                if len(words) != n:
                    raise RecordDamaged(
                        f"A recorded edit writes {n} characters and holds {len(words)}."
                    )
                parts.append(words)
            elif kind == "keep":
                parts.append(text[at : at + n])
                at += n
            elif kind == "drop":
                at += n
            else:
                raise RecordDamaged(f"A recorded edit holds an unknown operation, {kind!r}.")
    except (IndexError, TypeError, ValueError):
        raise RecordDamaged("A recorded edit has an operation that is not whole.") from None
    if at != len(text):
        raise RecordDamaged(
            f"A recorded edit covers {at:,} characters of a text that has {len(text):,}."
        )
    return "".join(parts)


def text_digest(text: str) -> str:
    """Return the hex SHA-256 of a text in UTF-8."""
    return sha256(text.encode()).hexdigest()
