"""The recorders of the library on a store of ours: see ``ehcp_flow.library``."""

from ehcp_flow.library import StoreFactory as SQLiteFactory

__all__ = ["SQLiteFactory"]
