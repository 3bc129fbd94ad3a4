"""The texts of a section, by revision."""

import tracemalloc

import pytest

from ehcp_flow.authorship.matching import find_plain
from ehcp_flow.authorship.revisions import Revisions
from ehcp_flow.errors import RecordDamaged
from ehcp_flow.events import Operation
from ehcp_flow.events import words as as_words


def _save(revisions: Revisions, text: str) -> None:
    delta = find_plain(revisions.text, text)
    assert revisions.append(delta.operations, delta.written) == text


def test_every_text_can_be_given_back() -> None:
    """In any order, and the first one is empty."""
    revisions = Revisions()
    texts = ["", *(f"Word {n} of {n * n}." for n in range(300))]
    for text in texts[1:]:
        _save(revisions, text)

    assert revisions.latest == 300
    assert revisions.text == texts[-1]
    assert [revisions.at(n) for n in range(301)] == texts
    assert [revisions.at(n) for n in range(300, -1, -1)] == texts[::-1]


@pytest.mark.parametrize("revision", [-1, 4])
def test_a_revision_that_is_not_there_is_damage(revision: int) -> None:
    """Never another one."""
    revisions = Revisions()
    for text in ("a", "b", "c"):
        _save(revisions, text)

    with pytest.raises(RecordDamaged):
        revisions.at(revision)


def test_the_latest_revision_that_had_a_text_is_found() -> None:
    """But for the current one."""
    revisions = Revisions()
    for text in ("one", "two", "one", "six", *(f"no {n}" for n in range(200)), "one"):
        _save(revisions, text)

    assert revisions.same_as("one") == 3
    assert revisions.same_as("six") == 4
    assert revisions.same_as("no 150") == 155
    assert revisions.same_as("ten") is None
    assert Revisions().same_as("") is None


def test_taken_words_are_kept_with_the_edit() -> None:
    """So that nothing has to be asked for to make the text again."""
    revisions = Revisions()
    asked: list[str] = []

    def source(name: str) -> str:
        asked.append(name)
        return "Hello, Ada"

    taken: tuple[Operation, ...] = (("take", "B@1", 7, 10, "copied"), ("write", 1, 0))
    revisions.append(taken, (as_words("."),), source)
    _save(revisions, "Something else")
    asked.clear()

    assert revisions.at(1) == "Ada."
    assert not asked


def test_an_edit_that_does_not_fit_adds_nothing() -> None:
    """Nor one that takes what is not there."""
    revisions = Revisions()
    _save(revisions, "Hello")
    for operation in (("keep", 4), ("take", "F@1", 0, 6, "copied"), ("take", "F@1", 0, 2, "x")):
        with pytest.raises(RecordDamaged):
            revisions.append((("keep", 5), operation), (), lambda _: "Hello")
    with pytest.raises(RecordDamaged, match="not at hand"):
        revisions.append((("keep", 5), ("take", "F@1", 0, 2, "copied")), ())

    assert (revisions.latest, revisions.text) == (1, "Hello")


def test_a_long_text_that_is_changed_often_is_not_kept_as_often() -> None:
    """A thousand texts of 600 kB are not 600 MB, nor are 300 deletions that are taken back."""
    text = "word " * 120_000
    revisions = Revisions()
    _save(revisions, text)
    size = len(text)
    tracemalloc.start()
    for n in range(1_000):
        start = 5 * n + 5
        operations: tuple[Operation, ...] = (
            ("keep", start),
            ("drop", 4),
            ("write", 4, 0),
            ("keep", size - start - 4),
        )
        revisions.append(operations, (as_words("text"),))
    for _ in range(300):
        revisions.append((("drop", size),), ())
        back: tuple[Operation, ...] = (("take", "F@1001", 0, size, "restored"),)
        revisions.append(back, (), lambda _: revisions.at(1_001))
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kept < 20_000_000
    assert revisions.at(501).startswith("word " + "text " * 500 + "word ")
