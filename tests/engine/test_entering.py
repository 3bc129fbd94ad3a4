"""Facts in a plan's record: who enters them, what each needs, how they are corrected."""

from datetime import date

import pytest

from ehcp_flow.errors import BadInput, NotFound, NothingToDo, Refused
from ehcp_flow.hands import Hand
from ehcp_flow.rules import entering, governing
from ehcp_flow.statute.facts import of_england
from tests.engine.facts import Record, enter, withdraw
from tests.examples import ASSISTANT, HEAD, OFFICER, OPENED, SENCO, TEACHER, hand, opened

OFFICE = hand("Gita", "SEN administrator")

OPEN = date(2026, 6, 1)
MEETING = date(2026, 6, 11)
REPORT = date(2026, 6, 20)
DECISION = date(2026, 7, 1)
NOTICE = date(2026, 7, 2)

HELD = ("present", "parent: Ada's mother")
AMEND = ("decision", "amend")
NOTICED = (("under", "review"), ("sections", "B F"), ("evidence", "The report."))


def reviewed() -> Record:
    """A plan whose review ended in a decision to amend: facts 1 to 4."""
    record = Record(OPENED)
    record.enter("review-opened", OPEN, ("kind", "annual"), by=SENCO)
    record.enter("review-meeting-held", MEETING, HELD, by=SENCO)
    record.enter("review-report-sent", REPORT, ("recommends", "amend"), by=HEAD)
    return record.enter("review-decision-notified", DECISION, AMEND)


def test_a_review_from_its_opening_to_the_notice() -> None:
    """Every fact has a number, a day, a hand and what its fields say."""
    plan = reviewed().enter("amendment-notice-sent", NOTICE, *NOTICED).plan

    assert [fact.number for fact in plan.facts] == [1, 2, 3, 4, 5]
    assert [fact.day for fact in plan.facts] == [OPEN, MEETING, REPORT, DECISION, NOTICE]
    assert [fact.by for fact in plan.facts] == ["amira", "amira", "dana", "eve", "eve"]
    assert plan.facts[4].details == {"under": "review", "sections": "B F"}
    assert plan.facts[4].told == {"evidence": "The report."}


@pytest.mark.parametrize("kind", [kind.id for kind in of_england().facts])
def test_each_fact_is_held_to_those_whose_it_is(kind: str) -> None:
    """What is the authority's nobody else records, and so on down."""
    fact = of_england().fact(kind)
    allowed = {
        "authority": {OFFICER},
        "coordinating": {OFFICER, SENCO, HEAD},
        "office": {OFFICER, SENCO, HEAD, OFFICE},
        "anyone": {OFFICER, SENCO, HEAD, OFFICE, TEACHER, ASSISTANT},
    }[fact.by]
    for who in (OFFICER, SENCO, HEAD, OFFICE, TEACHER, ASSISTANT):
        if who in allowed:
            governing.may_record(opened(), fact, who)
            continue
        with pytest.raises(Refused, match=f"acts as {who.role}"):
            governing.may_record(opened(), fact, who)


@pytest.mark.parametrize("who", [SENCO, HEAD, TEACHER, OFFICE])
def test_a_decision_by_anybody_else_is_refused(who: Hand) -> None:
    """With the law that says so."""
    plan = Record(OPENED).enter("review-meeting-held", MEETING, HELD, by=SENCO).plan

    with pytest.raises(Refused, match=r"sections 37 and 44\): ask its officer"):
        enter(plan, "review-decision-notified", DECISION, AMEND, by=who)


def test_the_capacity_is_that_of_the_act() -> None:
    """An officer decides, a SENCO coordinates, whoever differs bears witness."""
    events = reviewed().enter("dissent-recorded", REPORT, ("of", "aide: Zed"), ("said", "No."))

    assert [event.capacity for event in events.events[1:]] == [
        *("coordinator", "coordinator", "coordinator", "decider", "witness")
    ]


@pytest.mark.parametrize(
    ("fact", "said", "needed"),
    [
        ("review-report-sent", (("recommends", "amend"),), "review-meeting-held"),
        ("review-decision-notified", (AMEND,), "review-meeting-held"),
        ("amendment-notice-sent", NOTICED, "review-decision-notified with decision amend"),
        ("amendment-notice-served", (), "amendment-notice-sent"),
        ("representations-received", (("from", "parent: Z"), ("said", "No.")), "draft-plan-served"),
        ("amended-plan-finalised", (), "amendment-notice-sent"),
        ("amendment-refused", (("reasons", "None."),), "amendment-notice-sent"),
        ("plan-reopened", (("sections", "F"),), "tribunal-order-made"),
        ("institution-answered", (("institution", "Elm School"),), "institution-consulted"),
        ("agreement-carried-out", (), "mediation-agreement-made"),
        ("early-review-decided", (("decision", "not yet"),), "early-review-requested"),
        ("no-plan-notified", (("reasons", "None."),), "request-received"),
    ],
)
def test_what_is_needed_and_not_there(
    fact: str, said: tuple[tuple[str, str], ...], needed: str
) -> None:
    """Is named, with what to do."""
    with pytest.raises(Refused) as no:
        enter(Record(OPENED).plan, fact, NOTICE, *said)
    assert needed in str(no.value)
    assert "record that first" in str(no.value)


