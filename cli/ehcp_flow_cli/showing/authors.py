"""Whose words are these? The text with its authors, what is gone, and the life of a phrase.

Two facts everywhere: who wrote words, and who placed them where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from ehcp_flow.attributing import shares
from ehcp_flow.authorship.delta import ADVICE
from ehcp_flow.receipts import count
from ehcp_flow.templates.template import Template
from ehcp_flow.times import london_day
from ehcp_flow_cli.showing.drafts import covering, heading, unbracketed
from ehcp_flow_cli.showing.harmless import cell, harmless
from ehcp_flow_cli.showing.moments import shown
from ehcp_flow_cli.showing.tables import Column, show_rows

if TYPE_CHECKING:
    from ehcp_flow.attributing import (
        Claimed,
        Deed,
        Gone,
        Part,
        Phrase,
        Placed,
        Run,
        SectionAuthors,
        Signed,
    )
    from ehcp_flow.plan import Plan, SignOff
    from ehcp_flow.receipts import Contribution, Piece

_INDENT = "    "
"""Before each line of a section's text, so that no text can pass for a heading or a legend."""

_BAR = "    | "

_COLOURS = (
    *("cyan", "green", "yellow", "magenta", "blue", "red"),
    *("bright_cyan", "bright_green", "bright_yellow", "bright_magenta", "bright_blue"),
)

_STEPS = 4
"""Steps named in a line of the legend; of more there is the number."""

_AROUND = 32
"""Code points shown of the text before and after a place."""

RUNS = (
    "section",
    "start",
    "end",
    "text",
    "author",
    "role",
    "capacity",
    "on_behalf_of",
    "event",
    "recorded_at",
    "on",
    "how",
    "placed_by",
    "source",
    "channel",
    "machine",
    "not_recorded_before",
    "brought_in_by",
    "later",
    "signed",
)
"""The keys of a run in CSV."""


# In words ---------------------------------------------------------------------------------------


def _hand(deed: Deed) -> str:
    """Whose hand a deed was: name and role, nothing in them that could pass for our own words."""
    if deed.by is None:
        return f"{_outside(deed.name)} (not known here)"
    role = f" ({deed.role})" if deed.role else ""
    return unbracketed(f"{deed.name}{role}")


def _outside(name: str) -> str:
    """A name that is on nobody's list, so that it can pass for nothing else."""
    return f"“{unbracketed(name)}”"


def _when(deed: Deed) -> str:
    on = None if deed.day == london_day(deed.at) else deed.day
    return f"{shown(deed.at, on)} (v{deed.version})"


def _written(deed: Deed, adopted: Deed | None) -> str:
    """Who wrote words, in which capacity and for whom, without saying when."""
    if deed.not_recorded_before is not None:
        brought = unbracketed(deed.brought_by or "somebody")
        return f"author not recorded before {deed.not_recorded_before}, brought in by {brought}"
    if deed.machine:
        took = f", adopted by {_hand(adopted)}" if adopted else ", adopted by nobody"
        by = unbracketed(deed.brought_by) if deed.brought_by else _hand(deed)
        return f"machine-written{took}, as {by} said{_beyond(deed)}"
    return f"written by {_hand(deed)}{_beyond(deed)}"


def _beyond(deed: Deed) -> str:
    said = f", {deed.capacity}" if deed.capacity else ""
    if deed.on_behalf_of_name:
        known = deed.on_behalf_of is not None
        name = deed.on_behalf_of_name
        said += f", for {unbracketed(name) if known else _outside(name)}"
    if deed.source.startswith(ADVICE):
        said += f", in {deed.source}"
        said += f" brought in by {unbracketed(deed.brought_by)}" if deed.brought_by else ""
    return said


def _placed(placed: Placed | None) -> str:
    """Who placed words where they are."""
    if placed is None:
        return "placed here by the same hand"
    return f"placed here by {_hand(placed.deed)}{_beyond(placed.deed)}: {placed.how}"


