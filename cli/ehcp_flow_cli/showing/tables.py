"""A list of rows: a table on a terminal, plain columns in a pipe, CSV or JSON when asked."""

import csv
import io
import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, cast

import click

from ehcp_flow_cli.showing.harmless import cell, harmless

_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

_GAP = "  "

_SHORT = 17
"""Widest column that is never broken: an instant to the minute takes 16 places."""

_LONGEST_WORD = 21
"""Longest word that is never broken: no stored name of an event is longer."""

_NARROWEST = 14
"""Width below which a cell is read better on a line of its own."""

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """What people read in a column, when that is not just one value of the row."""

    heading: str
    shown: Callable[[_Row], object]
    colour: Callable[[_Row], str | None] = lambda _: None
    """On a terminal."""


def show_rows(
    rows: Sequence[_Row],
    columns: Mapping[str, str | Column],
    *,
    fields: Sequence[str] | None = None,
    as_json: bool = False,
    as_csv: bool = False,
    empty: str = "Nothing.",
) -> None:
    """Show rows in the way that was asked for.

    Args:
        rows: the values by key; JSON shows all of them.
        columns: heading by key, or what to show, in order.
        fields: the keys that CSV shows, under their own names; without it those of ``columns``.
        as_json: a JSON list.
        as_csv: comma-separated, a heading line first, cells that a spreadsheet would run made
            inert.
        empty: what to say on a terminal or in a pipe when there are no rows.
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv are two forms: choose one.")
    if as_json:
        show_json(rows)
    elif as_csv:
        click.echo(_csv(rows, columns, fields), nl=False)
    elif not rows:
        click.echo(cell(empty))
    elif sys.stdout.isatty():
        _table(rows, columns)
    else:
        _columns(rows, columns)


def show_json(value: object) -> None:
    """Print a value as JSON; characters that steer a terminal come as their escapes."""
    click.echo(to_json(value))


def to_json(value: object) -> str:
    """Return a value as JSON; characters that steer a terminal come as their escapes."""
    from pydantic_core import to_json as encode

    try:
        # The encoder of the standard library takes six times as long once it indents.
        text = encode(plain(value), indent=2).decode()
    except ValueError:
        # Half a character, of a name that is no text.
        text = json.dumps(plain(value), ensure_ascii=False, indent=2)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(value: object) -> object:
    """Return a value as what JSON knows: dates in ISO 8601, tuples as lists, named ones by name."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        entries = cast("Mapping[object, object]", value)
        return {str(key): plain(one) for key, one in entries.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(one) for one in cast("frozenset[object]", value))
    if isinstance(value, list | tuple):
        names: Sequence[str] | None = getattr(cast("object", value), "_fields", None)
        several = [plain(one) for one in cast("Sequence[object]", value)]
        return several if names is None else dict(zip(names, several, strict=True))
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return str(value)


def _said(value: object, between: str = " ") -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return between.join(map(str, cast("Sequence[object]", value)))
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


# CSV --------------------------------------------------------------------------------------------


def _csv(
    rows: Sequence[_Row], columns: Mapping[str, str | Column], fields: Sequence[str] | None
) -> str:
    from ehcp_flow.importing.table import inert

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if fields is None:
        writer.writerow([_heading(column) for column in columns.values()])
    else:
        writer.writerow(fields)
    for row in rows:
        values = _shown(row, columns) if fields is None else [row[key] for key in fields]
        # Also in a file or a pipe: CSV is looked at with `head` before a spreadsheet opens it.
        writer.writerow([inert(harmless(_said(value, "; "))) for value in values])
    return out.getvalue()


def _heading(column: str | Column) -> str:
    return column if isinstance(column, str) else column.heading


def _shown(row: _Row, columns: Mapping[str, str | Column]) -> list[object]:
    return [
        row[key] if isinstance(column, str) else column.shown(row)
        for key, column in columns.items()
    ]


# In a pipe --------------------------------------------------------------------------------------


def _columns(rows: Sequence[_Row], columns: Mapping[str, str | Column]) -> None:
    lines = [[_heading(column) for column in columns.values()]]
    lines += [[cell(_said(value)) for value in _shown(row, columns)] for row in rows]
    widths = _widths(lines)
    for line in lines:
        click.echo(_GAP.join(map(_padded, line, widths)).rstrip())


def _widths(lines: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(width, column)) for column in zip(*lines, strict=True)]


