"""Make a place for plans, check it, rebuild its views."""

from __future__ import annotations

import click

from ehcp_flow_cli.settings import Settings, as_json, located


@click.group()
def command() -> None:
    """Make a place for plans, check it, rebuild its views."""


@command.command()
@click.option("--tenant", "name", help="Whose plans go in [default: main].")
@click.option("--store", "url", metavar="URL", help="Where; see `ehcp-flow --help`.")
@click.pass_obj
def init(settings: Settings, name: str | None, url: str | None) -> None:
    """Make a store, or room for one more tenant in it."""
    from ehcp_flow.importing.faults import NotRead
    from ehcp_flow.importing.fields import short_text
    from ehcp_flow.storage import open_store

    try:
        name = short_text(name or settings.tenant or "main", "a name")
    except NotRead as no:
        raise click.BadParameter(str(no), param_hint="--tenant") from None
    store = open_store(url or settings.store, create=True)
    try:
        made = store.add_tenant(name)
        click.echo(
            f"{store.url} is ready for the plans of {name!r}."
            if made
            else f"{store.url} has room for the plans of {name!r} already."
        )
    finally:
        store.close()


@command.command(short_help="Check that every event is as it was recorded.")
@as_json
@located
@click.pass_obj
def check(settings: Settings, as_json: bool) -> None:
    """Read every event of every stream and check its digests and its chain."""
    from ehcp_flow_cli.showing.progress import progress
    from ehcp_flow_cli.showing.tables import show_json

    with progress("Checking") as told:
        found = settings.plans().check(told)
    if as_json:
        show_json({"events": found.events, "streams": found.streams})
        return
    click.echo(f"{found.events:,} events in {found.streams:,} streams are as they were recorded.")


@command.command(short_help="Make the views anew from the events.")
@as_json
@located
@click.pass_obj
def rebuild(settings: Settings, as_json: bool) -> None:
    """Make the views anew from the events, and say which were not as they should be."""
    from ehcp_flow_cli.showing.tables import show_json

    views = settings.plans().rebuild()
    if as_json:
        show_json([{"view": name, "was_right": same} for name, same in views])
        return
    for name, same in views:
        click.echo(f"{name}: {'as it was' if same else 'was different, and is right now'}")
