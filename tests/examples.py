"""One ordinary example of each thing."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from ehcp_flow.events import Channel, PlanEvent, PlanOpened, SectionTextImported, words
from ehcp_flow.hands import Hand
from ehcp_flow.models.in_force import InForce
from ehcp_flow.plan import Plan, fold
from ehcp_flow.rules import assigning, drafting, reviewing
from ehcp_flow.times import london_day

PLAN = UUID("7d5f6c2e-9a4b-4d3c-8e1f-0a1b2c3d4e5f")
NOON = datetime(2026, 10, 5, 12, 0, tzinfo=UTC)
TODAY = date(2026, 10, 5)


def hand(
    by: str,
    role: str,
    *,
    at: datetime = NOON,
    on: date | None = None,
    because: str | None = None,
    on_behalf_of: str | None = None,
    channel: Channel = "typed",
    under: InForce | None = None,
    experience: str | None = None,
) -> Hand:
    """Someone who acts in a role; their id is their name in small letters."""
    return Hand(
        by=by.lower(),
        name=by,
        role=role,
        organisation="Fernbank School",
        at=at,
        day=on or london_day(at),
        recorded_late=on is not None,
        command="c0ffee",
        channel=channel,
        because=None if because is None else words(because),
        on_behalf_of_name=on_behalf_of,
        experience=experience,
        under=under or InForce(),
    )


SENCO = hand("Amira", "SENCO")
TEACHER = hand("Boris", "class teacher")
OTHER_TEACHER = hand("Carol", "subject teacher")
HEAD = hand("Dana", "head teacher")
OFFICER = hand("Eve", "LA SEN officer")
ASSISTANT = hand("Femi", "teaching assistant")


def because(who: Hand, reason: str) -> Hand:
    """The same hand, with a reason."""
    return hand(who.name, who.role, at=who.at, because=reason)


def later(who: Hand, minutes: float) -> Hand:
    """The same hand, some minutes later."""
    return hand(who.name, who.role, at=who.at + timedelta(minutes=minutes))


OPENED = PlanOpened(
    **SENCO.act("coordinator"),
    reference="2026-0001",
    template="ehcp",
    surname="Okafor",
    forename="Ada",
    born=date(2014, 11, 3),
    upn="B801200005001",
    year="7",
    needs=("ASD",),
    made_on=date(2019, 2, 12),
)


def opened(*events: PlanEvent) -> Plan:
    """A plan that was opened, and to which this happened."""
    return fold(PLAN, [OPENED, *events])


def after(plan_events: Iterable[PlanEvent]) -> Plan:
    """The plan after these events, its opening among them."""
    return fold(PLAN, list(plan_events))


def assigned(
    plan: Plan, who: Hand, task: str = "write", section: str = "F", by: Hand = SENCO
) -> PlanEvent:
    """The assignment of a section to someone."""
    return assigning.assign(
        plan,
        section,
        "review" if task == "review" else "write",
        to=who.by,
        to_name=who.name,
        to_role=who.role,
        due=date(2026, 10, 30),
        hand=by,
    )


def drafted(plan: Plan, text: str, who: Hand = SENCO, section: str = "F") -> PlanEvent:
    """The next text of a section, over the current one."""
    return drafting.edit(plan, section, text, over=plan.section(section).revision, hand=who)


def issued(plan: Plan, text: str, section: str = "F") -> SectionTextImported:
    """The issued text of a section."""
    return drafting.import_text(plan, section, text, not_recorded_before=TODAY, hand=SENCO)


def drafted_plan(text: str = "Two hours a week.") -> list[PlanEvent]:
    """The events of a plan whose section F the class teacher wrote, and the SENCO reviews."""
    events: list[PlanEvent] = [OPENED]
    events.append(assigned(after(events), TEACHER))
    events.append(assigned(after(events), SENCO, "review"))
    events.append(drafted(after(events), text, TEACHER))
    return events


def submitted_plan() -> list[PlanEvent]:
    """The events of a plan whose section F was submitted."""
    events = drafted_plan()
    return [*events, reviewing.submit(after(events), "F", hand=TEACHER)]


def approved_plan() -> list[PlanEvent]:
    """The events of a plan whose section F was approved."""
    events = submitted_plan()
    return [*events, reviewing.approve(after(events), "F", hand=SENCO)]
