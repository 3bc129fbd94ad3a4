"""How far a cycle is, and taking back what of it nobody has started."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields as fields_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow_cli.settings import Settings, acting, as_csv, as_json, because, located
from ehcp_flow_cli.showing.harmless import cell

if TYPE_CHECKING:
    from ehcp_flow.acting import By
    from ehcp_flow.cycles.beside import CycleDuty, DutyTally
    from ehcp_flow.cycles.status import CycleStatus, CycleTask, Share, Tally
    from ehcp_flow.cycles.undoing import Held, Undone
    from ehcp_flow_cli.showing.tables import Column

SOMETHING_TO_DO = 3
"""Exit status of a preview that would record something."""

_SHOWN = 5
"""Tasks named of those that have the same to be said of them; JSON has all."""

_COUNTS = (
    "asked",
    "done",
    "percent",
    "started",
    "not_started",
    "late",
    "declined",
    "withdrawn",
    "closed",
)
_BESIDE = (
    "meetings",
    "coming",
    "no_answer",
    "not_coming",
    "advice",
    "given",
    "advice_late",
    "advice_declined",
)
"""What was asked for beside sections."""
_CYCLES = ("name", "applied", "applied_last", "by_name", "plans", *_COUNTS, *_BESIDE)
_TASKS = (
    "cycle",
    "reference",
    "pupil",
    "section",
    "task",
    "staff_id",
    "name",
    "role",
    "organisation",
    "due",
    "state",
    "late",
    "reason",
    "waits_on_name",
)
_DUTIES = (
    "cycle",
    "reference",
    "pupil",
    "duty",
    "kind",
    "staff_id",
    "name",
    "role",
    "organisation",
    "due",
    "state",
    "late",
    "reason",
    "waits_on_name",
)
_PLANS = (
    "cycle",
    "reference",
    "pupil",
    "standing",
    "meeting",
    *_COUNTS,
    "waits_on",
    *_BESIDE,
    "authority",
)
_SHARES = ("staff_id", "name", "organisation", *_COUNTS, "ask_again", *_BESIDE)
_ORGANISATIONS = ("name", *_COUNTS, *_BESIDE)

_Row = dict[str, Any]


def register(group: click.Group) -> None:
    """Add these commands to the group of a cycle's."""
    group.add_command(status)
    group.add_command(undo)


# How far it is -----------------------------------------------------------------------------------


@click.command()
@click.argument("name", required=False)
@click.option(
    "--by",
    "grouped",
    type=click.Choice(["plan", "person", "organisation", "authority", "duty"]),
    help="One line for each of these: authorities maintain plans, organisations are those of "
    "people; a duty is to attend or to give advice.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a page to read and print into a file.",
)
@as_json
@as_csv
@located
@click.pass_obj
def status(
    settings: Settings,
    name: str | None,
    grouped: str | None,
    html: Path | None,
    as_json: bool,
    as_csv: bool,
) -> None:
    """How far the cycle NAME is; without NAME, which cycles there are.

    What is not started, waits on whom, is late, done, declined or withdrawn. Late is what could be
    done and whose day has passed; closed is what a later review took over. CSV without --by has a
    line for each task.
    """
    from ehcp_flow_cli.showing.tables import show_json, show_rows

    if html is not None and (as_json or as_csv or grouped):
        raise click.UsageError("--html has everything: leave out --by, --json and --csv.")
    if html is not None and name is None:
        raise click.UsageError("--html is about one cycle: say which.")
    plans = settings.plans()
    found = plans.cycles.status(name)
    if html is not None and name is not None:
        _write_page(settings, found, name, html)
        return
    staff = {person.id: person.staff_id for person in plans.people.list()}
    columns: Mapping[str, str | Column] = {}
    if grouped is not None:
        rows, columns, fields = _grouped(found, grouped, staff)
    elif name is None:
        rows = [
            {**_values(c), **_counts(c.tally, c.beside), "stream": c.stream} for c in found.cycles
        ]
        columns, fields = _cycle_columns(beside=found.beside.any), _CYCLES
    elif as_csv:
        rows, fields = [_task(task, staff) for task in found.tasks], _TASKS
    elif as_json:
        show_json(
            {
                **_values(found.cycles[0]),
                "on": found.on,
                **_counts(found.tally, found.beside),
                "tasks": [_task(task, staff) for task in found.tasks],
                "duties": [_duty(duty, staff) for duty in found.duties],
                "persons": [_share(share, staff) for share in found.by_person()],
            }
        )
        return
    else:
        for line in _glance(found):
            click.echo(cell(line))
        rows, columns, fields = _grouped(found, "person", staff)
    show_rows(
        rows,
        columns,
        fields=fields,
        as_json=as_json,
        as_csv=as_csv,
        empty=(
            "No cycle was applied here: `cycle apply FILE` sets one up."
            if name is None
            else "Nobody is asked to attend or for advice."
            if grouped == "duty"
            else "Nobody is asked for anything."
        ),
    )
    if name is not None and grouped is None and not as_csv:
        for line in _declined(found):
            click.echo(cell(line))


