"""Placing words of an advice, and taking over those of a machine."""

from dataclasses import replace

import pytest

from ehcp_flow.attributing import Authors
from ehcp_flow.errors import BadInput, MovedOn, NothingToDo, Refused, WhoseWords
from ehcp_flow.events import AdviceGiven, PlanEvent, SectionEdited, words
from ehcp_flow.plan import fold
from ehcp_flow.recording import Recorded
from ehcp_flow.rules import drafting
from ehcp_flow.rules.drafting import Answer
from tests.examples import (
    ASSISTANT,
    OTHER_TEACHER,
    PLAN,
    SENCO,
    TEACHER,
    after,
    drafted,
    drafted_plan,
    hand,
)

ADVICE = "Ada hums. When the room is loud she works best in a quiet place.\n\nShe likes to swim."
QUIET = "When the room is loud she works best in a quiet place."


def advised(text: str = ADVICE) -> AdviceGiven:
    """An advice of the subject teacher's."""
    return AdviceGiven(
        **OTHER_TEACHER.act("adviser"),
        advice=1,
        kind="education",
        given_by=OTHER_TEACHER.by,
        given_by_name=words(OTHER_TEACHER.name),
        given_by_role=OTHER_TEACHER.role,
        text=words(text),
        text_digest="",
        length=len(text),
        file_digest="",
    )


def authors(events: list[PlanEvent]) -> Authors:
    """Who wrote which words."""
    return Authors([Recorded(PLAN, n, event) for n, event in enumerate(events, start=1)])


def edited(
    events: list[PlanEvent], text: str, answer: Answer | None = None, section: str = "F"
) -> SectionEdited:
    """A text that is looked for in the whole plan."""
    plan, known = after(events), authors(events)
    return drafting.edit(
        plan,
        section,
        text,
        over=plan.section(section).revision,
        hand=SENCO,
        find=lambda new: known.search(section, new, SENCO.by),
        answer=answer,
    )


def written_by(events: list[PlanEvent], section: str = "F") -> list[tuple[str, str, str]]:
    """Each run's text, author, and how it came there."""
    runs = authors(events).sections[section].runs
    return [(run.text, run.written.name, run.how) for run in runs]


def test_an_advice_is_placed_as_a_paragraph() -> None:
    """At the end; whoever gave it is its author."""
    events = [*drafted_plan("Two hours."), advised()]
    start = ADVICE.index(QUIET)

    event = drafting.adopt(after(events), "F", "advice@1", start, start + len(QUIET), hand=SENCO)

    events.append(event)
    assert fold(PLAN, events).section("F").text == f"Two hours.\n\n{QUIET}"
    assert written_by(events) == [
        ("Two hours.", "Boris", "written"),
        ("\n\n", "Amira", "written"),
        (QUIET, "Carol", "adopted"),
    ]
    (run,) = [run for run in authors(events).sections["F"].runs if run.text == QUIET]
    assert run.placed is not None
    assert (run.placed.name, run.written.capacity) == ("Amira", "adviser")
    assert event.matcher is None


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("One.\n\nTwo.", 4, "One.\n\nswim\n\nTwo."),
        ("One. Two.", 4, "One.\n\nswim\n\n Two."),
        ("One.", 0, "swim\n\nOne."),
        ("One.", 4, "One.\n\nswim"),
    ],
)
def test_it_is_placed_between_paragraphs(text: str, place: int, expected: str) -> None:
    """Each stays a paragraph of its own."""
    events = [*drafted_plan(text), advised()]
    start = ADVICE.index("swim")

    event = drafting.adopt(
        after(events), "F", "advice@1", start, start + 4, after=place, hand=SENCO
    )

    assert fold(PLAN, [*events, event]).section("F").text == expected


def test_an_empty_section_begins_with_it() -> None:
    """Without a line before it."""
    events = [*drafted_plan()[:1], advised()]

    event = drafting.adopt(after(events), "B", "advice@1", 0, len(ADVICE), hand=SENCO)

    assert fold(PLAN, [*events, event]).section("B").text == ADVICE


def test_whoever_may_not_write_does_not_adopt() -> None:
    """Nor over a revision that has moved on."""
    plan = after([*drafted_plan(), advised()])
    for who in (ASSISTANT, OTHER_TEACHER):
        with pytest.raises(Refused):
            drafting.adopt(plan, "F", "advice@1", 0, 4, hand=who)
        with pytest.raises(Refused):
            drafting.adopt_in_place(plan, "F", [(0, 3)], hand=who)
    with pytest.raises((MovedOn, BadInput)):
        drafting.adopt(plan, "F", "advice@1", 0, 4, over=0, hand=TEACHER)


