"""Set up a term's reviews from one file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ehcp_flow_cli.commands import cycle_status
from ehcp_flow_cli.commands.cycle_handing_over import reassign, requests
from ehcp_flow_cli.settings import Settings, acting, because
from ehcp_flow_cli.showing.harmless import cell

if TYPE_CHECKING:
    from ehcp_flow.acting import By
    from ehcp_flow.cycles.applying import Applied
    from ehcp_flow.cycles.asking import Gap
    from ehcp_flow.cycles.attending import Missing
    from ehcp_flow.cycles.choosing import SetUp
    from ehcp_flow.cycles.previewing import PersonLoad, PlanPreview, Preview
    from ehcp_flow.plans import Plans

SOMETHING_TO_DO = 3


@click.group()
def command() -> None:
    """Set up a term's reviews from one file."""


command.add_command(reassign)
command.add_command(requests)

cycle_status.register(command)


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--preview-id", metavar="ID", help="Do exactly what the preview of this id said, or nothing."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@because
@acting
@click.pass_obj
def apply(settings: Settings, file: Path, preview_id: str | None, as_json: bool, by: By) -> None:
    """Set up the reviews and assignments that a cycle FILE (TOML) asks for.

    Applying again changes nothing; one that was interrupted goes on where it stopped. `cycle
    preview` shows beforehand what it does.
    """
    from ehcp_flow_cli.showing.progress import progress
    from ehcp_flow_cli.showing.tables import show_json

    plans = settings.plans()
    with progress("Setting up reviews") as told:
        done = plans.cycles.apply(
            _read(file), file=file.name, by=by, preview_id=preview_id, progress=told
        )
    if as_json:
        show_json(
            {
                "cycle": done.cycle,
                "set_up": done.set_up,
                "added": done.added,
                "already": done.already,
                "gaps": done.gaps,
                "missing": done.chosen.missing,
                "left_out": done.chosen.left_out,
            }
        )
        return
    for line in _told(done):
        click.echo(cell(line))
    _tell_the_law(plans)


@command.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--all", "everything", is_flag=True, help="Name every plan and every person.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@acting
@click.pass_obj
def preview(settings: Settings, file: Path, everything: bool, as_json: bool, by: By) -> None:
    """Show what applying a cycle FILE (TOML) would do, and record nothing.

    Exit status 3 when there is something to do, 0 when there is not.
    """
    from ehcp_flow_cli.showing.progress import progress
    from ehcp_flow_cli.showing.tables import show_json

    plans = settings.plans()
    with progress("Looking at plans") as told:
        found = plans.cycles.preview(_read(file), file=file.name, by=by, progress=told)
    if as_json:
        show_json(
            {
                "cycle": found.cycle,
                "kind": found.kind,
                "preview_id": found.id,
                "something_to_do": found.something_to_do,
                "notes_file": found.notes_file,
                "plans": found.plans,
                "left_out": found.left_out,
                "late": [set_up.reference for set_up in found.late],
                "gaps": found.gaps,
                "missing": found.missing,
                "loads": found.loads,
                "over_limit": [load.staff_id for load in found.over],
            }
        )
    else:
        _show(found, file, everything=everything)
        _tell_the_law(plans)
    sys.exit(SOMETHING_TO_DO if found.something_to_do else 0)


def _tell_the_law(plans: Plans) -> None:
    """Say what the law says about such a school and meetings, when its operating model tells."""
    if told := plans.models.in_force().model.told():
        click.echo(cell(told))


def _read(file: Path) -> bytes:
    """What stands in a file, and no more than tells that it is too large."""
    from ehcp_flow.cycles.file import LARGEST_FILE

    with file.open("rb") as opened:
        return opened.read(LARGEST_FILE + 1)


def _show(found: Preview, file: Path, *, everything: bool) -> None:
    new, more = found.of("set up"), found.of("add to")
    alone, refused = found.of("leave alone"), found.of("refuse")
    click.echo(
        cell(
            f"{found.cycle}: {len(new)} reviews to set up with {_asked(_shares(new))}, "
            f"{len(more)} to add {_asked(_shares(more))} to, {len(alone)} to leave alone, "
            f"{len(refused)} refused."
        )
    )
    if found.kind == "school":
        click.echo("The school's own meeting: no limit of the law runs from it.")
    if not found.something_to_do:
        click.echo("Nothing to do.")
    elif found.notes_file and not new and not more:
        click.echo("It would be noted that this file was applied.")
    plans = found.plans if everything else [*new, *more, *refused]
    _rows(
        [_plan_row(plan) for plan in plans],
        {
            "plan": "plan",
            "what": "what",
            "meeting": "meeting",
            "tasks": "asks",
            "why": "because",
        },
        everything=everything,
    )
    for line in _to_look_at(found):
        click.echo(cell(line))
    loads = [load for load in found.loads if everything or load.before != load.after or load.over]
    _rows(
        [_load_row(load) for load in loads],
        {
            "name": "who",
            "write": "write",
            "review": "review",
            "meetings": "meetings",
            "hours": "hours",
            "over": "limit",
        },
        everything=everything,
    )
    if found.something_to_do:
        click.echo(
            cell(f"To do exactly this: ehcp-flow cycle apply {file.name} --preview-id {found.id}")
        )


