"""Plans kept in one SQLite file."""

from ehcp_flow_sqlite.store import SQLiteStore, open_store

__all__ = ["SQLiteStore", "open_store"]
