"""Facts of the law in the plans' records: entered one by one or many from a file, and issued plans.

What is entered, and what is issued with it, is recorded as one or not at all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import NamedTuple, cast
from uuid import UUID

from ehcp_flow.acting import TRIES, By, Done, Part, Progress, Tenancy, command_id, reason
from ehcp_flow.authorship.delta import readable
from ehcp_flow.errors import NotFound, NothingToDo, Refused, SaidNo, StoreTrouble
from ehcp_flow.events import (
    Event,
    FactRecorded,
    FactWithdrawn,
    IssueSent,
    PlanEvent,
    PlanIssued,
    words,
)
from ehcp_flow.hands import Hand, Person
from ehcp_flow.importing.facts import FactRow
from ehcp_flow.plan import Fact, Folding, Issue, Plan
from ehcp_flow.projections.entered import entered_in
from ehcp_flow.recording import events_of
from ehcp_flow.replaying import IssuedText, issued
from ehcp_flow.rules import entering, governing, issuing
from ehcp_flow.rules.issuing import Holder, SentTo
from ehcp_flow.rules.stating import NotStated, Someone, Stated, Who, read
from ehcp_flow.statute.clocks import CLAIM, clocks
from ehcp_flow.statute.facts import FactKind, Facts, of_england
from ehcp_flow.statute.happened import told_by_particulars
from ehcp_flow.statute.law import Law, england
from ehcp_flow.storage import VersionTaken
from ehcp_flow.templates.template import Template
from ehcp_flow.times import london_day

Said = Sequence[tuple[str, str]]
"""Name and value of fields, as they were written; people as often as there are people."""

Fault = tuple[int, str, str, str]
"""Line, field, what was found and what was expected."""


class Issues(NamedTuple):
    """The issued versions of a plan, and who holds which."""

    reference: str
    issues: tuple[Issue, ...]
    holders: tuple[Holder, ...]
    superseded: Mapping[int, int | None]
    """By the number of a version: the one that took its place."""


class Compared(NamedTuple):
    """A file of facts beside the plans that are kept here."""

    new: int
    plans: int
    """In how many plans."""
    unchanged: int
    """Facts that are on record already."""
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact that somebody asks to have entered."""

    kind: FactKind
    said: tuple[tuple[str, str], ...]
    to: tuple[str, ...]
    replaces: int | None = None


