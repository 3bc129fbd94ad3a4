"""Who wrote which words: a fold over deltas, in which no texts are compared.

Dropped words stay known in their place, as in the weave of SCCS (Rochkind, "The Source Code
Control System", 1975).
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ehcp_flow.authorship.delta import (
    ADVICE,
    How,
    advice_name,
    readable,
    revision_name,
)
from ehcp_flow.authorship.revisions import Revisions
from ehcp_flow.errors import RecordDamaged
from ehcp_flow.events import Operation, Words


class Placing(NamedTuple):
    """An act that put words somewhere anew, whoever wrote them."""

    at: str
    """The revision that the act made, as ``F@9``."""
    how: How


class Run(NamedTuple):
    """Words in a row that were written together and came here together."""

    length: int
    """In code points."""
    source: str
    """Where they were first written: ``F@7``, whose edit wrote them, or ``advice@3``."""
    offset: int
    """Where they stand in that text."""
    placings: tuple[Placing, ...]
    """The acts that put them somewhere anew, the oldest first; none for words still where they
    were written."""


class Dead(NamedTuple):
    """Words that were dropped and stand nowhere in the plan now. The first four are as of Run."""

    length: int
    source: str
    offset: int
    placings: tuple[Placing, ...]
    removed_by: str
    """The revision that dropped them; when they were dropped more than once, the last."""
    place: int
    """The offset in the current text before which they stood."""
    stood: int
    """Where they stood in the text of the revision before ``removed_by``."""


_Run = tuple[int, str, int, tuple[Placing, ...]]
"""As Run: a plain tuple is made several times faster."""


class _Gone(NamedTuple):
    """Dropped words in a gap. ``when`` counts the plan's edits."""

    run: _Run
    revision: int
    stood: int
    when: int


_Gap = tuple[_Gone, ...]
_Inserted = tuple[tuple[_Run, ...], ...]

_BETWEEN_COPIES = 32
"""Edits between two copies of a section's runs; an earlier state is folded on from one of them."""

_FEWEST_TO_TIDY = 1_000


class _Strand:
    """One section while it is folded."""

    def __init__(self) -> None:
        self.revisions = Revisions()
        self.living: list[_Run] = []
        self.gaps: list[_Gap] = [()]
        """The dropped words before each living run, and those after the last."""
        self.edits: list[tuple[Sequence[Operation], _Inserted]] = []
        self.copies: list[tuple[_Run, ...]] = [()]
        self.pieces: dict[str, list[tuple[int, Words]]] = {}
        """By revision, the words that its edit wrote, and where they stood in its text."""
        self.gone = 0
        self.tidy_at = _FEWEST_TO_TIDY

    def earlier(self, revision: int) -> Sequence[_Run]:
        """The living runs as they were at a revision."""
        if revision == len(self.edits):
            return self.living
        copy = revision // _BETWEEN_COPIES
        living = list(self.copies[copy])
        for operations, inserted in self.edits[copy * _BETWEEN_COPIES : revision]:
            _refold(living, operations, inserted)
        return living


