"""A log on a real store, and random but lawful histories of plans to put into it."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args
from uuid import UUID, uuid5

from hypothesis import strategies as st

from ehcp_flow.authorship.delta import HOWS, find_delta, revision_name, text_digest
from ehcp_flow.events import (
    AdviceAsked,
    AdviceGiven,
    AdviceKind,
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentWithdrawn,
    AttendanceAsked,
    DeclineReason,
    DutyAccepted,
    DutyDeclined,
    DutyWithdrawn,
    Event,
    FactRecorded,
    FactWithdrawn,
    Meaning,
    Operation,
    PlanEvent,
    PupilChanged,
    ReviewSetUp,
    ReviewWithdrawn,
    SectionApproved,
    SectionAssigned,
    SectionEdited,
    SectionReturned,
    SectionSignedOff,
    SectionSubmitted,
    SectionTextImported,
    Task,
    words,
)
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Folding, Plan, Section
from ehcp_flow.projections.catching_up import Reading, View, catch_up
from ehcp_flow.recording import encode
from ehcp_flow.storage import Recorder, Store, StoredEvent, open_store
from tests.examples import NOON, OPENED, OTHER_TEACHER, PLAN, SENCO, TEACHER, hand

TENANT = "Fernbank"


class Log:
    """One tenant's log in a store."""

    def __init__(self, store: Store, tenant: str = TENANT) -> None:
        store.add_tenant(tenant)
        self.store = store
        self.recorder: Recorder = store.recorder(tenant)
        self.versions: dict[UUID, int] = {}

    def append(self, stream: UUID, *events: Event) -> None:
        """Record a stream's next events."""
        after = self.versions.get(stream, 0)
        self.versions[stream] = after + len(events)
        stored = [encode(stream, version, event) for version, event in enumerate(events, after + 1)]
        for start in range(0, len(stored), 1_000):
            self.recorder.insert_events(stored[start : start + 1_000])

    def append_stored(self, stream: UUID, type_: str, state: bytes) -> None:
        """Record an event as some other version of the product might have."""
        version = self.versions.get(stream, 0) + 1
        self.versions[stream] = version
        self.recorder.insert_events([StoredEvent(stream, version, type_, state)])

    def read(self, view: View) -> Reading:
        """A view, caught up."""
        return catch_up(self.store.views, self.recorder, view)


@contextmanager
def fresh_log() -> Generator[Log, None, None]:
    """An empty log in a new store."""
    with TemporaryDirectory() as folder, opened_store(Path(folder) / "plans.db") as store:
        yield Log(store)


@contextmanager
def opened_store(path: Path) -> Generator[Store, None, None]:
    """A store in a file, made if it is not there."""
    store = open_store(f"sqlite:{path}", create=True)
    try:
        yield store
    finally:
        store.close()


def plan_stream(number: int) -> UUID:
    """The stream of one of several plans."""
    return uuid5(PLAN, str(number))


HANDS = (SENCO, TEACHER, OTHER_TEACHER)

_CHOICES = (
    "assign",
    "assign",
    "accept",
    "withdraw",
    "unreview",
    "decline",
    "edit",
    "edit",
    "edit",
    "advise",
    "take",
    "take",
    "import",
    "submit",
    "submit",
    "return",
    "approve",
    "sign",
    "review",
    "attend",
    "ask for advice",
    "answer",
    "answer",
    "pupil",
    "fact",
    "fact",
    "take a fact back",
)

_TEXTS = st.text(alphabet="ab cé\n", min_size=0, max_size=12)


@st.composite
def histories(draw: st.DrawFn, most: int = 25) -> list[PlanEvent]:
    """A plan's events, from its opening: every order that the stored form allows."""
    events: list[PlanEvent] = [OPENED]
    for n in range(draw(st.integers(0, most))):
        who = draw(st.sampled_from(HANDS))
        minutes = draw(st.integers(-5, 60))
        now = hand(
            who.name,
            who.role,
            at=NOON + timedelta(minutes=n + minutes),
            because=draw(st.sampled_from([None, "Because of this."])),
        )
        folding = Folding(PLAN)
        for version, event in enumerate(events, start=1):
            folding.evolve(version, event)
        events.append(draw(_happenings(folding, now)))
    return events


