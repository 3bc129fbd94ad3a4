"""Is what is read what was recorded?"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from ehcp_flow.evidence.checking import check
from ehcp_flow.storage import Notification, Recorder, StoredEvent, VersionTaken
from ehcp_flow.testing.case import Promises
from ehcp_flow.testing.logs import (
    ONE,
    THREE,
    TWO,
    append,
    chained,
    digests,
    event,
    places,
    whole,
)

_EXAMPLES = 40


class ReadingPromises(Promises):
    """What is read is what was recorded, from where and to where it is asked for."""

    def test_the_log_is_what_was_acknowledged(self) -> None:
        """After any appends, good ones and refused ones, in every range of every reader."""
        for seed in range(_EXAMPLES):
            with self.subTest(seed=seed):
                chance = Random(seed)
                log = self.new_log()
                model: list[StoredEvent] = []
                for _ in range(chance.randint(0, 8)):
                    model += self._appended(chance, log, model)
                self._is_the_log(log, model)
                for _ in range(4):
                    self._is_read_in_ranges(chance, log, model)

    def _appended(
        self, chance: Random, log: Recorder, model: Sequence[StoredEvent]
    ) -> list[StoredEvent]:
        """Append something, or offer what must be refused; return what should be there now."""
        new: list[StoredEvent] = []
        for of in chance.choices([ONE, TWO, THREE], k=chance.randint(1, 5)):
            before = sum(e.originator_id == of for e in (*model, *new))
            new.append(event(of, before + 1))
        if chance.random() < 0.5:
            append(log, *new)
            return new
        at, by = chance.randrange(len(new)), chance.choice([-2, 1, 7])
        new[at] = replace(new[at], originator_version=new[at].originator_version + by)
        with self.assertRaises(VersionTaken):
            append(log, *new)
        return []

    def _is_the_log(self, log: Recorder, model: Sequence[StoredEvent]) -> None:
        rows = whole(log)
        self.assertEqual(log.head(), len(model))
        self.same([row.position for row in rows], range(1, len(rows) + 1))
        self.same(
            [(UUID(r.stream), r.version, r.type, r.state, r.words) for r in rows],
            [(e.originator_id, e.originator_version, e.topic, e.state, e.words) for e in model],
        )
        self.same(digests(rows), chained(model))

    def _is_read_in_ranges(
        self, chance: Random, log: Recorder, model: Sequence[StoredEvent]
    ) -> None:
        rows = whole(log)
        gt, lte = chance.randint(0, 12), chance.choice([None, *range(13)])
        limit = chance.randint(1, 12)
        of = chance.choice([ONE, TWO, THREE])
        upto = len(rows) if lte is None else lte
        self.same(log.log(gt=gt, limit=limit, lte=lte), rows[gt:upto][:limit])
        of_stream = [row for row in rows if row.stream == str(of)]
        self.same(log.rows(of, gt=gt, lte=lte), of_stream[gt:upto])

        desc, most = chance.choice([True, False]), chance.choice([None, 1, 2, 5])
        expected = [e for e in model if e.originator_id == of][gt:upto]
        self.same(
            log.select_events(of, gt=gt, lte=lte, desc=desc, limit=most),
            (expected[::-1] if desc else expected)[:most],
        )

        start, inclusive = chance.choice([None, *range(13)]), chance.choice([True, False])
        notified = log.select_notifications(start, limit, stop=lte, inclusive_of_start=inclusive)
        after = 0 if start is None else max(0, start - inclusive)
        self.same([n.id for n in notified], range(after + 1, min(upto, len(rows)) + 1)[:limit])
        for one in notified:
            assert isinstance(one, Notification)
            row = rows[one.id - 1]
            self.assertEqual(
                (str(one.originator_id), one.originator_version, one.topic, one.state, one.words),
                (row.stream, row.version, row.type, row.state, row.words),
            )

    def test_words_come_back_as_they_were(self) -> None:
        """To the byte, in every reader; and no words are not empty words."""
        log = self.log
        with_words, without = event(ONE, 1), replace(event(ONE, 2), words=None)
        odd = replace(event(ONE, 3), words=b'[{"salt":"","text":"\xe2\x80\xa8\\u0000 \x00\xff"}]')
        empty = replace(event(ONE, 4), words=b"")
        kept = [with_words.words, None, odd.words, b""]
        append(log, with_words, without, odd, empty)

        self.same([row.words for row in log.rows(ONE)], kept)
        self.same([row.words for row in whole(log)], kept)
        self.same([getattr(e, "words", None) for e in log.select_events(ONE)], kept)
        self.same([getattr(n, "words", None) for n in log.select_notifications(1, 9)], kept)

    def test_bytes_are_bytes_and_text_is_text(self) -> None:
        """What only compares like them is not what a row is made of."""
        append(self.log, event(ONE, 1))
        for row in (*whole(self.log), *self.log.rows(ONE)):
            self.assertEqual(
                [type(part) for part in row],
                [int, str, int, str, bytes, bytes, bytes, bytes, str, str],
            )

    def test_only_some_kinds_of_events_are_selected(self) -> None:
        """By their stored names."""
        log, kinds = self.log, ["a", "b", "a", "c", "b", "a"]
        append(log, *[replace(event(ONE, n), topic=kind) for n, kind in enumerate(kinds, 1)])

        def selected(*topics: str, start: int = 1, limit: int = 9) -> list[int]:
            return [n.id for n in log.select_notifications(start, limit, topics=topics)]

        self.assertEqual(selected("a"), [1, 3, 6])
        self.assertEqual(selected("b", "c"), [2, 4, 5])
        self.assertEqual(selected("a", start=2, limit=1), [3])
        self.assertEqual(selected("d"), [])

    def test_the_store_notes_when_and_by_whom(self) -> None:
        """By its own clock and its own user, beside what is vouched for."""
        append(self.log, event(ONE, 1), event(TWO, 1))
        for row in whole(self.log):
            noted = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", row.recorded_at)
            self.assertIsNotNone(noted, row.recorded_at)
            self.assertEqual(datetime.fromisoformat(row.recorded_at).utcoffset(), timedelta(0))
            self.assertTrue(row.recorded_by)

    def test_what_was_recorded_is_chained(self) -> None:
        """Each event of a stream to the one before it, whatever stands between them in the log."""
        log = self.log
        stored = [event(ONE, 1), event(TWO, 1), event(ONE, 2), event(ONE, 3), event(TWO, 2)]
        append(log, *stored[:1])
        append(log, *stored[1:4])
        append(log, *stored[4:])

        self.same(digests(whole(log)), chained(stored))
        self.assertEqual(check(log), (2, 5))

    def test_a_stream_that_is_not_there_is_empty(self) -> None:
        """Asking is no mistake."""
        log = self.log
        self.same(log.rows(ONE), [])
        self.same(log.select_events(ONE), [])
        self.same(whole(log), [])
        self.same(log.select_notifications(None, 10), [])
        self.assertIsNone(log.max_notification_id())

    def test_an_id_that_is_text_is_the_same_id(self) -> None:
        """However it is written; one that is no UUID is not kept, for nobody could read it."""
        log = self.log
        append(log, replace(event(ONE, 1), originator_id=str(ONE).upper()))
        self.same(places(log.rows(ONE)), [(str(ONE), 1)])
        self.assertEqual(len(log.select_events(str(ONE))), 1)
        with self.assertRaises(VersionTaken):
            append(log, event(ONE, 1))
        with self.nothing_recorded(log), self.assertRaises(ValueError):
            append(log, replace(event(TWO, 1), originator_id="plan-1"))