class Weave:
    """The sections of one plan and its advice, with who wrote which words of them.

    Words that are taken keep their author and their origin; who took them is noted as a placing.
    That holds for a whole return to an earlier text as well: what was gone comes back as it was,
    placed by whoever restored it, and what was still there is not touched.
    """

    def __init__(self) -> None:
        self._strands: dict[str, _Strand] = {}
        self._advice: dict[str, str] = {}
        self._edits = 0
        self._takes = False
        self._dead: dict[str, tuple[Dead, ...]] | None = None

    # Folding ------------------------------------------------------------------------------------

    def edit(
        self,
        section: str,
        revision: int,
        operations: Sequence[Operation],
        written: Sequence[Words],
    ) -> None:
        """Take in an edit, the one that made ``revision`` of a section.

        Raises:
            RecordDamaged: it is not the next revision, the delta does not fit the text, or takes
                words that do not exist.
        """
        strand = self._strands.get(section)
        if strand is None:
            strand = _Strand()
        if revision != len(strand.edits) + 1:
            raise RecordDamaged(
                f"Revision {revision:,} of section {section} follows {len(strand.edits):,}."
            )
        strand.revisions.append(operations, written, self.source)
        self._strands[section] = strand
        name = revision_name(section, revision)
        inserted = self._inserted(name, operations, written, strand)
        self._edits += 1
        _fold(strand, operations, inserted, revision, self._edits)
        strand.edits.append((operations, inserted))
        if revision % _BETWEEN_COPIES == 0:
            strand.copies.append(tuple(strand.living))
        self._dead = None
        if self._takes and strand.gone >= strand.tidy_at:
            self._tidy()

    def advise(self, number: int, text: str) -> None:
        """Take in an advice, the ``number``-th of the plan; words withheld come as WITHHELD.

        Raises:
            RecordDamaged: it is not the next.
        """
        if number != len(self._advice) + 1:
            raise RecordDamaged(f"Advice {number:,} of the plan follows {len(self._advice):,}.")
        self._advice[advice_name(number)] = text

    def _inserted(
        self, name: str, operations: Sequence[Operation], written: Sequence[Words], strand: _Strand
    ) -> _Inserted:
        """The runs that each write and each take puts in, in order."""
        found: list[tuple[_Run, ...]] = []
        pieces: list[tuple[int, Words]] = []
        at = 0
        for operation in operations:
            kind = operation[0]
            if kind == "drop":
                continue
            if kind == "take":
                _, source, start, stop, how = operation
                start, stop = int(start), int(stop)
                placing = Placing(name, str(how))  # type: ignore[arg-type]
                found.append(self._taken(str(source), start, stop, placing))
                self._takes = True
                at += stop - start
                continue
            n = int(operation[1])
            if kind == "write":
                found.append(((n, name, at, ()),))
                pieces.append((at, written[int(operation[2])]))
            at += n
        if pieces:
            strand.pieces[name] = pieces
        return tuple(found)

    def _taken(self, source: str, start: int, stop: int, placing: Placing) -> tuple[_Run, ...]:
        if source.startswith(ADVICE):
            return ((stop - start, source, start, (placing,)),)
        section, revision = self._named(source)
        found: list[_Run] = []
        # Words that came here together share what is noted of it.
        noted: dict[int, tuple[Placing, ...]] = {}
        at = 0
        for length, origin, offset, placings in self._strands[section].earlier(revision):
            end = at + length
            if end > start:
                if at >= stop:
                    break
                cut = max(start - at, 0)
                placed = noted.get(id(placings))
                if placed is None:
                    placed = noted[id(placings)] = (*placings, placing)
                found.append((min(end, stop) - at - cut, origin, offset + cut, placed))
            at = end
        return tuple(found)

    # Reading ------------------------------------------------------------------------------------

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that have a revision, in the order of their ids."""
        return tuple(sorted(self._strands))

    @property
    def advice(self) -> Mapping[str, str]:
        """The advice by name, in order."""
        return self._advice

    def revision(self, section: str) -> int:
        """Return a section's latest revision, 0 when it has none."""
        strand = self._strands.get(section)
        return 0 if strand is None else len(strand.edits)

    def text(self, section: str) -> str:
        """Return a section's current text, empty when it has none."""
        strand = self._strands.get(section)
        return "" if strand is None else strand.revisions.text

    def source(self, name: str) -> str:
        """Return the text that a name stands for.

        Raises:
            RecordDamaged: there is none.
        """
        advice = self._advice.get(name)
        if advice is not None:
            return advice
        section, revision = self._named(name)
        return self._strands[section].revisions.at(revision)

    def same_as(self, section: str, text: str) -> int | None:
        """Return the latest revision of a section before the current one that had this text."""
        strand = self._strands.get(section)
        return None if strand is None else strand.revisions.same_as(text)

    def words(self, run: Run | Dead) -> str:
        """Return the text of a run, as its source holds it.

        Raises:
            RecordDamaged: there are no such words.
        """
        return self._words(run.source, run.offset, run.length)

    def runs(self, section: str) -> tuple[Run, ...]:
        """Return the runs of a section's current text, which they cover from end to end."""
        strand = self._strands.get(section)
        return () if strand is None else _joined(strand.living)

    def runs_at(self, section: str, revision: int) -> tuple[Run, ...]:
        """Return the runs of a section's text as it was at a revision.

        Raises:
            RecordDamaged: there is no such revision.
        """
        self._named(revision_name(section, revision))
        return _joined(self._strands[section].earlier(revision))

    def dead(self, section: str) -> tuple[Dead, ...]:
        """Return the words that a section dropped and that stand nowhere in the plan now.

        They come in the order of where they stood. Words that were dropped more than once, here or
        in another section, are told where they were dropped last.
        """
        if self._dead is None:
            self._dead = self._all_dead()
        return self._dead.get(section, ())

    def _words(self, source: str, offset: int, length: int) -> str:
        advice = self._advice.get(source)
        if advice is not None:
            return advice[offset : offset + length]
        section, _ = self._named(source)
        pieces = self._strands[section].pieces.get(source, [])
        place = bisect_right(pieces, offset, key=lambda piece: piece[0]) - 1
        if place >= 0:
            at, piece = pieces[place]
            words = readable(piece)[offset - at : offset - at + length]
            if len(words) == length:
                return words
        raise RecordDamaged(f"{source} wrote no {length:,} characters at {offset:,}.")

    def _named(self, name: str) -> tuple[str, int]:
        section, mark, number = name.rpartition("@")
        strand = self._strands.get(section)
        if strand is None or not mark or not (number.isascii() and number.isdecimal()):
            raise RecordDamaged(f"The plan holds no text named {name!r}.")
        revision = int(number)
        if revision > len(strand.edits) or number != str(revision):
            raise RecordDamaged(f"The plan holds no text named {name!r}.")
        return section, revision

    # The dropped words --------------------------------------------------------------------------

    def _all_dead(self) -> dict[str, tuple[Dead, ...]]:
        found: dict[str, tuple[Dead, ...]] = {}
        if self._takes:
            self._tidy()
        for section, strand in self._strands.items():
            dead: list[Dead] = []
            place = 0
            for gap, run in zip(strand.gaps, [*strand.living, None], strict=True):
                for (length, source, offset, placings), revision, stood, _ in gap:
                    before = dead[-1] if dead else None
                    name = revision_name(section, revision)
                    if (
                        before is not None
                        and before.place == place
                        and before.removed_by == name
                        and before.source == source
                        and before.placings == placings
                        and before.offset + before.length == offset
                        and before.stood + before.length == stood
                    ):
                        dead[-1] = before._replace(length=before.length + length)
                    else:
                        dead.append(Dead(length, source, offset, placings, name, place, stood))
                if run is not None:
                    place += run[0]
            found[section] = tuple(dead)
        return found

    def _tidy(self) -> None:
        """Forget dropped words that live again, and all but the last time that words were dropped.

        What is left does not depend on when this is done.
        """
        taken: dict[str, _Intervals] = defaultdict(_Intervals)
        gone: list[tuple[int, _Strand, int, int]] = []
        for strand in self._strands.values():
            for length, source, offset, _ in strand.living:
                taken[source].add(offset, offset + length)
            for place, gap in enumerate(strand.gaps):
                gone += [(-each.when, strand, place, n) for n, each in enumerate(gap)]
        gone.sort(key=lambda each: (each[0], each[2], each[3]))
        left: dict[tuple[int, int], dict[int, list[tuple[int, int]]]] = {}
        for _, strand, place, n in gone:
            length, source, offset, _ = strand.gaps[place][n].run
            free = taken[source].add(offset, offset + length)
            left.setdefault((id(strand), place), {})[n] = free
        for strand in self._strands.values():
            strand.gone = 0
            for place, gap in enumerate(strand.gaps):
                if not gap:
                    continue
                kept = left[id(strand), place]
                strand.gaps[place] = tuple(
                    _part(each, start, stop)
                    for n, each in enumerate(gap)
                    for start, stop in kept[n]
                )
                strand.gone += len(strand.gaps[place])
            strand.tidy_at = max(_FEWEST_TO_TIDY, 2 * strand.gone)


