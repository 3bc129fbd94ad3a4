"""Who acts, in which role, on which day, for whom; and how often a command is carried out."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import cast

import pytest

from ehcp_flow.acting import TRIES, By, Done
from ehcp_flow.errors import Ambiguous, BadInput, MovedOn, NotFound, Refused, StoreTrouble
from ehcp_flow.events import Event, SectionEdited
from ehcp_flow.hands import Hand, HeldRole
from ehcp_flow.plan import Plan
from ehcp_flow.rules import drafting
from tests.steps.people import FERNBANK, SCHOOL
from tests.steps.world import World
from tests.use_cases.conftest import Overtaken, bring_in, pupil

PLAN = "2026-0001"
DUE = date(2026, 11, 1)
AMIRA, BORIS = FERNBANK[0], FERNBANK[1]


@pytest.fixture
def ada(school: World) -> World:
    """The school, with a plan for Ada."""
    bring_in(school, pupil())
    return school


def write(world: World, by: By, section: str = "A", over: int | None = None) -> Done:
    """Write something that is not there yet."""
    return world.plans.edit(PLAN, section, f"Text {world.head()}.", over=over, by=by)


def refused(world: World, act: Callable[[], object], why: str, kind: type[Exception]) -> None:
    """Do something that must be refused, and leave no trace."""
    before = world.head()
    with pytest.raises(kind, match=why) as no:
        act()
    assert "\n" not in str(no.value)
    assert world.head() == before


# Roles and days


def test_a_hand_is_frozen_as_it_was(ada: World) -> None:
    """Person, name, role, organisation, instant, channel and reason."""
    event = cast("SectionEdited", write(ada, ada.by("Amira", because="As told.")).events[0])
    amira = ada.plans.people.person("s1")

    assert (event.by, event.name, event.role) == (amira.id, "Amira Nair", "SENCO")
    assert (event.organisation, event.at, event.on) == (SCHOOL, ada.now, None)
    assert (event.channel, event.capacity) == ("typed", "drafter")
    assert event.because is not None
    assert event.because.text == "As told."


def test_the_longest_held_role_acts_unless_another_one_is_asked_for(ada: World) -> None:
    """Whatever the case it is written in."""
    deputy = HeldRole("deputy head", SCHOOL, date(2020, 9, 1))
    ada.plans.people.grant("s1", deputy, by=ada.by("Dana"))

    roles = [
        write(ada, replace(ada.by("Amira"), role=role), section).events[0].role
        for role, section in ((None, "A"), ("senco", "B"), ("Deputy Head", "C"))
    ]

    assert roles == ["deputy head", "SENCO", "deputy head"]


def test_a_role_that_is_not_held_is_not_acted_in(ada: World) -> None:
    """The sentence names the role, the day and the way to it."""
    refused(
        ada,
        lambda: write(ada, replace(ada.by("Amira"), role="LA SEN officer")),
        "does not hold the role 'LA SEN officer' on 05 Oct 2026: .*people grant",
        Refused,
    )


@pytest.mark.parametrize("on", [None, date(2026, 8, 1)], ids=["today", "when they held one"])
def test_whoever_holds_no_role_today_does_nothing_today(ada: World, on: date | None) -> None:
    """Not even of a day on which they held one: they left in August."""
    refused(
        ada,
        lambda: write(ada, ada.by("Mary", on=on)),
        "does not hold any role on 05 Oct 2026",
        Refused,
    )


def test_whoever_held_no_role_that_day_did_nothing_that_day(ada: World) -> None:
    """Although they hold one today: they came later."""
    refused(
        ada,
        lambda: write(ada, ada.by("Eve", on=date(2023, 4, 2))),
        "does not hold any role on 02 Apr 2023",
        Refused,
    )


def test_what_was_done_on_a_day_was_done_in_the_role_held_on_it(ada: World) -> None:
    """And says both days."""
    people, by = ada.plans.people, ada.by("Amira")
    (teacher,) = BORIS.roles
    until = replace(teacher, until=date(2026, 9, 30))
    deputy = HeldRole("deputy head", SCHOOL, date(2026, 10, 1))
    people.import_list([replace(BORIS, roles=(until, deputy))], by=by)
    ada.plans.assign(PLAN, "A", "write", "s2", due=None, by=by)

    today = write(ada, ada.by("Boris")).events[0]
    then = write(ada, ada.by("Boris", on=date(2026, 9, 30)), over=1).events[0]

    assert (today.role, today.on) == ("deputy head", None)
    assert (then.role, then.on, then.at) == ("class teacher", date(2026, 9, 30), ada.now)
    refused(
        ada,
        lambda: write(ada, replace(ada.by("Boris", on=date(2026, 9, 30)), role="deputy head")),
        "does not hold the role 'deputy head' on 30 Sep 2026",
        Refused,
    )


def test_a_day_that_is_still_to_come_is_no_day_on_which_it_happened(ada: World) -> None:
    """Today is, and is not said twice."""
    refused(
        ada, lambda: write(ada, ada.by("Amira", on=date(2026, 10, 6))), "still to come", Refused
    )

    assert write(ada, ada.by("Amira", on=date(2026, 10, 5))).events[0].on is None


def test_the_day_is_londons(ada: World) -> None:
    """An hour before midnight in summer it is tomorrow there."""
    ada.now = datetime(2026, 10, 5, 23, 30, tzinfo=UTC)

    assert write(ada, ada.by("Amira", on=date(2026, 10, 6))).events[0].on is None


# Names


def test_a_name_that_two_people_have_names_neither(ada: World) -> None:
    """The sentence says by which ids they are told apart."""
    twin = replace(AMIRA, staff_id="s8")
    ada.plans.people.import_list([twin], by=ada.by("Amira"))

    for act in (
        lambda: write(ada, By("Amira Nair")),
        lambda: ada.plans.assign(PLAN, "F", "write", "amira nair", due=None, by=By("s4")),
        lambda: write(ada, By("s4", on_behalf_of="AMIRA NAIR")),
        lambda: ada.plans.work(person="Amira Nair"),
        lambda: ada.plans.trail(by="Amira Nair"),
    ):
        refused(ada, act, r"2 people go by that: .* \(s1, s8\)", Ambiguous)


def test_who_is_not_known_does_not_act(ada: World) -> None:
    """The sentence says where people are found, and how they come in."""
    refused(ada, lambda: write(ada, By("Zelda")), "Nobody here goes by 'Zelda'", NotFound)


# For somebody else


def test_on_behalf_of_somebody_known_keeps_who_it_is(ada: World) -> None:
    """By id, so that what was done for them is found."""
    done = write(ada, ada.by("Amira", on_behalf_of="carol hall"))

    event = done.events[0]
    assert event.on_behalf_of == ada.plans.people.person("s3").id
    assert (event.on_behalf_of_name, event.capacity) == ("Carol Hall", "typist")
    assert [line.position for line in ada.plans.trail(by="s3")] == [done.first]


def test_on_behalf_of_somebody_else_keeps_the_name(ada: World) -> None:
    """As it was said, for a parent is nobody's colleague."""
    event = write(ada, ada.by("Amira", on_behalf_of="  Ada's mother ")).events[0]

    assert (event.on_behalf_of, event.on_behalf_of_name) == (None, "Ada's mother")


