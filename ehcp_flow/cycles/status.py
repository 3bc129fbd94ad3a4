"""How far is a review cycle: what was asked, what waits on whom, what is done?

How it stands is read from views. Of a plan whose review a later one took over, a view no longer
knows what the earlier one asked for: there the events tell how far it had come.

- A task is one person's: to write or to review a section of one plan. Whoever is asked by hand for
  what somebody declined has a task of the cycle as well.
- A task is started once it was accepted, or once whoever was asked wrote in the section since the
  review was set up. It is done when they submitted the section, or when it was approved.
- It is late when it is open, its day has passed, and it can be done: a review that waits for the
  writing is not.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from typing import Literal, TypeVar
from uuid import UUID

from ehcp_flow.acting import Tenancy
from ehcp_flow.cycles.beside import NO_DUTIES, CycleDuty, DutyTally, cycle_duty, tally_duties
from ehcp_flow.cycles.course import PlanTasks, TaskStatus, taken_over_by_plan
from ehcp_flow.cycles.finding import Applications, all_cycles, find_cycle
from ehcp_flow.events import DeclineReason, Task
from ehcp_flow.hands import Person
from ehcp_flow.plan import Assignment
from ehcp_flow.projections import people, standing, trail
from ehcp_flow.projections.duties import held_duties
from ehcp_flow.projections.standing import PlanLine, WorkItem

TaskState = Literal["not started", "started", "done", "declined", "withdrawn", "closed"]
"""``closed``: a later review took over before it was done."""

Standing = Literal["stands", "taken over", "withdrawn"]


# What is told ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """How many tasks stand how."""

    not_started: int
    started: int
    done: int
    declined: int
    withdrawn: int
    closed: int
    late: int
    """Of those that are not started or started."""
    settled: int
    """Of the declined ones, for how many somebody else was asked, or the section is approved."""

    @property
    def asked(self) -> int:
        """The tasks that the cycle still asks for: of these some are done."""
        return self.not_started + self.started + self.done + self.declined - self.settled

    @property
    def percent(self) -> int | None:
        """How many of a hundred are done, 100 only for all; ``None``: nothing was asked for."""
        all = self.asked + self.closed
        return 100 * self.done // all if all else None


@dataclass(frozen=True, slots=True)
class CycleTask:
    """One person's task."""

    cycle: str
    """The cycle's name."""
    stream: UUID
    reference: str
    pupil: str
    """Forename and surname."""
    section: str
    task: Task
    person: str
    """The id of whoever was asked."""
    name: str
    role: str
    organisation: str | None
    """For which they hold that role now; ``None``: not known."""
    due: date | None
    state: TaskState
    late: bool
    reason: DeclineReason | None
    waits_on: str | None
    """The id of whoever it waits on now: whoever asked, when it was declined."""
    waits_on_name: str | None
    later: bool
    """Whether it is a review that cannot begin yet."""


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """One plan's review in a cycle."""

    cycle: str
    stream: UUID
    reference: str
    pupil: str
    standing: Standing
    meeting: date | None
    """``None``: the review was withdrawn."""
    tally: Tally
    waits_on: tuple[str, ...]
    """Names; those whose reviews cannot begin yet are left out."""
    beside: DutyTally = NO_DUTIES
    """Who comes, and which advice was given."""
    authority: str | None = None
    """Which maintains the plan; ``None``: not known."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one person, one organisation or one authority has of a cycle."""

    id: str | None
    """The person's id."""
    name: str
    organisation: str | None
    tally: Tally
    ask_again: int = 0
    """The declined ones for which this person should ask somebody else, also to meetings and for
    advice."""
    beside: DutyTally = NO_DUTIES
    """What was asked of them beside sections."""


@dataclass(frozen=True, slots=True)
class CycleLine:
    """A cycle in one line."""

    stream: UUID
    name: str
    applied: datetime
    """First."""
    applied_last: datetime
    """From its latest file."""
    by_name: str
    """Who applied it first."""
    plans: int
    """Whose review it set up and did not take back."""
    tally: Tally
    beside: DutyTally = NO_DUTIES
    """Who comes, and which advice was given."""


