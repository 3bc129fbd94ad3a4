"""What does a cycle file name that is not here? A slip of the pen is told, and nothing recorded."""

from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from itertools import chain
from typing import Literal, NamedTuple

from ehcp_flow.cycles.file import CycleFile, same_name
from ehcp_flow.hands import Person
from ehcp_flow.roles import ROLES


class Unknown(NamedTuple):
    """Something that a file names, and nothing here is or has."""

    what: Literal["plan", "school", "authority", "template", "group", "tutor", "role", "person"]
    said: str
    near: str | None = None
    """The nearest one that is here."""

    def in_words(self) -> str:
        """What was found, and what was expected."""
        found = f"found the {self.what} {self.said[:40]!r}, expected"
        near = "" if self.near is None else f" (perhaps {self.near[:40]!r})"
        match self.what:
            case "plan":
                return (
                    f"{found} the reference or UPN of a plan that is here: `ehcp-flow plan list` "
                    "shows them."
                )
            case "school":
                return (
                    f"{found} one that the pupil of a plan here attends{near}: `ehcp-flow plan "
                    "list --csv` shows the school of each."
                )
            case "authority":
                return (
                    f"{found} one that maintains a plan here{near}: `ehcp-flow plan list --csv` "
                    "shows the authority of each."
                )
            case "role":
                return (
                    f"{found} one that the rules know or that somebody here has held{near}: "
                    "`ehcp-flow people list` shows who holds which."
                )
            case "person":
                return (
                    f"{found} the staff id of somebody who is known here: `ehcp-flow people list` "
                    "shows them."
                )
            case _:
                return f"{found} that of a plan that is here{near}."


_ALIKE = 0.8
"""From which likeness on, of 1, a role is taken for a known one with a slip in it."""


def unknown_people(
    cycle: CycleFile, everyone: Sequence[Person], own_roles: Collection[str]
) -> Iterator[Unknown]:
    """Go through the roles and the staff ids of a file that can only be a slip of the pen.

    A role that nobody holds is none as such: that nobody can take its tasks is told of each plan.

    Args:
        cycle: as its file has it.
        everyone: the people known here.
        own_roles: those of the operating model's own.
    """
    held = (role.role for person in everyone for role in person.roles)
    known = {role.casefold(): role for role in chain(ROLES, own_roles, held)}
    rules = chain(cycle.write, cycle.review, cycle.attend, cycle.advice)
    for role in dict.fromkeys(role for rule in rules for role in rule.roles):
        near = get_close_matches(role[:40].casefold(), known, 1, _ALIKE)
        if near and role.casefold() not in known:
            yield Unknown("role", role, known[near[0]])
    ids = {same_name(person.staff_id) for person in everyone}
    for id in cycle.limits.people:
        if id not in ids:
            yield Unknown("person", id)
