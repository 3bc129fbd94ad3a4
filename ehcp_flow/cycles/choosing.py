"""Which plans does a cycle choose, when do people meet about each, and who is asked for what?

Pure: the same file, plans, people and day always give the same answer.

- A plan has the meeting day that the file gives it by its reference or UPN, its group or its tutor,
  else the one of the way that is said for all.
- A meeting that goes by the day on which the review is due lies in the file's window, on a day
  that is not closed, at least the two weeks of notice ahead: the nearest such day before the one
  that was asked for, else the next one after it. Meetings that are spread fill the days in their
  order, the review that is due first before the others. In both cases whoever must attend works on
  that day and is not away.
- A due day counts back from the meeting, and is never before the day of applying: a day that has
  passed tells nobody when to be ready. One on which the person does not work is brought forward to
  the last day before on which they do, if there is one.
- A role is taken by who holds it on the day of applying and still on the due day, and teaches the
  pupil's year, as far as it is on record which years they teach; who is away on the due day, or
  all the time until then, takes none. When one of several is asked, it is the same one for all
  sections of a rule: first who knows the child, if the rule prefers that (whom the plan names as
  tutor, then whose hand is the latest in one of its sections); then who surely teaches the year;
  then who has the fewest tasks, with those that waited on them before; then by staff id. Who would
  have more tasks than the file's limit is passed over, unless everybody is asked.
- Who writes a section is never asked to review it.
- A task that nobody can take is a Gap with its reason, and a plan that is not chosen stands under
  its reason: nothing is left out in silence.

Who is asked to attend or for advice has no task that counts against a limit. Whoever was asked by
a rule for a review stays asked, and nobody else is by the same rule.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from heapq import heapify, heappop, heappush, nsmallest
from itertools import chain
from math import ceil
from typing import Literal, NamedTuple
from uuid import UUID

from ehcp_flow.cycles.file import Advice, Attend, CycleFile, Rule, same_name, years_in_words
from ehcp_flow.events import AdviceKind, Task
from ehcp_flow.hands import Person
from ehcp_flow.importing.fields import DAYS
from ehcp_flow.plan import Particulars
from ehcp_flow.projections.folded import folded
from ehcp_flow.projections.standing import AskedBefore, DutyLine
from ehcp_flow.statute.clocks import latest_meeting, length, review_due

TUTOR = "form tutor"
"""The role that is taken by whom the plan names as tutor, when it names anybody."""

MOST_INSTEAD = 3
"""So that a plan's share stays small where dozens of teachers hold a role."""

_SEARCHED = 366
"""Days in which a meeting day is looked for when the file sets no last one."""

Known = Mapping[str, Sequence[AskedBefore]]
"""What was asked for about a plan, by section."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Someone who is asked to write or to review a section by a day."""

    section: str
    task: Task
    to: str
    """The person's id."""
    to_name: str
    to_role: str
    due: date
    rule: str
    """The rule of the file that chose this person, as a sentence."""
    instead: "tuple[Asked, ...]" = ()
    """Whom the same rule asks next, in order, should this one person not be allowed to."""
    chosen: str | None = None
    """Why this one of several who could; ``None`` when there was no choice."""
    text: str | None = None
    """What the request says beside."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A task that nobody can be given."""

    reference: str
    section: str
    task: Task
    why: str
    """Goes on after a colon, and ends with a full stop."""
    rule: str | None = None
    """The rule of the file that asks for it; ``None``: none does for a pupil of this year."""


@dataclass(frozen=True, slots=True)
class Attending:
    """Someone who is asked to come to a meeting."""

    person: str
    """The person's id."""
    name: str
    role: str
    rule: str
    """The rule of the file that chose this person, as a sentence."""
    chosen: str | None = None
    """Why this one of several who could; ``None`` when there was no choice."""


@dataclass(frozen=True, slots=True)
class AskedAdvice:
    """Someone who is asked to give advice by a day."""

    kind: AdviceKind
    to: str
    """The person's id."""
    to_name: str
    to_role: str
    due: date
    rule: str
    """The rule of the file that chose this person, as a sentence."""
    chosen: str | None = None
    """Why this one of several who could; ``None`` when there was no choice."""
    text: str | None = None
    """What the request says beside."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Someone who should attend or give advice, and is nobody."""

    reference: str
    duty: Literal["attend", "advice"]
    what: str
    """The roles that could attend, or the kind of advice."""
    why: str
    """Goes on after a colon, and ends with a full stop."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """One plan's share of a cycle."""

    stream: UUID
    reference: str
    meeting: date
    tasks: tuple[Asked, ...]
    """Without those that this cycle asked for before."""
    review_due: date | None = None
    """The last day on which the review is in time; ``None``: not known."""
    attend: tuple[Attending, ...] = ()
    """Without those whom this cycle asked before."""
    advice: tuple[AskedAdvice, ...] = ()
    """Without what this cycle asked for before."""
    asked_before: int = 0
    """Tasks that this cycle asked for before."""
    attend_before: tuple[str, ...] = ()
    """The ids of those whom this cycle asked to attend before."""

    @property
    def late(self) -> bool:
        """Whether the meeting leaves the authority less than its four weeks."""
        return self.review_due is not None and self.meeting > latest_meeting(self.review_due)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a cycle asks for on a day."""

    set_ups: tuple[SetUp, ...]
    """By reference."""
    gaps: tuple[Gap, ...]
    passed_over: Mapping[str, tuple[str, ...]]
    """The references of the plans that are not chosen, by reason."""
    missing: tuple[Missing, ...] = ()
    unknown: tuple[str, ...] = ()
    """What the file names as a plan, and is none here."""
    without_a_day: frozenset[str] = frozenset()
    """Of the reasons those of plans that the file chooses, and finds no meeting day for."""

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many plans are not chosen, by reason."""
        return {why: len(references) for why, references in self.passed_over.items()}


