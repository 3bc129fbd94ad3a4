"""What is asked of people, as one message for each: for them to read, and to say yes or no to.

Nothing is sent: whoever writes the messages out sends them as the school sends such things. What
holds of them:

- The same tasks give the same bytes, on any day. The date of an e-mail is the instant of the
  latest request in it, and its Message-ID comes from what it says.
- A child's name is in the body of the text alone: an e-mail names the plan by its reference.
- Whoever holds no role here today gets none: nothing about a child goes to someone who left.
- Names and reasons are other people's words: no line end and no control character of them is
  taken over, so that none can become a header, an address or a file's name.

Source of the form of an e-mail: RFC 5322, with RFC 6532 for an address that is not ASCII and RFC
6854 for an author whose address is not known.
"""

import re
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email import policy
from email.headerregistry import Address, Group
from email.message import EmailMessage
from hashlib import sha256
from typing import cast, get_args
from uuid import UUID

from ehcp_flow.acting import Tenancy
from ehcp_flow.errors import NotFound
from ehcp_flow.events import DeclineReason, PlanEvent, SectionAssigned, Task
from ehcp_flow.hands import Person
from ehcp_flow.plan import Assignment, Folding, Plan
from ehcp_flow.projections import people, standing
from ehcp_flow.sections import SECTIONS
from ehcp_flow.text import one_line

_HOST = "ehcp-flow.invalid"
"""Of Message-IDs; a name that can never be registered (RFC 2606)."""

_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_ADDRESS = re.compile(rf"(?=.{{1,64}}@)({_ATOM}(?:\.{_ATOM})*)@([\w-]+(?:\.[\w-]+)*)")
"""A dot-atom (RFC 5322, section 3.4.1), of any letters (RFC 6532), at the name of a host."""

_UNSAFE_IN_FILE_NAME = re.compile("[^a-z0-9_-]+")

_LONGEST_NAME, _LONGEST_TITLE = 80, 32
"""Of a person and of a cycle in a header, in code points; a longer one is cut."""

_LONGEST_ADDRESS = 254
"""RFC 5321, section 4.5.3.1.3, without the brackets."""


@dataclass(frozen=True, slots=True)
class Request:
    """One task that is asked of someone."""

    reference: str
    pupil: str
    """Forename and surname, as the school writes them."""
    section: str
    task: Task
    due: date | None
    accepted: bool
    asked_by: str
    """The id of whoever asked."""
    asked_by_name: str
    asked_at: datetime
    meeting: date | None
    rule: str | None
    chosen: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """What is asked of one person."""

    person: str
    """Their id."""
    staff_id: str
    name: str
    address: str | None
    """Their e-mail address, when one is known that can be one."""
    file_name: str
    """Without an ending: small letters, digits and hyphens, and no name of anybody."""
    subject: str
    text: str
    """Names the pupils."""
    email: bytes
    """A whole e-mail; it does not name them."""
    requests: tuple[Request, ...]


def messages(here: Tenancy, name: str | None = None) -> list[Message]:
    """Write what is asked of each person, by staff id.

    Args:
        here: whose plans.
        name: of a cycle, whatever its case; everything that is asked when it is ``None``.

    Raises:
        NotFound: there is no such cycle.
    """
    cycle = None if name is None else _cycle(here, name)
    title = None if cycle is None else _title(here, cycle)
    known = {one.id: one for one in people.people(here.read(people.VIEW), here.tenant)}
    today = here.today()
    asked: dict[str, list[Request]] = {}
    waiting = standing.work_items(here.read(standing.VIEW), here.tenant)
    for stream in sorted({(item.reference, item.stream) for item in waiting}):
        for to, request in _requests(here, stream[1], cycle):
            if to in known and known[to].roles_on(today):
                asked.setdefault(to, []).append(request)
    found = sorted((known[id] for id in asked), key=_by_staff_id)
    return [_message(person, asked[person.id], known, title) for person in found]


