"""Lists of people brought in, roles granted and ended, and several people who do it at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from ehcp_flow.acting import TRIES, By
from ehcp_flow.errors import BadInput, NotFound, NothingToDo, Refused, StoreTrouble
from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.people import People
from tests.steps.people import FERNBANK, SCHOOL
from tests.steps.world import World
from tests.use_cases.conftest import Overtaken

AMIRA, BORIS = FERNBANK[0], FERNBANK[1]
DEPUTY = HeldRole("deputy head", SCHOOL, date(2026, 10, 1))


def overtaken(world: World, *others: Callable[[], object]) -> People:
    """Someone who keeps the list, and before whom others record something."""
    return People(Overtaken(world, *others))


def roles(world: World, who: str) -> list[tuple[str, date, date | None]]:
    """The roles of a person, with their days."""
    return [(r.role, r.since, r.until) for r in world.plans.people.person(who).roles]


# The first list


def test_the_first_list_is_brought_in_by_someone_in_it_who_may(world: World) -> None:
    """By staff id or e-mail address; a name could be anybody's."""
    people = world.plans.people
    amira = replace(AMIRA, email="a.nair@example.invalid")
    for by, why in (
        (By("Amira Nair"), "must name whoever brings it in"),
        (By("s2"), "may not change the list of people"),
        (By("s1", role="head teacher"), "does not hold the role 'head teacher'"),
        (By("s1", on=date(2024, 8, 31)), "does not hold any role"),
    ):
        with pytest.raises(Refused, match=why):
            people.import_list([amira, BORIS], by=by)
        assert world.head() == 0

    done = people.import_list([amira, BORIS], by=By("A.NAIR@example.invalid"))

    assert [person.staff_id for person in done.new] == ["s1", "s2"]
    assert done.events == world.head() == 4
    assert people.person("s1").roles == AMIRA.roles


# A later list


def test_a_later_list_records_only_what_changed(school: World) -> None:
    """And tells whom and which roles it does not name."""
    before = school.head()
    moved = replace(BORIS, years=("4",), roles=(DEPUTY,))

    done = school.plans.people.import_list([AMIRA, moved], by=school.by("Amira"))

    assert ([p.staff_id for p in done.changed], done.unchanged, done.new) == (["s2"], 1, ())
    assert [p.staff_id for p in done.not_in_file] == ["s3", "s4", "s5", "s6", "s7"]
    assert [(p.staff_id, r.role) for p, r in done.roles_not_in_file] == [("s2", "class teacher")]
    assert school.head() == before + 2
    assert [role for role, _, _ in roles(school, "s2")] == ["class teacher", "deputy head"]


def test_an_older_list_does_not_undo_an_end(school: World) -> None:
    """It is told; whether the role goes on is for somebody to say."""
    people, by = school.plans.people, school.by("Amira")
    (role,) = BORIS.roles
    people.revoke("s2", role.role, until=date(2026, 8, 31), by=by)
    before = school.head()

    done = people.import_list([BORIS], by=by)

    assert [(p.staff_id, r.until) for p, r in done.ended_here] == [("s2", date(2026, 8, 31))]
    assert school.head() == before
    assert roles(school, "s2") == [("class teacher", role.since, date(2026, 8, 31))]


def test_an_address_that_is_gone_is_gone(school: World) -> None:
    """And nobody goes by it any more."""
    people, by = school.plans.people, school.by("Amira")
    people.import_list([replace(BORIS, email="b@example.invalid")], by=by)
    assert people.person("B@EXAMPLE.invalid").staff_id == "s2"

    people.import_list([BORIS], by=by)

    assert people.person("s2").email is None
    with pytest.raises(NotFound):
        people.person("b@example.invalid")


def test_a_teacher_brings_in_no_list(school: World) -> None:
    """Not even a part of it."""
    before = school.head()

    with pytest.raises(Refused, match="acts as class teacher"):
        school.plans.people.import_list([replace(BORIS, name="Boris B")], by=school.by("Boris"))

    assert school.head() == before


# At the same time


def test_two_lists_at_once_list_nobody_twice(school: World) -> None:
    """The second finds who was listed meanwhile, and adds what is other."""
    gil = replace(BORIS, staff_id="s9", name="Gil Marsh")
    hana = replace(BORIS, staff_id="s10", name="Hana Ito")
    others = [lambda: school.plans.people.import_list([gil], by=school.by("Dana"))]

    done = overtaken(school, *others).import_list(
        [replace(gil, name="Gil Marsh-Lowe"), hana], by=school.by("Amira")
    )

    assert [p.staff_id for p in done.new] == ["s10"]
    assert [p.staff_id for p in done.changed] == ["s9"]
    assert [p.name for p in school.plans.people.list() if p.staff_id == "s9"] == ["Gil Marsh-Lowe"]


