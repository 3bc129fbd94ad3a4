"""The catalogue of facts: that it fits the rules, and what a mistake in it leads to."""

import pytest

from ehcp_flow.errors import BadInput, NotFound
from ehcp_flow.statute.facts import limits, of_england, parse
from ehcp_flow.statute.law import england

GOOD = """
jurisdiction = "Nowhere"
recipients = ["parent"]
derived = { born = "the date of birth" }

[[fact]]
id = "asked"
title = "Somebody asked"
by = "office"
basis = "Rule 1"
mark = "read"
sources = "L1"
fields = [{ name = "how", kind = "choice", says = "How", choices = ["loudly", "not"] }]

[[fact]]
id = "answered"
title = "Somebody answered"
by = "authority"
basis = "Rule 2"
mark = "unsure"
sources = "L2"
needs = [{ any = ["asked: how=loudly"] }]
"""


def test_every_fact_of_the_limits_can_be_recorded_or_is_derived() -> None:
    """So that every limit can be started and met."""
    facts = of_england()
    known = {kind.id for kind in facts.facts} | set(facts.derived)

    assert set(england().facts) <= known
    # Nothing is left of a fact that the rules gave up.
    assert set(facts.derived) <= set(england().facts)


def test_a_fact_that_no_limit_knows_starts_and_meets_none() -> None:
    """Whoever gives a limit such a fact lists it in ``england.toml``."""
    beyond = {kind.id for kind in of_england().facts} - set(england().facts)

    assert {"review-opened", "dissent-recorded", "plan-corrected"} <= beyond
    assert all(limits(fact, england()) == ((), ()) for fact in beyond)


def test_the_limits_of_a_fact() -> None:
    """A meeting starts the report, the decision and the outer limit; a decision ends a review."""
    starts, _ = limits("review-meeting-held", england())
    _, meets = limits("review-decision-notified", england())

    assert {"D24", "D25", "D29"} <= {rule.id for rule in starts}
    assert {"D20", "D25"} <= {rule.id for rule in meets}
    assert all(rule.chosen_by == "trigger" for rule in (*starts, *meets))


@pytest.mark.parametrize("kind", of_england().facts, ids=lambda kind: str(kind.id))
def test_what_decides_and_what_is_issued_is_the_authoritys(kind: object) -> None:
    """Sections 37 and 44: nobody else records it."""
    known = of_england().fact(getattr(kind, "id", ""))
    decides = any(field.name == "decision" for field in known.fields)

    if decides or known.recipients or known.id.startswith(("amend", "cease", "plan-c")):
        assert known.by == "authority"


def test_an_unknown_fact_is_told_with_the_nearest() -> None:
    """And one that is derived with where it comes from."""
    with pytest.raises(NotFound, match="did you mean 'review-meeting-held'"):
        of_england().fact("review-meting-held")
    with pytest.raises(NotFound, match="`ehcp-flow record --list`"):
        of_england().fact("xyzzy")
    with pytest.raises(NotFound, match="date of birth"):
        of_england().fact("born")
    with pytest.raises(NotFound, match="did you mean 'decision'"):
        of_england().fact("review-decision-notified").field("decison")


def test_a_good_catalogue_is_read() -> None:
    """As it stands."""
    facts = parse(GOOD, sources=["L1", "L2"])

    assert facts.fact("asked").field("how").choices == ("loudly", "not")
    assert str(facts.fact("answered").needs[0].any[0]) == "asked with how loudly"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('jurisdiction = "Nowhere"', "jurisdiction = ", "found no TOML"),
        ('by = "office"', 'by = "nobody"', "own.toml, fact, 0, by"),
        ('mark = "unsure"', 'mark = "surely"', "own.toml, fact, 1, mark"),
        ('id = "answered"', 'id = "asked"', "the fact asked is there twice"),
        ('any = ["asked: how=loudly"]', 'any = ["begged"]', "answered names the fact begged"),
        ("how=loudly", "how=softly", "answered asks for how=softly"),
        ('name = "how"', 'name = "because"', "because says something of every fact"),
        ('kind = "choice"', 'kind = "day"', "how: choices goes with the kind choice"),
        (', choices = ["loudly", "not"]', "", "how: a choice says its choices"),
        ('says = "How"', 'says = "How", when = "later"', "how: when goes with the kind day"),
        ("born =", "asked =", "the fact asked is recorded and derived"),
        ('title = "Somebody asked"', "", "own.toml, fact, 0, title"),
        ('sources = "L2"', 'sources = "L3"', "answered: no source L3"),
    ],
)
def test_a_mistake_in_a_catalogue_is_told(old: str, new: str, said: str) -> None:
    """With the key, what was found and what was expected; and nothing of it is read."""
    assert old in GOOD
    with pytest.raises(BadInput) as no:
        parse(GOOD.replace(old, new, 1), "own.toml", sources=["L1", "L2"])
    assert said in str(no.value)
    assert "\n" not in str(no.value)
