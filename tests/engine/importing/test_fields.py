"""Is each cell read as what it says, and refused when it could mean two things?"""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.importing import fields
from ehcp_flow.importing.faults import NotRead

TODAY = date(2026, 11, 3)
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


@pytest.mark.parametrize(
    ("cell", "upn"),
    [
        ("B801200005001", "B801200005001"),
        ("P207000016049", "P207000016049"),
        ("M80120000500A", "M80120000500A"),
        (" n823 2000 12345 ", "N823200012345"),
        ("'A810400519033", "A810400519033"),
    ],
)
def test_a_upn_is_read_whatever_its_case_and_spaces(cell: str, upn: str) -> None:
    """Permanent and temporary numbers with their check letter are taken."""
    assert fields.parse_upn(cell) == upn


def test_the_letter_q_of_a_well_known_worked_example_is_wrong() -> None:
    """Two help pages sum 207000016049 to 267; it is 266, so that the letter is P."""
    assert fields.check_letter("207000016049") == "P"
    with pytest.raises(NotRead, match="for these digits it is P"):
        fields.parse_upn("Q207000016049")


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "A801200005001",
        "X80120000A001",
        "I801200005001",
        "B80120000500",
        "B801200005001X",
        "M80120000500S",
        "\uff22801200005001",
        "B80120000500\u0661",
    ],
)
def test_what_is_no_upn_is_refused(cell: str) -> None:
    """A wrong letter, a letter in the middle, letters never used, and digits of other scripts."""
    with pytest.raises(NotRead, match="a UPN"):
        fields.parse_upn(cell)


@given(
    st.text("0123456789", min_size=11, max_size=11),
    st.sampled_from("0123456789" + LETTERS),
    st.sampled_from(LETTERS),
)
@settings(deadline=None)
def test_exactly_one_check_letter_fits(digits: str, last: str, letter: str) -> None:
    """Of the 23 letters one is right for any twelve characters, and only that one is taken."""
    rest = digits + last
    right = fields.check_letter(rest)
    assert fields.parse_upn(right + rest) == right + rest
    if letter != right:
        with pytest.raises(NotRead):
            fields.parse_upn(letter + rest)


@given(
    st.text("0123456789", min_size=12, max_size=12),
    st.integers(0, 11),
    st.sampled_from("0123456789"),
)
@settings(deadline=None)
def test_one_mistyped_digit_is_always_found(rest: str, place: int, digit: str) -> None:
    """23 is prime and larger than any position or digit, so that no single slip fits again."""
    slipped = rest[:place] + digit + rest[place + 1 :]
    if slipped != rest:
        assert fields.check_letter(slipped) != fields.check_letter(rest)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("14/06/2015", date(2015, 6, 14)),
        ("1/2/2016", date(2016, 2, 1)),
        ("14-06-2015", date(2015, 6, 14)),
        ("14.06.2015", date(2015, 6, 14)),
        ("2017-01-29", date(2017, 1, 29)),
        ("2017-01-29T00:00:00", date(2017, 1, 29)),
        ("29/01/2017 00:00", date(2017, 1, 29)),
        ("2022-Sep-28 00:00:00", date(2022, 9, 28)),
        ("3 Nov 2014", date(2014, 11, 3)),
        ("03-nov-2014", date(2014, 11, 3)),
        ("1 September 2024", date(2024, 9, 1)),
        ("1 Sept 2024", date(2024, 9, 1)),
        ("29/02/2016", date(2016, 2, 29)),
    ],
)
def test_a_date_is_read_day_first_or_as_iso(cell: str, day: date) -> None:
    """Every form that exports write."""
    assert fields.parse_date(cell) == day


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("31/02/2015", "a day that exists"),
        ("29/02/2015", "a day that exists"),
        ("06/14/2015", "a day that exists"),
        ("00/00/0000", "a day that exists"),
        ("14/06/15", "four digits"),
        ("42123", "four digits"),
        ("", "four digits"),
        ("14/06-2015", "four digits"),
        ("3 Foo 2014", "four digits"),
        ("2017-01-29 13:00", "four digits"),
    ],
)
def test_what_is_no_day_is_refused(cell: str, expected: str) -> None:
    """Impossible days, two-digit years and a spreadsheet's day numbers."""
    with pytest.raises(NotRead, match=expected):
        fields.parse_date(cell)


