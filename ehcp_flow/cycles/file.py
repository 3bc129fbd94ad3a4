"""What does a cycle file ask for?

A TOML file (TOML 1.0, UTF-8) that a SENCO writes by hand::

    name = "Autumn 2026"

    [choose]                        # what is said must all fit; nothing said: every listed plan
    years = ["R-6"]
    needs = ["SLCN", "ASD"]         # any of them
    review_due_from = 2026-10-01
    review_due_to = 2027-01-31

    [meeting]                       # on = DAY for all, or so long before each review is due
    weeks_before_review_due = 5
    not_before = 2026-09-28
    not_after = 2026-12-11

    [[closed]]                      # no meeting from a day to a day
    from = 2026-10-26
    to = 2026-10-30

    [[write]]                       # as many [[write]] and [[review]] as it takes
    sections = ["E", "F"]
    years = ["N1-3"]
    role = ["tutor", "class teacher"]   # the first of them that somebody can take
    ask = "one"                     # or "all" who hold the role
    due_weeks_before_meeting = 3    # or due_days_before_meeting

A list may be one value instead, and ``[[write]]`` a single ``[write]``.
"""

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from ehcp_flow.errors import BadInput, SaidNo
from ehcp_flow.events import Task
from ehcp_flow.importing.fields import NEEDS, YEARS, parse_needs, parse_years
from ehcp_flow.importing.staff import parse_role
from ehcp_flow.sections import SECTIONS, section_id
from ehcp_flow.statute.annual_review import DECISION_WEEKS

LARGEST_FILE = 100_000
"""Bytes. A file names rules and no children, so that a larger one is something else."""

LONGEST_LINE = 1_000
"""Code points. Reading a dotted key takes the square of its length, in time and in memory."""

LONGEST_NAME = 200
"""Code points."""

_FIRST_YEAR, _LAST_YEAR = 2014, 2099
"""The first EHC plans are of 2014; a day in another century is a slip of the pen."""

_MOST_WEEKS = 51
"""Before the end of 12 months; a meeting in the 52nd would be the last one's."""

_MOST_DAYS = 365

_DAY = f"a day from {_FIRST_YEAR} to {_LAST_YEAR} without quotation marks, such as 2026-11-10"
_EXPECTED: Mapping[str, str] = {
    "name": f"a name of at most {LONGEST_NAME} characters in quotation marks, on one line",
    "choose": "a table [choose]",
    "meeting": "a table [meeting] with `on` or `weeks_before_review_due`",
    "closed": "a table [[closed]] with `from` and `to`",
    "write": "a table [[write]] with `sections`, `role` and a due day",
    "review": "a table [[review]] with `sections`, `role` and a due day",
    "years": 'year groups such as "R-3", "Year 7" or 4',
    "needs": f"need types: {', '.join(NEEDS)}",
    "sections": f"letters of sections: {', '.join(SECTIONS)} (H is split into H1 and H2)",
    "role": 'a role such as "class teacher", or a list of them',
    "ask": '"one" or "all"',
    "weeks_before_review_due": f"a whole number from {DECISION_WEEKS} to {_MOST_WEEKS} (after the "
    f"meeting the authority has {DECISION_WEEKS} weeks to decide)",
    "due_days_before_meeting": f"a whole number from 0 to {_MOST_DAYS}",
    "due_weeks_before_meeting": f"a whole number from 0 to {_MOST_DAYS // 7}",
}
"""What may stand under a key; one that is not here has a day."""


# How values are read -----------------------------------------------------------------------------


def _not(found: object) -> PydanticCustomError:
    """A value, or one of a list, is not what its key expects."""
    return PydanticCustomError("found", "not as expected", {"found": found})


def _told(sentence: str) -> PydanticCustomError:
    """Keys do not go together."""
    return PydanticCustomError("told", "not as expected", {"told": sentence})


