"""Texts that are long, strange, or the same word again and again."""

import time
import unicodedata
from collections.abc import Sequence
from random import Random

import pytest

from ehcp_flow.authorship import attribute
from ehcp_flow.authorship.delta import apply
from ehcp_flow.authorship.matching import find, find_plain
from ehcp_flow.authorship.runs import Weave
from ehcp_flow.events import Operation, Words
from ehcp_flow.events import words as as_words
from ehcp_flow.text import normalise
from tests.engine.authorship.writing import Desk

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
FLAG = "\N{REGIONAL INDICATOR SYMBOL LETTER G}\N{REGIONAL INDICATOR SYMBOL LETTER B}"
THUMB = "\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}"
HINDI = "\u0928\u092e\u0938\u094d\u0924\u0947"
HEBREW = "\u05e9\u05b8\u05dc\u05d5\u05b9\u05dd"
MANY_WORDS = 100_000


@pytest.mark.parametrize("word", [FAMILY, FLAG, THUMB, HINDI, HEBREW, "x\u0323\u0301", "\u20e3"])
def test_what_people_see_as_one_is_one_word(word: str) -> None:
    """Nobody is half the author of a sign."""
    assert attribute([("Ada", f"a {word} b")]) == [("a", 0), (word, 0), ("b", 0)]


def test_a_picture_put_among_others_is_its_writers() -> None:
    """The others stay whose they were."""
    told = attribute([("Ada", f"{FAMILY} {FLAG}"), ("Bo", f"{FAMILY} {THUMB} {FLAG}")])

    assert told == [(FAMILY, 0), (THUMB, 1), (FLAG, 0)]


def test_right_to_left_words_are_told_in_the_order_in_which_they_are_kept() -> None:
    """However they are shown."""
    told = attribute([("Ada", f"{HEBREW} reads"), ("Bo", f"{HEBREW} slowly reads")])

    assert told == [(HEBREW, 0), ("slowly", 1), ("reads", 0)]


def test_signs_without_spaces_between_them_are_told_one_by_one() -> None:
    """A sentence of them is not one word."""
    told = attribute([("Ada", "\u4e2d\u6587"), ("Bo", "\u4e2d\u82f1\u6587")])

    assert told == [("\u4e2d", 0), ("\u82f1", 1), ("\u6587", 0)]


@pytest.mark.parametrize("form", ["decomposed", "Windows"])
def test_another_form_of_the_same_text_is_no_change(form: str) -> None:
    """Accents and line ends are settled before anything is compared."""
    text = "The caf\N{LATIN SMALL LETTER E WITH ACUTE} is quiet.\nShe sits there."
    other = (
        unicodedata.normalize("NFD", text) if form == "decomposed" else text.replace("\n", "\r\n")
    )
    desk = Desk()
    desk.save("F", normalise(text).text)
    found = desk.save("F", normalise(other).text)

    assert found.operations == (("keep", len(text)),)


def test_a_section_emptied_and_filled_again_has_its_first_authors() -> None:
    """And what is new in it is new."""
    desk = Desk()
    first = "She reads well and likes to be asked about the story afterwards."
    desk.save("F", first)
    desk.save("F", "")
    assert desk.weave.runs("F") == ()
    desk.save("F", f"{first} Really.")

    assert desk.told("F") == [(first, "F@1"), (" Really.", "F@3")]


def test_an_empty_text_can_be_the_first() -> None:
    """No words, no operations."""
    desk = Desk()

    assert desk.save("F", "").operations == ()
    assert desk.weave.runs("F") == ()
    assert attribute([]) == attribute([("Ada", "")]) == attribute([("Ada", " \n ")]) == []


@pytest.mark.parametrize("text", ["...", "\n \n", "\N{PILE OF POO}", "- - -\n- - -"])
def test_a_text_without_a_word_can_be_changed(text: str) -> None:
    """Marks and white space alone."""
    desk = Desk()
    desk.save("F", text)
    desk.save("F", f"{text}!")
    desk.save("F", text[1:])
    desk.save("F", text)

    assert desk.weave.text("F") == text


