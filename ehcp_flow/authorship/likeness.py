"""Which words of a new text equal an advice, whatever their case, their signs and their disguise?

The matcher (``matching``) finds where words of the plan come from, and they keep their writers.
An advice is another matter: nobody adopts without knowing, so equal words are asked about. What
one hand wrote is looked at together, also when it came in instalments.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from ehcp_flow.authorship.aligning import Tokens, is_word
from ehcp_flow.authorship.delta import Delta
from ehcp_flow.authorship.matching import find
from ehcp_flow.authorship.runs import Weave
from ehcp_flow.events import Operation, Words
from ehcp_flow.events import words as as_words

FEWEST_EQUAL = 8
"""Words in a row, from which on it is asked whose they are."""

_MOST_PLACES = 8
"""So many places of the same few words in an advice are looked at."""

_LOOKS_LIKE = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d"
    "\u03b1\u03bf\u03c1\u03c5\u03bd\u03b9\u03ba\u0131",
    "aeopcyxijsdqwaopuvik" + "i",
)
"""Letters of Cyrillic and Greek that are taken for Latin ones (Unicode Technical Standard 39,
section 4; only the small ones that are alike in most typefaces)."""


class Equal(NamedTuple):
    """Words of a new text that equal an advice."""

    start: int
    """From where to where they stand in the new text, in code points."""
    stop: int
    words: int
    """How many of them are not the adviser's already."""
    source: str
    """The advice, as ``advice@3``."""
    source_start: int
    source_stop: int


class _Word(NamedTuple):
    key: str
    start: int
    stop: int


class _Piece(NamedTuple):
    """A stretch of the new text, and where it comes from."""

    start: int
    stop: int
    operation: Operation
    """The part of the delta that gives it."""
    old: int
    """For what is kept: where it stands in the old text."""