def _mark(mark: SignOff, section: str | None = None) -> str:
    where = f" of section {section}" if section else ""
    behalf = f" for {mark.on_behalf_of_name}" if mark.on_behalf_of_name else ""
    return unbracketed(
        f"signed: {mark.meaning}, {mark.name} ({mark.role}){behalf}, {shown(mark.at)} "
        f"(v{mark.version}), over revision {mark.revision}{where}"
    )


# The text with its authors ----------------------------------------------------------------------


class _Legend:
    """A number for each pair of who wrote and who placed, in the order in which they turn up."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[object, ...], int] = {}
        self._runs: list[list[Run]] = []

    def number(self, run: Run) -> int:
        """The number of a run's hands."""
        placed = run.placings[-1] if run.placings else None
        hands = (
            *_whose(run.written),
            run.written.source if run.written.source.startswith(ADVICE) else None,
            run.adopted and _whose(run.adopted),
            placed and (*_whose(placed.deed), placed.how),
            run.claimed,
        )
        number = self._numbers.setdefault(hands, len(self._numbers))
        if number == len(self._runs):
            self._runs.append([])
        self._runs[number].append(run)
        return number

    def of(self, deeds: Iterable[Deed]) -> str:
        """The numbers that stand for the words of some deeds, as they are shown."""
        sources = {_whose(deed) for deed in deeds}
        return " ".join(
            _key(number)
            for number, runs in enumerate(self._runs)
            if _whose(runs[0].written) in sources
        )

    def lines(self) -> Iterator[str]:
        """What each number stands for."""
        for number, runs in enumerate(self._runs):
            run = runs[0]
            placed = run.placings[-1] if run.placings else None
            said = f"{_written(run.written, run.adopted)}, {_steps(one.written for one in runs)}"
            said += f"{_claimed(run.claimed)}; {_placed(placed)}"
            if placed is not None:
                said += f", {_steps(one.placings[-1].deed for one in runs)}"
            yield f"{_in_colour(_key(number), number)} {cell(said)}"


def _claimed(claims: Sequence[Claimed]) -> str:
    """That words were claimed, though others gave or wrote the same."""
    if not claims:
        return ""
    told = [
        f"{claim.source} by {', '.join(_outside(author) for author in claim.authors)}"
        for claim in claims
    ]
    return f", claimed as their own: the same words stand in {' and '.join(told)}"


def _whose(deed: Deed) -> tuple[object, ...]:
    return (
        deed.by or deed.name,
        deed.on_behalf_of or deed.on_behalf_of_name,
        deed.role,
        deed.capacity,
        deed.machine,
        deed.not_recorded_before,
    )


def _key(number: int) -> str:
    return f"[{number + 1}]"


def _in_colour(text: str, number: int) -> str:
    return click.style(text, fg=_COLOURS[number % len(_COLOURS)])


def _steps(deeds: Iterable[Deed]) -> str:
    when = {deed.version: _when(deed) for deed in deeds}
    steps = [when[version] for version in sorted(when)]
    more = len(steps) - _STEPS
    return ", ".join(steps[:_STEPS]) + (f" and {more} more steps" if more > 0 else "")


def show(sections: Sequence[SectionAuthors], template: Template) -> None:
    """Print the texts with a number at the beginning of each run, and what the numbers stand for.

    Brackets in a text are shown as ⟦ ⟧, so that none of it passes for a number of ours.
    """
    legend = _Legend()
    for found in sections:
        click.echo("\n" + click.style(heading(found.id, template), bold=True))
        said = [f"revision {found.revision}, {len(found.words):,} words", *covering(found)]
        for line in said:
            click.echo(f"  [{cell(line)}]")
        click.echo()
        for line in _text(found, legend):
            click.echo(f"{_INDENT}{line}".rstrip())
    click.echo()
    for line in legend.lines():
        click.echo(line)
    click.echo()
    rows = _shares(run for found in sections for run in found.runs)
    for row in rows:
        row["key"] = legend.of([row["deed"]])
    show_rows(
        rows,
        {
            "key": "key",
            "author": Column("author", _author),
            "role": "role",
            "capacity": "capacity",
            "words": "words",
            "percent": "%",
        },
    )


def _author(row: Mapping[str, Any]) -> str:
    deed: Deed = row["deed"]
    if deed.not_recorded_before is not None:
        return f"not recorded before {deed.not_recorded_before}"
    return unbracketed(deed.author) + (" (machine-written)" if deed.machine else "")


