"""Where lines go: a reader who stops reading stops nothing that is being recorded.

``ehcp-flow plan import FILE | head -1`` closes the pipe after the first line. The import goes on to
its end, its exit status says how it ended, and what nobody reads is dropped.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TextIO, cast


class Unwritten(Exception):
    """What a command says could not be written: the disk is full, for example."""


class Outlet:
    """A text stream whose reader may go away."""

    def __init__(self, stream: TextIO, *, needed: bool) -> None:
        self._stream = stream
        self._needed = needed
        self._read = True
        self._trouble: str | None = None

    def write(self, text: str) -> int:
        """Write a text, as long as someone reads.

        Raises:
            Unwritten: it cannot be written.
        """
        with self._as_long_as_someone_reads():
            if self._read:
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Let the reader have what was written.

        Raises:
            Unwritten: it cannot be written.
        """
        with self._as_long_as_someone_reads():
            if self._read:
                self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @contextmanager
    def _as_long_as_someone_reads(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            if self._needed and not _nobody_reads(error):
                self._trouble = error.strerror or str(error)
            self._drop()
        # Told again and again: whoever wrote first may only have looked what kind of stream it is.
        if self._trouble is not None:
            raise Unwritten(self._trouble)

    def _drop(self) -> None:
        """Send the rest nowhere, what the stream still holds for later included."""
        self._read = False
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)


def _nobody_reads(error: OSError) -> bool:
    # Windows says EINVAL of a pipe whose reader is gone.
    gone = (errno.EPIPE, errno.EINVAL) if sys.platform == "win32" else (errno.EPIPE,)
    return error.errno in gone


@contextmanager
def outlets() -> Generator[None]:
    """Let standard output and standard error be outlets for the length of a command.

    A message that cannot be written ends nothing; a result that cannot be written does. A stream
    that was closed before the command began is an empty one: nothing else may take its place.
    """
    kept = sys.stdin, sys.stdout, sys.stderr
    with ExitStack() as opened:
        sys.stdin = _stream(sys.stdin, opened, "r")
        sys.stdout = _outlet(_stream(sys.stdout, opened, "w"), needed=True)
        sys.stderr = _outlet(_stream(sys.stderr, opened, "w"), needed=False)
        try:
            yield
        finally:
            sys.stdin, sys.stdout, sys.stderr = kept


def _stream(stream: TextIO | None, opened: ExitStack, mode: str) -> TextIO:
    if stream is not None:
        return stream
    return opened.enter_context(cast("TextIO", open(os.devnull, mode, encoding="utf-8")))


def _outlet(stream: TextIO, *, needed: bool) -> TextIO:
    if isinstance(stream, Outlet):
        return stream
    # A name in a script that the terminal's encoding lacks must not end a command half-way.
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    return cast("TextIO", Outlet(stream, needed=needed))
