"""The plans that are measured with: invented, and the same in every run.

A plan is 14 events, as a term makes them: opened, chosen for a review, a section asked for,
written, given back, written again, approved and signed.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import StoredEvent as LibraryStoredEvent

from ehcp_flow.authorship.delta import apply, find_delta, text_digest
from ehcp_flow.events import (
    Act,
    AssignmentAccepted,
    Capacity,
    Event,
    FactRecorded,
    PersonListed,
    PlanEvent,
    PlanOpened,
    ReviewSetUp,
    RoleGranted,
    SectionApproved,
    SectionAssigned,
    SectionEdited,
    SectionReturned,
    SectionSignedOff,
    SectionSubmitted,
    Task,
    words,
)
from ehcp_flow.evidence.chain import FIRST, link, state_digest
from ehcp_flow.recording import encode_all
from ehcp_flow.storage import Claim, EventRow, Recorder, StoredEvent

TENANT = "Fernbank"
STORY = 14
"""Events of a plan."""

_BEGAN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
_MEETING = date(2026, 11, 12)
_CYCLE = str(uuid5(NAMESPACE_URL, "cycle"))
_SENTENCE = (
    "reads a short text aloud with an adult nearby",
    "asks for help with a card on the desk",
    "takes turns in a game of four for ten minutes",
    "has two hours a week of speech and language work in a group of three",
    "writes three sentences after a picture plan",
    "finds noisy rooms hard and leaves the hall before the bell",
    "counts in tens to two hundred and says how",
    "dresses for sports without being told the order",
)


class Person(NamedTuple):
    """Someone at the school."""

    stream: UUID
    staff_id: str
    name: str
    role: str


def person(number: int, role: str) -> Person:
    """Return one of the people, who are only numbers."""
    return Person(
        uuid5(NAMESPACE_URL, f"person {number}"), f"s{number:04}", f"Person {number}", role
    )


SENCO = person(1, "SENCO")
TEACHER = person(2, "class teacher")
REVIEWER = person(3, "deputy head")


def listed(who: Person) -> list[Event]:
    """The two events by which someone is known and may act."""
    return [
        PersonListed(**_act(SENCO, 0, "coordinator"), staff_id=who.staff_id, person_name=who.name),
        RoleGranted(
            **_act(SENCO, 0, "coordinator"),
            held_role=who.role,
            held_at="Fernbank School",
            held_from=date(2020, 9, 1),
        ),
    ]


def plan_stream(number: int) -> UUID:
    """The stream of one of the plans: as scattered as random ids are."""
    return uuid5(NAMESPACE_URL, f"plan {number}")


def reference(number: int) -> str:
    """What people call one of the plans."""
    return f"2026-{number:04}"


def text(number: int, revision: int) -> str:
    """A section's text, some 600 characters: each revision has one sentence of its own."""
    chance = random.Random(number)
    sentences = [f"The pupil {chance.choice(_SENTENCE)}." for _ in range(10)]
    for n in range(1, revision):
        sentences[n % 10] = f"By term {n}, the pupil {_SENTENCE[(number + n) % 8]}."
    return "\n".join(sentences)


def edit(number: int, revision: int, at: int) -> SectionEdited:
    """The edit that makes a revision of section F out of the one before."""
    old, new = text(number, revision - 1) if revision > 1 else "", text(number, revision)
    delta = find_delta(old, new)
    return SectionEdited(
        **_act(SENCO if revision > 3 else TEACHER, at, "drafter"),
        section="F",
        revision=revision,
        over=revision - 1,
        delta=delta.operations,
        written=delta.written,
        text_digest=text_digest(new),
        length=len(new),
    )


