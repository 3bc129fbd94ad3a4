"""Who did what, when, in which role, through which channel?"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from ehcp_flow.projections.catching_up import Reading, View
from ehcp_flow.projections.facts import Facts, because, check_known, day, facts_of, instant
from ehcp_flow.projections.rows import fetch
from ehcp_flow.storage import EventRow, Recorder, ViewWriter
from ehcp_flow.times import LONDON

_COLUMNS = (
    "position_in_log",
    "stream",
    "version",
    "event_type",
    "section",
    "at_instant",
    "happened_on",
    "hand",
    "behalf_of",
    "behalf_of_name",
    "command",
    "detail",
    "because",
    "clock_back",
    "allowed",
)
_HAND_COLUMNS = (
    "stream",
    "person_name",
    "held_role",
    "organisation",
    "capacity",
    "channel",
    "recorded_by",
)


class TrailView(View):
    """A row an event, a row for the stream that it belongs to, and a row for whose hand it was.

    In a row of an event the stream and the hand are numbers: the position of the first event of
    that stream, or by that hand as one user of the store recorded it. They are shorter than what
    they stand for, and those of streams that are worked on at the same time are near each other, so
    that the index grows in few places. The stream of a hand is its person's. An event that was
    erased has no hand, and its instant is the one at which the store took it in.
    """

    name = "trail"
    form = 5
    tables = ("trail", "trail_subjects", "trail_hands")
    ddl = (
        """
        CREATE TABLE IF NOT EXISTS trail (
            tenant text NOT NULL,
            position_in_log bigint NOT NULL,
            stream bigint NOT NULL,
            version integer NOT NULL,
            event_type text NOT NULL,
            section text,
            at_instant text NOT NULL,
            happened_on text,
            hand bigint,
            behalf_of text,
            behalf_of_name text,
            command text,
            detail text NOT NULL,
            because text,
            clock_back integer NOT NULL,
            allowed text,
            PRIMARY KEY (tenant, position_in_log)
        )
        """,
        "CREATE INDEX IF NOT EXISTS trail_of_stream ON trail (stream, tenant, position_in_log)",
        """
        CREATE TABLE IF NOT EXISTS trail_subjects (
            tenant text NOT NULL,
            stream text NOT NULL,
            number bigint NOT NULL,
            label text NOT NULL,
            latest text NOT NULL,
            PRIMARY KEY (tenant, stream)
        )
        """,
        "CREATE INDEX IF NOT EXISTS trail_subject_of_number ON trail_subjects (number, tenant)",
        """
        CREATE TABLE IF NOT EXISTS trail_hands (
            tenant text NOT NULL,
            stream text NOT NULL,
            number bigint NOT NULL,
            person_name text NOT NULL,
            held_role text NOT NULL,
            organisation text,
            capacity text NOT NULL,
            channel text NOT NULL,
            recorded_by text NOT NULL,
            PRIMARY KEY (tenant, stream, number)
        )
        """,
        "CREATE INDEX IF NOT EXISTS trail_hand_of_number ON trail_hands (number, tenant)",
    )

    def take(self, log: Recorder, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
        """Write a line for each event."""
        tenant = log.tenant
        check_known(rows)
        subjects = _subjects(tenant, writer, rows)
        hands = _Hands(tenant, writer)
        lines = [_values(tenant, row, subjects[row.stream], hands) for row in rows]
        writer.many(_INSERT, lines)
        writer.many(
            "INSERT INTO trail_subjects (tenant, stream, number, label, latest)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant, stream) DO UPDATE SET"
            " label = excluded.label, latest = excluded.latest",
            [
                (tenant, stream, subject.number, subject.label, subject.latest)
                for stream, subject in subjects.items()
            ],
        )
        hands.write()


VIEW = TrailView()

_INSERT = f"""
INSERT INTO trail (tenant, {", ".join(_COLUMNS)}) VALUES (?, {", ".join("?" * len(_COLUMNS))})
"""


@dataclass(slots=True)
class _Subject:
    """A stream's row while a batch is taken in."""

    number: int
    label: str = ""
    latest: str = ""
    """The latest instant that its clock has shown; empty when it is not known to have shown one."""


