"""A step of a plan's history, and a difference between two texts."""

from collections.abc import Sequence
from typing import Any, cast

import click

from ehcp_flow.authorship.difference import Piece
from ehcp_flow.events import Happening, SectionEdited, SectionTextImported, Words
from ehcp_flow.plans import SectionDifference
from ehcp_flow.replaying import Step
from ehcp_flow_cli.showing.harmless import cell, harmless
from ehcp_flow_cli.showing.moments import shown

_CONTEXT = 40
"""Code points of kept text shown on either side of a change."""

_SHOWN_ELSEWHERE = {*Happening.model_fields, "delta", "written", "text_digest"}
_IDS = {"to", "cycle", "back_to"}


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
    if facts := _facts(step):
        click.echo(cell(f"    {facts}"))
    if event.because is not None:
        click.echo(cell(f"    because: {event.because.text or '(withheld)'}"))
    _show_pieces(step.difference)


def show_section(found: SectionDifference) -> None:
    """Print what differs in one section."""
    head = f"Section {found.section}, revision {found.from_revision} to {found.to_revision}"
    click.echo(click.style(head, bold=True))
    _show_pieces(found.pieces)


def as_data(step: Step) -> dict[str, object]:
    """Return a step as what JSON shows."""
    recorded = step.recorded
    facts = recorded.event.model_dump(mode="python", exclude_none=True, exclude={"salt"})
    facts.pop("written", None)
    if recorded.event.because is not None:
        facts["because"] = recorded.event.because.text
    return {
        "step": recorded.version,
        "position": recorded.position,
        "digest": recorded.digest.hex(),
        "event": recorded.event.stored_as,
        **facts,
        "clock_went_back": step.clock_went_back,
        "difference": [{"kind": piece.kind, "text": piece.text} for piece in step.difference],
    }


def _facts(step: Step) -> str:
    event = step.recorded.event
    if isinstance(event, SectionEdited):
        return f"section {event.section}, revision {event.over} to {event.revision}"
    said: list[str] = []
    for name in type(event).model_fields:
        value: Any = getattr(event, name)
        if (
            name in _SHOWN_ELSEWHERE | _IDS
            or value is None
            or value == ()
            or isinstance(value, Words)
        ):
            continue
        text = (
            " ".join(map(str, cast("tuple[object]", value)))
            if isinstance(value, tuple)
            else str(value)
        )
        said.append(f"{name.replace('_', ' ')} {text}")
    return ", ".join(said)


def _show_pieces(pieces: Sequence[Piece]) -> None:
    if not pieces:
        return
    shown_pieces: list[str] = []
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        text = harmless(piece.text)
        match piece.kind:
            case "kept":
                shown_pieces.append(_context(text, first=place == 0, last=place == last))
            case "dropped":
                shown_pieces.append(click.style(f"[-{text}-]", fg="red"))
            case "written":
                shown_pieces.append(click.style(f"{{+{text}+}}", fg="green"))
    for line in "".join(shown_pieces).split("\n"):
        click.echo(f"    {line}".rstrip())


def _context(text: str, *, first: bool, last: bool) -> str:
    if first:
        return text if len(text) <= _CONTEXT else f"…{text[-_CONTEXT:]}"
    if last:
        return text if len(text) <= _CONTEXT else f"{text[:_CONTEXT]}…"
    return text if len(text) <= 2 * _CONTEXT else f"{text[:_CONTEXT]} … {text[-_CONTEXT:]}"
