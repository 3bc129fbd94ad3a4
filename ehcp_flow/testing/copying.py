"""Can what one store recorded be taken in by another, as it is?"""

from collections.abc import Sequence
from datetime import date

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.evidence.checking import check
from ehcp_flow.recording import encode
from ehcp_flow.storage import (
    Claim,
    ClaimTaken,
    Command,
    CommandDone,
    EventRow,
    HeldClaim,
    Outcome,
    Recorder,
    Store,
    StoredEvent,
    VersionTaken,
    claim_digest,
)
from ehcp_flow.testing.case import Promises
from ehcp_flow.testing.logs import (
    ONE,
    OTHER_TENANT,
    PLAIN,
    TENANT,
    THREE,
    TWO,
    append,
    chained,
    digests,
    event,
    events,
    whole,
)

_NOTES = [
    ("2019-02-03T04:05:06.000007Z", "someone else"),
    ("1999-12-31T23:59:59.999999Z", "Zoë O'Hara"),
    ("2026-10-05T12:00:00.000000Z", "another machine"),
]
"""When and by whom events were recorded, in another store."""

_COMMANDS = ["", "10", "9", "A", "Z", "a", "é", "日", "\ufffd", "\U0001f600"]
"""Ids of commands, in order of their code points."""


class CopyingPromises(Promises):
    """What one store recorded is taken in by another as it is, and work goes on there."""

    def _recorded(self) -> list[StoredEvent]:
        """Record something of each sort in the store of this test; return its events."""
        stored = [*events(ONE, 1, 3), *events(TWO, 1, 2), event(ONE, 4)]
        stored.append(encode(TWO, 3, PLAIN))
        self.log.insert_events(
            stored[:3],
            claims=[Claim("upn", "first", ONE, date(2045, 11, 3))],
            commands=[Command("Z", "open", 3)],
        )
        self.log.insert_events(
            stored[3:],
            claims=[Claim("upn", "second", TWO), Claim("reference", "first", TWO)],
            commands=[Command(name, "edit", 0) for name in _COMMANDS if name != "Z"],
        )
        return stored

    def _another(self) -> Store:
        """Another store, which digests claims under the same key."""
        other = self.opened(self.fresh_url(), create=True)
        other.take_key(self.store.claims_key)
        return other

    def _copied(self) -> Recorder:
        """The same log in another store, with claims and outcomes."""
        other = self._another()
        other.add_tenant(TENANT)
        copy = other.recorder(TENANT)
        copy.restore(
            whole(self.log),
            claims=self.log.claims(limit=100),
            outcomes=self.log.outcomes(limit=100),
        )
        return copy

    def _noted(self) -> list[EventRow]:
        """The rows of the log, as if another store had recorded them."""
        return [
            row._replace(recorded_at=_NOTES[n % 3][0], recorded_by=_NOTES[n % 3][1])
            for n, row in enumerate(whole(self.log))
        ]

    def test_rows_are_restored_as_they_are(self) -> None:
        """In all that a row has; also the other store's own notes, and also in parts."""
        self._recorded()
        rows = self._noted()
        for sizes in ([7], [1] * 7, [3, 0, 4]):
            with self.subTest(sizes=sizes):
                other = self.opened(self.fresh_url(), create=True)
                other.add_tenant(TENANT)
                copy, left = other.recorder(TENANT), list(rows)
                for size in sizes:
                    copy.restore(left[:size])
                    del left[:size]
                self.same(whole(copy), rows)
                self.same(copy.rows(ONE), [row for row in rows if row.stream == str(ONE)])
                self.assertEqual(copy.head(), len(rows))
                self.assertEqual(check(copy), (2, len(rows)))
                other.close()

    def test_restored_rows_are_read_by_every_reader(self) -> None:
        """As the events that they are."""
        self._recorded()
        log, copy = self.log, self._copied()
        self.same(copy.select_events(TWO), log.select_events(TWO))
        self.same(copy.select_notifications(1, 100), log.select_notifications(1, 100))
        with copy.subscribe(gt=5) as following:
            self.assertEqual([next(following).id, next(following).id], [6, 7])

    def test_work_goes_on_after_what_was_restored(self) -> None:
        """At the next position and version, with the chain of before."""
        stored = self._recorded()
        copy = self._copied()
        with self.assertRaises(VersionTaken):
            append(copy, event(ONE, 4))
        more = [event(ONE, 5), event(THREE, 1), event(TWO, 4)]
        self.assertEqual(append(copy, *more), [8, 9, 10])
        self.same(digests(whole(copy)), chained([*stored, *more]))
        self.assertEqual(check(copy), (3, 10))
        self.assertEqual(self.log.head(), 7)

    def test_restored_claims_are_found_and_kept(self) -> None:
        """Under the other store's key."""
        self._recorded()
        copy = self._copied()
        self.assertEqual(
            copy.holders("upn", ["first", "second", "third"]), {"first": ONE, "second": TWO}
        )
        self.assertEqual(copy.holders("reference", ["first", "second"]), {"first": TWO})
        with self.nothing_recorded(copy), self.assertRaises(ClaimTaken) as taken:
            copy.insert_events([event(THREE, 1)], claims=[Claim("upn", "first", THREE)])
        self.assertEqual(taken.exception.holder, ONE)
        self.same(copy.claims(limit=100), self.log.claims(limit=100))

    def test_claims_are_told_in_order_of_their_digests(self) -> None:
        """Some at a time, each as it is held: not the identifier, and until when."""
        self._recorded()
        held = sorted(
            HeldClaim(claim_digest(self.store.claims_key, kind, value), kind, str(of), until)
            for kind, value, of, until in (
                ("upn", "first", ONE, "2045-11-03"),
                ("upn", "second", TWO, None),
                ("reference", "first", TWO, None),
            )
        )
        for log in (self.log, self._copied()):
            self.same(log.claims(limit=100), held)
            self.same(log.claims(limit=2), held[:2])
            self.same(log.claims(gt=held[0].digest, limit=1), held[1:2])
            self.same(log.claims(gt=held[2].digest, limit=1), [])
            self.assertEqual([type(part) for part in log.claims(limit=1)[0][:3]], [bytes, str, str])

    def test_restored_outcomes_are_answered(self) -> None:
        """Whoever asks again is told what the command did there."""
        self._recorded()
        copy = self._copied()
        self.assertEqual(copy.outcome("Z"), Outcome("Z", "open", 1, 3))
        self.assertEqual(copy.outcome("é"), Outcome("é", "edit", 0, 0))
        with self.nothing_recorded(copy), self.assertRaises(CommandDone) as done:
            copy.insert_events([event(ONE, 5)], commands=[Command("Z", "open", 1)])
        self.assertEqual(done.exception.outcome, Outcome("Z", "open", 1, 3))

    def test_outcomes_are_told_in_order_of_their_code_points(self) -> None:
        """Some at a time, whatever the language of the place."""
        self._recorded()
        after = [name for name in _COMMANDS if name]
        for log in (self.log, self._copied()):
            self.same([told.command for told in log.outcomes(limit=100)], after)
            self.same([told.command for told in log.outcomes(limit=3)], after[:3])
            for n, name in enumerate(after, 1):
                self.same([told.command for told in log.outcomes(gt=name, limit=2)], after[n:][:2])

    def test_restoring_again_changes_nothing(self) -> None:
        """Claims and outcomes that are there stay as they are, beside new ones."""
        self._recorded()
        copy = self._copied()
        rows, claims, outcomes = whole(copy), copy.claims(limit=100), copy.outcomes(limit=100)
        copy.restore(claims=claims, outcomes=outcomes)
        copy.restore(
            claims=[claim._replace(stream=str(THREE), retain_until=None) for claim in claims],
            outcomes=[told._replace(code="other", first=9, last=9) for told in outcomes],
        )
        self.same(whole(copy), rows)
        self.same(copy.claims(limit=100), claims)
        self.same(copy.outcomes(limit=100), outcomes)

        copy.restore(outcomes=[outcomes[0], Outcome("new", "n", 0, 0)])
        self.assertEqual(copy.outcome("new"), Outcome("new", "n", 0, 0))
        self.assertEqual(copy.outcome(outcomes[0].command), outcomes[0])

    def test_nothing_may_be_restored(self) -> None:
        """It changes nothing."""
        self._recorded()
        with self.nothing_recorded(self.log):
            self.log.restore()

    def test_what_does_not_follow_is_not_restored(self) -> None:
        """A gap, or what is there: in the log or in a stream; nothing of the rest is taken in."""
        self._recorded()
        rows = self._noted()
        again = rows[2]._replace(position=3)
        wrong: dict[str, Sequence[EventRow]] = {
            "a position is missing at first": rows[3:],
            "a position is missing between": [rows[2], rows[4]],
            "a position is there": rows[1:],
            "a position comes again": [rows[2], rows[2]],
            "positions are out of order": [rows[3], rows[2]],
            "a version is missing": [again._replace(version=4)],
            "a version is there": [again._replace(version=2)],
            "a version is missing later": [*rows[2:5], rows[5]._replace(version=5)],
            "a version comes again": [*rows[2:5], rows[5]._replace(version=3)],
            "a stream begins too late": [again._replace(stream=str(THREE), version=2)],
            "a stream begins too early": [again._replace(stream=str(THREE), version=-1)],
        }
        claims, outcomes = self.log.claims(limit=100), self.log.outcomes(limit=100)
        other = self._another()
        for name, offered in wrong.items():
            with self.subTest(wrong=name):
                other.add_tenant(name)
                copy = other.recorder(name)
                copy.restore(rows[:2])
                with self.assertRaises(VersionTaken):
                    copy.restore(offered, claims=claims, outcomes=outcomes)
                self.same(whole(copy), rows[:2])
                self.assertEqual(copy.head(), 2)
                self.same(copy.claims(limit=1), [])
                self.same(copy.outcomes(limit=1), [])
                copy.restore(rows[2:], claims=claims, outcomes=outcomes)
                self.same(whole(copy), rows)

    def test_tenants_are_restored_apart(self) -> None:
        """Each has its own log, claims and outcomes."""
        self._recorded()
        other = self._another()
        for name in (TENANT, OTHER_TENANT):
            other.add_tenant(name)
        one, another = other.recorder(TENANT), other.recorder(OTHER_TENANT)
        one.restore(
            whole(self.log)[:2],
            claims=self.log.claims(limit=100),
            outcomes=self.log.outcomes(limit=100),
        )
        self.assertEqual((one.head(), another.head()), (2, 0))
        self.same(another.claims(limit=100), [])
        self.same(another.outcomes(limit=100), [])
        another.restore(whole(self.log))
        self.assertEqual((one.head(), another.head()), (2, 7))

    def test_what_was_restored_is_there_when_the_store_is_opened_again(self) -> None:
        """The key of the claims, too."""
        self._recorded()
        url = self.fresh_url()
        other = self.opened(url, create=True)
        other.take_key(self.store.claims_key)
        other.add_tenant(TENANT)
        other.recorder(TENANT).restore(
            whole(self.log),
            claims=self.log.claims(limit=100),
            outcomes=self.log.outcomes(limit=100),
        )
        other.close()

        again = self.opened(url)
        self.assertEqual(again.claims_key, self.store.claims_key)
        copy = again.recorder(TENANT)
        self.same(whole(copy), whole(self.log))
        self.assertEqual(copy.holders("upn", ["first"]), {"first": ONE})
        self.assertEqual(copy.outcome("Z"), Outcome("Z", "open", 1, 3))

    def test_each_store_has_a_key_of_its_own(self) -> None:
        """32 bytes, the same as long as the store is there, until it takes another's."""
        other = self.opened(self.fresh_url(), create=True)
        self.assertEqual((type(self.store.claims_key), len(self.store.claims_key)), (bytes, 32))
        self.assertNotEqual(self.store.claims_key, other.claims_key)
        self.assertEqual(self.opened(self.url).claims_key, self.store.claims_key)

        other.take_key(self.store.claims_key)
        self.assertEqual(other.claims_key, self.store.claims_key)
        other.take_key(bytes(range(32)))
        self.assertEqual(other.claims_key, bytes(range(32)))

    def test_a_store_with_tenants_keeps_its_key(self) -> None:
        """Their claims stand under it; to take the same one again is nothing."""
        self._recorded()
        key = self.store.claims_key
        self.store.take_key(key)
        with self.assertRaises(StoreTrouble):
            self.store.take_key(bytes(32))
        self.assertEqual(self.store.claims_key, key)
        self.assertEqual(self.opened(self.url).claims_key, key)
        self.assertEqual(self.log.holders("upn", ["first"]), {"first": ONE})
