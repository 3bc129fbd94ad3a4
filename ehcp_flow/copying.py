"""How is everything in a store taken to another one, and how is it known to have arrived?

What is read is checked before it is written, and what was written is read again: in the end both
stores must give the same digests. Such a digest is the SHA-256 of all rows in their order, all of
their columns in the order of EventRow, HeldClaim or Outcome: each column as the length of its
bytes in decimal, ``:``, the bytes (a text in UTF-8, a number in decimal) and ``;``, or ``-;``
where there is none.

Views are not copied: they are a cache.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import NamedTuple, TypeVar

from ehcp_flow.errors import RecordDamaged, StoreTrouble
from ehcp_flow.evidence.checking import CheckedLog, claims, outcomes
from ehcp_flow.storage import EventRow, HeldClaim, Outcome, Recorder, Store, VersionTaken

BATCH = 2_000
"""Rows in one transaction, so that others are not kept waiting for long, and as many in memory."""

ROUNDS = 10
"""How often a source that is being recorded in is read to its end."""


_Kept = TypeVar("_Kept", HeldClaim, Outcome)


class Held(NamedTuple):
    """What both stores hold of a tenant, and its digests in hexadecimal."""

    events: int
    streams: int
    claims: int
    outcomes: int
    events_digest: str
    claims_digest: str
    outcomes_digest: str


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied now, and what is the same in both stores."""

    tenants: Mapping[str, Held]
    """By name: of every tenant, whatever of it was there before."""
    new_tenants: int
    events: int
    claims: int
    outcomes: int
    more: bool
    """Whether the source was recorded in all the while: the latest is left for the next time."""

    @property
    def nothing_new(self) -> bool:
        """Whether the destination held everything before."""
        return not (self.new_tenants or self.events or self.claims or self.outcomes)


def copy_store(
    source: Store, destination: Store, progress: Callable[[int, int], None] | None = None
) -> Copied:
    """Copy all tenants of a store to another one, and compare the two.

    The destination holds nothing yet, or a beginning of what the source holds: a copy that was
    interrupted goes on where it stopped, and one that was complete takes in what was recorded
    since. The source may be recorded in meanwhile.

    Args:
        source: is only read.
        destination: takes what the source has and it has not.
        progress: told how much of how much is read and compared.

    Raises:
        RecordDamaged: something in the source is not as it was recorded; what was copied before
            stays.
        StoreTrouble: the destination holds what the source does not, and nothing was copied; or
            one of them cannot be read or written, and what was copied before stays.
    """
    return _Copying(source, destination, progress).done()


class _Copying:
    def __init__(
        self, source: Store, destination: Store, progress: Callable[[int, int], None] | None
    ) -> None:
        self._source = source
        self._destination = destination
        self._progress = progress
        self._tenants: dict[str, _Tenant] = {}
        self._new_tenants = 0

    def done(self) -> Copied:
        self._make_sure_it_is_a_beginning()
        with self._saying_what_stays():
            more = self._copy()
            held = {name: tenant.compared() for name, tenant in sorted(self._tenants.items())}
        tenants = self._tenants.values()
        return Copied(
            held,
            self._new_tenants,
            sum(tenant.new_events for tenant in tenants),
            sum(tenant.new_claims for tenant in tenants),
            sum(tenant.new_outcomes for tenant in tenants),
            more,
        )

    def _make_sure_it_is_a_beginning(self) -> None:
        """Compare what the destination has with the source, before anything is copied."""
        there = self._destination.tenants()
        ours = self._source.tenants()
        if others := sorted(set(there) - set(ours)):
            raise _holds_something_else(
                self._source.url,
                self._destination.url,
                f"the plans of {', '.join(map(repr, others))}",
            )
        self._destination.take_key(self._source.claims_key)
        for name in ours:
            tenant = self._tenant(name)
            if name in there:
                tenant.destination = self._destination.recorder(name)
                tenant.compare_the_beginning()

    def _copy(self) -> bool:
        """Copy until nothing is new, or often enough; say whether something is."""
        for _ in range(ROUNDS):
            for name in self._source.tenants():
                tenant = self._tenant(name)
                if tenant.destination is None:
                    self._new_tenants += self._destination.add_tenant(name)
                    tenant.destination = self._destination.recorder(name)
                tenant.copy()
            if not self._more():
                return False
        return True

    def _more(self) -> bool:
        return any(
            name not in self._tenants or self._tenants[name].moved_on()
            for name in self._source.tenants()
        )

    def _tenant(self, name: str) -> "_Tenant":
        if name not in self._tenants:
            self._tenants[name] = _Tenant(name, self._source, self._destination, self._tell)
        return self._tenants[name]

    def _tell(self) -> None:
        if self._progress is not None:
            # Each row is read twice: where it comes from, and where it went.
            done = sum(tenant.read for tenant in self._tenants.values())
            self._progress(done, 2 * sum(tenant.last for tenant in self._tenants.values()))

    @contextmanager
    def _saying_what_stays(self) -> Generator[None]:
        try:
            yield
        except StoreTrouble as error:
            kind = RecordDamaged if isinstance(error, RecordDamaged) else StoreTrouble
            copied = sum(tenant.new_events for tenant in self._tenants.values())
            said = "Nothing was copied"
            if copied:
                said = f"What was copied before, {_many(copied)}, stays"
            raise kind(f"{error} {said}.") from error


