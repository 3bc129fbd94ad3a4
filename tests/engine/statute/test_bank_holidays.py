"""The bank holidays of England and Wales, and the years of which they are known."""

from datetime import date

import pytest

from ehcp_flow.statute.bank_holidays import Years, england_and_wales, known_years


def test_every_year_has_its_eight_days_and_those_that_were_proclaimed() -> None:
    """All of them on a Monday to Friday."""
    more = {2022: 2, 2023: 1}

    for year in known_years().year:
        assert len(year.days) == 8 + more.get(year.year, 0), year.year
        assert all(day.weekday() < 5 for day in year.days)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
        (2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
        (2028, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
        (2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"),
        (2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
    ],
)
def test_substitutes_and_moved_days(year: int, days: str) -> None:
    """A day on a weekend is kept on the next weekday that is free."""
    found = england_and_wales().between(date(year, 1, 1), date(year, 12, 31))

    assert found == tuple(date.fromisoformat(f"{year}-{day}") for day in days.split())


def test_how_well_a_year_is_known_is_said() -> None:
    """Those ahead are worked out; those behind are from memory."""
    marks = {one.year: one.mark for one in known_years().year}

    assert {marks[year] for year in (2026, 2027, 2028)} == {"derived"}
    assert {marks[year] for year in range(2014, 2026)} == {"recalled"}
    assert "1971" in known_years().source


@pytest.mark.parametrize(
    ("years", "why"),
    [
        ([2026, 2028], "gap"),
        ([], "gap"),
    ],
)
def test_years_follow_each_other(years: list[int], why: str) -> None:
    """A gap would be counted through unseen."""
    with pytest.raises(ValueError, match=why):
        Years.model_validate(
            {
                "jurisdiction": "nowhere",
                "source": "a test",
                "year": [{"year": year, "mark": "read", "days": []} for year in years],
            }
        )


def test_a_day_stands_under_its_year() -> None:
    """Or the file is not read."""
    with pytest.raises(ValueError, match="not of the year"):
        Years.model_validate(
            {
                "jurisdiction": "nowhere",
                "source": "a test",
                "year": [{"year": 2026, "mark": "read", "days": [date(2027, 1, 1)]}],
            }
        )
