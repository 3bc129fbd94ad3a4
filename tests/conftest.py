"""What every test may use: the stores, and the words of the features."""

from pathlib import Path

import pytest

pytest_plugins = [
    "tests.steps.world",
    "tests.steps.people",
    "tests.steps.plans",
    "tests.steps.sections",
    "tests.steps.reading",
    "tests.steps.cycles",
    "tests.steps.terminal",
]


@pytest.fixture
def store_kind() -> str:
    """Which kind of store a test works on."""
    return "sqlite"


@pytest.fixture
def store_url(store_kind: str, tmp_path: Path) -> str:
    """The URL of a place where there is no store yet."""
    return f"{store_kind}:{tmp_path / 'plans.db'}"


@pytest.fixture
def data() -> Path:
    """The folder of the tests' own sample files."""
    return Path(__file__).parent / "data"
