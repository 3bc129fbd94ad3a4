"""An operating model, and which of its rules answers who does what.

Every question (a duty; for some a section and a year group) is answered by one rule at most. What
only the law settles is no duty of a model, and so no model can give it to anybody.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ehcp_flow.models.duties import BY_SECTION, OF_ALL_PLANS, Duty
from ehcp_flow.roles import as_known
from ehcp_flow.statute.marks import Mark
from ehcp_flow.years import YEARS

Experience = Literal["new", "some", "confident"]
"""How much a person has of writing plans, as their list says."""

Extent = Literal["whole", "contribute"]
"""Whether somebody writes a section whole, or contributes and leaves handing it on to others."""

Kind = Literal[
    "maintained mainstream",
    "academy or free school",
    "maintained nursery",
    "maintained special",
    "special academy",
    "non-maintained special",
    "independent",
    "independent approved under section 41",
    "alternative provision or PRU",
    "further education",
    "local authority",
    "not said",
]
"""Of the institution."""

ANYBODY = "*"
"""Among the roles of a rule: whatever role it is."""


def _tuple(found: object) -> object:
    return tuple(cast("list[object]", found)) if isinstance(found, list) else found


def _no_extents() -> Mapping[Experience, Extent]:
    return {}


def _no_words() -> Mapping[str, str]:
    return {}


EVERY = "*"
"""Among the sections of a rule: each that no other one names."""

_Words = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
_Roles = Annotated[tuple[_Words, ...], BeforeValidator(_tuple)]
_Texts = Annotated[tuple[str, ...], BeforeValidator(_tuple)]


class Part(BaseModel):
    """A table of a model's file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Rule(Part):
    """Who has a duty, for which sections and which year groups."""

    id: _Id
    duty: Duty
    roles: _Roles = ()
    """Who has it; what is done when asked, they do when somebody asked them. ``*`` is anybody."""
    but_not: _Roles = ()
    """Who does not, where anybody does."""
    unasked: _Roles = ()
    """Who does without being asked what others do when they are asked."""
    sections: _Texts = (EVERY,)
    """Of whatever template, by id; ``*`` is every one that no other rule of the duty names."""
    years: _Texts = YEARS
    asks: _Roles = ()
    """Whom a cycle asks that goes by the model, the first of them that somebody can take; nobody
    said: the roles in their order."""
    ask: Literal["one", "all"] = "one"
    """Whether a cycle asks one of them or all who can take it."""
    joint: _Roles = ()
    """Whom a cycle asks beside, for each pupil."""
    extent: Extent = "whole"
    """How far somebody goes who writes, when their experience is none of ``extents``."""
    extents: Mapping[Experience, Extent] = Field(default_factory=_no_extents)
    after: _Texts = ()
    """The facts that must be on record since the latest review began."""
    reviewed_by: _Roles = ()
    """The roles of which one must have approved each text that was changed since it was issued."""
    quote: _Words | None = None
    """The words that it rests on."""
    source: _Words | None = None
    mark: Mark
    """How well it is known that the setting works so."""
    note: _Words | None = None

    @property
    def all_roles(self) -> tuple[str, ...]:
        """Everyone who has it, asked or not, each once."""
        return tuple(dict.fromkeys((*self.unasked, *self.roles)))

    def lets(self, role: str, *, asked: bool = False) -> bool:
        """Whether somebody in a role may do this.

        Args:
            role: the one they act in.
            asked: whether somebody asked them; it matters where there are roles that need not be.
        """
        if role in self.unasked:
            return True
        if self.duty in ("write", "review") and not asked:
            return False
        return role in self.roles or (ANYBODY in self.roles and role not in self.but_not)

    def extent_of(self, role: str, experience: str | None) -> Extent:
        """How far somebody goes who writes; who does so without being asked writes whole."""
        if role in self.unasked:
            return "whole"
        for known, extent in self.extents.items():
            if known == experience:
                return extent
        return self.extent


class School(Part):
    """The institution whose setting it is, as far as the law looks at it."""

    kind: Kind
    contract_to_hold_meetings: bool = False
    """Whether a contract binds it to hold review meetings, where the law does not."""


