"""Steps about facts of the law: entered, corrected, brought in from a file, and plans issued."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import cast

from pytest_bdd import given, parsers, then, when

from ehcp_flow.acting import Done
from ehcp_flow.facts import Compared
from ehcp_flow.importing.facts import FactFile, read_facts
from ehcp_flow.intake import TextsTaken
from ehcp_flow.replaying import Version
from ehcp_flow.rules.entering import standing
from tests.steps.world import World

_FACT = r'"(?P<fact>[\w-]+)" of (?P<day>\S+)'
_ISSUES = r"""Ada's plan with "(?P<fact>[\w-]+)" to "(?P<to>[^"]+)"(?: and "(?P<too>[^"]+)")?"""
_ADA = "Ada"


def record(
    world: World,
    who: str,
    fact: str,
    day: str | None,
    pupil: str,
    said: Sequence[Sequence[str]] = (),
    *,
    to: Sequence[str] = (),
    replaces: int | None = None,
) -> Done:
    """Record a fact that happened on a day, or today."""
    return world.plans.facts.record(
        world.plan(pupil),
        fact,
        [(name, value) for name, value in said],
        to=to,
        replaces=replaces,
        by=world.by(who, on=None if day is None else date.fromisoformat(day)),
    )


@given(parsers.re(rf"(?P<who>\w+) recorded {_FACT} for (?P<pupil>\w+), saying:"))
def _recorded(
    world: World, who: str, fact: str, day: str, pupil: str, datatable: Sequence[Sequence[str]]
) -> None:
    world.do(lambda: record(world, who, fact, day, pupil, datatable))


@when(parsers.re(rf"(?P<who>\w+) records {_FACT} for (?P<pupil>\w+), saying:"))
def _records(
    world: World, who: str, fact: str, day: str, pupil: str, datatable: Sequence[Sequence[str]]
) -> None:
    world.try_(lambda: record(world, who, fact, day, pupil, datatable))


@when(
    parsers.re(
        rf"(?P<who>\w+) corrects fact (?P<number>\d+) of (?P<pupil>\w+)'s plan to {_FACT}, saying:"
    )
)
def _corrects(
    world: World,
    who: str,
    number: str,
    pupil: str,
    fact: str,
    day: str,
    datatable: Sequence[Sequence[str]],
) -> None:
    world.do(lambda: record(world, who, fact, day, pupil, datatable, replaces=int(number)))


@when(
    parsers.re(
        r"(?P<who>\w+) takes back fact (?P<number>\d+) of (?P<pupil>\w+)'s plan"
        r'(?:, because "(?P<why>.+)")?'
    )
)
def _takes_back(world: World, who: str, number: str, pupil: str, why: str | None) -> None:
    by = world.by(who, because=why)
    world.try_(lambda: world.plans.facts.withdraw(world.plan(pupil), int(number), by=by))


@when(parsers.parse("{who} brings in this file of facts:"), target_fixture="read")
def _brings_in(world: World, who: str, datatable: Sequence[Sequence[str]]) -> FactFile:
    headings, *lines = datatable
    out = io.StringIO()
    csv.writer(out).writerows([headings, *([world.plan(n), *rest] for n, *rest in lines)])
    desk = world.plans.facts
    read = read_facts(out.getvalue().encode(), facts=desk.catalogue, name="facts.csv")
    taken = world.do(lambda: desk.take(read.facts, by=world.by(who)))
    return read.with_faults(taken.faults)


@then(parsers.parse("{facts:d} facts of {plans:d} plans are recorded"))
def _taken(world: World, facts: int, plans: int) -> None:
    assert isinstance(world.result, Compared)
    assert (world.result.new, world.result.plans) == (facts, plans)
    assert world.head() > world.before


@then(parsers.parse("these facts are on {pupil}'s record:"))
def _on_record(world: World, pupil: str, datatable: Sequence[Sequence[str]]) -> None:
    plan = world.plans.show(world.plan(pupil))
    facts = sorted(standing(plan), key=lambda fact: fact.number)
    assert [[f"{fact.number}", fact.fact, f"{fact.day}"] for fact in facts] == [
        list(row) for row in datatable
    ]


@then(parsers.parse("fact {number:d} of {pupil}'s plan does not stand"))
def _gone(world: World, number: int, pupil: str) -> None:
    assert world.refusal is None
    assert world.plans.facts.list(world.plan(pupil))[number - 1].withdrawn


@then(
    parsers.re(
        r"fact (?P<number>\d+) of (?P<pupil>\w+)'s plan says that "
        r'"(?P<person>.+)" was there "(?P<how>.+)"'
    )
)
def _was_there(world: World, number: str, pupil: str, person: str, how: str) -> None:
    fact = world.plans.facts.list(world.plan(pupil))[int(number) - 1]
    (key,) = [name for name, value in fact.told.items() if value == person]
    assert fact.details[f"{key}.as"] == how


@then(parsers.re(r"fact (?P<number>\d+) of (?P<pupil>\w+)'s plan says \"(?P<text>.+)\" in words"))
def _in_words(world: World, number: str, pupil: str, text: str) -> None:
    fact = world.plans.facts.list(world.plan(pupil))[int(number) - 1]
    assert text in fact.told.values()
    assert text not in fact.details.values()


