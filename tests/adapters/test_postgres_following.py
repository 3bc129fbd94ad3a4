"""Followers are woken by a word from whoever appended, which is given seldom and may be lost."""

import time
from collections.abc import Generator
from contextlib import closing

import psycopg
import pytest

from ehcp_flow.storage import Store, open_store
from ehcp_flow_postgres import following
from tests import postgres
from tests.adapters.logs import TENANT, append, event, events, stream, whole

ONE = stream(1)


@pytest.fixture
def url() -> Generator[str]:
    """An empty database."""
    with postgres.fresh_database() as url:
        yield url


@pytest.fixture
def store(url: str) -> Generator[Store]:
    """A store with a tenant."""
    with closing(open_store(url, create=True)) as store:
        store.add_tenant(TENANT)
        yield store


@pytest.fixture
def listening(url: str) -> Generator["psycopg.Connection[tuple[object, ...]]"]:
    """Someone who hears the words."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"LISTEN {following.CHANNEL}")
        yield connection


def test_the_word_is_given_seldom(
    store: Store, listening: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    """However many append, by however many recorders of one process: at their commit the whole
    database waits."""
    began = time.monotonic()
    recorders = [store.recorder(TENANT) for _ in range(3)]
    for n in range(1, 301):
        append(recorders[n % 3], event(ONE, n))
    most = 1 + (time.monotonic() - began) / following.SELDOM
    heard = list(listening.notifies(timeout=0))
    assert 1 <= len(heard) <= most
    assert {word.payload for word in heard} == {""}


def test_nothing_is_said_of_what_was_not_recorded(
    store: Store, listening: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    """A refusal wakes nobody."""
    with pytest.raises(Exception, match="step 5 offered"):
        append(store.recorder(TENANT), event(ONE, 5))
    assert list(listening.notifies(timeout=0)) == []


def test_a_follower_is_woken(url: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would have slept for an hour."""
    monkeypatch.setattr(following, "SOONEST", 3_600)
    monkeypatch.setattr(following, "LATEST", 3_600)
    recorder = store.recorder(TENANT)
    append(recorder, event(ONE, 1))
    with recorder.subscribe() as subscription, closing(open_store(url)) as other:
        assert next(subscription).id == 1
        append(other.recorder(TENANT), event(ONE, 2))
        assert next(subscription).id == 2


def test_a_word_that_is_lost_costs_a_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else."""
    monkeypatch.setattr(following, "SELDOM", float("inf"))
    recorder = store.recorder(TENANT)
    with recorder.subscribe() as subscription:
        for n in range(1, 4):
            append(recorder, event(ONE, n))
            assert next(subscription).id == n


def test_tenants_do_not_wait_for_each_other(url: str, store: Store) -> None:
    """While one's append is held between number and commit, another's goes through."""
    store.add_tenant("Oakfield")
    with psycopg.connect(url) as held:
        held.execute(
            "UPDATE ehcp_flow.tenants SET position = position + 1 WHERE tenant = %s", (TENANT,)
        )
        other = store.recorder("Oakfield")
        assert append(other, *events(ONE, 1, 200)) == list(range(1, 201))
        assert append(other, event(ONE, 201)) == [201]
        held.rollback()
    assert not whole(store.recorder(TENANT))