@st.composite
def _happenings(draw: st.DrawFn, folding: Folding, who: Hand) -> PlanEvent:
    plan = folding.plan()
    section = plan.section(draw(st.sampled_from(["B", "H1"])))
    task: Task = draw(st.sampled_from(get_args(Task)))
    revision = draw(st.integers(max(1, section.revision - 1), section.revision + 1))
    match draw(st.sampled_from(_CHOICES)):
        case "assign":
            to = draw(st.sampled_from(HANDS))
            return SectionAssigned(
                **who.act("coordinator"),
                section=section.id,
                task=task,
                to=to.by,
                to_name=to.name,
                to_role=to.role,
                due=draw(st.sampled_from([None, date(2026, 10, 30)])),
            )
        case "withdraw":
            to = draw(st.sampled_from(HANDS))
            return AssignmentWithdrawn(
                **who.act("coordinator"), section=section.id, task=task, to=to.by, to_name=to.name
            )
        case "unreview":
            # Beside reviews of the same cycle, one of another never stood.
            return ReviewWithdrawn(**who.act("coordinator"), cycle="c2", cycle_name="Autumn")
        case "accept":
            return AssignmentAccepted(**who.act("drafter"), section=section.id, task=task)
        case "decline":
            reason: DeclineReason = draw(st.sampled_from(get_args(DeclineReason)))
            return AssignmentDeclined(
                **who.act("drafter"), section=section.id, task=task, reason=reason, back_to="amira"
            )
        case "edit":
            text = draw(_TEXTS)
            delta = find_delta(section.text, text)
            return SectionEdited(
                **who.act("drafter"),
                section=section.id,
                revision=section.revision + 1,
                over=section.revision,
                delta=delta.operations,
                written=delta.written,
                text_digest=text_digest(text),
                length=len(text),
            )
        case "advise":
            text = draw(_TEXTS)
            return AdviceGiven(
                **who.act("adviser"),
                advice=len(plan.advice) + 1,
                kind="education",
                given_by=draw(st.sampled_from([None, who.by])),
                given_by_name=words(who.name),
                text=words(text),
                text_digest=text_digest(text),
                length=len(text),
                file_digest=text_digest(text),
            )
        case "take" if source := draw(_sources(plan)):
            there = folding.source(source)
            start = draw(st.integers(0, max(0, len(there) - 1)))
            stop = draw(st.integers(start, len(there)))
            return _taken(section, source, start, stop, there, draw, who)
        case "import":
            text = draw(_TEXTS)
            delta = find_delta(section.text, text)
            return SectionTextImported(
                **who.act("typist"),
                section=section.id,
                revision=section.revision + 1,
                delta=delta.operations,
                written=delta.written,
                text_digest=text_digest(text),
                length=len(text),
                not_recorded_before=NOON.date(),
            )
        case "submit":
            return SectionSubmitted(**who.act("drafter"), section=section.id, revision=revision)
        case "return":
            return SectionReturned(**who.act("reviewer"), section=section.id, revision=revision)
        case "approve":
            return SectionApproved(**who.act("reviewer"), section=section.id, revision=revision)
        case "sign":
            meaning: Meaning = draw(st.sampled_from(get_args(Meaning)))
            return SectionSignedOff(
                **who.act("decider"),
                section=section.id,
                revision=revision,
                text_digest="",
                meaning=meaning,
            )
        case "review":
            return ReviewSetUp(
                **who.act("coordinator"), cycle="c1", cycle_name="Autumn", meeting=NOON.date()
            )
        case "attend":
            return AttendanceAsked(
                **who.act("coordinator"),
                cycle=draw(st.sampled_from(["c1", "c2"])),
                to=who.by,
                to_name=who.name,
                to_role=who.role,
                meeting=NOON.date(),
                rule="Somebody comes.",
            )
        case "ask for advice":
            return AdviceAsked(
                **who.act("coordinator"),
                cycle="c1",
                kind="education",
                to=who.by,
                to_name=who.name,
                to_role=who.role,
                due=NOON.date(),
                rule="Somebody gives advice.",
                text=draw(st.sampled_from([None, words("Please.")])),
            )
        case "fact":
            earlier = range(1, len(plan.facts) + 1)
            return FactRecorded(
                **who.act("decider"),
                number=len(plan.facts) + 1,
                fact=draw(
                    st.sampled_from(
                        ["request-received", "review-decision-notified", "plan-finalised"]
                    )
                ),
                details=draw(st.sampled_from([(), (("decision", "amend"),)])),
                replaces=draw(st.sampled_from([None, *earlier])),
            )
        case "take a fact back" if plan.facts:
            number = draw(st.integers(1, len(plan.facts)))
            return FactWithdrawn(**who.act("decider"), number=number)
        case "answer":
            return draw(_answers(who))
        case _:
            return PupilChanged(
                **who.act("coordinator"),
                surname=draw(st.sampled_from([None, "Öztürk"])),
                year=draw(st.sampled_from([None, "8"])),
                last_review=draw(st.sampled_from([None, date(2025, 9, 1), date(2027, 9, 1)])),
                needs=draw(st.sampled_from([None, (), ("SLCN", "MLD")])),
                listed=draw(st.sampled_from([None, True, False])),
            )