def choose(
    cycle: CycleFile,
    plans: Iterable[tuple[UUID, Particulars]],
    everyone: Sequence[Person],
    *,
    on: date,
    meetings: Mapping[UUID, date] | None = None,
    known: Callable[[UUID], Known] | None = None,
    wrote: Callable[[UUID], Collection[str]] | None = None,
    waiting: Mapping[str, int] | None = None,
    duties: Callable[[UUID], Sequence[DutyLine]] | None = None,
) -> Chosen:
    """Say what a cycle asks for.

    Args:
        cycle: as its file has it.
        plans: all plans here, each with its stream.
        everyone: the people known here.
        on: the day of applying.
        meetings: of the reviews that this cycle set up before. They stay where they are, and one
            that has passed asks for nothing more.
        known: what this cycle asked for about a plan before, of a plan that has such a review;
            asked in the order of references.
        wrote: the ids of those whose hand is the latest in a section of a plan; asked in the order
            of references.
        waiting: how many tasks wait on people before, by their ids.
        duties: whom this cycle asked to attend or for advice before, of a plan that has such a
            review; asked in the order of references.
    """
    meetings = meetings or {}
    in_order = sorted(plans, key=_by_reference)
    people = _People(everyone, on)
    coming = _Coming(cycle, people)
    when = _When(cycle, in_order, coming, on, meetings)
    asking = _Asking(cycle, people, wrote, waiting or {})
    set_ups: list[SetUp] = []
    missing: list[Missing] = []
    for stream, pupil in in_order:
        if (meeting := when.meetings.get(stream)) is None:
            continue
        before: Known = known(stream) if known is not None and stream in meetings else {}
        held = duties(stream) if duties is not None and stream in meetings else ()
        due = review_due(pupil.made_on, pupil.last_review)
        tasks: tuple[Asked, ...] = ()
        attend: tuple[Attending, ...] = ()
        advice: tuple[AskedAdvice, ...] = ()
        if meeting >= on:
            tasks = asking.tasks(stream, pupil, meeting, before)
            attend, absent = coming.attending(pupil, meeting, held)
            advice, silent = asking.advice(pupil, meeting, held)
            missing += [*absent, *silent]
        many = sum(map(len, before.values()))
        attended = tuple(duty.to for duty in held if duty.kind is None)
        set_ups.append(
            SetUp(stream, pupil.reference, meeting, tasks, due, attend, advice, many, attended)
        )
    return Chosen(
        tuple(set_ups),
        tuple(asking.gaps),
        {why: tuple(references) for why, references in when.passed_over.items()},
        tuple(missing),
        when.unknown,
        frozenset(when.without_a_day),
    )


def _by_reference(plan: tuple[UUID, Particulars]) -> tuple[str, str]:
    stream, pupil = plan
    return pupil.reference, str(stream)


# Who is here -------------------------------------------------------------------------------------


class _NobodyError(Exception):
    """Nobody can take a task; the reason goes on after a colon."""


class _Taker(NamedTuple):
    """Someone who holds a role that a rule names."""

    place: int
    """Where the rule names it."""
    role: str
    person: Person
    order: int
    """Among all people, by staff id."""

    def still(self, day: date) -> bool:
        """Whether they hold the role on a day."""
        return any(held.role == self.role and held.on(day) for held in self.person.roles)


