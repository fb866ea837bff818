"""Durations with open ones among them: the share that is still open after each time, and what is read from it.

Kaplan & Meier 1958, with Greenwood's variance. An open observation counts as long as it was watched, then no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from analysis.stats.ratings import Array
from analysis.stats.samples import Sample
from analysis.stats.statistic import FEWEST, LEVEL, Statistic, too_few

# R's survfit: limits of log S, at most 1. log(−log S) is what lifelines draws; it is offered, not the default.
LIMITS = ("log", "log-log")
_HALF = 0.5
# R takes S(t) within this of one half for one half.
_NEAR = float(np.sqrt(np.finfo(float).eps))
NO_END = "None of these has ended, so there is no time to compare."


@dataclass(frozen=True)
class Curve:
    """At each `time` at which something ended: how many were watched until then, how many ended, the share that
    remains, Greenwood's sum, and the limits of the share (not a number where nothing remains). `last` is the longest
    time watched."""

    n: int
    last: float
    time: Array
    at_risk: Array
    ended: Array
    share: Array
    greenwood: Array
    low: Array
    high: Array

    def share_at(self, time: float) -> float:
        """Share that is still open after this time."""
        place = int(np.searchsorted(self.time, time, side="right"))
        return float(self.share[place - 1]) if place else 1.0

    @property
    def median(self) -> float | None:
        return _crossing(self.time, self.share)

    @property
    def median_interval(self) -> tuple[float | None, float | None]:
        """Where the limits of the curve cross one half (Brookmeyer & Crowley 1982); None: they never do."""
        return _crossing(self.time, self.low), _crossing(self.time, self.high)


def kaplan_meier(value: Array, ended: Array, *, limits: str = "log", level: float = LEVEL) -> Curve:
    """The curve of one group with at least one observation."""
    time, deaths = np.unique(value[ended], return_counts=True)
    at_risk = watched_until(value, time)
    share = np.cumprod(1 - deaths / at_risk)
    rest = at_risk - deaths
    step = np.divide(deaths, at_risk * rest, out=np.zeros(len(time)), where=rest > 0)
    greenwood = np.cumsum(step)
    low, high = _limits(share, greenwood, limits, NormalDist().inv_cdf((1 + level) / 2))
    return Curve(len(value), float(value.max()), time, at_risk, deaths, share, greenwood, low, high)


def watched_until(value: Array, times: Sequence[float] | Array) -> Array:
    """How many are at risk at each time: neither ended nor lost before it."""
    return len(value) - np.searchsorted(np.sort(value), np.asarray(times, dtype=float), side="left")


def restricted_mean(curve: Curve, until: float) -> tuple[float, float]:
    """Area below the curve up to a time, and its variance (Klein & Moeschberger 2003, 4.5)."""
    inside = curve.time < until
    steps = np.concatenate([[0.0], curve.time[inside], [until]])
    areas = np.diff(steps) * np.concatenate([[1.0], curve.share[inside]])
    after = np.cumsum(areas[::-1])[::-1][1:]
    deaths, at_risk = curve.ended[inside], curve.at_risk[inside]
    rest = at_risk - deaths
    step = np.divide(deaths, at_risk * rest, out=np.zeros(len(rest)), where=rest > 0)
    return float(areas.sum()), float((after**2 * step).sum())


def medians(sample: Sample, limits: str = "log") -> list[Statistic]:
    """One row a group: the median time with its interval. Not reached when too many are still open."""
    return [_median_row(sample, place, limits) for place in range(len(sample.groups))]


def restricted_mean_difference(sample: Sample, until: float | None = None) -> Statistic:
    """Of two groups: first less second, with the normal interval and test. Up to the shorter of the two longest times
    watched, as long as nothing else is asked."""
    told = "Difference of restricted means (areas below the Kaplan–Meier curves up to {}); normal interval."
    blank = Statistic("rmst", sample.groups, tuple(sample.sizes.values()), told.format("a common time"))
    reason = too_few(sample.sizes) or (None if sample.ended.any() else NO_END)
    if reason:
        return blank.because(reason)
    curves = [curve_of(sample, place) for place in (0, 1)]
    until = min(curve.last for curve in curves) if until is None else until
    (first, spread_a), (second, spread_b) = (restricted_mean(curve, until) for curve in curves)
    blank = Statistic(blank.test, blank.groups, blank.sizes, told.format(f"{until:.6g}"))
    if spread_a + spread_b == 0:
        return blank.because("Neither curve varies before the common time.")
    return _normal_row(blank, first - second, sqrt(spread_a + spread_b))


def curve_of(sample: Sample, place: int, limits: str = "log") -> Curve:
    mine = sample.group == place
    return kaplan_meier(sample.value[mine], sample.ended[mine], limits=limits)


def _median_row(sample: Sample, place: int, limits: str) -> Statistic:
    name = sample.groups[place]
    size = sample.sizes[name]
    blank = Statistic("km", (name,), (size,), f"Kaplan–Meier median; Greenwood limits of the curve, {limits}.")
    if size < FEWEST:
        return blank.because(f"Too few observations: {name} has {size}; a curve needs {FEWEST}.")
    curve = curve_of(sample, place, limits)
    low, high = curve.median_interval
    told = f"{blank.method} {int(curve.ended.sum())} ended, {size - int(curve.ended.sum())} still open."
    found = Statistic("km", (name,), (size,), told, curve.median, None, None, None, curve.median, low, high)
    return found if curve.median is not None else found.because("More than half were still open when last watched.")


def _normal_row(blank: Statistic, value: float, error: float) -> Statistic:
    normal = NormalDist()
    z, reach = value / error, normal.inv_cdf((1 + LEVEL) / 2) * error
    p = 2 * normal.cdf(-abs(z))
    return Statistic(
        blank.test, blank.groups, blank.sizes, blank.method, z, None, p, None, value, value - reach, value + reach
    )


def _crossing(time: Array, share: Array) -> float | None:
    """First time at which the share is at most one half; where it stays at one half, the middle of that stretch (R)."""
    below = np.flatnonzero(share < _HALF + _NEAR)
    if not below.size:
        return None
    first = int(below[0])
    lower = np.flatnonzero(share < share[first])
    if abs(share[first] - _HALF) < _NEAR and lower.size:
        return float((time[first] + time[lower[0]]) / 2)
    return float(time[first])


def _limits(share: Array, greenwood: Array, limits: str, z: float) -> tuple[Array, Array]:
    """Not a number where nothing remains: Greenwood's variance has no value there, in R either."""
    error = z * np.sqrt(greenwood)
    inside = share > 0
    log = np.log(share, out=np.full_like(share, np.nan), where=inside)
    if limits == "log":
        return np.exp(log - error), np.minimum(np.exp(log + error), 1)
    reach = np.exp(np.divide(error, -log, out=np.zeros_like(share), where=log < 0))
    return np.exp(log * reach), np.exp(log / reach)
