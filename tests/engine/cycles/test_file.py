"""Is a cycle file read as what it says, and is what is wrong with it told in one sentence?"""

import hashlib
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ehcp_flow.cycles.file import LARGEST_FILE, CycleFile, read_cycle, years_in_words
from ehcp_flow.errors import BadInput
from ehcp_flow.importing.fields import YEARS
from tests.engine.cycles.examples import MEETING, cycle, review, toml, write

WHOLE = b"""
name = "  Autumn   2026 "

[choose]
years = ["R-2", "Year 7", 9]
needs = ["Autism", "SLCN"]
review_due_from = 2026-10-01
review_due_to = 2027-01-31

[meeting]
weeks_before_review_due = 5
not_before = 2026-09-28
not_after = 2026-12-11

[[closed]]
from = 2026-10-26
to = 2026-10-30

[[write]]
sections = ["f", "B"]
years = "N1-3"
role = ["tutor", "class teacher"]
due_weeks_before_meeting = 3

[[write]]
sections = "F"
years = [4]
role = "Subject-Teacher"
ask = "all"
due_days_before_meeting = 20

[review]
sections = "F"
role = "SENDCO"
due_days_before_meeting = 0
"""


def test_everything_that_a_file_can_say() -> None:
    """As people write it, and as it is understood."""
    found = read_cycle(WHOLE, name="autumn.toml")

    assert (found.name, found.key) == ("Autumn 2026", "autumn 2026")
    assert found.file_digest == hashlib.sha256(WHOLE).hexdigest()
    assert found.choose.years == ("R", "1", "2", "7", "9")
    assert found.choose.needs == ("SLCN", "ASD")
    assert found.choose.review_due_to == date(2027, 1, 31)
    assert found.meeting.weeks_before_review_due == 5
    first, second = found.write
    (third,) = found.review
    assert (first.sections, first.days_before_meeting, first.ask) == (("B", "F"), 21, "one")
    assert first.roles == ("form tutor", "class teacher")
    assert (second.roles, second.days_before_meeting) == (("subject teacher",), 20)
    assert (third.roles, third.days_before_meeting) == (("SENCO",), 0)


def test_a_rule_holds_for_its_years() -> None:
    """Up to Year 3 the one, from Year 4 the other; without years for everybody."""
    found = read_cycle(WHOLE, name="autumn.toml")
    early, late = found.write
    (always,) = found.review

    for year in YEARS:
        assert early.holds_for(year) == (year in ("N1", "N2", "R", "1", "2", "3"))
        assert late.holds_for(year) == (year == "4")
        assert always.holds_for(year)


def test_a_role_is_known_however_it_is_written() -> None:
    """Case, hyphens and the names that schools use do not matter."""
    (rule,) = cycle(write(role="SENDCO/Head/visitor")).write

    assert [rule.place_of(role) for role in ("senco", "SENDCo", "Headteacher", "VISITOR")] == [
        0,
        0,
        1,
        2,
    ]
    assert rule.place_of("deputy head") is None
    assert rule.place_of("") is None


def test_a_rule_is_a_sentence() -> None:
    """Which the record keeps."""
    found = read_cycle(WHOLE, name="autumn.toml")

    assert [rule.in_words("write") for rule in found.write] == [
        "The form tutor, or else the class teacher, writes B and F for pupils in N1 to Year 3.",
        "Every subject teacher writes F for pupils in Year 4.",
    ]
    assert [rule.in_words("review") for rule in found.review] == ["The SENCO reviews F."]


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (("R",), "Reception"),
        (("N1", "N2", "R", "1"), "N1 to Year 1"),
        (("3", "4", "7", "9", "10"), "Year 3 to Year 4, Year 7 and Year 9 to Year 10"),
        (("13", "14", "X", "M"), "Year 13 to Year 14, Year X and Year M"),
    ],
)
def test_years_as_people_say_them(years: tuple[str, ...], said: str) -> None:
    """X follows no year, and M comes after none."""
    assert years_in_words(years) == said


def test_meetings_are_held_from_monday_to_friday_on_days_that_are_not_closed() -> None:
    """Both ends of a closure belong to it."""
    found = read_cycle(WHOLE, name="autumn.toml")
    october = [date(2026, 10, day) for day in range(19, 32)]

    open_days = [day.day for day in october if found.meets_on(day)]

    assert open_days == [19, 20, 21, 22, 23]


