"""Text as it is kept."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput
from ehcp_flow.text import LONGEST_TEXT, normalise, one_line


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("\ufeffMarked", "Marked"),
        ("cafe\u0301", "café"),
        ("tab\there", "tab\there"),
        ("bell\x07 and escape\x1b[31m", "bell and escape[31m"),
        ("end  \n\n", "end"),
    ],
)
def test_text_is_kept_in_one_form(came: str, kept: str) -> None:
    """Line ends, accents, marks and controls: settled once, on the way in."""
    assert normalise(came).text == kept


def test_what_was_left_out_is_counted() -> None:
    """So that whoever wrote it can be told."""
    assert normalise("a\x07b\x1bc").left_out == 2


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    """What is kept needs no second look."""
    try:
        once = normalise(text).text
    except BadInput:
        return

    assert normalise(once) == (once, 0)
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_what_is_not_text_is_refused(text: str) -> None:
    """And its line is named."""
    with pytest.raises(BadInput, match="Line 2"):
        normalise(f"first\n{text}")
    with pytest.raises(BadInput):
        one_line(text)


def test_a_text_of_five_million_characters_is_refused() -> None:
    """No section comes near it."""
    with pytest.raises(BadInput, match=f"{LONGEST_TEXT:,}"):
        normalise("x" * 5_000_000)


def test_a_name_is_carried_with_its_control_characters() -> None:
    """What a source says is kept, and shown harmlessly later."""
    assert one_line("  Zo\x1b[31mé ") == "Zo\x1b[31mé"
