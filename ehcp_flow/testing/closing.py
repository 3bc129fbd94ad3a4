"""Does a store let go of everything, and say so to whoever goes on?"""

from collections.abc import Callable

from ehcp_flow.errors import StoreTrouble
from ehcp_flow.testing.case import Promises
from ehcp_flow.testing.logs import ONE, OTHER_TENANT, TENANT, append, event, whole


class ClosingPromises(Promises):
    """A store lets go of everything, and says so to whoever goes on."""

    def test_a_store_may_be_closed_twice(self) -> None:
        """The second time there is nothing to do."""
        self.store.close()
        self.store.close()

    def test_nothing_goes_on_after_a_store_was_closed(self) -> None:
        """A sentence, whatever is asked for."""
        log, store = self.log, self.store
        uses: list[Callable[[], object]] = [
            lambda: append(log, event(ONE, 1)),
            lambda: log.rows(ONE),
            lambda: whole(log),
            log.head,
            lambda: log.outcome("c1"),
            lambda: log.holders("upn", ["B801200005001"]),
            lambda: log.select_events(ONE),
            lambda: log.select_notifications(1, 10),
            lambda: log.claims(limit=1),
            lambda: log.outcomes(limit=1),
            store.tenants,
            lambda: store.add_tenant(OTHER_TENANT),
        ]
        for use in uses:
            use()
        store.close()
        for use in uses:
            self._is_told(use)

    def test_the_views_are_closed_with_the_store(self) -> None:
        """They are not opened again behind its back."""
        views = self.store.views
        self.store.close()

        def write() -> None:
            with views.writing(TENANT):
                pass

        def read_apart() -> None:
            with views.apart():
                pass

        for use in (write, read_apart, lambda: views.query("SELECT 1")):
            self._is_told(use)

    def _is_told(self, use: Callable[[], object]) -> None:
        with self.assertRaisesRegex(StoreTrouble, "closed"):
            use()
