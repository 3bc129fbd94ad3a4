"""Everything that one person wrote, and what became of it."""

from dataclasses import replace

from hypothesis import given, settings

from ehcp_flow.acting import Tenancy
from ehcp_flow.attributing import Authors
from ehcp_flow.events import PlanEvent, SectionEdited
from ehcp_flow.receipts import Contribution, contributions, count, receipt
from ehcp_flow.templates.built_in import ehcp
from ehcp_flow.times import system_clock
from tests.engine.test_attributing import MACHINE, History, recorded
from tests.examples import OTHER_TEACHER, SENCO, TEACHER, hand
from tests.projections.logs import TENANT, fresh_log, histories, plan_stream
from tests.steps.world import World
from tests.use_cases.conftest import bring_in, pupil
from tests.use_cases.conftest import school as school


def told(history: History, person: str = TEACHER.by) -> list[Contribution]:
    """What someone wrote in a plan."""
    return list(contributions(recorded(history.events), person, ehcp().ids))


def said(one: Contribution) -> tuple[int, int, int, int]:
    """How many words were written, stand, are gone, and were not taken."""
    return one.words, count(one.standing), count(one.gone), count(one.not_taken)


def test_each_step_is_told_with_its_place_and_its_capacity() -> None:
    """And with nothing of anybody else's."""
    history = History()
    history.edit("F", ("write", "Two hours a week."))
    history.edit("F", ("keep", 17), ("write", " A quiet place."), who=SENCO)
    history.edit("B", ("write", "He likes to swim."))

    first, second = told(history)

    assert (first.plan, first.section, first.advice) == ("2026-0001", "F", None)
    assert (first.written.version, first.written.capacity) == (2, "drafter")
    assert (second.section, second.written.version) == ("B", 4)
    assert [said(one) for one in (first, second)] == [(4, 4, 0, 0), (4, 4, 0, 0)]


def test_what_was_removed_says_by_whom() -> None:
    """And the words themselves are there to be read."""
    history = History()
    history.edit("F", ("write", "Two hours a week."))
    history.sign("F")
    history.edit("F", ("keep", 9), ("drop", 7), ("keep", 1), who=SENCO)

    (one,) = told(history)

    assert said(one) == (4, 2, 2, 0)
    (gone,) = one.gone
    assert gone.part.text == " a week"
    assert gone.part.gone is not None
    assert (gone.part.gone.removed.name, gone.part.gone.removed.version) == ("Amira", 4)
    assert [mark.name for _, mark in gone.part.signed] == ["Amira"]
    assert "".join(piece.part.text for piece in one.pieces) == "Two hours a week."


def test_what_stands_says_where_and_who_placed_it_and_under_which_marks() -> None:
    """In the section where it stands now."""
    history = History()
    history.edit("F", ("write", "Two hours a week."))
    history.edit("B", ("take", "F@1", 0, 17, "moved"), who=SENCO)
    history.edit("F", ("drop", 17), ("write", "None."), who=SENCO)
    step = history.sign("B")

    (one,) = told(history)

    (piece,) = one.standing
    (place,) = piece.part.standing
    assert place.section == "B"
    assert place.run.placed is not None
    assert (place.run.placed.name, place.run.how) == ("Amira", "moved")
    assert [mark.version for mark in place.run.marks] == [step]


def test_advice_says_what_was_adopted_by_whom_and_what_nobody_took() -> None:
    """It is the giver's, whoever brought it in."""
    history = History()
    advice = history.advise("Two hours a week. A rope to climb.")
    history.edit("F", ("take", advice, 0, 17, "adopted"), who=SENCO)

    (one,) = told(history, OTHER_TEACHER.by)

    assert (one.section, one.advice, one.written.capacity) == (None, 1, "adviser")
    assert said(one) == (8, 4, 0, 4)
    (piece,) = one.standing
    ((section, run),) = piece.part.standing
    assert run.adopted is not None
    assert (section, run.adopted.name) == ("F", "Amira")
    assert [piece.part.text for piece in one.not_taken] == [" A rope to climb."]
    assert told(history, SENCO.by) == []


