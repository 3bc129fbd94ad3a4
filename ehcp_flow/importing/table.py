"""What is in this file of rows and columns, and how is one written that harms no spreadsheet?"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ehcp_flow.errors import BadInput

LARGEST_FILE = 50_000_000
"""Bytes; a school's export of 2,000 pupils is under one million."""

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
"""What may stand between two cells, and its name; earlier ones win when several would do."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8 with a byte-order mark"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_NOT_TABLES = (
    (b"PK\x03\x04", "a zipped file such as a spreadsheet (.xlsx, .ods)"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet (.xls)"),
    (b"%PDF", "a PDF"),
)
_UTF8_SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_SAID_DELIMITER = re.compile(r"sep=([,;\t|])[\r\n]*", re.IGNORECASE)
_TOTAL = re.compile(
    r"(grand |sub-?)?totals?\b[^\d]*[\d,. ]*|(count|number)( of \w+)?s?\s*[:=]?\s*[\d,. ]*",
    re.IGNORECASE,
)
_LONGEST_TOTAL = 100
_NUMBER = re.compile(r"[\d.,\s%]+")

FORMULA_STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""First characters on which spreadsheets compute instead of showing the cell.

The last four are the full-width forms. Source: OWASP, CSV Injection.
"""
_ACTIVE = re.compile(f"'*[{re.escape(FORMULA_STARTS)}]")


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file: the line on which it starts, counted from 1, and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows and columns as it came.

    Every row has at least as many cells as there are headings; cells that the file left out at the
    end are empty. A row with more cells than headings keeps them all.
    """

    name: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str
    delimiter: str
    """The name of what stands between two cells, such as ``comma``."""


def file_bytes(source: bytes | Path, name: str | None = None) -> tuple[bytes, str]:
    """Return the content of a file and the name to call it by.

    Raises:
        BadInput: it cannot be read, or holds more than LARGEST_FILE bytes.
    """
    if isinstance(source, bytes):
        data, name = source, name or "The file"
    else:
        name = name or source.name
        try:
            with source.open("rb") as file:
                data = file.read(LARGEST_FILE + 1)
        except (OSError, ValueError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or "not a usable path"
            raise BadInput(
                f"{source} cannot be read ({why}): check the name and try again."
            ) from None
    if len(data) > LARGEST_FILE:
        raise BadInput(
            f"{name} holds more than {LARGEST_FILE // 1_000_000} MB, far more than expected: "
            "check that it is the right file, or split it."
        )
    return data, name


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding.

    A byte-order mark says which it is; without one it is UTF-8, or Windows-1252 when it cannot be
    UTF-8.

    Raises:
        BadInput: it is no text, or is broken.
    """
    for start, what in _NOT_TABLES:
        if data.startswith(start):
            raise BadInput(
                f"{name} is {what}, and a text file is expected: open it in the program that made "
                "it and save it as CSV (UTF-8) or plain text."
            )
    text, encoding = _decoded(data, name)
    nul = text.find("\0")
    if nul >= 0:
        line = text.count("\n", 0, nul) + 1
        raise BadInput(
            f"{name}, line {line}: a NUL was found, and plain text is expected: save the file as "
            "CSV or plain text in UTF-8."
        )
    return text, encoding


def _decoded(data: bytes, name: str) -> tuple[str, str]:
    for mark, codec, called in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(codec), called
            except UnicodeDecodeError as error:
                raise _broken(data, error.start, name, called) from None
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        # Letters that are UTF-8 would come out of Windows-1252 as rubbish that nobody notices.
        whole, rest = _UTF8_SEQUENCE.subn(b"", data)
        if rest > len(_HIGH_BYTE.findall(whole)):
            raise _broken(data, error.start, name, "UTF-8 like the rest of it") from None
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        raise _broken(data, error.start, name, "UTF-8 or Windows-1252") from None


def _broken(data: bytes, at: int, name: str, expected: str) -> BadInput:
    line = data.count(b"\n", 0, at) + 1
    found = f"the byte {data[at]:02X} was" if at < len(data) else "the end was"
    return BadInput(
        f"{name}, line {line}: {found} found where text in {expected} is expected: "
        "export the file again, or save it as UTF-8."
    )


