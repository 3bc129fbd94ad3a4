"""One event a transaction, by several processes that begin together.

Each process has connections of its own and plans of its own, so that nobody's version is taken by
another. All append a fixed number of edits, which were encoded beforehand; what counts is the time
from the first one's start to the last one's end. In turn, with one tenant for all processes and
with a tenant for each:

- our recorder, one event with its command's outcome;
- the floor: the raw driver writing the same three rows, made beforehand, into the same tables with
  the same triggers; on PostgreSQL in one statement, which is one round trip;
- the bare floor: one row with the same bytes into a plain table, one for all;
- the library's recorder as its own factory makes it, with the same bytes: one table for all, and
  for each process a table of its own, as those would have it who keep tenants apart with the
  library. (On SQLite its factory knows one table, so it is a file of its own.)
"""

import gc
import multiprocessing
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from time import perf_counter
from typing import Any, NamedTuple, Protocol

from eventsourcing.persistence import ApplicationRecorder

from benchmarks import examples
from benchmarks.examples import STORY, TENANT, Chain
from benchmarks.places import Place, Raw, library_recorder
from benchmarks.sizes import Sizes
from benchmarks.table import Line, line
from benchmarks.timing import Race, Work
from ehcp_flow.recording import encode, encode_all
from ehcp_flow.storage import Command, Recorder, StoredEvent

EDITED = "section-edited"
OURS, FLOOR, BARE, LIBRARY = "ours", "floor", "bare", "library"
_SPAWN = multiprocessing.get_context("spawn")


class Task(NamedTuple):
    """What some of the processes do."""

    contender: str
    apart: bool
    """Whether each of them has a tenant, or a table of the library's, of its own."""
    processes: int
    appends: int
    """Of each process."""


def school(number: int) -> str:
    """The tenant of one of the processes."""
    return f"School {number}"


