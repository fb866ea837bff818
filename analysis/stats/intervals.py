"""How sure a coefficient is: standard error, analytic interval, bootstrap (percentile, BCa), jackknife.

All of them weigh whole units: a unit is drawn, left out or stepped along with all its ratings.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from analysis.stats.batches import Batch, Draws, Steps
from analysis.stats.ratings import Array, Interval
from analysis.stats.student import t_quantile

Value = Callable[[Batch], Array]

# Weights of a chunk of draws stay below about 16 MB.
_NUMBERS_A_CHUNK = 2_000_000
# A multinomial costs by the pattern, drawing by the unit; measured, one pattern costs what about 6 units do.
_UNITS_AS_DEAR_AS_A_PATTERN = 6
# Far below rounding, so that the derivative is exact to machine precision.
_COMPLEX_STEP = 1e-30

PERCENTILE, BCA = "percentile", "bca"
_KINDS = {PERCENTILE: "percentile bootstrap over units", BCA: "BCa bootstrap over units"}
_NORMAL = NormalDist()


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError("The level of an interval lies between 0 and 1, for example 0.95.")


@dataclass(frozen=True)
class Bootstrap:
    """What is to be drawn. The same seed, ratings and NumPy give the same interval."""

    draws: int = 10_000
    level: float = 0.95
    seed: int = 1
    kind: str = PERCENTILE

    def __post_init__(self) -> None:
        if self.draws < 1:
            raise ValueError("A bootstrap needs at least one draw.")
        if self.kind not in _KINDS:
            raise ValueError(f"There is no bootstrap interval {self.kind}. Known: {', '.join(_KINDS)}.")
        _check_level(self.level)


@dataclass(frozen=True)
class Analytic:
    """Value ± quantile × standard error: Student's t with n − 1 degrees of freedom, for Cohen's κ the normal one."""

    level: float = 0.95

    def __post_init__(self) -> None:
        _check_level(self.level)


@dataclass(frozen=True)
class Jackknife:
    """One unit left out at a time. `undefined` of these tables have no value and are in none of the figures."""

    bias: float
    se: float
    undefined: int


def draws_of(copies: Array, plan: Bootstrap) -> Iterator[Draws]:
    """Resamples of as many units as there are, as weights of their patterns."""
    chunk = max(1, _NUMBERS_A_CHUNK // int(max(copies.sum(), len(copies))))
    random = np.random.Generator(np.random.PCG64(plan.seed))
    for start in range(0, plan.draws, chunk):
        yield Draws(_weights(random, copies, min(chunk, plan.draws - start)).astype(float))


def _weights(random: np.random.Generator, copies: Array, size: int) -> Array:
    """Size × patterns: how often each pattern is drawn when as many units are drawn as there are."""
    n, kinds = int(copies.sum()), len(copies)
    if n > _UNITS_AS_DEAR_AS_A_PATTERN * kinds:
        return random.multinomial(n, copies / n, size=size)
    pattern_of_unit = np.repeat(np.arange(kinds, dtype=np.int32), copies)
    drawn = pattern_of_unit[random.integers(0, n, size=(size, n), dtype=np.int32)]
    drawn += kinds * np.arange(size, dtype=np.int32)[:, None]
    return np.bincount(drawn.ravel(), minlength=size * kinds).reshape(size, kinds)


def _along(copies: Array, step: complex, value: Value, width: int) -> Array:
    chunk = max(1, _NUMBERS_A_CHUNK // max(width, 1))
    starts = range(0, len(copies), chunk)
    return np.concatenate([value(Steps(copies, step, at, min(at + chunk, len(copies)))) for at in starts])


def standard_error(
    value: Value, copies: Array, *, n: int, ddof: int, width: int = 1, population: int | None = None
) -> float | None:
    """The delta method: each unit's influence on the value. None with fewer than two units.

    `ddof` 0 divides by n (Fleiss, Cohen & Everitt 1969), 1 by n − 1 (Gwet 2008). With `population`, the share of it
    that has been rated takes the error down by √(1 − n / N).
    """
    if n < 2:
        return None
    if population is not None and population < n:
        raise ValueError(f"A population of {population} cannot be smaller than the {n} issues rated.")
    influence = _along(copies, 1j * _COMPLEX_STEP, value, width).imag / _COMPLEX_STEP
    unseen = 1 if population is None else 1 - n / population
    return sqrt(unseen * float(copies @ influence**2) * n / (n - ddof))


def analytic_interval(value: float, se: float, plan: Analytic, *, df: int | None) -> Interval:
    """`df` None: normal. The upper end is at most 1."""
    at = (1 + plan.level) / 2
    reach = se * (_NORMAL.inv_cdf(at) if df is None else t_quantile(at, df))
    kind = "normal" if df is None else f"Student’s t, {df} degrees of freedom"
    return Interval(value - reach, min(1.0, value + reach), plan.level, f"analytic, {kind}")


def left_out(value: Value, copies: Array, width: int = 1) -> Array:
    """The value without one unit of each pattern."""
    return _along(copies, -1, value, width)


def jackknife(whole: float, value: Value, copies: Array, width: int = 1) -> Jackknife | None:
    """Bias and standard error (Efron & Tibshirani 1993, chapter 11). None when fewer than two tables have a value."""
    without = left_out(value, copies, width)
    defined = ~np.isnan(without)
    weights, n = copies[defined], int(copies[defined].sum())
    if n < 2:
        return None
    mean = float(weights @ without[defined]) / n
    spread = float(weights @ (without[defined] - mean) ** 2)
    return Jackknife((n - 1) * (mean - whole), sqrt((n - 1) / n * spread), int(copies.sum()) - n)


def bootstrap_interval(
    drawn: Array, plan: Bootstrap, *, whole: float, without: Array, copies: Array
) -> Interval | None:
    """From the drawn values; `without` and `copies` (the jackknife) for BCa alone. None when no draw has a value."""
    defined = drawn[~np.isnan(drawn)]
    if not len(defined):
        return None
    tail = (1 - plan.level) / 2
    ends = [tail, 1 - tail]
    if plan.kind == BCA:
        ends = _corrected(ends, defined, whole, without, copies)
    low, high = np.quantile(defined, ends)
    undefined = len(drawn) - len(defined)
    return Interval(float(low), float(high), plan.level, _KINDS[plan.kind], plan.draws, undefined, plan.seed)


def _corrected(ends: list[float], drawn: Array, whole: float, without: Array, copies: Array) -> list[float]:
    """Bias-corrected and accelerated (Efron 1987). Draws equal to the value count half below it."""
    below = float((drawn < whole).mean() + (drawn == whole).mean() / 2)
    least = 0.5 / len(drawn)
    bias = _NORMAL.inv_cdf(min(max(below, least), 1 - least))
    speed = _acceleration(without, copies)
    moved = (bias + _NORMAL.inv_cdf(end) for end in ends)
    return [_NORMAL.cdf(bias + by / (1 - speed * by)) for by in moved]


def _acceleration(without: Array, copies: Array) -> float:
    defined = ~np.isnan(without)
    weights, values = copies[defined], without[defined]
    apart = float(weights @ values) / max(int(weights.sum()), 1) - values
    spread = float(weights @ apart**2)
    return float(weights @ apart**3) / (6 * spread**1.5) if spread > 0 else 0.0
