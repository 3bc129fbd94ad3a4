"""A plan as it stands, folded from its events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal, assert_never
from uuid import UUID

from ehcp_flow.authorship.delta import ADVICE, readable, revision_name, text_digest
from ehcp_flow.authorship.revisions import Revisions
from ehcp_flow.errors import RecordDamaged
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
    FactRecorded,
    FactWithdrawn,
    IssueKind,
    IssueSent,
    Meaning,
    PlanEvent,
    PlanIssued,
    PlanOpened,
    PupilChanged,
    ReviewKind,
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
    Words,
)
from ehcp_flow.times import london_day

SectionStatus = Literal["empty", "issued", "drafting", "submitted", "returned", "approved"]
AssignmentStatus = Literal["assigned", "accepted", "declined", "done", "closed", "withdrawn"]
"""``done`` waits on nobody until the section is returned or submitted again; a later review closes
what was done for an earlier one. ``withdrawn`` is what was taken back, and what was declined for a
review that was taken back: nobody needs to ask again for it."""

DutyStatus = Literal["asked", "accepted", "declined", "withdrawn"]

_STANDING: tuple[AssignmentStatus, ...] = ("assigned", "accepted", "done")

_HANDED_ON: tuple[SectionStatus, ...] = ("submitted", "approved")
"""Out of its writers' hands, until somebody writes in it or is asked to."""

IN_WORDS: dict[SectionStatus, str] = {
    "empty": "empty",
    "issued": "as issued",
    "drafting": "being drafted",
    "submitted": "submitted",
    "returned": "returned",
    "approved": "approved",
}
"""A section's status as people say it."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """Whose plan it is."""

    reference: str
    template: str
    surname: str
    forename: str
    born: date
    upn: str | None
    no_upn: str | None
    year: str
    group: str | None
    tutor: str | None
    needs: tuple[str, ...]
    made_on: date | None
    last_review: date | None
    listed: bool = True
    template_version: int = 1
    school: str | None = None
    """The school or other institution that the pupil attends."""
    authority: str | None = None
    """The local authority that maintains the plan."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A request to someone to write or to review a section by a day."""

    task: Task
    to: str
    to_name: str
    to_role: str
    by: str
    by_name: str
    due: date | None
    cycle: str | None
    rule: str | None
    status: AssignmentStatus
    reason: DeclineReason | None = None
    chosen: str | None = None
    """Why this one of several who could."""
    text: str | None = None
    """What the request says beside, unless it was withheld; the views do not hold it."""

    @property
    def open(self) -> bool:
        """Whether it still waits on the person asked."""
        return self.status in ("assigned", "accepted")


