"""The plan as the authority issues it: what lets it, which text is frozen, who holds which."""

from datetime import date
from hashlib import sha256

import pytest

from ehcp_flow.authorship.delta import text_digest
from ehcp_flow.errors import BadInput, NotFound, Refused
from ehcp_flow.events import FactRecorded, IssueSent, PlanIssued
from ehcp_flow.hands import Hand
from ehcp_flow.projections.entered import entered_in
from ehcp_flow.rules import drafting, issuing, reviewing
from ehcp_flow.rules.issuing import SentTo
from ehcp_flow.rules.stating import NotStated, Someone
from ehcp_flow.statute.clocks import clocks
from ehcp_flow.statute.facts import of_england
from tests.engine.facts import PARENT, SCHOOL, Record, enter, withdraw
from tests.examples import (
    HEAD,
    OFFICER,
    OPENED,
    SENCO,
    TEACHER,
    TODAY,
    after,
    approved_plan,
    assigned,
    drafted,
    issued,
)

FINAL = date(2026, 10, 6)
NOTICE = date(2026, 10, 7)
AMENDED = date(2026, 10, 20)
NOTICED = (("under", "any other time"), ("sections", "F"), ("evidence", "The report."))


def approve(record: Record, text: str, section: str = "F") -> Record:
    """Write a section's next text and have it approved."""
    record.events.append(drafted(record.plan, text, OFFICER, section))
    record.events.append(reviewing.submit(record.plan, section, hand=OFFICER))
    record.events.append(reviewing.approve(record.plan, section, hand=SENCO))
    return record


def finalised() -> Record:
    """A plan with a first final version of section F."""
    return Record(*approved_plan()).enter("plan-finalised", FINAL, to=(PARENT, SCHOOL))


def noticed() -> Record:
    """The same with an amendment notice of section F: fact 2."""
    return finalised().enter("amendment-notice-sent", NOTICE, *NOTICED)


def test_issuing_freezes_the_text() -> None:
    """Fact, version and recipients are one; the digest can be recomputed by anybody."""
    fact, version, *sent = enter(
        after(approved_plan()), "plan-finalised", FINAL, ("way", "post"), to=(PARENT, SCHOOL)
    )
    digest = text_digest("Two hours a week.")

    assert isinstance(fact, FactRecorded)
    assert dict(fact.details) == {"way": "post", "issue": "1"}
    assert isinstance(version, PlanIssued)
    assert (version.issue, version.kind, version.trigger) == (1, "final", None)
    assert version.sections == (("F", 1, digest),)
    assert version.issue_digest == sha256(f"F 1 {digest}\n".encode()).hexdigest()
    assert [(one.to_role, one.to, one.way) for one in sent if isinstance(one, IssueSent)] == [
        ("parent", None, "post"),
        ("school", "dana", "post"),
    ]
    assert {event.capacity for event in (fact, version, *sent)} == {"decider"}


def test_what_is_written_afterwards_stands_beside_the_issued_text() -> None:
    """Proposed and issued text are two things."""
    record = finalised()
    assert record.plan.section("F").status == "issued"

    record.events.append(drafted(record.plan, "Three hours a week.", SENCO))
    now = record.plan.section("F")

    assert (now.text, now.issued) == ("Three hours a week.", "Two hours a week.")
    assert now.issued_as == (1, text_digest("Two hours a week."))


@pytest.mark.parametrize("who", [SENCO, HEAD, TEACHER])
def test_only_the_authority_issues(who: Hand) -> None:
    """With the law that says so."""
    for fact in ("plan-finalised", "draft-plan-served"):
        with pytest.raises(Refused, match="sections 37 and 44"):
            enter(after(approved_plan()), fact, FINAL, by=who)


