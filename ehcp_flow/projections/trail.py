"""Who did what, when, in which role, through which channel?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from ehcp_flow.projections.catching_up import Reading, View
from ehcp_flow.projections.facts import Facts, because, check_known, day, facts_of, instant
from ehcp_flow.storage import EventRow, ViewWriter

_COLUMNS = (
    "position_in_log",
    "stream",
    "version",
    "event_type",
    "section",
    "at_instant",
    "happened_on",
    "person",
    "person_name",
    "held_role",
    "organisation",
    "capacity",
    "behalf_of",
    "behalf_of_name",
    "channel",
    "command",
    "detail",
    "because",
)


class TrailView(View):
    """A row an event, and a row for what people call the stream that it belongs to."""

    name = "trail"
    form = 1
    tables = ("trail", "trail_subjects")
    ddl = (
        """
        CREATE TABLE IF NOT EXISTS trail (
            tenant text NOT NULL,
            position_in_log bigint NOT NULL,
            stream text NOT NULL,
            version integer NOT NULL,
            event_type text NOT NULL,
            section text,
            at_instant text,
            happened_on text,
            person text,
            person_name text,
            held_role text,
            organisation text,
            capacity text,
            behalf_of text,
            behalf_of_name text,
            channel text,
            command text,
            detail text NOT NULL,
            because text,
            london_day text NOT NULL,
            clock_back integer NOT NULL,
            PRIMARY KEY (tenant, position_in_log)
        )
        """,
        "CREATE INDEX IF NOT EXISTS trail_of_stream ON trail (tenant, stream, at_instant)",
        """
        CREATE TABLE IF NOT EXISTS trail_subjects (
            tenant text NOT NULL,
            stream text NOT NULL,
            label text NOT NULL,
            PRIMARY KEY (tenant, stream)
        )
        """,
    )

    def take(self, tenant: str, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
        """Write a line for each event."""
        check_known(rows)
        lines: list[tuple[object, ...]] = []
        labels: dict[str, str] = {}
        for row in rows:
            facts = facts_of(row)
            if facts is None:
                lines.append(_erased(tenant, row))
                continue
            lines.append(_values(tenant, row, facts))
            if (label := _LABELS.get(row.type)) is not None and label in facts:
                labels[row.stream] = facts[label]
        writer.many(_INSERT, lines)
        writer.many(
            "INSERT INTO trail_subjects (tenant, stream, label) VALUES (?, ?, ?)"
            " ON CONFLICT (tenant, stream) DO UPDATE SET label = excluded.label",
            [(tenant, stream, label) for stream, label in labels.items()],
        )


VIEW = TrailView()

# Each line sees those before it, also those of the same batch: so it knows whether the clock was
# ahead already.
_INSERT = f"""
INSERT INTO trail (tenant, {", ".join(_COLUMNS)}, london_day, clock_back)
VALUES (?, {", ".join("?" * len(_COLUMNS))}, ?, CASE WHEN ? < (
    SELECT max(at_instant) FROM trail WHERE tenant = ? AND stream = ?
) THEN 1 ELSE 0 END)
"""

_LABELS = {
    "plan-opened": "reference",
    "person-listed": "person_name",
    "person-corrected": "person_name",
    "cycle-applied": "cycle_name",
}
"""Which fact says what people call a stream."""


def _values(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    get = facts.get
    at = instant(facts["at"])
    stream = row.stream
    return (
        tenant,
        row.position,
        stream,
        row.version,
        row.type,
        get("section"),
        at,
        get("on"),
        facts["by"],
        facts["name"],
        facts["role"],
        get("organisation"),
        facts["capacity"],
        get("on_behalf_of"),
        get("on_behalf_of_name"),
        facts["channel"],
        facts["command"],
        _DETAIL[row.type](facts),
        because(facts, row.words) if "because" in facts else None,
        day(at),
        at,
        tenant,
        stream,
    )


def _erased(tenant: str, row: EventRow) -> tuple[object, ...]:
    """A line of which only the place is left; its day is the store's own."""
    place = (tenant, row.position, row.stream, row.version, row.type)
    nothing = (None,) * 12
    recorded = day(instant(row.recorded_at))
    return (*place, *nothing, "withheld", None, recorded, None, tenant, row.stream)


# What was done, in a few words ------------------------------------------------------------------


def _changes(facts: Facts, names: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names if name in facts)


def _person_listed(facts: Facts) -> str:
    return f"{facts['person_name']} ({facts['staff_id']})"


def _person_corrected(facts: Facts) -> str:
    said = _changes(facts, ("email", "qualifications", "years", "days"))
    if "person_name" not in facts:
        return said
    return f"name: {facts['person_name']}" + (f", {said}" if said else "")


def _role(facts: Facts) -> str:
    until = f" until {facts['held_until']}" if "held_until" in facts else ""
    return f"{facts['held_role']} at {facts['held_at']} from {facts['held_from']}{until}"


def _opened(facts: Facts) -> str:
    return f"{facts['reference']}, year {facts['year']}"


def _pupil_changed(facts: Facts) -> str:
    said = _changes(
        facts,
        (
            "surname",
            "forename",
            "born",
            "upn",
            "year",
            "group",
            "tutor",
            "needs",
            "made_on",
            "last_review",
        ),
    )
    listed = {True: "listed again", False: "no longer listed", None: ""}[facts.get("listed")]
    return ", ".join(part for part in (said, listed) if part)


def _imported(facts: Facts) -> str:
    return (
        f"revision {facts['revision']}, {facts['length']} characters as issued, "
        f"author not recorded before {facts['not_recorded_before']}"
    )


