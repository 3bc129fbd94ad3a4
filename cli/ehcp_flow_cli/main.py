"""The command group."""

import click


@click.group()
@click.version_option(package_name="ehcp-flow")
def cli() -> None:
    """Who wrote each section of an EHC plan, what it said, and who signed exactly that."""
