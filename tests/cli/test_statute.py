"""What the law says by when, as people and programs read it."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Terminal


def rows(text: str) -> list[dict[str, Any]]:
    """What a command printed as JSON."""
    found: list[dict[str, Any]] = json.loads(text)
    return found


def test_the_list_needs_no_store(bare: Terminal) -> None:
    """Each rule with its length, where it stands, what it is, and how well it is known."""
    listed = bare.done("statute", "list")

    (line,) = [one for one in listed.splitlines() if one.startswith("D08")]
    assert "within 20 weeks" in line
    assert "regulation 13(2), (3)" in line
    assert line.split()[-2:] == ["regulation", "read"]
    assert not list(bare.folder.iterdir())


def test_the_list_of_a_day(bare: Terminal) -> None:
    """Versions that hold on it, relaxations beside what they relax."""
    now = rows(bare.done("statute", "list", "--json"))
    then = rows(bare.done("statute", "list", "--on", "1/6/2020", "--json"))
    before = rows(bare.done("statute", "list", "--on", "2014-08-31", "--json"))

    assert [row["version"] for row in now if row["id"] == "D08"] == [1]
    assert [row["version"] for row in then if row["id"] == "D08"] == [1, 2]
    assert [row["uncertain"] is None for row in then if row["id"] == "D26"] == [False]
    assert [row["uncertain"] is None for row in now if row["id"] == "D26"] == [True]
    assert "D08" not in {row["id"] for row in before}
    assert {row["mark"] for row in now} == {"read", "derived", "recalled", "unsure"}


def test_the_list_as_csv(bare: Terminal) -> None:
    """With every mark and doubt."""
    heading, *lines = bare.done("statute", "list", "--csv").splitlines()

    assert heading.startswith("id,version,title,limit,trigger,actor,citation,status,mark,doubts,")
    assert any("seems to bind the bodies of section 31" in line for line in lines)


def test_a_rule_is_explained_from_a_day(bare: Terminal) -> None:
    """The last day, the arithmetic, the source, and what is claimed."""
    told = bare.done(
        "statute", "explain", "D08", "--trigger", "14/9/2026", "--exception", "EX-A.c"
    ).splitlines()

    assert told[1] == "Last day: 2027-02-01"
    assert told[2].startswith("20 weeks after Monday 2026-09-14, which is not counted")
    assert any(line.startswith("Exception EX-A.a: Advice was asked of a head") for line in told)
    assert told[-1].startswith("Claimed: EX-A.c.")


def test_a_rule_is_explained_without_a_day(bare: Terminal) -> None:
    """Also one that gives none, and what is unsure about it."""
    assert "Limit: as soon as practicable (request-received or" in bare.done(
        "statute", "explain", "D01"
    )
    told = bare.done("statute", "explain", "D03.school")
    assert "[unsure]" in told
    assert "Last day" not in told


def test_a_rule_of_several_facts(bare: Terminal) -> None:
    """The day of each."""
    words = ("statute", "explain", "D66", "--json")
    sent, certified = "decision-sent=2026-09-14", "mediation-certificate-issued=2026-11-02"

    found: dict[str, Any] = json.loads(bare.done(*words, "--trigger", sent, "--trigger", certified))

    assert found["last_day"] == "2026-12-02"
    assert found["weakest_mark"] == "recalled"
    assert json.loads(bare.done(*words, "--trigger", sent))["last_day"] == "2026-11-16"


def test_a_judgment_is_shown_as_uncertain_before_its_date(bare: Terminal) -> None:
    """With the reason."""
    told = bare.done("statute", "explain", "D26", "--trigger", "2021-05-04")

    assert "Last day: 2021-06-01" in told
    assert "Uncertain: The judgment is of 2022-03-08" in told


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("D99",), "There is no rule 'D99' for England"),
        (("D01", "--trigger", "2026-09-14"), "D01 gives no day: as soon as practicable."),
        (("D66", "--trigger", "2026-09-14"), "give the day of each, not one day"),
        (("D66", "--trigger", "born=2026-09-14"), "needs the day of one of these facts"),
        (("D08", "--trigger", "soon"), "soon"),
        (("D08", "--trigger", "2014-08-01"), "D08 did not hold on 2014-08-01"),
        (("D43.aware", "--trigger", "2028-12-20"), "known from 2014-01-01 to 2028-12-31"),
        (("D25", "--trigger", "2026-11-11", "--exception", "EX-A.a"), "is no exception of D25"),
        (("D08", "--exception", "EX-A.a"), "--exception goes with --trigger"),
        (("D66", "--trigger", "2026-09-14", "--trigger", "2026-09-14"), "are FACT=DATE"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    bare: Terminal, words: tuple[str, ...], why: str
) -> None:
    """In one line that says why."""
    assert why in bare.refused("statute", "explain", *words)