def _cycle(here: Tenancy, name: str) -> UUID:
    key = one_line(name).casefold()
    held = here.recorder.holders("cycle", [key]).get(key) if key else None
    if held is None:
        raise NotFound(
            f"No cycle {name!r} was applied here: leave the name out for everything that is asked, "
            "or write it as in the cycle's file."
        )
    return held


def _title(here: Tenancy, cycle: UUID) -> str:
    """A cycle's name, as its file has it."""
    latest = here.history(cycle)[-1].event
    return _plain(getattr(latest, "cycle_name", ""))


def _requests(here: Tenancy, stream: UUID, cycle: UUID | None) -> Iterable[tuple[str, Request]]:
    """What is open of a plan, each with the id of whoever it waits on."""
    folding = Folding(stream)
    asked_at: dict[tuple[str, Task, str], datetime] = {}
    for step in here.history(stream):
        event = cast("PlanEvent", step.event)
        folding.evolve(step.version, event)
        if isinstance(event, SectionAssigned):
            asked_at[event.section, event.task, event.to] = event.at
    plan = folding.plan()
    for id in SECTIONS:
        section = plan.section(id)
        for asked in section.assignments:
            idle = asked.task == "review" and section.status == "approved"
            if asked.open and not idle and (cycle is None or asked.cycle == str(cycle)):
                yield asked.to, _request(plan, id, asked, asked_at[id, asked.task, asked.to])


def _request(plan: Plan, section: str, asked: Assignment, at: datetime) -> Request:
    about = plan.particulars
    review = next((one for one in reversed(plan.reviews) if one.cycle == asked.cycle), None)
    return Request(
        plan.reference,
        f"{about.forename} {about.surname}".strip(),
        section,
        asked.task,
        asked.due,
        asked.status == "accepted",
        asked.by,
        asked.by_name,
        at,
        None if review is None else review.meeting,
        asked.rule,
        asked.chosen,
    )


def _by_staff_id(person: Person) -> tuple[str, str]:
    return person.staff_id, person.id


def _by_due(request: Request) -> tuple[date, str, str, str]:
    return request.due or date.max, request.reference, request.section, request.task


# The message -------------------------------------------------------------------------------------


def _message(
    person: Person,
    requests: Sequence[Request],
    known: dict[str, Person],
    cycle: str | None,
) -> Message:
    requests = sorted(requests, key=_by_due)
    days = [request.due for request in requests if request.due is not None]
    what = "1 section" if len(requests) == 1 else f"{len(requests)} sections"
    by_when = f", the first by {min(days)}" if days else ""
    about = f"{_headed(cycle, _LONGEST_TITLE)}: " if cycle else "EHC plans: "
    subject = f"{about}{what}{by_when}"
    address = _address(person)
    asker = max(requests, key=_by_asked_at)
    email = _email(
        person,
        address,
        subject,
        _text(person, requests, cycle, named=False),
        author=known.get(asker.asked_by),
        author_name=asker.asked_by_name,
        at=asker.asked_at,
    )
    return Message(
        person.id,
        person.staff_id,
        person.name,
        address,
        _file_name(person),
        subject,
        _text(person, requests, cycle, named=True),
        email,
        tuple(requests),
    )


def _by_asked_at(request: Request) -> tuple[datetime, str]:
    return request.asked_at, request.asked_by


def _text(person: Person, requests: Sequence[Request], cycle: str | None, *, named: bool) -> str:
    askers = list(dict.fromkeys(_plain(request.asked_by_name) for request in requests))
    ask = "asks" if len(askers) == 1 else "ask"
    where = f", in {cycle}" if cycle else ""
    return "\n".join(
        [
            f"Dear {_plain(person.name)},",
            "",
            f"{_listed(askers)} {ask} you for the following{where}.",
            *([] if named else [_NOT_NAMED.format(who=_word(person.staff_id))]),
            *(
                line
                for number, request in enumerate(requests, 1)
                for line in ("", *_task(number, request, person, named=named))
            ),
            "",
            "How to answer",
            "",
            "Give the command that stands with each section; or reply to whoever sent you this,",
            "for each section with the word",
            "",
            "    accept",
            "",
            "or with one of",
            "",
            *(f"    {reason}" for reason in get_args(DeclineReason) if reason != "other"),
            "",
            "or with any other reason. To say that you are not qualified for something is an",
            "answer like any other: it is kept on record, and goes back to whoever asked.",
            "",
        ]
    )


