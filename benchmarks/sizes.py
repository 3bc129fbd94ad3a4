"""How much is measured."""

from typing import NamedTuple


class Sizes(NamedTuple):
    """The size of each row's work."""

    appends: int
    """Rounds, each one event for each contender."""
    appended_plans: int
    """Among which they are spread."""
    processes: tuple[int, ...]
    """That append at once."""
    together: int
    """Events that they append in a round, all of them together."""
    rounds_together: int
    own_plans: int
    """Plans of each process."""
    bulk_plans: int
    bulk_small: int
    """Plans after which the memory is looked at for the first time."""
    folded: tuple[int, ...]
    """Events of the plans that are folded."""
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
    views_grown: int
    """Rounds in which a view is made from them."""


FULL = Sizes(
    appends=400,
    appended_plans=200,
    processes=(4, 8),
    together=240,
    rounds_together=5,
    own_plans=20,
    bulk_plans=10_000,
    bulk_small=1_000,
    folded=(10, 300, 1_000),
    folds=31,
    viewed_plans=3_700,
    views=3,
    followed=500,
    starts=41,
    small=10_000,
    large=1_000_000,
    steps=300,
    views_grown=1,
)

QUICK = Sizes(
    appends=60,
    appended_plans=40,
    processes=(2,),
    together=40,
    rounds_together=2,
    own_plans=4,
    bulk_plans=600,
    bulk_small=150,
    folded=(10, 200),
    folds=7,
    viewed_plans=200,
    views=2,
    followed=50,
    starts=5,
    small=1_000,
    large=10_000,
    steps=40,
    views_grown=1,
)
"""To see that it runs."""

TINY = Sizes(
    appends=4,
    appended_plans=3,
    processes=(2,),
    together=4,
    rounds_together=2,
    own_plans=2,
    bulk_plans=150,
    bulk_small=20,
    folded=(10, 30),
    folds=3,
    viewed_plans=4,
    views=1,
    followed=20,
    starts=2,
    small=30,
    large=150,
    steps=3,
    views_grown=1,
)
"""For the test that it runs at all."""
