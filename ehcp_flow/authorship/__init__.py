"""Who wrote which words: an edit as a delta against the text before it.

``runs`` folds deltas into who wrote what, ``matching`` finds a delta when all there is is the new
text, ``attribution`` does both for a plain list of texts.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ehcp_flow.authorship.attribution import attribute, attribute_each
    from ehcp_flow.authorship.likeness import Equal, Search
    from ehcp_flow.authorship.matching import MATCHER, check, find, find_all
    from ehcp_flow.authorship.revisions import Revisions
    from ehcp_flow.authorship.runs import Dead, Placing, Run, Weave

__all__ = [
    "MATCHER",
    "Dead",
    "Equal",
    "Placing",
    "Revisions",
    "Run",
    "Search",
    "Weave",
    "attribute",
    "attribute_each",
    "check",
    "find",
    "find_all",
]

_MODULES = {
    "attribution": ("attribute", "attribute_each"),
    "likeness": ("Equal", "Search"),
    "matching": ("MATCHER", "check", "find", "find_all"),
    "revisions": ("Revisions",),
    "runs": ("Dead", "Placing", "Run", "Weave"),
}


def __getattr__(name: str) -> object:
    """Import what is asked for: whoever only applies deltas does not wait for the rest."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
