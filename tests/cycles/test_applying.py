"""A cycle applied to a real store: once and only once, whatever comes in between."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid5

import pytest

from ehcp_flow.acting import By
from ehcp_flow.cycles.applying import Applied
from ehcp_flow.errors import BadInput, Refused, StoreTrouble
from ehcp_flow.events import CycleApplied
from ehcp_flow.plans import Plans
from ehcp_flow.storage import open_store
from ehcp_flow.times import london_day, system_clock
from tests.cycles.school import (
    ALL,
    FILE,
    SENCO,
    START,
    School,
    interfering,
    once_and_only_once,
    person_with_role,
)
from tests.engine.cycles.examples import (
    AMIRA,
    BORIS,
    CAROL,
    DANA,
    pupil,
    review,
    toml,
    write,
)


@pytest.fixture
def school(store_url: str) -> Iterator[School]:
    """Fernbank School, without pupils."""
    made = School(store_url)
    made.people()
    yield made
    made.store.close()


def test_a_review_is_set_up_with_its_tasks(school: School) -> None:
    """Each says which cycle and which rule it is of."""
    school.pupils(1)

    done = school.apply()

    assert (len(done.set_up), done.already, done.gaps, done.added) == (1, 0, (), ())
    assert school.asked() == [
        ("E", "write", "Boris Blake"),
        ("F", "write", "Boris Blake"),
        ("E", "review", "Amira Nair"),
        ("F", "review", "Amira Nair"),
    ]
    plan = school.plans.show("2026-0001")
    (applied,) = [step for step in school.log() if isinstance(step.event, CycleApplied)]
    (held,) = plan.reviews
    assert (held.cycle, held.meeting) == (str(applied.stream), date(2026, 11, 10))
    assert applied.event.model_dump()["tasks"] == 4
    assigned = plan.section("F").assignments[0]
    assert (assigned.cycle, assigned.due) == (str(applied.stream), date(2026, 10, 20))
    assert assigned.rule == "The class teacher writes E and F for pupils in Reception to Year 3."
    outcome = school.store.recorder("main").outcome(uuid5(applied.stream, str(plan.stream)).hex)
    assert outcome is not None
    assert (outcome.code, outcome.last - outcome.first) == ("review-set-up", 4)


def test_applying_again_changes_nothing(school: School) -> None:
    """Also on another day, and after the meeting."""
    school.pupils(5, lambda n: "37"[n % 2])
    school.apply()
    before = school.head()

    for days in (0, 1, 30, 100):
        school.now += timedelta(days=days)
        done = school.apply()
        assert (done.set_up, done.already, done.gaps, done.added) == ((), 5, (), ())
        assert done.chosen.left_out == {}

    assert school.head() == before


def test_a_new_pupil_joins(school: School) -> None:
    """And the others stay as they are."""
    school.pupils(2)
    school.apply()
    school.pupils(1)

    done = school.apply()

    assert [set_up.reference for set_up in done.set_up] == ["2026-0003"]
    assert done.already == 2
    assert school.apply().set_up == ()


def test_who_left_is_not_reviewed(school: School) -> None:
    """A plan that the export no longer lists is left out."""
    school.pupils(2)
    kept = replace(pupil(0), surname="Okafor 0", reference="")
    school.plans.intake.take_in([kept], by=SENCO, leavers=True)

    done = school.apply()

    assert [set_up.reference for set_up in done.set_up] == ["2026-0001"]
    assert done.chosen.left_out == {"no longer listed in the school's export": 1}


def test_a_gap_is_told_until_somebody_is_asked(school: School) -> None:
    """A teacher who comes later is asked when the cycle is applied again."""
    school.pupils(1, lambda n: "11")
    file = toml(write("F", "subject teacher"))

    for _ in range(2):
        (gap,) = school.apply(file).gaps
        assert gap.why.startswith("no subject teacher teaches Year 11")
    before = school.head()
    school.people([replace(CAROL, years=("10", "11"))])
    done = school.apply(file)

    assert (done.set_up, done.already, done.gaps) == ((), 1, ())
    assert [task.to_name for set_up in done.added for task in set_up.tasks] == ["Carol Hall"]
    assert school.asked() == [("F", "write", "Carol Hall")]
    assert school.head() == before + 2
    assert school.apply(file).added == ()


def test_of_two_rules_for_one_section_the_one_that_nobody_could_take_is_met_later(
    school: School,
) -> None:
    """Whoever the other one asked stays asked, and may have begun."""
    school.pupils(1)
    file = toml(write("F"), write("F", "therapist"))
    assert [gap.rule for gap in school.apply(file).gaps] == ["The therapist writes F."]
    school.plans.edit("2026-0001", "F", "Two hours.", by=By("s2"))
    school.people([person_with_role("s9", "Tess Tan", "therapist")])

    done = school.apply(file)

    assert [task.to_name for set_up in done.added for task in set_up.tasks] == ["Tess Tan"]
    assert school.asked() == [("F", "write", "Boris Blake"), ("F", "write", "Tess Tan")]


def test_what_an_earlier_cycle_asked_for_by_the_same_rule_is_not_asked_for_by_this_one(
    school: School,
) -> None:
    """Last term's teacher has left, and this term's comes after the cycle was applied."""
    school.pupils(1)
    school.apply(toml(write("F"), name="Summer 2026"))
    school.plans.people.revoke("s2", "class teacher", until=date(2026, 9, 7), by=SENCO)
    assert len(school.apply(toml(write("F"))).gaps) == 1
    school.people([person_with_role("s9", "Tess Tan", "class teacher")])

    school.apply(toml(write("F")))

    assert school.asked() == [("F", "write", "Boris Blake"), ("F", "write", "Tess Tan")]


@pytest.mark.parametrize("what", ["declined", "asked by hand", "written", "reviewed"])
def test_what_was_begun_otherwise_is_left_alone(school: School, what: str) -> None:
    """Applying again does not ask over somebody's head."""
    school.pupils(1)
    plans, plan = school.plans, "2026-0001"
    file = toml(write("F"), review("F", "therapist"))
    if what in ("asked by hand", "written"):
        file = toml(write("F", "therapist"))
    school.apply(file)
    match what:
        case "declined":
            plans.decline(plan, "F", "not qualified", by=By("s2"))
            plans.assign(plan, "F", "review", "s5", due=None, by=SENCO)
        case "asked by hand":
            plans.assign(plan, "F", "write", "s2", due=None, by=SENCO)
        case "written":
            plans.edit(plan, "F", "Two hours.", by=SENCO)
        case _:
            plans.edit(plan, "F", "Two hours.", by=By("s2"))
            plans.submit(plan, "F", by=By("s2"))
            plans.approve(plan, "F", by=SENCO)
    school.people([person_with_role("s9", "Tess Tan", "therapist")])
    before = school.head()

    done = school.apply(file)

    assert (done.set_up, done.added, done.gaps) == ((), (), ())
    assert school.head() == before


