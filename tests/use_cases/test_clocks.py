"""By when the law asks for what, of plans in a store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from ehcp_flow.events import (
    AdviceAsked,
    AdviceGiven,
    DutyDeclined,
    Event,
    FactRecorded,
    FactWithdrawn,
    PlanOpened,
    PupilChanged,
    ReviewSetUp,
    words,
)
from ehcp_flow.plans import Plans
from ehcp_flow.recording import encode_all
from ehcp_flow.statute.clocks import OPEN
from ehcp_flow.storage import Claim, open_store
from tests.examples import OPENED, PLAN, hand

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ACT = hand("Eve", "LA SEN officer", at=NOW)
OTHER = uuid5(PLAN, "other")


def fact(number: int, on: str, name: str, **details: str) -> FactRecorded:
    """A fact of a day."""
    act = replace(ACT, day=date.fromisoformat(on), recorded_late=True).act("decider")
    return FactRecorded(**act, number=number, fact=name, details=tuple(details.items()))


class School:
    """A store with two plans."""

    def __init__(self, folder: Path) -> None:
        self.store = open_store(f"sqlite:{folder / 'plans.db'}", create=True)
        self.store.add_tenant("main")
        self.plans = Plans(self.store, "main", clock=lambda: NOW)
        self.versions: dict[UUID, int] = {}
        second = OPENED.model_copy(update={"reference": "2026-0002", "upn": "N823200012345"})
        for stream, opened in ((PLAN, OPENED), (OTHER, second)):
            self.append(stream, opened)

    def append(self, stream: UUID, *events: Event) -> None:
        """Record a plan's next events."""
        after = self.versions.get(stream, 0)
        self.versions[stream] = after + len(events)
        claims = [
            Claim("reference", one.reference, stream)
            for one in events
            if isinstance(one, PlanOpened)
        ]
        self.store.recorder("main").insert_events(encode_all(stream, after, events), claims=claims)


@pytest.fixture
def school(tmp_path: Path) -> Iterator[School]:
    """A school."""
    made = School(tmp_path)
    yield made
    made.store.close()


def calendar(school: School) -> dict[str, dict[str, str]]:
    """The events of the calendar of one plan, by UID."""
    found: dict[str, dict[str, str]] = {}
    text = school.plans.calendar("2026-0001").replace("\r\n ", "")
    for part in text.split("BEGIN:VEVENT\r\n")[1:]:
        lines = [line.partition(":") for line in part.split("\r\n")]
        fields = {name: value for name, _, value in lines}
        found[fields["UID"]] = fields
    return found


def test_one_plan_and_all_are_told_alike(school: School) -> None:
    """One is folded, all are read from the views."""
    school.append(PLAN, fact(1, "2026-11-11", "review-meeting-held"))
    school.append(OTHER, fact(1, "2026-09-14", "request-received"))

    whole = school.plans.clocks()
    each = [*school.plans.clocks("2026-0001"), *school.plans.clocks("2026-0002")]
    assert {(one.reference, one.clock) for one in whole} == {
        (one.reference, one.clock) for one in each
    }
    assert len(whole) == len(each) > 4


def test_a_calendar_takes_away_what_a_fact_started_that_was_taken_back(school: School) -> None:
    """And what it was put right by is there beside it, under a name of its own."""
    school.append(PLAN, fact(1, "2026-11-11", "review-meeting-held"))
    before = calendar(school)
    (first,) = [uid for uid, one in before.items() if one["DESCRIPTION"].startswith("D25:")]
    right = fact(2, "2026-11-12", "review-meeting-held").model_copy(update={"replaces": 1})
    school.append(PLAN, right)
    after = calendar(school)
    school.append(PLAN, FactWithdrawn(**ACT.act("decider"), number=2))
    at_last = calendar(school)

    assert before[first]["STATUS"] == "CONFIRMED"
    assert after[first]["STATUS"] == at_last[first]["STATUS"] == "CANCELLED"
    (second,) = [
        uid
        for uid, one in after.items()
        if one["DESCRIPTION"].startswith("D25:") and one["STATUS"] == "CONFIRMED"
    ]
    assert after[second]["DTSTART;VALUE=DATE"] == "20261210"
    assert at_last[second]["STATUS"] == "CANCELLED"
    sequence = [int(one[first]["SEQUENCE"]) for one in (before, after, at_last)]
    assert sequence == sorted(set(sequence))


