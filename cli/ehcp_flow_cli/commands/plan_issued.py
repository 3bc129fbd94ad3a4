"""The versions of a plan as the authority issued them: who was sent which, and what each says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ehcp_flow_cli.settings import Settings, as_csv, as_json, located

if TYPE_CHECKING:
    from ehcp_flow.facts import Issues
    from ehcp_flow.plan import Issue
    from ehcp_flow.rules.issuing import Holder

_FIELDS = ("issue", "kind", "on", "by", "sections", "digest", "trigger", "sent_to", "superseded")
_HOLDERS = ("role", "name", "holds", "sent_on", "way", "superseded_by")


@click.command(short_help="The issued versions, and who holds which.")
@click.argument("plan")
@click.option(
    "--text", "number", metavar="N", type=click.IntRange(min=1), help="The text of this version."
)
@click.option("--holders", is_flag=True, help="Only who holds which version.")
@as_json
@as_csv
@located
@click.pass_obj
def issued(
    settings: Settings, plan: str, number: int | None, holders: bool, as_json: bool, as_csv: bool
) -> None:
    """The versions of PLAN that the authority issued, who was sent each, and who holds an old one.

    With --text the frozen text of one version, checked against the digests that were frozen.
    """
    from ehcp_flow_cli.showing.tables import Column, show_json, show_rows

    desk = settings.plans().facts
    if number is not None:
        if as_csv or holders:
            raise click.UsageError("--text shows one version: leave --csv and --holders out.")
        _show_text(settings, plan, number, as_json=as_json)
        return
    found = desk.issued(plan)
    held = [_holder(one) for one in found.holders]
    if as_json:
        show_json({"issues": [_issue(found, one) for one in found.issues], "holders": held})
        return
    if not holders:
        show_rows(
            [_issue(found, one) for one in found.issues],
            {
                "issue": "version",
                "kind": "kind",
                "on": "on",
                "by": "by",
                "sections": "sections",
                "sent_to": Column("sent to", lambda row: ", ".join(row["sent_to"])),
                "superseded": "superseded by",
            },
            fields=_FIELDS,
            as_csv=as_csv,
            empty="No version was issued here yet: `record PLAN plan-finalised` issues one.",
        )
        if as_csv or not held:
            return
        click.echo()
    show_rows(
        held,
        {
            "role": "role",
            "name": "name",
            "holds": "holds",
            "sent_on": "sent on",
            "way": "by",
            "superseded_by": "superseded by",
        },
        fields=_HOLDERS,
        as_csv=as_csv,
        empty="Nobody was sent a version yet.",
    )


def _issue(found: Issues, issue: Issue) -> dict[str, Any]:
    return {
        "issue": issue.number,
        "kind": issue.kind,
        "on": issue.day,
        "by": issue.by_name,
        "by_id": issue.by,
        "step": issue.version,
        "sections": list(issue.sections),
        "revisions": {id: revision for id, (revision, _) in issue.sections.items()},
        "digests": {id: digest for id, (_, digest) in issue.sections.items()},
        "digest": issue.digest,
        "trigger": issue.trigger,
        "sent_to": [f"{one.role}{f' ({one.name})' if one.name else ''}" for one in issue.sent],
        "sent": issue.sent,
        "superseded": found.superseded[issue.number],
    }


def _holder(holder: Holder) -> dict[str, Any]:
    return {
        "role": holder.role,
        "name": holder.name,
        "id": holder.person,
        "holds": holder.issue,
        "sent_on": holder.day,
        "way": holder.way,
        "superseded_by": holder.superseded_by,
    }


def _show_text(settings: Settings, plan: str, number: int, *, as_json: bool) -> None:
    from ehcp_flow_cli.showing.drafts import heading
    from ehcp_flow_cli.showing.harmless import cell, harmless
    from ehcp_flow_cli.showing.tables import show_json

    plans = settings.plans()
    found = plans.facts.issued_text(plan, number)
    issue = found.issue
    if as_json:
        show_json(
            {
                "issue": number,
                "kind": issue.kind,
                "on": issue.day,
                "digest": issue.digest,
                "verified": not found.withheld,
                "texts": found.texts,
            }
        )
        return
    digest = "words were withheld: no digest can vouch for it" if found.withheld else "digest fits"
    click.echo(
        cell(f"Version {number} ({issue.kind}), issued {issue.day} by {issue.by_name}; {digest}")
    )
    template = plans.template_by(plan)
    for id, text in found.texts.items():
        click.echo()
        click.echo(click.style(heading(id, template), bold=True))
        click.echo()
        for line in harmless(text).split("\n"):
            # Set in, so that no text can pass for a heading.
            click.echo(f"    {line}".rstrip())
