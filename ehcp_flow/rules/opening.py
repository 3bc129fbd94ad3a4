"""May a plan be opened for this pupil, and what does a later export change?"""

from dataclasses import fields
from typing import Any

from ehcp_flow.errors import Refused
from ehcp_flow.events import PlanOpened, PupilChanged
from ehcp_flow.hands import Hand
from ehcp_flow.plan import CHANGEABLE, Particulars
from ehcp_flow.rules.holding_roles import may_administer
from ehcp_flow.templates.template import Template


def open_plan(said: Particulars, *, hand: Hand) -> PlanOpened:
    """Open a plan for a pupil.

    Raises:
        Refused: the hand may not.
    """
    rule = may_administer(hand, "which plans are kept here")
    facts: dict[str, Any] = {field.name: getattr(said, field.name) for field in fields(said)}
    del facts["listed"]
    return PlanOpened(**hand.act("coordinator", rule), **facts)


def may_open_with(template: Template, *, proposal: bool) -> None:
    """Let nobody take a proposal for law.

    Args:
        template: the one to open plans with.
        proposal: whether they say that they know it is a proposal.

    Raises:
        Refused: it is one, and they do not.
    """
    if template.proposal and not proposal:
        raise Refused(
            f"{template.title} ({template.name}) is a proposal and not law, and no plan was "
            "opened: say with --proposal that you know, and that the plan is the school's own."
        )


def change_pupil(now: Particulars, said: Particulars, *, hand: Hand) -> PupilChanged | None:
    """Record what a later export says otherwise; what it does not say stays as it was.

    Raises:
        Refused: the hand may not.
    """
    rule = may_administer(hand, "a pupil's particulars")
    different = differences(now, said)
    if not different:
        return None
    changes: dict[str, Any] = {name: new for name, (_, new) in different.items()}
    return PupilChanged(**hand.act("coordinator", rule), **changes)


def differences(now: Particulars, said: Particulars) -> dict[str, tuple[object, object]]:
    """Return the fields that an export says otherwise: what stands, and what it says."""
    found: dict[str, tuple[object, object]] = {}
    for name in CHANGEABLE:
        old, new = getattr(now, name), getattr(said, name)
        unsaid = new is None or new == ()
        if not unsaid and new != old:
            found[name] = (old, new)
    return found
