"""How much is measured."""

from typing import NamedTuple


class Sizes(NamedTuple):
    """The size of each row's work."""

    appends: int
    """Rounds, each one event for each contender."""
    appended_plans: int
    """Among which they are spread."""
    bulk_plans: int
    bulk_small: int
    """Plans after which the memory is looked at for the first time."""
    folded: int
    """Events of the plan that is folded."""
    folds: int
    """Rounds."""
    viewed_plans: int
    views: int
    """Rounds."""
    followed: int
    """Events that the library's projection is given: it is slow, and its speed is what counts."""
    starts: int
    """Pairs."""
    small: int
    large: int
    """Events of the two logs between which it is told how things grow."""
    steps: int
    """Rounds on these."""


FULL = Sizes(
    appends=400,
    appended_plans=200,
    bulk_plans=10_000,
    bulk_small=1_000,
    folded=1_000,
    folds=31,
    viewed_plans=3_700,
    views=3,
    followed=2_000,
    starts=41,
    small=10_000,
    large=1_000_000,
    steps=300,
)

QUICK = Sizes(
    appends=60,
    appended_plans=40,
    bulk_plans=1_000,
    bulk_small=200,
    folded=200,
    folds=7,
    viewed_plans=300,
    views=3,
    followed=500,
    starts=7,
    small=1_000,
    large=10_000,
    steps=40,
)
"""To see that it runs."""

TINY = Sizes(
    appends=4,
    appended_plans=3,
    bulk_plans=150,
    bulk_small=20,
    folded=30,
    folds=3,
    viewed_plans=4,
    views=2,
    followed=20,
    starts=2,
    small=30,
    large=150,
    steps=3,
)
"""For the test that it runs at all."""
