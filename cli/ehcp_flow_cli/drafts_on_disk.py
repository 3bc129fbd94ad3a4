"""A section's text in a file: read for an edit, written to be drafted in, kept when refused.

A file to draft in says in its first line what it is a draft of::

    <!-- ehcp-flow: 2026-0042 F over revision 3 -->
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from tempfile import gettempdir, mkstemp
from typing import TYPE_CHECKING, NamedTuple

import click

from ehcp_flow.errors import BadInput, NothingToDo

if TYPE_CHECKING:
    from ehcp_flow.plan import Section

_FIRST_LINE = re.compile(
    r"\A<!-- ehcp-flow: (?P<plan>\S+) (?P<section>[\w.-]+) over revision (?P<over>\d{1,9}) -->"
    r"\r?\n?"
)

MOST_BYTES = 20_000_000
"""Read from a file: no section comes near it, and a wrong file should not fill the memory."""


class Draft(NamedTuple):
    """A text that someone wants recorded, and what its file says it was drafted over."""

    text: str
    plan: str | None = None
    section: str | None = None
    over: int | None = None


def read_draft(file: Path | None) -> Draft:
    """Read a text from a file, or from standard input for ``-`` or nothing.

    Raises:
        BadInput: the file is not there, too large, or not UTF-8.
    """
    text = read_text(None if file is None or str(file) == "-" else file)
    found = _FIRST_LINE.match(text)
    if found is None:
        return Draft(text)
    return Draft(text[found.end() :], found["plan"], found["section"], int(found["over"]))


def read_text(file: Path | None) -> str:
    """Read a UTF-8 text from a file, or from standard input.

    Raises:
        BadInput: the file is not there, too large, or not UTF-8.
    """
    name = "Standard input" if file is None else str(file)
    try:
        if file is None:
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with file.open("rb") as opened:
                data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadInput(
            f"{name} cannot be read ({error.strerror}), and nothing was recorded: check the name."
        ) from None
    if len(data) > MOST_BYTES:
        raise BadInput(
            f"{name} holds more than {MOST_BYTES // 1_000_000} MB, which is no section's text: "
            "nothing was recorded; choose another file."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            f"{name} is not UTF-8 text (byte {error.start + 1}): save it as UTF-8 and try again."
        ) from None


def to_draft_in(reference: str, section: Section) -> str:
    """Return what is written into a file for someone to draft in."""
    first = f"<!-- ehcp-flow: {reference} {section.id} over revision {section.revision} -->\n"
    return f"{first}{section.text}\n"


def at_a_terminal() -> bool:
    """Whether someone sits at a keyboard, for whom an editor can be opened."""
    return sys.stdin.isatty()


def from_editor(section: Section) -> Draft:
    """Open the current text in ``$EDITOR`` and return what was saved.

    Raises:
        NothingToDo: it was closed without saving.
    """
    text: str | None = click.edit(section.text, extension=".md")
    if text is None:
        raise NothingToDo("The editor was closed without saving: nothing was recorded.")
    return Draft(text, over=section.revision)


def keep(text: str, plan: str, section: str) -> Path | None:
    """Keep a text that was not recorded in a file that only its writer can read.

    Returns:
        Where it is; ``None`` when there is no place for it.
    """
    safe = re.sub(r"[^\w-]", "_", f"{plan}-{section}")[:60]
    for folder in (Path(click.get_app_dir("ehcp-flow")) / "kept", Path(gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = mkstemp(prefix=f"{safe}-", suffix=".md", dir=folder)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as kept:
                kept.write(text)
        except OSError:
            continue
        return Path(name)
    return None


_DATABASE = b"SQLite format 3\0"
"""With which such a file begins (https://www.sqlite.org/fileformat.html, section 1.2)."""


def write_privately(file: Path, text: str) -> None:
    """Write a text to a new file that only its owner can read, or over an existing one.

    Raises:
        BadInput: the place cannot be written to, or holds a database such as a store.
    """
    try:
        if file.is_file():
            with file.open("rb") as there:
                is_database = there.read(len(_DATABASE)) == _DATABASE
            if is_database:
                raise BadInput(f"{file} is a database and is not written over: name another file.")
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except OSError as error:
        raise BadInput(f"{file} cannot be written to ({error.strerror}).") from None
