"""A plan as a plain page, for a parent or a meeting: to read, and to print."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ehcp_flow.authorship.delta import revision_name
from ehcp_flow.rules.issuing import in_force
from ehcp_flow_cli.showing.drafts import in_words, kind_of
from ehcp_flow_cli.showing.pages.hands import covers, mark
from ehcp_flow_cli.showing.pages.parts import (
    Said,
    day,
    in_line,
    minute,
    page,
    resource,
    said,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ehcp_flow.attributing import Authors
    from ehcp_flow.plan import Plan, Section
    from ehcp_flow.rules.requiring import Requirement
    from ehcp_flow.templates.template import Template
    from ehcp_flow_cli.showing.pages.parts import Line


def plan_page(
    plan: Plan,
    template: Template,
    authors: Authors | None,
    made_at: datetime,
    *,
    only: str | None = None,
    asked: str | None = None,
    requirements: Sequence[Requirement] = (),
) -> str:
    """Return the page, one file without any script that asks the network for nothing.

    Args:
        plan: as it stands or stood.
        template: the one it was opened with.
        authors: who wrote which words of it, by the whole record; without them a signature over an
            earlier text is only said to be one.
        made_at: when the page is made.
        only: the one section to show.
        asked: what was asked for, when that is not how the plan stands now.
        requirements: what the template requires of it.
    """
    about = plan.particulars
    whose = f"{about.forename} {about.surname}"
    shown = [plan.section(id) for id in template.ids if only in (None, id)]
    empty = [section.id for section in shown if not section.text]
    parts = "".join(
        _section(section, template, authors, plan)
        for section in shown
        if section.text or section.sign_offs or (_holds_advice(section, template) and plan.advice)
    )
    body = f"""<header>
<h1>{words(template.title)}: {said(whose)}</h1>
{_head(plan, asked)}{_kind(template)}{_draft(shown)}{_required(requirements)}</header>
<main>
{parts}{_without(empty, template, only)}</main>
<footer class="quiet small"><p>{said(about.reference)}, step v{plan.version} of its record.
 Page made {minute(made_at)} by ehcp-flow. Names and roles are as they were claimed on the day.</p>
