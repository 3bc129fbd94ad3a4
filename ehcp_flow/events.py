"""Everything that can happen.

Each class is a stored format. A stored event outlives the code: fields are added with a default
that means "not said", never renamed or given another meaning; a changed meaning is a new event.
Lengths are Unicode code points, digests lower-case hex SHA-256, dates are days in Europe/London,
``at`` is an instant in UTC.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, NamedTuple, TypedDict, get_args

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, SerializationInfo
from pydantic_core import core_schema

Capacity = Literal["adviser", "drafter", "typist", "reviewer", "decider", "witness", "coordinator"]
Channel = Literal["typed", "file", "word-processor", "import", "machine"]
Task = Literal["write", "review"]
ReviewKind = Literal["statutory", "school"]
"""``statutory`` is the review of Children and Families Act 2014, section 44; ``school`` is one that
a school holds beside it, from which no limit of the law runs."""
Meaning = Literal["authorship", "review", "approval", "decision", "agreement"]
DeclineReason = Literal[
    "not qualified", "no time", "do not know the child", "conflict of interest", "other"
]
AdviceKind = Literal[
    "views",
    "education",
    "health",
    "psychology",
    "social care",
    "preparation for adulthood",
    "termly report",
    "targets",
    "other",
]
"""The first six after whom SEND Regulations 2014, regulation 6(1), lets be asked; the next two are
what a school writes anyway."""
IssueKind = Literal["draft", "final", "amended", "corrected", "reopened"]
"""``draft`` is what is served for comment; ``corrected`` mends a slip; ``reopened`` follows an
order or an agreement."""
Operation = tuple[Annotated[str | int, Field(union_mode="left_to_right")], ...]
"""``("keep", n)``, ``("drop", n)``, ``("write", n, i)``: n code points, words i of this event.
``("take", source, start, stop, how)``: words that stand in another text; see
``ehcp_flow.authorship.delta``."""


class Words(NamedTuple):
    """A piece of free text: its length and digest are facts, the text can be withheld.

    In the stored facts it stands as ``[length, digest]``; the text is kept beside them. ``text`` is
    ``None`` when it was withheld or erased, ``digest`` is empty until the words are recorded.
    """

    length: int
    digest: str = ""
    text: str | None = None

    @classmethod
    def __get_pydantic_core_schema__(cls, *_: object) -> core_schema.CoreSchema:
        """Read as the plain pair that it is stored as: whoever decodes it puts the text back.

        Making each one here would take a fifth of the time in which a plan is read.
        """
        stored = core_schema.tuple_schema([core_schema.int_schema(), core_schema.str_schema()])
        return core_schema.json_or_python_schema(
            json_schema=stored, python_schema=core_schema.is_instance_schema(cls)
        )


def _facts(piece: Words, info: SerializationInfo[Iterator[str] | None]) -> tuple[int, str]:
    """How words stand among the facts; digests that were made just now come by the context."""
    return piece.length, piece.digest if info.context is None else next(info.context)


KeptApart = Annotated[Words, PlainSerializer(_facts, when_used="json")]
"""Words as a field of an event."""


def words(text: str) -> Words:
    """Return a text as words to be recorded."""
    return Words(len(text), "", text)


class Act(TypedDict, total=False):
    """Whose hand, how and when: the fields that every event carries."""

    at: datetime
    on: date | None
    by: str
    name: str
    role: str
    organisation: str | None
    capacity: Capacity
    on_behalf_of: str | None
    on_behalf_of_name: str | None
    channel: Channel
    command: str
    because: Words | None
    allowed: str | None


class Happening(BaseModel):
    """What every event carries: the hand, frozen as it was that day, and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stored_as: ClassVar[str]

    salt: str = Field(default="", exclude=True)
    """32 hex digits, drawn when the event is recorded, so that nobody can guess a short fact."""
    at: datetime
    """When it was recorded."""
    on: date | None = None
    """The day it happened, when that is another day."""
    by: str
    """The person's opaque id."""
    name: str
    """The person's name as shown that day."""
    role: str
    """The role they held that day."""
    organisation: str | None = None
    capacity: Capacity
    on_behalf_of: str | None = None
    on_behalf_of_name: str | None = None
    channel: Channel
    command: str
    """The id of the command that recorded it."""
    because: KeptApart | None = None
    """The reason given."""
    allowed: str | None = None
    """The rule of the operating model that allowed it, as ``M3@1:write-progress``, several with
    commas; ``law:…`` where no model could; absent when no model was chosen, or none is asked."""


