"""Is nobody's event lost, torn or skipped, however many write and read at the same time?"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import accumulate
from threading import Barrier
from uuid import UUID

from eventsourcing.persistence import Notification as LibraryNotification

from ehcp_flow.evidence.checking import check
from ehcp_flow.recording import encode
from ehcp_flow.storage import Recorder
from ehcp_flow.testing.case import SOON, Promises
from ehcp_flow.testing.following import following
from ehcp_flow.testing.logs import (
    ONE,
    PLAIN,
    TWO,
    append,
    event,
    events,
    places,
    stream,
    whole,
)
from ehcp_flow.testing.processes import hear, hear_all, process, sizes, tell

_Told = Sequence[Sequence[Sequence[int]]]
"""The positions that were acknowledged: of each writer, of each append."""


class ManyAtOncePromises(Promises):
    """Nobody's event is lost, torn, or skipped, however many write and read at the same time."""

    def test_threads_write_while_one_is_held_that_commits(self) -> None:
        """It stands still between taking its number and committing: a follower misses none of
        the others' events and sees every position once, in order."""
        self._threads_write_while_one_is_held(commit=True)

    def test_threads_write_while_one_is_held_that_gives_up(self) -> None:
        """As before; its number is another's then."""
        self._threads_write_while_one_is_held(commit=False)

    def _threads_write_while_one_is_held(self, *, commit: bool) -> None:
        log = self.log
        append(log, event(ONE, 1))
        held = self.hold(self.url, log.tenant, event(TWO, 1))
        together = Barrier(9)

        def write(n: int) -> list[list[int]]:
            mine, of, version = self.store.recorder(log.tenant), stream(10 + n), 0
            acknowledged: list[list[int]] = []
            together.wait(SOON)
            for size in sizes(12):
                acknowledged.append(append(mine, *events(of, version + 1, version + size)))
                version += size
            return acknowledged

        with following(log) as follower, ThreadPoolExecutor(8) as pool:
            self.assertEqual(follower.ids(1), [1])
            with held as end:
                writers = [pool.submit(write, n) for n in range(8)]
                together.wait(SOON)
                self.same(places(whole(log)), [(str(ONE), 1)])
                self.assertEqual(log.head(), 1)
                end(commit)
            told = [writer.result(SOON) for writer in writers]
            positions = _all(told)
            first = 3 if commit else 2
            self.same(positions, range(first, first + 8 * sum(sizes(12))))
            seen = [follower.next() for _ in range(positions[-1] - 1)]
        self.assertEqual(follower.rest(), [])
        self._was_seen(seen, log, after=1)
        self.assertEqual(str(TWO) in {row.stream for row in whole(log)}, commit)
        self._appends_are_whole(told)
        check(log)

    def test_processes_write_while_one_is_held(self) -> None:
        """As threads do."""
        log, one, count = self.log, encode(ONE, 1, PLAIN), 25
        held = self.hold(self.url, log.tenant, one)
        with ExitStack() as stack:
            others = [
                stack.enter_context(process(*self._appending(stream(n), count)))
                for n in range(10, 13)
            ]
            self.assertEqual([hear(other) for other in others], ["ready"] * 3)
            follower = stack.enter_context(following(log))
            with held as end:
                for other in others:
                    tell(other)
                self.assertEqual(log.head(), 0)
                end(True)
            total = 1 + 3 * sum(sizes(count))
            seen = [follower.next() for _ in range(total)]
            told = [[_span(line) for line in hear_all(other)] for other in others]
        self.assertEqual(follower.rest(), [])
        self.same([1, *_all(told)], range(1, total + 1))
        self._was_seen(seen, log, after=0)
        self._appends_are_whole(told)
        self.assertEqual(check(log), (4, total))

    def test_what_was_acknowledged_outlives_its_writer(self) -> None:
        """A process that is killed has recorded that and at most one append more, whole."""
        log, of = self.log, stream(10)
        with process(*self._appending(of, 10_000)) as other:
            self.assertEqual(hear(other), "ready")
            tell(other)
            told = [_span(hear(other)) for _ in range(25)]
            other.kill()
            told += [_span(line) for line in hear_all(other) if " " in line]
        self.assertEqual(len(append(log, event(ONE, 1))), 1)
        recorded = log.rows(of)
        self.assertIn(len(recorded), list(accumulate(sizes(len(told) + 1)))[-2:])
        acknowledged = {position for positions in told for position in positions}
        self.assertEqual(acknowledged - {row.position for row in recorded}, set())
        self._appends_are_whole([told])
        check(log)

    def test_readers_see_whole_appends(self) -> None:
        """What is read while others write is a beginning of the log, and of each stream."""
        log, together = self.log, Barrier(2)

        def write() -> None:
            together.wait(SOON)
            for n in range(40):
                append(log, *events(stream(n % 4), 1 + n // 4 * 3, n // 4 * 3 + 3))

        with ThreadPoolExecutor(1) as pool:
            writer = pool.submit(write)
            reader = self.store.recorder(log.tenant)
            read: list[tuple[int, int]] = []
            together.wait(SOON)
            ended = False
            while not ended:
                ended = writer.done()
                rows, of = whole(reader), reader.rows(stream(3))
                self.same([row.position for row in rows], range(1, len(rows) + 1))
                self.same([row.version for row in of], range(1, len(of) + 1))
                read.append((len(rows), len(of)))
            writer.result()
        self.assertEqual(read[-1], (120, 30))
        self.assertTrue(all(rows % 3 == of % 3 == 0 for rows, of in read), read)
        self.assertEqual(read, sorted(read))

    def test_a_store_is_made_by_several_at_once(self) -> None:
        """All of them work on the same one."""
        with ExitStack() as stack:
            others = [
                stack.enter_context(process("make", self.url, f"tenant-{n}")) for n in range(4)
            ]
            self.assertEqual([hear(other) for other in others], ["ready"] * 4)
            for other in others:
                tell(other)
            told = [" ".join(hear_all(other)).split() for other in others]
        made = self.opened(self.url)
        for n, words in enumerate(told):
            self.assertIn(f"tenant-{n}", words)
            self.assertEqual(words[0], made.claims_key.hex())
        self.same(made.tenants(), [f"tenant-{n}" for n in range(4)])

    def _appending(self, of: UUID, count: int) -> list[str]:
        """The words for a process that appends to a stream."""
        one = encode(of, 1, PLAIN)
        return [
            "append",
            self.url,
            self.log.tenant,
            str(of),
            one.topic,
            one.state.decode(),
            str(count),
        ]

    def _was_seen(self, seen: Sequence[LibraryNotification], log: Recorder, after: int) -> None:
        """Every position once and in order, each with the event that the log holds there."""
        self.same([n.id for n in seen], range(after + 1, log.head() + 1))
        self.same(
            [(str(n.originator_id), n.originator_version) for n in seen],
            places(whole(log)[after:]),
        )

    def _appends_are_whole(self, told: _Told) -> None:
        """The events of one append stand together."""
        for writer in told:
            for positions in writer:
                self.same(positions, range(positions[0], positions[0] + len(positions)))


def _span(line: str) -> list[int]:
    first, last = map(int, line.split())
    return list(range(first, last + 1))


def _all(told: _Told) -> list[int]:
    """Every position that was acknowledged to anybody, in order."""
    return sorted(position for writer in told for positions in writer for position in positions)
