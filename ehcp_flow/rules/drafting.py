"""May this text become the section's next revision?"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal

from ehcp_flow.authorship.delta import Delta, find_delta, revision_name, text_digest
from ehcp_flow.authorship.likeness import Equal, Search
from ehcp_flow.authorship.matching import MATCHER
from ehcp_flow.errors import BadInput, MovedOn, NothingToDo, Refused, WhoseWords
from ehcp_flow.events import Operation, SectionEdited, SectionTextImported, Task, Words
from ehcp_flow.events import words as as_words
from ehcp_flow.hands import Hand
from ehcp_flow.models.model import Rule
from ehcp_flow.plan import Plan, Section
from ehcp_flow.text import says_something

Answer = Literal["adopt", "claim"]
"""To the question whose words they are that equal what somebody else gave: theirs, or one's own."""

Find = Callable[[str], Search]
"""Looks for a new text in the plan."""


def edit(
    plan: Plan,
    section: str,
    text: str,
    *,
    over: int | None,
    hand: Hand,
    find: Find | None = None,
    answer: Answer | None = None,
) -> SectionEdited:
    """Propose a section's next text.

    Args:
        plan: as it stands.
        section: the section's id.
        text: the whole new text, normalised.
        over: the revision that it was written over; may be left out for a section without text.
        hand: who writes.
        find: finds where words of the new text come from; without it they are compared with the
            section's current text alone.
        answer: whose the words are that equal an advice, or that stand elsewhere in the plan.

    Raises:
        BadInput: an empty text, or a revision that does not exist.
        NothingToDo: the text is the current one.
        Refused: this person may not write here, or it is not said over which revision.
        MovedOn: someone else's text came in between.
        WhoseWords: words equal an advice, and it is not said whose they are.
    """
    now = plan.section(section)
    rule = may_write(plan, now, hand)
    if not says_something(text):
        raise BadInput(
            f"The text for section {section} of {plan.reference} is empty and nothing was "
            "recorded: write at least why there is nothing to say."
        )
    if text == now.text:
        raise NothingToDo(
            f"Section {section} of {plan.reference} has exactly this text already "
            f"(revision {now.revision})."
        )
    _drafted_over(plan, now, over)
    if find is None:
        delta, claimed = find_delta(now.text, text), None
    else:
        delta, claimed = _found(plan, now, find(text), answer)
    return _edited(now, text, delta.operations, delta.written, hand, rule, MATCHER, claimed)


def adopt(
    plan: Plan,
    section: str,
    source: str,
    start: int,
    stop: int,
    *,
    after: int | None = None,
    over: int | None = None,
    hand: Hand,
) -> SectionEdited:
    """Place words of an advice in a section, as a paragraph of their own.

    Whoever gave them stays their author; the hand is who placed them, and answers for that.

    Args:
        plan: as it stands.
        section: the section's id.
        source: the advice, as ``advice@3``.
        start: where the words begin in it, in code points.
        stop: where they end.
        after: the offset in the section's text after which they are placed, the end of the text
            when it is not said.
        over: the revision that was read, if that matters.
        hand: who adopts them.

    Raises:
        Refused: this person may not write here.
        MovedOn: it is not the revision that was read.
    """
    now = plan.section(section)
    rule = may_write(plan, now, hand)
    _drafted_over(plan, now, now.revision if over is None else over)
    words = next(each.text for each in plan.advice if each.source == source)[start:stop]
    at = len(now.text) if after is None else after
    before, behind = now.text[:at], now.text[at:]
    operations: list[Operation] = []
    written: list[Words] = []

    def write(piece: str) -> None:
        operations.append(("write", len(piece), len(written)))
        written.append(as_words(piece))

    if before:
        operations.append(("keep", len(before)))
        write(_PARAGRAPH)
    operations.append(("take", source, start, stop, "adopted"))
    if behind:
        if not behind.startswith("\n"):
            write(_PARAGRAPH)
        operations.append(("keep", len(behind)))
    gap = _PARAGRAPH if before else ""
    rest = behind if not behind or behind.startswith("\n") else _PARAGRAPH + behind
    text = f"{before}{gap}{words}{rest}"
    return _edited(now, text, operations, written, hand, rule)


