"""What every storage promises, whichever it is: the words of ``ehcp_flow.storage``, one by one."""

import re
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from queue import Queue
from threading import Barrier, Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import Notification as LibraryNotification
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput, StoreTrouble
from ehcp_flow.evidence.checking import check
from ehcp_flow.recording import encode
from ehcp_flow.storage import (
    Claim,
    ClaimTaken,
    Command,
    CommandDone,
    Notification,
    Outcome,
    Recorder,
    Store,
    StoredEvent,
    VersionTaken,
    open_store,
)
from tests.adapters.elsewhere import sizes
from tests.adapters.holding import Hold
from tests.adapters.logs import (
    OTHER_TENANT,
    TENANT,
    append,
    chained,
    event,
    events,
    hear,
    hear_all,
    places,
    process,
    stream,
    tell,
    whole,
)
from tests.examples import OPENED

ONE, TWO, THREE = stream(1), stream(2), stream(3)
UPN = "B801200005001"
SOON = 60
"""Seconds after which a test gives up on a thread that will never be ready."""

# The store of a test stays; each example works on a tenant of its own.
on_one_store = settings(
    derandomize=True,
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@contextmanager
def nothing_recorded(recorder: Recorder) -> Generator[None]:
    """The log is afterwards what it was before, and the next position is the next."""
    before = whole(recorder)
    assert recorder.head() == len(before)
    yield
    assert whole(recorder) == before
    assert recorder.head() == len(before)
    assert append(recorder, event(uuid4(), 1)) == [len(before) + 1]


class TestPositions:
    """1, 2, 3 … without gaps, each tenant's own."""

    def test_each_event_has_the_next_position(self, recorder: Recorder) -> None:
        """However many are appended at once, and whichever their streams are."""
        assert recorder.head() == 0
        assert append(recorder, event(ONE, 1)) == [1]
        assert append(recorder, event(TWO, 1), event(ONE, 2), event(TWO, 2)) == [2, 3, 4]
        assert append(recorder, event(ONE, 3)) == [5]

        assert [row.position for row in whole(recorder)] == [1, 2, 3, 4, 5]
        assert places(whole(recorder)) == [
            (str(ONE), 1),
            (str(TWO), 1),
            (str(ONE), 2),
            (str(TWO), 2),
            (str(ONE), 3),
        ]
        assert recorder.head() == 5

    def test_tenants_count_by_themselves(self, recorder: Recorder, store: Store) -> None:
        """Each has a log of its own, and the same stream may stand in both."""
        store.add_tenant(OTHER_TENANT)
        other = store.recorder(OTHER_TENANT)

        assert append(recorder, event(ONE, 1)) == [1]
        assert append(other, event(ONE, 1), event(TWO, 1)) == [1, 2]
        assert append(recorder, event(ONE, 2)) == [2]

        assert places(whole(recorder)) == [(str(ONE), 1), (str(ONE), 2)]
        assert places(whole(other)) == [(str(ONE), 1), (str(TWO), 1)]
        assert places(other.rows(ONE)) == [(str(ONE), 1)]
        assert (recorder.head(), other.head()) == (2, 2)

    def test_nothing_is_given_no_position(self, recorder: Recorder) -> None:
        """An append of nothing is no append."""
        with nothing_recorded(recorder):
            assert not recorder.insert_events([])

    def test_a_log_goes_on_where_it_was_left(self, recorder: Recorder, store: Store) -> None:
        """After the store was closed, too."""
        append(recorder, event(ONE, 1), event(TWO, 1))
        before = whole(recorder)
        store.close()

        again = open_store(store.url)
        try:
            reopened = again.recorder(TENANT)
            assert whole(reopened) == before
            assert append(reopened, event(ONE, 2)) == [3]
        finally:
            again.close()

    def test_a_hundred_thousand_events_are_one_append(self, recorder: Recorder) -> None:
        """Whole, in order, chained."""
        one = event(ONE, 1)
        streams = [uuid4() for _ in range(50)]
        many = [
            StoredEvent(of, version, one.topic, one.state, one.words)
            for version in range(1, 2_001)
            for of in streams
        ]

        positions = recorder.insert_events(many)

        assert positions == list(range(1, 100_001))
        assert recorder.head() == 100_000
        assert places(whole(recorder)) == [
            (str(e.originator_id), e.originator_version) for e in many
        ]
        assert [(row.state_digest, row.digest) for row in recorder.rows(streams[7])] == chained(
            many[7::50]
        )


class TestVersions:
    """Each stream's versions follow one another, and an append is there whole or not at all."""

    @pytest.mark.parametrize("version", [0, 2, 3, 5])
    def test_only_the_next_version_is_taken(self, recorder: Recorder, version: int) -> None:
        """Not one that was used, and not one after a gap; the next one is named."""
        append(recorder, *events(ONE, 1, 3))
        with nothing_recorded(recorder), pytest.raises(VersionTaken) as taken:
            append(recorder, event(ONE, version))
        assert (taken.value.stream, taken.value.offered, taken.value.expected) == (
            str(ONE),
            version,
            4,
        )

    @pytest.mark.parametrize(
        "versions", [(1, 3), (1, 1), (2, 1), (1, 2, 2), (1, 2, 4), (3,), (2,), (-1,)]
    )
    def test_versions_of_one_append_follow_one_another(
        self, recorder: Recorder, versions: Sequence[int]
    ) -> None:
        """From the first of a new stream."""
        append(recorder, event(TWO, 1))
        with nothing_recorded(recorder), pytest.raises(VersionTaken):
            append(recorder, *[event(ONE, version) for version in versions])
        assert not recorder.rows(ONE)

    @pytest.mark.parametrize("first", [0, 1])
    def test_a_stream_begins_at_0_or_1(self, recorder: Recorder, first: int) -> None:
        """The library's own begin at 0 or at 1, ours at 1; either goes on by one."""
        append(recorder, event(ONE, first))
        append(recorder, event(ONE, first + 1), event(ONE, first + 2))
        with pytest.raises(VersionTaken):
            append(recorder, event(ONE, first + 2))
        assert [e.originator_version for e in recorder.select_events(ONE)] == [
            first,
            first + 1,
            first + 2,
        ]

    def test_an_append_is_whole_or_not_there(self, recorder: Recorder) -> None:
        """When its last event is refused, those before it leave nothing: no claim, no outcome."""
        append(recorder, event(THREE, 1))
        with nothing_recorded(recorder), pytest.raises(VersionTaken):
            recorder.insert_events(
                [*events(ONE, 1, 5), *events(TWO, 1, 5), event(THREE, 1)],
                claims=[Claim("upn", UPN, ONE)],
                commands=[Command("c1", "open", 10), Command("c2", "edit", 1)],
            )
        assert not recorder.rows(ONE)
        assert not recorder.rows(TWO)
        assert not recorder.holders("upn", [UPN])
        assert recorder.outcome("c1") is None
        assert recorder.outcome("c2") is None

    def test_of_those_who_append_at_once_one_is_told_yes(
        self, recorder: Recorder, store: Store
    ) -> None:
        """The others are told that the stream moved on."""
        together = Barrier(8)

        def offer(n: int) -> bool:
            mine = store.recorder(TENANT)
            stored = event(ONE, 1)
            together.wait(SOON)
            try:
                append(mine, stored)
            except VersionTaken:
                return False
            return True

        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(offer, range(8)))

        assert sorted(told) == [False] * 7 + [True]
        assert places(whole(recorder)) == [(str(ONE), 1)]


