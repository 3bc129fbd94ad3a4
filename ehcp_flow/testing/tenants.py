"""Do many authorities share a store without seeing each other?"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from ehcp_flow.errors import BadInput, StoreTrouble
from ehcp_flow.evidence.checking import check
from ehcp_flow.testing.case import SOON, Promises
from ehcp_flow.testing.logs import ONE, TENANT, append, event, events, stream, whole

_AUTHORITIES = 153
"""As many as there are in England."""


class TenantPromises(Promises):
    """Many authorities share a store and do not see each other."""

    def test_every_authority_of_england_has_a_log_of_its_own(self) -> None:
        """In one store, opened once; also while several write to several of them at once."""
        names = [f"Authority {n:03}" for n in range(_AUTHORITIES)]
        for name in reversed(names):
            self.assertTrue(self.store.add_tenant(name))
        self.same(self.store.tenants(), names)
        logs = [self.store.recorder(name) for name in names]
        for n, log in enumerate(logs):
            append(log, *events(stream(n), 1, 1 + n % 3))
        for n, log in enumerate(logs):
            self.assertEqual(log.tenant, names[n])
            self.assertEqual(log.head(), 1 + n % 3)
            self.assertEqual({row.stream for row in whole(log)}, {str(stream(n))})

        busy, together = logs[:150:50], Barrier(8)

        def write(n: int) -> None:
            of = stream(1_000 + n)
            together.wait(SOON)
            for version in range(1, 6):
                for log in busy:
                    append(self.store.recorder(log.tenant), event(of, version))

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, range(8)))
        for log in busy:
            self.assertEqual(check(log).streams, 9)
        told = sum(log.head() for log in logs)
        self.assertEqual(told, sum(1 + n % 3 for n in range(_AUTHORITIES)) + 8 * 5 * len(busy))

    def test_there_is_room_for_each_tenant_once(self) -> None:
        """Asking again changes nothing."""
        append(self.log, event(ONE, 1))
        self.assertFalse(self.store.add_tenant(TENANT))
        self.same(self.store.tenants(), [TENANT])
        self.assertEqual(self.log.head(), 1)

    def test_tenants_are_sorted(self) -> None:
        """By code point, in whatever order they came and whatever the language of the place."""
        names = ["Zeal", "anvil", "École", "Öst", "日本", "\U0001f600"]
        for name in reversed(names):
            self.store.add_tenant(name)
        self.same(self.store.tenants(), sorted(names))

    def test_a_tenant_that_is_not_there_is_named(self) -> None:
        """In a sentence."""
        self.store.add_tenant(TENANT)
        for name in ("Nowhere", TENANT.lower(), f"{TENANT} ", ""):
            with self.subTest(name=name), self.assertRaises(StoreTrouble) as trouble:
                self.store.recorder(name)
            self.assertIn(repr(name), str(trouble.exception))

    def test_a_name_is_only_a_name(self) -> None:
        """Whatever is in it."""
        names = ["Öst / Süd", "x'; DROP TABLE events; --", "%_", "日本", "--tenant", "a" * 500]
        for name in names:
            with self.subTest(name=name):
                self.assertTrue(self.store.add_tenant(name))
                append(self.store.recorder(name), event(ONE, 1))
        self.same(self.store.tenants(), sorted(names))

    def test_what_nobody_can_type_is_no_name(self) -> None:
        """Nothing is made for it."""
        for name in ("", " ", "main ", "\tmain", "a\nb", "a\0b", "\x1b[31m", "\udcff", "a\u200bb"):
            with self.subTest(name=name), self.assertRaises(BadInput):
                self.store.add_tenant(name)
        self.same(self.store.tenants(), [])
