"""Plans whose pages are looked at: many hands, words taken from elsewhere, and hostile ones."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from ehcp_flow.attributing import Authors
from ehcp_flow.authorship.delta import find_delta, text_digest
from ehcp_flow.events import (
    AdviceGiven,
    Meaning,
    Operation,
    PlanEvent,
    SectionEdited,
    SectionSignedOff,
    Words,
    words,
)
from ehcp_flow.hands import Hand
from ehcp_flow.plan import Plan, fold
from ehcp_flow.recording import Recorded
from ehcp_flow.templates.built_in import ehcp
from tests.examples import OPENED, PLAN, SENCO, TEACHER, hand, issued

MADE = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)

HOSTILE = (
    "<script>alert(1)</script>\"><img src=x onerror=alert(2)></style></title><!--'&amp;"
    "\u202ekcab\u202c\u2066\u2069\u200f\u061c\x1b[31m\ufeff 👩\u200d👩\u200d👧 שלום {{7*7}}"
)

ADVICE = "Ada hears best in a quiet room. She tires after 20 minutes."


class Record:
    """A plan's record, written event by event."""

    def __init__(self) -> None:
        self.events: list[PlanEvent] = [OPENED]

    @property
    def plan(self) -> Plan:
        """The plan as it stands."""
        return fold(PLAN, self.events)

    @property
    def authors(self) -> Authors:
        """Who wrote which words of it."""
        steps = [Recorded(PLAN, n, event) for n, event in enumerate(self.events, start=1)]
        return Authors(steps, ehcp().ids)

    def write(self, section: str, text: str, who: Hand) -> None:
        """Somebody makes a section's text this one."""
        delta, written = find_delta(self.plan.section(section).text, text)
        self._edit(section, delta, written, text, who)

    def take(
        self, section: str, delta: Sequence[Operation], who: Hand, *written: str, text: str
    ) -> None:
        """Somebody's editor says where words come from."""
        self._edit(section, tuple(delta), tuple(map(words, written)), text, who)

    def _edit(
        self,
        section: str,
        delta: tuple[Operation, ...],
        written: tuple[Words, ...],
        text: str,
        who: Hand,
    ) -> None:
        over = self.plan.section(section).revision
        self.events.append(
            SectionEdited(
                **who.act("typist" if who.on_behalf_of_name else "drafter"),
                section=section,
                revision=over + 1,
                over=over,
                delta=delta,
                written=written,
                text_digest=text_digest(text),
                length=len(text),
            )
        )

    def advise(self, who: Hand, name: str, text: str) -> None:
        """Somebody brings in an advice."""
        self.events.append(
            AdviceGiven(
                **who.act("coordinator"),
                advice=len(self.plan.advice) + 1,
                kind="education",
                given_by_name=words(name),
                given_by_role="teacher of the deaf",
                text=words(text),
                text_digest=text_digest(text),
                length=len(text),
                file_digest=text_digest(text),
            )
        )

    def sign(self, section: str, who: Hand, meaning: Meaning = "review") -> None:
        """Somebody signs the text as it stands."""
        now = self.plan.section(section)
        self.events.append(
            SectionSignedOff(
                **who.act("reviewer"),
                section=section,
                revision=now.revision,
                text_digest=now.text_digest,
                meaning=meaning,
            )
        )


def many_hands() -> Record:
    """A plan with everything in it that a page marks."""
    record = Record()
    record.advise(SENCO, "Ivo Brandt", ADVICE)
    first = "Ada has two hours of teaching a week.\n\nShe sits near the front."
    record.events.append(issued(record.plan, first))
    second = first.replace("two hours", "three hours").replace("front.", "front, by the window.")
    record.write("F", second, TEACHER)
    third = f"{second}\n\n{ADVICE[:31]}"
    record.take(
        "F",
        [("keep", len(second)), ("write", 2, 0), ("take", "advice@1", 0, 31, "adopted")],
        SENCO,
        "\n\n",
        text=third,
    )
    record.sign("F", SENCO)
    record.write("F", f"{third}\n\nA signed word list is kept.", hand("Otto", "machine user"))
    machine = hand("Otto", "machine user", channel="machine")
    record.write("F", f"{record.plan.section('F').text} It is read aloud.", machine)
    record.take(
        "B",
        [("take", "F@3", 0, len(second), "copied"), ("write", 6, 0)],
        hand("Carol", "subject teacher", on=date(2026, 10, 1), on_behalf_of="Ada's parents"),
        " Good.",
        text=f"{second} Good.",
    )
    text = ""
    for n in range(14):
        text = f"{text}{' ' if text else ''}Hand number {n + 1} says so."
        record.write("E", text, hand(f"Person {n + 1}", "therapist"))
    return record


def hostile() -> Record:
    """A plan in which every word that somebody gave would be more than a word."""
    record = Record()
    who = hand(HOSTILE, HOSTILE, on_behalf_of=HOSTILE)
    record.advise(hand(HOSTILE, "SENCO"), HOSTILE, HOSTILE)
    record.write("A", f"{HOSTILE}\n\n{HOSTILE} once\n- {HOSTILE}", who)
    record.sign("A", who)
    now = record.plan.section("A").text
    end = len(now)
    record.take(
        "A",
        [("keep", end), ("take", "advice@1", 0, len(HOSTILE), "adopted")],
        hand(HOSTILE, "SENCO", channel="machine"),
        text=now + HOSTILE,
    )
    record.write("A", (now + HOSTILE).replace("once", "</script> twice"), who)
    return record


def long_kept(revisions: int = 75) -> Record:
    """A section with more revisions than a page shows."""
    record = Record()
    for n in range(revisions):
        record.write("C", f"Ada is seen {n} times a year.", SENCO)
        if n == 33:
            record.sign("C", SENCO)
    return record
