"""Steps about how far a cycle is, and about taking it back."""

from datetime import date

from pytest_bdd import given, parsers, then, when

from ehcp_flow.cycles.status import CycleStatus, Share
from ehcp_flow.cycles.undoing import Undone
from ehcp_flow.events import SectionAssigned
from tests.steps.world import World

_OF = r"section (?P<section>\w+) of (?P<pupil>\w+)'s plan"
_NAME = "Autumn 2026"


@given(parsers.re(rf"(?P<who>\w+) accepted {_OF}"))
def _accepted(world: World, who: str, section: str, pupil: str) -> None:
    world.do(lambda: world.plans.accept(world.plan(pupil), section, by=world.by(who)))


# How far it is


@when(parsers.parse('{who} looks at "{name}"'))
def _looks(world: World, who: str, name: str) -> None:
    assert who
    world.try_(lambda: world.plans.cycles.status(name))


def _status(world: World) -> CycleStatus:
    assert world.refusal is None, world.refusal
    assert isinstance(world.result, CycleStatus)
    return world.result


def _share(world: World, who: str) -> Share:
    (share,) = [s for s in _status(world).by_person() if s.name.startswith(who)]
    return share


@then(
    parsers.parse(
        "{asked:d} tasks are asked for, {done:d} of them done, {started:d} started and "
        "{not_started:d} not started"
    )
)
def _counts(world: World, asked: int, done: int, started: int, not_started: int) -> None:
    tally = _status(world).tally
    found = (tally.asked, tally.done, tally.started, tally.not_started)
    assert found == (asked, done, started, not_started)


@then(
    parsers.re(
        r"(?P<many>\d+) tasks? of the cycle waits? on (?P<who>\w+), "
        r"who has started (?P<started>\d+)"
    )
)
def _waits_on(world: World, many: str, who: str, started: str) -> None:
    tally = _share(world, who).tally
    assert (tally.started + tally.not_started, tally.started) == (int(many), int(started))


@then(parsers.parse("the cycle waits on {who} about {pupil}'s plan"))
def _about(world: World, who: str, pupil: str) -> None:
    (plan,) = [p for p in _status(world).plans if p.reference == world.plan(pupil)]
    assert [name.split()[0] for name in plan.waits_on] == [who]


@then(parsers.parse("{many:d} tasks of the cycle are late"))
def _late(world: World, many: int) -> None:
    assert _status(world).tally.late == many


@then(
    parsers.parse(
        '{who} has declined {many:d} task as "{reason}", and {asker} should ask somebody else'
    )
)
def _declined(world: World, who: str, many: int, reason: str, asker: str) -> None:
    declined = [task for task in _status(world).tasks if task.state == "declined"]
    assert len(declined) == many
    assert {(task.name.split()[0], task.reason) for task in declined} == {(who, reason)}
    assert {(task.waits_on_name or "").split()[0] for task in declined} == {asker}
    assert _share(world, asker).ask_again == many


@then(
    parsers.re(
        r"of (?P<asked>\d+) asked to meetings (?P<coming>\d+) comes? and (?P<unheard>\d+) have not "
        "answered"
    )
)
def _come(world: World, asked: str, coming: str, unheard: str) -> None:
    beside = _status(world).beside
    found = (beside.meetings, beside.coming, beside.no_answer)
    assert found == (int(asked), int(coming), int(unheard))


@then(parsers.parse("of {asked:d} advice asked for {given:d} is given and {late:d} is late"))
def _advice(world: World, asked: int, given: int, late: int) -> None:
    beside = _status(world).beside
    assert (beside.advice, beside.given, beside.advice_late) == (asked, given, late)


@then(
    parsers.parse(
        "{who} does not come to the meeting about {pupil}, and {asker} should ask somebody else"
    )
)
def _does_not_come(world: World, who: str, pupil: str, asker: str) -> None:
    (duty,) = [duty for duty in _status(world).duties if duty.state == "declined"]
    assert (duty.name.split()[0], duty.reference) == (who, world.plan(pupil))
    assert (duty.waits_on_name or "").split()[0] == asker
    assert _share(world, asker).ask_again == 1
    assert _status(world).beside.not_coming == 1


@then(parsers.parse("on {day} {done:d} of {asked:d} tasks were done"))
def _on_day(world: World, day: str, done: int, asked: int) -> None:
    (found,) = [one for one in world.plans.cycles.days(_NAME) if one.on == date.fromisoformat(day)]
    assert (found.done, found.asked) == (done, asked)


# Taking it back


@given(parsers.parse('{who} undid "{name}"'))
def _undid(world: World, who: str, name: str) -> None:
    world.do(lambda: world.plans.cycles.undo(name, by=world.by(who)))


@when(parsers.parse('{who} undoes "{name}"'))
def _undoes(world: World, who: str, name: str) -> None:
    world.try_(lambda: world.plans.cycles.undo(name, by=world.by(who)))


@when(parsers.parse('{who} undoes "{name}" for {pupil}\'s plan'))
def _undoes_for(world: World, who: str, name: str, pupil: str) -> None:
    plans = [world.plan(pupil)]
    world.try_(lambda: world.plans.cycles.undo(name, plans=plans, by=world.by(who)))


@when(parsers.parse('{who} previews the undoing of "{name}"'))
def _previews(world: World, who: str, name: str) -> None:
    world.try_(lambda: world.plans.cycles.undo(name, by=world.by(who), preview=True))


def _undone(world: World) -> Undone:
    assert world.refusal is None, world.refusal
    assert isinstance(world.result, Undone)
    return world.result


@then(
    parsers.re(
        r"(?P<reviews>\d+) reviews? and (?P<tasks>\d+) tasks? (?P<how>are|would be) taken back"
    )
)
def _taken_back(world: World, reviews: str, tasks: str, how: str) -> None:
    done = _undone(world)
    assert (done.reviews, done.tasks) == (int(reviews), int(tasks))
    assert done.preview is (how == "would be")


@then(parsers.re(rf"(?P<who>\w+) is told that {_OF} is left with (?P<names>.+)"))
def _left(world: World, who: str, section: str, pupil: str, names: str) -> None:
    assert who
    left = _undone(world).left
    assert {(held.reference, held.section) for held in left} == {(world.plan(pupil), section)}
    assert [held.to_name.split()[0] for held in left] == names.split(" and ")


@then(
    parsers.re(rf"it stays on record that (?P<who>\w+) was asked to (?P<task>write|review) {_OF}")
)
def _on_record(world: World, who: str, task: str, section: str, pupil: str) -> None:
    asked = [
        step.recorded.event
        for step in world.plans.replay(world.plan(pupil))
        if isinstance(step.recorded.event, SectionAssigned)
    ]
    assert (who, task, section) in [
        (event.to_name.split()[0], event.task, event.section) for event in asked
    ]
