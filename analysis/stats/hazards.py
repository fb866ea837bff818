"""Do groups end at different rates: log-rank and Cox's model, whole or within strata, from one table of counts.

The only covariate is the group, so all that either needs is how many of each group were watched and ended at each time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import exp, sqrt

import numpy as np
from scipy import stats

from analysis.stats.ratings import Array
from analysis.stats.samples import Sample
from analysis.stats.statistic import LEVEL, ONE_GROUP, Statistic
from analysis.stats.survival import NO_END, watched_until

_STEPS = 20
_ENOUGH = 1e-8
# A log hazard ratio beyond this has run away: one group ended before the other began.
_RUN_AWAY = 15


@dataclass(frozen=True)
class Counts:
    """Of one stratum, at each time at which something ended: at risk and ended, times × groups."""

    time: Array
    at_risk: Array
    ended: Array


@dataclass(frozen=True)
class LogRank:
    """`statistic` is χ² with `df`; observed and expected numbers of ends by group."""

    statistic: float
    df: int
    observed: tuple[float, ...]
    expected: tuple[float, ...]


@dataclass(frozen=True)
class CoxFit:
    """Log hazard ratios of the groups after the first against the first, their covariance, and what the check of
    proportional hazards needs."""

    beta: Array
    covariance: Array
    likelihood_ratio: float


def counts_by_stratum(sample: Sample) -> Iterator[Counts]:
    for block in range(len(sample.blocks)):
        inside = sample.block == block
        value, ended, group = sample.value[inside], sample.ended[inside], sample.group[inside]
        time = np.unique(value[ended])
        parts = [group == place for place in range(len(sample.groups))]
        at_risk = np.array([watched_until(value[part], time) for part in parts], dtype=float).T
        deaths = np.array([np.bincount(np.searchsorted(time, value[part & ended]), minlength=len(time))
                           for part in parts], dtype=float).T  # fmt: skip
        if len(time):
            yield Counts(time, at_risk, deaths)


def log_rank_of(sample: Sample, *, rho: float = 0) -> LogRank | None:
    """Mantel's (1966) test; with `rho` 1 Peto & Peto's weights, the pooled curve just before each time, as in R's
    survdiff. Strata add up. None when the groups were never watched together."""
    k = len(sample.groups)
    excess, spread = np.zeros(k), np.zeros((k, k))
    observed, expected = np.zeros(k), np.zeros(k)
    for counts in counts_by_stratum(sample):
        n, d = counts.at_risk.sum(axis=1), counts.ended.sum(axis=1)
        weight = np.concatenate([[1.0], np.cumprod(1 - d / n)[:-1]]) ** rho
        share = counts.at_risk / n[:, None]
        chance = d[:, None] * share
        excess += (weight[:, None] * (counts.ended - chance)).sum(axis=0)
        observed += (weight[:, None] * counts.ended).sum(axis=0)
        expected += (weight[:, None] * chance).sum(axis=0)
        factor = weight**2 * d * np.divide(n - d, n - 1, out=np.zeros_like(n), where=n > 1)
        spread += np.diag(factor @ share) - (share * factor[:, None]).T @ share
    df = int(np.linalg.matrix_rank(spread))
    if not df:
        return None
    statistic = float(excess @ np.linalg.pinv(spread, hermitian=True) @ excess)
    return LogRank(statistic, df, tuple(map(float, observed)), tuple(map(float, expected)))


def log_rank(sample: Sample, *, rho: float = 0) -> Statistic:
    """One row over all groups that are large enough, within the strata of the sample."""
    used, left_out = sample.large_groups()
    test = "peto" if rho else "logrank"
    told = "Peto–Peto test, weights S(t−) as R’s survdiff(rho = 1)" if rho else "Log-rank test"
    told += _within(used) + "."
    blank = Statistic(_named(test, used), used.groups, tuple(used.sizes.values()), told, left_out=left_out)
    reason = _untestable(used)
    found = None if reason else log_rank_of(used, rho=rho)
    if found is None:
        return blank.because(reason or "The groups were never watched at the same time, so nothing compares them.")
    p = float(stats.chi2.sf(found.statistic, found.df))
    return replace(blank, statistic=found.statistic, df=found.df, p=p)


def cox_fit(sample: Sample) -> CoxFit | None:
    """Cox's (1972) partial likelihood with Efron's (1977) treatment of ties, each stratum with its own baseline.

    None when it has no largest value: some ratio runs away to 0 or infinity.
    """
    rows = [deaths for counts in counts_by_stratum(sample) for deaths in _by_death(counts)]
    weights = np.concatenate([weight for weight, _ in rows])
    ended = np.sum([total for _, total in rows], axis=0)
    beta = np.zeros(len(sample.groups) - 1)
    first = _log_likelihood(weights, ended, beta)
    step = np.zeros_like(beta)
    for _ in range(_STEPS):
        gradient, information = _derivatives(weights, ended, beta)
        if np.linalg.matrix_rank(information) < len(beta) or np.abs(beta).max() > _RUN_AWAY:
            return None
        step = np.linalg.solve(information, gradient)
        beta = beta + step
    covariance = np.linalg.inv(_derivatives(weights, ended, beta)[1])
    fit = CoxFit(beta, covariance, 2 * (_log_likelihood(weights, ended, beta) - first))
    return fit if np.abs(step).max() < _ENOUGH else None


def cox(sample: Sample) -> list[Statistic]:
    """A row over all groups (likelihood ratio), one a group against the first (hazard ratio, Wald), and the check of
    proportional hazards."""
    used, left_out = sample.large_groups()
    told = "Cox model, Efron’s ties" + _within(used)
    sizes = tuple(used.sizes.values())
    whole = Statistic("cox", used.groups, sizes, f"{told}; likelihood ratio over all groups.", left_out=left_out)
    check = Statistic(
        "proportional_hazards", used.groups, sizes,
        "Score test that the hazard ratios do not change with time (1 − Kaplan–Meier), as R’s cox.zph; " + told + ".",
        left_out=left_out,
    )  # fmt: skip
    reason = _untestable(used) or _without_end(used)
    fit = None if reason else cox_fit(used)
    if fit is None:
        said = reason or "A hazard ratio runs away: the times of one group hardly meet those of the others."
        return [whole.because(said), check.because(said)]
    df = len(fit.beta)
    p = float(stats.chi2.sf(fit.likelihood_ratio, df))
    return [
        replace(whole, statistic=fit.likelihood_ratio, df=df, p=p),
        *(_ratio(used, place, fit, told) for place in range(df)),
        _proportional(check, used, fit),
    ]


def _ratio(sample: Sample, place: int, fit: CoxFit, told: str) -> Statistic:
    groups = (sample.groups[place + 1], sample.groups[0])
    beta, error = float(fit.beta[place]), sqrt(fit.covariance[place, place])
    z, reach = beta / error, float(stats.norm.ppf((1 + LEVEL) / 2)) * error
    method = f"{told}; hazard ratio of the first group to the second (above 1: ends sooner), Wald’s z and interval."
    return Statistic(
        "hazard_ratio", groups, tuple(sample.sizes[name] for name in groups), method, z, None,
        float(2 * stats.norm.sf(abs(z))), None, exp(beta), exp(beta - reach), exp(beta + reach),
    )  # fmt: skip


def _proportional(check: Statistic, sample: Sample, fit: CoxFit) -> Statistic:
    """Grambsch & Therneau (1994) as an exact score test, as R's survival does from version 3.0 on."""
    k = len(fit.beta)
    score, with_beta, alone, plain = np.zeros(k), np.zeros((k, k)), np.zeros((k, k)), np.zeros((k, k))
    clock = _clock(sample)
    for counts in counts_by_stratum(sample):
        for moment, row, ended in _moments(counts):
            gradient, information = _derivatives(row, ended, fit.beta)
            at = clock[moment]
            score += at * gradient
            plain += information
            with_beta += at * information
            alone += at * at * information
    spread = alone - with_beta @ np.linalg.solve(plain, with_beta)
    df = int(np.linalg.matrix_rank(spread))
    if not df:
        return check.because("All ends fall on one time, so a change with time cannot show.")
    statistic = float(score @ np.linalg.pinv(spread, hermitian=True) @ score)
    return replace(check, statistic=statistic, df=df, p=float(stats.chi2.sf(statistic, df)))


