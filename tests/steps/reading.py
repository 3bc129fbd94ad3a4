"""Steps about reading: the draft, the days, the steps, the trail, and what waits."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_bdd import given, parsers, then

from ehcp_flow.errors import Ambiguous, NotFound
from ehcp_flow.events import SectionApproved, SectionEdited
from ehcp_flow.replaying import Step
from ehcp_flow.times import parse_moment
from tests.steps.world import World

_OF = r"section (?P<section>\w+) of (?P<pupil>\w+)'s plan"


@given(parsers.parse("it is {day}"))
def _it_is(world: World, day: str) -> None:
    then_ = date.fromisoformat(day)
    world.now = datetime(then_.year, then_.month, then_.day, 9, tzinfo=UTC)


@then(parsers.re(rf'{_OF} reads "(?P<text>.+)"'))
def _reads(world: World, section: str, pupil: str, text: str) -> None:
    assert world.plans.show(world.plan(pupil)).section(section).text == text


@then(parsers.re(rf'as at (?P<day>\S+) {_OF} reads "(?P<text>.+)"'))
def _as_at(world: World, day: str, section: str, pupil: str, text: str) -> None:
    plan = world.plans.show(world.plan(pupil), as_at=date.fromisoformat(day))
    assert plan.section(section).text == text


@then(parsers.re(rf'as known at step (?P<step>\d+) {_OF} reads "(?P<text>.+)"'))
def _known_at(world: World, step: str, section: str, pupil: str, text: str) -> None:
    plan = world.plans.show(world.plan(pupil), known_at=int(step))
    assert plan.section(section).text == text


@then(parsers.re(rf'as known on (?P<day>\S+) {_OF} reads "(?P<text>.+)"'))
def _known_on(world: World, day: str, section: str, pupil: str, text: str) -> None:
    plan = world.plans.show(world.plan(pupil), known_at=parse_moment(day))
    assert plan.section(section).text == text


@then(
    parsers.re(
        rf'between (?P<one>\S+) and (?P<other>\S+) {_OF} lost "(?P<lost>.+)" '
        r'and gained "(?P<gained>.+)"'
    )
)
def _between(
    world: World, one: str, other: str, section: str, pupil: str, lost: str, gained: str
) -> None:
    (found,) = world.plans.diff(world.plan(pupil), from_=parse_moment(one), to=parse_moment(other))
    assert found.section == section
    old = "".join(piece.text for piece in found.pieces if piece.kind != "written")
    new = "".join(piece.text for piece in found.pieces if piece.kind != "dropped")
    assert lost in old
    assert lost not in new
    assert gained in new
    assert gained not in old


@then(parsers.re(rf'looking for "(?P<words>.+)" finds {_OF}'))
def _finds(world: World, words: str, section: str, pupil: str) -> None:
    hits = [(hit.reference, hit.section) for hit in world.plans.find(words)]
    assert hits == [(world.plan(pupil), section)]


@then(parsers.parse('looking for "{words}" finds nothing'))
def _finds_nothing(world: World, words: str) -> None:
    assert list(world.plans.find(words)) == []


@then(parsers.parse('"{name}" means {pupil}\'s plan'))
def _means(world: World, name: str, pupil: str) -> None:
    assert world.plans.show(name).reference == world.plan(pupil)


@then(parsers.parse('"{name}" means more than one plan'))
def _means_many(world: World, name: str) -> None:
    with pytest.raises(Ambiguous):
        world.plans.show(name)


@then(parsers.parse('"{name}" means no plan'))
def _means_none(world: World, name: str) -> None:
    with pytest.raises(NotFound):
        world.plans.show(name)


# Step by step


def _steps(world: World, pupil: str) -> list[Step]:
    return list(world.plans.replay(world.plan(pupil)))


@then(parsers.parse("replaying {pupil}'s plan step by step gives what was known at each step"))
def _replay(world: World, pupil: str) -> None:
    texts: dict[str, str] = {}
    latest = datetime.min.replace(tzinfo=UTC)
    for step in _steps(world, pupil):
        event, version = step.recorded.event, step.recorded.version
        latest = max(latest, event.at)
        if isinstance(event, SectionEdited):
            kept = "".join(p.text for p in step.difference if p.kind != "written")
            assert kept == texts.get(event.section, "")
            texts[event.section] = "".join(p.text for p in step.difference if p.kind != "dropped")
        known = world.plans.show(world.plan(pupil), known_at=version)
        assert known.version == version
        for section, text in texts.items():
            assert known.section(section).text == text
        by_moment = world.plans.show(world.plan(pupil), known_at=latest)
        assert by_moment.version >= version


@then(parsers.parse('the step in which {who} wrote "{text}" is flagged'))
def _flagged(world: World, who: str, text: str) -> None:
    flagged = [
        step.recorded.event.name.split()[0]
        for step in _steps(world, "Ada")
        if step.clock_went_back
        and text in "".join(p.text for p in step.difference if p.kind != "dropped")
    ]
    assert flagged == [who]


@then("an hour before the approval nothing of it was known")
def _before_approval(world: World) -> None:
    approval = next(
        step.recorded
        for step in _steps(world, "Ada")
        if isinstance(step.recorded.event, SectionApproved)
    )
    before = approval.event.at - timedelta(seconds=1)
    known = world.plans.show(world.plan("Ada"), known_at=before)
    assert known.version == approval.version - 1
    assert known.section("F").status == "submitted"


@then(parsers.parse('the last step dropped "{dropped}" and wrote "{written}"'))
def _last_step(world: World, dropped: str, written: str) -> None:
    pieces = _steps(world, "Ada")[-1].difference
    assert [p.text.strip() for p in pieces if p.kind == "dropped"] == [dropped]
    assert [p.text.strip() for p in pieces if p.kind == "written"] == [written]


# The trail


@then(parsers.parse("the trail of {pupil}'s plan is:"))
def _trail(world: World, pupil: str, datatable: Sequence[Sequence[str]]) -> None:
    told = [
        [(line.name or "").split()[0], line.role, line.type]
        for line in world.plans.trail(world.plan(pupil))
    ]
    assert told == [list(row) for row in datatable[1:]]


@then(parsers.parse("the trail of what {who} did holds {many:d} acts"))
def _trail_by(world: World, who: str, many: int) -> None:
    assert len(world.plans.trail(by=world.by(who).who)) == many


@then(parsers.parse("the trail since {day} holds {many:d} act"))
def _trail_since(world: World, day: str, many: int) -> None:
    assert len(world.plans.trail(since=date.fromisoformat(day))) == many


@then(parsers.parse("the trail until {day} does not hold it"))
def _trail_until(world: World, day: str) -> None:
    until = date.fromisoformat(day)
    lines = world.plans.trail(until=until)
    assert lines
    assert all(line.day <= until for line in lines)


@then(parsers.parse('the trail of {pupil}\'s plan holds "{words}"'))
def _trail_holds(world: World, pupil: str, words: str) -> None:
    assert words in [line.because for line in world.plans.trail(world.plan(pupil))]


@then(parsers.parse('the trail of {pupil}\'s plan says that {who} acted as "{role}"'))
def _acted_as(world: World, pupil: str, who: str, role: str) -> None:
    roles = {
        line.role
        for line in world.plans.trail(world.plan(pupil))
        if (line.name or "").startswith(who)
    }
    assert roles == {role}


@then(parsers.parse('the trail of {pupil}\'s plan says that {who} acted for "{whom}"'))
def _acted_for(world: World, pupil: str, who: str, whom: str) -> None:
    line = world.plans.trail(world.plan(pupil))[-1]
    assert (line.name or "").startswith(who)
    assert (line.on_behalf_of_name, line.capacity) == (whom, "typist")


# What waits


@then(parsers.re(rf'{_OF} waits on (?P<who>\w+) to "(?P<what>.+)"'))
def _waits(world: World, section: str, pupil: str, who: str, what: str) -> None:
    items = world.plans.work(person=world.by(who).who)
    assert (world.plan(pupil), section, what) in [
        (item.reference, item.section, item.what) for item in items
    ]


@then(parsers.re(r"nothing waits on (?P<who>\w+)"))
def _nothing_waits(world: World, who: str) -> None:
    assert list(world.plans.work(person=world.by(who).who)) == []


@then(parsers.re(rf"{_OF} is due on (?P<day>\S+)"))
def _due(world: World, section: str, pupil: str, day: str) -> None:
    dues = {
        item.due
        for item in world.plans.work()
        if (item.reference, item.section) == (world.plan(pupil), section) and item.task == "write"
    }
    assert dues == {date.fromisoformat(day)}
