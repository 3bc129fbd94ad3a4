"""What waits on whom."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow_cli.settings import Settings, as_csv, as_json, located

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ehcp_flow.plans import Plans
    from ehcp_flow.projections.standing import WorkItem
    from ehcp_flow.statute.clocks import Clock

_WAITING = (
    "due",
    "overdue",
    "staff_id",
    "name",
    "what",
    "reference",
    "section",
    "pupil",
    "task",
    "why",
    "declined_by",
    "kind",
    "limit",
    "limit_day",
    "limit_state",
    "limit_citation",
    "limit_mark",
)
_LOADS = (
    "staff_id",
    "name",
    "write",
    "review",
    "assign_again",
    "overdue",
    "later",
    "attend",
    "advise",
)


@click.command()
@click.option("--for", "person", metavar="PERSON", help="Only what waits on this person.")
@click.option("--now", "now", is_flag=True, help="Without reviews that cannot begin yet.")
@click.option(
    "--orphaned",
    is_flag=True,
    help="Only what waits on people who hold no role or are away, today or on the due day.",
)
@click.option("--load", "load", is_flag=True, help="How much waits on each person.")
@as_json
@as_csv
@located
@click.pass_obj
def command(
    settings: Settings,
    person: str | None,
    now: bool,
    orphaned: bool,
    load: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """What waits on whom, the most urgent first.

    First comes what belongs to the plan whose next limit of the law ends first, then what is due
    first; the limit is told with its rule, and `clocks --plan PLAN` shows how it was counted.

    To write; to rewrite, when it was returned; to review; to attend a meeting; to advise; to assign
    again, when the person asked said no. A review waits for "later" until the section is submitted.
    `cycle reassign` hands over what is orphaned.
    """
    if now and load:
        raise click.UsageError("--load counts what comes later apart: leave --now out.")
    if orphaned and load:
        raise click.UsageError("--load counts everything that waits: leave --orphaned out.")
    plans = settings.plans()
    if load:
        _show_load(plans, person, as_json=as_json, as_csv=as_csv)
    else:
        items = plans.work(person=person, orphaned=orphaned)
        _show_work(
            plans,
            [item for item in items if not (now and item.what == "later")],
            empty="Nothing waits on anybody who is not there." if orphaned else "Nothing waits.",
            as_json=as_json,
            as_csv=as_csv,
        )


def _show_work(
    plans: Plans, items: Sequence[WorkItem], *, empty: str, as_json: bool, as_csv: bool
) -> None:
    from dataclasses import asdict

    from ehcp_flow_cli.showing.tables import Column, show_rows

    today = plans.today()
    staff = _staff_ids(plans)
    limits = plans.most_urgent({item.stream for item in items})
    rows = [
        {
            **asdict(item),
            "section": item.section or None,
            "staff_id": staff.get(item.person),
            "overdue": item.due is not None and item.due < today,
            **_limit(limits.get(item.stream)),
        }
        for item in items
    ]
    # Of one plan, and of plans whose limits end on one day, the earliest due stay first.
    rows.sort(key=lambda row: row["limit_day"] or date.max)
    show_rows(
        rows,
        {
            "due": Column("due", _due, _late),
            "name": "who",
            "what": "what",
            "reference": "plan",
            "section": Column("section", _about),
            "pupil": "pupil",
            "why": "because",
            "limit": Column("limit of the law", _limit_told, _limit_late),
        },
        fields=_WAITING,
        as_json=as_json,
        as_csv=as_csv,
        empty=empty,
    )


def _limit(clock: Clock | None) -> dict[str, Any]:
    from ehcp_flow_cli.showing.limits import in_short

    return {
        "limit_in_short": None if clock is None else in_short(clock),
        "limit": None if clock is None else clock.rule.id,
        "limit_day": None if clock is None else clock.last_day,
        "limit_state": None if clock is None else clock.state,
        "limit_title": None if clock is None else clock.rule.title,
        "limit_citation": None if clock is None else clock.citation,
        "limit_mark": None if clock is None else clock.mark,
    }


def _limit_told(row: Mapping[str, Any]) -> str:
    return row["limit_in_short"] or ""


def _limit_late(row: Mapping[str, Any]) -> str | None:
    return "red" if row["limit_state"] == "overdue" else None


def _show_load(plans: Plans, person: str | None, *, as_json: bool, as_csv: bool) -> None:
    from dataclasses import asdict

    from ehcp_flow_cli.showing.tables import Column, show_rows

    who = None if person is None else plans.people.person(person).id
    staff = _staff_ids(plans)
    rows = [
        {**asdict(load), "staff_id": staff.get(load.person)}
        for load in plans.load()
        if who in (None, load.person)
    ]
    # Where nothing is asked beside sections, no columns of noughts.
    beside = {what: what for what in ("attend", "advise") if any(row[what] for row in rows)}
    show_rows(
        rows,
        {
            "name": Column("who", lambda row: row["name"], _late),
            "write": "write",
            "review": "review",
            **beside,
            "assign_again": "assign again",
            "overdue": "late",
            "later": "later",
        },
        fields=_LOADS,
        as_json=as_json,
        as_csv=as_csv,
        empty="Nothing waits.",
    )


def _staff_ids(plans: Plans) -> dict[str, str]:
    return {person.id: person.staff_id for person in plans.people.list()}


def _due(row: Mapping[str, Any]) -> str:
    return f"{row['due'] or ''}{' (late)' if row['overdue'] else ''}"


def _about(row: Mapping[str, Any]) -> str:
    return row["section"] or row["kind"] or "meeting"


def _late(row: Mapping[str, Any]) -> str | None:
    return "red" if row["overdue"] else None
