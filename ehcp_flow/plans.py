"""The use cases: read what is so, ask the rules, record what they say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from ehcp_flow import replaying
from ehcp_flow.acting import By, Done, Progress, Same, Tenancy
from ehcp_flow.attributing import Authors
from ehcp_flow.authorship.delta import advice_name, revision_name, text_digest
from ehcp_flow.authorship.difference import Piece, difference
from ehcp_flow.authorship.likeness import Search
from ehcp_flow.authorship.phrases import paragraph_end, phrase
from ehcp_flow.errors import Ambiguous, BadInput, NotFound
from ehcp_flow.events import (
    AssignmentAccepted,
    AssignmentDeclined,
    DeclineReason,
    Event,
    Meaning,
    SectionApproved,
    SectionAssigned,
    SectionEdited,
    SectionReturned,
    SectionSignedOff,
    SectionSubmitted,
    Task,
)
from ehcp_flow.evidence.checking import Checked, check
from ehcp_flow.hands import Hand, role_for_act
from ehcp_flow.intake import Intake
from ehcp_flow.people import People
from ehcp_flow.plan import Advice, Particulars, Plan
from ehcp_flow.projections import drafts, entered, people, standing, trail
from ehcp_flow.projections.catching_up import View, intact, rebuild
from ehcp_flow.projections.drafts import Hit
from ehcp_flow.projections.standing import Load, PlanLine, WorkItem
from ehcp_flow.projections.trail import TrailLine
from ehcp_flow.rules import assigning, drafting, offering, requiring, reviewing, signing_off
from ehcp_flow.rules.requiring import Requirement
from ehcp_flow.storage import Store, open_store
from ehcp_flow.templates.template import Template
from ehcp_flow.text import normalise, one_line
from ehcp_flow.times import Clock, system_clock

if TYPE_CHECKING:
    from ehcp_flow.adopting_templates import Templates
    from ehcp_flow.advice import AdviceDesk
    from ehcp_flow.choosing_models import Models
    from ehcp_flow.clocks.desk import PlanClock, PlanWeeks
    from ehcp_flow.clocks.figures import ReviewFigures
    from ehcp_flow.cycles.desk import Cycles
    from ehcp_flow.facts import FactsDesk
    from ehcp_flow.receipts import Contribution
    from ehcp_flow.statute.clocks import Clock as StatutoryClock


@dataclass(frozen=True, slots=True)
class SectionDifference:
    """What differs in one section between two moments."""

    section: str
    from_revision: int
    to_revision: int
    pieces: tuple[Piece, ...]


class Plans:
    """Everything that people do with one tenant's plans.

    A plan is named by its reference, an unambiguous start of one, or a whole UPN. Every method
    that records raises ``SaidNo`` when it does not, and then nothing was recorded.
    """

    def __init__(self, store: Store, tenant: str, clock: Clock = system_clock) -> None:
        self._here = Tenancy(store, tenant, clock)

    @cached_property
    def people(self) -> People:
        """The people known here and the roles they hold."""
        return People(self._here)

    @cached_property
    def intake(self) -> Intake:
        """Pupils and texts brought in from files."""
        return Intake(self._here)

    @cached_property
    def advice(self) -> "AdviceDesk":
        """Texts that people gave for a plan: reports, targets, views."""
        from ehcp_flow.advice import AdviceDesk

        return AdviceDesk(self._here)

    @cached_property
    def facts(self) -> "FactsDesk":
        """Facts of the law: requests, meetings, notices, decisions, and the plans issued."""
        from ehcp_flow.facts import FactsDesk

        return FactsDesk(self._here)

    @cached_property
    def cycles(self) -> "Cycles":
        """Review cycles, set up from files."""
        from ehcp_flow.cycles.desk import Cycles

        return Cycles(self._here)

    @cached_property
    def models(self) -> "Models":
        """Operating models: who does what here."""
        from ehcp_flow.choosing_models import Models

        return Models(self._here)

    @cached_property
    def templates(self) -> "Templates":
        """The templates with which plans can be opened."""
        from ehcp_flow.adopting_templates import Templates

        return Templates(self._here)

    @property
    def tenant(self) -> str:
        """Whose plans these are."""
        return self._here.tenant

    def today(self) -> date:
        """The day it is in London, by the clock passed in."""
        return self._here.today()

    def close(self) -> None:
        """Let go of the store."""
        self._here.store.close()

    def __enter__(self) -> "Plans":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Who is asked

    def assign(
        self, plan: str, section: str, task: Task, to: str, *, due: date | None, by: By
    ) -> Done:
        """Ask someone to write or to review a section by a day."""
        section = self.section_id(plan, section)
        notes: list[str] = []

        def decide(now: Plan, hand: Hand) -> Event:
            person = self._here.person(to)
            day = max(hand.day, self._here.today())
            role_for_act(person, on=day)
            role = assigning.role_to_ask(now, section, task, person, on=day, hand=hand)
            event = assigning.assign(
                now,
                section,
                task,
                to=person.id,
                to_name=person.name,
                to_role=role,
                due=due,
                hand=hand,
            )
            told = assigning.contributes(now, section, task, person, role, hand=hand)
            notes[:] = [told] if told else []
            return event

        def same(event: Event) -> bool:
            asked = _same(SectionAssigned, section, task=task, due=due)
            return asked(event) and getattr(event, "to", None) == self._here.person(to).id

        done = self._here.act_on_plan(plan, by, decide, same)
        return done._replace(note=" ".join(notes) or None)

    def accept(self, plan: str, section: str, *, by: By) -> Done:
        """Say yes to what was asked."""
        section = self.section_id(plan, section)
        return self._here.act_on_plan(
            plan,
            by,
            lambda now, hand: assigning.accept(now, section, hand=hand),
            _same(AssignmentAccepted, section),
        )

    def decline(self, plan: str, section: str, reason: DeclineReason, *, by: By) -> Done:
        """Say no to what was asked, and why; it goes back to whoever asked."""
        section = self.section_id(plan, section)
        return self._here.act_on_plan(
            plan,
            by,
            lambda now, hand: assigning.decline(now, section, reason, hand=hand),
            _same(AssignmentDeclined, section, reason=reason),
        )

    # Writing and reviewing

    def edit(
        self,
        plan: str,
        section: str,
        text: str,
        *,
        over: int | None = None,
        answer: drafting.Answer | None = None,
        by: By,
    ) -> Done:
        """Propose a section's next text, written over a revision that was read.

        Words that stand or stood in the plan keep their authors, wherever they are put. Words
        that equal an advice are the adviser's or the writer's own, as ``answer`` says.

        ``Done.note`` says when this reopened the section, when control characters were left out
        of the text, and whose words were placed.

        Raises:
            WhoseWords: words equal an advice, and it is not said whose they are.
        """
        section = self.section_id(plan, section)
        kept, left_out = normalise(text)
        notes: list[str] = []

        def decide(now: Plan, hand: Hand) -> Event:
            authors = self._here.authors(now.stream, now.version)

            def find(text: str) -> Search:
                return authors.search(section, text, hand.by)

            event = drafting.edit(
                now, section, kept, over=over, hand=hand, find=find, answer=answer
            )
            told = (drafting.reopens(now.section(section)), authors.placed_by(event))
            notes[:] = [note for note in told if note]
            return event

        def same(event: Event) -> bool:
            asked = _same(SectionEdited, section, text_digest=text_digest(kept))
            # Another answer is another command.
            claimed = getattr(event, "claimed", None) is not None
            adopted = any(part[-1] == "adopted" for part in getattr(event, "delta", ()))
            return asked(event) and not (adopted if answer == "claim" else claimed)

        done = self._here.act_on_plan(plan, by, decide, same)
        if left_out:
            notes.append(f"{left_out} control characters were left out of the text.")
        return done._replace(note=" ".join(notes) or None)

    def adopt(
        self,
        plan: str,
        section: str,
        *,
        advice: int | None = None,
        item: int | None = None,
        words: str | None = None,
        after: str | None = None,
        over: int | None = None,
        by: By,
    ) -> Done:
        """Place an advice in a section, or take over the words that a machine wrote there.

        Whoever wrote the words stays their author; who adopts them answers for placing them.

        Args:
            plan: what people call it.
            section: the section's id.
            advice: its number in the plan; without it the machine-written words of the section
                are meant, which nobody has adopted.
            item: the number of one of its paragraphs, as ``advice.offered`` gives it.
            words: which of them, as a phrase, or as ``from … to`` with an ellipsis in between; all
                of them when it is not said.
            after: a phrase of the section after whose paragraph an advice is placed; at the end
                when it is not said.
            over: the revision that was read, if that matters.
            by: who adopts them.

        Raises:
            NotFound: no such advice, or no such words.
            Ambiguous: the words stand there more than once.
        """
        section = self.section_id(plan, section)
        notes: list[str] = []

        def decide(now: Plan, hand: Hand) -> Event:
            event = adopted(now, hand)
            authors = self._here.authors(now.stream, now.version)
            told = (drafting.reopens(now.section(section)), authors.placed_by(event))
            notes[:] = [note for note in told if note]
            return event

        def adopted(now: Plan, hand: Hand) -> SectionEdited:
            if advice is None:
                stretches = self._machines(now, section, words)
                return drafting.adopt_in_place(now, section, stretches, over=over, hand=hand)
            given = _advice(now, advice)
            start, stop = _stretch(given, item, words)
            place = None
            if after is not None:
                text = now.section(section).text
                place = paragraph_end(text, phrase(text, after)[1])
            return drafting.adopt(
                now, section, given.source, start, stop, after=place, over=over, hand=hand
            )

        def same(event: Event) -> bool:
            if not isinstance(event, SectionEdited) or event.section != section:
                return False
            taken = [part[1:4] for part in event.delta if part[0] == "take"]
            if advice is None:
                return {part[0] for part in taken} == {revision_name(section, event.over)}
            given = _advice(self._here.plan(self._here.stream_of(plan)), advice)
            start, stop = _stretch(given, item, words)
            return taken == [(advice_name(advice), start, stop)]

        done = self._here.act_on_plan(plan, by, decide, same)
        return done._replace(note=" ".join(notes) or None)

    def _machines(self, now: Plan, section: str, words: str | None) -> list[tuple[int, int]]:
        """Where the machine-written words stand that nobody has adopted, within a phrase."""
        authors = self._here.authors(now.stream, now.version).sections.get(section)
        if authors is None:
            return []
        low, high = (0, len(authors.text)) if words is None else phrase(authors.text, words)
        found = [
            (max(run.start, low), min(run.end, high))
            for run in authors.runs
            if run.written.machine and run.adopted is None
        ]
        return [(start, stop) for start, stop in found if start < stop]

    def submit(self, plan: str, section: str, *, by: By) -> Done:
        """Give a section to its reviewers."""
        section = self.section_id(plan, section)
        return self._here.act_on_plan(
            plan,
            by,
            lambda now, hand: reviewing.submit(now, section, hand=hand),
            _same(SectionSubmitted, section),
        )

    def return_(self, plan: str, section: str, *, revision: int | None = None, by: By) -> Done:
        """Ask for changes; ``by.because`` says which."""
        section = self.section_id(plan, section)
        return self._here.act_on_plan(
            plan,
            by,
            lambda now, hand: reviewing.return_(now, section, hand=hand, revision=revision),
            _same(SectionReturned, section),
        )

    def approve(self, plan: str, section: str, *, revision: int | None = None, by: By) -> Done:
        """Say that the submitted text is as it should be."""
        section = self.section_id(plan, section)
        return self._here.act_on_plan(
            plan,
            by,
            lambda now, hand: reviewing.approve(now, section, hand=hand, revision=revision),
            _same(SectionApproved, section),
        )

    def sign_off(
        self, plan: str, section: str, meaning: Meaning, *, revision: int | None = None, by: By
    ) -> Done:
        """Put a mark, with a meaning, over exactly the current text."""
        section = self.section_id(plan, section)
        return self._here.act_on_plan(
            plan,
            by,
            lambda now, hand: signing_off.sign_off(
                now, section, meaning, hand=hand, revision=revision
            ),
            _same(SectionSignedOff, section, meaning=meaning),
        )

    # Reading

    def list(
        self, *, years: Sequence[str] | None = None, listed: bool | None = None
    ) -> Sequence[PlanLine]:
        """The plans here, one line each, by reference."""
        return standing.plan_lines(
            self._here.read(standing.VIEW), self.tenant, years=years, listed=listed
        )

    def find(self, words: str, *, limit: int = 50) -> Sequence[Hit]:
        """The sections whose text holds all these words, whatever their case and accents."""
        words = one_line(words)
        if not words:
            raise BadInput("Say which words to find.")
        return drafts.find(self._here.read(drafts.VIEW), self.tenant, words, limit=limit)

    def show(
        self,
        plan: str,
        *,
        as_at: date | None = None,
        known_at: replaying.Moment | None = None,
    ) -> Plan:
        """A plan as it stands, as it was on a day, or as it was known at a moment."""
        if as_at is not None and known_at is not None:
            raise BadInput("--as-at and --known-at are two questions: ask one of them.")
        stream = self._here.stream_of(plan)
        if as_at is not None:
            return replaying.as_at(self._here.history(stream), as_at)
        if known_at is not None:
            return replaying.known_at(self._here.history(stream), known_at)
        return self._here.plan(stream)

    def template(self, plan: Plan) -> Template:
        """The template with which a plan was opened, in the version of that day."""
        return self._here.template_of(plan)

    def template_by(self, plan: str) -> Template:
        """The template of a plan by what people call the plan."""
        return self._here.template_at(self._here.stream_of(plan))

    def required(self, plan: Plan, on: date | None = None) -> Sequence[Requirement]:
        """What the template requires of a plan for a pupil of that age, on a day or today."""
        return requiring.required(self.template(plan), plan, on or self.today())

    def section_id(self, plan: str, text: str) -> str:
        """The id of the section of a plan that a text names, whatever its case.

        Raises:
            NotFound: the plan's template has no such section.
        """
        return self.template_by(plan).section_id(text)

    def authors(self, plan: str, *, known_at: replaying.Moment | None = None) -> Authors:
        """Who wrote which words of a plan, as it stands or as it was known at a moment."""
        stream = self._here.stream_of(plan)
        history = self._here.history(stream)
        if known_at is not None:
            history = history[: replaying.known_at(history, known_at).version]
        return Authors(history, self._here.template_at(stream).ids)

    def receipt(self, person: str) -> "Sequence[Contribution]":
        """Everything that a person wrote in any plan here, and what became of it."""
        from ehcp_flow.receipts import receipt

        return receipt(self._here, self._here.person(person).id)

    def replay(self, plan: str) -> Iterator[replaying.Step]:
        """Every step of a plan, with the difference in the text at each."""
        return replaying.steps(self._here.history(self._here.stream_of(plan)))

    def diff(
        self,
        plan: str,
        *,
        from_: replaying.Moment | replaying.Version,
        to: replaying.Moment | replaying.Version | None = None,
    ) -> Sequence[SectionDifference]:
        """What differs in the text between two moments or issued versions, the later one now."""
        stream = self._here.stream_of(plan)
        history = self._here.history(stream)
        before = replaying.texts(history, from_)
        after = replaying.texts(history, len(history) if to is None else to)
        found: list[SectionDifference] = []
        for id in self._here.template_of(self._here.plan(stream)).ids:
            (one, old), (other, new) = before.get(id, (0, "")), after.get(id, (0, ""))
            if old != new:
                found.append(SectionDifference(id, one, other, difference(old, new)))
        return found

    def work(self, *, person: str | None = None, orphaned: bool = False) -> Sequence[WorkItem]:
        """What waits on whom.

        Args:
            person: only what waits on this person.
            orphaned: only what waits on people who hold no role or are away, today or on the due
                day; ``why`` then says which.
        """
        who = None if person is None else self._here.person(person).id
        if orphaned:
            from ehcp_flow.cycles.reassigning import orphaned as waiting_on_nobody

            return waiting_on_nobody(self._here, who)
        return standing.work_items(
            self._here.read(standing.VIEW), self.tenant, today=self.today(), person=who
        )

    def load(self) -> Sequence[Load]:
        """How much waits on each person today, the most first."""
        reading = self._here.read(standing.VIEW)
        return standing.load(reading, self.tenant, today=self._here.today())

    def trail(
        self,
        plan: str | None = None,
        *,
        by: str | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> Sequence[TrailLine]:
        """Who did what, when, in which role: of one plan or of all."""
        return trail.trail(
            self._here.read(trail.VIEW),
            self.tenant,
            stream=None if plan is None else self._here.stream_of(plan),
            by=None if by is None else self._here.person(by).id,
            since=since,
            until=until,
        )

    # What the law asks for by when

    def clocks(
        self,
        plan: str | None = None,
        *,
        as_at: date | None = None,
        everyone: bool = False,
        proposals: bool = False,
    ) -> "Sequence[PlanClock]":
        """The limits of the law that run for one plan or for all, the most urgent first.

        Args:
            plan: only this one, folded from its own record.
            as_at: the day: later facts do not count, and what is late is judged on it; today
                without it.
            everyone: also plans of pupils who are no longer listed.
            proposals: as if what is only proposed were law.
        """
        from ehcp_flow.clocks import desk

        day = as_at or self.today()
        return desk.all_clocks(
            self._here, plan=plan, as_at=day, everyone=everyone, proposals=proposals
        )

    def limits_of(self, plan: Plan, *, as_at: date | None = None) -> "Sequence[StatutoryClock]":
        """The limits of the law that run for a folded plan, the most urgent first."""
        from ehcp_flow.clocks import desk

        return desk.clocks_of(self._here, plan, as_at=as_at or self.today())

    def uncounted(self, found: "Iterable[PlanClock]", *, everyone: bool = False) -> Sequence[str]:
        """The references of the plans of which ``clocks`` found no limit, open or over."""
        from ehcp_flow.clocks import desk

        return desk.uncounted(self._here, found, everyone=everyone)

    def why_no_limits(self, plan: Particulars) -> str | None:
        """Why no limits of the law are kept for a plan of this kind, as a sentence after its
        reference; ``None``: they are."""
        why = self._here.why_no_limits(plan)
        return None if why is None else f"{why}: no limits are kept for it here."

    def most_urgent(self, streams: Iterable[UUID]) -> "Mapping[UUID, StatutoryClock]":
        """Of each of these plans the limit of the law that is due first, where there is one."""
        from ehcp_flow.clocks import desk

        return desk.most_urgent(self._here, streams, as_at=self.today())

    def calendar(
        self,
        plan: str | None = None,
        *,
        as_at: date | None = None,
        everyone: bool = False,
        rules: Sequence[str] = (),
    ) -> str:
        """The limits of one plan or of all as a calendar file (RFC 5545), naming no child.

        Args:
            plan: only this one.
            as_at: the day on which they are looked at; today without it.
            everyone: also plans of pupils who are no longer listed.
            rules: only these, by id.
        """
        from ehcp_flow.clocks import desk

        day = as_at or self.today()
        return desk.calendar_file(self._here, plan=plan, as_at=day, everyone=everyone, rules=rules)

    def review_figures(
        self, year: int | None = None, *, as_at: date | None = None
    ) -> "ReviewFigures":
        """The figures of a calendar year's reviews, as the department publishes them."""
        from ehcp_flow.clocks import desk

        day = as_at or self.today()
        return desk.figures_of_all(self._here, year=year or day.year, as_at=day)

    def review_weeks(
        self, plan: str | None = None, *, as_at: date | None = None
    ) -> "Sequence[PlanWeeks]":
        """Who held the pen on each day of each review of one plan or of all."""
        from ehcp_flow.clocks import desk

        return desk.weeks_of_all(self._here, plan=plan, as_at=as_at or self.today())

    # Keeping

    def check(self, progress: Progress | None = None) -> Checked:
        """Read every event and check that it is as it was recorded.

        Raises:
            RecordDamaged: naming the first step that is not.
        """
        return check(self._here.recorder, progress, identifiers=True)

    def check_views(self, progress: Progress | None = None) -> Iterator[tuple[str, bool]]:
        """Say of each view whether it is what the events say; nothing is replaced."""
        for view in _VIEWS:
            yield view.name, intact(self._here.store.views, self._here.recorder, view, progress)

    def rebuild(
        self, view: str | None = None, progress: Progress | None = None
    ) -> Iterator[tuple[str, bool]]:
        """Make each view anew, or one of them, and say whether it was as it should be.

        Raises:
            NotFound: there is no such view.
        """
        here = self._here
        return (
            (one.name, rebuild(here.store.views, here.recorder, one, progress))
            for one in _views_named(view)
        )