class Model(Part):
    """A setting's answer to who does what."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$", max_length=40)]
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    title: _Words
    setting: _Words
    """Which setting works so."""
    source: _Words
    """Where that is told."""
    quote: _Words | None = None
    told_on: date | str | None = None
    """When it was told, as a day or as words."""
    mark: Mark
    school: School
    other_roles: _Roles = ()
    """Roles that are this setting's own."""
    other_sections: _Texts = ()
    """Ids of sections of this setting's own plan templates."""
    when_nobody: Mapping[str, str] = Field(default_factory=_no_words)
    """To which role the duties of another one fall that nobody holds who is there; ``refuse``, as
    with a role that is not named: to none."""
    limits: Mapping[str, Annotated[int, Field(ge=1, le=10_000)]] = Field(default_factory=dict)
    """How many tasks at most may wait on one person in a role; under ``*`` in any other."""
    rules: Annotated[tuple[Rule, ...], BeforeValidator(_tuple)] = Field(alias="rule")

    @property
    def name(self) -> str:
        """Its id with its version, as ``M3@1``."""
        return f"{self.id}@{self.version}"

    @cached_property
    def _answers(self) -> Mapping[tuple[str, str, str], Rule]:
        return {key: rule for rule in self.rules for key in questions(rule)}

    @cached_property
    def _powers(self) -> frozenset[str]:
        """Roles that let their holders do about any plan what others are asked for, or cannot."""
        found = {role for rule in self.rules for role in rule.unasked}
        keeping = (rule for rule in self.rules if rule.duty in ("coordinate", "lists", "approve"))
        return frozenset(found.union(*(rule.roles for rule in keeping)))

    def rule(
        self, duty: Duty, *, section: str | None = None, year: str | None = None
    ) -> Rule | None:
        """Return the rule that says who has a duty; ``None``: none does.

        Args:
            duty: which.
            section: where it may be another role's for each section.
            year: of the pupil, where the duty is about a plan.
        """
        of = "" if duty in OF_ALL_PLANS else (year or "")
        if duty not in BY_SECTION:
            return self._answers.get((duty, "", of))
        found = self._answers.get((duty, section or EVERY, of))
        return found or self._answers.get((duty, EVERY, of))

    def role_named(self, role: str) -> str:
        """A role as the rules write it, or as it is written when they do not know it."""
        own = (one for one in self.other_roles if one.casefold() == role.casefold())
        return as_known(role) or next(own, role)

    def has_powers(self, role: str) -> bool:
        """Whether a role lets its holders coordinate, approve, keep lists, or write unasked."""
        return role in self._powers

    def falls_to(self, role: str) -> str | None:
        """To which role the duties of another fall when nobody holds it; ``None``: to none."""
        other = self.when_nobody.get(role, REFUSE)
        return None if other == REFUSE else other

    def limit_of(self, roles: Collection[str]) -> int | None:
        """How many tasks at most may wait on somebody who holds these roles; ``None``: as many as
        come.

        Of several roles the one with the most room counts; one without a limit has no end.
        """
        limits = [self.limits.get(role, self.limits.get(ANYBODY)) for role in roles]
        known = [limit for limit in limits if limit is not None]
        return max(known) if known and len(known) == len(limits) else None

    @property
    def may_be_required(self) -> bool:
        """Whether the authority can require the institution to hold a review meeting.

        SEND Regulations 2014, regulation 20(1); which institutions those of paragraph (12) are is
        recalled, not read again.
        """
        return self.school.kind in _MAY_BE_REQUIRED or self.school.contract_to_hold_meetings

    @property
    def needs_senco(self) -> bool:
        """Whether the law asks for a SENCO (Children and Families Act 2014, section 67)."""
        return self.school.kind in _NEEDS_SENCO

    def told(self) -> str | None:
        """What the law says about this kind of institution and review meetings, in words."""
        if self.school.kind in ("local authority", "not said") or self.may_be_required:
            return None
        return (
            "The authority may request, and cannot require, this school to hold the review meeting "
            "(SEND Regulations 2014, regulation 20(1) and (12)) [recalled]."
        )


REFUSE = "refuse"
"""In ``when_nobody``: the duties of the role fall to no other."""

_MAY_BE_REQUIRED = frozenset(
    {
        "maintained mainstream",
        "academy or free school",
        "maintained nursery",
        "maintained special",
        "special academy",
        "non-maintained special",
        "independent approved under section 41",
        "alternative provision or PRU",
    }
)

_NEEDS_SENCO = frozenset({"maintained mainstream", "academy or free school", "maintained nursery"})


def questions(rule: Rule) -> Iterator[tuple[str, str, str]]:
    """Go through the questions that a rule answers: duty, section and year."""
    sections = rule.sections if rule.duty in BY_SECTION else ("",)
    years = ("",) if rule.duty in OF_ALL_PLANS else rule.years
    for section in sections:
        for year in years:
            yield rule.duty, section, year
