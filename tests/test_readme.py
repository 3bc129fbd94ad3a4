"""The README runs: what it shows is what is printed, and nothing is left out of it."""

import doctest
import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ehcp_flow_cli.main import cli

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def shown() -> list[tuple[str, str]]:
    """Each command of the tour, and what it is said to print."""
    return [pair for block in _BLOCK.findall(README) for pair in _COMMAND.findall(block)]


def fits(said: str, printed: str) -> bool:
    """Whether an output is as it is said to be; a line of ``…`` stands for any lines."""
    parts = [re.escape(part) for part in re.split(r"^…\n", said, flags=re.MULTILINE)]
    return re.fullmatch(r"(?:.*\n)*?".join(parts), printed) is not None


def test_the_tour_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command after command, in one folder, as a reader would."""
    for name in ("EHCP_FLOW_AS", "EHCP_FLOW_STORE", "EHCP_FLOW_TENANT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    tour = shown()

    assert len(tour) >= 12
    for command, said in tour:
        program, *words = shlex.split(command)
        if program == "cd":
            monkeypatch.chdir(words[0])
            continue
        assert program == "ehcp-flow", command
        printed = CliRunner().invoke(cli, words, prog_name="ehcp-flow").output
        assert fits(said, printed), f"$ {command}\n{printed}"
    _run_python()


def _run_python() -> None:
    """Run the examples in Python on the store that the tour left."""
    examples = doctest.DocTestParser().get_doctest(README, {}, "README", "README.md", 0)
    told: list[str] = []

    failed = doctest.DocTestRunner().run(examples, out=told.append).failed

    assert examples.examples
    assert not failed, "".join(told)


def test_every_command_is_shown() -> None:
    """Somewhere in the README, by its whole name."""
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        verbs = [name]
        if isinstance(command, click.Group):
            verbs = [f"{name} {verb}" for verb in command.list_commands(context)]
        for verb in verbs:
            assert re.search(rf"(ehcp-flow |`){re.escape(verb)}\b", README), verb


def test_the_two_commands_are_those_of_the_makefile() -> None:
    """And nothing else is needed before them."""
    makefile = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")

    for goal in ("demo", "test"):
        assert f"\nmake {goal}\n" in README
        assert re.search(rf"^{goal}:", makefile, re.MULTILINE)
