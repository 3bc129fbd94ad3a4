"""Whose the words are after what people do to a text."""

import pytest

from ehcp_flow.authorship.delta import WITHHELD
from ehcp_flow.authorship.likeness import Equal
from ehcp_flow.authorship.matching import check, find
from ehcp_flow.authorship.runs import Dead, Placing, Run, Weave
from ehcp_flow.errors import BadInput, RecordDamaged
from ehcp_flow.events import Words
from ehcp_flow.events import words as as_words
from tests.engine.authorship.writing import Desk

READS = "Maya reads short books aloud to an adult every morning, and she enjoys it."
WRITES = "She finds writing tiring because holding a pencil hurts her wrist after a while."
SPEAKS = "In a small group she speaks freely when the others wait for her answer."
ADVICE = (
    "Maya needs a quiet place to work, with few people passing, and a visual timetable on her desk."
)


def test_a_changed_word_is_the_changers() -> None:
    """The whole of it, though it begins as the old one did; the rest stays."""
    desk = Desk()
    desk.save("F", "Two hours a week.")
    desk.save("F", "Two hundred hours a week.")
    desk.save("F", "Two hundred hour a week.")

    assert desk.told("F") == [
        ("Two ", "F@1"),
        ("hundred ", "F@2"),
        ("hour", "F@3"),
        (" a week.", "F@1"),
    ]


def test_a_sentence_put_between_two_is_new_from_its_beginning_to_its_end() -> None:
    """Its last mark is its own, and so is its first word, though the next begins with it too."""
    desk = Desk()
    desk.save("F", "She reads. She runs.")
    desk.save("F", "She reads. She writes. She runs.")
    desk.save("F", "She sleeps. She reads. She writes. She runs.")

    assert desk.source_of("F", "She sleeps.") == {"F@3"}
    assert desk.source_of("F", "She reads.") == {"F@1"}
    assert desk.source_of("F", "She writes.") == {"F@2"}
    assert desk.source_of("F", "She runs.") == {"F@1"}


def test_what_is_equal_by_chance_in_a_sentence_written_anew_is_its_writers() -> None:
    """Nobody kept the small words of a sentence of which nothing else stayed."""
    desk = Desk()
    old = "The therapist will see her at school on the first Monday of each month."
    new = "Her parents and a nurse practise the exercises before breakfast in the kitchen."
    desk.save("F", f"{READS} {old} {WRITES}")
    desk.save("F", f"{READS} {new} {WRITES}")

    assert desk.source_of("F", new) == {"F@2"}
    assert desk.source_of("F", READS) == desk.source_of("F", WRITES) == {"F@1"}


def test_white_space_alone_moves_no_author() -> None:
    """A text that is wrapped anew belongs to whom it did; the line ends are the wrapper's."""
    desk = Desk()
    desk.save("F", f"{READS} {WRITES}")
    found = desk.save("F", f"{READS} {WRITES}".replace(" an ", "\nan ").replace("a ", "a\n"))

    assert all(words.text is not None and words.text.isspace() for words in found.written)


def test_a_whole_return_is_exact() -> None:
    """Every word is whose it was; what was gone is placed by whoever restored it."""
    desk = Desk()
    desk.save("F", f"{READS} {WRITES}")
    desk.save("F", f"{READS} Slowly, {WRITES}")
    before = desk.weave.runs("F")
    desk.save("F", f"{SPEAKS}")
    desk.save("F", "")
    found = desk.save("F", f"{READS} Slowly, {WRITES}")

    assert found.operations == (("take", "F@2", 0, len(desk.weave.text("F")), "restored"),)
    assert desk.weave.runs("F") == tuple(
        run._replace(placings=(Placing("F@5", "restored"),)) for run in before
    )


def test_a_whole_return_leaves_alone_what_is_still_there() -> None:
    """Nobody placed the words that nobody moved."""
    desk = Desk()
    desk.save("F", f"{READS} {WRITES}")
    desk.save("F", READS)
    desk.save("F", f"{READS} {WRITES}")

    assert desk.how_placed("F", READS) == {()}
    assert desk.how_placed("F", WRITES) == {(("F@3", "restored"),)}


