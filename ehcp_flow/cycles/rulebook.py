"""By which rules are people asked?"""

from collections.abc import Sequence
from typing import NamedTuple

from ehcp_flow.cycles.file import Advice, Attend, CycleFile, Rule


class Rulebook(NamedTuple):
    """Every rule by which people are asked, in the order in which they count."""

    write: Sequence[Rule]
    review: Sequence[Rule]
    attend: Sequence[Attend]
    advice: Sequence[Advice]


def rules_of(cycle: CycleFile) -> Rulebook:
    """Return the rules of a cycle.

    The one place from which those who choose people have them: rules that a file does not say
    itself are put beside its own here.
    """
    return Rulebook(cycle.write, cycle.review, cycle.attend, cycle.advice)