@dataclass(frozen=True, slots=True)
class CycleStatus:
    """How one cycle stands, or all of them."""

    on: date
    """The day for which it is told what is late."""
    cycles: tuple[CycleLine, ...]
    """The one that was named, or all, the latest applied first."""
    plans: tuple[PlanProgress, ...]
    """By reference."""
    tasks: tuple[CycleTask, ...]
    """By reference and section, to write before to review."""
    duties: tuple[CycleDuty, ...] = ()
    """Who was asked to come and for advice, by reference, as it was asked."""

    @property
    def tally(self) -> Tally:
        """All tasks."""
        return _tally(self.tasks)

    @property
    def beside(self) -> DutyTally:
        """Who comes, and which advice was given."""
        return tally_duties(self.duties)

    def by_person(self) -> tuple[Share, ...]:
        """What each person has, whoever most waits on first."""
        everything: list[CycleTask | CycleDuty] = [*self.tasks, *self.duties]
        declined = [one for one in everything if one.state == "declined"]
        again = Counter(one.waits_on for one in declined)
        askers = {one.waits_on: one.waits_on_name or "" for one in declined if one.waits_on}
        tasks = _grouped(self.tasks, attrgetter("person"))
        duties = _grouped(self.duties, attrgetter("person"))
        first = {one.person: one for one in reversed(everything)}
        shares = [
            Share(
                person,
                first[person].name if person in first else askers[person],
                first[person].organisation if person in first else None,
                _tally(tasks.get(person, ())),
                again[person],
                tally_duties(duties.get(person, ())),
            )
            for person in dict.fromkeys([*tasks, *duties, *askers])
        ]
        return tuple(sorted(shares, key=_most_first))

    def by_organisation(self) -> tuple[Share, ...]:
        """What the people of each school, service or authority have, the most waiting first."""
        return self._shares(attrgetter("organisation"))

    def by_authority(self) -> tuple[Share, ...]:
        """What is asked about the plans that each authority maintains, the most waiting first."""
        maintained = {plan.stream: plan.authority for plan in self.plans}
        return self._shares(lambda one: maintained.get(one.stream))

    def _shares(self, of: Callable[[CycleTask | CycleDuty], str | None]) -> tuple[Share, ...]:
        tasks, duties = _grouped(self.tasks, of), _grouped(self.duties, of)
        shares = [
            Share(
                None,
                name or "not known",
                name,
                _tally(tasks.get(name, ())),
                beside=tally_duties(duties.get(name, ())),
            )
            for name in dict.fromkeys([*tasks, *duties])
        ]
        return tuple(sorted(shares, key=_most_first))


# Asking ------------------------------------------------------------------------------------------


def status(here: Tenancy, name: str | None = None) -> CycleStatus:
    """As ``Cycles.status``."""
    everything = all_cycles(here)
    cycles = everything if name is None else [find_cycle(here, name)]
    today = here.today()
    lines = standing.plan_lines(here.read(standing.VIEW), here.tenant)
    over = taken_over_by_plan(here, cycles, everything)
    organisations = _Organisations(here, today)
    tasks = _tasks(here, lines, cycles, over, today, organisations)
    by_plan = _grouped(tasks, attrgetter("cycle", "stream"))
    duties = _duties(here, cycles, today, organisations)
    beside = _grouped(duties, attrgetter("cycle", "stream"))
    plans = [
        _plan_progress(
            cycle,
            line,
            over.get((str(cycle.stream), str(line.stream))),
            some,
            beside.get((cycle.name, line.stream), []),
        )
        for line in lines
        for cycle in cycles
        if (some := by_plan.get((cycle.name, line.stream), []))
        or _holds(line, cycle)
        or (str(cycle.stream), str(line.stream)) in over
    ]
    told = [
        CycleLine(
            cycle.stream,
            cycle.name,
            cycle.first.at,
            cycle.last.at,
            cycle.first.name,
            sum(plan.cycle == cycle.name and plan.standing != "withdrawn" for plan in plans),
            _tally(task for task in tasks if task.cycle == cycle.name),
            tally_duties(duty for duty in duties if duty.cycle == cycle.name),
        )
        for cycle in cycles
    ]
    told.sort(key=_latest_first, reverse=True)
    return CycleStatus(today, tuple(told), tuple(plans), tuple(tasks), tuple(duties))


def _holds(line: PlanLine, cycle: Applications) -> bool:
    return line.review is not None and line.review.cycle == str(cycle.stream)


def _latest_first(cycle: CycleLine) -> tuple[datetime, str]:
    return cycle.applied, cycle.name


# How each task stands ----------------------------------------------------------------------------


