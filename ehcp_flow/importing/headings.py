"""Which heading of a file stands for which field?

No school information system has fixed headings: they are whatever the school named its report.
So headings are known by many names, can be mapped by hand, and a mapping can be kept in a file.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ehcp_flow.errors import BadInput
from ehcp_flow.importing.table import Table

IGNORED = "ignored"
"""A heading mapped to this is left out, whatever its name."""


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a column can say, and the headings under which it is known."""

    name: str
    says: str
    aliases: tuple[str, ...]
    """Headings it is known by, the most telling first; its own name comes last."""


Fields = Mapping[str, Field]


def known(*fields: Field) -> Fields:
    """Return fields by name."""
    return {field.name: field for field in fields}


@dataclass(frozen=True, slots=True)
class Understood:
    """How a file was read: to be shown before anything is imported."""

    file: str
    encoding: str
    delimiter: str
    headings: tuple[tuple[str, str], ...]
    """Heading and the field that it stands for, in the file's order."""
    ignored: tuple[str, ...]
    """Headings that stand for nothing here."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field of a file is."""

    understood: Understood
    at: Mapping[str, int]
    """Column, counted from 0, by field."""
    headings: tuple[str, ...]

    def cell(self, cells: Sequence[str], field: str) -> str:
        """The cell of a field without white space around it; empty when the file has no such."""
        column = self.at.get(field)
        return "" if column is None else cells[column].strip()

    def heading(self, field: str) -> str:
        """The heading of a field as the file has it, or the field's own name."""
        column = self.at.get(field)
        return field if column is None else self.headings[column]


def find_columns(table: Table, fields: Fields, mapping: Mapping[str, str] | None = None) -> Columns:
    """Say which column of a table is which field; what is mapped by hand comes first.

    Raises:
        BadInput: the mapping names a heading that the file has not, a field that does not exist,
            or one field twice.
    """
    at = _mapped(table, fields, mapping or {})
    left_out = {column for field, column in at if field == IGNORED}
    taken = {field: column for field, column in at if field != IGNORED}
    free = {
        _key(heading): column
        for column, heading in enumerate(table.headings)
        if column not in left_out and column not in taken.values()
    }
    for name, field in fields.items():
        if name in taken:
            continue
        keys = map(_key, (*field.aliases, name))
        column = next((free[key] for key in keys if key in free), None)
        if column is not None:
            taken[name] = column
    field_of = {column: name for name, column in taken.items()}
    headings = table.headings
    understood = Understood(
        table.name,
        table.encoding,
        table.delimiter,
        tuple((headings[column], field_of[column]) for column in sorted(field_of)),
        tuple(
            heading or f"(column {column + 1})"
            for column, heading in enumerate(headings)
            if column not in field_of
        ),
    )
    return Columns(understood, taken, headings)


def _mapped(table: Table, fields: Fields, mapping: Mapping[str, str]) -> list[tuple[str, int]]:
    columns = {_folded(heading): column for column, heading in enumerate(table.headings)}
    found: list[tuple[str, int]] = []
    for heading, field in mapping.items():
        _check_field(field, fields, f"the mapping of {heading!r}")
        column = columns.get(_folded(heading))
        if column is None:
            raise BadInput(
                f"{table.name} has no heading {heading!r} to map to {field}: its headings are "
                f"{_listed(table.headings)}."
            )
        other = next((c for f, c in found if f == field and f != IGNORED), None)
        if other is not None:
            raise BadInput(
                f"{table.headings[other]!r} and {heading!r} are both mapped to {field}: "
                "map one of them."
            )
        found.append((field, column))
    return found


def require(
    columns: Columns, fields: Fields, wanted: Iterable[Sequence[str]], *, instead: str = ""
) -> None:
    """Make sure that a file says what cannot be done without.

    Args:
        columns: where the fields are.
        fields: what they say.
        wanted: groups of fields of which one must be there.
        instead: one more thing that can be done, as a sentence.

    Raises:
        BadInput: one is missing.
    """
    missing = [group[0] for group in wanted if not any(field in columns.at for field in group)]
    if not missing:
        return
    what = "; ".join(f"{fields[name].says} ({name})" for name in missing)
    raise BadInput(
        f"{columns.understood.file} has no heading for {what}: say which one it is with "
        f'--map "HEADING={missing[0]}"{instead}; the headings found are '
        f"{_listed(columns.headings)}."
    )


def parse_map(said: Iterable[str], fields: Fields) -> dict[str, str]:
    """Return field by heading from texts such as ``Child's name=name``.

    The field stands after the last equals sign.

    Raises:
        BadInput: one has no equals sign, no heading, or names no known field.
    """
    mapping: dict[str, str] = {}
    for text in said:
        heading, equals, field = text.rpartition("=")
        heading, field = heading.strip(), field.strip()
        if not equals or not heading:
            raise BadInput(f'{text!r} maps nothing: write --map "HEADING=FIELD".')
        _check_field(field, fields, f"the mapping {text!r}")
        mapping[heading] = field
    return mapping


def mapping_to_toml(mapping: Mapping[str, str]) -> str:
    """Return a mapping as the text of a TOML file that ``mapping_from_toml`` reads."""
    lines = ["# Which heading of the export stands for which field.", "[headings]"]
    lines += [f"{_quoted(heading)} = {_quoted(field)}" for heading, field in mapping.items()]
    return "\n".join(lines) + "\n"


def mapping_from_toml(text: str, fields: Fields, *, name: str = "The mapping") -> dict[str, str]:
    """Return field by heading from the text of a TOML file with a table ``[headings]``.

    Raises:
        BadInput: it is no TOML, has no such table, or a heading stands for no known field.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name} is not TOML: {error}.") from None
    others = sorted(set(document) - {"headings"})
    if others:
        raise BadInput(f"{name}: {others[0]!r} is not expected: only the table [headings] is.")
    if not isinstance(document.get("headings"), dict):
        raise BadInput(
            f"{name}: the table [headings] is missing: write it with a line "
            '"HEADING" = "FIELD" for each heading.'
        )
    said: dict[str, object] = document["headings"]
    return {heading: _field_said(heading, field, fields, name) for heading, field in said.items()}


def _field_said(heading: str, field: object, fields: Fields, name: str) -> str:
    if not isinstance(field, str):
        raise BadInput(f"{name}, headings.{heading}: {field!r} is not a field's name in quotes.")
    _check_field(field, fields, f"{name}, headings.{heading}")
    return field


def _check_field(field: str, fields: Fields, where: str) -> None:
    if field not in fields and field != IGNORED:
        raise BadInput(
            f"In {where}, {field!r} is no field: the fields are {', '.join(fields)} and {IGNORED}."
        )


def _key(heading: str) -> str:
    """A heading without case, spaces and marks: ``LEGAL_SURNAME`` is ``Legal Surname``."""
    return re.sub(r"[\W_]+", "", heading.casefold())


def _folded(heading: str) -> str:
    return " ".join(heading.casefold().split())


def _quoted(text: str) -> str:
    """A TOML basic string (TOML 1.0, String)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04X}", escaped) + '"'


def _listed(headings: Sequence[str]) -> str:
    said = [repr(heading[:60]) for heading in headings if heading]
    more = f" and {len(said) - 30} more" if len(said) > 30 else ""
    return (", ".join(said[:30]) or "none") + more
