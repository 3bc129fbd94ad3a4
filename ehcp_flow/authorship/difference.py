"""What is different between two texts, for people to read.

Word by word, as ``git diff --word-diff`` shows it. It explains; it is not stored, and nobody's
authorship rests on it.
"""

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

_TOKEN = re.compile(r"\w+\s*|\s+|[^\w\s]\s*")

MOST_TOKENS = 2_000
"""On either side, between the common ends: beyond it the middle is shown as replaced whole, since
the matcher's time grows with the product of both."""


class Piece(NamedTuple):
    """A run of text that was kept, dropped or written."""

    kind: Literal["kept", "dropped", "written"]
    text: str


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """Return the pieces that lead from one text to the other, in order.

    The kept and dropped ones together are ``old``, the kept and written ones ``new``.
    """
    one, other = _TOKEN.findall(old), _TOKEN.findall(new)
    start = 0
    shorter = min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    pieces = [Piece("kept", "".join(one[:start]))]
    pieces += _middle(one[start : len(one) - end], other[start : len(other) - end])
    pieces.append(Piece("kept", "".join(one[len(one) - end :])))
    return tuple(piece for piece in pieces if piece.text)


def _middle(one: list[str], other: list[str]) -> list[Piece]:
    if max(len(one), len(other)) > MOST_TOKENS:
        return [Piece("dropped", "".join(one)), Piece("written", "".join(other))]
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("kept", "".join(one[a:b])))
            continue
        pieces.append(Piece("dropped", "".join(one[a:b])))
        pieces.append(Piece("written", "".join(other[c:d])))
    return pieces
