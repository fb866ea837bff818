"""Do groups differ: rank tests, effect sizes and the adjustment for several tests.

The only module that imports SciPy, for the distribution of ranks with ties. SciPy is heavy (seconds, 100 MB),
so the web process must not load this module; jobs do. Groups hold measured values only, no open issues.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

# Least |δ| that is called so (Romano et al. 2006); anything less is negligible.
_MAGNITUDES = ((0.474, "large"), (0.33, "medium"), (0.147, "small"))


@dataclass(frozen=True)
class MannWhitney:
    """`u` counts pairs in which the first group's value is larger, ties by half (W in R)."""

    u: float | None
    p: float | None
    undefined_because: str | None


@dataclass(frozen=True)
class CliffsDelta:
    """Share of pairs in which the first group is larger, less the share in which it is smaller: −1 to 1."""

    value: float | None
    undefined_because: str | None

    @property
    def magnitude(self) -> str | None:
        if self.value is None:
            return None
        return next((word for least, word in _MAGNITUDES if abs(self.value) >= least), "negligible")


@dataclass(frozen=True)
class KruskalWallis:
    """`h` is corrected for ties. Groups without a value take no part and are named in `left_out`."""

    h: float | None
    df: int | None
    p: float | None
    epsilon_squared: float | None
    n: int
    left_out: tuple[str, ...]
    undefined_because: str | None


@dataclass(frozen=True)
class PairComparison:
    """One pair of groups. `p_holm` is adjusted over all pairs of the same call that have a p."""

    first: str
    second: str
    n_first: int
    n_second: int
    test: MannWhitney
    effect: CliffsDelta
    p_holm: float | None


def mann_whitney(first: ArrayLike, second: ArrayLike) -> MannWhitney:
    """Two-sided, normal approximation corrected for ties and continuity (Mann & Whitney 1947)."""
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if not a.size or not b.size:
        return MannWhitney(None, None, _EMPTY)
    if _all_equal(np.concatenate([a, b])):
        return MannWhitney(None, None, _EQUAL)
    result = stats.mannwhitneyu(a, b, alternative="two-sided", method="asymptotic", use_continuity=True)
    return MannWhitney(float(result.statistic), float(result.pvalue), None)


def cliffs_delta(first: ArrayLike, second: ArrayLike) -> CliffsDelta:
    """Cliff (1993). Positive: values of the first group tend to be larger. Equal to 2U/(mn) − 1."""
    a, b = np.asarray(first, dtype=float), np.sort(np.asarray(second, dtype=float))
    if not a.size or not b.size:
        return CliffsDelta(None, _EMPTY)
    larger = np.searchsorted(b, a, side="left").sum()
    smaller = (b.size - np.searchsorted(b, a, side="right")).sum()
    return CliffsDelta(float((larger - smaller) / (a.size * b.size)), None)


def kruskal_wallis(groups: Mapping[str, Sequence[float]]) -> KruskalWallis:
    """Kruskal & Wallis (1952) with ε² = H / (n − 1) (Tomczak & Tomczak 2014)."""
    filled = [np.asarray(values, dtype=float) for values in groups.values() if len(values)]
    left_out = tuple(group for group, values in groups.items() if not len(values))
    n = sum(values.size for values in filled)
    blank = KruskalWallis(None, None, None, None, n, left_out, None)
    if len(filled) < 2:
        return replace(blank, undefined_because="A comparison needs two groups with values.")
    if _all_equal(np.concatenate(filled)):
        return replace(blank, undefined_because=_EQUAL)
    result = stats.kruskal(*filled)
    h = float(result.statistic)
    return replace(blank, h=h, df=len(filled) - 1, p=float(result.pvalue), epsilon_squared=h / (n - 1))


def compare_pairs(groups: Mapping[str, Sequence[float]]) -> tuple[PairComparison, ...]:
    """Every pair of groups in the order given, with Mann–Whitney, Cliff's δ and Holm's adjustment."""
    pairs = [_compare(groups, a, b) for a, b in combinations(groups, 2)]
    tested = [pair.test.p for pair in pairs if pair.test.p is not None]
    adjusted = iter(holm(tested))
    return tuple(pair if pair.test.p is None else replace(pair, p_holm=next(adjusted)) for pair in pairs)


def _compare(groups: Mapping[str, Sequence[float]], a: str, b: str) -> PairComparison:
    first, second = groups[a], groups[b]
    test, effect = mann_whitney(first, second), cliffs_delta(first, second)
    return PairComparison(a, b, len(first), len(second), test, effect, None)


def holm(p: Sequence[float]) -> tuple[float, ...]:
    """Holm's (1979) step-down adjustment, in the order given: R's p.adjust(p, "holm")."""
    given = np.asarray(p, dtype=float)
    order = np.argsort(given, kind="stable")
    steps = np.maximum.accumulate(given[order] * np.arange(len(given), 0, -1))
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(steps, 1)
    return tuple(float(value) for value in adjusted)


def _all_equal(values: NDArray[np.float64]) -> bool:
    return bool((values == values[0]).all())


_EMPTY = "One of the groups has no value."
_EQUAL = "All values are equal, so there are no ranks to compare."
