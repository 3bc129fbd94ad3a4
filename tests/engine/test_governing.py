"""Whose duty a fact is under an operating model, and what must be on record before it."""

from dataclasses import replace
from datetime import date

import pytest

from ehcp_flow.errors import Refused
from ehcp_flow.events import FactRecorded, PlanEvent
from ehcp_flow.hands import Hand
from ehcp_flow.models.in_force import InForce
from ehcp_flow.models.shipped import SHIPPED, shipped
from ehcp_flow.rules.governing import DUTY_OF_FACT, may_chair, may_record
from ehcp_flow.rules.signing_off import sign_off
from ehcp_flow.statute.facts import FactKind, of_england
from tests.examples import (
    HEAD,
    OFFICER,
    SENCO,
    TEACHER,
    after,
    approved_plan,
    drafted,
    hand,
    issued,
    opened,
)


def kind(id: str) -> FactKind:
    """A fact of the catalogue."""
    return of_england().fact(id)


def under(model: str, who: Hand) -> Hand:
    """The same hand, under a model that was chosen."""
    return replace(who, under=InForce(shipped(model), chosen=True))


def fact(id: str, number: int, on: date = date(2026, 10, 5)) -> FactRecorded:
    """A fact that was recorded."""
    by = replace(SENCO, day=on, recorded_late=True)
    return FactRecorded(**by.act("coordinator"), number=number, fact=id)


HELD = fact("review-meeting-held", 1)


@pytest.mark.parametrize("id", DUTY_OF_FACT)
def test_each_duty_of_a_fact_is_of_a_fact_that_there_is(id: str) -> None:
    """Which a school may record."""
    assert kind(id).by == "coordinating"


@pytest.mark.parametrize("model", SHIPPED)
def test_the_authority_records_its_own_by_law(model: str) -> None:
    """And a meeting that it held itself; no model's rule is named."""
    officer = under(model, OFFICER)

    decided = may_record(opened(HELD), kind("review-decision-notified"), officer)
    meeting = may_record(opened(), kind("review-meeting-held"), officer)

    assert (decided.rule, decided.law) == (None, kind("review-decision-notified").basis)
    assert meeting.rule is not None or meeting.law is not None


@pytest.mark.parametrize("model", SHIPPED)
@pytest.mark.parametrize("role", ["SENCO", "head teacher", "deputy head", "class teacher"])
def test_nobody_at_a_school_records_what_the_authority_decides(model: str, role: str) -> None:
    """Whatever the model."""
    who = hand("Zara", role, under=InForce(shipped(model), chosen=True))

    with pytest.raises(Refused, match="only the local authority decides and issues"):
        may_record(opened(HELD), kind("review-decision-notified"), who)


def test_other_facts_are_for_those_who_coordinate_or_keep_lists() -> None:
    """As the model has it; the refusal names its rule."""
    clerk = hand("Dora", "data manager", under=InForce(shipped("M3"), chosen=True))
    assert may_record(opened(), kind("plan-reviewed"), clerk).rule is not None
    assert may_record(opened(), kind("review-opened"), under("M3", HEAD)).rule is not None
    assert may_record(opened(), kind("dissent-recorded"), under("M3", TEACHER)) == (None, None)

    with pytest.raises(Refused, match="Under M3, rule senco-coordinates: Dora acts as data man"):
        may_record(opened(), kind("review-opened"), clerk)
    with pytest.raises(Refused, match="Under M3, rule lists: Boris acts as class teacher"):
        may_record(opened(), kind("plan-reviewed"), under("M3", TEACHER))


@pytest.mark.parametrize("model", [one for one in SHIPPED if one != "default"])
@pytest.mark.parametrize("id", ["review-report-completed", "review-report-sent"])
def test_a_report_comes_after_the_meeting(model: str, id: str) -> None:
    """Of this review: one that a decision has ended does not count, nor one of a later day."""
    duty = DUTY_OF_FACT[id]
    rule = shipped(model).rule(duty, year="7")
    assert rule is not None
    who = hand("Zara", rule.roles[0], under=InForce(shipped(model), chosen=True))
    decided = fact("review-decision-notified", 2)
    later = fact("review-meeting-held", 1, date(2026, 10, 6))

    assert may_record(opened(HELD), kind(id), who).rule is rule
    for events in ((), (HELD, decided), (later,)):
        with pytest.raises(Refused, match=rf"rule {rule.id}: {id} .* review-meeting-held is on"):
            may_record(opened(*events), kind(id), who)


def reviewed(*more: PlanEvent) -> list[PlanEvent]:
    """A plan whose section F was written, approved, and talked about."""
    return [*approved_plan(), HELD, *more]


def test_nothing_is_sent_before_it_is_signed_as_reviewed() -> None:
    """By the role that the model asks for, over exactly the text as it is."""
    senco = under("M4", SENCO)
    sent = kind("review-report-sent")
    with pytest.raises(Refused, match=r"rule only-the-sendco-sends: nothing .* section F is not"):
        may_record(after(reviewed()), sent, senco)
    signed = sign_off(after(reviewed()), "F", "review", hand=senco)
    assert may_record(after(reviewed(signed)), sent, senco).rule is not None
    late = drafted(after(reviewed(signed)), "Three hours a week.", TEACHER)
    with pytest.raises(Refused, match="section F is not signed"):
        may_record(after(reviewed(signed, late)), sent, senco)


def test_what_stands_as_it_was_issued_needs_no_review() -> None:
    """Nobody here wrote in it."""
    plan = opened(issued(opened(), "One hour a week."), HELD)

    assert may_record(plan, kind("review-report-sent"), under("M4", SENCO)).rule is not None


def test_who_chairs_need_not_teach() -> None:
    """Where the model says so; the authority may hold any meeting; without a model all is open."""
    deputy = hand("Mary", "deputy head", under=InForce(shipped("M2"), chosen=True))
    for role in ("parent liaison worker", "deputy head", "LA SEN officer"):
        may_chair(opened(), role, deputy)
    may_chair(opened(), "class teacher", HEAD)

    with pytest.raises(Refused, match="Under M2, rule chair-need-not-teach: the class teacher"):
        may_chair(opened(), "class teacher", deputy)


def test_a_deputy_stands_in_while_nobody_holds_the_role() -> None:
    """And not while somebody does; nor does a class teacher."""
    vacant = InForce(shipped("M3"), chosen=True, vacant=lambda: frozenset({"SENCO"}))
    deputy = hand("Mary", "deputy head", under=vacant)
    held = kind("review-meeting-held")

    allowed = may_record(opened(), held, deputy)

    assert allowed.rule is not None
    assert allowed.rule.id == "senco-leads"
    for who in (hand("Boris", "class teacher", under=vacant), under("M3", deputy)):
        with pytest.raises(Refused, match="Under M3, rule senco-leads"):
            may_record(opened(), held, who)


def test_duties_fall_through_roles_that_nobody_holds() -> None:
    """From the SENCO over the deputy to the head."""
    nobody = InForce(shipped("M3"), vacant=lambda: frozenset({"SENCO", "deputy head"}))
    none_at_all = InForce(
        shipped("M3"), vacant=lambda: frozenset({"SENCO", "deputy head", "head teacher"})
    )

    assert nobody.stand_ins("SENCO") == ("head teacher",)
    assert nobody.stand_ins("head teacher") == ()
    assert none_at_all.stand_ins("SENCO") == ()
