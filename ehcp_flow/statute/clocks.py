"""Which limits run for a plan on a day, by when, and which were met?

The rules and the facts that start, meet and end each of them are data, in ``england.toml``: here
they are only put together. Only what had happened by the day counts, and whether something is late
is judged on that day, so that the same day gives the same answer for ever.

    >>> from datetime import date
    >>> from ehcp_flow.statute.clocks import Happened, clocks
    >>> meeting = Happened("review-meeting-held", date(2026, 11, 11))
    >>> [one] = [c for c in clocks([meeting], as_at=date(2026, 12, 10)) if c.rule.id == "D25"]
    >>> one.state, str(one.last_day), one.days_left
    ('overdue', '2026-12-09', -1)
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from ehcp_flow.errors import BadInput, NotFound
from ehcp_flow.statute import counting
from ehcp_flow.statute.bank_holidays import BankHolidays, england_and_wales
from ehcp_flow.statute.happened import (
    PARTICULARS,
    Happened,
    Trigger,
    by_particulars,
    known,
    rights_pass_on,
    told_by_particulars,
    told_by_particulars_alone,
    triggers,
)
from ehcp_flow.statute.law import COMPOSED, Law, Pattern, Rule, england
from ehcp_flow.statute.marks import Mark
from ehcp_flow.statute.rules import Due, UnderARule, due, due_together, rule_for

__all__ = [
    "CLAIM",
    "OPEN",
    "Clock",
    "Happened",
    "State",
    "clocks",
    "latest_meeting",
    "length",
    "review_due",
    "told_by_particulars",
]

State = Literal["overdue", "due", "disapplied", "missed", "met late", "met", "ended"]
"""How a limit stands.

