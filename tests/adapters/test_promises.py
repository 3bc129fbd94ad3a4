"""Every kind of store keeps the promises of ``ehcp_flow.testing``."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import ClassVar
from unittest import TestCase

import pytest

from ehcp_flow.storage import StoredEvent
from ehcp_flow.testing import Promises, StoragePromises
from tests.adapters.holding import HOLDS


class OnAKind(StoragePromises, TestCase):
    """All promises, on a kind of store that is named below."""

    __test__ = False

    kind: ClassVar[str]
    new_url: Callable[[], str]

    @pytest.fixture(autouse=True)
    def _places(self, new_url: Callable[[], str]) -> None:
        self.new_url = new_url

    def fresh_url(self) -> str:
        return self.new_url()

    def hold(
        self, url: str, tenant: str, first: StoredEvent
    ) -> AbstractContextManager[Callable[[bool], None]]:
        return HOLDS[self.kind](url, tenant, first)


class TestSQLite(OnAKind):
    """On a SQLite file."""

    __test__ = True
    kind = "sqlite"


class TestPostgreSQL(OnAKind):
    """On a PostgreSQL database."""

    __test__ = True
    kind = "postgresql"


def test_no_promise_hides_another() -> None:
    """All of them are methods of one class, so that no two may have the same name."""
    subjects = StoragePromises.__bases__
    named = [name for subject in subjects for name in vars(subject) if not name.endswith("__")]
    assert len(subjects) == 11
    assert sorted(named) == sorted(set(named))
    assert not set(named) & set(dir(Promises))
