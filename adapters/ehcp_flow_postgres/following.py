"""How does a follower hear of new events? It asks the server, and is woken early by its word."""

import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from threading import Event, Lock, RLock

import psycopg
from eventsourcing import persistence

from ehcp_flow.errors import StoreTrouble
from ehcp_flow_postgres.connecting import PATIENCE, Connection, Server

CHANNEL = "ehcp_flow"

SOONEST = 0.010
LATEST = 0.250
"""Seconds between two questions: doubled from the soonest to the latest while nothing is new."""

SELDOM = 0.100
"""Seconds between two words to followers: at the commit of each the whole database waits
(PostgreSQL documentation, NOTIFY; the lock is in PreCommit_Notify)."""

_BATCH = 500


class Teller:
    """Tells followers that there is something new: seldom, and in a transaction of its own.

    A word that is not given, or lost, costs them only the wait until they ask again.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lock = Lock()
        self._last = float("-inf")

    def tell(self, connection: Connection) -> None:
        """Tell them, through a connection that is idle, unless they were told just now."""
        now = time.monotonic()
        with self._lock:
            if now - self._last < SELDOM:
                return
            self._last = now
        # What was appended is recorded, whatever becomes of the word.
        with suppress(psycopg.Error):
            connection.execute(f"NOTIFY {CHANNEL}")


class ServerSubscription(persistence.Subscription[persistence.ApplicationRecorder]):
    """The events of a log one after the other, and then each new one.

    Positions are given in the order of commits (schema.py), so that whoever has seen one has
    missed none before it. A lost connection is made anew, and the events go on where they were.
    """

    def __init__(
        self,
        recorder: persistence.ApplicationRecorder,
        server: Server,
        gt: int | None = None,
        topics: Sequence[str] = (),
    ) -> None:
        super().__init__(recorder, gt=gt, topics=topics)
        self._server = server
        self._connection: Connection | None = self._listen()
        # Whoever stops it may be a signal's handler, in the middle of the wait.
        self._using = RLock()
        self._stopping = Event()
        self._read: deque[persistence.Notification] = deque()
        self._after = gt or 0
        self._more = True

    def __next__(self) -> persistence.Notification:
        """Return the next event; wait until there is one, or until ``stop`` is called.

        Raises:
            StoreTrouble: the server has been away for PATIENCE seconds.
        """
        pause = SOONEST
        try:
            while not self._stopping.is_set():
                if self._read:
                    return self._read.popleft()
                if self._pull():
                    pause = SOONEST
                    continue
                self._wait(pause)
                pause = min(pause * 2, LATEST)
        except StoreTrouble:
            # Whoever stops it may close the store next: that is no trouble.
            if not self._stopping.is_set():
                raise
        raise StopIteration

    def stop(self) -> None:
        """End the iteration, from any thread."""
        super().stop()
        self._stopping.set()
        with self._using:
            self._let_go()

    def _listen(self) -> Connection:
        connection = self._server.connect()
        try:
            connection.execute(f"LISTEN {CHANNEL}")
        except psycopg.Error:
            # A standby takes no LISTEN; there it is only asked.
            if connection.broken:
                connection.close()
                raise
        return connection

    def _pull(self) -> bool:
        """Read what is new; try for PATIENCE seconds where the server is away."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self._pull_once()
            except StoreTrouble:
                if time.monotonic() > until or self._stopping.wait(LATEST):
                    raise

    def _pull_once(self) -> bool:
        # The head is read first, so that what no topic asks for is passed by.
        last = self._recorder.max_notification_id() or 0
        if last <= self._after:
            return False
        found = self._recorder.select_notifications(
            start=self._after,
            limit=_BATCH,
            stop=last,
            topics=self._topics,
            inclusive_of_start=False,
        )
        self._read.extend(found)
        self._after = last if len(found) < _BATCH else found[-1].id
        return True

    def _wait(self, seconds: float) -> None:
        """Wait for a word, not longer than that."""
        with self._using:
            if self._stopping.is_set():
                return
            try:
                if self._connection is None:
                    self._connection = self._listen()
                for _ in self._connection.notifies(timeout=seconds, stop_after=1):
                    return
                return
            except (psycopg.Error, StoreTrouble):
                self._let_go()
        self._stopping.wait(seconds)

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
