"""Our recorders, on each kind of store, pass the test cases that the eventsourcing library ships.

Nothing of them is left out: a first version of 0, which some of them use, is taken as well as the
1 at which our own streams start, and none of them asks for a version gap.
"""

from typing import TYPE_CHECKING
from unittest import TestCase

import pytest
from eventsourcing.persistence import InfrastructureFactory, NotSupportedError, Tracking
from eventsourcing.tests import persistence as shipped
from eventsourcing.utils import Environment

from ehcp_flow.library import (
    FollowerRecorder,
    FollowingLogRecorder,
    LogRecorder,
    StoreFactory,
    StreamRecorder,
)
from ehcp_flow.storage import Store, open_store
from tests.conftest import STORES

TENANT = "main"


class OnEachStore(TestCase):
    """A test case with a fresh place for a store, of the kind that its subclass says."""

    __test__ = False
    kind: str
    url: str

    @pytest.fixture
    def store_kind(self) -> str:
        return self.kind

    @pytest.fixture(autouse=True)
    def _place(self, store_url: str) -> None:
        self.url = store_url


class WithStore(OnEachStore):
    """A test case with a new store of its own."""

    store: Store

    def setUp(self) -> None:
        self.store = open_store(self.url, create=True)
        self.addCleanup(self.store.close)
        self.store.add_tenant(TENANT)
        super().setUp()


class StreamRecorderCase(WithStore, shipped.AggregateRecorderTestCase):
    def create_recorder(self) -> StreamRecorder:
        return StreamRecorder(self.store, TENANT)


class LogRecorderCase(WithStore, shipped.ApplicationRecorderTestCase[LogRecorder]):
    def create_recorder(self) -> LogRecorder:
        return LogRecorder(self.store, TENANT)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class FollowerRecorderCase(WithStore, shipped.TrackingRecorderTestCase):
    def create_recorder(self) -> FollowerRecorder:
        return FollowerRecorder(self.store, TENANT)


class FollowingLogRecorderCase(WithStore, shipped.ProcessRecorderTestCase):
    def create_recorder(self) -> FollowingLogRecorder:
        return FollowingLogRecorder(self.store, TENANT)


class NonInterleavingCase(WithStore, shipped.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> LogRecorder:
        return LogRecorder(self.store, TENANT)


class OtherFollowerRecorder(FollowerRecorder):
    """A class of somebody else's."""


if TYPE_CHECKING:
    _FactoryCase = shipped.InfrastructureFactoryTestCase[StoreFactory]
else:
    _FactoryCase = shipped.InfrastructureFactoryTestCase


class FactoryCase(OnEachStore, _FactoryCase):
    def setUp(self) -> None:
        self.env = Environment(
            name="TestCase",
            env={
                InfrastructureFactory.PERSISTENCE_MODULE: "ehcp_flow.library",
                StoreFactory.STORE: self.url,
            },
        )
        super().setUp()

    def expected_factory_class(self) -> type[StoreFactory]:
        return StoreFactory

    def expected_aggregate_recorder_class(self) -> type[StreamRecorder]:
        return StreamRecorder

    def expected_application_recorder_class(self) -> type[LogRecorder]:
        return LogRecorder

    def expected_tracking_recorder_class(self) -> type[FollowerRecorder]:
        return FollowerRecorder

    def tracking_recorder_subclass(self) -> type[FollowerRecorder]:
        return OtherFollowerRecorder

    def expected_process_recorder_class(self) -> type[FollowingLogRecorder]:
        return FollowingLogRecorder

    def test_the_environment_names_a_store(self) -> None:
        with pytest.raises(OSError, match=StoreFactory.STORE):
            StoreFactory({})

    def test_there_are_no_snapshots(self) -> None:
        with pytest.raises(NotSupportedError):
            self.factory.aggregate_recorder("snapshots")

    def test_followers_do_not_move_each_other_on(self) -> None:
        one = FollowerRecorder(self.factory.store, "main", "one")
        other = FollowerRecorder(self.factory.store, "main", "other")
        one.insert_tracking(Tracking("upstream", 7))
        assert other.max_tracking_id("upstream") is None


for _kind in STORES:
    for _case in (
        StreamRecorderCase,
        LogRecorderCase,
        FollowerRecorderCase,
        FollowingLogRecorderCase,
        NonInterleavingCase,
        FactoryCase,
    ):
        _name = f"Test{_case.__name__.removesuffix('Case')}On{_kind.title()}"
        globals()[_name] = type(_name, (_case,), {"__test__": True, "kind": _kind})
