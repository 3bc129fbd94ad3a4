"""Tasks handed over on a real store: to whom, by when, why, and what stays in the record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from ehcp_flow.cycles.desk import Cycles
from ehcp_flow.cycles.reassigning import Reassigned
from ehcp_flow.errors import BadInput, NotFound, Refused, StoreTrouble
from ehcp_flow.events import AssignmentWithdrawn, SectionAssigned, Task
from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.models.shipped import text_of_shipped
from ehcp_flow.plan import Assignment
from tests.steps.people import FERNBANK, SCHOOL
from tests.steps.world import World
from tests.use_cases.conftest import Overtaken, bring_in, pupil

PLAN = "2026-0001"
DUE = date(2026, 10, 30)
CYCLE = b"""
name = "Autumn 2026"
meeting = { on = 2026-11-10 }

[[write]]
sections = ["E", "F"]
role = "subject teacher"
due_days_before_meeting = 21
"""


def teacher(staff_id: str, name: str, years: str = "7", days: str = "") -> Person:
    """A subject teacher since the summer."""
    held = HeldRole("subject teacher", SCHOOL, date(2026, 9, 1))
    return Person(
        "",
        staff_id=staff_id,
        name=name,
        years=tuple(years.split()),
        days=tuple(days.split()),
        roles=(held,),
    )


def people(world: World, *some: Person) -> None:
    """Let more people be known."""
    world.plans.people.import_list(some, by=world.by("Amira"))


@pytest.fixture
def ada(world: World) -> World:
    """Fernbank School with a plan for Ada, who is in Year 7, and with another teacher of hers."""
    people(world, *FERNBANK)
    people(world, teacher("t1", "Tess Ojo"))
    bring_in(world, pupil())
    return world


def ask(
    world: World,
    whom: str = "Carol",
    section: str = "F",
    task: Task = "write",
    due: date | None = DUE,
    plan: str = PLAN,
) -> None:
    """Ask somebody for a section."""
    by = world.by("Amira")
    world.plans.assign(plan, section, task, world.by(whom).who, due=due, by=by)


def leaves(world: World, whom: str = "Carol", until: date = date(2026, 10, 2)) -> None:
    """Let somebody's only role end."""
    (held,) = world.plans.people.person(world.by(whom).who).roles
    by = world.by("Dana" if whom == "Amira" else "Amira")
    world.plans.people.revoke(world.by(whom).who, held.role, until=until, by=by)


def hand_over(world: World, who: str | None = None, to: str | None = None) -> Reassigned:
    """Hand over what waits on somebody, or on everybody who is not there."""
    from_ = None if who is None else world.by(who).who
    return world.plans.cycles.reassign(
        from_, None if to is None else world.by(to).who, by=world.by("Amira")
    )


def open_(world: World, section: str = "F", plan: str = PLAN) -> list[Assignment]:
    """What is open of a section."""
    return [a for a in world.plans.show(plan).section(section).assignments if a.open]


def takers(done: Reassigned) -> list[tuple[str, str | None]]:
    """Which section went to whom."""
    return [(one.section, one.to_name) for one in done.handed]


def whys(done: Reassigned) -> list[str]:
    """Why tasks are left."""
    return [one.why for one in done.left]


# What is recorded


def test_the_request_is_the_same_but_for_who_is_asked(ada: World) -> None:
    """Due day, cycle and rule stay; who was asked before stays in the record."""
    ada.plans.cycles.apply(CYCLE, file="autumn.toml", by=ada.by("Amira"))
    (before,) = open_(ada)
    assert before.to_name == "Carol Hall"
    head = ada.head()
    leaves(ada)

    done = hand_over(ada)

    assert takers(done) == [("E", "Tess Ojo"), ("F", "Tess Ojo")]
    (after,) = open_(ada)
    assert (after.to_name, after.to_role, after.status) == (
        "Tess Ojo",
        "subject teacher",
        "assigned",
    )
    assert (after.due, after.cycle, after.rule) == (before.due, before.cycle, before.rule)
    assert after.chosen == "instead of Carol Hall, who has held no role here since 2026-10-02"
    carol = ada.plans.show(PLAN).section("F").assigned("write", before.to)
    assert carol is not None
    assert carol.status == "withdrawn"
    steps = [step.recorded.event for step in ada.plans.replay(PLAN)][-4:]
    assert [type(event) for event in steps] == [AssignmentWithdrawn, SectionAssigned] * 2
    assert getattr(steps[0], "instead", None) == after.to
    assert len({event.command for event in steps}) == 1
    assert ada.head() == head + 5


