"""Two coefficients of the same issues against each other: before and after a change, or two groups of raters."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from analysis.stats.batches import Draws
from analysis.stats.coefficients import Prepared, agreement, prepare
from analysis.stats.intervals import Bootstrap, draws_of
from analysis.stats.ratings import Agreement, Array, Interval, RatingMatrix
from analysis.stats.scales import Setting


@dataclass(frozen=True)
class Difference:
    """`value`: second − first. `p`: two-sided, of no difference. All None exactly when there is a reason."""

    first: Agreement
    second: Agreement
    value: float | None
    interval: Interval | None
    p: float | None
    n_units: int
    undefined_because: str | None


def difference(
    first: RatingMatrix, second: RatingMatrix, method: str, *, setting: Setting | None = None, plan: Bootstrap
) -> Difference:
    """Paired bootstrap (Vanbelle & Albert 2008): each draw takes the same issues for both.

    An issue that is in one table only is drawn too and counts there alone.
    """
    asked = setting or Setting()
    codes, copies = _joined(first, second)
    n, raters = int(copies.sum()), len(first.raters)
    sides = (
        prepare(first, method, asked, (codes[:, :raters], copies)),
        prepare(second, method, asked, (codes[:, raters:], copies)),
    )
    results = agreement(first, method, setting=asked), agreement(second, method, setting=asked)
    reason = results[0].undefined_because or results[1].undefined_because
    if reason or not (isinstance(sides[0], Prepared) and isinstance(sides[1], Prepared)):
        return Difference(*results, None, None, None, n, reason)
    drawn = np.concatenate([_apart(sides[0], sides[1], batch) for batch in draws_of(copies, plan)])
    return _judged(results, drawn[~np.isnan(drawn)], n, plan)


def _joined(first: RatingMatrix, second: RatingMatrix) -> tuple[Array, Array]:
    """Rows of all issues, both tables side by side, and how many issues have each."""
    units = dict.fromkeys((*first.units, *second.units))
    codes = np.hstack([_aligned(matrix, units) for matrix in (first, second)])
    rows, copies = np.unique(codes[(codes >= 0).any(axis=1)], axis=0, return_counts=True)
    return rows, copies


def _aligned(matrix: RatingMatrix, units: dict[Hashable, None]) -> Array:
    found = np.full((len(units), len(matrix.raters)), -1, dtype=np.int64)
    place = {unit: at for at, unit in enumerate(units)}
    found[[place[unit] for unit in matrix.units]] = matrix.coded()
    return found


def _apart(first: Prepared, second: Prepared, batch: Draws) -> Array:
    return np.asarray(second.form.value(batch) - first.form.value(batch))


def _judged(results: tuple[Agreement, Agreement], drawn: Array, n: int, plan: Bootstrap) -> Difference:
    first, second = results
    value = (second.value or 0.0) - (first.value or 0.0)
    if not len(drawn):
        return Difference(first, second, None, None, None, n, "No draw has a value in both tables.")
    tail = (1 - plan.level) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    lost, kind = plan.draws - len(drawn), "percentile bootstrap over units, paired"
    beyond = min(int((drawn <= 0).sum()), int((drawn >= 0).sum()))
    p = min(1.0, 2 * (beyond + 1) / (len(drawn) + 1))
    spread = Interval(float(low), float(high), plan.level, kind, plan.draws, lost, plan.seed)
    return Difference(first, second, value, spread, p, n, None)