def story(number: int) -> list[PlanEvent]:
    """A plan's events."""
    asked = _act(SENCO, 2, "coordinator")
    return [
        PlanOpened(
            **_act(SENCO, 0, "coordinator"),
            reference=reference(number),
            template="ehcp",
            surname=f"Pupil {number}",
            forename="Ada",
            born=date(2014, 1, 1) + timedelta(days=number % 365),
            year="7",
            group="7B",
            needs=("ASD", "SLCN"),
            made_on=date(2019, 2, 12),
        ),
        ReviewSetUp(
            **_act(SENCO, 1, "coordinator"),
            cycle=_CYCLE,
            cycle_name="Autumn 2026",
            meeting=_MEETING,
        ),
        _assigned(asked, "F", "write", TEACHER),
        _assigned(asked, "F", "review", REVIEWER),
        _assigned(asked, "B", "write", TEACHER),
        AssignmentAccepted(**_act(TEACHER, 3, "drafter"), section="F", task="write"),
        edit(number, 1, 4),
        edit(number, 2, 5),
        SectionSubmitted(**_act(TEACHER, 6, "drafter"), section="F", revision=2),
        SectionReturned(
            **_act(REVIEWER, 7, "reviewer", because="Say how often, and who sees to it."),
            section="F",
            revision=2,
        ),
        edit(number, 3, 8),
        SectionSubmitted(**_act(TEACHER, 9, "drafter"), section="F", revision=3),
        SectionApproved(**_act(REVIEWER, 10, "reviewer"), section="F", revision=3),
        SectionSignedOff(
            **_act(REVIEWER, 11, "reviewer"),
            section="F",
            revision=3,
            text_digest=text_digest(text(number, 3)),
            meaning="review",
        ),
    ]


_REVIEW: tuple[tuple[int, str, tuple[tuple[str, str], ...]], ...] = (
    (-56, "review-meeting-arranged", ()),
    (-42, "advice-requested", (("kind", "education"),)),
    (-30, "advice-received", ()),
    (-28, "invitation-sent", ()),
    (-20, "advice-circulated", ()),
    (0, "review-meeting-held", ()),
    (12, "review-report-sent", ()),
    (26, "review-decision-notified", (("decision", "amend"),)),
    (27, "amendment-notice-sent", (("under", "review"),)),
)
"""The facts of a review, and how many days after its meeting each happens."""


def reviewed(number: int) -> list[PlanEvent]:
    """The facts of a plan's review, as far as it has come: one to nine of them."""
    meeting = date(2026, 10, 1) + timedelta(days=number % 90)
    events: list[PlanEvent] = []
    for place, (days, fact, details) in enumerate(_REVIEW[: 1 + number % len(_REVIEW)], 1):
        act = _act(SENCO, 12 + place, "coordinator")
        act["on"] = meeting + timedelta(days=days)
        said = details or (("meeting", f"{meeting}"),)
        events.append(FactRecorded(**act, number=place, fact=fact, details=said))
    return events


def _assigned(asked: Act, section: str, task: Task, to: Person) -> SectionAssigned:
    return SectionAssigned(
        **asked,
        section=section,
        task=task,
        to=str(to.stream),
        to_name=to.name,
        to_role=to.role,
        due=date(2026, 10, 30),
        cycle=_CYCLE,
        rule="the class teacher",
    )


def _act(who: Person, minutes: int, capacity: Capacity, *, because: str | None = None) -> Act:
    return Act(
        at=_BEGAN + timedelta(minutes=minutes),
        by=str(who.stream),
        name=who.name,
        role=who.role,
        organisation="Fernbank School",
        capacity=capacity,
        channel="typed",
        command=f"{minutes:032x}",
        because=None if because is None else words(because),
    )


def fill(recorder: Recorder, plans: range, *, together: int = 100) -> None:
    """Record people (once) and plans, with the claims by which they are found.

    Args:
        recorder: of the tenant.
        plans: their numbers.
        together: how many in one transaction.
    """
    if plans.start == 0:
        for who in (SENCO, TEACHER, REVIEWER):
            recorder.insert_events(
                encode_all(who.stream, 0, listed(who)),
                claims=[Claim("staff", who.staff_id, who.stream)],
            )
    for start in range(plans.start, plans.stop, together):
        some = range(start, min(start + together, plans.stop))
        recorder.insert_events(
            [stored for n in some for stored in encode_all(plan_stream(n), 0, story(n))],
            claims=[Claim("reference", reference(n), plan_stream(n)) for n in some],
        )


