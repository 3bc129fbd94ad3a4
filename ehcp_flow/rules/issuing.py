"""May the authority issue the plan now, and with which text?

Proposed text and issued text are different things: only the authority issues (Children and
Families Act 2014, sections 37 and 44; SEND Regulations 2014, regulations 13, 22, 28, 42, 44, 45).
What was issued changes by an amendment, a correction or a reopening alone, each with its trigger;
that each section is approved before it is issued is the product's own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from ehcp_flow.authorship.delta import readable
from ehcp_flow.errors import BadInput, NotFound, Refused
from ehcp_flow.events import Event, FactRecorded, IssueSent, PlanIssued, Words, words
from ehcp_flow.hands import Hand
from ehcp_flow.plan import IN_WORDS, Fact, Issue, Plan, Recipient, Section
from ehcp_flow.rules.entering import ISSUE, standing, stands_for
from ehcp_flow.rules.governing import may_record
from ehcp_flow.rules.stating import NotStated, Stated, Who
from ehcp_flow.statute.facts import FactKind, Facts
from ehcp_flow.statute.rules import due
from ehcp_flow.templates.template import Template
from ehcp_flow.text import one_line, says_something

LONGEST_NAME = 200
"""Code points in the name of a recipient who is not known here."""

_MAY_BE_ISSUED = ("approved", "issued")

_NEW_PLAN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "reassessment-decided": {},
    "reassessment-notified": {"decision": ("re-assess",)},
    "tribunal-order-made": {"order": ("assess", "make a plan", "other")},
    "concession-told-to-tribunal": {"concedes": ("assess", "make a plan")},
}
"""What a further final plan follows: regulations 27, 44 and 45. By fact: what its fields say."""

_OVER: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "plan-ceased": {},
    "plan-transferred": {"direction": ("out",)},
}
"""What leaves no plan here that the authority could issue again."""

Frozen = tuple[str, int, str]
"""A section's id, its revision, and the digest of its text."""


ISSUING = "Children and Families Act 2014, section 37"
"""What lets the authority issue, and no model can."""


class SentTo(NamedTuple):
    """Somebody to whom a version goes."""

    role: str
    name: str | None = None
    person: str | None = None
    """Their id, when they are known here."""


class Holder(NamedTuple):
    """Who holds which version: the latest one that they were sent."""

    role: str
    name: str | None
    person: str | None
    issue: int
    day: date
    """The day on which it was sent."""
    way: str | None
    superseded_by: int | None
    """The version that took the place of theirs; ``None``: they hold the one in force."""


def recipients(facts: Facts, kind: FactKind, said: Sequence[str], who: Who) -> tuple[SentTo, ...]:
    """Read to whom a version goes, each as ``ROLE: NAME`` or ``ROLE``.

    Raises:
        NotStated: the fact sends nothing, or a role that nobody is sent a plan in, a name that is
            too long or looks like an id and is nobody's, or somebody twice.
        Ambiguous: several people go by a name.
    """
    if said and not kind.recipients:
        raise NotStated(kind.id, "to", said[0], "nothing, for this fact sends no version,")
    found: list[SentTo] = []
    for text in said:
        given, _, name = one_line(text).partition(":")
        role = next((one for one in facts.recipients if one == given.strip().casefold()), None)
        if role is None:
            expected = f"ROLE: NAME with a role of {', '.join(facts.recipients)}"
            raise NotStated(kind.id, "to", text, expected)
        to = _sent_to(kind, text, role, name.strip(), who)
        if any(_same(to, other) for other in found):
            raise NotStated(kind.id, "to", text, "each recipient once")
        found.append(to)
    return tuple(found)


def _sent_to(kind: FactKind, text: str, role: str, name: str, who: Who) -> SentTo:
    if not name:
        return SentTo(role)
    if len(name) > LONGEST_NAME or not says_something(name):
        raise NotStated(kind.id, "to", text, f"a name of at most {LONGEST_NAME} characters")
    try:
        person = who(name)
    except NotFound:
        expected = "somebody known here by staff id or e-mail address, or a name"
        raise NotStated(kind.id, "to", text, expected) from None
    return SentTo(role, name) if person is None else SentTo(role, person.name, person.id)


