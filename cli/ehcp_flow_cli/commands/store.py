"""Make a place for plans, check it, copy it, rebuild its views."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ehcp_flow_cli.settings import Settings, as_json, located, set_store

if TYPE_CHECKING:
    from ehcp_flow.storage import Store


@click.group()
def command() -> None:
    """Make a place for plans, check it, copy it, rebuild its views."""


@command.command()
@click.option("--tenant", "name", help="Whose plans go in [default: main].")
@click.option("--store", "url", metavar="URL", help="Where; see `ehcp-flow --help`.")
@click.option(
    "--grant-to",
    "role",
    metavar="ROLE",
    help="A database role that may append and read, and not change what was recorded.",
)
@click.option(
    "--model",
    metavar="MODEL",
    help="By which operating model the setting works: one of `model list`, or a file.",
)
@click.pass_obj
def init(
    settings: Settings, name: str | None, url: str | None, role: str | None, model: str | None
) -> None:
    """Make a store, bring it up to date, or make room for one more tenant in it.

    In a database it also prints what lets a ROLE of its own do its work and no more; --grant-to
    does it.
    """
    from ehcp_flow.importing.faults import NotRead
    from ehcp_flow.importing.fields import short_text
    from ehcp_flow.storage import open_store

    try:
        name = short_text(name or settings.tenant or "main", "a name")
    except NotRead as no:
        raise click.BadParameter(str(no), param_hint="--tenant") from None
    chosen = None if model is None else _model(model)
    store = open_store(url or settings.store, create=True)
    try:
        made = store.add_tenant(name)
        click.echo(
            f"{store.url} is ready for the plans of {name!r}."
            if made
            else f"{store.url} has room for the plans of {name!r} already."
        )
        if chosen is not None:
            _begin_with(settings, store, name, *chosen)
        _grant(store, role)
    finally:
        store.close()


def _model(model: str) -> tuple[str, str]:
    """The text and the name of a model's file, read before anything is made."""
    from ehcp_flow.models.reading import parse
    from ehcp_flow.models.shipped import text_of_shipped
    from ehcp_flow_cli.commands.model import file_of

    text, name = file_of(model)
    if text is None:
        text, name = text_of_shipped(model), f"{model}.toml"
    parse(text, name)
    return text, name


def _begin_with(settings: Settings, store: Store, tenant: str, text: str, file: str) -> None:
    from ehcp_flow.errors import NothingToDo
    from ehcp_flow.plans import Plans
    from ehcp_flow.times import system_clock
    from ehcp_flow_cli.commands.model import told_of
    from ehcp_flow_cli.showing.harmless import cell

    plans = Plans(store, tenant, clock=settings.clock or system_clock)
    try:
        done = plans.models.begin_with(text, file=file)
    except NothingToDo as nothing:
        click.echo(cell(f"Nothing recorded: {nothing}"))
        return
    for line in told_of(done.events[0]):
        click.echo(cell(line))


def _grant(store: Store, role: str | None) -> None:
    if role is not None:
        store.grant_to(role)
        click.echo(f"{role!r} may append and read, and not change what was recorded.")
    elif statements := store.grants("APPLICATION"):
        click.echo(
            "Let the application work as a user of its own, who can change nothing: --grant-to "
            "ROLE, or by hand"
        )
        for statement in statements:
            click.echo(f"  {statement}")


@command.command(short_help="Check that every event is as it was recorded.")
@as_json
@located
@click.pass_obj
def check(settings: Settings, as_json: bool) -> None:
    """Read every event of every stream and check its digests and its chain.

    Then make every view anew in a private place and compare: nothing is changed.
    """
    from ehcp_flow.errors import StoreTrouble
    from ehcp_flow_cli.showing.progress import progress
    from ehcp_flow_cli.showing.tables import show_json

    plans = settings.plans()
    with progress("Checking") as told:
        found = plans.check(told)
    if not as_json:
        said = f"{found.events:,} events in {found.streams:,} streams are as they were recorded."
        click.echo(said)
    with progress("Comparing the views") as told:
        views = dict(plans.check_views(told))
    if as_json:
        show_json({"events": found.events, "streams": found.streams, "views": views})
    if wrong := [name for name, right in views.items() if not right]:
        one = len(wrong) == 1
        raise StoreTrouble(
            f"{'The view' if one else 'The views'} {' and '.join(wrong)} "
            f"{'does' if one else 'do'} not say what the events say: "
            f"`ehcp-flow store rebuild{f' {wrong[0]}' if one else ''}` makes "
            f"{'it' if one else 'them'} anew."
        )
    if not as_json:
        click.echo(f"The views ({', '.join(views)}) say what the events say.")


@command.command(short_help="Make the views anew from the events.")
@click.argument("view", required=False)
@as_json
@located
@click.pass_obj
def rebuild(settings: Settings, view: str | None, as_json: bool) -> None:
    """Make VIEW anew from the events, or all of them, and say which were not as they should be.

    VIEW is standing, people, drafts, trail or facts. Whoever reads meanwhile reads the old one.
    """
    from ehcp_flow_cli.showing.progress import progress
    from ehcp_flow_cli.showing.tables import show_json

    plans = settings.plans()
    views: list[tuple[str, bool]] = []
    try:
        with progress("Making the views anew") as told:
            for one in plans.rebuild(view, told):
                views.append(one)
    finally:
        # What was replaced before something went wrong is told, too.
        if not as_json:
            for name, same in views:
                click.echo(f"{name}: {'as it was' if same else 'was different, and is right now'}")
    if as_json:
        show_json([{"view": name, "was_right": same} for name, same in views])


@command.command(short_help="Copy everything into another store.")
@click.option("--to", "to", required=True, metavar="URL", help="Where to; made if it is not there.")
@click.option("--store", metavar="URL", callback=set_store, expose_value=False, hidden=True)
@as_json
@click.pass_obj
def copy(settings: Settings, to: str, as_json: bool) -> None:
    """Copy what is kept of every tenant into another store, of whatever kind, and compare them.

    A copy that was interrupted goes on where it stopped when it is asked for again; so it takes
    in what was recorded since. Nothing is written over.
    """
    from ehcp_flow.copying import copy_store
    from ehcp_flow.storage import open_store
    from ehcp_flow_cli.showing.copies import as_data, said
    from ehcp_flow_cli.showing.progress import progress
    from ehcp_flow_cli.showing.tables import show_json

    context = click.get_current_context()
    source = open_store(settings.store)
    context.call_on_close(source.close)
    destination = open_store(to, create=True)
    context.call_on_close(destination.close)
    with progress("Copying") as told:
        copied = copy_store(source, destination, told)
    if as_json:
        show_json(as_data(copied, source.url, destination.url))
        return
    click.echo(said(copied, source.url, destination.url))
