"""Hand over what waits on people who are not there, and write out what is asked of everybody."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehcp_flow.errors import BadInput
from ehcp_flow_cli.settings import Settings, acting, as_json, because, located
from ehcp_flow_cli.showing.harmless import cell

if TYPE_CHECKING:
    from ehcp_flow.acting import By
    from ehcp_flow.cycles.reassigning import Left, Reassigned
    from ehcp_flow.cycles.requests import Message

SOMETHING_TO_DO = 3


@click.command(short_help="Hand over what waits on people who are not there.")
@click.option("--from", "from_", metavar="PERSON", help="Everything that waits on this person.")
@click.option(
    "--orphaned",
    is_flag=True,
    help="What waits on anybody who holds no role or is away, today or on the due day.",
)
@click.option("--to", "to", metavar="PERSON", help="Who takes it [default: whoever fits best].")
@click.option("--plan", "only", metavar="PLAN", multiple=True, help="Only of these plans.")
@click.option("--preview", is_flag=True, help="Show what would happen, and record nothing.")
@as_json
@because
@acting
@click.pass_obj
def reassign(
    settings: Settings,
    from_: str | None,
    orphaned: bool,
    to: str | None,
    only: tuple[str, ...],
    preview: bool,
    as_json: bool,
    by: By,
) -> None:
    """Hand over what waits on a PERSON, or on everybody who is not there for it.

    Each task keeps its due day, unless that has passed. Without --to it goes to someone in the same
    role who teaches the pupil's year and is there, who has the least to do. Who was asked before
    stays in the record. `work --orphaned` shows what waits on people who are not there.
    """
    from dataclasses import asdict

    from ehcp_flow_cli.showing.progress import progress
    from ehcp_flow_cli.showing.tables import show_json, show_rows

    if (from_ is None) != orphaned:
        raise click.UsageError("Say whose tasks: one person's with --from, or --orphaned.")
    with progress("Handing over") as told:
        done = settings.plans().cycles.reassign(
            from_, to, only=only or None, by=by, preview=preview, progress=told
        )
    if as_json:
        show_json(
            {
                what: [{**asdict(one), "section": one.section or None} for one in some]
                for what, some in (("handed", done.handed), ("left", done.left))
            }
        )
    else:
        if done.handed:
            show_rows(
                [
                    {
                        "plan": one.reference,
                        "section": one.section or one.kind or "meeting",
                        "task": one.task,
                        "due": one.due,
                        "to": "nobody: it is submitted" if one.to is None else one.to_name,
                        "instead": f"{one.from_name}, who {one.why}",
                    }
                    for one in done.handed
                ],
                {
                    "plan": "plan",
                    "section": "section",
                    "task": "to",
                    "due": "due",
                    "to": "who",
                    "instead": "instead of",
                },
            )
        for line in _told(done, preview=preview):
            click.echo(cell(line))
    if preview and done.handed:
        sys.exit(SOMETHING_TO_DO)


def _told(done: Reassigned, *, preview: bool) -> Iterator[str]:
    many = len(done.handed)
    what = "1 task" if many == 1 else f"{many or 'No'} tasks"
    plans = len({one.reference for one in done.handed})
    where = f" in {plans} plan{'' if plans == 1 else 's'}" if many else ""
    yield f"{what} {'would be ' if preview else ''}handed over{where}."
    why_nobody: dict[str, list[Left]] = {}
    for left in done.left:
        why_nobody.setdefault(left.why, []).append(left)
    for why, some in why_nobody.items():
        yield f"Left as it is: {', '.join(map(_what, some[:_SHOWN]))}{_and_more(some)}: {why}"


_SHOWN = 5
"""Tasks named of those that are left for the same reason; JSON has all."""


def _what(left: Left) -> str:
    if left.task == "attend":
        return f"to come to the meeting of {left.reference} ({left.name})"
    if left.task == "advise":
        return f"to give advice ({left.kind}) for {left.reference} ({left.name})"
    return f"to {left.task} {left.section} of {left.reference} ({left.name})"


def _and_more(some: Sequence[Left]) -> str:
    return f" and {len(some) - _SHOWN} more" if len(some) > _SHOWN else ""


# What is asked, written out ----------------------------------------------------------------------


@click.command(short_help="Write out what is asked of each person, as a text and an e-mail.")
@click.argument("name", required=False)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="FOLDER",
    help="Where they go.",
)
@located
@click.pass_obj
def requests(settings: Settings, name: str | None, folder: Path) -> None:
    """Write out what is asked of each person, in the cycle NAME or at all: a text and an e-mail.

    Nothing is sent. Only you can read the files, their names hold no child's name, and an e-mail
    names plans by their references. No other file is written over.
    """
    plans = settings.plans()
    messages = plans.cycles.requests(name)
    if not messages:
        click.echo("Nothing is asked of anybody.")
        return
    tasks = sum(len(message.requests) for message in messages)
    duties = Counter(duty.asked.kind is None for message in messages for duty in message.duties)
    beside = f", {duties[True]} meetings and {duties[False]} advice" if duties else ""
    new = _write(folder, messages)
    click.echo(
        cell(
            f"Messages: {len(messages)}, about {tasks} sections{beside}. "
            f"New files in {folder}: {new}, there already: {2 * len(messages) - new}. "
            "Nothing was sent."
        )
    )
    unknown = [
        f"{message.name} ({message.staff_id})" for message in messages if not message.address
    ]
    if unknown:
        click.echo(cell(f"No e-mail address is known of: {', '.join(unknown)}."))
    if many := len(plans.work(orphaned=True)):
        click.echo(
            f"Waiting on people who are not there: {many}; `work --orphaned` shows what, "
            "`cycle reassign` hands it over."
        )


def _write(folder: Path, messages: Sequence[Message]) -> int:
    """Write what is not there yet; all of it or, when another file is in the way, nothing.

    Raises:
        BadInput: there is another file, or the folder cannot be written to.
    """
    wanted = {
        folder / f"{message.file_name}{ending}": data
        for message in messages
        for ending, data in ((".txt", message.text.encode()), (".eml", message.email))
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = {file: data for file, data in wanted.items() if not _is_there(file, data)}
        for file, data in new.items():
            # With O_EXCL nothing that appeared meanwhile is written over, and no link is followed.
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            with os.fdopen(os.open(file, flags, 0o600), "wb") as opened:
                opened.write(data)
    except OSError as error:
        raise BadInput(
            f"{error.filename or folder} cannot be written ({error.strerror}): name another folder."
        ) from None
    return len(new)


def _is_there(file: Path, data: bytes) -> bool:
    if not os.path.lexists(file):
        return False
    if file.is_symlink() or not file.is_file() or file.read_bytes() != data:
        raise BadInput(
            f"{file} is there already and says something else, and nothing was written: name "
            "another folder, or move it away."
        )
    return True
