"""A mark with a meaning, over exactly this text."""

import pytest

from ehcp_flow.errors import MovedOn, NothingToDo, Refused
from ehcp_flow.events import Meaning
from ehcp_flow.hands import Hand
from ehcp_flow.rules import signing_off
from tests.examples import (
    HEAD,
    OFFICER,
    OTHER_TEACHER,
    SENCO,
    TEACHER,
    after,
    approved_plan,
    drafted,
    drafted_plan,
    opened,
)


@pytest.mark.parametrize(
    ("who", "meaning", "capacity"),
    [
        (TEACHER, "authorship", "drafter"),
        (SENCO, "review", "reviewer"),
        (HEAD, "approval", "reviewer"),
        (OFFICER, "decision", "decider"),
        (OTHER_TEACHER, "agreement", "witness"),
    ],
)
def test_each_meaning_has_its_signer(who: Hand, meaning: Meaning, capacity: str) -> None:
    """The mark stands over the revision and the digest of its text."""
    plan = after(approved_plan())

    mark = signing_off.sign_off(plan, "F", meaning, hand=who)

    assert mark.capacity == capacity
    assert (mark.revision, mark.text_digest) == (1, plan.section("F").text_digest)


@pytest.mark.parametrize(
    ("who", "meaning", "why"),
    [
        (SENCO, "authorship", "written no word"),
        (TEACHER, "review", "their own reviewer"),
        (TEACHER, "approval", "approval is signed by"),
        (SENCO, "decision", "only the local authority"),
        (HEAD, "decision", "only the local authority"),
    ],
)
def test_others_do_not_sign_it(who: Hand, meaning: Meaning, why: str) -> None:
    """The refusal says who does."""
    with pytest.raises(Refused, match=why):
        signing_off.sign_off(after(approved_plan()), "F", meaning, hand=who)


def test_a_draft_is_signed_by_its_author_only() -> None:
    """Review, approval and decision wait for the approval of the section."""
    plan = after(drafted_plan())
    assert signing_off.sign_off(plan, "F", "authorship", hand=TEACHER).revision == 1

    with pytest.raises(Refused, match="once it is approved"):
        signing_off.sign_off(plan, "F", "decision", hand=OFFICER)


def test_an_empty_section_is_not_signed() -> None:
    """There is no text to put a mark over."""
    with pytest.raises(Refused, match="no text yet"):
        signing_off.sign_off(opened(), "F", "approval", hand=SENCO)


def test_signing_holds_to_the_revision_that_was_read() -> None:
    """Nobody signs what they have not seen."""
    with pytest.raises(MovedOn):
        signing_off.sign_off(after(approved_plan()), "F", "approval", hand=HEAD, revision=2)


def test_signing_twice_is_no_news() -> None:
    """The same mark over the same text."""
    events = approved_plan()
    events.append(signing_off.sign_off(after(events), "F", "approval", hand=HEAD))

    with pytest.raises(NothingToDo):
        signing_off.sign_off(after(events), "F", "approval", hand=HEAD)


def test_a_later_edit_leaves_the_mark_on_the_words_it_covered() -> None:
    """The mark stays, and does not cover the new words."""
    events = approved_plan()
    events.append(signing_off.sign_off(after(events), "F", "approval", hand=HEAD))
    events.append(drafted(after(events), "Three hours a week.", TEACHER))

    now = after(events).section("F")
    assert [mark.revision for mark in now.sign_offs] == [1]
    assert now.signed_off == ()
