"""The command group: which commands there are, and how a refusal is told.

Nothing is imported for a command before it is called, so that ``--help`` is there at once.
"""

import os
import sys
from importlib import import_module
from typing import Any

import click

from ehcp_flow.errors import SaidNo
from ehcp_flow_cli.settings import Settings, set_store, set_tenant
from ehcp_flow_cli.showing.harmless import harmless
from ehcp_flow_cli.showing.outlet import Unwritten, outlets

_COMMANDS = {
    "demo": ("demo", "Run a whole term at an invented school, and say what to try next."),
    "store": ("store", "Make a place for plans, check it, copy it, rebuild its views."),
    "people": ("people", "Who is known here, and which roles they hold when."),
    "template": ("template", "Which sections the plans of each kind have; bring in your own."),
    "plan": ("plan", "Bring plans in; list, find, show, replay and compare them."),
    "section": ("section", "Assign, write, review and sign sections."),
    "advice": ("advice", "Bring in reports, targets and views; list and show them."),
    "record": ("record", "Enter facts of the law: requests, meetings, notices, decisions."),
    "cycle": ("cycle", "Set up a term's reviews from one file."),
    "meeting": ("meeting", "Say whether you come to a review's meeting."),
    "work": ("work", "What waits on whom."),
    "clocks": ("clocks", "By when the law asks for what, of one plan or of all."),
    "model": ("model", "Who does what here, from which day on, and whether somebody does."),
    "statute": ("statute", "What the law says by when, and how a day is counted."),
    "audit": ("audit", "Who did what, when, in which role."),
}


class _Refusal(click.ClickException):
    """One line on standard error, exit status 1."""

    def show(self, file: object = None) -> None:
        """Print the line, whatever is in it, so that it can do nothing to the terminal."""
        line = " ".join(harmless(self.message).split())
        click.echo(f"ehcp-flow: {line}", err=True)


def _harmless(error: click.UsageError) -> click.UsageError:
    """Return a usage error whose message can do nothing to the terminal.

    Older versions of click repeat what was typed as it was typed.
    """
    said = error.format_message()
    return error if harmless(said) == said else click.UsageError(harmless(said), error.ctx)


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, _ = _COMMANDS[cmd_name]
        command = import_module(f"ehcp_flow_cli.commands.{module}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in _COMMANDS.items()])

    def main(self, *args: Any, **options: Any) -> Any:
        with outlets():
            try:
                return super().main(*args, **options)
            except Unwritten as error:
                _Refusal(
                    f"What this command says could not be written ({error}); what it recorded "
                    "stands: `ehcp-flow audit trail` shows it."
                ).show()
                sys.exit(1)

    def make_context(self, *args: Any, **options: Any) -> click.Context:
        try:
            return super().make_context(*args, **options)
        except click.UsageError as error:
            raise _harmless(error) from None

    def invoke(self, ctx: click.Context) -> object:
        try:
            result: object = super().invoke(ctx)
        except SaidNo as no:
            raise _Refusal(str(no)) from no
        except click.UsageError as error:
            raise _harmless(error) from None
        except OSError as error:
            where = f": {error.filename}" if error.filename else ""
            raise _Refusal(
                f"{error.strerror or error}{where}. `ehcp-flow audit trail` shows whether anything "
                "was recorded."
            ) from error
        return result


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ehcp-flow")
@click.option(
    "--store",
    envvar="EHCP_FLOW_STORE",
    metavar="URL",
    callback=set_store,
    expose_value=False,
    is_eager=True,
    help="Where the plans are kept [default: sqlite:ehcp-flow.db; EHCP_FLOW_STORE].",
)
@click.option(
    "--tenant",
    envvar="EHCP_FLOW_TENANT",
    metavar="NAME",
    callback=set_tenant,
    expose_value=False,
    help="Whose plans, in a store of several tenants [EHCP_FLOW_TENANT].",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Who wrote each section of an EHC plan, what it said on any day, and who signed exactly that.

    Who acts is what they say (--as, or EHCP_FLOW_AS): a claim, not a login.
    """
    ctx.ensure_object(Settings)
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        ctx.color = False