@dataclass(frozen=True, slots=True)
class SignOff:
    """A person's mark over the text of one revision."""

    version: int
    by: str
    name: str
    role: str
    meaning: Meaning
    revision: int
    at: datetime
    on_behalf_of_name: str | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """Whose hand made the latest revision, and when."""

    version: int
    by: str | None
    """``None``: who wrote it is not recorded."""
    name: str
    role: str
    at: datetime
    day: date
    """The day it happened, in Europe/London."""
    on_behalf_of_name: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section as it stands. ``revision`` 0 has no text yet."""

    id: str
    text: str = ""
    text_digest: str = ""
    revision: int = 0
    status: SectionStatus = "empty"
    edit: Edit | None = None
    writers: frozenset[str] = frozenset()
    """Everyone who wrote, or was asked to write and submitted, since the last approval."""
    authors: frozenset[str] = frozenset()
    """Everyone whose hand was ever in this section."""
    assignments: tuple[Assignment, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    issued: str | None = None
    """The text as issued, when it is known; what people write stands beside it."""
    not_recorded_before: date | None = None
    machine: bool = False
    """Whether a machine ever wrote in it."""
    issued_as: tuple[int, str] | None = None
    """The revision of the text as issued, and its digest."""

    @property
    def signed_off(self) -> tuple[SignOff, ...]:
        """The sign-offs over exactly the current text."""
        return tuple(mark for mark in self.sign_offs if mark.revision == self.revision)

    def assigned(self, task: Task, to: str) -> Assignment | None:
        """The latest assignment of this task to a person."""
        return next(
            (a for a in reversed(self.assignments) if a.task == task and a.to == to),
            None,
        )

    def holders(self, task: Task) -> tuple[Assignment, ...]:
        """The assignments of this task that stand: not declined, closed or withdrawn."""
        return tuple(a for a in self.assignments if a.task == task and a.status in _STANDING)


@dataclass(frozen=True, slots=True)
class Review:
    """A review set up by a cycle."""

    cycle: str
    cycle_name: str
    meeting: date
    day: date | None = field(default=None, compare=False)
    """The day on which it was set up, in Europe/London; the views do not hold it."""
    step: int = field(default=0, compare=False)
    """The step at which it was."""
    kind: ReviewKind = field(default="statutory", compare=False)
    """Whether it is the one that the law asks for; the views do not hold it."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A request of a review to someone: to come to its meeting, or to give advice before it."""

    kind: AdviceKind | None
    """Which advice; ``None``: to come to the meeting."""
    to: str
    to_name: str
    to_role: str
    by: str
    by_name: str
    at: datetime
    day: date
    """The day on which it was asked, in Europe/London."""
    due: date
    """The day of the meeting, or the one by which the advice is asked for."""
    cycle: str
    rule: str
    chosen: str | None = None
    """Why this one of several who could."""
    text: str | None = None
    """What the request says beside, unless it was withheld."""
    status: DutyStatus = "asked"
    reason: DeclineReason | None = None

    @property
    def open(self) -> bool:
        """Whether it may still wait on the person asked: ``Plan.gave`` and the day of the meeting
        tell whether it does."""
        return self.status in ("asked", "accepted")


@dataclass(frozen=True, slots=True)
class AdviceMove:
    """A review asked somebody for advice, or waits for it no more."""

    what: Literal["asked", "declined", "withdrawn"]
    kind: AdviceKind
    person: str
    """The id of whoever was asked."""
    day: date
    cycle: str
    step: int


@dataclass(frozen=True, slots=True)
class Advice:
    """A source text that someone gave."""

    number: int
    version: int
    """The step at which it was brought in."""
    kind: AdviceKind
    given_by: str | None
    """The id of whoever gave it, when they are known here."""
    given_by_name: str
    given_by_role: str | None
    day: date
    """The day on which it was given, in Europe/London."""
    brought_by: str
    brought_by_name: str
    text: str
    text_digest: str
    file: str | None
    """The name of the file it came in."""
    file_digest: str

    @property
    def source(self) -> str:
        """What a delta that takes words from it calls it."""
        return f"advice@{self.number}"


@dataclass(frozen=True, slots=True)
class Fact:
    """A statutory fact that was entered."""

    number: int
    version: int
    """The step at which it was entered."""
    fact: str
    day: date
    """The day on which it happened, in Europe/London."""
    at: datetime
    by: str
    by_name: str
    role: str
    details: Mapping[str, str]
    """What its fields say: days, choices, numbers, ids of people."""
    told: Mapping[str, str]
    """What its fields say in words; WITHHELD for each character that was withheld."""
    withdrawn: bool = False
    """Whether it was taken back, or another one stands in its place."""
    replaces: int | None = None
    """The number of the one in whose place it stands."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who was sent an issued version."""

    role: str
    name: str | None
    person: str | None
    """Their id, when they are known here."""
    day: date
    way: str | None
    fact: int = field(default=0, compare=False)
    """The number of the fact with which it was recorded."""


