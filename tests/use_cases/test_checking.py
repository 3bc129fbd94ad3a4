"""The check reads what goes with the events, too, and every view; it changes nothing."""

import pytest

from ehcp_flow.errors import NotFound, RecordDamaged
from ehcp_flow.evidence.checking import claims, outcomes
from ehcp_flow.plans import Plans
from ehcp_flow.storage import Claim, HeldClaim, Outcome
from tests.steps.world import World
from tests.use_cases.conftest import bring_in, pupil


@pytest.fixture
def kept(school: World) -> World:
    """A school with two plans."""
    bring_in(school, pupil(), pupil("Seán", upn="M80120000500A"))
    return school


def test_what_was_recorded_here_fits(kept: World) -> None:
    """Claims and outcomes of everything that people do."""
    found = kept.plans.check()

    assert found.events == kept.head()
    assert dict(kept.plans.check_views()) == dict.fromkeys(
        ("standing", "people", "drafts", "trail", "facts"), True
    )


@pytest.mark.parametrize("name", ["5ff8f7f0-0000-4000-8000-000000000000", "nobody", ""])
def test_a_claim_of_a_stream_that_is_not_there_is_found(kept: World, name: str) -> None:
    """And named by its kind, for the identifier itself is not kept."""
    kept.store.recorder("main").restore(claims=[HeldClaim(b"\7" * 32, "upn", name, None)])

    with pytest.raises(RecordDamaged, match=f"kind 'upn' names the record {name}, of which"):
        kept.plans.check()


@pytest.mark.parametrize(("first", "last"), [(1, 9_999), (0, 1), (1, 0), (3, 2), (-1, 1)])
def test_an_outcome_outside_the_log_is_found(kept: World, first: int, last: int) -> None:
    """And named by its command."""
    kept.store.recorder("main").restore(outcomes=[Outcome("night-1", "x", first, last)])

    with pytest.raises(RecordDamaged, match=f"'night-1' .* positions {first} to {last}, which"):
        kept.plans.check()


def test_what_is_recorded_during_the_check_is_no_damage(kept: World) -> None:
    """A claim and an outcome of events that were not there when it began."""
    log = kept.store.recorder("main")

    def meanwhile(done: int, many: int) -> None:
        bring_in(kept, pupil("Zoë", upn="K810385019000"))

    before = kept.head()
    assert kept.plans.check(meanwhile).events == before
    assert kept.head() > before
    assert log.holders("upn", ["K810385019000"])


def test_a_claim_that_is_taken_again_is_one(kept: World) -> None:
    """A claim without an event of its own is in order when its stream is there."""
    log = kept.store.recorder("main")
    (stream,) = log.holders("upn", ["B801200005001"]).values()
    log.insert_events([], claims=[Claim("upn", "another", stream)])

    kept.plans.check()


@pytest.mark.parametrize("lost", [True, False])
@pytest.mark.parametrize("kind", ["reference", "upn", "staff"])
def test_an_identifier_that_leads_elsewhere_is_found(kept: World, kind: str, lost: bool) -> None:
    """To another record or to none: who looks a child up would be shown another's."""
    log = kept.store.recorder("main")
    ours = [claim for claim in claims(log) if claim.kind == kind]
    first, second = ours[0], ours[1].stream
    altered = [] if lost else [first._replace(stream=second)]
    kept.store.add_tenant("altered")
    kept.store.recorder("altered").restore(
        log.log(gt=0, limit=1_000),
        claims=[claim for claim in claims(log) if claim.digest != first.digest] + altered,
        outcomes=list(outcomes(log)),
    )

    leads = "leads nowhere" if lost else f"leads to {second}"
    with pytest.raises(
        RecordDamaged, match=f"The {kind} that step 1 of the record {first.stream} .* {leads}: "
    ):
        Plans(kept.store, "altered").check()


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("standing", "UPDATE sections SET revision = revision + 1"),
        ("people", "DELETE FROM people WHERE name LIKE 'Amira%'"),
        ("drafts", "DELETE FROM drafts"),
        ("trail", "UPDATE trail SET detail = 'nothing' WHERE version = 1"),
    ],
)
def test_a_view_that_differs_is_found_and_can_be_made_anew(
    kept: World, name: str, damage: str
) -> None:
    """Each by itself."""
    plan = kept.plans.list()[0].reference
    kept.plans.edit(plan, "F", "Two hours a week.", by=kept.by("Amira"))
    for read in (kept.plans.list, kept.plans.people.list, kept.plans.trail):
        read()
    kept.plans.find("hours")
    right = dict(kept.plans.check_views())
    assert all(right.values())
    with kept.store.views.writing("main") as writer:
        assert writer is not None
        writer.execute(damage)

    assert dict(kept.plans.check_views()) == right | {name: False}
    assert dict(kept.plans.check_views()) == right | {name: False}
    others = [one for one in right if one != name]
    assert dict(kept.plans.rebuild(others[0])) == {others[0]: True}
    assert dict(kept.plans.rebuild(name)) == {name: False}
    assert dict(kept.plans.rebuild()) == right


def test_a_view_that_there_is_not_is_refused_at_once(kept: World) -> None:
    """With the nearest that there is, and all names."""
    with pytest.raises(NotFound, match="'standng', did you mean 'standing'"):
        kept.plans.rebuild("standng")
    with pytest.raises(NotFound, match="There are standing, people, drafts, trail, facts"):
        kept.plans.rebuild("\x1b")
