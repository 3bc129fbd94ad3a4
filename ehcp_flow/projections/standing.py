"""How do all plans stand, and what waits on whom?

The same answer as folding each plan gives (``ehcp_flow.plan``), kept in rows.
"""

import json
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, get_args
from uuid import UUID

from ehcp_flow.events import AdviceKind, DeclineReason, Meaning, Task
from ehcp_flow.plan import (
    Assignment,
    AssignmentStatus,
    DutyStatus,
    Particulars,
    Review,
    SectionStatus,
)
from ehcp_flow.projections.catching_up import Reading, View
from ehcp_flow.projections.duties import HeldDuty, held_duties
from ehcp_flow.projections.facts import (
    PLAN_EVENTS,
    Facts,
    because,
    check_known,
    day,
    facts_of,
    instant,
)
from ehcp_flow.projections.rows import fetch
from ehcp_flow.statute.happened import Happened
from ehcp_flow.statute.law import england
from ehcp_flow.statute.reviewed import Reviewed, reviewed, tells
from ehcp_flow.storage import EventRow, Recorder, ViewWriter

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
    "template_version",
    "school",
    "authority",
)
_NEEDS = _PARTICULARS.index("needs")
_LISTED = _PARTICULARS.index("listed")
_TEMPLATE_VERSION = _PARTICULARS.index("template_version")
_RENAMED = {"year": "school_year", "group": "tutor_group"}
_PARTICULAR_COLUMNS = tuple(_RENAMED.get(name, name) for name in _PARTICULARS)
_PLAN_COLUMNS = (
    "version",
    "position_reached",
    *_PARTICULAR_COLUMNS,
    "review_cycle",
    "review_name",
    "review_meeting",
    "reviewed",
)
_SECTION_KEY = ("tenant", "stream", "section")
_SECTION_COLUMNS = (
    "status",
    "revision",
    "edited_at",
    "edited_by",
    "edited_name",
    "returned_because",
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
    "chosen",
)
_DUTY_COLUMNS = (
    "to_name",
    "to_role",
    "asked_by",
    "asked_by_name",
    "asked_day",
    "due",
    "chosen_rule",
    "asked_step",
    "status",
    "reason",
    "because",
)
_SELECT_DUTIES = (
    f"SELECT stream, cycle, kind, to_person, {', '.join(_DUTY_COLUMNS)}"
    " FROM duties WHERE tenant = ?"
)
_SELECT_PLANS = f"SELECT stream, {', '.join(_PLAN_COLUMNS)} FROM plans WHERE tenant = ?"
_SELECT_SECTIONS = (
    f"SELECT stream, section, {', '.join(_SECTION_COLUMNS)} FROM sections WHERE tenant = ?"
)
_SELECT_ASSIGNMENTS = (
    f"SELECT stream, section, task, to_person, {', '.join(_ASKED_COLUMNS)}"
    " FROM assignments WHERE tenant = ?"
)


