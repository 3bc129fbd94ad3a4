"""A cycle taken back from a real store: what nobody has started, once, whatever comes between."""

import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from ehcp_flow.acting import By
from ehcp_flow.cycles.undoing import Undone
from ehcp_flow.errors import NotFound, Refused, StoreTrouble
from ehcp_flow.events import AssignmentWithdrawn, ReviewSetUp, ReviewWithdrawn
from ehcp_flow.times import london_day, system_clock
from tests.cycles.school import ALL, SENCO, School, interfering
from tests.engine.cycles.examples import STAFF, person, review, toml, write

NAME = "Autumn 2026"
PLAN = "2026-0001"
BORIS = By("s2")


@pytest.fixture
def school(store_url: str) -> Iterator[School]:
    """Fernbank School with three pupils of Year 3, whose reviews are set up."""
    made = School(store_url)
    made.people()
    made.pupils(3)
    made.apply()
    yield made
    made.store.close()


def undo(
    school: School,
    *plans: str,
    started: bool = False,
    preview: bool = False,
    by: By = SENCO,
    name: str = NAME,
) -> Undone:
    """Undo the cycle a minute later."""
    school.now += timedelta(minutes=1)
    return school.plans.cycles.undo(
        name, plans=plans or None, started=started, by=by, preview=preview
    )


def open_tasks(school: School, plan: str = PLAN) -> list[tuple[str, str, str]]:
    """What waits on whom about a plan."""
    return [
        (section.id, asked.task, asked.to_name)
        for section in school.plans.show(plan).sections.values()
        for asked in section.assignments
        if asked.open
    ]


def views_fit(school: School) -> bool:
    """Whether every view says what the events say."""
    return all(same for _, same in school.plans.check_views())


def test_what_nobody_has_started_is_taken_back(school: School) -> None:
    """Each task and each review by an event of its own; what was asked stays on record."""
    before = school.head()

    done = undo(school, by=By("s1", because="The day is wrong."))

    assert (done.reviews, done.tasks, done.left, done.taken_over) == (3, 12, (), ())
    assert [one.reference for one in done.taken_back] == ["2026-0001", "2026-0002", "2026-0003"]
    assert school.plans.work() == []
    assert all(line.review is None for line in school.plans.list())
    assert len(school.asked()) == 4
    events = [step.event for step in school.log()][before:]
    assert len(events) == 15
    assert sum(isinstance(event, AssignmentWithdrawn) for event in events) == 12
    assert sum(isinstance(event, ReviewWithdrawn) for event in events) == 3
    assert all(event.because is not None for event in events)
    assert views_fit(school)


def test_undone_twice_changes_nothing(school: School) -> None:
    """Nor does naming a plan of which nothing is left."""
    school.plans.edit(PLAN, "F", "Two hours.", by=BORIS)
    first = undo(school)
    before = school.head()

    again = undo(school)
    undo(school, "2026-0002")

    assert school.head() == before
    assert again.taken_back == ()
    assert again.left == first.left


def test_a_preview_says_the_same_and_records_nothing(school: School) -> None:
    """Also a preview of what was started."""
    school.plans.accept(PLAN, "F", by=BORIS)
    for started in (False, True):
        before = school.head()
        preview = undo(school, started=started, preview=True)
        assert school.head() == before
        done = undo(school, started=started)
        assert (preview.preview, done.preview) == (True, False)
        assert (preview.taken_back, preview.left) == (done.taken_back, done.left)
        assert done.taken_back


def _accept(school: School) -> None:
    school.plans.accept(PLAN, "F", by=BORIS)


def _write(school: School) -> None:
    school.plans.edit(PLAN, "F", "Two hours.", by=BORIS)


def _submit(school: School) -> None:
    _write(school)
    school.plans.submit(PLAN, "F", by=BORIS)


def _approve(school: School) -> None:
    _submit(school)
    school.plans.approve(PLAN, "F", by=SENCO)


