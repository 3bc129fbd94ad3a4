"""A cycle file applied: what it asks for is set up, as far as it is not set up yet.

A cycle is the same one again by its name. Every plan's share (its review and the tasks of it) is
one command whose id comes from the cycle and the plan, recorded whole or not at all. So:

- An application that was killed is completed by applying again, and two at once do no more than
  one.
- Applying again adds what was not there: a new pupil's review, and a task that nobody could take
  before. Whoever was asked stays asked, whether they said yes, no or nothing yet, and so does a
  section in which work began.
- A changed file under the same name goes on with the same cycle. A review that is set up keeps its
  meeting, and a section that somebody was asked for keeps its people and due days; the changes
  count for what comes later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, cast
from uuid import UUID, uuid4, uuid5

from ehcp_flow import plan as planning
from ehcp_flow.acting import MOST_EVENTS, TRIES, By, Part, Progress, Tenancy
from ehcp_flow.cycles.choosing import Asked, Chosen, Gap, SetUp, choose
from ehcp_flow.cycles.file import CycleFile, read_cycle
from ehcp_flow.errors import NothingToDo, Refused, StoreTrouble
from ehcp_flow.events import (
    AssignmentAccepted,
    AssignmentDeclined,
    CycleApplied,
    PlanEvent,
    ReviewSetUp,
    SectionApproved,
    SectionAssigned,
    SectionEdited,
    SectionReturned,
    SectionSubmitted,
    Task,
)
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Assignment, Plan
from ehcp_flow.projections import people, standing
from ehcp_flow.projections.standing import PlanLine
from ehcp_flow.recording import Recorded
from ehcp_flow.roles import COORDINATING
from ehcp_flow.rules import assigning
from ehcp_flow.storage import Claim, ClaimTaken, CommandDone, VersionTaken
from ehcp_flow.times import london_day


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a cycle file did."""

    cycle: str
    set_up: tuple[SetUp, ...]
    """The reviews that were set up now, with the tasks that were assigned."""
    already: int
    """The chosen plans whose review this cycle had set up before."""
    gaps: tuple[Gap, ...]
    """Tasks that nobody could be given, and why; told each time until somebody is asked."""
    chosen: Chosen
    added: tuple[SetUp, ...] = ()
    """Of the reviews set up before, those that got tasks now, with these tasks."""


class _Share(NamedTuple):
    """What the file asks for about one plan."""

    set_up: SetUp
    gaps: Sequence[Gap]


class _Decided(NamedTuple):
    """What is to be recorded of a share."""

    part: Part
    set_up: SetUp
    """With the tasks that are recorded."""
    gaps: Sequence[Gap]
    new: bool
    """Whether the review is set up with it."""