class StandingView(View):
    """A row a plan, a row a section, a row an assignment, a row a sign-off, a row a duty, a row an
    advice of somebody who is known here."""

    name = "standing"
    form = 9
    tables = ("plans", "sections", "assignments", "sign_offs", "duties", "advice_given")
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
            template_version integer NOT NULL,
            school text,
            authority text,
            review_cycle text,
            review_name text,
            review_meeting text,
            reviewed text,
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
            chosen text,
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
        """
        CREATE TABLE IF NOT EXISTS duties (
            tenant text NOT NULL,
            stream text NOT NULL,
            cycle text NOT NULL,
            kind text NOT NULL,
            to_person text NOT NULL,
            to_name text NOT NULL,
            to_role text NOT NULL,
            asked_by text NOT NULL,
            asked_by_name text NOT NULL,
            asked_day text NOT NULL,
            due text NOT NULL,
            chosen_rule text NOT NULL,
            asked_step integer NOT NULL,
            status text NOT NULL,
            reason text,
            because text,
            PRIMARY KEY (tenant, stream, cycle, kind, to_person)
        )
        """,
        """
        CREATE TABLE IF NOT EXISTS advice_given (
            tenant text NOT NULL,
            stream text NOT NULL,
            step integer NOT NULL,
            kind text NOT NULL,
            given_by text NOT NULL,
            given_day text NOT NULL,
            PRIMARY KEY (tenant, stream, step)
        )
        """,
    )

    def take(self, log: Recorder, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
        """Carry the plans' events over to their rows; the others pass."""
        tenant = log.tenant
        check_known(rows)
        plans: dict[str, _Plan] = {}
        theirs = [row for row in rows if row.type in PLAN_EVENTS]
        for row in theirs:
            if row.stream not in plans:
                plans[row.stream] = _Plan(row.version - 1)
        _fetch(tenant, writer, plans)
        for row in theirs:
            plan = plans[row.stream]
            plan.version = row.version
            plan.position = row.position
            if (facts := facts_of(row)) is not None:
                _CHANGES[row.type](plan, row, facts)
        _write(tenant, writer, plans)


VIEW = StandingView()


# A plan's rows while a batch is taken in --------------------------------------------------------


@dataclass(slots=True)
class _Section:
    """The row of a section, without its key."""

    changed: bool
    """Whether it is another one than in the table."""
    status: SectionStatus = "empty"
    revision: int = 0
    edited_at: str | None = None
    edited_by: str | None = None
    edited_name: str | None = None
    returned_because: str | None = None


@dataclass(slots=True)
class _Asked:
    """The row of an assignment, without its key."""

    changed: bool
    """Whether it is another one than in the table."""
    to_name: str
    to_role: str
    asked_by: str
    asked_by_name: str
    due: str | None
    cycle: str | None
    chosen_rule: str | None
    asked_step: int
    status: AssignmentStatus
    reason: str | None
    because: str | None
    moved_step: int
    chosen: str | None

    @property
    def open(self) -> bool:
        """Whether it still waits on the person asked."""
        return self.status in ("assigned", "accepted")

    def move(self, into: AssignmentStatus, step: int) -> None:
        """Go on to another status."""
        self.status = into
        self.moved_step = step
        self.changed = True


@dataclass(slots=True)
class _Duty:
    """The row of a duty, without its key."""

    changed: bool
    """Whether it is another one than in the table."""
    to_name: str
    to_role: str
    asked_by: str
    asked_by_name: str
    asked_day: str
    due: str
    chosen_rule: str
    asked_step: int
    status: DutyStatus
    reason: str | None
    because: str | None


_Review = tuple[str | None, str | None, str | None]


@dataclass(slots=True)
class _Plan:
    """The rows of a plan."""

    version: int
    position: int = 0
    particulars: list[Any] | None = None
    """In the order of their columns; ``None``: it was not opened, and has no row."""
    review: _Review = (None, None, None)
    reviewed: str | None = None
    """What was entered that says when the plan was made or reviewed: of each fact its number, its
    id, its day and its details; ``None``: nothing was."""
    sections: dict[str, _Section] = field(default_factory=dict[str, _Section])
    assignments: dict[tuple[str, str, str], _Asked] = field(
        default_factory=dict[tuple[str, str, str], _Asked]
    )
    """By section, task and the person asked."""
    sign_offs: list[tuple[object, ...]] = field(default_factory=list[tuple[object, ...]])
    """The new ones: step, section, revision, meaning, person and name."""
    duties: dict[tuple[str, str, str], _Duty] = field(
        default_factory=dict[tuple[str, str, str], _Duty]
    )
    """By cycle, kind (empty: to come to the meeting) and the person asked."""
    advice: list[tuple[object, ...]] = field(default_factory=list[tuple[object, ...]])
    """What was newly given by people known here: step, kind, person and day."""
    let_go: set[str] = field(default_factory=set[str])
    """The cycles whose duties of before went with their review."""

    def section(self, id: str) -> _Section:
        """A section's row, made when nobody touched it yet."""
        found = self.sections.get(id)
        if found is None:
            found = self.sections[id] = _Section(changed=True)
        return found

    def settle(self, step: int, facts: Facts, task: Task, status: AssignmentStatus) -> None:
        """Move the open assignment of whoever acts on."""
        asked = self.assignments.get((facts["section"], task, facts["by"]))
        if asked is not None and asked.open:
            asked.move(status, step)

    def turn(self, step: int, facts: Facts, task: Task, into: AssignmentStatus) -> None:
        """Move what everybody has done of a task in this section on."""
        for (section, kind, _), asked in self.assignments.items():
            if asked.status == "done" and kind == task and section == facts["section"]:
                asked.move(into, step)

    def judge(self, facts: Facts, status: SectionStatus) -> None:
        """Let the section stand so, if this is about its current revision."""
        section = self.sections.get(facts["section"])
        if section is not None and section.revision == facts["revision"]:
            section.status = status
            section.changed = True


_HANDED_ON: tuple[SectionStatus, ...] = ("submitted", "approved")
"""As in the fold: out of its writers' hands."""

_section_values = attrgetter(*_SECTION_COLUMNS)
_asked_values = attrgetter(*_ASKED_COLUMNS)
_duty_values = attrgetter(*_DUTY_COLUMNS)


def _fetch(tenant: str, writer: ViewWriter, plans: Mapping[str, _Plan]) -> None:
    """Let plans stand as the tables have them."""
    # What begins in this batch has no rows yet.
    known = [stream for stream, plan in plans.items() if plan.version]
    for stream, _, _, *rest in fetch(writer.execute, _SELECT_PLANS, (tenant,), known):
        plan = plans[stream]
        *plan.particulars, cycle, name, meeting, plan.reviewed = rest
        plan.review = cycle, name, meeting
    for stream, section, *values in fetch(writer.execute, _SELECT_SECTIONS, (tenant,), known):
        plans[stream].sections[section] = _Section(False, *values)
    for stream, section, task, to, *values in fetch(
        writer.execute, _SELECT_ASSIGNMENTS, (tenant,), known
    ):
        plans[stream].assignments[section, task, to] = _Asked(False, *values)
    for stream, cycle, kind, to, *values in fetch(
        writer.execute, _SELECT_DUTIES, (tenant,), known, "ORDER BY asked_step"
    ):
        plans[stream].duties[cycle, kind, to] = _Duty(False, *values)


def _write(tenant: str, writer: ViewWriter, plans: Mapping[str, _Plan]) -> None:
    """Write the rows that are other ones than in the tables."""
    writer.many(
        _upsert("plans", ("tenant", "stream"), _PLAN_COLUMNS),
        [
            (
                tenant,
                stream,
                plan.version,
                plan.position,
                *plan.particulars,
                *plan.review,
                plan.reviewed,
            )
            for stream, plan in plans.items()
            if plan.particulars is not None
        ],
    )
    writer.many(
        _upsert("sections", _SECTION_KEY, _SECTION_COLUMNS),
        [
            (tenant, stream, id, *_section_values(section))
            for stream, plan in plans.items()
            for id, section in plan.sections.items()
            if section.changed
        ],
    )
    writer.many(
        _upsert("assignments", (*_SECTION_KEY, "task", "to_person"), _ASKED_COLUMNS),
        [
            (tenant, stream, *key, *_asked_values(asked))
            for stream, plan in plans.items()
            for key, asked in plan.assignments.items()
            if asked.changed
        ],
    )
    writer.many(
        "INSERT INTO sign_offs"
        " (tenant, stream, step, section, revision, meaning, person, person_name)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, stream, step) DO NOTHING",
        [(tenant, stream, *mark) for stream, plan in plans.items() for mark in plan.sign_offs],
    )
    writer.many(
        "DELETE FROM duties WHERE tenant = ? AND stream = ? AND cycle = ?",
        [(tenant, stream, cycle) for stream, plan in plans.items() for cycle in plan.let_go],
    )
    writer.many(
        _upsert("duties", ("tenant", "stream", "cycle", "kind", "to_person"), _DUTY_COLUMNS),
        [
            (tenant, stream, *key, *_duty_values(duty))
            for stream, plan in plans.items()
            for key, duty in plan.duties.items()
            if duty.changed
        ],
    )
    writer.many(
        "INSERT INTO advice_given (tenant, stream, step, kind, given_by, given_day)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, stream, step) DO NOTHING",
        [(tenant, stream, *given) for stream, plan in plans.items() for given in plan.advice],
    )


def _upsert(table: str, key: Sequence[str], columns: Sequence[str]) -> str:
    places = ", ".join("?" * (len(key) + len(columns)))
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return (
        f"INSERT INTO {table} ({', '.join((*key, *columns))}) VALUES ({places})"
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}"
    )


