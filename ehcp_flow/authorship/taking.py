"""Words that were not written now: the same ones in a row stand, or stood, elsewhere."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ehcp_flow.authorship.aligning import Tokens, is_word

_MOST_HERE = 4
_MOST_THERE = 8
"""So many places of the same few words are looked at, on either side."""


class Passage(NamedTuple):
    """A stretch of the text that ``source`` names, which begins there at ``offset``."""

    source: str
    offset: int
    text: str


class Pool:
    """Passages, as one row of tokens."""

    def __init__(self, passages: Iterable[Passage], *, apart: bool = True) -> None:
        """Begin.

        Args:
            passages: the first ones.
            apart: whether equal words may not run on from one of them to the next.
        """
        self.passages: list[Passage] = []
        self.words: list[str | None] = []
        self.places: list[tuple[int, int, int]] = []
        """Of each token: its passage, and from where to where it stands in it."""
        for passage in passages:
            self._add(passage)
            if apart:
                self._end()

    def join(self, passages: Iterable[Passage]) -> None:
        """Add passages that stood next to each other."""
        for passage in passages:
            self._add(passage)
        self._end()

    def whole(self) -> Iterator[tuple[int, int]]:
        """From which token to which each passage goes."""
        start = 0
        for n, (number, _, _) in enumerate(self.places):
            if n + 1 == len(self.places) or self.places[n + 1][0] != number:
                yield start, n + 1
                start = n + 1

    def _add(self, passage: Passage) -> None:
        tokens = Tokens(passage.text)
        number = len(self.passages)
        self.passages.append(passage)
        self.words += tokens.words
        self.places += [
            (number, start, stop) for start, stop in zip(tokens.starts, tokens.stops, strict=True)
        ]

    def _end(self) -> None:
        self.words.append(None)
        self.places.append((-1, 0, 0))


class Match(NamedTuple):
    """``length`` tokens from ``new`` on are those from ``there`` on in a pool."""

    length: int
    new: int
    there: int


Fit = Callable[[Match], Match | None]


def matches(
    new: Sequence[str],
    free: Sequence[tuple[int, int]],
    pool: Pool,
    *,
    seed: int,
    fit: Fit,
) -> list[Match]:
    """Return which stretches of the new text stand in a pool, the longest first, none twice.

    Args:
        new: the tokens of the new text.
        free: from where to where they may be looked for.
        pool: where.
        seed: how many tokens in a row must be the same for a place to be looked at.
        fit: gives what of a stretch is to be taken, if it is long enough.
    """
    found = sorted(
        _everywhere(new, free, pool.words, seed), key=lambda m: (-m.length, m.new, m.there)
    )
    taken = bytearray(len(new))
    result: list[Match] = []
    for match in found:
        for part in _untaken(match, taken):
            fitting = fit(part)
            if fitting is not None:
                length, at, _ = fitting
                taken[at : at + length] = b"\1" * length
                result.append(fitting)
    return result


def _untaken(match: Match, taken: bytearray) -> list[Match]:
    """What a longer match has left of this one."""
    length, new, there = match
    if not any(taken[new : new + length]):
        return [match]
    parts: list[Match] = []
    start: int | None = None
    for n in range(length + 1):
        free = n < length and not taken[new + n]
        if free and start is None:
            start = n
        elif not free and start is not None:
            parts.append(Match(n - start, new + start, there + start))
            start = None
    return parts


def _everywhere(
    new: Sequence[str], free: Sequence[tuple[int, int]], there: Sequence[str | None], seed: int
) -> list[Match]:
    seeds: dict[tuple[str | None, ...], list[tuple[int, int, int]]] = {}
    for low, high in free:
        for n in range(low, high - seed + 1):
            places = seeds.setdefault(tuple(new[n : n + seed]), [])
            if len(places) < _MOST_HERE:
                places.append((n, low, high))
    if not seeds:
        return []
    found: list[Match] = []
    seen: dict[tuple[str | None, ...], int] = {}
    done: dict[int, int] = {}
    for p, few in enumerate(zip(*(there[n:] for n in range(seed)), strict=False)):
        for n, low, high in seeds.get(few, ()):
            if n < done.get(p - n, 0):
                continue
            times = seen[few] = seen.get(few, 0) + 1
            if times > _MOST_THERE * _MOST_HERE:
                break
            match = _extended(new, there, n, p, low, high)
            done[p - n] = match.new + match.length
            found.append(match)
    return found


def _extended(
    new: Sequence[str], there: Sequence[str | None], n: int, p: int, low: int, high: int
) -> Match:
    start, at = n, p
    while start > low and at > 0 and new[start - 1] == there[at - 1]:
        start -= 1
        at -= 1
    stop = n
    end = p
    while stop < high and end < len(there) and new[stop] == there[end]:
        stop += 1
        end += 1
    return Match(stop - start, start, at)


def count_words(tokens: Sequence[str | None]) -> int:
    """How many of these tokens are words."""
    return sum(token is not None and is_word(token) for token in tokens)
