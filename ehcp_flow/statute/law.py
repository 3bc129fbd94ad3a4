"""What does the file of a jurisdiction's rules say, and does it hang together?

Every entry is one version of one rule, with where it stands, what kind of law it is, and how well
it is known. An entry that is not as entries are stops the whole file from being read.
"""

import difflib
import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations
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
from ehcp_flow.statute.counting import Unit
from ehcp_flow.statute.marks import Mark

Status = Literal["act", "regulation", "case", "guidance", "local", "proposal"]

Count = Literal[
    "within",
    "beginning-with",
    "before",
    "at-least-before",
    "same-day",
    "working-days-within",
    "working-days-beginning-with",
    "end-of-academic-year",
    "later-of",
    "earlier-of",
    "carry",
    "none",
]
"""The ways of counting; the last four have no arithmetic of their own."""

_NEEDS: Mapping[Count, frozenset[str]] = {
    "within": frozenset({"length", "unit"}),
    "beginning-with": frozenset({"length", "unit"}),
    "before": frozenset({"month", "day"}),
    "at-least-before": frozenset({"length", "unit"}),
    "same-day": frozenset(),
    "working-days-within": frozenset({"length", "unit"}),
    "working-days-beginning-with": frozenset({"length", "unit"}),
    "end-of-academic-year": frozenset({"length", "unit"}),
    "later-of": frozenset({"of"}),
    "earlier-of": frozenset({"of"}),
    "carry": frozenset({"instead"}),
    "none": frozenset({"instead"}),
}
"""What an entry says beside its way of counting: exactly this."""

_ONLY_UNIT: Mapping[Count, Unit] = {
    "working-days-within": "days",
    "working-days-beginning-with": "days",
    "end-of-academic-year": "years",
}

COMPOSED = ("later-of", "earlier-of")
"""The ways that take the day of one of several rules."""

_KEY = re.compile(r"\b[A-Z][A-Z0-9-]*[A-Z0-9]\b")