_NOT_NAMED = """
This e-mail names no child, only the reference of each plan. Whose they are is shown by

    ehcp-flow work --for {who}"""


def _task(number: int, request: Request, person: Person, *, named: bool) -> Iterable[str]:
    plan, who = _word(request.reference), _word(person.staff_id)
    about = f", {_plain(request.pupil)}" if named else ""
    yield f"{number}. To {request.task} section {request.section} of {plan}{about}"
    yield f"   {SECTIONS.get(request.section, '')}"
    if request.task == "review":
        yield "   You can begin when it is submitted."
    yield f"   By: {request.due or 'no day was set'}"
    if request.meeting is not None:
        yield f"   The review meeting is on {request.meeting}."
    yield f"   Asked by: {_plain(request.asked_by_name)}"
    if request.rule is not None:
        yield f"   Under the rule: {_plain(request.rule)}"
    if request.chosen is not None:
        yield f"   Why you: {_plain(request.chosen)}"
    elif request.rule is None:
        yield f"   Why you: {_plain(request.asked_by_name)} decided so."
    command = f"{plan} {request.section} --as {who}"
    if request.accepted:
        yield "   You said yes to this."
    else:
        yield f"   To accept:  ehcp-flow section accept {command}"
    yield f'   To decline: ehcp-flow section decline {command} --because "not qualified"'


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _plain(text: str) -> str:
    """A name or a reason on one line, with nothing in it that steers."""
    return " ".join(_STEERING.sub(" ", text).split())


def _word(text: str) -> str:
    """A value as one word of a command."""
    return shlex.quote(_plain(text))


def _file_name(person: Person) -> str:
    """One that every system can have, and no two people have."""
    readable = _UNSAFE_IN_FILE_NAME.sub("-", person.staff_id.casefold())[:40].strip("-_")
    return f"{readable or 'person'}-{sha256(person.id.encode()).hexdigest()[:8]}"


# The e-mail --------------------------------------------------------------------------------------


def _email(
    person: Person,
    address: str | None,
    subject: str,
    text: str,
    *,
    author: Person | None,
    author_name: str,
    at: datetime,
) -> bytes:
    from_address = None if author is None else _address(author)
    addresses = [one for one in (address, from_address) if one is not None]
    message = EmailMessage(policy.SMTP.clone(utf8=not all(map(str.isascii, addresses))))
    if from_address is None:
        message["From"] = Group(_display(author_name), ())
    else:
        message["From"] = _mailbox(author_name, from_address)
    if address is not None:
        message["To"] = _mailbox(person.name, address)
    message["Subject"] = subject
    message["Date"] = at
    told = "\0".join([person.id, from_address or author_name, address or "", subject, text])
    message["Message-ID"] = f"<{sha256(told.encode()).hexdigest()[:40]}@{_HOST}>"
    # Mail programs that know it open such a file as a draft.
    message["X-Unsent"] = "1"
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()


def _display(name: str) -> str:
    return _headed(name, _LONGEST_NAME) or "Unknown"


def _headed(text: str, longest: int) -> str:
    """A text for a header, in which nothing is taken for an encoded word (RFC 2047)."""
    return _plain(text).replace("=?", "= ?")[:longest].strip()


def _address(person: Person) -> str | None:
    """The address on record, if it can be one: a list may say anything."""
    said = (person.email or "").strip()
    return said if len(said) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(said) else None


def _mailbox(name: str, address: str) -> Address:
    user, _, host = address.rpartition("@")
    return Address(_display(name), user, host)
