"""What do the fields of a fact say?"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from ehcp_flow.errors import Ambiguous, BadInput, NotFound
from ehcp_flow.events import Words, words
from ehcp_flow.statute.facts import FactField, FactKind
from ehcp_flow.statute.law import Law
from ehcp_flow.templates.template import Template
from ehcp_flow.text import normalise, one_line, says_something
from ehcp_flow.times import parse_day

LONGEST_WORDS = 20_000
"""Code points in one field of a fact."""

LONGEST_NAME = 200
"""Code points in a role or in the name of someone who is not known here."""

ATTENDED = ("present", "apologies", "by telephone", "by video", "absent")
"""Whether somebody who was invited was there; *present* when nothing is said."""


class Someone(NamedTuple):
    """A person known here, and the roles they held on the day in question."""

    id: str
    name: str
    roles: tuple[str, ...]


Who = Callable[[str], Someone | None]
"""The person that a name stands for, ``None`` for somebody who is not known here.

It says no to what looks like a staff id or an e-mail address and is nobody's."""


class NotStated(BadInput):
    """A field does not say what it should."""

    def __init__(self, fact: str, field: str, found: str, expected: str) -> None:
        shown = found if len(found) <= 60 else f"{found[:60]}…"
        said = f"{shown!r} was found" if found else "nothing was found"
        super().__init__(f"{fact}, {field}: {said}, and {expected} is expected.")
        self.field = field
        self.found = found
        self.expected = expected


class Stated(NamedTuple):
    """What the fields of a fact say, as it is recorded."""

    details: tuple[tuple[str, str], ...] = ()
    """Days, choices, numbers, ids. Each person has a number: ``present.1`` is the id of one who is
    known here, ``present.1.role`` their role, ``present.1.as`` whether they were there."""
    told_as: tuple[str, ...] = ()
    told: tuple[Words, ...] = ()
    """Free text; every person stands in it as ``role: name``, under ``present.1``."""

    def says(self, field: str) -> str | None:
        """What a field says that is no free text."""
        return dict(self.details).get(field)


def read(
    kind: FactKind,
    said: Sequence[tuple[str, str]],
    *,
    day: date,
    who: Who,
    law: Law,
    template: Template,
) -> Stated:
    """Read what is said of a fact, field by field.

    Args:
        kind: which fact it is.
        said: name and value as they were written; people as often as there are people.
        day: the day on which it happened.
        who: finds people.
        law: the rules and exceptions that can be named.
        template: the plan's, whose sections can be named.

    Raises:
        NotFound: it has no such field.
        NotStated: a field is missing, is there twice, or says what it cannot.
        Ambiguous: several people go by a name.
    """
    by_field: dict[str, list[str]] = {}
    for name, value in said:
        by_field.setdefault(kind.field(name.strip()).name, []).append(value)
    details: list[tuple[str, str]] = []
    told: list[tuple[str, Words]] = []
    for field in kind.fields:
        values = by_field.get(field.name, [])
        if not any(value.strip() for value in values):
            if field.required or values:
                raise NotStated(kind.id, field.name, "", _wanted(field, template))
            continue
        if field.kind == "people":
            _people(kind, field, values, who, details, told)
            continue
        if len(values) > 1:
            raise NotStated(kind.id, field.name, " ".join(values), "it once")
        try:
            _one(field, values[0], day, law, template, details, told)
        except NotStated:
            raise
        except (BadInput, NotFound, ValueError):
            raise NotStated(
                kind.id, field.name, values[0].strip(), _wanted(field, template)
            ) from None
    return Stated(tuple(details), tuple(name for name, _ in told), tuple(text for _, text in told))


def _one(
    field: FactField,
    value: str,
    day: date,
    law: Law,
    template: Template,
    details: list[tuple[str, str]],
    told: list[tuple[str, Words]],
) -> None:
    """Read one value; ``ValueError`` or a refusal when it is not what is wanted."""
    if field.kind == "text":
        told.append((field.name, _text(value)))
        return
    details.append((field.name, _detail(field, one_line(value), day, law, template)))


def _detail(field: FactField, value: str, day: date, law: Law, template: Template) -> str:
    match field.kind:
        case "day":
            found = parse_day(value)
            if (field.when == "later" and found < day) or (field.when == "earlier" and found > day):
                raise ValueError
            return found.isoformat()
        case "choice":
            return _choice(field.choices, value)
        case "number" | "advice" | "fact" | "issue":
            return str(_number(value, field.least or 1, field.most))
        case "sections":
            return " ".join(_sections(value, template))
        case "rule":
            return law.versions(_id(value))[0].id
        case "exception":
            return law.exception(_id(value)).id
        case _:
            raise ValueError