def _subjects(tenant: str, writer: ViewWriter, rows: Iterable[EventRow]) -> dict[str, _Subject]:
    subjects: dict[str, _Subject] = {}
    known: list[str] = []
    for row in rows:
        if row.stream not in subjects:
            subjects[row.stream] = _Subject(row.position)
            # What begins in this batch has no row yet.
            if row.version > 1:
                known.append(row.stream)
    for stream, *values in fetch(
        writer.execute,
        "SELECT stream, number, label, latest FROM trail_subjects WHERE tenant = ?",
        (tenant,),
        known,
    ):
        subjects[stream] = _Subject(*values)
    return subjects


_SELECT_HANDS = f"""
SELECT number, {", ".join(_HAND_COLUMNS)} FROM trail_hands WHERE tenant = ? AND stream = ?
"""
_INSERT_HAND = f"""
INSERT INTO trail_hands (tenant, number, {", ".join(_HAND_COLUMNS)})
VALUES (?, ?, {", ".join("?" * len(_HAND_COLUMNS))})
"""


class _Hands:
    """The numbers of hands while a batch is taken in; a person's are fetched when they turn up."""

    def __init__(self, tenant: str, writer: ViewWriter) -> None:
        self._tenant = tenant
        self._writer = writer
        self._people: set[str] = set()
        self._numbers: dict[tuple[object, ...], int] = {}
        self._new: list[tuple[object, ...]] = []

    def number(self, row: EventRow, facts: Facts) -> int:
        """The number of the hand by which an event is."""
        hand = (
            facts["by"],
            facts["name"],
            facts["role"],
            facts.get("organisation"),
            facts["capacity"],
            facts["channel"],
            row.recorded_by,
        )
        found = self._numbers.get(hand)
        return self._looked_up(row.position, hand) if found is None else found

    def _looked_up(self, position: int, hand: tuple[object, ...]) -> int:
        person = str(hand[0])
        if person not in self._people:
            self._people.add(person)
            found = self._writer.execute(_SELECT_HANDS, (self._tenant, person))
            self._numbers |= {tuple(said): number for number, *said in found}
        if hand not in self._numbers:
            self._numbers[hand] = position
            self._new.append((self._tenant, position, *hand))
        return self._numbers[hand]

    def write(self) -> None:
        """Keep the new ones."""
        self._writer.many(_INSERT_HAND, self._new)


_LABELS = {
    "plan-opened": "reference",
    "person-listed": "person_name",
    "person-corrected": "person_name",
    "cycle-applied": "cycle_name",
}
"""Which fact says what people call a stream."""

_OF_THE_SETTING = frozenset({"model-chosen", "template-adopted"})
"""In one stream, which no name of a model or of a template stands for."""


def _values(tenant: str, row: EventRow, subject: _Subject, hands: _Hands) -> tuple[object, ...]:
    position, type_ = row.position, row.type
    place = (tenant, position, subject.number, row.version, type_)
    facts = facts_of(row)
    if facts is None:
        return (*place, *_erased(row))
    get = facts.get
    at = instant(facts["at"])
    back = at < subject.latest
    if not back:
        subject.latest = at
    if (label := _LABELS.get(type_)) is not None and label in facts:
        subject.label = facts[label]
    if type_ in _OF_THE_SETTING:
        subject.label = "the setting"
    return (
        *place,
        get("section"),
        at,
        get("on"),
        hands.number(row, facts),
        get("on_behalf_of"),
        get("on_behalf_of_name"),
        facts["command"],
        _DETAIL[type_](facts),
        because(facts, row.words) if "because" in facts else None,
        int(back),
        get("allowed"),
    )


def _erased(row: EventRow) -> tuple[object, ...]:
    """The rest of a line of which only the place is left; its instant is the store's own."""
    return (None, instant(row.recorded_at), *(None,) * 5, "withheld", None, 0, None)


# What was done, in a few words ------------------------------------------------------------------