def _padded(text: str, wide: int) -> str:
    return text + " " * (wide - width(text))


def width(text: str) -> int:
    """Return how many places of a line a text takes.

    Source: Unicode Standard Annex 11 (wide and full-width characters); marks take none.
    """
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


# On a terminal ----------------------------------------------------------------------------------


def _table(rows: Sequence[_Row], columns: Mapping[str, str | Column]) -> None:
    headings = [_heading(column) for column in columns.values()]
    grid = [[cell(_said(value)) for value in _shown(row, columns)] for row in rows]
    natural = _widths([headings, *grid])
    said = [n for n in range(len(headings)) if any(line[n] for line in grid)]
    needed = {n: _needed(natural[n], [headings[n], *(line[n] for line in grid)]) for n in said}
    across, beneath = _layout(
        {n: natural[n] for n in said}, needed, shutil.get_terminal_size().columns
    )
    click.echo(click.style(_line({n: headings[n] for n in across}, across), bold=True))
    for row, cells in zip(rows, grid, strict=True):
        colours = [None if isinstance(c, str) else c.colour(row) for c in columns.values()]
        for part in _parts({n: list(_wrapped(cells[n], across[n])) for n in across}):
            click.echo(_line(part, across, colours))
        for n, wide in beneath.items():
            for text in _wrapped(f"{headings[n]}: {cells[n]}", wide) if cells[n] else ():
                click.echo(f"{_GAP}{_GAP}{text}")


def _needed(natural: int, texts: Sequence[str]) -> int:
    """How narrow a column may become."""
    if natural <= _SHORT:
        return natural
    words = (width(word) for text in texts for word in text.split())
    return max([_NARROWEST, *(size for size in words if size <= _LONGEST_WORD)])


def _layout(
    natural: Mapping[int, int], needed: Mapping[int, int], room: int
) -> tuple[dict[int, int], dict[int, int]]:
    """How wide each column is, and which ones get lines of their own beneath the others."""
    across = dict(natural)
    beneath: dict[int, int] = {}
    while sum(across.values()) + len(_GAP) * (len(across) - 1) > room:
        wide = [n for n in across if natural[n] > _SHORT]
        if not wide:
            break
        spare = room - len(_GAP) * (len(across) - 1) - sum(needed[n] for n in across)
        if spare < 0:
            beneath = {wide[-1]: room - 2 * len(_GAP), **beneath}
            del across[wide[-1]]
            continue
        across |= _share(spare, {n: needed[n] for n in wide}, natural)
        break
    return across, beneath


def _share(spare: int, needed: Mapping[int, int], natural: Mapping[int, int]) -> dict[int, int]:
    """Give each column what it needs, and an equal part of what is left as far as it wants it."""
    given: dict[int, int] = {}
    by_want = sorted(needed, key=lambda n: natural[n] - needed[n])
    for place, n in enumerate(by_want):
        more = min(natural[n] - needed[n], spare // (len(needed) - place))
        given[n] = needed[n] + more
        spare -= more
    return given


def _parts(wrapped: Mapping[int, Sequence[str]]) -> Iterator[dict[int, str]]:
    for at in range(max(map(len, wrapped.values()), default=0)):
        yield {n: lines[at] if at < len(lines) else "" for n, lines in wrapped.items()}


def _line(
    texts: Mapping[int, str], widths: Mapping[int, int], colours: Sequence[str | None] = ()
) -> str:
    last = max((n for n, text in texts.items() if text), default=-1)
    pieces: list[str] = []
    for n, text in texts.items():
        if n > last:
            break
        padding = "" if n == last else " " * (widths[n] - width(text))
        colour = colours[n] if colours else None
        pieces.append((click.style(text, fg=colour) if colour and text else text) + padding)
    return _GAP.join(pieces)


def _wrapped(text: str, wide: int) -> Iterator[str]:
    """The lines into which a text is broken: between words, and within one that is too long."""
    wide = max(wide, 1)
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if width(longer) <= wide:
            line = longer
            continue
        if line:
            yield line
        line = word
        while width(line) > wide and len(line) > 1:
            cut = _fitting(line, wide)
            yield line[:cut]
            line = line[cut:]
    yield line


def _fitting(text: str, wide: int) -> int:
    taken = 0
    for at, character in enumerate(text):
        taken += _width(character)
        if taken > wide:
            return max(at, 1)
    return len(text)
