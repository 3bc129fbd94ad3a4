"""What holds for any texts whatever."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.authorship import attribute, attribute_each
from ehcp_flow.authorship.delta import apply
from ehcp_flow.authorship.matching import find_plain
from ehcp_flow.authorship.runs import Dead, Run, Weave
from tests.engine.authorship.writing import Desk, history, some_text

SEEDS = st.integers(min_value=0, max_value=10**9)
TEXTS = st.text(
    alphabet="ab c.\n,-\N{LATIN SMALL LETTER E WITH ACUTE}\N{COMBINING DOT BELOW}"
    "\N{PILE OF POO}\N{ZERO WIDTH JOINER}\N{HEBREW LETTER SHIN}\N{CJK UNIFIED IDEOGRAPH-4E2D}",
    max_size=60,
)
ROOT = Path(__file__).parents[3]

few = settings(derandomize=True, deadline=None, max_examples=25)
many = settings(derandomize=True, deadline=None, max_examples=300)


@many
@given(TEXTS, TEXTS)
def test_a_found_delta_gives_the_new_text(old: str, new: str) -> None:
    """For any two texts."""
    delta = find_plain(old, new)

    assert apply(old, delta.operations, delta.written) == new


@few
@given(SEEDS)
def test_runs_cover_every_text(seed: int) -> None:
    """From end to end, with the words of their sources; what can be one run is one."""
    desk = history(seed)

    for section, texts in desk.texts.items():
        for revision, text in enumerate(texts):
            if not revision:
                continue
            runs = desk.weave.runs_at(section, revision)
            assert desk.weave.source(f"{section}@{revision}") == text
            assert "".join(desk.weave.words(run) for run in runs) == text
            for run, after in pairwise(runs):
                assert (run.source, run.offset + run.length, run.placings) != after[1:]


@few
@given(SEEDS)
def test_the_origin_of_every_word_holds_it(seed: int) -> None:
    """A run's offset is into the text that its source names."""
    desk = history(seed)

    for section in desk.texts:
        runs: list[Run | Dead] = [*desk.weave.runs(section), *desk.weave.dead(section)]
        for run in runs:
            whole = desk.weave.source(run.source)
            assert whole[run.offset : run.offset + run.length] == desk.weave.words(run)


@few
@given(SEEDS)
def test_reading_the_record_tells_the_same_as_writing_it(seed: int) -> None:
    """The fold over the stored deltas needs nothing but them, in whatever steps it is read."""
    desk = history(seed)
    again, asked = Weave(), Weave()
    for weave in (again, asked):
        weave.advise(1, desk.weave.source("advice@1"))
        for section, revision, found in desk.record:
            weave.edit(section, revision, found.operations, found.written)
            if weave is asked:
                weave.dead(section)

    for section in desk.texts:
        assert again.runs(section) == asked.runs(section) == desk.weave.runs(section)
        assert again.dead(section) == asked.dead(section) == desk.weave.dead(section)


@few
@given(SEEDS)
def test_nothing_that_was_written_is_lost(seed: int) -> None:
    """Every code point that was ever written lives somewhere, or is told as dropped, once."""
    desk = history(seed)
    living = Counter(_points(run for section in desk.texts for run in desk.weave.runs(section)))
    dead = Counter(_points(gone for section in desk.texts for gone in desk.weave.dead(section)))
    written = sum(words.length for _, _, found in desk.record for words in found.written)
    known = {point for point in {*living, *dead} if not point[0].startswith("advice@")}

    assert len(known) == written
    assert not living.keys() & dead.keys()
    assert all(times == 1 for times in dead.values())


def _points(runs: Iterable[Run | Dead]) -> Iterator[tuple[str, int]]:
    for run in runs:
        for n in range(run.length):
            yield run.source, run.offset + n


@few
@given(SEEDS)
def test_dropped_words_stood_where_it_is_told(seed: int) -> None:
    """In the text before the one that dropped them, and in the order of their places now."""
    desk = history(seed)

    for section in desk.texts:
        dead = desk.weave.dead(section)
        assert [gone.place for gone in dead] == sorted(gone.place for gone in dead)
        for gone in dead:
            name, _, revision = gone.removed_by.rpartition("@")
            before = desk.weave.source(f"{name}@{int(revision) - 1}")
            assert name == section
            assert before[gone.stood : gone.stood + gone.length] == desk.weave.words(gone)


@few
@given(SEEDS)
def test_a_whole_return_is_exact(seed: int) -> None:
    """Every word is whose it was, came as it came, and at most was restored once more."""
    desk = history(seed)
    chance = Random(seed)
    for section, texts in desk.texts.items():
        back = chance.choice(texts)
        if not back.strip() or back == texts[-1]:
            continue
        revision = max(n for n, text in enumerate(texts[:-1]) if text == back)
        then = _letters(desk.weave.runs_at(section, revision))
        found = desk.save(section, back)
        now = _letters(desk.weave.runs(section))

        assert not found.written
        for before, after in zip(then, now, strict=True):
            assert after[:2] == before[:2]
            assert after[2] in (
                before[2],
                (*before[2], (f"{section}@{len(texts) - 1}", "restored")),
            )


def _letters(runs: tuple[Run, ...]) -> list[tuple[str, int, tuple[tuple[str, str], ...]]]:
    return [
        (run.source, run.offset + n, tuple((p.at, p.how) for p in run.placings))
        for run in runs
        for n in range(run.length)
    ]


@few
@given(SEEDS)
def test_a_plain_list_of_texts_is_told_word_by_word(seed: int) -> None:
    """Every word of every text, and the revision is one that had come."""
    chance = Random(seed)
    texts = [("Ada", some_text(chance)) for _ in range(8)]
    each = attribute_each(texts)

    assert each[-1] == attribute(texts)
    for number, (told, (_, text)) in enumerate(zip(each, texts, strict=True)):
        assert all(0 <= revision <= number for _, revision in told)
        assert "".join(word for word, _ in told) == "".join(text.split())


@pytest.mark.parametrize("hashing", ["1", "2", "77"])
def test_the_same_texts_give_the_same_deltas_in_every_process(hashing: str) -> None:
    """Python's hashes of words differ from process to process; what is found does not."""
    code = (
        "from tests.engine.authorship.test_properties import record\n"
        "import sys; sys.stdout.buffer.write(record().encode())"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hashing, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    ).stdout.decode()

    assert told == record()


def record() -> str:
    """All that is found and told in some plans, as text."""
    desks: list[Desk] = [history(seed, saves=40) for seed in range(6)]
    return repr(
        [(desk.record, [desk.weave.dead(section) for section in desk.texts]) for desk in desks]
    )
