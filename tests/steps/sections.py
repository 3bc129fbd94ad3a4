"""Steps about sections: asked for, written, reviewed, signed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from pytest_bdd import given, parsers, then, when

from ehcp_flow.acting import Done
from ehcp_flow.errors import SaidNo
from ehcp_flow.events import DeclineReason, Meaning, SectionEdited
from ehcp_flow.intake import TextsTaken
from ehcp_flow.plans import Plans
from ehcp_flow.storage import open_store
from tests.steps.world import World

_IN = r"in section (?P<section>\w+) of (?P<pupil>\w+)'s plan"
_OF = r"section (?P<section>\w+) of (?P<pupil>\w+)'s plan"
_DUE = date(2026, 10, 30)


# Asking


@given(parsers.re(rf"Amira asked (?P<whom>\w+) to (?P<task>write|review) {_OF}"))
def _asked(world: World, whom: str, task: str, section: str, pupil: str) -> None:
    world.do(lambda: _assign(world, "Amira", whom, task, section, pupil, _DUE))


@when(parsers.re(rf"(?P<who>\w+) asks (?P<whom>\w+) to (?P<task>write|review) {_OF}"))
def _asks(world: World, who: str, whom: str, task: str, section: str, pupil: str) -> None:
    world.try_(lambda: _assign(world, who, whom, task, section, pupil, _DUE))


@when(
    parsers.re(rf"(?P<who>\w+) asks (?P<whom>\w+) to (?P<task>write|review) {_OF} by (?P<day>\S+)")
)
def _asks_by(
    world: World, who: str, whom: str, task: str, section: str, pupil: str, day: str
) -> None:
    due = date.fromisoformat(day)
    world.try_(lambda: _assign(world, who, whom, task, section, pupil, due))


def _assign(
    world: World, who: str, whom: str, task: str, section: str, pupil: str, due: date
) -> Done:
    return world.plans.assign(
        world.plan(pupil),
        section,
        "review" if task == "review" else "write",
        world.by(whom).who,
        due=due,
        by=world.by(who),
    )


@when(parsers.re(rf"(?P<who>\w+) accepts {_OF}"))
def _accepts(world: World, who: str, section: str, pupil: str) -> None:
    world.do(lambda: world.plans.accept(world.plan(pupil), section, by=world.by(who)))


@when(parsers.re(rf'(?P<who>\w+) declines {_OF} as "(?P<reason>.+?)": "(?P<words>.+)"'))
def _declines(
    world: World, who: str, section: str, pupil: str, reason: DeclineReason, words: str
) -> None:
    world.do(
        lambda: world.plans.decline(
            world.plan(pupil), section, reason, by=world.by(who, because=words)
        )
    )


# Writing


def write(
    world: World,
    who: str,
    text: str,
    section: str,
    pupil: str,
    *,
    over: int | None = None,
    on: date | None = None,
    behalf: str | None = None,
) -> Done:
    """Write a section, over the current revision unless another one is said."""
    plan = world.plan(pupil)
    return world.plans.edit(
        plan, section, text, over=over, by=world.by(who, on=on, on_behalf_of=behalf)
    )


@given(parsers.re(rf'(?P<who>\w+) wrote "(?P<text>[^"]*)" {_IN}'))
def _wrote(world: World, who: str, text: str, section: str, pupil: str) -> None:
    world.do(lambda: write(world, who, text, section, pupil))


@given(parsers.re(rf'(?P<who>\w+) wrote "(?P<text>[^"]*)" {_IN}, over revision (?P<over>\d+)'))
def _wrote_over(world: World, who: str, text: str, section: str, pupil: str, over: str) -> None:
    world.do(lambda: write(world, who, text, section, pupil, over=int(over)))


@given(parsers.re(rf'(?P<who>\w+) wrote "(?P<text>[^"]*)" {_IN} on (?P<day>\S+)'))
def _wrote_on(world: World, who: str, text: str, section: str, pupil: str, day: str) -> None:
    world.now = world.now.replace(day=date.fromisoformat(day).day)
    over = world.plans.show(world.plan(pupil)).section(section).revision
    world.do(lambda: write(world, who, text, section, pupil, over=over))


@given(parsers.re(rf'on (?P<day>\S+) (?P<who>\w+) typed up "(?P<text>[^"]*)" of (?P<of>\S+) {_IN}'))
def _typed_up(
    world: World, day: str, who: str, text: str, of: str, section: str, pupil: str
) -> None:
    world.now = world.now.replace(day=date.fromisoformat(day).day)
    over = world.plans.show(world.plan(pupil)).section(section).revision
    on = date.fromisoformat(of)
    world.do(lambda: write(world, who, text, section, pupil, over=over, on=on))


@when(parsers.re(rf'(?P<who>\w+)(?:, who left in August,)? writes "(?P<text>[^"]*)" {_IN}'))
def _writes(world: World, who: str, text: str, section: str, pupil: str) -> None:
    world.try_(lambda: write(world, who, text, section, pupil))


@when(parsers.re(rf'(?P<who>\w+) writes "(?P<text>[^"]*)" {_IN}, over revision (?P<over>\d+)'))
def _writes_over(world: World, who: str, text: str, section: str, pupil: str, over: str) -> None:
    world.try_(lambda: write(world, who, text, section, pupil, over=int(over)))


@when(parsers.re(rf'(?P<who>\w+) writes "(?P<text>[^"]*)" {_IN} on behalf of "(?P<behalf>[^"]*)"'))
def _writes_for(world: World, who: str, text: str, section: str, pupil: str, behalf: str) -> None:
    world.do(lambda: write(world, who, text, section, pupil, behalf=behalf))


def _issue(world: World, text: str, section: str, pupil: str) -> None:
    def issue() -> TextsTaken:
        (taken,) = world.plans.intake.import_texts(
            [("plan.md", world.plan(pupil), {section: text})],
            not_recorded_before=world.plans.today(),
            by=world.by("Amira"),
        )
        if taken.refused:
            raise SaidNo(taken.refused[0])
        return taken

    world.try_(issue)


@given(parsers.re(rf'Amira brought in "(?P<text>[^"]*)" as the issued {_OF}'))
def _issued(world: World, text: str, section: str, pupil: str) -> None:
    _issue(world, text, section, pupil)
    assert world.refusal is None


@when(parsers.re(rf'Amira brings in "(?P<text>[^"]*)" as the issued {_OF}'))
def _issues(world: World, text: str, section: str, pupil: str) -> None:
    _issue(world, text, section, pupil)


# Reviewing and signing


@given(parsers.re(rf"(?P<who>\w+) submitted {_OF}"))
@when(parsers.re(rf"(?P<who>\w+) submits {_OF}"))
def _submits(world: World, who: str, section: str, pupil: str) -> None:
    world.do(lambda: world.plans.submit(world.plan(pupil), section, by=world.by(who)))


@when(parsers.re(rf'(?P<who>\w+) submits {_OF}, because "(?P<why>.+)"'))
def _submits_because(world: World, who: str, section: str, pupil: str, why: str) -> None:
    by = world.by(who, because=why)
    world.do(lambda: world.plans.submit(world.plan(pupil), section, by=by))


@when(parsers.re(rf"(?P<who>\w+) returns {_OF}"))
def _returns(world: World, who: str, section: str, pupil: str) -> None:
    world.try_(lambda: world.plans.return_(world.plan(pupil), section, by=world.by(who)))


@when(parsers.re(rf'(?P<who>\w+) returns {_OF}, because "(?P<why>.+)"'))
def _returns_because(world: World, who: str, section: str, pupil: str, why: str) -> None:
    by = world.by(who, because=why)
    world.do(lambda: world.plans.return_(world.plan(pupil), section, by=by))


@given(parsers.re(rf"(?P<who>\w+) approved {_OF}"))
def _approved(world: World, who: str, section: str, pupil: str) -> None:
    world.do(lambda: world.plans.approve(world.plan(pupil), section, by=world.by(who)))


@when(parsers.re(rf"(?P<who>\w+) approves {_OF}"))
def _approves(world: World, who: str, section: str, pupil: str) -> None:
    world.try_(lambda: world.plans.approve(world.plan(pupil), section, by=world.by(who)))


@given(
    parsers.re(
        rf'{_OF}, "(?P<text>.+)", written by (?P<writer>\w+) and approved by (?P<reviewer>\w+)'
    )
)
def _written_and_approved(
    world: World, section: str, pupil: str, text: str, writer: str, reviewer: str
) -> None:
    plan = world.plan(pupil)
    world.do(lambda: _assign(world, "Amira", writer, "write", section, pupil, _DUE))
    world.do(lambda: _assign(world, "Amira", reviewer, "review", section, pupil, _DUE))
    world.do(lambda: write(world, writer, text, section, pupil))
    world.do(lambda: world.plans.submit(plan, section, by=world.by(writer)))
    world.do(lambda: world.plans.approve(plan, section, by=world.by(reviewer)))


@given(parsers.re(rf'(?P<who>\w+) signed {_OF} with the meaning "(?P<meaning>\w+)"'))
@when(parsers.re(rf'(?P<who>\w+) signs {_OF} with the meaning "(?P<meaning>\w+)"'))
def _signs(world: World, who: str, section: str, pupil: str, meaning: Meaning) -> None:
    by = world.by(who)
    world.try_(lambda: world.plans.sign_off(world.plan(pupil), section, meaning, by=by))


# At the same time


@when("Amira and Dana write in sections A and F of Ada's plan at the same time, 10 times each")
def _two_sections(world: World) -> None:
    def write_ten(who: str, section: str) -> None:
        store = open_store(world.url)
        try:
            plans = Plans(store, "main", clock=lambda: world.now)
            for n in range(10):
                text = f"{who} {n}."
                plans.edit(world.plan("Ada"), section, text, over=n, by=world.by(who))
        finally:
            store.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write_ten, ("Amira", "Dana"), ("A", "F")))


@then("everything that both wrote is in the history of Ada's plan")
def _all_there(world: World) -> None:
    edits = [
        (step.recorded.event.name.split()[0], step.recorded.event.section)
        for step in world.plans.replay(world.plan("Ada"))
        if isinstance(step.recorded.event, SectionEdited)
    ]
    assert edits.count(("Amira", "A")) == edits.count(("Dana", "F")) == 10
    assert world.plans.show(world.plan("Ada")).section("A").text == "Amira 9."


@when(
    parsers.parse(
        "Amira and Dana both write over revision 1 of section F of Ada's plan at the same time"
    )
)
def _same_section(world: World) -> None:
    def write_one(who: str) -> None:
        store = open_store(world.url)
        try:
            plans = Plans(store, "main", clock=lambda: world.now)
            plans.edit(world.plan("Ada"), "F", f"{who}'s text.", over=1, by=world.by(who))
        except SaidNo as no:
            world.refusals.append(no)
        finally:
            store.close()

    world.before = world.head()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write_one, ("Amira", "Dana")))


@then("one of the two texts is recorded")
def _one_of_two(world: World) -> None:
    assert world.head() == world.before + 1
    section = world.plans.show(world.plan("Ada")).section("F")
    assert section.revision == 2
    assert section.text in ("Amira's text.", "Dana's text.")


@then(parsers.parse('the other is refused, because "{why}"'))
def _other_refused(world: World, why: str) -> None:
    (no,) = world.refusals
    assert why in str(no)


# How it stands


@then(parsers.re(rf"{_OF} is (?P<status>approved|being drafted)"))
def _status(world: World, section: str, pupil: str, status: str) -> None:
    expected = "drafting" if status == "being drafted" else status
    assert world.plans.show(world.plan(pupil)).section(section).status == expected


@then(parsers.re(rf"(?P<who>\w+) is on record as an author of {_OF}"))
def _author(world: World, who: str, section: str, pupil: str) -> None:
    person = world.plans.people.person(world.by(who).who)
    assert world.plans.show(world.plan(pupil)).section(section).authors == {person.id}


@then("nobody is on record as its author")
def _nobody(world: World) -> None:
    section = world.plans.show(world.plan("Ada")).section("F")
    assert section.authors == frozenset()
    assert section.edit is not None
    assert section.edit.by is None
    assert section.not_recorded_before == world.plans.today()


@then(parsers.re(rf'the issued {_OF} reads "(?P<text>.+)"'))
def _issued_reads(world: World, section: str, pupil: str, text: str) -> None:
    assert world.plans.show(world.plan(pupil)).section(section).issued == text


@then(parsers.re(rf'{_OF} is signed by (?P<who>\w+) with the meaning "(?P<meaning>\w+)"'))
def _signed(world: World, section: str, pupil: str, who: str, meaning: str) -> None:
    assert world.refusal is None, world.refusal
    (mark,) = world.plans.show(world.plan(pupil)).section(section).signed_off
    assert (mark.name.split()[0], mark.meaning) == (who, meaning)


@then(parsers.parse("the mark by {who} covers revision {revision:d} only"))
def _covers(world: World, who: str, revision: int) -> None:
    section = world.plans.show(world.plan("Ada")).section("F")
    assert [(m.name.split()[0], m.revision) for m in section.sign_offs] == [(who, revision)]
    assert section.signed_off == ()


@then(parsers.parse('{who} is told that section F "{what}"'))
def _told(world: World, who: str, what: str) -> None:
    assert world.refusal is None, (who, world.refusal)
    assert world.note is not None
    assert what in world.note


@given(parsers.parse("the clock goes back by {hours:d} hours"))
def _back(world: World, hours: int) -> None:
    world.now -= timedelta(hours=hours)


@given(parsers.parse("the clock goes on by {hours:d} hour"))
def _on(world: World, hours: int) -> None:
    world.now += timedelta(hours=hours)


# Refusals


@then(parsers.parse('it is refused, because "{why}"'))
def _refused(world: World, why: str) -> None:
    assert world.refusal is not None
    assert why in str(world.refusal)
    assert "\n" not in str(world.refusal)


@then("nothing was recorded")
def _nothing(world: World) -> None:
    assert world.head() == world.before
