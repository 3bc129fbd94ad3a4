"""In which form are words compared, so that case and accents do not matter?

Source of the form: Unicode Standard, section 3.13 (compatibility decomposition, then full case
folding), without the marks (general category Mn) that the decomposition sets apart.
"""

import unicodedata
from bisect import bisect_left, bisect_right


def folded(text: str) -> str:
    """Return a text without case and marks; its length may be another one."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text)
    return "".join([c for c in apart if unicodedata.category(c) != "Mn"]).casefold()


def same_line(text: str) -> str:
    """Return a name as ``folded`` has it, with one space where there are several."""
    return " ".join(folded(text).split())


def place_in(text: str, start: int, stop: int) -> tuple[int, int]:
    """Return where in a text the piece stands that ``folded(text)[start:stop]`` came from."""
    if text.isascii():
        return start, stop

    def length(at: int) -> int:
        return len(folded(text[:at]))

    places = range(len(text) + 1)
    first = bisect_right(places, start, key=length) - 1
    last = bisect_left(places, stop, lo=first, key=length)
    return first, last
