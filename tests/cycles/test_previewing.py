"""What a preview says is what applying does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.acting import By, Tenancy
from ehcp_flow.cycles.applying import Applied, Applying, decide_by_history
from ehcp_flow.cycles.previewing import Preview
from ehcp_flow.errors import BadInput, Refused, SaidNo
from ehcp_flow.events import CycleApplied, ReviewSetUp, SectionAssigned
from ehcp_flow.models.shipped import text_of_shipped
from ehcp_flow.plans import Plans
from ehcp_flow.storage import open_store
from tests.conftest import STORES
from tests.cycles.school import FILE, SENCO, School, person_with_role
from tests.engine.cycles.examples import CAROL, STAFF, review, toml, write


@pytest.fixture(params=STORES)
def store_kind(request: pytest.FixtureRequest) -> str:
    """Each of the stores in turn."""
    kind: str = request.param
    return kind


@pytest.fixture
def school(store_url: str) -> Iterator[School]:
    """Fernbank School, without pupils."""
    made = School(store_url)
    made.people()
    yield made
    made.store.close()


def _preview(school: School, file: bytes = FILE, by: By = SENCO) -> Preview:
    """What the file would do a minute later."""
    school.now += timedelta(minutes=1)
    before = school.head()
    found = school.plans.cycles.preview(file, file="autumn.toml", by=by)
    assert school.head() == before
    return found


def _apply(school: School, preview_id: str, file: bytes = FILE) -> Applied:
    school.now += timedelta(minutes=1)
    return school.plans.cycles.apply(file, file="autumn.toml", by=SENCO, preview_id=preview_id)


def test_what_would_be_set_up(school: School) -> None:
    """Plan by plan, and nothing is recorded."""
    school.pupils(2, lambda n: "37"[n])

    found = _preview(school)

    assert [(plan.reference, plan.what, plan.why) for plan in found.plans] == [
        ("2026-0001", "set up", None),
        ("2026-0002", "set up", None),
    ]
    assert found.something_to_do
    assert found.notes_file
    loads = {load.name: load for load in found.loads}
    assert (loads["Boris Blake"].before.write, loads["Boris Blake"].after.write) == (0, 2)
    assert loads["Boris Blake"].after.hours == 3.0
    assert (loads["Amira Nair"].after.review, loads["Amira Nair"].after.hours) == (4, 2.0)


def test_when_all_is_set_up_there_is_nothing_to_do(school: School) -> None:
    """Each plan is left alone, and it is told why."""
    school.pupils(2)
    school.apply()

    found = _preview(school)

    assert not found.something_to_do
    assert {(plan.what, plan.why) for plan in found.plans} == {
        ("leave alone", "set up before, and nothing is missing")
    }
    loads = {load.name: load for load in found.loads}
    assert loads["Boris Blake"].before == loads["Boris Blake"].after
    assert loads["Boris Blake"].before.write == 4


def test_what_is_added_refused_left_out_and_missing(school: School) -> None:
    """A new rule, a day that has passed, a pupil who left, and a duty that nobody holds."""
    school.pupils(1)
    school.apply()
    school.pupils(1)
    attend = '[[attend]]\nrole = "nurse"'
    advice = '[[advice]]\nkind = "health"\nrole = "nurse"\ndue_weeks_before_meeting = 4'
    more = toml(write("B", "SENCO"), review("F", "nurse"), attend, advice)

    found = _preview(school, more)

    assert [(plan.reference, plan.what) for plan in found.plans] == [
        ("2026-0001", "add to"),
        ("2026-0002", "set up"),
    ]
    assert [(gap.reference, gap.section, gap.task) for gap in found.gaps] == [
        ("2026-0002", "F", "review")
    ]
    assert {(one.duty, one.what) for one in found.missing} == {
        ("attend", "nurse"),
        ("advice", "health"),
    }
    school.now += timedelta(days=100)
    refused = _preview(school, more)
    assert [(plan.what, plan.why) for plan in refused.plans] == [
        ("leave alone", "set up before, and nothing is missing"),
        ("refuse", "as the meeting day 2026-11-10 has passed"),
    ]


def test_who_is_over_the_limit(school: School) -> None:
    """When everybody is asked, the limit holds nobody back and is told."""
    school.pupils(3, lambda n: "6")
    file = toml(
        write("E F", "subject teacher", ask="all"),
        '[limits]\ntasks = 5\npeople = { s4 = 6 }\n[hours]\nwrite = 2\n[[attend]]\nrole = "SENCO"',
    )

    found = _preview(school, file)

    assert [(load.staff_id, load.limit, load.after.hours) for load in found.over] == [
        ("s3", 5, 12.0)
    ]
    (amira,) = [load for load in found.loads if load.name == "Amira Nair"]
    assert (amira.before.meetings, amira.after.meetings, amira.after.hours) == (0, 3, 3.0)


def test_who_is_over_the_limit_of_the_operating_model(school: School) -> None:
    """Where the file sets none; it holds nobody back."""
    school.pupils(3)
    ours = text_of_shipped("M3").replace('id = "M3"', 'id = "Ours"')
    ours = ours.replace('"class teacher" = 30', '"class teacher" = 5')
    school.plans.models.choose(ours, file="ours.toml", by=SENCO)

    found = _preview(school)
    mine = _preview(school, file=FILE + b"\n[limits]\npeople = { s2 = 9 }\n")

    assert [(load.staff_id, load.limit, load.after.tasks) for load in found.over] == [("s2", 5, 6)]
    assert not mine.over


def test_late_meetings_are_told(school: School) -> None:
    """Those that leave the authority less than its four weeks."""
    school.pupils(1)
    (line,) = school.plans.list()
    school.plans.intake.take_in(
        [replace(line.particulars, last_review=date(2025, 11, 20))], by=SENCO
    )

    assert [set_up.reference for set_up in _preview(school).late] == ["2026-0001"]


def _officer(school: School) -> By:
    """An officer of the authority, who records what it decided."""
    school.plans.people.import_list(
        [*STAFF, person_with_role("s9", "Eve Moss", "LA SEN officer")], by=SENCO
    )
    return By("s9")


def _decide(school: School, on: date, replaces: int | None = None) -> None:
    """Let the authority decide on the review of the first plan."""
    by = replace(_officer(school), on=on, because="The meeting is not on record here.")
    school.now += timedelta(minutes=1)
    school.plans.facts.record(
        "2026-0001",
        "review-decision-notified",
        [("decision", "maintain")],
        replaces=replaces,
        by=by,
    )


def test_a_decision_on_record_is_the_last_review(school: School) -> None:
    """Whatever an export says of an earlier day, until the decision is taken back."""
    school.pupils(1)
    (line,) = school.plans.list()
    export = replace(line.particulars, last_review=date(2025, 11, 20))
    school.plans.intake.take_in([export], by=SENCO)
    late = [set_up.review_due for set_up in _preview(school).late]
    _decide(school, date(2026, 9, 2))
    decided = _preview(school)
    school.plans.intake.take_in([replace(export, last_review=date(2025, 11, 21))], by=SENCO)
    again = _preview(school)
    by = replace(_officer(school), because="It was another child's.")
    school.plans.facts.withdraw("2026-0001", 1, by=by)
    taken_back = _preview(school)

    assert late == [date(2026, 11, 19)]
    for found in (decided, again):
        (plan,) = found.plans
        assert plan.set_up is not None
        assert plan.set_up.review_due == date(2027, 9, 1)
        assert found.late == []
    assert [set_up.review_due for set_up in taken_back.late] == [date(2026, 11, 20)]


def test_no_review_of_a_plan_of_another_kind_is_said_to_be_late(school: School) -> None:
    """Nor when it is due; a day that the file gives is its day all the same."""
    school.pupils(1)
    (line,) = school.plans.list()
    other = replace(
        line.particulars,
        reference="",
        surname="Vane",
        template="idp-wales",
        last_review=date(2025, 11, 20),
    )
    school.plans.intake.open(other, kind="idp-wales", by=SENCO)
    given = _preview(
        school,
        toml(write("2A")).replace(b"[meeting]", b'[choose]\ntemplates = ["idp-wales"]\n[meeting]'),
    )
    window = _preview(school, toml("[choose]\nreview_due_to = 2026-12-31", write("F")))

    (plan,) = given.plans
    assert plan.set_up is not None
    assert (plan.set_up.review_due, given.late) == (None, [])
    assert window.left_out["for whose kind of plan no limits are kept here"] == (plan.reference,)


def test_the_window_of_a_file_goes_by_the_decisions_on_record(school: School) -> None:
    """As of the day on which the file is applied, in one reading of the plans."""
    school.pupils(2)
    for line in school.plans.list():
        school.plans.intake.take_in(
            [replace(line.particulars, last_review=date(2025, 11, 20))], by=SENCO
        )
    _decide(school, date(2026, 9, 8))
    chosen = "[choose]\nreview_due_to = 2026-12-31"
    file = toml(chosen, write("E F"))

    assert [plan.reference for plan in _preview(school, file).plans] == ["2026-0002"]
    before = school.plans.cycles.preview(file, file="autumn.toml", by=SENCO, on=date(2026, 9, 7))
    assert [plan.reference for plan in before.plans] == ["2026-0001", "2026-0002"]
    assert [line.reviewed().last_review for line in school.plans.list()] == [
        date(2026, 9, 8),
        date(2025, 11, 20),
    ]


def test_applying_by_a_previews_id_does_what_it_said(school: School) -> None:
    """The id stays while the same would be recorded, and holds for one application."""
    school.pupils(2)
    found = _preview(school)
    school.plans.edit("2026-0001", "B", "Ada reads.", by=SENCO)
    assert _preview(school).id == found.id

    done = _apply(school, found.id)

    assert len(done.set_up) == 2
    with pytest.raises(Refused, match="is not what the preview"):
        _apply(school, found.id)


def test_what_moved_on_is_not_applied_by_an_earlier_previews_id(school: School) -> None:
    """A new pupil, another file, or a teacher who is away now: nothing is recorded."""
    school.pupils(2)
    found = _preview(school)
    other = FILE + b"# Another note.\n"
    before = school.head()
    with pytest.raises(Refused, match="preview the cycle again"):
        _apply(school, found.id, other)
    assert school.head() == before
    school.pupils(1)
    before = school.head()

    with pytest.raises(Refused, match="nothing was recorded: preview the cycle again"):
        _apply(school, found.id)

    assert school.head() == before


@pytest.mark.parametrize(
    "file",
    [
        FILE.replace(b"sections", b"sectoins", 1),
        FILE + b'\n[choose]\nplans = ["2026-9999"]\n',
        FILE + b'\n[choose]\nexcept = ["K999400123001"]\n',
        FILE + b'\n[choose]\ngroups = "3W"\n',
        FILE + b"\n[meeting.tutors]\nNobody = 2026-11-03\n",
        FILE + b"\n[limits]\npeople = { s77 = 3 }\n",
        FILE.replace(b"class teacher", b"clas teacher"),
    ],
)
def test_a_file_with_a_mistake_records_nothing(school: School, file: bytes) -> None:
    """Neither when it is previewed nor when it is applied."""
    school.pupils(1)
    before = school.head()

    for work in (school.plans.cycles.preview, school.plans.cycles.apply):
        with pytest.raises(BadInput, match=r"autumn\.toml"):
            work(file, file="autumn.toml", by=SENCO)

    assert school.head() == before


def test_only_whoever_may_apply_it_may_preview_it(school: School) -> None:
    """As applying it would say."""
    with pytest.raises(Refused, match="may not set up a review cycle"):
        _preview(school, by=By("s2"))


def test_it_can_be_looked_at_for_another_day(school: School) -> None:
    """As it would be applied then."""
    school.pupils(1)

    found = school.plans.cycles.preview(FILE, file="autumn.toml", by=SENCO, on=date(2026, 11, 11))

    assert [plan.what for plan in found.plans] == ["refuse"]


def test_a_later_review_says_what_it_closes_of_an_earlier_one(school: School) -> None:
    """Which, how many tasks, and the load is what it is afterwards."""
    school.pupils(2, lambda n: "37"[n])
    school.apply()
    spring = toml(write("E F"), "[choose]\nplans = ['2026-0002']", name="Spring")

    found = _preview(school, spring)

    (plan,) = found.plans
    assert plan.why == "it closes 6 open tasks of Autumn 2026, meeting 2026-11-10"
    school.apply(spring)
    waiting = {load.person: (load.write, load.review + load.later) for load in school.plans.load()}
    assert waiting == {
        load.person: (load.after.write, load.after.review)
        for load in found.loads
        if load.after.tasks
    }


def test_what_waits_in_the_store_counts_for_fair_shares(school: School) -> None:
    """Carol has tasks of another cycle, and the reason is on record."""
    school.pupils(1, lambda n: "4")
    school.apply(toml(write("A B", "subject teacher"), name="Before"))
    school.pupils(1, lambda n: "6")

    school.apply(toml(write("F", "subject teacher"), "[choose]\nplans = ['2026-0002']"))

    (assigned,) = school.plans.show("2026-0002").section("F").assignments
    assert (assigned.to_name, assigned.chosen) == ("Cosmo Hall", "fewest tasks (0)")


def test_who_wrote_in_the_plan_goes_first(school: School) -> None:
    """Unless the rule prefers whoever has the fewest tasks."""
    school.pupils(1, lambda n: "6")
    school.apply(toml(write("B", "subject teacher"), name="Before"))
    school.plans.edit("2026-0001", "B", "Ada reads.", by=By("s3"))

    school.apply(toml(write("E", "subject teacher"), name="One"))
    school.apply(toml(write("F", "subject teacher", prefer="fewest tasks"), name="Two"))

    shown = school.plans.show("2026-0001")
    chosen = [shown.section(id).assignments[0] for id in ("E", "F")]
    assert [(a.to_name, a.chosen) for a in chosen] == [
        ("Carol Hall", "wrote in this plan last"),
        ("Cosmo Hall", "fewest tasks (0)"),
    ]


def test_the_next_one_stands_under_another_reason(school: School) -> None:
    """When the rules of assigning do not allow the first."""
    school.pupils(1)
    school.plans.edit("2026-0001", "F", "Two hours.", by=SENCO)

    school.apply(toml(review("F", "SENCO/head teacher")))

    (assigned,) = school.plans.show("2026-0001").section("F").assignments
    assert (assigned.to_name, assigned.chosen) == (
        "Dana Pryce",
        "the next one, as the first may not",
    )


def test_a_review_that_was_taken_back_is_set_up_again(school: School) -> None:
    """As the preview says."""
    school.pupils(2)
    school.apply()
    school.plans.cycles.undo("Autumn 2026", by=SENCO)

    found = _preview(school)
    done = _apply(school, found.id)

    assert [plan.what for plan in found.plans] == ["set up", "set up"]
    assert len(done.set_up) == 2
    assert len(school.plans.show("2026-0001").reviews) == 1
    assert not _preview(school).something_to_do


def test_in_september_new_tasks_follow_the_new_year(school: School) -> None:
    """Whoever was asked in Year 3 goes on; a new cycle asks who teaches Year 4."""
    school.pupils(1)
    rules = (write("F", years=["R-3"]), write("F", "subject teacher", years=["4-9"]))
    school.apply(toml(*rules))
    (line,) = school.plans.list()
    school.plans.intake.take_in([replace(line.particulars, year="4")], by=SENCO)
    assert not _preview(school, toml(*rules)).something_to_do

    school.apply(toml(*rules, name="Spring", meeting="[meeting]\non = 2027-03-02"))

    assert school.asked() == [("F", "write", "Boris Blake"), ("F", "write", "Carol Hall")]


# What a preview says is what applying does, whatever happened before


_FILES = (
    FILE,
    toml(write("F"), write("F", "therapist"), review("E F", "SENCO/head teacher")),
    toml(write("B F", "subject teacher", ask="all"), review("F", "head teacher"), name="Spring"),
    toml(write("F", "SENCO"), review("B F", "class teacher/SENCO"), name="Spring"),
)
_ACTS = (
    "apply 0",
    "apply 1",
    "apply 2",
    "apply 3",
    "undo",
    "edit",
    "submit",
    "return",
    "approve",
    "decline",
    "assign",
    "therapist",
    "pupil",
    "year 4",
    "away",
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_ACTS), max_size=10), st.integers(0, 3))
def test_a_preview_is_what_applying_does(acts: list[str], asked: int) -> None:
    """By the view it is decided as by the plans' histories, and so it is recorded."""
    with TemporaryDirectory() as folder:
        school = School(f"sqlite:{Path(folder) / 'plans.db'}")
        try:
            school.people()
            school.pupils(2, lambda n: "36"[n])
            for act in acts:
                _happen(school, act)
            _as_by_history(school, _FILES[asked])
            found = _preview(school, _FILES[asked])
            head = school.head()
            done = _apply(school, found.id, _FILES[asked])
            _is_as_previewed(school, found, done, head)
            assert not _preview(school, _FILES[asked]).something_to_do
        finally:
            school.store.close()


