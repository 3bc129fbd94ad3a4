"""Who wrote these words? Every run of a plan's text, with each hand it went through and each mark
that covers it.

A fold over the deltas as they were recorded; no texts are compared. Two facts stand side by side:
who wrote words, and who placed them where they are.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from itertools import groupby, pairwise
from typing import Literal, NamedTuple, TypeVar, cast

from ehcp_flow.authorship.delta import (
    ADVICE,
    WITHHELD,
    How,
    advice_name,
    readable,
    revision_name,
)
from ehcp_flow.authorship.likeness import Search
from ehcp_flow.authorship.phrases import places
from ehcp_flow.authorship.runs import Dead, Placing, Weave
from ehcp_flow.authorship.runs import Run as Woven
from ehcp_flow.errors import RecordDamaged
from ehcp_flow.events import (
    AdviceGiven,
    Capacity,
    Channel,
    Operation,
    PlanEvent,
    SectionEdited,
    SectionSignedOff,
    SectionTextImported,
)
from ehcp_flow.plan import SignOff
from ehcp_flow.recording import Recorded
from ehcp_flow.times import london_day

WORD = re.compile(rf"[\w{WITHHELD}](?:\S*[\w{WITHHELD}])?")
"""A word as it is counted: what stands between white space, without the punctuation around it."""

Stretch = tuple[int, int]
"""From where to where, in code points."""

Came = How | Literal["written", "imported"]
"""How words came to be where they are: as a delta takes them, written there, or brought in as
issued before the record began."""


@dataclass(frozen=True, slots=True)
class Deed:
    """An event that wrote or placed words: whose hand, and when."""

    version: int
    """The step of the plan's record."""
    source: str
    """The text that it made: ``F@7``, or ``advice@3``."""
    by: str | None
    """The id of the person; ``None`` when it is not recorded, or they are not known here."""
    name: str
    """The name as shown that day; ``not recorded`` for a text as issued before the record began."""
    role: str | None
    organisation: str | None
    capacity: Capacity | None
    on_behalf_of: str | None
    on_behalf_of_name: str | None
    channel: Channel
    at: datetime
    """When it was recorded."""
    day: date
    """The day it happened, in Europe/London."""
    brought_by: str | None = None
    """The name of whoever recorded it, when that is not whose words they are."""
    not_recorded_before: date | None = None
    """Of a text as issued before the record began: from which day on authors are on record."""

    @property
    def author(self) -> str:
        """Whose words these are, for people to read, and for whom they wrote them."""
        return f"{self.name} for {self.on_behalf_of_name}" if self.on_behalf_of_name else self.name

    @property
    def machine(self) -> bool:
        """Whether a machine wrote them."""
        return self.channel == "machine"

    def of(self, person: str) -> bool:
        """Whether they are a person's words, in their own name or typed for them."""
        return person in (self.by, self.on_behalf_of)


class Placed(NamedTuple):
    """A later act that put words somewhere anew."""

    deed: Deed
    how: How


class Claimed(NamedTuple):
    """A text that held the same words as somebody claimed as their own."""

    source: str
    """``advice@3``, or ``F@7``."""
    authors: tuple[str, ...]
    """Who wrote them there."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row with one history: written together, placed together, under the same marks."""

    text: str
    start: int
    """Offset in the section's text, in code points."""
    end: int
    written: Deed
    placings: tuple[Placed, ...]
    """The later acts that put them somewhere anew, the oldest first."""
    marks: tuple[SignOff, ...]
    """The sign-offs made over a text of this section in which these words stood. What was copied
    or adopted from elsewhere since stands here anew and is not covered."""
    offset: int
    """Where they stand in the text in which they were written."""
    claimed: tuple[Claimed, ...] = ()
    """Of whom the same words stood somewhere when they were written: the writer was asked, and
    said that they are their own."""

    @property
    def how(self) -> Came:
        """How they came to be here."""
        if self.placings:
            return self.placings[-1].how
        return "imported" if self.written.by is None else "written"

    @property
    def placed(self) -> Deed | None:
        """Who placed them here, when that is not where they were written."""
        return self.placings[-1].deed if self.placings else None

    @property
    def adopted(self) -> Deed | None:
        """Who first took them over, from an advice or from a machine."""
        return next((deed for deed, how in self.placings if how == "adopted"), None)


