"""Who did what, when, in which role."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow_cli.settings import DAY, Settings, as_csv, as_json, located

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRAIL = (
    "position",
    "at",
    "on",
    "name",
    "role",
    "organisation",
    "capacity",
    "on_behalf_of_name",
    "channel",
    "subject",
    "version",
    "section",
    "type",
    "detail",
    "because",
    "clock_back",
    "recorded_by",
    "by",
    "on_behalf_of",
    "command",
    "stream",
)


@click.group()
def command() -> None:
    """Who did what, when, in which role."""


@command.command()
@click.argument("plan", required=False)
@click.option("--by", metavar="PERSON", help="Only what this person did, or had done for them.")
@click.option("--since", type=DAY, help="Only what was recorded on this day or later.")
@click.option("--until", type=DAY, help="Only what was recorded on this day or earlier.")
@as_json
@as_csv
@located
@click.pass_obj
def trail(
    settings: Settings,
    plan: str | None,
    by: str | None,
    since: date | None,
    until: date | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Who did what, when and in which role: of one PLAN, or of all.

    Who acted is what they said (level L0: a claim, not a login).
    """
    from dataclasses import asdict

    from ehcp_flow_cli.showing.tables import Column, show_rows

    if since is not None and until is not None and since > until:
        raise click.UsageError(f"--since {since} is after --until {until}: no day is both.")
    lines = settings.plans().trail(plan, by=by, since=since, until=until)
    show_rows(
        [asdict(line) for line in lines],
        {
            "position": "#",
            "at": Column("when", _when),
            "name": Column("who", _who),
            "role": "role",
            "subject": "of",
            "section": "section",
            "type": "what",
            "detail": "detail",
            "because": "because",
        },
        fields=_TRAIL,
        as_json=as_json,
        as_csv=as_csv,
        empty="Nothing of the kind is on record.",
    )


def _when(row: Mapping[str, Any]) -> str:
    from ehcp_flow_cli.showing.moments import shown

    return shown(row["at"], row["on"]) + (" (clock went back)" if row["clock_back"] else "")


def _who(row: Mapping[str, Any]) -> str | None:
    behalf, name = row["on_behalf_of_name"], row["name"]
    return f"{name} for {behalf}" if behalf else name
