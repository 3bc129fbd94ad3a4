"""The benchmarks run, and tell what the table needs. How long anything takes is no matter here."""

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks import clocks, servers, table
from benchmarks.__main__ import ROWS, STORES, WITHOUT_A_STORE
from benchmarks.places import Place, on_postgres, on_sqlite
from benchmarks.sizes import TINY
from benchmarks.table import Goal
from benchmarks.timing import Race
from tests import postgres

ALONE, FLOOR, LIBRARY_TOO = (False, False), (True, False), (True, True)

SHAPES = {
    "append": [LIBRARY_TOO, LIBRARY_TOO, FLOOR],
    "together": [LIBRARY_TOO, FLOOR, LIBRARY_TOO, LIBRARY_TOO],
    "bulk": [LIBRARY_TOO, LIBRARY_TOO, FLOOR, ALONE],
    "fold": [LIBRARY_TOO, LIBRARY_TOO],
    "rebuild": [LIBRARY_TOO, LIBRARY_TOO, LIBRARY_TOO, LIBRARY_TOO, ALONE],
    "start": [FLOOR],
    "grow": [FLOOR, FLOOR, ALONE],
}
"""Each row's lines: whether there is a floor beside ours, and whether the library takes part."""


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Place]:
    """A place on each of the stores: the tests' own server waits for no disk, and is quick."""
    opened: AbstractContextManager[Place]
    if request.param == "sqlite":
        opened = on_sqlite(tmp_path)
    else:
        opened = on_postgres(postgres.server_url(), tmp_path)
    with opened as found:
        yield found


@pytest.mark.parametrize("row", ROWS)
def test_each_row_runs(row: str, place: Place) -> None:
    """With a few events, it gives its lines, and each line all of its figures."""
    lines = ROWS[row](place, TINY)

    assert [(each.floor is not None, each.library is not None) for each in lines] == SHAPES[row]
    for each in lines:
        assert each.row == row
        assert row in WITHOUT_A_STORE or place.name in each.what
        assert each.ours.low <= each.ours.middle <= each.ours.high
        assert (each.of_floor is None) == (each.floor is None)
        assert (each.times_library is None) == (each.library is None)
    shown = [line for line in table.shown(lines).splitlines() if line.startswith(f"{row}: ")]
    told = json.loads(table.as_json(lines, folder=place.folder, began=datetime.now(UTC)))
    assert all(each.what in line for line, each in zip(shown, lines, strict=True))
    assert [each["what"] for each in told["lines"]] == [each.what for each in lines]


def test_the_limits_of_plans_are_measured(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """Of one plan and of all, with as many limits as the plans have."""
    clocks.measure(place, 12)

    name, told = capsys.readouterr().out.split(" plans", 1)
    assert name == f"{place.name}, 12"
    *times, limits, _ = told.split()
    assert len(times) == 5
    assert int(limits) > 12


def test_without_a_server_the_rest_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is said in a line that PostgreSQL is left out, and why."""

    def started(folder: Path) -> AbstractContextManager[str]:
        raise servers.NoServer(f"no wheel for {folder.name}")

    words = ["benchmarks", "--quick", "--only", "start", "--only", "fold"]
    monkeypatch.setattr(benchmarks, "started", started)
    monkeypatch.setattr(benchmarks, "QUICK", TINY)
    monkeypatch.setattr(sys, "argv", [*words, "--folder", str(tmp_path)])
    benchmarks.main()

    told = capsys.readouterr()
    assert f"is left out: no wheel for {tmp_path.name}" in told.err
    assert "fold: SQLite, a plan of 10 events" in told.out
    assert "PostgreSQL" not in told.out


def test_the_table_is_printed_and_nothing_is_left(tmp_path: Path) -> None:
    """Files are made in the folder that is named, and removed."""
    words = ["-m", "benchmarks", "--quick", "--only", "fold", "--folder", str(tmp_path)]

    told = subprocess.run(
        [sys.executable, *words],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )

    assert told.returncode == 0, told.stderr
    assert "times library" in told.stdout
    assert "fold: SQLite, a plan of" in told.stdout
    assert "fold: PostgreSQL, a plan of" in told.stdout
    assert not list(tmp_path.iterdir())


def test_contenders_take_turns() -> None:
    """Whoever is first in one round is not in the next, and warming rounds do not count."""
    done: list[str] = []
    race = Race(warming=1)
    for _ in range(3):
        race.round({name: partial(done.append, name) for name in "abc"}, share={"b": 0.5})

    assert "".join(done) == "abcbcacab"
    assert {name: len(times) for name, times in race.seconds.items()} == dict.fromkeys("abc", 2)


def test_a_ratio_is_one_of_speed() -> None:
    """Twice as quick is 2, whatever is told: times or speeds."""
    race = Race()
    race.seconds = {"ours": [1.0, 1.0, 3.0], "floor": [0.5, 0.5, 0.5], "library": [2.0, 2.0, 2.0]}

    told = table.line("row", "work", race, ours="ours", floor="floor", library="library", many=10)

    assert told.ours.middle == 10
    assert told.of_floor is not None
    assert told.times_library is not None
    assert (told.of_floor.middle, told.times_library.middle) == (0.5, 2.0)


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        (Goal("of floor", 0.72, least=0.7), "of floor 0.72 (≥ 0.7): reached"),
        (Goal("of floor", 0.69, least=0.7), "of floor 0.69 (≥ 0.7): NOT reached"),
        (Goal("ms", 8.4, most=8.0), "ms 8.4 (≤ 8): NOT reached"),
    ],
)
def test_a_goal_says_whether_it_is_reached(goal: Goal, said: str) -> None:
    """And what was measured."""
    assert str(goal) == said