@dataclass(frozen=True, slots=True)
class Gone:
    """Words that stand nowhere in the plan any more."""

    text: str
    place: int
    """The offset in the section's text before which they stood."""
    written: Deed
    placings: tuple[Placed, ...]
    removed: Deed
    offset: int
    """Where they stand in the text in which they were written."""


class Covered(NamedTuple):
    """A mark, and how much of the current text it covers."""

    mark: SignOff
    characters: int
    missing: int = 0
    """How many of the words it was made over do not stand in the section any more."""
    lost: tuple[str, ...] = ()
    """Those words, the ones in a row together."""
    same: bool = True
    """Whether the text is the one that it was made over, to the letter."""


@dataclass(frozen=True)
class SectionAuthors:
    """Who wrote which words of one section."""

    id: str
    revision: int
    text: str
    runs: tuple[Run, ...]
    """They cover the text from end to end."""
    marks: tuple[Covered, ...]
    find_gone: Callable[[], tuple[Gone, ...]] = field(repr=False, compare=False)
    """Gives what is gone: most who ask about a text do not."""

    @cached_property
    def gone(self) -> tuple[Gone, ...]:
        """What stood here last and stands nowhere in the plan any more."""
        return self.find_gone()

    @property
    def unsigned(self) -> tuple[Run, ...]:
        """The runs that no mark covers."""
        return tuple(run for run in self.runs if not run.marks)

    @cached_property
    def words(self) -> tuple[Stretch, ...]:
        """Where its words stand, without the punctuation around them."""
        return tuple(word.span() for word in WORD.finditer(self.text))

    def covered(self, mark: SignOff) -> tuple[Stretch, ...]:
        """From where to where a mark covers the text."""
        return tuple(_merged((run.start, run.end) for run in self.runs if mark in run.marks))

    def uncovered(self, marks: Collection[SignOff]) -> tuple[Stretch, ...]:
        """From where to where none of these marks covers the text."""
        bare = (run for run in self.runs if not any(mark in run.marks for mark in marks))
        return tuple(_merged((run.start, run.end) for run in bare))

    def words_covered(self, mark: SignOff) -> int:
        """How many words a mark covers to their last character."""
        return len(_within(self.words, self.covered(mark)))

    @property
    def bare(self) -> tuple[Stretch, ...]:
        """The words in a row that no mark covers to their last character."""
        held = {
            word for each in self.marks for word in _within(self.words, self.covered(each.mark))
        }
        rows = groupby(self.words, key=held.__contains__)
        found = [(next(row), *row) for covered, row in rows if not covered]
        return tuple((row[0][0], row[-1][1]) for row in found)


class Share(NamedTuple):
    """How much of a text someone wrote in one role and capacity, themselves or by a machine."""

    author: str
    written: Deed
    """One of their deeds, for the role and the capacity."""
    words: int
    """A word that several wrote counts for whoever began it."""
    characters: int


class Standing(NamedTuple):
    """Where words stand now."""

    section: str
    run: Run
    """Those words and no others."""


class Signed(NamedTuple):
    """A mark that was put over words, in the section in which they stood then."""

    section: str
    mark: SignOff


@dataclass(frozen=True, slots=True)
class Part:
    """Words in a row that were written together, and to which the same happened since."""

    text: str
    offset: int
    """Where they stand in the text in which they were written."""
    written: Deed
    standing: tuple[Standing, ...]
    """More than once when they were copied; nowhere when they are gone, or stand in an advice from
    which nobody took them."""
    gone: Gone | None
    signed: tuple[Signed, ...]
    """Every mark that was put over them, wherever they stood, also where they are gone."""

    @property
    def placings(self) -> tuple[Placed, ...]:
        """The later acts that put them somewhere anew."""
        if self.standing:
            return self.standing[0].run.placings
        return () if self.gone is None else self.gone.placings


