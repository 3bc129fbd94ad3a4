"""The recorders that the eventsourcing library knows, on any store, and what makes them.

With ``PERSISTENCE_MODULE=ehcp_flow.library`` an application or a projection of the library works
on a store of ours, in a file or on a server.
"""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing import persistence
from eventsourcing.utils import Environment, EnvType, resolve_topic

from ehcp_flow.storage import Recorder, Store, open_store

_Kind = TypeVar("_Kind")


class _OnLog:
    """What is made on one tenant's log."""

    def __init__(self, store: Store, tenant: str, follower: str = "") -> None:
        self.log: Recorder = store.recorder(tenant)
        self.follower = follower
        """Who follows other logs here, if anybody does."""


class StreamRecorder(_OnLog, persistence.AggregateRecorder):
    """Streams alone, for whoever has no use for positions."""

    def insert_events(
        self, stored_events: Sequence[persistence.StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append events; positions are given to them and not told."""
        self.log.insert_events(stored_events, **kwargs)
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[persistence.StoredEvent]:
        """Return a stream's events."""
        return self.log.select_events(originator_id, gt=gt, lte=lte, desc=desc, limit=limit)


class LogRecorder(StreamRecorder, persistence.ApplicationRecorder):
    """A tenant's log, made as the library makes its recorders."""

    def insert_events(
        self, stored_events: Sequence[persistence.StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append events; return their positions."""
        return self.log.insert_events(stored_events, follower=self.follower, **kwargs)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[persistence.Notification]:
        """Return events in order of position."""
        return self.log.select_notifications(
            start, limit, stop, topics, inclusive_of_start=inclusive_of_start
        )

    def max_notification_id(self) -> int | None:
        """Return the last position, ``None`` for an empty log."""
        return self.log.max_notification_id()

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> persistence.Subscription[persistence.ApplicationRecorder]:
        """Return an iterator of events from the one after ``gt``, which waits for the next."""
        return self.log.subscribe(gt=gt, topics=topics)


class FollowerRecorder(_OnLog, persistence.TrackingRecorder):
    """How far one follower has read each log that it follows.

    Each follower has notes of its own: two projections in one store do not move each other on.
    """

    def insert_tracking(self, tracking: persistence.Tracking) -> None:
        """Note how far the follower came.

        Raises:
            IntegrityError: it was as far already.
        """
        self.log.insert_events((), tracking=tracking, follower=self.follower)

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return how far it has read a log, ``None`` when it has not begun."""
        return self.log.followed(self.follower, application_name)


class FollowingLogRecorder(FollowerRecorder, LogRecorder, persistence.ProcessRecorder):
    """A log whose events come from following others: appended together with how far it read."""


class StoreFactory(persistence.InfrastructureFactory[FollowerRecorder]):
    """Makes recorders on the store that ``EHCP_FLOW_STORE`` names, for ``EHCP_FLOW_TENANT``.

    Store and tenant are made if they are not there, as the library's own factories do.
    """

    STORE = "EHCP_FLOW_STORE"
    TENANT = "EHCP_FLOW_TENANT"

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        url = self.env.get(self.STORE)
        if not url:
            raise OSError(
                f"The environment does not say where the store is: set {self.STORE}, for example "
                "to sqlite:ehcp-flow.db."
            )
        self.store = open_store(url, create=True)
        self.tenant = self.env.get(self.TENANT) or "main"
        self.store.add_tenant(self.tenant)

    def aggregate_recorder(self, purpose: str = "events") -> StreamRecorder:
        """Return a recorder of streams.

        Raises:
            NotSupportedError: for snapshots, whose versions have gaps: folding is quick enough.
        """
        if purpose != "events":
            raise persistence.NotSupportedError(
                f"A store of ehcp-flow keeps events and no {purpose}: leave "
                "IS_SNAPSHOTTING_ENABLED unset."
            )
        return StreamRecorder(self.store, self.tenant)

    def application_recorder(self) -> LogRecorder:
        """Return a recorder of a log."""
        return self._kind(self.APPLICATION_RECORDER_TOPIC, LogRecorder)(self.store, self.tenant)

    def tracking_recorder(
        self, tracking_recorder_class: type[FollowerRecorder] | None = None
    ) -> FollowerRecorder:
        """Return a recorder of how far a follower, named as the environment is, has read."""
        kind = tracking_recorder_class or self._kind(self.TRACKING_RECORDER_TOPIC, FollowerRecorder)
        return kind(self.store, self.tenant, self.env.name)

    def process_recorder(self) -> FollowingLogRecorder:
        """Return a recorder of a log that follows others."""
        kind = self._kind(self.PROCESS_RECORDER_TOPIC, FollowingLogRecorder)
        return kind(self.store, self.tenant, self.env.name)

    def _kind(self, topic: str, usual: type[_Kind]) -> type[_Kind]:
        """The class that the environment names, else the usual one."""
        named = self.env.get(topic)
        kind: type[_Kind] = resolve_topic(named) if named else usual
        if not issubclass(kind, usual):
            raise persistence.InfrastructureFactoryError(
                f"{topic} names {named}, which is no {usual.__name__}."
            )
        return kind

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()
