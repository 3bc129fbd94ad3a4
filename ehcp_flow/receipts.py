"""Everything that one person wrote, in every plan of a tenant, and what became of it.

Plans are found by the trail and each is folded from its own record. The hand that brought in an
advice may be another than whoever gave it, and the trail knows the hand only: of every advice the
trail says where it stands in the log, and who gave it is read there.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from ehcp_flow.acting import Tenancy
from ehcp_flow.attributing import WORD, Authors, Deed, Part
from ehcp_flow.authorship.delta import advice_name, revision_name
from ehcp_flow.events import AdviceGiven, PlanOpened, SectionEdited
from ehcp_flow.projections import trail
from ehcp_flow.projections.facts import facts_of
from ehcp_flow.recording import Recorded


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row to which the same happened since they were written."""

    words: int
    """How many of them begin here."""
    part: Part


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a person wrote in one step of a plan, or an advice that they gave."""

    stream: UUID
    plan: str
    """The plan's reference."""
    section: str | None
    advice: int | None
    """Its number among the plan's, when it is an advice."""
    written: Deed
    pieces: tuple[Piece, ...]
    """In the order in which they were written; together they are everything that was."""
    claimed_by: tuple[Deed, ...] = ()
    """Who wrote the same words elsewhere and said that they are their own."""

    @property
    def words(self) -> int:
        """How many words were written."""
        return sum(piece.words for piece in self.pieces)

    @property
    def standing(self) -> tuple[Piece, ...]:
        """What stands in the plan today."""
        return tuple(piece for piece in self.pieces if piece.part.standing)

    @property
    def gone(self) -> tuple[Piece, ...]:
        """What stood in the plan and was removed."""
        return tuple(piece for piece in self.pieces if piece.part.gone is not None)

    @property
    def not_taken(self) -> tuple[Piece, ...]:
        """What stands in an advice, and nobody took it from there."""
        return tuple(
            piece for piece in self.pieces if not piece.part.standing and piece.part.gone is None
        )


def count(pieces: Sequence[Piece]) -> int:
    """Return how many words there are in pieces."""
    return sum(piece.words for piece in pieces)


def receipt(here: Tenancy, person: str) -> list[Contribution]:
    """Return what the person of an id wrote here, plan by plan, the oldest first."""
    found = [
        one
        for stream in dict.fromkeys([*_written(here, person), *_given(here, person)])
        for one in contributions(here.history(stream), person, here.template_at(stream).ids)
    ]
    return sorted(found, key=_in_order)


def _in_order(one: Contribution) -> tuple[str, int]:
    return one.plan, one.written.version


def _written(here: Tenancy, person: str) -> Iterator[UUID]:
    """The plans in which there are edits by this person, or for them."""
    for line in trail.each_line(here.read(trail.VIEW), here.tenant, by=person):
        if line.type == SectionEdited.stored_as:
            yield line.stream


_ADVICE = "SELECT position_in_log FROM trail WHERE tenant = ? AND event_type = ?"


def _given(here: Tenancy, person: str) -> Iterator[UUID]:
    """The plans for which this person gave an advice."""
    found = here.read(trail.VIEW).query(_ADVICE, (here.tenant, AdviceGiven.stored_as))
    for (position,) in found:
        for row in here.recorder.log(gt=position - 1, limit=1):
            facts = facts_of(row)
            if facts is not None and facts.get("given_by") == person:
                yield UUID(row.stream)


def contributions(
    history: Sequence[Recorded], person: str, order: Sequence[str] = ()
) -> Iterator[Contribution]:
    """Go through what a person wrote in one plan, step by step.

    Args:
        history: the plan's steps.
        person: the id.
        order: the ids of the plan's sections in the order of its template.
    """
    authors = Authors(history, order)
    reference = cast("PlanOpened", history[0].event).reference
    for recorded in history:
        event = recorded.event
        if isinstance(event, SectionEdited):
            name = revision_name(event.section, event.revision)
            section, advice, stretches = event.section, None, _stretches(event)
        elif isinstance(event, AdviceGiven):
            name = advice_name(event.advice)
            section, advice, stretches = None, event.advice, [(0, event.length)]
        else:
            continue
        deed = authors.deed(name)
        pieces = [
            piece
            for start, stop in stretches
            if deed.of(person) and start < stop
            for piece in _counted(authors.parts(name, start, stop))
        ]
        if pieces:
            yield Contribution(
                recorded.stream,
                reference,
                section,
                advice,
                deed,
                tuple(pieces),
                authors.claimed_from(name),
            )


def _stretches(event: SectionEdited) -> list[tuple[int, int]]:
    """Where in its text an edit's own words stand."""
    found: list[tuple[int, int]] = []
    at = 0
    for operation in event.delta:
        kind = operation[0]
        if kind == "take":
            at += int(operation[3]) - int(operation[2])
            continue
        n = int(operation[1])
        if kind == "write":
            if found and found[-1][1] == at:
                found[-1] = found[-1][0], at + n
            else:
                found.append((at, at + n))
        if kind != "drop":
            at += n
    return found


def _counted(parts: Sequence[Part]) -> Iterator[Piece]:
    """The parts of one stretch, each with how many words begin in it."""
    text = "".join(part.text for part in parts)
    begins = [parts[0].offset + word.start() for word in WORD.finditer(text)]
    for part in parts:
        end = part.offset + len(part.text)
        yield Piece(bisect_left(begins, end) - bisect_left(begins, part.offset), part)
