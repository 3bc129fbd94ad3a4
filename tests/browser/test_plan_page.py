"""A plan's page in a browser."""

from pathlib import Path
from typing import cast

import pytest

from ehcp_flow.templates.built_in import ehcp
from ehcp_flow_cli.showing.pages.plan import plan_page
from tests.browser.conftest import Open
from tests.browser.examples import HOSTILE, MADE, hostile, many_hands

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")

RECORD = many_hands()
PAGE = plan_page(RECORD.plan, ehcp(), RECORD.authors, MADE)


def test_it_can_be_read_and_printed(open_page: Open) -> None:
    """Sections as headings, texts as paragraphs, the draft marked as one."""
    page = open_page(PAGE).page

    assert page.get_by_role("heading", level=1).inner_text().endswith("Ada Okafor")
    assert page.get_by_role("heading", level=2).count() == 4
    assert page.get_by_text("Draft — not issued").first.is_visible()
    assert page.get_by_text("She sits near the front, by the window.").first.is_visible()
    assert page.locator("script").count() == 0
    page.emulate_media(media="print")
    assert page.get_by_text("Draft — not issued").first.is_visible()
    assert page.pdf().startswith(b"%PDF-")


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out(open_page: Open, dark: bool) -> None:
    """At least 4.5 to 1 as rendered."""
    found = cast("list[tuple[str, float]]", open_page(PAGE, dark=dark).script(CONTRAST))

    assert len(found) > 20
    assert [one for one in found if one[1] < 4.5] == []


def test_hostile_words_do_nothing_and_fit(open_page: Open) -> None:
    """A name of one long word is broken, and no word is more than one."""
    record = hostile()
    watched = open_page(
        plan_page(record.plan, ehcp(), record.authors, MADE, asked=HOSTILE), width=320
    )

    assert watched.page.locator("img, script").count() == 0
    assert watched.script("document.documentElement.scrollWidth") == 320
    shown = watched.page.locator(".text").first.text_content() or ""
    assert shown.split() == record.plan.section("A").text.split()
    assert HOSTILE in (watched.page.locator(".particulars").text_content() or "")
