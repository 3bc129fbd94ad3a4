"""Is a school's export read row by row, with every fault where it stands?"""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput, SaidNo
from ehcp_flow.importing.faults import MEND, Fault
from ehcp_flow.importing.headings import parse_map
from ehcp_flow.importing.pupils import FIELDS, PupilFile, read_pupils

SAMPLE = Path(__file__).parents[2] / "data" / "pupils-mis-export.csv"
TODAY = date(2026, 9, 7)
HEADINGS = "UPN,Surname,Forename,DOB,Year,SEN Status"
GOOD = "B801200005001,Okafor,Ada,03/11/2014,Year 7,E"


def pupils(*lines: str, headings: str = HEADINGS, no_upn: str | None = None) -> PupilFile:
    """Read a file of these lines."""
    return read_pupils("\n".join([headings, *lines]).encode(), today=TODAY, no_upn=no_upn)


def the_fault(file: PupilFile) -> Fault:
    """The only fault of a file."""
    (fault,) = file.faults
    return fault


def test_the_sample_has_the_counts_and_exactly_the_faults_it_is_said_to_have() -> None:
    """150 rows, 122 with a plan, five faults; the empty line and the totals are passed over."""
    file = read_pupils(SAMPLE, today=TODAY)
    counts = file.counts
    assert (counts.rows, counts.with_plan, counts.without_plan) == (150, 122, 28)
    assert (counts.good, counts.faulty) == (117, 5)
    assert len(file.pupils) == 117
    assert [(fault.line, fault.column, fault.found) for fault in file.faults] == [
        (7, "UPN", ""),
        (11, "UPN", "Q823383216009"),
        (14, "UPN", "M823518723003"),
        (22, "DOB", "31/02/2015"),
        (27, "Year Group", "Year 15?"),
    ]
    expected = [fault.expected for fault in file.faults]
    assert "--no-upn REASON" in expected[0]
    assert "check letter" in expected[1]
    assert "the pupil of line 5 again" in expected[2]
    assert "a day that exists" in expected[3]
    assert "a year group" in expected[4]
    assert file.faulty_lines == (7, 11, 14, 22, 27)


def test_a_reason_makes_the_pupil_without_a_upn_good() -> None:
    """The reason is kept with the pupil, and with nobody else."""
    file = read_pupils(SAMPLE, today=TODAY, no_upn="came from abroad")
    assert file.faulty_lines == (11, 14, 22, 27)
    assert file.counts.good == 118
    assert {(p.line, p.upn) for p in file.pupils if p.no_upn == "came from abroad"} == {(7, None)}


def test_hostile_names_are_carried_as_they_came() -> None:
    """A formula, SQL and escape codes are parts of names; showing them is another matter."""
    names = {p.line: (p.surname, p.forename) for p in read_pupils(SAMPLE, today=TODAY).pupils}
    assert names[32] == ('=HYPERLINK("http://example.invalid")', "Yusuf")
    assert names[33] == (
        "\u00d3 S\u00failleabh\u00e1in",
        "Robert'); DROP TABLE events;--",
    )
    assert names[34] == ("Zhang", "\x1b[31mRed\x1b[0m")


def test_every_field_of_a_row_is_read() -> None:
    """Nothing that the export says of a plan is lost."""
    first = read_pupils(SAMPLE, today=TODAY).pupils[0]
    assert first.line == 2
    assert first.name == "Tom\u00e1s M\u00fcller"
    said = first.particulars("2026-0001")
    assert (said.reference, said.template, said.upn) == ("2026-0001", "ehcp", "K810385019000")
    assert (said.born, said.year, said.group) == (date(2015, 6, 14), "7", "7B")
    assert (said.tutor, said.needs) == ("Ms K Lowe", ("PD", "MSI"))
    assert (said.made_on, said.last_review) == (date(2021, 8, 1), date(2026, 7, 5))
    assert said.listed


@pytest.mark.parametrize(
    "heading",
    ["School", "school name", "Establishment", "INSTITUTION", "Placement", "Current School"],
)
def test_the_school_is_read_under_the_headings_that_were_seen(heading: str) -> None:
    """Without a cell the pupil's school is not known."""
    text = (
        f"UPN,Surname,Forename,DOB,Year,SEN Status,{heading}\n"
        "B801200005001,Okafor,Ada,03/11/2014,7,E, Fernbank School \n"
        "N823200012345,O'Brien,Seán,29/01/2017,5,E,\n"
    )

    first, second = read_pupils(text.encode(), today=TODAY).pupils

    assert first.particulars().school == "Fernbank School"
    assert second.particulars().school is None


