"""Where did the weeks of a review go: who held the pen on each of its days?

A review runs from the day on which its meeting was arranged (or the first thing that was done for
it) to the decision to maintain or cease the plan, or to the final amended plan or the refusal.
Every day of it belongs to exactly one holder, so that the parts sum to the whole:

- *advice-givers*: before the meeting, while advice that was asked for, by a fact or by a cycle, is
  outstanding: not given, and whoever was asked did not say no;
- *school*: before the meeting otherwise, and after it until the report is sent, or until the
  authority decides without one;
- *authority*: from then to the notice of amendments, and from the end of the parents' time to the
  end;
- *parent*: from the service of the notice to their representations, or to the end of the 15 days
  they have (D27).

A day belongs to whoever held the pen when it began: what is done on a day moves the pen from the
next day on, so that a review opened and decided on one day took none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from ehcp_flow.clocks.outstanding import outstanding_advice
from ehcp_flow.statute.clocks import length
from ehcp_flow.statute.happened import Happened, Trigger, known, triggers
from ehcp_flow.statute.law import Law, england

Holder = Literal["school", "advice-givers", "authority", "parent"]
HOLDERS: tuple[Holder, ...] = get_args(Holder)

_MEETING = ("review-meeting-arranged", "review-meeting-held")
_FIRST = ("review-opened", "invitation-sent", "advice-requested", "advice-circulated")
_ENDED = ("amended-plan-finalised", "amendment-refused")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some days on end during which one holder had the pen."""

    holder: Holder
    since: date
    """The first of them."""
    until: date
    """The day after the last of them."""

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.until - self.since).days


@dataclass(frozen=True, slots=True)
class ReviewWeeks:
    """A review, and who held the pen on its days."""

    opened: date
    meeting: date | None
    """The day on which it was held, or is arranged."""
    held: bool
    ended: date | None
    """The day of the decision to maintain or cease, of the final plan or the refusal; ``None``: it
    goes on."""
    stretches: tuple[Stretch, ...]

    @property
    def days(self) -> int:
        """How many days it took, or has taken."""
        return sum(one.days for one in self.stretches)

    @property
    def by_holder(self) -> Mapping[Holder, int]:
        """How many of them each had the pen."""
        return {
            holder: sum(one.days for one in self.stretches if one.holder == holder)
            for holder in HOLDERS
        }


def review_weeks(
    happened: Iterable[Happened], *, as_at: date, law: Law | None = None
) -> tuple[ReviewWeeks, ...]:
    """Return the reviews of a plan in their order, each with who held the pen.

    Args:
        happened: what was entered of the plan and not taken back.
        as_at: the day: later facts do not count, and a review that goes on counts up to it.
        law: the rules; those of England without it.
    """
    law = law or england()
    found = known(happened, law, as_at)
    arranged = triggers(found, _MEETING, law)
    meetings = [one for one in arranged if one.instead is None]
    reviews: list[ReviewWeeks] = []
    free_from = date.min
    for place, meeting in enumerate(meetings):
        following = meetings[place + 1].since if place + 1 < len(meetings) else None
        held = meeting.fact == "review-meeting-held"
        if following is not None and held:
            following = max(following, meeting.day)
        review = _review(
            found,
            as_at,
            free_from=free_from,
            arranged=_first_arranged(meeting, arranged),
            meeting=meeting.day,
            held=held,
            following=following,
        )
        reviews.append(review)
        free_from = review.ended or following or as_at
    return tuple(reviews)


def _first_arranged(meeting: Trigger, arranged: Iterable[Trigger]) -> date:
    """The day on which a meeting was first arranged, however often it was put off since."""
    since = meeting.since
    put_off = {one.instead: one.since for one in arranged if one.instead is not None}
    while since in put_off and put_off[since] < since:
        since = put_off[since]
    return since


def _review(
    found: Mapping[str, Sequence[Happened]],
    as_at: date,
    *,
    free_from: date,
    arranged: date,
    meeting: date,
    held: bool,
    following: date | None,
) -> ReviewWeeks:
    until = as_at if following is None else min(following, as_at)
    before = [one.day for fact in _FIRST for one in found.get(fact, ())]
    ahead = [day for day in before if free_from <= day <= arranged <= _later(day)]
    opened = max(free_from, min([arranged, *ahead]))

    def first(fact: str, since: date, detail: str | None = None) -> date | None:
        days = (
            one.day
            for one in found.get(fact, ())
            if since <= one.day <= until
            and (detail is None or detail in one.details.get("decision", "").split("|"))
        )
        return min(days, default=None)

    if not held:
        stretches = tuple(_before_the_meeting(found, opened, max(until, opened)))
        return ReviewWeeks(opened, meeting, False, None, stretches)
    decision = first("review-decision-notified", meeting)
    amends = first("review-decision-notified", meeting, "amend") is not None
    notice = _earliest(
        first("amendment-notice-served", meeting), first("amendment-notice-sent", meeting)
    )
    served = first("amendment-notice-served", meeting) or notice
    final = _earliest(*(first(fact, meeting) for fact in _ENDED))
    ended = final if final is not None or amends or notice is not None else decision
    end = ended or max(until, meeting)
    turns: list[tuple[date, Holder]] = [(meeting, "school")]
    report = _earliest(first("review-report-sent", meeting), decision, notice)
    if report is not None:
        turns.append((report, "authority"))
    if served is not None:
        answered = first("representations-received", served)
        lapsed = served + length("D27", served)
        turns.append((served, "parent"))
        turns.append((min(answered or lapsed, lapsed), "authority"))
    stretches = (
        *_before_the_meeting(found, opened, meeting),
        *_after_the_meeting(turns, end),
    )
    return ReviewWeeks(opened, meeting, True, ended, stretches)


_LOOK_BACK = timedelta(weeks=26)
"""What was done longer than that before a meeting was arranged was done for another one."""


def _later(day: date) -> date:
    return day + _LOOK_BACK if day < date.max - _LOOK_BACK else date.max


def _before_the_meeting(
    found: Mapping[str, Sequence[Happened]], opened: date, until: date
) -> Iterator[Stretch]:
    """The days before a meeting, by whether advice was outstanding when each began."""
    holder: Holder = "school"
    since = opened
    for day, outstanding in outstanding_advice(found, opened, until):
        now: Holder = "advice-givers" if outstanding else "school"
        if now != holder:
            yield from _stretch(holder, since, day)
            holder, since = now, day
    yield from _stretch(holder, since, until)


def _after_the_meeting(turns: Sequence[tuple[date, Holder]], end: date) -> Iterator[Stretch]:
    since, holder = turns[0]
    for day, now in turns[1:]:
        day = min(max(day, since), end)
        yield from _stretch(holder, since, day)
        since, holder = day, now
    yield from _stretch(holder, since, end)


def _stretch(holder: Holder, since: date, until: date) -> Iterator[Stretch]:
    if since < until:
        yield Stretch(holder, since, until)


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)