def _changes(facts: Facts, names: Sequence[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names if name in facts)


def _person_listed(facts: Facts) -> str:
    return f"{facts['person_name']} ({facts['staff_id']})"


def _person_corrected(facts: Facts) -> str:
    said = _changes(facts, ("email", "qualifications", "years", "days", "experience"))
    if "person_name" not in facts:
        return said
    return f"name: {facts['person_name']}" + (f", {said}" if said else "")


def _role(facts: Facts) -> str:
    until = f" until {facts['held_until']}" if "held_until" in facts else ""
    return f"{facts['held_role']} at {facts['held_at']} from {facts['held_from']}{until}"


def _absence(facts: Facts) -> str:
    return f"away from {facts['away_from']} until {facts.get('away_until', 'not known yet')}"


def _withdrawn(facts: Facts) -> str:
    instead = f", {facts['instead_name']} instead" if "instead_name" in facts else ""
    return f"{facts['to_name']} to {facts['task']} no more{instead}"


def _review_withdrawn(facts: Facts) -> str:
    return f"{facts['cycle_name']}"


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
            "school",
            "authority",
            "needs",
            "made_on",
            "last_review",
        ),
    )
    listed = {True: "listed again", False: "no longer listed", None: ""}[facts.get("listed")]
    return ", ".join(part for part in (said, listed) if part)


def _advice(facts: Facts) -> str:
    return f"advice {facts['advice']} ({facts['kind']}), {facts['length']} characters"


def _imported(facts: Facts) -> str:
    return (
        f"revision {facts['revision']}, {facts['length']} characters as issued, "
        f"author not recorded before {facts['not_recorded_before']}"
    )


def _assigned(facts: Facts) -> str:
    due = f", by {facts['due']}" if "due" in facts else ""
    return f"{facts['to_name']} ({facts['to_role']}) to {facts['task']}{due}"


def _attendance(facts: Facts) -> str:
    return f"{facts['to_name']} ({facts['to_role']}) to come to the meeting on {facts['meeting']}"


def _advice_asked(facts: Facts) -> str:
    who = f"{facts['to_name']} ({facts['to_role']})"
    return f"{who} to give advice ({facts['kind']}), by {facts['due']}"


def _duty(facts: Facts) -> str:
    """What was asked of somebody beside sections."""
    return f"to give advice ({facts['kind']})" if "kind" in facts else "to come to the meeting"


def _duty_declined(facts: Facts) -> str:
    return f"{_duty(facts)}: {facts['reason']}"


def _duty_withdrawn(facts: Facts) -> str:
    instead = f", {facts['instead_name']} instead" if "instead_name" in facts else ""
    return f"{facts['to_name']} {_duty(facts)} no more{instead}"


def _accepted(facts: Facts) -> str:
    return f"to {facts['task']}"


def _declined(facts: Facts) -> str:
    return f"to {facts['task']}: {facts['reason']}"


def _edited(facts: Facts) -> str:
    count = {"written": 0, "dropped": 0}
    for operation in facts["delta"]:
        match operation[0]:
            case "write":
                count["written"] += operation[1]
            case "drop":
                count["dropped"] += operation[1]
            case "take":
                _, _, start, stop, how = operation
                count[how] = count.get(how, 0) + stop - start
            case _:
                pass
    told = ", ".join(f"{many} {what}" for what, many in count.items())
    return f"revision {facts['revision']}: {told}"


def _revision(facts: Facts) -> str:
    return f"revision {facts['revision']}"


def _signed_off(facts: Facts) -> str:
    return f"{facts['meaning']}, revision {facts['revision']}"


def _review(facts: Facts) -> str:
    own = ", the school's own" if facts.get("kind") == "school" else ""
    return f"{facts['cycle_name']}, meeting on {facts['meeting']}{own}"


def _cycle(facts: Facts) -> str:
    return f"{facts['cycle_name']}: {facts['plans']} plans, {facts['tasks']} tasks"


def _fact(facts: Facts) -> str:
    said = [f"{facts['number']}: {facts['fact']}"]
    said += [f"{name} {value}" for name, value in facts.get("details", ()) if "." not in name]
    people = [name.partition(".")[0] for name in facts.get("told_as", ()) if "." in name]
    said += [
        f"{name}: {many} {'person' if many == 1 else 'people'}"
        for name, many in Counter(people).items()
    ]
    if "replaces" in facts:
        said.append(f"in place of {facts['replaces']}")
    return ", ".join(said)


def _fact_withdrawn(facts: Facts) -> str:
    return f"fact {facts['number']} is taken back"


def _issued(facts: Facts) -> str:
    sections = ", ".join(id for id, _, _ in facts["sections"])
    return f"version {facts['issue']} ({facts['kind']}): sections {sections}"


