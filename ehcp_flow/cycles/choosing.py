"""Which plans does a cycle choose, when do people meet about each, and who is asked for what?

Pure: the same file, plans, people and day always give the same answer.

- A meeting that goes by the day on which the review is due lies in the file's window, on a day
  that is not closed, at least the two weeks of notice ahead: the nearest such day before the one
  that was asked for, else the next one after it.
- A due day counts back from the meeting, and is never before the day of applying: a day that has
  passed tells nobody when to be ready.
- A role is taken by who holds it on the day of applying and still on the due day, and teaches the
  pupil's year, as far as it is on record which years they teach. When one of several is asked, it
  is the same one for all sections of a rule: to write, first whom the plan names as tutor; then
  who surely teaches the year; then who has the fewest tasks of this cycle so far; then by staff id.
- Who writes a section is never asked to review it.
- A task that nobody can take is a Gap with its reason, and a plan that is not chosen counts under
  its reason: nothing is left out in silence.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from ehcp_flow.cycles.file import CycleFile, Rule, years_in_words
from ehcp_flow.events import Task
from ehcp_flow.hands import Person
from ehcp_flow.plan import Particulars
from ehcp_flow.projections.folded import folded
from ehcp_flow.statute.annual_review import NOTICE_WEEKS, latest_meeting, review_due

TUTOR = "form tutor"
"""The role that is taken by whom the plan names as tutor, when it names anybody."""

MOST_INSTEAD = 3
"""So that a plan's share stays small where dozens of teachers hold a role."""

_SEARCHED = 366
"""Days in which a meeting day is looked for when the file sets no last one."""


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
class SetUp:
    """One plan's share of a cycle."""

    stream: UUID
    reference: str
    meeting: date
    tasks: tuple[Asked, ...]
    review_due: date | None = None
    """The last day on which the review is in time; ``None``: not known."""

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
    left_out: Mapping[str, int]
    """How many plans are not chosen, by reason."""


def choose(
    cycle: CycleFile,
    plans: Iterable[tuple[UUID, Particulars]],
    everyone: Sequence[Person],
    *,
    on: date,
    meetings: Mapping[UUID, date] | None = None,
) -> Chosen:
    """Say what a cycle asks for.

    Args:
        cycle: as its file has it.
        plans: all plans here, each with its stream.
        everyone: the people known here.
        on: the day of applying.
        meetings: of the reviews that this cycle set up before. They stay where they are, and one
            that has passed asks for nothing more.
    """
    asking = _Asking(cycle, everyone, on)
    set_ups: list[SetUp] = []
    left_out: Counter[str] = Counter()
    for stream, pupil in sorted(plans, key=_by_reference):
        due = review_due(pupil.made_on, pupil.last_review)
        try:
            _check_chosen(cycle, pupil, due)
            meeting = (meetings or {}).get(stream) or _meeting(cycle, due, on)
        except _LeftOutError as reason:
            left_out[str(reason)] += 1
            continue
        tasks = asking.tasks(pupil, meeting) if meeting >= on else ()
        set_ups.append(SetUp(stream, pupil.reference, meeting, tasks, due))
    return Chosen(tuple(set_ups), tuple(asking.gaps), dict(left_out))


def _by_reference(plan: tuple[UUID, Particulars]) -> tuple[str, str]:
    stream, pupil = plan
    return pupil.reference, str(stream)


# Which plans, and when ---------------------------------------------------------------------------


class _LeftOutError(Exception):
    """A plan is not chosen; the reason goes on after how many they are and a comma."""


_NOT_KNOWN = "for whom it is not known when the review is due"


def _check_chosen(cycle: CycleFile, pupil: Particulars, due: date | None) -> None:
    asked = cycle.choose
    if not pupil.listed:
        raise _LeftOutError("no longer listed in the school's export")
    if asked.years is not None and pupil.year not in asked.years:
        raise _LeftOutError("taught in none of the chosen years")
    if asked.needs is not None and not any(need in asked.needs for need in pupil.needs):
        raise _LeftOutError("with none of the chosen needs")
    first, last = asked.review_due_from, asked.review_due_to
    if (first or last) and due is None:
        raise _LeftOutError(_NOT_KNOWN)
    if first is not None and due is not None and due < first:
        raise _LeftOutError(f"with a review due before {first}")
    if last is not None and due is not None and due > last:
        raise _LeftOutError(f"with a review due after {last}")


