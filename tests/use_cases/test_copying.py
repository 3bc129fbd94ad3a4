"""A store is copied to any other, from wherever the copy stopped; nothing else is written over."""

import os
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from ehcp_flow import copying
from ehcp_flow.copying import Copied, copy_store
from ehcp_flow.errors import RecordDamaged, StoreTrouble
from ehcp_flow.events import words
from ehcp_flow.evidence.checking import check
from ehcp_flow.plans import open_plans
from ehcp_flow.recording import encode
from ehcp_flow.storage import (
    Claim,
    Command,
    EventRow,
    HeldClaim,
    Outcome,
    Recorder,
    Store,
    open_store,
)
from tests import postgres
from tests.conftest import STORES
from tests.examples import OPENED, PLAN
from tests.steps.world import World
from tests.use_cases.conftest import bring_in, pupil, references

KINDS = STORES
"""Every kind of store is copied to every kind."""

TENANT, OTHER = "main", "St Zoë's (Ⅱ) %_'"

Place = Callable[[str], str]
"""Gives the URL of one more place, for a kind of store, where there is none yet."""

Tell = Callable[[int, int], None]
Everything = dict[str, tuple[Sequence[EventRow], Sequence[HeldClaim], Sequence[Outcome]]]


@pytest.fixture(params=KINDS)
def store_kind(request: pytest.FixtureRequest) -> str:
    """Which kind of store is copied."""
    kind: str = request.param
    return kind


@pytest.fixture(params=KINDS)
def other_kind(request: pytest.FixtureRequest) -> str:
    """Which kind of store it is copied to."""
    kind: str = request.param
    return kind


@pytest.fixture
def place(tmp_path: Path) -> Generator[Place]:
    """Places for stores."""
    with ExitStack() as made:

        def place_for(kind: str) -> str:
            if kind == "postgresql":
                return made.enter_context(postgres.fresh_database())
            return f"{kind}:{tmp_path / f'{uuid4()}.db'}"

        yield place_for


@pytest.fixture
def other_url(other_kind: str, place: Place) -> str:
    """Where a store is copied to."""
    return place(other_kind)


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three rows in a transaction, so that there are several."""
    monkeypatch.setattr(copying, "BATCH", 3)


@contextmanager
def opened(url: str) -> Generator[Store]:
    """A store, made if it is not there, closed afterwards."""
    store = open_store(url, create=True)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def source(store_url: str) -> Generator[Store]:
    """An open store with eleven events of four streams of one tenant."""
    with opened(store_url) as store:
        store.add_tenant(TENANT)
        fill(store.recorder(TENANT))
        yield store


@pytest.fixture
def destination(other_url: str) -> Generator[Store]:
    """An open store with nothing in it."""
    with opened(other_url) as store:
        yield store


def stream(number: int) -> UUID:
    """One of several streams."""
    return uuid5(PLAN, str(number))


def record(recorder: Recorder, number: int, *, upn: str | None = None, told: str = "") -> None:
    """Record the next event of a stream, as a command, and perhaps claim an identifier."""
    event = OPENED.model_copy(update={"because": words(told)}) if told else OPENED
    of = stream(number)
    version = len(recorder.rows(of)) + 1
    recorder.insert_events(
        [encode(of, version, event)],
        claims=[] if upn is None else [Claim("upn", upn, of)],
        commands=[Command(f"{number}-{version}", "plan-opened", 1)],
    )


def fill(recorder: Recorder) -> None:
    """Record eleven events, with and without words, and a command that recorded nothing."""
    for number in (0, 1, 0, 2, 3, 3, 0, 1, 2, 3, 0):
        record(recorder, number, upn=f"{number}", told="Ada's mother — Zoë — asked." * number)
    recorder.insert_events([], commands=[Command("nothing", "looked", 0)])


def everything(store: Store) -> Everything:
    """All rows of all tenants, in all of their columns."""
    found: Everything = {}
    for tenant in store.tenants():
        log = store.recorder(tenant)
        found[tenant] = (
            log.log(gt=0, limit=1_000_000),
            log.claims(limit=1_000_000),
            log.outcomes(limit=1_000_000),
        )
    return found


def taken(recorder: Recorder, rows: Sequence[EventRow]) -> None:
    """Take in rows, a few in a transaction."""
    for at in range(0, len(rows), 3):
        recorder.restore(rows[at : at + 3])


def refused(source: Store, destination: Store, *says: str) -> None:
    """Copying is refused in a sentence that says this, and both are as they were."""
    before = everything(source), everything(destination)
    with pytest.raises(StoreTrouble) as trouble:
        copy_store(source, destination)
    assert (everything(source), everything(destination)) == before
    said = str(trouble.value)
    assert "\n" not in said
    for one in (destination.url, "nothing was copied", "name a ", *says):
        assert one in said


def test_everything_is_there_and_the_same(source: Store, destination: Store) -> None:
    """All columns, the store's own notes too; claims under the same key; outcomes."""
    source.add_tenant(OTHER)
    record(source.recorder(OTHER), 7, upn="0", told="\N{PILE OF POO}")
    source.add_tenant("empty")

    copied = copy_store(source, destination)

    assert everything(destination) == everything(source)
    assert destination.claims_key == source.claims_key
    assert destination.recorder(OTHER).holders("upn", ["0"]) == {"0": stream(7)}
    assert copied.new_tenants == 3
    assert (copied.events, copied.claims, copied.outcomes) == (12, 5, 13)
    assert not copied.more
    assert not copied.nothing_new
    assert list(copied.tenants) == sorted(["empty", TENANT, OTHER])
    assert copied.tenants[TENANT][:4] == (11, 4, 4, 12)
    assert copied.tenants["empty"][:4] == (0, 0, 0, 0)
    for tenant in destination.tenants():
        check(destination.recorder(tenant))


