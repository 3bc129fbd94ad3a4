"""A school on a real store, with a clock that stands until it is moved."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from ehcp_flow.acting import Done, Tenancy
from ehcp_flow.plan import Particulars
from tests.steps.people import FERNBANK
from tests.steps.world import World


@pytest.fixture
def school(world: World) -> World:
    """A store that knows the people of Fernbank School."""
    world.plans.people.import_list(FERNBANK, by=world.by("Amira"))
    return world


class Overtaken(Tenancy):
    """Someone who reads and decides, and before whom others record what they do."""

    def __init__(self, world: World, *others: Callable[[], object]) -> None:
        super().__init__(world.store, "main", lambda: world.now)
        self._others = list(others)

    def append(self, *args: Any, **named: Any) -> Done:
        """Record, after the next of the others did."""
        self._overtake()
        return super().append(*args, **named)

    def append_parts(self, *args: Any, **named: Any) -> int:
        """Record, after the next of the others did."""
        self._overtake()
        return super().append_parts(*args, **named)

    def _overtake(self) -> None:
        if self._others:
            self._others.pop(0)()


def pupil(
    forename: str = "Ada",
    surname: str = "Okafor",
    born: date = date(2014, 11, 3),
    *,
    upn: str | None = "B801200005001",
    year: str = "7",
) -> Particulars:
    """A pupil as an export has them."""
    no_upn = None if upn is not None else "moved here in August"
    return Particulars(
        *("", "ehcp", surname, forename, born, upn, no_upn, year, None, None, ()), None, None
    )


def references(world: World) -> dict[str, str]:
    """The plans that are kept, by the pupils' forenames."""
    return {line.forename: line.reference for line in world.plans.list()}


def bring_in(world: World, *pupils: Particulars, leavers: bool = False) -> Sequence[str]:
    """Bring in an export, and return the references of the plans that were opened."""
    return world.plans.intake.take_in(pupils, by=world.by("Amira"), leavers=leavers).opened