@pytest.mark.parametrize("whom", ["", " \t", "x" * 201, "Ada's\0mother"])
def test_on_behalf_of_nobody_is_refused(ada: World, whom: str) -> None:
    """A name is at least a letter and at most a line."""
    refused(ada, lambda: write(ada, ada.by("Amira", on_behalf_of=whom)), "name|not text", BadInput)


@pytest.mark.parametrize("because", ["", " \n", "x" * 20_001, "nul\0"])
def test_a_reason_is_words(ada: World, because: str) -> None:
    """Not nothing, not a book, and nothing that is no text."""
    refused(ada, lambda: write(ada, ada.by("Amira", because=because)), "reason|not text", BadInput)


# Commands


def with_id(world: World, who: str, command: str = "night-1") -> By:
    """Someone who gives a command an id."""
    return replace(world.by(who), command=command)


def test_the_same_command_again_gives_the_first_answer_again(ada: World) -> None:
    """Also when others went on meanwhile, and when it would not be allowed any more."""
    by = with_id(ada, "Amira")
    first = ada.plans.edit(PLAN, "A", "She likes to swim.", by=by)
    ada.plans.edit(PLAN, "A", "She likes to swim and to sing.", over=1, by=ada.by("Dana"))
    before = ada.head()

    again = ada.plans.edit(PLAN, "A", "She likes to swim.", by=by)

    assert again.again
    assert (again.version, again.first, again.last) == (first.version, first.first, first.last)
    assert [type(event) for event in again.events] == [SectionEdited]
    assert ada.head() == before
    assert ada.plans.show(PLAN).section("A").text == "She likes to swim and to sing."


def test_an_id_that_was_used_for_something_else_is_refused(ada: World) -> None:
    """Another plan, section, act or text: each would otherwise seem done and not be."""
    bring_in(ada, pupil(), pupil("Ben", born=date(2015, 2, 1), upn="N823200012345"))
    by = with_id(ada, "Amira")
    text = "She likes to swim."
    ada.plans.edit(PLAN, "A", text, by=by)

    for act in (
        lambda: ada.plans.edit("2026-0002", "A", text, by=by),
        lambda: ada.plans.edit(PLAN, "B", text, by=by),
        lambda: ada.plans.edit(PLAN, "A", "Another text.", over=1, by=by),
        lambda: ada.plans.submit(PLAN, "A", by=by),
        lambda: ada.plans.sign_off(PLAN, "A", "authorship", by=by),
        lambda: ada.plans.assign(PLAN, "A", "write", "s2", due=None, by=by),
        lambda: ada.plans.people.grant(
            "s2", HeldRole("deputy head", SCHOOL, date(2026, 10, 1)), by=by
        ),
    ):
        refused(ada, act, "used before, for something else", BadInput)


