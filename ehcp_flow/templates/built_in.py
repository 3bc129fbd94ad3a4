"""Which templates are there without anybody bringing them in?"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from ehcp_flow.templates.reading import parse_template
from ehcp_flow.templates.template import Template

EHCP = "ehcp"
"""The template of a plan that a school's export speaks of."""

_FILES = {
    EHCP: {1: "ehcp.toml"},
    "isp": {1: "isp.toml"},
    "idp-wales": {1: "idp-wales.toml"},
}
"""By id and version: plans keep their version for ever, and so do the files."""

IDS = tuple(_FILES)


def built_in(id: str, version: int) -> Template | None:
    """Return a built-in template in a version; ``None``: there is none."""
    file = _FILES.get(id, {}).get(version)
    return None if file is None else _read(file)


def ehcp() -> Template:
    """Return the latest template of an Education, Health and Care plan."""
    return _read(_FILES[EHCP][max(_FILES[EHCP])])


def all_built_in() -> Iterator[Template]:
    """Go through every built-in template in its latest version."""
    return (_read(versions[max(versions)]) for versions in _FILES.values())


@cache
def _read(file: str) -> Template:
    data = files("ehcp_flow.templates").joinpath(file).read_text(encoding="utf-8")
    return parse_template(data, name=file)