def test_a_changed_file_goes_on_with_the_same_cycle(school: School) -> None:
    """Reviews that are set up stay; what is new in the file is added, and counts for new pupils."""
    school.pupils(1)
    school.apply()
    school.pupils(1)
    changed = toml(
        write("B", "SENCO"),
        write("E F", years=["R-4"], due_days_before_meeting=7),
        review("E F", "head teacher"),
        meeting="[meeting]\non = 2026-11-17",
        name="autumn  2026",
    )

    done = school.apply(changed)

    assert [set_up.reference for set_up in done.set_up] == ["2026-0002"]
    assert [set_up.reference for set_up in done.added] == ["2026-0001"]
    old, new = school.plans.show("2026-0001"), school.plans.show("2026-0002")
    assert [review.meeting for review in old.reviews] == [date(2026, 11, 10)]
    assert [review.meeting for review in new.reviews] == [date(2026, 11, 17)]
    assert old.reviews[0].cycle == new.reviews[0].cycle
    assert [a.to_name for a in old.section("F").assignments] == ["Boris Blake", "Amira Nair"]
    assert [a.due for a in old.section("F").assignments] == [date(2026, 10, 20), date(2026, 10, 27)]
    assert [(a.to_name, a.due) for a in old.section("B").assignments] == [
        ("Amira Nair", date(2026, 10, 20))
    ]
    assert [a.to_name for a in new.section("F").assignments] == ["Boris Blake", "Dana Pryce"]
    before = school.head()
    assert school.apply(changed).added == ()
    assert school.head() == before


