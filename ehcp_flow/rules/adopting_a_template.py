"""May a setting have this plan template of its own?"""

import hashlib
from collections.abc import Collection

from ehcp_flow.errors import NothingToDo, Refused
from ehcp_flow.events import TemplateAdopted
from ehcp_flow.hands import Hand
from ehcp_flow.setting import Setting
from ehcp_flow.templates.template import Template


def adopt(
    setting: Setting, template: Template, data: str, *, built_in: Collection[str], hand: Hand
) -> TemplateAdopted:
    """Let plans be opened with a template from now on.

    Args:
        setting: as it stands.
        template: what the file says.
        data: the whole file.
        built_in: the ids of the built-in templates.
        hand: whose.

    Raises:
        Refused: the hand may not, the id is that of a built-in template, or the version is not
            higher than the latest.
        NothingToDo: exactly this file was adopted before.
    """
    rule = hand.may("coordinate")
    if rule is None:
        raise hand.forbidden(
            "coordinate",
            f"{hand.name} acts as {hand.role} and may not add a plan template: ask the "
            f"{hand.under.who('coordinate')}.",
        )
    if template.id in built_in:
        raise Refused(
            f"The template {template.id!r} is built in and stays as it is: give the file another "
            "id, such as one that begins with the school's name."
        )
    digest = hashlib.sha256(data.encode()).hexdigest()
    versions = [version for id, version in setting.templates if id == template.id]
    before = setting.templates.get((template.id, template.version))
    if before is not None and before.data_digest == digest:
        raise NothingToDo(f"Version {template.version} of {template.id} is on record already.")
    latest = max(versions, default=0)
    if template.version <= latest:
        raise Refused(
            f"Version {latest} of the template {template.id!r} is on record, and plans may have "
            f"been opened with it: give the changed file version {latest + 1}."
        )
    return TemplateAdopted(
        **hand.act("coordinator", rule),
        template=template.id,
        template_version=template.version,
        data=data,
        data_digest=digest,
    )
