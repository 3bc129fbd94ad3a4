"""From the file of an operating model to the model: is it one, and does it hang together?

A message names the file, the key or the line, what was found, and what was expected.
"""

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ehcp_flow import toml_text
from ehcp_flow.errors import BadInput
from ehcp_flow.models.duties import BY_SECTION, DUTIES, NEEDED, OF_ALL_PLANS, OF_LAW, WHEN_ASKED
from ehcp_flow.models.model import (
    ANYBODY,
    EVERY,
    REFUSE,
    Experience,
    Extent,
    Kind,
    Model,
    Part,
    Rule,
    School,
    questions,
)
from ehcp_flow.roles import ROLES, as_known
from ehcp_flow.statute.law import england
from ehcp_flow.statute.marks import Mark
from ehcp_flow.templates.built_in import all_built_in
from ehcp_flow.templates.template import SECTION_ID
from ehcp_flow.text import one_line
from ehcp_flow.toml_text import FileOf, first_fault, shown
from ehcp_flow.years import from_to

LARGEST_FILE = 100_000
"""Bytes."""

_FILE = FileOf(
    "an operating model",
    "a model",
    'id = "M3"',
    LARGEST_FILE,
    # Reading a dotted key takes the square of its length.
    longest_line=2_000,
)

_MOST_RULES = 500


def text_of(data: bytes, name: str) -> str:
    """Return the text of a model's file.

    Raises:
        BadInput: it is too large, or no UTF-8.
    """
    return toml_text.text_of(data, _FILE, name).replace("\r\n", "\n")


def parse(text: str, name: str) -> Model:
    """Read and check an operating model.

    Args:
        text: TOML.
        name: what a message calls the file.

    Raises:
        BadInput: it is no TOML, or no model.
    """
    model = recorded_model(text, name)
    _hangs_together(model, name)
    return model


def recorded_model(text: str, name: str) -> Model:
    """Read an operating model that is on record.

    It hung together when it was chosen; roles and facts that the product knows by now do not make
    it unreadable.

    Args:
        text: TOML.
        name: what a message calls the file.

    Raises:
        BadInput: it is no TOML, or no model.
    """
    # However it came: a text that is no UTF-8, or too large, could not be kept either.
    raw = toml_text.tables_of(text_of(text.encode(errors="surrogatepass"), name), _FILE, name)
    rules: object = raw.get("rule")
    _no_duty_of_law(rules, name)
    if rules is not None:
        raw = {**raw, "rule": _with_years(_list(rules), name) or rules}
    try:
        return Model.model_validate(raw)
    except ValidationError as no:
        raise BadInput(f"{name}{_in_words(first_fault(no), raw)}.") from None


def _no_duty_of_law(rules: object, name: str) -> None:
    """Say no to a rule that gives to a role what the law has settled.

    It is told before any other mistake, for it is no slip of the pen.

    Raises:
        BadInput: naming the rule and the law.
    """
    for number, rule in enumerate(_list(rules), 1):
        duty = _dict(rule).get("duty")
        if isinstance(duty, str) and duty in OF_LAW:
            raise BadInput(
                f"{name}{_rule(rule, number)}, duty: found {duty!r}, and {OF_LAW[duty]}; expected "
                f"one of {', '.join(DUTIES)}."
            )


def _with_years(rules: Sequence[object], name: str) -> list[object]:
    """The rules with each range of years written out, and X and M as they are."""
    if len(rules) > _MOST_RULES:
        raise BadInput(f"{name}: found {len(rules):,} rules, expected at most {_MOST_RULES}.")
    return [_years_out(rule, number, name) for number, rule in enumerate(rules, 1)]


def _years_out(rule: object, number: int, name: str) -> object:
    said = _dict(rule)
    if not isinstance(said.get("years"), list):
        return rule
    years: list[str] = []
    for one in _list(said["years"]):
        found = from_to(one) if isinstance(one, str) else None
        if found is None:
            raise BadInput(
                f"{name}{_rule(rule, number)}, years: found {shown(one)}, expected years of "
                'N1, N2, R, 1 to 14, X and M, such as "4" or "R-3".'
            )
        years += found
    return {**said, "years": years}


# Does it hang together? ---------------------------------------------------------------------------


