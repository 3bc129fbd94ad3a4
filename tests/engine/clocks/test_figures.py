"""The review figures of a year."""

from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.clocks.figures import ReviewFigures, review_figures
from ehcp_flow.statute.happened import Happened, told_by_particulars
from tests.engine.statute.test_clocks import day, story

PUBLISHED = (
    "review_expected",
    "review_completed",
    "review_not_completed",
    "outcome_amended",
    "outcome_ceased",
    "outcome_maintained",
    "no_outcome_recorded",
    "decision_4_weeks",
    "decision_over_4_weeks",
)

MADE = "2020-01-06 plan-made"
LAST = "2024-11-18 plan-reviewed"
MEETING = "2025-10-15 review-meeting-held"


def figures(*said: str, year: int = 2025, as_at: str = "2026-11-26") -> dict[str, int]:
    """What a plan adds to a year, without the columns to which it adds nothing."""
    found = asdict(review_figures(story(*said), year=year, as_at=day(as_at)))
    return {name: value for name, value in found.items() if value}


def test_the_columns_are_those_that_are_published() -> None:
    """In their order; our own come after them."""
    assert tuple(asdict(ReviewFigures()))[: len(PUBLISHED)] == PUBLISHED


@pytest.mark.parametrize(
    ("decided", "weeks"),
    [("2025-11-12", "decision_4_weeks"), ("2025-11-13", "decision_over_4_weeks")],
)
@pytest.mark.parametrize(
    ("decision", "outcome"),
    [
        ("amend", "outcome_amended"),
        ("cease", "outcome_ceased"),
        ("maintain", "outcome_maintained"),
    ],
)
def test_a_review_that_was_completed(decided: str, weeks: str, decision: str, outcome: str) -> None:
    """With its outcome, and whether the decision came in the four weeks."""
    found = figures(MADE, LAST, MEETING, f"{decided} review-decision-notified; decision={decision}")

    assert found == {"review_expected": 1, "review_completed": 1, outcome: 1, weeks: 1}


def test_years_before_the_last_review_that_the_particulars_say_claim_nothing() -> None:
    """Whether the plan was reviewed in them is not recorded, and it is not said to be missing."""
    told = [*told_by_particulars(None, day("2020-01-06"), day("2026-03-02"))]

    def expected(year: int, as_at: str = "2026-11-26") -> int:
        return review_figures(told, year=year, as_at=day(as_at)).review_expected

    assert [expected(year) for year in (2021, 2023, 2025)] == [0, 0, 0]
    assert expected(2026) == 1
    # A review that is only planned says nothing of those before it.
    assert expected(2025, "2026-02-01") == 1
    told += story("2025-03-03 review-decision-notified; decision=maintain")
    assert expected(2025) == 1


def test_a_review_of_which_only_the_day_is_known() -> None:
    """No outcome is recorded, nor how long the decision took."""
    facts = list(told_by_particulars(day("2014-11-03"), day("2020-01-06"), day("2025-11-18")))
    found = asdict(review_figures(facts, year=2025, as_at=day("2026-11-26")))

    assert {name for name, value in found.items() if value} == {
        "review_expected",
        "review_completed",
        "no_outcome_recorded",
        "decision_weeks_not_known",
    }


def test_a_review_that_was_not_completed() -> None:
    """Its last day fell in the year, or long before."""
    expected = {"review_expected": 1, "review_not_completed": 1}

    assert figures(MADE, LAST) == expected
    assert figures(MADE, LAST, year=2026, as_at="2027-01-31") == expected
    assert figures(MADE, LAST, MEETING) == expected
    assert figures(MADE, LAST, "2026-01-05 review-decision-notified; decision=amend") == expected


def test_a_review_that_was_completed_before_the_year() -> None:
    """And nothing more was due of a plan that ceased."""
    found = figures(
        MADE,
        "2024-02-05 plan-reviewed",
        "2024-12-02 review-decision-notified; decision=cease",
        "2025-01-31 plan-ceased",
    )

    assert found == {"review_expected": 1, "completed_before": 1}


def test_what_is_not_expected_is_not_counted() -> None:
    """A plan made in the year, one that is not known to be made, one that ceased long before."""
    assert figures("2025-03-03 plan-made") == {}
    assert figures("2025-03-03 request-received") == {}
    assert figures("2020-01-06 plan-made", "2020-06-01 plan-ceased") == {}
    assert figures(MADE, LAST, year=2027) == {}


def test_a_year_that_has_not_ended_is_counted_as_far_as_it_is_known() -> None:
    """A review that is due later in it is expected."""
    facts = (MADE, LAST, MEETING, "2025-11-12 review-decision-notified; decision=amend")

    assert figures(*facts, as_at="2025-06-30") == {"review_expected": 1, "review_not_completed": 1}


FACTS: list[tuple[str, dict[str, str]]] = [
    ("plan-made", {}),
    ("plan-reviewed", {}),
    ("review-meeting-held", {}),
    ("review-decision-notified", {"decision": "amend"}),
    ("review-decision-notified", {}),
    ("plan-ceased", {}),
]


@given(st.lists(st.tuples(st.sampled_from(FACTS), st.integers(0, 1500)), max_size=10))
def test_the_columns_sum_as_the_published_ones_do(
    said: list[tuple[tuple[str, dict[str, str]], int]],
) -> None:
    """Of every plan, and so of every store."""
    start = day("2023-01-01").toordinal()
    facts = [
        Happened(fact, day("2023-01-01").fromordinal(start + days), details, str(number))
        for number, ((fact, details), days) in enumerate(said, 1)
    ]
    total = ReviewFigures()
    for year in (2024, 2025):
        total += review_figures(facts, year=year, as_at=day("2026-11-26"))

    expected = total.review_completed + total.completed_before + total.review_not_completed
    assert total.review_expected == expected
    outcomes = total.outcome_amended + total.outcome_ceased + total.outcome_maintained
    assert total.review_completed == outcomes + total.no_outcome_recorded
    weeks = total.decision_4_weeks + total.decision_over_4_weeks
    assert total.review_completed == weeks + total.decision_weeks_not_known
    assert total + ReviewFigures() == replace(total)
