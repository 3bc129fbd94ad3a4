"""On which days does nobody work, and of which years is that known?

The days are data, in ``bank_holidays.toml``: one-off bank holidays are proclaimed, and no
arithmetic finds them. A day of another year is refused, never guessed.
"""

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from ehcp_flow.errors import BadInput
from ehcp_flow.statute.marks import Mark

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class BankHolidays:
    """The bank holidays of some years, one after the other."""

    first_year: int
    last_year: int
    days: Collection[date]

    def is_working(self, day: date) -> bool:
        """Whether a day is one from Monday to Friday and no bank holiday.

        Raises:
            BadInput: the bank holidays of its year are not known.
        """
        if not self.first_year <= day.year <= self.last_year:
            raise BadInput(
                f"Bank holidays are known from {self.first_year}-01-01 to {self.last_year}-12-31: "
                f"{day} is outside, and no working day is counted there."
            )
        return day.weekday() < _SATURDAY and day not in self.days

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """Return the bank holidays from one day to another, both counted."""
        return tuple(sorted(day for day in self.days if first <= day <= last))


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Year(_Part):
    """The bank holidays of a year that fall on a Monday to Friday, substitute days included."""

    year: int
    mark: Mark
    days: Annotated[tuple[date, ...], BeforeValidator(tuple)]

    @model_validator(mode="after")
    def _of_the_year(self) -> "Year":
        if list(self.days) != sorted({d for d in self.days if d.year == self.year}):
            raise ValueError("the days are not of the year, in order, each once")
        return self


class Years(_Part):
    """What ``bank_holidays.toml`` holds."""

    jurisdiction: str
    source: str
    year: Annotated[tuple[Year, ...], BeforeValidator(tuple)]

    @model_validator(mode="after")
    def _without_gaps(self) -> "Years":
        found = [one.year for one in self.year]
        if not found or found != list(range(found[0], found[0] + len(found))):
            raise ValueError("the years do not follow each other without a gap")
        return self


@cache
def known_years() -> Years:
    """Return the years of England and Wales, as the data has them."""
    data = files("ehcp_flow.statute").joinpath("bank_holidays.toml").read_text(encoding="utf-8")
    return Years.model_validate(tomllib.loads(data))


@cache
def england_and_wales() -> BankHolidays:
    """Return the bank holidays of England and Wales."""
    years = known_years().year
    return BankHolidays(years[0].year, years[-1].year, _all(years))


def _all(years: Iterable[Year]) -> frozenset[date]:
    return frozenset(day for one in years for day in one.days)
