"""A plan that is written in, for tests of who wrote what."""

from collections.abc import Collection, Mapping
from random import Random

from ehcp_flow.authorship.delta import Delta
from ehcp_flow.authorship.likeness import Search
from ehcp_flow.authorship.matching import check, find_all
from ehcp_flow.authorship.runs import Weave

Told = list[tuple[str, str]]
"""Stretches of a text, and the name of the text in which each was written."""


class Desk:
    """A plan whose texts are saved, each with the delta that was found for it."""

    def __init__(self) -> None:
        self.weave = Weave()
        self.record: list[tuple[str, int, Delta]] = []
        self.texts: dict[str, list[str]] = {}

    def save(self, section: str, text: str, *, adopt: bool = False) -> Delta:
        """Save one section's new text; with what equals an advice adopted, if that is said."""
        if not adopt:
            return self.save_all({section: text})[section]
        found = self.search(section, text).adopted()
        self._save(section, text, found)
        return found

    def search(self, section: str, text: str) -> Search:
        """Look for a new text, as whoever wrote all of the plan so far."""
        own = {f"{id}@{n}" for id in self.texts for n in range(1, self.weave.revision(id) + 1)}
        return Search(self.weave, section, text, own=own)

    def save_all(self, texts: Mapping[str, str]) -> dict[str, Delta]:
        """Save several sections in one command."""
        all_found = find_all(self.weave, texts)
        for section, found in all_found.items():
            self._save(section, texts[section], found)
        return all_found

    def _save(self, section: str, text: str, found: Delta) -> None:
        check(self.weave, section, found.operations, found.written, text)
        self.edit(section, found)
        self.texts.setdefault(section, [""]).append(text)

    def edit(self, section: str, found: Delta) -> None:
        """Record a delta."""
        revision = self.weave.revision(section) + 1
        self.weave.edit(section, revision, found.operations, found.written)
        self.record.append((section, revision, found))

    def told(self, section: str) -> Told:
        """Who wrote each stretch of a section's text, stretches of one source together."""
        found: Told = []
        for run in self.weave.runs(section):
            words = self.weave.words(run)
            if found and found[-1][1] == run.source:
                words = found.pop()[0] + words
            found.append((words, run.source))
        return found

    def source_of(self, section: str, words: str) -> set[str]:
        """Return where the code points of these words, which stand there once, were written."""
        text = self.weave.text(section)
        start = text.index(words)
        found: set[str] = set()
        at = 0
        for run in self.weave.runs(section):
            if at < start + len(words) and at + run.length > start:
                found.add(run.source)
            at += run.length
        return found

    def how_placed(self, section: str, words: str) -> set[tuple[tuple[str, str], ...]]:
        """Return what is noted of how these words came there."""
        text = self.weave.text(section)
        start = text.index(words)
        found: set[tuple[tuple[str, str], ...]] = set()
        at = 0
        for run in self.weave.runs(section):
            if at < start + len(words) and at + run.length > start:
                found.add(tuple((placing.at, placing.how) for placing in run.placings))
            at += run.length
        return found


_PIECES = (
    *("the", "the", "a", "she", "reads", "writes", "speech", "therapy", "visual", "timetable"),
    *("hour", "week", ",", ".", "!", "-", "20"),
    "\n",
    "\n\n",
    "caf\N{LATIN SMALL LETTER E WITH ACUTE}",
    "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}",
    "\N{REGIONAL INDICATOR SYMBOL LETTER G}\N{REGIONAL INDICATOR SYMBOL LETTER B}",
    "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}\N{HEBREW LETTER VAV}",
    "\N{DEVANAGARI LETTER NA}\N{DEVANAGARI VOWEL SIGN I}",
    "x\N{COMBINING DOT BELOW}\N{COMBINING ACUTE ACCENT}",
    "\N{CJK UNIFIED IDEOGRAPH-4E2D}\N{CJK UNIFIED IDEOGRAPH-6587}",
)


def some_text(chance: Random, most: int = 30) -> str:
    """Return a text of all sorts of words and marks, often the same ones."""
    return "".join(
        chance.choice(_PIECES) + chance.choice((" ", " ", " ", "", "  "))
        for _ in range(chance.randrange(most))
    )


def changed(chance: Random, text: str, others: Collection[str]) -> str:
    """Return a text to which something was done: typing, cutting, moving, pasting, rewriting."""
    for _ in range(chance.randrange(1, 4)):
        kind = chance.randrange(10)
        start = chance.randrange(len(text) + 1)
        stop = min(len(text), start + chance.randrange(60))
        if kind < 3:
            text = text[:start] + some_text(chance) + text[start:]
        elif kind < 6:
            text = text[:start] + text[stop:]
        elif kind < 8:
            cut, text = text[start:stop], text[:start] + text[stop:]
            place = chance.randrange(len(text) + 1)
            text = text[:place] + cut + text[place:]
        elif kind < 9:
            other = chance.choice(sorted(others))
            begin = chance.randrange(len(other) + 1)
            text = text[:start] + other[begin : begin + 80] + text[start:]
        else:
            text = some_text(chance)
    return text


def history(seed: int, saves: int = 30) -> Desk:
    """Return a plan of two sections and an advice after so many saves, the same for a seed."""
    chance = Random(seed)
    desk = Desk()
    desk.texts = {"B": [""], "F": [""]}
    advice = some_text(chance) or "Read aloud every day."
    desk.weave.advise(1, advice)
    for _ in range(saves):
        some = chance.sample(["B", "F"], chance.choice([1, 1, 2]))
        others = {advice, *(texts[-1] for texts in desk.texts.values())}
        texts = {
            section: chance.choice(desk.texts[section])
            if chance.random() < 0.2
            else changed(chance, desk.weave.text(section), others)
            for section in some
        }
        if chance.random() < 0.3:
            for section, text in texts.items():
                desk.save(section, text, adopt=True)
        else:
            desk.save_all(texts)
    return desk
