"""What does a plan's template require of it for a pupil of that age?

From Year 9 on a plan of England must provide for preparation for adulthood: SEND Regulations 2014,
regulations 12(3) and 6(1)(g). Which sections, and from which year, is data of the template.
"""

from dataclasses import dataclass
from datetime import date

from ehcp_flow.events import AdviceKind
from ehcp_flow.plan import Particulars, Plan
from ehcp_flow.statute.marks import Mark
from ehcp_flow.templates.template import Template

_BELOW_YEAR_1 = {"N1": -2, "N2": -1, "R": 0}
_NO_YEAR = ("X", "M")
_AGE_IN_RECEPTION = 4
_ACADEMIC_YEAR = (9, 1)
"""Month and day on which it begins."""


@dataclass(frozen=True, slots=True)
class RequiredAdvice:
    """The advice that must be sought, and whether any of its kind is on record."""

    kind: AdviceKind
    given: bool
    citation: str | None
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """What sections of a plan must hold, and why."""

    sections: tuple[str, ...]
    must: str
    citation: str
    mark: Mark
    from_year: int
    why: str
    """The pupil's year, and how it was found: *Year 9*, *13 on 31 August 2026 (year X)*."""
    advice: RequiredAdvice | None = None


def required(template: Template, plan: Plan, on: date) -> tuple[Requirement, ...]:
    """Return what a template requires of a plan on a day, in the order of the template.

    Args:
        template: the one the plan was opened with.
        plan: as it stood on the day.
        on: the day, by which the year of a pupil who follows no year, or a mixed one, is found.
    """
    year, why = year_taught(plan.particulars, on)
    given = {advice.kind for advice in plan.advice}
    found: list[Requirement] = []
    for rule in template.from_years:
        if year is None or year < rule.year:
            continue
        advice = None
        if rule.advice is not None:
            kind = rule.advice.kind
            advice = RequiredAdvice(kind, kind in given, rule.advice.citation, rule.advice.mark)
        found.append(
            Requirement(rule.sections, rule.must, rule.citation, rule.mark, rule.year, why, advice)
        )
    return tuple(found)


def year_taught(pupil: Particulars, on: date) -> tuple[int | None, str]:
    """Return a pupil's National Curriculum year as a number, and how it was found.

    Reception is 0. Where the school's export gives no year, it is the age on 31 August before the
    academic year, less four. ``None``: the export's year is none that is known.
    """
    if pupil.year in _NO_YEAR:
        start = on.year if (on.month, on.day) >= _ACADEMIC_YEAR else on.year - 1
        counted = date(start, 8, 31)
        before = (counted.month, counted.day) < (pupil.born.month, pupil.born.day)
        age = counted.year - pupil.born.year - before
        return age - _AGE_IN_RECEPTION, f"{age} on 31 August {start} (year {pupil.year})"
    if pupil.year in _BELOW_YEAR_1:
        return _BELOW_YEAR_1[pupil.year], f"year {pupil.year}"
    if pupil.year.isascii() and pupil.year.isdecimal():
        return int(pupil.year), f"Year {pupil.year}"
    return None, f"year {pupil.year}"