def _tasks(
    here: Tenancy,
    lines: Sequence[PlanLine],
    cycles: Sequence[Applications],
    over: Mapping[tuple[str, str], PlanTasks],
    today: date,
    organisations: "_Organisations",
) -> list[CycleTask]:
    if not cycles:
        return []
    reading = here.read(standing.VIEW)
    names = {str(cycle.stream): cycle.name for cycle in cycles}
    waiting, again = _waiting(standing.work_items(reading, here.tenant, today=today))
    written = _written(here, min(cycle.position for cycle in cycles))
    asked = standing.assignments(reading, here.tenant, [line.stream for line in lines])
    found: list[CycleTask] = []
    for line in lines:
        pupil = f"{line.forename} {line.surname}".strip()
        for section, some in sorted(asked[line.stream].items()):
            for held, cycle in _of_cycles(some, names):
                if (cycle, str(line.stream)) in over:
                    continue
                key = line.stream, section, held.task
                item = waiting.get((*key, held.to))
                on_whom = item
                if held.status == "declined":
                    on_whom = again.get(key)
                begun = held.task == "write" and (line.stream, section, held.to) in written
                found.append(
                    CycleTask(
                        names[cycle],
                        line.stream,
                        line.reference,
                        pupil,
                        section,
                        held.task,
                        held.to,
                        held.to_name,
                        held.to_role,
                        organisations.of(held.to, held.to_role),
                        held.due,
                        _state(held, begun=begun),
                        item is not None
                        and item.what != "later"
                        and held.due is not None
                        and held.due < today,
                        held.reason,
                        None if on_whom is None else on_whom.person,
                        None if on_whom is None else on_whom.name,
                        item is not None and item.what == "later",
                    )
                )
        for cycle in names:
            if (plan := over.get((cycle, str(line.stream)))) is not None:
                found += _closed_tasks(names[cycle], line, plan, organisations)
    found.sort(key=_in_order)
    return found


_CLOSED: Mapping[TaskStatus, TaskState] = {
    "assigned": "closed",
    "accepted": "closed",
    "done": "done",
    "declined": "declined",
    "withdrawn": "withdrawn",
}
"""How a task stands once a later review took over."""


def _duties(
    here: Tenancy,
    cycles: Sequence[Applications],
    today: date,
    organisations: "_Organisations",
) -> list[CycleDuty]:
    names = {str(cycle.stream): cycle.name for cycle in cycles}
    held = held_duties(here.read(standing.VIEW), here.tenant, cycles=names)
    return [cycle_duty(one, names[one.cycle], today, organisations.of) for one in held]


def _closed_tasks(
    cycle: str,
    line: PlanLine,
    plan: PlanTasks,
    organisations: "_Organisations",
) -> Iterator[CycleTask]:
    """What a review asked for until a later one took over."""
    for (section, task, to), asked in plan.theirs():
        due, role = asked.facts.get("due"), asked.facts["to_role"]
        yield CycleTask(
            cycle,
            line.stream,
            line.reference,
            f"{line.forename} {line.surname}".strip(),
            section,
            task,
            to,
            asked.facts["to_name"],
            role,
            organisations.of(to, role),
            None if due is None else date.fromisoformat(due),
            _CLOSED[asked.status],
            False,
            asked.reason,
            None,
            None,
            False,
        )


def _in_order(task: CycleTask) -> tuple[str, str, bool, str]:
    return task.reference, task.section, task.task == "review", task.name


def _of_cycles(
    some: Sequence[Assignment], names: Mapping[str, str]
) -> Iterator[tuple[Assignment, str]]:
    """The assignments of a section that cycles asked for, or somebody instead of a declined one."""
    declined = {
        held.task: held.cycle
        for held in some
        if held.status == "declined" and held.cycle is not None and held.cycle in names
    }
    for held in some:
        if held.cycle is not None and held.cycle in names:
            yield held, held.cycle
        elif held.cycle is None and held.task in declined and held.status != "withdrawn":
            yield held, declined[held.task]


def _state(held: Assignment, *, begun: bool) -> TaskState:
    match held.status:
        case "assigned":
            return "started" if begun else "not started"
        case "accepted":
            return "started"
        case other:
            return other


def _waiting(
    items: Iterable[WorkItem],
) -> tuple[dict[tuple[UUID, str, Task, str], WorkItem], dict[tuple[UUID, str, Task], WorkItem]]:
    """What waits on whoever was asked, and what waits on whoever should ask again."""
    waiting: dict[tuple[UUID, str, Task, str], WorkItem] = {}
    again: dict[tuple[UUID, str, Task], WorkItem] = {}
    for item in items:
        if item.task == "attend" or item.task == "advise":
            continue
        key = item.stream, item.section, item.task
        if item.what == "assign again":
            again[key] = item
        else:
            waiting[(*key, item.person)] = item
    return waiting, again


