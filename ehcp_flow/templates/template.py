"""What does a plan template say: which sections a plan has, and what is known of each?

A template is one file. Every statement about the law has its citation and a mark that says how
well it is known; a section or a statement without them has those of what it stands in.

The form is a stored one: a setting's own file is recorded whole, and plans are read by it for ever.
Keys and choices, roles among them, are added and never renamed or taken away.
"""

import re
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Literal, Self, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from ehcp_flow.errors import NotFound
from ehcp_flow.events import AdviceKind
from ehcp_flow.roles import ROLES
from ehcp_flow.statute.marks import Mark, weakest

Kind = Literal["views", "need", "outcome", "provision", "placement", "money", "appendix"]

Status = Literal["act", "regulation", "guidance", "local", "proposal"]
"""What the form of the plan rests on: a proposal is no law, *local* is what a setting decides."""

Appeal = Literal["yes", "no", "recommendation"]
"""*recommendation*: a tribunal may recommend, and its recommendation does not bind."""

LONGEST = 200
"""Code points of a title."""

LONGEST_NOTE = 1_000
"""Code points of a citation or of what is not known."""

MOST_SECTIONS = 100

FIRST_YEAR, LAST_YEAR = 1, 14
"""National Curriculum years from which something may have to be in a plan."""

TEMPLATE_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
SECTION_ID = re.compile(r"[A-Z0-9]+(?:[.-][A-Z0-9]+)*", re.ASCII)
LONGEST_ID = 40


def told(sentence: str) -> PydanticCustomError:
    """Return the error that says what was found and what was expected, in words of its own."""
    # What is found may hold braces, which a message template would read as a place to fill.
    return PydanticCustomError("told", "{told}", {"told": sentence})


def _listed(value: object) -> object:
    """A list of TOML as the tuple that it is kept as."""
    return tuple(cast("list[object]", value)) if isinstance(value, list) else value