# What each event changes ------------------------------------------------------------------------


def _particulars(facts: Facts) -> list[Any]:
    """What an event says of the particulars, in the order of their columns."""
    said: list[Any] = [facts.get(name) for name in _PARTICULARS]
    if "needs" in facts:
        said[_NEEDS] = json.dumps(facts["needs"])
    if "listed" in facts:
        said[_LISTED] = int(facts["listed"])
    return said


def _opened(plan: _Plan, row: EventRow, facts: Facts) -> None:
    plan.particulars = _particulars(facts)
    plan.particulars[_NEEDS] = plan.particulars[_NEEDS] or "[]"
    plan.particulars[_LISTED] = 1
    plan.particulars[_TEMPLATE_VERSION] = plan.particulars[_TEMPLATE_VERSION] or 1
    plan.review = (None, None, None)


def _changed(plan: _Plan, row: EventRow, facts: Facts) -> None:
    if plan.particulars is not None:
        plan.particulars = [
            before if said is None else said
            for before, said in zip(plan.particulars, _particulars(facts), strict=True)
        ]


def _reviewed(plan: _Plan, row: EventRow, facts: Facts) -> None:
    plan.review = facts["cycle"], facts["cycle_name"], facts["meeting"]
    for asked in plan.assignments.values():
        if asked.status == "done" or (asked.open and asked.cycle is not None):
            asked.move("closed", row.version)


