"""Is a table of reports or targets read row by row, with every fault where it stands?"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ehcp_flow_cli
from ehcp_flow.errors import BadInput, SaidNo
from ehcp_flow.importing.advice import KINDS, AdviceFile, advice_text, parse_kind, read_advice
from ehcp_flow.importing.faults import MEND, NotRead
from ehcp_flow.importing.pupils import read_pupils

SAMPLE = Path(__file__).parents[2] / "data" / "termly-targets.csv"
DEMO = Path(ehcp_flow_cli.__file__).parent / "samples"
TODAY = date(2026, 11, 2)
UPN = "B801200005001"


def advice(*lines: str, headings: str = "UPN,Teacher,Target 1,Target 2", **said: Any) -> AdviceFile:
    """Read a table of these lines."""
    said = {"kind": "targets", **said}
    return read_advice("\n".join([headings, *lines]).encode(), today=TODAY, **said)


def faults(file: AdviceFile) -> list[tuple[int, str, str]]:
    """Where each fault is, and what was found."""
    return [(fault.line, fault.column, fault.found) for fault in file.faults]


def test_the_sample_is_read_with_exactly_the_faults_it_has() -> None:
    """Nine rows: one with a day that does not exist, one without a text."""
    file = read_advice(SAMPLE, today=TODAY, kind="targets")

    assert (file.rows, len(file.advice)) == (9, 7)
    assert faults(file) == [(7, "Date", "31/02/2026"), (10, "Next steps", "")]
    assert file.faulty_lines == (7, 10)
    assert file.understood.ignored == ("Year Group",)
    assert file.in_text == ("Subject", "Target 1", "Target 2", "Progress", "Next steps")


def test_the_demo_targets_are_for_the_demo_pupils() -> None:
    """Four with a plan, and one without."""
    file = read_advice(DEMO / "targets.csv", today=TODAY, kind="targets")
    upns = {pupil.upn for pupil in read_pupils(DEMO / "pupils.csv", today=TODAY).pupils}

    assert file.faults == ()
    assert [row.upn in upns for row in file.advice] == [True, True, True, True, False]


def test_every_column_that_says_nothing_else_is_a_paragraph() -> None:
    """Under its heading, in the file's order, the subject first; empty ones are left out."""
    file = advice(
        f"{UPN},s2,Reads.,,Well.,English,7B",
        headings="UPN,Teacher,Target 1,Target 2,Progress,Subject,Reg Group",
    )

    (row,) = file.advice
    assert row.text == "Subject: English\n\nTarget 1: Reads.\n\nProgress: Well."
    assert (row.upn, row.given_by, row.kind, row.line) == (UPN, "s2", "targets", 2)
    assert row.file == "The file, line 2"


def test_a_column_can_be_the_text_itself() -> None:
    """It has no heading then."""
    file = advice(f'{UPN},s2,"Reads.\nWell."', headings="UPN,Teacher,Report")

    assert file.advice[0].text == "Reads.\nWell."


def test_a_plan_of_action_is_a_text() -> None:
    """Sheets that assess, plan, do and review have it as a heading."""
    file = advice(f"{UPN},s2,Read daily.,Done.", headings="UPN,Teacher,Plan,Review")

    assert file.advice[0].text == "Plan: Read daily.\n\nReview: Done."
    assert file.advice[0].reference is None


def test_columns_are_mapped_and_left_out_by_hand() -> None:
    """For headings that are not known, and for those that are no part of the text."""
    file = advice(
        f"{UPN},s2,Reads.,3.4",
        headings="UPN,Keyworker,Target,Score",
        mapping={"Keyworker": "from", "score": "ignored"},
    )

    assert file.advice[0].given_by == "s2"
    assert file.advice[0].text == "Target: Reads."
    assert file.understood.ignored == ("Score",)


@pytest.mark.parametrize(
    ("headings", "line"),
    [
        ("Plan Reference,Teacher,Target", "2026-0001,s2,Reads."),
        ("Pupil,DOB,Teacher,Target", '"Okafor, Ada",03/11/2014,s2,Reads.'),
        ("Surname,Forename,Date of Birth,Teacher,Target", "Okafor,Ada,03/11/2014,s2,Reads."),
    ],
)
def test_a_pupil_is_named_by_reference_or_by_name_and_birthday(headings: str, line: str) -> None:
    """A UPN is the surest, and not the only way."""
    (row,) = advice(line, headings=headings).advice

    assert row.reference == "2026-0001" or (row.names, row.born) == (
        ("Okafor", "Ada"),
        date(2014, 11, 3),
    )


