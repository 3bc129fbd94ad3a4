"""What comes in from files: pupils who have a plan, and the texts of the plans that exist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID, uuid4

from ehcp_flow.acting import TRIES, By, Done, Part, Progress, Same, Tenancy
from ehcp_flow.errors import NothingToDo, Refused, SaidNo, StoreTrouble
from ehcp_flow.events import Event, PlanOpened, SectionTextImported
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Particulars
from ehcp_flow.projections import standing
from ehcp_flow.projections.standing import PlanLine
from ehcp_flow.rules import drafting, opening
from ehcp_flow.statute.retention import retained_until
from ehcp_flow.storage import Claim, ClaimTaken, VersionTaken
from ehcp_flow.templates.built_in import EHCP
from ehcp_flow.templates.template import Template
from ehcp_flow.text import normalise


class Change(NamedTuple):
    """A plan of which the file says something else."""

    line: PlanLine
    said: Particulars
    fields: Mapping[str, tuple[object, object]]
    """By field: what stands, and what the file says."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A file of pupils beside the plans that are kept here."""

    new: tuple[Particulars, ...]
    changed: tuple[Change, ...]
    unchanged: int
    no_longer_listed: tuple[PlanLine, ...]
    """Plans of that kind whose pupil the file does not name, and which still count as listed."""
    other_kind: tuple[PlanLine, ...] = ()
    """Plans of another kind whose pupil the file names: nothing is opened or changed."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import of pupils recorded."""

    opened: tuple[str, ...]
    """References of the plans that were opened."""
    changed: int
    left: int
    unchanged: int
    other_kind: int = 0
    """Pupils who have a plan of another kind, and of whom nothing was recorded."""


@dataclass(frozen=True, slots=True)
class TextsTaken:
    """What one file of issued texts led to."""

    file: str
    reference: str
    recorded: tuple[str, ...]
    """The sections whose issued text was recorded now."""
    unchanged: tuple[str, ...]
    refused: tuple[str, ...]
    """A sentence for each section, or for the file, that was not taken."""