def measure(place: Place, sizes: Sizes) -> list[Line]:
    """Let some processes, and more of them, append to each in turn."""
    most = max(sizes.processes)
    _prepare(place, most, sizes.own_plans)
    races: dict[tuple[int, bool], Race] = {}
    with _crew(place, most, sizes) as crew:
        for processes in sizes.processes:
            for apart in (False, True):
                race = races[processes, apart] = Race(warming=1)
                works = {
                    f"{contender}{' apart' * of_each}": partial(
                        _together,
                        crew,
                        Task(contender, of_each, processes, sizes.together // processes),
                    )
                    for contender, of_each in (
                        (OURS, apart),
                        (FLOOR, apart),
                        (BARE, False),
                        (LIBRARY, False),
                        *([(LIBRARY, True)] if apart else []),
                    )
                }
                for _ in range(sizes.rounds_together + 1):
                    race.timed(works)
    lines: list[Line] = []
    for (processes, apart), race in races.items():
        lines += _lines(place, race, processes, apart, sizes.together, last=processes == most)
    return lines


def _lines(
    place: Place, race: Race, processes: int, apart: bool, appends: int, *, last: bool
) -> list[Line]:
    postgres = place.name == "PostgreSQL"
    end = " apart" * apart
    what = f"{place.name}, {processes} processes, {'a tenant each' if apart else 'one tenant'}"
    notes = ["The library writes one row: it keeps no counter, outcome or digest."]
    if apart:
        own = "table" if postgres else "file"
        notes.append(f"{place.name}, a tenant each: for the library, each has its own {own}.")
    goal = (3.5 if apart else 1.5) if postgres and last else None
    found = [
        line(
            "together",
            what,
            race,
            ours=OURS + end,
            floor=FLOOR + end,
            library=LIBRARY + end,
            many=appends,
            goals=[] if goal is None else [("library", goal)],
            notes=notes,
        )
    ]
    if last:
        found.append(
            line(
                "together",
                f"{what}: beside one bare row",
                race,
                ours=OURS + end,
                floor=BARE,
                library=LIBRARY if apart else None,
                many=appends,
                goals=[("library", goal)] if goal is not None and apart else [],
                notes=[
                    "Beside one bare row: the floor is one row with the same bytes in a plain "
                    "table. Where the library takes part, all of its processes share one table "
                    "here, whose tenants it would have to tell apart itself."
                ],
            )
        )
    return found


# What is there beforehand -----------------------------------------------------------------------


def _prepare(place: Place, processes: int, plans: int) -> None:
    """Make the databases, with the same plans for all."""
    tenants = [TENANT, *map(school, range(processes))]
    with closing(place.store(OURS, tenants)) as store:
        examples.fill(store.recorder(TENANT), range(processes * plans))
        for number in range(processes):
            own = range(number * plans, (number + 1) * plans)
            examples.fill(store.recorder(school(number)), own)
    place.copy(OURS, FLOOR)
    place.raw(BARE).close()
    with ExitStack() as stack:
        shared = stack.enter_context(_library(place, None, create=True))
        for number in range(processes):
            its_own = stack.enter_context(_library(place, number, create=True))
            for plan in range(number * plans, (number + 1) * plans):
                stored = encode_all(examples.plan_stream(plan), 0, examples.story(plan))
                for recorder in (shared, its_own):
                    recorder.insert_events([examples.for_library(each) for each in stored])


def _library(
    place: Place, number: int | None, *, create: bool = False
) -> AbstractContextManager[ApplicationRecorder]:
    """Open the library's recorder, on the table of all or of one process."""
    if number is None:
        return library_recorder(place, LIBRARY, create=create)
    if place.name == "PostgreSQL":
        return library_recorder(place, LIBRARY, f"school{number}", create=create)
    return library_recorder(place, f"{LIBRARY}-{number}", create=create)


# The processes ----------------------------------------------------------------------------------


class _Pipe(Protocol):
    """An end of a pipe, of which each system has its own class."""

    def send(self, obj: Any, /) -> None: ...
    def recv(self) -> Any: ...
    def close(self) -> None: ...


class _Member(NamedTuple):
    process: BaseProcess
    pipe: _Pipe


@contextmanager
def _crew(place: Place, processes: int, sizes: Sizes) -> Generator[Sequence[_Member]]:
    """Start the processes, and end them."""
    barriers = {count: _SPAWN.Barrier(count) for count in sizes.processes}
    members: list[_Member] = []
    try:
        for number in range(processes):
            here, there = _SPAWN.Pipe()
            process = _SPAWN.Process(
                target=_work, args=(place, number, sizes.own_plans, barriers, there), daemon=True
            )
            process.start()
            there.close()
            members.append(_Member(process, here))
        yield members
    except BaseException:
        # The others may wait for one that has failed.
        for member in members:
            member.process.terminate()
        raise
    finally:
        for member in members:
            member.pipe.close()
        for member in members:
            member.process.join()


def _together(crew: Sequence[_Member], task: Task) -> float:
    """Let the first of the processes do a task; return the seconds that it took.

    Raises:
        EOFError: one of them has failed.
    """
    some = crew[: task.processes]
    for member in some:
        member.pipe.send(task)
    times: list[tuple[float, float]] = [member.pipe.recv() for member in some]
    # One clock for all processes: the system's, since it was started.
    return max(end for _, end in times) - min(start for start, _ in times)


def _work(place: Place, number: int, plans: int, barriers: dict[int, Barrier], pipe: _Pipe) -> None:
    """Do what one is told until nobody is there any more."""
    with ExitStack() as stack:
        worker = _Worker(stack, place, number, plans)
        while True:
            try:
                task: Task = pipe.recv()
            except EOFError:
                return
            works = worker.works(task)
            gc.collect()
            gc.freeze()
            barriers[task.processes].wait()
            start = perf_counter()
            for work in works:
                work()
            end = perf_counter()
            gc.unfreeze()
            pipe.send((start, end))


class _Worker:
    """One process's connections, and how far it came with its plans in each place."""

    def __init__(self, stack: ExitStack, place: Place, number: int, plans: int) -> None:
        self._number = number
        self._plans = range(number * plans, (number + 1) * plans)
        self._appended: dict[tuple[str, bool], int] = {}
        store = stack.enter_context(closing(place.store(OURS, ())))
        self._recorders: dict[bool, Recorder] = {
            False: store.recorder(TENANT),
            True: store.recorder(school(number)),
        }
        self._chains = {apart: self._chain(apart) for apart in (False, True)}
        self._floor: Raw = stack.enter_context(closing(place.raw(FLOOR)))
        self._bare: Raw = stack.enter_context(closing(place.raw(BARE)))
        self._library = {
            False: stack.enter_context(_library(place, None)),
            True: stack.enter_context(_library(place, number)),
        }

    def _chain(self, apart: bool) -> Chain:
        """What is needed to make the floor's next rows, whose tables are as ours were."""
        chain = Chain(tenant=school(self._number) if apart else TENANT)
        for plan in self._plans:
            chain.follow(self._recorders[apart].rows(examples.plan_stream(plan))[-1])
        return chain

    def works(self, task: Task) -> list[Work]:
        """Make the next appends ready."""
        place = (task.contender, task.apart)
        begun = self._appended.get(place, 0)
        self._appended[place] = begun + task.appends
        return [self._append(task, turn) for turn in range(begun, begun + task.appends)]

    def _append(self, task: Task, turn: int) -> Work:
        lap, plan = divmod(turn, len(self._plans))
        stored = stored_edit(self._plans[plan], 4 + lap)
        command = f"{self._number:04x}{turn:028x}"
        match task.contender:
            case "ours":
                return appended(self._recorders[task.apart], stored, command)
            case "floor":
                row = self._floor.ready(self._chains[task.apart].row(stored))
                return partial(self._floor.append, row, command, EDITED)
            case "bare":
                return partial(self._bare.one_row, stored.state + (stored.words or b""))
            case _:
                events = [examples.for_library(stored)]
                return partial(self._library[task.apart].insert_events, events)


def stored_edit(number: int, revision: int) -> StoredEvent:
    """An edit after the story, which ends with revision 3, as it is stored."""
    event = examples.edit(number, revision, 10 + revision)
    return encode(examples.plan_stream(number), STORY + revision - 3, event)


def appended(recorder: Recorder, stored: StoredEvent, command: str) -> Callable[[], object]:
    """Return the work of our recorder: one stored event and its command."""
    return partial(recorder.insert_events, [stored], commands=[Command(command, EDITED, 1)])