@dataclass(frozen=True, slots=True)
class Phrase:
    """A place at which a phrase stands, or stood last."""

    source: str
    """The text that holds it: ``F@7``, or ``advice@3``."""
    section: str | None
    """``None``: it never stood in a section, and is only in an advice."""
    now: bool
    """Whether that is how the section reads now."""
    start: int
    """Offset in that text."""
    end: int
    text: str
    parts: tuple[Part, ...]
    """They make up the phrase from end to end."""


class Authors:
    """Who wrote which words of a plan."""

    def __init__(self, history: Sequence[Recorded], order: Sequence[str] = ()) -> None:
        """Take a plan's steps in.

        Args:
            history: the steps, from the first on.
            order: the ids of the plan's sections in the order of its template; without it they
                come in the order in which they were first written.
        """
        self._order = order
        self._weave = Weave()
        self._deeds: dict[str, Deed] = {}
        self._marks: dict[str, list[SignOff]] = defaultdict(list)
        self._claims: dict[str, Sequence[Operation]] = {}
        for recorded in history:
            self._take(recorded.version, cast("PlanEvent", recorded.event))

    def _take(self, version: int, event: PlanEvent) -> None:
        match event:
            case SectionEdited() | SectionTextImported():
                self._weave.edit(event.section, event.revision, event.delta, event.written)
                name = revision_name(event.section, event.revision)
                self._deeds[name] = _edited(version, name, event)
                if isinstance(event, SectionEdited) and event.claimed:
                    self._claims[name] = event.claimed
            case AdviceGiven():
                self._weave.advise(event.advice, readable(event.text))
                name = advice_name(event.advice)
                self._deeds[name] = _advised(version, name, event)
            case SectionSignedOff():
                self._marks[event.section].append(_mark(version, event))
            case _:
                pass

    def _written(self) -> Sequence[str]:
        """The ids of the sections that have or had a text, in the order of the plan."""
        # A name is the section's id and its revision: sections beyond the order come last.
        named = (name.rpartition("@")[0] for name in self._deeds if not name.startswith(ADVICE))
        return [id for id in dict.fromkeys([*self._order, *named]) if self._weave.revision(id)]

    @property
    def weave(self) -> Weave:
        """The texts and their runs, as a matcher needs them."""
        return self._weave

    def deed(self, source: str) -> Deed:
        """Return the event that made a text such as ``F@7`` or ``advice@3``."""
        return self._deeds[source]

    def search(self, section: str, new: str, by: str) -> Search:
        """Look for a section's new text in the plan.

        Args:
            section: the section's id.
            new: the whole new text, normalised.
            by: the id of whoever writes it.
        """
        return Search(
            self._weave,
            section,
            new,
            own={name for name, deed in self._deeds.items() if deed.by == by},
            machines={name for name, deed in self._deeds.items() if deed.machine},
        )

    def claimed_from(self, source: str) -> tuple[Deed, ...]:
        """Return who wrote words of a text elsewhere, and claimed them as their own."""
        return tuple(
            self._deeds[name]
            for name, claims in self._claims.items()
            if any(claim[0] == source for claim in claims)
        )

    def placed_by(self, event: SectionEdited) -> str | None:
        """Say whose words an edit places, by how it takes them; ``None`` when it takes none."""
        words: dict[tuple[str, str], int] = defaultdict(int)
        for part in event.delta:
            if part[0] == "take":
                _, source, start, stop, how = part
                for author, text in self._of(str(source), int(start), int(stop)):
                    words[author, str(how)] += len(text.split())
        told = [f"{many} by {author} ({how})" for (author, how), many in words.items() if many]
        return f"Words that stay their writers': {', '.join(told)}." if told else None

    def _of(self, source: str, start: int, stop: int) -> Iterator[tuple[str, str]]:
        """The authors of a stretch of a text, and what each wrote of it."""
        text = self._weave.source(source)
        if source.startswith(ADVICE):
            yield self._deeds[source].author, text[start:stop]
            return
        section, _, revision = source.rpartition("@")
        at = 0
        for run in self._weave.runs_at(section, int(revision)):
            low, high = max(at, start), min(at + run.length, stop)
            if low < high:
                yield self._deeds[run.source].author, text[low:high]
            at += run.length

    @cached_property
    def sections(self) -> Mapping[str, SectionAuthors]:
        """The sections that have or had a text, by id, in the order of the plan."""
        return {
            id: self.section(id, self._weave.revision(id), self._marks[id])
            for id in self._written()
        }

    def section(self, id: str, revision: int, marks: Sequence[SignOff]) -> SectionAuthors:
        """Return who wrote which words of a section as it was at a revision.

        Args:
            id: which section.
            revision: from 1 to the latest; only of the latest is it known what is gone.
            marks: those that are asked about.
        """
        now = revision == self._weave.revision(id)
        text = self._weave.source(revision_name(id, revision))
        covers = [self._cover(id, mark) for mark in marks]
        runs: list[Run] = []
        at = 0
        for woven in self._weave.runs_at(id, revision):
            placed = self._placed(woven.placings)
            here = [n for n, mark in enumerate(marks) if not _anew(woven, placed, mark)]
            offset = woven.offset
            claims = self._claims.get(woven.source, ())
            borders = [int(border) for claim in claims for border in claim[3:]]
            for start, stop, held in _pieces(woven, [covers[n] for n in here], borders):
                end = at + stop - start
                runs.append(
                    Run(
                        text[at:end],
                        at,
                        end,
                        self._deeds[woven.source],
                        placed,
                        tuple(marks[here[n]] for n in held),
                        offset,
                        tuple(
                            self._claimed(claim)
                            for claim in claims
                            if int(claim[3]) <= start and stop <= int(claim[4])
                        ),
                    )
                )
                offset += stop - start
                at = end
        standing = _Cover(self._weave.runs_at(id, revision))
        covered = [
            Covered(
                mark,
                sum(run.end - run.start for run in runs if mark in run.marks),
                *self._missing(id, mark, standing, text),
            )
            for mark in marks
        ]

        def gone() -> tuple[Gone, ...]:
            return tuple(self._gone(dead) for dead in self._weave.dead(id)) if now else ()

        return SectionAuthors(id, revision, text, tuple(runs), tuple(covered), gone)

    def _cover(self, id: str, mark: SignOff) -> "_Cover":
        # A store may hold a mark over a revision that never was; it covers nothing.
        there = mark.revision <= self._weave.revision(id)
        return _Cover(self._weave.runs_at(id, mark.revision) if there else ())

    def _claimed(self, claim: Operation) -> Claimed:
        source, start, stop, *_ = claim
        found = self._of(str(source), int(start), int(stop))
        return Claimed(str(source), tuple(dict.fromkeys(author for author, _ in found)))

    def _missing(
        self, id: str, mark: SignOff, standing: "_Cover", now: str
    ) -> tuple[int, tuple[str, ...], bool]:
        """Which words that a mark was made over do not stand wholly among these; how many they
        are, those in a row together, and whether the text is the one it was made over."""
        if mark.revision > self._weave.revision(id):
            return 0, (), False
        text = self._weave.source(revision_name(id, mark.revision))
        if text == now:
            return 0, (), True
        held: list[Stretch] = []
        at = 0
        for woven in self._weave.runs_at(id, mark.revision):
            for start, stop, still in _pieces(woven, [standing]):
                held += [(at, at + stop - start)] if still else []
                at += stop - start
        words = [word.span() for word in WORD.finditer(text)]
        whole = set(_within(words, _merged(held)))
        rows = [
            list(row) for gone, row in groupby(words, key=lambda word: word not in whole) if gone
        ]
        lost = tuple(text[row[0][0] : row[-1][1]] for row in rows)
        return sum(map(len, rows)), lost, False

    def _gone(self, dead: Dead) -> Gone:
        return Gone(
            self._text(dead),
            dead.place,
            self._deeds[dead.source],
            self._placed(dead.placings),
            self._deeds[dead.removed_by],
            dead.offset,
        )

    def _placed(self, placings: Iterable[Placing]) -> tuple[Placed, ...]:
        return tuple(Placed(self._deeds[placing.at], placing.how) for placing in placings)

    # What became of words

    def phrase(self, words: str, section: str | None = None) -> tuple[Phrase, ...]:
        """Return where a phrase stands, of one section or of all, with its whole life.

        When no current text holds it, the last texts that did; when none did, the advice that does.
        Any white space in it stands for any other, and an ellipsis for the words in between.

        Raises:
            BadInput: it holds no words.
        """
        ids = [id for id in self._written() if section in (None, id)]
        if found := tuple(one for id in ids for one in self._now(id, words)):
            return found
        if once := [one for id in ids for one in self._once(id, words)]:
            return self._latest(once)
        if section is not None:
            return ()
        return tuple(
            Phrase(name, None, False, start, end, text[start:end], self.parts(name, start, end))
            for name, text in self._weave.advice.items()
            for start, end in places(text, words)
        )

    def _now(self, id: str, words: str) -> Iterator[Phrase]:
        return self._found(id, self._weave.revision(id), words)

    def _once(self, id: str, words: str) -> Iterator[Phrase]:
        for revision in range(self._weave.revision(id) - 1, 0, -1):
            if places(self._weave.source(revision_name(id, revision)), words):
                return self._found(id, revision, words)
        return iter(())

    def _latest(self, found: Iterable[Phrase]) -> tuple[Phrase, ...]:
        """Of the same words, which stood in one section and then in another, the later place."""
        kept: dict[object, Phrase] = {}
        for one in sorted(found, key=lambda one: self._deeds[one.source].version):
            kept[tuple((part.written.source, part.offset) for part in one.parts)] = one
        return tuple(kept.values())

    def _found(self, id: str, revision: int, words: str) -> Iterator[Phrase]:
        name = revision_name(id, revision)
        now = revision == self._weave.revision(id)
        text = self._weave.source(name)
        for start, end in places(text, words):
            parts: list[Part] = []
            at = 0
            for woven in self._weave.runs_at(id, revision):
                low, high = max(start, at), min(end, at + woven.length)
                if low < high:
                    begin = woven.offset + low - at
                    parts += self.parts(woven.source, begin, begin + high - low)
                at += woven.length
            if now:
                parts = [_first(part, id, start, end) for part in parts]
            yield Phrase(name, id, now, start, end, text[start:end], tuple(parts))

    def parts(self, source: str, start: int, stop: int) -> tuple[Part, ...]:
        """Return what became of words that an edit wrote or an advice holds.

        Args:
            source: the text in which they were written, as ``F@7``, or the advice.
            start: where they stand in it; all of them were written there.
            stop: the same.
        """
        standing = _meeting(self._standing.get(source, ()), start, stop)
        gone = _meeting(self._dead.get(source, ()), start, stop)
        ends = {end for _, run in standing for end in _ends(run)}
        ends.update(end for _, dead in gone for end in _ends(dead))
        cuts = {start, stop, *(end for end in ends if start < end < stop)}
        for _, _, cover in self._covers:
            cuts.update(cover.bounds(source, start, stop))
        return tuple(
            Part(
                self._text(Woven(high - low, source, low, ())),
                low,
                self._deeds[source],
                tuple(
                    Standing(id, _clipped(run, low, high))
                    for id, run in standing
                    if run.offset <= low < _ends(run)[1]
                ),
                next((dead for _, dead in gone if dead.offset <= low < _ends(dead)[1]), None),
                tuple(
                    Signed(id, mark) for id, mark, cover in self._covers if cover.holds(source, low)
                ),
            )
            for low, high in pairwise(sorted(cuts))
        )

    def _text(self, words: Woven | Dead) -> str:
        try:
            return self._weave.words(words)
        except RecordDamaged:
            # Written in several pieces, one beside the other.
            text = self._weave.source(words.source)
            return text[words.offset : words.offset + words.length]

    @cached_property
    def _standing(self) -> Mapping[str, Sequence[tuple[str, Run]]]:
        """The runs that stand now, by the text in which they were written."""
        found: dict[str, list[tuple[str, Run]]] = defaultdict(list)
        for id, section in self.sections.items():
            for run in section.runs:
                found[run.written.source].append((id, run))
        return found

    @cached_property
    def _dead(self) -> Mapping[str, Sequence[tuple[str, Gone]]]:
        """The words that are gone, by the text in which they were written."""
        found: dict[str, list[tuple[str, Gone]]] = defaultdict(list)
        for id, section in self.sections.items():
            for gone in section.gone:
                found[gone.written.source].append((id, gone))
        return found

    @cached_property
    def _covers(self) -> Sequence[tuple[str, SignOff, "_Cover"]]:
        return [
            (id, mark, self._cover(id, mark)) for id in self.sections for mark in self._marks[id]
        ]


