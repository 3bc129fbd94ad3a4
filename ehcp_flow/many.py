"""The same act on many plans, one after the other: one refusal does not stop the rest.

Each plan is a command of its own, recorded or refused by itself, just as if it were given alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from ehcp_flow.acting import By, Done, Progress, command_id
from ehcp_flow.errors import NothingToDo, SaidNo

Outcome = Literal["done", "nothing to do", "refused"]

Act = Callable[[str, By], Done]
"""What is done to a plan, by someone."""

Find = Callable[[str], str]
"""The reference of the plan that a name stands for; says no when it stands for none or several."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one plan."""

    plan: str
    """Its reference, or what was written when that stands for no plan."""
    outcome: Outcome
    said: str | None = None
    """Why it was refused, or what else whoever acted should know."""
    version: int | None = None
    """The step that the plan has reached by it."""


def names(text: str) -> list[str]:
    """Return the plans that a text lists, one a line; what follows a ``#`` is a comment."""
    found = (line.partition("#")[0].strip() for line in text.splitlines())
    return [name for name in found if name]


def each(
    plans: Sequence[str], act: Act, *, by: By, find: Find, progress: Progress | None = None
) -> list[Result]:
    """Act on each plan, and say what became of it; one that is named twice is meant once.

    Args:
        plans: what people call them.
        act: what is done to each.
        by: who acts. Of a command id, each plan's own is made: the same one again does to every
            plan only what it did not do before.
        find: the reference that a name stands for.
        progress: told how many of how many are done.

    Raises:
        BadInput: the command id is none.
    """
    if by.command is not None:
        command_id(by.command)
    results: dict[str, Result] = {}
    for done, name in enumerate(plans, 1):
        result = _one(name, act, by, find, results)
        if result is not None:
            results[result.plan] = result
        if progress is not None:
            progress(done, len(plans))
    return list(results.values())


def _one(name: str, act: Act, by: By, find: Find, before: dict[str, Result]) -> Result | None:
    plan = name
    try:
        plan = find(name)
        if plan in before:
            return None
        done = act(plan, replace(by, command=own_command(by.command, plan)))
    except NothingToDo as nothing:
        return Result(plan, "nothing to do", str(nothing))
    except SaidNo as no:
        return Result(plan, "refused", str(no))
    said = "recorded before" if done.again else done.note
    return Result(plan, "done", said, done.version)


def own_command(given: str | None, plan: str) -> str | None:
    """Return a plan's own command id, made of that of the whole and its reference."""
    if given is None:
        return None
    return sha256(f"{given}\0{plan}".encode("utf-8", "surrogatepass")).hexdigest()
