"""On which days was advice outstanding that somebody had been asked for?

It was asked for by a fact that was entered, or by a cycle; it came by a fact, or was given here. Of
people who are known here each gives their own; where it is not known who was asked, or who gave it,
what came is the answer to what waited longest. What a cycle asked for also ends when whoever was
asked says no, or need not give it any more.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Literal, NamedTuple

from ehcp_flow.projections.entered import (
    ADVICE_ASKED,
    ADVICE_DECLINED,
    ADVICE_GIVEN,
    ADVICE_WITHDRAWN,
)
from ehcp_flow.statute.happened import Happened

_REQUESTED, _RECEIVED = "advice-requested", "advice-received"


class _Move(NamedTuple):
    day: date
    what: Literal["asked", "came", "ended"]
    person: str | None
    kind: str | None


class _Waiting(NamedTuple):
    person: str | None
    kind: str | None


def outstanding_advice(
    found: Mapping[str, Sequence[Happened]], first: date, until: date
) -> Iterator[tuple[date, bool]]:
    """Yield each day on which something was asked for or came, and whether at its end any advice
    was outstanding.

    Args:
        found: what had happened, by fact.
        first: the first day that counts; what was asked for before belongs to another review.
        until: the day after the last one.
    """
    moves = sorted(
        (move for move in _moves(found) if first <= move.day < until),
        # Who is asked and answers on one day has answered.
        key=lambda move: (move.day, move.what != "asked"),
    )
    waiting: list[_Waiting] = []
    for day, of_day in groupby(moves, key=lambda move: move.day):
        for move in of_day:
            _take(waiting, move)
        yield day, bool(waiting)


def _moves(found: Mapping[str, Sequence[Happened]]) -> Iterator[_Move]:
    given = {one.source for one in found.get(ADVICE_GIVEN, ())}
    for one in found.get(_REQUESTED, ()):
        for person in _people(one, "of"):
            yield _Move(one.day, "asked", person, one.details.get("kind"))
    for one in found.get(_RECEIVED, ()):
        # What was brought in here came when it was given.
        if f"advice@{one.details.get('advice')}" not in given:
            for person in _people(one, "from"):
                yield _Move(one.day, "came", person, None)
    for one in found.get(ADVICE_ASKED, ()):
        yield _Move(one.day, "asked", one.details["person"], one.details["kind"])
    for one in found.get(ADVICE_GIVEN, ()):
        yield _Move(one.day, "came", one.details.get("person"), one.details["kind"])
    for fact in (ADVICE_DECLINED, ADVICE_WITHDRAWN):
        for one in found.get(fact, ()):
            yield _Move(one.day, "ended", one.details["person"], one.details["kind"])


def _people(one: Happened, field: str) -> list[str | None]:
    """The ids of those whom a field names and who are known here; else ``None`` for all."""
    ids = [
        value
        for name, value in one.details.items()
        if name.startswith(f"{field}.") and name.removeprefix(f"{field}.").isdecimal()
    ]
    return list(ids) or [None]


def _take(waiting: list[_Waiting], move: _Move) -> None:
    if move.what == "asked":
        # Another day for what is asked of somebody is no second question.
        again = move.person is not None and (move.person, move.kind) in waiting
        if not again:
            waiting.append(_Waiting(move.person, move.kind))
        return
    own = [one for one in waiting if one.person == move.person and _is_of(one, move)]
    fits = own or [
        one
        for one in waiting
        if move.what == "came" and None in (one.person, move.person) and _is_of(one, move)
    ]
    if fits:
        waiting.remove(fits[0])


def _is_of(one: _Waiting, move: _Move) -> bool:
    return one.kind == move.kind or None in (one.kind, move.kind)
