"""A cycle file applied: what it asks for is set up, as far as it is not set up yet.

A cycle is the same one again by its name. Every plan's share (its review and the tasks of it) is
one command whose id comes from the cycle and the plan, recorded whole or not at all. So:

- An application that was killed is completed by applying again, and two at once do no more than
  one.
- Applying again adds what was not there: a new pupil's review, and a task that nobody could take
  before. Whoever was asked stays asked, whether they said yes, no or nothing yet, and so does a
  section in which work began. So it is with who attends and who gives advice, rule by rule.
- A changed file under the same name goes on with the same cycle. A review that is set up keeps its
  meeting, and a section that somebody was asked for keeps its people and due days; the changes
  count for what comes later.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from operator import is_
from typing import Generic, NamedTuple, TypeVar, cast
from uuid import UUID, uuid4, uuid5

from pydantic_core import to_json

from ehcp_flow import plan as planning
from ehcp_flow.acting import MOST_EVENTS, TRIES, By, Part, Progress, Tenancy
from ehcp_flow.cycles.advising import AskedAdvice
from ehcp_flow.cycles.asking import Asked, Gap, Known
from ehcp_flow.cycles.attending import Attending
from ehcp_flow.cycles.choosing import Chosen, SetUp, choose
from ehcp_flow.cycles.file import CycleFile, read_cycle
from ehcp_flow.cycles.from_model import filled
from ehcp_flow.cycles.not_here import unknown_people
from ehcp_flow.errors import BadInput, NothingToDo, Refused, StoreTrouble
from ehcp_flow.events import (
    AdviceAsked,
    AssignmentAccepted,
    AssignmentDeclined,
    AttendanceAsked,
    CycleApplied,
    PlanEvent,
    ReviewKind,
    ReviewSetUp,
    ReviewWithdrawn,
    SectionApproved,
    SectionAssigned,
    SectionEdited,
    SectionReturned,
    SectionSubmitted,
    Task,
    words,
)
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Assignment, Plan, Section
from ehcp_flow.projections import duties as asked_beside
from ehcp_flow.projections import people, standing
from ehcp_flow.projections.catching_up import Reading
from ehcp_flow.projections.duties import DutyLine
from ehcp_flow.projections.standing import PlanLine, SectionLine, Waits
from ehcp_flow.recording import Recorded
from ehcp_flow.rules import assigning
from ehcp_flow.storage import Claim, ClaimTaken, CommandDone, VersionTaken
from ehcp_flow.times import london_day


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a cycle file did."""

    cycle: str
    set_up: tuple[SetUp, ...]
    """The reviews that were set up now, with the tasks that were assigned."""
    already: int
    """The chosen plans whose review this cycle had set up before."""
    gaps: tuple[Gap, ...]
    """Tasks that nobody could be given, and why; told each time until somebody is asked."""
    chosen: Chosen
    added: tuple[SetUp, ...] = ()
    """Of the reviews set up before, those for which more was asked now, with that alone."""


class Share(NamedTuple):
    """What the file asks for about one plan."""

    set_up: SetUp
    gaps: Sequence[Gap]


class Decided(NamedTuple):
    """What is to be recorded of a share."""

    part: Part
    set_up: SetUp
    """With what is asked for in it."""
    gaps: Sequence[Gap]
    new: bool
    """Whether the review is set up with it."""
    overtaken: bool = False
    """Whether the plan's latest review is another one than the file's."""
    closes: Sequence[Assignment] = ()
    """Open tasks of an earlier review, which the new one closes."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A cycle file beside what is so in the store."""

    cycle: CycleFile
    hand: Hand
    stream: UUID
    """The cycle's own; a new one when there is none yet."""
    begun: bool
    """Whether the cycle has a stream."""
    noted: bool
    """Whether this file is the one that it was applied from last."""
    chosen: Chosen
    gaps: Mapping[str, Sequence[Gap]]
    """What nobody can be asked for, by reference."""
    lines: Mapping[UUID, PlanLine]
    """The plans as the view knows them; their versions hold off what is decided by it."""
    meetings: Mapping[UUID, date]
    """Of the plans whose latest review is of this cycle."""
    waits: Mapping[str, Waits]
    """What waits on people, by their ids."""
    reading: Reading

    @property
    def many(self) -> int:
        """How many plans the file chooses."""
        return len(self.chosen.set_ups)

    def shares(self) -> Iterator[Share]:
        """What the file asks for, plan by plan; made one by one, as there are many."""
        for set_up in self.chosen.set_ups:
            yield Share(set_up, self.gaps.get(set_up.reference, ()))


