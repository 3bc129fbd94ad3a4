"""May this section be submitted, returned or approved now?"""

from ehcp_flow.errors import MovedOn, NothingToDo, Refused
from ehcp_flow.events import SectionApproved, SectionReturned, SectionSubmitted
from ehcp_flow.hands import Hand
from ehcp_flow.models.in_force import one_of
from ehcp_flow.models.model import Rule
from ehcp_flow.plan import IN_WORDS, Plan, Section


def submit(plan: Plan, section: str, *, hand: Hand) -> SectionSubmitted:
    """Give a section to its reviewers.

    An issued text may be submitted as it is: the writer proposes no change. So may one that was
    returned, with the reason why it stands: a writer who disagrees is heard, too.

    Raises:
        Refused: there is no text, it was returned and neither changed nor defended, or this person
            does not write.
        NothingToDo: this revision was submitted or approved already.
    """
    now = plan.section(section)
    what = f"Section {section} of {plan.reference}"
    if not now.revision:
        raise Refused(f"{what} has no text yet: write it with `section edit` first.")
    if now.status in ("submitted", "approved"):
        raise NothingToDo(f"{what} is {now.status} already (revision {now.revision}).")
    if now.status == "returned" and hand.because is None:
        raise Refused(
            f"{what} was returned at revision {now.revision} and has not changed since: "
            "edit it first, or submit it as it is and say why with --because."
        )
    not_before_the_words(plan, now, hand)
    rule = _may_hand_on(plan, now, hand)
    return SectionSubmitted(**hand.act("drafter", rule), section=section, revision=now.revision)


def return_(
    plan: Plan, section: str, *, hand: Hand, revision: int | None = None
) -> SectionReturned:
    """Ask for changes, and say which.

    Raises:
        Refused: it is not submitted, no reason is given, or this person does not review it.
        MovedOn: it is not the revision that was read.
    """
    now, rule = _under_review(plan, section, hand, revision)
    if hand.because is None:
        raise Refused(
            f"Section {section} of {plan.reference} goes back to its writers, who need to know "
            "why: --because 'what to change'."
        )
    return SectionReturned(**hand.act("reviewer", rule), section=section, revision=now.revision)


def approve(
    plan: Plan, section: str, *, hand: Hand, revision: int | None = None
) -> SectionApproved:
    """Say that the submitted text is as it should be.

    Raises:
        Refused: it is not submitted, or this person does not review it or wrote in it.
        MovedOn: it is not the revision that was read.
        NothingToDo: it is approved already.
    """
    now = plan.section(section)
    if now.status == "approved":
        raise NothingToDo(
            f"Section {section} of {plan.reference} is approved already (revision {now.revision})."
        )
    now, rule = _under_review(plan, section, hand, revision)
    if hand.by in now.writers:
        raise hand.forbidden(
            "review",
            f"{hand.name} wrote in section {section} of {plan.reference} since it was last "
            "approved, and the writer may not be their own reviewer: ask someone else.",
            section=section,
            year=plan.particulars.year,
        )
    return SectionApproved(**hand.act("reviewer", rule), section=section, revision=now.revision)


def read_revision(plan: Plan, now: Section, revision: int | None) -> None:
    """Hold a mark to the revision that its maker read.

    Raises:
        MovedOn: the section has another one now.
    """
    if revision is not None and revision != now.revision:
        raise MovedOn(
            f"Section {now.id} of {plan.reference} is at revision {now.revision}, not {revision}: "
            f"read it again with `plan show {plan.reference} --section {now.id}`.",
            section=now.id,
            over=revision,
            revision=now.revision,
        )


def not_before_the_words(plan: Plan, now: Section, hand: Hand) -> None:
    """Hold what is said of a text to the day on which it was there.

    Raises:
        Refused: the day is before that of the section's latest revision.
    """
    if now.edit is not None and hand.day < now.edit.day:
        raise Refused(
            f"Section {now.id} of {plan.reference} has this text (revision {now.revision}) since "
            f"{now.edit.day}, and {hand.day} is before that: say the day on which it was read."
        )


def _may_hand_on(plan: Plan, now: Section, hand: Hand) -> Rule | None:
    """Hold submitting to those who write a section whole.

    Raises:
        Refused: this person does not write it, or contributes to it.
    """
    year = plan.particulars.year
    if (rule := hand.may("write", section=now.id, year=year)) is not None:
        return rule
    what = f"Section {now.id} of {plan.reference}"
    if not (any(a.to == hand.by for a in now.holders("write")) or hand.by in now.writers):
        raise hand.forbidden(
            "write",
            f"{what} is submitted by those who write it, and {hand.name} ({hand.role}) does not: "
            "ask for it with `section assign`.",
            section=now.id,
            year=year,
        )
    rule = hand.may("write", section=now.id, year=year, asked=True)
    if rule is not None and rule.extent_of(hand.role, hand.experience) == "contribute":
        known = f", {hand.experience}" if hand.experience else ""
        raise hand.forbidden(
            "write",
            f"{hand.name} ({hand.role}{known}) contributes to section {now.id} of "
            f"{plan.reference}, and whoever answers for the whole submits it: ask "
            f"{one_of(rule.unasked) if rule.unasked else 'somebody who writes it whole'}.",
            section=now.id,
            year=year,
        )
    return rule


def _under_review(
    plan: Plan, section: str, hand: Hand, revision: int | None
) -> tuple[Section, Rule | None]:
    """The section, and the rule that lets this person review it."""
    now = plan.section(section)
    what = f"Section {section} of {plan.reference}"
    if now.status != "submitted":
        raise Refused(
            f"{what} is {IN_WORDS[now.status]}, not submitted: its writer gives it to review with "
            "`section submit`."
        )
    read_revision(plan, now, revision)
    not_before_the_words(plan, now, hand)
    year = plan.particulars.year
    reviewers = now.holders("review")
    if reviewers:
        allowed = any(a.to == hand.by for a in reviewers)
        rule = hand.may("review", section=section, year=year, asked=True) if allowed else None
        who = ", ".join(a.to_name for a in reviewers)
    else:
        rule = hand.may("review", section=section, year=year)
        who = "whoever coordinates, as no reviewer was named"
        found = hand.under.model.rule("review", section=section, year=year)
        if hand.under.chosen and found is not None and found.unasked:
            who = f"{one_of(found.unasked)}, as no reviewer was named"
    if rule is None:
        raise hand.forbidden(
            "review",
            f"{what} is reviewed by {who}, not by {hand.name} ({hand.role}): "
            "have it assigned with `section assign --to-review`.",
            section=section,
            year=year,
        )
    return now, rule
