"""Is a list of people read person by person, with every fault where it stands?"""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput, SaidNo
from ehcp_flow.hands import HeldRole
from ehcp_flow.importing.staff import StaffFile, parse_role, read_staff
from ehcp_flow.importing.table import read_table
from ehcp_flow.models.shipped import default
from ehcp_flow.roles import DECIDING, ROLES

SAMPLE = Path(__file__).parents[2] / "data" / "staff.csv"
HEADINGS = "Staff ID,Name,Email,Role,From,Until,Qualification,Teaches years,Days,Organisation"


def staff(*lines: str) -> StaffFile:
    """Read a list of these lines."""
    return read_staff("\n".join([HEADINGS, *lines]).encode())


def test_the_sample_names_twelve_people_without_a_fault() -> None:
    """Three of them are not the school's."""
    file = read_staff(SAMPLE)
    assert (file.rows, len(file.people), file.faults, file.other_roles) == (12, 12, (), ())
    held = [row.roles[0] for row in file.people]
    assert sum(role.organisation != "Hillside School" for role in held) == 3
    deputy = held[6]
    assert deputy == HeldRole("deputy head", "Hillside School", date(2018, 9, 1), date(2026, 8, 31))
    lowe = file.people[1].person()
    assert (lowe.id, lowe.staff_id, lowe.email) == ("", "s02", "k.lowe@example.invalid")
    assert (lowe.years, lowe.qualifications) == (("R", "1", "2", "3"), ("QTS",))
    assert file.people[0].days == ("Mon", "Tue", "Wed")


def test_the_lines_of_one_person_are_merged() -> None:
    """Two roles are two lines; later ones may leave out the particulars."""
    file = staff(
        "s1,Ada Moss,a@x.invalid,SENCO,2024-09-01,,NPQSENCO,,Mon,School",
        "S1,,,class teacher,2024-09-01,2025-08-31,QTS,R 1,Tue,School",
    )
    (row,) = file.people
    assert (row.lines, row.staff_id, row.name) == ((2, 3), "s1", "Ada Moss")
    assert row.qualifications == ("NPQSENCO", "QTS")
    assert row.days == ("Mon", "Tue")
    assert [role.role for role in row.roles] == ["SENCO", "class teacher"]


@pytest.mark.parametrize(
    ("line", "column", "expected"),
    [
        (",Ada,,SENCO,2024-09-01,,,,,School", "Staff ID", "a staff id"),
        ("s1,,,SENCO,2024-09-01,,,,,School", "Name", "a name"),
        ("s1,Ada,nowhere,SENCO,2024-09-01,,,,,School", "Email", "an e-mail address"),
        ("s1,Ada,,,2024-09-01,,,,,School", "Role", "a role"),
        ("s1,Ada,,SENCO,,,,,,School", "From", "a date"),
        ("s1,Ada,,SENCO,2024-09-01,2024-08-31,,,,School", "Until", "not before the first one"),
        ("s1,Ada,,SENCO,2024-09-01,,,all,,School", "Teaches years", "years such as"),
        ("s1,Ada,,SENCO,2024-09-01,,,,daily,School", "Days", "weekdays"),
        ("s1,Ada,,SENCO,2024-09-01,,,,,", "Organisation", "an organisation"),
        ("s1,Ada,,SENCO,2024-09-01,,,,,School,x", "after Organisation", "10 cells and not 11"),
    ],
)
def test_a_fault_is_said_where_it_stands(line: str, column: str, expected: str) -> None:
    """Line, heading, what was found and what was expected."""
    file = staff(line)
    (fault,) = file.faults
    assert (fault.line, fault.column, file.people) == (2, column, ())
    assert expected in fault.expected


