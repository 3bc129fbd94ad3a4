"""The operating models that come with the product, each a file beside this one."""

import difflib
from functools import cache, lru_cache
from importlib.resources import files

from ehcp_flow.errors import NotFound
from ehcp_flow.models.model import Model
from ehcp_flow.models.reading import parse, recorded_model

DEFAULT = "default"
"""The id of the one that holds where none was chosen."""

SHIPPED = (DEFAULT, "M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7")
"""Their ids."""


def text_of_shipped(id: str) -> str:
    """Return the file of a model that comes with the product.

    Raises:
        NotFound: there is none of this id.
    """
    names = {name.casefold(): name for name in SHIPPED}
    if id.casefold() not in names:
        near = difflib.get_close_matches(id[:40].casefold(), names, 1)
        meant = f"; perhaps {names[near[0]]} is meant" if near else ""
        raise NotFound(
            f"There is no operating model {id[:40]!r}{meant}. There are {', '.join(SHIPPED)}; one "
            "of your own is a file."
        )
    name = names[id.casefold()]
    return files("ehcp_flow.models").joinpath(f"{name}.toml").read_text(encoding="utf-8")


@cache
def shipped(id: str) -> Model:
    """Return a model that comes with the product.

    Raises:
        NotFound: there is none of this id.
    """
    return parse(text_of_shipped(id), f"{id}.toml")


def default() -> Model:
    """Return the model that holds where none was chosen."""
    return shipped(DEFAULT)


@lru_cache(maxsize=64)
def recorded(data: str, name: str) -> Model:
    """Return the model that a setting has on record; it was checked when it was chosen."""
    return recorded_model(data, name)
