"""Who wrote which words, and who did what, when, in which role."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow_cli.settings import DAY, MOMENT, Settings, as_csv, as_json, located

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ehcp_flow.attributing import Authors
    from ehcp_flow.plan import Plan
    from ehcp_flow.plans import Plans
    from ehcp_flow.templates.template import Template

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
    "allowed",
    "recorded_by",
    "by",
    "on_behalf_of",
    "command",
    "stream",
)


@click.group()
def command() -> None:
    """Who wrote which words, and who did what, when, in which role."""


@command.command(short_help="Who wrote which words, and who signed them.")
@click.argument("plan", required=False)
@click.argument("section", required=False)
@click.option("--deleted", is_flag=True, help="What is no longer there, and who removed it.")
@click.option("--words", metavar="PHRASE", help="The whole life of these words.")
@click.option("--by", metavar="PERSON", help="All that this person wrote, in every plan or in one.")
@click.option(
    "--known-at",
    type=MOMENT,
    metavar="MOMENT",
    help="As the record held it: a step (v12), day or instant.",
)
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the whole plan with its authors into a page.",
)
@as_json
@as_csv
@located
@click.pass_obj
def who(
    settings: Settings,
    plan: str | None,
    section: str | None,
    deleted: bool,
    words: str | None,
    by: str | None,
    known_at: datetime | int | None,
    page: Path | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Who wrote each word of a PLAN, or of one SECTION, and who placed it where it is.

    A number in brackets stands before the words of each hand and is explained below the text.
    Words that were moved, restored, copied or adopted keep whoever wrote them. Someone who wrote
    another's idea in new words is the author of those words: whose idea it was is not recorded.
    """
    _one_question(
        plan, known_at, {"--deleted": deleted, "--words": words, "--by": by, "--html": page}
    )
    if as_json and as_csv:
        raise click.UsageError("--json and --csv are two forms: choose one.")
    if by is not None:
        _receipt(settings.plans(), by, plan, section, as_json, as_csv)
        return
    assert plan is not None
    plans = settings.plans()
    found = plans.show(plan, known_at=known_at)
    # The steps that were just read, whatever is recorded meanwhile.
    authors = plans.authors(found.reference, known_at=found.version)
    if page is not None:
        if section is not None or as_json or as_csv:
            raise click.UsageError("--html shows the whole plan: leave SECTION and the form out.")
        _page(authors, found, page, plans, settings)
    elif words is not None:
        only = None if section is None else plans.template(found).section_id(section)
        _phrase(authors, found, only, words, as_json, as_csv)
    else:
        _texts(authors, found, plans.template(found), section, known_at, deleted, as_json, as_csv)


def _one_question(
    plan: str | None, known_at: datetime | int | None, asked: Mapping[str, object]
) -> None:
    """Refuse two questions at once, and none.

    Raises:
        UsageError: naming them.
    """
    said = [name for name, value in asked.items() if value not in (None, False)]
    if len(said) > 1:
        raise click.UsageError(f"{said[0]} and {said[1]} are two questions: ask one of them.")
    if plan is None and "--by" not in said:
        raise click.UsageError("Say of which PLAN, or --by whom.")
    if known_at is not None and "--by" in said:
        raise click.UsageError("--by tells what became of words until now: leave --known-at out.")


def _receipt(
    plans: Plans, by: str, plan: str | None, section: str | None, as_json: bool, as_csv: bool
) -> None:
    from ehcp_flow_cli.showing import authors

    found = plans.receipt(by)
    if plan is not None:
        stream = plans.show(plan).stream
        found = [one for one in found if one.stream == stream]
    if section is not None:
        only = (
            plans.templates.section_id(section) if plan is None else plans.section_id(plan, section)
        )
        found = [one for one in found if one.section == only]
    if as_json or as_csv:
        _rows(authors.receipt_rows(found), authors.RECEIPT, as_json, as_csv)
    else:
        authors.show_receipt(found)


def _page(authors: Authors, plan: Plan, file: Path, plans: Plans, settings: Settings) -> None:
    from ehcp_flow.times import system_clock
    from ehcp_flow_cli.drafts_on_disk import write_privately
    from ehcp_flow_cli.showing.harmless import cell
    from ehcp_flow_cli.showing.pages.who import who_page

    made_at = (settings.clock or system_clock)()
    write_privately(file, who_page(authors, plan, plans.template(plan), made_at))
    click.echo(cell(f"{plan.reference} (v{plan.version}) written to {file}."))


def _phrase(
    authors: Authors, plan: Plan, only: str | None, words: str, as_json: bool, as_csv: bool
) -> None:
    from ehcp_flow.errors import NotFound
    from ehcp_flow.text import normalise
    from ehcp_flow_cli.showing import authors as showing

    found = authors.phrase(normalise(words).text, only)
    if not found:
        told = " ".join(words.split())
        short = told if len(told) <= 60 else f"{told[:60]}…"
        where = f"section {only} of {plan.reference}" if only else plan.reference
        raise NotFound(
            f"The words {short!r} never stood in {where}: copy them as they stand, letter by "
            f"letter, or look for some of them with `plan find`."
        )
    if as_json:
        _rows(showing.phrases_as_data(found), (), as_json, as_csv)
    elif as_csv:
        _rows(showing.phrase_rows(found), showing.PHRASES, as_json, as_csv)
    else:
        showing.show_phrases(found)


def _texts(
    authors: Authors,
    plan: Plan,
    template: Template,
    section: str | None,
    known_at: datetime | int | None,
    deleted: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    from ehcp_flow.errors import NotFound
    from ehcp_flow_cli.showing import authors as showing
    from ehcp_flow_cli.showing import drafts
    from ehcp_flow_cli.showing.tables import show_json

    only = None if section is None else template.section_id(section)
    chosen = [found for id, found in authors.sections.items() if only in (None, id)]
    if not chosen:
        where = f"Section {only} of {plan.reference}" if only else plan.reference
        raise NotFound(
            f"{where} has no text yet: `plan show {plan.reference}` says who was asked to write."
        )
    if as_json:
        known = f"v{known_at}" if isinstance(known_at, int) else known_at
        show_json(showing.as_data(plan, template, chosen, known, deleted=deleted))
    elif as_csv and deleted:
        _rows(showing.deleted_rows(chosen), showing.DELETED, as_json, as_csv)
    elif as_csv:
        _rows(showing.rows(chosen), showing.RUNS, as_json, as_csv)
    else:
        for line in drafts.head(plan, drafts.asked_for(None, known_at)):
            click.echo(line)
        (showing.show_deleted if deleted else showing.show)(chosen, template)


def _rows(
    rows: Sequence[Mapping[str, object]], fields: Sequence[str], as_json: bool, as_csv: bool
) -> None:
    from ehcp_flow_cli.showing.tables import show_rows

    show_rows(rows, {}, fields=fields, as_json=as_json, as_csv=as_csv)


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
    by_rule = any(line.allowed for line in lines)
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
            **({"allowed": "by the rule"} if by_rule else {}),
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