def _happen(school: School, act: str) -> None:
    """Something that may happen, if it may happen now."""
    plans, plan = school.plans, "2026-0001"
    school.now += timedelta(minutes=1)
    try:
        match act:
            case "undo":
                plans.cycles.undo("Autumn 2026", started=True, by=SENCO)
            case "edit":
                over = plans.show(plan).section("F").revision
                plans.edit(plan, "F", f"{school.now:%H:%M} hours.", over=over, by=By("s2"))
            case "submit":
                plans.submit(plan, "F", by=By("s2"))
            case "return":
                plans.return_(plan, "F", by=By("s1", because="Say how often."))
            case "approve":
                plans.approve(plan, "F", by=SENCO)
            case "decline":
                plans.decline(plan, "F", "no time", by=By("s2"))
            case "assign":
                plans.assign(plan, "F", "review", "s5", due=None, by=SENCO)
            case "therapist":
                school.people([person_with_role("s9", "Tess Tan", "therapist")])
            case "pupil":
                school.pupils(1)
            case "year 4":
                particulars = next(p.particulars for p in plans.list() if p.reference == plan)
                plans.intake.take_in([replace(particulars, year="4")], by=SENCO)
            case "away":
                plans.people.import_list([replace(CAROL, days=("Mon",))], by=SENCO)
            case _:
                school.apply(_FILES[int(act[-1])])
    except SaidNo:
        pass


