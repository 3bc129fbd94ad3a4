"""A plan as it stands, for people and for programs."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import cast

import click

from ehcp_flow.attributing import Authors, Covered, SectionAuthors
from ehcp_flow.plan import IN_WORDS, Edit, Plan, Section, SignOff
from ehcp_flow.sections import SECTIONS
from ehcp_flow.statute.clocks import Clock
from ehcp_flow_cli.showing.harmless import cell, harmless
from ehcp_flow_cli.showing.limits import in_short
from ehcp_flow_cli.showing.moments import shown
from ehcp_flow_cli.showing.tables import plain

_INDENT = "    "
"""Before each line of a section's text, so that no text can pass for a heading or a mark."""


_QUOTES = 3
"""Quotes of what no mark covers; of more there is the number."""

_QUOTED = 48
"""Code points of one quote."""


def signed(plan: Plan, only: str | None) -> bool:
    """Whether there is a mark, or a machine's words, on any section that is shown."""
    return any(section.sign_offs or section.machine for section in _chosen(plan, only))


def draft(
    plan: Plan,
    only: str | None,
    asked: str | None = None,
    authors: Authors | None = None,
    limits: Sequence[Clock] = (),
) -> str:
    """Return a plan, or one section of it, for people to read; ends in a newline.

    Args:
        plan: as it stands or stood.
        only: the one section to show.
        asked: what was asked for, when that is not how the plan stands now.
        authors: who wrote which words, when there are marks whose words are to be told.
        limits: what the law asks for, the most urgent first.
    """
    lines = head(plan, asked)
    lines += [
        cell(f"review: {review.cycle_name}, meeting {review.meeting}") for review in plan.reviews
    ]
    lines += [click.style(cell(f"limit: {in_short(one)}"), fg=_late(one)) for one in limits]
    for section in _chosen(plan, only):
        lines += ["", click.style(heading(section.id), bold=True)]
        lines += _marks(section, authors)
        if section.text:
            lines += ["", *(f"{_INDENT}{line}".rstrip() for line in _lines(section.text))]
        if section.issued is not None and section.issued != section.text:
            lines += ["", "  [the issued text differs: `plan diff` shows how]"]
    return "\n".join(lines) + "\n"


def _late(clock: Clock) -> str | None:
    return "red" if clock.state == "overdue" else None


def asked_for(as_at: date | None, known_at: datetime | int | None) -> str | None:
    """Return the line that says as of when a plan is shown, when that is not now."""
    if as_at is not None:
        return f"as it was at the end of {as_at}, by all that is known now"
    if isinstance(known_at, int):
        return f"as it was known at step v{known_at}"
    return None if known_at is None else f"as it was known at {shown(known_at)}"


def head(plan: Plan, asked: str | None = None) -> list[str]:
    """Return the lines that say whose plan it is, and as of when."""
    about = plan.particulars
    whose = (
        f"{about.reference}  {about.forename} {about.surname}  born {about.born}  "
        f"year {about.year}{f' ({about.group})' if about.group else ''}"
    )
    lines = [click.style(cell(whose), bold=True)]
    lines.append(f"step v{plan.version}{'' if about.listed else '  no longer listed'}")
    return lines if asked is None else [*lines, cell(asked)]


def text(plan: Plan, only: str | None) -> str:
    """Return the text alone, exactly as it is kept; ends in a newline."""
    chosen = _chosen(plan, only)
    if only is not None:
        return f"{chosen[0].text}\n"
    return "\n".join(f"{heading(s.id)}\n\n{s.text}\n" for s in chosen if s.revision)


def _chosen(plan: Plan, only: str | None) -> list[Section]:
    return [plan.section(id) for id in SECTIONS if only in (None, id)]


def heading(section: str) -> str:
    """Return the line above a section."""
    return f"# Section {section}: {SECTIONS[section]}"


def _lines(text: str) -> Iterable[str]:
    return harmless(text).split("\n")


def _marks(section: Section, authors: Authors | None) -> list[str]:
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
    if authors is not None and section.revision and (section.sign_offs or section.machine):
        said += covering(authors.section(section.id, section.revision, section.sign_offs))
    else:
        said += map(_signed, section.sign_offs)
    return [f"  [{cell(one)}]" for one in said]


