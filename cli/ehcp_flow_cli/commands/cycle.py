"""Set up a term's reviews from one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehcp_flow_cli.settings import Settings, acting, because

if TYPE_CHECKING:
    from ehcp_flow.acting import By


@click.group()
def command() -> None:
    """Set up a term's reviews from one file."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@because
@acting
@click.pass_obj
def apply(settings: Settings, file: Path, as_json: bool, by: By) -> None:
    """Set up the reviews and assignments that a cycle FILE (TOML) asks for.

    Applying again changes nothing; one that was interrupted goes on where it stopped.
    """
    from ehcp_flow_cli.showing.harmless import harmless
    from ehcp_flow_cli.showing.progress import progress
    from ehcp_flow_cli.showing.tables import show_json

    with progress("Setting up reviews") as told:
        done = settings.plans().cycles.apply(
            file.read_bytes(), file=file.name, by=by, progress=told
        )
    if as_json:
        show_json(
            {
                "cycle": done.cycle,
                "set_up": done.set_up,
                "already": done.already,
                "gaps": done.gaps,
                "left_out": done.chosen.left_out,
            }
        )
        return
    tasks = sum(len(set_up.tasks) for set_up in done.set_up)
    click.echo(
        harmless(
            f"{done.cycle}: {len(done.set_up)} reviews set up with {tasks} tasks, "
            f"{done.already} were set up before."
        )
    )
    for why, many in done.chosen.left_out.items():
        click.echo(harmless(f"Left out: {many}, {why}."))
    for gap in done.gaps:
        click.echo(harmless(f"Nobody to {gap.task} {gap.section} of {gap.reference}: {gap.why}"))
