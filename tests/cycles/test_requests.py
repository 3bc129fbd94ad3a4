"""What is asked of people, in messages for them, and what nobody can slip into one."""

import email
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from email import policy
from email.message import EmailMessage

import pytest

from ehcp_flow.cycles.requests import Message
from ehcp_flow.errors import NotFound
from ehcp_flow.hands import HeldRole, Person
from tests.steps.people import FERNBANK, SCHOOL
from tests.steps.world import World
from tests.use_cases.conftest import bring_in, pupil

PLAN = "2026-0001"
DUE = date(2026, 10, 30)
CYCLE = b"""
name = "Autumn 2026"
meeting = { on = 2026-11-10 }

[[write]]
sections = ["E", "F"]
role = "subject teacher"
due_days_before_meeting = 21

[[review]]
sections = ["E", "F"]
role = "SENCO"
due_days_before_meeting = 14
"""
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def teacher(staff_id: str, name: str, address: str | None = None) -> Person:
    """A teacher since the summer."""
    held = HeldRole("subject teacher", SCHOOL, date(2026, 9, 1))
    return Person("", staff_id=staff_id, name=name, email=address, roles=(held,))


@pytest.fixture
def ada(world: World) -> World:
    """Fernbank School with a plan for Ada, and a cycle that was applied to it."""
    carol = replace(FERNBANK[2], email="c.hall@fernbank.example.invalid")
    amira = replace(FERNBANK[0], email="a.nair@fernbank.example.invalid")
    said = [carol if p.staff_id == "s3" else amira if p.staff_id == "s1" else p for p in FERNBANK]
    world.plans.people.import_list(said, by=world.by("Amira"))
    bring_in(world, pupil())
    world.plans.cycles.apply(CYCLE, file="autumn.toml", by=world.by("Amira"))
    return world


def ask(world: World, who: str, section: str = "A") -> None:
    """Ask somebody to write a section."""
    world.plans.assign(PLAN, section, "write", who, due=DUE, by=world.by("Amira"))


def of(messages: Sequence[Message], staff_id: str) -> Message:
    """The one message to a person."""
    (found,) = (message for message in messages if message.staff_id == staff_id)
    return found