def test_a_section_that_is_not_approved_is_not_issued() -> None:
    """Each is named with how it stands; a draft may hold them."""
    events = approved_plan()
    events.append(drafted(after(events), "She reads.", SENCO, "B"))

    with pytest.raises(Refused, match=r"section B \(being drafted\); have them reviewed"):
        enter(after(events), "plan-finalised", FINAL)
    assert enter(after(events), "plan-finalised", FINAL, ("sections", "F"))
    version = enter(after(events), "draft-plan-served", FINAL)[1]
    assert isinstance(version, PlanIssued)
    assert [id for id, _, _ in version.sections] == ["B", "F"]


def test_a_plan_without_text_is_not_issued() -> None:
    """Neither a draft nor a final one, nor a section that nobody wrote."""
    with pytest.raises(Refused, match="has no section with a text"):
        enter(after([OPENED]), "draft-plan-served", FINAL)
    with pytest.raises(Refused, match="no text in section G"):
        enter(after(approved_plan()), "plan-finalised", FINAL, ("sections", "F G"))


def test_a_text_is_not_issued_before_it_was_there() -> None:
    """The day is that of the text or a later one."""
    with pytest.raises(Refused, match=f"since {TODAY}, and it was not issued on 2026-10-04"):
        enter(after(approved_plan()), "plan-finalised", date(2026, 10, 4))
    assert enter(after(approved_plan()), "plan-finalised", TODAY)


def test_versions_are_of_days_in_their_order() -> None:
    """A later one is not of an earlier day."""
    record = noticed().enter(
        "tribunal-order-made", TODAY, ("order", "amend the content"), ("sent", "5/10/2026")
    )

    with pytest.raises(Refused, match=r"Version 1 .* was issued on 2026-10-06"):
        enter(record.plan, "plan-reopened", TODAY, ("sections", "F"))


def test_somebody_is_sent_it() -> None:
    """Whoever issues says to whom."""
    with pytest.raises(BadInput, match="--to"):
        enter(after(approved_plan()), "plan-finalised", FINAL, to=())


def test_a_second_final_plan_follows_a_reassessment_alone() -> None:
    """What was issued changes by amendment, correction or reopening."""
    record = finalised()
    with pytest.raises(Refused, match="follows a re-assessment or an order alone"):
        enter(record.plan, "plan-finalised", AMENDED)

    day = date(2026, 10, 10)
    record.enter("tribunal-order-made", day, ("order", "amend the content"), ("sent", "10/10/2026"))
    with pytest.raises(Refused, match="follows a re-assessment or an order alone"):
        enter(record.plan, "plan-finalised", AMENDED)
    record.enter("reassessment-decided", day)
    version = enter(record.plan, "plan-finalised", AMENDED)[1]

    assert isinstance(version, PlanIssued)
    assert (version.issue, version.kind, version.trigger) == (2, "final", 3)


def test_a_draft_does_not_stand_for_a_final_plan() -> None:
    """The first final plan comes after any number of drafts, and supersedes them."""
    record = Record(*approved_plan()).enter("draft-plan-served", FINAL)
    record.enter("draft-plan-served", NOTICE, to=(SCHOOL,))
    assert [one.superseded_by for one in issuing.holders(record.plan)] == [2, None]
    assert issuing.in_force(record.plan) is None
    assert record.plan.section("F").status == "approved"

    record.enter("plan-finalised", AMENDED)

    assert [(one.role, one.issue, one.superseded_by) for one in issuing.holders(record.plan)] == [
        ("parent", 3, None),
        ("school", 2, 3),
    ]


def test_an_amended_plan_needs_a_notice_and_new_words() -> None:
    """The notice's number is what lets it be issued."""
    with pytest.raises(Refused, match="needs amendment-notice-sent"):
        enter(approve(finalised(), "Three hours a week.").plan, "amended-plan-finalised", AMENDED)
    with pytest.raises(Refused, match=r"No word of .* version 1.*amendment-refused"):
        enter(noticed().plan, "amended-plan-finalised", AMENDED)

    version = enter(
        approve(noticed(), "Three hours a week.").plan, "amended-plan-finalised", AMENDED
    )[1]

    assert isinstance(version, PlanIssued)
    assert (version.issue, version.kind, version.trigger) == (2, "amended", 2)
    assert version.sections == (("F", 2, text_digest("Three hours a week.")),)