@pytest.mark.parametrize("fact", ["review-report-sent", "review-decision-notified"])
def test_a_meeting_of_a_later_day_is_none_yet(fact: str) -> None:
    """Whatever the order in which they are entered."""
    plan = Record(OPENED).enter("review-meeting-held", MEETING, HELD, by=SENCO).plan
    said = ("recommends" if fact == "review-report-sent" else "decision", "amend")

    with pytest.raises(Refused, match="needs review-meeting-held"):
        enter(plan, fact, date(2026, 6, 10), said)
    assert enter(plan, fact, MEETING, said)


def test_a_meeting_serves_one_decision() -> None:
    """The next review has a meeting of its own."""
    record = reviewed()
    with pytest.raises(Refused, match="since review-decision-notified of 2026-07-01"):
        enter(record.plan, "review-decision-notified", date(2026, 9, 1), ("decision", "cease"))
    with pytest.raises(Refused, match="needs review-meeting-held"):
        enter(record.plan, "review-decision-notified", DECISION, ("decision", "cease"))
    with pytest.raises(Refused, match="needs review-meeting-held"):
        enter(record.plan, "review-report-sent", date(2026, 9, 1), ("recommends", "cease"))

    record.enter("review-meeting-held", date(2026, 9, 2), HELD, by=SENCO)
    record.enter("review-decision-notified", date(2026, 9, 3), ("decision", "maintain"))

    assert record.plan.facts[-1].details == {"decision": "maintain"}


def test_a_report_entered_after_the_decision_counts_by_its_day() -> None:
    """Records are late; days decide."""
    record = Record(OPENED).enter("review-meeting-held", MEETING, HELD, by=SENCO)
    record.enter("review-decision-notified", DECISION, AMEND)

    assert enter(record.plan, "review-report-sent", REPORT, ("recommends", "amend"), by=SENCO)


def test_a_reason_stands_in_the_place_of_a_meeting() -> None:
    """Of a decision, and of no report."""
    plan = Record(OPENED).plan
    why = "The meeting was in the school's own record."

    assert enter(plan, "review-decision-notified", DECISION, AMEND, because=why)
    with pytest.raises(Refused, match="needs review-meeting-held"):
        enter(plan, "review-report-sent", REPORT, ("recommends", "amend"), because=why)


def test_a_notice_needs_a_decision_to_amend() -> None:
    """Another decision is none; at any other time none is needed (regulation 28)."""
    record = Record(OPENED).enter("review-meeting-held", MEETING, HELD, by=SENCO)
    record.enter("review-decision-notified", DECISION, ("decision", "maintain"))

    with pytest.raises(Refused, match="under=any other time"):
        enter(record.plan, "amendment-notice-sent", NOTICE, *NOTICED)
    other = (("under", "any other time"), *NOTICED[1:])
    assert enter(record.plan, "amendment-notice-sent", NOTICE, *other)


def test_a_refusal_to_amend_closes_the_notice_and_the_decision() -> None:
    """What comes after needs new ones."""
    record = reviewed().enter("amendment-notice-sent", NOTICE, *NOTICED)
    record.enter("amendment-refused", date(2026, 8, 1), ("reasons", "Nothing changed."))

    with pytest.raises(Refused, match="since amendment-refused of 2026-08-01"):
        enter(record.plan, "amendment-notice-sent", date(2026, 8, 2), *NOTICED)
    with pytest.raises(Refused, match="since amendment-refused of 2026-08-01"):
        enter(record.plan, "amendment-refused", date(2026, 8, 2), ("reasons", "Again."))


def test_an_answer_names_the_representations() -> None:
    """By a number that is theirs."""
    record = reviewed().enter("amendment-notice-sent", NOTICE, *NOTICED)
    day = date(2026, 7, 10)
    record.enter("representations-received", day, ("from", "parent: Z"), ("said", "No."), by=OFFICE)
    answer = (("answer", "not taken up"), ("reasons", "None."))

    for number in ("5", "7"):
        with pytest.raises(NotFound, match=f"no fact {number} that is representations-received"):
            enter(record.plan, "representation-answered", day, ("representation", number), *answer)
    assert enter(record.plan, "representation-answered", day, ("representation", "6"), *answer)


def test_numbers_that_are_not_there() -> None:
    """Of an advice, and of a version."""
    plan = Record(OPENED).plan

    with pytest.raises(NotFound, match="no advice 1"):
        enter(plan, "advice-received", REPORT, ("from", "parent: Z"), ("advice", "1"))
    with pytest.raises(NotFound, match="no issued version 1"):
        enter(plan, "issued-version-sent", REPORT, ("version", "1"))


