"""A store is checked, copied and its views are made anew at the terminal."""

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from ehcp_flow.storage import open_store
from tests import postgres
from tests.cli.conftest import SENCO, Terminal
from tests.conftest import STORES

KINDS = STORES
"""Every kind of store to which one is copied."""


@pytest.fixture(params=KINDS)
def to(request: pytest.FixtureRequest, bare: Terminal) -> Generator[str]:
    """The URL of a place where there is no store yet."""
    if request.param == "postgresql":
        with postgres.fresh_database() as url:
            yield url
    else:
        yield f"{request.param}:{bare.folder / 'copy.db'}"


def shown(url: str) -> str:
    """A URL as a store that is there shows it: without any password."""
    store = open_store(url)
    store.close()
    return store.url


def damage_views(terminal: Terminal, *statements: str) -> None:
    """Change what stands in the views."""
    with closing(sqlite3.connect(terminal.folder / "plans.db.views")) as views, views:
        for statement in statements:
            views.execute(statement)


# Checking ---------------------------------------------------------------------------------------


def test_a_check_says_that_all_is_right(school: Terminal) -> None:
    """Of the events, and of the views."""
    events, views = school.done("store", "check").splitlines()

    assert events == f"{school.head()} events in 12 streams are as they were recorded."
    assert views == "The views (standing, people, drafts, trail, facts) say what the events say."
    found = json.loads(school.done("store", "check", "--json"))
    assert found["views"] == dict.fromkeys(("standing", "people", "drafts", "trail", "facts"), True)


def test_a_check_names_the_view_that_differs(school: Terminal) -> None:
    """The events are told to be right, and how to make the view anew."""
    school.done("people", "list")
    damage_views(school, "UPDATE people SET name = 'Nobody'")

    said = school.refused("store", "check")
    told = school("store", "check")
    found = json.loads(school("store", "check", "--json").stdout)

    assert "The view people does not say what the events say" in said
    assert "`ehcp-flow store rebuild people`" in said
    assert told.stdout.endswith("as they were recorded.\n")
    assert found["views"]["people"] is False
    assert found["views"]["trail"] is True
    assert "Nobody" in school.done("people", "list")

    assert school.done("store", "rebuild", "people") == "people: was different, and is right now\n"
    assert "Nobody" not in school.done("people", "list")
    school.done("store", "check")


def test_a_check_names_the_views_that_differ(school: Terminal) -> None:
    """In one sentence."""
    school.done("people", "list")
    school.done("audit", "trail")
    damage_views(school, "DELETE FROM people", "DELETE FROM trail")

    said = school.refused("store", "check")

    assert "The views people and trail do not say what the events say" in said
    assert "`ehcp-flow store rebuild` makes them anew" in said


def test_a_check_names_a_damaged_step(school: Terminal) -> None:
    """And nothing else is told."""
    with closing(sqlite3.connect(school.folder / "plans.db")) as store, store:
        store.execute("DROP TRIGGER events_are_not_changed")
        store.execute("UPDATE events SET state = x'7b7d' WHERE position = 3")

    result = school("store", "check")

    assert result.exit_code == 1
    assert "is not as it was recorded" in result.stderr
    assert result.stdout == ""


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such modes there")
def test_a_store_that_cannot_be_written_to_is_checked(school: Terminal) -> None:
    """Its views, too; nothing is replaced there."""
    school.done("people", "list")
    damage_views(school, "UPDATE people SET name = 'Nobody'")
    with TemporaryDirectory() as folder:
        place = Terminal(Path(folder))
        for file in ("plans.db", "plans.db.views"):
            shutil.copy(school.folder / file, folder)

        with nothing_written(place.folder):
            checked = place.refused("store", "check")
            rebuilt = place.refused("store", "rebuild", "people")
            right = place.done("store", "rebuild", "trail")

    assert "The view people does not say" in checked
    assert "nothing was replaced" in rebuilt
    assert right == "trail: as it was\n"


@contextmanager
def nothing_written(folder: Path) -> Generator[None]:
    """As somebody who may read what is in a folder, and write nothing."""
    assert sys.platform != "win32"
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    me = os.geteuid()
    if me == 0:
        # The modes of files do not bind root.
        os.seteuid(65_534)
    try:
        yield
    finally:
        if me == 0:
            os.seteuid(me)
        folder.chmod(0o700)


# Making views anew ------------------------------------------------------------------------------


def test_one_view_or_all_are_made_anew(school: Terminal) -> None:
    """By name."""
    assert school.done("store", "rebuild", "trail") == "trail: as it was\n"
    assert school.done("store", "rebuild").count(": as it was\n") == 5
    assert json.loads(school.done("store", "rebuild", "drafts", "--json")) == [
        {"view": "drafts", "was_right": True}
    ]


def test_an_unknown_view_is_refused(school: Terminal) -> None:
    """With the nearest that there is."""
    said = school.refused("store", "rebuild", "peopel")

    assert "There is no view 'peopel', did you mean 'people'?" in said


# Copying ----------------------------------------------------------------------------------------


def test_a_copy_is_made_and_compared(school: Terminal, to: str) -> None:
    """And answers as the original does."""
    events = school.head()

    said = school.done("store", "copy", "--to", to).splitlines()

    assert said[0] == f"{events} events copied to {shown(to)}."
    assert said[1].startswith(f"Both hold the same: {events} events in 12 streams, ")
    for question in (("people", "list"), ("audit", "trail", "--json"), ("store", "check")):
        assert school.done("--store", to, *question) == school.done(*question)


