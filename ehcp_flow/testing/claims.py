"""Is an identifier held by one stream of a tenant?"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import UUID

from ehcp_flow.storage import Claim, ClaimTaken, Command
from ehcp_flow.testing.case import SOON, Promises
from ehcp_flow.testing.logs import (
    ONE,
    OTHER_TENANT,
    THREE,
    TWO,
    event,
    places,
    stream,
    whole,
)

_UPN = "B801200005001"


class ClaimPromises(Promises):
    """An identifier is held by one stream of a tenant."""

    def test_a_claim_is_taken_with_the_events(self) -> None:
        """Whoever asks is told the holder; of what nobody holds nothing is said."""
        log = self.log
        log.insert_events(
            [event(ONE, 1), event(TWO, 1)],
            claims=[Claim("upn", _UPN, ONE), Claim("upn", "other", TWO, date(2045, 11, 3))],
        )
        self.assertEqual(log.holders("upn", ["nobody's", "other", _UPN]), {_UPN: ONE, "other": TWO})
        self.assertEqual(log.holders("upn", []), {})
        self.assertEqual(log.holders("reference", [_UPN]), {})
        self.assertEqual(log.holders("upn", [_UPN.lower(), f"{_UPN} ", _UPN[:-1]]), {})

    def test_what_another_stream_holds_is_refused(self) -> None:
        """The claim and its holder are named, and nothing is appended: no other claim either."""
        log = self.log
        log.insert_events([event(ONE, 1)], claims=[Claim("upn", _UPN, ONE)])
        mine = Claim("upn", _UPN, TWO)
        with self.nothing_recorded(log), self.assertRaises(ClaimTaken) as taken:
            log.insert_events(
                [event(TWO, 1)],
                claims=[Claim("upn", "free", TWO), mine],
                commands=[Command("c1", "open", 1)],
            )
        self.assertEqual((taken.exception.claim, taken.exception.holder), (mine, ONE))
        self.same(log.rows(TWO), [])
        self.assertEqual(log.holders("upn", ["free", _UPN]), {_UPN: ONE})
        self.assertIsNone(log.outcome("c1"))

    def test_the_same_stream_takes_a_claim_again(self) -> None:
        """Without a word, also beside new ones."""
        log = self.log
        log.insert_events([event(ONE, 1)], claims=[Claim("upn", _UPN, ONE)])
        log.insert_events(
            [event(ONE, 2)], claims=[Claim("upn", _UPN, ONE), Claim("reference", "r", ONE)]
        )
        log.insert_events([event(ONE, 3)], claims=[Claim("upn", _UPN, ONE)] * 2)
        self.assertEqual(log.holders("upn", [_UPN]), {_UPN: ONE})
        self.assertEqual(log.holders("reference", ["r"]), {"r": ONE})
        self.assertEqual(log.head(), 3)

    def test_two_streams_of_one_append_do_not_share_a_claim(self) -> None:
        """One child is not opened twice by one file."""
        log = self.log
        with self.nothing_recorded(log), self.assertRaises(ClaimTaken):
            log.insert_events(
                [event(ONE, 1), event(TWO, 1)],
                claims=[Claim("upn", _UPN, ONE), Claim("upn", _UPN, TWO)],
            )
        self.assertEqual(log.holders("upn", [_UPN]), {})

    def test_claims_of_tenants_and_kinds_are_apart(self) -> None:
        """The same text claims something else there."""
        log, other = self.log, self.new_log(OTHER_TENANT)
        log.insert_events([event(ONE, 1)], claims=[Claim("upn", _UPN, ONE)])
        log.insert_events([event(TWO, 1)], claims=[Claim("reference", _UPN, TWO)])
        other.insert_events([event(THREE, 1)], claims=[Claim("upn", _UPN, THREE)])
        self.assertEqual(log.holders("upn", [_UPN]), {_UPN: ONE})
        self.assertEqual(log.holders("reference", [_UPN]), {_UPN: TWO})
        self.assertEqual(other.holders("upn", [_UPN]), {_UPN: THREE})

    def test_a_claim_may_be_taken_by_itself(self) -> None:
        """Without an event."""
        self.assertFalse(self.log.insert_events([], claims=[Claim("upn", _UPN, ONE)]))
        self.assertEqual(self.log.holders("upn", [_UPN]), {_UPN: ONE})
        self.assertEqual(self.log.head(), 0)

    def test_of_those_who_claim_at_once_one_gets_it(self) -> None:
        """The others are told who."""
        log, together = self.log, Barrier(8)

        def claim(n: int) -> UUID:
            mine, of = self.store.recorder(log.tenant), stream(n)
            stored = event(of, 1)
            together.wait(SOON)
            try:
                mine.insert_events([stored], claims=[Claim("upn", _UPN, of)])
            except ClaimTaken as taken:
                return taken.holder
            return of

        with ThreadPoolExecutor(8) as pool:
            told = set(pool.map(claim, range(8)))

        self.assertEqual(set(log.holders("upn", [_UPN]).values()), told)
        self.same(places(whole(log)), [(str(of), 1) for of in told])
