"""What may the application's database user do? Append and read; not change what was recorded."""

from collections.abc import Sequence

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from ehcp_flow.errors import StoreTrouble
from ehcp_flow_postgres.connecting import Server
from ehcp_flow_postgres.schema import views_of

# The columns with the store's notes of when and by whom are left out: they take their defaults,
# so that nobody can write as somebody else.
_GRANTS = (
    "GRANT USAGE ON SCHEMA ehcp_flow TO {role}",
    "GRANT SELECT ON ehcp_flow.migrations, ehcp_flow.store TO {role}",
    "GRANT SELECT, UPDATE (position) ON ehcp_flow.tenants TO {role}",
    "GRANT SELECT, INSERT (tenant, position, stream, version, type, state, words, state_digest,"
    " digest) ON ehcp_flow.events TO {role}",
    "GRANT SELECT, INSERT ON ehcp_flow.claims, ehcp_flow.outcomes TO {role}",
    "GRANT SELECT, INSERT, UPDATE ON ehcp_flow.tracking TO {role}",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ehcp_flow TO {role}",
    # Views of their own: the owner runs nothing that others may have put among theirs.
    "CREATE SCHEMA IF NOT EXISTS {views}",
    "GRANT USAGE, CREATE ON SCHEMA {views} TO {role}",
)

_OWNER = "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'ehcp_flow'"


def grants(server: Server, role: str) -> Sequence[str]:
    """Return the statements that let a role append and read, and write views.

    Raises:
        StoreTrouble: the server cannot be reached.
    """
    return server.read(
        lambda connection: [
            f"{statement.as_string(connection)};" for statement in _statements(role)
        ]
    )


def grant(server: Server, role: str) -> None:
    """Let a role append and read, and write views: all of it or nothing.

    Raises:
        StoreTrouble: there is no such role, or only the owner of the store may grant this.
    """

    if not role:
        raise StoreTrouble("--grant-to names no role, and nothing was granted: say which.")
    try:
        with server.lent() as connection, connection.transaction():
            # PostgreSQL only warns whoever grants what is not theirs.
            ((owner,),) = connection.execute(_OWNER).fetchall()
            if not owner:
                raise psycopg.errors.InsufficientPrivilege
            for statement in _statements(role):
                connection.execute(statement)
    except psycopg.errors.UndefinedObject:
        raise StoreTrouble(
            f"{server.shown} knows no role {role!r}, and nothing was granted: make it with "
            "`createuser`, or check the name."
        ) from None
    except psycopg.errors.InsufficientPrivilege:
        raise StoreTrouble(
            f"The database user of {server.shown} may not grant rights on the store, and nothing "
            "was granted: do it as the user who made it."
        ) from None
    except psycopg.Error as error:
        raise server.trouble(error) from None


def _statements(role: str) -> list[Composed]:
    names = {"role": Identifier(role), "views": Identifier(views_of(role))}
    return [SQL(statement).format(**names) for statement in _GRANTS]