_VIEWS: tuple[View, ...] = (standing.VIEW, people.VIEW, drafts.VIEW, trail.VIEW, entered.VIEW)


def _views_named(name: str | None) -> Sequence[View]:
    if name is None:
        return _VIEWS
    names = [view.name for view in _VIEWS]
    if name in names:
        return [_VIEWS[names.index(name)]]
    from difflib import get_close_matches

    near = get_close_matches(name, names, 1)
    raise NotFound(
        f"There is no view {name!r}"
        + (f", did you mean {near[0]!r}?" if near else ":")
        + f" There are {', '.join(names)}."
    )


def _advice(plan: Plan, number: int) -> Advice:
    if not 1 <= number <= len(plan.advice):
        raise NotFound(
            f"{plan.reference} has no advice {number}: `advice list {plan.reference}` shows "
            f"{len(plan.advice)}."
        )
    return plan.advice[number - 1]


def _stretch(advice: Advice, item: int | None, words: str | None) -> tuple[int, int]:
    """Which words of an advice are meant: a phrase of it or of one of its paragraphs."""
    start, stop = 0, len(advice.text)
    if item is not None:
        one = offering.item(advice, item)
        start, stop = one.start, one.stop
    if words is not None:
        first, last = phrase(advice.text[start:stop], words)
        start, stop = start + first, start + last
    return start, stop