@dataclass
class Model:
    """What a log should hold, kept as simply as can be."""

    rows: list[StoredEvent]

    def next(self, of: UUID) -> int:
        """The next version of a stream."""
        return 1 + sum(e.originator_id == of for e in self.rows)


_APPENDS = st.lists(
    st.tuples(
        st.lists(st.sampled_from([ONE, TWO, THREE]), min_size=1, max_size=5),
        st.one_of(st.none(), st.tuples(st.integers(0, 4), st.sampled_from([-2, 1, 7]))),
    ),
    max_size=8,
)
_BOUND = st.one_of(st.none(), st.integers(0, 12))


class TestReading:
    """What is read is what was recorded, from where and to where it is asked for."""

    @on_one_store
    @given(appends=_APPENDS, data=st.data())
    def test_the_log_is_what_was_acknowledged(
        self, store: Store, appends: list[tuple[list[UUID], tuple[int, int] | None]], data: Any
    ) -> None:
        """After any appends, good ones and refused ones, in every range of every reader."""
        tenant = str(uuid4())
        store.add_tenant(tenant)
        recorder = store.recorder(tenant)
        model = Model([])
        for streams, fault in appends:
            offered = Model(list(model.rows))
            for of in streams:
                offered.rows.append(event(of, offered.next(of)))
            new = offered.rows[len(model.rows) :]
            if fault is not None:
                at, by = fault[0] % len(new), fault[1]
                new[at] = replace(new[at], originator_version=new[at].originator_version + by)
                with pytest.raises(VersionTaken):
                    append(recorder, *new)
            else:
                append(recorder, *new)
                model = offered

        rows = whole(recorder)
        assert recorder.head() == len(model.rows)
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
        assert [(UUID(r.stream), r.version, r.type, r.state, r.words) for r in rows] == [
            (e.originator_id, e.originator_version, e.topic, e.state, e.words) for e in model.rows
        ]
        assert [(row.state_digest, row.digest) for row in rows] == chained(model.rows)

        gt, lte = data.draw(st.integers(0, 12)), data.draw(_BOUND)
        limit = data.draw(st.integers(1, 12))
        of = data.draw(st.sampled_from([ONE, TWO, THREE]))
        upto = len(rows) if lte is None else lte
        assert list(recorder.log(gt=gt, limit=limit, lte=lte)) == list(rows[gt:upto])[:limit]
        of_stream = [row for row in rows if row.stream == str(of)]
        assert list(recorder.rows(of, gt=gt, lte=lte)) == list(of_stream[gt:upto])

        desc, most = data.draw(st.booleans()), data.draw(st.one_of(st.none(), st.integers(1, 5)))
        selected = recorder.select_events(of, gt=gt, lte=lte, desc=desc, limit=most)
        expected = [e for e in model.rows if e.originator_id == of][gt:upto]
        assert list(selected) == (expected[::-1] if desc else expected)[:most]

        start, inclusive = data.draw(_BOUND), data.draw(st.booleans())
        notified = recorder.select_notifications(
            start, limit, stop=lte, inclusive_of_start=inclusive
        )
        after = 0 if start is None else max(0, start - inclusive)
        assert [n.id for n in notified] == list(range(after + 1, upto + 1))[:limit][
            : max(0, len(rows) - after)
        ]
        for one in notified:
            assert isinstance(one, Notification)
            row = rows[one.id - 1]
            assert (str(one.originator_id), one.originator_version) == (row.stream, row.version)
            assert (one.topic, one.state, one.words) == (row.type, row.state, row.words)

    def test_words_come_back_as_they_were(self, recorder: Recorder) -> None:
        """To the byte, in every reader; and no words are not empty words."""
        with_words, without = event(ONE, 1), replace(event(ONE, 2), words=None)
        odd = replace(event(ONE, 3), words=b'[{"salt":"","text":"\xe2\x80\xa8\\u0000 \x00\xff"}]')
        kept = [with_words.words, None, odd.words]
        append(recorder, with_words, without, odd)

        assert [row.words for row in recorder.rows(ONE)] == kept
        assert [row.words for row in whole(recorder)] == kept
        assert [getattr(e, "words", None) for e in recorder.select_events(ONE)] == kept
        assert [getattr(n, "words", None) for n in recorder.select_notifications(1, 9)] == kept

    def test_only_some_kinds_of_events_are_selected(self, recorder: Recorder) -> None:
        """By their stored names."""
        kinds = ["a", "b", "a", "c", "b", "a"]
        append(recorder, *[replace(event(ONE, n), topic=kind) for n, kind in enumerate(kinds, 1)])

        def selected(*topics: str, start: int = 1, limit: int = 9) -> list[int]:
            return [n.id for n in recorder.select_notifications(start, limit, topics=topics)]

        assert selected("a") == [1, 3, 6]
        assert selected("b", "c") == [2, 4, 5]
        assert selected("a", start=2, limit=1) == [3]
        assert selected("d") == []

    def test_the_store_notes_when_and_by_whom(self, recorder: Recorder) -> None:
        """By its own clock and its own user, beside what is vouched for."""
        append(recorder, event(ONE, 1), event(TWO, 1))
        for row in whole(recorder):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", row.recorded_at)
            assert datetime.fromisoformat(row.recorded_at).utcoffset() == timedelta(0)
            assert row.recorded_by

    def test_what_was_recorded_is_chained(self, recorder: Recorder) -> None:
        """Each event of a stream to the one before it, whatever stands between them in the log."""
        stored = [event(ONE, 1), event(TWO, 1), event(ONE, 2), event(ONE, 3), event(TWO, 2)]
        append(recorder, *stored[:1])
        append(recorder, *stored[1:4])
        append(recorder, *stored[4:])

        assert [(row.state_digest, row.digest) for row in whole(recorder)] == chained(stored)
        assert check(recorder) == (2, 5)

    def test_a_stream_that_is_not_there_is_empty(self, recorder: Recorder) -> None:
        """Asking is no mistake."""
        assert not recorder.rows(ONE)
        assert not recorder.select_events(ONE)
        assert not whole(recorder)
        assert not recorder.select_notifications(None, 10)
        assert recorder.max_notification_id() is None

    def test_an_id_that_is_text_is_the_same_id(self, recorder: Recorder) -> None:
        """However it is written; one that is no UUID is not kept, for nobody could read it."""
        append(recorder, replace(event(ONE, 1), originator_id=str(ONE).upper()))
        assert places(recorder.rows(ONE)) == [(str(ONE), 1)]
        assert len(recorder.select_events(str(ONE))) == 1
        with pytest.raises(VersionTaken):
            append(recorder, event(ONE, 1))
        with nothing_recorded(recorder), pytest.raises(ValueError, match="UUID"):
            append(recorder, replace(event(TWO, 1), originator_id="plan-1"))


