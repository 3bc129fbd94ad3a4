"""Does a follower see every event, once, in order, and stop when it is told to?"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from queue import Queue
from threading import Thread

from eventsourcing.persistence import Notification as LibraryNotification

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.storage import Notification, Recorder
from ehcp_flow.testing.case import SOON, Promises
from ehcp_flow.testing.logs import ONE, OTHER_TENANT, TWO, append, event, events, whole


class Follower:
    """Someone who follows a log in a thread."""

    def __init__(self, log: Recorder, gt: int | None = None, topics: Sequence[str] = ()) -> None:
        self.subscription = log.subscribe(gt=gt, topics=topics)
        self._seen: Queue[LibraryNotification] = Queue()
        self.thread = Thread(target=self._follow, daemon=True)
        self.thread.start()

    def _follow(self) -> None:
        for notification in self.subscription:
            self._seen.put(notification)

    def next(self) -> LibraryNotification:
        """The next event it saw."""
        return self._seen.get(timeout=SOON)

    def ids(self, count: int) -> list[int]:
        """The positions of the next events it saw."""
        return [self.next().id for _ in range(count)]

    def rest(self) -> list[LibraryNotification]:
        """What it saw and was not asked for."""
        return [self._seen.get() for _ in range(self._seen.qsize())]

    def stop(self) -> None:
        """Stop it from this thread, and wait until it has."""
        self.subscription.stop()
        self.thread.join(SOON)
        assert not self.thread.is_alive()


@contextmanager
def following(
    log: Recorder, gt: int | None = None, topics: Sequence[str] = ()
) -> Generator[Follower]:
    """Follow a log until the block is left."""
    follower = Follower(log, gt, topics)
    try:
        yield follower
    finally:
        follower.stop()


class FollowingPromises(Promises):
    """A follower sees every event, once, in order, and stops when it is told to."""

    def test_a_follower_sees_what_was_there_and_what_comes(self) -> None:
        """Each event as it was recorded."""
        log = self.log
        append(log, *events(ONE, 1, 3))
        with following(log) as follower:
            self.assertEqual(follower.ids(3), [1, 2, 3])
            append(log, event(ONE, 4))
            four = follower.next()
            append(log, event(TWO, 1), event(TWO, 2))
            self.assertEqual(follower.ids(2), [5, 6])
        self.assertEqual(follower.rest(), [])
        row = whole(log)[3]
        assert isinstance(four, Notification)
        self.assertEqual((four.id, four.originator_id, four.originator_version), (4, ONE, 4))
        self.assertEqual((four.topic, four.state, four.words), (row.type, row.state, row.words))

    def test_a_follower_begins_after_a_position(self) -> None:
        """Also after the last one."""
        for gt, first in ((None, 1), (0, 1), (2, 3), (4, 5)):
            with self.subTest(gt=gt):
                log = self.new_log()
                append(log, *events(ONE, 1, 4))
                with following(log, gt) as follower:
                    append(log, event(ONE, 5))
                    self.assertEqual(follower.ids(6 - first), list(range(first, 6)))

    def test_a_follower_sees_only_the_kinds_it_asked_for(self) -> None:
        """Also when they are far apart: before, between and after thousands of others."""
        log = self.log
        wanted = [replace(event(TWO, n), topic="wanted") for n in range(1, 5)]
        other = event(ONE, 1)
        others = [replace(other, originator_version=n) for n in range(1, 4_501)]
        append(log, *others[:1_500], wanted[0], *others[1_500:3_000])
        with following(log, topics=["wanted", "never"]) as follower:
            self.assertEqual(follower.ids(1), [1_501])
            append(log, *others[3_000:])
            append(log, wanted[1], wanted[2])
            self.assertEqual(follower.ids(2), [4_502, 4_503])
            append(log, wanted[3])
            self.assertEqual(follower.ids(1), [4_504])
        self.assertEqual(follower.rest(), [])

    def test_a_follower_sees_a_long_log_to_its_end(self) -> None:
        """However many events it is given at a time."""
        log, one = self.log, event(ONE, 1)
        append(log, *[replace(one, originator_version=n) for n in range(1, 2_001)])
        with following(log) as follower:
            self.same(follower.ids(2_000), range(1, 2_001))
            append(log, event(TWO, 1))
            self.assertEqual(follower.ids(1), [2_001])

    def test_a_follower_does_not_see_other_tenants(self) -> None:
        """Their positions are others."""
        log, other = self.log, self.new_log(OTHER_TENANT)
        with following(log) as follower:
            append(other, *events(TWO, 1, 5))
            append(log, event(ONE, 1))
            self.assertEqual(follower.next().originator_id, ONE)
        self.assertEqual(follower.rest(), [])

    def test_a_follower_ends_when_another_thread_stops_it(self) -> None:
        """While it waits for what never comes."""
        log = self.log
        append(log, event(ONE, 1))
        with following(log) as follower:
            self.assertEqual(follower.ids(1), [1])
            follower.stop()
            append(log, event(ONE, 2))
        self.assertEqual(follower.rest(), [])
        with self.assertRaises(StopIteration):
            next(follower.subscription)

    def test_a_follower_ends_with_its_block(self) -> None:
        """What was not asked for by then is not given any more."""
        append(self.log, *events(ONE, 1, 2))
        with self.log.subscribe() as subscription:
            self.assertEqual(next(subscription).id, 1)
        with self.assertRaises(StopIteration):
            next(subscription)
        subscription.stop()

    def test_the_store_may_be_closed_after_a_follower_was_stopped(self) -> None:
        """In whatever it is at that moment."""
        with following(self.log) as follower:
            append(self.log, event(ONE, 1))
            follower.subscription.stop()
            self.store.close()
        self.assertFalse(follower.thread.is_alive())

    def test_a_closed_store_is_not_followed(self) -> None:
        """Whoever begins to is told."""
        log = self.log
        self.store.close()
        with self.assertRaisesRegex(StoreTrouble, "closed"):
            log.subscribe()
