"""Say whether one gives the advice that is asked of one; ask somebody else for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, get_args

import click

from ehcp_flow_cli.declining import said_no
from ehcp_flow_cli.settings import DAY, Settings, acting, because

if TYPE_CHECKING:
    from ehcp_flow.acting import By, Done
    from ehcp_flow.events import AdviceKind

KINDS = (
    "views",
    "education",
    "health",
    "psychology",
    "social care",
    "preparation for adulthood",
    "termly report",
    "targets",
    "other",
)


def kind_of(said: str) -> AdviceKind:
    """The kind of advice that a word of KINDS stands for."""
    from ehcp_flow.events import AdviceKind

    known: tuple[AdviceKind, ...] = get_args(AdviceKind)
    return next(kind for kind in known if kind == said)


def register(group: click.Group) -> None:
    """Add these commands to the group of the advice's."""
    group.add_command(ask)
    group.add_command(accept)
    group.add_command(decline)


@click.command(short_help="Ask someone for advice by a day.")
@click.argument("plan")
@click.argument("kind", type=click.Choice(KINDS, case_sensitive=False))
@click.option("--to", "to", metavar="PERSON", required=True, help="Who is asked.")
@click.option("--due", type=DAY, help="By which day [default: the day of the meeting].")
@because
@acting
@click.pass_obj
def ask(settings: Settings, plan: str, kind: str, to: str, due: date | None, by: By) -> None:
    """Ask someone for advice of a KIND, for PLAN's review.

    After somebody said no, whoever is asked now gives it in their place.
    """
    done = settings.plans().cycles.ask(plan, kind_of(kind), to, due=due, by=by)
    _tell(done, plan, f"{to} is asked for advice ({kind})")


@click.command(short_help="Say that you give the advice that is asked of you.")
@click.argument("plan")
@click.argument("kind", type=click.Choice(KINDS, case_sensitive=False))
@because
@acting
@click.pass_obj
def accept(settings: Settings, plan: str, kind: str, by: By) -> None:
    """Say that you give the advice of a KIND that PLAN's review asks of you."""
    done = settings.plans().cycles.accept(plan, kind_of(kind), by=by)
    _tell(done, plan, f"you give advice ({kind})")


@click.command(short_help="Say that you do not give advice that is asked of you, and why.")
@click.argument("plan")
@click.argument("kind", type=click.Choice(KINDS, case_sensitive=False))
@because
@acting
@click.pass_obj
def decline(settings: Settings, plan: str, kind: str, by: By) -> None:
    """Say that you do not give the advice of a KIND that PLAN's review asks of you, and why.

    --because takes "not qualified", "no time", "do not know the child", "conflict of interest",
    one of them followed by a colon and more words, or any other reason in words. It goes back to
    whoever asked.
    """
    reason, by = said_no(by)
    done = settings.plans().cycles.decline(plan, kind_of(kind), reason, by=by)
    _tell(done, plan, f"you do not give advice ({kind}): {reason}")


def _tell(done: Done, plan: str, did: str) -> None:
    from ehcp_flow_cli.showing.harmless import cell

    again = ", as recorded before" if done.again else ""
    click.echo(cell(f"{done.reference or plan}: {did} (v{done.version}{again})."))
