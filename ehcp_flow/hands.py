"""Who did it: people, the roles they hold and when, folded from their own events."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import assert_never

from ehcp_flow.errors import Refused
from ehcp_flow.events import (
    AbsenceRecorded,
    Act,
    Capacity,
    Channel,
    PersonCorrected,
    PersonEvent,
    PersonListed,
    RoleGranted,
    RoleRevoked,
    Words,
)
from ehcp_flow.models.duties import Duty
from ehcp_flow.models.in_force import InForce
from ehcp_flow.models.model import Rule
from ehcp_flow.roles import DECIDING


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does something now, in which role, and on which occasion."""

    by: str
    """The person's opaque id."""
    name: str
    role: str
    organisation: str | None
    at: datetime
    day: date
    """The day it happened, in Europe/London."""
    recorded_late: bool
    """Whether that day is another one than the day it is recorded."""
    command: str
    channel: Channel = "typed"
    because: Words | None = None
    on_behalf_of: str | None = None
    on_behalf_of_name: str | None = None
    capacity: Capacity | None = None
    """In which they say that they act, when it is not the one that such an act is done in."""
    experience: str | None = None
    """How much they have of writing plans, as their list says."""
    under: InForce = field(default_factory=InForce, hash=False)
    """The operating model that holds on that day."""

    def may(
        self,
        duty: Duty,
        *,
        section: str | None = None,
        year: str | None = None,
        asked: bool = False,
    ) -> Rule | None:
        """Return the rule that lets them do this, as ``InForce.may``; ``None``: none does."""
        return self.under.may(duty, self.role, section=section, year=year, asked=asked)

    def forbidden(
        self, duty: Duty, said: str, *, section: str | None = None, year: str | None = None
    ) -> Refused:
        """Return a refusal that names the rule that stands behind it."""
        return Refused(self.under.forbids(duty, said, section=section, year=year))

    def act(self, capacity: Capacity, *rules: Rule | None, law: str | None = None) -> Act:
        """Return what every event carries, with the capacity that this act is done in.

        Args:
            capacity: the one that such an act is done in, unless they say otherwise.
            rules: those of the operating model that let it be done.
            law: what lets it be done where that is no model's to say.
        """
        by_law = f"law:{law}" if law is not None and self.under.chosen else None
        return Act(
            at=self.at,
            on=self.day if self.recorded_late else None,
            by=self.by,
            name=self.name,
            role=self.role,
            organisation=self.organisation,
            capacity=self.capacity or capacity,
            on_behalf_of=self.on_behalf_of,
            on_behalf_of_name=self.on_behalf_of_name,
            channel=self.channel,
            command=self.command,
            because=self.because,
            allowed=by_law or self.under.name_of(*rules),
        )


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role held for an organisation, from a day to a day, both inclusive."""

    role: str
    organisation: str
    since: date
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether it is held on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which a person is away, both inclusive."""

    since: date
    until: date | None = None
    """``None``: not known yet."""

    def on(self, day: date) -> bool:
        """Whether they are away on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as known to this tenant. ``id`` is opaque; ``staff_id`` is the school's own."""

    id: str
    version: int = 0
    staff_id: str = ""
    name: str = ""
    email: str | None = None
    qualifications: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    roles: tuple[HeldRole, ...] = field(default=())
    absences: tuple[Absence, ...] = ()
    experience: str | None = None
    """How much they have of writing plans: new, some or confident."""

    def roles_on(self, day: date) -> tuple[HeldRole, ...]:
        """The roles held on a day, the longest held first."""
        return tuple(sorted((held for held in self.roles if held.on(day)), key=_longest_held))

    def away_on(self, day: date) -> bool:
        """Whether they are away on a day."""
        return any(absence.on(day) for absence in self.absences)


def _longest_held(held: HeldRole) -> tuple[date, str, str]:
    return held.since, held.role, held.organisation


