"""Does the cycle file that ships say what it tells, about the school of the demonstration?"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import ehcp_flow_cli
from ehcp_flow.cycles.choosing import choose
from ehcp_flow.cycles.file import read_cycle
from ehcp_flow.importing.pupils import read_pupils
from ehcp_flow.importing.staff import read_staff

SAMPLES = Path(ehcp_flow_cli.__file__).parent / "samples"
ON = date(2026, 9, 8)
EARLY = ("R", "1", "2", "3")


def test_up_to_year_3_class_teachers_write_and_from_year_4_subject_teachers() -> None:
    """Nobody is missing, no meeting is too late, and whoever reviews did not write."""
    pupils = {
        UUID(int=n): replace(row.particulars(), reference=f"2026-{n:04}")
        for n, row in enumerate(read_pupils(SAMPLES / "pupils.csv", today=ON).pupils, 1)
    }
    staff = [row.person() for row in read_staff(SAMPLES / "staff.csv").people]
    cycle = read_cycle((SAMPLES / "autumn-reviews.toml").read_bytes(), name="autumn-reviews.toml")

    found = choose(cycle, pupils.items(), [replace(who, id=who.staff_id) for who in staff], on=ON)

    assert found.gaps == ()
    assert found.left_out == {"with a review due after 2027-01-31": 1}
    assert len(found.set_ups) == 11
    for set_up in found.set_ups:
        early = pupils[set_up.stream].year in EARLY
        assert not set_up.late
        assert {(task.task, task.section, task.to_role) for task in set_up.tasks} == {
            ("write", "E", "class teacher" if early else "subject teacher"),
            ("write", "F", "class teacher" if early else "subject teacher"),
            ("review", "F", "SENCO"),
            ("review", "E", "head teacher"),
        }


def test_it_says_everything_that_a_beginner_needs() -> None:
    """Every key is there, at least in a note."""
    text = (SAMPLES / "autumn-reviews.toml").read_text(encoding="utf-8")

    for key in ("name", "years", "needs", "review_due_from", "review_due_to", "on =", "ask"):
        assert key in text
    for table in ("[choose]", "[meeting]", "[[closed]]", "[[write]]", "[[review]]"):
        assert f"\n{table}\n" in text
