"""Whoever names a server that does not answer, or does not let them in, is told in a sentence."""

import socket
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import psycopg
import pytest
from click.testing import CliRunner

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.storage import open_store
from ehcp_flow_cli.main import cli
from tests import postgres
from tests.adapters.logs import append, event

SECRET = "s3cr3t-%40"
"""A password, with what stands for a sign in it."""


@pytest.fixture(scope="module")
def guarded() -> Generator[str]:
    """A server that asks one user for a password, and lets another in from nowhere."""
    server = postgres.own_server()
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE officer LOGIN PASSWORD 's3cr3t-@'")
        connection.execute("CREATE ROLE shut LOGIN")
        connection.execute("CREATE DATABASE plans OWNER officer")
        ((hba,),) = connection.execute("SHOW hba_file").fetchall()
        rules = Path(hba).read_text()
        Path(hba).write_text(f"local all officer scram-sha-256\nlocal all shut reject\n{rules}")
        connection.execute("SELECT pg_reload_conf()")
    with closing(open_store(entering(url, f"officer:{SECRET}"), create=True)) as store:
        store.add_tenant("Fernbank")
    yield url
    server.cleanup()


def entering(url: str, user: str, database: str = "plans") -> str:
    """The URL by which a user enters the server."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}@{host}", path=f"/{database}"))


@contextmanager
def deaf() -> Generator[int]:
    """A port on which nobody listens."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def told(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is said of a URL, by the engine and at the terminal: one line, without a password."""
    for name in ("PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGHOST", "PGDATABASE", "PGUSER"):
        monkeypatch.delenv(name, raising=False)
    said: set[str] = set()
    for create in (False, True):
        with pytest.raises(StoreTrouble) as trouble:
            open_store(url, create=create)
        said.add(str(trouble.value))
        assert trouble.value.__cause__ is None
        # A traceback would tell what libpq said.
        assert trouble.value.__suppress_context__ or trouble.value.__context__ is None
    (sentence,) = said
    run = CliRunner().invoke(cli, ["--store", url, "plan", "list"], prog_name="ehcp-flow")
    assert (run.exit_code, run.stdout) == (1, "")
    assert run.stderr.rstrip("\n").count("\n") == 0
    assert sentence in run.stderr
    for secret in (SECRET, "s3cr3t", "wrong-one"):
        assert secret not in run.stderr
    assert ": " in sentence
    return sentence


