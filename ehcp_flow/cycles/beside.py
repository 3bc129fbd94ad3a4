"""How does what a cycle asked for beside sections stand: who comes, and which advice was given?

- Who was asked to a meeting has answered once they said yes or no. Once the meeting is over nobody
  waits for an answer.
- Advice is given when whoever was asked gave some of its kind, on the day on which it was asked or
  since. It is late when its day has passed and it was not given.
- What was declined, and somebody else was asked for by the same rule, is settled.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from ehcp_flow.events import AdviceKind, DeclineReason
from ehcp_flow.projections.duties import HeldDuty

DutyState = Literal["asked", "accepted", "given", "declined", "over", "withdrawn", "closed"]
"""``asked``: whoever was asked has not answered, nor given the advice; ``over``: the meeting was
held meanwhile; ``closed``: a later review took over before that."""


@dataclass(frozen=True, slots=True)
class DutyTally:
    """How many were asked to meetings and for advice, and what became of it."""

    meetings: int = 0
    """Times that somebody was asked to a meeting, without what was taken back, closed or
    settled."""
    coming: int = 0
    no_answer: int = 0
    """Before the meeting is over."""
    not_coming: int = 0
    """And nobody else was asked."""
    advice: int = 0
    """Times that somebody was asked for advice, counted likewise."""
    given: int = 0
    advice_late: int = 0
    advice_declined: int = 0
    """And nobody else was asked."""

    @property
    def any(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.meetings or self.advice)

    @property
    def waiting(self) -> int:
        """How many answers and how much advice are waited for."""
        return self.no_answer + self.advice - self.given - self.advice_declined


NO_DUTIES = DutyTally()


@dataclass(frozen=True, slots=True)
class CycleDuty:
    """A meeting to which one person was asked, or advice that was asked of them."""

    cycle: str
    """The cycle's name."""
    stream: UUID
    reference: str
    pupil: str
    """Forename and surname."""
    kind: AdviceKind | None
    """Which advice; ``None``: to come to the meeting."""
    person: str
    """The id of whoever was asked."""
    name: str
    role: str
    organisation: str | None
    """For which they hold that role now; ``None``: not known."""
    due: date
    """The day of the meeting, or the one by which the advice is asked for."""
    state: DutyState
    late: bool
    reason: DeclineReason | None
    settled: bool
    """Whether it was declined, and somebody else was asked."""
    waits_on: str | None
    """The id of whoever it waits on now: whoever asked, when it was declined; nobody when somebody
    said that they come."""
    waits_on_name: str | None


def cycle_duty(
    held: HeldDuty, cycle: str, today: date, organisation: Callable[[str, str], str | None]
) -> CycleDuty:
    """Say how something that was asked stands on a day.

    Args:
        held: what was asked.
        cycle: the cycle's name.
        today: the day.
        organisation: for whom somebody of an id holds a role.
    """
    waits = held.waits(today)
    declined = held.status == "declined"
    comes = held.kind is None and held.status == "accepted"
    asker = (held.by, held.by_name) if declined else (held.to, held.to_name)
    on, on_name = asker if waits and not comes else (None, None)
    return CycleDuty(
        cycle,
        held.stream,
        held.reference,
        held.pupil,
        held.kind,
        held.to,
        held.to_name,
        held.to_role,
        organisation(held.to, held.to_role),
        held.due,
        _state(held, today),
        waits and not declined and held.kind is not None and held.due < today,
        held.reason,
        declined and held.replaced,
        on,
        on_name,
    )


def _state(held: HeldDuty, today: date) -> DutyState:
    if held.status == "withdrawn":
        return "withdrawn"
    if held.given:
        return "given"
    if held.status == "declined":
        return "declined"
    if not held.latest:
        return "closed"
    if held.kind is None and held.due < today:
        return "over"
    return held.status


def tally_duties(duties: Iterable[CycleDuty]) -> DutyTally:
    """Count what was asked."""
    counts = dict.fromkeys(DutyTally.__dataclass_fields__, 0)
    for duty in duties:
        if duty.settled or duty.state in ("withdrawn", "closed"):
            continue
        if duty.kind is None:
            counts["meetings"] += 1
            counts["coming"] += duty.state == "accepted"
            counts["no_answer"] += duty.state == "asked"
            counts["not_coming"] += duty.state == "declined"
        else:
            counts["advice"] += 1
            counts["given"] += duty.state == "given"
            counts["advice_late"] += duty.late
            counts["advice_declined"] += duty.state == "declined"
    return DutyTally(**counts)
