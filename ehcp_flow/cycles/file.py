"""What does a cycle file ask for?

A TOML file (TOML 1.0, UTF-8) that a SENCO writes by hand::

    name = "Autumn 2026"
    kind = "statutory"              # or "school": a school's own meeting, beside the one by law

    [choose]                        # what is said must all fit; nothing said: every listed plan
    years = ["R-6"]
    groups = ["3W", "4C"]           # registration or tutor groups
    schools = ["Fernbank School"]   # which the pupils attend, as the export names them
    authorities = ["Marlshire"]     # which maintain the plans, likewise
    templates = ["ehcp"]            # by their template: any version of it, or "ehcp@2"
    needs = ["SLCN", "ASD"]         # any of them
    review_due_from = 2026-10-01
    review_due_to = 2027-01-31
    plans = ["2026-0001"]           # only these: references or UPNs
    except = ["2026-0007"]          # all but these

    [meeting]                       # one of `on`, `weeks_before_review_due` and `spread_from`
    weeks_before_review_due = 5     # or on = DAY for all; or, spread over days:
    not_before = 2026-09-28         # spread_from = DAY, spread_to = DAY, most_a_day = 4
    not_after = 2026-12-11

    [meeting.plans]                 # days of their own, by plan, by group and by tutor: the first
    "2026-0003" = 2026-11-12        # of these that names a plan goes before what is said for all
    [meeting.groups]
    "3W" = 2026-11-10
    [meeting.tutors]
    "Ms D Fenwick" = 2026-11-11

    [[closed]]                      # no meeting from a day to a day
    from = 2026-10-26
    to = 2026-10-30

    [[write]]                       # as many [[write]] and [[review]] as it takes
    sections = ["E", "F"]
    years = ["N1-3"]
    role = ["tutor", "class teacher"]   # the first of them that somebody can take
    ask = "one"                     # or "all" who hold the role
    prefer = "knows the child"      # or "fewest tasks": who of several is asked
    due_weeks_before_meeting = 3    # or due_days_before_meeting
    text = "Please write plainly."  # what the request says

    [from_model]                    # who writes, reviews and comes is for the operating model to
    sections = ["B", "E", "F"]      # say, where no rule of this file is about a section; for a role
                                    # that nobody holds who is there, who stands in
    write_due_weeks_before_meeting = 4
    review_due_weeks_before_meeting = 2
    attend = true

    [[attend]]                      # who comes to the meeting
    role = "SENCO"
    must = true                     # no meeting on a day on which they do not work or are away

    [[advice]]                      # who gives advice before the meeting
    kind = "termly report"
    role = "class teacher"
    due_weeks_before_meeting = 4

    [limits]                        # tasks that may wait on a person before others are asked
    tasks = 30
    people = { f01 = 60 }           # by staff id, where it is another number

    [hours]                         # what the preview reckons with
    write = 1.5                     # a section
    review = 0.5                    # a section
    meeting = 1

A list may be one value instead, and ``[[write]]`` a single ``[write]``. A plan's school and its
authority are known when an export said so. A school, an authority, a template, a group or a tutor
that no plan here has is an error, and so are a slip in a role and the staff id of nobody here.
"""

import difflib
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, Self, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from ehcp_flow.errors import BadInput, SaidNo
from ehcp_flow.events import AdviceKind, ReviewKind, Task
from ehcp_flow.importing.fields import NEEDS, YEARS, parse_needs, parse_years
from ehcp_flow.importing.staff import parse_role
from ehcp_flow.statute.law import england
from ehcp_flow.templates.built_in import ehcp
from ehcp_flow.text import normalise
from ehcp_flow.toml_text import FileOf, first_fault, shown, tables_of, text_of

LARGEST_FILE = 100_000
"""Bytes. A file names rules and no children, so that a larger one is something else."""

LONGEST_LINE = 1_000
"""Code points. Reading a dotted key takes the square of its length, in time and in memory."""

_FILE = FileOf("a cycle file", "a cycle", 'name = "Autumn 2026"', LARGEST_FILE, LONGEST_LINE)

LONGEST_NAME = 200
"""Code points."""

LONGEST_TEXT = 2_000
"""Code points of what a request says."""

_FIRST_YEAR, _LAST_YEAR = 2014, 2099
"""The first EHC plans are of 2014; a day in another century is a slip of the pen."""

