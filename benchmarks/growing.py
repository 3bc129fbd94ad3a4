"""From ten thousand events to a million: how much longer do an append, a plan and a view take?

Two stores with plans of the same kind, one a hundred times as large as the other. In turn, in each
of them: one durable append (event, counter, outcome) to some plan, and one plan read, its chain
checked, and folded. Beside them the floor does the same in copies of the two: it writes the same
three rows, and reads the same rows and makes nothing of them. Then a view is made from all that
is in each, and what counts is the time for one event.

Plans are picked at random, so that nothing helps the larger store but what helps it in use. Warm:
the databases were just written and are in the system's cache, and the first rounds do not count.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial

from benchmarks import examples
from benchmarks.examples import STORY, TENANT, Chain
from benchmarks.folding import loaded
from benchmarks.places import Place, Raw
from benchmarks.sizes import Sizes
from benchmarks.table import Goal, Line, line
from benchmarks.timing import Race, Work
from benchmarks.together import EDITED, appended, stored_edit
from ehcp_flow.projections import standing
from ehcp_flow.projections.catching_up import catch_up
from ehcp_flow.storage import Recorder

_SIZES = ("small", "large")


def measure(place: Place, sizes: Sizes) -> list[Line]:
    """Append to and read from both in turn."""
    warming = sizes.steps // 4
    race = Race(warming=warming)
    for size, events in zip(_SIZES, (sizes.small, sizes.large), strict=True):
        _filled(place, size, max(1, events // STORY))
    with ExitStack() as stack:
        logs = [
            _log(stack, place, size, max(1, events // STORY), sizes.steps + warming)
            for size, events in zip(_SIZES, (sizes.small, sizes.large), strict=True)
        ]
        for works in zip(*logs, strict=True):
            race.round({name: work for each in works for name, work in each.items()})
    return [
        _line(place, race, "append", sizes, most=1.5),
        _line(place, race, "load", sizes, most=2.0),
        _rebuilt(place, sizes),
    ]


def _line(place: Place, race: Race, work: str, sizes: Sizes, *, most: float) -> Line:
    told = line(
        "grow",
        f"{place.name}, {work} among {sizes.large:,} events",
        race,
        ours=f"{work} large",
        floor=f"floor {work} large",
    )
    small = f"among {sizes.small:,}"
    longer = 1 / race.times_as_quick(f"{work} large", f"{work} small").middle
    floor = 1 / race.times_as_quick(f"floor {work} large", f"floor {work} small").middle
    return replace(
        told,
        goals=(Goal(f"times as long as {small}", longer, most=most),),
        notes=(
            f"{place.name}, {work}: {longer:.2f} times as long as {small}; the floor {floor:.2f}.",
        ),
    )


def _rebuilt(place: Place, sizes: Sizes) -> Line:
    """Make a view from each log; each is as long as what was appended has made it."""
    race = Race()
    many: dict[str, int] = {}

    def work(size: str) -> Callable[[], object]:
        store = stack.enter_context(closing(place.store(size)))
        recorder = store.recorder(TENANT)
        many[size] = recorder.head()
        return lambda: catch_up(store.views, recorder, standing.VIEW).close()

    for _ in range(sizes.views_grown):
        for size in _SIZES:
            place.forget_views(size)
        with ExitStack() as stack:
            race.round({size: work(size) for size in _SIZES})
    told = line(
        "grow",
        f"{place.name}, make a view from {sizes.large:,} events",
        race,
        ours="large",
        many=many["large"],
    )
    each = {size: race.time(size).middle / many[size] for size in _SIZES}
    longer = each["large"] / each["small"]
    return replace(
        told,
        notes=(
            f"{place.name}, the view {standing.VIEW.name}: {longer:.2f} times as long for each "
            f"event as from {sizes.small:,}.",
        ),
    )


def _filled(place: Place, size: str, plans: int) -> None:
    with closing(place.store(size)) as store:
        examples.fill(store.recorder(TENANT), range(plans))
    place.settle(size)
    place.copy(size, f"floor-{size}")
    place.settle(f"floor-{size}")


def _log(
    stack: ExitStack, place: Place, size: str, plans: int, rounds: int
) -> Iterator[dict[str, Work]]:
    """Give each round's works in a store and in its copy for the floor."""
    recorder = stack.enter_context(closing(place.store(size))).recorder(TENANT)
    floor = stack.enter_context(closing(place.raw(f"floor-{size}")))
    chance = random.Random(3)
    appended_to = [chance.randrange(plans) for _ in range(rounds)]
    read = [chance.randrange(plans) for _ in range(rounds)]
    # The heads are looked up here for all rounds at once, so that none is at hand in its round.
    chain = Chain(recorder.head())
    for number in appended_to:
        chain.follow(recorder.rows(examples.plan_stream(number))[-1])
    return _works(recorder, floor, chain, size, appended_to, read)


def _works(
    recorder: Recorder,
    floor: Raw,
    chain: Chain,
    size: str,
    appended_to: Sequence[int],
    read: Sequence[int],
) -> Iterator[dict[str, Work]]:
    revisions = dict.fromkeys(appended_to, 3)
    for turn, (number, other) in enumerate(zip(appended_to, read, strict=True)):
        revisions[number] += 1
        stored, command = stored_edit(number, revisions[number]), f"{turn:032x}"
        stream = examples.plan_stream(other)
        yield {
            f"append {size}": appended(recorder, stored, command),
            f"floor append {size}": partial(
                floor.append, floor.ready(chain.row(stored)), command, EDITED
            ),
            f"load {size}": partial(loaded, recorder, stream),
            f"floor load {size}": partial(floor.stream, TENANT, stream),
        }
