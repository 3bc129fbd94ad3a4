"""The earlier texts of a plan's sections, for a page's script: each piece of words only once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ehcp_flow.attributing import Placed
from ehcp_flow.authorship.delta import revision_name
from ehcp_flow_cli.showing.pages.hands import author, history
from ehcp_flow_cli.showing.pages.parts import Said, minute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ehcp_flow.attributing import Authors, SectionAuthors
    from ehcp_flow.authorship.runs import Run
    from ehcp_flow_cli.showing.pages.hands import Hands
    from ehcp_flow_cli.showing.pages.parts import Line

MOST_STEPS = 60
MOST_CHARACTERS = 4_000_000
"""Of words written for earlier texts, in one page; a browser should not choke on it."""


def chosen(section: SectionAuthors) -> list[int]:
    """Return the revisions that a page shows: all, or the first, the signed, the last, and some
    in between."""
    if section.revision <= MOST_STEPS:
        return list(range(1, section.revision + 1))
    signed = sorted({covered.mark.revision for covered in section.marks})[-MOST_STEPS // 3 :]
    some = {1, section.revision, *signed}
    rest = MOST_STEPS - len(some)
    for n in range(rest):
        some.add(1 + round((n + 1) * (section.revision - 1) / (rest + 1)))
    return sorted(some)


def step(authors: Authors, section: str, revision: int) -> Line:
    """Return what a revision was: the step, whose hand, and when."""
    deed = authors.deed(revision_name(section, revision))
    role = (" (", Said(deed.role), ")") if deed.role else ()
    return (
        f"v{deed.version}, revision {revision}: ",
        *author(deed),
        *role,
        f", {minute(deed.at)}",
    )


class Earlier:
    """Collects the earlier texts of sections."""

    def __init__(self, authors: Authors, hands: Hands) -> None:
        self._authors = authors
        self._hands = hands
        self._pool: dict[str, int] = {}
        self._histories: dict[tuple[Line, ...], int] = {}
        self._sections: dict[str, object] = {}
        self._characters = 0

    def add(self, section: str, revisions: Sequence[int]) -> bool:
        """Take in the texts of a section; return whether there was room for them.

        The last of the revisions is the current one, whose text the page has already.
        """
        steps: list[object] = []
        for revision in revisions:
            runs = None
            if revision != revisions[-1]:
                woven = self._authors.weave.runs_at(section, revision)
                runs = [self._packed(run) for run in woven]
                if self._characters > MOST_CHARACTERS:
                    return False
            said = "".join(_plain(part) for part in step(self._authors, section, revision))
            steps.append([said, runs])
        self._sections[section] = steps
        return True

    def _packed(self, run: Run) -> list[object]:
        deed = self._authors.deed(run.source)
        placings = [Placed(self._authors.deed(each.at), each.how) for each in run.placings]
        lines = tuple(history(deed, placings))
        text = self._authors.weave.words(run)
        if text not in self._pool:
            self._characters += len(text)
        number = self._hands.number(deed)
        label = str(number)
        if placings and (placed := self._hands.number(placings[-1].deed)) != number:
            label += f"→{placed}"
        if deed.machine:
            label += " M"
        return [
            self._pool.setdefault(text, len(self._pool)),
            number,
            label,
            self._histories.setdefault(lines, len(self._histories)),
        ]

    def json(self) -> str:
        """Return all of it, safe to stand in an element of a page."""
        data = {
            "pool": list(self._pool),
            "hands": [[_pieces(line) for line in lines] for lines in self._histories],
            "sections": self._sections,
        }
        text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
        return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _pieces(line: Line) -> list[list[object]]:
    return [[part, int(isinstance(part, Said))] for part in line]


def _plain(part: str) -> str:
    from ehcp_flow_cli.showing.harmless import cell

    return cell(part) if isinstance(part, Said) else part
