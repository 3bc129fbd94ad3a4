"""How the terminal starts: at once, and without what a command does not need."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from ehcp_flow_cli.main import cli

HEAVY = ("pydantic", "eventsourcing", "importlib.metadata", "sqlite3", "rich", "tomllib")


def test_help_imports_nothing_that_it_does_not_show() -> None:
    """Each of these would make every ``--help`` half as slow again."""
    code = (
        "import sys\n"
        "from ehcp_flow_cli.main import cli\n"
        "cli.main(['--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )

    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True
    )

    assert told.stdout.splitlines()[-1] == "[]"


def commands() -> list[list[str]]:
    """Every group and command, by its words."""
    import click

    found: list[list[str]] = [[]]
    for words in found:
        command: click.Command = cli
        context = click.Context(cli)
        for word in words:
            assert isinstance(command, click.Group)
            command = command.get_command(context, word) or command
        if isinstance(command, click.Group):
            found += [[*words, name] for name in command.list_commands(context)]
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_says_what_it_does(words: list[str]) -> None:
    """Its help begins with a sentence."""
    told = CliRunner().invoke(cli, [*words, "--help"], prog_name="ehcp-flow")

    assert told.exit_code == 0, told.output
    sentence = told.output.split("\n\n")[1].strip()
    assert sentence[0].isupper()
    assert not told.stderr