# People -----------------------------------------------------------------------------------------


class PersonListed(Happening):
    """A person became known to this tenant."""

    stored_as = "person-listed"

    staff_id: str
    person_name: str
    email: str | None = None
    qualifications: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    experience: str | None = None
    """How much they have of writing plans: *new*, *some* or *confident*."""


class PersonCorrected(Happening):
    """Particulars of a person changed; a field that is absent stayed as it was."""

    stored_as = "person-corrected"

    person_name: str | None = None
    email: str | None = None
    qualifications: tuple[str, ...] | None = None
    years: tuple[str, ...] | None = None
    days: tuple[str, ...] | None = None
    experience: str | None = None
    """Empty when none is on record any more."""


class RoleGranted(Happening):
    """A person holds a role from a day on, for an organisation."""

    stored_as = "role-granted"

    held_role: str
    held_at: str
    held_from: date
    held_until: date | None = None
    """The last day, inclusive."""


class RoleRevoked(Happening):
    """A person's role ends, or its last day is another one."""

    stored_as = "role-revoked"

    held_role: str
    held_at: str
    held_from: date
    held_until: date
    """The last day, inclusive; the day before ``held_from`` when it never should have been."""


class AbsenceRecorded(Happening):
    """A person is away from a day on: nothing new is asked of them for those days.

    Recorded again from the same day, it says another last day.
    """

    stored_as = "absence-recorded"

    away_from: date
    away_until: date | None = None
    """The last day, inclusive; ``None``: not known yet."""


# Plans ------------------------------------------------------------------------------------------


class PlanOpened(Happening):
    """A child's plan was opened here."""

    stored_as = "plan-opened"

    reference: str
    template: str
    surname: str
    forename: str
    born: date
    upn: str | None = None
    no_upn: str | None = None
    """Why there is no UPN."""
    year: str
    """National Curriculum year as taught: N1 N2 R 1 … 14 X M."""
    group: str | None = None
    """Registration or tutor group."""
    tutor: str | None = None
    needs: tuple[str, ...] = ()
    """SEN need types, the primary one first."""
    made_on: date | None = None
    """The day the plan was made; its first year runs from it."""
    last_review: date | None = None
    template_version: int | None = None
    """Which version of the template; absent in the first form of this event, which means 1."""
    school: str | None = None
    """The school or other institution that the pupil attends, as the export names it."""
    authority: str | None = None
    """The local authority that maintains the plan, as the export names it."""


class PupilChanged(Happening):
    """A later export says otherwise; a field that is absent stayed as it was."""

    stored_as = "pupil-changed"

    surname: str | None = None
    forename: str | None = None
    born: date | None = None
    upn: str | None = None
    year: str | None = None
    group: str | None = None
    tutor: str | None = None
    needs: tuple[str, ...] | None = None
    made_on: date | None = None
    last_review: date | None = None
    listed: bool | None = None
    """Whether the export lists the pupil."""
    school: str | None = None
    authority: str | None = None


class SectionTextImported(Happening):
    """The text of a section as it was issued before this record began.

    Who wrote it is not recorded: never the person who brought it in.
    """

    stored_as = "section-text-imported"

    section: str
    revision: int
    delta: tuple[Operation, ...]
    written: tuple[KeptApart, ...] = ()
    text_digest: str
    length: int
    not_recorded_before: date


class SectionAssigned(Happening):
    """Someone was asked to write or to review a section by a day."""

    stored_as = "section-assigned"

    section: str
    task: Task
    to: str
    to_name: str
    to_role: str
    due: date | None = None
    cycle: str | None = None
    rule: str | None = None
    """Why this person: the rule of the cycle file, or nothing when someone simply decided."""
    chosen: str | None = None
    """Why this one of several who could."""
    text: KeptApart | None = None
    """What the request says beside."""


class AssignmentWithdrawn(Happening):
    """What was asked of someone is taken back: it waits on them no more."""

    stored_as = "assignment-withdrawn"

    section: str
    task: Task
    to: str
    to_name: str
    instead: str | None = None
    """The id of whoever is asked instead."""
    instead_name: str | None = None


class AssignmentAccepted(Happening):
    stored_as = "assignment-accepted"

    section: str
    task: Task


class AssignmentDeclined(Happening):
    """The person asked says no, and why; it goes back to whoever assigned it."""

    stored_as = "assignment-declined"

    section: str
    task: Task
    reason: DeclineReason
    back_to: str