def _shares(runs: Iterable[Run]) -> list[dict[str, Any]]:
    found = shares(runs)
    words = sum(share.words for share in found)
    return [
        {
            "deed": share.written,
            "author": None if share.written.not_recorded_before else share.written.name,
            "role": share.written.role,
            "capacity": share.written.capacity,
            "on_behalf_of": share.written.on_behalf_of_name,
            "machine": share.written.machine,
            "not_recorded_before": share.written.not_recorded_before,
            "words": share.words,
            "characters": share.characters,
            "percent": round(100 * share.words / words, 1) if words else 0.0,
        }
        for share in found
    ]


_NO_KEYS = str.maketrans("[]", "⟦⟧")

_SPACE = re.compile(r"\s*")


def _text(found: SectionAuthors, legend: _Legend) -> list[str]:
    """The lines of a text, each piece in the colour of its hands after their number."""
    lines = [""]
    last: int | None = None
    for run in found.runs:
        # White space has an author too, but a number would stand before nothing.
        before = _SPACE.match(run.text)
        lead, words = ("", run.text) if before is None else (before[0], run.text[before.end() :])
        _add(lines, lead, None)
        if not words:
            continue
        number = legend.number(run)
        if number != last:
            lines[-1] += _in_colour(_key(number), number)
            last = number
        _add(lines, words.translate(_NO_KEYS), number)
    return lines


def _add(lines: list[str], text: str, number: int | None) -> None:
    # Line by line, so that no colour runs over what stands before the next line.
    for at, line in enumerate(harmless(text).split("\n")):
        if at:
            lines.append("")
        lines[-1] += line if number is None or not line else _in_colour(line, number)


# For programs -----------------------------------------------------------------------------------


def as_data(
    plan: Plan,
    template: Template,
    sections: Sequence[SectionAuthors],
    known_at: object,
    *,
    deleted: bool,
) -> dict[str, object]:
    """Return who wrote which words as what JSON shows; the runs cover each text exactly."""
    told: dict[str, object] = {}
    for found in sections:
        what = {"deleted": [_gone(found, gone) for gone in found.gone]}
        told[found.id] = {
            "title": template.titles.get(found.id),
            "revision": found.revision,
            "text": found.text,
            **(what if deleted else _standing(found)),
        }
    return {
        "stream": plan.stream,
        "plan": plan.reference,
        "version": plan.version,
        "known_at": known_at,
        "sections": told,
    }


def _standing(found: SectionAuthors) -> dict[str, object]:
    rows = _shares(found.runs)
    return {
        "runs": [_run(run) for run in found.runs],
        "shares": [{k: v for k, v in row.items() if k != "deed"} for row in rows],
        "signed": [
            {
                **_signed(covered.mark),
                "words": found.words_covered(covered.mark),
                "same_text": covered.same,
                "words_gone": covered.missing,
                "gone": covered.lost,
                "covered": found.covered(covered.mark),
            }
            for covered in found.marks
        ],
        "uncovered": found.uncovered([mark for mark, *_ in found.marks]) if found.marks else None,
    }


def _run(run: Run) -> dict[str, object]:
    placed = run.placed or run.written
    return {
        "text": run.text,
        "start": run.start,
        "end": run.end,
        **_deed(run.written),
        "how": run.how,
        "placed_by": placed.brought_by if placed.not_recorded_before else placed.name,
        "adopted_by": None if run.adopted is None else run.adopted.name,
        "later": [_later(one) for one in run.placings],
        "signed": [_signed(mark) for mark in run.marks],
        "claimed": [claim._asdict() for claim in run.claimed],
    }


def _deed(deed: Deed) -> dict[str, object]:
    unknown = deed.not_recorded_before is not None
    return {
        "author": None if unknown else deed.name,
        "author_id": deed.by,
        "role": deed.role,
        "organisation": deed.organisation,
        "capacity": deed.capacity,
        "on_behalf_of": deed.on_behalf_of_name,
        "event": deed.version,
        "recorded_at": deed.at,
        "on": deed.day,
        "source": deed.source,
        "channel": deed.channel,
        "machine": deed.machine,
        "not_recorded_before": deed.not_recorded_before,
        "brought_in_by": deed.brought_by,
    }