class _People:
    """The people who hold a role on the day of applying."""

    def __init__(self, everyone: Sequence[Person], on: date) -> None:
        self.on = on
        self.here = [person for person in sorted(everyone, key=_by_staff_id) if person.roles_on(on)]
        self._order = {person.id: order for order, person in enumerate(self.here)}
        self._tutors: dict[str, Person | None] = {}
        self._due: dict[tuple[str, date], date | None] = {}

    def takers(self, rule: Rule | Attend | Advice) -> list[_Taker]:
        """Who holds the roles of a rule, each in the one that it names first."""
        takers: list[_Taker] = []
        for person in self.here:
            roles = [(rule.place_of(held.role), held.role) for held in person.roles_on(self.on)]
            asked = [(place, role) for place, role in roles if place is not None]
            if asked:
                takers.append(_Taker(*min(asked), person, self._order[person.id]))
        return takers

    def tutor(self, pupil: Particulars) -> Person | None:
        """The person whom a plan names as tutor, when that can be only one."""
        name = pupil.tutor
        if name is None:
            return None
        if name not in self._tutors:
            found = [person for person in self.here if _goes_by(person, name)]
            self._tutors[name] = found[0] if len(found) == 1 else None
        return self._tutors[name]

    def as_tutor(self, rule: Rule | Attend | Advice, tutor: Person) -> _Taker | None:
        """The plan's own tutor in the role of one, when a rule names that."""
        place = rule.place_of(TUTOR)
        if place is None:
            return None
        roles = [held.role for held in tutor.roles_on(self.on)]
        role = TUTOR if TUTOR in roles else roles[0]
        return _Taker(place, role, tutor, self._order[tutor.id])

    def ready_by(self, person: Person, due: date) -> date | None:
        """The day by which a person can be ready: the due day, or a working day before it.

        ``None``: they are away on that day, or all the time until then.
        """
        key = person.id, due
        if key not in self._due:
            self._due[key] = self._ready_by(person, due)
        return self._due[key]

    def _ready_by(self, person: Person, due: date) -> date | None:
        if not person.absences and not person.days:
            return due
        days = [due - timedelta(days=n) for n in range((due - self.on).days + 1)]
        until_then = days[1:]
        if person.away_on(due) or (until_then and all(map(person.away_on, until_then))):
            return None
        return next((day for day in days if _is_there(person, day)), due)


def _is_there(person: Person, day: date) -> bool:
    """Whether somebody works on a day and is not away; without working days on all of them."""
    works = not person.days or DAYS[day.weekday()] in person.days
    return works and not person.away_on(day)


def _by_staff_id(person: Person) -> tuple[str, str]:
    return person.staff_id, person.id


class _Coming:
    """Who comes to a meeting, and on which days they can."""

    def __init__(self, cycle: CycleFile, people: _People) -> None:
        self._people = people
        self._rules = [(rule, people.takers(rule)) for rule in cycle.attend]
        self._words = [rule.in_words() for rule in cycle.attend]
        self._there: dict[tuple[int, str, date], list[_Taker]] = {}
        self._many: Counter[str] = Counter()
        self.must = any(rule.must for rule, _ in self._rules)

    def can(self, pupil: Particulars, day: date) -> bool:
        """Whether everybody who must attend a meeting about a pupil can on a day."""
        for n, (rule, _) in enumerate(self._rules):
            if not rule.must or not rule.holds_for(pupil.year):
                continue
            holders = self._holders(n, pupil)
            there = sum(taker.still(day) and _is_there(taker.person, day) for taker in holders)
            # What nobody could do on any day is told, and holds up no meeting.
            if holders and there < (1 if rule.ask == "one" else len(holders)):
                return False
        return True

    def attending(
        self, pupil: Particulars, day: date, before: Sequence[DutyLine]
    ) -> tuple[tuple[Attending, ...], list[Missing]]:
        """Who is asked to the meeting about a pupil on a day, and who should come and cannot."""
        if not self._rules:
            return (), []
        asked = {duty.to for duty in before if duty.kind is None}
        met = {duty.rule for duty in before if duty.kind is None}
        coming: dict[str, Attending] = {}
        missing: list[Missing] = []
        for n, (rule, _) in enumerate(self._rules):
            if not rule.holds_for(pupil.year) or self._words[n] in met:
                continue
            there = self._on(n, pupil, day)
            chosen: str | None = None
            if not there:
                why = (
                    f"nobody who is {' or '.join(rule.roles)} can on {day}: name another role or "
                    "another day in the file, then preview the cycle again."
                )
                missing.append(Missing(pupil.reference, "attend", " or ".join(rule.roles), why))
            elif rule.ask == "one":
                if any(taker.person.id in asked for taker in there):
                    continue
                there, chosen = self._first(pupil, there)
            for taker in there:
                person = taker.person
                if person.id not in asked:
                    one = Attending(person.id, person.name, taker.role, self._words[n], chosen)
                    coming.setdefault(person.id, one)
        self._many.update(asked)
        self._many.update(list(coming))
        return tuple(coming.values()), missing

    def _first(
        self, pupil: Particulars, there: Sequence[_Taker]
    ) -> tuple[list[_Taker], str | None]:
        """The first of several who can come, and why it is this one."""
        tutor = self._people.tutor(pupil)

        def order(taker: _Taker) -> tuple[int, bool, bool, int, int]:
            known = taker.person is not tutor, pupil.year not in taker.person.years
            return (taker.place, *known, self._many[taker.person.id], taker.order)

        first, *others = nsmallest(2, there, key=order)
        if not others:
            return [first], None
        many = self._many[first.person.id]
        differ = [a != b for a, b in zip(order(first), order(others[0]), strict=True)]
        is_tutor = first.person is tutor
        reasons = (
            "the plan's tutor" if is_tutor else f"{first.role} is named first",
            "the plan's tutor",
            f"teaches {years_in_words([pupil.year])}",
            f"fewest meetings ({many})",
            f"as few meetings as others ({many}), first by staff id",
        )
        return [first], reasons[differ.index(True)]

    def _on(self, n: int, pupil: Particulars, day: date) -> list[_Taker]:
        return [
            taker
            for taker in self._holders(n, pupil)
            if taker.still(day) and _is_there(taker.person, day)
        ]

    def _holders(self, n: int, pupil: Particulars) -> list[_Taker]:
        rule, takers = self._rules[n]
        return _holders(rule, takers, pupil, self._people)


