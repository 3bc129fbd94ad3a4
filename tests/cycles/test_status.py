"""How far a cycle is: by task, plan, person and organisation, and day by day."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ehcp_flow.acting import By
from ehcp_flow.cycles.course import DayProgress
from ehcp_flow.cycles.status import CycleStatus, CycleTask
from ehcp_flow.errors import NotFound, SaidNo
from ehcp_flow.hands import HeldRole, Person
from tests.cycles.school import SENCO, School
from tests.engine.cycles.examples import review, toml, write

NAME = "Autumn 2026"
PLAN = "2026-0001"
BORIS, DANA = By("s2"), By("s5")
FILE = toml(write("E F"), review("F", due_days_before_meeting=14))
DUE = date(2026, 10, 20)


@pytest.fixture
def school(store_url: str) -> Iterator[School]:
    """Fernbank School with two pupils of Year 3, whose reviews are set up."""
    made = School(store_url)
    made.people()
    made.pupils(2)
    made.apply(FILE)
    yield made
    made.store.close()


def status(school: School, name: str | None = NAME) -> CycleStatus:
    """How far the cycle is."""
    return school.plans.cycles.status(name)


def task(school: School, section: str, what: str = "write", who: str = "Boris Blake") -> CycleTask:
    """One person's task about the first plan."""
    (found,) = [
        task
        for task in status(school).tasks
        if (task.reference, task.section, task.task, task.name) == (PLAN, section, what, who)
    ]
    return found


def numbers(found: CycleStatus) -> tuple[int, ...]:
    """Asked, not started, started, done, declined, withdrawn, closed and late."""
    tally = found.tally
    return (
        tally.asked,
        tally.not_started,
        tally.started,
        tally.done,
        tally.declined,
        tally.withdrawn,
        tally.closed,
        tally.late,
    )


def test_at_first_nothing_is_started(school: School) -> None:
    """And it waits on whoever was asked; a review waits for the writing."""
    found = status(school)

    assert numbers(found) == (6, 6, 0, 0, 0, 0, 0, 0)
    assert found.tally.percent == 0
    (cycle,) = found.cycles
    assert (cycle.name, cycle.plans, cycle.by_name) == (NAME, 2, "Amira Nair")
    assert cycle.applied == cycle.applied_last == datetime(2026, 9, 8, 8, 1, tzinfo=UTC)
    assert [(t.section, t.task, t.later, t.waits_on_name) for t in found.tasks[:3]] == [
        ("E", "write", False, "Boris Blake"),
        ("F", "write", False, "Boris Blake"),
        ("F", "review", True, "Amira Nair"),
    ]
    assert found.tasks[0].organisation == "Fernbank School"


def test_what_was_accepted_or_written_in_is_started(school: School) -> None:
    """Only of whoever did."""
    school.plans.accept(PLAN, "E", by=BORIS)
    school.plans.edit(PLAN, "F", "Two hours.", by=BORIS)

    assert task(school, "E").state == "started"
    assert task(school, "F").state == "started"
    assert task(school, "F", "review", "Amira Nair").state == "not started"
    assert numbers(status(school))[:4] == (6, 4, 2, 0)


def test_who_wrote_last_year_has_not_started_this_year(school: School) -> None:
    """What was written before the review was set up does not count."""
    school.plans.edit(PLAN, "F", "Two hours.", by=BORIS)
    spring = toml(write("F"), name="Spring", meeting="[meeting]\non = 2027-03-02")
    school.apply(spring)

    (now, _) = status(school, "Spring").tasks

    assert (now.reference, now.state) == (PLAN, "not started")


def test_who_somebody_typed_for_has_started(school: School) -> None:
    """The words are theirs."""
    by = By("s1", on_behalf_of="Boris Blake")
    school.plans.edit(PLAN, "E", "He plays.", by=by)

    assert task(school, "E").state == "started"


def test_of_two_writers_each_has_their_own_task(store_url: str) -> None:
    """One has written, the other not."""
    school = School(store_url)
    school.people()
    school.pupils(1, lambda _: "6")
    school.apply(toml(write("F", "subject teacher", ask="all")))
    school.plans.edit(PLAN, "F", "Two hours.", by=By("s3"))
    school.plans.edit(PLAN, "F", "Three hours.", over=1, by=SENCO)

    states = {task.name: task.state for task in status(school).tasks}

    assert states == {"Carol Hall": "started", "Cosmo Hall": "not started"}
    school.store.close()


