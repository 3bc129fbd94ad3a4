"""Another process: ``python -m tests.use_cases.copying_elsewhere FROM TO BATCH [LINES]``.

It copies one store to another, BATCH rows at a time, and says a line whenever some are copied or
compared; after LINES lines it waits to be killed. At the end it says ``done``.
"""

import sys
from itertools import count

from ehcp_flow import copying
from ehcp_flow.storage import open_store

if __name__ == "__main__":
    _, from_, to, batch, *lines = sys.argv
    copying.BATCH = int(batch)
    said = count(1)

    def say(done: int, many: int) -> None:
        """Say how far it is, and wait if that was enough."""
        print(done, many, flush=True)
        if next(said) == int(lines[0] if lines else 0):
            sys.stdin.read()

    copying.copy_store(open_store(from_), open_store(to, create=True), say)
    print("done", flush=True)
