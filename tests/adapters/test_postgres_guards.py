"""What a database user may do to what was recorded, and who is said to have written it."""

from collections.abc import Generator
from contextlib import closing
from secrets import token_hex
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import errors
from psycopg.sql import SQL, Identifier

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.evidence.checking import check
from ehcp_flow.projections.catching_up import catch_up, rebuild
from ehcp_flow.projections.trail import TrailView
from ehcp_flow.storage import Claim, Command, CommandDone, Store, open_store
from tests import postgres
from tests.adapters.logs import TENANT, append, event, events, stream, whole

ONE, TWO, THREE = stream(1), stream(2), stream(3)
_ROW = "'Fernbank', {position}, '{stream}', {version}, 'a', '', NULL, '', '', '', ''"

_NEXT = _ROW.format(position=4, stream=ONE, version=4)


class LaterTrail(TrailView):
    """The trail as a later version keeps it."""

    form = TrailView.form + 1


@pytest.fixture
def url() -> Generator[str]:
    """A store with three events, made by the server's first user."""
    with postgres.fresh_database() as url:
        with closing(open_store(url, create=True)) as store:
            store.add_tenant(TENANT)
            append(store.recorder(TENANT), *events(ONE, 1, 3))
        yield url


@pytest.fixture
def role(url: str) -> Generator[str]:
    """A user who may log in, and was granted nothing yet."""
    name = f"Office's {token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(name)))
        yield name
        connection.execute(SQL("DROP OWNED BY {}").format(Identifier(name)))
        connection.execute(SQL("DROP ROLE {}").format(Identifier(name)))


