"""From a claim to a hand, from a decision to rows: who acts, and how what they did is appended."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from difflib import get_close_matches
from functools import cache, partial
from typing import NamedTuple, cast
from uuid import UUID, uuid4

from ehcp_flow import plan as planning
from ehcp_flow.attributing import Authors
from ehcp_flow.errors import (
    Ambiguous,
    BadInput,
    NotFound,
    RecordDamaged,
    Refused,
    StoreTrouble,
)
from ehcp_flow.events import (
    Capacity,
    Channel,
    Event,
    PersonEvent,
    PlanEvent,
    PlanOpened,
    SettingEvent,
    Words,
    words,
)
from ehcp_flow.hands import Hand, Person, may_act_as, role_for_act, still_held
from ehcp_flow.hands import fold as fold_person
from ehcp_flow.models.in_force import InForce
from ehcp_flow.models.model import Model
from ehcp_flow.models.shipped import default, recorded
from ehcp_flow.plan import Particulars, Plan
from ehcp_flow.projections import catching_up, people, standing
from ehcp_flow.recording import Recorded, encode_all, events_of, history
from ehcp_flow.setting import CLAIM, Setting
from ehcp_flow.setting import fold as fold_setting
from ehcp_flow.storage import Claim, ClaimTaken, Command, CommandDone, Outcome, Store, VersionTaken
from ehcp_flow.templates.built_in import all_built_in, built_in
from ehcp_flow.templates.limits import why_not
from ehcp_flow.templates.reading import recorded_template
from ehcp_flow.templates.template import Template
from ehcp_flow.text import normalise, one_line
from ehcp_flow.times import Clock, london_day

MOST_EVENTS = 2_000
"""In one transaction, so that others are not kept waiting for long."""

TRIES = 20
"""How often a decision is made anew when the stream moves on meanwhile; each try waits for the
store's own lock, so that twenty in a row mean something is wrong."""

LONGEST_REASON = 20_000
"""Code points."""


@dataclass(frozen=True, slots=True)
class By:
    """Who says they act, and on which occasion. A claim, not a proof."""

    who: str
    """A staff id, an e-mail address or an unambiguous name."""
    role: str | None = None
    """The role they act in; without it the one they have held longest."""
    on: date | None = None
    """The day it happened, when that is another day than today."""
    on_behalf_of: str | None = None
    """A person known here (as ``who``), or the name of someone who is not."""
    channel: Channel = "typed"
    capacity: Capacity | None = None
    """In which they act, when it is not the one that such an act is done in."""
    because: str | None = None
    """The reason, in words."""
    command: str | None = None
    """The id of the command: the same one again gives the first outcome again."""


class Done(NamedTuple):
    """What was recorded."""

    stream: UUID
    version: int
    """The step that the stream has reached."""
    events: tuple[Event, ...]
    first: int
    """Position of the first event."""
    last: int
    again: bool = False
    """Whether this command was carried out before, and nothing was recorded now."""
    note: str | None = None
    """What else the person who acted should know."""
    reference: str | None = None
    """Which plan it was, when it was one."""


class Part(NamedTuple):
    """The next events of one stream, as one part of a larger piece of work."""

    stream: UUID
    after: int
    """How many events the stream has."""
    events: Sequence[Event]
    claims: Sequence[Claim] = ()
    command: str | None = None
    """The part's own command id, for work that must not be done twice."""


Decide = Callable[[Plan, Hand], Event | Sequence[Event]]

Same = Callable[[Event], bool]
"""Whether what was recorded before is what a command asks for now."""

Progress = Callable[[int, int], None]
"""Told how much of how many is done."""


