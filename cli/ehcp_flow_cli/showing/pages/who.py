"""A page that shows whose words a plan's texts are, run by run.

It can be read without its script, which adds the filters and the earlier texts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ehcp_flow.attributing import shares
from ehcp_flow.authorship.delta import revision_name
from ehcp_flow_cli.showing.pages.earlier import Earlier, chosen, step
from ehcp_flow_cli.showing.pages.hands import (
    Hands,
    author,
    covers,
    history,
    letters,
    mark,
    marks,
)
from ehcp_flow_cli.showing.pages.palette import COLOURS, palette
from ehcp_flow_cli.showing.pages.parts import (
    Said,
    attribute,
    in_line,
    minute,
    page,
    resource,
    said,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ehcp_flow.attributing import Authors, Deed, Gone, Placed, Run, SectionAuthors, Share
    from ehcp_flow.plan import Plan, SignOff
    from ehcp_flow.templates.template import Template
    from ehcp_flow_cli.showing.pages.parts import Line


def who_page(authors: Authors, plan: Plan, template: Template, made_at: datetime) -> str:
    """Return the page, one file that asks the network for nothing.

    Args:
        authors: who wrote which words.
        plan: the same plan, for whose it is.
        template: the one it was opened with.
        made_at: when the page is made.
    """
    sections = list(authors.sections.values())
    hands = _numbered(authors, sections)
    earlier = Earlier(authors, hands)
    shown = [
        _Section(authors, section, template.titles[section.id], hands, earlier).html()
        for section in sections
    ]
    about = plan.particulars
    whose = f"{about.forename} {about.surname}"
    # Everybody has a number by now, also those whose words are gone.
    body = f"""<a class="skip" href="#text">To the text</a>
<header>
<h1>Who wrote what: {said(whose)}</h1>
<p class="quiet">{said(about.reference)}, step v{plan.version}. Page made {minute(made_at)}.</p>
</header>
<main>
<p>Every run of words is marked with the number of whoever wrote it, a colour and a line.
 Point at a run or move to it with the Tab key to see whose hand it was; following it leads to the
 full account below the text. Names and roles are as they were claimed on the day.</p>
{_key()}
<h2 id="hands">Hands</h2>
{_shares_in_all(sections, hands)}
{_controls(sections, hands)}
<div id="text" tabindex="-1">
{"".join(shown) or "<p>No section has a text yet.</p>"}</div>
</main>
<footer class="quiet small"><p>Made by ehcp-flow from the record of {said(about.reference)}.
 Nothing in this page is loaded from anywhere else.</p></footer>
<div id="hand" role="tooltip" hidden></div>
<script type="application/json" id="earlier">{earlier.json()}</script>
"""
    script = resource("who.js").replace("COLOURS", str(COLOURS))
    return page(
        f"Who wrote what: {about.reference} {whose}",
        body,
        resource("page.css") + resource("who.css") + _colours(len(hands.deeds)),
        script,
    )


def _numbered(authors: Authors, sections: Sequence[SectionAuthors]) -> Hands:
    """Number the hands: those whose words stand first, in the order in which one reads."""
    hands = Hands()
    for section in sections:
        for run in section.runs:
            hands.number(run.written)
    for section in sections:
        for run in section.runs:
            for placed in run.placings:
                hands.number(placed.deed)
        for gone in section.gone:
            hands.number(gone.written)
        for revision in chosen(section):
            hands.number(authors.deed(revision_name(section.id, revision)))
    return hands


def _key() -> str:
    return """<h2>How to read the marks</h2>
<ul class="small">
<li><span class="mark">2</span> words of hand 2; a letter, as in <span class="mark">2b</span>, tells
 apart what they wrote at different times</li>
<li><span class="mark">2→5</span> words of hand 2, put where they are by hand 5</li>
<li><span class="mark">2 ○</span> and a dashed line above: no signature covers these words, though
 the section has signatures</li>
