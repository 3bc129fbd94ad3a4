"""The faulty rows of a file: line, column, what was found and expected, and a file to mend."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

import click

from ehcp_flow.errors import BadInput, SaidNo
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


def keep_faulty_rows(file: Path, asked: Path | None, text: str) -> None:
    """Write faulty rows into a file to mend, and never over one that someone is mending.

    Args:
        file: where the rows come from.
        asked: where they should go; without it beside nobody's file, in the current folder.
        text: the rows.

    Raises:
        SaidNo: they cannot be written there; what was good in the file is recorded already.
    """
    try:
        place = asked or next(
            place
            for n in count(1)
            for place in [Path(f"{file.stem}-to-mend{'' if n == 1 else f'-{n}'}.csv")]
            if not place.exists() or place.read_bytes() == text.encode()
        )
        write_privately(place, text)
    except (OSError, BadInput) as error:
        raise SaidNo(
            "What was good is recorded, and the faulty rows could not be kept in a file "
            f"({error}): mend them where they came from, or say --faulty FILE."
        ) from None
    click.echo(cell(f"Faulty rows are in {place}: mend them there and import that file."))