# Issuing


@given(parsers.re(r"section (?P<section>\w+) of Ada's plan was approved with \"(?P<text>.+)\""))
def _approved(world: World, section: str, text: str) -> None:
    plan, officer = world.plan(_ADA), world.by("Eve")
    over = world.plans.show(plan).section(section).revision
    world.do(lambda: world.plans.edit(plan, section, text, over=over, by=officer))
    world.do(lambda: world.plans.submit(plan, section, by=officer))
    world.do(lambda: world.plans.approve(plan, section, by=world.by("Dana")))


@given(parsers.re(rf"(?P<who>\w+) issued {_ISSUES}"))
def _issued(world: World, who: str, fact: str, to: str, too: str | None) -> None:
    sent = [one for one in (to, too) if one]
    world.do(lambda: record(world, who, fact, None, _ADA, to=sent))


@when(parsers.re(rf"(?P<who>\w+) issues {_ISSUES}"))
def _issues(world: World, who: str, fact: str, to: str, too: str | None) -> None:
    sent = [one for one in (to, too) if one]
    world.try_(lambda: record(world, who, fact, None, _ADA, to=sent))


@when(
    parsers.re(
        r"(?P<who>\w+) corrects section (?P<section>\w+) of Ada's issued plan, "
        r'because "(?P<why>.+)"'
    )
)
def _mends(world: World, who: str, section: str, why: str) -> None:
    said = [("sections", section), ("reasons", why)]
    world.do(lambda: record(world, who, "plan-corrected", None, _ADA, said, to=["parent: Z"]))


@when(parsers.re(r"(?P<who>\w+) reopens section (?P<section>\w+) of Ada's issued plan"))
def _reopens(world: World, who: str, section: str) -> None:
    said = [("sections", section)]
    world.try_(lambda: record(world, who, "plan-reopened", None, _ADA, said, to=["parent: Z"]))


@then(
    parsers.re(
        r"version (?P<number>\d+) of Ada's plan "
        r'(?:is a "(?P<kind>\w+)" one and )?says "(?P<text>.+)" in section (?P<section>\w+)'
    )
)
def _version(world: World, number: str, kind: str | None, text: str, section: str) -> None:
    assert world.refusal is None, world.refusal
    found = world.plans.facts.issued_text(world.plan(_ADA), int(number))
    assert kind in (None, found.issue.kind)
    assert found.texts[section] == text


@then(
    parsers.re(
        r'"(?P<role>[\w ]+)" holds version (?P<number>\d+) of Ada\'s plan, '
        r"which is (?P<how>in force|superseded)"
    )
)
def _holds(world: World, role: str, number: str, how: str) -> None:
    issued = world.plans.facts.issued(world.plan(_ADA))
    (holder,) = [one for one in issued.holders if one.role == role]
    assert holder.issue == int(number)
    assert (holder.superseded_by is None) == (how == "in force")


@then(parsers.parse('whoever acted is told "{what}"'))
def _told(world: World, what: str) -> None:
    assert world.note is not None
    assert what in world.note


@then(
    parsers.re(
        r"revision (?P<revision>\d+) of section (?P<section>\w+) of Ada's plan, "
        r'"(?P<text>.+)", is by (?P<who>\w+)'
    )
)
def _revision_by(world: World, revision: str, section: str, text: str, who: str) -> None:
    steps = world.plans.replay(world.plan(_ADA))
    (made,) = [
        step.recorded
        for step in steps
        if getattr(step.recorded.event, "section", None) == section
        and step.recorded.event.stored_as == "section-edited"
        and getattr(step.recorded.event, "revision", 0) == int(revision)
    ]
    assert made.event.by == world.plans.people.person(world.by(who).who).id
    assert world.plans.show(world.plan(_ADA), known_at=made.version).section(section).text == text


@then(
    parsers.re(
        r"between that proposal and version (?P<number>\d+) "
        r'"(?P<old>\w+)" gave way to "(?P<new>\w+)" in section (?P<section>\w+) of Ada\'s plan'
    )
)
def _gave_way(world: World, number: str, old: str, new: str, section: str) -> None:
    plan = world.plan(_ADA)
    proposed = [
        step.recorded.version
        for step in world.plans.replay(plan)
        if getattr(step.recorded.event, "revision", 0) == 2
    ]
    (found,) = world.plans.diff(plan, from_=proposed[0], to=Version(int(number)))
    assert found.section == section
    assert [(piece.kind, piece.text.strip()) for piece in found.pieces if piece.kind != "kept"] == [
        ("dropped", old),
        ("written", new),
    ]


@when(
    parsers.re(
        r'(?P<who>\w+) brings in "(?P<text>.+)" as the issued text of section (?P<section>\w+) '
        r"of Ada's plan"
    )
)
def _as_issued(world: World, who: str, text: str, section: str) -> None:
    texts = [("ada.md", world.plan(_ADA), {section: text})]
    world.do(
        lambda: world.plans.intake.import_texts(
            texts, not_recorded_before=world.plans.today(), by=world.by(who)
        )
    )


@then(parsers.parse('it is not taken, because "{why}"'))
def _not_taken(world: World, why: str) -> None:
    (taken,) = cast("list[TextsTaken]", world.result)
    assert why in taken.refused[0]
