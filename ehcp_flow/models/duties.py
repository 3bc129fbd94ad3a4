"""What is there to be done about a plan, which an operating model gives to roles?"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Duty = Literal[
    "coordinate",
    "lists",
    "write",
    "review",
    "approve",
    "be-invited",
    "meet-parents",
    "hold-meeting",
    "complete-report",
    "send-to-authority",
]

DUTIES: tuple[Duty, ...] = get_args(Duty)

IN_WORDS: Mapping[Duty, str] = MappingProxyType(
    {
        "coordinate": "assigns sections, sets up cycles and brings in issued texts",
        "lists": "brings in the lists of people and of pupils",
        "write": "writes",
        "review": "reviews",
        "approve": "signs approval",
        "be-invited": "is invited for the school to the review meeting",
        "meet-parents": "meets the parents",
        "hold-meeting": "holds the review meeting",
        "complete-report": "completes the report of the review",
        "send-to-authority": "sends to the local authority",
    }
)
"""What goes on after a role."""

BY_SECTION: frozenset[Duty] = frozenset({"write", "review", "approve"})
"""Duties that may be another role's for each section."""

OF_ALL_PLANS: frozenset[Duty] = frozenset({"coordinate", "lists"})
"""Duties that are no single plan's, and so the same for every year group."""

WHEN_ASKED: frozenset[Duty] = frozenset({"write", "review"})
"""Duties that people have when they were asked, and some roles without being asked."""

NEEDED: tuple[Duty, ...] = ("coordinate", "lists")
"""Duties without which nothing could be set up: every model gives them to somebody."""

OF_LAW: Mapping[str, str] = MappingProxyType(
    {
        "decide": (
            "only the local authority decides what becomes of a plan (Children and Families Act "
            "2014, sections 37 and 44; SEND Regulations 2014, regulations 20 to 22)"
        ),
        "issue": (
            "only the local authority issues a plan (Children and Families Act 2014, section 37; "
            "SEND Regulations 2014, regulations 13, 14 and 22)"
        ),
    }
)
"""What no model gives to anybody, and the law that settles it."""
