"""Another process: ``python -m ehcp_flow.testing.elsewhere WHAT URL …``.

It says ``ready``, waits for a line, and does what it was told to:

- ``make URL TENANT``: make the store, and room for the tenant; says the key of its claims in
  hexadecimal, and the tenants.
- ``append URL TENANT STREAM TYPE STATE COUNT``: append COUNT times, 1 to 4 events each time, and
  says the first and the last position of each append when it is acknowledged.
- ``crash …``: the same, and then end without letting go of anything.
- ``views URL TENANT``: begin to write views; says ``writing``, commits when it is told another
  line, and says ``written``. It says ``refused`` when it may not begin.
"""

import os
import sys
from uuid import UUID

from ehcp_flow.storage import StoredEvent, open_store
from ehcp_flow.testing.processes import sizes


def _make(url: str, tenant: str) -> None:
    store = open_store(url, create=True)
    store.add_tenant(tenant)
    print(store.claims_key.hex(), *store.tenants())
    store.close()


def _append(url: str, tenant: str, stream: str, type_: str, state: str, count: str) -> None:
    store = open_store(url)
    recorder = store.recorder(tenant)
    version = 0
    for size in sizes(int(count)):
        stored = [
            StoredEvent(UUID(stream), version + n, type_, state.encode())
            for n in range(1, size + 1)
        ]
        version += size
        positions = recorder.insert_events(stored)
        assert positions
        print(positions[0], positions[-1], flush=True)
    if sys.argv[1] == "crash":
        os._exit(1)
    store.close()


def _views(url: str, tenant: str) -> None:
    store = open_store(url)
    with store.views.writing(tenant) as writer:
        if writer is None:
            print("refused", flush=True)
            return
        writer.execute("CREATE TABLE theirs (tenant text NOT NULL, a bigint NOT NULL)")
        writer.many("INSERT INTO theirs VALUES (?, ?)", [(tenant, n) for n in range(20_000)])
        print("writing", flush=True)
        sys.stdin.readline()
    print("written", flush=True)
    sys.stdin.readline()
    store.close()


if __name__ == "__main__":
    print("ready", flush=True)
    sys.stdin.readline()
    _, what, *words = sys.argv
    if what == "make":
        _make(*words)
    elif what == "views":
        _views(*words)
    else:
        _append(*words)