class TestClaims:
    """An identifier is held by one stream of a tenant."""

    def test_a_claim_is_taken_with_the_events(self, recorder: Recorder) -> None:
        """Whoever asks is told the holder; of what nobody holds nothing is said."""
        recorder.insert_events(
            [event(ONE, 1), event(TWO, 1)],
            claims=[Claim("upn", UPN, ONE), Claim("upn", "other", TWO, date(2045, 11, 3))],
        )
        assert recorder.holders("upn", ["nobody's", "other", UPN]) == {UPN: ONE, "other": TWO}
        assert recorder.holders("reference", [UPN]) == {}
        assert recorder.holders("upn", [UPN.lower(), f"{UPN} ", UPN[:-1]]) == {}

    def test_what_another_holds_is_refused(self, recorder: Recorder) -> None:
        """The claim and its holder are named, and nothing is appended: no other claim either."""
        recorder.insert_events([event(ONE, 1)], claims=[Claim("upn", UPN, ONE)])
        mine = Claim("upn", UPN, TWO)
        with nothing_recorded(recorder), pytest.raises(ClaimTaken) as taken:
            recorder.insert_events(
                [event(TWO, 1)],
                claims=[Claim("upn", "free", TWO), mine],
                commands=[Command("c1", "open", 1)],
            )
        assert (taken.value.claim, taken.value.holder) == (mine, ONE)
        assert not recorder.rows(TWO)
        assert recorder.holders("upn", ["free", UPN]) == {UPN: ONE}
        assert recorder.outcome("c1") is None

    def test_the_same_stream_takes_it_again(self, recorder: Recorder) -> None:
        """Without a word, also beside new ones."""
        recorder.insert_events([event(ONE, 1)], claims=[Claim("upn", UPN, ONE)])
        recorder.insert_events(
            [event(ONE, 2)], claims=[Claim("upn", UPN, ONE), Claim("reference", "r", ONE)]
        )
        recorder.insert_events([event(ONE, 3)], claims=[Claim("upn", UPN, ONE)] * 2)
        assert recorder.holders("upn", [UPN]) == {UPN: ONE}
        assert recorder.holders("reference", ["r"]) == {"r": ONE}
        assert recorder.head() == 3

    def test_two_streams_of_one_append_do_not_share(self, recorder: Recorder) -> None:
        """One child is not opened twice by one file."""
        with nothing_recorded(recorder), pytest.raises(ClaimTaken):
            recorder.insert_events(
                [event(ONE, 1), event(TWO, 1)],
                claims=[Claim("upn", UPN, ONE), Claim("upn", UPN, TWO)],
            )
        assert not recorder.holders("upn", [UPN])

    def test_tenants_and_kinds_are_apart(self, recorder: Recorder, store: Store) -> None:
        """The same text claims something else there."""
        store.add_tenant(OTHER_TENANT)
        other = store.recorder(OTHER_TENANT)
        recorder.insert_events([event(ONE, 1)], claims=[Claim("upn", UPN, ONE)])
        recorder.insert_events([event(TWO, 1)], claims=[Claim("reference", UPN, TWO)])
        other.insert_events([event(THREE, 1)], claims=[Claim("upn", UPN, THREE)])
        assert recorder.holders("upn", [UPN]) == {UPN: ONE}
        assert recorder.holders("reference", [UPN]) == {UPN: TWO}
        assert other.holders("upn", [UPN]) == {UPN: THREE}

    def test_a_claim_may_be_taken_by_itself(self, recorder: Recorder) -> None:
        """Without an event."""
        assert not recorder.insert_events([], claims=[Claim("upn", UPN, ONE)])
        assert recorder.holders("upn", [UPN]) == {UPN: ONE}
        assert recorder.head() == 0

    def test_of_those_who_claim_at_once_one_gets_it(self, recorder: Recorder, store: Store) -> None:
        """The others are told who."""
        together = Barrier(8)

        def claim(n: int) -> UUID:
            mine, of = store.recorder(TENANT), stream(n)
            stored = event(of, 1)
            together.wait(SOON)
            try:
                mine.insert_events([stored], claims=[Claim("upn", UPN, of)])
            except ClaimTaken as taken:
                return taken.holder
            return of

        with ThreadPoolExecutor(8) as pool:
            told = set(pool.map(claim, range(8)))

        assert set(recorder.holders("upn", [UPN]).values()) == told
        assert places(whole(recorder)) == [(str(of), 1) for of in told]


