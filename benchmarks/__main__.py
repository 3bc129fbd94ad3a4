"""Measure, print the table, and keep it as JSON under ``benchmarks/results/``."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks import appending, bulk, folding, growing, rebuilding, starting, table, together
from benchmarks.places import Place, on_postgres, on_sqlite
from benchmarks.servers import NoServer, started
from benchmarks.sizes import FULL, QUICK, Sizes

Row = Callable[[Place, Sizes], list[table.Line]]

ROWS: dict[str, Row] = {
    "append": appending.measure,
    "together": together.measure,
    "bulk": bulk.measure,
    "fold": folding.measure,
    "rebuild": rebuilding.measure,
    "start": starting.measure,
    "grow": growing.measure,
}

WITHOUT_A_STORE = {"start"}
STORES = ("sqlite", "postgresql")

_ROOT = Path(__file__).parent.parent
_IN_MEMORY = ("tmpfs", "ramfs")
_Opener = Callable[[], AbstractContextManager[Place]]


def main() -> None:
    """Measure the rows that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    parser.add_argument("--only", action="append", choices=list(ROWS), help="measure this row")
    parser.add_argument(
        "--store", action="append", choices=STORES, help="measure on this one (both)"
    )
    parser.add_argument("--grow", action="store_true", help="also up to a million events (slow)")
    parser.add_argument(
        "--folder",
        type=Path,
        default=_ROOT / ".bench",
        help="where the files are made and removed: on the disk to measure (%(default)s)",
    )
    asked = parser.parse_args()
    folder: Path = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    kind = table.file_system(folder)
    if kind in _IN_MEMORY and not asked.quick:
        parser.error(
            f"{folder} is kept in memory ({kind}), and a commit there waits for no disk: name a "
            "folder on a disk with --folder."
        )
    rows: list[str] = asked.only or [row for row in ROWS if row != "grow" or asked.grow]
    stores: list[str] = asked.store or list(STORES)
    began, before = datetime.now(UTC), table.load()
    lines: list[table.Line] = []
    with ExitStack() as stack:
        openers = _openers(stack, folder, stores)
        for row in rows:
            for opener in openers[: 1 if row in WITHOUT_A_STORE else None]:
                with opener() as place:
                    print(f"measuring: {row}, {place.name} …", file=sys.stderr)
                    lines += ROWS[row](place, QUICK if asked.quick else FULL)
    print(f"ehcp-flow, {began:%d %b %Y %H:%M} UTC, files on {kind}")
    print(f"{os.cpu_count()} processors, load {before} before and {table.load()} after.")
    print("Ratios of speed: 1 is as quick; in brackets where half of the rounds lie.\n")
    print(table.shown(lines))
    if asked.quick:
        print("\nQuick: these sizes only show that it runs.")
    else:
        print(f"\nAlso in {table.write(lines, folder=folder, began=began, before=before)}")


def _openers(stack: ExitStack, folder: Path, stores: list[str]) -> list[_Opener]:
    """Return what gives a new place on each of the stores, as far as they can be had."""
    found: list[_Opener] = []
    if "sqlite" in stores:
        found.append(partial(on_sqlite, folder))
    if "postgresql" in stores:
        try:
            server = stack.enter_context(started(folder))
        except NoServer as error:
            print(f"PostgreSQL cannot be started here and is left out: {error}", file=sys.stderr)
        else:
            found.append(partial(on_postgres, server, folder))
    return found


if __name__ == "__main__":
    main()
