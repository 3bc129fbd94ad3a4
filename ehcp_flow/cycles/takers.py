"""Who is here, and which of them hold the roles that a rule names?

- A role is taken by who holds it on the day of applying and teaches the pupil's year, as far as it
  is on record which years they teach.
- A due day on which the person does not work is brought forward to the last day before on which
  they do, if there is one; who is away on the due day, or all the time until then, takes none.
- The role of tutor is taken by whom the plan names as such.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ehcp_flow.cycles.file import Advice, Attend, Rule
from ehcp_flow.hands import Person
from ehcp_flow.importing.fields import DAYS
from ehcp_flow.plan import Particulars
from ehcp_flow.projections.folded import folded

TUTOR = "form tutor"
"""The role that is taken by whom the plan names as tutor, when it names anybody."""


class Taker(NamedTuple):
    """Someone who holds a role that a rule names."""

    place: int
    """Where the rule names it."""
    role: str
    person: Person
    order: int
    """Among all people, by staff id."""

    def still(self, day: date) -> bool:
        """Whether they hold the role on a day."""
        return any(held.role == self.role and held.on(day) for held in self.person.roles)


class People:
    """The people who hold a role on the day of applying."""

    def __init__(self, everyone: Sequence[Person], on: date) -> None:
        self.on = on
        self.here = [person for person in sorted(everyone, key=_by_staff_id) if person.roles_on(on)]
        self._order = {person.id: order for order, person in enumerate(self.here)}
        self._tutors: dict[str, Person | None] = {}
        self._due: dict[tuple[str, date], date | None] = {}

    def takers(self, rule: Rule | Attend | Advice) -> list[Taker]:
        """Who holds the roles of a rule, each in the one that it names first."""
        takers: list[Taker] = []
        for person in self.here:
            roles = [(rule.place_of(held.role), held.role) for held in person.roles_on(self.on)]
            asked = [(place, role) for place, role in roles if place is not None]
            if asked:
                takers.append(Taker(*min(asked), person, self._order[person.id]))
        return takers

    def tutor(self, pupil: Particulars) -> Person | None:
        """The person whom a plan names as tutor, when that can be only one."""
        name = pupil.tutor
        if name is None:
            return None
        if name not in self._tutors:
            found = [person for person in self.here if _goes_by(person, name)]
            self._tutors[name] = found[0] if len(found) == 1 else None
        return self._tutors[name]

    def as_tutor(self, rule: Rule | Attend | Advice, tutor: Person) -> Taker | None:
        """The plan's own tutor in the role of one, when a rule names that."""
        place = rule.place_of(TUTOR)
        if place is None:
            return None
        roles = [held.role for held in tutor.roles_on(self.on)]
        role = TUTOR if TUTOR in roles else roles[0]
        return Taker(place, role, tutor, self._order[tutor.id])

    def ready_by(self, person: Person, due: date) -> date | None:
        """The day by which a person can be ready: the due day, or a working day before it.

        ``None``: they are away on that day, or all the time until then.
        """
        key = person.id, due
        if key not in self._due:
            self._due[key] = self._ready_by(person, due)
        return self._due[key]

    def _ready_by(self, person: Person, due: date) -> date | None:
        if not person.absences and not person.days:
            return due
        days = [due - timedelta(days=n) for n in range((due - self.on).days + 1)]
        until_then = days[1:]
        if person.away_on(due) or (until_then and all(map(person.away_on, until_then))):
            return None
        return next((day for day in days if is_there(person, day)), due)


def is_there(person: Person, day: date) -> bool:
    """Whether somebody works on a day and is not away; without working days on all of them."""
    works = not person.days or DAYS[day.weekday()] in person.days
    return works and not person.away_on(day)


def _by_staff_id(person: Person) -> tuple[str, str]:
    return person.staff_id, person.id


def holders(
    rule: Rule | Attend | Advice, takers: Sequence[Taker], pupil: Particulars, people: People
) -> list[Taker]:
    """Who holds a rule's roles and may teach a pupil's year; the plan's own tutor stands for the
    role of one."""
    tutor = people.tutor(pupil)
    holders = [
        taker
        for taker in takers
        if not taker.person.years or pupil.year in taker.person.years or taker.person is tutor
    ]
    place = rule.place_of(TUTOR)
    if place is None or pupil.tutor is None:
        return holders
    holders = [taker for taker in holders if taker.place != place and taker.person is not tutor]
    own = None if tutor is None else people.as_tutor(rule, tutor)
    return holders if own is None else [*holders, own]


# Whom a plan means by its tutor ------------------------------------------------------------------

_TITLES = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "dame", "rev", "revd"}
)
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def _goes_by(person: Person, name: str) -> bool:
    """Whether a name such as ``Ms K Lowe``, ``Lowe, Kate`` or a staff id can mean a person."""
    if name.strip().casefold() == person.staff_id.casefold():
        return True
    asked, known = _names(name), _names(person.name)
    if not asked or not known or asked[-1] != known[-1]:
        return False
    return not asked[:-1] or not known[:-1] or _same_forename(asked[0], known[0])


def _names(name: str) -> list[str]:
    """The words of a name without titles, case and accents, the surname last."""
    surname, comma, forenames = name.partition(",")
    words: list[str] = _WORD.findall(folded(f"{forenames} {surname}" if comma else name))
    return [word.replace("\u2019", "'") for word in words if word not in _TITLES]


def _same_forename(one: str, other: str) -> bool:
    """Whether two forenames are the same, or one is the other's initial."""
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])
