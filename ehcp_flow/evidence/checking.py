"""Is every event of the log as it was recorded, and does all that goes with it fit?"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from ehcp_flow.errors import RecordDamaged
from ehcp_flow.events import Event, ModelChosen, PersonListed, PlanOpened, TemplateAdopted
from ehcp_flow.evidence.chain import FIRST
from ehcp_flow.recording import checked, decode, words_intact
from ehcp_flow.setting import CLAIM
from ehcp_flow.storage import EventRow, HeldClaim, Outcome, Recorder

BATCH = 2_000
"""Rows read at once."""


class Checked(NamedTuple):
    """How much was read, and found as it was recorded."""

    streams: int
    events: int


class CheckedLog:
    """A tenant's log, read in the order of its positions, each event checked on the way."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.position = 0
        """How far it was read."""
        self.heads: dict[str, tuple[int, bytes]] = {}
        """The last version and digest of each stream so far."""

    def next(self, last: int, limit: int | None = None) -> Sequence[EventRow]:
        """Return the next events.

        Args:
            last: a position that the log should reach; none beyond it are read.
            limit: how many at most; ``BATCH`` when nobody says.

        Raises:
            RecordDamaged: naming the first step that is not as it was recorded.
        """
        limit = BATCH if limit is None else limit
        rows = self._recorder.log(gt=self.position, limit=limit, lte=last)
        if not rows and self.position < last:
            raise RecordDamaged(
                f"The log ends at position {self.position} and should go to {last}: events are "
                "missing; keep the file as it is and restore from a copy."
            )
        for row in rows:
            if row.position != self.position + 1:
                raise RecordDamaged(
                    f"Position {self.position + 1} of the log is missing: {_ALTERED}"
                )
            version, digest = self.heads.get(row.stream, (0, FIRST))
            checked([row], after=digest, first=version + 1)
            words_intact(row, _event(row))
            self.heads[row.stream] = (row.version, row.digest)
            self.position = row.position
        return rows


_ALTERED = (
    "the store was altered outside ehcp-flow; keep the file as it is and restore from a copy."
)


def check(
    recorder: Recorder,
    progress: Callable[[int, int], None] | None = None,
    *,
    identifiers: bool = False,
) -> Checked:
    """Read a tenant's whole log: positions, versions, digests, the chain, facts and words.

    Then whether every identifier that is claimed is claimed by a stream that is there, and
    every command's outcome lies within the log.

    Args:
        recorder: the log.
        progress: told how far it has come, of how much.
        identifiers: whether each plan's reference and UPN, and each person's staff id, must lead
            to it; so they do in every log that was recorded through ``Plans``.

    Raises:
        RecordDamaged: naming the first step that is not as it was recorded, or what does not fit.
    """
    log = CheckedLog(recorder)
    last = recorder.head()
    while log.position < last:
        rows = log.next(last)
        if identifiers:
            _lead_to_their_own(recorder, rows)
        if progress is not None:
            progress(log.position, last)
    for claim in claims(recorder):
        if claim.stream not in log.heads and not _is_there(recorder, claim.stream):
            raise RecordDamaged(
                f"A claim of the kind {claim.kind!r} names the record {claim.stream}, of which "
                f"there is no event: {_ALTERED}"
            )
    for outcome in outcomes(recorder):
        if not _fits(outcome, last) and not _fits(outcome, recorder.head()):
            raise RecordDamaged(
                f"Command {outcome.command!r} is said to have recorded positions {outcome.first} "
                f"to {outcome.last}, which are none of the log's: {_ALTERED}"
            )
    return Checked(len(log.heads), log.position)


_IDENTIFIERS = {
    PlanOpened.stored_as: {"reference": "reference", "upn": "upn"},
    PersonListed.stored_as: {"staff": "staff_id"},
}
"""The kinds of claims that go with an event, and the facts that they are made of."""

_SETTING = frozenset({ModelChosen.stored_as, TemplateAdopted.stored_as})
"""Events of the one record that says how a tenant's setting works."""


def _lead_to_their_own(recorder: Recorder, rows: Sequence[EventRow]) -> None:
    """Make sure that whoever asks by an identifier is led to the record that says it is its own.

    Raises:
        RecordDamaged: to another, or to none.
    """
    said: dict[str, dict[str, EventRow]] = {}
    for row in rows:
        if row.type in _SETTING:
            said.setdefault(CLAIM, {})[CLAIM] = row
        if row.type in _IDENTIFIERS and row.state:
            event = _event(row)
            for kind, name in _IDENTIFIERS[row.type].items():
                if (value := getattr(event, name)) is not None:
                    said.setdefault(kind, {}).setdefault(value, row)
    for kind, values in said.items():
        held = recorder.holders(kind, values)
        for value, row in values.items():
            if str(held.get(value)) != row.stream:
                other = f"leads to {held[value]}" if value in held else "leads nowhere"
                raise RecordDamaged(
                    f"The {kind} that step {row.version} of the record {row.stream} says is its "
                    f"own {other}: {_ALTERED}"
                )


def _event(row: EventRow) -> Event:
    try:
        return decode(row.type, row.state, None)
    except RecordDamaged as error:
        said = str(error)
        raise RecordDamaged(
            f"Step {row.version} of the record {row.stream}: {said[0].lower()}{said[1:]}"
        ) from None


def claims(recorder: Recorder) -> Iterator[HeldClaim]:
    """Go through a tenant's claims, in order of their digests."""
    at = b""
    while page := recorder.claims(gt=at, limit=BATCH):
        yield from page
        at = page[-1].digest


def outcomes(recorder: Recorder) -> Iterator[Outcome]:
    """Go through what a tenant's commands did, in order of their ids."""
    at = ""
    while page := recorder.outcomes(gt=at, limit=BATCH):
        yield from page
        at = page[-1].command


def _is_there(recorder: Recorder, stream: str) -> bool:
    """Whether a stream has an event; the log may be longer than it was when it was read."""
    try:
        return bool(recorder.rows(UUID(stream), lte=1))
    except ValueError:
        return False


def _fits(outcome: Outcome, last: int) -> bool:
    return outcome.first == outcome.last == 0 or 1 <= outcome.first <= outcome.last <= last