def _holders(
    rule: Rule | Attend | Advice, takers: Sequence[_Taker], pupil: Particulars, people: _People
) -> list[_Taker]:
    """Who holds a rule's roles and may teach a pupil's year; the plan's own tutor stands for the
    role of one."""
    tutor = people.tutor(pupil)
    holders = [
        taker
        for taker in takers
        if not taker.person.years or pupil.year in taker.person.years or taker.person is tutor
    ]
    place = rule.place_of(TUTOR)
    if place is None or pupil.tutor is None:
        return holders
    holders = [taker for taker in holders if taker.place != place and taker.person is not tutor]
    own = None if tutor is None else people.as_tutor(rule, tutor)
    return holders if own is None else [*holders, own]


# Which plans, and when ---------------------------------------------------------------------------


class _LeftOutError(Exception):
    """A plan is not chosen; the reason goes on after how many they are and a comma."""


_NOT_KNOWN = "for whom it is not known when the review is due"


class _When:
    """The meetings of the plans that a cycle chooses, and the reasons why others have none."""

    def __init__(
        self,
        cycle: CycleFile,
        plans: Sequence[tuple[UUID, Particulars]],
        coming: _Coming,
        on: date,
        meetings: Mapping[UUID, date],
    ) -> None:
        self.meetings: dict[UUID, date] = {}
        self.passed_over: dict[str, list[str]] = {}
        self.without_a_day: set[str] = set()
        self._cycle = cycle
        self._coming = coming
        self._on = on
        self._open: dict[date, bool] = {}
        unseen = dict.fromkeys((*(cycle.choose.plans or ()), *cycle.choose.but))
        unseen |= dict.fromkeys(cycle.meeting.plans)
        spread: list[tuple[date, str, UUID, Particulars]] = []
        for stream, pupil in plans:
            for name in _goes_as(pupil):
                unseen.pop(name, None)
            due = review_due(pupil.made_on, pupil.last_review)
            try:
                _check_chosen(cycle, pupil, due)
            except _LeftOutError as reason:
                self._pass_over(pupil, reason)
                continue
            try:
                if (held := meetings.get(stream)) is not None:
                    self.meetings[stream] = held
                elif (given := _given(cycle, pupil)) is not None:
                    self.meetings[stream] = self._not_passed(given)
                elif cycle.meeting.spread_from is not None:
                    spread.append((due or date.max, pupil.reference, stream, pupil))
                else:
                    self.meetings[stream] = self._meeting(pupil, due)
            except _LeftOutError as reason:
                self._refuse(pupil, reason)
        self.unknown = tuple(unseen)
        self._spread(spread)

    def _pass_over(self, pupil: Particulars, reason: _LeftOutError) -> None:
        self.passed_over.setdefault(str(reason), []).append(pupil.reference)

    def _refuse(self, pupil: Particulars, reason: _LeftOutError) -> None:
        self.without_a_day.add(str(reason))
        self._pass_over(pupil, reason)

    def _not_passed(self, day: date) -> date:
        if day < self._on:
            raise _LeftOutError(f"as the meeting day {day} has passed")
        return day

    def _meeting(self, pupil: Particulars, due: date | None) -> date:
        asked = self._cycle.meeting
        if asked.weeks_before_review_due is None:
            raise _LeftOutError("to whom the file gives no meeting day")
        if due is None:
            raise _LeftOutError(_NOT_KNOWN)
        wanted = due - timedelta(weeks=asked.weeks_before_review_due)
        first = max(self._on + length("D22", self._on), asked.not_before or self._on)
        start = max(first, min(wanted, asked.not_after or wanted))
        last = asked.not_after or start + timedelta(days=min(_SEARCHED, (date.max - start).days))
        before = (start - timedelta(days=n) for n in range((start - first).days + 1))
        after = (start + timedelta(days=n) for n in range(1, (last - start).days + 1))
        for day in chain(before, after):
            if day <= last and self._meets_on(day) and self._coming.can(pupil, day):
                return day
        raise _LeftOutError(f"as no day for a meeting is left from {first} to {last}{self._who}")

    @property
    def _who(self) -> str:
        return " on which whoever must attend can" if self._coming.must else ""

    def _meets_on(self, day: date) -> bool:
        found = self._open.get(day)
        if found is None:
            found = self._open[day] = self._cycle.meets_on(day)
        return found

    def _spread(self, plans: list[tuple[date, str, UUID, Particulars]]) -> None:
        asked = self._cycle.meeting
        if asked.spread_from is None or asked.spread_to is None:
            return
        first, last = asked.spread_from, asked.spread_to
        days = [
            day
            for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
            if self._meets_on(day)
        ]
        held = Counter(day for day in self.meetings.values() if first <= day <= last)
        most = asked.most_a_day or ceil((len(plans) + held.total()) / max(len(days), 1))
        notice = self._on + length("D22", self._on)
        # As few days as can be when the same days are the first free ones for all.
        free = [day for day in days if day >= notice and held[day] < most]
        for _, _, stream, pupil in sorted(plans, key=_by_due):
            for place, day in enumerate(free):
                if self._coming.can(pupil, day):
                    self.meetings[stream] = day
                    held[day] += 1
                    if held[day] >= most:
                        del free[place]
                    break
            else:
                why = f"as no day for a meeting is left from {max(first, notice)} to {last}"
                full = f", at {most} a day" if days and days[-1] >= notice else ""
                self._refuse(pupil, _LeftOutError(f"{why}{full}{self._who}"))


