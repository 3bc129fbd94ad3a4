"""A limit of the law, for people and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ehcp_flow.statute.clocks import Clock

_COLOURS = {"overdue": "red", "missed": "red", "due": None, "met": "green", "met late": "yellow"}


def as_row(clock: Clock) -> dict[str, Any]:
    """Return a limit as plain values."""
    rule, left = clock.rule, clock.days_left
    return {
        "rule": rule.id,
        "version": rule.version,
        "title": rule.title,
        "state": clock.state,
        "last_day": clock.last_day,
        "days_left": None if left is None else max(left, 0),
        # Where an exception is made out there is no limit, and nothing is late.
        "days_late": None if left is None or clock.state == "disapplied" else max(-left, 0),
        "actor": clock.actor,
        "trigger": clock.trigger,
        "trigger_day": clock.trigger_day,
        "source": clock.source,
        "met_by": clock.met_by,
        "met_on": clock.met_on,
        "because": clock.because,
        "disapplied_by": clock.disapplied_by,
        "citation": clock.citation,
        "status": clock.status,
        "mark": clock.mark,
        "counted_mark": clock.counted_mark,
        "weakest_mark": clock.weakest_mark,
        "doubts": rule.doubts,
        "uncertain": clock.uncertain,
        "explanation": clock.explanation,
    }


def shown_state(row: Mapping[str, Any]) -> str:
    """Return how a limit stands, in words."""
    left = row["days_left"]
    if row["state"] == "overdue" and left is not None:
        return f"overdue by {_days(row['days_late'])}"
    if row["state"] == "due" and left is not None:
        return "due today" if left == 0 else f"due in {_days(left)}"
    if row["state"] == "disapplied":
        return f"disapplied ({', '.join(row['disapplied_by'])})"
    if row["met_on"] is not None and row["state"] in ("met", "met late"):
        return f"{row['state']}, {row['met_on']}"
    said: str = row["state"]
    return said


def known(row: Mapping[str, Any]) -> str:
    """Return where a limit stands, what that is, and how well it is known."""
    uncertain = f" Uncertain: {row['uncertain']}" if row["uncertain"] else ""
    return f"{row['citation']} ({row['status']}) [{row['mark']}]{uncertain}"


def colour(row: Mapping[str, Any]) -> str | None:
    """Return the colour of a limit on a terminal."""
    return _COLOURS.get(row["state"])


def in_short(clock: Clock) -> str:
    """Return a limit in one line: by when, which rule, and how well it is known."""
    late = " (overdue)" if clock.state == "overdue" else ""
    return f"{clock.last_day}{late} {clock.rule.id} {clock.rule.title}{clock.caveats}"


def _days(many: int) -> str:
    return f"{many} day" if many == 1 else f"{many} days"
