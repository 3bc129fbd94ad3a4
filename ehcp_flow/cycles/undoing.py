"""A cycle taken back: what it asked for and nobody has started, by counter-events.

History keeps both. Every plan's share is decided by its own history and recorded whole or not at
all, so that an undoing that was interrupted is completed by undoing again, and undoing twice
changes nothing.

- Work on a section began when somebody accepted it, wrote, submitted, returned, approved or signed
  in it since the review was set up. Then everybody whom the cycle asked for this section stays
  asked: a text that is being written needs its reviewer.
- Advice was started by whoever said that they give it, or gave it; a meeting, once somebody said
  that they come. Then nobody who was asked to it is let go: it is held.
- The review itself is taken back when nothing of it was started; the one before it stands again,
  and whoever was asked to attend or for advice is asked no more: that goes with it. While it
  stands, so does its meeting, and only advice that nobody started is taken back by itself.
- What was started is taken back only where it is named. What is done stays done.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast
from uuid import UUID

from ehcp_flow import plan as planning
from ehcp_flow.acting import MOST_EVENTS, TRIES, By, Part, Progress, Tenancy
from ehcp_flow.cycles.course import taken_over
from ehcp_flow.cycles.finding import Applications, find_cycle
from ehcp_flow.errors import NotFound, StoreTrouble
from ehcp_flow.events import (
    AdviceKind,
    AssignmentAccepted,
    PlanEvent,
    ReviewSetUp,
    SectionApproved,
    SectionEdited,
    SectionReturned,
    SectionSignedOff,
    SectionSubmitted,
    Task,
)
from ehcp_flow.hands import Hand
from ehcp_flow.plan import AssignmentStatus, Duty, DutyStatus, Plan
from ehcp_flow.projections import standing
from ehcp_flow.projections.duties import duties
from ehcp_flow.projections.standing import PlanLine, WorkTask
from ehcp_flow.rules import assigning, taking_part, withdrawing
from ehcp_flow.storage import VersionTaken

_STARTED: tuple[AssignmentStatus | DutyStatus, ...] = ("accepted", "done")


@dataclass(frozen=True, slots=True)
class Held:
    """A task of a cycle, or something that it asked for beside sections, as it stood."""

    reference: str
    section: str
    """Empty when it is about no section."""
    task: WorkTask
    to: str
    """The person's id."""
    to_name: str
    status: AssignmentStatus | DutyStatus
    """Advice that was given is ``done``."""
    kind: AdviceKind | None = None
    """Which advice."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What is taken back of one plan."""

    stream: UUID
    reference: str
    tasks: tuple[Held, ...]
    review: bool
    """Whether the review is, too."""
    duties: tuple[Held, ...] = ()
    """Who need not come to the meeting, or not give advice, any more."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a cycle did, or would do."""

    cycle: str
    preview: bool
    """Whether nothing was recorded."""
    taken_back: tuple[TakenBack, ...]
    left: tuple[Held, ...]
    """What stays asked or done, as it was started, or the work on its section was."""
    taken_over: tuple[str, ...]
    """The plans to which nothing was done, as a later review took over."""

    @property
    def tasks(self) -> int:
        """How many tasks are taken back."""
        return sum(len(one.tasks) for one in self.taken_back)

    @property
    def duties(self) -> int:
        """How many need not come to a meeting, or not give advice, any more."""
        return sum(len(one.duties) for one in self.taken_back)

    @property
    def reviews(self) -> int:
        """How many reviews are taken back."""
        return sum(one.review for one in self.taken_back)


class _Decided(NamedTuple):
    """What is to be recorded of one plan, and what stays."""

    part: Part
    back: TakenBack
    left: Sequence[Held]