class Applying:
    """Applies cycle files in one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def apply(
        self,
        data: bytes,
        *,
        file: str,
        by: By,
        preview_id: str | None = None,
        progress: Progress | None = None,
    ) -> Applied:
        """As ``Cycles.apply``."""
        prepared = self.prepare(data, file=file, by=by)
        expected = None if preview_id is None else self._as_previewed(prepared, preview_id)
        prepared = replace(prepared, stream=self._begin(prepared))
        set_up: list[SetUp] = []
        added: list[SetUp] = []
        gaps: list[Gap] = []
        done = 0
        for batch in batches(prepared.shares()):
            for decided in self._record(prepared, batch, expected):
                gaps += decided.gaps
                if decided.new:
                    set_up.append(decided.set_up)
                elif decided.part.events:
                    added.append(decided.set_up)
            done += len(batch)
            if progress is not None:
                progress(done, prepared.many)
        return Applied(
            prepared.cycle.name,
            tuple(set_up),
            prepared.many - len(set_up),
            tuple(gaps),
            prepared.chosen,
            tuple(added),
        )

    def prepare(self, data: bytes, *, file: str, by: By, on: date | None = None) -> Prepared:
        """Read a cycle file, and say what it asks for.

        Args:
            data: the TOML file.
            file: its name, for messages.
            by: who applies it.
            on: the day of applying; without it today.

        Raises:
            BadInput: the file is not a cycle, or names a plan that is not here.
            Refused: whoever applies it may not.
        """
        here, tenant = self._here, self._here.tenant
        cycle = read_cycle(data, name=file, sections=here.section_ids())
        hand = here.hand(replace(by, channel="file"))
        if hand.may("coordinate") is None:
            raise hand.forbidden(
                "coordinate",
                f"{hand.name} acts as {hand.role} and may not set up a review cycle: ask the "
                f"{hand.under.who('coordinate')}.",
            )
        everyone = people.people(here.read(people.VIEW), tenant)
        for unknown in unknown_people(cycle, everyone, hand.under.model.other_roles):
            raise BadInput(f"{file}: {unknown.in_words()}")
        cycle = filled(cycle, hand.under, file=file, sections=here.section_ids())
        # Not the day it is said to have happened: nobody is asked for a day that has passed.
        day = on or london_day(hand.at)
        reading = here.read(standing.VIEW)
        lines = standing.plan_lines(reading, tenant, statuses=False)
        held = self._stream_of(cycle)
        steps = [] if held is None else here.history(held)
        _of_the_same_kind(cycle, steps, file)
        meetings = _meetings(lines, held)
        waits = standing.waits(reading, tenant)

        def known(streams: Sequence[UUID]) -> Mapping[UUID, Known]:
            return standing.asked_before(reading, tenant, streams, str(held))

        def wrote(streams: Sequence[UUID]) -> Mapping[UUID, frozenset[str]]:
            found = standing.section_lines(reading, tenant, streams)
            return {
                stream: frozenset(line.edited_by for line in some if line.edited_by is not None)
                for stream, some in found.items()
            }

        def duties(streams: Sequence[UUID]) -> Mapping[UUID, Sequence[DutyLine]]:
            return asked_beside.duties(reading, tenant, str(held), streams)

        reviewed = [line.stream for line in lines if line.stream in meetings]
        chosen = choose(
            cycle,
            ((line.stream, line.particulars) for line in lines),
            everyone,
            on=day,
            meetings=meetings,
            known=_Some(reviewed, known),
            wrote=_Some([line.stream for line in lines], wrote),
            waiting={person: sum(many) for person, many in waits.items()},
            duties=_Some(reviewed, duties) if cycle.attend or cycle.advice else None,
            due={
                line.stream: line.reviewed(day).due
                for line in lines
                if here.why_no_limits(line.particulars) is None
            },
        )
        if chosen.unknown:
            raise BadInput(f"{file}: {chosen.unknown[0].in_words()}")
        self._every_section_is_there(file, chosen, lines)
        gaps: dict[str, list[Gap]] = {}
        for gap in chosen.gaps:
            gaps.setdefault(gap.reference, []).append(gap)
        return Prepared(
            cycle,
            hand,
            held or uuid4(),
            held is not None,
            _file_of(steps) == cycle.file_digest,
            chosen,
            gaps,
            {line.stream: line for line in lines},
            meetings,
            waits,
            reading,
        )

    def _every_section_is_there(self, file: str, chosen: Chosen, lines: Sequence[PlanLine]) -> None:
        """Let nobody be asked for a section that a plan of its kind does not have.

        Raises:
            BadInput: naming the first plan of such a kind.
        """
        of = {line.reference: line.particulars for line in lines}
        asked = {
            (of[one.reference].template, of[one.reference].template_version, task.section): one
            for one in chosen.set_ups
            for task in one.tasks
        }
        for (id, version, section), one in asked.items():
            template = self._here.template(id, version)
            if template is not None and section not in template.titles:
                raise BadInput(
                    f"{file}: found the section {section} asked for in {one.reference}, expected "
                    f"one of {', '.join(template.ids)}, as it is {template.article}: choose the "
                    "kinds of plans with `templates` in [choose]."
                )

    def decide(self, prepared: Prepared, batch: Sequence[Share]) -> list[Decided]:
        """What is to be recorded of some shares: by the view where it can tell, which the plans'
        versions guard, and else by the plans' histories."""
        reading, tenant = prepared.reading, self._here.tenant
        streams = [share.set_up.stream for share in batch if not _is_idle(prepared, share)]
        sections = standing.section_lines(reading, tenant, streams)
        asked = standing.assignments(reading, tenant, streams)
        found: list[Decided] = []
        for share in batch:
            stream = share.set_up.stream
            decided: Decided | None
            if _is_idle(prepared, share):
                decided = _nothing(share)
            elif self._was_set_up_before(prepared, stream):
                decided = None
            else:
                lines = {line.section: line for line in sections[stream]}
                decided = _decide_by_view(prepared, share, lines, asked[stream])
            decided = decided or self._by_history(prepared, share)
            if decided.new:
                decided = decided._replace(closes=_open_of_cycles(asked.get(stream, {})))
            found.append(decided)
        return found

    def _was_set_up_before(self, prepared: Prepared, stream: UUID) -> bool:
        """Whether the cycle set up a review that is not the plan's latest one now."""
        if not prepared.begun or stream in prepared.meetings:
            return False
        return self._here.recorder.outcome(_command(prepared.stream, stream)) is not None

    def _by_history(self, prepared: Prepared, share: Share) -> Decided:
        return decide_by_history(self._here.history(share.set_up.stream), prepared, share)

    def _as_previewed(self, prepared: Prepared, preview_id: str) -> Mapping[UUID, bytes]:
        """What would be recorded of each plan, as the preview of this id has it.

        Raises:
            Refused: it is another preview.
        """
        expected: dict[UUID, bytes] = {}
        for batch in batches(prepared.shares()):
            for decided in self.decide(prepared, batch):
                if decided.part.events:
                    expected[decided.set_up.stream] = essence(decided)
        if preview_id_of(prepared, expected.values()) != preview_id:
            raise Refused(
                f"What would be done is not what the preview {preview_id[:40]!r} said, and nothing "
                "was recorded: preview the cycle again."
            )
        return expected

    def _stream_of(self, cycle: CycleFile) -> UUID | None:
        return self._here.recorder.holders("cycle", [cycle.key]).get(cycle.key)

    def _begin(self, prepared: Prepared) -> UUID:
        """The cycle's own stream, which says that this file was applied, before any plan does."""
        cycle, chosen = prepared.cycle, prepared.chosen
        for _ in range(TRIES):
            stream = self._stream_of(cycle)
            steps = [] if stream is None else self._here.history(stream)
            if stream is not None and _file_of(steps) == cycle.file_digest:
                return stream
            stream = stream or prepared.stream
            event = CycleApplied(
                **prepared.hand.act("coordinator", prepared.hand.may("coordinate")),
                cycle_name=cycle.name,
                file_digest=cycle.file_digest,
                plans=len(chosen.set_ups),
                tasks=sum(len(one.tasks) + one.asked_before for one in chosen.set_ups),
                kind=_kind_said(cycle),
            )
            part = Part(stream, len(steps), [event], [Claim("cycle", cycle.key, stream)])
            try:
                self._here.append_parts([part])
            except (VersionTaken, ClaimTaken):
                continue
            return stream
        raise StoreTrouble("Others kept applying the same cycle: try again.")

    def _record(
        self, prepared: Prepared, batch: Sequence[Share], expected: Mapping[UUID, bytes] | None
    ) -> list[Decided]:
        decided = self.decide(prepared, batch)
        for _ in range(TRIES):
            if expected is not None:
                _check_expected(decided, expected)
            try:
                self._here.append_parts([share.part for share in decided if share.part.events])
            except (VersionTaken, CommandDone):
                # Someone wrote in one of these plans, or applies the same cycle: what they
                # recorded is found, and the rest is decided anew.
                decided = [self._by_history(prepared, share) for share in batch]
                continue
            return decided
        raise StoreTrouble(
            "Others kept changing the same plans: apply the cycle again, it goes on from here."
        )