def covering(found: SectionAuthors) -> list[str]:
    """Return what each mark on a section covers of it, and which words no mark covers."""
    said = [f"{_signed(covered.mark)}{_covers(found, covered)}" for covered in found.marks]
    if found.marks and found.bare:
        bare = [found.text[start:end] for start, end in found.bare]
        said.append(f"no mark covers: {_quotes(bare)}")
    if machine := [run for run in found.runs if run.written.machine and run.text.strip()]:
        many = sum(len(run.text.split()) for run in machine)
        alone = sum(len(run.text.split()) for run in machine if run.adopted is None)
        nobody = f", {alone:,} of them adopted by nobody" if alone else ", adopted since"
        said.append(f"machine-written: {many:,} words{nobody}")
    return said


def _signed(mark: SignOff) -> str:
    return f"signed: {mark.meaning}, {_who(mark)}, {shown(mark.at)}, revision {mark.revision}"


def _covers(found: SectionAuthors, covered: Covered) -> str:
    """How much of the text a mark covers; never as if it were the text that was signed."""
    if covered.same:
        return ", covers all words"
    many, held = len(found.words), found.words_covered(covered.mark)
    if held == many and many and not covered.lost:
        return ", not this text: the words signed stand in another order, or with other signs"
    part = f"{held:,} of {many:,}" if held else "none of the"
    gone = f"; gone: {_quotes(covered.lost)}" if covered.lost else ""
    return f", not this text: covers {part} words{gone}"


def _quotes(texts: Sequence[str]) -> str:
    more = len(texts) - _QUOTES
    return "; ".join(map(_quote, texts[:_QUOTES])) + (f"; … and {more} more" if more > 0 else "")


def _quote(text: str) -> str:
    line = unbracketed(" ".join(text.split()))
    return f"“{line if len(line) <= _QUOTED else f'{line[:_QUOTED].rstrip()}…'}”"


def _who(hand: Edit | SignOff) -> str:
    behalf = f" for {hand.on_behalf_of_name}" if hand.on_behalf_of_name else ""
    return unbracketed(f"{hand.name} ({hand.role}){behalf}")


def unbracketed(text: str) -> str:
    """Return a text of a record so that it cannot close a bracket or a quote and open another."""
    return text.translate(_NO_BRACKETS)


_NO_BRACKETS = str.maketrans("[]“”", '⟦⟧""')


def as_data(
    plan: Plan, only: str | None, asked: dict[str, object], authors: Authors | None = None
) -> dict[str, object]:
    """Return a plan, or one section of it, as what JSON shows; every section has its place.

    Args:
        plan: as it stands or stood.
        only: the one section to show.
        asked: the day or the moment asked for, by name.
        authors: who wrote which words, when there are marks whose words are to be told.
    """
    sections: dict[str, object] = {}
    for section in _chosen(plan, only):
        facts = cast("dict[str, object]", plain(section))
        title = {"title": SECTIONS[section.id]}
        sections[section.id] = {**title, **facts, **_coverage(section, authors)}
    return {
        "stream": plan.stream,
        "version": plan.version,
        **asked,
        "particulars": plan.particulars,
        "reviews": plan.reviews,
        "sections": sections,
    }


def _coverage(section: Section, authors: Authors | None) -> dict[str, object]:
    """What each mark covers, and what none covers: from where to where, in code points."""
    if authors is None or not section.revision or not (section.sign_offs or section.machine):
        return {"uncovered": None}
    found = authors.section(section.id, section.revision, section.sign_offs)
    marks: list[object] = []
    everything = {mark for mark, *_ in found.marks}
    for covered in found.marks:
        mark = covered.mark
        marks.append(
            {
                **cast("dict[str, object]", plain(mark)),
                "same_text": covered.same,
                "words": len(found.words),
                "words_covered": found.words_covered(mark),
                "words_gone": covered.missing,
                "gone": covered.lost,
                "covered": found.covered(mark),
                "uncovered": found.uncovered({mark}),
            }
        )
    return {"sign_offs": marks, "uncovered": found.uncovered(everything)}
