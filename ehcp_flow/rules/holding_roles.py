"""May this person be listed, corrected, or given a role, and when does a role end?"""

from datetime import date, timedelta

from ehcp_flow.errors import BadInput, NotFound, NothingToDo, Refused
from ehcp_flow.events import PersonCorrected, PersonListed, RoleGranted, RoleRevoked
from ehcp_flow.hands import Hand, HeldRole, Person
from ehcp_flow.models.in_force import InForce
from ehcp_flow.models.model import ANYBODY, Rule
from ehcp_flow.text import one_line

_LONGEST_ROLE = 200
"""Code points."""


def list_person(person: Person, *, hand: Hand) -> PersonListed:
    """Make a person known here.

    Raises:
        Refused: the hand may not.
    """
    rule = may_administer(hand, "the list of people")
    return PersonListed(
        **hand.act("coordinator", rule),
        staff_id=person.staff_id,
        person_name=person.name,
        email=person.email,
        qualifications=person.qualifications,
        years=person.years,
        days=person.days,
        experience=person.experience,
    )


def correct(person: Person, said: Person, *, hand: Hand) -> PersonCorrected | None:
    """Record what a later list says otherwise of a person, ``None`` when it says the same.

    Raises:
        Refused: the hand may not.
    """
    rule = may_administer(hand, "the list of people")
    if _particulars(person) == _particulars(said):
        return None
    return PersonCorrected(
        **hand.act("coordinator", rule),
        person_name=said.name if said.name != person.name else None,
        # An address that is gone is said as an empty one: absent means that nothing was said.
        email=(said.email or "") if said.email != person.email else None,
        qualifications=(
            said.qualifications if said.qualifications != person.qualifications else None
        ),
        years=said.years if said.years != person.years else None,
        days=said.days if said.days != person.days else None,
        experience=(said.experience or "") if said.experience != person.experience else None,
    )


def _particulars(person: Person) -> tuple[object, ...]:
    return (
        person.name,
        person.email,
        person.qualifications,
        person.years,
        person.days,
        person.experience,
    )


def grant(person: Person, role: HeldRole, *, hand: Hand) -> RoleGranted:
    """Let a person hold a role from a day on.

    Raises:
        BadInput: it is no name of a role.
        Refused: the hand may not, or the last day is before the first.
        NothingToDo: they hold it on those days already.
    """
    rule = may_administer(hand, "who holds which role")
    if not one_line(role.role) or len(role.role) > _LONGEST_ROLE or role.role == ANYBODY:
        raise BadInput(
            f"found the role {role.role[:40]!r}, expected the name of one, of at most "
            f"{_LONGEST_ROLE} characters."
        )
    if role.until is not None and role.until < role.since:
        raise Refused(f"A role from {role.since} cannot end on {role.until}: give a later day.")
    for held in person.roles:
        same = (held.role, held.organisation) == (role.role, role.organisation)
        if same and _overlap(held, role):
            raise NothingToDo(
                f"{person.name} holds the role {held.role} for {held.organisation} from "
                f"{held.since}{f' to {held.until}' if held.until else ''} already."
            )
    return RoleGranted(
        **hand.act("coordinator", rule),
        held_role=role.role,
        held_at=role.organisation,
        held_from=role.since,
        held_until=role.until,
    )


def revoke(person: Person, role: str, *, until: date, hand: Hand) -> RoleRevoked:
    """Say which day is the last one on which a person holds a role.

    Raises:
        Refused: the hand may not, or would take away the role they act in.
        NotFound: they hold no such role on the following day.
    """
    may_administer(hand, "who holds which role")
    following = until + timedelta(days=1)
    held = next(
        (h for h in person.roles_on(following) if h.role.casefold() == role.casefold()), None
    )
    if held is None:
        roles = ", ".join(h.role for h in person.roles_on(following)) or "none"
        raise NotFound(
            f"{person.name} does not hold the role {role!r} after {until} (roles then: {roles})."
        )
    if person.id == hand.by and held.role == hand.role and until < hand.day:
        raise Refused(
            f"{person.name} acts as {held.role} and cannot end that role before today: ask "
            "someone else who may."
        )
    return ended(held, until=max(until, held.since - timedelta(days=1)), hand=hand)


def ended(held: HeldRole, *, until: date, hand: Hand) -> RoleRevoked:
    """Say another last day for a role that is held."""
    rule = may_administer(hand, "who holds which role")
    return RoleRevoked(
        **hand.act("coordinator", rule),
        held_role=held.role,
        held_at=held.organisation,
        held_from=held.since,
        held_until=until,
    )


def administers(person: Person, day: date, under: InForce) -> bool:
    """Whether a person may change the lists of people and pupils on a day."""
    return any(under.may("lists", held.role) is not None for held in person.roles_on(day))


def may_administer(hand: Hand, what: str) -> Rule:
    """Allow those who keep the lists of people and pupils.

    Returns:
        The rule that allows it.

    Raises:
        Refused: the role is none of theirs.
    """
    rule = hand.may("lists")
    if rule is None:
        raise hand.forbidden(
            "lists",
            f"{hand.name} acts as {hand.role} and may not change {what}: ask the "
            f"{hand.under.who('lists')}.",
        )
    return rule


def _overlap(one: HeldRole, other: HeldRole) -> bool:
    starts_in_time = other.until is None or one.since <= other.until
    ends_in_time = one.until is None or other.since <= one.until
    return starts_in_time and ends_in_time