def issue(
    plan: Plan,
    kind: FactKind,
    stated: Stated,
    fact: FactRecorded,
    *,
    rests_on: Fact | None,
    to: Sequence[SentTo],
    hand: Hand,
    template: Template,
) -> list[Event]:
    """Freeze the plan's text as its next version, with the fact that says so.

    Args:
        plan: as it stands.
        kind: the fact's kind, which issues.
        stated: what its fields say.
        fact: the fact.
        rests_on: the fact that lets it be, where it needs one.
        to: who is sent it.
        hand: the authority's officer; the day is that on which it was issued.
        template: the plan's.

    Returns:
        The fact, the version, and one event for each recipient: to be recorded as one.

    Raises:
        Refused: nothing lets it be issued, a section is not approved, or a text is of a later day.
        BadInput: nobody is sent it.
    """
    may_record(plan, kind, hand)
    if not to:
        raise BadInput(
            f"Nobody is named who was sent it: say so with --to, such as --to 'parent: NAME' "
            f"({kind.id})."
        )
    trigger = _trigger(plan, kind, rests_on, hand.day)
    last = in_force(plan)
    redates = kind.issues == "corrected" and _says_another_day(plan, kind, stated)
    if redates and last is not None and stated.says("sections") is None:
        frozen = _lines(last)
    else:
        frozen = tuple(_frozen(plan, kind, stated, rests_on, template))
    for id, revision, _ in frozen:
        _not_of_a_later_day(plan, plan.section(id), revision, hand)
    changes = redates or kind.issues in ("draft", "final")
    if last is not None and not changes and frozen == _lines(last):
        raise Refused(
            f"No word of {plan.reference} would differ from version {last.number}: write and "
            "approve the change first"
            + (", or record amendment-refused." if kind.issues == "amended" else ".")
        )
    number = len(plan.issues) + 1
    details = (*fact.details, (ISSUE, str(number)))
    issued = PlanIssued(
        **hand.act("decider", law=ISSUING),
        issue=number,
        kind=kind.issues or "draft",
        sections=frozen,
        issue_digest=digest(frozen),
        trigger=None if trigger is None else trigger.number,
    )
    sent = send(number, to, way=stated.says("way"), hand=hand)
    return [fact.model_copy(update={"details": details}), issued, *sent]


def send(number: int, to: Sequence[SentTo], *, way: str | None, hand: Hand) -> list[IssueSent]:
    """Record who is sent a version.

    Args:
        number: of the version.
        to: who.
        way: by which way it goes, when that is said.
        hand: the authority's officer.
    """
    return [
        IssueSent(
            **hand.act("decider", law=ISSUING),
            issue=number,
            to_role=one.role,
            to_name=_name(one),
            to=one.person,
            way=way,
        )
        for one in to
    ]


def send_again(
    plan: Plan,
    kind: FactKind,
    stated: Stated,
    fact: FactRecorded,
    *,
    to: Sequence[SentTo],
    hand: Hand,
) -> list[Event]:
    """Record that a version that was issued before went to somebody else.

    Raises:
        Refused: it was not issued by that day.
        BadInput: nobody is named.
    """
    if not to:
        raise BadInput(f"Nobody is named who was sent it: say so with --to ({kind.id}).")
    number = int(stated.says("version") or 0)
    version = next(issue for issue in plan.issues if issue.number == number)
    if version.day > hand.day:
        raise Refused(
            f"Version {number} of {plan.reference} was issued on {version.day}, and nobody was "
            f"sent it on {hand.day}: say the day on which it went."
        )
    return [fact, *send(number, to, way=stated.says("way"), hand=hand)]


def digest(frozen: Iterable[Frozen]) -> str:
    """Return the SHA-256 of the lines ``id revision digest``, each ended by a line feed."""
    lines = "".join(f"{id} {revision} {of_text}\n" for id, revision, of_text in frozen)
    return sha256(lines.encode()).hexdigest()


