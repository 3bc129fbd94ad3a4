"""Which limits a plan's facts start, and how each stands on a day."""

import doctest
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput
from ehcp_flow.statute import clocks as module
from ehcp_flow.statute.clocks import OPEN, Clock, Happened, State, clocks, told_by_particulars
from ehcp_flow.statute.facts import of_england
from ehcp_flow.statute.happened import rights_pass_on
from ehcp_flow.statute.law import COMPOSED, Law, england, parse

TEXT = files("ehcp_flow.statute").joinpath("england.toml").read_text(encoding="utf-8")

BORN = date(2014, 11, 3)


def day(text: str) -> date:
    """A day of ISO 8601."""
    return date.fromisoformat(text)


def story(*said: str, born: str | None = None) -> list[Happened]:
    """Facts, numbered as they stand: ``DAY FACT`` and what its details say, ``; NAME=VALUE``."""
    found: list[Happened] = []
    for number, line in enumerate(said, 1):
        first, *details = line.split("; ")
        on, fact = first.split()
        split = [detail.partition("=") for detail in details]
        told = {name: value for name, _, value in split}
        found.append(Happened(fact, day(on), told, str(number)))
    if born is not None:
        found += told_by_particulars(day(born), None, None)
    return found


def of(rule_id: str, facts: Sequence[Happened], as_at: str, law: Law | None = None) -> list[Clock]:
    """The limits of one rule, in the order of what started them."""
    found = [one for one in clocks(facts, as_at=day(as_at), law=law) if one.rule.id == rule_id]
    return sorted(found, key=lambda one: one.trigger_day)


def one_of(rule_id: str, facts: Sequence[Happened], as_at: str) -> Clock:
    """The only limit of a rule."""
    (found,) = of(rule_id, facts, as_at)
    return found


# Every rule --------------------------------------------------------------------------------------

REQUEST = "2026-09-14 request-received"
MEETING = "2026-11-11 review-meeting-held"
AMEND = "2026-12-01 review-decision-notified; decision=amend"
NOTICE = "2026-12-02 amendment-notice-sent; under=review"
ORDER = "2026-09-14 tribunal-order-made; order="
CONCEDED = "2026-09-14 concession-told-to-tribunal; concedes="

