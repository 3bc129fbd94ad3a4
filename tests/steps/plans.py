"""Steps about plans and how they come in."""

import csv
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from pytest_bdd import given, parsers, then, when

from ehcp_flow.importing.pupils import PupilFile, read_pupils
from ehcp_flow.intake import Comparison, Taken
from ehcp_flow.plan import Particulars
from ehcp_flow.plans import Plans
from ehcp_flow.storage import open_store
from tests.steps.world import World

EXPORT = {
    "Ada": ("B801200005001", "Okafor", "Ada", "03/11/2014", "Y7", "E"),
    "Seán": ("N823200012345", "O'Brien", "Seán", "2017-01-29", "5", "E"),
    "Linh": ("M80120000500A", "Nguyễn", "Linh", "29/02/2016", "06", "E"),
}
HEADINGS = ("UPN", "Surname", "Forename", "DOB", "Year", "SEN Status")


def export(world: World, rows: Sequence[Sequence[str]], no_upn: str | None = None) -> PupilFile:
    """An export as a school's system writes it, read again."""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return read_pupils(
        out.getvalue().encode("utf-8-sig"),
        today=world.plans.today(),
        no_upn=no_upn,
        name="export.csv",
    )


def particulars(read: PupilFile) -> list[Particulars]:
    """The pupils of an export, as a plan has them."""
    return [row.particulars() for row in read.pupils]


def bring_in(world: World, read: PupilFile, who: str = "Amira") -> Taken:
    """Bring in an export, and remember the references of the plans by forename."""
    taken = world.do(lambda: world.plans.intake.take_in(particulars(read), by=world.by(who)))
    for line in world.plans.list():
        world.references[line.particulars.forename] = line.reference
    return taken


@given(parsers.parse("a plan for {pupil}"))
def _plan(world: World, pupil: str) -> None:
    bring_in(world, export(world, [HEADINGS, EXPORT[pupil]]))


@given(parsers.parse("{pupil} is in year {year}"))
def _in_year(world: World, pupil: str, year: str) -> None:
    row = list(EXPORT[pupil])
    row[4] = year
    bring_in(world, export(world, [HEADINGS, row]))


@when("Amira brings in this export:", target_fixture="read")
def _export(world: World, datatable: Sequence[Sequence[str]]) -> PupilFile:
    read = export(world, datatable)
    bring_in(world, read)
    return read


@when(
    parsers.parse('Amira brings in this export, saying that there is no UPN because "{why}":'),
    target_fixture="read",
)
def _export_without(world: World, why: str, datatable: Sequence[Sequence[str]]) -> PupilFile:
    read = export(world, datatable, no_upn=why)
    bring_in(world, read)
    return read


@when(parsers.parse("Amira brings in the export of {pupil} again"))
def _again(world: World, pupil: str) -> None:
    bring_in(world, export(world, [HEADINGS, EXPORT[pupil]]))


@when("September's export says:", target_fixture="read")
def _september(world: World, datatable: Sequence[Sequence[str]]) -> PupilFile:
    read = export(world, datatable)
    world.do(lambda: world.plans.intake.compare(particulars(read)))
    return read


@when("Amira records what September's export says")
def _record(world: World, read: PupilFile) -> None:
    bring_in(world, read)


@when(parsers.parse("the export of {pupil} is brought in by Amira and by Dana at the same time"))
def _at_once(world: World, pupil: str) -> None:
    pupils = particulars(export(world, [HEADINGS, EXPORT["Linh"], EXPORT[pupil]]))

    def bring(who: str) -> Taken:
        store = open_store(world.url)
        try:
            plans = Plans(store, "main", clock=lambda: world.now)
            return plans.intake.take_in(pupils[1:], by=world.by(who))
        finally:
            store.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(bring, ("Amira", "Dana")))


@then(parsers.re(r"(?P<many>\d+) plans? (?:is|are) opened"))
def _opened(world: World, many: str) -> None:
    assert isinstance(world.result, Taken)
    assert len(world.result.opened) == int(many)


@then("no plan is opened")
def _none_opened(world: World) -> None:
    assert world.plans.list() == []


@then(parsers.parse('line {line:d} is faulty in "{column}"'))
def _faulty(read: PupilFile, line: int, column: str) -> None:
    assert (line, column) in [(fault.line, fault.column) for fault in read.faults]
    assert all(fault.expected for fault in read.faults)


@then(parsers.parse("there is {many:d} plan"))
def _there_is(world: World, many: int) -> None:
    assert len(world.plans.list()) == many


@then(parsers.parse("the plan of {pupil} is in year {year}"))
def _year(world: World, pupil: str, year: str) -> None:
    assert world.plans.show(world.plan(pupil)).particulars.year == year


@then(parsers.parse("{pupil}'s plan was in year {year} when it was opened"))
def _year_then(world: World, pupil: str, year: str) -> None:
    assert world.plans.show(world.plan(pupil), known_at=1).particulars.year == year


@then(
    parsers.parse(
        "it shows {new:d} new, {changed:d} changed, {same:d} unchanged "
        "and {gone:d} no longer listed"
    )
)
def _shows(world: World, new: int, changed: int, same: int, gone: int) -> None:
    found = world.result
    assert isinstance(found, Comparison)
    assert (len(found.new), len(found.changed), found.unchanged, len(found.no_longer_listed)) == (
        new,
        changed,
        same,
        gone,
    )
