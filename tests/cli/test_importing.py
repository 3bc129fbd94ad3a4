"""The sample export at the terminal: what is understood, what is faulty, what goes in."""

import csv
import io
import json
from pathlib import Path

from tests.cli.conftest import SENCO, Terminal

FAULTS = [
    ("line 7", "UPN"),
    ("line 11", "UPN"),
    ("line 14", "UPN"),
    ("line 22", "DOB"),
    ("line 27", "Year Group"),
]


def test_the_sample_export_has_these_faults_and_these_plans(school: Terminal, data: Path) -> None:
    """150 pupils, 122 with a plan, 28 without, five faults on their lines, 117 plans."""
    result = school("plan", "import", str(data / "pupils-mis-export.csv"), *SENCO)

    assert result.exit_code == 0
    assert "150 pupils: 122 with an EHC plan, 28 without; 5 rows are faulty" in result.stdout
    assert "117 plans opened (2026-0001 to 2026-0117)" in result.stdout
    told = [tuple(line.split(":")[0].split(", ")) for line in result.stderr.splitlines()]
    assert told == FAULTS
    assert "31/02/2015" in result.stderr
    assert "'Year 15?'" in result.stderr
    assert "the pupil of line 5 again" in result.stderr


def test_a_reason_for_no_upn_lets_line_7_in(school: Terminal, data: Path) -> None:
    """118 plans then."""
    export = str(data / "pupils-mis-export.csv")

    said = school.done("plan", "import", export, "--no-upn", "new arrival", *SENCO)

    assert "118 plans opened" in said


def test_strict_imports_nothing(school: Terminal, data: Path) -> None:
    """One faulty row is enough."""
    said = school.refused("plan", "import", str(data / "pupils-mis-export.csv"), "--strict", *SENCO)

    assert "nothing was imported" in said


def test_the_same_file_again_changes_nothing(plans: Terminal, data: Path) -> None:
    """And nobody is asked anything."""
    before = plans.head()

    said = plans.done("plan", "import", str(data / "pupils-mis-export.csv"), *SENCO)

    assert "0 new, 0 changed, 117 unchanged" in said
    assert plans.head() == before


def test_faulty_rows_are_mended_in_their_own_file(plans: Terminal) -> None:
    """The file that was written is corrected and imported, and nothing is in it twice."""
    place = plans.folder / "pupils-mis-export-to-mend.csv"
    rows = list(csv.reader(io.StringIO(place.read_text(encoding="utf-8-sig"))))
    assert len(rows) == 6
    year = rows[0].index("Year Group")
    mended = [row for row in rows if row[year] == "Year 15?"]
    mended[0][year] = "Year 13"
    again = plans.folder / "mended.csv"
    with again.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([rows[0], *mended])

    said = plans.done("plan", "import", str(again), *SENCO)

    assert "1 plans opened (2026-0118 to 2026-0118)" in said


def test_a_file_that_someone_is_mending_is_not_written_over(plans: Terminal, data: Path) -> None:
    """The next one gets another name."""
    first = plans.folder / "pupils-mis-export-to-mend.csv"
    first.write_text("half mended", encoding="utf-8")

    plans.done("plan", "import", str(data / "pupils-mis-export.csv"), *SENCO)

    assert first.read_text(encoding="utf-8") == "half mended"
    assert (plans.folder / "pupils-mis-export-to-mend-2.csv").exists()


def test_a_later_export_is_shown_before_it_is_recorded(plans: Terminal, data: Path) -> None:
    """Exit status 3 and nothing recorded, until it is said to go ahead."""
    text = (data / "pupils-mis-export.csv").read_text(encoding="utf-8-sig")
    later = plans.folder / "september.csv"
    later.write_text(text.replace(",14/06/2015,Y7,", ",14/06/2015,Y8,", 1), encoding="utf-8")
    before = plans.head()

    shown = plans("plan", "import", str(later), *SENCO)

    assert shown.exit_code == 3
    assert "1 changed" in shown.stdout
    assert "2026-0001 year: 7 -> 8" in shown.stdout
    assert plans.head() == before
    assert "1 changed" in plans.done("plan", "import", str(later), "--yes", *SENCO)
    assert plans.head() == before + 1


