"""Steps about advice: who gave it, who brought it in, and what is there afterwards."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from pytest_bdd import given, parsers, then, when

from ehcp_flow.acting import Done
from ehcp_flow.advice import Taken
from ehcp_flow.importing.advice import AdviceFile, read_advice
from ehcp_flow.plan import Advice
from tests.steps.world import STAFF, World

_REPORT = r"(?:gives|gave) a termly report about (?P<pupil>\w+)"
_ADVICE = r"advice (?P<number>\d+) of (?P<pupil>\w+)'s plan"


def give(
    world: World,
    who: str,
    text: str,
    pupil: str,
    *,
    from_: str | None = None,
    views: bool = False,
    on: date | None = None,
) -> Done:
    """Bring in a termly report, or views; in one's own name unless another giver is said."""
    giver = from_ or who
    return world.plans.advice.give(
        world.plan(pupil),
        text,
        "views" if views else "termly report",
        STAFF.get(giver, giver),
        by=world.by(who, on=on),
    )


def advice(world: World, pupil: str, number: str) -> Advice:
    """One advice of a pupil's plan."""
    return world.plans.advice.one(world.plan(pupil), int(number))


@when(parsers.re(r"(?P<who>\w+) gives this termly report about (?P<pupil>\w+):"))
def _gives_this(world: World, who: str, pupil: str, docstring: str) -> None:
    world.do(lambda: give(world, who, docstring, pupil))


@given(parsers.re(rf'(?P<who>\w+) {_REPORT}: "(?P<text>.+)"'))
def _gave(world: World, who: str, pupil: str, text: str) -> None:
    world.do(lambda: give(world, who, text, pupil))


@when(parsers.re(rf'(?P<who>\w+) {_REPORT}: "(?P<text>.+)"'))
def _gives(world: World, who: str, pupil: str, text: str) -> None:
    world.try_(lambda: give(world, who, text, pupil))


@when(
    parsers.re(
        r'(?P<who>\w+) types up the views of "(?P<of>.+)" about (?P<pupil>\w+): "(?P<text>.+)"'
    )
)
def _types_up(world: World, who: str, of: str, pupil: str, text: str) -> None:
    world.do(lambda: give(world, who, text, pupil, from_=of, views=True))


@when(
    parsers.re(
        r"(?P<who>\w+) brings in (?P<of>\w+)'s termly report of (?P<day>\S+) about "
        r'(?P<pupil>\w+): "(?P<text>.+)"'
    )
)
def _brings_in(world: World, who: str, of: str, day: str, pupil: str, text: str) -> None:
    world.try_(lambda: give(world, who, text, pupil, from_=of, on=date.fromisoformat(day)))


# Tables


def share_out(world: World, who: str, table: Sequence[Sequence[str]]) -> AdviceFile:
    """Bring in a table of targets, and return what it says and what is wrong with it."""
    out = io.StringIO()
    csv.writer(out).writerows(table)
    read = read_advice(
        out.getvalue().encode("utf-8-sig"),
        today=world.plans.today(),
        kind="targets",
        name="targets.csv",
    )
    found = world.plans.advice.sort(read.advice, by=world.by(who))
    world.do(lambda: world.plans.advice.take(found))
    return read.with_faults(found.faults)


@given(parsers.parse("{who} brought in this table of targets:"))
def _shared(world: World, who: str, datatable: Sequence[Sequence[str]]) -> None:
    share_out(world, who, datatable)


@when(parsers.parse("{who} brings in this table of targets:"), target_fixture="read")
def _shares(world: World, who: str, datatable: Sequence[Sequence[str]]) -> AdviceFile:
    return share_out(world, who, datatable)


@then(parsers.parse("line {line:d} is of a pupil without a plan here"))
def _no_plan(world: World, read: AdviceFile, line: int) -> None:
    assert line in world.plans.advice.sort(read.advice, by=world.by("Amira")).no_plan


@then(parsers.parse("{texts:d} texts are brought in for {plans:d} plans"))
def _taken(world: World, texts: int, plans: int) -> None:
    assert isinstance(world.result, Taken)
    assert (world.result.given, world.result.plans) == (texts, plans)


# What is there


@then(parsers.parse("{pupil}'s plan holds {many:d} advice"))
def _holds(world: World, pupil: str, many: int) -> None:
    assert len(world.plans.advice.list(world.plan(pupil))) == many


@then(parsers.re(rf'{_ADVICE} is a "(?P<kind>.+)" that (?P<who>\w+) gave as "(?P<role>.+)"'))
def _given(world: World, number: str, pupil: str, kind: str, who: str, role: str) -> None:
    found = advice(world, pupil, number)
    person = world.plans.people.person(STAFF[who])
    assert (found.kind, found.given_by, found.given_by_name, found.given_by_role) == (
        kind,
        person.id,
        person.name,
        role,
    )


@then(
    parsers.re(rf'{_ADVICE} is a "(?P<kind>.+)" that "(?P<of>.+)" gave and (?P<who>\w+) brought in')
)
def _given_by_other(world: World, number: str, pupil: str, kind: str, of: str, who: str) -> None:
    found = advice(world, pupil, number)
    assert (found.kind, found.given_by, found.given_by_name) == (kind, None, of)
    assert found.brought_by == world.plans.people.person(STAFF[who]).id


@then(parsers.re(rf"{_ADVICE} was given on (?P<day>\S+) and brought in by (?P<who>\w+)"))
def _given_on(world: World, number: str, pupil: str, day: str, who: str) -> None:
    found = advice(world, pupil, number)
    assert f"{found.day}" == day
    assert found.brought_by == world.plans.people.person(STAFF[who]).id


@then(parsers.re(rf"{_ADVICE} was given by (?P<of>\w+) and brought in by (?P<who>\w+)"))
def _given_by(world: World, number: str, pupil: str, of: str, who: str) -> None:
    found = advice(world, pupil, number)
    people = world.plans.people
    assert found.given_by == people.person(STAFF[of]).id
    assert found.brought_by == people.person(STAFF[who]).id


@then(parsers.re(rf'{_ADVICE} reads "(?P<text>.+)"'))
def _reads(world: World, number: str, pupil: str, text: str) -> None:
    assert text in advice(world, pupil, number).text.split("\n\n")
