"""Whose advice does a file hold: one text, or a table of reports and targets for many pupils?

In a table every row is one advice text about one pupil. Schools lay such sheets out as they like
(``Target 1``, ``Progress``, ``Next steps`` …), so every column that says nothing else is part of
the text: one paragraph each, under its heading, in the file's order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TypeVar, get_args

from ehcp_flow.errors import BadInput
from ehcp_flow.events import AdviceKind
from ehcp_flow.importing import fields as cells
from ehcp_flow.importing import pupils
from ehcp_flow.importing.faults import Fault, NotRead, read_to_import, to_mend
from ehcp_flow.importing.headings import (
    IGNORED,
    Columns,
    Field,
    Understood,
    find_columns,
    known,
    require,
)
from ehcp_flow.importing.table import Row, Table, decode
from ehcp_flow.text import normalise

_PUPIL = ("upn", "surname", "forename", "name", "born")
"""Fields that say whose advice it is, as an export of pupils has them."""

_PARTICULARS = tuple(name for name in pupils.FIELDS if name not in _PUPIL)
"""What an export says of a pupil besides: no part of anybody's advice."""

FIELDS = known(
    # "Plan" alone is no reference: sheets that assess, plan, do and review have it over a text.
    Field(
        "reference",
        "the plan's reference",
        ("Plan Reference", "EHCP Reference", "EHC Plan Reference"),
    ),
    *(pupils.FIELDS[name] for name in _PUPIL),
    Field(
        "from",
        "who gave it",
        (
            "Given by",
            "Written by",
            "Author",
            "Class Teacher",
            "Subject Teacher",
            "Teacher Name",
            "Teacher Code",
            "Teacher",
            "Adviser",
            "Staff Name",
            "Staff ID",
            "Staff Code",
            "Staff",
        ),
    ),
    Field(
        "on",
        "the day it was given",
        ("Date", "Report Date", "Date of Report", "Date Written", "Given on"),
    ),
    Field("subject", "the subject it is about", ("Subject", "Course", "Class Subject")),
    Field("kind", "what kind of advice it is", ("Kind", "Kind of Advice", "Advice Kind")),
    Field("text", "the text, taken without its heading", ("Text", "Advice", "Report")),
    *(pupils.FIELDS[name] for name in _PARTICULARS),
)
"""What a table of advice can say, and the headings known for it; all others are text."""

KINDS: tuple[AdviceKind, ...] = get_args(AdviceKind)

