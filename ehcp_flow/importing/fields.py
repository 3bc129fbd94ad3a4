"""What does one cell of an export say?

Every reader takes the cell as it stands and returns the value, or raises ``NotRead`` with what was
found and what was expected. None accepts a cell that could mean two things.
"""

import re
from datetime import date

from ehcp_flow.errors import BadInput
from ehcp_flow.importing.faults import NotRead
from ehcp_flow.text import one_line
from ehcp_flow.years import YEARS as YEARS

NEEDS = {
    "SPLD": "Specific learning difficulty",
    "MLD": "Moderate learning difficulty",
    "SLD": "Severe learning difficulty",
    "PMLD": "Profound and multiple learning difficulty",
    "SEMH": "Social, emotional and mental health",
    "SLCN": "Speech, language and communication needs",
    "HI": "Hearing impairment",
    "VI": "Vision impairment",
    "MSI": "Multi-sensory impairment",
    "PD": "Physical disability",
    "ASD": "Autistic spectrum disorder",
    "DS": "Down syndrome",
    "OTH": "Other difficulty or disability",
    "NSA": "SEN support but no specialist assessment of type of need",
}
"""SEN need types (SEN2 2025, item 5.8a; NSA from the school census)."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

LONGEST = 200
"""Code points in a short value such as a name."""

OLDEST = 26
"""Years of age: a plan can last to the end of the academic year in which its holder turns 25."""

_CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN = re.compile(r"([A-HJ-NP-RT-Z])(\d{11}[\dA-HJ-NP-RT-Z])", re.ASCII)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MIDNIGHT = r"(?:[ T]00:00(?::00(?:\.0+)?)?)?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}){_MIDNIGHT}", re.ASCII)
_YEAR_FIRST = re.compile(rf"(\d{{4}})([/-])(\d{{1,2}})\2(\d{{1,2}}){_MIDNIGHT}", re.ASCII)
_MONTH_NAMED = re.compile(rf"(\d{{1,2}})[ -]([a-z]+)\.?[ -](\d{{4}}){_MIDNIGHT}", re.ASCII | re.I)
_YEAR_AND_MONTH_NAMED = re.compile(rf"(\d{{4}})-([a-z]+)-(\d{{1,2}}){_MIDNIGHT}", re.ASCII | re.I)

_YEAR_WORDS = re.compile(
    r"(?:national curriculum |curriculum |nc ?)?(?:years?|yrs?(?=[ \d])|y) ?|(?:ncy|nc) ?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:0?(?=[1-9]\b)|(?=1))(\d{1,2})(?:\.0)?", re.ASCII)
_NAMED_YEARS = {
    "r": "R",
    "rec": "R",
    "reception": "R",
    "nursery": "N2",
    "nursery 1": "N1",
    "nursery 2": "N2",
    "n1": "N1",
    "n2": "N2",
    "x": "X",
    "m": "M",
}

_STATUS_WORDS = {
    "E": (
        "ehcp",
        "ehc plan",
        "ehc",
        "education health and care plan",
        "education health care plan",
        "education health and care plan ehcp",
    ),
    "K": ("sen support", "send support", "special educational needs support"),
    "N": (
        "none",
        "no",
        "no sen",
        "no send",
        "no special educational need",
        "no special educational needs",
        "no specified special educational need",
        "not sen",
    ),
}
_STATUS = {words: code for code, several in _STATUS_WORDS.items() for words in several}

_NEED_WORDS = {
    "autism": "ASD",
    "autism spectrum disorder": "ASD",
    "autistic spectrum condition": "ASD",
    "autism spectrum condition": "ASD",
    "down s syndrome": "DS",
    "downs syndrome": "DS",
    "visual impairment": "VI",
    "multi sensory impairment": "MSI",
    "multisensory impairment": "MSI",
    "social emotional mental health": "SEMH",
    "social emotional and mental health needs": "SEMH",
    "speech language and communication need": "SLCN",
    "speech language communication needs": "SLCN",
    "other": "OTH",
    "other difficulty disability": "OTH",
    "no specialist assessment": "NSA",
}

_YES = frozenset({"y", "yes", "true", "t", "1"})
_NO = frozenset({"n", "no", "false", "f", "0"})


def short_text(cell: str, what: str) -> str:
    """Return a name or another short text, control characters and all.

    Raises:
        NotRead: it is empty or longer than LONGEST.
    """
    try:
        text = one_line(cell)
    except BadInput:
        raise NotRead(cell, what) from None
    if not text:
        raise NotRead(cell, what)
    if len(text) > LONGEST:
        raise NotRead(f"{text[:40]}…", f"{what} of at most {LONGEST} characters")
    return text


def check_letter(rest: str) -> str:
    """Return the check letter for the twelve characters of a UPN that follow it.

    The sum over positions 2 to 13 of position times digit, modulo 23, picks the letter; in a
    temporary UPN the last character is a letter that stands for its place in the same table.
    Source: Common Basic Data Set (CBDS), unique pupil number.
    """
    values = (int(c) if c.isdigit() else _CHECK_LETTERS.index(c) for c in rest)
    total = sum(position * value for position, value in enumerate(values, 2))
    return _CHECK_LETTERS[total % 23]


def parse_upn(cell: str) -> str:
    """Return a unique pupil number in capitals without spaces; temporary ones are accepted.

    Raises:
        NotRead: it has another form, or its check letter is wrong.
    """
    upn = "".join(cell.split()).removeprefix("'").upper()
    match = _UPN.fullmatch(upn)
    if match is None:
        raise NotRead(
            cell, "a UPN: a letter and 12 digits (in a temporary one the last is a letter)"
        )
    letter = check_letter(match[2])
    if letter != match[1]:
        raise NotRead(
            cell, f"a UPN whose check letter fits (for these digits it is {letter}): look it up"
        )
    return upn


def parse_date(cell: str) -> date:
    """Return a day written day first (``14/06/2015``, ``14-Jun-2015``) or as ISO.

    A time of midnight after it is passed over. Two-digit years and the month first are refused:
    they can be read in two ways.

    Raises:
        NotRead: it has another form, or there is no such day.
    """
    text = " ".join(cell.split())
    parts = _date_parts(text)
    if parts is None:
        raise NotRead(cell, "a date with four digits for the year, such as 14/06/2015")
    try:
        return date(*parts)
    except ValueError:
        raise NotRead(cell, "a day that exists, such as 14/06/2015") from None


def _date_parts(text: str) -> tuple[int, int, int] | None:
    if match := _DAY_FIRST.fullmatch(text):
        return int(match[4]), int(match[3]), int(match[1])
    if match := _YEAR_FIRST.fullmatch(text):
        return int(match[1]), int(match[3]), int(match[4])
    if match := _MONTH_NAMED.fullmatch(text):
        day, month, year = match.groups()
    elif match := _YEAR_AND_MONTH_NAMED.fullmatch(text):
        year, month, day = match.groups()
    else:
        return None
    number = _month(month)
    return None if number is None else (int(year), number, int(day))


def _month(name: str) -> int | None:
    name = name.casefold()
    name = "sep" if name == "sept" else name
    for names in (_MONTHS, _FULL_MONTHS):
        if name in names:
            return names.index(name) + 1
    return None


def parse_birth(cell: str, *, today: date) -> date:
    """Return a date of birth of someone young enough to have a plan.

    Raises:
        NotRead: as ``parse_date``, or it is in the future or more than OLDEST years ago.
    """
    born = parse_date(cell)
    if not today.year - OLDEST <= born.year or born > today:
        raise NotRead(cell, f"a date of birth between {today.year - OLDEST} and {today:%d/%m/%Y}")
    return born


def parse_past(cell: str, *, born: date | None, today: date) -> date:
    """Return a day in a child's life: not before the birth, and not beyond next year.

    Exports hold days that are planned, so that a near future is no fault.

    Raises:
        NotRead: as ``parse_date``, or it is no such day.
    """
    day = parse_date(cell)
    if born is not None and day < born:
        raise NotRead(cell, f"a day after the date of birth, {born:%d/%m/%Y}")
    if day.year > today.year + 1:
        raise NotRead(cell, f"a day not after {today.year + 1}")
    return day


def parse_year(cell: str) -> str:
    """Return a National Curriculum year as one of YEARS, from ``Year 7``, ``Y7``, ``07``, ``R`` …

    ``Nursery`` alone is the year before Reception, N2.

    Raises:
        NotRead: it names no single year.
    """
    text = " ".join(cell.split()).casefold()
    text = text[match.end() :] if (match := _YEAR_WORDS.match(text)) else text
    if text in _NAMED_YEARS:
        return _NAMED_YEARS[text]
    number = _NUMBERED.fullmatch(text)
    if number is not None and number[1] in YEARS:
        return number[1]
    raise NotRead(cell, "a year group: N1, N2, R, 1 to 14, X or M")


def parse_sen(cell: str) -> str:
    """Return the SEN status: E (EHC plan), K (SEN support) or N (none); an empty cell says N.

    The code may stand before its words (``E - Education Health and Care Plan``) but must agree
    with them.

    Raises:
        NotRead: it says something else, such as a retired status or a plan that is only asked for.
    """
    words = _words(cell)
    if not words:
        return "N"
    code, _, rest = words.partition(" ")
    if code.upper() in _STATUS_WORDS and _STATUS.get(rest, code.upper() if not rest else None) == (
        code.upper()
    ):
        return code.upper()
    if words in _STATUS:
        return _STATUS[words]
    raise NotRead(cell, "a SEN status: E (EHC plan), K (SEN support) or N (none)")


def parse_needs(cell: str) -> tuple[str, ...]:
    """Return the codes of the need types that a cell names, in its order, each once.

    Codes and sentences are known, alone or together (``ASD - Autistic spectrum disorder``); several
    are kept apart by semicolons, bars, new lines, commas or slashes. An empty cell names none.

    Raises:
        NotRead: one of them is no need type.
    """
    found: list[str] = []
    for piece in re.split(r"[;|\r\n]", cell):
        if piece.strip():
            found += _needs_in(piece, cell)
    return tuple(dict.fromkeys(found))


def _needs_in(piece: str, cell: str) -> list[str]:
    whole = _need(piece)
    if whole is not None:
        return [whole]
    parts = [_need(part) for part in re.split(r"[,/]", piece) if part.strip()]
    codes = [code for code in parts if code is not None]
    if not parts or len(codes) < len(parts):
        raise NotRead(cell, f"a need type: {', '.join(NEEDS)}")
    return codes


def _need(text: str) -> str | None:
    words = _words(text)
    code, _, rest = words.partition(" ")
    if code.upper() in NEEDS and (not rest or _need_named(rest) == code.upper()):
        return code.upper()
    return _need_named(words)


def _need_named(words: str) -> str | None:
    # Exports write disorder and disorders, difficulty and difficulties.
    words = words.replace("difficulties", "difficulty").replace("disorders", "disorder")
    return _NEED_NAMES.get(words) or _NEED_WORDS.get(words)


def parse_yes(cell: str) -> bool:
    """Return what a cell that says yes or no says.

    Raises:
        NotRead: it says neither.
    """
    said = cell.strip().casefold()
    if said not in _YES | _NO:
        raise NotRead(cell, "yes or no")
    return said in _YES


def parse_full_name(cell: str) -> tuple[str, str]:
    """Return surname and forename from ``Okafor, Ada`` or ``Ada Okafor``.

    Without a comma the first word is the forename and the rest the surname, so that the two
    together always show the name as it came.

    Raises:
        NotRead: there are not two parts.
    """
    expected = "a surname and a forename, such as Okafor, Ada"
    name = short_text(cell, expected)
    surname, comma, forename = name.partition(",")
    if not comma:
        forename, _, surname = name.partition(" ")
    return short_text(surname, expected), short_text(forename, expected)


def parse_list(cell: str) -> tuple[str, ...]:
    """Return the texts that a cell keeps apart by semicolons, commas, bars or new lines."""
    pieces = (" ".join(piece.split()) for piece in re.split(r"[;,|\r\n]", cell))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def parse_years(cell: str) -> tuple[str, ...]:
    """Return the years that a cell lists (``R 1 2 3``, ``Years 4 to 6``, ``Y7, Y8``), in order.

    Raises:
        NotRead: it holds something that is no year.
    """
    found: set[str] = set()
    for piece in _ranges(cell, r"n[12]|\d{1,2}|r(?:ec(?:eption)?)?|nursery"):
        try:
            ends = [parse_year(end) for end in piece]
        except NotRead:
            raise NotRead(cell, "years such as R 1 2 3 or 4-6") from None
        found.update(_from_to(YEARS, ends, cell))
    return tuple(year for year in YEARS if year in found)


def parse_days(cell: str) -> tuple[str, ...]:
    """Return the weekdays that a cell lists (``Mon Tue``, ``Monday to Friday``), as in DAYS.

    Raises:
        NotRead: it holds something that is no weekday.
    """
    found: set[str] = set()
    for piece in _ranges(cell, "[a-z]+"):
        found.update(_from_to(DAYS, [_day(word, cell) for word in piece], cell))
    return tuple(day for day in DAYS if day in found)


_WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_LONG_DASHES = str.maketrans("\u2013\u2014", "--")


def _day(word: str, cell: str) -> str:
    word = word.casefold()
    for full, day in zip(_WEEKDAYS, DAYS, strict=True):
        short = word.removesuffix("s") if word not in _WEEKDAYS else word
        if len(short) >= 2 and full.startswith(short):
            return day
    raise NotRead(cell, "weekdays such as Mon Tue Wed")


def _ranges(cell: str, item: str) -> list[list[str]]:
    """The pieces of a list: each one word, or the two ends of a range."""
    text = cell.casefold().translate(_LONG_DASHES)
    text = re.sub(r"\b(?:(?:years?|yrs?|y) ?(?=[\dnr])|(?:years?|yrs?)\b)", "", text)
    text = re.sub(rf"\b({item}) ?(?:-| to ) ?(?=(?:{item})\b)", r"\1-", text)
    text = re.sub(r"\band\b|[,;/|&+]", " ", text)
    return [word.split("-") if "-" in word.strip("-") else [word] for word in text.split()]


def _from_to(order: tuple[str, ...], ends: list[str], cell: str) -> tuple[str, ...]:
    first, last = order.index(ends[0]), order.index(ends[-1])
    if len(ends) > 2 or last < first:
        raise NotRead(cell, "a list, or a range from the first to the last")
    return order[first : last + 1]


def _words(text: str) -> str:
    """A text without case and marks, one space between words."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold().replace("&", " and ")).split())


_NEED_NAMES = {_words(name): code for code, name in NEEDS.items()}