def in_force(plan: Plan) -> Issue | None:
    """Return the version that was issued last; a draft is none."""
    return next((issue for issue in reversed(plan.issues) if issue.kind != "draft"), None)


def superseded_by(plan: Plan, issue: Issue) -> int | None:
    """Return the version that took a version's place, the latest; ``None`` while it stands."""
    later = [other.number for other in plan.issues if other.number > issue.number]
    real = [n for n in later if plan.issues[n - 1].kind != "draft"]
    if real:
        return real[-1]
    # A further draft takes the place of a draft, not that of a plan in force.
    return later[-1] if later and issue.kind == "draft" else None


def holders(plan: Plan) -> tuple[Holder, ...]:
    """Return who holds which version, in the order in which they were first sent one."""
    latest: list[tuple[SentTo, Issue, Recipient]] = []
    for issue in plan.issues:
        for one in issue.sent:
            to = SentTo(one.role, one.name, one.person)
            held = [n for n, (other, _, _) in enumerate(latest) if _same(to, other)]
            if not held:
                latest.append((to, issue, one))
            # A draft takes the place of no plan that somebody holds.
            elif issue.kind != "draft" or latest[held[0]][1].kind == "draft":
                latest[held[0]] = (to, issue, one)
    return tuple(
        Holder(*to, issue.number, one.day, one.way, superseded_by(plan, issue))
        for to, issue, one in latest
    )


def told(plan: Plan, kind: FactKind, to: Sequence[SentTo]) -> list[str]:
    """Say what whoever issued a version should know: who is missing, who holds an earlier one.

    Source: who is sent a final plan, regulation 13(2) of the SEND Regulations 2014 [read].

    Args:
        plan: as it stands after the version was issued.
        kind: of the fact that issued it.
        to: who was sent it.
    """
    said: list[str] = []
    roles = {one.role for one in to}
    if not roles & {"parent", "young person"}:
        said.append("Neither a parent nor the young person is among those it was sent to.")
    if kind.issues == "final":
        missing = [
            what
            for what, ones in (
                ("the institution", {"school", "post-16 institution", "early-years provider"}),
                ("the commissioning body", {"commissioning body", "integrated care board"}),
            )
            if not roles & ones
        ]
        if missing:
            said.append(
                f"The final plan also goes to {' and '.join(missing)} (regulation 13(2)): record "
                "it with issued-version-sent."
            )
    old = sum(holder.superseded_by is not None for holder in holders(plan))
    if old:
        said.append(
            f"{old} {'holds' if old == 1 else 'hold'} a superseded version: `plan issued "
            f"{plan.reference}` shows who."
        )
    if kind.issues == "amended":
        said += _about_representations(plan)
    return said


def _about_representations(plan: Plan) -> Iterator[str]:
    """Say which have no answer, and whether the time for them was not over yet.

    Source: the limit D27, regulation 22(2)(c), counted from the service.
    """
    if open_ := unanswered(plan):
        numbers = ", ".join(map(str, open_))
        yield f"Without an answer on record: representations {numbers}."
    issue = plan.issues[-1]
    notice = next((fact for fact in plan.facts if fact.number == issue.trigger), None)
    if notice is None:
        return
    served = [
        fact.day
        for fact in standing(plan)
        if fact.fact == "amendment-notice-served" and notice.day <= fact.day <= issue.day
    ]
    deemed = notice.details.get("deemed-served")
    day = served[-1] if served else date.fromisoformat(deemed) if deemed else notice.day
    limit = due("D27", day)
    if issue.day <= limit.last_day:
        yield (
            f"The time for representations runs until {limit.last_day} ({limit.citation}), and "
            f"version {issue.number} is of {issue.day}."
        )


def unanswered(plan: Plan) -> list[int]:
    """Return the numbers of the representations that have no answer on record."""
    facts = standing(plan)
    answered = {
        fact.details.get("representation")
        for fact in facts
        if fact.fact == "representation-answered"
    }
    return [
        fact.number
        for fact in facts
        if fact.fact == "representations-received"
        and not answered & {str(number) for number in _numbers(plan, fact)}
    ]