class Applying:
    """Applies cycle files in one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def apply(self, data: bytes, *, file: str, by: By, progress: Progress | None = None) -> Applied:
        """As ``Cycles.apply``."""
        cycle = read_cycle(data, name=file)
        hand = self._here.hand(replace(by, channel="file"))
        if hand.role not in COORDINATING:
            raise Refused(
                f"{hand.name} acts as {hand.role} and may not set up a review cycle: ask the "
                "SENCO, a head or the authority's officer."
            )
        lines = standing.plan_lines(self._here.read(standing.VIEW), self._here.tenant)
        meetings = _meetings(lines, self._stream_of(cycle))
        chosen = choose(
            cycle,
            [(line.stream, line.particulars) for line in lines],
            people.people(self._here.read(people.VIEW), self._here.tenant),
            # Not the day it is said to have happened: nobody is asked for a day that has passed.
            on=london_day(hand.at),
            meetings=meetings,
        )
        stream = self._begin(cycle, chosen, hand)
        todo = self._todo(stream, chosen, meetings)
        decided: list[_Decided] = []
        for batch in _batches(todo):
            decided += self._record(stream, cycle, batch, hand)
            if progress is not None:
                many = len(chosen.set_ups)
                progress(many - len(todo) + len(decided), many)
        new = tuple(share.set_up for share in decided if share.new)
        return Applied(
            cycle.name,
            new,
            len(chosen.set_ups) - len(new),
            tuple(gap for share in decided for gap in share.gaps),
            chosen,
            tuple(share.set_up for share in decided if not share.new and share.set_up.tasks),
        )

    def _stream_of(self, cycle: CycleFile) -> UUID | None:
        return self._here.recorder.holders("cycle", [cycle.key]).get(cycle.key)

    def _begin(self, cycle: CycleFile, chosen: Chosen, hand: Hand) -> UUID:
        """The cycle's own stream, which says that this file was applied, before any plan does."""
        for _ in range(TRIES):
            stream = self._stream_of(cycle)
            steps = [] if stream is None else self._here.history(stream)
            if stream is not None and _file_of(steps) == cycle.file_digest:
                return stream
            stream = stream or uuid4()
            event = CycleApplied(
                **hand.act("coordinator"),
                cycle_name=cycle.name,
                file_digest=cycle.file_digest,
                plans=len(chosen.set_ups),
                tasks=sum(len(set_up.tasks) for set_up in chosen.set_ups),
            )
            part = Part(stream, len(steps), [event], [Claim("cycle", cycle.key, stream)])
            try:
                self._here.append_parts([part])
            except (VersionTaken, ClaimTaken):
                continue
            return stream
        raise StoreTrouble("Others kept applying the same cycle: try again.")

    def _todo(self, cycle: UUID, chosen: Chosen, meetings: Mapping[UUID, date]) -> list[_Share]:
        """The shares that are not recorded, or may lack a task: each plan's history decides."""
        gaps: dict[str, list[Gap]] = {}
        for gap in chosen.gaps:
            gaps.setdefault(gap.reference, []).append(gap)
        shares = [_Share(s, gaps.get(s.reference, [])) for s in chosen.set_ups]
        before = [share.set_up.stream for share in shares if share.set_up.stream in meetings]
        asked = standing.assignments(self._here.read(standing.VIEW), self._here.tenant, before)
        return [
            share
            for share in shares
            if share.set_up.stream not in asked
            or _may_lack(share, asked[share.set_up.stream], str(cycle))
        ]

    def _record(
        self, stream: UUID, cycle: CycleFile, batch: Sequence[_Share], hand: Hand
    ) -> list[_Decided]:
        for _ in range(TRIES):
            decided = [
                _decide(self._here.history(share.set_up.stream), stream, cycle, share, hand)
                for share in batch
            ]
            try:
                self._here.append_parts([share.part for share in decided if share.part.events])
            except (VersionTaken, CommandDone):
                # Someone wrote in one of these plans, or applies the same cycle: what they
                # recorded is found, and the rest is decided anew.
                continue
            return decided
        raise StoreTrouble(
            "Others kept changing the same plans: apply the cycle again, it goes on from here."
        )


def _meetings(lines: Iterable[PlanLine], cycle: UUID | None) -> dict[UUID, date]:
    """The meetings of the plans whose latest review is of a cycle."""
    return {
        line.stream: line.review.meeting
        for line in lines
        if line.review is not None and line.review.cycle == str(cycle)
    }


def _file_of(steps: Sequence[Recorded]) -> str | None:
    """The digest of the file that a cycle was applied from last."""
    latest = steps[-1].event if steps else None
    return latest.file_digest if isinstance(latest, CycleApplied) else None


def _may_lack(share: _Share, asked: Mapping[str, Sequence[Assignment]], cycle: str) -> bool:
    """Whether something that the file asks for was perhaps never asked of anybody."""
    done = {(id, a.task, a.rule) for id, some in asked.items() for a in some if a.cycle == cycle}
    wanted: list[Asked | Gap] = [*share.set_up.tasks, *share.gaps]
    return any((one.section, one.task, one.rule) not in done for one in wanted)


def _decide(
    steps: Sequence[Recorded], stream: UUID, cycle: CycleFile, share: _Share, hand: Hand
) -> _Decided:
    """What is to be recorded of a plan's share: its review, and each task that a rule allows."""
    set_up = share.set_up
    history = [cast("PlanEvent", step.event) for step in steps]
    reviews = [n for n, event in enumerate(history) if isinstance(event, ReviewSetUp)]
    new = not any(_is_of(history[n], stream) for n in reviews)
    events: list[PlanEvent] = []
    since: Sequence[PlanEvent] = ()
    if new:
        review = ReviewSetUp(
            **hand.act("coordinator"),
            cycle=str(stream),
            cycle_name=cycle.name,
            meeting=set_up.meeting,
        )
        events.append(review)
    else:
        latest = history[reviews[-1]]
        if not _is_of(latest, stream, set_up.meeting):
            # A later review took over, or this one was set up meanwhile from another file.
            return _Decided(Part(set_up.stream, 0, []), replace(set_up, tasks=()), [], False)
        since = history[reviews[-1] + 1 :]
    # Folded with the review, which closes what was done for an earlier one.
    plan = planning.fold(set_up.stream, [*history, *events])
    year = plan.particulars.year
    gaps = [gap for gap in share.gaps if _is_lacking(gap, since, cycle, year)]
    tasks: list[Asked] = []
    for wanted in set_up.tasks:
        if not _is_lacking(wanted, since, cycle, year):
            continue
        try:
            asked, event = _assign(plan, wanted, tasks, stream, hand)
        except NothingToDo:
            continue
        except Refused as no:
            gaps.append(Gap(plan.reference, wanted.section, wanted.task, str(no), wanted.rule))
            continue
        tasks.append(asked)
        events.append(event)
    command = _command(stream, plan.stream) if new else None
    part = Part(plan.stream, len(history), events, command=command)
    return _Decided(part, replace(set_up, tasks=tuple(tasks)), gaps, new)