def _as_by_history(school: School, file: bytes) -> None:
    here = Tenancy(school.store, "main", school.clock)
    applying = Applying(here)
    prepared = applying.prepare(file, file="autumn.toml", by=SENCO)
    shares = list(prepared.shares())
    for decided, share in zip(applying.decide(prepared, shares), shares, strict=True):
        history = here.history(share.set_up.stream)
        by_history = decide_by_history(history, prepared, share)
        assert decided.part.events == by_history.part.events
        assert list(decided.gaps) == list(by_history.gaps)
        if decided.part.events:
            assert decided.part.after == by_history.part.after
        assert decided.new == by_history.new


def _is_as_previewed(school: School, found: Preview, done: Applied, head: int) -> None:
    new = school.log()[head:]
    reviews = {step.stream for step in new if isinstance(step.event, ReviewSetUp)}
    said = [plan.set_up for plan in found.plans if plan.set_up is not None]
    assert reviews == {plan.set_up.stream for plan in found.of("set up") if plan.set_up}
    assert sorted(
        (str(s.stream), t.section, t.task, t.to, t.due, t.rule, t.chosen or "")
        for s in said
        for t in s.tasks
    ) == sorted(
        (str(s.stream), e.section, e.task, e.to, e.due or date.min, e.rule or "", e.chosen or "")
        for s in new
        if isinstance(e := s.event, SectionAssigned)
    )
    assert found.gaps == done.gaps
    assert found.notes_file == any(isinstance(step.event, CycleApplied) for step in new)


