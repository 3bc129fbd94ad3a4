"""What a cycle asks for where its file leaves it to the operating model."""

from collections.abc import Collection

import pytest

from ehcp_flow.cycles.file import CycleFile, read_cycle
from ehcp_flow.cycles.from_model import filled
from ehcp_flow.errors import BadInput
from ehcp_flow.models.in_force import InForce
from ehcp_flow.models.shipped import SHIPPED, shipped
from ehcp_flow.templates.built_in import ehcp

HEAD = """
name = "Autumn"
[meeting]
on = 2026-11-19
[from_model]
sections = ["E", "F"]
write_due_weeks_before_meeting = 4
review_due_weeks_before_meeting = 2
"""


def cycle(
    model: str, more: str = "", head: str = HEAD, *, vacant: Collection[str] = ()
) -> CycleFile:
    """A cycle file, filled from a model of which nobody holds some roles."""
    read = read_cycle((head + more).encode(), name="autumn.toml")
    under = InForce(shipped(model), vacant=lambda: frozenset(vacant))
    return filled(read, under, file="autumn.toml", sections=ehcp().ids)


def told(found: CycleFile) -> list[str]:
    """Its rules, in words."""
    return [
        *(rule.in_words("write") for rule in found.write),
        *(rule.in_words("review") for rule in found.review),
        *(rule.in_words() for rule in found.attend),
    ]


def test_by_year_with_the_senco_on_all() -> None:
    """One class teacher to Year 3, every subject teacher from Year 4."""
    assert told(cycle("M6")) == [
        "The class teacher writes E and F for pupils in N1 to Year 3, Year X and Year M.",
        "The SENCO writes E and F for pupils in N1 to Year 3, Year X and Year M.",
        "Every subject teacher writes E and F for pupils in Year 4 to Year 14.",
        "The SENCO writes E and F for pupils in Year 4 to Year 14.",
        "The deputy head, or else the head teacher, reviews E and F.",
        "The head teacher comes to the meeting.",
        "The class teacher, or else the SENCO, comes to the meeting for pupils in N1 to Year 3, "
        "Year X and Year M.",
        "The subject teacher, or else the SENCO, comes to the meeting for pupils in Year 4 to "
        "Year 14.",
    ]


def test_who_stands_in_for_a_role_that_nobody_holds_is_asked_after_it() -> None:
    """To write beside others, and to come; what somebody holds falls to nobody."""
    assert told(cycle("M6", vacant=["SENCO"]))[1] == (
        "The SENCO, or else the deputy head, writes E and F for pupils in N1 to Year 3, Year X and "
        "Year M."
    )
    assert told(cycle("M3", vacant=["SENCO", "deputy head"]))[-1] == (
        "The SENCO, or else the head teacher, comes to the meeting."
    )
    assert told(cycle("M3", vacant=["deputy head"])) == told(cycle("M3"))


def test_the_due_days_are_the_files() -> None:
    """For each task."""
    found = cycle("M3")

    assert {rule.days_before_meeting for rule in found.write} == {28}
    assert {rule.days_before_meeting for rule in found.review} == {14}


def test_the_files_own_rules_go_before() -> None:
    """Section by section and task by task; who comes as a whole."""
    more = """
[[write]]
sections = "E"
role = "head teacher"
due_weeks_before_meeting = 1
[[attend]]
role = "form tutor"
"""
    found = cycle("M4", more)

    assert told(found) == [
        "The head teacher writes E.",
        "The class teacher writes F.",
        "The SENCO reviews E and F.",
        "The form tutor comes to the meeting.",
    ]


def test_a_section_goes_by_the_rule_that_names_it() -> None:
    """And what none names by the one for the rest."""
    head = HEAD.replace('["E", "F"]', '["A", "F", "G"]')

    assert told(cycle("M3", head=head))[:2] == [
        "The class teacher, or else the subject teacher, writes F.",
        "The SENCO writes A and G.",
    ]


@pytest.mark.parametrize("model", [one for one in SHIPPED if one != "default"])
def test_every_model_says_whom_to_ask(model: str) -> None:
    """For every section of an EHC plan, in every year."""
    every = ", ".join(f'"{id}"' for id in ehcp().ids)
    found = cycle(model, head=HEAD.replace('"E", "F"', every))

    for rules in (found.write, found.review):
        for section in ehcp().ids:
            for year in ("N1", "3", "4", "14", "X", "M"):
                assert any(section in r.sections and r.holds_for(year) for r in rules)


def test_a_model_that_lets_anybody_names_nobody_to_ask() -> None:
    """It is told what to do."""
    with pytest.raises(BadInput, match=r"autumn\.toml, \[from_model\]: found that rule writing"):
        cycle("default")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('sections = ["E", "F"]', 'sections = ["Q"]', r"\[from_model\], sections: found 'Q'"),
        ("write_due", "due", r"\[from_model\]: found the key 'due_weeks_before_meeting'"),
        ("meeting = 4", "meeting = -1", "write_due_weeks_before_meeting: found -1, expected weeks"),
        ("review_due_weeks_before_meeting = 2", "", "review_due_weeks_before_meeting is missing"),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, said: str) -> None:
    """As everywhere in a cycle file."""
    with pytest.raises(BadInput, match=said):
        cycle("M6", head=HEAD.replace(old, new))