EVERY: list[tuple[str, tuple[str, ...], str, str | None]] = [
    # The rule, what starts it, what meets it, and its last day.
    ("D02", (REQUEST,), "assessment-decision-notified", "2026-10-26"),
    (
        "D03",
        (REQUEST, "2026-10-01 advice-requested; kind=health"),
        "advice-received",
        "2026-11-12",
    ),
    (
        "D03.school",
        (REQUEST, "2026-10-01 advice-requested; kind=psychology"),
        "advice-received",
        "2026-11-12",
    ),
    ("D04", (REQUEST,), "no-plan-notified", "2027-01-04"),
    ("D05", (REQUEST,), "draft-plan-served", None),
    ("D06", ("2027-01-04 draft-plan-served",), "representations-received", "2027-01-18"),
    ("D07", ("2027-01-04 institution-consulted",), "institution-answered", "2027-01-19"),
    ("D08", (REQUEST,), "plan-finalised", "2027-02-01"),
    ("D09", ("2027-02-01 plan-finalised",), "appeal-rights-told", "2027-02-01"),
    ("D20", ("2026-09-14 plan-made",), "review-decision-notified", "2027-09-13"),
    ("D21", ("2027-01-04 term-starts",), "term-list-sent", "2026-12-21"),
    ("D22", (MEETING,), "invitation-sent", "2026-10-28"),
    ("D23", (MEETING,), "advice-circulated", "2026-10-28"),
    ("D24", (MEETING,), "review-report-sent", "2026-11-25"),
    ("D25", (MEETING,), "review-decision-notified", "2026-12-09"),
    ("D26", (MEETING, AMEND), "amendment-notice-served", "2026-12-09"),
    (
        "D27",
        (MEETING, AMEND, NOTICE, "2026-12-04 amendment-notice-served"),
        "representations-received",
        "2026-12-18",
    ),
    (
        "D28",
        ("2020-01-06 plan-made", "2026-12-02 amendment-notice-sent; under=review"),
        "amended-plan-finalised",
        "2027-01-27",
    ),
    ("D29.first", (MEETING, AMEND, NOTICE), "amended-plan-finalised", "2027-01-27"),
    ("D29.first", (MEETING, AMEND), "amendment-refused", "2027-02-03"),
    (
        "D30.comment",
        ("2026-12-04 amendment-notice-served",),
        "representations-received",
        "2026-12-18",
    ),
    (
        "D30.final",
        ("2026-12-02 amendment-notice-sent; under=any other time",),
        "amendment-refused",
        "2027-01-27",
    ),
    (
        "D32",
        ("2026-12-01 review-decision-notified; decision=maintain",),
        "appeal-rights-told",
        "2026-12-01",
    ),
    (
        "D40",
        ("2026-10-01 transfer-between-phases; phase=secondary to post-16; transfer=2027-09-01",),
        "phase-transfer-named",
        "2027-03-30",
    ),
    (
        "D41",
        ("2026-10-01 transfer-between-phases; phase=primary to secondary; transfer=2027-09-01",),
        "phase-transfer-named",
        "2027-02-14",
    ),
    (
        "D42",
        ("2026-10-01 transfer-between-institutions; transfer=2027-07-31",),
        "phase-transfer-named",
        "2027-02-28",
    ),
    (
        "D43",
        (
            "2026-12-14 authority-became-aware-of-move",
            "2026-12-14 moved-to-another-authority",
        ),
        "plan-transferred",
        "2027-01-06",
    ),
    ("D44", ("2026-11-02 plan-transferred; direction=in",), "transfer-told", "2026-12-14"),
    (
        "D45",
        ("2020-01-06 plan-made", "2026-11-02 plan-transferred; direction=in"),
        "review-decision-notified",
        "2027-02-01",
    ),
    ("D47", ("2026-12-14 commissioner-became-aware",), "new-commissioner-told", "2027-01-07"),
    ("D50", ("2026-11-02 reassessment-requested",), "reassessment-notified", "2026-11-17"),
    (
        "D52",
        ("2026-09-14 reassessment-notified; decision=re-assess",),
        "plan-finalised",
        "2026-12-21",
    ),
    ("D52", ("2026-09-14 reassessment-decided",), "plan-finalised", "2026-12-21"),
    ("D53", ("2026-09-14 cease-considered",), "cease-notified", None),
    ("D60", ("2026-12-31 decision-sent; of=content",), "mediation-adviser-contacted", "2027-02-28"),
    ("D61", ("2026-12-23 mediation-declined",), "mediation-certificate-issued", "2026-12-30"),
    ("D62", ("2026-12-14 mediation-wanted",), "mediation-held", "2027-01-13"),
    (
        "D64",
        ("2026-12-23 mediation-agreement-made; matters=other",),
        "agreement-carried-out",
        "2027-01-06",
    ),
    (
        "D65",
        ("2026-12-23 mediation-agreement-made; alone=yes",),
        "authority-told-of-agreement",
        "2026-12-30",
    ),
    (
        "D66",
        ("2026-09-14 decision-sent; of=content", "2026-11-02 mediation-certificate-issued"),
        "appeal-lodged",
        "2026-12-02",
    ),
    ("D69.notify", (f"{ORDER}assess",), "assessment-notified", "2026-09-28"),
    ("D69.no-plan", (f"{ORDER}assess",), "no-plan-notified", "2026-11-23"),
    ("D69.plan", (f"{ORDER}assess",), "plan-finalised", "2026-12-21"),
    ("D70.draft", (f"{ORDER}make a plan",), "draft-plan-served", "2026-10-19"),
    ("D70.final", (f"{ORDER}make a plan",), "plan-finalised", "2026-11-30"),
    ("D71.content", (f"{ORDER}amend the content",), "plan-reopened", "2026-10-19"),
    ("D71.placement", (f"{ORDER}name a placement",), "amended-plan-finalised", "2026-09-28"),
    ("D72", (f"{ORDER}dismiss an appeal against ceasing",), "plan-ceased", None),
    ("D73.notify", (f"{CONCEDED}assess",), "assessment-notified", "2026-09-28"),
    ("D73.no-plan", (f"{CONCEDED}assess",), "no-plan-notified", "2026-11-23"),
    ("D73.plan", (f"{CONCEDED}assess",), "plan-finalised", "2026-12-21"),
    ("D73.draft", (f"{CONCEDED}make a plan",), "draft-plan-served", "2026-10-19"),
    ("D73.final", (f"{CONCEDED}make a plan",), "plan-finalised", "2026-11-30"),
    ("D73.content", (f"{CONCEDED}amend the content",), "amended-plan-finalised", "2026-10-19"),
    ("D73.placement", (f"{CONCEDED}name a placement",), "plan-reopened", "2026-09-28"),
]


