"""What happened, by what was entered and by what follows from it?

A decision on a review ends the review on that day, a final plan makes the plan, a meeting that was
arranged is to come: which facts are another fact as well, and which tell of a day to come, stands
in the rules' own data. A fact that was taken back never happened, and is not given here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ehcp_flow.statute.law import Law, Planned

PARTICULARS = "particulars"
"""The source of what the particulars of a plan say."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Happened(NamedTuple):
    """A fact, the day in London on which it happened, and what its details say."""

    fact: str
    day: date
    details: Mapping[str, str] = _NOTHING
    source: str = PARTICULARS
    """What says so: the number of a fact that was entered, ``particulars``, ``cycle ID``."""


class Trigger(NamedTuple):
    """What starts a limit, and when."""

    fact: str
    day: date
    """The day that is counted from; for what is to come, that day."""
    details: Mapping[str, str]
    source: str
    """What said so first, so that a limit keeps its name when a planned day comes."""
    since: date
    """The day on which it was known."""
    opens: date | None = None
    """For what is to come: the first day whose facts go with it; ``None``: the day after the one
    before."""
    instead: date | None = None
    """The day on which something else took its place: it was put off."""


def by_particulars(source: str) -> bool:
    """Whether particulars say so, as the latest export has them or as an earlier one did."""
    return source.startswith(PARTICULARS)


def said_before(step: int) -> str:
    """Return the source of what particulars said that were recorded at a step, and say no more."""
    return f"{PARTICULARS} v{step}"


def told_by_particulars(
    born: date | None, made_on: date | None, last_review: date | None
) -> Iterable[Happened]:
    """Yield what a plan's particulars say."""
    if born is not None:
        yield Happened("born", born)
    if made_on is not None:
        yield Happened("plan-made", made_on)
    if last_review is not None:
        yield Happened("plan-reviewed", last_review)


def told_by_particulars_alone(
    happened: Iterable[Happened],
    facts: Collection[str],
    *,
    after: date,
    until: date = date.max,
) -> Happened | None:
    """Return the first of some facts after a day, when nothing but the particulars says it.

    They say only the last one: whether there were others before it is not recorded.
    """
    later = [one for one in happened if after < one.day <= until and one.fact in facts]
    first = min(later, key=lambda one: (one.day, by_particulars(one.source)), default=None)
    return first if first is not None and by_particulars(first.source) else None


def known(happened: Iterable[Happened], law: Law, as_at: date) -> dict[str, list[Happened]]:
    """Return what had happened by a day, by fact, each in the order of the days.

    A fact that was entered with a wrong day is there on the one that a correction says, whenever
    that was recorded. What follows from an entered fact is there too, under the source of that
    fact; what the particulars say beside an entered fact of the same day is not there twice.
    """
    found: dict[str, list[Happened]] = {}
    for one in _on_their_days(happened, law):
        if one.day <= as_at:
            found.setdefault(one.fact, []).append(one)
    for implied in law.implied:
        there = found.get(implied.fact, [])
        if implied.by not in found or (implied.first and there):
            continue
        also = [
            Happened(implied.fact, day, one.details, one.source)
            for one in found[implied.by]
            if (day := _said_day(one, implied.day)) is not None and day <= as_at
        ]
        if also:
            also = sorted(also, key=_by_day)[:1] if implied.first else also
            found[implied.fact] = there + also
    for fact, several in found.items():
        if len(several) > 1:
            several.sort(key=_by_day)
            entered = {one.day for one in several if not by_particulars(one.source)}
            found[fact] = [
                one for one in several if not by_particulars(one.source) or one.day not in entered
            ]
    return found


def _on_their_days(happened: Iterable[Happened], law: Law) -> Iterable[Happened]:
    """Put every fact on the day on which it really happened; of several corrections the last."""
    if not law.redated:
        return happened
    all_: list[Happened] = list(happened)
    for redated in law.redated:
        right: dict[str, date] = {
            one.details[redated.version]: day
            for one in all_
            if one.fact == redated.by and redated.version in one.details
            if (day := _said_day(one, redated.day)) is not None
        }
        if right:
            all_ = [
                one._replace(day=right.get(one.details.get(redated.of, ""), one.day))
                for one in all_
            ]
    return all_


def triggers(
    found: Mapping[str, Sequence[Happened]], facts: Sequence[str], law: Law
) -> list[Trigger]:
    """Return what starts a limit that any of these facts starts, by the day that counts."""
    becomes = _becoming(law)
    started: list[Trigger] = []
    for fact in facts:
        if becomes.get(fact) in facts:
            # It is told together with what was arranged.
            continue
        planned = _planned(law).get(fact)
        if planned is None:
            started += [Trigger(fact, *one[1:], one.day) for one in found.get(fact, ())]
        elif planned.becomes is None:
            started += [
                Trigger(fact, _said_day(one, planned.day) or one.day, *one[2:], one.day)
                for one in found.get(fact, ())
            ]
        else:
            started += _arranged(found, planned, planned.becomes)
    if len(started) > 1:
        started.sort(key=_by_counted_day)
    return started


def _arranged(
    found: Mapping[str, Sequence[Happened]], planned: Planned, becomes: str
) -> Iterable[Trigger]:
    """Yield what was arranged and what became of it, each once.

    What happens takes the place of what was arranged before it, and so does another day.
    """
    there = [*found.get(planned.fact, ()), *found.get(becomes, ())]
    there.sort(key=lambda one: (one.day, one.fact != planned.fact))
    open_: Trigger | None = None
    last: date | None = None
    for one in there:
        if one.fact == becomes:
            if open_ is None:
                yield Trigger(becomes, *one[1:], one.day, _next(last))
            else:
                yield open_._replace(fact=becomes, day=one.day, details=one.details)
            open_, last = None, one.day
            continue
        day = _said_day(one, planned.day) or one.day
        if (last is not None and day <= last) or (open_ is not None and open_.day == day):
            # It was written down late, or again.
            continue
        # What was sent for another day does not go with this one.
        opens = _next(last) if open_ is None else one.day
        if open_ is not None:
            yield open_._replace(instead=one.day)
        open_ = Trigger(planned.fact, day, one.details, one.source, one.day, opens)
    if open_ is not None:
        yield open_


def _next(day: date | None) -> date:
    return date.min if day is None else day + timedelta(days=1)


def rights_pass_on(born: date) -> date:
    """Return the last day of compulsory school age; from the next one rights are the young
    person's, subject to capacity.

    Source: the last Friday of June of the school year in which they turn 16 (DUDLEY [read]); that
    rights pass then, Children and Families Act 2014, section 83 [recalled].
    """
    year = born.year + 16 + (born.month >= 9)
    last = date(year, 6, 30)
    return last - timedelta(days=(last.weekday() - 4) % 7)


def _said_day(one: Happened, detail: str | None) -> date | None:
    """The fact's own day, or the one that a detail says."""
    if detail is None:
        return one.day
    try:
        return date.fromisoformat(one.details.get(detail, ""))
    except ValueError:
        return None


@lru_cache(maxsize=8)
def _planned(law: Law) -> Mapping[str, Planned]:
    return {one.fact: one for one in law.planned}


@lru_cache(maxsize=8)
def _becoming(law: Law) -> Mapping[str, str]:
    return {one.becomes: one.fact for one in law.planned if one.becomes is not None}


def _by_day(one: Happened) -> tuple[date, int]:
    return one.day, int(one.source) if one.source.isdecimal() else 0


def _by_counted_day(one: Trigger) -> date:
    return one.day