class AdviceGiven(Happening):
    """A source text that someone gave, kept whole: a professional's report, a termly report with
    its targets, a parent's views.

    The hand is whoever brought it in; ``on`` is the day on which it was given. Its plain SHA-256
    is ``text_digest``, and that of the file as it came is ``file_digest``.
    """

    stored_as = "advice-given"

    advice: int
    """Its number among the plan's: 1, 2, 3 …"""
    kind: AdviceKind
    given_by: str | None = None
    """The id of whoever gave it, when they are known here."""
    given_by_name: KeptApart
    """Their name as shown that day."""
    given_by_role: str | None = None
    text: KeptApart
    text_digest: str
    length: int
    file: KeptApart | None = None
    """The name of the file it came in."""
    file_digest: str
    raw: KeptApart | None = None
    """The file's bytes in base64 (RFC 4648), where they are other than the text in UTF-8."""


class SectionEdited(Happening):
    """A section's proposed text was changed.

    ``delta`` applied to the text of revision ``over`` gives the text of ``revision``, whose
    plain SHA-256 is ``text_digest`` and whose length is ``length``.
    """

    stored_as = "section-edited"

    section: str
    revision: int
    over: int
    delta: tuple[Operation, ...]
    written: tuple[KeptApart, ...] = ()
    text_digest: str
    length: int
    matcher: str | None = None
    """The name and version of what found the delta; absent when an editor sent it, and in the
    first form of this event."""
    claimed: tuple[Operation, ...] | None = None
    """Words that the writer was asked about, and said that they are their own: ``(source, start,
    stop, at, end)``, where those of the new text from ``at`` to ``end`` equal those of ``source``
    (``advice@3``, ``F@7``) from ``start`` to ``stop``."""


class SectionSubmitted(Happening):
    stored_as = "section-submitted"

    section: str
    revision: int


class SectionReturned(Happening):
    """A reviewer wants it changed, and says why."""

    stored_as = "section-returned"

    section: str
    revision: int


class SectionApproved(Happening):
    stored_as = "section-approved"

    section: str
    revision: int


class SectionSignedOff(Happening):
    """A person's mark, with a meaning, over exactly this text."""

    stored_as = "section-signed-off"

    section: str
    revision: int
    text_digest: str
    meaning: Meaning


class ReviewSetUp(Happening):
    """A review of this plan was set up by a cycle."""

    stored_as = "review-set-up"

    cycle: str
    cycle_name: str
    meeting: date
    kind: ReviewKind | None = None
    """Absent when it is statutory."""


class ReviewWithdrawn(Happening):
    """A review that a cycle set up is not held by it after all; an earlier one stands again."""

    stored_as = "review-withdrawn"

    cycle: str
    cycle_name: str
    earlier_cycle: str | None = None
    earlier_cycle_name: str | None = None
    earlier_meeting: date | None = None


class AttendanceAsked(Happening):
    """Someone was asked to come to the meeting of the review that a cycle set up."""

    stored_as = "attendance-asked"

    cycle: str
    to: str
    to_name: str
    to_role: str
    meeting: date
    rule: str
    """Why this person: the rule of the cycle file, or that somebody simply decided."""
    chosen: str | None = None
    """Why this one of several who could."""


class AdviceAsked(Happening):
    """Someone was asked to give advice for the review that a cycle set up, by a day."""

    stored_as = "advice-asked"

    cycle: str
    kind: AdviceKind
    to: str
    to_name: str
    to_role: str
    due: date
    rule: str
    """Why this person: the rule of the cycle file, or that somebody simply decided."""
    chosen: str | None = None
    """Why this one of several who could."""
    text: KeptApart | None = None
    """What the request says beside."""


class DutyAccepted(Happening):
    """The person asked says that they come to a review's meeting, or that they give advice."""

    stored_as = "duty-accepted"

    cycle: str
    kind: AdviceKind | None = None
    """Which advice; absent: to come to the meeting."""


class DutyDeclined(Happening):
    """The person asked to come, or to give advice, says no, and why; it goes back to whoever
    asked."""

    stored_as = "duty-declined"

    cycle: str
    kind: AdviceKind | None = None
    """Which advice; absent: to come to the meeting."""
    reason: DeclineReason
    back_to: str


class DutyWithdrawn(Happening):
    """Someone need not come to a review's meeting, or not give advice, after all."""

    stored_as = "duty-withdrawn"

    cycle: str
    kind: AdviceKind | None = None
    """Which advice; absent: to come to the meeting."""
    to: str
    to_name: str
    instead: str | None = None
    """The id of whoever is asked instead."""
    instead_name: str | None = None


