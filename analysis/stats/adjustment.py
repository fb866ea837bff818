"""Adjustment of p-values for several tests of one table: R's p.adjust."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from analysis.stats.ratings import Array
from analysis.stats.statistic import Statistic

Adjust = Callable[[Array], Array]


def adjusted(p: Sequence[float], how: str) -> tuple[float, ...]:
    """In the order given, at most 1. KeyError when `how` is none of ADJUSTMENTS."""
    given = np.asarray(p, dtype=float)
    return tuple(float(value) for value in np.minimum(ADJUSTMENTS[how](given), 1)) if len(given) else ()


def with_adjusted(rows: Sequence[Statistic], how: str) -> list[Statistic]:
    """The rows with `p_adjusted`, over all rows that have a p: one table is one family."""
    given = iter(adjusted([row.p for row in rows if row.p is not None], how))
    return [row if row.p is None else replace(row, p_adjusted=next(given)) for row in rows]


def _holm(p: Array) -> Array:
    """Step-down (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    return _back(order, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))


def _bh(p: Array) -> Array:
    """Step-up for the false discovery rate (Benjamini & Hochberg 1995)."""
    order = np.argsort(p, kind="stable")[::-1]
    return _back(order, np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1)))


def _back(order: Array, values: Array) -> Array:
    result = np.empty_like(values)
    result[order] = values
    return result


ADJUSTMENTS: dict[str, Adjust] = {
    "holm": _holm,
    "bonferroni": lambda p: p * len(p),
    "bh": _bh,
    "none": lambda p: p,
}