_LEAST_WEEKS = england().versions("D25")[0].length or 0
"""In which the authority decides after the meeting."""

_MOST_WEEKS = 51
"""Before the end of 12 months; a meeting in the 52nd would be the last one's."""

_MOST_DAYS = 365

_MOST_A_DAY = 100
_MOST_TASKS = 10_000
_MOST_HOURS = 100.0

Prefer = Literal["knows the child", "fewest tasks"]

_DAY = f"a day from {_FIRST_YEAR} to {_LAST_YEAR} without quotation marks, such as 2026-11-10"
_EXPECTED: Mapping[str, str] = {
    "name": f"a name of at most {LONGEST_NAME} characters in quotation marks, on one line",
    "choose": "a table [choose]",
    "meeting": "a table [meeting] with `on`, `weeks_before_review_due` or `spread_from`",
    "closed": "a table [[closed]] with `from` and `to`",
    "write": "a table [[write]] with `sections`, `role` and a due day",
    "review": "a table [[review]] with `sections`, `role` and a due day",
    "from_model": (
        "a table [from_model] with `sections`, `write_due_weeks_before_meeting` and "
        "`review_due_weeks_before_meeting`"
    ),
    "write_due_weeks_before_meeting": f"weeks from 0 to {_MOST_DAYS // 7}",
    "review_due_weeks_before_meeting": f"weeks from 0 to {_MOST_DAYS // 7}",
    "attend": "a table [[attend]] with `role`",
    "advice": "a table [[advice]] with `kind`, `role` and a due day",
    "limits": "a table [limits] with `tasks`",
    "hours": "a table [hours] with `write`, `review` and `meeting`",
    "years": 'year groups such as "R-3", "Year 7" or 4',
    "groups": 'groups such as "3W"',
    "schools": 'schools such as "Fernbank School"',
    "authorities": 'authorities such as "Marlshire"',
    "templates": 'templates of plans such as "ehcp", or one version of one such as "ehcp@2"',
    "plans": 'references or UPNs such as "2026-0001"',
    "except": 'references or UPNs such as "2026-0001"',
    "most_a_day": f"a whole number from 1 to {_MOST_A_DAY}",
    "kind": '"statutory" (the review by law) or "school" (one of the school\'s own)',
    "prefer": '"knows the child" or "fewest tasks"',
    "must": "true or false",
    "text": f"a text of at most {LONGEST_TEXT:,} characters in quotation marks",
    "tasks": f"a whole number from 1 to {_MOST_TASKS:,}",
    "people": f"staff ids, each with a whole number from 1 to {_MOST_TASKS:,}",
    "needs": f"need types: {', '.join(NEEDS)}",
    "sections": f"letters of sections: {', '.join(ehcp().ids)} (H is split into H1 and H2)"
    ", or those of another template here",
    "role": 'a role such as "class teacher", or a list of them',
    "ask": '"one" or "all"',
    "weeks_before_review_due": f"a whole number from {_LEAST_WEEKS} to {_MOST_WEEKS} (after the "
    f"meeting the authority has {_LEAST_WEEKS} weeks to decide)",
    "due_days_before_meeting": f"a whole number from 0 to {_MOST_DAYS}",
    "due_weeks_before_meeting": f"a whole number from 0 to {_MOST_DAYS // 7}",
}
"""What may stand under a key; one that is not here has a day."""

_EXPECTED_IN: Mapping[tuple[str, str], str] = {
    ("hours", ""): f"hours from 0 to {_MOST_HOURS:.0f}, such as 1.5",
    ("limits", ""): _EXPECTED["tasks"],
    ("from_model", "attend"): "true or false",
    ("advice", "kind"): f"a kind of advice: {', '.join(get_args(AdviceKind))}",
    ("meeting", "plans"): 'a table of days by reference or UPN, such as "2026-0003" = 2026-11-12',
    ("meeting", "groups"): 'a table of days by group, such as "3W" = 2026-11-10',
    ("meeting", "tutors"): 'a table of days by tutor, such as "Ms D Fenwick" = 2026-11-11',
}
"""What may stand in a table, or under a key that means something else elsewhere."""


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
    return BeforeValidator(lambda value: _values(value, parse, places))


def _values(
    value: object, parse: Callable[[str], Iterable[str]], places: Mapping[str, int]
) -> tuple[str, ...]:
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


