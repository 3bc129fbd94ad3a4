"""A step of a plan's history, and a difference between two texts."""

from collections.abc import Sequence
from typing import assert_never, cast

import click

from ehcp_flow.authorship.delta import readable
from ehcp_flow.authorship.difference import Piece
from ehcp_flow.events import (
    AdviceAsked,
    AdviceGiven,
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentWithdrawn,
    AttendanceAsked,
    DutyAccepted,
    DutyDeclined,
    DutyWithdrawn,
    FactRecorded,
    FactWithdrawn,
    Happening,
    IssueSent,
    PlanEvent,
    PlanIssued,
    PlanOpened,
    PupilChanged,
    ReviewSetUp,
    ReviewWithdrawn,
    SectionApproved,
    SectionAssigned,
    SectionEdited,
    SectionReturned,
    SectionSignedOff,
    SectionSubmitted,
    SectionTextImported,
    Words,
)
from ehcp_flow.plan import CHANGEABLE
from ehcp_flow.plans import SectionDifference
from ehcp_flow.replaying import Step
from ehcp_flow_cli.showing.facts import says
from ehcp_flow_cli.showing.harmless import cell, harmless
from ehcp_flow_cli.showing.moments import shown

_CONTEXT = 40
"""Code points of kept text shown on either side of a change."""

_BAR = "    | "
"""Before each line of a text, so that no text can pass for a fact about it."""


def show(step: Step) -> None:
    """Print a step: when, who in which role, what, and the difference in the text."""
    event = step.recorded.event
    behalf = f" for {event.on_behalf_of_name}" if event.on_behalf_of_name else ""
    who = f"{event.name} ({event.role}){behalf}"
    flag = "  [the clock went back]" if step.clock_went_back else ""
    if isinstance(event, SectionTextImported):
        who = f"brought in by {who}, author not recorded before {event.not_recorded_before}"
    number = click.style(f"v{step.recorded.version}", bold=True)
    head = cell(f"{shown(event.at, event.on)}  {who}  {event.stored_as}{flag}")
    click.echo(f"{number}  {head}")
    if facts := _facts(cast("PlanEvent", event)):
        click.echo(f"    {cell(facts)}")
    if event.because is not None:
        click.echo(f"    because: {cell(_reason(event))}")
    if event.allowed is not None:
        click.echo(f"    allowed by {cell(event.allowed)}")
    _show_pieces(step.difference)


def show_section(found: SectionDifference) -> None:
    """Print what differs in one section."""
    head = f"Section {found.section}, revision {found.from_revision} to {found.to_revision}"
    click.echo(click.style(head, bold=True))
    _show_pieces(found.pieces)


def as_data(step: Step) -> dict[str, object]:
    """Return a step as what JSON shows: every fact, and words as the difference they make."""
    recorded = step.recorded
    facts = recorded.event.model_dump(exclude={"salt", "written"})
    facts["because"] = _reason(recorded.event)
    if isinstance(recorded.event, SectionAssigned | AdviceAsked):
        said = recorded.event.text
        facts["text"] = None if said is None else readable(said)
    return {
        "step": recorded.version,
        "position": recorded.position,
        "digest": recorded.digest.hex(),
        "event": recorded.event.stored_as,
        **facts,
        "clock_went_back": step.clock_went_back,
        "recorded_at": recorded.recorded_at,
        "recorded_by": recorded.recorded_by,
        "difference": [{"kind": piece.kind, "text": piece.text} for piece in step.difference],
    }


def _reason(event: Happening) -> str | None:
    if event.because is None:
        return None
    return readable(event.because)


