"""Agreement coefficients by name: which raters and scales each can take, and its result with how sure it is.

The formulas are in `forms`, their sources in docs/method.md. Several coefficients of one table share the draws.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.stats import forms
from analysis.stats.batches import Draws, Patterns
from analysis.stats.forms import Form
from analysis.stats.intervals import (
    BCA,
    Analytic,
    Bootstrap,
    Jackknife,
    analytic_interval,
    bootstrap_interval,
    draws_of,
    jackknife,
    left_out,
    standard_error,
)
from analysis.stats.ratings import Agreement, Array, Interval, RatingMatrix, describe
from analysis.stats.scales import Scale, Setting, scale_by_level, scale_by_weights

Plan = Bootstrap | Analytic
MOST_RATERS_IN_PAIRS = 100
# A bootstrap that would cost more multiplications (some ten seconds) gives way to the analytic interval, which says so.
MOST_WORK = 5 * 10**10
# A table that would need more numbers at once (1 GB) is refused.
MOST_NUMBERS = 10**8


@dataclass(frozen=True)
class Coefficient:
    label: str
    form: Callable[[Patterns], Form]
    chance_corrected: bool = True
    only_pairs: bool = False
    weighted: bool = True
    normal: bool = False
    all_pairs: bool = False
    scale: Callable[[RatingMatrix, Setting], Scale] = scale_by_weights


COEFFICIENTS: dict[str, Coefficient] = {
    "percent_agreement": Coefficient("Percent agreement", forms.percent, chance_corrected=False),
    "cohen_kappa": Coefficient("Cohen's κ", forms.cohen, only_pairs=True, normal=True),
    "scott_pi": Coefficient("Scott's π", forms.fleiss, only_pairs=True),
    "fleiss_kappa": Coefficient("Fleiss' κ", forms.fleiss),
    "conger_kappa": Coefficient("Conger's κ", forms.conger),
    "light_kappa": Coefficient("Light's κ", forms.light, all_pairs=True),
    "brennan_prediger": Coefficient("Brennan–Prediger", forms.brennan_prediger),
    "randolph_kappa": Coefficient("Randolph's κ", forms.brennan_prediger, weighted=False),
    "gwet_ac": Coefficient("Gwet's AC", forms.gwet),
    "krippendorff_alpha": Coefficient("Krippendorff's α", forms.krippendorff, scale=scale_by_level),
}


@dataclass(frozen=True)
class Prepared:
    """One coefficient of one table, before its figures."""

    coefficient: Coefficient
    patterns: Patterns
    form: Form
    blank: Agreement

    @property
    def width(self) -> int:
        raters = self.patterns.codes.shape[1]
        pairs = raters * (raters - 1) if self.coefficient.all_pairs else 1
        return pairs * _width(self.patterns.scale, raters)

    @property
    def n_sampled(self) -> int:
        return int(self.patterns.copies @ self.form.sampled)

    def value(self) -> float:
        """Of the table as it is."""
        return float(self.form.value(self.whole())[0])

    def whole(self) -> Draws:
        return Draws(self.patterns.copies[None, :].astype(float))


def agreement(
    matrix: RatingMatrix,
    method: str,
    *,
    setting: Setting | None = None,
    sure: Plan | None = None,
    population: int | None = None,
) -> Agreement:
    """One coefficient of `COEFFICIENTS`; with `sure` also its interval. Undefined has a reason."""
    return agreements(matrix, [method], setting=setting, sure=sure, population=population)[0]


def agreements(
    matrix: RatingMatrix,
    methods: Sequence[str],
    *,
    setting: Setting | None = None,
    sure: Plan | None = None,
    population: int | None = None,
) -> list[Agreement]:
    """Several coefficients of one table, in the order asked; a bootstrap draws the same issues for all."""
    rows = patterns_of(matrix)
    prepared = [prepare(matrix, method, setting or Setting(), rows) for method in methods]
    results = [each if isinstance(each, Agreement) else _figures(each, sure, population) for each in prepared]
    if not isinstance(sure, Bootstrap):
        return results
    open_ = [at for at, each in enumerate(results) if each.value is not None and each.n_units > 1 and not each.interval]
    drawn = _drawn([_known(prepared[at]) for at in open_], rows[1], sure)
    for at, values in zip(open_, drawn, strict=True):
        results[at] = replace(results[at], interval=_bootstrapped(_known(prepared[at]), values, sure))
    return results


def resampled(
    matrix: RatingMatrix, method: str, *, setting: Setting | None = None
) -> tuple[Agreement, Jackknife | None]:
    """The coefficient and its jackknife."""
    found = prepare(matrix, method, setting or Setting(), patterns_of(matrix))
    if isinstance(found, Agreement):
        return found, None
    result = _figures(found, None, None)
    if result.value is None:
        return result, None
    return result, jackknife(result.value, found.form.value, found.patterns.copies, found.width)


def patterns_of(matrix: RatingMatrix) -> tuple[Array, Array]:
    """The different rows of the table, units nobody rated left out, and how many units have each."""
    table = matrix.coded()
    table = table[(table >= 0).any(axis=1)]
    codes, copies = np.unique(table, axis=0, return_counts=True)
    return codes, copies


def prepare(matrix: RatingMatrix, method: str, setting: Setting, rows: tuple[Array, Array]) -> Prepared | Agreement:
    """Ready to be computed, or the result that says why it cannot be."""
    if method not in COEFFICIENTS:
        raise ValueError(f"There is no coefficient {method}. Known: {', '.join(COEFFICIENTS)}.")
    coefficient = COEFFICIENTS[method]
    scale = coefficient.scale(matrix, setting)
    codes, copies = rows
    reason = _why_not(coefficient, matrix, codes, setting) or _too_large(coefficient, scale, codes)
    patterns = Patterns(_on(scale, matrix)[codes], copies, scale)
    if reason:
        return _blank(method, matrix, patterns, patterns.ratings >= 2, reason)
    form = coefficient.form(patterns)
    return Prepared(coefficient, patterns, form, _blank(method, matrix, patterns, form.used, None))


def _width(scale: Scale, raters: int) -> int:
    """Numbers of one pattern."""
    size = len(scale.values)
    return size * size if scale.ranked else size * raters


def _on(scale: Scale, matrix: RatingMatrix) -> Array:
    """Where each value in use stands on the scale; the last place, −1, is for a missing rating."""
    place = {value: at for at, value in enumerate(scale.values)}
    return np.array([*(place[value] for value in matrix.values), -1], dtype=np.int64)


def _blank(method: str, matrix: RatingMatrix, patterns: Patterns, used: Array, reason: str | None) -> Agreement:
    rated = patterns.codes[used] >= 0
    n_units = int(patterns.copies[used].sum())
    return Agreement(
        method=method,
        value=None,
        observed=None,
        expected=None,
        se=None,
        interval=None,
        n_units=n_units,
        n_raters=int(rated.any(axis=0).sum()),
        n_ratings=int(patterns.copies[used] @ rated.sum(axis=1)),
        n_left_out=len(matrix.units) - n_units,
        undefined_because=reason,
    )


def _why_not(coefficient: Coefficient, matrix: RatingMatrix, codes: Array, setting: Setting) -> str | None:
    label, raters = coefficient.label, len(matrix.raters)
    if not len(codes):
        return "No issue has been rated."
    if raters < 2:
        return "Agreement needs two raters; only one has rated."
    if coefficient.only_pairs and raters != 2:
        return f"{label} compares two raters; there are {raters} here."
    if coefficient.all_pairs and raters > MOST_RATERS_IN_PAIRS:
        return (
            f"{label} is the mean over all pairs of raters and is computed for up to {MOST_RATERS_IN_PAIRS}; "
            f"there are {raters} here. Take Conger's κ."
        )
    if setting.is_weighted and not coefficient.weighted:
        return f"{label} has no weights. Take Brennan–Prediger."
    if not ((codes >= 0).sum(axis=1) >= 2).any():
        return "No issue has been rated by two raters."
    return None


def _too_large(coefficient: Coefficient, scale: Scale, codes: Array) -> str | None:
    patterns, raters = codes.shape
    if patterns * _width(scale, raters) <= MOST_NUMBERS:
        return None
    return (
        f"{coefficient.label} is not computed for {patterns:,} different rows of {raters:,} raters with "
        f"{len(scale.values):,} different answers at once. Take a sample of the issues, or fewer raters."
    )


def _figures(found: Prepared, sure: Plan | None, population: int | None) -> Agreement:
    observed, expected = (np.atleast_1d(each[0]) for each in found.form.exact(found.whole()))
    if not (expected > 0).all():
        return replace(found.blank, undefined_because=_why_undefined(found))
    value, copies, n = found.value(), found.patterns.copies, found.n_sampled
    se = None
    if found.blank.n_units > 1:
        ddof = found.form.ddof
        se = standard_error(found.form.smooth_value, copies, n=n, ddof=ddof, width=found.width, population=population)
    return replace(
        found.blank,
        value=value,
        observed=1 - float(observed.mean()),
        expected=1 - float(expected.mean()) if found.coefficient.chance_corrected else None,
        se=se,
        interval=_analytic(found, value, se, sure),
    )


def _analytic(found: Prepared, value: float, se: float | None, sure: Plan | None) -> Interval | None:
    if se is None or sure is None:
        return None
    if isinstance(sure, Bootstrap):
        work = found.width * len(found.patterns.copies) * sure.draws
        if work < MOST_WORK:
            return None
    units = int(found.patterns.copies.sum())
    return analytic_interval(value, se, Analytic(sure.level), df=None if found.coefficient.normal else units - 1)


def _why_undefined(found: Prepared) -> str:
    used = found.patterns.codes[found.form.used]
    in_use = np.unique(used[used >= 0])
    if len(in_use) == 1:
        only = describe(found.patterns.scale.values[in_use[0]])
        return f"Every rating is the same ({only}), so chance explains all agreement: the coefficient is 0/0."
    if found.coefficient.all_pairs:
        return "κ of at least one pair of raters is undefined, so their mean is."
    return "No disagreement is expected by chance under these weights: the coefficient is 0/0."


def _known(found: Prepared | Agreement) -> Prepared:
    assert isinstance(found, Prepared)  # noqa: S101 - a value exists only where it was prepared
    return found


def _drawn(prepared: Sequence[Prepared], copies: Array, plan: Bootstrap) -> list[Array]:
    """For each coefficient its value in every draw."""
    if not prepared:
        return []
    chunks = [[each.form.value(batch) for each in prepared] for batch in draws_of(copies, plan)]
    return [np.concatenate(values) for values in zip(*chunks, strict=True)]


def _bootstrapped(found: Prepared, drawn: Array, plan: Bootstrap) -> Interval | None:
    copies = found.patterns.copies
    without = left_out(found.form.value, copies, found.width) if plan.kind == BCA else np.empty(0)
    return bootstrap_interval(drawn, plan, whole=found.value(), without=without, copies=copies)