def test_what_is_submitted_or_approved_is_done(school: School) -> None:
    """And goes on when it is returned; a hundred of a hundred only when all is done."""
    school.plans.edit(PLAN, "F", "Two hours.", by=BORIS)
    school.plans.submit(PLAN, "F", by=BORIS)
    assert task(school, "F").state == "done"
    assert not task(school, "F", "review", "Amira Nair").later

    school.plans.return_(PLAN, "F", by=By("s1", because="Which?"))
    assert task(school, "F").state == "started"

    school.plans.edit(PLAN, "F", "Two hours of reading.", over=1, by=BORIS)
    school.plans.submit(PLAN, "F", by=BORIS)
    school.plans.approve(PLAN, "F", by=SENCO)
    assert task(school, "F", "review", "Amira Nair").state == "done"
    found = status(school)
    assert numbers(found) == (6, 4, 0, 2, 0, 0, 0, 0)
    assert found.tally.percent == 33


def test_late_is_what_could_be_done_and_was_not(school: School) -> None:
    """On the day after the due day; a review that waits for the writing is not late."""
    school.now = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)
    assert status(school).tally.late == 0

    school.now += timedelta(days=1)
    assert status(school).tally.late == 4
    assert task(school, "F").late

    school.now += timedelta(days=30)
    assert status(school).tally.late == 4
    assert not task(school, "F", "review", "Amira Nair").late


def test_declined_waits_on_whoever_asked(school: School) -> None:
    """Until somebody else is asked, whose task is one of the cycle's."""
    school.plans.decline(PLAN, "F", "not qualified", by=BORIS)
    found = status(school)
    declined = task(school, "F")
    assert (declined.state, declined.reason) == ("declined", "not qualified")
    assert declined.waits_on_name == "Amira Nair"
    assert numbers(found) == (6, 5, 0, 0, 1, 0, 0, 0)
    (senco,) = [share for share in found.by_person() if share.name == "Amira Nair"]
    assert senco.ask_again == 1

    school.plans.assign(PLAN, "F", "write", "s5", due=DUE, by=SENCO)
    found = status(school)
    assert task(school, "F").waits_on_name is None
    assert task(school, "F", who="Dana Pryce").state == "not started"
    assert numbers(found) == (6, 6, 0, 0, 1, 0, 0, 0)


def test_whoever_asked_and_has_no_task_is_shown_too(school: School) -> None:
    """The head applied another cycle, and somebody said no."""
    school.apply(toml(write("B"), name="Other"), by=DANA)
    school.plans.decline(PLAN, "B", "no time", by=BORIS)

    shares = status(school, "Other").by_person()

    assert [(share.name, share.tally.asked, share.ask_again) for share in shares] == [
        ("Boris Blake", 2, 0),
        ("Dana Pryce", 0, 1),
    ]


def test_what_was_asked_by_hand_is_not_the_cycles(school: School) -> None:
    """Unless somebody declined it."""
    school.plans.assign(PLAN, "B", "write", "s2", due=None, by=SENCO)

    assert numbers(status(school))[0] == 6


def test_withdrawn_and_closed_are_told_apart(school: School) -> None:
    """One was taken back, the other taken over."""
    school.plans.cycles.undo(NAME, plans=["2026-0002"], by=SENCO)
    school.apply(toml(write("B"), name="Later", meeting="[meeting]\non = 2027-03-02"))

    found = status(school)

    assert numbers(found) == (0, 0, 0, 0, 0, 3, 3, 0)
    assert found.tally.percent == 0
    assert [(plan.standing, plan.meeting) for plan in found.plans] == [
        ("taken over", date(2026, 11, 10)),
        ("withdrawn", None),
    ]
    assert found.cycles[0].plans == 1


def test_what_was_declined_for_a_review_that_was_taken_back_is_withdrawn(school: School) -> None:
    """It waits on nobody, and on no day afterwards; why it was declined is still told."""
    school.plans.decline(PLAN, "F", "no time", by=BORIS)
    assert days(school)[-1].asked == 6
    school.now += timedelta(days=1)
    school.plans.cycles.undo(NAME, by=SENCO)

    found = status(school)

    assert numbers(found) == (0, 0, 0, 0, 0, 6, 0, 0)
    assert [(t.state, t.reason, t.waits_on) for t in found.tasks if t.reason] == [
        ("withdrawn", "no time", None)
    ]
    assert days(school)[-1].asked == 0