def _facts(event: PlanEvent) -> str:
    """What an event says beyond whose hand it was, in words."""
    match event:
        case SectionEdited():
            return f"section {event.section}, revision {event.over} to {event.revision}"
        case SectionTextImported() | SectionSubmitted() | SectionReturned() | SectionApproved():
            return f"section {event.section}, revision {event.revision}"
        case SectionAssigned():
            due = f", by {event.due}" if event.due else ""
            rule = f" ({event.rule})" if event.rule else ""
            who = f"{event.to_name} ({event.to_role})"
            return f"section {event.section}: {who} to {event.task}{due}{rule}{_text(event.text)}"
        case AssignmentWithdrawn():
            instead = f", {event.instead_name} instead" if event.instead_name else ""
            return f"section {event.section}: {event.to_name} to {event.task} no more{instead}"
        case AssignmentAccepted():
            return f"section {event.section}, to {event.task}"
        case AssignmentDeclined():
            return f"section {event.section}, to {event.task}: {event.reason}"
        case SectionSignedOff():
            return f"section {event.section}, {event.meaning}, revision {event.revision}"
        case AdviceGiven():
            role = f" ({event.given_by_role})" if event.given_by_role else ""
            return (
                f"advice {event.advice}, {event.kind}, given by "
                f"{readable(event.given_by_name)}{role}, {event.length} characters"
            )
        case ReviewSetUp():
            own = ", the school's own" if event.kind == "school" else ""
            return f"{event.cycle_name}, meeting on {event.meeting}{own}"
        case ReviewWithdrawn():
            return event.cycle_name
        case AttendanceAsked():
            who = f"{event.to_name} ({event.to_role})"
            return f"{who} to come to the meeting on {event.meeting} ({event.rule})"
        case AdviceAsked():
            who = f"{event.to_name} ({event.to_role})"
            said = f" ({event.rule}){_text(event.text)}"
            return f"{who} to give advice, {event.kind}, by {event.due}{said}"
        case DutyAccepted():
            return _duty(event)
        case DutyDeclined():
            return f"{_duty(event)}: {event.reason}"
        case DutyWithdrawn():
            instead = f", {event.instead_name} instead" if event.instead_name else ""
            return f"{event.to_name} {_duty(event)} no more{instead}"
        case FactRecorded():
            words = dict(zip(event.told_as, map(readable, event.told), strict=True))
            told = says(dict(event.details), words)
            instead = f" in place of fact {event.replaces}" if event.replaces else ""
            return ", ".join([f"fact {event.number}, {event.fact}{instead}", *told])
        case FactWithdrawn():
            return f"fact {event.number}"
        case PlanIssued():
            sections = ", ".join(f"{id} revision {number}" for id, number, _ in event.sections)
            return f"version {event.issue}, {event.kind}: {sections}"
        case IssueSent():
            name = f" {readable(event.to_name)}" if event.to_name else ""
            way = f", by {event.way}" if event.way else ""
            return f"version {event.issue} to {event.to_role}{name}{way}"
        case PlanOpened():
            no_upn = f", no upn: {event.no_upn}" if event.no_upn else ""
            return f"reference {event.reference}{no_upn}, {_particulars(event)}"
        case PupilChanged():
            listed = {None: "", True: "listed again", False: "no longer listed"}[event.listed]
            return ", ".join(part for part in (_particulars(event), listed) if part)
        case _:
            assert_never(event)


def _duty(event: DutyAccepted | DutyDeclined | DutyWithdrawn) -> str:
    return "to come to the meeting" if event.kind is None else f"to give advice, {event.kind}"


def _text(said: Words | None) -> str:
    """What a request says beside."""
    return "" if said is None else f": {readable(said)}"


def _particulars(event: PlanOpened | PupilChanged) -> str:
    said = {name: getattr(event, name) for name in CHANGEABLE if name not in ("listed", "needs")}
    said["needs"] = " ".join(event.needs or ())
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in said.items() if value)


def _show_pieces(pieces: Sequence[Piece]) -> None:
    if not pieces:
        return
    lines = [""]
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        shown_piece, colour = _marked(piece, first=place == 0, last=place == last)
        first, *others = shown_piece.split("\n")
        lines[-1] += _coloured(first, colour)
        lines += [_coloured(line, colour) for line in others]
    for line in lines:
        click.echo(f"{_BAR}{line}".rstrip())


def _marked(piece: Piece, *, first: bool, last: bool) -> tuple[str, str | None]:
    text = harmless(piece.text)
    match piece.kind:
        case "kept":
            return _context(text, first=first, last=last), None
        case "dropped":
            return f"[-{text}-]", "red"
        case "written":
            return f"{{+{text}+}}", "green"


def _coloured(line: str, colour: str | None) -> str:
    # Line by line, so that no colour runs over what stands before the next line.
    return click.style(line, fg=colour) if colour and line else line


def _context(text: str, *, first: bool, last: bool) -> str:
    if first:
        return text if len(text) <= _CONTEXT else f"…{text[-_CONTEXT:]}"
    if last:
        return text if len(text) <= _CONTEXT else f"{text[:_CONTEXT]}…"
    return text if len(text) <= 2 * _CONTEXT else f"{text[:_CONTEXT]} … {text[-_CONTEXT:]}"
