"""Does the operating model let this person record that such a thing was done about a plan?

What only the authority decides or issues is law, and none of a model's: of such facts nothing is
said here. A model may ask that something else was recorded before, and that somebody in a role has
signed every text that was changed.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ehcp_flow.errors import Refused
from ehcp_flow.hands import Hand
from ehcp_flow.models.duties import IN_WORDS, Duty
from ehcp_flow.models.in_force import one_of
from ehcp_flow.models.model import Rule
from ehcp_flow.plan import Plan, Section
from ehcp_flow.roles import DECIDING
from ehcp_flow.statute.facts import FactKind

DUTY_OF_FACT: Mapping[str, Duty] = MappingProxyType(
    {
        "review-meeting-held": "hold-meeting",
        "review-report-completed": "complete-report",
        "review-report-sent": "send-to-authority",
    }
)
"""Which duty is done when a fact has happened."""

_SIGNING = ("review", "approval")
"""The meanings of a mark that says that a text was reviewed."""


_LAW: Mapping[Duty, str] = MappingProxyType(
    {
        "hold-meeting": "SEND Regulations 2014, regulations 20(1) and 21(1)",
        "complete-report": "SEND Regulations 2014, regulation 21(7)",
    }
)
"""What the authority may do itself, whatever the school's model says, and by which law."""


class Allowed(NamedTuple):
    """By what something may be recorded."""

    rule: Rule | None = None
    law: str | None = None
    """Where it is not the model's to say."""


def may_record(plan: Plan, kind: FactKind, hand: Hand) -> Allowed:
    """Hold what is recorded to those whose it is, and to its place in the order of things.

    What nobody's duty in a model goes with is recorded by those who coordinate or keep lists, as
    the catalogue of facts has it, and by the authority's officers.

    Args:
        plan: as it stands.
        kind: the fact.
        hand: who records it; its day is the day on which it happened.

    Raises:
        Refused: it is another one's, or something that the rule asks for is not on record.
    """
    if kind.by == "anyone":
        return Allowed()
    if kind.by == "authority":
        if hand.role not in DECIDING:
            raise Refused(
                f"{hand.name} acts as {hand.role}, and only the local authority decides and issues "
                "(Children and Families Act 2014, sections 37 and 44): ask its officer to record "
                f"it ({kind.id})."
            )
        return Allowed(law=kind.basis)
    duty = DUTY_OF_FACT.get(kind.id)
    if duty is not None:
        return _of_duty(plan, kind.id, duty, hand)
    rule = hand.may("coordinate") or (hand.may("lists") if kind.by == "office" else None)
    if rule is not None:
        return Allowed(rule)
    if hand.role in DECIDING:
        return Allowed(law=kind.basis)
    who = hand.under.who("coordinate")
    if kind.by == "office":
        who = f"{who}, or {hand.under.who('lists')}"
    raise hand.forbidden(
        "lists" if kind.by == "office" else "coordinate",
        f"{hand.name} acts as {hand.role}, and this is recorded by {who}: ask one of them "
        f"({kind.id}).",
    )


def _of_duty(plan: Plan, fact: str, duty: Duty, hand: Hand) -> Allowed:
    year = plan.particulars.year
    rule = hand.may(duty, year=year)
    if rule is None and hand.role in DECIDING and duty in _LAW:
        return Allowed(law=_LAW[duty])
    if rule is None:
        raise hand.forbidden(
            duty,
            f"{hand.name} acts as {hand.role}, and {_who(hand, duty, year)} {IN_WORDS[duty]}: ask "
            f"whoever has that role to record it ({fact}).",
            year=year,
        )
    if (lacking := _not_yet(plan, rule, hand)) is not None:
        raise hand.forbidden(
            duty,
            f"{fact} of {plan.reference} is recorded once {lacking} is on record, and it is not: "
            "record that first.",
            year=year,
        )
    if unread := _not_reviewed(plan, rule):
        raise hand.forbidden(
            duty,
            f"nothing of {plan.reference} goes to the authority before the "
            f"{one_of(rule.reviewed_by)} has reviewed it, and section {', '.join(unread)} "
            "is not signed with the meaning review: `section sign-off --meaning review`.",
            year=year,
        )
    return Allowed(rule)


def may_chair(plan: Plan, role: str, hand: Hand) -> None:
    """Hold the chair of a review meeting to those whose duty that is, whether they teach or not.

    Where no model was chosen, and for the authority, which may hold any, nothing is asked.

    Args:
        plan: as it stands.
        role: the one in which somebody chaired it.
        hand: who records it.

    Raises:
        Refused: it is none of theirs.
    """
    year = plan.particulars.year
    if not hand.under.chosen or role in DECIDING:
        return
    if hand.under.may("hold-meeting", role, year=year) is None:
        raise hand.forbidden(
            "hold-meeting",
            f"the {role} does not chair the review meeting of {plan.reference}; "
            f"{_who(hand, 'hold-meeting', year)} {IN_WORDS['hold-meeting']}.",
            year=year,
        )


def _who(hand: Hand, duty: Duty, year: str) -> str:
    who = hand.under.who(duty, year=year)
    return who if who == "nobody" else f"the {who}"


def _not_yet(plan: Plan, rule: Rule, hand: Hand) -> str | None:
    """The first fact that must be on record before, and is not; one of an earlier review is none.

    A review ends with the authority's decision.
    """
    ended = max(
        (fact.day for fact in plan.facts if fact.fact == _DECIDED and not fact.withdrawn),
        default=None,
    )
    for wanted in rule.after:
        there = any(
            fact.fact == wanted
            and not fact.withdrawn
            and fact.day <= hand.day
            and (ended is None or fact.day > ended)
            for fact in plan.facts
        )
        if not there:
            return wanted
    return None


_DECIDED = "review-decision-notified"


def _not_reviewed(plan: Plan, rule: Rule) -> list[str]:
    """The sections that people here changed, and that nobody in the roles asked for has signed."""
    if not rule.reviewed_by:
        return []
    return [
        section.id
        for section in plan.sections.values()
        if _is_changed(section)
        and not any(
            mark.role in rule.reviewed_by and mark.meaning in _SIGNING
            for mark in section.signed_off
        )
    ]


def _is_changed(section: Section) -> bool:
    """Whether people here wrote in a section since its text was issued."""
    return bool(section.authors) and section.text != section.issued