def _is_of(event: PlanEvent, cycle: UUID, meeting: date | None = None) -> bool:
    """Whether an event sets up the review of a cycle, at this meeting if one is said."""
    return (
        isinstance(event, ReviewSetUp)
        and event.cycle == str(cycle)
        and meeting in (None, event.meeting)
    )


def _is_lacking(
    wanted: Asked | Gap, since: Sequence[PlanEvent], cycle: CycleFile, year: str
) -> bool:
    """Whether nobody was asked for this, and no work on it began, since the review was set up.

    Several rules may ask for one section: where somebody was asked by one of them, another one
    is still met, as long as the same rules hold as then. A changed file adds nobody, and neither
    does a pupil's next year: whoever wrote in Year 3 goes on.
    """
    asked: set[str | None] = set()
    begun = False
    for event in since:
        match event:
            case SectionAssigned() if _about(event) == _about(wanted):
                asked.add(event.rule)
            case AssignmentAccepted() | AssignmentDeclined():
                begun = begun or _about(event) == _about(wanted)
            case SectionEdited() | SectionSubmitted():
                begun = begun or (event.section, "write") == _about(wanted)
            case SectionReturned() | SectionApproved():
                begun = begun or (event.section, "review") == _about(wanted)
            case _:
                pass
    if not asked:
        return not begun
    rules = cycle.write if wanted.task == "write" else cycle.review
    holding = {
        rule.in_words(wanted.task)
        for rule in rules
        if wanted.section in rule.sections and rule.holds_for(year)
    }
    return wanted.rule in holding - asked and asked <= holding


def _about(
    one: Asked | Gap | SectionAssigned | AssignmentAccepted | AssignmentDeclined,
) -> tuple[str, Task]:
    return one.section, one.task


def _assign(
    plan: Plan, wanted: Asked, now: Sequence[Asked], cycle: UUID, hand: Hand
) -> tuple[Asked, SectionAssigned]:
    """Ask the person whom a rule chose, or the next one whom the rules of assigning allow.

    Args:
        plan: as it stands.
        wanted: whom the file asks, and whom instead.
        now: who is asked with it for other tasks, which the plan does not know yet.
        cycle: the cycle's stream.
        hand: who applies it.

    Raises:
        Refused: nobody may be asked; the first of them for this reason.
        NothingToDo: whoever is asked was asked before.
    """
    others = {one.to for one in now if one.section == wanted.section and one.task != wanted.task}
    refusal: Refused | None = None
    for asked in (wanted, *wanted.instead):
        if asked.to in others:
            continue
        try:
            event = assigning.assign(
                plan,
                asked.section,
                asked.task,
                to=asked.to,
                to_name=asked.to_name,
                to_role=asked.to_role,
                due=asked.due,
                hand=hand,
                cycle=str(cycle),
                rule=asked.rule,
            )
        except Refused as no:
            refusal = refusal or no
            continue
        return asked, event
    raise refusal or Refused(
        f"whoever could {wanted.task} it has the other task, and the writer may not be their own "
        "reviewer: name another role in the file, then apply the cycle again."
    )


def _command(cycle: UUID, plan: UUID) -> str:
    """The id of the command that sets up one plan's review in one cycle."""
    return uuid5(cycle, str(plan)).hex


def _batches(shares: Sequence[_Share]) -> list[list[_Share]]:
    """Plans in groups that fit one transaction, so that a conflict repeats little."""
    groups: list[list[_Share]] = []
    events = MOST_EVENTS
    for share in shares:
        many = 1 + len(share.set_up.tasks)
        if events + many > MOST_EVENTS:
            groups.append([])
            events = 0
        groups[-1].append(share)
        events += many
    return groups