def evolve(person: Person, event: PersonEvent) -> Person:
    """Return the person after one more event."""
    person = replace(person, version=person.version + 1)
    match event:
        case PersonListed():
            return replace(
                person,
                staff_id=event.staff_id,
                name=event.person_name,
                email=event.email,
                qualifications=event.qualifications,
                years=event.years,
                days=event.days,
                experience=event.experience,
            )
        case PersonCorrected():
            return replace(
                person,
                name=person.name if event.person_name is None else event.person_name,
                email=person.email if event.email is None else event.email or None,
                qualifications=(
                    person.qualifications if event.qualifications is None else event.qualifications
                ),
                years=person.years if event.years is None else event.years,
                days=person.days if event.days is None else event.days,
                experience=(
                    person.experience if event.experience is None else event.experience or None
                ),
            )
        case RoleGranted():
            held = HeldRole(event.held_role, event.held_at, event.held_from, event.held_until)
            return replace(person, roles=(*person.roles, held))
        case RoleRevoked():
            return replace(person, roles=tuple(_ended(held, event) for held in person.roles))
        case AbsenceRecorded():
            others = tuple(a for a in person.absences if a.since != event.away_from)
            absence = Absence(event.away_from, event.away_until)
            return replace(person, absences=(*others, absence))
        case _:
            assert_never(event)


def _ended(held: HeldRole, event: RoleRevoked) -> HeldRole:
    same = (held.role, held.organisation, held.since) == (
        event.held_role,
        event.held_at,
        event.held_from,
    )
    return replace(held, until=event.held_until) if same else held


def fold(id: str, events: Iterable[PersonEvent]) -> Person:
    """Return the person that these events tell of."""
    person = Person(id)
    for event in events:
        person = evolve(person, event)
    return person


def role_for_act(person: Person, *, on: date, asked: str | None = None) -> HeldRole:
    """Return the role in which a person acts on a day: the one asked for, else the longest held.

    Raises:
        Refused: the person holds no role on that day, or not the one asked for.
    """
    held = person.roles_on(on)
    if asked is not None:
        held = tuple(role for role in held if role.role.casefold() == asked.casefold())
    if held:
        return held[0]
    what = f"the role {asked!r}" if asked else "any role"
    raise Refused(
        f"{person.name} ({person.staff_id}) does not hold {what} on {on:%d %b %Y}: "
        "someone who may can record it with `people grant`, or ask a person who holds it to act."
    )


def may_act_as(capacity: Capacity | None, person: Person, held: HeldRole) -> None:
    """Let nobody decide in a role that does not (Children and Families Act 2014, section 37).

    Raises:
        Refused: the capacity is that of the authority's officer.
    """
    if capacity == "decider" and held.role not in DECIDING:
        raise Refused(
            f"{person.name} acts as {held.role} and decides nothing: only the authority's officer "
            "does; choose another --capacity or leave it out."
        )


def still_held(
    person: Person, held: HeldRole, *, day: date, today: date, under: InForce, now: InForce
) -> None:
    """Let a day that has passed give nobody powers that have ended.

    Args:
        person: who acts.
        held: the role in which.
        day: the day on which it happened.
        today: the day it is.
        under: the operating model that holds on that day.
        now: the one that holds today.

    Raises:
        Refused: the role that the person held on that day lets its holders decide, coordinate or
            keep lists, and they do not hold it today, or today's model gives it nothing of the
            kind.
    """
    powers = held.role in DECIDING or under.model.has_powers(held.role)
    if powers and not any(one.role == held.role for one in person.roles_on(today)):
        raise Refused(
            f"{person.name} ({person.staff_id}) was {held.role} on {day:%d %b %Y} and is not "
            "today: ask someone who holds that role to record it."
        )
    if powers and held.role not in DECIDING and not now.model.has_powers(held.role):
        raise Refused(
            f"Under {under.model.id} the {held.role} could do on {day:%d %b %Y} what is none of "
            f"theirs today, under {now.model.id}: ask the {now.who('coordinate')} to record it."
        )
