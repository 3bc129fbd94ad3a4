"""The same act on many plans: each done or refused by itself."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ehcp_flow import many
from ehcp_flow.acting import By, Done
from ehcp_flow.errors import BadInput, StoreTrouble
from ehcp_flow.many import Result
from tests.steps.world import World
from tests.use_cases.conftest import bring_in, pupil

PLANS = ("2026-0001", "2026-0002", "2026-0003")


@pytest.fixture
def three(school: World) -> World:
    """The school with three plans, in the first two of which section F has a text."""
    bring_in(school, pupil(), *(pupil(name, upn=None) for name in ("Bea", "Cy")))
    for plan in PLANS[:2]:
        school.plans.edit(plan, "F", "Two hours.", over=0, by=school.by("Amira"))
    return school


def submit(world: World, plans: Sequence[str], by: By | None = None) -> list[Result]:
    """Submit section F of these plans."""

    def act(plan: str, by: By) -> Done:
        return world.plans.submit(plan, "F", by=by)

    def find(name: str) -> str:
        return world.plans.show(name).reference

    return many.each(plans, act, by=by or world.by("Amira"), find=find)


def outcomes(results: Sequence[Result]) -> list[tuple[str, str]]:
    """What became of each plan."""
    return [(result.plan, result.outcome) for result in results]


def test_one_refusal_does_not_stop_the_rest(three: World) -> None:
    """Each says why, and which step the plan has reached."""
    results = submit(three, ["2026-0003", "2026-9999", *PLANS[:2]])

    assert outcomes(results) == [
        ("2026-0003", "refused"),
        ("2026-9999", "refused"),
        ("2026-0001", "done"),
        ("2026-0002", "done"),
    ]
    assert "has no text yet" in str(results[0].said)
    assert "There is no plan '2026-9999' here" in str(results[1].said)
    assert [(result.said, result.version) for result in results[2:]] == [(None, 3)] * 2


def test_given_again_it_does_what_was_not_done(three: World) -> None:
    """The rest has nothing to do, and is no failure."""
    submit(three, PLANS[:1])
    before = three.head()

    results = submit(three, PLANS[:2])

    assert [outcome for _, outcome in outcomes(results)] == ["nothing to do", "done"]
    assert three.head() == before + 1


def test_each_plan_has_a_command_id_of_its_own(three: World) -> None:
    """Made of the one that was given and the reference, however the plan was named."""
    by = replace(three.by("Amira"), command="night-1")
    assert outcomes(submit(three, PLANS[:2], by)) == [(plan, "done") for plan in PLANS[:2]]
    ids = {
        step.recorded.event.command
        for plan in PLANS[:2]
        for step in list(three.plans.replay(plan))[-1:]
    }
    assert ids == {many.own_command("night-1", plan) for plan in PLANS[:2]}
    assert len(ids) == 2
    before = three.head()

    again = submit(three, ["B801200005001", "2026-0002"], by)

    assert [(result.outcome, result.said) for result in again] == [("done", "recorded before")] * 2
    assert three.head() == before
    with pytest.raises(BadInput, match="A command id is"):
        submit(three, PLANS, replace(by, command=""))


def test_a_plan_that_is_named_twice_is_meant_once(three: World) -> None:
    """By its reference and by its UPN, for example."""
    results = submit(three, ["2026-0001", "B801200005001", "2026-0001"])

    assert outcomes(results) == [("2026-0001", "done")]


def test_it_is_told_how_far_it_is(three: World) -> None:
    """Whatever became of each."""
    told: list[tuple[int, int]] = []

    def act(plan: str, by: By) -> Done:
        raise StoreTrouble(f"{plan}: the disk is full.")

    results = many.each(
        PLANS,
        act,
        by=three.by("Amira"),
        find=str,
        progress=lambda done, of: told.append((done, of)),
    )

    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [result.said for result in results] == [f"{plan}: the disk is full." for plan in PLANS]
    assert many.each([], act, by=three.by("Amira"), find=str) == []


def test_a_list_of_plans_is_one_a_line() -> None:
    """With comments, empty lines and any line ends."""
    text = "# Autumn\n2026-0001\r\n\n  2026-0002  # Ada's brother\n#2026-0003\nB801200005001"

    assert many.names(text) == ["2026-0001", "2026-0002", "B801200005001"]
    assert many.names("") == many.names("# nothing\n") == []
