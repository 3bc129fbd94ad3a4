"""What is installed is what is here."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_locked_dependencies_hold_versions_and_hashes_and_no_addresses() -> None:
    """A lock file with an address in it would tie everyone to one package index."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text(encoding="utf-8")

        assert "://" not in lock
        assert re.findall(r"^\S+==\S+", lock, re.M)
        assert "--hash=sha256:" in lock
