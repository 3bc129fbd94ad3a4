"""Which plans' sections say these words?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast
from uuid import UUID

from ehcp_flow.authorship.delta import WITHHELD, apply
from ehcp_flow.errors import BadInput, RecordDamaged
from ehcp_flow.events import PlanEvent
from ehcp_flow.plan import Folding
from ehcp_flow.projections.catching_up import Reading, View
from ehcp_flow.projections.facts import Facts, check_known, facts_of, written
from ehcp_flow.projections.folded import folded, place_in
from ehcp_flow.projections.rows import fetch
from ehcp_flow.recording import events_of
from ehcp_flow.storage import EventRow, Recorder, ViewWriter

MOST_WORDS = 20
"""In one search."""

LONGEST_SEARCH = 1_000
"""Code points."""

_AROUND = 60
"""Code points shown on each side of a hit."""


class DraftsView(View):
    """A row for each section's current text and each pupil's name, with their folded forms."""

    name = "drafts"
    form = 1
    tables = ("drafts", "draft_pupils")
    ddl = (
        """
        CREATE TABLE IF NOT EXISTS drafts (
            tenant text NOT NULL,
            stream text NOT NULL,
            section text NOT NULL,
            revision integer NOT NULL,
            plain text NOT NULL,
            folded text NOT NULL,
            PRIMARY KEY (tenant, stream, section)
        )
        """,
        """
        CREATE TABLE IF NOT EXISTS draft_pupils (
            tenant text NOT NULL,
            stream text NOT NULL,
            reference text NOT NULL,
            forename text NOT NULL,
            surname text NOT NULL,
            folded text NOT NULL,
            PRIMARY KEY (tenant, stream)
        )
        """,
    )

    def take(self, log: Recorder, writer: ViewWriter, rows: Sequence[EventRow]) -> None:
        """Apply the edits and take in the names; the other events pass."""
        tenant = log.tenant
        check_known(rows)
        edits: list[tuple[EventRow, Facts]] = []
        pupils: list[tuple[str, Facts]] = []
        for row in rows:
            type_ = row.type
            if type_ == "section-edited" or type_ == "section-text-imported":
                if (facts := facts_of(row)) is not None:
                    edits.append((row, facts))
            elif (type_ == "plan-opened" or type_ == "pupil-changed") and (
                facts := facts_of(row)
            ) is not None:
                pupils.append((row.stream, facts))
        _take_edits(log, writer, edits)
        _take_pupils(tenant, writer, pupils)


VIEW = DraftsView()


def _take_edits(log: Recorder, writer: ViewWriter, edits: Sequence[tuple[EventRow, Facts]]) -> None:
    tenant = log.tenant
    texts = _texts(tenant, writer, edits)
    revisions: dict[tuple[str, str], int] = {}
    for row, facts in edits:
        key = row.stream, facts["section"]
        texts[key] = _edited(log, row, texts.get(key, ""), facts)
        revisions[key] = facts["revision"]
    writer.many(
        "INSERT INTO drafts (tenant, stream, section, revision, plain, folded)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, stream, section) DO UPDATE SET"
        " revision = excluded.revision, plain = excluded.plain, folded = excluded.folded",
        (
            (tenant, *key, revision, texts[key], folded(texts[key]))
            for key, revision in revisions.items()
        ),
    )


def _texts(
    tenant: str, writer: ViewWriter, edits: Iterable[tuple[EventRow, Facts]]
) -> dict[tuple[str, str], str]:
    """The current texts of the sections that are edited and had a text before this batch."""
    touched: dict[str, set[str]] = {}
    seen: set[tuple[str, str]] = set()
    for row, facts in edits:
        section: str = facts["section"]
        if (row.stream, section) not in seen:
            seen.add((row.stream, section))
            if facts["revision"] > 1:
                touched.setdefault(section, set()).add(row.stream)
    return {
        (stream, section): plain
        for section, streams in touched.items()
        for stream, plain in fetch(
            writer.execute,
            "SELECT stream, plain FROM drafts WHERE tenant = ? AND section = ?",
            (tenant, section),
            streams,
        )
    }


def _edited(log: Recorder, row: EventRow, text: str, facts: Facts) -> str:
    try:
        if any(part[0] == "take" for part in facts["delta"]):
            # It stands in a text that is not kept here: the plan's own record holds it.
            return _folded(log, row, facts["section"])
        return apply(text, facts["delta"], written(facts, row.words))
    except RecordDamaged:
        # The edits before were erased, or the record is damaged: folding the plan tells which.
        return WITHHELD * int(facts["length"])


def _folded(log: Recorder, row: EventRow, section: str) -> str:
    """A section's text after an event, folded from its plan's record."""
    stream = UUID(row.stream)
    folding = Folding(stream)
    for version, event in enumerate(events_of(log.rows(stream, lte=row.version)), start=1):
        folding.evolve(version, cast("PlanEvent", event))
    return folding.text(section)


def _take_pupils(tenant: str, writer: ViewWriter, pupils: Sequence[tuple[str, Facts]]) -> None:
    names: dict[str, tuple[str, str, str]] = {}
    if any("reference" not in facts for _, facts in pupils):
        for stream, *name in fetch(
            writer.execute,
            "SELECT stream, reference, forename, surname FROM draft_pupils WHERE tenant = ?",
            (tenant,),
            {stream for stream, _ in pupils},
        ):
            names[stream] = (name[0], name[1], name[2])
    for stream, facts in pupils:
        reference, forename, surname = names.get(stream, ("", "", ""))
        names[stream] = (
            facts.get("reference", reference),
            facts.get("forename", forename),
            facts.get("surname", surname),
        )
    writer.many(
        "INSERT INTO draft_pupils (tenant, stream, reference, forename, surname, folded)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, stream) DO UPDATE SET"
        " reference = excluded.reference, forename = excluded.forename,"
        " surname = excluded.surname, folded = excluded.folded",
        [(tenant, stream, *name, folded(" ".join(name))) for stream, name in names.items()],
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """A section's text, or a pupil, that the words were found in."""

    kind: Literal["text", "pupil"]
    stream: UUID
    reference: str
    pupil: str
    """Forename and surname."""
    section: str | None
    """``None`` for a pupil."""
    revision: int | None
    snippet: str
    """On one line: the text around the first place, or the pupil's name."""
    count: int
    """How often the words stand there, all of them taken together."""


