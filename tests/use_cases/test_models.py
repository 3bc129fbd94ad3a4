"""Choosing an operating model, and what comes of it for everybody who acts."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from ehcp_flow.acting import By
from ehcp_flow.copying import copy_store
from ehcp_flow.errors import BadInput, NotFound, NothingToDo, RecordDamaged, Refused
from ehcp_flow.evidence.checking import claims, outcomes
from ehcp_flow.hands import HeldRole, Person
from ehcp_flow.models.shipped import text_of_shipped
from ehcp_flow.plans import Plans
from ehcp_flow.storage import open_store
from tests.steps.people import FERNBANK, SCHOOL
from tests.steps.world import World
from tests.use_cases.conftest import bring_in, pupil

F = ("2026-0001", "F")
M3 = text_of_shipped("M3")
OURS = M3.replace('id = "M3"', 'id = "Ours"')


def choose(world: World, text: str = M3, since: date | None = None, who: str = "Amira") -> None:
    """Choose a model."""
    world.plans.models.choose(text, file="model.toml", since=since, by=world.by(who))


def test_a_model_holds_from_its_day_on_and_acts_say_so(school: World) -> None:
    """Before it acts say no rule; after it theirs; a day that has passed is held to the old one."""
    bring_in(school, pupil())
    today = school.plans.today()
    before = school.plans.assign(*F, "write", "s2", due=None, by=school.by("Amira"))
    choose(school, since=today + timedelta(days=7))
    still = school.plans.assign(*F, "review", "s1", due=None, by=school.by("Amira"))
    school.now += timedelta(days=8)
    after = school.plans.edit(*F, "Two hours a week.", by=school.by("Boris"))
    late = school.plans.edit("2026-0001", "E", "To read.", by=replace(school.by("Amira"), on=today))

    assert [done.events[0].allowed for done in (before, still, after, late)] == [
        None,
        None,
        "M3@1:write-progress",
        None,
    ]


def test_what_the_model_does_not_let_is_refused_and_not_recorded(school: World) -> None:
    """With its rule, and in the trail nothing."""
    bring_in(school, pupil())
    choose(school)
    before = school.head()

    with pytest.raises(Refused, match=r"Mary Quist .* does not hold any role"):
        school.plans.assign(*F, "write", "s2", due=None, by=school.by("Mary"))
    with pytest.raises(Refused, match="Under M3, rule senco-adds-the-rest: Boris Blake acts as"):
        school.plans.assign("2026-0001", "G", "write", "s2", due=None, by=school.by("Amira"))

    assert school.head() == before


def test_another_process_sees_a_choice_at_once(school: World) -> None:
    """Nothing of the setting is kept beyond what cannot change."""
    bring_in(school, pupil())
    other = Plans(school.store, "main", clock=lambda: school.now)
    assert other.models.in_force().model.id == "default"

    choose(school)

    assert other.models.in_force().model.id == "M3"
    done = other.assign(*F, "write", "s2", due=None, by=school.by("Amira"))
    assert done.events[0].allowed == "M3@1:senco-coordinates,write-progress"


def test_a_model_of_ones_own_is_recorded_whole(school: World) -> None:
    """And found by its name, in its latest version."""
    choose(school, OURS)
    choose(school, OURS.replace("version = 1", "version = 2"))

    known = school.plans.models.find("ours")

    assert (known.model.name, known.own, known.since) == ("Ours@2", True, school.plans.today())
    assert school.plans.models.find("Ours@1").text == OURS
    assert [one.model.id for one in school.plans.models.list() if one.own] == ["Ours", "Ours"]
    with pytest.raises(NotFound, match="no operating model 'Our'"):
        school.plans.models.find("Our")


def test_the_names_that_come_with_the_product_stay_theirs(school: World) -> None:
    """A changed copy takes a name of its own."""
    before = school.head()

    with pytest.raises(Refused, match="M3 is the name of a model that comes with ehcp-flow"):
        choose(school, M3 + "\n# changed\n")
    with pytest.raises(Refused, match="m3 is the name of a model that comes with ehcp-flow"):
        choose(school, M3.replace('id = "M3"', 'id = "m3"'))
    with pytest.raises(BadInput, match=r"model\.toml, line 1: found no TOML"):
        choose(school, "what?")

    assert school.head() == before


def test_a_role_is_held_as_the_model_writes_it(school: World) -> None:
    """However a list or a portal writes it; what neither knows stays as it came."""
    choose(school, text_of_shipped("M7"))
    today = school.plans.today()
    for role in ("Plan Coordinator", "sendco", "Lunch Hero"):
        school.plans.people.grant("s2", HeldRole(role, SCHOOL, today), by=school.by("Amira"))
    listed = Person(
        "", staff_id="s8", name="Gil", roles=(HeldRole("PLAN COORDINATOR", "X", today),)
    )
    school.plans.people.import_list([listed], by=school.by("Amira"))

    boris, gil = (school.plans.people.person(one) for one in ("s2", "s8"))

    assert {one.role for one in boris.roles_on(today)} == {
        *("class teacher", "plan coordinator", "SENCO", "Lunch Hero")
    }
    assert [one.role for one in gil.roles] == ["plan coordinator"]


def test_a_model_that_nobody_could_change_again_is_refused(school: World) -> None:
    """Somebody must be left who keeps the lists."""
    own = M3.replace('id = "M3"', 'id = "Ours"').replace(
        'roles = ["SENCO", "head teacher", "deputy head", "data manager", "SEN administrator"]',
        'roles = ["SEN administrator"]',
    )
    before = school.head()

    with pytest.raises(Refused, match=r"nobody here could keep the lists .* SEN administrator"):
        choose(school, own)

    assert school.head() == before


def test_the_trail_names_no_model_as_what_another_choice_was_about(school: World) -> None:
    """What they are about is the setting; which model it was says each for itself."""
    choose(school)
    choose(school, text_of_shipped("M6"))

    lines = [line for line in school.plans.trail() if line.type == "model-chosen"]

    assert [(line.subject, line.detail.split()[0]) for line in lines] == [
        ("the setting", "M3"),
        ("the setting", "M6"),
    ]


def test_choosing_again_is_no_news_and_one_command_is_done_once(school: World) -> None:
    """As with everything else."""
    by = replace(school.by("Amira"), command="choose-1")
    school.plans.models.choose(M3, file="M3.toml", by=by)
    before = school.head()

    assert school.plans.models.choose(M3, file="M3.toml", by=by).again
    with pytest.raises(NothingToDo):
        choose(school)

    assert school.head() == before


def test_a_store_begins_with_a_model_before_anybody_is_known(world: World) -> None:
    """Whoever then brings in the first list needs a role that the model lets."""
    done = world.plans.models.begin_with(M3, file="M3.toml")
    teacher = replace(FERNBANK[1], roles=FERNBANK[1].roles)
    with pytest.raises(Refused, match="Under M3, rule lists: Boris Blake acts as class teacher"):
        world.plans.people.import_list([teacher], by=By("s2"))
    world.plans.people.import_list(FERNBANK, by=world.by("Amira"))

    assert (done.events[0].name, done.events[0].role) == ("store init", "whoever made the store")
    assert {line.allowed for line in world.plans.trail()} == {None, "M3@1:lists"}
    before = world.head()
    with pytest.raises(Refused, match="This store is in use"):
        world.plans.models.begin_with(text_of_shipped("M6"), file="M6.toml")
    with pytest.raises(NothingToDo):
        world.plans.models.begin_with(M3, file="M3.toml")
    assert world.head() == before


def test_a_deputy_stands_in_while_the_senco_is_away(school: World) -> None:
    """And no longer than that."""
    bring_in(school, pupil())
    today = school.plans.today()
    school.plans.people.grant("s7", HeldRole("deputy head", SCHOOL, today), by=school.by("Amira"))
    choose(school)
    mary = replace(school.by("Mary"), role="deputy head")
    with pytest.raises(Refused, match="Under M3, rule senco-coordinates"):
        school.plans.assign(*F, "write", "s2", due=None, by=mary)

    school.plans.people.away("s1", since=today, until=today, by=school.by("Amira"))
    done = school.plans.assign(*F, "write", "s2", due=None, by=mary)
    assert done.events[0].allowed == "M3@1:senco-coordinates,write-progress"
    school.now += timedelta(days=1)
    with pytest.raises(Refused, match="Under M3, rule senco-coordinates"):
        school.plans.assign(*F, "write", "s3", due=None, by=mary)


def test_somebody_is_asked_in_the_role_that_lets_them(school: World) -> None:
    """The one held longest of those, and not of all."""
    bring_in(school, pupil())
    today = school.plans.today()
    school.plans.people.grant("s4", HeldRole("class teacher", SCHOOL, today), by=school.by("Amira"))
    before = school.plans.assign(*F, "review", "s4", due=None, by=school.by("Amira"))
    choose(school)
    after = school.plans.assign("2026-0001", "E", "write", "s4", due=None, by=school.by("Amira"))

    roles = [getattr(done.events[0], "to_role", None) for done in (before, after)]
    assert roles == ["head teacher", "class teacher"]


def test_what_comes_from_a_list_says_how_much_experience_somebody_has(school: World) -> None:
    """And a later list says otherwise, or that it is not known any more."""
    by = school.by("Amira")
    for said in ("new", "confident", None):
        boris: Person = replace(FERNBANK[1], experience=said)
        school.plans.people.import_list([*FERNBANK[:1], boris, *FERNBANK[2:]], by=by)

        assert school.plans.people.person("s2").experience == said
        assert {p.staff_id: p.experience for p in school.plans.people.list()}["s2"] == said


def test_the_check_of_a_store_finds_a_setting_that_leads_elsewhere(school: World) -> None:
    """Or nowhere: everybody would act under the default then."""
    choose(school)
    assert school.plans.check().events == school.head()
    assert all(dict(school.plans.check_views()).values())
    log = school.store.recorder("main")
    (ours,) = (one for one in claims(log) if one.kind == "setting")
    school.store.add_tenant("altered")
    school.store.recorder("altered").restore(
        log.log(gt=0, limit=1_000),
        claims=[one for one in claims(log) if one.digest != ours.digest],
        outcomes=list(outcomes(log)),
    )

    with pytest.raises(RecordDamaged, match=r"The setting that step 1 .* leads nowhere"):
        Plans(school.store, "altered").check()


def test_checking_looks_at_the_people_of_the_day(school: World) -> None:
    """And at how much waits on each."""
    bring_in(school, pupil())
    own = OURS.replace('"class teacher" = 30', '"class teacher" = 1')
    choose(school, own)
    for section in ("E", "F"):
        school.plans.assign("2026-0001", section, "write", "s2", due=None, by=school.by("Amira"))

    under, found = school.plans.models.check()
    _, then = school.plans.models.check(school.plans.today() + timedelta(days=1))

    assert under.model.name == "Ours@1"
    assert [(one.kind, one.person) for one in found] == [("over the limit", "Boris Blake")]
    assert then == found


def test_a_copy_of_a_store_works_by_the_same_model(school: World, tmp_path: Path) -> None:
    """The choice and what finds it are copied, and checked there."""
    choose(school, OURS)
    there = open_store(f"sqlite:{tmp_path / 'copy.db'}", create=True)
    try:
        copy_store(school.store, there)
        copied = Plans(there, "main", clock=lambda: school.now)

        assert copied.models.in_force().model.name == "Ours@1"
        assert copied.check().events == school.head()
    finally:
        there.close()
