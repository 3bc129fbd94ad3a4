"""Text as it is kept: normalised once, on the way in.

Source of the form: Unicode Standard Annex 15 (NFC); control characters are the general category Cc.
"""

import re
import unicodedata
from typing import NamedTuple

from ehcp_flow.errors import BadInput

LONGEST_TEXT = 2_000_000
"""Code points in one section's text; about 300,000 words, many times the longest plan known."""

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


class Normalised(NamedTuple):
    """A text as it will be kept, and how many control characters were left out of it."""

    text: str
    left_out: int


def normalise(text: str) -> Normalised:
    """Return the text in NFC with ``\\n`` line ends and no control characters but tab and newline.

    White space at the end is cut, a leading byte-order mark is dropped.

    Raises:
        BadInput: for a NUL or a lone surrogate, which are no text, or more than LONGEST_TEXT
            code points.
    """
    if found := _NOT_TEXT.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise BadInput(
            f"Line {line} of the text holds U+{ord(found[0]):04X}, which is not text: "
            "save the file as plain UTF-8 text and try again."
        )
    _not_too_long(text)
    lines = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff"))
    kept, left_out = _CONTROL.subn("", lines)
    kept = unicodedata.normalize("NFC", kept).rstrip()
    # A few characters are longer in NFC.
    _not_too_long(kept)
    return Normalised(kept, left_out)


def _not_too_long(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise BadInput(
            f"The text has {len(text):,} characters and a section holds at most "
            f"{LONGEST_TEXT:,}: shorten it, or keep the document outside and name it in the text."
        )


def one_line(text: str) -> str:
    """Return a short text (a name, a heading, a reference) in NFC, as it came but for its ends.

    Control characters stay: what a source says is carried, and shown harmlessly.

    Raises:
        BadInput: for a NUL or a lone surrogate.
    """
    if found := _NOT_TEXT.search(text):
        raise BadInput(f"The value holds U+{ord(found[0]):04X}, which is not text.")
    return unicodedata.normalize("NFC", text).strip()


def says_something(text: str) -> bool:
    """Whether a text holds any sign that is seen: white space is none, nor what has no width."""
    return any(sign.isprintable() and not sign.isspace() for sign in text)
