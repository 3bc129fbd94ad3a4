"""Assign, write, review and sign sections."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click

from ehcp_flow.errors import BadInput, MovedOn, NotFound, NothingToDo, Refused, SaidNo
from ehcp_flow_cli.declining import said_no
from ehcp_flow_cli.drafts_on_disk import (
    Draft,
    at_a_terminal,
    from_editor,
    keep,
    read_draft,
    read_text,
)
from ehcp_flow_cli.settings import DAY, Settings, acting, because, channel

if TYPE_CHECKING:
    from ehcp_flow.acting import By, Done
    from ehcp_flow.errors import WhoseWords
    from ehcp_flow.events import Channel
    from ehcp_flow.plans import Plans
    from ehcp_flow.rules.drafting import Answer

SOMETHING_TO_DO = 3

STATUSES = ("empty", "issued", "drafting", "submitted", "returned", "approved")
MEANINGS = ("authorship", "review", "approval", "decision", "agreement")

revision = click.option(
    "--revision", type=click.IntRange(min=1), help="The revision that was read; no other is meant."
)


@click.group()
def command() -> None:
    """Assign, write, review and sign sections.

    PLAN is a reference such as 2026-0042, an unambiguous start of one, or a whole UPN. In its place
    assign, submit, return and approve take a list of plans (--plans) or say which are meant
    (--cycle, --year, --status, --waiting-on).
    """


# One plan or many ---------------------------------------------------------------------------------


_Command = TypeVar("_Command", bound=Callable[..., Any])
_Act = Callable[["Plans", str, "By"], "Done"]


@dataclass(frozen=True, slots=True)
class _Which:
    """The section of one plan, or of many."""

    section: str
    plan: str | None
    """``None``: of many."""
    file: Path | None
    cycle: str | None
    years: tuple[str, ...]
    status: str | None
    waiting_on: str | None
    preview: bool
    as_json: bool

    @property
    def filtered(self) -> bool:
        """Whether it is said which plans are meant in other ways than by a list."""
        return bool(self.cycle or self.years or self.status or self.waiting_on)


_MANY = (
    click.argument("plan", required=False, metavar="PLAN"),
    click.argument("section", required=False, metavar="SECTION"),
    click.option(
        "--plans",
        "file",
        type=click.Path(path_type=Path, allow_dash=True),
        metavar="FILE",
        help="In place of PLAN: a list of plans, one a line; - is standard input.",
    ),
    click.option("--cycle", metavar="NAME", help="In place of PLAN: those of a review cycle."),
    click.option(
        "--year", "years", metavar="YEAR", multiple=True, help="In place of PLAN: these NC years."
    ),
    click.option(
        "--status",
        type=click.Choice(STATUSES),
        help="In place of PLAN: those whose SECTION stands so.",
    ),
    click.option(
        "--waiting-on", metavar="PERSON", help="In place of PLAN: those in which it is their turn."
    ),
    click.option("--preview", is_flag=True, help="Of many: show which, and record nothing."),
    click.option("--json", "as_json", is_flag=True, help="Of many: print JSON."),
)


def one_or_many(command: _Command) -> _Command:
    """Let a command be told a PLAN or which plans; it receives a ``_Which`` as ``which``."""
    from functools import wraps

    @wraps(command)
    def with_which(
        *args: Any,
        plan: str | None,
        section: str | None,
        file: Path | None,
        cycle: str | None,
        years: tuple[str, ...],
        status: str | None,
        waiting_on: str | None,
        preview: bool,
        as_json: bool,
        **options: Any,
    ) -> Any:
        many = any(said is not None for said in (file, cycle, status, waiting_on)) or bool(years)
        if many and section is not None:
            raise click.UsageError("Name one PLAN or say which plans are meant, not both.")
        if many:
            plan, section = None, plan
        elif plan is None:
            raise _missing("plan")
        if section is None:
            raise _missing("section")
        if not many and (preview or as_json):
            raise click.UsageError(
                "--preview and --json are for many plans: say which with --plans, --cycle, --year, "
                "--status or --waiting-on."
            )
        if many and options.get("revision") is not None:
            raise click.UsageError("--revision is for one plan: each has revisions of its own.")
        which = _Which(section, plan, file, cycle, years, status, waiting_on, preview, as_json)
        return command(*args, which=which, **options)

    decorated: Any = with_which
    for option in reversed(_MANY):
        decorated = option(decorated)
    result: _Command = decorated
    return result


def _missing(name: str) -> click.MissingParameter:
    context = click.get_current_context()
    (param,) = (param for param in context.command.params if param.name == name)
    return click.MissingParameter(ctx=context, param=param)


def _carry_out(
    settings: Settings,
    which: _Which,
    by: By,
    act: _Act,
    did: str,
    *,
    turn: Sequence[str] | None = None,
) -> None:
    """Act on one plan and tell of it, or on many and show what became of each.

    Args:
        settings: where the plans are.
        which: the section of which plans.
        by: who acts.
        act: what is done to each.
        did: what was done, in words.
        turn: how a section waits on whoever's turn it is to act so; anyhow when it is not said.
    """
    plans = settings.plans()
    if which.plan is not None:
        _tell(act(plans, which.plan, by), which.section, which.plan, did)
        return
    section = plans.templates.section_id(which.section)
    # Said once, and not of every plan.
    plans.people.person(by.who)
    lines = {line.reference: line for line in plans.list()}

    def find(name: str) -> str:
        return name if name in lines else plans.show(name).reference

    meant = _meant_plans(plans, which, section, find, turn)
    if which.preview:
        pupils = {
            reference: f"{line.forename} {line.surname}".strip()
            for reference, line in lines.items()
        }
        _show_meant(meant, pupils, find, as_json=which.as_json)
    else:
        _act_on_many(plans, meant, act, by, find, as_json=which.as_json)


def _act_on_many(
    plans: Plans,
    meant: Sequence[str],
    act: _Act,
    by: By,
    find: Callable[[str], str],
    *,
    as_json: bool,
) -> None:
    from dataclasses import asdict

    from ehcp_flow import many
    from ehcp_flow_cli.showing.progress import progress
    from ehcp_flow_cli.showing.tables import show_rows

    with progress("Plans") as told:
        results = many.each(
            meant, lambda plan, by: act(plans, plan, by), by=by, find=find, progress=told
        )
    show_rows(
        [asdict(result) for result in results],
        {"plan": "plan", "outcome": "what", "said": "because"},
        as_json=as_json,
        empty=_NONE,
    )
    tally = [sum(result.outcome == one for result in results) for one in get_args(many.Outcome)]
    if results and not as_json:
        done, nothing, refused = tally
        click.echo(f"{done} done, {nothing} with nothing to do, {refused} refused.")
    if tally[-1]:
        raise Refused(
            f"{tally[-1]} of {len(results)} plans were refused, each for its own reason, and what "
            "was done to the others stands: give the command again for those that are mended."
        )


_NONE = "No plan is meant."


def _show_meant(
    meant: Sequence[str],
    pupils: dict[str, str],
    find: Callable[[str], str],
    *,
    as_json: bool,
) -> None:
    from ehcp_flow_cli.showing.tables import show_rows

    rows: dict[str, dict[str, str | None]] = {}
    for name in meant:
        try:
            plan = find(name)
        except SaidNo as no:
            rows[name] = {"plan": name, "pupil": None, "said": str(no)}
        else:
            rows[plan] = {"plan": plan, "pupil": pupils.get(plan), "said": None}
    show_rows(
        list(rows.values()),
        {"plan": "plan", "pupil": "pupil", "said": "because"},
        as_json=as_json,
        empty=_NONE,
    )
    sys.exit(SOMETHING_TO_DO if rows else 0)


def _meant_plans(
    plans: Plans,
    which: _Which,
    section: str,
    find: Callable[[str], str],
    turn: Sequence[str] | None,
) -> list[str]:
    """The plans that are meant: those of the list, those that the filters let pass, or both."""
    from ehcp_flow.many import names

    if which.file is None:
        return _filtered(plans, which, section, turn)
    listed = names(read_text(None if str(which.file) == "-" else which.file))
    if not which.filtered:
        return listed
    passed = set(_filtered(plans, which, section, turn))
    return [name for name in listed if _found(name, find) in (None, *passed)]


def _found(name: str, find: Callable[[str], str]) -> str | None:
    try:
        return find(name)
    except SaidNo:
        # It stays in the list, and is told of with its reason.
        return None


def _filtered(plans: Plans, which: _Which, section: str, turn: Sequence[str] | None) -> list[str]:
    """The plans of listed pupils that fit everything that is said."""
    from ehcp_flow.importing.fields import parse_years

    taught = [year for text in which.years for year in _read_years(parse_years, text)]
    lines = plans.list(years=taught or None, listed=True)
    if which.cycle is not None:
        name = which.cycle.strip().casefold()
        lines = [
            line for line in lines if line.review and line.review.cycle_name.casefold() == name
        ]
        if not lines:
            raise NotFound(
                f"No plan here has its latest review in a cycle {which.cycle!r}: "
                "`plan list --json` says in which each has it."
            )
    if which.waiting_on is not None:
        waiting = {
            item.stream
            for item in plans.work(person=which.waiting_on)
            if item.section == section and (turn is None or item.what in turn)
        }
        lines = [line for line in lines if line.stream in waiting]
    chosen = [line.reference for line in lines]
    if which.status is not None:
        # A section that nobody touched is counted nowhere.
        possible = {
            line.reference
            for line in lines
            if which.status == "empty" or which.status in line.statuses
        }
        chosen = [
            plan
            for plan in chosen
            if plan in possible and plans.show(plan).section(section).status == which.status
        ]
    return chosen


def _read_years(parse: Callable[[str], tuple[str, ...]], text: str) -> tuple[str, ...]:
    from ehcp_flow.importing.faults import NotRead

    try:
        found = parse(text)
    except NotRead as no:
        raise click.BadParameter(str(no), param_hint="--year") from None
    if not found:
        raise click.BadParameter("it is empty", param_hint="--year")
    return found


# The commands -------------------------------------------------------------------------------------


@command.command(short_help="Ask someone to write or to review a section by a day.")
@one_or_many
@click.option("--to", "to", metavar="PERSON", required=True, help="Who is asked.")
@click.option("--to-write", "task", flag_value="write", default="write", help="To write [default].")
@click.option("--to-review", "task", flag_value="review", help="To review.")
@click.option("--due", type=DAY, help="By which day.")
@because
@acting
@click.pass_obj
def assign(settings: Settings, which: _Which, to: str, task: str, due: date | None, by: By) -> None:
    """Ask someone to write or to review a section by a day; of one PLAN or of many."""

    def act(plans: Plans, plan: str, by: By) -> Done:
        return plans.assign(
            plan, which.section, "review" if task == "review" else "write", to, due=due, by=by
        )

    _carry_out(settings, which, by, act, f"assigned to {to} to {task}")


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
    reason, by = said_no(by)
    done = settings.plans().decline(plan, section, reason, by=by)
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
        id = plans.template(now).section_id(section)
        draft = from_editor(now.section(id)) if typed else read_draft(file)
        _meant_for(draft, now.reference, id)
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
    "--item",
    type=click.IntRange(min=1),
    metavar="ITEM",
    help="Which of its paragraphs: the number that `advice offered PLAN` shows.",
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
    item: int | None,
    words: str | None,
    after: str | None,
    over: int | None,
    channel: Channel | None,
    by: By,
) -> None:
    """Place words of an advice in a section, or take over what a machine wrote there.

    Whoever wrote them stays their author; you are on record as who placed them. `advice offered
    PLAN` shows what there is, with the numbers.
    """
    from dataclasses import replace

    if advice is None and after is not None:
        raise click.UsageError("A machine's words are taken over where they stand: drop --after.")
    if advice is None and item is not None:
        raise click.UsageError("An item is one of an advice: say which with --from.")
    done = settings.plans().adopt(
        plan,
        section,
        advice=advice,
        item=item,
        words=words,
        after=after,
        over=over,
        by=replace(by, channel=channel or by.channel),
    )
    _tell(done, section, plan, "edited")


@command.command(short_help="Give a section to its reviewers.")
@one_or_many
@because
@acting
@click.pass_obj
def submit(settings: Settings, which: _Which, by: By) -> None:
    """Give a section to its reviewers; of one PLAN or of many."""

    def act(plans: Plans, plan: str, by: By) -> Done:
        return plans.submit(plan, which.section, by=by)

    _carry_out(settings, which, by, act, "submitted", turn=("write", "rewrite"))


@command.command("return", short_help="Ask the writers for changes; --because says which.")
@one_or_many
@revision
@because
@acting
@click.pass_obj
def return_(settings: Settings, which: _Which, revision: int | None, by: By) -> None:
    """Ask the writers for changes; --because says which. Of one PLAN or of many."""

    def act(plans: Plans, plan: str, by: By) -> Done:
        return plans.return_(plan, which.section, revision=revision, by=by)

    _carry_out(settings, which, by, act, "returned", turn=("review",))


@command.command(short_help="Say that the submitted text is as it should be.")
@one_or_many
@revision
@because
@acting
@click.pass_obj
def approve(settings: Settings, which: _Which, revision: int | None, by: By) -> None:
    """Say that the submitted text is as it should be; of one PLAN or of many."""

    def act(plans: Plans, plan: str, by: By) -> Done:
        return plans.approve(plan, which.section, revision=revision, by=by)

    _carry_out(settings, which, by, act, "approved", turn=("review",))


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