class Undoing:
    """Undoes cycles in one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def undo(
        self,
        name: str,
        *,
        plans: Collection[str] | None = None,
        started: bool = False,
        by: By,
        preview: bool = False,
        progress: Progress | None = None,
    ) -> Undone:
        """As ``Cycles.undo``."""
        hand = self._here.hand(by)
        withdrawing.may_take_back(hand)
        cycle = find_cycle(self._here, name)
        id = str(cycle.stream)
        reading = self._here.read(standing.VIEW)
        named = None if plans is None else self._named(cycle, plans)
        lines = standing.plan_lines(reading, self._here.tenant, streams=named)
        asked = standing.assignments(reading, self._here.tenant, [line.stream for line in lines])
        held = {
            stream: sum(a.cycle == id for some in by_section.values() for a in some)
            for stream, by_section in asked.items()
        }
        beside = duties(reading, self._here.tenant, id, [line.stream for line in lines])
        todo = [line for line in lines if line.review is not None and line.review.cycle == id]
        over = taken_over(self._here, cycle)
        decided: list[_Decided] = []
        for batch in _batches(
            (line, 1 + held[line.stream] + len(beside[line.stream])) for line in todo
        ):
            decided += self._undo(
                batch, id, hand, started=started or named is not None, preview=preview
            )
            if progress is not None:
                progress(len(decided), len(todo))
        return Undone(
            cycle.name,
            preview,
            tuple(one.back for one in decided if one.part.events),
            tuple(task for one in decided for task in one.left),
            tuple(line.reference for line in lines if line.stream in over),
        )

    def _named(self, cycle: Applications, plans: Collection[str]) -> list[UUID]:
        """The streams of the plans that are named.

        Raises:
            NotFound: there is no such plan, or this cycle never set up a review of it.
            Ambiguous: several references begin so.
        """
        found = list(dict.fromkeys(self._here.stream_of(plan) for plan in plans))
        for stream in found:
            events = [step.event for step in self._here.history(stream)]
            if not any(_sets_up(event, str(cycle.stream)) for event in events):
                reference = self._here.plan(stream).reference
                raise NotFound(
                    f"{cycle.name} set up no review of {reference}: `ehcp-flow cycle status "
                    "NAME --by plan` shows the plans of a cycle."
                )
        return found

    def _undo(
        self, batch: Sequence[PlanLine], cycle: str, hand: Hand, *, started: bool, preview: bool
    ) -> list[_Decided]:
        for _ in range(TRIES):
            decided = [self._decide(line, cycle, hand, started=started) for line in batch]
            if preview:
                return decided
            try:
                self._here.append_parts([one.part for one in decided if one.part.events])
            except VersionTaken:
                # Someone acted in one of these plans: what they began is found, and left.
                continue
            return decided
        raise StoreTrouble(
            "Others kept changing the same plans: undo the cycle again, it goes on from here."
        )

    def _decide(self, line: PlanLine, cycle: str, hand: Hand, *, started: bool) -> _Decided:
        history = [cast("PlanEvent", step.event) for step in self._here.history(line.stream)]
        plan = planning.fold(line.stream, history)
        tasks = _tasks_of(plan, cycle)
        if not plan.reviews or plan.reviews[-1].cycle != cycle:
            # It was taken back, or a later review took over, since the view was read.
            nothing = TakenBack(plan.stream, plan.reference, (), False)
            return _Decided(Part(plan.stream, plan.version, []), nothing, [])
        begun = _begun(plan, history, cycle) | {
            held.section for held in tasks if held.status in _STARTED
        }
        back = [
            held
            for held in tasks
            if held.status in ("assigned", "accepted") and (started or held.section not in begun)
        ]
        left = [held for held in tasks if held not in back]
        events: list[PlanEvent] = [
            assigning.withdraw(
                plan,
                held.section,
                cast("Task", held.task),
                to=held.to,
                to_name=held.to_name,
                hand=hand,
            )
            for held in back
        ]
        beside = _duties_of(plan, cycle)
        answered = any(held.status in _STARTED for held, _ in beside)
        review = started or not (answered or any(held.section in begun for held in left))
        go = [
            (held, duty)
            for held, duty in beside
            if held.status != "done" and (review or _is_let_go(held))
        ]
        left += [held for held, duty in beside if (held, duty) not in go]
        if not review:
            events += [taking_part.withdraw(duty, hand=hand) for _, duty in go]
        else:
            after = planning.fold(plan.stream, [*history, *events])
            events.append(withdrawing.withdraw_review(after, cycle, hand=hand))
        return _Decided(
            Part(plan.stream, plan.version, events),
            TakenBack(
                plan.stream,
                plan.reference,
                tuple(back),
                review,
                tuple(held for held, _ in go),
            ),
            left,
        )


def _tasks_of(plan: Plan, cycle: str) -> list[Held]:
    """What a cycle asked for and nobody declined or took back."""
    return [
        Held(plan.reference, section.id, asked.task, asked.to, asked.to_name, asked.status)
        for section in plan.sections.values()
        for asked in section.assignments
        if asked.cycle == cycle and asked.status in ("assigned", "accepted", "done")
    ]


def _duties_of(plan: Plan, cycle: str) -> list[tuple[Held, Duty]]:
    """What a cycle asked for beside sections and nobody declined or took back."""
    return [
        (
            Held(
                plan.reference,
                "",
                "attend" if duty.kind is None else "advise",
                duty.to,
                duty.to_name,
                "done" if duty.kind is not None and plan.gave(duty) else duty.status,
                duty.kind,
            ),
            duty,
        )
        for duty in plan.duties
        if duty.cycle == cycle and duty.open
    ]


def _is_let_go(held: Held) -> bool:
    """Whether something is taken back by itself, beside a review that stands."""
    return held.task == "advise" and held.status not in _STARTED


def _begun(plan: Plan, history: Sequence[PlanEvent], cycle: str) -> set[str]:
    """The sections on which work began since the cycle's review was set up."""
    start = max(n for n, event in enumerate(history) if _sets_up(event, cycle))
    begun: set[str] = set()
    for event in history[start:]:
        match event:
            case (
                SectionEdited()
                | SectionSubmitted()
                | SectionReturned()
                | SectionApproved()
                | SectionSignedOff()
            ):
                begun.add(event.section)
            case AssignmentAccepted():
                # Whoever was asked by hand counts too, unless they said no after all.
                held = plan.section(event.section).assigned(event.task, event.by)
                if held is not None and held.status in _STARTED:
                    begun.add(event.section)
            case _:
                pass
    return begun


def _sets_up(event: object, cycle: str) -> bool:
    return isinstance(event, ReviewSetUp) and event.cycle == cycle


def _batches(lines: Iterable[tuple[PlanLine, int]]) -> Iterator[list[PlanLine]]:
    """Plans in groups that fit one transaction, each with the most events it can take."""
    group: list[PlanLine] = []
    events = 0
    for line, many in lines:
        if group and events + many > MOST_EVENTS:
            yield group
            group, events = [], 0
        group.append(line)
        events += many
    if group:
        yield group
