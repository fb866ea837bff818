"""The coefficients as functions of weighted totals: 1 − observed / expected disagreement. Formulas: docs/method.md.

`exact` gives both disagreements; `smooth` is what the standard error differentiates, where the source of the error
differs in it: Gwet holds the share of units with two ratings fixed, and leaves α's factor (n − 1)/n out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.stats.batches import Batch, Patterns, Quadratic, bilinear, count
from analysis.stats.ratings import Array

Disagreements = tuple[Array, Array]
OfBatch = Callable[[Batch], Disagreements]


@dataclass(frozen=True)
class Form:
    """`used`, `sampled`: patterns that enter the coefficient, and that count as units for its standard error."""

    used: Array
    sampled: Array
    exact: OfBatch
    smooth: OfBatch
    ddof: int = 1

    def value(self, batch: Batch) -> Array:
        return _coefficient(*self.exact(batch))

    def smooth_value(self, batch: Batch) -> Array:
        return _coefficient(*self.smooth(batch))


def _coefficient(observed: Array, expected: Array) -> Array:
    """1 − observed / expected, not a number where nothing is expected; of several pairs of raters, the mean."""
    value = 1 - divided(observed, expected)
    return value if value.ndim == 1 else np.asarray(value.mean(axis=-1))


def divided(above: Array, below: Array) -> Array:
    undefined = np.full(np.broadcast(above, below).shape, np.nan, dtype=np.result_type(above, below))
    return np.asarray(np.divide(above, below, out=undefined, where=below != 0))


# What raters of one unit disagree about


def _pairs(patterns: Patterns) -> Array:
    """Sum of the distances over the ordered pairs of ratings of a pattern."""
    codes, distance, counts = patterns.codes, patterns.scale.distance, patterns.counts
    if distance is None:
        return np.asarray(patterns.ratings**2 - (counts**2).sum(axis=1))
    if codes.shape[1] ** 2 > len(distance):
        return np.asarray(((counts @ distance) * counts).sum(axis=1))
    pairs = combinations(range(codes.shape[1]), 2)
    return np.asarray(2 * sum(_between(codes, a, b, distance) for a, b in pairs))


def _between(codes: Array, a: int, b: int, distance: Array) -> Array:
    both = (codes[:, a] >= 0) & (codes[:, b] >= 0)
    return np.where(both, distance[codes[:, a], codes[:, b]], 0.0)


def _by_pairs(patterns: Patterns, expected: Callable[[Batch], Array], used: Array | None = None) -> Form:
    """Observed: mean over the units with two ratings or more of the disagreement of their pairs."""
    two, one = ((patterns.ratings >= least).astype(float) for least in (2, 1))
    pairs = patterns.ratings * (patterns.ratings - 1)
    apart = np.divide(_pairs(patterns), pairs, out=np.zeros(len(pairs)), where=two > 0)
    share = (patterns.copies @ two) / max(patterns.copies @ one, 1)

    def exact(batch: Batch) -> Disagreements:
        return divided(batch.total(apart), batch.total(two)), expected(batch)

    def smooth(batch: Batch) -> Disagreements:
        n, chance = batch.total(one * share), expected(batch)
        return divided(batch.total(apart), n) + chance * (1 - divided(batch.total(two), n)), chance

    return Form(two > 0 if used is None else used, one > 0, exact, smooth)


def percent(patterns: Patterns) -> Form:
    return _by_pairs(patterns, lambda batch: np.ones(1))


def brennan_prediger(patterns: Patterns) -> Form:
    chance = np.array([1 - _agreeing(patterns) / len(patterns.scale.values) ** 2])
    return _by_pairs(patterns, lambda batch: chance)


def _agreeing(patterns: Patterns) -> float:
    """Sum of the weights of all cells of the scale."""
    size, distance = len(patterns.scale.values), patterns.scale.distance
    return float(size if distance is None else size * size - distance.sum())


def _shares(patterns: Patterns) -> Array:
    return patterns.counts / np.maximum(patterns.ratings, 1)[:, None]


def fleiss(patterns: Patterns) -> Form:
    """Scott's π for two raters."""
    one = (patterns.ratings >= 1).astype(float)
    spread = Quadratic(_shares(patterns), patterns.scale.distance)

    def expected(batch: Batch) -> Array:
        return divided(spread.of(batch), batch.total(one) ** 2)

    return _by_pairs(patterns, expected, patterns.ratings >= 1)


def gwet(patterns: Patterns) -> Form:
    one, shares = (patterns.ratings >= 1).astype(float), _shares(patterns)
    size = len(patterns.scale.values)
    scaled = _agreeing(patterns) / (size * (size - 1)) if size > 1 else np.inf

    def expected(batch: Batch) -> Array:
        if size == 1:
            return np.zeros(1)
        spread = divided(bilinear(*(batch.total(shares),) * 2, None), batch.total(one) ** 2)
        return np.asarray(1 - scaled * spread)

    return _by_pairs(patterns, expected, patterns.ratings >= 1)


