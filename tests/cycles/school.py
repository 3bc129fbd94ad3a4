"""A school in a real store, with a clock that is moved by hand, and cycles applied to it."""

from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from ehcp_flow.acting import By, Tenancy
from ehcp_flow.cycles.applying import Applied
from ehcp_flow.cycles.desk import Cycles
from ehcp_flow.events import ReviewSetUp, SectionAssigned
from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.plans import Plans
from ehcp_flow.recording import Recorded, decode
from ehcp_flow.storage import Store, open_store
from tests.engine.cycles.examples import SCHOOL, STAFF, pupil, review, toml, write

START = datetime(2026, 9, 8, 8, 0, tzinfo=UTC)
SENCO = By("s1")
ALL = "A B C D E F G H1 H2 I J K"
FILE = toml(
    write("E F", years=["R-3"]),
    write("E F", "subject teacher", years=["4-9"], ask="all"),
    review("E F", "SENCO/head teacher", due_days_before_meeting=14),
)


class School:
    """A store with people and plans, and a clock that is moved by hand."""

    def __init__(self, url: str, clock: Callable[[], datetime] | None = None) -> None:
        self.url = url
        self.now = START
        self.store: Store = open_store(url, create=True)
        self.store.add_tenant("main")
        self.clock = clock or (lambda: self.now)
        self.plans = Plans(self.store, "main", clock=self.clock)

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def people(self, staff: Sequence[Person] = STAFF) -> None:
        """Let these people be known."""
        self.plans.people.import_list(staff, by=SENCO)

    def pupils(self, many: int, year: Callable[[int], str] = lambda n: "3") -> None:
        """Open plans for so many more pupils."""
        before = len(self.plans.list())
        said = [
            replace(pupil(n, year(n)), surname=f"Okafor {n}", reference="")
            for n in range(before, before + many)
        ]
        self.plans.intake.take_in(said, by=SENCO)

    def apply(self, file: bytes = FILE, by: By = SENCO) -> Applied:
        """Apply a cycle file a minute later."""
        self.now += timedelta(minutes=1)
        return self.plans.cycles.apply(file, file="autumn.toml", by=by)

    def head(self) -> int:
        """The last position of the log."""
        return self.store.recorder("main").head()

    def log(self) -> list[Recorded]:
        """Everything that was recorded."""
        rows = self.store.recorder("main").log(gt=0, limit=1_000_000)
        return [
            Recorded(UUID(row.stream), row.version, decode(row.type, row.state, row.words))
            for row in rows
        ]

    def asked(self, plan: str = "2026-0001") -> list[tuple[str, str, str]]:
        """Who was asked for what about a plan, each time."""
        return [
            (step.recorded.event.section, step.recorded.event.task, step.recorded.event.to_name)
            for step in self.plans.replay(plan)
            if isinstance(step.recorded.event, SectionAssigned)
        ]


def person_with_role(staff_id: str, name: str, role: str) -> Person:
    """Someone new."""
    return Person(
        "", staff_id=staff_id, name=name, roles=(HeldRole(role, SCHOOL, date(2026, 9, 1)),)
    )


def once_and_only_once(school: School, plans: int, tasks: int) -> None:
    """Every plan has one review of one cycle, and each of its tasks once; the log is whole."""
    log = school.log()
    reviews = Counter(step.stream for step in log if isinstance(step.event, ReviewSetUp))
    assert set(reviews.values()) == {1}
    assert len(reviews) == plans
    assert len({step.event.cycle for step in log if isinstance(step.event, ReviewSetUp)}) == 1
    asked = Counter(
        (step.stream, step.event.section, step.event.task, step.event.to)
        for step in log
        if isinstance(step.event, SectionAssigned)
    )
    assert set(asked.values()) == {1}
    assert len(asked) == plans * tasks
    assert school.plans.check().events == school.head()


def interfering(
    school: School,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: Callable[[], object],
    *,
    before: Container[int],
) -> Cycles:
    """Return cycles where something else happens before some of their appends, counted from 1."""
    here = Tenancy(school.store, "main", school.clock)
    insert = here.recorder.insert_events
    appends = count(1)

    def insert_events(*args: Any, **kwargs: Any) -> Any:
        if next(appends) in before:
            meanwhile()
        return insert(*args, **kwargs)

    monkeypatch.setattr(here.recorder, "insert_events", insert_events)
    return Cycles(here)
