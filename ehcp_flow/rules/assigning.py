"""May this person be asked to write or to review, and may they accept or decline?

Source of the writer-is-not-the-reviewer rule: the product's own; no statute sets it. That a
teacher may say *not qualified* and be heard is why declining is an event and not a message.
"""

from datetime import date

from ehcp_flow.errors import NothingToDo, Refused
from ehcp_flow.events import (
    Act,
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentWithdrawn,
    DeclineReason,
    SectionAssigned,
    Task,
    words,
)
from ehcp_flow.hands import Hand, Person
from ehcp_flow.models.model import Rule
from ehcp_flow.plan import Assignment, Plan, Section


def assign(
    plan: Plan,
    section: str,
    task: Task,
    *,
    to: str,
    to_name: str,
    to_role: str,
    due: date | None,
    hand: Hand,
    cycle: str | None = None,
    rule: str | None = None,
    chosen: str | None = None,
    text: str | None = None,
) -> SectionAssigned:
    """Ask someone to write or to review a section by a day.

    Asking the same person again with another day moves the day.

    Raises:
        Refused: the hand may not assign, the person asked may not do this, or the day has passed.
        NothingToDo: it is assigned so already.
    """
    assigns = hand.may("coordinate")
    if assigns is None:
        raise hand.forbidden(
            "coordinate",
            f"{hand.name} acts as {hand.role}, and sections are assigned by "
            f"{hand.under.who('coordinate')}: ask one of them.",
        )
    if due is not None and due < hand.day and cycle is None:
        raise Refused(f"The due day {due} has passed: give one on or after {hand.day}.")
    does = may_be_asked(plan, section, task, to_name=to_name, to_role=to_role, hand=hand)
    now = plan.section(section)
    _writer_is_not_reviewer(plan, now, task, to, to_name, hand)
    held = now.assigned(task, to)
    if held is not None and held.open and held.due == due:
        raise NothingToDo(
            f"Section {section} of {plan.reference} is assigned to {to_name} to {task} already."
        )
    return SectionAssigned(
        **hand.act("coordinator", assigns, does),
        section=section,
        task=task,
        to=to,
        to_name=to_name,
        to_role=to_role,
        due=due,
        cycle=cycle,
        rule=rule,
        chosen=chosen,
        text=None if text is None else words(text),
    )


def withdraw(
    plan: Plan,
    section: str,
    task: Task,
    *,
    to: str,
    to_name: str,
    hand: Hand,
    instead: str | None = None,
    instead_name: str | None = None,
) -> AssignmentWithdrawn:
    """Take back what was asked of someone, perhaps to ask somebody else.

    Args:
        plan: as it stands.
        section: the section's id.
        task: what was asked.
        to: the id of whoever was asked.
        to_name: their name.
        hand: who takes it back.
        instead: the id of whoever is asked instead.
        instead_name: their name.

    Raises:
        Refused: the hand may not assign.
        NothingToDo: it does not wait on them.
    """
    rule = hand.may("coordinate")
    if rule is None:
        raise hand.forbidden(
            "coordinate",
            f"{hand.name} acts as {hand.role}, and what is asked is taken back by "
            f"{hand.under.who('coordinate')}: ask one of them.",
        )
    held = plan.section(section).assigned(task, to)
    if held is None or not held.open:
        raise NothingToDo(
            f"Section {section} of {plan.reference} does not wait on {to_name} to {task}."
        )
    return AssignmentWithdrawn(
        **hand.act("coordinator", rule),
        section=section,
        task=task,
        to=to,
        to_name=to_name,
        instead=instead,
        instead_name=instead_name,
    )


def accept(plan: Plan, section: str, *, hand: Hand) -> AssignmentAccepted:
    """Say yes to an assignment.

    Raises:
        Refused: nothing in this section waits on this person.
        NothingToDo: it was accepted already.
    """
    held = _waiting(plan, section, hand)
    if held.status == "accepted":
        raise NothingToDo(f"{hand.name} accepted section {section} of {plan.reference} already.")
    return AssignmentAccepted(
        **_of_the_task(plan, section, held, hand),
        section=section,
        task=held.task,
    )


