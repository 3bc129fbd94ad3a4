"""Who wrote which word of a plain list of texts."""

import subprocess
import sys

import pytest

import ehcp_flow.authorship
from ehcp_flow.authorship import attribute, attribute_each

TEXTS = [
    ("Ada", "She reads well."),
    ("Bo", "She reads very well."),
    ("Ada", ""),
    ("Cy", "She reads very well. Often."),
]


def test_each_word_is_told_with_the_revision_that_wrote_it() -> None:
    """Counted from 0, as the list is."""
    assert attribute(TEXTS) == [
        ("She", 0),
        ("reads", 0),
        ("very", 1),
        ("well", 0),
        (".", 0),
        ("Often", 3),
        (".", 3),
    ]


def test_it_can_be_told_after_each_revision() -> None:
    """As it was told then."""
    each = attribute_each(TEXTS)

    assert each[0] == [("She", 0), ("reads", 0), ("well", 0), (".", 0)]
    assert each[2] == []
    assert each[3] == attribute(TEXTS)


def test_every_public_name_can_be_imported() -> None:
    """And no other."""
    for name in ehcp_flow.authorship.__all__:
        assert getattr(ehcp_flow.authorship, name) is not None
    with pytest.raises(AttributeError, match="nobody"):
        ehcp_flow.authorship.__getattr__("nobody")


def test_whoever_only_applies_deltas_does_not_import_the_matcher() -> None:
    """The commands start as quickly as they did."""
    code = (
        "import sys, ehcp_flow.authorship.delta\n"
        "assert not {'difflib', 'ehcp_flow.authorship.matching'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
