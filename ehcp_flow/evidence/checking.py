"""Is every event of the log as it was recorded?"""

from collections.abc import Callable
from typing import NamedTuple

from ehcp_flow.errors import RecordDamaged
from ehcp_flow.evidence.chain import FIRST
from ehcp_flow.recording import checked, decode, words_intact
from ehcp_flow.storage import Recorder

_BATCH = 2_000


class Checked(NamedTuple):
    """How much was read, and found as it was recorded."""

    streams: int
    events: int


def check(recorder: Recorder, progress: Callable[[int, int], None] | None = None) -> Checked:
    """Read a tenant's whole log: positions, versions, digests, the chain, facts and words.

    Raises:
        RecordDamaged: naming the first step that is not as it was recorded.
    """
    heads: dict[str, tuple[int, bytes]] = {}
    position = 0
    last = recorder.head()
    while position < last:
        rows = recorder.log(gt=position, limit=_BATCH, lte=last)
        if not rows:
            raise RecordDamaged(
                f"The log ends at position {position} and should go to {last}: events are missing; "
                "keep the file as it is and restore from a copy."
            )
        for row in rows:
            position += 1
            if row.position != position:
                raise RecordDamaged(
                    f"Position {position} of the log is missing: the store was altered outside "
                    "ehcp-flow; keep the file as it is and restore from a copy."
                )
            version, digest = heads.get(row.stream, (0, FIRST))
            checked([row], after=digest, first=version + 1)
            words_intact(row, decode(row.type, row.state, None))
            heads[row.stream] = (row.version, row.digest)
        if progress is not None:
            progress(position, last)
    return Checked(len(heads), position)
