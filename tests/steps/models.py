"""Steps about operating models: which one holds, who may do what under it, and what is found."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pytest_bdd import given, parsers, then, when

from ehcp_flow.acting import By, Done
from ehcp_flow.events import FactRecorded, Meaning
from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.models.shipped import shipped, text_of_shipped
from ehcp_flow.rules.covering import Finding
from ehcp_flow.rules.offering import Offer
from tests.steps.plans import EXPORT, HEADINGS, bring_in, export
from tests.steps.sections import write
from tests.steps.world import World

SCHOOL = "The school"

_OF = r"section (?P<section>\w+) of (?P<pupil>\w+)'s plan"


# The setting


@given(parsers.re(r"a setting that works by (?P<model>\w+), where these people work:"))
def _setting(world: World, model: str, datatable: Sequence[Sequence[str]]) -> None:
    world.do(lambda: world.plans.models.begin_with(text_of_shipped(model), file=f"{model}.toml"))
    _bring_in_people(world, datatable)


@given("a setting that has chosen no model, where these people work:")
def _no_model(world: World, datatable: Sequence[Sequence[str]]) -> None:
    _bring_in_people(world, datatable)


def _bring_in_people(world: World, datatable: Sequence[Sequence[str]]) -> None:
    headings, *rows = datatable
    people: dict[str, Person] = {}
    for cells in rows:
        said = dict(zip(headings, cells, strict=True))
        name = said["name"]
        role = HeldRole(said["role"], said.get("at") or SCHOOL, date(2024, 9, 1))
        before = people.get(name)
        people[name] = Person(
            "",
            staff_id=name,
            name=name,
            years=tuple(said.get("years", "").split()),
            days=tuple(said.get("days", "").split()),
            experience=said.get("experience") or None,
            roles=(*(before.roles if before else ()), role),
        )
    by = By(rows[0][headings.index("name")])
    world.do(lambda: world.plans.people.import_list(list(people.values()), by=by))


@given(parsers.re(r"a plan for (?P<pupil>\w+) in year (?P<year>\w+), brought in by (?P<who>\w+)"))
def _plan(world: World, pupil: str, year: str, who: str) -> None:
    row = list(EXPORT[pupil])
    row[4] = year
    bring_in(world, export(world, [HEADINGS, row]), who)


@when(parsers.re(r"(?P<who>\w+) records that (?P<pupil>\w+) is in year (?P<year>\w+) now"))
def _moves_up(world: World, who: str, pupil: str, year: str) -> None:
    row = list(EXPORT[pupil])
    row[4] = year
    bring_in(world, export(world, [HEADINGS, row]), who)


@given(
    parsers.re(
        r"(?P<who>\w+) recorded that (?P<pupil>\w+)'s plan was last reviewed on (?P<day>\S+)"
    )
)
def _reviewed_before(world: World, who: str, pupil: str, day: str) -> None:
    known = world.plans.show(world.plan(pupil)).particulars
    said = [replace(known, last_review=date.fromisoformat(day))]
    world.do(lambda: world.plans.intake.take_in(said, by=By(who)))


@given(parsers.re(r"(?P<who>\w+) is away from (?P<since>\S+) to (?P<until>\S+)"))
def _away(world: World, who: str, since: str, until: str) -> None:
    days = date.fromisoformat(since), date.fromisoformat(until)
    world.do(lambda: world.plans.people.away(who, since=days[0], until=days[1], by=By(who)))


@when(parsers.re(r"(?P<who>\w+) chooses the model (?P<model>\w+) from (?P<day>\S+)"))
def _chooses(world: World, who: str, model: str, day: str) -> None:
    since = date.fromisoformat(day)
    text = text_of_shipped(model)
    world.try_(
        lambda: world.plans.models.choose(text, file=f"{model}.toml", since=since, by=By(who))
    )


# Acts


@given(
    parsers.re(
        rf"(?P<who>\w+) has asked (?P<whom>\w+) to (?P<task>write|review) {_OF}"
        r"(?: as (?P<role>[\w ]+))?"
    )
)
def _has_asked(
    world: World, who: str, whom: str, task: str, section: str, pupil: str, role: str | None
) -> None:
    del role
    world.do(lambda: _ask(world, who, whom, task, section, pupil))


def _ask(world: World, who: str, whom: str, task: str, section: str, pupil: str) -> Done:
    return world.plans.assign(
        world.plan(pupil),
        section,
        "review" if task == "review" else "write",
        whom,
        due=date(2026, 11, 20),
        by=By(who),
    )


@when(parsers.re(rf"(?P<who>\w+) tries to submit {_OF}"))
def _tries_to_submit(world: World, who: str, section: str, pupil: str) -> None:
    world.try_(lambda: world.plans.submit(world.plan(pupil), section, by=By(who)))


@given(parsers.re(rf'(?P<who>\w+) added "(?P<added>[^"]*)" to {_OF}'))
def _added(world: World, who: str, added: str, section: str, pupil: str) -> None:
    now = world.plans.show(world.plan(pupil)).section(section)
    text = f"{now.text} {added}"
    world.do(lambda: write(world, who, text, section, pupil, over=now.revision))


@given(
    parsers.re(
        r'(?P<who>\w+) has given the termly report "(?P<text>[^"]*)" on (?P<pupil>\w+)\'s plan'
    )
)
def _has_given(world: World, who: str, text: str, pupil: str) -> None:
    world.do(
        lambda: world.plans.advice.give(
            world.plan(pupil), text, kind="termly report", from_=who, by=By(who)
        )
    )


@given(parsers.parse("{who} has given this termly report on {pupil}'s plan:"))
def _has_given_this(world: World, who: str, pupil: str, docstring: str) -> None:
    _has_given(world, who, docstring, pupil)


@when(parsers.re(rf"(?P<who>\w+) looks at what is offered for {_OF}"), target_fixture="offered")
def _offered(world: World, who: str, section: str, pupil: str) -> Sequence[Offer]:
    assert who
    return world.plans.advice.offered(world.plan(pupil), section)


@then("these are offered:")
def _are_offered(offered: Sequence[Offer], datatable: list[list[str]]) -> None:
    found = [
        [one.given_by_name, one.item.heading, one.item.text, "yes" if one.placed else "no"]
        for one in offered
    ]
    assert found == datatable[1:]


@when(parsers.re(rf"(?P<who>\w+) adopts item (?P<item>\d+) of advice (?P<advice>\d+) in {_OF}"))
def _adopts_item(world: World, who: str, item: str, advice: str, section: str, pupil: str) -> None:
    world.try_(
        lambda: world.plans.adopt(
            world.plan(pupil), section, advice=int(advice), item=int(item), by=By(who)
        )
    )


@then(parsers.parse('the request to {who} says "{what}"'))
def _request_says(world: World, who: str, what: str) -> None:
    (message,) = [one for one in world.plans.cycles.requests() if one.name == who]
    assert what in message.text


@given(parsers.re(rf'(?P<who>\w+) has brought in "(?P<text>[^"]*)" as the issued {_OF}'))
def _has_brought_in(world: World, who: str, text: str, section: str, pupil: str) -> None:
    (taken,) = world.do(
        lambda: world.plans.intake.import_texts(
            [("plan.md", world.plan(pupil), {section: text})],
            not_recorded_before=world.plans.today(),
            by=By(who),
        )
    )
    assert not taken.refused


@given(parsers.re(rf"{_OF} is submitted by (?P<who>\w+) and approved by (?P<reviewer>\w+)"))
def _is_approved(world: World, section: str, pupil: str, who: str, reviewer: str) -> None:
    plan = world.plan(pupil)
    world.do(lambda: world.plans.submit(plan, section, by=By(who)))
    world.do(lambda: world.plans.approve(plan, section, by=By(reviewer)))


@given(
    parsers.re(r'it is recorded by (?P<who>\w+) that "(?P<fact>[\w-]+)" of (?P<pupil>\w+)\'s plan')
)
def _was_recorded(world: World, who: str, fact: str, pupil: str) -> None:
    world.do(lambda: world.plans.facts.record(world.plan(pupil), fact, _SAID[fact], by=By(who)))


@when(parsers.re(r'(?P<who>\w+) records "(?P<fact>[\w-]+)" of (?P<pupil>\w+)\'s plan'))
def _records(world: World, who: str, fact: str, pupil: str) -> None:
    world.try_(lambda: world.plans.facts.record(world.plan(pupil), fact, _SAID[fact], by=By(who)))


@when(
    parsers.re(
        r"(?P<who>\w+) records that the meeting about (?P<pupil>\w+)'s plan was held, with "
        r"(?P<chair>\w+) as (?P<role>[\w ]+) in the chair"
    )
)
def _chaired(world: World, who: str, pupil: str, chair: str, role: str) -> None:
    said = (*_SAID["review-meeting-held"], ("chair", f"{role}: {chair}"))
    world.try_(
        lambda: world.plans.facts.record(world.plan(pupil), "review-meeting-held", said, by=By(who))
    )


_SAID: dict[str, tuple[tuple[str, str], ...]] = {
    "review-meeting-held": (("present", "parent: Ola's mother"),),
    "review-report-completed": (),
    "review-report-sent": (("recommends", "amend"),),
    "review-decision-notified": (("decision", "amend"),),
    "amendment-notice-sent": (
        ("under", "review"),
        ("sections", "B F"),
        ("evidence", "The report of the meeting."),
    ),
    "amended-plan-finalised": (),
}


@when(parsers.re(rf'(?P<who>\w+) puts the mark "(?P<meaning>\w+)" over {_OF}'))
@given(parsers.re(rf'(?P<who>\w+) put the mark "(?P<meaning>\w+)" over {_OF}'))
def _marks(world: World, who: str, meaning: Meaning, section: str, pupil: str) -> None:
    world.try_(lambda: world.plans.sign_off(world.plan(pupil), section, meaning, by=By(who)))


# What comes of it


@then(parsers.re(r'it is allowed by the rule "(?P<rule>[^"]+)"'))
def _allowed(world: World, rule: str) -> None:
    assert world.refusal is None, world.refusal
    assert isinstance(world.result, Done)
    assert {event.allowed for event in world.result.events} == {rule}


@then("no rule is named with it")
def _no_rule(world: World) -> None:
    assert world.refusal is None, world.refusal
    assert isinstance(world.result, Done)
    assert {event.allowed for event in world.result.events} == {None}


@then("it is recorded")
def _recorded(world: World) -> None:
    assert world.refusal is None, world.refusal
    assert world.head() > world.before


@then(parsers.re(r"these wait on (?P<who>\w+) to (?P<task>write|review): (?P<sections>[\w ,]+)"))
def _tasks(world: World, who: str, task: str, sections: str) -> None:
    items = world.plans.work(person=who)
    assert sorted({i.section for i in items if i.task == task}) == sections.split(", ")


@then(
    parsers.re(r"(?P<pupil>\w+)'s plan waits on (?P<people>[\w, ]+) to write section (?P<id>\w+)")
)
def _writers(world: World, pupil: str, people: str, id: str) -> None:
    holders = world.plans.show(world.plan(pupil)).section(id).holders("write")
    assert sorted(one.to_name for one in holders) == people.replace(" and ", ", ").split(", ")


@then(parsers.re(rf'in {_OF} "(?P<words>[^"]+)" is by (?P<who>\w+)'))
def _is_by(world: World, section: str, pupil: str, words: str, who: str) -> None:
    found = world.plans.authors(world.plan(pupil)).sections[section]
    start = found.text.index(words)
    stop = start + len(words)
    runs = [run for run in found.runs if run.start < stop and run.end > start]
    # The space before what was added is whoever's it is.
    assert {run.written.name for run in runs if found.text[run.start : run.end].strip()} == {who}


@then(
    parsers.re(
        r"the latest step of (?P<pupil>\w+)'s plan says that (?P<who>\w+) acted as "
        r"(?P<role>[\w ]+)"
    )
)
def _acted_as(world: World, pupil: str, who: str, role: str) -> None:
    line = world.plans.trail(world.plan(pupil))[-1]
    assert (line.name, line.role) == (who, role)


@then(
    parsers.re(
        r"the latest step of (?P<pupil>\w+)'s plan says that it was done in the capacity of "
        r"(?P<capacity>\w+)"
    )
)
def _in_capacity(world: World, pupil: str, capacity: str) -> None:
    assert world.plans.trail(world.plan(pupil))[-1].capacity == capacity


@then(parsers.parse('the model says "{words}"'))
def _model_says(world: World, words: str) -> None:
    told = world.plans.models.in_force().model.told()
    assert told is not None
    assert words in told


@then("every duty is somebody's")
def _covered(world: World) -> None:
    _, found = world.plans.models.check()
    assert [one.said for one in found] == []


@then(parsers.parse('checking the model finds "{kind}", with "{words}"'))
def _found(world: World, kind: str, words: str) -> None:
    said = [one.said for one in _findings(world) if one.kind == kind]
    assert any(words in one for one in said), said


def _findings(world: World) -> Sequence[Finding]:
    return world.plans.models.check()[1]


@then(parsers.re(r"under (?P<model>\w+) the (?P<role>[\w ]+) is the one who is invited"))
def _invited(model: str, role: str) -> None:
    rule = shipped(model).rule("be-invited", year="5")
    assert rule is not None
    assert rule.roles == (role,)


@then(parsers.parse("the meetings of {pupil}'s plan are on record as these facts: {facts}"))
def _facts(world: World, pupil: str, facts: str) -> None:
    steps = world.plans.replay(world.plan(pupil))
    events = (step.recorded.event for step in steps)
    told = [event.fact for event in events if isinstance(event, FactRecorded)]
    assert told == facts.split(", ")


@when(parsers.re(r"(?P<who>\w+) issues the amended plan of (?P<pupil>\w+)"))
def _issues(world: World, who: str, pupil: str) -> None:
    to = ("parent: Ada's mother", "school: The school")
    world.do(
        lambda: world.plans.facts.record(
            world.plan(pupil), "amended-plan-finalised", to=to, by=By(who)
        )
    )


@then(
    parsers.re(
        r"version (?P<number>\d+) of (?P<pupil>\w+)'s plan says \"(?P<text>[^\"]+)\" in section "
        r"(?P<id>\w+)"
    )
)
def _issued_text(world: World, number: str, pupil: str, text: str, id: str) -> None:
    assert world.plans.facts.issued_text(world.plan(pupil), int(number)).texts[id] == text


@then(parsers.re(rf"(?P<one>\w+) and (?P<other>\w+) are on record as authors of {_OF}"))
def _authors(world: World, one: str, other: str, section: str, pupil: str) -> None:
    ids = {world.plans.people.person(who).id for who in (one, other)}
    assert world.plans.show(world.plan(pupil)).section(section).authors == ids


@then(
    parsers.re(
        rf'what differs in {_OF} since step (?P<step>\d+) is that "(?P<lost>[^"]+)" went and '
        r'"(?P<gained>[^"]+)" came'
    )
)
def _differs(world: World, section: str, pupil: str, step: str, lost: str, gained: str) -> None:
    found = world.plans.diff(world.plan(pupil), from_=int(step))
    (one,) = [each for each in found if each.section == section]
    assert lost in "".join(piece.text for piece in one.pieces if piece.kind == "dropped")
    assert gained in "".join(piece.text for piece in one.pieces if piece.kind == "written")


@when(
    parsers.re(
        r"(?P<who>\w+) chooses the school's own model, which is (?P<model>\w+) with a contract to "
        r"hold meetings"
    )
)
def _with_contract(world: World, who: str, model: str) -> None:
    text = text_of_shipped(model).replace(f'id = "{model}"', 'id = "Ours"')
    bound = text.replace("contract_to_hold_meetings = false", "contract_to_hold_meetings = true")
    assert bound != text
    world.try_(lambda: world.plans.models.choose(bound, file="ours.toml", by=By(who)))


@then("the model says nothing of the kind")
def _says_nothing(world: World) -> None:
    assert world.plans.models.in_force().model.told() is None


@then(parsers.re(r"it is told that (?P<who>\w+) (?P<how>contributes|writes it whole)"))
def _how_far(world: World, who: str, how: str) -> None:
    assert world.refusal is None, world.refusal
    if how == "contributes":
        assert world.note is not None
        assert f"{who} (class teacher, new) contributes to section F" in world.note
    else:
        assert world.note is None
