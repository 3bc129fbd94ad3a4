"""Steps about by when the law asks for what."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime

import pytest
from click.testing import Result
from pytest_bdd import given, parsers, then, when

from ehcp_flow.clocks.desk import PlanClock
from ehcp_flow.events import FactRecorded, FactWithdrawn
from ehcp_flow.recording import encode
from ehcp_flow.statute.clocks import Clock
from tests.examples import hand
from tests.steps.world import World


@given(parsers.parse("the record of {pupil}'s plan says:"))
def _record(world: World, pupil: str, datatable: Sequence[Sequence[str]]) -> None:
    plan = world.plans.show(world.plan(pupil))
    recorder = world.store.recorder("main")
    for n, (on, fact, details) in enumerate(datatable[1:], 1):
        said = [one.partition("=") for one in details.split("; ") if one]
        event = FactRecorded(
            **hand("Eve", "LA SEN officer", at=world.now, on=date.fromisoformat(on)).act("decider"),
            number=len(plan.facts) + n,
            fact=fact,
            details=tuple((name, value) for name, _, value in said),
        )
        recorder.insert_events([encode(plan.stream, plan.version + n, event)])


@given(parsers.parse("the record of {pupil}'s plan says that fact {number:d} did not happen"))
def _take_back(world: World, pupil: str, number: int) -> None:
    plan = world.plans.show(world.plan(pupil))
    act = hand("Eve", "LA SEN officer", at=world.now, because="A slip.").act("decider")
    event = FactWithdrawn(**act, number=number)
    world.store.recorder("main").insert_events([encode(plan.stream, plan.version + 1, event)])


@given(parsers.parse("it is {day}"))
def _it_is(world: World, day: str) -> None:
    world.now = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=9)


# Looking at them


@when(
    parsers.parse("{who} looks at the limits of {pupil}'s plan on {day}"), target_fixture="limits"
)
def _looks(world: World, who: str, pupil: str, day: str) -> list[Clock]:
    assert who
    found = world.plans.clocks(world.plan(pupil), as_at=date.fromisoformat(day))
    return [one.clock for one in found]


def _one(limits: Sequence[Clock], rule: str) -> Clock:
    (found,) = [one for one in limits if one.rule.id == rule]
    return found


@then("these limits run:")
def _run(limits: list[Clock], datatable: Sequence[Sequence[str]]) -> None:
    for rule, last, state in datatable[1:]:
        found = _one(limits, rule)
        assert (f"{found.last_day}", found.state) == (last, state)


@then(parsers.parse("the limit {rule} is {state}, and its last day is {last}"))
def _stands(limits: list[Clock], rule: str, state: str, last: str) -> None:
    found = _one(limits, rule)
    assert (found.state, f"{found.last_day}") == (state, last)


@then(parsers.parse('the limit {rule} says "{citation}"'))
def _says(limits: list[Clock], rule: str, citation: str) -> None:
    found = _one(limits, rule)
    assert citation in found.citation
    assert found.mark == "read"


@then(parsers.parse('the limit {rule} was counted as "{how}"'))
def _counted(limits: list[Clock], rule: str, how: str) -> None:
    assert how in _one(limits, rule).explanation


@then(parsers.parse("no limit {rule} runs"))
def _none(limits: list[Clock], rule: str) -> None:
    assert rule not in {one.rule.id for one in limits}


@then(parsers.parse("the limits of all plans on {day} are those of each plan"))
def _all(world: World, day: str) -> None:
    on = date.fromisoformat(day)

    def told(found: Sequence[PlanClock]) -> list[str]:
        return sorted(repr(one) for one in found)

    whole = world.plans.clocks(as_at=on)
    each = [
        one for line in world.plans.list() for one in world.plans.clocks(line.reference, as_at=on)
    ]
    assert told(whole) == told(each)
    assert len({one.reference for one in whole}) == 2 or on < date(2026, 11, 1)


# A calendar


@pytest.fixture
def calendars() -> list[str]:
    """The calendar files that were written."""
    return []


@when(parsers.re("(?P<who>Eve) writes the calendar(?: again)?"))
def _writes(world: World, calendars: list[str], who: str) -> None:
    assert who
    calendars.append(world.plans.calendar())


def _events(text: str) -> dict[str, dict[str, str]]:
    """The events of a calendar by rule: each is about another rule here."""
    found: dict[str, dict[str, str]] = {}
    for part in text.replace("\r\n ", "").split("BEGIN:VEVENT\r\n")[1:]:
        lines = [line.partition(":") for line in part.split("\r\n")]
        fields = {name: value for name, _, value in lines}
        found[fields["DESCRIPTION"].partition(":")[0]] = fields
    return found


@then(parsers.parse("the calendar has {rule} on {day}"))
def _has(calendars: list[str], rule: str, day: str) -> None:
    event = _events(calendars[-1])[rule]
    assert event["DTSTART;VALUE=DATE"] == day.replace("-", "")
    assert event["STATUS"] == "CONFIRMED"


@then("the calendar names no child")
def _no_child(world: World, calendars: list[str]) -> None:
    for line in world.plans.list():
        assert line.surname not in calendars[-1]
        assert line.forename not in calendars[-1].replace("\r\n ", "")


@then(parsers.parse("the same event {rule} is cancelled"))
def _cancelled(calendars: list[str], rule: str) -> None:
    before, after = (_events(text)[rule] for text in calendars)
    assert before["UID"] == after["UID"]
    assert after["STATUS"] == "CANCELLED"
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


# Figures and weeks


@then(parsers.parse("the review figures of {year:d} are:"))
def _figures(world: World, year: int, datatable: Sequence[Sequence[str]]) -> None:
    found = asdict(world.plans.review_figures(year))
    assert {name: found[name] for name, _ in datatable[1:]} == {
        name: int(plans) for name, plans in datatable[1:]
    }


@then(parsers.re(r"the review of (?P<pupil>\w+)'s plan took (?P<days>\d+) days: (?P<split>.+)"))
def _weeks(world: World, pupil: str, days: str, split: str) -> None:
    for asked in (world.plan(pupil), None):
        (found,) = world.plans.review_weeks(asked)
        said = {name: int(many) for name, many in (one.split() for one in split.split(", "))}
        assert (found.review.days, found.review.by_holder) == (int(days), said)


@then(parsers.parse("the first piece of work is about {pupil}'s plan, for {rule}"))
def _first(world: World, pupil: str, rule: str, said: Result) -> None:
    first = json.loads(said.stdout)[0]
    assert (first["reference"], first["limit"]) == (world.plan(pupil), rule)
