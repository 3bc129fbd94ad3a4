"""Say whether one comes to a review's meeting; ask somebody else to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ehcp_flow_cli.declining import said_no
from ehcp_flow_cli.settings import Settings, acting, because

if TYPE_CHECKING:
    from ehcp_flow.acting import By, Done


@click.group()
def command() -> None:
    """Say whether you come to the meeting of a plan's review; ask somebody to.

    PLAN is a reference such as 2026-0042, an unambiguous start of one, or a whole UPN. A cycle asks
    people when it is applied; `cycle status NAME --by duty` shows who comes.
    """


@command.command(short_help="Ask someone to come to the meeting.")
@click.argument("plan")
@click.option("--to", "to", metavar="PERSON", required=True, help="Who is asked.")
@because
@acting
@click.pass_obj
def ask(settings: Settings, plan: str, to: str, by: By) -> None:
    """Ask someone to come to the meeting of PLAN's review.

    After somebody said no, whoever is asked now comes in their place.
    """
    done = settings.plans().cycles.ask(plan, None, to, by=by)
    _tell(done, plan, f"{to} is asked to come to the meeting")


@command.command(short_help="Say that you come.")
@click.argument("plan")
@because
@acting
@click.pass_obj
def accept(settings: Settings, plan: str, by: By) -> None:
    """Say that you come to the meeting of PLAN's review."""
    _tell(settings.plans().cycles.accept(plan, None, by=by), plan, "you come to the meeting")


@command.command(short_help="Say that you do not come, and why.")
@click.argument("plan")
@because
@acting
@click.pass_obj
def decline(settings: Settings, plan: str, by: By) -> None:
    """Say that you do not come to the meeting of PLAN's review, and why.

    --because takes "not qualified", "no time", "do not know the child", "conflict of interest",
    one of them followed by a colon and more words, or any other reason in words. It goes back to
    whoever asked.
    """
    reason, by = said_no(by)
    done = settings.plans().cycles.decline(plan, None, reason, by=by)
    _tell(done, plan, f"you do not come to the meeting ({reason})")


def _tell(done: Done, plan: str, did: str) -> None:
    from ehcp_flow_cli.showing.harmless import cell

    again = ", as recorded before" if done.again else ""
    click.echo(cell(f"{done.reference or plan}: {did} (v{done.version}{again})."))