def test_the_copy_goes_on_as_the_original_would(source: Store, destination: Store) -> None:
    """The next event has the next place, and a claim is held there, too."""
    copy_store(source, destination)

    for store in (source, destination):
        record(store.recorder(TENANT), 0)

    ours, theirs = (store.recorder(TENANT).rows(stream(0)) for store in (source, destination))
    assert [row[:4] for row in ours] == [row[:4] for row in theirs]
    check(destination.recorder(TENANT))


def test_the_copy_answers_every_question_as_the_original(school: World, other_url: str) -> None:
    """Lists, plans, steps, the trail, people and work."""
    school.now = school.now.replace(month=11)
    bring_in(school, pupil(), pupil("Seán", "O'Brien \x1b[31m", upn="M80120000500A"))
    ada = references(school)["Ada"]
    by = school.by("Amira", because="She asked for it.")
    school.plans.assign(ada, "F", "write", "s2", due=None, by=by)
    school.plans.edit(ada, "F", "Two hours a week, ½ of them outside.", by=school.by("Boris"))
    school.plans.edit(ada, "A", "She likes to swim.\n", by=by)

    with opened(other_url) as destination:
        copy_store(school.store, destination)

    original = answers(school, school.url)
    assert "½ of them" in original
    assert answers(school, other_url) == original


def answers(school: World, url: str) -> str:
    """What a store says to all questions."""
    with open_plans(url, clock=lambda: school.now) as plans:
        lines = plans.list()
        found = [
            lines,
            plans.work(),
            plans.load(),
            plans.trail(),
            plans.find("two hours"),
            plans.people.list(),
            [plans.work(person=person.id) for person in plans.people.list() if person.id == "s2"],
        ]
        for line in lines:
            found += [
                [plans.show(line.reference)],
                list(plans.replay(line.reference)),
                plans.diff(line.reference, from_=1),
                plans.trail(line.reference),
            ]
        return "\n".join(map(repr, found))


def test_again_there_is_nothing_to_copy(source: Store, destination: Store) -> None:
    """It is said, with the same digests, and nothing is changed."""
    first = copy_store(source, destination)
    before = everything(destination)

    again = copy_store(source, destination)

    assert again.nothing_new
    assert not first.nothing_new
    assert again.tenants == first.tenants
    assert everything(destination) == before


def test_what_was_recorded_since_is_copied(source: Store, destination: Store) -> None:
    """And only that."""
    copy_store(source, destination)
    record(source.recorder(TENANT), 9, upn="9")
    source.add_tenant(OTHER)

    copied = copy_store(source, destination)

    assert (copied.new_tenants, copied.events, copied.claims, copied.outcomes) == (1, 1, 1, 1)
    assert everything(destination) == everything(source)


