"""Pages as text: whole, harmless, the same each time. What a browser makes of them is tested with
one."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from ehcp_flow.attributing import Authors
from ehcp_flow.plan import Plan
from ehcp_flow.templates.built_in import ehcp
from ehcp_flow_cli.showing.harmless import cell
from ehcp_flow_cli.showing.pages import parts
from ehcp_flow_cli.showing.pages.earlier import MOST_STEPS
from ehcp_flow_cli.showing.pages.palette import DARK_INK, INK, contrast, palette
from ehcp_flow_cli.showing.pages.plan import plan_page
from ehcp_flow_cli.showing.pages.who import who_page
from tests.browser.examples import HOSTILE, MADE, Record, hostile, long_kept, many_hands
from tests.cli.conftest import SENCO, Terminal
from tests.examples import SENCO as SENCO_HAND

EMPTY = {"meta", "input", "br", "link", "img"}


class Parsed(HTMLParser):
    """The elements of a page, and the text in those that have an id."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str | None]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.runs: list[tuple[str, str]] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element opens."""
        found = dict(attrs)
        self.elements.append((tag, found))
        if tag not in EMPTY:
            self.open.append((tag, found.get("id")))
        if "run" in (found.get("class") or "").split():
            self.runs.append((str(found["data-by"]), ""))

    def handle_endtag(self, tag: str) -> None:
        """It closes, and it is the one that was open."""
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        """A text stands in every element that is open."""
        for tag, id in self.open:
            if id is not None:
                self.texts[id] = self.texts.get(id, "") + data
            if tag == "a" and self.runs:
                by, text = self.runs[-1]
                self.runs[-1] = by, text + data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of a name."""
        return [attributes for name, attributes in self.elements if name == tag]


RECORDS = pytest.mark.parametrize("made", [many_hands, hostile, long_kept, Record])


def both(record: Record) -> list[str]:
    """Both pages of a record."""
    plan, authors = record.plan, record.authors
    return [who_page(authors, plan, ehcp(), MADE), plan_page(plan, ehcp(), authors, MADE)]


@RECORDS
def test_a_page_is_one_file_that_may_load_nothing(made: type[Record]) -> None:
    """It says so itself, and names no address."""
    for page in both(made()):
        parsed = Parsed(page)
        policy = next(
            str(meta["content"])
            for meta in parsed.of("meta")
            if meta.get("http-equiv") == "Content-Security-Policy"
        )

        assert page.startswith("<!DOCTYPE html>\n")
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"https?:|//[a-z]|url\(|@import", page)
        tags = {tag for tag, _ in parsed.elements}
        assert not tags & {"img", "link", "iframe", "object", "embed", "base"}
        assert not [name for _, found in parsed.elements for name in found if name[:2] == "on"]
        assert not [found for _, found in parsed.elements if "style" in found]
        assert parsed.of("html") == [{"lang": "en-GB"}]


@RECORDS
def test_a_page_is_the_same_each_time(made: type[Record]) -> None:
    """Whoever makes it from the same record at the same moment."""
    assert both(made()) == both(made())


@RECORDS
def test_each_id_is_there_once_and_what_points_at_one_finds_it(made: type[Record]) -> None:
    """Links, labels and descriptions."""
    for page in both(made()):
        parsed = Parsed(page)
        ids = [found["id"] for _, found in parsed.elements if "id" in found]

        assert len(ids) == len(set(ids))
        for _, found in parsed.elements:
            for name in ("href", "for", "aria-labelledby", "aria-describedby"):
                if (target := found.get(name)) is not None:
                    assert target.removeprefix("#") in ids


@pytest.mark.parametrize("made", [many_hands, hostile, long_kept])
def test_every_run_stands_once_and_in_order(made: type[Record]) -> None:
    """So that the text of each section is the one on record, to the last character."""
    record = made()
    authors = record.authors

    parsed = Parsed(who_page(authors, record.plan, ehcp(), MADE))

    runs = [run.text for section in authors.sections.values() for run in section.runs]
    assert [text for _, text in parsed.runs] == runs
    for id, section in authors.sections.items():
        assert parsed.texts[f"text-{id}"] == section.text == record.plan.section(id).text


def test_words_are_marked_with_hand_place_and_signatures() -> None:
    """As labels that can be read without colour, and as sentences."""
    record = many_hands()

    page = who_page(record.authors, record.plan, ehcp(), MADE)

    labels = re.findall(r'data-n="([^"]+)"', page)
    assert any("→" in label for label in labels)
    assert any(label.endswith("○ M") for label in labels)
    for told in (
        "Taken over from an advice by <bdi>Amira</bdi>",
        "Copied here by <bdi>Carol</bdi>, <bdi>subject teacher</bdi>",
        "as typist, on behalf of <bdi>Ada&#x27;s parents</bdi>, on 1 October 2026; recorded 5 Oct",
        "Machine-written, at the hand of <bdi>Otto</bdi>",
        "<p>Adopted by nobody.</p>",
        "Advice given by <bdi>Ivo Brandt</bdi>",
        "As issued, author not recorded before 5 October 2026; brought in by <bdi>Amira",
        "covers 23 of 33 words.",
        "No signature covers 10 of 33 words: marked ○ in the text.",
        "No signature covers these words.",
        "Signed: review by <bdi>Amira</bdi>",
        "Words deleted from section F: 1 passage",
        '<del class="lost">two</del>',
    ):
        assert told in page, told


def test_two_who_share_a_name_have_two_numbers() -> None:
    """A name is no identity."""
    record = Record()
    record.write("F", "One wrote this.", SENCO_HAND)
    other = replace(SENCO_HAND, by="another")
    record.write("F", "One wrote this. Another wrote that.", other)

    parsed = Parsed(who_page(record.authors, record.plan, ehcp(), MADE))

    assert [by for by, _ in parsed.runs] == ["1", "2"]


def test_of_many_revisions_some_are_shown_and_it_is_said() -> None:
    """The first, the last and the signed one among them."""
    record = long_kept()

    page = who_page(record.authors, record.plan, ehcp(), MADE)

    shown = [int(n) for n in re.findall(r"<li>v\d+, revision (\d+):", page)]
    assert len(shown) <= MOST_STEPS
    assert {1, 34, 75} <= set(shown)
    assert f"{len(shown)} of 75 revisions are shown" in page


def test_texts_too_long_for_a_page_are_left_out_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page stays one that can be opened."""
    monkeypatch.setattr("ehcp_flow_cli.showing.pages.earlier.MOST_CHARACTERS", 10)
    record = many_hands()

    page = who_page(record.authors, record.plan, ehcp(), MADE)

    assert "The earlier texts are too long for a page" in page
    assert 'id="step-F"' not in page


