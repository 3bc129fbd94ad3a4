"""Whose turn is it, when several people may take a task?

- A role is taken by who still holds it on the due day, and can be ready by then.
- When one of several is asked, it is the same one for all sections of a rule: first who knows the
  child, if the rule prefers that (whom the plan names as tutor, then whose hand is the latest in
  one of its sections); then who surely teaches the year; then who has the fewest tasks, with those
  that waited on them before; then by staff id.
- Who would have more tasks than the file's limit is passed over, unless everybody is asked.
- A due day counts back from the meeting, and is never before the day of applying: a day that has
  passed tells nobody when to be ready.
"""

import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from heapq import heapify, heappop, heappush, nsmallest
from typing import NamedTuple
from uuid import UUID

from ehcp_flow.cycles.file import Limits, Rule, years_in_words
from ehcp_flow.cycles.takers import TUTOR, People, Taker, holders
from ehcp_flow.events import Task
from ehcp_flow.plan import Particulars


class Able(NamedTuple):
    """Someone who can take a rule's tasks about pupils of a year, due on a day."""

    id: str
    """The person's."""
    taker: Taker
    due: date
    """The day by which this one is asked to be ready."""
    teaches: bool
    """Whether they surely teach the year."""


class Pool:
    """All who can take a rule's tasks about pupils of a year, due on a day.

    Who goes first is found without looking at all of them: people's tasks only become more.
    """

    def __init__(self, able: Iterable[Able], many: Mapping[str, int]) -> None:
        self.able = {one.id: one for one in able}
        self._many = many
        self._heap = [self._entry(one) for one in self.able.values()]
        heapify(self._heap)

    def _entry(self, able: Able) -> "tuple[int, bool, int, int, Able]":
        place, _, _, order = able.taker
        return place, not able.teaches, self._many.get(able.id, 0), order, able

    def first(self, most: int, has_room: Callable[[str], bool]) -> list[Able]:
        """At most so many of those who have room, whoever has the fewest tasks first."""
        found: list[Able] = []
        aside: list[tuple[int, bool, int, int, Able]] = []
        while self._heap and len(found) < most:
            entry = heappop(self._heap)
            able = entry[-1]
            if entry[2] != self._many.get(able.id, 0):
                heappush(self._heap, self._entry(able))
                continue
            aside.append(entry)
            if has_room(able.id):
                found.append(able)
        for entry in aside:
            heappush(self._heap, entry)
        return found


_Key = tuple[int, bool, bool, bool, int, int]


class Ruling:
    """A rule, who holds its roles, and which of them can take its tasks."""

    def __init__(self, task: Task, rule: Rule, people: People, many: Mapping[str, int]) -> None:
        self.task: Task = task
        self.rule = rule
        self.takers = people.takers(rule)
        self.knows = rule.prefers(task) == "knows the child"
        self._people = people
        self._many = many
        self._place = rule.place_of(TUTOR)
        self._by_person = {taker.person.id: taker for taker in self.takers}
        self._pools: dict[tuple[str, date, bool], Pool] = {}

    @cached_property
    def words(self) -> str:
        """The rule as a sentence."""
        return self.rule.in_words(self.task)

    def able(self, pupil: Particulars, due: date) -> tuple[Pool, Able | None]:
        """Who can take the tasks about a pupil, and beside them the plan's own tutor, if they can
        and are not among the others, or in another role."""
        year, tutor = pupil.year, self._people.tutor(pupil)
        stands_in = self._place is not None and pupil.tutor is not None
        key = year, due, stands_in
        pool = self._pools.get(key)
        if pool is None:
            place = self._place if stands_in else None
            takers = [taker for taker in self.takers if taker.place != place]
            pool = self._pools[key] = Pool(self._of(takers, year, due), self._many)
        if tutor is None:
            return pool, None
        own = self._by_person.get(tutor.id)
        if stands_in:
            own = self._people.as_tutor(self.rule, tutor)
        if own is None or (not stands_in and tutor.id in pool.able):
            return pool, None
        ready = self._ready(own, due)
        return pool, None if ready is None else Able(tutor.id, own, ready, year in tutor.years)

    def _of(self, takers: Sequence[Taker], year: str, due: date) -> list[Able]:
        found: list[Able] = []
        for taker in takers:
            years = taker.person.years
            if years and year not in years:
                continue
            if (ready := self._ready(taker, due)) is not None:
                found.append(Able(taker.person.id, taker, ready, year in years))
        return found

    def _ready(self, taker: Taker, due: date) -> date | None:
        return self._people.ready_by(taker.person, due) if taker.still(due) else None

    def why_nobody(self, pupil: Particulars, due: date) -> str:
        """Why nobody can take the tasks about a pupil."""
        rule, people = self.rule, self._people
        roles = " or ".join(rule.roles)
        teaching = holders(rule, self.takers, pupil, people)
        if any(taker.still(due) for taker in teaching):
            why = f"whoever is {roles} is away on {due}, when it is due, or until then: ask others"
        elif teaching:
            why = f"whoever is {roles} now will not be on {due}, when it is due: record who follows"
        elif self._holders_of_any_year(pupil):
            who = f"no {roles} teaches {years_in_words([pupil.year])}"
            why = f"{who}: say who does in the list of people"
        elif rule.place_of(TUTOR) is not None and pupil.tutor is not None:
            who = f"the plan's tutor {pupil.tutor[:40]!r} is nobody known here, or more than one"
            why = f"{who}: name another role in the file"
        else:
            why = f"nobody is {roles} on {people.on}: record who is with `people grant`"
        return f"{why}, then apply the cycle again."

    def _holders_of_any_year(self, pupil: Particulars) -> bool:
        if self._place is None or pupil.tutor is None:
            return bool(self.takers)
        return any(taker.place != self._place for taker in self.takers)


