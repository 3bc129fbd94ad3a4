"""Is this file a plan template, and what is wrong with it?

A message names the file, the key or the line, what was found and what was expected.
"""

import difflib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ehcp_flow.errors import BadInput
from ehcp_flow.events import AdviceKind
from ehcp_flow.roles import ROLES
from ehcp_flow.statute.marks import Mark
from ehcp_flow.templates.template import (
    FIRST_YEAR,
    LAST_YEAR,
    LONGEST,
    LONGEST_ID,
    LONGEST_NOTE,
    MOST_SECTIONS,
    AdviceFrom,
    AdvisedBy,
    Appeal,
    Appealable,
    DutyHolder,
    FedBy,
    FromYear,
    Kind,
    Status,
    Template,
    TemplateSection,
    WrittenBy,
)
from ehcp_flow.toml_text import FileOf, cut, first_fault, shown, tables_of, text_of

LARGEST_FILE = 500_000
_FILE = FileOf("a template", "a template", 'id = "support-plan"', LARGEST_FILE)
"""Bytes."""

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": get_args(Kind),
    "status": get_args(Status),
    "mark": get_args(Mark),
    "order": ("fixed", "free"),
    "appealable": get_args(Appeal),
    "written_by": tuple(ROLES),
    "advice": get_args(AdviceKind),
}
"""What may stand where there is a choice: by key, or by the table of which it is a part."""

_TITLE = f"one line of 1 to {LONGEST} characters"
_NOTE = f"one line of 1 to {LONGEST_NOTE:,} characters"

_EXPECTED: Mapping[str, str] = {
    "id": f'an id of small letters, digits and hyphens such as "support-plan", at most {LONGEST_ID}'
    " characters",
    "section.id": f'an id of capitals and digits such as "F", "H1" or "2B.1", at most {LONGEST_ID} '
    "characters",
    "version": "a whole number from 1",
    "title": _TITLE,
    "short": _TITLE,
    "jurisdiction": _TITLE,
    "citation": _NOTE,
    "note": _NOTE,
    "must": _NOTE,
    "not_known": f"a list of texts, each {_NOTE}",
    "also": "a list of words",
    "year": f"a whole number from {FIRST_YEAR} to {LAST_YEAR}",
    "sections": "a list of at least one section of this template",
    "section": f"1 to {MOST_SECTIONS} tables [[section]]",
    "from_year": "tables [[from_year]] with `year`, `sections`, `must`, `citation` and `mark`",
    "duty_holder": "a table with `is`",
    "advised_by": "a table with `is`",
    "duty_holder.is": _TITLE,
    "advised_by.is": "a list of who advises",
    "fed_by": "a table with `is`",
    "fed_by.is": f"a list of kinds of advice: {', '.join(get_args(AdviceKind))}",
}

_TABLES: Mapping[tuple[str, ...], type[BaseModel]] = {
    (): Template,
    ("section",): TemplateSection,
    ("section", "appealable"): Appealable,
    ("section", "duty_holder"): DutyHolder,
    ("section", "advised_by"): AdvisedBy,
    ("section", "fed_by"): FedBy,
    ("section", "written_by"): WrittenBy,
    ("from_year",): FromYear,
    ("from_year", "advice"): AdviceFrom,
}


def read_template(data: bytes, *, name: str) -> Template:
    """Read and check the file of a template.

    Args:
        data: the bytes of the file.
        name: what a message calls it.

    Raises:
        BadInput: it is no TOML in UTF-8, or not as a template is.
    """
    return parse_template(text_of(data, _FILE, name), name=name)


def parse_template(text: str, *, name: str) -> Template:
    """Check a template's text; the arguments and refusals are those of ``read_template``."""
    written = tables_of(text, _FILE, name)
    try:
        return Template.model_validate(written)
    except ValidationError as no:
        raise BadInput(f"{name}{_in_words(first_fault(no), written)}.") from None


@lru_cache(maxsize=64)
def recorded_template(text: str) -> Template:
    """Return a template from the text that was recorded when it was adopted, read once."""
    return parse_template(text, name="the recorded template")


def _in_words(error: ErrorDetails, written: Mapping[str, Any]) -> str:
    loc = error["loc"]
    said: Mapping[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            *table, key = loc
            model = _TABLES[tuple(part for part in table if isinstance(part, str))]
            known = [field.alias or name for name, field in model.model_fields.items()]
            near = difflib.get_close_matches(f"{key}"[:40], known, 1)
            meant = f" (perhaps {near[0]})" if near else ""
            where, keys = _where(table, written), ", ".join(known)
            return f"{where}: found the key {shown(key)}, expected one of {keys}{meant}"
        case "missing":
            *table, key = loc
            return f"{_where(table, written)}: {key} is missing, expected {_expected(loc)[0]}"
        case "told":
            return f": {said['told']}"
        case _:
            found: object = error["input"]
            expected, choices = _expected(loc)
            near = difflib.get_close_matches(f"{found}"[:40], choices, 1) if choices else []
            meant = f" (perhaps {near[0]})" if near else ""
            return f"{_where(loc, written)}: found {shown(found)}, expected {expected}{meant}"


def _expected(loc: Sequence[int | str]) -> tuple[str, Sequence[str]]:
    """What may stand where these keys lead to, in words, and the choices if there are any."""
    keys = [part for part in loc if isinstance(part, str)]
    if not keys:
        return "a template", ()
    key = keys[-1]
    if keys == ["section", "id"]:
        return _EXPECTED["section.id"], ()
    if keys[0] == "from_year" and key == "sections" and isinstance(loc[-1], int):
        return _EXPECTED["section.id"], ()
    table = keys[-2] if len(keys) > 1 else ""
    if (key == "is" or (key == "kind" and table == "advice")) and table in _CHOICES:
        key = table
    elif key == "is":
        key = f"{table}.is"
    elif key in ("appealable", "written_by", "advice"):
        return f"a table with `{'kind' if key == 'advice' else 'is'}`", ()
    if key in _CHOICES:
        return f"one of {', '.join(_CHOICES[key])}", _CHOICES[key]
    return _EXPECTED.get(key, _NOTE), ()


def _where(loc: Sequence[int | str], written: Mapping[str, Any]) -> str:
    """``("section", 5, "kind")`` is the key kind of the sixth [[section]], which may be F."""
    said = ""
    for depth, part in enumerate(loc):
        if isinstance(part, int):
            of_section = depth == 1 and loc[0] == "section"
            said += f" {part + 1}{_named(written, part) if of_section else ''}"
            continue
        table = depth == 0 and part in ("section", "from_year")
        said += f", [[{part}]]" if table else f", {part}"
    return said


def _named(written: Mapping[str, Any], number: int) -> str:
    """The id of a section, in brackets, when it has one that can be shown."""
    try:
        id = written["section"][number]["id"]
    except (KeyError, IndexError, TypeError):
        return ""
    return f" ({cut(id, 20)})" if isinstance(id, str) and id.isprintable() and id else ""