def test_an_exception_is_one_of_its_limit() -> None:
    """Others do not disapply it."""
    plan = Record(OPENED).plan
    claim = (("rule", "D08"), ("evidence", "A letter."))

    with pytest.raises(BadInput, match=r"D08 has no exception EX-M: it has EX-A\.a"):
        enter(plan, "exception-claimed", REPORT, ("exception", "EX-M"), *claim)
    with pytest.raises(BadInput, match="D25 has no exception EX-M"):
        enter(plan, "exception-claimed", REPORT, ("exception", "EX-M"), ("rule", "D25"), claim[1])
    assert enter(plan, "exception-claimed", REPORT, ("exception", "EX-A.c"), *claim)


def test_the_same_fact_again_is_no_news() -> None:
    """Another day or another detail is."""
    record = Record(OPENED).enter("review-meeting-held", MEETING, HELD, by=SENCO)

    with pytest.raises(NothingToDo, match=r"\(fact 1\)"):
        enter(record.plan, "review-meeting-held", MEETING, HELD, by=HEAD)
    assert enter(record.plan, "review-meeting-held", MEETING, ("present", "parent: Z"), by=HEAD)
    assert enter(record.plan, "review-meeting-held", REPORT, HELD, by=HEAD)


# Taking back and correcting


def test_a_fact_is_taken_back_with_a_reason() -> None:
    """It stays on record, and counts no more."""
    record = Record(OPENED).enter("review-meeting-held", MEETING, HELD, by=SENCO)

    with pytest.raises(BadInput, match="--because"):
        withdraw(record.plan, 1, because=None)
    plan = record.withdraw(1).plan

    assert [fact.withdrawn for fact in plan.facts] == [True]
    assert entering.standing(plan) == []
    with pytest.raises(Refused, match="needs review-meeting-held"):
        enter(plan, "review-report-sent", REPORT, ("recommends", "amend"))
    with pytest.raises(NothingToDo, match="does not stand any more"):
        record.withdraw(1)
    with pytest.raises(NotFound, match="no fact 2"):
        record.withdraw(2)


def test_what_was_taken_back_can_be_entered_again() -> None:
    """As a fact of its own."""
    record = Record(OPENED).enter("review-meeting-held", MEETING, HELD, by=SENCO).withdraw(1)

    assert record.enter("review-meeting-held", MEETING, HELD, by=SENCO).plan.facts[1].number == 2


def test_nobody_takes_back_what_they_may_not_record() -> None:
    """Neither withdrawn nor corrected."""
    plan = reviewed().plan

    with pytest.raises(Refused, match="sections 37 and 44"):
        withdraw(plan, 4, by=SENCO)
    with pytest.raises(Refused, match="sections 37 and 44"):
        enter(plan, "review-opened", OPEN, ("kind", "early"), by=SENCO, replaces=4)


def test_what_others_rest_on_is_not_taken_back() -> None:
    """They are named; from the last to the first it goes."""
    record = reviewed()

    with pytest.raises(Refused, match=r"fact 3 \(review-report-sent\), fact 4 \(review-decision"):
        record.withdraw(2)
    record.withdraw(4).withdraw(3).withdraw(2)

    assert [fact.number for fact in entering.standing(record.plan)] == [1]


def test_a_correction_stands_in_the_place_of_the_other() -> None:
    """With its own number, and those that rest on it stay."""
    record = reviewed()
    day = date(2026, 6, 12)

    plan = record.enter("review-meeting-held", day, HELD, by=SENCO, replaces=2).plan

    assert plan.facts[4].replaces == 2
    assert [fact.number for fact in entering.standing(plan)] == [1, 5, 3, 4]
    assert entering.stands_for(plan, 2) == 5
    with pytest.raises(NothingToDo, match="fact 5 stands in its place"):
        record.withdraw(2)


def test_a_correction_that_would_leave_others_without_ground() -> None:
    """A meeting after its report, or none at all."""
    plan = reviewed().plan

    with pytest.raises(Refused, match=r"fact 3 \(review-report-sent\) of .* rests on fact 2"):
        enter(plan, "review-meeting-held", date(2026, 6, 25), HELD, by=SENCO, replaces=2)
    with pytest.raises(Refused, match="rest on fact 2"):
        enter(plan, "review-opened", MEETING, ("kind", "early"), by=SENCO, replaces=2)


def test_an_answer_keeps_its_representations_through_a_correction() -> None:
    """And they are not taken back beneath it."""
    record = reviewed().enter("amendment-notice-sent", NOTICE, *NOTICED)
    day = date(2026, 7, 10)
    record.enter("representations-received", day, ("from", "parent: Z"), ("said", "No."))
    record.enter(
        "representation-answered",
        day,
        ("representation", "6"),
        ("answer", "not taken up"),
        ("reasons", "None."),
    )

    with pytest.raises(Refused, match=r"fact 7 \(representation-answered\)"):
        record.withdraw(6)
    record.enter(
        "representations-received", day, ("from", "parent: Z"), ("said", "Yes."), replaces=6
    )

    assert entering.stands_for(record.plan, 6) == 8
    with pytest.raises(Refused, match=r"fact 7 \(representation-answered\)"):
        record.withdraw(8)
