"""From which day on a setting works by which model."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ehcp_flow.errors import NothingToDo, Refused
from ehcp_flow.events import ModelChosen
from ehcp_flow.models.shipped import shipped, text_of_shipped
from ehcp_flow.rules.choosing_a_model import choose
from ehcp_flow.setting import Setting, fold
from tests.examples import SENCO, TEACHER, TODAY


def chosen(id: str, since: date = TODAY, setting: Setting | None = None) -> ModelChosen:
    """The choice of a model that comes with the product."""
    text = text_of_shipped(id)
    return choose(setting or Setting(), shipped(id), text, since=since, hand=SENCO)


def test_the_whole_file_is_recorded() -> None:
    """With its digest, so that what it allowed can be read for ever."""
    event = chosen("M3")

    assert (event.model, event.model_version, event.since) == ("M3", 1, TODAY)
    assert event.data == text_of_shipped("M3")
    assert len(event.data_digest) == 64


def test_a_later_choice_holds_from_its_day_on() -> None:
    """And the earlier one until then."""
    first = chosen("M3")
    later = chosen("M6", date(2027, 1, 4), fold([first]))

    setting = fold([first, later])

    assert setting.choice_on(date(2027, 1, 3)) == first
    assert setting.choice_on(date(2027, 1, 4)) == later
    assert setting.choice_on(TODAY - timedelta(days=1)) is None


def test_a_day_that_has_passed_is_refused() -> None:
    """What was done then was done under another."""
    with pytest.raises(Refused, match="holds from today on at the earliest"):
        chosen("M3", TODAY - timedelta(days=1))


def test_a_day_on_which_it_is_said_to_have_been_chosen_reaches_no_further_back() -> None:
    """Whatever was allowed between then and now was allowed by the model of that time."""
    spring = TODAY - timedelta(days=100)
    then = replace(SENCO, day=spring, recorded_late=True)

    with pytest.raises(Refused, match=f"give a day on or after {TODAY}"):
        choose(Setting(), shipped("M3"), text_of_shipped("M3"), since=spring, hand=then)


def test_the_same_again_is_no_news() -> None:
    """Unless another one comes in between."""
    first = chosen("M3")
    with pytest.raises(NothingToDo, match="M3@1 holds here from 2026-10-05 on already"):
        chosen("M3", setting=fold([first]))
    later = chosen("M6", date(2027, 1, 4), fold([first]))
    assert chosen("M3", date(2027, 9, 1), fold([first, later])).model == "M3"


def test_another_file_of_the_same_name_is_refused() -> None:
    """A name in the record means one file for ever."""
    setting = fold([chosen("M3")])
    text = text_of_shipped("M3") + "\\n# changed\\n"

    with pytest.raises(Refused, match="M3@1 is on record here with another content"):
        choose(setting, shipped("M3"), text, since=TODAY, hand=SENCO)


def test_a_teacher_does_not_choose() -> None:
    """Those who coordinate do; the refusal names the rule."""
    with pytest.raises(Refused, match="rule coordinating: Boris acts as class teacher and may not"):
        choose(Setting(), shipped("M3"), "", since=TODAY, hand=TEACHER)
