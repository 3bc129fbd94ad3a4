"""By which day must a plan be reviewed, and by which day must the meeting be held for that?

- The authority reviews a plan "in the period of 12 months starting with" the date on which it was
  first made, and again in each 12 months starting with the date on which it was last reviewed:
  Children and Families Act 2014, section 44(1) [read].
- What ends a review is the authority's decision, not the meeting: guidance of Kirklees and of SEND
  Advice Surrey [read]. It decides and tells within four weeks of the meeting: SEND Regulations
  2014, regulations 20(10) and 21(9) [read in guides, the regulations recalled].
- So the meeting is at least four weeks before the 12 months end: guidance of Hounslow [read].
- Whoever is invited has at least two weeks' notice of the meeting: regulations 20(3), 21(3) [read].

Weeks are calendar ones; holidays and weekends count.
"""

from datetime import date, timedelta

DECISION_WEEKS = 4
"""Within which the authority decides after the meeting, and tells."""

NOTICE_WEEKS = 2
"""At least, from the invitation to the meeting."""


def review_due(made_on: date | None, last_review: date | None) -> date | None:
    """Return the last day of the 12 months in which a plan must be reviewed.

    The first day counts, so that the last one is the day before the same day of the next year:
    a plan made on 1 January 2019 is reviewed by 31 December 2019 (SEND Advice Surrey [read]). The
    12 months from a 29 February end on 28 February [derived].

    Args:
        made_on: the day the plan was first made.
        last_review: the day it was last reviewed; once there is one, the 12 months run from it.

    Returns:
        The last day on which a review is in time; ``None`` when neither day is known.
    """
    start = last_review or made_on
    if start is None:
        return None
    if start.year == date.max.year:
        return date.max
    if (start.month, start.day) == (2, 29):
        return date(start.year + 1, 2, 28)
    return start.replace(year=start.year + 1) - timedelta(days=1)


def latest_meeting(due: date) -> date:
    """Return the last day for a meeting that leaves the authority its four weeks.

    Args:
        due: the day that ``review_due`` gave.
    """
    return due - timedelta(weeks=DECISION_WEEKS)
