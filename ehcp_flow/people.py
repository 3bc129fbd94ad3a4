"""The people known here: brought in from a list, given roles, and asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from ehcp_flow.acting import TRIES, By, Done, Part, Same, Tenancy
from ehcp_flow.errors import Refused, StoreTrouble
from ehcp_flow.events import AbsenceRecorded, Event, PersonEvent, RoleGranted, RoleRevoked
from ehcp_flow.hands import Hand, HeldRole, Person, evolve
from ehcp_flow.models.model import Model
from ehcp_flow.projections import people
from ehcp_flow.rules import absence, holding_roles
from ehcp_flow.storage import Claim, ClaimTaken, VersionTaken

_Decide = Callable[[Person, Hand], PersonEvent]


@dataclass(frozen=True, slots=True)
class PeopleImported:
    """What a list of people changed here."""

    new: tuple[Person, ...]
    changed: tuple[Person, ...]
    unchanged: int
    not_in_file: tuple[Person, ...]
    """People known here whom the list does not name; nothing was recorded about them."""
    roles_not_in_file: tuple[tuple[Person, HeldRole], ...]
    """Roles still held that the list does not give; end them with ``people revoke``."""
    ended_here: tuple[tuple[Person, HeldRole], ...]
    """Roles with an end on record here that the list does not know of; a role that goes on is
    given again with ``people grant``."""
    events: int


class People:
    """The people of one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def list(self) -> Sequence[Person]:
        """Everyone known here, by staff id."""
        return people.people(self._here.read(people.VIEW), self._here.tenant)

    def person(self, who: str) -> Person:
        """The one person that a staff id, an e-mail address or a name stands for."""
        return self._here.person(who)

    def import_list(self, said: Sequence[Person], *, by: By) -> PeopleImported:
        """Bring in a list of people and their roles, and record what it changes.

        The first list of a store must name whoever brings it in: nobody else is known yet. So
        must a list when nobody who is known may change it any more.

        Args:
            said: the people as the list has them; their ``id`` does not matter.
            by: who brings it in.

        Raises:
            Refused: whoever brings it in may not.
        """
        for _ in range(TRIES):
            known = {person.staff_id: person for person in self.list()}
            ids = {p.staff_id: p.id for p in known.values()}
            said = [replace(p, id=ids.get(p.staff_id) or str(uuid4())) for p in said]
            today = self._here.today()
            under = self._here.in_force(today)
            said = [_in_its_words(p, under.model) for p in said]
            governed = any(holding_roles.administers(p, today, under) for p in known.values())
            by = replace(by, channel="import")
            hand = self._here.hand(by) if governed else self._founder(said, by)
            parts = {p.staff_id: self._part(known.get(p.staff_id), p, hand) for p in said}
            events = [part for part in parts.values() if part.events]
            try:
                count = self._here.append_parts(events)
            except (VersionTaken, ClaimTaken):
                continue
            return _told(known, said, parts, count)
        raise StoreTrouble("Others kept changing the list of people: try again.")

    def grant(self, who: str, role: HeldRole, *, by: By) -> Done:
        """Let a person hold a role from a day on."""
        model = self._here.in_force(self._here.today()).model
        role = replace(role, role=model.role_named(role.role))

        def same(event: Event) -> bool:
            said = (role.role, role.organisation, role.since, role.until)
            return isinstance(event, RoleGranted) and said == (
                event.held_role,
                event.held_at,
                event.held_from,
                event.held_until,
            )

        def decide(now: Person, hand: Hand) -> PersonEvent:
            if now.id == hand.by:
                raise Refused(
                    f"{now.name} cannot grant a role to themselves: ask someone else who may."
                )
            return holding_roles.grant(now, role, hand=hand)

        return self._change(who, by, decide, same)

    def revoke(self, who: str, role: str, *, until: date, by: By) -> Done:
        """Say the last day on which a person holds a role."""

        def same(event: Event) -> bool:
            if not isinstance(event, RoleRevoked):
                return False
            days = (until, event.held_from - timedelta(days=1))
            return event.held_role.casefold() == role.casefold() and event.held_until in days

        def decide(now: Person, hand: Hand) -> PersonEvent:
            event = holding_roles.revoke(now, role, until=until, hand=hand)
            self._somebody_stays(now, event)
            return event

        return self._change(who, by, decide, same)

    def away(self, who: str, *, since: date, until: date | None = None, by: By) -> Done:
        """Say on which days a person is away; from the same day again, another last day.

        Args:
            who: what people call them.
            since: the first day.
            until: the last day, inclusive; ``None`` when it is not known yet.
            by: they themselves, or someone who keeps the lists.
        """

        def same(event: Event) -> bool:
            return isinstance(event, AbsenceRecorded) and (since, until) == (
                event.away_from,
                event.away_until,
            )

        def decide(now: Person, hand: Hand) -> PersonEvent:
            return absence.away(now, since, until, hand=hand)

        return self._change(who, by, decide, same)

    def _somebody_stays(self, now: Person, event: RoleRevoked) -> None:
        """Keep the last one who may change the list of people from leaving it to nobody.

        Raises:
            Refused: this is the last one.
        """
        following = event.held_until + timedelta(days=1)
        others = [person for person in self.list() if person.id != now.id]
        # Nobody stands in for roles that this is about to leave empty.
        under = replace(self._here.in_force(following), vacant=frozenset)
        if holding_roles.administers(now, following, under) and not any(
            holding_roles.administers(person, following, under)
            for person in (*others, evolve(now, event))
        ):
            raise Refused(
                f"After {event.held_until} nobody would be left here who may change the list of "
                "people: grant somebody else a role that may first."
            )

    def _change(self, who: str, by: By, decide: _Decide, same: Same) -> Done:
        for _ in range(TRIES):
            now = self._here.person(who)
            if (done := self._here.done_before(by, UUID(now.id), same)) is not None:
                return done
            hand = self._here.hand(by)
            event = decide(now, hand)
            try:
                return self._here.append(
                    UUID(now.id), now.version, [event], command=hand.command, same=same
                )
            except VersionTaken:
                continue
        raise StoreTrouble("Others kept changing this person's record: try again.")

    def _founder(self, said: Sequence[Person], by: By) -> Hand:
        who = by.who.strip().casefold()
        for person in said:
            if who in (person.staff_id.casefold(), (person.email or "").casefold()):
                return self._here.hand(by, person)
        raise Refused(
            "Nobody here may change the list of people yet or any more, so it must name whoever "
            f"brings it in, and {by.who!r} is no staff id or e-mail address in it."
        )

    def _part(self, known: Person | None, said: Person, hand: Hand) -> Part:
        stream = UUID(said.id)
        if known is None:
            events: list[PersonEvent] = [holding_roles.list_person(said, hand=hand)]
            events += [
                holding_roles.grant(replace(said, roles=said.roles[:n]), role, hand=hand)
                for n, role in enumerate(said.roles)
            ]
            return Part(stream, 0, events, [Claim("staff", said.staff_id, stream)])
        corrected = holding_roles.correct(known, said, hand=hand)
        events = [corrected] if corrected is not None else []
        events += _roles_said(known, said, hand)
        return Part(stream, known.version, events)


