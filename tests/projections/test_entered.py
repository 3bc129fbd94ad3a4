"""Which facts were entered, and what was taken back."""

from datetime import date
from uuid import UUID

from hypothesis import HealthCheck, given, settings

from ehcp_flow.events import (
    FactRecorded,
    FactWithdrawn,
    PlanEvent,
    ReviewSetUp,
    ReviewWithdrawn,
)
from ehcp_flow.plan import fold
from ehcp_flow.projections.catching_up import Reading
from ehcp_flow.projections.entered import VIEW, Entered, entered, entered_in
from ehcp_flow.statute.happened import Happened
from tests.examples import OPENED, PLAN, SENCO, hand
from tests.projections.logs import TENANT, fresh_log, histories, plan_stream

ACT = SENCO.act("decider")


def fact(
    number: int, name: str, *details: tuple[str, str], replaces: int | None = None
) -> FactRecorded:
    """A fact that was entered."""
    return FactRecorded(**ACT, number=number, fact=name, details=details, replaces=replaces)


@settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=histories())
def test_a_plans_facts_are_those_that_folding_gives(events: list[PlanEvent]) -> None:
    """After each event, whatever was put in another's place, taken back or set up again."""
    stream = plan_stream(0)
    with fresh_log() as log:
        for n, event in enumerate(events, start=1):
            log.append(stream, event)
            if n % 3 and n != len(events):
                continue
            found = entered(log.read(VIEW), TENANT).get(stream, Entered())
            folded = entered_in(fold(stream, events[:n]))
            assert found.facts == folded.facts
            said = {one.source: one for one in found.taken_back if one.source.isdecimal()}
            assert said == {one.source: one for one in folded.taken_back}


def test_the_facts_of_some_plans_are_those_of_all() -> None:
    """Each tenant's own."""
    with fresh_log() as log:
        for number in range(3):
            log.append(plan_stream(number), OPENED, fact(1, "request-received"))
        reading = log.read(VIEW)
        whole = entered(reading, TENANT)
        some = [plan_stream(0), plan_stream(2)]
        assert entered(reading, TENANT, some) == {stream: whole[stream] for stream in some}
        assert entered(reading, "Oakfield") == {}


def test_a_review_of_a_cycle_is_a_meeting_that_was_arranged() -> None:
    """On the day on which it was set up; of two of one cycle the later one is taken back first."""
    late = hand("Amira", "SENCO", on=date(2026, 9, 30)).act("coordinator")
    with fresh_log() as log:
        for act, meeting in ((ACT, date(2026, 11, 11)), (late, date(2026, 11, 18))):
            log.append(PLAN, ReviewSetUp(**act, cycle="c1", cycle_name="Autumn", meeting=meeting))
        log.append(PLAN, ReviewWithdrawn(**ACT, cycle="c1", cycle_name="Autumn"))
        found = entered(log.read(VIEW), TENANT)[PLAN]
    first = Happened(
        "review-meeting-arranged", date(2026, 10, 5), {"meeting": "2026-11-11"}, "cycle c1"
    )
    second = Happened(
        "review-meeting-arranged", date(2026, 9, 30), {"meeting": "2026-11-18"}, "cycle c1"
    )
    assert found == Entered((first,), (second,))


def test_a_fact_that_was_erased_is_none() -> None:
    """Those around it stand."""
    with fresh_log() as log:
        log.append(
            PLAN,
            fact(1, "request-received"),
            fact(2, "review-decision-notified", ("decision", "amend")),
            FactWithdrawn(**ACT, number=1),
        )
        rows = [*log.recorder.log(gt=0, limit=10)]
        rows[0] = rows[0]._replace(state=b"", words=None)
        with log.store.views.apart() as writer:
            for statement in VIEW.ddl:
                writer.execute(statement)
            VIEW.take(log.recorder, writer, rows)
            found = entered(Reading(writer.execute, len(rows)), TENANT)
    assert [one.fact for one in found[UUID(str(PLAN))].facts] == ["review-decision-notified"]