@pytest.mark.parametrize(("rule_id", "started", "meets", "last"), EVERY)
def test_every_rule_starts_and_is_met(
    rule_id: str, started: tuple[str, ...], meets: str, last: str | None
) -> None:
    """On its last day in time, a day later late, and until then it is open."""
    last_day = None if last is None else day(last)
    begins = max(day(one[:10]) for one in started)
    back = last_day is not None and last_day < begins
    met_on = last_day or begins
    open_ = one_of(rule_id, story(*started), f"{begins}")

    assert (open_.last_day, open_.met_by) == (last_day, None)
    assert open_.state in OPEN
    met = of(rule_id, story(*started, f"{met_on} {meets}"), f"{max(met_on, begins)}")[0]
    assert (met.state, met.met_by, met.met_on) == ("met", meets, met_on)
    if last_day is not None and not back:
        late = last_day + timedelta(days=1)
        facts = story(*started, f"{late} {meets}")
        assert of(rule_id, facts, f"{late}")[0].state == "met late"
        overdue = one_of(rule_id, story(*started), f"{late}")
        assert overdue.state == ("ended" if overdue.rule.right else "overdue")


def test_a_notice_that_was_sent_meets_the_four_weeks() -> None:
    """On the day on which it was sent, from which the final plan counts as well.

    Regulation 22(2)(a) asks for the sending; the parents' time alone counts from the service.
    """
    sent = "2026-12-09 amendment-notice-sent; under=review"
    served = "2026-12-14 amendment-notice-served"
    notice = one_of("D26", story(MEETING, AMEND, sent), "2026-12-10")
    late = one_of("D26", story(MEETING, AMEND, sent.replace("09", "10")), "2026-12-10")
    final = one_of("D28", story("2020-01-06 plan-made", sent, served), "2026-12-15")

    assert (notice.state, notice.met_on) == ("met", day("2026-12-09"))
    assert late.state == "met late"
    assert (final.trigger_day, final.last_day) == (day("2026-12-09"), day("2027-02-03"))


def test_a_notice_of_an_amendment_beside_the_review_does_not_meet_the_four_weeks() -> None:
    """Neither when it is sent nor when it is served; that of the review after it does."""
    beside = (
        "2026-11-20 amendment-notice-sent; under=any other time",
        "2026-11-23 amendment-notice-served",
    )
    theirs = ("2026-12-07 amendment-notice-sent; under=review",)

    waits = one_of("D26", story(MEETING, AMEND, *beside), "2026-12-08")
    met = one_of("D26", story(MEETING, AMEND, *beside, *theirs), "2026-12-08")

    assert (waits.state, waits.met_by) == ("due", None)
    assert (met.state, met.met_on) == ("met", day("2026-12-07"))


def test_every_rule_that_something_meets_is_among_them() -> None:
    """But for the parts of rules that are told as a whole, and those for some ages alone."""
    shown = {rule_id for rule_id, _, _, _ in EVERY}
    parts = {part for rule in england().rules if rule.count in COMPOSED for part in rule.of}
    elsewhere = {"D31", "D57"}

    met = {rule.id for rule in england().rules if rule.met_by}
    assert shown - parts == met - parts - elsewhere


def test_what_nothing_meets_is_no_limit() -> None:
    """It is a condition, as that nothing is disclosed without consent."""
    facts = story("2026-11-02 disclosure-asked-for", "2026-11-02 left-education", REQUEST)

    assert not {"D01", "D54", "D55", "D58", "D59"} & {
        one.rule.id for one in clocks(facts, as_at=day("2026-11-03"))
    }


# How a limit stands ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_at", "state", "left"),
    [("2026-11-11", "due", 28), ("2026-12-09", "due", 0), ("2026-12-10", "overdue", -1)],
)
def test_what_is_late_is_judged_on_the_day_asked_about(as_at: str, state: State, left: int) -> None:
    """The whole of the last day is in time."""
    found = one_of("D25", story(MEETING), as_at)

    assert (found.state, found.days_left) == (state, left)


