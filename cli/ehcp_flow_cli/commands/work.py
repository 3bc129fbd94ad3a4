"""What waits on whom."""

from __future__ import annotations

import click

from ehcp_flow_cli.settings import Settings, as_csv, as_json, located


@click.command()
@click.option("--for", "person", metavar="PERSON", help="Only what waits on this person.")
@as_json
@as_csv
@located
@click.pass_obj
def command(settings: Settings, person: str | None, as_json: bool, as_csv: bool) -> None:
    """What waits on whom, the earliest due first."""
    from dataclasses import asdict

    from ehcp_flow_cli.showing.tables import show_rows

    plans = settings.plans()
    today = plans.today()
    rows = [
        asdict(item) | {"overdue": item.due is not None and item.due < today}
        for item in plans.work(person=person)
    ]
    for row in rows:
        row["due_shown"] = f"{row['due']} (late)" if row["overdue"] else row["due"]
    columns = {
        "due_shown": "due",
        "name": "who",
        "what": "what",
        "reference": "plan",
        "section": "section",
        "pupil": "pupil",
        "why": "because",
    }
    show_rows(rows, columns, as_json=as_json, as_csv=as_csv, empty="Nothing waits.")
