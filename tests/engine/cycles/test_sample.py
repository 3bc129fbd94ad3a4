"""Does the cycle file that ships say what it tells, about the school of the demonstration?"""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

import ehcp_flow_cli
from ehcp_flow.cycles.choosing import choose
from ehcp_flow.cycles.file import CycleFile, Limits, read_cycle
from ehcp_flow.importing.pupils import read_pupils
from ehcp_flow.importing.staff import read_staff
from tests.engine.cycles.examples import STAFF, chosen, person, pupil

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


# Other schools' files


def _read(name: str) -> CycleFile:
    return read_cycle((SAMPLES / name).read_bytes(), name=name)


def test_a_mainstream_school_with_eight_plans() -> None:
    """Days agreed one by one, by group, and six weeks before the rest are due."""
    tess = person("t1", "Tess Tan", "class teacher")
    ben = person("t2", "Ben Bell", "class teacher")
    senco = replace(person("s1", "Amira Nair", "SENCO"), days=("Mon", "Tue", "Wed"))
    head = person("h1", "Dana Pryce", "head teacher")
    plans = [
        replace(
            pupil(n, last_review=date(2026, 1, 15), tutor="Ms T Tan" if n == 5 else None),
            group="3W" if n == 3 else None,
        )
        for n in range(1, 10)
    ]

    found = chosen(
        _read("mainstream-eight-plans.toml"), *plans, staff=[tess, ben, senco, head], on=ON
    )

    days = [set_up.meeting for set_up in found.set_ups]
    # Six weeks before 14 January is a Thursday, on which the SENCO does not work.
    assert days == [
        date(2026, 11, 10),
        date(2026, 11, 12),
        date(2026, 11, 17),
        *[date(2026, 12, 2)] * 5,
    ]
    assert found.left_out == {"not among the plans that the file names": 1}
    assert found.gaps == ()
    assert found.unknown == ()
    fifth = found.set_ups[4]
    assert {(t.to_name, t.chosen) for t in fifth.tasks if t.task == "write"} == {
        ("Tess Tan", "the plan's tutor")
    }
    writers = {t.to_name for s in found.set_ups for t in s.tasks if t.task == "write"}
    assert writers == {"Tess Tan", "Ben Bell"}
    assert fifth.tasks[0].text is not None


def test_a_special_school_with_450_plans() -> None:
    """At most six meetings a day, nobody with too much, and nobody missing."""
    staff = [
        *(person(f"c{n}", f"C{n} Tan", "class teacher") for n in range(20)),
        *(person(f"u{n}", f"U{n} Tan", "subject teacher") for n in range(20)),
        person("s01", "Dana Pryce", "deputy head"),
        person("s02", "Mary Quist", "deputy head"),
        person("s03", "Poppy Ray", "parent liaison worker"),
    ]
    plans = [
        replace(
            pupil(n, ("3", "8")[n % 2], last_review=date(2025, 11, 1) + timedelta(days=n % 200)),
            school=("Hollybank School", "HOLLYBANK  SCHOOL")[n % 7 == 0],
        )
        for n in range(1, 451)
    ]
    elsewhere = replace(pupil(451), school="Brook School")
    file = _read("special-school-450.toml").model_copy(update={"limits": Limits(tasks=900)})

    found = chosen(file, *plans, elsewhere, staff=staff, on=ON)

    assert len(found.set_ups) == 450
    assert found.unknown == ()
    assert found.passed_over == {"at none of the chosen schools": ("2026-0451",)}
    assert found.gaps == ()
    assert found.missing == ()
    a_day = Counter(set_up.meeting for set_up in found.set_ups)
    assert max(a_day.values()) == 6
    assert date(2026, 10, 27) not in a_day
    by_due = sorted(found.set_ups, key=lambda one: (one.review_due or date.max, one.reference))
    assert [one.meeting for one in by_due] == sorted(one.meeting for one in by_due)
    reviews = Counter(t.to_name for s in found.set_ups for t in s.tasks if t.task == "review")
    assert max(reviews.values()) - min(reviews.values()) <= 3
    writes = Counter(t.to_name for s in found.set_ups for t in s.tasks if t.task == "write")
    assert max(writes.values()) - min(writes.values()) <= 3
    assert {one.kind for set_up in found.set_ups for one in set_up.advice} == {"termly report"}


def test_nobody_is_asked_beyond_the_limit() -> None:
    """What is left is told."""
    staff = [person("c1", "Cy Tan", "class teacher"), person("s01", "Dana Pryce", "deputy head")]
    plans = [replace(pupil(n), school="Hollybank School") for n in range(1, 41)]

    found = chosen(_read("special-school-450.toml"), *plans, staff=staff, on=ON)

    many = Counter(t.to for s in found.set_ups for t in s.tasks)
    assert many == {"c1": 90, "s01": 120}
    assert {gap.why for gap in found.gaps} == {
        "whoever is form tutor or class teacher has as many tasks as the file's [limits] allow: "
        "raise them or name another role, then apply the cycle again."
    }


@pytest.mark.parametrize("year", ["3", "4"])
def test_twice_a_year_the_teachers_and_the_senco_write_together(year: str) -> None:
    """Up to Year 3 the class teacher, from Year 4 the subject teachers; one of the two meetings
    is the review by law."""
    tess = person("t3", "Tess Tan", "subject teacher", years="4")
    plan = pupil(year=year, last_review=date(2026, 1, 15))
    school = chosen(_read("twice-yearly-school-meeting.toml"), plan, staff=[*STAFF, tess])
    law = chosen(_read("twice-yearly-statutory-review.toml"), plan, staff=[*STAFF, tess])

    teachers = {"3": {"Boris Blake"}, "4": {"Carol Hall", "Tess Tan"}}[year]
    for found in (school, law):
        (set_up,) = found.set_ups
        assert found.gaps == ()
        writers = {task.to_name for task in set_up.tasks if task.task == "write"}
        assert writers == {*teachers, "Amira Nair"}
        assert set_up.attend[0].name == "Amira Nair"
    assert school.set_ups[0].meeting == date(2026, 11, 19)
    assert law.set_ups[0].meeting == date(2026, 12, 3)
    assert not law.set_ups[0].late
