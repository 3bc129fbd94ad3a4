"""What would applying a cycle file do? Nothing is recorded by asking.

A preview decides what applying decides, by the same functions. Its id changes when what would be
recorded changes: whom it asks for what by which day, who comes, and when people meet; not when
somebody writes in a plan and the same would be recorded all the same.

Reckoned with are the hours that the file gives a task, or the product's own guess. The meetings of
a person are those of this cycle that they attend.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ehcp_flow.acting import By, Progress, Tenancy
from ehcp_flow.cycles.applying import Applying, Decided, Prepared, batches, essence, preview_id_of
from ehcp_flow.cycles.asking import Gap
from ehcp_flow.cycles.attending import Missing
from ehcp_flow.cycles.choosing import SetUp
from ehcp_flow.cycles.file import Hours
from ehcp_flow.events import ReviewKind, Task
from ehcp_flow.plan import Review
from ehcp_flow.projections import people
from ehcp_flow.times import london_day

What = Literal["set up", "add to", "leave alone", "refuse"]


@dataclass(frozen=True, slots=True)
class PlanPreview:
    """What would be done about a plan that the file chooses."""

    reference: str
    what: What
    why: str | None
    """Why it is left alone or refused, or what is closed of an earlier review."""
    set_up: SetUp | None
    """With what would be asked for; ``None`` when it is refused."""


@dataclass(frozen=True, slots=True)
class Burden:
    """How much waits on a person."""

    write: int
    """Sections."""
    review: int
    """Sections, those that cannot begin yet included."""
    meetings: int
    """Of this cycle, from the day of applying on."""
    hours: float

    @property
    def tasks(self) -> int:
        """What counts against a limit."""
        return self.write + self.review


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """How much waits on a person before and after."""

    person: str
    """Their id."""
    staff_id: str
    name: str
    before: Burden
    after: Burden
    limit: int | None
    """How many tasks the file lets wait on them, else the operating model; ``None``: as many as
    come."""

    @property
    def over(self) -> bool:
        """Whether more would wait on them than their limit."""
        return self.limit is not None and self.after.tasks > self.limit


@dataclass(frozen=True, slots=True)
class Preview:
    """What applying a cycle file would do."""

    cycle: str
    kind: ReviewKind
    id: str
    """``Cycles.apply`` refuses when given this and it would do something else."""
    notes_file: bool
    """Whether it would be noted that this file was applied: it is another one than the last."""
    plans: tuple[PlanPreview, ...]
    """Those that the file chooses, by reference."""
    left_out: Mapping[str, tuple[str, ...]]
    """The references of the plans that it does not choose, by reason."""
    gaps: tuple[Gap, ...]
    """Tasks that nobody can be given."""
    missing: tuple[Missing, ...]
    """Who should attend or give advice, and is nobody."""
    loads: tuple[PersonLoad, ...]
    """Of those on whom anything waits or would wait, the most first."""

    def of(self, what: What) -> list[PlanPreview]:
        """The plans about which this would be done."""
        return [plan for plan in self.plans if plan.what == what]

    @property
    def late(self) -> list[SetUp]:
        """Reviews to be set up whose meeting leaves the authority less than its four weeks."""
        found = [plan.set_up for plan in self.of("set up") if plan.set_up is not None]
        return [set_up for set_up in found if set_up.late]

    @property
    def over(self) -> list[PersonLoad]:
        """The people on whom more would wait than their limit."""
        return [load for load in self.loads if load.over]

    @property
    def something_to_do(self) -> bool:
        """Whether applying would record anything."""
        return self.notes_file or any(plan.what in ("set up", "add to") for plan in self.plans)


class Previewing:
    """Says what applying cycle files in one tenant would do."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def preview(
        self,
        data: bytes,
        *,
        file: str,
        by: By,
        on: date | None = None,
        progress: Progress | None = None,
    ) -> Preview:
        """As ``Cycles.preview``."""
        applying = Applying(self._here)
        prepared = applying.prepare(data, file=file, by=by, on=on)
        plans: list[PlanPreview] = []
        essences: list[bytes] = []
        gaps: list[Gap] = []
        closed: Counter[tuple[Task, str]] = Counter()
        for batch in batches(prepared.shares()):
            for decided in applying.decide(prepared, batch):
                plans.append(_plan(decided, prepared.lines[decided.set_up.stream].review))
                gaps += decided.gaps
                closed.update((asked.task, asked.to) for asked in decided.closes)
                if decided.part.events:
                    essences.append(essence(decided))
            if progress is not None:
                progress(len(plans), prepared.many)
        chosen = prepared.chosen
        plans += [
            PlanPreview(reference, "refuse", why, None)
            for why in chosen.without_a_day
            for reference in chosen.passed_over[why]
        ]
        day = on or london_day(prepared.hand.at)
        return Preview(
            prepared.cycle.name,
            prepared.cycle.kind,
            preview_id_of(prepared, essences),
            not prepared.noted,
            tuple(sorted(plans, key=_by_reference)),
            {
                why: references
                for why, references in chosen.passed_over.items()
                if why not in chosen.without_a_day
            },
            tuple(gaps),
            chosen.missing,
            tuple(sorted(self._loads(prepared, plans, closed, day), key=_most_first)),
        )

    def _loads(
        self,
        prepared: Prepared,
        plans: Sequence[PlanPreview],
        closed: Mapping[tuple[Task, str], int],
        day: date,
    ) -> Iterator[PersonLoad]:
        write = Counter({person: waits.write for person, waits in prepared.waits.items()})
        review = Counter({person: waits.review for person, waits in prepared.waits.items()})
        more: dict[Task, Counter[str]] = {"write": Counter(), "review": Counter()}
        for (task, person), many in closed.items():
            more[task][person] -= many
        held: Counter[str] = Counter()
        new: Counter[str] = Counter()
        for plan in plans:
            if plan.set_up is None:
                continue
            for asked in plan.set_up.tasks:
                more[asked.task][asked.to] += 1
            if plan.set_up.meeting >= day:
                held.update(plan.set_up.attend_before)
                new.update(one.person for one in plan.set_up.attend)
        hours = prepared.cycle.hours
        for who in people.people(self._here.read(people.VIEW), self._here.tenant):
            counts = write[who.id], review[who.id], held[who.id]
            added = more["write"][who.id], more["review"][who.id], new[who.id]
            if any((*counts, *added)):
                roles = [role.role for role in who.roles_on(day)]
                of_file = prepared.cycle.limits.of(who.staff_id)
                of_model = prepared.hand.under.model.limit_of(roles)
                yield PersonLoad(
                    who.id,
                    who.staff_id,
                    who.name,
                    _burden(hours, *counts),
                    _burden(hours, *(a + b for a, b in zip(counts, added, strict=True))),
                    of_model if of_file is None else of_file,
                )


def _plan(decided: Decided, review: Review | None) -> PlanPreview:
    set_up = decided.set_up
    if decided.part.events and not decided.new:
        return PlanPreview(set_up.reference, "add to", None, set_up)
    if decided.part.events:
        closes = None
        if review is not None and decided.closes:
            many = len(decided.closes)
            tasks = "1 open task" if many == 1 else f"{many} open tasks"
            closes = f"it closes {tasks} of {review.cycle_name}, meeting {review.meeting}"
        return PlanPreview(set_up.reference, "set up", closes, set_up)
    why = "set up before, and nothing is missing"
    if decided.overtaken:
        why = "a later review took over, or another file set its meeting"
    elif decided.gaps:
        why = "set up before, and nobody can take what is missing"
    return PlanPreview(set_up.reference, "leave alone", why, set_up)


def _burden(hours: Hours, write: int, review: int, meetings: int) -> Burden:
    total = write * hours.write + review * hours.review + meetings * hours.meeting
    return Burden(write, review, meetings, round(total, 2))


def _by_reference(plan: PlanPreview) -> str:
    return plan.reference


def _most_first(load: PersonLoad) -> tuple[float, str]:
    return -load.after.hours, load.staff_id