def batches(shares: Iterable[Share]) -> Iterator[list[Share]]:
    """Yield shares in groups that fit one transaction, so that a conflict repeats little."""
    group: list[Share] = []
    events = 0
    for share in shares:
        asked = share.set_up
        many = 1 + len(asked.tasks) + len(asked.attend) + len(asked.advice)
        if group and events + many > MOST_EVENTS:
            yield group
            group, events = [], 0
        group.append(share)
        events += many
    if group:
        yield group


def essence(decided: Decided) -> bytes:
    """Return a digest of what is to be recorded of a plan's share, so far as it matters to
    people."""
    tasks = [(t.section, t.task, t.to, t.due, t.rule) for t in decided.set_up.tasks]
    attend = [(one.person, one.rule) for one in decided.set_up.attend]
    advice = [(one.kind, one.to, one.due, one.rule) for one in decided.set_up.advice]
    meeting = decided.set_up.meeting if decided.new else None
    found = [decided.set_up.stream, meeting, tasks, attend, advice]
    return hashlib.sha256(to_json(found)).digest()


def preview_id_of(prepared: Prepared, essences: Iterable[bytes]) -> str:
    """Return the id of a preview: 16 hex digits of a SHA-256 over the file's digest, whether it is
    to be noted that it was applied, and the essence of each plan's share, by reference."""
    digest = hashlib.sha256(to_json([prepared.cycle.file_digest, prepared.noted]))
    for one in essences:
        digest.update(one)
    return digest.hexdigest()[:16]


