"""A school at a terminal: a folder with a store, people, and the sample export of plans."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ehcp_flow_cli.main import cli
from ehcp_flow_cli.settings import Settings

SENCO = ("--as", "s01")

Run = Callable[..., Result]


class Terminal:
    """Runs commands in a folder, each a minute after the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = f"sqlite:{folder / 'plans.db'}"
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self, *words: str, stdin: str | bytes | None = None) -> Result:
        """Run a command, and return what it said and how it ended."""
        self.now += timedelta(minutes=1)
        now = self.now
        settings = Settings(store=self.store, clock=lambda: now)
        return CliRunner().invoke(cli, list(words), obj=settings, input=stdin)

    def done(self, *words: str, stdin: str | bytes | None = None) -> str:
        """Run a command that must succeed, and return what it printed."""
        result = self(*words, stdin=stdin)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *words: str, stdin: str | bytes | None = None) -> str:
        """Run a command that must be refused: one line, no traceback, nothing recorded."""
        before = self.head()
        result = self(*words, stdin=stdin)
        assert result.exit_code in (1, 2), result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.output
        said = [line for line in result.stderr.splitlines() if line.strip()]
        if result.exit_code == 1:
            assert said[-1].startswith("ehcp-flow: ")
        assert self.head() == before
        return said[-1]

    def head(self) -> int:
        """The last position of the log, 0 when there is no store."""
        from ehcp_flow.errors import StoreTrouble
        from ehcp_flow.storage import open_store

        try:
            store = open_store(self.store)
        except StoreTrouble:
            return 0
        try:
            return store.recorder("main").head()
        finally:
            store.close()


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal in an empty folder, without a store."""
    monkeypatch.chdir(tmp_path)
    for name in ("EHCP_FLOW_AS", "EHCP_FLOW_STORE", "EHCP_FLOW_TENANT"):
        monkeypatch.delenv(name, raising=False)
    return Terminal(tmp_path)


@pytest.fixture
def school(bare: Terminal, data: Path) -> Terminal:
    """A terminal with a store that knows the people of the sample list."""
    bare.done("store", "init")
    bare.done("people", "import", str(data / "staff.csv"), *SENCO)
    return bare


@pytest.fixture
def plans(school: Terminal, data: Path) -> Terminal:
    """A terminal with the 117 plans of the sample export."""
    school.done("plan", "import", str(data / "pupils-mis-export.csv"), *SENCO)
    return school