def test_words_that_equal_an_advice_are_asked_about() -> None:
    """How many, whose, and of which day; the sources are named for the program."""
    events = [*drafted_plan("Two hours."), advised()]

    with pytest.raises(
        WhoseWords, match=r"12 words equal the advice of Carol of 05 Oct 2026"
    ) as no:
        edited(events, f"Two hours. {QUIET}")

    assert no.value.sources == ("advice@1",)


def test_they_are_adopted_or_claimed() -> None:
    """As the answer says; only a claim is noted beside the words."""
    events = [*drafted_plan("Two hours."), advised()]
    text = f"Two hours. {QUIET}"

    adopted = edited(events, text, "adopt")
    claimed = edited(events, text, "claim")

    assert (QUIET, "Carol", "adopted") in written_by([*events, adopted])
    assert {who for _, who, _ in written_by([*events, claimed])} == {"Boris", "Amira"}
    assert adopted.claimed is None
    assert claimed.claimed is not None
    assert [claim[0] for claim in claimed.claimed] == ["advice@1"]
    (run,) = [run for run in authors([*events, claimed]).sections["F"].runs if run.claimed]
    assert (run.text, run.claimed[0].authors) == (QUIET[:-1], ("Carol",))
    assert adopted.matcher == claimed.matcher != None  # noqa: E711


def test_an_answer_to_no_question_changes_nothing() -> None:
    """Of words that equal nothing."""
    events = [*drafted_plan("Two hours."), advised()]
    for answer in ("adopt", "claim", None):
        event = edited(events, "Two hours. And more.", answer)
        assert event.claimed is None
        assert event.delta == edited(events, "Two hours. And more.").delta


def test_what_stands_elsewhere_is_claimed_too() -> None:
    """Without a claim it is its writer's."""
    long = "Two hours each week with an adult who knows Ada and her few words very well."
    events = drafted_plan(long)

    copied = edited(events, long, section="B")
    claimed = edited(events, long, "claim", section="B")

    assert written_by([*events, copied], "B") == [(long, "Boris", "copied")]
    assert written_by([*events, claimed], "B") == [(long, "Amira", "written")]
    assert claimed.claimed == (("F@1", 0, len(long), 0, len(long)),)
    (run,) = authors([*events, claimed]).sections["B"].runs
    assert run.claimed[0].authors == ("Boris",)
    assert authors(events).placed_by(copied) == (
        "Words that stay their writers': 16 by Boris (copied)."
    )
    assert authors(events).placed_by(claimed) is None


def test_a_machines_words_are_taken_over_where_they_stand() -> None:
    """The text stays; who adopted them is on record, and that a machine wrote them."""
    machine = hand("Boris", "class teacher", channel="machine")
    events = drafted_plan("Two hours.")
    events.append(drafted(after(events), "Two hours. Ada needs a timetable.", machine))
    (run,) = [run for run in authors(events).sections["F"].runs if run.written.machine]

    event = drafting.adopt_in_place(after(events), "F", [(run.start, run.end)], hand=SENCO)

    events.append(event)
    section = fold(PLAN, events).section("F")
    assert section.text == "Two hours. Ada needs a timetable."
    assert section.revision == 3
    (run,) = [run for run in authors(events).sections["F"].runs if run.written.machine]
    assert run.adopted is not None
    assert (run.adopted.name, run.written.name, run.how) == ("Amira", "Boris", "adopted")


def test_nobody_claims_a_machines_words() -> None:
    """They are a machine's wherever they are put, and are adopted."""
    long = "Ada needs a visual timetable on her table every day, and an adult who explains it."
    events = drafted_plan()
    events.append(drafted(after(events), long, hand("Boris", "class teacher", channel="machine")))
    with pytest.raises(Refused, match="nobody claims those"):
        edited(events, long, "claim", section="B")
    assert written_by([*events, edited(events, long, section="B")], "B") == [
        (long, "Boris", "copied")
    ]


def test_a_text_of_signs_that_are_not_seen_is_empty() -> None:
    """Nobody could read it."""
    with pytest.raises(BadInput, match="is empty"):
        edited(drafted_plan(), "\u200b \u2060", section="B")


def test_a_machine_adopts_nothing() -> None:
    """And where there is nothing to adopt that is said."""
    plan = after(drafted_plan())
    with pytest.raises(BadInput, match="by a person"):
        drafting.adopt_in_place(plan, "F", [(0, 3)], hand=replace(SENCO, channel="machine"))
    with pytest.raises(NothingToDo, match="no machine-written words"):
        drafting.adopt_in_place(plan, "F", [], hand=SENCO)
