"""Where does a phrase stand in a text?

White space in a phrase stands for any, so that it may be copied from a page or a screen. With an
ellipsis it says only how the words begin and how they end.
"""

import re

from ehcp_flow.errors import Ambiguous, BadInput, NotFound

_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.)\s*")
_SHOWN = 60


def places(text: str, words: str) -> list[tuple[int, int]]:
    """Return where a phrase stands: from where to where, in code points.

    Raises:
        BadInput: the phrase holds no words.
    """
    parts = [part for part in _ELLIPSIS.split(words.strip()) if part]
    if not parts:
        raise BadInput("Say which words are meant: a phrase, or 'how they begin … how they end'.")
    pieces = [r"\s+".join(map(re.escape, part.split())) for part in parts]
    return [found.span() for found in re.finditer(r".*?".join(pieces), text, re.DOTALL)]


def phrase(text: str, words: str) -> tuple[int, int]:
    """Return where the one phrase stands that these words mean.

    Raises:
        BadInput: the phrase holds no words.
        NotFound: it stands nowhere.
        Ambiguous: it stands there more than once.
    """
    found = places(text, words)
    shown = " ".join(words.split())
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    if not found:
        raise NotFound(f"The words {shown!r} do not stand there: copy them as they are.")
    if len(found) > 1:
        raise Ambiguous(f"The words {shown!r} stand there {len(found)} times: say more of them.")
    return found[0]


def paragraph_end(text: str, at: int) -> int:
    """Return where the paragraph ends that holds a place: before the empty line after it."""
    found = re.compile(r"\n[^\S\n]*\n").search(text, at)
    return len(text.rstrip()) if found is None else found.start()