class _Tenant:
    """One tenant's share."""

    def __init__(
        self, name: str, source: Store, destination: Store, tell: Callable[[], None]
    ) -> None:
        self._name = name
        self._from = source.url
        self._to = destination.url
        self._tell = tell
        self._source = source.recorder(name)
        self.destination: Recorder | None = None
        """``None`` as long as it has no such tenant."""
        self.last = self._source.head()
        """As far as the source is known to go."""
        self.new_events = self.new_claims = self.new_outcomes = 0
        self._log = CheckedLog(self._source)
        self._heads_there: dict[str, tuple[int, bytes]] = {}
        self._events, self._events_there = _Tally(), _Tally()
        self._claims, self._outcomes = _Tally(), _Tally()
        self._copied_to = -1
        self._left = False

    @property
    def read(self) -> int:
        """How many events were read, in both."""
        return self._events.rows + self._events_there.rows

    def moved_on(self) -> bool:
        """Whether something was recorded in the source since it was copied."""
        return self._source.head() > self._log.position

    def compare_the_beginning(self) -> None:
        """Read both as far as the destination goes.

        Raises:
            RecordDamaged: an event of the source is not as it was recorded.
            StoreTrouble: the destination holds something else.
        """
        there = self._there()
        while rows := there.log(gt=self._log.position, limit=BATCH):
            ours = self._next(min(rows[-1].position, self._source.head()), len(rows))
            if differing := _first_differing(ours, rows):
                raise self._holds_something_else(f"position {differing} of the log")
            self._note_there(rows)
            self._tell()
        for _ in self._told_apart(claims(self._source), claims(there)):
            pass
        for _ in self._told_apart(outcomes(self._source), outcomes(there)):
            pass

    def copy(self) -> None:
        """Copy the events that there are, and then the claims and outcomes that go with them."""
        self.last = self._source.head()
        while self._log.position < self.last:
            self._restore(self._next(self.last, BATCH))
            self._tell()
        if self._copied_to != self._log.position:
            self._copied_to = self._log.position
            self._copy_claims_and_outcomes()

    def compared(self) -> Held:
        """Read what the destination has now, and compare it with what was read in the source.

        Raises:
            RecordDamaged: the source has a claim or an outcome of events that it has not.
            StoreTrouble: they are not the same.
        """
        there = self._there()
        position = self._log.position
        while (at := self._events_there.rows) < position:
            rows = there.log(gt=at, limit=BATCH, lte=position)
            if not rows:
                break
            self._note_there(rows)
            self._tell()
        self._make_sure(
            "events",
            self._events_there.digest == self._events.digest
            and self._heads_there == self._log.heads
            and position <= there.head() <= max(position, self._source.head()),
        )
        claims_there, outcomes_there = _Tally(), _Tally()
        claims_there.take(one for one in claims(there) if self._is_of_ours(one))
        self._make_sure("claims", claims_there.digest == self._claims.digest)
        outcomes_there.take(one for one in outcomes(there) if self._is_known(one))
        self._make_sure("outcomes", outcomes_there.digest == self._outcomes.digest)
        if self._left and not self.moved_on():
            raise RecordDamaged(
                f"{self._from} holds claims or outcomes of {self._name!r} that name events which "
                "are not there, and they were not copied: `ehcp-flow store check` says which."
            )
        return Held(
            position,
            len(self._log.heads),
            self._claims.rows,
            self._outcomes.rows,
            self._events.digest,
            self._claims.digest,
            self._outcomes.digest,
        )

    def _there(self) -> Recorder:
        assert self.destination is not None
        return self.destination

    def _next(self, last: int, limit: int) -> Sequence[EventRow]:
        try:
            rows = self._log.next(last, limit)
        except RecordDamaged as error:
            said = str(error)
            raise RecordDamaged(
                f"{self._from} cannot be copied further: {said[0].lower()}{said[1:]}"
            ) from error
        self._events.take(rows)
        return rows

    def _note_there(self, rows: Sequence[EventRow]) -> None:
        self._events_there.take(rows)
        self._heads_there.update((row.stream, (row.version, row.digest)) for row in rows)

    def _restore(self, rows: Sequence[EventRow]) -> None:
        there = self._there()
        while rows:
            try:
                there.restore(rows)
            except VersionTaken as error:
                # Whoever copies the same at the same time may have been quicker.
                found = there.log(gt=rows[0].position - 1, limit=len(rows))
                if not found or _first_differing(rows[: len(found)], found):
                    raise StoreTrouble(
                        f"{self._to} was recorded in while it was copied to: name another place, "
                        "where there is no store yet."
                    ) from error
                rows = rows[len(found) :]
            else:
                self.new_events += len(rows)
                return

    def _copy_claims_and_outcomes(self) -> None:
        there = self._there()
        self._claims, self._outcomes, self._left = _Tally(), _Tally(), False
        both = self._told_apart(claims(self._source), claims(there))
        for some in _batches(self._new(both, self._is_of_ours, self._claims)):
            there.restore(claims=some)
            self.new_claims += len(some)
        told = self._told_apart(outcomes(self._source), outcomes(there))
        for done in _batches(self._new(told, self._is_known, self._outcomes)):
            there.restore(outcomes=done)
            self.new_outcomes += len(done)

    def _new(
        self,
        told_apart: Iterator[tuple[_Kept, bool]],
        is_ours: Callable[[_Kept], bool],
        tally: "_Tally",
    ) -> Iterator[_Kept]:
        """Give those that the destination has not; of the others only take note."""
        for one, known in told_apart:
            if not is_ours(one):
                # It came with an event that was recorded since, and comes with it next time.
                self._left = True
                continue
            tally.take([one])
            if not known:
                yield one

    def _is_of_ours(self, claim: HeldClaim) -> bool:
        return claim.stream in self._log.heads

    def _is_known(self, outcome: Outcome) -> bool:
        return outcome.last <= self._log.position

    def _told_apart(
        self, ours: Iterator[_Kept], theirs: Iterator[_Kept]
    ) -> Iterator[tuple[_Kept, bool]]:
        """Go through what the source has, and say of each whether the destination has it.

        Both stand in the order of what comes first in them.
        """
        other = next(theirs, None)
        for one in ours:
            known = other is not None and other[0] == one[0]
            if other is not None and (other != one if known else other[0] < one[0]):
                raise self._holds_something_else(_WHICH[type(one)])
            yield one, known
            if known:
                other = next(theirs, None)
        if other is not None:
            raise self._holds_something_else(_WHICH[type(other)])

    def _holds_something_else(self, what: str) -> StoreTrouble:
        return _holds_something_else(self._from, self._to, f"{what} of {self._name!r}")

    def _make_sure(self, what: str, same: bool) -> None:
        if not same:
            raise StoreTrouble(
                f"The {what} of {self._name!r} in {self._to} are not those of {self._from}: copy "
                "once more, and to another place if it is said again."
            )