def test_a_hundred_returns_to_and_fro_tell_the_first_author() -> None:
    """However often a quarrel goes on."""
    desk = Desk()
    for _ in range(50):
        desk.save("F", f"{READS} {WRITES}")
        desk.save("F", READS)
    desk.save("F", f"{READS} {WRITES}")

    assert desk.source_of("F", f"{READS} {WRITES}") == {"F@1"}
    assert desk.weave.dead("F") == ()


def test_a_paragraph_moved_to_another_section_keeps_its_author() -> None:
    """One command takes it out of B and puts it in F."""
    desk = Desk()
    desk.save_all({"B": f"{READS}\n\n{WRITES}", "F": SPEAKS})
    found = desk.save_all({"B": READS, "F": f"{SPEAKS}\n\n{WRITES}"})

    start = len(READS) + 2
    assert ("take", "B@1", start, start + len(WRITES), "moved") in found["F"].operations
    assert desk.source_of("F", WRITES) == {"B@1"}
    assert desk.how_placed("F", WRITES) == {(("F@2", "moved"),)}
    assert desk.weave.dead("B") == (Dead(2, "B@1", len(READS), (), "B@2", len(READS), len(READS)),)


def test_the_order_in_which_the_sections_of_a_command_are_recorded_does_not_matter() -> None:
    """A take names a text that stays in the record."""
    desk, other = Desk(), Desk()
    for each in (desk, other):
        each.save_all({"B": f"{READS}\n\n{WRITES}", "F": SPEAKS})
    found = desk.save_all({"B": READS, "F": f"{SPEAKS}\n\n{WRITES}"})
    other.edit("F", found["F"])
    other.edit("B", found["B"])

    assert other.weave.runs("F") == desk.weave.runs("F")
    assert other.weave.dead("B") == desk.weave.dead("B")


def test_a_paragraph_moved_within_a_section_keeps_its_author() -> None:
    """Whichever of the two that changed their places is said to have moved."""
    desk = Desk()
    desk.save("F", f"{READS}\n\n{WRITES}")
    desk.save("F", f"{READS}\n\n{WRITES}\n\n{SPEAKS}")
    desk.save("F", f"{SPEAKS}\n\n{WRITES}\n\n{READS}")

    assert desk.source_of("F", READS) == desk.source_of("F", WRITES) == {"F@1"}
    assert desk.source_of("F", SPEAKS) == {"F@2"}


def test_the_lines_of_a_list_keep_their_authors_in_another_order() -> None:
    """Short ones too."""
    desk = Desk()
    lines = ["- a pencil grip", "- a sloped desk", "- more time to finish", "- a reader"]
    desk.save("F", "\n".join(lines[:2]))
    desk.save("F", "\n".join(lines))
    desk.save("F", "\n".join([lines[3], lines[0], lines[2], lines[1]]))

    for line, source in zip(lines, ("F@1", "F@1", "F@2", "F@2"), strict=True):
        assert desk.source_of("F", line) == {source}


def test_a_sentence_restored_in_place_is_its_first_authors() -> None:
    """Though other words have come and gone since."""
    desk = Desk()
    desk.save("F", f"{READS} {WRITES} {SPEAKS}")
    desk.save("F", f"{READS} {SPEAKS}")
    desk.save("F", f"{READS} {SPEAKS} And so on.")
    desk.save("F", f"{READS} {WRITES} {SPEAKS} And so on.")

    assert desk.source_of("F", WRITES) == {"F@1"}
    assert desk.how_placed("F", WRITES) == {(("F@4", "restored"),)}


def test_a_sentence_restored_in_another_section_is_its_first_authors() -> None:
    """A section is no border to authorship."""
    desk = Desk()
    desk.save("B", f"{READS} {WRITES}")
    desk.save("B", READS)
    desk.save("F", f"{SPEAKS} {WRITES}")

    assert desk.source_of("F", WRITES) == {"B@1"}
    assert desk.how_placed("F", WRITES) == {(("F@1", "restored"),)}
    assert all(not desk.weave.words(gone).strip() for gone in desk.weave.dead("B"))


