"""May this person put their mark, with this meaning, over this text?

Only the local authority decides what a plan says: Children and Families Act 2014, sections 37
and 44; SEND Regulations 2014, regulations 20 to 22. What the other meanings ask for is the
product's own.
"""

from ehcp_flow.errors import NothingToDo, Refused
from ehcp_flow.events import Capacity, Meaning, SectionSignedOff
from ehcp_flow.hands import Hand
from ehcp_flow.models.duties import Duty
from ehcp_flow.models.model import Rule
from ehcp_flow.plan import IN_WORDS, Plan, Section
from ehcp_flow.roles import DECIDING
from ehcp_flow.rules.reviewing import not_before_the_words, read_revision

_CAPACITY: dict[Meaning, Capacity] = {
    "authorship": "drafter",
    "review": "reviewer",
    "approval": "reviewer",
    "decision": "decider",
    "agreement": "witness",
}


def sign_off(
    plan: Plan, section: str, meaning: Meaning, *, hand: Hand, revision: int | None = None
) -> SectionSignedOff:
    """Put a mark over exactly the current text.

    Raises:
        Refused: there is no text, or this person may not sign it with this meaning now.
        MovedOn: it is not the revision that was read.
        NothingToDo: they signed exactly this with the same meaning already.
    """
    now = plan.section(section)
    what = f"Section {section} of {plan.reference}"
    if not now.revision:
        raise Refused(f"{what} has no text yet: write it with `section edit` first.")
    read_revision(plan, now, revision)
    not_before_the_words(plan, now, hand)
    mine = (hand.by, hand.on_behalf_of_name, meaning)
    if any((mark.by, mark.on_behalf_of_name, mark.meaning) == mine for mark in now.signed_off):
        raise NothingToDo(
            f"{hand.name} signed revision {now.revision} of section {section} of {plan.reference} "
            f"with the meaning {meaning} already."
        )
    if meaning in ("review", "approval", "decision") and now.status != "approved":
        raise Refused(
            f"{what} is signed with the meaning {meaning} once it is approved, and it is "
            f"{IN_WORDS[now.status]}: have it reviewed first."
        )
    rule = _rule(plan, now, meaning, hand)
    if why := _not_entitled(plan, now, meaning, hand, rule):
        said = f"{what}: {why}"
        if (duty := _DUTY.get(meaning)) is None:
            raise Refused(said)
        raise hand.forbidden(duty, said, section=section, year=plan.particulars.year)
    law = "Children and Families Act 2014, section 37" if meaning == "decision" else None
    return SectionSignedOff(
        **hand.act(_CAPACITY[meaning], rule, law=law),
        section=section,
        revision=now.revision,
        text_digest=now.text_digest,
        meaning=meaning,
    )


_DUTY: dict[Meaning, Duty] = {"authorship": "write", "review": "review", "approval": "approve"}
"""The duty that a mark goes with; a decision is the law's, and anybody may agree."""


def _rule(plan: Plan, now: Section, meaning: Meaning, hand: Hand) -> Rule | None:
    """The rule that lets somebody sign so; ``None``: none does, or none is asked."""
    duty = _DUTY.get(meaning)
    if duty is None:
        return None
    # Whoever wrote was let to: that they did is on record.
    asked = duty == "write" or (duty == "review" and _was_asked(now, hand))
    return hand.may(duty, section=now.id, year=plan.particulars.year, asked=asked)


def _was_asked(now: Section, hand: Hand) -> bool:
    """Whether someone was asked to review a section and did not decline."""
    return any(a.to == hand.by for a in now.assignments if a.task == "review" and not a.reason)


def _not_entitled(
    plan: Plan, now: Section, meaning: Meaning, hand: Hand, rule: Rule | None
) -> str | None:
    match meaning:
        case "authorship" if hand.by not in now.authors:
            return (
                f"{hand.name} has written no word of it, and authorship is signed by its authors."
            )
        case "review" if hand.by in now.authors:
            return (
                f"{hand.name} wrote in it, and the writer may not be their own reviewer: "
                "sign authorship, and ask someone else to sign the review."
            )
        case "review" if rule is None:
            return (
                f"{hand.name} ({hand.role}) was not asked to review it, and does not coordinate: "
                "the review is signed by those who reviewed it."
            )
        case "approval" if rule is None:
            return (
                f"{hand.name} acts as {hand.role}, and approval is signed by the "
                f"{hand.under.who('approve', section=now.id, year=plan.particulars.year)}."
            )
        case "decision" if hand.role not in DECIDING:
            return (
                f"{hand.name} acts as {hand.role}, and only the local authority decides "
                "(Children and Families Act 2014, sections 37 and 44): sign approval instead."
            )
        case _:
            return None
