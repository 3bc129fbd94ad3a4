"""Any template that passes the check can be opened, written in, shown, replayed and read again."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ehcp_flow.acting import By, Tenancy
from ehcp_flow.adopting_templates import Templates
from ehcp_flow.errors import BadInput, NotFound, Refused
from ehcp_flow.importing.texts import read_plan_text
from ehcp_flow.intake import Intake
from ehcp_flow.plan import Particulars
from ehcp_flow.plans import Plans
from ehcp_flow.replaying import Step
from ehcp_flow.storage import open_store
from ehcp_flow.templates.reading import parse_template
from ehcp_flow.templates.template import LONGEST_ID, SECTION_ID, Kind, Template
from ehcp_flow_cli.showing import drafts
from ehcp_flow_cli.showing.pages.plan import plan_page
from ehcp_flow_cli.showing.pages.who import who_page
from tests.engine.templates.examples import WHOLE
from tests.steps.people import FERNBANK
from tests.steps.world import World
from tests.use_cases.conftest import Overtaken, bring_in, pupil

NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)
AMIRA = By("s1")

_KINDS: tuple[Kind, ...] = ("views", "need", "outcome", "provision", "money", "appendix")


def toml(id: str, title: str, sections: dict[str, str], kind: Kind, year: int | None) -> str:
    """The file of a template: titles by section id."""
    head = {"id": id, "version": 1, "title": title, "short": "plan", "jurisdiction": "here"}
    head |= {"status": "local", "citation": "the school", "mark": "derived"}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    for section, said in sections.items():
        lines.append(
            f"[[section]]\nid = {json.dumps(section)}\nkind = {json.dumps(kind)}\n"
            f"title = {json.dumps(said, ensure_ascii=False)}"
        )
    if year is not None:
        lines.append(
            f"[[from_year]]\nyear = {year}\nsections = [{json.dumps(min(sections))}]\n"
            'must = "say something"\ncitation = "the school"\nmark = "unsure"'
        )
    return "\n".join(lines) + "\n"


_SIGNS = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
_TITLES = st.text(_SIGNS, min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
_SECTIONS = st.dictionaries(
    st.from_regex(SECTION_ID, fullmatch=True).filter(lambda id: len(id) <= LONGEST_ID),
    _TITLES,
    min_size=1,
    max_size=6,
)


@st.composite
def templates(draw: st.DrawFn) -> tuple[str, Template]:
    """A file that passes the check, and what it says."""
    text = toml(
        f"t-{uuid4().hex[:12]}",
        draw(_TITLES),
        draw(_SECTIONS),
        draw(st.sampled_from(_KINDS)),
        draw(st.none() | st.integers(1, 14)),
    )
    try:
        found = parse_template(text, name="own.toml")
    except BadInput:
        assume(False)
        raise
    return text, found


@pytest.fixture(scope="module")
def school_of_many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plans]:
    """A school whose store takes in one template after the other."""
    folder: Path = tmp_path_factory.mktemp("templates")
    store = open_store(f"sqlite:{folder / 'plans.db'}", create=True)
    store.add_tenant("main")
    with Plans(store, "main", clock=lambda: NOW) as plans:
        plans.people.import_list(FERNBANK, by=AMIRA)
        yield plans


@settings(max_examples=40, deadline=None)
@given(made=templates(), data=st.data())
def test_whatever_passes_the_check_works(
    school_of_many: Plans, made: tuple[str, Template], data: st.DataObject
) -> None:
    """Opened, written in, shown as text, as data and as pages, replayed, and read from a file."""
    plans, (text, template) = school_of_many, made
    name = uuid4().hex
    plans.templates.add(text.encode(), name="own.toml", by=AMIRA)
    said = pupil(f"Ada {name}", upn=None, year="9")
    reference = plans.intake.open(said, kind=template.id, by=AMIRA).reference or ""

    written: dict[str, str] = {}
    for id in data.draw(st.permutations(template.ids)):
        plans.edit(reference, id.lower(), f"Words {name} of {id}.", over=0, by=AMIRA)
        written[id] = f"Words {name} of {id}."

    plan = plans.show(reference)
    authors = plans.authors(reference)
    assert plans.template(plan) == template
    assert list(authors.sections) == list(template.ids)
    assert {id: plan.section(id).text for id in template.ids} == written
    required = plans.required(plan)
    assert len(required) == sum(rule.year <= 9 for rule in template.from_years)
    shown = drafts.draft(plan, template, None, requirements=required)
    assert all(f"# Section {id}: " in shown for id in template.ids)
    told = drafts.as_data(plan, template, None, {}, None, required)
    assert list(told["sections"]) == list(template.ids)  # type: ignore[call-overload]
    for page in (
        plan_page(plan, template, authors, NOW, requirements=required),
        who_page(authors, plan, template, NOW),
    ):
        assert all(text in page for text in written.values())
    steps: list[Step] = list(plans.replay(reference))
    assert len(steps) == 1 + len(written)
    assert [one.section for one in plans.diff(reference, from_=1)] == list(template.ids)
    assert plans.show(reference, known_at=1).particulars.template == template.id
    again = read_plan_text("a.md", drafts.text(plan, template, None).encode(), template)
    assert again == written


def test_of_two_who_bring_in_a_template_at_once_one_is_refused(school: World) -> None:
    """The second decides anew, and is told that the version is on record."""
    by, changed = school.by("Amira"), f"{WHOLE}# changed\n"

    def dana() -> object:
        other = Templates(Tenancy(school.store, "main", lambda: school.now))
        return other.add(WHOLE.encode(), name="own.toml", by=school.by("Dana"))

    kinds = Templates(Overtaken(school, dana))
    with pytest.raises(Refused, match="give the changed file version 2"):
        kinds.add(changed.encode(), name="own.toml", by=by)

    (own,) = [kind.own for kind in kinds.list() if kind.own is not None]
    assert own.data == WHOLE


def test_of_two_who_bring_in_different_templates_at_once_both_do(school: World) -> None:
    """The setting has one stream, which the second goes on."""

    def dana() -> object:
        other = Templates(Tenancy(school.store, "main", lambda: school.now))
        text = WHOLE.replace("support-plan", "other-plan", 1)
        return other.add(text.encode(), name="own.toml", by=school.by("Dana"))

    kinds = Templates(Overtaken(school, dana))
    done = kinds.add(WHOLE.encode(), name="own.toml", by=school.by("Amira"))

    assert done.version == 2
    assert [kind.template.id for kind in kinds.list()][-2:] == ["other-plan", "support-plan"]


def test_of_two_who_open_a_plan_for_one_pupil_at_once_one_is_refused(school: World) -> None:
    """Whichever kind each of them opens."""
    by = school.by("Amira")

    def dana() -> object:
        return bring_in(school, pupil())

    intake = Intake(Overtaken(school, dana))
    with pytest.raises(Refused, match=r"Plan 2026-0001 \(ehcp\) is kept for this pupil already"):
        intake.open(pupil(), kind="isp", proposal=True, by=by)

    assert [line.reference for line in school.plans.list()] == ["2026-0001"]


def test_of_two_pupils_whose_plans_are_opened_at_once_each_has_a_reference(school: World) -> None:
    """The second takes the next."""

    def dana() -> object:
        return bring_in(school, pupil("Ben", "Roe", date(2015, 1, 2), upn=None))

    done = Intake(Overtaken(school, dana)).open(pupil(), by=school.by("Amira"))

    assert done.reference == "2026-0002"
    assert len(school.plans.list()) == 2


def test_a_command_with_an_id_adds_a_template_once(school: World) -> None:
    """However often it is given."""
    by = By("s1", command="night-1")
    first = school.plans.templates.add(WHOLE.encode(), name="own.toml", by=by)
    before = school.head()

    again = school.plans.templates.add(WHOLE.encode(), name="own.toml", by=by)

    assert (first.again, again.again) == (False, True)
    assert school.head() == before
    changed = WHOLE.replace("version = 1", "version = 2")
    with pytest.raises(BadInput, match="command id was used before"):
        school.plans.templates.add(changed.encode(), name="own.toml", by=by)
    assert school.head() == before


def test_a_template_and_a_version_that_are_not_there_are_not_found(school: World) -> None:
    """With what is meant, perhaps, and what there is."""
    with pytest.raises(NotFound, match=r"no plan template 'ehpc' here \(perhaps ehcp\)"):
        school.plans.templates.latest("ehpc")
    with pytest.raises(NotFound, match="no version 2 of the template 'ehcp' here: the latest is 1"):
        school.plans.templates.version("ehcp", 2)
    with pytest.raises(NotFound, match="no plan template 'nothing'"):
        school.plans.intake.open(pupil(), kind="nothing", by=school.by("Amira"))
    assert school.plans.list() == []


def test_an_export_of_one_kind_leaves_plans_of_another_as_they_are(school: World) -> None:
    """Neither changed nor taken for gone."""
    ada, ben = pupil(), pupil("Ben", "Roe", date(2015, 1, 2), upn=None)
    bring_in(school, ada)
    by = school.by("Amira")
    moved: Particulars = pupil(year="8")

    done = school.plans.intake.take_in([moved, ben], by=by, kind="isp", proposal=True, leavers=True)

    assert (len(done.opened), done.changed, done.left, done.other_kind) == (1, 0, 0, 1)
    assert school.plans.show("2026-0001").particulars.year == "7"
    assert school.plans.show("2026-0001").particulars.listed
    isp = school.plans.show(done.opened[0]).particulars
    assert (isp.template, isp.template_version, isp.forename) == ("isp", 1, "Ben")
    found = school.plans.intake.compare([ada])
    assert (found.unchanged, found.no_longer_listed) == (1, ())


def test_an_export_opens_no_plan_by_a_proposal_unawares(school: World) -> None:
    """Nothing is recorded."""
    before = school.head()

    with pytest.raises(Refused, match="a proposal and not law"):
        school.plans.intake.take_in([pupil()], by=school.by("Amira"), kind="isp")

    assert school.head() == before


def test_who_may_not_keep_the_list_of_pupils_opens_no_plan(school: World) -> None:
    """Neither by hand."""
    before = school.head()

    with pytest.raises(Refused, match="may not change which plans are kept here"):
        school.plans.intake.open(pupil(), by=school.by("Boris"))

    assert school.head() == before