def test_a_copy_as_json(school: Terminal, to: str) -> None:
    """What was copied now, and what is the same in both."""
    copied = json.loads(school.done("store", "copy", "--to", to, "--json"))
    again = json.loads(school.done("store", "copy", "--to", to, "--json"))

    assert (copied["from"], copied["to"], copied["more"]) == (school.store, shown(to), False)
    assert copied["copied"]["events"] == school.head()
    assert again["copied"] == {"tenants": 0, "events": 0, "claims": 0, "outcomes": 0}
    assert again["same"] == copied["same"]
    assert [one["tenant"] for one in copied["same"]] == ["main"]
    assert len(copied["same"][0]["events_digest"]) == 64


def test_a_copy_goes_on_and_comes_to_an_end(school: Terminal, to: str, data: Path) -> None:
    """When it is given again it takes in what is new, and says when there is nothing."""
    school.done("store", "copy", "--to", to)
    before = school.head()
    assert f"Nothing to copy: {shown(to)} holds" in school.done("store", "copy", "--to", to)
    school.done("plan", "import", str(data / "pupils-mis-export.csv"), *SENCO)

    said = school.done("store", "copy", "--to", to)

    assert said.startswith(f"{school.head() - before} events copied to {shown(to)}.\n")


def test_all_tenants_are_copied(school: Terminal, to: str) -> None:
    """Whoever is asked for."""
    school.done("store", "init", "--tenant", "Zoë's")

    said = school.done("--tenant", "main", "store", "copy", "--to", to)

    assert said.endswith(" commands did, of 2 tenants.\n")
    store = open_store(to)
    assert store.tenants() == ["Zoë's", "main"]
    store.close()


def test_another_store_is_not_written_over(school: Terminal, to: str) -> None:
    """In one sentence, and it stays."""
    school.done("store", "init", "--store", to, "--tenant", "others")

    said = school.refused("store", "copy", "--to", to)

    assert "the plans of 'others'" in said
    assert "nothing was copied" in said
    store = open_store(to)
    assert store.tenants() == ["others"]
    store.close()


def test_a_store_that_is_copied_onto_itself_is_as_it_was(school: Terminal) -> None:
    """By its own name, or another one."""
    for name in (school.store, "sqlite:plans.db", "sqlite:./plans.db"):
        assert "Nothing to copy" in school.done("store", "copy", "--to", name)
    school.done("store", "check")


def test_without_a_store_nothing_is_made(bare: Terminal, to: str) -> None:
    """Where there is nothing to copy there will be no copy."""
    assert "There is no store" in bare.refused("store", "copy", "--to", to)
    assert list(bare.folder.iterdir()) == []


def test_it_must_be_said_where_to(school: Terminal) -> None:
    """Else it is wrong usage; a place that nobody keeps is refused."""
    assert "--to" in school.refused("store", "copy")
    assert "No adapter keeps plans" in school.refused("store", "copy", "--to", "papyrus:x")
    assert "There is no folder" in school.refused("store", "copy", "--to", "sqlite:no/where.db")


def test_a_damaged_store_is_copied_up_to_there(school: Terminal, to: str) -> None:
    """The sentence names it."""
    shutil.copy(school.folder / "plans.db", school.folder / "bad.db")
    with closing(sqlite3.connect(school.folder / "bad.db")) as store, store:
        store.execute("DROP TRIGGER events_are_not_changed")
        store.execute("UPDATE events SET words = NULL, state = x'7b7d' WHERE position = 3")

    said = school.refused("--store", "sqlite:bad.db", "store", "copy", "--to", to)

    assert "sqlite:bad.db cannot be copied further: step " in said
    assert said.endswith("Nothing was copied.")


# Granting ---------------------------------------------------------------------------------------


def test_what_an_application_may_do_is_printed(bare: Terminal) -> None:
    """As statements that whoever looks after the server can run; in a file there are none."""
    with postgres.fresh_database() as url:
        lines = bare.done("store", "init", "--store", url).splitlines()
        assert "ready for the plans of 'main'" in lines[0]
        assert "--grant-to ROLE" in lines[1]
        assert all(
            line.startswith(("  GRANT ", "  CREATE SCHEMA IF NOT EXISTS ")) and line.endswith(";")
            for line in lines[2:]
        )
        granted = " ".join(lines[2:])
        assert "INSERT (tenant, position" in granted
        assert "DELETE" not in granted
        assert bare.done("store", "init", "--store", url).splitlines()[1:] == lines[1:]
    assert len(bare.done("store", "init").splitlines()) == 1


def test_a_role_is_granted_what_it_needs(bare: Terminal) -> None:
    """And works: it imports, reads and checks, and is named beside the hand."""
    with postgres.fresh_database() as url, closing(psycopg.connect(url, autocommit=True)) as owner:
        role = f"app_{token_hex(4)}"
        owner.execute(f"CREATE ROLE {role} LOGIN".encode())
        try:
            said = bare.done("store", "init", "--store", url, "--grant-to", role)
            assert f"'{role}' may append and read" in said
            parts = urlsplit(url)
            host = parts.netloc.rpartition("@")[2]
            bare.store = urlunsplit(parts._replace(netloc=f"{role}@{host}"))
            data = Path(__file__).parents[1] / "data"
            bare.done("people", "import", str(data / "staff.csv"), *SENCO)
            trail = json.loads(bare.done("audit", "trail", "--json"))
            assert {line["recorded_by"] for line in trail} == {role}
            assert "say what the events say" in bare.done("store", "check")
            assert "may not grant rights" in bare.refused("store", "init", "--grant-to", role)
            assert "may not" in bare.refused("store", "init", "--tenant", "Oakfield")
        finally:
            owner.execute(f"DROP OWNED BY {role}; DROP ROLE {role}".encode())


def test_a_role_is_granted_nothing_in_a_file(bare: Terminal) -> None:
    """It is said who may use a file."""
    bare.done("store", "init")
    assert "has no roles of its own" in bare.refused("store", "init", "--grant-to", "app")
