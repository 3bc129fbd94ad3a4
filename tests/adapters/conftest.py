"""A store of each kind."""

from collections.abc import Generator

import pytest

from ehcp_flow.storage import Recorder, Store, open_store
from tests.adapters.holding import HOLDS, Hold
from tests.adapters.logs import TENANT


@pytest.fixture(params=["sqlite"])
def store_kind(request: pytest.FixtureRequest) -> str:
    """Which kind of store a test works on: each of them keeps the same promises."""
    kind: str = request.param
    return kind


@pytest.fixture
def store(store_url: str) -> Generator[Store]:
    """An open store without tenants."""
    store = open_store(store_url, create=True)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def recorder(store: Store) -> Recorder:
    """An empty log."""
    store.add_tenant(TENANT)
    return store.recorder(TENANT)


@pytest.fixture
def hold(store_kind: str) -> Hold:
    """Holds a writer between number and commit."""
    return HOLDS[store_kind]