def _check_expected(decided: Sequence[Decided], expected: Mapping[UUID, bytes]) -> None:
    for one in decided:
        if one.part.events and expected.get(one.set_up.stream) != essence(one):
            raise Refused(
                f"Plan {one.set_up.reference} moved on since the preview, and what would be done "
                "about it is not what that said; what was recorded before stands: preview the "
                "cycle again."
            )


_Found = TypeVar("_Found")

_AT_ONCE = 200
"""Plans of which something is looked up together."""


class _Some(Generic[_Found]):
    """Looks something up for plans that are asked for in a known order, some together."""

    def __init__(
        self, streams: Sequence[UUID], look: Callable[[Sequence[UUID]], Mapping[UUID, _Found]]
    ) -> None:
        self._streams = streams
        self._look = look
        self._next = 0
        self._found: Mapping[UUID, _Found] = {}

    def __call__(self, stream: UUID) -> _Found:
        if stream not in self._found:
            # Asked for in their order, so that the place of each need not be kept.
            start = self._streams.index(stream, self._next)
            self._next = start + _AT_ONCE
            self._found = self._look(self._streams[start : self._next])
        return self._found[stream]


def _meetings(lines: Iterable[PlanLine], cycle: UUID | None) -> dict[UUID, date]:
    """The meetings of the plans whose latest review is of a cycle."""
    return {
        line.stream: line.review.meeting
        for line in lines
        if line.review is not None and line.review.cycle == str(cycle)
    }


