"""Are limits of the law kept here for plans of a template?

The limits of England are those of the plans that its law asks for. Which those are, by where a
template belongs and what it rests on, stands in the rules' own data.
"""

from ehcp_flow.statute.law import Law, england
from ehcp_flow.templates.template import Template


def why_not(template: Template, law: Law | None = None) -> str | None:
    """Say why no limits are kept for plans of a template, as *its template … is of Wales*.

    Args:
        template: the one with which they were opened.
        law: the rules; those of England without it.

    Returns:
        The reason; ``None`` when the limits are those of its plans.
    """
    law = law or england()
    if law.is_of(template.jurisdiction, template.status):
        return None
    if template.jurisdiction.casefold() != law.jurisdiction.casefold():
        return f"its template ({template.name}) is of {template.jurisdiction}"
    if template.proposal:
        return f"its template ({template.name}) is a proposal"
    return f"its template ({template.name}) rests on no law ({template.status})"