@pytest.mark.parametrize("cell", ["04/11/2026", "31/12/1999", "01/01/1066"])
def test_a_birth_outside_the_age_of_plans_is_refused(cell: str) -> None:
    """Nobody is born tomorrow, and plans end at 25."""
    with pytest.raises(NotRead, match="between 2000 and 03/11/2026"):
        fields.parse_birth(cell, today=TODAY)


def test_a_day_in_a_childs_life_is_after_the_birth_and_not_far_off() -> None:
    """A planned day is no fault, a mistyped century is."""
    born = date(2015, 6, 14)
    assert fields.parse_past("31/12/2027", born=born, today=TODAY) == date(2027, 12, 31)
    for cell in ("13/06/2015", "01/01/2028"):
        with pytest.raises(NotRead):
            fields.parse_past(cell, born=born, today=TODAY)


@pytest.mark.parametrize(
    ("year", "cells"),
    [
        ("7", "Year 7|Y7|07|7|Yr 7|NC Year 7|NCY7|year 07|7.0|Curriculum Year 7| Y 7 "),
        ("R", "R|r|Reception|Year R|Rec|YR"),
        ("N1", "N1|Nursery 1"),
        ("N2", "N2|Nursery|nursery 2"),
        ("14", "14|Year 14"),
        ("10", "10|Y10"),
        ("X", "X|x"),
        ("M", "M"),
    ],
)
def test_a_year_group_is_read_in_every_form(year: str, cells: str) -> None:
    """Systems write years in many ways, mixed in one file."""
    assert {fields.parse_year(cell) for cell in cells.split("|")} == {year}


@pytest.mark.parametrize("cell", ["Year 15?", "15", "0", "", "Year", "7/8", "-1", "\u0967", "007"])
def test_what_is_no_year_group_is_refused(cell: str) -> None:
    """No year is guessed."""
    with pytest.raises(NotRead, match="a year group"):
        fields.parse_year(cell)


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        ("E", "E|e|EHCP|E - Education Health and Care Plan|Education, Health & Care Plan|EHC plan"),
        ("K", "K|K - SEN Support|SEN support|SEND Support"),
        ("N", "N||No SEN|N - No Special Educational Need|None|-"),
    ],
)
def test_a_sen_status_is_read_as_code_or_sentence(code: str, cells: str) -> None:
    """An empty cell says that there is none."""
    assert {fields.parse_sen(cell) for cell in cells.split("|")} == {code}


@pytest.mark.parametrize("cell", ["E - SEN Support", "EHCP requested", "S", "A", "Yes", "EHCP?x"])
def test_a_status_that_is_not_plain_is_refused(cell: str) -> None:
    """A plan that is only asked for is no plan, and a code must agree with its words."""
    with pytest.raises(NotRead, match="a SEN status"):
        fields.parse_sen(cell)


@pytest.mark.parametrize(
    ("cell", "needs"),
    [
        ("", ()),
        ("ASD", ("ASD",)),
        ("SpLD", ("SPLD",)),
        ("ASD - Autistic Spectrum Disorder", ("ASD",)),
        ("Speech, language and communication needs", ("SLCN",)),
        ("Profound & Multiple Learning Difficulty", ("PMLD",)),
        ("Moderate Learning Difficulties", ("MLD",)),
        ("Other Difficulty/Disability", ("OTH",)),
        ("PD/HI", ("PD", "HI")),
        ("SLCN; ASD | SLCN", ("SLCN", "ASD")),
        ("Social, Emotional and Mental Health; Visual Impairment", ("SEMH", "VI")),
    ],
)
def test_needs_are_read_as_codes_or_sentences(cell: str, needs: tuple[str, ...]) -> None:
    """In their order, the primary one first, each once."""
    assert fields.parse_needs(cell) == needs


