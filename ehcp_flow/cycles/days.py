"""When do people meet about each plan that a cycle chooses?

- A plan has the meeting day that the file gives it by its reference or UPN, its group or its tutor,
  else the one of the way that is said for all.
- A meeting that goes by the day on which the review is due lies in the file's window, on a day
  that is not closed, at least the two weeks of notice ahead: the nearest such day before the one
  that was asked for, else the next one after it. Meetings that are spread fill the days in their
  order, the review that is due first before the others. In both cases whoever must attend works on
  that day and is not away.
- A plan for which there is no day stands under its reason, as one does that is not chosen.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from math import ceil
from uuid import UUID

from ehcp_flow.cycles.attending import Coming
from ehcp_flow.cycles.file import CycleFile, same_name
from ehcp_flow.cycles.which import NOT_KEPT, NOT_KNOWN, LeftOutError, Which, goes_as
from ehcp_flow.plan import Particulars
from ehcp_flow.statute.clocks import length

_SEARCHED = 366
"""Days in which a meeting day is looked for when the file sets no last one."""

_ToSpread = tuple[date, str, UUID, Particulars]
"""By when the review is due, the reference, the stream and the pupil."""


class When:
    """The meetings of the plans that a cycle chooses, and the reasons why others have none."""

    def __init__(
        self,
        cycle: CycleFile,
        plans: Sequence[tuple[UUID, Particulars]],
        coming: Coming,
        on: date,
        meetings: Mapping[UUID, date],
        review_due: Mapping[UUID, date | None],
    ) -> None:
        self.meetings: dict[UUID, date] = {}
        self.passed_over: dict[str, list[str]] = {}
        self.without_a_day: set[str] = set()
        self._cycle = cycle
        self._coming = coming
        self._on = on
        self._open: dict[date, bool] = {}
        self._there: dict[tuple[str, str | None, date], bool] = {}
        which = Which(cycle)
        spread: list[_ToSpread] = []
        for stream, pupil in plans:
            due = review_due.get(stream)
            unknown = NOT_KNOWN if stream in review_due else NOT_KEPT
            try:
                which.check(pupil, due, unknown)
            except LeftOutError as reason:
                self._pass_over(pupil, reason)
                continue
            try:
                if (held := meetings.get(stream)) is not None:
                    self.meetings[stream] = held
                elif (given := _given(cycle, pupil)) is not None:
                    self.meetings[stream] = self._not_passed(given)
                elif cycle.meeting.spread_from is not None:
                    spread.append((due or date.max, pupil.reference, stream, pupil))
                else:
                    self.meetings[stream] = self._meeting(pupil, due, unknown)
            except LeftOutError as reason:
                self._refuse(pupil, reason)
        self.unknown = which.unknown
        self._spread(spread)

    def _pass_over(self, pupil: Particulars, reason: LeftOutError) -> None:
        self.passed_over.setdefault(str(reason), []).append(pupil.reference)

    def _refuse(self, pupil: Particulars, reason: LeftOutError) -> None:
        self.without_a_day.add(str(reason))
        self._pass_over(pupil, reason)

    def _not_passed(self, day: date) -> date:
        if day < self._on:
            raise LeftOutError(f"as the meeting day {day} has passed")
        return day

    def _meeting(self, pupil: Particulars, due: date | None, unknown: str) -> date:
        asked = self._cycle.meeting
        if asked.weeks_before_review_due is None:
            raise LeftOutError("to whom the file gives no meeting day")
        if due is None:
            raise LeftOutError(unknown)
        wanted = due - timedelta(weeks=asked.weeks_before_review_due)
        first = max(self._on + length("D22", self._on), asked.not_before or self._on)
        start = max(first, min(wanted, asked.not_after or wanted))
        last = asked.not_after or start + timedelta(days=min(_SEARCHED, (date.max - start).days))
        before = (start - timedelta(days=n) for n in range((start - first).days + 1))
        after = (start + timedelta(days=n) for n in range(1, (last - start).days + 1))
        for day in chain(before, after):
            if day <= last and self._meets_on(day) and self._coming.can(pupil, day):
                return day
        raise LeftOutError(f"as no day for a meeting is left from {first} to {last}{self._who}")

    @property
    def _who(self) -> str:
        return " on which whoever must attend can" if self._coming.must else ""

    def _meets_on(self, day: date) -> bool:
        found = self._open.get(day)
        if found is None:
            found = self._open[day] = self._cycle.meets_on(day)
        return found

    def _can(self, pupil: Particulars, day: date) -> bool:
        """Whether whoever must attend can; it is the same for all of a year and a tutor."""
        key = pupil.year, pupil.tutor, day
        found = self._there.get(key)
        if found is None:
            found = self._there[key] = self._coming.can(pupil, day)
        return found

    def _spread(self, plans: list[_ToSpread]) -> None:
        asked = self._cycle.meeting
        if asked.spread_from is None or asked.spread_to is None:
            return
        first, last = asked.spread_from, asked.spread_to
        days = [
            day
            for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
            if self._meets_on(day)
        ]
        held = Counter(day for day in self.meetings.values() if first <= day <= last)
        notice = self._on + length("D22", self._on)
        days = [day for day in days if day >= notice]
        plans.sort(key=_by_due)
        most = asked.most_a_day or ceil((len(plans) + held.total()) / max(len(days), 1))
        found = self._placed(plans, days, held, most)
        if asked.most_a_day is None and len(found) < len(plans):
            most, found = self._more_a_day(plans, days, held, most, found)
        for _, reference, stream, pupil in plans:
            if (day := found.get(reference)) is not None:
                self.meetings[stream] = day
                continue
            why = f"as no day for a meeting is left from {max(first, notice)} to {last}"
            full = f", at {most} a day" if days else ""
            self._refuse(pupil, LeftOutError(f"{why}{full}{self._who}"))

    def _more_a_day(
        self,
        plans: Sequence[_ToSpread],
        days: Sequence[date],
        held: Mapping[date, int],
        low: int,
        found: Mapping[str, date],
    ) -> tuple[int, Mapping[str, date]]:
        """The fewest meetings a day with which no plan is left out that has a day at all.

        Whoever must attend may work on some of the days only, so that the others stay empty.
        """
        high = len(plans) + sum(held.values())
        best = self._placed(plans, days, held, high)
        if len(best) == len(found):
            return low, found
        # Whoever has no day at all takes none from the others, and is not looked at again.
        plans = [plan for plan in plans if plan[1] in best]
        while high - low > 1:
            middle = (low + high) // 2
            found = self._placed(plans, days, held, middle)
            if len(found) == len(best):
                high, best = middle, found
            else:
                low = middle
        return high, best

    def _placed(
        self,
        plans: Sequence[_ToSpread],
        days: Sequence[date],
        held: Mapping[date, int],
        most: int,
    ) -> Mapping[str, date]:
        """The first free day of each plan in their order, by reference."""
        held = Counter(held)
        found: dict[str, date] = {}
        # As few days as can be when the same days are the first free ones for all.
        free = [day for day in days if held[day] < most]
        for _, reference, _, pupil in plans:
            for place, day in enumerate(free):
                if self._can(pupil, day):
                    found[reference] = day
                    held[day] += 1
                    if held[day] >= most:
                        del free[place]
                    break
        return found


def _by_due(plan: _ToSpread) -> tuple[date, str, str]:
    due, reference, stream, _ = plan
    return due, reference, str(stream)


def _given(cycle: CycleFile, pupil: Particulars) -> date | None:
    """The day that a file gives a plan as such."""
    meeting = cycle.meeting
    for name in goes_as(pupil):
        if name in meeting.plans:
            return meeting.plans[name]
    for days, said in ((meeting.groups, pupil.group), (meeting.tutors, pupil.tutor)):
        if days and said is not None and same_name(said) in days:
            return days[same_name(said)]
    return meeting.on
