"""The options of commands that open plans: of which kind."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def of_kind(command: _Command) -> _Command:
    """Let a command be told with which template it opens plans: ``kind`` and ``proposal``."""
    command = click.option(
        "--proposal",
        is_flag=True,
        help="I know that the template is a proposal and not law: open the school's own plan.",
    )(command)
    return click.option(
        "--template",
        "kind",
        metavar="ID",
        default="ehcp",
        show_default=True,
        help="The plan's template, as `template list` has it.",
    )(command)
