"""Which facts of the law can be recorded of a plan, who may record each, and what does it say?

The catalogue is data, in ``facts.toml``; a fact's id is the one by which the rules of
``england.toml`` are started and met.
"""

import difflib
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from ehcp_flow.errors import BadInput, NotFound
from ehcp_flow.statute.law import Law, Patterns, Rule, england
from ehcp_flow.statute.marks import Mark

Recorder = Literal["authority", "coordinating", "office", "anyone"]
"""Who may record a fact, from the fewest to the most."""

FieldKind = Literal[
    "day",
    "choice",
    "text",
    "people",
    "number",
    "sections",
    "advice",
    "fact",
    "issue",
    "rule",
    "exception",
]
IssueOf = Literal["draft", "final", "amended", "corrected", "reopened"]

RESERVED = frozenset({"plan", "fact", "on", "because", "to", "issue"})
"""Names that no field has: they say something of every fact, or are set by what is recorded."""

_KEY = re.compile(r"\b[A-Z][A-Z0-9-]*[A-Z0-9]\b")

_Words = Annotated[str, StringConstraints(min_length=1)]
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z]+(-[a-z]+)*$")]
_Ids = Annotated[tuple[_Id, ...], BeforeValidator(tuple)]
_Several = Annotated[tuple[_Words, ...], BeforeValidator(tuple)]

_GOES_WITH: Mapping[str, FieldKind] = {
    "choices": "choice",
    "when": "day",
    "least": "number",
    "most": "number",
    "of": "fact",
    "attended": "people",
}
"""What only fields of one kind say."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class FactField(_Part):
    """Something that a fact says beside its day."""

    name: _Id
    kind: FieldKind
    says: _Words
    required: bool = False
    choices: _Several = ()
    when: Literal["earlier", "later"] | None = None
    """On which side of the fact's own day a day is; it may also be that day."""
    least: int | None = None
    most: int | None = None
    of: _Ids = ()
    """The facts, of any of which it is the number; of every fact when none is named."""
    attended: bool = False
    """Whether it says of each person if they were there."""

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> Self:
        for name, kind in _GOES_WITH.items():
            if getattr(self, name) not in (None, (), False) and self.kind != kind:
                raise ValueError(f"{self.name}: {name} goes with the kind {kind} alone")
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(f"{self.name}: a choice says its choices")
        if self.name in RESERVED:
            raise ValueError(f"{self.name} says something of every fact and names no field")
        return self


class Need(_Part):
    """What must be on record before a fact is."""

    any: Patterns
    """One of these facts, on the same day or before it."""
    closed_by: _Ids = ()
    """The facts, any of which since then makes it count no more."""
    unless: Mapping[_Id, _Words] = Field(default_factory=dict[str, str])
    """What the fields of the fact itself say when nothing is needed."""
    or_reason: bool = False
    """Whether a reason in words stands in its place."""
    instead: _Words | None = None
    """What else there is to do."""


class FactKind(_Part):
    """A fact that can be recorded."""

    id: _Id
    title: _Words
    by: Recorder
    basis: _Words
    mark: Mark
    sources: _Words
    doubts: _Words | None = None
    issues: IssueOf | None = None
    """The kind of the version that is frozen with it."""
    any_plan: bool = False
    """Whether it is a fact of plans of every kind, and not of those of the jurisdiction alone."""
    sends: bool = False
    """Whether it says that an issued version was sent to somebody."""
    needs: Annotated[tuple[Need, ...], BeforeValidator(tuple)] = ()
    fields: Annotated[tuple[FactField, ...], BeforeValidator(tuple)] = ()

    def field(self, name: str) -> FactField:
        """Return one of its fields.

        Raises:
            NotFound: it has none of this name; the message names the nearest one.
        """
        for one in self.fields:
            if one.name == name:
                return one
        names = [one.name for one in self.fields]
        near = difflib.get_close_matches(name[:40], names, 1, cutoff=0.5)
        hint = f", did you mean {near[0]!r}?" if near else ":"
        raise NotFound(
            f"The fact {self.id} has no field {name[:40]!r}{hint} It has "
            f"{', '.join(names) or 'none'}."
        )

    @property
    def recipients(self) -> bool:
        """Whether it says to whom a version was sent."""
        return self.sends or self.issues is not None

    @model_validator(mode="after")
    def _each_field_once(self) -> Self:
        _once(f"{self.id}: the field", (one.name for one in self.fields))
        names = {one.name for one in self.fields}
        for need in self.needs:
            _known(self.id, "field", set(need.unless) - names)
        return self


