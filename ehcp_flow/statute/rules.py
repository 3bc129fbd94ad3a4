"""Which rule holds on a day, and by which day must a thing be done under it?

The rules are data, in ``england.toml``. A version of a rule is chosen by the day of what triggered
the limit, never by today's; a temporary relaxation may instead hold by the day the limit falls. A
judgment says what the law always was: before its date the answer is uncertain, not absent. An
exception disapplies a limit and never moves it: no new last day comes of it.

    >>> from datetime import date
    >>> from ehcp_flow.statute.rules import due
    >>> final = due("D08", date(2026, 9, 14))
    >>> str(final.last_day), final.mark
    ('2027-02-01', 'read')
    >>> final.explanation
    '20 weeks after Monday 2026-09-14, which is not counted: the last day is Monday 2027-02-01.'
"""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ehcp_flow.errors import BadInput, NotFound
from ehcp_flow.statute import counting
from ehcp_flow.statute.bank_holidays import BankHolidays, england_and_wales
from ehcp_flow.statute.counting import Counted
from ehcp_flow.statute.law import COMPOSED, Law, Rule, Status, england
from ehcp_flow.statute.marks import Mark, weakest

_SATURDAY = 5

_OVER_HOLIDAYS = "D67"
"""The rule that carries the limit of an appeal over August and over Christmas."""

_NOT_CARRIED = "no rule that carries it on was seen [unsure]."


@dataclass(frozen=True, slots=True)
class Chosen:
    """The version of a rule that holds on a day."""

    rule: Rule
    uncertain: str | None = None
    """Why it is not certain that it held; ``None`` when it did."""


class UnderARule:
    """What the rule that a limit is under says of it."""

    __slots__ = ()

    rule: Rule
    counted_mark: Mark

    @property
    def citation(self) -> str:
        """Where the rule stands."""
        return self.rule.citation

    @property
    def status(self) -> Status:
        """Whether it is law, guidance or something else."""
        return self.rule.status

    @property
    def mark(self) -> Mark:
        """How well the rule is known."""
        return self.rule.mark

    @property
    def weakest_mark(self) -> Mark:
        """How well the day is known: the weaker of the rule's mark and that of the counting."""
        return weakest(self.rule.mark, self.counted_mark)


@dataclass(frozen=True, slots=True)
class Due(UnderARule):
    """By which day a thing must be done, under which rule, and how that was found."""

    last_day: date
    """The last day that is in time. An exception never changes it."""
    rule: Rule
    explanation: str
    counted_by: str
    """What the way of counting rests on."""
    counted_mark: Mark
    """How well that is known."""
    uncertain: str | None = None
    """Why it is not certain that the rule held then: a judgment came later."""
    disapplied_by: tuple[str, ...] = ()
    """Exceptions that were claimed: where one is made out there is no limit, and no other day."""


def rule_for(
    rule_id: str, *, on: date, falls: date | None = None, law: Law | None = None
) -> Chosen:
    """Return the version of a rule that holds.

    Args:
        rule_id: such as ``D08``.
        on: the day of what triggered the limit.
        falls: the last day of the limit; with it a relaxation that goes by that day is found.
        law: the rules; those of England without it.

    Raises:
        NotFound: there is no such rule, or it did not hold on that day.
    """
    versions = (law or england()).versions(rule_id)
    if falls is not None:
        for rule in versions:
            if rule.chosen_by == "limit" and rule.holds_on(falls):
                return Chosen(rule)
    by_trigger = [rule for rule in versions if rule.chosen_by == "trigger"]
    for rule in by_trigger:
        if rule.holds_on(on):
            return Chosen(rule)
    for rule in by_trigger:
        if rule.status == "case" and rule.since is not None and on < rule.since:
            return Chosen(
                rule,
                f"The judgment is of {rule.since}: it says what the law was on {on}, too, but "
                "that could not be known then.",
            )
    spans = "; ".join(f"{r.since or '…'} to {r.until or '…'}" for r in by_trigger)
    raise NotFound(f"{rule_id} did not hold on {on}: it is known for {spans}.")


def due(
    rule_id: str,
    trigger_day: date,
    *,
    exceptions: Collection[str] = (),
    holidays: BankHolidays | None = None,
    law: Law | None = None,
) -> Due:
    """Say by which day a thing must be done.

    Args:
        rule_id: such as ``D08``.
        trigger_day: the day of the fact that starts the limit; of the event, for a limit before it.
        exceptions: ids of exceptions that are claimed. They disapply the limit and do not move it.
        holidays: the bank holidays; those of England and Wales without it.
        law: the rules; those of England without it.

    Raises:
        NotFound: there is no such rule, or it did not hold on that day.
        BadInput: the rule gives no day, or needs several; the exception is not one of this rule;
            bank holidays are not known for a day that has to be counted.
    """
    holidays = holidays or england_and_wales()
    chosen = rule_for(rule_id, on=trigger_day, law=law)
    counted = _counted(chosen.rule, trigger_day, holidays)
    final = rule_for(rule_id, on=trigger_day, falls=counted.last_day, law=law)
    if final.rule is not chosen.rule:
        counted = _counted(final.rule, trigger_day, holidays)
    return _claimed(
        Due(
            counted.last_day,
            final.rule,
            counted.explanation,
            counted.basis,
            counted.mark,
            final.uncertain,
        ),
        exceptions,
    )