class TestCommands:
    """What was asked for once is done once."""

    def test_a_lost_acknowledgement_is_found_again(self, recorder: Recorder) -> None:
        """The same append again is told the first outcome, not that the stream moved on."""
        append(recorder, event(TWO, 1))
        stored, claims = events(ONE, 1, 3), [Claim("upn", UPN, ONE)]
        command = Command("c1", "plan-opened", 3)
        assert recorder.insert_events(stored, claims=claims, commands=[command]) == [2, 3, 4]
        with nothing_recorded(recorder), pytest.raises(CommandDone) as done:
            recorder.insert_events(stored, claims=claims, commands=[command])
        assert done.value.outcome == Outcome("c1", "plan-opened", 2, 4)
        assert recorder.outcome("c1") == Outcome("c1", "plan-opened", 2, 4)

    def test_it_is_done_once_also_when_it_would_fit_again(self, recorder: Recorder) -> None:
        """A retry that read the stream anew offers the next version, and is told all the same."""
        recorder.insert_events([event(ONE, 1)], commands=[Command("c1", "a", 1)])
        with nothing_recorded(recorder), pytest.raises(CommandDone):
            recorder.insert_events([event(ONE, 2)], commands=[Command("c1", "a", 1)])

    def test_it_is_done_once_also_when_another_took_the_claim(self, recorder: Recorder) -> None:
        """Whatever else stands in the way now, it was done."""
        recorder.insert_events([event(ONE, 1)], commands=[Command("c1", "a", 1)])
        recorder.insert_events([event(TWO, 1)], claims=[Claim("upn", UPN, TWO)])
        with nothing_recorded(recorder), pytest.raises(CommandDone):
            recorder.insert_events(
                [event(THREE, 1)],
                claims=[Claim("upn", UPN, THREE)],
                commands=[Command("c1", "a", 1)],
            )

    def test_commands_share_an_append(self, recorder: Recorder) -> None:
        """Each keeps the positions of its own events; one without events has none."""
        append(recorder, event(TWO, 1))
        recorder.insert_events(
            events(ONE, 1, 6),
            commands=[
                Command("a", "first", 2),
                Command("b", "none", 0),
                Command("c", "rest", 4),
            ],
        )
        assert recorder.outcome("a") == Outcome("a", "first", 2, 3)
        assert recorder.outcome("b") == Outcome("b", "none", 0, 0)
        assert recorder.outcome("c") == Outcome("c", "rest", 4, 7)

    def test_a_command_may_do_nothing(self, recorder: Recorder) -> None:
        """And that is known afterwards, too."""
        assert not recorder.insert_events([], commands=[Command("c1", "nothing", 0)])
        assert recorder.outcome("c1") == Outcome("c1", "nothing", 0, 0)
        with nothing_recorded(recorder), pytest.raises(CommandDone):
            recorder.insert_events([event(ONE, 1)], commands=[Command("c1", "nothing", 1)])

    def test_beside_one_that_was_done_no_other_is(self, recorder: Recorder) -> None:
        """The append is refused whole, and the one that was done is named."""
        recorder.insert_events([event(ONE, 1)], commands=[Command("old", "a", 1)])
        with nothing_recorded(recorder), pytest.raises(CommandDone) as done:
            recorder.insert_events(
                [event(TWO, 1), event(THREE, 1)],
                commands=[Command("new", "b", 1), Command("old", "a", 1)],
            )
        assert done.value.outcome == Outcome("old", "a", 1, 1)
        assert recorder.outcome("new") is None

    def test_one_that_was_refused_was_not_done(self, recorder: Recorder) -> None:
        """It may be tried again under the same id."""
        append(recorder, event(ONE, 1))
        with pytest.raises(VersionTaken):
            recorder.insert_events([event(ONE, 1)], commands=[Command("c1", "a", 1)])
        assert recorder.outcome("c1") is None
        assert recorder.insert_events([event(ONE, 2)], commands=[Command("c1", "a", 1)]) == [2]

    def test_tenants_have_commands_of_their_own(self, recorder: Recorder, store: Store) -> None:
        """The same id is another command there."""
        store.add_tenant(OTHER_TENANT)
        other = store.recorder(OTHER_TENANT)
        recorder.insert_events([event(ONE, 1)], commands=[Command("c1", "a", 1)])
        assert other.outcome("c1") is None
        assert other.insert_events([event(ONE, 1)], commands=[Command("c1", "a", 1)]) == [1]

    def test_of_those_who_ask_at_once_one_does_it(self, recorder: Recorder, store: Store) -> None:
        """The others are told what it did."""
        together = Barrier(8)

        def ask(n: int) -> tuple[int, int]:
            mine, stored = store.recorder(TENANT), event(stream(n), 1)
            together.wait(SOON)
            try:
                positions = mine.insert_events([stored], commands=[Command("c1", "a", 1)])
            except CommandDone as done:
                return done.outcome.first, done.outcome.last
            assert positions
            return positions[0], positions[-1]

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(ask, range(8))) == {(1, 1)}
        assert recorder.head() == 1


