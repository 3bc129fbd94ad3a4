"""Who wrote which word of a plain list of texts, without a plan, a store or an event."""

from collections.abc import Iterable, Iterator

from ehcp_flow.authorship.aligning import Tokens
from ehcp_flow.authorship.matching import find
from ehcp_flow.authorship.runs import Weave

_TEXT = "text"


def attribute(revisions: Iterable[tuple[str, str]]) -> list[tuple[str, int]]:
    """Return the words and marks of the last text, each with the revision that wrote it.

    Args:
        revisions: author and text, the oldest first. The texts alone decide; whose revision it is
            is for the caller to look up by its number.

    Returns:
        Token and place in ``revisions``, from 0; nothing when there are no revisions.
    """
    weave = Weave()
    for _, text in revisions:
        _add(weave, text)
    return _tokens(weave)


def attribute_each(revisions: Iterable[tuple[str, str]]) -> list[list[tuple[str, int]]]:
    """Return the same as ``attribute`` for every revision: what it would say after that one."""
    return list(_each(revisions))


def _each(revisions: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, int]]]:
    weave = Weave()
    for _, text in revisions:
        _add(weave, text)
        yield _tokens(weave)


def _add(weave: Weave, text: str) -> None:
    found = find(weave, _TEXT, text)
    weave.edit(_TEXT, weave.revision(_TEXT) + 1, found.operations, found.written)


def _tokens(weave: Weave) -> list[tuple[str, int]]:
    tokens = Tokens(weave.text(_TEXT))
    found: list[tuple[str, int]] = []
    runs = iter(weave.runs(_TEXT))
    stop, revision = 0, 0
    for word, start in zip(tokens.words, tokens.starts, strict=True):
        while start >= stop:
            run = next(runs)
            stop += run.length
            revision = int(run.source.rpartition("@")[2]) - 1
        found.append((word, revision))
    return found
