"""The rules of England: what the file says, which version holds, and what comes of it."""

import doctest
import tomllib
from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ehcp_flow.errors import BadInput, NotFound
from ehcp_flow.statute import rules
from ehcp_flow.statute.clocks import length, review_due
from ehcp_flow.statute.law import COMPOSED, england, parse
from ehcp_flow.statute.rules import due, due_together, rule_for

TEXT = files("ehcp_flow.statute").joinpath("england.toml").read_text(encoding="utf-8")

ALL = england().rules

COUNTED = sorted({rule.id for rule in ALL if rule.count not in (*COMPOSED, "carry", "none")})


# What the file says ------------------------------------------------------------------------------


def test_every_known_limit_is_there() -> None:
    """By the number it has in the list that the file was made from."""
    numbers = {rule.id.partition(".")[0] for rule in ALL}

    parts = [range(1, 10), range(20, 33), range(40, 48), range(50, 60), range(60, 74)]
    assert numbers == {f"D{number:02}" for part in parts for number in part}


def test_every_version_is_there_once() -> None:
    """And says where it stands, what it is and from where it is known."""
    assert len({(rule.id, rule.version) for rule in ALL}) == len(ALL)
    for rule in ALL:
        assert rule.citation, rule.id
        assert rule.sources, rule.id
        assert rule.limit, rule.id


def test_everything_that_is_declared_is_used() -> None:
    """Facts, exceptions and sources; a slip of the pen would leave one alone."""
    law = england()
    text = "\n".join(
        [
            *(f"{rule.sources} {rule.doubts}" for rule in law.rules),
            *(one.sources for one in law.exceptions),
        ]
    )

    used = {fact for rule in ALL for fact in (*rule.trigger, *rule.met_by)}
    assert used == set(law.facts)
    assert {one for rule in ALL for one in rule.exceptions} == {one.id for one in law.exceptions}
    assert [key for key in law.sources if key not in text] == []


UNSURE = ["D03.school@1", "D25@2", "D28@2", "D52@2"]
RECALLED = [
    "D01@1",
    "D02@2",
    "D04@2",
    "D05@1",
    "D07@1",
    "D24@1",
    "D30.comment@1",
    "D30.final@1",
    "D31@1",
    "D32@1",
    "D40@4",
    "D47@1",
    "D51@1",
    "D56@1",
    "D58@1",
    "D62@1",
    "D68@1",
]
DERIVED = ["D29.first@1", "D43@1"]
DOUBTED = ["D25", "D26", "D28", "D43.aware", "D47", "D52", "D61", "D73.notify", "D73.content"]


def test_no_mark_is_lost() -> None:
    """What was not read is not told as if it had been."""
    by_mark: dict[str, list[str]] = {}
    for rule in ALL:
        by_mark.setdefault(rule.mark, []).append(f"{rule.id}@{rule.version}")

    assert by_mark["unsure"] == UNSURE
    assert by_mark["recalled"] == RECALLED
    assert by_mark["derived"] == DERIVED
    assert {one.id for one in england().exceptions if one.mark == "recalled"} == {
        "EX-B.b",
        "EX-B.c",
        "EX-H",
    }


def test_what_is_unsure_beside_a_limit_is_said() -> None:
    """In words, with the mark."""
    said = {rule.id for rule in ALL if rule.doubts and "[unsure]" in rule.doubts}

    assert said == {*DOUBTED, "D03.school"}


def test_guidance_is_not_told_as_law() -> None:
    """Nor a judgment as a regulation."""
    status = {rule.id: rule.status for rule in ALL}

    assert {one for one, is_a in status.items() if is_a == "guidance"} == {
        "D05",
        "D07",
        "D21",
        "D31",
    }
    assert {one for one, is_a in status.items() if is_a == "case"} == {"D26", "D29", "D29.first"}
    assert {one for one, is_a in status.items() if is_a == "act"} == {"D20", "D56", "D57"}


