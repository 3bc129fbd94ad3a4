"""Operating models: who does what here, from which day on, and whether somebody does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow_cli.settings import DAY, Settings, acting, as_csv, as_json, because, located

if TYPE_CHECKING:
    from ehcp_flow.acting import By
    from ehcp_flow.choosing_models import Known
    from ehcp_flow.models.model import Model, Rule

_MODELS = ("id", "version", "title", "setting", "source", "mark", "own", "since")
_FINDINGS = ("kind", "said", "duty", "sections", "years", "person", "rule")
SOMETHING_FOUND = 3
"""How a check ends that found something to do."""


@click.group()
def command() -> None:
    """Who writes, reviews, signs, meets the parents and sends here, and whether somebody does.

    An operating model is a file of rules. Some come with the product; a school's own is chosen by
    the file. Until one is chosen the default holds. Only the authority decides and issues: that is
    law, and no model's.
    """


@command.command("list", short_help="The operating models that can be chosen.")
@as_json
@as_csv
@located
@click.pass_obj
def list_(settings: Settings, as_json: bool, as_csv: bool) -> None:
    """The operating models that come with the product, and this setting's own."""
    from ehcp_flow_cli.showing.tables import show_rows

    plans = settings.plans()
    show_rows(
        [_row(known) for known in plans.models.list()],
        {
            "id": "id",
            "version": "version",
            "title": "who does what",
            "setting": "as in",
            "mark": "known",
            "since": "holds since",
        },
        fields=_MODELS,
        as_json=as_json,
        as_csv=as_csv,
        empty="There is none.",
    )


def _row(known: Known) -> dict[str, Any]:
    model = known.model
    return {
        "id": model.id,
        "version": model.version,
        "title": model.title,
        "setting": model.setting,
        "source": model.source,
        "mark": model.mark,
        "own": known.own,
        "since": known.since,
    }


@command.command(short_help="Every rule of a model.")
@click.argument("model", required=False)
@click.option("--toml", is_flag=True, help="Print the model's file, to make one of your own of it.")
@as_json
@located
@click.pass_obj
def show(settings: Settings, model: str | None, toml: bool, as_json: bool) -> None:
    """Every rule of a MODEL, with its source; without one of that which holds today."""
    from ehcp_flow_cli.showing.harmless import cell, harmless
    from ehcp_flow_cli.showing.tables import show_json

    if toml and as_json:
        raise click.UsageError("--toml and --json are two forms: ask for one of them.")
    models = settings.plans().models
    known = models.find(model or models.in_force().model.name)
    if toml:
        click.echo(harmless(known.text), nl=False)
    elif as_json:
        said = known.model.model_dump(by_alias=True)
        show_json({**said, "told": known.model.told(), "own": known.own, "since": known.since})
    else:
        for line in _lines(known.model, known.since):
            click.echo(cell(line))


def _lines(model: Model, since: date | None) -> Iterator[str]:
    from ehcp_flow.models.duties import DUTIES, IN_WORDS

    yield f"{model.name}  {model.title} [{model.mark}]"
    yield f"As in {model.setting}; told in {model.source}."
    if model.quote:
        yield f"“{model.quote}”"
    if since:
        yield f"It holds here since {since}."
    if told := model.told():
        yield told
    for duty in DUTIES:
        rules = [rule for rule in model.rules if rule.duty == duty]
        if not rules:
            yield f"{_capital(IN_WORDS[duty])}: no rule says who."
        for rule in rules:
            does = f"{_capital(IN_WORDS[duty])}{_where(rule)}"
            yield f"{does}: {_who(rule)} ({rule.id}) [{rule.mark}]"
            if rule.note:
                yield f"    {rule.note}"
    for role in model.when_nobody:
        other = model.falls_to(role)
        falls = f"falls to the {other}" if other else "falls to no one"
        yield f"What the {role} does {falls} while nobody holds that role who is there."
    for role, most in model.limits.items():
        whom = "anybody else" if role == "*" else f"one {role}"
        yield f"At most {most} tasks wait on {whom}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _where(rule: Rule) -> str:
    from ehcp_flow.cycles.file import years_in_words
    from ehcp_flow.models.duties import BY_SECTION
    from ehcp_flow.models.model import EVERY
    from ehcp_flow.years import YEARS

    sections = ""
    if rule.duty in BY_SECTION and EVERY not in rule.sections:
        many = "section" if len(rule.sections) == 1 else "sections"
        sections = f" {many} {', '.join(rule.sections)}"
    if len(rule.years) == len(YEARS):
        return sections
    in_order = [year for year in YEARS if year in rule.years]
    return f"{sections} for pupils in {years_in_words(in_order)}"


