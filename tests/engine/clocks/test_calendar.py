"""A calendar file: its form, and what a calendar program makes of it when it is read again."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.clocks.calendar import Entry, calendar, folded_lines
from ehcp_flow.statute.clocks import Happened, clocks

PLAN = UUID("7d5f6c2e-9a4b-4d3c-8e1f-0a1b2c3d4e5f")
OTHER = UUID("8d5f6c2e-9a4b-4d3c-8e1f-0a1b2c3d4e5f")
NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
MEETING = Happened("review-meeting-held", date(2026, 11, 11), {}, "1")
DECIDED = Happened("review-decision-notified", date(2026, 12, 1), {"decision": "amend"}, "2")


def entries(
    *facts: Happened,
    as_at: date,
    version: int = 3,
    stream: UUID = PLAN,
    reference: str = "2026-0001",
) -> list[Entry]:
    """The limits of a plan."""
    return [Entry(stream, reference, version, one) for one in clocks(facts, as_at=as_at)]


def read(text: str) -> list[dict[str, str]]:
    """The events of a file, its lines unfolded, as a calendar program reads them."""
    lines = text.replace("\r\n ", "").split("\r\n")
    events: list[dict[str, str]] = []
    for line in lines:
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and ":" in line and line != "END:VEVENT":
            name, _, value = line.partition(":")
            events[-1].setdefault(name, value)
    return events


def one(events: Sequence[dict[str, str]], rule: str) -> dict[str, str]:
    """The event of a rule."""
    (found,) = [each for each in events if each["DESCRIPTION"].startswith(f"{rule}:")]
    return found


def test_the_whole_file_is_as_the_standard_has_it() -> None:
    """Byte by byte, for one limit."""
    there = [e for e in entries(MEETING, as_at=date(2026, 11, 26)) if e.clock.rule.id == "D25"]
    text = calendar(there, now=NOW, as_at=date(2026, 11, 26))

    assert text == "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//ehcp-flow//statutory clocks//EN",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            "X-WR-CALNAME:EHC plan deadlines",
            "BEGIN:VEVENT",
            f"UID:{there[0].uid}",
            "DTSTAMP:20261126T090000Z",
            "SEQUENCE:3",
            "DTSTART;VALUE=DATE:20261209",
            "DTEND;VALUE=DATE:20261210",
            "SUMMARY:2026-0001: Decide to maintain\\, amend or cease\\, and tell",
            "DESCRIPTION:D25: SEND Regulations 2014 (SI 2014/1530)\\, regulations 20(10) ",
            " and 21(9) (regulation) [read]\\n4 weeks after Wednesday 2026-11-11\\, which ",
            " is not counted: the last day is Wednesday 2026-12-09.\\nWho: local authorit",
            " y",
            "STATUS:CONFIRMED",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )


def test_reading_it_again_changes_the_event_that_is_there() -> None:
    """The same UID, a higher SEQUENCE, and cancelled once it is met."""
    before = read(calendar(entries(MEETING, as_at=date(2026, 11, 26)), now=NOW, as_at=NOW.date()))
    after = read(
        calendar(
            entries(MEETING, DECIDED, as_at=date(2026, 12, 2), version=4),
            now=NOW + timedelta(days=6),
            as_at=date(2026, 12, 2),
        )
    )

    was, is_ = one(before, "D25"), one(after, "D25")
    assert was["UID"] == is_["UID"]
    assert (was["STATUS"], is_["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert int(was["SEQUENCE"]) < int(is_["SEQUENCE"])
    assert {each["UID"] for each in before} <= {each["UID"] for each in after}


def test_a_meeting_that_is_held_on_another_day_moves_its_event() -> None:
    """Notice of it is one event, whatever the day becomes."""
    arranged = Happened(
        "review-meeting-arranged", date(2026, 9, 20), {"meeting": "2026-11-11"}, "cycle c1"
    )
    held = Happened("review-meeting-held", date(2026, 11, 12), {}, "1")
    before = read(calendar(entries(arranged, as_at=date(2026, 10, 1)), now=NOW, as_at=NOW.date()))
    after = read(calendar(entries(arranged, held, as_at=NOW.date()), now=NOW, as_at=NOW.date()))

    assert one(before, "D22")["UID"] == one(after, "D22")["UID"]
    assert one(before, "D22")["DTSTART;VALUE=DATE"] == "20261028"
    assert one(after, "D22")["DTSTART;VALUE=DATE"] == "20261029"


def test_every_event_has_a_name_of_its_own() -> None:
    """Of two plans with the same facts, too."""
    facts = (MEETING, DECIDED)
    both = [
        *entries(*facts, as_at=NOW.date()),
        *entries(*facts, as_at=NOW.date(), stream=OTHER, reference="2026-0002"),
    ]
    events = read(calendar(both, now=NOW, as_at=NOW.date()))

    assert len({each["UID"] for each in events}) == len(events) > 4


def test_what_a_fact_started_that_was_taken_back_is_cancelled() -> None:
    """It would stay in the calendar for ever."""
    (there,) = [e for e in entries(MEETING, as_at=NOW.date()) if e.clock.rule.id == "D25"]
    gone = Entry(PLAN, "2026-0001", 4, there.clock, taken_back=True)
    (event,) = read(calendar([gone], now=NOW, as_at=NOW.date()))

    assert (event["STATUS"], event["UID"]) == ("CANCELLED", there.uid)
    assert event["DESCRIPTION"].endswith("What started it was taken back.")


def test_what_has_long_been_over_is_left_out() -> None:
    """And what has no day."""
    facts = (Happened("request-received", date(2024, 1, 8), {}, "1"),)
    made = Happened("plan-finalised", date(2024, 5, 1), {}, "2")
    text = calendar(entries(*facts, made, as_at=NOW.date()), now=NOW, as_at=NOW.date())

    told = [each["DESCRIPTION"][:3] for each in read(text)]
    assert told == ["D09", "D20"]


def test_a_text_can_do_nothing_to_the_file() -> None:
    """A reference with line ends and marks stays one summary."""
    reference = "x\r\nSTATUS:CANCELLED;, \\ \x07\x7f"
    there = [
        e
        for e in entries(MEETING, as_at=NOW.date(), reference=reference)
        if e.clock.rule.id == "D25"
    ]
    (event,) = read(calendar(there, now=NOW, as_at=NOW.date()))

    assert event["SUMMARY"].startswith("x\\nSTATUS:CANCELLED\\;\\, \\\\ : Decide")
    assert event["STATUS"] == "CONFIRMED"


@given(st.text(alphabet="aé€😀,; ", max_size=300))
def test_no_line_is_longer_than_allowed_and_none_is_torn(text: str) -> None:
    """75 octets of UTF-8, and unfolding gives the text again."""
    folded = list(folded_lines(text))

    assert all(len(line.encode()) <= 75 for line in folded)
    assert folded[0] + "".join(line[1:] for line in folded[1:]) == text
    assert all(line.startswith(" ") for line in folded[1:])
