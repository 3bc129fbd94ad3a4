"""Does somebody have every duty of an operating model, and not too much of it?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from ehcp_flow.hands import Person
from ehcp_flow.models.duties import BY_SECTION, DUTIES, IN_WORDS, OF_ALL_PLANS, Duty
from ehcp_flow.models.in_force import InForce, in_words
from ehcp_flow.models.model import ANYBODY, Model, Rule
from ehcp_flow.templates.built_in import ehcp
from ehcp_flow.years import YEARS

Kind = Literal[
    "nobody holds it", "nobody may write", "no second reader", "over the limit", "asked by law"
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a model asks for, and that the people here do not give."""

    kind: Kind
    said: str
    """In words."""
    duty: Duty | None = None
    sections: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    """Of the pupils that it is about; none: of all."""
    person: str | None = None
    """The name of whoever it is about."""
    rule: str | None = None
    """The id of the rule that asks for it."""


def check(
    model: Model,
    people: Sequence[Person],
    *,
    on: date,
    tasks: Mapping[str, int],
    years: Collection[str] = (),
    sections: Sequence[str] = (),
) -> list[Finding]:
    """Return what is not as a model asks for on a day, the gravest first.

    Args:
        model: the one to check.
        people: who is known here. Who is away on that day has no duty then.
        on: the day.
        tasks: how many tasks wait on each person, by their ids.
        years: those of the pupils here; all of them while there are none.
        sections: those of the plans here; those of an EHC plan while there are none.
    """
    there = [person for person in people if person.roles_on(on) and not person.away_on(on)]
    held = {role.role for person in there for role in person.roles_on(on)}
    vacant = frozenset({*model.when_nobody, *model.when_nobody.values()} - held)
    holding = _Holding(
        InForce(model, vacant=lambda: vacant), there, on, tuple(sections or ehcp().ids)
    )
    pupils = tuple(year for year in YEARS if not years or year in years)
    return [
        *_by_law(model, held),
        *_held_by_nobody(holding, pupils),
        *_unwritten(holding, pupils),
        *_no_second_reader(holding, pupils),
        *_over_the_limit(model, people, on, tasks),
    ]


@dataclass(frozen=True, slots=True)
class _Holding:
    """A model beside the people who are there on a day."""

    under: InForce
    people: Sequence[Person]
    day: date
    sections: Sequence[str]

    def of(self, duty: Duty, section: str | None = None, year: str | None = None) -> set[str]:
        """The ids of those who may do something when they are asked."""
        return {
            person.id
            for person in self.people
            if any(
                self.under.may(duty, held.role, section=section, year=year, asked=True)
                for held in person.roles_on(self.day)
            )
        }

    def rule(self, duty: Duty, section: str | None, year: str | None) -> Rule | None:
        return self.under.model.rule(duty, section=section, year=year)


def _by_law(model: Model, held: Collection[str]) -> list[Finding]:
    if not model.needs_senco or "SENCO" in held:
        return []
    return [
        Finding(
            "asked by law",
            "Nobody is SENCO here, and a mainstream school must have one (Children and Families "
            "Act 2014, section 67).",
        )
    ]


def _held_by_nobody(holding: _Holding, pupils: Sequence[str]) -> Iterable[Finding]:
    for duty in DUTIES:
        if duty == "write":
            continue
        sections = holding.sections if duty in BY_SECTION else (None,)
        years = (None,) if duty in OF_ALL_PLANS else pupils
        lacking: dict[str | None, tuple[dict[str, None], dict[str, None]]] = {}
        for section in sections:
            for year in years:
                if not holding.of(duty, section, year):
                    rule = holding.rule(duty, section, year)
                    found = lacking.setdefault(None if rule is None else rule.id, ({}, {}))
                    found[0].update({} if section is None else {section: None})
                    found[1].update({} if year is None else {year: None})
        for id, (some, of) in lacking.items():
            yield _nobody(holding, duty, id, tuple(some), tuple(of), pupils)


def _nobody(
    holding: _Holding,
    duty: Duty,
    id: str | None,
    sections: tuple[str, ...],
    years: tuple[str, ...],
    pupils: Sequence[str],
) -> Finding:
    rule = next((rule for rule in holding.under.model.rules if rule.id == id), None)
    where = (
        "" if len(sections) in (0, len(holding.sections)) else f", sections {', '.join(sections)}"
    )
    few = () if len(years) in (0, len(pupils)) else years
    of = f", years {', '.join(few)}" if few else ""
    if rule is None:
        said = f"No rule says who {IN_WORDS[duty]}{where}{of}."
    else:
        who = in_words(rule)
        said = f"Nobody who is there is {who}, who {IN_WORDS[duty]}{where}{of} (rule {id})."
        if ANYBODY in rule.roles:
            said = f"Nobody is there who {IN_WORDS[duty]}{where}{of} (rule {id})."
    return Finding("nobody holds it", said, duty, () if not where else sections, few, rule=id)


def _unwritten(holding: _Holding, pupils: Sequence[str]) -> Iterable[Finding]:
    together: dict[tuple[str | None, tuple[str, ...]], list[str]] = {}
    for section in holding.sections:
        lacking: dict[str | None, list[str]] = {}
        for year in pupils:
            if not holding.of("write", section, year):
                rule = holding.rule("write", section, year)
                lacking.setdefault(None if rule is None else rule.id, []).append(year)
        for id, some in lacking.items():
            together.setdefault((id, tuple(some)), []).append(section)
    for (id, years), sections in together.items():
        few: tuple[str, ...] = () if len(years) == len(pupils) else years
        of = f" for pupils in years {', '.join(few)}" if few else ""
        many = "section" if len(sections) == 1 else "sections"
        why = "no rule says who does" if id is None else f"rule {id} gives it to no one here"
        said = f"Nobody here may write {many} {', '.join(sections)}{of}: {why}."
        yield Finding("nobody may write", said, "write", tuple(sections), few, rule=id)


def _no_second_reader(holding: _Holding, pupils: Sequence[str]) -> Iterable[Finding]:
    """Sections that one person alone may write and review: the writer is not their own reviewer."""
    alone: dict[str, list[str]] = {}
    for section in holding.sections:
        for year in pupils:
            readers = holding.of("review", section, year)
            if len(readers) == 1 and holding.of("write", section, year) == readers:
                some = alone.setdefault(next(iter(readers)), [])
                if section not in some:
                    some.append(section)
    names = {person.id: person.name for person in holding.people}
    for id, sections in alone.items():
        yield Finding(
            "no second reader",
            f"{names[id]} alone may write and review section {', '.join(sections)}, and the "
            "writer may not be their own reviewer.",
            "review",
            tuple(sections),
            person=names[id],
        )


def _over_the_limit(
    model: Model, people: Sequence[Person], on: date, tasks: Mapping[str, int]
) -> Iterable[Finding]:
    for person in people:
        limit = model.limit_of([held.role for held in person.roles_on(on)])
        many = tasks.get(person.id, 0)
        if limit is not None and many > limit:
            yield Finding(
                "over the limit",
                f"{many} tasks wait on {person.name}, and at most {limit} may.",
                person=person.name,
            )
