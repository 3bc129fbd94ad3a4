"""Has each event the next position of its log?"""

from uuid import uuid4

from ehcp_flow.storage import StoredEvent
from ehcp_flow.testing.case import Promises
from ehcp_flow.testing.logs import (
    ONE,
    OTHER_TENANT,
    TENANT,
    TWO,
    append,
    chained,
    digests,
    event,
    places,
    whole,
)


class PositionPromises(Promises):
    """1, 2, 3 … without gaps, each tenant's own."""

    def test_each_event_has_the_next_position(self) -> None:
        """However many are appended at once, and whichever their streams are."""
        log = self.log
        self.assertEqual(log.head(), 0)
        self.assertEqual(append(log, event(ONE, 1)), [1])
        self.assertEqual(append(log, event(TWO, 1), event(ONE, 2), event(TWO, 2)), [2, 3, 4])
        self.assertEqual(append(log, event(ONE, 3)), [5])

        self.same([row.position for row in whole(log)], [1, 2, 3, 4, 5])
        self.same(
            places(whole(log)),
            [(str(ONE), 1), (str(TWO), 1), (str(ONE), 2), (str(TWO), 2), (str(ONE), 3)],
        )
        self.assertEqual(log.head(), 5)

    def test_each_tenant_counts_its_own_positions(self) -> None:
        """Each has a log of its own, and the same stream may stand in both."""
        log, other = self.log, self.new_log(OTHER_TENANT)

        self.assertEqual(append(log, event(ONE, 1)), [1])
        self.assertEqual(append(other, event(ONE, 1), event(TWO, 1)), [1, 2])
        self.assertEqual(append(log, event(ONE, 2)), [2])

        self.same(places(whole(log)), [(str(ONE), 1), (str(ONE), 2)])
        self.same(places(whole(other)), [(str(ONE), 1), (str(TWO), 1)])
        self.same(places(other.rows(ONE)), [(str(ONE), 1)])
        self.assertEqual((log.head(), other.head()), (2, 2))

    def test_an_append_of_nothing_has_no_position(self) -> None:
        """It is no append."""
        with self.nothing_recorded(self.log):
            self.assertFalse(self.log.insert_events([]))

    def test_a_log_goes_on_where_it_was_left(self) -> None:
        """After the store was closed, too."""
        append(self.log, event(ONE, 1), event(TWO, 1))
        before = whole(self.log)
        self.store.close()

        again = self.opened(self.url).recorder(TENANT)
        self.same(whole(again), before)
        self.assertEqual(append(again, event(ONE, 2)), [3])

    def test_a_hundred_thousand_events_are_one_append(self) -> None:
        """Whole, in order, chained."""
        log, one = self.log, event(ONE, 1)
        streams = [uuid4() for _ in range(50)]
        many = [
            StoredEvent(of, version, one.topic, one.state, one.words)
            for version in range(1, 2_001)
            for of in streams
        ]

        positions = log.insert_events(many)

        self.same(positions or (), range(1, 100_001))
        self.assertEqual(log.head(), 100_000)
        self.same(places(whole(log)), [(str(e.originator_id), e.originator_version) for e in many])
        self.same(digests(log.rows(streams[7])), chained(many[7::50]))
