"""Who comes and who gives advice, in a real store: declined, asked of others, handed over."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from ehcp_flow.acting import By
from ehcp_flow.cycles.requests import Message
from ehcp_flow.errors import Refused
from ehcp_flow.events import DutyWithdrawn
from ehcp_flow.hands import Person
from ehcp_flow_cli.main import cli
from ehcp_flow_cli.settings import Settings
from tests.cycles.school import SENCO, School
from tests.engine.cycles.examples import STAFF, person, toml, write

PLAN = "2026-0001"
NURSE = person("s6", "Nia Obi", "nurse")
OTHER = person("s7", "Ned Poe", "nurse")
FILE = toml(
    write("F"),
    '[[attend]]\nrole = "nurse"',
    '[[advice]]\nkind = "social care"\nrole = "nurse"\ndue_weeks_before_meeting = 4\n'
    'text = "Half a page."',
)
MEETING, DUE = date(2026, 11, 10), date(2026, 10, 13)


@pytest.fixture
def school(store_url: str) -> Iterator[School]:
    """Fernbank School, where a cycle asks the nurse about one pupil of Year 3."""
    made = School(store_url)
    made.people([*STAFF, NURSE])
    made.pupils(1)
    made.apply(FILE)
    yield made
    made.store.close()


def works(school: School, who: str | None = None) -> list[tuple[str, str, str | None]]:
    """What waits beside sections: what, on whom, which advice."""
    return [
        (item.what, item.name.split()[0], item.kind)
        for item in school.plans.work(person=who)
        if not item.section
    ]


def message(school: School, who: str) -> Message | None:
    """The message to somebody."""
    found = school.plans.cycles.requests()
    return next((one for one in found if one.staff_id == who), None)


def run(school: School, *words: str, code: int = 0) -> str:
    """Give a command."""
    result = CliRunner().invoke(
        cli, ["--store", school.url, *words], obj=Settings(clock=lambda: school.now)
    )
    assert result.exit_code == code, result.output
    return result.output


def test_what_is_asked_waits_on_whoever_was_asked(school: School) -> None:
    """The meeting until it is over, the advice until it was given."""
    assert works(school) == [("advise", "Nia", "social care"), ("attend", "Nia", None)]
    (load,) = [load for load in school.plans.load() if load.name == "Nia Obi"]
    assert (load.attend, load.advise, load.write, load.overdue) == (1, 1, 0, 0)
    school.now += timedelta(days=63)
    (load,) = [load for load in school.plans.load() if load.name == "Nia Obi"]
    assert (load.attend, load.advise, load.overdue) == (1, 1, 1)
    school.now += timedelta(days=1)
    assert works(school) == [("advise", "Nia", "social care")]

    school.plans.advice.give(PLAN, "Half a page.", "social care", "s6", by=By("s6"))

    assert works(school) == []


def test_the_commands_in_the_message_are_those_that_answer(school: School) -> None:
    """Word by word, as a shell takes them."""
    told = message(school, "s6")
    assert told is not None
    commands = [
        shlex.split(line.split(":", 1)[1])[1:]
        for line in told.text.splitlines()
        if line.startswith("   To ")
    ]
    assert [words[:2] for words in commands] == [
        ["advice", "accept"],
        ["advice", "decline"],
        ["meeting", "accept"],
        ["meeting", "decline"],
    ]

    assert "you give advice (social care) (v" in run(school, *commands[0])
    assert "2026-0001: you come to the meeting (v" in run(school, *commands[2])
    told = message(school, "s6")
    assert told is not None
    assert told.text.count("   You said yes to this.") == 2
    assert "To accept" not in told.text
    assert "(social care): do not know the child (v" in run(school, *commands[1])
    assert "you do not come to the meeting (no time) (v" in run(school, *commands[3])
    assert message(school, "s6") is None
    assert all(same for _, same in school.plans.check_views())


def test_what_was_declined_goes_back_and_to_somebody_else(school: School) -> None:
    """Nobody is asked over anybody's head by applying the cycle again."""
    school.people([OTHER])
    school.plans.cycles.decline(PLAN, None, "no time", by=By("s6", because="A clinic."))
    school.plans.cycles.decline(PLAN, "social care", "not qualified", by=By("s6"))

    items = school.plans.work(person="s1")
    assert [(item.what, item.task, item.kind, item.why, item.declined_by) for item in items] == [
        ("assign again", "advise", "social care", "not qualified", "Nia Obi"),
        ("assign again", "attend", None, "no time: A clinic.", "Nia Obi"),
    ]
    before = school.head()
    assert school.apply(FILE).added == ()
    assert school.head() == before
    (load,) = [
        load
        for load in school.plans.cycles.preview(FILE, file="a.toml", by=SENCO).loads
        if load.staff_id == "s2"
    ]
    assert load.before == load.after

    told = run(school, "meeting", "ask", PLAN, "--to", "s7", "--as", "s1")
    assert "s7 is asked to come to the meeting" in told
    run(
        school, "advice", "ask", PLAN, "Social care", "--to", "s7", "--due", "2026-10-20", "--as=s1"
    )

    assert works(school) == [("advise", "Ned", "social care"), ("attend", "Ned", None)]
    (attend, advise) = school.plans.show(PLAN).duties[2:]
    assert (attend.rule, attend.chosen) == (
        "The nurse comes to the meeting.",
        "instead of Nia Obi, who said no",
    )
    assert (advise.due, advise.text) == (date(2026, 10, 20), "Half a page.")


