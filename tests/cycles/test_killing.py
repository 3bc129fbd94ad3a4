"""Applying is killed again and again, and completed by applying again."""

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ehcp_flow.times import london_day, system_clock
from tests.conftest import STORES
from tests.cycles.school import ALL, School, once_and_only_once
from tests.engine.cycles.examples import AMIRA, BORIS, DANA, review, toml, write

PUPILS = 300
KILLS = 20
SHARE = 25
"""Events of one plan."""


@pytest.fixture(params=STORES)
def store_kind(request: pytest.FixtureRequest) -> str:
    """Each of the stores in turn."""
    kind: str = request.param
    return kind


@pytest.fixture
def school(store_url: str) -> Iterator[School]:
    """A school of some hundred pupils in the present."""
    with closing(School(store_url, clock=system_clock)) as made:
        made.people((AMIRA, BORIS, DANA))
        made.pupils(PUPILS)
        yield made


def test_twenty_kills_lose_and_double_nothing(school: School, tmp_path: Path) -> None:
    """Wherever it was: as it began, as it chose, or as a transaction was written.

    A real process is killed at seeded points: so many times after the log was seen to grow, or
    after it began, as the store was asked how far it is.
    """
    day = london_day(system_clock()) + timedelta(days=70)
    monday = day - timedelta(days=day.weekday())
    file = tmp_path / "autumn.toml"
    file.write_bytes(toml(write(ALL), review(ALL), meeting=f"[meeting]\non = {monday}"))
    words = ["cycle", "apply", str(file), "--as", "s1", "--store", school.url]
    command = [sys.executable, "-m", "ehcp_flow_cli", *words]
    chance = random.Random(20)
    before = school.head()
    whole = before + 1 + PUPILS * SHARE

    killed_at: list[int] = []
    for kill in range(KILLS):
        head = school.head()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            if kill == 0 or chance.random() < 0.3:
                while school.head() == head and process.poll() is None:
                    pass
            for _ in range(chance.randrange(4_000)):
                school.head()
                if process.poll() is not None:
                    break
            process.kill()
        killed_at.append(school.head())
        assert killed_at[-1] == before or (killed_at[-1] - before - 1) % SHARE == 0
    assert killed_at == sorted(killed_at)
    assert before < killed_at[0]
    assert school.plans.check().events == killed_at[-1]
    subprocess.run(command, check=True, capture_output=True)

    assert school.head() == whole
    once_and_only_once(school, PUPILS, SHARE - 1)
    assert all(same for _, same in school.plans.rebuild())
    subprocess.run(command, check=True, capture_output=True)
    assert school.head() == whole