</footer>
"""
    return page(
        f"{template.short}: {whose} ({about.reference})",
        body,
        resource("page.css") + resource("plan.css"),
    )


def _head(plan: Plan, asked: str | None) -> str:
    about = plan.particulars
    group = (" (", Said(about.group), ")") if about.group else ()
    facts: list[tuple[str, Line]] = [
        ("Reference", (Said(about.reference),)),
        ("Born", (day(about.born),)),
        ("Year", (Said(about.year), *group)),
    ]
    if about.school:
        facts.append(("School", (Said(about.school),)))
    if about.authority:
        facts.append(("Authority", (Said(about.authority),)))
    facts += [
        (
            "Review" if review.kind == "statutory" else "The school's own meeting",
            (Said(review.cycle_name), f", meeting {day(review.meeting)}"),
        )
        for review in plan.reviews
    ]
    if (issue := in_force(plan)) is not None:
        facts.append(("Issued", (f"version {issue.number} ({issue.kind}), {day(issue.day)}",)))
    if not about.listed:
        facts.append(("Listed", ("no longer listed",)))
    facts.append(("Text", (f"{_dated(plan)}step v{plan.version}",)))
    if asked is not None:
        facts.append(("Shown", (Said(asked),)))
    rows = "".join(f"<dt>{name}</dt><dd>{in_line(line)}</dd>\n" for name, line in facts)
    return f'<dl class="particulars">\n{rows}</dl>\n'


def _dated(plan: Plan) -> str:
    made = [section.edit.at for section in plan.sections.values() if section.edit is not None]
    return f"last changed {minute(max(made))}, " if made else ""


def _kind(template: Template) -> str:
    told = "".join(f"<p>{said(line)}</p>\n" for line in kind_of(template))
    return f'<div class="notice">{told}</div>\n' if told else ""


def _required(requirements: Sequence[Requirement]) -> str:
    return "".join(f'<p class="quiet">{said(in_words(one))}.</p>\n' for one in requirements)


def _holds_advice(section: Section, template: Template) -> bool:
    """Whether the advice on record is listed there: with the first appendix."""
    appendices = (one.id for one in template.sections if one.kind == "appendix")
    return section.id == next(appendices, None)


def _proposed(section: Section) -> bool:
    return bool(section.text) and section.text != section.issued


def _draft(sections: list[Section]) -> str:
    proposed = [section.id for section in sections if _proposed(section)]
    if not proposed:
        return ""
    many = len(proposed) > 1
    which = f"Section{'s' if many else ''} {', '.join(proposed)} hold{'' if many else 's'}"
    return f'<p class="notice draft">Draft — not issued. {which} proposed text.</p>\n'


def _without(empty: list[str], template: Template, only: str | None) -> str:
    if not empty:
        return ""
    which = f"section{'s' if len(empty) > 1 else ''} {', '.join(empty)}"
    title = f": {words(template.titles[only])}" if only is not None else ""
    return f'<p class="quiet">No text yet: {which}{title}.</p>\n'


def _section(section: Section, template: Template, authors: Authors | None, plan: Plan) -> str:
    id = section.id
    parts = [f'<section aria-labelledby="title-{id}">\n']
    parts.append(f'<h2 id="title-{id}">Section {id}: {words(template.titles[id])}</h2>\n')
    if section.text:
        parts += _stands(section), f'<div class="text">\n{"".join(_text(section.text))}</div>\n'
    if _holds_advice(section, template) and plan.advice:
        parts.append(_advice(plan))
    if section.sign_offs:
        signed = "".join(
            f"<li>{in_line(mark(each))}. {told}</li>\n"
            for each, told in zip(section.sign_offs, _covers(section, authors), strict=True)
        )
        parts.append(
            f'<div class="signed"><h3>Signed in section {id}</h3>\n<ul>\n{signed}</ul></div>\n'
        )
    parts.append("</section>\n")
    return "".join(parts)


def _stands(section: Section) -> str:
    edit = section.edit
    who: Line = ()
    if edit is not None and edit.by is not None:
        behalf = edit.on_behalf_of_name
        who = (
            f". Revision {section.revision} by ",
            Said(edit.name),
            " (",
            Said(edit.role),
            ")",
            *((" for ", Said(behalf)) if behalf else ()),
            f", {minute(edit.at)}",
        )
    if not _proposed(section):
        return f'<p class="stands quiet">As issued{in_line(who)}</p>\n'
    before = "" if section.issued is None else " (the issued text is another one)"
    return f'<p class="stands proposed">Draft — not issued{before}{in_line(who)}</p>\n'


# What a signature covers -------------------------------------------------------------------------


def _covers(section: Section, authors: Authors | None) -> list[str]:
    """What each of a section's signatures covers of its text."""
    if authors is None or not section.revision:
        return [
            "Covers exactly these words."
            if sign_off.revision == section.revision
            else "The text was changed since: it covers an earlier one."
            for sign_off in section.sign_offs
        ]
    found = authors.section(section.id, section.revision, section.sign_offs)
    told: list[str] = []
    for covered in found.marks:
        revision = covered.mark.revision
        if revision == section.revision:
            told.append("Covers exactly these words.")
        elif (
            1 <= revision <= authors.weave.revision(section.id)
            and authors.weave.source(revision_name(section.id, revision)) == section.text
        ):
            told.append("Covers exactly these words, which were changed and changed back since.")
        else:
            told.append(f"The text was changed since: this mark {covers(found, covered)}")
    return told


# Text --------------------------------------------------------------------------------------------

_ITEM = re.compile(r"[ \t]*(?:[-*•\u2013·]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)])[ \t]+\S")
"""A line that begins as one of a list does: its marker stays among its words."""


def _text(text: str) -> Iterator[str]:
    """Paragraphs and lists, every word and every mark as it is kept."""
    for paragraph in re.split(r"\n[ \t]*\n\s*", text):
        plain: list[str] = []
        items: list[str] = []
        for line in paragraph.strip("\n").split("\n"):
            if _ITEM.match(line):
                yield from _paragraph(plain)
                items.append(line)
            elif items and line[:1] in (" ", "\t"):
                items[-1] += f"\n{line}"
            else:
                yield from _list(items)
                plain.append(line)
        yield from _paragraph(plain)
        yield from _list(items)


def _paragraph(lines: list[str]) -> Iterator[str]:
    if any(lines):
        yield f"<p>{words(chr(10).join(lines))}</p>\n"
    lines.clear()


def _list(items: list[str]) -> Iterator[str]:
    if items:
        told = "".join(f"<li>{words(item)}</li>\n" for item in items)
        # A list without bullets is none to some screen readers unless it is said.
        yield f'<ul role="list">\n{told}</ul>\n'
    items.clear()


def _advice(plan: Plan) -> str:
    told = "".join(
        "<li>"
        + in_line(
            (
                f"{advice.number}. {advice.kind.capitalize()}: ",
                Said(advice.given_by_name),
                *((", ", Said(advice.given_by_role)) if advice.given_by_role else ()),
                f", {day(advice.day)}",
            )
        )
        + "</li>\n"
        for advice in plan.advice
    )
    return (
        '<div class="text"><h3>Advice and information on record</h3>\n'
        f'<ul role="list">\n{told}</ul></div>\n'
    )
