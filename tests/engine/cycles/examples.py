"""A small school, some of its pupils, and cycle files for them."""

from collections.abc import Iterable
from datetime import date
from typing import cast
from uuid import UUID, uuid5

from ehcp_flow.cycles.asking import Asked
from ehcp_flow.cycles.choosing import Chosen, choose
from ehcp_flow.cycles.file import CycleFile, read_cycle
from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.plan import Particulars

ON = date(2026, 9, 8)
"""A Tuesday."""

SCHOOL = "Fernbank School"

_PLANS = UUID("0f0e0d0c-0b0a-4908-8706-050403020100")


def person(
    staff_id: str,
    name: str,
    *roles: str,
    years: str = "",
    until: date | None = None,
) -> Person:
    """Someone who has held these roles for years; their id is their staff id."""
    held = tuple(HeldRole(role, SCHOOL, date(2020, 9, 1), until) for role in roles)
    return Person(staff_id, staff_id=staff_id, name=name, years=tuple(years.split()), roles=held)


AMIRA = person("s1", "Amira Nair", "SENCO")
BORIS = person("s2", "Boris Blake", "class teacher", years="R 1 2 3")
CAROL = person("s3", "Carol Hall", "subject teacher", years="4 5 6 7")
COSMO = person("s4", "Cosmo Hall", "subject teacher", years="6 7 8 9")
DANA = person("s5", "Dana Pryce", "head teacher")
STAFF = (AMIRA, BORIS, CAROL, COSMO, DANA)


def pupil(
    number: int = 1,
    year: str = "3",
    *,
    needs: tuple[str, ...] = ("ASD",),
    tutor: str | None = None,
    made_on: date | None = date(2020, 1, 6),
    last_review: date | None = None,
    listed: bool = True,
) -> Particulars:
    """A pupil whose plan is the ``number``-th of 2026."""
    return Particulars(
        reference=f"2026-{number:04}",
        template="ehcp",
        surname="Okafor",
        forename="Ada",
        born=date(2016, 11, 3),
        upn=None,
        no_upn="new arrival",
        year=year,
        group=None,
        tutor=tutor,
        needs=needs,
        made_on=made_on,
        last_review=last_review,
        listed=listed,
    )


def stream(who: Particulars) -> UUID:
    """The stream of a pupil's plan."""
    return uuid5(_PLANS, who.reference)


MEETING = "[meeting]\non = 2026-11-10"
DUE = "due_days_before_meeting = 21"


def write(sections: str = "F", role: str = "class teacher", **more: object) -> str:
    """A table that says who writes."""
    return _rule("write", sections, role, more)


def review(sections: str = "F", role: str = "SENCO", **more: object) -> str:
    """A table that says who reviews."""
    return _rule("review", sections, role, more)


def _rule(task: str, sections: str, role: str, more: dict[str, object]) -> str:
    said: dict[str, object] = {"sections": sections.split(), "role": role.split("/")} | more
    if not any(key.startswith("due") for key in said):
        said["due_days_before_meeting"] = 21
    lines = [f"{key} = {_toml(value)}" for key, value in said.items()]
    return "\n".join([f"[[{task}]]", *lines])


def _toml(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, cast('list[object]', value)))}]"
    return f'"{value}"' if isinstance(value, str) else f"{value}".lower()


def cycle(*tables: str, meeting: str = MEETING, name: str = "Autumn 2026") -> CycleFile:
    """A cycle with these tables."""
    return read_cycle(toml(*tables, meeting=meeting, name=name), name="autumn.toml")


def toml(*tables: str, meeting: str = MEETING, name: str = "Autumn 2026") -> bytes:
    """The file of a cycle with these tables."""
    return "\n\n".join([f'name = "{name}"', meeting, *tables]).encode()


def chosen(
    asked: CycleFile,
    *pupils: Particulars,
    staff: Iterable[Person] = STAFF,
    on: date = ON,
) -> Chosen:
    """What a cycle asks for about these pupils."""
    return choose(asked, [(stream(who), who) for who in pupils], list(staff), on=on)


def tasks(found: Chosen) -> list[tuple[str, str, str]]:
    """Who is asked to do what, in one list: task, section and the forename of the person."""
    asked: list[Asked] = [asked for set_up in found.set_ups for asked in set_up.tasks]
    return [(one.task, one.section, one.to_name.split()[0]) for one in asked]