def test_applying_the_cycle_again_asks_nobody_else(ada: World) -> None:
    """The task is the same one, and somebody was asked for it."""
    ada.plans.cycles.apply(CYCLE, file="autumn.toml", by=ada.by("Amira"))
    leaves(ada)
    hand_over(ada)
    before = ada.head()

    ada.plans.cycles.apply(CYCLE, file="autumn.toml", by=ada.by("Amira"))

    assert ada.head() == before


def test_again_it_changes_nothing(ada: World) -> None:
    """Whether it was for everybody or for one."""
    ask(ada)
    leaves(ada)
    hand_over(ada, "Carol")
    before = ada.head()

    assert hand_over(ada) == hand_over(ada, "Carol") == Reassigned((), ())
    assert ada.head() == before


def test_a_preview_says_exactly_what_would_happen(ada: World) -> None:
    """And records nothing."""
    people(ada, teacher("t2", "Uma Lin"))
    for section in "ABE":
        ask(ada, section=section)
    leaves(ada)
    before = ada.head()

    would = ada.plans.cycles.reassign(None, by=ada.by("Amira"), preview=True)

    assert ada.head() == before
    assert hand_over(ada) == would


def test_everything_of_one_person_also_while_they_are_there(ada: World) -> None:
    """For whoever hands on what is theirs."""
    ask(ada)

    done = hand_over(ada, "Carol", "Boris")

    assert takers(done) == [("F", "Boris Blake")]
    (held,) = open_(ada)
    assert (held.to_role, held.chosen) == (
        "class teacher",
        "instead of Carol Hall, who hands it over",
    )


def test_only_of_some_plans(ada: World) -> None:
    """By whatever they are called; one that is not there is refused."""
    other = pupil("Linh", "Zhang", upn="M80120000500A")
    bring_in(ada, other)
    for plan in (PLAN, "2026-0002"):
        ask(ada, plan=plan)
    leaves(ada)

    with pytest.raises(NotFound):
        ada.plans.cycles.reassign(None, only=["2026-9"], by=ada.by("Amira"))
    done = ada.plans.cycles.reassign(None, only=["M80120000500A"], by=ada.by("Amira"))

    assert [one.reference for one in done.handed] == ["2026-0002"]
    assert [item.reference for item in ada.plans.work(orphaned=True)] == [PLAN]


# By when


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 10, 30), DUE),
        (date(2026, 10, 31), date(2026, 11, 7)),
    ],
    ids=["on the day", "the day after"],
)
def test_a_due_day_that_has_passed_is_a_week_later(ada: World, today: date, due: date) -> None:
    """One that has not stays."""
    ask(ada)
    leaves(ada)
    ada.now += today - ada.plans.today()

    (handed,) = hand_over(ada).handed

    assert handed.due == due
    assert open_(ada)[0].due == due


def test_but_it_is_ready_for_the_meeting(ada: World) -> None:
    """When that is within the week."""
    ada.plans.cycles.apply(CYCLE, file="autumn.toml", by=ada.by("Amira"))
    leaves(ada)
    ada.now += date(2026, 11, 6) - ada.plans.today()

    assert {one.due for one in hand_over(ada).handed} == {date(2026, 11, 9)}


def test_no_due_day_stays_none(ada: World) -> None:
    """Nothing is made up."""
    ask(ada, due=None)
    leaves(ada)

    assert [one.due for one in hand_over(ada).handed] == [None]


# To whom


