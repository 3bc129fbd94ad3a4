"""What every class of promises has: a fresh place, a store and a log in it, and comparisons."""

from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING
from unittest import SkipTest
from uuid import uuid4

from ehcp_flow.storage import Recorder, Store, StoredEvent, open_store
from ehcp_flow.testing.logs import TENANT, append, event, whole

if TYPE_CHECKING:
    from unittest import TestCase as _Case
else:
    # Promises are no tests of their own, wherever they are imported: an adapter's TestCase is.
    _Case = object

SOON = 60
"""Seconds after which a test gives up on a thread that will never be ready."""

Hold = Callable[[str, str, StoredEvent], AbstractContextManager[Callable[[bool], None]]]
"""What ``Promises.hold`` is, for whoever keeps it apart from the test case."""


class Promises(_Case):
    """Inherited together with ``unittest.TestCase``; the place is named by ``fresh_url``."""

    def fresh_url(self) -> str:
        """Return the URL of a place where there is no store yet, another one each time."""
        raise NotImplementedError(f"{type(self).__name__}.fresh_url names a place for a store")

    def hold(
        self, url: str, tenant: str, first: StoredEvent
    ) -> AbstractContextManager[Callable[[bool], None]]:
        """Append an event as another program does, and stand still before the commit.

        Args:
            url: where the store is.
            tenant: whose log it is; there is room for it already.
            first: the first event of a stream; whoever holds it takes its position, and writes it.

        Returns:
            A context manager that gives what ends the append: it is called once, with ``True`` to
            commit it and ``False`` to undo it.
        """
        raise SkipTest(
            f"{type(self).__name__}.hold is not there, so that no writer can be held between "
            "taking its number and committing"
        )

    @cached_property
    def url(self) -> str:
        """Where the store of this test is."""
        return self.fresh_url()

    @cached_property
    def store(self) -> Store:
        """The store of this test, without tenants at first."""
        return self.opened(self.url, create=True)

    @cached_property
    def log(self) -> Recorder:
        """The log of TENANT in the store of this test, empty at first."""
        self.store.add_tenant(TENANT)
        return self.store.recorder(TENANT)

    @cached_property
    def _numbers(self) -> "count[int]":
        return count(1)

    def new_log(self, tenant: str = "") -> Recorder:
        """Another tenant's empty log in the same store."""
        name = tenant or f"Tenant {next(self._numbers)}"
        self.store.add_tenant(name)
        return self.store.recorder(name)

    def opened(self, url: str, *, create: bool = False) -> Store:
        """Open a store; it is closed after the test."""
        store = open_store(url, create=create)
        self.addCleanup(store.close)
        return store

    def same(self, found: Iterable[object], expected: Iterable[object]) -> None:
        """Fail unless both are the same in the same order, and say where they part.

        (unittest would compare a long log for minutes, to say it more nicely.)
        """
        have, want = list(found), list(expected)
        if have == want:
            return
        for at, (one, other) in enumerate(zip(have, want, strict=False)):
            if one != other:
                self.fail(f"[{at}] is {one!r} and should be {other!r}")
        self.fail(f"there are {len(have)} and should be {len(want)}")

    @contextmanager
    def nothing_recorded(self, log: Recorder) -> Generator[None]:
        """The log is afterwards what it was before, and the next position is the next."""
        before = whole(log)
        self.assertEqual(log.head(), len(before))
        yield
        self.same(whole(log), before)
        self.assertEqual(log.head(), len(before))
        self.assertEqual(append(log, event(uuid4(), 1)), [len(before) + 1])
