"""What is wrong with which cell of which line, and how do faulty rows come back mended?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ehcp_flow.importing.table import Row, Table, bare, read_table, write_table

MEND = "What to mend"
"""Heading of the column that says what is wrong. It comes first and is left out when read again."""


class NotRead(ValueError):
    """A cell does not say what its column should: what was found, and what was expected."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"found {found!r}, expected {expected}")
        self.found = found
        self.expected = expected


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong with a row.

    ``found`` is the cell as it stands in the file, so it may hold control characters: show it
    harmlessly.
    """

    line: int
    column: str
    """The heading as the file has it."""
    found: str
    expected: str


def read_to_import(source: bytes | Path, name: str | None = None) -> Table:
    """Read a file of rows; in one that ``to_mend`` wrote, undo what it did.

    Raises:
        BadInput: as ``read_table``.
    """
    table = read_table(source, name=name)
    if MEND not in table.headings:
        return table
    at = table.headings.index(MEND)

    def without(cells: Sequence[str]) -> tuple[str, ...]:
        return tuple(bare(cell) for n, cell in enumerate(cells) if n != at)

    rows = tuple(Row(row.line, without(row.cells)) for row in table.rows)
    return replace(table, headings=without(table.headings), rows=rows)


def to_mend(table: Table, rows: Iterable[Row], faults: Sequence[Fault]) -> str:
    """Return CSV text of rows with what to mend in each, to be mended and imported again.

    Headings and cells are those of the file. Cells that a spreadsheet would compute have been made
    inert; importing this text undoes it.
    """
    said: dict[int, list[str]] = {}
    for fault in faults:
        said.setdefault(fault.line, []).append(f"{fault.column}: expected {fault.expected}")
    return write_table(
        (MEND, *table.headings), ((". ".join(said.get(row.line, ())), *row.cells) for row in rows)
    )
