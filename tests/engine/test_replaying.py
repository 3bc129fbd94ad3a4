"""What was so on a day, what was known at a moment, and every step."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.authorship.delta import WITHHELD
from ehcp_flow.errors import NotFound, RecordDamaged
from ehcp_flow.events import (
    PlanEvent,
    PlanIssued,
    ReviewSetUp,
    SectionApproved,
    SectionEdited,
    SectionReturned,
    SectionSubmitted,
)
from ehcp_flow.plan import fold
from ehcp_flow.recording import Recorded
from ehcp_flow.replaying import Version, as_at, issued, known_at, steps, texts
from ehcp_flow.rules import reviewing
from tests.engine.facts import SCHOOL, Record
from tests.examples import (
    NOON,
    OPENED,
    PLAN,
    SENCO,
    TEACHER,
    after,
    approved_plan,
    drafted,
    drafted_plan,
    hand,
    later,
    submitted_plan,
)


def recorded(events: Sequence[PlanEvent]) -> list[Recorded]:
    """Events in their places."""
    return [Recorded(PLAN, version, event) for version, event in enumerate(events, start=1)]


def moved(event: PlanEvent, minutes: float) -> PlanEvent:
    """The same event, recorded some minutes after noon."""
    return event.model_copy(update={"at": NOON + timedelta(minutes=minutes)})


def test_known_at_a_step_is_the_fold_of_the_steps_up_to_it() -> None:
    """Exactly those."""
    history = recorded(approved_plan())

    for step in range(1, len(history) + 1):
        assert known_at(history, step) == fold(PLAN, approved_plan()[:step])


@given(st.lists(st.integers(-600, 600), min_size=1, max_size=8), st.integers(-700, 700))
def test_known_at_an_instant_follows_the_running_maximum_of_the_clock(
    minutes: list[int], asked: int
) -> None:
    """A clock that went backwards never makes a later step known before an earlier one."""
    events: list[PlanEvent] = [moved(OPENED, minutes[0])]
    for n, minute in enumerate(minutes[1:]):
        events.append(drafted(after(events), f"Text {n}.", later(SENCO, minute)))
    expected = 0
    for n in range(1, len(minutes) + 1):
        if max(minutes[:n]) <= asked:
            expected = n
    moment = NOON + timedelta(minutes=asked)

    if expected:
        assert known_at(recorded(events), moment).version == expected
    else:
        with pytest.raises(NotFound):
            known_at(recorded(events), moment)


def test_a_clock_that_went_back_is_flagged_and_kept() -> None:
    """Recorded as it was, never put right."""
    events = [OPENED, drafted(after([OPENED]), "One.", later(SENCO, -30))]

    flags = [step.clock_went_back for step in steps(recorded(events))]

    assert flags == [False, True]


@pytest.mark.parametrize("step", [0, 9])
def test_a_step_that_is_not_there_is_not_found(step: int) -> None:
    """The refusal says which there are."""
    with pytest.raises(NotFound, match="v1 to v7"):
        known_at(recorded([*approved_plan(), OPENED]), step)


def test_as_at_puts_facts_on_the_day_they_happened() -> None:
    """A meeting typed up on Friday was held on Tuesday."""
    tuesday, friday = date(2026, 10, 6), datetime(2026, 10, 9, 12, tzinfo=UTC)
    late = ReviewSetUp(
        **hand("Amira", "SENCO", at=friday, on=tuesday).act("coordinator"),
        cycle="c",
        cycle_name="Autumn",
        meeting=date(2026, 11, 10),
    )
    history = recorded([OPENED, late])

    assert as_at(history, date(2026, 10, 5)).reviews == ()
    assert len(as_at(history, tuesday).reviews) == 1
    with pytest.raises(NotFound):
        known_at(history, datetime(2026, 10, 1, tzinfo=UTC))
    assert known_at(history, datetime(2026, 10, 8, tzinfo=UTC)).reviews == ()


def test_as_at_keeps_text_in_the_order_of_its_revisions() -> None:
    """A text of last week, typed up today over today's, is not last week's text."""
    first = drafted(after([OPENED]), "One.", SENCO)
    early = hand("Amira", "SENCO", at=NOON + timedelta(days=4), on=date(2026, 10, 5))
    on_tuesday = hand("Amira", "SENCO", at=NOON + timedelta(days=1))
    second = drafted(after([OPENED, first]), "One. Two.", on_tuesday)
    third = drafted(after([OPENED, first, second]), "One. Two. Three.", early)
    history = recorded([OPENED, first, second, third])

    assert as_at(history, date(2026, 10, 5)).section("F").text == "One."
    assert as_at(history, date(2026, 10, 6)).section("F").text == "One. Two. Three."


def test_as_at_before_the_record_began_is_not_found() -> None:
    """The plan was elsewhere then."""
    with pytest.raises(NotFound, match="2026-10-05"):
        as_at(recorded([OPENED]), date(2026, 10, 4))


def test_an_approval_does_not_count_for_a_text_that_is_not_there_yet() -> None:
    """On a day on which it did not stand: no rule allows it, but a record may hold it."""
    events = drafted_plan()[:3]
    text = drafted(after(events), "Two hours.", later(TEACHER, 24 * 60))
    events.append(text)
    events.append(reviewing.submit(after(events), "F", hand=later(TEACHER, 24 * 60)))
    back_dated = hand("Amira", "SENCO", at=NOON + timedelta(days=2), on=date(2026, 10, 5))
    events.append(SectionApproved(**back_dated.act("reviewer"), section="F", revision=1))

    assert as_at(recorded(events), date(2026, 10, 5)).section("F").status == "empty"


@given(st.lists(st.text(alphabet="ab \n.", min_size=1).filter(str.strip), max_size=6))
def test_the_differences_of_all_steps_lead_from_nothing_to_the_draft(texts: list[str]) -> None:
    """Kept and dropped are the text before, kept and written the text after."""
    events: list[PlanEvent] = [OPENED]
    for text in texts:
        if text != after(events).section("F").text:
            events.append(drafted(after(events), text))

    text = ""
    for step in steps(recorded(events)):
        if isinstance(step.recorded.event, SectionEdited):
            assert text == "".join(p.text for p in step.difference if p.kind != "written")
            text = "".join(p.text for p in step.difference if p.kind != "dropped")

    assert text == after(events).section("F").text


def test_steps_of_nothing_are_none() -> None:
    """An empty history has no step."""
    assert list(steps([])) == []


def test_the_version_of_a_day_is_the_last_step_that_counts() -> None:
    """So that it can be asked for again exactly."""
    history = recorded([OPENED, drafted(after([OPENED]), "One.", later(SENCO, 3 * 24 * 60))])

    plan = as_at(history, date(2026, 10, 5))

    assert plan == replace(plan, version=1)


@given(st.lists(st.tuples(st.sampled_from("aesrv"), st.integers(0, 30)), max_size=12))
def test_as_at_the_last_day_a_plan_is_as_it_stands(acts: list[tuple[str, int]]) -> None:
    """Whatever was recorded late: marks over a section stand where they were recorded."""
    events: list[PlanEvent] = list(drafted_plan())
    for n, (act, days) in enumerate(acts):
        on = NOON.date() - timedelta(days=days)
        late = hand("Amira", "SENCO", on=on, because="Recorded late.")
        plan = after(events)
        revision = plan.section("F").revision
        match act:
            case "a":
                events.append(
                    SectionApproved(**late.act("reviewer"), section="F", revision=revision)
                )
            case "e":
                events.append(drafted(plan, f"Text {n}.", late))
            case "s":
                events.append(
                    SectionSubmitted(**late.act("drafter"), section="F", revision=revision)
                )
            case "r":
                events.append(
                    SectionReturned(**late.act("reviewer"), section="F", revision=revision)
                )
            case _:
                review = ReviewSetUp(
                    **late.act("coordinator"), cycle="c", cycle_name="Autumn", meeting=on
                )
                events.append(review)

    assert as_at(recorded(events), NOON.date()) == fold(PLAN, events)


def test_a_fact_counts_from_its_day_whatever_was_entered_before_it() -> None:
    """A meeting that is entered late was held on its day; one taken back never was."""
    record = Record(OPENED)
    record.enter("review-opened", date(2026, 10, 7), ("kind", "annual"), by=SENCO)
    record.enter("review-meeting-held", date(2026, 10, 6), ("present", "parent: Zed"), by=SENCO)
    record.enter("assessed", date(2026, 10, 6)).withdraw(3)
    record.enter("review-opened", date(2026, 10, 8), ("kind", "early"), by=SENCO, replaces=1)
    history = recorded(record.events)

    def standing(day: int) -> list[tuple[int, bool]]:
        plan = as_at(history, date(2026, 10, day))
        return [(fact.number, fact.withdrawn) for fact in plan.facts]

    assert standing(5) == []
    assert standing(6) == [(2, False), (3, True)]
    assert standing(7) == [(1, True), (2, False), (3, True)]
    assert standing(8) == [(1, True), (2, False), (3, True), (4, False)]


def test_a_version_counts_from_the_day_on_which_it_was_issued() -> None:
    """With those who were sent it, and what was written since is proposed."""
    record = Record(*approved_plan()).enter("plan-finalised", date(2026, 10, 7))
    record.events.append(drafted(record.plan, "Three hours.", hand("Amira", "SENCO", on=LATER)))
    history = recorded(record.events)

    assert as_at(history, date(2026, 10, 6)).issues == ()
    then = as_at(history, date(2026, 10, 8))
    assert [(issue.number, len(issue.sent)) for issue in then.issues] == [(1, 1)]
    assert (then.section("F").status, then.section("F").text) == ("issued", "Two hours a week.")
    assert as_at(history, LATER) == record.plan


def test_a_version_was_issued_on_its_day_though_the_record_is_late() -> None:
    """Approved in the record afterwards, its section stands as issued from then on."""
    events = [event.model_copy(update={"on": date(2026, 10, 1)}) for event in submitted_plan()]
    record = Record(*events)
    record.events.append(reviewing.approve(record.plan, "F", hand=SENCO))
    record.enter("plan-finalised", date(2026, 10, 2))
    record.enter("issued-version-sent", date(2026, 10, 4), ("version", "1"), to=(SCHOOL,))
    history = recorded(record.events)

    def sent(day: int) -> list[list[str]]:
        issues = as_at(history, date(2026, 10, day)).issues
        return [[one.role for one in issue.sent] for issue in issues]

    assert (sent(1), sent(2), sent(4)) == ([], [["parent"]], [["parent", "school"]])
    assert as_at(history, date(2026, 10, 4)).section("F").status == "submitted"
    assert as_at(history, date(2026, 10, 5)) == record.plan


def test_the_text_of_a_version_is_checked_against_what_was_frozen() -> None:
    """Whatever was written since; a text that is another one is damage."""
    record = Record(*approved_plan()).enter("plan-finalised", date(2026, 10, 7))
    record.events.append(drafted(record.plan, "Three hours.", SENCO))
    found = issued(recorded(record.events), 1)

    assert dict(found.texts) == {"F": "Two hours a week."}
    assert not found.withheld
    assert texts(recorded(record.events), Version(1)) == {"F": (1, "Two hours a week.")}
    with pytest.raises(NotFound, match="no issued version 2: it has 1 to 1"):
        issued(recorded(record.events), 2)
    version = next(event for event in record.events if isinstance(event, PlanIssued))
    for name, other in (
        ("sections", (("F", 1, "0" * 64),)),
        ("sections", (("F", 2, version.sections[0][2]),)),
        ("issue_digest", "0" * 64),
    ):
        damaged = [
            version.model_copy(update={name: other}) if event is version else event
            for event in record.events
        ]
        with pytest.raises(RecordDamaged, match=r"not as it was issued|no revision 2"):
            issued(recorded(damaged), 1)


def test_a_version_whose_words_were_withheld_is_told_so() -> None:
    """No digest can vouch for it, and it is no damage."""
    record = Record(*approved_plan()).enter("plan-finalised", date(2026, 10, 7))
    withheld = [
        event.model_copy(
            update={"written": tuple(piece._replace(text=None) for piece in event.written)}
        )
        if isinstance(event, SectionEdited)
        else event
        for event in record.events
    ]

    found = issued(recorded(withheld), 1)

    assert found.withheld
    assert set(found.texts["F"]) == {WITHHELD}


LATER = date(2026, 10, 9)
