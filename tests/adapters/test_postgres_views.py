"""Views on a server: each tenant's part by itself, and nobody waits for ever."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from threading import Barrier

import psycopg
import pytest

from ehcp_flow.projections.catching_up import catch_up, intact, rebuild
from ehcp_flow.projections.trail import TrailView
from ehcp_flow.storage import Store, Tables, open_store
from ehcp_flow_postgres.connecting import MOST
from tests import postgres
from tests.adapters.logs import append, event, events, stream

ONE = stream(1)
SOON = 60
VIEW = TrailView()


@pytest.fixture
def url() -> Generator[str]:
    """An empty database."""
    with postgres.fresh_database() as url:
        yield url


@pytest.fixture
def store(url: str) -> Generator[Store]:
    """A store with as many tenants as would take every connection twice, three events in each."""
    with closing(open_store(url, create=True)) as store:
        for name in names():
            store.add_tenant(name)
            append(store.recorder(name), *events(ONE, 1, 3))
        yield store


def names() -> list[str]:
    """The tenants."""
    return [f"Authority {n}" for n in range(MOST)]


def count(store: Store, tenant: str) -> int:
    """How many events of a tenant the view knows, caught up."""
    with catch_up(store.views, store.recorder(tenant), VIEW) as reading:
        asked = "SELECT count(*) FROM trail WHERE tenant = ?"
        return int(reading.query(asked, (tenant,))[0][0])


def connections(url: str) -> int:
    """How many the store has to its server."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ehcp-flow'"
    with psycopg.connect(url) as connection:
        return int(connection.execute(asked).fetchall()[0][0])


def test_all_tenants_may_catch_up_at_once(url: str, store: Store) -> None:
    """Each holds a connection to write by while it reads the log by another, and on an empty
    schema all of them make the tables; afterwards no more than the usual number is kept."""
    together = Barrier(len(names()))

    def read(tenant: str) -> int:
        together.wait(SOON)
        return count(store, tenant)

    with ThreadPoolExecutor(len(names())) as pool:
        assert set(pool.map(read, names(), timeout=SOON)) == {3}
    assert connections(url) <= MOST
    asked = "SELECT tenant, count(*) FROM trail GROUP BY tenant"
    assert dict(store.views.query(asked)) == dict.fromkeys(names(), 3)


def test_tenants_write_beside_each_other(store: Store) -> None:
    """One is held in the middle; its own readers go on without it, in a place of their own."""
    one, other, *_ = names()
    assert count(store, one) == count(store, other) == 3
    for name in (one, other):
        append(store.recorder(name), event(ONE, 4))
    with store.views.writing(one) as writer:
        assert writer is not None
        writer.execute("UPDATE trail SET detail = 'held' WHERE tenant = ?", (one,))
        assert count(store, other) == 4
        with store.views.writing(one) as second:
            assert second is None
        with catch_up(store.views, store.recorder(one), VIEW) as reading:
            assert reading.position == 4
            asked = "SELECT count(*) FROM trail WHERE detail = 'held'"
            assert reading.query(asked) == [(0,)]
    assert count(store, one) == 4


def test_a_place_apart_holds_one_tenants_rows(store: Store) -> None:
    """And not those of others; where the tables are of another form, none."""
    one, other, *_ = names()
    assert count(store, one) == count(store, other) == 3
    with store.views.apart(Tables(one, VIEW.tables, VIEW.ddl)) as copy:
        assert copy.execute("SELECT tenant, count(*) FROM trail GROUP BY tenant") == [(one, 3)]
        copy.execute("DELETE FROM trail")
    with store.views.apart(Tables(one, ("trail",), ("CREATE TABLE trail (tenant text)",))) as copy:
        assert copy.execute("SELECT count(*) FROM trail") == [(0,)]
    assert count(store, one) == 3


def test_views_of_another_form_give_way(store: Store) -> None:
    """Also while others read them: nobody sees half, and each tenant takes its own in again."""

    class Later(TrailView):
        form = TrailView.form + 1

    assert [count(store, name) for name in names()] == [3] * len(names())
    with ExitStack() as stack:
        for name in names()[:3]:
            reading = stack.enter_context(catch_up(store.views, store.recorder(name), Later()))
            asked = "SELECT count(*) FROM trail WHERE tenant = ?"
            assert reading.query(asked, (name,)) == [(3,)]
    assert rebuild(store.views, store.recorder(names()[0]), Later())


@pytest.mark.parametrize(
    "altered",
    [
        "DROP TABLE trail_hands",
        "DROP TABLE trail",
        "ALTER TABLE trail ADD COLUMN zz integer",
        "ALTER TABLE trail DROP COLUMN detail",
        "UPDATE trail SET detail = 'other'",
        "DELETE FROM trail_hands",
    ],
)
def test_views_that_somebody_altered_are_found_and_made_anew(
    url: str, store: Store, altered: str
) -> None:
    """Also where they cannot be copied any more; whoever reads is answered."""
    one, *_ = names()
    recorder = store.recorder(one)
    assert count(store, one) == 3
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET search_path = ehcp_flow_views")
        connection.execute(altered.encode())
    assert not intact(store.views, recorder, VIEW)
    assert not rebuild(store.views, recorder, VIEW)
    assert intact(store.views, recorder, VIEW)
    assert rebuild(store.views, recorder, VIEW)
    assert count(store, one) == 3


def test_whoever_reads_a_view_without_its_tables_is_answered(url: str, store: Store) -> None:
    """They are made anew by whoever comes first."""
    one, *_ = names()
    assert count(store, one) == 3
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE ehcp_flow_views.trail, ehcp_flow_views.trail_hands")
    assert count(store, one) == 3
