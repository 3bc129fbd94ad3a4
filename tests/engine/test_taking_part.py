"""Coming to a review's meeting and giving advice for it: asked, said yes to, said no to."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ehcp_flow.errors import NothingToDo, Refused
from ehcp_flow.events import (
    AdviceAsked,
    AdviceGiven,
    AdviceKind,
    AttendanceAsked,
    PlanEvent,
    ReviewSetUp,
    words,
)
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Plan
from ehcp_flow.rules import taking_part
from tests.examples import (
    ASSISTANT,
    HEAD,
    OTHER_TEACHER,
    SENCO,
    TEACHER,
    because,
    hand,
    opened,
)

MEETING = date(2026, 11, 10)
SET_UP = ReviewSetUp(**SENCO.act("coordinator"), cycle="c", cycle_name="Autumn", meeting=MEETING)
RULE = "The class teacher comes to the meeting."


def ask(
    plan: Plan,
    who: Hand = TEACHER,
    kind: AdviceKind | None = None,
    *,
    due: date | None = None,
    rule: str | None = RULE,
    text: str | None = None,
    by: Hand = SENCO,
) -> AttendanceAsked | AdviceAsked:
    """Somebody is asked."""
    return taking_part.ask(
        plan,
        kind,
        to=who.by,
        to_name=who.name,
        to_role=who.role,
        due=due,
        hand=by,
        rule=rule,
        text=text,
    )


def asked(*more: PlanEvent, kind: AdviceKind | None = None) -> Plan:
    """A plan whose review asks the class teacher, and to which more happened."""
    plan = opened(SET_UP)
    return opened(SET_UP, ask(plan, kind=kind, due=date(2026, 10, 30)), *more)


def given(by: Hand, kind: AdviceKind = "health") -> AdviceGiven:
    """Somebody gives advice."""
    return AdviceGiven(
        **by.act("adviser"),
        advice=1,
        kind=kind,
        given_by=by.by,
        given_by_name=words(by.name),
        text=words("Half a page."),
        text_digest="",
        length=12,
        file_digest="",
    )


@pytest.mark.parametrize("kind", [None, "health"])
def test_somebody_says_yes_and_then_no(kind: AdviceKind | None) -> None:
    """Both are heard; who said yes may still have to say no."""
    plan = asked(kind=kind)
    yes = taking_part.accept(plan, kind, hand=TEACHER)
    accepted = asked(yes, kind=kind)
    no = taking_part.decline(accepted, kind, "no time", hand=because(TEACHER, "A trip."))
    declined = asked(yes, no, kind=kind)

    assert [duty.status for duty in (*plan.duties, *accepted.duties, *declined.duties)] == [
        "asked",
        "accepted",
        "declined",
    ]
    assert (no.back_to, no.reason, declined.duties[0].reason) == ("amira", "no time", "no time")
    assert yes.capacity == no.capacity == ("witness" if kind is None else "adviser")
    assert not declined.asks(declined.duties[0], NOW)
    with pytest.raises(NothingToDo, match="said yes"):
        taking_part.accept(accepted, kind, hand=TEACHER)
    with pytest.raises(Refused, match="does not ask Boris"):
        taking_part.accept(declined, kind, hand=TEACHER)


NOW = date(2026, 10, 5)


def test_only_whoever_is_asked_answers() -> None:
    """And only what is asked of them."""
    plan = asked(kind="health")

    others: tuple[tuple[AdviceKind | None, Hand], ...] = (
        (None, TEACHER),
        ("education", TEACHER),
        ("health", OTHER_TEACHER),
    )
    for kind, who in others:
        with pytest.raises(Refused, match="`ehcp-flow work --for`"):
            taking_part.accept(plan, kind, hand=who)
        with pytest.raises(Refused, match="`ehcp-flow work --for`"):
            taking_part.decline(plan, kind, "no time", hand=who)


def test_another_reason_needs_words() -> None:
    """As it does for a section."""
    with pytest.raises(Refused, match="needs the reason in words"):
        taking_part.decline(asked(), None, "other", hand=TEACHER)
    assert taking_part.decline(asked(), None, "other", hand=because(TEACHER, "A trip."))


def test_a_meeting_that_is_over_and_advice_that_was_given_wait_for_no_answer() -> None:
    """The day of the meeting itself is not over."""
    on_the_day = hand("Boris", "class teacher", at=TEACHER.at + timedelta(days=36))
    after_it = hand("Boris", "class teacher", at=TEACHER.at + timedelta(days=37))
    assert on_the_day.day == MEETING

    assert taking_part.decline(asked(), None, "no time", hand=on_the_day)
    with pytest.raises(Refused, match="was on 2026-11-10: say with --on"):
        taking_part.decline(asked(), None, "no time", hand=after_it)
    assert taking_part.decline(asked(), None, "no time", hand=replace(after_it, day=MEETING))
    with pytest.raises(Refused, match=r"gave the advice \(health\)"):
        taking_part.decline(asked(given(TEACHER), kind="health"), "health", "no time", hand=TEACHER)
    other = asked(given(TEACHER, "education"), kind="health")
    assert taking_part.decline(other, "health", "no time", hand=TEACHER)


def test_who_coordinates_asks_by_hand() -> None:
    """An assistant may come and advise; a teacher asks nobody, and nothing is asked twice."""
    plan = opened(SET_UP)
    come = ask(plan, ASSISTANT, rule=None)
    advise = ask(plan, ASSISTANT, "views", rule=None)

    assert isinstance(come, AttendanceAsked)
    assert (come.meeting, come.rule, come.chosen) == (MEETING, "Amira decided so.", None)
    assert isinstance(advise, AdviceAsked)
    assert advise.due == MEETING
    with pytest.raises(Refused, match="may not say who comes"):
        ask(plan, ASSISTANT, by=TEACHER)
    with pytest.raises(Refused, match="No review of 2026-0001 is set up"):
        ask(opened(), ASSISTANT)
    with pytest.raises(Refused, match="which has passed"):
        ask(plan, ASSISTANT, "views", due=date(2026, 10, 4))
    with pytest.raises(NothingToDo, match="already"):
        ask(opened(SET_UP, come), ASSISTANT)
    with pytest.raises(Refused, match="The meeting of 2026-0001 was on 2026-11-10"):
        ask(plan, by=hand("Amira", "SENCO", at=SENCO.at + timedelta(days=50)))


def test_who_is_asked_after_a_no_comes_in_their_place() -> None:
    """By the same rule, with the same words; then nobody else needs to be asked."""
    plan = opened(SET_UP)
    first = ask(plan, kind="health", due=date(2026, 10, 30), text="Half a page.")
    plan = opened(SET_UP, first)
    no = taking_part.decline(plan, "health", "no time", hand=TEACHER)
    plan = opened(SET_UP, first, no)
    assert not plan.replaced(plan.duties[0])

    instead = ask(plan, HEAD, "health", rule=None)
    now = opened(SET_UP, first, no, instead)

    assert isinstance(instead, AdviceAsked)
    assert (instead.rule, instead.chosen) == (RULE, "instead of Boris, who said no")
    assert instead.text is not None
    assert instead.text.text == "Half a page."
    assert now.replaced(now.duties[0])


def test_another_day_for_what_was_accepted_is_no_new_question() -> None:
    """Who said no is asked again."""
    yes = taking_part.accept(asked(kind="health"), "health", hand=TEACHER)
    no = taking_part.decline(asked(kind="health"), "health", "no time", hand=TEACHER)
    for answer, status in ((yes, "accepted"), (no, "asked")):
        plan = asked(answer, kind="health")
        again = ask(plan, kind="health", due=date(2026, 11, 2))
        (duty,) = asked(answer, again, kind="health").duties
        assert (duty.due, duty.status) == (date(2026, 11, 2), status)


def test_what_is_asked_is_taken_back_by_whoever_coordinates() -> None:
    """It waits on nobody then, and was not declined either."""
    plan = asked()
    back = taking_part.withdraw(plan.duties[0], hand=HEAD, instead="carol", instead_name="Carol")
    (duty,) = asked(back).duties

    assert (duty.status, duty.reason, back.instead_name) == ("withdrawn", None, "Carol")
    with pytest.raises(NothingToDo, match="Nothing waits on Boris"):
        taking_part.withdraw(duty, hand=HEAD)
    with pytest.raises(Refused, match="may not say who comes"):
        taking_part.withdraw(plan.duties[0], hand=TEACHER)