def find(reading: Reading, tenant: str, words: str, *, limit: int = 50) -> list[Hit]:
    """Return the pupils and then the sections in which all words occur, by reference.

    Case and accents do not matter, and a word may be a part of one. A pupil is found by words of
    the name and the reference.

    Args:
        reading: of VIEW.
        tenant: whose plans.
        words: separated by white space.
        limit: the most hits.

    Raises:
        BadInput: no words, or too many.
    """
    wanted = list(dict.fromkeys(folded(words).split()))
    if not wanted:
        raise BadInput("Say which words to find.")
    if len(wanted) > MOST_WORDS or len(words) > LONGEST_SEARCH:
        raise BadInput(
            f"A search holds at most {MOST_WORDS} words and {LONGEST_SEARCH:,} characters: "
            "leave out the common ones."
        )
    values = [tenant, *(f"%{_literally(word)}%" for word in wanted)]
    pupils = reading.query(
        _FIND_PUPILS.format(_all_of("folded", wanted)) + " LIMIT ?", (*values, limit)
    )
    texts = reading.query(
        _FIND_TEXTS.format(_all_of("d.folded", wanted)) + " LIMIT ?",
        (*values, limit - len(pupils)),
    )
    return [_pupil_hit(row, wanted) for row in pupils] + [_text_hit(row, wanted) for row in texts]


_FIND_PUPILS = """
SELECT stream, reference, forename, surname, folded
FROM draft_pupils
WHERE tenant = ? AND {}
ORDER BY reference, stream
"""

_FIND_TEXTS = """
SELECT d.stream, p.reference, p.forename, p.surname, d.folded, d.section, d.revision, d.plain
FROM drafts AS d
JOIN draft_pupils AS p ON p.tenant = d.tenant AND p.stream = d.stream
WHERE d.tenant = ? AND {}
ORDER BY p.reference, d.stream, d.section
"""


def _all_of(column: str, words: Sequence[str]) -> str:
    return " AND ".join([f"{column} LIKE ? ESCAPE '!'"] * len(words))


def _literally(word: str) -> str:
    return word.replace("!", "!!").replace("%", "!%").replace("_", "!_")


def _pupil_hit(row: tuple[Any, ...], wanted: Sequence[str]) -> Hit:
    stream, reference, forename, surname, text = row
    pupil = f"{forename} {surname}".strip()
    return Hit(
        "pupil", UUID(stream), reference, pupil, None, None, pupil, _occurrences(text, wanted)
    )


def _text_hit(row: tuple[Any, ...], wanted: Sequence[str]) -> Hit:
    stream, reference, forename, surname, text, section, revision, plain = row
    return Hit(
        "text",
        UUID(stream),
        reference,
        f"{forename} {surname}".strip(),
        section,
        revision,
        _snippet(plain, text, wanted),
        _occurrences(text, wanted),
    )


def _occurrences(text: str, wanted: Sequence[str]) -> int:
    return sum(text.count(word) for word in wanted)


def _snippet(plain: str, text: str, wanted: Sequence[str]) -> str:
    """The words around the first place at which one of them stands, cut between words."""
    place, word = min((text.find(word), word) for word in wanted)
    start, stop = place_in(plain, place, place + len(word))
    first, last = max(0, start - _AROUND), min(len(plain), stop + _AROUND)
    if first:
        first = _next_space(plain, first, start)
    if last < len(plain):
        last = _last_space(plain, stop, last)
    cut = " ".join(plain[first:last].split())
    return f"{'… ' if first else ''}{cut}{' …' if last < len(plain) else ''}"


def _next_space(text: str, first: int, start: int) -> int:
    return next((at + 1 for at in range(first, start) if text[at].isspace()), first)


def _last_space(text: str, stop: int, last: int) -> int:
    return next((at for at in range(last, stop, -1) if text[at - 1].isspace()), last)