def _kind_said(cycle: CycleFile) -> ReviewKind | None:
    """The kind of a cycle's reviews, as events say it."""
    return None if cycle.kind == "statutory" else cycle.kind


def _of_the_same_kind(cycle: CycleFile, steps: Sequence[Recorded], file: str) -> None:
    """Let no review that was set up become one of another kind.

    Raises:
        BadInput: the cycle was applied with another kind.
    """
    latest = steps[-1].event if steps else None
    if isinstance(latest, CycleApplied) and latest.kind != _kind_said(cycle):
        before = latest.kind or "statutory"
        raise BadInput(
            f"{file}, kind: found {cycle.kind}, expected {before}, of which kind the reviews of "
            f"{cycle.name!r} are that were set up: give a cycle of another kind another name."
        )


def _file_of(steps: Sequence[Recorded]) -> str | None:
    """The digest of the file that a cycle was applied from last."""
    latest = steps[-1].event if steps else None
    return latest.file_digest if isinstance(latest, CycleApplied) else None


# What is to be recorded --------------------------------------------------------------------------


def _is_idle(prepared: Prepared, share: Share) -> bool:
    """Whether a review is set up, and nothing that the file asks for can be missing."""
    asked = share.set_up
    missing = asked.tasks or asked.attend or asked.advice or share.gaps
    return asked.stream in prepared.meetings and not missing


def _open_of_cycles(asked: Mapping[str, Sequence[Assignment]]) -> list[Assignment]:
    """What waits on somebody because a review asked for it."""
    return [
        a for of_section in asked.values() for a in of_section if a.open and a.cycle is not None
    ]


def _nothing(share: Share, *, overtaken: bool = False) -> Decided:
    set_up = share.set_up
    if set_up.tasks or set_up.attend or set_up.advice:
        set_up = replace(set_up, tasks=(), attend=(), advice=())
    return Decided(Part(set_up.stream, 0, []), set_up, [], False, overtaken)


