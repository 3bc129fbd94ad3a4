"""How many reviews of a calendar year were due, completed, and decided in time?

The columns are those of the Department for Education's "Number of annual reviews of EHC plans"
(EES-AR [read]): ``review_expected, review_completed, review_not_completed, outcome_amended,
outcome_ceased, outcome_maintained, no_outcome_recorded, decision_4_weeks, decision_over_4_weeks``.
How the department finds each was not read; that the outcomes sum to the completed reviews, that the
two decision columns do, and that the expected are the completed of the year, those completed before
it and those not completed, holds in its figures [derived], and what each counts here is this:

- a plan counts once: a year is one of reviews, and a plan is reviewed once in it;
- *completed*: the plan was reviewed in the year; the day is that of the authority's decision, which
  ends a review (KIRK, SURREY-AR [read]), or the last review that the particulars say. Of several
  the last one counts;
- *not completed*: the plan was not reviewed in the year, and the last day of its 12 months (D20)
  falls in it, or fell before it and the plan was not reviewed since;
- *completed before*: neither, and a review whose last day falls in the year was completed before;
- *expected*: the sum of these three; of a plan with no review on record in a year before the last
  one that the particulars say it is not known which of them it is, and it is none;
- the *outcome* is what the decision says: amend, cease or maintain; where there is none on record,
  *no outcome recorded*;
- *decision in 4 weeks* (D25): the decision was told on or before the last day of the four weeks
  after the meeting; *over 4 weeks*: later. Where no meeting or no decision is on record neither is
  known, and the plan counts under ``decision_weeks_not_known``, a column of our own, as
  ``completed_before`` is.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal

from ehcp_flow.statute.clocks import Clock, clocks
from ehcp_flow.statute.happened import Happened, known, told_by_particulars_alone
from ehcp_flow.statute.law import Law, england

_DECISION = "review-decision-notified"

_REVIEWED = ("plan-reviewed", _DECISION)

_Counted = Literal["completed", "not completed", "completed before"]


@dataclass(frozen=True, slots=True)
class ReviewFigures:
    """The figures of a year, or of one plan in it."""

    review_expected: int = 0
    review_completed: int = 0
    review_not_completed: int = 0
    outcome_amended: int = 0
    outcome_ceased: int = 0
    outcome_maintained: int = 0
    no_outcome_recorded: int = 0
    decision_4_weeks: int = 0
    decision_over_4_weeks: int = 0
    completed_before: int = 0
    decision_weeks_not_known: int = 0

    def __add__(self, other: "ReviewFigures") -> "ReviewFigures":
        return ReviewFigures(
            *(getattr(self, one.name) + getattr(other, one.name) for one in fields(self))
        )


def review_figures(
    happened: Iterable[Happened], *, year: int, as_at: date, law: Law | None = None
) -> ReviewFigures:
    """Return what one plan adds to the figures of a year.

    Args:
        happened: what was entered of the plan and not taken back, and what its particulars say.
        year: the calendar year.
        as_at: the day; of a year that has not ended, what is known by then.
        law: the rules; those of England without it.
    """
    law = law or england()
    first, last = date(year, 1, 1), date(year, 12, 31)
    end = min(last, as_at)
    told = list(happened)
    found = known(told, law, end)
    if end < first or not ("plan-made" in found or "plan-reviewed" in found):
        return ReviewFigures()
    reviewed = [one for one in found.get("plan-reviewed", ()) if first <= one.day]
    running = [one for one in clocks(told, as_at=end, law=law) if one.rule.id in ("D20", "D45")]
    if reviewed:
        return _completed(found.get(_DECISION, ()), reviewed[-1].day, told, law)
    if told_by_particulars_alone(told, _REVIEWED, after=end, until=as_at) is not None:
        return ReviewFigures()
    if any(_not_completed(one, first, last) for one in running):
        return ReviewFigures(review_expected=1, review_not_completed=1)
    if any(
        one.last_day is not None and first <= one.last_day <= last and one.state == "met"
        for one in running
    ):
        return ReviewFigures(review_expected=1, completed_before=1)
    return ReviewFigures()


def _not_completed(clock: Clock, first: date, last: date) -> bool:
    if clock.last_day is None or clock.last_day > last:
        return False
    # What was missed in an earlier year is not expected again once it was left behind.
    return clock.state in ("due", "overdue") or (
        clock.state == "missed" and clock.last_day >= first
    )


def _completed(
    decisions: Iterable[Happened], day: date, told: Iterable[Happened], law: Law
) -> ReviewFigures:
    outcome = next((one.details.get("decision") for one in decisions if one.day == day), None)
    decided = [
        one
        for one in clocks(told, as_at=day, law=law)
        if one.rule.id == "D25" and one.met_on == day
    ]
    in_time = any(one.state == "met" for one in decided)
    return ReviewFigures(
        review_expected=1,
        review_completed=1,
        outcome_amended=int(outcome == "amend"),
        outcome_ceased=int(outcome == "cease"),
        outcome_maintained=int(outcome == "maintain"),
        no_outcome_recorded=int(outcome not in ("amend", "cease", "maintain")),
        decision_4_weeks=int(bool(decided) and in_time),
        decision_over_4_weeks=int(bool(decided) and not in_time),
        decision_weeks_not_known=int(not decided),
    )
