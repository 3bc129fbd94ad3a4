"""Which plans a cycle chooses, when people meet, and who is asked for what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.cycles.choosing import Chosen, choose
from ehcp_flow.cycles.file import CycleFile
from ehcp_flow.cycles.not_here import unknown_people
from ehcp_flow.hands import Absence, HeldRole, Person
from ehcp_flow.plan import Particulars
from ehcp_flow.projections.duties import DutyLine
from ehcp_flow.statute.clocks import review_due
from tests.engine.cycles.examples import (
    BORIS,
    CAROL,
    COSMO,
    DANA,
    MEETING,
    ON,
    SCHOOL,
    STAFF,
    chosen,
    cycle,
    person,
    pupil,
    review,
    stream,
    tasks,
    write,
)

EARLY = write(years=["N1-3"])
LATE = write(role="subject teacher", years=["4-14"], ask="all")


# Which plans


def test_without_choosing_every_listed_plan_is_reviewed() -> None:
    """A pupil who left is left out, and it is told why."""
    found = chosen(cycle(review()), pupil(2), pupil(1), pupil(3, listed=False))

    assert [set_up.reference for set_up in found.set_ups] == ["2026-0001", "2026-0002"]
    assert found.left_out == {"no longer listed in the school's export": 1}


@pytest.mark.parametrize(
    ("choosing", "who", "why"),
    [
        ('years = ["4-6"]', pupil(year="3"), "taught in none of the chosen years"),
        ('needs = ["SLCN"]', pupil(needs=("ASD", "MLD")), "with none of the chosen needs"),
        ('needs = ["SLCN"]', pupil(needs=()), "with none of the chosen needs"),
        (
            "review_due_from = 2026-11-18",
            pupil(last_review=date(2025, 11, 18)),
            "with a review due before 2026-11-18",
        ),
        (
            "review_due_to = 2026-11-16",
            pupil(last_review=date(2025, 11, 18)),
            "with a review due after 2026-11-16",
        ),
        (
            "review_due_to = 2026-11-16",
            pupil(made_on=None),
            "for whom it is not known when the review is due",
        ),
    ],
)
def test_a_plan_that_does_not_fit_counts_under_its_reason(
    choosing: str, who: Particulars, why: str
) -> None:
    """Of several reasons the first."""
    found = chosen(cycle(review(), f"[choose]\n{choosing}"), who)

    assert found.set_ups == ()
    assert found.left_out == {why: 1}


def test_a_plan_fits_in_everything_that_is_said() -> None:
    """Both days of the range are in it, and one of the needs is enough."""
    asked = cycle(
        review(),
        '[choose]\nyears = ["R-3"]\nneeds = ["SLCN", "ASD"]\n'
        "review_due_from = 2026-11-17\nreview_due_to = 2026-11-17",
    )

    (set_up,) = chosen(asked, pupil(year="R", last_review=date(2025, 11, 18))).set_ups

    assert set_up.review_due == date(2026, 11, 17)


# When people meet

RELATIVE = "[meeting]\nweeks_before_review_due = 5\nnot_after = 2026-12-11"


@pytest.mark.parametrize(
    ("last_review", "meeting"),
    [
        # Five weeks before Tuesday 17 November.
        (date(2025, 11, 18), date(2026, 10, 13)),
        # Before Saturday 5 December: Saturday 31 October, so the Friday; it is in half-term, so
        # the Friday before.
        (date(2025, 12, 6), date(2026, 10, 23)),
        # It should have been long ago: as soon as there are two weeks of notice.
        (date(2025, 9, 1), date(2026, 9, 22)),
        # It would be in the next year: the last day of the window.
        (date(2026, 3, 2), date(2026, 12, 11)),
    ],
)
def test_the_meeting_goes_by_the_day_on_which_the_review_is_due(
    last_review: date, meeting: date
) -> None:
    """The nearest day that is open, before the day that was asked for rather than after it."""
    asked = cycle(review(), "[[closed]]\nfrom = 2026-10-26\nto = 2026-10-30", meeting=RELATIVE)

    (set_up,) = chosen(asked, pupil(last_review=last_review)).set_ups

    assert set_up.meeting == meeting
    assert set_up.late == (last_review == date(2025, 9, 1))


def test_the_meeting_moves_on_when_no_earlier_day_is_open() -> None:
    """From a Sunday at the beginning of the window to the Monday."""
    window = RELATIVE + "\nnot_before = 2026-10-11"

    (set_up,) = chosen(
        cycle(review(), meeting=window), pupil(last_review=date(2025, 11, 1))
    ).set_ups

    assert set_up.meeting == date(2026, 10, 12)


def test_a_plan_for_which_no_day_is_left_is_left_out() -> None:
    """When the window ends within the two weeks of notice, or all of it is closed."""
    late = chosen(cycle(review(), meeting=RELATIVE), pupil(), on=date(2026, 12, 1))
    shut = "[[closed]]\nfrom = 2026-09-01\nto = 2026-12-31"
    closed = chosen(cycle(review(), shut, meeting=RELATIVE), pupil(), pupil(2))

    assert late.left_out == {"as no day for a meeting is left from 2026-12-15 to 2026-12-11": 1}
    assert closed.left_out == {"as no day for a meeting is left from 2026-09-22 to 2026-12-11": 2}


def test_without_a_last_day_the_search_for_an_open_one_ends() -> None:
    """After a year; at the end of the calendar, too."""
    shut = "[[closed]]\nfrom = 2026-09-01\nto = 2099-12-31"
    asked = cycle(review(), shut, meeting="[meeting]\nweeks_before_review_due = 5")

    assert chosen(asked, pupil()).set_ups == ()
    assert chosen(asked, pupil(made_on=date.max)).set_ups[0].meeting == date(9999, 11, 26)


def test_a_plan_whose_review_day_is_not_known_is_left_out_when_the_meeting_goes_by_it() -> None:
    """It is chosen by a cycle with one day for all."""
    nothing_known = pupil(made_on=None)

    assert chosen(cycle(review()), nothing_known).set_ups[0].meeting == date(2026, 11, 10)
    assert chosen(cycle(review(), meeting=RELATIVE), nothing_known).left_out == {
        "for whom it is not known when the review is due": 1
    }


def test_a_day_for_all_that_has_passed_sets_nothing_up() -> None:
    """On the day itself it does."""
    asked = cycle(review())

    assert len(chosen(asked, pupil(), on=date(2026, 11, 10)).set_ups) == 1
    assert chosen(asked, pupil(), on=date(2026, 11, 11)).left_out == {
        "as the meeting day 2026-11-10 has passed": 1
    }


def test_a_review_that_is_set_up_keeps_its_meeting() -> None:
    """Whatever the file says now; once it has passed nothing more is asked for."""
    who = pupil(year="7")
    plans = [(stream(who), who)]
    asked = cycle(write(), review())

    kept = choose(asked, plans, STAFF, on=ON, meetings={stream(who): date(2026, 10, 1)})
    past = choose(asked, plans, STAFF, on=ON, meetings={stream(who): date(2026, 9, 7)})

    assert kept.set_ups[0].meeting == date(2026, 10, 1)
    assert {task.due for task in kept.set_ups[0].tasks} == {date(2026, 9, 10)}
    assert (past.set_ups[0].tasks, past.gaps) == ((), ())


# Who is asked for what


def test_up_to_year_3_the_class_teacher_and_from_year_4_the_subject_teachers() -> None:
    """Every one of them who teaches the pupil's year."""
    found = chosen(cycle(EARLY, LATE), pupil(1, "3"), pupil(2, "4"), pupil(3, "7"))

    names = [{task.to_name for task in set_up.tasks} for set_up in found.set_ups]
    assert names == [{"Boris Blake"}, {"Carol Hall"}, {"Carol Hall", "Cosmo Hall"}]
    assert [asked.rule for set_up in found.set_ups[:2] for asked in set_up.tasks] == [
        "The class teacher writes F for pupils in N1 to Year 3.",
        "Every subject teacher writes F for pupils in Year 4 to Year 14.",
    ]


