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
def test_nothing_of_the_common_ends_is_written_again(old: str, new: str) -> None:
    """What stayed is kept, so that its author stays."""
    delta = find_delta(old, new)
    written = sum(piece.length for piece in delta.written)
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1

    assert written == len(new) - start - end


def test_an_edit_in_the_middle_is_stored_as_its_middle() -> None:
    """The rest is kept by length."""
    delta = find_delta("Two hours a week.", "Three hours a week.")

    assert delta.operations == (("keep", 1), ("drop", 2), ("write", 4, 0), ("keep", 14))
    assert [piece.text for piece in delta.written] == ["hree"]


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