def _return(school: School) -> None:
    _submit(school)
    school.plans.return_(PLAN, "F", by=By("s1", because="Which hours?"))


def _another_writes(school: School) -> None:
    school.plans.assign(PLAN, "F", "write", "s5", due=None, by=SENCO)
    school.plans.accept(PLAN, "F", by=By("s5"))


STARTED = pytest.mark.parametrize(
    ("start", "status"),
    [
        (_accept, "accepted"),
        (_write, "assigned"),
        (_submit, "done"),
        (_approve, "done"),
        (_return, "accepted"),
        (_another_writes, "assigned"),
    ],
)


@STARTED
def test_what_was_started_stays_and_is_named(
    school: School, start: Callable[[School], None], status: str
) -> None:
    """The whole section stays: a text that is being written needs its reviewer."""
    start(school)

    done = undo(school)

    assert [(held.reference, held.section, held.task, held.to_name) for held in done.left] == [
        (PLAN, "F", "write", "Boris Blake"),
        (PLAN, "F", "review", "Amira Nair"),
    ]
    assert done.left[0].status == status
    assert (done.reviews, done.tasks) == (2, 10)
    plan = school.plans.show(PLAN)
    assert [review.cycle_name for review in plan.reviews] == [NAME]
    assert {task for task in open_tasks(school) if task[0] == "E"} == set()
    assert views_fit(school)


@STARTED
@pytest.mark.parametrize("plans", [[], [PLAN]])
def test_it_is_taken_back_where_it_is_named(
    school: School, start: Callable[[School], None], status: str, plans: Collection[str]
) -> None:
    """By its plan, or all of it at once; what is done stays done, and so do the words."""
    start(school)
    text = school.plans.show(PLAN).section("F").text

    done = undo(school, *plans, started=not plans)

    assert len(done.taken_back) == (1 if plans else 3)
    assert all(held.status == "done" for held in done.left)
    plan = school.plans.show(PLAN)
    assert plan.reviews == ()
    assert plan.section("F").text == text
    assert [asked for asked in plan.section("F").assignments if asked.open and asked.cycle] == []
    assert bool(done.left) is (status == "done")
    assert views_fit(school)


def test_only_the_named_plans_are_touched(school: School) -> None:
    """The others stay as they are."""
    done = undo(school, "2026-0002", "2026-0003", "2026-0002")

    assert [one.reference for one in done.taken_back] == ["2026-0002", "2026-0003"]
    assert len(open_tasks(school)) == 4


def test_who_said_no_has_started_nothing(school: School) -> None:
    """Nor has whoever said yes and then no."""
    school.plans.decline(PLAN, "F", "not qualified", by=BORIS)
    school.plans.accept(PLAN, "E", by=BORIS)
    school.plans.decline(PLAN, "E", "no time", by=BORIS)

    done = undo(school)

    assert (done.reviews, done.tasks, done.left) == (3, 10, ())
    assert open_tasks(school) == []


def test_the_earlier_review_stands_again(school: School) -> None:
    """With its meeting, in the plan and in the view; what it had asked for stays closed."""
    spring = toml(write("F"), name="Spring 2027", meeting="[meeting]\non = 2027-03-02")
    school.apply(spring)

    over = undo(school)
    done = undo(school, name="spring  2027")

    assert (over.taken_back, over.taken_over) == ((), ("2026-0001", "2026-0002", "2026-0003"))
    assert done.reviews == 3
    assert {line.review and line.review.meeting for line in school.plans.list()} == {
        date(2026, 11, 10)
    }
    assert [review.cycle_name for review in school.plans.show(PLAN).reviews] == [NAME]
    assert school.plans.work() == []
    assert views_fit(school)


def test_what_was_asked_by_hand_stays(school: School) -> None:
    """It is not the cycle's to take back."""
    school.plans.assign(PLAN, "B", "write", "s2", due=None, by=SENCO)

    undo(school)

    assert open_tasks(school) == [("B", "write", "Boris Blake")]