_Words = Annotated[str, StringConstraints(min_length=1)]
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]*(\.[a-z-]+)?$")]
_Ids = Annotated[tuple[_Id, ...], BeforeValidator(tuple)]
_Facts = Annotated[tuple[_Words, ...], BeforeValidator(tuple)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class LawException(_Part):
    """Circumstances in which a limit need not be met; it is then disapplied, not moved."""

    id: _Id
    title: _Words
    citation: _Words
    mark: Mark
    sources: _Words
    when: _Words


class Rule(_Part):
    """One version of one rule."""

    id: _Id
    version: Annotated[int, Field(ge=1)]
    title: _Words
    citation: _Words
    status: Status
    mark: Mark
    """The weakest that bears on the entry; ``doubts`` says on what."""
    sources: _Words
    doubts: _Words | None = None
    since: date | None = Field(default=None, alias="from")
    """The first day on which it holds; ``None``: open, or not found."""
    until: date | None = None
    """The last day on which it holds."""
    chosen_by: Literal["trigger", "limit"]
    """What falls from ``since`` to ``until``: the trigger, or the last day of the limit."""
    trigger: _Facts = ()
    """The facts, any of which starts the limit."""
    count: Count
    length: Annotated[int, Field(ge=1)] | None = None
    unit: Unit | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None
    instead: _Words | None = None
    """What there is where no day is."""
    of: _Ids = ()
    """The rules of which the later or the earlier day counts."""
    carried_by: _Ids = ()
    """The rules that carry its end on to another day."""
    actor: _Words
    exceptions: _Ids = ()
    met_by: _Facts = ()
    """The facts, any of which meets it."""

    @property
    def limit(self) -> str:
        """How long it is, in words, as *within 6 weeks*."""
        how = self.count.replace("-", " ")
        match self.count:
            case "before":
                return f"before {self.day} {_MONTHS[(self.month or 1) - 1]}"
            case "at-least-before":
                return f"at least {self.length} {self.unit} before"
            case "beginning-with":
                return f"{self.length} {self.unit} beginning with it"
            case "working-days-within":
                return f"within {self.length} working days"
            case "working-days-beginning-with":
                return f"{self.length} working days beginning with it"
            case "end-of-academic-year":
                return f"end of the academic year of age {self.length}"
            case "within":
                return f"within {self.length} {self.unit}"
            case "later-of" | "earlier-of":
                return f"{how} {', '.join(self.of)}"
            case "carry" | "none":
                return self.instead or ""
            case "same-day":
                return "on the same day"

    def holds_on(self, day: date) -> bool:
        """Whether a day falls in this version."""
        return (self.since or date.min) <= day <= (self.until or date.max)

    @model_validator(mode="after")
    def _says_what_its_way_of_counting_needs(self) -> Self:
        said = frozenset(
            name
            for name in ("length", "unit", "month", "day", "instead", "of")
            if getattr(self, name)
        )
        if said != _NEEDS[self.count]:
            needs = ", ".join(sorted(_NEEDS[self.count])) or "nothing more"
            raise ValueError(f"the way of counting {self.count} goes with {needs}")
        if (only := _ONLY_UNIT.get(self.count)) and self.unit != only:
            raise ValueError(f"the way of counting {self.count} is in {only}")
        if bool(self.trigger) == (self.count in (*COMPOSED, "carry")):
            raise ValueError(f"the way of counting {self.count} and its trigger do not fit")
        if self.since and self.until and self.until < self.since:
            raise ValueError("it ends before it begins")
        if self.chosen_by == "limit" and (self.since is None or self.until is None):
            raise ValueError("a version chosen by the day the limit falls has a first and last day")
        if self.status == "case" and self.since is None:
            raise ValueError("a judgment has a date")
        return self


class Law(_Part):
    """The rules of one jurisdiction, as its file has them."""

    jurisdiction: _Words
    facts: _Facts
    sources: Mapping[str, _Words]
    exceptions: Annotated[tuple[LawException, ...], BeforeValidator(tuple)] = Field(
        alias="exception"
    )
    rules: Annotated[tuple[Rule, ...], BeforeValidator(tuple)] = Field(alias="rule")

    def versions(self, rule_id: str) -> tuple[Rule, ...]:
        """Return the versions of a rule; a proposal is no law, and is not among them.

        Raises:
            NotFound: there is no rule of this id.
        """
        found = tuple(r for r in self.rules if r.id == rule_id and r.status != "proposal")
        if not found:
            near = difflib.get_close_matches(rule_id[:40], [r.id for r in self.rules], 1)
            hint = f"; perhaps {near[0]} is meant" if near else ""
            raise NotFound(f"There is no rule {rule_id[:40]!r} for {self.jurisdiction}{hint}.")
        return found

    def exception(self, exception_id: str) -> LawException:
        """Return an exception.

        Raises:
            NotFound: there is none of this id.
        """
        for one in self.exceptions:
            if one.id == exception_id:
                return one
        raise NotFound(f"There is no exception {exception_id[:40]!r} for {self.jurisdiction}.")

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        ids = {rule.id for rule in self.rules}
        excepted = {one.id for one in self.exceptions}
        _once("exception", (one.id for one in self.exceptions))
        _once("fact", self.facts)
        for rule in self.rules:
            _known(rule.id, "fact", {*rule.trigger, *rule.met_by} - set(self.facts))
            _known(rule.id, "exception", set(rule.exceptions) - excepted)
            _known(rule.id, "rule", {*rule.of, *rule.carried_by} - ids)
            _known(rule.id, "source", set(_KEY.findall(rule.sources)) - set(self.sources))
        for rule_id in ids:
            self._one_version_a_day(rule_id)
        for rule in self.rules:
            if any(r.count in COMPOSED for r in self.rules if r.id in rule.of):
                raise ValueError(f"{rule.id} is made of rules that are made of others")
            if any(r.count != "carry" for r in self.rules if r.id in rule.carried_by):
                raise ValueError(f"{rule.id} is carried by a rule that carries nothing")
        return self

    def _one_version_a_day(self, rule_id: str) -> None:
        versions = [rule for rule in self.rules if rule.id == rule_id]
        if [rule.version for rule in versions] != list(range(1, len(versions) + 1)):
            raise ValueError(f"the versions of {rule_id} are not numbered 1, 2, 3 …")
        for one, other in combinations(versions, 2):
            apart = one.chosen_by != other.chosen_by
            if not (apart or _before(one, other) or _before(other, one)):
                raise ValueError(f"versions {one.version} and {other.version} of {rule_id} overlap")


def parse(text: str, name: str = "the rules") -> Law:
    """Read and check rules.

    Args:
        text: TOML.
        name: what a message calls the file.

    Raises:
        BadInput: it is no TOML, or not as rules are; the message says where and why.
    """
    try:
        return Law.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name}: found no TOML ({error}).") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ", ".join(str(part) for part in first["loc"])
        raise BadInput(f"{name}{', ' if where else ''}{where}: {first['msg']}.") from None


@cache
def england() -> Law:
    """Return the rules of England."""
    data = files("ehcp_flow.statute").joinpath("england.toml").read_text(encoding="utf-8")
    return parse(data, "england.toml")


def _before(one: Rule, other: Rule) -> bool:
    return (one.until or date.max) < (other.since or date.min)


def _once(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise ValueError(f"the {what} {one} is there twice")
        seen.add(one)


def _known(rule_id: str, what: str, unknown: Collection[str]) -> None:
    if unknown:
        raise ValueError(f"{rule_id} names the {what} {min(unknown)}, which is not there")


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
