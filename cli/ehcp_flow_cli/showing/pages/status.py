"""How far a review cycle is, as a page to read and to print: numbers first, each picture with its
table beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from ehcp_flow_cli.showing.pages.parts import (
    Said,
    day,
    in_line,
    minute,
    page,
    resource,
    said,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from ehcp_flow.cycles.beside import CycleDuty, DutyTally
    from ehcp_flow.cycles.course import DayProgress
    from ehcp_flow.cycles.status import (
        CycleStatus,
        CycleTask,
        PlanProgress,
        Share,
        Tally,
    )
    from ehcp_flow_cli.showing.pages.parts import Line

MOST_PLANS = 1_000
"""Plans on a page; more of them are for a spreadsheet."""

MOST_DAYS = 60
"""Days in the table beside the chart; of more, the latest."""

_LINES = (
    ("asked", "asked for"),
    ("accepted", "accepted or begun"),
    ("done", "done"),
    ("submitted", "of these, submitted by writers"),
)


def status_page(status: CycleStatus, days: Sequence[DayProgress], made_at: datetime) -> str:
    """Return the page, one file without any script that asks the network for nothing.

    Args:
        status: of one cycle.
        days: how far it was on which day.
        made_at: when the page is made.
    """
    (cycle,) = status.cycles
    tally = status.tally
    facts: list[tuple[str, Line]] = [
        ("Applied", (f"{minute(cycle.applied)}, by ", Said(cycle.by_name))),
        ("Reviews", (f"{cycle.plans}",)),
        ("As of", (day(status.on),)),
    ]
    head = "".join(f"<dt>{name}</dt><dd>{in_line(line)}</dd>\n" for name, line in facts)
    body = f"""<header>
<h1>Review cycle: {said(cycle.name)}</h1>
<dl class="particulars">
{head}</dl>
</header>
<main>
{_figures(tally, status.beside)}{_progress(days, status.on)}{_load(status)}{_authorities(status)}\
{_duties(status)}{_declined(status)}{_plans(status)}</main>
<footer class="quiet small"><p>Page made {minute(made_at)} by ehcp-flow. A task is one person's, to
 write or to review one section of one plan. Late is what could be done and whose day has
 passed.</p></footer>
"""
    return page(f"Review cycle: {cycle.name}", body, resource("page.css") + resource("status.css"))


def _figures(tally: Tally, beside: DutyTally) -> str:
    percent = "" if tally.percent is None else f" ({tally.percent}\u00a0%)"
    told = [
        (tally.asked, "tasks asked for"),
        (tally.done, f"done{percent}"),
        (tally.started, "started"),
        (tally.not_started, "not started"),
        (tally.late, "late"),
        (tally.declined, "declined"),
        (tally.withdrawn, "withdrawn"),
        (tally.closed, "closed by a later review"),
    ]
    if beside.any:
        told += [
            (beside.meetings, "asked to meetings"),
            (beside.coming, "come"),
            (beside.no_answer, "have not answered"),
            (beside.not_coming, "do not come"),
            (beside.advice, "advice asked for"),
            (beside.given, "advice given"),
            (beside.advice_late, "advice late"),
            (beside.advice_declined, "advice declined"),
        ]
    items = "".join(f"<li><b>{many}</b> {what}</li>\n" for many, what in told)
    return (
        '<section aria-labelledby="glance">\n<h2 id="glance">At a glance</h2>\n'
        f'<ul class="figures" role="list">\n{items}</ul>\n</section>\n'
    )


# Progress over time ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a day and a number stand in the chart."""

    first: date
    last: date
    most: int
    """The number at the top."""

    width: ClassVar[int] = 640
    height: ClassVar[int] = 320
    left: ClassVar[int] = 44
    right: ClassVar[int] = 12
    top: ClassVar[int] = 12
    bottom: ClassVar[int] = 34

    def x(self, on: date) -> float:
        """How far to the right a day is."""
        span = max((self.last - self.first).days, 1)
        room = self.width - self.left - self.right
        return round(self.left + room * (on - self.first).days / span, 1)

    def y(self, many: int) -> float:
        """How far down a number is."""
        room = self.height - self.top - self.bottom
        return round(self.height - self.bottom - room * many / self.most, 1)