def test_only_what_had_happened_by_the_day_counts() -> None:
    """A decision that came later was not known to be coming."""
    facts = story(MEETING, "2026-12-11 review-decision-notified; decision=amend")

    assert one_of("D25", facts, "2026-12-10").state == "overdue"
    assert of("D26", facts, "2026-12-10") == []
    late = one_of("D25", facts, "2026-12-11")
    assert (late.state, late.met_on, late.days_left) == ("met late", day("2026-12-11"), None)
    assert of("D25", facts, "2026-11-10") == []


def test_an_exception_disapplies_a_limit_and_moves_no_day() -> None:
    """It stays to be seen, with the day that it had, and is late in nobody's list."""
    claimed = story(REQUEST, "2026-12-01 exception-claimed; rule=D08; exception=EX-A.c")
    plain = one_of("D08", story(REQUEST), "2027-03-01")
    found = one_of("D08", claimed, "2027-03-01")

    assert (plain.state, plain.last_day) == ("overdue", day("2027-02-01"))
    assert (found.state, found.last_day) == ("disapplied", day("2027-02-01"))
    assert found.disapplied_by == ("EX-A.c",)
    assert "no other day" in found.explanation
    assert one_of("D04", claimed, "2027-03-01").state == "overdue"


def test_what_is_done_late_under_an_exception_is_not_told_as_late() -> None:
    """In time it is met, exception or not."""
    claim = "2026-12-01 exception-claimed; rule=D08; exception=EX-A.c"
    late = one_of("D08", story(REQUEST, claim, "2027-03-01 plan-finalised"), "2027-03-01")
    early = one_of("D08", story(REQUEST, claim, "2027-01-11 plan-finalised"), "2027-03-01")

    assert (late.state, late.met_on) == ("disapplied", day("2027-03-01"))
    assert early.state == "met"


def test_an_exception_of_another_rule_disapplies_nothing() -> None:
    """There is none in the annual review, and the answer says what was claimed."""
    facts = story(MEETING, "2026-12-01 exception-claimed; rule=D25; exception=EX-A.a")
    found = one_of("D25", facts, "2026-12-10")

    assert (found.state, found.disapplied_by) == ("overdue", ())
    assert "Claimed, but no exception of D25: EX-A.a." in found.explanation


def test_what_leaves_nothing_to_meet_ends_a_limit() -> None:
    """Whoever will have a plan need not be told that there is none."""
    refused = story(REQUEST, "2026-10-20 assessment-decision-notified; decision=refuse")
    assert one_of("D08", refused, "2027-03-01").state == "ended"
    assert one_of("D04", refused, "2027-03-01").state == "ended"

    made = story(REQUEST, "2027-02-15 plan-finalised")
    assert one_of("D04", made, "2027-03-01").state == "ended"
    assert one_of("D08", made, "2027-03-01").state == "met late"
    no_plan = story(REQUEST, "2026-12-01 no-plan-notified")
    assert one_of("D08", no_plan, "2027-03-01").because == "no-plan-notified on 2026-12-01."


def test_what_was_late_and_can_be_met_no_more_was_missed() -> None:
    """It is not forgotten because something else came."""
    facts = story(
        REQUEST, "2027-01-04 draft-plan-served", MEETING, "2027-11-10 review-meeting-held"
    )

    assert one_of("D02", facts, "2027-12-01").state == "missed"
    first, second = of("D25", facts, "2027-12-01")
    assert (first.state, second.state) == ("missed", "due")
    assert first.because == "It was not met before review-meeting-held on 2027-11-10."


def test_a_plan_that_ceased_has_no_limits_to_meet() -> None:
    """What was late before is told as missed."""
    facts = story("2025-01-06 plan-made", "2026-03-02 plan-ceased")
    assert one_of("D20", facts, "2026-11-02").state == "missed"
    early = story("2025-01-06 plan-made", "2025-03-03 plan-ceased")
    assert one_of("D20", early, "2026-11-02").state == "ended"


def test_time_that_somebody_has_is_no_duty() -> None:
    """It passes, and nobody is late."""
    facts = story("2027-01-04 draft-plan-served", born="2014-11-03")

    assert one_of("D06", facts, "2027-01-18").state == "due"
    passed = one_of("D06", facts, "2027-01-19")
    assert (passed.state, passed.actor) == ("ended", "parent")


