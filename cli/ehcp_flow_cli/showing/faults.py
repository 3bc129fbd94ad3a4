"""The faulty rows of a file: line, column, what was found and expected, and a file to mend."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

import click

from ehcp_flow.errors import BadInput
from ehcp_flow.importing.faults import Fault
from ehcp_flow_cli.drafts_on_disk import write_privately
from ehcp_flow_cli.showing.harmless import cell


def show_faults(faults: Sequence[Fault]) -> None:
    """Print one line a fault on standard error."""
    for fault in faults:
        click.echo(
            cell(
                f"line {fault.line}, {fault.column}: found {fault.found!r}, "
                f"expected {fault.expected}"
            ),
            err=True,
        )


def keep_faulty_rows(file: Path, asked: Path | None, text: str) -> Path:
    """Write faulty rows into a file to mend, and never over one that someone is mending.

    It is done before the good ones are recorded, so that no row is in neither place.

    Args:
        file: where the rows come from.
        asked: where they should go; without it beside nobody's file, in the current folder.
        text: the rows.

    Returns:
        Where they are.

    Raises:
        BadInput: they cannot be written there.
    """
    # Spreadsheets know UTF-8 by the mark.
    text = f"\ufeff{text}"
    try:
        place = asked or next(
            place
            for n in count(1)
            for place in [Path(f"{file.stem}-to-mend{'' if n == 1 else f'-{n}'}.csv")]
            if not place.exists() or place.read_bytes() == text.encode()
        )
        if place.exists() and place.read_bytes() != text.encode():
            raise BadInput(f"{place} is there already and holds something else")
        write_privately(place, text)
    except (OSError, BadInput) as error:
        raise BadInput(
            f"The faulty rows of {file.name} could not be kept in a file ({error}), and nothing "
            "was recorded: say where they can go with --faulty FILE."
        ) from None
    return place


def show_where_they_are(place: Path) -> None:
    """Print where faulty rows were kept."""
    click.echo(cell(f"Faulty rows are in {place}: mend them there and import that file."))
