"""The promises that every storage keeps, as classes that an adapter's tests inherit.

All of them, for an adapter whose URLs are ``folder:PATH``, with unittest or with pytest:

    from tempfile import mkdtemp
    from unittest import TestCase

    from ehcp_flow.testing import StoragePromises


    class TestFolder(StoragePromises, TestCase):
        def fresh_url(self) -> str:
            return f"folder:{mkdtemp()}/plans"

With ``hold``, which is described in ``Promises``, a writer is held between taking its number and
committing; without it the promises that need one are skipped, and say so. The adapter is found by
its entry point, also by the processes that some promises start. One subject alone, while an
adapter is being written, is a class such as ``PositionPromises``.
"""

from ehcp_flow.testing.case import Hold, Promises
from ehcp_flow.testing.claims import ClaimPromises
from ehcp_flow.testing.closing import ClosingPromises
from ehcp_flow.testing.commands import CommandPromises
from ehcp_flow.testing.copying import CopyingPromises
from ehcp_flow.testing.following import FollowingPromises
from ehcp_flow.testing.many_at_once import ManyAtOncePromises
from ehcp_flow.testing.positions import PositionPromises
from ehcp_flow.testing.reading import ReadingPromises
from ehcp_flow.testing.tenants import TenantPromises
from ehcp_flow.testing.versions import VersionPromises
from ehcp_flow.testing.views import ViewPromises

__all__ = [
    "ClaimPromises",
    "ClosingPromises",
    "CommandPromises",
    "CopyingPromises",
    "FollowingPromises",
    "Hold",
    "ManyAtOncePromises",
    "PositionPromises",
    "Promises",
    "ReadingPromises",
    "StoragePromises",
    "TenantPromises",
    "VersionPromises",
    "ViewPromises",
]


class StoragePromises(
    PositionPromises,
    VersionPromises,
    ReadingPromises,
    ClaimPromises,
    CommandPromises,
    TenantPromises,
    FollowingPromises,
    ManyAtOncePromises,
    ClosingPromises,
    ViewPromises,
    CopyingPromises,
):
    """Everything that a storage promises."""
