"""Where the weeks of a review went."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.clocks.weeks import HOLDERS, Holder, ReviewWeeks, review_weeks
from ehcp_flow.statute.happened import Happened
from tests.engine.statute.test_clocks import day, story

ARRANGED = "2026-09-14 review-meeting-arranged; meeting=2026-11-11"
REVIEW = (
    ARRANGED,
    "2026-09-21 advice-requested; kind=health",
    "2026-10-19 advice-received",
    "2026-11-11 review-meeting-held",
    "2026-11-25 review-report-sent",
    "2026-12-09 review-decision-notified; decision=amend",
    "2026-12-09 amendment-notice-sent; under=review",
    "2026-12-10 amendment-notice-served",
    "2026-12-20 representations-received",
    "2027-02-03 amended-plan-finalised",
)


def weeks(*said: str, as_at: str = "2027-06-01") -> ReviewWeeks:
    """Who held the pen in the only review."""
    (found,) = review_weeks(story(*said), as_at=day(as_at))
    return found


def split(review: ReviewWeeks) -> dict[Holder, int]:
    """Its days, by who had them."""
    return {holder: days for holder, days in review.by_holder.items() if days}


def test_a_whole_review_from_the_arrangement_to_the_final_plan() -> None:
    """Day by day, counted by hand."""
    found = weeks(*REVIEW)

    assert [(one.holder, f"{one.since}") for one in found.stretches] == [
        ("school", "2026-09-14"),
        ("advice-givers", "2026-09-21"),
        ("school", "2026-10-19"),
        ("school", "2026-11-11"),
        ("authority", "2026-11-25"),
        ("parent", "2026-12-10"),
        ("authority", "2026-12-20"),
    ]
    assert split(found) == {"school": 44, "advice-givers": 28, "authority": 60, "parent": 10}
    assert (found.opened, found.ended) == (day("2026-09-14"), day("2027-02-03"))
    assert found.days == 142


def test_the_parents_time_ends_with_the_15_days() -> None:
    """Whether they said anything or not; from then on the authority has the pen."""
    late = "2027-01-20 representations-received"
    found = weeks(*REVIEW[:-2], late, REVIEW[-1])

    assert split(found)["parent"] == 15
    assert split(weeks(*REVIEW[:-2], REVIEW[-1])) == split(found)


def test_a_review_that_is_maintained_ends_with_the_decision() -> None:
    """Without a report the school had the pen until then."""
    found = weeks(
        ARRANGED,
        "2026-11-11 review-meeting-held",
        "2026-12-01 review-decision-notified; decision=maintain",
    )

    assert found.ended == day("2026-12-01")
    assert split(found) == {"school": 78}


def test_a_review_that_goes_on_counts_up_to_the_day_asked_about() -> None:
    """Its meeting still to come, or held with no decision yet."""
    coming = weeks(*REVIEW, as_at="2026-10-12")
    waiting = weeks(*REVIEW, as_at="2026-12-01")

    assert (coming.held, coming.ended, coming.days) == (False, None, 28)
    assert split(coming) == {"school": 7, "advice-givers": 21}
    assert (waiting.held, waiting.ended) == (True, None)
    assert split(waiting)["authority"] == 6


def test_a_meeting_that_was_put_off_was_opened_when_it_was_first_arranged() -> None:
    """It is one review."""
    found = weeks(
        ARRANGED,
        "2026-10-12 review-meeting-arranged; meeting=2026-12-02",
        "2026-12-02 review-meeting-held",
    )

    assert (found.opened, found.meeting) == (day("2026-09-14"), day("2026-12-02"))


def test_each_review_has_its_own_days() -> None:
    """Those of the next one begin after the last one has ended."""
    first, second = review_weeks(
        story(
            *REVIEW,
            "2027-09-13 review-meeting-arranged; meeting=2027-11-10",
            "2027-11-10 review-meeting-held",
            "2027-11-17 review-decision-notified; decision=maintain",
        ),
        as_at=day("2028-01-01"),
    )

    assert first.ended == day("2027-02-03")
    assert (second.opened, second.ended) == (day("2027-09-13"), day("2027-11-17"))


def test_a_meeting_that_was_arranged_on_paper_and_written_down_late_is_no_second_one() -> None:
    """It was for a day on which, or before which, one had been held already."""
    found = review_weeks(
        story(
            "2026-11-11 review-meeting-held",
            "2026-11-12 review-meeting-arranged; meeting=2026-11-10",
        ),
        as_at=day("2026-11-20"),
    )

    assert [(one.meeting, one.held) for one in found] == [(day("2026-11-11"), True)]


FACTS: list[tuple[str, dict[str, str]]] = [
    ("review-meeting-held", {}),
    ("review-report-sent", {}),
    ("review-decision-notified", {"decision": "amend"}),
    ("review-decision-notified", {"decision": "maintain"}),
    ("amendment-notice-sent", {"under": "review"}),
    ("amendment-notice-served", {}),
    ("representations-received", {}),
    ("amended-plan-finalised", {}),
    ("advice-requested", {}),
    ("advice-received", {}),
    ("invitation-sent", {}),
    ("review-meeting-arranged", {"meeting": "2026-03-02"}),
    ("review-meeting-arranged", {"meeting": "2026-06-15"}),
]


@given(
    st.lists(st.tuples(st.sampled_from(FACTS), st.integers(0, 300)), max_size=14),
    st.integers(0, 400),
)
def test_every_day_belongs_to_one_holder(
    said: list[tuple[tuple[str, dict[str, str]], int]], asked: int
) -> None:
    """The stretches follow each other without a gap, and their parts sum to the whole."""
    start = date(2026, 1, 1)
    facts = [
        Happened(fact, start + timedelta(days=days), details, str(number))
        for number, ((fact, details), days) in enumerate(said, 1)
    ]
    reviews = review_weeks(facts, as_at=start + timedelta(days=asked))

    for review in reviews:
        assert sum(review.by_holder[holder] for holder in HOLDERS) == review.days
        at = review.opened
        for one in review.stretches:
            assert one.since == at
            assert one.until > at
            at = one.until
        if review.ended is not None:
            assert review.days == (review.ended - review.opened).days
    days = [
        one.since + timedelta(days=n)
        for review in reviews
        for one in review.stretches
        for n in range(one.days)
    ]
    assert len(days) == len(set(days))
