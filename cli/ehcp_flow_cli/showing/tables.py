"""A list of rows: a table on a terminal, plain columns in a pipe, CSV or JSON when asked."""

import csv
import io
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, cast

import click

from ehcp_flow_cli.showing.harmless import cell

_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def show_rows(
    rows: Sequence[Mapping[str, Any]],
    columns: Mapping[str, str],
    *,
    as_json: bool = False,
    as_csv: bool = False,
    empty: str = "Nothing.",
) -> None:
    """Show rows in the way that was asked for.

    Args:
        rows: the values by key; JSON shows all of them, the others those of ``columns``.
        columns: heading by key, in order.
        as_json: a JSON list.
        as_csv: comma-separated, a heading line first, cells that a spreadsheet would run made
            inert.
        empty: what to say on a terminal or in a pipe when there are no rows.
    """
    if as_json:
        show_json(rows)
    elif as_csv:
        click.echo(_csv(rows, columns), nl=False)
    elif not rows:
        click.echo(empty)
    elif sys.stdout.isatty():
        _table(rows, columns)
    else:
        _columns(rows, columns)


def show_json(value: object) -> None:
    """Print a value as JSON; characters that steer a terminal come as their escapes."""
    click.echo(to_json(value))


def to_json(value: object) -> str:
    """Return a value as JSON; characters that steer a terminal come as their escapes."""
    text = json.dumps(plain(value), ensure_ascii=False, indent=2)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(value: object) -> object:
    """Return a value as what JSON knows: dates in ISO 8601, tuples as lists."""
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
        return [plain(one) for one in cast("Sequence[object]", value)]
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return str(value)


def _csv(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> str:
    from ehcp_flow.importing.table import inert

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns.values())
    for row in rows:
        values = ["" if row[key] is None else str(row[key]) for key in columns]
        if sys.stdout.isatty():
            values = [cell(value) for value in values]
        writer.writerow(inert(value) for value in values)
    return out.getvalue()


def _columns(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    lines = [list(columns.values())]
    lines += [[cell(row[key]) for key in columns] for row in rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(columns))]
    for line in lines:
        padded = (text.ljust(width) for text, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def _table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(row[key])) for key in columns))
    Console().print(table)
