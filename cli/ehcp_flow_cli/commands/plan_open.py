"""Open one plan by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from ehcp_flow_cli.opening import of_kind
from ehcp_flow_cli.settings import Settings, acting, because

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from ehcp_flow.acting import By

_T = TypeVar("_T")


@click.command("open", short_help="Open one plan by hand.")
@click.option("--surname", required=True, metavar="NAME", help="The pupil's surname.")
@click.option("--forename", required=True, metavar="NAME", help="The pupil's forename.")
@click.option("--born", required=True, metavar="DATE", help="The date of birth.")
@click.option("--year", required=True, metavar="YEAR", help="The NC year in which they are taught.")
@click.option("--upn", metavar="UPN", help="The unique pupil number.")
@click.option("--no-upn", metavar="REASON", help="Why there is no UPN.")
@click.option("--group", metavar="GROUP", help="The registration or tutor group.")
@click.option("--tutor", metavar="NAME", help="The tutor.")
@click.option(
    "--need", "needs", metavar="NEED", multiple=True, help="SEN needs, the primary first."
)
@click.option("--made-on", metavar="DATE", help="The day the plan was made.")
@click.option("--last-review", metavar="DATE", help="The day of the last review.")
@click.option("--school", metavar="NAME", help="The school that the pupil attends.")
@click.option("--authority", metavar="NAME", help="The authority that maintains the plan.")
@of_kind
@because
@acting
@click.pass_obj
def open_(
    settings: Settings,
    surname: str,
    forename: str,
    born: str,
    year: str,
    upn: str | None,
    no_upn: str | None,
    group: str | None,
    tutor: str | None,
    needs: tuple[str, ...],
    made_on: str | None,
    last_review: str | None,
    school: str | None,
    authority: str | None,
    kind: str,
    proposal: bool,
    by: By,
) -> None:
    """Open a plan for one pupil; its reference is the next free one.

    A pupil has one plan here: where there is one already, the command says which.
    """
    from ehcp_flow.importing import fields
    from ehcp_flow.plan import Particulars
    from ehcp_flow_cli.showing.harmless import cell

    if (upn is None) == (no_upn is None):
        raise click.UsageError("Give the pupil's --upn, or say with --no-upn REASON why not.")
    plans = settings.plans()
    today = plans.today()

    def short(what: str) -> Callable[[str], str]:
        return lambda text: fields.short_text(text, what)

    birth = _read("--born", born, lambda text: fields.parse_birth(text, today=today))

    def past(text: str) -> date:
        return fields.parse_past(text, born=birth, today=today)

    pupil = Particulars(
        "",
        kind,
        _read("--surname", surname, short("a surname")),
        _read("--forename", forename, short("a forename")),
        birth,
        _maybe("--upn", upn, fields.parse_upn),
        _maybe("--no-upn", no_upn, short("a reason")),
        _read("--year", year, fields.parse_year),
        _maybe("--group", group, short("a group")),
        _maybe("--tutor", tutor, short("a name")),
        tuple(
            dict.fromkeys(
                need for text in needs for need in _read("--need", text, fields.parse_needs)
            )
        ),
        _maybe("--made-on", made_on, past),
        _maybe("--last-review", last_review, past),
        school=_maybe("--school", school, short("a school")),
        authority=_maybe("--authority", authority, short("an authority")),
    )
    done = plans.intake.open(pupil, kind=kind, proposal=proposal, by=by)
    again = ", as recorded before" if done.again else ""
    template = plans.template_by(done.reference or "")
    click.echo(cell(f"{done.reference} opened as {template.article} ({template.name}){again}."))


def _read(option: str, text: str, parse: Callable[[str], _T]) -> _T:
    from ehcp_flow.importing.faults import NotRead

    try:
        return parse(text)
    except NotRead as no:
        raise click.BadParameter(str(no), param_hint=option) from None


def _maybe(option: str, text: str | None, parse: Callable[[str], _T]) -> _T | None:
    return None if text is None else _read(option, text, parse)
