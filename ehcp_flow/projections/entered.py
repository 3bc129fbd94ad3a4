"""Which statutory facts were entered of which plan, and which meetings were arranged?

The same as folding each plan gives (``ehcp_flow.plan``), kept in rows. A meeting that a cycle set
up for a statutory review stands beside the facts that people entered, with the day on which it was
set up; so does the advice that a cycle asked for and that was given, declined or taken back, under
names that start no limit: those of an assessment are started by a fact that somebody entered.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from ehcp_flow.authorship.delta import advice_name
from ehcp_flow.plan import Plan
from ehcp_flow.projections.catching_up import Reading, View
from ehcp_flow.projections.facts import Facts, check_known, day, facts_of, instant
from ehcp_flow.projections.rows import fetch
from ehcp_flow.statute.happened import Happened, by_particulars, said_before
from ehcp_flow.statute.reviewed import Reviewed, reviewed
from ehcp_flow.storage import EventRow, Recorder, ViewWriter

ARRANGED = "review-meeting-arranged"
"""The fact that a cycle's statutory review stands for; its detail ``meeting`` says the day."""

ADVICE_ASKED = "advice-asked"
ADVICE_GIVEN = "advice-given"
ADVICE_DECLINED = "advice-declined"
ADVICE_WITHDRAWN = "advice-withdrawn"
"""Of whom advice was asked, and by whom it was given or is given no more: their details are the
``kind`` and, when they are known here, the ``person``."""

REVIEWED = "plan-reviewed"
"""What exports say of the days on which a plan was reviewed."""

_COLUMNS = "stream, step, number, fact, happened_on, details, source, withdrawn"
_MOVES = {
    "advice-asked": ADVICE_ASKED,
    "duty-declined": ADVICE_DECLINED,
    "duty-withdrawn": ADVICE_WITHDRAWN,
}
_TAKEN = frozenset(
    {
        "fact-recorded",
        "fact-withdrawn",
        "review-set-up",
        "review-withdrawn",
        "advice-given",
        "plan-opened",
        "pupil-changed",
        *_MOVES,
    }
)


