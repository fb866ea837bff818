"""Computes what a case of the reference figures asks for; golden file and shared data have one form."""

from math import log, sqrt

import numpy as np

from analysis.stats.adjustment import adjusted
from analysis.stats.comparisons import cliffs_delta, kruskal_wallis, mann_whitney
from analysis.stats.hazards import cox, log_rank, log_rank_of
from analysis.stats.rank_pairs import conover, dunn
from analysis.stats.samples import Observed, Sample
from analysis.stats.statistic import magnitude
from analysis.stats.survival import LIMITS, curve_of, medians, restricted_mean

SUBSETS = {
    None: lambda row: True,
    "all": lambda row: True,
    "male": lambda row: row["sex"] == 1,
    "female": lambda row: row["sex"] == 2,
    "ph.ecog<3, NA dropped (n=226)": lambda row: row["ph.ecog"] is not None and row["ph.ecog"] < 3,
}


def figures(case, data):
    """Everything that the case expects, by name."""
    return FIGURES[case["statistic"]](data, case["options"])


def groups_of(data, options):
    """Measured values by group: of the pair that the case names, else of all."""
    chosen = options.get("groups")
    if "named" in data:
        named = {name: np.array(values) / data["divide_by"] for name, values in data["named"].items()}
        return {name: named[name] for name in chosen or named}
    if "rows" in data:
        months = ("5", "8") if chosen else ("5", "6", "7", "8", "9")
        return {m: [ozone for ozone, month in data["rows"] if str(month) == m and ozone is not None] for m in months}
    return {str(place): values for place, values in enumerate(data["groups"], 1)}


def lung(data, options):
    """Groups are the sexes, or the performance score where the case is about it; strata where it asks for them."""
    rows = [dict(zip(data["columns"], row, strict=True)) for row in data["rows"]]
    chosen = [row for row in rows if SUBSETS[options.get("subset")](row)]
    if "strata" in options:
        chosen = [row for row in chosen if row["ph.ecog"] is not None]
    by_score = "ecog" in options.get("subset", "")
    return Sample.of(
        Observed(
            row["time"], row["status"] == 2,
            str(row["ph.ecog"]) if by_score else ("male" if row["sex"] == 1 else "female"),
            str(row["ph.ecog"]) if "strata" in options else "",
        )
        for row in chosen
    )  # fmt: skip


def whole(sample):
    return Sample.of(Observed(float(v), bool(e), "all") for v, e in zip(sample.value, sample.ended, strict=True))


def _median(data, options):
    sample = whole(lung(data, options))
    log, loglog = (medians(sample, limits)[0] for limits in LIMITS)
    return {
        "n": log.n, "events": int(sample.ended.sum()), "median": log.effect,
        "log_lower": log.ci_low, "log_upper": log.ci_high, "loglog_lower": loglog.ci_low,
        "loglog_upper": loglog.ci_high,
    }  # fmt: skip


def _shares(data, options):
    curve = curve_of(whole(lung(data, options)), 0)
    return {f"s{day}": curve.share_at(day) for day in (100, 200, 300, 365)}


def _log_rank(data, options):
    sample = lung(data, options)
    row, found = log_rank(sample), log_rank_of(sample)
    expected = {f"expected_{name}": value for name, value in zip(sample.groups, found.expected, strict=True)}
    return {"chisq": row.statistic, "df": row.df, "p": row.p, **expected}


def _peto(data, options):
    row = log_rank(lung(data, options), rho=1)
    return {"chisq": row.statistic, "p": row.p}


def _kruskal(data, options):
    row = kruskal_wallis(groups_of(data, options), draws=10)
    return {"H": row.statistic, "df": row.df, "p": row.p}


def _mann_whitney(data, options):
    exact, continuity = options.get("exact"), options.get("continuity", True)
    row = mann_whitney(groups_of(data, options), exact=exact, continuity=continuity)
    return {"U": row.statistic, "p": row.p, "delta": row.effect}


def _delta(data, options):
    row = cliffs_delta(groups_of(data, options))
    return {"delta": row.effect, "magnitude": magnitude(row.effect), "ci95": [row.ci_low, row.ci_high]}


def _cox(data, options):
    whole, ratio, _ = cox(lung(data, options))
    se = (log(ratio.ci_high) - log(ratio.ci_low)) / (2 * 1.959963984540054)
    return {
        "coef": log(ratio.effect), "se": se, "hr": ratio.effect, "low": ratio.ci_low, "high": ratio.ci_high,
        "z": ratio.statistic, "p": ratio.p, "lr": whole.statistic,
    }  # fmt: skip


def _restricted_mean(data, options):
    mean, variance = restricted_mean(curve_of(whole(lung(data, options)), 0), options["until"])
    return {"rmean": mean, "se": sqrt(variance)}


def _pairs(test):
    def found(data, options):
        return {f"p[{'|'.join(r.groups)}]": r.p_adjusted for r in test(groups_of(data, options), options["p_adjust"])}

    return found


FIGURES = {
    "km_median": _median,
    "km_survival": _shares,
    "logrank": _log_rank,
    "peto": _peto,
    "kruskal_wallis": _kruskal,
    "mann_whitney": _mann_whitney,
    "cliffs_delta": _delta,
    "dunn_holm": _pairs(dunn),
    "conover_holm": _pairs(conover),
    "cox": _cox,
    "rmean": _restricted_mean,
    "medians": lambda data, options: {name: float(np.median(v)) for name, v in groups_of(data, options).items()},
    "p_adjust_holm": lambda data, options: {"p": list(adjusted(data["p"], "holm"))},
    "p_adjust_bh": lambda data, options: {"p": list(adjusted(data["p"], "bh"))},
}
