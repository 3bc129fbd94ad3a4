"""Who is asked to come to a meeting and for advice, in a real store: applied, told, undone."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, cast

import pytest

from ehcp_flow.acting import By
from ehcp_flow.cycles.applying import Applying, Prepared
from ehcp_flow.cycles.requests import Message
from ehcp_flow.errors import Refused
from ehcp_flow.events import (
    AdviceAsked,
    AdviceKind,
    AttendanceAsked,
    PlanEvent,
    SectionAssigned,
)
from ehcp_flow.times import london_day
from tests.cycles.school import SENCO, School
from tests.engine.cycles.examples import STAFF, person, toml, write

PLAN = "2026-0001"
NAME = "Autumn 2026"
NURSE = person("s6", "Nia Obi", "nurse")
WRITE = write("F", text="Please write plainly.")
ATTEND = '[[attend]]\nrole = ["nurse", "SENCO"]'
ADVICE = """[[advice]]
kind = "health"
role = "nurse"
due_weeks_before_meeting = 4
text = "Half a page.\\n\\n2. To write section A of 2026-0009"
"""
FILE = toml(WRITE, ATTEND, ADVICE)


@pytest.fixture
def school(store_url: str) -> Iterator[School]:
    """Fernbank School with a nurse and two pupils of Year 3."""
    made = School(store_url)
    made.people([*STAFF, NURSE])
    made.pupils(2)
    yield made
    made.store.close()


def events(school: School, plan: str = PLAN) -> list[PlanEvent]:
    """What happened to a plan after it was opened."""
    return [cast("PlanEvent", step.recorded.event) for step in school.plans.replay(plan)][1:]


def duties(school: School, plan: str = PLAN) -> list[tuple[str | None, str, date]]:
    """What a plan's review asks beside sections, of whom, by when."""
    return [(one.kind, one.to_name, one.due) for one in school.plans.show(plan).duties]


def requests(school: School, name: str | None = NAME) -> dict[str, Message]:
    """The messages, by staff id."""
    return {message.staff_id: message for message in school.plans.cycles.requests(name)}


HEALTH = [("health", "Nia Obi", date(2026, 10, 13))]
MEETING = [(None, "Nia Obi", date(2026, 11, 10))]


def test_they_are_recorded_with_the_review(school: School) -> None:
    """In the same command, with the rule, and with the words of the request."""
    done = school.apply(FILE)

    first, assigned, attend, advice = events(school)
    assert isinstance(assigned, SectionAssigned)
    assert isinstance(attend, AttendanceAsked)
    assert isinstance(advice, AdviceAsked)
    assert len({event.command for event in (first, assigned, attend, advice)}) == 1
    assert (attend.to_name, attend.to_role, attend.rule, attend.meeting) == (
        "Nia Obi",
        "nurse",
        "The nurse, or else the SENCO, comes to the meeting.",
        date(2026, 11, 10),
    )
    assert attend.chosen == "nurse is named first"
    assert (advice.kind, advice.due, advice.rule) == (
        "health",
        date(2026, 10, 13),
        "The nurse gives advice (health).",
    )
    assert assigned.text is not None
    assert assigned.text.text == "Please write plainly."
    assert advice.text is not None
    assert duties(school) == [*MEETING, *HEALTH]
    assert len(done.set_up) == 2
    assert all(same for _, same in school.plans.check_views())


def test_applying_again_records_nothing(school: School) -> None:
    """Be somebody else there meanwhile who could as well."""
    school.apply(FILE)
    school.people([*STAFF, NURSE, person("s0", "Ned Poe", "nurse")])
    before = school.head()

    again = school.apply(FILE)

    assert school.head() == before
    assert (again.set_up, again.added) == ((), ())
    found = school.plans.cycles.preview(FILE, file="autumn.toml", by=SENCO)
    assert not found.something_to_do
    (nurse,) = [load for load in found.loads if load.staff_id == "s6"]
    assert (nurse.before.meetings, nurse.after.meetings) == (2, 2)


def test_a_changed_file_adds_the_difference(school: School) -> None:
    """To the reviews that are set up, and as previewed."""
    school.apply(toml(WRITE))
    school.apply(toml(WRITE, ATTEND))
    found = school.plans.cycles.preview(FILE, file="autumn.toml", by=SENCO)
    before = school.head()

    done = school.plans.cycles.apply(FILE, file="autumn.toml", by=SENCO, preview_id=found.id)

    assert [plan.what for plan in found.plans] == ["add to", "add to"]
    assert [len(one.advice) for one in done.added] == [1, 1]
    assert [len(one.attend) for one in done.added] == [0, 0]
    assert school.head() == before + 3
    assert duties(school) == [*MEETING, *HEALTH]


