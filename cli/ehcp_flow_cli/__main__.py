"""``python -m ehcp_flow_cli``."""

from ehcp_flow_cli.main import cli

cli(prog_name="ehcp-flow")