def shares(runs: Iterable[Run]) -> tuple[Share, ...]:
    """Return how much of these runs is whose, the most first.

    Args:
        runs: of one section after the other, each from end to end.
    """
    words: dict[_Whose, int] = defaultdict(int)
    characters: dict[_Whose, int] = defaultdict(int)
    deeds: dict[_Whose, Deed] = {}
    for row in _rows(runs):
        begins = [word.start() for word in WORD.finditer("".join(run.text for run in row))]
        first = row[0].start
        for run in row:
            whose = _whose(run.written)
            deeds.setdefault(whose, run.written)
            low, high = bisect_left(begins, run.start - first), bisect_left(begins, run.end - first)
            words[whose] += high - low
            characters[whose] += run.end - run.start
    found = [Share(deeds[who].author, deeds[who], words[who], characters[who]) for who in deeds]
    return tuple(sorted(found, key=lambda share: (-share.characters, share.author)))


_Whose = tuple[object, ...]


def _whose(deed: Deed) -> _Whose:
    """What is the same of two deeds of one person in one role: names alone may be shared."""
    return (
        deed.by or deed.name,
        deed.on_behalf_of or deed.on_behalf_of_name,
        deed.role,
        deed.capacity,
        deed.machine,
        deed.not_recorded_before,
    )