def _meeting(cycle: CycleFile, due: date | None, on: date) -> date:
    asked = cycle.meeting
    if asked.on is not None:
        if asked.on < on:
            raise _LeftOutError(f"as the meeting day {asked.on} has passed")
        return asked.on
    if due is None:
        raise _LeftOutError(_NOT_KNOWN)
    wanted = due - timedelta(weeks=asked.weeks_before_review_due or 0)
    first = max(on + timedelta(weeks=NOTICE_WEEKS), asked.not_before or on)
    start = max(first, min(wanted, asked.not_after or wanted))
    last = asked.not_after or start + timedelta(days=min(_SEARCHED, (date.max - start).days))
    before = (start - timedelta(days=n) for n in range((start - first).days + 1))
    after = (start + timedelta(days=n) for n in range(1, (last - start).days + 1))
    for day in chain(before, after):
        if day <= last and cycle.meets_on(day):
            return day
    raise _LeftOutError(f"as no day for a meeting is left from {first} to {last}")


# Who is asked for what ---------------------------------------------------------------------------


class _NobodyError(Exception):
    """Nobody can take a task; the reason goes on after a colon."""


_ALL_WRITE = (
    "whoever could review it writes it, and the writer may not be their own reviewer: name another "
    "role in the file, then apply the cycle again."
)


class _Taker(NamedTuple):
    """Someone who holds a role that a rule names."""

    place: int
    """Where the rule names it."""
    role: str
    person: Person


class _Ruling(NamedTuple):
    """A rule, and who holds its roles on the day of applying."""

    task: Task
    rule: Rule
    words: str
    takers: Sequence[_Taker]

    def asks(self, section: str, taker: _Taker, due: date) -> Asked:
        """The request to one person."""
        person = taker.person
        return Asked(section, self.task, person.id, person.name, taker.role, due, self.words)


