"""The rows say what folding says, and what waits on whom."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.events import (
    AssignmentDeclined,
    AttendanceAsked,
    PlanEvent,
    PupilChanged,
    ReviewSetUp,
    ReviewWithdrawn,
    SectionSignedOff,
)
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Plan, fold
from ehcp_flow.projections.catching_up import Reading
from ehcp_flow.projections.duties import DutyLine, duties, held_duties, with_duties
from ehcp_flow.projections.entered import reviewed_in
from ehcp_flow.projections.standing import (
    VIEW,
    AskedBefore,
    Load,
    Waits,
    asked_before,
    assignments,
    load,
    plan_lines,
    section_lines,
    waits,
    work_items,
)
from ehcp_flow.rules import reviewing, withdrawing
from tests.engine.facts import Record
from tests.examples import (
    NOON,
    OPENED,
    OTHER_TEACHER,
    PLAN,
    SENCO,
    TEACHER,
    after,
    approved_plan,
    assigned,
    because,
    drafted,
    drafted_plan,
    submitted_plan,
)
from tests.projections.logs import (
    TENANT,
    fresh_log,
    histories,
    plan_stream,
    scattered,
)

TODAY = NOON.date()


def agrees(reading: Reading, plan: Plan) -> None:
    """Hold the rows to the fold."""
    [line] = plan_lines(reading, TENANT, streams=[plan.stream])
    assert line.particulars == plan.particulars
    assert line.reviewed() == reviewed_in(plan)
    assert line.version == plan.version
    assert line.review == (plan.reviews[-1] if plan.reviews else None)
    cycle = "" if line.review is None else line.review.cycle
    beside = duties(reading, TENANT, cycle, [plan.stream])[plan.stream]
    assert beside == [
        DutyLine(duty.kind, duty.to, duty.rule, duty.status == "declined")
        for duty in plan.duties
        if duty.status != "withdrawn"
    ]
    asked_beside = {stream for _, stream in with_duties(reading, TENANT)}
    assert (plan.stream in asked_beside) == any(duty.open for duty in plan.duties)
    rows = [one for one in held_duties(reading, TENANT, cycles=[cycle]) if one.latest]
    rows = [one for one in rows if one.stream == plan.stream]
    assert [
        (one.kind, one.to, one.by_name, one.due, one.status, one.reason, one.given) for one in rows
    ] == [
        (
            duty.kind,
            duty.to,
            duty.by_name,
            duty.due,
            duty.status,
            duty.reason,
            duty.kind is not None and plan.gave(duty),
        )
        for duty in plan.duties
    ]
    for one, duty in zip(rows, plan.duties, strict=True):
        for today in (TODAY, date(2026, 12, 1)):
            if duty.open:
                assert one.waits(today) == plan.asks(duty, today)
        if duty.status == "declined":
            assert one.replaced == plan.replaced(duty)
    asked = assignments(reading, TENANT, [plan.stream])[plan.stream]
    sections = {
        line.section: line for line in section_lines(reading, TENANT, [plan.stream])[plan.stream]
    }
    for id, folded in plan.sections.items():
        assert tuple(asked.get(id, ())) == folded.assignments
        row = sections.get(id)
        if row is None:
            assert (folded.status, folded.revision) == ("empty", 0)
            continue
        assert (row.status, row.revision) == (folded.status, folded.revision)
        assert row.signed == tuple((mark.meaning, mark.name) for mark in folded.signed_off)
        edit = folded.edit
        made = None if edit is None else (edit.at, edit.by, edit.name)
        assert (
            None if row.edited_at is None else (row.edited_at, row.edited_by, row.edited_name)
        ) == made
    for cycle in {"", *(a.cycle for some in asked.values() for a in some if a.cycle)}:
        theirs = asked_before(reading, TENANT, [plan.stream], cycle)[plan.stream]
        assert {id: set(some) for id, some in theirs.items()} == {
            id: held
            for id, some in asked.items()
            if (
                held := {
                    AskedBefore(a.task, a.to, a.rule)
                    for a in some
                    if a.cycle == cycle and a.status != "withdrawn"
                }
            )
        }
    tally: dict[str, int] = {}
    for row in sections.values():
        tally[row.status] = tally.get(row.status, 0) + 1
    assert dict(line.statuses) == tally


@settings(deadline=None, max_examples=60)
@given(st.lists(histories(), min_size=1, max_size=3), st.lists(st.integers(1, 20), max_size=3))
def test_the_rows_say_what_folding_says(plans: list[list[PlanEvent]], pauses: list[int]) -> None:
    """Whatever happened, in however many goes it was taken in."""
    with fresh_log() as log:
        log_of_all = list(scattered(plans))
        done = 0
        for stop in sorted({min(p, len(log_of_all)) for p in pauses} | {len(log_of_all)}):
            for stream, event in log_of_all[done:stop]:
                log.append(stream, event)
            done = stop
            log.read(VIEW)
        reading = log.read(VIEW)
        for number, events in enumerate(plans):
            agrees(reading, fold(plan_stream(number), events))
        assert waits(reading, TENANT) == {
            one.person: Waits(one.write, one.review + one.later)
            for one in load(reading, TENANT, today=date(2026, 12, 1))
            if one.write or one.review or one.later
        }


def test_a_version_that_is_issued_settles_what_was_approved_and_nothing_else() -> None:
    """As folding has it: a task in a section that is only issued again still waits."""
    record = Record(*approved_plan())
    record.events.append(drafted(record.plan, "She reads.", SENCO, "B"))
    record.enter("draft-plan-served", date(2026, 10, 6))
    record.enter("plan-finalised", date(2026, 10, 6), ("sections", "F"))
    record.events.append(assigned(record.plan, OTHER_TEACHER))
    record.enter("reassessment-decided", date(2026, 10, 7))
    record.enter("assessed", date(2026, 10, 7)).withdraw(4)
    with fresh_log() as log:
        for stop in range(1, len(record.events) + 1):
            log.append(PLAN, record.events[stop - 1])
            agrees(log.read(VIEW), fold(PLAN, record.events[:stop]))
    assert record.plan.section("F").status == "issued"
    assert record.plan.section("B").status == "drafting"
    assert [one.status for one in record.plan.section("F").assignments][-1] == "assigned"


def test_a_review_that_is_withdrawn_gives_way_to_the_one_before() -> None:
    """As folding has it."""
    spring, autumn = (
        ReviewSetUp(
            **SENCO.act("coordinator"), cycle=cycle, cycle_name=cycle, meeting=date(2026, month, 9)
        )
        for cycle, month in (("spring", 3), ("autumn", 10))
    )
    taken_back = ReviewWithdrawn(
        **SENCO.act("coordinator"),
        cycle="autumn",
        cycle_name="autumn",
        earlier_cycle="spring",
        earlier_cycle_name="spring",
        earlier_meeting=date(2026, 3, 9),
    )
    with fresh_log() as log:
        events = [*drafted_plan(), spring, autumn, taken_back]
        log.append(plan_stream(0), *events)
        agrees(log.read(VIEW), fold(plan_stream(0), events))
        assert [r.cycle for r in fold(plan_stream(0), events).reviews] == ["spring"]


def test_a_review_that_is_withdrawn_takes_back_who_was_to_come() -> None:
    """What the one before asked stands again with it; set up again, it asks anew."""

    def asked(cycle: str, to: str) -> AttendanceAsked:
        return AttendanceAsked(
            **SENCO.act("coordinator"),
            cycle=cycle,
            to=to,
            to_name=to,
            to_role="SENCO",
            meeting=date(2026, 10, 9),
            rule="The SENCO comes to the meeting.",
        )

    spring, autumn = (
        ReviewSetUp(
            **SENCO.act("coordinator"), cycle=cycle, cycle_name=cycle, meeting=date(2026, month, 9)
        )
        for cycle, month in (("spring", 3), ("autumn", 10))
    )
    taken_back = ReviewWithdrawn(
        **SENCO.act("coordinator"),
        cycle="autumn",
        cycle_name="autumn",
        earlier_cycle="spring",
        earlier_cycle_name="spring",
        earlier_meeting=date(2026, 3, 9),
    )
    begun: list[PlanEvent] = [spring, asked("spring", "a"), autumn, asked("autumn", "b")]
    events = [*drafted_plan(), *begun]
    after_that: list[list[PlanEvent]] = [[taken_back], [autumn, asked("autumn", "c")]]
    stream = plan_stream(0)
    held = [[duty.to for duty in fold(stream, events).duties]]
    with fresh_log() as log:
        log.append(stream, *events)
        agrees(log.read(VIEW), fold(stream, events))
        for more in after_that:
            events += more
            log.append(stream, *more)
            agrees(log.read(VIEW), fold(stream, events))
            held.append([duty.to for duty in fold(stream, events).duties])
    assert held == [["b"], ["a"], ["c"]]


def standing(*events: PlanEvent) -> list[tuple[str, str, str, str]]:
    """What waits on whom after this happened to a plan: what, on whom, section, task."""
    with fresh_log() as log:
        log.append(PLAN, *events)
        items = work_items(log.read(VIEW), TENANT, today=TODAY)
        return [(item.what, item.person, item.section, item.task) for item in items]


def test_a_writer_writes_and_the_reviewer_waits() -> None:
    """A review cannot begin before the section is submitted."""
    assert standing(*drafted_plan()) == [
        ("later", "amira", "F", "review"),
        ("write", "boris", "F", "write"),
    ]


def test_what_was_submitted_waits_on_the_reviewer() -> None:
    """And no longer on the writer."""
    assert standing(*submitted_plan()) == [("review", "amira", "F", "review")]


def test_what_was_returned_waits_on_the_writer_with_the_reason() -> None:
    """The reason is shown with the work."""
    events = submitted_plan()
    events.append(reviewing.return_(after(events), "F", hand=because(SENCO, "Say how often.")))
    with fresh_log() as log:
        log.append(PLAN, *events)
        [later, rewrite] = work_items(log.read(VIEW), TENANT, today=TODAY)

    assert (later.what, later.person, later.why) == ("later", "amira", None)
    assert (rewrite.what, rewrite.person, rewrite.why) == ("rewrite", "boris", "Say how often.")
    assert (rewrite.name, rewrite.pupil, rewrite.reference) == ("Boris", "Ada Okafor", "2026-0001")
    assert rewrite.due == date(2026, 10, 30)


def test_what_was_approved_waits_on_nobody() -> None:
    """Not on a second reviewer either."""
    events = submitted_plan()
    events.insert(3, assigned(after(events[:3]), OTHER_TEACHER, "review"))
    events.append(reviewing.approve(after(events), "F", hand=SENCO))
    assert standing(*events) == []


def declined(who: Hand, section: str = "F") -> AssignmentDeclined:
    """Someone says no to writing."""
    return AssignmentDeclined(
        **because(who, "I do not teach her.").act("drafter"),
        section=section,
        task="write",
        reason="not qualified",
        back_to="amira",
    )


def test_what_was_declined_goes_back_to_whoever_assigned_it() -> None:
    """With who said no, and why."""
    with fresh_log() as log:
        log.append(PLAN, OPENED, assigned(after([OPENED]), TEACHER), declined(TEACHER))
        [item] = work_items(log.read(VIEW), TENANT, today=TODAY)
        assert work_items(log.read(VIEW), TENANT, today=TODAY, person="amira") == [item]
        assert work_items(log.read(VIEW), TENANT, today=TODAY, person="boris") == []

    assert (item.what, item.person, item.name) == ("assign again", "amira", "Amira")
    assert item.why == "not qualified: I do not teach her."
    assert item.declined_by == "Boris"


def test_a_declined_section_that_someone_else_was_given_is_settled() -> None:
    """It waits on them now, and stays settled when the next review closes what they did."""
    events: list[PlanEvent] = [OPENED, assigned(after([OPENED]), TEACHER), declined(TEACHER)]
    events.append(assigned(after(events), OTHER_TEACHER))
    assert standing(*events) == [("write", "carol", "F", "write")]

    events.append(drafted(after(events), "Two hours.", OTHER_TEACHER))
    events.append(reviewing.submit(after(events), "F", hand=OTHER_TEACHER))
    assert standing(*events) == []

    events.append(
        ReviewSetUp(
            **SENCO.act("coordinator"), cycle="c", cycle_name="Spring", meeting=date(2027, 2, 1)
        )
    )
    assert standing(*events) == []

    events.append(assigned(after(events), TEACHER))
    events.append(declined(TEACHER))
    assert standing(*events) == [("assign again", "amira", "F", "write")]


def test_what_was_declined_for_a_review_that_is_taken_back_waits_on_nobody() -> None:
    """In the rows as in the fold."""
    autumn = ReviewSetUp(
        **SENCO.act("coordinator"), cycle="autumn", cycle_name="Autumn", meeting=date(2026, 10, 9)
    )
    events: list[PlanEvent] = [OPENED, autumn]
    events.append(assigned(after(events), TEACHER).model_copy(update={"cycle": "autumn"}))
    events.append(declined(TEACHER))
    assert standing(*events) == [("assign again", "amira", "F", "write")]

    events.append(withdrawing.withdraw_review(after(events), "autumn", hand=SENCO))

    assert standing(*events) == []
    with fresh_log() as log:
        log.append(plan_stream(0), *events)
        agrees(log.read(VIEW), fold(plan_stream(0), events))


def test_work_is_sorted_by_due_day_reference_and_section() -> None:
    """What has no day comes last."""
    with fresh_log() as log:
        for number in (2, 1):
            opened = OPENED.model_copy(update={"reference": f"2026-000{number}"})
            asked = assigned(after([OPENED]), TEACHER)
            log.append(
                plan_stream(number),
                opened,
                asked.model_copy(update={"section": "H2", "due": None}),
                asked,
                asked.model_copy(update={"section": "B"}),
                asked.model_copy(update={"section": "K", "due": date(2026, 10, 6)}),
            )
        items = work_items(log.read(VIEW), TENANT, today=TODAY)

    assert [(item.reference, item.section) for item in items] == [
        ("2026-0001", "K"),
        ("2026-0002", "K"),
        ("2026-0001", "B"),
        ("2026-0001", "F"),
        ("2026-0002", "B"),
        ("2026-0002", "F"),
        ("2026-0001", "H2"),
        ("2026-0002", "H2"),
    ]


def test_load_counts_what_waits_on_each() -> None:
    """What was due before the day is overdue, but for what cannot begin yet."""
    with fresh_log() as log:
        log.append(plan_stream(1), *drafted_plan())
        log.append(plan_stream(2), *submitted_plan())
        reading = log.read(VIEW)

        assert load(reading, TENANT, today=date(2026, 10, 30)) == [
            Load("amira", "Amira", write=0, review=1, later=1, assign_again=0, overdue=0),
            Load("boris", "Boris", write=1, review=0, later=0, assign_again=0, overdue=0),
        ]
        assert [each.overdue for each in load(reading, TENANT, today=date(2026, 10, 31))] == [1, 1]


def test_plans_are_chosen_by_reference_year_and_listing() -> None:
    """A start of a reference is taken literally; nothing asked for means nothing found."""
    with fresh_log() as log:
        for number, (reference, year) in enumerate(
            [("2026-10", "7"), ("2026_1", "8"), ("2025-1", "7")]
        ):
            log.append(
                plan_stream(number),
                OPENED.model_copy(update={"reference": reference, "year": year}),
            )
        log.append(plan_stream(2), PupilChanged(**SENCO.act("coordinator"), listed=False))
        reading = log.read(VIEW)

        def references(**asked: object) -> list[str]:
            return [line.reference for line in plan_lines(reading, TENANT, **asked)]  # type: ignore[arg-type]

        assert references() == ["2025-1", "2026-10", "2026_1"]
        assert references(starts="2026-1") == ["2026-10"]
        assert references(starts="2026_") == ["2026_1"]
        assert references(starts="%") == []
        assert references(years=["7"]) == ["2025-1", "2026-10"]
        assert references(years=[]) == []
        assert references(listed=False) == ["2025-1"]
        assert references(listed=True, years=["7"], streams=[plan_stream(0), plan_stream(2)]) == [
            "2026-10"
        ]
        assert references(streams=[]) == []
        assert plan_lines(reading, "Oakfield") == []


def test_a_sign_off_counts_while_the_text_is_the_one_signed() -> None:
    """A later edit leaves it with its own text."""
    events = approved_plan()
    events.append(
        SectionSignedOff(
            **SENCO.act("reviewer"), section="F", revision=1, text_digest="", meaning="approval"
        )
    )
    with fresh_log() as log:
        log.append(PLAN, *events)
        [line] = section_lines(log.read(VIEW), TENANT, [PLAN])[PLAN]
        assert line.signed == (("approval", "Amira"),)
        log.append(PLAN, drafted(after(events), "Three hours a week.", TEACHER))
        [line] = section_lines(log.read(VIEW), TENANT, [PLAN])[PLAN]
        assert (line.signed, line.status, line.revision) == ((), "drafting", 2)
        assert line.edited_at == NOON


def test_erased_facts_are_passed_over() -> None:
    """The rest of the plan still stands."""
    with fresh_log() as log:
        log.append(PLAN, *drafted_plan())
        rows = log.recorder.log(gt=0, limit=10)
        with log.store.views.apart() as writer:
            for statement in VIEW.ddl:
                writer.execute(statement)
            erased = [
                row._replace(state=b"", words=None) if row.version == 4 else row for row in rows
            ]
            VIEW.take(log.recorder, writer, erased)
            [line] = plan_lines(Reading(writer.execute, 4), TENANT)

    assert (line.version, dict(line.statuses)) == (4, {"empty": 1})
