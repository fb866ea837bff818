"""Agreement coefficients. Each is one entry of `COEFFICIENTS`; formulas and sources are in docs/method.md.

All have the form 1 − observed disagreement / expected disagreement. An entry says which units it can use,
which numbers it needs of a unit, and the two disagreements as a function of the totals of those numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analysis.stats.distances import Distance, nominal
from analysis.stats.intervals import Bootstrap, linearised_se, percentile_interval
from analysis.stats.ratings import Agreement, Array, RatingMatrix, Value, describe

Disagreements = tuple[Array, Array]


@dataclass(frozen=True)
class Coefficient:
    """`usable`: table → units kept. `rows`: (table, values) → units × k. `disagreements`: … × k → two of …"""

    label: str
    usable: Callable[[Array], Array]
    rows: Callable[[Array, tuple[Value, ...]], Array]
    disagreements: Callable[[Array, tuple[Value, ...]], Disagreements]
    chance_corrected: bool = True
    only_pairs: bool = False
    se_ddof: int = 1


def agreement(matrix: RatingMatrix, method: str, *, bootstrap: Bootstrap | None = None) -> Agreement:
    """One coefficient of `COEFFICIENTS`; with `bootstrap` also its interval. Undefined has a reason."""
    if method not in COEFFICIENTS:
        raise ValueError(f"There is no coefficient {method}. Known: {', '.join(COEFFICIENTS)}.")
    coefficient, table = COEFFICIENTS[method], matrix.coded()
    used = coefficient.usable(table)
    rated = table[used] >= 0
    blank = Agreement(
        method=method,
        value=None,
        observed=None,
        expected=None,
        se=None,
        interval=None,
        n_units=int(used.sum()),
        n_raters=int(rated.any(axis=0).sum()),
        n_ratings=int(rated.sum()),
        n_left_out=int((~used).sum()),
        undefined_because=_why_undefined(coefficient, matrix, table[used]),
    )
    if blank.undefined_because:
        return blank
    return _with_figures(blank, coefficient, coefficient.rows(table[used], matrix.values), matrix, bootstrap)


def _why_undefined(coefficient: Coefficient, matrix: RatingMatrix, used: Array) -> str | None:
    if not matrix.units:
        return "No issue has been rated."
    if len(matrix.raters) < 2:
        return "Agreement needs two raters; only one has rated."
    if coefficient.only_pairs and len(matrix.raters) != 2:
        return f"{coefficient.label} compares two raters; there are {len(matrix.raters)} here."
    if not len(used):
        return "No issue has been rated by two raters."
    in_use = np.unique(used[used >= 0])
    if coefficient.chance_corrected and len(in_use) == 1:
        only = describe(matrix.values[in_use[0]])
        return f"Every rating is the same ({only}), so chance explains all agreement: the coefficient is 0/0."
    return None


def _with_figures(
    blank: Agreement, coefficient: Coefficient, rows: Array, matrix: RatingMatrix, plan: Bootstrap | None
) -> Agreement:
    def value(totals: Array) -> Array:
        return _one_minus_ratio(*coefficient.disagreements(totals, matrix.values))

    totals = rows.sum(axis=0)
    observed, expected = coefficient.disagreements(totals, matrix.values)
    return replace(
        blank,
        value=float(value(totals)),
        observed=1 - float(observed),
        expected=1 - float(expected) if coefficient.chance_corrected else None,
        se=linearised_se(rows, value, ddof=coefficient.se_ddof),
        interval=percentile_interval(rows, value, plan) if plan else None,
    )


def _one_minus_ratio(observed: Array, expected: Array) -> Array:
    """1 − observed / expected; not a number where nothing is expected. Complex input for derivatives."""
    undefined = np.full_like(observed, np.nan)
    return 1 - np.divide(observed, expected, out=undefined, where=expected != 0)


# What a unit can tell


def _two_or_more(table: Array) -> Array:
    return np.asarray((table >= 0).sum(axis=1) >= 2)


def _all_raters(table: Array) -> Array:
    return np.asarray((table >= 0).all(axis=1))


def _equally_often(table: Array) -> Array:
    """Units with the commonest number of ratings from two up; of two equally common numbers, the larger."""
    often = (table >= 0).sum(axis=1)
    numbers, units = np.unique(often[often >= 2], return_counts=True)
    if not len(numbers):
        return np.zeros(len(table), dtype=bool)
    return np.asarray(often == numbers[units == units.max()].max())


def _counts(table: Array, values: tuple[Value, ...]) -> Array:
    """Units × values: how many raters gave this value."""
    return np.stack([(table == at).sum(axis=1) for at in range(len(values))], axis=1).astype(float)


def _spread(counts: Array, distance: Array) -> Array:
    """Sum of the distances over ordered pairs of ratings, each rating paired with itself too."""
    return np.asarray(((counts @ distance) * counts).sum(axis=-1))


# Percent agreement


def _percent_rows(table: Array, values: tuple[Value, ...]) -> Array:
    counts = _counts(table, values)
    ratings = counts.sum(axis=1)
    disagreeing = _spread(counts, nominal(values)) / (ratings * (ratings - 1))
    return np.column_stack([disagreeing, np.ones(len(table))])


def _percent(totals: Array, _: tuple[Value, ...]) -> Disagreements:
    observed = totals[..., 0] / totals[..., 1]
    return observed, np.ones_like(observed)


# Cohen's κ


def _cohen_rows(table: Array, values: tuple[Value, ...]) -> Array:
    first, second = (_counts(table[:, [rater]], values) for rater in (0, 1))
    return np.column_stack([table[:, 0] != table[:, 1], first, second])


def _cohen(totals: Array, values: tuple[Value, ...]) -> Disagreements:
    first, second = totals[..., 1 : 1 + len(values)], totals[..., 1 + len(values) :]
    n = first.sum(axis=-1)
    return totals[..., 0] / n, (n * n - (first * second).sum(axis=-1)) / (n * n)


# Fleiss' κ


def _fleiss_rows(table: Array, values: tuple[Value, ...]) -> Array:
    return np.column_stack([_percent_rows(table, values), _counts(table, values)])


def _fleiss(totals: Array, values: tuple[Value, ...]) -> Disagreements:
    counts = totals[..., 2:]
    n = counts.sum(axis=-1)
    return totals[..., 0] / totals[..., 1], _spread(counts, nominal(values)) / (n * n)


# Krippendorff's α


def _krippendorff(label: str, distance: Distance) -> Coefficient:
    def rows(table: Array, values: tuple[Value, ...]) -> Array:
        counts = _counts(table, values)
        return np.column_stack([_spread(counts, distance(values)) / (counts.sum(axis=1) - 1), counts])

    def disagreements(totals: Array, values: tuple[Value, ...]) -> Disagreements:
        counts = totals[..., 1:]
        n = counts.sum(axis=-1)
        return totals[..., 0] / n, _spread(counts, distance(values)) / (n * (n - 1))

    return Coefficient(label, _two_or_more, rows, disagreements)


COEFFICIENTS: dict[str, Coefficient] = {
    "percent_agreement": Coefficient(
        "Percent agreement", _two_or_more, _percent_rows, _percent, chance_corrected=False
    ),
    "cohen_kappa": Coefficient("Cohen's κ", _all_raters, _cohen_rows, _cohen, only_pairs=True, se_ddof=0),
    "fleiss_kappa": Coefficient("Fleiss' κ", _equally_often, _fleiss_rows, _fleiss),
    "krippendorff_alpha": _krippendorff("Krippendorff's α (nominal)", nominal),
}