def _changed(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (_changed('status = "regulation"', 'status = "regulation"\ncolour = "red"'), "Extra"),
        (_changed('status = "regulation"', 'status = "custom"'), "Input should be 'act'"),
        (_changed('mark = "recalled"', 'mark = "sure"'), "Input should be 'read'"),
        (_changed("length = 6", 'length = "6"'), "valid integer"),
        (_changed("length = 6\n", ""), "within goes with length, unit"),
        (_changed('count = "within"', 'count = "before"'), "before goes with day, month"),
        (_changed('citation = "', 'title = "'), "no TOML"),
        (
            _changed('exceptions = ["EX-A.a"', 'exceptions = ["EX-Z.a"'),
            "the exception EX-Z.a",
        ),
        (_changed('sources = "L5"', 'sources = "L6"'), "names the source L6"),
        (_changed('trigger = ["advice-requested"]', 'trigger = ["x"]'), "names the fact x"),
        (_changed('trigger = ["advice-requested"]\n', ""), "its trigger do not fit"),
        (_changed("until = 2015-08-31", "until = 2015-09-01"), "versions 1 and 2 of D40 overlap"),
        (_changed("version = 2", "version = 3"), "not numbered 1, 2, 3"),
        (_changed("until = 2015-08-31", "until = 2013-08-31"), "ends before it begins"),
        (_changed("from = 2022-03-08\n", ""), "a judgment has a date"),
        (_changed("until = 2020-09-25\n", ""), "has a first and last day"),
        (_changed('of = ["D28", "D29"]', 'of = ["D29", "D66"]'), "made of rules that are made"),
        (_changed('carried_by = ["D67", "D68"]', 'carried_by = ["D01"]'), "carries nothing"),
        (
            _changed('length = 3\nunit = "days"', 'length = 3\nunit = "weeks"'),
            "is in days",
        ),
        ("jurisdiction = ", "no TOML"),
        ("", "Field required"),
    ],
)
def test_a_file_that_does_not_hang_together_is_refused(text: str, why: str) -> None:
    """As a whole, with the file's name and the reason in one line."""
    with pytest.raises(BadInput, match=why) as refused:
        parse(text, "mine.toml")

    assert str(refused.value).startswith("mine.toml")
    assert "\n" not in str(refused.value)


# Which version holds -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trigger", "last", "version"),
    [
        (date(2020, 3, 1), date(2020, 4, 26), 1),
        (date(2020, 3, 5), date(2020, 4, 30), 1),
        # By the day the limit falls, whatever the trigger.
        (date(2020, 3, 6), date(2020, 5, 1), 2),
        (date(2020, 7, 31), date(2020, 9, 25), 2),
        (date(2020, 8, 1), date(2020, 9, 26), 1),
    ],
)
def test_a_relaxation_that_goes_by_the_day_the_limit_falls(
    trigger: date, last: date, version: int
) -> None:
    """It lets the limit be disapplied, and leaves the day where it is."""
    found = due("D28", trigger)

    assert (found.last_day, found.rule.version) == (last, version)
    assert ("EX-C" in found.rule.exceptions) == (version == 2)


@pytest.mark.parametrize(
    ("trigger", "weeks"),
    [(date(2015, 3, 22), 4), (date(2015, 3, 23), 5), (date(2026, 11, 2), 5)],
)
def test_a_rule_that_was_substituted(trigger: date, weeks: int) -> None:
    """The version is chosen by the trigger, never by today."""
    assert due("D73.content", trigger).last_day == trigger + timedelta(weeks=weeks)


@pytest.mark.parametrize(
    ("transfer", "last"),
    [
        (date(2015, 9, 1), date(2015, 5, 30)),
        (date(2016, 9, 1), date(2016, 3, 30)),
        (date(2027, 9, 1), date(2027, 3, 30)),
    ],
)
def test_a_version_for_one_day(transfer: date, last: date) -> None:
    """Transfers on 1 September 2015 had until before 31 May."""
    assert due("D40", transfer).last_day == last


def test_a_judgment_is_uncertain_before_its_date() -> None:
    """Not absent: it says what the law was all along."""
    before, after = due("D26", date(2022, 3, 7)), due("D26", date(2022, 3, 8))

    assert before.last_day == date(2022, 4, 4)
    assert before.uncertain is not None
    assert "2022-03-08" in before.uncertain
    assert after.uncertain is None


def test_a_day_before_there_was_the_rule_is_refused() -> None:
    """With the days for which it is known."""
    with pytest.raises(
        NotFound, match="D02 did not hold on 2014-08-31: it is known for 2014-09-01"
    ):
        rule_for("D02", on=date(2014, 8, 31))