@pytest.mark.parametrize("there", [0, 1, 3, 10, 11])
@pytest.mark.parametrize("with_claims", [False, True])
def test_a_copy_goes_on_from_wherever_it_stopped(
    source: Store, destination: Store, there: int, with_claims: bool
) -> None:
    """Within the events, and before, within or after the rest."""
    rows, claims, outcomes = everything(source)[TENANT]
    destination.take_key(source.claims_key)
    destination.add_tenant(TENANT)
    log = destination.recorder(TENANT)
    taken(log, rows[:there])
    if with_claims:
        log.restore(claims=claims[1:3], outcomes=outcomes[::2])

    copied = copy_store(source, destination)

    assert copied.events == 11 - there
    assert copied.claims == (2 if with_claims else 4)
    assert everything(destination) == everything(source)


def test_an_empty_store_is_copied(store_url: str, destination: Store) -> None:
    """Its key is."""
    with opened(store_url) as source:
        assert copy_store(source, destination).tenants == {}
        assert destination.claims_key == source.claims_key


def test_how_far_it_is_is_told(source: Store, destination: Store) -> None:
    """From the first rows to the last that are compared."""
    told: list[tuple[int, int]] = []
    copy_store(source, destination, lambda done, many: told.append((done, many)))

    assert told[0] == (3, 22)
    assert told[-1] == (22, 22)
    assert told == sorted(told)


def test_the_digests_are_those_that_are_described(source: Store, destination: Store) -> None:
    """So that anybody can work them out."""
    rows, claims, outcomes = everything(source)[TENANT]

    held = copy_store(source, destination).tenants[TENANT]

    assert held[4:] == tuple(map(described, (rows, claims, outcomes)))
    assert len({*held[4:]}) == 3


def described(rows: Sequence[tuple[object, ...]]) -> str:
    """The digest of rows, from its description alone."""
    whole = b""
    for row in rows:
        for value in row:
            if value is None:
                whole += b"-;"
                continue
            kept = value if isinstance(value, bytes) else f"{value}".encode()
            whole += f"{len(kept)}:".encode() + kept + b";"
    return sha256(whole).hexdigest()


# A process that is killed -----------------------------------------------------------------------