def test_a_byte_order_mark_is_no_fault() -> None:
    """Windows puts it there."""
    plain = toml(write())
    marked = b"\xef\xbb\xbf" + plain

    assert read_cycle(marked, name="a").write == read_cycle(plain, name="a").write
    assert read_cycle(marked.replace(b"\n", b"\r\n"), name="a").name == "Autumn 2026"


RULE = write()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "autumn.toml: name is missing, expected a name"),
        (b"name = ", "autumn.toml, line 1: found no TOML (invalid value)"),
        (b'\n\nname = "Autumn', "line 3: found no TOML (unterminated string)"),
        (b"name = 'x'\nname = 'y'\n\n", "line 2: found no TOML (cannot overwrite a value)"),
        (b"[[[", "line 1: found no TOML"),
        (b"name = '\xff'", "line 1: found bytes that are not UTF-8"),
        (b"# a\n\xff\xfe\x00", "line 2: found bytes that are not UTF-8"),
        (b"a\0b = 1", "line 1: found no TOML"),
        (b"x = " + b"9" * 990, "found the key 'x'"),
        (b"x = " + b"9" * 5_000, "line 1: found 5,004 characters, expected at most 1,000"),
        (b"#" * (LARGEST_FILE + 1), "found 100,001 bytes, expected a cycle file of at most"),
        (b"x = " + b"[\n" * 40_000, "lists in lists"),
        (b"x = " + b"{a=" * 300, "autumn.toml"),
        (b"\n".join(b"k%d." % n + b"a." * 490 + b"a = 1" for n in range(98)), "the key 'k0'"),
        (b'nmae = "Autumn"', "autumn.toml: found the key 'nmae', expected one of name, kind"),
        (b"name = 2026", "autumn.toml, name: found 2026, expected a name of at most 200"),
        (b"name = ''", "name: found '', expected a name"),
        (b'name = "a\\u202eb"', "name: found 'a\\u202eb', expected a name"),
        (b'name = "' + b"n" * 201 + b'"', "name: found 'nnnnnnn"),
        (b"name = 'a'", "autumn.toml: meeting is missing, expected a table [meeting]"),
        (toml(meeting=""), "meeting is missing"),
        (toml(meeting="meeting = 3"), "[meeting]: found 3, expected a table [meeting]"),
        (toml(meeting="[meeting]"), "[meeting]: found none, expected one of `on`"),
        (
            toml(meeting=MEETING + "\nweeks_before_review_due = 5"),
            "[meeting]: found `on` and `weeks_before_review_due`, expected one of",
        ),
        (
            toml(meeting=MEETING + "\nnot_after = 2026-12-01"),
            "expected them beside `weeks_before_review_due` alone",
        ),
        (toml(meeting='[meeting]\non = "2026-11-10"'), "[meeting], on: found '2026-11-10'"),
        (toml(meeting="[meeting]\non = 2026-11-10T09:00:00"), "on: found 2026-11-10 09:00:00"),
        (toml(meeting="[meeting]\non = 1926-11-10"), "found 1926-11-10, expected a day from 2014"),
        (toml(meeting="[meeting]\non = 2026-11-14"), "2026-11-14, a Saturday, expected Monday"),
        (
            toml(RULE, "[closed]\nfrom = 2026-11-09\nto = 2026-11-13"),
            "autumn.toml: found the meeting on 2026-11-10, expected a day not [[closed]]",
        ),
        (
            toml(RULE, meeting="[meeting]\nweeks_before_review_due = 3"),
            "weeks_before_review_due: found 3, expected a whole number from 4 to 51",
        ),
        (
            toml(
                RULE,
                meeting="[meeting]\nweeks_before_review_due = 5\n"
                "not_before = 2026-12-02\nnot_after = 2026-12-01",
            ),
            "[meeting]: found `not_before` 2026-12-02, expected a day on or before 2026-12-01",
        ),
        (
            toml(RULE, "[[closed]]\nfrom = 2026-10-26\nto = 2026-10-25"),
            "[[closed]] 1: found `from` 2026-10-26, expected a day on or before 2026-10-25",
        ),
        (toml(RULE, "[[closed]]\nfrom = 2026-10-26"), "[[closed]] 1: to is missing"),
        (toml(), "autumn.toml: found no task, expected a table [[write]] or [[review]]"),
        (toml("write = 3"), "[meeting]: found the key 'write'"),
        (b"write = [3]\n" + toml(), "[[write]] 1: found 3, expected a table [[write]] with"),
        (toml(RULE, write("H")), "[[write]] 2, sections: found 'H', expected letters of sections"),
        (toml("[[write]]\nsections = []"), "[[write]] 1, sections: found an empty list"),
        (toml("[[write]]\nsections = [['F']]"), "[[write]] 1, sections: found a list"),
        (toml("[[write]]\nrole = 'SENCO'"), "[[write]] 1: sections is missing"),
        (toml("[[write]]\nsections = 'F'"), "[[write]] 1: role is missing"),
        (toml(write(role="")), "[[write]] 1, role: found '', expected a role such as"),
        (toml(write(role="x" * 300)), "role: found 'xxxxx"),
        (toml(RULE, review(years=["4-R"])), "[[review]] 1, years: found '4-R', expected year"),
        (toml(write(years=[15])), "years: found 15, expected year groups"),
        (toml(write(years=["3", True])), "years: found true, expected"),
        (toml(write(years=[1.5])), "years: found 1.5, expected"),
        (toml(write(ask="two")), '[[write]] 1, ask: found \'two\', expected "one" or "all"'),
        (toml(write(due_days_before_meeting=-1)), "due_days_before_meeting: found -1, expected"),
        (toml(write(due_days_before_meeting="21")), "due_days_before_meeting: found '21'"),
        (
            toml(write(due_days_before_meeting=1, due_weeks_before_meeting=1)),
            "[[write]] 1: found both, expected one of `due_days_before_meeting`",
        ),
        (toml("[[write]]\nsections = 'F'\nrole = 'SENCO'"), "[[write]] 1: found neither"),
        (
            toml(write(rle="SENCO")),
            "[[write]] 1: found the key 'rle', expected one of sections, years, role, ask, due_",
        ),
        (toml(write(rle="SENCO")), "text, prefer (perhaps role)."),
        (toml(RULE, "[choose]\ngroups = []"), "[choose], groups: found an empty list"),
        (toml(RULE, '[choose]\nplans = [""]'), "[choose], plans: found '', expected references"),
        (toml(RULE, "[choose]\nexcept = [true]"), "[choose], except: found true"),
        (toml(RULE, "[choose]\nschools = ['  ']"), "[choose], schools: found '  ', expected schoo"),
        (toml(RULE, "[choose]\ntemplates = 1.5"), "[choose], templates: found 1.5, expected templ"),
        (toml(RULE, "[choose]\nschool = 'A'"), "found the key 'school', expected one of years"),
        (
            toml(RULE, meeting="[meeting]\nspread_from = 2026-11-02"),
            "found one of `spread_from` and `spread_to`, expected both",
        ),
        (
            toml(RULE, meeting=MEETING + "\nmost_a_day = 3"),
            "found `most_a_day`, expected `spread_from` and `spread_to` beside it",
        ),
        (
            toml(
                RULE,
                meeting="[meeting]\nspread_from = 2026-11-09\nspread_to = 2026-11-02",
            ),
            "[meeting]: found `spread_from` 2026-11-09, expected a day on or before 2026-11-02",
        ),
        (
            toml(
                RULE,
                meeting="[meeting]\nspread_from = 2026-11-02\nspread_to = 2026-11-09\n"
                "most_a_day = 0",
            ),
            "[meeting], most_a_day: found 0, expected a whole number from 1 to 100",
        ),
        (
            toml(RULE, meeting='[meeting.groups]\n"3W" = 2026-11-14'),
            "[meeting]: found in `groups` 2026-11-14, a Saturday, expected Monday to Friday",
        ),
        (
            toml(RULE, meeting='[meeting.plans]\n"2026-0001" = "soon"'),
            "[meeting], plans, '2026-0001': found 'soon', expected a day from 2014",
        ),
        (toml(RULE, meeting="[meeting]\nplans = 3"), "plans: found 3, expected a table of days"),
        (toml(RULE, "[[attend]]\nyears = 3"), "[[attend]] 1: role is missing, expected a role"),
        (
            toml(RULE, '[[attend]]\nrole = "SENCO"\nmust = 1'),
            "[[attend]] 1, must: found 1, expected true or false",
        ),
        (
            toml(RULE).replace(b"[meeting]", b'kind = "informal"\n[meeting]'),
            'kind: found \'informal\', expected "statutory" (the review by law) or "school"',
        ),
        (
            toml(RULE, '[[advice]]\nkind = "poem"\nrole = "SENCO"\ndue_days_before_meeting = 1'),
            "[[advice]] 1, kind: found 'poem', expected a kind of advice: views, education",
        ),
        (
            toml(RULE, '[[advice]]\nkind = "views"\nrole = "SENCO"'),
            "[[advice]] 1: found neither, expected one of `due_days_before_meeting`",
        ),
        (toml(write(text="")), "[[write]] 1, text: found '', expected a text of at most 2,000"),
        (toml(write(prefer="me")), "prefer: found 'me', expected \"knows the child\" or"),
        (toml(RULE, "[limits]\ntasks = 0"), "[limits], tasks: found 0, expected a whole number"),
        (
            toml(RULE, "[limits.people]\nf01 = 1.5"),
            "[limits], people, f01: found 1.5, expected a whole number from 1 to 10,000",
        ),
        (toml(RULE, "[hours]\nwrite = 200"), "[hours], write: found 200, expected hours from 0"),
        (toml(RULE, "[hours]\nwrite = nan"), "[hours], write: found nan, expected hours from 0"),
        (toml(RULE, "[choose]\nneeds = ['ADHD']"), "[choose], needs: found 'ADHD', expected need"),
        (
            toml(RULE, "[choose]\nreview_due_from = 2027-01-01\nreview_due_to = 2026-12-31"),
            "[choose]: found `review_due_from` 2027-01-01, expected a day on or before 2026-12-31",
        ),
        (b"file_digest = 'x'\n" + toml(RULE), "found the key 'file_digest'"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(data: bytes, told: str) -> None:
    """Which file, where in it, what was found and what was expected."""
    with pytest.raises(BadInput) as no:
        read_cycle(data, name="autumn.toml")

    assert told in str(no.value)
    _is_one_sentence(no.value)


def _is_one_sentence(no: BadInput) -> None:
    said = str(no)
    assert said.startswith("autumn.toml")
    assert said.endswith(".")
    assert said.isprintable()
    assert len(said) < 500


def _survives(data: bytes) -> None:
    try:
        found = read_cycle(data, name="autumn.toml")
    except BadInput as no:
        _is_one_sentence(no)
    else:
        assert isinstance(found, CycleFile)
        assert found.file_digest == hashlib.sha256(data).hexdigest()


@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf")
@example(b"'''" + b"\r" * 50)
def test_any_bytes_are_a_cycle_or_a_sentence(data: bytes) -> None:
    """Never a traceback."""
    _survives(data)


_VALUES = st.one_of(
    st.sampled_from(
        [
            '"F"',
            '["E", "f"]',
            '"4-9"',
            '"SENDCO"',
            '"all"',
            "21",
            "-1",
            "0x" + "f" * 400,
            "1e400",
            "nan",
            "true",
            "2026-11-10",
            "2026-11-10T10:00:00Z",
            "10:00:00",
            "0001-01-01",
            "[]",
            "{}",
            "[[[]]]",
            "[{}]",
        ]
    ),
    st.integers().map(str),
    st.text(max_size=20).map(lambda text: f'"""{text}"""'),
)
_LINES = st.one_of(
    st.sampled_from(
        ["[choose]", "[meeting]", "[[closed]]", "[[write]]", "[[review]]", "[write]", "[a.b]"]
    ),
    st.tuples(
        st.sampled_from(
            [
                "name",
                "years",
                "needs",
                "review_due_from",
                "on",
                "weeks_before_review_due",
                "not_before",
                "from",
                "to",
                "sections",
                "role",
                "ask",
                "due_days_before_meeting",
                "due_weeks_before_meeting",
                "write",
                "meeting.on",
                "choose",
                '"\\u001b[2J"',
            ]
        ),
        _VALUES,
    ).map(" = ".join),
)


@given(st.lists(_LINES, max_size=15), st.booleans())
def test_any_keys_and_values_are_a_cycle_or_a_sentence(lines: list[str], whole: bool) -> None:
    """In a file that is otherwise right, too."""
    before = toml(write(), review()) if whole else b""
    _survives(before + b"\n" + "\n".join(lines).encode())
