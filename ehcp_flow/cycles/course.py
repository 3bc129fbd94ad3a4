"""How far had a cycle come, by its events: day by day, and of what a later one took over?

Of a plan whose review a later one took over, a view no longer knows what the earlier one asked for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Literal
from uuid import UUID

from ehcp_flow.acting import Tenancy
from ehcp_flow.cycles.finding import Applications, all_cycles, find_cycle
from ehcp_flow.events import DeclineReason, Task
from ehcp_flow.projections.facts import Facts, day, facts_of, instant
from ehcp_flow.storage import Recorder

_AT_ONCE = 5_000
"""Events read at once."""


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


Key3 = tuple[str, Task, str]
"""Section, task and the id of whoever was asked."""
TaskStatus = Literal["assigned", "accepted", "done", "declined", "withdrawn"]


@dataclass(slots=True)
class _Asked:
    """A task while events go by."""

    status: TaskStatus
    facts: Facts
    """Of the event that asked for it."""
    reason: DeclineReason | None = None

    @property
    def cycle(self) -> str | None:
        """The cycle that asked for it."""
        return self.facts.get("cycle")


@dataclass(slots=True)
class PlanTasks:
    """What a plan's people are asked for while its events go by, as the fold of a plan has it.

    It begins with the review that a cycle set up.
    """

    cycle: str
    meeting: str = ""
    tasks: dict[Key3, _Asked] = field(default_factory=dict[Key3, _Asked])
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
        key: Key3 = facts["section"], facts["task"], facts["to"]
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

    def _settle(self, section: str, task: Task, to: str, status: TaskStatus) -> None:
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

    def theirs(self) -> Iterator[tuple[Key3, _Asked]]:
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


_CHANGES: dict[str, Callable[[PlanTasks, Facts], object]] = {
    "review-withdrawn": lambda _plan, _facts: None,
    "section-assigned": PlanTasks.assign,
    "assignment-withdrawn": PlanTasks.withdraw,
    "assignment-accepted": PlanTasks.accept,
    "assignment-declined": PlanTasks.decline,
    "section-edited": PlanTasks.edit,
    "section-submitted": PlanTasks.submit,
    "section-returned": PlanTasks.return_,
    "section-approved": PlanTasks.approve,
}
_TOLD = frozenset({*_CHANGES, "review-set-up"})


def taken_over_by_plan(
    here: Tenancy, cycles: Sequence[Applications], everything: Sequence[Applications]
) -> dict[tuple[str, str], PlanTasks]:
    """The plans whose review by one of these cycles a later one took over, by cycle and plan."""
    wanted = [
        cycle
        for cycle in cycles
        if any(other.latest > cycle.position for other in everything if other != cycle)
    ]
    if not wanted:
        return {}
    ids = {str(cycle.stream) for cycle in wanted}
    plans: dict[str, dict[str, PlanTasks]] = {}
    for type_, stream, facts in _events(here.recorder, min(cycle.position for cycle in wanted)):
        if type_ == "review-set-up" and facts["cycle"] in ids:
            cycle: str = facts["cycle"]
            plans.setdefault(stream, {}).setdefault(cycle, PlanTasks(cycle))
        for plan in plans.get(stream, {}).values():
            plan.take(type_, facts)
    return {
        (cycle, stream): plan
        for stream, some in plans.items()
        for cycle, plan in some.items()
        if plan.over and not plan.withdrawn
    }


def taken_over(here: Tenancy, cycle: Applications) -> frozenset[UUID]:
    """Return the plans whose review by a cycle a later one took over."""
    return frozenset(UUID(plan) for _, plan in taken_over_by_plan(here, [cycle], all_cycles(here)))


def days(here: Tenancy, name: str) -> tuple[DayProgress, ...]:
    """As ``Cycles.days``."""
    cycle = find_cycle(here, name)
    id = str(cycle.stream)
    plans: dict[str, PlanTasks] = {}
    before: dict[str, Counter[str]] = {}
    total: Counter[str] = Counter()
    found: dict[str, DayProgress] = {}
    latest = ""
    for type_, stream, facts in _events(here.recorder, cycle.position):
        plan = plans.get(stream)
        if plan is None:
            if type_ != "review-set-up" or facts["cycle"] != id:
                continue
            plan = plans[stream] = PlanTasks(id)
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
