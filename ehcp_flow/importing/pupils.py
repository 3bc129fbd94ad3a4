"""Which pupils does a school's export name, who of them has a plan, and what is wrong with it?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from ehcp_flow.importing import fields as cells
from ehcp_flow.importing.faults import Fault, read_to_import, to_mend
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
from ehcp_flow.plan import Particulars

FIELDS = known(
    Field("upn", "the unique pupil number", ("Unique Pupil Number", "UPN Number", "Pupil UPN")),
    Field("no_upn", "why there is no UPN", ("UPN Unknown", "UPN Unknown Reason", "No UPN Reason")),
    Field(
        "surname",
        "the surname",
        ("Legal Surname", "Legal Last Name", "Surname", "Last Name", "Family Name"),
    ),
    Field(
        "forename",
        "the forename",
        ("Legal Forename", "Legal First Name", "Forename", "First Name", "Given Name"),
    ),
    Field(
        "name",
        "surname and forename in one",
        ("Legal Name", "Student Name", "Pupil Name", "Full Name", "Student", "Pupil", "Child"),
    ),
    Field(
        "born",
        "the date of birth",
        ("DOB", "Date of Birth", "Birth Date", "Birthdate", "Person Birth Date", "Birthday"),
    ),
    Field(
        "year",
        "the year group",
        ("Year Group", "NC Year", "National Curriculum Year", "Curriculum Year", "NC Year Group"),
    ),
    Field(
        "group",
        "the registration or tutor group",
        (
            "Reg Group",
            "Registration Group",
            "Registration Form",
            "Reg Form",
            "Reg",
            "Tutor Group",
            "Form/Tutor Group",
            "Form Group",
            "Form",
        ),
    ),
    Field("tutor", "the tutor", ("Form Tutor", "Tutor Name", "Registration Tutor", "Reg Tutor")),
    Field(
        "school",
        "the school or other institution that the pupil attends",
        (
            "School Name",
            "School",
            "Establishment Name",
            "Establishment",
            "Institution Name",
            "Institution",
            "Current School",
            "Setting Name",
            "Placement Name",
            "Placement",
            "Educational Placement",
        ),
    ),
    Field(
        "authority",
        "the local authority that maintains the plan",
        (
            "Local Authority",
            "LA",
            "LA Name",
            "Local Authority Name",
            "Home LA",
            "Home Authority",
            "Home Local Authority",
            "Maintaining LA",
            "Maintaining Authority",
            "Placing LA",
            "Placing Authority",
            "Responsible LA",
            "Responsible Authority",
            "EHCP LA",
        ),
    ),
    Field(
        "sen",
        "the SEN status",
        (
            "SEN Status",
            "SEND Status",
            "SEN Provision",
            "SEN Provision Type",
            "SEN Code",
            "SEN Stage",
        ),
    ),
    Field(
        "ehcp", "whether there is an EHC plan, yes or no", ("Has EHCP", "EHC Plan", "Has EHC Plan")
    ),
    Field(
        "need_1",
        "the primary need",
        (
            "SEN Need 1",
            "Primary Need",
            "Primary SEN Need",
            "SEN Primary Need",
            "Primary SEN Type",
            "SEN Type 1",
            "Main Need",
            "SEN Need",
            "SEN Need Type",
            "SEN Type",
        ),
    ),
    Field(
        "need_2",
        "the second need",
        (
            "SEN Need 2",
            "Secondary Need",
            "Secondary SEN Need",
            "SEN Secondary Need",
            "Secondary SEN Type",
            "SEN Type 2",
        ),
    ),
    Field("need_3", "the third need", ("SEN Need 3", "Third Need", "Tertiary Need", "SEN Type 3")),
    Field("needs", "all needs in one, the primary one first", ("SEN Needs", "SEN Types")),
    Field(
        "made_on",
        "the day the plan was made",
        (
            "EHCP Start Date",
            "EHCP Start",
            "EHC Plan Start Date",
            "EHCP Date",
            "EHC Plan Date",
            "EHCP Issued",
            "EHCP Issue Date",
            "Plan Start Date",
            "Plan Date",
            "Date of Plan",
        ),
    ),
    Field(
        "last_review",
        "the day of the last review",
        (
            "Last Review",
            "Last Review Date",
            "Date of Last Review",
            "Last Annual Review",
            "Last Annual Review Date",
            "Last EHCP Review",
            "EHCP Last Review",
        ),
    ),
)
"""What an export can say of a pupil, and the headings known for it.

