"""Steps about people: who is known, and which roles they hold."""

from collections.abc import Sequence
from datetime import date

from pytest_bdd import given, parsers, then, when

from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.people import PeopleImported
from tests.steps.world import World

SCHOOL = "Fernbank School"


def _person(
    staff_id: str, name: str, role: str, since: str, until: str = "", years: str = ""
) -> Person:
    held = HeldRole(
        role,
        SCHOOL,
        date.fromisoformat(since),
        date.fromisoformat(until) if until else None,
    )
    return Person("", staff_id=staff_id, name=name, years=tuple(years.split()), roles=(held,))


FERNBANK = (
    _person("s1", "Amira Nair", "SENCO", "2024-09-01"),
    _person("s2", "Boris Blake", "class teacher", "2022-09-01", years="R 1 2 3"),
    _person("s3", "Carol Hall", "subject teacher", "2019-09-01", years="4 5 6 7 8 9"),
    _person("s4", "Dana Pryce", "head teacher", "2018-09-01"),
    _person("s5", "Eve Hart", "LA SEN officer", "2023-04-03"),
    _person("s6", "Femi Cole", "teaching assistant", "2023-09-01"),
    _person("s7", "Mary Quist", "deputy head", "2018-09-01", "2026-08-31"),
)


def people_of(datatable: Sequence[Sequence[str]]) -> list[Person]:
    """The people of a table with the headings id, name, role, from and until."""
    return [_person(*row) for row in datatable[1:]]


@given("an empty store")
def _empty(world: World) -> None:
    assert world.head() == 0


@given("the people of Fernbank School")
def _fernbank(world: World) -> None:
    world.do(lambda: world.plans.people.import_list(FERNBANK, by=world.by("Amira")))


@when("Amira brings in the people of Fernbank School again")
def _again(world: World) -> None:
    world.do(lambda: world.plans.people.import_list(FERNBANK, by=world.by("Amira")))


@when(parsers.parse("{who} brings in this list of people:"))
def _list(world: World, who: str, datatable: Sequence[Sequence[str]]) -> None:
    world.try_(lambda: world.plans.people.import_list(people_of(datatable), by=world.by(who)))


@when(parsers.parse('Amira grants {whom} the role "{role}" from {day}'))
def _grant(world: World, whom: str, role: str, day: str) -> None:
    held = HeldRole(role, SCHOOL, date.fromisoformat(day))
    world.do(lambda: world.plans.people.grant(world.by(whom).who, held, by=world.by("Amira")))


@when(parsers.parse('Amira ends {whom}\'s role "{role}" on {day}'))
def _revoke(world: World, whom: str, role: str, day: str) -> None:
    world.do(
        lambda: world.plans.people.revoke(
            world.by(whom).who, role, until=date.fromisoformat(day), by=world.by("Amira")
        )
    )


@then(parsers.re(r"(?P<many>\d+) (?:people are|person is) (?P<what>new|changed)"))
def _counted(world: World, many: str, what: str) -> None:
    assert world.refusal is None
    assert isinstance(world.result, PeopleImported)
    assert len(world.result.new if what == "new" else world.result.changed) == int(many)


@then(
    parsers.re(r'(?P<who>.+) (?P<does>holds|does not hold) the role "(?P<role>.+)" on (?P<day>.+)')
)
def _holds(world: World, who: str, does: str, role: str, day: str) -> None:
    person = world.plans.people.person(world.by(who).who)
    roles = [held.role for held in person.roles_on(date.fromisoformat(day))]
    assert (role in roles) == (does == "holds")


@then(parsers.parse("{who} holds no role on {day}"))
def _holds_none(world: World, who: str, day: str) -> None:
    assert not world.plans.people.person(world.by(who).who).roles_on(date.fromisoformat(day))
