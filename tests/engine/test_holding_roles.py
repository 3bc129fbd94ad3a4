"""Who is listed and corrected, and from which day to which day a role is held."""

from dataclasses import replace
from datetime import date

import pytest

from ehcp_flow.errors import BadInput, NotFound, NothingToDo, Refused
from ehcp_flow.hands import Hand, HeldRole, Person, evolve
from ehcp_flow.rules import holding_roles
from tests.examples import ASSISTANT, HEAD, SENCO, TEACHER, TODAY

SCHOOL = "Fernbank School"
TEACHES = HeldRole("class teacher", SCHOOL, date(2022, 9, 1))
HELPED = HeldRole("teaching assistant", SCHOOL, date(2020, 9, 1), date(2022, 8, 31))
BORIS = Person(
    "boris",
    1,
    "T02",
    "Boris Blake",
    "b.blake@example.invalid",
    ("QTS",),
    ("R", "1"),
    ("Mon", "Tue"),
    (HELPED, TEACHES),
)


@pytest.mark.parametrize("role", ["", " \n", "*", "x" * 201, "a\x00b", "a\ud800"], ids=ascii)
def test_what_is_no_name_of_a_role_is_not_granted(role: str) -> None:
    """Neither is what the rules write for anybody."""
    with pytest.raises(BadInput):
        holding_roles.grant(BORIS, HeldRole(role, SCHOOL, TODAY), hand=SENCO)


# Listing and correcting


def test_a_person_is_listed_with_everything_said_of_them() -> None:
    """But for the roles, each of which is granted by itself."""
    event = holding_roles.list_person(BORIS, hand=SENCO)

    assert evolve(Person("boris"), event) == replace(BORIS, roles=())


def test_a_list_that_says_the_same_corrects_nothing() -> None:
    """Nothing is recorded."""
    assert holding_roles.correct(BORIS, replace(BORIS), hand=SENCO) is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Boris Blake-Hall"},
        {"email": "boris@example.invalid"},
        {"email": None},
        {"qualifications": ()},
        {"years": ("2",)},
        {"days": ()},
    ],
    ids=str,
)
def test_a_correction_says_only_what_is_other(change: dict[str, object]) -> None:
    """Also when it takes something away."""
    said = replace(BORIS, **change)  # type: ignore[arg-type]

    event = holding_roles.correct(BORIS, said, hand=SENCO)

    assert event is not None
    assert evolve(BORIS, event) == replace(said, version=2)
    names = ("person_name", "email", "qualifications", "years", "days")
    assert len([name for name in names if getattr(event, name) is not None]) == 1


@pytest.mark.parametrize("who", [TEACHER, ASSISTANT], ids=lambda who: who.role)
def test_others_keep_no_lists_of_people(who: Hand) -> None:
    """Whatever they try, they are told whom to ask."""
    for act in (
        lambda: holding_roles.list_person(BORIS, hand=who),
        lambda: holding_roles.correct(BORIS, replace(BORIS, name="B"), hand=who),
        lambda: holding_roles.grant(BORIS, HeldRole("SENCO", SCHOOL, TODAY), hand=who),
        lambda: holding_roles.revoke(BORIS, "class teacher", until=TODAY, hand=who),
        lambda: holding_roles.ended(TEACHES, until=TODAY, hand=who),
    ):
        with pytest.raises(Refused, match="ask the SENCO"):
            act()


# Granting


def test_a_role_is_held_from_its_first_day_to_its_last() -> None:
    """Both of them included."""
    role = HeldRole("deputy head", SCHOOL, date(2026, 10, 1), date(2026, 10, 31))

    after = evolve(BORIS, holding_roles.grant(BORIS, role, hand=SENCO))

    held = {
        day: [r.role for r in after.roles_on(date(2026, *day))]
        for day in ((9, 30), (10, 1), (10, 31), (11, 1))
    }
    assert held == {
        (9, 30): ["class teacher"],
        (10, 1): ["class teacher", "deputy head"],
        (10, 31): ["class teacher", "deputy head"],
        (11, 1): ["class teacher"],
    }


def test_a_role_may_be_held_for_one_day() -> None:
    """Its first day is its last."""
    role = HeldRole("deputy head", SCHOOL, TODAY, TODAY)

    assert holding_roles.grant(BORIS, role, hand=SENCO).held_until == TODAY


