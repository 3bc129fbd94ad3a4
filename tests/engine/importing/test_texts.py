"""Is the text of a plan parted at its sections, with nothing lost and nothing guessed?"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput, NotFound, SaidNo
from ehcp_flow.importing.texts import plan_of, read_folder, read_plan_text
from ehcp_flow.templates.built_in import ehcp


def sections(text: str) -> dict[str, str]:
    """Read a text as a file."""
    return read_plan_text("plan.md", text.encode())


def test_sections_are_found_in_any_order_and_written_in_any_way() -> None:
    """Text or Markdown, with or without titles; empty sections are left out."""
    text = """# EHC plan

## F
Twenty hours.

Two lines.
SECTION B \u2013 Special educational needs
Speech.
# Section A: Views
**Section E: Outcomes**
Five turns.
H1. Social care provision
Breaks.
Section H(2)
None.
Section I
=========
A school.
"""
    assert sections(text) == {
        "F": "Twenty hours.\n\nTwo lines.",
        "B": "Speech.",
        "E": "Five turns.",
        "H1": "Breaks.",
        "H2": "None.",
        "I": "A school.",
    }


@pytest.mark.parametrize("id", ehcp().titles)
@pytest.mark.parametrize(
    "heading", ["Section {0}: {1}", "# {0}. {1}", "{0}. {1}", "SECTION {0} {1}", "## {0}"]
)
def test_the_titles_of_the_regulations_are_headings(id: str, heading: str) -> None:
    """And no part of the text."""
    assert sections(heading.format(id, ehcp().titles[id]) + "\n\nText.") == {id: "Text."}


@pytest.mark.parametrize(
    "line",
    [
        "A. Smith attends.",
        "A",
        "A child reads.",
        "I - he said - am well.",
        "Section F of the plan says so.",
        "Section F. The school will do it.",
        "Section F.",
        "Sections C and D are empty.",
        "### A. Communication",
        "# A child's day",
        "Section 7 of the Act",
        "- F: special educational provision",
    ],
)
def test_a_sentence_is_no_heading(line: str) -> None:
    """It stays in the section where it stands."""
    assert sections(f"# Section B\n{line}\nMore.") == {"B": f"{line}\nMore."}


def test_words_beside_a_heading_that_are_no_title_are_kept() -> None:
    """They begin the section's text."""
    assert sections("Section F: 20 hours in each week.\nAnd more.") == {
        "F": "20 hours in each week.\nAnd more."
    }


def test_a_heading_h_may_stand_over_h1_and_h2() -> None:
    """Without text of its own, which would belong to neither."""
    assert sections("# Section H\n## H1\nBreaks.\n") == {"H1": "Breaks."}
    with pytest.raises(BadInput, match=r"line 1: section H .* H1 or H2 is expected"):
        sections("# Section H\nBreaks.\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no heading of a section"),
        ("Only prose.\n", "has no heading of a section"),
        ("# Section B\nx\n# B. Special educational needs\ny", "line 3: section B was found again"),
        ("One.\nTwo.\n# Section B\nx", "line 1: text was found before the first heading"),
        (f"{'x' * 201}\n# Section B\nx", "line 1: text was found before the first heading"),
        ("# Section B\nx\n# Section L: Extras\ny", "line 3: section L was found"),
        ("# Section B\n\n# Section C\n \n", "no text below them"),
        ("# Section B\n\0", "line 2: a NUL"),
        ("PK\x03\x04", "plain text"),
    ],
)
def test_a_text_that_cannot_be_parted_is_refused_with_its_line(text: str, says: str) -> None:
    """Nothing of such a file is taken."""
    with pytest.raises(BadInput, match=says) as no:
        sections(text)
    assert str(no.value).startswith("plan.md")


def test_other_encodings_and_line_ends_are_read() -> None:
    """As word processors save them."""
    text = "Section B\r\nRen\u00e9e \u201creads\u201d.\r\rMore.\r\n"
    expected = {"B": "Ren\u00e9e \u201creads\u201d.\n\nMore."}
    for codec in ("utf-8-sig", "utf-16", "cp1252"):
        assert read_plan_text("plan.txt", text.encode(codec)) == expected


