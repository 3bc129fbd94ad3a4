"""Every event in its place: whose hand, when, what."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.authorship.delta import WITHHELD
from ehcp_flow.events import (
    CycleApplied,
    Event,
    PersonCorrected,
    PersonListed,
    PlanEvent,
    PupilChanged,
    ReviewSetUp,
    RoleGranted,
    RoleRevoked,
    SectionSignedOff,
)
from ehcp_flow.projections.catching_up import Reading
from ehcp_flow.projections.trail import VIEW, each_line, trail
from ehcp_flow.recording import history
from ehcp_flow.replaying import steps
from ehcp_flow.rules import reviewing
from tests.examples import (
    NOON,
    OPENED,
    PLAN,
    SENCO,
    TEACHER,
    after,
    approved_plan,
    because,
    drafted,
    hand,
    issued,
    submitted_plan,
)
from tests.projections.logs import TENANT, Log, fresh_log, histories, plan_stream, scattered


def test_a_line_says_whose_hand_when_and_what() -> None:
    """The hand as it was that day, and the reason in words."""
    parent = hand("Amira", "SENCO", because="As told by phone.", on_behalf_of="Ms Okafor")
    late = drafted(after([OPENED]), "Ada likes numbers.", parent).model_copy(
        update={"on": date(2026, 10, 2)}
    )
    with fresh_log() as log:
        log.append(PLAN, OPENED, late)
        [opened, line] = trail(log.read(VIEW), TENANT)

    assert (opened.position, opened.version, opened.type) == (1, 1, "plan-opened")
    assert (opened.detail, opened.section, opened.because) == ("2026-0001, year 7", None, None)
    assert (line.position, line.stream, line.subject) == (2, PLAN, "2026-0001")
    assert (line.version, line.type, line.section) == (2, "section-edited", "F")
    assert (line.at, line.day, line.on) == (NOON, date(2026, 10, 5), date(2026, 10, 2))
    assert (line.by, line.name, line.role) == ("amira", "Amira", "SENCO")
    assert (line.organisation, line.capacity) == ("Fernbank School", "typist")
    assert (line.on_behalf_of, line.on_behalf_of_name) == (None, "Ms Okafor")
    assert (line.channel, line.command) == ("typed", "c0ffee")
    assert line.detail == "revision 1: 18 written, 0 dropped"
    assert line.because == "As told by phone."
    assert not line.clock_back


def test_every_event_is_told_in_a_few_words() -> None:
    """Made of its facts alone."""
    act = SENCO.act("coordinator")
    submitted = submitted_plan()
    returned = reviewing.return_(after(submitted), "F", hand=because(SENCO, "Say how often."))
    day = date(2026, 11, 3)
    told: list[tuple[Event, str]] = [
        (approved_plan()[1], "Boris (class teacher) to write, by 2026-10-30"),
        (submitted[-1], "revision 1"),
        (returned, "revision 1"),
        (approved_plan()[-1], "revision 1"),
        (
            SectionSignedOff(**act, section="F", revision=1, text_digest="", meaning="approval"),
            "approval, revision 1",
        ),
        (
            issued(after([OPENED]), "Old text."),
            "revision 1, 9 characters as issued, author not recorded before 2026-10-05",
        ),
        (
            PupilChanged(**act, year="8", made_on=day, listed=False),
            "year, made on, no longer listed",
        ),
        (PupilChanged(**act, listed=True), "listed again"),
        (PupilChanged(**act, school="Brook School"), "school"),
        (
            ReviewSetUp(**act, cycle="c", cycle_name="Autumn", meeting=day),
            "Autumn, meeting on 2026-11-03",
        ),
        (
            CycleApplied(**act, cycle_name="Autumn", file_digest="", plans=3, tasks=12),
            "Autumn: 3 plans, 12 tasks",
        ),
        (PersonListed(**act, staff_id="T01", person_name="Boris"), "Boris (T01)"),
        (PersonCorrected(**act, person_name="Boris B", years=("3",)), "name: Boris B, years"),
        (PersonCorrected(**act, email="b@example.org"), "email"),
        (
            RoleGranted(**act, held_role="SENCO", held_at="Fernbank", held_from=day),
            "SENCO at Fernbank from 2026-11-03",
        ),
        (
            RoleRevoked(
                **act, held_role="SENCO", held_at="Fernbank", held_from=day, held_until=day
            ),
            "SENCO at Fernbank from 2026-11-03 until 2026-11-03",
        ),
    ]
    with fresh_log() as log:
        log.append(uuid4(), *[event for event, _ in told])
        lines = trail(log.read(VIEW), TENANT)

    assert [line.detail for line in lines] == [words for _, words in told]


def test_the_trail_is_filtered_by_stream_person_and_day() -> None:
    """By the day in London on which it was recorded, and for or by a person."""
    before_midnight = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    with fresh_log() as log:
        for number, minutes in enumerate([0, 60, 120]):
            at = before_midnight + timedelta(minutes=minutes)
            who = SENCO if number else TEACHER
            log.append(plan_stream(number), OPENED.model_copy(update={"at": at, "by": who.by}))
        log.append(
            plan_stream(0),
            OPENED.model_copy(update={"by": "carol", "on_behalf_of": "boris"}),
        )
        reading = log.read(VIEW)

        def positions(**asked: object) -> list[int]:
            lines = trail(reading, TENANT, **asked)  # type: ignore[arg-type]
            assert asked.get("limit") or lines == list(each_line(reading, TENANT, **asked))  # type: ignore[arg-type]
            return [line.position for line in lines]

        assert positions() == [1, 2, 3, 4]
        assert positions(stream=plan_stream(0)) == [1, 4]
        assert positions(by="amira") == [2, 3]
        assert positions(by="boris") == [1, 4]
        assert positions(until=date(2026, 7, 1)) == [1]
        assert positions(since=date(2026, 7, 2), until=date(2026, 7, 2)) == [2, 3]
        assert positions(since=date(2026, 7, 3)) == [4]
        assert positions(since=date.min, until=date.max) == [1, 2, 3, 4]
        assert positions(limit=2) == [3, 4]
        assert positions(stream=plan_stream(1), by="boris") == []
        assert trail(reading, "Oakfield") == []


def test_streams_that_began_at_the_same_place_of_two_logs_are_two() -> None:
    """So are the hands that turned up there first."""
    with fresh_log() as log:
        other = Log(log.store, "Oakfield")
        log.append(plan_stream(1), OPENED)
        other.append(plan_stream(2), OPENED.model_copy(update={"reference": "9", "name": "Zoë"}))
        log.append(plan_stream(1), OPENED.model_copy(update={"by": "boris", "name": "Boris"}))
        other.read(VIEW)
        reading = log.read(VIEW)

        lines = trail(reading, TENANT, stream=plan_stream(1))
        assert [(line.subject, line.name) for line in lines] == [
            ("2026-0001", "Amira"),
            ("2026-0001", "Boris"),
        ]
        [line] = trail(reading, "Oakfield")
        assert (line.stream, line.subject, line.name) == (plan_stream(2), "9", "Zoë")
        assert trail(reading, "Oakfield", stream=plan_stream(1)) == []


@pytest.mark.parametrize(
    "told",
    [
        {"name": "Amira B"},
        {"role": "deputy head"},
        {"organisation": None},
        {"capacity": "reviewer"},
        {"channel": "file"},
    ],
)
def test_a_hand_is_told_as_it_was_each_time(told: dict[str, str | None]) -> None:
    """Whatever of it was another before, and taken in at another time."""
    with fresh_log() as log:
        hands: list[dict[str, str | None]] = [{}, told, {}, told]
        for changed in hands:
            log.append(PLAN, OPENED.model_copy(update=changed))
            log.read(VIEW)
        lines = trail(log.read(VIEW), TENANT, by="amira")
        assert len(log.read(VIEW).query("SELECT number FROM trail_hands")) == 2

    [part] = told
    before = getattr(OPENED, part)
    assert [getattr(line, part) for line in lines] == [before, told[part], before, told[part]]


@settings(deadline=None, max_examples=40)
@given(st.lists(histories(most=12), min_size=1, max_size=3), st.integers(0, 20))
def test_a_clock_that_went_back_is_flagged_as_replaying_flags_it(
    plans: list[list[PlanEvent]], pause: int
) -> None:
    """Against the latest instant that the stream's clock had shown."""
    with fresh_log() as log:
        for place, (stream, event) in enumerate(scattered(plans)):
            log.append(stream, event)
            if place == pause:
                log.read(VIEW)
        reading = log.read(VIEW)
        for number in range(len(plans)):
            stream = plan_stream(number)
            replayed = [step.clock_went_back for step in steps(history(log.recorder.rows(stream)))]
            assert [line.clock_back for line in trail(reading, TENANT, stream=stream)] == replayed


