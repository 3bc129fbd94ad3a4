"""Which facts does a file hold, of which plans and days, and what does each say?

Every row is one fact. A row says nothing in the columns of fields that its fact does not have.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from ehcp_flow.errors import BadInput, NotFound
from ehcp_flow.importing import fields as cells
from ehcp_flow.importing.faults import Fault, NotRead, read_to_import
from ehcp_flow.importing.headings import (
    IGNORED,
    Columns,
    Field,
    Fields,
    Understood,
    find_columns,
    known,
    require,
)
from ehcp_flow.importing.reading import CellReader
from ehcp_flow.importing.table import Row, Table
from ehcp_flow.statute.facts import RESERVED, FactKind, Facts

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact, as one good row has it."""

    line: int
    plan: str
    """The plan's reference or the pupil's UPN."""
    fact: str
    on: date
    because: str | None
    to: tuple[str, ...]
    """Who was sent the version that is issued with it, each as ``ROLE: NAME``."""
    said: tuple[tuple[str, str], ...]
    """Name and value of its fields; people as often as there are people."""


@dataclass(frozen=True, slots=True)
class FactFile:
    """What a file of facts says."""

    understood: Understood
    facts: tuple[FactRow, ...]
    faults: tuple[Fault, ...]
    """By line."""
    rows: int
    _columns: Columns

    def with_faults(self, found: Sequence[tuple[int, str, str, str]]) -> "FactFile":
        """Return the same with faults that only show beside the plans and people here.

        Args:
            found: line, field, what was found and what was expected.
        """
        more = [
            Fault(line, self._columns.heading(name), cell[: cells.LONGEST], expected)
            for line, name, cell, expected in found
        ]
        return replace(self, faults=tuple(sorted((*self.faults, *more))))

    @property
    def faulty_lines(self) -> tuple[int, ...]:
        """The lines on which there is a fault, each once."""
        return tuple(dict.fromkeys(fault.line for fault in self.faults))


def fields_of(facts: Facts) -> Fields:
    """Return what a file of facts can say: of every fact, and in the fields of each."""
    named = {one.name: one for kind in facts.facts for one in kind.fields}
    return known(
        Field("plan", "the plan's reference", ("Plan Reference", "Reference", "UPN")),
        Field("fact", "which fact it is", ("Event",)),
        Field("on", "the day on which it happened", ("Date", "Day", "Happened On")),
        Field("because", "the reason, in words", ("Reason",)),
        Field("to", "who was sent the version that is issued with it", ("Recipients",)),
        *(Field(name, one.says, ()) for name, one in named.items()),
    )


def read_facts(
    source: bytes | Path,
    *,
    facts: Facts,
    mapping: Mapping[str, str] | None = None,
    name: str | None = None,
) -> FactFile:
    """Read a file with one fact a row.

    Args:
        source: the content of the file, or where it is.
        facts: the catalogue.
        mapping: field by heading, for headings that are not known or not meant so; one mapped to
            ``ignored`` is left out.
        name: what to call the file in messages.

    Raises:
        BadInput: it cannot be read at all, does not say what is needed, or has a heading that
            stands for nothing.
    """
    mapping = mapping or {}
    known_fields = fields_of(facts)
    table = read_to_import(source, name)
    columns = find_columns(table, known_fields, mapping)
    require(columns, known_fields, (("plan",), ("fact",), ("on",)))
    _nothing_left_out(table, columns, known_fields, mapping)
    reader = _Reader(columns, facts, [*known_fields])
    read = [reader.read(row) for row in table.rows]
    return FactFile(
        columns.understood,
        tuple(row for row in read if row is not None),
        tuple(sorted(reader.faults)),
        len(read),
        columns,
    )


def _nothing_left_out(
    table: Table, columns: Columns, fields: Fields, mapping: Mapping[str, str]
) -> None:
    """Refuse a heading that nobody knows: what stands beneath it would be lost unseen."""
    left_out = {heading.casefold() for heading, field in mapping.items() if field == IGNORED}
    for heading in columns.understood.ignored:
        if heading.casefold() in left_out:
            continue
        near = difflib.get_close_matches(heading.casefold()[:60], list(fields), 1, cutoff=0.5)
        hint = f", did you mean {near[0]!r}?" if near else ":"
        raise BadInput(
            f"{table.name}: the heading {heading[:60]!r} is no field of any fact{hint} rename it, "
            f'or leave it out with --map "{heading[:60]}={IGNORED}".'
        )


class _Reader(CellReader):
    def __init__(self, columns: Columns, facts: Facts, fields: Sequence[str]) -> None:
        super().__init__(columns)
        self._facts = facts
        self._fields = [name for name in fields if name in columns.at and name not in RESERVED]

    def read(self, row: Row) -> FactRow | None:
        """The fact of a row, ``None`` when it has a fault."""
        faults_before = len(self.faults)
        self._width(row)
        plan = self._value(row, "plan", lambda cell: cells.short_text(cell, "a plan's reference"))
        kind = self._value(row, "fact", self._kind)
        on = self._value(row, "on", cells.parse_date)
        said = () if kind is None else tuple(self._said(row, kind))
        if len(self.faults) > faults_before or plan is None or kind is None or on is None:
            return None
        because = self._columns.cell(row.cells, "because") or None
        to = _several(self._columns.cell(row.cells, "to"))
        return FactRow(row.line, plan, kind.id, on, because, to, said)

    def _kind(self, cell: str) -> FactKind:
        try:
            return self._facts.fact("-".join(cell.casefold().split()))
        except NotFound as no:
            near = str(no).partition("did you mean ")[2].partition("?")[0]
            hint = f", perhaps {near}" if near else ""
            raise NotRead(cell, f"a fact, as `record --list` shows them{hint}") from None

    def _said(self, row: Row, kind: FactKind) -> Sequence[tuple[str, str]]:
        said: list[tuple[str, str]] = []
        known = {one.name: one for one in kind.fields}
        for name in self._fields:
            cell = self._columns.cell(row.cells, name)
            if not cell:
                continue
            if name not in known:
                others = ", ".join(known) or "none"
                expected = f"nothing, for {kind.id} has no such field (it has {others})"
                self._fault(row, self._columns.heading(name), cell, expected)
            elif known[name].kind == "people":
                said += [(name, one) for one in _several(cell)]
            else:
                said.append((name, _as_iso(cell) if known[name].kind == "day" else cell))
        return said


def _as_iso(cell: str) -> str:
    """A day in any of the ways that exports write one; what is none is told by whoever reads it."""
    try:
        return cells.parse_date(cell).isoformat()
    except NotRead:
        return cell


def _several(cell: str) -> tuple[str, ...]:
    """The people that a cell keeps apart by semicolons or new lines."""
    pieces = (piece.strip() for piece in cell.replace("\n", ";").replace("\r", ";").split(";"))
    return tuple(piece for piece in pieces if piece)
