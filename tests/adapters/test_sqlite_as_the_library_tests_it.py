"""The SQLite recorders pass the test cases that the eventsourcing library ships.

Nothing of them is left out: a first version of 0, which some of them use, is taken as well as the
1 at which our own streams start, and none of them asks for a version gap.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest import TestCase

import pytest
from eventsourcing.persistence import InfrastructureFactory, NotSupportedError, Tracking
from eventsourcing.tests import persistence as shipped
from eventsourcing.utils import Environment

from ehcp_flow_sqlite.library import (
    SQLiteAggregateRecorder,
    SQLiteApplicationRecorder,
    SQLiteFactory,
    SQLiteProcessRecorder,
    SQLiteTrackingRecorder,
)
from ehcp_flow_sqlite.store import SQLiteStore, open_store

TENANT = "main"


class WithStore(TestCase):
    """A test case with a new store of its own."""

    store: SQLiteStore

    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.store = open_store(f"sqlite:{Path(folder.name) / 'plans.db'}", create=True)
        self.addCleanup(self.store.close)
        self.store.add_tenant(TENANT)
        super().setUp()


class TestAggregateRecorder(WithStore, shipped.AggregateRecorderTestCase):
    def create_recorder(self) -> SQLiteAggregateRecorder:
        return SQLiteAggregateRecorder(self.store, TENANT)


class TestApplicationRecorder(
    WithStore, shipped.ApplicationRecorderTestCase[SQLiteApplicationRecorder]
):
    def create_recorder(self) -> SQLiteApplicationRecorder:
        return SQLiteApplicationRecorder(self.store, TENANT)

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestTrackingRecorder(WithStore, shipped.TrackingRecorderTestCase):
    def create_recorder(self) -> SQLiteTrackingRecorder:
        return SQLiteTrackingRecorder(self.store, TENANT)


class TestProcessRecorder(WithStore, shipped.ProcessRecorderTestCase):
    def create_recorder(self) -> SQLiteProcessRecorder:
        return SQLiteProcessRecorder(self.store, TENANT)


class TestNonInterleavingNotificationIDs(WithStore, shipped.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> SQLiteApplicationRecorder:
        return SQLiteApplicationRecorder(self.store, TENANT)


class OtherTrackingRecorder(SQLiteTrackingRecorder):
    """A class of somebody else's."""


if TYPE_CHECKING:
    _FactoryCase = shipped.InfrastructureFactoryTestCase[SQLiteFactory]
else:
    _FactoryCase = shipped.InfrastructureFactoryTestCase


class TestFactory(_FactoryCase):
    def setUp(self) -> None:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.env = Environment(
            name="TestCase",
            env={
                InfrastructureFactory.PERSISTENCE_MODULE: "ehcp_flow_sqlite.library",
                SQLiteFactory.STORE: f"sqlite:{Path(folder.name) / 'plans.db'}",
            },
        )
        super().setUp()

    def expected_factory_class(self) -> type[SQLiteFactory]:
        return SQLiteFactory

    def expected_aggregate_recorder_class(self) -> type[SQLiteAggregateRecorder]:
        return SQLiteAggregateRecorder

    def expected_application_recorder_class(self) -> type[SQLiteApplicationRecorder]:
        return SQLiteApplicationRecorder

    def expected_tracking_recorder_class(self) -> type[SQLiteTrackingRecorder]:
        return SQLiteTrackingRecorder

    def tracking_recorder_subclass(self) -> type[SQLiteTrackingRecorder]:
        return OtherTrackingRecorder

    def expected_process_recorder_class(self) -> type[SQLiteProcessRecorder]:
        return SQLiteProcessRecorder

    def test_the_environment_names_a_store(self) -> None:
        with pytest.raises(OSError, match=SQLiteFactory.STORE):
            SQLiteFactory({})

    def test_there_are_no_snapshots(self) -> None:
        with pytest.raises(NotSupportedError):
            self.factory.aggregate_recorder("snapshots")

    def test_followers_do_not_move_each_other_on(self) -> None:
        one = SQLiteTrackingRecorder(self.factory.store, "main", "one")
        other = SQLiteTrackingRecorder(self.factory.store, "main", "other")
        one.insert_tracking(Tracking("upstream", 7))
        assert other.max_tracking_id("upstream") is None