@pytest.mark.parametrize(
    ("name", "plan"),
    [
        ("B801200005001.md", "B801200005001"),
        ("m80120000500a.txt", "M80120000500A"),
        ("2026-0042 Smith.txt", "2026-0042"),
        ("2026-0042_final-2.md", "2026-0042"),
        ("2026-0042", "2026-0042"),
    ],
)
def test_a_files_name_says_whose_plan_it_is(name: str, plan: str) -> None:
    """With the UPN or the reference it starts with; the rest is free."""
    assert plan_of(name) == plan


@pytest.mark.parametrize(
    "name", ["Smith.md", "B8012000050012.md", "2026.md", ".md", "x 2026-0042.md"]
)
def test_a_file_that_does_not_say_whose_plan_it_is_is_refused(name: str) -> None:
    """Nobody's text is guessed to be a child's."""
    with pytest.raises(BadInput, match="does not say whose plan"):
        plan_of(name)


def test_a_folder_gives_its_texts_and_says_what_it_refused(tmp_path: Path) -> None:
    """One bad file does not keep the others out."""
    (tmp_path / "2026-0002.md").write_text("# Section B\nTwo.", encoding="utf-8")
    (tmp_path / "2026-0001.TXT").write_text("# Section B\nOne.", encoding="utf-8")
    (tmp_path / "notes.md").write_text("# Section B\nWho?", encoding="utf-8")
    (tmp_path / "2026-0003.md").write_text("", encoding="utf-8")
    (tmp_path / "photo.png").write_bytes(b"\x89PNG")
    (tmp_path / "2026-0004.md").mkdir()
    found = read_folder(tmp_path)
    assert found.texts == (
        ("2026-0001.TXT", "2026-0001", {"B": "One."}),
        ("2026-0002.md", "2026-0002", {"B": "Two."}),
    )
    assert [file for file, _ in found.refused] == ["2026-0003.md", "2026-0004.md", "notes.md"]


def test_a_folder_without_texts_is_refused(tmp_path: Path) -> None:
    """So is one that is not there."""
    with pytest.raises(BadInput, match="holds no text of a plan"):
        read_folder(tmp_path)
    with pytest.raises(BadInput, match="cannot be read as a folder"):
        read_folder(tmp_path / "missing")


_lines = st.sampled_from(
    ["# Section B", "Section F: x", "## H1", "H2. Social care provision", "", "===", "text", "# x"]
) | st.text(max_size=12)


@given(st.binary(max_size=200) | st.lists(_lines, max_size=10).map(lambda x: said(x)))
@settings(deadline=None)
def test_no_bytes_whatsoever_break_the_reader(data: bytes) -> None:
    """Either there are sections with text, or a sentence on one line says why not."""
    found = sections_or_no(data)
    if isinstance(found, str):
        assert "\n" not in found
    else:
        assert found
        assert set(found) <= set(ehcp().titles)
        assert all(text.strip() for text in found.values())


def said(lines: list[str]) -> bytes:
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def sections_or_no(data: bytes) -> dict[str, str] | str:
    try:
        return read_plan_text("plan.md", data)
    except SaidNo as no:
        return str(no)


@pytest.mark.parametrize(("said", "id"), [("f", "F"), (" F ", "F"), ("h1", "H1"), ("H2", "H2")])
def test_a_section_is_named_in_any_case(said: str, id: str) -> None:
    """People write small letters."""
    assert ehcp().section_id(said) == id


@pytest.mark.parametrize("said", ["", "L", "H", "FF", "\u017f"])
def test_an_unknown_section_is_said_with_those_there_are(said: str) -> None:
    """H alone is told to be H1 or H2."""
    with pytest.raises(NotFound, match="A, B, C, D, E, F, G, H1, H2, I, J, K") as no:
        ehcp().section_id(said)
    assert ("write H1 or H2" in str(no.value)) == (said == "H")