def test_a_rule_that_is_not_there() -> None:
    """With one that is near."""
    with pytest.raises(NotFound, match=r"perhaps D73.plan is meant"):
        due("D73.plann", date(2026, 9, 14))
    with pytest.raises(NotFound, match="There is no exception"):
        england().exception("EX-Z")
    assert england().exception("EX-T.b").when == "Absence of not less than 2 weeks (not 4)."


def test_a_proposal_is_no_law() -> None:
    """It may be in the file, and is never applied."""
    law = parse(_changed('status = "regulation"', 'status = "proposal"'))

    with pytest.raises(NotFound, match="There is no rule 'D01'"):
        rule_for("D01", on=date(2026, 9, 14), law=law)


# What comes of it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule_id", "trigger", "last"),
    [
        ("D02", date(2026, 9, 14), date(2026, 10, 26)),
        ("D04", date(2026, 9, 14), date(2027, 1, 4)),
        ("D08", date(2026, 9, 14), date(2027, 2, 1)),
        ("D06", date(2027, 1, 4), date(2027, 1, 18)),
        ("D20", date(2026, 9, 14), date(2027, 9, 13)),
        ("D22", date(2026, 11, 11), date(2026, 10, 28)),
        ("D24", date(2026, 11, 11), date(2026, 11, 25)),
        ("D25", date(2026, 11, 11), date(2026, 12, 9)),
        ("D29", date(2026, 11, 11), date(2027, 2, 3)),
        ("D41", date(2027, 9, 1), date(2027, 2, 14)),
        ("D43.day", date(2026, 12, 14), date(2026, 12, 14)),
        ("D43.aware", date(2026, 12, 14), date(2027, 1, 6)),
        ("D57", date(2001, 9, 1), date(2027, 8, 31)),
        ("D61", date(2026, 12, 23), date(2026, 12, 30)),
        ("D66.decision", date(2026, 12, 31), date(2027, 3, 1)),
        ("D66.decision", date(2026, 10, 27), date(2027, 1, 4)),
        ("D66.decision", date(2026, 6, 15), date(2026, 9, 1)),
    ],
)
def test_worked_examples(rule_id: str, trigger: date, last: date) -> None:
    """Those of the list that the file was made from, and some beside them."""
    assert due(rule_id, trigger).last_day == last


def test_an_answer_says_where_it_stands_and_how_well_it_is_known() -> None:
    """The rule's own mark, and the weaker one of the rule and of how it was counted."""
    found = due("D08", date(2026, 9, 14))

    assert found.citation == "SEND Regulations 2014 (SI 2014/1530), regulation 13(2), (3)"
    assert (found.status, found.mark) == ("regulation", "read")
    assert (found.counted_mark, found.weakest_mark) == ("recalled", "recalled")
    assert found.explanation == (
        "20 weeks after Monday 2026-09-14, which is not counted: the last day is Monday 2027-02-01."
    )


def test_a_limit_on_a_weekend_stays_there_and_says_so() -> None:
    """No rule that carries it on was seen for an authority."""
    found = due("D25", date(2026, 11, 14))

    assert found.last_day == date(2026, 12, 12)
    assert found.explanation.endswith(
        "It stays on the weekend: no rule that carries it on was seen [unsure]."
    )


def test_an_exception_disapplies_a_limit_and_never_moves_it() -> None:
    """The day is the same; the exception is named."""
    plain = due("D08", date(2026, 9, 14))
    claimed = due("D08", date(2026, 9, 14), exceptions=["EX-A.c"])

    assert claimed.disapplied_by == ("EX-A.c",)
    assert claimed.last_day == plain.last_day


def test_an_exception_of_another_rule_is_refused() -> None:
    """There is none in the annual review, and absence is shorter at the tribunal."""
    with pytest.raises(BadInput, match=r"'EX-A.a' is no exception of D25; these are: none"):
        due("D25", date(2026, 11, 11), exceptions=["EX-A.a"])
    with pytest.raises(BadInput, match=r"these are: EX-T.a, EX-T.b, EX-T.c"):
        due("D70.final", date(2026, 11, 11), exceptions=["EX-A.d"])


