"""Who is known here, and who goes by a name?"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast

from ehcp_flow.events import PersonEvent
from ehcp_flow.hands import Absence, HeldRole, Person, evolve
from ehcp_flow.projections.catching_up import Reading, View
from ehcp_flow.projections.facts import PERSON_EVENTS, check_known
from ehcp_flow.projections.folded import folded
from ehcp_flow.projections.rows import fetch
from ehcp_flow.recording import decode
from ehcp_flow.storage import EventRow, Recorder, ViewWriter

_COLUMNS = (
    "stream, version, staff_id, name, email, qualifications, years, days, roles, absences, "
    "experience"
)


class PeopleView(View):
    """One row a person; lists as JSON, and the forms in which they are asked for."""

    name = "people"
    form = 3
    tables = ("people",)
    ddl = (
        """
        CREATE TABLE IF NOT EXISTS people (
            tenant text NOT NULL,
            stream text NOT NULL,
            version integer NOT NULL,
            staff_id text NOT NULL,
            name text NOT NULL,
            email text,
            qualifications text NOT NULL,
            years text NOT NULL,
            days text NOT NULL,
            roles text NOT NULL,
            absences text NOT NULL,
            experience text,
            staff_id_folded text NOT NULL,
            email_folded text NOT NULL,
            name_folded text NOT NULL,
            PRIMARY KEY (tenant, stream)
        )
        """,
    )

    def take(self, log: Recorder, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
        """Fold the people's events on; the others pass."""
        tenant = log.tenant
        check_known(rows)
        theirs = [row for row in rows if row.type in PERSON_EVENTS]
        if not theirs:
            return
        touched = {row.stream for row in theirs}
        found = fetch(
            writer.execute, f"SELECT {_COLUMNS} FROM people WHERE tenant = ?", (tenant,), touched
        )
        people = {row[0]: _person(row) for row in found}
        for row in theirs:
            before = people.get(row.stream) or Person(row.stream)
            people[row.stream] = _after(before, row)
        writer.many(_UPSERT, [_values(tenant, person) for person in people.values()])


_UPSERT = """
INSERT INTO people (tenant, stream, version, staff_id, name, email, qualifications, years, days,
    roles, absences, experience, staff_id_folded, email_folded, name_folded)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (tenant, stream) DO UPDATE SET version = excluded.version,
    staff_id = excluded.staff_id, name = excluded.name, email = excluded.email,
    qualifications = excluded.qualifications, years = excluded.years, days = excluded.days,
    roles = excluded.roles, absences = excluded.absences, experience = excluded.experience,
    staff_id_folded = excluded.staff_id_folded, email_folded = excluded.email_folded,
    name_folded = excluded.name_folded
"""

VIEW = PeopleView()


def people(reading: Reading, tenant: str) -> list[Person]:
    """Return everyone known here, by staff id."""
    found = reading.query(
        f"SELECT {_COLUMNS} FROM people WHERE tenant = ? AND staff_id <> ''", (tenant,)
    )
    return sorted((_person(row) for row in found), key=_by_staff_id)


def named(reading: Reading, tenant: str, who: str) -> list[Person]:
    """Return the people whose staff id, e-mail address or name this is, by staff id.

    Case does not matter, and in names neither do accents. A staff id goes before an e-mail
    address, and that before a name: the first of them that fits anybody decides.
    """
    for column, asked in (
        ("staff_id_folded", who.casefold()),
        ("email_folded", who.casefold()),
        ("name_folded", " ".join(folded(who).split())),
    ):
        found = reading.query(
            f"SELECT {_COLUMNS} FROM people WHERE tenant = ? AND {column} = ? AND staff_id <> ''",
            (tenant, asked),
        )
        if found and asked:
            return sorted((_person(row) for row in found), key=_by_staff_id)
    return []


def _after(before: Person, row: EventRow) -> Person:
    if not row.state:
        return replace(before, version=row.version)
    event = cast("PersonEvent", decode(row.type, row.state, row.words))
    return replace(evolve(before, event), version=row.version)


def _person(row: tuple[Any, ...]) -> Person:
    stream, version, staff_id, name, email, qualifications, years, days, roles, absences, exp = row
    held: list[tuple[str, str, str, str | None]] = json.loads(roles)
    return Person(
        stream,
        version,
        staff_id,
        name,
        email,
        tuple(json.loads(qualifications)),
        tuple(json.loads(years)),
        tuple(json.loads(days)),
        tuple(
            HeldRole(
                role,
                organisation,
                date.fromisoformat(since),
                None if until is None else date.fromisoformat(until),
            )
            for role, organisation, since, until in held
        ),
        tuple(
            Absence(date.fromisoformat(since), None if until is None else date.fromisoformat(until))
            for since, until in json.loads(absences)
        ),
        exp,
    )


def _values(tenant: str, person: Person) -> tuple[object, ...]:
    roles = [
        (held.role, held.organisation, f"{held.since}", held.until and f"{held.until}")
        for held in person.roles
    ]
    absences = [(f"{away.since}", away.until and f"{away.until}") for away in person.absences]
    return (
        tenant,
        person.id,
        person.version,
        person.staff_id,
        person.name,
        person.email,
        json.dumps(person.qualifications),
        json.dumps(person.years),
        json.dumps(person.days),
        json.dumps(roles),
        json.dumps(absences),
        person.experience,
        person.staff_id.casefold(),
        (person.email or "").casefold(),
        " ".join(folded(person.name).split()),
    )


def _by_staff_id(person: Person) -> str:
    return person.staff_id