def _by_due(plan: tuple[date, str, UUID, Particulars]) -> tuple[date, str, str]:
    due, reference, stream, _ = plan
    return due, reference, str(stream)


def _goes_as(pupil: Particulars) -> Iterator[str]:
    """By what a file may name a plan."""
    yield same_name(pupil.reference)
    if pupil.upn is not None:
        yield same_name(pupil.upn)


def _given(cycle: CycleFile, pupil: Particulars) -> date | None:
    """The day that a file gives a plan as such."""
    meeting = cycle.meeting
    for name in _goes_as(pupil):
        if name in meeting.plans:
            return meeting.plans[name]
    for days, said in ((meeting.groups, pupil.group), (meeting.tutors, pupil.tutor)):
        if days and said is not None and same_name(said) in days:
            return days[same_name(said)]
    return meeting.on


def _check_chosen(cycle: CycleFile, pupil: Particulars, due: date | None) -> None:
    asked = cycle.choose
    if not pupil.listed:
        raise _LeftOutError("no longer listed in the school's export")
    if asked.but and any(name in asked.but for name in _goes_as(pupil)):
        raise _LeftOutError("whom the file excepts")
    if asked.plans is not None and not any(name in asked.plans for name in _goes_as(pupil)):
        raise _LeftOutError("not among the plans that the file names")
    if asked.years is not None and pupil.year not in asked.years:
        raise _LeftOutError("taught in none of the chosen years")
    if asked.groups is not None and same_name(pupil.group or "") not in asked.groups:
        raise _LeftOutError("in none of the chosen groups")
    if asked.templates is not None and same_name(pupil.template) not in asked.templates:
        raise _LeftOutError("of none of the chosen kinds")
    if asked.needs is not None and not any(need in asked.needs for need in pupil.needs):
        raise _LeftOutError("with none of the chosen needs")
    first, last = asked.review_due_from, asked.review_due_to
    if (first or last) and due is None:
        raise _LeftOutError(_NOT_KNOWN)
    if first is not None and due is not None and due < first:
        raise _LeftOutError(f"with a review due before {first}")
    if last is not None and due is not None and due > last:
        raise _LeftOutError(f"with a review due after {last}")


# Who is asked for what ---------------------------------------------------------------------------

_ALL_WRITE = (
    "whoever could review it writes it, and the writer may not be their own reviewer: name another "
    "role in the file, then apply the cycle again."
)


class _Able(NamedTuple):
    """Someone who can take a rule's tasks about pupils of a year, due on a day."""

    id: str
    """The person's."""
    taker: _Taker
    due: date
    """The day by which this one is asked to be ready."""
    teaches: bool
    """Whether they surely teach the year."""


class _Pool:
    """All who can take a rule's tasks about pupils of a year, due on a day.

    Who goes first is found without looking at all of them: people's tasks only become more.
    """

    def __init__(self, able: Iterable[_Able], many: Mapping[str, int]) -> None:
        self.able = {one.id: one for one in able}
        self._many = many
        self._heap = [self._entry(one) for one in self.able.values()]
        heapify(self._heap)

    def _entry(self, able: _Able) -> "tuple[int, bool, int, int, _Able]":
        place, _, _, order = able.taker
        return place, not able.teaches, self._many.get(able.id, 0), order, able

    def first(self, most: int, has_room: Callable[[str], bool]) -> list[_Able]:
        """At most so many of those who have room, whoever has the fewest tasks first."""
        found: list[_Able] = []
        aside: list[tuple[int, bool, int, int, _Able]] = []
        while self._heap and len(found) < most:
            entry = heappop(self._heap)
            able = entry[-1]
            if entry[2] != self._many.get(able.id, 0):
                heappush(self._heap, self._entry(able))
                continue
            aside.append(entry)
            if has_room(able.id):
                found.append(able)
        for entry in aside:
            heappush(self._heap, entry)
        return found


_Key = tuple[int, bool, bool, bool, int, int]


