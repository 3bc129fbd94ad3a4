"""Operating models at the terminal."""

import json

from ehcp_flow.models.shipped import SHIPPED, text_of_shipped
from tests.cli.conftest import SENCO, Terminal


def test_a_store_begins_with_a_model(bare: Terminal) -> None:
    """Told with what the law says about such a school; a wrong name makes nothing."""
    assert "perhaps M3 is meant" in bare.refused("store", "init", "--model", "M33")
    assert not list(bare.folder.iterdir())

    said = bare.done("store", "init", "--model", "m1").splitlines()

    assert said[1] == (
        "M1@1 holds from 2026-11-02 on: Teaching staff write and tutors meet parents; no SENCO."
    )
    assert "cannot require, this school" in said[2]
    assert "Nothing recorded: M1@1 holds here" in bare.done("store", "init", "--model", "M1")
    assert "is in use" in bare.refused("store", "init", "--model", "M2")


def test_every_model_is_listed_and_shown(school: Terminal) -> None:
    """As text, as JSON, and as the file that it is."""
    listed = json.loads(school.done("model", "list", "--json"))
    assert [row["id"] for row in listed] == list(SHIPPED)
    assert school.done("model", "list", "--csv").startswith("id,version,title,setting,source,mark")
    for id in SHIPPED:
        shown = school.done("model", "show", id)
        data = json.loads(school.done("model", "show", id, "--json"))
        assert all(f"({rule['id']})" in shown for rule in data["rule"])
        assert school.done("model", "show", id, "--toml") == text_of_shipped(id)
    assert school.done("model", "show").startswith("default@1")
    school.refused("model", "show", "M3", "--toml", "--json")
    assert "perhaps M0 is meant" in school.refused("model", "show", "M00")


def test_a_model_of_ones_own_is_chosen_by_its_file(school: Terminal) -> None:
    """From a day on; the trail and the refusals say by which rule."""
    ours = text_of_shipped("M3").replace('id = "M3"', 'id = "Ours"')
    (school.folder / "ours.toml").write_text(ours, encoding="utf-8")
    (school.folder / "bad.toml").write_text(
        ours.replace('roles = ["SENCO"', 'roles = ["SENKO"'), encoding="utf-8"
    )

    assert "bad.toml" in school.refused("model", "choose", "bad.toml", *SENCO)
    assert "SENKO" in school.refused("model", "choose", "bad.toml", *SENCO)
    school.refused("model", "choose", "missing.toml", *SENCO)
    said = school.done("model", "choose", "ours.toml", *SENCO)
    assert said.startswith("Ours@1 holds from 2026-11-02 on: ")
    assert "Nothing recorded" in school.done("model", "choose", "ours.toml", *SENCO)
    assert "has passed" in school.refused("model", "choose", "M6", "--from", "2026-11-01", *SENCO)

    school.done("people", "grant", "s03", "form tutor", *SENCO)
    lines = json.loads(school.done("audit", "trail", "--json"))
    assert lines[-1]["allowed"] == "Ours@1:lists"
    assert "by the rule" in school.done("audit", "trail").splitlines()[0]
    assert "Under Ours, rule lists:" in school.refused(
        "people", "grant", "s04", "SENCO", "--as", "s03"
    )


def test_a_replay_shows_the_rule(plans: Terminal) -> None:
    """In text and as JSON."""
    plan = json.loads(plans.done("plan", "list", "--json"))[0]["reference"]
    plans.done("model", "choose", "M3", *SENCO)
    plans.done("section", "edit", plan, "F", "-", *SENCO, stdin="Two hours a week.")

    assert "    allowed by M3@1:write-progress" in plans.done("plan", "replay", plan).splitlines()
    steps = json.loads(plans.done("plan", "replay", plan, "--json"))
    assert [step["allowed"] for step in steps] == [None, "M3@1:write-progress"]


def test_a_check_ends_with_three_when_something_is_found(school: Terminal) -> None:
    """And with nought when nothing is."""
    school.done("people", "grant", "s03", "head teacher", *SENCO)
    quiet = school("model", "check")
    assert quiet.exit_code == 0, quiet.output
    assert quiet.stdout == "default@1: every duty is somebody's.\n"
    assert json.loads(school.done("model", "check", "--json")) == []
    school.done("model", "choose", "M0", *SENCO)

    found = school("model", "check")
    rows = json.loads(school("model", "check", "--json").stdout)

    assert found.exit_code == school("model", "check", "--csv").exit_code == 3
    assert len(found.stdout.splitlines()) == len(rows)
    lacking = [row for row in rows if row["rule"] == "manager-reviews"]
    assert [(row["kind"], row["duty"]) for row in lacking] == [("nobody holds it", "review")]


def test_an_experience_that_is_none_is_a_faulty_row(school: Terminal) -> None:
    """The list says which there are."""
    file = school.folder / "more.csv"
    file.write_text(
        "Staff ID,Name,Role,From,Organisation,Experience\n"
        "t1,Ned New,class teacher,2026-09-01,Fernbank School,New\n"
        "t2,Otto Old,class teacher,2026-09-01,Fernbank School,plenty\n",
        encoding="utf-8",
    )

    said = school("people", "import", str(file), *SENCO)

    assert "one of new, some, confident" in said.output
    rows = {row["staff_id"]: row for row in json.loads(school.done("people", "list", "--json"))}
    assert rows["t1"]["experience"] == "new"
    assert "t2" not in rows
    assert "experience" in school.done("people", "list").splitlines()[0]
