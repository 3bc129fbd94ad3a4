"""Which words of a text stand in the one before it, in the same order.

Patience diff (Bram Cohen): words that occur once on both sides are paired, the longest rising
sequence of the pairs is kept, and so on between them. What holds no such words is left to
``difflib``, as long as that is cheap.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from itertools import islice, pairwise
from typing import NamedTuple

_JOINED = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u1000-\u109f\u20d0-\u20f0"
)
"""Marks that are written on a letter; one that is not here only makes a token of its own."""
_ONE_BY_ONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts written without spaces: each sign counts as a word."""
_ON_PICTURES = "\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff"

_TOKEN = re.compile(
    rf"[{_ONE_BY_ONE}]|(?:(?![{_ONE_BY_ONE}])[\w{_JOINED}])+"
    "|[\U0001f1e6-\U0001f1ff]{2}"
    rf"|[^\w\s][{_ON_PICTURES}{_JOINED}]*(?:\u200d[^\w\s][{_ON_PICTURES}]*)*"
)

_MOST_PAIRS = 4_000
"""Equal pairs in a stretch up to which ``difflib`` is asked; its time grows with them."""
_MOST_PAIRS_IN_ALL = 20_000
_FEW_PAIRS = 16
_FEW = 2
_ENDS = frozenset(".!?\u3002")
_PAUSES = frozenset(",;:\u3001")
_SEEN = 8
_SHINGLES = (4, 2)
"""In a stretch with more, so many words in a row stand for one, and must occur once."""


class Tokens:
    """The words and single marks of a text, and where they stand; white space is none."""

    __slots__ = ("_edges", "starts", "stop", "stops", "text", "words")

    def __init__(self, text: str, start: int = 0, stop: int | None = None) -> None:
        self.text = text
        self.stop = len(text) if stop is None else stop
        self._edges: list[int] | None = None
        self.words: list[str] = []
        self.starts: list[int] = []
        self.stops: list[int] = []
        for found in _TOKEN.finditer(text, start, self.stop):
            self.words.append(found[0])
            self.starts.append(found.start())
            self.stops.append(found.end())

    @property
    def edges(self) -> list[int]:
        """How clearly something ends before each token, and after the last.

        3 for a line, 2 for a sentence, 1 for a clause, 0 for a word.
        """
        if self._edges is None:
            self._edges = self._found_edges()
        return self._edges

    def units(self) -> list[tuple[int, int]]:
        """From which token to which each sentence goes, or each line."""
        cuts = [place for place, edge in enumerate(self.edges) if edge > 1]
        return list(pairwise(cuts))

    def _found_edges(self) -> list[int]:
        text, starts, stops = self.text, self.starts, self.stops
        if not starts:
            return [0]
        before = text[max(starts[0] - _SEEN, 0) : starts[0]]
        bare = before.rstrip()
        edges = [_edge(bare[-1:], before[len(bare) :]) if bare else 3]
        for word, stop, start in zip(self.words, stops, islice(starts, 1, None), strict=False):
            edges.append(_edge(word, text[stop:start]))
        after = text[stops[-1] : stops[-1] + _SEEN]
        white = after[: len(after) - len(after.lstrip())]
        edges.append(_edge(self.words[-1], white) if after.strip() else 3)
        return edges


def _edge(token: str, white: str) -> int:
    if "\n" in white:
        return 3
    if token in _ENDS:
        return 2
    return 1 if token in _PAUSES else 0


class Block(NamedTuple):
    """``length`` tokens from ``old`` on are those from ``new`` on."""

    old: int
    new: int
    length: int


def is_word(token: str) -> bool:
    """Whether a token is a word, not a mark."""
    return token[0].isalnum() or token[0] == "_"


