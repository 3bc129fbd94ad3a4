"""Between events and rows: what is stored, word for word, and read again."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.errors import RecordDamaged
from ehcp_flow.events import BY_STORED_NAME, Event, Happening, SectionEdited, Words
from ehcp_flow.evidence.chain import FIRST, link, state_digest, words_digest
from ehcp_flow.recording import checked, decode, encode, encode_all, history
from ehcp_flow.rules import reviewing
from ehcp_flow.storage import EventRow
from tests.examples import PLAN, SENCO, after, approved_plan, because, submitted_plan

STREAM = "7d5f6c2e-9a4b-4d3c-8e1f-0a1b2c3d4e5f"


def rows_of(events: Sequence[Event]) -> list[EventRow]:
    """Rows as a store would keep them."""
    rows: list[EventRow] = []
    prev = FIRST
    for stored in encode_all(PLAN, 0, events):
        of_state = state_digest(stored.state)
        prev = link(prev, of_state, STREAM, stored.topic, stored.originator_version)
        rows.append(
            EventRow(
                len(rows) + 1,
                STREAM,
                stored.originator_version,
                stored.topic,
                stored.state,
                stored.words,
                of_state,
                prev,
                "",
                "",
            )
        )
    return rows


def test_what_is_read_is_what_was_recorded() -> None:
    """Every event of a plan's life, words and all."""
    events = submitted_plan()
    events.append(reviewing.return_(after(events), "F", hand=because(SENCO, "Say who.")))

    read = [step.event for step in history(rows_of(events))]

    for one, other in zip(events, read, strict=True):
        assert _said(one) == _said(other)


def _said(event: Event) -> dict[str, object]:
    """What an event says, without the salts and digests that are drawn when it is recorded."""
    said: dict[str, object] = dict(vars(event))
    del said["salt"]
    if isinstance(event, SectionEdited):
        said["written"] = [piece.text for piece in event.written]
    if event.because is not None:
        said["because"] = event.because.text
    return said


def test_free_text_never_stands_in_the_facts() -> None:
    """It is kept apart, so that it can be withheld by itself."""
    event = next(e for e in approved_plan() if isinstance(e, SectionEdited))

    stored = encode(PLAN, 1, event)

    assert b"Two hours" not in stored.state
    assert stored.words is not None
    assert b"Two hours" in stored.words
    (kept,) = json.loads(stored.words)
    length, digest = json.loads(stored.state)["written"][0]
    assert length == len(kept["text"])
    assert digest == sha256(bytes.fromhex(kept["salt"]) + kept["text"].encode()).hexdigest()


def test_the_same_event_twice_has_other_salts() -> None:
    """Nobody can tell from a digest that two short texts are the same."""
    event = approved_plan()[0]

    assert encode(PLAN, 1, event).state != encode(PLAN, 1, event).state


def test_withheld_words_are_read_as_their_length() -> None:
    """The facts and the chain stand without them."""
    rows = [row._replace(words=None) for row in rows_of(approved_plan())]

    edited = next(s.event for s in history(rows) if isinstance(s.event, SectionEdited))

    assert edited.written[0].text is None
    assert edited.written[0].length == len("Two hours a week.")


