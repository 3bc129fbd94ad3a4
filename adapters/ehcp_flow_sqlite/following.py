"""How does a follower hear of new events? It asks the file, more seldom while it is quiet."""

from collections import deque
from collections.abc import Sequence
from threading import Event, RLock

from eventsourcing import persistence

from ehcp_flow.errors import StoreTrouble
from ehcp_flow_sqlite.connecting import Database

SOONEST = 0.010
LATEST = 0.250
"""Seconds between two questions: doubled from the soonest to the latest while nothing is new."""

_BATCH = 500


class FileSubscription(persistence.Subscription[persistence.ApplicationRecorder]):
    """The events of a log one after the other, and then each new one.

    The file is asked for its ``data_version``, which costs no read of the log: it is another
    number whenever another connection committed something, and ours commits nothing
    (https://www.sqlite.org/pragma.html#pragma_data_version).
    """

    def __init__(
        self,
        recorder: persistence.ApplicationRecorder,
        database: Database,
        gt: int | None = None,
        topics: Sequence[str] = (),
    ) -> None:
        super().__init__(recorder, gt=gt, topics=topics)
        self._database = database
        with database.explained():
            self._connection = database.connect()
        # Whoever stops it may be a signal's handler, in the middle of the question.
        self._using = RLock()
        self._stopping = Event()
        self._seen: int | None = None
        self._read: deque[persistence.Notification] = deque()
        self._after = gt or 0

    def __next__(self) -> persistence.Notification:
        """Return the next event; wait until there is one, or until ``stop`` is called.

        Raises:
            StoreTrouble: the store cannot be read any more.
        """
        pause = SOONEST
        try:
            while not self._stopping.is_set():
                if self._read:
                    return self._read.popleft()
                if self._changed():
                    self._pull()
                    pause = SOONEST
                else:
                    self._stopping.wait(pause)
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
            self._connection.close()

    def _changed(self) -> bool:
        self._database.make_sure_it_is_in_place()
        with self._using, self._database.explained():
            if self._stopping.is_set():
                return False
            ((version,),) = self._connection.execute("PRAGMA data_version").fetchall()
        seen, self._seen = self._seen, int(version)
        return seen != self._seen

    def _pull(self) -> None:
        """Read what is new. The version was taken before, so that nothing slips in between."""
        last = self._recorder.max_notification_id() or 0
        self._read.extend(
            self._recorder.select_notifications(
                start=self._after,
                limit=_BATCH,
                stop=last,
                topics=self._topics,
                inclusive_of_start=False,
            )
        )
        if len(self._read) < _BATCH:
            self._after = max(self._after, last)
        else:
            self._after = self._read[-1].id
            self._seen = None
