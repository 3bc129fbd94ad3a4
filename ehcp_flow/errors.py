"""The ways the engine says no."""


class SaidNo(Exception):
    """Nothing was recorded, and the message says what happened, to what, and what to do next.

    The message is one sentence or two on one line, safe to show to the person who asked.
    """


class Refused(SaidNo):
    """A rule does not allow this now."""


class NotFound(SaidNo):
    """No such plan, person, section or cycle."""


class Ambiguous(SaidNo):
    """What was written fits more than one thing."""


class BadInput(SaidNo):
    """A file, a text or a value is not what was expected."""


class MovedOn(SaidNo):
    """Someone else's text came in between.

    ``section``, ``over`` (the revision that was read) and ``revision`` (the current one) let the
    caller show what came in between.
    """

    def __init__(self, message: str, *, section: str, over: int, revision: int) -> None:
        super().__init__(message)
        self.section = section
        self.over = over
        self.revision = revision


class WhoseWords(SaidNo):
    """Words that are offered as somebody's own equal what somebody else gave.

    ``sources`` names the texts that hold them, as ``advice@3``.
    """

    def __init__(self, message: str, *, sources: tuple[str, ...]) -> None:
        super().__init__(message)
        self.sources = sources


class NothingToDo(SaidNo):
    """What was asked is so already."""


class StoreTrouble(SaidNo):
    """The store cannot be opened, read or written."""


class RecordDamaged(StoreTrouble):
    """What is stored is not what was recorded: a digest, a version or a form does not fit."""


class Faulty(SaidNo):
    """Some rows of a file are faulty, and so nothing of it was taken in."""