def conger(patterns: Patterns) -> Form:
    """Chance: one rating each of two different raters, each by that rater's own shares."""
    size, raters = len(patterns.scale.values), patterns.codes.shape[1]
    given = np.stack([count(patterns.codes[:, [rater]], size) for rater in range(raters)], axis=1)

    def expected(batch: Batch) -> Array:
        counts = batch.total(given)
        n = counts.sum(axis=-1, keepdims=True)
        shares = np.divide(counts, n, out=np.zeros_like(counts), where=n != 0)
        present = (n != 0).sum(axis=(-2, -1))
        together = shares.sum(axis=-2)
        own = bilinear(shares, shares, patterns.scale.distance).sum(axis=-1)
        return divided(bilinear(together, together, patterns.scale.distance) - own, present * (present - 1.0))

    return _by_pairs(patterns, expected, patterns.ratings >= 1)


# Two raters, and all pairs of raters


def cohen(patterns: Patterns) -> Form:
    both = patterns.ratings == 2
    return Form(both, both, *(_cohen(patterns, 0, 1),) * 2, ddof=0)


def _cohen(patterns: Patterns, a: int, b: int) -> OfBatch:
    size, codes, distance = len(patterns.scale.values), patterns.codes[:, [a, b]], patterns.scale.distance
    both = np.asarray((codes >= 0).all(axis=1))
    first, second = (np.where(both[:, None], count(codes[:, [side]], size), 0.0) for side in (0, 1))
    unlike = 1.0 - np.eye(size) if distance is None else distance
    apart = _between(codes, 0, 1, unlike)

    def disagreements(batch: Batch) -> Disagreements:
        n = batch.total(both.astype(float))
        chance = bilinear(batch.total(first), batch.total(second), distance)
        return divided(batch.total(apart), n), divided(chance, n * n)

    return disagreements


def light(patterns: Patterns) -> Form:
    """The mean of Cohen's κ over all pairs of raters, each on the units that both rated."""
    pairs = [_cohen(patterns, a, b) for a, b in combinations(range(patterns.codes.shape[1]), 2)]

    def disagreements(batch: Batch) -> Disagreements:
        found = [pair(batch) for pair in pairs]
        return np.stack([each[0] for each in found], axis=-1), np.stack([each[1] for each in found], axis=-1)

    two = patterns.ratings >= 2
    return Form(two, two, disagreements, disagreements)


# Krippendorff's α


def krippendorff(patterns: Patterns) -> Form:
    if patterns.scale.ranked:
        return _alpha_by_ranks(patterns)
    two = patterns.ratings >= 2
    counts = np.where(two[:, None], patterns.counts, 0.0)
    apart = np.divide(_pairs(patterns), patterns.ratings - 1, out=np.zeros(len(two)), where=two)
    spread = Quadratic(counts, patterns.scale.distance)
    return _alpha(two, lambda batch: batch.total(apart), spread.of, counts.sum(axis=1))


def _alpha(two: Array, apart: Callable[[Batch], Array], spread: Callable[[Batch], Array], ratings: Array) -> Form:
    def exact(batch: Batch) -> Disagreements:
        n = batch.total(ratings)
        return divided(apart(batch), n), divided(spread(batch), n * (n - 1))

    def smooth(batch: Batch) -> Disagreements:
        n = batch.total(ratings)
        return divided(apart(batch), n), divided(spread(batch), n * n)

    return Form(two, two, exact, smooth)


def _alpha_by_ranks(patterns: Patterns) -> Form:
    """Ordinal: the distance of two points is the squared number of ratings between them, so it changes with the draw.

    With r the mean rank of a point, it is (r_c − r_k)²; coincidences are kept whole, as q × q totals.
    """
    two = patterns.ratings >= 2
    counts = np.where(two[:, None], patterns.counts, 0.0)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(counts.shape[1])
    coincidences = pairs / np.maximum(patterns.ratings - 1, 1)[:, None, None]

    def between(batch: Batch) -> Array:
        n = batch.total(counts)
        ranks = np.cumsum(n, axis=-1) - n / 2
        shares = divided(ranks, n.sum(axis=-1, keepdims=True))
        return np.asarray((shares[..., :, None] - shares[..., None, :]) ** 2)

    def apart(batch: Batch) -> Array:
        return np.asarray((batch.total(coincidences) * between(batch)).sum(axis=(-2, -1)))

    def spread(batch: Batch) -> Array:
        n = batch.total(counts)
        return np.asarray((n[..., :, None] * n[..., None, :] * between(batch)).sum(axis=(-2, -1)))

    return _alpha(two, apart, spread, counts.sum(axis=1))
