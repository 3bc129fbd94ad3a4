"""Bring in what others wrote for a plan: reports, targets, views; list and show it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow.errors import Faulty, NothingToDo
from ehcp_flow_cli.commands.advice_asked import KINDS, kind_of, register
from ehcp_flow_cli.importing import faulty_to, mapped, strict
from ehcp_flow_cli.settings import Settings, acting, as_csv, as_json, because, channel, located

if TYPE_CHECKING:
    from ehcp_flow.acting import By
    from ehcp_flow.advice import Sorted
    from ehcp_flow.events import Channel
    from ehcp_flow.importing.advice import AdviceFile
    from ehcp_flow.plan import Advice

SOMETHING_TO_DO = 3

_FIELDS = (
    "number",
    "kind",
    "day",
    "given_by",
    "given_by_role",
    "words",
    "brought_by",
    "file",
)
_OFFERED = (
    "section",
    "advice",
    "item",
    "kind",
    "given_by",
    "day",
    "placed",
    "heading",
    "text",
    "start",
    "stop",
)
_ROOM = 70
"""Characters of an item's words in a table."""
_SHOWN = 10
"""Lines and names told of many."""

_NO_BRACKETS = str.maketrans("[]", "⟦⟧")


@click.group()
def command() -> None:
    """Bring in what others wrote for a plan: reports, targets, views; list and show it.

    Advice is kept whole, with who gave it and who brought it in. What a review asks of you is
    accepted or declined here too. PLAN is a reference such as
    2026-0042, an unambiguous start of one, or a whole UPN.
    """


register(command)


@command.command(short_help="Bring in one text that someone gave.")
@click.argument("plan")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--from",
    "from_",
    metavar="PERSON",
    required=True,
    help="Who gave it: a person known here, or the name of someone who is not.",
)
@click.option(
    "--kind",
    type=click.Choice(KINDS, case_sensitive=False),
    required=True,
    help="What kind of advice it is.",
)
@channel
@because
@acting
@click.pass_obj
def add(
    settings: Settings,
    plan: str,
    file: Path,
    from_: str,
    kind: str,
    channel: Channel | None,
    by: By,
) -> None:
    """Bring in a text that someone gave for PLAN: from FILE, or from standard input (-).

    FILE is plain text or Markdown. --on is the day on which it was given. Whoever has a role here
    may bring advice in; it stays the words of whoever gave it.
    """
    from dataclasses import replace

    from ehcp_flow_cli.showing.harmless import cell

    data, name = _read(file)
    plans = settings.plans()
    try:
        done = plans.advice.give(
            plan, data, kind_of(kind), from_, file=name, by=replace(by, channel=channel or "file")
        )
    except NothingToDo as nothing:
        click.echo(cell(f"Nothing recorded: {nothing}"))
        return
    number = getattr(done.events[0], "advice", 0)
    again = ", as recorded before" if done.again else ""
    click.echo(
        cell(f"Advice {number} of {done.reference or plan} ({kind}) (v{done.version}{again}).")
    )
    if done.note:
        click.echo(cell(done.note))


