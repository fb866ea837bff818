from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.stats.adjustment import adjusted, with_adjusted
from analysis.stats.comparisons import (
    cliffs_delta,
    hodges_lehmann,
    kruskal_wallis,
    mann_whitney,
    vargha_delaney,
)
from analysis.stats.rank_pairs import SEPARATED, conover, dunn, each_pair
from analysis.stats.statistic import EQUAL, ONE_GROUP, Statistic, as_row, magnitude
from tests.analysis.stats.tables import few

ONE_SMALL = "Too few observations for a test: b has 2; each group needs 3."
values = st.lists(st.integers(0, 6), min_size=3, max_size=12)


def pair(a, b):
    return {"a": a, "b": b}


class TestResults:
    def test_a_figure_that_is_no_number_is_refused(self):
        with pytest.raises(ValueError, match="say why it is undefined"):
            Statistic("x", (), (), "", p=float("nan"))

    def test_the_row_has_the_fields_of_the_command_in_their_order(self):
        row = as_row(Statistic("x", ("a", "b"), (3, 4), "How.", left_out=("c",)))
        assert list(row) == [
            "test", "groups", "statistic", "df", "p", "p_adjusted", "effect", "ci_low", "ci_high", "n", "method",
            "undefined_because",
        ]  # fmt: skip
        assert (row["n"], row["method"]) == (7, "How. Left out, fewer than 3 observations: c.")


class TestTwoGroups:
    def test_delta_is_positive_when_the_first_group_tends_to_be_larger(self):
        assert cliffs_delta(pair([5, 6, 7], [1, 2, 3])).effect == 1
        assert cliffs_delta(pair([1, 2, 3], [5, 6, 7])).effect == -1

    def test_without_overlap_the_far_limit_depends_on_the_smaller_group(self):
        row = cliffs_delta(pair([5, 6, 7, 8], [1, 2, 3]))
        square = 1.959963984540054**2
        assert (row.ci_low, row.ci_high) == (pytest.approx((3 - square) / (3 + square)), 1)

    @pytest.mark.parametrize(
        ("value", "word"),
        [(0, "negligible"), (-0.146, "negligible"), (0.147, "small"), (-0.33, "medium"), (0.474, "large")],
    )
    def test_magnitude_words_begin_at_their_thresholds(self, value, word):
        assert magnitude(value) == word

    def test_small_groups_without_ties_are_tested_exactly_and_others_by_the_normal_distribution(self):
        exact = mann_whitney(pair([1.5, 2, 3], [4, 5, 6]))
        tied = mann_whitney(pair([1, 2, 3], [3, 5, 6]))
        assert ("exact" in exact.method, exact.p) == (True, pytest.approx(0.1))
        assert "corrected for ties and continuity" in tied.method
        assert "and continuity" not in mann_whitney(pair([1, 2, 3], [3, 5, 6]), continuity=False).method

    @pytest.mark.parametrize("test", [mann_whitney, cliffs_delta, vargha_delaney, hodges_lehmann])
    def test_too_few_have_no_test_and_a_reason(self, test):
        row = test(pair([1, 2, 3], [4, 5]))
        assert (row.statistic, row.p, row.effect, row.ci_low) == (None, None, None, None)
        assert (row.sizes, row.undefined_because) == ((3, 2), ONE_SMALL)

    def test_equal_values_have_no_rank_test_but_an_effect_of_zero(self):
        assert mann_whitney(pair([2, 2, 2], [2, 2, 2])).undefined_because == EQUAL
        assert cliffs_delta(pair([2, 2, 2], [2, 2, 2])).effect == 0
        row = hodges_lehmann(pair([2, 2, 2], [2, 2, 2]))
        assert (row.effect, row.ci_low, row.ci_high) == (0, 0, 0)

    @few
    @given(values, values)
    def test_delta_counts_pairs_and_agrees_with_u_and_a12(self, a, b):
        signs = [(x > y) - (x < y) for x, y in product(a, b)]
        row = cliffs_delta(pair(a, b))
        assert row.effect == pytest.approx(np.mean(signs))
        assert -1 <= row.ci_low <= row.effect + 1e-9
        assert row.effect <= row.ci_high + 1e-9 <= 1 + 2e-9
        u = mann_whitney(pair(a, b)).statistic
        assert u is None or row.effect == pytest.approx(2 * u / len(signs) - 1)
        assert vargha_delaney(pair(a, b)).effect == pytest.approx((row.effect + 1) / 2)

    @few
    @given(values, values)
    def test_u_and_p_equal_scipy(self, a, b):
        row = mann_whitney(pair(a, b))
        if row.undefined_because is None:
            method = "exact" if "exact" in row.method else "asymptotic"
            found = stats.mannwhitneyu(a, b, method=method)
            assert (row.statistic, row.p) == (found.statistic, pytest.approx(found.pvalue))

    @few
    @given(values, values)
    def test_the_shift_is_the_median_of_all_differences(self, a, b):
        differences = sorted(x - y for x, y in product(a, b))
        row = hodges_lehmann(pair(a, b))
        assert row.effect == pytest.approx(np.median(differences), abs=1e-12)
        assert {row.ci_low, row.ci_high} <= {*differences, None}
        assert row.ci_low is None or row.ci_low <= row.effect <= row.ci_high

    def test_the_shift_of_hollander_and_wolfe(self):
        # R, example(wilcox.test): permeability of placental membranes; W = 35, exact; interval there at 95 % two-sided
        # by qwilcox(0.025, 10, 5) = 9: the 9th difference from either end.
        a = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
        b = [1.15, 0.88, 0.90, 0.74, 1.21]
        differences = sorted(x - y for x, y in product(a, b))
        row = hodges_lehmann(pair(a, b))
        assert row.effect == pytest.approx(0.305)
        assert (row.ci_low, row.ci_high) == pytest.approx((differences[8], differences[-9]))
        found = mann_whitney(pair(a, b))
        assert (found.statistic, round(found.p, 4)) == (35, 0.2544)

    def test_three_against_three_reach_no_interval_at_the_level(self):
        row = hodges_lehmann(pair([1, 2, 3], [4.5, 5.5, 6.6]))
        assert (row.ci_low, row.ci_high) == (None, None)

    def test_many_values_make_no_table_of_pairs(self):
        random = np.random.default_rng(1)
        a, b = random.exponential(2, 30_000), random.exponential(2, 30_000) + 1
        row = hodges_lehmann(pair(a, b))
        assert -1.05 < row.ci_low < row.effect < row.ci_high < -0.9


