"""Who was asked to come to a review's meeting, or for advice, and what became of it?

Asked of the rows of ``ehcp_flow.projections.standing``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from ehcp_flow.events import AdviceKind, DeclineReason
from ehcp_flow.plan import DutyStatus
from ehcp_flow.projections.catching_up import Reading
from ehcp_flow.projections.rows import fetch


class DutyLine(NamedTuple):
    """Who was asked to come to a review's meeting, or for advice, and by which rule."""

    kind: AdviceKind | None
    """Which advice; ``None``: to come to the meeting."""
    to: str
    """The person's id."""
    rule: str
    declined: bool = False
    """Whether they said no."""


def duties(
    reading: Reading, tenant: str, cycle: str, streams: Collection[UUID]
) -> dict[UUID, list[DutyLine]]:
    """Return what a cycle's reviews ask of people beside sections, by plan, as it was asked; what
    was taken back is left out."""
    found: dict[UUID, list[DutyLine]] = {stream: [] for stream in streams}
    for stream, kind, to, rule, status in fetch(
        reading.query,
        "SELECT stream, kind, to_person, chosen_rule, status FROM duties"
        " WHERE tenant = ? AND cycle = ? AND status <> 'withdrawn'",
        (tenant, cycle),
        [str(stream) for stream in streams],
        "ORDER BY asked_step",
    ):
        found[UUID(stream)].append(DutyLine(kind or None, to, rule, status == "declined"))
    return found


def with_duties(reading: Reading, tenant: str) -> list[tuple[str, UUID]]:
    """Return the reference and the stream of each plan whose latest review asks something of
    people beside sections, and they have not said no."""
    rows = reading.query(
        "SELECT DISTINCT p.reference, p.stream FROM duties AS d JOIN plans AS p"
        " ON p.tenant = d.tenant AND p.stream = d.stream AND p.review_cycle = d.cycle"
        " WHERE d.tenant = ? AND d.status IN ('asked', 'accepted')",
        (tenant,),
    )
    return [(reference, UUID(stream)) for reference, stream in rows]


@dataclass(frozen=True, slots=True)
class HeldDuty:
    """Something that a review asked of somebody beside sections, and what became of it."""

    stream: UUID
    cycle: str
    kind: AdviceKind | None
    """Which advice; ``None``: to come to the meeting."""
    to: str
    """The id of whoever was asked."""
    to_name: str
    to_role: str
    by: str
    """The id of whoever asked."""
    by_name: str
    due: date
    """The day of the meeting, or the one by which the advice is asked for."""
    rule: str
    status: DutyStatus
    reason: DeclineReason | None
    because: str | None
    """What they said beside the reason."""
    given: bool
    """Whether they gave the advice, on the day on which it was asked or since."""
    replaced: bool
    """Whether somebody comes, or gives advice, by the same rule; of what was declined, somebody
    else."""
    latest: bool
    """Whether the review is the plan's latest one."""
    reference: str
    pupil: str
    """Forename and surname."""

    def waits(self, today: date) -> bool:
        """Whether it waits on somebody on a day: on whoever was asked, or, when they said no and
        nobody else was asked, on whoever asked. A meeting waits until it is over."""
        if not self.latest or self.given or self.status == "withdrawn":
            return False
        if self.status == "declined" and self.replaced:
            return False
        return self.kind is not None or self.due >= today


_HELD = """
SELECT d.stream, d.cycle, d.kind, d.to_person, d.to_name, d.to_role, d.asked_by, d.asked_by_name,
    d.due, d.chosen_rule, d.status, d.reason, d.because,
    EXISTS (
        SELECT 1 FROM advice_given AS given
        WHERE given.tenant = d.tenant AND given.stream = d.stream AND given.kind = d.kind
            AND given.given_by = d.to_person AND given.given_day >= d.asked_day
    ),
    EXISTS (
        SELECT 1 FROM duties AS other
        WHERE other.tenant = d.tenant AND other.stream = d.stream AND other.cycle = d.cycle
            AND other.kind = d.kind AND other.chosen_rule = d.chosen_rule
            AND other.status IN ('asked', 'accepted')
    ),
    p.review_cycle, p.reference, p.forename, p.surname
FROM duties AS d
JOIN plans AS p ON p.tenant = d.tenant AND p.stream = d.stream
WHERE d.tenant = ?
"""


def held_duties(
    reading: Reading,
    tenant: str,
    *,
    cycles: Collection[str] | None = None,
    person: str | None = None,
) -> list[HeldDuty]:
    """Return what was asked of people beside sections, by reference, as it was asked.

    Args:
        reading: of the view of how plans stand.
        tenant: whose plans.
        cycles: only what reviews of these asked for.
        person: only what was asked of, or by, the person of this id.
    """
    select, values = _HELD, [tenant]
    if cycles is not None:
        places = ", ".join("?" * len(cycles))
        select += f" AND d.cycle IN ({places})" if cycles else " AND 1 = 0"
        values += cycles
    if person is not None:
        select += " AND (d.to_person = ? OR d.asked_by = ?)"
        values += [person, person]
    rows = reading.query(f"{select} ORDER BY p.reference, d.stream, d.asked_step", values)
    return [_held(row) for row in rows]


def _held(row: tuple[Any, ...]) -> HeldDuty:
    stream, cycle, kind, to, name, role, by, by_name, due, rule, status, reason, words, *rest = row
    given, replaced, review, reference, forename, surname = rest
    return HeldDuty(
        UUID(stream),
        cycle,
        kind or None,
        to,
        name,
        role,
        by,
        by_name,
        date.fromisoformat(due),
        rule,
        status,
        reason,
        words,
        bool(given),
        bool(replaced),
        review == cycle,
        reference,
        f"{forename} {surname}".strip(),
    )