def test_a_password_that_is_right(guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the URL, either way, or in the environment; the store's own URL does not hold it."""
    for url in (
        entering(guarded, f"officer:{SECRET}"),
        f"{entering(guarded, 'officer')}&password={SECRET}",
    ):
        with closing(open_store(url)) as store:
            assert list(store.tenants()) == ["Fernbank"]
            assert "s3cr3t" not in store.url
            assert "officer@" in store.url
    monkeypatch.setenv("PGPASSWORD", "s3cr3t-@")
    with closing(open_store(entering(guarded, "officer"))) as store:
        assert list(store.tenants()) == ["Fernbank"]


@pytest.mark.parametrize("user", ["officer:wrong-one", "officer", "nobody:wrong-one", "shut"])
def test_a_user_who_is_not_let_in(guarded: str, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a wrong password, without one, unknown, or shut out."""
    said = told(entering(guarded, user), monkeypatch)
    assert "user" in said
    assert said.startswith("The server of postgresql://")


def test_no_such_database(guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is for its owner to make one."""
    assert "createdb" in told(entering(guarded, f"officer:{SECRET}", "other"), monkeypatch)


def test_no_such_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads nowhere (RFC 2606)."""
    url = f"postgresql://officer:{SECRET}@nowhere.invalid/plans"
    assert "no such host" in told(url, monkeypatch)


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or listens at another port."""
    with deaf() as port:
        url = f"postgresql://officer:{SECRET}@127.0.0.1:{port}/plans"
        assert "cannot be reached" in told(url, monkeypatch)


def test_something_else_listens() -> None:
    """And says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        other.settimeout(0)
        url = f"postgresql://officer:{SECRET}@127.0.0.1:{port}/plans?connect_timeout=2"
        # It is waited for, so that once must do.
        with pytest.raises(StoreTrouble, match="does not answer") as trouble:
            open_store(url)
        assert "s3cr3t" not in str(trouble.value)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://officer:{SECRET}@[::1/plans",
        f"postgresql://officer:{SECRET}@host:port:port/plans",
        f"postgresql://officer:{SECRET}@host/plans?nonsense=1",
        f"postgresql://officer:{SECRET}%zz@host/plans",
        f"postgresql:officer:{SECRET}",
        f"postgresql://officer:{SECRET}\0@host/plans",
        f"postgresql://officer:{SECRET}\udcff@host/plans",
        f"postgresql://officer:{SECRET}@ho\nst/plans",
        "postgresql://officer:s3cr3t/2@host:5432/plans",
        "postgresql://officer:s3cr3t",
        "postgresql://officer:s3cr3t?2@host/plans",
        f"postgresql://officer@host/plans&password={SECRET}@x",
        f"host=h password={SECRET} dbname=d",
        f"sqlite:postgresql://officer:{SECRET}@h/d",
    ],
)
def test_what_is_no_url(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is repeated that may be a password."""
    told(url, monkeypatch)


def test_a_database_without_a_store(guarded: str) -> None:
    """Nothing is made in it by whoever only looks."""
    url = urlunsplit(urlsplit(guarded)._replace(path="/postgres"))
    with pytest.raises(StoreTrouble, match=r"no store in .*store init"):
        open_store(url)
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT to_regnamespace('ehcp_flow')").fetchall()
    assert found == [(None,)]


@pytest.mark.parametrize(
    "words",
    [
        "?pass%77ord={}",
        "?sslpassword={}",
        "?application_name=postgresql://u:{}@h/",
        "?options=-c%20x.y={}",
        "?passfile={}",
    ],
)
def test_nothing_is_shown_but_where_the_server_is(guarded: str, words: str) -> None:
    """A password may stand in any place of a URL."""
    base = entering(guarded, "officer", "nowhere")
    joined = words.format(SECRET).replace("?", "&") if "?" in base else words.format(SECRET)
    with pytest.raises(StoreTrouble) as trouble:
        open_store(f"{base}{joined}")
    assert "s3cr3t" not in str(trouble.value)
    assert "officer@" in str(trouble.value) or "understands" in str(trouble.value)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_name(guarded: str, encoding: str) -> None:
    """Nothing is made in it."""
    name = f"t_{encoding.lower()}"
    with psycopg.connect(guarded, autocommit=True) as connection:
        connection.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'".encode()
        )
    url = urlunsplit(urlsplit(guarded)._replace(path=f"/{name}"))
    with pytest.raises(StoreTrouble, match=f"keeps text in {encoding}.*-E UTF8"):
        open_store(url, create=True)


@pytest.mark.parametrize(
    "setting",
    [
        "client_encoding = 'SQL_ASCII'",
        "client_encoding = 'LATIN1'",
        "idle_session_timeout = '1ms'",
        "search_path = 'pg_catalog'",
        "default_transaction_isolation = 'serializable'",
        "synchronous_commit = off",
        "bytea_output = 'escape'",
        "\"TimeZone\" = 'Asia/Kathmandu'",
    ],
)
def test_what_is_set_for_a_user_makes_no_difference(guarded: str, setting: str) -> None:
    """Names from anywhere are recorded and read."""
    with psycopg.connect(guarded, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE officer SET {setting}".encode())
    try:
        with closing(open_store(entering(guarded, f"officer:{SECRET}"))) as store:
            store.add_tenant("\u6625 \u0141")
            assert "\u6625 \u0141" in store.tenants()
            recorder = store.recorder("\u6625 \u0141")
            stored = event(uuid4(), 1)
            append(recorder, stored)
            assert recorder.rows(UUID(str(stored.originator_id)))[0].words == stored.words
    finally:
        with psycopg.connect(guarded, autocommit=True) as connection:
            connection.execute("ALTER ROLE officer RESET ALL")
