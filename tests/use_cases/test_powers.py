"""Who may still do what: powers that ended, the last one who keeps the list, a review anew."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ehcp_flow.acting import By
from ehcp_flow.errors import Refused
from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.models.shipped import text_of_shipped
from tests.steps.people import FERNBANK, SCHOOL
from tests.steps.world import World
from tests.use_cases.conftest import bring_in, pupil

F = ("2026-0001", "F")


@pytest.fixture
def approved(school: World) -> World:
    """A plan whose section F Boris wrote and Amira approved."""
    bring_in(school, pupil())
    school.plans.assign(*F, "write", "s2", due=None, by=school.by("Amira"))
    school.plans.edit(*F, "Two hours a week.", by=school.by("Boris"))
    school.plans.submit(*F, by=school.by("Boris"))
    school.plans.approve(*F, by=school.by("Amira"))
    return school


def test_a_day_that_has_passed_gives_back_no_power_that_has_ended(school: World) -> None:
    """Who was the SENCO in spring assigns nothing today, whatever day is said."""
    bring_in(school, pupil())
    yesterday = school.plans.today() - timedelta(days=1)
    spring = HeldRole("SENCO", SCHOOL, date(2025, 9, 1), yesterday)
    school.plans.people.grant("s2", spring, by=school.by("Amira"))
    before = school.head()

    with pytest.raises(Refused, match=r"was SENCO on .* and is not today"):
        school.plans.assign(
            *F,
            "write",
            "s3",
            due=None,
            by=By("s2", role="SENCO", on=yesterday),
        )

    assert school.head() == before


def test_a_day_that_has_passed_gives_back_no_power_that_a_model_took(school: World) -> None:
    """Who shared in coordinating under the last model does not go on by naming a day of it."""
    bring_in(school, pupil())
    yesterday = school.plans.today()
    tutor = HeldRole("form tutor", SCHOOL, date(2025, 9, 1))
    school.plans.people.grant("s2", tutor, by=school.by("Amira"))
    school.plans.people.grant(
        "s7", HeldRole("deputy head", SCHOOL, yesterday), by=school.by("Amira")
    )
    as_tutor, as_deputy = By("s2", role="form tutor"), By("s7", role="deputy head")
    school.plans.models.choose(text_of_shipped("M5"), file="M5.toml", by=school.by("Amira"))
    school.plans.assign(*F, "write", "s3", due=None, by=as_tutor)
    school.now += timedelta(days=1)
    school.plans.models.choose(text_of_shipped("M3"), file="M3.toml", by=as_deputy)
    before = school.head()

    with pytest.raises(Refused, match=r"Under M5 the form tutor could do .* none of theirs today"):
        school.plans.assign(*F, "review", "s4", due=None, by=replace(as_tutor, on=yesterday))
    assert school.head() == before

    school.plans.edit("2026-0001", "E", "To read.", by=replace(as_deputy, on=yesterday))


def test_the_last_one_who_keeps_the_list_cannot_leave_it_to_nobody(school: World) -> None:
    """Someone else is granted a role that may, first."""
    today = school.plans.today()
    keepers = ("s4", "head teacher"), ("s5", "LA SEN officer")
    for staff_id, role in keepers:
        school.plans.people.revoke(staff_id, role, until=today, by=school.by("Amira"))
    before = school.head()

    with pytest.raises(Refused, match="nobody would be left"):
        school.plans.people.revoke("s1", "SENCO", until=today, by=school.by("Amira"))

    assert school.head() == before


def test_a_list_that_nobody_may_change_any_more_is_begun_anew(school: World) -> None:
    """By someone whom it names, as the first one was."""
    today = school.plans.today()
    ended = [
        HeldRole(held.role, held.organisation, held.since, held.until or today)
        for person in FERNBANK
        for held in person.roles
    ]
    said = [
        Person("", staff_id=person.staff_id, name=person.name, roles=(role,))
        for person, role in zip(FERNBANK, ended, strict=True)
    ]
    school.plans.people.import_list(said, by=school.by("Amira"))
    school.now += timedelta(days=1)
    new = Person(
        "",
        staff_id="s9",
        name="Nora New",
        roles=(HeldRole("SENCO", SCHOOL, school.plans.today()),),
    )

    done = school.plans.people.import_list([new], by=By("s9"))

    assert [person.staff_id for person in done.new] == ["s9"]


def test_whoever_is_asked_to_write_an_approved_section_may_submit_it_as_it_is(
    approved: World,
) -> None:
    """A year later nothing need change for it to be reviewed again."""
    approved.plans.assign(*F, "write", "s3", due=None, by=approved.by("Amira"))
    approved.plans.submit(*F, by=approved.by("Carol"))
    approved.plans.approve(*F, by=approved.by("Amira"))

    assert approved.plans.show("2026-0001").section("F").status == "approved"
    assert list(approved.plans.work()) == []


def test_a_late_edit_waits_on_its_writers_again(approved: World) -> None:
    """An approval that no longer covers the text leaves nothing lying about unseen."""
    approved.plans.edit(*F, "Three hours a week.", over=1, by=approved.by("Amira"))

    waiting = [(item.name, item.what) for item in approved.plans.work()]
    assert waiting == [("Boris Blake", "write")]


def test_nobody_grants_themselves_a_role(school: World) -> None:
    """Also not someone who may grant roles to others."""
    officer = HeldRole("LA SEN officer", SCHOOL, school.plans.today())

    with pytest.raises(Refused, match="ask someone else"):
        school.plans.people.grant("s1", officer, by=school.by("Amira"))


def test_a_role_comes_from_the_persons_own_record(school: World) -> None:
    """Whatever stands in the view, which anybody may delete or rewrite."""
    bring_in(school, pupil())
    school.plans.people.list()
    with school.store.views.writing(school.plans.tenant) as writer:
        assert writer is not None
        roles = "(SELECT p.roles FROM people AS p WHERE p.staff_id = 's5')"
        writer.execute(f"UPDATE people SET roles = {roles} WHERE staff_id = 's6'")

    person = school.plans.people.person("Femi Cole")

    assert [held.role for held in person.roles] == ["teaching assistant"]
