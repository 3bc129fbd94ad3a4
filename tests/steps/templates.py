"""Steps about plan templates and the files that they are."""

import re
from pathlib import Path

from click.testing import Result
from pytest_bdd import given, parsers, then

from tests.engine.templates.examples import HEAD, OTHER
from tests.steps.terminal import Command

_CYCLE = """\
name = "Autumn"
{choose}
[meeting]
on = 2026-11-10

[[write]]
sections = ["{section}"]
role = "SENCO"
due_weeks_before_meeting = 2
"""


# A command's folder is made with it, so that a file is written where the command finds it.


@given(parsers.parse("a template file with version {version:d} and the sections {ids}"))
def _file(command: Command, tmp_path: Path, version: int, ids: str) -> None:
    sections = "".join(OTHER.replace("VIEWS", id) for id in ids.split(", "))
    head = HEAD.replace("version = 1", f"version = {version}")
    (tmp_path / "own.toml").write_text(head + sections, encoding="utf-8")


@given(parsers.parse("a cycle file that asks for section {section} of every plan"))
def _cycle(command: Command, tmp_path: Path, section: str) -> None:
    text = _CYCLE.format(choose="", section=section)
    (tmp_path / "cycle.toml").write_text(text, encoding="utf-8")


@given(
    parsers.parse("a cycle file that asks for section {section} of the plans of the kind {kind}")
)
def _cycle_of(command: Command, tmp_path: Path, section: str, kind: str) -> None:
    text = _CYCLE.format(choose=f'[choose]\ntemplates = ["{kind}"]\n', section=section)
    (tmp_path / "cycle.toml").write_text(text, encoding="utf-8")


@then(parsers.parse('it does not say "{words}"'))
def _not_said(said: Result, words: str) -> None:
    assert words not in said.output


@then(parsers.parse("it says the sections {ids}"))
def _sections(said: Result, ids: str) -> None:
    assert re.findall(r"^# Section (\S+):", said.output, re.MULTILINE) == ids.split(", ")
