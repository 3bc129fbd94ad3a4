"""Which plan is opened for a pupil, and what a later export changes."""

from dataclasses import replace
from datetime import date

import pytest

from ehcp_flow.errors import Refused
from ehcp_flow.events import PupilChanged
from ehcp_flow.hands import Hand
from ehcp_flow.plan import CHANGEABLE, Particulars, fold
from ehcp_flow.rules import opening
from tests.examples import ASSISTANT, HEAD, OFFICER, PLAN, SENCO, TEACHER, hand, opened

ADA = Particulars(
    "2026-0001",
    "ehcp",
    "Okafor",
    "Ada",
    date(2014, 11, 3),
    "B801200005001",
    None,
    "7",
    "7B",
    "Ms K Lowe",
    ("ASD", "SLCN"),
    date(2019, 2, 12),
    date(2026, 3, 4),
)

SAID_OTHERWISE: dict[str, object] = {
    "surname": "Okafor-Bell",
    "forename": "Adaeze",
    "born": date(2014, 11, 4),
    "upn": "N823200012345",
    "year": "8",
    "group": "8A",
    "tutor": "Mr A Bello",
    "needs": ("SEMH",),
    "made_on": date(2019, 2, 13),
    "last_review": date(2026, 9, 1),
    "listed": False,
    "school": "Brook School",
    "authority": "Marlshire",
}


def test_a_plan_begins_with_everything_that_the_export_says() -> None:
    """Nothing of it is lost, and whoever brought it in coordinates and does not write."""
    event = opening.open_plan(ADA, hand=SENCO)

    assert fold(PLAN, [event]).particulars == ADA
    assert (event.by, event.capacity) == ("amira", "coordinator")


def test_a_pupil_without_a_upn_has_the_reason_instead() -> None:
    """And counts as listed, for the export names the pupil."""
    new = replace(ADA, upn=None, no_upn="moved here in August")

    plan = fold(PLAN, [opening.open_plan(new, hand=SENCO)])

    assert (plan.particulars.upn, plan.particulars.no_upn) == (None, "moved here in August")
    assert plan.particulars.listed


@pytest.mark.parametrize(
    "who",
    [SENCO, HEAD, OFFICER, hand("Gil", "data manager"), hand("Hana", "SEN administrator")],
    ids=lambda who: who.role,
)
def test_those_who_keep_the_lists_open_plans(who: Hand) -> None:
    """Coordinating roles, and those who look after the data."""
    assert opening.open_plan(ADA, hand=who).role == who.role


@pytest.mark.parametrize("who", [TEACHER, ASSISTANT], ids=lambda who: who.role)
def test_others_open_no_plan_and_change_no_pupil(who: Hand) -> None:
    """The refusal names their role and whom to ask."""
    with pytest.raises(Refused, match=f"acts as {who.role} .* ask the SENCO"):
        opening.open_plan(ADA, hand=who)
    with pytest.raises(Refused, match=f"acts as {who.role}"):
        opening.change_pupil(ADA, replace(ADA, year="8"), hand=who)


def test_the_same_export_again_is_no_news() -> None:
    """Nothing is recorded for a pupil of whom it says the same."""
    assert opening.differences(ADA, ADA) == {}
    assert opening.change_pupil(ADA, ADA, hand=SENCO) is None


def test_every_particular_that_may_change_is_tried_here() -> None:
    """A new one needs an example above."""
    assert set(SAID_OTHERWISE) == set(CHANGEABLE)


@pytest.mark.parametrize("name", CHANGEABLE)
def test_what_an_export_says_otherwise_is_recorded_alone(name: str) -> None:
    """What stands and what it says now are shown; the event says only the new value."""
    said = replace(ADA, **{name: SAID_OTHERWISE[name]})  # type: ignore[arg-type]

    event = opening.change_pupil(ADA, said, hand=SENCO)

    assert opening.differences(ADA, said) == {name: (getattr(ADA, name), SAID_OTHERWISE[name])}
    assert event is not None
    told = {n: getattr(event, n) for n in CHANGEABLE if getattr(event, n) is not None}
    assert told == {name: SAID_OTHERWISE[name]}
    assert fold(PLAN, [opening.open_plan(ADA, hand=SENCO), event]).particulars == said


@pytest.mark.parametrize("name", ["upn", "group", "tutor", "made_on", "last_review"])
def test_what_an_export_does_not_say_stays(name: str) -> None:
    """A report without a column takes nothing away."""
    said = replace(ADA, **{name: None})  # type: ignore[arg-type]

    assert opening.change_pupil(ADA, said, hand=SENCO) is None


def test_needs_that_are_not_said_stay() -> None:
    """An empty cell is no other need."""
    assert opening.change_pupil(ADA, replace(ADA, needs=()), hand=SENCO) is None


def test_needs_in_another_order_are_other_needs() -> None:
    """The first one is the primary need."""
    said = replace(ADA, needs=("SLCN", "ASD"))

    event = opening.change_pupil(ADA, said, hand=SENCO)

    assert isinstance(event, PupilChanged)
    assert event.needs == ("SLCN", "ASD")


def test_a_reference_and_a_template_are_never_changed() -> None:
    """They are this record's own, and no export knows them."""
    said = replace(ADA, reference="2031-0009", template="isp", no_upn="none yet")

    assert opening.change_pupil(ADA, said, hand=SENCO) is None
    assert opened().reference == "2026-0001"
