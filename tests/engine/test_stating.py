"""What the fields of a fact say: read, or told what was found and what was expected."""

from datetime import date

import pytest

from ehcp_flow.authorship.delta import readable
from ehcp_flow.errors import Ambiguous, NotFound
from ehcp_flow.rules.stating import NotStated, Someone, Stated, read
from ehcp_flow.statute.facts import of_england
from ehcp_flow.statute.law import england
from ehcp_flow.templates.built_in import ehcp

DAY = date(2026, 11, 11)
HEAD = Someone("dana", "Dana", ("head teacher", "class teacher"))


def who(name: str) -> Someone | None:
    """Dana is known; an id that is nobody's is refused, two are called Sam."""
    if name == "s4":
        return HEAD
    if name == "s99":
        raise NotFound("Nobody")
    if name == "Sam":
        raise Ambiguous("Two people go by that.")
    return None


def said(fact: str, *fields: tuple[str, str]) -> Stated:
    """What these fields of a fact say."""
    return read(of_england().fact(fact), fields, day=DAY, who=who, law=england(), template=ehcp())


def told(stated: Stated) -> dict[str, str]:
    """Its words by field."""
    return {n: readable(w) for n, w in zip(stated.told_as, stated.told, strict=True)}


def test_people_are_ids_where_they_are_known_and_words_where_not() -> None:
    """With the role, as it is written where they are known, and whether they were there."""
    stated = said(
        "review-meeting-held",
        ("present", "Head Teacher: s4: apologies"),
        ("present", "parent: Ada's mother: By Telephone"),
        ("present", "friend: Zed"),
    )

    assert dict(stated.details) == {
        "present.1": "dana",
        "present.1.role": "head teacher",
        "present.1.as": "apologies",
        "present.2.as": "by telephone",
        "present.3.as": "present",
    }
    assert told(stated) == {
        "present.1": "head teacher: Dana",
        "present.2": "parent: Ada's mother",
        "present.3": "friend: Zed",
    }


def test_free_text_is_never_a_detail() -> None:
    """It stands apart, normalised."""
    stated = said(
        "amendment-notice-sent",
        ("under", "any other time"),
        ("sections", "f, h1 B"),
        ("evidence", " The report.\r\n "),
        ("deemed-served", "13/11/2026"),
    )

    assert dict(stated.details) == {
        "under": "any other time",
        "sections": "B F H1",
        "deemed-served": "2026-11-13",
    }
    assert told(stated) == {"evidence": "The report."}


def test_ids_of_the_law_whatever_their_case() -> None:
    """As the law writes them."""
    stated = said(
        "exception-claimed", ("rule", "d08"), ("exception", "ex-a.A"), ("evidence", "A letter.")
    )

    assert dict(stated.details) == {"rule": "D08", "exception": "EX-A.a"}


@pytest.mark.parametrize(
    ("fact", "field", "value", "expected"),
    [
        ("review-decision-notified", "decision", "alter", "one of maintain, amend, cease"),
        ("review-decision-notified", "decision", "", "one of maintain, amend, cease"),
        ("review-meeting-arranged", "meeting", "2026-11-10", "or a later one"),
        ("review-meeting-arranged", "meeting", "soon", "a day such as 2026-11-03"),
        ("draft-plan-served", "sent", "2026-11-12", "or an earlier one"),
        ("review-interval-considered", "months", "13", "a number from 1 to 12"),
        ("review-interval-considered", "months", "0", "a number from 1 to 12"),
        ("review-interval-considered", "months", "³", "a number from 1 to 12"),
        ("plan-corrected", "sections", "Q", "sections such as B F"),
        ("plan-corrected", "sections", ",", "sections such as B F"),
        ("plan-corrected", "reasons", " \u200b ", "a text of at most"),
        ("plan-corrected", "reasons", "a" * 20_001, "a text of at most 20,000"),
        ("plan-corrected", "reasons", "nul\x00", "a text of at most"),
        ("exception-claimed", "rule", "D99", "the id of a rule"),
        ("exception-claimed", "exception", "EX-Z", "the id of an exception"),
        ("representation-answered", "representation", "one", "the number of a fact"),
        ("advice-received", "advice", "-1", "the number of an advice"),
        ("issued-version-sent", "version", "v1", "the number of an issued version"),
        ("review-meeting-held", "present", "Dana", "ROLE: NAME"),
        ("review-meeting-held", "present", "head teacher: ", "ROLE: NAME"),
        ("review-meeting-held", "present", ": present", "ROLE: NAME"),
        ("review-meeting-held", "present", "head teacher: s99", "known here by staff id"),
        ("review-meeting-held", "present", "SENCO: s4", "a role that Dana held on that day"),
        ("review-meeting-held", "present", "a" * 201 + ": b", "ROLE: NAME"),
    ],
)
def test_a_value_that_is_none(fact: str, field: str, value: str, expected: str) -> None:
    """What was found and what was expected."""
    kind = of_england().fact(fact)
    # Fields come in their order: those before it are as they should be.
    others = {
        "order": "other",
        "rule": "D08",
        "sections": "F",
        "said": "No.",
        "from": "parent: Ada's mother",
    }
    before = [one.name for one in kind.fields][: [f.name for f in kind.fields].index(field)]
    fields = [(name, others[name]) for name in before if name in others]
    with pytest.raises(NotStated) as no:
        said(fact, *fields, (field, value))
    assert no.value.field == field
    assert expected in no.value.expected
    assert len(str(no.value)) < 400


def test_a_field_that_is_needed() -> None:
    """Is asked for by name."""
    with pytest.raises(NotStated, match="review-decision-notified, decision: nothing was found"):
        said("review-decision-notified")


def test_a_field_that_is_not_there() -> None:
    """The nearest one is named."""
    with pytest.raises(NotFound, match="did you mean 'decision'"):
        said("review-decision-notified", ("decsion", "amend"))


def test_only_people_are_said_several_times() -> None:
    """And each of them once."""
    with pytest.raises(NotStated, match="it once"):
        said("review-decision-notified", ("decision", "amend"), ("decision", "cease"))
    with pytest.raises(NotStated, match="each person once"):
        said(
            "review-meeting-held", ("present", "head teacher: s4"), ("present", "class teacher: s4")
        )
    with pytest.raises(NotStated, match="each person once"):
        said("review-meeting-held", ("present", "parent: Zed"), ("present", "Parent: zed"))


def test_a_name_of_several_people() -> None:
    """Is theirs to make clear."""
    with pytest.raises(Ambiguous):
        said("review-meeting-held", ("present", "class teacher: Sam"))
