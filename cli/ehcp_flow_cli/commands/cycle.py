"""Set up a term's reviews from one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehcp_flow_cli.commands import cycle_status
from ehcp_flow_cli.commands.cycle_handing_over import reassign, requests
from ehcp_flow_cli.settings import Settings, acting, because
from ehcp_flow_cli.showing.harmless import cell

if TYPE_CHECKING:
    from ehcp_flow.acting import By
    from ehcp_flow.cycles.applying import Applied
    from ehcp_flow.cycles.choosing import Gap, SetUp


@click.group()
def command() -> None:
    """Set up a term's reviews from one file."""


command.add_command(reassign)
command.add_command(requests)

cycle_status.register(command)


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
    from ehcp_flow.cycles.file import LARGEST_FILE
    from ehcp_flow_cli.showing.progress import progress
    from ehcp_flow_cli.showing.tables import show_json

    with file.open("rb") as opened:
        # One byte more tells that it is too large, without reading all of it.
        data = opened.read(LARGEST_FILE + 1)
    with progress("Setting up reviews") as told:
        done = settings.plans().cycles.apply(data, file=file.name, by=by, progress=told)
    if as_json:
        show_json(
            {
                "cycle": done.cycle,
                "set_up": done.set_up,
                "added": done.added,
                "already": done.already,
                "gaps": done.gaps,
                "left_out": done.chosen.left_out,
            }
        )
        return
    for line in _told(done):
        click.echo(cell(line))


def _told(done: Applied) -> Iterator[str]:
    """What was done, and then whatever somebody should look at."""
    yield (
        f"{done.cycle}: {len(done.set_up)} reviews set up with {_tasks(done.set_up)} tasks, "
        f"{done.already} were set up before."
    )
    if done.added:
        yield f"Added to reviews set up before: {_tasks(done.added)} tasks."
    for why, many in done.chosen.left_out.items():
        yield f"Left out: {many}, {why}."
    for set_up in done.set_up:
        if set_up.late:
            yield (
                f"Late: {set_up.reference} meets on {set_up.meeting}, and its review is due by "
                f"{set_up.review_due}: the authority has less than its four weeks."
            )
    why_nobody: dict[str, list[Gap]] = {}
    for gap in done.gaps:
        why_nobody.setdefault(gap.why, []).append(gap)
    for why, gaps in why_nobody.items():
        yield f"Nobody asked: {', '.join(map(_what, gaps[:_SHOWN]))}{_and_more(gaps)}: {why}"


_SHOWN = 5
"""Tasks named of those that nobody was asked for with the same reason; JSON has all."""


def _what(gap: Gap) -> str:
    return f"to {gap.task} {gap.section} of {gap.reference}"


def _and_more(gaps: Sequence[Gap]) -> str:
    return f" and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""


def _tasks(set_ups: Sequence[SetUp]) -> int:
    return sum(len(set_up.tasks) for set_up in set_ups)