@pytest.mark.parametrize(
    ("second", "column"),
    [
        ("s1,,,senco,2025-01-01,,,,,School", "Role"),
        ("s1,Adah,,head,2024-09-01,,,,,School", "Name"),
        ("s1,,b@x.invalid,head,2024-09-01,,,,,School", "Email"),
    ],
)
def test_lines_of_one_person_may_not_contradict_each_other(second: str, column: str) -> None:
    """A role twice on one day, two names or two addresses: the later line is at fault."""
    file = staff("s1,Ada,a@x.invalid,SENCO,2024-09-01,,,,,School", second)
    (fault,) = file.faults
    assert (fault.line, fault.column) == (3, column)
    assert "line 2" in fault.expected


def test_a_role_may_be_held_again_later_and_elsewhere() -> None:
    """The days do not overlap, or the organisation is another one."""
    file = staff(
        "s1,Ada,,SENCO,2020-09-01,2021-08-31,,,,School",
        "s1,Ada,,SENCO,2021-09-01,,,,,School",
        "s1,Ada,,SENCO,2021-09-01,,,,,Other School",
    )
    assert (file.faults, len(file.people[0].roles)) == ((), 3)


def test_a_person_is_taken_whole_or_not_at_all() -> None:
    """Else the mended line alone would look as if the rest had been taken back."""
    file = staff(
        "s1,Ada,,SENCO,2024-09-01,,QTS,,,School",
        "s2,Ben,,head teacher,2024-09-01,,,,,School",
        "s1,Ada,,class teacher,31/02/2025,,,,,School",
    )
    assert [row.staff_id for row in file.people] == ["s2"]
    assert file.faulty_lines == (4,)
    text = file.faulty_table()
    assert [row.cells[1] for row in read_table(text.encode()).rows] == ["s1", "s1"]
    mended = read_staff(text.replace("31/02/2025", "28/02/2025").encode())
    assert (mended.faults, len(mended.people[0].roles)) == ((), 2)


@pytest.mark.parametrize(
    ("written", "role"),
    [
        ("SENDCO", "SENCO"),
        ("senco", "SENCO"),
        ("Headteacher", "head teacher"),
        ("LA SEND Officer", "LA SEN officer"),
        ("Class  Teacher", "class teacher"),
        ("SEN-Officer", "LA SEN officer"),
        ("Lunchtime supervisor", "Lunchtime supervisor"),
    ],
)
def test_a_role_is_written_as_the_rules_know_it(written: str, role: str) -> None:
    """Others are free, for no statute lists them."""
    assert parse_role(written) == role


def test_roles_that_the_rules_do_not_know_are_named() -> None:
    """So that a misspelt one is noticed before it is imported."""
    assert staff("s1,Ada,,Senko,2024-09-01,,,,,School").other_roles == ("Senko",)


def test_every_role_that_the_rules_name_is_known_here() -> None:
    """Else a list that writes it in capitals would give its holder nothing."""
    named = {role for rule in default().rules for role in (*rule.all_roles, *rule.but_not)}
    assert {*ROLES, "*"} >= named | DECIDING


def test_a_missing_heading_is_said() -> None:
    """With how to map it."""
    with pytest.raises(BadInput, match='--map "HEADING=organisation"'):
        read_staff(b"Staff ID,Name,Role,From\n")


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_no_bytes_whatsoever_break_the_reader(data: bytes) -> None:
    """After good headings or instead of them."""
    for whole in (data, HEADINGS.encode() + b"\n" + data):
        assert "\n" not in said_about(whole)


@given(
    st.lists(
        st.lists(
            st.sampled_from(["", "s1", "Ada", "3/11/2014", "7", "SENCO", "Mon-Fri", "\x1b", "="])
            | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
            max_size=11,
        ),
        max_size=6,
    )
)
@settings(deadline=None)
def test_every_line_is_good_or_can_be_mended(rows: list[list[str]]) -> None:
    """Nobody is lost."""
    said_about("\n".join([HEADINGS, *(",".join(row) for row in rows)]).encode())


def said_about(data: bytes) -> str:
    try:
        file = read_staff(data)
    except SaidNo as no:
        return str(no)
    again = read_staff(file.faulty_table().encode("utf-8-sig"))
    assert again.rows + sum(len(row.lines) for row in file.people) == file.rows
    return ""