def _sections(value: object, info: ValidationInfo) -> tuple[str, ...]:
    """Ids of sections that the plans of some template here have, in the order of the templates."""
    known = cast("Sequence[str]", info.context or ehcp().ids)
    places = {id: place for place, id in enumerate(known)}

    def parse(text: str) -> Iterable[str]:
        id = text.strip().upper()
        return (id,) if id in places else ()

    return _values(value, parse, places)


def _in_our_time(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise _not(day)
    return day


def _on_one_line(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise _not(text)
    return name


def _several_lines(text: str) -> str:
    said = normalise(text).text.strip()
    if not 0 < len(said) <= LONGEST_TEXT:
        raise _not(text)
    return said


def _named(text: str) -> Iterable[str]:
    """A name as it is compared; none when it is not one."""
    name = same_name(text)
    return (name,) if 0 < len(name) <= LONGEST_NAME and name.isprintable() else ()


def _institution(text: str) -> Iterable[str]:
    """A school or an authority as the file writes it; none when it is not one."""
    name = " ".join(text.split())
    return (name,) if 0 < len(name) <= LONGEST_NAME and name.isprintable() else ()


def same_name(text: str) -> str:
    """Return a reference, a group or a name in the form in which equal ones are equal."""
    return " ".join(text.split()).casefold()


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
_Sections = Annotated[tuple[str, ...], BeforeValidator(_sections)]
_Roles = Annotated[tuple[str, ...], _each(lambda text: (parse_role(text),))]
_Names = Annotated[tuple[str, ...], _each(_named)]
_Institutions = Annotated[tuple[str, ...], _each(_institution)]
_Text = Annotated[str, AfterValidator(_several_lines)]
_Hours = Annotated[float, Field(ge=0, le=_MOST_HOURS, allow_inf_nan=False)]
_Tasks = Annotated[int, Field(ge=1, le=_MOST_TASKS)]


# What a file says --------------------------------------------------------------------------------


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Choose(_Part):
    """Which plans: those that fit in everything that is said."""

    years: _Years | None = None
    """National Curriculum years, of ``fields.YEARS``."""
    needs: _Needs | None = None
    """SEN need types, of ``fields.NEEDS``; a plan fits with one of them."""
    groups: _Names | None = None
    """Registration or tutor groups, as ``same_name`` has them."""
    schools: _Institutions | None = None
    """As the file writes them; compared by ``folded.same_line``."""
    authorities: _Institutions | None = None
    """Those that maintain the plans, likewise."""
    templates: _Names | None = None
    """Ids of templates, or such as ``ehcp@2`` for one version, as ``same_name`` has them."""
    plans: _Names | None = None
    """References or UPNs, as ``same_name`` has them: only these."""
    but: _Names = Field(default=(), alias="except")
    """References or UPNs, as ``same_name`` has them: all but these."""
    review_due_from: _Day | None = None
    review_due_to: _Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _first_before_last("review_due_from", self.review_due_from, self.review_due_to)
        return self


_Days = Annotated[
    Mapping[str, _Day],
    AfterValidator(lambda days: {same_name(name): day for name, day in days.items()}),
]


class Meeting(_Part):
    """When people meet: all on one day, each so long before the review is due, or spread."""

    on: _Day | None = None
    weeks_before_review_due: Annotated[int, Field(ge=_LEAST_WEEKS, le=_MOST_WEEKS)] | None = None
    not_before: _Day | None = None
    not_after: _Day | None = None
    spread_from: _Day | None = None
    spread_to: _Day | None = None
    most_a_day: Annotated[int, Field(ge=1, le=_MOST_A_DAY)] | None = None
    """``None``: as few as there can be, the same on each day."""
    plans: _Days = {}
    """By reference or UPN."""
    groups: _Days = {}
    tutors: _Days = {}

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = {
            "on": self.on,
            "weeks_before_review_due": self.weeks_before_review_due,
            "spread_from": self.spread_from,
        }
        said = [way for way, value in ways.items() if value is not None]
        expected = f"expected one of `{'`, `'.join(ways)}`"
        if not said and not self.days:
            raise _told(f"found none, {expected}")
        if len(said) > 1:
            raise _told(f"found `{'` and `'.join(said)}`, {expected}")
        if self.weeks_before_review_due is None and (self.not_before or self.not_after):
            raise _told(
                "found `not_before` or `not_after`, expected them beside "
                "`weeks_before_review_due` alone"
            )
        if (self.spread_from is None) != (self.spread_to is None):
            raise _told("found one of `spread_from` and `spread_to`, expected both")
        if self.most_a_day is not None and self.spread_from is None:
            raise _told("found `most_a_day`, expected `spread_from` and `spread_to` beside it")
        for key, day in self.days:
            if day.weekday() > 4:
                raise _told(f"found {key} {day}, a {day:%A}, expected Monday to Friday")
        _first_before_last("not_before", self.not_before, self.not_after)
        _first_before_last("spread_from", self.spread_from, self.spread_to)
        return self

    @property
    def days(self) -> Sequence[tuple[str, date]]:
        """The days that are given as such, each with the key that has it."""
        one = [] if self.on is None else [("`on`", self.on)]
        tables = {"plans": self.plans, "groups": self.groups, "tutors": self.tutors}
        return [*one, *((f"in `{key}`", d) for key, days in tables.items() for d in days.values())]


class Closed(_Part):
    """Days without meetings, such as half-term, both ends included."""

    first: _Day = Field(alias="from")
    last: _Day = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        _first_before_last("from", self.first, self.last)
        return self


class _Naming(_Part):
    """Names who does something, by role."""

    years: _Years | None = None
    """Of the pupils for whom it holds; ``None``: of all."""
    roles: _Roles = Field(alias="role")
    """As ``importing.staff`` writes them; of several, the first that somebody can take."""
    ask: Literal["one", "all"] = "one"

    def holds_for(self, year: str) -> bool:
        """Whether it is about pupils of a year."""
        return self.years is None or year in self.years

    def place_of(self, role: str) -> int | None:
        """Where a role stands among those that it names, however written; ``None``: nowhere."""
        return self._places.get(_same_role(role))

    def _who(self, does: str) -> str:
        """Who does what, for which pupils, as a sentence."""
        who = f"Every {_and(self.roles)}"
        if self.ask == "one":
            who = f"The {', or else the '.join(self.roles)}"
            who += "," if len(self.roles) > 1 else ""
        pupils = "" if self.years is None else f" for pupils in {years_in_words(self.years)}"
        return f"{who} {does}{pupils}."

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {_same_role(role): place for place, role in enumerate(self.roles)}


class _Asking(_Naming):
    """Asks for something by a day before the meeting."""

    due_days_before_meeting: Annotated[int, Field(ge=0, le=_MOST_DAYS)] | None = None
    due_weeks_before_meeting: Annotated[int, Field(ge=0, le=_MOST_DAYS // 7)] | None = None
    text: _Text | None = None
    """What the request says."""

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


class Attend(_Naming):
    """Who comes to the meeting."""

    must: bool = True
    """Whether no meeting is held on a day on which they do not work or are away."""

    def in_words(self) -> str:
        """The rule as a sentence, for the record."""
        return self._who("comes to the meeting")


class Advice(_Asking):
    """Who is asked to give advice."""

    kind: AdviceKind

    def in_words(self) -> str:
        """The rule as a sentence, for the record."""
        return self._who(f"gives advice ({self.kind})")


class _About(_Part):
    sections: _Sections


# What comes first in a file is what a message names first.
class Rule(_Asking, _About):
    """Who is asked for which sections, and for when."""

    prefer: Prefer | None = None
    """Who of several is asked first; ``None``: to write, who knows the child, and to review, who
    has the fewest tasks."""

    def prefers(self, task: Task) -> Prefer:
        """Who of several is asked first."""
        return self.prefer or ("knows the child" if task == "write" else "fewest tasks")

    def in_words(self, task: Task) -> str:
        """The rule as a sentence, for the record."""
        does = "writes" if task == "write" else "reviews"
        return self._who(f"{does} {_and(self.sections)}")


class FromModel(_About):
    """What is taken from the operating model, where the file has no rule of its own."""

    write_due_weeks_before_meeting: Annotated[int, Field(ge=0, le=_MOST_DAYS // 7)]
    review_due_weeks_before_meeting: Annotated[int, Field(ge=0, le=_MOST_DAYS // 7)]
    attend: bool = True
    """Whether who holds the meeting is asked to come, and whom the law has invited."""


class Limits(_Part):
    """How many tasks may wait on a person before the next one is asked."""

    tasks: _Tasks | None = None
    people: Annotated[
        Mapping[str, _Tasks],
        AfterValidator(lambda people: {same_name(id): many for id, many in people.items()}),
    ] = {}
    """By staff id, as ``same_name`` has it."""

    def of(self, staff_id: str) -> int | None:
        """A person's own limit, else everybody's; ``None``: none."""
        return self.people.get(same_name(staff_id), self.tasks)


class Hours(_Part):
    """What a preview reckons with, in hours. The defaults are the product's own guess."""

    write: _Hours = 1.5
    """A section."""
    review: _Hours = 0.5
    """A section."""
    meeting: _Hours = 1.0


class _Written(_Part):
    """What stands in a file."""

    name: Annotated[str, AfterValidator(_on_one_line)]
    kind: ReviewKind = "statutory"
    choose: Choose = Choose()
    meeting: Meeting
    closed: Annotated[tuple[Closed, ...], _Tables] = ()
    write: Annotated[tuple[Rule, ...], _Tables] = ()
    review: Annotated[tuple[Rule, ...], _Tables] = ()
    from_model: FromModel | None = None
    attend: Annotated[tuple[Attend, ...], _Tables] = ()
    advice: Annotated[tuple[Advice, ...], _Tables] = ()
    limits: Limits = Limits()
    hours: Hours = Hours()

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.write and not self.review and self.from_model is None:
            raise _told("found no task, expected a table [[write]] or [[review]]")
        for _, day in self.meeting.days:
            if not self.meets_on(day):
                raise _told(f"found the meeting on {day}, expected a day not [[closed]]")
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
    "from_model": FromModel,
    "attend": Attend,
    "advice": Advice,
    "limits": Limits,
    "hours": Hours,
}

_LISTS = ("closed", "write", "review", "attend", "advice")
"""The tables of which there may be several."""


def read_cycle(data: bytes, *, name: str, sections: Sequence[str] | None = None) -> CycleFile:
    """Read a cycle file.

    Args:
        data: its bytes.
        name: what to call it in messages.
        sections: the ids of sections that plans here may have; without it those of an EHC plan.

    Raises:
        BadInput: it is no text, no TOML, or not what a cycle file says: one sentence names the
            line or the key, what was found and what was expected.
    """
    found = tables_of(text_of(data, _FILE, name), _FILE, name)
    try:
        written = _Written.model_validate(found, context=sections)
    except ValidationError as no:
        raise BadInput(f"{name}{_in_words(first_fault(no))}.") from None
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


# From what is wrong to a sentence ----------------------------------------------------------------


def _in_words(error: ErrorDetails) -> str:
    loc = error["loc"]
    said: Mapping[str, Any] = error.get("ctx", {})
    keys = [part for part in loc if isinstance(part, str)]
    expected = _expected(keys)
    match error["type"]:
        case "extra_forbidden":
            *table, key = loc
            model = _MODELS[keys[0]] if table else _Written
            known = [field.alias or name for name, field in model.model_fields.items()]
            near = difflib.get_close_matches(f"{key}"[:40], known, 1)
            meant = f" (perhaps {near[0]})" if near else ""
            said_so = f"{_where(table)}: found the key {shown(key)}"
            return f"{said_so}, expected one of {', '.join(known)}{meant}"
        case "missing":
            *table, key = loc
            return f"{_where(table)}: {key} is missing, expected {expected}"
        case "told":
            return f"{_where(loc)}: {said['told']}"
        case kind:
            found: object = said["found"] if kind == "found" else error["input"]
            return f"{_where(loc)}: found {shown(found)}, expected {expected}"


def _expected(keys: Sequence[str]) -> str:
    """What may stand where these keys lead to."""
    if not keys:
        return "a cycle"
    if len(keys) == 2 and (said := _EXPECTED_IN.get((keys[0], keys[1]))):
        return said
    if len(keys) > 1 and (said := _EXPECTED_IN.get((keys[0], ""))):
        return said
    return _DAY if len(keys) > 2 else _EXPECTED.get(keys[-1], _DAY)


def _where(loc: Sequence[int | str]) -> str:
    """``("write", 1, "role")`` is the key role of the second table [[write]]."""
    said = ""
    for depth, part in enumerate(loc):
        if isinstance(part, int):
            said += f" {part + 1}"
        elif depth == 0 and part in _LISTS:
            said += f", [[{part}]]"
        elif depth > 1 and part not in _EXPECTED and not part.isidentifier():
            said += f", {shown(part)}"
        else:
            said += f", [{part}]" if depth == 0 and part in _MODELS else f", {part}"
    return said


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