def test_what_rows_do_not_say_is_said_once_for_all() -> None:
    """And a row that says it is believed."""
    file = advice(
        f"{UPN},,,Reads.",
        f"{UPN},s3,educational psychology,Writes.",
        headings="UPN,Teacher,Kind,Target",
        given_by="s2",
    )

    assert [(row.given_by, row.kind) for row in file.advice] == [
        ("s2", "targets"),
        ("s3", "psychology"),
    ]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("A801200005001,s2,01/10/2026,Reads.", "UPN"),
        (",s2,01/10/2026,Reads.", "UPN"),
        (f"{UPN},,01/10/2026,Reads.", "Teacher"),
        (f"{UPN},s2,01/10/2027,Reads.", "Date"),
        (f"{UPN},s2,1.10.26,Reads.", "Date"),
        (f"{UPN},s2,01/10/2026, ", "Target"),
        (f"{UPN},s2,01/10/2026,Reads.,more", "after Target"),
    ],
)
def test_a_fault_is_named_by_line_and_column(line: str, column: str) -> None:
    """And its row is not taken."""
    file = advice(line, headings="UPN,Teacher,Date,Target")

    assert file.advice == ()
    assert [(fault.line, fault.column) for fault in file.faults] == [(2, column)]
    assert file.faults[0].expected


def test_a_subject_alone_is_no_text() -> None:
    """It says what a text is about."""
    file = advice(f"{UPN},s2,Maths,", headings="UPN,Teacher,Subject,Target")

    assert faults(file) == [(2, "Target", "")]


def test_faulty_rows_are_mended_in_a_file_of_their_own() -> None:
    """With those that only show beside the plans and people; reading it again reads them."""
    file = advice(f"{UPN},s99,=Reads.,", f"{UPN},s2,Reads.,")
    file = file.with_faults([(2, "from", "s99", "somebody known here")])

    mended = read_advice(
        file.faulty_table().replace("s99", "s3").encode(), today=TODAY, kind="targets"
    )

    assert faults(file) == [(2, "Teacher", "s99")]
    assert [row.line for row in file.advice] == [3]
    assert MEND in file.faulty_table()
    assert [(row.given_by, row.text) for row in mended.advice] == [("s3", "Target 1: =Reads.")]


@pytest.mark.parametrize(
    ("headings", "said", "told"),
    [
        ("Teacher,Target", {}, "no heading for the unique pupil number"),
        ("UPN,Target", {}, "--from PERSON"),
        ("UPN,Teacher,Target", {"kind": None}, "--kind KIND"),
        ("UPN,Teacher,Year,DOB", {}, "no column with a text"),
        ("UPN,Teacher,Target", {"mapping": {"Nobody": "from"}}, "'Nobody'"),
    ],
)
def test_a_file_that_cannot_be_shared_out_says_what_it_lacks(
    headings: str, said: dict[str, Any], told: str
) -> None:
    """One sentence, with what to do."""
    with pytest.raises(BadInput, match=told):
        advice(f"{UPN},s2,Reads.", headings=headings, **said)


def test_kinds_are_written_in_more_ways_than_one() -> None:
    """Whatever their case; what is no kind is none."""
    assert [parse_kind(kind) for kind in KINDS] == list(KINDS)
    assert parse_kind("Parents\u2019 Views") == "views"
    with pytest.raises(NotRead, match="termly report"):
        parse_kind("homework")


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"%PDF-1.7", b"{\\rtf1", b"\xd0\xcf\x11\xe0"])
def test_a_document_of_another_kind_is_not_taken_for_a_text(start: bytes) -> None:
    """The sentence says how to make it one."""
    with pytest.raises(BadInput, match="save it as plain text"):
        advice_text(start + b" rest", "report")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_comes_in_any_usual_encoding(encoding: str) -> None:
    """It reads the same."""
    assert advice_text("Seán\u2019s report".encode(encoding), "report.txt") == "Seán\u2019s report"


@settings(max_examples=150, derandomize=True, deadline=None, database=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-16")))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    """With a sentence, never a traceback."""
    told: list[str] = []
    for read in (
        lambda: read_advice(data, today=TODAY, kind="targets", given_by="s2"),
        lambda: read_advice(b"UPN,Teacher,Target\n" + data, today=TODAY, kind="targets"),
        lambda: advice_text(data, "report.txt"),
    ):
        try:
            read()
        except SaidNo as no:
            told.append(str(no))
    assert not [sentence for sentence in told if "\n" in sentence]
