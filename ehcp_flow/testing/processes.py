"""Another process that works on the same store, and what is said to it and heard from it."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from subprocess import PIPE, Popen


def sizes(count: int) -> list[int]:
    """How many events each append of such a process has."""
    return [1 + n % 4 for n in range(count)]


@contextmanager
def process(*words: str) -> Generator["Popen[str]"]:
    """Another process that works on a store, as ``ehcp_flow.testing.elsewhere`` describes.

    It finds every adapter that is found here, and is ended with the block if it is still running.
    """
    here = os.pathsep.join(place for place in sys.path if place)
    with Popen(
        [sys.executable, "-m", "ehcp_flow.testing.elsewhere", *words],
        env=os.environ | {"PYTHONPATH": here},
        stdin=PIPE,
        stdout=PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def tell(running: "Popen[str]", line: str = "go") -> None:
    """Write a line to a process."""
    assert running.stdin is not None
    running.stdin.write(f"{line}\n")
    running.stdin.flush()


def hear(running: "Popen[str]") -> str:
    """Read a line from a process, "" when it has ended."""
    assert running.stdout is not None
    return running.stdout.readline().strip()


def hear_all(running: "Popen[str]") -> list[str]:
    """Read what a process says until it ends."""
    assert running.stdout is not None
    return running.stdout.read().split("\n")[:-1]