def align(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Block]:
    """Return what stands in both in the same order, in order; no two blocks touch on both sides."""
    found: list[Block] = []
    budget = _MOST_PAIRS_IN_ALL
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        a, b, c, d = waiting.pop()
        n = 0
        while a + n < b and c + n < d and old[a + n] == new[c + n]:
            n += 1
        if n:
            found.append(Block(a, c, n))
            a, c = a + n, c + n
        n = 0
        while a + n < b and c + n < d and old[b - n - 1] == new[d - n - 1]:
            n += 1
        if n:
            b, d = b - n, d - n
            found.append(Block(b, d, n))
        if a == b or c == d:
            continue
        ours, theirs = old[a:b], new[c:d]
        anchors = _once_on_both(ours, theirs)
        if not anchors:
            pairs = _pairs(ours, theirs)
            if not pairs:
                continue
            if pairs <= min(_MOST_PAIRS, budget):
                budget -= pairs
                matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
                found += [
                    Block(a + i, c + j, size)
                    for i, j, size in matcher.get_matching_blocks()
                    if size
                ]
                continue
            for size in _SHINGLES:
                anchors = _once_on_both(_shingles(ours, size), _shingles(theirs, size))
                if anchors:
                    break
        before = (a, c)
        for i, j in anchors:
            waiting.append((before[0], a + i, before[1], c + j))
            before = (a + i, c + j)
        if anchors:
            waiting.append((before[0], b, before[1], d))
    return _merged(sorted(found))


def _merged(blocks: Sequence[Block]) -> list[Block]:
    found: list[Block] = []
    for block in blocks:
        if found:
            before = found[-1]
            if (before.old + before.length, before.new + before.length) == block[:2]:
                found[-1] = before._replace(length=before.length + block.length)
                continue
        found.append(block)
    return found