def _decide_by_view(
    prepared: Prepared,
    share: Share,
    sections: Mapping[str, SectionLine],
    asked: Mapping[str, Sequence[Assignment]],
) -> Decided | None:
    """What is to be recorded of a plan's share by what the view knows of the plan.

    The same as ``decide_by_history``; ``None`` when only the plan's history can tell.
    """
    set_up = share.set_up
    line = prepared.lines[set_up.stream]
    new = set_up.stream not in prepared.meetings
    tasks: Sequence[Asked] = set_up.tasks
    gaps = list(share.gaps)
    if not new:
        wanted: list[Asked | Gap] = [*tasks, *share.gaps]
        lacking = {id(one): _lacks(one, prepared, sections, asked) for one in wanted}
        if None in lacking.values():
            return None
        tasks = [task for task in tasks if lacking[id(task)]]
        gaps = [gap for gap in gaps if lacking[id(gap)]]
    if any(task.task == "review" and _has_writers(sections, task.section) for task in tasks):
        return None
    plan = Plan(
        line.stream,
        line.version,
        line.particulars,
        {
            id: _outline(id, sections.get(id), asked.get(id, ()), new)
            for id in {task.section for task in tasks}
        },
    )
    return _share(plan, line.version, prepared, set_up, tasks, gaps, new)


def _lacks(
    wanted: Asked | Gap,
    prepared: Prepared,
    sections: Mapping[str, SectionLine],
    asked: Mapping[str, Sequence[Assignment]],
) -> bool | None:
    """Whether nobody was asked for this since the review was set up; ``None``: the view cannot
    tell what was before that and what since."""
    of_task = [a for a in asked.get(wanted.section, ()) if a.task == wanted.task]
    cycle = str(prepared.stream)
    if any(a.cycle == cycle and a.rule == wanted.rule and a.status != "withdrawn" for a in of_task):
        return False
    if not of_task and _is_untouched(sections.get(wanted.section)):
        return True
    return None


def _is_untouched(section: SectionLine | None) -> bool:
    """Whether nobody ever wrote or reviewed a section here, or submitted it."""
    if section is None or section.status == "empty":
        return True
    return section.status == "issued" and section.revision == 1


def _has_writers(sections: Mapping[str, SectionLine], id: str) -> bool:
    """Whether people may have written in a section since it was last approved."""
    section = sections.get(id)
    return not _is_untouched(section) and (section is None or section.status != "approved")


def _outline(
    id: str, section: SectionLine | None, asked: Sequence[Assignment], new: bool
) -> Section:
    """A section as far as the rules of assigning look at it, in which nobody wrote since it was
    last approved; a new review closes what was done or asked for by an earlier one."""
    if new:
        asked = [
            replace(a, status="closed")
            if a.status == "done" or (a.open and a.cycle is not None)
            else a
            for a in asked
        ]
    if section is None:
        return Section(id, assignments=tuple(asked))
    return Section(id, revision=section.revision, status=section.status, assignments=tuple(asked))


def decide_by_history(steps: Sequence[Recorded], prepared: Prepared, share: Share) -> Decided:
    """What is to be recorded of a plan's share by the plan's history."""
    set_up, stream = share.set_up, prepared.stream
    history = [cast("PlanEvent", step.event) for step in steps]
    reviews = _standing_reviews(history)
    new = not any(_is_of(history[n], stream) for n in reviews)
    if not new and not _is_of(history[reviews[-1]], stream, set_up.meeting):
        # A later review took over, or this one was set up meanwhile from another file.
        return _nothing(share, overtaken=True)
    # Folded with the review, which closes what was done for an earlier one.
    review = [_review(prepared, set_up)] if new else []
    plan = planning.fold(set_up.stream, [*history, *review])
    tasks: Sequence[Asked] = set_up.tasks
    gaps = share.gaps
    if not new:
        since, year = history[reviews[-1] + 1 :], plan.particulars.year
        tasks = [task for task in tasks if _is_lacking(task, since, prepared.cycle, year)]
        gaps = [gap for gap in gaps if _is_lacking(gap, since, prepared.cycle, year)]
        set_up = _not_asked_before(set_up, plan)
    again = sum(isinstance(e, ReviewWithdrawn) and e.cycle == str(stream) for e in history)
    return _share(plan, len(history), prepared, set_up, tasks, gaps, new, again=again)


