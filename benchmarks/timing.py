"""Contenders take turns, and each one's times are kept."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from statistics import median, quantiles
from time import perf_counter

Work = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """A median, and between which two values half of what was measured lies."""

    middle: float
    low: float
    high: float


class Race:
    """Rounds in which each contender does one piece of work.

    Whoever is first in one round is last in the next, so that nobody always follows the same one.
    """

    def __init__(self, *, warming: int = 0, again: bool = False) -> None:
        """Begin.

        Args:
            warming: how many rounds come first that do not count.
            again: whether each piece of work is done twice and only the second time counts, so
                that nobody finds the processor's cache full of what the one before has read.
        """
        self._warming = warming
        self._again = again
        self._rounds = 0
        self.seconds: dict[str, list[float]] = {}

    def round(self, works: Mapping[str, Work], *, share: Mapping[str, float] | None = None) -> None:
        """Let each contender do its piece of work.

        Args:
            works: made ready beforehand.
            share: which part of the work a contender does that would take too long with all of
                it; its time is told as for the whole.
        """
        names = list(works)
        turn = self._rounds % len(names)
        counts = self._rounds >= self._warming
        self._rounds += 1
        # What was made ready is not the contenders' rubbish: the collector leaves it alone.
        gc.freeze()
        for name in names[turn:] + names[:turn]:
            work = works[name]
            if self._again:
                work()
            began = perf_counter()
            work()
            taken = perf_counter() - began
            if counts:
                self.seconds.setdefault(name, []).append(taken / (share or {}).get(name, 1))
        gc.unfreeze()

    def timed(self, works: Mapping[str, Callable[[], float]]) -> None:
        """Let each contender do work of several processes, which says itself how long it took."""
        names = list(works)
        turn = self._rounds % len(names)
        counts = self._rounds >= self._warming
        self._rounds += 1
        for name in names[turn:] + names[:turn]:
            taken = works[name]()
            if counts:
                self.seconds.setdefault(name, []).append(taken)

    def time(self, name: str) -> Figure:
        """How many seconds a contender took."""
        return _figure(self.seconds[name])

    def speed(self, name: str, many: float) -> Figure:
        """How many a second, when a piece of work is that many."""
        time = self.time(name)
        return Figure(many / time.middle, many / time.high, many / time.low)

    def times_as_quick(self, name: str, other: str) -> Figure:
        """How many times as quick as the other one a contender is: the ratio of the medians.

        The quartiles are those of the ratios round by round.
        """
        ours, theirs = self.seconds[name], self.seconds[other]
        each = _figure([b / a for a, b in zip(ours, theirs, strict=True)])
        return replace(each, middle=median(theirs) / median(ours))


def _figure(values: list[float]) -> Figure:
    if len(values) < 2:
        return Figure(values[0], values[0], values[0])
    low, _, high = quantiles(values, n=4, method="inclusive")
    return Figure(median(values), low, high)
