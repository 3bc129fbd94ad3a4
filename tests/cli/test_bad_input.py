"""Bad input at the terminal: one sentence, exit status 1 or 2, nothing recorded."""

from pathlib import Path

import pytest

from tests.cli.conftest import SENCO, Terminal


def test_a_store_that_is_not_there(bare: Terminal) -> None:
    """The sentence says how to make one."""
    said = bare.refused("plan", "list")

    assert "no store" in said
    assert "store init" in said
    assert list(bare.folder.iterdir()) == []


def test_a_file_that_is_not_a_store(bare: Terminal) -> None:
    """It is left as it is."""
    place = bare.folder / "plans.db"
    place.write_bytes(b"This is a letter, not a store.\n" * 100)

    said = bare.refused("plan", "list")

    assert "plans.db" in said
    assert place.read_bytes().startswith(b"This is a letter")
    assert "plans.db" in bare.refused("store", "init")


def test_a_store_of_another_kind(bare: Terminal) -> None:
    """The sentence says which kinds there are."""
    said = bare.refused("--store", "papyrus:plans", "plan", "list")

    assert "sqlite" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("plan", "show", "2031-0001"), "no plan '2031-0001'"),
        (("plan", "show", "2026-00"), "plans begin with '2026-00'"),
        (("plan", "show", "B801200005001"), "no plan"),
        (("plan", "show", ""), "no plan"),
        (("plan", "show", "2026-0001", "--known-at", "v9"), "v1 to v1"),
        (("plan", "show", "2026-0001", "--known-at", "yesterday"), "is no moment"),
        (("plan", "show", "2026-0001", "--as-at", "31/02/2026"), "is no day"),
        (("plan", "show", "2026-0001", "--as-at", "2020-01-01"), "was not open here"),
        (
            ("plan", "show", "2026-0001", "--as-at", "2026-11-02", "--known-at", "v1"),
            "two questions",
        ),
        (("plan", "show", "2026-0001", "--section", "Z"), "no section 'Z'"),
        (("plan", "find", " "), "which words"),
        (("plan", "diff", "2026-0001", "--from", "v0"), "v1 to v1"),
        (("work", "--for", "nobody"), "Nobody here goes by"),
        (("audit", "trail", "--by", "nobody"), "Nobody here goes by"),
        (("--tenant", "elsewhere", "plan", "list"), "no tenant 'elsewhere'"),
        (("section", "submit", "2026-0001", "F", *SENCO), "no text yet"),
        (("section", "submit", "2026-0001", "F"), "--as"),
        (("section", "submit", "2026-0001", "F", "--as", "zz"), "Nobody here goes by"),
        (("section", "submit", "2026-0001", "F", "--as", "s07"), "does not hold"),
        (("section", "submit", "2026-0001", "F", *SENCO, "--on", "2031-01-01"), "still to come"),
        (("section", "submit", "2026-0001", "F", *SENCO, "--role", "king"), "'king'"),
        (("section", "edit", "2026-0001", "F", "nowhere.md", *SENCO), "nowhere.md"),
        (("section", "edit", "2026-0001", "Z", "-", *SENCO), "no section 'Z'"),
        (("section", "assign", "2026-0001", "F", "--to", "zz", *SENCO), "Nobody here"),
        (
            ("section", "assign", "2026-0001", "F", "--to", "s03", "--due", "2020-01-01", *SENCO),
            "has passed",
        ),
        (("section", "sign-off", "2026-0001", "F", "--meaning", "love", *SENCO), "love"),
        (("people", "revoke", "s03", "king", *SENCO), "does not hold"),
        (("plan", "import", "nowhere.csv", *SENCO), "nowhere.csv"),
        (("cycle", "apply", "nowhere.toml", *SENCO), "nowhere.toml"),
        (("no-such-command",), "No such command"),
    ],
)
def test_one_sentence_says_what_happened_and_what_to_do(
    plans: Terminal, words: tuple[str, ...], told: str
) -> None:
    """Whatever was asked for."""
    assert told in plans.refused(*words, stdin="Text.")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        (" \n\t\n", "is empty"),
        ("x" * 5_000_000, "2,000,000"),
        (b"caf\xe9", "not UTF-8"),
        ("nul\0", "not text"),
    ],
    ids=["empty", "blank", "5 MB", "Windows-1252", "NUL"],
)
def test_a_text_that_is_none(plans: Terminal, text: str | bytes, told: str) -> None:
    """It is refused before anything is recorded."""
    assert told in plans.refused("section", "edit", "2026-0001", "F", "-", *SENCO, stdin=text)


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        (b"name = ", "line 1"),
        (b'nmae = "Autumn"', "nmae"),
        (b"\xff\xfe\x00", ""),
        (b"", ""),
    ],
    ids=["syntax", "key", "bytes", "empty"],
)
def test_a_cycle_file_that_is_none(plans: Terminal, toml: bytes, told: str) -> None:
    """The sentence names the file and the line or the key."""
    file = plans.folder / "cycle.toml"
    file.write_bytes(toml)

    said = plans.refused("cycle", "apply", str(file), *SENCO)

    assert "cycle.toml" in said
    assert told in said


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\0\0", b"PK\x03\x04 a workbook", b"a,b\n1,2\n", b'"', b"\xff\xfea\0"],
    ids=["empty", "NUL", "workbook", "other headings", "quote", "half UTF-16"],
)
def test_an_export_that_is_none(school: Terminal, content: bytes) -> None:
    """Of pupils or of people."""
    file = school.folder / "export.csv"
    file.write_bytes(content)

    for command in ("plan", "people"):
        assert "export.csv" in school.refused(command, "import", str(file), *SENCO)


def test_the_message_can_do_nothing_to_the_terminal(plans: Terminal) -> None:
    """Whatever stood in what was asked for."""
    said = plans.refused("plan", "show", "2026\x1b[2J\u202e\n0001")

    assert "\x1b" not in said
    assert "\u202e" not in said


def test_a_folder_instead_of_a_file(plans: Terminal, tmp_path: Path) -> None:
    """Told like any other wrong file."""
    assert "is a directory" in plans.refused("plan", "import", str(tmp_path), *SENCO)