def test_whoever_has_the_least_to_do_and_then_by_staff_id(ada: World) -> None:
    """Of another plan's tasks, too; and one person takes all that one person had in a plan."""
    people(ada, teacher("t0", "Uma Lin"), teacher("t2", "Vera Moss"))
    bring_in(ada, *(pupil(name, upn=None) for name in ("Bea", "Cy")))
    for plan in (PLAN, "2026-0002", "2026-0003"):
        for section in "EF":
            ask(ada, section=section, plan=plan)
    leaves(ada)

    done = hand_over(ada)

    assert [one.to_name for one in done.handed] == [
        *("Uma Lin", "Uma Lin"),
        *("Tess Ojo", "Tess Ojo"),
        *("Vera Moss", "Vera Moss"),
    ]


def test_who_surely_teaches_the_year_goes_first(ada: World) -> None:
    """Before somebody of whom it is not on record which years they teach."""
    people(ada, teacher("t0", "Uma Lin", years=""))
    ask(ada)
    ask(ada, "t1", "A")
    leaves(ada)

    assert takers(hand_over(ada)) == [("F", "Tess Ojo")]


@pytest.mark.parametrize(
    ("colleague", "why"),
    [
        (teacher("t1", "Tess Ojo", years="8 9"), "no other subject teacher teaches Year 7"),
        (
            replace(
                teacher("t1", "Tess Ojo"),
                roles=(
                    HeldRole("subject teacher", SCHOOL, date(2026, 9, 1), date(2026, 10, 20)),
                    HeldRole("deputy head", SCHOOL, date(2026, 10, 21)),
                ),
            ),
            "whoever else is subject teacher is not there for it",
        ),
        (
            replace(
                teacher("t1", "Tess Ojo"),
                roles=(HeldRole("form tutor", SCHOOL, date(2026, 9, 1)),),
            ),
            "nobody else is subject teacher",
        ),
    ],
    ids=["another year", "not in that role when it is due", "another role"],
)
def test_who_does_not_fit_is_not_asked(world: World, colleague: Person, why: str) -> None:
    """The task is left with its holder, and the reason told."""
    people(world, *FERNBANK)
    people(world, colleague)
    bring_in(world, pupil())
    ask(world)
    leaves(world)
    before = world.head()

    done = hand_over(world)

    assert done.handed == ()
    assert [(one.section, one.name) for one in done.left] == [("F", "Carol Hall")]
    assert whys(done) == [f"{why}: name somebody with --to."]
    assert world.head() == before


def test_who_has_no_working_day_until_then_is_not_asked(ada: World) -> None:
    """Neither is one who is away on all of them."""
    people(ada, replace(teacher("t1", "Tess Ojo"), days=("Fri",)))
    people(ada, teacher("t2", "Vera Moss", days="Tue Wed"))
    ada.plans.people.away(
        "t2", since=date(2026, 10, 6), until=date(2026, 10, 7), by=ada.by("Amira")
    )
    # From a Monday to the Thursday after it.
    ask(ada, due=date(2026, 10, 8))
    leaves(ada)

    assert whys(hand_over(ada)) == [
        "whoever else is subject teacher is not there for it: name somebody with --to."
    ]

    people(ada, teacher("t2", "Vera Moss", days="Tue Thu"))
    assert takers(hand_over(ada)) == [("F", "Vera Moss")]


def test_who_said_no_to_it_is_not_asked_again(ada: World) -> None:
    """Unless somebody says so by name."""
    ask(ada, "t1")
    ada.plans.decline(PLAN, "F", "not qualified", by=ada.by("t1"))
    ask(ada)
    leaves(ada)

    assert whys(hand_over(ada)) == [
        "whoever else is subject teacher said no to it: name somebody with --to."
    ]
    assert takers(hand_over(ada, to="t1")) == [("F", "Tess Ojo")]


def test_who_has_the_same_task_already_is_not_asked_anew(ada: World) -> None:
    """Neither is their due day another one; it is on record that they go on with it."""
    ask(ada, "t1", due=date(2026, 11, 6))
    ask(ada)
    leaves(ada)

    done = hand_over(ada)

    assert [(one.to_name, one.due) for one in done.handed] == [("Tess Ojo", date(2026, 11, 6))]
    (held,) = open_(ada)
    assert (held.to_name, held.due, held.chosen) == ("Tess Ojo", date(2026, 11, 6), None)
    last = [step.recorded.event for step in ada.plans.replay(PLAN)][-1]
    assert isinstance(last, AssignmentWithdrawn)
    assert last.instead_name == "Tess Ojo"