<li><span class="mark">2 M</span> written by a machine</li>
</ul>
"""


def _colours(count: int) -> str:
    light: list[str] = []
    dark: list[str] = []
    for n, shade in enumerate(palette(count)):
        light.append(
            f".a{n}{{--ground:{shade.ground};--line:{shade.line};--style:{shade.style}}}\n"
        )
        dark.append(f".a{n}{{--ground:{shade.dark_ground};--line:{shade.dark_line}}}\n")
    return "".join(
        [
            ":root{--ground:#e9ebef;--line:#4d5661}\n",
            *light,
            "@media screen and (prefers-color-scheme:dark){\n",
            ":root{--ground:#2c323a;--line:#b3bbc6}\n",
            *dark,
            "}\n",
        ]
    )


def _swatch(n: int) -> str:
    return f'<span class="mark a{(n - 1) % COLOURS}">{n}</span>'


# How much is whose -------------------------------------------------------------------------------


def _shares_in_all(sections: Sequence[SectionAuthors], hands: Hands) -> str:
    found = shares([run for section in sections for run in section.runs])
    standing = {hands.number(share.written) for share in found}
    others = "".join(
        f'<tr><td>{_swatch(n)}</td><td>{_told(deeds[0])}</td><td colspan="3">'
        "no words that stand now</td></tr>\n"
        for n, deeds in hands.deeds.items()
        if n not in standing
    )
    return _table("How much of the whole plan is whose", found, hands, others)


def _table(caption: str, found: Sequence[Share], hands: Hands, others: str = "") -> str:
    whole = sum(share.characters for share in found)
    rows = "".join(
        f"<tr><td>{_swatch(hands.number(share.written))}</td><td>{_told(share.written)}</td>"
        f'<td class="many">{share.words:,}</td><td class="many">{share.characters:,}</td>'
        f'<td class="many">{_percent(share.characters, whole)}</td></tr>\n'
        for share in found
    )
    return f"""<table>
<caption>{caption}</caption>
<thead><tr><th scope="col">No.</th><th scope="col">Who</th><th scope="col" class="many">Words</th>
<th scope="col" class="many">Characters</th><th scope="col" class="many">Share</th></tr></thead>
<tbody>
{rows}{others}</tbody>
</table>
"""


def _told(deed: Deed) -> str:
    facts = [said(deed.role)] if deed.role else []
    facts += [deed.capacity] if deed.capacity else []
    role = f' <span class="quiet">{", ".join(facts)}</span>' if facts else ""
    return f"{in_line(author(deed))}{role}"


def _percent(part: int, whole: int) -> str:
    if not whole:
        return "0%"
    share = 100 * part / whole
    return "under 1%" if 0 < share < 0.5 else f"{share:.0f}%"


def _controls(sections: Sequence[SectionAuthors], hands: Hands) -> str:
    people = "".join(
        f'<label><input type="checkbox" name="person" value="{n}" checked autocomplete="off">'
        f"<span>{_swatch(n)} {in_line(author(deeds[0]))}</span></label>\n"
        for n, deeds in hands.deeds.items()
    )
    parts = "".join(
        f'<label><input type="checkbox" name="section" value="{section.id}" checked'
        f' autocomplete="off">Section {section.id}</label>\n'
        for section in sections
    )
    return f"""<form id="filters" class="controls" data-script hidden aria-label="Filters">
