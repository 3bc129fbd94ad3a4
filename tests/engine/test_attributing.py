"""Who wrote which words, who placed them, which marks cover them, and what became of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.attributing import Authors, SectionAuthors, Share, shares
from ehcp_flow.authorship.delta import WITHHELD, How, apply, find_delta, text_digest
from ehcp_flow.errors import BadInput
from ehcp_flow.events import (
    AdviceGiven,
    Meaning,
    Operation,
    PlanEvent,
    SectionEdited,
    SectionSignedOff,
    SectionTextImported,
    Words,
    words,
)
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Folding, SignOff
from ehcp_flow.recording import Recorded
from tests.examples import HEAD, OPENED, OTHER_TEACHER, PLAN, SENCO, TEACHER, TODAY, hand
from tests.projections.logs import histories

MACHINE = hand("Boris", "class teacher", channel="machine")


class History:
    """A plan's history, written by hand: each edit takes words from where it says."""

    def __init__(self, events: Sequence[PlanEvent] = (OPENED,)) -> None:
        self.events = list(events)

    def edit(self, section: str, *operations: Operation, who: Hand = TEACHER) -> str:
        """Edit a section; ``("write", text)`` writes a text. Return the name of what it made."""
        folding = self._folded()
        written: list[Words] = []
        delta: list[Operation] = []
        for operation in operations:
            if operation[0] == "write":
                written.append(words(str(operation[1])))
                delta.append(("write", written[-1].length, len(written) - 1))
            else:
                delta.append(operation)
        text = apply(folding.text(section), delta, written, folding.source)
        over = folding.plan().section(section).revision
        self.events.append(
            SectionEdited(
                **who.act("typist" if who.on_behalf_of_name else "drafter"),
                section=section,
                revision=over + 1,
                over=over,
                delta=tuple(delta),
                written=tuple(written),
                text_digest=text_digest(text),
                length=len(text),
            )
        )
        return f"{section}@{over + 1}"

    def write(self, section: str, text: str, who: Hand = TEACHER) -> str:
        """Make a text the section's next one, word by word."""
        delta = find_delta(self.text(section), text)
        told = [
            ("write", str(delta.written[int(part[2])].text)) if part[0] == "write" else part
            for part in delta.operations
        ]
        return self.edit(section, *told, who=who)

    def bring_in(self, section: str, text: str) -> None:
        """Bring in a section's text as issued."""
        delta = find_delta("", text)
        self.events.append(
            SectionTextImported(
                **SENCO.act("typist"),
                section=section,
                revision=1,
                delta=delta.operations,
                written=delta.written,
                text_digest=text_digest(text),
                length=len(text),
                not_recorded_before=TODAY,
            )
        )

    def advise(self, text: str, giver: Hand = OTHER_TEACHER, who: Hand = SENCO) -> str:
        """Bring in an advice that someone gave."""
        number = len(self._folded().plan().advice) + 1
        self.events.append(
            AdviceGiven(
                **who.act("adviser"),
                advice=number,
                kind="education",
                given_by=giver.by,
                given_by_name=words(giver.name),
                given_by_role=giver.role,
                text=words(text),
                text_digest=text_digest(text),
                length=len(text),
                file_digest=text_digest(text),
            )
        )
        return f"advice@{number}"

    def sign(self, section: str, who: Hand = SENCO, meaning: Meaning = "review") -> int:
        """Sign a section as it stands; return the step."""
        now = self._folded().plan().section(section)
        self.events.append(
            SectionSignedOff(
                **who.act("reviewer"),
                section=section,
                revision=now.revision,
                text_digest=now.text_digest,
                meaning=meaning,
            )
        )
        return len(self.events)

    def text(self, section: str) -> str:
        """A section's text as it stands."""
        return self._folded().text(section)

    def authors(self) -> Authors:
        """Who wrote which words."""
        return Authors(recorded(self.events))

    def section(self, section: str = "F") -> SectionAuthors:
        """Who wrote which words of a section."""
        return self.authors().sections[section]

    def _folded(self) -> Folding:
        folding = Folding(PLAN)
        for version, event in enumerate(self.events, start=1):
            folding.evolve(version, event)
        return folding