def read_table(source: bytes | Path, *, name: str | None = None) -> Table:
    """Read a delimited file: headings on the first line that is not blank, then rows.

    Blank lines and lines of totals are passed over. Line numbers are physical: a quoted cell that
    spans lines counts them all.

    Args:
        source: the content of the file, or where it is.
        name: what to call it in messages.

    Raises:
        BadInput: it is too large, no text, empty, has a heading twice, or its quotes do not match.
    """
    data, name = file_bytes(source, name)
    text, encoding = decode(data, name)
    lines = list(io.StringIO(text, newline=""))
    skipped = 0
    said = _SAID_DELIMITER.fullmatch(lines[0]) if lines else None
    if said:
        lines, skipped = lines[1:], 1
    delimiter = said[1] if said else _guess(lines)
    records = [
        row for row in _records(lines, delimiter, name, skipped) if any(map(str.strip, row.cells))
    ]
    if not records:
        raise BadInput(
            f"{name} is empty: a line of headings and a line for each entry are expected."
        )
    headings = tuple(cell.strip() for cell in records[0].cells)
    _no_heading_twice(headings, records[0].line, name)
    rows = tuple(_filled(row, len(headings)) for row in records[1:] if not _is_total(row.cells))
    return Table(name, headings, rows, encoding, DELIMITERS[delimiter])


def _guess(lines: Sequence[str]) -> str:
    """The delimiter that cuts the headings into most cells: headings seldom hold one themselves."""
    heading = next((line for line in lines if line.strip()), "")

    def cells(delimiter: str) -> int:
        try:
            return max((len(row) for row in csv.reader([heading], delimiter=delimiter)), default=0)
        except csv.Error:
            return 0

    return max(DELIMITERS, key=cells)


def _records(lines: Sequence[str], delimiter: str, name: str, skipped: int) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    start = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadInput(_about_quotes(error, name, start + skipped)) from None
        yield Row(start + skipped, tuple(cells))
        start = reader.line_num + 1


def _about_quotes(error: csv.Error, name: str, line: int) -> str:
    if "field limit" in str(error):
        return (
            f"{name}, line {line}: a cell of more than {csv.field_size_limit():,} characters was "
            "found, and short cells are expected: look for a quotation mark that is never closed."
        )
    return (
        f"{name}, line {line}: a quotation mark was found that does not match, and a cell that "
        'starts with " must end with one (and hold others as ""): mend the line or export again.'
    )


def _no_heading_twice(headings: Sequence[str], line: int, name: str) -> None:
    seen: dict[str, int] = {}
    for column, heading in enumerate(headings, 1):
        key = heading.casefold()
        if key and key in seen:
            raise BadInput(
                f"{name}, line {line}: the heading {heading[:80]!r} was found in columns "
                f"{seen[key]} and {column}, and each is expected once: rename or remove one."
            )
        seen[key] = column


def _filled(row: Row, width: int) -> Row:
    cells = row.cells
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return Row(row.line, cells + ("",) * (width - len(cells)))


def _is_total(cells: Sequence[str]) -> bool:
    """Whether a line holds nothing but a word for a total and numbers: nobody's row does."""
    first, *others = [cell.strip() for cell in cells if cell.strip()]
    if len(first) > _LONGEST_TOTAL or not _TOTAL.fullmatch(first):
        return False
    return all(map(_NUMBER.fullmatch, others))


def inert(cell: str) -> str:
    """Return a cell as it can be opened in a spreadsheet: one that would be computed is quoted.

    A leading apostrophe makes it text. A cell that starts with apostrophes before such a character
    gets one more, so that ``bare`` gives back every cell exactly.
    """
    return f"'{cell}" if _ACTIVE.match(cell) else cell


def bare(cell: str) -> str:
    """Return a cell as it was before ``inert``."""
    return cell[1:] if cell.startswith("'") and _ACTIVE.match(cell) else cell


def write_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return CSV text with CRLF line ends (RFC 4180), every cell made inert.

    Write it to a file as ``utf-8-sig`` with ``newline=""``: spreadsheets then know the encoding.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([inert(heading) for heading in headings])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return out.getvalue()