def _hangs_together(model: Model, name: str) -> None:
    roles = tuple(dict.fromkeys((*ROLES, *model.other_roles)))
    for key, named in (
        ("other_roles", model.other_roles),
        ("when_nobody", (*model.when_nobody, *model.when_nobody.values())),
        ("limits", tuple(model.limits)),
    ):
        known = (*roles, *{"when_nobody": (REFUSE,), "limits": (ANYBODY,)}.get(key, ()))
        _known(f"{name}, {key}", "role", named, known)
    _roles_are_names(model, name)
    seen: set[str] = set()
    sections = (*(id for one in all_built_in() for id in one.ids), *model.other_sections, EVERY)
    for rule in model.rules:
        where = f"{name}, rule {rule.id}"
        if rule.id in seen:
            raise BadInput(f"{where}: found a second rule of this id, expected another id.")
        seen.add(rule.id)
        _rule_is_one(rule, where, roles, sections)
    _one_answer_each(model, name)
    _no_cycle(model, name)
    for duty in NEEDED:
        answer = model.rule(duty)
        if answer is None or not answer.roles:
            raise BadInput(
                f"{name}: found nobody who has the duty {duty}, expected a rule that gives it to "
                "a role: nothing could be set up without."
            )


def _roles_are_names(model: Model, name: str) -> None:
    for section in model.other_sections:
        if not SECTION_ID.fullmatch(section):
            raise BadInput(
                f"{name}, other_sections: found {shown(section)}, expected the id of a section, "
                "such as TARGETS."
            )
    for role in model.other_roles:
        printed = one_line(role) == role and role.isprintable()
        if not printed or len(role) > 100 or role in (ANYBODY, REFUSE):
            raise BadInput(
                f"{name}, other_roles: found {shown(role)}, expected the name of a role on one "
                "line, of at most 100 characters."
            )
        known = as_known(role)
        if known not in (None, role):
            raise BadInput(
                f"{name}, other_roles: found {shown(role)}, expected a role that is no other way "
                f"to write {known}, as which whoever holds it is known."
            )


def _rule_is_one(rule: Rule, where: str, roles: Sequence[str], sections: Sequence[str]) -> None:
    for key, named in (
        ("roles", rule.roles),
        ("but_not", rule.but_not),
        ("unasked", rule.unasked),
        ("asks", rule.asks),
        ("joint", rule.joint),
        ("reviewed_by", rule.reviewed_by),
    ):
        known = (*roles, ANYBODY) if key == "roles" else roles
        _known(f"{where}, {key}", "role", named, known)
    _known(f"{where}, sections", "section", rule.sections, sections)
    if rule.after:
        _known(f"{where}, after", "fact", rule.after, england().facts)
    for key, fits in (
        ("sections", rule.duty in BY_SECTION),
        ("years", rule.duty not in OF_ALL_PLANS),
        ("unasked", rule.duty in WHEN_ASKED),
        ("asks", rule.duty in WHEN_ASKED),
        ("ask", rule.duty in WHEN_ASKED),
        ("joint", rule.duty in WHEN_ASKED),
        ("extent", rule.duty == "write"),
        ("extents", rule.duty == "write"),
        ("but_not", ANYBODY in rule.roles),
    ):
        if key in rule.model_fields_set and not fits:
            why = "roles that are anybody" if key == "but_not" else f"the duty {rule.duty}"
            raise BadInput(
                f"{where}: found the key {key}, expected none, as it does not fit {why}."
            )
    for role in (*rule.asks, *rule.joint):
        if not rule.lets(role, asked=True):
            raise BadInput(
                f"{where}: found that a cycle asks the {role}, expected one of the roles that the "
                "rule lets."
            )
    for key in ("sections", "years"):
        if not getattr(rule, key):
            raise BadInput(
                f"{where}, {key}: found an empty list, expected one {key[:-1]} at least."
            )
    if ANYBODY in rule.roles and rule.duty not in WHEN_ASKED:
        raise BadInput(
            f"{where}, roles: found anybody, expected roles: only what is asked of people may be "
            "done by anybody."
        )


def _one_answer_each(model: Model, name: str) -> None:
    answered: dict[tuple[str, str, str], Rule] = {}
    for rule in model.rules:
        for question in questions(rule):
            other = answered.setdefault(question, rule)
            if other is not rule:
                duty, section, year = question
                what = f"section {section}" if section else f"the duty {duty}"
                of = f" for year {year}" if year else ""
                raise BadInput(
                    f"{name}, rule {rule.id}: found {what} answered{of}, expected one rule of the "
                    f"duty {duty} alone to answer it: {other.id} does already."
                )


def _no_cycle(model: Model, name: str) -> None:
    for role in model.when_nobody:
        passed = [role]
        while (other := model.falls_to(passed[-1])) is not None:
            if other in passed:
                chain = " to ".join([*passed[passed.index(other) :], other])
                raise BadInput(
                    f"{name}, when_nobody: found duties that fall in a circle ({chain}), expected "
                    f"a chain that ends: let one of them {REFUSE}."
                )
            passed.append(other)


