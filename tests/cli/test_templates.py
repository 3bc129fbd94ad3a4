"""Plan templates at the terminal: told whole, checked, brought in, and opened with."""

import csv
import io
import json
from pathlib import Path

import pytest

from ehcp_flow.templates.built_in import all_built_in, ehcp
from ehcp_flow.templates.reading import parse_template
from tests.cli.conftest import SENCO, Terminal
from tests.engine.templates.examples import HEAD, SECTION, WHOLE

HOSTILE = "\u202e=HYPERLINK(A1)<script>"

_EXPORT = """\
UPN,Surname,Forename,DOB,Year,SEN Status
B801200005001,Okafor,Ada,03/11/2014,Y7,E
N823200012345,O'Brien,Sean,2017-01-29,5,K
"""


def own(folder: Path, text: str = WHOLE) -> str:
    """The file of a template."""
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("id", [template.id for template in all_built_in()])
def test_everything_that_a_template_says_is_told(school: Terminal, id: str) -> None:
    """To people: each section with its title, its marks and its sources."""
    told = school.done("template", "show", id)
    (template,) = (one for one in all_built_in() if one.id == id)

    for section in template.sections:
        assert f"\n{section.id}  {section.title}\n" in told
        assert f"[{section.mark}]" in told
        for statement in section.statements().values():
            assert (statement.citation or statement.note or "") in told
    for unknown in template.not_known:
        assert f"Not known: {unknown}" in told
    assert ("a proposal, not law" in told) is template.proposal


def test_as_json_a_template_is_what_its_file_says(school: Terminal) -> None:
    """So that a program can write the file again."""
    said = json.loads(school.done("template", "show", "ehcp", "--json"))

    assert [section["id"] for section in said["section"]] == list(ehcp().ids)
    assert said["section"][5]["appealable"] == {
        "citation": "Children and Families Act 2014, section 51(2)(c)(ii)",
        "mark": "read",
        "note": None,
        "is": "yes",
    }
    assert said["from_year"][0]["sections"] == ["F", "G", "H1", "H2"]
    assert (said["weakest_mark"], said["added"]) == ("recalled", None)


def test_a_list_of_templates_has_every_version_of_ones_own(school: Terminal) -> None:
    """With who brought each in."""
    school.done("template", "add", own(school.folder), *SENCO)
    school.done("template", "add", own(school.folder, WHOLE.replace("n = 1", "n = 4", 1)), *SENCO)

    rows = list(csv.DictReader(io.StringIO(school.done("template", "list", "--csv"))))
    said = json.loads(school.done("template", "list", "--json"))

    assert [(row["id"], row["version"]) for row in rows] == [
        ("ehcp", "1"),
        ("isp", "1"),
        ("idp-wales", "1"),
        ("support-plan", "1"),
        ("support-plan", "4"),
    ]
    assert [row["from"].partition(" by ")[0] for row in rows] == ["built in"] * 3 + ["added"] * 2
    assert said[3]["sections"] == ["HELP", "VIEWS"]
    assert list(said[0]) == list(rows[0])
    told = school.done("template", "show", "support-plan", "--version", "1")
    assert "(support-plan@1)" in told
    assert "(support-plan@4)" in school.done("template", "show", "support-plan")
    assert "version 2" in school.refused("template", "show", "support-plan", "--version", "2")


def test_a_template_can_be_checked_without_a_store(bare: Terminal) -> None:
    """And nothing is recorded or made."""
    said = bare.done("template", "check", own(bare.folder))

    assert said.startswith("own.toml: support-plan@1, Fernbank support plan, 2 sections (HELP, VI")
    assert [path.name for path in bare.folder.iterdir()] == ["own.toml"]
    assert "expected each section once" in bare.refused(
        "template", "check", own(bare.folder, HEAD + SECTION * 2)
    )


def test_a_file_without_end_is_not_read_whole(school: Terminal) -> None:
    """It is told that it is too long."""
    file = school.folder / "long.toml"
    file.write_bytes(b"#" * 3_000_000)

    assert "expected a template of at most 500,000" in school.refused(
        "template", "add", str(file), *SENCO
    )