def test_everything_about_a_request() -> None:
    """Who, in which role, what, by when, and by which rule."""
    (set_up,) = chosen(cycle(EARLY), pupil()).set_ups

    (asked,) = set_up.tasks
    assert (asked.section, asked.task, asked.to, asked.to_name, asked.to_role) == (
        "F",
        "write",
        "s2",
        "Boris Blake",
        "class teacher",
    )
    assert (asked.due, asked.instead) == (date(2026, 10, 20), ())


def test_a_due_day_never_lies_before_the_day_of_applying() -> None:
    """A pupil who joins late is written about from today."""
    (set_up,) = chosen(cycle(EARLY), pupil(), on=date(2026, 11, 2)).set_ups

    assert set_up.tasks[0].due == date(2026, 11, 2)


def test_one_of_several_is_asked_and_the_work_is_spread() -> None:
    """For each pupil whoever has the fewest tasks so far, the same one for all sections."""
    asked = cycle(write("E F", "subject teacher"))

    found = chosen(asked, *(pupil(n, "6") for n in range(1, 5)))

    assert [name for _, _, name in tasks(found)] == [
        "Carol",
        "Carol",
        "Cosmo",
        "Cosmo",
        "Carol",
        "Carol",
        "Cosmo",
        "Cosmo",
    ]


def test_whoever_could_be_asked_instead_is_known() -> None:
    """In order, for the rules of assigning may not allow the first."""
    asked = cycle(review(role="SENCO/deputy head/head teacher"))

    (set_up,) = chosen(asked, pupil()).set_ups

    (first,) = set_up.tasks
    assert first.to_name == "Amira Nair"
    assert [(one.to_name, one.to_role) for one in first.instead] == [("Dana Pryce", "head teacher")]


