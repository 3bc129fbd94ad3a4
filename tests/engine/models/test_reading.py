"""A model's file with a mistake: which file, key or line, what was found and what expected."""

import pytest

from ehcp_flow.errors import BadInput
from ehcp_flow.models.reading import LARGEST_FILE, parse, recorded_model, text_of
from ehcp_flow.models.shipped import SHIPPED, text_of_shipped

HEAD = """
id = "Ours"
version = 1
title = "As we do it"
setting = "our school"
source = "our head"
mark = "read"
"""
SCHOOL = """
[school]
kind = "independent"
"""
NEEDED = """
[[rule]]
id = "coordinating"
duty = "coordinate"
roles = ["SENCO"]
mark = "read"

[[rule]]
id = "lists"
duty = "lists"
roles = ["SENCO"]
mark = "read"
"""


def model(*, top: str = "", rest: str = "", needed: str = NEEDED) -> str:
    """A model's file with keys added at its top, and tables at its end."""
    return f"{HEAD}{top}{SCHOOL}{rest}{needed}"


def rule(id: str = "writing", duty: str = "write", more: str = "") -> str:
    """A further rule."""
    return f'\n[[rule]]\nid = "{id}"\nduty = "{duty}"\nmark = "read"\n{more}\n'


def test_the_smallest_model_is_one() -> None:
    """So that each mistake below is the only one."""
    assert parse(model(), "ours.toml").name == "Ours@1"


@pytest.mark.parametrize("id", SHIPPED)
def test_what_comes_with_the_product_reads_from_its_bytes(id: str) -> None:
    """With the line ends and the mark that Windows writes, too."""
    text = text_of_shipped(id)

    as_windows_writes = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert parse(text_of(as_windows_writes, id), id) == parse(text, id)
    assert parse(text, id).id == id


_WRITE = 'roles = ["class teacher"]'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id = ", r"line 1: found no TOML \(.*\), expected a line such as"),
        ("a." * 1_500 + "b = 1", "line 1: found 3,005 characters, expected at most 2,000"),
        (model(top='tile = "x"'), r"found the key 'tile', expected one of .* \(perhaps title\)"),
        (model(rest=rule(more='rolls = ["SENCO"]')), r"rule writing.*found the key 'rolls'.*roles"),
        (HEAD.replace('title = "As we do it"\n', "") + SCHOOL + NEEDED, "title is missing"),
        (HEAD.replace("version = 1", "version = 0") + SCHOOL + NEEDED, "version: found 0"),
        (HEAD.replace('"read"', '"heard"') + SCHOOL + NEEDED, "mark: found 'heard', expected one"),
        (f"{HEAD}\n[school]\nkind = 'nice'\n{NEEDED}", "kind: found 'nice', expected one of"),
        (
            model(rest=rule(more='roles = ["senko"]')),
            r"rule writing, roles: found the role 'senko', expected one of SENCO, head teacher, "
            r"deputy head, .*\(perhaps SENCO\)"
            ".*under other_roles",
        ),
        (
            model(rest=rule(more=f'{_WRITE}\nsections = ["Q"]')),
            "rule writing, sections: found the section 'Q', expected one of A, B",
        ),
        (
            model(rest=rule(more=f'{_WRITE}\nyears = ["R-15"]')),
            "rule writing, years: found 'R-15', expected years of N1",
        ),
        (model(rest=rule(more=f"{_WRITE}\nyears = []")), "years: found an empty list"),
        (
            model(rest=rule(more=_WRITE) + rule("again", more=f'{_WRITE}\nyears = ["4"]')),
            "rule again: found section .* answered for year 4, expected one .* writing does",
        ),
        (
            model(
                rest=rule(more=f'{_WRITE}\nsections = ["F"]')
                + rule("again", more=f'{_WRITE}\nsections = ["E", "F"]\nyears = ["R-6"]')
            ),
            "rule again: found section F answered for year R, .* writing does already",
        ),
        (model(rest=rule("lists")), "rule lists: found a second rule of this id"),
        (
            model(rest='[when_nobody]\nSENCO = "deputy head"\n"deputy head" = "SENCO"\n'),
            r"when_nobody: found duties that fall in a circle \(SENCO to deputy head to SENCO\)",
        ),
        (
            model(rest='[when_nobody]\nSENCO = "SENCO"\n'),
            r"fall in a circle \(SENCO to SENCO\)",
        ),
        (
            model(rest='[when_nobody]\nSENCO = "deputie"\n'),
            r"when_nobody: found the role 'deputie', .*perhaps",
        ),
        (model(rest="[limits]\nSENCOO = 3\n"), r"limits: found the role 'SENCOO'"),
        (model(rest="[limits]\nSENCO = 0\n"), "limits, SENCO: found 0, expected"),
        (
            model(rest=rule("deciding", "decide", 'roles = ["head teacher"]')),
            "rule deciding, duty: found 'decide', and only the local authority decides .*"
            "Children and Families Act 2014, sections 37 and 44",
        ),
        (
            model(rest=rule("issuing", "issue", 'roles = ["LA SEN officer"]')),
            "rule issuing, duty: found 'issue', and only the local authority issues a plan",
        ),
        (model(rest=rule("x", "clean", _WRITE)), "rule x, duty: found 'clean', expected one of"),
        (
            model(rest=rule("x", "meet-parents", f'{_WRITE}\nsections = ["F"]')),
            "rule x: found the key sections, .* the duty meet-parents",
        ),
        (
            model(rest=rule("x", "meet-parents", 'roles = ["*"]')),
            "rule x, roles: found anybody, expected roles",
        ),
        (
            model(rest=rule(more=f'{_WRITE}\nbut_not = ["SENCO"]')),
            "found the key but_not, .* roles that are anybody",
        ),
        (
            model(rest=rule("x", "complete-report", f'{_WRITE}\nafter = ["meeting-held"]')),
            r"rule x, after: found the fact 'meeting-held', .*perhaps review-meeting-held",
        ),
        (model(needed=""), "rule is missing, expected tables"),
        (
            model(needed=NEEDED.replace('"lists"\nroles', '"review"\nroles')),
            "found nobody who has the duty lists",
        ),
        (model(top="other_roles = ['*']"), "other_roles: found '\\*'"),
        (model(top='other_roles = ["x\u202ey"]'), r"other_roles: found 'x\\u202ey'"),
        (
            model(top='other_roles = ["LA SEN Officer"]'),
            "other_roles: found 'LA SEN Officer', expected a role that is no other way to write "
            "LA SEN officer",
        ),
        (model(top="other_roles = ['head-teacher']"), "no other way to write head teacher"),
        (model(top="other_sections = ['a b']"), "other_sections: found 'a b'"),
        (f"{HEAD}rule = 3\n{SCHOOL}", "rule: found 3, expected tables"),
        (f"{HEAD}{SCHOOL}rule = [3]\n", "school: found the key 'rule'"),
        (
            model(rest=rule(more=f"{_WRITE}\nextents = {{ young = 'whole' }}")),
            "rule writing, extents: found .*new, some, confident",
        ),
    ],
    ids=range(37),
)
def test_a_mistake_is_told_with_its_place(text: str, told: str) -> None:
    """What was found there, and what was expected."""
    with pytest.raises(BadInput, match=rf"^ours\.toml.*{told}") as no:
        parse(text, "ours.toml")
    assert "\n" not in str(no.value)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff", "line 1: found bytes that are not UTF-8"),
        (b" " * (LARGEST_FILE + 1), "found 100,001 bytes"),
        (b"x = " + b"[" * 1_900, "lists without end|found no TOML"),
        (b"id = '\x1b[31m'", "found no TOML"),
    ],
    ids=["bytes", "large", "deep", "steering"],
)
def test_what_is_no_file_of_a_model_is_told(data: bytes, told: str) -> None:
    """In a sentence that does nothing to a terminal."""
    with pytest.raises(BadInput, match=told) as no:
        parse(text_of(data, "ours.toml"), "ours.toml")
    assert "\x1b" not in str(no.value)


