"""Are delimited files read as they came, and written so that they harm no spreadsheet?"""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput, SaidNo
from ehcp_flow.importing import table
from ehcp_flow.importing.table import Table, bare, inert, read_table, write_table

PLAIN = b"Name,Year\nAda,7\n"
TEXT = "Name,Town\nRen\u00e9e,K\u00f6ln\nSe\u00e1n,\u00c9ire\n"


@pytest.mark.parametrize(
    ("codec", "called"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8 with a byte-order mark"),
        ("utf-16", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_each_encoding_gives_the_same_cells(codec: str, called: str) -> None:
    """A byte-order mark, or the bytes themselves, say how the letters are written."""
    found = read_table(TEXT.encode(codec))
    assert found.encoding == called
    assert found.headings == ("Name", "Town")
    assert [row.cells for row in found.rows] == [
        ("Ren\u00e9e", "K\u00f6ln"),
        ("Se\u00e1n", "\u00c9ire"),
    ]


def test_utf8_with_one_broken_byte_is_refused_with_its_line() -> None:
    """Reading such a file as Windows-1252 would turn every accented letter into rubbish."""
    data = TEXT.encode() + b"Bj\xf6rk,X\n"
    with pytest.raises(BadInput, match=r"line 4: the byte F6 .* UTF-8 like the rest"):
        read_table(data)


def test_a_byte_that_no_encoding_has_is_refused() -> None:
    """Windows-1252 leaves five bytes without meaning."""
    with pytest.raises(BadInput, match="line 2: the byte 81"):
        read_table(b"Name\n\x81\n")


@pytest.mark.parametrize(
    ("delimiter", "called"), [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")]
)
def test_the_delimiter_is_found(delimiter: str, called: str) -> None:
    """Cells that hold another delimiter do not mislead."""
    rows = [["UPN", "Tutor", "Needs"], ["1", '"Hall, J; K"', '"a|b\tc"']]
    found = read_table("\n".join(delimiter.join(row) for row in rows).encode())
    assert found.delimiter == called
    assert found.rows[0].cells == ("1", "Hall, J; K", "a|b\tc")


def test_a_first_line_that_says_the_delimiter_is_believed() -> None:
    """Spreadsheets write ``sep=;`` above the headings; lines are counted with it."""
    found = read_table(b"sep=;\r\nName;Full, name\r\nAda;x\r\n")
    assert found.headings == ("Name", "Full, name")
    assert found.rows[0].line == 3


def test_lines_are_counted_as_they_stand_in_the_file() -> None:
    """Blank lines and line ends inside quotation marks count."""
    data = b'\r\nName,Note\r\n\r\nAda,"one\r\ntwo\nthree"\r\nBea,x\r\n , \r\nCai,y\r\n'
    found = read_table(data)
    assert [(row.line, row.cells[0]) for row in found.rows] == [(4, "Ada"), (7, "Bea"), (9, "Cai")]
    assert found.rows[0].cells[1] == "one\r\ntwo\nthree"


@pytest.mark.parametrize(
    "line",
    [
        "Total,150,,",
        "Total: 150",
        "Total pupils: 150,,,",
        "Grand total,,,150",
        "TOTALS,1,2,3",
        "Count: 24,,",
        "Number of pupils: 24",
    ],
)
def test_a_line_of_totals_is_passed_over(line: str) -> None:
    """It names nobody."""
    found = read_table(f"Name,Forename,Year,X\nAda,B,7,\n{line}\n".encode())
    assert [row.cells[0] for row in found.rows] == ["Ada"]


@pytest.mark.parametrize("line", ["Total,Ada,7,", "Count,Bela,7,1", "Totally,,,", "Ada,,,"])
def test_a_person_is_never_taken_for_totals(line: str) -> None:
    """A surname may be Total: anything besides a number makes it a row."""
    found = read_table(f"Name,Forename,Year,X\n{line}\n".encode())
    assert len(found.rows) == 1


def test_short_rows_are_filled_and_long_ones_kept() -> None:
    """Exports leave out empty cells at the end; cells too many are for the reader to judge."""
    found = read_table(b"A,B,C\n1\n1,2,3,,\n1,2,3,4\n")
    assert [row.cells for row in found.rows] == [
        ("1", "", ""),
        ("1", "2", "3"),
        ("1", "2", "3", "4"),
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\n \n\r\n", "empty"),
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "save it as CSV"),
        (b"%PDF-1.7", "save it as CSV"),
        (b"Name\nA\x00da\n", "line 2: a NUL"),
        (b"Name,Year,NAME\n", "line 1: the heading 'NAME' was found in columns 1 and 3"),
        (b'Name,Year\n"Ada,7\nBea,8\n', "line 2: a quotation mark"),
        (b'Name,Year\nAda,7\n"Bea"x,8\n', "line 3: a quotation mark"),
        (b"Name\n" + b"x" * 140_000, "line 2: a cell of more than"),
        (b"\xff\xfeN", "where text in UTF-16 is expected"),
    ],
)
def test_what_is_no_table_is_refused_in_one_line(data: bytes, says: str) -> None:
    """The sentence names the file, the line, what was found and what was expected."""
    with pytest.raises(BadInput, match=says) as no:
        read_table(data, name="pupils.csv")
    assert "pupils.csv" in str(no.value)
    assert "\n" not in str(no.value)


def test_a_file_larger_than_any_export_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not read to its end."""
    monkeypatch.setattr(table, "LARGEST_FILE", 10)
    path = tmp_path / "big.csv"
    path.write_bytes(PLAIN)
    for source in (path, PLAIN):
        with pytest.raises(BadInput, match="check that it is the right file"):
            read_table(source)


@pytest.mark.parametrize("name", ["missing.csv", "", "nul\0.csv"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    """A missing file, a folder and an impossible name are sentences."""
    with pytest.raises(BadInput, match="cannot be read"):
        read_table(tmp_path / name)


@pytest.mark.parametrize("start", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
def test_a_cell_that_would_be_computed_is_made_inert(start: str) -> None:
    """A leading apostrophe makes it text in every spreadsheet."""
    assert inert(f"{start}1+1") == f"'{start}1+1"


@given(st.text())
@example("'=1")
@example("''+1")
@settings(deadline=None)
def test_nothing_written_is_computed_and_nothing_is_lost(cell: str) -> None:
    """What starts like a formula never does so again, and ``bare`` gives every cell back."""
    assert not inert(cell).startswith(tuple(table.FORMULA_STARTS))
    assert bare(inert(cell)) == cell
    assert inert(cell).endswith(cell)


_cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


@given(st.lists(st.lists(_cells, min_size=3, max_size=3), max_size=8))
@settings(deadline=None)
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    """Quotes, delimiters, line ends and control characters come back as they were."""
    kept = [["row", *row] for row in rows]
    text = write_table(["What", "A", "B", "C"], kept)
    found = read_table(text.encode("utf-8-sig"))
    assert [[bare(cell) for cell in row.cells] for row in found.rows] == kept


@given(
    st.binary(max_size=300) | st.text(alphabet='aé,;|\t"\r\n=\ufeff ', max_size=200).map(str.encode)
)
@settings(deadline=None)
def test_no_bytes_whatsoever_break_the_reader(data: bytes) -> None:
    """Either there is a table, or a sentence on one line says why not."""
    found = table_or_no(data)
    if isinstance(found, str):
        assert "\n" not in found
    else:
        assert all(len(row.cells) >= len(found.headings) for row in found.rows)
        assert [row.line for row in found.rows] == sorted({row.line for row in found.rows})


def table_or_no(data: bytes) -> Table | str:
    try:
        return read_table(data)
    except SaidNo as no:
        return str(no)
