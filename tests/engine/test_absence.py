"""Who may say when somebody is away, and who is there for what was asked of them."""

from dataclasses import replace
from datetime import date

import pytest

from ehcp_flow.errors import BadInput, NothingToDo, Refused
from ehcp_flow.hands import Absence, Hand, HeldRole, Person, evolve
from ehcp_flow.rules import absence
from tests.examples import ASSISTANT, HEAD, OFFICER, OTHER_TEACHER, SENCO, TEACHER, TODAY, hand

FROM, UNTIL = date(2026, 10, 5), date(2026, 10, 25)
TEACHES = HeldRole("class teacher", "Fernbank School", date(2022, 9, 1))
BORIS = Person("boris", 1, "T02", "Boris Blake", roles=(TEACHES,))


def away(*days: tuple[date, date | None]) -> Person:
    """Boris, who is away on these days."""
    return replace(BORIS, absences=tuple(Absence(*some) for some in days))


# Saying so


@pytest.mark.parametrize(
    "who", [TEACHER, SENCO, HEAD, OFFICER, hand("Gil", "data manager")], ids=lambda who: who.role
)
def test_they_themselves_say_so_or_who_keeps_the_lists(who: Hand) -> None:
    """Of themselves as a witness, of others as who coordinates."""
    event = absence.away(BORIS, FROM, UNTIL, hand=who)

    assert (event.away_from, event.away_until) == (FROM, UNTIL)
    assert event.capacity == ("witness" if who is TEACHER else "coordinator")
    assert evolve(BORIS, event).absences == (Absence(FROM, UNTIL),)


@pytest.mark.parametrize("who", [OTHER_TEACHER, ASSISTANT], ids=lambda who: who.role)
def test_a_colleague_does_not(who: Hand) -> None:
    """The sentence says whom to ask."""
    with pytest.raises(Refused, match="ask Boris Blake, or the SENCO"):
        absence.away(BORIS, FROM, UNTIL, hand=who)


def test_it_does_not_end_before_it_begins() -> None:
    """One day is the shortest."""
    with pytest.raises(BadInput, match="from 2026-10-25 cannot end on 2026-10-05"):
        absence.away(BORIS, UNTIL, FROM, hand=SENCO)

    assert absence.away(BORIS, FROM, FROM, hand=SENCO).away_until == FROM


def test_the_same_again_is_no_news_and_another_last_day_is() -> None:
    """Also that the last day is not known after all."""
    person = away((FROM, UNTIL))
    with pytest.raises(NothingToDo, match="from 2026-10-05 to 2026-10-25 already"):
        absence.away(person, FROM, UNTIL, hand=SENCO)

    for until in (date(2026, 10, 12), None):
        event = absence.away(person, FROM, until, hand=SENCO)
        assert evolve(person, event).absences == (Absence(FROM, until),)


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (UNTIL, "from 2026-10-05 to 2026-10-25"),
        (FROM, "on 2026-10-05"),
        (None, "from 2026-10-05, until when is not known yet"),
    ],
    ids=["some days", "one day", "not known"],
)
def test_days_are_said_in_words(until: date | None, said: str) -> None:
    """As they go on after *away*."""
    assert absence.in_words(Absence(FROM, until)) == said


# Being there

BEFORE, SOON, LATER = date(2026, 9, 28), date(2026, 10, 7), date(2026, 12, 1)
LEFT = replace(TEACHES, until=date(2026, 10, 2))
LEAVES = replace(TEACHES, until=date(2026, 10, 30))
COMES = replace(TEACHES, since=date(2026, 11, 2))


@pytest.mark.parametrize(
    ("person", "due", "why"),
    [
        (BORIS, SOON, None),
        (BORIS, None, None),
        (replace(BORIS, roles=(LEFT,)), None, "has held no role here since 2026-10-02"),
        (replace(BORIS, roles=(LEFT, LEAVES)), SOON, None),
        (replace(BORIS, roles=()), SOON, "holds no role here today"),
        (replace(BORIS, roles=(COMES,)), LATER, "holds no role here today"),
        (
            replace(BORIS, roles=(LEAVES,)),
            LATER,
            "will hold no role here on 2026-12-01, when it is due",
        ),
        (replace(BORIS, roles=(LEAVES,)), None, None),
        (away((FROM, None)), None, "is away from 2026-10-05, until when is not known yet"),
        (away((FROM, UNTIL)), LATER, "is away from 2026-10-05 to 2026-10-25"),
        (away((SOON, UNTIL)), SOON, "will be away from 2026-10-07 to 2026-10-25, when it is due"),
        (away((SOON, UNTIL)), LATER, None),
        (away((SOON, UNTIL)), None, None),
        (away((BEFORE, BEFORE)), BEFORE, None),
        (away((BEFORE, BEFORE), (TODAY, TODAY)), BEFORE, "is away on 2026-10-05"),
    ],
)
def test_who_is_there_for_it(person: Person, due: date | None, why: str | None) -> None:
    """Today and on the due day; of a day that has passed only today matters."""
    assert absence.not_there(person, due=due, today=TODAY) == why
