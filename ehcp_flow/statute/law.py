"""What does the file of a jurisdiction's rules say, and does it hang together?

Every entry is one version of one rule, with where it stands, what kind of law it is, and how well
it is known. An entry that is not as entries are stops the whole file from being read.
"""

import difflib
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import combinations
from typing import Annotated, Any, Literal, Self, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
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

_PATTERN = re.compile(r"(?P<fact>[a-z-]+)(?:: (?P<detail>[a-z_-]+)=(?P<said>[^|=]+(?:\|[^|=]+)*))?")

_Words = Annotated[str, StringConstraints(min_length=1)]
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]*(\.[a-z-]+)?$")]
_Ids = Annotated[tuple[_Id, ...], BeforeValidator(tuple)]
_Facts = Annotated[tuple[_Words, ...], BeforeValidator(tuple)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Pattern(_Part):
    """A fact that is meant, as ``plan-finalised`` or ``review-decision-notified: decision=amend``.

    Several values of the detail stand beside each other as ``maintain|cease``.
    """

    fact: str
    detail: str | None = None
    said: tuple[str, ...] = ()

    def fits(self, fact: str, details: Mapping[str, str]) -> bool:
        """Whether a fact with these details is meant."""
        if fact != self.fact:
            return False
        return self.detail is None or details.get(self.detail) in self.said

    def __str__(self) -> str:
        if self.detail is None:
            return self.fact
        return f"{self.fact} with {self.detail} {' or '.join(self.said)}"


def _pattern(said: object) -> Pattern:
    found = _PATTERN.fullmatch(said) if isinstance(said, str) else None
    if found is None:
        raise ValueError(f"found {str(said)[:60]!r}, expected FACT or FACT: DETAIL=VALUE|VALUE")
    values = tuple(found["said"].split("|")) if found["said"] else ()
    return Pattern(fact=found["fact"], detail=found["detail"], said=values)


def _patterns(said: object) -> object:
    return tuple(map(_pattern, cast("list[object]", said))) if isinstance(said, list) else said


Patterns = Annotated[tuple[Pattern, ...], BeforeValidator(_patterns)]


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
    not_met_after: Patterns = ()
    """None of them does where, up to it and with it, the latest fact of such a name is one of
    these: it belongs to something else."""
    right: bool = False
    """It is somebody's time, which lapses when it is not used, and nobody's duty."""
    many: bool = False
    """Several run beside each other, and each answer meets the oldest that is open."""
    where: Patterns = ()
    """It applies to a trigger that is one of these; where the trigger does not say the detail, it
    is uncertain."""
    only_with: Patterns = ()
    """It applies once one of these has followed the trigger."""
    only_after: Patterns = ()
    """It applies where, up to the trigger and with it, one of these stands last, and not one of
    ``closed_by``."""
    never_after: Patterns = ()
    """It does not apply where one of these stands last."""
    closed_by: Patterns = ()
    """What ends that what went before still stands behind a trigger."""
    ended_by: Patterns = ()
    """What takes its object away, so that there is nothing left to meet."""
    left_by: Patterns = ()
    """What leaves it behind, so that it cannot be met any more, and was missed if it was late."""
    under_age: Annotated[int, Field(ge=1)] | None = None
    """It applies while, on its last day, the child is younger, in years."""
    near: Annotated[int, Field(ge=1)] | None = None
    """It is told of only so many months before its last day."""
    anchor: _Id | None = None
    """Of several rules the one whose trigger makes the whole apply."""
    looks_back: bool = False
    """The facts of the others may come before that trigger."""

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
        if (self.anchor is not None) != (self.count in COMPOSED) or (
            self.anchor is not None and self.anchor not in self.of
        ):
            raise ValueError(
                "a rule made of several, and no other, names one of them as its anchor"
            )
        return self


class Implied(_Part):
    """A fact that another one also is."""

    fact: _Words
    by: _Words
    first: bool = False
    """Only the first, and only where the fact was not entered itself."""
    day: _Words | None = None
    """The detail that says the day, and without which nothing is implied."""
    mark: Mark
    sources: _Words


class Planned(_Part):
    """A fact that tells of a day to come, in one of its details."""

    fact: _Words
    day: _Words
    """The name of the detail that says the day."""
    becomes: _Words | None = None
    """The fact that it is once it has happened."""


class Redated(_Part):
    """A fact that says on which day another one really happened."""

    by: _Words
    version: _Words
    """The detail that says which version of the plan it is about."""
    day: _Words
    """The detail that says the day, and without which nothing is said of one."""
    of: _Words
    """The detail of the other fact that says which version was issued with it."""


class Law(_Part):
    """The rules of one jurisdiction, as its file has them."""

    _proposals: bool = PrivateAttr(default=False)
    """Whether what is only proposed is taken as law."""

    jurisdiction: _Words
    plans_rest_on: _Facts = ()
    """The status of the templates of whose plans these are the rules."""
    actors: _Facts
    """Whose duties and rights there are."""
    facts: _Facts
    sources: Mapping[str, _Words]
    exceptions: Annotated[tuple[LawException, ...], BeforeValidator(tuple)] = Field(
        alias="exception"
    )
    ends_all: Patterns = ()
    """What ends every limit that began before and is open."""
    implied: Annotated[tuple[Implied, ...], BeforeValidator(tuple)] = ()
    planned: Annotated[tuple[Planned, ...], BeforeValidator(tuple)] = ()
    redated: Annotated[tuple[Redated, ...], BeforeValidator(tuple)] = ()
    rules: Annotated[tuple[Rule, ...], BeforeValidator(tuple)] = Field(alias="rule")

    def __eq__(self, other: object) -> bool:
        # Two readings of a file are two laws: what is worked out from one is kept by it.
        return self is other

    def __hash__(self) -> int:
        return id(self)

    @property
    def proposals(self) -> bool:
        """Whether what is only proposed is taken as law."""
        return self._proposals

    @property
    def all_versions(self) -> Mapping[str, tuple[Rule, ...]]:
        """The versions of every rule that is law, by its id."""
        return _by_id(self)

    def is_of(self, jurisdiction: str, status: str) -> bool:
        """Whether these are the rules of plans whose template has this jurisdiction and status."""
        here = jurisdiction.casefold() == self.jurisdiction.casefold()
        return here and status in self.plans_rest_on

    def with_proposals(self) -> "Law":
        """Return the rules as they would be if each proposal were law, on the days it names.

        A proposal for a rule that is there takes its place from the first day it holds.
        """
        rules: Iterable[Rule] = self.rules
        for proposed in [rule for rule in self.rules if rule.status == "proposal"]:
            rules = tuple(_made_way(rules, proposed))
        law = self.model_copy(update={"rules": tuple(rules)})
        law._proposals = True
        return law

    def versions(self, rule_id: str) -> tuple[Rule, ...]:
        """Return the versions of a rule; a proposal is no law, and is not among them.

        Raises:
            NotFound: there is no rule of this id.
        """
        found = _by_id(self).get(rule_id)
        if found is None:
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
        _once("version", (f"{rule.id}@{rule.version}" for rule in self.rules))
        for rule in self.rules:
            _known(rule.id, "fact", {*rule.trigger, *rule.met_by} - set(self.facts))
            _known(rule.id, "fact", {one.fact for one in _all_patterns(rule)} - set(self.facts))
            _known(rule.id, "actor", {rule.actor} - set(self.actors))
            _known(rule.id, "exception", set(rule.exceptions) - excepted)
            _known(rule.id, "rule", {*rule.of, *rule.carried_by} - ids)
            _known(rule.id, "source", set(_KEY.findall(rule.sources)) - set(self.sources))
        _known("ends_all", "fact", {one.fact for one in self.ends_all} - set(self.facts))
        for one in self.implied:
            _known("implied", "fact", {one.fact, one.by} - set(self.facts))
            _known("implied", "source", set(_KEY.findall(one.sources)) - set(self.sources))
        for planned in self.planned:
            named = {planned.fact, planned.becomes or planned.fact}
            _known("planned", "fact", named - set(self.facts))
        _no_circle({rule.id: rule.of for rule in self.rules if rule.of})
        for rule_id in sorted(ids):
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
            # A proposal would take the place of what holds.
            apart = one.chosen_by != other.chosen_by or (
                (one.status == "proposal") != (other.status == "proposal")
            )
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
    read: dict[str, Any] = {}
    try:
        read = tomllib.loads(text)
        return Law.model_validate(read)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name}: found no TOML ({error}).") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ", ".join([name, *_place(read, first["loc"])])
        found = first["input"]
        said = f"found {found!r:.60}, " if isinstance(found, str | int | float | date) else ""
        why = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"{where}: {said}{why}.") from None