def test_an_instant_of_another_zone_is_the_same_instant() -> None:
    """The day is London's, and whole seconds sort with parts of them."""
    zone = datetime.fromisoformat("2026-07-01T23:30:00-05:00")
    events = [
        OPENED.model_copy(update={"at": zone}),
        OPENED.model_copy(update={"at": zone + timedelta(microseconds=1)}),
        OPENED.model_copy(update={"at": zone.astimezone(UTC)}),
    ]
    with fresh_log() as log:
        log.append(PLAN, *events)
        lines = trail(log.read(VIEW), TENANT)

    assert [line.at for line in lines] == [event.at for event in events]
    assert {line.day for line in lines} == {date(2026, 7, 2)}
    assert [line.clock_back for line in lines] == [False, False, True]


def test_withheld_words_and_erased_facts_keep_their_place() -> None:
    """A withheld reason shows its length, an erased event where it stood."""
    events: list[PlanEvent] = [OPENED, drafted(after([OPENED]), "Text.", because(SENCO, "Why so."))]
    with fresh_log() as log:
        log.append(PLAN, *events)
        first, second = log.recorder.log(gt=0, limit=10)
        with log.store.views.apart() as writer:
            for statement in VIEW.ddl:
                writer.execute(statement)
            erased = first._replace(state=b"")
            VIEW.take(log.recorder, writer, [erased, second._replace(words=None)])
            [nothing, withheld] = trail(Reading(writer.execute, 2), TENANT)

    assert (nothing.detail, nothing.at, nothing.by, nothing.subject) == ("withheld", None, None, "")
    assert nothing.day == date.fromisoformat(first.recorded_at[:10])
    assert withheld.because == WITHHELD * len("Why so.")
    assert withheld.detail == "revision 1: 5 written, 0 dropped"
