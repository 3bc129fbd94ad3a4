"""Plans kept in a PostgreSQL database, by many writers at once."""

from ehcp_flow_postgres.store import PostgresStore, open_store

__all__ = ["PostgresStore", "open_store"]