def test_a_model_on_record_stays_readable_whatever_the_product_knows_by_now() -> None:
    """A role that was not known when it was chosen, or a fact that goes by another name."""
    text = model(rest=rule(more='roles = ["learning mentor"]'))

    with pytest.raises(BadInput, match="found the role 'learning mentor'"):
        parse(text, "ours.toml")
    answer = recorded_model(text, "ours.toml").rule("write", section="F", year="3")

    assert answer is not None
    assert answer.lets("learning mentor", asked=True)


@pytest.mark.parametrize(
    ("more", "told"),
    [("\n#x" * LARGEST_FILE, "bytes, expected an operating model"), ("\n#\ud800", "not UTF-8")],
    ids=["large", "surrogate"],
)
def test_a_text_that_could_not_be_kept_is_told_too(more: str, told: str) -> None:
    """Whoever calls with a text is held to what a file is held to."""
    with pytest.raises(BadInput, match=rf"^ours\.toml.*{told}"):
        parse(model() + more, "ours.toml")


def test_roles_and_sections_of_ones_own_are_named_first() -> None:
    """Then rules may use them."""
    top = 'other_roles = ["learning mentor"]\nother_sections = ["HOBBIES"]'
    more = 'roles = ["learning mentor"]\nsections = ["HOBBIES"]'

    read = parse(model(top=top, rest=rule(more=more)), "ours.toml")

    answer = read.rule("write", section="HOBBIES", year="3")
    assert answer is not None
    assert answer.lets("learning mentor", asked=True)
    assert read.rule("write", section="F", year="3") is None


def test_a_rule_for_every_section_answers_what_no_other_names() -> None:
    """In any template."""
    read = parse(
        model(
            rest=rule(more=f'{_WRITE}\nsections = ["F"]')
            + rule("rest", more='roles = ["SENCO"]\nsections = ["*"]')
        ),
        "ours.toml",
    )

    answers = {id: read.rule("write", section=id, year="X") for id in ("F", "G", "TARGETS")}
    assert {id: found and found.id for id, found in answers.items()} == {
        "F": "writing",
        "G": "rest",
        "TARGETS": "rest",
    }