def _once_on_both(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The longest rising sequence of pairs of what occurs once on either side."""
    places = _once(old)
    there = _once(new)
    return _rising([(i, there[token]) for token, i in places.items() if token in there])


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest sequence of pairs, whose first ones rise, in which the second ones do too."""
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for n, (_, j) in enumerate(pairs):
        pile = bisect_left(ends, j)
        ends[pile : pile + 1] = [j]
        tops[pile : pile + 1] = [n]
        before.append(tops[pile - 1] if pile else -1)
    found: list[tuple[int, int]] = []
    at = tops[-1] if tops else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _once(tokens: Sequence[Hashable]) -> dict[Hashable, int]:
    """What occurs once, and where, in order."""
    places: dict[Hashable, int] = {}
    often: set[Hashable] = set()
    for place, token in enumerate(tokens):
        if token in places:
            often.add(token)
        else:
            places[token] = place
    for token in often:
        del places[token]
    return places


def _shingles(tokens: Sequence[Hashable], size: int) -> list[Hashable]:
    return list(zip(*(tokens[n:] for n in range(size)), strict=False))


def _pairs(old: Sequence[Hashable], new: Sequence[Hashable]) -> int:
    """How many pairs of equal tokens there are, or at most, when they are few."""
    if len(old) * len(new) < _FEW_PAIRS:
        return len(old) * len(new) if not set(old).isdisjoint(new) else 0
    here, there = Counter(old), Counter(new)
    return sum(count * there[token] for token, count in here.items() if token in there)


def crossing(old: Tokens, new: Tokens) -> list[Block]:
    """Return the sentences and lines that stand once in either text, and changed their order.

    The fewest of them, so that the others are still in order; those of one word are none.
    """
    ours = {tuple(old.words[a:b]): a for a, b in _once_each(old)}
    theirs = {tuple(new.words[a:b]): a for a, b in _once_each(new)}
    still = {i for i, _ in _rising([(i, theirs[u]) for u, i in ours.items() if u in theirs])}
    return [
        Block(i, theirs[unit], len(unit))
        for unit, i in ours.items()
        if unit in theirs and i not in still and sum(map(is_word, unit)) > 1
    ]


def _once_each(tokens: Tokens) -> list[tuple[int, int]]:
    units = tokens.units()
    often = Counter(tuple(tokens.words[a:b]) for a, b in units)
    return [(a, b) for a, b in units if often[tuple(tokens.words[a:b])] == 1]


# Tidying ----------------------------------------------------------------------------------------


def without_chance(blocks: list[Block], old: Tokens, new: Tokens) -> list[Block]:
    """Return the blocks without what is equal by chance, as in a sentence written anew.

    By chance is what is no longer, in characters, than what was replaced on both sides of it; one
    or two words or marks, none of four letters, between replaced words; and what is left of a line
    or a sentence of which less than two fifths stayed.
    """
    kept: list[Block] = []
    waiting = _without_scraps(blocks, old, new)[::-1]
    while waiting:
        block = waiting.pop()
        if not _by_chance(block, kept[-1] if kept else None, waiting, old, new):
            kept.append(block)
        elif kept:
            # The change after the last one kept is longer now.
            waiting.append(kept.pop())
    return kept


def _without_scraps(blocks: list[Block], old: Tokens, new: Tokens) -> list[Block]:
    """Return the blocks without what little is left of lines and sentences that were replaced."""
    found: list[Block] = []
    some: list[Block] = []
    a, c = 0, 0

    def ends(b: int, d: int) -> bool:
        return old.edges[b] > 1 < new.edges[d]

    def close(b: int, d: int) -> None:
        nonlocal a, c
        if not (some and known and _scraps(some, old, a, b, new, c, d)):
            found.extend(some)
        some.clear()
        a, c = b, d

    known = ends(0, 0)
    for i, j, n in blocks:
        start = 0
        for stop in range(n + 1):
            if ends(i + stop, j + stop):
                if stop > start:
                    some.append(Block(i + start, j + start, stop - start))
                close(i + stop, j + stop)
                known = True
                start = stop
        if start < n:
            some.append(Block(i + start, j + start, n - start))
    if known and ends(len(old.words), len(new.words)):
        close(len(old.words), len(new.words))
    return _merged(found + some)


def _scraps(
    some: Sequence[Block], old: Tokens, a: int, b: int, new: Tokens, c: int, d: int
) -> bool:
    if b - a == d - c == some[0].length:
        return False
    kept = sum(_letters(old, i, i + n) for i, _, n in some)
    return 5 * kept < 2 * min(_letters(old, a, b), _letters(new, c, d))


def _letters(tokens: Tokens, start: int, stop: int) -> int:
    return sum(map(len, tokens.words[start:stop]))


def _by_chance(
    block: Block, before: Block | None, after: list[Block], old: Tokens, new: Tokens
) -> bool:
    i, j, n = block
    a, c = (0, 0) if before is None else (before.old + before.length, before.new + before.length)
    b, d = (len(old.words), len(new.words)) if not after else after[-1][:2]
    dropped = _characters(old, a, i), _characters(old, i + n, b)
    written = _characters(new, c, j), _characters(new, j + n, d)
    if not (all(dropped) and all(written)):
        return False
    size = old.stops[i + n - 1] - old.starts[i]
    if size <= min(max(dropped[0], written[0]), max(dropped[1], written[1])):
        return True
    return n <= _FEW and not any(len(w) >= 4 and w[0].isalpha() for w in old.words[i : i + n])


def _characters(tokens: Tokens, start: int, stop: int) -> int:
    return tokens.stops[stop - 1] - tokens.starts[start] if stop > start else 0


def settled(blocks: list[Block], old: Tokens, new: Tokens) -> list[Block]:
    """Return the blocks with each insertion and each deletion where a writer would see it.

    Of ``A. B.`` become ``A. C. B.`` either ``C.`` or ``. C`` may be new: the edges of lines and
    sentences decide.
    """
    found = [Block(0, 0, 0), *blocks, Block(len(old.words), len(new.words), 0)]
    for n in range(len(found) - 1):
        before, after = found[n], found[n + 1]
        a, c = before.old + before.length, before.new + before.length
        b, d = after.old, after.new
        if (a == b) == (c == d):
            continue
        tokens, start, stop = (new, c, d) if a == b else (old, a, b)
        shift = _best_shift(tokens, start, stop, before.length, after.length)
        if shift:
            found[n] = before._replace(length=before.length + shift)
            found[n + 1] = Block(b + shift, d + shift, after.length - shift)
    return [block for block in found if block.length]


def _best_shift(tokens: Tokens, start: int, stop: int, before: int, after: int) -> int:
    """By how many tokens a stretch is better moved to the right, among equal ones."""
    words = tokens.words
    # Further than its own length, the words only repeat.
    least = -min(before, stop - start)
    shift = 0
    while shift > least and words[start + shift - 1] == words[stop + shift - 1]:
        shift -= 1
    most = min(after, stop - start)
    best = (-1, 0)
    while True:
        best = max(best, (tokens.edges[start + shift] + tokens.edges[stop + shift], shift))
        if shift >= 0 and (shift == most or words[start + shift] != words[stop + shift]):
            return best[1]
        shift += 1
