"""Does each stream's next event have the next version, and is an append whole?"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from ehcp_flow.storage import Claim, Command, VersionTaken
from ehcp_flow.testing.case import SOON, Promises
from ehcp_flow.testing.logs import ONE, THREE, TWO, append, event, events, places, whole


class VersionPromises(Promises):
    """Each stream's versions follow one another, and an append is there whole or not at all."""

    def test_only_the_next_version_is_taken(self) -> None:
        """Not one that was used, and not one after a gap; the next one is named."""
        for version in (-1, 0, 1, 2, 3, 5, 100):
            with self.subTest(version=version):
                log = self.new_log()
                append(log, *events(ONE, 1, 3))
                with self.nothing_recorded(log), self.assertRaises(VersionTaken) as taken:
                    append(log, event(ONE, version))
                said = taken.exception
                self.assertEqual((said.stream, said.offered, said.expected), (str(ONE), version, 4))

    def test_versions_of_one_append_follow_one_another(self) -> None:
        """From the first of a new stream."""
        for versions in ((1, 3), (1, 1), (2, 1), (1, 2, 2), (1, 2, 4), (3,), (2,), (-1,)):
            with self.subTest(versions=versions):
                log = self.new_log()
                append(log, event(TWO, 1))
                with self.nothing_recorded(log), self.assertRaises(VersionTaken):
                    append(log, *[event(ONE, version) for version in versions])
                self.same(log.rows(ONE), [])

    def test_a_stream_begins_at_0_or_1(self) -> None:
        """The library's own begin at 0 or at 1, ours at 1; either goes on by one."""
        for first in (0, 1):
            with self.subTest(first=first):
                log = self.new_log()
                append(log, event(ONE, first))
                append(log, event(ONE, first + 1), event(ONE, first + 2))
                with self.assertRaises(VersionTaken):
                    append(log, event(ONE, first + 2))
                self.same(
                    [e.originator_version for e in log.select_events(ONE)],
                    range(first, first + 3),
                )

    def test_an_append_is_whole_or_not_there(self) -> None:
        """When its last event is refused, those before it leave nothing: no claim, no outcome."""
        log = self.log
        append(log, event(THREE, 1))
        with self.nothing_recorded(log), self.assertRaises(VersionTaken):
            log.insert_events(
                [*events(ONE, 1, 5), *events(TWO, 1, 5), event(THREE, 1)],
                claims=[Claim("upn", "B801200005001", ONE)],
                commands=[Command("c1", "open", 10), Command("c2", "edit", 1)],
            )
        self.same(log.rows(ONE), [])
        self.same(log.rows(TWO), [])
        self.assertEqual(log.holders("upn", ["B801200005001"]), {})
        self.assertIsNone(log.outcome("c1"))
        self.assertIsNone(log.outcome("c2"))

    def test_of_those_who_append_at_once_one_is_told_yes(self) -> None:
        """The others are told that the stream moved on."""
        log, together = self.log, Barrier(8)

        def offer(_: int) -> bool:
            mine, stored = self.store.recorder(log.tenant), event(ONE, 1)
            together.wait(SOON)
            try:
                append(mine, stored)
            except VersionTaken:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(offer, range(8)))

        self.assertEqual(sorted(told), [False] * 7 + [True])
        self.same(places(whole(log)), [(str(ONE), 1)])