def test_a_preview_records_nothing(school: Terminal, data: Path) -> None:
    """Exit status 3: there is something to do."""
    export = str(data / "pupils-mis-export.csv")

    result = school("plan", "import", export, "--preview", *SENCO)

    assert result.exit_code == 3
    assert "117 new" in result.stdout
    assert "[]" in school.done("plan", "list", "--json")


def test_other_headings_are_mapped_and_the_mapping_is_kept(school: Terminal) -> None:
    """Once by hand, then from the file."""
    export = school.folder / "export.csv"
    export.write_text(
        "Ref;Family;Given;Born;NCY;Plan?\nB801200005001;Okafor;Ada;03/11/2014;7;E\n",
        encoding="cp1252",
    )
    maps = [
        part
        for pair in ("Ref=upn", "Family=surname", "Given=forename", "NCY=year", "Plan?=sen")
        for part in ("--map", pair)
    ]

    shown = school(
        "plan",
        "import",
        str(export),
        *maps,
        "--map",
        "Born=born",
        "--save-mapping",
        str(school.folder / "ours.toml"),
        "--preview",
        *SENCO,
    )
    assert shown.exit_code == 3, shown.output
    said = school.done(
        "plan", "import", str(export), "--mapping", str(school.folder / "ours.toml"), *SENCO
    )

    assert "1 plans opened" in said


def test_hostile_names_are_carried_and_shown_harmlessly(plans: Terminal) -> None:
    """A formula, SQL and an escape code: kept in full, and inert wherever they are shown."""
    listed = json.loads(plans.done("plan", "list", "--json"))
    names = {row["surname"] for row in listed}
    assert any(name.startswith("=HYPERLINK") for name in names)
    escaped = next(row for row in listed if "\x1b" in row["pupil"])

    shown = plans.done("plan", "list")
    raw = plans.done("plan", "list", "--json")
    table = list(csv.reader(io.StringIO(plans.done("plan", "list", "--csv"))))

    assert "\x1b" not in shown
    assert "\x1b" not in raw
    assert "\x1b" not in plans.done("plan", "show", escaped["reference"])
    assert not [cell for row in table for cell in row if cell[:1] in "=+-@" and cell]


def test_issued_texts_come_in_with_no_author(plans: Terminal) -> None:
    """A folder with a file a plan; what cannot be taken is said, the rest goes in."""
    folder = plans.folder / "texts"
    folder.mkdir()
    (folder / "2026-0001 plan.md").write_text(
        "# Section F\n\nTwo hours a week.\n\n# Section B\n\nHe reads.\n", encoding="utf-8"
    )
    (folder / "2031-0001.md").write_text("# Section F\n\nText.\n", encoding="utf-8")
    (folder / "holiday.txt").write_text("Nothing.\n", encoding="utf-8")

    result = plans("plan", "import-texts", str(folder), "--before", "2026-11-02", *SENCO)

    assert result.exit_code == 0
    assert "2026-0001, sections F B recorded" in result.stdout
    assert "no plan '2031-0001'" in result.stderr
    assert "holiday.txt" in result.stderr
    shown = plans.done("plan", "show", "2026-0001", "--section", "F")
    assert "author not recorded before 2026-11-02" in shown
    assert "by Priya Nair" not in shown


def test_issued_texts_of_which_none_can_be_taken_are_refused(plans: Terminal) -> None:
    """Each with its reason, and then as a whole."""
    folder = plans.folder / "texts"
    folder.mkdir()
    (folder / "2031-0001.md").write_text("# Section F\n\nText.\n", encoding="utf-8")

    assert "Nothing was taken in" in plans.refused("plan", "import-texts", str(folder), *SENCO)


def test_faulty_rows_that_cannot_be_kept_keep_the_good_ones_out_too(
    school: Terminal, data: Path
) -> None:
    """Nothing is recorded, and the sentence says where else they may go."""
    nowhere = school.folder / "no such folder" / "mend.csv"
    export = str(data / "pupils-mis-export.csv")

    said = school.refused("plan", "import", export, "--faulty", str(nowhere), *SENCO)

    assert "nothing was recorded" in said
    assert "--faulty FILE" in said
