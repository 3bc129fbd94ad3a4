"""Which people does a list name, which roles do they hold and when, and what is wrong with it?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar, get_args

from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.importing import fields as cells
from ehcp_flow.importing.faults import Fault, NotRead, read_to_import, to_mend
from ehcp_flow.importing.headings import (
    Columns,
    Field,
    Understood,
    find_columns,
    known,
    require,
)
from ehcp_flow.importing.reading import CellReader
from ehcp_flow.importing.table import Row, Table
from ehcp_flow.models.model import Experience
from ehcp_flow.roles import ROLES, as_known

FIELDS = known(
    Field(
        "staff_id",
        "the person's staff id",
        ("Staff ID", "Staff Code", "Staff Number", "Employee ID", "Employee Number"),
    ),
    Field("name", "the person's name", ("Name", "Full Name", "Staff Name", "Person")),
    Field(
        "email",
        "the e-mail address",
        ("Email", "E-mail", "Email Address", "Work Email", "E-mail Address"),
    ),
    Field("role", "the role held", ("Role", "Job Title", "Post", "Position")),
    Field(
        "since",
        "the first day of the role",
        ("From", "Since", "Start", "Start Date", "Role From", "Role Start", "Date From"),
    ),
    Field(
        "until",
        "the last day of the role",
        ("Until", "To", "End", "End Date", "Role Until", "Role End", "Date To", "Leaving Date"),
    ),
    Field(
        "qualifications",
        "the qualifications",
        ("Qualification", "Qualifications", "Registration"),
    ),
    Field(
        "years",
        "the years taught",
        ("Teaches years", "Years taught", "Teaches", "Year Groups", "Years"),
    ),
    Field("days", "the working days", ("Days", "Working days", "Works on", "Days worked")),
    Field(
        "experience",
        "the experience of writing plans",
        ("Experience", "Experience of EHCPs", "Experience of plans", "Confidence"),
    ),
    Field(
        "organisation",
        "the organisation",
        ("Organisation", "Organization", "Employer", "School", "Setting"),
    ),
)
"""What a list of people can say, and the headings known for it."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A person as all their lines of a list have them."""

    lines: tuple[int, ...]
    staff_id: str
    name: str
    email: str | None
    qualifications: tuple[str, ...]
    years: tuple[str, ...]
    """Years taught, of ``fields.YEARS``."""
    days: tuple[str, ...]
    """Working days, of ``fields.DAYS``; none means that nothing was said."""
    roles: tuple[HeldRole, ...]
    experience: str | None = None
    """Of writing plans: new, some or confident."""

    def person(self) -> Person:
        """Return the person; ``id`` is empty, for a list does not know it."""
        return Person(
            "",
            staff_id=self.staff_id,
            name=self.name,
            email=self.email,
            qualifications=self.qualifications,
            years=self.years,
            days=self.days,
            roles=self.roles,
            experience=self.experience,
        )


@dataclass(frozen=True, slots=True)
class StaffFile:
    """What a list of people says."""

    understood: Understood
    people: tuple[StaffRow, ...]
    """Those on whose lines there is no fault: a person is taken whole or not at all."""
    faults: tuple[Fault, ...]
    rows: int
    other_roles: tuple[str, ...]
    """Roles outside ROLES, taken as written: a misspelt one allows its holder little."""
    _table: Table = field(repr=False)
    _held_back: tuple[int, ...] = field(repr=False)

    @property
    def faulty_lines(self) -> tuple[int, ...]:
        """The lines on which there is a fault, each once."""
        return tuple(dict.fromkeys(fault.line for fault in self.faults))

    def faulty_table(self) -> str:
        """Return every line of the people on whose lines there is a fault, to be mended."""
        lines = {*self.faulty_lines, *self._held_back}
        rows = [row for row in self._table.rows if row.line in lines]
        return to_mend(self._table, rows, self.faults)