- *overdue*, *due*: it is to be met, and its last day has passed or has not;
- *disapplied*: an exception was claimed, and there is no limit where it is made out;
- *missed*: it was not met in time, and something else has happened that leaves it behind;
- *met late*, *met*;
- *ended*: there is nothing left to meet, or time that somebody had has passed.
"""

OPEN: tuple[State, ...] = ("overdue", "due", "disapplied")
"""What may still need somebody."""

CLAIM = "exception-claimed"
"""The fact that an exception to a limit was claimed: ``rule`` and ``exception`` are its details."""

_PARENTS = "parent or young person"


@dataclass(frozen=True, slots=True)
class Clock(UnderARule):
    """A limit that a fact started."""

    rule: Rule
    """The version that holds."""
    state: State
    trigger: str
    """The fact that started it."""
    trigger_day: date
    """The day that is counted from."""
    source: str
    """What says so: the number of an entered fact, ``particulars``, ``cycle ID``."""
    last_day: date | None
    """The last day that is in time; ``None``: there is no day, see ``instead``."""
    days_left: int | None
    """From the day asked about to the last one, less than 0 when it has passed; ``None`` when
    nothing is to be done any more."""
    actor: str
    explanation: str
    """The arithmetic, and what has to be said beside it."""
    counted_mark: Mark
    uncertain: str | None = None
    """Why it is not certain that the rule applies."""
    met_by: str | None = None
    met_on: date | None = None
    because: str | None = None
    """Why it is missed or ended."""
    disapplied_by: tuple[str, ...] = ()

    @property
    def is_law(self) -> bool:
        """Whether it is law; guidance, what is local and what is proposed are not."""
        return self.rule.status in ("act", "regulation", "case")

    @property
    def caveats(self) -> str:
        """What may not be left out beside its title, as `` (guidance) [recalled]``."""
        status = "" if self.is_law else f" ({self.rule.status})"
        uncertain = " (uncertain)" if self.uncertain else ""
        mark = "" if self.rule.mark == "read" else f" [{self.rule.mark}]"
        return f"{status}{uncertain}{mark}"

    @property
    def key(self) -> str:
        """What names it within a plan, whatever else happens."""
        said = self.trigger if self.source == PARTICULARS else self.source
        return f"{self.rule.id}/{said}"


def urgency(clock: Clock) -> tuple[int, date, str]:
    """Return what sorts the most urgent first: what is open by its last day, then the rest."""
    open_ = clock.state in ("overdue", "due") and clock.last_day is not None
    return (
        (0 if open_ else 1 if clock.state in OPEN else 2),
        clock.last_day or date.max,
        clock.rule.id,
    )


def clocks(
    happened: Iterable[Happened],
    *,
    as_at: date,
    law: Law | None = None,
    holidays: BankHolidays | None = None,
) -> tuple[Clock, ...]:
    """Return the limits that the facts of a plan have started, the most urgent first.

    What nothing meets is no limit but a condition, and is not here. Of a rule that takes the later
    of several the parts are not here either, and of one that takes the earlier of several they are
    not while it surely holds.

    Args:
        happened: what was entered and not taken back, and what the particulars say, in any order.
        as_at: the day: later facts do not count, and what is late is judged on it. That the
            particulars say a later review makes uncertain what seems overdue before it: they say
            only the last one.
        law: the rules; those of England without it, and no proposal unless it is
            ``law.with_proposals()``.
        holidays: the bank holidays; those of England and Wales without it.
    """
    law = law or england()
    told = list(happened)
    story = _Story(
        known(told, law, as_at),
        told,
        as_at,
        law,
        holidays or england_and_wales(),
        {},
        set(),
    )
    found: list[Clock] = []
    together, alone = _started_by(law, frozenset(story.found))
    for rule_id in together:
        found += story.together(rule_id)
    for rule_id in alone:
        found += story.alone(rule_id)
    found.sort(key=urgency)
    return tuple(found)


class _Window(NamedTuple):
    """Between which days what happens belongs to a trigger; both are counted."""

    trigger: Trigger
    first: date
    last: date
    following: Trigger | None
    uncertain: str | None


_ENDLESS = date.max

_ONLY_THE_LAST = (
    "by the particulars, which say only the last one: whether there were others before is not "
    "recorded."
)


@dataclass(slots=True)
class _Story:
    """What happened to one plan, while its limits are being found."""

    found: Mapping[str, Sequence[Happened]]
    told: Sequence[Happened]
    """The same with what came after the day asked about."""
    as_at: date
    law: Law
    holidays: BankHolidays
    _windows: dict[str, list[_Window]]
    _hidden: set[tuple[str, str]]
    """Parts of rules that are told as a whole: rule and source."""

    # The limits ---------------------------------------------------------------------------------

    def alone(self, rule_id: str) -> Iterator[Clock]:
        """Yield the limits of a rule that counts from one fact."""
        answers = self._answers(rule_id)
        for place, window in enumerate(self.windows(rule_id)):
            if (rule_id, window.trigger.source) in self._hidden:
                continue
            counted = _counted(rule_id, window.trigger.day, self.law, self.holidays)
            if isinstance(counted, _NoRule):
                continue
            rule = counted.rule
            if rule.under_age is not None and not self._is_under(rule.under_age, counted.last_day):
                continue
            met = answers[place] if answers else self._met(rule, window)
            clock = self._clock(rule, counted, window, met)
            if rule.near is None or clock.state != "due" or self._is_near(rule.near, clock):
                yield clock

    def together(self, rule_id: str) -> Iterator[Clock]:
        """Yield the limits of a rule that takes the later or the earlier of several."""
        versions = self.law.all_versions[rule_id]
        first = versions[0]
        assert first.anchor is not None
        others = [one for one in first.of if one != first.anchor]
        for window in self.windows(first.anchor):
            started = {window.trigger.fact: window.trigger.day}
            parts = [(first.anchor, window.trigger)]
            for other in others:
                part = self._part(first, other, window)
                if part is not None:
                    started[part.fact] = part.day
                    parts.append((other, part))
            counted = _counted_together(
                rule_id, tuple(sorted(started.items())), self.law, self.holidays
            )
            if isinstance(counted, _NoRule):
                continue
            met = self._met(counted.rule, window)
            yield self._clock(counted.rule, counted, window, met)
            if counted.uncertain is None:
                self._hidden.update((id, part.source) for id, part in parts)

    def _part(self, rule: Rule, other: str, window: _Window) -> Trigger | None:
        """The trigger of another part that goes with that of the anchor: the latest."""
        windows = self.windows(other)
        if not rule.looks_back:
            last = window.following.day if window.following else _ENDLESS
            there = [w.trigger for w in windows if window.trigger.day <= w.trigger.day < last]
        else:
            # A review after the anchor is its answer, and starts nothing here.
            last = window.trigger.day if self._restarts(other) else _ENDLESS
            there = [w.trigger for w in windows if w.trigger.day <= last]
        return there[-1] if there else None

    def _clock(
        self, rule: Rule, counted: "_Counted", window: _Window, met: Happened | None
    ) -> Clock:
        last_day, trigger = counted.last_day, window.trigger
        claimed, wrong = self._claims(rule, window)
        state, because = self._state(rule, last_day, window, met, claimed)
        explanation = counted.explanation
        actor = rule.actor
        if actor == _PARENTS:
            actor, why = self._whose(met.day if met is not None else self.as_at)
            explanation = f"{explanation} {why}" if why else explanation
        if wrong:
            explanation = f"{explanation} {wrong}"
        if claimed:
            explanation = (
                f"{explanation} Claimed: {', '.join(claimed)}: where it is made out there is no "
                "limit, and no other day."
            )
        doubts = [window.uncertain, counted.uncertain]
        if state == "overdue":
            doubts.append(self._may_have_been_met(rule))
        uncertain = " ".join(one for one in doubts if one)
        return Clock(
            rule,
            state,
            trigger.fact,
            trigger.day,
            trigger.source,
            last_day,
            (last_day - self.as_at).days if last_day is not None and state in OPEN else None,
            actor,
            explanation,
            counted.mark,
            uncertain or None,
            None if met is None else met.fact,
            None if met is None else met.day,
            because,
            claimed,
        )

    def _state(
        self,
        rule: Rule,
        last_day: date | None,
        window: _Window,
        met: Happened | None,
        claimed: tuple[str, ...],
    ) -> tuple[State, str | None]:
        if met is not None:
            if last_day is None or met.day <= last_day:
                return "met", None
            if by_particulars(met.source):
                return "ended", f"{_told(met)}, {_ONLY_THE_LAST}"
            return ("disapplied" if claimed else "met late"), None
        if (moot := self._first(rule.ended_by, window.first, window.last)) is not None:
            return "ended", f"{_told(moot)}."
        ending = self._ending(rule, window)
        if ending is not None:
            day, why = ending
            late = last_day is not None and day > last_day and not rule.right
            following = window.following
            if following is not None and by_particulars(following.source):
                # They say only the last one: what was between is not recorded.
                late = False
            if late and not claimed:
                return "missed", f"It was not met before {why}."
            return "ended", f"{why[:1].upper()}{why[1:]}."
        if claimed:
            return "disapplied", None
        if last_day is None or last_day >= self.as_at:
            return "due", None
        if rule.right:
            return "ended", "The time has passed, and was not used."
        return "overdue", None

    def _may_have_been_met(self, rule: Rule) -> str | None:
        """Why it is not certain that something is overdue, where the particulars say more later."""
        later = told_by_particulars_alone(
            self.told, {*rule.met_by, *rule.trigger}, after=self.as_at
        )
        return None if later is None else f"{_told(later)}, {_ONLY_THE_LAST}"

    def _ending(self, rule: Rule, window: _Window) -> tuple[date, str] | None:
        """What leaves a limit behind that was not met: the day, and what it is."""
        trigger = window.trigger
        if trigger.instead is not None:
            # What it was counted back from will not be: nothing was missed.
            return trigger.since, f"another day was arranged on {trigger.instead}"
        leaves = (*self.law.ends_all, *rule.left_by)
        whole = self._first(leaves, trigger.since, _ENDLESS)
        following = window.following
        if whole is not None and (following is None or whole.day < following.day):
            return whole.day, _told(whole)
        if following is not None:
            return following.day, f"{following.fact} on {following.day}"
        if _counts_back(rule) and trigger.day < self.as_at:
            return trigger.day, f"the day it was to come before, {trigger.day}"
        return None

    # What belongs to which limit ----------------------------------------------------------------

    def windows(self, rule_id: str) -> list[_Window]:
        """The triggers to which a rule applies, each with the days that belong to it."""
        found = self._windows.get(rule_id)
        if found is None:
            found = self._windows[rule_id] = list(self._find_windows(rule_id))
        return found

    def _find_windows(self, rule_id: str) -> Iterator[_Window]:
        rule = self.law.all_versions[rule_id][0]
        started: list[tuple[Trigger, str | None]] = []
        for trigger in triggers(self.found, rule.trigger, self.law):
            applies, uncertain = self._applies(rule, trigger)
            if not applies:
                continue
            if started and not rule.many and started[-1][0].day == trigger.day:
                if by_particulars(started[-1][0].source):
                    started[-1] = trigger, uncertain
                continue
            started.append((trigger, uncertain))
        restarts = self._restarts(rule_id)
        back = _counts_back(rule)
        for place, (trigger, uncertain) in enumerate(started):
            following = started[place + 1][0] if place + 1 < len(started) else None
            if back:
                before = started[place - 1][0].day + _DAY if place else date.min
                first, last = trigger.opens or before, trigger.day
            elif rule.many:
                first, last, following = trigger.day, _ENDLESS, None
            else:
                first = trigger.day + _DAY if restarts and trigger.day < _ENDLESS else trigger.day
                last = _ENDLESS
                if following is not None:
                    last = following.day if restarts else following.day - _DAY
            window = _Window(trigger, first, last, None if back else following, uncertain)
            if rule.only_with and self._first(rule.only_with, trigger.day, last) is None:
                continue
            yield window

    def _applies(self, rule: Rule, trigger: Trigger) -> tuple[bool, str | None]:
        """Whether a rule applies to a trigger, and why that is not certain."""
        uncertain = None
        about = [one for one in rule.where if one.fact == trigger.fact]
        if rule.where and not any(one.fits(trigger.fact, trigger.details) for one in about):
            if not about or any(one.detail in trigger.details for one in about):
                return False, None
            said = " or ".join(f"{one.detail} {'|'.join(one.said)}" for one in about)
            uncertain = f"Whether it applies is not recorded: it does where {said} is said."
        if rule.only_after or rule.never_after:
            stands = self._stands(rule, trigger)
            if bool(rule.only_after) != stands:
                return False, None
        return True, uncertain

    def _stands(self, rule: Rule, trigger: Trigger) -> bool:
        """Whether what may stand behind a trigger does, and nothing closed it since."""
        behind = self._latest(rule.only_after or rule.never_after, trigger)
        if behind is None:
            return False
        closed = self._latest(rule.closed_by, trigger)
        return closed is None or _order(closed) < _order(behind)

    def _latest(self, patterns: Sequence[Pattern], trigger: Trigger) -> Happened | None:
        there = [
            one
            for pattern in patterns
            for one in self.found.get(pattern.fact, ())
            if one.day <= trigger.day and pattern.fits(one.fact, one.details)
        ]
        return max(there, key=_order, default=None)

    def _first(self, patterns: Sequence[Pattern], first: date, last: date) -> Happened | None:
        best: Happened | None = None
        for pattern in patterns:
            for one in self.found.get(pattern.fact, ()):
                if first <= one.day <= last and pattern.fits(one.fact, one.details):
                    if best is None or one.day < best.day:
                        best = one
                    break
        return best

    def _met(self, rule: Rule, window: _Window) -> Happened | None:
        """The first fact that meets a limit, among the days that belong to it."""
        best: Happened | None = None
        for fact in rule.met_by:
            for one in self.found.get(fact, ()):
                if window.first <= one.day <= window.last and not self._of_another(rule, one):
                    if best is None or one.day < best.day:
                        best = one
                    break
        return best

    def _of_another(self, rule: Rule, answer: Happened) -> bool:
        """Whether a fact that would meet a rule belongs to something else."""
        for pattern in rule.not_met_after:
            there = [one for one in self.found.get(pattern.fact, ()) if one.day <= answer.day]
            last = max(there, key=_order, default=None)
            if last is not None and pattern.fits(last.fact, last.details):
                return True
        return False

    def _answers(self, rule_id: str) -> list[Happened | None]:
        """What answers each of several that run beside each other: the oldest that is open."""
        rule = self.law.all_versions[rule_id][0]
        if not rule.many:
            return []
        windows = self.windows(rule_id)
        answers: list[Happened | None] = [None] * len(windows)
        for fact in rule.met_by:
            for answer in self.found.get(fact, ()):
                for place, window in enumerate(windows):
                    if answers[place] is None and window.first <= answer.day:
                        answers[place] = answer
                        break
        return answers

    def _restarts(self, rule_id: str) -> bool:
        """Whether what meets a rule also starts it again, on the same day."""
        return _restarts(rule_id, self.law)

    def _claims(self, rule: Rule, window: _Window) -> tuple[tuple[str, ...], str | None]:
        """The exceptions that were claimed of a limit, and what was claimed that is none of it."""
        claimed: list[str] = []
        wrong: str | None = None
        if CLAIM not in self.found:
            return (), None
        for one in self.found[CLAIM]:
            if one.details.get("rule") != rule.id or not self._belongs(one, window):
                continue
            exception = one.details.get("exception", "")
            if exception in rule.exceptions:
                claimed.append(exception)
            else:
                wrong = f"Claimed, but no exception of {rule.id}: {exception[:40]}."
        return tuple(dict.fromkeys(claimed)), wrong

    def _belongs(self, claim: Happened, window: _Window) -> bool:
        following = window.following
        return window.trigger.since <= claim.day and (
            following is None or claim.day < following.day
        )

    # Whose they are -----------------------------------------------------------------------------

    def _born(self) -> date | None:
        there = self.found.get("born")
        return there[0].day if there else None

    def _whose(self, day: date) -> tuple[str, str | None]:
        born = self._born()
        if born is None:
            return _PARENTS, None
        passes = rights_pass_on(born)
        if day <= passes:
            return (
                "parent",
                f"The parent's until {passes}, when compulsory school age ends [recalled].",
            )
        return "young person", (
            f"The young person's since compulsory school age ended on {passes}, subject to "
            "capacity [recalled]."
        )

    def _is_under(self, age: int, day: date | None) -> bool:
        born = self._born()
        if born is None or day is None:
            return False
        return counting.within(born, age, "years").last_day > day

    def _is_near(self, months: int, clock: Clock) -> bool:
        last = clock.last_day
        return last is not None and last <= counting.within(self.as_at, months, "months").last_day


_DAY = timedelta(days=1)


def _order(one: Happened) -> tuple[date, int]:
    return one.day, int(one.source) if one.source.isdecimal() else 0


def _told(one: Happened) -> str:
    return f"{one.fact} on {one.day}"


def _counts_back(rule: Rule) -> bool:
    return rule.count in ("before", "at-least-before")


# What is worked out from the rules once ---------------------------------------------------------


class _NoRule(NamedTuple):
    """A rule that did not hold on the day."""


class _Counted(NamedTuple):
    rule: Rule
    last_day: date | None
    explanation: str
    mark: Mark
    uncertain: str | None


@lru_cache(maxsize=50_000)
def _counted(rule_id: str, day: date, law: Law, holidays: BankHolidays) -> _Counted | _NoRule:
    try:
        chosen = rule_for(rule_id, on=day, law=law)
    except NotFound:
        return _NoRule()
    if chosen.rule.count == "none":
        told = f"There is no day: {chosen.rule.instead}."
        return _Counted(chosen.rule, None, told, chosen.rule.mark, chosen.uncertain)
    try:
        return _as_counted(due(rule_id, day, holidays=holidays, law=law))
    except BadInput as no:
        return _Counted(chosen.rule, None, str(no), chosen.rule.mark, str(no))


@lru_cache(maxsize=50_000)
def _counted_together(
    rule_id: str, days: tuple[tuple[str, date], ...], law: Law, holidays: BankHolidays
) -> _Counted | _NoRule:
    try:
        return _as_counted(due_together(rule_id, dict(days), holidays=holidays, law=law))
    except NotFound:
        return _NoRule()
    except BadInput as no:
        rule = law.all_versions[rule_id][-1]
        return _Counted(rule, None, str(no), rule.mark, str(no))


def _as_counted(found: Due) -> _Counted:
    return _Counted(
        found.rule, found.last_day, found.explanation, found.counted_mark, found.uncertain
    )


@lru_cache(maxsize=2_000)
def _started_by(law: Law, facts: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The rules that any of these facts starts: those made of several, and the others."""
    started = [
        id
        for id, versions in law.all_versions.items()
        if versions[0].count not in (*COMPOSED, "carry")
        and not facts.isdisjoint(versions[0].trigger)
    ]
    together = [id for id, versions in law.all_versions.items() if versions[0].anchor in started]
    parts = {
        one
        for versions in law.all_versions.values()
        if versions[0].count == "later-of"
        for one in versions[0].of
    }
    # What nothing meets is no limit.
    alone = [id for id in started if law.all_versions[id][0].met_by and id not in parts]
    return tuple(together), tuple(alone)


