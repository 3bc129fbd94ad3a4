"""Text that can do nothing to the terminal that shows it.

Names and texts come from other people's files: an escape code in one could move the cursor,
recolour the screen or hide a line, and a direction mark could make a sentence read backwards.
"""

import re

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_IN_LINE = re.compile("[\t\n]")


def harmless(text: str) -> str:
    """Return a text with control and direction characters shown instead of obeyed.

    Line ends and tabs stay. An escape comes as its picture (U+241B), a direction mark as its
    number.
    """
    return _CONTROL.sub(_picture, text)


def cell(value: object) -> str:
    """Return a value for one cell of a table, on one line."""
    if value is None:
        return ""
    return _IN_LINE.sub(" ", harmless(str(value)))


def _picture(found: re.Match[str]) -> str:
    point = ord(found[0])
    if point < 0x20:
        return chr(0x2400 + point)
    return "␡" if point == 0x7F else f"⟨U+{point:04X}⟩"
