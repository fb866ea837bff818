"""Which groups differ: each pair of groups after a test over all of them, by ranks."""

from collections.abc import Callable
from math import sqrt

import numpy as np
from scipy import stats

from analysis.stats.adjustment import with_adjusted
from analysis.stats.comparisons import cliffs_delta
from analysis.stats.ratings import Array
from analysis.stats.statistic import Groups, Statistic, large_enough, pairs_of

SEPARATED = "Within each group all values are equal, so there is no spread to measure the difference by."


def each_pair(groups: Groups, test: Callable[[Groups], Statistic], how: str) -> list[Statistic]:
    """A test of two groups for every pair, in the order given; p adjusted over all of them."""
    return with_adjusted([test({a: groups[a], b: groups[b]}) for a, b in pairs_of(list(groups))], how)


def dunn(groups: Groups, how: str) -> list[Statistic]:
    """Differences of mean ranks of all groups together, z; variance corrected for ties (Dunn 1964)."""
    ranks = _ranks(groups)
    n = sum(part.size for part in ranks.values())
    spread = n * (n + 1) / 12 * stats.tiecorrect(np.concatenate(list(ranks.values()))) if ranks else 0
    return _after_ranks("dunn", f"Dunn’s z, corrected for ties; adjusted: {how}", groups, ranks, spread, None, how)


def conover(groups: Groups, how: str) -> list[Statistic]:
    """As `dunn`, measured by the spread of the ranks within groups, t with n − k degrees (Conover & Iman 1979)."""
    ranks = _ranks(groups)
    within = sum(float(((part - part.mean()) ** 2).sum()) for part in ranks.values())
    df = sum(part.size for part in ranks.values()) - len(ranks)
    spread = within / df if df else 0
    return _after_ranks("conover", f"Conover’s t, corrected for ties; adjusted: {how}", groups, ranks, spread, df, how)


def _after_ranks(
    test: str, told: str, groups: Groups, ranks: dict[str, Array], spread: float, df: int | None, how: str
) -> list[Statistic]:
    """`spread` is the variance of one rank; a pair's difference has it times 1/m + 1/n."""
    rows = []
    for a, b in pairs_of(list(groups)):
        effect = cliffs_delta({a: groups[a], b: groups[b]})
        blank = Statistic(test, (a, b), effect.sizes, f"{told}; effect: Cliff’s δ.", df=df)
        reason = effect.undefined_because or (None if spread > 0 else SEPARATED)
        rows.append(blank.because(reason) if reason else _pair(blank, ranks[a], ranks[b], spread, effect))
    return with_adjusted(rows, how)


def _pair(blank: Statistic, a: Array, b: Array, spread: float, effect: Statistic) -> Statistic:
    value = float(a.mean() - b.mean()) / sqrt(spread * (1 / a.size + 1 / b.size))
    tail = stats.norm.sf(abs(value)) if blank.df is None else stats.t.sf(abs(value), blank.df)
    return Statistic(
        blank.test, blank.groups, blank.sizes, blank.method, value, blank.df, float(2 * tail), None,
        effect.effect, effect.ci_low, effect.ci_high,
    )  # fmt: skip


def _ranks(groups: Groups) -> dict[str, Array]:
    """The ranks of each group that is large enough, among all of those."""
    used, _ = large_enough({group: int(np.size(values)) for group, values in groups.items()})
    values = [np.asarray(groups[group], dtype=float) for group in used]
    if not values:
        return {}
    ranks = stats.rankdata(np.concatenate(values))
    ends = np.cumsum([part.size for part in values])[:-1]
    return dict(zip(used, np.split(ranks, ends), strict=True))
