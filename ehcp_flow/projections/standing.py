"""How do all plans stand, and what waits on whom?

The same answer as folding each plan gives (``ehcp_flow.plan``), kept in rows.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

from ehcp_flow.events import DeclineReason, Meaning, Task
from ehcp_flow.plan import Assignment, AssignmentStatus, Particulars, Review, SectionStatus
from ehcp_flow.projections.catching_up import Reading, View
from ehcp_flow.projections.facts import PLAN_EVENTS, Facts, because, check_known, facts_of, instant
from ehcp_flow.projections.rows import fetch
from ehcp_flow.storage import EventRow, ViewWriter

_PARTICULARS = (
    "reference",
    "template",
    "surname",
    "forename",
    "born",
    "upn",
    "no_upn",
    "year",
    "group",
    "tutor",
    "needs",
    "made_on",
    "last_review",
    "listed",
)
_NEEDS = _PARTICULARS.index("needs")
_LISTED = _PARTICULARS.index("listed")
_RENAMED = {"year": "school_year", "group": "tutor_group"}
_PARTICULAR_COLUMNS = tuple(_RENAMED.get(name, name) for name in _PARTICULARS)
_PLAN_COLUMNS = (
    "version",
    "position_reached",
    *_PARTICULAR_COLUMNS,
    "review_cycle",
    "review_name",
    "review_meeting",
)
_ASKED_COLUMNS = (
    "to_name",
    "to_role",
    "asked_by",
    "asked_by_name",
    "due",
    "cycle",
    "chosen_rule",
    "asked_step",
    "status",
    "reason",
    "because",
    "moved_step",
)


class StandingView(View):
    """A row a plan, a row a section, a row an assignment, a row a sign-off."""

    name = "standing"
    form = 1
    tables = ("plans", "sections", "assignments", "sign_offs")
    ddl = (
        """
        CREATE TABLE IF NOT EXISTS plans (
            tenant text NOT NULL,
            stream text NOT NULL,
            version integer NOT NULL,
            position_reached bigint NOT NULL,
            reference text NOT NULL,
            template text NOT NULL,
            surname text NOT NULL,
            forename text NOT NULL,
            born text NOT NULL,
            upn text,
            no_upn text,
            school_year text NOT NULL,
            tutor_group text,
            tutor text,
            needs text NOT NULL,
            made_on text,
            last_review text,
            listed integer NOT NULL,
            review_cycle text,
            review_name text,
            review_meeting text,
            PRIMARY KEY (tenant, stream)
        )
        """,
        """
        CREATE TABLE IF NOT EXISTS sections (
            tenant text NOT NULL,
            stream text NOT NULL,
            section text NOT NULL,
            status text NOT NULL,
            revision integer NOT NULL,
            edited_at text,
            edited_by text,
            edited_name text,
            returned_because text,
            PRIMARY KEY (tenant, stream, section)
        )
        """,
        """
        CREATE TABLE IF NOT EXISTS assignments (
            tenant text NOT NULL,
            stream text NOT NULL,
            section text NOT NULL,
            task text NOT NULL,
            to_person text NOT NULL,
            to_name text NOT NULL,
            to_role text NOT NULL,
            asked_by text NOT NULL,
            asked_by_name text NOT NULL,
            due text,
            cycle text,
            chosen_rule text,
            asked_step integer NOT NULL,
            status text NOT NULL,
            reason text,
            because text,
            moved_step integer NOT NULL,
            PRIMARY KEY (tenant, stream, section, task, to_person)
        )
        """,
        """
        CREATE TABLE IF NOT EXISTS sign_offs (
            tenant text NOT NULL,
            stream text NOT NULL,
            step integer NOT NULL,
            section text NOT NULL,
            revision integer NOT NULL,
            meaning text NOT NULL,
            person text NOT NULL,
            person_name text NOT NULL,
            PRIMARY KEY (tenant, stream, step)
        )
        """,
    )

    def take(self, tenant: str, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
        """Carry the plans' events over to the rows; the others pass."""
        check_known(rows)
        reached: dict[str, tuple[int, int, str, str]] = {}
        for wave in _waves(rows, tenant, reached):
            for type_, said in wave.items():
                for change in _CHANGES[type_]:
                    writer.many(
                        change.sql, [change.values(tenant, row, facts) for row, facts in said]
                    )
        writer.many(
            "UPDATE plans SET version = ?, position_reached = ? WHERE tenant = ? AND stream = ?",
            reached.values(),
        )