@command.command("import", short_help="Share a table of reports or targets out to the plans.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--kind",
    type=click.Choice(KINDS, case_sensitive=False),
    help="What kind of advice it is, where no column says.",
)
@click.option(
    "--from",
    "from_",
    metavar="PERSON",
    help="Who gave it, where no column says: a person known here, or another's name.",
)
@mapped
@strict
@click.option("--preview", is_flag=True, help="Show what would happen, and record nothing.")
@faulty_to
@because
@acting
@click.pass_obj
def import_(
    settings: Settings,
    file: Path,
    kind: str | None,
    from_: str | None,
    maps: tuple[str, ...],
    strict: bool,
    preview: bool,
    faulty: Path | None,
    by: By,
) -> None:
    """Share a table (CSV) of reports or targets out to the plans of the pupils it names.

    Each row is one text about one pupil, from the teacher it names. Columns that say nothing else,
    such as Target 1 or Next steps, become its paragraphs, each under its heading; a column mapped
    to "ignored" is left out. The same file again changes nothing.
    """
    from ehcp_flow.importing.advice import FIELDS, read_advice
    from ehcp_flow.importing.headings import parse_map
    from ehcp_flow_cli.showing.faults import keep_faulty_rows, show_faults, show_where_they_are
    from ehcp_flow_cli.showing.harmless import cell
    from ehcp_flow_cli.showing.progress import progress

    plans = settings.plans()
    if from_ is not None:
        # Said once, and not on every row.
        plans.advice.giver(from_)
    read = read_advice(
        file,
        today=plans.today(),
        kind=None if kind is None else kind_of(kind),
        given_by=from_,
        mapping=parse_map(maps, FIELDS),
    )
    found = plans.advice.sort(read.advice, by=by)
    read = read.with_faults(found.faults)
    for line in _understood(read, found):
        click.echo(cell(line))
    show_faults(read.faults)
    if strict and read.faults:
        raise Faulty(
            f"{file.name} has {len(read.faulty_lines)} faulty rows and nothing was imported: mend "
            "them, or leave --strict out to import the others."
        )
    if preview:
        with progress("Comparing") as told:
            would = plans.advice.compare(found, told)
        click.echo(f"{would.given} texts are new, {would.unchanged} are there already.")
        sys.exit(SOMETHING_TO_DO if would.given else 0)
    kept = keep_faulty_rows(file, faulty, read.faulty_table()) if read.faults else None
    with progress("Bringing advice in") as told:
        done = plans.advice.take(found, told)
    click.echo(
        f"{done.given} texts brought in for {done.plans} plans, {done.unchanged} were there "
        "already."
    )
    if kept is not None:
        show_where_they_are(kept)


@command.command("list", short_help="What advice there is, and from whom.")
@click.argument("plan")
@as_json
@as_csv
@located
@click.pass_obj
def list_(settings: Settings, plan: str, as_json: bool, as_csv: bool) -> None:
    """The advice of PLAN: what kind, from whom, of which day, and who brought it in."""
    from ehcp_flow_cli.showing.tables import show_rows

    show_rows(
        [_row(advice) for advice in settings.plans().advice.list(plan)],
        {
            "number": "#",
            "kind": "kind",
            "day": "of",
            "given_by": "from",
            "given_by_role": "role",
            "words": "words",
            "brought_by": "brought in by",
            "file": "file",
        },
        fields=_FIELDS,
        as_json=as_json,
        as_csv=as_csv,
        empty="No advice yet: `advice add PLAN FILE` brings it in.",
    )


@command.command(short_help="Which targets and reports may be quoted in which section.")
@click.argument("plan")
@click.option("--section", metavar="SECTION", help="Only for this section.")
@click.option("--earlier", is_flag=True, help="Also what was given before the last review.")
@as_json
@as_csv
@located
@click.pass_obj
def offered(
    settings: Settings,
    plan: str,
    section: str | None,
    earlier: bool,
    as_json: bool,
    as_csv: bool,
) -> None:
    """What advice offers to whoever writes PLAN, by paragraph: one target, or one heading.

    `section adopt PLAN SECTION --from ADVICE --item ITEM` places one, and whoever gave it stays its
    author. Which kinds of advice feed which section the plan's template says.
    """
    from ehcp_flow_cli.showing.tables import Column, show_rows

    found = settings.plans().advice.offered(plan, section, earlier=earlier)
    show_rows(
        [
            {
                "section": one.section,
                "advice": one.advice,
                "item": one.item.number,
                "kind": one.kind,
                "given_by": one.given_by_name,
                "day": one.day,
                "placed": one.placed,
                "heading": one.item.heading,
                "text": one.item.text,
                "start": one.item.start,
                "stop": one.item.stop,
            }
            for one in found
        ],
        {
            "section": "section",
            "advice": "advice",
            "item": "item",
            "kind": "kind",
            "given_by": "from",
            "day": "of",
            "placed": "placed",
            "text": Column("words", _shortened),
        },
        fields=_OFFERED,
        as_json=as_json,
        as_csv=as_csv,
        empty="Nothing is offered: `advice add` and `advice import` bring in reports and targets.",
    )