class _Intervals:
    """Numbers that are taken, as stretches that do not touch."""

    def __init__(self) -> None:
        self.starts: list[int] = []
        self.stops: list[int] = []

    def add(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Take the numbers from ``start`` up to ``stop``; return the stretches that were free."""
        low = bisect_right(self.stops, start - 1)
        high = bisect_right(self.starts, stop)
        free: list[tuple[int, int]] = []
        at = start
        for n in range(low, high):
            if self.starts[n] > at:
                free.append((at, min(self.starts[n], stop)))
            at = max(at, self.stops[n])
        if at < stop:
            free.append((at, stop))
        if low < high:
            start = min(start, self.starts[low])
            stop = max(stop, self.stops[high - 1])
        self.starts[low:high] = [start]
        self.stops[low:high] = [stop]
        return free


def _part(gone: _Gone, start: int, stop: int) -> _Gone:
    (length, source, offset, placings), revision, stood, when = gone
    if stop - start == length:
        return gone
    return _Gone((stop - start, source, start, placings), revision, stood + start - offset, when)


def _split(run: _Run, at: int) -> tuple[_Run, _Run]:
    length, source, offset, placings = run
    return (at, source, offset, placings), (length - at, source, offset + at, placings)


def _fold(
    strand: _Strand,
    operations: Sequence[Operation],
    inserted: _Inserted,
    revision: int,
    when: int,
) -> None:
    """Change a section's runs and gaps as an edit says, which is known to fit."""
    living, gaps = strand.living, strand.gaps
    i = put = stood = 0
    last = len(operations) - 1
    for place, operation in enumerate(operations):
        kind = operation[0]
        if kind == "keep":
            if place == last:
                break
            n = int(operation[1])
            stood += n
            while n:
                length = living[i][0]
                if length > n:
                    living[i : i + 1] = _split(living[i], n)
                    gaps.insert(i + 1, ())
                    length = n
                n -= length
                i += 1
        elif kind == "drop":
            n = int(operation[1])
            j = i
            parts = list(gaps[i])
            while n:
                run = living[j]
                if run[0] > n:
                    living[j : j + 1] = _split(run, n)
                    gaps.insert(j + 1, ())
                    run = living[j]
                parts.append(_Gone(run, revision, stood, when))
                n -= run[0]
                stood += run[0]
                j += 1
                parts += gaps[j]
            strand.gone += j - i
            del living[i:j]
            gaps[i : j + 1] = [tuple(parts)]
        else:
            runs = inserted[put]
            put += 1
            living[i:i] = runs
            gaps[i + 1 : i + 1] = [()] * len(runs)
            i += len(runs)


def _refold(living: list[_Run], operations: Sequence[Operation], inserted: _Inserted) -> None:
    """Change the living runs as an edit says: ``_fold`` without the dropped words."""
    i = put = 0
    last = len(operations) - 1
    for place, operation in enumerate(operations):
        kind = operation[0]
        if place == last and kind == "keep":
            break
        if kind in ("keep", "drop"):
            n = int(operation[1])
            j = i
            while n:
                if living[j][0] > n:
                    living[j : j + 1] = _split(living[j], n)
                n -= living[j][0]
                j += 1
            if kind == "keep":
                i = j
            else:
                del living[i:j]
        else:
            living[i:i] = inserted[put]
            i += len(inserted[put])
            put += 1


def _joined(living: Iterable[_Run]) -> tuple[Run, ...]:
    """Runs that were written in a row and came here together are one."""
    found: list[Run] = []
    length, source, offset = 0, "", 0
    placings: tuple[Placing, ...] = ()
    for run in living:
        if (
            run[1] == source
            and run[2] == offset + length
            and (run[3] is placings or run[3] == placings)
        ):
            length += run[0]
            continue
        if length:
            found.append(Run(length, source, offset, placings))
        length, source, offset, placings = run
    if length:
        found.append(Run(length, source, offset, placings))
    return tuple(found)