def _sent(facts: Facts) -> str:
    way = f", by {facts['way']}" if "way" in facts else ""
    return f"version {facts['issue']} to {facts['to_role']}{way}"


def _model(facts: Facts) -> str:
    return f"{facts['model']} version {facts['model_version']} from {facts['since']}"


def _template(facts: Facts) -> str:
    return f"{facts['template']} version {facts['template_version']}"


_DETAIL: dict[str, Callable[[Facts], str]] = {
    "person-listed": _person_listed,
    "person-corrected": _person_corrected,
    "role-granted": _role,
    "role-revoked": _role,
    "absence-recorded": _absence,
    "plan-opened": _opened,
    "pupil-changed": _pupil_changed,
    "section-text-imported": _imported,
    "section-assigned": _assigned,
    "assignment-withdrawn": _withdrawn,
    "assignment-accepted": _accepted,
    "assignment-declined": _declined,
    "advice-given": _advice,
    "section-edited": _edited,
    "section-submitted": _revision,
    "section-returned": _revision,
    "section-approved": _revision,
    "section-signed-off": _signed_off,
    "review-set-up": _review,
    "review-withdrawn": _review_withdrawn,
    "attendance-asked": _attendance,
    "advice-asked": _advice_asked,
    "duty-accepted": _duty,
    "duty-declined": _duty_declined,
    "duty-withdrawn": _duty_withdrawn,
    "fact-recorded": _fact,
    "fact-withdrawn": _fact_withdrawn,
    "plan-issued": _issued,
    "issue-sent": _sent,
    "model-chosen": _model,
    "template-adopted": _template,
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
    recorded_by: str | None
    """Which user of the store (of a database, or of the machine) really wrote it; the hand is what
    was said. Not vouched for. ``None``: erased."""
    allowed: str | None = None
    """The rule of the operating model that allowed it; ``None`` where none was chosen or asked."""


_PAGE = 5_000
"""Lines read at once."""

_SELECT = f"""
SELECT {", ".join(f"t.{column}" for column in _COLUMNS)}, s.stream, s.label,
    {", ".join(f"h.{column}" for column in _HAND_COLUMNS)}
FROM trail AS t
LEFT JOIN trail_subjects AS s ON s.number = t.stream AND s.tenant = t.tenant
LEFT JOIN trail_hands AS h ON h.number = t.hand AND h.tenant = t.tenant
WHERE t.tenant = ?
"""
_OF_STREAM = " AND t.stream = (SELECT number FROM trail_subjects WHERE tenant = ? AND stream = ?)"
_BY = """
AND (t.behalf_of = ? OR t.hand IN (SELECT number FROM trail_hands WHERE tenant = ? AND stream = ?))
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
        sql += _OF_STREAM
        values += [tenant, str(stream)]
    if by is not None:
        sql += _BY
        values += [by, tenant, by]
    if since is not None:
        sql += " AND t.at_instant >= ?"
        values.append(_in_utc(since, time.min))
    if until is not None:
        sql += " AND t.at_instant <= ?"
        values.append(_in_utc(until, time.max))
    return sql, values


def _in_utc(day: date, at: time) -> str:
    """A time of a day in London, in the form in which instants are kept."""
    moment = datetime.combine(day, at, LONDON).astimezone(UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='microseconds')}Z"


def _lines(reading: Reading, sql: str, values: Sequence[object]) -> Iterator[TrailLine]:
    after = 0
    page = f"{sql} AND t.position_in_log > ? ORDER BY t.position_in_log LIMIT ?"
    while rows := reading.query(page, (*values, after, _PAGE)):
        yield from map(_line, rows)
        if len(rows) < _PAGE:
            return
        after = rows[-1][0]


def _line(row: tuple[Any, ...]) -> TrailLine:
    position, _, version, type_, section, at, on, hand, behalf_of, behalf_name, *said = row
    command, detail, reason, back, allowed, stream, label, by, name, role, *rest = said
    organisation, capacity, channel, recorded_by = rest
    return TrailLine(
        position,
        UUID(stream),
        label,
        version,
        type_,
        section,
        None if hand is None else datetime.fromisoformat(at),
        date.fromisoformat(day(at)),
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
        recorded_by,
        allowed,
    )
