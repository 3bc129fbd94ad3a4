"""Who wrote which word: how often it is told rightly, and how quickly.

The histories are made by a seeded generator that knows whose every word is, since it carries each
through all that happens to the text. Beside the engine stand ``difflib``, revision by revision, and
``git blame -w -M -C`` on a repository that holds a word a line. Only the texts are given to each.
"""

import argparse
import difflib
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import NamedTuple

from benchmarks.timing import Race
from ehcp_flow.authorship.aligning import Tokens
from ehcp_flow.authorship.delta import Delta
from ehcp_flow.authorship.matching import find, find_all
from ehcp_flow.authorship.runs import Weave

SECTIONS = ("B", "E", "F")
PEOPLE = 4


class Word(NamedTuple):
    """A word or mark, the command that wrote it, and the white space before it."""

    text: str
    origin: int
    before: str = " "


Sentence = list[Word]
"""Ends with a mark, or, in a list, with the line."""
Paragraph = list[Sentence]
Draft = dict[str, list[Paragraph]]


class Step(NamedTuple):
    """One command: the sections that it changed, and whose each of their words is then."""

    texts: dict[str, str]
    truth: dict[str, list[int]]
    back_to: int | None = None
    """The command whose text it took a section back to, when it did that and nothing else."""


# Sentences --------------------------------------------------------------------------------------

_WHO = (
    "Maya",
    "She",
    "The class teacher",
    "The therapist",
    "Her mother",
    "The SENCO",
    "An assistant",
    "The psychologist",
    "Her father",
    "The school",
    "A friend",
    "The nurse",
    "Her brother",
    "Staff",
)
_OFTEN = (
    "",
    "",
    "",
    "",
    "often",
    "now",
    "still",
    "always",
    "rarely",
    "gladly",
    "slowly",
    "quietly",
    "usually",
    "already",
    "also",
    "never",
    "sometimes",
    "soon",
)
# fmt: off
_DOES = (
    "needs", "uses", "finds", "asks", "prepares", "keeps", "likes", "explains", "repeats", "checks",
    "practises", "offers", "shows", "writes", "chooses", "hears", "avoids", "begins", "brings",
    "carries", "counts", "describes", "draws", "expects", "follows", "gathers", "helps", "imitates",
    "joins", "knows", "leaves", "makes", "names", "notices", "opens", "points", "reads",
    "remembers", "shares", "takes", "tries", "understands", "visits", "wants", "watches",
)
_SUCH = (
    "quiet", "short", "visual", "small", "clear", "weekly", "calm", "familiar", "new", "written",
    "spoken", "simple", "large", "gentle", "regular", "careful", "daily", "extra", "friendly",
    "heavy", "longer", "noisy", "patient", "personal", "ready", "second", "silent", "soft",
    "special", "steady", "strange", "thick", "usual", "warm", "whole", "young",
)
_WHAT = (
    "timetable", "instruction", "place", "task", "word", "group", "game", "story", "letter",
    "number", "sentence", "picture", "book", "lesson", "break", "chair", "corridor", "door",
    "exercise", "finger", "hall", "idea", "journey", "keyboard", "lunch", "map", "morning", "noise",
    "object", "paper", "pencil", "plan", "playground", "question", "reward", "room", "rule",
    "signal", "song", "sound", "table", "teacher", "term", "text", "tool", "toy", "turn", "voice",
    "walk", "week", "window", "answer", "bag", "bell", "bus", "cushion", "desk",
)
# fmt: on
_HOW = (
    "with",
    "in",
    "before",
    "after",
    "during",
    "near",
    "for",
    "from",
    "about",
    "without",
    "at",
    "behind",
    "beside",
    "between",
    "through",
    "until",
    "under",
    "on",
    "like",
    "against",
)
_LINKS = ("and", "because", "so that", "but", "when", "which means that", "while", "if", "although")
_SOME = ("the", "the", "the", "a", "a", "her", "each", "this", "one", "two", "another", "no")