def test_a_teacher_asks_nobody_and_answers_only_for_themselves(school: School) -> None:
    """Nothing is recorded."""
    before = school.head()

    with pytest.raises(Refused, match="may not say who comes"):
        school.plans.cycles.ask(PLAN, None, "s3", by=By("s2"))
    with pytest.raises(Refused, match="does not ask Boris Blake to come"):
        school.plans.cycles.accept(PLAN, None, by=By("s2"))
    with pytest.raises(Refused, match=r"does not ask Boris Blake for advice \(views\)"):
        school.plans.cycles.decline(PLAN, "views", "no time", by=By("s2"))
    told = run(school, "meeting", "decline", PLAN, "--as", "s6", code=2)

    assert "Say why with --because" in told
    assert school.head() == before


def test_a_command_id_answers_once(school: School) -> None:
    """And stands for that answer alone."""
    said = ["meeting", "decline", PLAN, "--because", "no time", "--as", "s6", "--command-id", "x1"]
    run(school, *said)
    head = school.head()

    assert "as recorded before" in run(school, *said)
    other = ["meeting", "decline", PLAN, "--because", "not qualified", *said[5:]]
    assert "used before, for something else" in run(school, *other, code=1)
    assert school.head() == head


def test_what_a_leaver_was_asked_is_handed_over(school: School) -> None:
    """To somebody of the same role who works on the meeting's day; history keeps both."""
    school.people([OTHER])
    school.plans.people.revoke("s6", "nurse", until=date(2026, 10, 1), by=SENCO)
    assert [(item.task, item.why) for item in school.plans.work(orphaned=True)] == [
        ("advise", "will hold no role here on 2026-10-13, when it is due"),
        ("attend", "will hold no role here on 2026-11-10, when it is due"),
    ]
    before = school.head()
    assert "2 tasks would be handed over" in run(
        school, "cycle", "reassign", "--orphaned", "--preview", "--as", "s1", code=3
    )
    assert school.head() == before

    done = school.plans.cycles.reassign(None, by=SENCO)

    assert [(one.task, one.kind, one.from_name, one.to_name, one.due) for one in done.handed] == [
        ("attend", None, "Nia Obi", "Ned Poe", MEETING),
        ("advise", "social care", "Nia Obi", "Ned Poe", DUE),
    ]
    assert done.left == ()
    assert school.plans.work(orphaned=True) == []
    assert works(school) == [("advise", "Ned", "social care"), ("attend", "Ned", None)]
    told = message(school, "s7")
    assert told is not None
    assert "   | Half a page." in told.text.splitlines()
    assert "Why you: instead of Nia Obi, who will hold no role here on 2026-11-10" in told.text
    back = [
        step.recorded.event
        for step in school.plans.replay(PLAN)
        if isinstance(step.recorded.event, DutyWithdrawn)
    ]
    assert [(event.to_name, event.instead_name) for event in back] == [("Nia Obi", "Ned Poe")] * 2
    head = school.head()
    assert school.plans.cycles.reassign(None, by=SENCO).handed == ()
    assert school.apply(FILE).added == ()
    assert school.head() == head
    assert all(same for _, same in school.plans.check_views())


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ((), None),
        (("Wed",), "whoever else is nurse is not there for it: name somebody with --to."),
    ],
)
def test_who_does_not_work_on_the_meetings_day_does_not_take_it(
    school: School, days: tuple[str, ...], why: str | None
) -> None:
    """But gives advice, on a day before."""
    school.people([person("s7", "Ned Poe", "nurse")])
    if days:
        school.plans.people.import_list([person_with_days("s7", "Ned Poe", days)], by=SENCO)
    assert MEETING.strftime("%a") == "Tue"

    done = school.plans.cycles.reassign("s6", by=SENCO)

    assert [one.why for one in done.left] == ([] if why is None else [why])
    assert {one.task for one in done.handed} == (
        {"attend", "advise"} if why is None else {"advise"}
    )


