import pytest

from analysis.stats.unitizing import Passage, coding_alpha, overlap_f1, unitizing_alpha
from tests.analysis.stats.published import golden

PUBLISHED = golden("unitizing.json")
BEGIN, LENGTH = PUBLISHED["begin"], PUBLISHED["length"]
MARKED = {
    rater: [Passage(start - BEGIN, start - BEGIN + size, code) for start, size, code in passages]
    for rater, passages in PUBLISHED["passages"].items()
}


@pytest.mark.parametrize("case", PUBLISHED["cases"], ids=lambda case: str(case["code"]))
def test_published_figure(case):
    found = unitizing_alpha(MARKED, LENGTH, code=case["code"])
    assert found.value == pytest.approx(case["value"], abs=case["tolerance"])
    if "observed" in case:
        assert (found.observed, found.expected) == pytest.approx((case["observed"], case["expected"]), abs=0.0001)


def marked(**raters):
    return {rater: [Passage(*each) for each in passages] for rater, passages in raters.items()}


@pytest.mark.parametrize(
    ("left", "right", "squares"),
    [
        ((5, 11), (4, 6), 26),
        ((5, 11), (5, 7), 16),
        ((5, 11), (6, 8), 10),
        ((5, 11), (7, 9), 8),
        ((5, 11), (6, 10), 2),
        ((5, 11), (5, 11), 0),
        ((5, 11), (2, 4), 40),
    ],
)
def test_published_distances_of_two_passages(left, right, squares):
    """Krippendorff 2004, figure 11.3: squared differences of the ends; apart, both squared lengths."""
    found = unitizing_alpha(marked(x=[(*left, "c")], y=[(*right, "c")]), 20)
    assert found.observed * 20**2 == pytest.approx(squares)


def test_same_passages_are_1_and_other_places_less_than_0():
    same = marked(x=[(0, 10, "a"), (10, 30, "b")], y=[(0, 10, "a"), (10, 30, "b")])
    assert unitizing_alpha(same, 100).value == 1
    assert unitizing_alpha(marked(x=[(0, 40, "a")], y=[(60, 100, "a")]), 100).value < 0


def test_what_cannot_be_computed_has_a_reason():
    assert unitizing_alpha(marked(x=[(0, 5, "a")]), 9).undefined_because.startswith("Agreement needs two raters")
    assert unitizing_alpha(marked(x=[(0, 1, "a")]), 1).undefined_because.startswith("Agreement needs two raters")
    single = unitizing_alpha(marked(x=[(0, 1, "a")], y=[(0, 1, "a")]), 1)
    assert single.undefined_because == "No disagreement is expected by chance: uα is 0/0."
    assert unitizing_alpha(marked(x=[], y=[]), 9).undefined_because == "Nobody has marked a passage."
    assert coding_alpha(marked(x=[], y=[]), 9).undefined_because == "Nobody has marked a passage."
    apart = coding_alpha(marked(x=[(0, 2, "a")], y=[(3, 5, "a")]), 9)
    assert apart.undefined_because == "No character has been marked by two raters."
    same = coding_alpha(marked(x=[(0, 2, "a")], y=[(0, 2, "a")]), 9)
    assert same.undefined_because == "All that two raters marked has the same code: 0/0."


@pytest.mark.parametrize(
    ("passages", "words"),
    [
        ([(0, 9, "a")], "not within a text of 8"),
        ([(3, 3, "a")], "not within"),
        ([(0, 4, "a"), (3, 5, "a")], "overlap at 3"),
    ],
)
def test_passages_that_are_none_are_refused(passages, words):
    with pytest.raises(ValueError, match=words):
        unitizing_alpha(marked(x=passages, y=[]), 8)


def test_coding_alpha_is_alpha_of_the_characters_that_two_marked():
    """Characters 2 to 9: both a on 2–5, a against b on 6–9; what one marked alone is no rating."""
    found = coding_alpha(marked(x=[(0, 10, "a")], y=[(2, 6, "a"), (6, 10, "b")]), 50)
    assert (found.observed, found.expected) == pytest.approx((8 / 16, 2 * 12 * 4 / (16 * 15)))
    assert found.value == pytest.approx(1 - found.observed / found.expected)


def test_coding_alpha_takes_codes_on_one_place_as_a_set():
    both = marked(x=[(0, 4, "a"), (0, 4, "b"), (4, 8, "a")], y=[(0, 4, "a"), (0, 4, "b"), (4, 8, "c")])
    assert coding_alpha(both, 8).observed == pytest.approx(0.5)


def test_overlap_f1_counts_characters_whatever_the_code():
    left, right = marked(x=[(0, 10, "a"), (5, 10, "b")], y=[(5, 15, "c")]).values()
    assert overlap_f1(left, right) == pytest.approx(2 * 5 / 20)
    assert overlap_f1([], []) is None
    assert overlap_f1(left, []) == 0