def _rows(runs: Iterable[Run]) -> Iterator[list[Run]]:
    row: list[Run] = []
    for run in runs:
        if row and run.start != row[-1].end:
            yield row
            row = []
        row.append(run)
    if row:
        yield row


def _anew(woven: Woven, placed: Sequence[Placed], mark: SignOff) -> bool:
    """Whether words came to stand in another place, as well, after a mark was made.

    Out of an advice they come as their first placing; what a machine wrote may be adopted where it
    stands.
    """
    since = [n for n, (deed, _) in enumerate(placed) if deed.version > mark.version]
    first_from_advice = 0 in since and woven.source.startswith(ADVICE)
    return first_from_advice or any(placed[n].how == "copied" for n in since)


_Piece = TypeVar("_Piece", Run, Gone)


def _meeting(
    pieces: Iterable[tuple[str, _Piece]], start: int, stop: int
) -> list[tuple[str, _Piece]]:
    """The pieces that hold any of the words between two offsets."""
    return [(id, one) for id, one in pieces if _ends(one)[0] < stop and start < _ends(one)[1]]


def _ends(piece: Run | Gone) -> Stretch:
    """Where a piece begins and ends in the text in which it was written."""
    return piece.offset, piece.offset + len(piece.text)


def _clipped(run: Run, low: int, high: int) -> Run:
    """The part of a run between two offsets of the text in which it was written."""
    before = low - run.offset
    start = run.start + before
    text = run.text[before : before + high - low]
    return replace(run, text=text, start=start, end=start + len(text), offset=low)