def _edited(plan: _Plan, row: EventRow, facts: Facts) -> None:
    section = plan.sections.get(facts["section"])
    if section is not None and section.status in _HANDED_ON:
        plan.turn(row.version, facts, "write", "accepted")
    _rewrite(plan, facts, "drafting", facts["by"], facts["name"])


def _imported(plan: _Plan, row: EventRow, facts: Facts) -> None:
    _rewrite(plan, facts, "issued", None, "not recorded")


def _rewrite(plan: _Plan, facts: Facts, status: SectionStatus, by: str | None, name: str) -> None:
    section = plan.section(facts["section"])
    section.status = status
    section.revision = facts["revision"]
    section.edited_at = instant(facts["at"])
    section.edited_by = by
    section.edited_name = name
    section.changed = True


def _assigned(plan: _Plan, row: EventRow, facts: Facts) -> None:
    id: str = facts["section"]
    section = plan.section(id)
    if facts["task"] == "write" and section.status in _HANDED_ON:
        section.status = "drafting"
        section.changed = True
    key = id, facts["task"], facts["to"]
    before = plan.assignments.get(key)
    accepted = before is not None and before.status == "accepted"
    plan.assignments[key] = _Asked(
        True,
        facts["to_name"],
        facts["to_role"],
        facts["by"],
        facts["name"],
        facts.get("due"),
        facts.get("cycle"),
        facts.get("rule"),
        row.version,
        "accepted" if accepted else "assigned",
        None,
        None,
        row.version,
        facts.get("chosen"),
    )


