"""Whether a setting may have a template of its own."""

import hashlib

import pytest

from ehcp_flow.errors import NothingToDo, Refused
from ehcp_flow.events import TemplateAdopted
from ehcp_flow.hands import Hand
from ehcp_flow.rules.adopting_a_template import adopt
from ehcp_flow.rules.opening import may_open_with
from ehcp_flow.setting import Setting, fold
from ehcp_flow.templates.built_in import IDS, all_built_in
from ehcp_flow.templates.reading import parse_template
from tests.engine.templates.examples import WHOLE
from tests.examples import ASSISTANT, HEAD, OFFICER, SENCO, TEACHER


def adopted(
    text: str = WHOLE, setting: Setting | None = None, who: Hand = SENCO
) -> TemplateAdopted:
    """The adoption of a template."""
    template = parse_template(text, name="own.toml")
    return adopt(setting or Setting(), template, text, built_in=IDS, hand=who)


def version(number: int, more: str = "") -> str:
    """The template in a version, with something more in the file."""
    return WHOLE.replace("version = 1", f"version = {number}") + more


def test_the_whole_file_is_recorded() -> None:
    """So that a plan can be read by it for ever."""
    event = adopted()

    assert (event.template, event.template_version) == ("support-plan", 1)
    assert event.data == WHOLE
    assert event.data_digest == hashlib.sha256(WHOLE.encode()).hexdigest()


@pytest.mark.parametrize("who", [SENCO, HEAD, OFFICER])
def test_who_coordinates_may_add_a_template(who: Hand) -> None:
    """The SENCO, a head, the authority's officer."""
    assert adopted(who=who).by == who.by


@pytest.mark.parametrize("who", [TEACHER, ASSISTANT])
def test_others_may_not(who: Hand) -> None:
    """They are told whom to ask."""
    with pytest.raises(Refused, match="ask the SENCO"):
        adopted(who=who)


@pytest.mark.parametrize("id", IDS)
def test_a_built_in_template_cannot_be_replaced(id: str) -> None:
    """In any version."""
    with pytest.raises(Refused, match="is built in and stays as it is"):
        adopted(version(9).replace("support-plan", id))


def test_a_changed_file_needs_a_higher_version() -> None:
    """Plans may have been opened with the one that is there."""
    setting = fold([adopted(version(2))])

    for number in (1, 2):
        with pytest.raises(Refused, match="give the changed file version 3"):
            adopted(version(number, "# changed"), setting)
    assert adopted(version(3), setting).template_version == 3
    assert adopted(version(7), setting).template_version == 7


def test_the_same_file_again_is_no_news() -> None:
    """Whatever came after it."""
    setting = fold([adopted(version(1)), adopted(version(2))])

    for number in (1, 2):
        with pytest.raises(NothingToDo, match=f"Version {number} of support-plan is on record"):
            adopted(version(number), setting)


def test_only_a_proposal_needs_to_be_known_as_one() -> None:
    """It is off unless somebody says that they know."""
    for template in all_built_in():
        may_open_with(template, proposal=True)
        if not template.proposal:
            may_open_with(template, proposal=False)
            continue
        with pytest.raises(Refused, match="a proposal and not law"):
            may_open_with(template, proposal=False)