def test_a_notice_serves_one_amended_plan() -> None:
    """Whatever was issued since: an amended plan, or one after an order."""
    record = approve(noticed(), "Three hours a week.").enter("amended-plan-finalised", AMENDED)
    approve(record, "Four hours a week.")
    with pytest.raises(Refused, match="since amended-plan-finalised of 2026-10-20"):
        enter(record.plan, "amended-plan-finalised", date(2026, 10, 21))

    record = approve(noticed(), "Three hours a week.")
    record.enter(
        "tribunal-order-made", NOTICE, ("order", "amend the content"), ("sent", "2026-10-08")
    )
    record.enter("plan-reopened", AMENDED, ("sections", "F"))
    approve(record, "Four hours a week.")
    with pytest.raises(Refused, match=r"Version 2 .* since the amendment notice \(fact 2\)"):
        enter(record.plan, "amended-plan-finalised", date(2026, 10, 21))


def test_a_correction_uses_up_no_notice() -> None:
    """A slip is mended while an amendment is under way."""
    record = approve(noticed(), "Two hours per week.")
    record.enter("plan-corrected", AMENDED, ("sections", "F"), ("reasons", "A slip."))
    approve(record, "Three hours a week.")

    assert enter(record.plan, "amended-plan-finalised", AMENDED)


def test_sections_that_the_notice_does_not_touch_keep_their_issued_text() -> None:
    """What the school proposes in another section is not issued with it, and does not stop it."""
    record = Record(*approved_plan())
    approve(record, "She reads.", "B")
    record.enter("plan-finalised", FINAL).enter("amendment-notice-sent", NOTICE, *NOTICED)
    record.events.append(drafted(record.plan, "She reads aloud.", SENCO, "B"))
    approve(record, "Three hours a week.")

    version = enter(record.plan, "amended-plan-finalised", AMENDED)[1]

    assert isinstance(version, PlanIssued)
    assert version.sections == (
        ("B", 1, text_digest("She reads.")),
        ("F", 2, text_digest("Three hours a week.")),
    )
    with pytest.raises(Refused, match=r"section B \(being drafted\)"):
        enter(record.plan, "amended-plan-finalised", AMENDED, ("sections", "B F"))


def test_what_is_asked_of_people_in_an_untouched_section_goes_on() -> None:
    """The text of the section is issued again as it was, and their task still waits on them."""
    record = Record(*approved_plan())
    approve(record, "She reads.", "B")
    record.enter("plan-finalised", FINAL).enter("amendment-notice-sent", NOTICE, *NOTICED)
    record.events.append(assigned(record.plan, TEACHER, section="B"))
    approve(record, "Three hours a week.").enter("amended-plan-finalised", AMENDED)

    section = record.plan.section("B")
    assert [(one.to, one.status) for one in section.assignments] == [("boris", "assigned")]
    assert section.issued_as == (1, text_digest("She reads."))


def test_a_text_brought_in_as_issued_is_what_an_amendment_changes() -> None:
    """The plan was issued before this record began."""
    record = Record(OPENED, issued(after([OPENED]), "She reads.", "B"))
    record.events.append(issued(record.plan, "Two hours a week."))
    record.enter("amendment-notice-sent", NOTICE, *NOTICED)
    record.events.append(drafted(record.plan, "Reads.", SENCO, "B"))
    approve(record, "Three hours a week.")

    version = enter(record.plan, "amended-plan-finalised", AMENDED)[1]

    assert isinstance(version, PlanIssued)
    assert [(id, revision) for id, revision, _ in version.sections] == [("B", 1), ("F", 2)]


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("amended-plan-finalised", ()),
        ("plan-corrected", (("sections", "F"), ("reasons", "A slip."))),
        ("plan-reopened", (("sections", "F"),)),
    ],
)
def test_what_was_never_issued_does_not_change(
    fact: str, said: tuple[tuple[str, str], ...]
) -> None:
    """The first version is a final plan."""
    record = Record(*approved_plan()).enter("amendment-notice-sent", NOTICE, *NOTICED)
    record.enter(
        "tribunal-order-made", NOTICE, ("order", "amend the content"), ("sent", "2026-10-08")
    )

    with pytest.raises(Refused, match="no issued version here that could change"):
        enter(record.plan, fact, AMENDED, *said)


