"""Steps about words: given as advice, adopted, claimed, moved; and whose they are."""

from pytest_bdd import given, parsers, then, when

from ehcp_flow.acting import Done
from ehcp_flow.attributing import Run
from ehcp_flow.authorship.phrases import phrase
from ehcp_flow.events import SectionEdited
from ehcp_flow.rules.drafting import Answer
from tests.steps.world import STAFF, World

_OF = r"section (?P<section>\w+) of (?P<pupil>\w+)'s plan"


def runs(world: World, pupil: str, section: str, words: str) -> list[Run]:
    """The runs that a phrase of a section's text is part of."""
    found = world.plans.authors(world.plan(pupil)).sections[section]
    start, stop = phrase(found.text, words)
    return [run for run in found.runs if run.start < stop and start < run.end]


def change(
    world: World, who: str, section: str, pupil: str, text: str, answer: Answer | None = None
) -> Done:
    """Write a section over whatever stands there."""
    over = world.plans.show(world.plan(pupil)).section(section).revision
    return world.plans.edit(
        world.plan(pupil), section, text, over=over, answer=answer, by=world.by(who)
    )


@given(parsers.re(r'(?P<who>\w+) gave the advice "(?P<text>[^"]*)" on (?P<pupil>\w+)\'s plan'))
def _gave(world: World, who: str, text: str, pupil: str) -> None:
    by = world.by(who)
    world.do(
        lambda: world.plans.advice.give(
            world.plan(pupil), text, kind="education", from_=STAFF[who], by=by
        )
    )


@when(parsers.re(rf"(?P<who>\w+) adopts advice (?P<number>\d+) in {_OF}"))
def _adopts(world: World, who: str, number: str, section: str, pupil: str) -> None:
    by = world.by(who)
    world.do(lambda: world.plans.adopt(world.plan(pupil), section, advice=int(number), by=by))


@when(parsers.re(rf'(?P<who>\w+) adopts "(?P<words>[^"]+)" of advice (?P<number>\d+) in {_OF}'))
def _adopts_words(
    world: World, who: str, words: str, number: str, section: str, pupil: str
) -> None:
    world.do(
        lambda: world.plans.adopt(
            world.plan(pupil), section, advice=int(number), words=words, by=world.by(who)
        )
    )


@when(parsers.re(rf'(?P<who>\w+) changes {_OF} to "(?P<text>[^"]*)"'))
def _changes(world: World, who: str, section: str, pupil: str, text: str) -> None:
    world.do(lambda: change(world, who, section, pupil, text))


@when(
    parsers.re(
        rf'(?P<who>\w+) writes "(?P<text>[^"]*)" in {_OF}, and (?P<answer>adopt|claim)s what equals'
        " it"
    )
)
def _answers(world: World, who: str, text: str, section: str, pupil: str, answer: Answer) -> None:
    world.do(lambda: change(world, who, section, pupil, text, answer))


@given(parsers.re(rf'a machine wrote "(?P<text>[^"]*)" for (?P<who>\w+) in {_OF}'))
def _machine(world: World, text: str, who: str, section: str, pupil: str) -> None:
    by = world.by(who, channel="machine")
    world.do(lambda: world.plans.edit(world.plan(pupil), section, text, by=by))


@when(parsers.re(rf"(?P<who>\w+) adopts the machine's words in {_OF}"))
def _adopts_machine(world: World, who: str, section: str, pupil: str) -> None:
    world.do(lambda: world.plans.adopt(world.plan(pupil), section, by=world.by(who)))


@then(
    parsers.re(rf'"(?P<words>[^"]+)" in {_OF} was written by "(?P<who>[^"]+)" as (?P<capacity>\w+)')
)
def _written_by(
    world: World, words: str, section: str, pupil: str, who: str, capacity: str
) -> None:
    found = runs(world, pupil, section, words)
    assert {(run.written.author, run.written.capacity) for run in found} == {(who, capacity)}


@then(parsers.re(rf'"(?P<words>[^"]+)" in {_OF} was placed there by "(?P<who>[^"]+)"'))
def _placed_by(world: World, words: str, section: str, pupil: str, who: str) -> None:
    found = runs(world, pupil, section, words)
    assert {run.placed and run.placed.name for run in found} == {who}


@then(
    parsers.re(
        rf'"(?P<words>[^"]+)" in {_OF} is marked as machine-written, and nobody has adopted it'
    )
)
def _not_adopted(world: World, words: str, section: str, pupil: str) -> None:
    found = runs(world, pupil, section, words)
    assert [(run.written.machine, run.adopted) for run in found] == [(True, None)]


@then(
    parsers.re(
        rf'"(?P<words>[^"]+)" in {_OF} is marked as machine-written, adopted by "(?P<who>[^"]+)"'
    )
)
def _adopted_by(world: World, words: str, section: str, pupil: str, who: str) -> None:
    (run,) = runs(world, pupil, section, words)
    assert run.written.machine
    assert run.adopted is not None
    assert run.adopted.name == who


@then(
    parsers.re(
        r"it is on record that (?P<who>\w+) claimed words of advice (?P<number>\d+) of "
        r"(?P<pupil>\w+)'s plan"
    )
)
def _claimed(world: World, who: str, number: str, pupil: str) -> None:
    *_, last = world.plans.replay(world.plan(pupil))
    event = last.recorded.event
    assert isinstance(event, SectionEdited)
    assert event.name.startswith(who)
    assert event.claimed is not None
    assert {claim[0] for claim in event.claimed} == {f"advice@{number}"}


@then(parsers.parse('she is told that "{what}" stays the writer'))
def _told(world: World, what: str) -> None:
    assert what in (world.note or "")