def _assigned(facts: Facts) -> str:
    due = f", by {facts['due']}" if "due" in facts else ""
    return f"{facts['to_name']} ({facts['to_role']}) to {facts['task']}{due}"


def _accepted(facts: Facts) -> str:
    return f"to {facts['task']}"


def _declined(facts: Facts) -> str:
    return f"to {facts['task']}: {facts['reason']}"


def _edited(facts: Facts) -> str:
    count = {"keep": 0, "drop": 0, "write": 0}
    for operation in facts["delta"]:
        count[operation[0]] += operation[1]
    return f"revision {facts['revision']}: {count['write']} written, {count['drop']} dropped"


def _revision(facts: Facts) -> str:
    return f"revision {facts['revision']}"


def _signed_off(facts: Facts) -> str:
    return f"{facts['meaning']}, revision {facts['revision']}"


def _review(facts: Facts) -> str:
    return f"{facts['cycle_name']}, meeting on {facts['meeting']}"


def _cycle(facts: Facts) -> str:
    return f"{facts['cycle_name']}: {facts['plans']} plans, {facts['tasks']} tasks"


_DETAIL: dict[str, Callable[[Facts], str]] = {
    "person-listed": _person_listed,
    "person-corrected": _person_corrected,
    "role-granted": _role,
    "role-revoked": _role,
    "plan-opened": _opened,
    "pupil-changed": _pupil_changed,
    "section-text-imported": _imported,
    "section-assigned": _assigned,
    "assignment-accepted": _accepted,
    "assignment-declined": _declined,
    "section-edited": _edited,
    "section-submitted": _revision,
    "section-returned": _revision,
    "section-approved": _revision,
    "section-signed-off": _signed_off,
    "review-set-up": _review,
    "cycle-applied": _cycle,
}


# Asking -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One event: whose hand, when, and what was done. Of an erased one only the place is left."""

    position: int
    stream: UUID
    subject: str
    """What people call the stream: a plan's reference, a person's or a cycle's name."""
    version: int
    type: str
    section: str | None
    at: datetime | None
    """``None``: erased; ``day`` is then the day on which the store took it in."""
    day: date
    """The London day of ``at``."""
    on: date | None
    """The day it happened, when that is another day."""
    by: str | None
    name: str | None
    role: str | None
    organisation: str | None
    capacity: str | None
    on_behalf_of: str | None
    on_behalf_of_name: str | None
    channel: str | None
    command: str | None
    detail: str
    """What was done, in a few words made of facts."""
    because: str | None
    """The reason given; WITHHELD for each character of one that was withheld."""
    clock_back: bool
    """Whether the clock had shown a later instant in this stream before."""


_PAGE = 5_000
"""Lines read at once."""

_SELECT = f"""
SELECT {", ".join(f"t.{column}" for column in _COLUMNS)}, t.london_day, t.clock_back, s.label
FROM trail AS t
LEFT JOIN trail_subjects AS s ON s.tenant = t.tenant AND s.stream = t.stream
WHERE t.tenant = ?
"""


def trail(
    reading: Reading,
    tenant: str,
    *,
    stream: UUID | None = None,
    by: str | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int | None = None,
) -> list[TrailLine]:
    """Return events in the order of the log.

    Args:
        reading: of VIEW.
        tenant: whose log.
        stream: only of this plan, person or cycle.
        by: only of the person of this id, in their own name or on whose behalf it was done.
        since: only recorded on this day in London or later.
        until: only recorded on this day in London or earlier.
        limit: the most lines, the latest ones.
    """
    sql, values = _asked(tenant, stream, by, since, until)
    if limit is None:
        return list(_lines(reading, sql, values))
    latest = reading.query(f"{sql} ORDER BY t.position_in_log DESC LIMIT ?", (*values, limit))
    return [_line(row) for row in reversed(latest)]


def each_line(
    reading: Reading,
    tenant: str,
    *,
    stream: UUID | None = None,
    by: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Iterator[TrailLine]:
    """Go through events as ``trail`` does, with no more than some thousand of them in memory."""
    return _lines(reading, *_asked(tenant, stream, by, since, until))


def _asked(
    tenant: str, stream: UUID | None, by: str | None, since: date | None, until: date | None
) -> tuple[str, list[object]]:
    sql = _SELECT
    values: list[object] = [tenant]
    if stream is not None:
        sql += " AND t.stream = ?"
        values.append(str(stream))
    if by is not None:
        sql += " AND (t.person = ? OR t.behalf_of = ?)"
        values += [by, by]
    if since is not None:
        sql += " AND t.london_day >= ?"
        values.append(since.isoformat())
    if until is not None:
        sql += " AND t.london_day <= ?"
        values.append(until.isoformat())
    return sql, values


def _lines(reading: Reading, sql: str, values: Sequence[object]) -> Iterator[TrailLine]:
    after = 0
    page = f"{sql} AND t.position_in_log > ? ORDER BY t.position_in_log LIMIT ?"
    while rows := reading.query(page, (*values, after, _PAGE)):
        yield from map(_line, rows)
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]


def _line(row: tuple[Any, ...]) -> TrailLine:
    position, stream, version, type_, section, at, on, by, name, role, *rest = row
    organisation, capacity, behalf_of, behalf_name, channel, command, *said = rest
    detail, reason, london_day, back, label = said
    return TrailLine(
        position,
        UUID(stream),
        label or "",
        version,
        type_,
        section,
        None if at is None else datetime.fromisoformat(at),
        date.fromisoformat(london_day),
        None if on is None else date.fromisoformat(on),
        by,
        name,
        role,
        organisation,
        capacity,
        behalf_of,
        behalf_name,
        channel,
        command,
        detail,
        reason,
        bool(back),
    )