def test_of_several_roles_the_first_that_is_held_goes_first() -> None:
    """Without a SENCO the head."""
    asked = cycle(review(role="SENCO/head teacher"))

    assert tasks(chosen(asked, pupil())) == [("review", "F", "Amira")]
    assert tasks(chosen(asked, pupil(), staff=[BORIS, DANA])) == [("review", "F", "Dana")]


def test_who_surely_teaches_the_year_goes_before_who_perhaps_does() -> None:
    """Of whom no years are on record may teach any."""
    perhaps = person("s0", "Ada Abel", "class teacher")
    asked = cycle(write())

    assert tasks(chosen(asked, pupil(), staff=[perhaps, BORIS])) == [("write", "F", "Boris")]
    assert tasks(chosen(asked, pupil(year="9"), staff=[perhaps, BORIS])) == [("write", "F", "Ada")]


def test_roles_are_those_of_the_day_and_must_last_until_the_task_is_due() -> None:
    """Who leaves before cannot do it."""
    leaves = person("s0", "Ada Abel", "class teacher", until=date(2026, 10, 19))
    stays = person("s1", "Ben Abel", "class teacher", until=date(2026, 10, 20))
    comes = replace(
        leaves,
        id="s2",
        name="Cy Abel",
        roles=(HeldRole("class teacher", SCHOOL, date(2026, 9, 9)),),
    )

    assert tasks(chosen(cycle(write()), pupil(), staff=[leaves, stays, comes])) == [
        ("write", "F", "Ben")
    ]


def test_two_rules_for_one_section_ask_both() -> None:
    """The SENCO writes with the class teacher; whom both mean is asked once."""
    together = cycle(write(), write(role="SENCO"), write(role="class teacher/SENCO"))

    assert tasks(chosen(together, pupil())) == [
        ("write", "F", "Boris"),
        ("write", "F", "Amira"),
    ]


def test_a_writer_is_passed_over_as_reviewer() -> None:
    """Of this section, not of another."""
    asked = cycle(write("F", "SENCO"), review("E F", "SENCO/head teacher"))

    assert tasks(chosen(asked, pupil())) == [
        ("write", "F", "Amira"),
        ("review", "E", "Amira"),
        ("review", "F", "Dana"),
    ]


# The tutor

TUTORS = cycle(write(role="tutor/class teacher"))


@pytest.mark.parametrize(
    "name",
    [
        "Carol Hall",
        "Ms C Hall",
        "Hall, Carol",
        "HALL, C.",
        "Hall, Miss Carol",
        "Dr. Cârol  HALL",
        "s3",
    ],
)
def test_the_tutor_is_whom_the_plan_names(name: str) -> None:
    """However the school's system writes it, and whichever years they teach."""
    found = chosen(TUTORS, pupil(tutor=name), staff=[BORIS, CAROL])

    assert tasks(found) == [("write", "F", "Carol")]
    assert found.set_ups[0].tasks[0].to_role == "subject teacher"


@pytest.mark.parametrize("name", ["Mr X Hall", "Hall", "C Hall", "Nobody", "...", "Mrs", ""])
def test_a_tutor_who_could_be_two_people_or_is_nobody_is_not_guessed(name: str) -> None:
    """Carol and Cosmo are both C Hall: the next role, or a gap."""
    staff = [BORIS, CAROL, COSMO]
    found = chosen(cycle(write(role="tutor")), pupil(tutor=name), staff=staff)

    assert tasks(chosen(TUTORS, pupil(tutor=name), staff=staff)) == [("write", "F", "Boris")]
    assert "is nobody known here, or more than one" in found.gaps[0].why


def test_a_plan_that_names_no_tutor_goes_to_who_holds_the_role() -> None:
    """As with any other role."""
    tutor = person("s9", "Tess Tan", "class teacher", "form tutor", years="3")

    (set_up,) = chosen(TUTORS, pupil(), staff=[BORIS, tutor]).set_ups

    assert [(task.to_name, task.to_role) for task in set_up.tasks] == [("Tess Tan", "form tutor")]


def test_the_plans_own_tutor_goes_first_among_those_who_write() -> None:
    """Of two class teachers the one who knows the child."""
    other = person("s1b", "Bea Bell", "class teacher", years="3")
    asked = cycle(write())

    assert tasks(chosen(asked, pupil(), staff=[other, BORIS])) == [("write", "F", "Bea")]
    assert tasks(chosen(asked, pupil(tutor="Mr Blake"), staff=[other, BORIS])) == [
        ("write", "F", "Boris")
    ]


# Gaps


