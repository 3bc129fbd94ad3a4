"""The models that come with the product: what each rule of each lets whom do, and whom not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.errors import NotFound, Refused
from ehcp_flow.models.duties import BY_SECTION, DUTIES, OF_ALL_PLANS, OF_LAW, Duty
from ehcp_flow.models.in_force import InForce
from ehcp_flow.models.shipped import SHIPPED, default, shipped
from ehcp_flow.roles import DECIDING, ROLES
from ehcp_flow.rules.signing_off import sign_off
from ehcp_flow.templates.built_in import ehcp
from ehcp_flow.years import YEARS
from tests.examples import after, approved_plan, hand

_TEACHERS = {"class teacher", "subject teacher", "form tutor"}
_THERAPISTS = {
    "speech and language therapist",
    "occupational therapist",
    "physiotherapist",
    "paediatrician",
}
_PROFESSIONALS = {*_THERAPISTS, "educational psychologist"}
_SHARED = {"head teacher", "deputy head", "form tutor", "SEN administrator"} | {
    "parent liaison worker"
}
_KEEPERS = {"data manager", "SEN administrator"}
_HEADS = {"head teacher", "deputy head"}
_AUTHORITY = {"LA SEN officer", "LA SEN manager"}
_COORDINATING = {"SENCO", "head teacher", "deputy head", "LA SEN officer"}
_ALL_BUT_ASSISTANTS = {*ROLES} - {"teaching assistant"}

EXPECTED: dict[str, dict[str, set[str]]] = {
    "default": {
        "coordinating": _COORDINATING,
        "lists": _COORDINATING | _KEEPERS,
        "writing": _ALL_BUT_ASSISTANTS,
        "reviewing": _ALL_BUT_ASSISTANTS,
        "approving": _COORDINATING,
        "invited": {"head teacher"},
        "meeting-parents": _COORDINATING | {"class teacher", "form tutor"},
        "holding-the-meeting": _COORDINATING,
        "completing-the-report": _COORDINATING,
        "sending": _COORDINATING,
    },
    "M0": {
        "authority-coordinates": _AUTHORITY,
        "authority-keeps-lists": _AUTHORITY | _KEEPERS,
        "plan-writer-writes": _TEACHERS
        | _HEADS
        | _PROFESSIONALS
        | {"SENCO", "LA SEN officer", "LA social worker"},
        "manager-reviews": {"LA SEN manager"},
        "manager-approves": {"LA SEN manager"},
        "head-is-invited": {"head teacher"},
        "authority-or-school-meets-parents": {"LA SEN officer", "head teacher", "SENCO"},
        "authority-or-school-holds": _COORDINATING,
        "report-after-meeting": _COORDINATING,
        "school-sends": _COORDINATING,
    },
    "M1": {
        "head-coordinates": {"head teacher"},
        "head-keeps-lists": {"head teacher"} | _KEEPERS,
        "teaching-staff-write": _TEACHERS | _PROFESSIONALS | {"head teacher"},
        "health-sections": _THERAPISTS | {"head teacher"},
        "social-care-sections": {"LA social worker", "head teacher"},
        "placement-and-appendices": {"LA SEN officer", "head teacher"},
        "review-by-another": _TEACHERS | {"head teacher"},
        "head-approves": {"head teacher"},
        "head-is-invited": {"head teacher"},
        "tutor-meets-parents": {"form tutor"},
        "head-holds": {"head teacher", "form tutor"},
        "report-after-meeting": {"head teacher"},
        "head-sends": {"head teacher"},
    },
    "M2": {
        "deputy-coordinates": _HEADS,
        "lists": _HEADS | _KEEPERS,
        "all-staff-contribute": {*ROLES},
        "deputy-reviews": _HEADS,
        "deputy-approves": _HEADS,
        "head-is-invited": {"head teacher"},
        "deputy-and-liaison-worker": {"deputy head", "parent liaison worker"},
        "chair-need-not-teach": _HEADS | {"parent liaison worker"},
        "report-after-meeting": _HEADS,
        "deputy-sends": _HEADS,
    },
    "M3": {
        "senco-coordinates": {"SENCO", "head teacher"},
        "lists": _HEADS | _KEEPERS | {"SENCO"},
        "write-progress": _PROFESSIONALS | {"SENCO", "class teacher", "subject teacher"},
        "senco-adds-the-rest": _PROFESSIONALS | {"SENCO", "LA social worker"},
        "senco-reviews": _HEADS | {"SENCO"},
        "approving": _HEADS | {"SENCO"},
        "head-is-invited": {"head teacher"},
        "senco-meets-parents": {"SENCO"},
        "senco-leads": {"SENCO"},
        "report-after-meeting": {"SENCO"},
        "senco-sends": {"SENCO"},
    },
    "M4": {
        "sendco-coordinates": {"SENCO", "head teacher"},
        "lists": _HEADS | _KEEPERS | {"SENCO"},
        "class-teacher-writes": _PROFESSIONALS | {"class teacher", "LA social worker"},
        "sendco-reviews": {"SENCO"},
        "approving": {"SENCO", "head teacher"},
        "head-is-invited": {"head teacher"},
        "class-teacher-meets-parents": {"class teacher"},
        "class-teacher-holds": {"class teacher"},
        "report-after-meeting": {"class teacher", "SENCO"},
        "only-the-sendco-sends": {"SENCO"},
    },
    "M5": {
        "shared-coordinating": _SHARED,
        "shared-lists": _SHARED | _KEEPERS,
        "writing": _ALL_BUT_ASSISTANTS,
        "shared-reviewing": _SHARED,
        "approving": _HEADS,
        "head-is-invited": {"head teacher"},
        "shared-contact": _SHARED,
        "shared-meetings": _SHARED,
        "report-after-meeting": _SHARED,
        "shared-liaison": _SHARED,
    },
    "M6": {
        "senco-coordinates": {"SENCO", "head teacher"},
        "lists": _HEADS | _KEEPERS | {"SENCO"},
        "class-teacher-to-3": _PROFESSIONALS | {"SENCO", "class teacher", "LA social worker"},
        "subject-teachers-from-4": _PROFESSIONALS
        | {"SENCO", "subject teacher", "LA social worker"},
        "reviewing": _HEADS | {"SENCO"},
        "approving": _HEADS | {"SENCO"},
        "head-is-invited": {"head teacher"},
        "parents-to-3": {"class teacher", "SENCO"},
        "parents-from-4": {"subject teacher", "SENCO"},
        "meeting-to-3": {"class teacher", "SENCO"},
        "meeting-from-4": {"subject teacher", "SENCO"},
        "report-after-meeting": {"SENCO"},
        "senco-sends": {"SENCO"},
    },
    "M7": {
        "coordinating": {"plan coordinator", "SENCO", "head teacher"},
        "lists": {"plan coordinator", "SENCO", "head teacher"} | _KEEPERS,
        "person-responsible-writes": _PROFESSIONALS | {"plan coordinator", "LA social worker"},
        "qualified-senco-reviews": {"SENCO"},
        "approving": {"SENCO", "head teacher"},
        "head-is-invited": {"head teacher"},
        "meeting-parents": {"plan coordinator", "SENCO"},
        "holding-the-meeting": {"plan coordinator", "SENCO", "head teacher"},
        "report-after-meeting": {"plan coordinator", "SENCO"},
        "sending": {"plan coordinator", "SENCO"},
    },
}
"""Whom each rule lets, when they are asked where that matters."""


def test_every_model_is_here() -> None:
    """And every rule of it."""
    assert set(EXPECTED) == set(SHIPPED)
    for id, rules in EXPECTED.items():
        assert {rule.id for rule in shipped(id).rules} == set(rules)


@pytest.mark.parametrize(
    ("id", "rule"), [(id, rule) for id, rules in EXPECTED.items() for rule in rules]
)
def test_a_rule_lets_its_own_roles_and_no_other(id: str, rule: str) -> None:
    """Of all roles that there are."""
    model = shipped(id)
    found = next(one for one in model.rules if one.id == rule)

    lets = {role for role in (*ROLES, *model.other_roles) if found.lets(role, asked=True)}

    assert lets - {*model.other_roles} == EXPECTED[id][rule] - {*model.other_roles}
    assert {*model.other_roles} & EXPECTED[id][rule] <= lets


@pytest.mark.parametrize("id", SHIPPED)
def test_every_question_has_an_answer(id: str) -> None:
    """Each duty, each section of an EHC plan, each year; and so have other plans' sections."""
    model = shipped(id)
    for duty in DUTIES:
        for section in (*ehcp().ids, "TARGETS") if duty in BY_SECTION else (None,):
            for year in (None,) if duty in OF_ALL_PLANS else YEARS:
                assert model.rule(duty, section=section, year=year), (duty, section, year)


