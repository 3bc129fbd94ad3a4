"""Where nothing may be written, a store is read as it is, and nobody believes to have recorded."""

import os
import shutil
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.evidence.checking import check
from ehcp_flow.storage import EventRow
from tests.adapters.logs import (
    TENANT,
    append,
    event,
    events,
    hear,
    hear_all,
    process,
    sizes,
    stream,
    tell,
    whole,
)
from tests.adapters.test_sqlite_file import contents, opened
from tests.adapters.test_sqlite_views import places, views_of

if sys.platform == "win32":
    pytest.skip("files have no such modes there", allow_module_level=True)

ONE = stream(1)
NOBODY = 65_534
READ, WRITE, FILE = 0o555, 0o777, 0o444


class Placed(NamedTuple):
    """A store in a folder that everybody may look into."""

    path: Path
    rows: Sequence[EventRow]


@pytest.fixture
def placed() -> Generator[Placed]:
    """A store with three events whose views know two, closed."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plans.db"
        with opened(path, create=True) as store:
            store.add_tenant(TENANT)
            append(store.recorder(TENANT), *events(ONE, 1, 2))
            assert places(store) == [1, 2]
            append(store.recorder(TENANT), event(ONE, 3))
            rows = whole(store.recorder(TENANT))
        yield Placed(path, rows)
        path.parent.chmod(0o700)


@contextmanager
def only(path: Path, folder: int, file: int) -> Generator[None]:
    """As somebody to whom nothing belongs, where a folder and the files in it have these modes."""
    for one in path.parent.iterdir():
        one.chmod(file)
    path.parent.chmod(folder)
    me = os.geteuid()
    if me == 0:
        # The modes of files do not bind root.
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if me == 0:
            os.seteuid(me)
        path.parent.chmod(0o700)


def refused(use: Callable[[], object], *says: object) -> None:
    """It is refused in a sentence that says this."""
    with pytest.raises(StoreTrouble) as trouble:
        use()
    for one in says:
        assert str(one) in str(trouble.value)
    assert "\n" not in str(trouble.value)


@pytest.mark.parametrize("folder", [READ, WRITE])
def test_a_store_is_read_and_not_written_to(placed: Placed, folder: int) -> None:
    """Whether it is the file alone that must not be written to, or its folder too."""
    path, rows = placed
    before = contents(path.parent)
    with only(path, folder, FILE), opened(path) as store:
        recorder = store.recorder(TENANT)
        assert whole(recorder) == rows
        assert check(recorder).events == recorder.head() == 3
        for use in (
            lambda: append(recorder, event(ONE, 4)),
            lambda: store.add_tenant("another"),
        ):
            refused(use, path, "cannot be written to, and nothing was recorded")
        with recorder.subscribe(gt=2) as subscription:
            assert next(subscription).id == 3
        assert whole(recorder) == rows
    assert {name: before[name] for name in before} == {
        name: content for name, content in contents(path.parent).items() if name in before
    }


@pytest.mark.parametrize("folder", [READ, WRITE])
@pytest.mark.parametrize("there", [True, False])
def test_views_are_read_and_the_rest_is_taken_in_apart(
    placed: Placed, folder: int, there: bool
) -> None:
    """Also where there are none yet, and none can be made."""
    path, _ = placed
    if not there:
        views_of(path).unlink()
    with only(path, folder, FILE), opened(path) as store:
        for _ in range(2):
            assert places(store) == [1, 2, 3]


def test_ruined_views_that_cannot_be_removed_are_named(placed: Placed) -> None:
    """Whoever may do so is asked to."""
    path, _ = placed
    content = views_of(path).read_bytes()
    size = int.from_bytes(content[16:18], "big")
    views_of(path).write_bytes(content[:size] + b"\xa5" * (len(content) - size))
    with only(path, READ, FILE), opened(path) as store:
        refused(lambda: places(store), views_of(path), "cannot be removed", "remove the file")
    with opened(path) as store:
        assert places(store) == [1, 2, 3]


def test_a_folder_in_which_no_store_can_be_made(placed: Placed) -> None:
    """Nothing is left there."""
    path, _ = placed
    before = contents(path.parent)
    new = path.with_name("new.db")
    with only(path, READ, FILE):

        def make() -> None:
            with opened(new, create=True):
                pass

        refused(make, new, "Permission denied", "who may use the folder")
    assert contents(path.parent) == before


@pytest.mark.parametrize(("folder", "file"), [(READ, 0o000), (0o000, FILE)])
def test_what_may_not_even_be_read(placed: Placed, folder: int, file: int) -> None:
    """It is named."""
    path, _ = placed

    def read() -> None:
        with opened(path):
            pass

    with only(path, folder, file):
        refused(read, path)


@pytest.fixture
def crashed(placed: Placed) -> Placed:
    """The same, with appends that a process left in the file beside it when it ended."""
    path, _ = placed
    one = event(ONE, 1)
    with process(
        "crash", f"sqlite:{path}", TENANT, str(stream(2)), one.topic, one.state.decode(), "4"
    ) as other:
        assert hear(other) == "ready"
        tell(other)
        assert len(hear_all(other)) == 4
    copy = path.with_name("copy.db")
    shutil.copy(path, copy)
    shutil.copy(path.with_name("plans.db-wal"), copy.with_name("copy.db-wal"))
    with opened(copy) as store:
        rows = whole(store.recorder(TENANT))
    for file in path.parent.glob("copy.db*"):
        file.unlink()
    assert len(rows) == 3 + sum(sizes(4))
    return Placed(path, rows)


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("folder", [READ, WRITE])
def test_what_a_crash_left_is_not_passed_over(crashed: Placed, folder: int, index: bool) -> None:
    """Every acknowledged event is read, or nothing is, and how to read it is said."""
    path, rows = crashed
    if not index:
        path.with_name("plans.db-shm").unlink()

    def read() -> Sequence[EventRow]:
        with opened(path) as store:
            return whole(store.recorder(TENANT))

    with only(path, folder, FILE):
        if index or folder == WRITE:
            assert read() == rows
        else:
            refused(read, path, "plans.db-wal", "copy it together")
    path.parent.chmod(0o700)
    for file in path.parent.iterdir():
        file.chmod(0o600)
    assert read() == rows


@pytest.mark.parametrize("linked", [True, False])
def test_what_a_crash_left_beside_the_file_that_a_link_leads_to(
    crashed: Placed, linked: bool
) -> None:
    """It is looked for there."""
    path, _ = crashed
    path.with_name("plans.db-shm").unlink()
    with TemporaryDirectory() as folder:
        Path(folder).chmod(READ | 0o700)
        link = Path(folder) / "plans.db"
        link.symlink_to(path)

        def read() -> None:
            with opened(link if linked else path):
                pass

        with only(path, READ, FILE):
            refused(read, path, "plans.db-wal")