def test_hostile_words_stay_words() -> None:
    """In either page, whether they are a name, a role, a text or a title."""
    record = hostile()
    for page in both(record):
        parsed = Parsed(page)

        scripts = parsed.of("script")
        assert scripts in ([], [{"type": "application/json", "id": "earlier"}, {}])
        assert len(parsed.of("style")) == 1
        for found in re.finditer(parts.STEERING, page):
            assert page[: found.start()].endswith('">'), "a steering character is not in its box"
        for _, attributes in parsed.elements:
            for value in attributes.values():
                assert not parts.STEERING.search(value or "")


def test_a_character_that_html_cannot_hold_is_still_seen() -> None:
    """And a carriage return is none of the page's own line ends."""
    assert parts.words("\0") == '<span class="sign" data-is="␀"></span>'
    assert parts.words("\r") == '<span class="sign" data-is="␍">&#13;</span>'
    assert parts.words("\ud800") == "\ufffd"


def test_the_script_knows_the_same_steering_characters() -> None:
    """As the page itself."""
    (said,) = re.findall(r"STEERING = /(\[.*\])/gu", parts.resource("who.js"))

    assert re.compile(said).pattern.encode().decode("unicode_escape") == parts.STEERING.pattern


def test_every_colour_can_be_read() -> None:
    """However many hands there are."""
    for shade in palette(40):
        assert contrast(INK, shade.ground) >= 7
        assert contrast(DARK_INK, shade.dark_ground) >= 7
        assert contrast("#ffffff", shade.line) >= 3
    assert round(contrast("#000000", "#ffffff")) == 21