@pytest.mark.parametrize("pattern", ["the ", "the a ", "a b c d ", "x", "the the. ", "- a\n"])
def test_the_same_words_by_the_thousand_take_no_long_time(pattern: str) -> None:
    """What is dropped, added and turned round in them is found, or written again."""
    chance = Random(1)
    units = 4_000
    old = pattern * units
    middle = "".join(chance.choice(["the ", "a ", pattern]) for _ in range(units))
    desk = Desk()
    began = time.process_time()
    for text in (old, pattern * (units - 7), middle, old + middle, middle + old, old):
        desk.save("F", text)

    assert time.process_time() - began < 10


def test_no_text_is_too_deep() -> None:
    """Each word stands once and all have changed their places."""
    words = [f"w{n}" for n in range(5_000)]
    delta = find_plain(" ".join(words), " ".join(reversed(words)))

    assert apply(" ".join(words), *delta) == " ".join(reversed(words))


def test_one_word_changed_a_thousand_times_in_a_hundred_thousand() -> None:
    """What is kept is a thousand words, not a thousand texts."""
    words = [f"word{n % 700}" for n in range(MANY_WORDS)]
    text = " ".join(words)
    weave = Weave()
    found = find(weave, "F", text)
    weave.edit("F", 1, found.operations, found.written)
    start = len(" ".join(words[:50_000])) + 1
    length = len(words[50_000])
    began = time.process_time()
    for n in range(2, 1_002):
        new = f"new{n}"
        changed = text[:start] + new + text[start + length :]
        operations: Sequence[Operation] = (
            ("keep", start),
            ("drop", length),
            ("write", len(new), 0),
            ("keep", len(text) - start - length),
        )
        written: Sequence[Words] = (as_words(new),)
        if n % 100 == 0:
            operations, written = find(weave, "F", changed)
        weave.edit("F", n, operations, written)
        text, length = changed, len(new)

    assert time.process_time() - began < 20
    assert weave.text("F") == text
    assert [(run.source, run.length) for run in weave.runs("F")][1] == ("F@1001", len("new1001"))
    assert len(weave.dead("F")) == 1_000
    assert weave.source("F@500")[start:].startswith("new500 ")


def test_a_hundred_thousand_words_are_matched() -> None:
    """With a paragraph moved from the beginning to the end."""
    chance = Random(2)
    words = [f"w{chance.randrange(3_000)}" for _ in range(MANY_WORDS)]
    old = ". ".join(" ".join(words[n : n + 12]) for n in range(0, len(words), 12)) + "."
    cut = old.index(". ", 2_000) + 2
    new = f"{old[cut:]} {old[: cut - 1]}"
    desk = Desk()
    desk.save("F", old)
    began = time.process_time()
    found = desk.save("F", new)

    assert time.process_time() - began < 10
    assert all(words.text == " " for words in found.written)


@pytest.mark.parametrize("seed", range(3))
def test_a_long_section_is_saved_at_once(seed: int) -> None:
    """Two thousand words and whatever is done to them; typically it takes a few milliseconds."""
    chance = Random(seed)
    sentences = [
        " ".join(f"w{int(chance.paretovariate(0.5)) % 900}" for _ in range(12)) + "."
        for _ in range(170)
    ]
    desk = Desk()
    desk.save("F", " ".join(sentences))
    slowest = 0.0
    for _ in range(20):
        place, other = chance.randrange(160), chance.randrange(160)
        kind = chance.randrange(4)
        if kind == 0:
            sentences.insert(place, sentences.pop(other))
        elif kind == 1:
            sentences[place] = " ".join(f"w{chance.randrange(900)}" for _ in range(12)) + "."
        elif kind == 2:
            sentences[place : place + 10] = []
        else:
            sentences[place:place] = sentences[other : other + 10]
        began = time.process_time()
        find(desk.weave, "F", " ".join(sentences))
        slowest = max(slowest, time.process_time() - began)
        desk.save("F", " ".join(sentences))

    # Ten times what it should take, for machines that are busy.
    assert slowest < 0.5