class FactRecorded(Happening):
    """A statutory fact was entered: a request received, a meeting held, a notice served.

    ``on``, or the London day of ``at``, is the day on which it happened. Which facts there are, and
    which fields each has, is data: ``ehcp_flow/statute/facts.toml``.
    """

    stored_as = "fact-recorded"

    number: int
    """Its number among the plan's facts: 1, 2, 3 …"""
    fact: str
    """Which, as ``review-meeting-held``."""
    details: tuple[tuple[str, str], ...] = ()
    """Name and value of the fields that are days (ISO 8601), choices, numbers or ids of people;
    never free text."""
    told_as: tuple[str, ...] = ()
    """The names of the fields whose words ``told`` holds, in its order."""
    told: tuple[KeptApart, ...] = ()
    replaces: int | None = None
    """The number of the fact, entered wrongly, in whose place this one stands."""


class FactWithdrawn(Happening):
    """A fact was entered that did not happen; the reason says why it is taken back."""

    stored_as = "fact-withdrawn"

    number: int


class PlanIssued(Happening):
    """The authority issued the plan: the text of each section, frozen as a numbered version."""

    stored_as = "plan-issued"

    issue: int
    """Its number among the plan's issued versions: 1, 2, 3 …"""
    kind: IssueKind
    sections: tuple[tuple[str, int, str], ...]
    """Of each section that has text: its id, revision, and the plain SHA-256 of the text."""
    issue_digest: str
    """The SHA-256 of the lines ``id revision digest``, one a section, each ended by a line feed."""
    trigger: int | None = None
    """The number of the fact that lets it be issued."""


class IssueSent(Happening):
    """Somebody was sent an issued version; with ``on`` as the day on which it went."""

    stored_as = "issue-sent"

    issue: int
    to_role: str
    """Such as *parent*, *school*, *integrated care board*."""
    to_name: KeptApart | None = None
    to: str | None = None
    """Their id, when they are known here."""
    way: str | None = None
    """By which way it went: *post*, *e-mail*, *by hand*, *portal*."""


# Settings ---------------------------------------------------------------------------------------


class ModelChosen(Happening):
    """The setting works by an operating model from a day on."""

    stored_as = "model-chosen"

    model: str
    """Its id, as ``M3``."""
    model_version: int
    since: date
    """The first day on which it holds."""
    data: str
    """The model's whole file, so that what it allowed can be read for ever."""
    data_digest: str


class TemplateAdopted(Happening):
    """The setting has a plan template of its own, or a further version of one."""

    stored_as = "template-adopted"

    template: str
    template_version: int
    data: str
    """The template's whole file."""
    data_digest: str


# Cycles -----------------------------------------------------------------------------------------


class CycleApplied(Happening):
    """A cycle file was applied: which, and how many plans and tasks it asks for.

    What was set up of them, now or before, is in the plans' own records.
    """

    stored_as = "cycle-applied"

    cycle_name: str
    file_digest: str
    plans: int
    tasks: int
    kind: ReviewKind | None = None
    """Of its reviews; absent when they are statutory."""


PersonEvent = PersonListed | PersonCorrected | RoleGranted | RoleRevoked | AbsenceRecorded
PlanEvent = (
    PlanOpened
    | PupilChanged
    | SectionTextImported
    | SectionAssigned
    | AssignmentWithdrawn
    | AssignmentAccepted
    | AssignmentDeclined
    | AdviceGiven
    | SectionEdited
    | SectionSubmitted
    | SectionReturned
    | SectionApproved
    | SectionSignedOff
    | ReviewSetUp
    | ReviewWithdrawn
    | AttendanceAsked
    | AdviceAsked
    | DutyAccepted
    | DutyDeclined
    | DutyWithdrawn
    | FactRecorded
    | FactWithdrawn
    | PlanIssued
    | IssueSent
)
CycleEvent = CycleApplied
SettingEvent = ModelChosen | TemplateAdopted
Event = PersonEvent | PlanEvent | CycleEvent | SettingEvent


def by_stored_name(kinds: Iterable[type[Event]]) -> dict[str, type[Event]]:
    """Return the events by the name under which each is stored."""
    return {kind.stored_as: kind for kind in kinds}


BY_STORED_NAME: dict[str, type[Event]] = by_stored_name(get_args(Event))