def test_a_copied_paragraph_is_the_copied_authors() -> None:
    """And whoever copied it placed it; the first one is where it was."""
    desk = Desk()
    desk.save("B", f"{READS} {WRITES}")
    desk.save("F", f"{SPEAKS}\n\n{WRITES}")

    assert desk.source_of("F", WRITES) == {"B@1"}
    assert desk.how_placed("F", WRITES) == {(("F@1", "copied"),)}
    assert desk.how_placed("B", WRITES) == {()}


def test_a_few_equal_words_elsewhere_are_no_copy() -> None:
    """Eleven words that stand in another section may be anybody's."""
    desk = Desk()
    desk.save("B", READS)
    desk.save("F", "Maya reads short books aloud to an adult every morning, and.")

    assert desk.source_of("F", "Maya reads short books aloud") == {"F@1"}


def test_words_taken_on_and_on_keep_the_whole_of_their_way() -> None:
    """The acts that placed them, the oldest first."""
    desk = Desk()
    desk.save("B", f"{WRITES} {READS}")
    desk.save_all({"B": WRITES, "F": READS})
    desk.save("F", "Nothing yet.")
    desk.save("E", READS)

    assert desk.how_placed("E", READS) == {(("F@1", "moved"), ("E@1", "restored"))}


# Advice -----------------------------------------------------------------------------------------


def test_words_that_equal_an_advice_are_the_writers_until_they_are_adopted() -> None:
    """Adoption is not guessed; it is asked about."""
    desk = Desk()
    desk.weave.advise(1, f"For Maya.\n{ADVICE}")
    found = desk.search("F", f"{READS} {ADVICE}").equal
    desk.save("F", f"{READS} {ADVICE}")

    start, offset = len(READS) + 1, len("For Maya.\n")
    # Without the full stop: words are compared, and signs are not.
    end = len(ADVICE) - 1
    assert found == (Equal(start, start + end, 18, "advice@1", offset, offset + end),)
    assert desk.source_of("F", ADVICE) == {"F@1"}


def test_adopted_words_are_the_advisers() -> None:
    """Whoever adopted them placed them; nothing is asked about them again."""
    desk = Desk()
    desk.weave.advise(1, ADVICE)
    desk.save("F", READS)
    desk.save("F", f"{READS} {ADVICE}", adopt=True)

    assert desk.source_of("F", ADVICE) == {"advice@1"}
    assert desk.how_placed("F", ADVICE) == {(("F@2", "adopted"),)}
    assert desk.search("F", f"{READS} {ADVICE} Daily.").equal == ()


@pytest.mark.parametrize("at_once", [True, False])
def test_a_comma_put_right_in_an_adopted_paragraph_is_the_fixers(at_once: bool) -> None:
    """The rest of it is the adviser's, whether it was put right while adopting or later."""
    desk = Desk()
    desk.weave.advise(1, ADVICE)
    fixed = ADVICE.replace("work, with", "work; with")
    if not at_once:
        desk.save("F", ADVICE, adopt=True)
    desk.save("F", fixed, adopt=True)
    before, after = fixed.split(";")

    assert desk.source_of("F", ";") == {f"F@{1 if at_once else 2}"}
    assert desk.source_of("F", before) == {"advice@1"}
    assert desk.source_of("F", after.strip()) == {"advice@1"}


LONG = (
    "Maya reads aloud to an adult for ten minutes each day and is asked what happened in the story "
    "and why."
)


@pytest.mark.parametrize(
    "disguised",
    [
        LONG.upper(),
        LONG.title(),
        LONG.replace("a", "\u0430").replace("o", "\u043e"),
        LONG.replace("e", "\u0435\u200b"),
        "\u00ad".join(LONG),
        LONG.replace(" ", "\n\n"),
        LONG.replace(" ", ", "),
        "".join(chr(ord(c) + 0xFEE0) if "a" <= c <= "z" else c for c in LONG),
    ],
)
def test_a_disguise_is_seen_through(disguised: str) -> None:
    """Capitals, look-alike letters, signs that are not seen, white space and punctuation."""
    desk = Desk()
    desk.weave.advise(1, LONG)

    (equal,) = desk.search("F", disguised).equal

    assert equal.words == len(LONG.split())