def _progress(days: Sequence[DayProgress], on: date) -> str:
    title = '<section aria-labelledby="progress">\n<h2 id="progress">Progress</h2>\n'
    if not days:
        return f'{title}<p class="quiet">Nothing was asked for yet.</p>\n</section>\n'
    keys = "".join(
        f'<li><svg class="key" viewBox="0 0 40 12" aria-hidden="true">'
        f'<path class="line {kind}" d="M0 6H40"></path></svg>{words}</li>\n'
        for kind, words in _LINES
    )
    return (
        f'{title}<div class="beside">\n<figure>\n{_chart(days, on)}'
        f'<ul class="keys" role="list">\n{keys}</ul>\n'
        "<figcaption>Tasks at the end of each day. What was taken back is no longer counted."
        f"</figcaption>\n</figure>\n{_days_table(days)}</div>\n</section>\n"
    )


def _chart(days: Sequence[DayProgress], on: date) -> str:
    most = max(1, *(one.asked for one in days))
    step = _step(most)
    frame = _Frame(days[0].on, max(on, days[-1].on), -(-most // step) * step)
    latest = days[-1]
    told = (
        f"From {day(frame.first)} to {day(frame.last)}: {latest.asked} tasks asked for, "
        f"{latest.accepted} accepted or begun, {latest.done} done, {latest.submitted} of these "
        "submitted by writers. The table has each day."
    )
    parts = [
        f'<svg role="img" viewBox="0 0 {frame.width} {frame.height}" '
        'aria-labelledby="chart-title chart-told">\n'
        f'<title id="chart-title">Tasks of the cycle, day by day</title>\n'
        f'<desc id="chart-told">{told}</desc>\n'
    ]
    right = frame.width - frame.right
    for many in range(0, frame.most + 1, step):
        y = frame.y(many)
        kind = "grid" if many else "axis"
        parts.append(
            f'<line class="{kind}" x1="{frame.left}" y1="{y}" x2="{right}" y2="{y}"></line>'
            f'<text x="{frame.left - 6}" y="{y + 4}" text-anchor="end">{many}</text>\n'
        )
    for at in _some_days(frame.first, frame.last):
        x = frame.x(at)
        bottom = frame.height - frame.bottom
        anchor = "start" if at == frame.first else "end" if at == frame.last else "middle"
        parts.append(
            f'<line class="axis" x1="{x}" y1="{bottom}" x2="{x}" y2="{bottom + 5}"></line>'
            f'<text x="{x}" y="{bottom + 20}" text-anchor="{anchor}">{at.day} {at:%b}</text>\n'
        )
    parts += [
        f'<path class="line {kind}" d="{_path(kind, days, frame)}"></path>\n' for kind, _ in _LINES
    ]
    parts.append("</svg>\n")
    return "".join(parts)


def _path(kind: str, days: Sequence[DayProgress], frame: _Frame) -> str:
    """A line that goes up on the day itself, and then straight on."""
    first, *others = days
    steps = [f"M{frame.x(first.on)} {frame.y(getattr(first, kind))}"]
    steps += [f"H{frame.x(one.on)}V{frame.y(getattr(one, kind))}" for one in others]
    steps.append(f"H{frame.x(frame.last)}")
    return "".join(steps)


def _step(most: int) -> int:
    """The round number by which the lines of the grid go up, so that there are few."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if 6 * step >= most:
                return step
        power *= 10


def _some_days(first: date, last: date) -> list[date]:
    """Both ends, and days between them with room for their names."""
    span = (last - first).days
    if not span:
        return [first]
    parts = min(4, span)
    return [first + timedelta(days=span * n // parts) for n in range(parts + 1)]


def _days_table(days: Sequence[DayProgress]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{one.on.day} {one.on:%b} {one.on.year}</th>'
        f"{_many(one.asked, one.accepted, one.done, one.submitted)}</tr>\n"
        for one in days[-MOST_DAYS:]
    )
    left = len(days) - MOST_DAYS
    before = f'<p class="quiet small">{left} earlier days are left out.</p>\n' if left > 0 else ""
    return (
        "<div><table>\n<caption>Days on which something moved</caption>\n"
        f'<thead><tr><th scope="col">Day</th>{_heads("Asked", "Accepted", "Done", "Submitted")}'
        f"</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n{before}</div>\n"
    )


def _many(*numbers: int) -> str:
    return "".join(f'<td class="many">{number}</td>' for number in numbers)


def _heads(*names: str) -> str:
    return "".join(f'<th scope="col" class="many">{name}</th>' for name in names)


# Load per person ---------------------------------------------------------------------------------


def _load(status: CycleStatus) -> str:
    shares = status.by_person()
    most = max((share.tally.asked for share in shares), default=0)
    rows = "".join(_person(share, most) for share in shares)
    keys = "".join(
        f'<li><svg class="key" viewBox="0 0 40 12" aria-hidden="true">'
        f"{_part(kind, 1, 38, 12)}</svg>{words}</li>\n"
        for kind, words in (("done", "done"), ("late", "late"), ("open", "still open"))
    )
    heads = _heads("Tasks", "Done", "Open", "Late", "Declined", "Ask again")
    table = (
        f'<ul class="keys" role="list">\n{keys}</ul>\n<div class="scroll" tabindex="0" '
        'role="region" aria-labelledby="load"><table>\n'
        '<thead><tr><th scope="col">Who</th><th scope="col">Of</th>'
        f'<th scope="col" class="bar">Share</th>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n"
    )
    return (
        '<section aria-labelledby="load">\n<h2 id="load">Load per person</h2>\n'
        f"{table if shares else _NOBODY}</section>\n"
    )


_NOBODY = '<p class="quiet">Nobody is asked for anything.</p>\n'


def _person(share: Share, most: int) -> str:
    tally = share.tally
    return (
        f'<tr><th scope="row">{said(share.name)}</th><td>{said(share.organisation or "")}</td>'
        f'<td class="bar">{_bar(tally, most)}</td>{_many(tally.asked, tally.done)}{_open(tally)}'
        f"{_many(tally.declined, share.ask_again)}</tr>\n"
    )


def _authorities(status: CycleStatus) -> str:
    """How far it is with the plans of each authority, where there are several."""
    shares = status.by_authority()
    if len(shares) < 2:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{said(share.name)}</th>'
        f"{_many(share.tally.asked, share.tally.done)}{_open(share.tally)}"
        f"{_many(share.tally.declined)}</tr>\n"
        for share in shares
    )
    heads = _heads("Tasks", "Done", "Open", "Late", "Declined")
    return (
        '<section aria-labelledby="authorities">\n'
        '<h2 id="authorities">By the authority that maintains the plans</h2>\n'
        '<div class="scroll" tabindex="0" role="region" aria-labelledby="authorities"><table>\n'
        f'<thead><tr><th scope="col">Authority</th>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n</section>\n"
    )


def _bar(tally: Tally, most: int) -> str:
    """The numbers beside it, drawn; for those who see it."""
    still = tally.started + tally.not_started - tally.late
    parts: list[str] = []
    at = 0.0
    for kind, many in (("done", tally.done), ("late", tally.late), ("open", still)):
        if many:
            wide = 200 * many / max(most, 1)
            parts.append(_part(kind, at, wide, 16))
            at += wide
    return (
        '<svg viewBox="0 0 200 16" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(parts)}</svg>"
    )


def _part(kind: str, at: float, wide: float, high: int) -> str:
    """A part of a bar; what is late is also lower, for who does not see its colour."""
    top = high // 4 if kind == "late" else 1
    return (
        f'<rect class="part {kind}" x="{at:.1f}" y="{top}" width="{wide:.1f}" '
        f'height="{high - 2 * top}"></rect>'
    )


# Beside sections ---------------------------------------------------------------------------------


def _duties(status: CycleStatus) -> str:
    """Who has not said whether they come, and which advice was not given yet."""
    if not status.beside.any:
        return ""
    waiting = [duty for duty in status.duties if duty.waits_on is not None]
    waiting.sort(key=_late_first)
    rows = "".join(map(_duty, waiting[:MOST_PLANS]))
    left = len(waiting) - MOST_PLANS
    more = (
        f'<p class="quiet">{left} more: <code>cycle status NAME --by duty --csv</code> has all.'
        "</p>\n"
        if left > 0
        else ""
    )
    table = (
        '<div class="scroll" tabindex="0" role="region" aria-labelledby="duties"><table>\n'
        '<thead><tr><th scope="col">Plan</th><th scope="col">Pupil</th><th scope="col">What</th>'
        '<th scope="col">Day</th><th scope="col">Who</th><th scope="col">Of</th>'
        '<th scope="col">State</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n{more}"
    )
    return (
        '<section aria-labelledby="duties">\n<h2 id="duties">Meetings and advice</h2>\n'
        f"{table if waiting else _NOTHING_WAITS}</section>\n"
    )


_NOTHING_WAITS = '<p class="quiet">Everybody answered, and all advice was given.</p>\n'


def _late_first(duty: CycleDuty) -> tuple[bool, date, str]:
    return not duty.late, duty.due, duty.reference


def _duty(duty: CycleDuty) -> str:
    what = "to come to the meeting" if duty.kind is None else f"advice ({duty.kind})"
    words = {"asked": "no answer yet" if duty.kind is None else "not given yet"}
    state = words.get(duty.state, duty.state)
    late = ' class="is-late"' if duty.late else ""
    return (
        f'<tr><th scope="row">{said(duty.reference)}</th><td>{said(duty.pupil)}</td>'
        f"<td>{what}</td><td>{day(duty.due)}</td><td>{said(duty.name)}</td>"
        f"<td>{said(duty.organisation or '')}</td>"
        f"<td{late}>{state}{', late' if duty.late else ''}</td></tr>\n"
    )


# What somebody should look at --------------------------------------------------------------------


def _declined(status: CycleStatus) -> str:
    declined = [_refused(task) for task in status.tasks if task.state == "declined"]
    declined += [_refused_duty(duty) for duty in status.duties if duty.state == "declined"]
    if not declined:
        return ""
    items = "".join(f"<li>{in_line(line)}</li>\n" for line in declined)
    return (
        '<section aria-labelledby="declined">\n<h2 id="declined">Declined</h2>\n'
        f'<ul role="list">\n{items}</ul>\n</section>\n'
    )


def _refused(task: CycleTask) -> Line:
    does = "write" if task.task == "write" else "review"
    then: Line = (" Somebody else was asked, or it was written all the same.",)
    if task.waits_on_name is not None:
        then = (" ", Said(task.waits_on_name), " should ask somebody else.")
    return (
        f"To {does} section {task.section} of ",
        Said(task.reference),
        ": ",
        Said(task.name),
        f", {task.reason}.",
        *then,
    )


def _refused_duty(duty: CycleDuty) -> Line:
    does = "come to the meeting" if duty.kind is None else f"give advice ({duty.kind})"
    then: Line = (" Somebody else was asked, or nothing more is waited for.",)
    if duty.waits_on_name is not None:
        then = (" ", Said(duty.waits_on_name), " should ask somebody else.")
    return (
        f"To {does} of ",
        Said(duty.reference),
        ": ",
        Said(duty.name),
        f", {duty.reason}.",
        *then,
    )


def _plan(plan: PlanProgress) -> str:
    tally = plan.tally
    meeting = "" if plan.meeting is None else day(plan.meeting)
    if plan.standing != "stands":
        meeting = f"{meeting} ({plan.standing})".strip()
    names = ", ".join(said(name) for name in plan.waits_on)
    return (
        f'<tr><th scope="row">{said(plan.reference)}</th><td>{said(plan.pupil)}</td>'
        f"<td>{meeting}</td>{_many(tally.asked, tally.done)}{_open(tally)}<td>{names}</td></tr>\n"
    )


def _open(tally: Tally) -> str:
    """How many are open, and how many of these are late."""
    late = f'<td class="many{" is-late" if tally.late else ""}">{tally.late}</td>'
    return f"{_many(tally.started + tally.not_started)}{late}"


def _plans(status: CycleStatus) -> str:
    many = len(status.plans)
    rows = "".join(map(_plan, status.plans[:MOST_PLANS]))
    left = (
        f'<p class="quiet">{many - MOST_PLANS} more: <code>cycle status NAME --by plan --csv</code>'
        " has all.</p>\n"
        if many > MOST_PLANS
        else ""
    )
    return (
        '<section aria-labelledby="plans">\n<h2 id="plans">Plan by plan</h2>\n'
        '<div class="scroll" tabindex="0" role="region" aria-labelledby="plans"><table>\n'
        '<thead><tr><th scope="col">Plan</th><th scope="col">Pupil</th>'
        f'<th scope="col">Meeting</th>{_heads("Tasks", "Done", "Open", "Late")}'
        f'<th scope="col">Waits on</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n'
        f"{left}</section>\n"
    )
