"""Which words of which advice may whoever writes a section quote, without typing them again?

A report or a sheet of targets is offered paragraph by paragraph: each is one target, or what stands
under one heading. Which kinds of advice feed which section is the template's. Quoting keeps whoever
gave the words their author.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ehcp_flow.errors import NotFound
from ehcp_flow.events import AdviceKind, PlanEvent, SectionEdited
from ehcp_flow.plan import Advice, Plan
from ehcp_flow.templates.template import Template

LONGEST_HEADING = 60
"""Code points before a colon that are taken for a heading."""

_EMPTY_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_HEADING = re.compile(rf"[^\n:.;!?]{{1,{LONGEST_HEADING}}}:\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Item:
    """A paragraph of an advice."""

    number: int
    """Among those of its advice: 1, 2, 3 …"""
    heading: str | None
    """What it stands under, as *Target 1*; it is not among the words that are quoted."""
    start: int
    """Where its words begin in the advice, in code points."""
    stop: int
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Words that may be quoted in a section."""

    section: str
    advice: int
    """The number of the advice that they stand in."""
    kind: AdviceKind
    given_by_name: str
    day: date
    """On which it was given."""
    item: Item
    placed: bool
    """Whether words of it were placed in this section before."""


def items(text: str) -> list[Item]:
    """Return the paragraphs of an advice, numbered from 1."""
    found: list[Item] = []
    for start, stop in _paragraphs(text):
        headed = _HEADING.match(text, start, stop)
        heading = None if headed is None else headed[0].strip().removesuffix(":").rstrip()
        begin = start if headed is None else headed.end()
        found.append(Item(len(found) + 1, heading, begin, stop, text[begin:stop]))
    return found


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, without the white space around it."""
    ends = [(gap.start(), gap.end()) for gap in _EMPTY_LINES.finditer(text)]
    begin = 0
    for stop, after in [*ends, (len(text), len(text))]:
        piece = text[begin:stop]
        if said := piece.strip():
            start = begin + len(piece) - len(piece.lstrip())
            yield start, start + len(said)
        begin = after


def item(advice: Advice, number: int) -> Item:
    """Return one paragraph of an advice.

    Raises:
        NotFound: it has none of this number.
    """
    there = items(advice.text)
    if not 1 <= number <= len(there):
        raise NotFound(
            f"Advice {advice.number} has no item {number}: it has {len(there)}; `advice offered` "
            "shows them."
        )
    return there[number - 1]


def offers(
    plan: Plan,
    template: Template,
    history: Sequence[PlanEvent],
    *,
    since: date | None = None,
    sections: Collection[str] | None = None,
) -> Iterator[Offer]:
    """Go through what is offered for the sections of a plan, in their order, the latest advice
    first.

    Args:
        plan: as it stands.
        template: the plan's.
        history: the plan's events, which say what was placed where.
        since: only advice given on this day or later.
        sections: only for these; all of them when it is not said.
    """
    placed = _placed(history)
    given = sorted(plan.advice, key=_latest_first)
    for section in template.sections:
        if section.fed_by is None or (sections is not None and section.id not in sections):
            continue
        for advice in given:
            if advice.kind not in section.fed_by.kinds or (since and advice.day < since):
                continue
            taken = placed.get((section.id, advice.source), ())
            for one in items(advice.text):
                there = any(start < one.stop and one.start < stop for start, stop in taken)
                yield Offer(
                    section.id,
                    advice.number,
                    advice.kind,
                    advice.given_by_name,
                    advice.day,
                    one,
                    there,
                )


def _latest_first(advice: Advice) -> tuple[int, int]:
    return -advice.day.toordinal(), advice.number


def _placed(history: Sequence[PlanEvent]) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Which stretches of which advice each section has taken."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for event in history:
        if not isinstance(event, SectionEdited):
            continue
        for operation in event.delta:
            if operation[0] == "take":
                _, source, start, stop, *_ = operation
                found.setdefault((event.section, str(source)), []).append((int(start), int(stop)))
    return found
