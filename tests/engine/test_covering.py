"""Whether somebody has every duty of a model, and not too much of it."""

from datetime import date

import pytest

from ehcp_flow.hands import Absence, HeldRole, Person
from ehcp_flow.models.shipped import SHIPPED, shipped
from ehcp_flow.roles import ROLES
from ehcp_flow.rules.covering import Finding, check

TODAY = date(2026, 10, 5)


def person(id: str, *roles: str, away: bool = False) -> Person:
    """Somebody who holds roles since long ago."""
    held = tuple(HeldRole(role, "Fernbank School", date(2020, 9, 1)) for role in roles)
    absences = (Absence(TODAY, TODAY),) if away else ()
    return Person(id, staff_id=id, name=id.title(), roles=held, absences=absences)


EVERYBODY = [person(f"p{n}", role) for n, role in enumerate([*ROLES, "plan coordinator"])]
SCHOOL = [
    person("sena", "SENCO"),
    person("hana", "head teacher"),
    person("cleo", "class teacher"),
    person("una", "subject teacher"),
]


def found(model: str, people: list[Person], **more: object) -> list[Finding]:
    """What is found of a model and people."""
    said: dict[str, object] = {"tasks": {}, **more}
    return check(shipped(model), people, on=TODAY, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize("model", SHIPPED)
def test_where_everybody_is_nothing_is_found(model: str) -> None:
    """Of any model."""
    assert found(model, EVERYBODY) == []


@pytest.mark.parametrize("model", SHIPPED)
def test_where_nobody_is_every_duty_is_found(model: str) -> None:
    """And that nobody may write any section."""
    said = found(model, [])

    assert {one.duty for one in said if one.kind == "nobody holds it"} == {
        "coordinate",
        "lists",
        "review",
        "approve",
        "be-invited",
        "meet-parents",
        "hold-meeting",
        "complete-report",
        "send-to-authority",
    }
    sections = [id for one in said if one.kind == "nobody may write" for id in one.sections]
    assert len(set(sections)) == 12


def test_a_duty_falls_to_whoever_stands_in() -> None:
    """The deputy while the SENCO is away; without one it is found."""
    away = [person("sena", "SENCO", away=True), person("cleo", "class teacher")]

    assert found("M6", [*away, person("mary", "deputy head"), *SCHOOL[1:]]) == []
    kinds = {one.duty for one in found("M6", away)}
    assert {"coordinate", "complete-report", "send-to-authority"} <= kinds


def test_a_duty_is_found_for_the_years_that_it_lacks() -> None:
    """Those of the pupils here; the rule is named."""
    people = [person("sena", "SENCO", away=True), person("hana", "head teacher"), SCHOOL[2]]

    said = found("M4", people, years={"R", "3"})
    assert [(one.duty, one.rule) for one in said if one.kind == "nobody holds it"] == [
        ("review", "sendco-reviews"),
        ("send-to-authority", "only-the-sendco-sends"),
    ]


def test_sections_that_nobody_may_write_are_found() -> None:
    """Together where one rule answers them, with the years that lack somebody."""
    people = [person("cleo", "class teacher"), person("dora", "data manager")]

    said = found("M6", people, years={"3", "4", "5"}, sections=("B", "F"))

    assert [
        (one.sections, one.years, one.rule) for one in said if one.kind == "nobody may write"
    ] == [(("B", "F"), ("4", "5"), "subject-teachers-from-4")]


def test_a_person_over_the_limit_is_found() -> None:
    """The limit of the role with the most room; without one of a role there is none."""
    tasks = {"sena": 121, "cleo": 31}

    said = [one for one in found("M3", SCHOOL, tasks=tasks) if one.kind == "over the limit"]

    assert [(one.person, one.said) for one in said] == [
        ("Sena", "121 tasks wait on Sena, and at most 120 may."),
        ("Cleo", "31 tasks wait on Cleo, and at most 30 may."),
    ]
    at_it = {"sena": 120, "cleo": 30, "hana": 60}
    assert not [one for one in found("M3", SCHOOL, tasks=at_it) if one.kind == "over the limit"]
    both = [person("sena", "SENCO", "class teacher")]
    assert not [
        one for one in found("M3", both, tasks={"sena": 120}) if one.kind == "over the limit"
    ]


def test_a_mainstream_school_without_a_senco_is_told_the_law() -> None:
    """A special school is not."""
    heads = [person("hana", "head teacher"), person("mary", "deputy head")]

    assert next(one.kind for one in found("M3", heads)) == "asked by law"
    assert "asked by law" not in {one.kind for one in found("M2", heads)}


def test_one_who_alone_writes_and_reviews_is_found() -> None:
    """The writer is not their own reviewer."""
    (one,) = [
        one for one in found("M2", [person("dev", "deputy head")]) if one.kind == "no second reader"
    ]

    assert (one.person, len(one.sections)) == ("Dev", 12)
