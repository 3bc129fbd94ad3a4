"""Advice brought in: once, for many plans, by others, and by several people at the same time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from ehcp_flow.acting import TRIES
from ehcp_flow.advice import AdviceDesk, Sorted, Taken
from ehcp_flow.errors import Ambiguous, BadInput, NotFound, NothingToDo, Refused, StoreTrouble
from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.importing.advice import AdviceRow, read_advice
from tests.steps.advice import give
from tests.steps.people import FERNBANK, SCHOOL
from tests.steps.world import World
from tests.use_cases.conftest import Overtaken, bring_in, pupil

ADA = pupil()
BEN = pupil("Ben", "Hart", date(2015, 2, 1), upn="N823200012345")
LINH = pupil("Linh", "Nguyễn", date(2016, 2, 29), upn=None)
NOBODY = "K810385019000"


@pytest.fixture
def plans(school: World) -> World:
    """A school with the plans of Ada, Ben and Linh."""
    bring_in(school, ADA, BEN, LINH)
    school.references = {line.forename: line.reference for line in school.plans.list()}
    return school


def rows(*lines: str, headings: str = "UPN,Teacher,Target") -> tuple[AdviceRow, ...]:
    """The rows of a table of targets, all of them good."""
    data = "\n".join([headings, *lines]).encode()
    file = read_advice(data, today=date(2026, 10, 5), kind="targets", name="targets.csv")
    assert file.faults == ()
    return file.advice


def sorted_(world: World, *lines: str, headings: str = "UPN,Teacher,Target") -> Sorted:
    """A table of targets, sorted for Amira."""
    return world.plans.advice.sort(rows(*lines, headings=headings), by=world.by("Amira"))


def texts(world: World, pupil: str) -> list[str]:
    """The texts of a pupil's advice."""
    return [advice.text for advice in world.plans.advice.list(world.plan(pupil))]


# One by one


def test_a_report_is_there_whole_with_its_file(plans: World) -> None:
    """A file in another encoding is its text, and is kept as it came."""
    came = "Seán\u2019s friend\r\nreads.\r\n".encode("cp1252")

    done = plans.plans.advice.give(
        plans.plan("Ada"), came, "termly report", "s2", file="report.txt", by=plans.by("Boris")
    )
    (advice,) = plans.plans.advice.list(plans.plan("Ada"))

    assert done.reference == plans.plan("Ada")
    assert advice.text == "Seán\u2019s friend\nreads."
    assert (advice.file, advice.given_by_name) == ("report.txt", "Boris Blake")
    assert plans.plans.advice.text(plans.plan("Ada"), 1) == advice.text


def test_control_characters_are_left_out_and_told(plans: World) -> None:
    """The file keeps them."""
    done = give(plans, "Boris", "Reads \x1b[31mred\x1b[0m.", "Ada")

    assert done.note is not None
    assert done.note.startswith("2 control characters")
    assert texts(plans, "Ada") == ["Reads [31mred[0m."]


def test_an_advice_that_is_not_there_is_said_to_be_missing(plans: World) -> None:
    """With how many there are."""
    with pytest.raises(NotFound, match="none yet"):
        plans.plans.advice.text(plans.plan("Ada"), 1)
    give(plans, "Boris", "Reads.", "Ada")
    with pytest.raises(NotFound, match="1 to 1"):
        plans.plans.advice.text(plans.plan("Ada"), 2)


def test_a_mistyped_staff_id_is_nobodys_name(plans: World) -> None:
    """It would stand on record for good; so would an e-mail address."""
    for who in ("s99", "boris@example.invalid"):
        with pytest.raises(NotFound, match="Nobody here"):
            give(plans, "Amira", "Reads.", "Ada", from_=who)
    with pytest.raises(BadInput, match="needs a name"):
        give(plans, "Amira", "Reads.", "Ada", from_=" ")
    assert texts(plans, "Ada") == []


def test_a_command_with_an_id_gives_it_once(plans: World) -> None:
    """The second time it is as recorded before; for another text the id is taken."""
    by = replace(plans.by("Amira"), command="night-1")
    desk, ada = plans.plans.advice, plans.plan("Ada")

    first = desk.give(ada, "Reads.", "views", "Ada's mother", by=by)
    again = desk.give(ada, "Reads.", "views", "Ada's mother", by=by)

    assert (again.again, again.version) == (True, first.version)
    with pytest.raises(BadInput, match="command id"):
        desk.give(ada, "Writes.", "views", "Ada's mother", by=by)