class _Asking:
    """Goes from plan to plan, and knows how many tasks everybody has so far."""

    def __init__(self, cycle: CycleFile, everyone: Sequence[Person], on: date) -> None:
        self.gaps: list[Gap] = []
        self._on = on
        self._here = [
            person for person in sorted(everyone, key=_by_staff_id) if person.roles_on(on)
        ]
        self._tutors: dict[str, Person | None] = {}
        self._many: Counter[str] = Counter()
        self._writing = [self._ruling("write", rule) for rule in cycle.write]
        self._reviewing = [self._ruling("review", rule) for rule in cycle.review]

    def tasks(self, pupil: Particulars, meeting: date) -> tuple[Asked, ...]:
        """Who is asked for what about a pupil; what nobody can take becomes a gap."""
        writing = self._ask(self._writing, pupil, meeting, ())
        reviewing = self._ask(self._reviewing, pupil, meeting, writing)
        return (*writing, *reviewing)

    def _ask(
        self,
        rulings: Sequence[_Ruling],
        pupil: Particulars,
        meeting: date,
        writing: Sequence[Asked],
    ) -> list[Asked]:
        found: dict[tuple[str, str], Asked] = {}
        covered: set[str] = set()
        writers = {(asked.section, asked.to) for asked in writing}
        for ruling in rulings:
            rule = ruling.rule
            if not rule.holds_for(pupil.year):
                continue
            covered.update(rule.sections)
            due = max(self._on, meeting - timedelta(days=rule.days_before_meeting))
            try:
                able = self._able(ruling, pupil, due)
            except _NobodyError as why:
                self._gaps(pupil, ruling.task, rule.sections, str(why), ruling.words)
                continue
            for section in rule.sections:
                free = [taker for taker in able if (section, taker.person.id) not in writers]
                if not free:
                    self._gaps(pupil, ruling.task, [section], _ALL_WRITE, ruling.words)
                asked = [ruling.asks(section, taker, due) for taker in free]
                if rule.ask == "one":
                    asked = [
                        replace(one, instead=tuple(asked[1:][:MOST_INSTEAD])) for one in asked[:1]
                    ]
                for one in asked:
                    # Whom two rules ask for the same is asked once, by the first of them.
                    found.setdefault((section, one.to), one)
        for ruling in rulings:
            uncovered = [section for section in ruling.rule.sections if section not in covered]
            covered.update(uncovered)
            self._gaps(pupil, ruling.task, uncovered, _no_rule(ruling.task, pupil.year), None)
        self._many.update(asked.to for asked in found.values())
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

    def _ruling(self, task: Task, rule: Rule) -> _Ruling:
        """A rule with who holds its roles, each in the one that it names first."""
        takers: list[_Taker] = []
        for person in self._here:
            roles = [(rule.place_of(held.role), held.role) for held in person.roles_on(self._on)]
            asked = [(place, role) for place, role in roles if place is not None]
            if asked:
                takers.append(_Taker(*min(asked), person))
        return _Ruling(task, rule, rule.in_words(task), takers)

    def _able(self, ruling: _Ruling, pupil: Particulars, due: date) -> list[_Taker]:
        """Who can take a rule's tasks about a pupil, whoever goes first before the others.

        Raises:
            _NobodyError: nobody can.
        """
        tutor = self._tutor(pupil)
        holders = self._holders(ruling, pupil, tutor)
        teaching = [
            taker
            for taker in holders
            if not taker.person.years or pupil.year in taker.person.years or taker.person is tutor
        ]
        able = [taker for taker in teaching if _still(taker, due)]
        if not able:
            raise _NobodyError(self._why_nobody(ruling.rule, pupil, due, holders, teaching))

        def order(taker: _Taker) -> tuple[int, bool, bool, int, tuple[str, str]]:
            person = taker.person
            return (
                taker.place,
                ruling.task == "write" and person is not tutor,
                pupil.year not in person.years,
                self._many[person.id],
                _by_staff_id(person),
            )

        return sorted(able, key=order)

    def _holders(
        self, ruling: _Ruling, pupil: Particulars, tutor: Person | None
    ) -> Sequence[_Taker]:
        """Who holds a role that a rule names; the plan's own tutor stands for the role of one."""
        place = ruling.rule.place_of(TUTOR)
        if place is None or pupil.tutor is None:
            return ruling.takers
        holders = [taker for taker in ruling.takers if taker.place != place]
        if tutor is not None:
            roles = [held.role for held in tutor.roles_on(self._on)]
            role = TUTOR if TUTOR in roles else roles[0]
            holders = [taker for taker in holders if taker.person is not tutor]
            holders.append(_Taker(place, role, tutor))
        return holders

    def _tutor(self, pupil: Particulars) -> Person | None:
        """The person whom a plan names as tutor, when that can be only one."""
        name = pupil.tutor
        if name is None:
            return None
        if name not in self._tutors:
            found = [person for person in self._here if _goes_by(person, name)]
            self._tutors[name] = found[0] if len(found) == 1 else None
        return self._tutors[name]

    def _why_nobody(
        self,
        rule: Rule,
        pupil: Particulars,
        due: date,
        holders: Sequence[_Taker],
        teaching: Sequence[_Taker],
    ) -> str:
        roles = " or ".join(rule.roles)
        if teaching:
            why = f"whoever is {roles} now will not be on {due}, when it is due: record who follows"
        elif holders:
            who = f"no {roles} teaches {years_in_words([pupil.year])}"
            why = f"{who}: say who does in the list of people"
        elif rule.place_of(TUTOR) is not None and pupil.tutor is not None:
            who = f"the plan's tutor {pupil.tutor[:40]!r} is nobody known here, or more than one"
            why = f"{who}: name another role in the file"
        else:
            why = f"nobody is {roles} on {self._on}: record who is with `people grant`"
        return f"{why}, then apply the cycle again."


def _no_rule(task: Task, year: str) -> str:
    return (
        f"no [[{task}]] for it is about {years_in_words([year])}: add one to the file, then apply "
        "the cycle again."
    )


def _still(taker: _Taker, due: date) -> bool:
    return any(held.role == taker.role and held.on(due) for held in taker.person.roles)


def _by_staff_id(person: Person) -> tuple[str, str]:
    return person.staff_id, person.id


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