class EnteredView(View):
    """A row a fact, a row an export that says when a plan was last reviewed, a row a review that a
    cycle set up, a row whatever it asked for or waits for no more as advice, and a row an advice;
    what was taken back is marked."""

    name = "facts"
    form = 4
    tables = ("facts",)
    ddl = (
        """
        CREATE TABLE IF NOT EXISTS facts (
            tenant text NOT NULL,
            stream text NOT NULL,
            step integer NOT NULL,
            number integer,
            fact text NOT NULL,
            happened_on text NOT NULL,
            details text NOT NULL,
            source text NOT NULL,
            withdrawn integer NOT NULL,
            PRIMARY KEY (tenant, stream, step)
        )
        """,
    )

    def take(self, log: Recorder, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
        """Take in the facts and the reviews; the others pass."""
        tenant = log.tenant
        check_known(rows)
        theirs = [row for row in rows if row.type in _TAKEN]
        if not theirs:
            return
        known: dict[str, list[_Row]] = {row.stream: [] for row in theirs}
        for stream, *values in fetch(
            writer.execute,
            f"SELECT {_COLUMNS} FROM facts WHERE tenant = ?",
            (tenant,),
            known,
            "ORDER BY step",
        ):
            known[stream].append(_Row(*values))
        for row in theirs:
            if (facts := facts_of(row)) is not None:
                _take(known[row.stream], row, facts)
        writer.many(
            _UPSERT,
            [
                (
                    tenant,
                    stream,
                    row.step,
                    row.number,
                    row.fact,
                    row.happened_on,
                    row.details,
                    row.source,
                    row.withdrawn,
                )
                for stream, several in known.items()
                for row in several
                if row.changed
            ],
        )


_UPSERT = """
INSERT INTO facts (tenant, stream, step, number, fact, happened_on, details, source, withdrawn)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (tenant, stream, step) DO UPDATE SET withdrawn = excluded.withdrawn
"""

VIEW = EnteredView()


@dataclass(slots=True)
class _Row:
    """A row, without its key."""

    step: int
    number: int | None
    fact: str
    happened_on: str
    details: str
    source: str
    withdrawn: int
    changed: bool = False


def _take(known: list[_Row], row: EventRow, facts: Facts) -> None:
    match row.type:
        case "fact-recorded":
            details = json.dumps(dict(facts.get("details", ())), ensure_ascii=False)
            number: int = facts["number"]
            known.append(
                _Row(row.version, number, facts["fact"], _on(facts), details, str(number), 0, True)
            )
            if facts.get("replaces") is not None:
                _take_back(known, facts["replaces"])
        case "fact-withdrawn":
            _take_back(known, facts["number"])
        case "review-set-up" if facts.get("kind") == "school":
            # No limit of the law runs from it.
            pass
        case "review-set-up":
            details = json.dumps({"meeting": facts["meeting"]})
            source = cycle_source(facts["cycle"])
            known.append(_Row(row.version, None, ARRANGED, _on(facts), details, source, 0, True))
        case "advice-given":
            source = advice_name(facts["advice"])
            details = json.dumps(_who(facts["kind"], facts.get("given_by")))
            known.append(
                _Row(row.version, None, ADVICE_GIVEN, _on(facts), details, source, 0, True)
            )
        case "plan-opened" | "pupil-changed":
            if (reviewed := facts.get("last_review")) is not None:
                _reviewed(known, row.version, reviewed)
        case "review-withdrawn":
            _review_taken_back(known, cycle_source(facts["cycle"]))
        case _ if "kind" in facts:
            source = cycle_source(facts["cycle"])
            person = facts["by"] if row.type == "duty-declined" else facts["to"]
            details = json.dumps(_who(facts["kind"], person))
            fact = _MOVES[row.type]
            known.append(_Row(row.version, None, fact, _on(facts), details, source, 0, True))
        case _:
            # It is about the meeting, not about advice.
            pass


def _review_taken_back(known: Sequence[_Row], source: str) -> None:
    """Take back the latest review of a cycle, and all advice that it asked for."""
    held = [one for one in known if one.source == source and not one.withdrawn]
    meetings = [one for one in held if one.fact == ARRANGED]
    for one in [*meetings[-1:], *(one for one in held if one.fact != ARRANGED)]:
        one.withdrawn, one.changed = 1, True


def _reviewed(known: list[_Row], step: int, on: str) -> None:
    """Take in when an export says that a plan was last reviewed: what earlier ones said was before
    that, or was wrong."""
    for one in known:
        if by_particulars(one.source) and one.happened_on >= on and not one.withdrawn:
            one.withdrawn, one.changed = 1, True
    known.append(_Row(step, None, REVIEWED, on, "{}", said_before(step), 0, True))


def _who(kind: str, person: str | None) -> dict[str, str]:
    return {"kind": kind} if person is None else {"kind": kind, "person": person}


def _take_back(known: Iterable[_Row], number: int) -> None:
    for one in known:
        if one.number == number:
            one.withdrawn, one.changed = 1, True


def _on(facts: Facts) -> str:
    said: str | None = facts.get("on")
    return said or day(instant(facts["at"]))


def cycle_source(cycle: str) -> str:
    """What a fact that a cycle says names as its source."""
    return f"cycle {cycle}"


# Asking -----------------------------------------------------------------------------------------


class Entered(NamedTuple):
    """What was entered of a plan."""

    facts: tuple[Happened, ...] = ()
    """In the order in which it was entered."""
    taken_back: tuple[Happened, ...] = ()


def entered(
    reading: Reading, tenant: str, streams: Collection[UUID] | None = None
) -> Mapping[UUID, Entered]:
    """Return what was entered, by plan; a plan of which nothing was is not there.

    Args:
        reading: of VIEW.
        tenant: whose plans.
        streams: only these.
    """
    select = f"SELECT {_COLUMNS} FROM facts WHERE tenant = ?"
    rows: Iterable[tuple[Any, ...]]
    if streams is None:
        rows = reading.query(f"{select} ORDER BY stream, step", (tenant,))
    else:
        keys = [str(stream) for stream in streams]
        rows = fetch(reading.query, select, (tenant,), keys, "ORDER BY step")
    facts: dict[str, tuple[list[Happened], list[Happened]]] = {}
    # What the latest export says stands among the particulars.
    last: dict[str, tuple[int, Happened]] = {}
    for stream, _, _, fact, on, details, source, withdrawn in rows:
        happened = Happened(fact, _date(on), _details(details), source)
        there = facts.setdefault(stream, ([], []))
        if not by_particulars(source):
            there[1 if withdrawn else 0].append(happened)
        elif not withdrawn:
            if stream in last:
                there[0].insert(*last[stream])
            last[stream] = len(there[0]), happened
    return {
        UUID(stream): Entered(tuple(stand), tuple(back)) for stream, (stand, back) in facts.items()
    }


def entered_in(plan: Plan) -> Entered:
    """Return the same of a folded plan."""
    facts: list[tuple[int, Happened]] = []
    back: list[tuple[int, Happened]] = []
    for one in plan.facts:
        happened = Happened(one.fact, one.day, one.details, str(one.number))
        (back if one.withdrawn else facts).append((one.version, happened))
    for review in plan.reviews:
        if review.day is not None and review.kind == "statutory":
            meeting = {"meeting": review.meeting.isoformat()}
            happened = Happened(ARRANGED, review.day, meeting, cycle_source(review.cycle))
            facts.append((review.step, happened))
    for move in plan.advice_moves:
        who = _who(move.kind, move.person)
        happened = Happened(f"advice-{move.what}", move.day, who, cycle_source(move.cycle))
        facts.append((move.step, happened))
    for step, on in plan.earlier_reviews:
        facts.append((step, Happened(REVIEWED, on, {}, said_before(step))))
    for given in plan.advice:
        who = _who(given.kind, given.given_by)
        facts.append((given.version, Happened(ADVICE_GIVEN, given.day, who, given.source)))
    facts.sort(key=_by_step)
    return Entered(tuple(one for _, one in facts), tuple(one for _, one in back))


def reviewed_in(plan: Plan, as_at: date = date.max) -> Reviewed:
    """Return when a folded plan was made and last reviewed, by its particulars and its record.

    Args:
        plan: as it stands.
        as_at: the day: what happened later does not count.
    """
    about = plan.particulars
    return reviewed(about.made_on, about.last_review, entered_in(plan).facts, as_at=as_at)


def _by_step(one: tuple[int, Happened]) -> int:
    return one[0]


@lru_cache(maxsize=5_000)
def _details(text: str) -> Mapping[str, str]:
    return MappingProxyType(json.loads(text))


@lru_cache(maxsize=5_000)
def _date(text: str) -> date:
    return date.fromisoformat(text)
