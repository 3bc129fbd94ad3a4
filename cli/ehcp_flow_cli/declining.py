"""Why somebody says no, as it is said in one word of a command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import click

if TYPE_CHECKING:
    from ehcp_flow.acting import By
    from ehcp_flow.events import DeclineReason


def said_no(by: By) -> tuple[DeclineReason, By]:
    """Return the reason that ``--because`` gives, and whoever acts with the words beside it.

    Raises:
        click.UsageError: there is none.
    """
    from ehcp_flow.events import DeclineReason

    if by.because is None:
        raise click.UsageError("Say why with --because, for example --because 'not qualified'.")
    known: tuple[DeclineReason, ...] = get_args(DeclineReason)
    reasons: dict[str, DeclineReason] = {reason: reason for reason in known}
    head, _, rest = by.because.partition(":")
    named = reasons.get(" ".join(head.casefold().split()))
    reason: DeclineReason = "other" if named is None else named
    words = by.because if named is None else rest.strip() or None
    if reason == "other" and words is None:
        raise click.UsageError("Say the other reason in words: --because 'other: your reason'.")
    return reason, replace(by, because=words)
