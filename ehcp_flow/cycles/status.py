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
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from operator import attrgetter
from typing import Literal, NamedTuple, TypeVar
from uuid import UUID

from ehcp_flow.acting import Tenancy
from ehcp_flow.errors import NotFound, RecordDamaged
from ehcp_flow.events import CycleApplied, DeclineReason, Task
from ehcp_flow.hands import Person
from ehcp_flow.plan import Assignment
from ehcp_flow.projections import people, standing, trail
from ehcp_flow.projections.facts import Facts, day, facts_of, instant
from ehcp_flow.projections.standing import PlanLine, WorkItem
from ehcp_flow.recording import Recorded
from ehcp_flow.storage import Recorder
from ehcp_flow.text import one_line

TaskState = Literal["not started", "started", "done", "declined", "withdrawn", "closed"]
"""``closed``: a later review took over before it was done."""

Standing = Literal["stands", "taken over", "withdrawn"]

_AT_ONCE = 5_000
"""Rows read at once."""


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


@dataclass(frozen=True, slots=True)
class Share:
    """What one person or one organisation has of a cycle."""

    id: str | None
    """The person's id."""
    name: str
    organisation: str | None
    tally: Tally
    ask_again: int = 0
    """The declined ones for which this person should ask somebody else."""


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

    @property
    def tally(self) -> Tally:
        """All tasks."""
        return _tally(self.tasks)

    def by_person(self) -> tuple[Share, ...]:
        """What each person has, whoever most waits on first."""
        again = Counter(task.waits_on for task in self.tasks if task.state == "declined")
        askers = {
            task.waits_on: task.waits_on_name or ""
            for task in self.tasks
            if task.state == "declined" and task.waits_on is not None
        }
        mine = _grouped(self.tasks, attrgetter("person"))
        for person in askers:
            mine.setdefault(person or "", [])
        shares = [
            Share(
                person,
                some[0].name if some else askers[person],
                some[0].organisation if some else None,
                _tally(some),
                again[person],
            )
            for person, some in mine.items()
        ]
        return tuple(sorted(shares, key=_most_first))

    def by_organisation(self) -> tuple[Share, ...]:
        """What the people of each school, service or authority have, the most waiting first."""
        shares = [
            Share(None, name or "not known", name, _tally(some))
            for name, some in _grouped(self.tasks, attrgetter("organisation")).items()
        ]
        return tuple(sorted(shares, key=_most_first))


@dataclass(frozen=True, slots=True)
class DayProgress:
    """How far a cycle was at the end of a day; each counts what the one before it counts."""

    on: date
    asked: int
    """Tasks asked for, less those taken back."""
    accepted: int
    """Of these, accepted or begun by whoever was asked."""
    done: int
    """Of these, done: submitted by the writer, or approved."""
    submitted: int
    """Of these, those to write."""


# Asking ------------------------------------------------------------------------------------------


class Applications(NamedTuple):
    """A cycle's own record: each application of another file."""

    stream: UUID
    name: str
    first: CycleApplied
    last: CycleApplied
    position: int
    """Of the first of them in the log: nothing was asked before."""
    latest: int
    """Position of the last of them."""


def find_cycle(here: Tenancy, name: str) -> Applications:
    """Return the cycle of a name, whatever its case.

    Raises:
        NotFound: there is none.
    """
    said = " ".join(one_line(name).split())
    key = said.casefold()
    if key and (held := here.recorder.holders("cycle", [key])):
        return _applications(here, held[key])
    names = [cycle.name for cycle in _all_cycles(here)]
    near = get_close_matches(said, names, 1)
    raise NotFound(
        f"There is no cycle {said!r} here"
        + (f", did you mean {near[0]!r}?" if near else ":")
        + " `ehcp-flow cycle status` shows which there are."
    )


def status(here: Tenancy, name: str | None = None) -> CycleStatus:
    """As ``Cycles.status``."""
    everything = _all_cycles(here)
    cycles = everything if name is None else [find_cycle(here, name)]
    today = here.today()
    lines = standing.plan_lines(here.read(standing.VIEW), here.tenant)
    over = _taken_over(here, cycles, everything)
    tasks = _tasks(here, lines, cycles, over, today)
    by_plan = _grouped(tasks, attrgetter("cycle", "stream"))
    plans = [
        _plan_progress(cycle, line, over.get((str(cycle.stream), str(line.stream))), some)
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
        )
        for cycle in cycles
    ]
    told.sort(key=_latest_first, reverse=True)
    return CycleStatus(today, tuple(told), tuple(plans), tuple(tasks))