def read(message: Message) -> EmailMessage:
    """The e-mail as a mail program reads it, in which nothing may be amiss."""
    assert b"\n" not in message.email.replace(b"\r\n", b"")
    assert max(map(len, message.email.split(b"\r\n"))) <= 998
    parsed = email.message_from_bytes(message.email, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    assert parsed.defects == []
    return parsed


def body(parsed: EmailMessage) -> str:
    """The text of an e-mail, its line ends as in a text."""
    content: str = parsed.get_content()
    return content.replace("\r\n", "\n")


# What it says


def test_a_message_says_what_by_when_why_and_how_to_answer(ada: World) -> None:
    """With the commands to the letter."""
    message = of(ada.plans.cycles.requests(), "s3")

    assert [(one.section, one.task, one.due) for one in message.requests] == [
        ("E", "write", date(2026, 10, 20)),
        ("F", "write", date(2026, 10, 20)),
    ]
    lines = [line.strip() for line in message.text.splitlines()]
    for line in (
        "Dear Carol Hall,",
        "Amira Nair asks you for the following.",
        "2. To write section F of 2026-0001, Ada Okafor",
        "The special educational provision required",
        "By: 2026-10-20",
        "The review meeting is on 2026-11-10.",
        "Asked by: Amira Nair",
        "Under the rule: The subject teacher writes E and F.",
        "To accept:  ehcp-flow section accept 2026-0001 F --as s3",
        'To decline: ehcp-flow section decline 2026-0001 F --as s3 --because "not qualified"',
        "accept",
        "not qualified",
        "do not know the child",
    ):
        assert line in lines, line


def test_why_somebody_was_chosen_is_told(ada: World) -> None:
    """Be it instead of somebody else, or because somebody decided so."""
    ask(ada, "s2")
    ada.plans.cycles.reassign("s3", "s2", by=ada.by("Amira"))

    text = of(ada.plans.cycles.requests(), "s2").text

    assert "Why you: instead of Carol Hall, who hands it over" in text
    assert "Why you: Amira Nair decided so." in text


def test_what_was_accepted_is_not_asked_again(ada: World) -> None:
    """It can still be declined."""
    ada.plans.accept(PLAN, "E", by=ada.by("Carol"))

    text = of(ada.plans.cycles.requests(), "s3").text

    assert "You said yes to this." in text
    assert "section accept 2026-0001 E" not in text
    assert "section decline 2026-0001 E" in text
    assert "section accept 2026-0001 F" in text


def test_of_one_cycle_or_of_everything(ada: World) -> None:
    """A cycle is the same one in any case; one that was never applied is none."""
    ask(ada, "s3")

    everything = of(ada.plans.cycles.requests(), "s3")
    autumn = of(ada.plans.cycles.requests("AUTUMN 2026"), "s3")

    assert [one.section for one in everything.requests] == ["E", "F", "A"]
    assert [one.section for one in autumn.requests] == ["E", "F"]
    assert everything.subject == "EHC plans: 3 sections, the first by 2026-10-20"
    assert autumn.subject == "Autumn 2026: 2 sections, the first by 2026-10-20"
    assert "asks you for the following, in Autumn 2026." in autumn.text
    for name in ("Spring 2027", "", " "):
        with pytest.raises(NotFound, match="was applied here"):
            ada.plans.cycles.requests(name)


def test_only_what_is_open_is_asked(ada: World) -> None:
    """What was declined, done or taken back is not."""
    ada.plans.decline(PLAN, "E", "no time", by=ada.by("Carol"))
    ada.plans.edit(PLAN, "F", "Two hours.", over=0, by=ada.by("Carol"))
    ada.plans.submit(PLAN, "F", by=ada.by("Carol"))

    assert [message.staff_id for message in ada.plans.cycles.requests()] == ["s1"]


def test_nothing_goes_to_who_has_left(ada: World) -> None:
    """Whoever is away is still written to."""
    ask(ada, "s2")
    by = ada.by("Amira")
    ada.plans.people.away("s2", since=date(2026, 10, 1), by=by)
    ada.plans.people.revoke("s3", "subject teacher", until=date(2026, 10, 2), by=by)

    assert [message.staff_id for message in ada.plans.cycles.requests()] == ["s1", "s2"]


# As an e-mail


def test_an_e_mail_is_one_that_programs_read(ada: World) -> None:
    """From whoever asked, to the address on record, and to nobody else."""
    parsed = read(of(ada.plans.cycles.requests("Autumn 2026"), "s3"))

    assert sorted(parsed.keys()) == [
        "Content-Transfer-Encoding",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
        "X-Unsent",
    ]
    assert parsed["From"] == "Amira Nair <a.nair@fernbank.example.invalid>"
    assert parsed["To"] == "Carol Hall <c.hall@fernbank.example.invalid>"
    assert parsed["Subject"] == "Autumn 2026: 2 sections, the first by 2026-10-20"
    assert parsed["Date"].datetime == ada.now
    assert re.fullmatch(r"<[0-9a-f]{40}@ehcp-flow\.invalid>", parsed["Message-ID"])
    assert "To write section F of 2026-0001" in body(parsed)


def test_a_childs_name_is_in_the_text_alone(ada: World) -> None:
    """In no e-mail, and in no file's name."""
    for message in ada.plans.cycles.requests():
        assert "Ada Okafor" in message.text
        for elsewhere in (message.subject, message.file_name, body(read(message))):
            assert "Ada" not in elsewhere
            assert "Okafor" not in elsewhere


def test_an_address_that_is_not_known_is_left_out(ada: World) -> None:
    """Of whom it is to; who asked is named without one."""
    ada.plans.assign(PLAN, "B", "write", "s2", due=None, by=ada.by("Dana"))

    message = of(ada.plans.cycles.requests(), "s2")
    parsed = read(message)

    assert message.address is None
    assert parsed["To"] is None
    assert parsed["From"] == "Dana Pryce:;"
    assert parsed["From"].addresses == ()
    assert "By: no day was set" in message.text


def test_the_same_is_the_same_on_any_day(ada: World) -> None:
    """Byte by byte; and something else has another id."""
    first = ada.plans.cycles.requests()
    ada.now += timedelta(days=3)
    assert ada.plans.cycles.requests() == first

    ada.plans.accept(PLAN, "E", by=ada.by("Carol"))
    one, other = (read(of(m, "s3")) for m in (first, ada.plans.cycles.requests()))

    assert one["Message-ID"] != other["Message-ID"]


# What others wrote

HOSTILE = (
    teacher("h1", "Eve\r\nBcc: all@example.invalid", "eve@example.invalid"),
    teacher("h2", 'Eve" <all@example.invalid>, "x', "eve@example.invalid"),
    teacher("h3", "Eve, all@example.invalid", "eve@example.invalid"),
    teacher("h4", "Zoë Nguyễn, Dr", "zoë@exämple.invalid"),
    teacher("h5", "\x1b[31mRed\x1b[0m\u202e", "red@example.invalid"),
    teacher("h6", "=?utf-8?q?Eve=0ABcc:_all=40example=2Einvalid?=", "eve@example.invalid"),
    teacher("../../h7", "Eve " * 200, "eve@example.invalid"),
    teacher("CON", "Con", "a@b, all@example.invalid"),
    teacher("h9; rm -rf ~ #", "Group: x;", "a@b\r\nBcc: all@example.invalid"),
    teacher("Ünï\u2028cöde", "(comment) \\", "<all@example.invalid>"),
    teacher("H1", "Ann", "a..b@example.invalid"),
    teacher("--help", "Bo", "b@example.invalid?bcc=all@example.invalid"),
)


def test_no_name_becomes_a_header_an_address_or_a_files_name(ada: World) -> None:
    """Whatever somebody's list said."""
    ada.plans.people.import_list(HOSTILE, by=ada.by("Amira"))
    for person in HOSTILE:
        ask(ada, person.staff_id)

    messages = ada.plans.cycles.requests()

    assert len(messages) == len(HOSTILE) + 2
    names = [message.file_name for message in messages]
    assert len({name.casefold() for name in names}) == len(names)
    for message in messages:
        assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,50}", message.file_name)
        parsed = read(message)
        assert set(parsed.keys()) <= {
            *("Content-Transfer-Encoding", "Content-Type", "Date", "From", "MIME-Version"),
            *("Message-ID", "Subject", "To", "X-Unsent"),
        }
        to = () if parsed["To"] is None else parsed["To"].addresses
        assert len(to) == (message.address is not None)
        if message.address is not None:
            assert str(parsed["To"]).rpartition(" ")[2] == f"<{message.address}>"
        assert not STEERING.search(message.text)
        assert not STEERING.search(body(parsed))
    known = {message.staff_id: message.address for message in messages}
    assert known["h4"] == "zoë@exämple.invalid"
    assert [known[id] for id in ("CON", "h9; rm -rf ~ #", "Ünï\u2028cöde", "H1")] == [None] * 4
    assert "--as 'h9; rm -rf ~ #'\n" in of(messages, "h9; rm -rf ~ #").text


def test_a_name_reads_as_it_is_written(ada: World) -> None:
    """Accents, commas and quotes are carried, where they steer nothing."""
    ada.plans.people.import_list(HOSTILE, by=ada.by("Amira"))
    for person in HOSTILE:
        ask(ada, person.staff_id)

    messages = ada.plans.cycles.requests()

    for staff_id, name in (
        ("h1", "Eve Bcc: all@example.invalid"),
        ("h2", 'Eve" <all@example.invalid>, "x'),
        ("h3", "Eve, all@example.invalid"),
        ("h5", "[31mRed [0m"),
    ):
        (to,) = read(of(messages, staff_id))["To"].addresses
        assert to.display_name == name
    zoe = of(messages, "h4")
    assert 'To: "Zoë Nguyễn, Dr" <zoë@exämple.invalid>\r\n'.encode() in zoe.email
