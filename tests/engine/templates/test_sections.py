"""The sections of a template, and which one a text names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.errors import NotFound
from ehcp_flow.templates.built_in import all_built_in, built_in, ehcp
from ehcp_flow.templates.template import Template, groups

TEMPLATES = {template.id: template for template in all_built_in()}
SECTIONS = [(template, id) for template in TEMPLATES.values() for id in template.ids]


def test_there_are_twelve_sections_in_the_order_of_the_regulation() -> None:
    """Regulation 12(1) of the 2014 Regulations; H is split in two."""
    titles = ehcp().titles

    assert list(titles) == ["A", "B", "C", "D", "E", "F", "G", "H1", "H2", "I", "J", "K"]
    assert all(title[0].isupper() and not title.endswith(".") for title in titles.values())
    assert len(set(titles.values())) == 12


@pytest.mark.parametrize(("template", "id"), SECTIONS, ids=lambda said: getattr(said, "id", said))
@pytest.mark.parametrize("form", ["{}", " {} ", "{}\n"], ids=["bare", "spaces", "new line"])
def test_a_section_is_named_whatever_the_case_and_the_space_around_it(
    template: Template, id: str, form: str
) -> None:
    """As people type it."""
    assert template.section_id(form.format(id)) == id
    assert template.section_id(form.format(id.lower())) == id


@pytest.mark.parametrize(
    ("template", "text", "said"),
    [
        ("ehcp", "H", "write H1 or H2"),
        ("ehcp", "h", "write H1 or H2"),
        ("idp-wales", "2b", "write 2B.1 or 2B.2"),
        ("idp-wales", "1", "write 1A or 1B or 1C"),
    ],
)
def test_the_heading_over_several_sections_is_told_to_be_split(
    template: str, text: str, said: str
) -> None:
    """Whoever writes H means one of two."""
    with pytest.raises(NotFound, match=said):
        TEMPLATES[template].section_id(text)


@pytest.mark.parametrize("text", ["", " ", "L", "Z", "AB", "H3", "1", "section F", "\uff21", "ß"])
def test_what_names_no_section_is_told_which_there_are(text: str) -> None:
    """Full-width letters are none of them."""
    with pytest.raises(NotFound, match="A, B, C, D, E, F, G, H1, H2, I, J, K"):
        ehcp().section_id(text)


@given(st.text().filter(lambda text: text.strip().upper() not in ehcp().titles))
def test_whatever_names_no_section_is_told_in_one_line(text: str) -> None:
    """However long it was, and whatever line ends it has."""
    with pytest.raises(NotFound) as no:
        ehcp().section_id(text)

    assert len(str(no.value)) < 400
    assert "\n" not in str(no.value)


@pytest.mark.parametrize(
    ("id", "over"),
    [
        ("F", ""),
        ("H1", "H"),
        ("2A", "2"),
        ("2B.1", "2 2B"),
        ("NEEDS", ""),
        ("A-1", "A"),
    ],
)
def test_a_section_may_stand_beneath_the_headings_that_its_id_begins_with(
    id: str, over: str
) -> None:
    """Where letters and digits change, and at a full stop."""
    assert groups(id) == set(over.split())


def test_a_version_that_is_not_built_in_is_not_found() -> None:
    """Nor an id that is not."""
    assert built_in("ehcp", 1) is ehcp()
    assert built_in("ehcp", 2) is None
    assert built_in("nothing", 1) is None


def test_the_sections_cannot_be_changed() -> None:
    """A template is shared by everything that reads it."""
    with pytest.raises(TypeError):
        ehcp().titles["Z"] = "Whatever"  # type: ignore[index]
