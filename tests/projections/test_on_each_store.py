"""A view says the same on each kind of store, to the last row."""

from collections.abc import Generator
from contextlib import closing
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings

from ehcp_flow.events import PlanEvent
from ehcp_flow.projections import drafts, entered, people, standing, trail
from ehcp_flow.projections.catching_up import View, catch_up, intact
from ehcp_flow.storage import Store, open_store
from tests import postgres
from tests.projections.logs import Log, fresh_log, histories, plan_stream

VIEWS: tuple[View, ...] = (drafts.VIEW, entered.VIEW, people.VIEW, standing.VIEW, trail.VIEW)
_NUMBERS = count()


@pytest.fixture(scope="module")
def server() -> Generator[Store]:
    """A store on a server, for all examples: each has a tenant of its own."""
    with postgres.fresh_database() as url, closing(open_store(url, create=True)) as store:
        yield store


def rows(log: Log, view: View) -> dict[str, list[str]]:
    """What stands in a view's tables, without the tenant."""
    found: dict[str, list[str]] = {}
    with catch_up(log.store.views, log.recorder, view) as reading:
        for table in view.tables:
            said = reading.query(f"SELECT * FROM {table} WHERE tenant = ?", (log.recorder.tenant,))
            found[table] = sorted(repr(row[1:]) for row in said)
    return found


@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=histories())
def test_the_rows_are_the_same(server: Store, events: list[PlanEvent]) -> None:
    """Whatever happened, taken in at once or one event after the other."""
    with fresh_log() as here:
        there = Log(server, f"Example {next(_NUMBERS)}")
        for n, event in enumerate(events):
            here.append(plan_stream(0), event)
            # The same rows, with the same note of who wrote them.
            there.recorder.restore(here.recorder.log(gt=n, limit=1))
            if n % 3 == 0:
                rows(there, VIEWS[n // 3 % len(VIEWS)])
        for view in VIEWS:
            assert rows(here, view) == rows(there, view)
            assert intact(server.views, there.recorder, view)