def _known(where: str, what: str, named: Iterable[str], known: Collection[str]) -> None:
    for one in named:
        if one not in known:
            raise BadInput(
                f"{where}: found the {what} {shown(one)}, expected one of "
                f"{_some(known)}{_perhaps(one, known)}{_own(what)}."
            )


_OWN = ("role", "section")


def _own(what: str) -> str:
    return f"; a {what} of your own stands under other_{what}s" if what in _OWN else ""


# From what is wrong to a sentence -----------------------------------------------------------------

_EXPECTED: Mapping[str, str] = {
    "id": "an id of letters, digits and hyphens in quotation marks",
    "version": "a number from 1 on",
    "title": "words in quotation marks",
    "setting": "words in quotation marks",
    "source": "where it is told, in quotation marks",
    "quote": "words in quotation marks",
    "note": "words in quotation marks",
    "told_on": "a day without quotation marks, or words in them",
    "mark": f"one of {', '.join(get_args(Mark))}",
    "school": "a table [school] with `kind`",
    "kind": f"one of {', '.join(get_args(Kind))}",
    "contract_to_hold_meetings": "true or false",
    "when_nobody": f'a table [when_nobody] of roles, such as SENCO = "deputy head" or "{REFUSE}"',
    "limits": "a table [limits] of a number of tasks for each role",
    "rule": "tables [[rule]]",
    "duty": f"one of {', '.join(DUTIES)}",
    "ask": "one or all",
    "extent": f"one of {', '.join(get_args(Extent))}",
    "extents": (
        f"{{ experience = extent }} of {', '.join(get_args(Experience))} and "
        f"{', '.join(get_args(Extent))}"
    ),
}

_A_LIST = "a list of words in quotation marks"


def _in_words(error: ErrorDetails, raw: Mapping[str, Any]) -> str:
    loc = error["loc"]
    keys = [part for part in loc if isinstance(part, str)]
    if error["type"] == "extra_forbidden":
        *table, key = loc
        model: type[Part] = Model
        if table:
            model = Rule if table[0] == "rule" else School
        known = [field.alias or name for name, field in model.model_fields.items()]
        return (
            f"{_where(table, raw)}: found the key {shown(key)}, expected one of "
            f"{', '.join(known)}{_perhaps(f'{key}', known)}"
        )
    if error["type"] == "missing":
        *table, key = loc
        return (
            f"{_where(table, raw)}: {key} is missing, expected {_EXPECTED.get(f'{key}', _A_LIST)}"
        )
    key = next((key for key in reversed(keys) if key in _EXPECTED or key in _LISTS), "rule")
    # Of what is no list of a rule's, pydantic names the table's own keys last.
    expected = _EXPECTED.get(key, _A_LIST)
    return f"{_where(loc, raw)}: found {shown(error['input'])}, expected {expected}"


_LISTS = frozenset(
    {
        "roles",
        "but_not",
        "unasked",
        "sections",
        "years",
        "after",
        "reviewed_by",
        "asks",
        "joint",
        "other_roles",
        "other_sections",
    }
)


def _where(loc: Sequence[int | str], raw: Mapping[str, Any]) -> str:
    """``("rule", 1, "roles")`` is the key roles of the second table [[rule]]."""
    if len(loc) > 1 and loc[0] == "rule" and isinstance(loc[1], int):
        number = loc[1]
        rules = _list(raw.get("rule"))
        keys = ", ".join(f"{part}" for part in loc[2:3])
        return _rule(rules[number], number + 1) + (f", {keys}" if keys else "")
    keys = ", ".join(shown(part).strip("'") for part in loc[:2] if isinstance(part, str))
    return f", {keys}" if keys else ""


def _rule(rule: object, number: int) -> str:
    """What a message calls a rule: by its id, when it has one that can be shown."""
    id = _dict(rule).get("id")
    return f", rule {shown(id)[1:-1]}" if isinstance(id, str) and id else f", rule {number}"


def _perhaps(found: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(found[:40], known, 1)
    if not near:
        by_case = {one.casefold(): one for one in known}
        near = [
            by_case[one] for one in difflib.get_close_matches(found[:40].casefold(), by_case, 1)
        ]
    return f" (perhaps {near[0]})" if near else ""


_MOST_NAMED = 20


def _some(known: Collection[str]) -> str:
    some = ", ".join(list(known)[:_MOST_NAMED])
    return f"{some}, …" if len(known) > _MOST_NAMED else some


def _list(found: object) -> list[object]:
    return cast("list[object]", found) if isinstance(found, list) else []


def _dict(found: object) -> dict[str, object]:
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}