<fieldset><legend>Whose words are marked</legend>
<div class="choices">
{people}</div>
<div class="choices">{_buttons("person", "hands")}
<label><input type="checkbox" id="leave-out" autocomplete="off">Leave out the words of the others
</label></div></fieldset>
<fieldset><legend>Sections</legend>
<div class="choices">
{parts}</div>
<div class="choices">{_buttons("section", "sections")}</div></fieldset>
</form>
<p id="filtered" class="small" role="status" data-script hidden></p>
"""


def _buttons(of: str, what: str) -> str:
    return (
        f'<button type="button" data-of="{of}" data-all="yes">All {what}</button>'
        f'<button type="button" data-of="{of}" data-all="no">No {what}</button>'
    )


# A section ---------------------------------------------------------------------------------------

_Past = tuple[str, tuple["Placed", ...], tuple["SignOff", ...]]
"""What makes the history of a run: where it was written, and all that came later."""


class _Section:
    def __init__(
        self,
        authors: Authors,
        section: SectionAuthors,
        title: str,
        hands: Hands,
        earlier: Earlier,
    ) -> None:
        self._authors = authors
        self._title = title
        self._section = section
        self._hands = hands
        self._revisions = chosen(section)
        self._has_earlier = earlier.add(section.id, self._revisions)
        self._pasts = self._labelled()

    def _labelled(self) -> dict[_Past, tuple[str, str, Run]]:
        """The number and letter of each history, what is said after it, and one run of it."""
        of_hand: dict[int, list[_Past]] = {}
        runs: dict[_Past, Run] = {}
        for run in self._section.runs:
            past = _past(run)
            if past not in runs:
                runs[past] = run
                of_hand.setdefault(self._hands.number(run.written), []).append(past)
        found: dict[_Past, tuple[str, str, Run]] = {}
        for n, pasts in of_hand.items():
            for at, past in enumerate(pasts):
                name = f"{n}{letters(at) if len(pasts) > 1 else ''}"
                found[past] = name, self._after(runs[past]), runs[past]
        return found

    def _after(self, run: Run) -> str:
        after = ""
        if run.placed is not None:
            placed = self._hands.number(run.placed)
            after += f"→{placed}" if placed != self._hands.number(run.written) else ""
        after += " ○" if self._unsigned(run) else ""
        return after + (" M" if run.written.machine else "")

    def _unsigned(self, run: Run) -> bool:
        return bool(self._section.marks) and not run.marks

    def html(self) -> str:
        """Return the section with everything that is told of it."""
        id = self._section.id
        text = "".join(map(self._run, self._section.runs))
        return f"""<section id="section-{id}" aria-labelledby="title-{id}">
