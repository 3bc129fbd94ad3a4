"""What a role may do here unless the setting says otherwise.

Who may decide and issue is law (Children and Families Act 2014, sections 37 and 44; SEND
Regulations 2014, regulations 20 to 22: only the local authority). The rest is a default that a
setting may change: no statute names class teachers, subject teachers or assistants.
"""

from collections.abc import Mapping

ROLES: Mapping[str, tuple[str, ...]] = {
    "SENCO": ("sendco", "special educational needs coordinator", "senco send coordinator"),
    "head teacher": ("headteacher", "head", "principal"),
    "deputy head": ("deputy headteacher", "deputy head teacher", "deputy principal"),
    "class teacher": (),
    "subject teacher": (),
    "form tutor": ("tutor",),
    "teaching assistant": ("ta", "learning support assistant", "lsa"),
    "SEN administrator": ("send administrator",),
    "data manager": (),
    "parent liaison worker": ("parent liaison",),
    "LA SEN officer": ("la send officer", "sen officer", "send officer", "la sen caseworker"),
    "LA social worker": ("social worker", "la social care"),
    "educational psychologist": ("ep",),
    "speech and language therapist": ("slt", "salt", "speech therapist"),
    "occupational therapist": ("ot",),
    "physiotherapist": ("physio",),
    "paediatrician": (),
    "health professional": (),
    "parent": (),
    "young person": (),
}
"""Roles as the rules know them, and other ways to write them.

No statute lists them; a setting may have others, which are taken as they are written.
"""

COORDINATING = frozenset(
    {
        "SENCO",
        "head teacher",
        "deputy head",
        "LA SEN officer",
    }
)
"""Roles that assign, import, set up cycles, and approve where no reviewer was named."""

DECIDING = frozenset({"LA SEN officer"})
"""Roles that sign with the meaning *decision*: the local authority's (section 37)."""

EVIDENCE_ONLY = frozenset({"teaching assistant"})
"""Roles that supply evidence and comment, and do not write sections by default."""

ADMINISTERING = COORDINATING | frozenset({"data manager", "SEN administrator"})
"""Roles that bring in and correct the lists of people and of pupils."""
