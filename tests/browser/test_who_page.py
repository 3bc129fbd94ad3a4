"""Who wrote what, in a browser: by pointer, by keyboard, without scripts, on paper."""

import re
from pathlib import Path
from typing import cast

import pytest
from playwright.sync_api import Page

from ehcp_flow.authorship.delta import revision_name
from ehcp_flow.templates.built_in import ehcp
from ehcp_flow_cli.showing.pages.who import who_page
from tests.browser.conftest import Open, Watched
from tests.browser.examples import HOSTILE, MADE, Record, hostile, many_hands

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")

RECORD = many_hands()
AUTHORS = RECORD.authors
PAGE = who_page(AUTHORS, RECORD.plan, ehcp(), MADE)


def texts_of(page: Page) -> dict[str, str | None]:
    """The current text of each section, as the page holds it."""
    return {id: page.locator(f"#text-{id}").text_content() for id in AUTHORS.sections}


def focused(page: Page) -> str:
    """What the keyboard is on."""
    return str(page.evaluate("document.activeElement.className"))


def tab_to(page: Page, kind: str, most: int = 80) -> None:
    """Press Tab until the keyboard is on an element of a class."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if kind in focused(page).split():
            return
    raise AssertionError(f"Tab does not reach .{kind}")


@pytest.mark.parametrize("scripts", [True, False])
def test_it_opens_from_its_file_with_and_without_scripts(open_page: Open, scripts: bool) -> None:
    """All text is there; what needs a script is seen only with one."""
    page = open_page(PAGE, scripts=scripts).page

    assert texts_of(page) == {id: section.text for id, section in AUTHORS.sections.items()}
    assert page.locator("#filters").is_visible() is scripts
    assert page.locator("#step-F").is_visible() is scripts
    assert page.get_by_role("heading", name="Revisions of section F").is_visible()
    assert page.get_by_text("v7, revision 4: Otto (machine user)").first.is_visible()
    assert page.get_by_role("main").count() == 1
    assert page.title() == "Who wrote what: 2026-0001 Ada Okafor"


def test_the_pointer_and_the_keyboard_show_the_hand(open_page: Open) -> None:
    """Every run can be reached; Escape takes the account away, and so does going on."""
    page = open_page(PAGE).page
    box = page.locator("#hand")
    tab_to(page, "run")
    reached = 1
    assert box.is_visible()
    assert "Copied here by Carol, subject teacher" in box.inner_text()
    assert "on behalf of Ada's parents" in box.inner_text()
    outline = page.evaluate(
        "parseFloat(getComputedStyle(document.activeElement.querySelector('.w')).outlineWidth)"
    )
    assert outline >= 2

    page.keyboard.press("Escape")
    assert box.is_hidden()

    while "run" in focused(page).split() or reached < 5:
        page.keyboard.press("Tab")
        reached += "run" in focused(page).split()
    in_first = page.locator("#text-B .run[tabindex='0']").count()
    assert reached >= in_first

    page.locator("#text-F .run").last.hover()
    assert box.is_visible()
    assert "Machine-written, at the hand of Otto" in box.inner_text()
    assert "No signature covers these words." in box.inner_text()
    box.hover()
    page.wait_for_timeout(300)
    assert box.is_visible()
    page.mouse.move(2, 2)
    box.wait_for(state="hidden")


def test_without_scripts_the_stylesheet_shows_the_hand(open_page: Open) -> None:
    """And following a run leads to its account."""
    page = open_page(PAGE, scripts=False).page
    run = page.locator("#text-F .run").last

    run.focus()
    shown = run.evaluate("run => getComputedStyle(run, '::after').content")
    assert "Machine-written, at the hand of Otto" in shown

    page.keyboard.press("Enter")
    account = page.locator(":target")
    assert "Machine-written, at the hand of Otto" in account.inner_text()


def test_filters_by_keyboard(open_page: Open) -> None:
    """A hand that is not chosen is plain or left out, a section is hidden, and it is said."""
    page = open_page(PAGE).page
    status = page.locator("#filtered")
    assert status.inner_text() == "Everything is shown."

    page.locator("#filters button").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(".run:not(.plain)").count() == 0

    page.locator("[name=person][value='2']").focus()
    page.keyboard.press("Space")
    by = "run => run.dataset.by"
    marked = page.locator(".run:not(.plain)").evaluate_all(f"runs => runs.map({by})")
    plain = page.locator(".run.plain").evaluate_all(f"runs => runs.map({by})")
    assert set(marked) == {"2"}
    assert "2" not in plain
    assert len(marked) == sum(
        'data-by="2"' in start for start in re.findall(r'<a class="run [^>]*>', PAGE)
    )
    assert texts_of(page)["F"] == AUTHORS.sections["F"].text

    page.locator("#leave-out").focus()
    page.keyboard.press("Space")
    assert page.locator(".run.out").count() == len(plain)
    theirs = [run.text for run in AUTHORS.sections["F"].runs if run.written.by == "boris"]
    assert theirs
    shown = page.locator("#text-F").inner_text()
    for run in AUTHORS.sections["F"].runs:
        if len(words := run.text.strip()) > 3:
            assert (words in shown) is (run.written.by == "boris")

    page.locator("[name=section][value=B]").focus()
    page.keyboard.press("Space")
    assert page.locator("#section-B").is_hidden()
    assert page.locator("#section-F").is_visible()
    assert "1 of " in status.inner_text()
    assert "The words of the others are left out." in status.inner_text()


def test_the_slider_shows_each_earlier_text(open_page: Open) -> None:
    """Exactly the one on record, with its hands, step after step by keyboard."""
    page = open_page(PAGE).page
    slider = page.locator("#step-F")
    slider.focus()
    page.keyboard.press("Home")
    revisions = AUTHORS.sections["F"].revision
    for revision in range(1, revisions + 1):
        current = revision == revisions
        shown = page.locator("#text-F" if current else "#then-F")
        assert shown.is_visible()
        assert shown.text_content() == AUTHORS.weave.source(revision_name("F", revision))
        assert page.locator("#then-F" if current else "#text-F").is_hidden()
        said = page.locator("#section-F output").inner_text()
        assert f"revision {revision}:" in said
        assert said.endswith(str(slider.get_attribute("aria-valuetext")))
        if revision == 3:
            page.locator("#then-F .run").last.hover()
            told = page.locator("#hand").inner_text()
            assert "Advice given by Ivo Brandt" in told
            assert "Taken over from an advice by Amira" in told
            slider.focus()
        page.keyboard.press("ArrowRight")


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_what_is_behind_it(open_page: Open, dark: bool) -> None:
    """At least 4.5 to 1 as rendered, also where hands are many, and also what is shown later."""
    watched = open_page(PAGE, dark=dark)
    watched.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    watched.page.locator("#text-F .run").last.focus()

    found = cast("list[tuple[str, float]]", watched.script(CONTRAST))

    assert len(found) > 200
    assert [one for one in found if one[1] < 4.5] == []
    watched.page.locator("#filters button").nth(1).click()
    found = cast("list[tuple[str, float]]", watched.script(CONTRAST))
    assert [one for one in found if one[1] < 4.5] == []


def test_on_paper_the_marks_stay_and_the_controls_go(open_page: Open) -> None:
    """Numbers and lines need no colour."""
    page = open_page(PAGE).page
    page.emulate_media(media="print")

    for control in ("#filters", "#step-F", ".skip", "#hand"):
        assert page.locator(control).is_hidden()
    looks = page.locator("#text-E .w").evaluate_all(
        """all => all.map((one) => {
          const style = getComputedStyle(one), before = getComputedStyle(one, "::before");
          return [style.textDecorationLine, style.textDecorationStyle, before.content,
                  style.backgroundColor, style.color];
        })"""
    )
    assert len(looks) == 14
    assert {look[0] for look in looks} == {"underline"}
    assert len({look[1] for look in looks}) == 5
    assert len({look[2] for look in looks}) == 14
    assert {look[3] for look in looks} == {"rgba(0, 0, 0, 0)"}
    assert {look[4] for look in looks} == {"rgb(0, 0, 0)"}
    assert page.pdf().startswith(b"%PDF-")


@pytest.mark.parametrize("made", [many_hands, hostile])
def test_it_fits_a_narrow_screen(open_page: Open, made: type[Record]) -> None:
    """Nothing has to be scrolled sideways at 320 pixels, also beside a run."""
    record = made()
    watched = open_page(who_page(record.authors, record.plan, ehcp(), MADE), width=320)
    watched.page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    run = watched.page.locator(".run[tabindex='0']").last
    run.focus()

    assert watched.script("document.documentElement.scrollWidth") == 320
    box = watched.page.locator("#hand").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320


def inert(watched: Watched) -> None:
    """Nothing that a record says became an element or ran."""
    assert watched.page.locator("img, iframe, title + script").count() == 0
    assert watched.page.locator("style").count() == 1
    assert watched.page.locator("script").count() == 2


def test_hostile_words_do_nothing(open_page: Open) -> None:
    """They stand there to the last character, now and at each step."""
    record = hostile()
    authors = record.authors
    watched = open_page(who_page(authors, record.plan, ehcp(), MADE))
    page = watched.page

    assert page.locator("#text-A").text_content() == authors.sections["A"].text
    assert page.locator(".hands bdi").first.text_content() == HOSTILE
    inert(watched)

    page.locator("#step-A").focus()
    for revision in (2, 1):
        page.keyboard.press("ArrowLeft")
        source = authors.weave.source(revision_name("A", revision))
        assert page.locator("#then-A").text_content() == source
        page.locator("#then-A .run").first.focus()
        assert HOSTILE in str(page.locator("#hand").text_content())
        page.locator("#step-A").focus()
    inert(watched)


def test_a_direction_character_turns_nothing_round(open_page: Open) -> None:
    """The words after it are written from left to right, and its picture is seen."""
    record = hostile()
    page = open_page(who_page(record.authors, record.plan, ehcp(), MADE)).page

    places = page.evaluate(
        """() => {
          const sign = document.querySelector('#text-A .sign[data-is="⟨U+202E⟩"]');
          const after = sign.nextSibling, found = [];
          for (let n = 0; n < 4; n++) {
            const range = document.createRange();
            range.setStart(after, n); range.setEnd(after, n + 1);
            found.push(range.getBoundingClientRect().left);
          }
          return [after.data.slice(0, 4), found, sign.getBoundingClientRect().width];
        }"""
    )
    word, lefts, wide = places
    assert word == "kcab"
    assert lefts == sorted(lefts)
    assert wide > 10