# A plan ------------------------------------------------------------------------------------------


def plan_of(record: Record, *, with_authors: bool = True) -> str:
    """The page of a plan."""
    authors: Authors | None = record.authors if with_authors else None
    plan: Plan = record.plan
    return plan_page(plan, ehcp(), authors, MADE)


def test_a_plan_has_no_script() -> None:
    """It is to be read and printed."""
    page = plan_of(many_hands())

    assert "<script" not in page
    assert "script-src 'none'" in page


def test_proposed_text_is_said_to_be_no_issued_one() -> None:
    """At the head of the page and of the section; a text as issued is said to be that."""
    record = Record()
    record.events.append(many_hands().events[2])

    assert "Draft" not in plan_of(record)
    assert "As issued" in plan_of(record)

    record.write("F", "Ada has four hours.", SENCO_HAND)

    page = plan_of(record)
    assert "Draft — not issued. Section F holds proposed text." in page
    assert "Draft — not issued (the issued text is another one)" in page


def test_a_signature_says_whether_it_covers_the_words_that_stand() -> None:
    """Those exactly, those again, some of them, or an earlier text."""
    record = Record()
    record.write("F", "Ada has two hours.", SENCO_HAND)
    record.sign("F", SENCO_HAND)
    assert "Covers exactly these words." in plan_of(record)

    record.write("F", "Ada has two hours. And one more.", SENCO_HAND)
    assert "this mark was put on another text: covers 4 of 7 words." in plan_of(record)
    assert "it covers an earlier one" in plan_of(record, with_authors=False)

    record.write("F", "Ada has hours.", SENCO_HAND)
    assert "put on another text: covers 3 of 3 words; gone: “two”." in plan_of(record)

    record.write("F", "Ada has two hours.", SENCO_HAND)
    assert "changed and changed back since" in plan_of(record)


def test_paragraphs_and_lists_keep_every_mark() -> None:
    """A list is one for who hears the page, and its own numbers stay."""
    record = Record()
    record.write("F", "She has:\n- a desk,\n  by the door\n- a lamp\n\n3. Third\n\nEnd", SENCO_HAND)

    page = plan_of(record)

    assert "<p>She has:</p>" in page
    assert "<li>- a desk,\n  by the door</li>\n<li>- a lamp</li>" in page
    assert "<li>3. Third</li>" in page
    assert "<p>End</p>" in page


def test_one_section_of_a_plan_alone() -> None:
    """And what was asked for is told."""
    record = many_hands()

    page = plan_page(record.plan, ehcp(), None, MADE, only="C", asked=f"as {HOSTILE}")

    assert "No text yet: section C: Health care needs" in page
    assert "Section F" not in page
    assert "<script" not in page


# At a terminal -----------------------------------------------------------------------------------


def test_plan_show_writes_a_page(plans: Terminal) -> None:
    """Into a file that only its owner can read."""
    plans.done("section", "edit", "2026-0001", "F", "-", *SENCO, stdin="Two hours a week.")
    file = plans.folder / "plan.html"

    told = plans.done("plan", "show", "2026-0001", "--html", str(file))

    page = file.read_text(encoding="utf-8")
    assert cell(told.strip()) == f"2026-0001 (v2) written to {file}."
    assert file.stat().st_mode & 0o077 == 0
    assert "<p>Two hours a week.</p>" in page

    plans.done("plan", "show", "2026-0001", "--html", str(file), "--known-at", "v1")
    page = file.read_text(encoding="utf-8")
    assert "as it was known at step v1" in page
    assert "Two hours" not in page

    day = f"{date(2026, 11, 2)}"
    plans.done("plan", "show", "2026-0001", "--html", str(file), "--as-at", day, "--section", "F")
    page = file.read_text(encoding="utf-8")
    assert f"as it was at the end of {day}" in page
    assert "Two hours" in page


def test_a_page_is_a_form_of_its_own(plans: Terminal) -> None:
    """Asked for together with another one it is not made."""
    file = plans.folder / "plan.html"

    said = plans.refused("plan", "show", "2026-0001", "--html", str(file), "--json")

    assert "--html" in said
    assert not file.exists()
