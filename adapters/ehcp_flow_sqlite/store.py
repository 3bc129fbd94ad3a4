"""One SQLite file that keeps the logs of one or more tenants, and its views beside it."""

import os
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from secrets import token_hex

from ehcp_flow.errors import RecordDamaged, StoreTrouble
from ehcp_flow.storage import FORMAT, Store, check_tenant_name
from ehcp_flow_sqlite import schema
from ehcp_flow_sqlite.connecting import PATIENCE, Database, trouble
from ehcp_flow_sqlite.recorder import SQLiteRecorder
from ehcp_flow_sqlite.views import FileViews

_TIMEOUT = re.compile(r"(?P<path>.*)\?timeout=(?P<seconds>\d{1,4}(?:\.\d{1,3})?)", re.DOTALL)


class SQLiteStore(Store):
    """A store in a file."""

    def __init__(self, url: str, database: Database) -> None:
        self.url = url
        self.database = database
        self._views = FileViews(database.path)
        with database.reading() as connection:
            found: list[tuple[bytes]] = connection.execute(
                "SELECT claims_key FROM store"
            ).fetchall()
        if not found:
            raise RecordDamaged(
                f"{database.path} has lost the key of its claims: it was altered outside "
                "ehcp-flow; keep the file as it is and restore from a copy."
            )
        self.claims_key = found[0][0]

    def tenants(self) -> Sequence[str]:
        """Return the names of the tenants, sorted."""
        with self.database.reading() as connection:
            found = connection.execute("SELECT tenant FROM tenants ORDER BY tenant").fetchall()
        return [tenant for (tenant,) in found]

    def add_tenant(self, name: str) -> bool:
        """Make room for a tenant; ``False`` when there was one.

        Raises:
            BadInput: nobody could tell the name from another, or type it.
        """
        check_tenant_name(name)
        with self.database.writing() as connection:
            added = connection.execute(
                "INSERT INTO tenants (tenant) VALUES (?) ON CONFLICT DO NOTHING", (name,)
            ).rowcount
        return added == 1

    def take_key(self, key: bytes) -> None:
        """Digest claims under another store's key, so that its claims can be restored here.

        Raises:
            StoreTrouble: there is a tenant already, whose claims may stand under the present key.
        """
        if key == self.claims_key:
            return
        with self.database.writing() as connection:
            taken = connection.execute(
                "UPDATE store SET claims_key = ? WHERE NOT EXISTS (SELECT 1 FROM tenants)", (key,)
            ).rowcount
        if not taken:
            raise StoreTrouble(
                f"{self.url} keeps other plans already, and nothing was copied: name a place where "
                "there is no store yet."
            )
        self.claims_key = key

    def recorder(self, tenant: str) -> SQLiteRecorder:
        """Return a tenant's log.

        Raises:
            StoreTrouble: there is no such tenant.
        """
        self.require(tenant)
        return SQLiteRecorder(self.database, tenant, self.claims_key)

    def require(self, tenant: str) -> None:
        """Make sure that there is a tenant.

        Raises:
            StoreTrouble: there is none of that name.
        """
        if tenant not in self.tenants():
            raise StoreTrouble(
                f"{self.url} has no tenant {tenant!r}: make room for it with "
                "`ehcp-flow store init --tenant`."
            )

    @property
    def views(self) -> FileViews:
        """The views of this store, all tenants'."""
        return self._views

    def close(self) -> None:
        """Let go of the files. Asking twice is allowed."""
        self._views.close()
        self.database.close()


