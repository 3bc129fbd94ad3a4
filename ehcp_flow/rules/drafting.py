"""May this text become the section's next revision?"""

from datetime import date

from ehcp_flow.authorship.delta import find_delta, text_digest
from ehcp_flow.errors import BadInput, MovedOn, NothingToDo, Refused
from ehcp_flow.events import SectionEdited, SectionTextImported
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Plan, Section
from ehcp_flow.roles import COORDINATING, EVIDENCE_ONLY


def edit(plan: Plan, section: str, text: str, *, over: int | None, hand: Hand) -> SectionEdited:
    """Propose a section's next text.

    Args:
        plan: as it stands.
        section: the section's id.
        text: the whole new text, normalised.
        over: the revision that it was written over; may be left out for a section without text.
        hand: who writes.

    Raises:
        BadInput: an empty text, or a revision that does not exist.
        NothingToDo: the text is the current one.
        Refused: this person may not write here, or it is not said over which revision.
        MovedOn: someone else's text came in between.
    """
    now = plan.section(section)
    may_write(plan, now, hand)
    if not text.strip():
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
    delta = find_delta(now.text, text)
    return SectionEdited(
        **hand.act("typist" if hand.on_behalf_of_name else "drafter"),
        section=section,
        revision=now.revision + 1,
        over=now.revision,
        delta=delta.operations,
        written=delta.written,
        text_digest=text_digest(text),
        length=len(text),
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
    if hand.role not in COORDINATING:
        raise Refused(
            f"{hand.name} acts as {hand.role} and may not bring in issued texts: "
            "ask the SENCO, the head or the authority's officer."
        )
    now = plan.section(section)
    if text == now.issued:
        raise NothingToDo(f"Section {section} of {plan.reference} has this issued text already.")
    if not text.strip():
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
        **hand.act("typist"),
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


def may_write(plan: Plan, section: Section, hand: Hand) -> None:
    """Allow those who were asked to write or review this section, and those who coordinate.

    Raises:
        Refused: this person was not asked.
    """
    if hand.role in COORDINATING:
        return
    if hand.role in EVIDENCE_ONLY:
        raise Refused(
            f"{hand.name} acts as {hand.role}, who supplies evidence and does not write sections: "
            "give it to whoever writes."
        )
    asked = any(a.to == hand.by for a in (*section.holders("write"), *section.holders("review")))
    if not asked:
        holders = ", ".join(a.to_name for a in section.holders("write")) or "nobody yet"
        raise Refused(
            f"Section {section.id} of {plan.reference} is assigned to {holders}, not to "
            f"{hand.name} ({hand.role}): ask for it with `section assign`."
        )


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
