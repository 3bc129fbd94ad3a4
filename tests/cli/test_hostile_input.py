"""Any file, any text, any words: a sentence and a status, never a traceback, nothing recorded."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ehcp_flow.storage import Recorder, open_store
from tests.cli.conftest import SENCO, Terminal

PLAN = "2026-0001"
DATA = Path(__file__).parent.parent / "data"
PUPILS = (DATA / "pupils-mis-export.csv").read_bytes()
PEOPLE = (DATA / "staff.csv").read_bytes()

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

often = settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class School(Terminal):
    """A terminal whose log is looked at after every command."""

    log: Recorder

    def head(self) -> int:
        """The last position of the log."""
        return self.log.head()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school with a few plans, at which anything may be tried."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("EHCP_FLOW_AS", "EHCP_FLOW_STORE", "EHCP_FLOW_TENANT"):
            patch.delenv(name, raising=False)
        terminal = School(tmp_path_factory.mktemp("school"))
        patch.chdir(terminal.folder)
        patch.setenv("HOME", str(terminal.folder / "home"))
        patch.setenv("APPDATA", str(terminal.folder / "home"))
        few = terminal.folder / "few.csv"
        few.write_bytes(b"\r\n".join(PUPILS.splitlines()[:6]))
        terminal.done("store", "init")
        terminal.done("people", "import", str(DATA / "staff.csv"), *SENCO)
        terminal.done("plan", "import", str(few), *SENCO)
        store = open_store(terminal.store)
        terminal.log = store.recorder("main")
        yield terminal
        store.close()


def tried(school: School, *words: str, stdin: str | bytes | None = None) -> Result:
    """Run a command that may end as it likes, but not with a traceback nor half done."""
    before = school.head()
    result = school(*words, stdin=stdin)
    if not isinstance(result.exception, SystemExit | None):
        raise result.exception
    assert result.exit_code in (0, 1, 2, 3)
    assert not STEERING.search(result.stderr)
    if result.exit_code == 1:
        assert result.stderr.splitlines()[-1].startswith("ehcp-flow: ")
    if result.exit_code in (1, 2):
        assert school.head() == before
    return result


# Files of rows ----------------------------------------------------------------------------------

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1")
ANY_CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            *("", " ", "=1+1", "'", "\x1b[2J", "\u202e", "\0", "\ud800", "x" * 300, "Total"),
            *("9" * 40, "31/02/2015", "3.11.14", "15", "king", "A801200005001", "a,b;c\td|e\nf"),
        ]
    ),
)
PUPIL_CELLS = {
    "UPN": ("B801200005001", "N823200012345", "M80120000500A", "K810385019000"),
    "Surname": ("Okafor", "=Okafor", "Ó Súilleabháin"),
    "Forename": ("Ada", "\x1b[31mRed\x1b[0m", "Robert'); DROP TABLE events;--"),
    "DOB": ("03/11/2014", "2014-11-03", "29-Feb-2016"),
    "Year": ("7", "Year 7", "R"),
    "SEN Status": ("E", "EHCP", "K"),
    "SEN Need": ("ASD", "Autism; SLCN"),
    "Tutor": ("Ms K Lowe", ""),
}
STAFF_CELLS = {
    "Staff ID": ("s01", "s21", "s22", "S01"),
    "Name": ("Priya Nair", "=Name", "\x1b[2JGone"),
    "Role": ("SENCO", "class teacher", "king"),
    "From": ("01/09/2024", "2024-09-01"),
    "Until": ("", "2026-12-31"),
    "Organisation": ("Hillside School", "Elsewhere"),
    "Email": ("", "p.nair@example.invalid"),
    "Days": ("Mon-Fri", ""),
}


@st.composite
def tables(draw: st.DrawFn, sound: dict[str, tuple[str, ...]]) -> bytes:
    """A file of rows as some system might write it: most cells sound, some of them anything."""
    headings = draw(st.permutations(list(sound)))
    if draw(st.integers(0, 4)) == 4:
        headings = draw(st.lists(ANY_CELL, max_size=9))
    cells = [st.sampled_from(sound.get(heading, ("?",))) for heading in headings]
    rows = draw(st.lists(st.tuples(*cells).map(list), max_size=5))
    for row in rows:
        for at, cell in draw(st.lists(st.tuples(st.integers(0, 9), ANY_CELL), max_size=1)):
            row[at : at + 1] = [cell]
    out = io.StringIO()
    delimiter = draw(st.sampled_from(",;\t|"))
    csv.writer(out, delimiter=delimiter).writerows([headings, *rows])
    encoding = draw(st.sampled_from(ENCODINGS))
    return out.getvalue().encode(encoding, "replace" if "utf" not in encoding else "surrogatepass")


@st.composite
def damaged(draw: st.DrawFn, sound: bytes) -> bytes:
    """A sound file in which something was changed, lost or put in."""
    data = bytearray(sound)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 200))
        data[at : at + length] = draw(st.binary(max_size=20))
    return bytes(data[: draw(st.sampled_from([len(data), 4_000, 900]))])


def rows_of(cells: dict[str, tuple[str, ...]], sound: bytes) -> st.SearchStrategy[bytes]:
    """Anything that may stand in a file that somebody takes for an export."""
    return tables(cells) | tables(cells) | damaged(sound) | st.binary(max_size=300)


@often
@given(content=rows_of(PUPIL_CELLS, PUPILS), preview=st.booleans(), reason=st.booleans())
def test_any_file_as_an_export_of_pupils(
    school: School, content: bytes, preview: bool, reason: bool
) -> None:
    """Sound rows may come in; a preview records nothing whatever it shows."""
    file = school.folder / "any.csv"
    file.write_bytes(content)
    options = ["--preview"] if preview else ["--yes"]
    options += ["--no-upn", "new here"] if reason else []
    before = school.head()

    result = tried(school, "plan", "import", str(file), "--faulty", "mend.csv", *options, *SENCO)

    assert not STEERING.search(result.stdout)
    if preview:
        assert school.head() == before


@often
@given(content=rows_of(STAFF_CELLS, PEOPLE), strict=st.booleans())
def test_any_file_as_a_list_of_people(school: School, content: bytes, strict: bool) -> None:
    """Sound rows may come in, and nobody who is in is lost."""
    file = school.folder / "any.csv"
    file.write_bytes(content)
    options = ["--strict"] if strict else []

    result = tried(school, "people", "import", str(file), "--faulty", "mend.csv", *options, *SENCO)

    assert not STEERING.search(result.stdout)
    assert "s01" in school.done("people", "list")


@often
@given(content=st.binary(max_size=200), heading=st.text(max_size=20), field=st.text(max_size=10))
def test_any_file_as_a_mapping(school: School, content: bytes, heading: str, field: str) -> None:
    """Of headings to fields, and any words as one."""
    mapping = school.folder / "any.toml"
    mapping.write_bytes(content)
    few = str(school.folder / "few.csv")

    tried(school, "plan", "import", few, "--mapping", str(mapping), "--preview", *SENCO)
    tried(school, "plan", "import", few, "--map", f"{heading}={field}", "--preview", *SENCO)


# Texts ------------------------------------------------------------------------------------------

LINES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            *("# Section F", "Section B: Special educational needs", "## H1", "SECTION Z", "===="),
            *("", "E. The outcomes sought", "A. Smith attends.", "# Section F\0", "\x1b[2J"),
            "<!-- ehcp-flow: 2026-0001 F over revision 1 -->",
            "<!-- ehcp-flow: 2031-0001 Z over revision 999999999 -->",
        ]
    ),
)


@st.composite
def written(draw: st.DrawFn) -> bytes:
    """A text file as somebody might save it."""
    ends = draw(st.sampled_from(["\n", "\r\n", "\r", "\u2028"]))
    text = ends.join(draw(st.lists(LINES, max_size=8)))
    return text.encode(draw(st.sampled_from(ENCODINGS)), "replace")


@often
@given(
    content=st.one_of(st.binary(max_size=200), written()),
    name=st.sampled_from(["2026-0001", "2026-0002 Hart", "2031-0001", "K810385019000", "letter"]),
    suffix=st.sampled_from([".md", ".txt", ".MARKDOWN"]),
)
def test_any_file_as_the_text_of_a_plan(
    school: School, content: bytes, name: str, suffix: str
) -> None:
    """What is taken is told, what is not is told too, and each of them as it is."""
    folder = school.folder / "texts"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / f"{name}{suffix}").write_bytes(content)
    before = school.head()

    result = school("plan", "import-texts", str(folder), *SENCO)

    if not isinstance(result.exception, SystemExit | None):
        raise result.exception
    assert result.exit_code in (0, 1)
    assert not STEERING.search(result.output)
    assert (school.head() > before) == ("recorded" in result.stdout)
    assert result.exit_code == 0 or school.head() == before


@often
@given(
    content=st.one_of(st.binary(max_size=200), written(), st.text(max_size=200)),
    over=st.one_of(st.none(), st.integers(-1, 3), st.integers(10**18, 10**20)),
)
def test_any_text_as_a_section(school: School, content: str | bytes, over: int | None) -> None:
    """What is recorded is shown as it was recorded; what is not is not lost."""
    options = [] if over is None else ["--over", str(over)]
    before = school.head()

    result = tried(school, "section", "edit", PLAN, "C", "-", *options, *SENCO, stdin=content)

    if school.head() > before:
        assert result.stdout.startswith(f"C of {PLAN} edited")
        assert not STEERING.search(school.done("plan", "show", PLAN, "--section", "C"))
    assert "C" in school.done("plan", "list")


# Words ------------------------------------------------------------------------------------------

WORD = "…"
"""Stands for any word."""

READING = tuple(
    tuple(words.split())
    for words in (
        "plan list --year …",
        "plan list --need … --all",
        "plan list --school …",
        "plan list --review-due-by … --csv",
        "plan find …",
        "plan find … … --limit …",
        "plan show …",
        "plan show … --section … --json",
        "plan show 2026-0001 --as-at …",
        "plan show 2026-0001 --known-at … --text",
        "plan replay …",
        "plan replay 2026-0001 --section …",
        "plan diff … --from v1",
        "plan diff 2026-0001 --from … --to …",
        "work --for …",
        "work --load --for …",
        "audit trail …",
        "audit trail --by … --csv",
        "audit trail --since … --until …",
        "people list --on …",
        "--tenant … plan list",
        "--store … plan list",
        "store check",
        "… … …",
        "plan … …",
    )
)
ANY_WORD = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            *(PLAN, "2026-", "v1", "v0", "v99999999999", "K810385019000", "F", "H", "Z", "s01"),
            *("2026-11-02", "31/02/2026", "0001-01-01", "9999-12-31", "2026-11-02T25:00", "1/1/1"),
            *("9999-12-31T23:59:59-14:00", "0001-01-01T00:00+14:00", "-1", "1e9", "½", "\udcff"),
            *("--json", "--csv", "--text", "--all", "--load", "--now", "--help", "--", "-"),
            *("--year", "--need", "--review-due-by", "--as-at", "--known-at", "--section"),
            *("--from", "--to", "--for", "--by", "--since", "--until", "--on", "--limit"),
            *("--tenant", "main", "--store", "sqlite:", "sqlite:nowhere.db", "papyrus:x", ""),
            *("%", "_", "!", "'; DROP TABLE events;--", "\x1b[2J", "\u202e", "x" * 2_000),
        ]
    ),
).filter(lambda word: "\0" not in word)
"""No system gives a program an argument with a NUL in it."""


@st.composite
def commands(draw: st.DrawFn, shapes: tuple[tuple[str, ...], ...]) -> list[str]:
    """A command in which any word stands wherever one may."""
    shape = draw(st.sampled_from(shapes))
    return [draw(ANY_WORD) if word == WORD else word for word in shape]


@settings(parent=often, max_examples=350)
@example(words=["plan", "find", "\udcff"])
@given(words=commands(READING))
def test_any_words_after_a_reading_command(school: School, words: list[str]) -> None:
    """They are an answer, a refusal or a usage error, and never recorded."""
    before = school.head()

    tried(school, *words)

    assert school.head() == before


ACTING = tuple(
    tuple(words.split())
    for words in (
        "section assign 2026-0001 … --to …",
        "section assign … F --to-review --to s06 --due …",
        "section accept … …",
        "meeting accept … --command-id …",
        "meeting ask 2026-0001 --to …",
        "advice decline … health --because …",
        "advice ask … … --to … --due …",
        "section decline 2026-0001 F --because …",
        "section edit 2026-0001 D - --over … --because …",
        "section edit 2026-0001 … -",
        "section edit 2026-0001 F …",
        "section submit 2026-0001 … --on …",
        "section return 2026-0001 C --because … --revision …",
        "section approve 2026-0001 C --role …",
        "section sign-off 2026-0001 C --meaning authorship --on-behalf-of …",
        "section sign-off 2026-0001 C --meaning … --command-id …",
        "people grant s03 … --at …",
        "people grant … SENCO --from … --to …",
        "people revoke s03 … --to …",
        "plan import … --no-upn …",
        "plan import few.csv --map …",
        "plan import-texts … --before …",
        "section … …",
    )
)


@settings(parent=often, max_examples=350)
@given(words=commands(ACTING), text=st.text(max_size=20))
def test_any_words_after_a_command_that_records(
    school: School, words: list[str], text: str
) -> None:
    """They are done, or refused without a trace."""
    tried(school, *words, *SENCO, stdin=text)
