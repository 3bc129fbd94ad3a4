"""Who did what, when, in which role."""

from __future__ import annotations

from datetime import date

import click

from ehcp_flow_cli.settings import DAY, Settings, as_csv, as_json, located


@click.group()
def command() -> None:
    """Who did what, when, in which role."""


@command.command()
@click.argument("plan", required=False)
@click.option("--by", metavar="PERSON", help="Only what this person did.")
@click.option("--since", type=DAY, help="From this day on.")
@click.option("--until", type=DAY, help="Up to this day.")
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

    from ehcp_flow_cli.showing.moments import shown
    from ehcp_flow_cli.showing.tables import show_rows

    lines = settings.plans().trail(plan, by=by, since=since, until=until)
    rows = [
        asdict(line)
        | {
            "when": shown(line.at, line.on) + (" (clock went back)" if line.clock_back else ""),
            "who": _who(line.name, line.on_behalf_of_name),
        }
        for line in lines
    ]
    columns = {
        "position": "#",
        "when": "when",
        "who": "who",
        "role": "role",
        "subject": "of",
        "section": "section",
        "type": "what",
        "detail": "detail",
        "because": "because",
    }
    show_rows(rows, columns, as_json=as_json, as_csv=as_csv, empty="Nothing was recorded.")


def _who(name: str | None, for_whom: str | None) -> str | None:
    return f"{name} for {for_whom}" if for_whom else name
