"""Who is known, and by what."""

from datetime import date
from uuid import uuid4

import pytest

from ehcp_flow.events import PersonCorrected, PersonEvent, PersonListed, RoleGranted, RoleRevoked
from ehcp_flow.hands import fold
from ehcp_flow.projections.catching_up import Reading
from ehcp_flow.projections.people import VIEW, named, people
from tests.examples import OPENED, PLAN, SENCO
from tests.projections.logs import TENANT, fresh_log

ACT = SENCO.act("coordinator")
DAY = date(2026, 9, 1)

HISTORY: list[PersonEvent] = [
    PersonListed(
        **ACT,
        staff_id="T02",
        person_name="Zoë Müller",
        email="Zoe@example.org",
        qualifications=("QTS", "NASENCO"),
        years=("3", "4"),
        days=("Mon",),
    ),
    RoleGranted(**ACT, held_role="SENCO", held_at="Fernbank", held_from=DAY),
    RoleGranted(**ACT, held_role="class teacher", held_at="Fernbank", held_from=DAY),
    RoleRevoked(
        **ACT, held_role="SENCO", held_at="Fernbank", held_from=DAY, held_until=date(2026, 12, 31)
    ),
    PersonCorrected(**ACT, years=()),
]


def test_a_person_is_what_folding_gives_after_each_event() -> None:
    """In however many goes it was taken in."""
    stream = uuid4()
    with fresh_log() as log:
        log.append(PLAN, OPENED)
        for n, event in enumerate(HISTORY, start=1):
            log.append(stream, event)
            assert people(log.read(VIEW), TENANT) == [fold(str(stream), HISTORY[:n])]


def test_people_are_listed_by_staff_id() -> None:
    """Each tenant's own."""
    with fresh_log() as log:
        for staff_id in ("T03", "T01", "T02"):
            log.append(uuid4(), PersonListed(**ACT, staff_id=staff_id, person_name="Ann"))
        reading = log.read(VIEW)
        assert [person.staff_id for person in people(reading, TENANT)] == ["T01", "T02", "T03"]
        assert people(reading, "Oakfield") == []


@pytest.mark.parametrize(
    "who", ["T02", "t02", "zoe@example.org", "ZOE@EXAMPLE.ORG", "Zoë Müller", "zoe  muller"]
)
def test_a_person_goes_by_staff_id_address_and_name(who: str) -> None:
    """Whatever the case, and in names whatever the accents."""
    with fresh_log() as log:
        log.append(uuid4(), *HISTORY)
        log.append(uuid4(), PersonListed(**ACT, staff_id="T03", person_name="Zoe M"))
        reading = log.read(VIEW)
        assert [person.staff_id for person in named(reading, TENANT, who)] == ["T02"]


@pytest.mark.parametrize("who", ["", "Zoë", "T0", "%", "example.org"])
def test_a_part_of_a_name_is_not_the_name(who: str) -> None:
    """Nobody goes by it."""
    with fresh_log() as log:
        log.append(uuid4(), *HISTORY)
        log.append(uuid4(), PersonListed(**ACT, staff_id="T03", person_name="No Address"))
        assert named(log.read(VIEW), TENANT, who) == []


def test_two_people_of_one_name_are_both_found_and_a_staff_id_goes_first() -> None:
    """A staff id that is somebody else's name still stands for the one who has it."""
    with fresh_log() as log:
        for staff_id, name in (("T02", "Ann"), ("T01", "ANN"), ("Ann", "Bea")):
            log.append(uuid4(), PersonListed(**ACT, staff_id=staff_id, person_name=name))
        reading = log.read(VIEW)
        assert [person.name for person in named(reading, TENANT, "ann")] == ["Bea"]
        log.append(uuid4(), PersonListed(**ACT, staff_id="T04", person_name="Bea"))
        both = named(log.read(VIEW), TENANT, "bea")
        assert [person.staff_id for person in both] == ["Ann", "T04"]


def test_a_person_whose_facts_were_erased_is_nobody() -> None:
    """Later events about them do not bring them back."""
    with fresh_log() as log:
        log.append(uuid4(), *HISTORY)
        rows = [*log.recorder.log(gt=0, limit=10)]
        rows[0] = rows[0]._replace(state=b"", words=None)
        with log.store.views.apart() as writer:
            for statement in VIEW.ddl:
                writer.execute(statement)
            VIEW.take(log.recorder, writer, rows)
            reading = Reading(writer.execute, len(rows))
            assert people(reading, TENANT) == []
            assert named(reading, TENANT, "T02") == []