def _numbers(plan: Plan, fact: Fact) -> list[int]:
    """The number of a fact and of those in whose place it stands."""
    replaced = {one.number: one.replaces for one in plan.facts}
    numbers: list[int] = []
    now: int | None = fact.number
    while now is not None:
        numbers.append(now)
        now = replaced.get(now)
    return numbers


def _name(to: SentTo) -> Words | None:
    return None if to.name is None else words(to.name)


def _same(one: SentTo, other: SentTo) -> bool:
    """Whether two are the same: by id, else by role and name."""
    if one.person is not None or other.person is not None:
        return one.person == other.person
    return (one.role, (one.name or "").casefold()) == (other.role, (other.name or "").casefold())


def _lines(issue: Issue) -> tuple[Frozen, ...]:
    return tuple((id, revision, of_text) for id, (revision, of_text) in issue.sections.items())


def _trigger(plan: Plan, kind: FactKind, rests_on: Fact | None, day: date) -> Fact | None:
    """The fact that lets a version be issued, ``None`` for the first one and for a correction.

    Raises:
        Refused: nothing lets it.
    """
    last = in_force(plan)
    if plan.issues and day < plan.issues[-1].day:
        raise Refused(
            f"Version {plan.issues[-1].number} of {plan.reference} was issued on "
            f"{plan.issues[-1].day}, and the next one is not of a day before that: check the day."
        )
    match kind.issues:
        case "final" if last is not None:
            again = [
                fact
                for fact in standing(plan)
                if fact.version > last.version and last.day <= fact.day <= day
                if _says(fact, _NEW_PLAN)
            ]
            if not again:
                raise Refused(
                    f"{plan.reference} has a final plan (version {last.number}), and another one "
                    "follows a re-assessment or an order alone: record amended-plan-finalised, "
                    "plan-corrected or plan-reopened, or what lets it be first "
                    f"({', '.join(_NEW_PLAN)})."
                )
            return again[-1]
        case "amended" | "corrected" | "reopened":
            known = last is not None or any(one.issued for one in plan.sections.values())
            if not known or (kind.issues == "corrected" and last is None):
                # A final plan issued after the notice would use the notice up.
                first = "" if kind.issues == "amended" else "record plan-finalised first, or "
                raise Refused(
                    f"{plan.reference} has no issued version here that could change: {first}bring "
                    "its text in as issued with `plan import-texts`."
                )
            if kind.issues != "reopened":
                _not_over(plan, last, day)
            if kind.issues == "amended":
                _not_used_up(plan, rests_on)
            return rests_on
        case _:
            return rests_on


def _says_another_day(plan: Plan, kind: FactKind, stated: Stated) -> bool:
    """Whether a correction says on which day a version was really issued.

    Raises:
        NotStated: it says neither that nor which sections it corrects, or only a half of it.
        Refused: the version cannot have been issued on that day.
    """
    number, said = stated.says("version"), stated.says("issued-on")
    if number is None and said is None:
        if stated.says("sections") is None:
            raise NotStated(
                kind.id, "sections", "", "which are corrected, or version and issued-on"
            )
        return False
    if number is None or said is None:
        lacking, there = ("version", said) if number is None else ("issued-on", number)
        raise NotStated(kind.id, lacking, "", f"it beside {there}")
    issue, day = plan.issues[int(number) - 1], date.fromisoformat(said)
    earlier = [(one.day, f"version {one.number}") for one in plan.issues[: issue.number - 1]]
    earlier += [
        (fact.day, f"fact {fact.number} ({fact.fact}), which lets it be,")
        for fact in plan.facts
        if issue.trigger is not None and fact.number == stands_for(plan, issue.trigger)
    ]
    for before, what in earlier:
        if day < before:
            raise Refused(
                f"Version {number} of {plan.reference} was not issued on {day}: {what} is of "
                f"{before}."
            )
    return True


