"""What a template requires of a plan for a pupil of that age."""

from datetime import date

import pytest

from ehcp_flow.events import AdviceKind, PlanEvent
from ehcp_flow.plan import Plan
from ehcp_flow.rules import advising
from ehcp_flow.rules.requiring import required, year_taught
from ehcp_flow.templates.built_in import built_in, ehcp
from ehcp_flow.templates.template import Template
from tests.examples import OPENED, SENCO, TODAY, after


def plan(year: str, born: date = date(2012, 9, 15)) -> Plan:
    """A plan of a pupil in a year."""
    return after([OPENED.model_copy(update={"year": year, "born": born})])


@pytest.mark.parametrize("year", ["N1", "N2", "R", "1", "7", "8"])
def test_below_year_9_nothing_is_required(year: str) -> None:
    """Whatever the age: the year taught is what counts."""
    assert required(ehcp(), plan(year), TODAY) == ()


@pytest.mark.parametrize("year", ["9", "10", "14"])
def test_from_year_9_on_provision_for_adulthood_is_required(year: str) -> None:
    """SEND Regulations 2014, regulations 12(3) [recalled] and 6(1)(g) [read]."""
    (found,) = required(ehcp(), plan(year), TODAY)

    assert found.sections == ("F", "G", "H1", "H2")
    assert found.why == f"Year {year}"
    assert (found.citation, found.mark) == ("SEND Regulations 2014, regulation 12(3)", "recalled")
    assert found.advice is not None
    assert (found.advice.kind, found.advice.given) == ("preparation for adulthood", False)
    assert (found.advice.citation, found.advice.mark) == (
        "SEND Regulations 2014, regulation 6(1)(g)",
        "read",
    )


@pytest.mark.parametrize(
    ("born", "on", "year"),
    [
        # 13 on 31 August 2026 is Year 9 from 1 September 2026 on.
        (date(2013, 8, 31), date(2026, 9, 1), 9),
        (date(2013, 9, 1), date(2026, 9, 1), 8),
        (date(2013, 8, 31), date(2026, 8, 31), 8),
        (date(2013, 8, 31), date(2027, 8, 31), 9),
        (date(2012, 2, 29), date(2026, 10, 5), 10),
        (date(2022, 1, 1), date(2026, 10, 5), 0),
    ],
)
@pytest.mark.parametrize("taught", ["X", "M"])
def test_without_a_year_the_age_on_31_august_counts(
    taught: str, born: date, on: date, year: int
) -> None:
    """Less four."""
    found, why = year_taught(plan(taught, born).particulars, on)

    assert found == year
    begins = 2026 if on >= date(2026, 9, 1) else 2025
    assert why == f"{year + 4} on 31 August {begins} (year {taught})"
    assert bool(required(ehcp(), plan(taught, born), on)) == (year >= 9)


@pytest.mark.parametrize(
    ("kind", "given"), [("education", False), ("preparation for adulthood", True)]
)
def test_advice_on_adulthood_is_told_once_it_was_given(kind: AdviceKind, given: bool) -> None:
    """Of its kind, and of no other."""
    events: list[PlanEvent] = [OPENED.model_copy(update={"year": "9"})]
    events.append(
        advising.give(
            after(events),
            kind,
            "College and work.",
            given_by=None,
            given_by_name="Ms Lark",
            given_by_role=None,
            file=None,
            file_bytes=b"College and work.",
            hand=SENCO,
        )
    )

    (found,) = required(ehcp(), after(events), TODAY)

    assert found.advice is not None
    assert found.advice.given is given


def test_a_year_that_nobody_knows_requires_nothing() -> None:
    """It is not guessed."""
    assert year_taught(plan("E1").particulars, TODAY) == (None, "year E1")
    assert required(ehcp(), plan("E1"), TODAY) == ()


def from_year(year: int) -> Template:
    """The template of England, with its rule from another year on."""
    (rule,) = ehcp().from_years
    return ehcp().model_copy(update={"from_years": (rule.model_copy(update={"year": year}),)})


def test_another_kind_of_plan_has_rules_of_its_own() -> None:
    """Which year it is, and whether there is a rule, is for the template to say."""
    wales = built_in("idp-wales", 1)

    assert wales is not None
    assert required(wales, plan("10"), TODAY) == ()
    assert required(from_year(10), plan("9"), TODAY) == ()
    assert required(from_year(10), plan("10"), TODAY) != ()