def _withdrawn(plan: _Plan, row: EventRow, facts: Facts) -> None:
    asked = plan.assignments.get((facts["section"], facts["task"], facts["to"]))
    if asked is not None and asked.open:
        asked.move("withdrawn", row.version)


def _review_withdrawn(plan: _Plan, row: EventRow, facts: Facts) -> None:
    if plan.review[0] == facts["cycle"]:
        plan.review = (
            facts.get("earlier_cycle"),
            facts.get("earlier_cycle_name"),
            facts.get("earlier_meeting"),
        )
    for asked in plan.assignments.values():
        if asked.status == "declined" and asked.cycle == facts["cycle"]:
            asked.move("withdrawn", row.version)
    plan.let_go.add(facts["cycle"])
    plan.duties = {key: duty for key, duty in plan.duties.items() if key[0] != facts["cycle"]}


def _asked_beside(plan: _Plan, row: EventRow, facts: Facts) -> None:
    key = facts["cycle"], facts.get("kind", ""), facts["to"]
    before = plan.duties.get(key)
    accepted = before is not None and before.status == "accepted"
    plan.duties[key] = _Duty(
        True,
        facts["to_name"],
        facts["to_role"],
        facts["by"],
        facts["name"],
        _happened(facts),
        facts["due"] if "kind" in facts else facts["meeting"],
        facts["rule"],
        row.version,
        "accepted" if accepted else "asked",
        None,
        None,
    )


def _happened(facts: Facts) -> str:
    """The day on which something happened, in Europe/London."""
    return facts.get("on") or day(instant(facts["at"]))


def _settled(plan: _Plan, row: EventRow, facts: Facts) -> None:
    to = facts["to"] if row.type == "duty-withdrawn" else facts["by"]
    duty = plan.duties.get((facts["cycle"], facts.get("kind", ""), to))
    if duty is None or duty.status not in ("asked", "accepted"):
        return
    duty.status = _SETTLED[row.type]
    duty.changed = True
    if row.type == "duty-declined":
        duty.reason = facts["reason"]
        duty.because = because(facts, row.words)


_SETTLED: Mapping[str, DutyStatus] = {
    "duty-accepted": "accepted",
    "duty-declined": "declined",
    "duty-withdrawn": "withdrawn",
}


def _given(plan: _Plan, row: EventRow, facts: Facts) -> None:
    if "given_by" in facts:
        plan.advice.append((row.version, facts["kind"], facts["given_by"], _happened(facts)))


def _accepted(plan: _Plan, row: EventRow, facts: Facts) -> None:
    plan.settle(row.version, facts, facts["task"], "accepted")


def _declined(plan: _Plan, row: EventRow, facts: Facts) -> None:
    asked = plan.assignments.get((facts["section"], facts["task"], facts["by"]))
    if asked is not None and asked.open:
        asked.reason = facts["reason"]
        asked.because = because(facts, row.words)
        asked.move("declined", row.version)


def _submitted(plan: _Plan, row: EventRow, facts: Facts) -> None:
    plan.settle(row.version, facts, "write", "done")
    plan.turn(row.version, facts, "review", "accepted")
    plan.judge(facts, "submitted")


def _returned(plan: _Plan, row: EventRow, facts: Facts) -> None:
    section = plan.sections.get(facts["section"])
    if section is not None:
        section.returned_because = because(facts, row.words)
        section.changed = True
    plan.judge(facts, "returned")
    plan.turn(row.version, facts, "write", "accepted")


def _approved(plan: _Plan, row: EventRow, facts: Facts) -> None:
    for (section, _, _), asked in plan.assignments.items():
        if asked.open and section == facts["section"]:
            asked.move("done", row.version)
    plan.judge(facts, "approved")


