"""The texts of one section, by revision."""

from collections.abc import Iterator, Sequence

from ehcp_flow.authorship.delta import Source, apply, taken
from ehcp_flow.errors import RecordDamaged
from ehcp_flow.events import Operation, Words

_FEWEST_BETWEEN = 64
_CHARACTERS_AN_EDIT = 4096


class Revisions:
    """The texts of one section, able to give back any earlier one.

    What is kept is each edit, and a whole text only now and then: the longer the text, the more
    seldom. An earlier text is made by applying the edits since the whole one before it. Words
    that an edit takes are kept with it, so that making a text never asks for another one.
    """

    def __init__(self) -> None:
        self.text = ""
        """The latest text."""
        self._edits: list[tuple[Sequence[Operation], Sequence[Words]]] = []
        self._lengths = [0]
        self._whole = {0: ""}
        self._last_whole = 0
        self._taken: dict[str, Words] = {}
        self._asked = (0, "")
        self._hashes: dict[int, int] = {}

    @property
    def latest(self) -> int:
        """The latest revision's number; 0 before there is any text."""
        return len(self._edits)

    def append(
        self,
        operations: Sequence[Operation],
        written: Sequence[Words],
        source: Source | None = None,
    ) -> str:
        """Add a revision, and return its text.

        Args:
            operations: the delta against the latest text.
            written: the words that it writes.
            source: gives the texts that it takes words from.

        Raises:
            RecordDamaged: the delta does not fit, or takes words that do not exist; nothing was
                added then.
        """
        text = apply(self.text, operations, written, source)
        if any(operation[0] == "take" for operation in operations):
            operations, written = self._with_words(operations, written, source)
        self._edits.append((operations, written))
        self._lengths.append(len(text))
        self.text = text
        latest = len(self._edits)
        between = latest - self._last_whole
        if between >= _FEWEST_BETWEEN and between * _CHARACTERS_AN_EDIT >= len(text):
            self._whole[latest] = text
            self._last_whole = latest
        return text

    def at(self, revision: int) -> str:
        """Return the text at a revision; that of revision 0 is empty.

        Raises:
            RecordDamaged: there is no such revision.
        """
        if revision == len(self._edits):
            return self.text
        if not 0 <= revision < len(self._edits):
            raise RecordDamaged(f"There is no revision {revision:,} of {self.latest:,}.")
        if self._asked[0] != revision:
            start = max(whole for whole in self._whole if whole <= revision)
            # One slot: whoever takes several passages takes them of the same text, mostly.
            self._asked = (revision, "")
            for at, text in self._onwards(start, revision):
                self._asked = (at, text)
        return self._asked[1]

    def same_as(self, text: str) -> int | None:
        """Return the latest revision before the current one that had this text, if any had it."""
        self._hashes[self.latest] = hash(self.text)
        candidates = [n for n, length in enumerate(self._lengths[:-1]) if n and length == len(text)]
        self._hash(candidates)
        for revision in reversed(candidates):
            if self._hashes[revision] == hash(text) and self.at(revision) == text:
                return revision
        return None

    def _hash(self, revisions: Sequence[int]) -> None:
        """Know the hashes of some texts, each of which is made once for it."""
        wanted = [revision for revision in revisions if revision not in self._hashes]
        while wanted:
            start = max(whole for whole in self._whole if whole <= wanted[-1])
            for at, text in self._onwards(start, wanted[-1]):
                self._hashes[at] = hash(text)
            while wanted and wanted[-1] >= start:
                wanted.pop()

    def _onwards(self, start: int, stop: int) -> Iterator[tuple[int, str]]:
        """The texts from one that is kept whole up to another."""
        text = self._whole[start]
        yield start, text
        for at in range(start, stop):
            text = apply(text, *self._edits[at])
            yield at + 1, text

    def _with_words(
        self, operations: Sequence[Operation], written: Sequence[Words], source: Source | None
    ) -> tuple[Sequence[Operation], Sequence[Words]]:
        """Return a delta that writes what this one takes; equal passages are kept once."""
        pieces = list(written)
        plain: list[Operation] = []
        for operation in operations:
            if operation[0] == "take":
                text = taken(operation, source)
                plain.append(("write", len(text), len(pieces)))
                pieces.append(self._taken.setdefault(text, Words(len(text), "", text)))
            else:
                plain.append(operation)
        return plain, pieces
