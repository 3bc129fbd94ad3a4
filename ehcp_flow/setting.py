"""How a setting works: its operating models and plan templates, folded from its own events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import assert_never

from ehcp_flow.events import ModelChosen, SettingEvent, TemplateAdopted

CLAIM = "setting"
"""The kind, and the value, of the claim under which a tenant's setting is found."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A tenant's setting after ``version`` events."""

    version: int = 0
    choices: tuple[ModelChosen, ...] = ()
    """Of operating models, in the order in which they were recorded."""
    templates: Mapping[tuple[str, int], TemplateAdopted] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Its own ones, by id and version."""

    def choice_on(self, day: date) -> ModelChosen | None:
        """The choice of a model that holds on a day; ``None``: none was made.

        The one that begins latest holds; of two that begin on one day the one recorded later.
        """
        held = [choice for choice in self.choices if choice.since <= day]
        return max(enumerate(held), key=_latest)[1] if held else None


def _latest(numbered: tuple[int, ModelChosen]) -> tuple[date, int]:
    place, choice = numbered
    return choice.since, place


def fold(events: Iterable[SettingEvent]) -> Setting:
    """Return the setting that these events tell of."""
    setting = Setting()
    for event in events:
        setting = replace(setting, version=setting.version + 1)
        match event:
            case ModelChosen():
                setting = replace(setting, choices=(*setting.choices, event))
            case TemplateAdopted():
                key = event.template, event.template_version
                templates = MappingProxyType({**setting.templates, key: event})
                setting = replace(setting, templates=templates)
            case _:
                assert_never(event)
    return setting