def test_what_was_understood_can_be_shown_before_anything_is_imported() -> None:
    """Each heading with its field, what is ignored, the encoding and the delimiter."""
    file = read_pupils(
        "UPN;Nom;Last Name;Given name;Date of Birth;NC Year;SEND Status;\n".encode("cp1252"),
        today=TODAY,
        name="export.csv",
    )
    understood = file.understood
    assert (understood.file, understood.delimiter) == ("export.csv", "semicolon")
    assert dict(understood.headings)["Last Name"] == "surname"
    assert understood.ignored == ("Nom", "(column 8)")


def test_other_headings_are_read_through_a_mapping() -> None:
    """Headings that nobody could guess are said once."""
    text = "Numero;Kind;Geboren;Klasse;Stufe\nB801200005001;Okafor, Ada;2014-11-03;7;EHCP\n"
    mapping = parse_map(
        ["Numero=upn", "Kind=name", "geboren=born", "Klasse=year", "Stufe=sen"], FIELDS
    )
    (pupil,) = read_pupils(text.encode(), today=TODAY, mapping=mapping).pupils
    assert (pupil.surname, pupil.forename, pupil.year) == ("Okafor", "Ada", "7")


def test_the_headings_of_three_systems_are_known() -> None:
    """SIMS, Arbor and Bromcom reports as seen."""
    row = "B801200005001,Okafor,Ada,03/11/2014,7,E"
    for headings in (
        "UPN,Legal Surname,Legal Forename,DOB,Year Group,SEN Status",
        "UPN,LAST_NAME,FIRST_NAME,DATE_OF_BIRTH,YEAR_GROUP,SEN_STATUS",
        "Unique Pupil Number,Surname,Forename,Date Of Birth,NC Year,SEND Status",
    ):
        assert len(pupils(row, headings=headings).pupils) == 1


def test_a_legal_name_is_preferred_to_another_one() -> None:
    """A file may have both; the other heading is shown as ignored."""
    file = pupils(
        "X,B801200005001,Okafor,Ada,03/11/2014,7,E", headings="Surname,UPN,Legal " + HEADINGS[4:]
    )
    assert file.pupils[0].surname == "Okafor"
    assert file.understood.ignored == ("Surname",)


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [
        ("B801200005001,Okafor,Ada,03/11/2014,Year 7,EHCP?x", "SEN Status", "EHCP?x"),
        ("B801200005001,Okafor,Ada,,Year 7,E", "DOB", ""),
        ("B801200005001,,Ada,03/11/2014,Year 7,E", "Surname", ""),
        ("B801200005001,Okafor,Ada,03/11/2014,,E", "Year", ""),
        ("B801200005001,Okafor,Ada,03/11/2014,Year 7,K,extra", "after SEN Status", "extra"),
        ("B801200005001,Okafor,Ada,31/02/2014,Year 7,N", "DOB", "31/02/2014"),
    ],
)
def test_every_row_is_checked_before_it_is_sorted(row: str, column: str, found: str) -> None:
    """A row without a plan is checked too, and an unreadable status hides nobody."""
    file = pupils(row)
    fault = the_fault(file)
    assert (fault.line, fault.column, fault.found) == (2, column, found)
    assert (file.pupils, file.counts.faulty) == ((), 1)


def test_a_row_with_two_faults_says_both() -> None:
    """One look at the file is enough to mend it."""
    file = pupils("A801200005001,Okafor,Ada,31/02/2014,Year 99,E")
    assert [fault.column for fault in file.faults] == ["DOB", "UPN", "Year"]
    assert file.counts.faulty == 1


def test_a_pupil_without_a_upn_listed_twice_is_found_by_name_and_birth() -> None:
    """Also when only one of the two lines has the UPN; two UPNs are two children."""
    again = ",OKAFOR,ada,2014-11-03,7,E"
    assert "line 2 again" in the_fault(pupils(GOOD, again, no_upn="abroad")).expected
    assert "line 2 again" in the_fault(pupils(again, GOOD, no_upn="abroad")).expected
    assert not pupils(GOOD, GOOD.replace("B801200005001", "N823200012345")).faults


