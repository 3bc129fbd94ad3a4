"""Asking, accepting, declining."""

from dataclasses import replace
from datetime import date

import pytest

from ehcp_flow.errors import NothingToDo, Refused
from ehcp_flow.rules import assigning
from tests.examples import (
    ASSISTANT,
    HEAD,
    OPENED,
    OTHER_TEACHER,
    SENCO,
    TEACHER,
    after,
    assigned,
    because,
    drafted,
    opened,
)


def test_who_coordinates_asks_a_teacher_to_write() -> None:
    """The request names who, what, by when, and who asked."""
    event = assigned(opened(), TEACHER)

    held = opened(event).section("F").assignments[0]
    assert (held.task, held.to_name, held.by_name, held.status) == (
        "write",
        "Boris",
        "Amira",
        "assigned",
    )
    assert held.due == date(2026, 10, 30)


def test_a_teacher_does_not_assign() -> None:
    """Only coordinating roles ask others."""
    with pytest.raises(Refused, match="acts as class teacher"):
        assigned(opened(), OTHER_TEACHER, by=TEACHER)


def test_an_assistant_is_not_asked_to_write() -> None:
    """An assistant supplies evidence."""
    with pytest.raises(Refused, match="supplies evidence"):
        assigned(opened(), ASSISTANT)


@pytest.mark.parametrize(("first", "second"), [("write", "review"), ("review", "write")])
def test_the_writer_is_never_asked_to_review(first: str, second: str) -> None:
    """Whichever of the two was asked first."""
    event = assigned(opened(), TEACHER, first)

    with pytest.raises(Refused, match="may not be their own reviewer"):
        assigned(opened(event), TEACHER, second)


def test_someone_whose_words_are_not_approved_is_not_asked_to_review_them() -> None:
    """Having written is enough, without having been asked to."""
    event = drafted(opened(), "One hour.", HEAD)

    with pytest.raises(Refused, match="may not be their own reviewer"):
        assigned(opened(event), HEAD, "review")


def test_asking_again_changes_nothing_unless_the_day_moves() -> None:
    """The same request is no news; a new day is."""
    first = assigned(opened(), TEACHER)
    with pytest.raises(NothingToDo):
        assigned(opened(first), TEACHER)

    moved = assigning.assign(
        opened(first),
        "F",
        "write",
        to=TEACHER.by,
        to_name=TEACHER.name,
        to_role=TEACHER.role,
        due=date(2026, 11, 6),
        hand=SENCO,
    )

    (held,) = opened(first, moved).section("F").assignments
    assert held.due == date(2026, 11, 6)


def test_a_day_that_has_passed_is_no_due_day() -> None:
    """Nobody can be asked for yesterday."""
    with pytest.raises(Refused, match="has passed"):
        assigning.assign(
            opened(),
            "F",
            "write",
            to=TEACHER.by,
            to_name=TEACHER.name,
            to_role=TEACHER.role,
            due=date(2026, 10, 4),
            hand=SENCO,
        )


def test_accepting_twice_is_no_news() -> None:
    """The second time there is nothing to do."""
    plan = opened(assigned(opened(), TEACHER))
    yes = assigning.accept(plan, "F", hand=TEACHER)

    with pytest.raises(NothingToDo):
        assigning.accept(after([OPENED, assigned(opened(), TEACHER), yes]), "F", hand=TEACHER)


def test_a_doubt_is_on_record_and_goes_back_to_whoever_asked() -> None:
    """Declining as not qualified keeps the reason, the words, and to whom it goes back."""
    ask = assigned(opened(), TEACHER)
    doubtful = because(TEACHER, "I have never taught a child with this need.")

    no = assigning.decline(opened(ask), "F", "not qualified", hand=doubtful)

    assert no.back_to == SENCO.by
    assert no.because is not None
    (held,) = opened(ask, no).section("F").assignments
    assert (held.status, held.reason) == ("declined", "not qualified")


def test_another_reason_needs_words() -> None:
    """*Other* says nothing by itself."""
    with pytest.raises(Refused, match="in words"):
        assigning.decline(opened(assigned(opened(), TEACHER)), "F", "other", hand=TEACHER)


def test_what_was_not_asked_cannot_be_accepted_or_declined() -> None:
    """The refusal says where to look."""
    for no in (
        lambda: assigning.accept(opened(), "F", hand=TEACHER),
        lambda: assigning.decline(opened(), "F", "no time", hand=TEACHER),
    ):
        with pytest.raises(Refused, match="ehcp-flow work"):
            no()


def test_who_declined_may_be_asked_again() -> None:
    """People learn, and times change."""
    ask = assigned(opened(), TEACHER)
    no = assigning.decline(opened(ask), "F", "no time", hand=TEACHER)

    again = assigned(opened(ask, no), TEACHER)

    (held,) = opened(ask, no, again).section("F").assignments
    assert held.status == "assigned"


def test_a_refused_hand_is_named_by_its_role() -> None:
    """A role nobody knows is refused like any other that does not coordinate."""
    visitor = replace(TEACHER, role="visitor")

    with pytest.raises(Refused, match="acts as visitor"):
        assigned(opened(), OTHER_TEACHER, by=visitor)
