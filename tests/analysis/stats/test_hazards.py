"""Log-rank and Cox's model, whole and within strata, against statsmodels and an independent likelihood."""

import warnings
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.stats.comparisons import kruskal_wallis
from analysis.stats.hazards import cox, cox_fit, log_rank, log_rank_of
from analysis.stats.samples import Observed, Sample
from analysis.stats.statistic import ONE_GROUP
from analysis.stats.stratified import NOWHERE, van_elteren
from analysis.stats.survival import NO_END
from tests.analysis.stats.tables import few

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the library's own imports warn of is not ours
    from statsmodels.duration.hazard_regression import PHReg
    from statsmodels.duration.survfunc import survdiff

row = st.builds(Observed, st.integers(1, 9).map(float), st.booleans(), st.sampled_from("abc"), st.sampled_from("rs"))
samples = st.lists(row, min_size=12, max_size=40)


def seeded(seed, groups="ab", blocks=("",), n=60):
    random = np.random.default_rng(seed)
    return Sample.of(
        Observed(
            float(random.exponential(3 + 2 * place) + 0.1), bool(random.random() < 0.8), group,
            blocks[int(random.integers(len(blocks)))],
        )
        for place, group in enumerate(groups)
        for _ in range(n)
    )  # fmt: skip


class TestLogRank:
    @few
    @given(samples)
    def test_equals_statsmodels_whole_and_stratified(self, rows):
        sample = Sample.of(rows).large_groups()[0]
        if len(sample.groups) < 2 or not sample.ended.any():
            return
        for given_sample, strata in ((sample, sample.block), (sample.pooled(), None)):
            found = log_rank_of(given_sample)
            if found is None or found.df < len(sample.groups) - 1:
                continue  # statsmodels does not know a group that is never watched with the others
            expected, p = survdiff(sample.value, sample.ended.astype(int), sample.group, strata=strata)
            assert found.statistic == pytest.approx(expected, abs=1e-8)
            assert log_rank(given_sample).p == pytest.approx(p, abs=1e-8)

    def test_the_row_says_what_was_tested(self):
        rows = log_rank(seeded(1)), log_rank(seeded(1), rho=1), log_rank(seeded(1, blocks=("r", "s")))
        assert [found.test for found in rows] == ["logrank", "peto", "stratified_logrank"]
        assert "stratified (2 strata)" in rows[2].method
        assert {found.sizes for found in rows} == {(60, 60)}

    def test_groups_that_cannot_be_compared_say_why(self):
        few_rows = [Observed(1, True, "a"), *(Observed(v, True, "b") for v in (1, 2, 3))]
        assert log_rank(Sample.of(few_rows)).undefined_because == ONE_GROUP
        never = Sample.of([Observed(v, False, g) for g in "ab" for v in (1, 2, 3)])
        assert log_rank(never).undefined_because == NO_END
        apart = Sample.of([*(Observed(1, False, "a") for _ in "xyz"), *(Observed(v, True, "b") for v in (2, 3, 4))])
        assert "never watched at the same time" in log_rank(apart).undefined_because

    def test_a_stratum_in_which_nothing_ended_adds_nothing(self):
        sample = seeded(7, blocks=("r",))
        rows = [Observed(float(v), bool(e), "ab"[g], "r")
                for v, e, g in zip(sample.value, sample.ended, sample.group, strict=True)]  # fmt: skip
        more = [Observed(3.0, False, group, "s") for group in "ab"]
        assert log_rank_of(Sample.of([*rows, *more])) == log_rank_of(Sample.of(rows))

    def test_small_groups_are_left_out_by_name(self):
        sample = Sample.of([*(Observed(v, True, g) for g in "ab" for v in (1.0, 2.0, 3.5)), Observed(1, True, "c")])
        assert (log_rank(sample).groups, log_rank(sample).left_out) == (("a", "b"), ("c",))


