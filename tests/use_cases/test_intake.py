"""Exports and texts brought in: once, again, changed, and by several people at the same time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ehcp_flow.acting import TRIES
from ehcp_flow.errors import NotFound, Refused, StoreTrouble
from ehcp_flow.intake import Intake
from tests.steps.world import World
from tests.use_cases.conftest import Overtaken, bring_in, pupil, references

ADA = pupil()
BEN = pupil("Ben", "Hart", date(2015, 2, 1), upn="N823200012345")
LINH = pupil("Linh", "Nguyễn", date(2016, 2, 29), upn="M80120000500A")
NEW_UPN = "K810385019000"


def overtaken(world: World, *others: Callable[[], object]) -> Intake:
    """An import before which others record something."""
    return Intake(Overtaken(world, *others))


def test_two_mixed_up_upns_do_not_rename_a_childs_plan(school: World) -> None:
    """By UPN the one, by name and birthday the other: somebody has to look."""
    bring_in(school, ADA, BEN)
    before = school.head()
    swapped = [replace(ADA, upn=BEN.upn), replace(BEN, upn=ADA.upn)]

    with pytest.raises(Refused, match=r"UPN of plan 2026-0002 .* that of plan 2026-0001"):
        school.plans.intake.take_in(swapped, by=school.by("Amira"))

    assert school.head() == before


# References


def test_references_count_up_in_the_year_in_which_plans_are_opened(school: World) -> None:
    """And begin anew with the next."""
    assert bring_in(school, ADA, BEN) == ("2026-0001", "2026-0002")
    assert bring_in(school, LINH) == ("2026-0003",)
    school.now = datetime(2027, 1, 4, 9, tzinfo=UTC)

    assert bring_in(school, pupil("Cai", upn=NEW_UPN)) == ("2027-0001",)


def test_an_export_of_nobody_opens_nothing(school: World) -> None:
    """It is allowed, and changes nothing."""
    before = school.head()

    assert bring_in(school) == ()
    assert school.head() == before


def test_a_teacher_brings_in_no_export(school: World) -> None:
    """Not even a part of it."""
    before = school.head()

    with pytest.raises(Refused, match="acts as class teacher"):
        school.plans.intake.take_in([ADA, BEN], by=school.by("Boris"))

    assert school.head() == before


# The same child


def test_a_upn_that_changed_is_the_same_childs(school: World) -> None:
    """The name and the birthday tell; the plan is found by either number."""
    bring_in(school, ADA)
    moved = replace(ADA, upn=NEW_UPN)

    found = school.plans.intake.compare([moved])
    bring_in(school, moved)

    assert [dict(change.fields) for change in found.changed] == [{"upn": (ADA.upn, NEW_UPN)}]
    assert found.new == ()
    for name in ("2026-0001", NEW_UPN, "B801200005001"):
        assert school.plans.show(name).particulars.upn == NEW_UPN
    assert len(school.plans.list()) == 1


def test_two_children_of_one_name_and_birthday_are_two(school: World) -> None:
    """When the file names both numbers."""
    bring_in(school, ADA)
    twin_by_chance = replace(ADA, upn=NEW_UPN)

    assert bring_in(school, ADA, twin_by_chance) == ("2026-0002",)
    assert {line.upn for line in school.plans.list()} == {ADA.upn, NEW_UPN}


def test_a_name_that_changed_is_the_same_childs(school: World) -> None:
    """The number tells."""
    bring_in(school, ADA)

    bring_in(school, replace(ADA, surname="Okafor-Bell", born=date(2014, 11, 4)))

    (line,) = school.plans.list()
    assert (line.surname, line.born, line.version) == ("Okafor-Bell", date(2014, 11, 4), 2)


def test_a_pupil_without_a_upn_is_not_opened_twice(school: World) -> None:
    """The name and the birthday tell, whatever the case they are written in."""
    without = replace(ADA, upn=None, no_upn="moved here in August")
    bring_in(school, without)
    before = school.head()

    assert bring_in(school, without) == ()
    assert school.head() == before
    assert bring_in(school, replace(without, surname="OKAFOR", forename="ADA")) == ()
    assert len(school.plans.list()) == 1


def test_a_upn_that_arrives_later_belongs_to_the_pupil_who_had_none(school: World) -> None:
    """And from then on names the plan, also in an export that spells the name otherwise."""
    bring_in(school, replace(ADA, upn=None, no_upn="moved here in August"))
    with pytest.raises(NotFound):
        school.plans.show("B801200005001")

    bring_in(school, ADA)
    bring_in(school, replace(ADA, forename="Adaeze"))

    plan = school.plans.show("B801200005001")
    assert (plan.reference, plan.particulars.forename) == ("2026-0001", "Adaeze")
    assert len(school.plans.list()) == 1


def test_an_export_without_the_upn_takes_none_away(school: World) -> None:
    """The pupil is found by name, and what is not said stays."""
    bring_in(school, ADA)
    before = school.head()

    assert bring_in(school, replace(ADA, upn=None, no_upn="left out")) == ()
    assert school.head() == before
    assert school.plans.show("2026-0001").particulars.upn == ADA.upn


def test_a_upn_that_another_plan_had_before_is_refused(school: World) -> None:
    """One sentence says whose it was; nobody's plan becomes somebody else's."""
    bring_in(school, ADA)
    bring_in(school, replace(ADA, upn=NEW_UPN))
    before = school.head()

    with pytest.raises(Refused, match=r"A UPN in the file .* plan 2026-0001"):
        bring_in(school, replace(BEN, upn=ADA.upn))

    assert school.head() == before


# Gone and back


def test_a_pupil_who_is_gone_and_comes_back_keeps_the_plan(school: World) -> None:
    """Leaving is recorded when it is asked for, coming back always."""
    bring_in(school, ADA, BEN)
    before = school.head()
    assert [line.forename for line in school.plans.intake.compare([BEN]).no_longer_listed] == [
        "Ada"
    ]
    bring_in(school, BEN)
    assert school.head() == before

    bring_in(school, BEN, leavers=True)
    assert school.head() == before + 1
    again = school.plans.intake.take_in([BEN], by=school.by("Amira"), leavers=True)
    assert (again.left, again.unchanged) == (0, 1)
    assert school.head() == before + 1
    assert not school.plans.show("2026-0001").particulars.listed
    assert [line.forename for line in school.plans.list(listed=True)] == ["Ben"]

    assert bring_in(school, ADA, BEN, leavers=True) == ()
    assert school.plans.show("2026-0001").particulars.listed
    assert school.head() == before + 2


# At the same time


def test_two_imports_at_once_open_one_plan_for_each_child(school: World) -> None:
    """The second finds what the first one opened, and opens the rest."""
    first = school.plans.intake
    second = overtaken(school, lambda: first.take_in([ADA, BEN], by=school.by("Dana")))

    done = second.take_in([BEN, LINH], by=school.by("Amira"))

    assert done.opened == ("2026-0003",)
    assert (done.unchanged, done.changed) == (1, 0)
    assert references(school) == {"Ada": "2026-0001", "Ben": "2026-0002", "Linh": "2026-0003"}


def test_two_imports_at_once_of_a_child_without_a_upn_open_one_plan(school: World) -> None:
    """A name and a birthday are taken as a number is."""
    without = replace(ADA, upn=None, no_upn="moved here in August")
    first = school.plans.intake
    second = overtaken(school, lambda: first.take_in([without], by=school.by("Dana")))

    assert second.take_in([without], by=school.by("Amira")).opened == ()
    assert references(school) == {"Ada": "2026-0001"}


def test_a_plan_that_moves_on_during_an_import_is_changed_over_what_was_written(
    school: World,
) -> None:
    """Nobody's words are in the way of a year group."""
    bring_in(school, ADA)

    def write() -> None:
        school.plans.edit("2026-0001", "A", "She likes to swim.", by=school.by("Amira"))

    done = overtaken(school, write).take_in([replace(ADA, year="8")], by=school.by("Dana"))

    plan = school.plans.show("2026-0001")
    assert (done.changed, plan.version) == (1, 3)
    assert (plan.particulars.year, plan.section("A").text) == ("8", "She likes to swim.")


