"""Which National Curriculum years are there, and which do ``R-3`` and ``X`` name?"""

YEARS = ("N1", "N2", "R", *map(str, range(1, 15)), "X", "M")
"""National Curriculum years in order; X follows no year, M is a mixed one (CBDS)."""


def from_to(text: str) -> tuple[str, ...] | None:
    """Return the years that a text such as ``4`` or ``R-3`` names; ``None``: it names none.

    A range does not reach X and M, which have no place in the order.
    """
    first, dash, last = (part.strip().upper() for part in text.partition("-"))
    if first not in YEARS or (dash and last not in YEARS):
        return None
    if not dash:
        return (first,)
    low, high = YEARS.index(first), YEARS.index(last)
    if low > high or "X" in (first, last) or "M" in (first, last):
        return None
    return YEARS[low : high + 1]