@command.command()
@click.argument("plan")
@click.argument("number", type=click.IntRange(min=1))
@as_json
@located
@click.pass_obj
def show(settings: Settings, plan: str, number: int, as_json: bool) -> None:
    """One advice of PLAN, whole."""
    from ehcp_flow_cli.showing.harmless import cell, harmless
    from ehcp_flow_cli.showing.tables import show_json

    advice = settings.plans().advice.one(plan, number)
    row = _row(advice)
    if as_json:
        show_json(row | {"text": advice.text})
        return
    role = f" ({advice.given_by_role})" if advice.given_by_role else ""
    facts = [f"given by {advice.given_by_name}{role}, {advice.day}"]
    if advice.given_by != advice.brought_by:
        facts.append(f"brought in by {advice.brought_by_name}")
    if advice.file is not None:
        facts.append(f"from the file {advice.file}")
    head = f"Advice {number}: {advice.kind}, {_words(row['words'])}"
    click.echo(click.style(cell(head), bold=True))
    for fact in facts:
        # No name can close the bracket and open another one.
        click.echo(f"  [{cell(fact.translate(_NO_BRACKETS))}]")
    click.echo()
    for line in harmless(advice.text).split("\n"):
        # Set in, so that no text can pass for a fact about it.
        click.echo(f"    {line}".rstrip())


def _shortened(row: Mapping[str, Any]) -> str:
    """An item's heading and words, as far as a line of a table has room for them."""
    whole = f"{row['heading']}: {row['text']}" if row["heading"] else row["text"]
    said = " ".join(whole.split())
    return said if len(said) <= _ROOM else f"{said[: _ROOM - 1]}…"


def _read(file: Path) -> tuple[bytes, str | None]:
    """The content of a file and its name; standard input has none."""
    from ehcp_flow.importing.table import LARGEST_FILE, file_bytes

    if str(file) != "-":
        return file_bytes(file)
    data, _ = file_bytes(sys.stdin.buffer.read(LARGEST_FILE + 1), "Standard input")
    return data, None


def _understood(read: AdviceFile, found: Sorted) -> Iterator[str]:
    how = read.understood
    known = ", ".join(f"{heading} = {field}" for heading, field in how.headings)
    yield f"{how.file}: {how.encoding}, {how.delimiter}. Understood: {known}."
    yield f"In the text: {', '.join(read.in_text)}."
    if how.ignored:
        yield f"Not used: {', '.join(how.ignored)}."
    faulty = len(read.faulty_lines)
    yield (
        f"{read.rows} rows: {found.texts} texts for {len(found.shares)} plans; "
        f"{faulty} {'row is' if faulty == 1 else 'rows are'} faulty, "
        f"{len(found.no_plan)} of pupils without a plan here."
    )
    if found.no_plan:
        yield f"Left, for there is no plan here: {_some('line', found.no_plan)}."
    if found.not_known:
        yield f"Not known here, taken as written: {_some('', found.not_known)}."


def _some(what: str, several: Sequence[object]) -> str:
    more = f" and {len(several) - _SHOWN} more" if len(several) > _SHOWN else ""
    plural = f"{what}{'s' if len(several) > 1 else ''} " if what else ""
    return f"{plural}{', '.join(map(str, several[:_SHOWN]))}{more}"


def _words(many: int) -> str:
    return f"{many} word{'' if many == 1 else 's'}"


def _row(advice: Advice) -> dict[str, Any]:
    return {
        "number": advice.number,
        "kind": advice.kind,
        "day": advice.day,
        "given_by": advice.given_by_name,
        "given_by_id": advice.given_by,
        "given_by_role": advice.given_by_role,
        "words": len(advice.text.split()),
        "brought_by": advice.brought_by_name,
        "brought_by_id": advice.brought_by,
        "step": advice.version,
        "file": advice.file,
        "text_digest": advice.text_digest,
        "file_digest": advice.file_digest,
    }