def person_with_days(staff_id: str, name: str, days: tuple[str, ...]) -> Person:
    """A nurse who works on some days."""
    return replace(person(staff_id, name, "nurse"), days=days)


def test_who_said_no_and_who_is_asked_already_are_not_asked_anew(school: School) -> None:
    """What nobody can take stays, with the reason; a named taker is asked all the same."""
    school.people([OTHER])
    school.plans.cycles.ask(PLAN, None, "s7", by=SENCO)
    school.plans.cycles.ask(PLAN, "social care", "s7", by=SENCO)
    school.plans.cycles.decline(PLAN, "social care", "not qualified", by=By("s7"))

    done = school.plans.cycles.reassign("s6", by=SENCO)

    assert [(one.task, one.to_name) for one in done.handed] == [("attend", "Ned Poe")]
    assert [(one.task, one.kind, one.why) for one in done.left] == [
        (
            "advise",
            "social care",
            "whoever else is nurse said no to it: name somebody with --to.",
        )
    ]
    asked = [duty for duty in school.plans.show(PLAN).duties if duty.kind is None]
    assert [(duty.to_name, duty.status) for duty in asked] == [
        ("Nia Obi", "withdrawn"),
        ("Ned Poe", "asked"),
    ]

    named = school.plans.cycles.reassign("s6", "s5", by=SENCO)
    assert [(one.task, one.to_name) for one in named.handed] == [("advise", "Dana Pryce")]


def test_what_was_declined_is_left_with_the_command_that_asks_again(school: School) -> None:
    """When whoever asked is handed over from."""
    school.plans.cycles.decline(PLAN, None, "no time", by=By("s6"))
    school.plans.cycles.decline(PLAN, "social care", "no time", by=By("s6"))

    done = school.plans.cycles.reassign("s1", "s5", by=SENCO)

    assert done.handed == ()
    assert {one.why for one in done.left} == {
        "Nia Obi said no to it: ask somebody else with `meeting ask`.",
        "Nia Obi said no to it: ask somebody else with `advice ask`.",
    }


def test_undoing_takes_answers_back_with_the_review(school: School) -> None:
    """Applied again, it asks anew."""
    school.plans.cycles.decline(PLAN, None, "no time", by=By("s6"))

    school.plans.cycles.undo("Autumn 2026", by=SENCO)

    assert works(school) == []
    school.apply(FILE)
    assert works(school) == [("advise", "Nia", "social care"), ("attend", "Nia", None)]
    assert all(same for _, same in school.plans.check_views())


# How far it is


def test_the_status_tells_who_comes_and_which_advice_was_given(school: School) -> None:
    """By person, by plan and by organisation; late is advice whose day has passed."""
    school.people([OTHER])
    school.plans.cycles.accept(PLAN, None, by=By("s6"))
    school.now += timedelta(days=36)

    found = school.plans.cycles.status("Autumn 2026")

    assert found.on == date(2026, 10, 14)
    assert [
        (one.kind, one.name, one.state, one.late, one.waits_on_name) for one in found.duties
    ] == [
        (None, "Nia Obi", "accepted", False, None),
        ("social care", "Nia Obi", "asked", True, "Nia Obi"),
    ]
    beside = found.beside
    assert (beside.meetings, beside.coming, beside.no_answer, beside.not_coming) == (1, 1, 0, 0)
    assert (beside.advice, beside.given, beside.advice_late, beside.advice_declined) == (1, 0, 1, 0)
    (plan,) = found.plans
    assert (plan.waits_on, plan.beside) == (("Boris Blake", "Nia Obi"), beside)
    shares = {share.name: share for share in found.by_person()}
    assert shares["Nia Obi"].beside == beside
    assert (shares["Nia Obi"].organisation, shares["Nia Obi"].tally.asked) == ("Fernbank School", 0)
    assert not shares["Boris Blake"].beside.any
    (organisation,) = found.by_organisation()
    assert (organisation.name, organisation.beside) == ("Fernbank School", beside)
    assert found.cycles[0].beside == beside

    school.plans.advice.give(PLAN, "Half a page.", "social care", "s6", by=By("s6"))
    beside = school.plans.cycles.status("Autumn 2026").beside
    assert (beside.given, beside.advice_late, beside.waiting) == (1, 0, 0)