class Facts(_Part):
    """The facts of one jurisdiction, as its file has them."""

    jurisdiction: _Words
    recipients: _Several
    """The roles of those who can be sent an issued version."""
    derived: Mapping[_Id, _Words]
    """Facts that limits name and nobody records, and where each comes from."""
    facts: Annotated[tuple[FactKind, ...], BeforeValidator(tuple)] = Field(alias="fact")

    def get(self, fact: str) -> FactKind | None:
        """Return a fact, ``None`` when there is none of this id."""
        return next((kind for kind in self.facts if kind.id == fact), None)

    def fact(self, fact: str) -> FactKind:
        """Return a fact.

        Raises:
            NotFound: there is none of this id; the message names the nearest one.
        """
        if (kind := self.get(fact)) is not None:
            return kind
        if fact in self.derived:
            raise NotFound(f"The fact {fact} is not recorded: it is {self.derived[fact]}.")
        near = difflib.get_close_matches(fact[:60], [kind.id for kind in self.facts], 1)
        hint = f", did you mean {near[0]!r}?" if near else ":"
        raise NotFound(
            f"There is no fact {fact[:60]!r}{hint} `ehcp-flow record --list` shows which there are."
        )

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        _once("the fact", (kind.id for kind in self.facts))
        ids = {kind.id for kind in self.facts}
        if both := ids & set(self.derived):
            raise ValueError(f"the fact {min(both)} is recorded and derived")
        for kind in self.facts:
            for one in kind.fields:
                _known(kind.id, "fact", set(one.of) - ids)
            for need in kind.needs:
                wanted = {asked.fact for asked in need.any}
                _known(kind.id, "fact", {*wanted, *need.closed_by} - ids)
                for asked in need.any:
                    for value in asked.said:
                        self._can_be_said(kind, asked.fact, asked.detail or "", value)
                for name, value in need.unless.items():
                    self._can_be_said(kind, kind.id, name, value)
        return self

    def _can_be_said(self, kind: FactKind, fact: str, name: str, value: str) -> None:
        for other in (one for one in self.facts if one.id == fact):
            choices = {one.name: one.choices for one in other.fields}
            if value not in choices.get(name, ()):
                raise ValueError(f"{kind.id} asks for {name}={value}, not a choice there")


def limits(fact: str, law: Law) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Return the rules that a fact starts, and those it meets.

    Of each its latest version; a relaxation that held by the day of the limit is none.
    """
    lasting = [rule for rule in law.rules if rule.chosen_by == "trigger"]
    latest = {rule.id: rule for rule in lasting if rule.status != "proposal"}
    return (
        tuple(rule for rule in latest.values() if fact in rule.trigger),
        tuple(rule for rule in latest.values() if fact in rule.met_by),
    )


def parse(text: str, name: str = "the facts", *, sources: Collection[str] | None = None) -> Facts:
    """Read and check a catalogue.

    Args:
        text: TOML.
        name: what a message calls the file.
        sources: the keys that sources may name; unchecked without them.

    Raises:
        BadInput: it is no TOML, or not as catalogues are; the message says where and why.
    """
    try:
        found = Facts.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name}: found no TOML ({error}).") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ", ".join(str(part) for part in first["loc"])
        raise BadInput(f"{name}{', ' if where else ''}{where}: {first['msg']}.") from None
    for kind in found.facts if sources is not None else ():
        if unknown := set(_KEY.findall(kind.sources)) - set(sources or ()):
            raise BadInput(f"{name}, {kind.id}: no source {min(unknown)} is there.")
    return found


@cache
def of_england() -> Facts:
    """Return the facts of England."""
    data = files("ehcp_flow.statute").joinpath("facts.toml").read_text(encoding="utf-8")
    return parse(data, "facts.toml", sources=england().sources)


def _once(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise ValueError(f"{what} {one} is there twice")
        seen.add(one)


def _known(where: str, what: str, unknown: Collection[str]) -> None:
    if unknown:
        raise ValueError(f"{where} names the {what} {min(unknown)}, which is not there")
