"""Which sections does a plan have, and which one does a text name?

Letters and wording: Special Educational Needs and Disability Regulations 2014, regulation 12(1).
Every section must be separately identified; their order is not prescribed.
"""

from collections.abc import Mapping
from types import MappingProxyType

from ehcp_flow.errors import NotFound

SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "A": (
            "The views, interests and aspirations of the child and the child's parents, "
            "or of the young person"
        ),
        "B": "Special educational needs",
        "C": "Health care needs which relate to the special educational needs",
        "D": ("Social care needs which relate to the special educational needs or to a disability"),
        "E": "The outcomes sought",
        "F": "The special educational provision required",
        "G": (
            "Health care provision reasonably required by the learning difficulties or "
            "disabilities which result in the special educational needs"
        ),
        "H1": (
            "Social care provision which must be made under section 2 of the Chronically Sick "
            "and Disabled Persons Act 1970"
        ),
        "H2": (
            "Any other social care provision reasonably required by the learning difficulties "
            "or disabilities"
        ),
        "I": "The name and type of the school or other institution",
        "J": "Special educational provision to be secured by a direct payment",
        "K": "Advice and information gathered for the plan",
    }
)
"""Title by section id, in the order of the regulation."""


def section_id(text: str) -> str:
    """Return the id of the section that a text names, whatever its case: ``f`` and ``F`` are F.

    Raises:
        NotFound: there is no such section.
    """
    asked = text.strip().upper()
    if asked in SECTIONS:
        return asked
    split = " Section H is split: write H1 or H2." if asked == "H" else ""
    raise NotFound(
        f"There is no section {text.strip()[:40]!r}; a plan has the sections "
        f"{', '.join(SECTIONS)}.{split}"
    )