class Turns:
    """Knows how many tasks everybody has so far, and so who goes first."""

    def __init__(self, people: People, limits: Limits, waiting: Mapping[str, int]) -> None:
        self.many = Counter(waiting)
        self._on = people.on
        self._people = people
        self._limits = {person.id: limits.of(person.staff_id) for person in people.here}

    def due(self, rule: Rule, meeting: date) -> date:
        """The day by which a rule asks people to be ready for a meeting."""
        return max(self._on, meeting - timedelta(days=rule.days_before_meeting))

    def able(
        self,
        ruling: Ruling,
        pupil: Particulars,
        due: date,
        hands: Collection[str] | None,
        most: int,
        has_room: Callable[[str], bool],
    ) -> list[Able]:
        """Who can take a rule's tasks and has room for them, in their order, at most so many.

        All of them when everybody is asked, room or not. Who knows the child goes first when
        ``hands`` are given.
        """
        pool, own = ruling.able(pupil, due)
        tutor = self._people.tutor(pupil)
        known = set(hands or ())
        if tutor is not None:
            known.add(tutor.id)
        key = self._order(pupil, hands)
        if ruling.rule.ask == "all":
            some = dict(pool.able)
        else:
            first = pool.first(most + len(known), has_room)
            some = {one.id: one for one in first}
            some |= {id: pool.able[id] for id in known if id in pool.able and has_room(id)}
        if own is not None and (ruling.rule.ask == "all" or has_room(own.id)):
            some[own.id] = own
        elif own is not None:
            some.pop(own.id, None)
        return nsmallest(len(some) if ruling.rule.ask == "all" else most, some.values(), key=key)

    def has_room(self, id: str, more: int) -> bool:
        """Whether somebody may have so many more tasks."""
        limit = self._limits[id]
        return limit is None or self.many.get(id, 0) + more <= limit

    def _order(
        self, pupil: Particulars, wrote: Collection[str] | None = None
    ) -> Callable[[Able], _Key]:
        """By what it goes who is asked first; ``wrote`` when who knows the child is preferred."""
        many = self.many
        tutor = None if wrote is None else self._people.tutor(pupil)

        def order(able: Able) -> _Key:
            place, _, person, order = able.taker
            return (
                place,
                tutor is not None and person is not tutor,
                not wrote or able.id not in wrote,
                not able.teaches,
                many.get(able.id, 0),
                order,
            )

        return order

    def why(
        self,
        pupil: Particulars,
        hands: Collection[str] | None,
        free: Sequence[Able],
    ) -> str | None:
        """Why the first of several goes before the second; ``hands`` as for their order."""
        if len(free) < 2:
            return None
        order = self._order(pupil, hands)
        first, second = free[0], free[1]
        many = self.many[first.id]
        differ = [a != b for a, b in zip(order(first), order(second), strict=True)]
        is_tutor = first.taker.person is self._people.tutor(pupil)
        reasons = (
            "the plan's tutor" if is_tutor else f"{first.taker.role} is named first",
            "the plan's tutor",
            "wrote in this plan last",
            f"teaches {years_in_words([pupil.year])}",
            f"fewest tasks ({many})",
            f"as few tasks as others ({many}), first by staff id",
        )
        # The same few words for all plans.
        return sys.intern(reasons[differ.index(True)])


class Wrote:
    """Whose hand is the latest in a section of a plan, looked up once, when it is asked."""

    def __init__(self, look: Callable[[UUID], Collection[str]] | None, stream: UUID) -> None:
        self._look = look
        self._stream = stream
        self._hands: Collection[str] | None = None

    @property
    def hands(self) -> Collection[str]:
        """The people's ids."""
        if self._hands is None:
            self._hands = () if self._look is None else self._look(self._stream)
        return self._hands