@pytest.mark.parametrize(
    ("table", "who", "staff", "why"),
    [
        (write(role="therapist"), pupil(), STAFF, "nobody is therapist on 2026-09-08"),
        (write(), pupil(year="9"), STAFF, "no class teacher teaches Year 9"),
        (
            write(),
            pupil(),
            [person("s2", "Boris", "class teacher", until=date(2026, 9, 30))],
            "whoever is class teacher now will not be on 2026-10-20, when it is due",
        ),
        (
            write(role="tutor"),
            pupil(tutor="Mrs T Ashdown"),
            STAFF,
            "the plan's tutor 'Mrs T Ashdown' is nobody known here, or more than one",
        ),
        (write(role="tutor"), pupil(), STAFF, "nobody is form tutor on 2026-09-08"),
        (EARLY, pupil(year="X"), STAFF, "no [[write]] for it is about Year X"),
        (
            write(role="class teacher") + "\n" + review(role="class teacher"),
            pupil(),
            STAFF,
            "whoever could review it writes it",
        ),
    ],
)
def test_what_nobody_can_take_is_a_gap_with_its_reason(
    table: str, who: Particulars, staff: list[Person], why: str
) -> None:
    """And with what to do."""
    found = chosen(cycle(table), who, staff=staff)

    (gap,) = found.gaps
    assert (gap.reference, gap.section) == ("2026-0001", "F")
    assert gap.why.startswith(why)
    assert gap.why.endswith(", then apply the cycle again.")
    assert (gap.rule is None) == ("no [[" in why)
    assert len(found.set_ups) == 1


# Named plans, groups, templates


@pytest.mark.parametrize(
    ("choosing", "why"),
    [
        ('plans = ["2026-0001", "k999400123001"]', "not among the plans that the file names"),
        ('except = ["2026-0003"]', "whom the file excepts"),
        ('groups = ["3W", "4c"]', "in none of the chosen groups"),
        ('templates = ["EHCP"]', "of none of the chosen templates"),
        ('templates = ["ehcp@1", "ehcp@2"]', "of none of the chosen templates"),
        ('schools = ["fernbank  SCHOOL", "Ecole Zola"]', "at none of the chosen schools"),
    ],
)
def test_plans_are_named_excepted_or_chosen_by_group_template_and_school(
    choosing: str, why: str
) -> None:
    """By reference or UPN, whatever the case; a school also whatever the accents."""
    plans = [
        replace(pupil(1), group="3w", school="Fernbank School"),
        replace(pupil(2), group="4C", upn="K999400123001", school="École Zola", template_version=2),
        replace(pupil(3), group="5A", template="isp", school="Brook School"),
    ]

    found = chosen(cycle(review(), f"[choose]\n{choosing}"), *plans)

    assert [set_up.reference for set_up in found.set_ups] == ["2026-0001", "2026-0002"]
    assert found.passed_over == {why: ("2026-0003",)}
    assert found.unknown == ()


def test_what_is_named_and_not_here_is_told() -> None:
    """In any of the lists."""
    asked = cycle(
        review(),
        "[choose]\nplans = ['2026-0001', 'x1']\nexcept = ['x2']",
        meeting=MEETING + "\n[meeting.plans]\nx3 = 2026-11-11",
    )

    assert [unknown.said for unknown in chosen(asked, pupil()).unknown] == ["x1", "x2", "x3"]


def test_one_version_of_a_template_is_chosen() -> None:
    """Others of the same template are not."""
    plans = [pupil(1), replace(pupil(2), template_version=2)]

    found = chosen(cycle(review(), '[choose]\ntemplates = "EHCP@2"'), *plans)

    assert [set_up.reference for set_up in found.set_ups] == ["2026-0002"]


def test_a_plan_whose_school_nobody_said_is_told() -> None:
    """It is not taken for one of the chosen schools, nor for one of another school."""
    plans = [replace(pupil(1), school="Brook School"), pupil(2)]

    found = chosen(cycle(review(), '[choose]\nschools = "Brook School"'), *plans)

    assert [set_up.reference for set_up in found.set_ups] == ["2026-0001"]
    assert found.passed_over == {"of whom it is not known which school they attend": ("2026-0002",)}


def test_plans_are_chosen_by_the_authority_that_maintains_them() -> None:
    """Whatever its case; of which it is not known are told apart."""
    plans = [
        replace(pupil(1), authority="Marlshire"),
        replace(pupil(2), authority="Northshire"),
        pupil(3),
    ]

    found = chosen(cycle(review(), '[choose]\nauthorities = "marlshire"'), *plans)

    assert [set_up.reference for set_up in found.set_ups] == ["2026-0001"]
    assert found.passed_over == {
        "maintained by none of the chosen authorities": ("2026-0002",),
        "of which it is not known which authority maintains them": ("2026-0003",),
    }


@pytest.mark.parametrize(
    ("choosing", "unknown"),
    [
        ("schools = ['Brook School', 'Bruk Schol']", ("school", "Bruk Schol", "Brook School")),
        ("schools = 'St Mary'", ("school", "St Mary", None)),
        ("authorities = ['Marlshire', 'Marshire']", ("authority", "Marshire", "Marlshire")),
        ("templates = ['ehcp', 'ehpc']", ("template", "ehpc", "ehcp")),
        ("templates = 'ehcp@3'", ("template", "ehcp@3", "ehcp@1")),
        ("groups = ['3 w', '3 V']", ("group", "3 v", "3 W")),
    ],
)
def test_a_school_template_or_group_of_no_plan_here_is_told_with_the_nearest(
    choosing: str, unknown: tuple[str, str, str | None]
) -> None:
    """Also of plans that are not chosen: who left Brook School leaves its name known."""
    gone = replace(
        pupil(1, listed=False), school="Brook School", group="3 W", authority="Marlshire"
    )

    found = chosen(cycle(review(), f"[choose]\n{choosing}"), gone, pupil(2))

    assert found.unknown == (unknown,)


