"""A cell at a time: what it says, or what is wrong with it."""

from collections.abc import Callable
from typing import TypeVar

from ehcp_flow.importing import fields as cells
from ehcp_flow.importing.faults import Fault, NotRead
from ehcp_flow.importing.headings import Columns
from ehcp_flow.importing.table import Row

_T = TypeVar("_T")


class CellReader:
    """Reads the cells of a file's rows, and keeps what is wrong with them."""

    def __init__(self, columns: Columns) -> None:
        self.faults: list[Fault] = []
        self._columns = columns

    def _value(self, row: Row, field: str, parse: Callable[[str], _T]) -> _T | None:
        """What a cell says; ``None`` when it cannot be read, which is then a fault."""
        cell = self._columns.cell(row.cells, field)
        try:
            return parse(cell)
        except NotRead as no:
            self._fault(row, self._columns.heading(field), cell, no.expected)
            return None

    def _width(self, row: Row) -> None:
        """Find cells for which there is no heading."""
        beyond = row.cells[len(self._columns.headings) :]
        if beyond:
            self._fault(
                row,
                f"after {self._columns.headings[-1]}",
                beyond[0],
                f"{len(self._columns.headings)} cells and not {len(row.cells)}: a cell that holds "
                "a delimiter must stand in quotation marks",
            )

    def _fault(self, row: Row, column: str, found: str, expected: str) -> None:
        self.faults.append(Fault(row.line, column, found[: cells.LONGEST], expected))
