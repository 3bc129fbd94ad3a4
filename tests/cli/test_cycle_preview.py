"""`cycle preview` and `cycle apply --preview-id` at a terminal."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ehcp_flow_cli.main import cli
from ehcp_flow_cli.settings import Settings
from tests.cycles.school import SENCO, School
from tests.engine.cycles.examples import review, toml, write

FILE = toml(
    write("E F", years=["R-3"]),
    review("E F", "SENCO"),
    '[limits]\ntasks = 3\n[[attend]]\nrole = "nurse"',
)


@pytest.fixture
def school(store_url: str) -> School:
    """Three pupils of Year 3, and who teaches them."""
    made = School(store_url)
    made.people()
    made.pupils(3)
    made.close()
    return made


def run(school: School, folder: Path, *words: str, data: bytes = FILE) -> Result:
    """Run a command about a cycle file."""
    file = folder / "autumn.toml"
    file.write_bytes(data)
    verb, *options = words
    return CliRunner().invoke(
        cli,
        ["--store", school.url, "cycle", verb, str(file), "--as", "s1", *options],
        obj=Settings(clock=lambda: school.now),
    )


def test_a_school_of_no_pupil_is_refused_with_the_nearest_one(
    school: School, tmp_path: Path
) -> None:
    """And nothing is recorded by applying either."""
    again = School(school.url)
    said = [replace(line.particulars, school="Brook School") for line in again.plans.list()]
    again.plans.intake.take_in(said, by=SENCO)
    before = again.head()
    data = FILE + b'\n[choose]\nschools = ["Brook Shcool"]\n'

    told = [run(school, tmp_path, verb, data=data) for verb in ("preview", "apply")]

    assert [result.exit_code for result in told] == [1, 1]
    for result in told:
        assert "found the school 'Brook Shcool', expected one" in result.output
        assert "(perhaps 'Brook School')" in result.output
    assert again.head() == before
    again.close()


def test_what_is_only_asked_beside_sections_is_told(school: School, tmp_path: Path) -> None:
    """No noughts are counted where something was added; who could not be asked is told as well."""
    run(school, tmp_path, "apply", data=toml(review("F")))
    file = toml(review("F"), '[[attend]]\nrole = "SENCO"', '[[attend]]\nrole = "nurse"')

    preview = run(school, tmp_path, "preview", data=file).output
    done = run(school, tmp_path, "apply", data=file).output
    data = json.loads(run(school, tmp_path, "apply", "--json", data=file).output)

    assert ", 3 to add 3 times to attend to, 0 to leave alone, 0 refused." in preview
    lines = done.splitlines()
    assert lines[:2] == [
        "Autumn 2026: 0 reviews set up with 0 tasks, 3 were set up before.",
        "Added to 3 reviews set up before: 3 times to attend.",
    ]
    (nobody,) = [line for line in lines if line.startswith("Nobody attends: ")]
    assert nobody.startswith("Nobody attends: 2026-0001, 2026-0002, 2026-0003: nobody who is nurse")
    assert nobody in preview.splitlines()
    assert [(one["reference"], one["duty"], one["what"]) for one in data["missing"]] == [
        (f"2026-000{n}", "attend", "nurse") for n in (1, 2, 3)
    ]


def test_what_would_be_done_is_shown(school: School, tmp_path: Path) -> None:
    """With the exit status that says that there is something to do."""
    result = run(school, tmp_path, "preview")

    assert result.exit_code == 3
    lines = result.output.splitlines()
    assert lines[0] == (
        "Autumn 2026: 3 reviews to set up with 4 tasks, 0 to add 0 tasks to, 0 to leave alone, "
        "0 refused."
    )
    assert lines[1].split() == ["plan", "what", "meeting", "asks", "because"]
    assert "Boris Blake to write E F, Amira Nair to review E F" in lines[2]
    assert any(line.startswith("Nobody asked: to write E of 2026-0002") for line in lines)
    assert any(line.startswith("Nobody attends: 2026-0001, 2026-0002") for line in lines)
    assert any(line.split()[:2] == ["Boris", "Blake"] for line in lines)
    assert lines[-1].startswith("To do exactly this: ehcp-flow cycle apply autumn.toml --preview-")


def test_as_json_it_can_be_applied_by_its_id(school: School, tmp_path: Path) -> None:
    """And then there is nothing to do."""
    told = json.loads(run(school, tmp_path, "preview", "--json").output)
    assert [plan["what"] for plan in told["plans"]] == ["set up"] * 3
    assert told["plans"][0]["set_up"]["tasks"][0]["to_name"] == "Boris Blake"
    assert told["loads"][0]["after"]["hours"] == 3.0
    assert (told["over_limit"], told["something_to_do"]) == ([], True)

    wrong = run(school, tmp_path, "apply", "--preview-id", "0" * 16)
    done = run(school, tmp_path, "apply", "--preview-id", told["preview_id"])
    again = run(school, tmp_path, "preview")

    assert wrong.exit_code == 1
    assert "is not what the preview '0000000000000000' said" in wrong.output
    assert (done.exit_code, again.exit_code) == (0, 0)
    assert done.output.startswith("Autumn 2026: 3 reviews set up with 4 tasks")
    assert "\nNothing to do.\n" in again.output


def test_many_plans_are_not_all_named_unless_asked(school: School, tmp_path: Path) -> None:
    """Twenty of them, and how many more there are."""
    more = School(school.url)
    more.pupils(22)
    more.close()

    some = run(school, tmp_path, "preview", data=toml(write("F")))
    everything = run(school, tmp_path, "preview", "--all", data=toml(write("F")))

    assert "… and 5 more: --all shows them." in some.output
    assert some.output.count("  set up  ") == 20
    assert everything.output.count("  set up  ") == 25
    assert "Late: 20 more; --json names them." in some.output


def test_who_would_be_over_the_limit(school: School, tmp_path: Path) -> None:
    """By name."""
    data = toml(write("E F", ask="all"), "[limits]\ntasks = 5")

    result = run(school, tmp_path, "preview", data=data)

    assert "Over the limit: Boris Blake would have 6 tasks, and at most 5 may" in result.output
    assert "over 5" in result.output


def test_another_file_with_nothing_new_is_noted(school: School, tmp_path: Path) -> None:
    """Applying it would record just that."""
    run(school, tmp_path, "apply")

    result = run(school, tmp_path, "preview", data=FILE + b"\n# Another note.\n")

    assert result.exit_code == 3
    assert "It would be noted that this file was applied." in result.output


def test_who_attends_and_gives_advice_is_counted_and_replayed(
    school: School, tmp_path: Path
) -> None:
    """In the preview, when it is done, in the messages, and in a plan's history."""
    said = '[[advice]]\nkind = "education"\nrole = "class teacher"\ndue_days_before_meeting = 21\n'
    file = toml(review("F"), '[[attend]]\nrole = "SENCO"', f'{said}text = "Please."')

    preview = run(school, tmp_path, "preview", data=file).output
    done = run(school, tmp_path, "apply", data=file).output
    again = run(school, tmp_path, "preview", data=file).output

    told = "with 3 tasks, 3 times to attend and 3 times for advice, "
    assert preview.startswith(f"Autumn 2026: 3 reviews to set up {told}0 to add 0 tasks to, ")
    assert "Amira Nair to attend, Boris Blake for advice (education)" in preview
    assert done.startswith(f"Autumn 2026: 3 reviews set up {told}0 were set up before.\n")
    assert "to attend" not in again

    def ask(*words: str) -> str:
        clock = Settings(clock=lambda: school.now)
        return CliRunner().invoke(cli, ["--store", school.url, *words], obj=clock).output

    written = ask("cycle", "requests", "--out", str(tmp_path / "out"))
    assert written.startswith("Messages: 2, about 3 sections, 3 meetings and 3 advice. New files")
    history = ask("plan", "replay", "2026-0001")
    assert (
        "Amira Nair (SENCO) to come to the meeting on 2026-11-10 (The SENCO comes to the meeting.)"
    ) in history
    assert (
        "Boris Blake (class teacher) to give advice, education, by 2026-10-20 (The class teacher "
        "gives advice (education).): Please."
    ) in history
    trail = ask("audit", "trail", "2026-0001")
    assert "Amira Nair (SENCO) to come to the meeting on 2026-11-10" in trail
    assert "Boris Blake (class teacher) to give advice (education), by 2026-10-20" in trail
    as_data = json.loads(ask("plan", "replay", "2026-0001", "--json"))
    assert [step["text"] for step in as_data if "text" in step] == [None, "Please."]
