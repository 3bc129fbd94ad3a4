"""Writing over what one has read."""

from dataclasses import replace

import pytest

from ehcp_flow.errors import BadInput, MovedOn, NothingToDo, Refused
from ehcp_flow.rules import drafting
from tests.examples import (
    ASSISTANT,
    HEAD,
    OPENED,
    OTHER_TEACHER,
    SENCO,
    TEACHER,
    after,
    approved_plan,
    drafted,
    drafted_plan,
    hand,
    issued,
    opened,
)


def test_who_was_asked_writes() -> None:
    """The text, its author and its digest are the section's."""
    now = after(drafted_plan("Two hours a week.")).section("F")

    assert now.text == "Two hours a week."
    assert now.authors == {"boris"}
    assert now.edit is not None
    assert (now.edit.name, now.edit.role) == ("Boris", "class teacher")
    assert now.status == "drafting"


def test_who_was_not_asked_does_not_write() -> None:
    """The refusal says whom the section was given to."""
    with pytest.raises(Refused, match="assigned to Boris"):
        drafting.edit(after(drafted_plan()), "F", "Mine.", over=1, hand=OTHER_TEACHER)


def test_an_assistant_does_not_write() -> None:
    """Evidence is not a section."""
    with pytest.raises(Refused, match="supplies evidence"):
        drafting.edit(after(drafted_plan()), "F", "Mine.", over=1, hand=ASSISTANT)


def test_what_is_typed_for_another_is_the_others() -> None:
    """Whoever spoke may not review it, and whoever typed it may not sign it as their own."""
    typed = replace(SENCO, on_behalf_of=TEACHER.by, on_behalf_of_name=TEACHER.name)
    events = drafted_plan()[:1]

    now = after([*events, drafted(after(events), "As Boris says.", typed)]).section("F")

    assert now.authors == {TEACHER.by}
    assert now.writers == {TEACHER.by, SENCO.by}


def test_the_reviewer_may_mend() -> None:
    """A SENCO who reviews adds what is missing, and is its author."""
    plan = after([*drafted_plan(), drafted(after(drafted_plan()), "Two hours a week, daily.")])

    assert plan.section("F").authors == {"boris", "amira"}


def test_an_empty_text_is_no_text() -> None:
    """A section is not emptied by accident."""
    with pytest.raises(BadInput, match="empty"):
        drafting.edit(opened(), "F", " \n ", over=None, hand=SENCO)


def test_the_same_text_is_no_news() -> None:
    """Nothing is recorded when nothing changed."""
    with pytest.raises(NothingToDo, match="exactly this text"):
        drafting.edit(after(drafted_plan("Same.")), "F", "Same.", over=1, hand=TEACHER)


def test_a_text_says_what_it_was_written_over() -> None:
    """Without it a text drafted yesterday could undo today's unseen."""
    with pytest.raises(Refused, match="--over 1"):
        drafting.edit(after(drafted_plan()), "F", "New.", over=None, hand=TEACHER)


def test_a_text_written_over_an_older_revision_is_told_whose_came_in_between() -> None:
    """The second of two people is told whose words they would have undone."""
    events = [*drafted_plan("One."), drafted(after(drafted_plan("One.")), "One. Two.", SENCO)]

    with pytest.raises(MovedOn, match="Amira recorded revision 2") as caught:
        drafting.edit(after(events), "F", "One. Three.", over=1, hand=TEACHER)

    assert (caught.value.section, caught.value.over, caught.value.revision) == ("F", 1, 2)


def test_a_revision_that_does_not_exist_is_bad_input() -> None:
    """A number from another plan, say."""
    with pytest.raises(BadInput, match="no revision 7"):
        drafting.edit(after(drafted_plan()), "F", "New.", over=7, hand=TEACHER)


def test_an_edit_after_approval_reopens_and_says_so() -> None:
    """The approval stays on the words it covered."""
    events = approved_plan()
    said = drafting.reopens(after(events).section("F"))

    events.append(drafted(after(events), "Three hours a week.", TEACHER))

    assert said is not None
    assert "was approved" in said
    assert after(events).section("F").status == "drafting"


def test_typing_up_for_someone_else_is_typing() -> None:
    """The capacity says that the words are another's."""
    clerk = hand("Amira", "SENCO", on_behalf_of="Ada's mother")

    event = drafting.edit(opened(), "A", "She likes to swim.", over=None, hand=clerk)

    assert (event.capacity, event.on_behalf_of_name) == ("typist", "Ada's mother")


def test_issued_text_has_no_author_and_stays_beside_what_is_proposed() -> None:
    """What the authority issued and what people propose are different things, both kept."""
    brought_in = issued(opened(), "One hour.")
    plan = opened(brought_in, drafted(opened(brought_in), "Two hours.", HEAD))

    assert opened(brought_in).section("F").authors == frozenset()
    assert plan.section("F").issued == "One hour."
    assert plan.section("F").text == "Two hours."


def test_issued_text_is_not_laid_over_proposed_words() -> None:
    """Bringing texts in late cannot undo anybody's draft."""
    with pytest.raises(Refused, match="drafted here"):
        issued(after(drafted_plan()), "One hour.")


def test_the_same_issued_text_is_no_news() -> None:
    """Importing twice changes nothing."""
    with pytest.raises(NothingToDo):
        issued(after([OPENED, issued(opened(), "One hour.")]), "One hour.")


def test_a_teacher_does_not_bring_in_issued_texts() -> None:
    """Those who coordinate do."""
    with pytest.raises(Refused, match="may not bring in"):
        drafting.import_text(
            opened(), "F", "Text.", not_recorded_before=OPENED.at.date(), hand=TEACHER
        )