class _Sentences:
    """Sentences that nobody would write, made of words that people do write in plans.

    The small words come again and again; six words in a row hardly ever do.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def sentence(self, origin: int) -> Sentence:
        text = f"{self._clause()} {self._with()}"
        if self._chance.random() < 0.4:
            link = self._chance.choice(_LINKS)
            text += f" {link} she {self._doing()} {self._with()}"
        return [*self.words(text, origin), Word(".", origin, "")]

    def item(self, origin: int) -> Sentence:
        first, *others = self.words(f"{self._thing()} {self._with()} {self._with()}", origin)
        return [Word("-", origin, "\n"), first, *others]

    def words(self, text: str, origin: int) -> Sentence:
        return [Word(word, origin) for word in text.split()]

    def _clause(self) -> str:
        return f"{self._chance.choice(_WHO)} {self._doing()}"

    def _doing(self) -> str:
        return f"{self._chance.choice(_OFTEN)} {self._chance.choice(_DOES)} {self._thing()}"

    def _with(self) -> str:
        return f"{self._chance.choice(_HOW)} {self._thing()}"

    def _thing(self) -> str:
        such = self._chance.choice(_SUCH) if self._chance.random() < 0.6 else ""
        return f"{self._chance.choice(_SOME)} {such} {self._chance.choice(_WHAT)}"


# Histories --------------------------------------------------------------------------------------


@dataclass
class History:
    """A plan being written, by a generator that knows whose every word is."""

    chance: random.Random
    steps: list[Step] = field(default_factory=list[Step])
    draft: Draft = field(default_factory=lambda: {section: [] for section in SECTIONS})
    gone: list[tuple[str, Sentence | Paragraph]] = field(
        default_factory=list[tuple[str, Sentence | Paragraph]]
    )
    states: dict[str, list[tuple[int, list[Paragraph]]]] = field(
        default_factory=lambda: {section: [] for section in SECTIONS}
    )
    """Of each section, the command that made a text, and the text."""

    def __post_init__(self) -> None:
        self.write = _Sentences(self.chance)

    @property
    def now(self) -> int:
        """The number of the command that is being carried out."""
        return len(self.steps)

    def done(self, *sections: str, back_to: int | None = None) -> None:
        """End a command that changed these sections."""
        number = self.now
        texts = {section: _text(self.draft[section]) for section in sections}
        truth = {section: [w.origin for w in _words(self.draft[section])] for section in sections}
        self.steps.append(Step(texts, truth, back_to))
        for section in sections:
            self.states[section].append((number, _copy(self.draft[section])))

    def somewhere(self) -> str:
        """A section that has text."""
        return self.chance.choice([section for section in SECTIONS if self.draft[section]])

    def paragraph(self, section: str) -> Paragraph:
        return self.chance.choice(self.draft[section])

    def start(self, paragraphs: int = 3) -> None:
        """Each section gets its first text."""
        for section in SECTIONS:
            for _ in range(paragraphs):
                self.draft[section].append(
                    [self.write.sentence(self.now) for _ in range(self.chance.randint(2, 4))]
                )
            self.done(section)


def _copy(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    return [[list(sentence) for sentence in paragraph] for paragraph in paragraphs]


def _words(paragraphs: Sequence[Paragraph]) -> list[Word]:
    return [word for paragraph in paragraphs for sentence in paragraph for word in sentence]


def _text(paragraphs: Sequence[Paragraph]) -> str:
    return "\n\n".join(
        "".join(w.before + w.text for sentence in paragraph for w in sentence).lstrip()
        for paragraph in paragraphs
        if any(paragraph)
    )


def type_some(h: History) -> None:
    """Somebody adds to a text: at its end, between two sentences, or a paragraph."""
    section = h.chance.choice(SECTIONS)
    new = [h.write.sentence(h.now) for _ in range(h.chance.randint(1, 3))]
    if not h.draft[section] or h.chance.random() < 0.3:
        h.draft[section].insert(h.chance.randint(0, len(h.draft[section])), new)
    else:
        paragraph = h.paragraph(section)
        place = h.chance.randint(0, len(paragraph))
        paragraph[place:place] = new
    h.done(section)


def change_words(h: History) -> None:
    """Somebody changes a word here, puts one in there, or takes one out."""
    section = h.somewhere()
    for _ in range(h.chance.randint(1, 3)):
        sentence = h.chance.choice(h.paragraph(section))
        if len(sentence) < 5:
            continue
        place = h.chance.randint(1, len(sentence) - 2)
        kind = h.chance.random()
        word = f"{h.chance.choice(_NEW)}{h.chance.choice(('', '', 'ly', 's', 'ing'))}"
        if kind < 0.5:
            sentence[place] = Word(word, h.now, sentence[place].before)
        elif kind < 0.8:
            sentence.insert(place, Word(word, h.now))
        else:
            del sentence[place]
    h.done(section)


_NEW = (
    "often",
    "calm",
    "usual",
    "careful",
    "adult",
    "minute",
    "daily",
    "other",
    "friend",
    "picture",
    "small",
    "clear",
    "weekly",
    "trusted",
    "morning",
    "spoken",
    "signed",
    "slow",
)


def rewrite_a_sentence(h: History) -> None:
    """Somebody writes a sentence anew; what words it has in common are chance."""
    section = h.somewhere()
    paragraph = h.paragraph(section)
    paragraph[h.chance.randrange(len(paragraph))] = h.write.sentence(h.now)
    h.done(section)


def drop(h: History) -> None:
    """Somebody takes a sentence out, or a paragraph."""
    section = h.somewhere()
    paragraphs = h.draft[section]
    place = h.chance.randrange(len(paragraphs))
    if h.chance.random() < 0.4 and len(paragraphs) > 1:
        h.gone.append((section, paragraphs.pop(place)))
    else:
        paragraph = paragraphs[place]
        h.gone.append((section, paragraph.pop(h.chance.randrange(len(paragraph)))))
        if not paragraph:
            del paragraphs[place]
    h.done(section)


def restore(h: History) -> None:
    """Somebody brings back what was taken out, there or in another section."""
    if not h.gone:
        return
    section, what = h.gone.pop(h.chance.randrange(len(h.gone)))
    if h.chance.random() < 0.3:
        section = h.chance.choice(SECTIONS)
    _put(h, section, what)
    h.done(section)


def _put(h: History, section: str, what: Sentence | Paragraph) -> None:
    paragraphs = h.draft[section]
    if isinstance(what[0], list):
        paragraph = [list(sentence) for sentence in what if isinstance(sentence, list)]
        paragraphs.insert(h.chance.randint(0, len(paragraphs)), paragraph)
        return
    sentence = [word for word in what if isinstance(word, Word)]
    if paragraphs:
        paragraph = h.paragraph(section)
        paragraph.insert(h.chance.randint(0, len(paragraph)), sentence)
    else:
        paragraphs.append([sentence])


def move(h: History) -> None:
    """Somebody moves a sentence or a paragraph, within a section or to another one."""
    section = h.somewhere()
    there = section if h.chance.random() < 0.5 else h.chance.choice(SECTIONS)
    paragraphs = h.draft[section]
    place = h.chance.randrange(len(paragraphs))
    if h.chance.random() < 0.6 and len(paragraphs) > 1:
        what: Sentence | Paragraph = paragraphs.pop(place)
    else:
        paragraph = paragraphs[place]
        what = paragraph.pop(h.chance.randrange(len(paragraph)))
        if not paragraph:
            del paragraphs[place]
    _put(h, there, what)
    h.done(*sorted({section, there}))


def copy(h: History) -> None:
    """Somebody copies a paragraph, which stays where it is."""
    section = h.somewhere()
    there = h.chance.choice(SECTIONS)
    _put(h, there, [list(sentence) for sentence in h.paragraph(section)])
    h.done(there)


def return_to_an_earlier_text(h: History) -> None:
    """Somebody takes a whole section back."""
    section = h.somewhere()
    states = h.states[section]
    if len(states) > 2:
        number, back = h.chance.choice(states[:-1])
        if _text(back) != _text(h.draft[section]) and any(back):
            h.draft[section] = _copy(back)
            h.done(section, back_to=number)


def reorder_a_list(h: History) -> None:
    """Somebody puts the lines of a list in another order, or first writes the list."""
    for section in SECTIONS:
        for paragraph in h.draft[section]:
            if paragraph and all(line[0].text == "-" for line in paragraph):
                h.chance.shuffle(paragraph)
                h.done(section)
                return
    section = h.chance.choice(SECTIONS)
    h.draft[section].append([h.write.item(h.now) for _ in range(6)])
    h.done(section)


def wrap_anew(h: History) -> None:
    """Somebody's editor breaks the lines elsewhere."""
    section = h.somewhere()
    width = h.chance.choice((40, 60, 72))
    for paragraph in h.draft[section]:
        column = 0
        for sentence in paragraph:
            for place, word in enumerate(sentence):
                if word.text == "-" or not word.before:
                    column += 1
                    continue
                column += len(word.text) + 1
                breaks = column > width
                sentence[place] = word._replace(before="\n" if breaks else " ")
                if breaks:
                    column = len(word.text)
    h.done(section)