def test_what_was_declined_is_told_until_somebody_else_is_asked(school: School) -> None:
    """Then it is settled, and counted no more."""
    school.people([OTHER])
    school.plans.cycles.decline(PLAN, None, "no time", by=By("s6"))
    found = school.plans.cycles.status("Autumn 2026")
    (share,) = [share for share in found.by_person() if share.name == "Amira Nair"]
    assert (share.ask_again, share.tally.asked) == (1, 0)
    assert (found.beside.not_coming, found.beside.meetings) == (1, 1)
    told = run(school, "cycle", "status", "Autumn 2026")
    assert (
        "Declined: to come to the meeting of 2026-0001, by Nia Obi (no time). Amira Nair should "
        "ask somebody else." in told.splitlines()
    )

    school.plans.cycles.ask(PLAN, None, "s7", by=SENCO)

    found = school.plans.cycles.status("Autumn 2026")
    assert [(duty.name, duty.state, duty.settled) for duty in found.duties if not duty.kind] == [
        ("Nia Obi", "declined", True),
        ("Ned Poe", "asked", False),
    ]
    assert (found.beside.not_coming, found.beside.meetings, found.beside.no_answer) == (0, 1, 1)
    assert "Declined:" not in run(school, "cycle", "status", "Autumn 2026")


def test_a_meeting_that_is_over_and_a_review_that_was_taken_over(school: School) -> None:
    """Nobody answers any more; what a later review closed is not counted."""
    school.now += timedelta(days=64)
    over = school.plans.cycles.status("Autumn 2026")
    assert [duty.state for duty in over.duties] == ["over", "asked"]
    assert (over.beside.no_answer, over.beside.meetings) == (0, 1)

    later = toml(write("F"), name="Spring 2027", meeting="[meeting]\non = 2027-03-09")
    school.apply(later)

    closed = school.plans.cycles.status("Autumn 2026")
    assert [duty.state for duty in closed.duties] == ["closed", "closed"]
    assert not closed.beside.any
    assert works(school) == []


def test_the_status_at_the_terminal(school: School) -> None:
    """Two numbers more in the glance, columns where anything is asked, and a list of its own."""
    school.now += timedelta(days=36)

    glance = run(school, "cycle", "status", "Autumn 2026").splitlines()
    assert glance[2] == (
        "To meetings: 1 asked, 0 come, 1 have not answered, 0 declined. Advice: 1 asked for, 0 "
        "given, 1 late, 0 declined."
    )
    assert re.split(r" {2,}", glance[3])[-7:] == [
        "meetings",
        "comes",
        "no answer",
        "advice",
        "given",
        "advice late",
        "ask again",
    ]
    listed = run(school, "cycle", "status", "Autumn 2026", "--by", "duty").splitlines()
    assert [line.split("  ")[0] for line in listed] == ["plan", PLAN, PLAN]
    assert "no answer yet" in listed[1]
    assert "asked, late" in listed[2]
    rows = json.loads(run(school, "cycle", "status", "Autumn 2026", "--by", "duty", "--json"))
    assert [(row["duty"], row["kind"], row["staff_id"], row["late"]) for row in rows] == [
        ("attend", None, "s6", False),
        ("advise", "social care", "s6", True),
    ]
    data = json.loads(run(school, "cycle", "status", "Autumn 2026", "--json"))
    assert (data["meetings"], data["no_answer"], data["advice_late"]) == (1, 1, 1)
    assert len(data["duties"]) == 2
    for by in ("plan", "person", "organisation", "duty"):
        head = run(school, "cycle", "status", "Autumn 2026", "--by", by, "--csv").splitlines()[0]
        assert ("advice_late" in head) == (by != "duty")
    assert "advice late" in run(school, "cycle", "status").splitlines()[0]
    work = run(school, "work", "--for", "s6").splitlines()
    assert [re.split(r" {2,}", line)[2:5] for line in work[1:]] == [
        ["advise", PLAN, "social care"],
        ["attend", PLAN, "meeting"],
    ]
    assert "attend  advise" in run(school, "work", "--load").splitlines()[0]


def test_the_page_tells_what_is_waited_for(school: School, tmp_path: Path) -> None:
    """Names are shown harmlessly there."""
    school.people([replace(NURSE, name="<b>Nia</b> Obi")])
    school.plans.cycles.decline(PLAN, None, "no time", by=By("s6"))
    school.now += timedelta(days=36)
    file = tmp_path / "status.html"

    run(school, "cycle", "status", "Autumn 2026", "--html", str(file))

    page = file.read_text(encoding="utf-8")
    assert '<h2 id="duties">Meetings and advice</h2>' in page
    assert "<td>advice (social care)</td><td>13 October 2026</td>" in page
    assert 'class="is-late">not given yet, late</td>' in page
    assert "To come to the meeting of " in page
    assert "<li><b>1</b> advice late</li>" in page
    assert "<b>Nia" not in page
