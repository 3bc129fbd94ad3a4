"""When was a plan made, when was it last reviewed, and by when is it to be reviewed?

Both what its particulars say and what stands on record count, so that neither a decision here and
a later export with an older day, nor an export and a decision after it, undo each other: the later
review is the last one. Which facts make a plan and which end a review is the rules' own data.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from ehcp_flow.statute.clocks import review_due
from ehcp_flow.statute.happened import Happened, known, told_by_particulars
from ehcp_flow.statute.law import Law, england

_MADE, _REVIEWED = "plan-made", "plan-reviewed"


class Reviewed(NamedTuple):
    """When a plan was made and last reviewed; ``None``: not known."""

    made_on: date | None
    last_review: date | None

    @property
    def due(self) -> date | None:
        """The last day on which the next review is in time."""
        return review_due(self.made_on, self.last_review)


def reviewed(
    made_on: date | None,
    last_review: date | None,
    happened: Iterable[Happened] = (),
    *,
    as_at: date = date.max,
    law: Law | None = None,
) -> Reviewed:
    """Say when a plan was made and last reviewed.

    Args:
        made_on: the day that its particulars say.
        last_review: likewise.
        happened: what was entered and not taken back; what tells of neither is passed over.
        as_at: the day: what happened later does not count.
        law: the rules; those of England without it.
    """
    law = law or england()
    telling = tells(law)
    said = [one for one in happened if one.fact in telling]
    if not said and as_at == date.max:
        return Reviewed(made_on, last_review)
    there = known([*told_by_particulars(None, made_on, last_review), *said], law, as_at)
    made, ended = there.get(_MADE), there.get(_REVIEWED)
    return Reviewed(made[0].day if made else None, ended[-1].day if ended else None)


@lru_cache(maxsize=8)
def tells(law: Law) -> frozenset[str]:
    """Return the facts that say when a plan was made or reviewed, or correct such a day."""
    also = (one.by for one in law.implied if one.fact in (_MADE, _REVIEWED))
    return frozenset({_MADE, _REVIEWED, *also, *(one.by for one in law.redated)})