Act = Callable[[History], None]

KINDS: dict[str, tuple[Act, ...]] = {
    "typing by several people": (type_some, change_words, type_some, drop),
    "sentences written anew": (rewrite_a_sentence, type_some),
    "moves": (move, type_some, change_words),
    "copies": (copy, change_words),
    "taken out and restored": (drop, restore, change_words),
    "whole returns": (return_to_an_earlier_text, change_words, type_some, drop),
    "lists in another order": (reorder_a_list, change_words),
    "lines broken elsewhere": (wrap_anew, change_words, type_some),
    "all together": (
        type_some,
        type_some,
        change_words,
        rewrite_a_sentence,
        move,
        copy,
        drop,
        restore,
        return_to_an_earlier_text,
        reorder_a_list,
        wrap_anew,
    ),
}
PLAIN = "typing by several people"


def history(kind: str, seed: int, commands: int) -> list[Step]:
    """Return a history of one kind, the same for the same seed."""
    made = History(random.Random(f"{kind} {seed}"))
    made.start()
    while len(made.steps) < commands:
        made.chance.choice(KINDS[kind])(made)
    return made.steps


CONTENDERS = ("engine", "difflib", "git blame")

# Who says what ----------------------------------------------------------------------------------

Said = dict[str, list[int]]
"""By section, the command that wrote each word of its last text."""