# Who may, and which


def test_a_teacher_does_not_undo_a_cycle(school: School) -> None:
    """Nothing is recorded, also when nothing would be."""
    before = school.head()

    for preview in (True, False):
        with pytest.raises(Refused, match="may not take back a review"):
            undo(school, by=BORIS, preview=preview)

    assert school.head() == before


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Autumn 2025", "no cycle 'Autumn 2025' here, did you mean 'Autumn 2026'"),
        ("Summer", "no cycle 'Summer' here: `ehcp-flow cycle status` shows"),
        (" ", "no cycle ''"),
    ],
)
def test_a_cycle_that_is_not_there(school: School, name: str, why: str) -> None:
    """One that is nearly called so is named."""
    with pytest.raises(NotFound, match=why):
        undo(school, name=name)


def test_a_plan_that_the_cycle_knows_nothing_of(school: School) -> None:
    """A slip of the pen takes nothing back."""
    school.pupils(1)
    before = school.head()

    with pytest.raises(NotFound, match="Autumn 2026 set up no review of 2026-0004"):
        undo(school, PLAN, "2026-0004")
    with pytest.raises(NotFound, match="no plan '2026-0009'"):
        undo(school, "2026-0009")

    assert school.head() == before


def test_progress_goes_up_to_all_plans(school: School) -> None:
    """Those of which nothing is taken back count."""
    told: list[tuple[int, int]] = []
    _write(school)

    school.plans.cycles.undo(NAME, by=SENCO, progress=lambda done, many: told.append((done, many)))

    assert told == [(3, 3)]


# Applied again


def test_after_it_was_undone_it_can_be_applied_again(school: School) -> None:
    """The review is set up anew, each time, and its tasks are asked for again."""
    for times in (1, 2):
        undo(school)
        done = school.apply()
        assert (len(done.set_up), done.already) == (3, 0)
        assert len(open_tasks(school)) == 4
        assert len(school.asked()) == 4 * (times + 1)
        assert school.apply().set_up == ()


def test_nobody_needs_to_ask_again_for_a_review_that_was_taken_back(school: School) -> None:
    """What was declined waits on nobody, also when it is set up anew; the record keeps why."""
    school.plans.decline(PLAN, "F", "no time", by=BORIS)

    undo(school)

    assert school.plans.work() == []
    assert [
        (asked.to_name, asked.status, asked.reason)
        for asked in school.plans.show(PLAN).section("F").assignments
    ] == [("Boris Blake", "withdrawn", "no time"), ("Amira Nair", "withdrawn", None)]
    assert views_fit(school)
    school.apply()
    assert {item.what for item in school.plans.work()} == {"write", "later"}


def test_what_was_declined_for_a_review_that_stays_still_waits(school: School) -> None:
    """Work on its section began: its reviewer needs a writer."""
    school.plans.accept(PLAN, "F", by=SENCO)
    school.plans.decline(PLAN, "F", "no time", by=BORIS)

    done = undo(school)

    assert done.reviews == 2
    assert {(item.what, item.name) for item in school.plans.work()} == {
        ("later", "Amira Nair"),
        ("assign again", "Amira Nair"),
    }


# Others in between, and the end of the process