_WRITTEN = """
SELECT s.stream, t.section, h.stream, t.behalf_of, max(t.version)
FROM trail AS t
JOIN trail_subjects AS s ON s.number = t.stream AND s.tenant = t.tenant
JOIN trail_hands AS h ON h.number = t.hand AND h.tenant = t.tenant
WHERE t.tenant = ? AND t.position_in_log > ? AND t.event_type = 'section-edited'
GROUP BY s.stream, t.section, h.stream, t.behalf_of
"""
_SET_UP = """
SELECT s.stream, max(t.version)
FROM trail AS t JOIN trail_subjects AS s ON s.number = t.stream AND s.tenant = t.tenant
WHERE t.tenant = ? AND t.position_in_log > ? AND t.event_type = 'review-set-up'
GROUP BY s.stream
"""


def _written(here: Tenancy, after: int) -> set[tuple[UUID, str, str]]:
    """Who wrote in which section since the plan's latest review was set up."""
    reading = here.read(trail.VIEW)
    set_up = dict(reading.query(_SET_UP, (here.tenant, after)))
    found: set[tuple[UUID, str, str]] = set()
    for stream, section, by, behalf_of, version in reading.query(_WRITTEN, (here.tenant, after)):
        if version > set_up.get(stream, version):
            found.add((UUID(stream), section, by))
            if behalf_of is not None:
                found.add((UUID(stream), section, behalf_of))
    return found


class _Organisations:
    """For whom people hold a role; they are few beside their tasks."""

    def __init__(self, here: Tenancy, today: date) -> None:
        self._people = {p.id: p for p in people.people(here.read(people.VIEW), here.tenant)}
        self._today = today
        self._known: dict[tuple[str, str], str | None] = {}

    def of(self, id: str, role: str) -> str | None:
        """For whom somebody holds a role today, or held it, or holds any."""
        key = id, role
        if key not in self._known:
            self._known[key] = self._look_up(self._people.get(id), role)
        return self._known[key]

    def _look_up(self, person: Person | None, role: str) -> str | None:
        if person is None:
            return None
        held = [*person.roles_on(self._today), *person.roles]
        return next(
            (each.organisation for each in held if each.role == role),
            held[0].organisation if held else None,
        )


# Counting ----------------------------------------------------------------------------------------


def _tally(tasks: Iterable[CycleTask]) -> Tally:
    states: Counter[TaskState] = Counter()
    late = settled = 0
    for task in tasks:
        states[task.state] += 1
        late += task.late
        settled += task.state == "declined" and task.waits_on is None
    return Tally(
        states["not started"],
        states["started"],
        states["done"],
        states["declined"],
        states["withdrawn"],
        states["closed"],
        late,
        settled,
    )


def _plan_progress(
    cycle: Applications,
    line: PlanLine,
    over: PlanTasks | None,
    tasks: Sequence[CycleTask],
    duties: Sequence[CycleDuty],
) -> PlanProgress:
    meeting: date | None = None
    how: Standing = "withdrawn"
    if line.review is not None and _holds(line, cycle):
        how, meeting = "stands", line.review.meeting
    elif over is not None:
        how, meeting = "taken over", date.fromisoformat(over.meeting)
    pupil = f"{line.forename} {line.surname}".strip()
    on = [t.waits_on_name for t in tasks if not t.later]
    on += [duty.waits_on_name for duty in duties]
    return PlanProgress(
        cycle.name,
        line.stream,
        line.reference,
        pupil,
        how,
        meeting,
        _tally(tasks),
        tuple(dict.fromkeys(filter(None, on))),
        tally_duties(duties),
        line.particulars.authority,
    )


def _most_first(share: Share) -> tuple[int, int, str, str]:
    tally = share.tally
    return (
        -(tally.not_started + tally.started + share.ask_again + share.beside.waiting),
        -tally.late - share.beside.advice_late,
        share.name,
        share.id or "",
    )


_Key = TypeVar("_Key", bound=Hashable)
_One = TypeVar("_One")


def _grouped(several: Iterable[_One], key: Callable[[_One], _Key]) -> dict[_Key, list[_One]]:
    found: dict[_Key, list[_One]] = {}
    for one in several:
        found.setdefault(key(one), []).append(one)
    return found
