"""Places for stores of each kind."""

from collections.abc import Callable, Generator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from ehcp_flow.storage import Recorder, Store, open_store
from ehcp_flow.testing.logs import TENANT
from tests import postgres


@pytest.fixture
def store_kind(request: pytest.FixtureRequest) -> str:
    """The kind that a test case names: pytest gives those of unittest no parameters."""
    kind: str = getattr(getattr(request, "cls", None), "kind", "sqlite")
    return kind


@pytest.fixture
def new_url(store_kind: str, tmp_path: Path) -> Generator[Callable[[], str]]:
    """Names another place each time, where there is no store yet."""
    numbers = count(1)
    with ExitStack() as stack:

        def name_one() -> str:
            if store_kind == "postgresql":
                return stack.enter_context(postgres.fresh_database())
            return f"{store_kind}:{tmp_path / f'plans-{next(numbers)}.db'}"

        yield name_one


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
