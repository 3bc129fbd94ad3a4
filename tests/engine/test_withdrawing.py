"""A review that a cycle set up, taken back."""

from datetime import date

import pytest

from ehcp_flow.errors import NothingToDo, Refused
from ehcp_flow.events import PlanEvent, ReviewSetUp
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Review
from ehcp_flow.rules import assigning, withdrawing
from tests.examples import ASSISTANT, HEAD, OFFICER, OPENED, SENCO, TEACHER, after, assigned, opened


def review(cycle: str, month: int = 11) -> ReviewSetUp:
    """A review that a cycle set up."""
    return ReviewSetUp(
        **SENCO.act("coordinator"),
        cycle=cycle,
        cycle_name=f"The {cycle}",
        meeting=date(2026, month, 10),
    )


@pytest.mark.parametrize("who", [SENCO, HEAD, OFFICER])
def test_it_does_not_stand_any_more(who: Hand) -> None:
    """And there was none before it."""
    event = withdrawing.withdraw_review(opened(review("autumn")), "autumn", hand=who)

    assert (event.cycle, event.cycle_name, event.capacity) == (
        "autumn",
        "The autumn",
        "coordinator",
    )
    assert (event.earlier_cycle, event.earlier_cycle_name, event.earlier_meeting) == (None,) * 3
    assert opened(review("autumn"), event).reviews == ()


def test_the_one_before_it_stands_again() -> None:
    """With its own meeting."""
    plan = opened(review("spring", 3), review("autumn"))

    event = withdrawing.withdraw_review(plan, "autumn", hand=SENCO)

    assert (event.earlier_cycle, event.earlier_cycle_name) == ("spring", "The spring")
    assert event.earlier_meeting == date(2026, 3, 10)
    assert opened(review("spring", 3), review("autumn"), event).reviews == (
        Review("spring", "The spring", date(2026, 3, 10)),
    )


def test_one_that_was_set_up_twice_is_withdrawn_once_each() -> None:
    """As when a cycle was taken back and applied again."""
    first = withdrawing.withdraw_review(opened(review("autumn")), "autumn", hand=SENCO)
    plan = opened(review("autumn"), first, review("autumn", 12))

    second = withdrawing.withdraw_review(plan, "autumn", hand=SENCO)

    assert opened(review("autumn"), first, review("autumn", 12), second).reviews == ()


@pytest.mark.parametrize("who", [TEACHER, ASSISTANT])
def test_a_teacher_does_not_take_it_back(who: Hand) -> None:
    """Whoever may set up a review may."""
    with pytest.raises(Refused, match="may not take back a review: ask the SENCO"):
        withdrawing.withdraw_review(opened(review("autumn")), "autumn", hand=who)


def test_one_that_a_later_review_took_over_stays() -> None:
    """What it asked for was closed by the later one."""
    plan = opened(review("spring", 3), review("autumn"))

    with pytest.raises(Refused, match="was taken over by The autumn: take that one back first"):
        withdrawing.withdraw_review(plan, "spring", hand=SENCO)


def test_what_it_asked_for_is_taken_back_first() -> None:
    """So that nobody waits for a review that is not held; what others asked for does not matter."""
    events: list[PlanEvent] = [OPENED, review("autumn")]
    events.append(assigned(after(events), HEAD, section="B"))
    asked = assigning.assign(
        after(events),
        "F",
        "write",
        to=TEACHER.by,
        to_name=TEACHER.name,
        to_role=TEACHER.role,
        due=None,
        hand=SENCO,
        cycle="autumn",
    )
    events.append(asked)

    with pytest.raises(Refused, match="still waits for section F on Boris: take back what was"):
        withdrawing.withdraw_review(after(events), "autumn", hand=SENCO)

    back = assigning.withdraw(
        after(events), "F", "write", to=TEACHER.by, to_name=TEACHER.name, hand=SENCO
    )
    assert withdrawing.withdraw_review(after([*events, back]), "autumn", hand=SENCO)


def test_what_was_declined_for_it_needs_nobody_else() -> None:
    """What was declined for an earlier one, or asked for by hand, stays as it was."""
    events: list[PlanEvent] = [OPENED]
    for cycle, section in (("spring", "E"), ("autumn", "F"), (None, "B")):
        events += [] if cycle is None else [review(cycle)]
        asked = assigned(after(events), TEACHER, section=section)
        events.append(asked.model_copy(update={"cycle": cycle}))
        events.append(assigning.decline(after(events), section, "no time", hand=TEACHER))

    events.append(withdrawing.withdraw_review(after(events), "autumn", hand=SENCO))

    sections = after(events).sections
    assert {id: sections[id].assignments[0].status for id in "EFB"} == {
        "E": "declined",
        "F": "withdrawn",
        "B": "declined",
    }
    assert sections["F"].assignments[0].reason == "no time"


def test_one_that_is_not_there_cannot_be_taken_back() -> None:
    """Nor one that was taken back."""
    event = withdrawing.withdraw_review(opened(review("autumn")), "autumn", hand=SENCO)

    for plan in (opened(), opened(review("autumn"), event)):
        with pytest.raises(NothingToDo, match="No review of 2026-0001 by this cycle stands"):
            withdrawing.withdraw_review(plan, "autumn", hand=SENCO)
