"""The options of the commands that bring in tables.

Apart from ``settings``, which every start waits for: this needs ``pathlib``.
"""

from pathlib import Path

import click

mapped = click.option(
    "--map", "maps", metavar="HEADING=FIELD", multiple=True, help="What a heading stands for."
)
strict = click.option("--strict", is_flag=True, help="Import nothing if any row is faulty.")
faulty_to = click.option(
    "--faulty",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where faulty rows go, to mend and import again [default: FILE-to-mend.csv, here].",
)
