"""Which sections does this text of a plan have, and whose plan is it?

The text is plain or Markdown. A line is a heading when it says ``Section F``, or is a Markdown
heading with the section's id, or starts with the id and goes on with the section's title. Which
sections there are, and what they are called, is said by the template of the plan.
Nothing a line says is lost: words after ``Section F:`` that are no title begin the section's text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ehcp_flow.errors import BadInput, SaidNo
from ehcp_flow.importing.table import decode, file_bytes
from ehcp_flow.templates.built_in import ehcp
from ehcp_flow.templates.template import Template, groups

SUFFIXES = (".md", ".markdown", ".txt")
"""Files that are read as texts of plans."""

LONGEST_TITLE = 200
"""Code points of the one line that may stand before the first heading."""

_PLAN = re.compile(r"(\d{4}-\d{1,9}|[A-Za-z]\d{11}[0-9A-Za-z])(?![0-9A-Za-z])", re.ASCII)
_LINE_ENDS = re.compile("\r\n|\r|\n")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_MARKDOWN = re.compile(r" {0,3}#{1,6}[ \t]+(.*)")
_AFTER = r"(?:[ \t]*(?P<mark>[:.)\u2013\u2014-])[ \t]*|[ \t]+|$)(?P<rest>.*)"
_UNKNOWN = r"[A-Z]|[0-9]{1,2}[A-Z]?(?:\.[0-9]{1,2})?"
"""What may be meant as a section's id, and is none of this template's."""


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", text.casefold()))


_SMALL_WORDS = _words(
    "a an and any as be by for from has have her his in is it me my of on or our she the their "
    "them they this to what which who with about all must under 1 2 18"
)
_FURTHER_TITLE_WORDS = _words(
    "child children parent parents person persons young family carer carers section views summary "
    "details plan ehc ehcp sen send special educational needs health social care provision "
    "disability disabilities"
)


@dataclass(frozen=True, slots=True)
class FolderTexts:
    """The texts of plans that a folder holds, by file name."""

    texts: tuple[tuple[str, str, Mapping[str, str]], ...]
    """File name, plan, and text by section."""
    refused: tuple[tuple[str, str], ...]
    """File name, and a sentence that says why it is not taken."""


@dataclass(frozen=True, slots=True)
class _Heading:
    section: str
    rest: str
    """What the line says beyond the section's title."""


def plan_of(filename: str) -> str:
    """Return the plan that a file is for: the UPN or reference with which its name starts.

    ``2026-0042 Smith.txt`` is for 2026-0042. Whether there is such a plan is not asked here.

    Raises:
        BadInput: its name starts with neither.
    """
    match = _PLAN.match(Path(filename).stem.strip())
    if match is None:
        raise BadInput(
            f"{filename} does not say whose plan it is: let its name start with the plan's "
            "reference (2026-0042) or the pupil's UPN."
        )
    return match[1].upper()


class _Headings:
    """The headings of a template: which ids there are, and by which words each is known."""

    def __init__(self, template: Template) -> None:
        self.ids = template.ids
        # H may stand over H1 and H2, 2B over 2B.1: without text of its own.
        self.over = {
            group: [id for id in self.ids if group in groups(id)]
            for id in self.ids
            for group in groups(id)
            if group not in template.titles
        }
        self.title_words = {
            section.id: _words(f"{section.title} {' '.join(section.also)}")
            - _SMALL_WORDS
            - {"child"}
            for section in template.sections
        }
        for group, ids in self.over.items():
            self.title_words[group] = frozenset[str]().union(*(self.title_words[id] for id in ids))
        known = "|".join(map(_spelt, sorted({*self.ids, *self.over}, key=len, reverse=True)))
        letter = rf"(?P<id>{known}|{_UNKNOWN})(?![A-Za-z0-9]|[.-][0-9A-Z])"
        self.with_word = re.compile(rf"section[ \t]+{letter}{_AFTER}", re.IGNORECASE)
        self.letter_alone = re.compile(rf"{letter}{_AFTER}")


def _spelt(id: str) -> str:
    """How an id may be written: H1 also as ``H 1`` and ``H (1)``."""
    split = re.fullmatch(r"([A-Z])([0-9])", id)
    return rf"{split[1]}[ \t]?\(?{split[2]}\)?" if split else re.escape(id)


def read_plan_text(name: str, data: bytes, template: Template | None = None) -> dict[str, str]:
    """Return the text by section of a plan, in the order of the file; empty sections are left out.

    Args:
        name: what to call the file in messages.
        data: its content.
        template: that of the plan; without it that of an EHC plan.

    Raises:
        BadInput: it is no text, has no heading, has text before the first heading that is more
            than a title, has a section twice, or nothing below its headings.
    """
    data, name = file_bytes(data, name)
    text, _ = decode(data, name)
    headings = _Headings(template or ehcp())
    before: list[str] = []
    found: dict[str, list[str]] = {}
    since: dict[str, int] = {}
    current = before
    just_headed = False
    for number, line in enumerate(_LINE_ENDS.split(text), 1):
        heading = _heading(line, headings)
        if heading is None:
            # A line of === or --- under a heading is part of the heading.
            if not (just_headed and _UNDERLINE.fullmatch(line)):
                current.append(line)
            just_headed = False
            continue
        section = _known(heading.section, headings, number, name)
        if section in found:
            raise BadInput(
                f"{name}, line {number}: section {section} was found again, and each section is "
                f"expected once: it stands on line {since[section]} already."
            )
        since[section] = number
        current = found[section] = [heading.rest] if heading.rest else []
        just_headed = not heading.rest
    _only_a_title(before, name, template or ehcp(), any_heading=bool(found))
    for group, ids in headings.over.items():
        if "".join(found.get(group, ())).strip():
            which = "the two" if len(ids) == 2 else "them"
            raise BadInput(
                f"{name}, line {since[group]}: section {group} was found with text of its own, and "
                f"{' or '.join(ids)} is expected: say which of {which} it is."
            )
    texts = {section: "\n".join(lines).strip("\n").rstrip() for section, lines in found.items()}
    texts = {section: text for section, text in texts.items() if text.strip()}
    if not texts:
        raise BadInput(
            f"{name} has headings and no text below them: write the text or leave it out."
        )
    return texts


