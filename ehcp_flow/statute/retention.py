"""Until which day a plan's record is kept.

The regulations read set no period [unsure]. The date of birth plus 31 years (25, the highest age
of a plan, and 6 of limitation) is what the schools' records toolkit of the IRMS says, as reported
by SENCOs [read, secondary]; a hold (litigation, ombudsman, inquiry) suspends it.
"""

from datetime import date

YEARS = 31


def retained_until(born: date) -> date:
    """Return the day until which a child's plan is kept, holds aside."""
    try:
        return born.replace(year=born.year + YEARS)
    except ValueError:
        return date(born.year + YEARS, 3, 1)