def test_every_act_may_be_asked_for_twice(ada: World) -> None:
    """Each with its own id, in the order of a section's life."""
    plans = ada.plans
    life: list[tuple[str, Callable[[By], Done]]] = [
        ("Amira", lambda by: plans.assign(PLAN, "F", "write", "Boris Blake", due=None, by=by)),
        ("Boris", lambda by: plans.accept(PLAN, "F", by=by)),
        ("Boris", lambda by: plans.edit(PLAN, "F", "Two hours.", by=by)),
        ("Boris", lambda by: plans.submit(PLAN, "F", by=by)),
        ("Amira", lambda by: plans.return_(PLAN, "F", by=replace(by, because="Say who."))),
        ("Boris", lambda by: plans.edit(PLAN, "F", "Two hours by a teacher.", over=1, by=by)),
        ("Boris", lambda by: plans.submit(PLAN, "F", by=by)),
        ("Amira", lambda by: plans.approve(PLAN, "F", revision=2, by=by)),
        ("Amira", lambda by: plans.sign_off(PLAN, "F", "review", by=by)),
        ("Amira", lambda by: plans.assign(PLAN, "G", "write", "s2", due=DUE, by=by)),
        ("Boris", lambda by: plans.decline(PLAN, "G", "no time", by=by)),
    ]
    before = ada.head()

    for n, (who, act) in enumerate(life, start=1):
        by = with_id(ada, who, f"act-{n}")
        first, again = act(by), act(by)
        assert (first.again, again.again) == (False, True)
        assert (again.version, again.first, again.last) == (n + 1, first.first, first.last)
        assert [event.stored_as for event in again.events] == [
            event.stored_as for event in first.events
        ]

    assert ada.head() == before + len(life)


def test_two_who_give_the_same_command_at_once_do_it_once(ada: World) -> None:
    """The second is told what the first one did."""
    by = with_id(ada, "Amira")
    first = [lambda: ada.plans.edit(PLAN, "A", "She likes to swim.", by=by)]

    def decide(now: Plan, hand: Hand) -> Event:
        return drafting.edit(now, "A", "She likes to swim.", over=None, hand=hand)

    done = Overtaken(ada, *first).act_on_plan(PLAN, by, decide, lambda _: True)

    assert done.again
    assert ada.plans.show(PLAN).section("A").revision == 1


@pytest.mark.parametrize("command", ["", "x" * 65, "two\nlines", "é", "nul\0"])
def test_an_id_is_a_short_word(ada: World, command: str) -> None:
    """Printable, so that a log can show it."""
    refused(
        ada,
        lambda: write(ada, with_id(ada, "Amira", command)),
        "1 to 64 printable ASCII",
        BadInput,
    )


# Plans that move on


def test_a_decision_is_made_anew_over_what_others_recorded(ada: World) -> None:
    """In another section, so that nobody is in anybody's way."""
    seen: list[int] = []

    def decide(now: Plan, hand: Hand) -> Event:
        seen.append(now.version)
        return drafting.edit(now, "A", "She likes to swim.", over=None, hand=hand)

    others = [lambda: write(ada, ada.by("Dana"), "B"), lambda: write(ada, ada.by("Dana"), "C")]
    done = Overtaken(ada, *others).act_on_plan(PLAN, ada.by("Amira"), decide, lambda _: True)

    assert seen == [1, 2, 3]
    assert (done.version, done.again) == (4, False)


def test_a_plan_that_never_stands_still_is_given_up(ada: World) -> None:
    """After so many tries that something must be wrong."""
    tried: list[int] = []

    def decide(now: Plan, hand: Hand) -> Event:
        tried.append(now.version)
        return drafting.edit(now, "A", "She likes to swim.", over=None, hand=hand)

    def other() -> None:
        write(ada, ada.by("Dana"), "B", over=ada.plans.show(PLAN).section("B").revision)

    with pytest.raises(StoreTrouble, match=f"moved on {TRIES} times .* nothing was recorded"):
        Overtaken(ada, *[other] * TRIES).act_on_plan(PLAN, ada.by("Amira"), decide, lambda _: True)

    assert tried == list(range(1, TRIES + 1))
    assert ada.plans.show(PLAN).section("A").revision == 0


def test_what_was_recorded_before_a_refusal_stays(ada: World) -> None:
    """Whoever is overtaken in the same section is told by whom, and loses nothing else."""
    ada.plans.edit(PLAN, "A", "She likes to swim.", by=ada.by("Amira"))

    def decide(now: Plan, hand: Hand) -> Event:
        return drafting.edit(now, "A", "She likes to sing.", over=1, hand=hand)

    others = [lambda: write(ada, ada.by("Dana"), "A", over=1)]
    with pytest.raises(MovedOn, match="Dana Pryce recorded revision 2"):
        Overtaken(ada, *others).act_on_plan(PLAN, ada.by("Amira"), decide, lambda _: True)

    assert ada.plans.show(PLAN).section("A").revision == 2