class Intake:
    """Imports into one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def compare(self, pupils: Sequence[Particulars], *, kind: str = EHCP) -> Comparison:
        """Say what a file of pupils would change, and record nothing.

        Args:
            pupils: as the file has them.
            kind: the id of the template of the plans that the file is about.

        Raises:
            Refused: by UPN a pupil is that of one plan, by name and birthday that of another.
        """
        lines = standing.plan_lines(self._here.read(standing.VIEW), self._here.tenant)
        return _compare(lines, pupils, kind)

    def may_open(self, kind: str, *, proposal: bool = False) -> Template:
        """Return the template with which plans of a kind are opened today.

        Args:
            kind: the id of a template.
            proposal: whether it is said that a proposal is known to be one.

        Raises:
            NotFound: there is no such template.
            Refused: it is a proposal.
        """
        template = self._here.latest_template(kind)
        opening.may_open_with(template, proposal=proposal)
        return template

    def open(self, pupil: Particulars, *, kind: str = EHCP, proposal: bool = False, by: By) -> Done:
        """Open one plan by hand.

        Args:
            pupil: whose; the ``reference`` does not matter.
            kind: the id of the template.
            proposal: whether it is said that a proposal is known to be one.
            by: who opens it.

        Raises:
            NotFound: there is no such template.
            Refused: whoever opens it may not, the template is a proposal, or a plan is kept for
                this pupil already.
        """
        template = self.may_open(kind, proposal=proposal)

        def same(event: Event) -> bool:
            return isinstance(event, PlanOpened) and event.template == template.id

        taken: set[tuple[str, str, UUID]] = set()
        for _ in range(TRIES):
            lines = standing.plan_lines(self._here.read(standing.VIEW), self._here.tenant)
            if not (found := _compare(lines, [pupil], kind)).new:
                kept = [*(change.line for change in found.changed), *found.other_kind]
                return self._opened_before(pupil, kept or lines, same, by)
            hand = self._here.hand(by)
            ((reference, part),) = self._openings([pupil], hand, template).items()
            try:
                done = self._here.append(
                    part.stream, 0, part.events, command=hand.command, same=same, claims=part.claims
                )
            except ClaimTaken as no:
                self._not_for_long(no, taken)
                continue
            return done._replace(reference=reference)
        raise StoreTrouble("Others kept opening plans: try again.")

    def _opened_before(
        self, pupil: Particulars, lines: Sequence[PlanLine], same: Same, by: By
    ) -> Done:
        """Return what the same command did before, or say that the pupil has a plan.

        Raises:
            Refused: another command opened it.
        """
        line = next(line for line in lines if _is_of(line, pupil))
        if (done := self._here.done_before(by, line.stream, same)) is not None:
            return done._replace(reference=line.reference)
        raise Refused(
            f"Plan {line.reference} ({line.particulars.template}) is kept for this pupil already, "
            "and a pupil has one plan here: `plan show` shows it."
        )

    def take_in(
        self,
        pupils: Sequence[Particulars],
        *,
        by: By,
        leavers: bool = False,
        progress: Progress | None = None,
        kind: str = EHCP,
        proposal: bool = False,
    ) -> Taken:
        """Open plans for new pupils and record what the file changes of the others.

        Asking again for the same file records nothing. Two imports at once cannot open one
        child's plan twice: a UPN is claimed with the opening.

        Args:
            pupils: as the file has them; their ``reference`` does not matter.
            by: who brings them in.
            leavers: whether pupils that the file does not name are recorded as not listed.
            progress: told how many plans of how many are recorded.
            kind: the id of the template of the plans.
            proposal: whether it is said that a proposal is known to be one.

        Raises:
            NotFound: there is no such template.
            Refused: the template is a proposal, whoever brings them in may not, or an identifier
                of a new pupil belongs to the plan of another one.
        """
        template = self.may_open(kind, proposal=proposal)
        opening_as: dict[str, UUID] = {}
        changing: set[UUID] = set()
        leaving: set[UUID] = set()
        taken: set[tuple[str, str, UUID]] = set()
        for _ in range(TRIES):
            found = self.compare(pupils, kind=kind)
            hand = self._here.hand(replace(by, channel="import"))
            new = self._openings(found.new, hand, template)
            changes = [_changing(change, hand) for change in found.changed]
            leavings = [_leaving(line, hand) for line in found.no_longer_listed if leavers]
            # A try that is overtaken leaves its first transactions recorded; they count as well.
            opening_as |= {reference: part.stream for reference, part in new.items()}
            changing |= {part.stream for part in changes}
            leaving |= {part.stream for part in leavings}
            try:
                self._here.append_parts([*new.values(), *changes, *leavings], progress)
            except VersionTaken:
                # Others recorded meanwhile; what is in already is found and not recorded again.
                continue
            except ClaimTaken as no:
                self._not_for_long(no, taken)
                continue
            held = self._here.recorder.holders("reference", opening_as)
            opened = tuple(name for name, stream in opening_as.items() if held.get(name) == stream)
            return Taken(
                opened, len(changing), len(leaving), found.unchanged, len(found.other_kind)
            )
        raise StoreTrouble("Others kept changing the same plans: try again.")

    def _not_for_long(self, no: ClaimTaken, taken: set[tuple[str, str, UUID]]) -> None:
        """Tell others who import the same from another pupil who keeps an identifier.

        In the first case the plan that holds it is found when the file is compared again.

        Raises:
            Refused: it is held still.
        """
        held = (no.claim.kind, no.claim.value, no.holder)
        if no.claim.kind != "reference" and held in taken:
            plan = self._here.plan(no.holder).reference
            what = "A UPN" if no.claim.kind == "upn" else "A name and birthday"
            raise Refused(
                f"{what} in the file stands for the pupil of plan {plan} here, and the file gives "
                "it to someone else: find out whose it is, and leave that row out until then."
            )
        taken.add(held)

    def import_texts(
        self,
        texts: Sequence[tuple[str, str, Mapping[str, str]]],
        *,
        not_recorded_before: date,
        by: By,
    ) -> list[TextsTaken]:
        """Bring in the texts of plans as issued; a section drafted here already is not touched.

        Args:
            texts: file name, plan, and text by section.
            not_recorded_before: the day from which authors are on record here.
            by: who brings them in: never their author.
        """
        by = replace(by, channel="import")
        return [
            self._import_text(file, plan, sections, not_recorded_before, by)
            for file, plan, sections in texts
        ]

    def _import_text(
        self, file: str, plan: str, sections: Mapping[str, str], before: date, by: By
    ) -> TextsTaken:
        hand = self._here.hand(by)
        try:
            stream = self._here.stream_of(plan)
            template = self._here.template_at(stream)
            for _ in range(TRIES):
                now = self._here.plan(stream)
                events: list[SectionTextImported] = []
                unchanged: list[str] = []
                refused: list[str] = []
                for section, text in sections.items():
                    try:
                        events.append(
                            drafting.import_text(
                                now,
                                template.section_id(section),
                                normalise(text).text,
                                not_recorded_before=before,
                                hand=hand,
                            )
                        )
                    except NothingToDo:
                        unchanged.append(section)
                    except SaidNo as no:
                        refused.append(str(no))
                try:
                    if events:
                        self._here.append_parts([Part(stream, now.version, events)])
                except VersionTaken:
                    continue
                recorded = tuple(event.section for event in events)
                return TextsTaken(file, now.reference, recorded, tuple(unchanged), tuple(refused))
        except SaidNo as no:
            return TextsTaken(file, plan, (), (), (str(no),))
        return TextsTaken(file, plan, (), (), ("Others kept changing this plan: try again.",))

    def _openings(
        self, new: Sequence[Particulars], hand: Hand, template: Template
    ) -> dict[str, Part]:
        references = self._free_references(len(new), hand.day.year)
        parts: dict[str, Part] = {}
        for reference, said in zip(references, new, strict=True):
            stream = uuid4()
            event = opening.open_plan(
                replace(
                    said,
                    reference=reference,
                    template=template.id,
                    template_version=template.version,
                ),
                hand=hand,
            )
            kept = retained_until(said.born)
            claims = [Claim("reference", reference, stream, kept), _claim(said, stream)]
            parts[reference] = Part(stream, 0, [event], claims)
        return parts

    def _free_references(self, many: int, year: int) -> list[str]:
        """The next references of a year: ``2026-0001``, ``2026-0002`` …"""
        if not many:
            return []
        lines = standing.plan_lines(
            self._here.read(standing.VIEW), self._here.tenant, starts=f"{year}-"
        )
        taken = [int(n) for line in lines if (n := line.reference[5:]).isdecimal()]
        first = max(taken, default=0) + 1
        return [f"{year}-{n:04}" for n in range(first, first + many)]


def _claim(said: Particulars, stream: UUID) -> Claim:
    """What makes a pupil the same one again: the UPN, without one the name and day of birth."""
    kept = retained_until(said.born)
    if said.upn is not None:
        return Claim("upn", said.upn, stream, kept)
    return Claim("pupil", "\n".join(map(str, _name_and_birth(said))), stream, kept)


def _name_and_birth(pupil: Particulars | PlanLine) -> tuple[str, str, date]:
    return pupil.surname.casefold(), pupil.forename.casefold(), pupil.born


def _compare(lines: Sequence[PlanLine], pupils: Sequence[Particulars], kind: str) -> Comparison:
    by_upn = {line.upn: line for line in lines if line.upn is not None}
    by_name = {_name_and_birth(line): line for line in lines}
    in_file = {pupil.upn for pupil in pupils}
    new: list[Particulars] = []
    changed: list[Change] = []
    other: list[PlanLine] = []
    named: set[UUID] = set()
    for said in pupils:
        line = by_upn.get(said.upn) if said.upn is not None else None
        same_name = by_name.get(_name_and_birth(said))
        if line is not None and _name_and_birth(line) != _name_and_birth(said):
            _not_somebody_elses(line, same_name)
        if line is None:
            line = same_name
            # The same name and birthday under another UPN is the same child whose UPN changed,
            # unless the file names the other UPN as well.
            if line is not None and line.upn is not None and line.upn in in_file:
                line = None
        if line is None or line.stream in named:
            new.append(said)
            continue
        named.add(line.stream)
        if line.particulars.template != kind:
            other.append(line)
            continue
        fields = opening.differences(line.particulars, said)
        if fields:
            changed.append(Change(line, said, fields))
    return Comparison(
        tuple(new),
        tuple(changed),
        len(named) - len(changed) - len(other),
        tuple(
            line
            for line in lines
            if line.listed and line.stream not in named and line.particulars.template == kind
        ),
        tuple(other),
    )


def _is_of(line: PlanLine, pupil: Particulars) -> bool:
    same_upn = pupil.upn is not None and line.upn == pupil.upn
    return same_upn or _name_and_birth(line) == _name_and_birth(pupil)


def _not_somebody_elses(by_upn: PlanLine, by_name: PlanLine | None) -> None:
    """Do not let two mixed-up UPNs put one child's name on the plan of another.

    Raises:
        Refused: by name and birthday this is the pupil of another plan than by UPN.
    """
    if by_name is not None and by_name.stream != by_upn.stream:
        raise Refused(
            f"The file gives the UPN of plan {by_upn.reference} to a pupil who by name and "
            f"birthday is that of plan {by_name.reference}, and nothing was recorded: find out "
            "whose it is, and leave that row out until then."
        )


def _changing(change: Change, hand: Hand) -> Part:
    event = opening.change_pupil(change.line.particulars, change.said, hand=hand)
    claims = [_claim(change.said, change.line.stream)] if "upn" in change.fields else []
    return Part(change.line.stream, change.line.version, [event] if event else [], claims)


def _leaving(line: PlanLine, hand: Hand) -> Part:
    gone = replace(line.particulars, listed=False)
    event = opening.change_pupil(line.particulars, gone, hand=hand)
    return Part(line.stream, line.version, [event] if event else [])