class _Ruling:
    """A rule, who holds its roles, and which of them can take its tasks."""

    def __init__(self, task: Task, rule: Rule, people: _People, many: Mapping[str, int]) -> None:
        self.task: Task = task
        self.rule = rule
        self.takers = people.takers(rule)
        self.knows = rule.prefers(task) == "knows the child"
        self._people = people
        self._many = many
        self._place = rule.place_of(TUTOR)
        self._by_person = {taker.person.id: taker for taker in self.takers}
        self._pools: dict[tuple[str, date, bool], _Pool] = {}
        self._asked: dict[tuple[str, str, str, date], Asked] = {}

    @cached_property
    def words(self) -> str:
        """The rule as a sentence."""
        return self.rule.in_words(self.task)

    def asks(self, section: str, able: _Able) -> Asked:
        """The request to one person: the same one for all plans for which it is the same."""
        taker = able.taker
        key = section, taker.role, taker.person.id, able.due
        found = self._asked.get(key)
        if found is None:
            found = self._asked[key] = Asked(
                section,
                self.task,
                taker.person.id,
                taker.person.name,
                taker.role,
                able.due,
                self.words,
                text=self.rule.text,
            )
        return found

    def able(self, pupil: Particulars, due: date) -> tuple[_Pool, _Able | None]:
        """Who can take the tasks about a pupil, and beside them the plan's own tutor, if they can
        and are not among the others, or in another role."""
        year, tutor = pupil.year, self._people.tutor(pupil)
        stands_in = self._place is not None and pupil.tutor is not None
        key = year, due, stands_in
        pool = self._pools.get(key)
        if pool is None:
            place = self._place if stands_in else None
            takers = [taker for taker in self.takers if taker.place != place]
            pool = self._pools[key] = _Pool(self._of(takers, year, due), self._many)
        if tutor is None:
            return pool, None
        own = self._by_person.get(tutor.id)
        if stands_in:
            own = self._people.as_tutor(self.rule, tutor)
        if own is None or (not stands_in and tutor.id in pool.able):
            return pool, None
        ready = self._ready(own, due)
        return pool, None if ready is None else _Able(tutor.id, own, ready, year in tutor.years)

    def _of(self, takers: Sequence[_Taker], year: str, due: date) -> list[_Able]:
        found: list[_Able] = []
        for taker in takers:
            years = taker.person.years
            if years and year not in years:
                continue
            if (ready := self._ready(taker, due)) is not None:
                found.append(_Able(taker.person.id, taker, ready, year in years))
        return found

    def _ready(self, taker: _Taker, due: date) -> date | None:
        return self._people.ready_by(taker.person, due) if taker.still(due) else None

    def why_nobody(self, pupil: Particulars, due: date) -> str:
        """Why nobody can take the tasks about a pupil."""
        rule, people = self.rule, self._people
        roles = " or ".join(rule.roles)
        teaching = _holders(rule, self.takers, pupil, people)
        if any(taker.still(due) for taker in teaching):
            why = f"whoever is {roles} is away on {due}, when it is due, or until then: ask others"
        elif teaching:
            why = f"whoever is {roles} now will not be on {due}, when it is due: record who follows"
        elif self._holders_of_any_year(pupil):
            who = f"no {roles} teaches {years_in_words([pupil.year])}"
            why = f"{who}: say who does in the list of people"
        elif rule.place_of(TUTOR) is not None and pupil.tutor is not None:
            who = f"the plan's tutor {pupil.tutor[:40]!r} is nobody known here, or more than one"
            why = f"{who}: name another role in the file"
        else:
            why = f"nobody is {roles} on {people.on}: record who is with `people grant`"
        return f"{why}, then apply the cycle again."

    def _holders_of_any_year(self, pupil: Particulars) -> bool:
        if self._place is None or pupil.tutor is None:
            return bool(self.takers)
        return any(taker.place != self._place for taker in self.takers)