class Tenancy:
    """One tenant of a store, a clock, and the people who act there."""

    def __init__(self, store: Store, tenant: str, clock: Clock) -> None:
        self.store = store
        self.tenant = tenant
        self.clock = clock
        self.recorder = store.recorder(tenant)
        self._setting: UUID | None = None
        # What a plan was opened with, and what a version of a template says, never changes.
        self._opened_with: dict[UUID, Template] = {}
        self._own_templates: dict[tuple[str, int], Template] = {}
        self._no_limits: dict[tuple[str, int], str | None] = {}

    def today(self) -> date:
        """The day it is in London."""
        return london_day(self.clock())

    def read(self, view: catching_up.View) -> catching_up.Reading:
        """A view, caught up."""
        return catching_up.catch_up(self.store.views, self.recorder, view)

    # Who acts

    def person(self, who: str) -> Person:
        """The one person that a staff id, an e-mail address or a name stands for.

        Raises:
            NotFound: nobody.
            Ambiguous: several.
        """
        who = one_line(who)
        if held := self.recorder.holders("staff", [who]):
            return self.person_of(held[who])
        found = people.named(self.read(people.VIEW), self.tenant, who) if who else []
        if len(found) > 1:
            ids = ", ".join(person.staff_id for person in found[:5])
            raise Ambiguous(f"{len(found)} people go by that: say which by staff id ({ids}).")
        if not found:
            raise NotFound(
                f"Nobody here goes by {who!r}: `ehcp-flow people list` shows who is known, "
                "`people import FILE` brings people in."
            )
        # The view finds people; which roles they hold is for their own record to say.
        return self.person_of(UUID(found[0].id))

    def known(self, who: str) -> Person | None:
        """The person that a name stands for, ``None`` when it is the name of someone else.

        Raises:
            NotFound: it looks like a staff id or an e-mail address, and is nobody's here.
            Ambiguous: several people go by it.
        """
        try:
            return self.person(who)
        except NotFound:
            name = one_line(who)
            # A mistyped id would stand on record as somebody's name for good.
            if len(name.split()) == 1 and ("@" in name or any(map(str.isdecimal, name))):
                raise
            return None

    def person_of(self, stream: UUID) -> Person:
        """The person of a stream, from their own events."""
        events = cast("Iterator[PersonEvent]", events_of(self.recorder.rows(stream)))
        return fold_person(str(stream), events)

    def hand(self, by: By, person: Person | None = None) -> Hand:
        """The hand of someone who acts now.

        Args:
            by: the claim.
            person: who it is, when that is known already.

        Raises:
            NotFound: nobody goes by that.
            Ambiguous: several people do.
            Refused: they hold no role on that day or today, the role's powers have ended since,
                or the day is still to come.
        """
        at = self.clock().astimezone(UTC)
        today = london_day(at)
        day = by.on or today
        if day > today:
            raise Refused(f"{day} is still to come: record what happened once it has.")
        if person is None:
            person = self.person(by.who)
        role_for_act(person, on=today)
        held = role_for_act(person, on=day, asked=by.role)
        under = self.in_force(day)
        if day != today:
            still_held(person, held, day=day, today=today, under=under, now=self.in_force(today))
        may_act_as(by.capacity, person, held)
        behalf_id, behalf_name = self._on_behalf_of(by.on_behalf_of)
        return Hand(
            by=person.id,
            name=person.name,
            role=held.role,
            organisation=held.organisation,
            at=at,
            day=day,
            recorded_late=day != today,
            command=command_id(by.command),
            channel=by.channel,
            because=reason(by.because),
            on_behalf_of=behalf_id,
            on_behalf_of_name=behalf_name,
            capacity=by.capacity,
            experience=person.experience,
            under=under,
        )

    def _on_behalf_of(self, who: str | None) -> tuple[str | None, str | None]:
        if who is None:
            return None, None
        try:
            person = self.person(who)
        except NotFound:
            name = one_line(who)
            if not name or len(name) > 200:
                raise BadInput("--on-behalf-of needs a name of 1 to 200 characters.") from None
            return None, name
        return person.id, person.name

    # The setting

    def setting(self) -> tuple[UUID | None, Setting]:
        """How this tenant's setting works, and its stream when anything was recorded of it."""
        # A claim is for ever: once found it need not be looked up again.
        self._setting = self._setting or self.recorder.holders(CLAIM, [CLAIM]).get(CLAIM)
        if self._setting is None:
            return None, Setting()
        events = cast("Iterator[SettingEvent]", events_of(self.recorder.rows(self._setting)))
        return self._setting, fold_setting(events)

    def act_on_setting(self, by: By, decide: Callable[[Setting, Hand], Event], same: Same) -> Done:
        """Decide over how this setting works and append, again when somebody else did meanwhile.

        Args:
            by: who acts.
            decide: from how it works and who acts to the event, or a refusal.
            same: whether an event records this very act.

        Raises:
            BadInput: the command id was used for something else.
            StoreTrouble: others kept changing it.
        """
        for _ in range(TRIES):
            held, setting = self.setting()
            if held is not None and (done := self.done_before(by, held, same)) is not None:
                return done
            hand = self.hand(by)
            event = decide(setting, hand)
            try:
                return self.append_to_setting(held, setting.version, event, hand.command, same)
            except (VersionTaken, ClaimTaken):
                continue
        raise StoreTrouble("Others kept changing how this setting works: try again.")

    def append_to_setting(
        self, held: UUID | None, after: int, event: Event, command: str, same: Same
    ) -> Done:
        """Append the next event of how this setting works; the first one claims that there is none.

        Raises:
            BadInput: the command id was used for something else.
            VersionTaken, ClaimTaken: somebody else did meanwhile.
        """
        stream = held or uuid4()
        claims = () if held else (Claim(CLAIM, CLAIM, stream),)
        return self.append(stream, after, [event], command=command, same=same, claims=claims)

    def in_force(self, day: date) -> InForce:
        """The operating model that holds on a day: the one chosen for it, else the default."""
        choice = self.setting()[1].choice_on(day)
        if choice is None:
            return InForce(default())
        model = recorded(choice.data, f"{choice.model}.toml")
        return InForce(model, chosen=True, vacant=cache(partial(self._vacant, model, day)))

    def _vacant(self, model: Model, day: date) -> frozenset[str]:
        """The roles of a model's rules that nobody holds on a day who is there."""
        known = people.people(self.read(people.VIEW), self.tenant)
        held = {role.role for one in known if not one.away_on(day) for role in one.roles_on(day)}
        return frozenset(model.when_nobody) - held

    def template(self, id: str, version: int) -> Template | None:
        """A template in a version: built in, or the setting's own; ``None``: there is none."""
        found = built_in(id, version) or self._own_templates.get((id, version))
        if found is None and (own := self.setting()[1].templates.get((id, version))):
            found = self._own_templates[id, version] = recorded_template(own.data)
        return found

    def templates(self) -> Iterator[Template]:
        """Every template here: the built-in ones, then the setting's own by id and version."""
        yield from all_built_in()
        for id, version in sorted(self.setting()[1].templates):
            if (found := self.template(id, version)) is not None:
                yield found

    def latest_template(self, id: str) -> Template:
        """A template in its latest version, with which plans are opened.

        Raises:
            NotFound: there is none of this id.
        """
        latest = {one.id: one for one in self.templates()}
        if id in latest:
            return latest[id]
        near = get_close_matches(id[:40], latest, 1)
        meant = f" (perhaps {near[0]})" if near else ""
        raise NotFound(
            f"There is no plan template {id[:40]!r} here{meant}; there are {', '.join(latest)}: "
            "`template add FILE` brings in one of your own."
        )

    def section_ids(self) -> tuple[str, ...]:
        """The ids of sections that any template here has, in the order of the templates."""
        return tuple(dict.fromkeys(id for one in self.templates() for id in one.ids))

    def template_of(self, plan: Plan) -> Template:
        """The template with which a plan was opened, in the version of that day.

        Raises:
            RecordDamaged: it is not on record.
        """
        about = plan.particulars
        return self._template_named(about.reference, about.template, about.template_version)

    def why_no_limits(self, about: Particulars) -> str | None:
        """Why no limits of the law are kept for a plan of this kind; ``None``: they are.

        Raises:
            RecordDamaged: its template is not on record.
        """
        named = about.template, about.template_version
        if named not in self._no_limits:
            self._no_limits[named] = why_not(self._template_named(about.reference, *named))
        return self._no_limits[named]

    def template_at(self, stream: UUID) -> Template:
        """The template with which the plan of a stream was opened; only its first step is read.

        Raises:
            RecordDamaged: it is not on record.
        """
        found = self._opened_with.get(stream)
        if found is None:
            opened = next(events_of(self.recorder.rows(stream, lte=1)), None)
            if not isinstance(opened, PlanOpened):
                raise RecordDamaged(f"The first step of {stream} is not the opening of a plan.")
            found = self._opened_with[stream] = self._template_named(
                opened.reference, opened.template, opened.template_version or 1
            )
        return found

    def _template_named(self, reference: str, id: str, version: int) -> Template:
        found = self.template(id, version)
        if found is None:
            raise RecordDamaged(
                f"Plan {reference} was opened with version {version} of the template {id!r}, which "
                "is not on record here."
            )
        return found

    # Plans

    def stream_of(self, plan: str) -> UUID:
        """The stream that a reference, an unambiguous start of one, or a whole UPN stands for.

        Raises:
            NotFound: no such plan.
            Ambiguous: several references begin so.
        """
        name = one_line(plan)
        for kind, value in (("reference", name), ("upn", name.upper())):
            if held := self.recorder.holders(kind, [value]):
                return held[value]
        lines = (
            standing.plan_lines(self.read(standing.VIEW), self.tenant, starts=name) if name else []
        )
        if len(lines) == 1:
            return lines[0].stream
        if lines:
            some = ", ".join(line.reference for line in lines[:5])
            some += ", …" if len(lines) > 5 else ""
            raise Ambiguous(
                f"{len(lines)} plans begin with {name!r} ({some}): write more of the reference."
            )
        raise NotFound(
            f"There is no plan {name!r} here: `ehcp-flow plan list` shows the references; a UPN "
            "must be whole."
        )

    def history(self, stream: UUID) -> list[Recorded]:
        """A stream's events, the chain checked."""
        return history(self.recorder.rows(stream))

    def plan(self, stream: UUID) -> Plan:
        """A plan as it stands."""
        events = cast("Iterator[PlanEvent]", events_of(self.recorder.rows(stream)))
        return planning.fold(stream, events)

    def authors(self, stream: UUID, version: int | None = None) -> Authors:
        """Who wrote which words of a plan, by its steps up to one of them."""
        return Authors(self.history(stream)[:version], self.template_at(stream).ids)

    def act_on_plan(self, plan: str, by: By, decide: Decide, same: Same) -> Done:
        """Read a plan, ask a rule, and append what it says; again when the plan moved on.

        Args:
            plan: what people call it.
            by: who acts.
            decide: the rule.
            same: whether an event that this command recorded before is what is asked for now.

        Raises:
            Refused: and the other ways to say no, from the rule.
            BadInput: the command id was used for something else.
            StoreTrouble: the plan kept moving on.
        """
        stream = self.stream_of(plan)
        if (done := self.done_before(by, stream, same)) is not None:
            return done
        for _ in range(TRIES):
            now = self.plan(stream)
            hand = self.hand(by)
            decided = decide(now, hand)
            events = [decided] if not isinstance(decided, Sequence) else list(decided)
            try:
                done = self.append(stream, now.version, events, command=hand.command, same=same)
                return done._replace(reference=now.reference)
            except VersionTaken:
                continue
        raise StoreTrouble(
            f"Plan {plan} moved on {TRIES} times while this was being recorded, and nothing was "
            "recorded: try again."
        )

    def append(
        self,
        stream: UUID,
        after: int,
        events: Sequence[Event],
        *,
        command: str,
        same: Same,
        claims: Sequence[Claim] = (),
    ) -> Done:
        """Append the next events of one stream as one command.

        Raises:
            BadInput: the command id was used for something else.
            VersionTaken: the stream moved on.
            ClaimTaken: an identifier is held elsewhere.
        """
        code = events[0].stored_as
        try:
            positions = self.recorder.insert_events(
                encode_all(stream, after, events),
                claims=claims,
                commands=[Command(command, code, len(events))],
            )
        except CommandDone as done:
            return self._done_before(stream, done.outcome, same, events[0].by)
        if not positions:
            raise StoreTrouble("The store gave no positions for what was recorded.")
        return Done(stream, after + len(events), tuple(events), positions[0], positions[-1])

    def append_parts(self, parts: Sequence[Part], progress: Progress | None = None) -> int:
        """Append parts in transactions of at most some thousand events; a part is never torn.

        Returns:
            How many events were recorded.

        Raises:
            VersionTaken: a stream moved on; the parts before it are recorded.
            ClaimTaken: an identifier is held elsewhere; the parts before it are recorded.
            CommandDone: a part was carried out before; the parts before it are recorded.
        """
        recorded = 0
        for start, stop in _chunks(parts):
            # Outcomes count from the first event on, so that those who have one stand first.
            chunk = sorted(parts[start:stop], key=_without_command)
            self.recorder.insert_events(
                [
                    stored
                    for part in chunk
                    for stored in encode_all(part.stream, part.after, part.events)
                ],
                claims=[claim for part in chunk for claim in part.claims],
                commands=[
                    Command(part.command, part.events[0].stored_as, len(part.events))
                    for part in chunk
                    if part.command is not None
                ],
            )
            recorded += sum(len(part.events) for part in chunk)
            if progress is not None:
                progress(stop, len(parts))
        return recorded

    def done_before(self, by: By, stream: UUID, same: Same) -> Done | None:
        """Return what the same command did to a stream before, ``None`` when it did nothing yet.

        Raises:
            BadInput: the command id was used for something else.
        """
        outcome = None if by.command is None else self.recorder.outcome(command_id(by.command))
        if outcome is None:
            return None
        return self._done_before(stream, outcome, same, self.person(by.who).id)

    def _done_before(self, stream: UUID, outcome: Outcome, same: Same, by: str) -> Done:
        steps = [
            step for step in self.history(stream) if outcome.first <= step.position <= outcome.last
        ]
        if not steps or not all(same(step.event) and step.event.by == by for step in steps):
            raise BadInput(
                "This command id was used before, for something else: give each command an id of "
                "its own."
            )
        return Done(
            stream,
            steps[-1].version,
            tuple(step.event for step in steps),
            outcome.first,
            outcome.last,
            again=True,
        )


def _without_command(part: Part) -> bool:
    return part.command is None


def _chunks(parts: Sequence[Part]) -> Iterator[tuple[int, int]]:
    start = events = 0
    for place, part in enumerate(parts):
        if place > start and events + len(part.events) > MOST_EVENTS:
            yield start, place
            start, events = place, 0
        events += len(part.events)
    if start < len(parts):
        yield start, len(parts)


def command_id(given: str | None) -> str:
    """Return a command's id: the one given, else a new random one.

    Raises:
        BadInput: it is empty, too long, or not printable ASCII.
    """
    if given is None:
        return uuid4().hex
    if not (0 < len(given) <= 64 and given.isascii() and given.isprintable()):
        raise BadInput("A command id is 1 to 64 printable ASCII characters.")
    return given


def reason(given: str | None) -> Words | None:
    """Return a reason as words.

    Raises:
        BadInput: it is empty, or too long.
    """
    if given is None:
        return None
    text = normalise(given).text.strip()
    if not text:
        raise BadInput("The reason is empty: say it in words, or leave --because out.")
    if len(text) > LONGEST_REASON:
        raise BadInput(f"The reason has {len(text):,} characters; at most {LONGEST_REASON:,}.")
    return words(text)