class TestTenants:
    """Many authorities share a store and do not see each other."""

    def test_a_hundred_and_fifty_of_them(self, store: Store) -> None:
        """Each has a log of its own."""
        names = [f"Authority {n:03}" for n in range(150)]
        for name in reversed(names):
            assert store.add_tenant(name)
        assert list(store.tenants()) == names
        for n, name in enumerate(names):
            append(store.recorder(name), *events(stream(n), 1, 1 + n % 3))
        for n, name in enumerate(names):
            recorder = store.recorder(name)
            assert recorder.tenant == name
            assert recorder.head() == 1 + n % 3
            assert {row.stream for row in whole(recorder)} == {str(stream(n))}

    def test_there_is_room_for_each_once(self, recorder: Recorder, store: Store) -> None:
        """Asking again changes nothing."""
        append(recorder, event(ONE, 1))
        assert not store.add_tenant(TENANT)
        assert list(store.tenants()) == [TENANT]
        assert recorder.head() == 1

    def test_one_that_is_not_there_is_named(self, store: Store) -> None:
        """In a sentence that says what to do."""
        store.add_tenant(TENANT)
        with pytest.raises(StoreTrouble, match=r"no tenant 'Nowhere'.*store init"):
            store.recorder("Nowhere")
        with pytest.raises(StoreTrouble):
            store.recorder(TENANT.lower())

    @pytest.mark.parametrize(
        "name", ["Öst / Süd", "x'; DROP TABLE events; --", "%_", "日本", "--tenant", "a" * 500]
    )
    def test_a_name_is_only_a_name(self, store: Store, name: str) -> None:
        """Whatever is in it."""
        assert store.add_tenant(name)
        append(store.recorder(name), event(ONE, 1))
        assert list(store.tenants()) == [name]

    @pytest.mark.parametrize(
        "name", ["", " ", "main ", "\tmain", "a\nb", "a\0b", "\x1b[31m", "\udcff", "a\u200bb"]
    )
    def test_what_nobody_can_type_is_no_name(self, store: Store, name: str) -> None:
        """Nothing is made for it."""
        with pytest.raises(BadInput, match="cannot be a tenant's name"):
            store.add_tenant(name)
        assert not store.tenants()


