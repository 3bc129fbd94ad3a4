"""Which plans does a cycle choose?

Those that fit in everything its file says. A plan that is not chosen stands under its reason, and
what a file names that is not here is told: nothing is left out in silence.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal

from ehcp_flow.cycles.file import CycleFile, same_name
from ehcp_flow.cycles.not_here import Unknown
from ehcp_flow.plan import Particulars
from ehcp_flow.projections.folded import same_line

NOT_KNOWN = "for whom it is not known when the review is due"


NOT_KEPT = "for whose kind of plan no limits are kept here"
"""Nobody says by when the review of such a plan is due."""


class LeftOutError(Exception):
    """A plan is not chosen; the reason goes on after how many they are and a comma."""


class Which:
    """Goes from plan to plan, and says why one is not chosen."""

    def __init__(self, cycle: CycleFile) -> None:
        asked = cycle.choose
        self._asked = asked
        self._schools = {same_line(school) for school in asked.schools or ()}
        self._authorities = {same_line(one) for one in asked.authorities or ()}
        named = dict.fromkeys((*(asked.plans or ()), *asked.but))
        self._unseen = named | dict.fromkeys(cycle.meeting.plans)
        self._attended: dict[str, str] = {}
        """Schools of plans here, as they are written, by how they are compared."""
        self._maintaining: dict[str, str] = {}
        """Authorities likewise."""
        self._templates: dict[str, None] = {}
        self._groups = {*(asked.groups or ()), *cycle.meeting.groups}
        self._tutors = {*cycle.meeting.tutors}
        self._grouped: dict[str, str] = {}
        """Groups of plans here, as they are written, by how they are compared."""
        self._tutored: dict[str, str] = {}
        """Tutors likewise."""

    def check(self, pupil: Particulars, due: date | None, unknown: str = NOT_KNOWN) -> None:
        """Hold a plan against what the file says.

        Args:
            pupil: whose plan it is.
            due: the last day on which its review is in time.
            unknown: why there is no such day when there is none.

        Raises:
            LeftOutError: it is not chosen.
        """
        asked = self._asked
        self._note(pupil)
        if not pupil.listed:
            raise LeftOutError("no longer listed in the school's export")
        if asked.but and any(name in asked.but for name in goes_as(pupil)):
            raise LeftOutError("whom the file excepts")
        if asked.plans is not None and not any(name in asked.plans for name in goes_as(pupil)):
            raise LeftOutError("not among the plans that the file names")
        if asked.schools is not None and pupil.school is None:
            raise LeftOutError("of whom it is not known which school they attend")
        if asked.schools is not None and _same(pupil.school or "") not in self._schools:
            raise LeftOutError("at none of the chosen schools")
        if asked.authorities is not None and pupil.authority is None:
            raise LeftOutError("of which it is not known which authority maintains them")
        if asked.authorities is not None and _same(pupil.authority or "") not in self._authorities:
            raise LeftOutError("maintained by none of the chosen authorities")
        if asked.years is not None and pupil.year not in asked.years:
            raise LeftOutError("taught in none of the chosen years")
        if asked.groups is not None and same_name(pupil.group or "") not in asked.groups:
            raise LeftOutError("in none of the chosen groups")
        if asked.templates is not None and not any(
            name in asked.templates for name in _templates_of(pupil)
        ):
            raise LeftOutError("of none of the chosen templates")
        if asked.needs is not None and not any(need in asked.needs for need in pupil.needs):
            raise LeftOutError("with none of the chosen needs")
        first, last = asked.review_due_from, asked.review_due_to
        if (first or last) and due is None:
            raise LeftOutError(unknown)
        if first is not None and due is not None and due < first:
            raise LeftOutError(f"with a review due before {first}")
        if last is not None and due is not None and due > last:
            raise LeftOutError(f"with a review due after {last}")

    def _note(self, pupil: Particulars) -> None:
        """Take in what a plan may be meant by."""
        if self._unseen:
            for name in goes_as(pupil):
                self._unseen.pop(name, None)
        if self._schools and pupil.school is not None:
            self._attended.setdefault(_same(pupil.school), pupil.school)
        if self._authorities and pupil.authority is not None:
            self._maintaining.setdefault(_same(pupil.authority), pupil.authority)
        if self._asked.templates is not None:
            self._templates |= dict.fromkeys(_templates_of(pupil))
        if self._groups and pupil.group is not None:
            self._grouped.setdefault(same_name(pupil.group), pupil.group)
        if self._tutors and pupil.tutor is not None:
            self._tutored.setdefault(same_name(pupil.tutor), pupil.tutor)

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """What the file names and no plan that was looked at is or has."""
        found = [Unknown("plan", name) for name in self._unseen]
        found += _not_named("school", self._asked.schools or (), self._attended)
        found += _not_named("authority", self._asked.authorities or (), self._maintaining)
        for template in self._asked.templates or ():
            if template not in self._templates:
                near = get_close_matches(template, self._templates, 1)
                found.append(Unknown("template", template, near[0] if near else None))
        found += _not_among("group", self._groups, self._grouped)
        found += _not_among("tutor", self._tutors, self._tutored)
        return tuple(found)


def _not_named(
    what: Literal["school", "authority"], named: Iterable[str], there: Mapping[str, str]
) -> Iterator[Unknown]:
    for name in named:
        if same_line(name) not in there:
            near = get_close_matches(same_line(name), there, 1)
            yield Unknown(what, name, there[near[0]] if near else None)


def _not_among(
    what: Literal["group", "tutor"], named: Collection[str], there: Mapping[str, str]
) -> Iterator[Unknown]:
    for name in sorted(named):
        if name not in there:
            near = get_close_matches(name, there, 1)
            yield Unknown(what, name, there[near[0]] if near else None)


def goes_as(pupil: Particulars) -> Iterator[str]:
    """Yield by what a file may name a plan."""
    yield same_name(pupil.reference)
    if pupil.upn is not None:
        yield same_name(pupil.upn)


def _templates_of(pupil: Particulars) -> tuple[str, str]:
    """By what a file may name a plan's template: any version of it, or this one."""
    template = same_name(pupil.template)
    return template, f"{template}@{pupil.template_version}"


@lru_cache(maxsize=1_000)
def _same(name: str) -> str:
    return same_line(name)