<h2 id="title-{id}">Section {id}: {words(self._title)}</h2>
{self._slider()}<div class="text" id="text-{id}">{text}</div>
<div class="text earlier" id="then-{id}" hidden></div>
{"" if text else "<p class='quiet'>It has no words now.</p>"}
{self._marks()}{self._cards()}{self._shares()}{self._steps()}{self._gone()}</section>
"""

    def _run(self, run: Run) -> str:
        n = self._hands.number(run.written)
        past = _past(run)
        name, after, _ = self._pasts[past]
        unsigned = " unsigned" if self._unsigned(run) else ""
        card = f"hand-{self._section.id}-{name}"
        blank = ' tabindex="-1" data-blank' if not run.text.strip() else ' tabindex="0"'
        lines = " ".join("".join(line) for line in self._lines(run))
        return (
            f'<a class="run a{(n - 1) % COLOURS}{unsigned}" href="#{card}" data-by="{n}"'
            f' aria-describedby="{card}" data-hand="{attribute(lines)}"{blank}>'
            f"{_pieces(run.text, name + after)}</a>"
        )

    def _lines(self, run: Run) -> list[Line]:
        signed = marks(run.marks, bool(self._section.marks))
        return [*history(run.written, run.placings), *signed]

    def _cards(self) -> str:
        if not self._pasts:
            return ""
        id = self._section.id
        cards = "".join(
            f'<li id="hand-{id}-{name}">'
            f'<span class="mark a{(self._hands.number(run.written) - 1) % COLOURS}">{name}</span>'
            f"{''.join(f'<p>{in_line(line)}</p>' for line in self._lines(run))}</li>\n"
            for name, _, run in self._pasts.values()
        )
        return f'<h3>Whose hand, in section {id}</h3>\n<ol class="hands">\n{cards}</ol>\n'

    def _marks(self) -> str:
        section = self._section
        if not section.marks:
            return f"<p class='quiet small'>Section {section.id} has no signature.</p>\n"
        told = "".join(
            f"<li>{in_line(mark(covered.mark))}: {covers(section, covered)}</li>\n"
            for covered in section.marks
        )
        return (
            f'<h3>Signatures in section {section.id}</h3>\n<ul class="steps">\n{told}</ul>\n'
            f"{self._bare()}"
        )

    def _bare(self) -> str:
        section = self._section
        bare = sum(
            any(low <= start < high for low, high in section.bare) for start, _ in section.words
        )
        many = len(section.words)
        if bare:
            told = f"No signature covers {bare:,} of {many:,} words"
        elif any(run.text.strip() for run in section.unsigned):
            told = "No signature covers some of the punctuation"
        else:
            return ""
        return f'<p class="notice">{told}: marked ○ in the text.</p>\n'

    def _shares(self) -> str:
        found = shares(self._section.runs)
        if not found:
            return ""
        id = self._section.id
        table = _table(f"How much of section {id} is whose", found, self._hands)
        return f"<h3>Shares in section {id}</h3>\n{table}"

    def _slider(self) -> str:
        id, last = self._section.id, len(self._revisions)
        if last < 2 or not self._has_earlier:
            return ""
        return (
            f'<div class="when" data-section="{id}" data-script hidden>'
            f'<label for="step-{id}">The text of section {id} as at each step</label>'
            f'<input type="range" id="step-{id}" min="1" max="{last}" value="{last}" step="1"'
            f' autocomplete="off"><output for="step-{id}"></output></div>\n'
        )

    def _steps(self) -> str:
        id, section = self._section.id, self._section
        told = "".join(
            f"<li>{in_line(step(self._authors, id, revision))}</li>\n"
            for revision in reversed(self._revisions)
        )
        few = ""
        if len(self._revisions) < section.revision:
            few = (
                f"<p class='notice'>{len(self._revisions)} of {section.revision:,} revisions are "
                "shown: the first, the last, signed ones, and some in between. The record holds "
                "them all.</p>\n"
            )
        if not self._has_earlier:
            few += (
                "<p class='notice'>The earlier texts are too long for a page and are not in it; "
                "the record holds them.</p>\n"
            )
        return f'<h3>Revisions of section {id}</h3>\n{few}<ol class="steps">\n{told}</ol>\n'

    def _gone(self) -> str:
        gone = self._section.gone
        if not gone:
            return ""
        told = "".join(map(self._lost, gone))
        many = "1 passage" if len(gone) == 1 else f"{len(gone):,} passages"
        return (
            f"<details><summary>Words deleted from section {self._section.id}: {many}</summary>\n"
            f'<ol class="gone">\n{told}</ol></details>\n'
        )

    def _lost(self, gone: Gone) -> str:
        before = self._section.text[max(gone.place - _CONTEXT, 0) : gone.place]
        cut = "…" if gone.place > _CONTEXT else ""
        lines: list[Line] = [
            *history(gone.written, gone.placings),
            (
                "Deleted by ",
                Said(gone.removed.name),
                *((", ", Said(gone.removed.role)) if gone.removed.role else ()),
                f", {minute(gone.removed.at)}, step v{gone.removed.version}.",
            ),
        ]
        told = "".join(f"<p>{in_line(line)}</p>" for line in lines)
        return (
            f'<li><p>{_swatch(self._hands.number(gone.written))} <q><span class="quiet">{cut}'
            f'{words(before)}</span><del class="lost">{words(gone.text)}</del></q></p>{told}</li>\n'
        )


_CONTEXT = 30
"""Characters before deleted words, so that one sees where they stood."""


def _past(run: Run) -> _Past:
    return run.written.source, run.placings, run.marks


def _pieces(text: str, label: str) -> str:
    """A run's text in pieces between line ends, the first of them with the label."""
    parts: list[str] = []
    for part in re.split(r"(\n+)", text):
        if not part.strip():
            parts.append(f"<span>{words(part)}</span>" if part else "")
            continue
        parts.append(f'<span class="w"{f" data-n={chr(34)}{label}{chr(34)}" if label else ""}>')
        parts.append(f"{words(part)}</span>")
        label = ""
    return "".join(parts)