@pytest.mark.parametrize(
    ("born", "passes"),
    [("2010-11-03", "2027-06-25"), ("2010-08-31", "2026-06-26"), ("2010-09-01", "2027-06-25")],
)
def test_rights_pass_on_with_compulsory_school_age(born: str, passes: str) -> None:
    """On the last Friday of June of the school year in which they turn 16."""
    last = day(passes)
    assert rights_pass_on(day(born)) == last
    assert last.weekday() == 4

    def actor(on: date) -> str:
        facts = story(f"{on} draft-plan-served", born=born)
        return one_of("D06", facts, f"{on}").actor

    assert actor(last) == "parent"
    assert actor(last + timedelta(days=1)) == "young person"


# The review --------------------------------------------------------------------------------------


def test_a_review_restarts_the_twelve_months() -> None:
    """From the day of the decision, not from that of the meeting."""
    facts = story(
        "2025-11-18 plan-made", MEETING, "2026-11-17 review-decision-notified; decision=maintain"
    )
    first, second = of("D20", facts, "2026-11-20")

    assert (first.state, first.met_on) == ("met", day("2026-11-17"))
    assert (second.state, second.last_day) == ("due", day("2027-11-16"))


def test_the_last_review_that_the_particulars_say_is_no_late_one() -> None:
    """They say only the last one of many."""
    facts = list(told_by_particulars(BORN, day("2020-01-06"), day("2025-11-18")))
    first, second = of("D20", facts, "2026-11-01")

    assert (first.state, first.met_on) == ("ended", day("2025-11-18"))
    assert (second.state, second.last_day) == ("due", day("2026-11-17"))


def test_what_seems_overdue_before_the_last_review_that_the_particulars_say_is_uncertain() -> None:
    """Whether there were reviews between is not recorded; what was entered settles it."""
    told = list(told_by_particulars(BORN, day("2020-01-06"), day("2025-11-18")))
    entered = story("2025-11-18 review-decision-notified; decision=maintain")
    (then,) = of("D20", told, "2023-03-01")
    (before,) = of("D20", told, "2020-12-31")
    (known,) = of("D20", told + entered, "2023-03-01")

    assert (then.state, then.last_day) == ("overdue", day("2021-01-05"))
    assert "2025-11-18, by the particulars, which say only the last one" in (then.uncertain or "")
    assert (before.state, before.uncertain) == ("due", None)
    assert (known.state, known.uncertain) == ("overdue", None)


def test_guidance_of_a_code_is_not_counted_before_the_act_that_it_is_about() -> None:
    """A plan said to be made before it has neither a review by the Act nor one by its Code."""
    early = list(told_by_particulars(day("2011-01-04"), day("2012-03-28"), None))
    first = list(told_by_particulars(day("2011-01-04"), day("2014-09-01"), None))

    assert clocks(early, as_at=day("2015-01-01")) == ()
    assert {one.rule.id for one in clocks(first, as_at=day("2014-12-01"))} == {"D20", "D31"}


def test_notice_is_counted_back_from_the_meeting_that_was_held_or_is_arranged() -> None:
    """It keeps its name when the day comes, so that a calendar knows it again."""
    facts = story(
        "2026-10-01 review-meeting-arranged; meeting=2026-11-11",
        "2026-10-28 invitation-sent",
        "2026-11-12 review-meeting-held",
    )
    before = one_of("D22", facts, "2026-10-27")
    after = one_of("D22", facts, "2026-11-30")

    assert (before.state, before.last_day, before.days_left) == ("due", day("2026-10-28"), 1)
    assert (after.state, after.last_day) == ("met", day("2026-10-29"))
    assert before.key == after.key == "D22/1"
    assert one_of("D23", facts, "2026-11-30").state == "missed"


def test_a_meeting_that_is_put_off_needs_notice_again() -> None:
    """What was sent for the other day is not notice of this one."""
    facts = story(
        "2026-10-01 review-meeting-arranged; meeting=2026-11-11",
        "2026-10-05 invitation-sent",
        "2026-10-20 review-meeting-arranged; meeting=2026-12-02",
    )
    first, second = of("D22", facts, "2026-11-01")

    assert (first.state, first.met_on) == ("met", day("2026-10-05"))
    assert (second.state, second.last_day) == ("due", day("2026-11-18"))


