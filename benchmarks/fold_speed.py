"""How long does it take to read and fold a plan of 1,000 events from the file, its chain checked?

Beside the eventsourcing library's own aggregate with the same events, in the same run:

    python -m benchmarks.fold_speed

Both read from SQLite files in a temporary folder, without snapshots or caches, warm.
"""

import argparse
import gc
import random
import string
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, cast
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from ehcp_flow.authorship.delta import find_delta, text_digest
from ehcp_flow.events import (
    Act,
    PlanEvent,
    PlanOpened,
    SectionAssigned,
    SectionEdited,
    SectionReturned,
    SectionSubmitted,
)
from ehcp_flow.plan import Plan, fold
from ehcp_flow.recording import encode_all, events_of
from ehcp_flow.storage import Recorder, open_store

EVENTS = 1_000
LETTERS = 500
SECTIONS = ("A", "B", "C", "D", "E", "F", "G", "H1")
BEGAN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def events(many: int = EVENTS) -> Iterator[PlanEvent]:
    """A plan's events: in each five, four edits that write a text anew, and one other step."""
    chance = random.Random(1)
    texts = dict.fromkeys(SECTIONS, "")
    revisions = dict.fromkeys(SECTIONS, 0)
    yield PlanOpened(
        **_act(0),
        reference="2026-0001",
        template="ehcp",
        surname="Okafor",
        forename="Ada",
        born=date(2014, 11, 3),
        year="7",
    )
    for n in range(1, many):
        section = SECTIONS[n // 5 % len(SECTIONS)]
        act = _act(n)
        if n % 5:
            text = "".join(chance.choices(string.ascii_lowercase + " ", k=LETTERS))
            delta = find_delta(texts[section], text)
            revisions[section] += 1
            texts[section] = text
            yield SectionEdited(
                **act,
                section=section,
                revision=revisions[section],
                over=revisions[section] - 1,
                delta=delta.operations,
                written=delta.written,
                text_digest=text_digest(text),
                length=len(text),
            )
        elif n % 15 == 0:
            yield SectionAssigned(
                **act,
                section=section,
                task="write",
                to=str(UUID(int=n)),
                to_name="Ann Example",
                to_role="class teacher",
                due=date(2026, 11, 3),
            )
        elif n % 15 == 5:
            yield SectionSubmitted(**act, section=section, revision=revisions[section])
        else:
            yield SectionReturned(**act, section=section, revision=revisions[section])


def _act(n: int) -> Act:
    return Act(
        at=BEGAN + timedelta(minutes=n),
        by="8d9f5a0e-6f0e-4a9e-9a43-6f4f1a0f9a11",
        name="Ann Example",
        role="class teacher",
        organisation="Fernbank School",
        capacity="drafter",
        channel="typed",
        command=f"{n:032x}",
    )


def ours(folder: Path) -> Callable[[], Plan]:
    """Our way: rows, chain, events, fold."""
    store = open_store(f"sqlite:{folder / 'plans.db'}", create=True)
    store.add_tenant("Fernbank")
    recorder: Recorder = store.recorder("Fernbank")
    stream = uuid4()
    recorder.insert_events(encode_all(stream, 0, events()))

    def read() -> Plan:
        return fold(stream, cast("Iterator[PlanEvent]", events_of(recorder.rows(stream))))

    return read


class LibraryPlan(Aggregate):
    """The same plan as the library would have one write it: an aggregate of whole texts."""

    @event("Opened")
    def __init__(
        self,
        reference: str,
        surname: str,
        forename: str,
        by: str,
        name: str,
        role: str,
        organisation: str,
        capacity: str,
        channel: str,
        command: str,
    ) -> None:
        self.reference = reference
        self.surname = surname
        self.forename = forename
        self.sections: dict[str, dict[str, Any]] = {}

    @event("Edited")
    def edit(
        self,
        section: str,
        revision: int,
        text: str,
        by: str,
        name: str,
        role: str,
        organisation: str,
        capacity: str,
        channel: str,
        command: str,
    ) -> None:
        """A section's text becomes another one."""
        found = self.sections.setdefault(section, {"assigned": []})
        found.update(text=text, revision=revision, status="drafting", by=by, name=name, role=role)

    @event("Assigned")
    def assign(
        self,
        section: str,
        task: str,
        to: str,
        to_name: str,
        to_role: str,
        due: str,
        by: str,
        name: str,
        role: str,
        organisation: str,
        capacity: str,
        channel: str,
        command: str,
    ) -> None:
        """Someone is asked to write."""
        found = self.sections.setdefault(section, {"assigned": []})
        found["assigned"].append((task, to, to_name, to_role, due))

    @event("Judged")
    def judge(
        self,
        section: str,
        revision: int,
        status: str,
        by: str,
        name: str,
        role: str,
        organisation: str,
        capacity: str,
        channel: str,
        command: str,
    ) -> None:
        """A section is submitted or returned."""
        self.sections.setdefault(section, {"assigned": []})["status"] = status


def library(folder: Path) -> Callable[[], LibraryPlan]:
    """The library's way: its application, its SQLite recorder, its repository."""
    app: Application[UUID] = Application(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(folder / "library.db"),
        }
    )
    plan: LibraryPlan | None = None
    texts: dict[str, str] = {}
    for each in events():
        hand = each.model_dump(
            include={"by", "name", "role", "organisation", "capacity", "channel", "command"}
        )
        match each:
            case PlanOpened():
                plan = LibraryPlan(each.reference, each.surname, each.forename, **hand)
            case SectionEdited() if plan is not None:
                texts[each.section] = _text(texts.get(each.section, ""), each)
                plan.edit(each.section, each.revision, texts[each.section], **hand)
            case SectionAssigned() if plan is not None:
                due = each.due.isoformat() if each.due else ""
                plan.assign(
                    each.section, each.task, each.to, each.to_name, each.to_role, due, **hand
                )
            case SectionSubmitted() | SectionReturned() if plan is not None:
                plan.judge(each.section, each.revision, each.stored_as, **hand)
            case _:
                raise ValueError(each.stored_as)
    if plan is None:
        raise ValueError("there are no events")
    app.save(plan)
    plan_id = plan.id

    def read() -> LibraryPlan:
        found: LibraryPlan = app.repository.get(plan_id)
        return found

    return read


def _text(old: str, edited: SectionEdited) -> str:
    from ehcp_flow.authorship.delta import apply

    return apply(old, edited.delta, edited.written)


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The median time of some work, after it was done once."""
    work()
    taken: list[float] = []
    for _ in range(times):
        gc.collect()
        began = perf_counter()
        work()
        taken.append(perf_counter() - began)
    return median(taken) * 1_000


def main() -> None:
    """Print both times and how many times quicker ours is."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--times", type=int, default=31)
    times: int = arguments.parse_args().times
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        our_read, library_read = ours(Path(folder)), library(Path(folder))
        one, other = our_read(), library_read()
        for id, section in one.sections.items():
            if other.sections[id]["text"] != section.text:
                raise ValueError(f"the two ways do not tell the same text of section {id}")
        our_time = milliseconds(our_read, times)
        library_time = milliseconds(library_read, times)
    print(f"fold a plan of {EVENTS:,} events from the file (median of {times})")
    print(f"  rows, chain checked, folded    {our_time:6.1f} ms")
    print(f"  the library's own aggregate    {library_time:6.1f} ms")
    print(f"  ratio                          {library_time / our_time:6.1f} times")


if __name__ == "__main__":
    main()
