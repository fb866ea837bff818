import pytest
from scipy import stats

from analysis.stats.student import t_quantile, t_within


@pytest.mark.parametrize("df", [1, 2, 3, 4, 5, 11, 30, 839, 8372])
@pytest.mark.parametrize("p", [0.6, 0.95, 0.975, 0.9995])
def test_quantile_and_probability_equal_scipy(df, p):
    expected = stats.t.ppf(p, df)
    assert t_quantile(p, df) == pytest.approx(expected, rel=1e-10)
    assert t_within(expected, df) == pytest.approx(2 * p - 1, abs=1e-12)
