"""An acknowledged event is never lost, altered or reordered: not by a killed process, a torn file
or a full disk; and what was altered outside is found."""

import shutil
import sqlite3
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ehcp_flow.errors import RecordDamaged, SaidNo, StoreTrouble
from ehcp_flow.evidence.checking import check
from ehcp_flow.recording import encode
from ehcp_flow.storage import Claim, EventRow, Recorder, StoredEvent
from ehcp_flow_sqlite import SQLiteStore
from tests.adapters.logs import (
    TENANT,
    append,
    event,
    events,
    facts,
    hear,
    hear_all,
    process,
    sizes,
    stream,
    tell,
    whole,
)
from tests.adapters.test_sqlite_file import opened, raw
from tests.examples import OPENED

ONE, TWO, NEW = stream(1), stream(2), stream(99)
OPENING = encode(ONE, 1, OPENED)

on_files = settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

_ANYWHERE = st.integers(0, 10_000_000)


def _appending(path: Path, number: int, count: int, what: str = "append") -> list[str]:
    """The words for a process that appends to a stream."""
    return [
        what,
        f"sqlite:{path}",
        TENANT,
        str(stream(number)),
        OPENING.topic,
        OPENING.state.decode(),
        str(count),
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with no event, closed."""
    path = tmp_path / "plans.db"
    with opened(path, create=True) as store:
        store.add_tenant(TENANT)
    return path


def goes_on(recorder: Recorder) -> None:
    """The log takes the next event, in the next place."""
    last = len(whole(recorder))
    assert append(recorder, event(NEW, len(recorder.rows(NEW)) + 1)) == [last + 1]
    check(recorder)


class TestKilled:
    """A process that is killed in the middle loses nothing that it acknowledged."""

    def test_what_was_acknowledged_is_there(self, path: Path) -> None:
        """Whole appends, in order, chained; and the next process goes on."""
        acknowledged = 0
        for number, after in enumerate([1, 2, 5, 14, 31]):
            with process(*_appending(path, number, 100_000)) as other:
                assert hear(other) == "ready"
                tell(other)
                told = [hear(other) for _ in range(after)]
                other.kill()
                told += hear_all(other)
            # The last line may be torn.
            lasts = [int(line.split()[1]) for line in told[:-1]]
            with opened(path) as store:
                recorder = store.recorder(TENANT)
                acknowledged = max(acknowledged, *lasts) if lasts else acknowledged
                assert recorder.head() >= acknowledged
                of = len(recorder.rows(stream(number)))
                assert of in accumulate(sizes(len(told) + 2), initial=0)
                assert of >= sum(sizes(len(lasts)))
                assert check(recorder).events == recorder.head()
                goes_on(recorder)

    def test_two_that_are_killed_at_once(self, path: Path) -> None:
        """One of them was writing."""
        with (
            process(*_appending(path, 1, 100_000)) as one,
            process(*_appending(path, 2, 100_000)) as other,
        ):
            for running in (one, other):
                assert hear(running) == "ready"
                tell(running)
            told = [hear(running) for _ in range(10) for running in (one, other)]
            one.kill()
            other.kill()
        positions = [list(map(int, line.split())) for line in told]
        with opened(path) as store:
            recorder = store.recorder(TENANT)
            rows = whole(recorder)
            for number in (0, 1):
                of = str(stream(number + 1))
                for (first, last), size in zip(positions[number::2], sizes(10), strict=True):
                    assert last - first + 1 == size
                    assert {row.stream for row in rows[first - 1 : last]} == {of}
            check(recorder)
            goes_on(recorder)


class Crashed(NamedTuple):
    """A store whose latest appends stand only in the file beside it."""

    store: bytes
    log: bytes
    rows: Sequence[EventRow]
    ends: frozenset[int]
    """The last position of each append, and 0."""


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Crashed:
    """A store in which a process appended several times, and ended without closing it."""
    path = tmp_path_factory.mktemp("crashed") / "plans.db"
    with opened(path, create=True) as store:
        store.add_tenant(TENANT)
    count = 8
    with process(*_appending(path, 1, count, "crash")) as other:
        assert hear(other) == "ready"
        tell(other)
        assert len(hear_all(other)) == count
    content = path.read_bytes(), path.with_name("plans.db-wal").read_bytes()
    copy = path.with_name("copy.db")
    copy.write_bytes(content[0])
    copy.with_name("copy.db-wal").write_bytes(content[1])
    with opened(copy) as store:
        rows = whole(store.recorder(TENANT))
    assert len(rows) == sum(sizes(count))
    return Crashed(*content, rows, frozenset(accumulate(sizes(count), initial=0)))


def holds_a_beginning(folder: Path, crashed: Crashed, store: bytes, log: bytes) -> int:
    """Whether a copy of these bytes is a store with the first of the appends; return how much."""
    path = folder / "torn.db"
    path.write_bytes(store)
    path.with_name("torn.db-wal").write_bytes(log)
    try:
        with opened(path) as opened_store:
            recorder = opened_store.recorder(TENANT)
            rows = whole(recorder)
            assert list(rows) == list(crashed.rows[: len(rows)])
            assert len(rows) in crashed.ends
            check(recorder)
            goes_on(recorder)
    finally:
        for file in folder.glob("torn.db*"):
            file.unlink()
    return len(rows)


_HEADER = 32


def frames(log: bytes) -> range:
    """Where the pages begin in the file beside a store (SQLite file format, section 4.1)."""
    page = int.from_bytes(log[8:12], "big")
    assert (len(log) - _HEADER) % (24 + page) == 0
    return range(_HEADER, len(log), 24 + page)


class TestTorn:
    """A file that was not written to its end holds whole appends, from the first on."""

    def test_a_log_that_was_cut(self, crashed: Crashed, tmp_path: Path) -> None:
        """At, before and after the end of each of its parts, and within them."""
        held: list[int] = []
        starts = frames(crashed.log)
        for cut in [0, 1, _HEADER - 1, *starts, *(at + 24 + 17 for at in starts)]:
            held.append(
                holds_a_beginning(tmp_path, crashed, crashed.store, crashed.log[:cut]),
            )
        assert holds_a_beginning(tmp_path, crashed, crashed.store, crashed.log) == max(crashed.ends)
        assert held[:4] == [0] * 4
        assert set(held) == crashed.ends - {max(crashed.ends)}

    @on_files
    @given(at=_ANYWHERE, garbage=st.binary(min_size=1, max_size=5_000))
    def test_a_log_that_was_garbled(
        self, crashed: Crashed, tmp_path: Path, at: int, garbage: bytes
    ) -> None:
        """From anywhere on, by anything, for any length."""
        at %= len(crashed.log)
        if garbage[0] == crashed.log[at]:
            garbage = bytes([garbage[0] ^ 0x55]) + garbage[1:]
        log = crashed.log[:at] + garbage + crashed.log[at + len(garbage) :]
        held = holds_a_beginning(tmp_path, crashed, crashed.store, log)
        assert held < max(crashed.ends)

    @on_files
    @given(data=st.data())
    def test_a_move_into_the_store_that_was_torn(
        self, crashed: Crashed, tmp_path: Path, data: st.DataObject
    ) -> None:
        """Pages of the store that were half written when the machine stopped: nothing is missing,
        for the file beside it still holds them."""
        starts = frames(crashed.log)
        size = starts.step - 24
        pages = {int.from_bytes(crashed.log[at : at + 4], "big") for at in starts}
        store = bytearray(crashed.store.ljust(size * max(pages), b"\0"))
        for page in data.draw(st.sets(st.sampled_from(sorted(pages)), min_size=1)):
            start = data.draw(st.integers(0, 7)) * 512
            store[(page - 1) * size + start : page * size] = b"\xa5" * (size - start)
        held = holds_a_beginning(tmp_path, crashed, bytes(store), crashed.log)
        assert held == max(crashed.ends)


@contextmanager
def no_more_pages(store: SQLiteStore) -> Generator[None]:
    """A disk that is full: the file cannot grow."""
    with store.database.lent() as connection:
        ((pages,),) = connection.execute("PRAGMA page_count").fetchall()
        connection.execute(f"PRAGMA max_page_count = {pages}")
    yield
    with store.database.lent() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")


@contextmanager
def no_bytes_more(store: SQLiteStore) -> Generator[None]:
    """A quota that is used up: the file beside the store can grow by half a page."""
    import resource

    log = store.database.path.with_name(f"{store.database.path.name}-wal")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 2_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


_Full = Callable[[SQLiteStore], AbstractContextManager[None]]
_FULL: list[tuple[_Full, str]] = [(no_more_pages, "is full")]
if sys.platform != "win32":
    # Python has the signal ignored that would end the process.
    _FULL.append((no_bytes_more, "cannot be used"))


class TestFull:
    """Where there is no room, nothing is recorded; when there is, it goes on."""

    @pytest.mark.parametrize(("full", "says"), _FULL)
    @pytest.mark.parametrize("size", [1, 300])
    def test_the_log_is_as_it_was(self, path: Path, full: _Full, says: str, size: int) -> None:
        """A sentence says so."""
        big = [
            StoredEvent(TWO, n, OPENING.topic, OPENING.state + b" " * 30_000)
            for n in range(1, size + 1)
        ]
        with opened(path) as store:
            recorder = store.recorder(TENANT)
            append(recorder, *events(ONE, 1, 5))
            before = whole(recorder)
            with full(store):
                for _ in range(2):
                    with pytest.raises(StoreTrouble) as trouble:
                        append(recorder, *big)
                    assert says in str(trouble.value)
                    assert "nothing was recorded" in str(trouble.value)
                    assert str(path) in str(trouble.value)
                assert whole(recorder) == before
                assert recorder.head() == 5
            assert append(recorder, *big) == list(range(6, 6 + size))
            check(recorder)
        with opened(path) as store:
            assert whole(store.recorder(TENANT))[:5] == before
            goes_on(store.recorder(TENANT))


GUARDS = ("events_are_not_changed", "events_are_not_removed", "events_have_no_gaps")


@contextmanager
def unguarded(path: Path, *guards: str) -> Generator[sqlite3.Connection]:
    """The file as its owner may change it."""
    with raw(path) as connection:
        for guard in guards:
            connection.execute(f"DROP TRIGGER {guard}")
        yield connection


@pytest.fixture
def recorded(path: Path) -> Path:
    """A store with six events of two streams, closed."""
    with opened(path) as store:
        append(store.recorder(TENANT), *events(ONE, 1, 3), *events(TWO, 1, 2), event(ONE, 4))
    return path


class TestAltered:
    """What somebody changed in the file is found and named."""

    @pytest.mark.parametrize("guards", [GUARDS[1:2], GUARDS])
    @pytest.mark.parametrize("missing", [1, 2, 6])
    def test_events_that_are_missing_at_the_end(
        self, recorded: Path, missing: int, guards: Sequence[str]
    ) -> None:
        """Their positions are not given again."""
        with unguarded(recorded, *guards) as connection:
            connection.execute("DELETE FROM events WHERE position > ?", (6 - missing,))
        with opened(recorded) as store:
            recorder = store.recorder(TENANT)
            with pytest.raises(RecordDamaged, match="events are missing"):
                check(recorder)
            assert recorder.head() == 6
            if guards != GUARDS:
                with pytest.raises(RecordDamaged, match="altered outside"):
                    append(recorder, event(NEW, 1))
            else:
                assert append(recorder, event(NEW, 1)) == [7]
            with pytest.raises(RecordDamaged):
                check(recorder)

    @pytest.mark.parametrize("position", [1, 3, 5])
    def test_an_event_that_is_missing_in_between(self, recorded: Path, position: int) -> None:
        """By its position."""
        with unguarded(recorded, GUARDS[1]) as connection:
            connection.execute("DELETE FROM events WHERE position = ?", (position,))
        with (
            opened(recorded) as store,
            pytest.raises(RecordDamaged, match=f"Position {position} of the log is missing"),
        ):
            check(store.recorder(TENANT))

    def test_events_that_changed_places(self, recorded: Path) -> None:
        """Two of a stream."""
        with unguarded(recorded, GUARDS[0]) as connection:
            for new, old in ((99, 1), (1, 2), (2, 99)):
                connection.execute("UPDATE events SET position = ? WHERE position = ?", (new, old))
        with opened(recorded) as store, pytest.raises(RecordDamaged, match="Step 1 of"):
            check(store.recorder(TENANT))

    @pytest.mark.parametrize("count", [0, 5, 7])
    def test_a_count_that_was_changed(self, recorded: Path, count: int) -> None:
        """Neither hides events nor has one recorded."""
        with raw(recorded) as connection:
            connection.execute("UPDATE tenants SET position = ?", (count,))
        with opened(recorded) as store:
            recorder = store.recorder(TENANT)
            with pytest.raises(RecordDamaged):
                check(recorder)
            with pytest.raises(RecordDamaged):
                append(recorder, event(NEW, 1))
            assert len(whole(recorder)) == 6

    @pytest.mark.parametrize(
        "column",
        ["tenant", "position", "stream", "version", "type", "state", "state_digest", "digest"],
    )
    def test_a_bit_of_an_event(self, recorded: Path, column: str) -> None:
        """Any column, whichever event, its first and last byte and some in between."""
        with unguarded(recorded, *GUARDS) as connection:
            for position in (1, 4, 6):
                value = _stored(connection, column, position)
                for changed in _flipped(value):
                    _put(connection, column, position, changed)
                    with opened(recorded) as store, pytest.raises(RecordDamaged) as damaged:
                        check(store.recorder(TENANT))
                    assert "\n" not in str(damaged.value)
                _put(connection, column, position, value)
        with opened(recorded) as store:
            assert check(store.recorder(TENANT)).events == 6

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            (b"Ada", b"Eva"),
            (b"asked", b"asked "),
            (b'"salt":"', b'"salt":"00'),
            (b'"text":"', b'"text":"\\u0000'),
            (b'"text"', b'"next"'),
            (b"[", b"{"),
        ],
    )
    def test_words_that_were_changed(self, recorded: Path, old: bytes, new: bytes) -> None:
        """Those of one event, by a letter, or beyond reading."""
        with unguarded(recorded, *GUARDS) as connection:
            value = _stored(connection, "words", 4)
            assert isinstance(value, bytes)
            _put(connection, "words", 4, value.replace(old, new, 1))
        with opened(recorded) as store, pytest.raises(RecordDamaged):
            check(store.recorder(TENANT))

    @pytest.mark.parametrize("left", ["NULL", "x''", "CAST('[]' AS blob)"])
    def test_words_that_were_taken_away(self, recorded: Path, left: str) -> None:
        """The facts say that there were some."""
        with unguarded(recorded, GUARDS[0]) as connection:
            connection.execute(f"UPDATE events SET words = {left} WHERE position = 4")
        with opened(recorded) as store, pytest.raises(RecordDamaged, match="The words of step 1"):
            check(store.recorder(TENANT))

    def test_words_of_another_event(self, recorded: Path) -> None:
        """Though they are the same words: they were salted for the other."""
        with unguarded(recorded, *GUARDS) as connection:
            _put(connection, "words", 4, _stored(connection, "words", 5))
        with opened(recorded) as store, pytest.raises(RecordDamaged, match="The words of step 1"):
            check(store.recorder(TENANT))

    def test_a_bit_of_the_words(self, recorded: Path) -> None:
        """Any bit of them."""
        with unguarded(recorded, *GUARDS) as connection:
            value = _stored(connection, "words", 4)
            assert isinstance(value, bytes)
            with opened(recorded) as store:
                recorder = store.recorder(TENANT)
                for at in range(len(value)):
                    for bit in (1, 4, 0x20, 0x80):
                        _put(
                            connection,
                            "words",
                            4,
                            value[:at] + bytes([value[at] ^ bit]) + value[at + 1 :],
                        )
                        with pytest.raises(RecordDamaged):
                            check(recorder)

    def test_a_stream_whose_name_is_no_id(self, recorded: Path) -> None:
        """Whoever follows the log, or looks for a holder, is told that it was altered."""
        with unguarded(recorded, GUARDS[0]) as connection:
            with opened(recorded) as store:
                store.recorder(TENANT).insert_events([], claims=[Claim("upn", "u", ONE)])
            connection.execute("UPDATE events SET stream = 'nobody' WHERE position = 4")
            connection.execute("UPDATE claims SET stream = 'nobody'")
        with opened(recorded) as store:
            recorder = store.recorder(TENANT)
            assert len(recorder.select_notifications(1, 3)) == 3
            for use in (
                lambda: recorder.select_notifications(1, 4),
                lambda: recorder.holders("upn", ["u"]),
                lambda: recorder.insert_events([], claims=[Claim("upn", "u", ONE)]),
            ):
                with pytest.raises(RecordDamaged, match="altered outside"):
                    use()

    def test_a_name_that_is_no_text_any_more(self, recorded: Path) -> None:
        """The record is damaged, and what stands there is not shown."""
        with unguarded(recorded, GUARDS[0]) as connection:
            connection.execute(
                "UPDATE events SET recorded_by = CAST(x'ff41' AS text) WHERE position = 4"
            )
        with opened(recorded) as store:
            recorder = store.recorder(TENANT)
            with pytest.raises(RecordDamaged, match="damaged") as damaged:
                check(recorder)
            assert "A" not in str(damaged.value).replace(str(recorded), "").replace("SQLite", "")
            assert len(recorder.rows(ONE, lte=3)) == 3


def _stored(connection: sqlite3.Connection, column: str, row: int) -> bytes | int:
    """What stands in a column, text as its bytes."""
    found: list[tuple[bytes | int]] = connection.execute(
        f"SELECT iif(typeof({column}) = 'text', CAST({column} AS blob), {column}) FROM events"
        " WHERE rowid = ?",
        (row,),
    ).fetchall()
    return found[0][0]


def _put(connection: sqlite3.Connection, column: str, row: int, value: bytes | int) -> None:
    """Put bytes or a number into a column, as text where there is text."""
    connection.execute(
        f"UPDATE events SET {column} = iif(typeof({column}) = 'text', CAST(? AS text), ?)"
        " WHERE rowid = ?",
        (value, value, row),
    )


def _flipped(value: bytes | int) -> Generator[bytes | int]:
    """The value with one bit changed, in several places."""
    if isinstance(value, int):
        yield from (value ^ 64, value ^ 2**40, -value)
        return
    for at in {0, 1, len(value) // 2, len(value) - 1}:
        for bit in (1, 0x20, 0x80):
            yield value[:at] + bytes([value[at] ^ bit]) + value[at + 1 :]


class Closed(NamedTuple):
    """A closed store, as bytes, and what is vouched for in it."""

    content: bytes
    facts: list[tuple[object, ...]]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Closed:
    """A store with a dozen events."""
    path = tmp_path_factory.mktemp("closed") / "plans.db"
    with opened(path, create=True) as store:
        store.add_tenant(TENANT)
        append(store.recorder(TENANT), *events(ONE, 1, 6), *events(TWO, 1, 6))
        rows = whole(store.recorder(TENANT))
    return Closed(path.read_bytes(), facts(rows))


def without_a_bit(closed: Closed, folder: Path, at: int, bit: int) -> None:
    """What is left of the store is what was recorded, or it is not believed."""
    rotten = bytearray(closed.content)
    rotten[at] ^= 1 << bit
    path = folder / "rotten.db"
    path.write_bytes(rotten)
    try:
        with opened(path) as store:
            recorder = store.recorder(TENANT)
            checked = check(recorder)
            assert facts(whole(recorder)) == closed.facts
            assert checked.events == len(closed.facts)
    except SaidNo:
        pass
    finally:
        for file in folder.glob("rotten.db*"):
            file.unlink()


class TestRot:
    """A disk that forgets a bit."""

    @settings(on_files, max_examples=250)
    @given(at=_ANYWHERE, bit=st.integers(0, 7))
    def test_it_is_found_or_it_was_nobodys(
        self, closed: Closed, tmp_path: Path, at: int, bit: int
    ) -> None:
        """Whatever bit of the file it was, the check says no, or the log is what was recorded."""
        without_a_bit(closed, tmp_path, at % len(closed.content), bit)

    def test_how_a_row_is_kept(self, closed: Closed, tmp_path: Path) -> None:
        """Each bit of what says of which kinds and lengths a row's columns are (SQLite file format,
        section 2.1): it stands before the tenant, the position and the stream."""
        row = TENANT.encode() + bytes([7]) + str(TWO).encode()
        start = closed.content.index(row)
        for at in range(start - 20, start):
            for bit in range(8):
                without_a_bit(closed, tmp_path, at, bit)


def test_a_copy_of_a_closed_store_is_a_store(recorded: Path) -> None:
    """One file is all there is to it."""
    copy = recorded.with_name("copy.db")
    shutil.copy(recorded, copy)
    with opened(recorded) as store, opened(copy) as copied:
        assert whole(copied.recorder(TENANT)) == whole(store.recorder(TENANT))
        goes_on(copied.recorder(TENANT))
