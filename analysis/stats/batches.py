"""Many weightings of the same units at once, so that no draw needs a loop of its own.

A table of ratings is a few *patterns* (different rows) with the number of units that have each. The point estimate,
a resample, a table without one unit and a derivative are all sums over the patterns with other weights.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeGuard

import numpy as np

from analysis.stats.ratings import Array
from analysis.stats.scales import Scale


@dataclass(frozen=True)
class Patterns:
    """`codes`: patterns × raters, positions on the scale, −1 where missing. `copies`: units with this pattern."""

    codes: Array
    copies: Array
    scale: Scale

    @cached_property
    def ratings(self) -> Array:
        return np.asarray((self.codes >= 0).sum(axis=1))

    @cached_property
    def counts(self) -> Array:
        """Patterns × values: how many raters gave this value."""
        return count(self.codes, len(self.scale.values))


def count(codes: Array, size: int) -> Array:
    row, column = np.nonzero(codes >= 0)
    cells = np.bincount(row * size + codes[row, column], minlength=len(codes) * size)
    return np.asarray(cells.reshape(len(codes), size), dtype=float)


class Batch(Protocol):
    """`total`: patterns × … → batch × …, the weighted sums of the patterns' numbers."""

    def total(self, rows: Array) -> Array: ...


@dataclass(frozen=True)
class Draws:
    """`weights`: batch × patterns."""

    weights: Array

    def total(self, rows: Array) -> Array:
        return np.asarray(np.tensordot(self.weights, rows, axes=1))


@dataclass(frozen=True)
class Steps:
    """From the table as it is, a step along each pattern from `start` to `stop`.

    A step of −1 takes one unit away; a tiny imaginary one makes the imaginary part the derivative.
    """

    copies: Array
    step: complex
    start: int
    stop: int

    def total(self, rows: Array) -> Array:
        here = np.tensordot(self.copies.astype(float), rows, axes=1)
        step = self.step if isinstance(self.step, complex) else float(self.step)
        return np.asarray(here + step * rows[self.start : self.stop])


@dataclass(frozen=True)
class Quadratic:
    """t D t of the totals t of some rows. Where there are more values than patterns, over the patterns."""

    rows: Array
    distance: Array | None

    @cached_property
    def _gram(self) -> Array:
        return np.asarray(self.rows @ self.distance @ self.rows.T)

    def by_patterns(self, batch: Batch) -> TypeGuard[Draws]:
        patterns, values = self.rows.shape
        return isinstance(batch, Draws) and self.distance is not None and values > patterns

    def of(self, batch: Batch) -> Array:
        if self.by_patterns(batch):
            return np.asarray(((batch.weights @ self._gram) * batch.weights).sum(axis=-1))
        totals = batch.total(self.rows)
        return bilinear(totals, totals, self.distance)


def bilinear(left: Array, right: Array, distance: Array | None) -> Array:
    """Sum of the distances over all pairs of one from the left and one from the right; None counts 1 for unlike."""
    if distance is None:
        return np.asarray(left.sum(axis=-1) * right.sum(axis=-1) - (left * right).sum(axis=-1))
    if np.iscomplexobj(left):
        # All members of a batch of derivatives share one real part: two products with a vector do for all.
        a, b = left[0].real, right[0].real
        return np.asarray((a @ distance * b).sum(axis=-1) + 1j * _first_order(left, right, a, b, distance))
    return np.asarray(((left @ distance) * right).sum(axis=-1))


def _first_order(left: Array, right: Array, a: Array, b: Array, distance: Array) -> Array:
    return np.asarray((left.imag * (b @ distance) + right.imag * (a @ distance)).sum(axis=-1))