def test_pupils_who_are_no_longer_listed_are_left_out_until_they_are_asked_for(
    school: School,
) -> None:
    """Their plans stay in the figures."""
    school.append(OTHER, PupilChanged(**ACT.act("coordinator"), listed=False))

    assert {one.reference for one in school.plans.clocks()} == {"2026-0001"}
    everyone = school.plans.clocks(everyone=True)
    assert {one.reference for one in everyone} == {"2026-0001", "2026-0002"}
    assert school.plans.review_figures(2026).review_expected == 2


def test_limits_of_england_are_told_of_no_plan_of_another_kind(school: School) -> None:
    """Neither one by one nor among all, in no figures, no calendar and before no work."""
    welsh = OPENED.model_copy(
        update={"reference": "2026-0003", "upn": None, "no_upn": "new", "template": "idp-wales"}
    )
    third = uuid5(PLAN, "third")
    school.append(third, welsh, fact(1, "2026-11-11", "review-meeting-held"))
    plans = school.plans

    assert plans.clocks("2026-0003") == []
    assert {one.reference for one in plans.clocks()} == {"2026-0001", "2026-0002"}
    assert plans.limits_of(plans.show("2026-0003")) == ()
    assert plans.most_urgent([third]) == {}
    assert "2026-0003" not in plans.calendar()
    assert plans.review_figures(2026).review_expected == 2
    assert [one.reference for one in plans.review_weeks()] == ["2026-0003"]
    why = plans.why_no_limits(plans.show("2026-0003").particulars)
    assert why == "its template (idp-wales@1) is of Wales: no limits are kept for it here."
    assert plans.why_no_limits(plans.show("2026-0001").particulars) is None


def _asked(on: str, person: str, cycle: str = "c1") -> AdviceAsked:
    """Advice that a cycle asked somebody for."""
    act = replace(ACT, day=date.fromisoformat(on), recorded_late=True).act("coordinator")
    return AdviceAsked(
        **act,
        cycle=cycle,
        kind="health",
        to=person,
        to_name=person,
        to_role="nurse",
        due=date(2026, 10, 30),
        rule="a rule",
    )


def _given(on: str, number: int, person: str | None) -> AdviceGiven:
    """Advice that came."""
    act = replace(ACT, day=date.fromisoformat(on), recorded_late=True).act("witness")
    return AdviceGiven(
        **act,
        advice=number,
        kind="health",
        given_by=person,
        given_by_name=words("Nia"),
        text=words("Half a page."),
        length=12,
        text_digest="",
        file_digest="",
    )


def test_who_is_asked_by_a_cycle_holds_the_pen_until_they_answer(school: School) -> None:
    """Those of one plan folded from its record, and those of all from the views, alike."""
    act = replace(ACT, day=date(2026, 9, 14), recorded_late=True).act("coordinator")
    no = hand("Ned", "health professional", at=NOW, on=date(2026, 10, 12)).act("adviser")
    meeting = date(2026, 11, 11)
    school.append(
        PLAN,
        ReviewSetUp(**act, cycle="c1", cycle_name="Autumn", meeting=meeting),
        _asked("2026-09-21", "nia"),
        _asked("2026-09-21", "ned"),
        _given("2026-10-05", 1, "nia"),
        DutyDeclined(**no, cycle="c1", kind="health", reason="no time", back_to="amira"),
        fact(1, "2026-11-11", "review-meeting-held"),
    )
    [viewed] = [one.review for one in school.plans.review_weeks()]
    [folded] = [one.review for one in school.plans.review_weeks("2026-0001")]

    assert viewed == folded
    assert [(one.holder, f"{one.since}") for one in folded.stretches] == [
        ("school", "2026-09-14"),
        ("advice-givers", "2026-09-21"),
        ("school", "2026-10-12"),
        ("school", "2026-11-11"),
    ]
    clocks = {one.clock.rule.id for one in school.plans.clocks("2026-0001")}
    assert not {one for one in clocks if one.startswith("D03")}