def test_where_nobody_else_holds_the_role_it_goes_to_whom_the_model_lets_stand_in(
    ada: World,
) -> None:
    """From the day on which nobody is there who holds it, and not before."""
    today = ada.plans.today()
    deputy = HeldRole("deputy head", SCHOOL, today)
    ada.plans.people.grant("s7", deputy, by=ada.by("Amira"))
    ada.plans.models.choose(text_of_shipped("M3"), file="M3.toml", by=ada.by("Amira"))
    ask(ada, "Amira", "A")
    ask(ada, "Amira", "F", "review")
    leaves(ada, "Amira", until=today)

    before = ada.plans.cycles.reassign(None, None, by=ada.by("Dana"))
    ada.now += timedelta(days=1)
    done = ada.plans.cycles.reassign(None, None, by=ada.by("Dana"))

    assert whys(before) == ["nobody else is SENCO: name somebody with --to."] * 2
    assert takers(done) == [("A", "Mary Quist"), ("F", "Mary Quist")]
    (asked,) = open_(ada, "A")
    assert (asked.to_role, asked.due) == ("deputy head", DUE)


def test_who_is_named_takes_it_in_the_role_that_lets_them(ada: World) -> None:
    """Not in the one that they have held longest."""
    deputy = HeldRole("deputy head", SCHOOL, ada.plans.today())
    ada.plans.people.grant("s3", deputy, by=ada.by("Amira"))
    ada.plans.models.choose(text_of_shipped("M3"), file="M3.toml", by=ada.by("Amira"))
    ask(ada, "Amira", "F", "review")

    done = hand_over(ada, "Amira", "Carol")

    assert takers(done) == [("F", "Carol Hall")]
    assert open_(ada)[0].to_role == "deputy head"


def test_what_is_submitted_is_not_taken_from_its_reviewer(ada: World) -> None:
    """The other writer is let go, and nobody is asked instead."""
    ask(ada, "t1")
    ask(ada)
    ask(ada, "Dana", task="review")
    ada.plans.edit(PLAN, "F", "Two hours.", over=0, by=ada.by("t1"))
    ada.plans.submit(PLAN, "F", by=ada.by("t1"))
    leaves(ada)

    done = hand_over(ada)

    assert takers(done) == [("F", None)]
    assert ada.plans.show(PLAN).section("F").status == "submitted"
    assert [(item.what, item.name) for item in ada.plans.work()] == [("review", "Dana Pryce")]


def test_the_writer_is_never_asked_to_review(ada: World) -> None:
    """Not even one who became it in the same go."""
    people(ada, teacher("t2", "Vera Moss"))
    ask(ada, "Carol")
    ask(ada, "t2", task="review")
    leaves(ada)
    leaves(ada, "t2")

    done = hand_over(ada)

    assert takers(done) == [("F", "Tess Ojo")]
    assert [(one.task, one.name) for one in done.left] == [("review", "Vera Moss")]
    assert "may not be their own reviewer" in done.left[0].why


def test_what_was_declined_and_waits_on_someone_who_left_is_told(ada: World) -> None:
    """Whom to ask after a no is not for a program to say."""
    ask(ada)
    ada.plans.decline(PLAN, "F", "not qualified", by=ada.by("Carol"))
    leaves(ada, "Amira")

    (item,) = ada.plans.work(orphaned=True)
    done = ada.plans.cycles.reassign(None, by=ada.by("Dana"))

    assert (item.what, item.name) == ("assign again", "Amira Nair")
    assert done.handed == ()
    assert whys(done) == ["Carol Hall said no to it: ask somebody else with `section assign`."]


# Whom it may not go to, and who may not do it