def test_words_of_a_file_do_nothing_to_whoever_reads_them(school: Terminal) -> None:
    """A title that would steer is no title; a formula and markup stay words."""
    steering = WHOLE.replace("What helps", HOSTILE)
    assert "expected one line" in school.refused(
        "template", "add", own(school.folder, steering), *SENCO
    )

    harmless = WHOLE.replace("What helps", "=1+1 <script>x</script>")
    harmless = harmless.replace("Fernbank support plan", "=A1<b>")
    school.done("template", "add", own(school.folder, harmless), *SENCO)
    opened = ("--surname", "Vane", "--forename", "Ivo", "--born", "2018-05-02", "--year", "3")
    school.done("plan", "open", *opened, "--no-upn", "new", "--template", "support-plan", *SENCO)

    rows = list(csv.reader(io.StringIO(school.done("template", "list", "--csv"))))
    assert not any(cell.startswith("=") for row in rows for cell in row)
    school.done("plan", "show", "2026-0001", "--html", "plan.html")
    page = (school.folder / "plan.html").read_text(encoding="utf-8")
    assert "<script>x" not in page
    assert "<b>" not in page
    school.done("section", "edit", "2026-0001", "HELP", "-", *SENCO, stdin="A quiet place.")
    school.done("audit", "who", "2026-0001", "--html", "who.html")
    assert "<script>x" not in (school.folder / "who.html").read_text(encoding="utf-8")


def test_pupils_with_support_get_plans_of_another_kind(school: Terminal) -> None:
    """Those with an EHC plan keep theirs, and stay listed."""
    file = school.folder / "export.csv"
    file.write_text(_EXPORT, encoding="utf-8")
    school.done("plan", "import", str(file), *SENCO)

    assert "is a proposal and not law" in school.refused(
        "plan", "import", str(file), "--template", "isp", "--sen", "K", *SENCO
    )
    isp = ("--template", "isp", "--sen", "K", "--proposal", "--leavers", *SENCO)
    said = school.done("plan", "import", str(file), *isp)

    assert "2 pupils: 1 with SEN support, 1 without" in said
    assert "1 new, 0 changed, 0 unchanged, 0 no longer listed." in said
    assert "1 plans opened (2026-0002 to 2026-0002)" in said
    lines = json.loads(school.done("plan", "list", "--json"))
    assert [(line["reference"], line["template"]) for line in lines] == [
        ("2026-0001", "ehcp"),
        ("2026-0002", "isp"),
    ]
    again = school.done("plan", "import", str(file), "--leavers", *SENCO)
    assert "0 new, 0 changed, 1 unchanged, 0 no longer listed." in again


def test_a_file_that_names_pupils_with_another_plan_says_so(school: Terminal) -> None:
    """Nothing of theirs is changed."""
    file = school.folder / "export.csv"
    file.write_text(_EXPORT, encoding="utf-8")
    school.done("plan", "import", str(file), *SENCO)
    file.write_text(_EXPORT.replace("Y7,E", "Y8,K"), encoding="utf-8")

    isp = ("--template", "isp", "--sen", "K", "--proposal", *SENCO)
    said = school.done("plan", "import", str(file), *isp)

    assert "  2026-0001 is a plan of another kind and stays as it is\n" in said
    assert "year 7" in school.done("plan", "show", "2026-0001")


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--born", "31/02/2018", "--born"),
        ("--year", "15", "--year"),
        ("--need", "XYZ", "--need"),
        ("--upn", "A801200005001", "--upn"),
        ("--made-on", "2012-01-01", "--made-on"),
        ("--surname", " ", "--surname"),
    ],
)
def test_a_plan_is_not_opened_with_what_cannot_be(
    school: Terminal, option: str, text: str, said: str
) -> None:
    """Said of which option."""
    options = {
        "--surname": "Vane",
        "--forename": "Ivo",
        "--born": "2018-05-02",
        "--year": "3",
        "--upn": "B801200005001",
        option: text,
    }
    words = [word for pair in options.items() for word in pair]

    assert said in school.refused("plan", "open", *words, *SENCO)


