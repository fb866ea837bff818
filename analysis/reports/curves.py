"""Kaplan–Meier curves of groups, as a figure and the table beside it need them."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from analysis.stats.resolution import UNITS
from analysis.stats.samples import Sample
from analysis.stats.statistic import FEWEST
from analysis.stats.survival import Curve, curve_of, watched_until

# In days. Months and years are the Gregorian calendar's mean ones.
TIMES = {1 / 24: "1 h", 1: "1 d", 7: "1 w", 30.44: "1 mo", 91.31: "3 mo", 365.25: "1 y", 1095.75: "3 y"}


@dataclass(frozen=True)
class AtTime:
    """How many were still watched, and the share of the group that was still open."""

    name: str
    at_risk: int
    share: float


@dataclass(frozen=True)
class Step:
    """The share from this time on, with its limits where they exist."""

    time: float
    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class CategoryCurve:
    category: str
    colour: int
    n: int
    ended: int
    last: float | None
    median: float | None
    low: float | None
    high: float | None
    at: tuple[AtTime, ...]
    steps: tuple[Step, ...]
    undefined_because: str | None

    @property
    def still_open(self) -> int:
        return self.n - self.ended


def curves_by_group(sample: Sample, colours: Mapping[str, int], unit: str) -> tuple[CategoryCurve, ...]:
    return tuple(_curve(sample, place, colours[name], unit) for place, name in enumerate(sample.groups))


def _curve(sample: Sample, place: int, colour: int, unit: str) -> CategoryCurve:
    name, mine = sample.groups[place], sample.group == place
    n, ended = int(mine.sum()), int(sample.ended[mine].sum())
    if n < FEWEST:
        reason = f"A curve needs {FEWEST} issues."
        return CategoryCurve(name, colour, n, ended, None, None, None, None, (), (), reason)
    curve = curve_of(sample, place)
    low, high = curve.median_interval
    a_day = UNITS["days"] / UNITS[unit]
    watched = watched_until(sample.value[mine], [days * a_day for days in TIMES])
    at = tuple(
        AtTime(words, int(count), curve.share_at(days * a_day))
        for (days, words), count in zip(TIMES.items(), watched, strict=True)
    )
    told = None if curve.median is not None else "More than half were not resolved when last watched."
    return CategoryCurve(name, colour, n, ended, curve.last, curve.median, low, high, at, _steps(curve), told)


def _steps(curve: Curve) -> tuple[Step, ...]:
    rows = zip(curve.time, curve.share, curve.low, curve.high, strict=True)
    return tuple(Step(float(time), float(share), _known(low), _known(high)) for time, share, low, high in rows)


def _known(end: float) -> float | None:
    return float(end) if isfinite(end) else None
