"""A plan as it stands, for people and for programs."""

from collections.abc import Iterable

import click

from ehcp_flow.plan import IN_WORDS, Edit, Plan, Section, SignOff
from ehcp_flow.sections import SECTIONS
from ehcp_flow_cli.showing.harmless import cell, harmless
from ehcp_flow_cli.showing.moments import shown
from ehcp_flow_cli.showing.tables import plain

_INDENT = "    "
"""Before each line of a section's text, so that no text can pass for a heading or a mark."""


def draft(plan: Plan, only: str | None, asked: str | None = None) -> str:
    """Return a plan, or one section of it, for people to read; ends in a newline.

    Args:
        plan: as it stands or stood.
        only: the one section to show.
        asked: what was asked for, when that is not how the plan stands now.
    """
    about = plan.particulars
    head = (
        f"{about.reference}  {about.forename} {about.surname}  born {about.born}  "
        f"year {about.year}{f' ({about.group})' if about.group else ''}"
    )
    lines = [click.style(cell(head), bold=True)]
    lines.append(f"step v{plan.version}{'' if about.listed else '  no longer listed'}")
    if asked is not None:
        lines.append(cell(asked))
    lines += [
        cell(f"review: {review.cycle_name}, meeting {review.meeting}") for review in plan.reviews
    ]
    for section in _chosen(plan, only):
        lines += ["", click.style(_heading(section), bold=True), *_marks(section)]
        if section.text:
            lines += ["", *(f"{_INDENT}{line}".rstrip() for line in _lines(section.text))]
        if section.issued is not None and section.issued != section.text:
            lines += ["", "  [the issued text differs: `plan diff` shows how]"]
    return "\n".join(lines) + "\n"


def text(plan: Plan, only: str | None) -> str:
    """Return the text alone, exactly as it is kept; ends in a newline."""
    chosen = _chosen(plan, only)
    if only is not None:
        return f"{chosen[0].text}\n"
    return "\n".join(f"{_heading(s)}\n\n{s.text}\n" for s in chosen if s.revision)


def _chosen(plan: Plan, only: str | None) -> list[Section]:
    return [plan.section(id) for id in SECTIONS if only in (None, id)]


def _heading(section: Section) -> str:
    return f"# Section {section.id}: {SECTIONS[section.id]}"


def _lines(text: str) -> Iterable[str]:
    return harmless(text).split("\n")


def _marks(section: Section) -> list[str]:
    state = IN_WORDS[section.status]
    if section.edit is not None and section.edit.by is None:
        state += f", revision {section.revision}, author not recorded before "
        state += f"{section.not_recorded_before}"
    elif section.edit is not None:
        edit = section.edit
        state += f", revision {section.revision} by {_who(edit)}, {shown(edit.at)}"
    said = [state]
    for held in section.assignments:
        due = f" by {held.due}" if held.due else ""
        why = f": {held.reason}" if held.reason else ""
        said.append(f"to {held.task}: {held.to_name}{due}, {held.status}{why}")
    for mark in section.sign_offs:
        covers = "" if mark.revision == section.revision else ", not the words since"
        said.append(
            f"signed: {mark.meaning}, {_who(mark)}, {shown(mark.at)}, "
            f"revision {mark.revision}{covers}"
        )
    return [f"  [{cell(one)}]" for one in said]


def _who(hand: Edit | SignOff) -> str:
    behalf = f" for {hand.on_behalf_of_name}" if hand.on_behalf_of_name else ""
    # So that no name can close the bracket and open another one.
    return f"{hand.name} ({hand.role}){behalf}".translate(_NO_BRACKETS)


_NO_BRACKETS = str.maketrans("[]", "⟦⟧")


def as_data(plan: Plan, only: str | None, asked: dict[str, object]) -> dict[str, object]:
    """Return a plan, or one section of it, as what JSON shows; every section has its place.

    Args:
        plan: as it stands or stood.
        only: the one section to show.
        asked: the day or the moment asked for, by name.
    """
    sections: dict[str, object] = {}
    for section in _chosen(plan, only):
        facts = plain(section)
        assert isinstance(facts, dict)
        sections[section.id] = {"title": SECTIONS[section.id], **facts}
    return {
        "stream": plan.stream,
        "version": plan.version,
        **asked,
        "particulars": plan.particulars,
        "reviews": plan.reviews,
        "sections": sections,
    }