def mixed(plans: int) -> Iterator[tuple[UUID, int, Event]]:
    """The events of plans, and of a person for every twentieth of them, as they stand in a log.

    Some hundred plans are worked on at a time, in no order between them. Each event comes with its
    stream and its version.
    """
    chance = random.Random(2)
    waiting = _stories(plans)
    at_work: list[tuple[UUID, Iterator[tuple[int, Event]]]] = []
    while True:
        while len(at_work) < 200 and (following := next(waiting, None)) is not None:
            stream, events = following
            at_work.append((stream, iter(enumerate(events, 1))))
        if not at_work:
            return
        place = chance.randrange(len(at_work))
        stream, remaining = at_work[place]
        if (step := next(remaining, None)) is None:
            at_work[place] = at_work[-1]
            at_work.pop()
        else:
            yield stream, *step


def _stories(plans: int) -> Iterator[tuple[UUID, Sequence[Event]]]:
    for number in range(plans):
        if number % 20 == 0:
            who = person(number, "class teacher")
            yield who.stream, listed(who)
        yield plan_stream(number), story(number)


class Chain:
    """Rows as the store writes them, made without the store: what the raw driver is given."""

    def __init__(self, position: int = 0, tenant: str = TENANT) -> None:
        self.position = position
        self._tenant = tenant
        self._heads: dict[str, bytes] = {}

    def follow(self, row: EventRow) -> None:
        """Go on after an event that is in the store."""
        self._heads[row.stream] = row.digest

    def row(self, stored: StoredEvent) -> tuple[object, ...]:
        """Return the next row of the table of events, its digests made."""
        stream = str(stored.originator_id)
        self.position += 1
        of_state = state_digest(stored.state)
        before = self._heads.get(stream, FIRST)
        digest = link(before, of_state, stream, stored.topic, stored.originator_version)
        self._heads[stream] = digest
        return (
            self._tenant,
            self.position,
            stream,
            stored.originator_version,
            stored.topic,
            stored.state,
            stored.words,
            of_state,
            digest,
            "2026-09-01T08:00:00.000000Z",
            "benchmark",
        )


def for_library(stored: StoredEvent) -> LibraryStoredEvent:
    """Return the same bytes in one piece: the library has no place for words."""
    return LibraryStoredEvent(
        stored.originator_id,
        stored.originator_version,
        stored.topic,
        stored.state + (stored.words or b""),
    )


# The same plan as the library would have one write it -------------------------------------------


class LibraryPlan(Aggregate):
    """An aggregate of whole texts, decorated as the library's own examples are."""

    @event("Opened")
    def __init__(
        self,
        reference: str,
        surname: str,
        forename: str,
        particulars: dict[str, Any],
        by: str,
        name: str,
        role: str,
        organisation: str,
        capacity: str,
        channel: str,
        command: str,
    ) -> None:
        self.reference = reference
        self.surname = surname
        self.forename = forename
        self.particulars = particulars
        self.reviews: list[tuple[str, str, str]] = []
        self.sections: dict[str, dict[str, Any]] = {}

    @event("SetUp")
    def set_up(
        self,
        cycle: str,
        cycle_name: str,
        meeting: str,
        by: str,
        name: str,
        role: str,
        organisation: str,
        capacity: str,
        channel: str,
        command: str,
    ) -> None:
        """A review is set up."""
        self.reviews.append((cycle, cycle_name, meeting))

    @event("Edited")
    def edit(
        self,
        section: str,
        revision: int,
        text: str,
        by: str,
        name: str,
        role: str,
        organisation: str,
        capacity: str,
        channel: str,
        command: str,
    ) -> None:
        """A section's text becomes another one."""
        found = self.sections.setdefault(section, {"assigned": []})
        found.update(text=text, revision=revision, status="drafting", by=by, name=name, role=role)

    @event("Assigned")
    def assign(
        self,
        section: str,
        task: str,
        to: str,
        to_name: str,
        to_role: str,
        due: str,
        cycle: str,
        rule: str,
        by: str,
        name: str,
        role: str,
        organisation: str,
        capacity: str,
        channel: str,
        command: str,
    ) -> None:
        """Someone is asked to write."""
        found = self.sections.setdefault(section, {"assigned": []})
        found["assigned"].append((task, to, to_name, to_role, due, cycle, rule))

    @event("Judged")
    def judge(
        self,
        section: str,
        revision: int,
        status: str,
        because: str,
        by: str,
        name: str,
        role: str,
        organisation: str,
        capacity: str,
        channel: str,
        command: str,
    ) -> None:
        """A section is accepted, submitted, returned, approved or signed."""
        self.sections.setdefault(section, {"assigned": []})["status"] = status


