"""One database that keeps the logs of one or more tenants, and their views in another schema."""

from collections.abc import Sequence

import psycopg

from ehcp_flow.errors import RecordDamaged, StoreTrouble
from ehcp_flow.storage import Store, check_tenant_name
from ehcp_flow_postgres import migrating
from ehcp_flow_postgres.connecting import Server
from ehcp_flow_postgres.following import Teller
from ehcp_flow_postgres.granting import grant, grants
from ehcp_flow_postgres.recorder import PostgresRecorder
from ehcp_flow_postgres.views import SchemaViews

_TENANT = "SELECT FROM ehcp_flow.tenants WHERE tenant = %s"


class PostgresStore(Store):
    """A store in a database."""

    def __init__(self, server: Server) -> None:
        self.url = server.shown
        self.server = server
        self._teller = Teller(server)
        self._views = SchemaViews(server)
        found = server.rows("SELECT claims_key FROM ehcp_flow.store")
        if not found:
            raise RecordDamaged(
                f"{self.url} has lost the key of its claims: it was altered outside ehcp-flow; "
                "restore from a copy."
            )
        self.claims_key = found[0][0]

    def tenants(self) -> Sequence[str]:
        """Return the names of the tenants, sorted."""
        return [
            tenant
            for (tenant,) in self.server.rows(
                "SELECT tenant FROM ehcp_flow.tenants ORDER BY tenant"
            )
        ]

    def add_tenant(self, name: str) -> bool:
        """Make room for a tenant; ``False`` when there was one.

        Raises:
            BadInput: nobody could tell the name from another, or type it.
        """
        check_tenant_name(name)
        # Whoever may only append needs no right to make what is there.
        if self.server.rows(_TENANT, (name,)):
            return False
        added = self.server.rows(
            "INSERT INTO ehcp_flow.tenants (tenant) VALUES (%s) ON CONFLICT DO NOTHING"
            " RETURNING tenant",
            (name,),
        )
        return bool(added)

    def take_key(self, key: bytes) -> None:
        """Digest claims under another store's key, so that its claims can be restored here.

        Raises:
            StoreTrouble: there is a tenant already, whose claims may stand under the present key.
        """
        if key == self.claims_key:
            return
        taken = self.server.rows(
            "UPDATE ehcp_flow.store SET claims_key = %s"
            " WHERE NOT EXISTS (SELECT FROM ehcp_flow.tenants) RETURNING one",
            (key,),
        )
        if not taken:
            raise StoreTrouble(
                f"{self.url} keeps other plans already, and nothing was copied: name a database "
                "where there is no store yet."
            )
        self.claims_key = key

    def recorder(self, tenant: str) -> PostgresRecorder:
        """Return a tenant's log.

        Raises:
            StoreTrouble: there is no such tenant.
        """
        self.require(tenant)
        return PostgresRecorder(self.server, tenant, self.claims_key, self._teller)

    def require(self, tenant: str) -> None:
        """Make sure that there is a tenant.

        Raises:
            StoreTrouble: there is none of that name.
        """
        if not self.server.rows(_TENANT, (tenant,)):
            raise StoreTrouble(
                f"{self.url} has no tenant {tenant!r}: make room for it with "
                "`ehcp-flow store init --tenant`."
            )

    def grants(self, role: str) -> Sequence[str]:
        """Return the statements that let a database role append and read, and write views."""
        return grants(self.server, role)

    def grant_to(self, role: str) -> None:
        """Let a database role append and read, and write views.

        Raises:
            StoreTrouble: there is no such role, or only the owner of the store may grant this.
        """
        grant(self.server, role)

    @property
    def views(self) -> SchemaViews:
        """The views of this store, all tenants'."""
        return self._views

    def close(self) -> None:
        """Let go of the connections. Asking twice is allowed."""
        self.server.close()


def open_store(url: str, *, create: bool = False) -> PostgresStore:
    """Open the store in the database that a URL names.

    Args:
        url: ``postgresql://USER@HOST:PORT/DATABASE``, and whatever else libpq understands
            (https://www.postgresql.org/docs/current/libpq-connect.html). The password may stand
            in it, in PGPASSWORD, or in a .pgpass file.
        create: make what is missing in the database; the database itself must be there.

    Raises:
        StoreTrouble: there is no store in it, it is of an older or a newer form, or the server
            cannot be reached.
    """
    server = Server(url)
    try:
        if create:
            migrating.migrate(server)
        migrating.check(server)
        return PostgresStore(server)
    except psycopg.Error as error:
        server.close()
        raise server.trouble(error) from None
    except BaseException:
        server.close()
        raise
