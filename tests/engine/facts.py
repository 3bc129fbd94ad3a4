"""Facts entered by one or another, for tests of the rules about them."""

from datetime import date

from ehcp_flow.events import FactWithdrawn, PlanEvent
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Plan
from ehcp_flow.rules import entering, issuing
from ehcp_flow.rules.issuing import SentTo
from ehcp_flow.rules.stating import Someone, Stated, read
from ehcp_flow.statute.facts import of_england
from ehcp_flow.statute.law import england
from ehcp_flow.templates.built_in import ehcp
from tests.examples import OFFICER, after, hand

PARENT = SentTo("parent", "Ada's mother")
SCHOOL = SentTo("school", "Dana", "dana")


def nobody(_: str) -> Someone | None:
    """Nobody is known here."""
    return None


def stated(fact: str, day: date, *said: tuple[str, str]) -> Stated:
    """What the fields of a fact say."""
    return read(of_england().fact(fact), said, day=day, who=nobody, law=england(), template=ehcp())


def enter(
    plan: Plan,
    fact: str,
    day: date,
    *said: tuple[str, str],
    by: Hand = OFFICER,
    because: str | None = None,
    replaces: int | None = None,
    to: tuple[SentTo, ...] = (PARENT,),
) -> list[PlanEvent]:
    """Enter a fact of a day, and issue the plan when it is one that does."""
    kind = of_england().fact(fact)
    who = hand(by.name, by.role, at=by.at, on=day, because=because)
    says = stated(fact, day, *said)
    entered = entering.record(
        plan, kind, says, facts=of_england(), law=england(), hand=who, replaces=replaces
    )
    events: list[object] = [entered.event]
    if kind.issues is not None:
        events = [
            *issuing.issue(
                plan,
                kind,
                says,
                entered.event,
                rests_on=entered.rests_on,
                to=to,
                hand=who,
                template=ehcp(),
            )
        ]
    elif kind.sends:
        events = [*issuing.send_again(plan, kind, says, entered.event, to=to, hand=who)]
    return [event for event in events if isinstance(event, PlanEvent)]


def withdraw(
    plan: Plan, number: int, *, by: Hand = OFFICER, because: str | None = "It was another day."
) -> FactWithdrawn:
    """Take a fact back."""
    who = hand(by.name, by.role, at=by.at, because=because)
    return entering.withdraw(plan, number, facts=of_england(), hand=who)


class Record:
    """A plan's events, grown fact by fact."""

    def __init__(self, *events: PlanEvent) -> None:
        self.events = list(events)

    @property
    def plan(self) -> Plan:
        """The plan as it stands."""
        return after(self.events)

    def enter(
        self,
        fact: str,
        day: date,
        *said: tuple[str, str],
        by: Hand = OFFICER,
        because: str | None = None,
        replaces: int | None = None,
        to: tuple[SentTo, ...] = (PARENT,),
    ) -> "Record":
        """Enter one more fact."""
        self.events += enter(
            self.plan, fact, day, *said, by=by, because=because, replaces=replaces, to=to
        )
        return self

    def withdraw(self, number: int) -> "Record":
        """Take one back."""
        self.events.append(withdraw(self.plan, number))
        return self