class Search:
    """A section's new text, looked for in its plan."""

    def __init__(
        self,
        weave: Weave,
        section: str,
        new: str,
        *,
        own: Collection[str] = (),
        machines: Collection[str] = (),
    ) -> None:
        """Look for it.

        Args:
            weave: the plan.
            section: the section's id.
            new: its new text.
            own: the texts, as ``F@7``, that the hand wrote which writes now.
            machines: those that a machine wrote.
        """
        self._weave = weave
        self._section = section
        self._new = new
        self._own = own
        self._machines = machines
        self.delta: Delta = find(weave, section, new)
        """Without any answer: what equals an advice is written."""
        self._pieces = list(_pieces(self.delta))
        self.equal = tuple(self._equal())
        """What equals an advice, and of which it is to be asked whose it is; the same words may
        equal several."""

    def adopted(self) -> Delta:
        """The delta in which equal words are the advisers': those that are the same to the letter.

        Where several gave the same, they are the first one's.
        """
        taken: list[tuple[int, int, str, int]] = []
        free = 0
        for equal in sorted(self.equal, key=_by_place):
            if equal.start < free:
                continue
            taken += self._to_the_letter(equal)
            free = equal.stop
        return self._overlaid(taken)

    def claimed(self) -> tuple[Delta, tuple[Operation, ...]]:
        """The delta in which they are the writer's own, and which texts hold the same words.

        Words that stand elsewhere in the plan are claimed with them. Each claim is ``(source,
        start, stop, at, end)``: the words of the new text from ``at`` to ``end`` equal those.
        """
        claims: list[Operation] = [
            (e.source, e.source_start, e.source_stop, e.start, e.stop) for e in self.equal
        ]
        operations: list[Operation] = []
        written: list[Words] = []
        for piece, operation in self._all():
            if operation[0] == "take" and operation[4] == "copied" and piece is not None:
                _, source, start, stop, _ = operation
                claims.append((source, start, stop, piece.start, piece.stop))
                _write(self._new[piece.start : piece.stop], operations, written)
            elif operation[0] == "write" and piece is not None:
                _write(self._new[piece.start : piece.stop], operations, written)
            else:
                operations.append(operation)
        return Delta(tuple(operations), tuple(written)), tuple(claims)

    @property
    def copies_a_machine(self) -> bool:
        """Whether words that stand elsewhere in the plan, and are copied, are a machine's."""
        for _, operation in self._all():
            if operation[0] == "take" and operation[4] == "copied":
                _, source, start, stop, _ = operation
                section, _, revision = str(source).rpartition("@")
                at = 0
                for run in self._weave.runs_at(section, int(revision)):
                    inside = at < int(stop) and int(start) < at + run.length
                    if inside and run.source in self._machines:
                        return True
                    at += run.length
        return False

    # What equals an advice ----------------------------------------------------------------------

    def _equal(self) -> Iterator[Equal]:
        if not self._weave.advice:
            return
        words = list(_words(self._new))
        mine = [self._is_mine(word) for word in words]
        if not any(fresh for _, fresh in mine):
            return
        for source, text in self._weave.advice.items():
            there = list(_words(text))
            for i, j, length in _runs([w.key for w in words], [w.key for w in there]):
                count = sum(own for own, _ in mine[i : i + length])
                if count >= FEWEST_EQUAL and any(fresh for _, fresh in mine[i : i + length]):
                    yield Equal(
                        words[i].start,
                        words[i + length - 1].stop,
                        count,
                        source,
                        there[j].start,
                        there[j + length - 1].stop,
                    )

    def _is_mine(self, word: _Word) -> tuple[bool, bool]:
        """Whether this hand wrote a word, now or before; and whether now."""
        for piece in self._pieces:
            if piece.start <= word.start < piece.stop:
                kind = piece.operation[0]
                if kind == "write":
                    return True, True
                if kind == "keep":
                    return self._wrote(piece.old + word.start - piece.start), False
                return False, False
        return False, False

    def _wrote(self, old: int) -> bool:
        at = 0
        for run in self._weave.runs(self._section):
            at += run.length
            if old < at:
                return run.source in self._own
        return False

    def _to_the_letter(self, equal: Equal) -> Iterator[tuple[int, int, str, int]]:
        """The stretches of equal words that are the same to the letter, with what is between."""
        text = self._weave.advice[equal.source]
        new, there = self._new, text
        ours = [w for w in _words(new) if equal.start <= w.start < equal.stop]
        theirs = [w for w in _words(text) if equal.source_start <= w.start < equal.source_stop]
        begun: tuple[int, int] | None = None
        stop = 0
        for mine, its in zip(ours, theirs, strict=True):
            same = new[mine.start : mine.stop] == there[its.start : its.stop]
            if begun is not None:
                length = mine.stop - begun[0]
                whole = new[begun[0] : mine.stop] == there[begun[1] : begun[1] + length]
                if same and whole:
                    stop = mine.stop
                    continue
                yield begun[0], stop, equal.source, begun[1]
                begun = None
            if same:
                begun, stop = (mine.start, its.start), mine.stop
        if begun is not None:
            # A sign at the end belongs to its sentence.
            start, at = begun
            while (
                stop < len(new)
                and at + stop - start < len(there)
                and new[stop] == there[at + stop - start]
                and not new[stop].isspace()
                and not new[stop].isalnum()
            ):
                stop += 1
            yield start, stop, equal.source, at

    # The delta ----------------------------------------------------------------------------------

    def _all(self) -> Iterator[tuple[_Piece | None, Operation]]:
        """The parts of the delta, each with the stretch of the new text that it gives, if any."""
        pieces = iter(self._pieces)
        for operation in self.delta.operations:
            yield (None if operation[0] == "drop" else next(pieces)), operation

    def _overlaid(self, taken: Sequence[tuple[int, int, str, int]]) -> Delta:
        """The delta with stretches of the new text taken from an advice instead."""
        operations: list[Operation] = []
        written: list[Words] = []
        for piece, operation in self._all():
            if piece is None or operation[0] == "take":
                operations.append(operation)
                continue
            at = piece.start
            for start, stop, source, offset in taken:
                low, high = max(start, at), min(stop, piece.stop)
                if low >= high or not self._may_be_taken(piece, low):
                    continue
                self._part(piece, at, low, operations, written)
                if operation[0] == "keep":
                    operations.append(("drop", high - low))
                there = offset + low - start
                operations.append(("take", source, there, there + high - low, "adopted"))
                at = high
            self._part(piece, at, piece.stop, operations, written)
        return Delta(tuple(_joined(operations)), tuple(written))

    def _may_be_taken(self, piece: _Piece, at: int) -> bool:
        return piece.operation[0] == "write" or self._wrote(piece.old + at - piece.start)

    def _part(
        self,
        piece: _Piece,
        start: int,
        stop: int,
        operations: list[Operation],
        written: list[Words],
    ) -> None:
        if start >= stop:
            return
        if piece.operation[0] == "keep":
            operations.append(("keep", stop - start))
        else:
            _write(self._new[start:stop], operations, written)


