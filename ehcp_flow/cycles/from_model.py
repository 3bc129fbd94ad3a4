"""What does a cycle ask for where its file leaves it to the operating model?

The file's own rules go before: where one of them is about a section, the model is not asked about
that section for this task, and where it says who comes, not about who comes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from ehcp_flow.cycles.file import Attend, CycleFile, FromModel, Rule
from ehcp_flow.errors import BadInput
from ehcp_flow.events import Task
from ehcp_flow.models.in_force import InForce
from ehcp_flow.models.model import ANYBODY, EVERY
from ehcp_flow.models.model import Rule as Answer
from ehcp_flow.years import YEARS


def filled(cycle: CycleFile, under: InForce, *, file: str, sections: Sequence[str]) -> CycleFile:
    """Return a cycle with the rules that its file leaves to a model.

    Args:
        cycle: as its file has it.
        under: the model that holds on the day of applying.
        file: its name, for messages.
        sections: the ids of sections that plans here may have.

    Raises:
        BadInput: the model names nobody whom a cycle could ask.
    """
    wanted = cycle.from_model
    if wanted is None:
        return cycle
    rules = {
        "write": (*cycle.write, *_rules(cycle.write, wanted, "write", under, file, sections)),
        "review": (*cycle.review, *_rules(cycle.review, wanted, "review", under, file, sections)),
        "attend": cycle.attend or tuple(_attending(wanted, under)),
    }
    return cycle.model_copy(update=rules)


def _rules(
    own: Sequence[Rule],
    wanted: FromModel,
    task: Task,
    under: InForce,
    file: str,
    sections: Sequence[str],
) -> Iterator[Rule]:
    ruled = {section for rule in own for section in rule.sections}
    left = [section for section in wanted.sections if section not in ruled]
    named = {
        section
        for answer in under.model.rules
        if answer.duty == task
        for section in answer.sections
        if section != EVERY
    }
    weeks = wanted.write_due_weeks_before_meeting
    if task == "review":
        weeks = wanted.review_due_weeks_before_meeting
    for answer in under.model.rules:
        if answer.duty != task:
            continue
        about = [
            section
            for section in left
            if section in answer.sections or (EVERY in answer.sections and section not in named)
        ]
        for roles, ask in _asked(answer, under, file) if about else ():
            said: dict[str, Any] = {
                "sections": about,
                "role": list(roles),
                "ask": ask,
                "due_weeks_before_meeting": weeks,
                **_for_years(answer),
            }
            yield Rule.model_validate(said, context=sections)


def _asked(answer: Answer, under: InForce, file: str) -> Iterator[tuple[Sequence[str], str]]:
    """Whom a cycle asks by a rule: the roles, and whether one or all who hold them."""
    roles = answer.asks or tuple(role for role in answer.all_roles if role != ANYBODY)
    if ANYBODY in answer.roles and not answer.asks:
        raise BadInput(
            f"{file}, [from_model]: found that rule {answer.id} of {under.model.name} lets "
            "anybody, expected one that says whom a cycle asks (`asks`): choose such a model, or "
            f"say it in a table [[{answer.duty}]]."
        )
    yield _with_stand_ins(roles, under), answer.ask
    for role in answer.joint:
        yield _with_stand_ins((role,), under), "one"


def _with_stand_ins(roles: Sequence[str], under: InForce) -> Sequence[str]:
    """Roles, and after them those to which the duties of one fall that nobody holds now."""
    stand_ins = (other for role in roles for other in under.stand_ins(role))
    return tuple(dict.fromkeys((*roles, *stand_ins)))


def _attending(wanted: FromModel, under: InForce) -> Iterator[Attend]:
    """Who comes: whoever holds the meeting, and, if they can, whom the law has invited."""
    if not wanted.attend:
        return
    for answer in under.model.rules:
        if answer.duty in ("hold-meeting", "be-invited"):
            said: dict[str, Any] = {
                "role": list(_with_stand_ins(answer.roles, under)),
                "must": answer.duty == "hold-meeting",
                **_for_years(answer),
            }
            yield Attend.model_validate(said)


def _for_years(answer: Answer) -> dict[str, Any]:
    return {} if set(answer.years) == set(YEARS) else {"years": list(answer.years)}