def test_somebody_begins_in_between(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they began is found, and left."""
    cycles = interfering(school, monkeypatch, lambda: _accept(school), before=[1])

    done = cycles.undo(NAME, by=SENCO)

    assert {held.to_name for held in done.left} == {"Boris Blake", "Amira Nair"}
    assert (done.reviews, done.tasks) == (2, 10)
    assert ("F", "write", "Boris Blake") in open_tasks(school)


def test_somebody_else_undoes_it_in_between(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between them it is done once."""
    cycles = interfering(school, monkeypatch, lambda: undo(school), before=[1])

    done = cycles.undo(NAME, by=SENCO)

    assert done.taken_back == ()
    assert sum(isinstance(step.event, ReviewWithdrawn) for step in school.log()) == 3


def test_a_later_cycle_takes_over_in_between(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then nothing of this one is left to take back."""
    spring = toml(write("F"), name="Spring 2027", meeting="[meeting]\non = 2027-03-02")
    cycles = interfering(school, monkeypatch, lambda: school.apply(spring), before=[1])

    done = cycles.undo(NAME, by=SENCO)

    assert done.taken_back == ()
    assert {review.cycle_name for review in school.plans.show(PLAN).reviews} == {
        NAME,
        "Spring 2027",
    }


def test_one_that_was_interrupted_is_completed(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole plans are taken back, and the rest the next time."""
    monkeypatch.setattr("ehcp_flow.cycles.undoing.MOST_EVENTS", 6)

    def full() -> None:
        raise StoreTrouble("The disk is full.")

    cycles = interfering(school, monkeypatch, full, before=[2])
    with pytest.raises(StoreTrouble, match="full"):
        cycles.undo(NAME, by=SENCO)
    assert [line.review is None for line in school.plans.list()] == [True, False, False]

    done = cycles.undo(NAME, by=SENCO)

    assert [one.reference for one in done.taken_back] == ["2026-0002", "2026-0003"]
    assert school.plans.work() == []
    assert school.plans.check().events == school.head()


def test_others_who_never_stop_are_told_of(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to do about it."""
    texts = iter(range(99))

    def edit() -> None:
        n = next(texts)
        school.plans.edit(PLAN, "F", f"{n} hours.", over=n, by=BORIS)

    cycles = interfering(school, monkeypatch, edit, before=range(99))

    with pytest.raises(StoreTrouble, match="undo the cycle again, it goes on from here"):
        cycles.undo(NAME, by=SENCO)


def test_killed_again_and_again_it_is_completed_by_undoing_again(
    store_url: str, tmp_path: Path
) -> None:
    """Whole plans are taken back, and never twice, wherever it was when it was killed.

    A real process is killed as soon as it is seen that the log has grown.
    """
    school = School(store_url, clock=system_clock)
    school.people()
    school.pupils(250)
    day = london_day(system_clock()) + timedelta(days=70)
    monday = day - timedelta(days=day.weekday())
    meeting = f"[meeting]\non = {monday}"
    school.apply(toml(write(ALL), review(ALL), meeting=meeting))
    words = ["cycle", "undo", NAME, "--as", "s1", "--store", store_url]
    command = [sys.executable, "-m", "ehcp_flow_cli", *words]
    before = school.head()
    whole = before + 250 * 25

    for _ in range(2):
        head = school.head()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            while school.head() == head and process.poll() is None:
                pass
            process.kill()
        assert before < school.head() <= whole
        assert (school.head() - before) % 25 == 0
    subprocess.run(command, check=True, capture_output=True)

    assert school.head() == whole
    assert school.plans.check().events == whole
    log = [step.event for step in school.log()]
    assert sum(isinstance(event, ReviewSetUp) for event in log) == 250
    assert sum(isinstance(event, ReviewWithdrawn) for event in log) == 250
    assert views_fit(school)
    subprocess.run(command, check=True, capture_output=True)
    assert school.head() == whole
    school.store.close()


# Beside sections ----------------------------------------------------------------------------------

NURSE = person("s6", "Nia Obi", "nurse")
BESIDE = toml(
    write("F"),
    '[[attend]]\nrole = "nurse"',
    '[[attend]]\nrole = "head teacher"',
    '[[advice]]\nkind = "social care"\nrole = "nurse"\ndue_weeks_before_meeting = 4\n',
)


def beside(school: School) -> School:
    """The same school, where a nurse and the head are asked to the meeting about another pupil."""
    school.plans.people.import_list([*STAFF, NURSE], by=SENCO)
    undo(school)
    school.apply(BESIDE)
    return school


def _says_yes(school: School) -> None:
    school.plans.cycles.accept(PLAN, None, by=By("s6"))


def _will_advise(school: School) -> None:
    school.plans.cycles.accept(PLAN, "social care", by=By("s6"))


def _advises(school: School) -> None:
    school.plans.advice.give(PLAN, "Half a page.", "social care", "s6", by=By("s6"))


MEETS = [("attend", "Dana Pryce", "asked"), ("attend", "Nia Obi", "asked")]


@pytest.mark.parametrize(
    ("start", "left", "let_go"),
    [
        (
            _says_yes,
            [("attend", "Dana Pryce", "asked"), ("attend", "Nia Obi", "accepted")],
            ["advise"],
        ),
        (_will_advise, [("advise", "Nia Obi", "accepted"), *MEETS], []),
        (_advises, [("advise", "Nia Obi", "done"), *MEETS], []),
    ],
)
def test_who_comes_and_who_advises_has_started_the_review(
    school: School,
    start: Callable[[School], None],
    left: list[tuple[str, str, str]],
    let_go: list[str],
) -> None:
    """It stays, with all who were asked to its meeting; advice that nobody began is let go."""
    start(beside(school))

    preview = undo(school, preview=True)
    done = undo(school)
    again = undo(school)

    assert (preview.taken_back, preview.left) == (done.taken_back, done.left)
    assert sorted((held.task, held.to_name, held.status) for held in done.left) == left
    assert {held.reference for held in done.left} == {PLAN}
    assert [held.task for one in done.taken_back for held in one.duties][: len(let_go)] == let_go
    assert (done.reviews, done.tasks, done.duties) == (2, 3, 6 + len(let_go))
    assert [review.cycle_name for review in school.plans.show(PLAN).reviews] == [NAME]
    assert (again.taken_back, again.left) == ((), done.left)
    assert views_fit(school)


@pytest.mark.parametrize("plans", [[], [PLAN]])
def test_what_was_promised_is_taken_back_where_it_is_named(
    school: School, plans: list[str]
) -> None:
    """What was given stays given."""
    _advises(beside(school))
    _says_yes(school)

    done = undo(school, *plans, started=not plans)

    (of_it,) = [one for one in done.taken_back if one.reference == PLAN]
    assert of_it.review
    assert {(held.task, held.to_name, held.status) for held in of_it.duties} == {
        ("attend", "Nia Obi", "accepted"),
        ("attend", "Dana Pryce", "asked"),
    }
    assert [(held.task, held.status) for held in done.left] == [("advise", "done")]
    assert school.plans.show(PLAN).reviews == ()
    assert len(school.plans.show(PLAN).advice) == 1
    assert [item for item in school.plans.work() if item.reference == PLAN] == []
    assert views_fit(school)


def test_a_meeting_stays_with_a_section_that_was_started(school: School) -> None:
    """And advice that nobody began does not."""
    school = beside(school)
    _write(school)

    done = undo(school, PLAN, preview=True)
    kept = undo(school)

    assert done.reviews == 1
    assert {(held.section, held.task) for held in kept.left} == {("F", "write"), ("", "attend")}
    (of_it,) = [one for one in kept.taken_back if one.reference == PLAN]
    assert ([held.task for held in of_it.duties], of_it.review) == (["advise"], False)
    assert ("advise", PLAN) not in [(item.what, item.reference) for item in school.plans.work()]


def test_who_cannot_come_has_started_nothing(school: School) -> None:
    """Nor whoever gives no advice."""
    school = beside(school)
    school.plans.cycles.decline(PLAN, None, "no time", by=By("s6"))
    school.plans.cycles.decline(PLAN, "social care", "no time", by=By("s6"))

    assert undo(school).left == ()
    assert school.plans.work() == []