def adopt_in_place(
    plan: Plan,
    section: str,
    stretches: Sequence[tuple[int, int]],
    *,
    over: int | None = None,
    hand: Hand,
) -> SectionEdited:
    """Take over words that a machine wrote, where they stand: the text stays as it is.

    They stay marked as machine-written; the hand is who adopted them, and answers for that.

    Args:
        plan: as it stands.
        section: the section's id.
        stretches: from where to where the words stand, in code points, in order.
        over: the revision that was read, if that matters.
        hand: who adopts them.

    Raises:
        Refused: this person may not write here.
        MovedOn: it is not the revision that was read.
        NothingToDo: there are no such words.
        BadInput: a machine adopts nothing.
    """
    now = plan.section(section)
    rule = may_write(plan, now, hand)
    if hand.channel == "machine":
        raise BadInput("Words are adopted by a person: leave --channel machine out.")
    _drafted_over(plan, now, now.revision if over is None else over)
    if not stretches:
        raise NothingToDo(
            f"Section {section} of {plan.reference} holds no machine-written words that nobody "
            "has adopted."
        )
    operations: list[Operation] = []
    at = 0
    for start, stop in stretches:
        if start > at:
            operations.append(("keep", start - at))
        operations.append(("drop", stop - start))
        operations.append(("take", revision_name(section, now.revision), start, stop, "adopted"))
        at = stop
    if at < len(now.text):
        operations.append(("keep", len(now.text) - at))
    return _edited(now, now.text, operations, (), hand, rule)


_PARAGRAPH = "\n\n"


def _edited(
    now: Section,
    text: str,
    operations: Sequence[Operation],
    written: Sequence[Words],
    hand: Hand,
    rule: Rule,
    matcher: str | None = None,
    claimed: tuple[Operation, ...] | None = None,
) -> SectionEdited:
    return SectionEdited(
        **hand.act("typist" if hand.on_behalf_of_name else "drafter", rule),
        section=now.id,
        revision=now.revision + 1,
        over=now.revision,
        delta=tuple(operations),
        written=tuple(written),
        text_digest=text_digest(text),
        length=len(text),
        matcher=matcher,
        claimed=claimed,
    )


def _found(
    plan: Plan, now: Section, search: Search, answer: Answer | None
) -> tuple[Delta, tuple[Operation, ...] | None]:
    """The delta, and what the writer claims as their own."""
    if answer == "claim":
        if search.copies_a_machine:
            raise Refused(
                f"A machine wrote words of this text for section {now.id} of {plan.reference}, and "
                "nobody claims those: leave --claim out, and adopt them with `section adopt`."
            )
        delta, claims = search.claimed()
        return delta, claims or None
    if search.equal and answer is None:
        sources = tuple(dict.fromkeys(equal.source for equal in search.equal))
        raise WhoseWords(_question(plan, now, search.equal), sources=sources)
    return (search.adopted() if search.equal else search.delta), None


def _question(plan: Plan, now: Section, found: Sequence[Equal]) -> str:
    named: dict[str, int] = {}
    for equal in found:
        named[equal.source] = named.get(equal.source, 0) + equal.words
    told = [
        f"{named[advice.source]} words equal the advice of {advice.given_by_name} of "
        f"{advice.day:%d %b %Y} (advice {advice.number})"
        for advice in plan.advice
        if advice.source in named
    ]
    return (
        f"In section {now.id} of {plan.reference} {', and '.join(told)}: say --adopt if they are "
        "theirs and you place them here, or --claim if they are your own."
    )


