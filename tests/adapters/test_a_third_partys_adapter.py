"""An adapter that someone else wrote and installed is found, and keeps the same promises."""

import importlib
import os
import subprocess
import sys
import unittest
from collections.abc import Callable, Generator
from contextlib import contextmanager
from json import dumps, loads
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.storage import StoredEvent, open_store
from ehcp_flow.testing import ClaimPromises, ManyAtOncePromises, StoragePromises
from ehcp_flow.testing.logs import TENANT, append, chained, event, places, stream, whole

fcntl = pytest.importorskip("fcntl", reason="the adapter locks files as Unix does")

DISTRIBUTION = Path(__file__).parents[1] / "third_party" / "ehcp-flow-folder"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the adapter is installed."""
    place = tmp_path_factory.mktemp("installed")
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation")
    command = (sys.executable, "-m", "pip", "install", *options, "--target", place, DISTRIBUTION)
    subprocess.run(command, check=True)
    return place


@pytest.fixture(scope="module", autouse=True)
def _found(installed: Path) -> Generator[None]:
    """Python looks there for what is installed, too, while these tests run."""
    sys.path.insert(0, str(installed))
    importlib.invalidate_caches()
    yield
    sys.path.remove(str(installed))


class InAFolder(unittest.TestCase):
    """Where the stores of a test are."""

    def fresh_url(self) -> str:
        """A place where there is no store yet."""
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return f"folder:{folder.name}/plans"


class TestFolder(InAFolder, StoragePromises):
    """All promises, in a folder."""

    @contextmanager
    def hold(self, url: str, tenant: str, first: StoredEvent) -> Generator[Callable[[bool], None]]:
        """Write a line, but not yet its end, and keep the others waiting."""
        folder = Path(url.partition(":")[2])
        with (folder / "lock").open("ab") as lock, (folder / "log.jsonl").open("r+b") as log:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lines = [loads(line) for line in log]
            mine = [line for line in lines if line.get("tenant") == tenant]
            position = 1 + sum(len(line.get("rows", ())) for line in mine)
            ((of_state, digest),) = chained([first])
            row = [
                position,
                str(first.originator_id),
                first.originator_version,
                first.topic,
                first.state.decode("latin-1"),
                first.words and first.words.decode("latin-1"),
                of_state.hex(),
                digest.hex(),
                "2026-10-05T12:00:00.000000Z",
                "someone",
            ]
            before = log.seek(0, os.SEEK_END)
            log.write(dumps({"tenant": tenant, "rows": [row]}).encode())
            log.flush()

            def end(commit: bool) -> None:
                if commit:
                    log.write(b"\n")
                    log.flush()
                else:
                    log.truncate(before)

            yield end


def test_it_is_found_by_its_entry_point(tmp_path: Path) -> None:
    """Nothing of ours knows of it."""
    store = open_store(f"folder:{tmp_path / 'plans'}", create=True)
    try:
        assert type(store).__module__ == "ehcp_flow_folder"
        store.add_tenant(TENANT)
        append(store.recorder(TENANT), event(stream(1), 1))
        assert len(whole(store.recorder(TENANT))) == 1
    finally:
        store.close()


def test_what_a_writer_that_died_left_behind_is_nothing(tmp_path: Path) -> None:
    """A line without an end is not read, and the next one takes its place."""
    store = open_store(f"folder:{tmp_path / 'plans'}", create=True)
    try:
        store.add_tenant(TENANT)
        log = store.recorder(TENANT)
        append(log, event(stream(1), 1))
        with (tmp_path / "plans" / "log.jsonl").open("ab") as file:
            file.write(dumps({"tenant": TENANT, "rows": []}).encode()[:-5])
        assert log.head() == 1
        assert append(log, event(stream(1), 2)) == [2]
        assert places(whole(log)) == [(str(stream(1)), 1), (str(stream(1)), 2)]
    finally:
        store.close()


def test_it_is_named_among_those_that_there_are() -> None:
    """To whoever writes a scheme that there is not."""
    with pytest.raises(StoreTrouble, match=r"'floder'.* one of folder, .*sqlite"):
        open_store("floder:plans")


def test_promises_are_held_by_unittest_alone() -> None:
    """Those that need a writer to be held are left out and say why, where it is not said how."""

    class InAFolderWithoutHold(InAFolder, ManyAtOncePromises, ClaimPromises):
        pass

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(InAFolderWithoutHold).run(result)

    assert result.wasSuccessful(), result.failures + result.errors
    assert result.testsRun == 13
    assert {test.id().rpartition(".")[2] for test, _ in result.skipped} == {
        "test_threads_write_while_one_is_held_that_commits",
        "test_threads_write_while_one_is_held_that_gives_up",
        "test_processes_write_while_one_is_held",
    }
    for _, reason in result.skipped:
        assert "InAFolderWithoutHold.hold is not there" in reason
