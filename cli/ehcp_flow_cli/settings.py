"""Where the plans are, whose they are, and who acts: what every command needs to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ehcp_flow.errors import BadInput

if TYPE_CHECKING:
    from ehcp_flow.acting import By
    from ehcp_flow.events import Capacity
    from ehcp_flow.plans import Plans
    from ehcp_flow.replaying import Version

CAPACITIES = ("adviser", "drafter", "typist", "reviewer", "decider", "witness", "coordinator")
CHANNELS = ("typed", "file", "word-processor", "import", "machine")

DEFAULT_STORE = "sqlite:ehcp-flow.db"

_Command = TypeVar("_Command", bound=Callable[..., Any])

if TYPE_CHECKING:
    _DayType = click.ParamType[date]
    _MomentType = click.ParamType[datetime | int]
    _PlaceType = click.ParamType[datetime | int | Version]
else:
    # Older versions of click do not know what a parameter's type gives.
    _DayType = _MomentType = _PlaceType = click.ParamType


@dataclass
class Settings:
    """What the options before and after a command's name have said so far."""

    store: str = DEFAULT_STORE
    tenant: str | None = None
    clock: Callable[[], datetime] | None = None
    """Gives the present instant; the system's clock when nobody passes one in."""

    def plans(self) -> Plans:
        """Open the plans; they are closed when the command ends."""
        from ehcp_flow.plans import open_plans
        from ehcp_flow.times import system_clock

        plans = open_plans(self.store, tenant=self.tenant, clock=self.clock or system_clock)
        click.get_current_context().call_on_close(plans.close)
        return plans


def set_store(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    """Keep where the plans are."""
    if value is not None:
        ctx.ensure_object(Settings).store = value


def set_tenant(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    """Keep whose plans are meant."""
    if value is not None:
        ctx.ensure_object(Settings).tenant = value


def located(command: _Command) -> _Command:
    """Let a command be told where the plans are after its name, too."""
    command = click.option(
        "--tenant", metavar="NAME", callback=set_tenant, expose_value=False, hidden=True
    )(command)
    return click.option(
        "--store", metavar="URL", callback=set_store, expose_value=False, hidden=True
    )(command)


class Day(_DayType):
    """A day, as 2026-11-03 or 3/11/2026."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or say that it is none."""
        from ehcp_flow.times import parse_day

        if isinstance(value, date):
            return value
        try:
            return parse_day(str(value))
        except BadInput as bad:
            self.fail(str(bad), param, ctx)


DAY = Day()


class Moment(_MomentType):
    """A step of a plan (v12), a day, or an instant."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime | int:
        """Return the moment, or say that it is none."""
        from ehcp_flow.times import parse_moment

        if isinstance(value, datetime | int):
            return value
        try:
            return parse_moment(str(value))
        except BadInput as bad:
            self.fail(str(bad), param, ctx)


MOMENT = Moment()


class MomentOrVersion(_PlaceType):
    """A moment, or an issued version (issue1)."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime | int | Version:
        """Return the moment or the version, or say that it is neither."""
        number = str(value).casefold().removeprefix("issue")
        if number != str(value).casefold() and number.isascii() and number.isdecimal():
            from ehcp_flow.replaying import Version as Numbered

            found: Version = Numbered(int(number[:9]))
            return found
        return MOMENT.convert(value, param, ctx)


MOMENT_OR_VERSION = MomentOrVersion()


def acting(command: _Command) -> _Command:
    """Let a command be told who acts; it receives a ``By`` as ``by``."""
    return _told_who_acts(command, needed=True)


def perhaps_acting(command: _Command) -> _Command:
    """Let a command be told who acts that also reads: ``by`` is ``None`` when nobody is named."""
    return _told_who_acts(command, needed=False)


def _told_who_acts(command: _Command, *, needed: bool) -> _Command:
    from functools import wraps

    @wraps(command)
    def with_hand(
        *args: Any,
        who: str | None,
        acting_role: str | None,
        on: date | None,
        on_behalf_of: str | None,
        capacity: Capacity | None,
        command_id: str | None,
        because: str | None = None,
        **options: Any,
    ) -> Any:
        if who is None:
            if needed:
                raise nobody_acts()
            return command(*args, by=None, **options)
        from ehcp_flow.acting import By as Claimed

        by: By = Claimed(
            who,
            role=acting_role,
            on=on,
            on_behalf_of=on_behalf_of,
            capacity=capacity,
            because=because,
            command=command_id,
        )
        return command(*args, by=by, **options)

    decorated: Any = with_hand
    for option in reversed(_HAND):
        decorated = option(decorated)
    result: _Command = located(decorated)
    return result


def nobody_acts() -> click.UsageError:
    """Return what is said when a command does not know who acts."""
    return click.UsageError(
        "Say who acts with --as (a staff id, an e-mail address or a name), or set EHCP_FLOW_AS."
    )


_HAND = (
    click.option(
        "--as",
        "who",
        envvar="EHCP_FLOW_AS",
        metavar="PERSON",
        help="Who acts: staff id, e-mail or name. A claim, not a login [EHCP_FLOW_AS].",
    ),
    click.option(
        "--role",
        "acting_role",
        metavar="ROLE",
        help="The role they act in [default: the one held longest].",
    ),
    click.option("--on", type=DAY, help="The day it happened, when that was not today."),
    click.option("--on-behalf-of", metavar="PERSON", help="For whom they act."),
    click.option(
        "--capacity",
        type=click.Choice(CAPACITIES),
        help="In which capacity they act [default: the one that such an act is done in].",
    ),
    click.option(
        "--command-id",
        metavar="ID",
        help="An id of this command: asked again with the same one, it is done only once. "
        "It has no effect on imports and cycles.",
    ),
)

because = click.option("--because", metavar="REASON", help="The reason, kept in the record.")
"""For commands that take a reason."""

channel = click.option(
    "--channel",
    type=click.Choice(CHANNELS),
    help="How the words came [default: typed, or file]. Those of a machine stay marked as its.",
)
"""For commands that bring in words."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
as_csv = click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
