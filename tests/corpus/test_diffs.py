"""The difference of two texts holds both of them, and is told in bounded time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.diffs import GONE, NEW, SAME, word_diff


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("same", "same", [(SAME, "same")]),
        ("", "new", [(NEW, "new")]),
        ("it fails", "it never fails", [(SAME, "it "), (NEW, "never "), (SAME, "fails")]),
        ("a b c", "a x c", [(SAME, "a "), (GONE, "b"), (NEW, "x"), (SAME, " c")]),
    ],
)
def test_difference_is_told_by_words(before, after, expected):
    assert word_diff(before, after) == expected


TEXTS = st.text(alphabet="ab \n.", max_size=30)


@given(TEXTS, TEXTS)
def test_difference_holds_both_texts(before, after):
    bits = word_diff(before, after)
    assert "".join(text for kind, text in bits if kind != NEW) == before
    assert "".join(text for kind, text in bits if kind != GONE) == after


@pytest.mark.parametrize("end", ["\n", " "])
def test_long_texts_are_compared_in_bounded_time(end):
    before = "".join(f"a{number} b{end}" for number in range(100_000))
    after = "".join(f"a{number} b{end}" for number in range(1, 100_001))
    begun = time.process_time()
    bits = word_diff(before, after)
    assert time.process_time() - begun < 5
    assert "".join(text for kind, text in bits if kind != GONE) == after