@pytest.mark.parametrize(
    "change",
    [
        {"state": b'{"salt":""}'},
        {"type": "section-approved"},
        {"version": 9},
        {"state_digest": b"\0" * 32},
        {"digest": b"\0" * 32},
        {"stream": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_an_altered_row_is_found(change: dict[str, object]) -> None:
    """And the step at which the record is not as it was recorded is named."""
    rows = rows_of(approved_plan())
    rows[2] = rows[2]._replace(**change)  # type: ignore[arg-type]

    with pytest.raises(RecordDamaged, match="Step 3"):
        checked(rows)


def test_a_dropped_and_a_swapped_row_are_found() -> None:
    """The chain says what came before."""
    rows = rows_of(approved_plan())

    with pytest.raises(RecordDamaged, match="Step 3"):
        checked([*rows[:2], *rows[3:]])
    with pytest.raises(RecordDamaged, match="Step 1"):
        checked([rows[1], rows[0], *rows[2:]])


def test_an_event_of_a_newer_version_is_not_guessed_at() -> None:
    """The sentence says what to install."""
    with pytest.raises(RecordDamaged, match="does not know"):
        decode("section-sung", b"{}", None)


@given(st.binary(max_size=60))
def test_any_bytes_are_an_event_or_damage(state: bytes) -> None:
    """Never another error, and never what people wrote in the message."""
    with pytest.raises(RecordDamaged):
        decode("section-edited", state, None)


def test_words_that_do_not_fit_are_damage() -> None:
    """Too few of them, or none at all where facts speak of some."""
    stored = encode(PLAN, 1, next(e for e in approved_plan() if isinstance(e, SectionEdited)))

    for kept in (b"[]", b"{}", b"nonsense", b"[1]"):
        with pytest.raises(RecordDamaged):
            decode(stored.topic, stored.state, kept)


def test_the_chain_byte_for_byte() -> None:
    """Worked out by hand from the construction in the module."""
    state = b'{"salt":"00"}'
    of_state = sha256(state).hexdigest()
    statement = (
        '{"prev":"","state_digest":"' + of_state + '","stream":"' + STREAM + '",'
        '"type":"plan-opened","version":1}'
    )

    assert state_digest(state).hex() == of_state
    assert (
        link(FIRST, state_digest(state), UUID(STREAM), "plan-opened", 1)
        == sha256(b"\0" + statement.encode()).digest()
    )
    assert words_digest("00" * 16, "é") == sha256(b"\0" * 16 + "é".encode()).hexdigest()


STORED: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "stored_forms.json").read_text(encoding="utf-8")
)
"""Rows as they were written once, word for word, and what each of them says. A form that was
written is never taken out of it: what comes later is added."""


@pytest.mark.parametrize("form", STORED, ids=lambda form: str(form["type"]))
def test_stored_forms_are_read_for_ever(form: dict[str, Any]) -> None:
    """Whatever the code has come to since."""
    kept = None if form["words"] is None else form["words"].encode()

    event = decode(form["type"], form["state"].encode(), kept)

    said = {name: _plain(getattr(event, name)) for name in type(event).model_fields}
    assert {name: value for name, value in said.items() if value is not None} == form["says"]


def test_every_event_has_a_stored_form() -> None:
    """Among them both of an edit: before deltas took words from elsewhere, and since."""
    assert {form["type"] for form in STORED} == BY_STORED_NAME.keys()
    edits = [form["state"] for form in STORED if form["type"] == "section-edited"]
    assert [("matcher" in state, '"take"' in state) for state in edits] == [
        (False, False),
        (True, True),
    ]


def _plain(value: object) -> object:
    match value:
        case Words():
            return value._asdict()
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return [_plain(each) for each in cast("tuple[object, ...]", value)]
        case _:
            return value


def test_the_stored_names_and_fields_are_the_format() -> None:
    """A stored event outlives the code: this list only ever grows."""
    fields = {
        name: " ".join(f for f in kind.model_fields if f not in _HAND)
        for name, kind in BY_STORED_NAME.items()
    }

    assert fields == FORMAT


_HAND = {*Happening.model_fields, "stored_as"}

FORMAT = {
    "person-listed": "staff_id person_name email qualifications years days experience",
    "person-corrected": "person_name email qualifications years days experience",
    "role-granted": "held_role held_at held_from held_until",
    "role-revoked": "held_role held_at held_from held_until",
    "plan-opened": (
        "reference template surname forename born upn no_upn year group tutor needs made_on "
        "last_review template_version school authority"
    ),
    "pupil-changed": (
        "surname forename born upn year group tutor needs made_on last_review listed school "
        "authority"
    ),
    "absence-recorded": "away_from away_until",
    "section-assigned": "section task to to_name to_role due cycle rule chosen text",
    "assignment-withdrawn": "section task to to_name instead instead_name",
    "section-text-imported": (
        "section revision delta written text_digest length not_recorded_before"
    ),
    "assignment-accepted": "section task",
    "assignment-declined": "section task reason back_to",
    "advice-given": (
        "advice kind given_by given_by_name given_by_role text text_digest length file file_digest "
        "raw"
    ),
    "section-edited": "section revision over delta written text_digest length matcher claimed",
    "section-submitted": "section revision",
    "section-returned": "section revision",
    "section-approved": "section revision",
    "section-signed-off": "section revision text_digest meaning",
    "review-set-up": "cycle cycle_name meeting kind",
    "review-withdrawn": ("cycle cycle_name earlier_cycle earlier_cycle_name earlier_meeting"),
    "attendance-asked": "cycle to to_name to_role meeting rule chosen",
    "advice-asked": "cycle kind to to_name to_role due rule chosen text",
    "duty-accepted": "cycle kind",
    "duty-declined": "cycle kind reason back_to",
    "duty-withdrawn": "cycle kind to to_name instead instead_name",
    "fact-recorded": "number fact details told_as told replaces",
    "fact-withdrawn": "number",
    "plan-issued": "issue kind sections issue_digest trigger",
    "issue-sent": "issue to_role to_name to way",
    "model-chosen": "model model_version since data data_digest",
    "template-adopted": "template template_version data data_digest",
    "cycle-applied": "cycle_name file_digest plans tasks kind",
}


def test_withheld_words_are_not_recorded_again() -> None:
    """Nothing can be written without its text."""
    event = next(e for e in approved_plan() if isinstance(e, SectionEdited))
    emptied = event.model_copy(update={"written": (Words(3, "d"),)})

    with pytest.raises(RecordDamaged, match="withheld"):
        encode(PLAN, 1, emptied)
