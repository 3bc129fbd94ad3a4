"""May this fact be entered in a plan's record, corrected or taken back?

What decides and what is issued only the authority records: Children and Families Act 2014,
sections 37 and 44; SEND Regulations 2014, regulations 20 to 22. Which facts there are, who records
each and what each needs before it is data: ``ehcp_flow/statute/facts.toml``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ehcp_flow.authorship.delta import readable
from ehcp_flow.errors import BadInput, NotFound, NothingToDo, Refused
from ehcp_flow.events import Capacity, FactRecorded, FactWithdrawn
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Fact, Plan
from ehcp_flow.rules.governing import may_chair, may_record
from ehcp_flow.rules.stating import Stated
from ehcp_flow.statute.facts import FactKind, Facts, Need, Recorder
from ehcp_flow.statute.law import Law
from ehcp_flow.templates.limits import why_not
from ehcp_flow.templates.template import Template

_CAPACITY: Mapping[Recorder, Capacity] = {
    "authority": "decider",
    "coordinating": "coordinator",
    "office": "coordinator",
    "anyone": "witness",
}

ISSUE = "issue"
"""The detail of a fact that says which version was issued with it."""


class Entered(NamedTuple):
    """A fact to be recorded, and the one that lets it be."""

    event: FactRecorded
    rests_on: Fact | None


def record(
    plan: Plan,
    kind: FactKind,
    stated: Stated,
    *,
    facts: Facts,
    law: Law,
    hand: Hand,
    replaces: int | None = None,
) -> Entered:
    """Enter a fact.

    Args:
        plan: as it stands.
        kind: which fact.
        stated: what its fields say.
        facts: the catalogue.
        law: the rules and exceptions that fields name.
        hand: who records it; its day is the day on which it happened.
        replaces: the number of the fact, entered wrongly, in whose place it stands.

    Raises:
        Refused: the hand may not, or what it needs before it is not on record.
        NotFound: it names a fact, an advice or a version that is not there.
        BadInput: it claims an exception that the limit does not have.
        NothingToDo: exactly this is on record.
    """
    rule, by_law = may_record(plan, kind, hand)
    for name, said in zip(stated.told_as, stated.told, strict=True):
        if name.startswith("chair."):
            may_chair(plan, readable(said).partition(": ")[0], hand)
    if replaces is not None:
        _may_be_changed(plan, replaces, facts, hand, "corrected")
    others = [fact for fact in standing(plan) if fact.number != replaces]
    if (same := _same(others, kind, stated, hand.day)) is not None:
        raise NothingToDo(
            f"{plan.reference} has {kind.id} of {hand.day} with exactly this already "
            f"(fact {same.number})"
            + ("; who else was sent it: record issued-version-sent." if kind.issues else ".")
        )
    _names_what_is_there(plan, others, kind, stated, hand, law)
    rests_on = _what_it_needs(plan, others, kind, stated, hand)
    number = len(plan.facts) + 1
    if replaces is not None:
        new = Fact(
            number,
            plan.version + 1,
            kind.id,
            hand.day,
            hand.at,
            hand.by,
            hand.name,
            hand.role,
            dict(stated.details),
            {},
            replaces=replaces,
        )
        _nothing_hangs_on(plan, replaces, facts, new)
    event = FactRecorded(
        **hand.act(_CAPACITY[kind.by], rule, law=by_law),
        number=number,
        fact=kind.id,
        details=stated.details,
        told_as=stated.told_as,
        told=stated.told,
        replaces=replaces,
    )
    return Entered(event, rests_on)


def of_its_kind(plan: Plan, kind: FactKind, template: Template) -> None:
    """Hold a fact that only the plans of England's law have to those.

    Args:
        plan: as it stands.
        kind: which fact.
        template: the plan's.

    Raises:
        Refused: the plan is of another law, or of none.
    """
    if kind.any_plan or (why := why_not(template)) is None:
        return
    raise Refused(
        f"{kind.id} of {plan.reference} is not recorded, for {why}, and that is a fact of plans "
        "under the law of England alone: meetings, advice and reports are recorded of every plan "
        "(`record --list`)."
    )


def withdraw(plan: Plan, number: int, *, facts: Facts, hand: Hand) -> FactWithdrawn:
    """Take back a fact that did not happen.

    Raises:
        BadInput: no reason is given.
        NotFound: there is none of this number.
        NothingToDo: it was taken back before.
        Refused: the hand may not, a version was issued with it, or another fact needs it.
    """
    fact = _may_be_changed(plan, number, facts, hand, "taken back")
    if hand.because is None:
        raise BadInput(
            f"Fact {number} of {plan.reference} ({fact.fact}) is taken back with a reason: say it "
            "with --because."
        )
    _nothing_hangs_on(plan, number, facts, None)
    kind = facts.get(fact.fact)
    if kind is None:
        return FactWithdrawn(**hand.act("decider"), number=number)
    rule, by_law = may_record(plan, kind, hand)
    return FactWithdrawn(**hand.act(_CAPACITY[kind.by], rule, law=by_law), number=number)


def standing(plan: Plan) -> list[Fact]:
    """Return the facts that were not taken back, by day and in the order of their entry."""
    return sorted((fact for fact in plan.facts if not fact.withdrawn), key=_by_day)


def supporting(
    facts: Sequence[Fact], need: Need, *, of: str, day: date, own: int | None = None
) -> Fact | None:
    """Return the latest fact that is what another one needs, ``None`` when there is none.

    Args:
        facts: those that stand, by day.
        need: what is needed.
        of: the fact that needs it.
        day: its day.
        own: its number, when it is on record.
    """
    for fact in reversed(facts):
        if fact.day > day or fact.number == own:
            continue
        if not any(one.fits(fact.fact, fact.details) for one in need.any):
            continue
        if not any(
            closer.fact in need.closed_by
            and closer.number != own
            and (fact.day, fact.number) < (closer.day, closer.number)
            and (closer.day < day or (closer.fact == of and closer.day == day))
            for closer in facts
        ):
            return fact
    return None


def stands_for(plan: Plan, number: int) -> int:
    """Return the number of the fact that stands in the place of one that was corrected."""
    for fact in plan.facts:
        if fact.replaces == number:
            return stands_for(plan, fact.number)
    return number


def _by_day(fact: Fact) -> tuple[date, int]:
    return fact.day, fact.number


def _same(facts: Iterable[Fact], kind: FactKind, stated: Stated, day: date) -> Fact | None:
    details = dict(stated.details)
    told = dict(zip(stated.told_as, map(readable, stated.told), strict=True))
    for fact in facts:
        kept = {name: value for name, value in fact.details.items() if name != ISSUE}
        if (fact.fact, fact.day, kept, dict(fact.told)) == (kind.id, day, details, told):
            return fact
    return None


def _exempt(need: Need, details: Mapping[str, str]) -> bool:
    return bool(need.unless) and all(
        details.get(name) == value for name, value in need.unless.items()
    )


def _what_it_needs(
    plan: Plan, facts: Sequence[Fact], kind: FactKind, stated: Stated, hand: Hand
) -> Fact | None:
    """The fact that lets this one be, the latest of several; ``None`` when it needs none."""
    found: Fact | None = None
    for need in kind.needs:
        if _exempt(need, dict(stated.details)):
            continue
        support = supporting(facts, need, of=kind.id, day=hand.day)
        if support is None and not (need.or_reason and hand.because is not None):
            raise Refused(f"{plan.reference}: {_lacking(need, kind, facts, hand.day)}")
        found = support or found
    return found


def _lacking(need: Need, kind: FactKind, facts: Sequence[Fact], day: date) -> str:
    """What is needed and not there, and what to do."""
    what = " or ".join(map(str, need.any))
    closers = [fact for fact in facts if fact.fact in need.closed_by and fact.day <= day]
    since = f" since {closers[-1].fact} of {closers[-1].day}" if closers else ""
    ways = ["record that first"]
    if need.or_reason:
        ways.append("say with --because why it is not there")
    if need.instead is not None:
        ways.append(need.instead)
    return (
        f"{kind.id} of {day} needs {what} on that day or before{since}, and none is on record: "
        f"{', or '.join(ways)}."
    )


def _names_what_is_there(
    plan: Plan, facts: Sequence[Fact], kind: FactKind, stated: Stated, hand: Hand, law: Law
) -> None:
    for field in kind.fields:
        said = stated.says(field.name)
        if said is None:
            continue
        if field.kind == "advice" and int(said) > len(plan.advice):
            raise NotFound(
                f"{plan.reference} has no advice {said}: `advice list {plan.reference}` shows "
                f"{len(plan.advice)}."
            )
        if field.kind == "issue" and int(said) > len(plan.issues):
            raise NotFound(
                f"{plan.reference} has no issued version {said}: `plan issued {plan.reference}` "
                f"shows {len(plan.issues)}."
            )
        if field.kind == "fact" and not any(
            fact.number == int(said)
            and (not field.of or fact.fact in field.of)
            and fact.day <= hand.day
            for fact in facts
        ):
            which = f" {' or '.join(field.of)}" if field.of else ""
            raise NotFound(
                f"{plan.reference} has no fact {said} that is{which or ' there'} on {hand.day} or "
                f"before: `record {plan.reference}` shows those on record."
            )
    rule, exception = stated.says("rule"), stated.says("exception")
    if rule is not None and exception is not None:
        known = dict.fromkeys(one for each in law.versions(rule) for one in each.exceptions)
        if exception not in known:
            raise BadInput(
                f"{rule} has no exception {exception}: "
                + (f"it has {', '.join(known)}." if known else "it has none.")
            )


def _may_be_changed(plan: Plan, number: int, facts: Facts, hand: Hand, how: str) -> Fact:
    fact = next((fact for fact in plan.facts if fact.number == number), None)
    if fact is None:
        raise NotFound(
            f"{plan.reference} has no fact {number}: `record {plan.reference}` shows those on "
            f"record ({len(plan.facts)})."
        )
    if (kind := facts.get(fact.fact)) is not None:
        may_record(plan, kind, hand)
    if fact.withdrawn:
        now = stands_for(plan, number)
        instead = f"; fact {now} stands in its place" if now != number else ""
        raise NothingToDo(
            f"Fact {number} of {plan.reference} does not stand any more: it was taken back or "
            f"corrected before{instead}."
        )
    if ISSUE in fact.details:
        raise Refused(
            f"Version {fact.details[ISSUE]} of {plan.reference} was issued with fact {number} "
            f"({fact.fact}), and what was sent out is not {how}: record plan-corrected, which "
            "issues the plan again and says why; where only the day was wrong, say with version "
            "and issued-on when it was."
        )
    return fact


def _nothing_hangs_on(plan: Plan, number: int, facts: Facts, new: Fact | None) -> None:
    """Hold back what would leave another fact, or an issued version, without its ground.

    Raises:
        Refused: naming what hangs on it.
    """
    before = standing(plan)
    after = [fact for fact in before if fact.number != number]
    if new is not None:
        after = sorted([*after, new], key=_by_day)
    hanging: list[str] = []
    for fact in after:
        kind = facts.get(fact.fact)
        if kind is None or fact is new:
            continue
        if _points_to(plan, kind, fact, number, new):
            hanging.append(f"fact {fact.number} ({fact.fact})")
            continue
        for need in kind.needs:
            if _exempt(need, fact.details):
                continue
            held = supporting(before, need, of=fact.fact, day=fact.day, own=fact.number)
            if (
                held is not None
                and held.number == number
                and not supporting(after, need, of=fact.fact, day=fact.day, own=fact.number)
            ):
                hanging.append(f"fact {fact.number} ({fact.fact})")
    was = next(fact for fact in before if fact.number == number)
    hanging += [
        f"version {issue.number}"
        for issue in plan.issues
        if issue.trigger is not None and stands_for(plan, issue.trigger) == number
        if new is None or new.day > issue.day or not _says_the_same(was, new, facts)
    ]
    if hanging:
        raise Refused(
            f"{', '.join(dict.fromkeys(hanging))} of {plan.reference} "
            f"{'rests' if len(hanging) == 1 else 'rest'} on fact {number}: take that back first, "
            "or correct this one with --replaces."
        )


def _says_the_same(fact: Fact, new: Fact, facts: Facts) -> bool:
    """Whether a fact lets be done what another one did: of its kind, and the same was chosen."""
    kind = facts.get(new.fact)
    return (
        kind is not None
        and new.fact == fact.fact
        and all(
            new.details.get(field.name) == fact.details.get(field.name)
            for field in kind.fields
            if field.kind == "choice" and field.name != "way"
        )
    )


def _points_to(plan: Plan, kind: FactKind, fact: Fact, number: int, new: Fact | None) -> bool:
    """Whether a fact points to one of which nothing, or nothing fit, is put in the place."""
    for field in kind.fields:
        said = fact.details.get(field.name) if field.kind == "fact" else None
        if said is None or stands_for(plan, int(said)) != number:
            continue
        if new is None or (field.of and new.fact not in field.of):
            return True
    return False
