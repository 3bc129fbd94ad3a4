"""The command group: which commands there are, and how a refusal is told.

Nothing is imported for a command before it is called, so that ``--help`` is there at once.
"""

import sys
from collections.abc import Iterable
from importlib import import_module

import click

from ehcp_flow.errors import SaidNo
from ehcp_flow_cli.settings import Settings, set_store, set_tenant
from ehcp_flow_cli.showing.harmless import harmless

_COMMANDS = {
    "demo": ("demo", "Run a whole term at an invented school, and say what to try next."),
    "store": ("store", "Make a place for plans, check it, rebuild its views."),
    "people": ("people", "Who is known here, and which roles they hold when."),
    "plan": ("plan", "Bring plans in; list, find, show, replay and compare them."),
    "section": ("section", "Assign, write, review and sign sections."),
    "cycle": ("cycle", "Set up a term's reviews from one file."),
    "work": ("work", "What waits on whom."),
    "audit": ("audit", "Who did what, when, in which role."),
}


class _Refusal(click.ClickException):
    """One line on standard error, exit status 1."""

    def show(self, file: object = None) -> None:
        """Print the line, whatever is in it, so that it can do nothing to the terminal."""
        line = " ".join(harmless(self.message).split())
        click.echo(f"ehcp-flow: {line}", err=True)


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

    def invoke(self, ctx: click.Context) -> object:
        try:
            result: object = super().invoke(ctx)
        except SaidNo as no:
            raise _Refusal(str(no)) from no
        except BrokenPipeError:
            raise
        except OSError as error:
            where = f" {error.filename}" if error.filename else ""
            raise _Refusal(f"{error.strerror or error}{where}: nothing was recorded.") from error
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
    for stream in _streams():
        # A name in a script that the terminal's encoding lacks must not end a command half-way.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _streams() -> Iterable[object]:
    return (sys.stdout, sys.stderr)