_PARTICULARS = {"template", "born", "year", "group", "needs", "made_on"}
_HAND = {"by", "name", "role", "organisation", "capacity", "channel", "command"}


def library_hand(each: PlanEvent) -> dict[str, Any]:
    """Return whose hand an event is by, as the library's plan wants to be told."""
    return each.model_dump(include=_HAND)


def library_plan(events: Sequence[PlanEvent]) -> LibraryPlan:
    """Return the library's aggregate to which the same has happened, not yet saved.

    Raises:
        ValueError: it does not begin with the opening, or the library's plan does not know it.
    """
    opened = events[0]
    if not isinstance(opened, PlanOpened):
        raise ValueError(f"a plan begins with {PlanOpened.stored_as}, not {opened.stored_as}")
    particulars = opened.model_dump(mode="json", include=_PARTICULARS)
    plan = LibraryPlan(
        opened.reference, opened.surname, opened.forename, particulars, **library_hand(opened)
    )
    library_goes_on(plan, events[1:])
    return plan


def library_goes_on(plan: LibraryPlan, events: Sequence[PlanEvent]) -> None:
    """Let more happen to the library's aggregate.

    Raises:
        ValueError: the library's plan does not know it.
    """
    for each in events:
        _happen(plan, each, library_hand(each))


def _happen(plan: LibraryPlan, each: PlanEvent, hand: dict[str, Any]) -> None:
    because = each.because.text if each.because is not None and each.because.text else ""
    match each:
        case ReviewSetUp():
            plan.set_up(each.cycle, each.cycle_name, each.meeting.isoformat(), **hand)
        case SectionEdited():
            old = cast("str", plan.sections.get(each.section, {}).get("text", ""))
            new = apply(old, each.delta, each.written)
            plan.edit(each.section, each.revision, new, **hand)
        case SectionAssigned():
            due = each.due.isoformat() if each.due else ""
            said = (each.task, each.to, each.to_name, each.to_role, due)
            plan.assign(each.section, *said, each.cycle or "", each.rule or "", **hand)
        case AssignmentAccepted():
            plan.judge(each.section, 0, each.stored_as, because, **hand)
        case SectionSubmitted() | SectionReturned() | SectionApproved() | SectionSignedOff():
            plan.judge(each.section, each.revision, each.stored_as, because, **hand)
        case _:
            raise ValueError(f"the library's plan does not know {each.stored_as}")


# One long plan ----------------------------------------------------------------------------------

_SECTIONS = ("A", "B", "C", "D", "E", "F", "G", "H1")
_LETTERS = 500


def long_plan(many: int) -> Iterator[PlanEvent]:
    """A plan of many events: in each five, four edits that write a text anew, and another step."""
    chance = random.Random(1)
    texts = dict.fromkeys(_SECTIONS, "")
    revisions = dict.fromkeys(_SECTIONS, 0)
    yield story(1)[0]
    for n in range(1, many):
        section = _SECTIONS[n // 5 % len(_SECTIONS)]
        act = _act(TEACHER, n, "drafter")
        if n % 5:
            new = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz ", k=_LETTERS))
            delta = find_delta(texts[section], new)
            revisions[section] += 1
            texts[section] = new
            yield SectionEdited(
                **act,
                section=section,
                revision=revisions[section],
                over=revisions[section] - 1,
                delta=delta.operations,
                written=delta.written,
                text_digest=text_digest(new),
                length=len(new),
            )
        elif n % 15 == 0:
            yield _assigned(act, section, "write", REVIEWER)
        elif n % 15 == 5:
            yield SectionSubmitted(**act, section=section, revision=revisions[section])
        else:
            yield SectionReturned(**act, section=section, revision=revisions[section])