def _on_one_line(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise PydanticCustomError("value", "")
    return text.strip()


def _template_id(text: str) -> str:
    if len(text) > LONGEST_ID or not TEMPLATE_ID.fullmatch(text):
        raise PydanticCustomError("value", "")
    return text


def _section_id(text: str) -> str:
    if len(text) > LONGEST_ID or not SECTION_ID.fullmatch(text):
        raise PydanticCustomError("value", "")
    return text


def _role(text: str) -> str:
    if text not in ROLES:
        raise PydanticCustomError("value", "")
    return text


_Title = Annotated[str, Field(max_length=LONGEST), AfterValidator(_on_one_line)]
_Note = Annotated[str, Field(max_length=LONGEST_NOTE), AfterValidator(_on_one_line)]
_Notes = Annotated[tuple[_Note, ...], BeforeValidator(_listed)]
_SectionId = Annotated[str, AfterValidator(_section_id)]
_Role = Annotated[str, AfterValidator(_role)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Statement(_Part):
    citation: _Note | None = None
    mark: Mark | None = None
    note: _Note | None = None


class Appealable(_Statement):
    """Whether a tribunal can be asked about a section."""

    answer: Appeal = Field(alias="is")


class DutyHolder(_Statement):
    """Who must secure what a section says; ``None``: nobody, as it is no provision."""

    holder: _Title | None = Field(default=None, alias="is")


class AdvisedBy(_Statement):
    """Who usually advises on a section."""

    who: Annotated[tuple[_Title, ...], BeforeValidator(_listed)] = Field(alias="is")


class FedBy(_Statement):
    """The kinds of advice whose words are offered to whoever writes a section."""

    kinds: Annotated[tuple[AdviceKind, ...], BeforeValidator(_listed)] = Field(alias="is")


class WrittenBy(_Statement):
    """The roles that may propose a section's text unless the setting says otherwise."""

    roles: Annotated[tuple[_Role, ...], BeforeValidator(_listed)] = Field(alias="is")


class TemplateSection(_Part):
    """One section of a plan."""

    id: _SectionId
    title: _Title
    kind: Kind
    citation: _Note | None = None
    mark: Mark | None = None
    note: _Note | None = None
    also: Annotated[tuple[_Title, ...], BeforeValidator(_listed)] = ()
    """Further words by which a heading in a file is known to be this section's."""
    appealable: Appealable | None = None
    duty_holder: DutyHolder | None = None
    advised_by: AdvisedBy | None = None
    written_by: WrittenBy | None = None
    fed_by: FedBy | None = None

    def statements(self) -> Mapping[str, _Statement]:
        """What is said of it beside its title, by key."""
        said = {
            "appealable": self.appealable,
            "duty_holder": self.duty_holder,
            "advised_by": self.advised_by,
            "fed_by": self.fed_by,
            "written_by": self.written_by,
        }
        return {key: one for key, one in said.items() if one is not None}


class AdviceFrom(_Statement):
    """The advice that must be sought with a rule that holds from a year on."""

    kind: AdviceKind


class FromYear(_Part):
    """What sections must hold for a pupil in or beyond a National Curriculum year."""

    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
    sections: Annotated[tuple[_SectionId, ...], BeforeValidator(_listed), Field(min_length=1)]
    must: _Note
    """As a sentence goes on: *include provision to assist in …*"""
    citation: _Note
    mark: Mark
    advice: AdviceFrom | None = None


class Template(_Part):
    """A kind of plan, in one version."""

    id: Annotated[str, AfterValidator(_template_id)]
    version: Annotated[int, Field(ge=1, le=1_000_000)]
    title: _Title
    short: _Title
    """As people call such a plan."""
    jurisdiction: _Title
    status: Status
    citation: _Note
    mark: Mark
    order: Literal["fixed", "free"] = "free"
    """Whether the order of the sections is prescribed; they are shown in it either way."""
    note: _Note | None = None
    not_known: _Notes = ()
    """What the template does not say because no source for it was read."""
    sections: Annotated[
        tuple[TemplateSection, ...],
        BeforeValidator(_listed),
        Field(min_length=1, max_length=MOST_SECTIONS),
    ] = Field(alias="section")
    from_years: Annotated[tuple[FromYear, ...], BeforeValidator(_listed)] = Field(
        default=(), alias="from_year"
    )

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Title by section id, in the order of the template."""
        return MappingProxyType({section.id: section.title for section in self.sections})

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its sections, in their order."""
        return tuple(self.titles)

    @property
    def proposal(self) -> bool:
        """Whether such a plan is proposed only, and no law asks for it."""
        return self.status == "proposal"

    @property
    def name(self) -> str:
        """Its id and version, as ``ehcp@1``."""
        return f"{self.id}@{self.version}"

    @cached_property
    def weakest(self) -> Mark:
        """The weakest mark of anything that it says."""
        marks: list[Mark] = [self.mark]
        for section in self.sections:
            marks.append(self.known(section).mark)
            for statement in section.statements().values():
                if statement.mark is not None:
                    marks.append(statement.mark)
        for rule in self.from_years:
            marks.append(rule.mark)
            if rule.advice is not None and rule.advice.mark is not None:
                marks.append(rule.advice.mark)
        return weakest(*marks)

    def section(self, id: str) -> TemplateSection:
        """Return one of its sections by its id."""
        return self.sections[self.ids.index(id)]

    def known(self, section: TemplateSection) -> "Known":
        """Where a section stands, and how well that is known."""
        return Known(
            citation=section.citation or self.citation,
            mark=self.mark if section.mark is None else section.mark,
        )

    def section_id(self, text: str) -> str:
        """Return the id of the section that a text names, whatever its case: ``f`` is F.

        Raises:
            NotFound: plans of this kind have no such section.
        """
        asked = text.strip().upper()
        if text.isascii() and asked in self.titles:
            return asked
        parts = [id for id in self.ids if asked and asked in groups(id)]
        split = f" Section {asked} is split: write {' or '.join(parts[:4])}." if parts else ""
        raise NotFound(
            f"There is no section {text.strip()[:40]!r} in {self.article} ({self.id}); it has the "
            f"sections {', '.join(self.ids)}.{split}"
        )

    @property
    def article(self) -> str:
        """What people call such a plan, with its article."""
        return f"{'an' if self.short[:1].lower() in 'aeiou' else 'a'} {self.short}"

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        seen: set[str] = set()
        for section in self.sections:
            if section.id in seen:
                raise told(f"found section {section.id} twice, expected each section once")
            seen.add(section.id)
        for number, rule in enumerate(self.from_years, 1):
            for id in rule.sections:
                if id not in seen:
                    raise told(
                        f"[[from_year]] {number}, sections: found {id!r}, expected one of "
                        f"{', '.join(self.ids)}"
                    )
        return self


class Known(_Part):
    """Where a statement stands, and how well that is known."""

    citation: str
    mark: Mark


def groups(id: str) -> frozenset[str]:
    """Return the headings beneath which a section's own may stand: H1 beneath H, 2B.1 beneath 2B.

    >>> sorted(groups("2B.1"))
    ['2', '2B']
    """
    parts = re.findall(r"[A-Z]+|[0-9]+|[.-]", id)
    return frozenset("".join(parts[:n]).rstrip(".-") for n in range(1, len(parts))) - {id}
