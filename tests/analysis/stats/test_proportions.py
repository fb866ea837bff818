"""The Wilson interval, against the published worked example and statsmodels."""

import warnings

import pytest

from analysis.stats.proportions import goodman, wilson

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the library's own imports warn of is not ours
    from statsmodels.stats.proportion import multinomial_proportions_confint, proportion_confint


def test_newcombes_example():
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3: 81 of 263.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize(("count", "n", "level"), [(0, 10, 0.95), (10, 10, 0.95), (1, 3, 0.9), (97, 318, 0.95)])
def test_equals_statsmodels(count, n, level):
    expected = proportion_confint(count, n, alpha=1 - level, method="wilson")
    assert wilson(count, n, level=level) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("count", "n"), [(0, 0), (-1, 3), (4, 3)])
def test_impossible_shares_are_refused(count, n):
    with pytest.raises(ValueError, match="between 0 and the number of cases"):
        wilson(count, n)


@pytest.mark.parametrize("counts", [(56, 72, 73, 59, 62, 87, 58), (3, 0, 7)])
def test_shares_of_one_whole_equal_statsmodels(counts):
    expected = multinomial_proportions_confint(list(counts), alpha=0.05, method="goodman")
    assert goodman(counts) == tuple(pytest.approx(tuple(row), abs=1e-9) for row in expected)
