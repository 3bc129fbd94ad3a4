"""May this setting work by another operating model from a day on?"""

from datetime import date
from hashlib import sha256

from ehcp_flow.errors import NothingToDo, Refused
from ehcp_flow.events import ModelChosen
from ehcp_flow.hands import Hand
from ehcp_flow.models.model import Model
from ehcp_flow.setting import Setting
from ehcp_flow.times import london_day


def choose(setting: Setting, model: Model, data: str, *, since: date, hand: Hand) -> ModelChosen:
    """Choose an operating model.

    Args:
        setting: as it stands.
        model: the one to choose.
        data: its whole file.
        since: the first day on which it holds.
        hand: who chooses it.

    Raises:
        Refused: the hand may not, the day has passed, or another file has this name already.
        NothingToDo: it holds from that day on already.
    """
    rule = hand.may("coordinate")
    if rule is None:
        raise hand.forbidden(
            "coordinate",
            f"{hand.name} acts as {hand.role} and may not choose who does what here: ask the "
            f"{hand.under.who('coordinate')}.",
        )
    event = chosen(setting, model, data, since=since, hand=hand)
    return event.model_copy(update={"allowed": hand.under.name_of(rule)})


def chosen(setting: Setting, model: Model, data: str, *, since: date, hand: Hand) -> ModelChosen:
    """The choice of an operating model, whoever makes it.

    Raises:
        Refused: the day has passed, or another file has this name already.
        NothingToDo: it holds from that day on already.
    """
    # The day of recording: one on which it is said to have happened would reach into the past.
    today = london_day(hand.at)
    if since < today:
        raise Refused(
            f"An operating model holds from today on at the earliest, and {since} has passed: what "
            f"was done then was done under another; give a day on or after {today}."
        )
    digest = sha256(data.encode()).hexdigest()
    for choice in setting.choices:
        same = (choice.model, choice.model_version) == (model.id, model.version)
        if same and choice.data_digest != digest:
            raise Refused(
                f"{model.name} is on record here with another content, and what it allowed must be "
                "found for ever: give the changed file a version of its own."
            )
    held = setting.choice_on(since)
    if held is not None and held.data_digest == digest and not _later(setting, since):
        raise NothingToDo(f"{model.name} holds here from {held.since} on already.")
    return ModelChosen(
        **hand.act("coordinator"),
        model=model.id,
        model_version=model.version,
        since=since,
        data=data,
        data_digest=digest,
    )


def _later(setting: Setting, since: date) -> bool:
    """Whether another choice begins after a day."""
    return any(choice.since > since for choice in setting.choices)
