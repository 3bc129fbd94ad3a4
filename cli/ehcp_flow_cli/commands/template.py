"""Which sections the plans of each kind have, what is known of each, and templates of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehcp_flow.errors import NothingToDo
from ehcp_flow_cli.settings import Settings, acting, as_csv, as_json, because, located

if TYPE_CHECKING:
    from ehcp_flow.acting import By

_LISTED = (
    "id",
    "version",
    "title",
    "jurisdiction",
    "status",
    "mark",
    "weakest_mark",
    "sections",
    "from",
)


@click.group()
def command() -> None:
    """Which sections the plans of each kind have: built in, or from a file of your own.

    Everything that a template says of the law has its citation, and a mark that says how well it is
    known: read, derived, recalled, or unsure. Not legal advice.
    """


@command.command("list", short_help="The templates with which plans can be opened.")
@as_json
@as_csv
@located
@click.pass_obj
def list_(settings: Settings, as_json: bool, as_csv: bool) -> None:
    """The templates with which plans can be opened, one line each; every version of your own."""
    from ehcp_flow_cli.showing.tables import show_rows
    from ehcp_flow_cli.showing.templates import row

    show_rows(
        [row(one) for one in settings.plans().templates.list()],
        {
            "id": "template",
            "version": "version",
            "title": "title",
            "jurisdiction": "where",
            "status": "is",
            "weakest_mark": "known at least",
            "sections": "sections",
            "from": "from",
        },
        fields=_LISTED,
        as_json=as_json,
        as_csv=as_csv,
    )


@command.command(short_help="A template: its sections, and what is known of each.")
@click.argument("template")
@click.option(
    "--version", type=click.IntRange(1), metavar="N", help="In this version [default: the latest]."
)
@as_json
@located
@click.pass_obj
def show(settings: Settings, template: str, version: int | None, as_json: bool) -> None:
    """A TEMPLATE: its sections, and what is known of each, with where it stands."""
    from ehcp_flow_cli.showing.harmless import cell
    from ehcp_flow_cli.showing.tables import show_json
    from ehcp_flow_cli.showing.templates import as_data, lines

    templates = settings.plans().templates
    found = templates.latest(template) if version is None else templates.version(template, version)
    if as_json:
        show_json(as_data(found))
        return
    for line in lines(found):
        click.echo(cell(line))


@command.command(short_help="Say what is wrong with the file of a template.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def check(file: Path) -> None:
    """Read the FILE of a template, say what is wrong with it, and record nothing."""
    from ehcp_flow.templates.reading import read_template
    from ehcp_flow_cli.showing.harmless import cell

    found = read_template(_bytes(file), name=file.name)
    many = len(found.sections)
    click.echo(
        cell(
            f"{file.name}: {found.name}, {found.title}, {many} section{'s' if many > 1 else ''} "
            f"({', '.join(found.ids)}); {found.status} [{found.weakest}]. Nothing was recorded."
        )
    )


@command.command(short_help="Bring in a template of your own.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@because
@acting
@click.pass_obj
def add(settings: Settings, file: Path, by: By) -> None:
    """Bring in the FILE of a template of your own, or a higher version of one.

    The whole file is recorded. Plans keep the version they were opened with.
    """
    from ehcp_flow_cli.showing.harmless import cell

    try:
        done = settings.plans().templates.add(_bytes(file), name=file.name, by=by)
    except NothingToDo as nothing:
        click.echo(f"Nothing recorded: {nothing}")
        return
    event = done.events[0]
    again = ", as recorded before" if done.again else ""
    id, version = getattr(event, "template", ""), getattr(event, "template_version", "")
    click.echo(cell(f"{id}@{version} can be used: `plan open --template {id}`{again}."))


def _bytes(file: Path) -> bytes:
    """A file's bytes, no more of them than show that it is too long."""
    from ehcp_flow.templates.reading import LARGEST_FILE

    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE + 1)