def _place(read: Mapping[str, Any], loc: tuple[str | int, ...]) -> Iterator[str]:
    """The key at which a fault is, an entry of a list by its id."""
    at: object = read
    for part in loc:
        try:
            at = cast("Any", at)[part]
        except (KeyError, IndexError, TypeError):
            at = None
        entry = cast("Mapping[str, object]", at) if isinstance(at, dict) else None
        if isinstance(part, int) and entry is not None and "id" in entry:
            version = f" version {entry['version']}" if "version" in entry else ""
            yield f"{entry['id']}{version}"[:60]
        else:
            yield f"entry {part + 1}" if isinstance(part, int) else part


@cache
def england() -> Law:
    """Return the rules of England."""
    data = files("ehcp_flow.statute").joinpath("england.toml").read_text(encoding="utf-8")
    return parse(data, "england.toml")


def _all_patterns(rule: Rule) -> tuple[Pattern, ...]:
    return (
        *rule.where,
        *rule.only_with,
        *rule.only_after,
        *rule.never_after,
        *rule.closed_by,
        *rule.ended_by,
        *rule.left_by,
        *rule.not_met_after,
    )


def _no_circle(made_of: Mapping[str, tuple[str, ...]]) -> None:
    for start in made_of:
        way = [start]
        while (onward := next((one for one in made_of[way[-1]] if one in made_of), None)) and (
            onward not in way
        ):
            way.append(onward)
        if onward == start:
            raise ValueError(f"{' is made of '.join([*way, start])}: that is a circle")


@lru_cache(maxsize=8)
def _by_id(law: Law) -> Mapping[str, tuple[Rule, ...]]:
    found: dict[str, tuple[Rule, ...]] = {}
    for rule in law.rules:
        if rule.status != "proposal" or law.proposals:
            found[rule.id] = (*found.get(rule.id, ()), rule)
    return found


def _made_way(rules: Iterable[Rule], proposed: Rule) -> Iterator[Rule]:
    """Let what holds until then end on the day before a proposal begins."""
    since = proposed.since
    for one in rules:
        gives_way = (
            since is not None
            and one.id == proposed.id
            and one.status != "proposal"
            and one.chosen_by == "trigger"
            and one.holds_on(since)
            and one.since != since
        )
        if gives_way and since is not None:
            yield one.model_copy(update={"until": since - timedelta(days=1)})
        else:
            yield one


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
