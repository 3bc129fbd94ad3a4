"""Do the files that the demo reads say what it tells about them?"""

from datetime import date
from pathlib import Path

import ehcp_flow_cli
from ehcp_flow.importing.pupils import read_pupils
from ehcp_flow.importing.staff import read_staff
from ehcp_flow.importing.texts import read_folder

SAMPLES = Path(ehcp_flow_cli.__file__).parent / "samples"
TODAY = date(2026, 9, 7)


def test_the_demo_school_has_twelve_plans_and_one_faulty_row() -> None:
    """Its empty line and totals line are passed over."""
    file = read_pupils(SAMPLES / "pupils.csv", today=TODAY)
    assert (file.counts.rows, file.counts.good, file.counts.faulty) == (24, 12, 1)
    assert file.understood.ignored == ("House",)
    assert {pupil.year for pupil in file.pupils} >= {"R", "1", "2", "3", "4", "6", "7", "8", "9"}


def test_the_demo_people_teach_every_year() -> None:
    """Class teachers up to Year 3, subject teachers from Year 4; all hold their roles today."""
    file = read_staff(SAMPLES / "staff.csv")
    assert (len(file.people), file.faults, file.other_roles) == (10, (), ())
    taught = {
        role: {year for row in file.people if row.roles[0].role == role for year in row.years}
        for role in ("class teacher", "subject teacher")
    }
    assert taught == {"class teacher": set("R123"), "subject teacher": set("456789")}
    assert all(row.roles[0].on(TODAY) for row in file.people)


def test_every_demo_text_is_for_a_demo_plan() -> None:
    """None is refused."""
    upns = {pupil.upn for pupil in read_pupils(SAMPLES / "pupils.csv", today=TODAY).pupils}
    found = read_folder(SAMPLES / "plans")
    assert (len(found.texts), found.refused) == (3, ())
    assert {plan for _, plan, _ in found.texts} <= upns
    assert all({"B", "E", "F", "I"} <= set(text) for _, _, text in found.texts)