def test_a_correction_has_a_reason_in_words() -> None:
    """Without one it is none."""
    record = approve(finalised(), "Two hours per week.")

    with pytest.raises(BadInput, match="plan-corrected, reasons: nothing was found"):
        enter(record.plan, "plan-corrected", AMENDED, ("sections", "F"))
    version = enter(
        record.plan, "plan-corrected", AMENDED, ("sections", "F"), ("reasons", "A slip.")
    )[1]
    assert isinstance(version, PlanIssued)
    assert (version.kind, version.trigger) == ("corrected", None)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("tribunal-order-made", (("order", "amend the content"), ("sent", "2026-10-09"))),
        ("concession-told-to-tribunal", (("concedes", "amend the content"),)),
        ("mediation-agreement-made", (("matters", "both"), ("terms", "Three hours."))),
    ],
)
def test_a_plan_is_reopened_once_by_an_order_or_an_agreement(
    fact: str, said: tuple[tuple[str, str], ...]
) -> None:
    """Its number is what lets it be issued."""
    record = approve(finalised(), "Three hours a week.")
    with pytest.raises(Refused, match="needs tribunal-order-made with order amend"):
        enter(record.plan, "plan-reopened", AMENDED, ("sections", "F"))

    record.enter(fact, date(2026, 10, 8), *said)
    record.enter("plan-reopened", AMENDED, ("sections", "F"))

    assert (record.plan.issues[1].kind, record.plan.issues[1].trigger) == ("reopened", 2)
    approve(record, "Four hours a week.")
    with pytest.raises(Refused, match="since plan-reopened"):
        enter(record.plan, "plan-reopened", date(2026, 10, 21), ("sections", "F"))


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("tribunal-order-made", (("order", "assess"), ("sent", "2026-10-09"))),
        ("tribunal-order-made", (("order", "continue the plan"), ("sent", "2026-10-09"))),
        ("tribunal-order-made", (("order", "other"), ("sent", "2026-10-09"))),
        ("concession-told-to-tribunal", (("concedes", "continue the plan"),)),
    ],
)
def test_what_does_not_change_the_plan_does_not_reopen_it(
    fact: str, said: tuple[tuple[str, str], ...]
) -> None:
    """Only the content and the placement, and what was agreed."""
    record = approve(finalised(), "Three hours a week.")
    record.enter(fact, date(2026, 10, 8), *said)

    with pytest.raises(Refused, match=r"needs tribunal-order-made with order amend the content or"):
        enter(record.plan, "plan-reopened", AMENDED, ("sections", "F"))
    record.enter(
        "tribunal-order-made",
        date(2026, 10, 8),
        ("order", "name a placement"),
        ("sent", "2026-10-09"),
    )
    assert enter(record.plan, "plan-reopened", AMENDED, ("sections", "F"))


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("plan-ceased", ()),
        ("plan-transferred", (("direction", "out"), ("authority", "Elsewhere"))),
    ],
)
def test_what_is_maintained_here_no_more_is_not_issued_again(
    fact: str, said: tuple[tuple[str, str], ...]
) -> None:
    """Neither amended nor corrected, from that day on, until it comes back or is made anew."""
    record = approve(noticed(), "Three hours a week.")
    record.enter(fact, date(2026, 10, 19), *said, because="They moved.")
    slip = (("sections", "F"), ("reasons", "A slip."))

    for again, how in (("amended-plan-finalised", ()), ("plan-corrected", slip)):
        with pytest.raises(Refused, match=rf"maintained here no more \({fact} of 2026-10-19"):
            enter(record.plan, again, AMENDED, *how)
    assert enter(record.plan, "plan-corrected", date(2026, 10, 18), *slip)
    back = (("direction", "in"), ("authority", "Elsewhere"))
    record.enter("plan-transferred", date(2026, 10, 19), *back)
    assert enter(record.plan, "plan-corrected", AMENDED, *slip)