def _later(placed: Placed) -> dict[str, object]:
    return {
        "event": placed.deed.version,
        "at": placed.deed.at,
        "how": placed.how,
        **_actor(placed.deed),
        "text": placed.deed.source,
    }


def _actor(deed: Deed) -> dict[str, object]:
    known = deed.not_recorded_before is None
    return {
        "by": deed.name if known else deed.brought_by,
        "by_id": deed.by,
        "role": deed.role,
        "capacity": deed.capacity,
        "on_behalf_of": deed.on_behalf_of_name,
    }


def _signed(mark: SignOff) -> dict[str, object]:
    return {
        "event": mark.version,
        "at": mark.at,
        "name": mark.name,
        "role": mark.role,
        "meaning": mark.meaning,
        "revision": mark.revision,
        "on_behalf_of": mark.on_behalf_of_name,
    }


def rows(sections: Sequence[SectionAuthors]) -> list[dict[str, object]]:
    """Return the runs as rows for CSV: later acts and marks as one line each."""
    return [
        {
            **_run(run),
            "section": found.id,
            "later": [
                f"v{one.deed.version} {one.how} by {_hand(one.deed)}" for one in run.placings
            ],
            "signed": [f"v{m.version} {m.meaning} by {m.name} ({m.role})" for m in run.marks],
        }
        for found in sections
        for run in found.runs
    ]


# What is gone -----------------------------------------------------------------------------------


DELETED = (
    "section",
    "place",
    "text",
    *RUNS[4:11],
    *RUNS[13:18],
    "removed_by",
    "removed_role",
    "removed_event",
    "removed_at",
    "later",
)
"""The keys in CSV of words that are gone."""


def _removed(deed: Deed) -> dict[str, object]:
    return {"event": deed.version, "at": deed.at, "on": deed.day, **_actor(deed)}


def _gone(found: SectionAuthors, gone: Gone) -> dict[str, object]:
    return {
        "text": gone.text,
        "place": gone.place,
        "after": found.text[max(0, gone.place - _AROUND) : gone.place],
        "before": found.text[gone.place : gone.place + _AROUND],
        **_deed(gone.written),
        "later": [_later(one) for one in gone.placings],
        "removed": _removed(gone.removed),
    }


def deleted_rows(sections: Sequence[SectionAuthors]) -> list[dict[str, object]]:
    """Return what is gone as rows for CSV."""
    return [
        {
            **_gone(found, gone),
            "section": found.id,
            "later": [
                f"v{one.deed.version} {one.how} by {_hand(one.deed)}" for one in gone.placings
            ],
            "removed_by": _actor(gone.removed)["by"],
            "removed_role": gone.removed.role,
            "removed_event": gone.removed.version,
            "removed_at": gone.removed.at,
        }
        for found in sections
        for gone in found.gone
    ]


def show_deleted(sections: Sequence[SectionAuthors], template: Template) -> None:
    """Print what is no longer there, who wrote it, who removed it, and where it stood."""
    told = [(one, [gone for gone in one.gone if gone.text.strip()]) for one in sections]
    if not any(gone for _, gone in told):
        click.echo("Nothing that was written there is gone.")
    for found, pieces in told:
        if not pieces:
            continue
        click.echo("\n" + click.style(heading(found.id, template), bold=True))
        for gone in pieces:
            click.echo()
            _quoted(gone.text)
            _line(f"stood {_where(found, gone.place)}")
            _life(gone.written, gone.placings)
            _line(f"removed by {_remover(gone.removed)}")


def _remover(deed: Deed) -> str:
    if deed.not_recorded_before is not None:
        brought = unbracketed(deed.brought_by or "somebody")
        return f"a text as issued, brought in by {brought}, {_when(deed)}"
    return f"{_hand(deed)}{_beyond(deed)}, {_when(deed)}"