def _share(
    plan: Plan,
    after: int,
    prepared: Prepared,
    set_up: SetUp,
    wanted: Sequence[Asked],
    gaps: Sequence[Gap],
    new: bool,
    *,
    again: int = 0,
) -> Decided:
    """A review, if it is a new one, each task that the rules of assigning allow, and who is to
    attend and to give advice.

    Args:
        plan: as it stands once the review is set up.
        after: how many events it has before.
        prepared: the cycle.
        set_up: the plan's share of it, without whom it asked before.
        wanted: the tasks that are to be asked for.
        gaps: those that nobody can be given.
        new: whether the review is set up.
        again: how often it was set up before and taken back.
    """
    events: list[PlanEvent] = [_review(prepared, set_up)] if new else []
    told = list(gaps)
    tasks: list[Asked] = []
    for one in wanted:
        try:
            asked, event = _assign(plan, one, tasks, prepared.stream, prepared.hand)
        except NothingToDo:
            continue
        except Refused as no:
            told.append(Gap(plan.reference, one.section, one.task, str(no), one.rule))
            continue
        tasks.append(asked)
        events.append(event)
    events += [_attendance(prepared, set_up.meeting, one) for one in set_up.attend]
    events += [_advice(prepared, one) for one in set_up.advice]
    command = _command(prepared.stream, plan.stream, again) if new else None
    part = Part(plan.stream, after, events, command=command)
    return Decided(part, _with(set_up, tasks), told, new)


def _with(set_up: SetUp, tasks: Sequence[Asked]) -> SetUp:
    """The share with these tasks: the same one when it has them."""
    if len(tasks) == len(set_up.tasks) and all(map(is_, tasks, set_up.tasks)):
        return set_up
    return replace(set_up, tasks=tuple(tasks))


def _review(prepared: Prepared, set_up: SetUp) -> ReviewSetUp:
    return ReviewSetUp(
        **prepared.hand.act("coordinator", prepared.hand.may("coordinate")),
        cycle=str(prepared.stream),
        cycle_name=prepared.cycle.name,
        meeting=set_up.meeting,
        kind=_kind_said(prepared.cycle),
    )


def _attendance(prepared: Prepared, meeting: date, asked: Attending) -> AttendanceAsked:
    return AttendanceAsked(
        **prepared.hand.act("coordinator", prepared.hand.may("coordinate")),
        cycle=str(prepared.stream),
        to=asked.person,
        to_name=asked.name,
        to_role=asked.role,
        meeting=meeting,
        rule=asked.rule,
        chosen=asked.chosen,
    )


def _advice(prepared: Prepared, asked: AskedAdvice) -> AdviceAsked:
    return AdviceAsked(
        **prepared.hand.act("coordinator", prepared.hand.may("coordinate")),
        cycle=str(prepared.stream),
        kind=asked.kind,
        to=asked.to,
        to_name=asked.to_name,
        to_role=asked.to_role,
        due=asked.due,
        rule=asked.rule,
        chosen=asked.chosen,
        text=None if asked.text is None else words(asked.text),
    )


def _not_asked_before(set_up: SetUp, plan: Plan) -> SetUp:
    """A plan's share without whom its review asked to attend, or for advice, and without rules by
    which it asked anybody, even if they said no; what was taken back is asked anew."""
    asked: set[tuple[str | None, str]] = set()
    for duty in plan.duties:
        if duty.status != "withdrawn":
            asked |= {(duty.kind, duty.to), (duty.kind, duty.rule)}
    if not asked:
        return set_up
    return replace(
        set_up,
        attend=tuple(a for a in set_up.attend if not asked & {(None, a.person), (None, a.rule)}),
        advice=tuple(a for a in set_up.advice if not asked & {(a.kind, a.to), (a.kind, a.rule)}),
    )


