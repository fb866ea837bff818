"""How sure a coefficient is: bootstrap interval and standard error, for any coefficient of totals.

A coefficient is given as one row of numbers a unit (units × k) and a function of their totals (… × k → …).
Resampling units then only re-weights the rows, and no draw needs a loop of its own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from analysis.stats.ratings import Array, Interval

OfTotals = Callable[[Array], Array]

# Weights and totals of a chunk of draws stay below about 16 MB each.
_NUMBERS_A_CHUNK = 2_000_000
# A multinomial costs by the pattern, drawing by the unit; measured, one pattern costs what about 6 units do.
_UNITS_AS_DEAR_AS_A_PATTERN = 6
# Far below rounding, so that the derivative is exact to machine precision.
_COMPLEX_STEP = 1e-30


@dataclass(frozen=True)
class Bootstrap:
    """What is to be drawn. The same seed, rows and NumPy give the same interval."""

    draws: int = 10_000
    level: float = 0.95
    seed: int = 1

    def __post_init__(self) -> None:
        if self.draws < 1:
            raise ValueError("A bootstrap needs at least one draw.")
        if not 0 < self.level < 1:
            raise ValueError("The level of an interval lies between 0 and 1, for example 0.95.")


def _drawn_totals(rows: Array, plan: Bootstrap) -> Iterator[Array]:
    """Totals of resampled units. Equal rows are weighted together: the law is the same, the work is less."""
    patterns, copies = np.unique(rows, axis=0, return_counts=True)
    chunk = max(1, _NUMBERS_A_CHUNK // max(rows.shape))
    random = np.random.Generator(np.random.PCG64(plan.seed))
    for start in range(0, plan.draws, chunk):
        size = min(chunk, plan.draws - start)
        yield _weights(random, copies, size).astype(float) @ patterns


def _weights(random: np.random.Generator, copies: Array, size: int) -> Array:
    """Size × patterns: how often each pattern is drawn when as many units are drawn as there are."""
    n, kinds = int(copies.sum()), len(copies)
    if n > _UNITS_AS_DEAR_AS_A_PATTERN * kinds:
        return random.multinomial(n, copies / n, size=size)
    pattern_of_unit = np.repeat(np.arange(kinds), copies)
    drawn = pattern_of_unit[random.integers(0, n, size=(size, n), dtype=np.int32)]
    drawn += kinds * np.arange(size)[:, None]
    return np.bincount(drawn.ravel(), minlength=size * kinds).reshape(size, kinds)


def percentile_interval(rows: Array, value: OfTotals, plan: Bootstrap) -> Interval | None:
    """Percentile bootstrap over whole units (Efron & Tibshirani 1993, chapter 13).

    None with fewer than two units, or when no draw has a value.
    """
    if len(rows) < 2:
        return None
    drawn = np.concatenate([value(totals) for totals in _drawn_totals(rows, plan)])
    defined = drawn[~np.isnan(drawn)]
    if not len(defined):
        return None
    tail = (1 - plan.level) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    undefined = len(drawn) - len(defined)
    kind = "percentile bootstrap over units"
    return Interval(float(low), float(high), plan.level, kind, plan.draws, undefined, plan.seed)


def linearised_se(rows: Array, value: OfTotals, *, ddof: int) -> float | None:
    """Standard error by the delta method on the totals; None with fewer than two units.

    `ddof` 0 divides by n (Fleiss, Cohen & Everitt 1969), 1 by n − 1 (Gwet 2008).
    """
    n, k = rows.shape
    if n < 2:
        return None
    gradient = value(rows.sum(axis=0) + 1j * _COMPLEX_STEP * np.eye(k)).imag / _COMPLEX_STEP
    influence = rows @ gradient
    return float(np.sqrt(influence.var() * n * n / (n - ddof)))
