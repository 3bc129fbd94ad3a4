"""A browser without a window, the system's own Chromium, that reaches no network."""

import shutil
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Route, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)


@pytest.fixture(scope="module")
def browser() -> Generator[Browser]:
    """One browser for the tests of a file."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no browser here: none of {', '.join(NAMES)} is on the path")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


@dataclass
class Watched:
    """A page, and what it did that it should not."""

    page: Page
    asked: list[str] = field(default_factory=list[str])
    """The addresses that it asked for, other than its own file."""
    complaints: list[str] = field(default_factory=list[str])

    def script(self, source: str) -> object:
        """Return what a piece of script says of the page."""
        value: object = self.page.evaluate(source)
        return value


Open = Callable[..., Watched]


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Generator[Open]:
    """Open a page from its file, and check at the end that it was quiet."""
    contexts: list[Callable[[], None]] = []
    all_watched: list[Watched] = []

    def opened(
        text: str, *, scripts: bool = True, width: int = 1000, dark: bool = False
    ) -> Watched:
        file = tmp_path / f"page-{len(contexts)}.html"
        file.write_text(text, encoding="utf-8", newline="\n")
        context = browser.new_context(
            java_script_enabled=scripts,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(5_000)
        contexts.append(context.close)
        watched = Watched(context.new_page())
        all_watched.append(watched)

        def route(route: Route) -> None:
            if route.request.url == file.as_uri():
                route.continue_()
            else:
                watched.asked.append(route.request.url)
                route.abort()

        def heard(message: ConsoleMessage) -> None:
            watched.complaints.append(f"{message.type}: {message.text}")

        def dialog(dialog: Dialog) -> None:
            watched.complaints.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        def failed(error: Exception) -> None:
            watched.complaints.append(f"error: {error}")

        context.route("**/*", route)
        watched.page.on("console", heard)
        watched.page.on("dialog", dialog)
        watched.page.on("pageerror", failed)
        watched.page.goto(file.as_uri())
        return watched

    yield opened
    for close in contexts:
        close()
    for watched in all_watched:
        assert watched.asked == []
        assert watched.complaints == []