def test_a_plan_opened_by_hand_has_all_its_particulars(school: Terminal) -> None:
    """As an export would give them."""
    words = "--surname Vane --forename Ivo --born 2/5/2018 --year Y3 --upn B801200005001"
    more = "--group 3W --need SLCN --need ASD --made-on 2023-01-09 --last-review 2025-11-18"
    said = school.done(
        "plan", "open", *words.split(), *more.split(), "--tutor", "Ms D Fenwick",
        "--school", "Fernbank School", "--authority", "Marlshire", *SENCO,
    )  # fmt: skip

    assert said == "2026-0001 opened as an EHC plan (ehcp@1).\n"
    about = json.loads(school.done("plan", "show", "2026-0001", "--json"))["particulars"]
    assert about == {
        "reference": "2026-0001",
        "template": "ehcp",
        "surname": "Vane",
        "forename": "Ivo",
        "born": "2018-05-02",
        "upn": "B801200005001",
        "no_upn": None,
        "year": "3",
        "group": "3W",
        "tutor": "Ms D Fenwick",
        "needs": ["SLCN", "ASD"],
        "made_on": "2023-01-09",
        "last_review": "2025-11-18",
        "listed": True,
        "template_version": 1,
        "school": "Fernbank School",
        "authority": "Marlshire",
    }


def test_texts_of_a_welsh_plan_come_in_under_its_own_headings(school: Terminal) -> None:
    """A heading over others may stand alone; a section of England is none of them."""
    opened = ("--surname", "Vane", "--forename", "Ivo", "--born", "2018-05-02", "--year", "3")
    school.done("plan", "open", *opened, "--no-upn", "new", "--template", "idp-wales", *SENCO)
    folder = school.folder / "texts"
    folder.mkdir()
    text = folder / "2026-0001.md"
    text.write_text(
        "# Section 2A: Description of the additional learning needs\n\nNeeds time.\n\n"
        "# Section 2B: Additional learning provision\n\n"
        "## Section 2B.1\n\nReads aloud.\n\n## 2B.2 The provision\n\nTwo hours.\n",
        encoding="utf-8",
    )

    said = school.done("plan", "import-texts", str(folder), *SENCO)

    assert said == "2026-0001.md: 2026-0001, sections 2A 2B.1 2B.2 recorded.\n"
    sections = json.loads(school.done("plan", "show", "2026-0001", "--json"))["sections"]
    assert {id: one["text"] for id, one in sections.items() if one["text"]} == {
        "2A": "Needs time.",
        "2B.1": "Reads aloud.",
        "2B.2": "Two hours.",
    }
    draft = school.done("plan", "show", "2026-0001", "--section", "2b.1", "--out", "d.md")
    assert "written to d.md" in draft
    assert "exactly this text already" in school.done(
        "section", "edit", "2026-0001", "2B.1", "d.md", *SENCO
    )
    text.write_text("# Section F: Provision\n\nTwo hours.\n", encoding="utf-8")
    refused = school("plan", "import-texts", str(folder), *SENCO)
    assert refused.exit_code == 1
    assert (
        "section F was found, and one of 1A, 1B, 1C, 2A, 2B.1, 2B.2 is expected" in refused.stderr
    )


def test_what_is_required_from_year_9_on_stands_with_its_sections(school: Terminal) -> None:
    """In the text, in JSON and on the page; not beside a section that it is not about."""
    opened = ("--surname", "Vane", "--forename", "Ivo", "--born", "2012-05-02", "--year", "9")
    school.done("plan", "open", *opened, "--no-upn", "new", *SENCO)
    said = "Year 9: sections F, G, H1, H2 must include provision"

    assert said in school.done("plan", "show", "2026-0001")
    assert said in school.done("plan", "show", "2026-0001", "--section", "G")
    assert said not in school.done("plan", "show", "2026-0001", "--section", "A")
    (told,) = json.loads(school.done("plan", "show", "2026-0001", "--json"))["requirements"]
    assert (told["sections"], told["mark"]) == (["F", "G", "H1", "H2"], "recalled")
    assert told["advice"] == {
        "kind": "preparation for adulthood",
        "given": False,
        "citation": "SEND Regulations 2014, regulation 6(1)(g)",
        "mark": "read",
    }
    school.done("plan", "show", "2026-0001", "--html", "plan.html")
    assert said in (school.folder / "plan.html").read_text(encoding="utf-8")


def test_each_built_in_file_is_an_example_that_passes_the_check() -> None:
    """Whoever writes a template of their own may begin with one."""
    for template in all_built_in():
        folder = Path(__file__).parents[2] / "ehcp_flow" / "templates"
        text = (folder / f"{template.id}.toml").read_text(encoding="utf-8")
        assert parse_template(text, name="x.toml") == template
