"""Find, show, replay and compare plans; the commands that bring them in are beside this file."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow_cli.commands.plan_import import import_, import_texts
from ehcp_flow_cli.commands.plan_issued import issued
from ehcp_flow_cli.commands.plan_open import open_
from ehcp_flow_cli.settings import (
    DAY,
    MOMENT,
    MOMENT_OR_VERSION,
    Settings,
    as_csv,
    as_json,
    located,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ehcp_flow.plan import Plan
    from ehcp_flow.plans import Plans
    from ehcp_flow.projections.standing import PlanLine
    from ehcp_flow.replaying import Version
    from ehcp_flow.statute.clocks import Clock

MOST_HITS = 100_000

MOST_LIMITS = 3
"""Limits of the law in the head of a plan; `clocks --plan` shows all."""


@click.group()
def command() -> None:
    """Bring plans in; list, find, show, replay and compare them.

    PLAN is a reference such as 2026-0042, an unambiguous start of one, or a whole UPN.
    """


command.add_command(import_)
command.add_command(import_texts)
command.add_command(issued)
command.add_command(open_)

_LISTED = (
    "reference",
    "surname",
    "forename",
    "born",
    "upn",
    "year",
    "group",
    "tutor",
    "school",
    "authority",
    "needs",
    "made_on",
    "last_review",
    "review_due",
    "cycle",
    "meeting",
    "listed",
    "template",
    "template_version",
    "state",
    "steps",
)


@command.command("list")
@click.option("--year", "years", metavar="YEAR", multiple=True, help="Only these NC years.")
@click.option("--need", "needs", metavar="NEED", multiple=True, help="Only these SEN needs.")
@click.option("--school", "schools", metavar="SCHOOL", multiple=True, help="Only these schools.")
@click.option(
    "--authority",
    "authorities",
    metavar="AUTHORITY",
    multiple=True,
    help="Only plans that these authorities maintain.",
)
@click.option(
    "--review-due-by", "due_by", type=DAY, help="Only reviews due by this day, the earliest first."
)
@click.option("--all", "everyone", is_flag=True, help="Also pupils who are no longer listed.")
@as_json
@as_csv
@located
@click.pass_obj
def list_(
    settings: Settings,
    years: tuple[str, ...],
    needs: tuple[str, ...],
    schools: tuple[str, ...],
    authorities: tuple[str, ...],
    due_by: date | None,
    everyone: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """The plans here, one line each."""
    from ehcp_flow.importing.fields import parse_needs, parse_years
    from ehcp_flow.projections.folded import same_line
    from ehcp_flow_cli.showing.tables import show_rows

    wanted = {need for text in needs for need in _read(parse_needs, text, "--need")}
    taught = [year for text in years for year in _read(parse_years, text, "--year")]
    plans = settings.plans()
    lines = plans.list(years=taught or None, listed=None if everyone else True)
    rows = [_row(line, plans) for line in lines]
    if wanted:
        rows = [row for row in rows if wanted.intersection(row["needs"])]
    for key, named in (("school", schools), ("authority", authorities)):
        if named:
            those = set(map(same_line, named))
            rows = [row for row in rows if same_line(row[key] or "") in those]
    if due_by is not None:
        due = ((row["review_due"], row) for row in rows)
        soon = [(day, row) for day, row in due if day is not None and day <= due_by]
        rows = [row for _, row in sorted(soon, key=lambda entry: entry[0])]
    chosen = needs or years or schools or authorities or due_by
    # One school's own store needs no column that says the same in every line.
    several = {key: key for key in ("school", "authority") if len({row[key] for row in rows}) > 1}
    show_rows(
        rows,
        {
            "reference": "plan",
            "pupil": "pupil",
            "year": "year",
            "group": "group",
            **several,
            "needs": "needs",
            "review_due": "review due",
            "meeting": "meeting",
            "state": "sections",
        },
        fields=_LISTED,
        as_json=as_json,
        as_csv=as_csv,
        empty=(
            "No plan here is like that."
            if chosen
            else "There are no plans here yet: `plan import FILE` brings them in."
        ),
    )


def _read(parse: Callable[[str], tuple[str, ...]], text: str, option: str) -> tuple[str, ...]:
    from ehcp_flow.importing.faults import NotRead

    try:
        found = parse(text)
    except NotRead as no:
        raise click.BadParameter(str(no), param_hint=option) from None
    if not found:
        raise click.BadParameter("it is empty", param_hint=option)
    return found


def _row(line: PlanLine, plans: Plans) -> dict[str, Any]:
    from ehcp_flow.plan import IN_WORDS

    about, review, reviewed = line.particulars, line.review, line.reviewed(plans.today())
    return {
        "reference": line.reference,
        "stream": line.stream,
        "pupil": f"{about.forename} {about.surname}",
        "surname": about.surname,
        "forename": about.forename,
        "born": about.born,
        "upn": about.upn,
        "no_upn": about.no_upn if about.upn is None else None,
        "year": about.year,
        "group": about.group,
        "tutor": about.tutor,
        "school": about.school,
        "authority": about.authority,
        "needs": about.needs,
        "made_on": reviewed.made_on,
        "last_review": reviewed.last_review,
        "review_due": reviewed.due if plans.why_no_limits(about) is None else None,
        "cycle": None if review is None else review.cycle_name,
        "meeting": None if review is None else review.meeting,
        "listed": about.listed,
        "template": about.template,
        "template_version": about.template_version,
        "state": ", ".join(f"{many} {IN_WORDS[status]}" for status, many in line.statuses.items()),
        "statuses": {status: line.statuses.get(status, 0) for status in IN_WORDS},
        "steps": line.version,
    }


@command.command(short_help="The sections and pupils that hold these words.")
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(1, MOST_HITS),
    default=50,
    show_default="50",
    help="The most places shown.",
)
@as_json
@as_csv
@located
@click.pass_obj
def find(
    settings: Settings, words: tuple[str, ...], limit: int, as_json: bool, as_csv: bool
) -> None:
    """The sections and pupils whose text or name holds all these WORDS.

    Case and accents do not matter, and a word may be a part of one.
    """
    from dataclasses import asdict

    from ehcp_flow_cli.showing.tables import show_rows

    hits = settings.plans().find(" ".join(words), limit=limit + 1)
    fields = ("reference", "pupil", "kind", "section", "revision", "count", "snippet")
    show_rows(
        [asdict(hit) for hit in hits[:limit]],
        {
            "reference": "plan",
            "pupil": "pupil",
            "section": "section",
            "snippet": "text",
        },
        fields=fields,
        as_json=as_json,
        as_csv=as_csv,
        empty="No section and no pupil's name holds these words.",
    )
    if len(hits) > limit:
        click.echo(f"There are more than {limit}: --limit shows more, other words fewer.", err=True)


@command.command(short_help="A plan now, on a day, or as known at a moment.")
@click.argument("plan")
@click.option("--as-at", type=DAY, help="As it was at the end of this day, by all known now.")
@click.option(
    "--known-at",
    type=MOMENT,
    metavar="MOMENT",
    help="As the record held it: a step (v12), day or instant.",
)
@click.option("--section", metavar="S", help="Only this section.")
@click.option("--text", "text_only", is_flag=True, help="Only the text, exactly as it is kept.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it into a file."
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page to read and print into a file.",
)
@as_json
@located
@click.pass_obj
def show(
    settings: Settings,
    plan: str,
    as_at: date | None,
    known_at: datetime | int | None,
    section: str | None,
    text_only: bool,
    out: Path | None,
    html: Path | None,
    as_json: bool,
) -> None:
    """A plan as it stands, as it was on a day, or as it was known at a moment.

    With --section and --out the file's first line says over which revision a draft in it is
    written, so that `section edit` can tell when someone else wrote meanwhile. A file with words
    that are not on record is not written over.
    """
    from ehcp_flow.projections.entered import reviewed_in
    from ehcp_flow.times import london_day
    from ehcp_flow_cli.drafts_on_disk import to_draft_in, write_privately
    from ehcp_flow_cli.showing import drafts
    from ehcp_flow_cli.showing.harmless import cell, harmless
    from ehcp_flow_cli.showing.limits import as_row
    from ehcp_flow_cli.showing.tables import show_json, to_json

    if as_json and text_only:
        raise click.UsageError("--json and --text are two forms: choose one.")
    if html is not None and (as_json or text_only or out is not None):
        raise click.UsageError("--html names its file itself: leave out --json, --text and --out.")
    plans = settings.plans()
    found = plans.show(plan, as_at=as_at, known_at=known_at)
    template = plans.template(found)
    no_limits = plans.why_no_limits(found.particulars)
    only = None if section is None else template.section_id(section)
    day = london_day(known_at) if isinstance(known_at, datetime) else as_at
    required = [one for one in plans.required(found, day) if only is None or only in one.sections]
    asked: dict[str, object] = {
        "as_at": as_at,
        "known_at": f"v{known_at}" if isinstance(known_at, int) else known_at,
    }
    # What marks cover is told by the whole record, and most plans have none.
    told = not text_only and drafts.signed(found, only)
    authors = plans.authors(found.reference) if told else None
    if html is not None:
        from ehcp_flow.times import system_clock
        from ehcp_flow_cli.showing.pages.plan import plan_page

        now, said = (settings.clock or system_clock)(), drafts.asked_for(as_at, known_at)
        out, text = (
            html,
            plan_page(found, template, authors, now, only=only, asked=said, requirements=required),
        )
    elif as_json:
        data = drafts.as_data(found, template, only, asked, authors, required)
        limits = _limits(plans, found, as_at) if known_at is None else ()
        data["limits"] = [as_row(one) for one in limits]
        reviewed = reviewed_in(found, day or plans.today())
        due = reviewed.due if no_limits is None else None
        data["limits_not_kept"] = no_limits
        data["reviewed"] = {**reviewed._asdict(), "review_due": due}
        if out is None:
            show_json(data)
            return
        text = to_json(data) + "\n"
    elif text_only:
        if only is not None and out is not None:
            _nothing_lost(plans, found.reference, only, out)
        text = drafts.text(found, template, only)
    elif only is not None and out is not None:
        _nothing_lost(plans, found.reference, only, out)
        text = to_draft_in(found.reference, found.section(only))
    else:
        # Harmless already, and in a file without colour.
        shown = only is None and known_at is None
        limits = _limits(plans, found, as_at)[:MOST_LIMITS] if shown else ()
        said = drafts.asked_for(as_at, known_at)
        lacking = no_limits if shown else None
        text = drafts.draft(found, template, only, said, authors, required, limits, lacking)
        text = text if out is None else click.unstyle(text)
    if out is not None:
        write_privately(out, text)
        click.echo(cell(f"{found.reference} (v{found.version}) written to {out}."))
    elif text_only and sys.stdout.isatty():
        click.echo(harmless(text), nl=False)
    else:
        click.echo(text, nl=False)


def _limits(plans: Plans, plan: Plan, as_at: date | None) -> list[Clock]:
    """What the law asks for of a plan by a day, the most urgent first."""
    from ehcp_flow.statute.clocks import OPEN

    found = plans.limits_of(plan, as_at=as_at)
    return [one for one in found if one.state in OPEN and one.last_day is not None]


def _nothing_lost(plans: Plans, reference: str, section: str, file: Path) -> None:
    """Refuse to write over a draft that nobody has recorded yet.

    Raises:
        BadInput: the file holds words that are not on record.
    """
    from ehcp_flow.authorship.delta import text_digest
    from ehcp_flow.errors import BadInput
    from ehcp_flow.text import normalise
    from ehcp_flow_cli.drafts_on_disk import read_draft

    if not file.exists():
        return
    text = normalise(read_draft(file).text).text
    on_record = {
        getattr(step.recorded.event, "text_digest", None) for step in plans.replay(reference)
    }
    if text and text_digest(text) not in on_record:
        raise BadInput(
            f"{file} holds words that are not on record, and they would be lost: record them with "
            f"`section edit {reference} {section} {file}`, or name another file."
        )


@command.command(short_help="Every step, and the difference in the text.")
@click.argument("plan")
@click.option("--section", metavar="S", help="Only the steps in this section.")
@as_json
@located
@click.pass_obj
def replay(settings: Settings, plan: str, section: str | None, as_json: bool) -> None:
    """Every step of a plan: when, who in which role, what, and the difference in the text."""
    from ehcp_flow_cli.showing import steps
    from ehcp_flow_cli.showing.tables import show_json

    plans = settings.plans()
    only = None if section is None else plans.section_id(plan, section)
    found = plans.replay(plan)
    if only is not None:
        found = (one for one in found if getattr(one.recorded.event, "section", None) == only)
    if as_json:
        show_json([steps.as_data(step) for step in found])
        return
    for step in found:
        steps.show(step)


@command.command(short_help="What differs in the text between two moments or versions.")
@click.argument("plan")
@click.option(
    "--from",
    "from_",
    type=MOMENT_OR_VERSION,
    metavar="MOMENT",
    help="A step (v12), day or instant, or an issued version (issue1).",
)
@click.option(
    "--to", "to", type=MOMENT_OR_VERSION, metavar="MOMENT", help="The same [default: now]."
)
@click.option(
    "--issued",
    "number",
    metavar="N",
    type=click.IntRange(min=1),
    help="From this issued version: proposed against issued.",
)
@as_json
@located
@click.pass_obj
def diff(
    settings: Settings,
    plan: str,
    from_: datetime | int | Version | None,
    to: datetime | int | Version | None,
    number: int | None,
    as_json: bool,
) -> None:
    """What differs in the text between what was known at two moments, or was issued."""
    from ehcp_flow.replaying import Version
    from ehcp_flow_cli.showing import steps
    from ehcp_flow_cli.showing.tables import show_json

    if (from_ is None) == (number is None):
        raise click.UsageError("Say with --from or --issued what it is compared with.")
    if number is not None:
        from_ = Version(number)
    assert from_ is not None
    found = settings.plans().diff(plan, from_=from_, to=to)
    if as_json:
        show_json(found)
        return
    if not found:
        click.echo("The text is the same.")
    for one in found:
        steps.show_section(one)