_OTHER_WORDINGS: Mapping[str, AdviceKind] = {
    "parents' views": "views",
    "parent's views": "views",
    "pupil's views": "views",
    "educational psychology": "psychology",
    "report": "termly report",
    "termly reports": "termly report",
    "target": "targets",
    "termly targets": "targets",
}
_OWN_WORDINGS: Mapping[str, AdviceKind] = {kind: kind for kind in KINDS}
_NO_TEXT = (
    (b"PK\x03\x04", "a zipped file such as a Word document (.docx, .odt)"),
    (b"\xd0\xcf\x11\xe0", "an old Word document (.doc)"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a rich text (.rtf)"),
)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One advice text, as one good row of a table has it."""

    line: int
    reference: str | None
    """The plan's."""
    upn: str | None
    names: tuple[str, str] | None
    """Surname and forename."""
    born: date | None
    given_by: str
    """Whoever gave it, as the row or its reader says: a staff id, an e-mail address or a name."""
    on: date | None
    """The day it was given, when the row says it."""
    kind: AdviceKind
    text: str
    """As it will be kept."""
    as_it_came: str
    """Before it was normalised."""
    file: str
    """The file's name, and the line."""


@dataclass(frozen=True, slots=True)
class AdviceFile:
    """What a table of advice says."""

    understood: Understood
    """Its ``ignored`` are the headings that are no part of anything."""
    in_text: tuple[str, ...]
    """The headings of which the texts are made, in the file's order."""
    advice: tuple[AdviceRow, ...]
    faults: tuple[Fault, ...]
    """By line."""
    rows: int
    _table: Table = field(repr=False)
    _columns: Columns = field(repr=False)

    def with_faults(self, found: Sequence[tuple[int, str, str, str]]) -> "AdviceFile":
        """Return the same with faults that only whoever knows the plans and people can find.

        Args:
            found: line, field, what was found and what was expected.
        """
        more = [
            Fault(line, self._columns.heading(name), cell[: cells.LONGEST], expected)
            for line, name, cell, expected in found
        ]
        faulty = {fault.line for fault in more}
        return replace(
            self,
            advice=tuple(row for row in self.advice if row.line not in faulty),
            faults=tuple(sorted((*self.faults, *more))),
        )

    @property
    def faulty_lines(self) -> tuple[int, ...]:
        """The lines on which there is a fault, each once."""
        return tuple(dict.fromkeys(fault.line for fault in self.faults))

    def faulty_table(self) -> str:
        """Return the faulty rows as CSV text, to be mended and imported again (``to_mend``)."""
        lines = set(self.faulty_lines)
        rows = [row for row in self._table.rows if row.line in lines]
        return to_mend(self._table, rows, self.faults)


def advice_text(data: bytes, name: str) -> str:
    """Return the text of a file that holds one advice.

    Raises:
        BadInput: it is a document of another kind, no text, or broken.
    """
    for start, what in _NO_TEXT:
        if data.startswith(start):
            raise BadInput(
                f"{name} is {what}, and plain text or Markdown is expected: open it in the program "
                "that made it, save it as plain text (UTF-8), and bring that in."
            )
    text, _ = decode(data, name)
    return text


def parse_kind(cell: str) -> AdviceKind:
    """Return the kind of advice that a cell names.

    Raises:
        NotRead: it names none.
    """
    said = " ".join(cell.replace("\u2019", "'").casefold().split())
    kind = _OWN_WORDINGS.get(said) or _OTHER_WORDINGS.get(said)
    if kind is None:
        raise NotRead(cell, f"a kind of advice: {', '.join(KINDS)}")
    return kind


def read_advice(
    source: bytes | Path,
    *,
    today: date,
    kind: AdviceKind | None = None,
    given_by: str | None = None,
    mapping: Mapping[str, str] | None = None,
    name: str | None = None,
) -> AdviceFile:
    """Read a table of reports or targets: a row for each text about a pupil.

    Args:
        source: the content of the file, or where it is.
        today: no advice was given after it.
        kind: what kind of advice it is, where a row does not say.
        given_by: who gave it, where a row does not say.
        mapping: field by heading, for headings that are not known or not meant so; one mapped to
            ``ignored`` is no part of the text.
        name: what to call the file in messages.

    Raises:
        BadInput: it cannot be read at all, does not say what is needed, or has no text.
    """
    mapping = mapping or {}
    table = read_to_import(source, name)
    columns = find_columns(table, FIELDS, mapping)
    whose = ("upn", "reference", *(("name", "surname") if "born" in columns.at else ()))
    require(columns, FIELDS, (whose,), instead=", or give the pupils' names and dates of birth")
    if given_by is None:
        require(columns, FIELDS, (("from",),), instead=", or give --from PERSON")
    if kind is None:
        require(columns, FIELDS, (("kind",),), instead=", or give --kind KIND")
    texts = _text_columns(table, columns, mapping)
    if not texts:
        raise BadInput(
            f"{table.name} has no column with a text: every heading it has says something else of "
            'the pupil or of whoever gave it; say which one is the text with --map "HEADING=text".'
        )
    reader = _Reader(columns, texts, table.name, today, kind, given_by)
    read = [reader.read(row) for row in table.rows]
    return AdviceFile(
        _understood(columns, texts),
        tuple(table.headings[column] or f"(column {column + 1})" for column in texts),
        tuple(row for row in read if row is not None),
        tuple(sorted(reader.faults)),
        len(read),
        table,
        columns,
    )


def _text_columns(table: Table, columns: Columns, mapping: Mapping[str, str]) -> tuple[int, ...]:
    """The columns of which the texts are made: what nothing else is known of, and is not ignored.

    The subject begins the text where there is one, for the record has no other place for it.
    """
    left_out = {_folded(heading) for heading, said in mapping.items() if said == IGNORED}
    elsewhere = {column for name, column in columns.at.items() if name not in ("subject", "text")}
    found = [
        column
        for column, heading in enumerate(table.headings)
        if column not in elsewhere and _folded(heading) not in left_out
    ]
    subject = columns.at.get("subject")
    return tuple(sorted(found, key=lambda column: (column != subject, column)))


def _folded(heading: str) -> str:
    return " ".join(heading.casefold().split())


def _understood(columns: Columns, texts: Sequence[int]) -> Understood:
    how = columns.understood
    in_text = {columns.headings[column] or f"(column {column + 1})" for column in texts}
    return replace(
        how,
        headings=tuple(pair for pair in how.headings if pair[1] not in _PARTICULARS),
        ignored=(
            *(heading for heading, name in how.headings if name in _PARTICULARS),
            *(heading for heading in how.ignored if heading not in in_text),
        ),
    )


class _Reader:
    def __init__(
        self,
        columns: Columns,
        texts: Sequence[int],
        file: str,
        today: date,
        kind: AdviceKind | None,
        given_by: str | None,
    ) -> None:
        self.faults: list[Fault] = []
        self._columns = columns
        self._texts = texts
        self._bare = columns.at.get("text")
        self._file = file
        self._today = today
        self._kind: AdviceKind | None = kind
        self._given_by = given_by

    def read(self, row: Row) -> AdviceRow | None:
        """The advice of a row, ``None`` when it has a fault."""
        faults_before = len(self.faults)
        self._width(row)
        reference = self._said(
            row, "reference", lambda cell: cells.short_text(cell, "a plan's reference")
        )
        upn = self._said(row, "upn", cells.parse_upn)
        names = self._names(row)
        born = self._said(row, "born", lambda cell: cells.parse_birth(cell, today=self._today))
        if not self._cell(row, "reference", "upn") and (names is None or born is None):
            whose = "reference" if "reference" in self._columns.at else "upn"
            self._fault(row, whose, "a plan's reference, a UPN, or a name and a date of birth")
        given_by = self._person(row)
        on = self._said(row, "on", self._day)
        kind = self._kind_of(row)
        as_it_came, text = self._text(row)
        if len(self.faults) > faults_before or given_by is None or kind is None:
            return None
        return AdviceRow(
            row.line,
            reference,
            upn,
            names,
            born,
            given_by,
            on,
            kind,
            text,
            as_it_came,
            f"{self._file}, line {row.line}",
        )

    def _width(self, row: Row) -> None:
        beyond = row.cells[len(self._columns.headings) :]
        if beyond:
            self.faults.append(
                Fault(
                    row.line,
                    f"after {self._columns.headings[-1]}",
                    beyond[0][: cells.LONGEST],
                    f"{len(self._columns.headings)} cells and not {len(row.cells)}: a cell that "
                    "holds a delimiter must stand in quotation marks",
                )
            )

    def _names(self, row: Row) -> tuple[str, str] | None:
        if "surname" not in self._columns.at or "forename" not in self._columns.at:
            return self._said(row, "name", cells.parse_full_name)
        surname = self._said(row, "surname", lambda cell: cells.short_text(cell, "a surname"))
        forename = self._said(row, "forename", lambda cell: cells.short_text(cell, "a forename"))
        return None if surname is None or forename is None else (surname, forename)

    def _person(self, row: Row) -> str | None:
        what = "a staff id, an e-mail address or a name"
        if not self._cell(row, "from") and self._given_by is not None:
            return self._given_by
        return self._value(row, "from", lambda cell: cells.short_text(cell, what))

    def _kind_of(self, row: Row) -> AdviceKind | None:
        if not self._cell(row, "kind") and self._kind is not None:
            return self._kind
        return self._value(row, "kind", parse_kind)

    def _day(self, cell: str) -> date:
        day = cells.parse_date(cell)
        first = self._today.year - cells.OLDEST
        if day.year < first or day > self._today:
            raise NotRead(cell, f"a day between {first} and {self._today:%d/%m/%Y}")
        return day

    def _text(self, row: Row) -> tuple[str, str]:
        """The text as it came, and as it will be kept."""
        paragraphs: list[str] = []
        for column in self._texts:
            cell = row.cells[column].strip()
            heading = "" if column == self._bare else self._columns.headings[column]
            if cell:
                paragraphs.append(f"{heading}: {cell}" if heading else cell)
        as_it_came = "\n\n".join(paragraphs)
        if len(paragraphs) > (1 if self._cell(row, "subject") else 0):
            try:
                return as_it_came, normalise(as_it_came).text
            except BadInput:
                self._no_text(row, "a text of plain characters, and a shorter one")
        else:
            self._no_text(row, "a text in this column or in another one")
        return "", ""

    def _no_text(self, row: Row, expected: str) -> None:
        column = self._texts[-1]
        heading = self._columns.headings[column] or f"(column {column + 1})"
        self.faults.append(Fault(row.line, heading, "", expected))

    def _cell(self, row: Row, *names: str) -> str:
        """The first of these cells that says something."""
        return next((said for name in names if (said := self._columns.cell(row.cells, name))), "")

    def _said(self, row: Row, name: str, parse: Callable[[str], _T]) -> _T | None:
        return self._value(row, name, parse) if self._cell(row, name) else None

    def _value(self, row: Row, name: str, parse: Callable[[str], _T]) -> _T | None:
        try:
            return parse(self._cell(row, name))
        except NotRead as no:
            self._fault(row, name, no.expected)
            return None

    def _fault(self, row: Row, name: str, expected: str) -> None:
        found = self._cell(row, name)[: cells.LONGEST]
        self.faults.append(Fault(row.line, self._columns.heading(name), found, expected))
