"""Steps about handing work over, and about doing the same to many plans."""

from collections.abc import Callable
from datetime import date

from click.testing import Result
from pytest_bdd import given, parsers, then, when

from ehcp_flow.acting import Done
from ehcp_flow.cycles.reassigning import Reassigned
from ehcp_flow.plan import Particulars
from tests.steps.world import World

_OF = r"section (?P<section>\w+) of (?P<pupil>\w+)'s plan"
_MANY = 40
_DUE = date(2026, 10, 30)


# Who is not there


@given(parsers.parse("{whom} left on {day}"))
def _left(world: World, whom: str, day: str) -> None:
    (held,) = world.plans.people.person(world.by(whom).who).roles
    world.do(
        lambda: world.plans.people.revoke(
            world.by(whom).who, held.role, until=date.fromisoformat(day), by=world.by("Amira")
        )
    )


def _away(world: World, who: str, whom: str, since: str, until: str) -> Done:
    return world.plans.people.away(
        world.by(whom).who,
        since=date.fromisoformat(since),
        until=date.fromisoformat(until),
        by=world.by(who),
    )


@given(parsers.parse("{whom} is ill from {since} to {until}"))
def _ill(world: World, whom: str, since: str, until: str) -> None:
    world.do(lambda: _away(world, "Amira", whom, since, until))


@when(parsers.parse("{whom} is said by {who} to be away from {since} to {until}"))
def _said_away(world: World, who: str, whom: str, since: str, until: str) -> None:
    world.try_(lambda: _away(world, who, whom, since, until))


@then("nothing waits on anybody who is not there")
def _nothing_orphaned(world: World) -> None:
    assert list(world.plans.work(orphaned=True)) == []


@then(parsers.parse('{many:d} tasks wait on {who}, who "{why}"'))
def _orphaned(world: World, many: int, who: str, why: str) -> None:
    items = world.plans.work(orphaned=True)
    assert [(item.name.split()[0], item.why) for item in items] == [(who, why)] * many


# Handing over


def _hand_over(world: World, who: str, *, preview: bool = False) -> Reassigned:
    return world.plans.cycles.reassign(None, by=world.by(who), preview=preview)


@given(parsers.parse("{who} handed over what waits on people who are not there"))
def _handed(world: World, who: str) -> None:
    world.do(lambda: _hand_over(world, who))


@when(parsers.parse("{who} hands over what waits on people who are not there"))
def _hands(world: World, who: str) -> None:
    world.try_(lambda: _hand_over(world, who))


@when(parsers.parse("{who} looks at what would be handed over"))
def _looks(world: World, who: str) -> None:
    world.try_(lambda: _hand_over(world, who, preview=True))


@when(parsers.parse("{who} hands {whom}'s work over to {to}"))
def _hands_to(world: World, who: str, whom: str, to: str) -> None:
    world.try_(
        lambda: world.plans.cycles.reassign(world.by(whom).who, world.by(to).who, by=world.by(who))
    )


def _result(world: World) -> Reassigned:
    assert world.refusal is None, world.refusal
    assert isinstance(world.result, Reassigned)
    return world.result


@then(parsers.parse("{many:d} tasks are handed over"))
def _many_handed(world: World, many: int) -> None:
    assert len(_result(world).handed) == many


@then(parsers.re(rf'{_OF} was given to (?P<who>\w+) "(?P<why>.+)"'))
def _chosen(world: World, section: str, pupil: str, who: str, why: str) -> None:
    asked = world.plans.show(world.plan(pupil)).section(section).assignments
    assert (who, why) in [(one.to_name.split()[0], one.chosen) for one in asked if one.open]


@then(parsers.re(rf'{_OF} is left, because "(?P<why>.+)"'))
def _is_left(world: World, section: str, pupil: str, why: str) -> None:
    left = {(one.reference, one.section): one.why for one in _result(world).left}
    assert why in left[world.plan(pupil), section]


@then(parsers.parse('the trail of {pupil}\'s plan says "{what}"'))
def _trail_says(world: World, pupil: str, what: str) -> None:
    assert any(what in line.detail for line in world.plans.trail(world.plan(pupil)))


# Many at once


def _pupil(number: int) -> Particulars:
    return Particulars(
        reference="",
        template="ehcp",
        surname=f"Okafor {number:02}",
        forename="Ada",
        born=date(2018, 11, 3),
        upn=None,
        no_upn="moved here in August",
        year="3",
        group=None,
        tutor=None,
        needs=(),
        made_on=None,
        last_review=None,
    )


def _references(world: World) -> list[str]:
    return [line.reference for line in world.plans.list()]


@given("forty plans, in each of which Boris is to write section F and Dana to review it")
def _forty(world: World) -> None:
    pupils = [_pupil(number) for number in range(_MANY)]
    world.do(lambda: world.plans.intake.take_in(pupils, by=world.by("Amira")))
    for plan in _references(world):
        by = world.by("Amira")
        world.plans.assign(plan, "F", "write", "s2", due=_DUE, by=by)
        world.plans.assign(plan, "F", "review", "s4", due=_DUE, by=by)


def _write(world: World, plan: str) -> None:
    world.plans.edit(plan, "F", f"Two hours for {plan}.", over=0, by=world.by("Boris"))
    world.plans.submit(plan, "F", by=world.by("Boris"))


@given("Boris wrote and submitted section F of all forty plans")
def _wrote_all(world: World) -> None:
    for plan in _references(world):
        _write(world, plan)


@given(parsers.parse("Boris wrote and submitted section F of {many:d} of the plans"))
def _wrote_many(world: World, many: int) -> None:
    for plan in _references(world)[:many]:
        _write(world, plan)


@given("Boris wrote and submitted section F of the others")
def _wrote_others(world: World) -> None:
    for plan in _references(world):
        if not world.plans.show(plan).section("F").revision:
            _write(world, plan)


@given("Dana gave the command to approve section F of all forty plans, and 2 were refused")
def _gave(world: World, command: Callable[..., Result]) -> None:
    said = _for_all(world, command, "section", "approve", "F", "--plans", "-")
    assert "2 refused" in said.output


@when(
    parsers.parse('Dana gives the command "section approve F --plans -" for all forty plans'),
    target_fixture="said",
)
def _gives_for_all(world: World, command: Callable[..., Result]) -> Result:
    return _for_all(world, command, "section", "approve", "F", "--plans", "-")


def _for_all(world: World, command: Callable[..., Result], *words: str) -> Result:
    listed = "\n".join(["# This term's reviews", *_references(world), ""])
    return command(*words, who="Dana", stdin=listed)


@then(parsers.parse("section F of {many:d} plans is approved"))
def _approved(world: World, many: int) -> None:
    lines = world.plans.list()
    assert sum(line.statuses.get("approved", 0) for line in lines) == many