def read_folder(folder: Path, template_of: Callable[[str], Template] | None = None) -> FolderTexts:
    """Read every text of a plan in a folder, by name; other files are passed over.

    Args:
        folder: where the files are.
        template_of: gives the template of a plan by its reference or UPN, or says no; without it
            each is an EHC plan.

    Raises:
        BadInput: the folder cannot be read or holds no such file.
    """
    try:
        files = sorted(
            (path for path in folder.iterdir() if path.suffix.casefold() in SUFFIXES),
            key=lambda path: path.name,
        )
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or "not a usable path"
        raise BadInput(f"{folder} cannot be read as a folder ({why}).") from None
    if not files:
        raise BadInput(
            f"{folder} holds no text of a plan: a file ending in {', '.join(SUFFIXES)} is "
            "expected for each plan."
        )
    texts: list[tuple[str, str, Mapping[str, str]]] = []
    refused: list[tuple[str, str]] = []
    for path in files:
        try:
            plan = plan_of(path.name)
            template = None if template_of is None else template_of(plan)
            data, _ = file_bytes(path)
            texts.append((path.name, plan, read_plan_text(path.name, data, template)))
        except SaidNo as no:
            refused.append((path.name, str(no)))
    return FolderTexts(tuple(texts), tuple(refused))


def _heading(line: str, headings: _Headings) -> _Heading | None:
    markdown = _MARKDOWN.fullmatch(line)
    said = markdown[1].rstrip(" \t#") if markdown else line.strip()
    for mark in ("**", "__"):
        if said.startswith(mark):
            said = said.removeprefix(mark).removesuffix(mark).replace(f"{mark} ", " ", 1)
    said = said.strip()
    if match := headings.with_word.fullmatch(said):
        firm = markdown is not None or said.startswith("SECTION")
        return _with_word(match, headings, firm=firm)
    match = headings.letter_alone.fullmatch(said)
    return None if match is None else _letter_alone(match, headings, firm=markdown is not None)


def _with_word(match: re.Match[str], headings: _Headings, *, firm: bool) -> _Heading | None:
    """``Section F``: a heading unless it may be part of a sentence, as in "Section F. They say"."""
    section, mark, rest = _id(match["id"]), match["mark"], match["rest"].strip()
    if _is_title(section, rest, headings):
        return _Heading(section, "") if firm or rest or mark not in (".", ")") else None
    return _Heading(section, rest) if firm or mark not in (None, ".", ")") else None


def _letter_alone(match: re.Match[str], headings: _Headings, *, firm: bool) -> _Heading | None:
    """``F. Special educational provision``, but not "A. Smith attends" nor "A" alone."""
    section, mark, rest = _id(match["id"]), match["mark"], match["rest"].strip()
    if not rest:
        return _Heading(section, "") if firm else None
    article_or_pronoun = section in ("A", "I") and not mark
    if (
        article_or_pronoun
        or not (firm or mark)
        or not _is_title(section, rest, headings, telling=True)
    ):
        return None
    return _Heading(section, "")


def _id(said: str) -> str:
    return re.sub(r"[^A-Z0-9.-]", "", said.upper())


def _known(section: str, headings: _Headings, line: int, name: str) -> str:
    if section in headings.ids or section in headings.over:
        return section
    raise BadInput(
        f"{name}, line {line}: section {section} was found, and one of "
        f"{', '.join(headings.ids)} is expected: put its text into one of these, "
        "or keep it outside the plan."
    )


def _only_a_title(lines: list[str], name: str, template: Template, *, any_heading: bool) -> None:
    said = [line for line in lines if line.strip() and not _UNDERLINE.fullmatch(line)]
    if not any_heading:
        provision = (one for one in template.sections if one.kind == "provision")
        example = next(provision, template.sections[0])
        raise BadInput(
            f'{name} has no heading of a section: write a line such as "Section {example.id}: '
            f"{example.title}\" before each section's text."
        )
    plain = [line for line in said if not _MARKDOWN.fullmatch(line)]
    if len(plain) > 1 or any(len(line) > LONGEST_TITLE for line in said):
        number = lines.index(plain[0] if plain else said[0]) + 1
        raise BadInput(
            f"{name}, line {number}: text was found before the first heading, and only a title is "
            "expected there: put the heading of its section above it."
        )


def _is_title(section: str, rest: str, headings: _Headings, *, telling: bool = False) -> bool:
    """Whether words are the section's title or another usual one, and say nothing more.

    ``telling`` asks for a word that is this section's own and not just any section's.
    """
    if len(rest) > LONGEST_TITLE:
        return False
    words = _words(re.sub(r"['\u2019]s\b", "", rest))
    own = headings.title_words.get(section, frozenset())
    usual = words <= own | _SMALL_WORDS | _FURTHER_TITLE_WORDS
    return usual and (not telling or bool(words & own))
