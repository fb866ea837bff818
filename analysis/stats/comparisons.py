"""Do groups differ: tests on ranks, and how much: effect sizes with their intervals.

SciPy comes with this module, for the distribution of ranks with ties; it is heavy (seconds, 100 MB), so the web process
must not load it; jobs and commands do. Groups hold measured values only, no open issues.
"""

from math import floor, sqrt

import numpy as np
from scipy import stats

from analysis.stats.ratings import Array
from analysis.stats.statistic import EQUAL, LEVEL, ONE_GROUP, Groups, Statistic, large_enough, too_few

# Below this many in both groups and without ties the exact distribution is used, as R's wilcox.test does.
EXACT_BELOW = 50
DRAWS, SEED = 1_000, 1
_NUMBERS_A_CHUNK = 2_000_000
_HALVINGS = 200


def mann_whitney(groups: Groups, *, exact: bool | None = None, continuity: bool = True) -> Statistic:
    """Two-sided (Mann & Whitney 1947). `statistic` is U: pairs in which the first group's value is larger, ties by half
    (W in R). Effect: Cliff's δ. Without `exact` the rule is R's: exact for small groups without ties."""
    a, b = _two(groups)
    pooled = np.concatenate([a, b])
    if exact is None:
        exact = max(a.size, b.size) < EXACT_BELOW and np.unique(pooled).size == pooled.size
    told = "exact" if exact else "normal approximation, corrected for ties" + (" and continuity" if continuity else "")
    blank = _blank("mann_whitney", groups, f"Mann–Whitney U, two-sided, {told}; effect: Cliff’s δ.")
    reason = too_few(_sizes(groups)) or (EQUAL if _all_equal(pooled) else None)
    if reason:
        return blank.because(reason)
    found = stats.mannwhitneyu(
        a, b, alternative="two-sided", method="exact" if exact else "asymptotic", use_continuity=continuity
    )
    effect = cliffs_delta(groups)
    return Statistic(
        blank.test, blank.groups, blank.sizes, blank.method, float(found.statistic), None, float(found.pvalue), None,
        effect.effect, effect.ci_low, effect.ci_high,
    )  # fmt: skip


def cliffs_delta(groups: Groups) -> Statistic:
    """Share of pairs in which the first group is larger, less the share in which it is smaller (Cliff 1993).

    Equal to 2U/(mn) − 1. Interval: Cliff's consistent variance and asymmetric limits, with t as in R's effsize.
    """
    blank = _blank("cliffs_delta", groups, "Cliff’s δ; interval with the consistent variance, asymmetric, t.")
    a, b = _two(groups)
    reason = too_few(_sizes(groups))
    if reason:
        return blank.because(reason)
    value, low, high = _delta(a, b)
    return _estimate(blank, value, low, high)


def vargha_delaney(groups: Groups) -> Statistic:
    """Â₁₂ = (δ + 1) / 2: chance that a value of the first group is larger, ties by half (Vargha & Delaney 2000)."""
    blank = _blank("a12", groups, "Vargha–Delaney Â₁₂ = (δ + 1) / 2; interval from that of δ.")
    delta = cliffs_delta(groups)
    if delta.effect is None or delta.ci_low is None or delta.ci_high is None:
        return blank.because(delta.undefined_because or "")
    return _estimate(blank, *((end + 1) / 2 for end in (delta.effect, delta.ci_low, delta.ci_high)))