def engine(steps: Sequence[Step]) -> Iterator[Said]:
    """After each command, what the engine says."""
    weave = Weave()
    wrote: dict[str, int] = {}
    said: Said = {}
    for number, step in enumerate(steps):
        for section, found in find_all(weave, step.texts).items():
            revision = weave.revision(section) + 1
            weave.edit(section, revision, found.operations, found.written)
            wrote[f"{section}@{revision}"] = number
        for section in step.texts:
            said[section] = _by_engine(weave, section, wrote)
        yield dict(said)


def _by_engine(weave: Weave, section: str, wrote: Mapping[str, int]) -> list[int]:
    found: list[int] = []
    runs = iter(weave.runs(section))
    stop = number = 0
    for start in Tokens(weave.text(section)).starts:
        while start >= stop:
            run = next(runs)
            stop += run.length
            number = wrote[run.source]
        found.append(number)
    return found


def by_difflib(steps: Sequence[Step]) -> Iterator[Said]:
    """After each command, what comparing each text with the one before it says."""
    words: dict[str, list[str]] = {}
    said: Said = {}
    for number, step in enumerate(steps):
        for section, text in step.texts.items():
            old, new = words.get(section, []), Tokens(text).words
            before = said.get(section, [])
            now: list[int] = []
            matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
            for kind, a, b, c, d in matcher.get_opcodes():
                now += before[a:b] if kind == "equal" else [number] * (d - c)
            words[section], said[section] = new, now
        yield dict(said)