def taken_over(here: Tenancy, cycle: Applications) -> frozenset[UUID]:
    """Return the plans whose review by a cycle a later one took over."""
    return frozenset(UUID(plan) for _, plan in _taken_over(here, [cycle], _all_cycles(here)))


def _holds(line: PlanLine, cycle: Applications) -> bool:
    return line.review is not None and line.review.cycle == str(cycle.stream)


def _latest_first(cycle: CycleLine) -> tuple[datetime, str]:
    return cycle.applied, cycle.name


def _all_cycles(here: Tenancy) -> list[Applications]:
    return [_applications(here, stream) for stream in _cycle_streams(here.recorder)]


def _cycle_streams(recorder: Recorder) -> list[UUID]:
    """The streams that hold the name of a cycle."""
    found: list[UUID] = []
    after = b""
    while held := recorder.claims(gt=after, limit=_AT_ONCE):
        found += [UUID(claim.stream) for claim in held if claim.kind == "cycle"]
        after = held[-1].digest
    return found


def _applications(here: Tenancy, stream: UUID) -> Applications:
    steps = here.history(stream)
    events = [step.event for step in steps if isinstance(step.event, CycleApplied)]
    if not events:
        raise RecordDamaged(f"The cycle {stream} does not begin with its first application.")
    first: Recorded = steps[0]
    return Applications(
        stream, events[-1].cycle_name, events[0], events[-1], first.position, steps[-1].position
    )


# How each task stands ----------------------------------------------------------------------------


def _tasks(
    here: Tenancy,
    lines: Sequence[PlanLine],
    cycles: Sequence[Applications],
    over: "Mapping[tuple[str, str], _PlanTasks]",
    today: date,
) -> list[CycleTask]:
    if not cycles:
        return []
    reading = here.read(standing.VIEW)
    names = {str(cycle.stream): cycle.name for cycle in cycles}
    organisations = _Organisations(here, today)
    waiting, again = _waiting(standing.work_items(reading, here.tenant))
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


def _closed_tasks(
    cycle: str,
    line: PlanLine,
    plan: "_PlanTasks",
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
    over: "_PlanTasks | None",
    tasks: Sequence[CycleTask],
) -> PlanProgress:
    meeting: date | None = None
    how: Standing = "withdrawn"
    if line.review is not None and _holds(line, cycle):
        how, meeting = "stands", line.review.meeting
    elif over is not None:
        how, meeting = "taken over", date.fromisoformat(over.meeting)
    pupil = f"{line.forename} {line.surname}".strip()
    names = dict.fromkeys(t.waits_on_name for t in tasks if t.waits_on_name and not t.later)
    return PlanProgress(
        cycle.name,
        line.stream,
        line.reference,
        pupil,
        how,
        meeting,
        _tally(tasks),
        tuple(filter(None, names)),
    )


def _most_first(share: Share) -> tuple[int, int, str, str]:
    tally = share.tally
    return (
        -(tally.not_started + tally.started + share.ask_again),
        -tally.late,
        share.name,
        share.id or "",
    )


_Key = TypeVar("_Key", bound=Hashable)


def _grouped(
    tasks: Iterable[CycleTask], key: Callable[[CycleTask], _Key]
) -> dict[_Key, list[CycleTask]]:
    found: dict[_Key, list[CycleTask]] = {}
    for task in tasks:
        found.setdefault(key(task), []).append(task)
    return found


# By events ---------------------------------------------------------------------------------------

_Key3 = tuple[str, Task, str]
"""Section, task and the id of whoever was asked."""
_TaskStatus = Literal["assigned", "accepted", "done", "declined", "withdrawn"]


_CLOSED: Mapping[_TaskStatus, TaskState] = {
    "assigned": "closed",
    "accepted": "closed",
    "done": "done",
    "declined": "declined",
    "withdrawn": "withdrawn",
}
"""How a task stands once a later review took over."""


@dataclass(slots=True)
class _Asked:
    """A task while events go by."""

    status: _TaskStatus
    facts: Facts
    """Of the event that asked for it."""
    reason: DeclineReason | None = None

    @property
    def cycle(self) -> str | None:
        """The cycle that asked for it."""
        return self.facts.get("cycle")