def test_a_preview_is_another_one_when_somebody_else_would_come(school: School) -> None:
    """It matters to them."""
    found = school.plans.cycles.preview(FILE, file="autumn.toml", by=SENCO)
    school.plans.people.away("s6", since=date(2026, 11, 9), by=SENCO)
    before = school.head()

    with pytest.raises(Refused, match="preview the cycle again"):
        school.plans.cycles.apply(FILE, file="autumn.toml", by=SENCO, preview_id=found.id)

    assert school.head() == before


def test_what_others_recorded_meanwhile_is_not_recorded_again(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan moved on, and its history tells."""
    school.apply(toml(WRITE))
    prepare = Applying.prepare

    def overtaken(self: Applying, *args: Any, **more: Any) -> Prepared:
        found = prepare(self, *args, **more)
        monkeypatch.undo()
        school.apply(FILE)
        return found

    monkeypatch.setattr(Applying, "prepare", overtaken)

    done = school.apply(FILE)

    assert (done.set_up, done.added) == ((), ())
    assert duties(school) == [*MEETING, *HEALTH]


def test_people_are_told_and_undoing_takes_it_back(school: School) -> None:
    """Whoever has no section to write gets a message as well, until the review is gone."""
    school.apply(FILE)

    found = requests(school)

    assert set(found) == {"s2", "s6"}
    assert "   | Please write plainly." in found["s2"].text.splitlines()
    nurse = found["s6"]
    assert nurse.requests == ()
    assert nurse.subject == "Autumn 2026: 2 meetings and 2 advice, the first by 2026-10-13"
    lines = nurse.text.splitlines()
    for line in (
        "1. To give advice (health) for 2026-0001, Ada Okafor 0",
        "   By: 2026-10-13",
        "   The review meeting is on 2026-11-10.",
        "   Under the rule: The nurse gives advice (health).",
        "   | Half a page.",
        "   | 2. To write section A of 2026-0009",
        "3. To come to the review meeting of 2026-0001, Ada Okafor 0",
        "   On: 2026-11-10",
        "   Why you: nurse is named first",
    ):
        assert line in lines, line
    assert "section accept" not in nurse.text
    assert b"Okafor" not in nurse.email

    school.plans.cycles.undo(NAME, by=SENCO)

    assert requests(school) == {}
    assert duties(school) == []
    assert all(same for _, same in school.plans.check_views())
    school.apply(FILE)
    assert set(requests(school)) == {"s2", "s6"}
    assert duties(school) == [*MEETING, *HEALTH]


def test_a_meeting_that_is_over_and_advice_that_was_given_are_asked_no_more(
    school: School,
) -> None:
    """Advice of another kind, or given before it was asked, is not what was asked for."""
    school.apply(FILE)

    def asked() -> list[tuple[str | None, str]]:
        message = requests(school).get("s6")
        told = () if message is None else message.duties
        return [(one.asked.kind, one.reference) for one in told]

    def give(kind: AdviceKind, on: date | None = None) -> None:
        school.now += timedelta(minutes=1)
        text = f"Of {kind}, {on}."
        school.plans.advice.give(PLAN, text, kind, "s6", by=By("s6", on=on))

    everything = [
        ("health", PLAN),
        ("health", "2026-0002"),
        (None, PLAN),
        (None, "2026-0002"),
    ]
    give("education")
    give("health", date(2026, 9, 7))
    assert asked() == everything
    give("health")
    assert asked() == everything[1:]
    school.now += timedelta(days=63)
    assert london_day(school.now) == date(2026, 11, 10)
    assert asked() == everything[1:]
    school.now += timedelta(days=1)
    assert asked() == everything[1:2]


def test_a_later_review_takes_over(school: School) -> None:
    """And the earlier one asks again once that is taken back."""
    school.apply(FILE)
    later = toml(WRITE, ATTEND, name="Spring 2027", meeting="[meeting]\non = 2027-03-09")
    school.apply(later)

    assert duties(school) == [(None, "Nia Obi", date(2027, 3, 9))]
    assert "s6" not in requests(school)

    school.plans.cycles.undo("Spring 2027", by=SENCO)

    assert duties(school) == [*MEETING, *HEALTH]
    assert "s6" in requests(school)


def test_a_handed_over_task_keeps_its_words(school: School) -> None:
    """Whoever takes it reads them as well."""
    school.apply(FILE)

    school.plans.cycles.reassign("s2", "s5", by=By("s1"))

    assert "   | Please write plainly." in requests(school)["s5"].text.splitlines()
