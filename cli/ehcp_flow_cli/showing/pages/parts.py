"""What every page is made of: one whole file, and text that can do nothing in it."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from ehcp_flow.times import LONDON
from ehcp_flow_cli.showing.harmless import cell, harmless

if TYPE_CHECKING:
    from datetime import date, datetime

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
"""Characters that are shown by a picture, and stay in the text."""

_NO_CHARACTER = re.compile("[\ud800-\udfff]")


class Said(str):
    """Words that come from a record, in a line of our own."""

    __slots__ = ()


Line = tuple[str, ...]
"""One line for people to read: our own words, and in between what a record says."""


def words(text: str) -> str:
    """Return a text of a record as HTML whose text content is that text.

    A control or direction character stays, alone in a box of its own, where it steers nothing, and
    its picture is shown by the stylesheet.
    """
    parts: list[str] = []
    at = 0
    text = _NO_CHARACTER.sub("\ufffd", text)
    for found in STEERING.finditer(text):
        parts += escape(text[at : found.start()]), _sign(found[0])
        at = found.end()
    parts.append(escape(text[at:]))
    return "".join(parts)


def _sign(character: str) -> str:
    # A parser makes something else of these two when they stand there as they are.
    kept = {"\r": "&#13;", "\0": ""}.get(character, character)
    return f'<span class="sign" data-is="{escape(harmless(character))}">{kept}</span>'


def said(text: str) -> str:
    """Return a name or another short text of a record as HTML, its direction kept to itself."""
    return f"<bdi>{words(text)}</bdi>"


def in_line(line: Line) -> str:
    """Return a line as HTML."""
    return "".join(said(part) if isinstance(part, Said) else escape(part) for part in line)


def attribute(text: str) -> str:
    """Return a text for an attribute or a title: on one line, with pictures for what steers."""
    return escape(cell(_NO_CHARACTER.sub("\ufffd", text)))


def day(on: date) -> str:
    """Return a day as people write it."""
    return f"{on.day} {on:%B} {on.year}"


def minute(at: datetime) -> str:
    """Return the minute of an instant in London."""
    here = at.astimezone(LONDON)
    return f"{day(here)}, {here:%H:%M}"


def resource(name: str) -> str:
    """Return a stylesheet or a script that lies beside this file."""
    return files("ehcp_flow_cli.showing.pages").joinpath(name).read_text(encoding="utf-8")


def page(title: str, body: str, style: str, script: str = "") -> str:
    """Return a whole page that may load nothing, and runs no script but this one."""
    policy = "; ".join(
        [
            "default-src 'none'",
            f"style-src '{_hash(style)}'",
            f"script-src '{_hash(script)}'" if script else "script-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>{attribute(title)}</title>
<style>{style}</style>
</head>
<body>
{body}{f"<script>{script}</script>" if script else ""}
</body>
</html>
"""


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