def test_words_that_were_copied_count_once() -> None:
    """And say every place."""
    history = History()
    history.edit("F", ("write", "Two hours a week."))
    history.edit("B", ("take", "F@1", 0, 17, "copied"), who=SENCO)

    (one,) = told(history)

    assert said(one) == (4, 4, 0, 0)
    assert [section for section, _ in one.pieces[0].part.standing] == ["B", "F"]


def test_what_was_typed_for_someone_is_on_both_receipts() -> None:
    """Theirs as those whose words they are, and the typist's as the typist's."""
    history = History()
    femi = replace(hand("Femi", "teaching assistant"), on_behalf_of="boris")
    history.edit("F", ("write", "Two hours."), who=replace(femi, on_behalf_of_name="Boris"))

    (theirs,) = told(history)
    (typists,) = told(history, "femi")

    assert theirs == typists
    assert (theirs.written.name, theirs.written.capacity) == ("Femi", "typist")
    assert theirs.written.on_behalf_of_name == "Boris"


def test_what_a_machine_wrote_is_marked() -> None:
    """It is on the receipt of whoever let it write."""
    history = History()
    history.edit("F", ("write", "Two hours."), who=MACHINE)

    (one,) = told(history)

    assert one.written.machine


@settings(deadline=None)
@given(histories())
def test_a_receipt_is_of_everything(events: list[PlanEvent]) -> None:
    """Each edit's own words are there from end to end, and each word stands or is gone."""
    authors = Authors(recorded(events))
    receipts = [
        one
        for person in ("amira", "boris", "carol")
        for one in contributions(recorded(events), person, ehcp().ids)
    ]

    written = {
        version: "".join(piece.text or "" for piece in event.written)
        for version, event in enumerate(events, start=1)
        if isinstance(event, SectionEdited) and event.written
    }
    assert {
        one.written.version: "".join(piece.part.text for piece in one.pieces)
        for one in receipts
        if one.section is not None
    } == written
    for one in receipts:
        assert one.words == count(one.standing) + count(one.gone) + count(one.not_taken)
        assert authors.deed(one.written.source) == one.written


@settings(deadline=None, max_examples=10)
@given(histories(12), histories(12))
def test_plans_are_found_by_the_trail(one: list[PlanEvent], other: list[PlanEvent]) -> None:
    """Everyone's words of two plans, from a real store."""
    with fresh_log() as log:
        for number, events in enumerate((one, other)):
            reference = {"reference": f"2026-000{number}", "upn": None}
            opened = events[0].model_copy(update=reference)
            log.append(plan_stream(number), opened, *events[1:])
        here = Tenancy(log.store, TENANT, system_clock)

        for person in ("amira", "boris", "carol"):
            expected = [
                (number, step.written.version)
                for number, events in enumerate((one, other))
                for step in contributions(recorded(events), person, ehcp().ids)
            ]
            found = receipt(here, person)
            assert [(int(step.plan[-1]), step.written.version) for step in found] == expected


def test_advice_is_found_though_another_hand_brought_it_in(school: World) -> None:
    """The trail knows only that hand."""
    plans = school.plans
    ada, sean = bring_in(school, pupil("Ada"), pupil("Seán", upn=None))
    given = plans.advice.give(
        sean, "A rope to climb.", kind="health", from_="s3", by=school.by("s1")
    )
    plans.edit(ada, "F", "Two hours.", by=school.by("s1"))

    (one,) = plans.receipt("Carol Hall")

    assert (one.plan, one.advice, one.written.version) == (sean, 1, given.version)
    assert [one.plan for one in plans.receipt("s1")] == [ada]
    assert plans.receipt("s2") == []
