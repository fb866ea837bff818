import subprocess
import sys
from itertools import product

import numpy as np
import pytest

from analysis.stats import intervals
from analysis.stats.coefficients import agreement
from analysis.stats.intervals import Bootstrap, linearised_se, percentile_interval
from analysis.stats.ratings import RatingMatrix
from tests.analysis.stats.published import golden, matrix_of

FLEISS = matrix_of(golden("agreement.json")["data"]["fleiss_1971_diagnoses"])


def ratio(totals):
    below = totals[..., 1]
    return np.divide(totals[..., 0], below, out=np.full_like(below, np.nan), where=below != 0)


def resampled(matrix, drawn):
    cells = tuple(matrix.cells[at] for at in drawn)
    return RatingMatrix(tuple(range(len(cells))), matrix.raters, cells)


def test_interval_equals_the_exact_law_of_all_possible_resamples():
    """Four units have 256 equally likely resamples; their quantiles are what 10,000 draws estimate."""
    rows = np.array([[0.0, 1.0], [1.0, 1.0], [3.0, 1.0], [9.0, 2.0]])
    exact = [ratio(rows[list(drawn)].sum(axis=0)) for drawn in product(range(4), repeat=4)]
    interval = percentile_interval(rows, ratio, Bootstrap(level=0.8))
    assert (interval.low, interval.high) == tuple(np.quantile(exact, [0.1, 0.9], method="inverted_cdf"))


@pytest.mark.parametrize("method", ["percent_agreement", "fleiss_kappa", "krippendorff_alpha"])
def test_interval_equals_a_bootstrap_that_resamples_the_ratings_one_draw_at_a_time(method):
    random = np.random.default_rng(5)
    n = len(FLEISS.units)
    plain = [agreement(resampled(FLEISS, random.integers(0, n, n)), method).value for _ in range(1_000)]
    interval = agreement(FLEISS, method, bootstrap=Bootstrap()).interval
    expected = np.quantile(plain, [0.025, 0.975])
    assert (interval.low, interval.high) == pytest.approx(tuple(expected), abs=0.02)


def test_drawing_by_pattern_and_by_unit_follow_one_law(monkeypatch):
    by_unit, by_pattern = [], []
    for found, dearness in ((by_unit, 1_000), (by_pattern, 0)):
        monkeypatch.setattr(intervals, "_UNITS_AS_DEAR_AS_A_PATTERN", dearness)
        interval = agreement(FLEISS, "krippendorff_alpha", bootstrap=Bootstrap()).interval
        found += [interval.low, interval.high]
    assert by_unit == pytest.approx(by_pattern, abs=0.006)
    assert by_unit != by_pattern


def test_same_seed_same_interval_and_another_seed_another():
    one, again, other = (
        agreement(FLEISS, "fleiss_kappa", bootstrap=Bootstrap(draws=200, seed=seed)).interval for seed in (3, 3, 4)
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
    whole = agreement(FLEISS, "krippendorff_alpha", bootstrap=plan).interval
    monkeypatch.setattr(intervals, "_NUMBERS_A_CHUNK", 1_000)
    assert agreement(FLEISS, "krippendorff_alpha", bootstrap=plan).interval == whole


def test_undefined_draws_are_left_out_and_counted():
    """Of two units that agree on different codes, half of the resamples hold one unit twice: 0/0."""
    units = [(unit, rater, frozenset(code)) for unit, code in enumerate("ab") for rater in ("x", "y")]
    interval = agreement(RatingMatrix.from_ratings(units), "cohen_kappa", bootstrap=Bootstrap()).interval
    assert (interval.low, interval.high) == (1, 1)
    assert interval.undefined_draws == pytest.approx(5_000, abs=200)


def test_no_interval_from_one_unit_or_when_no_draw_has_a_value():
    assert percentile_interval(np.ones((1, 2)), ratio, Bootstrap(draws=5)) is None
    assert percentile_interval(np.array([[1.0, 0.0], [2.0, 0.0]]), ratio, Bootstrap(draws=5)) is None


def test_standard_error_of_a_mean_is_the_textbook_one():
    values = np.array([2.0, 3.0, 7.0, 11.0])
    rows = np.column_stack([values, np.ones(4)])
    assert linearised_se(rows, ratio, ddof=1) == pytest.approx(values.std(ddof=1) / 2)
    assert linearised_se(rows, ratio, ddof=0) == pytest.approx(values.std(ddof=0) / 2)
    assert linearised_se(rows[:1], ratio, ddof=1) is None


@pytest.mark.parametrize(("wrong", "words"), [({"draws": 0}, "at least one draw"), ({"level": 1.0}, "between 0 and 1")])
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