def decline(plan: Plan, section: str, reason: DeclineReason, *, hand: Hand) -> AssignmentDeclined:
    """Say no to an assignment, and why; it goes back to whoever assigned it.

    Raises:
        Refused: nothing in this section waits on this person, or *other* without words.
    """
    held = _waiting(plan, section, hand)
    if reason == "other" and hand.because is None:
        raise Refused(
            "Declining for another reason needs the reason in words: --because 'your reason'."
        )
    return AssignmentDeclined(
        **_of_the_task(plan, section, held, hand),
        section=section,
        task=held.task,
        reason=reason,
        back_to=held.by,
    )


def _waiting(plan: Plan, section: str, hand: Hand) -> Assignment:
    for held in reversed(plan.section(section).assignments):
        if held.to == hand.by and held.open:
            return held
    raise Refused(
        f"Section {section} of {plan.reference} does not wait on {hand.name}: "
        "`ehcp-flow work --for` a person shows what does."
    )


def _of_the_task(plan: Plan, section: str, held: Assignment, hand: Hand) -> Act:
    """What an answer to a request carries, with the rule by which such a one can be asked."""
    rule = hand.may(held.task, section=section, year=plan.particulars.year, asked=True)
    return hand.act("drafter" if held.task == "write" else "reviewer", rule)


def may_be_asked(
    plan: Plan, section: str, task: Task, *, to_name: str, to_role: str, hand: Hand
) -> Rule:
    """Allow those to be asked whom the operating model lets write or review this section.

    Returns:
        The rule that lets them.

    Raises:
        Refused: it does not.
    """
    year = plan.particulars.year
    rule = hand.under.may(task, to_role, section=section, year=year, asked=True)
    if rule is not None:
        return rule
    found = hand.under.model.rule(task, section=section, year=year)
    if found is not None and to_role in found.but_not:
        said = (
            f"{to_name} acts as {to_role}, who supplies evidence and does not {task} sections: "
            "assign a teacher, the SENCO or a professional."
        )
    else:
        does = "written" if task == "write" else "reviewed"
        who = hand.under.who(task, section=section, year=year)
        said = (
            f"{to_name} acts as {to_role}, and section {section} of a pupil in year {year} is "
            f"{does} by {who}: ask one of them."
        )
    raise hand.forbidden(task, said, section=section, year=year)


def role_to_ask(
    plan: Plan, section: str, task: Task, person: Person, *, on: date, hand: Hand
) -> str:
    """Return the role in which to ask somebody: the one held longest that lets them do it.

    Where none does it is the one held longest; they hold one on that day.
    """
    year = plan.particulars.year
    roles = [held.role for held in person.roles_on(on)]
    for role in roles:
        if hand.under.may(task, role, section=section, year=year, asked=True) is not None:
            return role
    return roles[0]


def contributes(
    plan: Plan, section: str, task: Task, person: Person, role: str, *, hand: Hand
) -> str | None:
    """Say that somebody does not write a section whole, ``None`` when they do or review it."""
    year = plan.particulars.year
    rule = hand.under.may(task, role, section=section, year=year, asked=True)
    if task != "write" or rule is None or rule.extent_of(role, person.experience) == "whole":
        return None
    known = f", {person.experience}" if person.experience else ""
    return (
        f"{person.name} ({role}{known}) contributes to section {section} of {plan.reference}, and "
        f"somebody else hands it on: that is by rule {rule.id} of {hand.under.model.id}."
    )


def _writer_is_not_reviewer(
    plan: Plan, now: Section, task: Task, to: str, to_name: str, hand: Hand
) -> None:
    other: Task = "review" if task == "write" else "write"
    both = any(a.to == to for a in now.holders(other))
    if both or (task == "review" and to in now.writers):
        does = "reviews" if other == "review" else "writes"
        raise hand.forbidden(
            "review",
            f"{to_name} {does} section {now.id} of {plan.reference}, and the writer may not be "
            f"their own reviewer: choose someone else to {task} it.",
            section=now.id,
            year=plan.particulars.year,
        )