@pytest.mark.parametrize(
    ("role", "experience", "extent"),
    [
        ("class teacher", "new", "contribute"),
        ("class teacher", "confident", "whole"),
        ("class teacher", None, "whole"),
        ("SENCO", "new", "whole"),
    ],
)
def test_how_far_somebody_writes_goes_by_experience(
    role: str, experience: str | None, extent: str
) -> None:
    """But not of those who write without being asked."""
    rule = shipped("M6").rule("write", section="F", year="3")

    assert rule is not None
    assert rule.extent_of(role, experience) == extent


@pytest.mark.parametrize(
    ("year", "rule"),
    [
        ("R", "class-teacher-to-3"),
        ("3", "class-teacher-to-3"),
        ("X", "class-teacher-to-3"),
        ("4", "subject-teachers-from-4"),
        ("14", "subject-teachers-from-4"),
    ],
)
def test_the_year_decides_which_rule_answers(year: str, rule: str) -> None:
    """The border lies between Years 3 and 4."""
    found = shipped("M6").rule("write", section="F", year=year)

    assert found is not None
    assert found.id == rule


def test_which_schools_can_be_required_to_hold_a_meeting() -> None:
    """The others are told so."""
    told = {id for id in SHIPPED if shipped(id).told() is not None}

    assert told == {"M1", "M7"}
    assert "cannot require, this school" in (shipped("M1").told() or "")