def _choice(choices: Sequence[str], value: str) -> str:
    """Which choice is meant, whatever its case and hyphens."""
    by_words = {_folded(choice): choice for choice in choices}
    if (found := by_words.get(_folded(value))) is None:
        raise ValueError
    return found


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").split())


def _id(value: str) -> str:
    """The id of a rule or an exception as the law writes it: ``ex-a.A`` is EX-A.a."""
    head, dot, tail = value.partition(".")
    return f"{head.upper()}{dot}{tail.lower()}"


def _number(value: str, least: int, most: int | None) -> int:
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise ValueError
    found = int(value)
    if found < least or (most is not None and found > most):
        raise ValueError
    return found


def _text(value: str) -> Words:
    kept = normalise(value).text.strip()
    if not says_something(kept) or len(kept) > LONGEST_WORDS:
        raise ValueError
    return words(kept)


def _sections(value: str, template: Template) -> tuple[str, ...]:
    """The sections that a text lists, each once, in the order of the template."""
    named = {template.section_id(one) for one in value.replace(",", " ").replace(";", " ").split()}
    if not named:
        raise ValueError
    return tuple(id for id in template.ids if id in named)


def _people(
    kind: FactKind,
    field: FactField,
    values: Sequence[str],
    who: Who,
    details: list[tuple[str, str]],
    told: list[tuple[str, Words]],
) -> None:
    seen: set[str] = set()
    for number, value in enumerate(values, 1):
        key = f"{field.name}.{number}"
        role, name, attended = _person(kind, field, value)
        try:
            person = who(name)
        except Ambiguous:
            raise
        except (BadInput, NotFound):
            expected = "somebody known here by staff id or e-mail address, or a name"
            raise NotStated(kind.id, field.name, value, expected) from None
        if person is not None:
            held = next((one for one in person.roles if one.casefold() == role.casefold()), None)
            if held is None:
                roles = " or ".join(person.roles) or "none"
                expected = f"a role that {person.name} held on that day ({roles})"
                raise NotStated(kind.id, field.name, value, expected)
            role, name = held, person.name
            details += [(key, person.id), (f"{key}.role", held)]
        told.append((key, words(f"{role}: {name}")))
        if attended is not None:
            details.append((f"{key}.as", attended))
        same = person.id if person is not None else f"{role}: {name}".casefold()
        if same in seen:
            raise NotStated(kind.id, field.name, value, "each person once")
        seen.add(same)


def _person(kind: FactKind, field: FactField, value: str) -> tuple[str, str, str | None]:
    parts = [part.strip() for part in one_line(value).split(":")]
    attended = None
    if field.attended:
        attended = ATTENDED[0]
        if len(parts) > 2 and parts[-1].casefold() in ATTENDED:
            attended = parts.pop().casefold()
    role, name = parts[0], ": ".join(parts[1:])
    if not says_something(role) or not says_something(name) or len(role + name) > LONGEST_NAME:
        raise NotStated(kind.id, field.name, value, _people_wanted(field))
    return role, name, attended


def _people_wanted(field: FactField) -> str:
    status = f", or ROLE: NAME: {'|'.join(ATTENDED)}" if field.attended else ""
    return f"ROLE: NAME{status}"


def _wanted(field: FactField, template: Template) -> str:
    """What a field expects, as the end of a sentence."""
    match field.kind:
        case "day":
            side = {None: "", "later": ", that of the fact or a later one"}
            side["earlier"] = ", that of the fact or an earlier one"
            return f"a day such as 2026-11-03{side[field.when]}"
        case "choice":
            return f"one of {', '.join(field.choices)}"
        case "text":
            return f"a text of at most {LONGEST_WORDS:,} characters"
        case "people":
            return _people_wanted(field)
        case "number":
            most = "" if field.most is None else f" to {field.most}"
            return f"a number from {field.least or 1}{most}"
        case "sections":
            return f"sections such as B F (of {' '.join(template.ids)})"
        case "advice":
            return "the number of an advice of the plan"
        case "fact":
            return "the number of a fact of the plan"
        case "issue":
            return "the number of an issued version"
        case "rule":
            return "the id of a rule, as `statute list` shows them"
        case "exception":
            return "the id of an exception, as `statute explain RULE` shows them"