def test_an_amendment_beside_a_review_is_told_apart() -> None:
    """By whether a meeting stands behind the notice, and nothing ended its review since."""
    review = story(MEETING, AMEND, NOTICE, "2026-12-04 amendment-notice-served")
    beside = story(
        MEETING,
        AMEND,
        NOTICE,
        "2027-01-11 amended-plan-finalised",
        "2027-03-01 amendment-notice-sent; under=any other time",
        "2027-03-02 amendment-notice-served",
    )

    def told(facts: Sequence[Happened], as_at: str) -> set[str]:
        return {one.rule.id for one in clocks(facts, as_at=day(as_at)) if one.state in OPEN}

    assert {"D27", "D29.first"} <= told(review, "2026-12-10")
    assert not {"D28", "D29", "D30.comment", "D30.final"} & told(review, "2026-12-10")
    assert told(beside, "2027-03-03") >= {"D30.comment", "D30.final"}
    assert not {"D27", "D28", "D29.first"} & told(beside, "2027-03-03")


@pytest.mark.parametrize("decision", ["maintain", "cease"])
def test_only_a_decision_to_amend_needs_a_notice(decision: str) -> None:
    """And a final plan."""
    facts = story(MEETING, f"2026-12-01 review-decision-notified; decision={decision}")

    told = {one.rule.id for one in clocks(facts, as_at=day("2026-12-02"))}
    assert not {"D26", "D28", "D29", "D29.first"} & told


@given(st.integers(0, 120), st.integers(0, 40))
def test_the_plan_is_due_by_whichever_limit_is_first(notice: int, more: int) -> None:
    """Of a plan as of the bare rule; the other limits are not told beside it."""
    meeting = day("2026-11-11")
    sent = meeting + timedelta(days=notice)
    facts = [
        Happened("review-meeting-held", meeting, {}, "1"),
        Happened("review-decision-notified", sent, {"decision": "amend"}, "2"),
        Happened("amendment-notice-sent", sent, {"under": "review"}, "3"),
    ]
    found = {
        one.rule.id: one for one in clocks(facts, as_at=sent + timedelta(days=more)) if one.last_day
    }

    expected = min(meeting + timedelta(weeks=12), sent + timedelta(weeks=8))
    assert found["D29.first"].last_day == expected
    assert not {"D28", "D29"} & set(found)


def test_advice_is_answered_in_turn() -> None:
    """Two were asked, one answered: the one who was asked later is open."""
    facts = story(
        REQUEST,
        "2026-10-01 advice-requested; kind=health",
        "2026-10-05 advice-requested; kind=social care",
        "2026-10-20 advice-received",
    )
    first, second = of("D03", facts, "2026-11-01")

    assert (first.state, second.state) == ("met", "due")


def test_advice_for_a_review_has_no_six_weeks() -> None:
    """Those of regulation 8 are for an assessment."""
    asked = "2026-10-01 advice-requested; kind=health"

    assert of("D03", story("2020-01-06 plan-made", asked), "2026-11-01") == []


def test_where_it_is_not_said_what_an_order_orders_it_is_uncertain() -> None:
    """Each limit that it may start is told, with what is missing."""
    found = one_of("D70.final", story("2026-09-14 tribunal-order-made"), "2026-10-01")

    assert found.uncertain == (
        "Whether it applies is not recorded: it does where order make a plan is said."
    )
    assert of("D70.final", story(f"{ORDER}assess"), "2026-10-01") == []


def test_a_child_under_five_is_to_be_thought_of_sooner() -> None:
    """Until they are five."""
    young = story("2026-09-14 plan-made", born="2022-06-01")
    older = story("2026-09-14 plan-made", born="2022-03-01")

    assert one_of("D31", young, "2026-10-01").last_day == day("2027-03-14")
    assert of("D31", older, "2026-10-01") == []


def test_the_highest_age_is_told_of_when_it_is_near() -> None:
    """Twelve months before."""
    facts = story(born="2001-09-01")

    assert of("D57", facts, "2026-08-30") == []
    assert one_of("D57", facts, "2026-08-31").last_day == day("2027-08-31")


# The law changes under a plan --------------------------------------------------------------------


def test_the_relaxations_of_2020_disapply_what_fell_in_them() -> None:
    """The same facts some weeks later, under the rules from before and after."""
    claim = "2020-05-20 exception-claimed; rule=D08; exception=EX-C"
    relaxed = one_of("D08", story("2020-01-06 request-received", claim), "2020-06-30")
    plain = one_of("D08", story("2019-11-01 request-received", claim), "2020-06-30")

    assert (relaxed.rule.version, relaxed.last_day) == (2, day("2020-05-25"))
    assert (relaxed.state, relaxed.disapplied_by) == ("disapplied", ("EX-C",))
    assert (plain.rule.version, plain.last_day) == (1, day("2020-03-20"))
    assert (plain.state, plain.disapplied_by) == ("overdue", ())