@contextmanager
def process(*words: str) -> Generator["subprocess.Popen[str]"]:
    """Another process that copies, as ``tests.use_cases.copying_elsewhere`` describes."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.use_cases.copying_elsewhere", *words],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def test_a_copy_that_is_killed_is_completed_by_the_next(source: Store, other_url: str) -> None:
    """Killed again and again, each time a little later; at last it is whole."""
    log = source.recorder(TENANT)
    for number in range(20, 60):
        log.insert_events(
            [encode(stream(number), version, OPENED) for version in range(1, 11)],
            claims=[Claim("upn", f"{number}", stream(number))],
            commands=[Command(f"c{number}", "plan-opened", 10)],
        )
    reached: list[int] = []
    for after in (1, 2, 9, 25, 61):
        # It may be in the middle of any of the next four when it is killed.
        with process(source.url, other_url, "7", f"{after + 4}") as other:
            assert other.stdout is not None
            told = [other.stdout.readline() for _ in range(after)]
            other.kill()
        assert all(told), told
        with opened(other_url) as destination:
            there = destination.recorder(TENANT).head()
            reached.append(there)
            assert destination.recorder(TENANT).log(gt=0, limit=999) == log.log(gt=0, limit=there)
    assert 7 <= reached[0] <= 35
    assert reached == sorted(reached)
    assert reached[-1] == 411

    with process(source.url, other_url, "7") as other:
        assert other.stdout is not None
        assert other.stdout.read().endswith("done\n")
        assert other.wait() == 0
    with opened(other_url) as destination:
        assert everything(destination) == everything(source)
        assert copy_store(source, destination).nothing_new


# What is damaged --------------------------------------------------------------------------------


def damaged(source: Store, url: str, position: int, **changes: Any) -> Store:
    """A store with the rows of another, one of which somebody changed."""
    store = open_store(url, create=True)
    store.take_key(source.claims_key)
    store.add_tenant(TENANT)
    rows, claims, outcomes = everything(source)[TENANT]
    changed = [row._replace(**changes) if row.position == position else row for row in rows]
    store.recorder(TENANT).restore(changed, claims=claims, outcomes=outcomes)
    return store


@pytest.mark.parametrize(
    "changes",
    [
        {"state": b"{}"},
        {"digest": b"\0" * 32},
        {"state_digest": b"\0" * 32},
        {"words": b'[{"salt":"00","text":"Nobody."}]'},
        {"words": None},
        {"type": "plan-closed"},
    ],
    ids=str,
)
def test_a_damaged_source_is_copied_up_to_there(
    source: Store, destination: Store, place: Place, store_kind: str, changes: dict[str, Any]
) -> None:
    """Nothing of the bad batch is; the sentence names the step, and what stays."""
    bad = damaged(source, place(store_kind), 9, **changes)
    try:
        with pytest.raises(RecordDamaged) as trouble:
            copy_store(bad, destination)
        there = everything(destination)[TENANT]
        assert list(there[0]) == list(everything(source)[TENANT][0][:6])
        assert there[1:] == ([], [])
        said = str(trouble.value)
        assert f"tep 2 of the record {stream(2)}" in said
        assert bad.url in said
        assert said.endswith("What was copied before, 6 events, stays.")
        assert "\n" not in said

        with pytest.raises(RecordDamaged, match=r"Nothing was copied\.$"):
            copy_store(bad, destination)
        assert everything(destination)[TENANT] == there
    finally:
        bad.close()
    # A sound copy of the same goes on from there.
    assert copy_store(source, destination).events == 5


def test_what_is_damaged_where_it_was_copied_already_is_found(
    source: Store, destination: Store, place: Place, store_kind: str
) -> None:
    """Nothing more is copied."""
    copy_store(source, destination)
    bad = damaged(source, place(store_kind), 2, state=b"{}")
    try:
        record(bad.recorder(TENANT), 9)
        before = everything(destination)
        with pytest.raises(RecordDamaged, match=f"tep 1 of the record {stream(1)}"):
            copy_store(bad, destination)
        assert everything(destination) == before
    finally:
        bad.close()


def test_claims_of_nothing_are_not_copied(source: Store, destination: Store) -> None:
    """Nor are outcomes; it is said that there are such."""
    source.recorder(TENANT).restore(
        claims=[HeldClaim(b"\7" * 32, "upn", str(stream(99)), None)],
    )
    with pytest.raises(RecordDamaged, match="store check"):
        copy_store(source, destination)
    assert len(everything(destination)[TENANT][1]) == 4


# What is not written over -----------------------------------------------------------------------


def test_other_plans_are_not_written_over(source: Store, destination: Store) -> None:
    """Of a tenant whom the source does not know: nothing is copied."""
    destination.add_tenant(OTHER)
    refused(source, destination, repr(OTHER))


def test_the_plans_of_a_tenant_of_the_same_name_are_not_written_over(
    source: Store, destination: Store
) -> None:
    """Not even where there are none yet: identifiers are digested under another key there."""
    destination.add_tenant(TENANT)
    refused(source, destination)


@pytest.mark.parametrize("there", [0, 4, 10])
def test_another_record_is_not_written_over(source: Store, destination: Store, there: int) -> None:
    """One that began as this one did, and went on in another way, of whichever tenant."""
    source.add_tenant(OTHER)
    fill(source.recorder(OTHER))
    copy_beginning(source, destination, there)
    record(destination.recorder(OTHER), 0)
    record(destination.recorder(OTHER), 8)

    refused(source, destination, f"position {there + 1} of the log", repr(OTHER))


def test_a_note_that_was_changed_is_another_record(source: Store, destination: Store) -> None:
    """Although no digest vouches for it."""
    rows = everything(source)[TENANT][0]
    destination.take_key(source.claims_key)
    destination.add_tenant(TENANT)
    destination.recorder(TENANT).restore([rows[0]._replace(recorded_by="nobody")])

    refused(source, destination, "position 1 of the log")


def copy_beginning(source: Store, destination: Store, many: int) -> None:
    """Copy the first rows of each tenant."""
    destination.take_key(source.claims_key)
    for tenant, (rows, _, _) in everything(source).items():
        destination.add_tenant(tenant)
        taken(destination.recorder(tenant), rows[:many])


def test_a_copy_that_went_on_by_itself_is_not_written_over(
    source: Store, destination: Store
) -> None:
    """Nor is the original, when the two are taken for each other."""
    copy_store(source, destination)
    record(destination.recorder(TENANT), 0)

    refused(source, destination, "position 12 of the log")
    assert copy_store(destination, source).events == 1


@pytest.mark.parametrize("digest", [b"\0" * 32, b"\x80" * 32, b"\xff" * 32])
def test_a_claim_that_the_source_has_not_is_not_passed_over(
    source: Store, destination: Store, digest: bytes
) -> None:
    """Wherever it stands among the others."""
    copy_beginning(source, destination, 11)
    strange = HeldClaim(digest, "upn", str(stream(0)), None)
    destination.recorder(TENANT).restore(claims=[strange])

    refused(source, destination, "a claim of 'main'")


@pytest.mark.parametrize("command", ["!", "0-1", "1-15", "~"])
def test_an_outcome_that_the_source_has_not_is_not_passed_over(
    source: Store, destination: Store, command: str
) -> None:
    """Wherever it stands among the others, and also in the place of one."""
    copy_beginning(source, destination, 11)
    strange = Outcome(command, "something else", 1, 1)
    destination.recorder(TENANT).restore(outcomes=[strange])

    refused(source, destination, "a command's outcome of 'main'")


# Onto itself ------------------------------------------------------------------------------------


def test_a_store_that_is_copied_onto_itself_stays_as_it_is(source: Store) -> None:
    """There is nothing to copy."""
    before = everything(source)
    with opened(source.url) as again:
        assert copy_store(source, again).nothing_new
    assert copy_store(source, source).nothing_new
    assert everything(source) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets few people make links")
def test_also_by_another_name(source: Store, tmp_path: Path, store_kind: str) -> None:
    """Of a file that has two."""
    if store_kind != "sqlite":
        pytest.skip("only files have links")
    os.symlink(source.url.partition(":")[2], tmp_path / "link.db")
    before = everything(source)
    with opened(f"sqlite:{tmp_path / 'link.db'}") as link:
        assert copy_store(source, link).nothing_new
    assert everything(source) == before


# While others work ------------------------------------------------------------------------------


def once(act: Callable[[], object], at: int = 1) -> Tell:
    """Do something when progress is told the first or some later time."""
    told = 0

    def tell(done: int, many: int) -> None:
        nonlocal told
        told += 1
        if told == at:
            act()

    return tell


@pytest.mark.parametrize("at", [1, 4])
def test_what_is_recorded_meanwhile_is_copied_too(
    source: Store, destination: Store, at: int
) -> None:
    """With its claims and outcomes, and a tenant that is new."""

    def meanwhile() -> None:
        record(source.recorder(TENANT), 9, upn="9")
        source.add_tenant(OTHER)
        record(source.recorder(OTHER), 10, upn="10")

    copied = copy_store(source, destination, once(meanwhile, at))

    assert copied.events == 13
    assert not copied.more
    assert everything(destination) == everything(source)


def test_a_source_that_does_not_come_to_rest_is_copied_as_far_as_it_was_read(
    source: Store, destination: Store
) -> None:
    """It is said that there is more, and what was copied is whole in itself."""
    log = source.recorder(TENANT)
    next_one = iter(range(100, 10_000))

    def always(done: int, many: int) -> None:
        number = next(next_one)
        record(log, number, upn=f"{number}")

    copied = copy_store(source, destination, always)

    assert copied.more
    assert copied.events < log.head()
    check(destination.recorder(TENANT))
    rest = copy_store(source, destination)
    assert not rest.more
    assert everything(destination) == everything(source)


def test_two_who_copy_the_same_at_once_both_succeed(source: Store, destination: Store) -> None:
    """The slower one finds that it is there."""
    done: list[Copied] = []

    def other() -> None:
        with opened(source.url) as from_, opened(destination.url) as to:
            done.append(copy_store(from_, to))

    slower = copy_store(source, destination, once(other))

    assert done[0].tenants == slower.tenants
    assert slower.events + done[0].events == 11
    assert everything(destination) == everything(source)


def test_a_destination_that_is_recorded_in_meanwhile_is_left_alone(
    source: Store, destination: Store
) -> None:
    """What was copied stays, and what was recorded there too."""

    def meanwhile() -> None:
        record(destination.recorder(TENANT), 9)

    with pytest.raises(StoreTrouble, match="was recorded in while it was copied to") as trouble:
        copy_store(source, destination, once(meanwhile))
    assert "before, 3 events, stays." in str(trouble.value)
    assert destination.recorder(TENANT).head() == 4