def _first(part: Part, id: str, start: int, end: int) -> Part:
    """The part, with the place that was asked about before its copies."""

    def elsewhere(one: Standing) -> bool:
        return one.section != id or not start <= one.run.start < end

    return replace(part, standing=tuple(sorted(part.standing, key=elsewhere)))


def _within(words: Sequence[Stretch], stretches: Sequence[Stretch]) -> list[Stretch]:
    """The words that stand wholly in one of the stretches; both are in order."""
    found: list[Stretch] = []
    for word in words:
        place = bisect_right(stretches, (word[0], 2**62)) - 1
        if place >= 0 and word[1] <= stretches[place][1]:
            found.append(word)
    return found


class _Cover:
    """The words that stood in a text, by where they were written."""

    def __init__(self, runs: Iterable[Woven]) -> None:
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for run in runs:
            found[run.source].append((run.offset, run.offset + run.length))
        self._stretches = {source: _merged(sorted(each)) for source, each in found.items()}

    def bounds(self, source: str, start: int, stop: int) -> Iterator[int]:
        """Where, between these offsets, it begins and ceases to hold words."""
        for low, high in self._stretches.get(source, ()):
            if start < low < stop:
                yield low
            if start < high < stop:
                yield high

    def holds(self, source: str, offset: int) -> bool:
        """Whether it holds the character written there."""
        stretches = self._stretches.get(source, ())
        place = bisect_right(stretches, (offset, 2**62)) - 1
        return place >= 0 and offset < stretches[place][1]