def test_the_law_goes_before_guidance(school: School) -> None:
    """Of what waits, whatever ends first."""
    school.append(PLAN, fact(1, "2026-11-09", "institution-consulted"))
    school.append(PLAN, fact(2, "2026-11-20", "review-meeting-held"))
    found = school.plans.most_urgent([PLAN])

    assert "D07" in {one.clock.rule.id for one in school.plans.clocks("2026-0001")}
    assert found[PLAN].is_law
    assert set(school.plans.most_urgent([OTHER])) == {OTHER}
    assert school.plans.most_urgent([]) == {}


def test_only_some_rules_go_into_a_calendar(school: School) -> None:
    """When they are named."""
    school.append(PLAN, fact(1, "2026-11-11", "review-meeting-held"))

    assert school.plans.calendar(rules=["D25"]).count("BEGIN:VEVENT") == 1
    assert school.plans.calendar(rules=["D99"]).count("BEGIN:VEVENT") == 0


@pytest.mark.parametrize("plan", ["2026-0003", None])
def test_a_later_export_does_not_change_what_was_due_before(
    school: School, plan: str | None
) -> None:
    """The reviews that earlier exports told of were held; a day that was put right was not one."""
    new = {"reference": "2026-0003", "upn": None, "no_upn": "x"}
    stream = uuid5(PLAN, "exports")
    first = new | {"made_on": date(2020, 1, 6), "last_review": date(2025, 7, 5)}
    school.append(stream, OPENED.model_copy(update=first))

    def due(on: date) -> list[tuple[str, date | None]]:
        return [
            (one.clock.state, one.clock.last_day)
            for one in school.plans.clocks(plan, as_at=on)
            if one.reference == "2026-0003" and one.clock.rule.id == "D20"
            if one.clock.state in OPEN
        ]

    before = due(date(2026, 6, 1))
    for reviewed in (date(2026, 7, 13), date(2026, 7, 3)):
        school.append(stream, PupilChanged(**ACT.act("coordinator"), last_review=reviewed))

    assert before == due(date(2026, 6, 1)) == [("due", date(2026, 7, 4))]
    assert due(date(2026, 7, 8)) == due(NOW.date()) == [("due", date(2027, 7, 2))]


def test_a_past_day_is_asked_of_all_plans(school: School) -> None:
    """A fact that came later had not happened."""
    school.append(PLAN, fact(1, "2026-11-11", "review-meeting-held"))

    then = school.plans.clocks(as_at=date(2026, 11, 10))
    assert "D25" not in {one.clock.rule.id for one in then}
    assert [one.review.days for one in school.plans.review_weeks(as_at=date(2026, 11, 10))] == []


@pytest.mark.parametrize("template", ["isp", "idp-wales"])
def test_what_is_no_plan_of_the_law_of_england_has_no_limits(school: School, template: str) -> None:
    """A proposed plan, and one of Wales: no day of the Act is said of them, and no figure."""
    stream = uuid5(PLAN, template)
    opened = OPENED.model_copy(
        update={"reference": "2026-0003", "upn": None, "no_upn": "x", "template": template}
    )
    whole, figures = school.plans.clocks(), school.plans.review_figures(2026)
    school.append(stream, opened, fact(1, "2026-10-14", "review-meeting-held"))

    assert school.plans.clocks("2026-0003") == []
    assert school.plans.limits_of(school.plans.show("2026-0003")) == ()
    assert (school.plans.clocks(), school.plans.review_figures(2026)) == (whole, figures)
    assert school.plans.most_urgent([stream]) == {}
    assert "2026-0003" not in school.plans.calendar()


def test_plans_of_which_nothing_is_counted_are_named(school: School) -> None:
    """Of no day, or of one before the law: a plan that is not in the list is not one in time."""
    for n, made_on in ((3, None), (4, date(2014, 8, 31)), (5, date(2014, 9, 1))):
        new = {"reference": f"2026-000{n}", "upn": None, "no_upn": "x", "made_on": made_on}
        school.append(uuid5(PLAN, str(n)), OPENED.model_copy(update=new | {"last_review": None}))

    found = school.plans.clocks()

    assert school.plans.uncounted(found) == ["2026-0003", "2026-0004"]
    school.append(uuid5(PLAN, "3"), PupilChanged(**ACT.act("coordinator"), listed=False))
    assert school.plans.uncounted(found) == ["2026-0004"]
    assert school.plans.uncounted(found, everyone=True) == ["2026-0003", "2026-0004"]
