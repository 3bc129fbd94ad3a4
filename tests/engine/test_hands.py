"""Who may act in which role on which day."""

from datetime import date

import pytest

from ehcp_flow.errors import NotFound, NothingToDo, Refused
from ehcp_flow.hands import HeldRole, Person, fold, role_for_act
from ehcp_flow.rules import holding_roles
from tests.examples import SENCO, TEACHER, TODAY, hand

DEPUTY = HeldRole("deputy head", "Fernbank School", date(2018, 9, 1), date(2026, 8, 31))
TUTOR = HeldRole("form tutor", "Fernbank School", date(2020, 9, 1))
MARY = Person("m", staff_id="s07", name="Mary", roles=(TUTOR, DEPUTY))


def test_a_role_holds_on_its_last_day_and_not_on_the_next() -> None:
    """Both ends are inclusive."""
    assert role_for_act(MARY, on=date(2026, 8, 31)).role == "deputy head"
    assert role_for_act(MARY, on=date(2026, 9, 1)).role == "form tutor"


def test_a_role_asked_for_is_the_role_of_the_act() -> None:
    """Whatever else is held, and however it is spelt."""
    assert role_for_act(MARY, on=date(2025, 1, 1), asked="Form Tutor").role == "form tutor"


def test_who_holds_no_role_that_day_does_not_act() -> None:
    """Before they came."""
    with pytest.raises(Refused, match="does not hold any role on 01 Jan 2010"):
        role_for_act(MARY, on=date(2010, 1, 1))


def test_who_does_not_hold_the_role_asked_for_does_not_act() -> None:
    """After it ended."""
    with pytest.raises(Refused, match="'deputy head'"):
        role_for_act(MARY, on=TODAY, asked="deputy head")


def test_a_role_is_granted_and_ended() -> None:
    """From a day to a day, both on record."""
    listed = holding_roles.list_person(MARY, hand=SENCO)
    given = holding_roles.grant(fold("m", [listed]), TUTOR, hand=SENCO)
    ended = holding_roles.revoke(
        fold("m", [listed, given]), "form tutor", until=date(2026, 10, 31), hand=SENCO
    )

    mary = fold("m", [listed, given, ended])
    assert mary.roles_on(date(2026, 10, 31))
    assert not mary.roles_on(date(2026, 11, 1))


def test_the_same_role_is_not_granted_twice_at_once() -> None:
    """Overlapping days of one role would say nothing."""
    with pytest.raises(NothingToDo):
        holding_roles.grant(
            MARY, HeldRole("form tutor", "Fernbank School", date(2021, 1, 1)), hand=SENCO
        )


def test_a_role_does_not_end_before_it_begins() -> None:
    """A slip of the keyboard."""
    with pytest.raises(Refused, match="cannot end"):
        holding_roles.grant(
            MARY,
            HeldRole("SENCO", "Fernbank School", date(2026, 9, 1), date(2026, 8, 1)),
            hand=SENCO,
        )


def test_a_teacher_does_not_grant_roles() -> None:
    """Those who administer do."""
    with pytest.raises(Refused, match="who holds which role"):
        holding_roles.grant(MARY, HeldRole("SENCO", "F", TODAY), hand=TEACHER)


def test_a_role_that_is_not_held_is_not_ended() -> None:
    """The refusal says which are."""
    with pytest.raises(NotFound, match="form tutor"):
        holding_roles.revoke(MARY, "SENCO", until=TODAY, hand=SENCO)


def test_nobody_ends_the_role_they_act_in_before_today() -> None:
    """It would undo the ground they stand on."""
    amira = Person(
        "amira", staff_id="s1", name="Amira", roles=(HeldRole("SENCO", "F", date(2020, 1, 1)),)
    )

    with pytest.raises(Refused, match="someone else"):
        holding_roles.revoke(amira, "SENCO", until=date(2026, 10, 1), hand=SENCO)


def test_a_later_list_that_says_the_same_is_no_news() -> None:
    """And one that says otherwise records only what differs."""
    assert holding_roles.correct(MARY, MARY, hand=SENCO) is None

    said = Person("m", staff_id="s07", name="Mary Quist", email="m@example.invalid")
    event = holding_roles.correct(MARY, said, hand=hand("Dana", "head teacher"))

    assert event is not None
    assert (event.person_name, event.email, event.years) == (
        "Mary Quist",
        "m@example.invalid",
        None,
    )