def _standing_reviews(history: Sequence[PlanEvent]) -> list[int]:
    """Where the reviews were set up that were not taken back."""
    places: list[int] = []
    for n, event in enumerate(history):
        if isinstance(event, ReviewSetUp):
            places.append(n)
        elif isinstance(event, ReviewWithdrawn):
            of_cycle = [place for place in places if _is_of(history[place], UUID(event.cycle))]
            if of_cycle:
                places.remove(of_cycle[-1])
    return places


def _is_of(event: PlanEvent, cycle: UUID, meeting: date | None = None) -> bool:
    """Whether an event sets up the review of a cycle, at this meeting if one is said."""
    return (
        isinstance(event, ReviewSetUp)
        and event.cycle == str(cycle)
        and meeting in (None, event.meeting)
    )


def _is_lacking(
    wanted: Asked | Gap, since: Sequence[PlanEvent], cycle: CycleFile, year: str
) -> bool:
    """Whether nobody was asked for this, and no work on it began, since the review was set up.

    Several rules may ask for one section: where somebody was asked by one of them, another one
    is still met, as long as the same rules hold as then. A changed file adds nobody, and neither
    does a pupil's next year: whoever wrote in Year 3 goes on.
    """
    asked: set[str | None] = set()
    begun = False
    for event in since:
        match event:
            case SectionAssigned() if _about(event) == _about(wanted):
                asked.add(event.rule)
            case AssignmentAccepted() | AssignmentDeclined():
                begun = begun or _about(event) == _about(wanted)
            case SectionEdited() | SectionSubmitted():
                begun = begun or (event.section, "write") == _about(wanted)
            case SectionReturned() | SectionApproved():
                begun = begun or (event.section, "review") == _about(wanted)
            case _:
                pass
    if not asked:
        return not begun
    rules = cycle.write if wanted.task == "write" else cycle.review
    holding = {
        rule.in_words(wanted.task)
        for rule in rules
        if wanted.section in rule.sections and rule.holds_for(year)
    }
    return wanted.rule in holding - asked and asked <= holding


def _about(
    one: Asked | Gap | SectionAssigned | AssignmentAccepted | AssignmentDeclined,
) -> tuple[str, Task]:
    return one.section, one.task


def _assign(
    plan: Plan, wanted: Asked, now: Sequence[Asked], cycle: UUID, hand: Hand
) -> tuple[Asked, SectionAssigned]:
    """Ask the person whom a rule chose, or the next one whom the rules of assigning allow.

    Args:
        plan: as it stands.
        wanted: whom the file asks, and whom instead.
        now: who is asked with it for other tasks, which the plan does not know yet.
        cycle: the cycle's stream.
        hand: who applies it.

    Raises:
        Refused: nobody may be asked; the first of them for this reason.
        NothingToDo: whoever is asked was asked before.
    """
    others = {one.to for one in now if one.section == wanted.section and one.task != wanted.task}
    refusal: Refused | None = None
    instead = (replace(one, chosen=_INSTEAD) for one in wanted.instead)
    for asked in chain((wanted,), instead):
        if asked.to in others:
            continue
        try:
            event = assigning.assign(
                plan,
                asked.section,
                asked.task,
                to=asked.to,
                to_name=asked.to_name,
                to_role=asked.to_role,
                due=asked.due,
                hand=hand,
                cycle=str(cycle),
                rule=asked.rule,
                chosen=asked.chosen,
                text=asked.text,
            )
        except Refused as no:
            refusal = refusal or no
            continue
        return asked, event
    raise refusal or Refused(
        f"whoever could {wanted.task} it has the other task, and the writer may not be their own "
        "reviewer: name another role in the file, then apply the cycle again."
    )


_INSTEAD = "the next one, as the first may not"


def _command(cycle: UUID, plan: UUID, again: int = 0) -> str:
    """The id of the command that sets up one plan's review in one cycle.

    Args:
        cycle: the cycle's stream.
        plan: the plan's.
        again: how often the review was set up before and taken back.
    """
    return uuid5(cycle, f"{plan} {again}" if again else f"{plan}").hex
