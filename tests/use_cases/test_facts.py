"""Facts entered on a real store: once, by several people, many from a file, all or nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from ehcp_flow.acting import TRIES, By, Done
from ehcp_flow.errors import BadInput, NotFound, NothingToDo, Refused, StoreTrouble
from ehcp_flow.events import FactRecorded, IssueSent, PlanIssued
from ehcp_flow.facts import Compared, FactsDesk
from ehcp_flow.importing.facts import FactRow, read_facts
from ehcp_flow.statute.facts import of_england
from tests.steps.world import World
from tests.use_cases.conftest import Overtaken, bring_in, pupil

ADA = pupil()
BEN = pupil("Ben", "Hart", date(2015, 2, 1), upn="N823200012345")
MEETING = date(2026, 9, 15)
HEADINGS = "plan,fact,on,present,kind,decision,because,to"


@pytest.fixture
def plans(school: World) -> World:
    """A school with the plans of Ada and Ben."""
    bring_in(school, ADA, BEN)
    school.references = {line.forename: line.reference for line in school.plans.list()}
    return school


def held(world: World, by: By, *, who: str = "parent: Ada's mother") -> Done:
    """The meeting about Ada was held."""
    return world.plans.facts.record(
        world.plan("Ada"), "review-meeting-held", [("present", who)], by=by
    )


def rows(world: World, *lines: str) -> tuple[FactRow, ...]:
    """The rows of a file, all of them good; Ada's plan is called ADA there, Ben's BEN."""
    text = "\n".join([HEADINGS, *lines])
    text = text.replace("ADA", world.plan("Ada")).replace("BEN", world.plan("Ben"))
    file = read_facts(text.encode(), facts=of_england(), name="facts.csv")
    assert file.faults == ()
    return file.facts


def test_people_are_found_by_the_day_of_the_fact(plans: World) -> None:
    """By staff id, with a role held on that day; whoever is not known is a name."""
    by = plans.by("Amira", on=MEETING)
    held(plans, by, who="head teacher: s4")
    (fact,) = plans.plans.facts.list(plans.plan("Ada"))
    person = plans.plans.people.person("s4")

    assert fact.details["present.1"] == person.id
    assert fact.told["present.1"] == f"head teacher: {person.name}"
    before = plans.head()
    for who, why in (("head teacher: s2", "a role that"), ("head teacher: s99", "staff id")):
        with pytest.raises(BadInput, match=why):
            held(plans, by, who=who)
    with pytest.raises(NotFound, match="no field 'presence'"):
        plans.plans.facts.record(
            plans.plan("Ada"), "review-meeting-held", [("presence", "")], by=by
        )
    with pytest.raises(NotFound, match="There is no fact 'meeting'"):
        plans.plans.facts.record(plans.plan("Ada"), "meeting", by=by)
    with pytest.raises(BadInput, match="sends no version"):
        plans.plans.facts.record(
            plans.plan("Ada"), "assessed", to=["parent: Z"], by=plans.by("Eve")
        )
    assert plans.head() == before


def test_nothing_is_recorded_of_a_day_that_is_to_come(plans: World) -> None:
    """A meeting that is planned is one that was arranged."""
    before = plans.head()

    with pytest.raises(Refused, match="still to come"):
        held(plans, plans.by("Amira", on=date(2026, 10, 6)))
    assert plans.head() == before
    plans.plans.facts.record(
        plans.plan("Ada"),
        "review-meeting-arranged",
        [("meeting", "2026-11-06")],
        by=plans.by("Amira"),
    )
    (fact,) = plans.plans.facts.list(plans.plan("Ada"))
    assert dict(fact.details) == {"meeting": "2026-11-06"}


def test_the_same_command_again_is_done_once(plans: World) -> None:
    """And another one with its id is refused."""
    by = replace(plans.by("Amira", on=MEETING), command="one")
    first = held(plans, by)
    before = plans.head()

    again = held(plans, by)

    assert (again.again, again.first) == (True, first.first)
    assert plans.head() == before
    with pytest.raises(BadInput, match="used before"):
        held(plans, by, who="parent: Zed")
    taken = replace(plans.by("Amira", because="Never."), command="two")
    plans.plans.facts.withdraw(plans.plan("Ada"), 1, by=taken)
    assert plans.plans.facts.withdraw(plans.plan("Ada"), 1, by=taken).again


def test_a_fact_that_is_on_record_is_not_entered_by_another(plans: World) -> None:
    """Whoever comes second is told which one it is."""
    by = plans.by("Amira", on=MEETING)
    overtaken = FactsDesk(Overtaken(plans, lambda: held(plans, plans.by("Dana", on=MEETING))))

    with pytest.raises(NothingToDo, match="fact 1"):
        overtaken.record(
            plans.plan("Ada"), "review-meeting-held", [("present", "parent: Ada's mother")], by=by
        )
    assert len(plans.plans.facts.list(plans.plan("Ada"))) == 1


# What is issued


def approved(world: World, text: str, section: str = "F") -> None:
    """Have the officer write a section, and the SENCO approve it."""
    plan = world.plan("Ada")
    officer = world.by("Eve")
    over = world.plans.show(plan).section(section).revision
    world.plans.edit(plan, section, text, over=over, by=officer)
    world.plans.submit(plan, section, by=officer)
    world.plans.approve(plan, section, by=world.by("Amira"))


def finalise(world: World, *to: str, command: str | None = None) -> Done:
    """Have the officer issue Ada's first final plan."""
    by = replace(world.by("Eve"), command=command)
    return world.plans.facts.record(world.plan("Ada"), "plan-finalised", to=to, by=by)


