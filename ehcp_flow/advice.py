"""Advice: the texts that people give for a plan, one by one or a whole class's at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, TypeVar, cast
from uuid import UUID

from ehcp_flow.acting import TRIES, By, Done, Part, Progress, Tenancy
from ehcp_flow.authorship.delta import readable, text_digest
from ehcp_flow.errors import Ambiguous, BadInput, NotFound, NothingToDo, Refused, StoreTrouble
from ehcp_flow.events import AdviceGiven, AdviceKind, Event, PlanEvent
from ehcp_flow.hands import Hand, Person
from ehcp_flow.importing.advice import AdviceRow, advice_text
from ehcp_flow.plan import Advice, Folding, Plan, fold
from ehcp_flow.projections import standing
from ehcp_flow.projections.entered import reviewed_in
from ehcp_flow.projections.standing import PlanLine
from ehcp_flow.recording import events_of
from ehcp_flow.rules import advising, offering
from ehcp_flow.rules.offering import Offer
from ehcp_flow.storage import VersionTaken
from ehcp_flow.text import one_line

LONGEST_NAME = 200
"""Code points in the name of someone who is not known here."""

_BATCH = 500
"""Texts that are recorded in one transaction; those for one plan stay together."""

_Found = TypeVar("_Found")


class Giver(NamedTuple):
    """Whoever gave advice: a person known here, or the name of someone who is not."""

    name: str
    person: Person | None = None

    @property
    def id(self) -> str | None:
        """The person's id."""
        return None if self.person is None else self.person.id

    def role(self, day: date) -> str | None:
        """The role that the person held on a day, the longest held one of several."""
        held = () if self.person is None else self.person.roles_on(day)
        return held[0].role if held else None


class ForPlan(NamedTuple):
    """One row of a table, and whose words it holds."""

    row: AdviceRow
    giver: Giver
    hand: Hand
    """Who brings it in; its day is the one on which it was given."""


class Share(NamedTuple):
    """What a table of advice holds for one plan."""

    stream: UUID
    texts: tuple[ForPlan, ...]


@dataclass(frozen=True, slots=True)
class Sorted:
    """A table of advice, sorted by plan."""

    shares: tuple[Share, ...]
    faults: tuple[tuple[int, str, str, str], ...]
    """Line, field, what was found and what was expected: what only shows beside the plans and the
    people here."""
    no_plan: tuple[int, ...]
    """The lines of pupils without a plan here."""
    not_known: tuple[str, ...]
    """Names of givers who are not known here, taken as they are written."""

    @property
    def texts(self) -> int:
        """How many rows there are for plans."""
        return sum(len(share.texts) for share in self.shares)


class Taken(NamedTuple):
    """What a table of advice led to, or would lead to."""

    given: int
    plans: int
    """To how many plans."""
    unchanged: int
    """Texts that were there already."""