# Overlapping cycles at once


def test_two_people_apply_overlapping_cycles_at_once(school: School) -> None:
    """Every plan is set up once by each of them."""
    school.pupils(60, lambda n: "37"[n % 2])
    spring = toml(write("E F"), review("E F", "head teacher"), name="Spring")

    def apply(file: bytes) -> Applied:
        store = open_store(school.url)
        try:
            plans = Plans(store, "main", clock=lambda: school.now)
            return plans.cycles.apply(file, file="autumn.toml", by=SENCO)
        finally:
            store.close()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(apply, [FILE, spring]))

    assert [len(one.set_up) for one in done] == [60, 60]
    cycles = [s.event.cycle for s in school.log() if isinstance(s.event, ReviewSetUp)]
    assert len(cycles) == 120
    assert sorted(map(cycles.count, set(cycles))) == [60, 60]
    assert school.plans.check().events == school.head()


def test_a_cycle_stays_of_its_kind(school: School) -> None:
    """No review becomes one of another kind; a school's own has no limit to miss."""
    school.pupils(1)
    (line,) = school.plans.list()
    late = replace(line.particulars, last_review=date(2025, 11, 20))
    school.plans.intake.take_in([late], by=SENCO)
    own = FILE.replace(b"[meeting]", b'kind = "school"\n\n[meeting]')

    assert _preview(school).late
    assert not _preview(school, own).late
    school.apply(own)

    for act in (_preview, School.apply):
        before = school.head()
        with pytest.raises(BadInput, match="kind: found statutory, expected school"):
            act(school, FILE)
        assert school.head() == before
