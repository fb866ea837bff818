"""Student's t without SciPy, which the web process must not load."""

from functools import cache
from math import atan, cos, pi, sin, sqrt

import numpy as np


def t_within(t: float, df: int) -> float:
    """P(|T| ≤ t) for whole degrees of freedom, by its finite series (Abramowitz & Stegun 1964, 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(df))
    odd = df % 2
    steps = np.arange(1 + odd, df - 1, 2)
    terms = np.cumprod(np.concatenate([[1.0], steps / (steps + 1) * cos(angle) ** 2]))
    series = float(terms.sum())
    if not odd:
        return sin(angle) * series
    return 2 / pi * (angle + sin(angle) * cos(angle) * series if df > 1 else angle)


@cache
def t_quantile(p: float, df: int) -> float:
    """The t below which a share `p` above 1/2 lies, by halving to the last digit but one or two."""
    high = 1.0
    while t_within(high, df) < 2 * p - 1:
        high *= 2
    low = 0.0
    for _ in range(54):
        middle = (low + high) / 2
        low, high = (middle, high) if t_within(middle, df) < 2 * p - 1 else (low, middle)
    return high
