"""What a plan was on a day, what was known at a moment, and every step in between.

Two different questions, because both days are kept: *known at* asks what the record held at a
moment; *as at* asks what was the case on a day, by all that we know now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple, cast

from ehcp_flow.authorship.delta import WITHHELD, advice_name, revision_name, text_digest
from ehcp_flow.authorship.difference import Piece, difference
from ehcp_flow.errors import NotFound, RecordDamaged
from ehcp_flow.events import (
    AdviceGiven,
    FactRecorded,
    FactWithdrawn,
    PlanEvent,
    PlanIssued,
    PlanOpened,
    PupilChanged,
    ReviewSetUp,
    SectionEdited,
    SectionTextImported,
)
from ehcp_flow.plan import Fact, Folding, Issue, Plan
from ehcp_flow.recording import Recorded
from ehcp_flow.rules.issuing import digest as issue_digest
from ehcp_flow.times import london_day

Moment = datetime | int
"""An instant, or a step's number exactly."""


class Version(NamedTuple):
    """An issued version, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan's history."""

    recorded: Recorded
    difference: tuple[Piece, ...]
    """What it did to a section's text; empty when it did nothing to one."""
    clock_went_back: bool
    """Whether its ``at`` is before that of an earlier step; kept as it was recorded."""


def steps(history: Sequence[Recorded]) -> Iterator[Step]:
    """Go through a plan's history, step by step, with the difference in the text at each."""
    if not history:
        return
    folding = Folding(history[0].stream)
    latest = history[0].event.at
    for recorded in history:
        event = cast("PlanEvent", recorded.event)
        pieces: tuple[Piece, ...] = ()
        if isinstance(event, SectionEdited | SectionTextImported):
            before = folding.text(event.section)
            folding.evolve(recorded.version, event)
            pieces = difference(before, folding.text(event.section))
        else:
            folding.evolve(recorded.version, event)
        yield Step(recorded, pieces, event.at < latest)
        latest = max(latest, event.at)


def known_at(history: Sequence[Recorded], moment: Moment) -> Plan:
    """Return the plan as the record held it at a moment.

    For an instant: the steps up to the last one whose running maximum of ``at`` is not later; a
    clock that went backwards thus never makes a later step known before an earlier one.

    Raises:
        NotFound: the plan was not open then, or has no such step.
    """
    if isinstance(moment, int):
        if not 1 <= moment <= len(history):
            raise NotFound(
                f"This plan has steps v1 to v{len(history)}, and v{moment} is none of them."
            )
        return _fold(history[:moment])
    known = 0
    latest = None
    for recorded in history:
        at = recorded.event.at
        latest = at if latest is None else max(latest, at)
        if latest > moment:
            break
        known += 1
    if not known:
        raise NotFound(
            f"Nothing was known of this plan at {moment.isoformat()}: its record begins at "
            f"{history[0].event.at.isoformat()}."
        )
    return _fold(history[:known])


