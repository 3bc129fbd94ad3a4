"""What the steps share: a store, a clock that stands until it is moved, and what was said last."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import pytest

from ehcp_flow.acting import By, Done
from ehcp_flow.errors import SaidNo
from ehcp_flow.events import Channel
from ehcp_flow.plans import Plans
from ehcp_flow.storage import Store, open_store

START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)

STAFF = {
    "Amira": "s1",
    "Boris": "s2",
    "Carol": "s3",
    "Dana": "s4",
    "Eve": "s5",
    "Femi": "s6",
    "Mary": "s7",
}

_Result = TypeVar("_Result")


@dataclass
class World:
    """One scenario's school."""

    url: str
    store: Store
    plans: Plans
    now: datetime = START
    refusal: SaidNo | None = None
    refusals: list[SaidNo] = field(default_factory=list[SaidNo])
    note: str | None = None
    result: object = None
    before: int = 0
    """The last position of the log before the latest act."""
    references: dict[str, str] = field(default_factory=dict[str, str])

    def by(
        self,
        who: str,
        *,
        on: date | None = None,
        because: str | None = None,
        on_behalf_of: str | None = None,
        channel: Channel = "typed",
    ) -> By:
        """Someone who acts."""
        return By(
            STAFF.get(who, who),
            on=on,
            because=because,
            on_behalf_of=on_behalf_of,
            channel=channel,
        )

    def try_(self, act: Callable[[], _Result]) -> _Result | None:
        """Do something, and keep what was said if it was refused."""
        self.refusal = self.note = None
        self.before = self.head()
        self.now += timedelta(minutes=1)
        try:
            result = act()
        except SaidNo as no:
            self.refusal = no
            return None
        if isinstance(result, Done):
            self.note = result.note
        self.result = result
        return result

    def do(self, act: Callable[[], _Result]) -> _Result:
        """Do something that must be done."""
        result = self.try_(act)
        assert self.refusal is None, self.refusal
        assert result is not None
        return result

    def head(self) -> int:
        """The last position of the log."""
        return self.store.recorder("main").head()

    def plan(self, pupil: str) -> str:
        """The reference of a pupil's plan."""
        return self.references[pupil]


@pytest.fixture
def world(store_url: str) -> Iterator[World]:
    """An empty store with a clock that stands at nine in the morning in October 2026."""
    store = open_store(store_url, create=True)
    store.add_tenant("main")
    made: list[World] = []
    plans = Plans(store, "main", clock=lambda: made[0].now)
    made.append(World(store_url, store, plans))
    yield made[0]
    store.close()