def test_no_text_is_brought_in_as_issued_beside_an_issued_version() -> None:
    """It would change issued text without a trigger."""
    plan = finalised().plan

    for section in ("F", "B"):
        with pytest.raises(Refused, match="was issued here"):
            drafting.import_text(
                plan, section, "One hour.", not_recorded_before=TODAY, hand=OFFICER
            )
    draft = Record(*approved_plan()).enter("draft-plan-served", FINAL).plan
    assert drafting.import_text(draft, "B", "One.", not_recorded_before=TODAY, hand=OFFICER)


def test_what_was_sent_out_is_not_taken_back() -> None:
    """Neither the fact that issued it, nor what let it be."""
    record = approve(noticed(), "Three hours a week.").enter("amended-plan-finalised", AMENDED)

    for number in (1, 3):
        with pytest.raises(Refused, match="was issued with fact"):
            withdraw(record.plan, number)
        with pytest.raises(Refused, match="was issued with fact"):
            enter(record.plan, "plan-finalised", FINAL, replaces=number)
    with pytest.raises(Refused, match=r"fact 3 .*version 2 .* on fact 2"):
        withdraw(record.plan, 2)


def test_what_a_version_rests_on_is_not_corrected_into_something_else() -> None:
    """Another day or way of the same order may be; another order, or a later one, may not."""
    made, amends = date(2026, 10, 8), ("order", "amend the content")
    record = approve(finalised(), "Three hours a week.")
    record.enter("tribunal-order-made", made, amends, ("sent", "2026-10-09"))
    record.enter("plan-reopened", AMENDED, ("sections", "F"))

    sent = ("sent", "2026-10-22")
    for day, order in ((made, ("order", "assess")), (date(2026, 10, 21), amends)):
        with pytest.raises(Refused, match=r"version 2 of .* on fact 2"):
            enter(record.plan, "tribunal-order-made", day, order, sent, replaces=2)
    sent = ("sent", "2026-10-12")
    assert enter(record.plan, "tribunal-order-made", made, amends, sent, replaces=2)


# Who holds which


def test_holders_of_an_earlier_version_hold_a_superseded_one() -> None:
    """Until they are sent the one in force."""
    record = approve(noticed(), "Three hours a week.").enter("amended-plan-finalised", AMENDED)

    assert [
        (one.role, one.name, one.person, one.issue, one.superseded_by)
        for one in issuing.holders(record.plan)
    ] == [
        ("parent", "Ada's mother", None, 2, None),
        ("school", "Dana", "dana", 1, 2),
    ]

    record.enter("issued-version-sent", AMENDED, ("version", "2"), to=(SCHOOL,))
    assert [one.superseded_by for one in issuing.holders(record.plan)] == [None, None]


def test_a_copy_is_not_sent_before_it_was_issued() -> None:
    """Nor to nobody."""
    plan = finalised().plan

    with pytest.raises(Refused, match="was issued on 2026-10-06"):
        enter(plan, "issued-version-sent", TODAY, ("version", "1"), to=(SCHOOL,))
    with pytest.raises(BadInput, match="--to"):
        enter(plan, "issued-version-sent", FINAL, ("version", "1"), to=())


