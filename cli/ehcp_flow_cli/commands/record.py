"""Enter facts of the law in plans' records, one by one or many from a file, and show them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow.errors import Faulty, NothingToDo
from ehcp_flow_cli.importing import mapped
from ehcp_flow_cli.settings import Settings, as_csv, as_json, because, nobody_acts, perhaps_acting

if TYPE_CHECKING:
    from ehcp_flow.acting import By, Done
    from ehcp_flow.facts import FactsDesk
    from ehcp_flow.plan import Fact
    from ehcp_flow.statute.facts import FactKind

SOMETHING_TO_DO = 3

_HOW = """Say what is to be recorded: `record PLAN FACT`, `record PLAN --withdraw N`, `record --file
CSV`; `record PLAN` shows what is on record, `record --list` which facts there are."""

_FORMS = "--json and --csv are for --list and for what is on record."

_FIELDS = ("number", "fact", "day", "said", "by", "role", "entered", "stands", "replaces")


@click.command(short_help="Enter facts of the law: requests, meetings, notices, decisions.")
@click.argument("plan", required=False)
@click.argument("fact", required=False)
@click.option(
    "--set",
    "fields",
    metavar="FIELD=VALUE",
    multiple=True,
    help="What a field says; people as often as there are people.",
)
@click.option(
    "--to",
    metavar="ROLE: NAME",
    multiple=True,
    help="Who was sent the version that is issued with it.",
)
@click.option(
    "--replaces",
    metavar="N",
    type=click.IntRange(min=1),
    help="The fact, entered wrongly, in whose place this one stands.",
)
@click.option("--withdraw", metavar="N", type=click.IntRange(min=1), help="Take this fact back.")
@click.option("--list", "list_", is_flag=True, help="Which facts there are, or what FACT says.")
@click.option(
    "--file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Enter many from a CSV: plan, fact, on, and a column for each field.",
)
@mapped
@click.option("--dry-run", is_flag=True, help="With --file: check it, and record nothing.")
@as_json
@as_csv
@because
@perhaps_acting
@click.pass_obj
def command(
    settings: Settings,
    plan: str | None,
    fact: str | None,
    fields: tuple[str, ...],
    to: tuple[str, ...],
    replaces: int | None,
    withdraw: int | None,
    list_: bool,
    file: Path | None,
    maps: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
    as_csv: bool,
    by: By | None,
) -> None:
    """Enter what happened to PLAN in law: a request, a meeting, a notice, a decision.

    Which facts there are, who may record each and what each says is told by --list. A fact that
    issues the plan freezes its text as a numbered version, and names with --to who was sent it.

    \b
      record PLAN FACT --on DAY --set FIELD=VALUE … [--to "ROLE: NAME" …]
      record PLAN                        what is on record
      record PLAN FACT --replaces N      in place of one that was entered wrongly
      record PLAN --withdraw N --because REASON
      record --file CSV [--dry-run]      all of it, or nothing when a line is faulty
      record --list [FACT]
    """
    acts = bool(fields or to or replaces or withdraw)
    if list_:
        if acts or file is not None or fact is not None:
            raise click.UsageError("--list takes a FACT at most.")
        _catalogue(plan, as_json=as_json, as_csv=as_csv)
        return
    if file is not None:
        if plan is not None or acts:
            raise click.UsageError("--file names plans, facts and their fields itself.")
        if as_json or as_csv:
            raise click.UsageError(_FORMS)
        _file(settings, file, maps, _hand(by), dry_run=dry_run)
        return
    if maps or dry_run:
        raise click.UsageError("--map and --dry-run go with --file.")
    if plan is None:
        raise click.UsageError(" ".join(_HOW.split()))
    if fact is None and not acts:
        _on_record(settings, plan, as_json=as_json, as_csv=as_csv)
        return
    if as_json or as_csv:
        raise click.UsageError(_FORMS)
    if withdraw is not None:
        if fact is not None or fields or to or replaces:
            raise click.UsageError("--withdraw takes a fact back: give PLAN and --because.")
        _told(settings, plan, lambda desk: desk.withdraw(plan, withdraw, by=_hand(by)))
        return
    if fact is None:
        raise click.UsageError(" ".join(_HOW.split()))
    said = [_pair(one) for one in fields]
    name = fact
    _told(
        settings,
        plan,
        lambda desk: desk.record(plan, name, said, to=to, replaces=replaces, by=_hand(by)),
    )


def _hand(by: By | None) -> By:
    if by is None:
        raise nobody_acts()
    return by


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise click.UsageError("--set takes FIELD=VALUE, such as --set decision=amend.")
    return name.strip(), value


def _told(settings: Settings, plan: str, act: Callable[[FactsDesk], Done]) -> None:
    from ehcp_flow.events import FactRecorded, PlanIssued
    from ehcp_flow_cli.showing.harmless import cell

    desk = settings.plans().facts
    try:
        done = act(desk)
    except NothingToDo as nothing:
        click.echo(cell(f"Nothing recorded: {nothing}"))
        return
    first = done.events[0]
    again = ", as recorded before" if done.again else ""
    which = done.reference or plan
    if isinstance(first, FactRecorded):
        did = f"Fact {first.number} of {which}: {first.fact}"
        did += f", in place of {first.replaces}" if first.replaces else ""
    else:
        did = f"Fact {getattr(first, 'number', '')} of {which} is taken back"
    click.echo(cell(f"{did} (v{done.version}{again})."))
    for event in done.events:
        if isinstance(event, PlanIssued):
            sections = " ".join(id for id, _, _ in event.sections)
            click.echo(
                f"Version {event.issue} ({event.kind}) is frozen: sections {sections}, digest "
                f"{event.issue_digest[:16]}."
            )
    if done.note:
        click.echo(cell(done.note))


# What is on record ------------------------------------------------------------------------------


def _on_record(settings: Settings, plan: str, *, as_json: bool, as_csv: bool) -> None:
    from ehcp_flow_cli.showing.tables import show_rows

    show_rows(
        [_row(fact) for fact in settings.plans().facts.list(plan)],
        {
            "number": "#",
            "fact": "fact",
            "day": "on",
            "said": "says",
            "by": "entered by",
            "role": "role",
            "stands": "stands",
        },
        fields=_FIELDS,
        as_json=as_json,
        as_csv=as_csv,
        empty="No fact is on record yet: `record --list` shows which there are.",
    )


def _row(fact: Fact) -> dict[str, Any]:
    from ehcp_flow_cli.showing.facts import says

    return {
        "number": fact.number,
        "fact": fact.fact,
        "day": fact.day,
        "said": "; ".join(says(fact.details, fact.told)),
        "details": fact.details,
        "told": fact.told,
        "by": fact.by_name,
        "by_id": fact.by,
        "role": fact.role,
        "entered": fact.at,
        "step": fact.version,
        "stands": not fact.withdrawn,
        "replaces": fact.replaces,
    }


# Which facts there are --------------------------------------------------------------------------


def _catalogue(only: str | None, *, as_json: bool, as_csv: bool) -> None:
    from ehcp_flow.statute.facts import of_england
    from ehcp_flow_cli.showing.harmless import cell
    from ehcp_flow_cli.showing.tables import show_json, show_rows

    facts = of_england()
    if only is None or as_csv:
        kinds = facts.facts if only is None else (facts.fact(only),)
        show_rows(
            [_kind(kind) for kind in kinds],
            {
                "fact": "fact",
                "title": "what",
                "fields": "fields (* needed)",
                "by": "recorded by",
                "starts": "starts",
                "meets": "meets",
                "mark": "known",
            },
            fields=(
                "fact",
                "title",
                "by",
                "fields",
                "needs",
                "issues",
                "starts",
                "meets",
                "any_plan",
                "basis",
                "mark",
                "sources",
                "doubts",
            ),
            as_json=as_json,
            as_csv=as_csv,
        )
        return
    kind = facts.fact(only)
    if as_json:
        show_json(_kind(kind))
        return
    for line in _lines(kind):
        click.echo(cell(line))


def _kind(kind: FactKind) -> dict[str, Any]:
    from ehcp_flow.statute.facts import limits
    from ehcp_flow.statute.law import england

    starts, meets = limits(kind.id, england())
    return {
        "fact": kind.id,
        "title": kind.title,
        "by": kind.by,
        "fields": [f"{one.name}{'*' if one.required else ''}" for one in kind.fields],
        "needs": [" or ".join(map(str, need.any)) for need in kind.needs],
        "issues": kind.issues,
        "starts": [rule.id for rule in starts],
        "meets": [rule.id for rule in meets],
        "any_plan": kind.any_plan,
        "basis": kind.basis,
        "mark": kind.mark,
        "sources": kind.sources,
        "doubts": kind.doubts,
        "says": [one.model_dump() for one in kind.fields],
    }


_BY = {
    "authority": "the authority's officer alone",
    "coordinating": "the SENCO, a head, the authority's officer",
    "office": "those who coordinate or keep lists",
    "anyone": "anyone who holds a role here",
}


def _lines(kind: FactKind) -> Sequence[str]:
    from ehcp_flow.statute.facts import limits
    from ehcp_flow.statute.law import england

    lines = [
        f"{kind.id}  {kind.title}",
        f"Recorded by: {_BY[kind.by]}",
        f"Basis: {kind.basis} [{kind.mark}]",
    ]
    if not kind.any_plan:
        lines.append("Of plans under the law of England alone")
    if kind.doubts:
        lines.append(f"Doubts: {kind.doubts}")
    for one in kind.fields:
        values = f" ({', '.join(one.choices)})" if one.choices else f" ({one.kind})"
        needed = ", needed" if one.required else ""
        lines.append(f"Field {one.name}: {one.says}{values}{needed}")
    for need in kind.needs:
        unless = "".join(f", unless {name} is {value}" for name, value in need.unless.items())
        reason = ", or a reason (--because)" if need.or_reason else ""
        lines.append(f"Needs: {' or '.join(map(str, need.any))}{unless}{reason}")
    if kind.issues:
        lines.append(f"Issues: a numbered version of the kind {kind.issues}, sent to those of --to")
    starts, meets = limits(kind.id, england())
    lines += [f"Starts {rule.id}: {rule.title}, {rule.limit} [{rule.mark}]" for rule in starts]
    lines += [f"Meets {rule.id}: {rule.title} [{rule.mark}]" for rule in meets]
    return lines


# Many from a file -------------------------------------------------------------------------------


def _file(settings: Settings, file: Path, maps: tuple[str, ...], by: By, *, dry_run: bool) -> None:
    from ehcp_flow.importing.facts import fields_of, read_facts
    from ehcp_flow.importing.headings import parse_map
    from ehcp_flow_cli.showing.faults import show_faults
    from ehcp_flow_cli.showing.harmless import cell
    from ehcp_flow_cli.showing.progress import progress

    if by.on is not None or by.command is not None or by.because is not None:
        raise click.UsageError("With --file each line says its day and its reason itself.")
    desk: FactsDesk = settings.plans().facts
    mapping = parse_map(maps, fields_of(desk.catalogue))
    read = read_facts(file, facts=desk.catalogue, mapping=mapping)
    found = desk.compare(read.facts, by=by)
    read = read.with_faults(found.faults)
    how = read.understood
    understood = ", ".join(f"{heading} = {field}" for heading, field in how.headings)
    click.echo(cell(f"{how.file}: {how.encoding}, {how.delimiter}. Understood: {understood}."))
    show_faults(read.faults)
    if read.faults:
        many = len(read.faulty_lines)
        raise Faulty(
            f"{file.name} has {many} faulty {'line' if many == 1 else 'lines'} and nothing was "
            "recorded: mend them and give the file again."
        )
    if dry_run:
        new = f"{_many(found.new, 'fact')} in {_many(found.plans, 'plan')}"
        click.echo(f"New: {new}; on record: {found.unchanged}.")
        sys.exit(SOMETHING_TO_DO if found.new else 0)
    with progress("Recording") as told:
        done = desk.take(read.facts, by=by, progress=told)
    if done.faults:
        show_faults(read.with_faults(done.faults).faults)
        raise Faulty(
            f"{file.name} fits the plans no more, for others recorded meanwhile, and nothing more "
            "was recorded: mend it and give it again."
        )
    new = f"{_many(done.new, 'fact')} in {_many(done.plans, 'plan')}"
    click.echo(f"Recorded: {new}; on record already: {done.unchanged}.")


def _many(many: int, what: str) -> str:
    return f"{many} {what}{'' if many == 1 else 's'}"
