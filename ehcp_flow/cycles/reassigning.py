"""What waits on people who are not there, and to whom it is handed over.

- Somebody is not there for a task who holds no role today or on the due day, or is away on one of
  the two.
- Each task is taken back from whoever was asked, naming who is asked instead; the new request has
  the same due day (a later one when it has passed), cycle and rule. Both stay in the record.
- When nobody is named, it goes to someone with the same role, today and on the due day, who
  teaches the pupil's year, as far as it is on record which years they teach, and has a working day
  until then; who said no to it before is not asked again. One person takes all of a plan's tasks of
  one rule if they may; else it is who surely teaches the year, then who has the least to do, then
  goes by staff id.
- While nobody is there who holds the role it goes to the one to which the operating model lets its
  duties fall.
- A meeting that somebody was asked to come to, and advice that was asked of them, is handed over
  likewise: who takes a meeting works on its day.
- Whoever has the same task already is not asked anew. What is submitted is written: a writer who
  is not there is let go, and nobody is asked instead.
- A task that nobody can take is left, with the reason.

Done again it changes nothing: what was handed over does not wait on people who are not there.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple, cast
from uuid import UUID

from ehcp_flow.acting import MOST_EVENTS, TRIES, By, Part, Progress, Tenancy
from ehcp_flow.cycles.file import years_in_words
from ehcp_flow.errors import BadInput, NothingToDo, Refused, StoreTrouble
from ehcp_flow.events import (
    AdviceAsked,
    AdviceKind,
    AssignmentWithdrawn,
    AttendanceAsked,
    DutyWithdrawn,
    PlanEvent,
    SectionAssigned,
)
from ehcp_flow.hands import Hand, Person, role_for_act
from ehcp_flow.plan import Assignment, Duty, Folding, Plan
from ehcp_flow.projections import people, standing
from ehcp_flow.projections.standing import WorkItem, WorkTask
from ehcp_flow.rules import assigning, taking_part
from ehcp_flow.rules.absence import not_there
from ehcp_flow.storage import VersionTaken

_GRACE = timedelta(days=7)
"""For whoever is asked when the due day has passed already."""

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Handed:
    """A task that is handed over."""

    stream: UUID
    reference: str
    section: str
    """Empty when it is about no section: to come to a meeting, or to give advice."""
    task: WorkTask
    from_: str
    """The id of whoever was asked before."""
    from_name: str
    to: str | None
    """The id of whoever is asked instead; ``None``: it is done, and nobody need be."""
    to_name: str | None
    due: date | None
    why: str
    """Why they no longer have it; goes on after their name and *who*."""
    kind: AdviceKind | None = None
    """Which advice is asked for."""


@dataclass(frozen=True, slots=True)
class Left:
    """A task that nobody can be given: it stays with whoever has it."""

    reference: str
    section: str
    """Empty when it is about no section."""
    task: WorkTask
    name: str
    """Of whoever has it."""
    why: str
    """Goes on after a colon, and ends with a full stop."""
    kind: AdviceKind | None = None
    """Which advice is asked for."""


@dataclass(frozen=True, slots=True)
class Reassigned:
    """What was handed over, or would be."""

    handed: tuple[Handed, ...]
    left: tuple[Left, ...]


def orphaned(here: Tenancy, person: str | None = None) -> list[WorkItem]:
    """Return what waits on people who are not there, each with ``why`` they are not.

    Args:
        here: whose work.
        person: only what waits on the person of this id.
    """
    known = {one.id: one for one in people.people(here.read(people.VIEW), here.tenant)}
    items = standing.work_items(
        here.read(standing.VIEW), here.tenant, today=here.today(), person=person
    )
    found = ((item, _away(item, known, here.today())) for item in items)
    return [replace(item, why=why) for item, why in found if why is not None]


def _away(item: WorkItem, known: Mapping[str, Person], today: date) -> str | None:
    # The due day of what somebody else declined is not that of asking again.
    due = None if item.what == "assign again" else item.due
    return not_there(known[item.person], due=due, today=today) if item.person in known else None


class _Choice(NamedTuple):
    """Someone who can take a task, in a role."""

    person: Person
    role: str


_Stands = Literal["not asked", "has it", "said no"]
"""How somebody stands to a task."""

_Event = AssignmentWithdrawn | SectionAssigned | DutyWithdrawn | AttendanceAsked | AdviceAsked
_Key = tuple[str, WorkTask, AdviceKind | None, str, str | None]
"""Whose task it was, what it is, and the role and rule by which it was theirs."""


class _NobodyError(Exception):
    """Nobody can take a task; the reason goes on after a colon."""


class _Decided(NamedTuple):
    """What is to be recorded of a plan."""

    part: Part
    handed: Sequence[Handed]
    left: Sequence[Left]


class Reassigning:
    """Hands tasks over in one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here
        self._today = here.today()
        self._known: dict[str, Person] = {}
        self._giver: Person | None = None
        self._taker: Person | None = None

    def reassign(
        self,
        from_: str | None,
        to: str | None,
        *,
        only: Collection[str] | None,
        by: By,
        preview: bool,
        progress: Progress | None,
    ) -> Reassigned:
        """As ``Cycles.reassign``."""
        hand = self._here.hand(by)
        if hand.may("coordinate") is None:
            raise hand.forbidden(
                "coordinate",
                f"{hand.name} acts as {hand.role} and may not hand over what others were asked "
                f"for: ask the {hand.under.who('coordinate')}.",
            )
        found = people.people(self._here.read(people.VIEW), self._here.tenant)
        self._known = {person.id: person for person in found}
        self._giver = None if from_ is None else self._here.person(from_)
        self._taker = None if to is None else self._able_taker(self._here.person(to))
        streams = None if only is None else {self._here.stream_of(plan) for plan in only}
        waiting = standing.work_items(
            self._here.read(standing.VIEW), self._here.tenant, today=self._today
        )
        todo: dict[UUID, list[WorkItem]] = {}
        for item in sorted(waiting, key=_by_reference):
            if (streams is None or item.stream in streams) and self._is_meant(item):
                todo.setdefault(item.stream, []).append(item)
        handed: list[Handed] = []
        left: list[Left] = []
        loads = Counter(item.person for item in waiting)
        done = 0
        for batch in _batches(todo):
            for decided in self._record(batch, loads, hand, preview=preview):
                handed += decided.handed
                left += decided.left
            done += len(batch)
            if progress is not None:
                progress(done, len(todo))
        left += [_declined(item) for items in todo.values() for item in items if _is_no(item)]
        return Reassigned(tuple(handed), tuple(left))

    def _able_taker(self, taker: Person) -> Person:
        if self._giver is not None and taker.id == self._giver.id:
            raise BadInput(f"{taker.name} has these tasks already: name somebody else with --to.")
        role_for_act(taker, on=self._today)
        if (why := not_there(taker, due=None, today=self._today)) is not None:
            raise Refused(f"{taker.name} {why}: name somebody else with --to.")
        return taker

    def _is_meant(self, item: WorkItem) -> bool:
        if self._giver is not None:
            return item.person == self._giver.id
        return _away(item, self._known, self._today) is not None

    # Deciding and recording

    def _record(
        self, batch: Sequence[UUID], loads: Counter[str], hand: Hand, *, preview: bool
    ) -> list[_Decided]:
        for _ in range(TRIES):
            trial = loads.copy()
            decided = [self._decide(stream, trial, hand) for stream in batch]
            parts = [one.part for one in decided if one.part.events]
            if parts and not preview:
                try:
                    self._here.append_parts(parts)
                except VersionTaken:
                    # Someone wrote in one of these plans: nothing of the batch is recorded.
                    continue
            loads.clear()
            loads.update(trial)
            return decided
        raise StoreTrouble(
            "Others kept changing the same plans: ask for it again, it goes on from here."
        )

    def _decide(self, stream: UUID, loads: Counter[str], hand: Hand) -> _Decided:
        """What is to be recorded of a plan, every task over the ones before it."""
        folding = Folding(stream)
        for step in self._here.history(stream):
            folding.evolve(step.version, cast("PlanEvent", step.event))
        after = folding.version
        plan = folding.plan()
        events: list[_Event] = []
        handed: list[Handed] = []
        left: list[Left] = []
        takers: dict[_Key, str] = {}
        todo: list[tuple[str, Assignment | Duty, str]] = [*self._tasks(plan), *self._duties(plan)]
        for section, asked, why in todo:
            key = _key(asked)
            new: Sequence[_Event]
            try:
                if isinstance(asked, Duty):
                    new, given = self._hand_duty(plan, asked, why, loads, takers.get(key), hand)
                else:
                    new, given = self._hand_over(
                        plan, section, asked, why, loads, takers.get(key), hand
                    )
            except _NobodyError as nobody:
                _, task, kind, *_ = key
                why_not = str(nobody)
                left.append(Left(plan.reference, section, task, asked.to_name, why_not, kind))
                continue
            for event in new:
                folding.evolve(folding.version + 1, event)
            plan = folding.plan()
            events += new
            handed.append(given)
            loads[asked.to] -= 1
            if given.to is not None:
                takers[key] = given.to
                loads[given.to] += len(new) - 1
        return _Decided(Part(stream, after, events), handed, left)

    def _tasks(self, plan: Plan) -> Iterator[tuple[str, Assignment, str]]:
        """The open tasks that are to be handed over, with why."""
        for id in self._here.template_of(plan).ids:
            section = plan.section(id)
            for asked in section.assignments:
                # What is approved waits on nobody until it is submitted again.
                idle = asked.task == "review" and section.status == "approved"
                if asked.open and not idle and (why := self._why(asked)) is not None:
                    yield id, asked, why

    def _duties(self, plan: Plan) -> Iterator[tuple[str, Duty, str]]:
        """The meetings to come to and the advice to give that are to be handed over, with why."""
        for asked in plan.duties:
            if plan.asks(asked, self._today) and (why := self._why(asked)) is not None:
                yield "", asked, why

    def _why(self, asked: Assignment | Duty) -> str | None:
        person = self._known.get(asked.to)
        gone = None
        if person is not None:
            gone = not_there(person, due=asked.due, today=self._today)
        if self._giver is None:
            return gone
        return (gone or "hands it over") if asked.to == self._giver.id else None

    def _hand_over(
        self,
        plan: Plan,
        section: str,
        asked: Assignment,
        why: str,
        loads: Counter[str],
        before: str | None,
        hand: Hand,
    ) -> tuple[list[AssignmentWithdrawn | SectionAssigned], Handed]:
        """What is recorded when a task goes to somebody else.

        Raises:
            _NobodyError: nobody can take it.
        """
        now = plan.section(section)
        due = self._due(plan, asked.due)
        taker: Person | None = None
        events: list[AssignmentWithdrawn | SectionAssigned] = []
        if asked.task == "review" or now.status != "submitted":
            taker, request = self._ask(plan, section, asked, why, due, loads, before, hand)
            events = [] if request is None else [request]
        withdrawn = assigning.withdraw(
            plan,
            section,
            asked.task,
            to=asked.to,
            to_name=asked.to_name,
            hand=hand,
            instead=None if taker is None else taker.id,
            instead_name=None if taker is None else taker.name,
        )
        held = None if taker is None else now.assigned(asked.task, taker.id)
        given = Handed(
            plan.stream,
            plan.reference,
            section,
            asked.task,
            asked.to,
            asked.to_name,
            None if taker is None else taker.id,
            None if taker is None else taker.name,
            due if events or held is None else held.due,
            why,
        )
        return [withdrawn, *events], given

    def _hand_duty(
        self,
        plan: Plan,
        asked: Duty,
        why: str,
        loads: Counter[str],
        before: str | None,
        hand: Hand,
    ) -> tuple[list[DutyWithdrawn | AttendanceAsked | AdviceAsked], Handed]:
        """What is recorded when somebody else comes to a meeting, or gives advice.

        Raises:
            _NobodyError: nobody can.
        """
        due = asked.due if asked.kind is None else self._due(plan, asked.due)
        taker, request = self._ask_beside(plan, asked, why, due, loads, before, hand)
        withdrawn = taking_part.withdraw(
            asked, hand=hand, instead=taker.id, instead_name=taker.name
        )
        held = _duty_of(plan, asked, taker.id)
        given = Handed(
            plan.stream,
            plan.reference,
            "",
            "attend" if asked.kind is None else "advise",
            asked.to,
            asked.to_name,
            taker.id,
            taker.name,
            due if request is not None or held is None else held.due,
            why,
            asked.kind,
        )
        return [withdrawn] if request is None else [withdrawn, request], given

    def _ask_beside(
        self,
        plan: Plan,
        asked: Duty,
        why: str,
        due: date | None,
        loads: Counter[str],
        before: str | None,
        hand: Hand,
    ) -> tuple[Person, AttendanceAsked | AdviceAsked | None]:
        """Whom to ask, and the request; ``None`` when they are asked for the same already.

        Raises:
            _NobodyError: nobody can be asked.
        """

        def stands(id: str) -> _Stands:
            held = _duty_of(plan, asked, id)
            if held is None or held.status == "withdrawn":
                return "not asked"
            if held.status == "declined":
                return "said no"
            return "has it" if plan.asks(held, self._today) else "not asked"

        refusal: str | None = None
        year = plan.particulars.year
        for choice in self._choices(asked, year, due, loads, before, stands, hand):
            if stands(choice.person.id) == "has it":
                return choice.person, None
            try:
                return choice.person, taking_part.ask(
                    plan,
                    asked.kind,
                    to=choice.person.id,
                    to_name=choice.person.name,
                    to_role=choice.role,
                    due=due,
                    hand=hand,
                    rule=asked.rule,
                    chosen=f"instead of {asked.to_name}, who {why}",
                    text=asked.text,
                )
            except (Refused, NothingToDo) as no:
                refusal = refusal or str(no)
        raise _NobodyError(refusal or "nobody can be asked: name somebody with --to.")

    def _ask(
        self,
        plan: Plan,
        section: str,
        asked: Assignment,
        why: str,
        due: date | None,
        loads: Counter[str],
        before: str | None,
        hand: Hand,
    ) -> tuple[Person, SectionAssigned | None]:
        """Whom to ask, and the request; ``None`` when they have the same task already.

        Raises:
            _NobodyError: nobody can be asked.
        """
        now = plan.section(section)

        def stands(id: str) -> _Stands:
            held = now.assigned(asked.task, id)
            if held is not None and held.status == "declined":
                return "said no"
            return "not asked" if held is None or not held.open else "has it"

        refusal: str | None = None
        year = plan.particulars.year
        for choice in self._choices(asked, year, due, loads, before, stands, hand):
            if stands(choice.person.id) == "has it":
                return choice.person, None
            role = choice.role
            if role != asked.to_role and self._taker is not None:
                role = assigning.role_to_ask(
                    plan, section, asked.task, choice.person, on=self._today, hand=hand
                )
            try:
                return choice.person, assigning.assign(
                    plan,
                    section,
                    asked.task,
                    to=choice.person.id,
                    to_name=choice.person.name,
                    to_role=role,
                    due=due,
                    hand=hand,
                    cycle=asked.cycle,
                    rule=asked.rule,
                    chosen=f"instead of {asked.to_name}, who {why}",
                    text=asked.text,
                )
            except Refused as no:
                refusal = refusal or str(no)
        raise _NobodyError(refusal or "nobody can be asked: name somebody with --to.")

    # Who can

    def _choices(
        self,
        asked: Assignment | Duty,
        year: str,
        due: date | None,
        loads: Counter[str],
        before: str | None,
        stands: Callable[[str], _Stands],
        hand: Hand,
    ) -> list[_Choice]:
        """Who can take a task about a pupil of a year, whoever goes first before the others.

        Raises:
            _NobodyError: nobody can.
        """
        if self._taker is not None:
            return [self._named(self._taker, asked, due)]
        meets = isinstance(asked, Duty) and asked.kind is None
        others = [person for person in self._known.values() if person.id != asked.to]
        role, holders = asked.to_role, list[Person]()
        for role in (asked.to_role, *hand.under.stand_ins(asked.to_role)):
            holders = [person for person in others if _holds(person, role, self._today)]
            if holders:
                break
        teaching = [person for person in holders if not person.years or year in person.years]
        able = [p for p in teaching if self._is_able(p, role, due, meets=meets)]
        willing = [person for person in able if stands(person.id) != "said no"]
        if not willing:
            if not holders:
                why = f"nobody else is {role}"
            elif not teaching:
                why = f"no other {role} teaches {years_in_words([year])}"
            elif not able:
                why = f"whoever else is {role} is not there for it"
            else:
                why = f"whoever else is {role} said no to it"
            raise _NobodyError(f"{why}: name somebody with --to.")

        def order(person: Person) -> tuple[bool, bool, bool, int, str, str]:
            has_it = stands(person.id) == "has it"
            surely = year in person.years
            load = loads[person.id]
            return person.id != before, has_it, not surely, load, person.staff_id, person.id

        return [_Choice(person, role) for person in sorted(willing, key=order)]

    def _named(self, taker: Person, asked: Assignment | Duty, due: date | None) -> _Choice:
        if taker.id == asked.to:
            raise _NobodyError(f"{taker.name} has it already: name somebody else with --to.")
        if (why := not_there(taker, due=due, today=self._today)) is not None:
            raise _NobodyError(f"{taker.name} {why}: name somebody else with --to.")
        same = _holds(taker, asked.to_role, self._today)
        role = asked.to_role if same else role_for_act(taker, on=self._today).role
        return _Choice(taker, role)

    def _is_able(self, person: Person, role: str, due: date | None, *, meets: bool) -> bool:
        """Whether somebody is there for it, in the role, and works on a day until it is due; to
        come to a meeting on its day."""
        if not_there(person, due=due, today=self._today) is not None:
            return False
        if due is None:
            return True
        if meets:
            return _holds(person, role, due) and _works(person, due)
        days = (self._today + timedelta(days=n) for n in range((due - self._today).days + 1))
        return _holds(person, role, due) and any(_works(person, day) for day in days)

    def _due(self, plan: Plan, due: date | None) -> date | None:
        """The same day; when it has passed a week from now, but before the meeting if it can be."""
        if due is None or due >= self._today:
            return due
        later = self._today + _GRACE
        meeting = plan.reviews[-1].meeting if plan.reviews else None
        if meeting is not None and self._today < meeting <= later:
            return meeting - timedelta(days=1)
        return later


