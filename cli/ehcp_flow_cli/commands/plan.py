"""Find, show, replay and compare plans; the commands that bring them in are beside this file."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehcp_flow_cli.commands.plan_import import import_, import_texts
from ehcp_flow_cli.settings import DAY, Settings, as_csv, as_json, located

if TYPE_CHECKING:
    from ehcp_flow.projections.standing import PlanLine


@click.group()
def command() -> None:
    """Bring plans in; list, find, show, replay and compare them.

    PLAN is a reference such as 2026-0042, an unambiguous start of one, or a whole UPN.
    """


command.add_command(import_)
command.add_command(import_texts)


@command.command("list")
@click.option("--year", "years", metavar="YEAR", multiple=True, help="Only these NC years.")
@click.option("--all", "everyone", is_flag=True, help="Also pupils who are no longer listed.")
@as_json
@as_csv
@located
@click.pass_obj
def list_(
    settings: Settings, years: tuple[str, ...], everyone: bool, as_json: bool, as_csv: bool
) -> None:
    """The plans here, one line each."""
    from ehcp_flow_cli.showing.tables import show_rows

    asked = [one for year in years for one in _years(year)] or None
    lines = settings.plans().list(years=asked, listed=None if everyone else True)
    columns = {
        "reference": "plan",
        "pupil": "pupil",
        "year": "year",
        "group": "group",
        "needs": "needs",
        "review_due": "review due",
        "state": "sections",
    }
    show_rows(
        [_row(line) for line in lines],
        columns,
        as_json=as_json,
        as_csv=as_csv,
        empty="There are no plans here yet: `plan import FILE` brings them in.",
    )


def _years(text: str) -> tuple[str, ...]:
    from ehcp_flow.importing.faults import NotRead
    from ehcp_flow.importing.fields import parse_years

    try:
        return parse_years(text)
    except NotRead as no:
        raise click.BadParameter(str(no), param_hint="--year") from None


def _row(line: PlanLine) -> dict[str, object]:
    from ehcp_flow.statute.annual_review import review_due

    about = line.particulars
    return {
        "reference": line.reference,
        "pupil": f"{about.forename} {about.surname}",
        "surname": about.surname,
        "forename": about.forename,
        "born": about.born,
        "upn": about.upn,
        "year": about.year,
        "group": about.group,
        "tutor": about.tutor,
        "needs": " ".join(about.needs),
        "made_on": about.made_on,
        "last_review": about.last_review,
        "review_due": review_due(about.made_on, about.last_review),
        "listed": about.listed,
        "state": ", ".join(f"{many} {status}" for status, many in line.statuses.items()),
        "statuses": dict(line.statuses),
        "steps": line.version,
    }


@command.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@as_json
@as_csv
@located
@click.pass_obj
def find(
    settings: Settings, words: tuple[str, ...], limit: int, as_json: bool, as_csv: bool
) -> None:
    """The sections and pupils whose text or name holds all these WORDS."""
    from dataclasses import asdict

    from ehcp_flow_cli.showing.tables import show_rows

    hits = settings.plans().find(" ".join(words), limit=limit)
    columns = {"reference": "plan", "section": "section", "snippet": "text"}
    show_rows(
        [asdict(hit) for hit in hits],
        columns,
        as_json=as_json,
        as_csv=as_csv,
        empty="No section and no pupil's name holds these words.",
    )


@command.command()
@click.argument("plan")
@click.option("--as-at", type=DAY, help="As it was at the end of this day, by all known now.")
@click.option(
    "--known-at", metavar="MOMENT", help="As the record held it: a step (v12), day or instant."
)
@click.option("--section", metavar="S", help="Only this section.")
@click.option("--text", "text_only", is_flag=True, help="Only the text.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it into a file."
)
@as_json
@located
@click.pass_obj
def show(
    settings: Settings,
    plan: str,
    as_at: date | None,
    known_at: str | None,
    section: str | None,
    text_only: bool,
    out: Path | None,
    as_json: bool,
) -> None:
    """A plan as it stands, as it was on a day, or as it was known at a moment.

    With --section and --out the file's first line says over which revision a draft in it is
    written, so that `section edit` can tell when someone else wrote meanwhile.
    """
    from ehcp_flow.sections import section_id
    from ehcp_flow.times import parse_moment
    from ehcp_flow_cli.drafts_on_disk import to_draft_in, write_privately
    from ehcp_flow_cli.showing import drafts
    from ehcp_flow_cli.showing.harmless import harmless
    from ehcp_flow_cli.showing.tables import show_json, to_json

    found = settings.plans().show(
        plan, as_at=as_at, known_at=None if known_at is None else parse_moment(known_at)
    )
    only = None if section is None else section_id(section)
    if out is not None:
        if as_json:
            text = to_json(drafts.as_data(found, only)) + "\n"
        elif only is not None and not text_only:
            text = to_draft_in(found.reference, found.section(only))
        else:
            text = drafts.draft(found, only, text_only=text_only)
        write_privately(out, text)
        click.echo(f"{found.reference} (v{found.version}) written to {out}.")
    elif as_json:
        show_json(drafts.as_data(found, only))
    else:
        click.echo(harmless(drafts.draft(found, only, text_only=text_only)), nl=False)


@command.command()
@click.argument("plan")
@as_json
@located
@click.pass_obj
def replay(settings: Settings, plan: str, as_json: bool) -> None:
    """Every step of a plan: when, who in which role, what, and the difference in the text."""
    from ehcp_flow_cli.showing import steps
    from ehcp_flow_cli.showing.tables import show_json

    found = settings.plans().replay(plan)
    if as_json:
        show_json([steps.as_data(step) for step in found])
        return
    for step in found:
        steps.show(step)


@command.command()
@click.argument("plan")
@click.option("--from", "from_", metavar="MOMENT", required=True, help="A step, day or instant.")
@click.option("--to", "to", metavar="MOMENT", help="A step, day or instant [default: now].")
@as_json
@located
@click.pass_obj
def diff(settings: Settings, plan: str, from_: str, to: str | None, as_json: bool) -> None:
    """What differs in the text between what was known at two moments."""
    from ehcp_flow.times import parse_moment
    from ehcp_flow_cli.showing import steps
    from ehcp_flow_cli.showing.tables import show_json

    found = settings.plans().diff(
        plan, from_=parse_moment(from_), to=None if to is None else parse_moment(to)
    )
    if as_json:
        show_json(found)
        return
    if not found:
        click.echo("The text is the same.")
    for one in found:
        steps.show_section(one)
