"""Which advice is asked for about a plan, and from whom?

It is chosen as a writer is, and is no task of a section: it counts against no limit. Whoever was
asked by a rule for a review stays asked, and nobody else is by the same rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ehcp_flow.cycles.attending import Missing
from ehcp_flow.cycles.file import Advice, Rule
from ehcp_flow.cycles.rulebook import Rulebook
from ehcp_flow.cycles.takers import People
from ehcp_flow.cycles.turns import Ruling, Turns
from ehcp_flow.events import AdviceKind
from ehcp_flow.plan import Particulars
from ehcp_flow.projections.duties import DutyLine


@dataclass(frozen=True, slots=True)
class AskedAdvice:
    """Someone who is asked to give advice by a day."""

    kind: AdviceKind
    to: str
    """The person's id."""
    to_name: str
    to_role: str
    due: date
    rule: str
    """The rule of the file that chose this person, as a sentence."""
    chosen: str | None = None
    """Why this one of several who could; ``None`` when there was no choice."""
    text: str | None = None
    """What the request says beside."""


class Advising:
    """Goes from plan to plan, and asks for advice about each."""

    def __init__(self, rules: Rulebook, people: People, turns: Turns) -> None:
        self._turns = turns
        self._rulings = [
            (advice, advice.in_words(), Ruling("write", _as_rule(advice), people, turns.many))
            for advice in rules.advice
        ]

    def asked(
        self, pupil: Particulars, meeting: date, before: Sequence[DutyLine]
    ) -> tuple[tuple[AskedAdvice, ...], list[Missing]]:
        """Who is asked for advice about a pupil, and which advice nobody can give."""
        asked: dict[tuple[AdviceKind, str], AskedAdvice] = {}
        missing: list[Missing] = []
        for advice, words, ruling in self._rulings:
            if not advice.holds_for(pupil.year) or any(
                duty.kind == advice.kind and duty.rule == words for duty in before
            ):
                continue
            due = self._turns.due(ruling.rule, meeting)
            some = self._turns.able(ruling, pupil, due, (), 2, _always)
            chosen: str | None = None
            if not some:
                why = ruling.why_nobody(pupil, due)
                missing.append(Missing(pupil.reference, "advice", advice.kind, why))
            asked_before = {duty.to for duty in before if duty.kind == advice.kind}
            if advice.ask == "one":
                if asked_before.intersection(one.id for one in some):
                    continue
                chosen = self._turns.why(pupil, (), some)
                some = some[:1]
            for one in some:
                if one.id in asked_before:
                    continue
                request = AskedAdvice(
                    advice.kind,
                    one.id,
                    one.taker.person.name,
                    one.taker.role,
                    one.due,
                    words,
                    chosen,
                    advice.text,
                )
                # Whom two rules ask for the same is asked once, by the first of them.
                asked.setdefault((advice.kind, one.id), request)
        return tuple(asked.values()), missing


def _as_rule(advice: Advice) -> Rule:
    """An advice as a rule by which people are chosen."""
    return Rule.model_construct(
        sections=(),
        years=advice.years,
        roles=advice.roles,
        ask=advice.ask,
        due_days_before_meeting=advice.days_before_meeting,
    )


def _always(_: str) -> bool:
    return True
