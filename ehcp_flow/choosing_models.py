"""A setting's operating models: chosen from a day on, shown, and checked against its people."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date

from ehcp_flow.acting import By, Done, Tenancy, command_id
from ehcp_flow.errors import NotFound, Refused
from ehcp_flow.events import Event, ModelChosen
from ehcp_flow.hands import Hand
from ehcp_flow.models.in_force import InForce
from ehcp_flow.models.model import Model
from ehcp_flow.models.reading import parse
from ehcp_flow.models.shipped import SHIPPED, recorded, shipped, text_of_shipped
from ehcp_flow.projections import people, standing
from ehcp_flow.projections.standing import PlanLine
from ehcp_flow.rules import choosing_a_model, holding_roles
from ehcp_flow.rules.covering import Finding, check
from ehcp_flow.setting import Setting
from ehcp_flow.storage import ClaimTaken, VersionTaken
from ehcp_flow.times import london_day


@dataclass(frozen=True, slots=True)
class Known:
    """A model that can be chosen here."""

    model: Model
    text: str
    """Its whole file."""
    own: bool
    """Whether it is this setting's own."""
    since: date | None
    """Since when it holds here; ``None``: it does not today."""


class Models:
    """The operating models of one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def in_force(self, on: date | None = None) -> InForce:
        """The one that holds on a day, today when none is said."""
        return self._here.in_force(on or self._here.today())

    def list(self) -> Sequence[Known]:
        """Those that come with the product, and this setting's own ones in every version."""
        setting = self._here.setting()[1]
        held = setting.choice_on(self._here.today())
        now = None if held is None else (held.model, held.model_version)
        since = None if held is None else held.since
        found = [
            Known(
                model,
                text_of_shipped(id),
                False,
                since if now == (model.id, model.version) else None,
            )
            for id, model in ((id, shipped(id)) for id in SHIPPED)
        ]
        names = {known.model.name for known in found}
        own: dict[str, Known] = {}
        for choice in setting.choices:
            model = recorded(choice.data, f"{choice.model}.toml")
            if model.name not in names:
                holds = since if now == (model.id, model.version) else None
                own[model.name] = Known(model, choice.data, True, holds)
        return [*found, *own.values()]

    def find(self, id: str) -> Known:
        """A model by its id, the latest version of it, or by ``M3@1``.

        Raises:
            NotFound: there is none.
        """
        asked = id.casefold()
        found = [
            known
            for known in self.list()
            if asked in (known.model.id.casefold(), known.model.name.casefold())
        ]
        if not found:
            text_of_shipped(id)
            raise NotFound(f"There is no operating model {id[:40]!r} here.")
        return max(found, key=_version)

    def choose(self, text: str, *, file: str, since: date | None = None, by: By) -> Done:
        """Work by a model from a day on.

        Args:
            text: the model's whole file.
            file: its name, for messages.
            since: the first day on which it holds; today when it is not said.
            by: who chooses it.

        Raises:
            BadInput: it is no model.
            Refused: they may not, the day has passed, or nobody here could change anything after.
            NothingToDo: it holds from then on already.
        """
        model = parse(text, file)
        first = since or self._here.today()

        def same(event: Event) -> bool:
            return isinstance(event, ModelChosen) and (event.data, event.since) == (text, first)

        def decide(setting: Setting, hand: Hand) -> Event:
            event = choosing_a_model.choose(setting, model, text, since=first, hand=hand)
            _own_name(model, text)
            self._somebody_can(model, first)
            return event

        return self._here.act_on_setting(by, decide, same)

    def begin_with(self, text: str, *, file: str) -> Done:
        """Work by a model from today on in a store where nobody is known yet.

        Whoever makes a store is no person here: the record says that the store was made so.

        Raises:
            BadInput: it is no model.
            Refused: people are known here, who can choose it, or another one was chosen.
            NothingToDo: it holds already.
        """
        model = parse(text, file)
        at = self._here.clock().astimezone(UTC)
        today = london_day(at)
        stream, setting = self._here.setting()
        hand = Hand(
            by=_MADE_BY,
            name=_MADE_BY,
            role=_MADE_IN,
            organisation=None,
            at=at,
            day=today,
            recorded_late=False,
            command=command_id(None),
            under=self._here.in_force(today),
        )
        event = choosing_a_model.chosen(setting, model, text, since=today, hand=hand)
        _own_name(model, text)
        if setting.choices or people.people(self._here.read(people.VIEW), self._here.tenant):
            raise Refused(
                "This store is in use, and another operating model is chosen by somebody: "
                "`ehcp-flow model choose`."
            )
        try:
            return self._here.append_to_setting(
                stream, setting.version, event, hand.command, lambda _: True
            )
        except (VersionTaken, ClaimTaken):
            raise Refused(
                "Somebody chose an operating model here meanwhile: `ehcp-flow model list` shows "
                "which."
            ) from None

    def check(self, on: date | None = None) -> tuple[InForce, Sequence[Finding]]:
        """What is not as the model that holds on a day asks for: who has which duty, and how much.

        Args:
            on: the day, today when none is said.
        """
        here, day = self._here, on or self._here.today()
        under = here.in_force(day)
        reading = here.read(standing.VIEW)
        lines = standing.plan_lines(reading, here.tenant, listed=True, statuses=False)
        found = check(
            under.model,
            people.people(here.read(people.VIEW), here.tenant),
            on=day,
            tasks={id: sum(many) for id, many in standing.waits(reading, here.tenant).items()},
            years={line.particulars.year for line in lines},
            sections=self._sections(lines),
        )
        return under, found

    def _sections(self, lines: Sequence[PlanLine]) -> Sequence[str]:
        """The sections of the templates of some plans, each once."""
        of = {(line.particulars.template, line.particulars.template_version) for line in lines}
        found = [self._here.template(id, version) for id, version in sorted(of)]
        return list(dict.fromkeys(id for one in found if one for id in one.ids))

    def _somebody_can(self, model: Model, since: date) -> None:
        """Keep a model from leaving the lists to nobody, who alone could mend it.

        Raises:
            Refused: it would.
        """
        known = people.people(self._here.read(people.VIEW), self._here.tenant)
        under = InForce(model)
        if not any(holding_roles.administers(person, since, under) for person in known):
            raise Refused(
                f"From {since} on nobody here could keep the lists of people and pupils under "
                f"{model.name}, where that is for the {under.who('lists')}: grant somebody such a "
                "role first."
            )


_MADE_BY = "store init"
_MADE_IN = "whoever made the store"


def _version(known: Known) -> int:
    return known.model.version


def _own_name(model: Model, text: str) -> None:
    """Keep the names of the models that come with the product for them.

    Raises:
        Refused: another model has this name.
    """
    # However written: `M3` and `m3` find the same one.
    if model.id.casefold() not in {id.casefold() for id in SHIPPED}:
        return
    if text != text_of_shipped(model.id):
        raise Refused(
            f"{model.id} is the name of a model that comes with ehcp-flow, and this file says "
            "something else: give it an id of its own."
        )
