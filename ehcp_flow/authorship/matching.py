"""How a delta is found when all there is is the new text.

Nothing that is read later rests on this: what is stored is the delta, and which matcher found it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ehcp_flow.authorship.aligning import (
    Block,
    Tokens,
    align,
    crossing,
    settled,
    without_chance,
)
from ehcp_flow.authorship.delta import Delta, How, apply, revision_name
from ehcp_flow.authorship.runs import Dead, Run, Weave
from ehcp_flow.authorship.taking import Match, Passage, Pool, count_words, matches
from ehcp_flow.errors import BadInput, RecordDamaged
from ehcp_flow.events import Operation, Words
from ehcp_flow.events import words as as_words

MATCHER = "ehcp-flow-words 1"
"""Stored with each delta that was found here. Another number finds other deltas."""

FEWEST_MOVED = 6
FEWEST_RESTORED = 8
FEWEST_COPIED = 12
"""Words in a row that must be the same for them not to be called written, or to be asked about."""

_FEWEST_IN_PLACE = 3
_SHORTEST_IN_PLACE = 12
_FEWEST_ADOPTED = 3
_SEED = 6
_OLD, _NEW = 0, 1
_FEW = 3
_MOST_AROUND = 2_000
_NEAR = 500
_SENTENCE = re.compile(r"[.!?\n]\s")


def find(weave: Weave, section: str, new: str) -> Delta:
    """Return the delta from a section's current text to a new one.

    Words that stand in the old text stay where they are. Others that the section or the plan once
    held are taken from there, so that whoever wrote them stays their author.

    Args:
        weave: the plan.
        section: the section's id.
        new: its new text.
    """
    return find_all(weave, {section: new})[section]


def find_all(weave: Weave, texts: Mapping[str, str]) -> dict[str, Delta]:
    """Return the deltas of one command that changes several sections.

    What one of them drops and another one holds now was moved. The deltas fit in any order.

    Args:
        weave: the plan before the command.
        texts: the new texts, by section.
    """
    found: dict[str, Delta] = {}
    changes: dict[str, _Change] = {}
    for section in sorted(texts):
        new = texts[section]
        restored = _whole_return(weave, section, new)
        if restored is None:
            changes[section] = _Change(weave.text(section), new)
        else:
            found[section] = restored
    pools = _Pools(weave, changes)
    for section, change in changes.items():
        found[section] = _finished(section, change, pools)
    return {section: found[section] for section in texts}


def find_plain(old: str, new: str) -> Delta:
    """Return the delta between two texts of which nothing else is known."""
    return _Change(old, new).delta()


def check(
    weave: Weave, section: str, operations: Sequence[Operation], written: Sequence[Words], new: str
) -> None:
    """Make sure that a delta leads from a section's current text to the new one.

    Raises:
        BadInput: it does not, it takes words that do not exist, or it is not as a recorded one is:
            whole numbers, and each of the words written once.
    """
    if not all(_whole(operation) for operation in operations) or [
        operation[2] for operation in operations if operation[0] == "write"
    ] != list(range(len(written))):
        raise BadInput(f"The edit of section {section} has an operation that is not whole.")
    try:
        text = apply(weave.text(section), operations, written, weave.source)
    except RecordDamaged as error:
        raise BadInput(f"The edit of section {section} does not fit it. {error}") from None
    if text != new:
        raise BadInput(
            f"The edit of section {section} does not give the text that came with it: send the "
            "text alone, and what was changed will be found."
        )


_SHAPES = {
    "keep": (str, int),
    "drop": (str, int),
    "write": (str, int, int),
    "take": (str, str, int, int, str),
}


def _whole(operation: Operation) -> bool:
    shape = _SHAPES.get(str(operation[0])) if operation else None
    return tuple(map(type, operation)) == shape


# The words that stay ----------------------------------------------------------------------------


class _Change:
    """An old text and a new one, and which words of the middle stayed."""

    def __init__(self, old: str, new: str) -> None:
        self.old = old
        self.new = new
        start, end = _common_ends(old, new)
        self.start = start
        self.end = end
        self.before = Tokens(old, start, len(old) - end)
        self.after = Tokens(new, start, len(new) - end)
        self.crossing = crossing(self.before, self.after)
        one: list[Hashable] = list(self.before.words)
        other: list[Hashable] = list(self.after.words)
        for i, j, length in self.crossing:
            # Nothing is equal to these, and they are equal to nothing.
            one[i : i + length] = [(_OLD, i)] * length
            other[j : j + length] = [(_NEW, j)] * length
        blocks = without_chance(align(one, other), self.before, self.after)
        self.blocks = settled(blocks, self.before, self.after)
        self.taken: list[_Taken | None] = [None] * len(self.after.words)
        """Of each new token, from where it is taken."""

    def gaps(self) -> Iterator[tuple[int, int, int, int]]:
        """What lies between the words that stayed: from where to where, in old and new tokens."""
        a = c = 0
        for old, new, length in self.blocks:
            yield a, old, c, new
            a, c = old + length, new + length
        yield a, len(self.before.words), c, len(self.after.words)

    def free(self) -> list[tuple[int, int]]:
        """The stretches of new tokens that did not stay and are not taken."""
        found: list[tuple[int, int]] = []
        for _, _, low, high in self.gaps():
            start = low
            for n in range(low, high + 1):
                if n == high or self.taken[n] is not None:
                    if n > start:
                        found.append((start, n))
                    start = n + 1
        return found

    def dropped(self, section: str, revision: int) -> Iterator[Passage]:
        """The stretches of the old text that did not stay."""
        name = revision_name(section, revision)
        for low, high, _, _ in self.gaps():
            if low < high:
                start, stop = self.before.starts[low], self.before.stops[high - 1]
                yield Passage(name, start, self.old[start:stop])

    def take_crossing(self, source: str) -> None:
        """Note that the sentences that changed their order were moved."""
        old = Passage(source, 0, self.old)
        for i, j, length in self.crossing:
            for n in range(length):
                start, stop = self.before.starts[i + n], self.before.stops[i + n]
                self.taken[j + n] = _Taken(old, start, stop, "moved")

    def take(self, match: Match, pool: Pool, how: How) -> None:
        """Note that new tokens are taken from a pool."""
        for n in range(match.length):
            number, start, stop = pool.places[match.there + n]
            passage = pool.passages[number]
            self.taken[match.new + n] = _Taken(passage, start, stop, how)

    def delta(self) -> Delta:
        """The delta, once all that is taken is noted."""
        result = _Writing()
        result.keep(self.start)
        at, there, c = self.start, self.start, 0
        for i, j, n in self._even():
            self._between(result, (at, self.before.starts[i]), (there, self.after.starts[j]), c, j)
            at, there, c = self.before.stops[i + n - 1], self.after.stops[j + n - 1], j + n
            result.keep(at - self.before.starts[i])
        last = len(self.after.words)
        self._between(result, (at, self.before.stop), (there, self.after.stop), c, last)
        result.keep(self.end)
        return result.delta()

    def _even(self) -> Iterator[Block]:
        """The words that stayed, in stretches whose white space stayed too."""
        before, after = self.before, self.after
        for i, j, length in self.blocks:
            one = self.old[before.starts[i] : before.stops[i + length - 1]]
            other = self.new[after.starts[j] : after.stops[j + length - 1]]
            if one == other:
                yield Block(i, j, length)
                continue
            start = 0
            for n in range(1, length + 1):
                if n == length or (
                    self.old[before.stops[i + n - 1] : before.starts[i + n]]
                    != self.new[after.stops[j + n - 1] : after.starts[j + n]]
                ):
                    yield Block(i + start, j + start, n - start)
                    start = n

    def _between(
        self, result: "_Writing", old: tuple[int, int], new: tuple[int, int], c: int, d: int
    ) -> None:
        """What stands between words that stayed: the new tokens are those from c up to d."""
        one, other = self.old[slice(*old)], self.new[slice(*new)]
        start = end = 0
        most = min(len(one), len(other))
        while start < most and one[start] == other[start] and one[start].isspace():
            start += 1
        while end < most - start and one[-1 - end] == other[-1 - end] and one[-1 - end].isspace():
            end += 1
        result.keep(start)
        result.drop(len(one) - start - end)
        at = new[0] + start
        n = c
        while n < d:
            taken = self.taken[n]
            if taken is None:
                n += 1
                continue
            passage, first, stop, how = taken
            result.write(self.new[at : self.after.starts[n]])
            n += 1
            while n < d and (after := self.taken[n]) is not None:
                white = self.new[self.after.stops[n - 1] : self.after.starts[n]]
                if (
                    after.passage is not passage
                    or after.how != how
                    or after.start < stop
                    or passage.text[stop : after.start] != white
                ):
                    break
                stop = after.stop
                n += 1
            result.take(passage.source, passage.offset + first, passage.offset + stop, how)
            at = self.after.stops[n - 1]
        result.write(self.new[at : new[1] - end])
        result.keep(end)


class _Taken(NamedTuple):
    """A token, from where to where it stands in a passage, and how it comes from there."""

    passage: Passage
    start: int
    stop: int
    how: How


class _Writing:
    """A delta while it is written down."""

    def __init__(self) -> None:
        self._operations: list[Operation] = []
        self._written: list[Words] = []
        self._pending = ""

    def keep(self, length: int) -> None:
        self._count("keep", length)

    def drop(self, length: int) -> None:
        self._count("drop", length)

    def write(self, text: str) -> None:
        self._pending += text

    def take(self, source: str, start: int, stop: int, how: How) -> None:
        self._flush()
        self._operations.append(("take", source, start, stop, how))

    def delta(self) -> Delta:
        self._flush()
        return Delta(tuple(self._operations), tuple(self._written))

    def _count(self, kind: str, length: int) -> None:
        if not length:
            return
        self._flush()
        if self._operations and self._operations[-1][0] == kind:
            length += int(self._operations.pop()[1])
        self._operations.append((kind, length))

    def _flush(self) -> None:
        if self._pending:
            self._operations.append(("write", len(self._pending), len(self._written)))
            self._written.append(as_words(self._pending))
            self._pending = ""


def _common_ends(old: str, new: str) -> tuple[int, int]:
    """How many code points at the beginning and at the end stay for certain.

    They end and begin at white space, where a line or a sentence does if there is one near, and
    leave as much around the middle as an insertion may be moved by.
    """
    if old == new:
        return len(old), 0
    shorter = min(len(old), len(new))
    start = _common_start(old, new, shorter)
    end = _common_start(old[::-1], new[::-1], shorter - start)
    around = min(len(old) + len(new) - 2 * (start + end), _MOST_AROUND)
    start = max(start - around, 0)
    end = max(end - around, 0)
    near = [found.end() for found in _SENTENCE.finditer(old, max(start - _NEAR, 0), start)]
    if near:
        start = near[-1]
    elif start <= _NEAR:
        start = 0
    stop = len(old) - end
    after = _SENTENCE.search(old, stop, stop + _NEAR)
    if after is not None:
        end = len(old) - after.end() + 1
    elif end <= _NEAR:
        end = 0
    while start and not old[start - 1].isspace():
        start -= 1
    while end and not old[-end].isspace():
        end -= 1
    return start, end


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


# The words that come from elsewhere -------------------------------------------------------------


class _Pools:
    """Where words may come from, each made when it is first asked for."""

    def __init__(self, weave: Weave, changes: Mapping[str, _Change]) -> None:
        self.weave = weave
        self._changes = changes
        self._made: dict[str, Pool] = {}

    def moved(self) -> Pool:
        """What this command drops."""
        return self._pool(
            "moved",
            lambda: Pool(
                passage
                for section, change in self._changes.items()
                for passage in change.dropped(section, self.weave.revision(section))
            ),
        )

    def restored(self) -> Pool:
        """What was dropped before, in one section after the other."""
        return self._pool("restored", self._restored)

    def copied(self) -> Pool:
        """What stands in the plan."""
        return self._pool(
            "copied",
            lambda: Pool(
                Passage(revision_name(section, self.weave.revision(section)), 0, text)
                for section in self.weave.sections
                if (text := self.weave.text(section))
            ),
        )

    def _pool(self, name: str, make: Callable[[], Pool]) -> Pool:
        pool = self._made.get(name)
        if pool is None:
            pool = self._made[name] = make()
        return pool

    def _restored(self) -> Pool:
        pool = Pool(())
        for section in self.weave.sections:
            pool.join(passages(self.weave, section, self.weave.dead(section)))
        return pool


def passages(weave: Weave, section: str, dead: Sequence[Dead]) -> list[Passage]:
    """Return dropped words as passages of the texts that they were dropped from.

    What was dropped together and stood together is one passage, though words that were dropped
    before stood between.
    """
    found: list[Passage] = []
    latest: dict[str, int] = {}
    for each in dead:
        text = weave.words(each)
        place = latest.get(each.removed_by)
        if place is not None:
            before = found[place]
            if before.offset + len(before.text) == each.stood:
                found[place] = before._replace(text=before.text + text)
                continue
        latest[each.removed_by] = len(found)
        number = int(each.removed_by.rpartition("@")[2]) - 1
        found.append(Passage(revision_name(section, number), each.stood, text))
    return [passage for passage in found if not passage.text.isspace()]


def _finished(section: str, change: _Change, pools: _Pools) -> Delta:
    """Take what can be taken, and write the rest."""
    words = change.after.words

    def at_least(fewest: int) -> Callable[[Match], Match | None]:
        def fit(match: Match) -> Match | None:
            length, new, _ = match = _trimmed(match, change.after)
            return match if count_words(words[new : new + length]) >= fewest else None

        return fit

    def take(pool: Pool, how: How, fewest: int, seed: int = _SEED) -> None:
        free = [each for each in change.free() if each[1] - each[0] >= seed]
        if free:
            for match in matches(words, free, pool, seed=seed, fit=at_least(fewest)):
                change.take(match, pool, how)

    def some(fewest: int) -> bool:
        return any(high - low >= fewest for low, high in change.free())

    change.take_crossing(revision_name(section, pools.weave.revision(section)))
    if some(1):
        _in_place(section, change, pools.weave)
    if some(FEWEST_MOVED):
        take(pools.moved(), "moved", FEWEST_MOVED)
    if some(FEWEST_RESTORED):
        take(pools.restored(), "restored", FEWEST_RESTORED)
    if some(FEWEST_COPIED):
        take(pools.copied(), "copied", FEWEST_COPIED)
    return change.delta()


def _in_place(section: str, change: _Change, weave: Weave) -> None:
    """Find dropped words again where they were dropped."""
    dead = weave.dead(section)
    if not dead:
        return
    before, after = change.before, change.after
    places = [each.place for each in dead]
    free = change.free()
    first = 0
    for a, b, _, d in change.gaps():
        last = bisect_left(free, (d, d), first)
        here = free[first:last]
        first = last
        if not here:
            continue
        low = bisect_left(places, before.stops[a - 1] if a else change.start)
        high = bisect_right(places, before.starts[b] if b < len(before.words) else before.stop)
        if low == high:
            continue
        pool = Pool(passages(weave, section, dead[low:high]), apart=False)
        for match in matches(after.words, here, pool, seed=1, fit=_again(after, here, pool)):
            change.take(match, pool, "restored")


def _again(
    after: Tokens, free: Sequence[tuple[int, int]], pool: Pool
) -> Callable[[Match], Match | None]:
    """Whether words are the dropped ones of a place: three, a long one, or the whole of it.

    A few in a long passage are not: they are equal by chance.
    """
    gaps, whole = set(free), set(pool.whole())

    def fit(match: Match) -> Match | None:
        length, new, there = match
        if (new, new + length) in gaps and (there, there + length) in whole:
            return match
        length, new, _ = match = _trimmed(match, after)
        if not length:
            return None
        words = count_words(after.words[new : new + length])
        low, high = free[bisect_right(free, (new, len(after.words))) - 1]
        if words < FEWEST_RESTORED and 3 * length < high - low:
            return None
        size = after.stops[new + length - 1] - after.starts[new]
        return match if words >= _FEWEST_IN_PLACE or size >= _SHORTEST_IN_PLACE else None

    return fit


def _trimmed(match: Match, tokens: Tokens) -> Match:
    """A match without the few words that reach into the sentence before or after it."""
    length, new, there = match
    if not tokens.edges[new]:
        for n in range(1, min(_FEW, length) + 1):
            if tokens.edges[new + n] > 1:
                length, new, there = length - n, new + n, there + n
                break
    if not tokens.edges[new + length]:
        for n in range(1, min(_FEW, length) + 1):
            if tokens.edges[new + length - n] > 1:
                length -= n
                break
    return Match(length, new, there)


# A whole return to an earlier text --------------------------------------------------------------


def _whole_return(weave: Weave, section: str, new: str) -> Delta | None:
    """Return the delta that gives back an earlier text of a section word by word, if it is one.

    Only words that are gone, or that came here another way since, are taken.
    """
    if not new.strip() or new == weave.text(section):
        return None
    revision = weave.same_as(section, new)
    if revision is None:
        return None
    now = weave.runs(section)
    then = weave.runs_at(section, revision)
    cuts: dict[str, set[int]] = {}
    for run in (*now, *then):
        cuts.setdefault(run.source, set()).update((run.offset, run.offset + run.length))
    ordered = {source: sorted(each) for source, each in cuts.items()}
    here = [part for run in now for part in _cut(run, ordered[run.source])]
    there = [part for run in then for part in _cut(run, ordered[run.source])]
    result = _Writing()
    name = revision_name(section, revision)
    i = j = at = 0
    for old, back, length in [*align(here, there), Block(len(here), len(there), 0)]:
        result.drop(sum(run.length for run in here[i:old]))
        taken = sum(run.length for run in there[j:back])
        if taken:
            result.take(name, at, at + taken, "restored")
        kept = sum(run.length for run in there[back : back + length])
        result.keep(kept)
        at += taken + kept
        i, j = old + length, back + length
    return result.delta()


def _cut(run: Run, cuts: Sequence[int]) -> Iterator[Run]:
    """A run in parts, so that parts of two runs are the same words or have none in common."""
    length, source, at, placings = run
    stop = at + length
    for cut in cuts[bisect_right(cuts, at) : bisect_right(cuts, stop)]:
        yield Run(cut - at, source, at, placings)
        at = cut