class AdviceDesk:
    """The advice of one tenant's plans."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def giver(self, who: str) -> Giver:
        """Whoever gave advice: a person known here, or the name of someone who is not.

        Raises:
            BadInput: no name, or too long a one.
            NotFound: it looks like a staff id or an e-mail address, and is nobody's here.
            Ambiguous: several people go by it.
        """
        person = self._here.known(who)
        if person is None:
            name = one_line(who)
            if not name or len(name) > LONGEST_NAME:
                raise BadInput(
                    f"Whoever gave the advice needs a name of 1 to {LONGEST_NAME} characters."
                )
            return Giver(name)
        return Giver(person.name, person)

    def give(
        self,
        plan: str,
        text: str | bytes,
        kind: AdviceKind,
        from_: str,
        *,
        file: str | None = None,
        by: By,
    ) -> Done:
        """Bring in an advice that someone gave. ``by.on`` is the day they gave it.

        ``Done.note`` says when control characters were left out of the text.

        Args:
            plan: what people call it.
            text: the text, or the content of the file it came in.
            kind: what kind of advice it is.
            from_: who gave it: a person known here, or the name of someone who is not.
            file: the file's name.
            by: who brings it in.

        Raises:
            BadInput: no text, or too much of it; no name.
            NotFound: ``from_`` looks like a staff id or an e-mail address, and is nobody's here.
            Ambiguous: ``from_`` is the name of several people.
            NothingToDo: the same person gave exactly this text before.
            Refused: whoever brings it in holds no role, or gave it on a day on which they held
                none, or the day is still to come.
        """
        came = text if isinstance(text, str) else advice_text(text, file or "The text")
        kept, left_out = advising.as_kept(came)
        data = came.encode() if isinstance(text, str) else text
        giver = self.giver(from_)

        def decide(now: Plan, hand: Hand) -> Event:
            hand = _hand(self._here, by, giver, by.on, hand)
            return _decide(now, kind, kept, giver, file, data, hand)

        def same(event: Event) -> bool:
            return (
                isinstance(event, AdviceGiven)
                and (event.kind, event.text_digest) == (kind, text_digest(kept))
                and event.given_by == giver.id
                # The name of someone known here may have changed since.
                and (giver.id is not None or readable(event.given_by_name) == giver.name)
            )

        # Whoever types up what was given on another day acts today, in the role held today.
        done = self._here.act_on_plan(plan, replace(by, on=None), decide, same)
        if left_out:
            return done._replace(
                note=f"{left_out} control characters were left out of the text; the file is kept "
                "as it came."
            )
        return done

    def list(self, plan: str) -> Sequence[Advice]:
        """The advice of a plan, in the order in which it was brought in."""
        return self._here.plan(self._here.stream_of(plan)).advice

    def offered(
        self, plan: str, section: str | None = None, *, earlier: bool = False
    ) -> Sequence[Offer]:
        """What advice offers to whoever writes the sections of a plan, paragraph by paragraph.

        ``Plans.adopt`` places one of them, with whoever gave it still its author.

        Args:
            plan: what people call it.
            section: only for this section.
            earlier: whether advice from before the last review is offered, too.
        """
        history = self._here.history(self._here.stream_of(plan))
        events = [cast("PlanEvent", step.event) for step in history]
        now = fold(history[0].stream, events)
        template = self._here.template_of(now)
        only = None if section is None else [template.section_id(section)]
        since = None if earlier else reviewed_in(now).last_review
        return list(offering.offers(now, template, events, since=since, sections=only))

    def one(self, plan: str, number: int) -> Advice:
        """One advice of a plan.

        Raises:
            NotFound: the plan has none of this number.
        """
        now = self._here.plan(self._here.stream_of(plan))
        if 1 <= number <= len(now.advice):
            return now.advice[number - 1]
        many = f"1 to {len(now.advice)}" if now.advice else "none yet"
        raise NotFound(
            f"{now.reference} has no advice {number}, it has {many}: `advice list "
            f"{now.reference}` shows what there is."
        )

    def text(self, plan: str, number: int) -> str:
        """The text of one advice of a plan.

        Raises:
            NotFound: the plan has none of this number.
        """
        return self.one(plan, number).text

    # Tables of advice

    def sort(self, rows: Sequence[AdviceRow], *, by: By) -> Sorted:
        """Say which row of a table is for which plan, and from whom; nothing is recorded.

        Args:
            rows: as the table has them.
            by: who brings it in; ``by.on`` is the day on which those were given that do not say.

        Raises:
            BadInput: ``by`` says for whom or in which capacity they act; each row does.
            Refused: whoever brings it in holds no role.
        """
        if by.on_behalf_of is not None or by.capacity is not None:
            raise BadInput(
                "A table of advice is brought in for those who gave it, and nothing was recorded: "
                "leave --on-behalf-of and --capacity out, and name them with --from or in a column."
            )
        return _Sorting(self._here, self.giver, replace(by, channel="import")).sorted(rows)

    def compare(self, found: Sorted, progress: Progress | None = None) -> Taken:
        """Say what of a table is not in the plans yet, and record nothing."""
        counts: list[tuple[int, int]] = []
        for share in found.shares:
            counts.append(self._decide(share)[1:])
            if progress is not None:
                progress(len(counts), len(found.shares))
        return _counted(counts)

    def take(self, found: Sorted, progress: Progress | None = None) -> Taken:
        """Bring in what of a table is not in the plans yet; asking again records nothing.

        Args:
            found: the table, sorted.
            progress: told how many plans of how many are done.

        Raises:
            StoreTrouble: others kept changing the same plans; what was recorded stays.
        """
        counts: list[tuple[int, int]] = []
        for batch in _batches(found.shares):
            counts += self._record(batch)
            if progress is not None:
                progress(len(counts), len(found.shares))
        return _counted(counts)

    def _record(self, batch: Sequence[Share]) -> Sequence[tuple[int, int]]:
        """Record in one transaction, and say of each plan how many texts are new and how many not.

        A batch that was overtaken is recorded not at all, so that it can be decided anew.
        """
        for _ in range(TRIES):
            decided = [self._decide(share) for share in batch]
            try:
                self._here.append_parts([part for part, _, _ in decided if part.events])
            except VersionTaken:
                continue
            return [(new, unchanged) for _, new, unchanged in decided]
        raise StoreTrouble(
            "Others kept changing the same plans: bring the file in again, it goes on from here."
        )

    def _decide(self, share: Share) -> tuple[Part, int, int]:
        folding = Folding(share.stream)
        rows = self._here.recorder.rows(share.stream)
        for event in cast("Iterator[PlanEvent]", events_of(rows)):
            folding.evolve(folding.version + 1, event)
        before = folding.version
        events: list[AdviceGiven] = []
        for row, giver, hand in share.texts:
            came = row.as_it_came.encode()
            try:
                event = _decide(folding.plan(), row.kind, row.text, giver, row.file, came, hand)
            except NothingToDo:
                continue
            events.append(event)
            folding.evolve(folding.version + 1, event)
        part = Part(share.stream, before, events)
        return part, len(events), len(share.texts) - len(events)


class _Unclear(ValueError):
    """A row that does not fit the plans or the people here."""

    def __init__(self, field: str, found: str, expected: str) -> None:
        super().__init__(expected)
        self.fault = (field, found, expected)


_Child = tuple[str, str, date]


class _Sorting:
    """Puts rows beside the plans and the people that are kept here."""

    def __init__(self, here: Tenancy, giver: Callable[[str], Giver], by: By) -> None:
        self._here = here
        self._find_giver = giver
        self._by = by
        self._today = here.hand(replace(by, on=None))
        self._by_reference: dict[str, PlanLine] = {}
        self._by_upn: dict[str, PlanLine] = {}
        self._by_child: dict[_Child, list[PlanLine]] = {}
        for line in standing.plan_lines(here.read(standing.VIEW), here.tenant):
            self._by_reference[line.reference] = line
            if line.upn is not None:
                self._by_upn[line.upn] = line
            child = _child(line.surname, line.forename, line.born)
            self._by_child.setdefault(child, []).append(line)
        # A table names the same few people and days again and again.
        self._givers: dict[str, Giver | _Unclear] = {}
        self._hands: dict[tuple[bool, date | None], Hand | _Unclear] = {}

    def sorted(self, rows: Sequence[AdviceRow]) -> Sorted:
        """The rows, by plan."""
        shares: dict[UUID, list[ForPlan]] = {}
        faults: list[tuple[int, str, str, str]] = []
        no_plan: list[int] = []
        not_known: dict[str, None] = {}
        for row in rows:
            try:
                line = self._line(row)
                if line is None:
                    no_plan.append(row.line)
                    continue
                giver = self._giver(row.given_by)
                hand = self._hand(giver, row.on or self._by.on)
            except _Unclear as no:
                faults.append((row.line, *no.fault))
                continue
            if giver.person is None:
                not_known[giver.name] = None
            shares.setdefault(line.stream, []).append(ForPlan(row, giver, hand))
        return Sorted(
            tuple(Share(stream, tuple(texts)) for stream, texts in shares.items()),
            tuple(faults),
            tuple(no_plan),
            tuple(not_known),
        )

    def _line(self, row: AdviceRow) -> PlanLine | None:
        """The plan of a row's pupil, ``None`` when there is none here.

        Raises:
            _Unclear: no such reference, or the row says two different pupils. A text in another
                child's plan would be worse than none.
        """
        line = None
        if row.reference is not None:
            line = self._by_reference.get(row.reference)
            if line is None:
                raise _Unclear("reference", row.reference, "the reference of a plan here")
        if row.upn is not None:
            by_upn = self._by_upn.get(row.upn)
            if line is None:
                line = by_upn
            elif by_upn is not line and (by_upn is not None or line.upn is not None):
                raise _Unclear("upn", row.upn, "the UPN of the pupil whose plan it is")
        if line is None:
            return self._by_name(row)
        if row.born is not None and row.born != line.born:
            raise _Unclear(
                "born", f"{row.born:%d/%m/%Y}", "the date of birth of the pupil whose plan it is"
            )
        # One of the two may differ: people are called otherwise than the register says.
        if row.names is not None and not any(
            said.casefold() == kept.casefold()
            for said, kept in zip(row.names, (line.surname, line.forename), strict=True)
        ):
            raise _Unclear(
                "name", " ".join(reversed(row.names)), "the name of the pupil whose plan it is"
            )
        return line

    def _by_name(self, row: AdviceRow) -> PlanLine | None:
        if row.names is None or row.born is None:
            return None
        found = self._by_child.get(_child(*row.names, row.born), [])
        if row.upn is not None:
            # A pupil of that name and birthday with another UPN is perhaps somebody else.
            found = [line for line in found if line.upn is None]
        if len(found) > 1:
            raise _Unclear(
                "name",
                " ".join(reversed(row.names)),
                "one pupil: several here have this name and birthday, so give the plan's reference",
            )
        return found[0] if found else None

    def _giver(self, who: str) -> Giver:
        if who not in self._givers:
            try:
                self._givers[who] = self._find_giver(who)
            except Ambiguous:
                self._givers[who] = _Unclear(
                    "from", who, "one person: several here go by that, so give the staff id"
                )
            except (BadInput, NotFound):
                self._givers[who] = _Unclear(
                    "from", who, "somebody known here by staff id or e-mail address, or a name"
                )
        return _clear(self._givers[who])

    def _hand(self, giver: Giver, day: date | None) -> Hand:
        key = (giver.id == self._today.by, day)
        if key not in self._hands:
            try:
                self._hands[key] = _hand(self._here, self._by, giver, day, self._today)
            except Refused:
                self._hands[key] = _Unclear(
                    "on", f"{day:%d/%m/%Y}", "a day on which whoever gave it held a role here"
                )
        return _clear(self._hands[key])


def _child(surname: str, forename: str, born: date) -> _Child:
    return surname.casefold(), forename.casefold(), born


def _clear(found: _Found | _Unclear) -> _Found:
    if isinstance(found, _Unclear):
        raise found
    return found


def _hand(here: Tenancy, by: By, giver: Giver, day: date | None, today: Hand) -> Hand:
    """The hand of whoever brings it in, on the day on which it was given.

    Whoever gave it themselves did so in the role they held that day; whoever brings in what others
    gave does that today.

    Args:
        here: where they act.
        by: who brings it in.
        giver: who gave it.
        day: when; today when nobody says.
        today: the hand of whoever brings it in, as of today.

    Raises:
        Refused: the day is still to come, or whoever gave it and brings it in held no role.
    """
    if day is None or day == today.day:
        return today
    if giver.id == today.by:
        return replace(here.hand(replace(by, on=day)), at=today.at, command=today.command)
    if day > today.day:
        raise Refused(f"{day} is still to come: bring advice in once it was given.")
    return replace(today, day=day, recorded_late=True)


def _decide(
    plan: Plan,
    kind: AdviceKind,
    text: str,
    giver: Giver,
    file: str | None,
    came: bytes,
    hand: Hand,
) -> AdviceGiven:
    own = giver.id == hand.by
    return advising.give(
        plan,
        kind,
        text,
        given_by=giver.id,
        given_by_name=giver.name,
        given_by_role=hand.role if own else giver.role(hand.day),
        file=file,
        file_bytes=came,
        hand=hand,
    )


def _counted(counts: Sequence[tuple[int, int]]) -> Taken:
    return Taken(
        sum(new for new, _ in counts),
        sum(new > 0 for new, _ in counts),
        sum(unchanged for _, unchanged in counts),
    )


def _batches(shares: Sequence[Share]) -> Iterator[Sequence[Share]]:
    batch: list[Share] = []
    texts = 0
    for share in shares:
        if batch and texts + len(share.texts) > _BATCH:
            yield batch
            batch, texts = [], 0
        batch.append(share)
        texts += len(share.texts)
    if batch:
        yield batch