def _key(asked: Assignment | Duty) -> _Key:
    if isinstance(asked, Assignment):
        return asked.to, asked.task, None, asked.to_role, asked.rule
    task: WorkTask = "attend" if asked.kind is None else "advise"
    return asked.to, task, asked.kind, asked.to_role, asked.rule


def _duty_of(plan: Plan, asked: Duty, id: str) -> Duty | None:
    """The same that was asked of one person asked of another."""
    return next((one for one in plan.duties if (one.kind, one.to) == (asked.kind, id)), None)


def _by_reference(item: WorkItem) -> tuple[str, str, str, str, str, str]:
    task = item.task, item.kind or ""
    return item.reference, str(item.stream), item.section, *task, item.person


def _is_no(item: WorkItem) -> bool:
    return item.what == "assign again"


def _declined(item: WorkItem) -> Left:
    ask = {"attend": "meeting ask", "advise": "advice ask"}.get(item.task, "section assign")
    why = f"{item.declined_by} said no to it: ask somebody else with `{ask}`."
    return Left(item.reference, item.section, item.task, item.name, why, item.kind)


def _batches(todo: Mapping[UUID, Sequence[WorkItem]]) -> list[list[UUID]]:
    """Plans in groups that fit one transaction, so that a conflict leaves nothing half recorded.

    A group is half of what fits, for what was asked since the view was read.
    """
    groups: list[list[UUID]] = []
    most = MOST_EVENTS // 2
    events = most
    for stream, items in todo.items():
        many = 2 * sum(not _is_no(item) for item in items)
        if not many:
            continue
        if events + many > most:
            groups.append([])
            events = 0
        groups[-1].append(stream)
        events += many
    return groups


def _holds(person: Person, role: str, day: date) -> bool:
    return any(held.role == role and held.on(day) for held in person.roles)


def _works(person: Person, day: date) -> bool:
    on = not person.days or _WEEKDAYS[day.weekday()] in person.days
    return on and not person.away_on(day)
