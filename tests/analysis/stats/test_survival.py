"""Curves, medians and restricted means, against hand counts and statsmodels."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.stats.samples import Observed, Sample
from analysis.stats.survival import (
    NO_END,
    curve_of,
    kaplan_meier,
    medians,
    restricted_mean,
    restricted_mean_difference,
    watched_until,
)
from tests.analysis.stats.tables import few

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the library's own imports warn of is not ours
    from statsmodels.duration.survfunc import SurvfuncRight

watched = st.lists(st.tuples(st.integers(1, 8), st.booleans()), min_size=3, max_size=15)


def one(*rows):
    return Sample.of(Observed(value, ended, "a") for value, ended in rows)


def two(a, b):
    return Sample.of([*(Observed(*row, "a") for row in a), *(Observed(*row, "b") for row in b)])


class TestCurve:
    def test_counts_and_shares_by_hand(self):
        curve = curve_of(one((1, True), (2, False), (3, True), (3, True), (5, False)), 0)
        assert (curve.n, curve.last) == (5, 5)
        assert curve.time.tolist() == [1, 3]
        assert curve.at_risk.tolist() == [5, 3]
        assert curve.ended.tolist() == [1, 2]
        assert curve.share.tolist() == pytest.approx([0.8, 0.8 / 3])
        assert [curve.share_at(t) for t in (0, 1, 2.9, 3, 9)] == pytest.approx([1, 0.8, 0.8, 0.8 / 3, 0.8 / 3])

    def test_numbers_at_risk_count_those_that_end_at_the_time_itself(self):
        assert watched_until(np.array([1, 2, 3, 3, 5]), [0, 3, 3.5, 6]).tolist() == [5, 3, 1, 0]

    def test_a_curve_that_reaches_nothing_has_no_limits_there(self):
        curve = curve_of(one((1, True), (2, True), (4, True)), 0)
        assert curve.share.tolist() == pytest.approx([2 / 3, 1 / 3, 0])
        assert np.isnan(curve.low).tolist() == np.isnan(curve.high).tolist() == [False, False, True]

    @few
    @given(watched, st.sampled_from(["log", "log-log"]))
    def test_share_and_variance_equal_statsmodels(self, rows, limits):
        value, ended = (np.array(column) for column in zip(*rows, strict=True))
        curve = kaplan_meier(value.astype(float), ended, limits=limits)
        with np.errstate(all="ignore"):
            other = SurvfuncRight(value, ended.astype(int))
        assert curve.time.tolist() == other.surv_times.tolist()
        assert curve.share == pytest.approx(np.asarray(other.surv_prob))
        inside = curve.share > 0
        errors = np.asarray(other.surv_prob_se)[inside]
        assert (curve.share * np.sqrt(curve.greenwood))[inside] == pytest.approx(errors)
        assert (curve.low[inside] <= curve.share[inside]).all()
        assert (curve.high[inside] >= curve.share[inside]).all()


class TestMedian:
    def test_where_the_curve_lies_at_one_half_the_middle_of_the_stretch(self):
        curve = curve_of(one((1, True), (2, True), (4, True), (8, True)), 0)
        assert curve.median == 3

    def test_where_it_ends_at_one_half_the_first_time(self):
        curve = curve_of(one((1, True), (2, True), (4, False), (8, False)), 0)
        assert curve.median == 2

    def test_open_ones_lengthen_it(self):
        closed = [(days, True) for days in range(1, 12)]
        still = [(20, False)] * 6
        assert curve_of(one(*closed), 0).median == 6
        assert curve_of(one(*closed, *still), 0).median == 9

    def test_one_row_a_group_with_what_has_ended(self):
        sample = two([(1, True), (2, True), (3, False)], [(1, True), (4, False)])
        first, second = medians(sample)
        assert (first.groups, first.sizes, first.effect, first.statistic) == (("a",), (3,), 2, 2)
        assert first.method.endswith("2 ended, 1 still open.")
        assert second.undefined_because == "Too few observations: b has 2; a curve needs 3."

    def test_more_than_half_open_has_no_median_and_says_so(self):
        row = medians(one((1, True), (2, False), (3, False)))[0]
        assert (row.effect, row.undefined_because) == (None, "More than half were still open when last watched.")


class TestRestrictedMean:
    def test_without_open_ones_it_is_the_mean_and_its_variance_that_of_a_mean(self):
        values = [1.0, 2.0, 4.0, 9.0]
        mean, variance = restricted_mean(curve_of(one(*((v, True) for v in values)), 0), 9)
        assert (mean, variance) == pytest.approx((4, np.var(values) / 4))

    def test_the_area_up_to_a_time(self):
        curve = curve_of(one((1, True), (2, False), (3, True), (5, False)), 0)
        assert restricted_mean(curve, 4)[0] == pytest.approx(1 + 2 * 0.75 + 1 * 0.375)
        assert restricted_mean(curve, 0.5) == (0.5, 0)

    def test_the_difference_ends_with_the_shorter_watch(self):
        a, b = [(1, True), (2, True), (9, False)], [(1, True), (3, True), (7, True)]
        row = restricted_mean_difference(two(a, b))
        (first, spread_a), (second, spread_b) = (restricted_mean(curve_of(two(a, b), place), 7) for place in (0, 1))
        assert row.effect == pytest.approx(first - second)
        assert row.statistic == pytest.approx((first - second) / np.sqrt(spread_a + spread_b))
        assert row.ci_high - row.ci_low == pytest.approx(2 * 1.959964 * np.sqrt(spread_a + spread_b))
        assert "up to 7)" in row.method
        assert "up to 2)" in restricted_mean_difference(two(a, b), 2).method

    def test_no_difference_without_ends_or_spread_or_numbers(self):
        still = [(1, False), (2, False), (3, False)]
        late = [(4, False), (5, True), (6, True)]
        assert restricted_mean_difference(two(still, still)).undefined_because == NO_END
        assert "Neither curve varies" in restricted_mean_difference(two(still, late)).undefined_because
        assert "b has 1" in restricted_mean_difference(two(still, late[:1])).undefined_because


class TestSample:
    def test_groups_keep_the_order_given_and_blocks_theirs(self):
        sample = Sample.of([Observed(1, True, "x", "r2"), Observed(2, False, "y", "r1")], groups=["z", "y"])
        assert (sample.groups, sample.blocks, sample.sizes) == (("z", "y", "x"), ("r2", "r1"), {"z": 0, "y": 1, "x": 1})
        assert (sample.still_open, sample.pooled().blocks) == (1, ("",))
        assert {name: list(v) for name, v in sample.ended_values().items()} == {"z": [], "y": [], "x": [1]}

    def test_only_some_groups_in_another_order(self):
        sample = Sample.of([Observed(1, True, "x"), Observed(2, False, "y"), Observed(3, True, "z")]).only(["z", "x"])
        assert (sample.groups, sample.sizes) == (("z", "x"), {"z": 1, "x": 1})
        assert sample.value[sample.group == 0].tolist() == [3]