def _who(rule: Rule) -> str:
    from ehcp_flow.models.in_force import in_words

    asked = [role for role in rule.unasked if role in rule.all_roles]
    told = [in_words(rule)]
    if asked:
        told.append(f"without being asked: {', '.join(asked)}")
    if rule.duty == "write":
        told += [f"when {one}: {extent}" for one, extent in rule.extents.items()]
        if rule.extent == "contribute":
            told.append("contributes")
    if rule.after:
        told.append(f"once {' and '.join(rule.after)} is on record")
    if rule.reviewed_by:
        told.append(f"once it is signed as reviewed by the {' or '.join(rule.reviewed_by)}")
    return "; ".join(told)


@command.command(short_help="Work by a model from a day on.")
@click.argument("model")
@click.option("--from", "since", type=DAY, help="The first day on which it holds [default: today].")
@because
@acting
@click.pass_obj
def choose(settings: Settings, model: str, since: date | None, by: By) -> None:
    """Work by MODEL from a day on: the id of one that comes with the product, or a file.

    What was done before stays as it was allowed then. The whole file is kept in the record.
    """
    from ehcp_flow.errors import NothingToDo
    from ehcp_flow_cli.showing.harmless import cell

    models = settings.plans().models
    text, name = file_of(model)
    if text is None:
        known = models.find(model)
        text, name = known.text, f"{known.model.id}.toml"
    try:
        done = models.choose(text, file=name, since=since, by=by)
    except NothingToDo as nothing:
        click.echo(cell(f"Nothing recorded: {nothing}"))
        return
    for line in told_of(done.events[0]):
        click.echo(cell(line))


def file_of(model: str) -> tuple[str | None, str]:
    """The text and the name of a model's file; no text when it is no file that is named."""
    from ehcp_flow.models.reading import LARGEST_FILE, text_of

    path = Path(model)
    if path.suffix.casefold() != ".toml" and not path.is_file():
        return None, model
    with path.open("rb") as file:
        return text_of(file.read(LARGEST_FILE + 1), path.name), path.name


def told_of(event: object) -> Iterator[str]:
    """What is said of a choice."""
    from ehcp_flow.events import ModelChosen
    from ehcp_flow.models.shipped import recorded

    assert isinstance(event, ModelChosen)
    model = recorded(event.data, f"{event.model}.toml")
    yield f"{model.name} holds from {event.since} on: {model.title}."
    if told := model.told():
        yield told


@command.command(short_help="Whether somebody here has every duty, and not too much of it.")
@click.option("--on", type=DAY, help="The day [default: today].")
@as_json
@as_csv
@located
@click.pass_obj
def check(settings: Settings, on: date | None, as_json: bool, as_csv: bool) -> None:
    """Find duties that nobody has who is there, people over their limit, sections nobody may write.

    Ends with status 3 when something was found.
    """
    from dataclasses import asdict

    from ehcp_flow_cli.showing.harmless import cell
    from ehcp_flow_cli.showing.tables import show_rows

    plans = settings.plans()
    under, found = plans.models.check(on)
    rows = [asdict(one) for one in found]
    if as_json or as_csv:
        show_rows(rows, {}, fields=_FINDINGS, as_json=as_json, as_csv=as_csv)
    else:
        for one in found:
            click.echo(cell(f"{one.kind}: {one.said}"))
        if not found:
            click.echo(cell(f"{under.model.name}: every duty is somebody's."))
        if told := under.model.told():
            click.echo(cell(told))
    if found:
        click.get_current_context().exit(SOMETHING_FOUND)