def test_regulation_45_before_and_after_it_was_substituted() -> None:
    """Four weeks for an assessment that was made, or two to tell that it will be."""
    old = one_of(
        "D73.notify", story("2015-03-22 concession-told-to-tribunal; concedes=assess"), "2015-04-01"
    )
    new = one_of(
        "D73.notify", story("2015-03-23 concession-told-to-tribunal; concedes=assess"), "2015-04-01"
    )

    assert (old.rule.version, old.last_day) == (1, day("2015-04-19"))
    assert (new.rule.version, new.last_day) == (2, day("2015-04-06"))
    assert "4 weeks" in old.explanation
    assert "2 weeks" in new.explanation


def test_a_judgment_is_uncertain_before_its_date_and_the_regulation_is_told_beside_it() -> None:
    """After it the whole is told, and its parts are not."""

    def told(meeting: str) -> Mapping[str, Clock]:
        begins = day(meeting)
        facts = [
            Happened("review-meeting-held", begins, {}, "1"),
            Happened("review-decision-notified", begins, {"decision": "amend"}, "2"),
            Happened("amendment-notice-sent", begins, {"under": "review"}, "3"),
        ]
        return {one.rule.id: one for one in clocks(facts, as_at=begins)}

    before, after = told("2022-03-07"), told("2022-03-08")

    assert "2022-03-08" in (before["D26"].uncertain or "")
    assert "2022-03-08" in (before["D29.first"].uncertain or "")
    assert before["D28"].uncertain is None
    assert after["D26"].uncertain is None
    assert "D28" not in after


def test_the_same_day_gives_the_same_answer_for_ever() -> None:
    """Whatever happens later, and in whichever order it is told."""
    facts = story(
        "2025-11-18 plan-made", MEETING, AMEND, NOTICE, "2027-01-11 amended-plan-finalised"
    )
    then = clocks(facts[:3], as_at=day("2026-12-01"))

    assert clocks(facts, as_at=day("2026-12-01")) == then
    assert clocks(facts[::-1], as_at=day("2026-12-01")) == then


PROPOSED = """
[[rule]]
id = "D25"
version = 3
title = "Decide to maintain, amend or cease, and tell"
citation = "a proposal of nobody"
status = "proposal"
mark = "unsure"
sources = "SNJ"
from = 2026-09-01
chosen_by = "trigger"
trigger = ["review-meeting-held"]
count = "within"
length = 8
unit = "weeks"
actor = "local authority"
met_by = ["review-decision-notified"]
"""


def test_proposals_are_off_until_somebody_asks_for_them() -> None:
    """Then they hold from the day they name, and say what they are."""
    law = parse(TEXT + PROPOSED)

    (plain,) = of("D25", story(MEETING), "2026-11-12", law)
    (asked,) = of("D25", story(MEETING), "2026-11-12", law.with_proposals())
    (earlier,) = of(
        "D25", story("2026-08-03 review-meeting-held"), "2026-08-04", law.with_proposals()
    )

    assert (plain.last_day, plain.status) == (day("2026-12-09"), "regulation")
    assert (asked.last_day, asked.status) == (day("2027-01-06"), "proposal")
    assert (earlier.last_day, earlier.rule.version) == (day("2026-08-31"), 1)


DETAILS = sorted(
    {
        (one.detail, value)
        for rule in england().rules
        for one in (*rule.where, *rule.only_with, *rule.only_after, *rule.closed_by)
        if one.detail is not None
        for value in one.said
    }
    | {("rule", "D08"), ("exception", "EX-A.c"), ("meeting", "2026-11-11"), ("meeting", "soon")}
)
ANY_DAY = st.dates(date(2014, 1, 1), date(2028, 12, 31)) | st.dates()
ANY_FACT = st.tuples(
    st.sampled_from([*england().facts, "exception-claimed"]),
    ANY_DAY,
    st.lists(st.sampled_from(DETAILS), max_size=3).map(dict),
)