class _Asking:
    """Goes from plan to plan, and knows how many tasks everybody has so far."""

    def __init__(
        self,
        cycle: CycleFile,
        people: _People,
        wrote: Callable[[UUID], Collection[str]] | None,
        waiting: Mapping[str, int],
    ) -> None:
        self.gaps: list[Gap] = []
        self._on = people.on
        self._people = people
        self._many = Counter(waiting)
        self._limits = {person.id: cycle.limits.of(person.staff_id) for person in people.here}
        self._writing = [_Ruling("write", rule, people, self._many) for rule in cycle.write]
        self._reviewing = [_Ruling("review", rule, people, self._many) for rule in cycle.review]
        # An advice is chosen as a writer is, and is no task of a section.
        self._advising = [
            (advice, advice.in_words(), _Ruling("write", _as_rule(advice), people, self._many))
            for advice in cycle.advice
        ]
        rulings = [*self._writing, *self._reviewing]
        knows = any(ruling.knows and ruling.rule.ask == "one" for ruling in rulings)
        self._wrote = wrote if knows else None

    def tasks(
        self, stream: UUID, pupil: Particulars, meeting: date, before: Known
    ) -> tuple[Asked, ...]:
        """Who is asked for what about a pupil; what nobody can take becomes a gap."""
        done: set[tuple[str, str, str | None]] = {
            (section, a.task, a.rule) for section, some in before.items() for a in some
        }
        writers = {
            (section, a.to) for section, some in before.items() for a in some if a.task == "write"
        }
        wrote = _Wrote(self._wrote, stream)
        writing = self._ask(self._writing, wrote, pupil, meeting, set(), done)
        writers |= {(asked.section, asked.to) for asked in writing}
        reviewing = self._ask(self._reviewing, wrote, pupil, meeting, writers, done)
        return (*writing, *reviewing)

    def advice(
        self, pupil: Particulars, meeting: date, before: Sequence[DutyLine]
    ) -> tuple[tuple[AskedAdvice, ...], list[Missing]]:
        """Who is asked for advice about a pupil, and which advice nobody can give."""
        asked: dict[tuple[AdviceKind, str], AskedAdvice] = {}
        missing: list[Missing] = []
        for advice, words, ruling in self._advising:
            if not advice.holds_for(pupil.year) or any(
                duty.kind == advice.kind and duty.rule == words for duty in before
            ):
                continue
            due = self._due(ruling.rule, meeting)
            some = self._able(ruling, pupil, due, (), 2, _always)
            chosen: str | None = None
            if not some:
                why = ruling.why_nobody(pupil, due)
                missing.append(Missing(pupil.reference, "advice", advice.kind, why))
            asked_before = {duty.to for duty in before if duty.kind == advice.kind}
            if advice.ask == "one":
                if asked_before.intersection(one.id for one in some):
                    continue
                chosen = self._why(pupil, (), some)
                some = some[:1]
            for one in some:
                if one.id in asked_before:
                    continue
                request = AskedAdvice(
                    advice.kind,
                    one.id,
                    one.taker.person.name,
                    one.taker.role,
                    one.due,
                    words,
                    chosen,
                    advice.text,
                )
                # Whom two rules ask for the same is asked once, by the first of them.
                asked.setdefault((advice.kind, one.id), request)
        return tuple(asked.values()), missing

    def _due(self, rule: Rule, meeting: date) -> date:
        return max(self._on, meeting - timedelta(days=rule.days_before_meeting))

    def _ask(
        self,
        rulings: Sequence[_Ruling],
        wrote: "_Wrote",
        pupil: Particulars,
        meeting: date,
        writers: Collection[tuple[str, str]],
        done: Collection[tuple[str, str, str | None]],
    ) -> list[Asked]:
        found: dict[tuple[str, str], Asked] = {}
        covered: set[str] = set()
        more: Counter[str] = Counter()
        for ruling in rulings:
            rule = ruling.rule
            if not rule.holds_for(pupil.year):
                continue
            covered.update(rule.sections)
            sections = [
                section
                for section in rule.sections
                if not done or (section, ruling.task, ruling.words) not in done
            ]
            if not sections:
                continue
            due = self._due(rule, meeting)
            try:
                able = self._in_order(ruling, pupil, due, wrote, len(sections), len(writers), more)
            except _NobodyError as why:
                self._gaps(pupil, ruling.task, sections, str(why), ruling.words)
                continue
            for section in sections:
                free = [one for one in able if (section, one.id) not in writers]
                if not free:
                    self._gaps(pupil, ruling.task, [section], _ALL_WRITE, ruling.words)
                    continue
                asked = [ruling.asks(section, one) for one in free]
                if rule.ask == "one":
                    hands = wrote.hands if ruling.knows and len(free) > 1 else None
                    chosen = self._why(pupil, hands, free)
                    instead = tuple(asked[1:][:MOST_INSTEAD])
                    asked = [replace(asked[0], instead=instead, chosen=chosen)]
                for one in asked:
                    # Whom two rules ask for the same is asked once, by the first of them.
                    if found.setdefault((section, one.to), one) is one:
                        more[one.to] += 1
        for ruling in rulings:
            uncovered = [section for section in ruling.rule.sections if section not in covered]
            if uncovered:
                covered.update(uncovered)
                self._gaps(pupil, ruling.task, uncovered, _no_rule(ruling.task, pupil.year), None)
        self._many.update(more)
        return list(found.values())

    def _gaps(
        self,
        pupil: Particulars,
        task: Task,
        sections: Iterable[str],
        why: str,
        rule: str | None,
    ) -> None:
        self.gaps += [Gap(pupil.reference, section, task, why, rule) for section in sections]

    def _in_order(
        self,
        ruling: _Ruling,
        pupil: Particulars,
        due: date,
        wrote: "_Wrote",
        many: int,
        writers: int,
        more: Mapping[str, int],
    ) -> Sequence[_Able]:
        """Who can take a rule's tasks about a pupil, whoever goes first before the others.

        Raises:
            _NobodyError: nobody can.
        """
        hands = wrote.hands if ruling.knows else None

        def has_room(id: str) -> bool:
            return self._has_room(id, more.get(id, 0) + many)

        found = self._able(ruling, pupil, due, hands, 1 + MOST_INSTEAD + writers, has_room)
        if not found:
            pool, own = ruling.able(pupil, due)
            anybody = pool.able or own is not None
            raise _NobodyError(_no_room(ruling.rule) if anybody else ruling.why_nobody(pupil, due))
        return found

    def _able(
        self,
        ruling: _Ruling,
        pupil: Particulars,
        due: date,
        hands: Collection[str] | None,
        most: int,
        has_room: Callable[[str], bool],
    ) -> list[_Able]:
        """Who can take a rule's tasks and has room for them, in their order, at most so many.

        All of them when everybody is asked, room or not. Who knows the child goes first when
        ``hands`` are given.
        """
        pool, own = ruling.able(pupil, due)
        tutor = self._people.tutor(pupil)
        known = set(hands or ())
        if tutor is not None:
            known.add(tutor.id)
        key = self._order(pupil, hands)
        if ruling.rule.ask == "all":
            some = dict(pool.able)
        else:
            first = pool.first(most + len(known), has_room)
            some = {one.id: one for one in first}
            some |= {id: pool.able[id] for id in known if id in pool.able and has_room(id)}
        if own is not None and (ruling.rule.ask == "all" or has_room(own.id)):
            some[own.id] = own
        elif own is not None:
            some.pop(own.id, None)
        return nsmallest(len(some) if ruling.rule.ask == "all" else most, some.values(), key=key)

    def _has_room(self, id: str, more: int) -> bool:
        limit = self._limits[id]
        return limit is None or self._many.get(id, 0) + more <= limit

    def _order(
        self, pupil: Particulars, wrote: Collection[str] | None = None
    ) -> Callable[[_Able], _Key]:
        """By what it goes who is asked first; ``wrote`` when who knows the child is preferred."""
        many = self._many
        tutor = None if wrote is None else self._people.tutor(pupil)

        def order(able: _Able) -> _Key:
            place, _, person, order = able.taker
            return (
                place,
                tutor is not None and person is not tutor,
                not wrote or able.id not in wrote,
                not able.teaches,
                many.get(able.id, 0),
                order,
            )

        return order

    def _why(
        self,
        pupil: Particulars,
        hands: Collection[str] | None,
        free: Sequence[_Able],
    ) -> str | None:
        """Why the first of several goes before the second; ``hands`` as for their order."""
        if len(free) < 2:
            return None
        order = self._order(pupil, hands)
        first, second = free[0], free[1]
        many = self._many[first.id]
        differ = [a != b for a, b in zip(order(first), order(second), strict=True)]
        is_tutor = first.taker.person is self._people.tutor(pupil)
        reasons = (
            "the plan's tutor" if is_tutor else f"{first.taker.role} is named first",
            "the plan's tutor",
            "wrote in this plan last",
            f"teaches {years_in_words([pupil.year])}",
            f"fewest tasks ({many})",
            f"as few tasks as others ({many}), first by staff id",
        )
        # The same few words for all plans.
        return sys.intern(reasons[differ.index(True)])


