import subprocess
import sys
from itertools import product

import numpy as np
import pytest

from analysis.stats import intervals
from analysis.stats.batches import Draws, Steps
from analysis.stats.coefficients import agreement
from analysis.stats.intervals import (
    BCA,
    Analytic,
    Bootstrap,
    analytic_interval,
    bootstrap_interval,
    draws_of,
    left_out,
    standard_error,
)
from analysis.stats.ratings import RatingMatrix
from tests.analysis.stats.published import golden, matrix_of, rate

FLEISS = matrix_of(golden("agreement.json")["data"]["fleiss_1971_diagnoses"])


def ratio_of(rows):
    def ratio(batch):
        totals = batch.total(rows)
        below = totals[..., 1]
        return np.divide(totals[..., 0], below, out=np.full_like(below, np.nan), where=below != 0)

    return ratio


def percentile_interval(rows, plan):
    copies = np.ones(len(rows), dtype=int)
    drawn = np.concatenate([ratio_of(rows)(batch) for batch in draws_of(copies, plan)])
    return bootstrap_interval(drawn, plan, whole=0, without=np.empty(0), copies=copies)


def resampled(matrix, drawn):
    cells = tuple(matrix.cells[at] for at in drawn)
    return RatingMatrix(tuple(range(len(cells))), matrix.raters, cells)


def test_interval_equals_the_exact_law_of_all_possible_resamples():
    """Four units have 256 equally likely resamples; their quantiles are what 10,000 draws estimate."""
    rows = np.array([[0.0, 1.0], [1.0, 1.0], [3.0, 1.0], [9.0, 2.0]])
    sums = [rows[list(drawn)].sum(axis=0) for drawn in product(range(4), repeat=4)]
    exact = np.quantile([above / below for above, below in sums], [0.1, 0.9], method="inverted_cdf")
    interval = percentile_interval(rows, Bootstrap(level=0.8))
    assert (interval.low, interval.high) == tuple(exact)


@pytest.mark.parametrize("method", ["percent_agreement", "fleiss_kappa", "krippendorff_alpha"])
def test_interval_equals_a_bootstrap_that_resamples_the_ratings_one_draw_at_a_time(method):
    random = np.random.default_rng(5)
    n = len(FLEISS.units)
    plain = [agreement(resampled(FLEISS, random.integers(0, n, n)), method).value for _ in range(1_000)]
    interval = agreement(FLEISS, method, sure=Bootstrap()).interval
    expected = np.quantile(plain, [0.025, 0.975])
    assert (interval.low, interval.high) == pytest.approx(tuple(expected), abs=0.02)


def test_drawing_by_pattern_and_by_unit_follow_one_law(monkeypatch):
    by_unit, by_pattern = [], []
    for found, dearness in ((by_unit, 1_000), (by_pattern, 0)):
        monkeypatch.setattr(intervals, "_UNITS_AS_DEAR_AS_A_PATTERN", dearness)
        interval = agreement(FLEISS, "krippendorff_alpha", sure=Bootstrap()).interval
        found += [interval.low, interval.high]
    assert by_unit == pytest.approx(by_pattern, abs=0.006)
    assert by_unit != by_pattern


def test_same_seed_same_interval_and_another_seed_another():
    one, again, other = (
        agreement(FLEISS, "fleiss_kappa", sure=Bootstrap(draws=200, seed=seed)).interval for seed in (3, 3, 4)
    )
    assert one == again
    assert (one.low, one.high) != (other.low, other.high)
    assert (one.level, one.kind, one.draws, one.undefined_draws, one.seed) == (
        0.95,
        "percentile bootstrap over units",
        200,
        0,
        3,
    )


def test_chunks_do_not_change_the_draws(monkeypatch):
    plan = Bootstrap(draws=250)
    whole = agreement(FLEISS, "krippendorff_alpha", sure=plan).interval
    monkeypatch.setattr(intervals, "_NUMBERS_A_CHUNK", 1_000)
    assert agreement(FLEISS, "krippendorff_alpha", sure=plan).interval == whole


def test_undefined_draws_are_left_out_and_counted():
    """Of two units that agree on different codes, half of the resamples hold one unit twice: 0/0."""
    units = [(unit, rater, frozenset(code)) for unit, code in enumerate("ab") for rater in ("x", "y")]
    interval = agreement(RatingMatrix.from_ratings(units), "cohen_kappa", sure=Bootstrap()).interval
    assert (interval.low, interval.high) == (1, 1)
    assert interval.undefined_draws == pytest.approx(5_000, abs=200)


def test_no_interval_when_no_draw_has_a_value():
    assert percentile_interval(np.array([[1.0, 0.0], [2.0, 0.0]]), Bootstrap(draws=5)) is None


