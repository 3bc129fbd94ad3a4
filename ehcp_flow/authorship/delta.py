"""One edit as a delta: what of the old text was kept, dropped, written, and taken from elsewhere.

Operations are positional: ``("keep", n)``, ``("drop", n)``, ``("write", n, i)`` where ``n`` counts
Unicode code points of NFC text and ``i`` is the place of the written words among the event's own;
and ``("take", source, start, stop, how)``: the words from ``start`` up to ``stop`` of the text that
``source`` names, with whoever wrote them. ``F@7`` is the text of section F at revision 7,
``advice@3`` the plan's third advice.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Literal, NamedTuple, get_args

from ehcp_flow.errors import RecordDamaged
from ehcp_flow.events import Operation, Words

WITHHELD = "█"
"""Stands for each code point of words that were withheld or erased."""


How = Literal["moved", "restored", "copied", "adopted"]
"""How words came to be taken: moved by the command that dropped them, restored after they had been
dropped, copied from where they still stand, or adopted from an advice."""

HOWS: tuple[How, ...] = get_args(How)
ADVICE = "advice@"
"""Begins the name of each advice; anything else names a section and a revision."""

Source = Callable[[str], str]
"""Gives the text that a name stands for; RecordDamaged when there is none."""


class Delta(NamedTuple):
    """The operations and the words they write."""

    operations: tuple[Operation, ...]
    written: tuple[Words, ...]


def find_delta(old: str, new: str) -> Delta:
    """Return a delta from ``old`` to ``new``, word by word, the same for the same texts always.

    It knows nothing but the two texts, so it takes words from nowhere.
    """
    # Whoever only applies deltas does not wait for the matcher to be imported.
    from ehcp_flow.authorship.matching import find_plain

    return find_plain(old, new)


def readable(piece: Words) -> str:
    """Return the text of recorded words; when they were withheld, WITHHELD at the same length."""
    return WITHHELD * piece.length if piece.text is None else piece.text


def revision_name(section: str, revision: int) -> str:
    """Return the name of a section's text at a revision, as ``take`` uses it."""
    return f"{section}@{revision}"


def advice_name(number: int) -> str:
    """Return the name of an advice of the plan, as ``take`` uses it. The first is 1."""
    return f"{ADVICE}{number}"


def taken(operation: Operation, source: Source | None) -> str:
    """Return the words that a ``take`` names.

    Raises:
        RecordDamaged: there are no such words, or the operation is not whole.
    """
    _, name, start, stop, how = operation
    name, start, stop = str(name), int(start), int(stop)
    if how not in HOWS or (name.startswith(ADVICE) and how != "adopted"):
        raise RecordDamaged(f"A recorded edit takes words of {name} in an unknown way, {how!r}.")
    if source is None:
        raise RecordDamaged(f"A recorded edit takes words of {name}, which is not at hand.")
    text = source(name)
    if not 0 <= start < stop <= len(text):
        raise RecordDamaged(
            f"A recorded edit takes characters {start:,} to {stop:,} of {name}, which has "
            f"{len(text):,}."
        )
    return text[start:stop]


def apply(
    text: str,
    operations: Sequence[Operation],
    written: Sequence[Words],
    source: Source | None = None,
) -> str:
    """Return the text after a delta; words that were withheld come as WITHHELD.

    Args:
        text: the text before.
        operations: the delta.
        written: the words that it writes.
        source: gives the texts that it takes words from; one that takes none needs no source.

    Raises:
        RecordDamaged: the operations do not fit the text or the words, or take words that do not
            exist.
    """
    parts: list[str] = []
    at = 0
    try:
        for operation in operations:
            kind = operation[0]
            if kind == "take":
                parts.append(taken(operation, source))
                continue
            n = int(operation[1])
            if n < 1:
                raise RecordDamaged(f"A recorded edit holds an operation over {n} characters.")
            if kind == "keep":
                parts.append(text[at : at + n])
                at += n
            elif kind == "drop":
                at += n
            elif kind == "write":
                piece = written[int(operation[2])]
                words = WITHHELD * piece.length if piece.text is None else piece.text
                if len(words) != n:
                    raise RecordDamaged(
                        f"A recorded edit writes {n} characters and holds {len(words)}."
                    )
                parts.append(words)
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
