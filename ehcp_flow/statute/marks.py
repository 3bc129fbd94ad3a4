"""How well is a statement about the law known?"""

from typing import Literal

Mark = Literal["read", "derived", "recalled", "unsure"]
"""From the best to the weakest.

- *read*: the words were read in the source named, often the legislation itself;
- *derived*: worked out from what was read or recalled;
- *recalled*: from memory, the source not read again;
- *unsure*: not to be built on without checking.
"""

_ORDER: tuple[Mark, ...] = ("read", "derived", "recalled", "unsure")


def weakest(*marks: Mark) -> Mark:
    """Return the mark of what rests on all of these."""
    return max(marks, key=_ORDER.index)