Headings of SIMS, Arbor and Bromcom reports are whatever a school named them; these are the ones
seen, and a mapping covers the rest. A preferred name is not a legal name and is not taken for one.
"""

_NEED_FIELDS = ("need_1", "need_2", "need_3", "needs")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class PupilRow:
    """A pupil with an EHC plan, as one good row of an export has them."""

    line: int
    surname: str
    forename: str
    born: date
    upn: str | None
    no_upn: str | None
    """Why there is no UPN."""
    year: str
    """One of ``fields.YEARS``."""
    group: str | None = None
    tutor: str | None = None
    needs: tuple[str, ...] = ()
    """Codes of ``fields.NEEDS``, the primary one first."""
    made_on: date | None = None
    last_review: date | None = None
    school: str | None = None
    authority: str | None = None

    @property
    def name(self) -> str:
        """Forename and surname; it may hold control characters."""
        return f"{self.forename} {self.surname}"

    def particulars(self, reference: str = "", template: str = "ehcp") -> Particulars:
        """Return the row as a plan's particulars."""
        return Particulars(
            reference,
            template,
            self.surname,
            self.forename,
            self.born,
            self.upn,
            self.no_upn,
            self.year,
            self.group,
            self.tutor,
            self.needs,
            self.made_on,
            self.last_review,
            school=self.school,
            authority=self.authority,
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows there were; headings, blank lines and totals are none.

    ``rows`` is ``with_plan`` plus ``without_plan`` plus those whose SEN status cannot be read.
    """

    rows: int
    with_plan: int
    """Rows whose SEN status says EHC plan, good or faulty."""
    without_plan: int
    good: int
    """Rows with a plan and without a fault."""
    faulty: int
    """Rows with a fault, whatever their status."""


@dataclass(frozen=True, slots=True)
class PupilFile:
    """What an export of pupils says."""

    understood: Understood
    pupils: tuple[PupilRow, ...]
    faults: tuple[Fault, ...]
    """By line."""
    counts: Counts
    _table: Table = field(repr=False)

    @property
    def faulty_lines(self) -> tuple[int, ...]:
        """The lines on which there is a fault, each once."""
        return tuple(dict.fromkeys(fault.line for fault in self.faults))

    def faulty_table(self) -> str:
        """Return the faulty rows as CSV text, to be mended and imported again (``to_mend``)."""
        lines = set(self.faulty_lines)
        rows = [row for row in self._table.rows if row.line in lines]
        return to_mend(self._table, rows, self.faults)


def read_pupils(
    source: bytes | Path,
    *,
    today: date,
    mapping: Mapping[str, str] | None = None,
    no_upn: str | None = None,
    name: str | None = None,
    status: str = "E",
) -> PupilFile:
    """Read a school's export of pupils.

    Every row is checked before it is sorted by SEN status, so that a mistyped status does not hide
    a child. A pupil who is listed twice is a fault on the later line.

    Args:
        source: the content of the file, or where it is.
        today: the day against which dates of birth are checked.
        mapping: field by heading, for headings that are not known.
        no_upn: why pupils without a UPN have none; without it they are faults.
        name: what to call the file in messages.
        status: the SEN status of the pupils whose plan it is about: E (EHC plan), K (SEN support)
            or N (none).

    Raises:
        BadInput: it cannot be read at all, or a heading that is needed is missing.
    """
    table = read_to_import(source, name)
    columns = find_columns(table, FIELDS, mapping)
    upn = () if no_upn is not None else (("upn",),)
    told_by = ("sen", "ehcp") if status == "E" else ("sen",)
    require(
        columns,
        FIELDS,
        (*upn, ("surname", "name"), ("forename", "name"), ("born",), ("year",), told_by),
        instead="" if no_upn is not None or "upn" in columns.at else ", or give --no-upn REASON",
    )
    reader = _Reader(columns, today, no_upn, status)
    found = [reader.read(row) for row in table.rows]
    with_plan = [plan for plan, _ in found if plan is not None]
    pupils = tuple(pupil for plan, pupil in found if plan and pupil is not None)
    faults = tuple(sorted(reader.faults))
    counts = Counts(
        rows=len(found),
        with_plan=sum(with_plan),
        without_plan=len(with_plan) - sum(with_plan),
        good=len(pupils),
        faulty=len({fault.line for fault in faults}),
    )
    return PupilFile(columns.understood, pupils, faults, counts, table)


class _Reader(CellReader):
    """Reads row after row, and remembers which pupils were there already."""

    def __init__(self, columns: Columns, today: date, no_upn: str | None, status: str) -> None:
        super().__init__(columns)
        self._today = today
        self._no_upn = no_upn
        self._status = status
        self._by_upn: dict[str, tuple[int, tuple[str, str, date] | None]] = {}
        self._by_name: dict[tuple[str, str, date], tuple[int, str | None]] = {}

    def read(self, row: Row) -> tuple[bool | None, PupilRow | None]:
        """Whether the row says that there is a plan, and the pupil when it has no fault."""
        faults_before = len(self.faults)
        self._width(row)
        upn, no_upn = self._upn(row)
        names = self._names(row)
        born = self._value(row, "born", lambda cell: cells.parse_birth(cell, today=self._today))
        self._seen_before(row, upn, names, born)
        year = self._value(row, "year", cells.parse_year)
        pupil_needs = self._needs(row)
        group, tutor = self._text(row, "group"), self._text(row, "tutor")
        school, authority = self._text(row, "school"), self._text(row, "authority")
        made_on, last_review = self._day(row, "made_on", born), self._day(row, "last_review", born)
        plan = self._plan(row)
        if len(self.faults) > faults_before or names is None or born is None or year is None:
            return plan, None
        return plan, PupilRow(
            row.line,
            *names,
            born,
            upn,
            no_upn,
            year,
            group,
            tutor,
            pupil_needs,
            made_on,
            last_review,
            school,
            authority,
        )

    def _upn(self, row: Row) -> tuple[str | None, str | None]:
        if self._columns.cell(row.cells, "upn"):
            return self._value(row, "upn", cells.parse_upn), None
        said = self._text(row, "no_upn") or self._no_upn
        if said is None:
            self._fault(row, self._columns.heading("upn"), "", "a UPN, or --no-upn REASON")
        return None, said

    def _names(self, row: Row) -> tuple[str, str] | None:
        if "surname" not in self._columns.at or "forename" not in self._columns.at:
            return self._value(row, "name", cells.parse_full_name)
        surname = self._value(row, "surname", lambda cell: cells.short_text(cell, "a surname"))
        forename = self._value(row, "forename", lambda cell: cells.short_text(cell, "a forename"))
        return None if surname is None or forename is None else (surname, forename)

    def _needs(self, row: Row) -> tuple[str, ...]:
        said = [
            self._value(row, name, cells.parse_needs) or ()
            for name in _NEED_FIELDS
            if name in self._columns.at
        ]
        return tuple(dict.fromkeys(need for several in said for need in several))

    def _text(self, row: Row, field: str) -> str | None:
        if not self._columns.cell(row.cells, field):
            return None
        return self._value(row, field, lambda cell: cells.short_text(cell, "a short text"))

    def _day(self, row: Row, field: str, born: date | None) -> date | None:
        if not self._columns.cell(row.cells, field):
            return None
        return self._value(
            row, field, lambda cell: cells.parse_past(cell, born=born, today=self._today)
        )

    def _plan(self, row: Row) -> bool | None:
        """Whether it is about the pupil: whose SEN status is the one asked for.

        Whether there is an EHC plan may also be said by a column that says yes or no.
        """
        if self._status != "E":
            has = self._value(row, "sen", cells.parse_sen) if "sen" in self._columns.at else "N"
            return None if has is None else has == self._status
        status = self._value(row, "sen", cells.parse_sen) if "sen" in self._columns.at else None
        by_status = None if status is None else status == "E"
        if not self._columns.cell(row.cells, "ehcp"):
            return by_status if "sen" in self._columns.at else False
        said = self._value(row, "ehcp", cells.parse_yes)
        if by_status is not None and said is not None and said != by_status:
            self._fault(
                row,
                self._columns.heading("ehcp"),
                self._columns.cell(row.cells, "ehcp"),
                f"the same as {self._columns.heading('sen')} says",
            )
            return None
        return said if by_status is None else by_status

    def _seen_before(
        self, row: Row, upn: str | None, names: tuple[str, str] | None, born: date | None
    ) -> None:
        """Say so when an earlier line has the same pupil: by UPN, without one by name and birth."""
        child = None
        if names is not None and born is not None:
            child = (names[0].casefold(), names[1].casefold(), born)
        if upn is not None and upn in self._by_upn:
            line, other = self._by_upn[upn]
            again = other is None or child is None or other == child
            expected = (
                f"each pupil once: this is the pupil of line {line} again"
                if again
                else f"a UPN of this pupil's own: line {line} has it for someone else"
            )
            self._fault(row, self._columns.heading("upn"), upn, expected)
            return
        if upn is not None:
            self._by_upn[upn] = row.line, child
        if child is None:
            return
        line, other_upn = self._by_name.setdefault(child, (row.line, upn))
        if line != row.line and (upn is None or other_upn is None):
            heading = "surname" if "surname" in self._columns.at else "name"
            self._fault(
                row,
                self._columns.heading(heading),
                self._columns.cell(row.cells, heading),
                f"each pupil once: this is the pupil of line {line} again",
            )