def _says(fact: Fact, wanted: Mapping[str, Mapping[str, tuple[str, ...]]]) -> bool:
    asked = wanted.get(fact.fact)
    return asked is not None and all(fact.details.get(name) in ok for name, ok in asked.items())


def _not_over(plan: Plan, last: Issue | None, day: date) -> None:
    """Hold back a change to a plan that the authority maintains no more."""
    told = [
        fact
        for fact in standing(plan)
        if fact.day <= day and fact.fact in _OVER and (last is None or fact.version > last.version)
    ]
    if told and _says(told[-1], _OVER):
        raise Refused(
            f"{plan.reference} is maintained here no more ({told[-1].fact} of {told[-1].day}, fact "
            f"{told[-1].number}), and its text is not issued again: take that fact back if it did "
            "not happen."
        )


def _not_used_up(plan: Plan, notice: Fact | None) -> None:
    """Hold each amendment notice to one amended version."""
    later = [
        issue
        for issue in plan.issues
        if issue.kind not in ("draft", "corrected")
        if notice is not None and issue.version > notice.version and issue.day >= notice.day
    ]
    if later:
        raise Refused(
            f"Version {later[-1].number} of {plan.reference} was issued since the amendment notice "
            f"(fact {notice.number if notice else 0}): record a further amendment-notice-sent "
            "before the plan is amended again."
        )


def _frozen(
    plan: Plan, kind: FactKind, stated: Stated, rests_on: Fact | None, template: Template
) -> Iterable[Frozen]:
    """The text of the version, section by section.

    What is meant to change stands as it is now; what is not keeps its text as issued.

    Raises:
        Refused: a section that is issued is not approved, or nothing would be.
    """
    said = stated.says("sections")
    chosen = None if said is None else set(said.split())
    if chosen is None and kind.issues == "amended" and rests_on is not None:
        chosen = set(rests_on.details["sections"].split())
    written = [plan.section(id) for id in template.ids if plan.section(id).revision]
    carried = kind.issues in ("amended", "corrected", "reopened")
    now = [one for one in written if chosen is None or one.id in chosen]
    _with_text(plan, now, chosen)
    if kind.issues != "draft":
        _approved(plan, now)
    changing = {one.id for one in now}
    for section in written:
        if section.id in changing:
            yield section.id, section.revision, section.text_digest
        elif carried and section.issued_as is not None:
            yield section.id, *section.issued_as


def _with_text(plan: Plan, now: Sequence[Section], chosen: set[str] | None) -> None:
    missing = sorted((chosen or set()) - {one.id for one in now})
    if missing or not now:
        what = f"section {', '.join(missing)}" if missing else "no section"
        raise Refused(
            f"{plan.reference} has {'no text in ' if missing else ''}{what}"
            f"{'' if missing else ' with a text'}, and there is nothing to issue: write it with "
            "`section edit` first."
        )


def _approved(plan: Plan, now: Sequence[Section]) -> None:
    not_yet = [one for one in now if one.status not in _MAY_BE_ISSUED]
    if not_yet:
        told = ", ".join(f"{one.id} ({IN_WORDS[one.status]})" for one in not_yet)
        raise Refused(
            f"Not approved in {plan.reference}, and not issued before they are: section {told}; "
            "have them reviewed, or name with --set sections=… those that are issued."
        )


def _not_of_a_later_day(plan: Plan, section: Section, revision: int, hand: Hand) -> None:
    edit = section.edit
    if section.revision == revision and edit is not None and edit.day > hand.day:
        raise Refused(
            f"Section {section.id} of {plan.reference} has this text (revision {revision}) since "
            f"{edit.day}, and it was not issued on {hand.day}: say the day on which it was."
        )


def went_to(event: IssueSent, to: Iterable[SentTo]) -> bool:
    """Whether somebody who was sent a version is one of these."""
    name = None if event.to_name is None else readable(event.to_name)
    return any(_same(SentTo(event.to_role, name, event.to), one) for one in to)
