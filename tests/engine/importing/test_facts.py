"""Is a file of facts read row by row, with every fault where it stands?"""

import pytest

from ehcp_flow.errors import BadInput
from ehcp_flow.importing.facts import FactFile, read_facts
from ehcp_flow.statute.facts import of_england


def facts(*lines: str, headings: str, **mapping: str) -> FactFile:
    """Read a file of these lines."""
    data = "\n".join([headings, *lines]).encode()
    return read_facts(data, facts=of_england(), mapping=mapping, name="facts.csv")


def faults(file: FactFile) -> list[tuple[int, str, str]]:
    """Where each fault is, and what was found."""
    return [(fault.line, fault.column, fault.found) for fault in file.faults]


def test_each_row_is_a_fact_with_the_fields_it_has() -> None:
    """People are kept apart by semicolons, days come as exports write them."""
    file = facts(
        "2026-0001,review-meeting-held,11/06/2026,SENCO: s1; parent: Zed: apologies,,,",
        '2026-0001,Review decision notified,2026-07-01,,amend,,"Late, by far"',
        "2026-0002,review-meeting-arranged,1-Jul-2026,,,11/07/2026,",
        headings="Plan,Fact,Date,Present,Decision,Meeting,Because",
    )

    assert file.faults == ()
    one, two, three = file.facts
    assert (one.line, one.plan, one.fact, f"{one.on}") == (
        *(2, "2026-0001", "review-meeting-held"),
        "2026-06-11",
    )
    assert one.said == (("present", "SENCO: s1"), ("present", "parent: Zed: apologies"))
    assert (two.fact, two.said) == ("review-decision-notified", (("decision", "amend"),))
    assert (one.because, two.because) == (None, "Late, by far")
    assert three.said == (("meeting", "2026-07-11"),)


def test_whoever_was_sent_a_version_stands_in_a_column() -> None:
    """Several are kept apart by semicolons."""
    file = facts("p,plan-finalised,2026-07-01,parent: Z; school: s7", headings="plan,fact,on,to")

    assert file.facts[0].to == ("parent: Z", "school: s7")


def test_every_fault_is_named_with_its_line_and_column() -> None:
    """Also a cell in the column of a field that the fact does not have."""
    file = facts(
        ",review-opened,2026-06-01,,",
        "p,review-opend,2026-06-01,annual,",
        "p,review-opened,31/02/2026,annual,",
        "p,review-opened,2026-06-01,annual,amend",
        "p,review-opened,2026-06-01,annual,,more",
        headings="plan,fact,on,kind,decision",
    )

    assert faults(file) == [
        (2, "plan", ""),
        (3, "fact", "review-opend"),
        (4, "on", "31/02/2026"),
        (5, "decision", "amend"),
        (6, "after decision", "more"),
    ]
    assert "perhaps 'review-opened'" in file.faults[1].expected
    assert "it has kind, meeting, notes" in file.faults[3].expected
    assert file.facts == ()
    assert file.faulty_lines == (2, 3, 4, 5, 6)


def test_a_heading_that_nobody_knows_would_be_lost() -> None:
    """So the file is not read, unless it is left out on purpose."""
    with pytest.raises(BadInput, match=r"'Decison' is no field .* did you mean 'decision'"):
        facts("p,review-opened,2026-06-01,amend", headings="plan,fact,on,Decison")
    file = facts(
        "p,review-opened,2026-06-01,yes", headings="plan,fact,on,Checked", Checked="ignored"
    )
    assert file.facts[0].said == ()


@pytest.mark.parametrize("missing", ["plan", "fact", "on"])
def test_what_every_fact_says_is_needed(missing: str) -> None:
    """The heading is asked for."""
    headings = [name for name in ("plan", "fact", "on") if name != missing]

    with pytest.raises(BadInput, match=f"{missing}\\)"):
        facts("a,b", headings=",".join(headings))


def test_a_file_that_is_no_table_is_told_so() -> None:
    """As every import does."""
    with pytest.raises(BadInput, match="zipped file"):
        read_facts(b"PK\x03\x04xyz", facts=of_england(), name="facts.xlsx")