def test_how_far_it_had_come_is_known_when_the_next_one_asks_the_same_people(
    school: School,
) -> None:
    """What was done stays done, of what was asked then; and the next one begins anew."""
    school.plans.edit(PLAN, "F", "Two hours.", by=BORIS)
    school.plans.submit(PLAN, "F", by=BORIS)
    school.plans.decline(PLAN, "E", "no time", by=BORIS)
    before = status(school)
    school.apply(
        toml(write("E F"), review("F"), name="Later", meeting="[meeting]\non = 2027-03-02")
    )

    found, later = status(school), status(school, "Later")

    assert numbers(before) == (6, 4, 0, 1, 1, 0, 0, 0)
    assert numbers(found) == (1, 0, 0, 1, 1, 0, 4, 0)
    assert (found.tally.percent, found.cycles[0].plans) == (20, 2)
    assert {t.reason for t in found.tasks if t.state == "declined"} == {"no time"}
    assert [(t.name, t.due, t.waits_on) for t in found.tasks if t.state == "done"] == [
        ("Boris Blake", DUE, None)
    ]
    assert numbers(later) == (6, 6, 0, 0, 0, 0, 0, 0)
    assert [cycle.name for cycle in status(school, None).cycles] == ["Later", NAME]


def test_one_that_stands_again_asks_for_nothing(school: School) -> None:
    """What it had asked for was closed, until it is applied again."""
    school.now += timedelta(days=1)
    later = toml(write("E F"), name="Later", meeting="[meeting]\non = 2027-03-02")
    school.apply(later)
    school.plans.cycles.undo("Later", by=SENCO)

    found = status(school)

    assert (found.tally.asked, found.tally.closed, found.cycles[0].plans) == (0, 2, 2)
    assert {plan.standing for plan in found.plans} == {"stands"}
    assert days(school)[-1].asked == 0


def test_by_plan(school: School) -> None:
    """With whom it waits on now."""
    school.plans.edit(PLAN, "F", "Two hours.", by=BORIS)
    school.plans.submit(PLAN, "F", by=BORIS)

    first, second = status(school).plans

    assert (first.reference, first.pupil, first.meeting) == (
        PLAN,
        "Ada Okafor 0",
        date(2026, 11, 10),
    )
    assert first.waits_on == ("Boris Blake", "Amira Nair")
    assert second.waits_on == ("Boris Blake",)
    assert (first.tally.done, second.tally.done) == (1, 0)


def test_a_plan_without_tasks_is_one_of_the_cycle(school: School) -> None:
    """Nobody could be asked."""
    school.pupils(1, lambda _: "12")
    school.apply(toml(write("F", "therapist"), name="Gaps"))

    found = status(school, "Gaps")

    assert [plan.tally.asked for plan in found.plans] == [0, 0, 0]
    assert (found.cycles[0].plans, found.tally.percent) == (3, None)
    assert found.by_person() == found.by_organisation() == ()


def test_by_person_and_by_organisation(school: School) -> None:
    """Whoever most waits on first; for whom they hold the role in which they were asked."""
    held = HeldRole("therapist", "Northshire NHS Trust", date(2020, 9, 1))
    school.people([Person("", staff_id="s9", name="Tess Tan", roles=(held,))])
    school.apply(toml(write("E F"), write("C", "therapist"), review("F")))

    found = status(school)

    assert [(share.name, share.tally.asked) for share in found.by_person()] == [
        ("Boris Blake", 4),
        ("Amira Nair", 2),
        ("Tess Tan", 2),
    ]
    assert [(share.name, share.tally.asked) for share in found.by_organisation()] == [
        ("Fernbank School", 6),
        ("Northshire NHS Trust", 2),
    ]


def test_by_the_authority_that_maintains_the_plans(school: School) -> None:
    """Of a plan whose authority is not known, that it is not."""
    one, other = school.plans.list()
    school.plans.intake.take_in([replace(one.particulars, authority="Marlshire")], by=SENCO)
    school.apply(toml(write("E F"), review("F"), '[[attend]]\nrole = "SENCO"'))

    found = status(school)

    shares = found.by_authority()
    told = {share.name: (share.tally.asked, share.beside.meetings) for share in shares}
    assert told == {"Marlshire": (3, 1), "not known": (3, 1)}
    assert {plan.reference: plan.authority for plan in found.plans} == {
        one.reference: "Marlshire",
        other.reference: None,
    }


def test_without_a_name_all_cycles_are_told(school: School) -> None:
    """The latest first, also one that chose nobody."""
    school.apply(toml(write("F"), name="Nobody", meeting="[meeting]\non = 2026-09-01"))

    found = status(school, None)

    assert [(cycle.name, cycle.plans) for cycle in found.cycles] == [("Nobody", 0), (NAME, 2)]
    assert len(found.tasks) == 6
    assert found.cycles[1].tally == found.tally


def test_without_cycles_there_is_nothing(store_url: str) -> None:
    """And a name is not known."""
    school = School(store_url)
    school.people()

    assert status(school, None).cycles == ()
    with pytest.raises(NotFound, match="There is no cycle 'Autumn 2026' here: `ehcp-flow cycle"):
        status(school)
    school.store.close()


