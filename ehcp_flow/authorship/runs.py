"""Who wrote which words: a fold over deltas, in which no texts are compared.

Each code point that is ever written or taken gets a number of its own, and a section is the row of
its numbers: an edit cuts some out and puts some in. What a number stands for is looked up in the
end.

Dropped words stay known in their place, as in the weave of SCCS (Rochkind, "The Source Code
Control System", 1975).
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress, islice, pairwise
from operator import ne
from typing import NamedTuple, TypeAlias, cast

from ehcp_flow.authorship.delta import (
    ADVICE,
    HOWS,
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

_Row: TypeAlias = "array[int]"

_FEWEST_BETWEEN = 64
_NUMBERS_AN_EDIT = 4096
"""A section's row is copied now and then, the longer it is the more seldom; an earlier state is
folded on from such a copy."""

_FEWEST_TO_TIDY = 1_000


_Edit = tuple[Sequence[Operation], Sequence[Words], int, int]
"""An edit's operations and words, the number of the first code point that it put in, and how many
edits of the plan there were with it."""


class _Strand:
    """One section while it is folded."""

    def __init__(self) -> None:
        self.edits: list[_Edit] = []
        self.row: _Row = array("I")
        """The numbers of the current text."""
        self.copies: dict[int, _Row] = {0: array("I")}
        self.last_copy = 0
        self.revisions = Revisions()
        # What follows is brought up to date when somebody asks for dropped words.
        self.woven = 0
        self.living: list[_Run] = []
        self.gaps: list[_Gap] = [()]
        """The dropped words before each living run, and those after the last."""
        self.gone = 0
        self.tidy_at = _FEWEST_TO_TIDY


class Weave:
    """The sections of one plan and its advice, with who wrote which words of them.

    Words that are taken keep their author and their origin; who took them is noted as a placing.
    That holds for a whole return to an earlier text as well: what was gone comes back as it was,
    placed by whoever restored it, and what was still there is not touched.
    """

    def __init__(self) -> None:
        self._strands: dict[str, _Strand] = {}
        self._advice: dict[str, str] = {}
        self._when = 0
        self._takes = False
        self._dead: dict[str, tuple[Dead, ...]] | None = None
        self._untold: list[tuple[_Strand, _Edit]] = []
        # One number is left out after each stretch, so that no two stretches run on.
        self._next = 0
        self._numbers: _Row = array("I")
        self._firsts: list[int] = []
        self._origins: list[_Run] = []
        self._asked: tuple[str, _Row] = ("", array("I"))
        self._wrote: dict[str, list[tuple[int, Words]]] = {}

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
                words that do not exist. Nothing was taken in then.
        """
        strand = self._strands.get(section)
        if strand is None:
            strand = _Strand()
        edits, row = strand.edits, strand.row
        if revision != len(edits) + 1:
            raise RecordDamaged(
                f"Revision {revision:,} of section {section} follows {len(edits):,}."
            )
        name = f"{section}@{revision}"
        first, stretches = self._next, len(self._firsts)
        at = 0
        left = len(row)
        try:
            # What is done for each edit of a long record is written out here, not called.
            for operation in cast("Sequence[tuple[str, int, int]]", operations):
                kind = operation[0]
                if kind == "take":
                    n = self._take(name, operation, row, at, strand)
                    at += n
                    left += n
                    continue
                n = operation[1]
                if n < 1:
                    raise RecordDamaged(f"{name} holds an operation over {n} characters.")
                if kind == "keep":
                    at += n
                elif kind == "drop":
                    del row[at : at + n]
                    left -= n
                elif kind == "write":
                    length, _, text = written[operation[2]]
                    if length != n or (text is not None and len(text) != n):
                        raise RecordDamaged(f"{name} writes {n} characters and holds {length}.")
                    number = self._next
                    self._next = stop = number + n + 1
                    if stop > len(self._numbers):
                        self._number(stop)
                    row[at:at] = self._numbers[number : stop - 1]
                    self._firsts.append(number)
                    self._origins.append((n, name, at, ()))
                    at += n
                    left += n
                else:
                    raise RecordDamaged(f"{name} holds an unknown operation, {kind!r}.")
            if at != left or left != len(row):
                raise RecordDamaged(
                    f"{name} does not fit the text before it: it leaves {at:,} characters, and "
                    f"{len(row):,} are there."
                )
        except (RecordDamaged, IndexError, TypeError, ValueError) as error:
            self._next = first
            del self._firsts[stretches:], self._origins[stretches:]
            strand.row = self._row(strand, len(edits), whole=True)
            if isinstance(error, RecordDamaged):
                raise
            raise RecordDamaged(f"{name} has an operation that is not whole.") from None
        self._strands[section] = strand
        self._when += 1
        edit = (operations, written, first, self._when)
        edits.append(edit)
        self._untold.append((strand, edit))
        self._dead = None
        between = revision - strand.last_copy
        if between >= _FEWEST_BETWEEN and between * _NUMBERS_AN_EDIT >= left:
            strand.copies[revision] = row[:]
            strand.last_copy = revision

    def advise(self, number: int, text: str) -> None:
        """Take in an advice, the ``number``-th of the plan; words withheld come as WITHHELD.

        Raises:
            RecordDamaged: it is not the next.
        """
        if number != len(self._advice) + 1:
            raise RecordDamaged(f"Advice {number:,} of the plan follows {len(self._advice):,}.")
        self._advice[advice_name(number)] = text

    def _number(self, least: int) -> None:
        """Have numbers at hand up to twice as many as are needed now."""
        self._numbers.extend(range(len(self._numbers), 2 * least))

    def _stretch(self, run: _Run) -> _Row:
        """Numbers for a run that is put in somewhere."""
        first = self._next
        self._next = stop = first + run[0] + 1
        if stop > len(self._numbers):
            self._number(stop)
        self._firsts.append(first)
        self._origins.append(run)
        return self._numbers[first : stop - 1]

    def _take(self, name: str, operation: Operation, row: _Row, at: int, strand: _Strand) -> int:
        """Put in the words that an operation takes, and return how many code points they are."""
        _, source, start, stop, how = operation
        source, start, stop = str(source), int(start), int(stop)
        if how not in HOWS or (source.startswith(ADVICE) and how != "adopted"):
            raise RecordDamaged(f"{name} takes words of {source} in an unknown way, {how!r}.")
        placing = Placing(name, how)
        if source.startswith(ADVICE):
            length = len(self.source(source))
            runs: list[_Run] = [(stop - start, source, start, ())]
        else:
            section, revision = self._named(source)
            there = self._strands[section]
            if there is not strand and revision == len(there.edits):
                numbers = there.row
            else:
                # One slot: a whole return takes a hundred passages of the same text.
                if self._asked[0] != source:
                    self._asked = (source, self._row(there, revision, whole=True))
                numbers = self._asked[1]
            length = len(numbers)
            runs = self._runs(numbers[start:stop])
        if not 0 <= start < stop <= length:
            raise RecordDamaged(
                f"{name} takes characters {start:,} to {stop:,} of {source}, which has {length:,}."
            )
        # Words that came here together share what is noted of it.
        noted: dict[tuple[Placing, ...], tuple[Placing, ...]] = {}
        new: _Row = array("I")
        for size, origin, offset, placings in runs:
            placed = noted.setdefault(placings, (*placings, placing))
            new += self._stretch((size, origin, offset, placed))
        row[at:at] = new
        self._takes = True
        return stop - start

    def _row(self, strand: _Strand, revision: int, *, whole: bool = False) -> _Row:
        """The numbers of a section's text as it was at a revision.

        Args:
            strand: the section.
            revision: which.
            whole: whether the current row is not to be relied upon, as it is being changed.
        """
        if revision == len(strand.edits) and not whole:
            return strand.row
        start = max(copy for copy in strand.copies if copy <= revision)
        row = strand.copies[start][:]
        for operations, _, first, _ in strand.edits[start:revision]:
            at = 0
            for operation in operations:
                kind = operation[0]
                if kind == "keep":
                    at += cast("int", operation[1])
                elif kind == "drop":
                    del row[at : at + cast("int", operation[1])]
                else:
                    for _, number, length in self._put_in(operation, first):
                        row[at:at] = self._numbers[number : number + length]
                        at += length
                        first = number + length + 1
        return row

    def _put_in(self, operation: Operation, first: int) -> Iterator[tuple[_Run, int, int]]:
        """The runs that a ``write`` or a ``take`` put in, each with its first number and length."""
        left = (
            cast("int", operation[1])
            if operation[0] == "write"
            else int(operation[3]) - int(operation[2])
        )
        place = bisect_left(self._firsts, first)
        while left:
            run = self._origins[place]
            yield run, self._firsts[place], run[0]
            left -= run[0]
            place += 1

    def _runs(self, row: _Row) -> list[_Run]:
        """What a row of numbers stands for."""
        if not row:
            return []
        breaks = compress(range(1, len(row)), map(ne, islice(row, 1, None), map((1).__add__, row)))
        found: list[_Run] = []
        for start, stop in pairwise((0, *breaks, len(row))):
            number = row[start]
            place = bisect_right(self._firsts, number) - 1
            _, source, offset, placings = self._origins[place]
            found.append((stop - start, source, offset + number - self._firsts[place], placings))
        return found

    def _tell(self) -> None:
        """Bring the texts up to date, in the order in which the edits came."""
        for strand, (operations, written, _, _) in self._untold:
            strand.revisions.append(operations, written, self._told)
        self._untold.clear()

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
        self._tell()
        strand = self._strands.get(section)
        return "" if strand is None else strand.revisions.text

    def source(self, name: str) -> str:
        """Return the text that a name stands for.

        Raises:
            RecordDamaged: there is none.
        """
        self._tell()
        return self._told(name)

    def same_as(self, section: str, text: str) -> int | None:
        """Return the latest revision of a section before the current one that had this text."""
        self._tell()
        strand = self._strands.get(section)
        return None if strand is None else strand.revisions.same_as(text)

    def words(self, run: Run | Dead) -> str:
        """Return the text of a run, as its source holds it.

        Raises:
            RecordDamaged: there are no such words.
        """
        start, stop = run.offset, run.offset + run.length
        if run.source.startswith(ADVICE):
            return self.source(run.source)[start:stop]
        wrote = self._wrote.get(run.source)
        if wrote is None:
            section, revision = self._named(run.source)
            edits = self._strands[section].edits
            wrote = self._wrote[run.source] = _written(edits[revision - 1]) if revision else []
        place = bisect_right(wrote, start, key=lambda each: each[0]) - 1
        if place >= 0:
            at, piece = wrote[place]
            words = readable(piece)[start - at : stop - at]
            if len(words) == run.length:
                return words
        raise RecordDamaged(f"{run.source} wrote no {run.length:,} characters at {start:,}.")

    def runs(self, section: str) -> tuple[Run, ...]:
        """Return the runs of a section's current text, which they cover from end to end."""
        strand = self._strands.get(section)
        return () if strand is None else _joined(self._runs(strand.row))

    def runs_at(self, section: str, revision: int) -> tuple[Run, ...]:
        """Return the runs of a section's text as it was at a revision.

        Raises:
            RecordDamaged: there is no such revision.
        """
        self._named(revision_name(section, revision))
        return _joined(self._runs(self._row(self._strands[section], revision)))

    def dead(self, section: str) -> tuple[Dead, ...]:
        """Return the words that a section dropped and that stand nowhere in the plan now.

        They come in the order of where they stood. Words that were dropped more than once, here or
        in another section, are told where they were dropped last.
        """
        if self._dead is None:
            self._dead = self._all_dead()
        return self._dead.get(section, ())

    def _told(self, name: str) -> str:
        advice = self._advice.get(name)
        if advice is not None:
            return advice
        section, revision = self._named(name)
        return self._strands[section].revisions.at(revision)

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
        self._weave()
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

    def _weave(self) -> None:
        """Bring the dropped words up to date, in the order in which the edits came."""
        waiting = [
            (edit[3], strand, edit)
            for strand in self._strands.values()
            for edit in strand.edits[strand.woven :]
        ]
        waiting.sort(key=lambda each: each[0])
        for when, strand, (operations, _, first, _) in waiting:
            inserted: list[list[_Run]] = []
            for operation in operations:
                if operation[0] in ("write", "take"):
                    put = list(self._put_in(operation, first))
                    inserted.append([run for run, _, _ in put])
                    first = put[-1][1] + put[-1][2] + 1
            strand.woven += 1
            _fold(strand, operations, inserted, strand.woven, when)
            if self._takes and strand.gone >= strand.tidy_at:
                self._tidy()

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


def _written(edit: _Edit) -> list[tuple[int, Words]]:
    """The words that an edit wrote, and where they stand in the text that it made."""
    found: list[tuple[int, Words]] = []
    at = 0
    operations, written, _, _ = edit
    for operation in operations:
        kind = operation[0]
        if kind == "take":
            at += int(operation[3]) - int(operation[2])
        elif kind != "drop":
            if kind == "write":
                found.append((at, written[int(operation[2])]))
            at += int(operation[1])
    return found


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
    inserted: Sequence[Sequence[_Run]],
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
