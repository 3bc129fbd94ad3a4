"""What is asked of people, as one message for each: for them to read, and to say yes or no to.

Nothing is sent: whoever writes the messages out sends them as the school sends such things. What
holds of them:

- Who is asked to come to a meeting is told so until it is over, and who is asked for advice until
  they gave it, unless they said no.
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
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
from ehcp_flow.plan import Assignment, Duty, Folding, Plan
from ehcp_flow.projections import duties as beside
from ehcp_flow.projections import people, standing
from ehcp_flow.projections.entered import reviewed_in
from ehcp_flow.rules import offering
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
    title: str
    """The section's, by the plan's template."""
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
    text: str | None = None
    """What it says beside."""
    offered: int = 0
    """How many paragraphs of advice may be quoted in it, and were not yet."""


@dataclass(frozen=True, slots=True)
class DutyRequest:
    """A meeting to which someone is asked, or an advice that is asked of them."""

    reference: str
    pupil: str
    """Forename and surname, as the school writes them."""
    asked: Duty
    meeting: date

    @property
    def due(self) -> date:
        """The day of the meeting, or the one by which the advice is asked for."""
        return self.asked.due

    @property
    def asked_by(self) -> str:
        """The id of whoever asked."""
        return self.asked.by

    @property
    def asked_by_name(self) -> str:
        """Their name as shown that day."""
        return self.asked.by_name

    @property
    def asked_at(self) -> datetime:
        """When they asked."""
        return self.asked.at


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
    duties: tuple[DutyRequest, ...] = ()


_All = list[Request | DutyRequest]


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
    asked: dict[str, _All] = {}
    reading = here.read(standing.VIEW)
    waiting = standing.work_items(reading, here.tenant, today=today)
    plans = {(item.reference, item.stream) for item in waiting}
    for _, stream in sorted(plans.union(beside.with_duties(reading, here.tenant))):
        for to, request in _requests(here, stream, cycle, today):
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


def _requests(
    here: Tenancy, stream: UUID, cycle: UUID | None, today: date
) -> Iterable[tuple[str, Request | DutyRequest]]:
    """What is open of a plan, each with the id of whoever it waits on."""
    folding = Folding(stream)
    asked_at: dict[tuple[str, Task, str], datetime] = {}
    events: list[PlanEvent] = []
    for step in here.history(stream):
        event = cast("PlanEvent", step.event)
        events.append(event)
        folding.evolve(step.version, event)
        if isinstance(event, SectionAssigned):
            asked_at[event.section, event.task, event.to] = event.at
    plan = folding.plan()
    template = here.template_of(plan)
    since = reviewed_in(plan).last_review
    offers = offering.offers(plan, template, events, since=since)
    offered = Counter(one.section for one in offers if not one.placed)
    for id, title in template.titles.items():
        section = plan.section(id)
        for asked in section.assignments:
            idle = asked.task == "review" and section.status == "approved"
            if asked.open and not idle and (cycle is None or asked.cycle == str(cycle)):
                request = _request(plan, id, title, asked, asked_at[id, asked.task, asked.to])
                writes = asked.task == "write"
                yield asked.to, replace(request, offered=offered[id]) if writes else request
    for duty in plan.duties:
        if plan.asks(duty, today) and (cycle is None or duty.cycle == str(cycle)):
            meeting = plan.reviews[-1].meeting
            yield duty.to, DutyRequest(plan.reference, _pupil(plan), duty, meeting)


def _pupil(plan: Plan) -> str:
    about = plan.particulars
    return f"{about.forename} {about.surname}".strip()


def _request(plan: Plan, section: str, title: str, asked: Assignment, at: datetime) -> Request:
    review = next((one for one in reversed(plan.reviews) if one.cycle == asked.cycle), None)
    return Request(
        plan.reference,
        _pupil(plan),
        section,
        title,
        asked.task,
        asked.due,
        asked.status == "accepted",
        asked.by,
        asked.by_name,
        at,
        None if review is None else review.meeting,
        asked.rule,
        asked.chosen,
        asked.text,
    )


def _by_staff_id(person: Person) -> tuple[str, str]:
    return person.staff_id, person.id


def _by_due(request: Request) -> tuple[date, str, str, str]:
    return request.due or date.max, request.reference, request.section, request.task


def _duty_by_due(request: DutyRequest) -> tuple[date, str, str]:
    return request.due, request.reference, request.asked.kind or ""


# The message -------------------------------------------------------------------------------------


def _message(
    person: Person,
    asked: _All,
    known: dict[str, Person],
    cycle: str | None,
) -> Message:
    requests = sorted((one for one in asked if isinstance(one, Request)), key=_by_due)
    duties = sorted((one for one in asked if isinstance(one, DutyRequest)), key=_duty_by_due)
    days = [one.due for one in asked if one.due is not None]
    what = _counted(requests, duties)
    by_when = f", the first by {min(days)}" if days else ""
    about = f"{_headed(cycle, _LONGEST_TITLE)}: " if cycle else "EHC plans: "
    subject = f"{about}{what}{by_when}"
    address = _address(person)
    asker = max(asked, key=_by_asked_at)
    email = _email(
        person,
        address,
        subject,
        _text(person, requests, duties, cycle, named=False),
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
        _text(person, requests, duties, cycle, named=True),
        email,
        tuple(requests),
        tuple(duties),
    )


def _counted(requests: Sequence[Request], duties: Sequence[DutyRequest]) -> str:
    """How much is asked of somebody."""
    meetings = sum(duty.asked.kind is None for duty in duties)
    counts = (
        (len(requests), "section", "sections"),
        (meetings, "meeting", "meetings"),
        (len(duties) - meetings, "advice", "advice"),
    )
    return _listed([f"{many} {one if many == 1 else more}" for many, one, more in counts if many])


def _by_asked_at(request: Request | DutyRequest) -> tuple[datetime, str]:
    return request.asked_at, request.asked_by


def _text(
    person: Person,
    requests: Sequence[Request],
    duties: Sequence[DutyRequest],
    cycle: str | None,
    *,
    named: bool,
) -> str:
    asked: _All = [*requests, *duties]
    askers = list(dict.fromkeys(_plain(request.asked_by_name) for request in asked))
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
            *(
                line
                for number, duty in enumerate(duties, len(requests) + 1)
                for line in ("", *_duty(number, duty, person, named=named))
            ),
            *_HOW_TO_ANSWER,
            "",
        ]
    )


_HOW_TO_ANSWER = (
    "",
    "How to answer",
    "",
    "Give the command that stands with each of these; or reply to whoever sent you this,",
    "for each of them with the word",
    "",
    "    accept",
    "",
    "or with one of",
    "",
    *(f"    {reason}" for reason in get_args(DeclineReason) if reason != "other"),
    "",
    "or with any other reason. To say that you are not qualified for something is an",
    "answer like any other: it is kept on record, and goes back to whoever asked.",
)


_NOT_NAMED = """
This e-mail names no child, only the reference of each plan. Whose they are is shown by

    ehcp-flow work --for {who}"""


def _task(number: int, request: Request, person: Person, *, named: bool) -> Iterable[str]:
    plan, who = _word(request.reference), _word(person.staff_id)
    about = f", {_plain(request.pupil)}" if named else ""
    yield f"{number}. To {request.task} section {request.section} of {plan}{about}"
    yield f"   {_plain(request.title)}"
    if request.task == "review":
        yield "   You can begin when it is submitted."
    yield f"   By: {request.due or 'no day was set'}"
    if request.meeting is not None:
        yield f"   The review meeting is on {request.meeting}."
    if request.offered:
        what = "paragraph of a report" if request.offered == 1 else "paragraphs of reports"
        yield f"   {request.offered} {what} may be quoted, with nothing to type again:"
        yield f"     ehcp-flow advice offered {plan} --section {request.section}"
    yield f"   Asked by: {_plain(request.asked_by_name)}"
    if request.rule is not None:
        yield f"   Under the rule: {_plain(request.rule)}"
    if request.chosen is not None:
        yield f"   Why you: {_plain(request.chosen)}"
    elif request.rule is None:
        yield f"   Why you: {_plain(request.asked_by_name)} decided so."
    yield from _beside(request.text)
    command = f"{plan} {request.section} --as {who}"
    yield from _answers("section", command, "not qualified", accepted=request.accepted)


def _answers(group: str, command: str, reason: DeclineReason, *, accepted: bool) -> Iterable[str]:
    """By which commands one says yes or no."""
    if accepted:
        yield "   You said yes to this."
    else:
        yield f"   To accept:  ehcp-flow {group} accept {command}"
    yield f'   To decline: ehcp-flow {group} decline {command} --because "{reason}"'


def _duty(number: int, request: DutyRequest, person: Person, *, named: bool) -> Iterable[str]:
    asked = request.asked
    about = _word(request.reference) + (f", {_plain(request.pupil)}" if named else "")
    if asked.kind is None:
        yield f"{number}. To come to the review meeting of {about}"
        yield f"   On: {asked.due}"
    else:
        yield f"{number}. To give advice ({asked.kind}) for {about}"
        yield f"   By: {asked.due}"
        yield f"   The review meeting is on {request.meeting}."
    yield f"   Asked by: {_plain(asked.by_name)}"
    yield f"   Under the rule: {_plain(asked.rule)}"
    if asked.chosen is not None:
        yield f"   Why you: {_plain(asked.chosen)}"
    yield from _beside(asked.text)
    words = [_word(request.reference), *([] if asked.kind is None else [_word(asked.kind)])]
    command = f"{' '.join(words)} --as {_word(person.staff_id)}"
    accepted = asked.status == "accepted"
    if asked.kind is None:
        yield from _answers("meeting", command, "no time", accepted=accepted)
    else:
        yield from _answers("advice", command, "do not know the child", accepted=accepted)


def _beside(text: str | None) -> Iterable[str]:
    """What a request says beside, so that no text can pass for a fact about it."""
    for line in () if text is None else text.splitlines():
        yield f"   | {_plain(line)}".rstrip()


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