def test_an_import_that_others_never_let_through_gives_up(school: World) -> None:
    """After so many tries that something must be wrong."""
    bring_in(school, ADA)
    texts = iter(range(1_000))

    def write() -> None:
        n = next(texts)
        school.plans.edit("2026-0001", "A", f"Text {n}.", over=n, by=school.by("Amira"))

    stubborn = overtaken(school, *[write] * TRIES)

    with pytest.raises(StoreTrouble, match="try again"):
        stubborn.take_in([replace(ADA, year="8")], by=school.by("Dana"))

    assert next(texts) == TRIES
    assert school.plans.show("2026-0001").particulars.year == "7"


# Texts


def test_texts_of_several_plans_are_told_file_by_file(school: World) -> None:
    """What is taken, what was there already, and what is not taken and why."""
    bring_in(school, ADA, BEN)
    school.plans.edit("2026-0001", "B", "Being drafted.", by=school.by("Amira"))
    texts = [
        ("a.md", "2026-0001", {"f": "Two hours.\r\n", "B": "Issued.", "Z": "No section."}),
        ("b.md", "N823200012345", {"F": "One hour."}),
        ("c.md", "2031-0001", {"F": "Whose?"}),
    ]

    def bring() -> list[tuple[str, str, tuple[str, ...], tuple[str, ...], int]]:
        done = school.plans.intake.import_texts(
            texts, not_recorded_before=date(2026, 10, 5), by=school.by("Amira")
        )
        return [(t.file, t.reference, t.recorded, t.unchanged, len(t.refused)) for t in done]

    assert bring() == [
        ("a.md", "2026-0001", ("F",), (), 2),
        ("b.md", "2026-0002", ("F",), (), 0),
        ("c.md", "2031-0001", (), (), 1),
    ]
    before = school.head()
    assert bring() == [
        ("a.md", "2026-0001", (), ("f",), 2),
        ("b.md", "2026-0002", (), ("F",), 0),
        ("c.md", "2031-0001", (), (), 1),
    ]
    assert school.head() == before
    assert school.plans.show("2026-0001").section("F").text == "Two hours."


def test_a_text_that_someone_writes_during_an_import_is_not_covered_by_it(school: World) -> None:
    """The import decides anew and refuses the section, and takes the others."""
    bring_in(school, ADA)

    intake = overtaken(
        school, lambda: school.plans.edit("2026-0001", "F", "Mine.", by=school.by("Dana"))
    )

    (taken,) = intake.import_texts(
        [("a.md", "2026-0001", {"F": "Issued.", "B": "Issued."})],
        not_recorded_before=date(2026, 10, 5),
        by=school.by("Amira"),
    )

    assert taken.recorded == ("B",)
    assert "drafted here" in taken.refused[0]
    assert school.plans.show("2026-0001").section("F").text == "Mine."