def recorded(events: Sequence[PlanEvent]) -> list[Recorded]:
    """Events in their places."""
    return [Recorded(PLAN, version, event) for version, event in enumerate(events, start=1)]


def covered(found: SectionAuthors, step: int | None = None) -> list[str]:
    """The texts that a mark covers: the one of a step, or the only one."""
    marks = [mark for mark, *_ in found.marks if step in (None, mark.version)]
    assert len(marks) == 1
    return [found.text[start:end] for start, end in found.covered(marks[0])]


@pytest.fixture
def history() -> History:
    """A plan whose section F the class teacher wrote."""
    written = History()
    written.edit("F", ("write", "Two hours a week. A quiet place."))
    return written


# Runs -------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(histories())
def test_the_runs_cover_every_text_from_end_to_end(events: list[PlanEvent]) -> None:
    """Whatever was written, taken and dropped; and each holds the words that were written there."""
    folding = Folding(PLAN)
    for version, event in enumerate(events, start=1):
        folding.evolve(version, event)
    authors = Authors(recorded(events))

    for id, found in authors.sections.items():
        assert found.text == folding.text(id)
        assert "".join(run.text for run in found.runs) == found.text
        ends = [0, *(run.end for run in found.runs)]
        assert [run.start for run in found.runs] == ends[:-1]
        assert ends[-1] == len(found.text)
        for run in found.runs:
            source = folding.source(run.written.source)
            assert source[run.offset : run.offset + len(run.text)] == run.text


@settings(deadline=None)
@given(histories())
def test_what_an_edit_wrote_stands_or_is_gone(events: list[PlanEvent]) -> None:
    """No word is lost, and none is both."""
    authors = Authors(recorded(events))

    for event in events:
        if not isinstance(event, SectionEdited):
            continue
        text = authors.weave.source(f"{event.section}@{event.revision}")
        at = 0
        for part in event.delta:
            kind = part[0]
            n = int(part[3]) - int(part[2]) if kind == "take" else int(part[1])
            if kind == "write":
                parts = authors.parts(f"{event.section}@{event.revision}", at, at + n)
                assert "".join(one.text for one in parts) == text[at : at + n]
                assert all(bool(one.standing) is (one.gone is None) for one in parts)
                for one in parts:
                    assert {run.text for _, run in one.standing} <= {one.text}
            at += 0 if kind == "drop" else n


@settings(deadline=None)
@given(histories())
def test_a_mark_covers_the_whole_text_it_was_made_over(events: list[PlanEvent]) -> None:
    """However that text came about."""
    history = History(events)
    for id in history.authors().sections:
        step = history.sign(id)
        found = history.section(id)

        assert "".join(covered(found, step)) == found.text
        assert found.bare == ()
        assert [each.missing for each in found.marks if each.mark.version == step] == [0]


@settings(deadline=None)
@given(histories())
def test_shares_are_of_everything(events: list[PlanEvent]) -> None:
    """Every character is somebody's, and every word is counted once."""
    for found in Authors(recorded(events)).sections.values():
        told = shares(found.runs)

        assert sum(share.characters for share in told) == len(found.text)
        assert sum(share.words for share in told) == len(found.words)


def test_two_facts_stand_side_by_side(history: History) -> None:
    """Who wrote the words, and who placed them where they are."""
    history.edit("B", ("take", "F@1", 0, 17, "moved"), who=SENCO)

    (run,) = history.section("B").runs

    assert (run.text, run.written.name, run.written.source) == ("Two hours a week.", "Boris", "F@1")
    assert run.placed is not None
    assert (run.placed.name, run.how) == ("Amira", "moved")


def test_a_text_as_issued_has_no_author(history: History) -> None:
    """It says from which day on authors are on record, and who brought it in."""
    history.bring_in("B", "He likes to swim.")

    (run,) = history.section("B").runs

    assert (run.how, run.written.by, run.written.role) == ("imported", None, None)
    assert (run.written.not_recorded_before, run.written.brought_by) == (TODAY, "Amira")


