"""Steps about the terminal: they run the commands themselves."""

import csv
import io
import json
import re
import shlex
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pytest_bdd import given, parsers, then, when

from ehcp_flow_cli.main import cli
from ehcp_flow_cli.settings import Settings
from tests.steps.plans import EXPORT, HEADINGS, bring_in, export
from tests.steps.world import STAFF, World

RED = "\x1b[31mRed\x1b[0m"

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_OF = r"section (?P<section>\w+) of (?P<pupil>\w+)'s plan"

Command = Callable[..., Result]


@pytest.fixture
def command(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Gives a command in a folder of its own, at the world's own time."""
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    for name in ("EHCP_FLOW_AS", "EHCP_FLOW_STORE", "EHCP_FLOW_TENANT"):
        monkeypatch.delenv(name, raising=False)

    def give(*words: str, who: str | None, stdin: str | None = None) -> Result:
        settings = Settings(store=world.url, clock=lambda: world.now)
        environment = {"EHCP_FLOW_AS": None if who is None else STAFF[who]}
        before = world.head()
        result = CliRunner().invoke(
            cli, list(words), obj=settings, input=stdin, env=environment, prog_name="ehcp-flow"
        )
        assert result.exception is None or isinstance(result.exception, SystemExit)
        world.before, world.refusal = before, None
        return result

    return give


# Giving commands


@given(parsers.re(r'(?P<who>\w+) gave the command "(?P<words>.+)"'))
def _gave(command: Command, who: str, words: str) -> None:
    assert command(*shlex.split(words), who=who).exit_code == 0


@when(parsers.re(r'(?P<who>\w+) gives the command "(?P<words>.+)"'), target_fixture="said")
def _gives(command: Command, who: str, words: str) -> Result:
    return command(*shlex.split(words), who=who)


@when(
    parsers.parse('nobody in particular gives the command "{words}"'),
    target_fixture="said",
)
def _nobody_gives(command: Command, words: str) -> Result:
    return command(*shlex.split(words), who=None)


@when(
    parsers.re(rf'(?P<who>\w+) gives the command to write "(?P<text>[^"]*)" in {_OF}'),
    target_fixture="said",
)
def _writes(
    world: World, command: Command, who: str, text: str, section: str, pupil: str
) -> Result:
    return command("section", "edit", world.plan(pupil), section, "-", who=who, stdin=text)


@when(
    parsers.re(
        rf'(?P<who>\w+) gives the command to write "(?P<text>[^"]*)" in {_OF}, '
        r"over revision (?P<over>\d+)"
    ),
    target_fixture="said",
)
def _writes_over(
    world: World, command: Command, who: str, text: str, section: str, pupil: str, over: str
) -> Result:
    words = ("section", "edit", world.plan(pupil), section, "-", "--over", over)
    return command(*words, who=who, stdin=text)


# Files


@given(
    parsers.re(rf'(?P<who>\w+) wrote {_OF} out into a file, and drafts "(?P<text>[^"]*)" in it'),
    target_fixture="draft",
)
def _drafts(
    world: World,
    command: Command,
    tmp_path: Path,
    who: str,
    text: str,
    section: str,
    pupil: str,
) -> Path:
    file = tmp_path / "draft.md"
    words = ("plan", "show", world.plan(pupil), "--section", section, "--out", str(file))
    assert command(*words, who=who).exit_code == 0
    first = file.read_text(encoding="utf-8").splitlines()[0]
    file.write_text(f"{first}\n{text}\n", encoding="utf-8")
    return file


@when(
    parsers.re(rf"(?P<who>\w+) gives the command to record the file as {_OF}"),
    target_fixture="said",
)
def _records(
    world: World, command: Command, draft: Path, who: str, section: str, pupil: str
) -> Result:
    return command("section", "edit", world.plan(pupil), section, str(draft), who=who)


@when(
    parsers.re(rf"(?P<who>\w+) gives the command to write {_OF} out into the same file"),
    target_fixture="said",
)
def _writes_out(
    world: World, command: Command, draft: Path, who: str, section: str, pupil: str
) -> Result:
    words = ("plan", "show", world.plan(pupil), "--section", section, "--out", str(draft))
    return command(*words, who=who)


@then(parsers.parse('the file still says "{text}"'))
def _still_says(draft: Path, text: str) -> None:
    assert draft.read_text(encoding="utf-8").splitlines()[1] == text


@then(parsers.parse('{who}\'s "{text}" is kept in a file that only she can read'))
def _kept(said: Result, text: str) -> None:
    kept = Path(said.stderr.split("Your text is kept in ")[1].strip().removesuffix("."))
    assert kept.read_text(encoding="utf-8").strip() == text
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600


@given("an export with Ada")
def _export(tmp_path: Path) -> None:
    _write_export(tmp_path, "Ada")


@given("an export with Ada and with Seán")
def _export_of_two(tmp_path: Path) -> None:
    _write_export(tmp_path, "Ada", "Seán")


@given(parsers.parse("an export with Ada in year {year}"))
def _export_in_year(tmp_path: Path, year: str) -> None:
    _write_export(tmp_path, "Ada", year=year)


def _write_export(folder: Path, *pupils: str, year: str | None = None) -> None:
    rows = [list(EXPORT[pupil]) for pupil in pupils]
    if year is not None:
        rows[0][HEADINGS.index("Year")] = year
    with (folder / "export.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])


# Hostile names


def _plan_for(world: World, forename: str) -> None:
    row = ("M80120000500A", "Zhang", forename, "12/02/2015", "7", "E")
    bring_in(world, export(world, [HEADINGS, row]))


@given("a plan for a pupil whose name would turn the screen red")
def _red(world: World) -> None:
    _plan_for(world, RED)


@given(parsers.parse('a plan for a pupil whose name is the formula "{formula}"'))
def _formula(world: World, formula: str) -> None:
    _plan_for(world, formula)


@then("a program reads the name that would turn the screen red")
def _reads_red(said: Result) -> None:
    assert RED in [row["forename"] for row in json.loads(said.stdout)]


@then("no cell of it starts as a formula does")
def _inert(said: Result) -> None:
    cells = [cell for row in csv.reader(io.StringIO(said.stdout)) for cell in row if cell]
    assert cells
    assert not [cell for cell in cells if cell[0] in "=+-@"]


@then(parsers.parse('a cell of it shows "{text}"'))
def _shows(said: Result, text: str) -> None:
    # The apostrophe in front is what tells a spreadsheet to show the cell.
    assert f"'{text}" in [c for row in csv.reader(io.StringIO(said.stdout)) for c in row]


@then("nothing in it steers a terminal")
def _steers_nothing(said: Result) -> None:
    assert said.stdout
    assert not _STEERING.search(said.stdout)


@then(
    "no line of it begins as a mark does, but the one that says how the section stands",
)
def _no_mark(said: Result) -> None:
    marks = [line for line in said.stdout.splitlines() if line.startswith("  [")]
    assert len(marks) == 1
    assert "being drafted, revision 1" in marks[0]


# How a command ends, and what it says


@then(parsers.parse("the command ends with status {status:d}"))
def _status(said: Result, status: int) -> None:
    assert said.exit_code == status, said.output


@then(parsers.re(r'it says "(?P<words>[^"]+)"'))
def _says(said: Result, words: str) -> None:
    assert words in said.output


@then(parsers.re(r'it says one line, with "(?P<one>[^"]+)" and "(?P<other>[^"]+)"'))
def _says_one_line(said: Result, one: str, other: str) -> None:
    (line,) = said.stderr.splitlines()
    assert line.startswith("ehcp-flow: ")
    assert one in line
    assert other in line
    assert said.stdout == ""


@then(parsers.parse("it says a line of headings and {many:d} lines of plans"))
def _says_lines(said: Result, many: int) -> None:
    heading, *lines = said.stdout.splitlines()
    assert heading.startswith("plan ")
    assert len(lines) == many
    assert all(re.match(r"\d{4}-\d{4}  ", line) for line in lines)
