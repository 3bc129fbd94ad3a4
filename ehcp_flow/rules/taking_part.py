"""May this person be asked to come to a review's meeting or to give advice, and may they say yes
or no?

Source: the product's own; no statute sets how a request is answered. That somebody cannot come, or
does not know the child well enough to advise, is heard and kept as it is for a section.
"""

from datetime import date

from ehcp_flow.errors import NothingToDo, Refused
from ehcp_flow.events import (
    AdviceAsked,
    AdviceKind,
    AttendanceAsked,
    Capacity,
    DeclineReason,
    DutyAccepted,
    DutyDeclined,
    DutyWithdrawn,
    words,
)
from ehcp_flow.hands import Hand
from ehcp_flow.models.model import Rule
from ehcp_flow.plan import Duty, Plan


def ask(
    plan: Plan,
    kind: AdviceKind | None,
    *,
    to: str,
    to_name: str,
    to_role: str,
    due: date | None,
    hand: Hand,
    rule: str | None = None,
    chosen: str | None = None,
    text: str | None = None,
) -> AttendanceAsked | AdviceAsked:
    """Ask someone to come to the meeting of the latest review, or to give advice for it.

    Where somebody said no and nobody else was asked, it is asked by the same rule; without a rule
    whoever asks decided so.

    Args:
        plan: as it stands.
        kind: which advice; ``None``: to come to the meeting.
        to: the id of whoever is asked.
        to_name: their name.
        to_role: the role they hold.
        due: the day by which the advice is asked for; of a meeting its own day counts.
        hand: who asks.
        rule: the rule of the cycle file.
        chosen: why this one of several who could.
        text: what the request says beside.

    Raises:
        Refused: the hand may not ask, no review is set up, or its day has passed.
        NothingToDo: they are asked so already.
    """
    allowed = _may_ask(hand)
    if not plan.reviews:
        raise Refused(
            f"No review of {plan.reference} is set up, so nobody can be asked {_what(kind)}: set "
            "one up with `cycle apply`."
        )
    review = plan.reviews[-1]
    by_when = review.meeting if kind is None else due or review.meeting
    if by_when < hand.day:
        passed = f"The meeting of {plan.reference} was on" if kind is None else "The due day is"
        raise Refused(
            f"{passed} {by_when}, which has passed: ask for a day on or after {hand.day}."
        )
    held = next((duty for duty in plan.duties if duty.to == to and duty.kind == kind), None)
    if held is not None and plan.asks(held, hand.day) and held.due == by_when:
        raise NothingToDo(f"{to_name} is asked {_what(kind)} of {plan.reference} already.")
    if rule is None:
        no = next(
            (
                duty
                for duty in plan.duties
                if duty.kind == kind and duty.status == "declined" and not plan.replaced(duty)
            ),
            None,
        )
        rule = f"{hand.name} decided so." if no is None else no.rule
        if no is not None and no.to != to:
            chosen, text = f"instead of {no.to_name}, who said no", text or no.text
    if kind is None:
        return AttendanceAsked(
            **hand.act("coordinator", allowed),
            cycle=review.cycle,
            to=to,
            to_name=to_name,
            to_role=to_role,
            meeting=review.meeting,
            rule=rule,
            chosen=chosen,
        )
    return AdviceAsked(
        **hand.act("coordinator", allowed),
        cycle=review.cycle,
        kind=kind,
        to=to,
        to_name=to_name,
        to_role=to_role,
        due=by_when,
        rule=rule,
        chosen=chosen,
        text=None if text is None else words(text),
    )


def withdraw(
    asked: Duty, *, hand: Hand, instead: str | None = None, instead_name: str | None = None
) -> DutyWithdrawn:
    """Take back what was asked of someone beside sections, perhaps to ask somebody else.

    Args:
        asked: what was.
        hand: who takes it back.
        instead: the id of whoever is asked instead.
        instead_name: their name.

    Raises:
        Refused: the hand may not.
        NothingToDo: they said no, or it was taken back.
    """
    allowed = _may_ask(hand)
    if not asked.open:
        raise NothingToDo(f"Nothing waits on {asked.to_name} {_what(asked.kind)}.")
    return DutyWithdrawn(
        **hand.act("coordinator", allowed),
        cycle=asked.cycle,
        kind=asked.kind,
        to=asked.to,
        to_name=asked.to_name,
        instead=instead,
        instead_name=instead_name,
    )


def accept(plan: Plan, kind: AdviceKind | None, *, hand: Hand) -> DutyAccepted:
    """Say that one comes to the meeting, or gives the advice.

    Raises:
        Refused: it is not asked of this person.
        NothingToDo: they said so already.
    """
    held = _waiting(plan, kind, hand)
    if held.status == "accepted":
        raise NothingToDo(f"{hand.name} said yes {_what(kind)} of {plan.reference} already.")
    return DutyAccepted(**hand.act(_capacity(kind)), cycle=held.cycle, kind=kind)


def decline(
    plan: Plan, kind: AdviceKind | None, reason: DeclineReason, *, hand: Hand
) -> DutyDeclined:
    """Say that one does not come, or does not give the advice, and why; it goes back to whoever
    asked.

    Raises:
        Refused: it is not asked of this person, or *other* without words.
    """
    held = _waiting(plan, kind, hand)
    if reason == "other" and hand.because is None:
        raise Refused(
            "Declining for another reason needs the reason in words: --because 'your reason'."
        )
    return DutyDeclined(
        **hand.act(_capacity(kind)),
        cycle=held.cycle,
        kind=kind,
        reason=reason,
        back_to=held.by,
    )


def _waiting(plan: Plan, kind: AdviceKind | None, hand: Hand) -> Duty:
    for held in plan.duties:
        if held.to == hand.by and held.kind == kind and held.open:
            if plan.asks(held, hand.day):
                return held
            if kind is None:
                raise Refused(
                    f"The meeting of {plan.reference} was on {held.due}: say with --on on which "
                    "day you answered, if that was before."
                )
            raise Refused(
                f"{hand.name} gave the advice ({kind}) that {plan.reference} asked for, and "
                "nothing more waits on them: `advice list` shows it."
            )
    raise Refused(
        f"{plan.reference} does not ask {hand.name} {_what(kind)}: `ehcp-flow work --for` a "
        "person shows what waits on them."
    )


def _may_ask(hand: Hand) -> Rule:
    """The rule that lets the hand ask."""
    rule = hand.may("coordinate")
    if rule is None:
        raise hand.forbidden(
            "coordinate",
            f"{hand.name} acts as {hand.role} and may not say who comes to a review or gives "
            f"advice: ask the {hand.under.who('coordinate')}.",
        )
    return rule


def _what(kind: AdviceKind | None) -> str:
    return "to come to the meeting" if kind is None else f"for advice ({kind})"


def _capacity(kind: AdviceKind | None) -> Capacity:
    return "witness" if kind is None else "adviser"
