"""May this person be recorded as away, and is whoever was asked for something there for it?"""

from datetime import date

from ehcp_flow.errors import BadInput, NothingToDo
from ehcp_flow.events import AbsenceRecorded
from ehcp_flow.hands import Absence, Hand, Person


def away(person: Person, since: date, until: date | None, *, hand: Hand) -> AbsenceRecorded:
    """Record that a person is away from a day on.

    From the same day again, it says another last day.

    Raises:
        BadInput: the last day is before the first.
        Refused: the hand is neither their own nor that of someone who keeps the lists.
        NothingToDo: it is on record already.
    """
    themselves = hand.by == person.id
    rule = None if themselves else hand.may("lists")
    if not themselves and rule is None:
        raise hand.forbidden(
            "lists",
            f"{hand.name} acts as {hand.role} and may not say when others are away: ask "
            f"{person.name}, or the {hand.under.who('lists')}.",
        )
    if until is not None and until < since:
        raise BadInput(f"An absence from {since} cannot end on {until}: give a later day.")
    said = Absence(since, until)
    if said in person.absences:
        raise NothingToDo(f"{person.name} is on record as away {in_words(said)} already.")
    return AbsenceRecorded(
        **hand.act("witness" if themselves else "coordinator", rule),
        away_from=since,
        away_until=until,
    )


def in_words(absence: Absence) -> str:
    """Say on which days; it goes on after *away*."""
    if absence.until is None:
        return f"from {absence.since}, until when is not known yet"
    if absence.until == absence.since:
        return f"on {absence.since}"
    return f"from {absence.since} to {absence.until}"


def not_there(person: Person, *, due: date | None, today: date) -> str | None:
    """Say why a person cannot do by a day what was asked of them; ``None``: they are there.

    Args:
        person: whoever was asked.
        due: the day; when it has passed, only today matters.
        today: the day it is.

    Returns:
        What goes on after their name and *who*.
    """
    if not person.roles_on(today):
        ends = [held.until for held in person.roles if held.until and held.until < today]
        return f"has held no role here since {max(ends)}" if ends else "holds no role here today"
    then = due if due is not None and due > today else None
    if then is not None and not person.roles_on(then):
        return f"will hold no role here on {then}, when it is due"
    for absence in person.absences:
        if absence.on(today):
            return f"is away {in_words(absence)}"
    for absence in person.absences:
        if then is not None and absence.on(then):
            return f"will be away {in_words(absence)}, when it is due"
    return None