def _rows(
    rows: Sequence[Mapping[str, object]], columns: Mapping[str, str], *, everything: bool
) -> None:
    from ehcp_flow_cli.showing.tables import show_rows

    shown = rows if everything else rows[:_MOST_ROWS]
    if shown:
        show_rows(shown, columns)
    if len(rows) > len(shown):
        click.echo(f"… and {len(rows) - len(shown)} more: --all shows them.")


_MOST_ROWS = 20
"""Plans or people named of many, unless all are asked for."""


def _plan_row(plan: PlanPreview) -> Mapping[str, object]:
    set_up = plan.set_up
    asks: dict[str, list[str]] = {}
    for task in () if set_up is None else set_up.tasks:
        asks.setdefault(f"{task.to_name} to {task.task}", []).append(task.section)
    for one in () if set_up is None else set_up.attend:
        asks[f"{one.name} to attend"] = []
    for advice in () if set_up is None else set_up.advice:
        asks.setdefault(f"{advice.to_name} for advice", []).append(f"({advice.kind})")
    return {
        "plan": plan.reference,
        "what": plan.what,
        "meeting": None if set_up is None else set_up.meeting,
        "tasks": ", ".join(" ".join([what, *sections]) for what, sections in asks.items()),
        "why": plan.why,
    }


def _load_row(load: PersonLoad) -> Mapping[str, object]:
    before, after = load.before, load.after

    def moved(old: float, new: float) -> str:
        return f"{old:g}" if old == new else f"{old:g} -> {new:g}"

    return {
        "name": load.name,
        "write": moved(before.write, after.write),
        "review": moved(before.review, after.review),
        "meetings": moved(before.meetings, after.meetings),
        "hours": moved(before.hours, after.hours),
        "over": f"over {load.limit}" if load.over else "",
    }


def _shares(plans: Iterable[PlanPreview]) -> list[SetUp]:
    return [plan.set_up for plan in plans if plan.set_up is not None]


def _to_look_at(found: Preview) -> Iterator[str]:
    """What somebody should look at before it is applied."""
    for why, references in found.left_out.items():
        yield f"Left out: {len(references)}, {why}."
    yield from _late(found.late[:_SHOWN])
    if len(found.late) > _SHOWN:
        yield f"Late: {len(found.late) - _SHOWN} more; --json names them."
    yield from _nobody(found.gaps)
    yield from _absent(found.missing)
    for load in found.over:
        yield (
            f"Over the limit: {load.name} would have {load.after.tasks} tasks, and at most "
            f"{load.limit} may wait on them."
        )


def _told(done: Applied) -> Iterator[str]:
    """What was done, and then whatever somebody should look at."""
    yield (
        f"{done.cycle}: {len(done.set_up)} reviews set up with {_asked(done.set_up)}, "
        f"{done.already} were set up before."
    )
    if done.added:
        yield f"Added to {len(done.added)} reviews set up before: {_asked(done.added)}."
    for why, many in done.chosen.left_out.items():
        yield f"Left out: {many}, {why}."
    yield from _late(done.set_up)
    yield from _nobody(done.gaps)
    yield from _absent(done.chosen.missing)


def _late(set_ups: Iterable[SetUp]) -> Iterator[str]:
    for set_up in set_ups:
        if set_up.late:
            yield (
                f"Late: {set_up.reference} meets on {set_up.meeting}, and its review is due by "
                f"{set_up.review_due}: the authority has less than its four weeks."
            )


def _nobody(gaps: Iterable[Gap]) -> Iterator[str]:
    why_nobody: dict[str, list[Gap]] = {}
    for gap in gaps:
        why_nobody.setdefault(gap.why, []).append(gap)
    for why, some in why_nobody.items():
        yield f"Nobody asked: {', '.join(map(_what, some[:_SHOWN]))}{_and_more(some)}: {why}"


def _absent(missing: Iterable[Missing]) -> Iterator[str]:
    """Meetings and advice for which nobody can be asked."""
    absent: dict[tuple[str, str], list[Missing]] = {}
    for one in missing:
        duty = "attends" if one.duty == "attend" else f"gives {one.what} advice"
        absent.setdefault((duty, one.why), []).append(one)
    for (duty, why), some in absent.items():
        plans = ", ".join(one.reference for one in some[:_SHOWN])
        yield f"Nobody {duty}: {plans}{_and_more(some)}: {why}"


_SHOWN = 5
"""Tasks named of those that nobody was asked for with the same reason; JSON has all."""


def _what(gap: Gap) -> str:
    return f"to {gap.task} {gap.section} of {gap.reference}"


def _and_more(some: Sequence[object]) -> str:
    return f" and {len(some) - _SHOWN} more" if len(some) > _SHOWN else ""


def _asked(set_ups: Sequence[SetUp]) -> str:
    """How much is asked for: sections, and beside them only what there is."""
    tasks = sum(len(set_up.tasks) for set_up in set_ups)
    attend = sum(len(set_up.attend) for set_up in set_ups)
    advice = sum(len(set_up.advice) for set_up in set_ups)
    *most, last = [
        *([f"{tasks} tasks"] if tasks or not (attend or advice) else []),
        *([f"{attend} times to attend"] if attend else []),
        *([f"{advice} times for advice"] if advice else []),
    ]
    return f"{', '.join(most)} and {last}" if most else last
