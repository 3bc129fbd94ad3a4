"""The current texts are found by their words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.authorship.delta import WITHHELD
from ehcp_flow.errors import BadInput
from ehcp_flow.events import PlanEvent, PupilChanged
from ehcp_flow.plan import fold
from ehcp_flow.projections.catching_up import Reading
from ehcp_flow.projections.drafts import VIEW, Hit, find
from ehcp_flow.projections.folded import folded
from tests.examples import OPENED, PLAN, SENCO, after, drafted, issued
from tests.projections.logs import TENANT, fresh_log, histories, plan_stream, scattered


@settings(deadline=None, max_examples=40)
@given(st.lists(histories(), min_size=1, max_size=3), st.integers(0, 40))
def test_the_texts_are_those_that_folding_gives(plans: list[list[PlanEvent]], pause: int) -> None:
    """Whatever was edited or imported, in however many goes it was taken in."""
    with fresh_log() as log:
        for step, (stream, event) in enumerate(scattered(plans)):
            log.append(stream, event)
            if step == pause:
                log.read(VIEW)
        rows = log.read(VIEW).query("SELECT stream, section, revision, plain, folded FROM drafts")
        kept = {(stream, section): tuple(rest) for stream, section, *rest in rows}
        expected = {
            (str(plan_stream(number)), section.id): (
                section.revision,
                section.text,
                folded(section.text),
            )
            for number, events in enumerate(plans)
            for section in fold(plan_stream(number), events).sections.values()
            if section.revision
        }
    assert kept == expected


def found(text: str, words: str) -> list[Hit]:
    """What a search finds in a section's text."""
    with fresh_log() as log:
        log.append(PLAN, OPENED, drafted(after([OPENED]), text))
        return find(log.read(VIEW), TENANT, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Phonics each morning.", "phonics"),
        ("Phonics each morning.", "MORN phon"),
        ("A visit to the café.", "cafe"),
        ("A visit to the cafe.", "CAFÉ"),
        ("Straße", "strasse"),
        ("ﬁne motor skills", "fine"),
        ("100% of lessons", "100%"),
        ("a_b", "a_b"),
        ("Stop! Now", "stop!"),
        ("it's a \\ stroke", "\\"),
    ],
)
def test_words_are_found_whatever_their_case_and_accents(text: str, words: str) -> None:
    """All of them, in whatever order, and as parts of words."""
    [hit] = found(text, words)
    assert (hit.kind, hit.section, hit.revision, hit.reference) == ("text", "F", 1, "2026-0001")
    assert hit.pupil == "Ada Okafor"
    assert hit.snippet == text


@pytest.mark.parametrize(
    ("text", "words"),
    [("Phonics.", "phonics daily"), ("ab", "a%b"), ("axb", "a_b"), ("ab", "'; DROP TABLE x")],
)
def test_what_is_not_there_is_not_found(text: str, words: str) -> None:
    """A sign that means something to the database is only a sign."""
    assert found(text, words) == []


def test_a_snippet_shows_the_first_place_cut_between_words() -> None:
    """On one line, with the accents that the text has."""
    before, behind = "Élan vital. " * 30, "\nNaïve words follow. " * 30
    [hit] = found(f"{before}Two hours of\nphonics. {behind}", "PHONICS hours")

    assert hit.snippet.startswith("… ")
    assert hit.snippet.endswith(" …")
    assert "Two hours of phonics. Naïve" in hit.snippet
    assert len(hit.snippet) < 140
    assert set(hit.snippet.split()) <= {
        *["…", "Élan", "vital.", "Two", "hours", "of", "phonics.", "Naïve", "words", "follow."]
    }
    assert hit.count == 2


def test_a_pupil_is_found_by_name_and_reference() -> None:
    """By the current name, before the texts."""
    with fresh_log() as log:
        log.append(PLAN, OPENED, drafted(after([OPENED]), "Ada Öz likes numbers."))
        assert [hit.kind for hit in find(log.read(VIEW), TENANT, "okafor 2026-0001")] == ["pupil"]
        log.append(PLAN, PupilChanged(**SENCO.act("coordinator"), surname="Öz"))
        reading = log.read(VIEW)

        assert find(reading, TENANT, "okafor") == []
        assert find(reading, TENANT, "oz ada") == [
            Hit("pupil", PLAN, "2026-0001", "Ada Öz", None, None, "Ada Öz", 2),
            Hit("text", PLAN, "2026-0001", "Ada Öz", "F", 1, "Ada Öz likes numbers.", 2),
        ]
        assert find(reading, TENANT, "ada", limit=1)[0].kind == "pupil"
        assert len(find(reading, TENANT, "ada", limit=1)) == 1
        assert find(reading, "Oakfield", "ada") == []


def test_hits_are_by_reference_and_section() -> None:
    """And no more than asked for."""
    with fresh_log() as log:
        for number in (2, 1):
            events: list[PlanEvent] = [
                OPENED.model_copy(update={"reference": f"2026-000{number}"}),
            ]
            for section in ("H1", "B"):
                events.append(issued(after(events), "Reading daily.", section))
            log.append(plan_stream(number), *events)
        hits = find(log.read(VIEW), TENANT, "reading", limit=3)

    assert [(hit.reference, hit.section) for hit in hits] == [
        ("2026-0001", "B"),
        ("2026-0001", "H1"),
        ("2026-0002", "B"),
    ]


@pytest.mark.parametrize(
    "words", ["", " \n", "\u0301", "a " * 600, " ".join("abcdefghijklmnopqrstu")]
)
def test_a_search_for_nothing_or_for_too_much_is_refused(words: str) -> None:
    """In a sentence."""
    with fresh_log() as log, pytest.raises(BadInput):
        find(log.read(VIEW), TENANT, words)


@pytest.mark.parametrize("lost", ["words", "facts"])
def test_withheld_words_are_shown_as_withheld(lost: str) -> None:
    """And what was written around them later is still found."""
    events: list[PlanEvent] = [OPENED]
    for text in ("secret", "secret and open"):
        events.append(drafted(after(events), text))
    with fresh_log() as log:
        log.append(PLAN, *events)
        first, second, third = log.recorder.log(gt=0, limit=10)
        second = second._replace(words=None)
        if lost == "facts":
            second = second._replace(state=b"")
        with log.store.views.apart() as writer:
            for statement in VIEW.ddl:
                writer.execute(statement)
            VIEW.take(log.recorder, writer, [first, second])
            VIEW.take(log.recorder, writer, [third])
            [(plain,)] = writer.execute("SELECT plain FROM drafts")
            assert find(Reading(writer.execute, 3), TENANT, "secret") == []

    assert plain == (WITHHELD * 6 + " and open" if lost == "words" else WITHHELD * 15)
