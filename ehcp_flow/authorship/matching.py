"""How a delta is found when all there is is the new text.

Nothing that is read later rests on this: what is stored is the delta, and which matcher found it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ehcp_flow.authorship.aligning import (
    Block,
    Tokens,
    align,
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
FEWEST_EQUAL = 8
"""Words in a row that must be the same for them not to be called written, or to be asked about."""

_FEWEST_IN_PLACE = 3
_SHORTEST_IN_PLACE = 12
_FEWEST_ADOPTED = 3
_SEED = 6


class Equal(NamedTuple):
    """Words, written now, that equal an advice: whether they are the adviser's is to be asked."""

    start: int
    """From where to where they stand in the new text, in code points."""
    stop: int
    words: int
    source: str
    """The advice, as ``advice@3``."""
    source_start: int
    source_stop: int


class Found(NamedTuple):
    """A delta, and what of the words it writes equals an advice."""

    operations: tuple[Operation, ...]
    written: tuple[Words, ...]
    equal: tuple[Equal, ...] = ()


def find(weave: Weave, section: str, new: str, *, adopt: Collection[str] = ()) -> Found:
    """Return the delta from a section's current text to a new one.

    Words that stand in the old text stay where they are. Others that the section or the plan once
    held are taken from there, so that whoever wrote them stays their author.

    Args:
        weave: the plan.
        section: the section's id.
        new: its new text.
        adopt: the advice whose words may be taken, as ``advice@3``. Without it they are written,
            and told in ``equal``.

    Raises:
        BadInput: the plan has no such advice.
    """
    return find_all(weave, {section: new}, adopt=adopt)[section]


def find_all(
    weave: Weave, texts: Mapping[str, str], *, adopt: Collection[str] = ()
) -> dict[str, Found]:
    """Return the deltas of one command that changes several sections.

    What one of them drops and another one holds now was moved. The deltas fit in any order.

    Args:
        weave: the plan before the command.
        texts: the new texts, by section.
        adopt: as for ``find``.

    Raises:
        BadInput: the plan has no such advice.
    """
    for name in adopt:
        if name not in weave.advice:
            raise BadInput(f"The plan has no {name} to adopt from.")
    found: dict[str, Found] = {}
    changes: dict[str, _Change] = {}
    for section in sorted(texts):
        new = texts[section]
        restored = _whole_return(weave, section, new)
        if restored is None:
            changes[section] = _Change(weave.text(section), new)
        else:
            found[section] = restored
    pools = _Pools(weave, changes, adopt)
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
        BadInput: it does not, or it takes words that do not exist.
    """
    try:
        text = apply(weave.text(section), operations, written, weave.source)
    except RecordDamaged as error:
        raise BadInput(f"The edit of section {section} does not fit it. {error}") from None
    if text != new:
        raise BadInput(
            f"The edit of section {section} does not give the text that came with it: send the "
            "text alone, and what was changed will be found."
        )


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
        blocks = align(self.before.words, self.after.words)
        if len(blocks) > 1:
            blocks = without_chance(blocks, self.before, self.after)
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

    def take(self, match: Match, pool: Pool, how: How) -> None:
        """Note that new tokens are taken from a pool."""
        for n in range(match.length):
            number, start, stop = pool.places[match.there + n]
            passage = pool.passages[number]
            self.taken[match.new + n] = _Taken(passage, start, stop, how)

    def delta(self) -> Delta:
        """The delta, once all that is taken is noted."""
        result = _Delta()
        at, there = 0, 0
        result.keep(self.start)
        at = there = self.start
        for a, b, c, d in self.gaps():
            old_stop = self.before.starts[b] if b < len(self.before.words) else self.before.stop
            new_stop = self.after.starts[d] if d < len(self.after.words) else self.after.stop
            self._between(result, (at, old_stop), (there, new_stop), (c, d))
            # What stayed runs on to the next gap, word by word where its white space differs.
            at, there = old_stop, new_stop
            n = 0
            while b + n < len(self.before.words) and (b + n, d + n) in self._kept(b, d):
                n += 1
        return result.done()

    def _kept(self, b: int, d: int) -> Collection[tuple[int, int]]:
        return ()

    def _between(
        self,
        result: "_Delta",
        old: tuple[int, int],
        new: tuple[int, int],
        tokens: tuple[int, int],
    ) -> None:
        """What stands between two words that stayed."""
