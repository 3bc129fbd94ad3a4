"""An event-sourced workflow for Education, Health and Care plans: the engine.

The public names are loaded when they are asked for (PEP 562), so that importing the package
costs nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ehcp_flow.acting import By, Done
    from ehcp_flow.errors import SaidNo
    from ehcp_flow.plans import Plans, open_plans

__all__ = ["By", "Done", "Plans", "SaidNo", "open_plans"]

_HOMES = {
    "By": "ehcp_flow.acting",
    "Done": "ehcp_flow.acting",
    "Plans": "ehcp_flow.plans",
    "SaidNo": "ehcp_flow.errors",
    "open_plans": "ehcp_flow.plans",
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