class TestManyGroups:
    def test_groups_that_are_too_small_are_left_out_by_name(self):
        some = {"a": [1, 3, 5], "b": [], "c": [2, 9, 4], "d": [7, 8]}
        row = kruskal_wallis(some, draws=20)
        alone = kruskal_wallis({"a": some["a"], "c": some["c"]}, draws=20)
        assert (row.statistic, row.df, row.groups, row.left_out) == (alone.statistic, 1, ("a", "c"), ("b", "d"))

    def test_one_group_or_equal_values_are_undefined_with_a_reason(self):
        assert kruskal_wallis({"a": [1, 2, 3], "b": [1]}).undefined_because == ONE_GROUP
        assert kruskal_wallis({"a": [2, 2, 2], "b": [2, 2, 2]}).undefined_because == EQUAL

    def test_the_interval_of_epsilon_is_that_of_its_seed(self, npm_days):
        row = kruskal_wallis(npm_days, draws=200)
        assert row.effect == pytest.approx(row.statistic / 427)
        assert 0.04 < row.ci_low < row.effect < row.ci_high < 0.2
        assert kruskal_wallis(npm_days, draws=200) == row

    @pytest.mark.parametrize("test", [dunn, conover])
    def test_pairs_with_a_small_group_are_named_with_the_reason(self, test):
        rows = test({"a": [1, 2, 3], "b": [2, 5], "c": [7, 8, 9]}, "holm")
        assert {row.groups: row.undefined_because for row in rows} == {
            ("a", "b"): ONE_SMALL,
            ("a", "c"): None,
            ("b", "c"): ONE_SMALL,
        }
        assert {row.groups: row.p_adjusted == row.p for row in rows if row.p is not None} == {("a", "c"): True}

    def test_no_group_is_large_enough(self):
        rows = [*dunn({"a": [1], "b": [2, 5]}, "bh"), *conover({"a": [1], "b": [2, 5]}, "bh")]
        assert [row.p for row in rows] == [None, None]

    def test_groups_without_spread_within_have_no_conover(self):
        groups = {"a": [1, 1, 1], "b": [2, 2, 2]}
        assert [row.undefined_because for row in conover(groups, "none")] == [SEPARATED]
        assert [row.undefined_because for row in dunn(groups, "none")] == [None]

    @few
    @given(st.lists(values, min_size=2, max_size=4))
    def test_h_equals_scipy_and_dunn_of_two_groups_is_the_root_of_h(self, lists):
        groups = {str(place): given for place, given in enumerate(lists)}
        row = kruskal_wallis(groups, draws=5)
        if row.undefined_because is None:
            assert (row.statistic, row.p) == pytest.approx(tuple(stats.kruskal(*lists)))
            if len(lists) == 2:
                assert dunn(groups, "none")[0].statistic ** 2 == pytest.approx(row.statistic)


class TestAdjustment:
    P = (0.0286, 0.0001, 0.2, 0.0131, 0.0047)

    @pytest.mark.parametrize(
        ("how", "expected"),
        [
            ("holm", (0.0572, 0.0005, 0.2, 0.0393, 0.0188)),
            ("bonferroni", (0.143, 0.0005, 1, 0.0655, 0.0235)),
            ("bh", (0.03575, 0.0005, 0.2, 0.0218333333, 0.01175)),
            ("none", P),
        ],
    )
    def test_in_the_order_given(self, how, expected):
        assert adjusted(self.P, how) == pytest.approx(expected)
        assert adjusted((), how) == ()

    def test_pairs_are_adjusted_over_those_that_have_a_p(self, npm_days):
        rows = each_pair({**npm_days, "Unlabelled": []}, mann_whitney, "holm")
        tested = [row for row in rows if row.p is not None]
        assert [(row.groups, row.sizes) for row in tested] == [
            (("Extrinsic", "Intrinsic"), (107, 107)),
            (("Extrinsic", "Not a Bug"), (107, 214)),
            (("Intrinsic", "Not a Bug"), (107, 214)),
        ]
        p = [0.955980288709, 2 * 9.57928059064e-08, 3 * 6.4000989716e-08]
        assert [row.p_adjusted for row in tested] == pytest.approx([p[0], max(p[1:]), p[2]])
        assert {row.groups[1] for row in rows if row.p is None} == {"Unlabelled"}

    def test_nothing_to_adjust(self):
        assert with_adjusted([], "holm") == []