def test_who_was_asked_in_year_3_goes_on_when_the_pupil_is_in_year_4(school: School) -> None:
    """Nobody is asked beside them."""
    school.pupils(1)
    school.apply()
    (line,) = school.plans.list()
    school.plans.intake.take_in([replace(line.particulars, year="4")], by=SENCO)
    before = school.head()

    done = school.apply()

    assert (done.set_up, done.already, done.added, done.gaps) == ((), 1, (), ())
    assert school.head() == before


def test_which_file_a_cycle_was_applied_from_is_on_record(school: School) -> None:
    """Each time it was another one than before."""
    other = FILE + b"\n# Another note.\n"
    for file in (FILE, FILE, other, other, FILE):
        school.apply(file)

    applied = [step for step in school.log() if isinstance(step.event, CycleApplied)]

    assert [step.version for step in applied] == [1, 2, 3]
    assert len({step.stream for step in applied}) == 1


def test_a_later_cycle_takes_over(school: School) -> None:
    """The earlier one adds nothing to a plan whose latest review is another one."""
    school.pupils(1)
    file = toml(write("F", "therapist"))
    school.apply(file)
    spring = toml(
        write("F"),
        review("F", "head teacher"),
        name="Spring 2027",
        meeting="[meeting]\non = 2027-03-02",
    )
    school.apply(spring)
    school.people([person_with_role("s9", "Tess Tan", "therapist")])
    before = school.head()

    done = school.apply(file)

    assert (done.set_up, done.already, done.added, done.gaps) == ((), 1, (), ())
    assert school.head() == before


def test_who_wrote_last_time_may_review_this_time(school: School) -> None:
    """What was done for an earlier review is closed by the new one."""
    school.pupils(1)
    plans, plan = school.plans, "2026-0001"
    school.apply(toml(write("F", "head teacher"), review("F")))
    plans.edit(plan, "F", "Two hours.", by=By("s5"))
    plans.submit(plan, "F", by=By("s5"))
    plans.approve(plan, "F", by=SENCO)

    done = school.apply(toml(write("F", "SENCO"), review("F", "head teacher"), name="Spring"))

    assert done.gaps == ()
    assert school.asked()[2:] == [("F", "write", "Amira Nair"), ("F", "review", "Dana Pryce")]


def test_the_next_one_is_asked_when_the_first_may_not(school: School) -> None:
    """The SENCO has written words that nobody approved; then the head reviews them."""
    school.pupils(2)
    school.plans.edit("2026-0001", "F", "Two hours.", by=SENCO)

    school.apply(toml(review("F", "SENCO/head teacher")))

    assert school.asked("2026-0001") == [("F", "review", "Dana Pryce")]
    assert school.asked("2026-0002") == [("F", "review", "Amira Nair")]


def test_an_assistant_is_not_asked_to_write(school: School) -> None:
    """Whatever the file says: the next role is asked, or nobody."""
    school.people([person_with_role("s9", "Femi Cole", "teaching assistant")])
    school.pupils(1)

    done = school.apply(toml(write("E", "TA/class teacher"), write("F", "TA")))

    (gap,) = done.gaps
    assert "supplies evidence" in gap.why
    assert school.asked() == [("E", "write", "Boris Blake")]


def test_what_the_rules_of_assigning_refuse_is_a_gap(school: School) -> None:
    """With their reason; the rest of the plan's share is recorded."""
    school.pupils(1)
    school.plans.edit("2026-0001", "F", "Two hours.", by=SENCO)

    for _ in range(2):
        done = school.apply(toml(review("E F")))
        (gap,) = done.gaps
        assert (gap.section, gap.task) == ("F", "review")
        assert "the writer may not be their own reviewer" in gap.why

    assert school.asked() == [("E", "review", "Amira Nair")]