def test_a_contract_binds_a_school_that_the_law_does_not() -> None:
    """Then nothing is told."""
    school = shipped("M1").school.model_copy(update={"contract_to_hold_meetings": True})

    assert shipped("M1").model_copy(update={"school": school}).told() is None


def test_a_model_that_there_is_not_is_told() -> None:
    """With the nearest."""
    with pytest.raises(NotFound, match="'M33'; perhaps M3 is meant"):
        shipped("M33")


@given(
    id=st.sampled_from(SHIPPED),
    duty=st.sampled_from(DUTIES),
    role=st.one_of(st.sampled_from([*ROLES, "plan coordinator"]), st.text(max_size=20)),
    section=st.sampled_from(ehcp().ids),
    year=st.sampled_from(YEARS),
    asked=st.booleans(),
    vacant=st.frozensets(st.sampled_from([*ROLES])),
)
def test_whoever_is_let_has_the_duty_or_stands_in_for_one_who_has(
    id: str,
    duty: Duty,
    role: str,
    section: str,
    year: str,
    asked: bool,
    vacant: frozenset[str],
) -> None:
    """And who stands in does so for a role that nobody holds."""
    under = InForce(shipped(id), chosen=True, vacant=lambda: vacant)

    rule = under.may(duty, role, section=section, year=year, asked=asked)

    if rule is None:
        return
    assert rule.duty == duty
    assert rule is under.model.rule(duty, section=section, year=year)
    if not rule.lets(role, asked=asked):
        stood_in = [one for one in rule.all_roles if role in under.stand_ins(one)]
        assert stood_in
        assert set(stood_in) <= vacant
        assert role not in vacant


@given(
    id=st.sampled_from(SHIPPED),
    role=st.sampled_from(sorted({*ROLES, "plan coordinator"} - DECIDING)),
)
def test_no_model_lets_a_school_decide(id: str, role: str) -> None:
    """What the law settles is no duty that a model could give, and no mark that it allows."""
    assert not {rule.duty for rule in shipped(id).rules} & set(OF_LAW)
    who = hand("Zara", role, under=InForce(shipped(id), chosen=True))

    with pytest.raises(Refused, match="only the local authority decides"):
        sign_off(after(approved_plan()), "F", "decision", hand=who)


def test_the_authority_decides_by_law_and_by_no_rule() -> None:
    """Under any model."""
    for id in SHIPPED:
        who = hand("Eve", "LA SEN officer", under=InForce(shipped(id), chosen=True))
        signed = sign_off(after(approved_plan()), "F", "decision", hand=who)
        assert signed.allowed == "law:Children and Families Act 2014, section 37"


def test_where_no_model_was_chosen_no_rule_is_recorded() -> None:
    """The stored form of such an act is as it always was."""
    under = InForce()

    assert under.model == default()
    assert under.name_of(under.model.rule("lists")) is None
    assert InForce(chosen=True).name_of(under.model.rule("lists")) == "default@1:lists"
