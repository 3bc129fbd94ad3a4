"""May a review that a cycle set up be taken back?

Source: the product's own; no statute sets it. A review that is no longer asked for by a cycle may
still be due by law: whoever takes it back says so, and the record keeps both.
"""

from ehcp_flow.errors import NothingToDo, Refused
from ehcp_flow.events import ReviewWithdrawn
from ehcp_flow.hands import Hand
from ehcp_flow.models.model import Rule
from ehcp_flow.plan import Plan


def may_take_back(hand: Hand) -> Rule:
    """Hold the taking back of reviews to those who set them up.

    Returns:
        The rule that allows it.

    Raises:
        Refused: the hand may not.
    """
    rule = hand.may("coordinate")
    if rule is None:
        raise hand.forbidden(
            "coordinate",
            f"{hand.name} acts as {hand.role} and may not take back a review: ask the "
            f"{hand.under.who('coordinate')}.",
        )
    return rule


def withdraw_review(plan: Plan, cycle: str, *, hand: Hand) -> ReviewWithdrawn:
    """Take back the review of a plan that a cycle set up; the one before it stands again.

    Args:
        plan: as it stands, with what the cycle asked for taken back.
        cycle: the cycle's stream.
        hand: who takes it back.

    Raises:
        Refused: the hand may not, a later review took over, or the cycle still asks for something.
        NothingToDo: no review of this cycle stands.
    """
    rule = may_take_back(hand)
    held = [review for review in plan.reviews if review.cycle == cycle]
    if not held:
        raise NothingToDo(f"No review of {plan.reference} by this cycle stands.")
    latest = plan.reviews[-1]
    if latest.cycle != cycle:
        raise Refused(
            f"The review of {plan.reference} by {held[-1].cycle_name} was taken over by "
            f"{latest.cycle_name}: take that one back first."
        )
    waiting = sorted(
        {
            f"{section.id} on {asked.to_name}"
            for section in plan.sections.values()
            for asked in section.assignments
            if asked.open and asked.cycle == cycle
        }
    )
    if waiting:
        raise Refused(
            f"The review of {plan.reference} by {latest.cycle_name} still waits for section "
            f"{', '.join(waiting)}: take back what was asked first."
        )
    earlier = plan.reviews[-2] if len(plan.reviews) > 1 else None
    return ReviewWithdrawn(
        **hand.act("coordinator", rule),
        cycle=cycle,
        cycle_name=latest.cycle_name,
        earlier_cycle=None if earlier is None else earlier.cycle,
        earlier_cycle_name=None if earlier is None else earlier.cycle_name,
        earlier_meeting=None if earlier is None else earlier.meeting,
    )