VIEW = StandingView()

_Said = tuple[EventRow, Facts]


def _waves(
    rows: Iterable[EventRow], tenant: str, reached: dict[str, tuple[int, int, str, str]]
) -> list[dict[str, list[_Said]]]:
    """The first event of each plan, then the second of each, and so on, by what they are.

    Order matters within a plan only, so that what is alike in many plans is written at once.
    """
    waves: list[dict[str, list[_Said]]] = []
    depth: dict[str, int] = {}
    for row in rows:
        if row.type not in PLAN_EVENTS:
            continue
        stream = row.stream
        reached[stream] = (row.version, row.position, tenant, stream)
        facts = facts_of(row)
        if facts is None:
            continue
        at = depth.get(stream, 0)
        depth[stream] = at + 1
        if at == len(waves):
            waves.append({})
        waves[at].setdefault(row.type, []).append((row, facts))
    return waves


# What each event changes ------------------------------------------------------------------------


class _Change(NamedTuple):
    """A statement, and the values that an event gives it."""

    sql: str
    values: Callable[[str, EventRow, Facts], tuple[object, ...]]


def _upsert(table: str, key: Sequence[str], columns: Sequence[str]) -> str:
    places = ", ".join("?" * (len(key) + len(columns)))
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return (
        f"INSERT INTO {table} ({', '.join((*key, *columns))}) VALUES ({places})"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"
    )


def _particulars(facts: Facts) -> list[Any]:
    """What an event says of the particulars, in the order of their columns."""
    said: list[Any] = [facts.get(name) for name in _PARTICULARS]
    if "needs" in facts:
        said[_NEEDS] = json.dumps(facts["needs"])
    if "listed" in facts:
        said[_LISTED] = int(facts["listed"])
    return said