def test_a_first_list_that_others_brought_in_meanwhile_is_not_brought_in_twice(
    world: World,
) -> None:
    """The second one is then a later list, by someone who is known."""
    others = [lambda: world.plans.people.import_list(FERNBANK, by=world.by("Amira"))]

    done = overtaken(world, *others).import_list(FERNBANK, by=world.by("Amira"))

    assert (done.new, done.unchanged, done.events) == ((), 7, 0)
    assert len(world.plans.people.list()) == 7


def test_a_list_that_others_never_let_through_gives_up(school: World) -> None:
    """After so many tries that something must be wrong."""
    names = iter(f"Boris {n}" for n in range(1_000))

    def rename() -> None:
        said = [replace(BORIS, name=next(names))]
        school.plans.people.import_list(said, by=school.by("Dana"))

    with pytest.raises(StoreTrouble, match="try again"):
        overtaken(school, *[rename] * TRIES).import_list(
            [replace(BORIS, years=("9",))], by=school.by("Amira")
        )

    assert school.plans.people.person("s2").name == f"Boris {TRIES - 1}"
    assert school.plans.people.person("s2").years == BORIS.years


# One role


def test_a_role_is_granted_over_what_was_recorded_meanwhile(school: World) -> None:
    """And once only: the second of two who grant the same is told that it is so."""
    others = [lambda: school.plans.people.grant("s2", DEPUTY, by=school.by("Dana"))]

    with pytest.raises(NothingToDo, match="holds the role deputy head"):
        overtaken(school, *others).grant("s2", DEPUTY, by=school.by("Amira"))

    assert len(roles(school, "s2")) == 2


def test_a_grant_that_is_asked_for_twice_is_done_once(school: World) -> None:
    """With an id, the second answer is the first one."""
    people, by = school.plans.people, replace(school.by("Amira"), command="night-1")
    first = people.grant("s2", DEPUTY, by=by)
    before = school.head()

    again = people.grant("s2", DEPUTY, by=by)

    assert (again.first, again.last, again.again) == (first.first, first.last, True)
    assert school.head() == before


def test_an_ending_that_is_asked_for_twice_is_done_once(school: World) -> None:
    """Also when the role is no longer held."""
    people, by = school.plans.people, replace(school.by("Amira"), command="night-1")
    first = people.revoke("s2", "class teacher", until=date(2026, 10, 5), by=by)

    again = people.revoke("s2", "Class Teacher", until=date(2026, 10, 5), by=by)

    assert (again.version, again.again) == (first.version, True)


def test_an_id_of_another_command_is_refused(school: World) -> None:
    """What was asked for would otherwise never be done, and nobody would know."""
    people, by = school.plans.people, replace(school.by("Amira"), command="night-1")
    people.grant("s2", DEPUTY, by=by)
    before = school.head()

    acts: list[Callable[[], object]] = [
        lambda: people.grant("s3", DEPUTY, by=by),
        lambda: people.grant("s2", replace(DEPUTY, role="SENCO"), by=by),
        lambda: people.revoke("s2", "deputy head", until=date(2026, 10, 31), by=by),
    ]
    for act in acts:
        with pytest.raises(BadInput, match="used before"):
            act()

    assert school.head() == before


# Names


def test_a_staff_id_goes_before_an_address_and_that_before_a_name(school: World) -> None:
    """The first that fits decides, so that a staff id is never ambiguous."""
    tricky = replace(BORIS, staff_id="s8", name="s2", email="carol hall")
    school.plans.people.import_list([tricky], by=school.by("Amira"))

    assert school.plans.people.person("s2").staff_id == "s2"
    assert school.plans.people.person("Carol Hall").staff_id == "s8"


@pytest.mark.parametrize("who", ["Aine O'Brien", "ÁINE  O'BRIEN", "áine o'brien"])
def test_a_name_is_known_whatever_its_case_accents_and_spaces(school: World, who: str) -> None:
    """As people type it."""
    aine = replace(BORIS, staff_id="s8", name="Áine O'Brien")
    school.plans.people.import_list([aine], by=school.by("Amira"))

    assert school.plans.people.person(who).staff_id == "s8"


@pytest.mark.parametrize("who", ["", " ", "nobody", "%", "Boris", "s"])
def test_nobody_goes_by_a_part_of_a_name(school: World, who: str) -> None:
    """Nor by nothing."""
    with pytest.raises(NotFound, match="people list"):
        school.plans.people.person(who)


def test_people_are_listed_by_staff_id(school: World) -> None:
    """All of them, whoever left among them."""
    people: list[Person] = list(school.plans.people.list())

    assert [person.staff_id for person in people] == ["s1", "s2", "s3", "s4", "s5", "s6", "s7"]