def test_one_upn_for_two_children_is_told_apart_from_a_child_listed_twice() -> None:
    """Which of the two is wrong has to be looked up."""
    fault = the_fault(pupils(GOOD, GOOD.replace("Ada", "Ben")))
    assert (fault.line, "line 2 has it for someone else" in fault.expected) == (3, True)


def test_a_column_that_says_yes_or_no_may_stand_for_the_status() -> None:
    """Where both stand they must agree."""
    headings = HEADINGS.replace("SEN Status", "Has EHCP")
    file = pupils(GOOD[:-1] + "Yes", headings=headings)
    assert len(file.pupils) == 1
    file = pupils(GOOD[:-1] + "No", headings=headings)
    assert (file.counts.without_plan, file.pupils) == (1, ())
    file = pupils(GOOD + ",No", headings=HEADINGS + ",Has EHCP")
    assert "the same as SEN Status says" in the_fault(file).expected


@pytest.mark.parametrize(
    ("headings", "missing"),
    [
        ("UPN,Surname,Forename,DOB,SEN", "the year group"),
        ("UPN,Surname,DOB,Year,SEN", "the forename"),
        ("Surname,Forename,DOB,Year,SEN", "--no-upn"),
        ("UPN,Surname,Forename,DOB,Year", "the SEN status"),
    ],
)
def test_a_missing_heading_is_said_with_how_to_map_it(headings: str, missing: str) -> None:
    """The sentence lists the headings that were found."""
    with pytest.raises(BadInput, match='--map "HEADING=') as no:
        pupils(headings=headings)
    assert missing in str(no.value)
    assert "'Surname'" in str(no.value)


def test_the_faulty_rows_can_be_mended_and_imported_again() -> None:
    """Headings and cells are those of the file; what to mend stands first and is ignored."""
    hostile = 'A801200005001,"=1+1",\'=Ada,03/11/2014,Year 7,E'
    first = pupils(GOOD, hostile)
    text = first.faulty_table()
    assert text.startswith(f"{MEND},{HEADINGS}\r\n")
    assert "'=1+1" in text
    again = read_pupils(text.encode("utf-8-sig"), today=TODAY)
    assert [fault.column for fault in again.faults] == ["UPN"]
    assert again.understood.ignored == ()
    mended = text.replace("A801200005001", "N823200012345")
    (pupil,) = read_pupils(mended.encode("utf-8-sig"), today=TODAY).pupils
    assert (pupil.surname, pupil.forename) == ("=1+1", "'=Ada")


def test_a_faulty_table_says_every_fault_of_every_faulty_row() -> None:
    """Rows without a plan are in it as well, for they are faulty too."""
    text = pupils(GOOD, "A801200005001,Okafor,Ben,31/02/2014,Year 7,K").faulty_table()
    assert len(text.splitlines()) == 2
    assert "DOB: expected a day that exists" in text
    assert "UPN: expected a UPN whose check letter fits" in text


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_no_bytes_whatsoever_break_the_reader(data: bytes) -> None:
    """After good headings or instead of them."""
    for whole in (data, HEADINGS.encode() + b"\n" + data):
        assert "\n" not in said_about(whole)


@given(
    st.lists(
        st.lists(
            st.sampled_from(["", "B801200005001", "Ada", "3/11/2014", "7", "E", "K", "\x1b", "="])
            | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
            max_size=8,
        ),
        max_size=6,
    )
)
@settings(deadline=None)
def test_every_row_is_good_or_faulty_or_without_a_plan(rows: list[list[str]]) -> None:
    """Nobody is lost between the counts."""
    said_about("\n".join([HEADINGS, *(",".join(row) for row in rows)]).encode())


def said_about(data: bytes) -> str:
    try:
        file = read_pupils(data, today=TODAY)
    except SaidNo as no:
        return str(no)
    counts = file.counts
    assert counts.rows >= counts.with_plan + counts.without_plan
    assert counts.good == len(file.pupils) <= counts.with_plan
    assert counts.faulty == len(file.faulty_lines)
    assert not {pupil.line for pupil in file.pupils} & set(file.faulty_lines)
    again = read_pupils(file.faulty_table().encode("utf-8-sig"), today=TODAY)
    assert again.counts.rows == counts.faulty
    return ""