def test_a_day_for_a_group_or_a_tutor_of_nobody_is_told() -> None:
    """Else their plans would meet on the day for all, and nobody would know why."""
    days = "\n[meeting.groups]\n3X = 2026-11-03\n[meeting.tutors]\n'Ms Haul' = 2026-11-04"
    plans = replace(pupil(1, tutor="Ms Hall"), group="3W")

    found = chosen(cycle(review(), meeting=MEETING + days), plans)

    assert found.unknown == (("group", "3x", None), ("tutor", "ms haul", "Ms Hall"))


def test_a_slip_in_a_role_is_told_with_the_nearest() -> None:
    """And a limit for nobody. A role that nobody holds is no slip: what it is asked for is told."""
    left = person("s9", "Gil Ray", "Lunch Hero", until=date(2021, 7, 1))
    asked = cycle(
        write(role="clas teacher"),
        review(role="lunch hero"),
        "[[attend]]\nrole = ['plan coordinator', 'nurse']\n[limits]\npeople = { S1 = 3, s77 = 4 }",
    )

    found = list(unknown_people(asked, [*STAFF, left], ["Plan coordinator"]))

    assert found == [("role", "clas teacher", "class teacher"), ("person", "s77", None)]
    assert "(perhaps 'class teacher')" in found[0].in_words()


# Days of their own, and meetings that are spread


def test_a_plan_has_its_own_day_or_that_of_its_group_or_tutor() -> None:
    """The first of these, else the day for all; who has none is told."""
    days = """
[meeting.plans]
"2026-0001" = 2026-11-02
[meeting.groups]
"3W" = 2026-11-03
[meeting.tutors]
"ms c  hall" = 2026-11-04
"""
    plans = [replace(pupil(n, tutor="Ms C Hall"), group="3W") for n in (1, 2)]
    plans += [pupil(3, tutor="Ms C Hall"), pupil(4)]

    found = chosen(cycle(review(), meeting=MEETING + days), *plans)
    without = chosen(cycle(review(), meeting=days), *plans)

    assert [set_up.meeting.day for set_up in found.set_ups] == [2, 3, 4, 10]
    assert without.passed_over == {"to whom the file gives no meeting day": ("2026-0004",)}
    assert without.without_a_day == set(without.passed_over)


SPREAD = "[meeting]\nspread_from = 2026-10-19\nspread_to = 2026-11-03"


def test_meetings_are_spread_the_review_that_is_due_first_before_the_others() -> None:
    """Not in half-term, so many a day; when no day is left it is told."""
    plans = [pupil(n, last_review=date(2026, 1, 20 - n)) for n in range(1, 17)]
    half_term = "[[closed]]\nfrom = 2026-10-26\nto = 2026-10-30"

    two = chosen(cycle(review(), half_term, meeting=SPREAD + "\nmost_a_day = 2"), *plans)
    even = chosen(cycle(review(), half_term, meeting=SPREAD), *plans)

    assert [set_up.meeting.day for set_up in two.set_ups] == [
        *(3, 3, 2, 2, 23, 23, 22, 22, 21, 21, 20, 20, 19, 19),
    ]
    assert two.left_out == {
        "as no day for a meeting is left from 2026-10-19 to 2026-11-03, at 2 a day": 2
    }
    assert len(even.set_ups) == 16
    assert max(Counter(set_up.meeting for set_up in even.set_ups).values()) == 3


def test_no_review_is_refused_while_there_is_a_day_on_which_whoever_must_attend_can() -> None:
    """Days without them, and days within the notice, hold no meetings: the others hold more."""
    amira = replace(STAFF[0], days=("Mon",))
    plans = [pupil(n) for n in range(1, 9)]
    there = cycle(review(), ATTEND, meeting=SPREAD)
    soon = "[meeting]\nspread_from = 2026-09-09\nspread_to = 2026-09-23"

    mondays = chosen(there, *plans, staff=(amira, *STAFF[1:]))
    notice = chosen(cycle(review(), meeting=soon), *plans)

    assert Counter(set_up.meeting.day for set_up in mondays.set_ups) == {19: 3, 26: 3, 2: 2}
    assert Counter(set_up.meeting.day for set_up in notice.set_ups) == {22: 4, 23: 4}
    assert not mondays.passed_over
    assert not notice.passed_over


