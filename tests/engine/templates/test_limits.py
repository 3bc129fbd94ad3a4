"""Of which plans the limits of England are kept, and which facts any plan has."""

import pytest

from ehcp_flow.errors import Refused
from ehcp_flow.rules.entering import of_its_kind
from ehcp_flow.statute.facts import of_england
from ehcp_flow.templates.built_in import built_in, ehcp
from ehcp_flow.templates.limits import why_not
from ehcp_flow.templates.reading import parse_template
from ehcp_flow.templates.template import Template
from tests.engine.templates.examples import WHOLE
from tests.examples import opened


def like(of: str, **changed: str) -> Template:
    """A built-in template, or one that differs."""
    found = built_in(of, 1)
    assert found is not None
    return found.model_copy(update=changed)


@pytest.mark.parametrize(
    ("template", "why"),
    [
        (ehcp(), None),
        (like("ehcp", id="our-layout", jurisdiction="england"), None),
        (like("ehcp", status="act"), None),
        (like("idp-wales"), "its template (idp-wales@1) is of Wales"),
        (like("isp"), "its template (isp@1) is a proposal"),
        (
            parse_template(WHOLE, name="own.toml"),
            "its template (support-plan@1) rests on no law (local)",
        ),
        (like("ehcp", status="guidance"), "its template (ehcp@1) rests on no law (guidance)"),
    ],
    ids=lambda said: str(getattr(said, "name", said))[:40],
)
def test_the_limits_are_those_of_the_plans_of_englands_law(
    template: Template, why: str | None
) -> None:
    """By where a template belongs and what it rests on, never by its name."""
    assert why_not(template) == why


@pytest.mark.parametrize("kind", of_england().facts, ids=lambda kind: str(kind.id))
def test_a_plan_of_another_kind_has_what_any_plan_has(kind: object) -> None:
    """What is decided, noticed and issued is of an EHC plan alone."""
    known = of_england().fact(getattr(kind, "id", ""))
    plan, welsh = opened(), like("idp-wales")
    of_its_kind(plan, known, ehcp())

    if known.any_plan:
        of_its_kind(plan, known, welsh)
        assert known.by != "authority"
        assert not known.recipients
    else:
        with pytest.raises(
            Refused, match=r"is of Wales, and that is a fact of plans under the law"
        ):
            of_its_kind(plan, known, welsh)


def test_meetings_and_reports_are_of_any_plan_and_decisions_are_not() -> None:
    """As the catalogue has it."""
    any_plan = {kind.id for kind in of_england().facts if kind.any_plan}

    assert {"review-meeting-held", "review-report-sent", "advice-received"} <= any_plan
    assert not any_plan & {
        "review-decision-notified",
        "amendment-notice-sent",
        "plan-finalised",
        "tribunal-order-made",
    }