def test_what_comes_in_instalments_is_looked_at_together() -> None:
    """A few words more each time, none of which would be asked about by themselves."""
    desk = Desk()
    desk.weave.advise(1, LONG)
    words = LONG.split()
    asked = [n for n in range(3, len(words), 3) if _saved(desk, " ".join(words[:n]))]
    assert asked == list(range(9, len(words), 3))

    desk.save("F", LONG, adopt=True)
    assert desk.source_of("F", LONG) == {"advice@1"}


def _saved(desk: Desk, text: str) -> bool:
    asked = bool(desk.search("F", text).equal)
    desk.save("F", text)
    return asked


def test_everybody_who_gave_the_same_is_named() -> None:
    """And what is adopted is the first one's."""
    desk = Desk()
    desk.weave.advise(1, ADVICE)
    desk.weave.advise(2, f"As she said: {ADVICE}")

    assert [equal.source for equal in desk.search("F", ADVICE).equal] == ["advice@1", "advice@2"]
    desk.save("F", ADVICE, adopt=True)
    assert desk.source_of("F", ADVICE) == {"advice@1"}


def test_no_more_is_adopted_than_was_asked_about() -> None:
    """A few words here and there that an advice has too are the writer's."""
    desk = Desk()
    desk.weave.advise(1, LONG)
    text = f"{LONG[:60]} and the school asks an adult what happened each day."
    desk.save("F", text, adopt=True)

    start = text.index("and the school")
    assert desk.source_of("F", text[start:]) == {"F@1"}


def test_claimed_words_are_the_writers_and_what_they_equal_is_known() -> None:
    """Also words that stand elsewhere in the plan; where they stand in the new text, too."""
    desk = Desk()
    desk.weave.advise(1, LONG)
    desk.save("B", ADVICE)
    text = f"{LONG} {ADVICE}"
    found, claims = desk.search("F", text).claimed()

    desk.edit("F", found)
    assert {run.source for run in desk.weave.runs("F")} == {"F@1"}
    assert desk.weave.text("F") == text
    assert {claim[0] for claim in claims} == {"advice@1", "B@1"}
    for source, start, stop, at, end in claims:
        there = desk.weave.source(str(source))[int(start) : int(stop)]
        assert there == text[int(at) : int(end)]


def test_an_advice_comes_in_order() -> None:
    """Its number is its name in every delta that takes from it."""
    with pytest.raises(RecordDamaged, match="Advice 2"):
        Weave().advise(2, ADVICE)


# Words withheld ---------------------------------------------------------------------------------


def test_withheld_words_keep_every_length_and_author() -> None:
    """Also those that were taken elsewhere."""
    desk = Desk()
    desk.save("B", READS)
    desk.save("B", f"{READS} {WRITES}")
    desk.save_all({"B": READS, "F": WRITES})
    desk.save("F", f"{WRITES} {SPEAKS}")
    weave = Weave()
    for section, revision, found in desk.record:
        written = found.written
        if (section, revision) == ("B", 2):
            written = tuple(Words(words.length, words.digest) for words in written)
        weave.edit(section, revision, found.operations, written)

    assert weave.runs("F") == desk.weave.runs("F")
    assert weave.dead("B") == desk.weave.dead("B")
    assert weave.text("F") == f"{WITHHELD * len(WRITES)} {SPEAKS}"
    assert weave.words(weave.runs("F")[0]) == WITHHELD * len(WRITES)


def test_a_text_with_withheld_words_can_be_written_on() -> None:
    """They stay where they are."""
    weave = Weave()
    weave.edit("F", 1, (("write", 5, 0),), (as_words("Her  "),))
    weave.edit("F", 2, (("keep", 5), ("write", 4, 0)), (Words(4),))
    new = weave.text("F") + " is well."
    found = find(weave, "F", new)
    weave.edit("F", 3, found.operations, found.written)

    assert weave.text("F") == f"Her  {WITHHELD * 4} is well."
    assert [run.source for run in weave.runs("F")] == ["F@1", "F@2", "F@3"]


