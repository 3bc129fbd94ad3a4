"""The form in which words are compared."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ehcp_flow.projections.folded import folded, place_in


@settings(deadline=None)
@given(st.text(), st.text(alphabet="aéßﬁİ̇́ŉ½🙂 한", max_size=30))
def test_folding_twice_changes_nothing_more(any_text: str, hard: str) -> None:
    """So that a folded word is found in a folded text."""
    for text in (any_text, hard):
        assert folded(folded(text)) == folded(text)


@settings(deadline=None)
@given(st.text(alphabet="aéßﬁ½🙂 x", min_size=1, max_size=30), st.data())
def test_a_place_in_the_folded_text_is_found_in_the_text(text: str, data: st.DataObject) -> None:
    """The piece found there folds to a text around the one looked for."""
    whole = folded(text)
    start = data.draw(st.integers(0, len(whole) - 1))
    stop = data.draw(st.integers(start + 1, len(whole)))

    first, last = place_in(text, start, stop)

    assert 0 <= first < last <= len(text)
    assert whole[start:stop] in folded(text[first:last])