def test_machine_written_words_say_who_adopted_them() -> None:
    """Where they stand, without another author."""
    history = History()
    history.edit("F", ("write", "Two hours a week."), who=MACHINE)
    (run,) = history.section().runs
    assert (run.written.machine, run.adopted) == (True, None)

    history.edit("F", ("drop", 17), ("take", "F@1", 0, 17, "adopted"), who=SENCO)

    (run,) = history.section().runs
    assert run.written.machine
    assert run.adopted is not None
    assert run.adopted.name == "Amira"


def test_words_that_were_withheld_keep_their_author(history: History) -> None:
    """And their length."""
    *_, last = history.events
    assert isinstance(last, SectionEdited)
    withheld = tuple(piece._replace(text=None) for piece in last.written)
    history.events[-1] = last.model_copy(update={"written": withheld})

    (run,) = history.section().runs

    assert run.text == WITHHELD * 32
    assert run.written.name == "Boris"


# Marks ------------------------------------------------------------------------------------------


def test_words_written_later_are_not_covered(history: History) -> None:
    """And the draft says which."""
    history.sign("F")
    history.edit("F", ("keep", 10), ("write", "and ten minutes "), ("keep", 22))

    found = history.section()

    assert covered(found) == ["Two hours ", "a week. A quiet place."]
    assert [found.text[start:end] for start, end in found.bare] == ["and ten minutes"]
    assert (found.words_covered(found.marks[0].mark), len(found.words)) == (7, 10)


def test_a_word_of_which_a_letter_changed_is_not_covered() -> None:
    """A word is covered to its last character or not at all, and so is a number."""
    history = History()
    history.edit("F", ("write", "She has 25 hours."))
    history.sign("F")
    history.edit("F", ("keep", 9), ("write", "."), ("keep", 8))

    found = history.section()

    assert found.text == "She has 2.5 hours."
    assert [found.text[start:end] for start, end in found.bare] == ["2.5"]
    assert found.marks[0].missing == 0


def test_words_that_were_removed_are_told(history: History) -> None:
    """What is left of a signed text may say something else without them."""
    history.sign("F")
    history.edit("F", ("keep", 9), ("drop", 7), ("keep", 16))

    found = history.section()

    assert found.text == "Two hours. A quiet place."
    assert found.bare == ()
    assert found.marks[0].missing == 2


def test_words_removed_and_restored_are_covered_again(history: History) -> None:
    """Whoever restores them."""
    history.sign("F")
    history.edit("F", ("drop", 18), ("keep", 14))
    assert covered(history.section()) == ["A quiet place."]

    history.edit("F", ("take", "F@1", 0, 18, "restored"), ("keep", 14), who=SENCO)

    found = history.section()
    assert covered(found) == ["Two hours a week. A quiet place."]
    assert found.marks[0].missing == 0


def test_words_moved_to_another_section_are_not_covered_there(history: History) -> None:
    """The mark was over section F; it covers them again when they are back."""
    history.sign("F")
    history.edit("B", ("write", "He says: "), ("take", "F@1", 0, 17, "moved"))
    history.edit("F", ("drop", 18), ("keep", 14))

    assert [run.marks for run in history.section("B").runs] == [(), ()]
    assert history.section("B").marks == ()
    assert history.section().marks[0].missing == 4

    history.edit("F", ("keep", 14), ("take", "B@1", 9, 26, "moved"))

    assert covered(history.section()) == ["A quiet place.Two hours a week."]


def test_a_copy_made_later_is_not_covered(history: History) -> None:
    """The words stood once in what was signed; a mark made over both covers both."""
    first = history.sign("F")
    history.edit("F", ("keep", 32), ("write", " "), ("take", "F@1", 0, 17, "copied"))

    found = history.section()
    assert covered(found, first) == ["Two hours a week. A quiet place."]
    assert [found.text[start:end] for start, end in found.bare] == ["Two hours a week"]

    second = history.sign("F", HEAD, "approval")
    assert "".join(covered(history.section(), second)) == history.text("F")


