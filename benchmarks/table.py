"""What was measured, as a table for people and as JSON."""

import json
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from benchmarks.timing import Figure, Race

Unit = Literal["ms", "a second", "MB"]
GoalWanted = tuple[Literal["floor", "library", "ms", "a second"], float]


@dataclass(frozen=True)
class Goal:
    """What the design wants to be reached, and what was measured."""

    what: str
    measured: float
    least: float | None = None
    most: float | None = None

    @property
    def reached(self) -> bool:
        """Whether it was."""
        enough = self.least is None or self.measured >= self.least
        return enough and (self.most is None or self.measured <= self.most)

    def __str__(self) -> str:
        bound = f"≥ {self.least:,g}" if self.least is not None else f"≤ {self.most:,g}"
        said = "reached" if self.reached else "NOT reached"
        return f"{self.what} {_short(self.measured)} ({bound}): {said}"


@dataclass(frozen=True)
class Line:
    """One line of the table. Ratios are of speed: 1 is as quick as the other, 2 twice as quick."""

    row: str
    what: str
    unit: Unit
    ours: Figure
    floor: Figure | None = None
    """The raw driver doing the least that has to be done."""
    library: Figure | None = None
    of_floor: Figure | None = None
    times_library: Figure | None = None
    goals: tuple[Goal, ...] = ()
    notes: tuple[str, ...] = ()


def line(
    row: str,
    what: str,
    race: Race,
    *,
    ours: str,
    floor: str | None = None,
    library: str | None = None,
    many: int | None = None,
    goals: Sequence[GoalWanted] = (),
    notes: Sequence[str] = (),
) -> Line:
    """Return the line that a race gives.

    Args:
        row: of the design's table.
        what: the work.
        race: in which the contenders did it.
        ours: our contender's name.
        floor: the floor's name.
        library: the library's name.
        many: how many events a piece of work is, to tell speeds; without it times are told.
        goals: at least so much of the floor, so many times the library, so many a second, or at
            most so many milliseconds.
        notes: what one has to know to read the figures.
    """

    def figure(name: str) -> Figure:
        if many is not None:
            return race.speed(name, many)
        time = race.time(name)
        return Figure(1_000 * time.middle, 1_000 * time.low, 1_000 * time.high)

    of_floor = None if floor is None else race.times_as_quick(ours, floor)
    times_library = None if library is None else race.times_as_quick(ours, library)
    found: list[Goal] = []
    for kind, wanted in goals:
        if kind == "floor" and of_floor is not None:
            found.append(Goal("of floor", of_floor.middle, least=wanted))
        elif kind == "library" and times_library is not None:
            found.append(Goal("times library", times_library.middle, least=wanted))
        elif kind == "a second":
            found.append(Goal("a second", figure(ours).middle, least=wanted))
        elif kind == "ms":
            found.append(Goal("ms", figure(ours).middle, most=wanted))
        else:
            raise ValueError(f"{what}: a goal against {kind}, which took no part")
    return Line(
        row,
        what,
        "ms" if many is None else "a second",
        figure(ours),
        None if floor is None else figure(floor),
        None if library is None else figure(library),
        of_floor,
        times_library,
        tuple(found),
        tuple(notes),
    )


_HEADS = ("", "ours", "floor", "library", "of floor", "times library", "goal")


def shown(lines: Sequence[Line]) -> str:
    """Return the table: medians, beside the ratios where half of the rounds lie; then the notes."""
    notes = list(dict.fromkeys(note for each in lines for note in each.notes))
    rows: list[tuple[str, ...]] = [_HEADS]
    for each in lines:
        numbers = "".join(f" [{notes.index(note) + 1}]" for note in each.notes)
        first, *others = [str(goal) for goal in each.goals] or [""]
        rows.append(
            (
                f"{each.row}: {each.what}{numbers}",
                _value(each.ours, each.unit),
                _value(each.floor, each.unit),
                _value(each.library, each.unit),
                _ratio(each.of_floor),
                _ratio(each.times_library),
                first,
            )
        )
        rows += [("",) * (len(_HEADS) - 1) + (other,) for other in others]
    widths = [max(len(row[n]) for row in rows) for n in range(len(_HEADS))]
    told = [
        "  ".join(
            cell.ljust(width) if n in (0, len(_HEADS) - 1) else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    told += ["", *(f"[{n}] {note}" for n, note in enumerate(notes, 1))]
    return "\n".join(told).rstrip()


def as_json(lines: Sequence[Line], *, folder: Path, began: datetime, before: str = "") -> str:
    """Return the same as JSON, and on what it was measured."""
    after = load()
    return json.dumps(
        {
            "began": began.isoformat(timespec="seconds"),
            "machine": {
                "system": platform.platform(),
                "processors": os.cpu_count(),
                "load": {"before": before, "after": after},
                "file system": file_system(folder),
            },
            "versions": {
                "ehcp-flow": version("ehcp-flow"),
                "eventsourcing": version("eventsourcing"),
                "python": sys.version.split()[0],
                "sqlite": sqlite3.sqlite_version,
                "psycopg": version("psycopg"),
            },
            "lines": [
                {**asdict(each), "goals": [{**asdict(g), "reached": g.reached} for g in each.goals]}
                for each in lines
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def load() -> str:
    """How many processes have wanted a processor in the last minute, as far as it is known."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def file_system(folder: Path) -> str:
    """Return the kind of file system that a folder is on, as far as this machine tells."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown"
    found = list(_around(folder.resolve(), mounts))
    return max(found)[1] if found else "unknown"


def _around(folder: Path, mounts: Sequence[str]) -> Iterator[tuple[int, str]]:
    for mount in mounts:
        _, place, kind, *_ = mount.split()
        if folder.is_relative_to(place):
            yield len(place), kind


def write(lines: Sequence[Line], *, folder: Path, began: datetime, before: str) -> Path:
    """Write the JSON among the earlier results, and return where."""
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    path = results / f"{began.astimezone(UTC):%Y-%m-%dT%H%M%SZ}.json"
    path.write_text(
        as_json(lines, folder=folder, began=began, before=before) + "\n", encoding="utf-8"
    )
    return path


def _value(figure: Figure | None, unit: Unit) -> str:
    if figure is None:
        return "-"
    return f"{_short(figure.middle)} {'/s' if unit == 'a second' else unit}"


def _ratio(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    return f"{figure.middle:.2f} ({figure.low:.2f}-{figure.high:.2f})"


def _short(number: float) -> str:
    if number >= 1_000:
        return f"{number:,.0f}"
    return f"{number:.3g}"
