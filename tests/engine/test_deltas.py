"""An edit as what was kept, dropped and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.authorship.delta import WITHHELD, apply, find_delta
from ehcp_flow.authorship.difference import difference
from ehcp_flow.errors import RecordDamaged
from ehcp_flow.events import Operation, Words

TEXTS = st.text(alphabet="ab c.\n\N{LATIN SMALL LETTER E WITH ACUTE}\N{PILE OF POO}", max_size=40)


@given(TEXTS, TEXTS)
def test_a_delta_applied_to_the_old_text_gives_the_new_one(old: str, new: str) -> None:
    """For any two texts."""
    delta = find_delta(old, new)

    assert apply(old, delta.operations, delta.written) == new


@given(TEXTS, TEXTS)
def test_a_text_that_was_not_changed_is_kept_whole(text: str, other: str) -> None:
    """And what is written onto its end leaves it alone."""
    assert find_delta(text, text) == (((("keep", len(text)),) if text else ()), ())
    added = find_delta(text, f"{text}\n\n{other}")

    assert sum(piece.length for piece in added.written) <= len(other) + 2


def test_an_edit_in_the_middle_is_stored_as_its_words() -> None:
    """The rest is kept by length. A word is somebody's as a whole."""
    delta = find_delta("Two hours a week.", "Three hours a week.")

    assert delta.operations == (("drop", 3), ("write", 5, 0), ("keep", 14))
    assert [piece.text for piece in delta.written] == ["Three"]


def test_several_edits_are_stored_apart() -> None:
    """What stands between them stays."""
    delta = find_delta("One cat sat on the mat today.", "One dog sat on the rug today.")

    assert [piece.text for piece in delta.written] == ["dog", "rug"]


def test_words_are_taken_from_the_text_that_is_named() -> None:
    """A source gives it."""
    texts = {"F@1": "Hello, Ada", "advice@3": "every day"}
    operations: tuple[Operation, ...] = (
        ("keep", 2),
        ("take", "F@1", 7, 10, "moved"),
        ("write", 1, 0),
        ("take", "advice@3", 0, 5, "adopted"),
    )

    assert apply("a ", operations, (Words(1, "", " "),), texts.__getitem__) == "a Ada every"


@pytest.mark.parametrize(
    "take",
    [
        ("take", "F@1", 0, 6, "moved"),
        ("take", "F@1", 2, 2, "moved"),
        ("take", "F@1", 3, 2, "moved"),
        ("take", "F@1", -1, 2, "moved"),
        ("take", "F@1", 0, 2, "stolen"),
        ("take", "advice@1", 0, 2, "copied"),
        ("take", "F@1", 0, 2),
        ("take", "F@1", "x", 2, "moved"),
        ("take",),
    ],
)
def test_taking_words_that_do_not_exist_is_damage(take: Operation) -> None:
    """So is an unknown way of taking them."""
    with pytest.raises(RecordDamaged):
        apply("", (take,), (), lambda _: "Hello")


def test_taking_words_needs_a_source() -> None:
    """A delta between two plain texts takes none."""
    with pytest.raises(RecordDamaged, match="not at hand"):
        apply("", (("take", "F@1", 0, 2, "moved"),), ())


def test_withheld_words_that_are_taken_leave_every_length_exact() -> None:
    """The source holds them as it can."""
    taken = apply("", (("take", "F@1", 1, 3, "moved"),), (), lambda _: f"a{WITHHELD * 3}")

    assert taken == WITHHELD * 2


@pytest.mark.parametrize(
    "operations",
    [
        (("keep", 3),),
        (("keep", 9),),
        (("keep", 5), ("write", 1, 7)),
        (("keep", 5), ("write", 2, 0)),
        (("steal", 5),),
        (("keep",),),
        (("keep", "x"),),
    ],
)
def test_a_delta_that_does_not_fit_is_damage(operations: tuple[Operation, ...]) -> None:
    """Never a wrong text without a word."""
    with pytest.raises(RecordDamaged):
        apply("Hello", operations, (Words(1, "", "x"),))


def test_withheld_words_leave_every_length_exact() -> None:
    """The rest of the text stays where it was."""
    assert apply("ab", (("keep", 1), ("write", 3, 0), ("keep", 1)), (Words(3, "d"),)) == (
        f"a{WITHHELD * 3}b"
    )


@given(TEXTS, TEXTS)
def test_a_shown_difference_loses_nothing_of_either_text(old: str, new: str) -> None:
    """What is kept and dropped is the old text, what is kept and written the new."""
    pieces = difference(old, new)

    assert "".join(p.text for p in pieces if p.kind != "written") == old
    assert "".join(p.text for p in pieces if p.kind != "dropped") == new


def test_a_very_long_rewriting_is_shown_as_replaced_whole() -> None:
    """The matcher's time grows with the product of both texts."""
    old, new = "a b " * 5_000, "c d " * 5_000

    assert [piece.kind for piece in difference(old, new)] == ["dropped", "written"]
