"""Whose hand it was, in lines for people to read; and the numbers by which a page names hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ehcp_flow.times import london_day
from ehcp_flow_cli.showing.pages.parts import Said, day, minute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ehcp_flow.attributing import Covered, Deed, Placed, SectionAuthors
    from ehcp_flow.authorship.delta import How
    from ehcp_flow.plan import SignOff
    from ehcp_flow_cli.showing.pages.parts import Line

_PLACED: dict[How, str] = {
    "moved": "Moved here by ",
    "restored": "Restored here by ",
    "copied": "Copied here by ",
    "adopted": "Taken over from an advice by ",
}

_Key = tuple[object, ...]


class Hands:
    """Numbers of hands, from 1, in the order in which a page meets them."""

    def __init__(self) -> None:
        self._numbers: dict[_Key, int] = {}
        self.deeds: dict[int, list[Deed]] = {}
        """By number, one of their deeds in each role, as written by them or by a machine."""

    def number(self, deed: Deed) -> int:
        """Return the number of whoever did it; of two who share a name each has their own."""
        n = self._numbers.setdefault(_key(deed), len(self._numbers) + 1)
        known = self.deeds.setdefault(n, [])
        if all(deed.role != other.role for other in known):
            known.append(deed)
        return n


def _key(deed: Deed) -> _Key:
    # A machine's words are not those of whoever ran it.
    return (
        deed.by or deed.name,
        deed.on_behalf_of or deed.on_behalf_of_name,
        deed.machine,
        deed.not_recorded_before,
    )


def author(deed: Deed) -> Line:
    """Return whose words they are, and for whom."""
    if deed.not_recorded_before is not None:
        return (f"Author not recorded before {day(deed.not_recorded_before)}",)
    machine = ("machine, at the hand of ",) if deed.machine else ()
    behalf = (" for ", Said(deed.on_behalf_of_name)) if deed.on_behalf_of_name else ()
    return *machine, Said(deed.name), *behalf


def history(written: Deed, placings: Sequence[Placed]) -> list[Line]:
    """Return who wrote words, and who put them somewhere else, the oldest first."""
    lines = [_written(written)]
    for deed, how in placings:
        machine = " (by a machine)" if deed.machine else ""
        adopted = "Taken over from a machine by "
        verb = adopted if how == "adopted" and written.machine else _PLACED[how]
        lines.append((verb, *_who(deed), machine, *_when(deed)))
    if written.machine and all(how != "adopted" for _, how in placings):
        lines.append(("Adopted by nobody.",))
    return lines


def _written(deed: Deed) -> Line:
    brought = ("; brought in by ", Said(deed.brought_by)) if deed.brought_by else ()
    if deed.not_recorded_before is not None:
        before = day(deed.not_recorded_before)
        return f"As issued, author not recorded before {before}", *brought, *_when(deed)
    verb = "Machine-written, at the hand of " if deed.machine else "Written by "
    if deed.capacity == "adviser":
        verb = "Advice, machine-written, given by " if deed.machine else "Advice given by "
    return verb, *_who(deed), *brought, *_when(deed)


def _who(deed: Deed) -> Line:
    parts: list[str] = [Said(deed.name)]
    for fact in (deed.role, deed.organisation):
        if fact:
            parts += ", ", Said(fact)
    if deed.capacity:
        parts.append(f", as {deed.capacity}")
    if deed.on_behalf_of_name:
        parts += ", on behalf of ", Said(deed.on_behalf_of_name)
    return tuple(parts)


def _when(deed: Deed) -> Line:
    recorded = f"{minute(deed.at)}, step v{deed.version}."
    if deed.day == london_day(deed.at):
        return (f", {recorded}",)
    return (f", on {day(deed.day)}; recorded {recorded}",)


def mark(sign_off: SignOff) -> Line:
    """Return who signed, as what, and over which text."""
    behalf = sign_off.on_behalf_of_name
    return (
        f"{sign_off.meaning.capitalize()}: ",
        Said(sign_off.name),
        " (",
        Said(sign_off.role),
        ")",
        *((" for ", Said(behalf)) if behalf else ()),
        f", {minute(sign_off.at)}, over revision {sign_off.revision}",
    )


def marks(signed: Sequence[SignOff], any_in_section: bool) -> list[Line]:
    """Return which signatures cover words; that none does is worth saying where there are any."""
    if not signed:
        return [("No signature covers these words.",)] if any_in_section else []
    parts: list[str] = ["Signed: "]
    for n, each in enumerate(signed):
        parts += "; " if n else "", f"{each.meaning} by ", Said(each.name), f" (v{each.version})"
    return [(*parts, ".")]


def letters(n: int) -> str:
    """Return ``a`` for 0, ``b`` for 1, and after ``z`` ``aa``."""
    text = ""
    n += 1
    while n:
        n, rest = divmod(n - 1, 26)
        text = chr(97 + rest) + text
    return text


def covers(found: SectionAuthors, covered: Covered) -> str:
    """Return how much of a text a signature covers, and which of the words signed are gone."""
    if covered.same:
        return "covers all words."
    many, held = len(found.words), found.words_covered(covered.mark)
    if held == many and many and not covered.lost:
        return (
            "was put on another text: the words signed stand in another order, or with other signs."
        )
    told = f"{held:,} of {many:,} words"
    if covered.lost:
        gone = "; ".join(f"“{' '.join(text.split())}”" for text in covered.lost[:_QUOTES])
        more = len(covered.lost) - _QUOTES
        told += f"; gone: {gone}" + (f"; … and {more} more" if more > 0 else "")
    return f"was put on another text: covers {told}."


_QUOTES = 5
"""Of what is gone; of more there is the number."""