class _Tally:
    """How many rows there were, and their digest."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = sha256()

    @property
    def digest(self) -> str:
        return self._sum.hexdigest()

    def take(self, rows: Iterable[tuple[object, ...]]) -> None:
        for row in rows:
            self.rows += 1
            self._sum.update(b"".join(map(_column, row)))


def _batches(rows: Iterator[_Kept]) -> Iterator[list[_Kept]]:
    while some := list(islice(rows, BATCH)):
        yield some


def _many(events: int) -> str:
    return "1 event" if events == 1 else f"{events:,} events"


def _column(value: object) -> bytes:
    if value is None:
        return b"-;"
    kept = value if isinstance(value, bytes) else str(value).encode()
    return b"%d:%b;" % (len(kept), kept)


def _first_differing(ours: Sequence[EventRow], theirs: Sequence[EventRow]) -> int | None:
    """The position of the first of their rows that is not ours."""
    for at, row in enumerate(theirs):
        if at >= len(ours) or ours[at] != row:
            return row.position
    return None


_WHICH = {HeldClaim: "a claim", Outcome: "a command's outcome"}


def _holds_something_else(source: str, destination: str, what: str) -> StoreTrouble:
    return StoreTrouble(
        f"{destination} holds what {source} does not ({what}), and nothing was copied: name a "
        "place where there is no store yet."
    )