def hodges_lehmann(groups: Groups) -> Statistic:
    """Median of all differences between a value of the first group and one of the second (Hodges & Lehmann 1963).

    The interval ends at differences of the ranks that the test of Mann–Whitney leaves (Hollander & Wolfe 1973, 4.3). It
    is a shift only if the distributions have the same shape.
    """
    told = "Hodges–Lehmann shift: median of the differences; interval from the ranks of the differences."
    blank = _blank("hodges_lehmann", groups, told)
    a, b = (np.sort(values) for values in _two(groups))
    reason = too_few(_sizes(groups))
    if reason:
        return blank.because(reason)
    pairs = a.size * b.size
    middle = (_difference(a, b, (pairs + 1) // 2) + _difference(a, b, pairs // 2 + 1)) / 2
    cut = _rank_cut(a, b)
    low, high = (_difference(a, b, cut), _difference(a, b, pairs + 1 - cut)) if cut else (None, None)
    return _estimate(blank, middle, low, high)


def kruskal_wallis(groups: Groups, *, draws: int = DRAWS) -> Statistic:
    """`statistic` is H, corrected for ties (Kruskal & Wallis 1952); effect ε² = H / (n − 1) (Tomczak & Tomczak 2014).
    Groups that are too small take no part."""
    used, left_out = large_enough(_sizes(groups))
    kept = {group: np.asarray(groups[group], dtype=float) for group in used}
    told = f"Kruskal–Wallis H, corrected for ties, χ²; effect: ε², percentile bootstrap, {draws} draws, seed {SEED}."
    sizes = tuple(values.size for values in kept.values())
    blank = Statistic("kruskal_wallis", tuple(used), sizes, told, left_out=left_out)
    if len(used) < 2:
        return blank.because(ONE_GROUP)
    values = list(kept.values())
    if _all_equal(np.concatenate(values)):
        return blank.because(EQUAL)
    found = stats.kruskal(*values)
    h = float(found.statistic)
    low, high = _epsilon_interval(values, draws)
    return Statistic(
        blank.test, blank.groups, blank.sizes, blank.method, h, len(used) - 1, float(found.pvalue), None,
        h / (blank.n - 1), low, high, None, left_out,
    )  # fmt: skip


def _delta(a: Array, b: Array) -> tuple[float, float, float]:
    """δ and its limits. At ±1 the variance is 0, and the far limit is Cliff's (1996) for the smaller group."""
    m, n = a.size, b.size
    rows, columns = _dominance(a, b), -_dominance(b, a)
    value = float(rows.mean())
    if abs(value) == 1:
        square = stats.norm.ppf((1 + LEVEL) / 2) ** 2
        end = float(value * (min(m, n) - square) / (min(m, n) + square))
        return value, min(value, end), max(value, end)
    untied = m * n - _ties(a, b)
    spread = (
        n * n * ((rows - value) ** 2).sum() + m * m * ((columns - value) ** 2).sum() - (untied - m * n * value**2)
    ) / (m * n * (m - 1) * (n - 1))
    variance = max(float(spread), (1 - value**2) / (m * n - 1))
    t = float(stats.t.ppf((1 + LEVEL) / 2, m + n - 2))
    rest = t * sqrt(variance) * sqrt((1 - value**2) ** 2 + t * t * variance)
    low, high = ((value - value**3 + sign * rest) / (1 - value**2 + t * t * variance) for sign in (-1, 1))
    return value, low, high


def _dominance(a: Array, b: Array) -> Array:
    """For each value of `a`: the share of `b` that is smaller, less the share that is larger."""
    ordered = np.sort(b)
    smaller = np.searchsorted(ordered, a, side="left")
    larger = b.size - np.searchsorted(ordered, a, side="right")
    return np.asarray((smaller - larger) / b.size)


def _ties(a: Array, b: Array) -> int:
    ordered = np.sort(b)
    return int((np.searchsorted(ordered, a, side="right") - np.searchsorted(ordered, a, side="left")).sum())


def _difference(a: Array, b: Array, rank: int) -> float:
    """The difference a − b of this rank among all pairs (1 is the smallest), by halving: no table of pairs is made."""
    low, high = float(a[0] - b[-1]), float(a[-1] - b[0])
    for _ in range(_HALVINGS):
        middle = low + (high - low) / 2
        if not low < middle < high:
            break
        low, high = (low, middle) if _at_most(a, b, middle) >= rank else (middle, high)
    return _nearest(a, b, low if _at_most(a, b, low) >= rank else high)


def _nearest(a: Array, b: Array, value: float) -> float:
    """The difference of a pair that lies next to this one: halving ends a rounding beside it."""
    place = np.searchsorted(b, a - value)
    beside = [a - b[np.clip(place + step, 0, b.size - 1)] for step in (-1, 0)]
    found = np.concatenate(beside)
    return float(found[np.abs(found - value).argmin()])


def _at_most(a: Array, b: Array, value: float) -> int:
    """Pairs with a − b ≤ value, of sorted groups."""
    return int((b.size - np.searchsorted(b, a - value, side="left")).sum())


def _rank_cut(a: Array, b: Array) -> int:
    """Rank of the difference that ends the interval; 0 when even the outermost ones do not reach the level."""
    m, n, tail = a.size, b.size, (1 - LEVEL) / 2
    pooled = np.concatenate([a, b])
    if max(m, n) < EXACT_BELOW and np.unique(pooled).size == pooled.size:
        return int((np.cumsum(_u_distribution(m, n)) <= tail).sum())
    ties = float(stats.tiecorrect(stats.rankdata(pooled)))
    sigma = sqrt(ties * m * n * (m + n + 1) / 12)
    return max(0, floor(m * n / 2 - float(stats.norm.ppf(1 - tail)) * sigma))


def _u_distribution(m: int, n: int) -> Array:
    """Chances of U = 0, 1, …, mn without ties: the Gaussian binomial, factor by factor."""
    ways = np.zeros(m * n + 1)
    ways[0] = 1
    for step in range(1, m + 1):
        for place in range(m * n, n + step - 1, -1):
            ways[place] -= ways[place - n - step]
        for place in range(step, m * n + 1):
            ways[place] += ways[place - step]
    return np.asarray(ways / ways.sum())


def _epsilon_interval(groups: list[Array], draws: int) -> tuple[float, float]:
    """Percentile bootstrap within groups; ε² is the share of the ranks' spread that lies between groups."""
    random = np.random.Generator(np.random.PCG64(SEED))
    sizes = [values.size for values in groups]
    chunk = max(1, _NUMBERS_A_CHUNK // sum(sizes))
    shares = np.concatenate(
        [_epsilon_of_draws(random, groups, min(chunk, draws - done)) for done in range(0, draws, chunk)]
    )
    low, high = np.quantile(shares, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _epsilon_of_draws(random: np.random.Generator, groups: list[Array], draws: int) -> Array:
    drawn = [values[random.integers(0, values.size, size=(draws, values.size))] for values in groups]
    ranks = stats.rankdata(np.concatenate(drawn, axis=1), axis=1)
    centred = ranks - (ranks.shape[1] + 1) / 2
    ends = np.cumsum([values.size for values in groups])[:-1]
    between = sum(part.sum(axis=1) ** 2 / part.shape[1] for part in np.split(centred, ends, axis=1))
    whole = (centred**2).sum(axis=1)
    return np.asarray(np.divide(between, whole, out=np.zeros(draws), where=whole > 0))


def _two(groups: Groups) -> tuple[Array, Array]:
    first, second = (np.asarray(values, dtype=float) for values in groups.values())
    return first, second


def _sizes(groups: Groups) -> dict[str, int]:
    return {group: int(np.size(values)) for group, values in groups.items()}


def _blank(test: str, groups: Groups, method: str) -> Statistic:
    return Statistic(test, tuple(groups), tuple(_sizes(groups).values()), method)


def _estimate(blank: Statistic, value: float, low: float | None, high: float | None) -> Statistic:
    return Statistic(
        blank.test, blank.groups, blank.sizes, blank.method, statistic=value, effect=value, ci_low=low, ci_high=high
    )


def _all_equal(values: Array) -> bool:
    return bool(values.size) and bool((values == values[0]).all())