class _Wrote:
    """Whose hand is the latest in a section of a plan, looked up once, when it is asked."""

    def __init__(self, look: Callable[[UUID], Collection[str]] | None, stream: UUID) -> None:
        self._look = look
        self._stream = stream
        self._hands: Collection[str] | None = None

    @property
    def hands(self) -> Collection[str]:
        """The people's ids."""
        if self._hands is None:
            self._hands = () if self._look is None else self._look(self._stream)
        return self._hands


def _as_rule(advice: Advice) -> Rule:
    """An advice as a rule by which people are chosen."""
    return Rule.model_construct(
        sections=(),
        years=advice.years,
        roles=advice.roles,
        ask=advice.ask,
        due_days_before_meeting=advice.days_before_meeting,
    )


def _always(_: str) -> bool:
    return True


def _no_rule(task: Task, year: str) -> str:
    return (
        f"no [[{task}]] for it is about {years_in_words([year])}: add one to the file, then apply "
        "the cycle again."
    )


def _no_room(rule: Rule) -> str:
    return (
        f"whoever is {' or '.join(rule.roles)} has as many tasks as the file's [limits] allow: "
        "raise them or name another role, then apply the cycle again."
    )


# Whom a plan means by its tutor ------------------------------------------------------------------

_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev", "revd"}
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def _goes_by(person: Person, name: str) -> bool:
    """Whether a name such as ``Ms K Lowe``, ``Lowe, Kate`` or a staff id can mean a person."""
    if name.strip().casefold() == person.staff_id.casefold():
        return True
    asked, known = _names(name), _names(person.name)
    if not asked or not known or asked[-1] != known[-1]:
        return False
    return not asked[:-1] or not known[:-1] or _same_forename(asked[0], known[0])


def _names(name: str) -> list[str]:
    """The words of a name without titles, case and accents, the surname last."""
    surname, comma, forenames = name.partition(",")
    words: list[str] = _WORD.findall(folded(f"{forenames} {surname}" if comma else name))
    return [word.replace("\u2019", "'") for word in words if word not in _TITLES]


def _same_forename(one: str, other: str) -> bool:
    """Whether two forenames are the same, or one is the other's initial."""
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])
