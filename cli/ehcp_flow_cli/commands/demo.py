"""A term at an invented school: real commands on sample files, in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Generator
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import count
from pathlib import Path
from typing import NamedTuple

import click

from ehcp_flow.errors import BadInput
from ehcp_flow_cli.settings import Settings

WREN = "2026-0001"


class Act(NamedTuple):
    """A command of the story: when (London time), and its words; ``told`` comes before it."""

    when: str
    words: str
    told: str | None = None
    refused: bool = False


STORY = (
    Act("2026-09-07 09:00", "store init", "September at Fernbank School: people and plans."),
    Act("2026-09-07 09:05", "people import staff.csv --as f01"),
    Act("2026-09-07 09:10", "plan import pupils.csv --as f01"),
    Act("2026-09-07 09:20", "plan import-texts plans --as f01"),
    Act(
        "2026-09-08 08:30",
        "cycle apply autumn-reviews.toml --as f01",
        "The autumn's reviews, from one file.",
    ),
    Act("2026-09-08 08:40", "cycle apply autumn-reviews.toml --as f01"),
    Act("2026-09-08 08:45", "work --for f03"),
    Act(
        "2026-09-09 15:40",
        f"section assign {WREN} G --to f02 --due 2026-09-29 --as f01",
        "A teacher who does not feel qualified says so, and is heard.",
    ),
    Act(
        "2026-09-10 16:10",
        f"section decline {WREN} G --as f02 "
        '--because "not qualified: I do not know what a therapist must provide."',
    ),
    Act("2026-09-11 08:50", "work --for f01"),
    Act("2026-09-11 08:55", f"section assign {WREN} G --to m02 --due 2026-09-29 --as f01"),
    Act(
        "2026-09-14 15:30",
        f"section accept {WREN} F --as f03",
        "Two teachers and the SENCO write. A draft says which text it was written over.",
    ),
    Act("2026-09-16 15:50", f"section edit {WREN} F texts/f-draft.md --over 1 --as f03"),
    Act("2026-09-16 15:55", f"section submit {WREN} F --as f03"),
    Act("2026-09-17 12:20", f"section assign {WREN} A --to f02 --as f01"),
    Act(
        "2026-09-18 16:30",
        f"section edit {WREN} A texts/a-parents.md --over 1 --as f02 "
        '--on 2026-09-17 --on-behalf-of "Wren\'s parents"',
    ),
    Act("2026-09-21 09:30", f"section edit {WREN} B texts/b-draft.md --over 1 --as f01"),
    Act(
        "2026-09-22 10:00",
        f"section return {WREN} F --as f01 "
        '--because "Say how many hours, how long, and from whom: it must be enforceable."',
        "The SENCO reviews; the writer is never their own reviewer.",
    ),
    Act("2026-09-24 15:45", f"section edit {WREN} F texts/f-second.md --over 2 --as f03"),
    Act("2026-09-24 15:50", f"section submit {WREN} F --as f03"),
    Act("2026-09-24 15:55", f"section approve {WREN} F --as f03", refused=True),
    Act("2026-09-25 09:10", f"section approve {WREN} F --revision 3 --as f01"),
    Act(
        "2026-09-25 09:15",
        f"section sign-off {WREN} F --meaning review --as f01",
        "Each mark says what it means, over exactly these words.",
    ),
    Act("2026-09-25 15:40", f"section sign-off {WREN} F --meaning authorship --as f03"),
    Act("2026-09-28 11:00", f"section sign-off {WREN} F --meaning approval --as f07"),
    Act("2026-10-15 14:00", f"section sign-off {WREN} F --meaning decision --as f07", refused=True),
    Act("2026-10-16 14:30", f"section sign-off {WREN} F --meaning decision --as m03"),
    Act(
        "2026-10-19 15:45",
        f"section edit {WREN} F texts/f-late.md --over 3 --as f03",
        "A late edit: the marks stay on the words they covered.",
    ),
    Act("2026-10-20 09:00", f"plan show {WREN}", "The draft, as it stands."),
    Act("2026-10-20 09:01", f"plan replay {WREN}", "The replay: every step, and what it changed."),
    Act("2026-10-20 09:02", f"audit trail {WREN}", "The audit trail."),
)

NEXT = (
    f"ehcp-flow plan show {WREN} --section F --known-at 2026-09-20",
    f"ehcp-flow plan show {WREN} --section F --as-at 2026-09-17",
    f"ehcp-flow plan diff {WREN} --from 2026-09-20",
    "ehcp-flow plan list",
    "ehcp-flow plan find therapist",
    "ehcp-flow work",
    "ehcp-flow audit who 2026-0001 F",
    "ehcp-flow audit who --by f03",
    "ehcp-flow audit trail --by f03",
    "ehcp-flow store check",
)


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def command(folder: Path | None) -> None:
    """Run a whole term at an invented school, in a new folder, and say what to try next."""
    place = _fresh(folder)
    for source in _samples():
        _copy(source, place)
    with _inside(place):
        for act in STORY:
            if act.told:
                click.echo("\n" + click.style(act.told, bold=True))
            _run(act)
    click.echo("\n" + click.style("Try next:", bold=True))
    click.echo(f"  cd {shlex.quote(str(place))}")
    for line in NEXT:
        click.echo(f"  {line}")


def _run(act: Act) -> None:
    """Run a command as someone at a terminal would, at the story's own time."""
    from ehcp_flow.times import LONDON
    from ehcp_flow_cli.main import cli

    click.echo(click.style(f"\n[{act.when}] $ ehcp-flow {act.words}", dim=True))
    at = datetime.fromisoformat(act.when).replace(tzinfo=LONDON)
    settings = Settings(clock=lambda: at)
    status = 0
    try:
        cli.main(shlex.split(act.words), prog_name="ehcp-flow", obj=settings)
    except SystemExit as ended:
        status = int(ended.code or 0)
    if status != int(act.refused):
        raise BadInput(f"The demonstration stopped at `ehcp-flow {act.words}`, which failed.")


def _fresh(asked: Path | None) -> Path:
    """A folder that nothing is in yet."""
    if asked is None:
        names = (f"ehcp-flow-demo{'' if n == 1 else f'-{n}'}" for n in count(1))
        asked = next(Path(name) for name in names if not Path(name).exists())
    try:
        asked.mkdir(parents=True, exist_ok=True)
        if any(asked.iterdir()):
            raise BadInput(f"{asked} is not empty: name a new folder for the demonstration.")
    except OSError as error:
        raise BadInput(f"{asked} cannot be made ({error.strerror}): name another folder.") from None
    return asked


def _samples() -> list[Traversable]:
    return [
        entry
        for entry in files("ehcp_flow_cli.samples").iterdir()
        if not entry.name.startswith("_")
    ]


def _copy(source: Traversable, folder: Path) -> None:
    place = folder / source.name
    if source.is_dir():
        place.mkdir()
        for entry in source.iterdir():
            _copy(entry, place)
    else:
        place.write_bytes(source.read_bytes())


@contextlib.contextmanager
def _inside(folder: Path) -> Generator[None]:
    """Work in a folder, on its own store whatever the environment says."""
    names = ("EHCP_FLOW_STORE", "EHCP_FLOW_TENANT", "EHCP_FLOW_AS")
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        os.environ.update(kept)