@dataclass(slots=True)
class _PlanTasks:
    """What a plan's people are asked for while its events go by, as the fold of a plan has it.

    It begins with the review that a cycle set up.
    """

    cycle: str
    meeting: str = ""
    tasks: dict[_Key3, _Asked] = field(default_factory=dict[_Key3, _Asked])
    handed_on: set[str] = field(default_factory=set[str])
    """The sections that are out of their writers' hands."""
    approved: set[str] = field(default_factory=set[str])
    written: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Who wrote in which section since the review was set up."""
    over: bool = False
    """Whether a later review took over: then it stays as it was."""
    withdrawn: bool = False
    """Whether the review was taken back."""

    def take(self, type_: str, facts: Facts) -> None:
        """Take in one more event."""
        match type_:
            case "review-set-up" if facts["cycle"] == self.cycle:
                self.meeting = facts["meeting"]
                self._begin()
            case "review-set-up":
                self.over = True
            case "review-withdrawn" if facts["cycle"] == self.cycle:
                self.withdrawn = True
                self._let_go()
            case "review-withdrawn" if facts.get("earlier_cycle") == self.cycle:
                # It stands again, and what it had asked for was closed.
                self.over = False
                self.tasks.clear()
            case _ if not self.over:
                _CHANGES[type_](self, facts)
            case _:
                pass

    def _begin(self) -> None:
        """The review is set up, again when it was taken back before: what was done is closed."""
        self.over = self.withdrawn = False
        self.written.clear()
        self.tasks = {
            key: asked
            for key, asked in self.tasks.items()
            if asked.status in ("declined", "withdrawn")
            or (asked.status != "done" and asked.cycle is None)
        }

    def assign(self, facts: Facts) -> None:
        """Somebody is asked."""
        key: _Key3 = facts["section"], facts["task"], facts["to"]
        before = self.tasks.get(key)
        accepted = before is not None and before.status == "accepted"
        self.tasks[key] = _Asked("accepted" if accepted else "assigned", facts)
        if facts["task"] == "write" and facts["section"] in self.handed_on:
            self._reopen(facts["section"])

    def withdraw(self, facts: Facts) -> None:
        """What was asked is taken back."""
        self._settle(facts["section"], facts["task"], facts["to"], "withdrawn")

    def accept(self, facts: Facts) -> None:
        """Somebody says yes."""
        self._settle(facts["section"], facts["task"], facts["by"], "accepted")

    def decline(self, facts: Facts) -> None:
        """Somebody says no."""
        self._settle(facts["section"], facts["task"], facts["by"], "declined")
        asked = self.tasks.get((facts["section"], facts["task"], facts["by"]))
        if asked is not None and asked.status == "declined":
            asked.reason = facts["reason"]

    def edit(self, facts: Facts) -> None:
        """Somebody writes, perhaps for somebody else."""
        section: str = facts["section"]
        if section in self.handed_on:
            self._turn(section, "write")
        self._reopen(section)
        self.written.update((section, facts[who]) for who in ("by", "on_behalf_of") if who in facts)

    def submit(self, facts: Facts) -> None:
        """A writer is done; the reviewers look at it again."""
        section: str = facts["section"]
        self._settle(section, "write", facts["by"], "done")
        self._turn(section, "review")
        self._reopen(section)
        self.handed_on.add(section)

    def return_(self, facts: Facts) -> None:
        """The writers are not done after all."""
        self._turn(facts["section"], "write")
        self._reopen(facts["section"])

    def approve(self, facts: Facts) -> None:
        """Everybody is done."""
        section: str = facts["section"]
        for asked_in, task, to in self.tasks:
            if asked_in == section:
                self._settle(section, task, to, "done")
        self.handed_on.add(section)
        self.approved.add(section)

    def _settle(self, section: str, task: Task, to: str, status: _TaskStatus) -> None:
        asked = self.tasks.get((section, task, to))
        if asked is not None and asked.status in ("assigned", "accepted"):
            asked.status = status

    def _turn(self, section: str, task: Task) -> None:
        for key, asked in self.tasks.items():
            if asked.status == "done" and key[:2] == (section, task):
                asked.status = "accepted"

    def _let_go(self) -> None:
        for asked in self.tasks.values():
            if asked.status == "declined" and asked.cycle == self.cycle:
                asked.status = "withdrawn"

    def _reopen(self, section: str) -> None:
        self.handed_on.discard(section)
        self.approved.discard(section)

    def theirs(self) -> Iterator[tuple[_Key3, _Asked]]:
        """What the cycle asked for, and what somebody else was asked instead of a declined one."""
        declined = {
            key[:2]
            for key, asked in self.tasks.items()
            if asked.status == "declined" and asked.cycle == self.cycle
        }
        for key, asked in self.tasks.items():
            instead = asked.cycle is None and key[:2] in declined and asked.status != "withdrawn"
            if instead or asked.cycle == self.cycle:
                yield key, asked

    def counts(self) -> Counter[str]:
        """How many are asked, accepted, done and submitted."""
        found: Counter[str] = Counter()
        held = {
            key[:2]
            for key, asked in self.tasks.items()
            if asked.status in ("assigned", "accepted", "done")
        }
        for (section, task, to), asked in self.theirs():
            if asked.status == "withdrawn":
                continue
            if asked.status == "declined":
                found["asked"] += (section, task) not in held and section not in self.approved
                continue
            begun = task == "write" and (section, to) in self.written
            found["asked"] += 1
            found["accepted"] += begun or asked.status != "assigned"
            found["done"] += asked.status == "done"
            found["submitted"] += asked.status == "done" and task == "write"
        return found


_CHANGES: dict[str, Callable[[_PlanTasks, Facts], object]] = {
    "review-withdrawn": lambda _plan, _facts: None,
    "section-assigned": _PlanTasks.assign,
    "assignment-withdrawn": _PlanTasks.withdraw,
    "assignment-accepted": _PlanTasks.accept,
    "assignment-declined": _PlanTasks.decline,
    "section-edited": _PlanTasks.edit,
    "section-submitted": _PlanTasks.submit,
    "section-returned": _PlanTasks.return_,
    "section-approved": _PlanTasks.approve,
}
_TOLD = frozenset({*_CHANGES, "review-set-up"})


def _taken_over(
    here: Tenancy, cycles: Sequence[Applications], everything: Sequence[Applications]
) -> dict[tuple[str, str], _PlanTasks]:
    """The plans whose review by one of these cycles a later one took over, by cycle and plan."""
    wanted = [
        cycle
        for cycle in cycles
        if any(other.latest > cycle.position for other in everything if other != cycle)
    ]
    if not wanted:
        return {}
    ids = {str(cycle.stream) for cycle in wanted}
    plans: dict[str, dict[str, _PlanTasks]] = {}
    for type_, stream, facts in _events(here.recorder, min(cycle.position for cycle in wanted)):
        if type_ == "review-set-up" and facts["cycle"] in ids:
            cycle: str = facts["cycle"]
            plans.setdefault(stream, {}).setdefault(cycle, _PlanTasks(cycle))
        for plan in plans.get(stream, {}).values():
            plan.take(type_, facts)
    return {
        (cycle, stream): plan
        for stream, some in plans.items()
        for cycle, plan in some.items()
        if plan.over and not plan.withdrawn
    }


def days(here: Tenancy, name: str) -> tuple[DayProgress, ...]:
    """As ``Cycles.days``."""
    cycle = find_cycle(here, name)
    id = str(cycle.stream)
    plans: dict[str, _PlanTasks] = {}
    before: dict[str, Counter[str]] = {}
    total: Counter[str] = Counter()
    found: dict[str, DayProgress] = {}
    latest = ""
    for type_, stream, facts in _events(here.recorder, cycle.position):
        plan = plans.get(stream)
        if plan is None:
            if type_ != "review-set-up" or facts["cycle"] != id:
                continue
            plan = plans[stream] = _PlanTasks(id)
        plan.take(type_, facts)
        counts = plan.counts()
        total.update(counts)
        total.subtract(before.get(stream, {}))
        before[stream] = counts
        # A clock that went back does not undo what was counted before.
        latest = max(latest, day(instant(facts["at"])))
        found[latest] = DayProgress(
            date.fromisoformat(latest),
            total["asked"],
            total["accepted"],
            total["done"],
            total["submitted"],
        )
    return tuple(_where_it_moves(found.values()))


def _events(recorder: Recorder, after: int) -> Iterator[tuple[str, str, Facts]]:
    """What moves tasks, in the order of the log; what was erased tells nothing."""
    while rows := recorder.log(gt=after, limit=_AT_ONCE):
        for row in rows:
            if row.type in _TOLD and (facts := facts_of(row)) is not None:
                yield row.type, row.stream, facts
        after = rows[-1].position


def _where_it_moves(found: Iterable[DayProgress]) -> Iterator[DayProgress]:
    numbers = attrgetter("asked", "accepted", "done", "submitted")
    before: tuple[int, ...] = (0, 0, 0, 0)
    for one in found:
        if numbers(one) != before:
            before = numbers(one)
            yield one
