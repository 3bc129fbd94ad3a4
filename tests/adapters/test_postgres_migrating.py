"""A database is brought to the present form by whoever owns it, once, and is never mistaken."""

from collections.abc import Generator
from contextlib import closing

import psycopg
import pytest

from ehcp_flow.errors import RecordDamaged, StoreTrouble
from ehcp_flow.evidence.checking import check
from ehcp_flow.storage import open_store
from ehcp_flow_postgres import schema
from tests import postgres
from tests.adapters.logs import TENANT, append, event, events, stream, whole

ONE = stream(1)
LATER = {**schema.MIGRATIONS, "9999 later": "CREATE TABLE ehcp_flow.later (a integer)"}


@pytest.fixture
def url() -> Generator[str]:
    """A store with three events."""
    with postgres.fresh_database() as url:
        with closing(open_store(url, create=True)) as store:
            store.add_tenant(TENANT)
            append(store.recorder(TENANT), *events(ONE, 1, 3))
        yield url


def asked(url: str, sql: str) -> list[tuple[object, ...]]:
    """What the server says."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql.encode())
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def later(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the store was made, a version that knows a migration more."""
    assert url
    monkeypatch.setattr("ehcp_flow_postgres.migrating.MIGRATIONS", LATER)


def test_what_was_applied_is_on_record(url: str) -> None:
    """By name, when and by whom; applied again it is not."""
    rows = asked(url, "SELECT name, applied_by = session_user FROM ehcp_flow.migrations")
    assert rows == [(name, True) for name in schema.MIGRATIONS]
    for _ in range(2):
        open_store(url, create=True).close()
        assert (
            asked(url, "SELECT name, applied_by = session_user FROM ehcp_flow.migrations") == rows
        )


@pytest.mark.usefixtures("later")
def test_an_older_form_is_not_worked_on(url: str) -> None:
    """A worker says what to run; run, it brings what is missing and keeps what is there."""
    before = asked(url, "SELECT * FROM ehcp_flow.events")
    with pytest.raises(StoreTrouble, match=r"older form \(it lacks 9999 later\).*store init"):
        open_store(url)
    with closing(open_store(url, create=True)) as store:
        recorder = store.recorder(TENANT)
        assert asked(url, "SELECT count(*) FROM ehcp_flow.later") == [(0,)]
        assert asked(url, "SELECT * FROM ehcp_flow.events") == before
        assert append(recorder, event(ONE, 4)) == [4]
        assert check(recorder) == (1, 4)
    open_store(url).close()


def test_a_newer_form_is_not_worked_on(url: str) -> None:
    """Nor is it brought back."""
    asked(url, "INSERT INTO ehcp_flow.migrations (name) VALUES ('9999 later')")
    for create in (False, True):
        with pytest.raises(StoreTrouble, match=r"newer form \(9999 later\).*newer version"):
            open_store(url, create=create)


def test_a_migration_that_fails_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even of the ones before it."""
    broken = {**LATER, "9999 worse": "CREATE TABLE ehcp_flow.worse (a nonsense)"}
    monkeypatch.setattr("ehcp_flow_postgres.migrating.MIGRATIONS", broken)
    with pytest.raises(StoreTrouble, match="cannot be used"):
        open_store(url, create=True)
    assert asked(url, "SELECT to_regclass('ehcp_flow.later')") == [(None,)]
    monkeypatch.undo()
    with closing(open_store(url)) as store:
        assert len(whole(store.recorder(TENANT))) == 3


@pytest.mark.parametrize("name", ["ehcp_flow", "ehcp_flow_views"])
def test_a_schema_of_somebody_elses_stays(name: str) -> None:
    """It is named, and nothing is made beside it."""
    with postgres.fresh_database() as url:
        asked(url, f"CREATE SCHEMA {name}; CREATE TABLE {name}.theirs (a integer)")
        with pytest.raises(StoreTrouble, match="not a store of ehcp-flow"):
            open_store(url, create=True)
        assert asked(
            url,
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema LIKE 'ehcp%'",
        ) == [(name, "theirs")]


@pytest.mark.parametrize(
    "altered",
    [
        "DROP TABLE ehcp_flow.outcomes",
        "DROP TABLE ehcp_flow.events CASCADE",
        "ALTER TABLE ehcp_flow.events RENAME COLUMN digest TO other",
        "DELETE FROM ehcp_flow.tenants",
        "UPDATE ehcp_flow.tenants SET position = 1",
        "DELETE FROM ehcp_flow.store",
    ],
)
def test_what_was_altered_is_damaged(url: str, altered: str) -> None:
    """A sentence says so; the log is not written to any more."""
    with closing(open_store(url)) as store:
        recorder = store.recorder(TENANT)
        asked(url, altered)

        def work() -> None:
            open_store(url).close()
            append(recorder, event(ONE, 4))
            recorder.head()

        with pytest.raises(RecordDamaged, match="altered outside"):
            work()


def test_the_views_schema_may_be_dropped(url: str) -> None:
    """It is a cache: the log is read without, and store init makes the place again."""
    with closing(open_store(url)) as store:
        asked(url, "DROP SCHEMA ehcp_flow_views CASCADE")
        with pytest.raises(LookupError):
            store.views.query("SELECT 1 FROM trail")
        with store.views.writing(TENANT) as writer:
            assert writer is None
        assert len(whole(store.recorder(TENANT))) == 3
    with closing(open_store(url, create=True)) as store, store.views.writing(TENANT) as writer:
        assert writer is not None
