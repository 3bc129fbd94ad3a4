"""Steps about review cycles."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, then, when

import ehcp_flow_cli
from ehcp_flow.cycles import applying
from ehcp_flow.cycles.applying import Applied
from ehcp_flow.cycles.previewing import Preview
from ehcp_flow.cycles.requests import Message
from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.plan import Particulars
from tests.steps.people import SCHOOL
from tests.steps.plans import EXPORT, HEADINGS, bring_in, export
from tests.steps.world import World

_OF = r"section (?P<section>\w+) of (?P<pupil>\w+)'s plan"


@given("this cycle file:", target_fixture="cycle")
def _file(docstring: str) -> bytes:
    return docstring.encode()


@given(parsers.parse("{who} applied the cycle"))
def _applied(world: World, who: str, cycle: bytes) -> None:
    world.do(lambda: world.plans.cycles.apply(cycle, file="autumn.toml", by=world.by(who)))


@when(parsers.parse("{who} applies the cycle"))
def _applies(world: World, who: str, cycle: bytes) -> None:
    world.try_(lambda: world.plans.cycles.apply(cycle, file="autumn.toml", by=world.by(who)))


@given(parsers.parse('the cycle file "{name}" that comes with it'), target_fixture="cycle")
def _comes_with_it(name: str) -> bytes:
    return (Path(ehcp_flow_cli.__file__).parent / "samples" / name).read_bytes()


class _InterruptedError(Exception):
    """Somebody closed the lid."""


@given(parsers.parse("applying the cycle was interrupted after {pupil}'s plan"))
def _interrupted(world: World, pupil: str, cycle: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(done: int, _: int) -> None:
        if done == 1:
            raise _InterruptedError

    # A plan a transaction: five events.
    monkeypatch.setattr(applying, "MOST_EVENTS", 5)
    with pytest.raises(_InterruptedError):
        world.plans.cycles.apply(
            cycle, file="autumn.toml", by=world.by("Amira"), progress=interrupt
        )
    held = [line.reference for line in world.plans.list() if line.review is not None]
    assert held == [world.plan(pupil)]


# Previewing


@when(parsers.parse("{who} previews the cycle"), target_fixture="preview")
def _previews(world: World, who: str, cycle: bytes) -> Preview | None:
    return world.try_(
        lambda: world.plans.cycles.preview(cycle, file="autumn.toml", by=world.by(who))
    )


@when(parsers.parse("{who} applies the cycle as previewed"))
def _as_previewed(world: World, who: str, cycle: bytes, preview: Preview) -> None:
    world.try_(
        lambda: world.plans.cycles.apply(
            cycle, file="autumn.toml", by=world.by(who), preview_id=preview.id
        )
    )


@when(parsers.parse("a plan for {pupil} comes in"))
def _comes_in(world: World, pupil: str) -> None:
    bring_in(world, export(world, [HEADINGS, EXPORT[pupil]]))


@then(parsers.re(r'(?P<many>\d+) plans? (?:is|are) to "(?P<what>[a-z ]+)"'))
def _is_to(preview: Preview, many: str, what: str) -> None:
    assert [str(plan.what) for plan in preview.plans].count(what) == int(many)


@then(parsers.parse("{who} would have {write:d} sections to write and {review:d} to review"))
def _would_have(preview: Preview, who: str, write: int, review: int) -> None:
    (load,) = [load for load in preview.loads if load.name.startswith(f"{who} ")]
    assert (load.after.write, load.after.review) == (write, review)


@then(parsers.parse("at most {many:d} meetings are on one day"))
def _a_day(preview: Preview, many: int) -> None:
    days = Counter(plan.set_up.meeting for plan in preview.plans if plan.set_up is not None)
    assert max(days.values()) == many


@then(parsers.re(r'(?P<many>\d+) plans? would be left out, because "(?P<why>[^"]+)"'))
def _would_be_left_out(preview: Preview, many: str, why: str) -> None:
    assert len(preview.left_out[why]) == int(many)


# Who is there, and whose plans


@given(parsers.parse("plans for {many:d} more pupils of year {year}"))
def _pupils(world: World, many: int, year: str) -> None:
    said = [
        Particulars(
            reference="",
            template="ehcp",
            surname=f"Adeyemi {n}",
            forename="Bo",
            born=date(2018, 1, n),
            upn=None,
            no_upn="new arrival",
            year=year,
            group=None,
            tutor=None,
            needs=("ASD",),
            made_on=date(2023, 1, n),
            last_review=date(2026, 1, n),
        )
        for n in range(1, many + 1)
    ]
    world.do(lambda: world.plans.intake.take_in(said, by=world.by("Amira")))


@given(parsers.parse("{name}, a {role} of year {year}, joins the school"))
def _joins(world: World, name: str, role: str, year: str) -> None:
    held = HeldRole(role, SCHOOL, world.plans.today())
    person = Person("", staff_id=name, name=name, years=(year,), roles=(held,))
    world.do(lambda: world.plans.people.import_list([person], by=world.by("Amira")))


@given(parsers.parse("{pupil} left the school"))
def _left(world: World, pupil: str) -> None:
    stay = [line.particulars for line in world.plans.list() if line.reference != world.plan(pupil)]
    world.do(lambda: world.plans.intake.take_in(stay, by=world.by("Amira"), leavers=True))


def _change(world: World, pupil: str, **changes: object) -> None:
    (known,) = (
        line.particulars for line in world.plans.list() if line.reference == world.plan(pupil)
    )
    said = replace(known, **changes)  # type: ignore[arg-type]
    world.do(lambda: world.plans.intake.take_in([said], by=world.by("Amira")))


@given(parsers.parse("{pupil}'s plan was last reviewed on {day}"))
def _last_reviewed(world: World, pupil: str, day: str) -> None:
    _change(world, pupil, last_review=date.fromisoformat(day))


@given(parsers.re(r'everybody but (?P<one>\w+) and (?P<other>\w+) attends "(?P<school>[^"]+)"'))
def _everybody_attends(world: World, one: str, other: str, school: str) -> None:
    but = {world.plan(one), world.plan(other)}
    said = [
        replace(line.particulars, school=school)
        for line in world.plans.list()
        if line.reference not in but
    ]
    world.do(lambda: world.plans.intake.take_in(said, by=world.by("Amira")))


@given(parsers.parse("the plans of everybody but {one} and {other} are those of seven authorities"))
def _of_seven(world: World, one: str, other: str) -> None:
    but = {world.plan(one), world.plan(other)}
    theirs = (line.particulars for line in world.plans.list() if line.reference not in but)
    said = [replace(about, authority=f"Shire {n % 7}") for n, about in enumerate(theirs)]
    world.do(lambda: world.plans.intake.take_in(said, by=world.by("Amira")))


@then(
    parsers.parse(
        "the status of the cycle tells of seven authorities, and of {plans:d} plans between them"
    )
)
def _by_authority(world: World, plans: int) -> None:
    found = world.plans.cycles.status()
    shares = found.by_authority()
    assert {share.name for share in shares} == {f"Shire {n}" for n in range(7)}
    assert sum(share.tally.asked for share in shares) == len(found.tasks)
    assert len({task.stream for task in found.tasks}) == plans


@given(parsers.re(r'(?P<pupil>\w+) attends "(?P<school>[^"]+)"'))
def _attends_school(world: World, pupil: str, school: str) -> None:
    _change(world, pupil, school=school)


@given(parsers.re(r'(?P<pupil>\w+) is in the group "(?P<group>[^"]+)"'))
def _in_group(world: World, pupil: str, group: str) -> None:
    _change(world, pupil, group=group)


@given(parsers.parse('in the file "{found}" stands in place of "{was}"'), target_fixture="cycle")
def _instead(cycle: bytes, found: str, was: str) -> bytes:
    assert was.encode() in cycle
    return cycle.replace(was.encode(), found.encode())


@given(parsers.parse('{pupil}\'s plan names the tutor "{tutor}"'))
def _names_tutor(world: World, pupil: str, tutor: str) -> None:
    _change(world, pupil, tutor=tutor)


@given(parsers.re(rf'(?P<who>\w+) declined {_OF} as "(?P<reason>[^"]+)"'))
def _declined(world: World, who: str, section: str, pupil: str, reason: str) -> None:
    assert reason == "not qualified"
    by = world.by(who)
    world.do(lambda: world.plans.decline(world.plan(pupil), section, "not qualified", by=by))


# What was set up


def _result(world: World) -> Applied:
    assert world.refusal is None, world.refusal
    assert isinstance(world.result, Applied)
    return world.result


@then(parsers.re(r"(?P<many>\d+) reviews? (?:is|are) set up"))
def _set_up(world: World, many: str) -> None:
    assert len(_result(world).set_up) == int(many)


@then(parsers.parse("the meeting about {pupil} is on {day}"))
def _meeting(world: World, pupil: str, day: str) -> None:
    (review,) = world.plans.show(world.plan(pupil)).reviews
    assert review.meeting == date.fromisoformat(day)


@then(parsers.re(r'(?P<many>\d+) plans? (?:is|are) left out, because "(?P<why>.+)"'))
def _left_out(world: World, many: str, why: str) -> None:
    assert _result(world).chosen.left_out == {why: int(many)}


@then(
    parsers.re(rf'(?P<who>\w+) is told that nobody can (?P<task>\w+) {_OF}, because "(?P<why>.+)"')
)
def _gap(world: World, who: str, task: str, section: str, pupil: str, why: str) -> None:
    assert who
    (gap,) = _result(world).gaps
    assert (gap.reference, gap.section, gap.task) == (world.plan(pupil), section, task)
    assert gap.why.startswith(why)


@then(parsers.parse("{who} is told of nothing that is missing"))
def _no_gap(world: World, who: str) -> None:
    assert who
    assert _result(world).gaps == ()


@then(parsers.parse("nothing of {pupil}'s plan waits on {who}"))
def _not_on(world: World, pupil: str, who: str) -> None:
    items = world.plans.work(person=world.by(who).who)
    assert world.plan(pupil) not in [item.reference for item in items]


# Whether they come, and give advice ---------------------------------------------------------------


@given(parsers.parse("{who} said that she comes to the meeting about {pupil}"))
def _said_yes(world: World, who: str, pupil: str) -> None:
    world.do(lambda: world.plans.cycles.accept(world.plan(pupil), None, by=world.by(who)))


def _decline_meeting(world: World, who: str, pupil: str, reason: str) -> object:
    assert reason == "no time"
    return world.plans.cycles.decline(world.plan(pupil), None, "no time", by=world.by(who))


@given(parsers.parse('{who} declined the meeting about {pupil} as "{reason}"'))
def _said_no(world: World, who: str, pupil: str, reason: str) -> None:
    world.do(lambda: _decline_meeting(world, who, pupil, reason))


@when(parsers.parse('{who} declines the meeting about {pupil} as "{reason}"'))
def _says_no(world: World, who: str, pupil: str, reason: str) -> None:
    world.try_(lambda: _decline_meeting(world, who, pupil, reason))


@when(parsers.parse("{who} asks {whom} to come to the meeting about {pupil}"))
def _asks(world: World, who: str, whom: str, pupil: str) -> None:
    world.try_(
        lambda: world.plans.cycles.ask(
            world.plan(pupil), None, world.by(whom).who, by=world.by(who)
        )
    )


@then(parsers.parse('the meeting about {pupil} waits on {who} to "{what}"'))
def _meeting_waits(world: World, pupil: str, who: str, what: str) -> None:
    _waits_beside(world, pupil, None, who, what)


@then(parsers.parse('the "{kind}" advice about {pupil} waits on {who} to "{what}"'))
def _advice_waits(world: World, kind: str, pupil: str, who: str, what: str) -> None:
    _waits_beside(world, pupil, kind, who, what)


def _waits_beside(world: World, pupil: str, kind: str | None, who: str, what: str) -> None:
    items = [item for item in world.plans.work() if item.reference == world.plan(pupil)]
    found = [
        (item.what, item.name.split()[0])
        for item in items
        if not item.section and item.kind == kind
    ]
    assert found == [(what, who)]


# What people are asked for beside sections -------------------------------------------------------


def _message(world: World, who: str) -> Message:
    """The one message to somebody."""
    (found,) = (one for one in world.plans.cycles.requests() if one.name.split()[0] == who)
    return found


def _due(world: World, who: str, pupil: str, *, attends: bool) -> list[date]:
    """For when somebody is asked to a meeting about a pupil, or for advice."""
    return [
        one.due
        for one in _message(world, who).duties
        if one.pupil.split()[0] == pupil and (one.asked.kind is None) == attends
    ]


@then(parsers.parse("{who} is asked to the meeting about {pupil} on {day}"))
def _attends(world: World, who: str, pupil: str, day: str) -> None:
    assert _due(world, who, pupil, attends=True) == [date.fromisoformat(day)]


@then(parsers.parse("{who} is asked for advice about {pupil} by {day}"))
def _advises(world: World, who: str, pupil: str, day: str) -> None:
    assert _due(world, who, pupil, attends=False) == [date.fromisoformat(day)]


@then(parsers.parse('the message to {who} says "{text}"'))
def _says(world: World, who: str, text: str) -> None:
    assert f"   | {text}" in _message(world, who).text.splitlines()


@then("nobody is asked for anything")
def _nobody(world: World) -> None:
    assert world.plans.cycles.requests() == []


@then(parsers.parse("these meetings of {pupil}'s plan are set up:"))
def _meetings_set_up(world: World, pupil: str, datatable: list[list[str]]) -> None:
    reviews = world.plans.show(world.plan(pupil)).reviews
    assert [[one.cycle_name, one.kind] for one in reviews] == datatable[1:]


@then(parsers.parse('the law asks for notice of the meeting of "{cycle}" alone of {pupil}\'s plan'))
def _notice_of_one(world: World, cycle: str, pupil: str) -> None:
    (held,) = [
        one for one in world.plans.show(world.plan(pupil)).reviews if one.cycle_name == cycle
    ]
    expected = [held.meeting - timedelta(weeks=2)]
    for found in (world.plans.clocks(world.plan(pupil)), world.plans.clocks()):
        ours = [one for one in found if one.reference == world.plan(pupil)]
        assert [one.clock.last_day for one in ours if one.clock.rule.id == "D22"] == expected
