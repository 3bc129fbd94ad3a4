"""Does the operating model let this person record that such a thing was done about a plan?

What only the authority decides or issues is law, and none of a model's: of such facts nothing is
said here. A model may ask that something else was recorded before, and that somebody in a role has
signed every text that was changed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ehcp_flow.hands import Hand
from ehcp_flow.models.duties import IN_WORDS, Duty
from ehcp_flow.models.in_force import one_of
from ehcp_flow.models.model import Rule
from ehcp_flow.plan import Plan, Section

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


def may_record(plan: Plan, fact: str, hand: Hand) -> Rule | None:
    """Hold what is recorded to those whose duty it is, and to its place in the order of things.

    Args:
        plan: as it stands.
        fact: its id, as ``review-meeting-held``.
        hand: who records it; its day is the day on which it happened.

    Returns:
        The rule that allows it; ``None``: no duty of a model goes with this fact.

    Raises:
        Refused: it is another one's duty, or something that the rule asks for is not on record.
    """
    duty = DUTY_OF_FACT.get(fact)
    if duty is None:
        return None
    year = plan.particulars.year
    rule = hand.may(duty, year=year)
    if rule is None:
        raise hand.forbidden(
            duty,
            f"{hand.name} acts as {hand.role}, and {_who(hand, duty, year)} {IN_WORDS[duty]}: ask "
            "whoever has that role to record it.",
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
    return rule


def may_chair(plan: Plan, role: str, hand: Hand) -> Rule:
    """Hold the chair of a review meeting to those whose duty that is, whether they teach or not.

    Args:
        plan: as it stands.
        role: the one in which somebody chaired it.
        hand: who records it.

    Raises:
        Refused: it is none of theirs.
    """
    year = plan.particulars.year
    rule = hand.under.may("hold-meeting", role, year=year)
    if rule is None:
        raise hand.forbidden(
            "hold-meeting",
            f"the {role} does not chair the review meeting of {plan.reference}; "
            f"{_who(hand, 'hold-meeting', year)} {IN_WORDS['hold-meeting']}.",
            year=year,
        )
    return rule


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