def test_who_stands_in_as_a_writer_is_not_asked_to_review(school: School) -> None:
    """The SENCO reviews already and cannot write; the head who does it for her cannot review."""
    school.pupils(1)
    school.plans.assign("2026-0001", "F", "review", "s1", due=None, by=SENCO)

    done = school.apply(toml(review("F", "head teacher"), write("F", "SENCO/head teacher")))

    (gap,) = done.gaps
    assert (gap.section, gap.task) == ("F", "review")
    assert "the writer may not be their own reviewer" in gap.why
    assert school.asked()[1:] == [("F", "write", "Dana Pryce")]


def test_who_is_asked_already_for_that_day_is_not_asked_again(school: School) -> None:
    """And stays so when they say no."""
    school.pupils(1)
    school.plans.assign("2026-0001", "F", "write", "s2", due=date(2026, 10, 20), by=SENCO)
    file = toml(write("F"))

    done = school.apply(file)
    school.plans.decline("2026-0001", "F", "no time", by=By("s2"))
    again = school.apply(file)

    assert (done.set_up[0].tasks, done.gaps) == ((), ())
    assert (again.added, again.gaps) == ((), ())
    assert school.asked() == [("F", "write", "Boris Blake")]


def test_a_cycle_that_happened_yesterday_asks_from_today(school: School) -> None:
    """Nobody is asked for a day that has passed."""
    school.pupils(1)
    school.now = datetime(2026, 11, 5, 9, 0, tzinfo=UTC)

    school.apply(by=By("s1", on=date(2026, 9, 8)))

    assert {a.due for a in school.plans.show("2026-0001").section("F").assignments} == {
        date(2026, 11, 5)
    }


def test_a_teacher_does_not_set_up_a_cycle(school: School) -> None:
    """Nothing is recorded, nor is it when the file is none."""
    school.pupils(1)
    before = school.head()

    with pytest.raises(Refused, match="may not set up a review cycle"):
        school.apply(by=By("s2"))
    with pytest.raises(BadInput, match=r"autumn\.toml"):
        school.apply(b"name = ")

    assert school.head() == before


def test_progress_goes_up_to_all_that_are_chosen(school: School) -> None:
    """Those that were set up before count."""
    school.pupils(3)
    school.apply()
    school.pupils(2)
    told: list[tuple[int, int]] = []

    school.plans.cycles.apply(
        FILE, file="a.toml", by=SENCO, progress=lambda done, many: told.append((done, many))
    )

    assert told == [(5, 5)]


# Two at once, and the end of the process


def test_two_at_once_do_no_more_than_one(school: School) -> None:
    """Both succeed, and between them every plan is set up once."""
    school.pupils(60, lambda n: "37"[n % 2])

    def apply(_: int) -> Applied:
        store = open_store(school.url)
        try:
            plans = Plans(store, "main", clock=lambda: START)
            return plans.cycles.apply(FILE, file="autumn.toml", by=SENCO)
        finally:
            store.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(apply, range(2)))

    assert sum(len(one.set_up) for one in done) == 60
    assert [one.gaps for one in done] == [(), ()]
    assert len([step for step in school.log() if isinstance(step.event, CycleApplied)]) == 1


@pytest.mark.parametrize("append", [1, 2])
def test_another_application_comes_in_between(
    school: School, monkeypatch: pytest.MonkeyPatch, append: int
) -> None:
    """Before the cycle's own event, or before the plans."""
    school.pupils(3)
    cycles = interfering(school, monkeypatch, school.apply, before=[append])

    done = cycles.apply(FILE, file="autumn.toml", by=SENCO)

    assert (done.set_up, done.already, done.gaps, done.added) == ((), 3, (), ())
    once_and_only_once(school, 3, 4)