# What does not fit ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "operations",
    [
        (("keep", 3),),
        (("keep", 9),),
        (("keep", 5), ("drop", 1)),
        (("keep", 5), ("write", 1, 7)),
        (("keep", 5), ("write", 2, 0)),
        (("keep", 5), ("take", "F@1", 0, 6, "copied")),
        (("keep", 5), ("take", "F@1", 3, 3, "copied")),
        (("keep", 5), ("take", "F@1", -1, 3, "copied")),
        (("keep", 5), ("take", "F@2", 0, 3, "copied")),
        (("keep", 5), ("take", "F@01", 0, 3, "copied")),
        (("keep", 5), ("take", "B@1", 0, 3, "copied")),
        (("keep", 5), ("take", "F", 0, 3, "copied")),
        (("keep", 5), ("take", "F@1", 0, 3, "stolen")),
        (("keep", 5), ("take", "advice@1", 0, 3, "copied")),
        (("keep", 5), ("take", "advice@2", 0, 3, "adopted")),
        (("keep", 5), ("take", "F@1", 0, 3)),
        (("steal", 5),),
        (("keep",),),
        (("keep", "x"),),
        (("drop", 2), ("take", "F@1", 0, 3, "copied"), ("keep", 4)),
    ],
)
def test_a_delta_that_does_not_fit_is_damage_and_changes_nothing(
    operations: tuple[tuple[str | int, ...], ...],
) -> None:
    """Whoever sends it is told; whoever reads it in a record knows."""
    weave = Weave()
    weave.advise(1, ADVICE)
    weave.edit("F", 1, (("write", 5, 0),), (as_words("Hello"),))

    with pytest.raises(BadInput):
        check(weave, "F", operations, (as_words("x"),), "Hello")
    with pytest.raises(RecordDamaged):
        weave.edit("F", 2, operations, (as_words("x"),))

    assert weave.runs("F") == (Run(5, "F@1", 0, ()),)
    assert weave.revision("F") == 1
    weave.edit("F", 2, (("keep", 5), ("write", 1, 0)), (as_words("!"),))
    assert weave.runs("F") == (Run(5, "F@1", 0, ()), Run(1, "F@2", 5, ()))
    assert weave.text("F") == "Hello!"


def test_a_delta_that_gives_another_text_is_refused() -> None:
    """The text that came with it is what was meant."""
    weave = Weave()
    with pytest.raises(BadInput, match="does not give"):
        check(weave, "F", (("write", 5, 0),), (as_words("Hello"),), "Hullo")


@pytest.mark.parametrize(
    "operations",
    [
        (("write", "5", 0),),
        (("write", 5, -1),),
        (("write", 5, 0), ("write", 5, 0)),
        (("write", 5, 0, 0),),
        ((),),
        ((5, 0),),
    ],
)
def test_a_delta_that_is_not_as_a_recorded_one_is_refused(
    operations: tuple[tuple[str | int, ...], ...],
) -> None:
    """Nothing gets into the record that is read in more than one way."""
    with pytest.raises(BadInput):
        check(Weave(), "F", operations, (as_words("Hello"),), "Hello" * len(operations))


def test_revisions_come_in_order() -> None:
    """One that is missing is damage."""
    weave = Weave()
    with pytest.raises(RecordDamaged, match="Revision 2"):
        weave.edit("F", 2, (("write", 5, 0),), (as_words("Hello"),))
    assert weave.sections == ()


@pytest.mark.parametrize(
    "name", ["F@2", "F@", "F", "@1", "F@-1", "advice@1", "F@1\N{SUPERSCRIPT TWO}"]
)
def test_a_name_that_stands_for_nothing_is_damage(name: str) -> None:
    """Never another text."""
    weave = Weave()
    weave.edit("F", 1, (("write", 5, 0),), (as_words("Hello"),))

    assert weave.source("F@1") == "Hello"
    assert weave.source("F@0") == ""
    with pytest.raises(RecordDamaged):
        weave.source(name)
    with pytest.raises(RecordDamaged):
        weave.words(Run(1, name, 0, ()))


def test_a_section_that_nobody_touched_is_empty() -> None:
    """And has no words, living or dropped."""
    weave = Weave()

    assert weave.text("F") == ""
    assert weave.runs("F") == ()
    assert weave.dead("F") == ()
    assert weave.revision("F") == 0
