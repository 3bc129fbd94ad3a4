"""Submitting, returning, approving."""

from datetime import timedelta

import pytest

from ehcp_flow.errors import MovedOn, NothingToDo, Refused
from ehcp_flow.rules import reviewing
from ehcp_flow.rules.signing_off import sign_off
from tests.examples import (
    HEAD,
    OTHER_TEACHER,
    SENCO,
    TEACHER,
    TODAY,
    after,
    approved_plan,
    assigned,
    because,
    drafted,
    drafted_plan,
    hand,
    issued,
    opened,
    submitted_plan,
)


def test_submitting_gives_the_section_to_its_reviewers() -> None:
    """The writer is done until it comes back."""
    now = after(submitted_plan()).section("F")

    assert now.status == "submitted"
    assert now.assigned("write", "boris").status == "done"  # type: ignore[union-attr]


def test_a_section_without_text_is_not_submitted() -> None:
    """There is nothing to read."""
    with pytest.raises(Refused, match="no text yet"):
        reviewing.submit(opened(), "F", hand=SENCO)


def test_only_a_writer_submits() -> None:
    """Somebody else's draft is not given away."""
    with pytest.raises(Refused, match="submitted by those who write it"):
        reviewing.submit(after(drafted_plan()), "F", hand=OTHER_TEACHER)


def test_submitting_twice_is_no_news() -> None:
    """The second time there is nothing to do."""
    with pytest.raises(NothingToDo):
        reviewing.submit(after(submitted_plan()), "F", hand=TEACHER)


def test_an_issued_text_may_be_submitted_as_it_is() -> None:
    """No change proposed is an answer, too."""
    events = [opened(), issued(opened(), "One hour.")]
    plan = opened(events[1], assigned(opened(events[1]), TEACHER))  # type: ignore[arg-type]

    assert reviewing.submit(plan, "F", hand=TEACHER).revision == 1


def test_returning_says_why_and_waits_on_the_writer_again() -> None:
    """Without a reason the writer would have to guess."""
    with pytest.raises(Refused, match="--because"):
        reviewing.return_(after(submitted_plan()), "F", hand=SENCO)

    back = reviewing.return_(after(submitted_plan()), "F", hand=because(SENCO, "Say who."))

    now = after([*submitted_plan(), back]).section("F")
    assert now.status == "returned"
    assert now.assigned("write", "boris").status == "accepted"  # type: ignore[union-attr]


def test_what_was_returned_is_edited_before_it_is_submitted_again() -> None:
    """The same words would only come back again."""
    back = reviewing.return_(after(submitted_plan()), "F", hand=because(SENCO, "Say who."))
    events = [*submitted_plan(), back]
    with pytest.raises(Refused, match="not changed since"):
        reviewing.submit(after(events), "F", hand=TEACHER)

    events.append(drafted(after(events), "Two hours a week by a teacher.", TEACHER))

    assert reviewing.submit(after(events), "F", hand=TEACHER).revision == 2


def test_what_was_returned_may_be_defended_as_it_is() -> None:
    """A writer who disagrees says why, and the section is under review again."""
    back = reviewing.return_(after(submitted_plan()), "F", hand=because(SENCO, "Say who."))
    now = after([*submitted_plan(), back])

    again = reviewing.submit(now, "F", hand=because(TEACHER, "The therapist decides who."))

    assert after([*submitted_plan(), back, again]).section("F").status == "submitted"


def test_only_the_named_reviewer_approves() -> None:
    """A head who was not asked is told who was."""
    with pytest.raises(Refused, match="reviewed by Amira"):
        reviewing.approve(after(submitted_plan()), "F", hand=HEAD)


def test_who_coordinates_approves_where_nobody_was_named() -> None:
    """Unless they wrote in it."""
    events = [e for e in drafted_plan() if getattr(e, "task", None) != "review"]
    events.append(reviewing.submit(after(events), "F", hand=TEACHER))
    assert reviewing.approve(after(events), "F", hand=HEAD).capacity == "reviewer"

    with pytest.raises(Refused, match="whoever coordinates"):
        reviewing.approve(after(events), "F", hand=OTHER_TEACHER)


def test_a_reviewer_who_wrote_in_it_does_not_approve_it() -> None:
    """The writer may not be their own reviewer, however small the change was."""
    events = drafted_plan()
    events.append(drafted(after(events), "Two hours a week, daily.", SENCO))
    events.append(reviewing.submit(after(events), "F", hand=TEACHER))

    with pytest.raises(Refused, match="their own reviewer"):
        reviewing.approve(after(events), "F", hand=SENCO)


def test_a_draft_is_not_approved() -> None:
    """It was not given to anyone yet."""
    with pytest.raises(Refused, match="being drafted, not submitted"):
        reviewing.approve(after(drafted_plan()), "F", hand=SENCO)


def test_approving_holds_to_the_revision_that_was_read() -> None:
    """A text that came in between is not approved unread."""
    with pytest.raises(MovedOn, match="at revision 1, not 4"):
        reviewing.approve(after(submitted_plan()), "F", hand=SENCO, revision=4)


def test_approving_twice_is_no_news() -> None:
    """The second time there is nothing to do."""
    with pytest.raises(NothingToDo):
        reviewing.approve(after(approved_plan()), "F", hand=SENCO)


def test_nothing_is_said_of_a_text_on_a_day_before_it_was_there() -> None:
    """Whatever day is given: not submitted, not returned, not approved, not signed."""
    too_early = hand("Amira", "SENCO", on=TODAY - timedelta(days=1), because="Read it.")
    draft, submitted, approved = map(after, (drafted_plan(), submitted_plan(), approved_plan()))

    for act in (
        lambda: reviewing.submit(draft, "F", hand=too_early),
        lambda: reviewing.return_(submitted, "F", hand=too_early),
        lambda: reviewing.approve(submitted, "F", hand=too_early),
        lambda: sign_off(approved, "F", "approval", hand=too_early),
    ):
        with pytest.raises(Refused, match="is before that"):
            act()