def _where(found: SectionAuthors, place: int) -> str:
    before = " ".join(found.text[max(0, place - _AROUND) : place].split())
    after = " ".join(found.text[place : place + _AROUND].split())
    said: list[str] = []
    if before:
        cut = "…" if place > _AROUND else ""
        said.append(f"after “{cut}{unbracketed(before)}”")
    if after:
        cut = "…" if place + _AROUND < len(found.text) else ""
        said.append(f"before “{unbracketed(after)}{cut}”")
    return " and ".join(said) or "alone"


def _quoted(text: str) -> None:
    for line in harmless(text.strip()).split("\n"):
        click.echo(f"{_BAR}{line}".rstrip())


def _line(text: str) -> None:
    click.echo(f"  {cell(text)}")


def _life(written: Deed, placings: Sequence[Placed]) -> None:
    """Print who wrote words, and each hand that put them somewhere anew."""
    adopted = next((one.deed for one in placings if one.how == "adopted"), None)
    source = "" if written.source.startswith(ADVICE) else f", in {written.source}"
    placed = "" if placings else "; placed there by the same hand"
    _line(f"{_written(written, adopted)}, {_when(written)}{source}{placed}")
    for deed, how in placings:
        _line(f"{how} into {deed.source} by {_hand(deed)}{_beyond(deed)}, {_when(deed)}")


# A phrase ---------------------------------------------------------------------------------------


def show_phrases(found: Sequence[Phrase]) -> None:
    """Print the whole life of each place at which a phrase stands or stood."""
    for place, phrase in enumerate(found):
        if place:
            click.echo()
        click.echo(click.style(_stands(phrase), bold=True))
        for part in phrase.parts:
            if part.text.strip():
                _show_part(part)


def _stands(phrase: Phrase) -> str:
    at = f"characters {phrase.start:,} to {phrase.end:,} of {phrase.source}"
    if phrase.section is None:
        return f"In no section: {at}."
    if phrase.now:
        return f"In section {phrase.section}: {at}."
    return f"In no text as it stands, last in section {phrase.section}: {at}."


def _show_part(part: Part) -> None:
    _quoted(part.text)
    _life(part.written, part.placings)
    for section, mark in part.signed:
        _line(_mark(mark, section))
    for section, run in part.standing:
        _line(f"stands in section {section}, characters {run.start:,} to {run.end:,}")
    if part.gone is not None:
        _line(f"removed by {_remover(part.gone.removed)}")
    elif not part.standing:
        _line("in no section: nobody took them from there")


def phrases_as_data(found: Sequence[Phrase]) -> list[dict[str, object]]:
    """Return the life of a phrase as what JSON shows."""
    return [
        {
            "section": phrase.section,
            "stands_now": phrase.now,
            "in": phrase.source,
            "start": phrase.start,
            "end": phrase.end,
            "text": phrase.text,
            "parts": [_part(part) for part in phrase.parts],
        }
        for phrase in found
    ]


def _part(part: Part) -> dict[str, object]:
    return {
        "text": part.text,
        **_deed(part.written),
        "later": [_later(one) for one in part.placings],
        "signed": [_signed_there(one) for one in part.signed],
        "standing": [
            {
                "section": section,
                "start": run.start,
                "end": run.end,
                "how": run.how,
                "placed_by": _run(run)["placed_by"],
                "adopted_by": _run(run)["adopted_by"],
                "signed": [_signed(mark) for mark in run.marks],
            }
            for section, run in part.standing
        ],
        "removed": None if part.gone is None else _removed(part.gone.removed),
    }


def _signed_there(signed: Signed) -> dict[str, object]:
    return {"section": signed.section, **_signed(signed.mark)}


PHRASES = (
    "section",
    "stands_now",
    "in",
    "start",
    "end",
    "text",
    *RUNS[4:11],
    *RUNS[13:18],
    "later",
    "signed",
    "removed_by",
    "removed_event",
)
"""The keys in CSV of the parts of a phrase."""