def test_a_copy_that_was_recorded_wrongly_is_corrected_or_taken_back() -> None:
    """The record keeps both; who holds which goes by what stands."""
    record = finalised().enter("issued-version-sent", FINAL, ("version", "1"))
    tribunal = SentTo("tribunal", "The clerk")
    right = date(2026, 10, 9)

    def sent() -> list[tuple[str, date]]:
        return [(one.role, one.day) for one in record.plan.issues[0].sent]

    both = [("parent", FINAL), ("school", FINAL)]
    assert sent() == [*both, ("parent", FINAL)]
    record.enter("issued-version-sent", right, ("version", "1"), replaces=2, to=(tribunal,))
    assert sent() == [*both, ("tribunal", right)]
    assert {one.role for one in issuing.holders(record.plan)} == {"parent", "school", "tribunal"}
    record.events.append(withdraw(record.plan, 3))
    assert sent() == both
    assert [(fact.number, fact.withdrawn) for fact in record.plan.facts] == [
        (1, False),
        (2, True),
        (3, True),
    ]


def test_a_wrong_day_of_a_version_is_corrected_by_a_version_that_says_so() -> None:
    """No word needs to differ, and no section to be approved again; the limits go by that day."""
    record = approve(noticed(), "Three hours a week.").enter("amended-plan-finalised", AMENDED)
    with pytest.raises(Refused, match=r"is not corrected: record plan-corrected, .* issued-on"):
        enter(record.plan, "amended-plan-finalised", date(2026, 10, 12), replaces=3)
    with pytest.raises(Refused, match="with version and issued-on"):
        withdraw(record.plan, 3)
    record.events.append(drafted(record.plan, "Four hours a week.", OFFICER))
    right = (("version", "2"), ("issued-on", "2026-10-12"), ("reasons", "The day was mistyped."))
    record.enter("plan-corrected", date(2026, 10, 21), *right)

    third = record.plan.issues[2]
    assert (third.kind, third.sections) == ("corrected", record.plan.issues[1].sections)
    started = entered_in(record.plan).facts
    [met] = [c for c in clocks(started, as_at=date(2026, 10, 13)) if c.rule.id == "D30.final"]
    assert (met.met_by, met.met_on) == ("amended-plan-finalised", date(2026, 10, 12))


@pytest.mark.parametrize(
    ("said", "no"),
    [
        ((), "sections: nothing was found"),
        ((("version", "2"),), "issued-on: nothing was found"),
        ((("issued-on", "2026-10-12"),), "version: nothing was found"),
        ((("version", "2"), ("issued-on", "2026-10-05")), "version 1 is of 2026-10-06"),
        ((("version", "2"), ("issued-on", "2026-10-06")), r"fact 2 \(amendment-notice-sent\)"),
        ((("version", "2"), ("issued-on", "2026-10-22")), "or an earlier one"),
        ((("version", "3"), ("issued-on", "2026-10-12")), "no issued version 3"),
    ],
)
def test_a_correction_of_a_day_says_which_and_one_that_can_be(
    said: tuple[tuple[str, str], ...], no: str
) -> None:
    """Not before what lets the version be."""
    record = approve(noticed(), "Three hours a week.").enter("amended-plan-finalised", AMENDED)

    with pytest.raises((BadInput, NotFound, Refused), match=no):
        enter(record.plan, "plan-corrected", date(2026, 10, 21), *said, ("reasons", "A slip."))


def test_the_time_for_representations_is_over_after_its_last_day() -> None:
    """Counted from the service where that is on record, else from the day it is taken as served."""
    kind = of_england().fact("amended-plan-finalised")

    def told(day: date, *, deemed: str | None = None, served: date | None = None) -> bool:
        said = (*NOTICED, *([] if deemed is None else [("deemed-served", deemed)]))
        record = finalised().enter("amendment-notice-sent", NOTICE, *said)
        if served is not None:
            record.enter("amendment-notice-served", served)
        approve(record, "Three hours a week.").enter("amended-plan-finalised", day)
        lines = issuing.told(record.plan, kind, (PARENT, SCHOOL))
        return any(line.startswith("The time for representations") for line in lines)

    assert (told(date(2026, 10, 21)), told(date(2026, 10, 22))) == (True, False)
    assert told(date(2026, 10, 22), deemed="2026-10-09")
    assert not told(date(2026, 10, 24), deemed="2026-10-09")
    assert told(date(2026, 10, 24), deemed="2026-10-09", served=date(2026, 10, 10))


