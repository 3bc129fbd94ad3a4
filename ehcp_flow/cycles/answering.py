"""Who comes to a review's meeting or gives advice: asked by hand, said yes to, said no to."""

from collections.abc import Callable
from datetime import date

from ehcp_flow.acting import By, Done, Tenancy
from ehcp_flow.events import (
    AdviceAsked,
    AdviceKind,
    AttendanceAsked,
    DeclineReason,
    DutyAccepted,
    DutyDeclined,
    Event,
)
from ehcp_flow.hands import Hand, role_for_act
from ehcp_flow.plan import Plan
from ehcp_flow.rules import taking_part


class Answering:
    """Asks and answers in one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def ask(self, plan: str, kind: AdviceKind | None, to: str, *, due: date | None, by: By) -> Done:
        """As ``Cycles.ask``."""

        def decide(now: Plan, hand: Hand) -> Event:
            person = self._here.person(to)
            held = role_for_act(person, on=max(hand.day, self._here.today()))
            return taking_part.ask(
                now,
                kind,
                to=person.id,
                to_name=person.name,
                to_role=held.role,
                due=due,
                hand=hand,
            )

        def same(event: Event) -> bool:
            if isinstance(event, AttendanceAsked):
                return kind is None and event.to == self._here.person(to).id
            return (
                isinstance(event, AdviceAsked)
                and (event.kind, event.to) == (kind, self._here.person(to).id)
                and due in (None, event.due)
            )

        return self._here.act_on_plan(plan, by, decide, same)

    def accept(self, plan: str, kind: AdviceKind | None, *, by: By) -> Done:
        """As ``Cycles.accept``."""
        return self._here.act_on_plan(
            plan,
            by,
            lambda now, hand: taking_part.accept(now, kind, hand=hand),
            _same(DutyAccepted, kind),
        )

    def decline(self, plan: str, kind: AdviceKind | None, reason: DeclineReason, *, by: By) -> Done:
        """As ``Cycles.decline``."""
        same = _same(DutyDeclined, kind)
        return self._here.act_on_plan(
            plan,
            by,
            lambda now, hand: taking_part.decline(now, kind, reason, hand=hand),
            lambda event: same(event) and getattr(event, "reason", None) == reason,
        )


def _same(
    type_: type[DutyAccepted | DutyDeclined], kind: AdviceKind | None
) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, type_) and event.kind == kind