@pytest.mark.parametrize("append", [1, 2])
@pytest.mark.parametrize("first", [True, False])
def test_another_file_of_the_same_name_comes_in_between(
    school: School, monkeypatch: pytest.MonkeyPatch, append: int, first: bool
) -> None:
    """Its meetings stand, and nothing is asked for with days that go by another meeting."""
    if not first:
        school.apply(FILE + b"# As it was in July.\n")
    school.pupils(2)
    other = toml(write("F"), meeting="[meeting]\non = 2026-12-01")
    cycles = interfering(school, monkeypatch, lambda: school.apply(other), before=[append])

    done = cycles.apply(FILE, file="autumn.toml", by=SENCO)

    assert (done.set_up, done.already, done.added, done.gaps) == ((), 2, (), ())
    assert [r.meeting for r in school.plans.show("2026-0001").reviews] == [date(2026, 12, 1)]
    added = school.apply().added
    assert [(task.section, task.task, task.due) for task in added[0].tasks] == [
        ("E", "write", date(2026, 11, 10)),
        ("E", "review", date(2026, 11, 17)),
        ("F", "review", date(2026, 11, 17)),
    ]
    once_and_only_once(school, 2, 4)


def test_somebody_writes_in_a_plan_in_between(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they wrote counts: the share is decided anew."""
    school.pupils(2)
    school.apply(toml(write("B", "SENCO"), name="Before"))
    texts = iter(range(99))

    def edit() -> None:
        n = next(texts)
        school.plans.edit("2026-0001", "F", f"{n} hours.", over=n, by=SENCO)

    cycles = interfering(school, monkeypatch, edit, before=range(4))
    done = cycles.apply(toml(review("F", "SENCO/head teacher")), file="autumn.toml", by=SENCO)

    assert len(done.set_up) == 2
    assert school.asked("2026-0001")[-1] == ("F", "review", "Dana Pryce")
    assert school.plans.check().events == school.head()


def test_others_who_never_stop_are_told_of(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what to do about it."""
    school.pupils(1)
    texts = iter(range(99))

    def edit() -> None:
        n = next(texts)
        school.plans.edit("2026-0001", "F", f"{n} hours.", over=n, by=SENCO)

    cycles = interfering(school, monkeypatch, edit, before=range(99))

    with pytest.raises(StoreTrouble, match="apply the cycle again"):
        cycles.apply(FILE, file="autumn.toml", by=SENCO)


@pytest.fixture
def crowd(store_url: str, tmp_path: Path) -> Iterator[tuple[School, list[str]]]:
    """A school of 500 pupils in the present, and the command that sets up their reviews.

    Each review has 24 tasks: 12,500 events, in at least seven transactions.
    """
    school = School(store_url, clock=system_clock)
    school.people((AMIRA, BORIS, DANA))
    school.pupils(500)
    day = london_day(system_clock()) + timedelta(days=70)
    monday = day - timedelta(days=day.weekday())
    file = tmp_path / "autumn.toml"
    file.write_bytes(toml(write(ALL), review(ALL), meeting=f"[meeting]\non = {monday}"))
    words = ["cycle", "apply", str(file), "--as", "s1", "--store", store_url]
    yield school, [sys.executable, "-m", "ehcp_flow_cli", *words]
    school.store.close()


def test_killed_again_and_again_it_is_completed_by_applying_again(
    crowd: tuple[School, list[str]],
) -> None:
    """Whole shares are recorded, and never twice, wherever it was when it was killed.

    A real process is killed as soon as it is seen that the log has grown.
    """
    school, command = crowd
    before = school.head()
    whole = before + 1 + 500 * 25

    killed_at: list[int] = []
    for _ in range(2):
        head = school.head()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            while school.head() == head and process.poll() is None:
                pass
            process.kill()
        killed_at.append(school.head())
        assert (killed_at[-1] - before - 1) % 25 == 0
        assert school.plans.check().events == killed_at[-1]
    assert before < killed_at[0] < whole
    subprocess.run(command, check=True, capture_output=True)

    assert school.head() == whole
    once_and_only_once(school, 500, 24)
    assert all(same for _, same in school.plans.rebuild())
    subprocess.run(command, check=True, capture_output=True)
    assert school.head() == whole


def test_two_processes_at_once_do_no_more_than_one(crowd: tuple[School, list[str]]) -> None:
    """As when a script and a person start it together."""
    school, command = crowd

    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [process.communicate()[0] for process in both]

    assert [process.returncode for process in both] == [0, 0], told
    once_and_only_once(school, 500, 24)
