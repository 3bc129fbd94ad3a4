"""From the bytes of a file that people write by hand to its tables, and from what is wrong with it
to a sentence.

What the tables may hold is for whoever reads them to say: templates, operating models, cycle files.
"""

import re
import tomllib
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ehcp_flow.errors import BadInput

_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)


class FileOf(NamedTuple):
    """What a kind of file is called, and how large it can be."""

    is_a: str
    """With its article, as *a cycle file*."""
    holds: str
    """What it says, as *a cycle*."""
    example: str
    """A line of it."""
    largest: int
    """Bytes."""
    longest_line: int | None = None
    """Code points; ``None``: as long as it comes."""


def text_of(data: bytes, kind: FileOf, name: str) -> str:
    """Return the text of a file.

    Args:
        data: its bytes.
        kind: which kind of file it is.
        name: what a message calls it.

    Raises:
        BadInput: it is too large, or no UTF-8.
    """
    if len(data) > kind.largest:
        raise BadInput(
            f"{name}: found {len(data):,} bytes, expected {kind.is_a} of at most "
            f"{kind.largest:,}: check that it is the right file."
        )
    try:
        # Windows writes a byte-order mark before UTF-8, and TOML knows none.
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as no:
        line = data.count(b"\n", 0, no.start) + 1
        raise BadInput(
            f"{name}, line {line}: found bytes that are not UTF-8, expected plain text: save the "
            "file as UTF-8."
        ) from None


def tables_of(text: str, kind: FileOf, name: str) -> dict[str, Any]:
    """Return the tables of a file; the arguments are those of ``text_of``.

    Raises:
        BadInput: it is no TOML, or a line is too long to be one that somebody wrote.
    """
    for line, content in enumerate(text.split("\n") if kind.longest_line else (), 1):
        if len(content) > (kind.longest_line or 0):
            raise BadInput(
                f"{name}, line {line}: found {len(content):,} characters, expected at most "
                f"{kind.longest_line:,}: break the line."
            )
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadInput(
            f"{name}: found lists in lists without end, expected {kind.holds}."
        ) from None
    except ValueError as no:
        told = _PLACE.fullmatch(str(no))
        what = told[1] if told else str(no)
        # The end of the document is where the parser gave up: the last line that says something.
        where = (told and told[2]) or text.rstrip().count("\n") + 1
        raise BadInput(
            f"{name}, line {where}: found no TOML ({cut(what[:1].lower() + what[1:], 100)}), "
            f"expected a line such as {kind.example}."
        ) from None


def first_fault(no: ValidationError) -> ErrorDetails:
    """Return the fault to mend first: a key that nobody knows explains one that is missing."""
    errors = no.errors(include_url=False)
    unknown = (error for error in errors if error["type"] == "extra_forbidden")
    return next(unknown, errors[0])


def shown(found: object, most: int = 40) -> str:
    """Return a value of a file as a message shows it: short, and on one line."""
    match found:
        case str():
            return repr(cut(found, most))
        case bool():
            return "true" if found else "false"
        case int() | float():
            return "a huge number" if abs(found) >= 10**20 else f"{found}"
        case list() | tuple():
            return "a list" if found else "an empty list"
        case dict():
            return "a table"
        case _:
            return f"{found}"


def cut(text: str, most: int) -> str:
    """Return a text of so many code points at most."""
    return text if len(text) <= most else f"{text[:most]}…"