def of(url: str, role: str) -> str:
    """The same database as another user enters it."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(role)}@{host}"))


def refused(url: str, statement: str, error: type[psycopg.Error] | str) -> None:
    """A statement is refused by any tool, and the log is what it was."""
    with closing(open_store(url)) as store:
        before = whole(store.recorder(TENANT))
        with (
            psycopg.connect(url, autocommit=True) as connection,
            pytest.raises(error if isinstance(error, type) else psycopg.Error) as told,
        ):
            connection.execute(statement.encode())
        if isinstance(error, str):
            assert told.value.sqlstate == error
        assert whole(store.recorder(TENANT)) == before
        assert store.recorder(TENANT).head() == len(before)


CHANGES = [
    "UPDATE ehcp_flow.events SET state = ''",
    "UPDATE ehcp_flow.events SET recorded_by = 'someone' WHERE false",
    "DELETE FROM ehcp_flow.events WHERE position = 3",
    "TRUNCATE ehcp_flow.events",
    "TRUNCATE ehcp_flow.events CASCADE",
    f"INSERT INTO ehcp_flow.events VALUES ({_ROW.format(position=3, stream=ONE, version=3)})"
    " ON CONFLICT (tenant, position) DO UPDATE SET state = excluded.state",
    "MERGE INTO ehcp_flow.events AS e USING (SELECT 1) AS one ON e.position = 3"
    " WHEN MATCHED THEN DELETE",
]


class TestNobody:
    """Not even the owner of the tables changes, removes, or leaves out."""

    @pytest.mark.parametrize("statement", CHANGES)
    def test_changes_what_was_recorded(self, url: str, statement: str) -> None:
        """The guard says so, in words."""
        refused(url, statement, "EF005")

    @pytest.mark.parametrize("statement", CHANGES[:4])
    def test_changes_it_by_replication(self, url: str, statement: str) -> None:
        """As which other triggers are passed by."""
        refused(url, f"SET session_replication_role = replica; {statement}", "EF005")

    @pytest.mark.parametrize(
        ("position", "of_stream", "version"),
        [
            (5, ONE, 4),
            (0, ONE, 4),
            (-1, ONE, 4),
            (4, ONE, 5),
            (4, ONE, 1_000),
            (4, ONE, 0),
            (4, TWO, 2),
            (4, TWO, -1),
        ],
    )
    def test_leaves_a_gap(self, url: str, position: int, of_stream: object, version: int) -> None:
        """Neither in the log nor in a stream."""
        row = _ROW.format(position=position, stream=of_stream, version=version)
        refused(url, f"INSERT INTO ehcp_flow.events VALUES ({row})", "EF005")

    def test_leaves_a_gap_among_many(self, url: str) -> None:
        """Rows of one statement are looked at together: these would be right in another order."""
        rows = ", ".join(
            f"({_ROW.format(position=position, stream=TWO, version=version)})"
            for position, version in ((4, 1), (5, 3), (6, 2))
        )
        refused(url, f"INSERT INTO ehcp_flow.events VALUES {rows}", "EF005")

    def test_takes_a_place_that_is_taken(self, url: str) -> None:
        """Of the log or of a stream."""
        for position, version in ((3, 4), (4, 3)):
            row = _ROW.format(position=position, stream=ONE, version=version)
            statement = f"INSERT INTO ehcp_flow.events VALUES ({row})"
            refused(url, statement, psycopg.Error)


@pytest.fixture
def granted(url: str, role: str) -> str:
    """The URL by which a user enters who may append and read."""
    with closing(open_store(url)) as store:
        store.grant_to(role)
    return of(url, role)


def trail(store: Store, view: TrailView | None = None) -> int:
    """How many lines a view has when it has taken in the rest, in the place that others see."""
    with catch_up(store.views, store.recorder(TENANT), view or TrailView()):
        return int(store.views.query("SELECT count(*) FROM trail")[0][0])


class TestTheApplication:
    """It appends and reads, keeps views, counters and outcomes, and can do no more."""

    def test_appends_and_reads(self, granted: str, role: str) -> None:
        """One event, a few, and many by COPY; claims and outcomes with them."""
        with closing(open_store(granted)) as store:
            recorder = store.recorder(TENANT)
            append(recorder, event(ONE, 4))
            claim, command = Claim("upn", "B801200005001", TWO), Command("c1", "open", 3)
            recorder.insert_events(events(TWO, 1, 3), claims=[claim], commands=[command])
            append(recorder, *events(THREE, 1, 100))
            with pytest.raises(CommandDone):
                recorder.insert_events(events(TWO, 1, 3), commands=[command])
            assert recorder.holders("upn", ["B801200005001"]) == {"B801200005001": TWO}
            assert check(recorder).events == 107
            assert not store.add_tenant(TENANT)
            with recorder.subscribe(gt=106) as subscription:
                assert next(subscription).id == 107
            owner = whole(recorder)[0].recorded_by
            assert [row.recorded_by for row in whole(recorder)] == [owner] * 3 + [role] * 104
            assert owner != role

    def test_is_named_also_when_it_takes_on_another_role(self, granted: str, role: str) -> None:
        """Who logged in is what counts."""
        with (
            closing(open_store(granted)) as store,
            psycopg.connect(granted, autocommit=True) as connection,
        ):
            connection.execute("SET ROLE NONE")
            connection.execute(
                "SELECT ehcp_flow.append('Fernbank', %s, '{4}', '{a}', %s, '{NULL}', '{}', '{}',"
                " '{}', '{}', '{}', '{}', '{}')",
                ([ONE], [b"{}"]),
            )
            assert whole(store.recorder(TENANT))[-1].recorded_by == role

    @pytest.mark.parametrize(
        "statement",
        [
            *CHANGES,
            "ALTER TABLE ehcp_flow.events DISABLE TRIGGER ALL",
            "DROP TRIGGER events_are_not_changed ON ehcp_flow.events",
            "DROP TABLE ehcp_flow.events",
            "SET session_replication_role = replica",
            "CREATE TABLE ehcp_flow.mine (a int)",
            "UPDATE ehcp_flow.store SET claims_key = ''",
            "DELETE FROM ehcp_flow.claims",
            "UPDATE ehcp_flow.claims SET stream = gen_random_uuid()",
            "DELETE FROM ehcp_flow.outcomes",
            "DELETE FROM ehcp_flow.tenants",
            "INSERT INTO ehcp_flow.tenants VALUES ('mine', 0)",
            f"INSERT INTO ehcp_flow.events VALUES ({_NEXT})",
            "INSERT INTO ehcp_flow.events (tenant, recorded_by) VALUES ('Fernbank', 'head')",
            "INSERT INTO ehcp_flow.events (tenant, recorded_at) VALUES ('Fernbank', '2020')",
        ],
    )
    def test_may_do_no_more(self, granted: str, statement: str) -> None:
        """The server refuses it, before any guard does."""
        refused(granted, statement, errors.InsufficientPrivilege)

    def test_restores_nothing(self, granted: str) -> None:
        """For that is to write in other people's names."""
        with closing(open_store(granted)) as store:
            recorder = store.recorder(TENANT)
            before = whole(recorder)
            row = before[-1]._replace(position=4, version=4, recorded_by="someone")
            with pytest.raises(StoreTrouble, match="may only append"):
                recorder.restore([row])
            assert whole(recorder) == before
            with pytest.raises(StoreTrouble, match="may not do that"):
                store.add_tenant("Oakfield")

    def test_sets_no_trap_for_the_owner(self, url: str, granted: str) -> None:
        """What it put among its own views is not run by whoever owns the record."""
        with closing(open_store(granted)) as store:
            assert trail(store) == 3
        with psycopg.connect(granted, autocommit=True) as connection:
            ((mine,),) = connection.execute(
                "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'ehcp_flow_views_%'"
            ).fetchall()
            connection.execute(SQL("SET search_path = {}").format(Identifier(mine)))
            connection.execute(
                "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'the trap shuts'; END $$"
            )
            for table in ("view_progress", "trail"):
                connection.execute(
                    f"CREATE TRIGGER trap BEFORE INSERT OR UPDATE OR DELETE ON {table}"
                    " FOR EACH STATEMENT EXECUTE FUNCTION trap()".encode()
                )
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute("CREATE TABLE ehcp_flow_views.mine (a int)")
        with closing(open_store(url)) as owner:
            append(owner.recorder(TENANT), event(ONE, 4))
            assert trail(owner) == 4
            assert rebuild(owner.views, owner.recorder(TENANT), TrailView())

    def test_passes_no_guard_with_an_operator_of_its_own(self, granted: str, role: str) -> None:
        """Wherever it says that operators are to be looked for."""
        with closing(open_store(granted)) as store:
            assert trail(store) == 3
        mine = Identifier(f"ehcp_flow_views_{role}").as_string()
        row = _ROW.format(position=50, stream=TWO, version=7)
        refused(
            granted,
            f"SET search_path = {mine}, pg_catalog;"
            " CREATE FUNCTION yes(bigint, bigint) RETURNS boolean LANGUAGE sql IMMUTABLE"
            " AS 'SELECT true';"
            f" CREATE OPERATOR {mine}.= (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = yes);"
            " INSERT INTO ehcp_flow.events (tenant, position, stream, version, type, state, words,"
            f" state_digest, digest) VALUES ({row.rpartition(', ')[0].rpartition(', ')[0]})",
            "EF005",
        )

    def test_keeps_views_of_its_own_beside_the_owners(self, url: str, granted: str) -> None:
        """Each takes in what is new, and makes them anew in another form."""
        with closing(open_store(url)) as owner, closing(open_store(granted)) as store:
            for first, second in ((owner, store), (store, owner)):
                for view in (TrailView(), LaterTrail()):
                    count = trail(first, view)
                    append(owner.recorder(TENANT), event(ONE, count + 1))
                    assert trail(second, view) == count + 1
                    append(owner.recorder(TENANT), event(ONE, count + 2))
                    assert trail(first, view) == count + 2

    def test_may_be_granted_again(self, url: str, role: str, granted: str) -> None:
        """Nothing changes."""
        with closing(open_store(url)) as store:
            store.grant_to(role)
            assert trail(store) == 3
        with closing(open_store(granted)) as store:
            assert trail(store) == 3

    def test_is_granted_what_is_printed(self, url: str, role: str) -> None:
        """Whoever looks after the server may run the statements by hand."""
        with closing(open_store(url)) as store:
            printed = store.grants(role)
        assert all(statement.endswith(";") for statement in printed)
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in printed:
                connection.execute(statement.encode())
        with closing(open_store(of(url, role))) as store:
            assert append(store.recorder(TENANT), event(ONE, 4)) == [4]
            assert trail(store) == 4


class TestWhoIsNotGranted:
    """A sentence says what to do."""

    def test_a_user_without_rights(self, url: str, role: str) -> None:
        """Is told who can grant them."""
        for create in (False, True):
            with pytest.raises(StoreTrouble, match=r"may not.*store init"):
                open_store(of(url, role), create=create)

    def test_a_user_grants_nothing(self, granted: str, role: str) -> None:
        """Only the owner does."""
        with (
            closing(open_store(granted)) as store,
            pytest.raises(StoreTrouble, match="may not grant rights"),
        ):
            store.grant_to(role)

    def test_a_role_that_is_not_there(self, url: str) -> None:
        """Is named; nothing is made of its name."""
        with closing(open_store(url)) as store:
            for name in ("nobody", 'x"; DROP SCHEMA ehcp_flow CASCADE; --', ""):
                with pytest.raises(StoreTrouble, match=r"no role|cannot be used"):
                    store.grant_to(name)
            assert len(whole(store.recorder(TENANT))) == 3