def _write_page(settings: Settings, found: CycleStatus, name: str, file: Path) -> None:
    from ehcp_flow.times import system_clock
    from ehcp_flow_cli.drafts_on_disk import write_privately
    from ehcp_flow_cli.showing.pages.status import status_page

    days = settings.plans().cycles.days(name)
    write_privately(file, status_page(found, days, (settings.clock or system_clock)()))
    click.echo(cell(f"{found.cycles[0].name} written to {file}."))


def _counts(tally: Tally, beside: DutyTally) -> _Row:
    of_sections = {key: getattr(tally, key) for key in _COUNTS}
    return of_sections | {key: getattr(beside, key) for key in _BESIDE}


def _values(of: Any) -> _Row:
    """The fields of a dataclass; ``asdict`` would copy each of many thousand tasks deeply."""
    return {
        field.name: getattr(of, field.name) for field in fields_of(of) if field.name != "beside"
    }


def _task(task: CycleTask, staff: Mapping[str, str]) -> _Row:
    return {**_values(task), "staff_id": staff.get(task.person)}


def _duty(duty: CycleDuty, staff: Mapping[str, str]) -> _Row:
    what = "attend" if duty.kind is None else "advise"
    return {**_values(duty), "duty": what, "staff_id": staff.get(duty.person)}


def _share(share: Share, staff: Mapping[str, str]) -> _Row:
    return {
        "id": share.id,
        "staff_id": staff.get(share.id or ""),
        "name": share.name,
        "organisation": share.organisation,
        **_counts(share.tally, share.beside),
        "ask_again": share.ask_again,
    }


def _grouped(
    found: CycleStatus, by: str, staff: Mapping[str, str]
) -> tuple[list[_Row], Mapping[str, str | Column], Sequence[str]]:
    """The rows, what is shown of them, and what CSV has."""
    from ehcp_flow_cli.showing.tables import Column

    late = Column("late", lambda row: row["late"], _red)
    counts: dict[str, str | Column] = {
        "asked": "tasks",
        "done": "done",
        "started": "started",
        "not_started": "not started",
        "late": late,
        "declined": "declined",
        "withdrawn": "withdrawn",
    }
    several = {"cycle": "cycle"} if len(found.cycles) > 1 else {}
    if by == "duty":
        columns: Mapping[str, str | Column] = {
            "reference": "plan",
            "pupil": "pupil",
            **several,
            "duty": Column("what", lambda row: row["kind"] or "meeting"),
            "name": "who",
            "due": "day",
            "state": Column("", lambda row: _state(row), _red),
            "waits_on_name": "waits on",
        }
        return [_duty(duty, staff) for duty in found.duties], columns, _DUTIES
    if found.beside.any:
        late_too = Column("advice late", lambda row: row["advice_late"], _red_advice)
        counts |= {
            "meetings": "meetings",
            "coming": "comes",
            "no_answer": "no answer",
            "advice": "advice",
            "given": "given",
            "advice_late": late_too,
        }
    if by == "plan":
        rows = [{**_values(plan), **_counts(plan.tally, plan.beside)} for plan in found.plans]
        columns = {
            "reference": "plan",
            "pupil": "pupil",
            **several,
            "meeting": Column("meeting", _meeting),
            **counts,
            "waits_on": Column("waits on", lambda row: ", ".join(row["waits_on"])),
        }
        return rows, columns, _PLANS
    if by == "person":
        rows = [_share(share, staff) for share in found.by_person()]
        columns = {"name": "who", **counts, "ask_again": "ask again"}
        return rows, columns, _SHARES
    shares = found.by_authority() if by == "authority" else found.by_organisation()
    rows = [{"name": share.name, **_counts(share.tally, share.beside)} for share in shares]
    return rows, {"name": by, **counts}, _ORGANISATIONS


def _cycle_columns(*, beside: bool) -> Mapping[str, str | Column]:
    from ehcp_flow_cli.showing.moments import shown
    from ehcp_flow_cli.showing.tables import Column

    return {
        "name": "cycle",
        "applied": Column("applied", lambda row: shown(row["applied"])),
        "plans": "plans",
        "asked": "tasks",
        "done": Column("done", lambda row: _done(row["done"], row["percent"])),
        "late": Column("late", lambda row: row["late"], _red),
        **(
            {
                "no_answer": "no answer",
                "advice_late": Column("advice late", lambda row: row["advice_late"], _red_advice),
            }
            if beside
            else {}
        ),
    }


def _meeting(row: Mapping[str, Any]) -> object:
    return row["meeting"] if row["standing"] == "stands" else row["standing"]


def _done(done: int, percent: int | None) -> str:
    return f"{done}" if percent is None else f"{done} ({percent} %)"


def _red(row: Mapping[str, Any]) -> str | None:
    return "red" if row["late"] else None


def _red_advice(row: Mapping[str, Any]) -> str | None:
    return "red" if row["advice_late"] else None