def test_whoever_came_in_september_brings_in_julys_report(plans: World) -> None:
    """In the role they hold today; the giver's role is the one they held in July."""
    held = HeldRole("class teacher", SCHOOL, date(2026, 9, 1))
    new = Person("", staff_id="s8", name="Gwen Lloyd", roles=(held,))
    plans.plans.people.import_list([*FERNBANK, new], by=plans.by("Amira"))

    give(plans, "s8", "Reads.", "Ada", from_="Mary", on=date(2026, 7, 10))
    (advice,) = plans.plans.advice.list(plans.plan("Ada"))

    assert (advice.day, advice.given_by_role) == (date(2026, 7, 10), "deputy head")
    assert advice.brought_by_name == "Gwen Lloyd"
    with pytest.raises(Refused, match="does not hold any role on 10 Jul 2026"):
        give(plans, "s8", "Writes.", "Ada", on=date(2026, 7, 10))


def test_two_who_go_by_one_name_are_told_apart(plans: World) -> None:
    """By staff id."""
    twin = Person("", staff_id="s9", name="Boris Blake", roles=FERNBANK[1].roles)
    plans.plans.people.import_list([*FERNBANK, twin], by=plans.by("Amira"))

    with pytest.raises(Ambiguous, match="staff id"):
        give(plans, "Amira", "Reads.", "Ada", from_="Boris Blake")
    found = sorted_(plans, f"{ADA.upn},Boris Blake,Reads.")

    assert [fault[:3] for fault in found.faults] == [(2, "from", "Boris Blake")]


# Tables


def test_rows_go_to_the_plans_of_the_pupils_they_name(plans: World) -> None:
    """By UPN, by reference, by name and birthday; several for one pupil are several texts."""
    found = sorted_(
        plans,
        f"{ADA.upn},,,,s2,Reads.",
        f"{ADA.upn},,,,s3,Writes.",
        f",{plans.plan('Ben')},,,Carol Hall,Counts.",
        ',,"NGUYỄN, linh",29/02/2016,Ms A Visitor,Draws.',
        headings="UPN,Plan Reference,Pupil,DOB,Teacher,Target",
    )

    taken = plans.plans.advice.take(found)

    assert taken == Taken(given=4, plans=3, unchanged=0)
    assert texts(plans, "Ada") == ["Target: Reads.", "Target: Writes."]
    (ben,) = plans.plans.advice.list(plans.plan("Ben"))
    (linh,) = plans.plans.advice.list(plans.plan("Linh"))
    assert (ben.given_by_name, ben.brought_by_name) == ("Carol Hall", "Amira Nair")
    assert ben.file == "targets.csv, line 4"
    assert (linh.given_by, linh.given_by_name) == (None, "Ms A Visitor")
    assert found.not_known == ("Ms A Visitor",)


def test_the_same_table_again_changes_nothing(plans: World) -> None:
    """A row that is twice in it is taken once."""
    lines = [f"{ADA.upn},s2,Reads.", f"{BEN.upn},s2,Counts.", f"{ADA.upn},s2,Reads."]
    first = plans.plans.advice.take(sorted_(plans, *lines))
    before = plans.head()

    would = plans.plans.advice.compare(sorted_(plans, *lines))
    again = plans.plans.advice.take(sorted_(plans, *lines))

    assert first == Taken(given=2, plans=2, unchanged=1)
    assert would == again == Taken(given=0, plans=0, unchanged=3)
    assert plans.head() == before


def test_a_preview_counts_and_records_nothing(plans: World) -> None:
    """As the import would."""
    before = plans.head()
    found = sorted_(plans, f"{ADA.upn},s2,Reads.", f"{NOBODY},s2,Reads.")

    assert plans.plans.advice.compare(found) == Taken(given=1, plans=1, unchanged=0)
    assert found.no_plan == (3,)
    assert plans.head() == before


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("2031-0001,,,,s2,Reads.", "reference"),
        ("2026-0002,B801200005001,,,s2,Reads.", "upn"),
        (",B801200005001,,04/11/2014,s2,Reads.", "born"),
        (',B801200005001,"Hart, Ben",,s2,Reads.', "name"),
        (",B801200005001,,,s99,Reads.", "from"),
    ],
)
def test_a_row_that_says_two_things_goes_nowhere(plans: World, line: str, field: str) -> None:
    """A report in another child's plan would be worse than none."""
    found = sorted_(plans, line, headings="Plan Reference,UPN,Pupil,DOB,Teacher,Target")

    assert found.shares == ()
    assert [(number, name) for number, name, _, _ in found.faults] == [(2, field)]


