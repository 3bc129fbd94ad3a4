"""A wire to a server that loses a question, or the answer to it, and the connection with it."""

import socket
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from typing import Literal
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

Cut = Literal["question", "answer"]


class Wire:
    """Passes on what it is given, until it is told what to lose."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        self._folder = query.pop("host", [None])[0]
        self._place = (parts.hostname or "127.0.0.1", parts.port or 5432)
        self._listening = socket.create_server(("127.0.0.1", 0))
        port = self._listening.getsockname()[1]
        user = parts.netloc.rpartition("@")[0]
        self.url = urlunsplit(
            parts._replace(
                netloc=f"{user}@127.0.0.1:{port}" if user else f"127.0.0.1:{port}",
                query=urlencode({**query, "sslmode": "disable", "gssencmode": "disable"}, True),
            )
        )
        self._losing: Cut | None = None
        self._open: list[socket.socket] = []
        self.taken = 0
        """How many connections were made through it."""
        threading.Thread(target=self._take, daemon=True).start()

    def lose(self, what: Cut) -> None:
        """Lose the next question, or the answer to it, and the connection with it."""
        self._losing = what

    def cut(self) -> None:
        """Cut every connection now."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self.taken += 1
                server = self._reach()
                self._open += [client, server]
                for pair in ((client, server, "question"), (server, client, "answer")):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _reach(self) -> socket.socket:
        if self._folder is None:
            return socket.create_connection(self._place)
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{self._folder}/.s.PGSQL.{self._place[1]}")
        return server

    def _pass_on(self, source: socket.socket, target: socket.socket, what: Cut) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                if self._losing == what:
                    self._losing = None
                    break
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Cut everything, and take no more."""
        # Whoever waits for the next one is woken by it.
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()
        for one in self._open:
            one.close()


@contextmanager
def wire(url: str) -> Generator[Wire]:
    """A wire to the server of a URL."""
    with closing(Wire(url)) as one:
        yield one
