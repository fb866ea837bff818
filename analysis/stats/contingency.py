"""Do two classifications go together: counts of one by the other, for example categories by group."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy import optimize, stats

from analysis.stats.ratings import Array
from analysis.stats.statistic import LEVEL

# Cochran's (1954) rule: below these expected counts χ² is not to be trusted.
_LEAST, _MOSTLY, _SHARE = 1, 5, 0.8
DRAWS, SEED = 10_000, 1


@dataclass(frozen=True)
class Association:
    """χ² without continuity correction, or Fisher's exact test; Cramér's V with its interval. None with a reason."""

    method: str
    n: int
    chi2: float | None = None
    df: int | None = None
    p: float | None = None
    v: float | None = None
    v_low: float | None = None
    v_high: float | None = None
    undefined_because: str | None = None


def association(table: Sequence[Sequence[int]]) -> Association:
    """Rows and columns that are empty take no part. Small expected counts: Fisher's exact test, beyond 2 × 2 with
    random tables of the same margins (10,000, seed 1)."""
    counts = np.asarray(table, dtype=np.int64)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    n = int(counts.sum())
    if min(counts.shape) < 2:
        return Association("", n, undefined_because="A comparison needs two rows and two columns with counts.")
    found = stats.chi2_contingency(counts, correction=False)
    chi2, df = float(found.statistic), int(found.dof)
    method, p = "Pearson’s χ², without continuity correction", float(found.pvalue)
    if not _trusted(np.asarray(found.expected_freq)):
        method, p = _fisher(counts)
    v, low, high = (min(1.0, sqrt(end / (n * (min(counts.shape) - 1)))) for end in (chi2, *_noncentral(chi2, df)))
    return Association(method, n, chi2, df, p, v, low, high)


def _trusted(expected: Array) -> bool:
    return bool(expected.min() >= _LEAST and (expected >= _MOSTLY).mean() >= _SHARE)


def _fisher(counts: Array) -> tuple[str, float]:
    if counts.shape == (2, 2):
        return "Fisher’s exact test, as expected counts are small", float(stats.fisher_exact(counts).pvalue)
    drawn = stats.MonteCarloMethod(n_resamples=DRAWS, rng=np.random.default_rng(SEED))
    p = float(stats.fisher_exact(counts, method=drawn).pvalue)
    return f"Fisher’s exact test with {DRAWS} random tables, seed {SEED}, as expected counts are small", p


def _noncentral(chi2: float, df: int) -> tuple[float, float]:
    """Limits of the non-centrality of χ² (Smithson 2003): V's are their roots over n and the smaller side less 1."""
    tail = (1 - LEVEL) / 2
    return _noncentrality(chi2, df, 1 - tail), _noncentrality(chi2, df, tail)


def _noncentrality(chi2: float, df: int, level: float) -> float:
    """The λ with which a χ² as large as this has the chance `level` to be exceeded by none; 0 when there is none."""
    if stats.chi2.cdf(chi2, df) <= level:
        return 0.0
    far = chi2 + 10 * sqrt(chi2) + 50
    return float(optimize.brentq(lambda nc: stats.ncx2.cdf(chi2, df, nc) - level, 1e-9, far))
