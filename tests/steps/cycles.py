"""Steps about review cycles."""

from pytest_bdd import given, parsers, then, when

from ehcp_flow.cycles.applying import Applied
from tests.steps.world import World


@given("this cycle file:", target_fixture="cycle")
def _file(docstring: str) -> bytes:
    return docstring.encode()


@given(parsers.parse("{who} applied the cycle"))
def _applied(world: World, who: str, cycle: bytes) -> None:
    world.do(lambda: world.plans.cycles.apply(cycle, file="autumn.toml", by=world.by(who)))


@when(parsers.parse("{who} applies the cycle"))
def _applies(world: World, who: str, cycle: bytes) -> None:
    world.try_(lambda: world.plans.cycles.apply(cycle, file="autumn.toml", by=world.by(who)))


@then(parsers.re(r"(?P<many>\d+) reviews? (?:is|are) set up"))
def _set_up(world: World, many: str) -> None:
    assert world.refusal is None, world.refusal
    assert isinstance(world.result, Applied)
    assert len(world.result.set_up) == int(many)
