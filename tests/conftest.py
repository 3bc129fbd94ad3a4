"""What every test may use: the stores, and the words of the features."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests import postgres

STORES = ("sqlite", "postgresql")
"""Every promise and every scenario is held on each of them."""

pytest_plugins = [
    "tests.steps.world",
    "tests.steps.people",
    "tests.steps.plans",
    "tests.steps.sections",
    "tests.steps.advice",
    "tests.steps.facts",
    "tests.steps.words",
    "tests.steps.authors",
    "tests.steps.reading",
    "tests.steps.cycles",
    "tests.steps.cycle_status",
    "tests.steps.handing_over",
    "tests.steps.models",
    "tests.steps.terminal",
    "tests.steps.templates",
    "tests.steps.clocks",
]


@pytest.fixture
def store_kind() -> str:
    """Which kind of store a test works on."""
    return "sqlite"


@pytest.fixture
def store_url(store_kind: str, tmp_path: Path) -> Generator[str]:
    """The URL of a place where there is no store yet."""
    if store_kind == "postgresql":
        with postgres.fresh_database() as url:
            yield url
    else:
        yield f"{store_kind}:{tmp_path / 'plans.db'}"


@pytest.fixture
def data() -> Path:
    """The folder of the tests' own sample files."""
    return Path(__file__).parent / "data"
