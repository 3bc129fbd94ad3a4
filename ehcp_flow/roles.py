"""Which roles are there, and which of them are the local authority's?

Who may do what in a role is for a setting's operating model to say (``ehcp_flow.models``); only
who decides and issues is law.
"""

from collections.abc import Mapping
from types import MappingProxyType

ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
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
        "LA SEN manager": ("la send manager", "sen manager", "send manager"),
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
)
"""Roles as the rules know them, and other ways to write them.

No statute lists them; a setting may have others, which are taken as they are written.
"""

_BY_WORDING = {
    wording: role for role, others in ROLES.items() for wording in (role.casefold(), *others)
}


def as_known(role: str) -> str | None:
    """The role that another way of writing it means; ``None``: it is none of these."""
    return _BY_WORDING.get(" ".join(role.casefold().replace("-", " ").split()))


DECIDING = frozenset({"LA SEN officer", "LA SEN manager"})
"""Roles that sign with the meaning *decision*: the local authority's.

Only it decides and issues (Children and Families Act 2014, sections 37 and 44; SEND Regulations
2014, regulations 20 to 22); no operating model can give that to another role.
"""
