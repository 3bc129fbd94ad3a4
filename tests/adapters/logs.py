"""What the tests of every storage share: it is published, with the promises."""

from ehcp_flow.testing.logs import (
    OTHER_TENANT,
    TENANT,
    TOLD,
    append,
    chained,
    event,
    events,
    facts,
    places,
    stream,
    whole,
)
from ehcp_flow.testing.processes import hear, hear_all, process, sizes, tell

__all__ = [
    "OTHER_TENANT",
    "TENANT",
    "TOLD",
    "append",
    "chained",
    "event",
    "events",
    "facts",
    "hear",
    "hear_all",
    "places",
    "process",
    "sizes",
    "stream",
    "tell",
    "whole",
]
