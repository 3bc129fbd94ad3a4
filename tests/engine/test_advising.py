"""Advice that comes in: who gave it, who brought it in, and what is kept of the file."""

from base64 import b64decode
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest

from ehcp_flow.authorship.delta import readable, text_digest
from ehcp_flow.errors import BadInput, NothingToDo
from ehcp_flow.events import AdviceGiven, AdviceKind
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Plan
from ehcp_flow.rules import advising
from tests.examples import ASSISTANT, OPENED, SENCO, TEACHER, after, hand, opened

REPORT = "Ada reads a page aloud each day."


def given(
    plan: Plan,
    text: str = REPORT,
    *,
    kind: AdviceKind = "termly report",
    by: Hand = TEACHER,
    giver: Hand | str = TEACHER,
    came: bytes | None = None,
) -> AdviceGiven:
    """An advice, from a person known here or one who is not."""
    known = giver if isinstance(giver, Hand) else None
    return advising.give(
        plan,
        kind,
        text,
        given_by=None if known is None else known.by,
        given_by_name=giver.name if isinstance(giver, Hand) else giver,
        given_by_role=None if known is None else known.role,
        file="report.md",
        file_bytes=text.encode() if came is None else came,
        hand=by,
    )


def test_a_teacher_gives_their_own_report() -> None:
    """They are its adviser, and act for nobody else."""
    event = given(opened())

    assert (event.advice, event.kind, event.length) == (1, "termly report", len(REPORT))
    assert (event.by, event.capacity) == ("boris", "adviser")
    assert (event.on_behalf_of, event.on_behalf_of_name) == (None, None)
    assert (event.given_by, event.given_by_role) == ("boris", "class teacher")
    assert event.text_digest == text_digest(REPORT)
    assert (event.file_digest, event.raw) == (event.text_digest, None)


def test_who_gave_it_and_who_brought_it_in_are_two_facts() -> None:
    """A SENCO who brings in a teacher's report types for the teacher."""
    event = given(opened(), by=SENCO)
    (advice,) = after([OPENED, event]).advice

    assert (event.by, event.capacity) == ("amira", "typist")
    assert (event.on_behalf_of, event.on_behalf_of_name) == ("boris", "Boris")
    assert (advice.given_by, advice.given_by_name, advice.given_by_role) == (
        *("boris", "Boris"),
        "class teacher",
    )
    assert advice.brought_by == "amira"


def test_someone_who_is_not_known_here_gives_under_their_name() -> None:
    """Without an id and without a role."""
    event = given(opened(), "She is happier.", kind="views", giver="Ada's mother")

    assert (event.given_by, readable(event.given_by_name)) == (None, "Ada's mother")
    assert event.given_by_role is None
    assert (event.capacity, event.on_behalf_of_name) == ("typist", "Ada's mother")


def test_an_assistant_gives_evidence() -> None:
    """Who may write no section may say what they saw."""
    assert given(opened(), by=ASSISTANT, giver=ASSISTANT).capacity == "adviser"


def test_the_day_it_was_given_is_kept() -> None:
    """And the day it was brought in."""
    earlier = hand("Boris", "class teacher", on=date(2026, 7, 10))

    (advice,) = after([OPENED, given(opened(), by=earlier)]).advice

    assert advice.day == date(2026, 7, 10)


def test_advice_is_counted() -> None:
    """The second one is number 2."""
    plan = opened(given(opened()))

    assert given(plan, "Another one.").advice == 2


@pytest.mark.parametrize("by", [TEACHER, SENCO])
def test_the_same_text_from_the_same_person_is_no_news(by: Hand) -> None:
    """Whoever brings it in."""
    plan = opened(given(opened(), "First."), given(opened(given(opened(), "First."))))

    with pytest.raises(NothingToDo, match="advice 2"):
        given(plan, by=by)


def test_the_same_text_from_someone_else_is_theirs() -> None:
    """Two people may say the same."""
    plan = opened(given(opened()))

    assert given(plan, by=SENCO, giver=SENCO).advice == 2


def test_someone_who_became_known_since_gave_it_already() -> None:
    """Where one of the two has no id, the name decides, whatever its case."""
    plan = opened(given(opened(), by=SENCO, giver="boris"))

    with pytest.raises(NothingToDo, match="advice 1"):
        given(plan)


@pytest.mark.parametrize(
    "came", [REPORT.encode("utf-16"), f"{REPORT}\r\n".encode(), b"\xef\xbb\xbf"]
)
def test_a_file_that_is_other_than_its_text_is_kept_as_it_came(came: bytes) -> None:
    """Byte for byte, with its own digest."""
    event = given(opened(), came=came)

    assert event.raw is not None
    assert b64decode(readable(event.raw)) == came
    assert event.file_digest == sha256(came).hexdigest()


def test_an_empty_text_is_no_advice() -> None:
    """White space neither."""
    with pytest.raises(BadInput, match="empty"):
        given(opened(), " \n ")


def test_a_text_can_be_too_long() -> None:
    """It is said how long it is, before anything is done with it."""
    longest = "a" * advising.LONGEST_ADVICE
    given(opened(), longest)

    with pytest.raises(BadInput, match="2,000,001"):
        given(opened(), f"{longest}a")
    with pytest.raises(BadInput, match="2,000,001"):
        advising.as_kept(f"{longest}a")


def test_whose_words_they_are_is_said_once() -> None:
    """Acting on behalf of one and naming another says two things."""
    for_her = replace(SENCO, on_behalf_of_name="Ada's mother")

    with pytest.raises(BadInput, match="--on-behalf-of"):
        given(opened(), by=for_her)
    assert given(opened(), by=for_her, giver="Ada's mother").capacity == "typist"


def test_nobody_chooses_whether_they_are_the_adviser() -> None:
    """Who gave it and who brought it in say so."""
    with pytest.raises(BadInput, match="acts as typist"):
        given(opened(), by=replace(SENCO, capacity="adviser"))
    with pytest.raises(BadInput, match="acts as adviser"):
        given(opened(), by=replace(TEACHER, capacity="typist"))
