"""The twelve sections, and which one a text names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.errors import NotFound
from ehcp_flow.sections import SECTIONS, section_id


def test_there_are_twelve_sections_in_the_order_of_the_regulation() -> None:
    """Regulation 12(1) of the 2014 Regulations; H is split in two."""
    assert list(SECTIONS) == ["A", "B", "C", "D", "E", "F", "G", "H1", "H2", "I", "J", "K"]
    assert all(title[0].isupper() and not title.endswith(".") for title in SECTIONS.values())
    assert len(set(SECTIONS.values())) == 12


@pytest.mark.parametrize("id", SECTIONS)
@pytest.mark.parametrize("form", ["{}", " {} ", "{}\n"], ids=["bare", "spaces", "new line"])
def test_a_section_is_named_whatever_the_case_and_the_space_around_it(id: str, form: str) -> None:
    """As people type it."""
    assert section_id(form.format(id)) == id
    assert section_id(form.format(id.lower())) == id


@pytest.mark.parametrize("text", ["H", "h"])
def test_section_h_alone_is_told_to_be_split(text: str) -> None:
    """Whoever writes H means one of two."""
    with pytest.raises(NotFound, match="write H1 or H2"):
        section_id(text)


@pytest.mark.parametrize("text", ["", " ", "L", "Z", "AB", "H3", "1", "section F", "\uff21", "ß"])
def test_what_names_no_section_is_told_which_there_are(text: str) -> None:
    """Full-width letters are none of them."""
    with pytest.raises(NotFound, match="A, B, C, D, E, F, G, H1, H2, I, J, K"):
        section_id(text)


@given(st.text().filter(lambda text: text.strip().upper() not in SECTIONS))
def test_whatever_names_no_section_is_told_in_one_line(text: str) -> None:
    """However long it was, and whatever line ends it has."""
    with pytest.raises(NotFound) as no:
        section_id(text)

    assert len(str(no.value)) < 400
    assert "\n" not in str(no.value)


def test_the_sections_cannot_be_changed() -> None:
    """They are the law's, not a setting's."""
    with pytest.raises(TypeError):
        SECTIONS["Z"] = "Whatever"  # type: ignore[index]