@pytest.mark.parametrize(
    ("rule_id", "why"),
    [
        ("D01", "D01 gives no day: as soon as practicable."),
        ("D67", "D67 gives no day: the first working day after it."),
        ("D66", "D66 is the later of D66.decision, D66.certificate: give the day of each"),
    ],
)
def test_a_rule_without_a_day_says_what_there_is(rule_id: str, why: str) -> None:
    """And makes none up."""
    with pytest.raises(BadInput, match=why):
        due(rule_id, date(2026, 9, 14))


def test_the_later_of_two_limits() -> None:
    """An appeal: two months from the decision or one from the certificate."""
    sent = date(2026, 9, 14)

    both = due_together(
        "D66", {"decision-sent": sent, "mediation-certificate-issued": date(2026, 11, 2)}
    )
    one = due_together("D66", {"decision-sent": sent})

    assert both.last_day == date(2026, 12, 2)
    assert one.last_day == date(2026, 11, 16)
    assert "D66.certificate is left out: no day for mediation-certificate-issued" in one.explanation


def test_the_earlier_of_two_limits() -> None:
    """Twelve weeks are a maximum: a notice sent early brings the plan forward."""
    found = due_together(
        "D29.first",
        {"review-meeting-held": date(2026, 11, 11), "amendment-notice-sent": date(2026, 11, 18)},
    )

    assert found.last_day == date(2027, 1, 13)
    assert found.mark == "derived"
    assert found.explanation.endswith("The earlier is 2027-01-13.")


def test_the_latest_of_several_facts_starts_a_limit() -> None:
    """Once a plan was reviewed its twelve months run from that."""
    days = {"plan-made": date(2020, 1, 6), "plan-reviewed": date(2025, 11, 18)}

    assert due_together("D20", days).last_day == date(2026, 11, 17)
    moved = due_together("D45", {**days, "plan-transferred": date(2026, 11, 2)})
    assert moved.last_day == date(2027, 2, 1)


@pytest.mark.parametrize("rule_id", ["D20", "D66"])
def test_no_fact_no_day(rule_id: str) -> None:
    """The refusal names the facts."""
    with pytest.raises(BadInput, match=f"{rule_id} needs the day of one of these facts: "):
        due_together(rule_id, {"left-education": date(2026, 1, 1)})


def test_a_fact_that_is_not_there_is_refused() -> None:
    """A slip of the pen must not leave a limit out."""
    with pytest.raises(BadInput, match=r"no fact 'decision-snt'; perhaps decision-sent is meant"):
        due_together("D66", {"decision-snt": date(2026, 9, 14)})


@pytest.mark.parametrize("rule_id", COUNTED)
@given(days=st.lists(st.dates(date(2022, 3, 8), date(2027, 10, 31)), min_size=2, max_size=2))
def test_a_later_trigger_never_gives_an_earlier_day(rule_id: str, days: list[date]) -> None:
    """Under every rule that counts; and the explanation names the day."""
    first, second = sorted(days)

    one, other = due(rule_id, first), due(rule_id, second)

    assert one.last_day <= other.last_day
    assert str(one.last_day) in one.explanation
    if one.rule.count not in ("before", "at-least-before"):
        assert one.last_day >= first


@given(st.dates(date(2014, 9, 1), date(2090, 12, 31)))
def test_the_annual_review_is_counted_alike_everywhere(day: date) -> None:
    """Where cycles are set up and here."""
    assert due("D20", day).last_day == review_due(day, None)


def test_the_weeks_of_the_annual_review_are_alike_everywhere() -> None:
    """Those after the meeting and those before it; before there was the rule, its first ones."""
    assert length("D25", date(2026, 11, 2)) == timedelta(weeks=4)
    assert length("D22", date(2010, 1, 1)) == timedelta(weeks=2)
    with pytest.raises(ValueError, match="D20 is counted in neither days nor weeks"):
        length("D20", date(2026, 11, 2))


def test_the_file_is_toml_that_anybody_reads() -> None:
    """It says how to read it, and for which jurisdiction it is."""
    assert tomllib.loads(TEXT)["jurisdiction"] == "England"
    assert "Not legal advice." in TEXT


def test_what_the_module_shows_is_so() -> None:
    """Its examples run."""
    failed, tried = doctest.testmod(rules)

    assert (failed, tried > 0) == (0, True)
