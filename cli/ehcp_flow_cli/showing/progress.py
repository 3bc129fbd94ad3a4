"""How far a long piece of work is: a bar on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def progress(title: str) -> Generator[Callable[[int, int], None]]:
    """Give a function that is told how much of how many is done."""
    if not sys.stderr.isatty():
        yield lambda _done, _many: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, many: bar.update(task, completed=done, total=many)