def _clock(sample: Sample) -> dict[float, float]:
    """Each time's place on the axis of the check: 1 − pooled Kaplan–Meier just before it."""
    time, deaths = np.unique(sample.value[sample.ended], return_counts=True)
    share = np.cumprod(1 - deaths / watched_until(sample.value, time))
    before = np.concatenate([[1.0], share[:-1]])
    return dict(zip(map(float, time), map(float, 1 - before), strict=True))


def _moments(counts: Counts) -> Iterator[tuple[float, Array, Array]]:
    for time, at_risk, ended in zip(counts.time, counts.at_risk, counts.ended, strict=True):
        steps = np.arange(int(ended.sum())) / ended.sum()
        yield float(time), at_risk - steps[:, None] * ended, ended


def _by_death(counts: Counts) -> Iterator[tuple[Array, Array]]:
    """Efron's weights of the groups, one row a death, and who died."""
    for _, rows, ended in _moments(counts):
        yield rows, ended


def _log_likelihood(weights: Array, ended: Array, beta: Array) -> float:
    whole = np.concatenate([[0.0], beta])
    return float(ended @ whole - np.log(weights @ np.exp(whole)).sum())


def _derivatives(weights: Array, ended: Array, beta: Array) -> tuple[Array, Array]:
    """Gradient and information of the groups after the first."""
    share = weights * np.exp(np.concatenate([[0.0], beta]))
    share = (share / share.sum(axis=1, keepdims=True))[:, 1:]
    return ended[1:] - share.sum(axis=0), np.diag(share.sum(axis=0)) - share.T @ share


def _untestable(used: Sample) -> str | None:
    if len(used.groups) < 2:
        return ONE_GROUP
    return None if used.ended.any() else NO_END


def _without_end(used: Sample) -> str | None:
    ends = np.bincount(used.group[used.ended], minlength=len(used.groups))
    none = [name for name, count in zip(used.groups, ends, strict=True) if not count]
    return f"None has ended in: {', '.join(none)}. A hazard ratio needs ends in each group." if none else None


def _within(sample: Sample) -> str:
    strata = len(np.unique(sample.block))
    return f", stratified ({strata} strata)" if len(sample.blocks) > 1 else ""


def _named(test: str, sample: Sample) -> str:
    return f"stratified_{test}" if len(sample.blocks) > 1 else test
