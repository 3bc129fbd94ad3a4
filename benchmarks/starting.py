"""``ehcp-flow --help`` as it is installed, beside a Python that imports click and nothing else.

Whole processes, from start to end, in pairs.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.places import Place
from benchmarks.sizes import Sizes
from benchmarks.table import Goal, Line, line
from benchmarks.timing import Race


def measure(place: Place, sizes: Sizes) -> list[Line]:
    """Start each in turn. No store is opened.

    Raises:
        FileNotFoundError: the command is not installed beside the Python that runs this.
    """
    beside = Path(sys.executable).parent
    command = shutil.which("ehcp-flow", path=beside)
    if command is None:
        raise FileNotFoundError(f"ehcp-flow is not installed in {beside}: `make .venv/run`")
    race = Race(warming=1)
    for _ in range(sizes.starts + 1):
        race.round(
            {
                "ours": _run(place.folder, command, "--help"),
                "floor": _run(place.folder, sys.executable, "-c", "import click"),
            }
        )
    told = line("start", "ehcp-flow --help", race, ours="ours", floor="floor")
    times = 1 / race.times_as_quick("ours", "floor").middle
    return [
        replace(
            told,
            goals=(Goal("times as long", times, most=1.5),),
            notes=("The floor is `python -c 'import click'`. The library has no terminal.",),
        )
    ]


def _run(folder: Path, *words: str) -> Callable[[], object]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("EHCP_FLOW")}
    return lambda: subprocess.run(
        words, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True
    )
