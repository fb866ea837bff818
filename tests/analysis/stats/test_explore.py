import pytest

from analysis.stats.coefficients import agreement
from analysis.stats.explore import (
    Carried,
    against_final,
    carried_by_code,
    carried_by_pair,
    drift,
    if_merged,
    merged,
    one_level_up,
    with_oneself,
)
from analysis.stats.ratings import RatingMatrix
from tests.analysis.stats.published import one, rate

A, B, AB, NONE = one("a"), one("b"), frozenset("ab"), frozenset()


def sets(*rows):
    return RatingMatrix(tuple(range(len(rows))), tuple(f"r{at}" for at in range(len(rows[0]))), rows)


def test_merged_codes_are_one_and_none_and_missing_stay():
    assert merged(sets((A, B), (AB, NONE), (None, one("c"))), ["a", "b"], "x") == sets(
        (one("x"), one("x")), (one("x"), NONE), (None, one("c"))
    )


def test_one_level_up_takes_each_code_to_the_one_above():
    up = one_level_up(sets((A, B), (one("top"), NONE)), {"a": "top", "b": "top", "top": ""})
    assert up == sets((one("top"), one("top")), (one("top"), NONE))


def test_each_code_carries_its_share_of_the_disagreement():
    """Issue 0: a against b, a half each. Issue 1, three raters: two pairs differ by b alone, weight 1/2 each."""
    matrix = sets((A, B, None), (A, A, AB), (one("c"), one("c"), None))
    assert carried_by_code(matrix) == (Carried(("b",), 0.75, 2), Carried(("a",), 0.25, 1))
    assert carried_by_pair(matrix) == (Carried(("", "b"), 0.5, 1), Carried(("a", "b"), 0.5, 1))
    assert carried_by_code(sets((A, A))) == ()


def test_what_if_two_codes_were_one_is_the_coefficient_of_the_merged_table():
    matrix = rate("ab", "ba", "ab", "cc", "dd", "cd", "aa", "bb")
    first, second = if_merged(matrix, "krippendorff_alpha")
    assert (first.codes, second.codes) == (("a", "b"), ("c", "d"))
    again = agreement(merged(matrix, ["a", "b"], "a"), "krippendorff_alpha")
    assert first.result == again
    assert first.change == pytest.approx(again.value - agreement(matrix, "krippendorff_alpha").value)
    assert [found.codes for found in if_merged(matrix, "krippendorff_alpha", most=1)] == [("a", "b")]


def test_a_merge_that_leaves_one_code_has_a_reason_and_no_change():
    [only] = if_merged(rate("ab", "aa", "bb"), "cohen_kappa")
    assert only.change is None
    assert "Every rating is the same" in only.result.undefined_because


def test_each_rater_against_the_final_labels():
    matrix = rate("ab", "bb", "a.", "ab")
    first, second = against_final(matrix, {0: A, 1: B, 2: A})
    assert (first.name, first.percent.value, first.coefficient.value) == ("r0", 1, 1)
    assert (second.percent.value, second.percent.n_units) == (0.5, 2)


def test_a_rater_with_oneself():
    found = with_oneself("ann", {1: A, 2: B, 3: A, 4: A}, {1: A, 2: B, 3: B, 9: A})
    assert (found.name, found.percent.n_units) == ("ann", 3)
    assert found.percent.value == pytest.approx(2 / 3)
    assert found.coefficient.value == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))


def test_drift_cuts_the_round_into_stretches_in_its_order():
    found = drift(rate("aa", "bb", "ab", "aa", "bb", "ab", "ba"), stretches=3)
    assert [each.name for each in found] == ["issues 1 to 2", "issues 3 to 4", "issues 5 to 7"]
    assert [each.percent.value for each in found] == pytest.approx([1, 1 / 2, 1 / 3])
    assert [each.name for each in drift(rate("aa"), stretches=3)] == ["issues 1 to 1"]
