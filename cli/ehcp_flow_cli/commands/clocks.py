"""By when the law asks for what, and what became of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow_cli.settings import DAY, Settings, as_csv, as_json, located

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ehcp_flow.clocks.desk import PlanClock, PlanWeeks
    from ehcp_flow.plans import Plans

_STATES = ("overdue", "due", "disapplied", "missed", "met late", "met", "ended")

_FIELDS = (
    "reference",
    "rule",
    "version",
    "title",
    "state",
    "last_day",
    "days_left",
    "days_late",
    "actor",
    "trigger",
    "trigger_day",
    "met_by",
    "met_on",
    "because",
    "disapplied_by",
    "citation",
    "status",
    "mark",
    "weakest_mark",
    "uncertain",
    "explanation",
)

_NO_DAY = (
    "no day is on record from which one runs. `record PLAN plan-made`, plan-reviewed or "
    "request-received says it."
)

_SHOWN = 10
"""So many plans are named."""

_WEEKS = (
    "reference",
    "opened",
    "meeting",
    "held",
    "ended",
    "days",
    "school",
    "advice-givers",
    "authority",
    "parent",
)


@click.command()
@click.option("--plan", metavar="PLAN", help="Only this plan, and also what is over.")
@click.option("--overdue", is_flag=True, help="Only what is overdue.")
@click.option(
    "--due-within", type=click.IntRange(0, 36_500), metavar="DAYS", help="Only what is due by then."
)
@click.option(
    "--state",
    "states",
    type=click.Choice(_STATES),
    multiple=True,
    help="Only what stands so, as often as it takes [default: what is open].",
)
@click.option("--rule", "rules", metavar="ID", multiple=True, help="Only these rules.")
@click.option("--explain", is_flag=True, help="How each day was counted, and where it stands.")
@click.option("--as-at", type=DAY, help="As it was at the end of this day [default: today].")
@click.option("--all", "everyone", is_flag=True, help="Also pupils who are no longer listed.")
@click.option("--proposals", is_flag=True, help="As if what is only proposed were law.")
@click.option(
    "--ics",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Write a file for a calendar program; - is standard output.",
)
@click.option("--figures", is_flag=True, help="The review figures that the department publishes.")
@click.option("--year", type=click.IntRange(2014, 2099), help="Of which year [default: this one].")
@click.option("--weeks", is_flag=True, help="Where the weeks of each review went.")
@as_json
@as_csv
@located
@click.pass_obj
def command(
    settings: Settings,
    plan: str | None,
    overdue: bool,
    due_within: int | None,
    states: tuple[str, ...],
    rules: tuple[str, ...],
    explain: bool,
    as_at: date | None,
    everyone: bool,
    proposals: bool,
    ics: Path | None,
    figures: bool,
    year: int | None,
    weeks: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """By when the law asks for what, the most urgent first.

    Every limit has its source and how well it is known. An exception that was claimed disapplies a
    limit and never moves it. `record` enters what starts and meets limits, `statute explain` shows
    a rule. Not legal advice.
    """
    if sum((figures, weeks, ics is not None)) > 1:
        raise click.UsageError("--figures, --weeks and --ics are three answers: choose one.")
    if year is not None and not figures:
        raise click.UsageError("--year goes with --figures.")
    chosen = overdue or due_within is not None or bool(states)
    if (figures or weeks or ics is not None) and (chosen or explain or proposals):
        raise click.UsageError("--overdue, --due-within, --state and the like choose limits alone.")
    if (figures or weeks) and rules:
        raise click.UsageError("--rule chooses limits alone: leave it out.")
    rules = _known(rules, proposals=proposals)
    plans = settings.plans()
    if figures:
        if plan is not None:
            raise click.UsageError("--figures are of all plans: leave --plan out.")
        _show_figures(plans, year, as_at, as_json=as_json, as_csv=as_csv)
    elif weeks:
        _show_weeks(plans, plan, as_at, as_json=as_json, as_csv=as_csv)
    elif ics is not None:
        if as_json or as_csv:
            raise click.UsageError("--ics is a form of its own: leave --json and --csv out.")
        _write_calendar(plans, plan, as_at, rules, ics, everyone=everyone)
    else:
        found = plans.clocks(plan, as_at=as_at, everyone=everyone, proposals=proposals)
        wanted = [
            one
            for one in found
            if _is_wanted(one, plan, overdue, due_within, states)
            and (not rules or one.clock.rule.id in rules)
        ]
        nothing = "No limit is like that." if found else _nothing(plans, plan)
        _show(wanted, nothing, explain=explain, as_json=as_json, as_csv=as_csv)
        if plan is None and not (chosen or rules or as_json or as_csv):
            _tell_of_uncounted(plans.uncounted(found, everyone=everyone))
        if plan is not None and (as_json or as_csv):
            _tell_why(plans, plan)


def _nothing(plans: Plans, plan: str | None) -> str:
    """What is said when no limit was found at all: why, where none are kept for a plan."""
    if plan is None:
        return "No limit is like that."
    return _why(plans, plan) or f"No limit runs or ran by then: {_NO_DAY}"


def _tell_of_uncounted(references: Sequence[str]) -> None:
    from ehcp_flow_cli.showing.harmless import cell

    if references:
        more = ", …" if len(references) > _SHOWN else ""
        which = f"{', '.join(references[:_SHOWN])}{more}"
        click.echo(cell(f"Without any limit ({len(references)}): {which}: {_NO_DAY}"), err=True)


def _known(rules: Sequence[str], *, proposals: bool) -> tuple[str, ...]:
    """The ids as the law writes them; of one that there is not nothing would seem due."""
    if not rules:
        return ()
    from ehcp_flow.statute.law import england

    law = england().with_proposals() if proposals else england()
    by_folded = {rule.casefold(): rule for rule in law.all_versions}
    return tuple(law.versions(by_folded.get(one.casefold(), one))[0].id for one in rules)


def _is_wanted(
    one: PlanClock,
    plan: str | None,
    overdue: bool,
    due_within: int | None,
    states: Sequence[str],
) -> bool:
    from ehcp_flow.statute.clocks import OPEN

    clock = one.clock
    if states and clock.state not in states:
        return False
    if overdue and clock.state != "overdue":
        return False
    if due_within is not None:
        left = clock.days_left
        return clock.state in ("overdue", "due") and left is not None and left <= due_within
    return bool(states) or overdue or plan is not None or clock.state in OPEN


def _tell_why(plans: Plans, plan: str) -> None:
    from ehcp_flow_cli.showing.harmless import cell

    if (why := _why(plans, plan)) is not None:
        click.echo(cell(why), err=True)


def _why(plans: Plans, plan: str) -> str | None:
    found = plans.show(plan)
    why = plans.why_no_limits(found.particulars)
    return None if why is None else f"{found.reference}: {why}"


def _show(
    found: Sequence[PlanClock], empty: str, *, explain: bool, as_json: bool, as_csv: bool
) -> None:
    from ehcp_flow_cli.showing.limits import as_row, colour, known, shown_state
    from ehcp_flow_cli.showing.tables import Column, show_rows

    columns: dict[str, str | Column] = {
        "last_day": Column("by", lambda row: row["last_day"] or "no day", colour),
        "state": Column("is", shown_state, colour),
        "reference": "plan",
        "title": "what",
        "actor": "who",
        "citation": Column("stands in", known),
        "rule": "rule",
    }
    if explain:
        columns["explanation"] = Column("counted", lambda row: _explained(row))
    show_rows(
        [{"reference": one.reference, **as_row(one.clock)} for one in found],
        columns,
        fields=_FIELDS,
        as_json=as_json,
        as_csv=as_csv,
        empty=empty,
    )


def _explained(row: Mapping[str, Any]) -> str:
    told = [f"{row['trigger']} on {row['trigger_day']}.", row["explanation"]]
    if row["met_on"] is not None and not row["because"]:
        told.append(f"{row['met_by']} on {row['met_on']}.")
    if row["because"]:
        told.append(row["because"])
    if row["doubts"]:
        told.append(f"Doubts: {row['doubts']}")
    return " ".join(told)


def _show_figures(
    plans: Plans, year: int | None, as_at: date | None, *, as_json: bool, as_csv: bool
) -> None:
    from dataclasses import asdict

    from ehcp_flow_cli.showing.tables import show_json, show_rows

    of = year or (as_at or plans.today()).year
    row = {"year": of, **asdict(plans.review_figures(of, as_at=as_at))}
    if as_json and not as_csv:
        show_json(row)
    elif as_csv:
        show_rows([row], {name: name for name in row}, as_json=as_json, as_csv=True)
    else:
        lines = [{"figure": name, "plans": value} for name, value in row.items() if name != "year"]
        show_rows(lines, {"figure": f"reviews of {of}", "plans": "plans"})


def _show_weeks(
    plans: Plans, plan: str | None, as_at: date | None, *, as_json: bool, as_csv: bool
) -> None:
    from ehcp_flow_cli.showing.tables import show_json, show_rows

    reviews = plans.review_weeks(plan, as_at=as_at)
    rows = [_weeks_row(one) for one in reviews]
    total = {holder: sum(row[holder] for row in rows) for holder in _WEEKS[6:]}
    if as_json and not as_csv:
        show_json({"reviews": rows, "days": sum(total.values()), "days_by_holder": total})
        return
    columns = {name: name.replace("_", " ") for name in _WEEKS if name != "reference"}
    columns = {"reference": "plan", **columns}
    if rows and not as_csv:
        days = sum(total.values())
        rows.append(dict.fromkeys(_WEEKS) | {"reference": "all", "days": days, **total})
    show_rows(
        rows,
        columns,
        fields=_WEEKS,
        as_json=as_json,
        as_csv=as_csv,
        empty="No review was arranged or held.",
    )


def _weeks_row(one: PlanWeeks) -> dict[str, Any]:
    review = one.review
    return {
        "reference": one.reference,
        "opened": review.opened,
        "meeting": review.meeting,
        "held": review.held,
        "ended": review.ended,
        "days": review.days,
        **{str(holder): days for holder, days in review.by_holder.items()},
        "stretches": [
            {"holder": s.holder, "since": s.since, "until": s.until, "days": s.days}
            for s in review.stretches
        ],
    }


def _write_calendar(
    plans: Plans,
    plan: str | None,
    as_at: date | None,
    rules: Sequence[str],
    file: Path,
    *,
    everyone: bool,
) -> None:
    from ehcp_flow_cli.drafts_on_disk import write_privately
    from ehcp_flow_cli.showing.harmless import cell

    text = plans.calendar(plan, as_at=as_at, everyone=everyone, rules=rules)
    if str(file) == "-":
        # Its lines end as RFC 5545 has it, whatever the system.
        click.echo(text.encode(), nl=False)
        return
    write_privately(file, text)
    many, over = text.count("BEGIN:VEVENT"), text.count("STATUS:CANCELLED")
    click.echo(
        cell(
            f"{many - over} limits written to {file}, and {over} that are over as cancelled. "
            "No child is named in it."
        )
    )
