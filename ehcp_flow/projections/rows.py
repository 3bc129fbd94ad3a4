"""How are the rows of many streams fetched at once?"""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import Any

_AT_ONCE = 500
"""Values in one statement; both databases take more, and it would be no quicker."""


def fetch(
    query: Callable[[str, Sequence[object]], list[tuple[Any, ...]]],
    select: str,
    values: Sequence[object],
    streams: Collection[str],
    and_then: str = "",
) -> Iterator[tuple[Any, ...]]:
    """Return the rows of these streams.

    Args:
        query: how to ask.
        select: a statement up to its conditions, all but that on the column ``stream``.
        values: what stands for the ``?`` in it.
        streams: their ids.
        and_then: what follows, such as an order, which holds within some hundred streams.
    """
    remaining = iter(streams)
    while some := tuple(islice(remaining, _AT_ONCE)):
        places = ", ".join("?" * len(some))
        yield from query(f"{select} AND stream IN ({places}) {and_then}", (*values, *some))