@st.composite
def _answers(draw: st.DrawFn, who: Hand) -> PlanEvent:
    """Somebody says whether they come or give advice, or need not any more."""
    cycle = draw(st.sampled_from(["c1", "c1", "c2"]))
    kind: AdviceKind | None = draw(st.sampled_from([None, "education"]))
    reason: DeclineReason = draw(st.sampled_from(get_args(DeclineReason)))
    to = draw(st.sampled_from(HANDS))
    answers: list[PlanEvent] = [
        DutyAccepted(**who.act("witness"), cycle=cycle, kind=kind),
        DutyDeclined(**who.act("adviser"), cycle=cycle, kind=kind, reason=reason, back_to="amira"),
        DutyWithdrawn(**who.act("coordinator"), cycle=cycle, kind=kind, to=to.by, to_name=to.name),
    ]
    return draw(st.sampled_from(answers))


@st.composite
def _sources(draw: st.DrawFn, plan: Plan) -> str | None:
    """The name of one of the plan's texts, if it has any."""
    names = [advice.source for advice in plan.advice]
    names += [
        revision_name(section.id, revision)
        for section in plan.sections.values()
        for revision in range(1, section.revision + 1)
    ]
    return draw(st.sampled_from(names)) if names else None


def _taken(
    section: Section,
    source: str,
    start: int,
    stop: int,
    there: str,
    draw: st.DrawFn,
    who: Hand,
) -> SectionEdited:
    """Words of a text placed somewhere in a section, in whose middle others are dropped."""
    old = section.text
    low = draw(st.integers(0, len(old)))
    high = draw(st.integers(low, len(old)))
    how = "adopted" if source.startswith("advice@") else draw(st.sampled_from(HOWS))
    whole: tuple[Operation, ...] = (
        ("keep", low),
        ("drop", high - low),
        ("take", source, start, stop, how),
        ("keep", len(old) - high),
    )
    text = old[:low] + there[start:stop] + old[high:]
    return SectionEdited(
        **who.act("drafter"),
        section=section.id,
        revision=section.revision + 1,
        over=section.revision,
        delta=tuple(part for part in whole if (start < stop if part[0] == "take" else part[1])),
        text_digest=text_digest(text),
        length=len(text),
    )


def scattered(histories: Sequence[Sequence[PlanEvent]]) -> Iterator[tuple[UUID, PlanEvent]]:
    """The events of several plans as they stand in a log: one of each in turn."""
    for step in range(max(map(len, histories))):
        for number, events in enumerate(histories):
            if step < len(events):
                yield plan_stream(number), events[step]