@pytest.mark.parametrize("cell", ["BESD", "ASD; ?", "ASD - Hearing impairment", ",", "x,ASD"])
def test_what_is_no_need_type_is_refused(cell: str) -> None:
    """Retired codes too: the authority's return does not know them."""
    with pytest.raises(NotRead, match="a need type"):
        fields.parse_needs(cell)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Okafor, Ada", ("Okafor", "Ada")),
        ("Ada de la Cruz", ("de la Cruz", "Ada")),
        ("Hall, Ann Mary", ("Hall", "Ann Mary")),
    ],
)
def test_a_name_in_one_cell_is_parted(cell: str, name: tuple[str, str]) -> None:
    """At the comma, else after the first word, so that both together read as before."""
    assert fields.parse_full_name(cell) == name


@pytest.mark.parametrize("cell", ["", "Ada", ",Ada", "Okafor,"])
def test_half_a_name_is_refused(cell: str) -> None:
    """A plan names its child in full."""
    with pytest.raises(NotRead, match="a surname and a forename"):
        fields.parse_full_name(cell)


def test_a_name_may_hold_anything_but_what_is_no_text() -> None:
    """Control characters are carried; a name is composed (NFC) and has a bounded length."""
    assert fields.short_text(" \x1b[31mRed\x1b[0m ", "a name") == "\x1b[31mRed\x1b[0m"
    assert fields.short_text("Se\u0061\u0301n", "a name") == "Se\u00e1n"
    for cell in ("", " ", "x" * 201, "\ud800"):
        with pytest.raises(NotRead, match="a name"):
            fields.short_text(cell, "a name")


@pytest.mark.parametrize(
    ("cell", "years"),
    [
        ("", ""),
        ("R 1 2 3", "R 1 2 3"),
        ("R-3", "R 1 2 3"),
        ("Years 4 to 6", "4 5 6"),
        ("Year 4-Year 6", "4 5 6"),
        ("Reception to Year 2", "R 1 2"),
        ("Y8, Y7", "7 8"),
        ("7\u20139", "7 8 9"),
        ("N1, N2 and Reception", "N1 N2 R"),
    ],
)
def test_years_taught_are_read_as_list_or_range(cell: str, years: str) -> None:
    """In the order of the years."""
    assert fields.parse_years(cell) == tuple(years.split())


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("", ""),
        ("Mon Tue Wed", "Mon Tue Wed"),
        ("Monday to Wednesday", "Mon Tue Wed"),
        ("Fri, Mon", "Mon Fri"),
        ("Tues & Thurs", "Tue Thu"),
        ("Mondays", "Mon"),
    ],
)
def test_working_days_are_read_as_list_or_range(cell: str, days: str) -> None:
    """In the order of the week."""
    assert fields.parse_days(cell) == tuple(days.split())


@pytest.mark.parametrize(
    ("parse", "cell"),
    [
        (fields.parse_years, "all"),
        (fields.parse_years, "6-4"),
        (fields.parse_years, "1-2-3"),
        (fields.parse_days, "every day"),
        (fields.parse_days, "M"),
        (fields.parse_days, "Fri-Mon"),
        (fields.parse_yes, "maybe"),
    ],
)
def test_what_is_not_in_the_list_is_refused(parse: Callable[[str], object], cell: str) -> None:
    """Nothing is left out of a list in silence."""
    with pytest.raises(NotRead):
        parse(cell)


@pytest.mark.parametrize(("cell", "said"), [("Yes", True), ("y", True), ("1", True), ("No", False)])
def test_yes_and_no_are_read(cell: str, said: bool) -> None:
    """As systems write them."""
    assert fields.parse_yes(cell) is said


@given(
    st.text(),
    st.sampled_from(
        [
            fields.parse_upn,
            fields.parse_date,
            fields.parse_year,
            fields.parse_sen,
            fields.parse_needs,
            fields.parse_full_name,
            fields.parse_years,
            fields.parse_days,
            fields.parse_yes,
        ]
    ),
)
@settings(deadline=None)
def test_no_cell_breaks_a_reader(cell: str, parse: Callable[[str], object]) -> None:
    """Either it says something or it is refused with what was expected."""
    assert expected_instead(parse, cell) != ""


def expected_instead(parse: Callable[[str], object], cell: str) -> str | None:
    try:
        parse(cell)
    except NotRead as no:
        return no.expected
    return None