def test_who_is_named_must_be_there(ada: World) -> None:
    """Today, and for each task when it is due."""
    ask(ada)
    ask(ada, section="E", due=date(2026, 10, 7))
    by = ada.by("Amira")
    for to, why, kind in (
        ("Carol", "has these tasks already", BadInput),
        ("Mary", "does not hold any role", Refused),
        ("Nemo", "Nobody here goes by", NotFound),
    ):
        with pytest.raises(kind, match=why):
            hand_over(ada, "Carol", to)
    ada.plans.people.away("s2", since=date(2026, 10, 28), by=by)
    ada.plans.people.away("s4", since=date(2026, 10, 1), by=by)
    with pytest.raises(Refused, match=r"is away from 2026-10-01, .*: name somebody else with --to"):
        hand_over(ada, "Carol", "Dana")

    done = hand_over(ada, "Carol", "Boris")

    assert takers(done) == [("E", "Boris Blake")]
    assert whys(done) == [
        "Boris Blake will be away from 2026-10-28, until when is not known yet, when it is due: "
        "name somebody else with --to."
    ]


def test_an_assistant_takes_over_nothing(ada: World) -> None:
    """As they would not be asked for it."""
    ask(ada)

    assert "supplies evidence" in whys(hand_over(ada, "Carol", "Femi"))[0]


def test_who_does_not_assign_does_not_hand_over(ada: World) -> None:
    """Not even look at what would be, nor when there is nothing to do."""
    with pytest.raises(Refused, match="acts as class teacher"):
        ada.plans.cycles.reassign(None, by=ada.by("Boris"), preview=True)


# Several at once


def overtaken(world: World, *others: Callable[[], object]) -> Cycles:
    """Someone who hands over, and before whom others record something."""
    return Cycles(Overtaken(world, *others))


def test_what_others_did_meanwhile_is_found(ada: World) -> None:
    """And what is left is decided anew."""
    ask(ada)
    ask(ada, section="E")
    leaves(ada, until=date(2026, 10, 12))
    cycles = overtaken(ada, lambda: ada.plans.decline(PLAN, "E", "no time", by=ada.by("Carol")))

    done = cycles.reassign(None, by=ada.by("Amira"))

    assert takers(done) == [("F", "Tess Ojo")]


def test_two_at_once_do_no_more_than_one(ada: World) -> None:
    """The second finds nothing to do."""
    ask(ada)
    leaves(ada)
    cycles = overtaken(ada, lambda: hand_over(ada))

    assert cycles.reassign(None, by=ada.by("Dana")) == Reassigned((), ())
    assert len(open_(ada)) == 1


def test_others_who_never_stop_are_trouble(ada: World) -> None:
    """Nothing of the plan is half recorded."""
    ask(ada)
    leaves(ada)
    texts = iter(range(1_000))

    def write() -> object:
        n = next(texts)
        return ada.plans.edit(PLAN, "A", f"Text {n}.", over=n, by=ada.by("Amira"))

    with pytest.raises(StoreTrouble, match="it goes on from here"):
        overtaken(ada, *[write] * 30).reassign(None, by=ada.by("Amira"))
    assert [held.to_name for held in open_(ada)] == ["Carol Hall"]


def test_more_than_fits_one_transaction(ada: World) -> None:
    """Everything is handed over, each plan whole, and it is told how far it is."""
    bring_in(ada, *(pupil("Ada", f"Okafor {n}", upn=None) for n in range(280)))
    ada.plans.cycles.apply(CYCLE, file="autumn.toml", by=ada.by("Amira"))
    leaves(ada)
    leaves(ada, "t1")
    people(ada, teacher("t2", "Vera Moss"))
    ada.now += timedelta(minutes=1)
    told: list[tuple[int, int]] = []

    done = ada.plans.cycles.reassign(
        None, by=ada.by("Amira"), progress=lambda done, many: told.append((done, many))
    )

    assert len(done.handed) == 2 * 281
    assert {one.to_name for one in done.handed} == {"Vera Moss"}
    assert told == [(250, 281), (281, 281)]
    assert list(ada.plans.work(orphaned=True)) == []