def import_text(
    plan: Plan, section: str, text: str, *, not_recorded_before: date, hand: Hand
) -> SectionTextImported:
    """Bring in a section's text as issued; who wrote it is not recorded.

    Raises:
        BadInput: the text is empty, or the day is still to come.
        NothingToDo: the issued text is this one already.
        Refused: people here have begun to write this section, or the hand may not.
    """
    rule = hand.may("coordinate")
    if rule is None:
        raise hand.forbidden(
            "coordinate",
            f"{hand.name} acts as {hand.role} and may not bring in issued texts: "
            f"ask the {hand.under.who('coordinate')}.",
        )
    if any(issue.kind != "draft" for issue in plan.issues):
        raise Refused(
            f"{plan.reference} was issued here (`plan issued {plan.reference}` shows what): a text "
            "as issued is not brought in beside that; write the change with `section edit`, and "
            "have the authority issue it with `record`."
        )
    now = plan.section(section)
    if text == now.issued:
        raise NothingToDo(f"Section {section} of {plan.reference} has this issued text already.")
    if not says_something(text):
        raise BadInput(
            f"The issued text for section {section} of {plan.reference} is empty: leave its "
            "heading out of the file."
        )
    if not_recorded_before > hand.day:
        raise BadInput(
            f"{not_recorded_before} is still to come: say from which day on authors are on record "
            "here, today at the latest."
        )
    if now.status in ("submitted", "approved") or now.signed_off:
        raise Refused(
            f"Section {section} of {plan.reference} was handed on here at revision "
            f"{now.revision}: an issued text is not laid over it unseen; record the change with "
            "`section edit`."
        )
    if now.edit is not None and now.edit.by is not None:
        raise Refused(
            f"Section {section} of {plan.reference} has been drafted here since revision "
            f"{now.revision}: an issued text is not laid over proposed words; record the change "
            "with `section edit`."
        )
    delta = find_delta(now.text, text)
    return SectionTextImported(
        **hand.act("typist", rule),
        section=section,
        revision=now.revision + 1,
        delta=delta.operations,
        written=delta.written,
        text_digest=text_digest(text),
        length=len(text),
        not_recorded_before=not_recorded_before,
    )


def reopens(section: Section) -> str | None:
    """Say what an edit of this section reopens, ``None`` when it reopens nothing."""
    if section.signed_off:
        names = ", ".join(dict.fromkeys(mark.name for mark in section.signed_off))
        return (
            f"Section {section.id} is open again: the sign-off by {names} stays on revision "
            f"{section.revision} and does not cover the new words."
        )
    if section.status == "approved":
        return f"Section {section.id} is open again: revision {section.revision} was approved."
    if section.status == "submitted":
        return f"Section {section.id} is a draft again: revision {section.revision} was submitted."
    return None


def may_write(plan: Plan, section: Section, hand: Hand) -> Rule:
    """Allow those who were asked to write or review this section, and those who need not be.

    Returns:
        The rule that lets them.

    Raises:
        Refused: this person was not asked, or may not write here in this role.
    """
    year = plan.particulars.year
    if (rule := hand.may("write", section=section.id, year=year)) is not None:
        return rule
    tasks: tuple[Task, Task] = ("write", "review")
    for task in tasks:
        if any(a.to == hand.by for a in section.holders(task)):
            rule = hand.may(task, section=section.id, year=year, asked=True)
            if rule is not None:
                return rule
    found = hand.under.model.rule("write", section=section.id, year=year)
    holders = ", ".join(a.to_name for a in section.holders("write")) or "nobody yet"
    if found is not None and hand.role in found.but_not:
        said = (
            f"{hand.name} acts as {hand.role}, who supplies evidence and does not write sections: "
            "give it to whoever writes."
        )
    else:
        said = (
            f"Section {section.id} of {plan.reference} is assigned to {holders}, not to "
            f"{hand.name} ({hand.role}): ask for it with `section assign`."
        )
    raise hand.forbidden("write", said, section=section.id, year=year)


def _drafted_over(plan: Plan, now: Section, over: int | None) -> None:
    if over == now.revision or (over is None and not now.revision):
        return
    if over is None:
        raise Refused(
            f"Section {now.id} of {plan.reference} has a text already (revision {now.revision}): "
            f"draft in the file that `plan show {plan.reference} --section {now.id} --out FILE` "
            f"writes, or say --over {now.revision} if you have read it."
        )
    if over > now.revision or over < 0:
        raise BadInput(
            f"Section {now.id} of {plan.reference} has no revision {over}: its latest is "
            f"{now.revision}."
        )
    who = now.edit.name if now.edit else "someone"
    raise MovedOn(
        f"Section {now.id} of {plan.reference} moved on: your text was written over revision "
        f"{over}, and {who} recorded revision {now.revision} since. Compare them, put the two "
        f"together, and record the result with --over {now.revision}.",
        section=now.id,
        over=over,
        revision=now.revision,
    )
