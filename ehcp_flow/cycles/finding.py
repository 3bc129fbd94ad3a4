"""Which cycles are there, and what was each applied from?"""

from difflib import get_close_matches
from typing import NamedTuple
from uuid import UUID

from ehcp_flow.acting import Tenancy
from ehcp_flow.errors import NotFound, RecordDamaged
from ehcp_flow.events import CycleApplied
from ehcp_flow.recording import Recorded
from ehcp_flow.storage import Recorder
from ehcp_flow.text import one_line

_AT_ONCE = 5_000
"""Claims read at once."""


class Applications(NamedTuple):
    """A cycle's own record: each application of another file."""

    stream: UUID
    name: str
    first: CycleApplied
    last: CycleApplied
    position: int
    """Of the first of them in the log: nothing was asked before."""
    latest: int
    """Position of the last of them."""


def find_cycle(here: Tenancy, name: str) -> Applications:
    """Return the cycle of a name, whatever its case.

    Raises:
        NotFound: there is none.
    """
    said = " ".join(one_line(name).split())
    key = said.casefold()
    if key and (held := here.recorder.holders("cycle", [key])):
        return _applications(here, held[key])
    names = [cycle.name for cycle in all_cycles(here)]
    near = get_close_matches(said, names, 1)
    raise NotFound(
        f"There is no cycle {said!r} here"
        + (f", did you mean {near[0]!r}?" if near else ":")
        + " `ehcp-flow cycle status` shows which there are."
    )


def all_cycles(here: Tenancy) -> list[Applications]:
    """Return every cycle that was applied here."""
    return [_applications(here, stream) for stream in _cycle_streams(here.recorder)]


def _cycle_streams(recorder: Recorder) -> list[UUID]:
    """The streams that hold the name of a cycle."""
    found: list[UUID] = []
    after = b""
    while held := recorder.claims(gt=after, limit=_AT_ONCE):
        found += [UUID(claim.stream) for claim in held if claim.kind == "cycle"]
        after = held[-1].digest
    return found


def _applications(here: Tenancy, stream: UUID) -> Applications:
    steps = here.history(stream)
    events = [step.event for step in steps if isinstance(step.event, CycleApplied)]
    if not events:
        raise RecordDamaged(f"The cycle {stream} does not begin with its first application.")
    first: Recorded = steps[0]
    return Applications(
        stream, events[-1].cycle_name, events[0], events[-1], first.position, steps[-1].position
    )