def test_a_pupil_may_be_called_otherwise_than_the_register_says(plans: World) -> None:
    """One of the two names is enough where the UPN fits."""
    found = sorted_(
        plans, f'{ADA.upn},"Okafor, Adaeze",s2,Reads.', headings="UPN,Pupil,Teacher,Target"
    )

    assert (found.texts, found.faults) == (1, ())


def test_each_row_has_its_own_day(plans: World) -> None:
    """Without one it is the day that whoever brings it in says."""
    lines = [
        f"{ADA.upn},s2,02/10/2026,Reads.",
        f"{ADA.upn},s1,,Writes.",
        f"{ADA.upn},s1,5/1/2020,A.",
    ]
    table = rows(*lines, headings="UPN,Teacher,Date,Target")
    found = plans.plans.advice.sort(table, by=plans.by("Amira", on=date(2026, 10, 1)))

    plans.plans.advice.take(found)

    given = plans.plans.advice.list(plans.plan("Ada"))
    assert [f"{advice.day}" for advice in given] == ["2026-10-02", "2026-10-01"]
    # Amira was not here yet in 2020.
    assert [(line, name) for line, name, _, _ in found.faults] == [(4, "on")]


def test_a_table_is_brought_in_for_those_who_gave_it(plans: World) -> None:
    """And for nobody else."""
    table = rows(f"{ADA.upn},s2,Reads.")
    for by in (
        plans.by("Amira", on_behalf_of="Boris Blake"),
        replace(plans.by("Amira"), capacity="adviser"),
    ):
        with pytest.raises(BadInput, match="--on-behalf-of and --capacity"):
            plans.plans.advice.sort(table, by=by)


def test_hundreds_of_rows_go_in_several_transactions(plans: World) -> None:
    """Those for one plan stay together and in order, and the progress is told."""
    told: list[tuple[int, int]] = []
    lines = [f"{upn},s2,Target {n}." for upn in (ADA.upn, BEN.upn) for n in range(400)]

    taken = plans.plans.advice.take(sorted_(plans, *lines), lambda n, of: told.append((n, of)))

    assert taken == Taken(given=800, plans=2, unchanged=0)
    assert told == [(1, 2), (2, 2)]
    given = plans.plans.advice.list(plans.plan("Ben"))
    assert [advice.number for advice in given] == list(range(1, 401))
    assert given[-1].text == "Target: Target 399."


# At the same time


def overtaken(world: World, *others: Callable[[], object]) -> AdviceDesk:
    """A desk before which others record something."""
    return AdviceDesk(Overtaken(world, *others))


def test_a_table_that_was_overtaken_is_recorded_once(plans: World) -> None:
    """What others brought in meanwhile is there already, and the numbers go on."""
    lines = [f"{ADA.upn},s2,Reads.", f"{BEN.upn},s2,Counts."]
    found = sorted_(plans, *lines)

    desk = overtaken(plans, lambda: plans.plans.advice.take(sorted_(plans, lines[0])))
    taken = desk.take(found)

    assert taken == Taken(given=1, plans=1, unchanged=1)
    assert texts(plans, "Ada") == ["Target: Reads."]
    assert texts(plans, "Ben") == ["Target: Counts."]


def test_a_report_that_was_overtaken_gets_the_next_number(plans: World) -> None:
    """Nobody has to ask again."""
    desk = overtaken(plans, lambda: give(plans, "Carol", "Counts.", "Ada"))

    desk.give(plans.plan("Ada"), "Reads.", "termly report", "s2", by=plans.by("Boris"))

    assert texts(plans, "Ada") == ["Counts.", "Reads."]


def test_the_same_report_twice_at_once_is_there_once(plans: World) -> None:
    """The second is told that it is there."""
    desk = overtaken(plans, lambda: give(plans, "Boris", "Reads.", "Ada"))

    with pytest.raises(NothingToDo, match="advice 1"):
        desk.give(plans.plan("Ada"), "Reads.", "termly report", "s2", by=plans.by("Boris"))


def test_a_plan_that_never_stands_still_is_given_up(plans: World) -> None:
    """With what to do."""
    counts = iter(range(TRIES))
    others = [lambda: give(plans, "Carol", f"Counts to {next(counts)}.", "Ada")] * TRIES

    with pytest.raises(StoreTrouble, match="goes on from here"):
        overtaken(plans, *others).take(sorted_(plans, f"{ADA.upn},s2,Reads."))