def test_a_role_does_not_end_before_it_begins() -> None:
    """The refusal says both days."""
    role = HeldRole("deputy head", SCHOOL, TODAY, date(2026, 10, 4))

    with pytest.raises(Refused, match="from 2026-10-05 cannot end on 2026-10-04"):
        holding_roles.grant(BORIS, role, hand=SENCO)


@pytest.mark.parametrize(
    "role",
    [
        HeldRole("class teacher", SCHOOL, date(2022, 9, 1)),
        HeldRole("class teacher", SCHOOL, date(2030, 1, 1)),
        HeldRole("class teacher", SCHOOL, date(2021, 1, 1), date(2022, 9, 1)),
        HeldRole("teaching assistant", SCHOOL, date(2022, 8, 31), date(2023, 1, 1)),
    ],
    ids=["the same", "later and for ever", "up to the first day", "from the last day"],
)
def test_a_role_is_not_held_twice_on_one_day(role: HeldRole) -> None:
    """The sentence says from when to when it is held."""
    with pytest.raises(NothingToDo, match="Boris Blake holds the role"):
        holding_roles.grant(BORIS, role, hand=SENCO)


@pytest.mark.parametrize(
    "role",
    [
        HeldRole("class teacher", SCHOOL, date(2021, 1, 1), date(2022, 8, 31)),
        HeldRole("teaching assistant", SCHOOL, date(2022, 9, 1)),
        HeldRole("class teacher", "Oakfield School", date(2022, 9, 1)),
        HeldRole("form tutor", SCHOOL, date(2022, 9, 1)),
    ],
    ids=["up to the day before", "from the day after", "elsewhere", "another role"],
)
def test_what_does_not_overlap_is_granted(role: HeldRole) -> None:
    """Another time, another place or another role."""
    assert role in evolve(BORIS, holding_roles.grant(BORIS, role, hand=SENCO)).roles


# Ending


def test_a_role_ends_on_its_last_day() -> None:
    """And is not held on the next."""
    event = holding_roles.revoke(BORIS, "Class Teacher", until=date(2026, 12, 31), hand=SENCO)

    after = evolve(BORIS, event)
    assert [r.role for r in after.roles_on(date(2026, 12, 31))] == ["class teacher"]
    assert after.roles_on(date(2027, 1, 1)) == ()
    assert HELPED in after.roles


def test_a_role_that_never_should_have_been_ends_the_day_before_it_began() -> None:
    """It is then held on no day."""
    event = holding_roles.revoke(BORIS, "class teacher", until=date(2022, 8, 31), hand=SENCO)

    after = evolve(BORIS, event)
    assert event.held_until == date(2022, 8, 31)
    assert [role for role in after.roles if role.role == "class teacher"] == [
        replace(TEACHES, until=date(2022, 8, 31))
    ]
    assert after.roles_on(date(2022, 9, 1)) == ()


@pytest.mark.parametrize(
    ("role", "until"),
    [
        ("SENCO", TODAY),
        ("teaching assistant", TODAY),
        ("teaching assistant", date(2022, 8, 31)),
        ("class teacher", date(2022, 8, 30)),
    ],
    ids=["never held", "ended before", "ends that day", "begins later"],
)
def test_a_role_that_is_not_held_on_the_next_day_does_not_end(role: str, until: date) -> None:
    """The refusal says which roles there are then."""
    with pytest.raises(NotFound, match=f"does not hold the role '{role}' after {until}"):
        holding_roles.revoke(BORIS, role, until=until, hand=SENCO)


def test_nobody_ends_the_role_they_act_in() -> None:
    """Whoever did could not be asked who ended it; somebody else may."""
    amira = Person("amira", 1, "S01", "Amira", roles=(HeldRole("SENCO", SCHOOL, date(2024, 9, 1)),))

    with pytest.raises(Refused, match="ask someone else"):
        holding_roles.revoke(amira, "SENCO", until=date(2026, 10, 4), hand=SENCO)

    assert holding_roles.revoke(amira, "SENCO", until=TODAY, hand=SENCO).held_until == TODAY
    other = holding_roles.revoke(amira, "SENCO", until=date(2026, 10, 4), hand=HEAD)
    assert other.held_until == date(2026, 10, 4)


def test_a_last_day_may_be_moved() -> None:
    """The same role, another last day; its first day says which one is meant."""
    event = holding_roles.ended(HELPED, until=date(2022, 7, 31), hand=SENCO)

    after = evolve(BORIS, event)
    assert after.roles == (replace(HELPED, until=date(2022, 7, 31)), TEACHES)
