"""How a follower of a SQLite file asks it: seldom while it is quiet, and never for too much."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection
from threading import Event, Thread

import pytest

from ehcp_flow.errors import StoreTrouble
from ehcp_flow_sqlite import SQLiteStore
from ehcp_flow_sqlite.connecting import Database
from ehcp_flow_sqlite.following import LATEST, SOONEST, FileSubscription
from ehcp_flow_sqlite.recorder import SQLiteRecorder
from tests.adapters.logs import TENANT, append, event, events, stream
from tests.adapters.test_sqlite_file import opened

ONE = stream(1)
ASKED = "PRAGMA data_version"


class Watched(Database):
    """A file of which is known what is asked of it, and in the middle of which one may do more."""

    def __init__(self, path: Path) -> None:
        self.asked: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None
        super().__init__(path, patience=1, synchronous="FULL")

    def connect(self) -> Connection:
        connection = super().connect()
        connection.set_trace_callback(self.asked.append)
        return connection

    @contextmanager
    def explained(self) -> Generator[None]:
        with super().explained():
            self.meanwhile()
            yield


class Quiet(Event):
    """Waits for no time at all, and does in each pause what it was told to."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []
        self.then: dict[int, Callable[[], object]] = {}

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.pauses.append(timeout)
        self.then.pop(len(self.pauses), lambda: None)()
        return self.is_set()


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Quiet:
    """What the next subscription waits for."""
    quiet = Quiet()
    monkeypatch.setattr("ehcp_flow_sqlite.following.Event", lambda: quiet)
    return quiet


@pytest.fixture
def store(tmp_path: Path) -> Generator[SQLiteStore]:
    """A store with three events."""
    with opened(tmp_path / "plans.db", create=True) as store:
        store.add_tenant(TENANT)
        append(store.recorder(TENANT), *events(ONE, 1, 3))
        yield store


@pytest.fixture
def watched(store: SQLiteStore) -> Generator[Watched]:
    """The same file, watched."""
    watched = Watched(store.database.path)
    yield watched
    watched.close()


def reader(store: SQLiteStore, watched: Watched) -> SQLiteRecorder:
    """A recorder on a file that is watched."""
    return SQLiteRecorder(watched, TENANT, store.claims_key)


def at_most(times: int) -> Callable[[], None]:
    """Ends a follower that asks again and again."""
    left = iter(range(times))

    def count() -> None:
        assert next(left, None) is not None

    return count


def test_while_it_is_quiet_the_log_is_not_read(
    store: SQLiteStore, watched: Watched, quiet: Quiet
) -> None:
    """The file is asked one question a pause, and the pauses grow."""
    with reader(store, watched).subscribe(gt=3) as subscription:
        quiet.then[12] = subscription.stop
        watched.asked.clear()
        watched.meanwhile = at_most(100)
        with pytest.raises(StopIteration):
            next(subscription)
    first = watched.asked.index(ASKED, watched.asked.index(ASKED) + 1)
    assert watched.asked[0] == ASKED
    assert len(watched.asked[:first]) == 3
    assert watched.asked[first:] == [ASKED] * 12
    assert quiet.pauses == [min(SOONEST * 2**n, LATEST) for n in range(12)]
    assert quiet.pauses[-1] == LATEST


def test_news_are_read_once_and_looked_out_for_soon(
    store: SQLiteStore, watched: Watched, quiet: Quiet
) -> None:
    """Of others' events the log is asked once, too, and its own are given one by one."""
    recorder = store.recorder(TENANT)
    with reader(store, watched).subscribe(gt=3) as subscription:
        watched.meanwhile = at_most(100)
        quiet.then[4] = lambda: append(recorder, event(ONE, 4), event(ONE, 5))
        assert next(subscription).id == 4
        watched.asked.clear()
        assert next(subscription).id == 5
        assert watched.asked == []

        quiet.then[6] = lambda: store.add_tenant("another")
        quiet.then[10] = subscription.stop
        with pytest.raises(StopIteration):
            next(subscription)
    assert watched.asked.count(ASKED) == 7
    assert len(watched.asked) == 7 + 2
    doubled = [SOONEST * 2**n for n in range(4)]
    assert quiet.pauses == [*doubled, *doubled[:2], *doubled]


def test_a_subscription_is_not_asked_for_what_it_was_not_told_of(
    store: SQLiteStore, watched: Watched
) -> None:
    """An event that is committed between the question and the answer is neither skipped nor given
    twice."""
    recorder = store.recorder(TENANT)

    class Late(SQLiteRecorder):
        def max_notification_id(self) -> int | None:
            last = super().max_notification_id()
            if last == 3:
                append(recorder, event(ONE, 4))
            return last

    with FileSubscription(Late(watched, TENANT, store.claims_key), watched, gt=2) as subscription:
        assert [next(subscription).id for _ in range(2)] == [3, 4]
        append(recorder, event(ONE, 5))
        assert next(subscription).id == 5


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be moved there")
def test_a_file_that_is_moved_away_while_it_is_quiet_is_not_waited_for(
    store: SQLiteStore, watched: Watched, quiet: Quiet
) -> None:
    """Nothing would ever come."""
    path = store.database.path
    with reader(store, watched).subscribe(gt=3) as subscription:
        quiet.then[3] = lambda: path.rename(path.with_name("moved.db"))
        quiet.then[50] = subscription.stop
        with pytest.raises(StoreTrouble, match="moved, removed or replaced"):
            next(subscription)
    assert len(quiet.pauses) == 3


def test_it_may_be_stopped_in_the_middle_of_its_question(
    store: SQLiteStore, watched: Watched
) -> None:
    """By the handler of a signal, in the same thread."""
    subscription = reader(store, watched).subscribe(gt=3)
    watched.meanwhile = subscription.stop
    ended: list[bool] = []

    def follow() -> None:
        ended.append(next(subscription, None) is None)

    thread = Thread(target=follow, daemon=True)
    thread.start()
    thread.join(10)
    assert ended == [True]
    subscription.stop()


def test_a_store_that_is_closed_while_it_is_read_is_no_trouble_to_one_who_stopped(
    store: SQLiteStore,
) -> None:
    """To one who did not it is."""

    class Closing(SQLiteRecorder):
        stops = True

        def max_notification_id(self) -> int | None:
            if self.stops:
                subscription.stop()
            self._database.close()
            return super().max_notification_id()

    for stops in (True, False):
        watched = Watched(store.database.path)
        recorder = Closing(watched, TENANT, store.claims_key)
        recorder.stops = stops
        with recorder.subscribe() as subscription:
            if stops:
                with pytest.raises(StopIteration):
                    next(subscription)
            else:
                with pytest.raises(StoreTrouble, match="was closed"):
                    next(subscription)


def test_a_file_that_cannot_be_read_any_more_is_a_sentence(
    store: SQLiteStore, watched: Watched, quiet: Quiet
) -> None:
    """Not SQLite's own words."""

    def ruin() -> None:
        with store.database.path.open("r+b") as file:
            file.write(b"\xa5" * 100)
        for end in ("-wal", "-shm"):
            beside = store.database.path.with_name(f"plans.db{end}")
            beside.write_bytes(b"\xa5" * beside.stat().st_size)

    with reader(store, watched).subscribe(gt=3) as subscription:
        quiet.then[2] = ruin
        quiet.then[50] = subscription.stop
        with pytest.raises(StoreTrouble, match=r"plans\.db"):
            next(subscription)
