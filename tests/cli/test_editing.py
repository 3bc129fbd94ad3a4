"""Writing at the terminal: files, standard input, the editor, and somebody else in between."""

import stat
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import SENCO, Terminal

OTHER = ("--as", "s06")


def test_a_file_says_over_which_revision_it_was_drafted(plans: Terminal) -> None:
    """Its first line is read, and is no part of the text."""
    plans.done("section", "edit", "2026-0001", "F", "-", *SENCO, stdin="One hour.\n")
    draft = plans.folder / "f.md"
    plans.done("plan", "show", "2026-0001", "--section", "F", "--out", str(draft))
    assert draft.read_text(encoding="utf-8").splitlines() == [
        "<!-- ehcp-flow: 2026-0001 F over revision 1 -->",
        "One hour.",
    ]
    if sys.platform != "win32":
        assert stat.S_IMODE(draft.stat().st_mode) == 0o600
    draft.write_text(draft.read_text(encoding="utf-8").replace("One", "Two"), encoding="utf-8")

    plans.done("section", "edit", "2026-0001", "f", str(draft), *SENCO)

    assert plans.done("plan", "show", "2026-0001", "--section", "F", "--text") == "Two hour.\n"


def test_somebody_elses_words_in_between_are_not_undone_and_yours_are_kept(
    plans: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message says whose they are, and where yours is: a file that only you can read."""
    monkeypatch.setenv("HOME", str(plans.folder / "home"))
    monkeypatch.setenv("APPDATA", str(plans.folder / "home"))
    plans.done("section", "edit", "2026-0001", "F", "-", *SENCO, stdin="One.")
    draft = plans.folder / "f.md"
    plans.done("plan", "show", "2026-0001", "--section", "F", "--out", str(draft))
    plans.done("section", "edit", "2026-0001", "F", "-", "--over", "1", *OTHER, stdin="Two.")
    with draft.open("a", encoding="utf-8") as more:
        more.write("And mine.\n")

    said = plans.refused("section", "edit", "2026-0001", "F", str(draft), *SENCO)

    assert "Owen Pryce recorded revision 2" in said
    kept = Path(said.split("Your text is kept in ")[1].removesuffix("."))
    assert kept.read_text(encoding="utf-8") == "One.\nAnd mine.\n"
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_text_that_was_refused_is_kept_elsewhere_when_there_is_no_home(
    plans: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the reason for the refusal is told, not the trouble with the folder."""
    nobodys = plans.folder / "nobody's"
    nobodys.write_text("A file and no folder.", encoding="utf-8")
    monkeypatch.setenv("HOME", str(nobodys))
    monkeypatch.setenv("APPDATA", str(nobodys))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(plans.folder))

    said = plans.refused("section", "edit", "2026-0001", "F", "-", "--as", "s03", stdin="Mine.")

    assert "assigned to nobody yet" in said
    kept = Path(said.split("Your text is kept in ")[1].removesuffix("."))
    assert kept.parent == plans.folder
    assert kept.read_text(encoding="utf-8") == "Mine."


def test_a_draft_of_another_section_is_not_taken(plans: Terminal) -> None:
    """The first line and the command must agree."""
    plans.done("section", "edit", "2026-0001", "F", "-", *SENCO, stdin="One.")
    draft = plans.folder / "f.md"
    plans.done("plan", "show", "2026-0001", "--section", "F", "--out", str(draft))

    said = plans.refused("section", "edit", "2026-0001", "B", str(draft), *SENCO)

    assert "section F of 2026-0001" in said


def test_the_same_text_again_is_no_news_and_no_error(plans: Terminal) -> None:
    """A script may ask twice."""
    plans.done("section", "edit", "2026-0001", "F", "-", *SENCO, stdin="One.")
    before = plans.head()

    said = plans.done("section", "edit", "2026-0001", "F", "-", "--over", "1", *SENCO, stdin="One.")

    assert said.startswith("Nothing recorded")
    assert plans.head() == before


def test_the_editor_opens_on_the_current_text(
    plans: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is saved becomes the next revision; closed unchanged, nothing is recorded."""
    plans.done("section", "edit", "2026-0001", "F", "-", *SENCO, stdin="One hour.")
    seen: list[str] = []
    answers: list[str | None] = ["Two hours.", None]

    def editor(text: str, **_: object) -> str | None:
        seen.append(text)
        return answers.pop(0)

    monkeypatch.setattr("click.edit", editor)
    monkeypatch.setattr("ehcp_flow_cli.commands.section.at_a_terminal", lambda: True)

    assert "edited" in plans.done("section", "edit", "2026-0001", "F", *SENCO)
    assert seen == ["One hour."]
    before = plans.head()
    assert "Nothing recorded" in plans.done("section", "edit", "2026-0001", "F", *SENCO)
    assert plans.head() == before


def test_a_command_id_is_carried_out_once(plans: Terminal) -> None:
    """A script whose connection broke asks again and gets the first answer."""
    words = ("section", "edit", "2026-0001", "F", "-", "--command-id", "nightly-7", *SENCO)
    first = plans.done(*words, stdin="One.")
    before = plans.head()

    again = plans.done(*words, stdin="One.")

    assert first == "F of 2026-0001 edited (v2).\n"
    assert again == "F of 2026-0001 edited (v2, as recorded before).\n"
    assert plans.head() == before


def test_an_edit_after_sign_off_says_what_it_reopens(plans: Terminal) -> None:
    """The mark stays on the words it covered."""
    plans.done("section", "edit", "2026-0001", "F", "-", *SENCO, stdin="One.")
    plans.done("section", "sign-off", "2026-0001", "F", "--meaning", "authorship", *SENCO)

    said = plans.done("section", "edit", "2026-0001", "F", "-", "--over", "1", *OTHER, stdin="Two.")

    assert "Section F is open again" in said
    assert "not this text" in plans.done("plan", "show", "2026-0001", "--section", "F")


def test_a_reason_for_declining_is_known_or_in_words(plans: Terminal) -> None:
    """*not qualified* alone, with more words, or another reason altogether."""
    for section, because, told in (
        ("B", "not qualified", "not qualified"),
        ("E", "Not qualified: I never taught deaf pupils", "not qualified"),
        ("F", "I am leaving at Christmas", "other"),
    ):
        plans.done("section", "assign", "2026-0001", section, "--to", "s03", *SENCO)
        said = plans.done(
            "section", "decline", "2026-0001", section, "--because", because, "--as", "s03"
        )
        assert f"declined ({told})" in said
    waiting = plans.done("work", "--for", "s01")
    assert "I never taught deaf pupils" in waiting
    assert waiting.count("assign again") == 3