def _by_place(equal: Equal) -> tuple[int, int, str]:
    return equal.start, -equal.stop, equal.source


def _write(text: str, operations: list[Operation], written: list[Words]) -> None:
    operations.append(("write", len(text), len(written)))
    written.append(as_words(text))


def _joined(operations: Sequence[Operation]) -> Iterator[Operation]:
    """The operations with what was taken in a row taken at once."""
    before: Operation | None = None
    for operation in operations:
        if (
            before is not None
            and before[0] == operation[0] == "take"
            and before[1] == operation[1]
            and before[3] == operation[2]
            and before[4] == operation[4]
        ):
            before = (*before[:3], operation[3], operation[4])
            continue
        if before is not None:
            yield before
        before = operation
    if before is not None:
        yield before


def _pieces(delta: Delta) -> Iterator[_Piece]:
    at = old = 0
    for operation in delta.operations:
        kind = operation[0]
        if kind == "drop":
            old += int(operation[1])
            continue
        n = int(operation[3]) - int(operation[2]) if kind == "take" else int(operation[1])
        yield _Piece(at, at + n, operation, old)
        at += n
        if kind == "keep":
            old += n


def _runs(new: Sequence[str], there: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Stretches of equal words, none twice: from which on in each, and how many."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for j in range(len(there) - FEWEST_EQUAL + 1):
        found = places[tuple(there[j : j + FEWEST_EQUAL])]
        if len(found) < _MOST_PLACES:
            found.append(j)
    i = 0
    while i <= len(new) - FEWEST_EQUAL:
        best = (0, 0)
        for j in places.get(tuple(new[i : i + FEWEST_EQUAL]), ()):
            length = FEWEST_EQUAL
            while (
                i + length < len(new)
                and j + length < len(there)
                and new[i + length] == there[j + length]
            ):
                length += 1
            best = max(best, (length, -j))
        length, j = best
        if length:
            yield i, -j, length
            i += length
        else:
            i += 1


def _words(text: str) -> Iterator[_Word]:
    """The words of a text, in the form in which equal ones are equal; signs are none."""
    shown, places = text, None
    if not text.isascii() and any(map(_unseen, text)):
        places = [n for n, sign in enumerate(text) if not _unseen(sign)]
        shown = "".join(text[n] for n in places)
    tokens = Tokens(shown)
    for word, start, stop in zip(tokens.words, tokens.starts, tokens.stops, strict=True):
        if is_word(word):
            if places is not None:
                start, stop = places[start], places[stop - 1] + 1
            yield _Word(_key(word), start, stop)


def _key(word: str) -> str:
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word)
    bare = "".join(sign for sign in apart if unicodedata.category(sign) != "Mn")
    return bare.casefold().translate(_LOOKS_LIKE)


def _unseen(sign: str) -> bool:
    """Whether a sign is not shown: it would split a word for a program, and for nobody else."""
    return unicodedata.category(sign) == "Cf" or sign == "\u034f" or "\ufe00" <= sign <= "\ufe0f"