def test_a_draft_takes_the_place_of_no_plan_that_somebody_holds() -> None:
    """A parent who is served a draft after a re-assessment holds the final plan still."""
    record = finalised().enter("reassessment-decided", NOTICE)
    record.enter("draft-plan-served", AMENDED, to=(PARENT,))

    assert [(one.role, one.issue, one.superseded_by) for one in issuing.holders(record.plan)] == [
        ("parent", 1, None),
        ("school", 1, None),
    ]


def test_what_whoever_issues_should_know() -> None:
    """Who is missing, who holds an old one, what has no answer."""
    record = noticed()
    record.enter(
        "representations-received", NOTICE, ("from", "parent: Z"), ("said", "More."), by=SENCO
    )
    kind = of_england().fact
    told = issuing.told(record.plan, kind("plan-finalised"), (SCHOOL,))
    assert [line.split()[0] for line in told] == ["Neither", "The"]
    assert "the commissioning body" in told[1]
    assert "the institution" not in told[1]

    approve(record, "Three hours a week.").enter("amended-plan-finalised", AMENDED)
    told = issuing.told(record.plan, kind("amended-plan-finalised"), (PARENT,))
    assert told[0].startswith("1 holds a superseded version")
    assert told[1] == "Without an answer on record: representations 3."
    # 15 days that begin with 7 October end on 21 October.
    assert told[2].startswith("The time for representations runs until 2026-10-21")

    answer = (("representation", "3"), ("answer", "taken up"), ("reasons", "Yes."))
    record.enter("representation-answered", AMENDED, *answer)
    assert issuing.unanswered(record.plan) == []
    # A correction keeps its answer.
    record.enter(
        "representations-received",
        NOTICE,
        ("from", "parent: Z"),
        ("said", "Many more."),
        replaces=3,
    )
    assert issuing.unanswered(record.plan) == []


def read_recipients(*said: str, fact: str = "plan-finalised") -> tuple[SentTo, ...]:
    """To whom a version goes; Dana is known, and an id is nobody's."""

    def who(name: str) -> Someone | None:
        if name == "s99":
            raise NotFound("Nobody")
        return Someone("dana", "Dana Pryce", ("head teacher",)) if name in ("s4", "Dana") else None

    return issuing.recipients(of_england(), of_england().fact(fact), said, who)


def test_recipients_are_read() -> None:
    """A role of those that a plan is sent to, and a name where there is one."""
    assert read_recipients("Parent: Ada's mother", "integrated care board", "school: s4") == (
        SentTo("parent", "Ada's mother"),
        SentTo("integrated care board"),
        SentTo("school", "Dana Pryce", "dana"),
    )
    assert read_recipients() == ()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("neighbour: Z",), "with a role of parent, young person"),
        (("",), "with a role of parent, young person"),
        (("parent: Z", "parent: z"), "each recipient once"),
        (("school: Dana", "adviser: s4"), "each recipient once"),
        ((f"parent: {'z' * 201}",), "at most 200"),
        (("parent: \u200b",), "at most 200"),
        (("school: s99",), "by staff id"),
    ],
)
def test_somebody_to_whom_no_plan_is_sent(said: tuple[str, ...], expected: str) -> None:
    """What was found and what was expected."""
    with pytest.raises(NotStated, match=expected) as no:
        read_recipients(*said)
    assert no.value.field == "to"
    with pytest.raises(NotStated, match="sends no version"):
        read_recipients(*said, fact="assessed")


def test_no_version_names_a_version_that_is_not_there() -> None:
    """A copy of one that was never issued is refused."""
    with pytest.raises(NotFound, match="no issued version 2"):
        enter(finalised().plan, "issued-version-sent", FINAL, ("version", "2"))