def _same(kind: type[Event], section: str, **facts: object) -> Same:
    """Whether an event is of this kind, in this section, and says this."""
    return lambda event: (
        isinstance(event, kind)
        and all(
            getattr(event, name) == said for name, said in {"section": section, **facts}.items()
        )
    )


def open_plans(url: str, *, tenant: str | None = None, clock: Clock = system_clock) -> Plans:
    """Open one tenant's plans in a store.

    Args:
        url: where the store is, such as ``sqlite:ehcp-flow.db``.
        tenant: whose plans; may be left out when the store has one tenant.
        clock: gives the present instant.

    Raises:
        StoreTrouble: the store cannot be opened.
        Ambiguous: the store has several tenants and none was named.
        NotFound: the store has no such tenant.
    """
    store = open_store(url)
    try:
        return Plans(store, _tenant(store, tenant), clock)
    except BaseException:
        store.close()
        raise


def _tenant(store: Store, asked: str | None) -> str:
    names = store.tenants()
    if asked is not None:
        if asked not in names:
            raise NotFound(
                f"{store.url} has no tenant {asked!r} (it has {', '.join(names) or 'none'}): "
                "make room for it with `ehcp-flow store init --tenant`."
            )
        return asked
    if not names:
        raise NotFound(
            f"{store.url} has no tenant, so there is nobody whose plans it could keep: "
            "make room for one with `ehcp-flow store init`."
        )
    if len(names) != 1:
        raise Ambiguous(
            f"{store.url} keeps the plans of {len(names)} tenants ({', '.join(names)}): "
            "say whose with --tenant or EHCP_FLOW_TENANT."
        )
    return names[0]
