"""The built-in templates say what was read, and nothing more."""

import pytest

from ehcp_flow.roles import ROLES
from ehcp_flow.templates.built_in import all_built_in, built_in, ehcp
from ehcp_flow.templates.template import Template, TemplateSection

LA = "local authority"
ICB = "responsible commissioning body"

_EHCP = {
    # kind, appeal, who must provide
    "A": ("views", "no", None),
    "B": ("need", "yes", None),
    "C": ("need", "recommendation", None),
    "D": ("need", "recommendation", None),
    "E": ("outcome", "no", None),
    "F": ("provision", "yes", LA),
    "G": ("provision", "recommendation", ICB),
    "H1": ("provision", "recommendation", LA),
    "H2": ("provision", "recommendation", LA),
    "I": ("placement", "yes", LA),
    "J": ("money", "no", LA),
    "K": ("appendix", "no", None),
}

_SPECIALISTS = {
    # who may propose which text beside the school and the authority
    "educational psychologist": {"B", "E", "F"},
    "health professional": {"B", "C", "E", "F", "G"},
    "speech and language therapist": {"B", "C", "E", "F", "G"},
    "LA social worker": {"D", "E", "H1", "H2"},
    "parent": {"A"},
    "young person": {"A"},
}

_ALL = tuple(all_built_in())
_EACH = [(template, section) for template in _ALL for section in template.sections]


def _template(id: str) -> Template:
    found = built_in(id, 1)
    assert found is not None
    return found


@pytest.mark.parametrize("id", _EHCP)
def test_each_section_of_an_ehc_plan_is_what_the_law_has(id: str) -> None:
    """SEND Regulations 2014, regulation 12(1); Children and Families Act 2014, sections 42, 51."""
    kind, appeal, holder = _EHCP[id]
    section = ehcp().section(id)

    assert section.kind == kind
    assert section.appealable is not None
    assert section.appealable.answer == appeal
    assert section.duty_holder is not None
    assert section.duty_holder.holder == holder
    assert section.advised_by is not None
    assert section.advised_by.who


@pytest.mark.parametrize("role", _SPECIALISTS)
def test_each_specialist_may_propose_what_is_theirs(role: str) -> None:
    """By default; no statute says who proposes the text."""
    sections = {
        section.id
        for section in ehcp().sections
        if section.written_by is not None and role in section.written_by.roles
    }

    assert sections == _SPECIALISTS[role]


def test_an_assistant_supplies_evidence_only() -> None:
    """By default."""
    assert not any(
        "teaching assistant" in section.written_by.roles
        for section in ehcp().sections
        if section.written_by is not None
    )


def test_from_year_9_on_provision_prepares_for_adulthood() -> None:
    """Regulation 12(3) is recalled, 6(1)(g) was read: each mark is its own."""
    (rule,) = ehcp().from_years

    assert (rule.year, rule.sections) == (9, ("F", "G", "H1", "H2"))
    assert ("regulation 12(3)" in rule.citation, rule.mark) == (True, "recalled")
    assert rule.advice is not None
    assert rule.advice.kind == "preparation for adulthood"
    assert ("6(1)(g)" in (rule.advice.citation or ""), rule.advice.mark) == (True, "read")


@pytest.mark.parametrize(("template", "section"), _EACH)
def test_every_statement_has_a_mark_and_what_is_stated_has_a_source(
    template: Template, section: TemplateSection
) -> None:
    """Nothing is said of the law without both; where there is nothing to say a note says why."""
    assert section.citation
    assert section.mark
    for key, statement in section.statements().items():
        assert statement.mark, (template.id, section.id, key)
        assert statement.citation or statement.note, (template.id, section.id, key)


def test_a_support_plan_is_a_proposal() -> None:
    """No law asks for it, and no heading of it was published."""
    isp = _template("isp")

    assert isp.proposal
    assert [section.id for section in isp.sections if section.mark == "read"] == []
    assert any("headings" in unknown for unknown in isp.not_known)
    assert not any(section.written_by for section in isp.sections)
    assert [template.id for template in _ALL if template.proposal] == ["isp"]


def test_the_form_of_wales_holds_what_was_read_in_its_order() -> None:
    """What was not read is listed as not known."""
    idp = _template("idp-wales")

    assert idp.ids == ("1A", "1B", "1C", "2A", "2B.1", "2B.2")
    assert idp.order == "fixed"
    assert idp.jurisdiction == "Wales"
    assert {s.id: s.mark for s in idp.sections if s.mark != "read"} == dict.fromkeys(
        ("1A", "1B", "1C"), "unsure"
    )
    assert [s.kind for s in idp.sections[3:]] == ["need", "outcome", "provision"]
    assert any("after 2B.2" in unknown for unknown in idp.not_known)
    assert not any(section.statements() for section in idp.sections)


def test_the_roles_that_may_write_are_those_that_people_hold() -> None:
    """A role that nobody can hold would let nobody write."""
    said = {
        role
        for template in _ALL
        for section in template.sections
        if section.written_by is not None
        for role in section.written_by.roles
    }

    assert said <= set(ROLES)
    assert {"SENCO", "LA SEN officer"} <= said
