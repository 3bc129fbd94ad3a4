"""A plan template, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ehcp_flow.adopting_templates import Known
    from ehcp_flow.templates.template import Template, TemplateSection

_SAYS = {
    "appealable": "appeal",
    "duty_holder": "duty",
    "advised_by": "advice",
    "fed_by": "quotes from",
    "written_by": "written by",
}
"""What a statement is called for people, by its key."""


def row(here: Known) -> dict[str, Any]:
    """Return a template as a line of the list."""
    template = here.template
    return {
        "id": template.id,
        "version": template.version,
        "title": template.title,
        "jurisdiction": template.jurisdiction,
        "status": template.status,
        "mark": template.mark,
        "weakest_mark": template.weakest,
        "sections": template.ids,
        "from": "built in" if here.own is None else f"added by {here.own.name}",
    }


def as_data(here: Known) -> dict[str, Any]:
    """Return a template as what JSON shows: as its file has it, and how it came here."""
    own = here.own
    added = None if own is None else {"by": own.by, "by_name": own.name, "at": own.at}
    said: dict[str, Any] = here.template.model_dump(by_alias=True, mode="json")
    return {
        **said,
        "weakest_mark": here.template.weakest,
        "added": added,
        "file_digest": None if own is None else own.data_digest,
    }


def lines(here: Known) -> Iterator[str]:
    """Go through what a template says, for people to read; a line may hold what a file says."""
    template = here.template
    yield f"{template.title} ({template.name}), {template.jurisdiction}"
    law = "a proposal, not law" if template.proposal else template.status
    yield f"Is: {law}; stands in {template.citation} [{template.mark}]"
    yield f"Order of the sections: {'prescribed' if template.order == 'fixed' else 'free'}"
    if template.note:
        yield f"Note: {template.note}"
    if here.own is not None:
        yield f"Added by {here.own.name} ({here.own.role}), {here.own.at.date()}"
    for unknown in template.not_known:
        yield f"Not known: {unknown}"
    for rule in template.from_years:
        yield (
            f"From Year {rule.year} on, {', '.join(rule.sections)} must {rule.must} "
            f"({rule.citation}) [{rule.mark}]"
        )
        if rule.advice is not None:
            where = f" ({rule.advice.citation})" if rule.advice.citation else ""
            known = f" [{rule.advice.mark or rule.mark}]"
            yield f"  advice on {rule.advice.kind} must be sought{where}{known}"
    for section in template.sections:
        yield ""
        yield from _section(template, section)


def _section(template: Template, section: TemplateSection) -> Iterator[str]:
    known = template.known(section)
    yield f"{section.id}  {section.title}"
    yield f"  {section.kind}; {known.citation} [{known.mark}]"
    if section.note:
        yield f"  note: {section.note}"
    for key, statement in section.statements().items():
        said: Any = statement.model_dump(by_alias=True)["is"]
        what = "nobody" if said is None else said if isinstance(said, str) else ", ".join(said)
        where = f" ({statement.citation})" if statement.citation else ""
        mark = f" [{statement.mark or known.mark}]"
        note = f"; {statement.note}" if statement.note else ""
        yield f"  {_SAYS[key]}: {what}{where}{mark}{note}"
