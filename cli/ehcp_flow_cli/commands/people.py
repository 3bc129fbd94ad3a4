"""Who is known here, and which roles they hold when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow.errors import NothingToDo
from ehcp_flow_cli.importing import faulty_to, mapped
from ehcp_flow_cli.settings import DAY, Settings, acting, as_csv, as_json, because, located

if TYPE_CHECKING:
    from ehcp_flow.acting import By
    from ehcp_flow.hands import Absence, HeldRole, Person

_PEOPLE = (
    "staff_id",
    "name",
    "email",
    "held",
    "organisations",
    "years",
    "days",
    "qualifications",
    "experience",
)


@click.group()
def command() -> None:
    """Who is known here, and which roles they hold when."""


@command.command("import", short_help="Bring in a list of people and their roles.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@mapped
@click.option("--strict", is_flag=True, help="Import nobody if any row is faulty.")
@faulty_to
@because
@acting
@click.pass_obj
def import_(
    settings: Settings,
    file: Path,
    maps: tuple[str, ...],
    strict: bool,
    faulty: Path | None,
    by: By,
) -> None:
    """Bring in a list of people and their roles; a later one records what changed.

    The first list must name whoever brings it in.
    """
    from ehcp_flow.errors import Faulty
    from ehcp_flow.importing.headings import parse_map
    from ehcp_flow.importing.staff import FIELDS, read_staff
    from ehcp_flow_cli.showing.faults import keep_faulty_rows, show_faults, show_where_they_are
    from ehcp_flow_cli.showing.harmless import cell

    staff = read_staff(file, mapping=parse_map(maps, FIELDS))
    show_faults(staff.faults)
    if staff.faults and strict:
        raise Faulty(f"{file.name} has faulty rows and nobody was imported: mend them first.")
    kept = keep_faulty_rows(file, faulty, staff.faulty_table()) if staff.faults else None
    done = settings.plans().people.import_list([row.person() for row in staff.people], by=by)
    click.echo(f"{len(done.new)} new, {len(done.changed)} changed, {done.unchanged} unchanged.")
    if staff.other_roles:
        known = ", ".join(staff.other_roles)
        click.echo(cell(f"Roles that no rule here knows, taken as written: {known}."))
    for person in done.not_in_file:
        click.echo(cell(f"Not in the file: {person.name} ({person.staff_id})."))
    for person, role in done.ended_here:
        click.echo(
            cell(
                f"Ended here on {role.until}, and the file knows of no end: {person.name} as "
                f"{role.role}; if it goes on, say so with `people grant`."
            )
        )
    for person, role in done.roles_not_in_file:
        click.echo(
            cell(
                f"Not in the file: {person.name} as {role.role}; end it with "
                f"`people revoke {person.staff_id} '{role.role}'`."
            )
        )
    if kept is not None:
        show_where_they_are(kept)


@command.command("list")
@click.option("--on", type=DAY, help="The roles held on this day [default: today].")
@as_json
@as_csv
@located
@click.pass_obj
def list_(settings: Settings, on: date | None, as_json: bool, as_csv: bool) -> None:
    """Everyone known here, with the roles they hold, and when they are away."""
    from ehcp_flow_cli.showing.tables import Column, show_rows

    plans = settings.plans()
    day = on or plans.today()
    rows = [_row(person, day) for person in plans.people.list()]
    experience = {"experience": "experience"} if any(row["experience"] for row in rows) else {}
    away = {"away": Column("away", _away)} if any("away" in row for row in rows) else {}
    show_rows(
        [row | {"held": [_held(role) for role in row["roles"]]} for row in rows]
        if as_csv
        else rows,
        {
            "staff_id": "id",
            "name": "name",
            "roles": Column("roles", lambda row: "; ".join(map(_held, row["roles"]))),
            "organisations": Column("organisation", lambda row: "; ".join(row["organisations"])),
            "years": "years",
            "days": "days",
            **experience,
            **away,
        },
        fields=_PEOPLE,
        as_json=as_json,
        as_csv=as_csv,
        empty="Nobody is known here yet: `people import FILE` brings people in.",
    )


def _row(person: Person, day: date) -> dict[str, Any]:
    held = person.roles_on(day)
    away = [absence for absence in person.absences if absence.until is None or absence.until >= day]
    row: dict[str, Any] = {
        "staff_id": person.staff_id,
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "roles": held,
        "organisations": list(dict.fromkeys(role.organisation for role in held)),
        "years": person.years,
        "days": person.days,
        "qualifications": person.qualifications,
        "experience": person.experience,
        "all_roles": person.roles,
    }
    # Of those who are there it says nothing.
    return row | {"away": sorted(away, key=_by_first_day)} if away else row


def _by_first_day(absence: Absence) -> date:
    return absence.since


def _away(row: Mapping[str, Any]) -> str:
    from ehcp_flow.rules.absence import in_words

    return "; ".join(map(in_words, row.get("away", ())))


@command.command()
@click.argument("person")
@click.argument("role")
@click.option("--at", "organisation", metavar="ORGANISATION", help="For which organisation.")
@click.option("--from", "since", type=DAY, help="From which day [default: today].")
@click.option("--to", "until", type=DAY, help="The last day.")
@because
@acting
@click.pass_obj
def grant(
    settings: Settings,
    person: str,
    role: str,
    organisation: str | None,
    since: date | None,
    until: date | None,
    by: By,
) -> None:
    """Let PERSON hold ROLE from a day on."""
    from ehcp_flow.hands import HeldRole
    from ehcp_flow.importing.faults import NotRead
    from ehcp_flow.importing.fields import short_text
    from ehcp_flow.importing.staff import parse_role
    from ehcp_flow_cli.showing.harmless import cell

    plans = settings.plans()
    held = plans.people.person(person).roles_on(plans.today())
    where = organisation or (held[0].organisation if held else None)
    if where is None:
        raise click.UsageError("Say for which organisation with --at.")
    try:
        named = parse_role(role)
    except NotRead as no:
        raise click.BadParameter(str(no), param_hint="ROLE") from None
    try:
        where = short_text(where, "an organisation")
    except NotRead as no:
        raise click.BadParameter(str(no), param_hint="--at") from None
    given = HeldRole(named, where, since or plans.today(), until)
    plans.people.grant(person, given, by=by)
    click.echo(cell(f"{person} holds the role {_held(given)} for {where}."))


@command.command()
@click.argument("person")
@click.argument("role")
@click.option("--to", "until", type=DAY, help="The last day [default: today].")
@because
@acting
@click.pass_obj
def revoke(settings: Settings, person: str, role: str, until: date | None, by: By) -> None:
    """Say the last day on which PERSON holds ROLE."""
    from ehcp_flow_cli.showing.harmless import cell

    plans = settings.plans()
    last = until or plans.today()
    plans.people.revoke(person, role, until=last, by=by)
    click.echo(cell(f"{person} holds the role {role} until {last}."))


@command.command(short_help="Say on which days PERSON is away.")
@click.argument("person")
@click.option("--from", "since", type=DAY, required=True, help="From which day.")
@click.option("--until", "until", type=DAY, help="The last day, when it is known.")
@because
@acting
@click.pass_obj
def away(settings: Settings, person: str, since: date, until: date | None, by: By) -> None:
    """Say on which days PERSON is away; from the same day again, another last day.

    They may say so themselves, and so may those who keep the lists. --because is kept in the record
    and read by others: why somebody is ill is better left out of it.
    """
    from ehcp_flow.hands import Absence
    from ehcp_flow.rules.absence import in_words
    from ehcp_flow_cli.showing.harmless import cell

    plans = settings.plans()
    try:
        done = plans.people.away(person, since=since, until=until, by=by)
    except NothingToDo as nothing:
        click.echo(cell(f"Nothing recorded: {nothing}"))
        return
    again = ", as recorded before" if done.again else ""
    click.echo(cell(f"{person} is away {in_words(Absence(since, until))}{again}."))
    if many := len(plans.work(person=person, orphaned=True)):
        what = "1 task waits" if many == 1 else f"{many} tasks wait"
        click.echo(
            f"{what} on them meanwhile: `work --orphaned` shows what, `cycle reassign` hands it "
            "over."
        )


def _held(role: HeldRole) -> str:
    until = f" to {role.until}" if role.until else ""
    return f"{role.role} (from {role.since}{until})"
