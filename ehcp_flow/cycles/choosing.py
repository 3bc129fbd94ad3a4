"""Which plans does a cycle choose, when do people meet about each, and who is asked for what?

Pure: the same file, plans, people and day always give the same answer. Which plans stands
in ``which``, when in ``days``, who comes in ``attending``, who writes and reviews in ``asking``,
and who gives advice in ``advising``.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from ehcp_flow.cycles.advising import Advising, AskedAdvice
from ehcp_flow.cycles.asking import Asked, Asking, Gap, Known
from ehcp_flow.cycles.attending import Attending, Coming, Missing
from ehcp_flow.cycles.days import When
from ehcp_flow.cycles.file import CycleFile
from ehcp_flow.cycles.not_here import Unknown
from ehcp_flow.cycles.rulebook import rules_of
from ehcp_flow.cycles.takers import People
from ehcp_flow.cycles.turns import Turns
from ehcp_flow.hands import Person
from ehcp_flow.plan import Particulars
from ehcp_flow.projections.duties import DutyLine
from ehcp_flow.statute.clocks import latest_meeting, review_due


@dataclass(frozen=True, slots=True)
class SetUp:
    """One plan's share of a cycle."""

    stream: UUID
    reference: str
    meeting: date
    tasks: tuple[Asked, ...]
    """Without those that this cycle asked for before."""
    review_due: date | None = None
    """The last day on which the review is in time; ``None``: not known, or it is a school's own, of
    which the law asks nothing."""
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
    unknown: tuple[Unknown, ...] = ()
    """What the file names, and no plan here is or has."""
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
    due: Mapping[UUID, date | None] | None = None,
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
        due: the last day on which the review of each plan is in time; a plan for which no limits
            are kept is not there. Without it the days that the particulars say.
    """
    meetings = meetings or {}
    in_order = sorted(plans, key=_by_reference)
    if due is None:
        due = {stream: review_due(pupil.made_on, pupil.last_review) for stream, pupil in in_order}
    people = People(everyone, on)
    rules = rules_of(cycle)
    coming = Coming(rules, people)
    when = When(cycle, in_order, coming, on, meetings, due)
    turns = Turns(people, cycle.limits, waiting or {})
    asking = Asking(rules, people, turns, wrote)
    advising = Advising(rules, people, turns)
    set_ups: list[SetUp] = []
    missing: list[Missing] = []
    for stream, pupil in in_order:
        if (meeting := when.meetings.get(stream)) is None:
            continue
        before: Known = known(stream) if known is not None and stream in meetings else {}
        held = duties(stream) if duties is not None and stream in meetings else ()
        tasks: tuple[Asked, ...] = ()
        attend: tuple[Attending, ...] = ()
        advice: tuple[AskedAdvice, ...] = ()
        if meeting >= on:
            tasks = asking.tasks(stream, pupil, meeting, before)
            attend, absent = coming.attending(pupil, meeting, held)
            advice, silent = advising.asked(pupil, meeting, held)
            missing += [*absent, *silent]
        many = sum(map(len, before.values()))
        attended = tuple(duty.to for duty in held if duty.kind is None and not duty.declined)
        set_ups.append(
            SetUp(
                stream,
                pupil.reference,
                meeting,
                tasks,
                due.get(stream) if cycle.kind == "statutory" else None,
                attend,
                advice,
                many,
                attended,
            )
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