def _signed_off(plan: _Plan, row: EventRow, facts: Facts) -> None:
    plan.sign_offs.append(
        (
            row.version,
            facts["section"],
            facts["revision"],
            facts["meaning"],
            facts["by"],
            facts["name"],
        )
    )


def _issued(plan: _Plan, row: EventRow, facts: Facts) -> None:
    if facts["kind"] == "draft":
        return
    for id, revision, _ in facts["sections"]:
        section = plan.section(id)
        if section.revision != revision or section.status != "approved":
            continue
        section.status = "issued"
        section.changed = True
        for (of, _, _), asked in plan.assignments.items():
            if asked.open and of == id:
                asked.move("done", row.version)


def _stated(plan: _Plan, row: EventRow, facts: Facts) -> None:
    if facts.get("replaces") is not None:
        _unsaid(plan, facts["replaces"])
    if facts["fact"] in tells(england()):
        details = dict(facts.get("details", ()))
        said = [facts["number"], facts["fact"], _happened(facts), details]
        _say(plan, [*_said(plan.reviewed), said])


def _taken_back(plan: _Plan, row: EventRow, facts: Facts) -> None:
    _unsaid(plan, facts["number"])


def _unsaid(plan: _Plan, number: int) -> None:
    """Let a fact that was taken back say no more when the plan was made or reviewed."""
    if plan.reviewed is not None:
        _say(plan, [one for one in _said(plan.reviewed) if one[0] != number])


def _say(plan: _Plan, said: Sequence[Sequence[Any]]) -> None:
    plan.reviewed = json.dumps(said, ensure_ascii=False) if said else None


def _said(reviewed: str | None) -> list[Any]:
    return [] if reviewed is None else json.loads(reviewed)


def _beside(_: _Plan, __: EventRow, ___: Facts) -> None:
    """Whom a version was sent changes nothing of how the plan stands."""