def _opened(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    said = _particulars(facts)
    said[_NEEDS] = said[_NEEDS] or "[]"
    said[_LISTED] = 1
    return (tenant, row.stream, row.version, row.position, *said, None, None, None)


def _changed(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (*_particulars(facts), tenant, row.stream)


def _review(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (facts["cycle"], facts["cycle_name"], facts["meeting"], tenant, row.stream)


def _step(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (row.version, tenant, row.stream)


def _step_in_section(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (row.version, tenant, row.stream, facts["section"])


def _step_of_hand(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (row.version, tenant, row.stream, facts["section"], facts["by"])


def _accepted(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (row.version, tenant, row.stream, facts["section"], facts["by"], facts["task"])


def _declined(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (facts["reason"], because(facts, row.words), *_accepted(tenant, row, facts))


def _edited(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (
        tenant,
        row.stream,
        facts["section"],
        "drafting",
        facts["revision"],
        instant(facts["at"]),
        facts["by"],
        facts["name"],
    )


def _imported(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    at = instant(facts["at"])
    section, revision = facts["section"], facts["revision"]
    return (tenant, row.stream, section, "issued", revision, at, None, "not recorded")


def _section(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (tenant, row.stream, facts["section"])


def _assigned(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    get = facts.get
    return (
        tenant,
        row.stream,
        facts["section"],
        facts["task"],
        facts["to"],
        facts["to_name"],
        facts["to_role"],
        facts["by"],
        facts["name"],
        get("due"),
        get("cycle"),
        get("rule"),
        row.version,
        "assigned",
        None,
        None,
        row.version,
    )


def _revision(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (tenant, row.stream, facts["section"], facts["revision"])


def _returned(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (because(facts, row.words), facts["revision"], tenant, row.stream, facts["section"])


def _signed_off(tenant: str, row: EventRow, facts: Facts) -> tuple[object, ...]:
    return (
        tenant,
        row.stream,
        row.version,
        facts["section"],
        facts["revision"],
        facts["meaning"],
        facts["by"],
        facts["name"],
    )


_SECTION_KEY = ("tenant", "stream", "section")
_EDIT_COLUMNS = ("status", "revision", "edited_at", "edited_by", "edited_name")
_EDIT = _upsert("sections", _SECTION_KEY, _EDIT_COLUMNS)
_OPEN = "status IN ('assigned', 'accepted')"
_HERE = "tenant = ? AND stream = ? AND section = ?"


def _turned(task: Task, status: AssignmentStatus, into: AssignmentStatus) -> _Change:
    """Everybody's assignments of a task in this section go from one status to another."""
    return _Change(
        f"UPDATE assignments SET status = '{into}', moved_step = ?"
        f" WHERE {_HERE} AND task = '{task}' AND status = '{status}'",
        _step_in_section,
    )


def _settled(task: Task) -> _Change:
    """The open assignment of whoever acts is done."""
    return _Change(
        "UPDATE assignments SET status = 'done', moved_step = ?"
        f" WHERE {_HERE} AND to_person = ? AND task = '{task}' AND {_OPEN}",
        _step_of_hand,
    )


def _judged(status: SectionStatus) -> _Change:
    """The section stands so, if this is about its current revision."""
    return _Change(
        f"UPDATE sections SET status = '{status}' WHERE {_HERE} AND revision = ?", _revision
    )


_CHANGES: dict[str, tuple[_Change, ...]] = {
    "plan-opened": (_Change(_upsert("plans", ("tenant", "stream"), _PLAN_COLUMNS), _opened),),
    "pupil-changed": (
        _Change(
            "UPDATE plans SET "
            + ", ".join(f"{column} = COALESCE(?, {column})" for column in _PARTICULAR_COLUMNS)
            + " WHERE tenant = ? AND stream = ?",
            _changed,
        ),
    ),
    "review-set-up": (
        _Change(
            "UPDATE plans SET review_cycle = ?, review_name = ?, review_meeting = ?"
            " WHERE tenant = ? AND stream = ?",
            _review,
        ),
        _Change(
            "UPDATE assignments SET status = 'closed', moved_step = ?"
            " WHERE tenant = ? AND stream = ? AND status = 'done'",
            _step,
        ),
    ),
    "section-text-imported": (_Change(_EDIT, _imported),),
    "section-edited": (_Change(_EDIT, _edited),),
    "section-assigned": (
        _Change(
            "INSERT INTO sections (tenant, stream, section, status, revision)"
            " VALUES (?, ?, ?, 'empty', 0) ON CONFLICT (tenant, stream, section) DO NOTHING",
            _section,
        ),
        _Change(
            _upsert("assignments", (*_SECTION_KEY, "task", "to_person"), _ASKED_COLUMNS),
            _assigned,
        ),
    ),
    "assignment-accepted": (
        _Change(
            "UPDATE assignments SET status = 'accepted', moved_step = ?"
            f" WHERE {_HERE} AND to_person = ? AND task = ? AND {_OPEN}",
            _accepted,
        ),
    ),
    "assignment-declined": (
        _Change(
            "UPDATE assignments SET status = 'declined', reason = ?, because = ?, moved_step = ?"
            f" WHERE {_HERE} AND to_person = ? AND task = ? AND {_OPEN}",
            _declined,
        ),
    ),
    "section-submitted": (
        _settled("write"),
        _turned("review", "done", "accepted"),
        _judged("submitted"),
    ),
    "section-returned": (
        _Change(
            "UPDATE sections SET returned_because = ?,"
            " status = CASE WHEN revision = ? THEN 'returned' ELSE status END"
            f" WHERE {_HERE}",
            _returned,
        ),
        _turned("write", "done", "accepted"),
    ),
    "section-approved": (_settled("review"), _judged("approved")),
    "section-signed-off": (
        _Change(
            "INSERT INTO sign_offs"
            " (tenant, stream, step, section, revision, meaning, person, person_name)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, stream, step) DO NOTHING",
            _signed_off,
        ),
    ),
}


# Asking -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A plan as it stands, in one line."""

    stream: UUID
    version: int
    position: int
    """Of its latest event."""
    particulars: Particulars
    review: Review | None
    """The latest one that a cycle set up."""
    statuses: Mapping[SectionStatus, int]
    """How many sections stand how; untouched ones are not counted."""

    @property
    def reference(self) -> str:
        """What people call this plan."""
        return self.particulars.reference

    @property
    def surname(self) -> str:
        """The pupil's surname."""
        return self.particulars.surname

    @property
    def forename(self) -> str:
        """The pupil's forename."""
        return self.particulars.forename

    @property
    def born(self) -> date:
        """The pupil's day of birth."""
        return self.particulars.born

    @property
    def upn(self) -> str | None:
        """The pupil's unique pupil number."""
        return self.particulars.upn

    @property
    def year(self) -> str:
        """The National Curriculum year as taught."""
        return self.particulars.year

    @property
    def listed(self) -> bool:
        """Whether the latest export lists the pupil."""
        return self.particulars.listed


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section as it stands, without its text."""

    section: str
    status: SectionStatus
    revision: int
    edited_at: datetime | None
    edited_by: str | None
    """``None``: nobody, or who wrote it is not recorded."""
    edited_name: str | None
    signed: tuple[tuple[Meaning, str], ...]
    """The sign-offs over exactly the current text: meaning and name, in their order."""


What = Literal["write", "rewrite", "review", "assign again", "later"]
"""``rewrite``: it was returned; ``assign again``: the person asked said no; ``later``: a review
that cannot begin, because the section is not submitted yet."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """Something that waits on someone."""

    what: What
    person: str
    """The id of whoever it waits on."""
    name: str
    stream: UUID
    reference: str
    pupil: str
    """Forename and surname."""
    section: str
    task: Task
    due: date | None
    why: str | None = None
    """Why it was returned, or why the person asked said no."""
    declined_by: str | None = None
    """The name of whoever said no."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much waits on a person."""

    person: str
    name: str
    write: int
    """Sections to write, rewrites included."""
    review: int
    later: int
    assign_again: int
    overdue: int
    """Of these but the later ones, how many were due before the day asked for."""


_SELECT_PLANS = f"SELECT stream, {', '.join(_PLAN_COLUMNS)} FROM plans WHERE tenant = ?"


def plan_lines(
    reading: Reading,
    tenant: str,
    *,
    starts: str | None = None,
    years: Collection[str] | None = None,
    listed: bool | None = None,
    streams: Collection[UUID] | None = None,
) -> list[PlanLine]:
    """Return plans, one line each, by reference.

    Args:
        reading: of VIEW.
        tenant: whose plans.
        starts: only those whose reference begins so, exactly.
        years: only those taught in one of these years.
        listed: only those that the latest export lists, or does not list.
        streams: only these.
    """
    asked: list[tuple[str, list[object]]] = []
    if starts is not None:
        asked.append(("substr(reference, 1, ?) = ?", [len(starts), starts]))
    if years is not None:
        places = ", ".join("?" * len(years))
        asked.append((f"school_year IN ({places})" if years else "1 = 0", list(years)))
    if listed is not None:
        asked.append(("listed = ?", [int(listed)]))
    select = "".join([_SELECT_PLANS, *(f" AND {sql}" for sql, _ in asked)])
    values = [tenant, *(value for _, some in asked for value in some)]
    if streams is None:
        rows = reading.query(select, values)
    else:
        rows = list(fetch(reading.query, select, values, [str(stream) for stream in streams]))
    tallies = _tallies(reading, tenant, [row[0] for row in rows])
    return sorted((_plan_line(row, tallies.get(row[0], {})) for row in rows), key=_by_reference)


def _by_reference(line: PlanLine) -> tuple[str, str]:
    return line.reference, str(line.stream)


_FEW = 1_000
"""Streams for which asking for each is quicker than reading all."""

_TALLY = "SELECT stream, status, count(*) FROM sections WHERE tenant = ?"


def _tallies(
    reading: Reading, tenant: str, streams: Collection[str]
) -> dict[str, dict[SectionStatus, int]]:
    grouped = "GROUP BY stream, status"
    if len(streams) > _FEW:
        found: Iterable[tuple[Any, ...]] = reading.query(f"{_TALLY} {grouped}", (tenant,))
    else:
        found = fetch(reading.query, _TALLY, (tenant,), streams, grouped)
    tallies: dict[str, dict[SectionStatus, int]] = {}
    for stream, status, count in found:
        tallies.setdefault(stream, {})[status] = count
    return {
        stream: {status: tally[status] for status in _STATUSES if status in tally}
        for stream, tally in tallies.items()
    }


_STATUSES: tuple[SectionStatus, ...] = get_args(SectionStatus)


def _plan_line(row: tuple[Any, ...], statuses: Mapping[SectionStatus, int]) -> PlanLine:
    (
        stream,
        version,
        position,
        reference,
        template,
        surname,
        forename,
        born,
        upn,
        no_upn,
        year,
        group,
        tutor,
        needs,
        made_on,
        last_review,
        listed,
        cycle,
        cycle_name,
        meeting,
    ) = row
    particulars = Particulars(
        reference,
        template,
        surname,
        forename,
        date.fromisoformat(born),
        upn,
        no_upn,
        year,
        group,
        tutor,
        tuple(json.loads(needs)),
        _date(made_on),
        _date(last_review),
        bool(listed),
    )
    review = None if cycle is None else Review(cycle, cycle_name, date.fromisoformat(meeting))
    return PlanLine(UUID(stream), version, position, particulars, review, statuses)


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def section_lines(
    reading: Reading, tenant: str, streams: Collection[UUID]
) -> dict[UUID, list[SectionLine]]:
    """Return the sections that anybody touched, by plan, in the order of their letters."""
    keys = [str(stream) for stream in streams]
    marks: dict[tuple[str, str, int], list[tuple[Meaning, str]]] = {}
    for stream, section, revision, meaning, name in fetch(
        reading.query,
        "SELECT stream, section, revision, meaning, person_name FROM sign_offs WHERE tenant = ?",
        (tenant,),
        keys,
        "ORDER BY step",
    ):
        marks.setdefault((stream, section, revision), []).append((meaning, name))
    lines: dict[UUID, list[SectionLine]] = {stream: [] for stream in streams}
    for stream, section, status, revision, at, by, name in fetch(
        reading.query,
        f"SELECT stream, section, {', '.join(_EDIT_COLUMNS)} FROM sections WHERE tenant = ?",
        (tenant,),
        keys,
    ):
        lines[UUID(stream)].append(
            SectionLine(
                section,
                status,
                revision,
                None if at is None else datetime.fromisoformat(at),
                by,
                name,
                tuple(marks.get((stream, section, revision), ())),
            )
        )
    for found in lines.values():
        found.sort(key=_by_letter)
    return lines


def _by_letter(line: SectionLine) -> str:
    return line.section


def assignments(
    reading: Reading, tenant: str, streams: Collection[UUID]
) -> dict[UUID, dict[str, list[Assignment]]]:
    """Return all assignments, by plan and section, in the order in which they were made."""
    found: dict[UUID, dict[str, list[Assignment]]] = {stream: {} for stream in streams}
    keys = [str(stream) for stream in streams]
    select = (
        f"SELECT stream, section, task, to_person, {', '.join(_ASKED_COLUMNS)}"
        " FROM assignments WHERE tenant = ?"
    )
    for row in fetch(reading.query, select, (tenant,), keys, "ORDER BY asked_step"):
        stream, section, task, to, to_name, to_role, by, by_name, due, cycle, rule, *rest = row
        _, status, reason, _, _ = rest
        found[UUID(stream)].setdefault(section, []).append(
            Assignment(
                task,
                to,
                to_name,
                to_role,
                by,
                by_name,
                _date(due),
                cycle,
                rule,
                _status(status),
                _reason(reason),
            )
        )
    return found


def _status(text: AssignmentStatus) -> AssignmentStatus:
    return text


def _reason(text: DeclineReason | None) -> DeclineReason | None:
    return text


_WAITING = """
SELECT a.stream, a.section, a.task, a.to_person, a.to_name, a.asked_by, a.asked_by_name, a.due,
    a.status, a.reason, a.because, s.status, s.returned_because, p.reference, p.forename, p.surname
FROM assignments AS a
JOIN sections AS s ON s.tenant = a.tenant AND s.stream = a.stream AND s.section = a.section
JOIN plans AS p ON p.tenant = a.tenant AND p.stream = a.stream
WHERE a.tenant = ? AND (
    a.status IN ('assigned', 'accepted')
    OR (a.status = 'declined' AND NOT EXISTS (
        SELECT 1 FROM assignments AS other
        WHERE other.tenant = a.tenant AND other.stream = a.stream
            AND other.section = a.section AND other.task = a.task
            AND (other.status IN ('assigned', 'accepted', 'done')
                OR (other.status = 'closed' AND other.moved_step > a.moved_step))
    ))
)
"""


def work_items(reading: Reading, tenant: str, *, person: str | None = None) -> list[WorkItem]:
    """Return what waits on whom, by due day (none last), reference and section.

    A section that was declined waits on whoever assigned it, until someone else was asked.

    Args:
        reading: of VIEW.
        tenant: whose work.
        person: only what waits on the person of this id.
    """
    asked: list[object] = [tenant]
    only = ""
    if person is not None:
        only = " AND (a.to_person = ? OR a.asked_by = ?)"
        asked += [person, person]
    items = (_item(row) for row in reading.query(_WAITING + only, asked))
    return sorted(
        (item for item in items if item is not None and person in (None, item.person)),
        key=_by_due,
    )


def _by_due(item: WorkItem) -> tuple[date, str, str, str, str]:
    return item.due or date.max, item.reference, item.section, item.task, item.person


def _item(row: tuple[Any, ...]) -> WorkItem | None:
    stream, section, task, to, to_name, by, by_name, due, status, reason, words, *rest = row
    section_status, returned, reference, forename, surname = rest
    person, name, why, declined_by = to, to_name, None, None
    what: What
    if status == "declined":
        what, person, name, declined_by = "assign again", by, by_name, to_name
        why = reason if words is None else f"{reason}: {words}"
    elif task == "write":
        what = "rewrite" if section_status == "returned" else "write"
        why = returned if section_status == "returned" else None
    elif section_status == "approved":
        # Another reviewer approved it: nothing waits until it is submitted again.
        return None
    else:
        what = "review" if section_status == "submitted" else "later"
    return WorkItem(
        what,
        person,
        name,
        UUID(stream),
        reference,
        f"{forename} {surname}".strip(),
        section,
        task,
        _date(due),
        why,
        declined_by,
    )


def load(reading: Reading, tenant: str, *, today: date) -> list[Load]:
    """Return how much waits on each person on a day, the most first."""
    waiting: dict[str, list[WorkItem]] = {}
    for item in work_items(reading, tenant):
        waiting.setdefault(item.person, []).append(item)
    return sorted((_load(items, today) for items in waiting.values()), key=_most_first)


def _load(items: Sequence[WorkItem], today: date) -> Load:
    def count(*kinds: What) -> int:
        return sum(item.what in kinds for item in items)

    return Load(
        items[0].person,
        items[0].name,
        count("write", "rewrite"),
        count("review"),
        count("later"),
        count("assign again"),
        sum(item.what != "later" and item.due is not None and item.due < today for item in items),
    )


def _most_first(load: Load) -> tuple[int, str, str]:
    return -(load.write + load.review + load.assign_again), load.name, load.person
