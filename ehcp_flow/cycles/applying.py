"""A cycle file applied: the reviews and assignments it asks for, set up once and only once.

Every plan's share is one command whose id comes from the cycle and the plan, recorded whole or
not at all. So an application that was killed is completed by applying again, and applying again
after that changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4, uuid5

from ehcp_flow.cycles.choosing import Chosen, Gap, SetUp, choose
from ehcp_flow.cycles.file import CycleFile, read_cycle

from ehcp_flow.acting import MOST_EVENTS, TRIES, By, Part, Progress, Tenancy
from ehcp_flow.errors import NothingToDo, Refused, StoreTrouble
from ehcp_flow.events import CycleApplied, PlanEvent, ReviewSetUp
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Plan
from ehcp_flow.projections import people, standing
from ehcp_flow.roles import COORDINATING
from ehcp_flow.rules import assigning
from ehcp_flow.storage import Claim, ClaimTaken, CommandDone, VersionTaken


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a cycle file did."""

    cycle: str
    set_up: tuple[SetUp, ...]
    """The reviews that were set up now, with the tasks that were assigned."""
    already: int
    """The chosen plans whose review this cycle had set up before."""
    gaps: tuple[Gap, ...]
    """Tasks that nobody could be given, and why."""
    chosen: Chosen


class Cycles:
    """The review cycles of one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def apply(self, data: bytes, *, file: str, by: By, progress: Progress | None = None) -> Applied:
        """Set up what a cycle file asks for, as far as it is not set up yet.

        Args:
            data: the TOML file.
            file: its name, for messages.
            by: who applies it.
            progress: told how many plans of how many are done.

        Raises:
            BadInput: the file is not a cycle.
            Refused: whoever applies it may not.
        """
        cycle = read_cycle(data, name=file)
        hand = self._here.hand(by)
        if hand.role not in COORDINATING:
            raise Refused(
                f"{hand.name} acts as {hand.role} and may not set up a review cycle: ask the "
                "SENCO, a head or the authority's officer."
            )
        chosen = self._choose(cycle, hand.day)
        stream = self._begin(cycle, chosen, hand)
        todo = [s for s in chosen.set_ups if not self._is_done(stream, s)]
        done: list[SetUp] = []
        gaps = list(chosen.gaps)
        for batch in _batches(todo):
            for set_up, gap in self._set_up_all(stream, cycle, batch, hand):
                done.append(set_up)
                gaps += gap
            if progress is not None:
                progress(len(chosen.set_ups) - len(todo) + len(done), len(chosen.set_ups))
        already = len(chosen.set_ups) - len(done)
        return Applied(cycle.name, tuple(done), already, tuple(gaps), chosen)

    def _choose(self, cycle: CycleFile, day: date) -> Chosen:
        lines = standing.plan_lines(self._here.read(standing.VIEW), self._here.tenant)
        everyone = people.people(self._here.read(people.VIEW), self._here.tenant)
        return choose(cycle, [(line.stream, line.particulars) for line in lines], everyone, on=day)

    def _begin(self, cycle: CycleFile, chosen: Chosen, hand: Hand) -> UUID:
        """The cycle's own stream, which says that this file was applied, before any plan does."""
        for _ in range(TRIES):
            held = self._here.recorder.holders("cycle", [cycle.name])
            stream = held.get(cycle.name)
            steps = [] if stream is None else self._here.history(stream)
            for step in steps:
                event = step.event
                if isinstance(event, CycleApplied) and event.file_digest == cycle.file_digest:
                    return step.stream
            stream = stream or uuid4()
            event = CycleApplied(
                **hand.act("coordinator"),
                cycle_name=cycle.name,
                file_digest=cycle.file_digest,
                plans=len(chosen.set_ups),
                tasks=sum(len(set_up.tasks) for set_up in chosen.set_ups),
            )
            part = Part(stream, len(steps), [event], [Claim("cycle", cycle.name, stream)])
            try:
                self._here.append_parts([part])
            except (VersionTaken, ClaimTaken):
                continue
            return stream
        raise StoreTrouble("Others kept applying the same cycle: try again.")

    def _is_done(self, cycle: UUID, set_up: SetUp) -> bool:
        return self._here.recorder.outcome(_share(cycle, set_up.stream)) is not None

    def _set_up_all(
        self, stream: UUID, cycle: CycleFile, batch: Sequence[SetUp], hand: Hand
    ) -> list[tuple[SetUp, list[Gap]]]:
        for _ in range(TRIES):
            batch = [s for s in batch if not self._is_done(stream, s)]
            shares = [_decide(self._here.plan(s.stream), stream, cycle, s, hand) for s in batch]
            try:
                self._here.append_parts([part for part, _, _ in shares])
            except (VersionTaken, CommandDone):
                # Someone else wrote in one of these plans, or applies the same cycle: what is
                # recorded already is found, the rest is decided anew.
                continue
            return [(set_up, gaps) for _, set_up, gaps in shares]
        raise StoreTrouble(
            "Others kept changing the same plans: apply the cycle again, it goes on from here."
        )


def _decide(
    plan: Plan, stream: UUID, cycle: CycleFile, set_up: SetUp, hand: Hand
) -> tuple[Part, SetUp, list[Gap]]:
    """What one plan's share of the cycle is: its review, and each task that a rule allows."""
    events: list[PlanEvent] = [
        ReviewSetUp(
            **hand.act("coordinator"),
            cycle=str(stream),
            cycle_name=cycle.name,
            meeting=set_up.meeting,
        )
    ]
    tasks = []
    gaps: list[Gap] = []
    for task in set_up.tasks:
        try:
            event = assigning.assign(
                plan,
                task.section,
                task.task,
                to=task.to,
                to_name=task.to_name,
                to_role=task.to_role,
                due=task.due,
                hand=hand,
                cycle=str(stream),
                rule=task.rule,
            )
        except NothingToDo:
            continue
        except Refused as no:
            gaps.append(Gap(plan.reference, task.section, task.task, str(no)))
            continue
        events.append(event)
        tasks.append(task)
    part = Part(plan.stream, plan.version, events, command=_share(stream, plan.stream))
    return part, replace(set_up, tasks=tuple(tasks)), gaps


def _share(cycle: UUID, plan: UUID) -> str:
    """The id of the command that sets up one plan's review in one cycle."""
    return uuid5(cycle, str(plan)).hex


def _batches(set_ups: Sequence[SetUp]) -> list[list[SetUp]]:
    """Plans in groups that fit one transaction, so that a conflict repeats little."""
    groups: list[list[SetUp]] = []
    events = MOST_EVENTS
    for set_up in set_ups:
        share = 1 + len(set_up.tasks)
        if events + share > MOST_EVENTS:
            groups.append([])
            events = 0
        groups[-1].append(set_up)
        events += share
    return groups