def read_staff(
    source: bytes | Path, *, mapping: Mapping[str, str] | None = None, name: str | None = None
) -> StaffFile:
    """Read a list of people: one line for each role that someone holds.

    Lines with one staff id are one person. Lines may repeat the particulars or leave them out, and
    may not contradict each other; qualifications, years and days add up.

    Args:
        source: the content of the file, or where it is.
        mapping: field by heading, for headings that are not known.
        name: what to call the file in messages.

    Raises:
        BadInput: it cannot be read at all, or a heading that is needed is missing.
    """
    table = read_to_import(source, name)
    columns = find_columns(table, FIELDS, mapping)
    wanted = (("staff_id",), ("name",), ("role",), ("since",), ("organisation",))
    require(columns, FIELDS, wanted)
    reader = _Reader(columns)
    lines = [reader.read(row) for row in table.rows]
    by_person: dict[str, list[_Line]] = {}
    for line in lines:
        by_person.setdefault(line.staff_id.casefold() or f"line {line.line}", []).append(line)
    faults = [
        *reader.faults,
        *(f for one in by_person.values() for f in _contradictions(one, columns)),
    ]
    faulty = {fault.line for fault in faults}
    good = [one for one in by_person.values() if not any(line.line in faulty for line in one)]
    held_back = [
        line.line
        for one in by_person.values()
        if any(line.line in faulty for line in one)
        for line in one
    ]
    people = tuple(map(_merged, good))
    roles = dict.fromkeys(held.role for person in people for held in person.roles)
    return StaffFile(
        columns.understood,
        people,
        tuple(sorted(faults)),
        len(lines),
        tuple(role for role in roles if role not in ROLES),
        table,
        tuple(held_back),
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the list; what is faulty is empty."""

    line: int
    staff_id: str
    name: str
    email: str | None
    qualifications: tuple[str, ...]
    years: tuple[str, ...]
    days: tuple[str, ...]
    role: HeldRole | None
    experience: str | None


class _Reader(CellReader):
    def read(self, row: Row) -> _Line:
        self._width(row)
        return _Line(
            row.line,
            self._value(row, "staff_id", _text("a staff id")) or "",
            # Later lines of a person may leave out what the first one says.
            self._said(row, "name", _text("a name")) or "",
            self._said(row, "email", _email),
            self._said(row, "qualifications", cells.parse_list) or (),
            self._said(row, "years", cells.parse_years) or (),
            self._said(row, "days", cells.parse_days) or (),
            self._role(row),
            self._said(row, "experience", parse_experience),
        )

    def _role(self, row: Row) -> HeldRole | None:
        role = self._value(row, "role", parse_role)
        organisation = self._value(row, "organisation", _text("an organisation"))
        since = self._value(row, "since", cells.parse_date)
        until = self._said(row, "until", cells.parse_date)
        if since is not None and until is not None and until < since:
            self._fault(
                row,
                self._columns.heading("until"),
                self._columns.cell(row.cells, "until"),
                f"a last day not before the first one, {since:%d/%m/%Y}",
            )
        if role is None or organisation is None or since is None:
            return None
        return HeldRole(role, organisation, since, until)

    def _said(self, row: Row, field: str, parse: Callable[[str], _T]) -> _T | None:
        return self._value(row, field, parse) if self._columns.cell(row.cells, field) else None


def parse_role(cell: str) -> str:
    """Return a role as the rules write it, or as it is written when they do not know it.

    Raises:
        NotRead: it is empty or too long.
    """
    role = " ".join(cells.short_text(cell, "a role").split())
    return as_known(role) or role


def parse_experience(cell: str) -> str:
    """Return how much somebody has of writing plans: new, some or confident.

    Raises:
        NotRead: it is none of them.
    """
    said = " ".join(cell.split()).casefold()
    if said not in get_args(Experience):
        raise NotRead(cell, f"one of {', '.join(get_args(Experience))}")
    return said


def _text(what: str) -> Callable[[str], str]:
    return lambda cell: cells.short_text(cell, what)


def _email(cell: str) -> str:
    address = cells.short_text(cell, "an e-mail address")
    person, _, host = address.rpartition("@")
    if not person or not host or len(address.split()) > 1:
        raise NotRead(cell, "an e-mail address")
    return address


def _contradictions(lines: Sequence[_Line], columns: Columns) -> list[Fault]:
    """What the lines of one person say against each other."""
    found = [*_two_values(lines, columns), *_overlaps(lines, columns)]
    first = lines[0]
    if not any(line.name for line in lines) and first.staff_id:
        found.append(Fault(first.line, columns.heading("name"), "", "a name"))
    return found


def _two_values(lines: Sequence[_Line], columns: Columns) -> list[Fault]:
    found: list[Fault] = []
    for field_name, said in (
        ("name", [(line.line, line.name) for line in lines]),
        ("email", [(line.line, line.email or "") for line in lines]),
        ("experience", [(line.line, line.experience or "") for line in lines]),
    ):
        given = [(number, value) for number, value in said if value]
        for number, value in given[1:]:
            earlier, expected = given[0]
            if value != expected:
                what = f"the same as line {earlier} has for this staff id, or another staff id"
                found.append(Fault(number, columns.heading(field_name), value, what))
    return found


def _overlaps(lines: Sequence[_Line], columns: Columns) -> list[Fault]:
    found: list[Fault] = []
    for n, line in enumerate(lines):
        for earlier in lines[:n]:
            if _overlap(earlier.role, line.role):
                column = columns.heading("role")
                role = "" if line.role is None else line.role.role
                what = f"each role once at a time: line {earlier.line} has it on some of these days"
                found.append(Fault(line.line, column, role, what))
                break
    return found


def _overlap(one: HeldRole | None, other: HeldRole | None) -> bool:
    if one is None or other is None:
        return False
    if (one.role, one.organisation) != (other.role, other.organisation):
        return False
    return one.since <= (other.until or date.max) and other.since <= (one.until or date.max)


def _merged(lines: Sequence[_Line]) -> StaffRow:
    years = {year for line in lines for year in line.years}
    days = {day for line in lines for day in line.days}
    return StaffRow(
        tuple(line.line for line in lines),
        lines[0].staff_id,
        next(line.name for line in lines if line.name),
        next((line.email for line in lines if line.email), None),
        tuple(dict.fromkeys(q for line in lines for q in line.qualifications)),
        tuple(year for year in cells.YEARS if year in years),
        tuple(day for day in cells.DAYS if day in days),
        tuple(line.role for line in lines if line.role is not None),
        next((line.experience for line in lines if line.experience), None),
    )
