"""Assign, write, review and sign sections."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from ehcp_flow.errors import BadInput, MovedOn, NothingToDo, SaidNo
from ehcp_flow_cli.drafts_on_disk import Draft, at_a_terminal, from_editor, keep, read_draft
from ehcp_flow_cli.settings import DAY, Settings, acting, because, channel

if TYPE_CHECKING:
    from ehcp_flow.acting import By, Done
    from ehcp_flow.errors import WhoseWords
    from ehcp_flow.events import Channel
    from ehcp_flow.rules.drafting import Answer

MEANINGS = ("authorship", "review", "approval", "decision", "agreement")

revision = click.option(
    "--revision", type=click.IntRange(min=1), help="The revision that was read; no other is meant."
)


@click.group()
def command() -> None:
    """Assign, write, review and sign sections.

    PLAN is a reference such as 2026-0042, an unambiguous start of one, or a whole UPN.
    """


@command.command()
@click.argument("plan")
@click.argument("section")
@click.option("--to", "to", metavar="PERSON", required=True, help="Who is asked.")
@click.option("--to-write", "task", flag_value="write", default="write", help="To write [default].")
@click.option("--to-review", "task", flag_value="review", help="To review.")
@click.option("--due", type=DAY, help="By which day.")
@because
@acting
@click.pass_obj
def assign(
    settings: Settings, plan: str, section: str, to: str, task: str, due: date | None, by: By
) -> None:
    """Ask someone to write or to review a section by a day."""
    done = settings.plans().assign(
        plan, section, "review" if task == "review" else "write", to, due=due, by=by
    )
    _tell(done, section, plan, f"assigned to {to} to {task}")


@command.command()
@click.argument("plan")
@click.argument("section")
@because
@acting
@click.pass_obj
def accept(settings: Settings, plan: str, section: str, by: By) -> None:
    """Say yes to what was asked."""
    _tell(settings.plans().accept(plan, section, by=by), section, plan, "accepted")


@command.command()
@click.argument("plan")
@click.argument("section")
@because
@acting
@click.pass_obj
def decline(settings: Settings, plan: str, section: str, by: By) -> None:
    """Say no to what was asked, and why.

    --because takes "not qualified", "no time", "do not know the child", "conflict of interest",
    one of them followed by a colon and more words, or any other reason in words. It goes back to
    whoever assigned the section.
    """
    from dataclasses import replace

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
    done = settings.plans().decline(plan, section, reason, by=replace(by, because=words))
    _tell(done, section, plan, f"declined ({reason})")


@command.command(short_help="Propose a section's next text.")
@click.argument("plan")
@click.argument("section")
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--over", type=click.IntRange(min=0), help="The revision that the text was written over."
)
@click.option(
    "--adopt", "answer", flag_value="adopt", help="Words that equal an advice are the adviser's."
)
@click.option("--claim", "answer", flag_value="claim", help="They are your own words.")
@channel
@because
@acting
@click.pass_obj
def edit(
    settings: Settings,
    plan: str,
    section: str,
    file: Path | None,
    over: int | None,
    answer: Answer | None,
    channel: Channel | None,
    by: By,
) -> None:
    """Propose a section's next text: from FILE, from standard input (-), or in $EDITOR.

    A file that `plan show PLAN --section S --out FILE` wrote says in its first line which
    revision it was drafted over. When someone else's text came in between, nothing is recorded
    and your text is kept in a private file.

    Words that stand or stood elsewhere in the plan keep their writer. Words that equal an advice
    are adopted or claimed: say which, or you are asked.
    """
    from dataclasses import replace

    from ehcp_flow.errors import WhoseWords

    plans = settings.plans()
    now = plans.show(plan)
    typed = file is None and at_a_terminal()
    draft = Draft("")
    try:
        draft = from_editor(now.section(_section(section))) if typed else read_draft(file)
        _meant_for(draft, now.reference, _section(section))
        over = draft.over if over is None else over
        by = replace(by, channel=channel or ("typed" if typed else "file"))
        try:
            done = plans.edit(plan, section, draft.text, over=over, answer=answer, by=by)
        except WhoseWords as question:
            # Where the text itself came by standard input nobody is there to answer.
            if not at_a_terminal():
                raise
            answer = _asked(question)
            done = plans.edit(plan, section, draft.text, over=over, answer=answer, by=by)
    except NothingToDo as nothing:
        click.echo(f"Nothing recorded: {nothing}")
        return
    except SaidNo as no:
        lost = isinstance(no, MovedOn) or file is None or str(file) == "-"
        if not lost or not draft.text.strip():
            raise
        kept = keep(draft.text, plan, section)
        where = "could not be kept in a file" if kept is None else f"is kept in {kept}"
        raise SaidNo(f"{no} Your text {where}.") from no
    _tell(done, section, plan, "edited")


def _asked(question: WhoseWords) -> Answer:
    from ehcp_flow_cli.showing.harmless import harmless

    click.echo(harmless(str(question)), err=True)
    answer: Answer = click.prompt(
        "Adopt or claim?", type=click.Choice(["adopt", "claim"]), err=True
    )
    return answer


@command.command(short_help="Place words of an advice, or take over a machine's.")
@click.argument("plan")
@click.argument("section")
@click.option(
    "--from",
    "advice",
    type=click.IntRange(min=1),
    metavar="ADVICE",
    help="The number of the advice; without it, the section's machine-written words.",
)
@click.option(
    "--words",
    metavar="WORDS",
    help="Which of its words: a phrase, or 'how they begin … how they end' [default: all].",
)
@click.option("--after", metavar="WORDS", help="After which paragraph [default: at the end].")
@click.option("--over", type=click.IntRange(min=0), help="The revision that was read.")
@channel
@because
@acting
@click.pass_obj
def adopt(
    settings: Settings,
    plan: str,
    section: str,
    advice: int | None,
    words: str | None,
    after: str | None,
    over: int | None,
    channel: Channel | None,
    by: By,
) -> None:
    """Place words of an advice in a section, or take over what a machine wrote there.

    Whoever wrote them stays their author; you are on record as who placed them. `advice list PLAN`
    shows the numbers.
    """
    from dataclasses import replace

    if advice is None and after is not None:
        raise click.UsageError("A machine's words are taken over where they stand: drop --after.")
    done = settings.plans().adopt(
        plan,
        section,
        advice=advice,
        words=words,
        after=after,
        over=over,
        by=replace(by, channel=channel or by.channel),
    )
    _tell(done, section, plan, "edited")


@command.command()
@click.argument("plan")
@click.argument("section")
@because
@acting
@click.pass_obj
def submit(settings: Settings, plan: str, section: str, by: By) -> None:
    """Give a section to its reviewers."""
    _tell(settings.plans().submit(plan, section, by=by), section, plan, "submitted")


@command.command("return")
@click.argument("plan")
@click.argument("section")
@revision
@because
@acting
@click.pass_obj
def return_(settings: Settings, plan: str, section: str, revision: int | None, by: By) -> None:
    """Ask the writers for changes; --because says which."""
    done = settings.plans().return_(plan, section, revision=revision, by=by)
    _tell(done, section, plan, "returned")


@command.command()
@click.argument("plan")
@click.argument("section")
@revision
@because
@acting
@click.pass_obj
def approve(settings: Settings, plan: str, section: str, revision: int | None, by: By) -> None:
    """Say that the submitted text is as it should be."""
    done = settings.plans().approve(plan, section, revision=revision, by=by)
    _tell(done, section, plan, "approved")


@command.command("sign-off")
@click.argument("plan")
@click.argument("section")
@click.option(
    "--meaning",
    type=click.Choice(MEANINGS),
    required=True,
    help="What the mark says.",
)
@revision
@because
@acting
@click.pass_obj
def sign_off(
    settings: Settings, plan: str, section: str, meaning: str, revision: int | None, by: By
) -> None:
    """Put your mark, with a meaning, over exactly the current text."""
    from ehcp_flow.events import Meaning

    known: tuple[Meaning, ...] = get_args(Meaning)
    done = settings.plans().sign_off(
        plan, section, next(m for m in known if m == meaning), revision=revision, by=by
    )
    _tell(done, section, plan, f"signed off ({meaning})")


def _section(section: str) -> str:
    from ehcp_flow.sections import section_id

    return section_id(section)


def _meant_for(draft: Draft, reference: str, section: str) -> None:
    if draft.plan is not None and (draft.plan, draft.section) != (reference, section):
        raise BadInput(
            f"The file's first line says it is section {draft.section} of {draft.plan}, and you "
            f"named section {section} of {reference}: nothing was recorded; choose one."
        )


def _tell(done: Done, section: str, plan: str, did: str) -> None:
    from ehcp_flow_cli.showing.harmless import harmless

    again = ", as recorded before" if done.again else ""
    # By its whole reference: what was typed may be only the start of one.
    which = done.reference or plan
    click.echo(harmless(f"{section.upper()} of {which} {did} (v{done.version}{again})."))
    if done.note:
        click.echo(harmless(done.note))
