"""Who wrote these words? Every run of a plan's text, with each hand it went through and each mark
that covers it.

A fold over the deltas as they were recorded; no texts are compared. Two facts stand side by side:
who wrote words, and who placed them where they are.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple, cast

from ehcp_flow.authorship.delta import ADVICE, How, advice_name, readable, revision_name
from ehcp_flow.authorship.runs import Dead, Placing, Weave
from ehcp_flow.authorship.runs import Run as Woven
from ehcp_flow.events import (
    AdviceGiven,
    Capacity,
    Channel,
    PlanEvent,
    SectionEdited,
    SectionSignedOff,
    SectionTextImported,
)
from ehcp_flow.plan import SignOff
from ehcp_flow.recording import Recorded
from ehcp_flow.sections import SECTIONS
from ehcp_flow.times import london_day

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
    """The sign-offs made over a text of this section in which these words stood."""

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


class Covered(NamedTuple):
    """A mark, and how much of the current text it covers."""

    mark: SignOff
    characters: int


@dataclass(frozen=True, slots=True)
class SectionAuthors:
    """Who wrote which words of one section."""

    id: str
    revision: int
    text: str
    runs: tuple[Run, ...]
    """They cover the text from end to end."""
    gone: tuple[Gone, ...]
    marks: tuple[Covered, ...]

    @property
    def unsigned(self) -> tuple[Run, ...]:
        """The runs that no mark covers."""
        return tuple(run for run in self.runs if not run.marks)


class Share(NamedTuple):
    """How much of a text is whose."""

    author: str
    written: Deed
    """One of their deeds, for the role and the capacity."""
    words: int
    characters: int


class Authors:
    """Who wrote which words of a plan."""

    def __init__(self, history: Sequence[Recorded]) -> None:
        self._weave = Weave()
        self._deeds: dict[str, Deed] = {}
        self._marks: dict[str, list[SignOff]] = defaultdict(list)
        for recorded in history:
            self._take(recorded.version, cast("PlanEvent", recorded.event))

    def _take(self, version: int, event: PlanEvent) -> None:
        match event:
            case SectionEdited() | SectionTextImported():
                self._weave.edit(event.section, event.revision, event.delta, event.written)
                name = revision_name(event.section, event.revision)
                self._deeds[name] = _edited(version, name, event)
            case AdviceGiven():
                self._weave.advise(event.advice, readable(event.text))
                name = advice_name(event.advice)
                self._deeds[name] = _advised(version, name, event)
            case SectionSignedOff():
                self._marks[event.section].append(_mark(version, event))
            case _:
                pass

    @property
    def weave(self) -> Weave:
        """The texts and their runs, as a matcher needs them."""
        return self._weave

    def deed(self, source: str) -> Deed:
        """Return the event that made a text such as ``F@7`` or ``advice@3``."""
        return self._deeds[source]

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
        return {id: self._section(id) for id in SECTIONS if self._weave.revision(id)}

    def _section(self, id: str) -> SectionAuthors:
        text = self._weave.text(id)
        marks = self._marks[id]
        covers = [_Cover(self._weave.runs_at(id, mark.revision)) for mark in marks]
        runs: list[Run] = []
        at = 0
        for woven in self._weave.runs(id):
            for start, stop, held in _pieces(woven, covers):
                end = at + stop - start
                runs.append(
                    Run(
                        text[at:end],
                        at,
                        end,
                        self._deeds[woven.source],
                        self._placed(woven.placings),
                        tuple(marks[n] for n in held),
                    )
                )
                at = end
        covered = [
            Covered(mark, sum(run.end - run.start for run in runs if mark in run.marks))
            for mark in marks
        ]
        gone = tuple(self._gone(dead) for dead in self._weave.dead(id))
        return SectionAuthors(id, self._weave.revision(id), text, tuple(runs), gone, tuple(covered))

    def _gone(self, dead: Dead) -> Gone:
        return Gone(
            self._weave.words(dead),
            dead.place,
            self._deeds[dead.source],
            self._placed(dead.placings),
            self._deeds[dead.removed_by],
        )

    def _placed(self, placings: Iterable[Placing]) -> tuple[Placed, ...]:
        return tuple(Placed(self._deeds[placing.at], placing.how) for placing in placings)


def shares(runs: Iterable[Run]) -> tuple[Share, ...]:
    """Return how much of these runs is whose, the most first."""
    words: dict[str, int] = defaultdict(int)
    characters: dict[str, int] = defaultdict(int)
    deeds: dict[str, Deed] = {}
    for run in runs:
        author = run.written.author
        deeds.setdefault(author, run.written)
        words[author] += len(run.text.split())
        characters[author] += run.end - run.start
    found = [Share(who, deeds[who], words[who], characters[who]) for who in deeds]
    return tuple(sorted(found, key=lambda share: (-share.characters, share.author)))


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


def _pieces(run: Woven, covers: Sequence[_Cover]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Cut a run where a mark begins or ceases to cover it; say which marks cover each piece."""
    start, stop = run.offset, run.offset + run.length
    cuts = {start, stop}
    for cover in covers:
        cuts.update(cover.bounds(run.source, start, stop))
    ordered = sorted(cuts)
    before: tuple[int, int, tuple[int, ...]] | None = None
    for low, high in pairwise(ordered):
        held = tuple(n for n, cover in enumerate(covers) if cover.holds(run.source, low))
        if before is not None and before[2] == held:
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