def test_a_version_is_recorded_whole_or_not_at_all(plans: World) -> None:
    """Fact, version and recipients are one command."""
    approved(plans, "Two hours.")

    done = finalise(plans, "parent: Ada's mother", "school: s4", command="final")

    kinds = [type(event) for event in done.events]
    assert kinds == [FactRecorded, PlanIssued, IssueSent, IssueSent]
    assert done.last - done.first == 3
    assert done.note is not None
    assert "the commissioning body" in done.note
    before = plans.head()
    again = finalise(plans, "parent: Ada's mother", "school: s4", command="final")
    assert (again.again, plans.head()) == (True, before)
    with pytest.raises(BadInput, match="used before"):
        finalise(plans, "parent: Zed", "school: s4", command="final")
    with pytest.raises(NothingToDo, match="record issued-version-sent"):
        finalise(plans, "parent: Zed")


def test_a_command_id_of_another_act_is_none_of_a_fact(plans: World) -> None:
    """An edit is no fact, whatever its id."""
    by = replace(plans.by("Amira"), command="edit")
    plans.plans.edit(plans.plan("Ada"), "B", "She reads.", by=by)
    before = plans.head()

    with pytest.raises(BadInput, match="used before"):
        held(plans, by)
    assert plans.head() == before


def test_a_version_and_its_holders_are_read(plans: World) -> None:
    """The frozen text, whatever was written since; who holds which."""
    approved(plans, "Two hours.")
    finalise(plans, "parent: Ada's mother", "school: s4")
    approved(plans, "Two hours each week.")
    plans.plans.facts.record(
        plans.plan("Ada"),
        "plan-corrected",
        [("sections", "F"), ("reasons", "A word was left out.")],
        to=["parent: Ada's Mother"],
        by=plans.by("Eve"),
    )
    desk, plan = plans.plans.facts, plans.plan("Ada")
    found = desk.issued(plan)

    assert [issue.kind for issue in found.issues] == ["final", "corrected"]
    assert dict(found.superseded) == {1: 2, 2: None}
    assert [(one.role, one.issue, one.superseded_by) for one in found.holders] == [
        ("parent", 2, None),
        ("school", 1, 2),
    ]
    assert dict(desk.issued_text(plan, 1).texts) == {"F": "Two hours."}
    assert dict(desk.issued_text(plan, 2).texts) == {"F": "Two hours each week."}


def test_sending_a_copy_twice_on_a_day_is_one_fact_to_each(plans: World) -> None:
    """The same person again is no news."""
    approved(plans, "Two hours.")
    finalise(plans, "parent: Ada's mother")

    def copy(to: str) -> Done:
        said = [("version", "1")]
        return plans.plans.facts.record(
            plans.plan("Ada"), "issued-version-sent", said, to=[to], by=plans.by("Eve")
        )

    copy("school: s4")
    copy("tribunal")
    with pytest.raises(NothingToDo, match="fact 2"):
        copy("school: s4")
    roles = [one.role for one in plans.plans.show(plans.plan("Ada")).issues[0].sent]
    assert roles == ["parent", "school", "tribunal"]


# Many from a file


GOOD = (
    "ADA,review-opened,2026-09-01,,annual,,,",
    "ADA,review-meeting-held,2026-09-15,SENCO: s1; parent: Ada's mother: apologies,,,,",
    "ADA,review-decision-notified,2026-09-30,,,maintain,,",
    "BEN,review-decision-notified,2026-09-30,,,maintain,The meeting was before the record began.,",
)


def test_a_claim_of_a_limit_that_does_not_run_is_told_to_disapply_nothing(plans: World) -> None:
    """It is on record; whoever enters it knows that no limit is shown with it."""
    facts, plan = plans.plans.facts, plans.plan("Ada")
    said = [("rule", "D08"), ("exception", "EX-A.c"), ("evidence", "The letter.")]

    before = facts.record(plan, "exception-claimed", said, by=plans.by("Eve", on=date(2026, 9, 1)))
    facts.record(plan, "request-received", by=plans.by("Eve", on=date(2026, 9, 14)))
    after = facts.record(plan, "exception-claimed", said, by=plans.by("Eve", on=date(2026, 9, 21)))

    assert "It disapplies nothing so far: no limit D08" in (before.note or "")
    assert after.note is None
    (limit,) = [one.clock for one in plans.plans.clocks(plan) if one.clock.rule.id == "D08"]
    assert limit.disapplied_by == ("EX-A.c",)