def due_together(
    rule_id: str,
    days: Mapping[str, date],
    *,
    exceptions: Collection[str] = (),
    holidays: BankHolidays | None = None,
    law: Law | None = None,
) -> Due:
    """Say by which day a thing must be done under a rule that takes the later or earlier of others.

    Args:
        rule_id: such as ``D66``.
        days: the day of each fact that is there; those of other rules do no harm. A limit whose
            fact is not there is left out, and the explanation says so. Of several facts that start
            one limit the latest counts.
        exceptions: as for ``due``.
        holidays: as for ``due``.
        law: as for ``due``.

    Raises:
        NotFound: as for ``due``.
        BadInput: as for ``due``, or none of the rule's facts is there, or one has no such name.
    """
    law = law or england()
    versions = law.versions(rule_id)
    for fact in days:
        if fact not in law.facts:
            near = difflib.get_close_matches(fact[:40], law.facts, 1)
            hint = f"; perhaps {near[0]} is meant" if near else ""
            raise BadInput(f"There is no fact {fact[:40]!r}{hint}.")
    if versions[0].count not in COMPOSED:
        facts = [days[fact] for fact in versions[0].trigger if fact in days]
        if not facts:
            raise BadInput(_missing(rule_id, versions[0].trigger))
        return due(rule_id, max(facts), exceptions=exceptions, holidays=holidays, law=law)
    parts: list[Due] = []
    started: list[date] = []
    left_out: list[str] = []
    triggers: list[str] = []
    for part in versions[0].of:
        named = law.versions(part)[0].trigger
        triggers.extend(named)
        facts = [days[fact] for fact in named if fact in days]
        if facts:
            started.append(max(facts))
            parts.append(due(part, max(facts), holidays=holidays, law=law))
        else:
            left_out.append(f"{part} is left out: no day for {' or '.join(named)} is given.")
    if not parts:
        raise BadInput(_missing(rule_id, triggers))
    marks: list[Mark] = [part.weakest_mark for part in parts]
    chosen = rule_for(rule_id, on=min(started), law=law)
    pick = max if chosen.rule.count == "later-of" else min
    one = pick(parts, key=lambda part: part.last_day)
    told = [f"{part.rule.id}: {part.explanation}" for part in parts]
    which = "later" if chosen.rule.count == "later-of" else "earlier"
    told.append(f"The {which} is {one.last_day}.")
    return _claimed(
        Due(
            one.last_day,
            chosen.rule,
            " ".join([*told, *left_out]),
            "; ".join(dict.fromkeys(part.counted_by for part in parts)),
            weakest(*marks),
            next((u for u in (chosen.uncertain, *(p.uncertain for p in parts)) if u), None),
        ),
        exceptions,
    )


def _counted(rule: Rule, day: date, holidays: BankHolidays) -> Counted:
    length, unit = rule.length or 0, rule.unit or "days"
    match rule.count:
        case "within":
            counted = counting.within(day, length, unit)
        case "beginning-with":
            counted = counting.beginning_with(day, length, unit)
        case "before":
            counted = counting.before(day.year, rule.month or 0, rule.day or 0)
        case "at-least-before":
            counted = counting.at_least_before(day, length, unit)
        case "same-day":
            return counting.same_day(day)
        case "working-days-within":
            return counting.working_days_within(day, length, holidays)
        case "working-days-beginning-with":
            return counting.working_days_beginning_with(day, length, holidays)
        case "end-of-academic-year":
            return counting.end_of_academic_year(day, length)
        case "later-of" | "earlier-of":
            raise BadInput(f"{rule.id} is the {rule.limit}: give the day of each, not one day.")
        case "carry" | "none":
            raise BadInput(f"{rule.id} gives no day: {rule.instead}.")
    if rule.carried_by:
        return counting.carried_by_the_tribunal(
            counted, holidays, lodging=_OVER_HOLIDAYS in rule.carried_by
        )
    if counted.last_day.weekday() >= _SATURDAY:
        told = f"{counted.explanation} It stays on the weekend: {_NOT_CARRIED}"
        return replace(counted, explanation=told)
    return counted


def _claimed(due: Due, exceptions: Collection[str]) -> Due:
    for one in exceptions:
        if one not in due.rule.exceptions:
            known = ", ".join(due.rule.exceptions) or "none"
            raise BadInput(f"{one[:40]!r} is no exception of {due.rule.id}; these are: {known}.")
    return replace(due, disapplied_by=tuple(dict.fromkeys(exceptions)))


def _missing(rule_id: str, triggers: Iterable[str]) -> str:
    facts = ", ".join(dict.fromkeys(triggers))
    return f"{rule_id} needs the day of one of these facts: {facts}."
