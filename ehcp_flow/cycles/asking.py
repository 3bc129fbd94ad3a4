"""Who is asked to write and to review the sections of a plan?

- Who writes a section is never asked to review it.
- A task that nobody can take is a Gap with its reason.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from ehcp_flow.cycles.file import Rule, years_in_words
from ehcp_flow.cycles.rulebook import Rulebook
from ehcp_flow.cycles.takers import People
from ehcp_flow.cycles.turns import Able, Ruling, Turns, Wrote
from ehcp_flow.events import Task
from ehcp_flow.plan import Particulars
from ehcp_flow.projections.standing import AskedBefore

MOST_INSTEAD = 3
"""So that a plan's share stays small where dozens of teachers hold a role."""

Known = Mapping[str, Sequence[AskedBefore]]
"""What was asked for about a plan, by section."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Someone who is asked to write or to review a section by a day."""

    section: str
    task: Task
    to: str
    """The person's id."""
    to_name: str
    to_role: str
    due: date
    rule: str
    """The rule of the file that chose this person, as a sentence."""
    instead: "tuple[Asked, ...]" = ()
    """Whom the same rule asks next, in order, should this one person not be allowed to."""
    chosen: str | None = None
    """Why this one of several who could; ``None`` when there was no choice."""
    text: str | None = None
    """What the request says beside."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A task that nobody can be given."""

    reference: str
    section: str
    task: Task
    why: str
    """Goes on after a colon, and ends with a full stop."""
    rule: str | None = None
    """The rule of the file that asks for it; ``None``: none does for a pupil of this year."""


_ALL_WRITE = (
    "whoever could review it writes it, and the writer may not be their own reviewer: name another "
    "role in the file, then apply the cycle again."
)


class _NobodyError(Exception):
    """Nobody can take a task; the reason goes on after a colon."""


class _SectionRuling(Ruling):
    """A rule about sections, with the requests that it makes."""

    def __init__(self, task: Task, rule: Rule, people: People, many: Mapping[str, int]) -> None:
        super().__init__(task, rule, people, many)
        self._asked: dict[tuple[str, str, str, date], Asked] = {}

    def asks(self, section: str, able: Able) -> Asked:
        """The request to one person: the same one for all plans for which it is the same."""
        taker = able.taker
        key = section, taker.role, taker.person.id, able.due
        found = self._asked.get(key)
        if found is None:
            found = self._asked[key] = Asked(
                section,
                self.task,
                taker.person.id,
                taker.person.name,
                taker.role,
                able.due,
                self.words,
                text=self.rule.text,
            )
        return found


class Asking:
    """Goes from plan to plan, and asks for the sections of each."""

    def __init__(
        self,
        rules: Rulebook,
        people: People,
        turns: Turns,
        wrote: Callable[[UUID], Collection[str]] | None,
    ) -> None:
        self.gaps: list[Gap] = []
        self._turns = turns
        many = turns.many
        self._writing = [_SectionRuling("write", rule, people, many) for rule in rules.write]
        self._reviewing = [_SectionRuling("review", rule, people, many) for rule in rules.review]
        rulings = [*self._writing, *self._reviewing]
        knows = any(ruling.knows and ruling.rule.ask == "one" for ruling in rulings)
        self._wrote = wrote if knows else None

    def tasks(
        self, stream: UUID, pupil: Particulars, meeting: date, before: Known
    ) -> tuple[Asked, ...]:
        """Who is asked for what about a pupil; what nobody can take becomes a gap."""
        done: set[tuple[str, str, str | None]] = {
            (section, a.task, a.rule) for section, some in before.items() for a in some
        }
        writers = {
            (section, a.to) for section, some in before.items() for a in some if a.task == "write"
        }
        wrote = Wrote(self._wrote, stream)
        writing = self._ask(self._writing, wrote, pupil, meeting, set(), done)
        writers |= {(asked.section, asked.to) for asked in writing}
        reviewing = self._ask(self._reviewing, wrote, pupil, meeting, writers, done)
        return (*writing, *reviewing)

    def _ask(
        self,
        rulings: Sequence[_SectionRuling],
        wrote: Wrote,
        pupil: Particulars,
        meeting: date,
        writers: Collection[tuple[str, str]],
        done: Collection[tuple[str, str, str | None]],
    ) -> list[Asked]:
        found: dict[tuple[str, str], Asked] = {}
        covered: set[str] = set()
        more: Counter[str] = Counter()
        for ruling in rulings:
            rule = ruling.rule
            if not rule.holds_for(pupil.year):
                continue
            covered.update(rule.sections)
            sections = [
                section
                for section in rule.sections
                if not done or (section, ruling.task, ruling.words) not in done
            ]
            if not sections:
                continue
            due = self._turns.due(rule, meeting)
            try:
                able = self._in_order(ruling, pupil, due, wrote, len(sections), len(writers), more)
            except _NobodyError as why:
                self._gaps(pupil, ruling.task, sections, str(why), ruling.words)
                continue
            for section in sections:
                free = [one for one in able if (section, one.id) not in writers]
                if not free:
                    self._gaps(pupil, ruling.task, [section], _ALL_WRITE, ruling.words)
                    continue
                asked = [ruling.asks(section, one) for one in free]
                if rule.ask == "one":
                    hands = wrote.hands if ruling.knows and len(free) > 1 else None
                    chosen = self._turns.why(pupil, hands, free)
                    instead = tuple(asked[1:][:MOST_INSTEAD])
                    asked = [replace(asked[0], instead=instead, chosen=chosen)]
                for one in asked:
                    # Whom two rules ask for the same is asked once, by the first of them.
                    if found.setdefault((section, one.to), one) is one:
                        more[one.to] += 1
        for ruling in rulings:
            uncovered = [section for section in ruling.rule.sections if section not in covered]
            if uncovered:
                covered.update(uncovered)
                self._gaps(pupil, ruling.task, uncovered, _no_rule(ruling.task, pupil.year), None)
        self._turns.many.update(more)
        return list(found.values())

    def _gaps(
        self,
        pupil: Particulars,
        task: Task,
        sections: Iterable[str],
        why: str,
        rule: str | None,
    ) -> None:
        self.gaps += [Gap(pupil.reference, section, task, why, rule) for section in sections]

    def _in_order(
        self,
        ruling: _SectionRuling,
        pupil: Particulars,
        due: date,
        wrote: Wrote,
        many: int,
        writers: int,
        more: Mapping[str, int],
    ) -> Sequence[Able]:
        """Who can take a rule's tasks about a pupil, whoever goes first before the others.

        Raises:
            _NobodyError: nobody can.
        """
        hands = wrote.hands if ruling.knows else None

        def has_room(id: str) -> bool:
            return self._turns.has_room(id, more.get(id, 0) + many)

        found = self._turns.able(ruling, pupil, due, hands, 1 + MOST_INSTEAD + writers, has_room)
        if not found:
            pool, own = ruling.able(pupil, due)
            anybody = pool.able or own is not None
            raise _NobodyError(_no_room(ruling.rule) if anybody else ruling.why_nobody(pupil, due))
        return found


def _no_rule(task: Task, year: str) -> str:
    return (
        f"no [[{task}]] for it is about {years_in_words([year])}: add one to the file, then apply "
        "the cycle again."
    )


def _no_room(rule: Rule) -> str:
    return (
        f"whoever is {' or '.join(rule.roles)} has as many tasks as the file's [limits] allow: "
        "raise them or name another role, then apply the cycle again."
    )