class Repository:
    """A git repository of the same history, a word a line."""

    def __init__(self, folder: Path, steps: Sequence[Step], *, packed: bool) -> None:
        self._folder = folder
        self._git("init", "-q", "-b", "main")
        stream: list[bytes] = []
        mark = 0
        for number, step in enumerate(steps):
            files: list[tuple[str, int]] = []
            for section, text in step.texts.items():
                mark += 1
                data = "".join(f"{word}\n" for word in Tokens(text).words).encode()
                stream.append(b"blob\nmark :%d\ndata %d\n%s\n" % (mark, len(data), data))
                files.append((section, mark))
            person = f"person {number % PEOPLE} <{number % PEOPLE}@example.org> {number} +0000"
            stream.append(f"commit refs/heads/main\ncommitter {person}\ndata 0\n".encode())
            stream += [f"M 100644 :{blob} {section}\n".encode() for section, blob in files]
        most = 0 if packed else 1_000_000
        limit = f"fastimport.unpackLimit={most}"
        self._git("-c", limit, "fast-import", "--quiet", data=b"".join(stream))
        listed = self._git("rev-list", "--reverse", "main").split()
        self.commits = [name.decode() for name in listed]

    def _git(self, *words: str, data: bytes | None = None) -> bytes:
        settings = ["-c", "gc.auto=0", "-c", "core.commitGraph=false"]
        return subprocess.run(
            ["git", *settings, *words],
            cwd=self._folder,
            input=data,
            capture_output=True,
            check=True,
        ).stdout

    def blame(self, section: str, number: int = -1) -> list[int]:
        """Return the command that wrote each line, as ``git blame -w -M -C`` says."""
        told = self._git(
            "blame", "-w", "-M", "-C", "-s", "-l", "--root", self.commits[number], "--", section
        )
        numbers = {name: place for place, name in enumerate(self.commits)}
        return [numbers[line.split(b" ", 1)[0].decode()] for line in told.splitlines()]


@contextmanager
def repository(steps: Sequence[Step], *, packed: bool = True) -> Generator[Repository]:
    """A repository in a folder of its own, which is removed.

    It is packed, as after ``git gc``, or each object is a file, as after ``git commit``.
    """
    with tempfile.TemporaryDirectory(prefix="ehcp-flow-") as folder:
        yield Repository(Path(folder), steps, packed=packed)


# Accuracy ---------------------------------------------------------------------------------------


@dataclass
class Score:
    """How many words were given to the right command."""

    right: int = 0
    words: int = 0
    returns_right: int = 0
    returns: int = 0

    def add(self, truth: Sequence[int], said: Sequence[int]) -> None:
        """Count the words of one text."""
        self.words += len(truth)
        self.right += sum(a == b for a, b in zip(truth, said, strict=True))

    def returned(self, then: Sequence[int], now: Sequence[int]) -> None:
        """Count a whole return: every word is again told as it was told then, or not."""
        self.returns += 1
        self.returns_right += list(then) == list(now)

    @property
    def share(self) -> float:
        """Of the words, those that were given to the right command."""
        return self.right / self.words