@given(st.lists(ANY_FACT, max_size=12), ANY_DAY, st.none() | st.dates(max_value=date(2026, 1, 1)))
def test_whatever_is_on_record_has_an_answer(
    said: list[tuple[str, date, dict[str, str]]], as_at: date, born: date | None
) -> None:
    """In which every limit has a name of its own, and none is open and over at once."""
    facts = [Happened(fact, on, details, str(n)) for n, (fact, on, details) in enumerate(said, 1)]
    facts += told_by_particulars(born, None, None)

    found = clocks(facts, as_at=as_at)

    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert one.met_on is None or one.met_on <= as_at
        assert (one.days_left is None) == (one.state not in OPEN or one.last_day is None)
        if one.state == "overdue":
            assert one.last_day is not None
            assert one.last_day < as_at
        if one.state in ("met", "met late"):
            assert one.met_on is not None
        if one.state in ("missed", "ended"):
            assert one.because
    assert list(clocks(facts[::-1], as_at=as_at)) == list(found)


# The file says how ------------------------------------------------------------------------------


def _changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            _changed(
                'status = "regulation"\nmark = "recalled"', 'status = "rumour"\nmark = "read"'
            ),
            "mine.toml, rule, D01 version 1, status: found 'rumour', Input should be 'act'",
        ),
        (
            _changed('actor = "local authority"', 'actor = "the mayor"'),
            "D01 names the actor the mayor, which is not there",
        ),
        (
            _changed('id = "D02"\nversion = 2', 'id = "D02"\nversion = 1'),
            "the version D02@1 is there twice",
        ),
        (_changed("until = 2015-03-22", "until = 2015-03-23"), "overlap"),
        (
            _changed('of = ["D66.decision", "D66.certificate"]', 'of = ["D66.decision", "D66"]'),
            "D66 is made of D66: that is a circle",
        ),
        (
            _changed('of = ["D28", "D29"]', 'of = ["D45", "D29"]').replace(
                'of = ["D45.plan", "D45.transfer"]', 'of = ["D29.first", "D45.transfer"]'
            ),
            "is a circle",
        ),
        (_changed('anchor = "D29"', 'anchor = "D25"'), "names one of them as its anchor"),
        (
            _changed('"plan-transferred: direction=in"', '"plan-transferred direction"'),
            "expected FACT or FACT: DETAIL=VALUE",
        ),
        (
            _changed('ends_all = ["plan-ceased"', 'ends_all = ["plan-burnt"'),
            "ends_all names the fact plan-burnt",
        ),
        (_changed('by = "review-decision-notified"', 'by = "x"'), "implied names the fact x"),
        (_changed('becomes = "review-meeting-held"', 'becomes = "x"'), "planned names the fact x"),
        (_changed("near = 12", "near = 0"), "D57 version 1, near: found 0, Input should be"),
        (_changed("length = 6", "length = "), "found no TOML (Invalid value (at line "),
    ],
)
def test_a_fault_in_the_file_is_named(text: str, why: str) -> None:
    """Where it is, what was found, and what was expected, in one line."""
    with pytest.raises(BadInput) as refused:
        parse(text, "mine.toml")

    assert why in str(refused.value)
    assert str(refused.value).startswith("mine.toml")
    assert "\n" not in str(refused.value)


def test_what_a_fact_has_to_say_is_what_can_be_said_of_it() -> None:
    """Every detail and value that a rule goes by is a field of the fact, and one of its choices."""
    law, catalogue = england(), of_england()
    patterns = [
        pattern
        for rule in law.rules
        for pattern in (
            *rule.where,
            *rule.only_with,
            *rule.only_after,
            *rule.never_after,
            *rule.closed_by,
            *rule.ended_by,
            *rule.left_by,
            *rule.not_met_after,
        )
    ]
    for pattern in [*patterns, *law.ends_all]:
        if pattern.detail is not None:
            fields = {one.name: one for one in catalogue.fact(pattern.fact).fields}
            assert set(pattern.said) <= set(fields[pattern.detail].choices), pattern
    days = {(one.fact, one.day) for one in law.planned}
    days |= {(one.by, one.day) for one in law.implied if one.day is not None}
    for fact, day_of in days:
        assert {one.name: one.kind for one in catalogue.fact(fact).fields}[day_of or ""] == "day"


def test_what_the_module_shows_is_so() -> None:
    """Its examples run."""
    failed, tried = doctest.testmod(module)

    assert (failed, tried > 0) == (0, True)