def as_at(history: Sequence[Recorded], day: date) -> Plan:
    """Return the plan as it was at the end of a day, by all that is known now.

    Facts count from the day they happened (``on``, else the London day of ``at``) and in the
    order of those days. What is done to one section stands in the order in which it was recorded,
    for its revisions build on each other and marks are made over them: each counts from the latest
    of its own day, those of the section's events before it, that of the review before it, and
    those of the texts that it takes words from. A version was issued, and sent, on its own day; its
    sections stand as issued from the latest of that day and those of what was done to the texts
    frozen in it. A fact that was taken back or corrected since never was. So as at the day of the
    last event the plan is as it stands.

    Raises:
        NotFound: the plan was not open then.
    """
    began = _day(history[0])
    if day < began:
        raise NotFound(f"This plan was not open here on {day}: its record begins on {began}.")
    reviewed = latest = date.min
    sections: dict[str, date] = {}
    sources: dict[str, date] = {}
    gone: set[int] = set()
    chosen: list[tuple[date, int, Recorded]] = []
    for recorded in history:
        event = recorded.event
        happened = _day(recorded)
        match event:
            case PlanOpened():
                happened = date.min
            case PupilChanged():
                pass
            case FactRecorded() | FactWithdrawn():
                number = event.number if isinstance(event, FactWithdrawn) else event.replaces
                gone |= set() if number is None else {number}
            case PlanIssued():
                happened = max(happened, reviewed, sections.get("", happened))
                for id, revision, _ in event.sections:
                    happened = max(happened, sources.get(revision_name(id, revision), happened))
                    if revision_name(id, revision + 1) not in sources:
                        # Of a text that moved on since, only the frozen revision matters.
                        happened = max(happened, sections.get(id, happened))
                sections |= dict.fromkeys(["", *(id for id, _, _ in event.sections)], happened)
            case AdviceGiven():
                sources[advice_name(event.advice)] = happened
            case ReviewSetUp():
                reviewed = happened = max(happened, latest)
            case _:
                section: str = getattr(event, "section", "")
                happened = max(happened, reviewed, sections.get(section, happened))
                if isinstance(event, SectionEdited | SectionTextImported):
                    taken = [str(part[1]) for part in event.delta if part[0] == "take"]
                    happened = max([happened, *(sources.get(name, happened) for name in taken)])
                    sources[revision_name(section, event.revision)] = happened
                sections[section] = happened
        latest = max(latest, happened)
        if happened <= day:
            chosen.append((happened, recorded.version, recorded))
    chosen.sort(key=_by_day)
    plan = _fold([recorded for _, _, recorded in chosen])
    facts = (replace(f, withdrawn=f.withdrawn or f.number in gone) for f in plan.facts)
    return replace(
        plan,
        version=max(version for _, version, _ in chosen),
        facts=tuple(sorted(facts, key=_by_number)),
        issues=tuple(
            replace(issue, sent=tuple(one for one in issue.sent if one.day <= day))
            for issue in _fold(history).issues
            if issue.day <= day
        ),
    )


@dataclass(frozen=True, slots=True)
class IssuedText:
    """The text of an issued version."""

    issue: Issue
    texts: Mapping[str, str]
    """By section id, in the order of the version; what was withheld comes as WITHHELD."""
    withheld: bool
    """Whether words of it were withheld, so that its digests can vouch for nothing."""


def issued(history: Sequence[Recorded], number: int) -> IssuedText:
    """Return the text of an issued version, checked against the digests that were frozen.

    Raises:
        NotFound: the plan has no such version.
        RecordDamaged: the text is not the one that was issued.
    """
    folding = Folding(history[0].stream)
    for recorded in history:
        folding.evolve(recorded.version, cast("PlanEvent", recorded.event))
    plan = folding.plan()
    issue = next((one for one in plan.issues if one.number == number), None)
    if issue is None:
        many = f"1 to {len(plan.issues)}" if plan.issues else "none yet"
        raise NotFound(f"{plan.reference} has no issued version {number}: it has {many}.")
    frozen = [(id, revision, of_text) for id, (revision, of_text) in issue.sections.items()]
    found = {id: folding.source(revision_name(id, revision)) for id, revision, _ in frozen}
    wrong = [id for id, _, of_text in frozen if text_digest(found[id]) != of_text]
    withheld = bool(wrong) and all(WITHHELD in found[id] for id in wrong)
    if (wrong and not withheld) or issue_digest(frozen) != issue.digest:
        raise RecordDamaged(
            f"Version {number} of {plan.reference} is not as it was issued (section "
            f"{', '.join(wrong) or 'list'}): the store was altered outside ehcp-flow; keep the "
            "file as it is and restore from a copy."
        )
    return IssuedText(issue, MappingProxyType(found), withheld)


def texts(history: Sequence[Recorded], of: Moment | Version) -> Mapping[str, tuple[int, str]]:
    """Return the revision and the text of each section, at a moment or in an issued version.

    Raises:
        NotFound: there is no such step or version, or the plan was not open then.
    """
    if isinstance(of, Version):
        version = issued(history, of.number)
        revisions = version.issue.sections
        return {id: (revisions[id][0], text) for id, text in version.texts.items()}
    plan = known_at(history, of)
    return {id: (section.revision, section.text) for id, section in plan.sections.items()}


def _by_day(entry: tuple[date, int, Recorded]) -> tuple[date, int]:
    return entry[0], entry[1]


def _by_number(fact: Fact) -> int:
    return fact.number


def _day(recorded: Recorded) -> date:
    return recorded.event.on or london_day(recorded.event.at)


def _fold(history: Sequence[Recorded]) -> Plan:
    folding = Folding(history[0].stream)
    for recorded in history:
        folding.evolve(recorded.version, cast("PlanEvent", recorded.event))
    return folding.plan()
