"""What a fact of the law says, in a few words."""

from collections.abc import Mapping


def says(details: Mapping[str, str], told: Mapping[str, str]) -> list[str]:
    """Return what the fields of a fact say, people as ``role: name``.

    Args:
        details: days, choices, numbers and ids; the ids of people are left out.
        told: free text and people.
    """
    said = [f"{name}: {value}" for name, value in details.items() if "." not in name]
    people: dict[str, list[str]] = {}
    for name, value in told.items():
        field, dot, _ = name.partition(".")
        if not dot:
            said.append(f"{name}: {value}")
            continue
        attended = details.get(f"{name}.as")
        people.setdefault(field, []).append(f"{value} ({attended})" if attended else value)
    return said + [f"{field}: {', '.join(those)}" for field, those in people.items()]