class Follower:
    """Someone who follows a log in a thread."""

    def __init__(self, recorder: Recorder, gt: int | None = None, topics: Sequence[str] = ()):
        self.subscription = recorder.subscribe(gt=gt, topics=topics)
        self._seen: Queue[LibraryNotification] = Queue()
        self.thread = Thread(target=self._follow, daemon=True)
        self.thread.start()

    def _follow(self) -> None:
        for notification in self.subscription:
            self._seen.put(notification)

    def next(self) -> LibraryNotification:
        """The next event it saw."""
        return self._seen.get(timeout=SOON)

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
    recorder: Recorder, gt: int | None = None, topics: Sequence[str] = ()
) -> Generator[Follower]:
    """Follow a log until the block is left."""
    follower = Follower(recorder, gt, topics)
    try:
        yield follower
    finally:
        follower.stop()


class TestFollowing:
    """A follower sees every event, once, in order, and stops when it is told to."""

    def test_it_sees_what_was_there_and_what_comes(self, recorder: Recorder) -> None:
        """Each event as it was recorded."""
        append(recorder, *events(ONE, 1, 3))
        with following(recorder) as follower:
            assert [follower.next().id for _ in range(3)] == [1, 2, 3]
            append(recorder, event(ONE, 4))
            four = follower.next()
            append(recorder, event(TWO, 1), event(TWO, 2))
            assert [follower.next().id for _ in range(2)] == [5, 6]
        assert follower.rest() == []
        row = whole(recorder)[3]
        assert isinstance(four, Notification)
        assert (four.id, four.originator_id, four.originator_version) == (4, ONE, 4)
        assert (four.topic, four.state, four.words) == (row.type, row.state, row.words)

    @pytest.mark.parametrize(("gt", "first"), [(None, 1), (0, 1), (2, 3), (4, 5)])
    def test_it_begins_after_a_position(
        self, recorder: Recorder, gt: int | None, first: int
    ) -> None:
        """Also after the last one."""
        append(recorder, *events(ONE, 1, 4))
        with following(recorder, gt) as follower:
            append(recorder, event(ONE, 5))
            assert [follower.next().id for _ in range(first, 6)] == list(range(first, 6))

    def test_it_sees_only_the_kinds_it_asked_for(self, recorder: Recorder) -> None:
        """Also when they are far apart: before, between and after thousands of others."""
        wanted = [replace(event(TWO, n), topic="wanted") for n in range(1, 5)]
        other = event(ONE, 1)
        others = [replace(other, originator_version=n) for n in range(1, 4_501)]
        append(recorder, *others[:1_500], wanted[0], *others[1_500:3_000])
        with following(recorder, topics=["wanted", "never"]) as follower:
            assert follower.next().id == 1_501
            append(recorder, *others[3_000:])
            append(recorder, wanted[1], wanted[2])
            assert [follower.next().id for _ in range(2)] == [4_502, 4_503]
            append(recorder, wanted[3])
            assert follower.next().id == 4_504
        assert follower.rest() == []

    def test_it_sees_a_long_log_to_its_end(self, recorder: Recorder) -> None:
        """However many events it is given at a time."""
        one = event(ONE, 1)
        append(recorder, *[replace(one, originator_version=n) for n in range(1, 2_001)])
        with following(recorder) as follower:
            assert [follower.next().id for _ in range(2_000)] == list(range(1, 2_001))
            append(recorder, event(TWO, 1))
            assert follower.next().id == 2_001

    def test_it_does_not_see_other_tenants(self, recorder: Recorder, store: Store) -> None:
        """Their positions are others."""
        store.add_tenant(OTHER_TENANT)
        with following(recorder) as follower:
            append(store.recorder(OTHER_TENANT), *events(TWO, 1, 5))
            append(recorder, event(ONE, 1))
            assert follower.next().originator_id == ONE
        assert follower.rest() == []

    def test_it_ends_when_another_thread_stops_it(self, recorder: Recorder) -> None:
        """While it waits for what never comes."""
        append(recorder, event(ONE, 1))
        with following(recorder) as follower:
            assert follower.next().id == 1
            follower.stop()
            append(recorder, event(ONE, 2))
        assert follower.rest() == []
        with pytest.raises(StopIteration):
            next(follower.subscription)

    def test_it_ends_with_its_block(self, recorder: Recorder) -> None:
        """What was not asked for by then is not given any more."""
        append(recorder, *events(ONE, 1, 2))
        with recorder.subscribe() as subscription:
            assert next(subscription).id == 1
        with pytest.raises(StopIteration):
            next(subscription)
        subscription.stop()

    def test_the_store_may_be_closed_after_it_was_stopped(
        self, recorder: Recorder, store: Store
    ) -> None:
        """In whatever it is at that moment."""
        with following(recorder) as follower:
            append(recorder, event(ONE, 1))
            follower.subscription.stop()
            store.close()
        assert not follower.thread.is_alive()

    def test_a_closed_store_is_not_followed(self, recorder: Recorder, store: Store) -> None:
        """Whoever begins to is told."""
        store.close()
        with pytest.raises(StoreTrouble, match="was closed"):
            recorder.subscribe()


