"""May this advice come in, and whose words are they?"""

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

from ehcp_flow.authorship.delta import text_digest
from ehcp_flow.errors import BadInput, NothingToDo
from ehcp_flow.events import AdviceGiven, AdviceKind, Capacity, words
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Advice, Plan
from ehcp_flow.text import LONGEST_TEXT, Normalised, normalise

LONGEST_ADVICE = LONGEST_TEXT
"""Code points."""


def as_kept(text: str) -> Normalised:
    """Return the text of an advice as it will be kept.

    Raises:
        BadInput: it holds what is not text, or more than LONGEST_ADVICE code points.
    """
    _not_too_long(text)
    return normalise(text)


def give(
    plan: Plan,
    kind: AdviceKind,
    text: str,
    *,
    given_by: str | None,
    given_by_name: str,
    given_by_role: str | None,
    file: str | None,
    file_bytes: bytes,
    hand: Hand,
) -> AdviceGiven:
    """Bring in advice. Whoever has a role here may, assistants too: they supply evidence.

    Who gave it and who brought it in are two facts: one who brings in what someone else gave is a
    typist on their behalf.

    Args:
        plan: as it stands.
        kind: what kind of advice it is.
        text: the whole text, normalised.
        given_by: the id of whoever gave it, when they are known here.
        given_by_name: their name.
        given_by_role: the role they held on the day they gave it, when they are known here.
        file: the name of the file it came in.
        file_bytes: its content; without a file the text as it came, in UTF-8.
        hand: who brings it in; its day is the day on which it was given.

    Raises:
        BadInput: the text is empty or too long, or the hand says another capacity, or that it acts
            for somebody else again.
        NothingToDo: the same person gave exactly this text before.
    """
    if not text.strip():
        raise BadInput(
            f"The advice for {plan.reference} is empty and nothing was recorded: bring it in once "
            "something is written."
        )
    _not_too_long(text)
    if hand.on_behalf_of_name is not None and (hand.on_behalf_of, hand.on_behalf_of_name) != (
        given_by,
        given_by_name,
    ):
        raise BadInput(
            "Whoever brings advice in does so for whoever gave it, and nothing was recorded: leave "
            "--on-behalf-of out, and name with --from whose words they are."
        )
    digest = text_digest(text)
    for advice in plan.advice:
        if advice.text_digest == digest and _same_giver(advice, given_by, given_by_name):
            raise NothingToDo(
                f"{plan.reference} has exactly this text from the same person already "
                f"(advice {advice.number})."
            )
    own = given_by == hand.by
    capacity: Capacity = "adviser" if own else "typist"
    if hand.capacity not in (None, capacity):
        raise BadInput(
            f"Whoever brings in advice that {'they' if own else 'somebody else'} gave acts as "
            f"{capacity}, and nothing was recorded: leave --capacity out."
        )
    hand = replace(
        hand,
        on_behalf_of=None if own else given_by,
        on_behalf_of_name=None if own else given_by_name,
    )
    as_it_came = file_bytes != text.encode()
    return AdviceGiven(
        **hand.act(capacity),
        advice=len(plan.advice) + 1,
        kind=kind,
        given_by=given_by,
        given_by_name=words(given_by_name),
        given_by_role=given_by_role,
        text=words(text),
        text_digest=digest,
        length=len(text),
        file=None if file is None else words(file),
        file_digest=sha256(file_bytes).hexdigest(),
        raw=words(b64encode(file_bytes).decode()) if as_it_came else None,
    )


def _same_giver(advice: Advice, id: str | None, name: str) -> bool:
    """By id; where one of the two was not known here, by name."""
    if advice.given_by is not None and id is not None:
        return advice.given_by == id
    return advice.given_by_name.casefold() == name.casefold()


def _not_too_long(text: str) -> None:
    if len(text) > LONGEST_ADVICE:
        raise BadInput(
            f"The advice has {len(text):,} characters, at most {LONGEST_ADVICE:,} can be kept in "
            "one, and nothing was recorded: bring in its parts one by one."
        )
