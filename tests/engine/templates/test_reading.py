"""What is wrong with the file of a template: file, key or line, found, expected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput
from ehcp_flow.templates.reading import LARGEST_FILE, parse_template, read_template
from ehcp_flow.templates.template import MOST_SECTIONS
from tests.engine.templates.examples import FROM_YEAR, HEAD, OTHER, SECTION, WHOLE


def without(key: str, text: str = WHOLE) -> str:
    """A template that does not say a key where it comes first."""
    before, _, after = text.partition(f"\n{key} = ")
    if text.startswith(f"{key} = "):
        before, after = "", text.removeprefix(f"{key} = ")
    return before + "\n" + after.partition("\n")[2]


def with_(old: str, new: str, text: str = WHOLE) -> str:
    """A template in which something stands instead, where it comes first."""
    assert old in text
    return text.replace(old, new, 1)


def test_a_whole_template_is_read() -> None:
    """Everything that it says, in its order."""
    found = parse_template(WHOLE, name="own.toml")

    assert (found.id, found.version, found.name) == ("support-plan", 1, "support-plan@1")
    assert found.ids == ("HELP", "VIEWS")
    assert dict(found.titles) == {"HELP": "What helps", "VIEWS": "What the child says"}
    help_ = found.section("HELP")
    assert help_.appealable is not None
    assert help_.appealable.answer == "no"
    assert help_.duty_holder is not None
    assert help_.duty_holder.holder == "Fernbank School"
    assert help_.written_by is not None
    assert help_.written_by.roles == ("SENCO", "class teacher")
    assert help_.advised_by is not None
    assert help_.advised_by.who == ("class teacher",)
    assert found.section("VIEWS").appealable is None
    (rule,) = found.from_years
    assert (rule.year, rule.sections) == (9, ("HELP",))
    assert not found.proposal


def test_a_section_without_a_source_has_that_of_the_template() -> None:
    """And its mark; its own ones come before."""
    text = with_('kind = "provision"', 'kind = "provision"\nmark = "unsure"')
    found = parse_template(text, name="own.toml")

    assert found.known(found.section("HELP")).mark == "unsure"
    assert found.known(found.section("VIEWS")).mark == "read"
    assert found.known(found.section("HELP")).citation == "Fernbank School, SEND policy 2026"
    assert found.weakest == "unsure"


FAULTS = [
    # of the whole
    (without("id"), "own.toml: id is missing, expected an id of small letters"),
    (without("version"), "own.toml: version is missing, expected a whole number from 1"),
    (without("title"), "own.toml: title is missing, expected one line"),
    (without("mark"), "own.toml: mark is missing, expected one of read, derived, recalled, unsure"),
    (without("status"), "own.toml: status is missing, expected one of act, regulation"),
    (without("citation"), "own.toml: citation is missing, expected one line"),
    (with_("support-plan", "Support Plan"), "own.toml, id: found 'Support Plan', expected an id"),
    (with_("support-plan", "support--plan"), "own.toml, id: found 'support--plan', expected an id"),
    (with_("support-plan", "p" * 41), "own.toml, id: found 'pppp"),
    (with_("version = 1", "version = 0"), "own.toml, version: found 0, expected a whole number"),
    (with_("version = 1", 'version = "1"'), "own.toml, version: found '1', expected a whole"),
    (with_("version = 1", "version = true"), "own.toml, version: found true, expected a whole"),
    (with_("version = 1", "version = 1.0"), "own.toml, version: found 1.0, expected a whole"),
    (with_("Fernbank support plan", "  "), "own.toml, title: found '  ', expected one line"),
    (with_("Fernbank support plan", "t" * 201), "own.toml, title: found 'tttt"),
    (with_("Fernbank support plan", "a\\u001bb"), "own.toml, title: found 'a\\x1bb', expected one"),
    (with_('"local"', '"locl"'), "own.toml, status: found 'locl', expected one of act, regula"),
    (with_('"local"', '"locl"'), "(perhaps local)"),
    (with_('mark = "read"', 'mark = "sure"'), "own.toml, mark: found 'sure', expected one of read"),
    (f'{HEAD}order = "any"\n{SECTION}', "own.toml, order: found 'any', expected one of fixed, fr"),
    (f"{HEAD}not_known = [1]\n{SECTION}", "own.toml, not_known 1: found 1, expected a list of te"),
    (f'{HEAD}titel = "x"\n{SECTION}', "own.toml: found the key 'titel', expected one of id, ver"),
    (f'{HEAD}titel = "x"\n{SECTION}', "(perhaps title)"),
    # of the sections
    (HEAD, "own.toml: section is missing, expected 1 to 100 tables [[section]]"),
    (f"{HEAD}section = []", "own.toml, [[section]]: found an empty list, expected 1 to 100"),
    (f"{HEAD}section = 3", "own.toml, [[section]]: found 3, expected 1 to 100 tables"),
    (HEAD + SECTION * 2, "own.toml: found section HELP twice, expected each section once"),
    (without("id", HEAD + OTHER.replace("VIEWS", "X")).replace("\n\n", "\n", 1), "id is missing"),
    (
        HEAD + SECTION + without("id", OTHER),
        "own.toml, [[section]] 2: id is missing, expected an id of capitals and digits",
    ),
    (
        HEAD + SECTION + without("title", OTHER),
        "own.toml, [[section]] 2 (VIEWS): title is missing, expected one line",
    ),
    (
        HEAD + without("kind", OTHER),
        "own.toml, [[section]] 1 (VIEWS): kind is missing, expected one of views, need",
    ),
    (
        with_('"provision"', '"provisions"'),
        "own.toml, [[section]] 1 (HELP), kind: found 'provisions', expected one of views, need, "
        "outcome, provision, placement, money, appendix (perhaps provision)",
    ),
    (with_('"HELP"', '"help"'), "own.toml, [[section]] 1 (help), id: found 'help', expected an id"),
    (with_('"HELP"', '"2B."'), "own.toml, [[section]] 1 (2B.), id: found '2B.', expected an id"),
    (with_('"HELP"', '"\u00c9"'), "id: found '\u00c9', expected an id of capitals and digits"),
    (with_('"What helps"', '""'), "[[section]] 1 (HELP), title: found '', expected one line of 1"),
    (
        with_('"SENCO"', '"SENKO"'),
        "[[section]] 1 (HELP), written_by, is 1: found 'SENKO', expected one of SENCO, head te",
    ),
    (with_('"SENCO"', '"SENKO"'), "(perhaps SENCO)"),
    (
        with_('is = "no"', 'is = "maybe"'),
        "[[section]] 1 (HELP), appealable, is: found 'maybe', expected one of yes, no, recommen",
    ),
    (
        with_('[section.appealable]\nis = "no"', "appealable = 1"),
        "[[section]] 1 (HELP), appealable: found 1, expected a table with `is`",
    ),
    (
        with_("duty_holder", "dutyholder"),
        "[[section]] 1 (HELP): found the key 'dutyholder', expected one of id, title",
    ),
    (with_("duty_holder", "dutyholder"), "(perhaps duty_holder)"),
    (
        with_('is = "no"', 'is = "no"\nmrak = "read"'),
        "[[section]] 1 (HELP), appealable: found the key 'mrak', expected one of citation, mark",
    ),
    # of what holds from a year on
    (with_("year = 9", "year = 0"), "own.toml, [[from_year]] 1, year: found 0, expected a whole"),
    (with_("year = 9", "year = 15"), "[[from_year]] 1, year: found 15, expected a whole number fr"),
    (
        with_('sections = ["HELP"]', 'sections = ["HLEP"]'),
        "own.toml: [[from_year]] 1, sections: found 'HLEP', expected one of HELP, VIEWS",
    ),
    (
        with_('sections = ["HELP"]', "sections = []"),
        "[[from_year]] 1, sections: found an empty list, expected a list of at least one section",
    ),
    (
        without("must"),
        "[[from_year]] 1: must is missing, expected one line",
    ),
    (
        with_('"preparation for adulthood"', '"adulthood"'),
        "[[from_year]] 1, advice, kind: found 'adulthood', expected one of views, education",
    ),
    # of the form
    ("id = \n", "own.toml, line 1: found no TOML (invalid value)"),
    (HEAD + "[[section]\n", "own.toml, line 9: found no TOML"),
    (HEAD + 'title = "again"\n', "own.toml, line 9: found no TOML (cannot overwrite a value)"),
    ("x = " + "[" * 5_000, "own.toml: found lists in lists without end, expected a template"),
]


@pytest.mark.parametrize(("text", "said"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_told_with_its_place_and_what_was_expected(text: str, said: str) -> None:
    """In one line."""
    with pytest.raises(BadInput) as no:
        parse_template(text, name="own.toml")

    assert said in str(no.value)
    assert str(no.value).startswith("own.toml")
    assert "\n" not in str(no.value)


def test_there_may_be_only_so_many_sections() -> None:
    """A plan of a hundred has enough."""
    many = "".join(OTHER.replace("VIEWS", f"V{n}") for n in range(MOST_SECTIONS))
    more = many + OTHER

    assert len(parse_template(HEAD + many, name="own.toml").sections) == MOST_SECTIONS
    with pytest.raises(BadInput, match="expected 1 to 100 tables"):
        parse_template(HEAD + more, name="own.toml")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe", "own.toml, line 1: found bytes that are not UTF-8"),
        (b"id = 'x'\n\xe9", "own.toml, line 2: found bytes that are not UTF-8"),
        (
            b"#" * (LARGEST_FILE + 1),
            "own.toml: found 500,001 bytes, expected a template of at most",
        ),
        (b"PK\x03\x04\x00", "own.toml, line 1: found no TOML"),
        (b"", "own.toml: id is missing"),
    ],
)
def test_a_file_of_another_kind_gives_a_sentence(data: bytes, said: str) -> None:
    """And no traceback."""
    with pytest.raises(BadInput) as no:
        read_template(data, name="own.toml")

    assert said in str(no.value)


def test_a_file_saved_on_windows_is_read() -> None:
    """With a byte-order mark and its line ends."""
    data = b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode()

    assert read_template(data, name="own.toml") == parse_template(WHOLE, name="own.toml")


@given(st.text(max_size=200))
def test_whatever_a_file_holds_it_is_read_or_a_sentence_says_why_not(text: str) -> None:
    """Hostile input ends in a sentence."""
    data = f"{HEAD}{SECTION}{text}{FROM_YEAR}".encode(errors="surrogatepass")
    said = ""
    try:
        read_template(data, name="own.toml")
    except BadInput as no:
        said = str(no)

    assert "\n" not in said
