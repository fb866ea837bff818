"""How long issues took, group by group: counts, quartiles and the numbers of a box plot on a log axis.

Durations are in days. None is an issue that is still open: it is counted, and no figure here uses it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.stats.ratings import Array

# Linear interpolation between order statistics: type 7 of Hyndman & Fan (1996), the default of R and NumPy.
QUANTILES: Literal["linear"] = "linear"
# Whiskers end at the last value within 1.5 spreads of the box (Tukey 1977).
WHISKER = 1.5


@dataclass(frozen=True)
class DurationSummary:
    """Figures of the `n` closed issues; `open` and `impossible` (below zero or not finite)
    are not among them.

    The figures are None exactly when `undefined_because` holds a sentence.
    """

    group: str
    n: int
    open: int
    impossible: int
    median: float | None
    q1: float | None
    q3: float | None
    mean: float | None
    minimum: float | None
    maximum: float | None
    undefined_because: str | None


@dataclass(frozen=True)
class LogBox:
    """A box plot for a logarithmic axis, of the `n` durations above zero; `zeros` cannot be drawn on it.

    `low` and `high` are the ends of the whiskers, `outliers` the durations beyond them.
    """

    group: str
    n: int
    zeros: int
    low: float | None
    q1: float | None
    median: float | None
    q3: float | None
    high: float | None
    outliers: tuple[float, ...]
    undefined_because: str | None


def closed(days: Iterable[float | None]) -> Array:
    """The durations that are known and possible, as they came."""
    known = np.array([value for value in days if value is not None], dtype=float)
    return np.asarray(known[np.isfinite(known) & (known >= 0)])


def summarise(group: str, days: Iterable[float | None]) -> DurationSummary:
    given = list(days)
    values, still_open = closed(given), sum(value is None for value in given)
    impossible = len(given) - still_open - len(values)
    if not len(values):
        reason = "No issue of this group has been closed."
        return DurationSummary(group, 0, still_open, impossible, None, None, None, None, None, None, reason)
    low, q1, median, q3, high = _five_numbers(values)
    mean = float(values.mean())
    return DurationSummary(
        group, len(values), still_open, impossible, median, q1, q3, mean, low, high, undefined_because=None
    )


def log_box(group: str, days: Iterable[float | None]) -> LogBox:
    """Quartiles as in `summarise`; the whiskers' reach is measured on the logarithms, as the eye sees it."""
    values = closed(days)
    drawn = np.sort(values[values > 0])
    zeros = len(values) - len(drawn)
    if not len(drawn):
        reason = "No duration of this group is above zero."
        return LogBox(group, 0, zeros, None, None, None, None, None, (), reason)
    _, q1, median, q3, _ = _five_numbers(drawn)
    reach = (q3 / q1) ** WHISKER
    within = (drawn >= q1 / reach) & (drawn <= q3 * reach)
    outliers = tuple(float(value) for value in drawn[~within])
    # With two far values one is an outlier, and the whisker must not end inside the box.
    low, high = min(q1, float(drawn[within][0])), max(q3, float(drawn[within][-1]))
    return LogBox(group, len(drawn), zeros, low, q1, median, q3, high, outliers, None)


def _five_numbers(values: Array) -> tuple[float, float, float, float, float]:
    low, q1, median, q3, high = np.quantile(values, [0, 0.25, 0.5, 0.75, 1], method=QUANTILES)
    return float(low), float(q1), float(median), float(q3), float(high)
