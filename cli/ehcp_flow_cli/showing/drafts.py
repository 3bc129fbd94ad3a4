"""A plan as it stands, for people and for programs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import cast

import click

from ehcp_flow.attributing import Authors, Covered, SectionAuthors
from ehcp_flow.events import ReviewKind
from ehcp_flow.plan import IN_WORDS, Edit, Plan, Section, SignOff
from ehcp_flow.rules.issuing import holders, in_force
from ehcp_flow.rules.requiring import Requirement
from ehcp_flow.statute.clocks import Clock
from ehcp_flow.templates.built_in import EHCP
from ehcp_flow.templates.template import Template
from ehcp_flow_cli.showing.harmless import cell, harmless
from ehcp_flow_cli.showing.limits import in_short
from ehcp_flow_cli.showing.moments import shown
from ehcp_flow_cli.showing.tables import plain

_INDENT = "    "
_REVIEWS: Mapping[ReviewKind, str] = {
    "statutory": "review",
    "school": "meeting of the school's own",
}
"""Before each line of a section's text, so that no text can pass for a heading or a mark."""


_QUOTES = 3
"""Quotes of what no mark covers; of more there is the number."""

_QUOTED = 48
"""Code points of one quote."""


def signed(plan: Plan, only: str | None) -> bool:
    """Whether there is a mark, or a machine's words, on any section that is shown."""
    return any(
        section.sign_offs or section.machine
        for section in plan.sections.values()
        if only in (None, section.id)
    )


def draft(
    plan: Plan,
    template: Template,
    only: str | None,
    asked: str | None = None,
    authors: Authors | None = None,
    requirements: Sequence[Requirement] = (),
    limits: Sequence[Clock] = (),
    no_limits: str | None = None,
) -> str:
    """Return a plan, or one section of it, for people to read; ends in a newline.

    Args:
        plan: as it stands or stood.
        template: the one it was opened with.
        only: the one section to show.
        asked: what was asked for, when that is not how the plan stands now.
        authors: who wrote which words, when there are marks whose words are to be told.
        requirements: what the template requires of it.
        limits: what the law asks for, the most urgent first.
        no_limits: why none are kept for it, where they are not.
    """
    lines = head(plan, asked)
    lines += [cell(line) for line in kind_of(template)]
    lines += [cell(in_words(one)) for one in requirements]
    lines += [
        cell(f"{_REVIEWS[review.kind]}: {review.cycle_name}, meeting {review.meeting}")
        for review in plan.reviews
    ]
    lines += _issued(plan)
    lines += [click.style(cell(f"limit: {in_short(one)}"), fg=_late(one)) for one in limits]
    if no_limits is not None:
        lines.append(cell(f"limits: {no_limits}"))
    for section in _chosen(plan, template, only):
        lines += ["", click.style(heading(section.id, template), bold=True)]
        lines += _marks(section, authors)
        if section.text:
            lines += ["", *(f"{_INDENT}{line}".rstrip() for line in _lines(section.text))]
        if section.issued is not None and section.issued != section.text:
            lines += ["", f"  [{_differs(plan)}]"]
    return "\n".join(lines) + "\n"


def _late(clock: Clock) -> str | None:
    return "red" if clock.state == "overdue" else None


def _differs(plan: Plan) -> str:
    last = in_force(plan)
    how = "`plan diff`" if last is None else f"`plan diff --issued {last.number}`"
    return f"the issued text differs: {how} shows how"


def _issued(plan: Plan) -> list[str]:
    """Which version is in force, and how many people hold an earlier one."""
    if not plan.issues:
        return []
    last = in_force(plan) or plan.issues[-1]
    old = sum(holder.superseded_by is not None for holder in holders(plan))
    hold = f"; {old} {'holds' if old == 1 else 'hold'} a superseded one" if old else ""
    return [cell(f"issued: version {last.number} ({last.kind}), {last.day}{hold}")]


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
        f"{f'  {about.school}' if about.school else ''}"
        f"{f'  {about.authority}' if about.authority else ''}"
    )
    lines = [click.style(cell(whose), bold=True)]
    lines.append(f"step v{plan.version}{'' if about.listed else '  no longer listed'}")
    return lines if asked is None else [*lines, cell(asked)]


def text(plan: Plan, template: Template, only: str | None) -> str:
    """Return the text alone, exactly as it is kept; ends in a newline."""
    chosen = _chosen(plan, template, only)
    if only is not None:
        return f"{chosen[0].text}\n"
    return "\n".join(f"{heading(s.id, template)}\n\n{s.text}\n" for s in chosen if s.revision)


def _chosen(plan: Plan, template: Template, only: str | None) -> list[Section]:
    return [plan.section(id) for id in template.ids if only in (None, id)]


def kind_of(template: Template) -> list[str]:
    """Return the line that says what kind of plan it is, when it is not the usual one."""
    if template.id == EHCP:
        return []
    status = "a proposal, not law" if template.proposal else template.status
    weak = "" if template.weakest == template.mark else f"; weakest statement [{template.weakest}]"
    return [f"{template.title} ({template.name}), {status} [{template.mark}]{weak}"]


def in_words(required: Requirement) -> str:
    """Return what a template requires of a plan as a sentence, with where that stands."""
    which = f"section{'s' if len(required.sections) > 1 else ''} {', '.join(required.sections)}"
    said = f"{required.why}: {which} must {required.must} ({required.citation}) [{required.mark}]"
    advice = required.advice
    if advice is None:
        return said
    given = "given" if advice.given else "none given"
    where = f" ({advice.citation})" if advice.citation else ""
    known = f" [{advice.mark}]" if advice.mark else ""
    return f"{said}; advice on {advice.kind}: {given}{where}{known}"


def heading(section: str, template: Template) -> str:
    """Return the line above a section."""
    return f"# Section {section}: {cell(template.titles[section])}"


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
    plan: Plan,
    template: Template,
    only: str | None,
    asked: dict[str, object],
    authors: Authors | None = None,
    requirements: Sequence[Requirement] = (),
) -> dict[str, object]:
    """Return a plan, or one section of it, as what JSON shows; every section has its place.

    Args:
        plan: as it stands or stood.
        template: the one it was opened with.
        only: the one section to show.
        asked: the day or the moment asked for, by name.
        authors: who wrote which words, when there are marks whose words are to be told.
        requirements: what the template requires of it.
    """
    sections: dict[str, object] = {}
    for section in _chosen(plan, template, only):
        facts = cast("dict[str, object]", plain(section))
        title = {"title": template.titles[section.id]}
        sections[section.id] = {**title, **facts, **_coverage(section, authors)}
    return {
        "stream": plan.stream,
        "version": plan.version,
        **asked,
        "particulars": plan.particulars,
        "template": {
            "id": template.id,
            "version": template.version,
            "title": template.title,
            "status": template.status,
            "mark": template.mark,
            "weakest_mark": template.weakest,
        },
        "requirements": [plain(one) for one in requirements],
        "reviews": plan.reviews,
        "facts": plan.facts,
        "issues": plan.issues,
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
