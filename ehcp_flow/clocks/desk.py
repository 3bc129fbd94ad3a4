"""Which limits run for which plan here, and what do a store's reviews come to?

One plan is folded from its own record, whatever else the store holds; many are read from the views.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from ehcp_flow.acting import Tenancy
from ehcp_flow.clocks.calendar import Entry, calendar
from ehcp_flow.clocks.figures import ReviewFigures, review_figures
from ehcp_flow.clocks.weeks import ReviewWeeks, review_weeks
from ehcp_flow.plan import Particulars, Plan
from ehcp_flow.projections import entered, standing
from ehcp_flow.projections.entered import Entered, entered_in
from ehcp_flow.statute.clocks import Clock, clocks, urgency
from ehcp_flow.statute.happened import Happened, told_by_particulars
from ehcp_flow.statute.law import Law, england


@dataclass(frozen=True, slots=True)
class PlanClock:
    """A limit of a plan."""

    stream: UUID
    reference: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class PlanWeeks:
    """Who held the pen in a review of a plan."""

    reference: str
    review: ReviewWeeks


@dataclass(frozen=True, slots=True)
class _Told:
    """A plan, as far as its limits need it."""

    stream: UUID
    reference: str
    version: int
    particulars: Particulars
    entered: Entered

    @property
    def happened(self) -> Iterator[Happened]:
        about = self.particulars
        yield from told_by_particulars(about.born, about.made_on, about.last_review)
        yield from self.entered.facts

    @property
    def as_if_nothing_was_taken_back(self) -> Iterator[Happened]:
        yield from self.happened
        yield from self.entered.taken_back


def clocks_of(here: Tenancy, plan: Plan, *, as_at: date) -> tuple[Clock, ...]:
    """Return the limits of a folded plan, the most urgent first; none of another law's plan."""
    if here.why_no_limits(plan.particulars) is not None:
        return ()
    return clocks(_folded(plan).happened, as_at=as_at)


def all_clocks(
    here: Tenancy,
    *,
    plan: str | None,
    as_at: date,
    everyone: bool,
    proposals: bool,
) -> list[PlanClock]:
    """Return the limits of one plan or of all, the most urgent first."""
    law = _law(proposals)
    found = [
        PlanClock(told.stream, told.reference, clock)
        for told in _of_england(here, _plans(here, plan, everyone=everyone))
        for clock in clocks(told.happened, as_at=as_at, law=law)
    ]
    found.sort(key=_by_urgency)
    return found


def uncounted(here: Tenancy, found: Iterable[PlanClock], *, everyone: bool) -> list[str]:
    """Return the references of the plans of which no limit was found, open or over.

    They say neither when they were made nor when they were reviewed, or only of a time before the
    law: nobody would see that a review is due.
    """
    counted = {one.stream for one in found}
    return [
        line.reference
        for line in _lines(here, None, everyone=everyone)
        if line.stream not in counted and here.why_no_limits(line.particulars) is None
    ]


def most_urgent(here: Tenancy, streams: Iterable[UUID], *, as_at: date) -> dict[UUID, Clock]:
    """Return of each of these plans the limit that is due first, where there is one.

    What is law goes before guidance.
    """
    found: dict[UUID, Clock] = {}
    wanted = set(streams)
    # Of many, reading all is quicker than asking for each.
    only = wanted if len(wanted) <= _FEW else None
    for told in _of_england(here, _from_views(here, only, everyone=True)):
        if told.stream not in wanted:
            continue
        open_ = [
            one
            for one in clocks(told.happened, as_at=as_at)
            if one.state in ("overdue", "due") and one.last_day is not None
        ]
        if open_:
            found[told.stream] = next((one for one in open_ if one.is_law), open_[0])
    return found


def calendar_file(
    here: Tenancy, *, plan: str | None, as_at: date, everyone: bool, rules: Sequence[str] = ()
) -> str:
    """Return the limits of one plan or of all as a calendar file."""
    entries: list[Entry] = []
    for told in _of_england(here, _plans(here, plan, everyone=everyone)):
        stand = clocks(told.happened, as_at=as_at)
        entries += [Entry(told.stream, told.reference, told.version, one) for one in stand]
        if told.entered.taken_back:
            keys = {one.key for one in stand}
            entries += [
                Entry(told.stream, told.reference, told.version, one, taken_back=True)
                for one in clocks(told.as_if_nothing_was_taken_back, as_at=as_at)
                if one.key not in keys
            ]
    entries = [one for one in entries if not rules or one.clock.rule.id in rules]
    return calendar(entries, now=here.clock(), as_at=as_at)


def figures_of_all(here: Tenancy, *, year: int, as_at: date) -> ReviewFigures:
    """Return the review figures of a calendar year, of all plans, listed or not."""
    total = ReviewFigures()
    for told in _of_england(here, _from_views(here, None, everyone=True)):
        total += review_figures(told.happened, year=year, as_at=as_at)
    return total


def weeks_of_all(here: Tenancy, *, plan: str | None, as_at: date) -> list[PlanWeeks]:
    """Return who held the pen in each review of one plan or of all, by reference."""
    return [
        PlanWeeks(told.reference, review)
        for told in _plans(here, plan, everyone=True)
        for review in review_weeks(told.happened, as_at=as_at)
    ]


def _of_england(here: Tenancy, plans: Iterable[_Told]) -> Iterator[_Told]:
    """Pass over the plans of which these are not the limits: other law's, and proposed ones."""
    return (told for told in plans if here.why_no_limits(told.particulars) is None)


def _plans(here: Tenancy, plan: str | None, *, everyone: bool) -> Iterable[_Told]:
    if plan is None:
        return _from_views(here, None, everyone=everyone)
    return [_folded(here.plan(here.stream_of(plan)))]


def _folded(plan: Plan) -> _Told:
    return _Told(plan.stream, plan.reference, plan.version, plan.particulars, entered_in(plan))


def _from_views(here: Tenancy, only: set[UUID] | None, *, everyone: bool) -> Iterator[_Told]:
    facts = entered.entered(here.read(entered.VIEW), here.tenant, only)
    for line in _lines(here, only, everyone=everyone):
        there = facts.get(line.stream, _NOTHING)
        yield _Told(line.stream, line.reference, line.version, line.particulars, there)


def _lines(here: Tenancy, only: set[UUID] | None, *, everyone: bool) -> list[standing.PlanLine]:
    return standing.plan_lines(
        here.read(standing.VIEW),
        here.tenant,
        listed=None if everyone else True,
        streams=only,
        statuses=False,
    )


_NOTHING = Entered()

_FEW = 1_000


@cache
def _law(proposals: bool) -> Law:
    return england().with_proposals() if proposals else england()


def _by_urgency(one: PlanClock) -> tuple[tuple[int, date, str], str]:
    return urgency(one.clock), one.reference
