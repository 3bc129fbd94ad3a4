"""Bring plans in: pupils from a school's export, and the texts of the plans that exist."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehcp_flow.errors import Faulty, SaidNo
from ehcp_flow_cli.importing import faulty_to, mapped, strict
from ehcp_flow_cli.opening import of_kind
from ehcp_flow_cli.settings import DAY, Settings, acting, because

if TYPE_CHECKING:
    from ehcp_flow.acting import By
    from ehcp_flow.importing.pupils import PupilFile
    from ehcp_flow.intake import Comparison

SOMETHING_TO_DO = 3

_WITH = {"E": "an EHC plan", "K": "SEN support", "N": "no SEN"}


@click.command("import", short_help="Open plans for the pupils of an export.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@mapped
@click.option(
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What the headings stand for, from a file.",
)
@click.option(
    "--save-mapping",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep what the headings stand for in a file, for --mapping next time.",
)
@click.option("--no-upn", metavar="REASON", help="Why pupils without a UPN have none.")
@of_kind
@click.option(
    "--sen",
    "status",
    type=click.Choice(("E", "K", "N")),
    default="E",
    show_default=True,
    help="The SEN status of the pupils meant: EHC plan, SEN support or none.",
)
@strict
@click.option("--preview", is_flag=True, help="Show what would happen, and record nothing.")
@click.option("--yes", is_flag=True, help="Record changes of plans that exist, unasked.")
@click.option(
    "--leavers", is_flag=True, help="Record pupils whom the file does not name as not listed."
)
@faulty_to
@because
@acting
@click.pass_obj
def import_(
    settings: Settings,
    file: Path,
    maps: tuple[str, ...],
    mapping: Path | None,
    save_mapping: Path | None,
    no_upn: str | None,
    kind: str,
    proposal: bool,
    status: str,
    strict: bool,
    preview: bool,
    yes: bool,
    leavers: bool,
    faulty: Path | None,
    by: By,
) -> None:
    """Open a plan for every pupil with an EHC plan in a school's export.

    With --template it is a plan of another kind, and --sen says for which pupils. A pupil has one
    plan here: whoever has one of another kind keeps it.

    The same file again changes nothing. A file that says something else of plans that exist is
    shown first (exit status 3); with --yes it is recorded.
    """
    from ehcp_flow.importing.faults import NotRead
    from ehcp_flow.importing.fields import short_text
    from ehcp_flow.importing.headings import mapping_from_toml, mapping_to_toml, parse_map
    from ehcp_flow.importing.pupils import FIELDS, read_pupils
    from ehcp_flow_cli.drafts_on_disk import read_text, write_privately
    from ehcp_flow_cli.showing.faults import keep_faulty_rows, show_faults, show_where_they_are
    from ehcp_flow_cli.showing.progress import progress

    if no_upn is not None:
        try:
            no_upn = short_text(no_upn, "a reason")
        except NotRead as no:
            raise click.BadParameter(str(no), param_hint="--no-upn") from None
    plans = settings.plans()
    plans.intake.may_open(kind, proposal=proposal)
    given: dict[str, str] = {}
    if mapping is not None:
        given = mapping_from_toml(read_text(mapping), FIELDS, name=mapping.name)
    given |= parse_map(maps, FIELDS)
    read = read_pupils(file, today=plans.today(), mapping=given, no_upn=no_upn, status=status)
    pupils = [pupil.particulars() for pupil in read.pupils]
    _show_understood(read, status)
    show_faults(read.faults)
    if save_mapping is not None:
        write_privately(save_mapping, mapping_to_toml(dict(read.understood.headings)))
        click.echo(f"What the headings stand for is kept in {save_mapping}.")
    if strict and read.faults:
        raise Faulty(
            f"{file.name} has {len(read.faulty_lines)} faulty rows and nothing was imported: mend "
            "them, or leave --strict out to import the others."
        )
    found = plans.intake.compare(pupils, kind=kind)
    _show_comparison(found, leavers)
    if leavers and read.faults:
        raise Faulty(
            f"{file.name} has faulty rows, whose pupils would seem to be gone: mend them first, or "
            "leave --leavers out."
        )
    leaving = found.no_longer_listed if leavers else ()
    if preview:
        sys.exit(SOMETHING_TO_DO if found.new or found.changed or leaving else 0)
    if (found.changed or leaving) and not yes and not _agreed():
        click.echo("Nothing was recorded: --yes records it.")
        sys.exit(SOMETHING_TO_DO)
    kept = keep_faulty_rows(file, faulty, read.faulty_table()) if read.faults else None
    with progress("Opening plans") as told:
        done = plans.intake.take_in(
            pupils, by=by, leavers=leavers, progress=told, kind=kind, proposal=proposal
        )
    click.echo(
        f"{len(done.opened)} plans opened{_range(done.opened)}, {done.changed} changed, "
        f"{done.left} no longer listed, {done.unchanged} as they were."
    )
    if kept is not None:
        show_where_they_are(kept)


def _show_understood(read: PupilFile, status: str) -> None:
    from ehcp_flow_cli.showing.harmless import cell

    how = read.understood
    known = ", ".join(f"{heading} = {field}" for heading, field in how.headings)
    click.echo(cell(f"{how.file}: {how.encoding}, {how.delimiter}. Understood: {known}."))
    if how.ignored:
        click.echo(cell(f"Not used: {', '.join(how.ignored)}."))
    counts = read.counts
    click.echo(
        f"{counts.rows} pupils: {counts.with_plan} with {_WITH[status]}, {counts.without_plan} "
        f"without; {counts.faulty} {'row is' if counts.faulty == 1 else 'rows are'} faulty, "
        f"{counts.good} plans can come in."
    )


def _show_comparison(found: Comparison, leavers: bool) -> None:
    from ehcp_flow_cli.showing.harmless import cell

    gone = found.no_longer_listed
    click.echo(
        f"{len(found.new)} new, {len(found.changed)} changed, {found.unchanged} unchanged, "
        f"{len(gone)} no longer listed."
    )
    for line in found.other_kind:
        click.echo(cell(f"  {line.reference} is a plan of another kind and stays as it is"))
    for change in found.changed:
        what = "; ".join(f"{name}: {old} -> {new}" for name, (old, new) in change.fields.items())
        click.echo(cell(f"  {change.line.reference} {what}"))
    if gone and not leavers:
        some = ", ".join(line.reference for line in gone[:10])
        click.echo(
            f"  No longer listed with a plan: {some}{', …' if len(gone) > 10 else ''} "
            "(recorded only with --leavers)."
        )


def _agreed() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and click.confirm("Record these changes?")


def _range(references: tuple[str, ...]) -> str:
    return f" ({references[0]} to {references[-1]})" if references else ""


@click.command("import-texts", short_help="Bring in the texts of plans as issued.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--before",
    type=DAY,
    help="From which day on authors are on record here [default: today].",
)
@because
@acting
@click.pass_obj
def import_texts(settings: Settings, folder: Path, before: date | None, by: By) -> None:
    """Bring in the texts of plans as issued: a text or Markdown file a plan.

    A file's name begins with the plan's reference or the pupil's UPN. Who wrote these texts is
    not recorded: never the person who brings them in. What cannot be taken is told, the rest
    goes in.
    """
    from ehcp_flow.importing.texts import read_folder
    from ehcp_flow_cli.showing.harmless import cell

    plans = settings.plans()
    read = read_folder(folder, plans.template_by)
    results = plans.intake.import_texts(
        read.texts, not_recorded_before=before or plans.today(), by=by
    )
    for result in results:
        said = [f"sections {' '.join(result.recorded)} recorded"] if result.recorded else []
        said += [f"{' '.join(result.unchanged)} unchanged"] if result.unchanged else []
        if said:
            click.echo(cell(f"{result.file}: {result.reference}, {', '.join(said)}."))
    refused = [why for _, why in read.refused]
    refused += [f"{result.file}: {why}" for result in results for why in result.refused]
    for why in refused:
        click.echo(cell(why), err=True)
    if refused and not any(result.recorded or result.unchanged for result in results):
        raise SaidNo("Nothing was taken in, for the reasons above: mend the files and try again.")