def accuracy(kind: str, histories: int, commands: int) -> dict[str, Score]:
    """Return the scores on histories of one kind: every section at three moments of each."""
    scores = {name: Score() for name in CONTENDERS}
    for seed in range(histories):
        steps = history(kind, seed, commands)
        moments = {len(steps) // 3, 2 * len(steps) // 3, len(steps) - 1}
        with repository(steps) as git:
            said = {"engine": list(engine(steps)), "difflib": list(by_difflib(steps))}
            truth: Said = {}
            for number, step in enumerate(steps):
                truth.update(step.truth)
                for section, right in truth.items():
                    if number in moments and right:
                        for name, each in said.items():
                            scores[name].add(right, each[number][section])
                        scores["git blame"].add(right, git.blame(section, number))
                if step.back_to is not None:
                    (section,) = step.texts
                    for name, each in said.items():
                        scores[name].returned(each[step.back_to][section], each[number][section])
                    scores["git blame"].returned(
                        git.blame(section, step.back_to), git.blame(section, number)
                    )
    return scores


# Speed ------------------------------------------------------------------------------------------


def one_section(revisions: int, words: int, seed: int = 1) -> list[Step]:
    """Return the history of a section of so many words, a few of which each revision changes."""
    made = History(random.Random(seed))
    while len(_words(made.draft["F"])) < words:
        made.draft["F"].append([made.write.sentence(0) for _ in range(3)])
    made.done("F")
    while len(made.steps) < revisions:
        sentence = made.chance.choice(made.paragraph("F"))
        place = made.chance.randint(1, len(sentence) - 2)
        sentence[place] = Word(made.chance.choice(_NEW) + str(made.now), made.now)
        made.done("F")
    return made.steps


def reading(revisions: int, words: int, rounds: int) -> tuple[float, ...]:
    """Return the seconds in which the authors of a section's words are told.

    By the engine, by git on a packed repository, and on one as it is after the commits.
    """
    steps = one_section(revisions, words)
    deltas = _deltas(steps)
    race = Race(again=True)
    with repository(steps) as packed, repository(steps, packed=False) as loose:
        for _ in range(rounds):
            race.round(
                {
                    "ours": partial(_fold, deltas),
                    "packed": partial(packed.blame, "F"),
                    "loose": partial(loose.blame, "F"),
                }
            )
    return tuple(race.time(name).middle for name in ("ours", "packed", "loose"))


def _deltas(steps: Sequence[Step]) -> list[Delta]:
    weave = Weave()
    found: list[Delta] = []
    for step in steps:
        delta = find(weave, "F", step.texts["F"])
        weave.edit("F", len(found) + 1, delta.operations, delta.written)
        found.append(delta)
    return found


def _fold(deltas: Sequence[Delta]) -> int:
    weave = Weave()
    for number, delta in enumerate(deltas, 1):
        weave.edit("F", number, delta.operations, delta.written)
    return len(weave.runs("F"))


def saving(words: int, histories: int, commands: int) -> list[float]:
    """Return the processor's seconds in which each save's delta was found, in long plans."""
    times: list[float] = []
    for seed in range(histories):
        made = History(random.Random(seed))
        for section in SECTIONS:
            while len(_words(made.draft[section])) < words:
                made.draft[section].append([made.write.sentence(made.now) for _ in range(4)])
            made.done(section)
        while len(made.steps) < commands:
            made.chance.choice(KINDS["all together"])(made)
        weave = Weave()
        for number, step in enumerate(made.steps):
            began = process_time()
            found = find_all(weave, step.texts)
            taken = process_time() - began
            if number >= len(SECTIONS):
                times.append(taken)
            for section, delta in found.items():
                weave.edit(section, weave.revision(section) + 1, delta.operations, delta.written)
    return times


def rewriting(words: int) -> float:
    """Return the seconds of a save in which nothing of a long text stayed."""
    made = _Sentences(random.Random(5))
    old, new = (
        " ".join(word.text for _ in range(words // 12) for word in made.sentence(0))
        for _ in range(2)
    )
    weave = Weave()
    first = find(weave, "F", old)
    weave.edit("F", 1, first.operations, first.written)
    began = process_time()
    find(weave, "F", new)
    return process_time() - began


# The table --------------------------------------------------------------------------------------


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.authorship", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    asked = parser.parse_args()
    if shutil.which("git") is None:
        sys.exit("git is not installed, and it is what this is measured against.")
    print("\n".join(measured(quick=asked.quick)))


def measured(*, quick: bool = False) -> list[str]:
    """Return the lines of the tables."""
    histories, commands = (1, 20) if quick else (8, 60)
    rows: list[tuple[str, ...]] = [("share of words right", *CONTENDERS)]
    total = {name: Score() for name in CONTENDERS}
    for kind in KINDS:
        scores = accuracy(kind, histories, commands)
        rows.append((kind, *(f"{scores[name].share:.4f}" for name in CONTENDERS)))
        for name, score in scores.items():
            total[name].right += score.right
            total[name].words += score.words
            total[name].returns_right += score.returns_right
            total[name].returns += score.returns
    rows.append(("all of these", *(f"{score.share:.4f}" for score in total.values())))
    rows.append(
        (
            "whole returns exact",
            *(f"{score.returns_right} of {score.returns}" for score in total.values()),
        )
    )
    lines = _table(rows)
    revisions = 50 if quick else 1_000
    ours, packed, loose = reading(revisions, 200, 1 if quick else 9)
    times = saving(2_000, 1 if quick else 4, 12 if quick else 80)
    whole = rewriting(2_000)
    lines += [
        "",
        f"Authors of a section of 200 words after {revisions:,} revisions: {1_000 * ours:.1f} ms",
        f"  git blame, a file an object: {1_000 * loose:.0f} ms, {loose / ours:.0f} times as long",
        f"  git blame, packed: {1_000 * packed:.0f} ms, {packed / ours:.0f} times as long",
        f"A save of 2,000 words, all kinds: {1_000 * median(times):.1f} ms in the middle, "
        f"{1_000 * max(times):.1f} ms at worst of {len(times)}",
        f"  all of it written anew: {1_000 * whole:.1f} ms",
    ]
    return lines


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if n else cell.ljust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


if __name__ == "__main__":
    main()