class TestManyAtOnce:
    """Nobody's event is lost, torn, or skipped, however many write and read at the same time."""

    @pytest.mark.parametrize("commit", [True, False])
    def test_threads_write_while_one_is_held(
        self, recorder: Recorder, store: Store, hold: Hold, commit: bool
    ) -> None:
        """One stands still between taking its number and committing, and then commits or not: a
        follower misses none of the others' events and sees every position once, in order."""
        append(recorder, event(ONE, 1))
        together = Barrier(9)

        def write(n: int) -> list[list[int]]:
            mine, of, version = store.recorder(TENANT), stream(10 + n), 0
            acknowledged: list[list[int]] = []
            together.wait(SOON)
            for size in sizes(12):
                acknowledged.append(append(mine, *events(of, version + 1, version + size)))
                version += size
            return acknowledged

        with following(recorder) as follower, ThreadPoolExecutor(8) as pool:
            assert follower.next().id == 1
            with hold(store.url, TENANT, event(TWO, 1)) as end:
                writers = [pool.submit(write, n) for n in range(8)]
                together.wait(SOON)
                assert places(whole(recorder)) == [(str(ONE), 1)]
                assert recorder.head() == 1
                end(commit)
            told = [writer.result(SOON) for writer in writers]
            positions = _all(told)
            first = 3 if commit else 2
            assert positions == list(range(first, first + 8 * sum(sizes(12))))
            seen = [follower.next() for _ in range(positions[-1] - 1)]
        assert follower.rest() == []
        _seen_is_the_log(seen, recorder, after=1)
        assert (str(TWO) in {row.stream for row in whole(recorder)}) == commit
        _appends_are_whole(told)
        check(recorder)

    def test_processes_write_while_one_is_held(
        self, recorder: Recorder, store: Store, hold: Hold
    ) -> None:
        """As threads do."""
        one = encode(ONE, 1, OPENED)
        count = 25
        with ExitStack() as stack:
            others = [
                stack.enter_context(
                    process(
                        "append",
                        store.url,
                        TENANT,
                        str(stream(n)),
                        one.topic,
                        one.state.decode(),
                        str(count),
                    )
                )
                for n in range(10, 13)
            ]
            assert [hear(other) for other in others] == ["ready"] * 3
            follower = stack.enter_context(following(recorder))
            with hold(store.url, TENANT, one) as end:
                for other in others:
                    tell(other)
                assert recorder.head() == 0
                end(True)
            total = 1 + 3 * sum(sizes(count))
            seen = [follower.next() for _ in range(total)]
            told = [[_span(line) for line in hear_all(other)] for other in others]
        assert follower.rest() == []
        assert [1, *_all(told)] == list(range(1, total + 1))
        _seen_is_the_log(seen, recorder, after=0)
        _appends_are_whole(told)
        assert check(recorder) == (4, total)

    def test_readers_see_whole_appends(self, recorder: Recorder, store: Store) -> None:
        """What is read while others write is a beginning of the log, and of each stream."""
        together = Barrier(2)

        def write() -> None:
            together.wait(SOON)
            for n in range(40):
                append(recorder, *events(stream(n % 4), 1 + n // 4 * 3, n // 4 * 3 + 3))

        with ThreadPoolExecutor(1) as pool:
            writer = pool.submit(write)
            reader = store.recorder(TENANT)
            read: list[tuple[int, int]] = []
            together.wait(SOON)
            ended = False
            while not ended:
                ended = writer.done()
                rows, of = whole(reader), reader.rows(stream(3))
                assert [row.position for row in rows] == list(range(1, len(rows) + 1))
                assert [row.version for row in of] == list(range(1, len(of) + 1))
                read.append((len(rows), len(of)))
            writer.result()
        assert read[-1] == (120, 30)
        assert all(rows % 3 == of % 3 == 0 for rows, of in read)
        assert read == sorted(read)

    def test_a_store_is_made_by_several_at_once(self, store_url: str) -> None:
        """All of them work on the same one."""
        with ExitStack() as stack:
            others = [
                stack.enter_context(process("make", store_url, f"tenant-{n}")) for n in range(4)
            ]
            assert [hear(other) for other in others] == ["ready"] * 4
            for other in others:
                tell(other)
            told = [hear_all(other) for other in others]
        for n, tenants in enumerate(told):
            assert f"tenant-{n}" in " ".join(tenants).split()
        made = open_store(store_url)
        try:
            assert list(made.tenants()) == [f"tenant-{n}" for n in range(4)]
        finally:
            made.close()


def _span(line: str) -> list[int]:
    first, last = map(int, line.split())
    return list(range(first, last + 1))


def _all(told: Sequence[Sequence[Sequence[int]]]) -> list[int]:
    """Every position that was acknowledged to anybody, in order."""
    return sorted(position for writer in told for positions in writer for position in positions)


def _seen_is_the_log(seen: Sequence[LibraryNotification], recorder: Recorder, after: int) -> None:
    """Every position once and in order, each with the event that the log holds there."""
    assert [n.id for n in seen] == list(range(after + 1, recorder.head() + 1))
    assert [(str(n.originator_id), n.originator_version) for n in seen] == places(
        whole(recorder)[after:]
    )


def _appends_are_whole(told: Sequence[Sequence[Sequence[int]]]) -> None:
    """The events of one append stand together."""
    for writer in told:
        for positions in writer:
            assert list(positions) == list(range(positions[0], positions[0] + len(positions)))


class TestClosing:
    """A store lets go of everything, and says so to whoever goes on."""

    def test_it_may_be_closed_twice(self, store: Store) -> None:
        """The second time there is nothing to do."""
        store.close()
        store.close()

    def test_nothing_goes_on_after_that(self, recorder: Recorder, store: Store) -> None:
        """A sentence, whatever is asked for."""
        uses: list[Callable[[], object]] = [
            lambda: append(recorder, event(ONE, 1)),
            lambda: recorder.rows(ONE),
            lambda: whole(recorder),
            recorder.head,
            lambda: recorder.outcome("c1"),
            lambda: recorder.holders("upn", [UPN]),
            lambda: recorder.select_events(ONE),
            lambda: recorder.select_notifications(1, 10),
            store.tenants,
            lambda: store.add_tenant(OTHER_TENANT),
        ]
        for use in uses:
            use()
        store.close()
        for use in uses:
            with pytest.raises(StoreTrouble, match="was closed"):
                use()

    def test_the_views_are_closed_with_it(self, recorder: Recorder, store: Store) -> None:
        """They are not opened again behind its back."""
        store.close()
        with pytest.raises(StoreTrouble, match="was closed"), store.views.writing(TENANT):
            pass
        with pytest.raises(StoreTrouble, match="was closed"), store.views.apart():
            pass
        with pytest.raises(StoreTrouble, match="was closed"):
            store.views.query("SELECT 1")
