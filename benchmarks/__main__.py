"""Measure, print the table, and keep it as JSON under ``benchmarks/results/``."""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import appending, bulk, folding, growing, rebuilding, starting, table
from benchmarks.sizes import FULL, QUICK, Sizes

Row = Callable[[Path, Sizes], list[table.Line]]

ROWS: dict[str, Row] = {
    "append": appending.measure,
    "bulk": bulk.measure,
    "fold": folding.measure,
    "rebuild": rebuilding.measure,
    "start": starting.measure,
    "grow": growing.measure,
}

_ROOT = Path(__file__).parent.parent
_IN_MEMORY = ("tmpfs", "ramfs")


def main() -> None:
    """Measure the rows that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    parser.add_argument("--only", action="append", choices=list(ROWS), help="measure this row")
    parser.add_argument("--grow", action="store_true", help="also up to a million events (slow)")
    parser.add_argument(
        "--folder",
        type=Path,
        default=_ROOT / ".bench",
        help="where the files are made and removed: on the disk to measure (%(default)s)",
    )
    asked = parser.parse_args()
    folder: Path = asked.folder
    folder.mkdir(parents=True, exist_ok=True)
    kind = table.file_system(folder)
    if kind in _IN_MEMORY and not asked.quick:
        parser.error(
            f"{folder} is kept in memory ({kind}), and a commit there waits for no disk: name a "
            "folder on a disk with --folder."
        )
    rows: list[str] = asked.only or [row for row in ROWS if row != "grow" or asked.grow]
    began = datetime.now(UTC)
    lines: list[table.Line] = []
    for row in rows:
        print(f"measuring: {row} …", file=sys.stderr)
        with TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as place:
            lines += ROWS[row](Path(place), QUICK if asked.quick else FULL)
    print(f"ehcp-flow, {began:%d %b %Y %H:%M} UTC, files on {kind}")
    print("Ratios of speed: 1 is as quick; in brackets where half of the rounds lie.\n")
    print(table.shown(lines))
    if asked.quick:
        print("\nQuick: these sizes only show that it runs.")
    else:
        print(f"\nAlso in {table.write(lines, folder=folder, began=began)}")


if __name__ == "__main__":
    main()