def test_advice_adopted_again_after_the_mark_is_not_covered() -> None:
    """What stood in the signed text is, and what a machine wrote is also when it is adopted."""
    history = History()
    advice = history.advise("Two hours a week.")
    history.edit("F", ("take", advice, 0, 17, "adopted"))
    history.edit("F", ("keep", 17), ("write", " It is quiet."), who=MACHINE)
    history.sign("F")
    history.edit("F", ("keep", 30), ("write", " "), ("take", advice, 0, 17, "adopted"))
    history.edit("F", ("keep", 17), ("drop", 13), ("take", "F@2", 17, 30, "adopted"), ("keep", 18))

    assert covered(history.section()) == ["Two hours a week. It is quiet."]


def test_a_mark_over_a_text_that_never_was_covers_nothing(history: History) -> None:
    """A store may hold such a one, and the plan is still to be read."""
    history.sign("F")
    *_, last = history.events
    history.events[-1] = last.model_copy(update={"revision": 9})

    found = history.section()

    assert [(characters, missing) for _, characters, missing, *_ in found.marks] == [(0, 0)]
    assert len(found.bare) == 1


def test_a_text_is_told_as_it_was_at_a_revision(history: History) -> None:
    """With the marks that are asked about and no others."""
    history.sign("F")
    history.write("F", "Three hours a week.", SENCO)
    authors = history.authors()
    mark: SignOff = authors.sections["F"].marks[0].mark

    then = authors.section("F", 1, [mark])
    bare = authors.section("F", 1, [])

    assert then.text == "Two hours a week. A quiet place."
    assert covered(then) == [then.text]
    assert bare.marks == ()
    assert bare.gone == ()


# Shares -----------------------------------------------------------------------------------------


def test_two_people_of_one_name_are_two_authors(history: History) -> None:
    """And one person in two roles has two rows: each word says in which it was written."""
    other = replace(TEACHER, by="boris-2")
    history.edit("F", ("keep", 32), ("write", " By a mill."), who=other)
    history.edit("F", ("keep", 43), ("write", " Now."), who=replace(other, role="SENCO"))

    told: tuple[Share, ...] = shares(history.section().runs)

    assert [(share.author, share.written.role, share.words) for share in told] == [
        ("Boris", "class teacher", 7),
        ("Boris", "class teacher", 3),
        ("Boris", "SENCO", 1),
    ]


def test_a_word_that_two_wrote_counts_for_whoever_began_it(history: History) -> None:
    """A comma is its writer's, and no word."""
    history.edit("F", ("keep", 8), ("write", "ly"), ("keep", 24), who=SENCO)

    assert history.text("F") == "Two hourlys a week. A quiet place."
    assert [
        (share.author, share.words, share.characters) for share in shares(history.section().runs)
    ] == [
        ("Boris", 7, 32),
        ("Amira", 0, 2),
    ]


# A phrase ---------------------------------------------------------------------------------------


def test_a_phrase_is_found_whatever_its_white_space(history: History) -> None:
    """Copied from a page, it stands on two lines."""
    (found,) = history.authors().phrase("hours\n  a week")

    assert (found.section, found.now, found.start, found.end) == ("F", True, 4, 16)
    (part,) = found.parts
    assert (part.text, part.written.name, part.gone) == ("hours a week", "Boris", None)


def test_a_phrase_that_several_wrote_has_a_part_for_each(history: History) -> None:
    """In the order in which they stand."""
    history.write("F", "Two hours and a half a week. A quiet place.", SENCO)

    (found,) = history.authors().phrase("hours and a half a week")

    assert "".join(part.text for part in found.parts) == "hours and a half a week"
    assert [part.written.name for part in found.parts] == ["Boris", "Amira", "Boris"]