class FactsDesk:
    """The facts of one tenant's plans."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    @property
    def catalogue(self) -> Facts:
        """Which facts can be recorded, and what each says."""
        return of_england()

    @property
    def _law(self) -> Law:
        return england()

    def record(
        self,
        plan: str,
        fact: str,
        said: Said = (),
        *,
        to: Sequence[str] = (),
        replaces: int | None = None,
        by: By,
    ) -> Done:
        """Enter a fact; ``by.on`` is the day on which it happened.

        A fact that issues the plan freezes its text as the next version, and records who was sent
        it. ``Done.note`` says who is missing among them, and how many hold a superseded version.

        Args:
            plan: what people call it.
            fact: its id, as ``review-meeting-held``.
            said: what its fields say.
            to: who was sent the version that is issued with it, each as ``ROLE: NAME``.
            replaces: the number of the fact, entered wrongly, in whose place it stands.
            by: who records it.

        Raises:
            NotFound: no such fact, field, person, advice or version.
            BadInput: a field does not say what it should.
            Refused: whoever records it may not, or what it needs is not on record.
            NothingToDo: exactly this is on record.
        """
        asked = Asked(self.catalogue.fact(fact.strip()), tuple(said), tuple(to), replaces)
        notes: list[str] = []

        def decide(now: Plan, hand: Hand) -> Sequence[Event]:
            events = self.decide(now, asked, hand)
            notes[:] = self._notes(now, asked, hand, events)
            return events

        def same(event: Event) -> bool:
            template = self._here.template_at(self._here.stream_of(plan))
            stated, sent = self._read(asked, event.on or london_day(event.at), template)
            match event:
                case FactRecorded():
                    kept = tuple(pair for pair in event.details if pair[0] != entering.ISSUE)
                    return (event.fact, event.replaces, kept, _told(event)) == (
                        asked.kind.id,
                        replaces,
                        stated.details,
                        {n: readable(w) for n, w in zip(stated.told_as, stated.told, strict=True)},
                    )
                case PlanIssued():
                    return event.kind == asked.kind.issues
                case IssueSent():
                    return issuing.went_to(event, sent)
                case _:
                    return False

        done = self._here.act_on_plan(plan, by, decide, same)
        return done._replace(note=" ".join(notes) or None)

    def withdraw(self, plan: str, number: int, *, by: By) -> Done:
        """Take back a fact that did not happen; ``by.because`` says why."""
        return self._here.act_on_plan(
            plan,
            by,
            lambda now, hand: entering.withdraw(now, number, facts=self.catalogue, hand=hand),
            lambda event: isinstance(event, FactWithdrawn) and event.number == number,
        )

    # Reading

    def list(self, plan: str) -> Sequence[Fact]:
        """The facts of a plan in the order of their entry, those taken back among them."""
        return self._here.plan(self._here.stream_of(plan)).facts

    def issued(self, plan: str) -> Issues:
        """The versions of a plan that were issued, and who holds which."""
        now = self._here.plan(self._here.stream_of(plan))
        superseded = {one.number: issuing.superseded_by(now, one) for one in now.issues}
        return Issues(now.reference, now.issues, issuing.holders(now), superseded)

    def issued_text(self, plan: str, number: int) -> IssuedText:
        """The frozen text of a version, checked against its digests.

        Raises:
            NotFound: the plan has no such version.
            RecordDamaged: the text is not the one that was issued.
        """
        return issued(self._here.history(self._here.stream_of(plan)), number)

    # Files of facts

    def compare(self, rows: Sequence[FactRow], *, by: By) -> Compared:
        """Say what of a file is new and what is wrong with it beside the plans, and record nothing.

        Raises:
            Refused: whoever brings it in holds no role.
        """
        return _Many(self, self._here, by).decided(rows)[1]

    def take(
        self, rows: Sequence[FactRow], *, by: By, progress: Progress | None = None
    ) -> Compared:
        """Record the facts of a file: all of them, or none when one of them is faulty.

        Those that are on record stay as they are, so that the same file again records nothing.

        Args:
            rows: as the file has them; those of one plan are entered by day, and those of one day
                in the file's order.
            by: who brings them in.
            progress: told how many plans of how many are done.

        Raises:
            StoreTrouble: others kept changing the same plans; what was recorded stays.
        """
        facts = 0
        streams: set[UUID] = set()
        for _ in range(TRIES):
            parts, found = _Many(self, self._here, by).decided(rows)
            if found.faults:
                return found
            # A try that is overtaken leaves its first transactions recorded; they count as well.
            recorded = 0

            def told(done: int, many: int) -> None:
                nonlocal recorded
                recorded = done
                if progress is not None:
                    progress(done, many)

            try:
                self._here.append_parts(parts, told)
            except VersionTaken:
                # Others recorded meanwhile; what is in already is found and not recorded again.
                continue
            finally:
                facts += _facts_in(parts[:recorded])
                streams |= {part.stream for part in parts[:recorded]}
            return Compared(facts, len(streams), len(rows) - facts, ())
        raise StoreTrouble(
            "Others kept changing the same plans: bring the file in again, it goes on from here."
        )

    # Deciding

    def decide(
        self, now: Plan, asked: Asked, hand: Hand, who: Who | None = None
    ) -> Sequence[Event]:
        """Ask the rules what is recorded of a fact, and record nothing.

        Args:
            now: the plan as it stands.
            asked: the fact.
            hand: who records it.
            who: finds people, for whoever asks of many facts.
        """
        kind = asked.kind
        # Who may not record it is told so before anything else.
        governing.may_record(now, kind, hand)
        template = self._here.template_of(now)
        entering.of_its_kind(now, kind, template)
        stated, to = self._read(asked, hand.day, template, who)
        entered = entering.record(
            now,
            kind,
            stated,
            facts=self.catalogue,
            law=self._law,
            hand=hand,
            replaces=asked.replaces,
        )
        if kind.issues is not None:
            return issuing.issue(
                now,
                kind,
                stated,
                entered.event,
                rests_on=entered.rests_on,
                to=to,
                hand=hand,
                template=template,
            )
        if kind.sends:
            return issuing.send_again(now, kind, stated, entered.event, to=to, hand=hand)
        return [entered.event]

    def _read(
        self, asked: Asked, day: date, template: Template, who: Who | None = None
    ) -> tuple[Stated, tuple[SentTo, ...]]:
        """What the fields say, and to whom a version goes."""
        kind, who = asked.kind, who or self.who(day)
        stated = read(kind, asked.said, day=day, who=who, law=self._law, template=template)
        to = issuing.recipients(self.catalogue, kind, asked.to, who)
        # Two people who are sent a copy on one day are two facts.
        return (_with_recipients(stated, to) if kind.sends else stated), to

    def who(self, day: date) -> Who:
        """What finds people with the roles that they held on a day; it remembers whom it found."""

        @cache
        def find(name: str) -> Someone | None:
            person: Person | None = self._here.known(name)
            if person is None:
                return None
            return Someone(person.id, person.name, tuple(r.role for r in person.roles_on(day)))

        return find

    def _notes(self, now: Plan, asked: Asked, hand: Hand, events: Sequence[Event]) -> Sequence[str]:
        claimed = asked.kind.id == CLAIM
        if asked.kind.issues in (None, "draft") and not claimed:
            return ()
        folding = _folded(self._here, now.stream)
        for event in events:
            folding.evolve(folding.version + 1, cast("PlanEvent", event))
        if claimed:
            return self._about_the_claim(folding.plan(), asked, hand)
        _, to = self._read(asked, hand.day, self._here.template_of(now))
        return issuing.told(folding.plan(), asked.kind, to)

    def _about_the_claim(self, plan: Plan, asked: Asked, hand: Hand) -> Sequence[str]:
        """Say that nothing is disapplied, where the limit does not run on that day."""
        about = plan.particulars
        stated, _ = self._read(asked, hand.day, self._here.template_of(plan))
        rule, exception = stated.says("rule"), stated.says("exception")
        happened = [
            *told_by_particulars(about.born, about.made_on, about.last_review),
            *entered_in(plan).facts,
        ]
        if any(
            clock.rule.id == rule and exception in clock.disapplied_by
            for clock in clocks(happened, as_at=self._here.today(), law=self._law)
        ):
            return ()
        return (
            f"It disapplies nothing so far: no limit {rule} of {plan.reference} that has "
            f"{exception} ran on {hand.day}, as `clocks --plan {plan.reference}` shows them.",
        )


class _Many:
    """Decides a file of facts, plan by plan, each over those before it."""

    def __init__(self, desk: FactsDesk, here: Tenancy, by: By) -> None:
        self._desk = desk
        self._here = here
        self._by = replace(by, on=None, channel="import", command=command_id(None))
        here.hand(self._by)
        self._hands: dict[date, Hand] = {}
        self._who: dict[date, Who] = {}
        self._folded: dict[UUID, tuple[Folding, list[Event]]] = {}
        self._begun: dict[UUID, int] = {}
        self._streams: dict[str, UUID] = {}
        self._faults: list[Fault] = []
        self._unchanged = 0

    def decided(self, rows: Sequence[FactRow]) -> tuple[list[Part], Compared]:
        """The parts to append, and what they are; no part of a file with a fault is appended."""
        # An export is sorted by anything; what lets a fact be has an earlier day, or this one.
        for row in sorted(rows, key=lambda row: row.on):
            try:
                self._one(row)
            except NotStated as no:
                self._faults.append((row.line, no.field, no.found, no.expected))
            except NothingToDo:
                self._unchanged += 1
            except NotFound as no:
                name = "plan" if row.plan not in self._streams else "fact"
                found = row.plan if name == "plan" else row.fact
                self._faults.append((row.line, name, found, _as_expected(no)))
            except SaidNo as no:
                self._faults.append((row.line, "fact", row.fact, _as_expected(no)))
        parts = [
            Part(stream, self._begun[stream], events)
            for stream, (_, events) in self._folded.items()
            if events
        ]
        new = _facts_in(parts)
        return parts, Compared(new, len(parts), self._unchanged, tuple(sorted(self._faults)))

    def _one(self, row: FactRow) -> None:
        if row.plan not in self._streams:
            self._streams[row.plan] = self._here.stream_of(row.plan)
        stream = self._streams[row.plan]
        if stream not in self._folded:
            folding = _folded(self._here, stream)
            self._folded[stream] = folding, []
            self._begun[stream] = folding.version
        folding, events = self._folded[stream]
        hand = self._hand(row)
        kind = self._desk.catalogue.fact(row.fact)
        asked = Asked(kind, row.said, row.to)
        if row.on not in self._who:
            self._who[row.on] = self._desk.who(row.on)
        for event in self._desk.decide(folding.plan(), asked, hand, self._who[row.on]):
            events.append(event)
            folding.evolve(folding.version + 1, cast("PlanEvent", event))

    def _hand(self, row: FactRow) -> Hand:
        if row.on not in self._hands:
            try:
                self._hands[row.on] = self._here.hand(replace(self._by, on=row.on))
            except Refused as no:
                expected = f"another day: {no}"
                raise NotStated(row.fact, "on", row.on.isoformat(), expected) from None
        hand = self._hands[row.on]
        return hand if row.because is None else replace(hand, because=reason(row.because))


def _facts_in(parts: Sequence[Part]) -> int:
    return sum(isinstance(event, FactRecorded) for part in parts for event in part.events)


def _folded(here: Tenancy, stream: UUID) -> Folding:
    folding = Folding(stream)
    for event in cast("Iterator[PlanEvent]", events_of(here.recorder.rows(stream))):
        folding.evolve(folding.version + 1, event)
    return folding


def _told(event: FactRecorded) -> dict[str, str]:
    return dict(zip(event.told_as, map(readable, event.told), strict=True))


def _with_recipients(stated: Stated, to: Sequence[SentTo]) -> Stated:
    """The same with the recipients among what it says."""
    details, told_as, told = list(stated.details), list(stated.told_as), list(stated.told)
    for number, one in enumerate(to, 1):
        key = f"to.{number}"
        details.append((f"{key}.role", one.role))
        if one.person is not None:
            details.append((key, one.person))
        told_as.append(key)
        told.append(words(f"{one.role}: {one.name}" if one.name else one.role))
    return Stated(tuple(details), tuple(told_as), tuple(told))


def _as_expected(no: SaidNo) -> str:
    """A refusal as what is expected instead."""
    return f"one that can be recorded: {no}"