@lru_cache(maxsize=500)
def _restarts(rule_id: str, law: Law) -> bool:
    rule = law.all_versions[rule_id][0]
    return any(
        one.fact in rule.trigger and one.by in rule.met_by for one in law.implied
    ) or not set(rule.trigger).isdisjoint(rule.met_by)


# The annual review ------------------------------------------------------------------------------


@lru_cache(maxsize=50_000)
def review_due(made_on: date | None, last_review: date | None) -> date | None:
    """Return the last day of the 12 months in which a plan must be reviewed (D20).

    Args:
        made_on: the day the plan was first made.
        last_review: the day it was last reviewed; once there is one, the 12 months run from it.

    Returns:
        The last day on which a review is in time; ``None`` when neither day is known.
    """
    start = last_review or made_on
    if start is None:
        return None
    rule = _holding("D20", start)
    try:
        return counting.beginning_with(start, rule.length or 0, rule.unit or "days").last_day
    except BadInput:
        return date.max


def latest_meeting(due: date) -> date:
    """Return the last day for a meeting that leaves the authority its weeks to decide (D25).

    Source: guidance of Hounslow [read].

    Args:
        due: the day that ``review_due`` gave.
    """
    return due - length("D25", due)


@lru_cache(maxsize=50_000)
def length(rule_id: str, on: date) -> timedelta:
    """Return how long a limit in weeks or days is that a day starts.

    Raises:
        ValueError: it is counted in neither.
    """
    rule = _holding(rule_id, on)
    if rule.length is None or rule.unit not in ("days", "weeks"):
        raise ValueError(f"{rule_id} is counted in neither days nor weeks")
    return timedelta(**{rule.unit: rule.length})


def _holding(rule_id: str, on: date) -> Rule:
    """The version that holds on a day; the first one before there was any."""
    try:
        return rule_for(rule_id, on=on).rule
    except NotFound:
        return england().versions(rule_id)[0]