def _several(value: object) -> tuple[object, ...]:
    """A list as it is, anything else as a list of one."""
    if isinstance(value, list | tuple):
        return tuple(cast("Iterable[object]", value))
    return (value,)


def _each(parse: Callable[[str], Iterable[str]], order: Iterable[str] = ()) -> BeforeValidator:
    """Read each text of a list as the values that it stands for.

    Args:
        parse: gives the values; raises ValueError or SaidNo when there are none.
        order: how the values are sorted; without it they stay as they were written.
    """
    places = {value: place for place, value in enumerate(order)}

    def read(value: object) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for item in _several(value):
            text = str(item) if isinstance(item, int) and not isinstance(item, bool) else item
            try:
                values = tuple(parse(text)) if isinstance(text, str) else ()
            except (ValueError, SaidNo):
                values = ()
            if not values:
                raise _not(item)
            found.update(dict.fromkeys(values))
        if not found:
            raise _not(value)
        return tuple(sorted(found, key=lambda said: places.get(said, 0)))

    return BeforeValidator(read)


def _in_our_time(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise _not(day)
    return day


def _on_one_line(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise _not(text)
    return name


def _first_before_last(key: str, first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise _told(f"found `{key}` {first}, expected a day on or before {last}")


def _same_role(role: str) -> str:
    try:
        return parse_role(role).casefold()
    except ValueError:
        return role.casefold()


_Tables = BeforeValidator(_several)
_Day = Annotated[date, AfterValidator(_in_our_time)]
_Years = Annotated[tuple[str, ...], _each(parse_years, YEARS)]
_Needs = Annotated[tuple[str, ...], _each(parse_needs, NEEDS)]
_Sections = Annotated[tuple[str, ...], _each(lambda text: (section_id(text),), SECTIONS)]
_Roles = Annotated[tuple[str, ...], _each(lambda text: (parse_role(text),))]


# What a file says --------------------------------------------------------------------------------


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Choose(_Part):
    """Which plans: those that fit in everything that is said."""

    years: _Years | None = None
    """National Curriculum years, of ``fields.YEARS``."""
    needs: _Needs | None = None
    """SEN need types, of ``fields.NEEDS``; a plan fits with one of them."""
    review_due_from: _Day | None = None
    review_due_to: _Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _first_before_last("review_due_from", self.review_due_from, self.review_due_to)
        return self


class Meeting(_Part):
    """When people meet: all on one day, or each so many weeks before the review is due."""

    on: _Day | None = None
    weeks_before_review_due: Annotated[int, Field(ge=DECISION_WEEKS, le=_MOST_WEEKS)] | None = None
    not_before: _Day | None = None
    not_after: _Day | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.on is None) == (self.weeks_before_review_due is None):
            found = "neither" if self.on is None else "both"
            raise _told(f"found {found}, expected one of `on` and `weeks_before_review_due`")
        if self.on is not None and (self.not_before or self.not_after):
            raise _told("found `not_before` or `not_after` beside `on`, expected `on` alone")
        if self.on is not None and self.on.weekday() > 4:
            raise _told(f"found `on` {self.on}, a {self.on:%A}, expected Monday to Friday")
        _first_before_last("not_before", self.not_before, self.not_after)
        return self


class Closed(_Part):
    """Days without meetings, such as half-term, both ends included."""

    first: _Day = Field(alias="from")
    last: _Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _first_before_last("from", self.first, self.last)
        return self


class Rule(_Part):
    """Who is asked for which sections, and for when."""

    sections: _Sections
    years: _Years | None = None
    """Of the pupils for whom it holds; ``None``: of all."""
    roles: _Roles = Field(alias="role")
    """As ``importing.staff`` writes them; of several, the first that somebody can take."""
    ask: Literal["one", "all"] = "one"
    due_days_before_meeting: Annotated[int, Field(ge=0, le=_MOST_DAYS)] | None = None
    due_weeks_before_meeting: Annotated[int, Field(ge=0, le=_MOST_DAYS // 7)] | None = None

    @model_validator(mode="after")
    def _one_due_day(self) -> Self:
        if (self.due_days_before_meeting is None) == (self.due_weeks_before_meeting is None):
            found = "neither" if self.due_days_before_meeting is None else "both"
            raise _told(
                f"found {found}, expected one of `due_days_before_meeting` and "
                "`due_weeks_before_meeting`"
            )
        return self

    @property
    def days_before_meeting(self) -> int:
        """How many calendar days before the meeting the due day is."""
        if self.due_days_before_meeting is not None:
            return self.due_days_before_meeting
        return 7 * (self.due_weeks_before_meeting or 0)

    def holds_for(self, year: str) -> bool:
        """Whether it is about pupils of a year."""
        return self.years is None or year in self.years

    def place_of(self, role: str) -> int | None:
        """Where a role stands among those that it names, however written; ``None``: nowhere."""
        return self._places.get(_same_role(role))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {_same_role(role): place for place, role in enumerate(self.roles)}

    def in_words(self, task: Task) -> str:
        """The rule as a sentence, for the record."""
        does = "writes" if task == "write" else "reviews"
        who = f"Every {_and(self.roles)}"
        if self.ask == "one":
            who = f"The {', or else the '.join(self.roles)}"
            who += "," if len(self.roles) > 1 else ""
        pupils = "" if self.years is None else f" for pupils in {years_in_words(self.years)}"
        return f"{who} {does} {_and(self.sections)}{pupils}."


class _Written(_Part):
    """What stands in a file."""

    name: Annotated[str, AfterValidator(_on_one_line)]
    choose: Choose = Choose()
    meeting: Meeting
    closed: Annotated[tuple[Closed, ...], _Tables] = ()
    write: Annotated[tuple[Rule, ...], _Tables] = ()
    review: Annotated[tuple[Rule, ...], _Tables] = ()

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.write and not self.review:
            raise _told("found no task, expected a table [[write]] or [[review]]")
        if self.meeting.on is not None and not self.meets_on(self.meeting.on):
            raise _told(f"found the meeting on {self.meeting.on}, expected a day not [[closed]]")
        return self

    def meets_on(self, day: date) -> bool:
        """Whether a meeting can be held on a day: from Monday to Friday, and not closed."""
        return day.weekday() < 5 and not any(c.first <= day <= c.last for c in self.closed)


class CycleFile(_Written):
    """A cycle as its file has it."""

    file_digest: str
    """Lower-case hex SHA-256 of the file's bytes."""

    @property
    def key(self) -> str:
        """By what a cycle is the same one again: its name, whatever its case."""
        return self.name.casefold()


_MODELS: Mapping[str, type[_Part]] = {
    "choose": Choose,
    "meeting": Meeting,
    "closed": Closed,
    "write": Rule,
    "review": Rule,
}


def read_cycle(data: bytes, *, name: str) -> CycleFile:
    """Read a cycle file.

    Args:
        data: its bytes.
        name: what to call it in messages.

    Raises:
        BadInput: it is no text, no TOML, or not what a cycle file says: one sentence names the
            line or the key, what was found and what was expected.
    """
    found = _parsed(_text(data, name), name)
    try:
        written = _Written.model_validate(found)
    except ValidationError as no:
        raise BadInput(f"{name}{_first_fault(no)}.") from None
    return CycleFile(**dict(written), file_digest=hashlib.sha256(data).hexdigest())


def years_in_words(years: Sequence[str]) -> str:
    """Return years as people say them: ``Reception to Year 3 and Year 6``.

    Args:
        years: of ``fields.YEARS`` in their order, at least one.
    """
    runs = [[years[0]]]
    for before, year in pairwise(years):
        # X follows no year and M is a mixed one: neither comes after another.
        if year not in ("X", "M") and YEARS.index(year) == YEARS.index(before) + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return _and([" to ".join(dict.fromkeys((_year(run[0]), _year(run[-1])))) for run in runs])


def _year(year: str) -> str:
    if year == "R":
        return "Reception"
    return year if year in ("N1", "N2") else f"Year {year}"


def _and(several: Sequence[str]) -> str:
    *most, last = several
    return f"{', '.join(most)} and {last}" if most else last


# From bytes to tables ----------------------------------------------------------------------------


def _text(data: bytes, name: str) -> str:
    if len(data) > LARGEST_FILE:
        raise BadInput(
            f"{name}: found {len(data):,} bytes, expected a cycle file of at most "
            f"{LARGEST_FILE:,}: check that it is the right file."
        )
    try:
        # Windows writes a byte-order mark before UTF-8, and TOML knows none.
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as no:
        line = data.count(b"\n", 0, no.start) + 1
        raise BadInput(
            f"{name}, line {line}: found bytes that are not UTF-8, expected plain text: save the "
            "file as UTF-8."
        ) from None
    for line, content in enumerate(text.split("\n"), 1):
        if len(content) > LONGEST_LINE:
            raise BadInput(
                f"{name}, line {line}: found {len(content):,} characters, expected at most "
                f"{LONGEST_LINE:,}: break the line."
            )
    return text


_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)


def _parsed(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadInput(f"{name}: found lists in lists without end, expected a cycle.") from None
    except ValueError as no:
        told = _PLACE.fullmatch(str(no))
        what = told[1] if told else str(no)
        # The end of the document is where the parser gave up: the last line that says something.
        line = (told and told[2]) or text.rstrip().count("\n") + 1
        raise BadInput(
            f"{name}, line {line}: found no TOML ({_cut(what[:1].lower() + what[1:], 100)}), "
            'expected a line such as name = "Autumn 2026".'
        ) from None


# From what is wrong to a sentence ----------------------------------------------------------------


def _first_fault(no: ValidationError) -> str:
    """The fault to mend first: a key that nobody knows explains one that is missing."""
    errors = no.errors(include_url=False)
    unknown = (error for error in errors if error["type"] == "extra_forbidden")
    return _in_words(next(unknown, errors[0]))


def _in_words(error: ErrorDetails) -> str:
    loc = error["loc"]
    said: Mapping[str, Any] = error.get("ctx", {})
    keys = [part for part in loc if isinstance(part, str)]
    expected = _EXPECTED.get(keys[-1], _DAY) if keys else "a cycle"
    match error["type"]:
        case "extra_forbidden":
            *table, key = loc
            model = _MODELS[keys[0]] if table else _Written
            known = ", ".join(field.alias or name for name, field in model.model_fields.items())
            return f"{_where(table)}: found the key {_shown(key)}, expected one of {known}"
        case "missing":
            *table, key = loc
            return f"{_where(table)}: {key} is missing, expected {expected}"
        case "told":
            return f"{_where(loc)}: {said['told']}"
        case kind:
            found: object = said["found"] if kind == "found" else error["input"]
            return f"{_where(loc)}: found {_shown(found)}, expected {expected}"


def _where(loc: Sequence[int | str]) -> str:
    """``("write", 1, "role")`` is the key role of the second table [[write]]."""
    said = ""
    for depth, part in enumerate(loc):
        if isinstance(part, int):
            said += f" {part + 1}"
        elif depth == 0 and part in ("closed", "write", "review"):
            said += f", [[{part}]]"
        else:
            said += f", [{part}]" if depth == 0 and part in _MODELS else f", {part}"
    return said


def _shown(found: object) -> str:
    """A value of the file as a message shows it: short, and on one line."""
    match found:
        case str():
            return repr(_cut(found, 40))
        case bool():
            return "true" if found else "false"
        case int() | float():
            return f"{found}" if abs(found) < 10**20 else "a huge number"
        case list() | tuple():
            return "a list" if found else "an empty list"
        case dict():
            return "a table"
        case _:
            return f"{found}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
