"""Who comes to a meeting, and on which days can they?

Whoever must attend works on the day and is not away. Who is asked to attend has no task that
counts against a limit. Whoever was asked by a rule for a review stays asked, and nobody else is by
the same rule.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from typing import Literal

from ehcp_flow.cycles.file import years_in_words
from ehcp_flow.cycles.rulebook import Rulebook
from ehcp_flow.cycles.takers import People, Taker, holders, is_there
from ehcp_flow.plan import Particulars
from ehcp_flow.projections.duties import DutyLine


@dataclass(frozen=True, slots=True)
class Attending:
    """Someone who is asked to come to a meeting."""

    person: str
    """The person's id."""
    name: str
    role: str
    rule: str
    """The rule of the file that chose this person, as a sentence."""
    chosen: str | None = None
    """Why this one of several who could; ``None`` when there was no choice."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Someone who should attend or give advice, and is nobody."""

    reference: str
    duty: Literal["attend", "advice"]
    what: str
    """The roles that could attend, or the kind of advice."""
    why: str
    """Goes on after a colon, and ends with a full stop."""


class Coming:
    """Who comes to a meeting, and on which days they can."""

    def __init__(self, rules: Rulebook, people: People) -> None:
        self._people = people
        self._rules = [(rule, people.takers(rule)) for rule in rules.attend]
        self._words = [rule.in_words() for rule in rules.attend]
        self._there: dict[tuple[int, str, date], list[Taker]] = {}
        self._many: Counter[str] = Counter()
        self.must = any(rule.must for rule, _ in self._rules)

    def can(self, pupil: Particulars, day: date) -> bool:
        """Whether everybody who must attend a meeting about a pupil can on a day."""
        for n, (rule, _) in enumerate(self._rules):
            if not rule.must or not rule.holds_for(pupil.year):
                continue
            holders = self._holders(n, pupil)
            there = sum(taker.still(day) and is_there(taker.person, day) for taker in holders)
            # What nobody could do on any day is told, and holds up no meeting.
            if holders and there < (1 if rule.ask == "one" else len(holders)):
                return False
        return True

    def attending(
        self, pupil: Particulars, day: date, before: Sequence[DutyLine]
    ) -> tuple[tuple[Attending, ...], list[Missing]]:
        """Who is asked to the meeting about a pupil on a day, and who should come and cannot."""
        if not self._rules:
            return (), []
        asked = {duty.to for duty in before if duty.kind is None}
        met = {duty.rule for duty in before if duty.kind is None}
        coming: dict[str, Attending] = {}
        missing: list[Missing] = []
        for n, (rule, _) in enumerate(self._rules):
            if not rule.holds_for(pupil.year) or self._words[n] in met:
                continue
            there = self._on(n, pupil, day)
            chosen: str | None = None
            if not there:
                why = (
                    f"nobody who is {' or '.join(rule.roles)} can on {day}: name another role or "
                    "another day in the file, then preview the cycle again."
                )
                missing.append(Missing(pupil.reference, "attend", " or ".join(rule.roles), why))
            elif rule.ask == "one":
                if any(taker.person.id in asked for taker in there):
                    continue
                there, chosen = self._first(pupil, there)
            for taker in there:
                person = taker.person
                if person.id not in asked:
                    one = Attending(person.id, person.name, taker.role, self._words[n], chosen)
                    coming.setdefault(person.id, one)
        self._many.update(asked)
        self._many.update(list(coming))
        return tuple(coming.values()), missing

    def _first(self, pupil: Particulars, there: Sequence[Taker]) -> tuple[list[Taker], str | None]:
        """The first of several who can come, and why it is this one."""
        tutor = self._people.tutor(pupil)

        def order(taker: Taker) -> tuple[int, bool, bool, int, int]:
            known = taker.person is not tutor, pupil.year not in taker.person.years
            return (taker.place, *known, self._many[taker.person.id], taker.order)

        first, *others = nsmallest(2, there, key=order)
        if not others:
            return [first], None
        many = self._many[first.person.id]
        differ = [a != b for a, b in zip(order(first), order(others[0]), strict=True)]
        is_tutor = first.person is tutor
        reasons = (
            "the plan's tutor" if is_tutor else f"{first.role} is named first",
            "the plan's tutor",
            f"teaches {years_in_words([pupil.year])}",
            f"fewest meetings ({many})",
            f"as few meetings as others ({many}), first by staff id",
        )
        return [first], reasons[differ.index(True)]

    def _on(self, n: int, pupil: Particulars, day: date) -> list[Taker]:
        return [
            taker
            for taker in self._holders(n, pupil)
            if taker.still(day) and is_there(taker.person, day)
        ]

    def _holders(self, n: int, pupil: Particulars) -> list[Taker]:
        rule, takers = self._rules[n]
        return holders(rule, takers, pupil, self._people)