def _roles_said(known: Person, said: Person, hand: Hand) -> list[PersonEvent]:
    """What a later list says otherwise about the roles that a person holds."""
    events: list[PersonEvent] = []
    for role in said.roles:
        held = next((h for h in known.roles if _same(h, role)), None)
        if held is None:
            events.append(holding_roles.grant(replace(known, roles=()), role, hand=hand))
        elif role.until == held.until:
            continue
        elif role.until is not None:
            events.append(holding_roles.ended(held, until=role.until, hand=hand))
        # A list that knows of no end may simply be older than it: that is told, and not recorded.
    return events


def _same(one: HeldRole, other: HeldRole) -> bool:
    return (one.role, one.organisation, one.since) == (other.role, other.organisation, other.since)


def _in_its_words(person: Person, model: Model) -> Person:
    """A person with their roles as an operating model writes them."""
    roles = tuple(replace(held, role=model.role_named(held.role)) for held in person.roles)
    return person if roles == person.roles else replace(person, roles=roles)


def _told(
    known: dict[str, Person], said: Sequence[Person], parts: dict[str, Part], events: int
) -> PeopleImported:
    named = {person.staff_id: person for person in said}
    return PeopleImported(
        new=tuple(person for person in said if person.staff_id not in known),
        changed=tuple(
            person for person in said if person.staff_id in known and parts[person.staff_id].events
        ),
        unchanged=sum(not part.events for part in parts.values()),
        not_in_file=tuple(p for p in known.values() if p.staff_id not in named),
        roles_not_in_file=tuple(
            (person, role)
            for person in known.values()
            if person.staff_id in named
            for role in person.roles
            if not any(_same(role, other) for other in named[person.staff_id].roles)
            and role.until is None
        ),
        ended_here=tuple(
            (person, role)
            for person in known.values()
            if person.staff_id in named
            for role in person.roles
            if role.until is not None
            and any(
                _same(role, other) and other.until is None for other in named[person.staff_id].roles
            )
        ),
        events=events,
    )