def test_days_that_are_taken_stay_taken() -> None:
    """Applying again after an interruption gives the others the days that they would have had."""
    plans = [pupil(n, last_review=date(2026, 1, n)) for n in range(1, 13)]
    asked = cycle(review(), meeting=SPREAD + "\nmost_a_day = 2")
    whole = chosen(asked, *plans)
    held = {set_up.stream: set_up.meeting for set_up in whole.set_ups[3:8]}

    again = choose(asked, [(stream(p), p) for p in plans], STAFF, on=ON, meetings=held)

    assert [s.meeting for s in again.set_ups] == [s.meeting for s in whole.set_ups]


# Who must attend, working days and absences

ATTEND = '[[attend]]\nrole = "SENCO"'


def test_a_meeting_is_held_when_whoever_must_attend_can() -> None:
    """They work on that day and are not away; who need not come holds nobody up."""
    amira = replace(
        STAFF[0],
        days=("Mon", "Tue"),
        absences=(Absence(date(2026, 10, 12), date(2026, 10, 16)),),
    )
    asked = cycle(review(role="head teacher"), ATTEND, meeting=RELATIVE)
    who = pupil(last_review=date(2025, 11, 18))

    (set_up,) = chosen(asked, who, staff=[amira, DANA]).set_ups
    (free,) = chosen(asked, who, staff=[STAFF[0], DANA]).set_ups
    easy = cycle(review(role="head teacher"), ATTEND + "\nmust = false", meeting=RELATIVE)
    need_not = chosen(easy, who, staff=[amira, DANA])

    assert (free.meeting, set_up.meeting) == (date(2026, 10, 13), date(2026, 10, 6))
    assert [one.name for one in set_up.attend] == ["Amira Nair"]
    assert need_not.set_ups[0].meeting == date(2026, 10, 13)
    assert [one.duty for one in need_not.missing] == ["attend"]


def test_when_whoever_must_attend_never_can_there_is_no_meeting() -> None:
    """And it is told why."""
    amira = replace(STAFF[0], absences=(Absence(date(2026, 9, 1)),))
    asked = cycle(review(role="head teacher"), ATTEND, meeting=RELATIVE)

    (why,) = chosen(asked, pupil(), staff=[amira, DANA]).passed_over

    assert why.endswith("to 2026-12-11 on which whoever must attend can")


def test_who_is_away_is_not_asked() -> None:
    """On the due day, or all the time until then; for some days in between they are."""

    def asked_of(*absences: Absence) -> list[str]:
        cosmo = replace(COSMO, absences=absences)
        found = chosen(cycle(write(role="subject teacher")), pupil(year="8"), staff=[cosmo])
        return [name for _, _, name in tasks(found)] + [gap.why for gap in found.gaps]

    due = date(2026, 10, 20)
    assert asked_of(Absence(ON, due - timedelta(days=2))) == ["Cosmo"]
    away = "whoever is subject teacher is away on 2026-10-20, when it is due, or until then"
    for absence in (Absence(due, due), Absence(ON), Absence(ON, due - timedelta(days=1))):
        (told,) = asked_of(absence)
        assert told.startswith(away)


def test_a_due_day_is_brought_forward_to_a_working_day() -> None:
    """The last one before it; on the day of applying itself it is left as it is."""
    boris = replace(BORIS, days=("Fri",))

    (due,) = chosen(cycle(write()), pupil(), staff=[boris]).set_ups[0].tasks
    (now,) = chosen(cycle(write()), pupil(), staff=[boris], on=date(2026, 11, 9)).set_ups[0].tasks

    assert (due.due, now.due) == (date(2026, 10, 16), date(2026, 11, 9))


# Why this one, limits, advice


def test_why_this_one_of_several() -> None:
    """In the words that go into the record; without a choice there is no reason."""
    asked = cycle(write(role="subject teacher"))
    plans = [(stream(p), p) for p in (pupil(1, "6"), pupil(2, "6", tutor="Cosmo Hall"))]

    first, second = choose(asked, plans, STAFF, on=ON, waiting={"s3": 4, "s4": 1}).set_ups
    (third,) = choose(asked, plans[:1], STAFF, on=ON, wrote=lambda _: ["s4"]).set_ups
    (same,) = choose(asked, plans[:1], STAFF, on=ON).set_ups
    (only,) = chosen(cycle(write()), pupil()).set_ups
    (role,) = chosen(cycle(review(role="SENCO/head teacher")), pupil()).set_ups

    assert [(s.tasks[0].to_name, s.tasks[0].chosen) for s in (first, second, third, same)] == [
        ("Cosmo Hall", "fewest tasks (1)"),
        ("Cosmo Hall", "the plan's tutor"),
        ("Cosmo Hall", "wrote in this plan last"),
        ("Carol Hall", "as few tasks as others (0), first by staff id"),
    ]
    assert only.tasks[0].chosen is None
    assert role.tasks[0].chosen == "SENCO is named first"


