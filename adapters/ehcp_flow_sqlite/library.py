"""The other recorders that the eventsourcing library knows, and the factory that makes them.

With ``PERSISTENCE_MODULE=ehcp_flow_sqlite.library`` an application or a projection of the library
works on a store of ours.
"""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing import persistence
from eventsourcing.utils import Environment, EnvType, resolve_topic

from ehcp_flow_sqlite.recorder import SQLiteRecorder, insert_tracking
from ehcp_flow_sqlite.store import SQLiteStore, open_store

_Kind = TypeVar("_Kind")


class SQLiteAggregateRecorder(persistence.AggregateRecorder):
    """Streams alone, for whoever has no use for positions."""

    def __init__(self, store: SQLiteStore, tenant: str) -> None:
        self._recorder = store.recorder(tenant)

    def insert_events(
        self, stored_events: Sequence[persistence.StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append events; positions are given to them and not told."""
        self._recorder.insert_events(stored_events, **kwargs)
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
        return self._recorder.select_events(originator_id, gt=gt, lte=lte, desc=desc, limit=limit)


class SQLiteApplicationRecorder(SQLiteRecorder):
    """A tenant's log, made as the library makes its recorders."""

    def __init__(self, store: SQLiteStore, tenant: str) -> None:
        store.require(tenant)
        super().__init__(store.database, tenant, store.claims_key)


class SQLiteTrackingRecorder(persistence.TrackingRecorder):
    """How far one follower has read each log that it follows.

    Each follower has rows of its own: two projections in one file do not move each other on.
    """

    def __init__(self, store: SQLiteStore, tenant: str, follower: str = "") -> None:
        self._tracked = store.database
        self._tracked_tenant = tenant
        self.follower = follower

    def insert_tracking(self, tracking: persistence.Tracking) -> None:
        """Note how far the follower came.

        Raises:
            IntegrityError: it was as far already.
        """
        with self._tracked.writing() as connection:
            insert_tracking(connection, self._tracked_tenant, self.follower, tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return how far it has read a log, ``None`` when it has not begun."""
        with self._tracked.reading() as connection:
            found: list[tuple[int]] = connection.execute(
                "SELECT position FROM tracking WHERE tenant = ? AND follower = ? AND upstream = ?",
                (self._tracked_tenant, self.follower, application_name),
            ).fetchall()
        return found[0][0] if found else None


class SQLiteProcessRecorder(
    SQLiteTrackingRecorder, SQLiteApplicationRecorder, persistence.ProcessRecorder
):
    """A log whose events come from following others: appended together with how far it read."""

    def __init__(self, store: SQLiteStore, tenant: str, follower: str = "") -> None:
        SQLiteTrackingRecorder.__init__(self, store, tenant, follower)
        SQLiteApplicationRecorder.__init__(self, store, tenant)

    def insert_events(
        self, stored_events: Sequence[persistence.StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append events, and note how far the follower came (``tracking``)."""
        return super().insert_events(stored_events, follower=self.follower, **kwargs)


class SQLiteFactory(persistence.InfrastructureFactory[SQLiteTrackingRecorder]):
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

    def aggregate_recorder(self, purpose: str = "events") -> SQLiteAggregateRecorder:
        """Return a recorder of streams.

        Raises:
            NotSupportedError: for snapshots, whose versions have gaps: folding is quick enough.
        """
        if purpose != "events":
            raise persistence.NotSupportedError(
                f"A store of ehcp-flow keeps events and no {purpose}: leave "
                "IS_SNAPSHOTTING_ENABLED unset."
            )
        return SQLiteAggregateRecorder(self.store, self.tenant)

    def application_recorder(self) -> SQLiteApplicationRecorder:
        """Return a recorder of a log."""
        kind = self._kind(self.APPLICATION_RECORDER_TOPIC, SQLiteApplicationRecorder)
        return kind(self.store, self.tenant)

    def tracking_recorder(
        self, tracking_recorder_class: type[SQLiteTrackingRecorder] | None = None
    ) -> SQLiteTrackingRecorder:
        """Return a recorder of how far a follower, named as the environment is, has read."""
        kind = tracking_recorder_class or self._kind(
            self.TRACKING_RECORDER_TOPIC, SQLiteTrackingRecorder
        )
        return kind(self.store, self.tenant, self.env.name)

    def process_recorder(self) -> SQLiteProcessRecorder:
        """Return a recorder of a log that follows others."""
        kind = self._kind(self.PROCESS_RECORDER_TOPIC, SQLiteProcessRecorder)
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
