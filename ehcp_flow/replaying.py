"""What a plan was on a day, what was known at a moment, and every step in between.

Two different questions, because both days are kept: *known at* asks what the record held at a
moment; *as at* asks what was the case on a day, by all that we know now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast

from ehcp_flow.authorship.delta import advice_name, revision_name
from ehcp_flow.authorship.difference import Piece, difference
from ehcp_flow.errors import NotFound
from ehcp_flow.events import (
    AdviceGiven,
    PlanEvent,
    PlanOpened,
    PupilChanged,
    ReviewSetUp,
    SectionEdited,
    SectionTextImported,
)
from ehcp_flow.plan import Folding, Plan
from ehcp_flow.recording import Recorded
from ehcp_flow.times import london_day

Moment = datetime | int
"""An instant, or a step's number exactly."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan's history."""

    recorded: Recorded
    difference: tuple[Piece, ...]
    """What it did to a section's text; empty when it did nothing to one."""
    clock_went_back: bool
    """Whether its ``at`` is before that of an earlier step; kept as it was recorded."""


def steps(history: Sequence[Recorded]) -> Iterator[Step]:
    """Go through a plan's history, step by step, with the difference in the text at each."""
    if not history:
        return
    folding = Folding(history[0].stream)
    latest = history[0].event.at
    for recorded in history:
        event = cast("PlanEvent", recorded.event)
        pieces: tuple[Piece, ...] = ()
        if isinstance(event, SectionEdited | SectionTextImported):
            before = folding.text(event.section)
            folding.evolve(recorded.version, event)
            pieces = difference(before, folding.text(event.section))
        else:
            folding.evolve(recorded.version, event)
        yield Step(recorded, pieces, event.at < latest)
        latest = max(latest, event.at)


def known_at(history: Sequence[Recorded], moment: Moment) -> Plan:
    """Return the plan as the record held it at a moment.

    For an instant: the steps up to the last one whose running maximum of ``at`` is not later; a
    clock that went backwards thus never makes a later step known before an earlier one.

    Raises:
        NotFound: the plan was not open then, or has no such step.
    """
    if isinstance(moment, int):
        if not 1 <= moment <= len(history):
            raise NotFound(
                f"This plan has steps v1 to v{len(history)}, and v{moment} is none of them."
            )
        return _fold(history[:moment])
    known = 0
    latest = None
    for recorded in history:
        at = recorded.event.at
        latest = at if latest is None else max(latest, at)
        if latest > moment:
            break
        known += 1
    if not known:
        raise NotFound(
            f"Nothing was known of this plan at {moment.isoformat()}: its record begins at "
            f"{history[0].event.at.isoformat()}."
        )
    return _fold(history[:known])


def as_at(history: Sequence[Recorded], day: date) -> Plan:
    """Return the plan as it was at the end of a day, by all that is known now.

    Facts count from the day they happened (``on``, else the London day of ``at``) and in the
    order of those days. What is done to one section stands in the order in which it was recorded,
    for its revisions build on each other and marks are made over them: each counts from the latest
    of its own day, those of the section's events before it, that of the review before it, and
    those of the texts that it takes words from. So as at the day of the last event the plan is as
    it stands.

    Raises:
        NotFound: the plan was not open then.
    """
    began = _day(history[0])
    if day < began:
        raise NotFound(f"This plan was not open here on {day}: its record begins on {began}.")
    reviewed = latest = date.min
    sections: dict[str, date] = {}
    sources: dict[str, date] = {}
    chosen: list[tuple[date, int, Recorded]] = []
    for recorded in history:
        event = recorded.event
        happened = _day(recorded)
        match event:
            case PlanOpened():
                happened = date.min
            case PupilChanged():
                pass
            case AdviceGiven():
                sources[advice_name(event.advice)] = happened
            case ReviewSetUp():
                reviewed = happened = max(happened, latest)
            case _:
                section: str = getattr(event, "section", "")
                happened = max(happened, reviewed, sections.get(section, happened))
                if isinstance(event, SectionEdited | SectionTextImported):
                    taken = [str(part[1]) for part in event.delta if part[0] == "take"]
                    happened = max([happened, *(sources.get(name, happened) for name in taken)])
                    sources[revision_name(section, event.revision)] = happened
                sections[section] = happened
        latest = max(latest, happened)
        if happened <= day:
            chosen.append((happened, recorded.version, recorded))
    chosen.sort(key=_by_day)
    plan = _fold([recorded for _, _, recorded in chosen])
    return replace(plan, version=max(version for _, version, _ in chosen))


def _by_day(entry: tuple[date, int, Recorded]) -> tuple[date, int]:
    return entry[0], entry[1]


def _day(recorded: Recorded) -> date:
    return recorded.event.on or london_day(recorded.event.at)


def _fold(history: Sequence[Recorded]) -> Plan:
    folding = Folding(history[0].stream)
    for recorded in history:
        folding.evolve(recorded.version, cast("PlanEvent", recorded.event))
    return folding.plan()
