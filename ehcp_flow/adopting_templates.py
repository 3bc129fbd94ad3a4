"""The templates with which plans are opened here, built in and the setting's own: shown, and
brought in."""

from dataclasses import dataclass

from ehcp_flow.acting import By, Done, Tenancy
from ehcp_flow.errors import NotFound
from ehcp_flow.events import Event, TemplateAdopted
from ehcp_flow.rules import adopting_a_template
from ehcp_flow.templates.built_in import IDS, ehcp
from ehcp_flow.templates.reading import read_template
from ehcp_flow.templates.template import Template


@dataclass(frozen=True, slots=True)
class Known:
    """A template here, in one version."""

    template: Template
    own: TemplateAdopted | None = None
    """How it came here; ``None``: it is built in."""


class Templates:
    """The templates of one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def list(self) -> list[Known]:
        """Every template, the built-in ones first, the setting's own by id and version."""
        own = self._here.setting()[1].templates
        return [Known(one, own.get((one.id, one.version))) for one in self._here.templates()]

    def latest(self, id: str) -> Known:
        """The latest version of a template, with which plans are opened.

        Raises:
            NotFound: there is none of this id.
        """
        return self._known(self._here.latest_template(id))

    def version(self, id: str, version: int) -> Known:
        """A template in one of its versions.

        Raises:
            NotFound: there is none of this id, or not that version of it.
        """
        newest = self.latest(id)
        found = self._here.template(id, version)
        if found is None:
            raise NotFound(
                f"There is no version {version} of the template {id!r} here: the latest is "
                f"{newest.template.version}."
            )
        return self._known(found)

    def section_id(self, text: str) -> str:
        """The id of a section that a text names in the plans of any kind.

        Raises:
            NotFound: no template here has such a section.
        """
        for template in self._here.templates():
            try:
                return template.section_id(text)
            except NotFound:
                continue
        return ehcp().section_id(text)

    def add(self, data: bytes, *, name: str, by: By) -> Done:
        """Bring in a template of the setting's own, or a further version of one.

        Args:
            data: the bytes of the file.
            name: what a message calls it.
            by: who brings it in.

        Raises:
            BadInput: it is no template.
            Refused: whoever brings it in may not, the id is built in, or the version is not higher.
            NothingToDo: exactly this file is on record.
        """
        template = read_template(data, name=name)
        text = data.decode("utf-8-sig")

        def same(event: Event) -> bool:
            return isinstance(event, TemplateAdopted) and event.data == text

        return self._here.act_on_setting(
            by,
            lambda setting, hand: adopting_a_template.adopt(
                setting, template, text, built_in=IDS, hand=hand
            ),
            same,
        )

    def _known(self, template: Template) -> Known:
        own = self._here.setting()[1].templates
        return Known(template, own.get((template.id, template.version)))