def test_standard_error_of_a_mean_is_the_textbook_one():
    values = np.array([2.0, 3.0, 7.0, 11.0])
    mean, copies = ratio_of(np.column_stack([values, np.ones(4)])), np.ones(4, dtype=int)
    assert standard_error(mean, copies, n=4, ddof=1) == pytest.approx(values.std(ddof=1) / 2)
    assert standard_error(mean, copies, n=4, ddof=0) == pytest.approx(values.std(ddof=0) / 2)
    assert standard_error(mean, copies[:1], n=1, ddof=1) is None


def test_standard_error_is_of_units_and_not_of_patterns():
    rows = np.array([[2.0, 1.0], [5.0, 1.0]])
    spread = np.repeat([2.0, 5.0], [3, 1]).std(ddof=1) / 2
    assert standard_error(ratio_of(rows), np.array([3, 1]), n=4, ddof=1) == pytest.approx(spread)


def test_analytic_interval_ends_at_1_and_is_normal_without_degrees_of_freedom():
    normal = analytic_interval(0.5, 0.1, Analytic(), df=None)
    assert (normal.low, normal.high, normal.kind) == (
        pytest.approx(0.5 - 0.1959964),
        pytest.approx(0.5 + 0.1959964),
        "analytic, normal",
    )
    t = analytic_interval(0.9, 0.1, Analytic(level=0.9), df=10)
    assert (t.low, t.high, t.level) == (pytest.approx(0.9 - 0.18124611), 1, 0.9)


def test_bca_equals_its_formula_one_step_at_a_time():
    """Efron 1987, by hand: bias from the share of draws below, acceleration from the jackknife."""
    rows = np.column_stack([np.array([1.0, 2.0, 2.0, 3.0, 30.0]), np.ones(5)])
    mean, copies, plan = ratio_of(rows), np.ones(5, dtype=int), Bootstrap(draws=4_000, kind=BCA)
    drawn = np.concatenate([mean(batch) for batch in draws_of(copies, plan)])
    whole, without = rows[:, 0].mean(), left_out(mean, copies)
    assert without == pytest.approx([(38 - value) / 4 for value in rows[:, 0]])
    found = bootstrap_interval(drawn, plan, whole=whole, without=without, copies=copies)
    normal = intervals.NormalDist()
    bias = normal.inv_cdf(np.mean(drawn < whole) + np.mean(drawn == whole) / 2)
    apart = without.mean() - without
    speed = (apart**3).sum() / (6 * (apart**2).sum() ** 1.5)
    ends = [normal.cdf(bias + (bias + z) / (1 - speed * (bias + z))) for z in (-1.959964, 1.959964)]
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, ends)))
    assert found.kind == "BCa bootstrap over units"
    plain = bootstrap_interval(drawn, Bootstrap(draws=4_000), whole=whole, without=without, copies=copies)
    assert found.low > plain.low


def test_bca_of_perfect_agreement_is_what_the_percentiles_are():
    matrix = rate("aa", "bb", "aa", "bb")
    found = agreement(matrix, "cohen_kappa", sure=Bootstrap(draws=500, kind=BCA)).interval
    assert (found.low, found.high) == (1, 1)
    assert found.undefined_draws > 0


def test_bca_through_the_coefficient_moves_the_ends():
    plain, corrected = (
        agreement(FLEISS, "krippendorff_alpha", sure=Bootstrap(kind=kind)).interval for kind in ("percentile", BCA)
    )
    assert plain.low < corrected.low < plain.low + 0.03
    assert plain.high < corrected.high < plain.high + 0.03


def test_a_step_of_minus_one_takes_one_unit_away():
    rows, copies = np.array([[1.0], [5.0]]), np.array([2, 3])
    assert Steps(copies, -1, 0, 2).total(rows).tolist() == [[16], [12]]
    assert Draws(np.array([[1.0, 3.0], [2.0, 2.0]])).total(rows).tolist() == [[16], [12]]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"draws": 0}, "at least one draw"),
        ({"level": 1.0}, "between 0 and 1"),
        ({"kind": "t"}, "Known: percentile, bca"),
    ],
)
def test_a_plan_that_cannot_be_drawn_is_refused_in_words(wrong, words):
    with pytest.raises(ValueError, match=words):
        Bootstrap(**wrong)


def test_agreement_loads_no_science_library_but_numpy():
    code = (
        "import sys; import analysis.stats.coefficients, analysis.stats.confusion, analysis.stats.durations;"
        "print(sorted({'scipy', 'pandas', 'statsmodels', 'django', 'numpy'} & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "['numpy']\n"
