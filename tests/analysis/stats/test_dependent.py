import numpy as np
import pytest

from analysis.stats.coefficients import agreement
from analysis.stats.dependent import difference
from analysis.stats.intervals import Bootstrap
from analysis.stats.ratings import RatingMatrix
from tests.analysis.stats.published import rate

WORSE = rate(*["aa", "ab", "ba", "bb", "ab"] * 8)
BETTER = rate(*["aa", "aa", "ba", "bb", "bb"] * 8)
PLAN = Bootstrap(draws=2_000)


def test_difference_is_of_the_two_values_and_counts_the_issues():
    found = difference(WORSE, BETTER, "cohen_kappa", plan=PLAN)
    assert (found.first, found.second) == (agreement(WORSE, "cohen_kappa"), agreement(BETTER, "cohen_kappa"))
    assert found.value == pytest.approx(found.second.value - found.first.value)
    assert (found.n_units, found.undefined_because) == (40, None)
    assert 0 < found.interval.low < found.value < found.interval.high
    assert found.p < 0.01
    assert found.interval.kind == "percentile bootstrap over units, paired"


def test_each_draw_takes_the_same_issues_for_both():
    """The same table against itself differs in no draw, although each of the two varies."""
    found = difference(WORSE, WORSE, "krippendorff_alpha", plan=PLAN)
    assert (found.value, found.interval.low, found.interval.high, found.p) == (0, 0, 0, 1)


def test_interval_equals_a_bootstrap_one_draw_at_a_time():
    random = np.random.default_rng(7)
    plain = []
    for _ in range(1_000):
        at = random.integers(0, 40, 40)
        pair = [agreement(resampled(matrix, at), "krippendorff_alpha").value for matrix in (WORSE, BETTER)]
        plain.append(pair[1] - pair[0])
    found = difference(WORSE, BETTER, "krippendorff_alpha", plan=Bootstrap())
    assert (found.interval.low, found.interval.high) == pytest.approx(
        tuple(np.quantile(plain, [0.025, 0.975])), abs=0.03
    )


def resampled(matrix, at):
    return RatingMatrix(tuple(range(len(at))), matrix.raters, tuple(matrix.cells[unit] for unit in at))


def test_issues_of_one_table_alone_count_there():
    more = RatingMatrix((*BETTER.units, 99), BETTER.raters, (*BETTER.cells, BETTER.cells[2]))
    found = difference(WORSE, more, "cohen_kappa", plan=Bootstrap(draws=100))
    assert (found.n_units, found.first.n_units, found.second.n_units) == (41, 40, 41)


def test_undefined_sides_and_draws_have_a_reason():
    same = rate("aa", "aa")
    assert "Every rating is the same" in difference(same, WORSE, "cohen_kappa", plan=PLAN).undefined_because
    assert "Every rating is the same" in difference(WORSE, same, "cohen_kappa", plan=PLAN).undefined_because
    three = difference(rate("aab"), WORSE, "cohen_kappa", plan=PLAN)
    assert (three.p, three.undefined_because) == (None, "Cohen's κ compares two raters; there are 3 here.")
    apart = RatingMatrix((7, 8), ("x", "y"), rate("aa", "bb").cells)
    never = difference(rate("aa", "bb"), apart, "cohen_kappa", plan=Bootstrap(draws=1, seed=3))
    assert never.undefined_because in (None, "No draw has a value in both tables.")


def test_no_draw_with_a_value_is_told():
    """The first table is defined only with both of its issues, of which the single draw of seed 0 takes one twice."""
    tables = [
        difference(rate("aa", "bb"), rate("aa", "bb"), "cohen_kappa", plan=Bootstrap(1, seed=s)) for s in range(9)
    ]
    reasons = {found.undefined_because for found in tables}
    assert reasons == {None, "No draw has a value in both tables."}