def open_store(url: str, *, create: bool = False) -> SQLiteStore:
    """Open the file that a URL names.

    Args:
        url: ``sqlite:PATH``, or ``sqlite:PATH?timeout=SECONDS`` to wait so long for another
            program that is writing, not PATIENCE.
        create: make the file if there is none.

    Raises:
        StoreTrouble: there is none, it is no store, a newer version wrote it, or it cannot be
            opened.
    """
    if sqlite3.sqlite_version_info < schema.OLDEST_SQLITE:
        raise StoreTrouble(
            f"This Python comes with SQLite {sqlite3.sqlite_version}, and ehcp-flow needs "
            f"{'.'.join(map(str, schema.OLDEST_SQLITE))} or newer: install a newer Python."
        )
    path, patience = _place(url)
    try:
        # The working directory may change while the store is open.
        path = Path(os.path.realpath(path))
        _make_sure_it_is_there(path, create)
        database = Database(path, patience=patience, synchronous="FULL")
    except sqlite3.Error as error:
        raise trouble(error, path, patience) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "no usable name"
        raise StoreTrouble(
            f"{path} cannot be opened ({why}): check the name and who may use the folder."
        ) from error
    try:
        _check_form(database)
        database.read_while_written()
        return SQLiteStore(url, database)
    except BaseException:
        database.close()
        raise


def _place(url: str) -> tuple[Path, float]:
    place = url.partition(":")[2]
    patience = PATIENCE
    if found := _TIMEOUT.fullmatch(place):
        place, patience = found["path"], float(found["seconds"])
    if "://" in place:
        # It may hold a password, and is no file's name.
        raise StoreTrouble("A file has no :// in its name: write sqlite:PLANS.db.")
    if not place:
        raise StoreTrouble(f"{url!r} names no file: write sqlite:PLANS.db.")
    return Path(place), patience


def _make_sure_it_is_there(path: Path, create: bool) -> None:
    if path.is_dir():
        raise StoreTrouble(f"{path} is a folder: name a file in it, such as {path / 'plans.db'}.")
    if path.exists():
        if not path.stat().st_size:
            raise StoreTrouble(
                f"{path} is an empty file and not a store: remove it, or choose another name."
            )
        return
    left = [path.with_name(path.name + end) for end in ("-wal", "-shm")]
    # SQLite would take them for those of the new file. The file itself is looked for once more,
    # and last, for another process may be making the store just now.
    if (names := [file.name for file in left if file.exists()]) and not path.exists():
        raise StoreTrouble(
            f"{path} is missing, and {' and '.join(names)} beside it may hold the latest of what "
            "was recorded in it: put the file back, or move them away."
        )
    if not create:
        raise StoreTrouble(
            f"There is no store at {path}: make one with `ehcp-flow store init`, or say where it "
            "is with --store or EHCP_FLOW_STORE."
        )
    if not path.parent.is_dir():
        raise StoreTrouble(f"There is no folder {path.parent}: make it first, or name another.")
    _make(path)


def _make(path: Path) -> None:
    """Make a store beside its place and move it there whole, so that nobody sees half of one."""
    making = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        # It will hold children's records: nobody else may read it until its owner says so.
        os.close(os.open(making, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        with closing(sqlite3.connect(making, isolation_level=None)) as connection:
            schema.make(connection)
        with suppress(FileExistsError):
            _move(making, path)
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            # Windows does not remove a file that has another name, by which someone has opened it.
            with suppress(OSError):
                making.with_name(making.name + end).unlink()


def _move(making: Path, path: Path) -> None:
    """Give the file its name unless another process made one there meanwhile.

    Raises:
        FileExistsError: it did.
    """
    try:
        os.link(making, path)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems have no links; there an empty file takes the name first.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        making.replace(path)


def _check_form(database: Database) -> None:
    with database.reading() as connection:
        form = schema.form(connection)
    if form is None:
        raise StoreTrouble(
            f"{database.path} is not a store of ehcp-flow: check the name, or make a store in "
            "another place with `ehcp-flow store init`."
        )
    if form > FORMAT:
        raise StoreTrouble(
            f"{database.path} was written by a newer version of ehcp-flow (its form is {form}, "
            f"this version knows {FORMAT}): install the newer version."
        )