_CHANGES: dict[str, Callable[[_Plan, EventRow, Facts], None]] = {
    "plan-opened": _opened,
    "pupil-changed": _changed,
    "review-set-up": _reviewed,
    "section-text-imported": _imported,
    "advice-given": _given,
    "fact-recorded": _stated,
    "fact-withdrawn": _taken_back,
    "plan-issued": _issued,
    "issue-sent": _beside,
    "section-edited": _edited,
    "section-assigned": _assigned,
    "assignment-withdrawn": _withdrawn,
    "review-withdrawn": _review_withdrawn,
    "attendance-asked": _asked_beside,
    "advice-asked": _asked_beside,
    "duty-accepted": _settled,
    "duty-declined": _settled,
    "duty-withdrawn": _settled,
    "assignment-accepted": _accepted,
    "assignment-declined": _declined,
    "section-submitted": _submitted,
    "section-returned": _returned,
    "section-approved": _approved,
    "section-signed-off": _signed_off,
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
    """How many sections stand how; untouched ones are not counted. Empty when it was not asked
    for."""
    said_of_reviews: tuple[Happened, ...] = ()
    """What stands on record that says when the plan was made or reviewed."""

    def reviewed(self, as_at: date = date.max) -> Reviewed:
        """When the plan was made and last reviewed, by its particulars and its record.

        Args:
            as_at: the day: what happened later does not count.
        """
        about = self.particulars
        return reviewed(about.made_on, about.last_review, self.said_of_reviews, as_at=as_at)

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


What = Literal["write", "rewrite", "review", "attend", "advise", "assign again", "later"]
"""``rewrite``: it was returned; ``attend``: to come to a meeting; ``advise``: to give advice;
``assign again``: the person asked said no; ``later``: a review that cannot begin, because the
section is not submitted yet."""

WorkTask = Task | Literal["attend", "advise"]


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
    """Empty when it is about no section: to come to a meeting, or to give advice."""
    task: WorkTask
    due: date | None
    why: str | None = None
    """Why it was returned, or why the person asked said no."""
    declined_by: str | None = None
    """The name of whoever said no."""
    kind: AdviceKind | None = None
    """Which advice is asked for."""


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
    attend: int = 0
    """Meetings to come to."""
    advise: int = 0
    """Advice to give."""


def plan_lines(
    reading: Reading,
    tenant: str,
    *,
    starts: str | None = None,
    years: Collection[str] | None = None,
    listed: bool | None = None,
    streams: Collection[UUID] | None = None,
    statuses: bool = True,
) -> list[PlanLine]:
    """Return plans, one line each, by reference.

    Args:
        reading: of VIEW.
        tenant: whose plans.
        starts: only those whose reference begins so, exactly.
        years: only those taught in one of these years.
        listed: only those that the latest export lists, or does not list.
        streams: only these.
        statuses: whether it is asked for how their sections stand.
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
    tallies = _tallies(reading, tenant, [row[0] for row in rows]) if statuses else {}
    return sorted((_plan_line(row, tallies.get(row[0], _NONE)) for row in rows), key=_by_reference)


def _by_reference(line: PlanLine) -> tuple[str, str]:
    return line.reference, str(line.stream)


_FEW = 1_000
"""Streams for which asking for each is quicker than reading all."""

_NONE: Mapping[SectionStatus, int] = MappingProxyType({})

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
        template_version,
        school,
        authority,
        cycle,
        cycle_name,
        meeting,
        said,
    ) = row
    particulars = Particulars(
        reference,
        sys.intern(template),
        surname,
        forename,
        _day(born),
        upn,
        _shared(no_upn),
        sys.intern(year),
        _shared(group),
        _shared(tutor),
        _needs(needs),
        _date(made_on),
        _date(last_review),
        bool(listed),
        template_version,
        _shared(school),
        _shared(authority),
    )
    review = None if cycle is None else _review(cycle, cycle_name, meeting)
    return PlanLine(
        UUID(stream), version, position, particulars, review, statuses, _of_reviews(said)
    )


# What many plans have in common is kept once.


def _shared(text: str | None) -> str | None:
    return None if text is None else sys.intern(text)


@lru_cache(maxsize=1_000)
def _needs(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


@lru_cache(maxsize=1_000)
def _review(cycle: str, cycle_name: str, meeting: str) -> Review:
    return Review(cycle, cycle_name, date.fromisoformat(meeting))


def _of_reviews(said: str | None) -> tuple[Happened, ...]:
    return tuple(
        Happened(fact, _day(day), details, str(number))
        for number, fact, day, details in _said(said)
    )


def _date(text: str | None) -> date | None:
    return None if text is None else _day(text)


@lru_cache(maxsize=10_000)
def _day(text: str) -> date:
    return date.fromisoformat(text)


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
    for stream, section, status, revision, at, by, name, _ in fetch(
        reading.query, _SELECT_SECTIONS, (tenant,), keys
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
    for row in fetch(reading.query, _SELECT_ASSIGNMENTS, (tenant,), keys, "ORDER BY asked_step"):
        stream, section, task, to, to_name, to_role, by, by_name, due, cycle, rule, *rest = row
        _, status, reason, _, _, chosen = rest
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
                chosen,
            )
        )
    return found


class AskedBefore(NamedTuple):
    """What a cycle asked somebody for."""

    task: Task
    to: str
    """The person's id."""
    rule: str | None


_SELECT_ASKED_BEFORE = (
    "SELECT stream, section, task, to_person, chosen_rule FROM assignments"
    " WHERE tenant = ? AND cycle = ? AND status <> 'withdrawn'"
)


def asked_before(
    reading: Reading, tenant: str, streams: Collection[UUID], cycle: str
) -> dict[UUID, dict[str, list[AskedBefore]]]:
    """Return what a cycle asked for and was not taken back, by plan and section."""
    by_key: dict[str, dict[str, list[AskedBefore]]] = {str(stream): {} for stream in streams}
    for stream, section, task, to, rule in fetch(
        reading.query, _SELECT_ASKED_BEFORE, (tenant, cycle), by_key
    ):
        by_key[stream].setdefault(section, []).append(AskedBefore(task, to, rule))
    return dict(zip(streams, by_key.values(), strict=True))


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


def work_items(
    reading: Reading, tenant: str, *, today: date, person: str | None = None
) -> list[WorkItem]:
    """Return what waits on whom, by due day (none last), reference and section.

    A section that was declined waits on whoever assigned it, until someone else was asked, or the
    review was taken back for which it was asked; so does a meeting that somebody cannot come to,
    and advice that they cannot give.

    Args:
        reading: of VIEW.
        tenant: whose work.
        today: the day it is: a meeting that is over waits on nobody.
        person: only what waits on the person of this id.
    """
    asked: list[object] = [tenant]
    only = ""
    if person is not None:
        only = " AND (a.to_person = ? OR a.asked_by = ?)"
        asked += [person, person]
    items = (_item(row) for row in reading.query(_WAITING + only, asked))
    found = [item for item in items if item is not None]
    found += [
        _beside_sections(duty)
        for duty in held_duties(reading, tenant, person=person)
        if duty.waits(today)
    ]
    return sorted((item for item in found if person in (None, item.person)), key=_by_due)


def _by_due(item: WorkItem) -> tuple[date, str, str, str, str, str]:
    task = item.task, item.kind or ""
    return item.due or date.max, item.reference, item.section, *task, item.person


def _beside_sections(duty: HeldDuty) -> WorkItem:
    task: WorkTask = "attend" if duty.kind is None else "advise"
    plan = duty.stream, duty.reference, duty.pupil
    if duty.status != "declined":
        return WorkItem(task, duty.to, duty.to_name, *plan, "", task, duty.due, kind=duty.kind)
    why = duty.reason if duty.because is None else f"{duty.reason}: {duty.because}"
    again: What = "assign again"
    return WorkItem(
        again, duty.by, duty.by_name, *plan, "", task, duty.due, why, duty.to_name, duty.kind
    )


def _item(row: tuple[Any, ...]) -> WorkItem | None:
    stream, section, task, to, to_name, by, by_name, due, status, reason, words, *rest = row
    section_status, returned, reference, forename, surname = rest
    person, name, why, declined_by = to, to_name, None, None
    what: What
    if status == "declined" and section_status == "approved":
        # Somebody wrote it all the same.
        return None
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


class Waits(NamedTuple):
    """How many tasks wait on a person, those that nobody else needs to be asked for."""

    write: int
    review: int
    """Those that cannot begin yet included."""


_COUNT_WAITING = """
SELECT a.to_person, sum(CASE a.task WHEN 'write' THEN 1 ELSE 0 END), count(*)
FROM assignments AS a
JOIN sections AS s ON s.tenant = a.tenant AND s.stream = a.stream AND s.section = a.section
JOIN plans AS p ON p.tenant = a.tenant AND p.stream = a.stream
WHERE a.tenant = ? AND a.status IN ('assigned', 'accepted')
    AND (a.task = 'write' OR s.status <> 'approved')
GROUP BY a.to_person
"""


def waits(reading: Reading, tenant: str) -> dict[str, Waits]:
    """Return how many of ``work_items`` wait on people who were asked, by their ids, without
    looking at each."""
    found = reading.query(_COUNT_WAITING, (tenant,))
    return {person: Waits(write, tasks - write) for person, write, tasks in found}


def load(reading: Reading, tenant: str, *, today: date) -> list[Load]:
    """Return how much waits on each person on a day, the most first."""
    waiting: dict[str, list[WorkItem]] = {}
    for item in work_items(reading, tenant, today=today):
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
        count("attend"),
        count("advise"),
    )


def _most_first(load: Load) -> tuple[int, str, str]:
    beside = load.attend + load.advise
    return -(load.write + load.review + load.assign_again + beside), load.name, load.person