def test_a_phrase_that_is_gone_is_told_with_its_whole_life(history: History) -> None:
    """Who wrote it, who placed it, the marks that were over it, who removed it."""
    history.edit("B", ("take", "F@1", 0, 17, "moved"), who=SENCO)
    history.edit("F", ("drop", 18), ("keep", 14), who=SENCO)
    step = history.sign("B")
    history.edit("B", ("drop", 9), ("write", "Hours"), ("keep", 8), who=HEAD)

    (found,) = history.authors().phrase("Two hours a week")

    assert (found.section, found.source, found.now) == ("B", "B@1", False)
    gone, still = found.parts
    assert (gone.text, still.text) == ("Two hours", " a week")
    assert gone.gone is not None
    assert (gone.gone.removed.name, gone.gone.removed.source) == ("Dana", "B@2")
    assert [(deed.name, how) for deed, how in gone.placings] == [("Amira", "moved")]
    assert [(id, mark.version) for id, mark in gone.signed] == [("B", step)]
    assert [id for id, _ in still.standing] == ["B"]


def test_every_mark_is_told_wherever_the_words_stood_then(history: History) -> None:
    """Though it covers nothing of where they stand now."""
    step = history.sign("F")
    history.edit("B", ("take", "F@1", 0, 17, "moved"))
    history.edit("F", ("drop", 18), ("keep", 14))

    (found,) = history.authors().phrase("Two hours")

    (part,) = found.parts
    assert [(id, mark.version) for id, mark in part.signed] == [("F", step)]
    assert [run.marks for _, run in part.standing] == [()]


def test_a_phrase_of_a_section_that_stands_in_another_one_now(history: History) -> None:
    """It is nobody's loss: it says where the words are."""
    history.edit("B", ("take", "F@1", 0, 17, "moved"))
    history.edit("F", ("drop", 18), ("keep", 14))

    (found,) = history.authors().phrase("Two hours", "F")

    (part,) = found.parts
    assert (found.source, found.now, part.gone) == ("F@1", False, None)
    assert [(id, run.text) for id, run in part.standing] == [("B", "Two hours")]


def test_a_phrase_that_is_only_in_an_advice(history: History) -> None:
    """Nobody took it from there; of one section nothing is told."""
    history.advise("A rope to climb.")

    (found,) = history.authors().phrase("rope to climb")

    assert (found.section, found.source) == (None, "advice@1")
    (part,) = found.parts
    assert (part.standing, part.gone, part.written.name) == ((), None, "Carol")
    assert history.authors().phrase("rope to climb", "F") == ()


def test_a_phrase_that_never_was(history: History) -> None:
    """And one that is none."""
    assert history.authors().phrase("Nine hours") == ()
    with pytest.raises(BadInput):
        history.authors().phrase(" \n")


@settings(deadline=None)
@given(histories(), st.data())
def test_any_phrase_of_any_text_is_found(events: list[PlanEvent], data: st.DataObject) -> None:
    """Of a text as it stands or as it stood, and its parts make it up."""
    authors = Authors(recorded(events))
    texts = [
        (id, authors.weave.source(f"{id}@{revision}"))
        for id, found in authors.sections.items()
        for revision in range(1, found.revision + 1)
    ]
    texts = [(id, text) for id, text in texts if text.strip()]
    if not texts:
        return
    id, text = data.draw(st.sampled_from(texts))
    low = data.draw(st.integers(0, len(text) - 1))
    high = data.draw(st.integers(low + 1, len(text)))
    if not text[low:high].strip():
        return

    found = authors.phrase(text[low:high], id)

    assert found
    for phrase in found:
        assert "".join(part.text for part in phrase.parts) == phrase.text
        assert phrase.text.split() == text[low:high].split()


def test_every_way_of_taking_is_told(history: History) -> None:
    """As the record says it, word for word."""
    ways: tuple[How, ...] = get_args(How)
    for place, how in enumerate(ways):
        before = len(history.text("B"))
        kept: list[Operation] = [("keep", before)] if before else []
        history.edit("B", *kept, ("take", "F@1", place, place + 1, how))

    assert [run.how for run in history.section("B").runs] == list(ways)
