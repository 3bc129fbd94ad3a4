"""Every scenario runs on each kind of store."""

import pytest

from tests.conftest import STORES


@pytest.fixture(params=STORES, autouse=True)
def store_kind(request: pytest.FixtureRequest) -> str:
    """Which kind of store a scenario works on."""
    kind: str = request.param
    return kind
