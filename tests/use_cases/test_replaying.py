"""Any lawful history replayed from a real store: every step, and every moment in between."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.errors import NotFound
from ehcp_flow.events import PlanEvent, SectionEdited, SectionTextImported
from ehcp_flow.plan import fold
from ehcp_flow.plans import Plans
from ehcp_flow.replaying import Step
from ehcp_flow.templates.built_in import ehcp
from tests.examples import NOON, PLAN
from tests.projections.logs import TENANT, fresh_log, histories

REFERENCE = "2026-0001"
MOMENT = timedelta(microseconds=1)


def texts(steps: Sequence[Step]) -> dict[str, str]:
    """What the sections say after these steps, by the differences that the steps show."""
    said: dict[str, str] = {}
    for step in steps:
        event = step.recorded.event
        if isinstance(event, SectionEdited | SectionTextImported):
            before = "".join(p.text for p in step.difference if p.kind != "written")
            assert before == said.get(event.section, "")
            said[event.section] = "".join(p.text for p in step.difference if p.kind != "dropped")
    return said


@settings(deadline=None, max_examples=15)
@given(histories())
def test_every_step_replayed_is_what_was_known_at_it(events: list[PlanEvent]) -> None:
    """In its text, and in everything else that a plan is."""
    with fresh_log() as log:
        log.append(PLAN, *events)
        plans = Plans(log.store, TENANT)
        steps = list(plans.replay(REFERENCE))

        assert [step.recorded.version for step in steps] == list(range(1, len(events) + 1))
        for n in range(1, len(steps) + 1):
            known = plans.show(REFERENCE, known_at=n)
            said = texts(steps[:n])
            assert known == fold(PLAN, events[:n])
            assert known.version == n
            assert {id: known.section(id).text for id in ehcp().titles} == {
                id: said.get(id, "") for id in ehcp().titles
            }
        assert plans.show(REFERENCE) == plans.show(REFERENCE, known_at=len(events))


@settings(deadline=None, max_examples=15)
@given(histories(), st.integers(-20, 90))
def test_a_moment_knows_the_steps_up_to_the_last_whose_latest_instant_had_come(
    events: list[PlanEvent], minutes: int
) -> None:
    """The running maximum of the clock, so that one that went backwards hides no earlier step."""
    latest = list(accumulate((event.at for event in events), max))
    on_the_spot = {*latest, *(event.at for event in events), NOON + timedelta(minutes=minutes)}
    with fresh_log() as log:
        log.append(PLAN, *events)
        plans = Plans(log.store, TENANT)
        flagged = [step.clock_went_back for step in plans.replay(REFERENCE)]

        assert flagged == [event.at < at for event, at in zip(events, latest, strict=True)]
        for spot in sorted(on_the_spot):
            for moment in (spot - MOMENT, spot, spot + MOMENT):
                _as_the_rule_says(plans, latest, moment)


def _as_the_rule_says(plans: Plans, latest: Sequence[datetime], moment: datetime) -> None:
    steps = sum(at <= moment for at in latest)
    if steps:
        assert plans.show(REFERENCE, known_at=moment) == plans.show(REFERENCE, known_at=steps)
    else:
        with pytest.raises(NotFound, match="Nothing was known"):
            plans.show(REFERENCE, known_at=moment)


@settings(deadline=None, max_examples=15)
@given(histories(), st.data())
def test_the_difference_between_two_steps_is_that_of_their_texts(
    events: list[PlanEvent], data: st.DataObject
) -> None:
    """In either direction, and nothing for a section that says the same."""
    one = data.draw(st.integers(1, len(events)))
    other = data.draw(st.integers(1, len(events)))
    with fresh_log() as log:
        log.append(PLAN, *events)
        plans = Plans(log.store, TENANT)
        before, after = (plans.show(REFERENCE, known_at=n) for n in (one, other))
        found = {d.section: d for d in plans.diff(REFERENCE, from_=one, to=other)}

    assert set(found) == {
        id for id in ehcp().titles if before.section(id).text != after.section(id).text
    }
    for id, difference in found.items():
        kept = "".join(p.text for p in difference.pieces if p.kind != "written")
        written = "".join(p.text for p in difference.pieces if p.kind != "dropped")
        assert (kept, written) == (before.section(id).text, after.section(id).text)
        assert difference.from_revision == before.section(id).revision
        assert difference.to_revision == after.section(id).revision