def test_who_has_reached_the_limit_is_passed_over() -> None:
    """With what waited on them before; by staff id it may be another one."""
    asked = cycle(write("E F", "subject teacher"), "[limits]\ntasks = 4\npeople = { S3 = 2 }")
    plans = [(stream(p), p) for p in (pupil(n, "6") for n in range(1, 5))]

    found = choose(asked, plans, STAFF, on=ON, waiting={"s4": 1})

    assert [name for _, _, name in tasks(found)] == ["Carol", "Carol", "Cosmo", "Cosmo"]
    assert {gap.reference for gap in found.gaps} == {"2026-0003", "2026-0004"}
    assert all("as the file's [limits] allow" in gap.why for gap in found.gaps)


def test_who_gives_advice_is_said() -> None:
    """Of whom, by when, with which words; what nobody can give is missing."""
    table = '[[advice]]\nkind = "termly report"\nrole = "class teacher"\n'
    table += 'due_weeks_before_meeting = 4\ntext = "Please."'
    asked = cycle(review(), table)

    (set_up,) = chosen(asked, pupil()).set_ups
    found = chosen(asked, pupil(year="9"))

    (one,) = set_up.advice
    assert (one.to_name, one.kind, one.due, one.text) == (
        "Boris Blake",
        "termly report",
        date(2026, 10, 13),
        "Please.",
    )
    assert (one.rule, one.chosen) == ("The class teacher gives advice (termly report).", None)
    assert [(m.duty, m.what) for m in found.missing] == [("advice", "termly report")]


def test_why_this_one_attends_or_gives_advice() -> None:
    """By the same reasons as a task is given, and whoever has the fewest meetings comes."""
    role = 'role = "subject teacher"\n'
    advice = '[[advice]]\nkind = "education"\ndue_days_before_meeting = 21\n'
    asked = cycle(review(), f"[[attend]]\n{role}years = 6\n{advice}{role}")

    first, second = chosen(asked, pupil(1, "6"), pupil(2, "6", tutor="Carol Hall")).set_ups
    (third,) = chosen(asked, pupil(1, "6", tutor="Cosmo Hall")).set_ups

    rule = "The subject teacher comes to the meeting for pupils in Year 6."
    assert [(a.name, a.rule, a.chosen) for s in (first, second) for a in s.attend] == [
        ("Carol Hall", rule, "as few meetings as others (0), first by staff id"),
        ("Carol Hall", rule, "the plan's tutor"),
    ]
    assert [a.chosen for a in third.attend] == ["the plan's tutor"]
    assert [a.chosen for s in (first, third) for a in s.advice] == [
        "as few tasks as others (0), first by staff id",
        "the plan's tutor",
    ]


def test_whoever_was_asked_to_attend_or_for_advice_is_not_asked_again() -> None:
    """Nor is anybody else by the same rule; a rule that is met by who was asked by another one
    is met."""
    role = 'role = "subject teacher"\n'
    both = 'role = ["subject teacher", "head teacher"]\nask = "all"\n'
    advice = '[[advice]]\nkind = "education"\ndue_days_before_meeting = 21\n'
    asked = cycle(review(), f"[[attend]]\n{role}[[attend]]\n{both}{advice}{role}")
    who = pupil(1, "6")
    came = DutyLine(None, "s4", "The subject teacher comes to the meeting.")
    gave = DutyLine("education", "s4", "The subject teacher gives advice (education).")

    def again(*before: DutyLine) -> tuple[list[str], list[str]]:
        (found,) = choose(
            asked,
            [(stream(who), who)],
            STAFF,
            on=ON,
            meetings={stream(who): date(2026, 11, 10)},
            duties=lambda _: before,
        ).set_ups
        return [one.person for one in found.attend], [one.to for one in found.advice]

    assert again() == (["s3", "s4", "s5"], ["s3"])
    assert again(came, gave) == (["s3", "s5"], [])
    assert again(came._replace(rule="Other."), gave._replace(rule="Other.")) == (["s3", "s5"], [])
    assert again(gave._replace(kind="health")) == (["s3", "s4", "s5"], ["s3"])


# What always holds

_ROLES = ("class teacher", "subject teacher", "SENCO", "head teacher", "form tutor")
_YEARS = ("R", "3", "4", "7", "X")
_NAMES = ("Ann Hall", "Ben Hall", "Cal Lowe", "Dee Moss", "Eli Lowe", "Fay Tan")
_DAYS = st.dates(date(2026, 8, 1), date(2027, 2, 28))


def _some(values: Sequence[str], *, least: int = 0, most: int = 3) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=most, unique=True)


@st.composite
def _tables(draw: st.DrawFn) -> str:
    """A table that says who writes or reviews."""
    more: dict[str, object] = {
        "due_days_before_meeting": draw(st.integers(0, 100)),
        "ask": draw(st.sampled_from(["one", "all"])),
    }
    if years := draw(_some(_YEARS)):
        more["years"] = years
    table = draw(st.sampled_from([write, review]))
    sections = " ".join(draw(_some("BEF", least=1)))
    return table(sections, "/".join(draw(_some(_ROLES, least=1, most=2))), **more)