class TestCox:
    @pytest.mark.parametrize("blocks", [("",), ("r", "s", "t")])
    def test_equals_statsmodels_with_ties_and_strata(self, blocks):
        sample = seeded(2, "abc", blocks)
        tied = Sample(sample.groups, sample.blocks, np.ceil(sample.value), sample.ended, sample.group, sample.block)
        exog = (tied.group[:, None] == np.arange(1, 3)).astype(float)
        strata = tied.block if len(blocks) > 1 else None
        fitted = PHReg(tied.value, exog, status=tied.ended.astype(int), ties="efron", strata=strata).fit()
        found = cox_fit(tied)
        assert found.beta == pytest.approx(fitted.params, rel=1e-5)
        assert np.sqrt(np.diag(found.covariance)) == pytest.approx(fitted.bse, rel=1e-5)

    def test_without_ties_the_score_test_at_zero_is_the_log_rank(self):
        """The likelihood written down by observation, not by counts; derivatives by differences."""
        sample, h = seeded(3), 1e-4
        at = [direct(sample, beta) for beta in (-h, 0, h)]
        slope, bend = (at[2] - at[0]) / (2 * h), (at[2] - 2 * at[1] + at[0]) / h**2
        assert slope**2 / -bend == pytest.approx(log_rank_of(sample).statistic, rel=1e-4)
        whole, ratio, _ = cox(sample)
        beta = log(ratio.effect)
        assert whole.statistic == pytest.approx(2 * (direct(sample, beta) - at[1]), rel=1e-6)

    def test_the_check_is_the_score_test_of_a_change_with_time(self):
        sample, h = seeded(4), 1e-3
        beta = log(cox(sample)[1].effect)

        def at(change, tilt):
            return direct(sample, beta + change, tilt)

        score = (at(0, h) - at(0, -h)) / (2 * h)
        plain = -(at(h, 0) - 2 * at(0, 0) + at(-h, 0)) / h**2
        alone = -(at(0, h) - 2 * at(0, 0) + at(0, -h)) / h**2
        mixed = -(at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h**2)
        expected = score**2 / (alone - mixed**2 / plain)
        check = cox(sample)[-1]
        assert (check.test, check.df) == ("proportional_hazards", 1)
        assert check.statistic == pytest.approx(expected, rel=1e-3)
        assert check.p == pytest.approx(stats.chi2.sf(check.statistic, 1))

    def test_rows_of_three_groups_in_strata(self):
        rows = cox(seeded(5, "abc", ("r", "s")))
        assert [(found.test, found.groups) for found in rows] == [
            ("cox", ("a", "b", "c")),
            ("hazard_ratio", ("b", "a")),
            ("hazard_ratio", ("c", "a")),
            ("proportional_hazards", ("a", "b", "c")),
        ]
        assert all(found.ci_low < found.effect < found.ci_high for found in rows[1:3])
        assert {"stratified (2 strata)" in found.method for found in rows} == {True}

    def test_what_has_no_estimate_says_why(self):
        open_group = [*(Observed(v, True, "a") for v in (1, 2, 3)), *(Observed(v, False, "b") for v in (1, 2, 3))]
        apart = [*(Observed(v, True, "a") for v in (1, 2, 3)), *(Observed(v, True, "b") for v in (4, 5, 6))]
        assert {found.undefined_because for found in cox(Sample.of(open_group))} == {
            "None has ended in: b. A hazard ratio needs ends in each group."
        }
        assert all("runs away" in found.undefined_because for found in cox(Sample.of(apart)))
        alone = [Observed(v, True, g, g) for g in "ab" for v in (1, 2, 3)]
        assert all("runs away" in found.undefined_because for found in cox(Sample.of(alone)))
        assert [found.undefined_because for found in cox(Sample.of(apart[:3]))] == [ONE_GROUP, ONE_GROUP]

    def test_ends_at_one_time_alone_show_no_change(self):
        rows = [Observed(2, ended, group) for group in "ab" for ended in (True, True, False)]
        assert "cannot show" in cox(Sample.of(rows))[-1].undefined_because


def direct(sample, beta, tilt=0.0):
    """Cox's partial log-likelihood of two groups without ties; `tilt` lets β change with 1 − Kaplan–Meier."""
    order = np.argsort(sample.value)
    ended, second = sample.ended[order], (sample.group[order] == 1).astype(float)
    share, total = 1.0, 0.0
    for place in range(len(order)):
        if ended[place]:
            slope = beta + tilt * (1 - share)
            total += slope * second[place] - np.log(np.exp(slope * second[place:]).sum())
            share *= 1 - 1 / (len(order) - place)
    return total


class TestVanElteren:
    def test_in_one_stratum_it_is_kruskal_wallis(self):
        for groups in ("ab", "abc"):
            sample = seeded(6, groups)
            found = van_elteren(sample)
            whole = kruskal_wallis(sample.ended_values(), draws=5)
            assert (found.statistic, found.df, found.p) == pytest.approx((whole.statistic, whole.df, whole.p))
        assert found.effect is None

    def test_two_strata_by_hand(self):
        values = {"r": ([1, 2, 5], [3, 4]), "s": ([2, 9], [1, 7, 8])}
        rows = [Observed(v, True, "ab"[g], r) for r, both in values.items() for g in (0, 1) for v in both[g]]
        found = van_elteren(Sample.of(rows))
        excess = ((1 + 2 + 5) - 9) / 6 + ((2 + 5) - 6) / 6
        variance = sum(m * n * (m + n + 1) / 12 / 36 for m, n in ((3, 2), (2, 3)))
        assert found.statistic == pytest.approx(excess**2 / variance, abs=1e-12)
        assert found.effect == pytest.approx(2 * excess / (3 * 2 / 6 + 2 * 3 / 6), abs=1e-12)

    def test_strata_with_one_group_say_nothing_and_open_ones_are_not_used(self):
        rows = [Observed(v, True, g, "r") for g, vs in (("a", (1, 2, 6)), ("b", (3, 4, 5))) for v in vs]
        found = van_elteren(Sample.of([*rows, Observed(9, True, "a", "s"), Observed(9, False, "a", "r")]))
        assert found.sizes == (4, 3)
        assert "1 observations stand in strata with one group only" in found.method
        assert found.statistic == pytest.approx(van_elteren(Sample.of(rows)).statistic)

    def test_nothing_to_compare_says_why(self):
        apart = [Observed(v, True, g, g) for g in "ab" for v in (1, 2, 3)]
        assert van_elteren(Sample.of(apart)).undefined_because == NOWHERE
        assert van_elteren(Sample.of(apart[:3])).undefined_because == ONE_GROUP
