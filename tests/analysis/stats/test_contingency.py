from math import sqrt

import pytest
from scipy import stats

from analysis.stats.contingency import Association, association


def test_large_counts_by_pearson_without_correction():
    # Agresti (2007), table 2.5: party by gender; X² = 30.1, df 2 (there rounded).
    found = association([[762, 327, 468], [484, 239, 477]])
    assert (round(found.chi2, 1), found.df, found.n) == (30.1, 2, 2757)
    assert found.v == pytest.approx(sqrt(found.chi2 / 2757))
    assert found.v_low < found.v < found.v_high
    assert found.method == "Pearson’s χ², without continuity correction"


def test_the_limits_of_v_are_those_of_the_noncentral_distribution():
    found = association([[30, 10], [12, 28]])
    for end, level in ((found.v_low, 0.975), (found.v_high, 0.025)):
        assert stats.ncx2.cdf(found.chi2, 1, end**2 * 80) == pytest.approx(level, abs=1e-6)


def test_small_counts_by_fisher():
    # Fisher (1935), the lady tasting tea: 3 of 4, two-sided p 0.4857.
    found = association([[3, 1], [1, 3]])
    assert (round(found.p, 4), found.v, found.v_low) == (0.4857, 0.5, 0)
    assert found.method.startswith("Fisher’s exact test, as")


def test_small_counts_of_larger_tables_by_random_tables_of_their_seed():
    table = [[3, 0, 1], [0, 4, 1], [1, 0, 3]]
    assert association(table) == association(table)
    assert association(table).p < 0.05
    assert "10000 random tables, seed 1" in association(table).method


def test_empty_rows_and_columns_take_no_part_and_one_row_compares_nothing():
    assert association([[5, 9, 0], [0, 0, 0], [8, 3, 0]]) == association([[5, 9], [8, 3]])
    reason = "A comparison needs two rows and two columns with counts."
    assert association([[5, 9], [0, 0]]) == Association("", 14, undefined_because=reason)
