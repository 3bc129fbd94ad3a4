"""What is installed is what is here."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(*words: str | Path, cwd: Path) -> str:
    """Run a program that must succeed, and return what it printed."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("EHCP_FLOW")}
    done = subprocess.run(
        words, cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_locked_dependencies_hold_versions_and_hashes_and_no_addresses() -> None:
    """A lock file with an address in it would tie everyone to one package index."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text(encoding="utf-8")

        assert "://" not in lock
        assert re.findall(r"^\S+==\S+", lock, re.M)
        assert "--hash=sha256:" in lock


def test_the_built_wheel_runs_in_a_clean_environment(tmp_path: Path) -> None:
    """With the locked dependencies and nothing else: the help, and the whole demonstration."""
    run(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        tmp_path,
        ROOT,
        cwd=tmp_path,
    )
    (wheel,) = tmp_path.glob("*.whl")
    clean = tmp_path / "clean"
    venv.create(clean, with_pip=True)
    scripts = clean / ("Scripts" if sys.platform == "win32" else "bin")
    pip = (scripts / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements.lock", cwd=tmp_path)
    run(*pip, "--no-deps", "--no-index", wheel, cwd=tmp_path)

    told = run(scripts / "ehcp-flow", "--help", cwd=tmp_path)
    demo = run(scripts / "ehcp-flow", "demo", "story", cwd=tmp_path)
    limits = run(scripts / "ehcp-flow", "statute", "list", cwd=tmp_path)
    counted = run(
        scripts / "ehcp-flow", "statute", "explain", "D61", "--trigger", "2026-12-23", cwd=tmp_path
    )
    installed = run(scripts / "python", "-m", "pip", "list", "--format=freeze", cwd=tmp_path)

    assert "Who wrote each section of an EHC plan" in told
    assert "Try next:" in demo
    assert "within 20 weeks" in limits
    assert "Last day: 2026-12-30" in counted
    assert "pytest" not in installed