def _merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for low, high in stretches:
        if merged and low <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return merged


def _pieces(
    run: Woven, covers: Sequence[_Cover], borders: Sequence[int] = ()
) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Cut a run where a mark begins or ceases to cover it; say which marks cover each piece.

    Args:
        run: the words.
        covers: what each mark covers.
        borders: where else it is cut.
    """
    start, stop = run.offset, run.offset + run.length
    inside = {border for border in borders if start < border < stop}
    cuts = {start, stop, *inside}
    for cover in covers:
        cuts.update(cover.bounds(run.source, start, stop))
    ordered = sorted(cuts)
    before: tuple[int, int, tuple[int, ...]] | None = None
    for low, high in pairwise(ordered):
        held = tuple(n for n, cover in enumerate(covers) if cover.holds(run.source, low))
        if before is not None and before[2] == held and low not in inside:
            before = before[0], high, held
            continue
        if before is not None:
            yield before
        before = low, high, held
    if before is not None:
        yield before


def _edited(version: int, name: str, event: SectionEdited | SectionTextImported) -> Deed:
    day = event.on or london_day(event.at)
    if isinstance(event, SectionTextImported):
        return Deed(
            version,
            name,
            None,
            "not recorded",
            None,
            None,
            None,
            None,
            None,
            event.channel,
            event.at,
            day,
            event.name,
            event.not_recorded_before,
        )
    return Deed(
        version,
        name,
        event.by,
        event.name,
        event.role,
        event.organisation,
        event.capacity,
        event.on_behalf_of,
        event.on_behalf_of_name,
        event.channel,
        event.at,
        day,
    )


def _advised(version: int, name: str, event: AdviceGiven) -> Deed:
    own = event.given_by is not None and event.given_by == event.by
    return Deed(
        version,
        name,
        event.given_by,
        readable(event.given_by_name),
        event.given_by_role,
        event.organisation if own else None,
        "adviser",
        None,
        None,
        event.channel,
        event.at,
        event.on or london_day(event.at),
        None if own else event.name,
    )


def _mark(version: int, event: SectionSignedOff) -> SignOff:
    return SignOff(
        version,
        event.by,
        event.name,
        event.role,
        event.meaning,
        event.revision,
        event.at,
        event.on_behalf_of_name,
    )