def phrase_rows(found: Sequence[Phrase]) -> list[dict[str, object]]:
    """Return the parts of phrases as rows for CSV."""
    return [
        {
            "section": phrase.section,
            "stands_now": phrase.now,
            "in": phrase.source,
            "start": phrase.start,
            "end": phrase.end,
            **_part(part),
            "later": [
                f"v{one.deed.version} {one.how} by {_hand(one.deed)}" for one in part.placings
            ],
            "signed": [
                f"v{mark.version} {mark.meaning} by {mark.name} ({mark.role}) in {section}"
                for section, mark in part.signed
            ],
            "removed_by": None if part.gone is None else _actor(part.gone.removed)["by"],
            "removed_event": None if part.gone is None else part.gone.removed.version,
        }
        for phrase in found
        for part in phrase.parts
    ]


# What one person wrote --------------------------------------------------------------------------


RECEIPT = (
    "plan",
    "section",
    "advice",
    "event",
    "on",
    "role",
    "capacity",
    "on_behalf_of",
    "channel",
    "words",
    "words_standing",
    "words_gone",
    "words_not_taken",
    "text",
)
"""The keys of a receipt in CSV."""


def receipt_rows(found: Sequence[Contribution]) -> list[dict[str, object]]:
    """Return what a person wrote, step by step, and what became of it."""
    return [
        {
            "plan": one.plan,
            "stream": one.stream,
            "section": one.section,
            "advice": one.advice,
            **_deed(one.written),
            "words": one.words,
            "words_standing": count(one.standing),
            "words_gone": count(one.gone),
            "words_not_taken": count(one.not_taken),
            "text": _whole(one),
            "claimed_by": [{"author": who.name, "event": who.version} for who in one.claimed_by],
            "pieces": [{"words": piece.words, **_part(piece.part)} for piece in one.pieces],
        }
        for one in found
    ]


def _whole(one: Contribution) -> str:
    """Everything that was written in a step; an ellipsis where other words stood in between."""
    text = ""
    end = None
    for piece in one.pieces:
        text += " … " if end not in (None, piece.part.offset) else ""
        text += piece.part.text
        end = piece.part.offset + len(piece.part.text)
    return text


def show_receipt(found: Sequence[Contribution]) -> None:
    """Print what a person wrote, plan by plan, and what became of each piece."""
    if not found:
        click.echo("They wrote nothing here, and nothing was written for them.")
    for place, one in enumerate(found):
        if place:
            click.echo()
        click.echo(click.style(cell(_contribution(one)), bold=True))
        for piece in one.pieces:
            if piece.part.text.strip():
                _show_piece(piece)


def _contribution(one: Contribution) -> str:
    deed = one.written
    where = f"section {one.section}" if one.section else f"advice {one.advice}"
    became = [
        f"{many:,} {single if many == 1 else several}"
        for many, single, several in (
            (count(one.standing), "stands today", "stand today"),
            (count(one.gone), "is gone", "are gone"),
            (count(one.not_taken), "nobody took", "nobody took"),
        )
        if many
    ]
    became += [f"the same claimed by {_hand(who)}, {_when(who)}" for who in one.claimed_by]
    told = f": {', '.join(became)}" if became else ""
    machine = "machine-written at the hand of" if deed.machine else "written by"
    return (
        f"{one.plan}  {where}  {_when(deed)}  {machine} {_hand(deed)}{_beyond(deed)}  "
        f"{one.words:,} {'word' if one.words == 1 else 'words'}{told}"
    )


def _show_piece(piece: Piece) -> None:
    part = piece.part
    _quoted(part.text)
    for section, run in part.standing:
        placed = run.placings[-1] if run.placings else None
        said = f"stands in section {section}, {_placed(placed)}"
        if placed is not None:
            said += f", {_when(placed.deed)}"
        if run.adopted is not None and (placed is None or placed.deed != run.adopted):
            said += f", adopted by {_hand(run.adopted)}, {_when(run.adopted)}"
        _line(said)
        if run.marks:
            marks = [f"{mark.meaning}, {mark.name} (v{mark.version})" for mark in run.marks]
            _line(unbracketed(f"  signed: {'; '.join(marks)}"))
    if part.gone is not None:
        for deed, how in part.placings:
            _line(f"{how} into {deed.source} by {_hand(deed)}{_beyond(deed)}, {_when(deed)}")
        _line(f"removed by {_remover(part.gone.removed)}")
    elif not part.standing:
        _line("nobody took this into a section")
