"""The review cycles of one tenant: what people do with them."""

from ehcp_flow.acting import By, Progress, Tenancy
from ehcp_flow.cycles.applying import Applied, Applying


class Cycles:
    """The review cycles of one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def apply(self, data: bytes, *, file: str, by: By, progress: Progress | None = None) -> Applied:
        """Set up what a cycle file asks for, as far as it is not set up yet.

        Args:
            data: the TOML file.
            file: its name, for messages.
            by: who applies it.
            progress: told how many plans of how many are done.

        Raises:
            BadInput: the file is not a cycle.
            Refused: whoever applies it may not.
            StoreTrouble: others kept changing the same plans; what was recorded stays.
        """
        return Applying(self._here).apply(data, file=file, by=by, progress=progress)
