"""What the law and the guidance say by when, and how a day is counted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow_cli.settings import DAY, Settings, as_csv, as_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ehcp_flow.statute.law import Law, Rule
    from ehcp_flow.statute.rules import Due

_FIELDS = (
    "id",
    "version",
    "title",
    "limit",
    "trigger",
    "actor",
    "citation",
    "status",
    "mark",
    "doubts",
    "sources",
    "from",
    "until",
    "chosen_by",
    "exceptions",
    "met_by",
    "uncertain",
)


@click.group()
def command() -> None:
    """What the law and the guidance of England say by when, and how a day is counted.

    Every rule says what it is (act, regulation, case or guidance), where it stands, and how well it
    is known: read, derived, recalled, or unsure. Not legal advice.
    """


@command.command("list", short_help="The rules that hold on a day.")
@click.option("--on", type=DAY, help="The day of what starts the limit [default: today].")
@as_json
@as_csv
@click.pass_obj
def list_rules(settings: Settings, on: date | None, as_json: bool, as_csv: bool) -> None:
    """The rules that hold on a day, each with its length, its source and how well it is known.

    A relaxation that goes by the day on which a limit falls is listed beside the rule it relaxes.
    """
    from ehcp_flow.statute.law import england
    from ehcp_flow_cli.showing.tables import show_rows

    rows = list(_rows(england(), on or _today(settings)))
    show_rows(
        rows,
        {
            "id": "id",
            "title": "what",
            "limit": "limit",
            "citation": "stands in",
            "status": "is",
            "mark": "known",
        },
        fields=_FIELDS,
        as_json=as_json,
        as_csv=as_csv,
        empty="No rule holds on that day.",
    )


@command.command(short_help="One rule, and the arithmetic from a day.")
@click.argument("rule")
@click.option(
    "--trigger",
    "triggers",
    metavar="DATE",
    multiple=True,
    help="The day of what starts the limit; FACT=DATE, as often as it takes, where a rule has "
    "several.",
)
@click.option(
    "--exception",
    "exceptions",
    metavar="ID",
    multiple=True,
    help="An exception that is claimed: it disapplies the limit, and moves no day.",
)
@as_json
@click.pass_obj
def explain(
    settings: Settings,
    rule: str,
    triggers: tuple[str, ...],
    exceptions: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say what a RULE is; with --trigger also by which day, and how that was counted."""
    from ehcp_flow.statute.law import england
    from ehcp_flow.statute.rules import rule_for

    law = england()
    if triggers:
        due = _due(rule, triggers, exceptions)
        _show(law, due.rule, due, due.uncertain, as_json=as_json)
        return
    if exceptions:
        raise click.UsageError("--exception goes with --trigger.")
    chosen = rule_for(rule, on=_today(settings), law=law)
    _show(law, chosen.rule, None, chosen.uncertain, as_json=as_json)


def _today(settings: Settings) -> date:
    from ehcp_flow.times import london_day, system_clock

    return london_day((settings.clock or system_clock)())


def _rows(law: Law, on: date) -> Iterator[dict[str, Any]]:
    from ehcp_flow.errors import NotFound
    from ehcp_flow.statute.rules import rule_for

    for rule_id in dict.fromkeys(rule.id for rule in law.rules):
        try:
            chosen = rule_for(rule_id, on=on, law=law)
        except NotFound:
            continue
        yield _row(chosen.rule, chosen.uncertain)
        for rule in law.versions(rule_id):
            if rule.chosen_by == "limit" and rule.holds_on(on):
                yield _row(rule, None)


def _row(rule: Rule, uncertain: str | None) -> dict[str, Any]:
    said = rule.model_dump(by_alias=True)
    row = {**said, "limit": rule.limit, "uncertain": uncertain}
    return {field: row[field] for field in _FIELDS}


def _due(rule: str, triggers: Sequence[str], exceptions: Sequence[str]) -> Due:
    from ehcp_flow.statute.rules import due, due_together
    from ehcp_flow.times import parse_day

    if len(triggers) == 1 and "=" not in triggers[0]:
        return due(rule, parse_day(triggers[0]), exceptions=exceptions)
    days: dict[str, date] = {}
    for said in triggers:
        fact, equals, day = said.partition("=")
        if not equals:
            raise click.UsageError(
                "Several --trigger are FACT=DATE, such as decision-sent=3/11/26."
            )
        days[fact.strip()] = parse_day(day.strip())
    return due_together(rule, days, exceptions=exceptions)


def _show(law: Law, rule: Rule, due: Due | None, uncertain: str | None, *, as_json: bool) -> None:
    from ehcp_flow_cli.showing.harmless import cell
    from ehcp_flow_cli.showing.tables import show_json

    if as_json:
        show_json({**_row(rule, uncertain), **_answer(due)})
        return
    for line in _lines(law, rule, due, uncertain):
        click.echo(cell(line))


def _answer(due: Due | None) -> dict[str, Any]:
    if due is None:
        return {}
    return {
        "last_day": due.last_day,
        "explanation": due.explanation,
        "counted_by": due.counted_by,
        "counted_mark": due.counted_mark,
        "weakest_mark": due.weakest_mark,
        "disapplied_by": due.disapplied_by,
    }


def _lines(law: Law, rule: Rule, due: Due | None, uncertain: str | None) -> Iterator[str]:
    yield f"{rule.id}  {rule.title}"
    if due is not None:
        yield f"Last day: {due.last_day}"
        yield due.explanation
        yield f"Counted by: {due.counted_by} [{due.counted_mark}]"
    started_by = f" ({' or '.join(rule.trigger)})" if rule.trigger else ""
    yield f"Limit: {rule.limit}{started_by}"
    yield f"Who: {rule.actor}"
    yield f"Stands in: {rule.citation} ({rule.status}) [{rule.mark}]"
    if rule.doubts:
        yield f"Doubts: {rule.doubts}"
    if uncertain:
        yield f"Uncertain: {uncertain}"
    for one in rule.exceptions:
        known = law.exception(one)
        yield f"Exception {one}: {known.title}. {known.when} [{known.mark}]"
    for one in due.disapplied_by if due else ():
        yield f"Claimed: {one}. Where it is made out there is no limit, and no other day instead."