def test_a_name_is_known_in_whatever_case(school: School) -> None:
    """And one that is nearly right is named."""
    assert status(school, " autumn  2026 ").cycles[0].name == NAME
    for ask in (school.plans.cycles.status, school.plans.cycles.days):
        with pytest.raises(NotFound, match="did you mean 'Autumn 2026'"):
            ask("Autum 2026")


# Day by day


def days(school: School) -> list[DayProgress]:
    """How far the cycle was at the end of each day."""
    return list(school.plans.cycles.days(NAME))


def test_each_day_on_which_something_moved_is_told(school: School) -> None:
    """By the day in London, also when a clock went back."""
    school.now = datetime(2026, 9, 14, 23, 30, tzinfo=UTC)
    school.plans.accept(PLAN, "F", by=BORIS)
    school.now += timedelta(days=2)
    school.plans.edit(PLAN, "E", "He plays.", by=BORIS)
    school.plans.submit(PLAN, "E", by=BORIS)
    school.now -= timedelta(days=1)
    school.plans.edit(PLAN, "F", "Two hours.", by=BORIS)
    school.plans.submit(PLAN, "F", by=BORIS)
    school.now += timedelta(days=9)
    school.plans.approve(PLAN, "F", by=SENCO)

    assert days(school) == [
        DayProgress(date(2026, 9, 8), 6, 0, 0, 0),
        DayProgress(date(2026, 9, 15), 6, 1, 0, 0),
        DayProgress(date(2026, 9, 17), 6, 2, 2, 2),
        DayProgress(date(2026, 9, 25), 6, 3, 3, 2),
    ]


def test_what_a_later_review_took_over_stays_as_it_was(school: School) -> None:
    """The days tell how far it came."""
    school.plans.edit(PLAN, "F", "Two hours.", by=BORIS)
    school.plans.submit(PLAN, "F", by=BORIS)
    school.apply(toml(write("F"), name="Later", meeting="[meeting]\non = 2027-03-02"))
    school.plans.edit(PLAN, "F", "Three hours.", over=1, by=BORIS)

    assert days(school)[-1] == DayProgress(date(2026, 9, 8), 6, 1, 1, 1)


def test_what_was_taken_back_is_no_longer_counted(school: School) -> None:
    """From that day on."""
    school.now += timedelta(days=1)
    school.plans.cycles.undo(NAME, by=SENCO)

    assert days(school) == [
        DayProgress(date(2026, 9, 8), 6, 0, 0, 0),
        DayProgress(date(2026, 9, 9), 0, 0, 0, 0),
    ]


@pytest.mark.parametrize("seed", range(12))
def test_the_last_day_says_what_the_status_says(school: School, seed: int) -> None:
    """Whatever people do in whatever order: events and views are counted alike."""
    dice = random.Random(seed)
    plans = school.plans
    texts = iter(range(1_000))
    acts: list[Callable[[str, str, By], object]] = [
        lambda plan, section, by: plans.accept(plan, section, by=by),
        lambda plan, section, by: plans.decline(plan, section, "no time", by=by),
        lambda plan, section, by: plans.edit(
            plan,
            section,
            f"{next(texts)} hours.",
            over=plans.show(plan).section(section).revision,
            by=by,
        ),
        lambda plan, section, by: plans.submit(plan, section, by=by),
        lambda plan, section, by: plans.return_(plan, section, by=by),
        lambda plan, section, by: plans.approve(plan, section, by=by),
        lambda plan, section, by: plans.assign(
            plan, section, dice.choice(["write", "review"]), by.who, due=None, by=SENCO
        ),
        lambda plan, _, by: plans.cycles.undo(NAME, plans=[plan], by=by),
        lambda _plan, _section, _by: school.apply(FILE),
    ]
    weights = [4, 2, 5, 5, 3, 3, 2, 1, 1]
    moved = 0
    for _ in range(60):
        school.now += timedelta(hours=7)
        (act,) = dice.choices(acts, weights)
        by = By(dice.choice(["s1", "s2", "s2", "s5"]), because="So.")
        try:
            act(dice.choice([PLAN, "2026-0002"]), dice.choice("EF"), by)
        except SaidNo:
            continue
        moved += 1
        found, latest = status(school), days(school)[-1]
        tally = found.tally
        writing = sum(one.state == "done" and one.task == "write" for one in found.tasks)
        assert (latest.asked, latest.accepted, latest.done, latest.submitted) == (
            tally.asked,
            tally.started + tally.done,
            tally.done,
            writing,
        )
    assert moved > 10