def test_a_file_is_entered_by_day_and_plan(plans: World) -> None:
    """Each fact over those before it; the same file again records nothing."""
    found = plans.plans.facts.take(rows(plans, *GOOD), by=plans.by("Eve"))

    assert (found.new, found.plans, found.unchanged, found.faults) == (4, 2, 0, ())
    facts = plans.plans.facts.list(plans.plan("Ada"))
    assert [(fact.number, f"{fact.day}") for fact in facts] == [
        (1, "2026-09-01"),
        (2, "2026-09-15"),
        (3, "2026-09-30"),
    ]
    before = plans.head()
    again = plans.plans.facts.take(rows(plans, *GOOD), by=plans.by("Eve"))
    assert (again.new, again.unchanged) == (0, 4)
    assert plans.head() == before


def test_a_file_is_entered_by_day_however_it_is_sorted(plans: World) -> None:
    """A decision that stands above its meeting in the file comes after it on record."""
    found = plans.plans.facts.take(rows(plans, *reversed(GOOD)), by=plans.by("Eve"))

    assert (found.new, found.faults) == (4, ())
    days = [fact.day for fact in plans.plans.facts.list(plans.plan("Ada"))]
    assert days == sorted(days)


def test_a_file_that_is_compared_records_nothing(plans: World) -> None:
    """It says what would happen."""
    before = plans.head()

    found = plans.plans.facts.compare(rows(plans, *GOOD), by=plans.by("Eve"))

    assert (found.new, found.plans, found.faults) == (4, 2, ())
    assert plans.head() == before


def test_a_file_with_one_faulty_row_is_entered_not_at_all(plans: World) -> None:
    """Every fault is named with its line and its column."""
    faulty = (
        *GOOD,
        "2025-9999,review-opened,2026-09-01,,annual,,,",
        "BEN,review-opened,2026-09-01,,monthly,,,",
        "BEN,review-report-sent,2026-09-01,,,,,",
        "BEN,review-opened,2027-09-01,,annual,,,",
        "BEN,amendment-refused,2026-09-30,,,,,parent: Z",
        "BEN,assessed,2026-09-30,,,,,parent: Z",
        "BEN,draft-plan-served,2026-09-30,,,,,neighbour: Z",
    )
    before = plans.head()

    found = plans.plans.facts.take(rows(plans, *faulty), by=plans.by("Eve"))

    assert [(line, field) for line, field, _, _ in found.faults] == [
        (6, "plan"),
        (7, "kind"),
        (8, "recommends"),
        (9, "on"),
        (10, "reasons"),
        (11, "to"),
        (12, "to"),
    ]
    assert "still to come" in found.faults[3][3]
    assert plans.head() == before


def test_a_file_of_somebody_who_may_not_is_all_faults(plans: World) -> None:
    """A SENCO enters no decision, in a file neither."""
    before = plans.head()

    found = plans.plans.facts.take(rows(plans, *GOOD), by=plans.by("Amira"))

    assert [(line, field) for line, field, _, _ in found.faults] == [(4, "fact"), (5, "fact")]
    assert "sections 37 and 44" in found.faults[0][3]
    assert plans.head() == before


@pytest.mark.parametrize("many", [1, TRIES])
def test_a_file_and_others_at_the_same_time(plans: World, many: int) -> None:
    """It is decided anew; when they never stop, nothing is recorded."""
    days = iter(range(1, 29))

    def other() -> object:
        day = date(2026, 8, next(days))
        return held(plans, plans.by("Dana", on=day))

    others: list[Callable[[], object]] = [other] * many
    desk = FactsDesk(Overtaken(plans, *others))

    def take() -> Compared:
        return desk.take(rows(plans, *GOOD), by=plans.by("Eve"))

    if many == TRIES:
        with pytest.raises(StoreTrouble, match="kept changing"):
            take()
        assert len(plans.plans.facts.list(plans.plan("Ada"))) == TRIES
    else:
        assert take().new == 4
        numbers = [fact.number for fact in plans.plans.facts.list(plans.plan("Ada"))]
        assert numbers == [1, 2, 3, 4]


def test_what_others_recorded_of_the_same_file_is_not_counted(plans: World) -> None:
    """Whoever is overtaken by the same file says that all of it was on record already."""
    other = partial(plans.plans.facts.take, rows(plans, *GOOD), by=plans.by("Eve"))

    found = FactsDesk(Overtaken(plans, other)).take(rows(plans, *GOOD), by=plans.by("Eve"))

    assert (found.new, found.plans, found.unchanged) == (0, 0, len(GOOD))


def test_what_was_recorded_before_others_came_in_between_is_counted(
    plans: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of several transactions that is overtaken after the first of them."""
    monkeypatch.setattr("ehcp_flow.acting.MOST_EVENTS", 1)
    other = partial(
        plans.plans.facts.record,
        plans.plan("Ben"),
        "early-review-requested",
        [("by", "parent: Ben's father")],
        by=plans.by("Dana"),
    )

    found = FactsDesk(Overtaken(plans, other)).take(rows(plans, *GOOD), by=plans.by("Eve"))

    assert (found.new, found.plans, found.unchanged) == (4, 2, len(GOOD) - 4)