@st.composite
def _cycles(draw: st.DrawFn) -> CycleFile:
    """A cycle with any tasks, and meetings on one day or by the day on which reviews are due."""
    days = st.dates(date(2026, 9, 1), date(2027, 3, 31)).filter(lambda day: day.weekday() < 5)
    meeting = f"[meeting]\non = {draw(days)}"
    if draw(st.booleans()):
        meeting = f"[meeting]\nweeks_before_review_due = {draw(st.integers(4, 51))}"
        if draw(st.booleans()):
            first, last = sorted([draw(_DAYS), draw(_DAYS)])
            meeting += f"\nnot_before = {first}\nnot_after = {last}"
    return cycle(*draw(st.lists(_tables(), min_size=1, max_size=6)), meeting=meeting)


@st.composite
def _people(draw: st.DrawFn) -> Person:
    """Someone with up to two roles, who may leave."""
    name = draw(st.sampled_from(_NAMES))
    years = " ".join(draw(_some(_YEARS)))
    until = draw(st.none() | _DAYS)
    return person(name.lower(), name, *draw(_some(_ROLES, most=2)), years=years, until=until)


@st.composite
def _pupils(draw: st.DrawFn) -> Particulars:
    """A pupil of any year."""
    return pupil(
        draw(st.integers(1, 99)),
        draw(st.sampled_from(_YEARS)),
        tutor=draw(st.sampled_from([None, "A Hall", "Mr Lowe", "Tan, Fay", "Nobody"])),
        made_on=draw(st.none() | st.dates(date(2024, 1, 1), date(2026, 9, 1))),
        listed=draw(st.booleans()),
    )


def _by_id(who: Person) -> str:
    return who.id


def _by_reference(who: Particulars) -> str:
    return who.reference


@settings(max_examples=300)
@given(
    _cycles(),
    st.lists(_pupils(), max_size=6, unique_by=_by_reference),
    st.lists(_people(), max_size=6, unique_by=_by_id),
    st.dates(date(2026, 9, 1), date(2026, 12, 31)),
)
def test_what_always_holds(
    asked: CycleFile, pupils: list[Particulars], staff: list[Person], on: date
) -> None:
    """Whatever the file, the plans, the people and the day."""
    found = chosen(asked, *pupils, staff=staff, on=on)

    assert len(found.set_ups) + sum(found.left_out.values()) == len(pupils)
    by_reference = {who.reference: who for who in pupils}
    for set_up in found.set_ups:
        _meets_when_people_can(asked, by_reference[set_up.reference], set_up.meeting, on)
        for task in set_up.tasks:
            assert on <= task.due <= set_up.meeting
    _writers_never_review(found)
    _everybody_asked_holds_the_role(found, staff, on)
    _everything_is_asked_for_or_told(found, asked)
    assert found == chosen(asked, *reversed(pupils), staff=staff[::-1], on=on)


def _meets_when_people_can(asked: CycleFile, who: Particulars, meeting: date, on: date) -> None:
    assert meeting >= on
    assert asked.meets_on(meeting)
    if asked.meeting.on is not None:
        assert meeting == asked.meeting.on
        return
    assert meeting >= on + timedelta(weeks=2)
    assert (asked.meeting.not_before or meeting) <= meeting
    assert (asked.meeting.not_after or meeting) >= meeting
    due = review_due(who.made_on, who.last_review)
    assert due is not None
    in_time = due - timedelta(weeks=4)
    if in_time >= max(on + timedelta(weeks=2), asked.meeting.not_before or on) + timedelta(days=2):
        assert meeting <= in_time


def _writers_never_review(found: Chosen) -> None:
    for set_up in found.set_ups:
        write_, review_ = (
            {(one.section, one.to) for one in set_up.tasks if one.task == task}
            for task in ("write", "review")
        )
        assert not write_ & review_
        once = [(one.section, one.task, one.to) for one in set_up.tasks]
        assert len(once) == len(set(once))


def _everybody_asked_holds_the_role(found: Chosen, staff: list[Person], on: date) -> None:
    people = {who.id: who for who in staff}
    for task in [task for set_up in found.set_ups for task in set_up.tasks]:
        for asked in (task, *task.instead):
            who = people[asked.to]
            for day in (on, asked.due):
                assert asked.to_role in [held.role for held in who.roles_on(day)]


def _everything_is_asked_for_or_told(found: Chosen, asked: CycleFile) -> None:
    gaps = {(gap.reference, gap.task, gap.section) for gap in found.gaps}
    for set_up in found.set_ups:
        given_out = {(set_up.reference, task.task, task.section) for task in set_up.tasks}
        for task, rules in (("write", asked.write), ("review", asked.review)):
            for rule in rules:
                for section in rule.sections:
                    assert (set_up.reference, task, section) in given_out | gaps


def test_hundreds_of_teachers_do_not_make_a_share_large() -> None:
    """Whoever could be asked instead are a few."""
    staff = [person(f"t{n:03}", f"T{n} Tan", "subject teacher") for n in range(300)]

    (set_up,) = chosen(cycle(write(role="subject teacher")), pupil(), staff=staff).set_ups

    assert len(set_up.tasks[0].instead) == 3
