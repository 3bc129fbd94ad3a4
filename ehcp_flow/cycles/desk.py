"""The review cycles of one tenant: what people do with them."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ehcp_flow.acting import By, Done, Progress, Tenancy
from ehcp_flow.cycles.applying import Applied, Applying

if TYPE_CHECKING:
    from datetime import date

    from ehcp_flow.cycles.course import DayProgress
    from ehcp_flow.cycles.previewing import Preview
    from ehcp_flow.cycles.reassigning import Reassigned
    from ehcp_flow.cycles.requests import Message
    from ehcp_flow.cycles.status import CycleStatus
    from ehcp_flow.cycles.undoing import Undone
    from ehcp_flow.events import AdviceKind, DeclineReason


class Cycles:
    """The review cycles of one tenant."""

    def __init__(self, here: Tenancy) -> None:
        self._here = here

    def apply(
        self,
        data: bytes,
        *,
        file: str,
        by: By,
        preview_id: str | None = None,
        progress: Progress | None = None,
    ) -> Applied:
        """Set up what a cycle file asks for, as far as it is not set up yet.

        Args:
            data: the TOML file.
            file: its name, for messages.
            by: who applies it.
            preview_id: of the preview whose doings these must be.
            progress: told how many plans of how many are done.

        Raises:
            BadInput: the file is not a cycle, or names a plan that is not here.
            Refused: whoever applies it may not, or it would do something else than the preview
                said.
            StoreTrouble: others kept changing the same plans; what was recorded stays.
        """
        return Applying(self._here).apply(
            data, file=file, by=by, preview_id=preview_id, progress=progress
        )

    def preview(
        self,
        data: bytes,
        *,
        file: str,
        by: By,
        on: "date | None" = None,
        progress: Progress | None = None,
    ) -> "Preview":
        """Say what applying a cycle file would do, and record nothing.

        Args:
            data: the TOML file.
            file: its name, for messages.
            by: who would apply it.
            on: the day on which it would be applied; without it today.
            progress: told how many plans of how many are looked at.

        Raises:
            BadInput: the file is not a cycle, or names a plan that is not here.
            Refused: whoever would apply it may not.
        """
        from ehcp_flow.cycles.previewing import Previewing

        return Previewing(self._here).preview(data, file=file, by=by, on=on, progress=progress)

    def reassign(
        self,
        from_: str | None,
        to: str | None = None,
        *,
        only: Collection[str] | None = None,
        by: By,
        preview: bool = False,
        progress: Progress | None = None,
    ) -> "Reassigned":
        """Hand over what waits on someone, or on everybody who is not there.

        Args:
            from_: whose tasks; ``None``: those of everybody who is not there for them.
            to: who takes them; ``None``: whoever fits.
            only: only those of these plans.
            by: who hands them over.
            preview: say what would happen, and record nothing.
            progress: told how many plans of how many are done.

        Raises:
            Refused: whoever hands them over may not, or who is named is not there.
            StoreTrouble: others kept changing the same plans; what was recorded stays.
        """
        from ehcp_flow.cycles.reassigning import Reassigning

        return Reassigning(self._here).reassign(
            from_, to, only=only, by=by, preview=preview, progress=progress
        )

    def requests(self, name: str | None = None) -> "Sequence[Message]":
        """What is asked of people, in a cycle or at all: a message for each of them.

        Raises:
            NotFound: there is no such cycle.
        """
        from ehcp_flow.cycles.requests import messages

        return messages(self._here, name)

    def ask(
        self,
        plan: str,
        kind: "AdviceKind | None",
        to: str,
        *,
        due: "date | None" = None,
        by: By,
    ) -> Done:
        """Ask someone to come to the meeting of a plan's latest review, or to give advice for it.

        Args:
            plan: what people call it.
            kind: which advice; ``None``: to come to the meeting.
            to: who is asked.
            due: by which day the advice is asked for; without it by the day of the meeting.
            by: who asks.

        Raises:
            Refused: whoever asks may not, no review is set up, or its day has passed.
            NothingToDo: they are asked so already.
        """
        from ehcp_flow.cycles.answering import Answering

        return Answering(self._here).ask(plan, kind, to, due=due, by=by)

    def accept(self, plan: str, kind: "AdviceKind | None", *, by: By) -> Done:
        """Say that one comes to the meeting, or, with a kind, that one gives the advice.

        Raises:
            Refused: it is not asked of whoever acts.
            NothingToDo: they said so already.
        """
        from ehcp_flow.cycles.answering import Answering

        return Answering(self._here).accept(plan, kind, by=by)

    def decline(
        self, plan: str, kind: "AdviceKind | None", reason: "DeclineReason", *, by: By
    ) -> Done:
        """Say that one does not come, or, with a kind, does not give the advice, and why.

        It goes back to whoever asked.

        Raises:
            Refused: it is not asked of whoever acts, or *other* without words.
        """
        from ehcp_flow.cycles.answering import Answering

        return Answering(self._here).decline(plan, kind, reason, by=by)

    def status(self, name: str | None = None) -> "CycleStatus":
        """How a cycle stands today, or all that there are: what is done, and what waits on whom.

        Raises:
            NotFound: there is no such cycle.
        """
        from ehcp_flow.cycles.status import status

        return status(self._here, name)

    def days(self, name: str) -> "Sequence[DayProgress]":
        """How far a cycle was at the end of each day on which something moved.

        Raises:
            NotFound: there is no such cycle.
        """
        from ehcp_flow.cycles.course import days

        return days(self._here, name)

    def undo(
        self,
        name: str,
        *,
        plans: Collection[str] | None = None,
        started: bool = False,
        by: By,
        preview: bool = False,
        progress: Progress | None = None,
    ) -> "Undone":
        """Take back what a cycle asked for and nobody has started; the record keeps both.

        Args:
            name: the cycle's.
            plans: only these, and of them also what was started.
            started: also what was started, of all plans; what is done stays done.
            by: who takes it back.
            preview: say what would happen, and record nothing.
            progress: told how many plans of how many are done.

        Raises:
            NotFound: there is no such cycle, no such plan, or it never set up a review of one.
            Refused: whoever takes it back may not.
            StoreTrouble: others kept changing the same plans; what was recorded stays.
        """
        from ehcp_flow.cycles.undoing import Undoing

        return Undoing(self._here).undo(
            name, plans=plans, started=started, by=by, preview=preview, progress=progress
        )