@dataclass(frozen=True, slots=True)
class Issue:
    """A version of the plan as the authority issued it: frozen, numbered."""

    number: int
    version: int
    """The step at which it was issued."""
    kind: IssueKind
    day: date
    by: str
    by_name: str
    sections: Mapping[str, tuple[int, str]]
    """By section id: the revision, and the digest of its text."""
    digest: str
    trigger: int | None
    sent: tuple[Recipient, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """One child's plan as it stands after ``version`` events."""

    stream: UUID
    version: int
    particulars: Particulars
    sections: Mapping[str, Section]
    """By section id; a section nobody touched is not here: ask ``section``."""
    reviews: tuple[Review, ...] = ()
    advice: tuple[Advice, ...] = ()
    """In the order in which it was brought in: the first is number 1."""
    duties: tuple[Duty, ...] = ()
    """What the latest review asks of people beside its sections."""
    facts: tuple[Fact, ...] = ()
    """In the order in which they were entered: the first is number 1."""
    issues: tuple[Issue, ...] = ()
    """In the order in which they were issued: the first is number 1."""
    advice_moves: tuple[AdviceMove, ...] = field(default=(), compare=False)
    """What every review that stands asked for and no longer waits for; the views of how plans stand
    do not hold it."""
    earlier_reviews: tuple[tuple[int, date], ...] = ()
    """The steps at which exports told of earlier reviews than the last one, and their days."""

    def section(self, id: str) -> Section:
        """The section, an empty one when nobody touched it yet."""
        return self.sections.get(id) or Section(id)

    @property
    def reference(self) -> str:
        """What people call this plan."""
        return self.particulars.reference

    def gave(self, asked: Duty) -> bool:
        """Whether somebody gave the advice that was asked of them, on that day or since."""
        return any(
            given.kind == asked.kind and given.given_by == asked.to and given.day >= asked.day
            for given in self.advice
        )

    def asks(self, duty: Duty, today: date) -> bool:
        """Whether something that was asked beside the sections still waits on whoever was asked: a
        meeting until it is over, advice until it was given."""
        if not duty.open:
            return False
        return duty.due >= today if duty.kind is None else not self.gave(duty)

    def replaced(self, declined: Duty) -> bool:
        """Whether somebody else comes, or gives advice, by the rule by which one said no."""
        return any(
            other.open and (other.kind, other.rule) == (declined.kind, declined.rule)
            for other in self.duties
        )


@dataclass(slots=True)
class _Desk:
    """A section while it is being folded: the private, mutable twin of Section."""

    id: str
    revisions: Revisions = field(default_factory=Revisions)
    text_digest: str = ""
    revision: int = 0
    status: SectionStatus = "empty"
    edit: tuple[int, PlanEvent] | None = None
    writers: set[str] = field(default_factory=set[str])
    authors: set[str] = field(default_factory=set[str])
    assignments: list[Assignment] = field(default_factory=list[Assignment])
    sign_offs: list[SignOff] = field(default_factory=list[SignOff])
    issued: str | None = None
    not_recorded_before: date | None = None
    machine: bool = False
    issued_as: tuple[int, str] | None = None
    withheld: bool = False
    """Whether words of it were withheld or erased, so that no digest can fit."""

    @property
    def text(self) -> str:
        """The text as it stands."""
        return self.revisions.text

    def section(self) -> Section:
        """The section as it leaves: immutable, its text checked against the recorded digest."""
        if text_digest(self.text) != self.text_digest and self.revision and not self.withheld:
            raise RecordDamaged(
                f"The text of section {self.id} is not the one whose digest was recorded at "
                f"revision {self.revision}: the store was altered outside ehcp-flow; keep the file "
                "as it is and restore from a copy."
            )
        return Section(
            self.id,
            self.text,
            self.text_digest,
            self.revision,
            self.status,
            None if self.edit is None else _made(*self.edit),
            frozenset(self.writers),
            frozenset(self.authors),
            tuple(self.assignments),
            tuple(self.sign_offs),
            self.issued,
            self.not_recorded_before,
            self.machine,
            self.issued_as,
        )

    def settle(self, task: Task, to: str, status: AssignmentStatus) -> bool:
        """Move a person's open assignment of a task on, and say whether there was one."""
        for place, a in enumerate(self.assignments):
            if a.task == task and a.to == to and a.open:
                self.assignments[place] = replace(a, status=status)
                return True
        return False

    def wrote(self, event: SectionEdited) -> None:
        """Note whose words these are: a typist's hand is in them, and they are somebody else's."""
        self.writers.add(event.by)
        if event.capacity != "typist":
            self.authors.add(event.by)
        if event.on_behalf_of is not None:
            self.writers.add(event.on_behalf_of)
            self.authors.add(event.on_behalf_of)

    def finish(self, into: AssignmentStatus, *, of_cycles: bool = False) -> None:
        """Let nothing wait on anybody any more, or nothing that a cycle asked for."""
        for place, a in enumerate(self.assignments):
            if a.open and (a.cycle is not None or not of_cycles):
                self.assignments[place] = replace(a, status=into)

    def let_go(self, cycle: str) -> None:
        """Let what was declined for a review that is taken back wait on nobody."""
        for place, a in enumerate(self.assignments):
            if a.status == "declined" and a.cycle == cycle:
                self.assignments[place] = replace(a, status="withdrawn")

    def turn(self, task: Task, status: AssignmentStatus, into: AssignmentStatus) -> None:
        """Move everybody's assignments of a task from one status to another."""
        for place, a in enumerate(self.assignments):
            if a.task == task and a.status == status:
                self.assignments[place] = replace(a, status=into)


def _made(version: int, event: PlanEvent) -> Edit:
    if isinstance(event, SectionTextImported):
        return Edit(version, None, "not recorded", "", event.at, _day(event))
    return Edit(
        version,
        event.by,
        event.name,
        event.role,
        event.at,
        _day(event),
        event.on_behalf_of_name,
    )


def _day(event: PlanEvent) -> date:
    return event.on or london_day(event.at)


class Folding:
    """A plan being folded, one event after the other."""

    def __init__(self, stream: UUID) -> None:
        self.stream = stream
        self.version = 0
        self._particulars: Particulars | None = None
        self._desks: dict[str, _Desk] = {}
        self._reviews: list[Review] = []
        self._advice: list[Advice] = []
        self._duties: list[Duty] = []
        self._facts: list[Fact] = []
        self._issues: list[Issue] = []
        self._last_reviews: list[tuple[int, date]] = []
        self._advice_moves: list[AdviceMove] = []
        self._withheld = False
        """Whether any words of the plan were withheld or erased."""

    def plan(self) -> Plan:
        """The plan as it stands now.

        Raises:
            RecordDamaged: it was never opened, or a text is not the recorded one.
        """
        if self._particulars is None:
            raise RecordDamaged(f"The plan {self.stream} does not begin with its opening.")
        return Plan(
            self.stream,
            self.version,
            self._particulars,
            MappingProxyType({id: desk.section() for id, desk in self._desks.items()}),
            tuple(self._reviews),
            tuple(self._advice),
            self._standing_duties(),
            tuple(self._facts),
            tuple(self._issues),
            tuple(self._advice_moves),
            tuple(self._last_reviews[:-1]),
        )

    def _standing_duties(self) -> tuple[Duty, ...]:
        if not self._duties or not self._reviews:
            return ()
        latest = self._reviews[-1].cycle
        return tuple(duty for duty in self._duties if duty.cycle == latest)

    def text(self, section: str) -> str:
        """A section's text as it stands now."""
        return self._desk(section).text

    def source(self, name: str) -> str:
        """The text that ``F@7`` or ``advice@3`` stands for.

        Raises:
            RecordDamaged: there is none.
        """
        kind, _, number = name.rpartition("@")
        at = int(number) if number.isascii() and number.isdecimal() else -1
        if name.startswith(ADVICE) and 1 <= at <= len(self._advice):
            return self._advice[at - 1].text
        desk = self._desks.get(kind)
        if desk is None or revision_name(kind, at) != name:
            raise RecordDamaged(f"The plan holds no text named {name!r}.")
        return desk.revisions.at(at)

    def evolve(self, version: int, event: PlanEvent) -> None:
        """Take in one more event, the ``version``-th of its stream."""
        self.version = version
        match event:
            case SectionEdited():
                desk = self._rewrite(version, event)
                if desk.status in _HANDED_ON:
                    desk.turn("write", "done", "accepted")
                desk.status = "drafting"
                desk.machine = desk.machine or event.channel == "machine"
                desk.wrote(event)
            case SectionTextImported():
                desk = self._rewrite(version, event)
                desk.status = "issued"
                desk.issued = desk.text
                desk.issued_as = event.revision, event.text_digest
                desk.not_recorded_before = event.not_recorded_before
            case SectionAssigned():
                self._assign(event)
            case AssignmentWithdrawn():
                self._desk(event.section).settle(event.task, event.to, "withdrawn")
            case AssignmentAccepted():
                self._desk(event.section).settle(event.task, event.by, "accepted")
            case AssignmentDeclined():
                self._decline(event)
            case SectionSubmitted():
                desk = self._desk(event.section)
                if desk.settle("write", event.by, "done"):
                    desk.writers.add(event.by)
                desk.turn("review", "done", "accepted")
                if desk.revision == event.revision:
                    desk.status = "submitted"
            case SectionReturned():
                desk = self._desk(event.section)
                if desk.revision == event.revision:
                    desk.status = "returned"
                desk.turn("write", "done", "accepted")
            case SectionApproved():
                desk = self._desk(event.section)
                desk.finish("done")
                if desk.revision == event.revision:
                    desk.status = "approved"
                    desk.writers.clear()
            case SectionSignedOff():
                mark = SignOff(
                    version,
                    event.by,
                    event.name,
                    event.role,
                    event.meaning,
                    event.revision,
                    event.at,
                    event.on_behalf_of_name,
                )
                self._desk(event.section).sign_offs.append(mark)
            case AdviceGiven():
                self._advice.append(_given(version, event))
                self._withheld = self._withheld or event.text.text is None
            case ReviewSetUp():
                self._reviews.append(
                    Review(
                        event.cycle,
                        event.cycle_name,
                        event.meeting,
                        _day(event),
                        version,
                        event.kind or "statutory",
                    )
                )
                for desk in self._desks.values():
                    desk.turn("write", "done", "closed")
                    desk.turn("review", "done", "closed")
                    desk.finish("closed", of_cycles=True)
            case ReviewWithdrawn():
                held = [n for n, review in enumerate(self._reviews) if review.cycle == event.cycle]
                if held:
                    del self._reviews[held[-1]]
                for desk in self._desks.values():
                    desk.let_go(event.cycle)
                self._duties = [duty for duty in self._duties if duty.cycle != event.cycle]
                self._advice_moves = [m for m in self._advice_moves if m.cycle != event.cycle]
            case AttendanceAsked():
                self._ask(_duty(event, None, event.meeting))
            case AdviceAsked():
                self._ask(_duty(event, event.kind, event.due, _said(event.text)))
                self._move("asked", event, event.to)
            case DutyAccepted():
                self._settle(event, event.by, "accepted")
            case DutyDeclined():
                self._settle(event, event.by, "declined", event.reason)
                self._move("declined", event, event.by)
            case DutyWithdrawn():
                self._settle(event, event.to, "withdrawn")
                self._move("withdrawn", event, event.to)
            case FactRecorded():
                self._facts.append(_fact(version, event))
                if event.replaces is not None:
                    self._take_back(event.replaces)
            case FactWithdrawn():
                self._take_back(event.number)
            case PlanIssued():
                self._issue(version, event)
            case IssueSent():
                self._sent(event)
            case PlanOpened():
                self._particulars = _opened(event)
                if event.last_review is not None:
                    self._reviewed(version, event.last_review)
            case PupilChanged():
                if self._particulars is not None:
                    self._particulars = changed(self._particulars, event)
                if event.last_review is not None:
                    self._reviewed(version, event.last_review)
            case _:
                assert_never(event)

    def _ask(self, asked: Duty) -> None:
        """Ask somebody beside the sections; who said yes before is not asked anew."""
        key = asked.cycle, asked.kind, asked.to
        before = [duty for duty in self._duties if (duty.cycle, duty.kind, duty.to) == key]
        self._duties = [duty for duty in self._duties if duty not in before]
        accepted = any(duty.status == "accepted" for duty in before)
        self._duties.append(replace(asked, status="accepted") if accepted else asked)

    def _move(
        self,
        what: Literal["asked", "declined", "withdrawn"],
        event: AdviceAsked | DutyDeclined | DutyWithdrawn,
        person: str,
    ) -> None:
        if event.kind is not None:
            self._advice_moves.append(
                AdviceMove(what, event.kind, person, _day(event), event.cycle, self.version)
            )

    def _settle(
        self,
        event: DutyAccepted | DutyDeclined | DutyWithdrawn,
        to: str,
        status: DutyStatus,
        reason: DeclineReason | None = None,
    ) -> None:
        for place, duty in enumerate(self._duties):
            if duty.open and (duty.cycle, duty.kind, duty.to) == (event.cycle, event.kind, to):
                self._duties[place] = replace(duty, status=status, reason=reason)

    def _reviewed(self, version: int, day: date) -> None:
        """An export says when the plan was last reviewed: what earlier ones said was before that,
        or was wrong."""
        self._last_reviews = [one for one in self._last_reviews if one[1] < day]
        self._last_reviews.append((version, day))

    def _take_back(self, number: int) -> None:
        for place, fact in enumerate(self._facts):
            if fact.number == number:
                self._facts[place] = replace(fact, withdrawn=True)
        for place, issue in enumerate(self._issues):
            went = tuple(one for one in issue.sent if one.fact != number)
            if len(went) < len(issue.sent):
                self._issues[place] = replace(issue, sent=went)

    def _issue(self, version: int, event: PlanIssued) -> None:
        frozen = {id: (revision, digest) for id, revision, digest in event.sections}
        self._issues.append(
            Issue(
                event.issue,
                version,
                event.kind,
                _day(event),
                event.by,
                event.name,
                MappingProxyType(frozen),
                event.issue_digest,
                event.trigger,
            )
        )
        if event.kind == "draft":
            return
        for id, (revision, digest) in frozen.items():
            desk = self._desk(id)
            desk.issued = desk.revisions.at(revision)
            desk.issued_as = revision, digest
            # What somebody is asked to write of a text that is only issued again goes on.
            if desk.revision == revision and desk.status == "approved":
                desk.status = "issued"
                desk.finish("done")

    def _sent(self, event: IssueSent) -> None:
        to = Recipient(
            event.to_role,
            None if event.to_name is None else readable(event.to_name),
            event.to,
            _day(event),
            event.way,
            # The fact that says so is recorded right before.
            self._facts[-1].number if self._facts else 0,
        )
        for place, issue in enumerate(self._issues):
            if issue.number == event.issue:
                self._issues[place] = replace(issue, sent=(*issue.sent, to))

    def _desk(self, section: str) -> _Desk:
        desk = self._desks.get(section)
        if desk is None:
            desk = self._desks[section] = _Desk(section)
        return desk

    def _rewrite(self, version: int, event: SectionEdited | SectionTextImported) -> _Desk:
        desk = self._desk(event.section)
        desk.revisions.append(event.delta, event.written, self.source)
        if any(piece.text is None for piece in event.written):
            desk.withheld = self._withheld = True
        elif self._withheld and any(operation[0] == "take" for operation in event.delta):
            # Words that were withheld there are withheld here as well.
            desk.withheld = True
        desk.text_digest = event.text_digest
        desk.revision = event.revision
        desk.edit = (version, event)
        return desk

    def _assign(self, event: SectionAssigned) -> None:
        desk = self._desk(event.section)
        before = next(
            (a for a in desk.assignments if a.task == event.task and a.to == event.to), None
        )
        if event.task == "write" and desk.status in _HANDED_ON:
            # Whoever is asked to write it again may also submit it as it is.
            desk.status = "drafting"
        desk.assignments = [
            a for a in desk.assignments if not (a.task == event.task and a.to == event.to)
        ]
        desk.assignments.append(
            Assignment(
                event.task,
                event.to,
                event.to_name,
                event.to_role,
                event.by,
                event.name,
                event.due,
                event.cycle,
                event.rule,
                # Another day for what was accepted is no new question.
                "accepted" if before is not None and before.status == "accepted" else "assigned",
                chosen=event.chosen,
                text=_said(event.text),
            )
        )

    def _decline(self, event: AssignmentDeclined) -> None:
        desk = self._desk(event.section)
        desk.assignments = [
            replace(a, status="declined", reason=event.reason)
            if a.task == event.task and a.to == event.by and a.open
            else a
            for a in desk.assignments
        ]


def _said(text: Words | None) -> str | None:
    return None if text is None else text.text


def _duty(
    event: AttendanceAsked | AdviceAsked,
    kind: AdviceKind | None,
    due: date,
    text: str | None = None,
) -> Duty:
    return Duty(
        kind,
        event.to,
        event.to_name,
        event.to_role,
        event.by,
        event.name,
        event.at,
        _day(event),
        due,
        event.cycle,
        event.rule,
        event.chosen,
        text,
    )


def _fact(version: int, event: FactRecorded) -> Fact:
    return Fact(
        event.number,
        version,
        event.fact,
        _day(event),
        event.at,
        event.by,
        event.name,
        event.role,
        MappingProxyType(dict(event.details)),
        MappingProxyType(dict(zip(event.told_as, map(readable, event.told), strict=True))),
        replaces=event.replaces,
    )


def _given(version: int, event: AdviceGiven) -> Advice:
    return Advice(
        event.advice,
        version,
        event.kind,
        event.given_by,
        readable(event.given_by_name),
        event.given_by_role,
        _day(event),
        event.by,
        event.name,
        readable(event.text),
        event.text_digest,
        None if event.file is None else readable(event.file),
        event.file_digest,
    )


def _opened(event: PlanOpened) -> Particulars:
    return Particulars(
        event.reference,
        event.template,
        event.surname,
        event.forename,
        event.born,
        event.upn,
        event.no_upn,
        event.year,
        event.group,
        event.tutor,
        event.needs,
        event.made_on,
        event.last_review,
        template_version=event.template_version or 1,
        school=event.school,
        authority=event.authority,
    )


CHANGEABLE = (
    "surname",
    "forename",
    "born",
    "upn",
    "year",
    "group",
    "tutor",
    "needs",
    "made_on",
    "last_review",
    "listed",
    "school",
    "authority",
)
"""The particulars that a later export may say otherwise."""


def changed(particulars: Particulars, event: PupilChanged) -> Particulars:
    """Return the particulars after a later export: what it does not say stays."""
    said = {name: getattr(event, name) for name in CHANGEABLE}
    return replace(particulars, **{name: now for name, now in said.items() if now is not None})


def fold(stream: UUID, events: Iterable[PlanEvent]) -> Plan:
    """Return the plan that these events, the first ones of its stream, tell of."""
    folding = Folding(stream)
    for version, event in enumerate(events, start=1):
        folding.evolve(version, event)
    return folding.plan()