def _state(row: Mapping[str, Any]) -> str:
    """How a duty stands, as people say it."""
    meets = row["kind"] is None
    words = {
        "asked": "no answer yet" if meets else "asked",
        "accepted": "comes" if meets else "accepted",
        "declined": f"declined ({row['reason']})",
    }
    return f"{words.get(row['state'], row['state'])}{', late' if row['late'] else ''}"


def _glance(found: CycleStatus) -> Iterator[str]:
    """Two lines about the whole."""
    from ehcp_flow_cli.showing.moments import shown

    (cycle,) = found.cycles
    tally = found.tally
    yield (
        f"{cycle.name}: applied {shown(cycle.applied)} by {cycle.by_name}, {cycle.plans} plans, "
        f"{tally.asked} tasks."
    )
    others = "".join(
        f", {many} {what}"
        for what, many in (("withdrawn", tally.withdrawn), ("closed", tally.closed))
        if many
    )
    yield (
        f"{_done(tally.done, tally.percent)} done, {tally.started} started, {tally.not_started} "
        f"not started, {tally.late} late, {tally.declined} declined{others}."
    )
    if (beside := found.beside).any:
        yield (
            f"To meetings: {beside.meetings} asked, {beside.coming} come, {beside.no_answer} have "
            f"not answered, {beside.not_coming} declined. Advice: {beside.advice} asked for, "
            f"{beside.given} given, {beside.advice_late} late, {beside.advice_declined} declined."
        )


def _declined(found: CycleStatus) -> Iterator[str]:
    """What somebody said no to, and who should ask somebody else."""
    everything: list[CycleTask | CycleDuty] = [*found.tasks, *found.duties]
    declined = [one for one in everything if one.state == "declined" and one.waits_on]
    for one in declined[:_SHOWN]:
        yield (
            f"Declined: {_what(one)} of {one.reference}, by {one.name} "
            f"({one.reason}). {one.waits_on_name} should ask somebody else."
        )
    if len(declined) > _SHOWN:
        yield f"Declined: {len(declined) - _SHOWN} more."


def _what(one: CycleTask | CycleDuty) -> str:
    from ehcp_flow.cycles.beside import CycleDuty

    if not isinstance(one, CycleDuty):
        return f"to {one.task} {one.section}"
    return "to come to the meeting" if one.kind is None else f"to give advice ({one.kind})"


# Taking it back ----------------------------------------------------------------------------------


@click.command(short_help="Take back what of a cycle nobody has started.")
@click.argument("name")
@click.option(
    "--plan",
    "plans",
    metavar="PLAN",
    multiple=True,
    help="Only this plan (may be repeated), and also what was started in it.",
)
@click.option("--started", is_flag=True, help="Also what was started, of all plans.")
@click.option("--preview", is_flag=True, help="Show what would happen, and record nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@because
@acting
@click.pass_obj
def undo(
    settings: Settings,
    name: str,
    plans: tuple[str, ...],
    started: bool,
    preview: bool,
    as_json: bool,
    by: By,
) -> None:
    """Take back what the cycle NAME asked for and nobody has started; the record keeps both.

    A review is taken back when nothing of it was started: no section, and nobody said that they
    come or give advice, or gave it. What was started stays, and is named.
    Undoing again changes nothing; one that was interrupted goes on where it stopped.
    """
    from ehcp_flow_cli.showing.progress import progress
    from ehcp_flow_cli.showing.tables import show_json

    with progress("Taking back") as told:
        done = settings.plans().cycles.undo(
            name, plans=plans or None, started=started, by=by, preview=preview, progress=told
        )
    if as_json:
        counts = {"tasks": done.tasks, "reviews": done.reviews, "duties": done.duties}
        show_json({**_values(done), **counts})
    else:
        for line in _undone(done, named=started or bool(plans)):
            click.echo(cell(line))
    if preview and done.taken_back:
        sys.exit(SOMETHING_TO_DO)


def _undone(done: Undone, *, named: bool) -> Iterator[str]:
    would = "would be taken back" if done.preview else "taken back"
    yield f"{done.cycle}: {done.reviews} reviews and {done.tasks} tasks {would}."
    if done.duties:
        yield f"Of meetings and advice: {done.duties} {would}."
    for held in done.left[:_SHOWN]:
        yield f"Left: {_held(held)}."
    if len(done.left) > _SHOWN:
        yield f"Left: {len(done.left) - _SHOWN} more."
    if done.left and not named:
        yield "What was started is taken back with --plan PLAN, or --started for all."
    if done.taken_over:
        some = ", ".join(done.taken_over[:_SHOWN])
        more = len(done.taken_over) - _SHOWN
        yield f"A later review took over: {some}{f' and {more} more' if more > 0 else ''}."


def _held(held: Held) -> str:
    if not held.section:
        what = "the meeting" if held.kind is None else f"advice ({held.kind})"
        return f"{what} of {held.reference}, {held.to_name} ({held.status})"
    return f"{held.section} of {held.reference} to {held.task}, {held.to_name} ({held.status})"
