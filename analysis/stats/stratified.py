"""Rank test within strata: what differs between groups of one repository, added up over the repositories."""

from dataclasses import replace

import numpy as np
from scipy import stats

from analysis.stats.ratings import Array
from analysis.stats.samples import Sample
from analysis.stats.statistic import ONE_GROUP, Statistic

NOWHERE = "No stratum has observations of two groups that differ, so nothing compares the groups within strata."


def van_elteren(sample: Sample) -> Statistic:
    """Van Elteren (1960): ranks within each stratum, divided by its size + 1. More than two groups: the mean score test
    of Landis, Heyman & Koch (1978) with those scores; in one stratum it is Kruskal–Wallis.

    Effect, for two groups: Cliff's δ of the strata, weighted by mn / (m + n + 1).
    """
    used, left_out = sample.ended_only().large_groups()
    blank = Statistic(
        "van_elteren", used.groups, tuple(used.sizes.values()), _told(used, len(sample.blocks)), left_out=left_out
    )
    if len(used.groups) < 2:
        return blank.because(ONE_GROUP)
    excess, spread, weight = _summed(used)
    df = int(np.linalg.matrix_rank(spread))
    if not df:
        return blank.because(NOWHERE)
    statistic = float(excess @ np.linalg.pinv(spread, hermitian=True) @ excess)
    effect = 2 * float(excess[0]) / weight if len(used.groups) == 2 else None
    return replace(blank, statistic=statistic, df=df, p=float(stats.chi2.sf(statistic, df)), effect=effect)


def _summed(used: Sample) -> tuple[Array, Array, float]:
    """Sum of the scores above what chance gives, its covariance, and Σ mn / (m + n + 1), over the strata."""
    k = len(used.groups)
    excess, spread, weight = np.zeros(k), np.zeros((k, k)), 0.0
    for block in np.unique(used.block):
        inside = used.block == block
        scores = stats.rankdata(used.value[inside]) / (inside.sum() + 1)
        sizes = np.bincount(used.group[inside], minlength=k)
        n = len(scores)
        excess += np.bincount(used.group[inside], scores, minlength=k) - sizes * scores.mean()
        if n > 1:
            share = sizes / n
            spread += n * scores.var(ddof=1) * (np.diag(share) - np.outer(share, share))
        weight += float(sizes[0] * sizes[1] / (n + 1))
    return excess, spread, weight


def _told(used: Sample, strata: int) -> str:
    """How many observations stand in strata with one group alone: they say nothing of a difference."""
    alone = 0
    for block in np.unique(used.block):
        inside = used.block == block
        alone += int(inside.sum()) if len(np.unique(used.group[inside])) < 2 else 0
    note = f" {alone} observations stand in strata with one group only and say nothing." if alone else ""
    effect = "; effect: Cliff’s δ of the strata, weighted" if len(used.groups) == 2 else ""
    return f"Van Elteren’s test, stratified ({strata} strata), corrected for ties, χ²{effect}.{note}"
