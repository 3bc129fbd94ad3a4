"""Are headings mapped by hand, and mappings kept, as people say them?"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput
from ehcp_flow.importing.headings import (
    IGNORED,
    Field,
    find_columns,
    known,
    mapping_from_toml,
    mapping_to_toml,
    parse_map,
)
from ehcp_flow.importing.table import read_table

FIELDS = known(
    Field("surname", "the surname", ("Legal Surname", "Surname", "Last Name")),
    Field("year", "the year", ("NC Year",)),
)


def test_a_heading_is_known_whatever_its_case_spaces_and_marks() -> None:
    """``LAST_NAME`` is Last Name; the most telling of several is taken."""
    columns = find_columns(read_table(b"LAST_NAME,nc-year,legal surname\n"), FIELDS)
    assert columns.at == {"surname": 2, "year": 1}
    assert columns.understood.ignored == ("LAST_NAME",)


def test_a_mapping_comes_before_what_is_known() -> None:
    """Also to leave a heading out."""
    table = read_table(b"Surname,Name at home,Year\n")
    columns = find_columns(table, FIELDS, {"name AT home": "surname", "Year": IGNORED})
    assert columns.at == {"surname": 1}
    assert columns.heading("surname") == "Name at home"
    assert columns.heading("year") == "year"


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"Nobody": "year"}, "has no heading 'Nobody'.*'Surname', 'Year'"),
        ({"Year": "age"}, "'age' is no field: the fields are surname, year and ignored"),
        ({"Year": "surname", "Surname": "surname"}, "both mapped to surname"),
    ],
)
def test_a_mapping_that_does_not_fit_the_file_is_refused(
    mapping: dict[str, str], says: str
) -> None:
    """With what would fit."""
    with pytest.raises(BadInput, match=says):
        find_columns(read_table(b"Surname,Year\n"), FIELDS, mapping)


def test_a_mapping_is_said_as_heading_and_field() -> None:
    """The heading may itself hold an equals sign."""
    assert parse_map(["A = B=year", " Nom = surname"], FIELDS) == {
        "A = B": "year",
        "Nom": "surname",
    }


@pytest.mark.parametrize("said", ["year", "=year", "Year=", "Year=age", ""])
def test_what_maps_nothing_is_refused(said: str) -> None:
    """With how to write it, or the fields there are."""
    with pytest.raises(BadInput, match=r"HEADING=FIELD|is no field"):
        parse_map([said], FIELDS)


@given(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["year"]))
)
@settings(deadline=None)
def test_a_mapping_that_was_saved_is_read_again(mapping: dict[str, str]) -> None:
    """Whatever the headings hold."""
    assert mapping_from_toml(mapping_to_toml(mapping), FIELDS) == mapping


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[headings", "school.toml is not TOML: Expected"),
        ("", r"school.toml: the table \[headings\] is missing"),
        ("headings = 3", r"school.toml: the table \[headings\] is missing"),
        ("[headings]\nA = 3", "school.toml, headings.A: 3 is not a field's name"),
        ("[headings]\nA = 'age'", "school.toml, headings.A, 'age' is no field"),
        ("[other]", "school.toml: 'other' is not expected"),
    ],
)
def test_a_faulty_mapping_file_is_refused_in_one_sentence(text: str, says: str) -> None:
    """It names the file and the key."""
    with pytest.raises(BadInput, match=says) as no:
        mapping_from_toml(text, FIELDS, name="school.toml")
    assert "\n" not in str(no.value)


@given(st.text())
@settings(deadline=None)
def test_no_text_breaks_the_reader_of_mappings(text: str) -> None:
    """Whatever is no mapping is refused."""
    try:
        found = mapping_from_toml(text, FIELDS)
    except BadInput:
        return
    assert all(field in (*FIELDS, IGNORED) for field in found.values())
